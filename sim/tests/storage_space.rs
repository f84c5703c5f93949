//! A disk that fills: the reserve that records leave, what goes on below it, and how the store heals by itself.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::clean::CleanWant;
use ringlog_storage::disk::Disk;
use ringlog_storage::store::{AppendReject, Partition, Shed, StoreError};
use ringlog_wire::ids::Offset;
use std::path::Path;
use std::rc::Rc;
use support::{NOW_MS, Options, Running, append, batch, keyed, read_all, simulate};

const RESERVE: u64 = 1 << 20;

async fn free(disk: &MemDisk) -> u64 {
    disk.space(Path::new("/data")).await.unwrap().free
}

/// Somebody else takes space, so that `free` bytes are left.
async fn leave_free(disk: &MemDisk, free: u64) {
    disk.set_capacity(Some(disk.used() + free));
}

/// Appends until the disk counts as full. Returns how many records were taken.
async fn fill(run: &Running, p: &Rc<Partition<MemDisk>>, from: u64) -> u64 {
    for n in from.. {
        match append(&run.store, p, &batch(n, 1, 20_000)).await {
            Ok(_) => {}
            Err(AppendReject::NoSpace) => return n,
            Err(e) => panic!("{e:?}"),
        }
    }
    unreachable!("the disk has an end");
}

async fn start(s: &Sim, disk: &MemDisk) -> (Running, Rc<Partition<MemDisk>>) {
    let (run, p) = Running::first(s, disk, &Options::default()).await;
    run.store.set_reserve(Some(RESERVE));
    (run, p)
}

/// Records stop before the reserve, whatever is written behind them stays below it, and retention makes the room that
/// lets them go on: nobody else does anything.
#[test]
fn records_leave_the_reserve_and_retention_heals_the_directory() {
    for seed in 0..10 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let (run, p) = start(s, disk).await;
            s.sleep_ms(50).await;
            leave_free(disk, 3 * RESERVE).await;
            let mut n = fill(&run, &p, 0).await;
            assert!(n > 50, "{n} records in two megabytes");
            for round in 0..3 {
                s.sleep_ms(500).await;
                run.store.tick(NOW_MS).await;
                // Indexes, checkpoints and the like are small.
                let left = free(disk).await;
                assert!(left > RESERVE - (64 << 10), "seed {seed}: {left} bytes are free");
                let shortage = run.store.shortage().expect("it is full");
                assert!(shortage.free < shortage.heals_at() && shortage.reserve == RESERVE);
                let why = run.store.why_full();
                for part in [
                    "/data",
                    &left.to_string(),
                    &shortage.heals_at().to_string(),
                    "ringlog.log.dir.reserve.bytes",
                ] {
                    assert!(why.contains(part), "{part} in: {why}");
                }
                let there = read_all(&p).await;
                assert_eq!(there.len() as u64, n - p.offsets().log_start.0, "all of it can be read");

                // The oldest two thirds go.
                let start = p.offsets().log_start.0;
                let to = Offset(start + (n - start) / 3 * 2);
                run.store.raise_log_starts(&[(Rc::clone(&p), to)]).await.unwrap();
                let shed = Shed { partition: Rc::clone(&p), active: false, delay_ms: 10 };
                assert!(run.store.shed(&[shed], NOW_MS, 0).await.unwrap() > 0, "seed {seed} round {round}");
                assert_eq!(run.store.remove_doomed(1000).await, None);
                run.store.tick(NOW_MS).await;
                assert_eq!(run.store.shortage(), None, "seed {seed} round {round}");
                let more = fill(&run, &p, n).await;
                assert!(more > n + 20, "seed {seed} round {round}: {more} after {n}");
                n = more;
            }
            assert!(run.store.check_online().is_ok());
            run.kill();
        });
    }
}

/// Nobody asks for anything, and somebody else takes the disk: the next look finds it. It does not flutter.
#[test]
fn a_disk_that_others_fill_takes_no_records_until_there_is_more_than_the_reserve() {
    simulate(4, async |s: &Sim, disk: &MemDisk| {
        let (run, p) = start(s, disk).await;
        run.produce(&p, &batch(0, 1, 100)).await;
        leave_free(disk, RESERVE - 1).await;
        run.produce(&p, &batch(1, 1, 100)).await;
        run.store.tick(NOW_MS).await;
        assert_eq!(append(&run.store, &p, &batch(2, 1, 100)).await.unwrap_err(), AppendReject::NoSpace);
        for (more, open) in [(RESERVE, false), (RESERVE / 4 * 5 - 1, false), (RESERVE / 4 * 5, true)] {
            leave_free(disk, more).await;
            run.store.tick(NOW_MS).await;
            assert_eq!(run.store.shortage().is_none(), open, "{more} bytes are free");
        }
        run.produce(&p, &batch(2, 1, 100)).await;
        // A smaller reserve helps as well.
        leave_free(disk, RESERVE / 2).await;
        run.store.tick(NOW_MS).await;
        assert!(run.store.shortage().is_some());
        run.store.set_reserve(Some(RESERVE / 4));
        run.store.tick(NOW_MS).await;
        assert_eq!(run.store.shortage(), None);
        // Without one the disk is used to its end, and heals as well.
        run.store.set_reserve(Some(0));
        let n = fill(&run, &p, 3).await;
        assert!(free(disk).await < 400 << 10, "less than the next step");
        disk.set_capacity(None);
        run.store.tick(NOW_MS).await;
        s.sleep_ms(50).await;
        run.produce(&p, &batch(n, 1, 100)).await;
        assert_eq!(read_all(&p).await.len() as u64, n + 1);
        run.kill();
    });
}

/// Compaction may take half of the reserve: a compacted log has no other way to shrink. Below that it waits.
#[test]
fn compaction_goes_on_in_the_reserve_and_waits_below_its_half() {
    simulate(5, async |s: &Sim, disk: &MemDisk| {
        let (run, p) = start(s, disk).await;
        for n in 0..60 {
            run.produce(&p, &keyed(n, 20_000)).await;
        }
        s.sleep_ms(50).await;
        let want = CleanWant { now_ms: NOW_MS, delete_retention_ms: 0, min_lag_ms: 0, keys_max: 1 << 20 };
        leave_free(disk, RESERVE / 2 + (100 << 10)).await;
        let refused = run.store.clean(&p, want).await.unwrap_err();
        assert!(matches!(refused, StoreError::Io(_, e) if e.kind() == std::io::ErrorKind::StorageFull));
        assert!(run.store.check_online().is_ok());
        run.store.tick(NOW_MS).await;
        assert!(run.store.shortage().is_some(), "records are refused all the while");
        leave_free(disk, RESERVE - 1).await;
        let cleaned = run.store.clean(&p, want).await.unwrap();
        assert!(cleaned.before > cleaned.after, "{cleaned:?}");
        run.kill();
    });
}
