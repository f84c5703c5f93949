//! Crashes at every disk operation of a workload that appends, carries, rolls, recycles, checkpoints, bypasses,
//! creates and stops: what comes back is an exact prefix, and nothing acknowledged is missing.
//!
//! Each round works until operation n of the disk fails (and all after it), then loses power: bytes and names that
//! were not synced survive sector by sector, at random. The next round recovers, checks against the model, and
//! goes on. Failures name the seed and the round.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::store::AppendReject;
use ringlog_wire::ids::PartitionId;
use std::collections::BTreeMap;
use std::path::PathBuf;
use support::ends::{End, spoil_checkpoints};
use support::{Options, Running, append, batch, id, read_all};

/// What one partition must hold.
#[derive(Default)]
struct Model {
    /// Value of every record appended, in order; the last ones may be lost by a crash.
    records: Vec<Vec<u8>>,
    /// Offset after each batch: where a log may end.
    ends: Vec<u64>,
    /// Everything below was acknowledged.
    acked: u64,
}

impl Model {
    fn push(&mut self, tag: u64, count: usize, size: usize) {
        for n in 0..count {
            let mut value = format!("{tag}/{n}/").into_bytes();
            value.resize(size.max(value.len()), (tag % 251) as u8);
            self.records.push(value);
        }
        self.ends.push(self.records.len() as u64);
    }

    /// Compares with what was recovered, and forgets what was lost.
    fn check(&mut self, found: &[Vec<u8>], what: &str) {
        let end = found.len() as u64;
        assert!(end >= self.acked, "{what}: {} acknowledged, {end} recovered", self.acked);
        assert!(end <= self.records.len() as u64, "{what}: {} appended, {end} recovered", self.records.len());
        assert!(end == 0 || self.ends.contains(&end), "{what}: ends inside a batch at {end}");
        assert!(found.iter().eq(self.records.iter().take(found.len())), "{what}: other bytes");
        self.records.truncate(found.len());
        self.ends.retain(|e| *e <= end);
        self.acked = end;
    }
}

struct World {
    seed: u64,
    sim: Sim,
    disk: MemDisk,
    rng: Rng,
    models: BTreeMap<PartitionId, Model>,
    tag: u64,
    options: Options,
    lose_checkpoints: bool,
}

impl World {
    fn new(seed: u64, options: Options) -> Self {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        Self {
            seed,
            sim,
            disk,
            rng: Rng::new(seed ^ 0xc4a5),
            models: BTreeMap::new(),
            tag: 0,
            options,
            lose_checkpoints: false,
        }
    }

    /// Opens, checks, works until the end. `appends`: at most so many.
    async fn round(&mut self, round: u64, end: End, appends: u64) {
        let what = format!("seed {} round {round} {end:?}", self.seed);
        let node = 100 + round;
        let run = Running::start(&self.sim, &self.disk, &self.options, node).await;
        let run = run.unwrap_or_else(|e| panic!("{what}: {e}"));
        for (id, model) in &mut self.models {
            let p = run.ensure(*id).await;
            model.check(&read_all(&p).await, &format!("{what} {id:?}"));
        }
        end.arm(&self.disk);
        for _ in 0..appends {
            if self.step(&run).await.is_err() {
                break;
            }
        }
        if end == End::Close {
            let closed = run.store.close().await;
            closed.unwrap_or_else(|e| panic!("{what}: {e}"));
            self.check_files(&run, &what);
        }
        self.note_acks(&run);
        run.kill();
        end.strike(&self.disk, &self.rng);
        if self.lose_checkpoints && self.rng.one_in(2) {
            spoil_checkpoints(&self.disk);
        }
    }

