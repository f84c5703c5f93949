//! The store over the simulated disk: append, commit, kill, recover; flush, recycle, roll, close, drain.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::{MemDisk, Sim};
use support::{NOW_MS, Options, Running, batch, id, read_all, simulate, value};

fn values(tags: std::ops::Range<u64>, size: usize) -> Vec<Vec<u8>> {
    tags.map(|tag| value(tag, 0, size)).collect()
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    simulate(1, async |s: &Sim, disk: &MemDisk| {
        let o = Options::default();
        let (run, p) = Running::first(s, disk, &o).await;
        for tag in 0..20 {
            let appended = run.produce(&p, &batch(tag, 1, 700)).await;
            assert_eq!(appended.base_offset.0, tag);
        }
        assert_eq!(read_all(&p).await, values(0..20, 700));
        drop(p);
        run.kill();
        let (run, p) = Running::again(s, disk, &o, 101).await;
        assert_eq!(read_all(&p).await, values(0..20, 700));
        run.produce_each(&p, 20..25, 700).await;
        assert_eq!(read_all(&p).await, values(0..25, 700));
    });
}

#[test]
fn many_times_the_log_is_flushed_rolled_recycled_and_recovered() {
    simulate(2, async |s: &Sim, disk: &MemDisk| {
        let o = Options::default();
        let (run, p) = Running::first(s, disk, &o).await;
        let q = run.create(id(2, 3)).await;
        for tag in 0..400 {
            run.produce(&p, &batch(tag, 1, 3000)).await;
            if tag % 10 == 0 {
                run.produce(&q, &batch(tag / 10, 1, 100)).await;
            }
        }
        assert!(run.store.stats().recycled > 5, "{:?}", run.store.stats());
        assert_eq!(read_all(&p).await, values(0..400, 3000));
        drop((p, q));
        run.kill();
        let (run, p) = Running::again(s, disk, &o, 101).await;
        let q = run.store.partition(id(2, 3)).unwrap();
        assert_eq!(read_all(&p).await, values(0..400, 3000));
        assert_eq!(read_all(&q).await, values(0..40, 100));
        let segments = disk.paths().into_iter().filter(|p| p.extension().is_some_and(|e| e == "log")).count();
        assert!(segments >= 4 + 4, "rolled: {:?}", disk.paths());
    });
}

#[test]
fn a_clean_stop_leaves_exact_files_and_the_next_start_goes_on() {
    simulate(3, async |s: &Sim, disk: &MemDisk| {
        let o = Options::default();
        let mut expected = 0;
        for round in 0..4u64 {
            let run = Running::start(s, disk, &o, 100 + round).await.unwrap();
            let p = run.ensure(id(1, 0)).await;
            assert_eq!(read_all(&p).await, values(0..expected, 900), "round {round}");
            // A round without appends: the partition stays as it was closed.
            let more = if round == 2 { 0 } else { 33 };
            run.produce_each(&p, expected..expected + more, 900).await;
            expected += more;
            run.store.close().await.unwrap();
            let file = disk.content(&p.dir().join("00000000000000000000.log")).unwrap();
            let size: u64 = p.log().borrow().segments().iter().map(|s| s.size).sum();
            assert_eq!(file.len() as u64, size, "round {round}");
            drop(p);
            run.kill();
        }
    });
}

#[test]
fn stops_and_changed_numbers_of_cores_leave_one_snapshot_besides_those_of_segments() {
    simulate(4, async |s: &Sim, disk: &MemDisk| {
        let mut expected = 0;
        for life in 0..12u64 {
            let cores = 1 + u16::try_from(life % 3).unwrap();
            let core = ringlog_storage::layout::owner(id(1, 0), cores);
            let o = Options { cores, core, ..Options::default() };
            let run = Running::start(s, disk, &o, 100 + life).await.unwrap();
            let p = run.ensure(id(1, 0)).await;
            assert_eq!(read_all(&p).await, values(0..expected, 20_000), "life {life}");
            run.produce_each(&p, expected..expected + 4, 20_000).await;
            expected += 4;
            let bases: Vec<_> = p.log().borrow().segments().iter().map(|s| s.base.0).collect();
            // Stopped, or killed: then the change of the number of cores writes everything out.
            if life % 2 == 0 {
                run.store.close().await.unwrap();
                let named =
                    disk.paths().into_iter().filter(|p| p.extension().is_some_and(|e| e == "snapshot"));
                let mut at: Vec<u64> =
                    named.map(|p| p.file_stem().unwrap().to_str().unwrap().parse().unwrap()).collect();
                at.retain(|at| !bases.contains(at));
                assert_eq!(at, [expected], "life {life}: {bases:?}");
            }
            drop(p);
            run.kill();
        }
    });
}

