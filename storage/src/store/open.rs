//! Opening a store: locks first, then the checkpoint, the commit log's tail, and a log ready for the next frame.
//!
//! Owner: the boot, once per core and data directory. Invariants: nothing is read before every lock is held, so
//! no late write of a killed process can change it afterwards; whatever was read is durable before it is served;
//! a directory that contradicts itself is refused and not touched.

use super::fill::FIRST_FILE_BYTES;
use super::frames::FrameQueue;
use super::locks::lock;
use super::recover::{Recovered, recover};
use super::replace::resume;
use super::wait::{Event, Gate};
use super::{Known, Partition, Phase, Store, StoreConfig, StoreError, StoreStats};
use crate::buf::Gauge;
use crate::checkpoint::{self, Checkpoint, SLOTS};
use crate::commit::frame::Link;
use crate::commit::log::{CommitLog, LogFile, LogShape};
use crate::commit::scan::{Found, first_header};
use crate::disk::{Disk, OpenMode};
use crate::layout::{self, Layout};
use crate::planted::{Bug, planted};
use crate::read::Reader;
use bytes::Bytes;
use ringlog_wire::ids::{Offset, PartitionId};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What opening needs from the world around it.
pub struct OpenContext<'a, P> {
    /// What the metadata log knows of a partition; `None`: its topic is gone.
    pub known: &'a dyn Fn(PartitionId) -> Option<Known>,
    /// Shows a line to the operator while opening takes time.
    pub progress: &'a dyn Fn(&str),
    /// Suspends for so many milliseconds: between two attempts at a lock.
    pub pause: P,
    /// The wall clock, ms.
    pub now_ms: i64,
}

/// Every file of a core's folder, open and locked.
pub(super) struct CoreFiles<F> {
    pub slots: [F; 2],
    pub checkpoints: [Option<Checkpoint>; 2],
    /// True if a slot holds bytes that are no checkpoint.
    pub damaged: bool,
    pub logs: Vec<Found<F>>,
}

impl<F> CoreFiles<F> {
    /// The newest checkpoint and the index of its slot.
    pub fn newest(&self) -> Option<(usize, &Checkpoint)> {
        let all = self.checkpoints.iter().enumerate();
        if planted(Bug::OlderCheckpointWins) {
            return all.filter_map(|(i, c)| c.as_ref().map(|c| (i, c))).min_by_key(|(_, c)| c.generation);
        }
        all.filter_map(|(i, c)| c.as_ref().map(|c| (i, c))).max_by_key(|(_, c)| c.generation)
    }
}

pub(super) fn io_error(what: impl Into<String>) -> impl FnOnce(io::Error) -> StoreError {
    let what = what.into();
    move |e| StoreError::Io(what, e)
}

impl<D: Disk> Store<D> {
    /// Opens or creates the store of `config.core`; recovers everything that was acknowledged.
    ///
    /// `DIR` and its layout must exist (`prepare`). Waits at most ten seconds for the locks of a process that
    /// is still ending. Cost: the checkpoint and the commit log's live files, not the data.
    /// Errors: `Locked`, `Corrupt` (refused, untouched), `Io`.
    pub async fn open<P: AsyncFn(u64)>(
        disk: D,
        config: StoreConfig,
        context: OpenContext<'_, P>,
    ) -> Result<Rc<Self>, StoreError> {
        let layout = read_layout(&disk, &config).await?;
        let dir = layout::core_dir(&config.dir, config.core);
        make_dir(&disk, &dir).await?;
        let buffers = Gauge::default();
        promote_next(&disk, &dir, layout).await?;
        let files = open_files(&disk, &dir, &context, &buffers).await?;
        let opening = Opening {
            disk: &disk,
            config: &config,
            layout,
            buffers: &buffers,
            tails: Gauge::new(D::LONG_MEMORY),
        };
        let replacement = resume(&disk, (&config.dir, &dir), layout, &context).await?;
        let resumed = replacement.is_some();
        let mut recovered = recover(&opening, files, replacement, &context).await?;
        recovered.needs_checkpoint |= resumed;
        let tails = opening.tails.clone();
        let store = Self::assemble(disk.clone(), config.clone(), (buffers, tails), recovered).await?;
        if resumed {
            store.forget_replacement().await?;
        }
        Ok(store)
    }

