//! What goes wrong around a store: other numbers of cores, full disks, failing disks, damage, held locks.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::disk::{Disk, OpenMode};
use ringlog_storage::layout::owner;
use ringlog_storage::store::{AppendReject, StoreError};
use std::path::Path;
use support::check::{check_tags, holds};
use support::ends::{checkpoints, commit_logs};
use support::{NOW_MS, Options, Running, append, batch, id, known, open, read_all, simulate};

/// Four partitions written by however many cores, each life ended by a kill, a power cut or a stop; a change of
/// the number of cores may itself be cut off at any operation and is then repeated.
///
/// 142: a killed process left a checkpoint un-synced, the next one cut segments to what it says, and the power
/// cut took it back. 2625: a checkpoint did not wait for a segment sync that another task had begun.
#[test]
fn the_number_of_cores_changes_between_kills() {
    for seed in (0..100).chain([142, 2625]) {
        let rng = Rng::new(seed + 7);
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let ids: Vec<_> = (0..4).map(|n| id(1 + n, u32::from(n))).collect();
            let mut written = vec![0u64; ids.len()];
            for (life, cores) in [1u16, 2, 3, 1, 2, 2, 1].into_iter().enumerate() {
                if rng.one_in(2) {
                    // Cut off in the middle of the change.
                    disk.fail_after(Some(rng.below(60)));
                    let o = Options { cores, ..Options::default() };
                    drop(open(s, disk, &o).await);
                    disk.lose_power(&rng);
                }
                let mut runs = Vec::new();
                for core in 0..cores {
                    let o = Options { cores, core, ..Options::default() };
                    let node = 1000 + life as u64 * 10 + u64::from(core);
                    let run = Running::start(s, disk, &o, node).await;
                    runs.push(run.unwrap_or_else(|e| panic!("seed {seed} life {life} core {core}: {e}")));
                }
                for (id, written) in ids.iter().zip(&mut written) {
                    let run = &runs[usize::from(owner(*id, cores))];
                    let p = run.ensure(*id).await;
                    check_tags(&p, 0..*written, &format!("seed {seed} life {life} {id:?}")).await;
                    for _ in 0..rng.below(30) {
                        run.produce(&p, &batch(*written, 1, 100 + rng.below(4000) as usize)).await;
                        *written += 1;
                    }
                }
                let power = rng.one_in(2);
                for run in runs {
                    if rng.one_in(3) {
                        run.store.close().await.unwrap();
                    }
                    run.kill();
                }
                if power {
                    disk.lose_power(&rng);
                }
            }
        });
    }
}

#[test]
fn a_full_disk_refuses_appends_and_heals() {
    simulate(11, async |s: &Sim, disk: &MemDisk| {
        let o = Options::default();
        let (run, p) = Running::first(s, disk, &o).await;
        let mut n = 0;
        let used =
            |disk: &MemDisk| disk.paths().iter().map(|p| disk.content(p).unwrap().len() as u64).sum::<u64>();
        s.sleep_ms(50).await;
        disk.set_capacity(Some(used(disk) + (400 << 10)));
        let refused = loop {
            match append(&run.store, &p, &batch(n, 1, 2000)).await {
                Ok(_) => n += 1,
                Err(e) => break e,
            }
        };
        assert_eq!(refused, AppendReject::NoSpace);
        assert!(n > 20, "{n}");
        // What was taken becomes durable and readable, and the store stays online.
        while p.offsets().durable.0 < n {
            run.store.room().await;
        }
        check_tags(&p, 0..n, "what was taken").await;
        assert!(run.store.check_online().is_ok());
        run.store.tick(NOW_MS).await;
        s.sleep_ms(50).await;
        assert_eq!(append(&run.store, &p, &batch(n, 1, 2000)).await.unwrap_err(), AppendReject::NoSpace);
        disk.set_capacity(None);
        run.store.tick(NOW_MS).await;
        s.sleep_ms(50).await;
        run.produce_each(&p, n..n + 50, 2000).await;
        assert_eq!(read_all(&p).await.len() as u64, n + 50);
    });
}

