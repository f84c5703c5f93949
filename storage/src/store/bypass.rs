//! Large batches go straight to their segment; an extent entry in the commit log then acknowledges them (D3).
//!
//! Owner: the store. Invariants: while a partition is in bypass, none of its bytes enter a frame as they are
//! appended. A round takes everything up to a batch boundary: whole blocks are written, the file and its name are
//! synced (on ext4 the durable write of another file does not commit this file's size and extents), and only then
//! one frame gets the extents and the bytes of the last block: so recovery finds whole batches or nothing. Mostly the
//! frame need not wait for the bytes (`beside`).

use super::beside::goes_beside;
use super::frames::EntryFor;
use super::wait::{both, give_way, side_by_side};
use super::{AppendReject, Partition, Store};
use crate::buf::BLOCK;
use crate::commit::entry::{Entry, Extent, append_head, bare_head};
use crate::disk::Disk;
use crate::limits::{FLUSH_WRITES_MAX, WAITED_BYTES};
use crate::partition::tail::block_floor;
use crate::partition::{FlushJob, FlushWant, LogPosition};
use crate::planted::{Bug, planted};
use bytes::Bytes;
use ringlog_wire::crc::{crc32c_append, crc32c_combine};
use ringlog_wire::ids::{LeaderEpoch, Offset};
use std::io;
use std::rc::Rc;

/// What is left behind the last whole block of a round and may go through the log, bytes: the bypass ends.
const REST_MAX: u64 = 64 << 10;

