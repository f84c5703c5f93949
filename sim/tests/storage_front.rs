//! Deleting the front of logs under load, crashes and lost checkpoints: a log start that was answered never goes
//! back, what lies above it is whole, what lies below is out of range, and no file of it stays for ever.
//!
//! Each life appends, reads, moves log starts and compacts at the same time until operation n of the disk fails, the
//! process is killed or stopped; the next recovers, checks against the model and goes on.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use bytes::Bytes;
use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::clean::CleanWant;
use ringlog_storage::disk::Disk;
use ringlog_storage::partition::LogConfig;
use ringlog_storage::partition::retention::{Moment, RetentionWant};
use ringlog_storage::read::{ReadError, ReadWant};
use ringlog_storage::store::{AppendReject, Partition, Shed, StoreError};
use ringlog_wire::ids::Offset;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use support::ends::{End, spoil_checkpoints};
use support::{NOW_MS, Options, Running, append, id, read_all, value};

const DELAY_MS: u64 = 50;

/// What was appended: the tag of each record, by offset.
#[derive(Default)]
struct Model {
    tags: Vec<u64>,
    acked: u64,
    /// Answered log start, and the furthest that was ever asked for.
    started: Cell<u64>,
    asked: Cell<u64>,
}

/// A batch of `count` records of `size` bytes each, all of them showing `tag`, each with a key of its own.
fn batch(tag: u64, count: usize, size: usize) -> Bytes {
    let mut b = BatchBuilder::new(BatchOptions::default());
    for n in 0..count {
        let key = format!("{tag}/{n}/");
        b.append(NOW_MS, Some(key.as_bytes()), Some(&value(tag, n, size)), &[]);
    }
    b.build().unwrap()
}

struct World {
    seed: u64,
    sim: Sim,
    disk: MemDisk,
    rng: Rng,
    model: Rc<RefCell<Model>>,
    options: Options,
    lose_checkpoints: bool,
    /// Segments that went, over all lives.
    shed: Rc<Cell<u64>>,
}

impl World {
    fn new(seed: u64, lose_checkpoints: bool) -> Self {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        let log = LogConfig { segment_bytes: 6 << 10, index_interval_bytes: 512, ..LogConfig::default() };
        let options = Options { log, bypass_min: 24 << 10, ..Options::default() };
        let rng = Rng::new(seed ^ 0xf407);
        let (model, shed) = (Rc::default(), Rc::default());
        Self { seed, sim, disk, rng, model, options, lose_checkpoints, shed }
    }

    /// Moves the log start now and then and lets segments go, in a task of process `node`.
    fn keep_deleting(&self, run: &Running, p: &Rc<Partition<MemDisk>>) {
        let (store, p, shed, model) =
            (Rc::clone(&run.store), Rc::clone(p), Rc::clone(&self.shed), Rc::clone(&self.model));
        let rng = Rng::new(self.rng.below(u64::MAX));
        self.sim.exec().spawn(run.node, async move {
            let mut steady_ms = 0;
            loop {
                let offsets = p.offsets();
                let span = offsets.durable.0 - offsets.log_start.0;
                let to = match rng.below(4) {
                    0 => offsets.durable.0,
                    1 => offsets.log_start.0,
                    _ => offsets.log_start.0 + rng.below(span + 1),
                };
                let asked = model.borrow().asked.get().max(to);
                model.borrow().asked.set(asked);
                if store.raise_log_starts(&[(Rc::clone(&p), Offset(to))]).await.is_err() {
                    return;
                }
                let started = model.borrow().started.get().max(to);
                model.borrow().started.set(started);
                assert!(p.offsets().log_start.0 >= to);
                let one = Shed { partition: Rc::clone(&p), active: rng.one_in(2), delay_ms: DELAY_MS };
                match store.shed(&[one], NOW_MS, steady_ms).await {
                    Ok(n) => shed.set(shed.get() + n),
                    Err(_) => return,
                }
                steady_ms += rng.below(2 * DELAY_MS);
                store.remove_doomed(steady_ms).await;
                store.room().await;
                if store.check_online().is_err() {
                    return;
                }
            }
        });
    }

    /// A pass of compaction without keys, so that segments change under the deletion.
    fn keep_cleaning(&self, run: &Running, p: &Rc<Partition<MemDisk>>) {
        let (store, p) = (Rc::clone(&run.store), Rc::clone(p));
        self.sim.exec().spawn(run.node, async move {
            // No key stands twice: all records stay, and neighbours are written together.
            let want = CleanWant { now_ms: NOW_MS, delete_retention_ms: 0, min_lag_ms: 0, keys_max: 1 << 20 };
            loop {
                match store.clean(&p, want).await {
                    Err(StoreError::Io(what, e)) if e.kind() == std::io::ErrorKind::NotFound => {
                        panic!("a segment that was let go ends a pass: {what}")
                    }
                    Ok(_) if store.check_online().is_ok() => store.room().await,
                    _ => return,
                }
            }
        });
    }

