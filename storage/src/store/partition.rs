//! One partition as the core's other parts see it: append, offsets, epochs; its files and its place in the log.
//!
//! Owner: the store; handles are `Rc`. Invariants: `append` is synchronous: offsets are assigned, bytes are in the
//! tail and in a frame, or nothing happened; everything that waits for the disk is done by the store's loops,
//! one at a time per partition (`gate`).

use super::frames::{EntryFor, Touch};
use super::holds::Holds;
use super::segment::{SegmentFiles, runs_short};
use super::sync::Unsynced;
use super::wait::Gate;
use super::{Known, Store};
use crate::commit::entry::{Extent, append_head};
use crate::disk::Disk;
use crate::partition::{
    Admit, AppendStamp, Appended, Head, LogConfig, LogPosition, PartitionLog, Placement, ProducerReject,
};
use crate::planted::{Bug, planted};
use crate::scrub::Damage;
use bytes::Bytes;
use ringlog_wire::ids::{LeaderEpoch, Offset, PartitionId};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::{Rc, Weak};

/// Why a batch was not appended. Nothing happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AppendReject {
    /// It is in the log already: answer with the original, once `durable` is past its last offset.
    Duplicate {
        /// Offset of the original's first record.
        base_offset: Offset,
        /// Offset of its last record.
        last_offset: Offset,
        /// Its max timestamp, ms.
        timestamp: i64,
    },
    /// The producer's epoch or sequence is wrong.
    Producer(ProducerReject),
    /// Not exactly one batch of magic 2 with a possible header.
    Malformed(&'static str),
    /// A budget is used up for the moment: stop reading the client, wait for `Store::room`, try again.
    Busy,
    /// The disk is full (`Store::shortage` says how): KAFKA_STORAGE_ERROR; it heals when space returns.
    NoSpace,
    /// The directory is offline, or the partition is being deleted or the store closed: KAFKA_STORAGE_ERROR.
    /// Of a partition that has moved to another directory: it goes on there.
    Offline,
}

/// The cursors of a partition's log, all exclusive ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offsets {
    /// First readable offset.
    pub log_start: Offset,
    /// Everything below is on stable storage here.
    pub durable: Offset,
    /// Log end offset.
    pub end: Offset,
}

/// Whether appends may go on while the replica moves to another directory.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) enum Hold {
    /// They go on.
    #[default]
    Free,
    /// They wait a moment: the last bytes are being copied.
    Waits,
    /// Never here: whether the other directory has the replica is not known before the next start.
    Lost,
}

/// See the module's text.
pub struct Partition<D: Disk> {
    id: PartitionId,
    topic: String,
    dir: PathBuf,
    store: Weak<Store<D>>,
    pub(crate) log: RefCell<PartitionLog>,
    pub(super) files: RefCell<SegmentFiles<D::File>>,
    /// What of its files is not durable yet.
    pub(super) unsynced: Unsynced<D::File>,
    /// Held by whoever does I/O on this partition's files.
    pub(super) gate: Gate,
    pub(super) holds: RefCell<Holds>,
    /// The frame in which the partition stands last, and where in its list.
    pub(super) in_frame: Cell<(u64, u32)>,
    /// The bytes of the last block came from the file: they enter the log before the block is written again.
    pub(super) must_carry: Cell<bool>,
    /// Where the file ended then.
    pub(super) clean_end: Cell<Option<LogPosition>>,
    /// The frame that holds those bytes: no segment write before it is durable.
    pub(super) carry_frame: Cell<u64>,
    /// Appends go past the commit log until the bypass has caught up.
    pub(super) bypass: Cell<bool>,
    /// Bytes that went past the log and that no frame speaks of yet.
    pub(super) extents: RefCell<Vec<Extent>>,
    /// In the store's list of partitions that want space.
    pub(super) reserving: Cell<bool>,
    /// The bytes that the next append needs reserved, and whether it starts a segment.
    pub(super) wanted: Cell<(usize, bool)>,
    pub(super) deleted: Cell<bool>,
    /// It is being copied to another directory: compaction leaves its segments alone.
    pub(super) moving: Cell<bool>,
    pub(super) hold: Cell<Hold>,
    /// What an earlier life left behind the log was looked for.
    pub(super) tidied: Cell<bool>,
    /// Where the log is to start, once the commit log says so.
    pub(super) starting: Cell<Offset>,
    /// Compaction has seen every key below.
    pub(super) cleaned_to: Cell<Offset>,
    /// What scrubbing found to be damaged, by offset.
    pub(super) damage: RefCell<Vec<Damage>>,
    high_watermark: Cell<Offset>,
}

