//! A replica on its way to another data directory of this core: its future replica there (KIP-113, KIP-858).
//!
//! Owner: one task of the core that owns the partition, one move of a partition at a time. Order, each step durable
//! before the next: closed segments are copied, over and over while the log grows, into a folder whose name ends in
//! `-future` -> a second such folder, empty, keeps what was asked for from here on (`store/adopt.rs`) -> appends wait,
//! and the active segment is closed, so that the commit log holds nothing that no file has -> the rest is copied, the
//! folder takes the replica's name -> a checkpoint of the target directory knows the replica -> the metadata log says
//! where it is: from here on the copy is the replica -> appends go on there, and the former folder goes.
//! Invariants: until the metadata log says otherwise the former replica is the replica, whatever happens; while nobody
//! knows what it says, no move of the replica begins; what is copied is checked batch by batch; a copy that fails
//! leaves nothing behind but files that no start looks at.

use super::clean::Settled;
use super::delete::remove_folder;
use super::future_folder::{Unique, future_name};
use super::open::make_dir;
use super::partition::Hold;
use super::wait::give_way;
use super::{Partition, Phase, Store, StoreError};
use crate::buf::{AlignedBuf, BLOCK, blocks_up};
use crate::clean::{CleanWant, Pace};
use crate::disk::{Disk, OpenMode};
use crate::limits::BACKGROUND_BYTES;
use crate::partition::FlushWant;
use crate::partition::files::{PARTITION_METADATA, SegmentFile, partition_metadata};
use crate::planted::{Bug, planted};
use crate::scrub::Walk;
use ringlog_wire::ids::{Offset, PartitionId};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;

/// End of the name of a folder that is not the replica yet: Kafka's.
pub const FUTURE_SUFFIX: &str = "-future";
/// Appends wait for the copy of at most so much (and of what came while it was asked), bytes.
pub const REST_MAX: u64 = 4 << 20;
/// Bytes checked before the core's other tasks have their turn: some 10 microseconds.
const TURN_BYTES: usize = 64 << 10;
/// Files that go with a segment's `.log`.
const BESIDE: [SegmentFile; 4] =
    [SegmentFile::Index, SegmentFile::TimeIndex, SegmentFile::TxnIndex, SegmentFile::Snapshot];

/// Why a move ended before it took effect. The replica is where it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MoveError {
    /// It was cancelled, the partition was deleted, or the store closes.
    Ended,
    /// What failed, and where.
    Failed(String),
}

/// See the module's text.
pub struct FutureReplica<D: Disk> {
    pub(super) from: Rc<Store<D>>,
    pub(super) to: Rc<Store<D>>,
    pub(super) partition: Rc<Partition<D>>,
    /// Where the copy is until it takes its place.
    pub(super) folder: PathBuf,
    /// Name of the folder that says from then on that a move was asked for.
    pub(super) kept: String,
    /// Segments that are there, by base offset: their end.
    pub(super) copied: RefCell<BTreeMap<Offset, Offset>>,
    bytes: Cell<u64>,
    cancelled: Cell<bool>,
    /// The copy has the replica's name.
    pub(super) named: Cell<bool>,
}

impl<D: Disk> FutureReplica<D> {
    /// A move of `partition`, which `from` holds, to the directory of `to`. `unique` makes the folder's name its own;
    /// it may be there already, empty.
    ///
    /// From now on compaction leaves the partition alone; `discard` or `settle` ends that.
    /// Errors: the folder cannot be made.
    pub async fn begin(
        from: &Rc<Store<D>>,
        to: &Rc<Store<D>>,
        partition: &Rc<Partition<D>>,
        unique: Unique,
    ) -> Result<Self, MoveError> {
        assert!(!partition.moving.replace(true), "{partition:?} moves to one directory at a time");
        let name = future_name(partition, unique);
        let future = Self {
            from: Rc::clone(from),
            to: Rc::clone(to),
            partition: Rc::clone(partition),
            folder: to.config.dir.join(name),
            kept: future_name(partition, unique.wrapping_add(1)),
            copied: RefCell::default(),
            bytes: Cell::new(0),
            cancelled: Cell::new(false),
            named: Cell::new(false),
        };
        // A pass of compaction that replaces segments at this moment ends that first.
        drop(partition.gate.enter().await);
        match future.make_folder().await {
            Ok(()) => Ok(future),
            Err(e) => {
                future.discard().await;
                Err(e)
            }
        }
    }