    /// Reads the oldest segments without end, while they go.
    fn keep_reading(&self, run: &Running, p: &Rc<Partition<MemDisk>>) {
        let (store, p) = (Rc::clone(&run.store), Rc::clone(p));
        let (rng, sim) = (Rng::new(self.rng.below(u64::MAX)), self.sim.clone());
        self.sim.exec().spawn(run.node, async move {
            while store.check_online().is_ok() {
                let offsets = p.offsets();
                let want = ReadWant { from: offsets.log_start, max_bytes: 20_000, upto: offsets.durable };
                match p.read(want).await {
                    Err(ReadError::Io(e)) if e.kind() == std::io::ErrorKind::NotFound => {
                        panic!("a read from {} meets a file that went: {e}", offsets.log_start)
                    }
                    Err(ReadError::Corrupt { why, .. }) => panic!("a read from {}: {why}", offsets.log_start),
                    _ => sim.exec().jitter(1 + rng.below(200_000)).await,
                }
            }
        });
    }

    async fn life(&mut self, life: u64, end: End, appends: u64) {
        let what = format!("seed {} life {life} {end:?}", self.seed);
        let run = Running::start(&self.sim, &self.disk, &self.options, 100 + life).await;
        let run = run.unwrap_or_else(|e| panic!("{what}: {e}"));
        let p = run.ensure(id(1, 0)).await;
        self.check(&p, &what).await;
        end.arm(&self.disk);
        self.keep_deleting(&run, &p);
        self.keep_reading(&run, &p);
        if self.seed.is_multiple_of(3) {
            self.keep_cleaning(&run, &p);
        }
        for _ in 0..appends {
            if self.step(&run, &p, &what).await.is_err() {
                break;
            }
        }
        if end == End::Close {
            run.store.close().await.unwrap_or_else(|e| panic!("{what}: {e}"));
        }
        let acked = p.offsets().durable.0;
        self.model.borrow_mut().acked = acked;
        run.kill();
        end.strike(&self.disk, &self.rng);
        if self.lose_checkpoints && self.rng.one_in(2) {
            spoil_checkpoints(&self.disk);
        }
    }

    /// After recovery.
    async fn check(&self, p: &Rc<Partition<MemDisk>>, what: &str) {
        let offsets = p.offsets();
        let (acked, started, asked) = {
            let mut model = self.model.borrow_mut();
            let end = usize::try_from(offsets.end.0).unwrap();
            assert!(end <= model.tags.len(), "{what}: more than was appended");
            model.tags.truncate(end);
            (model.acked, model.started.get(), model.asked.get())
        };
        assert_eq!(offsets.durable, offsets.end, "{what}");
        assert!(offsets.end.0 >= acked, "{what}: {acked} acknowledged, {} recovered", offsets.end);
        assert!(offsets.log_start.0 >= started, "{what}: started at {started}, now at {}", offsets.log_start);
        assert!(offsets.log_start.0 <= asked, "{what}: asked for {asked}, now at {}", offsets.log_start);
        self.read_from_start(p, what).await;
    }

    async fn read_from_start(&self, p: &Rc<Partition<MemDisk>>, what: &str) {
        let offsets = p.offsets();
        if let Some(below) = offsets.log_start.0.checked_sub(1) {
            let want = ReadWant { from: Offset(below), max_bytes: 1, upto: offsets.durable };
            match p.read(want).await {
                Err(ReadError::OutOfRange(r)) => assert!(r.log_start >= offsets.log_start, "{what}"),
                other => panic!("{what}: below the log start: {other:?}"),
            }
        }
        let from = offsets.log_start;
        let want = ReadWant { from, max_bytes: 1, upto: offsets.durable };
        match p.read(want).await {
            // The log start may have moved while the disk was asked.
            Err(ReadError::OutOfRange(r)) => assert!(r.log_start > from, "{what}"),
            Err(e) => panic!("{what}: {e}"),
            Ok(_) => {}
        }
    }

    async fn step(&mut self, run: &Running, p: &Rc<Partition<MemDisk>>, what: &str) -> Result<(), ()> {
        if self.rng.one_in(5) {
            self.read_from_start(p, what).await;
        }
        let (tag, count) = (self.model.borrow().tags.len() as u64, 1 + self.rng.below(3) as usize);
        let long = if self.rng.one_in(20) { 26_000 } else { 0 };
        let batch = batch(tag, count, self.rng.below(700) as usize + long);
        match append(&run.store, p, &batch).await {
            Ok(_) => {}
            Err(AppendReject::Offline) => return Err(()),
            Err(e) => panic!("{what}: {e:?}"),
        }
        self.model.borrow_mut().tags.extend(std::iter::repeat_n(tag, count));
        let end = self.model.borrow().tags.len() as u64;
        while p.offsets().durable.0 < end && self.rng.one_in(2) {
            run.store.check_online().map_err(|_| ())?;
            run.store.room().await;
        }
        run.store.check_online().map_err(|_| ())
    }

