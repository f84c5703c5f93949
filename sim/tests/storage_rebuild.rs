//! Both checkpoints lost: the segments are scanned, the commit log is replayed, and nothing acknowledged is missing.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::disk::{Disk, OpenMode};
use ringlog_storage::store::StoreError;
use std::path::{Path, PathBuf};
use support::ends::spoil_checkpoints;
use support::{Options, Running, batch, id, read_all};

/// Spoils both slots of core 0.
fn lose_checkpoints(disk: &MemDisk) {
    for slot in ["checkpoint-a", "checkpoint-b"] {
        let path = Path::new("/data/cores/00").join(slot);
        assert!(disk.content(&path).is_some(), "{slot} is not there");
        disk.corrupt(&path, |f| {
            f.resize(f.len().max(4096), 0);
            f.iter_mut().take(64).for_each(|b| *b = 0x5a);
        });
    }
}

/// Produces, ends the process one way or the other, damages the disk, opens again; returns the values.
fn around(seed: u64, clean: bool, damage: impl FnOnce(&MemDisk)) -> Result<Vec<Vec<u8>>, StoreError> {
    let sim = Sim::new(seed);
    let disk = sim.disk();
    sim.run(async {
        let o = Options::default();
        let first = Running::start(&sim, &disk, &o, 1).await.unwrap();
        let p = first.create(id(1, 0)).await;
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
        damage(&disk);
        let second = Running::start(&sim, &disk, &o, 2).await?;
        let p = second.store.partition(id(1, 0)).expect("the partition is back");
        let after = read_all(&p).await;
        assert!(after == before, "{} records before, {} after", before.len(), after.len());
        second.produce(&p, &batch(999, 2, 100)).await;
        drop(p);
        second.kill();
        // Once more, now from the new checkpoint.
        let third = Running::start(&sim, &disk, &o, 3).await?;
        let p = third.store.partition(id(1, 0)).expect("the partition is back again");
        Ok(read_all(&p).await)
    })
}

fn segments(disk: &MemDisk) -> Vec<PathBuf> {
    disk.paths()
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "log") && p.starts_with("/data/t1-0"))
        .collect()
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
    let sim = Sim::new(5);
    let disk = sim.disk();
    sim.run(async {
        let o = Options::default();
        let first = Running::start(&sim, &disk, &o, 1).await.unwrap();
        let (idle, busy) = (first.create(id(1, 0)).await, first.create(id(2, 0)).await);
        first.produce(&idle, &batch(1, 3, 3_300)).await;
        for tag in 0..300 {
            first.produce(&busy, &batch(tag, 1, 3_000)).await;
        }
        assert!(first.store.stats().recycled > 4, "the idle partition lives on as a carried block");
        let before = read_all(&idle).await;
        drop((idle, busy));
        first.kill();
        lose_checkpoints(&disk);
        for node in 2..6 {
            let again = Running::start(&sim, &disk, &o, node).await.unwrap();
            let idle = again.store.partition(id(1, 0)).expect("the partition is back");
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
        let sim = Sim::new(seed);
        let disk = sim.disk();
        sim.run(async {
            let o = Options::default();
            let first = Running::start(&sim, &disk, &o, 1).await.unwrap();
            let p = first.create(id(1, 0)).await;
            for tag in 0..10 {
                first.produce(&p, &batch(tag, 1, 3000)).await;
            }
            first.store.close().await.unwrap();
            drop(p);
            first.kill();
            let name = Path::new("/data/t1-0/00000000000000000015.log");
            drop(disk.open(name, OpenMode::WRITE).await.unwrap());
            disk.sync_dir(Path::new("/data/t1-0")).await.unwrap();
            let second = Running::start(&sim, &disk, &o, 2).await.unwrap();
            let p = second.store.partition(id(1, 0)).unwrap();
            let flushed = second.store.stats().segment_bytes;
            let mut written = 10;
            while second.store.stats().segment_bytes == flushed {
                second.produce(&p, &batch(written, 1, 3000)).await;
                written += 1;
            }
            drop(p);
            second.kill();
            disk.lose_power(&Rng::new(seed));
            spoil_checkpoints(&disk);
            let third = Running::start(&sim, &disk, &o, 3).await.unwrap_or_else(|e| panic!("{seed}: {e}"));
            let p = third.store.partition(id(1, 0)).unwrap();
            assert_eq!(read_all(&p).await.len(), written as usize, "seed {seed}");
        });
    }
}
