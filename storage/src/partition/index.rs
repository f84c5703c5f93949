//! Kafka's sparse offset and time index of a segment, in memory and as `.index` and `.timeindex` files.
//!
//! Owner: one segment. Invariants: relative offsets, positions and timestamps rise along the list; an entry is
//! made for the first batch after more than `index.interval.bytes`, exactly as Kafka makes them, so replay of
//! the same batches makes the same entries. Entries that are in their file are not kept in memory.

use super::files::BadFile;
use crate::planted::{Bug, planted};
use ringlog_wire::ids::Offset;

/// Bytes of an entry of `.index`.
pub const OFFSET_ENTRY: usize = 8;
/// Bytes of an entry of `.timeindex`.
pub const TIME_ENTRY: usize = 12;

/// One entry of the offset index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OffsetEntry {
    /// Offset of the last record of the batch at `position`, relative to the segment's base.
    pub relative: u32,
    /// Where that batch starts in the file.
    pub position: u32,
}

/// One entry of the time index: no record at or below the offset has a greater timestamp.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeEntry {
    /// Largest timestamp so far, ms.
    pub timestamp: i64,
    /// Offset of the last record of the batch that brought it, relative to the segment's base.
    pub relative: u32,
}

/// A timestamp and the offset of the last record of the batch that brought it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimestampAt {
    /// Milliseconds.
    pub timestamp: i64,
    /// The offset.
    pub offset: Offset,
}

/// What one appended batch means to the index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Indexed {
    /// Where the batch starts in the file.
    pub position: u64,
    /// Its length, bytes.
    pub len: u32,
    /// Offset of its last record, relative to the segment's base.
    pub last_relative: u32,
}

/// The index of a segment as far as it is not in its files, plus how much is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SegmentIndex {
    /// Entries of `.index` that are written and no longer in `offsets`.
    pub persisted_offsets: u32,
    /// Entries of `.timeindex` that are written and no longer in `times`.
    pub persisted_times: u32,
    /// Entries that are not in the file yet.
    pub offsets: Vec<OffsetEntry>,
    /// Entries that are not in the file yet.
    pub times: Vec<TimeEntry>,
    /// The newest time entry, persisted or not.
    pub last_time: Option<TimeEntry>,
    /// Bytes appended since the newest offset entry.
    pub bytes_since: u64,
}

impl SegmentIndex {
    /// Notes a batch; `max` is the segment's largest timestamp including it.
    /// Source: Kafka's LogSegment, which looks at the bytes before this batch.
    pub fn on_append(&mut self, batch: Indexed, interval: u32, max: Option<TimeEntry>) {
        if self.bytes_since > u64::from(interval)
            && let Ok(position) = u32::try_from(batch.position)
        {
            let position = if planted(Bug::IndexOffByOneBatch) { position + batch.len } else { position };
            self.offsets.push(OffsetEntry { relative: batch.last_relative, position });
            self.add_time(max);
            self.bytes_since = 0;
        }
        self.bytes_since += u64::from(batch.len);
    }

    /// Closes the time index with the segment's largest timestamp (Kafka does so on roll and close).
    pub fn add_time(&mut self, max: Option<TimeEntry>) {
        let Some(max) = max else { return };
        let max = TimeEntry { timestamp: max.timestamp - i64::from(planted(Bug::TimeIndexLate)) * 40, ..max };
        let news = self.last_time.is_none_or(|l| max.timestamp > l.timestamp && max.relative > l.relative);
        if news {
            self.times.push(max);
            self.last_time = Some(max);
        }
    }

    /// True if one of the two files has reached `max_bytes` (`segment.index.bytes`): time to roll.
    #[must_use]
    pub fn is_full(&self, max_bytes: u32) -> bool {
        let max = max_bytes as usize;
        let offsets = self.persisted_offsets as usize + self.offsets.len();
        let times = self.persisted_times as usize + self.times.len();
        offsets >= max / OFFSET_ENTRY || times + 1 >= max / TIME_ENTRY
    }

    /// The position to scan from for relative offset `target`, from entries in memory; `None`: ask the file.
    #[must_use]
    pub fn position_for(&self, target: u32) -> Option<u32> {
        position_for(&self.offsets, target)
    }

    /// The last entry at or below file position `position`, from entries in memory.
    #[must_use]
    pub fn entry_at(&self, position: u32) -> Option<OffsetEntry> {
        entry_at(&self.offsets, position)
    }

