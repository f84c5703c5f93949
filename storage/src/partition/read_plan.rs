//! Where a read finds its batches: in the tail's memory, or in a segment file that `read` must look up.
//!
//! Owner: one partition; pure. Invariants: a plan names whole batches only, at least one where one lies below
//! `upto`, and nothing at or beyond `upto`. Cost from memory: a binary search and at most two short walks.

use super::index::{OffsetEntry, TimeEntry};
use super::log::PartitionLog;
use super::tail::{LogPosition, Mark};
use crate::few::Few;
use crate::planted::{Bug, planted};
use bytes::Bytes;
use ringlog_wire::ids::Offset;

/// The offset asked for is not in the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfRange {
    /// First readable offset.
    pub log_start: Offset,
    /// Log end offset.
    pub end: Offset,
}

/// Whole batches from memory.
#[derive(Clone, Debug)]
pub struct MemoryRead {
    /// Base offset of the first batch; it may lie below the offset asked for.
    pub base: Offset,
    /// Offset behind the last batch.
    pub next: Offset,
    /// The bytes, in order.
    pub parts: Few<Bytes>,
    /// Their sum.
    pub len: usize,
}

/// A read that starts in a segment file.
#[derive(Clone, Debug)]
pub struct ColdRead {
    /// The first offset wanted.
    pub from: Offset,
    /// Nothing at or beyond.
    pub upto: Offset,
    /// The part of the segment up to where whole batches in memory start. Its `memory` is the rest of a batch
    /// that the file holds only in part.
    pub bytes: SegmentBytes,
}

/// Where all bytes of a segment are.
#[derive(Clone, Debug)]
pub struct SegmentBytes {
    /// Base offset of the segment.
    pub segment: Offset,
    /// Base offset of the next, or the log's end.
    pub segment_end: Offset,
    /// The first bytes, from the file.
    pub in_file: u64,
    /// All bytes.
    pub end: u64,
    /// The bytes from `in_file` on.
    pub memory: Vec<Bytes>,
}

/// The plan of a read.
#[derive(Clone, Debug)]
pub enum ReadPlan {
    /// Nothing to read below `upto`.
    Empty,
    /// All from memory.
    Memory(MemoryRead),
    /// Look up in a file.
    Cold(ColdRead),
}

impl PartitionLog {
    /// Plans a read of up to `max_bytes` from `from`, bounded by `upto` (high watermark, LSO or LEO).
    ///
    /// The first batch is planned even if it is longer than `max_bytes`. Errors: `from` below the log start or
    /// beyond the end.
    pub fn plan_read(&self, from: Offset, max_bytes: usize, upto: Offset) -> Result<ReadPlan, OutOfRange> {
        let (log_start, end) = (self.log_start(), self.end());
        if from < log_start || from > end {
            return Err(OutOfRange { log_start, end });
        }
        let upto = upto.min(end);
        if from >= upto {
            return Ok(ReadPlan::Empty);
        }
        match self.tail.mark_for(from) {
            Some(mark) => Ok(self.plan_memory(mark, from, max_bytes, upto)),
            None => Ok(self.plan_cold(from, upto)),
        }
    }

    fn plan_memory(&self, mark: Mark, from: Offset, max_bytes: usize, upto: Offset) -> ReadPlan {
        let mut start = mark;
        let mut next = self.next_boundary(start);
        while next.base <= from {
            start = self.same_or_next_segment(next);
            next = self.next_boundary(start);
        }
        if planted(Bug::MidBatchSkipped) && start.base < from && next.base < upto {
            start = self.same_or_next_segment(next);
            next = self.next_boundary(start);
        }
        if next.base > upto {
            return ReadPlan::Empty;
        }
        // Within one segment: a response rarely meets a roll, and the next fetch goes on behind it.
        let segment = start.at.segment;
        let size = self.segments.find(segment).map_or(0, |s| s.size);
        let limit = LogPosition { segment, pos: start.at.pos.saturating_add(max_bytes as u64).min(size) };
        let mut end = next;
        for near in [self.tail.mark_at(limit), self.tail.mark_for(upto)].into_iter().flatten() {
            let usable =
                near.at.segment == segment && near.at > end.at && near.at <= limit && near.base <= upto;
            if usable {
                end = near;
            }
        }
        while end.at.pos < limit.pos {
            let further = self.next_boundary(end);
            if further.at.pos > limit.pos || further.base > upto {
                break;
            }
            end = further;
        }
        let parts =
            self.tail.few_slices(segment, start.at.pos, end.at.pos).expect("marked batches are in memory");
        let len = (end.at.pos - start.at.pos) as usize;
        ReadPlan::Memory(MemoryRead { base: start.base, next: end.base, parts, len })
    }

