//! Reads of one store's partitions: from the tail's memory, or from segment files through their indexes.
//!
//! Owner: one core; shared by all partitions of a store. Invariants: no borrow of a partition is held over an
//! await; open files and loaded indexes are bounded; what a disk gives back is checked before it is followed,
//! and nonsense is `Corrupt`, never a panic. Files are opened buffered and read-only, for sendfile.

pub mod locate;
pub mod lru;
pub mod source;
pub mod timestamp;

use crate::buf::Gauge;
use crate::disk::{Disk, FileRegion, OpenMode};
use crate::few::Few;
use crate::partition::files::SegmentFile;
use crate::partition::index::LoadedIndex;
use crate::partition::{OutOfRange, PartitionLog, ReadPlan, SegmentBytes};
use bytes::Bytes;
use lru::Lru;
use ringlog_wire::ids::{Offset, PartitionId};
use source::{Source, WINDOW};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::rc::Rc;

/// Bounds of a reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadBudget {
    /// Segment files kept open for reading (a part of `FD_MAX`).
    pub files_max: usize,
    /// Memory for loaded index files, bytes.
    pub index_max: usize,
}

/// One piece of a read's result, in order.
#[derive(Clone, Debug)]
pub enum ReadPart<F> {
    /// Bytes in memory.
    Bytes(Bytes),
    /// Bytes in a segment file, to be sent by reference.
    File(FileRegion<F>),
}

impl<F> ReadPart<F> {
    /// Bytes in this part.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(b) => b.len(),
            Self::File(r) => r.len,
        }
    }

    /// True for a part without bytes; a read never returns one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Whole batches; no parts if there is nothing below `upto`.
#[derive(Clone, Debug)]
pub struct ReadBatches<F> {
    /// In order.
    pub parts: Few<ReadPart<F>>,
    /// Their sum, bytes.
    pub len: usize,
}

impl<F> ReadBatches<F> {
    fn empty() -> Self {
        Self { parts: Few::default(), len: 0 }
    }
}

/// Why a read failed.
#[derive(Debug)]
pub enum ReadError {
    /// The offset is not in the log.
    OutOfRange(OutOfRange),
    /// The disk said no.
    Io(io::Error),
    /// The disk gave something that was never written: quarantine.
    Corrupt {
        /// Base offset of the segment.
        segment: Offset,
        /// Where in its file.
        position: u64,
        /// What is wrong.
        why: &'static str,
    },
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OutOfRange(r) => write!(f, "offset outside {}..{}", r.log_start, r.end),
            Self::Io(e) => write!(f, "read failed: {e}"),
            Self::Corrupt { segment, position, why } => {
                write!(f, "segment {} is corrupt at byte {position}: {why}", SegmentFile::Log.name(*segment))
            }
        }
    }
}

impl std::error::Error for ReadError {}

/// What to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadWant {
    /// The first offset wanted; the first batch may start below it.
    pub from: Offset,
    /// Bytes; the first batch comes whole even if it is longer.
    pub max_bytes: usize,
    /// No batch that reaches to or beyond this offset.
    pub upto: Offset,
}

/// A partition as its reads need it: its state, and the folder of its files.
#[derive(Clone, Copy, Debug)]
pub struct LogAt<'a> {
    /// The state; never borrowed over an await.
    pub log: &'a RefCell<PartitionLog>,
    /// The partition's folder.
    pub dir: &'a Path,
}

pub(crate) type FileKey = (PartitionId, Offset);

/// A loaded index and the entry counts that it was loaded for.
#[derive(Clone, Debug)]
pub(crate) struct CachedIndex {
    pub(crate) index: Rc<LoadedIndex>,
    pub(crate) counts: (u32, u32),
}

/// Reads for one store. See the module's text.
#[derive(Debug)]
pub struct Reader<D: Disk> {
    pub(crate) disk: D,
    pub(crate) gauge: Gauge,
    files: RefCell<Lru<FileKey, D::File>>,
    /// Segments that are known already, and whose names come to mean them in a moment.
    pub(crate) renaming: RefCell<BTreeMap<FileKey, (D::File, CachedIndex)>>,
    /// How often a segment was replaced: what was opened before is of use to its own read only.
    pub(crate) replaced: Cell<u64>,
    pub(crate) indexes: RefCell<Lru<FileKey, CachedIndex>>,
}

impl<D: Disk> Reader<D> {
    /// A reader; its buffers are charged to `gauge`.
    #[must_use]
    pub fn new(disk: D, budget: ReadBudget, gauge: Gauge) -> Self {
        Self {
            disk,
            gauge,
            files: RefCell::new(Lru::new(budget.files_max.max(1))),
            renaming: RefCell::default(),
            replaced: Cell::default(),
            indexes: RefCell::new(Lru::new(budget.index_max)),
        }
    }

    /// Reads whole batches if no file is needed; `None`: `read` has to look into one. Never suspends.
    ///
    /// Errors: `OutOfRange` with log start and end.
    pub fn read_memory(
        &self,
        at: LogAt<'_>,
        want: ReadWant,
    ) -> Option<Result<ReadBatches<D::File>, ReadError>> {
        match at.log.borrow().plan_read(want.from, want.max_bytes, want.upto) {
            Ok(ReadPlan::Cold(_)) => None,
            Ok(ReadPlan::Empty) => Some(Ok(ReadBatches::empty())),
            Ok(ReadPlan::Memory(m)) => {
                Some(Ok(ReadBatches { parts: m.parts.map(ReadPart::Bytes), len: m.len }))
            }
            Err(e) => Some(Err(ReadError::OutOfRange(e))),
        }
    }

