//! One core's store on the simulated disk, with its loops as tasks, and batches whose bytes tell who they are.
#![allow(dead_code)]

pub mod check;
pub mod ends;

use bytes::Bytes;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::limits::TAIL_MAX;
use ringlog_storage::partition::{AppendStamp, Appended, LogConfig};
use ringlog_storage::read::{ReadPart, ReadWant};
use ringlog_storage::store::{
    AppendReject, Known, OpenContext, Partition, Store, StoreConfig, StoreError, prepare,
};
use ringlog_wire::ids::{LeaderEpoch, Offset, PartitionId, TopicId};
use ringlog_wire::record::batch::BatchView;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::cell::RefCell;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;

pub const NOW_MS: i64 = 1_767_225_600_000;

pub fn id(topic: u8, index: u32) -> PartitionId {
    PartitionId { topic: TopicId([topic; 16]), index }
}

/// Runs a test with the dice of `seed` and an empty disk.
pub fn simulate<T>(seed: u64, test: impl AsyncFnOnce(&Sim, &MemDisk) -> T) -> T {
    let sim = Sim::new(seed);
    let disk = sim.disk();
    sim.run(test(&sim, &disk))
}

/// The value of the `n`th record of a batch that shows `tag`.
pub fn value(tag: u64, n: usize, size: usize) -> Vec<u8> {
    let mut value = format!("{tag}/{n}/").into_bytes();
    value.resize(size.max(value.len()), (tag % 251) as u8);
    value
}

/// One batch of `count` records of `size` bytes each, all of them showing `tag`.
pub fn batch(tag: u64, count: usize, size: usize) -> Bytes {
    let mut b = BatchBuilder::new(BatchOptions::default());
    for n in 0..count {
        b.append(NOW_MS, None, Some(&value(tag, n, size)), &[]);
    }
    b.build().unwrap()
}

/// One record with the same key as all others.
pub fn keyed(tag: u64, size: usize) -> Bytes {
    let mut b = BatchBuilder::new(BatchOptions::default());
    b.append(NOW_MS, Some(b"key"), Some(&vec![tag as u8; size]), &[]);
    b.build().unwrap()
}

/// A store that takes part in a simulation as process `node`.
pub struct Running {
    pub sim: Sim,
    pub disk: MemDisk,
    pub node: u64,
    pub store: Rc<Store<MemDisk>>,
    /// What `commit_next` reported, in order.
    pub acked: Rc<RefCell<Vec<(PartitionId, Offset)>>>,
    pub config: Options,
}

#[derive(Clone)]
pub struct Options {
    pub cores: u16,
    pub core: u16,
    pub log: LogConfig,
    pub log_bytes: u64,
    pub unflushed_max: usize,
    pub tail_max: usize,
    pub bypass_min: usize,
    pub write_files_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cores: 1,
            core: 0,
            log: LogConfig { segment_bytes: 256 << 10, ..LogConfig::default() },
            log_bytes: 256 << 10,
            unflushed_max: 4 << 20,
            tail_max: TAIL_MAX,
            bypass_min: 1 << 20,
            write_files_max: 4096,
        }
    }
}

impl Options {
    /// The same with segments of so many bytes.
    pub fn with_segments(segment_bytes: u32) -> Self {
        Self { log: LogConfig { segment_bytes, ..LogConfig::default() }, ..Self::default() }
    }
}

pub fn store_config(o: &Options) -> StoreConfig {
    store_config_in(o, "/data")
}

fn store_config_in(o: &Options, dir: &str) -> StoreConfig {
    StoreConfig {
        log_bytes_max: o.log_bytes,
        unflushed_max: o.unflushed_max,
        tail_max: o.tail_max,
        bypass_min: o.bypass_min,
        write_files_max: o.write_files_max,
        erase_bytes: 4 << 10,
        ..StoreConfig::new(PathBuf::from(dir), o.core, o.cores, 0x5a17_5a17)
    }
}

pub fn known(o: &Options, id: PartitionId) -> Option<Known> {
    (id.topic.0[0] < 200).then(|| Known { topic: format!("t{}", id.topic.0[0]), log: o.log })
}

/// Opens the store, making the directory first if need be.
pub async fn open(sim: &Sim, disk: &MemDisk, o: &Options) -> Result<Rc<Store<MemDisk>>, StoreError> {
    open_in(sim, disk, o, ("/data", &|_| true)).await
}

/// The same in another directory, which holds what `holds` says.
pub async fn open_in(
    sim: &Sim,
    disk: &MemDisk,
    o: &Options,
    (dir, holds): (&str, &dyn Fn(PartitionId) -> bool),
) -> Result<Rc<Store<MemDisk>>, StoreError> {
    use ringlog_storage::disk::Disk;
    disk.create_dir(std::path::Path::new(dir)).await.unwrap();
    let config = store_config_in(o, dir);
    let known = |id| known(o, id).filter(|_| holds(id));
    let context = OpenContext {
        known: &known,
        progress: &|_| {},
        pause: async |ms| sim.sleep_ms(ms).await,
        now_ms: NOW_MS,
    };
    prepare(disk, &config, &context).await?;
    Store::open(disk.clone(), config, context).await
}

impl Running {
    /// Opens the store and starts its loops.
    pub async fn start(sim: &Sim, disk: &MemDisk, o: &Options, node: u64) -> Result<Self, StoreError> {
        ringlog_sim::plant::from_env();
        let store = open(sim, disk, o).await?;
        Ok(Self::run(sim, disk, o, (node, store)))
    }

    /// Starts the loops of a store that is open.
    pub fn run(sim: &Sim, disk: &MemDisk, o: &Options, (node, store): (u64, Rc<Store<MemDisk>>)) -> Self {
        let s = Rc::clone(&store);
        sim.exec().spawn(node, async move { s.flush_loop().await });
        Self::with_commits(sim, disk, o, (node, store))
    }

