//! Large batches go straight to their segment; an extent entry in the commit log then acknowledges them (D3).
//!
//! Owner: the store. Invariants: while a partition is in bypass, none of its bytes enter a frame as bytes; each
//! round writes whole blocks, syncs the file and its name, and only then enters the extents: on ext4 the durable
//! write of another file does not commit this file's size and extents. It ends with a carried block, after which
//! everything appended is in a segment or in a frame.

use super::frames::EntryFor;
use super::wait::side_by_side;
use super::{Partition, Store};
use crate::commit::entry::{Entry, Extent, bare_head};
use crate::disk::Disk;
use crate::limits::FLUSH_WRITES_MAX;
use crate::partition::{FlushJob, FlushWant, LogPosition};
use ringlog_wire::ids::LeaderEpoch;
use std::io;
use std::rc::Rc;

/// Jobs written before a sync: a round of at most 16 MiB.
const JOBS_MAX: usize = 4;

impl<D: Disk> Store<D> {
    /// True if a batch of `len` bytes goes to its segment directly.
    pub(super) fn goes_past_the_log(&self, len: usize) -> bool {
        len >= self.config.bypass_min || len > self.frames.borrow().entry_max()
    }

    /// `len` bytes of `partition` are in its tail only: the bypass loop takes them from there.
    pub(super) fn start_bypass(&self, partition: &Rc<Partition<D>>, len: usize) {
        self.unflushed.set(self.unflushed.get() + len);
        if !partition.bypass.replace(true) {
            self.bypassing.borrow_mut().push(Rc::clone(partition));
            self.flush_wake.notify();
        }
    }

    pub(super) async fn bypass_loop(&self) {
        loop {
            self.flush_wake.until(|| self.stopped() || !self.bypassing.borrow().is_empty()).await;
            if self.stopped() {
                return;
            }
            let some = std::mem::take(&mut *self.bypassing.borrow_mut());
            let done = side_by_side(some, FLUSH_WRITES_MAX, |p| self.bypass_partition(p)).await;
            if let Some(e) = done.into_iter().find_map(Result::err) {
                self.go_offline("writing past the commit log failed", &e);
                return;
            }
        }
    }

    /// One round of one partition; it comes back into the list while more than a block is left.
    async fn bypass_partition(&self, partition: Rc<Partition<D>>) -> io::Result<()> {
        let inside = partition.gate.enter().await;
        if partition.deleted.get() || !self.carried(&partition).await {
            return Ok(());
        }
        partition.write_rolls(&self.disk).await?;
        let mut extents = Vec::new();
        for _ in 0..JOBS_MAX {
            let Some(job) = partition.log.borrow_mut().flush_plan(FlushWant::WholeBlocks { min: 1 }) else {
                break;
            };
            extents.push(self.extent_of(&partition, &job));
            self.write_job(&partition, &job).await?;
            partition.write_rolls(&self.disk).await?;
        }
        partition.sync_writes(&self.disk).await?;
        self.give_back_memory();
        self.enter_extents(&partition, &extents);
        if partition.log.borrow().has_whole_blocks() {
            self.bypassing.borrow_mut().push(Rc::clone(&partition));
        } else {
            partition.bypass.set(false);
            partition.carry_into(self, &partition.log.borrow());
        }
        drop(inside);
        self.progress.notify();
        Ok(())
    }

    fn extent_of(&self, partition: &Partition<D>, job: &FlushJob) -> Extent {
        let len = job.end_position - job.position;
        let mut left = usize::try_from(len).unwrap_or(usize::MAX);
        let mut crc = 0;
        for part in &job.data {
            // A padded block counts as far as it holds log bytes.
            let bytes = part.get(..left.min(part.len())).unwrap_or_default();
            crc = crc32c::crc32c_append(crc, bytes);
            left -= bytes.len();
        }
        Extent {
            partition: partition.id(),
            epoch: partition.log.borrow().epochs().latest().unwrap_or(LeaderEpoch(0)),
            place: LogPosition { segment: job.segment, pos: job.position },
            len: u32::try_from(len).expect("a flush job is bounded"),
            crc,
        }
    }

    fn enter_extents(&self, partition: &Rc<Partition<D>>, extents: &[Extent]) {
        let end = partition.log.borrow().written_end();
        for extent in extents {
            let head = bare_head(&Entry::Extent(*extent));
            self.enter(partition, &EntryFor { head, parts: &[], first: None, end, carries: false }, 0);
            self.bypassed.set(self.bypassed.get() + u64::from(extent.len));
            self.count(|s| s.bypass_bytes += u64::from(extent.len));
        }
    }

    /// Puts an entry into the frame being built; `unflushed`: bytes that now wait to be flushed.
    pub(super) fn enter(&self, partition: &Rc<Partition<D>>, entry: &EntryFor<'_>, unflushed: usize) {
        self.unflushed.set(self.unflushed.get() + unflushed);
        let first = {
            let mut frames = self.frames.borrow_mut();
            let first = !frames.has_work();
            frames.push(partition, entry);
            first
        };
        if first {
            self.commit_wake.notify();
        }
    }

    /// True if appends are taken at all.
    pub(super) fn takes_appends(&self) -> bool {
        self.phase.get() == super::Phase::Open && !self.is_offline()
    }

    /// True if `len` more bytes fit all budgets. What a recycle must carry always keeps its room in the log.
    pub(super) fn has_room(&self, len: usize, bypass: bool) -> bool {
        let unflushed = self.unflushed.get();
        let mut room = unflushed == 0 || unflushed + len <= self.config.unflushed_max;
        if !bypass && room {
            let frames = self.frames.borrow();
            let log = self.log.borrow();
            let carried = self.partitions.borrow().len() as u64 * CARRY_BYTES;
            let kept = carried.min(log.total() / 4) + 2 * log.shape().frame_max() as u64;
            room = frames.has_room(len) && frames.waiting_bytes() as u64 + len as u64 + kept <= log.room();
        }
        if !room {
            self.count(|s| s.busy += 1);
            self.flush_wake.notify();
        }
        room
    }
}

/// What carrying one partition's block takes at most.
const CARRY_BYTES: u64 = (crate::buf::BLOCK + crate::commit::entry::HEAD_LEN) as u64;