    /// Reads whole batches of one partition.
    ///
    /// Errors: `OutOfRange` with log start and end; I/O; a corrupt segment. From memory it does not suspend.
    pub async fn read(&self, at: LogAt<'_>, want: ReadWant) -> Result<ReadBatches<D::File>, ReadError> {
        self.undisturbed(at, async || self.read_once(at, want).await).await
    }

    /// The result of `read` during which compaction replaced no segment: what it saw belongs together.
    pub(crate) async fn undisturbed<T>(&self, at: LogAt<'_>, read: impl AsyncFn() -> T) -> T {
        loop {
            let before = at.log.borrow().replacements();
            let result = read().await;
            if at.log.borrow().replacements() == before {
                return result;
            }
        }
    }

    async fn read_once(&self, at: LogAt<'_>, want: ReadWant) -> Result<ReadBatches<D::File>, ReadError> {
        let mut from = want.from;
        loop {
            let plan = at.log.borrow().plan_read(from, want.max_bytes, want.upto);
            let cold = match plan.map_err(ReadError::OutOfRange)? {
                ReadPlan::Empty => return Ok(ReadBatches::empty()),
                ReadPlan::Memory(m) => {
                    return Ok(ReadBatches { parts: m.parts.map(ReadPart::Bytes), len: m.len });
                }
                ReadPlan::Cold(cold) => cold,
            };
            let (segment, end) = (cold.bytes.segment, cold.bytes.end);
            let mut source = self.source(at, cold.bytes).await?;
            let want = ReadWant { from, upto: cold.upto, ..want };
            if let Some(batches) = self.read_segment(at, &mut source, want).await? {
                return Ok(batches);
            }
            // The rest of this segment holds nothing at or above `from`: compaction took it.
            let next = at.log.borrow().next_batch_offset(segment, end);
            match next {
                Some(next) if next > from && next < cold.upto => from = next,
                _ => return Ok(ReadBatches::empty()),
            }
        }
    }

    /// A source over `bytes`, its file open if it has a part in one.
    pub(crate) async fn source(&self, at: LogAt<'_>, bytes: SegmentBytes) -> Result<Source<D>, ReadError> {
        let id = at.log.borrow().id();
        let file = if bytes.in_file > 0 { Some(self.open(id, at.dir, bytes.segment).await?) } else { None };
        Ok(Source::new(self.disk.clone(), self.gauge.clone(), file, bytes, WINDOW))
    }

    /// The batches from `want.from` on in one segment; `None` if it has none.
    async fn read_segment(
        &self,
        at: LogAt<'_>,
        source: &mut Source<D>,
        want: ReadWant,
    ) -> Result<Option<ReadBatches<D::File>>, ReadError> {
        let Some((start, head)) = self.find_offset(at, source, want.from).await? else {
            return Ok(None);
        };
        if head.next_offset() > want.upto {
            return Ok(Some(ReadBatches::empty()));
        }
        let end = self.find_end(at, source, (start, &head), want).await?;
        let mut parts = Few::default();
        let file_end = end.min(source.in_file);
        if let (true, Some(file)) = (start < file_end, &source.file) {
            let len = (file_end - start) as usize;
            parts.push(ReadPart::File(FileRegion { file: file.clone(), pos: start, len }));
        }
        for part in source.memory_parts(start.max(file_end), end) {
            parts.push(ReadPart::Bytes(part));
        }
        Ok(Some(ReadBatches { parts, len: (end - start) as usize }))
    }

    /// The segment's file, open for reading. Errors: those of the open.
    pub(crate) async fn open(
        &self,
        id: PartitionId,
        dir: &Path,
        segment: Offset,
    ) -> Result<D::File, ReadError> {
        let key = (id, segment);
        if let Some((file, _)) = self.renaming.borrow().get(&key) {
            return Ok(file.clone());
        }
        if let Some(file) = self.files.borrow_mut().find(key) {
            return Ok(file);
        }
        let path = dir.join(SegmentFile::Log.name(segment));
        let before = self.replaced.get();
        let file = self.disk.open(&path, OpenMode::READ).await.map_err(ReadError::Io)?;
        if self.replaced.get() == before {
            self.files.borrow_mut().insert(key, file.clone(), 1);
        }
        Ok(file)
    }

    /// Forgets everything about a partition that was deleted or moved.
    pub fn forget(&self, id: PartitionId) {
        self.files.borrow_mut().remove_where(|k| k.0 == id);
        self.indexes.borrow_mut().remove_where(|k| k.0 == id);
    }

    /// From now on segment `new` of partition `id` is `file` with `index`, whatever its names still lead to, and
    /// the segments `replaced` are forgotten. `renamed` follows.
    pub(crate) fn replace(
        &self,
        id: PartitionId,
        replaced: &[Offset],
        (new, file, index): (Offset, D::File, CachedIndex),
    ) {
        replaced.iter().for_each(|base| self.forget_segment(id, *base));
        self.renaming.borrow_mut().insert((id, new), (file, index));
        self.replaced.set(self.replaced.get() + 1);
    }

    /// The names lead to the new segment.
    pub(crate) fn renamed(&self, id: PartitionId, new: Offset) {
        self.renaming.borrow_mut().remove(&(id, new));
    }

    /// Forgets segments that left the log; a read that is opening one of them now keeps it to itself.
    pub(crate) fn dropped(&self, id: PartitionId, bases: &[Offset]) {
        bases.iter().for_each(|base| self.forget_segment(id, *base));
        self.replaced.set(self.replaced.get() + 1);
    }

    /// Forgets one segment (deleted by retention).
    pub fn forget_segment(&self, id: PartitionId, segment: Offset) {
        self.files.borrow_mut().remove((id, segment));
        self.indexes.borrow_mut().remove((id, segment));
    }

    /// Files open now.
    #[must_use]
    pub fn open_files(&self) -> usize {
        self.files.borrow().len()
    }
}