    /// Puts the parts together and makes the log ready for frames.
    async fn assemble(
        disk: D,
        config: StoreConfig,
        (buffers, tails): (Gauge, Gauge),
        recovered: Recovered<D>,
    ) -> Result<Rc<Self>, StoreError> {
        let space = disk.space(&config.dir).await.map_err(io_error("asking for free space"))?;
        let there: u64 =
            recovered.live.iter().map(|f| f.capacity).chain(recovered.rest.iter().map(|f| f.len)).sum();
        let partitions = config.partitions.max(recovered.partitions.len());
        let shape = LogShape::plan(partitions, config.log_bytes_max, space.free.saturating_add(there));
        let next_number =
            recovered.live.iter().map(|f| f.number).chain(recovered.rest.iter().map(|f| f.number)).max();
        // The commit log may have moved some since the file was written.
        let moved = recovered.partitions.iter().any(|p| p.log.log_start() > Offset::ZERO);
        let unflushed = recovered.partitions.iter().map(|p| p.log.unflushed_bytes()).sum();
        let log = CommitLog::new(shape, recovered.live, recovered.position, recovered.next);
        let store = Rc::new(Self {
            frames: RefCell::new(FrameQueue::new(shape.frame_max(), buffers.clone())),
            reader: Reader::new(disk.clone(), config.reads, buffers.clone()),
            disk,
            tails,
            buffers,
            unflushed: Cell::new(unflushed),
            pressed: Cell::new(false),
            log: RefCell::new(log),
            slots: RefCell::new(recovered.slots),
            checkpointing: Gate::default(),
            giving_back: Gate::default(),
            partitions: RefCell::new(BTreeMap::new()),
            bypassing: RefCell::default(),
            reserving: RefCell::default(),
            removing: RefCell::default(),
            erasing: RefCell::default(),
            dropped: RefCell::new(Vec::new()),
            doomed: RefCell::default(),
            starts_changed: Cell::new(moved),
            phase: Cell::new(Phase::Open),
            offline: RefCell::new(None),
            commit_wake: Event::default(),
            flush_wake: Event::default(),
            progress: Event::default(),
            bypassed: Cell::new(0),
            full: Cell::new(false),
            fill_refused: Cell::new(None),
            reserve: Cell::new(config.reserve),
            shortage: Cell::new(None),
            layout_generation: recovered.layout_generation,
            salt: recovered.next.salt,
            next_file_number: Cell::new(next_number.map_or(0, |n| n + 1)),
            stats: Cell::new(StoreStats::default()),
            config,
        });
        let mut rebuilt = Vec::new();
        for parts in recovered.partitions {
            let base = store.config.dir.clone();
            let partition = Partition::new(&Rc::downgrade(&store), &base, parts.id, &parts.known, parts.log);
            partition.set_high_watermark(parts.high_watermark);
            *partition.holds.borrow_mut() = parts.holds;
            partition.must_carry.set(parts.must_carry);
            partition.clean_end.set(parts.clean_end);
            for (base, file) in parts.files {
                partition.adopt_file(base, file);
            }
            let partition = Rc::new(partition);
            if parts.scanned.is_some() && parts.clean_end.is_some() {
                rebuilt.push(Rc::clone(&partition));
            }
            store.partitions.borrow_mut().insert(parts.id, partition);
        }
        store.ready_log(recovered.rest).await?;
        store.settle_rebuilt(rebuilt).await?;
        if recovered.needs_checkpoint {
            store.write_checkpoint(false).await.map_err(io_error("writing the first checkpoint"))?;
        }
        Ok(store)
    }