    /// After a clean stop each segment's file has its exact length. A partition that was written to in this
    /// life has no other segments.
    fn check_files(&self, run: &Running, what: &str) {
        for p in run.store.partitions() {
            let log = p.log().borrow();
            for segment in log.segments().iter().filter(|s| s.size > 0) {
                let path = p.dir().join(format!("{:020}.log", segment.base.0));
                let len = self.disk.content(&path).map_or(0, |c| c.len() as u64);
                assert_eq!(len, segment.size, "{what}: {}", path.display());
            }
            let is_segment = |p: &PathBuf| p.extension().is_some_and(|e| e == "log");
            let there =
                self.disk.paths().into_iter().filter(|f| f.parent() == Some(p.dir()) && is_segment(f));
            let appended = run.acked.borrow().iter().any(|(id, _)| *id == p.id());
            assert!(
                !appended || there.count() == log.segments().iter().len(),
                "{what}: {p:?} {:?}",
                self.disk.paths()
            );
        }
    }

    /// Both slots are damaged: the next opening reads all segments, then the whole commit log.
    /// One thing a client does. An error: the directory went offline.
    async fn step(&mut self, run: &Running) -> Result<(), ()> {
        self.tag += 1;
        let id = id(1 + self.rng.below(3) as u8, self.rng.below(2) as u32);
        let p = match run.store.partition(id) {
            Some(p) => p,
            None => {
                // A creation that fails may have left anything behind; an empty log is what comes back.
                self.models.entry(id).or_default();
                let known = support::known(&self.options, id).unwrap();
                run.store.create_partition(id, &known, support::NOW_MS).await.map_err(|_| ())?
            }
        };
        let size = match self.rng.below(12) {
            0 => 30_000 + self.rng.below(60_000),
            1..3 => 4000 + self.rng.below(8000),
            _ => 50 + self.rng.below(1500),
        };
        let count = 1 + self.rng.below(3) as usize;
        let appended = append(&run.store, &p, &batch(self.tag, count, size as usize)).await;
        let appended = match appended {
            Ok(a) => a,
            Err(AppendReject::Offline) => return Err(()),
            Err(e) => panic!("seed {}: {e:?}", self.seed),
        };
        let model = self.models.entry(id).or_default();
        assert_eq!(appended.base_offset.0, model.records.len() as u64, "seed {}", self.seed);
        model.push(self.tag, count, size as usize);
        if self.rng.one_in(3) {
            while p.offsets().durable <= appended.last_offset {
                run.store.check_online().map_err(|_| ())?;
                run.store.room().await;
            }
        }
        run.store.check_online().map_err(|_| ())
    }

    fn note_acks(&mut self, run: &Running) {
        for (id, durable) in run.acked.borrow().iter() {
            let model = self.models.get_mut(id).unwrap();
            model.acked = model.acked.max(durable.0);
            assert!(model.acked <= model.records.len() as u64);
        }
        // A duplicate or a fetch may be answered by the durable offset alone.
        for (id, model) in &mut self.models {
            if let Some(p) = run.store.partition(*id) {
                model.acked = model.acked.max(p.offsets().durable.0);
            }
        }
    }
}

fn options() -> Options {
    Options { bypass_min: 24 << 10, ..Options::default() }
}

fn run(seed: u64, ends: &[End], lose_checkpoints: bool) {
    let sim = Sim::new(seed);
    drop(sim);
    let mut world = World::new(seed, options());
    world.lose_checkpoints = lose_checkpoints;
    let sim = world.sim.clone();
    let ends = ends.to_vec();
    sim.run(async move {
        for (round, end) in (0..).zip(ends) {
            world.round(round, end, 120).await;
        }
        world.round(99, End::Close, 0).await;
        world.round(100, End::Close, 3).await;
    });
}

/// Every operation of one workload is once the last that the disk did.
#[test]
fn every_crash_point_of_one_workload() {
    for n in 0..200 {
        run(n, &[End::Close, End::Power(n)], false);
        run(1000 + n, &[End::Power(200), End::Power(n), End::Kill(n / 2)], false);
    }
}

/// Several lives of one directory, each ending somehow.
#[test]
fn many_lives() {
    for seed in 5000..5120 {
        run(seed, &End::some(seed, 6), false);
    }
}

/// The same, and now and then both checkpoints are lost, also together with whatever a power cut tore.
#[test]
fn many_lives_without_checkpoints() {
    for seed in 9000..9150 {
        run(seed, &End::some(seed, 6), true);
    }
}
