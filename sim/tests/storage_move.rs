//! A replica moves between two data directories while it is written, read and shortened, and its process dies at any
//! operation of the disk: whatever the metadata log says then, its directory has everything that was acknowledged,
//! in order, with its producers; and the other directory keeps nothing of it. A move that had begun has come to its
//! end then, or its folder says that it was asked for; one that has ended left nothing that would begin it again.
//!
//! The metadata log is one small file that is replaced; which directory it names decides at the next start.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use bytes::Bytes;
use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::disk::Disk;
use ringlog_storage::partition::{AppendStamp, LogConfig};
use ringlog_storage::store::{
    AppendReject, FutureReplica, Known, Left, MoveError, Partition, Shed, Store, remove_moved,
    take_up_futures,
};
use ringlog_wire::ids::{LeaderEpoch, Offset};
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;
use support::ends::End;
use support::{NOW_MS, Options, Running, id, known, open_in, read_all};

const DIRS: [&str; 2] = ["/a", "/b"];
const META: &str = "/m/meta";

type Place = (Rc<Store<MemDisk>>, Rc<Partition<MemDisk>>);

/// The directory that a move goes to, as its caller knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Asked {
    #[default]
    No,
    /// It was answered, or has ended there.
    Begun(usize),
    Arrived(usize),
    /// Not answered, or on its way to be forgotten.
    Maybe(usize),
}

/// A record: its producer and value.
type Was = (i64, Vec<u8>);

struct World {
    seed: u64,
    sim: Sim,
    disk: MemDisk,
    rng: Rng,
    options: Options,
    records: Vec<Was>,
    acked: u64,
    /// The log start that was answered, and the largest that was asked for.
    start: (u64, u64),
    lose_checkpoints: bool,
    /// Only the replica and its moves: the disk works for nobody else.
    alone: bool,
    moves: Rc<Moves>,
}

/// What the moves of all lives came to.
#[derive(Default)]
struct Moves {
    done: Cell<u64>,
    asked: Cell<Asked>,
}

/// What the metadata log says.
async fn home(disk: &MemDisk) -> usize {
    match disk.read_file(Path::new(META), 16).await {
        Ok(bytes) => usize::from(bytes == b"1"),
        Err(_) => 0,
    }
}

impl World {
    fn new(seed: u64, lose_checkpoints: bool) -> Self {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        let log = LogConfig { segment_bytes: 16 << 10, index_interval_bytes: 512, ..LogConfig::default() };
        let options = Options { log, bypass_min: 24 << 10, ..Options::default() };
        Self {
            seed,
            sim,
            disk,
            rng: Rng::new(seed ^ 0x30e),
            options,
            records: Vec::new(),
            acked: 0,
            start: (0, 0),
            lose_checkpoints,
            alone: false,
            moves: Rc::default(),
        }
    }

    /// As a broker starts: what moves left goes, then both stores open, each with what is its own.
    async fn open(&self, node: u64) -> [Rc<Store<MemDisk>>; 2] {
        // The control core writes to the metadata log before anybody acts on what it says: all of it is durable then.
        let meta = Path::new(META).parent().unwrap();
        self.disk.create_dir(meta).await.unwrap();
        self.disk.sync_dir(meta).await.unwrap();
        let at = home(&self.disk).await;
        let mut stores = Vec::new();
        for (n, dir) in DIRS.into_iter().enumerate() {
            self.disk.create_dir(Path::new(dir)).await.unwrap();
            self.asked((n, n == at), node).await;
            let topic = id(1, 0).topic;
            let elsewhere = |name: &str, _| (name == "t1" && n != at).then(|| (topic, DIRS[at].into()));
            remove_moved(&self.disk, Path::new(dir), &elsewhere).await.unwrap();
            take_up_futures(&self.disk, Path::new(dir), &mut |_| Left::Removed).await.unwrap();
        }
        for (n, dir) in DIRS.into_iter().enumerate() {
            let holds = |p| if p == id(1, 0) { n == at } else { p == id(2 + n as u8, 0) };
            let store = open_in(&self.sim, &self.disk, &self.options, (dir, &holds)).await;
            let store = store.unwrap_or_else(|e| panic!("seed {} node {node} {dir}: {e}", self.seed));
            stores.push(Running::run(&self.sim, &self.disk, &self.options, (node, store)).store);
        }
        stores.try_into().unwrap_or_else(|_| panic!("two directories"))
    }