    /// Files without frames that count become free ones; one at least is ready before the first frame.
    async fn ready_log(&self, rest: Vec<Found<D::File>>) -> Result<(), StoreError> {
        let shape = self.log.borrow().shape();
        let dir = layout::core_dir(&self.config.dir, self.config.core);
        for found in rest {
            let too_many = self.log.borrow().files() >= shape.files;
            // A short one is the first file of a new log, or was half made when the last process ended. Filling
            // it here could take seconds; the loop behind makes files of full length while the broker serves.
            if too_many || found.len != shape.file_bytes {
                let path = dir.join(layout::log_name(found.number));
                self.disk.unlink(&path).await.map_err(io_error(format!("removing {}", path.display())))?;
                continue;
            }
            // Also where no header is seen: the process that cleared it may have been killed before its sync, or after
            // one that failed, and then only writing it again brings it to the device.
            let cleared = self.clear_front(&found.file).await;
            cleared.map_err(io_error("preparing the commit log"))?;
            self.log.borrow_mut().expect_file();
            self.log.borrow_mut().add_free(log_file(found, self.salt));
        }
        let ready = {
            let log = self.log.borrow();
            log.room() >= 2 * shape.frame_max() as u64
        };
        if !ready {
            self.log.borrow_mut().expect_file();
            let file = self.make_log_file(shape.file_bytes.min(FIRST_FILE_BYTES)).await?;
            self.log.borrow_mut().add_free(file);
        }
        Ok(())
    }
}

/// What recovery works with.
pub(super) struct Opening<'a, D> {
    pub disk: &'a D,
    pub config: &'a StoreConfig,
    pub layout: Layout,
    pub buffers: &'a Gauge,
    pub tails: Gauge,
}

fn log_file<F>(found: Found<F>, salt: u64) -> LogFile<F> {
    let first = Link { salt, generation: 0, sequence: 0, prev_crc: 0 };
    LogFile { number: found.number, file: found.file, capacity: found.len, generation: 0, first }
}

async fn read_layout<D: Disk>(disk: &D, config: &StoreConfig) -> Result<Layout, StoreError> {
    let layout = Layout::read(disk, &config.dir).await.map_err(|e| StoreError::Corrupt(e.to_string()))?;
    match layout {
        Some(layout) if layout.cores == config.cores && config.core < config.cores => Ok(layout),
        Some(layout) => Err(StoreError::Misuse(format!(
            "{} is laid out for {} cores; core {} of {} cannot open it",
            config.dir.display(),
            layout.cores,
            config.core,
            config.cores
        ))),
        None => Err(StoreError::Misuse(format!("{} has no layout yet", config.dir.display()))),
    }
}

/// Makes a directory and its name durable.
pub(super) async fn make_dir<D: Disk>(disk: &D, dir: &Path) -> Result<(), StoreError> {
    let fail = || format!("creating {}", dir.display());
    disk.create_dir(dir).await.map_err(io_error(fail()))?;
    match dir.parent() {
        Some(parent) => disk.sync_dir(parent).await.map_err(io_error(fail())),
        None => Ok(()),
    }
}

/// If a change of layout left a checkpoint for this generation, it replaces whatever else is there: logs first,
/// then slots, then it takes its place; a crash in between repeats the step.
async fn promote_next<D: Disk>(disk: &D, dir: &Path, layout: Layout) -> Result<(), StoreError> {
    let next = dir.join(checkpoint::NEXT);
    let fail = |e| StoreError::Io(format!("taking {} into use", next.display()), e);
    let found = match disk.open(&next, OpenMode::READ).await {
        Ok(file) => checkpoint::read_slot(disk, &file, &Gauge::default()).await,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(fail(e)),
    };
    let rules = match found {
        Ok(found) => found.is_some_and(|(c, _)| c.head.layout_generation == layout.generation),
        Err(checkpoint::SlotError::Io(e)) => return Err(fail(e)),
        // Never finished: the layout that it was made for is not in force.
        Err(checkpoint::SlotError::Bad(_)) => false,
    };
    if !rules {
        disk.unlink(&next).await.map_err(fail)?;
        return disk.sync_dir(dir).await.map_err(fail);
    }
    for entry in disk.list(dir).await.map_err(fail)? {
        if layout::parse_log_name(&entry.name).is_some() || SLOTS.contains(&entry.name.as_str()) {
            disk.unlink(&dir.join(&entry.name)).await.map_err(fail)?;
        }
    }
    disk.sync_dir(dir).await.map_err(fail)?;
    disk.rename(&next, &dir.join(SLOTS[0])).await.map_err(fail)?;
    disk.sync_dir(dir).await.map_err(fail)
}

