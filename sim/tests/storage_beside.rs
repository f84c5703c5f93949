//! A large batch is written while the frame that names it is: neither counts without the other, and what a crash left of
//! them is taken back whole (decision 24).
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::disk::{Alone, FileKind, Place};
use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::disk::Disk;
use ringlog_storage::store::Partition;
use std::rc::Rc;
use support::check::holds;
use support::{Options, Running, append, batch, id, open, simulate};

const LARGE: usize = 40_000;

fn options() -> Options {
    Options { bypass_min: 16 << 10, ..Options::with_segments(1 << 20) }
}

/// Everything on files of this kind hangs for `ms` from now on.
fn hang(s: &Sim, disk: &MemDisk, kind: FileKind, ms: u64) {
    let alone = Alone { place: Place::Kind(kind), slower: 0, hung_until: s.exec().now() + ms * 1_000_000 };
    disk.set_faults(|f| f.alone = Some(alone));
}

/// Three small batches and a large one of two partitions are acknowledged.
async fn begin(s: &Sim, disk: &MemDisk) -> (Running, Rc<Partition<MemDisk>>, Rc<Partition<MemDisk>>) {
    let (run, large) = Running::first(s, disk, &options()).await;
    let small = run.create(id(2, 0)).await;
    run.produce_each(&small, 0..3, 500).await;
    run.produce_each(&large, 0..3, 500).await;
    run.produce(&large, &batch(3, 1, LARGE)).await;
    (run, large, small)
}

#[test]
fn a_frame_counts_only_with_the_bytes_that_it_names() {
    let mut back = 0;
    for seed in 0..16 {
        back += u32::from(simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let (run, large, small) = begin(s, disk).await;
            let frames = run.store.stats().frames;
            hang(s, disk, FileKind::Segment, 60_000);
            append(&run.store, &large, &batch(4, 1, LARGE)).await.unwrap();
            s.sleep_ms(100).await;
            // Behind it: its frame comes later.
            append(&run.store, &small, &batch(3, 1, 500)).await.unwrap();
            s.sleep_ms(100).await;
            assert_eq!(run.store.stats().frames, frames, "seed {seed}");
            assert_eq!((large.offsets().durable.0, small.offsets().durable.0), (4, 3), "seed {seed}");
            drop((large, small));
            run.kill();
            disk.set_faults(|f| f.alone = None);
            disk.lose_power(&Rng::new(seed));
            // The frame is there, and its bytes hardly ever are: it is taken back, and the next one comes in its place.
            let run = Running::start(s, disk, &options(), 101).await.unwrap();
            let (large, small) =
                (run.store.partition(id(1, 0)).unwrap(), run.store.partition(id(2, 0)).unwrap());
            let end = large.offsets().end.0;
            assert!(end == 4 || end == 5, "seed {seed}: {end}");
            assert_eq!(small.offsets().end.0, 3, "seed {seed}");
            run.produce(&small, &batch(3, 1, 700)).await;
            run.produce(&large, &batch(end, 1, LARGE)).await;
            run.produce(&large, &batch(end + 1, 1, 100)).await;
            drop((large, small));
            run.kill();
            disk.lose_power(&Rng::new(seed));
            holds(s, disk, &options(), &[(1, end + 2), (2, 4)], &format!("seed {seed}")).await;
            end == 4
        }));
    }
    assert!(back > 8, "{back}");
}

/// The process is killed when both have landed in the device's cache and neither was acknowledged: the start shows the
/// batch, so a power cut must not take it.
#[test]
fn what_a_start_found_of_the_last_batch_stays() {
    let mut found = 0;
    for seed in 0..64 {
        found += u32::from(simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let (run, large, _) = begin(s, disk).await;
            disk.fail_next_sync(&large.dir().join("00000000000000000000.log"));
            append(&run.store, &large, &batch(4, 1, LARGE)).await.unwrap();
            s.sleep_ms(100).await;
            assert!(run.store.check_online().is_err(), "seed {seed}: its sync failed");
            drop(large);
            run.kill();
            s.sleep_ms(4000).await;
            let run = Running::start(s, disk, &options(), 101).await.unwrap();
            let end = run.store.partition(id(1, 0)).unwrap().offsets().end.0;
            run.kill();
            disk.lose_power(&Rng::new(seed));
            holds(s, disk, &options(), &[(1, end)], &format!("seed {seed}")).await;
            end == 5
        }));
    }
    assert!(found > 4, "{found}");
}