impl<D: Disk> fmt::Debug for Partition<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Partition({}-{})", self.topic, self.id.index)
    }
}

impl<D: Disk> Partition<D> {
    pub(super) fn new(
        store: &Weak<Store<D>>,
        base: &Path,
        id: PartitionId,
        known: &Known,
        log: PartitionLog,
    ) -> Self {
        let high_watermark = Cell::new(log.durable());
        Self {
            id,
            topic: known.topic.clone(),
            dir: base.join(folder(&known.topic, id.index)),
            store: store.clone(),
            log: RefCell::new(log),
            files: RefCell::default(),
            unsynced: Unsynced::default(),
            gate: Gate::default(),
            holds: RefCell::default(),
            in_frame: Cell::new((0, 0)),
            must_carry: Cell::new(false),
            clean_end: Cell::new(None),
            carry_frame: Cell::new(0),
            bypass: Cell::new(false),
            extents: RefCell::default(),
            reserving: Cell::new(false),
            wanted: Cell::new((0, false)),
            deleted: Cell::new(false),
            moving: Cell::new(false),
            hold: Cell::default(),
            tidied: Cell::new(false),
            starting: Cell::default(),
            cleaned_to: Cell::default(),
            damage: RefCell::default(),
            high_watermark,
        }
    }

    /// Which partition.
    #[must_use]
    pub fn id(&self) -> PartitionId {
        self.id
    }

    /// The topic's name.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The partition's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The store that owns it; `None` once that is gone.
    #[must_use]
    pub fn store(&self) -> Option<Rc<Store<D>>> {
        self.store.upgrade()
    }

    /// True if `store` owns it.
    pub(super) fn is_of(&self, store: &Store<D>) -> bool {
        std::ptr::eq(self.store.as_ptr(), store)
    }

    /// The in-memory log. Never hold the borrow over an await.
    #[must_use]
    pub fn log(&self) -> &RefCell<PartitionLog> {
        &self.log
    }

    /// The cursors.
    #[must_use]
    pub fn offsets(&self) -> Offsets {
        let log = self.log.borrow();
        Offsets { log_start: log.log_start(), durable: log.durable(), end: log.end() }
    }

    /// The largest epoch at or below `epoch` and where it ends (KIP-279).
    #[must_use]
    pub fn epoch_end(&self, epoch: LeaderEpoch) -> Option<(LeaderEpoch, Offset)> {
        self.log.borrow().epoch_end(epoch)
    }

    /// The epoch that wrote `offset`.
    #[must_use]
    pub fn epoch_of(&self, offset: Offset) -> Option<LeaderEpoch> {
        self.log.borrow().epoch_of(offset)
    }

    /// The high watermark as recovered, or as last noted: kept for checkpoints.
    #[must_use]
    pub fn high_watermark(&self) -> Offset {
        self.high_watermark.get()
    }

    /// Notes the high watermark for the next checkpoint.
    pub fn set_high_watermark(&self, high_watermark: Offset) {
        self.high_watermark.set(high_watermark);
    }

    /// After the topic's configuration changed.
    pub fn set_config(&self, config: LogConfig) {
        self.log.borrow_mut().set_config(config);
    }

