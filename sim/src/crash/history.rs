//! Short workloads, made from a seed: several lives of one directory, each ended by a kill, a stop or a power cut.
//!
//! A stretch is what happens between two power cuts: one trace and one list of events. The lives of a stretch follow
//! each other on the same device, so that what one left un-synced is still un-synced in the next. A later stretch
//! starts from some state that a crash may have left in the one before: so recovery itself is among the workloads.
//! Small segments, a commit log of four small files and a low bound for bypasses make rolls, recycling, checkpoints
//! and extents happen within a few dozen appends; the number of cores changes between lives.
//! Owner: `run`. Invariant: a history depends on its seed only.

use super::disk::CrashDisk;
use super::front;
use super::model::{Batch, Event, Log, Model, NOW_MS, id, verify};
use super::trace::{Image, Trace};
use crate::env::Sim;
use crate::rng::Rng;
use ringlog_storage::layout::owner;
use ringlog_storage::partition::{AppendStamp, LogConfig};
use ringlog_storage::store::{AppendReject, OpenContext, Partition, Store, StoreConfig, prepare};
use ringlog_wire::ids::{LeaderEpoch, PartitionId};
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Node ids of the processes; each has some cores.
const NODE: u64 = 100;

/// The numbers of one history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup {
    pub log: LogConfig,
    pub bypass_min: usize,
    /// Log starts move, segments go, and logs are compacted.
    pub front: bool,
}

/// What happened between two power cuts.
pub(super) struct Stretch {
    pub trace: Trace,
    /// With the time of each.
    pub events: Vec<(u64, Event)>,
    /// What holds at its start.
    pub before: Model,
}

impl Stretch {
    /// The model at every time that is asked for, in rising order.
    pub fn models(&self) -> impl FnMut(u64) -> (Model, usize) + '_ {
        let (mut model, mut next) = (self.before.clone(), 0);
        move |time| {
            while let Some((_, event)) = self.events.get(next).filter(|(at, _)| *at <= time) {
                model.on(event);
                next += 1;
            }
            (model.clone(), next)
        }
    }
}

/// Numbers for the history of `seed`.
pub(super) fn setup(rng: &Rng, seed: u64) -> Setup {
    let segment_bytes =
        [24 << 10, 64 << 10, 256 << 10].get(rng.below(3) as usize).copied().unwrap_or(64 << 10);
    let front = seed % 2 == 1;
    // Segments go whole: there must be many.
    let segment_bytes = if front { segment_bytes / 6 } else { segment_bytes };
    let log = LogConfig { segment_bytes, ..LogConfig::default() };
    Setup { log, bypass_min: if rng.one_in(3) { 1 << 20 } else { 20 << 10 }, front }
}

/// Lives on `image` where `model` holds. Errors: what a recovery within it got wrong.
pub(super) fn stretch(seed: u64, setup: Setup, image: Image, model: &Model) -> Result<Stretch, String> {
    let sim = Sim::new(seed);
    let disk = CrashDisk::new(image, Some(sim.exec().clone()));
    let events = Rc::new(RefCell::new(Vec::new()));
    let mut world = World {
        rng: Rng::new(seed ^ 0x7357),
        sim: sim.clone(),
        disk: disk.clone(),
        setup,
        model: model.clone(),
        events: Rc::clone(&events),
        tag: seed << 20,
    };
    sim.run(async move {
        for life in 0..1 + world.rng.below(3) {
            world.life(life).await.map_err(|e| format!("life {life}: {e}"))?;
        }
        Ok::<(), String>(())
    })?;
    let trace = disk.trace();
    Ok(Stretch { trace, events: events.take(), before: model.clone() })
}

/// A task beside the others of a process.
#[derive(Default)]
struct Beside {
    /// The life ends.
    over: Cell<bool>,
    /// What went wrong before that.
    failed: Cell<Option<String>>,
}

struct World {
    sim: Sim,
    disk: CrashDisk,
    rng: Rng,
    setup: Setup,
    model: Model,
    events: Rc<RefCell<Vec<(u64, Event)>>>,
    tag: u64,
}

/// The running stores of one process, by core.
#[derive(Clone)]
pub(super) struct Process {
    pub stores: Vec<Rc<Store<CrashDisk>>>,
}

