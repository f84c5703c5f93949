//! Deleting the front of logs: DeleteRecords and retention.
//!
//! Owner: the store; the shard calls it from its lowest lane. Order, each step durable before the next: the new log
//! start is in the commit log (from here on it never goes back) -> segments that lie wholly below leave the log in
//! memory -> a checkpoint that does not know them, and the file that says where logs start -> their files get names
//! that end in `.deleted` -> after `file.delete.delay.ms` they go, in pieces. Readers that still send from a
//! file hold it open; those that meet the change read again and are told that the offset is out of range.

use super::frames::EntryFor;
use super::open::io_error;
use super::partition::Hold;
use super::{Partition, Phase, Store, StoreError};
use crate::commit::entry::{Entry, HEAD_LEN, bare_head};
use crate::disk::Disk;
use crate::limits::LOG_FILE_BYTES_MIN;
use crate::partition::FlushWant;
use crate::partition::files::SegmentFile;
use crate::planted::{Bug, planted};
use ringlog_wire::ids::Offset;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// End of the names of files that wait to be removed: Kafka's.
pub(super) const DELETED_SUFFIX: &str = ".deleted";

/// Files that a segment leaves behind when it goes.
pub(super) const LEFT: [SegmentFile; 5] = [
    SegmentFile::Log,
    SegmentFile::Index,
    SegmentFile::TimeIndex,
    SegmentFile::TxnIndex,
    SegmentFile::Snapshot,
];

/// Log starts that move with one wait for the device: their entries fit any commit log beside what is in it.
const RAISED_AT_ONCE: usize = 128;
const _: () = assert!(RAISED_AT_ONCE * HEAD_LEN <= LOG_FILE_BYTES_MIN as usize / 4, "they fit a frame");

/// A partition whose segments below its log start are to go.
pub struct Shed<D: Disk> {
    /// Which.
    pub partition: Rc<Partition<D>>,
    /// The active segment too, if it lies wholly below: it is closed for that.
    pub active: bool,
    /// `file.delete.delay.ms`.
    pub delay_ms: u64,
}

/// A segment that left its log; its files wait for a checkpoint that does not know it.
pub(super) struct Dropped<D: Disk> {
    partition: Rc<Partition<D>>,
    base: Offset,
    delay_ms: u64,
}

/// Files that wait to be removed.
pub(super) struct Doomed {
    /// When, ms of the caller's steady clock.
    due_ms: u64,
    dir: PathBuf,
    base: Offset,
}

impl<D: Disk> Store<D> {
    /// Moves the log starts of partitions up. On return they are durable and readers see them; an offset below a
    /// partition's present log start changes nothing. One wait for the device for each 128, and for room in the log.
    ///
    /// Errors: an offset beyond what is durable (nothing was changed); offline, closing: some may have moved.
    pub async fn raise_log_starts(&self, raises: &[(Rc<Partition<D>>, Offset)]) -> Result<(), StoreError> {
        if self.phase.get() != Phase::Open || self.is_offline() {
            return Err(self.offline_error());
        }
        let beyond = raises.iter().find(|(p, to)| *to > p.offsets().durable);
        if let Some((partition, to)) = beyond {
            return Err(StoreError::Misuse(format!("{partition:?} is not durable up to offset {to}")));
        }
        for some in raises.chunks(RAISED_AT_ONCE) {
            self.raise_some(some).await?;
        }
        Ok(())
    }