    async fn make_folder(&self) -> Result<(), MoveError> {
        self.goes_on()?;
        let made = make_dir(&self.to.disk, &self.folder).await;
        made.map_err(|e| match e {
            StoreError::Io(what, e) => self.target_failed(&what, e),
            e => MoveError::Failed(e.to_string()),
        })?;
        let text = partition_metadata(self.partition.id().topic);
        let written = self.to.disk.replace_file(&self.folder.join(PARTITION_METADATA), text.as_bytes()).await;
        written.map_err(|e| self.target_failed("writing partition.metadata", e))
    }

    /// Which partition.
    #[must_use]
    pub fn id(&self) -> PartitionId {
        self.partition.id()
    }

    /// Bytes that are copied, and the end of the last segment that is there wholly.
    #[must_use]
    pub fn progress(&self) -> (u64, Offset) {
        let end = self.copied.borrow().last_key_value().map_or(Offset::ZERO, |(_, end)| *end);
        (self.bytes.get(), end)
    }

    /// The move is not wanted any more; its task finds out at its next step.
    pub fn cancel(&self) {
        self.cancelled.set(true);
        self.from.progress.notify();
    }

    /// Errors: something speaks against going on.
    pub(super) fn goes_on(&self) -> Result<(), MoveError> {
        if self.cancelled.get() || self.partition.deleted.get() {
            return Err(MoveError::Ended);
        }
        // The copy that an earlier move left may be the replica: nothing takes its place or goes before that is known.
        if self.partition.hold.get() == Hold::Lost {
            let why =
                "where it is will be known at the next start: the metadata log failed at an earlier move";
            return Err(MoveError::Failed(why.to_owned()));
        }
        for store in [&self.from, &self.to] {
            if store.phase.get() != Phase::Open {
                return Err(MoveError::Ended);
            }
            store.check_online().map_err(|e| MoveError::Failed(StoreError::Offline(e.0).to_string()))?;
        }
        Ok(())
    }

    /// Copies until what is missing is so little that appends can wait for it. No faster than `pace` lets it be.
    pub async fn catch_up(&self, pace: &Pace<'_>, wall_ms: i64) -> Result<(), MoveError> {
        while self.copy(pace).await? > REST_MAX {
            self.hold();
            let closed = self.close_active(wall_ms).await;
            self.release();
            closed?;
        }
        Ok(())
    }

    /// Copies the closed segments that are not there yet. Returns how many bytes of the log are still missing.
    pub(super) async fn copy(&self, pace: &Pace<'_>) -> Result<u64, MoveError> {
        let want = CleanWant { now_ms: 0, delete_retention_ms: 0, min_lag_ms: 0, keys_max: 0 };
        loop {
            self.goes_on()?;
            let partition = Rc::clone(&self.partition);
            let flushed =
                self.from.flush_partition(partition, FlushWant::WholeBlocks { min: 1 }, usize::MAX).await;
            flushed.map_err(|e| self.source_failed(e))?;
            let settled = self.partition.settled(&want, true);
            let next = settled.into_iter().find(|s| !self.copied.borrow().contains_key(&s.base));
            let forgotten = planted(Bug::TailNotMoved) && self.partition.hold.get() == Hold::Waits;
            let next = next.filter(|_| !forgotten);
            let Some(segment) = next else { return Ok(self.missing()) };
            self.copy_segment(&segment, pace).await?;
        }
    }

    /// Bytes of segments that are not copied.
    fn missing(&self) -> u64 {
        let (log, copied) = (self.partition.log.borrow(), self.copied.borrow());
        log.segments().iter().filter(|s| !copied.contains_key(&s.base)).map(|s| s.size).sum()
    }

