//! The segments of one partition: sizes, flushed positions, timestamps, and when to start the next one.
//!
//! Owner: one partition. Invariants: base offsets rise; there is always at least one segment, the last is the
//! active one; `flushed <= size`; a segment once closed never grows.

use super::LogConfig;
use super::batch::Head;
use super::index::{Indexed, SegmentIndex, TimeEntry, TimestampAt};
use super::tail::LogPosition;
use ringlog_wire::ids::{Offset, PartitionId};
use std::collections::VecDeque;

/// One segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Offset in its file names.
    pub base: Offset,
    /// Bytes of batches, flushed or not.
    pub size: u64,
    /// Bytes that are written to the file.
    pub flushed: u64,
    /// Max timestamp of its first batch, ms: the basis of rolling by time.
    pub first_timestamp: Option<i64>,
    /// When it became the active segment, by this broker's clock, ms.
    pub created_ms: i64,
    /// Its largest timestamp.
    pub max_timestamp: Option<TimestampAt>,
    /// Sparse index.
    pub index: SegmentIndex,
    /// Bytes of the file for which space is reserved.
    pub reserved: u64,
    /// When a batch came last, ms of a clock that never jumps; `None`: not in this process's life.
    pub appended: Option<u64>,
}

impl Segment {
    /// An empty segment.
    #[must_use]
    pub fn new(base: Offset, now_ms: i64) -> Self {
        Self {
            base,
            size: 0,
            flushed: 0,
            first_timestamp: None,
            created_ms: now_ms,
            max_timestamp: None,
            index: SegmentIndex::default(),
            reserved: 0,
            appended: None,
        }
    }

    /// `offset` relative to the base, if an index can hold it.
    #[must_use]
    pub fn relative(&self, offset: Offset) -> Option<u32> {
        let relative = offset.0.checked_sub(self.base.0)?;
        i32::try_from(relative).ok().map(|r| r as u32)
    }

    /// The max timestamp as a time index entry.
    #[must_use]
    pub fn max_entry(&self) -> Option<TimeEntry> {
        let max = self.max_timestamp?;
        Some(TimeEntry { timestamp: max.timestamp, relative: self.relative(max.offset)? })
    }

    /// Takes note of a batch that starts at the segment's end.
    pub fn on_append(&mut self, head: &Head, interval: u32) {
        let last = head.last_offset();
        let last_relative = self.relative(last).expect("roll rules keep relative offsets within i32");
        if self.size == 0 && head.max_timestamp >= 0 {
            self.first_timestamp = Some(head.max_timestamp);
        }
        if head.max_timestamp >= 0 && self.max_timestamp.is_none_or(|m| head.max_timestamp > m.timestamp) {
            self.max_timestamp = Some(TimestampAt { timestamp: head.max_timestamp, offset: last });
        }
        let max = self.max_entry();
        self.index.on_append(Indexed { position: self.size, len: head.size, last_relative }, interval, max);
        self.size += u64::from(head.size);
    }
}

/// All segments of one partition, oldest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segments(VecDeque<Segment>);

impl Segments {
    /// One empty segment.
    #[must_use]
    pub fn new(base: Offset, now_ms: i64) -> Self {
        Self(VecDeque::from([Segment::new(base, now_ms)]))
    }

    /// From a checkpoint; `None` if empty, out of order or flushed beyond its size.
    #[must_use]
    pub fn from_list(list: Vec<Segment>) -> Option<Self> {
        let rising = list.windows(2).all(|w| matches!(w, [a, b] if a.base < b.base));
        let sane = list.iter().all(|s| s.flushed <= s.size);
        (!list.is_empty() && rising && sane).then(|| Self(list.into()))
    }

    /// The active segment.
    #[must_use]
    pub fn active(&self) -> &Segment {
        self.0.back().expect("there is always an active segment")
    }

    /// The active segment.
    pub fn active_mut(&mut self) -> &mut Segment {
        self.0.back_mut().expect("there is always an active segment")
    }

