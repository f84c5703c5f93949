//! A sync that failed is final: the kernel forgets what it could not write, and the next sync of the file succeeds without
//! it (reliability.md section 2). What is told here dice bring once in thousands of seeds.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::disk::{Alone, Place};
use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::store::Shed;
use ringlog_wire::ids::Offset;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use support::check::{holds, holds_acked};
use support::{NOW_MS, Options, Running, append, batch, id, simulate};

const FIRST: &str = "/data/t1-0/00000000000000000000.log";

#[test]
fn a_segment_whose_sync_failed_is_not_synced_again() {
    for seed in 0..4 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options::default();
            let (run, p) = Running::first(s, disk, &o).await;
            disk.fail_next_sync(Path::new(FIRST));
            let mut n = 0;
            while append(&run.store, &p, &batch(n, 1, 2000)).await.is_ok() {
                n += 1;
                assert!(n < 1000, "seed {seed}: records are taken behind a failed sync");
                run.settled(&p, n).await;
            }
            let acked = p.offsets().durable.0;
            drop(p);
            run.kill();
            disk.lose_power(&Rng::new(seed));
            holds_acked(s, disk, &o, acked, &format!("seed {seed}")).await;
        });
    }
}

/// The round of flushes in which it failed waits for another partition, and a checkpoint is made meanwhile.
#[test]
fn a_checkpoint_beside_the_round_in_which_a_sync_failed_knows_of_it() {
    for seed in 0..4 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options::with_segments(16 << 10);
            let (run, p) = Running::first(s, disk, &o).await;
            let (other, third) = (run.create(id(2, 0)).await, run.create(id(3, 0)).await);
            run.produce_each(&third, 0..20, 2000).await;
            disk.fail_next_sync(Path::new(FIRST));
            let place = Place::Folder(PathBuf::from("/data/t2-0"));
            let hung_until = s.exec().now() + 60_000_000_000;
            disk.set_faults(|f| f.alone = Some(Alone { place, slower: 0, hung_until }));
            let mut n = 0;
            while disk.happened().eio == 0 {
                assert!(n < 1000, "seed {seed}: nothing was synced");
                run.produce(&p, &batch(n, 1, 2000)).await;
                run.produce(&other, &batch(n, 1, 2000)).await;
                n += 1;
            }
            assert!(run.store.check_online().is_ok(), "seed {seed}: the round has not ended");
            run.store.raise_log_starts(&[(Rc::clone(&third), Offset(20))]).await.unwrap();
            let shed = [Shed { partition: Rc::clone(&third), active: false, delay_ms: 0 }];
            assert!(run.store.shed(&shed, NOW_MS, 0).await.is_err(), "seed {seed}: a checkpoint was made");
            drop((p, other, third));
            run.kill();
            disk.set_faults(|f| f.alone = None);
            disk.lose_power(&Rng::new(seed));
            holds(s, disk, &o, &[(1, n), (2, n)], &format!("seed {seed}")).await;
        });
    }
}