    /// What a start finds of moves to directory `n`, which has the replica if `home`.
    async fn asked(&self, (n, home): (usize, bool), node: u64) {
        let names = self.disk.list(Path::new(DIRS[n])).await.unwrap();
        let taken_up =
            !home && names.iter().any(|e| e.name.starts_with("t1-0.") && e.name.ends_with("-future"));
        let asked = self.moves.asked.get();
        let what = format!("seed {} node {node}: {asked:?}, {n} is {home}: {names:?}", self.seed);
        match asked {
            Asked::Begun(to) if to == n => assert!(home || taken_up, "forgotten: {what}"),
            Asked::Arrived(to) if to == n => assert!(home, "{what}"),
            Asked::Maybe(to) if to == n => {}
            _ => assert!(!taken_up, "nobody asked for it: {what}"),
        }
    }

    fn batch(&mut self) -> Bytes {
        let producer = self.rng.below(2) as i64;
        let base_sequence = self.records.iter().filter(|(p, _)| *p == producer).count() as i32;
        let options =
            BatchOptions { producer_id: producer, producer_epoch: 0, base_sequence, ..Default::default() };
        let mut b = BatchBuilder::new(options);
        let long = if self.rng.one_in(30) { 30_000 } else { 0 };
        let mut value = format!("{}/", self.records.len()).into_bytes();
        value.resize(value.len() + self.rng.below(2500) as usize + long, self.records.len() as u8);
        b.append(NOW_MS, None, Some(&value), &[]);
        self.records.push((producer, value));
        b.build().unwrap()
    }

    /// What a start found is what was there; what was not acknowledged may be gone.
    async fn recovered(&mut self, p: &Rc<Partition<MemDisk>>, what: &str) {
        let offsets = p.offsets();
        assert_eq!(offsets.durable, offsets.end, "{what}");
        let (from, end) = (offsets.log_start.0, offsets.end.0);
        assert!(end >= self.acked, "{what}: {} acknowledged, {end} recovered", self.acked);
        assert!(from >= self.start.0 && from <= self.start.1, "{what}: starts at {from}, {:?}", self.start);
        self.records.truncate(end as usize);
        (self.acked, self.start) = (end, (from, from));
        self.check(p, what).await;
    }

    async fn check(&self, p: &Rc<Partition<MemDisk>>, what: &str) {
        let from = p.offsets().log_start.0 as usize;
        let found = read_all(p).await;
        let was: Vec<_> = self.records[from..from + found.len()].iter().map(|(_, v)| v).collect();
        assert!(found.iter().eq(was), "{what}: other records");
    }

    async fn life(&mut self, life: u64, end: End, appends: u64) {
        let what = format!("seed {} life {life} {end:?}", self.seed);
        let node = 100 + life;
        let stores = self.open(node).await;
        let at = home(&self.disk).await;
        for (n, dir) in DIRS.into_iter().enumerate() {
            let names = self.disk.list(Path::new(dir)).await.unwrap();
            let left = names.iter().filter(|e| e.is_dir && e.name.starts_with("t1-0"));
            let wanted = usize::from(n == at && stores[n].partition(id(1, 0)).is_some());
            assert!(
                left.count() <= wanted.max(usize::from(life == 0 || self.acked == 0)),
                "{what}: {names:?}"
            );
        }
        let p = match stores[at].partition(id(1, 0)) {
            Some(p) => p,
            None => {
                assert_eq!(self.acked, 0, "{what}: the replica is gone");
                stores[at]
                    .create_partition(id(1, 0), &known(&self.options, id(1, 0)).unwrap(), NOW_MS)
                    .await
                    .unwrap()
            }
        };
        self.recovered(&p, &what).await;
        let place = Rc::new(RefCell::new((Rc::clone(&stores[at]), p)));
        if self.alone {
            for _ in 0..3 {
                if self.step(&place, &what).await.is_err() {
                    break;
                }
            }
        }
        end.arm(&self.disk);
        let pauses = if self.alone { 0 } else { self.rng.below(30) };
        let known = known(&self.options, id(1, 0)).unwrap();
        self.moves.asked.set(Asked::No);
        let counts = (pauses, Rc::clone(&self.moves));
        let stuck = Rc::new(Cell::new(false));
        let moves = mover(self.disk.clone(), stores.clone(), Rc::clone(&place), (known, counts));
        let ended = Rc::clone(&stuck);
        self.sim.exec().spawn(node, async move {
            moves.await;
            ended.set(true);
        });
        for (n, store) in stores.iter().enumerate().filter(|_| !self.alone) {
            self.sim.exec().spawn(node, neighbour(Rc::clone(store), 2 + n as u8, self.options.clone()));
        }
        let before = self.moves.done.get();
        for n in 0.. {
            // Until some moves have come to their end, too.
            let moves = n < 10 * appends && self.moves.done.get() < before + 2 && !stuck.get();
            if (n >= appends && !moves) || self.step(&place, &what).await.is_err() {
                break;
            }
            if n >= appends {
                self.sim.sleep_ms(1).await;
            }
        }
        self.acked = self.acked.max(place.borrow().1.offsets().durable.0);
        if end == End::Close {
            for store in &stores {
                store.close().await.unwrap_or_else(|e| panic!("{what}: {e}"));
            }
            // A move that was under way may have ended behind it.
            self.acked = self.acked.max(place.borrow().1.offsets().durable.0);
        }
        self.sim.exec().kill(node);
        end.strike(&self.disk, &self.rng);
        if self.lose_checkpoints && self.rng.one_in(2) {
            for (dir, slot) in DIRS.iter().flat_map(|d| ["a", "b"].map(|s| (d, s))) {
                let path = Path::new(dir).join(format!("cores/00/checkpoint-{slot}"));
                self.disk.corrupt(&path, |f| {
                    f.resize(f.len().max(64), 0);
                    f.iter_mut().take(64).for_each(|b| *b = 0x5a);
                });
            }
        }
    }

