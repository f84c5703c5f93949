//! What of a partition's tail to write to its segments next, what to carry, and what memory to give back.
//!
//! Owner: one partition; `store` does the writing, one job at a time. Invariants: jobs go oldest byte first and
//! each block is written once, whole; the last block of a closed or stopping segment is written padded and the
//! file cut to its exact length; memory is given up only for batches that are wholly in files.

use super::index::PendingIndex;
use super::log::{PartitionLog, Placement};
use super::tail::{LogPosition, Mark, block_floor};
use crate::buf::BLOCK;
use crate::planted::{Bug, planted};
use bytes::Bytes;
use ringlog_wire::ids::Offset;

/// Space reserved for a partition that has nothing yet, bytes.
const RESERVE_MIN: u64 = 64 << 10;
/// Space reserved at most for the segment after a long one, bytes: at once its next reservation is due.
const RESERVE_NEXT_MAX: u64 = 1 << 20;
/// Space reserved at once at most, bytes.
const RESERVE_MAX: u64 = 16 << 20;

/// How much to flush.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FlushWant {
    /// Whole blocks only, and only if at least `min` bytes of them (a closed segment is always finished).
    WholeBlocks {
        /// Bytes.
        min: usize,
    },
    /// Everything, the last block padded. Seals the log: for a clean stop.
    Everything,
}

/// One write to a segment file.
#[derive(Clone, Debug)]
pub struct FlushJob {
    /// Which segment.
    pub segment: Offset,
    /// Where in its file, a block boundary.
    pub position: u64,
    /// Whole blocks, sharing the tail's memory.
    pub data: Vec<Bytes>,
    /// Cut the file to this length after the write: it ends with padding or with reserved space.
    pub truncate_to: Option<u64>,
    /// Log bytes in the file after the job.
    pub end_position: u64,
    /// True if the segment is closed and complete after this job: sync it, write its indexes.
    pub completes: bool,
}

/// The partly filled last block of the log.
#[derive(Clone, Debug)]
pub struct Carry {
    /// Where it lies.
    pub placement: Placement,
    /// The log's end offset: an upper bound of the offsets in it.
    pub end: Offset,
    /// Its bytes.
    pub bytes: Bytes,
}

/// For which file to reserve space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReserveTarget {
    /// The active segment, by base offset.
    Active(Offset),
    /// The segment after it, whose base is not known yet.
    Next,
}

/// Space to reserve: bytes `position..position + len`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReserveJob {
    /// Which file.
    pub target: ReserveTarget,
    /// From which byte.
    pub position: u64,
    /// How many.
    pub len: u64,
}

impl PartitionLog {
    /// Log bytes that are not in their files yet.
    #[must_use]
    pub fn unflushed_bytes(&self) -> usize {
        self.segments.unflushed() as usize
    }

    /// Memory of the tail, flushed or not, bytes.
    #[must_use]
    pub fn tail_memory(&self) -> usize {
        self.tail.memory()
    }

    /// The bytes `from..to` of one segment, which must be in memory.
    #[must_use]
    pub fn tail_bytes(&self, from: LogPosition, to: u64) -> Option<Vec<Bytes>> {
        self.tail.slices(from.segment, from.pos, to)
    }

    /// The oldest byte that is not in its file; the log's end if all are.
    #[must_use]
    pub fn flushed_position(&self) -> LogPosition {
        match self.segments.oldest_unflushed() {
            Some(s) => LogPosition { segment: s.base, pos: s.flushed },
            None => self.segments.end_position(),
        }
    }

    /// The next write, if `want` asks for one, of `longest` bytes at most (whole blocks). Changes nothing that a
    /// second call would not do again.
    #[must_use]
    pub fn flush_plan(&mut self, want: FlushWant, longest: usize) -> Option<FlushJob> {
        let longest = longest as u64;
        let segment = self.segments.oldest_unflushed()?;
        let (base, from, size) = (segment.base, segment.flushed, segment.size);
        let closed = base != self.segments.active().base;
        let whole = block_floor(size).saturating_sub(from);
        let finish = closed || want == FlushWant::Everything;
        if finish && size - from <= longest {
            self.sealed |= !closed;
            let padded = !size.is_multiple_of(BLOCK as u64);
            let data =
                if padded { self.tail.sealed_slices(base, from) } else { self.tail.slices(base, from, size) };
            return Some(FlushJob {
                segment: base,
                position: from,
                data: data.expect("un-flushed bytes are in memory"),
                truncate_to: Some(size),
                end_position: size,
                completes: closed,
            });
        }
        let min = if let (FlushWant::WholeBlocks { min }, false) = (want, closed) { min as u64 } else { 1 };
        if whole < min.max(1) {
            return None;
        }
        let to = from + whole.min(longest);
        let data = self.tail.slices(base, from, to).expect("un-flushed bytes are in memory");
        Some(FlushJob {
            segment: base,
            position: from,
            data,
            truncate_to: None,
            end_position: to,
            completes: false,
        })
    }