/// A read that comes back short is no batch that is missing: what was acknowledged is not taken back for it.
#[test]
fn short_reads_of_a_start_take_nothing_back() {
    for seed in 0..32 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let (run, large, _) = begin(s, disk).await;
            assert_eq!(large.offsets().durable.0, 4, "seed {seed}");
            drop(large);
            run.kill();
            s.sleep_ms(4000).await;
            disk.set_faults(|f| f.short_read = 3);
            let run = Running::start(s, disk, &options(), 101).await.unwrap();
            disk.set_faults(|f| f.short_read = 0);
            assert_eq!(run.store.partition(id(1, 0)).unwrap().offsets().end.0, 4, "seed {seed}");
            run.kill();
        });
    }
}

/// The first batch of a partition is cut off: its segment has nothing then.
#[test]
fn of_a_first_batch_that_was_cut_off_nothing_stays() {
    let mut cut = 0;
    for seed in 0..64 {
        cut += u32::from(simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let (run, large) = Running::first(s, disk, &options()).await;
            // One is known to the checkpoint, and the other to the frame alone.
            let other = run.create(id(2, 0)).await;
            let paths = [&large, &other].map(|p| p.dir().join("00000000000000000000.log"));
            let p = if seed % 2 == 0 { &large } else { &other };
            hang(s, disk, FileKind::Segment, 60_000);
            append(&run.store, p, &batch(0, 1, LARGE)).await.unwrap();
            s.sleep_ms(100).await;
            drop((large, other));
            run.kill();
            disk.set_faults(|f| f.alone = None);
            disk.lose_power(&Rng::new(seed));
            let left = disk.content(&paths[usize::from(seed % 2 == 1)]).unwrap_or_default().len();
            let run = Running::start(s, disk, &options(), 101).await.unwrap();
            let ends = [1, 2].map(|t| run.store.partition(id(t, 0)).map_or(0, |p| p.offsets().end.0));
            run.store.close().await.unwrap();
            run.kill();
            let stays = paths.map(|p| disk.content(&p).unwrap_or_default().len());
            if ends == [0, 0] {
                assert_eq!(stays, [0, 0], "seed {seed}");
            }
            ends == [0, 0] && left > 0
        }));
    }
    assert!(cut > 4, "{cut}");
}

/// Only of the last frame may something be missing. What an earlier one names and is damaged was acknowledged.
#[test]
fn what_an_earlier_frame_names_must_be_there() {
    simulate(1, async |s: &Sim, disk: &MemDisk| {
        let (run, large, small) = begin(s, disk).await;
        run.produce(&small, &batch(3, 1, 500)).await;
        let path = large.dir().join("00000000000000000000.log");
        drop((large, small));
        run.kill();
        s.sleep_ms(4000).await;
        disk.corrupt(&path, |bytes| bytes[5000] ^= 1);
        let refused = open(s, disk, &options()).await.err().unwrap().to_string();
        assert!(refused.contains("00000000000000000000.log is damaged between bytes 0 and"), "{refused}");
    });
}

/// A recovery that finds the batch's entry asks for nothing below it. Small batches lie there that a flush wrote.
#[test]
fn what_lies_below_in_the_segment_is_durable_before() {
    let options = Options { unflushed_max: 64 << 10, ..options() };
    let mut flushed = 0;
    for seed in 0..32 {
        flushed += u32::from(simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let (run, large) = Running::first(s, disk, &options).await;
            run.produce_each(&large, 0..20, 3000).await;
            s.sleep_ms(100).await;
            let stats = run.store.stats();
            run.produce(&large, &batch(20, 1, LARGE)).await;
            drop(large);
            run.kill();
            disk.lose_power(&Rng::new(seed));
            holds(s, disk, &options, &[(1, 21)], &format!("seed {seed}")).await;
            stats.segment_bytes > 0 && stats.segment_syncs == 0
        }));
    }
    assert_eq!(flushed, 32, "not synced by something else");
}

