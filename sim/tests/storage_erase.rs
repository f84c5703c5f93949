//! The space of removed files comes back a piece at a time (docs/decisions/0018), whoever removed them, and never from
//! under a reader.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use bytes::Bytes;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::clean::CleanWant;
use ringlog_storage::disk::{Disk, OpenMode};
use ringlog_storage::store::{Partition, Shed};
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::rc::Rc;
use support::{NOW_MS, Options, Running, id, simulate};

/// What the support's stores give back at once.
const PIECE: u64 = 4 << 10;

/// A record with the same key as all others.
fn keyed(tag: u8) -> Bytes {
    let mut b = BatchBuilder::new(BatchOptions::default());
    b.append(NOW_MS, Some(b"key"), Some(&[tag; 20_000]), &[]);
    b.build().unwrap()
}

/// A partition of four segments with their files.
async fn filled(run: &Running) -> Rc<Partition<MemDisk>> {
    let p = run.create(id(1, 0)).await;
    for n in 0..40 {
        run.produce(&p, &keyed(n)).await;
    }
    p
}

/// Its three closed segments leave the log, and wait to be removed.
async fn shed(run: &Running, p: &Rc<Partition<MemDisk>>) {
    run.store.raise_log_starts(&[(Rc::clone(p), p.offsets().durable)]).await.unwrap();
    let shed = [Shed { partition: Rc::clone(p), active: false, delay_ms: 0 }];
    assert_eq!(run.store.shed(&shed, NOW_MS, 0).await.unwrap(), 3);
}

fn with_store(test: impl AsyncFnOnce(&Sim, &Running)) {
    simulate(5, async |sim: &Sim, disk: &MemDisk| {
        let run = Running::start(sim, disk, &Options::default(), 1).await.unwrap();
        test(sim, &run).await;
        run.kill();
    });
}

/// Watches the disk until no removed file is open. Returns the bytes that came back, and the most at once.
async fn watch(sim: &Sim, run: &Running) -> (u64, u64) {
    let mut used = run.disk.used();
    let (before, mut most) = (used, 0);
    while run.disk.nameless() > 0 {
        sim.sleep_ms(1).await;
        let now = run.disk.used();
        most = most.max(used.saturating_sub(now));
        used = now;
    }
    (before - used, most)
}

#[test]
fn the_files_of_a_log_s_front_come_back_in_pieces() {
    with_store(async |sim, run| {
        let p = filled(run).await;
        shed(run, &p).await;
        // Each piece takes two milliseconds at least.
        run.disk.slow_down(1_000_000);
        run.store.remove_doomed(0).await;
        let (back, most) = watch(sim, run).await;
        assert!(back > 3 * (200 << 10), "{back} bytes");
        assert!(most <= 2 * PIECE, "{most} bytes at once");
    });
}

#[test]
fn segments_that_compaction_replaced_come_back_in_pieces() {
    with_store(async |sim, run| {
        let p = filled(run).await;
        let want = CleanWant { now_ms: NOW_MS, delete_retention_ms: 0, min_lag_ms: 0, keys_max: 1 << 20 };
        let cleaned = run.store.clean(&p, want).await.unwrap();
        assert_eq!(cleaned.segments, 3);
        run.disk.slow_down(1_000_000);
        let (back, most) = watch(sim, run).await;
        assert!(back > 200 << 10, "{back} bytes");
        assert!(most <= 2 * PIECE, "{most} bytes at once");
    });
}

#[test]
fn the_folder_of_a_deleted_partition_comes_back_in_pieces() {
    with_store(async |sim, run| {
        let p = filled(run).await;
        run.disk.slow_down(1_000_000);
        let before = run.disk.used();
        run.store.delete_partition(p.id()).await.unwrap();
        drop(p);
        while run.disk.nameless() == 0 {
            sim.sleep_ms(1).await;
        }
        let (_, most) = watch(sim, run).await;
        assert!(most <= 2 * PIECE, "{most} bytes at once");
        let slow = before - run.disk.used();
        assert!(slow > 0, "the first of them is gone");
    });
}

#[test]
fn who_reads_a_removed_file_has_it_whole() {
    with_store(async |sim, run| {
        let p = filled(run).await;
        let path = p.dir().join("00000000000000000000.log");
        let reader = run.disk.open(&path, OpenMode::READ).await.unwrap();
        let len = run.disk.len(&reader).await.unwrap();
        shed(run, &p).await;
        run.store.remove_doomed(0).await;
        sim.sleep_ms(10_000).await;
        assert_eq!(run.disk.nameless(), 1, "the others are gone");
        assert_eq!(run.disk.len(&reader).await.unwrap(), len);
        drop(reader);
        assert_eq!(run.disk.nameless(), 0);
    });
}

/// A stop does not wait for it.
#[test]
fn a_store_that_closes_lets_go_of_removed_files() {
    with_store(async |_, run| {
        let p = filled(run).await;
        shed(run, &p).await;
        run.disk.slow_down(50_000_000);
        run.store.remove_doomed(0).await;
        assert!(run.disk.nameless() > 0);
        run.store.close().await.unwrap();
        drop(p);
        assert_eq!(run.disk.nameless(), 0);
    });
}
