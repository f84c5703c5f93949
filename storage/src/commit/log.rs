//! The files of a commit log: which one takes the next frame, which one is the oldest, which are free.
//!
//! Owner: the core's `Store`; pure bookkeeping, the store does the I/O. Invariants: live files form a queue in
//! generation order; a frame never straddles two files; a free file takes frames only when it is filled
//! (written once from end to end), and a live one is freed only from the front.
//!
//! ```text
//!   live:  [gen 7: oldest] [gen 8] [gen 9: frames go here -> position]     free: [filled] [filling..]
//! ```

use crate::buf::BLOCK;
use crate::commit::frame::Link;
use crate::limits::{
    FRAME_MAX, LOG_BYTES_CARRIED, LOG_BYTES_MIN, LOG_BYTES_PER_PARTITION, LOG_FILE_BYTES, LOG_FILE_BYTES_MIN,
    LOG_FILES_MAX, LOG_FILES_MIN,
};
use std::collections::VecDeque;

/// Sizes of a commit log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogShape {
    /// Length of one file, bytes, whole blocks.
    pub file_bytes: u64,
    /// Number of files.
    pub files: usize,
}

impl LogShape {
    /// The shape for `partitions` on this core: max(256 MiB, 100 KiB each), at most `budget` bytes and an
    /// eighth of `free` (space of the file system). At least four files of 64 KiB and what carried blocks need
    /// (`LOG_BYTES_CARRIED` each), whatever the limits say, if half of `free` has room for it.
    #[must_use]
    pub fn plan(partitions: usize, budget: u64, free: u64) -> Self {
        let want = LOG_BYTES_MIN.max(LOG_BYTES_PER_PARTITION.saturating_mul(partitions as u64));
        let carried = LOG_BYTES_CARRIED.saturating_mul(partitions as u64).min(free / 2);
        let total = want.min(budget).min(free / 8).max(carried);
        let block = BLOCK as u64;
        let file_bytes =
            (total / LOG_FILES_MIN as u64).clamp(LOG_FILE_BYTES_MIN, LOG_FILE_BYTES) / block * block;
        let files = usize::try_from(total / file_bytes).unwrap_or(LOG_FILES_MAX);
        Self { file_bytes, files: files.clamp(LOG_FILES_MIN, LOG_FILES_MAX) }
    }

    /// All files together, bytes.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.file_bytes * self.files as u64
    }

    /// Largest frame in files of this size: four always fit.
    #[must_use]
    pub fn frame_max(&self) -> usize {
        let quarter = usize::try_from(self.file_bytes / 4).unwrap_or(FRAME_MAX);
        quarter.min(FRAME_MAX) / BLOCK * BLOCK
    }
}

/// One file of the log.
#[derive(Clone, Debug)]
pub struct LogFile<F> {
    /// The k of `commit-<k>.log`.
    pub number: u32,
    /// The open, locked file.
    pub file: F,
    /// Bytes it may hold.
    pub capacity: u64,
    /// The generation under which it takes or took frames; 0 while it is free.
    pub generation: u64,
    /// Where its first frame stands in the chain; meaningless while it is free.
    pub first: Link,
}

/// A place for one frame, handed out one at a time.
#[derive(Clone, Debug)]
pub struct Slot<F> {
    /// The file.
    pub file: F,
    /// Where the frame goes, bytes.
    pub position: u64,
    /// What its header says.
    pub link: Link,
}

/// The files of one core's log.
#[derive(Debug)]
pub struct CommitLog<F> {
    shape: LogShape,
    live: VecDeque<LogFile<F>>,
    /// Ready to take frames.
    free: VecDeque<LogFile<F>>,
    /// Being filled or made ready: they are somebody else's until they come back with `add_free`.
    pending: usize,
    /// Where the next frame goes in the last live file.
    position: u64,
    /// The place of the next frame, but for its generation.
    next: Link,
}

impl<F: Clone> CommitLog<F> {
    /// A log whose next frame is `next`. `live`: files with frames that count, oldest first; `position`: end of
    /// the last frame in the last of them.
    #[must_use]
    pub fn new(shape: LogShape, live: VecDeque<LogFile<F>>, position: u64, next: Link) -> Self {
        assert!(
            live.iter().zip(live.iter().skip(1)).all(|(a, b)| a.generation < b.generation),
            "live files are in generation order"
        );
        Self { shape, live, free: VecDeque::new(), pending: 0, position, next }
    }