    /// The last time entry at or below `timestamp`, from entries in memory.
    #[must_use]
    pub fn time_for(&self, timestamp: i64) -> Option<TimeEntry> {
        time_for(&self.times, timestamp)
    }

    /// What of the two files is missing, for entries of batches that start below `flushed`.
    #[must_use]
    pub fn pending(&self, flushed: u64, next_relative: u64) -> PendingIndex {
        let offsets = self
            .offsets
            .partition_point(|e| u64::from(e.position) < flushed && u64::from(e.relative) < next_relative);
        let times = self.times.partition_point(|e| u64::from(e.relative) < next_relative);
        PendingIndex {
            index_position: u64::from(self.persisted_offsets) * OFFSET_ENTRY as u64,
            index: encode_offsets(self.offsets.get(..offsets).unwrap_or_default()),
            time_position: u64::from(self.persisted_times) * TIME_ENTRY as u64,
            time: encode_times(self.times.get(..times).unwrap_or_default()),
        }
    }

    /// The entries in memory, as a reader loads them from files.
    #[must_use]
    pub fn loaded(&self) -> LoadedIndex {
        LoadedIndex { offsets: self.offsets.clone(), times: self.times.clone() }
    }

    /// After `pending` was written to its files: the entries leave the memory.
    pub fn on_persisted(&mut self, written: &PendingIndex) {
        let offsets = written.index.len() / OFFSET_ENTRY;
        let times = written.time.len() / TIME_ENTRY;
        assert!(
            offsets <= self.offsets.len() && times <= self.times.len(),
            "more index entries written than known"
        );
        self.offsets.drain(..offsets);
        self.times.drain(..times);
        self.persisted_offsets += offsets as u32;
        self.persisted_times += times as u32;
    }
}

/// Bytes to write to a segment's two index files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingIndex {
    /// Where in `.index`.
    pub index_position: u64,
    /// What; may be empty.
    pub index: Vec<u8>,
    /// Where in `.timeindex`.
    pub time_position: u64,
    /// What; may be empty.
    pub time: Vec<u8>,
}

impl PendingIndex {
    /// True if there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty() && self.time.is_empty()
    }
}

/// The index files of a segment, loaded whole for lookups.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LoadedIndex {
    /// `.index`.
    pub offsets: Vec<OffsetEntry>,
    /// `.timeindex`.
    pub times: Vec<TimeEntry>,
}

impl LoadedIndex {
    /// Memory in use, bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.offsets.len() * size_of::<OffsetEntry>() + self.times.len() * size_of::<TimeEntry>()
    }

    /// The position to scan from for relative offset `target`; 0 before the first entry.
    #[must_use]
    pub fn position_for(&self, target: u32) -> u32 {
        position_for(&self.offsets, target).unwrap_or(0)
    }

    /// The last entry at or below file position `position`.
    #[must_use]
    pub fn entry_at(&self, position: u32) -> Option<OffsetEntry> {
        entry_at(&self.offsets, position)
    }

    /// The last time entry at or below `timestamp`.
    #[must_use]
    pub fn time_for(&self, timestamp: i64) -> Option<TimeEntry> {
        time_for(&self.times, timestamp)
    }
}

fn position_for(entries: &[OffsetEntry], target: u32) -> Option<u32> {
    let next = entries.partition_point(|e| e.relative <= target);
    entries.get(next.checked_sub(1)?).map(|e| e.position)
}

fn entry_at(entries: &[OffsetEntry], position: u32) -> Option<OffsetEntry> {
    let next = entries.partition_point(|e| e.position <= position);
    entries.get(next.checked_sub(1)?).copied()
}

fn time_for(entries: &[TimeEntry], timestamp: i64) -> Option<TimeEntry> {
    let next = entries.partition_point(|e| e.timestamp <= timestamp);
    entries.get(next.checked_sub(1)?).copied()
}

/// The bytes of `.index` entries.
#[must_use]
pub fn encode_offsets(entries: &[OffsetEntry]) -> Vec<u8> {
    entries.iter().flat_map(|e| (u64::from(e.relative) << 32 | u64::from(e.position)).to_be_bytes()).collect()
}

/// The bytes of `.timeindex` entries.
#[must_use]
pub fn encode_times(entries: &[TimeEntry]) -> Vec<u8> {
    let mut file = Vec::with_capacity(entries.len() * TIME_ENTRY);
    for e in entries {
        file.extend_from_slice(&e.timestamp.to_be_bytes());
        file.extend_from_slice(&e.relative.to_be_bytes());
    }
    file
}

