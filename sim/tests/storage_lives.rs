//! One life of a store leaves something behind that the next one must not trip over: bytes that only the page cache
//! has, writes that are still on their way, extents in the middle of a block.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use bytes::Bytes;
use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::clean::CleanWant;
use ringlog_storage::disk::{Disk, OpenMode};
use ringlog_storage::store::Shed;
use ringlog_wire::ids::Offset;
use std::path::Path;
use std::rc::Rc;
use support::check::{check_tags, holds, holds_acked, tags};
use support::ends::spoil_checkpoints;
use support::{NOW_MS, Options, Running, append, batch, id, keyed, known, open, simulate};

/// The sync of the second checkpoint fails and loses its bytes; the process is killed, and the next one reads them
/// all the same. What it does on their word must hold after a power cut.
#[test]
fn a_checkpoint_that_only_the_page_cache_has_is_written_again_before_it_counts() {
    for seed in 0..8 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options::default();
            let (run, p) = Running::first(s, disk, &o).await;
            disk.fail_next_sync(Path::new("/data/cores/00/checkpoint-b"));
            let mut written = 0;
            while append(&run.store, &p, &batch(written, 1, 2000)).await.is_ok() {
                written += 1;
                if written % 7 == 0 {
                    run.settled(&p, written).await;
                }
                assert!(written < 1000, "seed {seed}: no checkpoint was written");
            }
            let acked = p.offsets().durable.0;
            drop(p);
            run.kill();
            // Long enough for every late write to land.
            s.sleep_ms(4000).await;
            drop(open(s, disk, &o).await.unwrap());
            disk.lose_power(&Rng::new(seed));
            holds_acked(s, disk, &o, acked, &format!("seed {seed}")).await;
        });
    }
}

/// Holds `path` as a write on its way does, for 2.5 s; then the bytes land at `at`, and the lock goes.
async fn hold(s: &Sim, disk: &MemDisk, path: &'static str, at: u64) {
    let held = disk.open(Path::new(path), OpenMode { direct: false, ..OpenMode::DIRECT }).await.unwrap();
    let (s2, disk) = (s.clone(), disk.clone());
    s.exec().spawn(7, async move {
        s2.sleep_ms(2500).await;
        disk.write_at(&held, vec![Bytes::from_static(&[0xEE; 4096])], at).await.unwrap();
    });
}

/// Opens once more, which must wait for the lock, fills more than a segment, and stops cleanly.
async fn go_on(s: &Sim, disk: &MemDisk, written: u64) {
    let o = Options::default();
    let before = s.exec().now();
    let (run, p) = Running::again(s, disk, &o, 300).await;
    let waited_ms = (s.exec().now() - before) / 1_000_000;
    assert!((2400..4000).contains(&waited_ms), "opening took {waited_ms} ms");
    check_tags(&p, 0..written, "behind the lock").await;
    run.produce_each(&p, written..written + 200, 2000).await;
    run.store.close().await.unwrap();
    for segment in p.log().borrow().segments().iter() {
        let path = p.dir().join(format!("{:020}.log", segment.base.0));
        assert_eq!(disk.content(&path).unwrap().len() as u64, segment.size, "{}", path.display());
    }
    drop(p);
    run.kill();
    holds(s, disk, &o, &[(1, written + 200)], "behind the stop").await;
}

/// A clean life of ten records, so that the segment and its indexes are complete.
async fn first_life(s: &Sim, disk: &MemDisk) {
    let (run, p) = Running::first(s, disk, &Options::default()).await;
    run.produce_each(&p, 0..10, 300).await;
    run.store.close().await.unwrap();
    drop(p);
    run.kill();
}

#[test]
fn the_lock_of_an_index_that_a_killed_process_still_writes_is_waited_for() {
    for path in ["/data/t1-0/00000000000000000000.index", "/data/t1-0/00000000000000000000.timeindex"] {
        simulate(31, async |s: &Sim, disk: &MemDisk| {
            first_life(s, disk).await;
            let (run, p) = Running::again(s, disk, &Options::default(), 200).await;
            run.produce(&p, &batch(10, 1, 300)).await;
            drop(p);
            run.kill();
            s.sleep_ms(4000).await;
            hold(s, disk, path, 0).await;
            go_on(s, disk, 11).await;
        });
    }
}

#[test]
fn the_lock_of_a_segment_that_needs_no_repair_is_waited_for_too() {
    simulate(32, async |s: &Sim, disk: &MemDisk| {
        first_life(s, disk).await;
        hold(s, disk, "/data/t1-0/00000000000000000000.log", 8192).await;
        go_on(s, disk, 10).await;
    });
}