    /// The place for a frame of `len` bytes: in the current file, or at the front of a free one.
    /// `None` if neither has room: wait for `add_free`.
    pub fn slot(&mut self, len: usize) -> Option<Slot<F>> {
        let len = len as u64;
        let fits = self.live.back().is_some_and(|f| self.position + len <= f.capacity);
        if !fits {
            let mut file = self.free.pop_front()?;
            assert!(len <= file.capacity, "a frame fits a file");
            self.next.generation = self.live.back().map_or(self.next.generation, |f| f.generation + 1);
            file.generation = self.next.generation;
            file.first = self.next;
            self.live.push_back(file);
            self.position = 0;
        }
        let file = self.live.back()?;
        Some(Slot { file: file.file.clone(), position: self.position, link: self.next })
    }

    /// The frame of `slot` is durable: `len` bytes with `crc`.
    pub fn on_durable(&mut self, len: usize, crc: u32) {
        self.position += len as u64;
        self.next.sequence += 1;
        self.next.prev_crc = crc;
    }

    /// Sequence of the next frame to be written.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.next.sequence
    }

    /// The place of the next frame, should it go to the current file.
    #[must_use]
    pub fn next_link(&self) -> Link {
        self.next
    }

    /// The generation that the next frame of `len` bytes will get.
    #[must_use]
    pub fn current_generation(&self) -> u64 {
        self.live.back().map_or(self.next.generation, |f| f.generation)
    }

    /// Generation of the oldest file with frames, if a younger one exists: the one to recycle next.
    #[must_use]
    pub fn oldest_recyclable(&self) -> Option<u64> {
        (self.live.len() > 1).then(|| self.live.front().map(|f| f.generation)).flatten()
    }

    /// The first frame of the file of `generation`.
    #[must_use]
    pub fn first_of(&self, generation: u64) -> Option<Link> {
        self.live.iter().find(|f| f.generation == generation).map(|f| f.first)
    }

    /// Takes every file older than `generation` off the front. Only after a checkpoint that needs none of them.
    /// Each must come back with `add_free`, or be given up with `forget`.
    pub fn recycle_before(&mut self, generation: u64) -> Vec<LogFile<F>> {
        let mut out = Vec::new();
        while self.live.len() > 1 && self.live.front().is_some_and(|f| f.generation < generation) {
            out.extend(self.live.pop_front());
        }
        self.pending += out.len();
        out
    }

    /// A new file is being made; it will come back with `add_free` or `forget`.
    pub fn expect_file(&mut self) {
        self.pending += 1;
    }

    /// A file is filled and may take frames.
    pub fn add_free(&mut self, mut file: LogFile<F>) {
        assert!(self.pending > 0, "only expected files come back");
        file.generation = 0;
        self.pending -= 1;
        self.free.push_back(file);
    }

    /// An expected file does not come back.
    pub fn forget(&mut self) {
        assert!(self.pending > 0, "only expected files are forgotten");
        self.pending -= 1;
    }

    /// Bytes that frames can still take without any recycling.
    #[must_use]
    pub fn room(&self) -> u64 {
        let current = self.live.back().map_or(0, |f| f.capacity.saturating_sub(self.position));
        current + self.free.iter().map(|f| f.capacity).sum::<u64>()
    }

    /// Bytes of all files, the pending ones at the usual size.
    #[must_use]
    pub fn total(&self) -> u64 {
        let known: u64 = self.live.iter().chain(&self.free).map(|f| f.capacity).sum();
        known + self.pending as u64 * self.shape.file_bytes
    }

    /// True from a half-full log on: time to flush.
    #[must_use]
    pub fn is_half_full(&self) -> bool {
        self.live.len() > 1 && self.room_in_time() * 2 <= self.total()
    }

    /// True while a quarter of the log is left at most: appends soon wait for a flush.
    #[must_use]
    pub fn is_nearly_full(&self) -> bool {
        self.live.len() > 1 && self.room_in_time() * 4 <= self.total()
    }

    /// The room, with that of the files which are being filled.
    fn room_in_time(&self) -> u64 {
        self.room() + self.pending as u64 * self.shape.file_bytes
    }

    /// Files in all.
    #[must_use]
    pub fn files(&self) -> usize {
        self.live.len() + self.free.len() + self.pending
    }

    /// The sizes in force.
    #[must_use]
    pub fn shape(&self) -> LogShape {
        self.shape
    }

    /// Other sizes from now on (more partitions): files are added or given up as they are recycled.
    pub fn reshape(&mut self, shape: LogShape) {
        self.shape = shape;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: Link = Link { salt: 1, generation: 1, sequence: 1, prev_crc: 0 };
    const SHAPE: LogShape = LogShape { file_bytes: 64 << 10, files: 4 };

    fn file(number: u32) -> LogFile<u32> {
        LogFile { number, file: number, capacity: SHAPE.file_bytes, generation: 0, first: NEXT }
    }

    fn log() -> CommitLog<u32> {
        let mut log = CommitLog::new(SHAPE, VecDeque::new(), 0, NEXT);
        for k in 0..4 {
            log.expect_file();
            log.add_free(file(k));
        }
        log
    }

    fn write(log: &mut CommitLog<u32>, len: usize) -> (u32, u64, u64, u64) {
        let slot = log.slot(len).unwrap();
        log.on_durable(len, 7);
        (slot.file, slot.position, slot.link.generation, slot.link.sequence)
    }

    #[test]
    fn frames_fill_files_in_order_and_a_recycled_file_gets_a_new_generation() {
        let mut log = log();
        assert_eq!(write(&mut log, 40 << 10), (0, 0, 1, 1));
        assert_eq!(log.oldest_recyclable(), None);
        assert_eq!(write(&mut log, 24 << 10), (0, 40 << 10, 1, 2));
        assert_eq!(write(&mut log, BLOCK), (1, 0, 2, 3));
        assert!(!log.is_half_full() && !log.is_nearly_full());
        assert_eq!(write(&mut log, 64 << 10), (2, 0, 3, 4));
        assert!(log.is_half_full() && log.is_nearly_full(), "a quarter is left");
        assert_eq!(write(&mut log, 64 << 10), (3, 0, 4, 5));
        assert!(log.slot(BLOCK).is_none(), "no room before a recycle");
        let first = log.first_of(2).unwrap();
        assert_eq!((first.sequence, first.prev_crc), (3, 7));
        let old = log.recycle_before(2);
        assert_eq!(old.iter().map(|f| f.number).collect::<Vec<_>>(), [0]);
        assert!(log.slot(BLOCK).is_none(), "not before it is free");
        for file in old {
            log.add_free(file);
        }
        assert_eq!(write(&mut log, BLOCK), (0, 0, 5, 6));
        assert!(log.recycle_before(100).len() == 3, "the current file stays");
    }

    #[test]
    fn the_shape_follows_partitions_budget_and_free_space() {
        let plenty = u64::MAX;
        assert_eq!(LogShape::plan(1, plenty, plenty), LogShape { file_bytes: LOG_FILE_BYTES, files: 4 });
        let many = LogShape::plan(10_000, plenty, plenty);
        assert!(many.total() <= 10_000 * LOG_BYTES_PER_PARTITION);
        assert!(many.total() + LOG_FILE_BYTES > 10_000 * LOG_BYTES_PER_PARTITION);
        let small = LogShape::plan(10, plenty, 8 << 20);
        assert_eq!(small, LogShape { file_bytes: 256 << 10, files: 4 });
        assert_eq!(small.frame_max(), 64 << 10);
        let carrying = LogShape::plan(41, 0, plenty);
        assert_eq!(carrying, LogShape { file_bytes: 328 << 10, files: 4 }, "room for the blocks of 41");
        assert_eq!(LogShape::plan(10_000, plenty, 8 << 20).total(), 4 << 20, "half of what is free at most");
        assert_eq!(LogShape::plan(1, 0, 0), LogShape { file_bytes: LOG_FILE_BYTES_MIN, files: 4 });
    }
}