    /// Appends one validated batch. Synchronous; the record is durable once `commit_next` reports this
    /// partition with an offset past `last_offset`.
    ///
    /// One copy into the tail, one into the frame (a large batch goes to its segment instead, D3).
    /// Errors: see `AppendReject`; then nothing was changed.
    pub fn append(
        self: &Rc<Self>,
        batch: &Bytes,
        stamp: &AppendStamp,
        now_ms: i64,
    ) -> Result<Appended, AppendReject> {
        let store = self.store.upgrade().filter(|s| s.takes_appends()).ok_or(AppendReject::Offline)?;
        if self.deleted.get() || self.hold.get() == Hold::Lost {
            return Err(AppendReject::Offline);
        }
        if self.hold.get() == Hold::Waits && !planted(Bug::AppendsNotHeld) {
            return Err(AppendReject::Busy);
        }
        let head = batch.first_chunk().ok_or(AppendReject::Malformed("shorter than a header"))?;
        let head = Head::parse(head).map_err(|e| AppendReject::Malformed(e.0))?;
        let mut log = self.log.borrow_mut();
        match log.admit(&head).map_err(AppendReject::Producer)? {
            Admit::Append => {}
            Admit::Duplicate { base_offset, last_offset, timestamp } => {
                return Err(AppendReject::Duplicate { base_offset, last_offset, timestamp });
            }
        }
        if store.is_full() {
            return Err(AppendReject::NoSpace);
        }
        let rolls = log.roll_due(&head, stamp, now_ms);
        if !log.has_reserved(batch.len(), rolls) {
            self.wanted.set((batch.len(), rolls));
            drop(log);
            store.want_space(self);
            return Err(AppendReject::Busy);
        }
        let bypass = self.bypass.get() || store.goes_past_the_log(batch.len());
        if !store.has_room(batch.len(), bypass) {
            return Err(store.no_room());
        }
        if self.must_carry.get() {
            self.carry_into(&store, &log);
        }
        let appended = log.append(batch, stamp, now_ms).map_err(|e| AppendReject::Malformed(e.0))?;
        let end = log.end();
        let soon = runs_short(&log);
        drop(log);
        if bypass {
            store.start_bypass(self, batch.len());
        } else {
            let body = batch.get(Head::LEN..).unwrap_or_default();
            let at = position(&appended.placement);
            let head = append_head(self.id, stamp.leader_epoch, appended.base_offset, at, batch.len());
            let parts = [appended.header.as_slice(), body];
            store.enter(
                self,
                &EntryFor { head, parts: &parts, first: Some(at), end, carries: false },
                batch.len(),
            );
        }
        if soon {
            store.want_space(self);
        }
        Ok(appended)
    }

    /// Enters the partly filled last block into the frame being built, if there is one.
    pub(super) fn carry_into(self: &Rc<Self>, store: &Store<D>, log: &PartitionLog) {
        self.must_carry.set(false);
        if planted(Bug::BlockNotCarried) {
            return;
        }
        let Some(carry) = log.carry() else { return };
        let at = position(&carry.placement);
        let head = append_head(self.id, LeaderEpoch(0), at.segment, at, carry.bytes.len());
        let parts = [&*carry.bytes];
        let carries = log.flushed_position() >= at;
        store.enter(self, &EntryFor { head, parts: &parts, first: Some(at), end: carry.end, carries }, 0);
        self.carry_frame.set(self.in_frame.get().0);
    }

    /// A frame with bytes of this partition got its place in the file of `generation`.
    pub(super) fn on_framed(&self, touch: &Touch<D>, generation: u64) {
        let Some(first) = touch.first else { return };
        let mut holds = self.holds.borrow_mut();
        if touch.carries {
            holds.on_carried(first, generation);
        } else {
            holds.on_framed(first, generation);
        }
    }

    pub(super) fn on_durable(&self, end: Offset) {
        self.log.borrow_mut().raise_durable(end);
    }
}

/// The place of an append as a position.
pub(super) fn position(p: &Placement) -> LogPosition {
    LogPosition { segment: p.segment, pos: p.position }
}

/// A partition's folder name: Kafka's.
#[must_use]
pub fn folder(topic: &str, index: u32) -> String {
    format!("{topic}-{index}")
}
