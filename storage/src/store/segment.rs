//! The segment files of one partition that are open for writing: creation, reservation, rolls, indexes.
//!
//! Owner: one partition, inside its gate. Invariants: a file is written through one locked O_DIRECT descriptor;
//! space is reserved before a byte that needs it is accepted, also for the segment that does not exist yet:
//! that file waits under `next.segment` and takes its name at the roll. A name is relied on (a checkpoint says
//! that bytes are in that file) only after `sync_dir`.

use super::{Partition, Phase, Shortage, Store, StoreError};
use crate::buf::BLOCK;
use crate::disk::{Disk, OpenMode};
use crate::partition::files::{LEADER_EPOCH_CHECKPOINT, SegmentFile};
use crate::partition::index::PendingIndex;
use crate::partition::{PartitionLog, ReserveTarget, Roll};
use crate::planted::{Bug, planted};
use bytes::Bytes;
use ringlog_wire::ids::Offset;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Name of the file that becomes the next segment.
pub(super) const NEXT_SEGMENT: &str = "next.segment";
/// Tries at the lock of a file that is closing.
const OPEN_TRIES_MAX: usize = 10_000;
/// Index entries in memory that are worth a write of their own.
const INDEX_ENTRIES_MAX: usize = 1024;

/// Open descriptors of one partition.
#[derive(Debug)]
pub(super) struct SegmentFiles<F> {
    /// By base offset: the active segment and closed ones that are not complete.
    open: BTreeMap<Offset, F>,
    /// The reserved file of the segment to come.
    next: Option<F>,
    /// A roll whose files are being written.
    rolling: Option<Roll>,
    /// Closed segments whose bytes are all written, and their index files not yet.
    complete: Vec<Offset>,
}

impl<F> SegmentFiles<F> {
    /// The oldest segment for which something is still to be done.
    fn first_busy(&self) -> Option<Offset> {
        let rolling = self.rolling.as_ref().map(|r| r.closed);
        self.open.keys().chain(&self.complete).copied().chain(rolling).min()
    }

    /// True if something is still to be done for segment `base` before its files are what they will be.
    pub(super) fn is_busy(&self, base: Offset) -> bool {
        self.open.contains_key(&base) || self.complete.contains(&base)
    }
}

impl<F> Default for SegmentFiles<F> {
    fn default() -> Self {
        Self { open: BTreeMap::new(), next: None, rolling: None, complete: Vec::new() }
    }
}

/// Opens a file that this process itself may have closed a moment ago: the last clone of a descriptor goes on
/// another thread, and its lock with it.
async fn open_again<D: Disk>(disk: &D, path: &Path, mode: OpenMode) -> io::Result<D::File> {
    for _ in 0..OPEN_TRIES_MAX {
        match disk.open(path, mode).await {
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => super::wait::give_way().await,
            done => return done,
        }
    }
    disk.open(path, mode).await
}

