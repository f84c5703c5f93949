//! Every budget of storage, in one place, checked against each other at compile time.
//!
//! Owner: constants only. Invariants: a frame always fits a log file with room to spare; a batch that does not
//! fit a frame goes past the commit log; what a recycle must write again always has room.
//! At a budget the store answers `Busy` and its reader slows; it never aborts (architecture.md D10).

use crate::buf::BLOCK;

/// Largest commit frame, header and padding included, bytes.
pub const FRAME_MAX: usize = 2 << 20;
/// Frames that may wait behind the one in flight; their buffers are kept and used again.
pub const FRAMES_WAITING_MAX: usize = 4;
/// A batch of at least this many bytes goes straight to its segment (architecture.md D3).
pub const BYPASS_MIN: usize = 256 << 10;
/// Whole blocks that make a partition worth a flush of its own, bytes.
pub const FLUSH_MIN: usize = 64 << 10;
/// Operations on files side by side when nothing waits for the commit log: start, stop, recycling.
pub const FLUSH_WRITES_MAX: usize = 16;
/// Partitions that are made durable or finished side by side: many syncs that wait at once are one (decision 14).
pub const SYNCS_MAX: usize = 256;
/// Bytes of tails that may be neither flushed nor refused, per core.
pub const UNFLUSHED_MAX: usize = 192 << 20;
/// Bytes of tail memory, flushed or not, per core: the tail cache's budget.
pub const TAIL_MAX: usize = 256 << 20;
/// Fewest commit log files: one being written, one being flushed, two between.
pub const LOG_FILES_MIN: usize = 4;
/// Most commit log files.
pub const LOG_FILES_MAX: usize = 1024;
/// Smallest commit log in all, bytes, unless disk or configuration say less.
pub const LOG_BYTES_MIN: u64 = 256 << 20;
/// Commit log bytes that a partition adds beyond `LOG_BYTES_MIN`.
pub const LOG_BYTES_PER_PARTITION: u64 = 100 << 10;
/// Commit log bytes that a partition needs at least, whatever disk and configuration say: its last, partly filled
/// block is carried each time the log comes round, and takes up to two blocks with entry, frame and padding. Were
/// more than a quarter of the log such blocks, recycling would write nothing but them.
pub const LOG_BYTES_CARRIED: u64 = 4 * (2 * BLOCK) as u64;
/// Usual size of one commit log file, bytes.
pub const LOG_FILE_BYTES: u64 = 64 << 20;
/// Smallest size of one commit log file, bytes (tests and tiny disks).
pub const LOG_FILE_BYTES_MIN: u64 = 64 << 10;
/// Bytes of one read or write behind the commit log's back: flush, zero-filling, compaction. A durable write waits
/// for what is before it in the device's queue, and a queue may be short: one of virtio has 256 places, a page
/// each, so that a megabyte took it whole and the commit log's next write 3 ms (docs/decisions/0011).
pub const BACKGROUND_BYTES: usize = 128 << 10;
/// Bytes of one write that somebody waits for: of a batch that goes past the commit log, and of a flush while appends
/// are about to find the log full (docs/decisions/0017).
pub const WAITED_BYTES: usize = 2 << 20;
/// Writes of `BACKGROUND_BYTES` in flight in one flush round: the half of such a queue.
pub const BACKGROUND_WRITES_MAX: usize = 4;
/// What is given back to the file system at once of a file that is removed, bytes (docs/decisions/0018).
pub const ERASE_BYTES: u64 = 1 << 20;
/// Bytes that recovery reads from a commit log at once.
pub const SCAN_BYTES: usize = 4 << 20;
/// Largest checkpoint that is read, bytes.
pub const CHECKPOINT_MAX: usize = 1 << 30;
/// Partitions whose state is taken in one turn of the core while a checkpoint is made.
pub const CHECKPOINT_CHUNK: usize = 64;
/// Longest wait for the locks of a process that was killed, milliseconds (reliability.md section 5, row 2).
pub const LOCK_WAIT_MAX_MS: u64 = 10_000;
/// Between two attempts at a lock, milliseconds.
pub const LOCK_RETRY_MS: u64 = 50;
/// Segment files that one store keeps open for reading.
pub const READ_FILES_MAX: usize = 1024;
/// Segment files that one store keeps open for writing at most, checked once a second: fewer than partitions that are
/// written cost each flush an open.
pub const WRITE_FILES_MAX: usize = 16 << 10;
/// Memory for loaded index files of one store, bytes.
pub const INDEX_CACHE_MAX: usize = 16 << 20;
/// Largest small file (layout, metadata, epoch checkpoint) that is read, bytes.
pub const SMALL_FILE_MAX: usize = 16 << 20;

const _: () = assert!(FRAME_MAX.is_multiple_of(BLOCK) && BACKGROUND_BYTES.is_multiple_of(BLOCK));
const _: () = assert!(WAITED_BYTES.is_multiple_of(BLOCK) && WAITED_BYTES >= BACKGROUND_BYTES);
const _: () = assert!(BYPASS_MIN * 2 <= FRAME_MAX, "a batch below the bypass fits a frame beside others");
const _: () = assert!(UNFLUSHED_MAX < TAIL_MAX, "what is not flushed is pinned in the tail cache");
const _: () = assert!(FRAME_MAX as u64 * 4 <= LOG_FILE_BYTES, "a file holds several frames");
const _: () = assert!(LOG_FILE_BYTES * LOG_FILES_MIN as u64 <= LOG_BYTES_MIN);
const _: () = assert!(UNFLUSHED_MAX as u64 <= LOG_BYTES_MIN, "the log covers what is not flushed");
const _: () = assert!(SCAN_BYTES >= FRAME_MAX && SCAN_BYTES.is_multiple_of(BLOCK), "a frame fits one read");
const _: () = assert!(FLUSH_MIN < BYPASS_MIN);
const _: () = assert!(
    LOG_BYTES_PER_PARTITION >= LOG_BYTES_CARRIED,
    "the blocks carried at a recycle take a small part of the log"
);