impl Process {
    /// Recovers the directory for `cores` and compares every partition with `model`. Returns also where they end.
    pub async fn open(
        sim: &Sim,
        disk: &CrashDisk,
        setup: Setup,
        (cores, model): (u16, &Model),
    ) -> Result<(Self, Vec<(PartitionId, u64)>), String> {
        use ringlog_storage::disk::Disk;
        disk.create_dir(Path::new("/data")).await.map_err(|e| e.to_string())?;
        disk.sync_dir(Path::new("/")).await.map_err(|e| e.to_string())?;
        let known = |id| model.known(id, setup.log);
        let pause = async |ms| sim.sleep_ms(ms).await;
        let mut stores: Vec<Rc<Store<CrashDisk>>> = Vec::new();
        for core in 0..cores {
            let context = OpenContext { known: &known, progress: &|_| {}, pause, now_ms: NOW_MS };
            let config = StoreConfig {
                log_bytes_max: 256 << 10,
                unflushed_max: 2 << 20,
                bypass_min: setup.bypass_min,
                erase_bytes: 4 << 10,
                ..StoreConfig::new(PathBuf::from("/data"), core, cores, sim.rng().next())
            };
            if core == 0 {
                prepare(disk, &config, &context).await.map_err(|e| format!("preparing: {e}"))?;
            }
            let store = Store::open(disk.clone(), config, context).await;
            stores.push(store.map_err(|e| format!("core {core} of {cores}: {e}"))?);
        }
        let this = Self { stores };
        let mut ends = Vec::new();
        for (id, log) in &model.logs {
            ends.push((*id, this.verify(*id, log).await?));
        }
        Ok((this, ends))
    }

    /// Compares one partition. One that is not there is an empty one.
    async fn verify(&self, id: PartitionId, log: &Log) -> Result<u64, String> {
        match self.partition(id) {
            Some(p) if log.batches.iter().any(|b| b.key.is_some()) => front::verify(&p, log).await,
            Some(p) => verify(&p, log).await,
            None if log.acked == 0 => Ok(0),
            None => Err(format!("{id:?} is missing, {} acknowledged", log.acked)),
        }
    }

    pub(super) fn store(&self, id: PartitionId) -> Option<&Rc<Store<CrashDisk>>> {
        self.stores.get(usize::from(owner(id, u16::try_from(self.stores.len()).unwrap_or(1))))
    }

    pub(super) fn partition(&self, id: PartitionId) -> Option<Rc<Partition<CrashDisk>>> {
        self.store(id)?.partition(id)
    }

    /// Starts the loops; `on_ack` hears of every durable offset.
    pub fn start(&self, sim: &Sim, on_ack: &Rc<dyn Fn(PartitionId, u64)>) {
        for store in &self.stores {
            let (s, on_ack) = (Rc::clone(store), Rc::clone(on_ack));
            sim.exec().spawn(NODE, async move {
                let mut durable = Vec::new();
                while s.commit_next(&mut durable).await.is_ok() {
                    durable.iter().for_each(|(p, offset)| on_ack(p.id(), offset.0));
                }
            });
            let s = Rc::clone(store);
            sim.exec().spawn(NODE, async move { s.flush_loop().await });
        }
    }

    /// Appends one batch, waiting for room; creates the partition's log first if it has none.
    pub async fn append(&self, id: PartitionId, setup: Setup, batch: &Batch) -> Result<(), String> {
        let store = self.store(id).ok_or("no such core")?;
        let p = match store.partition(id) {
            Some(p) => p,
            None => {
                let mut model = Model::default();
                model.on(&Event::Created(id));
                let known = model.known(id, setup.log).ok_or("an unknown partition")?;
                store
                    .create_partition(id, &known, NOW_MS)
                    .await
                    .map_err(|e| format!("creating {id:?}: {e}"))?
            }
        };
        let stamp =
            AppendStamp { leader_epoch: LeaderEpoch(0), log_append_time: None, max_timestamp: NOW_MS };
        loop {
            match p.append(&batch.bytes(), &stamp, NOW_MS) {
                Ok(_) => return Ok(()),
                Err(AppendReject::Busy) => store.room().await,
                Err(e) => return Err(format!("appending to {p:?}: {e:?}, {:?}", store.check_online())),
            }
        }
    }

    /// Waits until everything appended to `id` is durable.
    pub async fn durable(&self, id: PartitionId) -> Result<(), String> {
        let (Some(store), Some(p)) = (self.store(id), self.partition(id)) else { return Ok(()) };
        let end = p.offsets().end;
        while p.offsets().durable < end {
            store.check_online().map_err(|e| e.0)?;
            store.room().await;
        }
        Ok(())
    }

    /// Stops cleanly.
    pub async fn close(&self) -> Result<(), String> {
        for store in &self.stores {
            store.close().await.map_err(|e| format!("stopping: {e}"))?;
        }
        Ok(())
    }

    /// SIGKILL.
    pub fn kill(self, sim: &Sim, disk: &CrashDisk) {
        sim.exec().kill(NODE);
        drop(self);
        disk.on_kill();
    }
}

impl World {
    fn note(&mut self, event: Event) {
        self.model.on(&event);
        self.events.borrow_mut().push((self.disk.now(), event));
    }