/// Opens and locks every file of the core's folder, then reads the slots and the fronts of the logs.
async fn open_files<D: Disk, P: AsyncFn(u64)>(
    disk: &D,
    dir: &Path,
    context: &OpenContext<'_, P>,
    gauge: &Gauge,
) -> Result<CoreFiles<D::File>, StoreError> {
    let [a, b] = SLOTS.map(|name| dir.join(name));
    let slots =
        [lock(disk, &a, OpenMode::WRITE, context).await?, lock(disk, &b, OpenMode::WRITE, context).await?];
    disk.sync_dir(dir).await.map_err(io_error(format!("syncing {}", dir.display())))?;
    let mut files = Vec::new();
    for entry in disk.list(dir).await.map_err(io_error(format!("reading {}", dir.display())))? {
        if let Some(number) = layout::parse_log_name(&entry.name) {
            let path = dir.join(&entry.name);
            files.push((number, lock(disk, &path, OpenMode::DIRECT, context).await?));
        }
    }
    let mut checkpoints = [None, None];
    let mut bytes = [Bytes::new(), Bytes::new()];
    let mut damaged = false;
    for ((file, path), place) in slots.iter().zip([&a, &b]).zip(checkpoints.iter_mut().zip(&mut bytes)) {
        match checkpoint::read_slot(disk, file, gauge).await {
            Ok(None) => {}
            Ok(Some((checkpoint, whole))) => (*place.0, *place.1) = (Some(checkpoint), whole),
            Err(checkpoint::SlotError::Io(e)) => {
                return Err(io_error(format!("reading {}", path.display()))(e));
            }
            Err(checkpoint::SlotError::Bad(checkpoint::BadCheckpoint::Version(v))) => {
                return Err(StoreError::Corrupt(format!(
                    "{} has version {v}: written by another version",
                    path.display()
                )));
            }
            Err(checkpoint::SlotError::Bad(_)) => damaged = true,
        }
    }
    let found = CoreFiles { slots, checkpoints, damaged, logs: Vec::new() };
    if let Some((slot, _)) = found.newest()
        && let (Some(file), Some(whole)) = (found.slots.get(slot), bytes.get_mut(slot))
    {
        make_durable(disk, dir, file, std::mem::take(whole)).await?;
    }
    let mut logs = Vec::new();
    for (number, file) in files {
        let fail = || format!("reading {}", layout::log_name(number));
        let len = disk.len(&file).await.map_err(io_error(fail()))?;
        let first = first_header(disk, &file, None, gauge).await.map_err(io_error(fail()))?;
        logs.push(Found { number, file, len, first });
    }
    Ok(CoreFiles { logs, ..found })
}

/// Makes the checkpoint that was read durable: segments are cut, and log files cleared, to what it says.
///
/// The process that wrote it may have been killed before its sync, or after a sync that failed. Then readers see it,
/// the kernel counts it as written, and no later sync brings it to the device: only writing it again does. Torn by a
/// power cut, the same bytes over a slot that has them change nothing; one that lacks them is no checkpoint, the
/// other slot still holds, and nothing was done by then that needs this one.
async fn make_durable<D: Disk>(disk: &D, dir: &Path, file: &D::File, whole: Bytes) -> Result<(), StoreError> {
    let fail = || format!("making the checkpoint in {} durable", dir.display());
    if planted(Bug::CheckpointOnlySynced) {
        return disk.sync(file).await.map_err(io_error(fail()));
    }
    checkpoint::write_slot(disk, file, whole).await.map_err(io_error(fail()))
}

/// The path of a core's folder, for messages.
pub(super) fn shown(config: &StoreConfig) -> PathBuf {
    layout::core_dir(&config.dir, config.core)
}

/// Files with frames that count, as the queue wants them.
pub(super) fn live_files<F>(live: Vec<(Found<F>, Link)>) -> VecDeque<LogFile<F>> {
    let file = |(found, first): (Found<F>, Link)| LogFile {
        number: found.number,
        file: found.file,
        capacity: found.len,
        generation: first.generation,
        first,
    };
    live.into_iter().map(file).collect()
}