    /// After `job` was written (and its file cut, if it says so). The memory may go now.
    ///
    /// Returns true if the job's segment is closed and complete.
    pub fn on_flushed(&mut self, job: &FlushJob) -> bool {
        let oldest = self.segments.oldest_unflushed().map(|s| (s.base, s.flushed));
        assert_eq!(oldest, Some((job.segment, job.position)), "flushed out of order");
        let segment = self.segments.find_mut(job.segment).expect("the oldest un-flushed segment exists");
        assert!(job.end_position <= segment.size, "flushed beyond the segment's end");
        segment.flushed = job.end_position;
        let written = self.boundary_below(LogPosition { segment: job.segment, pos: job.end_position });
        if let Some(written) = written.filter(|w| w.base >= self.written.base) {
            self.written = self.same_or_next_segment(written);
        }
        self.state.raise_durable(self.state.durable(), self.written.base);
        job.completes
    }

    /// The un-flushed part of the last block, to enter the newest commit log frame again; `None` if empty.
    #[must_use]
    pub fn carry(&self) -> Option<Carry> {
        let active = self.segments.active();
        let from = block_floor(active.size).max(active.flushed);
        if from == active.size {
            return None;
        }
        let mut parts =
            self.tail.slices(active.base, from, active.size).expect("un-flushed bytes are in memory");
        let bytes = parts.pop().expect("a block lies in one piece");
        assert!(parts.is_empty(), "a block lies in one piece");
        let placement = Placement { segment: active.base, position: from, len: bytes.len() as u32 };
        Some(Carry { placement, end: self.end(), bytes })
    }

    /// Gives back memory of flushed batches, oldest first, until at least `want` bytes or all that can go.
    /// Returns the bytes given back (slices in flight keep theirs a little longer).
    pub fn evict(&mut self, want: usize) -> usize {
        if want == 0 {
            return 0;
        }
        // A batch must be wholly in files or wholly in memory, or a read would have to join both.
        let safe = self.flushed_position().min(self.written.at);
        let freed = self.drop_pieces(safe, want);
        if freed >= want {
            return freed;
        }
        let keep = LogPosition { pos: block_floor(safe.pos), ..safe };
        let first = self.boundary_from(keep);
        let first = (first.at < self.segments.end_position()).then_some(first);
        freed + self.tail.shrink_last(keep, first)
    }

    fn drop_pieces(&mut self, safe: LogPosition, want: usize) -> usize {
        let mut freed = 0;
        while freed < want {
            let Some(cut) = self.tail.after_first(self.segments.active().base) else { break };
            if cut > safe {
                break;
            }
            let first = self.boundary_from(cut);
            let first = (first.at < self.segments.end_position()).then_some(first);
            freed += self.tail.drop_first(first);
        }
        freed
    }

    /// The first batch boundary at or behind `at`, which is in the tail or at the end of what is in files.
    pub(super) fn boundary_from(&self, at: LogPosition) -> Mark {
        let noted = self
            .tail
            .mark_at(at)
            .filter(|m| m.at.segment == at.segment)
            .or_else(|| self.tail.mark_from(at).filter(|m| m.at.segment == at.segment));
        let mut mark = noted.unwrap_or_else(|| self.segment_end(at.segment));
        while mark.at.pos < at.pos {
            mark = self.next_boundary(mark);
        }
        mark
    }