    /// True if the log has the segment no more: retention took it.
    fn is_gone(&self, base: Offset) -> bool {
        self.partition.log.borrow().segments().find(base).is_none()
    }

    async fn copy_segment(&self, segment: &Settled, pace: &Pace<'_>) -> Result<(), MoveError> {
        let before = self.bytes.get();
        let mut done = self.copy_log(segment, pace).await;
        for kind in BESIDE {
            if done.is_ok() {
                done = self.copy_small(kind, segment.base).await;
            }
        }
        if done.is_err() {
            // The folder of a deleted partition loses its name.
            self.goes_on()?;
            if self.is_gone(segment.base) {
                self.bytes.set(before);
                // What of it is there goes before the folder takes its place.
                return Ok(());
            }
        }
        done?;
        self.copied.borrow_mut().insert(segment.base, segment.end);
        Ok(())
    }

    async fn copy_log(&self, segment: &Settled, pace: &Pace<'_>) -> Result<(), MoveError> {
        let (source, target) = (&self.from.disk, &self.to.disk);
        let path = self.partition.segment_path(SegmentFile::Log, segment.base);
        let unread = |e: io::Error| MoveError::Failed(format!("{} cannot be read: {e}", path.display()));
        let file = source.open(&path, OpenMode::READ_DIRECT).await.map_err(unread)?;
        self.check_room(segment.size).await?;
        let copy = self.folder.join(SegmentFile::Log.name(segment.base));
        let fail = |e| self.target_failed(&format!("writing {}", copy.display()), e);
        let out = target.open(&copy, OpenMode::DIRECT).await.map_err(fail)?;
        let mut walk = Walk::new(segment.base, segment.end);
        let mut pos = 0;
        while pos < segment.size {
            self.goes_on()?;
            let left = usize::try_from(segment.size - pos).unwrap_or(usize::MAX);
            let buf = AlignedBuf::zeroed(BACKGROUND_BYTES, &self.from.buffers);
            let want = blocks_up(left.min(BACKGROUND_BYTES));
            let (read, buf) = source.read_at(&file, buf, pos, want).await;
            let n = read.map_err(unread)?.min(left);
            // A short read goes on from a block's front; one of nothing means that the file ends here.
            let n = if n < left { n / BLOCK * BLOCK } else { n };
            if n == 0 {
                return Err(unread(io::ErrorKind::UnexpectedEof.into()));
            }
            let bytes = buf.freeze().slice(..blocks_up(n));
            for some in bytes.get(..n).unwrap_or_default().chunks(TURN_BYTES) {
                walk.push(some, &mut |_, _, _| {});
                give_way().await;
            }
            target.write_at(&out, vec![bytes], pos).await.map_err(fail)?;
            pos += n as u64;
            self.bytes.set(self.bytes.get() + n as u64);
            pace(n).await;
        }
        if let Some(damage) = walk.finish(true).damage.first() {
            let why = format!("{} is damaged at byte {}: {}", path.display(), damage.position, damage.why);
            return Err(MoveError::Failed(why));
        }
        target.truncate(&out, segment.size).await.map_err(fail)?;
        if planted(Bug::MovedNotSynced) {
            return Ok(());
        }
        target.sync(&out).await.map_err(fail)
    }