    /// A quiet last life: everything above the log start has its bytes, and of what is below no file is left.
    async fn last(&self, life: u64) {
        let what = format!("seed {} last life", self.seed);
        let run = Running::start(&self.sim, &self.disk, &self.options, 100 + life).await.unwrap();
        let Some(p) = run.store.partition(id(1, 0)) else { return };
        self.check(&p, &what).await;
        let shed = || Shed { partition: Rc::clone(&p), active: true, delay_ms: 0 };
        run.store.shed(&[shed()], NOW_MS, 0).await.unwrap();
        run.store.remove_doomed(0).await;
        let start = p.offsets().log_start.0 as usize;
        let values = read_all(&p).await;
        let tags: Vec<u64> = self.model.borrow().tags[start.min(self.model.borrow().tags.len())..].to_vec();
        // The first batch may begin below the log start.
        let values = &values[values.len() - tags.len()..];
        for (value, tag) in values.iter().zip(&tags) {
            assert!(value.starts_with(format!("{tag}/").as_bytes()), "{what}: {tag}");
        }
        run.store.close().await.unwrap();
        let first = p.log().borrow().segments().iter().next().unwrap().base;
        for entry in self.disk.list(p.dir()).await.unwrap() {
            let base = entry.name.split('.').next().and_then(|d| d.parse::<u64>().ok());
            let below = base.is_some_and(|base| base < first.0);
            assert!(
                !below && !entry.name.ends_with(".deleted"),
                "{what}: {} stays below {first}",
                entry.name
            );
        }
        run.kill();
    }
}

/// Runs the lives of one seed; returns how many segments went.
fn run(seed: u64, ends: &[End], lose_checkpoints: bool) -> u64 {
    let mut world = World::new(seed, lose_checkpoints);
    let sim = world.sim.clone();
    let shed = Rc::clone(&world.shed);
    let ends = ends.to_vec();
    sim.run(async move {
        for (life, end) in (0..).zip(ends) {
            world.life(life, end, 120).await;
        }
        world.last(99).await;
    });
    shed.get()
}

#[test]
fn every_crash_point_of_a_deletion() {
    let mut shed = 0;
    for n in 0..300 {
        shed += run(n, &[End::Close, End::Power(n)], false);
        shed += run(1000 + n, &[End::Power(300), End::Kill(n)], false);
    }
    assert!(shed > 5000, "{shed}");
}

#[test]
fn many_lives_with_and_without_checkpoints() {
    for seed in 2000..2120 {
        run(seed, &End::some(seed, 5), seed % 2 == 0);
    }
}

/// By time all of an idle log goes, and the next record gets the next offset, also after another start.
#[test]
fn an_idle_log_empties_and_goes_on() {
    let world = World::new(5, false);
    let sim = world.sim.clone();
    sim.run(async move {
        let run = Running::start(&world.sim, &world.disk, &world.options, 1).await.unwrap();
        empty_and_go_on(&world, &run).await;
        run.kill();
        let run = Running::start(&world.sim, &world.disk, &world.options, 2).await.unwrap();
        let p = run.store.partition(id(1, 0)).unwrap();
        assert_eq!((p.offsets().log_start, p.offsets().end), (Offset(40), Offset(41)));
        assert_eq!(read_all(&p).await.len(), 1);
        let beyond = run.store.raise_log_starts(&[(Rc::clone(&p), Offset(42))]).await;
        assert!(beyond.is_err() && p.offsets().log_start == Offset(40), "beyond the end");
        run.kill();
    });
}

#[test]
fn a_file_that_a_kill_left_half_written_is_removed() {
    let world = World::new(6, false);
    let sim = world.sim.clone();
    sim.run(async move {
        let run = Running::start(&world.sim, &world.disk, &world.options, 1).await.unwrap();
        let p = run.create(id(1, 0)).await;
        run.produce(&p, &batch(0, 1, 500)).await;
        let left = p.dir().join("00000000000000000000.txnindex.tmp");
        drop(p);
        run.kill();
        world.disk.replace_file(&left, b"").await.unwrap();
        let run = Running::start(&world.sim, &world.disk, &world.options, 2).await.unwrap();
        let p = run.store.partition(id(1, 0)).unwrap();
        run.produce(&p, &batch(1, 1, 500)).await;
        run.store.close().await.unwrap();
        let files = world.disk.list(p.dir()).await.unwrap();
        assert!(files.iter().all(|e| !e.name.ends_with(".tmp")), "{files:?}");
        run.kill();
    });
}

