//! Compaction under load, crashes and lost checkpoints: of every key the last durable record is there, at its
//! offset, with its value; what is missing has a later record of the same key; producers go on where they were.
//!
//! Each life appends, reads and cleans at the same time until operation n of the disk fails, the process is killed
//! or stopped; the next recovers, checks against the model and goes on. Failures name the seed and the life.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use bytes::Bytes;
use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::clean::CleanWant;
use ringlog_storage::partition::LogConfig;
use ringlog_storage::read::{ReadPart, ReadWant};
use ringlog_storage::store::{AppendReject, Partition};
use ringlog_wire::compress::{Codec, decompress};
use ringlog_wire::ids::Offset;
use ringlog_wire::record::batch::Batches;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use ringlog_wire::record::walk::Records;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use support::ends::{End, spoil_checkpoints};
use support::{NOW_MS, Options, Running, append, id};

const KEYS: u64 = 12;
const RETENTION_MS: u64 = 1000;

/// A record as it was appended.
#[derive(Clone, PartialEq, Debug)]
struct Was {
    key: String,
    /// `None`: a delete marker.
    value: Option<String>,
}

/// A batch as it was appended: end offset, producer, its next sequence.
#[derive(Clone, Copy)]
struct Sent {
    end: u64,
    producer: i64,
    next_sequence: i32,
}

#[derive(Default)]
struct Model {
    records: Vec<Was>,
    batches: Vec<Sent>,
    /// Everything below was acknowledged.
    acked: u64,
}

impl Model {
    fn next_sequence(&self, producer: i64) -> i32 {
        self.batches.iter().rev().find(|b| b.producer == producer).map_or(0, |b| b.next_sequence)
    }

    /// A batch of one to three records of a random producer, entered as if it had been appended.
    fn batch(&mut self, rng: &Rng) -> Bytes {
        let producer = rng.below(3) as i64;
        let base_sequence = self.next_sequence(producer);
        let codec = if rng.one_in(3) { Codec::Zstd } else { Codec::None };
        let mut b = BatchBuilder::new(BatchOptions {
            producer_id: producer,
            producer_epoch: 0,
            base_sequence,
            codec,
            ..Default::default()
        });
        let count = 1 + rng.below(3);
        for _ in 0..count {
            let key = format!("key-{}", rng.below(KEYS));
            let long = if codec == Codec::None && rng.one_in(20) { 26_000 } else { 0 };
            let filler = "x".repeat(rng.below(600) as usize + long);
            let value = (!rng.one_in(6)).then(|| format!("{}/{filler}", self.records.len()));
            b.append(NOW_MS, Some(key.as_bytes()), value.as_deref().map(str::as_bytes), &[]);
            self.records.push(Was { key, value });
        }
        let end = self.records.len() as u64;
        self.batches.push(Sent { end, producer, next_sequence: base_sequence + count as i32 });
        b.build().unwrap()
    }

    /// `found`: offset and record, up to `end`.
    fn check(&self, found: &BTreeMap<u64, Was>, (from, end): (u64, u64), what: &str) {
        for (offset, record) in found {
            assert_eq!(Some(record), self.records.get(*offset as usize), "{what}: offset {offset}");
        }
        let mut later = std::collections::BTreeSet::new();
        for offset in (from..end).rev() {
            let was = &self.records[offset as usize];
            let last = later.insert(was.key.clone());
            let excused = !last || was.value.is_none();
            assert!(found.contains_key(&offset) || excused, "{what}: offset {offset}, {was:?} is missing");
        }
    }

    /// A crash may have taken what was not acknowledged.
    fn recovered(&mut self, end: u64, what: &str) {
        assert!(end >= self.acked, "{what}: {} acknowledged, {end} recovered", self.acked);
        self.batches.retain(|b| b.end <= end);
        assert_eq!(self.batches.last().map_or(0, |b| b.end), end, "{what}: ends inside a batch");
        self.records.truncate(end as usize);
        self.acked = end;
    }
}