    /// The last batch boundary at or below `at`, if the tail knows one.
    fn boundary_below(&self, at: LogPosition) -> Option<Mark> {
        let end = self.segment_end(at.segment);
        if end.at.pos == at.pos {
            return Some(end);
        }
        let mut mark = self.tail.mark_at(at).filter(|m| m.at.segment == at.segment)?;
        loop {
            let next = self.next_boundary(mark);
            if next.at.pos > at.pos {
                return Some(mark);
            }
            mark = next;
        }
    }

    /// The boundary after the batch at `mark`, in the same segment.
    pub(super) fn next_boundary(&self, mark: Mark) -> Mark {
        let head = self.tail.head_at(mark.at).expect("a marked batch is in memory");
        let at = LogPosition { pos: mark.at.pos + u64::from(head.size), ..mark.at };
        Mark { base: head.next_offset(), at }
    }

    fn segment_end(&self, base: Offset) -> Mark {
        let size = self.segments.find(base).map_or(0, |s| s.size);
        Mark { base: self.segments.end_of(base, self.end()), at: LogPosition { segment: base, pos: size } }
    }

    /// What to write to the index files of `segment`: only entries of batches that are in its file.
    #[must_use]
    pub fn pending_index(&self, segment: Offset) -> Option<PendingIndex> {
        let s = self.segments.find(segment)?;
        let below = if s.flushed == s.size { u64::MAX } else { self.written.base.since(s.base) };
        Some(s.index.pending(s.flushed, below))
    }

    /// After `pending` was written to the index files of `segment`; its entries leave the memory.
    pub fn on_index_persisted(&mut self, segment: Offset, pending: &PendingIndex) {
        if let Some(s) = self.segments.find_mut(segment) {
            s.index.on_persisted(pending);
        }
    }

    /// What to reserve next: the active segment ahead of its end, and the next one when this one is three quarters
    /// full. `wanted`: bytes of the append that waits, and whether it starts a segment. `None` if enough is reserved.
    ///
    /// Steps grow with the segment from 64 KiB to 16 MiB, so that ten thousand small partitions stay small, and are
    /// seldom: each is four times what there is.
    #[must_use]
    pub fn needs_reserve(&self, wanted: (usize, bool)) -> Option<ReserveJob> {
        let (need, rolls) = (wanted.0 as u64, wanted.1);
        let active = self.segments.active();
        let block = BLOCK as u64;
        let limit = u64::from(self.config.segment_bytes);
        let next = |need: u64| {
            let first = (active.size / 16).clamp(RESERVE_MIN, RESERVE_NEXT_MAX);
            let len = need.max(first).next_multiple_of(block);
            ReserveJob { target: ReserveTarget::Next, position: 0, len }
        };
        if rolls && !self.has_reserved(wanted.0, true) {
            return Some(next(need));
        }
        let near = active.size.clamp(RESERVE_MIN, RESERVE_MAX) / 2;
        let step = (active.size * 4).clamp(RESERVE_MIN, RESERVE_MAX);
        // A segment never gets longer than `segment.bytes`, except by one batch that is longer itself.
        let top = limit.max(active.size + need);
        let ahead = active.reserved.saturating_sub(active.size);
        if active.reserved < top && ahead < need.max(near) {
            let upto = (active.size + need + step).min(top).next_multiple_of(block);
            let len = upto.saturating_sub(active.reserved);
            let target = ReserveTarget::Active(active.base);
            return (len > 0).then_some(ReserveJob { target, position: active.reserved, len });
        }
        (active.size >= limit / 4 * 3 && !self.has_reserved(1, true)).then(|| next(0))
    }

    /// After the space of `job` is reserved.
    pub fn on_reserved(&mut self, job: &ReserveJob) {
        let upto = job.position + job.len;
        match job.target {
            ReserveTarget::Active(base) => {
                if let Some(s) = self.segments.find_mut(base) {
                    s.reserved = s.reserved.max(upto);
                }
            }
            ReserveTarget::Next => self.spare_reserved = self.spare_reserved.max(upto),
        }
    }

    /// True if `len` more bytes fit in the reserved space: of the active segment, or, if they would start a
    /// new one (`rolls`), of the space set aside for that.
    #[must_use]
    pub fn has_reserved(&self, len: usize, rolls: bool) -> bool {
        if planted(Bug::SpaceNotReserved) {
            return true;
        }
        let active = self.segments.active();
        if rolls { self.spare_reserved >= len as u64 } else { active.size + len as u64 <= active.reserved }
    }
}