/// The disk has room for so many bytes and no more: small files may fail at any place. Nothing that was taken is
/// lost, the store stays online, and it goes on when space returns.
#[test]
fn a_disk_full_at_any_byte_is_survived() {
    for seed in 0..120 {
        let rng = Rng::new(seed);
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options { bypass_min: 24 << 10, ..Options::default() };
            let run = Running::start(s, disk, &o, 100).await.unwrap();
            let ids = [id(1, 0), id(2, 0)];
            let mut written = [0u64; 2];
            let mut all = Vec::new();
            for id in ids {
                all.push(run.create(id).await);
            }
            s.sleep_ms(50).await;
            for round in 0..4 {
                let space = disk.space(Path::new("/data")).await.unwrap();
                disk.set_capacity(Some(space.total - space.free + rng.below(1 << 20)));
                let mut refused = 0;
                while refused < 5 {
                    let n = rng.below(2) as usize;
                    let size = if rng.one_in(8) { 60_000 } else { rng.below(4000) as usize };
                    match append(&run.store, &all[n], &batch(written[n], 1, size)).await {
                        Ok(_) => written[n] += 1,
                        Err(AppendReject::NoSpace) => {
                            refused += 1;
                            // Somebody else's file takes the rest, to the last byte.
                            let space = disk.space(Path::new("/data")).await.unwrap();
                            disk.set_capacity(Some(space.total - rng.below(space.free + 1)));
                            run.store.tick(NOW_MS).await;
                            s.sleep_ms(20).await;
                        }
                        Err(e) => panic!("seed {seed} round {round}: {e:?} {:?}", run.store.check_online()),
                    }
                }
                disk.set_capacity(None);
                run.store.tick(NOW_MS).await;
                s.sleep_ms(20).await;
                for (p, written) in all.iter().zip(&written) {
                    while p.offsets().durable.0 < *written {
                        run.store.room().await;
                    }
                }
            }
            assert!(run.store.check_online().is_ok());
            drop(all);
            run.kill();
            disk.lose_power(&rng);
            let run = Running::start(s, disk, &o, 101).await.unwrap();
            for (id, written) in ids.iter().zip(&written) {
                let p = run.store.partition(*id).unwrap();
                check_tags(&p, 0..*written, &format!("seed {seed}")).await;
            }
        });
    }
}

#[test]
fn a_failed_write_is_final_and_reads_go_on() {
    simulate(12, async |s: &Sim, disk: &MemDisk| {
        let (run, p) = Running::first(s, disk, &Options::default()).await;
        run.produce_each(&p, 0..30, 3000).await;
        disk.fail_after(Some(0));
        let lost = append(&run.store, &p, &batch(30, 1, 10)).await;
        assert!(lost.is_ok(), "taken, and never acknowledged");
        while run.store.check_online().is_ok() {
            run.store.room().await;
        }
        disk.fail_after(None);
        assert_eq!(p.offsets().durable.0, 30);
        assert_eq!(append(&run.store, &p, &batch(31, 1, 10)).await.unwrap_err(), AppendReject::Offline);
        check_tags(&p, 0..30, "reads go on").await;
        assert!(matches!(run.store.close().await, Err(StoreError::Offline(_))));
        assert!(matches!(
            run.store.create_partition(id(2, 0), &known(&run.config, id(2, 0)).unwrap(), 0).await,
            Err(StoreError::Offline(_))
        ));
    });
}

/// Writes `n` records, each durable, and kills.
async fn written(s: &Sim, disk: &MemDisk, n: u64) {
    let (run, p) = Running::first(s, disk, &Options::default()).await;
    run.produce_each(&p, 0..n, 300).await;
    drop(p);
    run.kill();
}

#[test]
fn a_damaged_durable_frame_is_refused_and_a_torn_last_one_is_not() {
    simulate(13, async |s: &Sim, disk: &MemDisk| {
        written(s, disk, 10).await;
        let path = commit_logs(disk).into_iter().next().unwrap();
        let blocks = |disk: &MemDisk| {
            let bytes = disk.content(&path).unwrap();
            bytes.chunks(4096).position(|b| !b.starts_with(b"RLF")).unwrap()
        };
        let last = blocks(disk) - 1;
        assert!(last >= 9);
        disk.corrupt(&path, |bytes| bytes[3 * 4096 + 200] ^= 1);
        match open(s, disk, &Options::default()).await {
            Err(StoreError::Corrupt(why)) => assert!(why.contains("byte 12288"), "{why}"),
            other => panic!("{other:?}"),
        }
        disk.corrupt(&path, |bytes| {
            bytes[3 * 4096 + 200] ^= 1;
            bytes[last * 4096 + 200] ^= 1;
        });
        holds(s, disk, &Options::default(), &[(1, 9)], "the torn frame was the last one").await;
    });
}

#[test]
fn a_log_file_of_the_chain_that_vanished_is_refused() {
    simulate(14, async |s: &Sim, _: &MemDisk| {
        let mut refused = 0;
        for n in 0..4 {
            let disk = s.disk();
            written(s, &disk, 150).await;
            let path = commit_logs(&disk).into_iter().nth(n).unwrap();
            disk.corrupt(&path, |bytes| bytes.fill(0));
            match open(s, &disk, &Options::default()).await {
                Err(StoreError::Corrupt(_)) => refused += 1,
                Err(other) => panic!("{other:?}"),
                // A file that held nothing needed, or the last of the chain: that one cannot be told from a
                // file that was never written.
                Ok(_) => {}
            }
        }
        assert!((1..4).contains(&refused), "{refused}");
    });
}

#[test]
fn one_lost_checkpoint_slot_costs_nothing_if_the_log_still_reaches_back() {
    simulate(15, async |s: &Sim, disk: &MemDisk| {
        for (life, node) in [(0u64, 100), (1, 101), (2, 102)] {
            let run = Running::start(s, disk, &Options::default(), node).await.unwrap();
            let p = run.ensure(id(1, 0)).await;
            check_tags(&p, 0..life * 10, &format!("life {life}")).await;
            run.produce_each(&p, life * 10..life * 10 + 10, 500).await;
            run.store.close().await.unwrap();
            drop(p);
            run.kill();
            disk.corrupt(&checkpoints()[life as usize % 2], |bytes| {
                if let Some(b) = bytes.get_mut(100) {
                    *b ^= 1;
                }
            });
        }
    });
}