    /// Copies a small file, if there is one.
    pub(super) async fn copy_small(&self, kind: SegmentFile, base: Offset) -> Result<(), MoveError> {
        let (source, target) = (&self.from.disk, &self.to.disk);
        let path = self.partition.segment_path(kind, base);
        let unread = |e: io::Error| MoveError::Failed(format!("{} cannot be read: {e}", path.display()));
        let file = match source.open(&path, OpenMode::READ).await {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            file => file.map_err(unread)?,
        };
        let len = source.len(&file).await.map_err(unread)?;
        let copy = self.folder.join(kind.name(base));
        let fail = |e| self.target_failed(&format!("writing {}", copy.display()), e);
        let out = target.open(&copy, OpenMode::WRITE).await.map_err(fail)?;
        let mut pos = 0;
        while pos < len {
            self.goes_on()?;
            let buf = AlignedBuf::zeroed(BACKGROUND_BYTES, &self.from.buffers);
            let want = usize::try_from(len - pos).unwrap_or(usize::MAX).min(BACKGROUND_BYTES);
            let (read, buf) = source.read_at(&file, buf, pos, want).await;
            let n = read.map_err(unread)?.min(want);
            if n == 0 {
                return Err(unread(io::ErrorKind::UnexpectedEof.into()));
            }
            target.write_at(&out, vec![buf.freeze().slice(..n)], pos).await.map_err(fail)?;
            pos += n as u64;
        }
        target.sync(&out).await.map_err(fail)
    }

    /// Errors: `bytes` more would take of the target's reserve.
    async fn check_room(&self, bytes: u64) -> Result<(), MoveError> {
        let space = self.to.disk.space(&self.to.config.dir).await;
        let space = space.map_err(|e| MoveError::Failed(format!("asking for free space: {e}")))?;
        match self.to.lacks(space, bytes) {
            Some(shortage) => Err(MoveError::Failed(format!("{}: {shortage}", self.to.config.dir.display()))),
            None => Ok(()),
        }
    }

    /// A write to the target failed: but for a lack of room that is final for its directory, as every failed write.
    pub(super) fn target_failed(&self, what: &str, e: io::Error) -> MoveError {
        if e.kind() != io::ErrorKind::StorageFull {
            self.to.go_offline(&format!("{what} of the future replica of {:?} failed", self.partition), &e);
        }
        MoveError::Failed(format!("{what}: {e}"))
    }

    /// A flush of the source failed.
    fn source_failed(&self, e: io::Error) -> MoveError {
        if self.partition.deleted.get() {
            return MoveError::Ended;
        }
        if e.kind() != io::ErrorKind::StorageFull {
            self.from.go_offline("flushing to segments failed", &e);
        }
        MoveError::Failed(format!("flushing {:?}: {e}", self.partition))
    }

    /// From now on appends to the partition wait, and so do moves of its log start.
    pub(super) fn hold(&self) {
        if self.partition.hold.get() == Hold::Free {
            self.partition.hold.set(Hold::Waits);
        }
    }

    /// They go on.
    pub(super) fn release(&self) {
        if self.partition.hold.get() == Hold::Waits {
            self.partition.hold.set(Hold::Free);
        }
        self.from.progress.notify();
    }

    /// Closes the active segment, once everything that was appended is durable. Appends are held.
    pub(super) async fn close_active(&self, wall_ms: i64) -> Result<(), MoveError> {
        let partition = &self.partition;
        let quiet = || {
            let log = partition.log.borrow();
            !partition.bypass.get() && log.durable() == log.end()
        };
        // On a full disk a large batch may wait for ever.
        let stuck = || self.goes_on().is_err() || self.from.full.get();
        self.from.progress.until(|| stuck() || quiet()).await;
        self.goes_on()?;
        if !quiet() {
            return Err(MoveError::Failed(self.from.why_full()));
        }
        let _inside = partition.gate.enter().await;
        self.goes_on()?;
        let mut log = partition.log.borrow_mut();
        if partition.must_carry.get() && log.segments().active().size > 0 {
            partition.carry_into(&self.from, &log);
        }
        log.roll(wall_ms);
        Ok(())
    }

    /// Nothing comes of the move: what was copied goes, and the replica goes on where it is.
    pub async fn discard(&self) {
        if self.named.take() {
            self.remove_named().await;
        }
        self.partition.moving.set(false);
        self.release();
        // What cannot be removed now is at the next start.
        let _ = remove_folder(&self.to.disk, &self.folder).await;
        let _ = self.to.remove_future(&self.kept).await;
    }

    /// The process stops: the next one finds the folder and begins anew.
    pub fn leave(&self) {
        self.partition.moving.set(false);
        self.release();
    }
}