    async fn step(&mut self, place: &RefCell<Place>, what: &str) -> Result<(), ()> {
        if self.rng.one_in(12) && !self.alone {
            self.shorten(place).await?;
        }
        if self.rng.one_in(15) {
            let (store, p) = place.borrow().clone();
            self.acked = self.acked.max(p.offsets().durable.0);
            store.check_online().map_err(|_| ())?;
            // Whoever reads while the files go reads again, where the replica is now.
            if Rc::ptr_eq(&p, &place.borrow().1) && self.rng.one_in(2) {
                self.reads(place, what).await;
            }
        }
        let batch = self.batch();
        let stamp =
            AppendStamp { leader_epoch: LeaderEpoch(0), log_append_time: None, max_timestamp: NOW_MS };
        let last = loop {
            let (store, p) = place.borrow().clone();
            match p.append(&batch, &stamp, NOW_MS) {
                Err(AppendReject::Busy) => store.room().await,
                Err(AppendReject::Offline) => return Err(()),
                Err(e) => panic!("{what}: {e:?}"),
                Ok(appended) => break appended.last_offset,
            }
            store.check_online().map_err(|_| ())?;
        };
        assert_eq!(last.0 + 1, self.records.len() as u64, "{what}");
        while self.rng.one_in(2) {
            let (store, p) = place.borrow().clone();
            if p.offsets().durable > last {
                break;
            }
            store.check_online().map_err(|_| ())?;
            store.room().await;
        }
        let (store, p) = place.borrow().clone();
        self.acked = self.acked.max(p.offsets().durable.0);
        store.check_online().map_err(|_| ())
    }

    async fn reads(&self, place: &RefCell<Place>, what: &str) {
        use ringlog_storage::read::{ReadPart, ReadWant};
        loop {
            let (_, p) = place.borrow().clone();
            let offsets = p.offsets();
            if offsets.durable <= offsets.log_start {
                return;
            }
            let from = offsets.log_start.0 + self.rng.below(offsets.durable.0 - offsets.log_start.0);
            let want = ReadWant { from: Offset(from), max_bytes: 1, upto: offsets.durable };
            let got = p.read(want).await;
            if !Rc::ptr_eq(&p, &place.borrow().1) || p.offsets().log_start.0 > from {
                continue;
            }
            let got = match got {
                Err(e) if place.borrow().0.check_online().is_err() => return drop(e),
                got => got.unwrap_or_else(|e| panic!("{what}: reading {from}: {e}")),
            };
            let mut bytes = Vec::new();
            for part in got.parts {
                match part {
                    ReadPart::Bytes(b) => bytes.extend_from_slice(&b),
                    ReadPart::File(r) => bytes.extend_from_slice(&r.file.read(r.pos, r.len)),
                }
            }
            let view = ringlog_wire::record::batch::BatchView::first(&bytes).unwrap();
            let value = view.records().next().unwrap().unwrap().value.unwrap().to_vec();
            assert!(value == self.records[from as usize].1, "{what}: another record at {from}");
            return;
        }
    }

    /// DeleteRecords up to somewhere, and retention of what lies below.
    async fn shorten(&mut self, place: &RefCell<Place>) -> Result<(), ()> {
        loop {
            let (store, p) = place.borrow().clone();
            let offsets = p.offsets();
            let to = offsets.log_start.0 + self.rng.below(1 + (offsets.durable.0 - offsets.log_start.0) / 4);
            self.start.1 = self.start.1.max(to);
            store.raise_log_starts(&[(Rc::clone(&p), Offset(to))]).await.map_err(|_| ())?;
            if !Rc::ptr_eq(&p, &place.borrow().1) {
                continue;
            }
            self.start.0 = self.start.0.max(to);
            let shed = Shed { partition: p, active: false, delay_ms: 0 };
            store.shed(&[shed], NOW_MS, 0).await.map_err(|_| ())?;
            store.remove_doomed(1).await;
            return Ok(());
        }
    }
}