async fn empty_and_go_on(world: &World, run: &Running) {
    let p = run.create(id(1, 0)).await;
    for n in 0..40 {
        run.produce(&p, &batch(n, 1, 500)).await;
    }
    let began = Moment { wall_ms: NOW_MS, steady_ms: 0 };
    let hour = 3_600_000;
    let want = |ms: u64| RetentionWant {
        retention_ms: Some(hour),
        retention_bytes: None,
        high_watermark: p.offsets().durable,
        now: Moment { wall_ms: NOW_MS + ms as i64, steady_ms: ms },
        began,
    };
    let start = |ms| p.log().borrow().retention_start(&want(ms));
    assert_eq!((start(hour), start(hour + 1)), (None, Some(Offset(40))));
    run.store.raise_log_starts(&[(Rc::clone(&p), Offset(40))]).await.unwrap();
    let shed = [Shed { partition: Rc::clone(&p), active: true, delay_ms: 10 }];
    assert!(run.store.shed(&shed, NOW_MS, 0).await.unwrap() > 3);
    let deleted = || async {
        let files = world.disk.list(p.dir()).await.unwrap();
        files.iter().filter(|e| e.name.ends_with(".log.deleted")).count()
    };
    assert!(deleted().await > 3);
    assert_eq!(run.store.remove_doomed(9).await, Some(10), "the delay is not over");
    assert!(deleted().await > 3);
    assert_eq!(run.store.remove_doomed(10).await, None);
    assert_eq!(deleted().await, 0);
    assert!(read_all(&p).await.is_empty());
    assert_eq!(run.produce(&p, &batch(40, 1, 500)).await.base_offset, Offset(40));
}

/// More entries than a small commit log holds go in turns: each waits for the device, and recycling goes on.
#[test]
fn thousands_of_log_starts_move_in_one_call() {
    let world = World::new(6, false);
    let sim = world.sim.clone();
    sim.run(async move {
        let run = Running::start(&world.sim, &world.disk, &world.options, 1).await.unwrap();
        let p = run.create(id(1, 0)).await;
        for n in 0..120 {
            run.produce(&p, &batch(n, 100, 4)).await;
        }
        let raises: Vec<_> = (1..=12_000).map(|to| (Rc::clone(&p), Offset(to))).collect();
        let raise = run.store.raise_log_starts(&raises);
        let done = world.sim.exec().within(60_000_000_000, raise).await;
        done.expect("the store is stuck").unwrap();
        assert_eq!(p.offsets().log_start, Offset(12_000));
        run.kill();
    });
}

/// The last block of an untouched log is in its file only: it enters the commit log before the segment is closed.
#[test]
fn every_crash_point_of_emptying_a_log_that_was_not_touched_since_a_stop() {
    for n in 0..120 {
        let world = World::new(7000 + n, false);
        let sim = world.sim.clone();
        sim.run(async move {
            let run = Running::start(&world.sim, &world.disk, &world.options, 1).await.unwrap();
            let p = run.create(id(1, 0)).await;
            for n in 0..15 {
                run.produce(&p, &batch(n, 1, 300)).await;
            }
            run.store.close().await.unwrap();
            run.kill();
            let run = Running::start(&world.sim, &world.disk, &world.options, 2).await.unwrap();
            let p = run.store.partition(id(1, 0)).unwrap();
            world.disk.fail_after(Some(n / 2));
            let raised = run.store.raise_log_starts(&[(Rc::clone(&p), Offset(15))]).await.is_ok();
            let shed = Shed { partition: Rc::clone(&p), active: true, delay_ms: 0 };
            let _ = run.store.shed(&[shed], NOW_MS, 0).await;
            let appended = append(&run.store, &p, &batch(15, 1, 300)).await.is_ok();
            drop(p);
            run.kill();
            match n % 2 {
                0 => world.disk.lose_power(&world.rng),
                _ => world.disk.fail_after(None),
            }
            let run = Running::start(&world.sim, &world.disk, &world.options, 3).await;
            let run = run.unwrap_or_else(|e| panic!("point {n}: {e}"));
            let p = run.store.partition(id(1, 0)).unwrap();
            let offsets = p.offsets();
            assert!(offsets.end.0 == 15 || (appended && offsets.end.0 == 16), "point {n}: {offsets:?}");
            assert!(!raised || offsets.log_start == Offset(15), "point {n}: {offsets:?}");
            let values = read_all(&p).await;
            let whole = offsets.end.0 - offsets.log_start.0;
            assert!(values.len() as u64 >= whole, "point {n}: {} of {whole}", values.len());
            run.produce(&p, &batch(99, 1, 300)).await;
            run.kill();
        });
    }
}
