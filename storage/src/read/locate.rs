//! Lookups in one segment: index entries from memory or from the index files, then the walk over headers.
//!
//! Owner: a read. Invariants: an index only says where to start walking, so a wrong one costs time, never a
//! wrong answer: what is found there is checked, and an index that leads astray is built again from the batches.

use super::source::{SCAN_WINDOW, Source};
use super::{CachedIndex, LogAt, ReadError, ReadWant, Reader};
use crate::disk::Disk;
use crate::partition::files::SegmentFile;
use crate::partition::index::{
    Indexed, LoadedIndex, OFFSET_ENTRY, SegmentIndex, TIME_ENTRY, TimeEntry, decode_offsets, decode_times,
};
use crate::partition::{Head, SegmentBytes};
use ringlog_wire::ids::Offset;
use std::path::Path;
use std::rc::Rc;

/// The longest index file that is read, bytes: one entry for every kilobyte of a 2 GiB segment.
const INDEX_FILE_MAX: usize = 32 << 20;

impl<D: Disk> Reader<D> {
    /// The first batch of `source` whose last offset is not below `offset`, and where it starts.
    pub(super) async fn find_offset(
        &self,
        at: LogAt<'_>,
        source: &mut Source<D>,
        offset: Offset,
    ) -> Result<Option<(u64, Head)>, ReadError> {
        let known = at.log.borrow().index_position(source.segment, offset);
        if let Some(pos) = known {
            return walk_to(source, u64::from(pos), offset).await;
        }
        let relative = offset.since(source.segment).min(i32::MAX as u64) as u32;
        let index = self.index_of(at, source).await?;
        let pos = u64::from(index.position_for(relative));
        match walk_to(source, pos, offset).await {
            Err(ReadError::Corrupt { .. }) if pos > 0 => {
                let index = self.rebuild_index(at, source).await?;
                walk_to(source, u64::from(index.position_for(relative)), offset).await
            }
            done => done,
        }
    }

    /// Where a read that starts with the batch `first` at its position ends: a batch boundary.
    pub(super) async fn find_end(
        &self,
        at: LogAt<'_>,
        source: &mut Source<D>,
        (start, first): (u64, &Head),
        want: ReadWant,
    ) -> Result<u64, ReadError> {
        let limit = start.saturating_add(want.max_bytes as u64).min(source.end);
        let mut end = start + u64::from(first.size);
        if limit > end + super::WINDOW as u64 {
            end = end.max(self.boundary_near(at, source, limit, want.upto).await?);
        }
        while end < limit {
            let head = source.head_at(end).await?;
            let next = end + u64::from(head.size);
            if next > limit || head.next_offset() > want.upto {
                break;
            }
            end = next;
        }
        Ok(end)
    }

    /// A batch boundary that an index knows, at or below byte `limit` and below offset `upto`; 0 if none.
    async fn boundary_near(
        &self,
        at: LogAt<'_>,
        source: &mut Source<D>,
        limit: u64,
        upto: Offset,
    ) -> Result<u64, ReadError> {
        let segment = source.segment;
        // An entry names its batch's last offset: the batch starts below `upto` if that lies below.
        let last = Offset(upto.0.saturating_sub(1));
        let in_memory = {
            let log = at.log.borrow();
            let entry = log.index_entry_at(segment, limit).map(|e| e.position);
            entry.zip(log.index_position(segment, last)).map(|(a, b)| a.min(b))
        };
        let pos = match in_memory {
            Some(pos) => pos,
            None => {
                let relative = last.since(segment).min(i32::MAX as u64) as u32;
                let index = self.index_of(at, source).await?;
                let entry = index.entry_at(u32::try_from(limit).unwrap_or(u32::MAX));
                entry.map_or(0, |e| e.position.min(index.position_for(relative)))
            }
        };
        let pos = u64::from(pos);
        // An index may lie: only a place where a batch of the right offsets starts counts.
        let sound = pos > 0 && pos < source.end && source.head_at(pos).await.is_ok_and(|h| h.base <= upto);
        Ok(if sound { pos } else { 0 })
    }

    /// The index files of `source`'s segment, from the cache, the disk, or the batches themselves.
    pub(super) async fn index_of(
        &self,
        at: LogAt<'_>,
        source: &Source<D>,
    ) -> Result<Rc<LoadedIndex>, ReadError> {
        let (key, counts, size) = {
            let log = at.log.borrow();
            let size = log.segments().find(source.segment).map_or(0, |s| s.size);
            ((log.id(), source.segment), log.persisted_index(source.segment), size)
        };
        if let Some((_, cached)) = self.renaming.borrow().get(&key) {
            return Ok(Rc::clone(&cached.index));
        }
        if let Some(cached) = self.indexes.borrow_mut().find(key)
            && cached.counts == counts
        {
            return Ok(cached.index);
        }
        let before = self.replaced.get();
        let Some(index) = self.load_index(at.dir, (source.segment, size), counts).await else {
            return self.rebuild_index(at, source).await;
        };
        Ok(self.keep_index((key, before), index, counts))
    }