/// Reads a `.index` of a segment of `size` bytes. Errors: no whole entries, no order, beyond the segment.
pub fn decode_offsets(file: &[u8], size: u64) -> Result<Vec<OffsetEntry>, BadFile> {
    let mut entries: Vec<OffsetEntry> = Vec::with_capacity(file.len() / OFFSET_ENTRY);
    let (raws, rest) = file.as_chunks::<OFFSET_ENTRY>();
    for raw in raws {
        let both = u64::from_be_bytes(*raw);
        let entry = OffsetEntry { relative: (both >> 32) as u32, position: both as u32 };
        let rises = entries.last().is_none_or(|l| l.relative < entry.relative && l.position < entry.position);
        if !rises || i32::try_from(entry.relative).is_err() || u64::from(entry.position) >= size {
            return Err(BadFile("the offset index is corrupt"));
        }
        entries.push(entry);
    }
    if rest.is_empty() { Ok(entries) } else { Err(BadFile("the offset index ends inside an entry")) }
}

/// Reads a `.timeindex`. Errors: no whole entries, no order.
pub fn decode_times(file: &[u8]) -> Result<Vec<TimeEntry>, BadFile> {
    let mut entries: Vec<TimeEntry> = Vec::with_capacity(file.len() / TIME_ENTRY);
    let (raws, rest) = file.as_chunks::<TIME_ENTRY>();
    for raw in raws {
        let (timestamp, relative) = raw.split_at(8);
        let timestamp = timestamp.try_into().map_or(-1, i64::from_be_bytes);
        let relative = relative.try_into().map_or(u32::MAX, u32::from_be_bytes);
        let entry = TimeEntry { timestamp, relative };
        let rises =
            entries.last().is_none_or(|l| l.timestamp < entry.timestamp && l.relative < entry.relative);
        if !rises || timestamp < 0 || i32::try_from(relative).is_err() {
            return Err(BadFile("the time index is corrupt"));
        }
        entries.push(entry);
    }
    if rest.is_empty() { Ok(entries) } else { Err(BadFile("the time index ends inside an entry")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(batches: u32) -> SegmentIndex {
        let mut index = SegmentIndex::default();
        for i in 0..batches {
            let max = TimeEntry { timestamp: 1000 + i64::from(i), relative: i };
            index.on_append(
                Indexed { position: u64::from(i) * 100, len: 100, last_relative: i },
                250,
                Some(max),
            );
        }
        index
    }

    #[test]
    fn an_entry_follows_more_than_the_interval() {
        let index = built(8);
        let offsets: Vec<_> = index.offsets.iter().map(|e| (e.relative, e.position)).collect();
        assert_eq!(offsets, [(3, 300), (6, 600)]);
        let times: Vec<_> = index.times.iter().map(|e| (e.timestamp, e.relative)).collect();
        assert_eq!(times, [(1003, 3), (1006, 6)]);
    }

    #[test]
    fn lookups_find_the_entry_at_or_below() {
        let index = built(8);
        let check = |target, expect| assert_eq!(index.position_for(target), expect, "position for {target}");
        check(2, None);
        check(3, Some(300));
        check(5, Some(300));
        check(6, Some(600));
        check(99, Some(600));
        assert_eq!(index.time_for(1002), None);
        assert_eq!(index.time_for(1003).map(|e| e.relative), Some(3));
        assert_eq!(index.entry_at(599).map(|e| e.relative), Some(3));
    }

    #[test]
    fn files_go_round_and_only_what_is_flushed_is_written() {
        let mut index = built(12);
        let pending = index.pending(600, 6);
        assert_eq!((pending.index.len(), pending.time.len()), (8, 12), "the entry at 600 is not flushed");
        index.on_persisted(&pending);
        let rest = index.pending(u64::MAX, u64::MAX);
        assert_eq!((rest.index_position, rest.time_position), (8, 12));
        let file = [pending.index, rest.index].concat();
        assert_eq!(decode_offsets(&file, 1200), Ok(built(12).offsets));
        assert_eq!(decode_times(&[pending.time, rest.time].concat()), Ok(built(12).times));
        assert!(decode_offsets(&file, 900).is_err(), "beyond the segment");
        assert!(decode_offsets(&file[..file.len() - 1], 1200).is_err());
        assert!(decode_offsets(&[0; 16], 1200).is_err(), "a zero-padded file does not rise");
    }

    #[test]
    fn full_at_segment_index_bytes() {
        assert!(!built(8).is_full(48));
        assert!(built(8).is_full(16), "two offset entries");
        assert!(built(8).is_full(36), "one time entry is kept for the roll");
    }
}