#[test]
fn a_lock_is_waited_for_and_then_the_directory_is_refused() {
    simulate(16, async |s: &Sim, disk: &MemDisk| {
        written(s, disk, 5).await;
        let path = Path::new("/data/cores/00/checkpoint-a");
        let held = disk.open(path, OpenMode::WRITE).await.unwrap();
        let before = s.exec().now();
        match open(s, disk, &Options::default()).await {
            Err(StoreError::Locked(what)) => assert_eq!(what, path),
            other => panic!("{other:?}"),
        }
        let waited_ms = (s.exec().now() - before) / 1_000_000;
        assert!((10_000..12_000).contains(&waited_ms), "{waited_ms} ms");
        let s2 = s.clone();
        s.exec().spawn(7, async move {
            s2.sleep_ms(2500).await;
            drop(held);
        });
        let store = open(s, disk, &Options::default()).await.unwrap();
        assert_eq!(read_all(&store.partition(id(1, 0)).unwrap()).await.len(), 5);
    });
}

#[test]
fn a_deleted_partition_is_gone_and_its_log_entries_are_dropped() {
    simulate(17, async |s: &Sim, disk: &MemDisk| {
        let o = Options::default();
        let run = Running::start(s, disk, &o, 100).await.unwrap();
        // Topic ids from 200 on are unknown after a restart, see `known`.
        let doomed = id(250, 0);
        let known = ringlog_storage::store::Known { topic: "doomed".into(), log: o.log };
        let p = run.store.create_partition(doomed, &known, 0).await.unwrap();
        let q = run.create(id(1, 0)).await;
        for tag in 0..40 {
            run.produce(&p, &batch(tag, 1, 3000)).await;
            run.produce(&q, &batch(tag, 1, 300)).await;
        }
        run.store.delete_partition(doomed).await.unwrap();
        run.store.delete_partition(doomed).await.unwrap();
        assert_eq!(append(&run.store, &p, &batch(99, 1, 10)).await.unwrap_err(), AppendReject::Offline);
        s.sleep_ms(50).await;
        assert!(!disk.paths().iter().any(|p| p.to_string_lossy().contains("doomed")), "{:?}", disk.paths());
        run.produce_each(&q, 40..300, 3000).await;
        drop((p, q));
        run.kill();
        let run = Running::start(s, disk, &o, 101).await.unwrap();
        assert!(run.store.partition(doomed).is_none());
        assert_eq!(read_all(&run.store.partition(id(1, 0)).unwrap()).await.len(), 300);
    });
}

/// Batches far above a frame, small ones between them, and little memory: all budgets at once.
#[test]
fn large_batches_go_past_the_log_under_small_budgets() {
    simulate(18, async |s: &Sim, disk: &MemDisk| {
        let o = Options { unflushed_max: 300 << 10, bypass_min: 32 << 10, ..Options::default() };
        let (run, p) = Running::first(s, disk, &o).await;
        for tag in 0..60 {
            let size = if tag % 3 == 0 { 150_000 } else { 900 };
            append(&run.store, &p, &batch(tag, 1, size)).await.unwrap();
        }
        while p.offsets().durable.0 < 60 {
            run.store.room().await;
        }
        let stats = run.store.stats();
        assert!(stats.bypass_bytes > 20 * 150_000, "{stats:?}");
        assert!(stats.frame_bytes < 2_000_000, "{stats:?}");
        drop(p);
        run.kill();
        disk.lose_power(&Rng::new(1));
        let (_run, p) = Running::again(s, disk, &o, 101).await;
        check_tags(&p, 0..60, "after the power cut").await;
    });
}

#[test]
fn with_both_checkpoints_lost_segments_and_log_give_everything_back() {
    for (seed, close) in [(21, true), (22, false), (23, false)] {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options::default();
            let mut expected = 0;
            for life in 0..3 {
                let run = Running::start(s, disk, &o, 100 + life).await.unwrap();
                let p = run.ensure(id(1, 0)).await;
                check_tags(&p, 0..expected, &format!("seed {seed} life {life}")).await;
                run.produce_each(&p, expected..expected + 130, 2500).await;
                expected += 130;
                if close {
                    run.store.close().await.unwrap();
                }
                drop(p);
                run.kill();
                for path in checkpoints() {
                    disk.corrupt(&path, |bytes| bytes.iter_mut().for_each(|b| *b = !*b));
                }
            }
            // Even without the whole folder of the cores, what is in the segments is found.
            let run = Running::start(s, disk, &o, 200).await.unwrap();
            run.store.close().await.unwrap();
            run.kill();
            for path in disk.paths().into_iter().filter(|p| p.starts_with("/data/cores")) {
                disk.unlink(&path).await.unwrap();
            }
            disk.remove_dir(Path::new("/data/cores/00")).await.unwrap();
            holds(s, disk, &o, &[(1, expected)], &format!("seed {seed}")).await;
        });
    }
}