/// A large batch goes past the log and finishes its segment inside a block, and the process is killed before the next
/// segment is durable: the segment goes on in the next life. The life after that finds both in the log, the extent
/// and what followed it, and must be able to flush.
#[test]
fn a_segment_that_an_extent_finished_may_have_gone_on() {
    for n in 0..200 {
        simulate(n, async |s: &Sim, disk: &MemDisk| {
            let o = Options { bypass_min: 8 << 10, ..Options::with_segments(64 << 10) };
            let (run, p) = Running::first(s, disk, &o).await;
            // Nearly full: the file of the next segment is reserved.
            let mut written = 17;
            run.produce_each(&p, 0..written, 3000).await;
            s.sleep_ms(20).await;
            disk.slow_down(300_000);
            disk.fail_after(Some(n % 30));
            // While the first one is on its way, the second rolls the segment, and the third keeps the new one busy.
            for size in [9000, 30_000, 30_000] {
                if append(&run.store, &p, &batch(written, 1, size)).await.is_err() {
                    break;
                }
                written += 1;
                s.exec().jitter(600_000).await;
            }
            run.settled(&p, written).await;
            drop(p);
            run.kill();
            disk.fail_after(None);
            disk.slow_down(0);
            s.sleep_ms(4000).await;
            let mut there = 0;
            for life in 1..4u64 {
                let run = Running::start(s, disk, &o, 100 + life).await;
                let run = run.unwrap_or_else(|e| panic!("{n} life {life}: {e}"));
                let p = run.ensure(id(1, 0)).await;
                let found = tags(&p).await;
                assert!(
                    life == 1 || found.len() as u64 == there,
                    "{n} life {life}: {} of {there}",
                    found.len()
                );
                there = found.len() as u64;
                assert_eq!(found, (0..there).collect::<Vec<_>>(), "{n} life {life}");
                run.produce_each(&p, there..there + 2, 200).await;
                there += 2;
                if life == 3 {
                    run.store.close().await.unwrap_or_else(|e| panic!("{n}: {e}"));
                }
                drop(p);
                run.kill();
                s.sleep_ms(4000).await;
            }
        });
    }
}

/// The file of the newest segment had no durable name when the power went; then the log start moves past all others,
/// or compaction writes the one before it anew. The newest one has its file before that.
#[test]
fn a_start_makes_the_file_of_the_newest_segment_before_it_touches_others() {
    for seed in 0..60 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| behind_a_lost_name(s, disk, seed).await);
    }
}

async fn behind_a_lost_name(s: &Sim, disk: &MemDisk, seed: u64) {
    let o = Options::with_segments(6 << 10);
    let (run, p) = Running::first(s, disk, &o).await;
    for n in 0..20 {
        run.produce(&p, &keyed(n, 1500)).await;
    }
    come_round(&run).await;
    run.store.close().await.unwrap();
    drop(p);
    run.kill();
    let (run, p) = Running::again(s, disk, &o, 101).await;
    run.produce(&p, &keyed(20, 3300)).await;
    drop(p);
    run.kill();
    disk.lose_power(&Rng::new(seed));
    let (run, p) = Running::again(s, disk, &o, 102).await;
    let start = if seed.is_multiple_of(2) { 21 } else { 0 };
    if start > 0 {
        run.store.raise_log_starts(&[(Rc::clone(&p), Offset(start))]).await.unwrap();
        let shed = [Shed { partition: Rc::clone(&p), active: false, delay_ms: 0 }];
        run.store.shed(&shed, NOW_MS, 0).await.unwrap();
        run.store.remove_doomed(0).await;
    } else {
        let want = CleanWant { now_ms: NOW_MS, delete_retention_ms: 0, min_lag_ms: 0, keys_max: 1 << 20 };
        run.store.clean(&p, want).await.unwrap();
    }
    drop(p);
    run.kill();
    disk.lose_power(&Rng::new(seed));
    spoil_checkpoints(disk);
    let store = open(s, disk, &o).await.unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    let offsets = store.partition(id(1, 0)).unwrap().offsets();
    assert_eq!((offsets.log_start, offsets.end), (Offset(start), Offset(21)), "seed {seed}");
}

/// A kill cuts the making of a partition off at each of its steps. The next life finds a folder of the same topic and
/// takes it as it is; of its names that a power cut may take back, that of the topic id is durable before it counts.
#[test]
fn a_folder_that_a_killed_process_made_keeps_its_topic_id() {
    let (mut taken, topic_id) = (0, Path::new("/data/t1-0/partition.metadata"));
    for n in 0..400 {
        simulate(n, async |s: &Sim, disk: &MemDisk| {
            let o = Options::default();
            let run = Running::start(s, disk, &o, 100).await.unwrap();
            s.sleep_ms(500).await;
            disk.fail_after(Some(n % 20));
            let made =
                run.store.create_partition(id(1, 0), &known(&o, id(1, 0)).unwrap(), NOW_MS).await.is_ok();
            run.kill();
            disk.fail_after(None);
            s.sleep_ms(4000).await;
            taken += u32::from(!made && disk.content(topic_id).is_some());

            let run = Running::start(s, disk, &o, 101).await.unwrap();
            let p = run.ensure(id(1, 0)).await;
            run.produce(&p, &batch(0, 1, 300)).await;
            drop(p);
            run.kill();
            disk.lose_power(&Rng::new(n));
            assert!(disk.content(topic_id).is_some(), "{n}: nobody knows whose folder it is");
            spoil_checkpoints(disk);
            holds(s, disk, &o, &[(1, 1)], &format!("{n}")).await;
        });
    }
    assert!(taken > 3, "{taken} folders were there already");
}

/// The commit log comes round: what was written before is in no file of it but as a carried block.
async fn come_round(run: &Running) {
    let other = run.ensure(id(9, 0)).await;
    run.until_recycled(run.store.stats().recycled + 5, &other, 0).await;
}