    /// All, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Segment> + ExactSizeIterator {
        self.0.iter()
    }

    /// The segment with base offset `base`.
    #[must_use]
    pub fn find(&self, base: Offset) -> Option<&Segment> {
        self.0.get(self.0.binary_search_by_key(&base, |s| s.base).ok()?)
    }

    /// The segment with base offset `base`.
    pub fn find_mut(&mut self, base: Offset) -> Option<&mut Segment> {
        let i = self.0.binary_search_by_key(&base, |s| s.base).ok()?;
        self.0.get_mut(i)
    }

    /// The segment that holds `offset` if any does: the last whose base is not above it.
    #[must_use]
    pub fn containing(&self, offset: Offset) -> Option<&Segment> {
        let next = self.0.partition_point(|s| s.base <= offset);
        self.0.get(next.checked_sub(1)?)
    }

    /// The segment after the one with base `base`.
    #[must_use]
    pub fn after(&self, base: Offset) -> Option<&Segment> {
        self.0.get(self.0.partition_point(|s| s.base <= base))
    }

    /// Offset at which `base`'s segment ends: the base of the next, or `end` for the active one.
    #[must_use]
    pub fn end_of(&self, base: Offset, end: Offset) -> Offset {
        self.after(base).map_or(end, |s| s.base)
    }

    /// Starts a new active segment.
    pub fn push(&mut self, segment: Segment) {
        assert!(segment.base > self.active().base, "segment {} does not rise", segment.base);
        self.0.push_back(segment);
    }

    /// Removes and returns the segments that lie wholly below `offset`, never the active one.
    pub fn remove_below(&mut self, offset: Offset) -> Vec<Segment> {
        let mut removed = Vec::new();
        while self.0.get(1).is_some_and(|next| next.base <= offset) {
            removed.extend(self.0.pop_front());
        }
        removed
    }

    /// Puts `segment`, which is closed and complete, in the place of the closed, complete ones with the bases
    /// `replaced`, which follow each other and start with its own. False, and no change, if they are not so.
    pub fn replace(&mut self, replaced: &[Offset], segment: Segment) -> bool {
        let Ok(at) = self.0.binary_search_by_key(&segment.base, |s| s.base) else { return false };
        let there = self.0.range(at..).take(replaced.len());
        let same = there.clone().map(|s| s.base).eq(replaced.iter().copied());
        let closed = at + replaced.len() < self.0.len();
        if !same || !closed || there.clone().any(|s| s.flushed < s.size) {
            return false;
        }
        self.0.drain(at..at + replaced.len());
        self.0.insert(at, segment);
        true
    }

    /// Drops the segments that start at or beyond `offset`, except the first of all.
    pub fn remove_from(&mut self, offset: Offset) -> Vec<Segment> {
        let mut removed = Vec::new();
        while self.0.len() > 1 && self.active().base >= offset {
            removed.extend(self.0.pop_back());
        }
        removed
    }

    /// Bytes not yet written to their files.
    #[must_use]
    pub fn unflushed(&self) -> u64 {
        self.unflushed_segments().map(|s| s.size - s.flushed).sum()
    }

    /// The oldest segment with bytes that are not in its file.
    #[must_use]
    pub fn oldest_unflushed(&self) -> Option<&Segment> {
        self.unflushed_segments().filter(|s| s.flushed < s.size).last()
    }

    /// Newest first. Files are written oldest first, so the unfinished ones are the last ones.
    fn unflushed_segments(&self) -> impl Iterator<Item = &Segment> {
        self.0.iter().rev().take_while(|s| s.flushed < s.size || s.size == 0)
    }

    /// Where the log ends.
    #[must_use]
    pub fn end_position(&self) -> LogPosition {
        LogPosition { segment: self.active().base, pos: self.active().size }
    }

    /// True if a batch of `len` bytes ending at `last_offset` must go to a new segment of `id`.
    /// Source: Kafka's LogSegment.shouldRoll.
    #[must_use]
    pub fn roll_due(
        &self,
        (id, config): (PartitionId, &LogConfig),
        len: usize,
        last_offset: Offset,
        max_timestamp: i64,
        now_ms: i64,
    ) -> bool {
        let active = self.active();
        if active.size == 0 {
            return active.relative(last_offset).is_none();
        }
        let waited = match active.first_timestamp {
            Some(first) if max_timestamp >= 0 => max_timestamp.saturating_sub(first),
            _ => now_ms.saturating_sub(active.created_ms),
        };
        active.size + len as u64 > u64::from(config.segment_bytes)
            || waited > config.segment_ms_of(id, active.base)
            || active.index.is_full(config.segment_index_bytes)
            || active.relative(last_offset).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::ids::TopicId;

    fn active(size: u64, first_timestamp: Option<i64>) -> Segments {
        let mut segments = Segments::new(Offset(100), 5_000);
        *segments.active_mut() = Segment { size, first_timestamp, ..Segment::new(Offset(100), 5_000) };
        segments
    }

    #[test]
    fn when_to_roll() {
        let config = LogConfig { segment_bytes: 1000, segment_ms: 60_000, ..LogConfig::default() };
        let id = PartitionId { topic: TopicId::ZERO, index: 0 };
        let check = |s: &Segments, len, last, ts, now, expect| {
            assert_eq!(
                s.roll_due((id, &config), len, Offset(last), ts, now),
                expect,
                "{len} bytes to {last}, {ts}, at {now}"
            );
        };
        let full = active(900, Some(1_000));
        check(&full, 100, 110, 1_000, 5_000, false);
        check(&full, 101, 110, 1_000, 5_000, true);
        check(&full, 10, 110, 61_000, 5_000, false);
        check(&full, 10, 110, 61_001, 5_000, true);
        check(&full, 10, 110, -1, 65_001, true);
        check(&full, 10, 100 + (1 << 31), 1_000, 5_000, true);
        check(&full, 10, 99 + (1 << 31), 1_000, 5_000, false);
        check(&active(900, None), 10, 110, 999_999_999, 65_000, false);
        check(&active(900, None), 10, 110, 0, 65_001, true);
        check(&active(0, None), 5000, 110, 0, 999_000, false);
    }

    #[test]
    fn jitter_closes_a_segment_early_each_at_its_own_moment() {
        let config = LogConfig { segment_ms: 60_000, segment_jitter_ms: 50_000, ..LogConfig::default() };
        let of =
            |index, base| config.segment_ms_of(PartitionId { topic: TopicId::ZERO, index }, Offset(base));
        let all: Vec<i64> = (0..20).flat_map(|n| [of(n, 0), of(0, u64::from(n) + 1)]).collect();
        assert!(all.iter().all(|ms| (10_001..=60_000).contains(ms)), "{all:?}");
        let apart: std::collections::BTreeSet<&i64> = all.iter().collect();
        assert_eq!(apart.len(), all.len(), "{all:?}");
        assert!(all.iter().min() < Some(&20_000) && all.iter().max() > Some(&50_000), "{all:?}");
        let id = PartitionId { topic: TopicId::ZERO, index: 0 };
        let due = |age| active(900, Some(0)).roll_due((id, &config), 10, Offset(110), age, 0);
        let limit = config.segment_ms_of(id, Offset(100));
        assert!(!due(limit) && due(limit + 1));
        let wild = LogConfig { segment_jitter_ms: i64::MAX, ..config };
        assert!((0..100).all(|base| wild.segment_ms_of(id, Offset(base)) > 0), "never at once");
        assert_eq!(LogConfig { segment_jitter_ms: 0, ..config }.segment_ms_of(id, Offset(7)), 60_000);
    }

    #[test]
    fn finding_and_removing() {
        let mut s = Segments::new(Offset(0), 0);
        s.push(Segment::new(Offset(10), 0));
        s.push(Segment::new(Offset(25), 0));
        let base = |s: Option<&Segment>| s.map(|s| s.base.0);
        assert_eq!(base(s.containing(Offset(9))), Some(0));
        assert_eq!(base(s.containing(Offset(10))), Some(10));
        assert_eq!(base(s.containing(Offset(999))), Some(25));
        assert_eq!(base(s.after(Offset(10))), Some(25));
        assert_eq!(s.end_of(Offset(25), Offset(31)), Offset(31));
        let mut replaced = s.clone();
        let new = Segment { size: 5, flushed: 5, ..Segment::new(Offset(0), 0) };
        assert!(!replaced.replace(&[Offset(0), Offset(11)], new.clone()), "no such segment");
        assert!(!replaced.replace(&[Offset(0), Offset(10), Offset(25)], new.clone()), "the active one");
        assert!(replaced.replace(&[Offset(0), Offset(10)], new));
        assert_eq!(replaced.iter().map(|s| (s.base.0, s.size)).collect::<Vec<_>>(), [(0, 5), (25, 0)]);
        assert_eq!(s.remove_below(Offset(24)).len(), 1);
        assert_eq!(s.remove_below(Offset(999)).len(), 1, "the active one stays");
        assert_eq!(base(s.containing(Offset(9))), None);
    }
}