/// Why the directory is offline.
pub(super) const PAST_THE_LOG: &str = "writing past the commit log failed";

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

    /// Makes durable what goes past the commit log: whoever appended waits for it, so it belongs beside `commit_next`.
    /// Runs until the store is closed or offline.
    pub async fn bypass_loop(&self) {
        loop {
            let due = || !self.full.get() && !self.bypassing.borrow().is_empty();
            self.flush_wake.until(|| self.stopped() || due()).await;
            if self.stopped() {
                return;
            }
            let some = std::mem::take(&mut *self.bypassing.borrow_mut());
            let done = side_by_side(some, FLUSH_WRITES_MAX, |p| self.bypass_partition(p)).await;
            if let Some(e) = done.into_iter().find_map(Result::err) {
                self.go_offline(PAST_THE_LOG, &e);
                return;
            }
        }
    }

    async fn bypass_partition(&self, partition: Rc<Partition<D>>) -> io::Result<()> {
        match self.bypass_round(&partition).await {
            Err(e) if e.kind() == io::ErrorKind::StorageFull => {
                self.bypassing.borrow_mut().push(partition);
                self.on_full().await;
                Ok(())
            }
            done => done,
        }
    }

    /// One round of one partition; it comes back into the list while much is left.
    async fn bypass_round(&self, partition: &Rc<Partition<D>>) -> io::Result<()> {
        let inside = partition.gate.enter().await;
        if partition.deleted.get() || !self.carried(partition).await {
            return Ok(());
        }
        partition.write_rolls(&self.disk).await?;
        let (target, end) = {
            let log = partition.log.borrow();
            (log.segments().end_position(), log.end())
        };
        let synced = !planted(Bug::BypassNotSynced);
        let last = loop {
            let job = partition.log.borrow_mut().flush_plan(FlushWant::WholeBlocks { min: 1 }, WAITED_BYTES);
            let Some(job) = job.and_then(|job| upto(job, target)) else { break None };
            if goes_beside(partition, &job, target) {
                break Some(job);
            }
            // While the device has the bytes there is time for their sum.
            let mut sum = 0;
            let written = both(self.write_job(partition, &job, synced), async { sum = sum_of(&job) }).await;
            written.0?;
            // Kept with the partition: should the round stop here, the next one goes on from these.
            add_extent(&mut partition.extents.borrow_mut(), partition, &job, sum);
            partition.write_rolls(&self.disk).await?;
        };
        if synced && !(last.is_some() && planted(Bug::BesideBeforeSync)) {
            // What a flush wrote, what was cut behind its bytes, and names.
            partition.sync_writes(&self.disk).await?;
        }
        match last {
            Some(job) => self.write_beside(partition, &job, (target, end)).await?,
            None => {
                let extents = partition.extents.take();
                let from = partition.log.borrow().flushed_position();
                self.acknowledge(partition, &extents, (from, target, end));
            }
        }
        drop(inside);
        self.progress.notify();
        // The frame is handed over before the next long write: behind that it would wait in the device's queue. It is
        // not waited for: it may itself wait for a log file that only a round of this loop sets free.
        give_way().await;
        self.give_back_memory().await;
        Ok(())
    }

    /// Enters the extents, which end at `from`, and what follows the last whole block, all in one frame. The log ended
    /// at `target` and at offset `end` when the round began.
    pub(super) fn acknowledge(
        &self,
        partition: &Rc<Partition<D>>,
        extents: &[Extent],
        (from, target, end): (LogPosition, LogPosition, Offset),
    ) {
        let log = partition.log.borrow();
        let now = log.segments().end_position();
        let rest_max = REST_MAX.min(self.frames.borrow().entry_max() as u64 / 2);
        let all = now.segment == from.segment && now.pos - from.pos <= rest_max;
        let (upto, end) = if all { (now, log.end()) } else { (target, end) };
        let rest = if upto > from && upto.segment == from.segment {
            log.tail_bytes(from, upto.pos).expect("un-flushed bytes are in memory")
        } else {
            Vec::new()
        };
        let epoch = log.epochs().latest().unwrap_or(LeaderEpoch(0));
        drop(log);
        let len: usize = rest.iter().map(Bytes::len).sum();
        if len > 0 || !extents.is_empty() {
            self.frames.borrow_mut().begin_group(extents.len() + 1, len);
            self.commit_wake.notify();
        }
        for extent in extents {
            let head = bare_head(&Entry::Extent(*extent));
            self.enter(partition, &EntryFor { head, parts: &[], first: None, end, carries: false }, 0);
            self.bypassed.set(self.bypassed.get() + u64::from(extent.len));
            self.count(|s| s.bypass_bytes += u64::from(extent.len));
        }
        if len > 0 {
            let head = append_head(partition.id(), epoch, from.segment, from, len);
            let parts: Vec<&[u8]> = rest.iter().map(|b| &**b).collect();
            self.enter(
                partition,
                &EntryFor { head, parts: &parts, first: Some(from), end, carries: true },
                0,
            );
        }
        if all {
            partition.bypass.set(false);
        } else {
            self.bypassing.borrow_mut().push(Rc::clone(partition));
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

    /// True while no records are taken for lack of space.
    pub(super) fn is_full(&self) -> bool {
        self.full.get() || self.shortage().is_some()
    }

    /// What an append is told that found no room: waiting does not help while the log itself finds no space.
    pub(super) fn no_room(&self) -> AppendReject {
        match self.fill_refused.get() {
            Some(shortage) => {
                self.note_shortage(shortage);
                AppendReject::NoSpace
            }
            None => AppendReject::Busy,
        }
    }

    /// True if `len` more bytes fit all budgets. What a recycle must carry always keeps its room in the log.
    pub(super) fn has_room(&self, len: usize, bypass: bool) -> bool {
        let unflushed = self.unflushed.get();
        // A batch beyond the whole budget is taken once all that can be flushed is: the rest is less than a
        // block in each partition.
        let rest = self.partitions.borrow().len() * BLOCK;
        let mut room = unflushed <= rest || unflushed + len <= self.unflushed_max();
        if !room {
            // Also below the mark from which on a flush is due anyway.
            self.pressed.set(true);
        }
        if !bypass && room {
            let frames = self.frames.borrow();
            let log = self.log.borrow();
            let carried = self.partitions.borrow().len() as u64 * CARRY_BYTES;
            let kept = carried.min(log.total() / 4) + 2 * log.shape().frame_max() as u64;
            let kept = if planted(Bug::NoRoomKept) { 0 } else { kept };
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

/// As much of `job` as lies in whole blocks below `target`, a batch boundary; a segment that was closed since is
/// taken to its end.
fn upto(mut job: FlushJob, target: LogPosition) -> Option<FlushJob> {
    if job.segment > target.segment {
        return None;
    }
    let limit = block_floor(target.pos);
    if job.segment < target.segment || job.completes || job.end_position <= limit {
        return Some(job);
    }
    let mut left = usize::try_from(limit.checked_sub(job.position)?).ok()?;
    for part in &mut job.data {
        part.truncate(left);
        left -= part.len();
    }
    job.data.retain(|part| !part.is_empty());
    job.end_position = limit;
    job.truncate_to = None;
    (!job.data.is_empty()).then_some(job)
}

/// The sum of the log bytes of `job`.
pub(super) fn sum_of(job: &FlushJob) -> u32 {
    // A padded block counts as far as it holds log bytes.
    let mut left = usize::try_from(job.end_position - job.position).expect("a flush job is bounded");
    job.data.iter().fold(0, |sum, part| {
        let bytes = part.get(..left.min(part.len())).unwrap_or_default();
        left -= bytes.len();
        crc32c_append(sum, bytes)
    })
}

/// Notes what `job` has written, whose bytes have this sum, together with what was written right before it.
fn add_extent<D: Disk>(extents: &mut Vec<Extent>, partition: &Partition<D>, job: &FlushJob, sum: u32) {
    let len = u32::try_from(job.end_position - job.position).expect("a flush job is bounded");
    match extents.last_mut() {
        Some(e) if e.place.segment == job.segment && e.len.checked_add(len).is_some() => {
            e.crc = crc32c_combine(e.crc, sum, len as usize);
            e.len += len;
        }
        _ => extents.push(extent_of(partition, job, sum)),
    }
}

/// What `job` writes, whose bytes have this sum.
pub(super) fn extent_of<D: Disk>(partition: &Partition<D>, job: &FlushJob, sum: u32) -> Extent {
    Extent {
        partition: partition.id(),
        epoch: partition.log.borrow().epochs().latest().unwrap_or(LeaderEpoch(0)),
        place: LogPosition { segment: job.segment, pos: job.position },
        len: u32::try_from(job.end_position - job.position).expect("a flush job is bounded"),
        crc: sum,
        beside: false,
    }
}