    fn plan_cold(&self, from: Offset, upto: Offset) -> ReadPlan {
        let Some(segment) = self.segments.containing(from) else { return ReadPlan::Empty };
        let end = match self.tail.first_batch() {
            Some(first) if first.at.segment == segment.base => first.at.pos,
            _ => segment.size,
        };
        let in_file = segment.flushed.min(end);
        let rest = self.tail.slices(segment.base, in_file, end);
        let memory =
            if in_file < end { rest.expect("what is not in the file is in memory") } else { Vec::new() };
        let segment_end = self.segments.end_of(segment.base, self.end());
        let bytes = SegmentBytes { segment: segment.base, segment_end, in_file, end, memory };
        ReadPlan::Cold(ColdRead { from, upto, bytes })
    }

    /// A boundary at the end of a closed segment, told as the start of the next one.
    pub(super) fn same_or_next_segment(&self, mark: Mark) -> Mark {
        match self.segments.after(mark.at.segment) {
            Some(next) if next.base == mark.base => {
                Mark { at: LogPosition { segment: next.base, pos: 0 }, ..mark }
            }
            _ => mark,
        }
    }

    /// Offset of the first batch at or behind byte `pos` of `segment`, which is where whole batches in memory
    /// start, or the segment's end. `None` if the log ends there.
    #[must_use]
    pub fn next_batch_offset(&self, segment: Offset, pos: u64) -> Option<Offset> {
        let first = self.tail.first_batch().filter(|m| m.at >= LogPosition { segment, pos });
        let next = self.segments.after(segment).map(|s| s.base);
        match (first, next) {
            (Some(m), Some(n)) => Some(m.base.min(n)),
            (m, n) => m.map(|m| m.base).or(n),
        }
    }

    /// Where to start scanning `segment` for `offset`, from index entries in memory; `None`: ask its file.
    #[must_use]
    pub fn index_position(&self, segment: Offset, offset: Offset) -> Option<u32> {
        let s = self.segments.find(segment)?;
        let relative = s.relative(offset).unwrap_or(i32::MAX as u32);
        s.index.position_for(relative)
    }

    /// The last index entry at or below byte `position` of `segment`, from memory; `None`: ask its file.
    #[must_use]
    pub fn index_entry_at(&self, segment: Offset, position: u64) -> Option<OffsetEntry> {
        self.segments.find(segment)?.index.entry_at(u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// The last time index entry of `segment` at or below `timestamp`, from memory; `None`: ask its file.
    #[must_use]
    pub fn index_time(&self, segment: Offset, timestamp: i64) -> Option<TimeEntry> {
        self.segments.find(segment)?.index.time_for(timestamp)
    }

    /// The last time index entry of `segment` for records below `offset`, from memory; `None`: ask its file.
    #[must_use]
    pub fn index_time_below(&self, segment: Offset, offset: Offset) -> Option<TimeEntry> {
        let s = self.segments.find(segment)?;
        let relative = s.relative(offset).unwrap_or(i32::MAX as u32);
        let below = s.index.times.partition_point(|e| e.relative < relative);
        s.index.times.get(below.checked_sub(1)?).copied()
    }

    /// All bytes of `segment`: those that only the file has, and those that are in memory.
    #[must_use]
    pub fn segment_bytes(&self, segment: Offset) -> Option<SegmentBytes> {
        let s = self.segments.find(segment)?;
        let in_file = match self.tail.start() {
            Some(start) if start.segment == segment => start.pos,
            Some(start) if start.segment < segment => 0,
            _ => s.size,
        };
        let memory = self.tail.slices(segment, in_file, s.size).unwrap_or_default();
        let segment_end = self.segments.end_of(segment, self.end());
        Some(SegmentBytes { segment, segment_end, in_file, end: s.size, memory })
    }

    /// How many entries of `segment`'s `.index` and `.timeindex` count; later ones may be stale.
    #[must_use]
    pub fn persisted_index(&self, segment: Offset) -> (u32, u32) {
        self.segments.find(segment).map_or((0, 0), |s| (s.index.persisted_offsets, s.index.persisted_times))
    }

    /// The first segment that holds a record of at least `timestamp` at or above the log start and `from`.
    #[must_use]
    pub fn segment_with_timestamp(&self, timestamp: i64, from: Offset) -> Option<Offset> {
        self.segments
            .iter()
            .filter(|s| self.segments.end_of(s.base, self.end()) > from)
            .find(|s| s.max_timestamp.is_some_and(|m| m.timestamp >= timestamp))
            .map(|s| s.base)
    }

    /// The largest timestamp of the log and the last offset of the first batch that has it.
    #[must_use]
    pub fn max_timestamp_batch(&self) -> Option<super::index::TimestampAt> {
        let mut max: Option<super::index::TimestampAt> = None;
        for at in self.segments.iter().filter_map(|s| s.max_timestamp) {
            if max.is_none_or(|m| at.timestamp > m.timestamp) {
                max = Some(at);
            }
        }
        max
    }
}