/// Removes a file that may not be there, or that another task removes at this moment.
pub(super) async fn unlink_if_there<D: Disk>(disk: &D, path: &Path) -> io::Result<()> {
    match disk.unlink(path).await {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// A failed sync is never tried again, whatever its reason (architecture.md D2): not even ENOSPC.
pub(super) fn final_error(e: io::Error) -> io::Error {
    io::Error::other(format!("sync: {e}"))
}

/// True if space should be reserved before it is needed.
pub(super) fn runs_short(log: &PartitionLog) -> bool {
    log.needs_reserve((0, false)).is_some()
}

impl<D: Disk> Partition<D> {
    pub(super) fn segment_path(&self, kind: SegmentFile, base: Offset) -> PathBuf {
        self.dir().join(kind.name(base))
    }

    /// Lets go of descriptors that the next write opens again; returns how many.
    /// None while a sync is due: it keeps them, and with them their locks, so that nobody could open the files again.
    fn release_files(&self) -> usize {
        let Some(_inside) = self.gate.try_enter() else { return 0 };
        if self.unsynced.any() {
            return 0;
        }
        std::mem::take(&mut self.files.borrow_mut().open).len()
    }

    /// The descriptor for writing segment `base`. Inside the gate.
    ///
    /// Files of earlier segments that have no flushed byte yet are made before it. Names of a folder become durable in
    /// their order, and without a checkpoint the first segment found is the start of the log: none may be missing.
    pub(super) async fn segment_file(&self, disk: &D, base: Offset) -> io::Result<D::File> {
        if let Some(file) = self.files.borrow().open.get(&base) {
            return Ok(file.clone());
        }
        let earlier: Vec<Offset> = {
            let (log, files) = (self.log.borrow(), self.files.borrow());
            let missing = log.segments().iter().filter(|s| s.base < base && s.flushed == 0);
            missing.map(|s| s.base).filter(|base| !files.open.contains_key(base)).collect()
        };
        for base in earlier {
            self.open_segment(disk, base).await?;
        }
        self.open_segment(disk, base).await
    }

    /// At its first opening, what an earlier life wrote behind the log is cut off: those bytes were never
    /// acknowledged, or come again from the commit log. Errors: also a file that lacks flushed bytes.
    async fn open_segment(&self, disk: &D, base: Offset) -> io::Result<D::File> {
        let file = open_again(disk, &self.segment_path(SegmentFile::Log, base), OpenMode::DIRECT).await?;
        // After a clean stop the file holds the last block alone until that is in the commit log again.
        let clean_end = self.clean_end.get().filter(|end| end.segment == base).map_or(0, |end| end.pos);
        let flushed = self.log.borrow().segments().find(base).map_or(0, |s| s.flushed);
        let len = disk.len(&file).await?;
        if len < flushed.max(clean_end) {
            let what = format!("segment {base} of {self:?} has {len} bytes, {flushed} were flushed");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        if len > flushed.max(clean_end) {
            disk.truncate(&file, flushed.max(clean_end)).await?;
            if !planted(Bug::CutNotSynced) {
                self.sync_segment(disk, &file).await?;
            }
        }
        self.unsynced.note_name();
        self.files.borrow_mut().open.insert(base, file.clone());
        Ok(file)
    }

    /// Reserves what the partition needs next, step by step. Inside the gate.
    /// Returns what was lacking, if space was.
    async fn reserve(&self, store: &Store<D>) -> io::Result<Option<Shortage>> {
        let disk = &store.disk;
        loop {
            self.write_rolls(disk).await?;
            let job = self.log.borrow().needs_reserve(self.wanted.get());
            let Some(job) = job else {
                self.wanted.set((0, false));
                return Ok(None);
            };
            let file = match job.target {
                ReserveTarget::Active(base) => self.segment_file(disk, base).await?,
                ReserveTarget::Next => self.next_file(disk).await?,
            };
            let space = disk.space(self.dir()).await?;
            if let Some(shortage) = store.lacks(space, job.len) {
                return Ok(Some(shortage));
            }
            match disk.reserve(&file, job.position, job.len).await {
                Ok(()) => self.log.borrow_mut().on_reserved(&job),
                Err(e) => return Err(e),
            }
        }
    }

    async fn next_file(&self, disk: &D) -> io::Result<D::File> {
        if let Some(file) = &self.files.borrow().next {
            return Ok(file.clone());
        }
        let file = open_again(disk, &self.dir().join(NEXT_SEGMENT), OpenMode::DIRECT).await?;
        disk.truncate(&file, 0).await?;
        self.files.borrow_mut().next = Some(file.clone());
        Ok(file)
    }

    /// Writes the small files that are due: those of every roll that happened in memory, and those of segments
    /// that are complete. In the gate. May fail for lack of space and be called again later.
    pub(super) async fn write_rolls(&self, disk: &D) -> io::Result<()> {
        self.tidy(disk).await?;
        loop {
            if self.files.borrow().rolling.is_none() {
                let roll = self.log.borrow_mut().take_roll();
                self.files.borrow_mut().rolling = roll;
            }
            let roll = self.files.borrow().rolling.clone();
            let Some(roll) = roll else { break };
            self.write_roll(disk, &roll).await?;
            self.files.borrow_mut().rolling = None;
        }
        loop {
            let base = self.files.borrow().complete.first().copied();
            let Some(base) = base else { return Ok(()) };
            self.complete_segment(disk, base).await?;
            self.files.borrow_mut().complete.remove(0);
        }
    }

    async fn write_roll(&self, disk: &D, roll: &Roll) -> io::Result<()> {
        let next = self.files.borrow().next.clone();
        if let Some(file) = next {
            // See `segment_file`: its name comes before that of its successor.
            self.segment_file(disk, roll.closed).await?;
            let path = self.segment_path(SegmentFile::Log, roll.opened);
            disk.rename(&self.dir().join(NEXT_SEGMENT), &path).await?;
            self.unsynced.note_name();
            let mut files = self.files.borrow_mut();
            files.next = None;
            files.open.insert(roll.opened, file);
        } else {
            self.segment_file(disk, roll.opened).await?;
        }
        let snapshot = self.segment_path(SegmentFile::Snapshot, roll.opened);
        disk.replace_file(&snapshot, &roll.snapshot).await?;
        // One that ended with a block was wholly flushed before it was closed: no flush of its last bytes follows.
        let whole = self.log.borrow().segments().find(roll.closed).is_some_and(|s| s.flushed == s.size);
        if whole && !self.files.borrow().complete.contains(&roll.closed) {
            self.note_complete(roll.closed);
        }
        Ok(())
    }

    /// The oldest segment that small files are still to be written for. In the gate.
    pub(super) fn first_busy(&self) -> Offset {
        let roll = self.log.borrow().next_roll();
        let busy = self.files.borrow().first_busy();
        busy.into_iter().chain(roll).min().unwrap_or(Offset(u64::MAX))
    }

    /// Segments that left the log: nothing is written to them any more. In the gate.
    pub(super) fn forget_files(&self, bases: &[Offset]) {
        let mut files = self.files.borrow_mut();
        files.open.retain(|base, _| !bases.contains(base));
        files.complete.retain(|base| !bases.contains(base));
    }

    /// All bytes of the closed segment `base` are written: `write_rolls` does the rest.
    pub(super) fn note_complete(&self, base: Offset) {
        self.files.borrow_mut().complete.push(base);
    }

    /// Syncs a complete segment, writes its indexes, lets its descriptor go. In the gate.
    async fn complete_segment(&self, disk: &D, base: Offset) -> io::Result<()> {
        let file = self.segment_file(disk, base).await?;
        self.sync_segment(disk, &file).await?;
        self.write_index(disk, base, 0).await?;
        disk.replace_file(&self.segment_path(SegmentFile::TxnIndex, base), &[]).await?;
        self.write_epochs(disk).await?;
        self.files.borrow_mut().open.remove(&base);
        Ok(())
    }

    /// Writes the epoch cache in Kafka's form. Durable on return.
    pub(super) async fn write_epochs(&self, disk: &D) -> io::Result<()> {
        let text = self.log.borrow().epochs().to_file();
        disk.replace_file(&self.dir().join(LEADER_EPOCH_CHECKPOINT), text.as_bytes()).await
    }

    /// Appends what is missing to the two index files of `base`, if at least `min` bytes are, and syncs them.
    pub(super) async fn write_index(&self, disk: &D, base: Offset, min: usize) -> io::Result<()> {
        let pending = self.log.borrow().pending_index(base);
        let Some(pending) = pending.filter(|p| p.index.len() + p.time.len() >= min) else { return Ok(()) };
        let PendingIndex { index_position, index, time_position, time } = &pending;
        for (kind, position, bytes) in
            [(SegmentFile::Index, *index_position, index), (SegmentFile::TimeIndex, *time_position, time)]
        {
            let file = open_again(disk, &self.segment_path(kind, base), OpenMode::WRITE).await?;
            // What lies behind was written before a crash that the checkpoint does not know of.
            if !planted(Bug::IndexNotTruncated) {
                disk.truncate(&file, position).await?;
            }
            if !bytes.is_empty() {
                disk.write_at(&file, vec![Bytes::copy_from_slice(bytes)], position).await?;
            }
            disk.sync(&file).await.map_err(final_error)?;
        }
        self.unsynced.note_name();
        self.log.borrow_mut().on_index_persisted(base, &pending);
        Ok(())
    }

    /// Index entries of the active segment that are worth a write now.
    pub(super) async fn write_ripe_index(&self, disk: &D) -> io::Result<()> {
        let (base, ripe) = {
            let log = self.log.borrow();
            let active = log.segments().active();
            (active.base, active.index.offsets.len() >= INDEX_ENTRIES_MAX)
        };
        if ripe { self.write_index(disk, base, 1).await } else { Ok(()) }
    }

    /// Closes every descriptor; the reserved next file goes. In the gate.
    pub(super) async fn close_files(&self, disk: &D) -> io::Result<()> {
        let next = self.files.borrow_mut().next.take();
        if next.is_some() {
            disk.unlink(&self.dir().join(NEXT_SEGMENT)).await?;
        }
        self.files.borrow_mut().open.clear();
        Ok(())
    }

    /// Takes a descriptor that recovery opened. The process that made the file may have been killed before it
    /// synced the name.
    pub(super) fn adopt_file(&self, base: Offset, file: D::File) {
        self.unsynced.note_name();
        self.files.borrow_mut().open.insert(base, file);
    }
}

impl<D: Disk> Store<D> {
    /// The partition wants space reserved: the reserve loop does it.
    pub(super) fn want_space(&self, partition: &Rc<Partition<D>>) {
        if !partition.reserving.replace(true) {
            self.reserving.borrow_mut().push(Rc::clone(partition));
            self.flush_wake.notify();
        }
    }

    /// Reserves space for the partitions that asked; runs until the store closes.
    pub(super) async fn reserve_loop(&self) {
        loop {
            self.flush_wake.until(|| self.stopped() || !self.reserving.borrow().is_empty()).await;
            if self.stopped() {
                return;
            }
            let wanting = std::mem::take(&mut *self.reserving.borrow_mut());
            super::wait::side_by_side(wanting, crate::limits::FLUSH_WRITES_MAX, |p| self.reserve_for(p))
                .await;
            self.progress.notify();
        }
    }

    async fn reserve_for(&self, partition: Rc<Partition<D>>) {
        let inside = partition.gate.enter().await;
        // Cleared first: an append that needs more asks again.
        partition.reserving.set(false);
        if partition.deleted.get() || self.phase.get() != Phase::Open {
            return;
        }
        match partition.reserve(self).await {
            Ok(None) => {}
            Ok(Some(shortage)) => self.note_shortage(shortage),
            Err(e) if partition.deleted.get() => drop(e),
            Err(e) if e.kind() == io::ErrorKind::StorageFull => self.note_refused().await,
            Err(e) => self.go_offline(&format!("space for {partition:?} cannot be reserved"), &e),
        }
        drop(inside);
    }

    /// Reserves the first space of a new partition.
    pub(super) async fn reserve_first(&self, partition: &Rc<Partition<D>>) -> Result<(), StoreError> {
        let _inside = partition.gate.enter().await;
        match partition.reserve(self).await {
            Ok(None) => {}
            Ok(Some(shortage)) => self.note_shortage(shortage),
            Err(e) if e.kind() == io::ErrorKind::StorageFull => self.note_refused().await,
            Err(e) => return Err(StoreError::Io(format!("reserving space for {partition:?}"), e)),
        }
        Ok(())
    }

    /// Keeps the number of descriptors for writing under its budget, but for those that wait for a sync.
    pub(super) fn release_descriptors(&self) {
        let partitions = self.partitions.borrow();
        let mut open: usize = partitions.values().map(|p| p.files.borrow().open.len()).sum();
        let max = self.config.write_files_max;
        if open <= max {
            return;
        }
        for partition in partitions.values().filter(|p| p.log.borrow().unflushed_bytes() < BLOCK) {
            if open <= max - max / 8 {
                break;
            }
            open -= partition.release_files();
        }
    }
}