    async fn life(&mut self, life: u64) -> Result<(), String> {
        let cores = match self.model.cores {
            0 => 1 + self.rng.below(2) as u16,
            same if !self.rng.one_in(3) => same,
            _ => 1 + self.rng.below(3) as u16,
        };
        self.note(Event::Start(cores));
        let (process, ends) = Process::open(&self.sim, &self.disk, self.setup, (cores, &self.model)).await?;
        self.note(Event::Opened(ends));
        let (events, disk) = (Rc::clone(&self.events), self.disk.clone());
        let on_ack: Rc<dyn Fn(PartitionId, u64)> = Rc::new(move |id, offset| {
            events.borrow_mut().push((disk.now(), Event::Acked(id, offset)));
        });
        process.start(&self.sim, &on_ack);
        let beside = (self.setup.front && self.rng.one_in(2)).then(|| self.front_beside(&process));
        // Many small steps fill the log and recycle it; a few show the moments right after a start.
        let steps = if self.rng.one_in(3) { self.rng.below(4) } else { 8 + self.rng.below(40) };
        for _ in 0..steps {
            self.step(&process, beside.is_some()).await?;
        }
        if let Some(beside) = &beside {
            beside.over.set(true);
        }
        match self.rng.below(3) {
            0 => process.close().await.map_err(|e| format!("life {life}: {e}"))?,
            1 => self.sim.exec().jitter(2_000_000).await,
            _ => {}
        }
        // Acknowledgements, and what was done beside, went to the list only.
        let late = |e: &Event| matches!(e, Event::Acked(..) | Event::Asked(..) | Event::Started(..));
        self.events.borrow().iter().filter(|(_, e)| late(e)).for_each(|(_, e)| self.model.on(e));
        process.kill(&self.sim, &self.disk);
        self.sim.exec().hold_back(0, 0);
        beside.and_then(|b| b.failed.take()).map_or(Ok(()), Err)
    }

    /// Deletions and passes of compaction in a task of their own, beside appends, flushes and recycling; now and then
    /// tasks are held back meanwhile, so that several things happen between two steps of one.
    fn front_beside(&mut self, process: &Process) -> Rc<Beside> {
        if self.rng.one_in(2) {
            self.sim.exec().hold_back(4, 400_000);
        }
        let beside = Rc::new(Beside::default());
        let (told, process, disk) = (Rc::clone(&beside), process.clone(), self.disk.clone());
        let (rng, sim, events) = (Rng::new(self.rng.next()), self.sim.clone(), Rc::clone(&self.events));
        let note = move |event| events.borrow_mut().push((disk.now(), event));
        self.sim.exec().spawn(NODE, async move {
            while !told.over.get() {
                sim.exec().jitter(300_000).await;
                let done = process.some_front(&rng, &note).await;
                // An end that began meanwhile refuses what is under way.
                if let Err(why) = done
                    && !told.over.get()
                {
                    told.failed.set(Some(why));
                    return;
                }
            }
        });
        beside
    }

    /// `beside`: deletions and compaction have a task of their own.
    async fn step(&mut self, process: &Process, beside: bool) -> Result<(), String> {
        let ids: Vec<PartitionId> = self.model.logs.keys().copied().collect();
        if ids.len() < 2 || (ids.len() < 5 && self.rng.one_in(15)) {
            let n = self.model.made + 1;
            self.note(Event::Created(id(n, u32::from(n % 3))));
            return Ok(());
        }
        let pick = ids.get(self.rng.below(ids.len() as u64) as usize).copied().ok_or("no partition")?;
        if ids.len() > 2 && self.rng.one_in(30) {
            self.note(Event::Deleted(pick));
            let Some(store) = process.store(pick) else { return Ok(()) };
            return store.delete_partition(pick).await.map_err(|e| format!("deleting {pick:?}: {e}"));
        }
        if self.setup.front && !beside && self.rng.one_in(3) {
            return self.front_step(process, pick).await;
        }
        let size = match self.rng.below(10) {
            0 => 22_000 + self.rng.below(30_000),
            1..5 => 3000 + self.rng.below(9000),
            _ => 20 + self.rng.below(1500),
        };
        self.tag += 1;
        let key = self.setup.front.then_some(self.tag);
        let batch = Batch { tag: self.tag, count: 1 + self.rng.below(2), size: size as usize, key };
        process.append(pick, self.setup, &batch).await?;
        self.note(Event::Appended(pick, batch));
        if self.rng.one_in(3) {
            process.durable(pick).await?;
        }
        Ok(())
    }

    /// A deletion or a pass of compaction.
    async fn front_step(&mut self, process: &Process, id: PartitionId) -> Result<(), String> {
        if self.rng.one_in(3) {
            return process.clean(id).await;
        }
        if let Some(to) = process.some_start(id, &self.rng) {
            self.note(Event::Asked(id, to));
            process.raise(id, to).await?;
            self.note(Event::Started(id, to));
        }
        if self.rng.one_in(4) { Ok(()) } else { process.shed(id, &self.rng).await }
    }
}