    async fn raise_some(&self, raises: &[(Rc<Partition<D>>, Offset)]) -> Result<(), StoreError> {
        // As an append does: frames beyond the log's room could never be written, since recycling waits for them.
        // A log that finds no space for its files keeps room for these few: deletions make space.
        // A log start that moves while the last bytes go to another directory would stay behind: it waits, too.
        let held = || raises.iter().any(|(p, _)| p.hold.get() == Hold::Waits && !p.deleted.get());
        let full = || self.fill_refused.get().is_none() && !self.has_room(raises.len() * HEAD_LEN, false);
        while held() || full() {
            self.room().await;
            if self.phase.get() != Phase::Open || self.is_offline() {
                return Err(self.offline_error());
            }
        }
        if let Some((lost, _)) = raises.iter().find(|(p, _)| p.hold.get() == Hold::Lost) {
            return Err(StoreError::Offline(format!("{lost:?} may have moved to another directory")));
        }
        for (partition, to) in raises {
            assert!(partition.is_of(self), "{partition:?} is of another store");
            let offsets = partition.offsets();
            if *to <= offsets.log_start.max(partition.starting.get()) || partition.deleted.get() {
                continue;
            }
            // Any checkpoint from now on knows it: the entry may go with its log file.
            partition.starting.set(*to);
            self.starts_changed.set(true);
            let head = bare_head(&Entry::LogStart { partition: partition.id(), offset: *to });
            let entry = EntryFor { head, parts: &[], first: None, end: offsets.durable, carries: false };
            if !planted(Bug::LogStartNotLogged) {
                self.enter(partition, &entry, 0);
            }
        }
        if !planted(Bug::LogStartAnsweredEarly) && !self.frames_durable().await {
            return Err(self.offline_error());
        }
        for (partition, to) in raises {
            let raised = partition.log.borrow_mut().raise_log_start(*to);
            assert!(raised, "asked above, and the durable offset never goes back");
        }
        Ok(())
    }

    /// Lets the segments go that lie wholly below the log starts of these partitions. Their files go when
    /// `remove_doomed` is called after their delay. Returns how many segments went.
    ///
    /// Errors: offline from now on, unless the store is closing.
    pub async fn shed(
        &self,
        partitions: &[Shed<D>],
        wall_ms: i64,
        steady_ms: u64,
    ) -> Result<u64, StoreError> {
        for shed in partitions {
            if self.phase.get() != Phase::Open || self.is_offline() {
                break;
            }
            match self.shed_one(shed, wall_ms).await {
                Ok(bases) => {
                    let one = |base| Dropped {
                        partition: Rc::clone(&shed.partition),
                        base,
                        delay_ms: shed.delay_ms,
                    };
                    self.dropped.borrow_mut().extend(bases.into_iter().map(one));
                }
                Err(_) if shed.partition.deleted.get() => {}
                Err(e) if e.kind() == io::ErrorKind::StorageFull => {}
                Err(e) => return Err(self.front_failed(&shed.partition, &e)),
            }
            super::wait::give_way().await;
        }
        if self.dropped.borrow().is_empty() || self.phase.get() != Phase::Open {
            return Ok(0);
        }
        let dropped = std::mem::take(&mut *self.dropped.borrow_mut());
        // The files go only when no start needs them any more.
        let known = match planted(Bug::FilesGoBeforeCheckpoint) {
            true => Ok(Some(0)),
            false => self.write_checkpoint(false).await,
        };
        match known {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(0),
            Err(e) if e.kind() == io::ErrorKind::StorageFull => {
                self.dropped.borrow_mut().extend(dropped);
                return Ok(0);
            }
            Err(e) => {
                self.go_offline("a checkpoint cannot be written", &e);
                return Err(self.offline_error());
            }
        }
        let count = dropped.len() as u64;
        let mut last: Option<Rc<Partition<D>>> = None;
        for Dropped { partition, base, delay_ms } in dropped {
            let dir = partition.dir().to_owned();
            let again = last.as_ref().is_some_and(|last| Rc::ptr_eq(last, &partition));
            if let Err(e) = self.mark_deleted(&partition, base, !again).await
                && !partition.deleted.get()
            {
                return Err(self.front_failed(&partition, &e));
            }
            last = Some(partition);
            let due_ms = steady_ms.saturating_add(delay_ms);
            self.doomed.borrow_mut().push(Doomed { due_ms, dir, base });
            super::wait::give_way().await;
        }
        Ok(count)
    }