    /// Starts the loop of commits alone.
    pub fn with_commits(
        sim: &Sim,
        disk: &MemDisk,
        o: &Options,
        (node, store): (u64, Rc<Store<MemDisk>>),
    ) -> Self {
        ringlog_sim::plant::from_env();
        let acked = Rc::new(RefCell::new(Vec::new()));
        let (s, a) = (Rc::clone(&store), Rc::clone(&acked));
        sim.exec().spawn(node, async move {
            let mut durable = Vec::new();
            while s.commit_next(&mut durable).await.is_ok() {
                a.borrow_mut().extend(durable.iter().map(|(p, offset)| (p.id(), *offset)));
            }
        });
        Self { sim: sim.clone(), disk: disk.clone(), node, store, acked, config: o.clone() }
    }

    /// The first life, as process 100, and a partition in it.
    pub async fn first(sim: &Sim, disk: &MemDisk, o: &Options) -> (Self, Rc<Partition<MemDisk>>) {
        let run = Self::start(sim, disk, o, 100).await.unwrap();
        let p = run.create(id(1, 0)).await;
        (run, p)
    }

    /// A later life, and the same partition, which must be there.
    pub async fn again(sim: &Sim, disk: &MemDisk, o: &Options, node: u64) -> (Self, Rc<Partition<MemDisk>>) {
        let run = Self::start(sim, disk, o, node).await.unwrap();
        let p = run.store.partition(id(1, 0)).unwrap();
        (run, p)
    }

    pub async fn create(&self, id: PartitionId) -> Rc<Partition<MemDisk>> {
        let known = known(&self.config, id).unwrap();
        self.store.create_partition(id, &known, NOW_MS).await.unwrap()
    }

    /// The partition, created if it is not there.
    pub async fn ensure(&self, id: PartitionId) -> Rc<Partition<MemDisk>> {
        match self.store.partition(id) {
            Some(p) => p,
            None => self.create(id).await,
        }
    }

    /// Appends, waiting for room as a connection would.
    pub async fn append(&self, p: &Rc<Partition<MemDisk>>, batch: &Bytes) -> Result<Appended, AppendReject> {
        append(&self.store, p, batch).await
    }

    /// Appends and waits until it is durable.
    pub async fn produce(&self, p: &Rc<Partition<MemDisk>>, batch: &Bytes) -> Appended {
        let appended = self.append(p, batch).await.unwrap();
        while p.offsets().durable <= appended.last_offset {
            self.store.room().await;
        }
        appended
    }

    /// One record of `size` bytes for each tag, each durable before the next one.
    pub async fn produce_each(&self, p: &Rc<Partition<MemDisk>>, tags: Range<u64>, size: usize) {
        for tag in tags {
            self.produce(p, &batch(tag, 1, size)).await;
        }
    }

    /// Produces records of 2000 bytes, beginning with `tag`, until so many log files were used again. Returns the tag
    /// that comes next.
    pub async fn until_recycled(&self, times: u64, p: &Rc<Partition<MemDisk>>, mut tag: u64) -> u64 {
        while self.store.stats().recycled < times {
            self.produce(p, &batch(tag, 1, 2000)).await;
            tag += 1;
        }
        tag
    }

    /// Waits until so many records are durable, or the store is offline.
    pub async fn settled(&self, p: &Rc<Partition<MemDisk>>, records: u64) {
        while p.offsets().durable.0 < records && self.store.check_online().is_ok() {
            self.store.room().await;
        }
    }

    /// SIGKILL: the tasks and every descriptor are gone.
    pub fn kill(self) {
        self.sim.exec().kill(self.node);
    }
}

pub async fn append(
    store: &Rc<Store<MemDisk>>,
    p: &Rc<Partition<MemDisk>>,
    batch: &Bytes,
) -> Result<Appended, AppendReject> {
    let stamp = AppendStamp { leader_epoch: LeaderEpoch(0), log_append_time: None, max_timestamp: NOW_MS };
    loop {
        match p.append(batch, &stamp, NOW_MS) {
            Err(AppendReject::Busy) => store.room().await,
            done => return done,
        }
    }
}

/// Every record's value in offset order; asserts that offsets have no hole and each batch is whole.
pub async fn read_all(p: &Rc<Partition<MemDisk>>) -> Vec<Vec<u8>> {
    let end = p.offsets().durable;
    let mut from = p.offsets().log_start;
    let mut values = Vec::new();
    while from < end {
        let got = p.read(ReadWant { from, max_bytes: 64 << 10, upto: end }).await.unwrap();
        let mut bytes = Vec::new();
        for part in got.parts {
            match part {
                ReadPart::Bytes(b) => bytes.extend_from_slice(&b),
                ReadPart::File(r) => bytes.extend_from_slice(&r.file.read(r.pos, r.len)),
            }
        }
        assert!(!bytes.is_empty(), "{p:?}: nothing at {from:?} below {end:?}");
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let view = BatchView::first(rest).unwrap();
            view.check_crc().unwrap();
            // The log may start inside a batch, nowhere else does one begin below what is asked for.
            let base = view.header().base_offset;
            let starts_inside = values.is_empty() && base < from.to_wire();
            assert!(base == from.to_wire() || starts_inside, "{p:?}: {base} where {from} was due");
            for record in view.records() {
                values.push(record.unwrap().value.map(<[u8]>::to_vec).unwrap_or_default());
            }
            from = Offset::from_wire(view.header().next_offset()).unwrap();
            rest = &rest[view.header().size()..];
        }
    }
    values
}