/// Moves the replica to the other directory, again and again, until something fails.
async fn mover(
    disk: MemDisk,
    stores: [Rc<Store<MemDisk>>; 2],
    place: Rc<RefCell<Place>>,
    (known, (pauses, moves)): (Known, (u64, Rc<Moves>)),
) {
    for unique in 1.. {
        for _ in 0..pauses {
            let store = Rc::clone(&place.borrow().0);
            store.room().await;
        }
        let (from, p) = place.borrow().clone();
        let at = usize::from(Rc::ptr_eq(&from, &stores[1]));
        let to = &stores[1 - at];
        moves.asked.set(Asked::Maybe(1 - at));
        let Ok(future) = FutureReplica::begin(&from, to, &p, unique).await else { return };
        moves.asked.set(Asked::Begun(1 - at));
        match go(&disk, &future, (&known, 1 - at)).await {
            Ok(adopted) => *place.borrow_mut() = (Rc::clone(to), adopted),
            Err(MoveError::Failed(why)) if why == "unknown" => return future.strand(),
            Err(_) => {
                moves.asked.set(Asked::Maybe(1 - at));
                future.discard().await;
                return;
            }
        }
        moves.done.set(moves.done.get() + 1);
        if future.settle().await.is_err() {
            return;
        }
        moves.asked.set(Asked::Arrived(1 - at));
    }
}

async fn go(
    disk: &MemDisk,
    future: &FutureReplica<MemDisk>,
    (known, to): (&Known, usize),
) -> Result<Rc<Partition<MemDisk>>, MoveError> {
    future.catch_up(&|_| Box::pin(async {}), NOW_MS).await?;
    let adopted = future.hand_over(known, NOW_MS).await?;
    let committed = disk.replace_file(Path::new(META), to.to_string().as_bytes()).await;
    committed.map_err(|_| MoveError::Failed("unknown".into()))?;
    Ok(adopted)
}

/// Another partition of a store, so that the commit log has others' frames and comes round.
async fn neighbour(store: Rc<Store<MemDisk>>, topic: u8, options: Options) {
    let p = match store.partition(id(topic, 0)) {
        Some(p) => p,
        None => {
            match store.create_partition(id(topic, 0), &known(&options, id(topic, 0)).unwrap(), NOW_MS).await
            {
                Ok(p) => p,
                Err(_) => return,
            }
        }
    };
    for n in 0..400 {
        if support::append(&store, &p, &support::batch(n, 1, 700)).await.is_err() {
            return;
        }
        store.room().await;
    }
}

/// Runs the lives of one seed; returns how many moves took effect.
fn run(seed: u64, ends: &[End], lose_checkpoints: bool) -> u64 {
    run_world(World::new(seed, lose_checkpoints), ends, 60)
}

fn run_world(mut world: World, ends: &[End], appends: u64) -> u64 {
    let sim = world.sim.clone();
    let moves = Rc::clone(&world.moves);
    let ends = ends.to_vec();
    sim.run(async move {
        for (life, end) in (0..).zip(ends) {
            world.life(life, end, appends).await;
        }
        world.life(99, End::Close, 0).await;
        world.life(100, End::Close, 3).await;
    });
    moves.done.get()
}

/// A few records: most operations of the disk are the move's own, and every one of them is cut off.
#[test]
fn every_crash_point_of_a_small_move_and_of_the_way_back() {
    let mut moved = 0;
    for n in 0..220 {
        for (seed, end) in [(3000, End::Power(n)), (4000, End::Kill(n))] {
            let mut world = World::new(seed + n, n % 3 == 0);
            world.alone = true;
            moved += run_world(world, &[end, End::Power(n / 2)], 2);
        }
    }
    assert!(moved > 200, "{moved}");
}

#[test]
fn crash_points_of_moves_under_load_there_and_back() {
    let mut moved = 0;
    for n in (0..400).step_by(10) {
        moved += run(n, &[End::Close, End::Power(n)], false);
        moved += run(1000 + n, &[End::Power(400), End::Kill(n)], false);
    }
    assert!(moved > 60, "{moved}");
}

#[test]
fn many_lives_with_and_without_checkpoints() {
    let mut moved = 0;
    for seed in 2000..2026 {
        moved += run(seed, &End::some(seed, 5), seed % 2 == 0);
    }
    assert!(moved > 60, "{moved}");
}