    /// Removes the files whose delay is over, one segment after the other. Returns when the next ones are due, ms.
    pub async fn remove_doomed(&self, steady_ms: u64) -> Option<u64> {
        loop {
            let next = {
                let mut doomed = self.doomed.borrow_mut();
                let due = doomed.iter().position(|d| d.due_ms <= steady_ms);
                due.map(|at| doomed.swap_remove(at))
            };
            let Some(Doomed { dir, base, .. }) = next.filter(|_| !self.is_offline()) else { break };
            for kind in LEFT {
                let path = deleted_path(&dir, kind, base);
                // What cannot be removed is tried again in the next life; so is the file of a deleted partition.
                let _ = self.remove_file(&path).await;
            }
            super::wait::give_way().await;
        }
        self.doomed.borrow().iter().map(|d| d.due_ms).min()
    }

    /// Memory first: afterwards no reader and no writer finds the segments any more.
    async fn shed_one(&self, shed: &Shed<D>, wall_ms: i64) -> io::Result<Vec<Offset>> {
        let partition = &shed.partition;
        if shed.active {
            self.close_active_below_start(partition, wall_ms).await;
        }
        if partition.log.borrow().has_expired_front() {
            // A closed segment goes once its last bytes are in its file: no later flush makes that file again.
            self.flush_partition(Rc::clone(partition), FlushWant::WholeBlocks { min: 1 }, usize::MAX).await?;
        }
        let _inside = partition.gate.enter().await;
        if partition.deleted.get() || self.phase.get() != Phase::Open {
            return Ok(Vec::new());
        }
        let written = match partition.write_rolls(&self.disk).await {
            // Durable with the checkpoint that comes before any file goes.
            Ok(()) => partition.make_newest_file(&self.disk).await,
            done => done.map(|()| false),
        };
        let cap = match written {
            Ok(_) => Offset(u64::MAX),
            // On a full disk those go whose files nothing is to be written to any more.
            Err(e) if e.kind() == io::ErrorKind::StorageFull => partition.first_busy(),
            Err(e) => return Err(e),
        };
        let dropped = partition.log.borrow_mut().drop_front(cap);
        let bases: Vec<Offset> = dropped.iter().map(|s| s.base).collect();
        partition.forget_files(&bases);
        if !planted(Bug::DropNotTold) {
            self.reader.dropped(partition.id(), &bases);
        }
        Ok(bases)
    }

    /// Closes the active segment if all that it holds lies below the log start.
    async fn close_active_below_start(&self, partition: &Rc<Partition<D>>, wall_ms: i64) {
        let _inside = partition.gate.enter().await;
        if self.phase.get() != Phase::Open || self.is_offline() {
            return;
        }
        let mut log = partition.log.borrow_mut();
        let empty = log.segments().active().size == 0;
        if empty || log.log_start() < log.end() || partition.bypass.get() || partition.deleted.get() {
            return;
        }
        if partition.must_carry.get() {
            partition.carry_into(self, &log);
        }
        log.roll(wall_ms);
    }

    /// Renames the files of a segment. `first`: of this partition none was renamed yet in this round.
    async fn mark_deleted(&self, partition: &Partition<D>, base: Offset, first: bool) -> io::Result<()> {
        if first {
            partition.remove_snapshots_below_front(&self.disk).await?;
        }
        for kind in LEFT {
            let from = partition.dir().join(kind.name(base));
            match self.disk.rename(&from, &deleted_path(partition.dir(), kind, base)).await {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        Ok(())
    }

    fn front_failed(&self, partition: &Partition<D>, e: &io::Error) -> StoreError {
        self.go_offline(&format!("deleting segments of {partition:?} failed"), e);
        io_error(format!("deleting segments of {partition:?}"))(io::Error::new(e.kind(), e.to_string()))
    }
}

fn deleted_path(dir: &Path, kind: SegmentFile, base: Offset) -> PathBuf {
    dir.join(format!("{}{DELETED_SUFFIX}", kind.name(base)))
}

impl<D: Disk> Partition<D> {
    /// True if segments of it may be on disk that are not in its log any more: an earlier life was interrupted.
    #[must_use]
    pub fn may_have_left_files(&self) -> bool {
        !self.tidied.get() && self.offsets().log_start > Offset::ZERO
    }

    /// A batch came at `steady_ms` of a clock that never jumps.
    pub fn note_append(&self, steady_ms: u64) {
        self.log.borrow_mut().note_append(steady_ms);
    }
}