/// All records from `from` on below `upto`.
async fn read(p: &Rc<Partition<MemDisk>>, from: u64, upto: u64) -> BTreeMap<u64, Was> {
    let (mut from, upto) = (Offset(from), Offset(upto));
    let mut found = BTreeMap::new();
    let text = |b: &[u8]| String::from_utf8(b.to_vec()).unwrap();
    while from < upto {
        let got = p.read(ReadWant { from, max_bytes: 8 << 10, upto }).await.unwrap();
        if got.len == 0 {
            break;
        }
        let mut bytes = Vec::new();
        for part in got.parts {
            match part {
                ReadPart::Bytes(b) => bytes.extend_from_slice(&b),
                ReadPart::File(r) => bytes.extend_from_slice(&r.file.read(r.pos, r.len)),
            }
        }
        let bytes = Bytes::from(bytes);
        for batch in Batches::new(&bytes) {
            let batch = batch.unwrap();
            batch.check_crc().unwrap();
            let header = *batch.header();
            assert!(header.next_offset() > from.to_wire(), "a batch below the offset asked for");
            let payload = bytes.slice_ref(batch.payload());
            let payload = match header.attributes.codec().unwrap() {
                _ if header.records_count == 0 => Bytes::new(),
                Codec::None => payload,
                codec => decompress(codec, &payload, &Default::default()).unwrap().into(),
            };
            for record in Records::new(&payload, header.records_count) {
                let record = record.unwrap();
                let offset = header.base_offset as u64 + record.offset_delta as u64;
                let was = Was { key: text(record.key.unwrap()), value: record.value.map(text) };
                if offset >= from.0 {
                    assert!(found.insert(offset, was).is_none(), "offset {offset} twice");
                }
            }
            from = Offset(header.next_offset() as u64);
        }
    }
    found
}

struct World {
    seed: u64,
    sim: Sim,
    disk: MemDisk,
    rng: Rng,
    model: Model,
    options: Options,
    /// Now and then both checkpoints are damaged before the next life.
    lose_checkpoints: bool,
    /// Segments that passes replaced, over all lives.
    replaced: Rc<Cell<u64>>,
}

impl World {
    fn new(seed: u64, lose_checkpoints: bool) -> Self {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        let log = LogConfig { segment_bytes: 6 << 10, index_interval_bytes: 512, ..LogConfig::default() };
        let options = Options { log, bypass_min: 24 << 10, ..Options::default() };
        let rng = Rng::new(seed ^ 0xc1ea);
        let replaced = Rc::new(Cell::new(0));
        Self { seed, sim, disk, rng, model: Model::default(), options, lose_checkpoints, replaced }
    }

    /// Cleans without end, in a task of process `node`.
    fn keep_cleaning(&self, run: &Running, p: &Rc<Partition<MemDisk>>, now_ms: Rc<Cell<i64>>) {
        let (store, p, replaced) = (Rc::clone(&run.store), Rc::clone(p), Rc::clone(&self.replaced));
        self.sim.exec().spawn(run.node, async move {
            loop {
                let want = CleanWant {
                    now_ms: now_ms.get(),
                    delete_retention_ms: RETENTION_MS,
                    min_lag_ms: 0,
                    keys_max: 4 << 10,
                };
                match store.clean(&p, want).await {
                    Ok(cleaned) => replaced.set(replaced.get() + cleaned.segments),
                    Err(_) => return,
                }
                store.room().await;
                if store.check_online().is_err() {
                    return;
                }
            }
        });
    }

    async fn life(&mut self, life: u64, end: End, appends: u64) {
        let what = format!("seed {} life {life} {end:?}", self.seed);
        let run = Running::start(&self.sim, &self.disk, &self.options, 100 + life).await;
        let run = run.unwrap_or_else(|e| panic!("{what}: {e}"));
        let p = run.ensure(id(1, 0)).await;
        let durable = p.offsets().durable.0;
        assert_eq!(durable, p.offsets().end.0, "{what}");
        self.model.recovered(durable, &what);
        self.model.check(&read(&p, 0, durable).await, (0, durable), &what);
        end.arm(&self.disk);
        let now_ms = Rc::new(Cell::new(NOW_MS + life as i64 * 700));
        self.keep_cleaning(&run, &p, now_ms);
        for _ in 0..appends {
            if self.step(&run, &p, &what).await.is_err() {
                break;
            }
        }
        if end == End::Close {
            run.store.close().await.unwrap_or_else(|e| panic!("{what}: {e}"));
        }
        self.model.acked = self.model.acked.max(p.offsets().durable.0);
        run.kill();
        end.strike(&self.disk, &self.rng);
        if self.lose_checkpoints && self.rng.one_in(2) {
            spoil_checkpoints(&self.disk);
        }
    }