/// Appends from several tasks without waiting, then a stop in the middle of flushing, recycling and checkpoints.
#[test]
fn a_stop_under_load_keeps_everything_that_was_taken() {
    for seed in 0..30 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options { bypass_min: 24 << 10, ..Options::default() };
            let mut taken = std::collections::BTreeMap::new();
            for life in 0..3 {
                let run = Running::start(s, disk, &o, 100 + life).await.unwrap();
                let counts = std::rc::Rc::new(std::cell::RefCell::new(taken.clone()));
                for writer in 0..4u8 {
                    let p = run.ensure(id(1, u32::from(writer))).await;
                    let expected = taken.get(&writer).copied().unwrap_or(0);
                    assert_eq!(read_all(&p).await.len() as u64, expected, "seed {seed} life {life}");
                    let (store, counts, s2) =
                        (std::rc::Rc::clone(&run.store), std::rc::Rc::clone(&counts), s.clone());
                    s.exec().spawn(100 + life, async move {
                        let mut n = expected;
                        loop {
                            let size =
                                100 + s2.rng().below(9000) as usize * (1 + 4 * usize::from(n % 9 == 0));
                            if support::append(&store, &p, &batch(n, 1, size)).await.is_err() {
                                return;
                            }
                            n += 1;
                            counts.borrow_mut().insert(writer, n);
                        }
                    });
                }
                s.sleep_ms(2 + s.rng().below(10)).await;
                run.store.close().await.unwrap_or_else(|e| panic!("seed {seed} life {life}: {e}"));
                taken = counts.borrow().clone();
                run.kill();
                disk.lose_power(s.rng());
            }
        });
    }
}

/// A round flushes some partitions at a time: those that come later may be deleted meanwhile (crash state 8:6501).
#[test]
fn a_partition_that_is_deleted_before_its_turn_in_a_flush_does_not_take_the_directory_offline() {
    for seed in 0..20 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o =
                Options { log_bytes: 8 << 20, unflushed_max: 64 << 10, ..Options::with_segments(16 << 10) };
            let (run, keeps) = Running::first(s, disk, &o).await;
            let mut goes = Vec::new();
            for n in 0..40 {
                goes.push(run.create(id(2, n)).await);
            }
            disk.slow_down(100_000);
            for tag in 0..3 {
                run.append(&keeps, &batch(tag, 1, 7000)).await.unwrap();
                for p in &goes {
                    run.append(p, &batch(tag, 1, 7000)).await.unwrap();
                }
            }
            s.exec().jitter(2_000_000).await;
            // The last of the round first.
            for n in (0..40).rev() {
                run.store.delete_partition(id(2, n)).await.unwrap();
            }
            s.sleep_ms(100).await;
            run.store.check_online().unwrap_or_else(|e| panic!("seed {seed}: {}", e.0));
            run.store.close().await.unwrap_or_else(|e| panic!("seed {seed}: {e}"));
            assert_eq!(read_all(&keeps).await, values(0..3, 7000), "seed {seed}");
            run.kill();
        });
    }
}

/// More partly filled blocks than the configured log has room for: the log grows, else each round of recycling would
/// write those blocks again and free nothing.
#[test]
fn a_commit_log_grows_with_the_blocks_that_are_carried_whatever_its_budget() {
    simulate(41, async |s: &Sim, disk: &MemDisk| {
        let o = Options { log_bytes: 256 << 10, ..Options::default() };
        let run = Running::start(s, disk, &o, 1).await.unwrap();
        let mut partitions = Vec::new();
        for n in 0..60 {
            partitions.push(run.create(id(1, n)).await);
        }
        for tag in 0..40 {
            for p in &partitions {
                run.produce(p, &batch(tag, 1, 1000)).await;
            }
        }
        let stats = run.store.stats();
        assert!(stats.recycled > 0, "{stats:?}");
        assert!(stats.frame_bytes < 100 * 60 * 4096, "{stats:?}");
    });
}

/// More partitions than may keep a file open are written; a descriptor that waits for its sync holds the file's
/// lock, and who closed it elsewhere could not open it again: the directory went offline.
#[test]
fn files_beyond_the_budget_are_closed_only_when_nothing_waits_for_their_sync() {
    for seed in 0..10 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options {
                log_bytes: 4 << 20,
                unflushed_max: 64 << 10,
                write_files_max: 4,
                ..Options::with_segments(1 << 20)
            };
            let run = Running::start(s, disk, &o, 100).await.unwrap();
            let mut all = Vec::new();
            for n in 0..20 {
                all.push(run.create(id(2, n)).await);
            }
            for tag in 0..20 {
                for p in &all {
                    run.append(p, &batch(tag, 1, 9000)).await.unwrap();
                }
                s.sleep_ms(5).await;
                run.store.tick(NOW_MS).await;
            }
            assert!(run.store.check_online().is_ok(), "seed {seed}");
        });
    }
}
