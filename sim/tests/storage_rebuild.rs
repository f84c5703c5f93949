//! Both checkpoints lost: the segments are scanned, the commit log is replayed, and nothing acknowledged is missing.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::disk::{Disk, OpenMode};
use ringlog_storage::store::StoreError;
use std::path::Path;
use support::check::holds;
use support::ends::{checkpoints, segments, spoil_checkpoints};
use support::{Options, Running, batch, id, read_all, simulate};

/// Spoils both slots of core 0, which are there.
fn lose_checkpoints(disk: &MemDisk) {
    for path in checkpoints() {
        assert!(disk.content(&path).is_some(), "{} is not there", path.display());
    }
    spoil_checkpoints(disk);
}

/// Produces, ends the process one way or the other, damages the disk, opens again; returns the values.
fn around(seed: u64, clean: bool, damage: impl FnOnce(&MemDisk)) -> Result<Vec<Vec<u8>>, StoreError> {
    simulate(seed, async |s: &Sim, disk: &MemDisk| {
        let o = Options::default();
        let (first, p) = Running::first(s, disk, &o).await;
        for tag in 0..160 {
            let size = 200 + (seed as usize * 37 + tag as usize * 131) % 6_000;
            first.produce(&p, &batch(tag, 3, size)).await;
        }
        let before = read_all(&p).await;
        assert_eq!(before.len(), 480);
        drop(p);
        if clean {
            first.store.close().await.unwrap();
        }
        first.kill();
        damage(disk);
        let second = Running::start(s, disk, &o, 2).await?;
        let p = second.store.partition(id(1, 0)).expect("the partition is back");
        let after = read_all(&p).await;
        assert!(after == before, "{} records before, {} after", before.len(), after.len());
        second.produce(&p, &batch(999, 2, 100)).await;
        drop(p);
        second.kill();
        // Once more, now from the new checkpoint.
        let third = Running::start(s, disk, &o, 3).await?;
        let p = third.store.partition(id(1, 0)).expect("the partition is back again");
        Ok(read_all(&p).await)
    })
}

#[test]
fn everything_acknowledged_comes_back_without_a_checkpoint() {
    for seed in 0..12 {
        for clean in [false, true] {
            let after = around(seed, clean, lose_checkpoints)
                .unwrap_or_else(|e| panic!("seed {seed}, clean {clean}: {e}"));
            assert_eq!(after.len(), 482, "seed {seed}, clean {clean}");
        }
    }
}

#[test]
fn damage_in_the_middle_of_a_segment_refuses_the_directory() {
    let result = around(3, true, |disk| {
        lose_checkpoints(disk);
        let first = segments(disk).first().cloned().expect("a segment");
        disk.corrupt(&first, |f| f[5_000] ^= 1);
    });
    match result {
        Err(StoreError::Corrupt(why)) => assert!(why.contains("t1-0"), "{why}"),
        other => panic!("{:?}", other.map(|v| v.len())),
    }
}

#[test]
fn a_batch_that_is_partly_in_its_file_survives_the_rebuild_and_a_crash_right_after() {
    simulate(5, async |s: &Sim, disk: &MemDisk| {
        let o = Options::default();
        let (first, idle) = Running::first(s, disk, &o).await;
        let busy = first.create(id(2, 0)).await;
        first.produce(&idle, &batch(1, 3, 3_300)).await;
        first.produce_each(&busy, 0..300, 3_000).await;
        assert!(first.store.stats().recycled > 4, "the idle partition lives on as a carried block");
        let before = read_all(&idle).await;
        drop((idle, busy));
        first.kill();
        lose_checkpoints(disk);
        for node in 2..6 {
            let (again, idle) = Running::again(s, disk, &o, node).await;
            assert!(read_all(&idle).await == before, "start {node}");
            drop(idle);
            again.kill();
        }
    });
}

/// A power cut between two lives leaves the name of a segment whose first offset was never durable. The next life grows
/// over that offset; when it ends the same way, the name must not be back beside the longer segment: with both
/// checkpoints lost nothing tells which of the two is the log.
#[test]
fn a_segment_that_was_never_durable_stays_away_once_the_log_has_grown_over_it() {
    for seed in 0..24 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options::default();
            let (first, p) = Running::first(s, disk, &o).await;
            first.produce_each(&p, 0..10, 3000).await;
            first.store.close().await.unwrap();
            drop(p);
            first.kill();
            let name = Path::new("/data/t1-0/00000000000000000015.log");
            drop(disk.open(name, OpenMode::WRITE).await.unwrap());
            disk.sync_dir(Path::new("/data/t1-0")).await.unwrap();
            let (second, p) = Running::again(s, disk, &o, 2).await;
            let flushed = second.store.stats().segment_bytes;
            let mut written = 10;
            while second.store.stats().segment_bytes == flushed {
                second.produce(&p, &batch(written, 1, 3000)).await;
                written += 1;
            }
            drop(p);
            second.kill();
            disk.lose_power(&Rng::new(seed));
            spoil_checkpoints(disk);
            holds(s, disk, &o, &[(1, written)], &format!("seed {seed}")).await;
        });
    }
}
