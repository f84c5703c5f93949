//! A segment that compaction writes beside the old ones.
//!
//! Owner: one pass. Invariants: it has a name that no reader looks for, until `replace` gives it its own; nothing
//! of it is durable before `finish` returns, and then all of it is.

use super::Partition;
use super::Store;
use super::replace::NewSegment;
use super::segment::unlink_if_there;
use crate::buf::Chunk;
use crate::clean::replacement::CLEANED_SUFFIX;
use crate::disk::{Disk, OpenMode};
use crate::limits::BACKGROUND_BYTES;
use crate::partition::Head;
use crate::partition::files::SegmentFile;
use crate::partition::segments::Segment;
use crate::planted::{Bug, planted};
use bytes::Bytes;
use ringlog_wire::ids::Offset;
use std::io;
use std::path::PathBuf;

/// See the module's text.
pub(super) struct Output<'a, D: Disk> {
    partition: &'a Partition<D>,
    segment: Segment,
    file: D::File,
    pending: Chunk,
    /// Bytes in the file, whole blocks.
    written: u64,
}

impl<'a, D: Disk> Output<'a, D> {
    /// An empty one in the place of `first`, which is its base offset and when that was created.
    pub(super) async fn create(
        store: &Store<D>,
        partition: &'a Partition<D>,
        first: (Offset, i64),
    ) -> io::Result<Self> {
        let (base, created_ms) = first;
        let path = partition.cleaned_path(SegmentFile::Log, base);
        // One of an earlier life goes first, and with it whatever that life may still write to it.
        unlink_if_there(&store.disk, &path).await?;
        let file = store.disk.open(&path, OpenMode::DIRECT).await?;
        let pending = Chunk::new(BACKGROUND_BYTES, &store.buffers);
        Ok(Self { partition, segment: Segment::new(base, created_ms), file, pending, written: 0 })
    }

    /// Puts a whole batch at its end. Errors: those of the write.
    pub(super) async fn push(&mut self, store: &Store<D>, batch: &Bytes) -> io::Result<()> {
        let Some(raw) = batch.first_chunk() else { return Ok(()) };
        let head = Head::parse(raw).map_err(io::Error::other)?;
        let interval = self.partition.log.borrow().config().index_interval_bytes;
        self.segment.on_append(&head, interval);
        let mut rest = &batch[..];
        while !rest.is_empty() {
            let n = self.pending.append(rest);
            rest = rest.get(n..).unwrap_or_default();
            if self.pending.len() == self.pending.capacity() {
                self.write(store).await?;
            }
        }
        Ok(())
    }

    /// Writes what is pending, up to a whole block: behind it are zeros.
    async fn write(&mut self, store: &Store<D>) -> io::Result<()> {
        let empty = Chunk::new(BACKGROUND_BYTES, &store.buffers);
        let bytes = std::mem::replace(&mut self.pending, empty).seal_padded(0);
        let len = bytes.len() as u64;
        store.disk.write_at(&self.file, vec![bytes], self.written).await?;
        self.written += len;
        Ok(())
    }

    /// Everything in its files, durable, under names that nobody looks for yet.
    pub(super) async fn finish(mut self, store: &Store<D>) -> io::Result<NewSegment<D::File>> {
        if !self.pending.is_empty() {
            self.write(store).await?;
        }
        store.disk.truncate(&self.file, self.segment.size).await?;
        if !planted(Bug::CleanedNotSynced) {
            store.disk.sync(&self.file).await?;
        }
        let max = self.segment.max_entry();
        self.segment.index.add_time(max);
        let pending = self.segment.index.pending(u64::MAX, u64::MAX);
        let index = self.segment.index.loaded();
        for (kind, bytes) in [(SegmentFile::Index, &pending.index), (SegmentFile::TimeIndex, &pending.time)] {
            let path = self.partition.cleaned_path(kind, self.segment.base);
            store.disk.replace_file(&path, bytes).await?;
        }
        self.segment.index.on_persisted(&pending);
        self.segment.flushed = self.segment.size;
        // That made all three names durable.
        let path = self.partition.cleaned_path(SegmentFile::Log, self.segment.base);
        let file = store.disk.open(&path, OpenMode::READ).await?;
        Ok(NewSegment { segment: self.segment, file, index })
    }

    /// Removes what was written.
    pub(super) async fn discard(self, store: &Store<D>) -> io::Result<()> {
        unlink_if_there(&store.disk, &self.partition.cleaned_path(SegmentFile::Log, self.segment.base)).await
    }
}

impl<D: Disk> Partition<D> {
    /// The name of a new segment's file until it takes its place.
    pub(super) fn cleaned_path(&self, kind: SegmentFile, base: Offset) -> PathBuf {
        self.dir().join(format!("{}{CLEANED_SUFFIX}", kind.name(base)))
    }
}
