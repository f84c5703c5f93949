//! Bits that rot in closed segments: scrubbing finds each, names its place, changes nothing, and what is damaged is
//! not served.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::read::{ReadError, ReadWant};
use ringlog_storage::store::{Partition, Scrubbed, Store};
use ringlog_wire::ids::Offset;
use std::cell::Cell;
use std::rc::Rc;
use support::ends::segments;
use support::{Options, Running, read_all, simulate};

const SIZE: usize = 3000;

async fn scrub(store: &Store<MemDisk>, p: &Rc<Partition<MemDisk>>) -> (Scrubbed, usize) {
    let paid = Rc::new(Cell::new(0));
    let scrubbed = store
        .scrub(p, &|bytes| {
            paid.set(paid.get() + bytes);
            Box::pin(async {})
        })
        .await;
    (scrubbed, paid.get())
}

/// A partition of some 40 records in segments of 10, closed and in their files.
async fn written(s: &Sim, disk: &MemDisk) -> (Running, Rc<Partition<MemDisk>>) {
    let o = Options::with_segments(32 << 10);
    let (run, p) = Running::first(s, disk, &o).await;
    run.produce_each(&p, 0..42, SIZE).await;
    run.store.close().await.unwrap();
    run.kill();
    Running::again(s, disk, &o, 101).await
}

async fn read_at(p: &Rc<Partition<MemDisk>>, from: u64) -> Result<usize, ReadError> {
    let want = ReadWant { from: Offset(from), max_bytes: 1 << 20, upto: p.offsets().durable };
    p.read(want).await.map(|r| r.len)
}

#[test]
fn every_rotten_bit_of_a_closed_segment_is_found_named_and_not_served() {
    for seed in 0..40 {
        let rng = Rng::new(seed);
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let (run, p) = written(s, disk).await;
            let (clean, paid) = scrub(&run.store, &p).await;
            let all = segments(disk);
            let closed = &all[..all.len() - 1];
            assert_eq!((clean.segments, clean.damage.len()), (closed.len() as u64, 0));
            assert_eq!(clean.bytes, paid as u64, "what is read is paid for");
            let counted = run.store.stats();
            assert_eq!((counted.scrubbed_bytes, counted.scrubbed_batches), (clean.bytes, 40));

            let path = &closed[rng.below(closed.len() as u64) as usize];
            let before = disk.content(path).unwrap();
            let first = path.file_stem().unwrap().to_string_lossy().parse::<u64>().unwrap();
            let len = before.len() as u64 / 10;
            let n = rng.below(10);
            // Behind the leader epoch everything is under the CRC, or is it.
            let at = n * len + 16 + rng.below(len - 16);
            assert!(disk.rot(path, at, rng.below(8) as u32));
            let rotten = disk.content(path).unwrap();

            let (found, _) = scrub(&run.store, &p).await;
            let d = found.damage[0];
            assert_eq!(
                (d.segment, d.position, d.from),
                (Offset(first), n * len, Offset(first + n)),
                "seed {seed}"
            );
            assert_eq!(disk.content(path).unwrap(), rotten, "nothing is changed");
            assert_eq!(segments(disk), all, "nothing is deleted");
            assert!(run.store.check_online().is_ok());
            assert_eq!(run.store.stats().damaged_batches, found.damage.len() as u64);

            // A read stops before it, one that begins with it is told, and one behind it goes on.
            if n > 0 {
                assert_eq!(read_at(&p, first).await.unwrap() as u64, n * len, "seed {seed}");
            }
            let refused = read_at(&p, first + n).await.unwrap_err();
            assert!(
                matches!(refused, ReadError::Corrupt { position, .. } if position == n * len),
                "seed {seed}: {refused}"
            );
            assert!(read_at(&p, found.damage.last().unwrap().to.0).await.unwrap() > 0);

            // It was the cable: all is served again when it reads right.
            disk.rot(path, at, (0..8).find(|b| before[at as usize] ^ rotten[at as usize] == 1 << b).unwrap());
            assert_eq!(scrub(&run.store, &p).await.0.damage, []);
            assert_eq!(read_all(&p).await.len(), 42);
            run.kill();
        });
    }
}

#[test]
fn sectors_that_cannot_be_read_and_files_that_are_short_are_damage() {
    simulate(7, async |s: &Sim, disk: &MemDisk| {
        let (run, p) = written(s, disk).await;
        let all = segments(disk);
        disk.set_faults(|f| f.eio_read = 1);
        let (found, _) = scrub(&run.store, &p).await;
        disk.set_faults(|f| f.eio_read = 0);
        assert_eq!(found.damage.len(), all.len() - 1, "{found:?}");
        assert!(run.store.check_online().is_ok(), "a read that fails takes no directory offline");
        assert!(read_at(&p, 0).await.is_err());
        assert_eq!(scrub(&run.store, &p).await.0.damage, []);
        assert_eq!(read_all(&p).await.len(), 42);
        run.kill();
    });
}