    /// The first `counts` entries of the two files; `None` if they are not there or make no sense.
    async fn load_index(
        &self,
        dir: &Path,
        (segment, size): (Offset, u64),
        counts: (u32, u32),
    ) -> Option<LoadedIndex> {
        let mut loaded = LoadedIndex::default();
        if counts.0 > 0 {
            let path = dir.join(SegmentFile::Index.name(segment));
            let file = self.disk.read_file(&path, INDEX_FILE_MAX).await.ok()?;
            loaded.offsets = decode_offsets(file.get(..counts.0 as usize * OFFSET_ENTRY)?, size).ok()?;
        }
        if counts.1 > 0 {
            let path = dir.join(SegmentFile::TimeIndex.name(segment));
            let file = self.disk.read_file(&path, INDEX_FILE_MAX).await.ok()?;
            loaded.times = decode_times(file.get(..counts.1 as usize * TIME_ENTRY)?).ok()?;
        }
        Some(loaded)
    }

    /// Builds the index of a segment from the headers of all batches in its file. O(segment); cached.
    async fn rebuild_index(&self, at: LogAt<'_>, source: &Source<D>) -> Result<Rc<LoadedIndex>, ReadError> {
        let (key, interval, counts, (flushed, size)) = {
            let log = at.log.borrow();
            let counts = log.persisted_index(source.segment);
            let bytes = log.segments().find(source.segment).map_or((0, 0), |s| (s.flushed, s.size));
            ((log.id(), source.segment), log.config().index_interval_bytes, counts, bytes)
        };
        let bytes = SegmentBytes {
            segment: source.segment,
            segment_end: source.segment_end,
            in_file: flushed,
            end: flushed,
            memory: Vec::new(),
        };
        let file = source.file.clone();
        let mut scan = Source::new(self.disk.clone(), self.gauge.clone(), file, bytes, SCAN_WINDOW);
        let mut builder = IndexBuilder::new(scan.segment, interval);
        let before = self.replaced.get();
        let mut pos = 0;
        while pos < scan.end {
            let head = match scan.head_at(pos).await {
                Ok(head) => head,
                // The file of an unfinished segment ends inside a batch.
                Err(ReadError::Corrupt { .. }) if flushed < size => break,
                Err(e) => return Err(e),
            };
            builder.add(&head, pos).map_err(|why| scan.corrupt(pos, why))?;
            pos += u64::from(head.size);
        }
        Ok(self.keep_index((key, before), builder.finish(), counts))
    }

    /// Keeps what was read since `replaced` was `before`, unless a segment was replaced meanwhile.
    fn keep_index(
        &self,
        (key, before): (super::FileKey, u64),
        index: LoadedIndex,
        counts: (u32, u32),
    ) -> Rc<LoadedIndex> {
        let weight = index.memory() + size_of::<CachedIndex>();
        let index = Rc::new(index);
        if self.replaced.get() == before {
            self.indexes.borrow_mut().insert(key, CachedIndex { index: Rc::clone(&index), counts }, weight);
        }
        index
    }
}

/// Makes index entries from a segment's batches in order, as appending them did.
#[derive(Debug)]
pub struct IndexBuilder {
    base: Offset,
    interval: u32,
    index: SegmentIndex,
    max: Option<TimeEntry>,
    expected: Offset,
}

impl IndexBuilder {
    /// For the segment with base offset `base`.
    #[must_use]
    pub fn new(base: Offset, interval: u32) -> Self {
        Self { base, interval, index: SegmentIndex::default(), max: None, expected: base }
    }

    /// The next batch, at byte `pos`. Errors: its offsets do not rise.
    pub fn add(&mut self, head: &Head, pos: u64) -> Result<(), &'static str> {
        if head.base < self.expected {
            return Err("a batch's offset is below that of the one before");
        }
        self.expected = head.next_offset();
        let last_relative = head.last_offset().since(self.base).min(i32::MAX as u64) as u32;
        if head.max_timestamp >= 0 && self.max.is_none_or(|m| head.max_timestamp > m.timestamp) {
            self.max = Some(TimeEntry { timestamp: head.max_timestamp, relative: last_relative });
        }
        self.index.on_append(
            Indexed { position: pos, len: head.size, last_relative },
            self.interval,
            self.max,
        );
        Ok(())
    }

    /// The entries.
    #[must_use]
    pub fn finish(self) -> LoadedIndex {
        LoadedIndex { offsets: self.index.offsets, times: self.index.times }
    }
}

/// Walks from the batch at `pos` to the first whose last offset is not below `offset`.
pub(super) async fn walk_to<D: Disk>(
    source: &mut Source<D>,
    mut pos: u64,
    offset: Offset,
) -> Result<Option<(u64, Head)>, ReadError> {
    let mut expected: Option<Offset> = None;
    while pos < source.end {
        let head = source.head_at(pos).await?;
        if expected.is_some_and(|e| head.base < e) {
            return Err(source.corrupt(pos, "a batch's offset is below that of the one before"));
        }
        if expected.is_none() && pos > 0 && head.base > offset {
            return Err(source.corrupt(pos, "the index leads beyond the offset"));
        }
        if head.last_offset() >= offset {
            return Ok(Some((pos, head)));
        }
        expected = Some(head.next_offset());
        pos += u64::from(head.size);
    }
    Ok(None)
}