    async fn step(&mut self, run: &Running, p: &Rc<Partition<MemDisk>>, what: &str) -> Result<(), ()> {
        if self.rng.one_in(5) {
            let durable = p.offsets().durable.0;
            let from = self.rng.below(durable + 1);
            let found = read(p, from, durable).await;
            self.model.check(&found, (from, durable), &format!("{what}: reading from {from}"));
        }
        let batch = self.model.batch(&self.rng);
        let appended = match append(&run.store, p, &batch).await {
            Ok(a) => a,
            Err(AppendReject::Offline) => return Err(()),
            Err(e) => panic!("{what}: {e:?}"),
        };
        assert_eq!(appended.last_offset.0 + 1, self.model.records.len() as u64, "{what}");
        while p.offsets().durable <= appended.last_offset && self.rng.one_in(2) {
            run.store.check_online().map_err(|_| ())?;
            run.store.room().await;
        }
        run.store.check_online().map_err(|_| ())
    }
}

/// Runs the lives of one seed; returns how many segments were replaced.
fn run(seed: u64, ends: &[End], lose_checkpoints: bool) -> u64 {
    let mut world = World::new(seed, lose_checkpoints);
    let sim = world.sim.clone();
    let replaced = Rc::clone(&world.replaced);
    let ends = ends.to_vec();
    sim.run(async move {
        for (life, end) in (0..).zip(ends) {
            world.life(life, end, 150).await;
        }
        world.life(99, End::Close, 0).await;
        world.life(100, End::Close, 3).await;
    });
    replaced.get()
}

#[test]
fn every_crash_point_of_one_pass() {
    let mut replaced = 0;
    for n in 0..260 {
        replaced += run(n, &[End::Close, End::Power(n)], false);
        replaced += run(1000 + n, &[End::Power(300), End::Kill(n)], false);
    }
    assert!(replaced > 1000, "{replaced}");
}

#[test]
fn many_lives_with_and_without_checkpoints() {
    for seed in 2000..2120 {
        run(seed, &End::some(seed, 5), seed % 2 == 0);
    }
}

/// The checkpoint of an earlier pass knows the segment that is closed since as the active one, half flushed.
#[test]
fn every_crash_point_of_a_pass_over_what_was_active_in_the_last_checkpoint() {
    let want = CleanWant { now_ms: NOW_MS, delete_retention_ms: 0, min_lag_ms: 0, keys_max: 1 << 20 };
    let mut replaced = 0;
    for n in 40..400 {
        let mut world = World::new(5000 + n, false);
        // No other checkpoint comes between.
        world.options.log_bytes = 1 << 20;
        let sim = world.sim.clone();
        replaced += sim.run(async move {
            let run = Running::start(&world.sim, &world.disk, &world.options, 1).await.unwrap();
            let p = run.create(id(1, 0)).await;
            for _ in 0..40 {
                let batch = world.model.batch(&world.rng);
                run.produce(&p, &batch).await;
            }
            let first = run.store.clean(&p, want).await.unwrap();
            assert!(first.segments > 0, "a pass, and with it a checkpoint");
            for _ in 0..40 {
                let batch = world.model.batch(&world.rng);
                run.produce(&p, &batch).await;
            }
            world.disk.fail_after(Some(n / 2));
            let second = run.store.clean(&p, want).await.map_or(0, |c| c.segments);
            world.model.acked = p.offsets().durable.0;
            drop(p);
            run.kill();
            match n % 2 {
                0 => world.disk.lose_power(&world.rng),
                _ => world.disk.fail_after(None),
            }
            world.life(2, End::Close, 5).await;
            second
        });
    }
    assert!(replaced > 0, "some passes come to their end");
}