/// A frame is taken back, and the next one is longer than the rest of its file: it goes to the next file, and the start
/// after that must not come across the old one.
#[test]
fn nothing_is_left_of_a_frame_that_was_taken_back() {
    let mut files = 0;
    for filled in 0..24 {
        files += u32::from(simulate(filled, async |s: &Sim, disk: &MemDisk| {
            let (run, large, _) = begin(s, disk).await;
            run.produce_each(&large, 4..4 + filled, 500).await;
            hang(s, disk, FileKind::Segment, 60_000);
            append(&run.store, &large, &batch(4 + filled, 1, LARGE)).await.unwrap();
            s.sleep_ms(100).await;
            drop(large);
            run.kill();
            disk.set_faults(|f| f.alone = None);
            disk.lose_power(&Rng::new(filled));
            let run = Running::start(s, disk, &options(), 101).await.unwrap();
            let (large, small) =
                (run.store.partition(id(1, 0)).unwrap(), run.store.partition(id(2, 0)).unwrap());
            let end = large.offsets().end.0;
            run.produce(&small, &batch(3, 1, 15_000)).await;
            run.produce(&small, &batch(4, 1, 500)).await;
            drop((large, small));
            run.kill();
            disk.lose_power(&Rng::new(filled));
            holds(s, disk, &options(), &[(1, end), (2, 5)], &format!("filled {filled}")).await;
            end == 4 + filled
        }));
    }
    assert!(files > 8, "{files}");
}

/// A batch of one partition waits for a frame that names a write of another one, and that write fails.
#[test]
fn a_write_that_fails_leaves_nobody_waiting_for_its_frame() {
    simulate(1, async |s: &Sim, disk: &MemDisk| {
        let (run, large, small) = begin(s, disk).await;
        drop((large, small));
        run.store.close().await.unwrap();
        run.kill();
        let (run, other) = Running::again(s, disk, &options(), 101).await;
        let failing = run.create(id(3, 0)).await;
        run.produce(&failing, &batch(0, 1, LARGE)).await;
        // Its last block comes into a frame again before anything is written behind it.
        let waiting = run.store.partition(id(2, 0)).unwrap();
        hang(s, disk, FileKind::Commit, 50);
        append(&run.store, &other, &batch(4, 1, 500)).await.unwrap();
        s.sleep_ms(1).await;
        disk.fail_next_sync(&failing.dir().join("00000000000000000000.log"));
        append(&run.store, &waiting, &batch(3, 1, LARGE)).await.unwrap();
        append(&run.store, &failing, &batch(1, 1, LARGE)).await.unwrap();
        s.sleep_ms(1000).await;
        assert!(run.store.check_online().is_err());
        assert!(run.store.close().await.is_err());
    });
}

/// A segment that the last frame names is not there: no crash does that, its name was durable before. The directory is
/// refused, and once the file is back nothing is missing.
#[test]
fn a_directory_that_is_refused_keeps_its_last_frame() {
    simulate(1, async |s: &Sim, disk: &MemDisk| {
        let (run, large, _) = begin(s, disk).await;
        let (path, away) = (large.dir().join("00000000000000000000.log"), large.dir().join("away"));
        drop(large);
        run.kill();
        s.sleep_ms(4000).await;
        disk.rename(&path, &away).await.unwrap();
        let refused = open(s, disk, &options()).await.err().unwrap().to_string();
        assert!(refused.contains("00000000000000000000.log"), "{refused}");
        disk.rename(&away, &path).await.unwrap();
        holds(s, disk, &options(), &[(1, 4), (2, 3)], "the file is back").await;
    });
}