/// Nothing but its header is left of what a producer sent, and the header is enough.
#[test]
fn a_producer_goes_on_after_compaction_took_its_records_and_the_checkpoints_are_lost() {
    let world = World::new(3, false);
    let sim = world.sim.clone();
    sim.run(async move {
        let silent = |sequence, value: &[u8]| {
            let mut b = BatchBuilder::new(BatchOptions {
                producer_id: 77,
                producer_epoch: 0,
                base_sequence: sequence,
                ..Default::default()
            });
            b.append(NOW_MS, Some(b"key-0"), Some(value), &[]);
            b.build().unwrap()
        };
        let run = Running::start(&world.sim, &world.disk, &world.options, 1).await.unwrap();
        let p = run.create(id(1, 0)).await;
        run.produce(&p, &silent(0, b"first")).await;
        for n in 0..40 {
            let mut b = BatchBuilder::new(BatchOptions::default());
            b.append(NOW_MS, Some(b"key-0"), Some(&[n; 500]), &[]);
            run.produce(&p, &b.build().unwrap()).await;
        }
        let want = CleanWant { now_ms: NOW_MS, delete_retention_ms: 0, min_lag_ms: 0, keys_max: 1 << 20 };
        let cleaned = run.store.clean(&p, want).await.unwrap();
        assert_eq!(cleaned.kept, 1, "{cleaned:?}");
        run.store.close().await.unwrap();
        run.kill();
        spoil_checkpoints(&world.disk);
        let run = Running::start(&world.sim, &world.disk, &world.options, 2).await.unwrap();
        let p = run.store.partition(id(1, 0)).unwrap();
        match run.append(&p, &silent(0, b"first")).await {
            Err(AppendReject::Duplicate { base_offset, .. }) => assert_eq!(base_offset, Offset(0)),
            other => panic!("{other:?}"),
        }
        run.append(&p, &silent(1, b"second")).await.unwrap();
        assert!(matches!(run.append(&p, &silent(5, b"sixth")).await, Err(AppendReject::Producer(_))));
        run.kill();
    });
}

/// What a pass leaves of a log that nobody writes to.
#[test]
fn one_record_of_each_key_stays_and_delete_markers_go_in_time() {
    let mut world = World::new(7, false);
    let sim = world.sim.clone();
    sim.run(async move {
        let run = Running::start(&world.sim, &world.disk, &world.options, 1).await.unwrap();
        let p = run.create(id(1, 0)).await;
        for _ in 0..300 {
            let batch = world.model.batch(&world.rng);
            run.produce(&p, &batch).await;
        }
        let want = |now_ms| CleanWant {
            now_ms,
            delete_retention_ms: RETENTION_MS,
            min_lag_ms: 0,
            keys_max: 1 << 20,
        };
        let before = p.log().borrow().segments().iter().len();
        let dirty = run.store.cleanable(&p, &want(NOW_MS));
        assert!(dirty.ratio() > 0.99, "{dirty:?}");
        let cleaned = run.store.clean(&p, want(NOW_MS)).await.unwrap();
        assert!(cleaned.kept <= KEYS && cleaned.records > 300, "{cleaned:?}");
        assert!(cleaned.after < cleaned.before / 3, "{cleaned:?}");
        assert!(run.store.cleanable(&p, &want(NOW_MS)).ratio() < 0.01);
        let active = p.log().borrow().segments().active().base.0;
        let closed =
            |found: &BTreeMap<u64, Was>| found.range(..active).map(|(_, w)| w.clone()).collect::<Vec<_>>();
        let end = p.offsets().durable.0;
        let found = closed(&read(&p, 0, end).await);
        assert!(found.iter().any(|w| w.value.is_none()), "a seed with a delete marker among the last");
        let again = run.store.clean(&p, want(NOW_MS + RETENTION_MS as i64)).await.unwrap();
        assert!(again.kept < cleaned.kept, "{again:?}");
        let after = p.log().borrow().segments().iter().len();
        assert!(after < before / 4, "small neighbours become one: {before} segments, then {after}");
        let found = closed(&read(&p, 0, end).await);
        assert!(found.iter().all(|w| w.value.is_some()) && !found.is_empty(), "{found:?}");
        run.kill();
    });
}
