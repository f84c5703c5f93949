//! The `Disk` seam: everything storage asks of a file system.
//!
//! Owner: one per core. Implementations: `broker/src/rt` (real files) and `sim` (memory with faults).
//! Invariants: a buffer comes back only when the kernel is done with it, even if the future was dropped;
//! `Ok` from `append_durable` or `sync` means stable storage; nothing is retried behind the caller's back.
#![allow(async_fn_in_trait)]

use crate::buf::{AlignedBuf, LongMemory};
use bytes::Bytes;
use std::io;
use std::path::Path;

/// How a file is opened. Every descriptor that bytes are written through takes an exclusive flock (`lock`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenMode {
    /// Opened for writing too.
    pub write: bool,
    /// Created if it does not exist (the caller syncs the directory).
    pub create: bool,
    /// O_DIRECT: buffers, positions and lengths in whole blocks.
    pub direct: bool,
    /// Take an exclusive flock without waiting; `ErrorKind::WouldBlock` when another holds it.
    pub lock: bool,
}

impl OpenMode {
    /// Buffered, read only.
    pub const READ: Self = Self { write: false, create: false, direct: false, lock: false };
    /// O_DIRECT, read only: what is read once and by nobody else, past the page cache.
    pub const READ_DIRECT: Self = Self { direct: true, ..Self::READ };
    /// Written, with no lock: a file that is to be removed.
    pub const REMOVE: Self = Self { write: true, ..Self::READ };
    /// Buffered, written, created, locked: small files (checkpoints, indexes, metadata).
    pub const WRITE: Self = Self { write: true, create: true, direct: false, lock: true };
    /// O_DIRECT, written, created, locked: segments and commit logs.
    pub const DIRECT: Self = Self { write: true, create: true, direct: true, lock: true };
}

/// What `list` says of one directory entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirEntry {
    /// The file name, without the directory. Names that are not UTF-8 are left out.
    pub name: String,
    /// True for a directory.
    pub is_dir: bool,
    /// Length in bytes (0 for a directory).
    pub len: u64,
}

/// Free and total bytes of the file system that holds a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Bytes that an ordinary process can still use.
    pub free: u64,
    /// All bytes.
    pub total: u64,
}

/// What is behind the name of a small file while [`Disk::replace_file`] writes its new content.
pub const UNFINISHED_SUFFIX: &str = ".tmp";

/// A file on a `Disk`. Cloning shares the descriptor; it closes when the last clone is gone.
/// `Send`, because a response may leave from another core than the one that opened the file.
pub trait DiskFile: Clone + Send + Sync + std::fmt::Debug + 'static {}

/// The file system as one core sees it.
///
/// Every method may suspend; none blocks the core. Errors are those of the system call, unchanged.
pub trait Disk: Clone + 'static {
    /// An open file.
    type File: DiskFile;
    /// Where long memory that goes to files comes from: in huge pages the device takes it as one piece.
    const LONG_MEMORY: Option<&'static LongMemory> = None;

    /// Opens `path` as `mode` says.
    async fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Self::File>;
    /// The file's length, bytes.
    async fn len(&self, file: &Self::File) -> io::Result<u64>;
    /// Reads up to `len` bytes at `pos` into the front of `buf`; returns how many (short only at the end of
    /// the file or where the kernel read short). On a `direct` file `pos` and `len` are whole blocks.
    async fn read_at(
        &self,
        file: &Self::File,
        buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<usize>, AlignedBuf);
    /// Writes all of `data` at `pos`, not durable. On a `direct` file the address, length and `pos` of every
    /// part are whole blocks. After an error the range's contents are unknown.
    async fn write_at(&self, file: &Self::File, data: Vec<Bytes>, pos: u64) -> io::Result<()>;
    /// Writes the first `len` bytes of `buf` at `pos` and makes them durable (`RWF_DSYNC`), by whichever of
    /// ring and flusher thread the runtime chose. One at a time per file. For commit logs.
    async fn append_durable(
        &self,
        file: &Self::File,
        buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<()>, AlignedBuf);
    /// Writes all of `data` at `pos`, as `write_at` does, and makes them durable with what is needed to find them: the
    /// file's length and extents. Not what was written to the file before. For what somebody waits for; errors are final.
    async fn write_durable(&self, file: &Self::File, data: Vec<Bytes>, pos: u64) -> io::Result<()>;
    /// fdatasync, on the data directory's ordinary thread.
    async fn sync(&self, file: &Self::File) -> io::Result<()>;
    /// Sets the file's length.
    async fn truncate(&self, file: &Self::File, len: u64) -> io::Result<()>;
    /// Reserves space for `pos..pos + len` without changing the length (FALLOC_FL_KEEP_SIZE).
    async fn reserve(&self, file: &Self::File, pos: u64, len: u64) -> io::Result<()>;
    /// Renames within one file system, replacing `to`. Not durable before `sync_dir`.
    async fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file. Open descriptors stay valid.
    async fn unlink(&self, path: &Path) -> io::Result<()>;
    /// Cuts up to `piece` bytes off the end of a file that has no name any more, and waits for a moment so that others
    /// get the device: giving a whole segment back at once can stop it for many milliseconds (docs/decisions/0018).
    /// False, and nothing is cut, when the rest may go with the descriptor: it is no longer than a piece, or somebody
    /// else has the file open.
    async fn shorten(&self, file: &Self::File, piece: u64) -> io::Result<bool>;
    /// Creates one directory; an existing one is no error.
    async fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty directory.
    async fn remove_dir(&self, path: &Path) -> io::Result<()>;
    /// fsync of a directory: names created, renamed or removed in it are durable after.
    async fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// The entries of a directory, sorted by name.
    async fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>>;
    /// Reads a whole small file (at most `max` bytes; longer is `ErrorKind::FileTooLarge`).
    async fn read_file(&self, path: &Path, max: usize) -> io::Result<Vec<u8>>;
    /// Replaces a small file: tmp, write, fsync, rename, directory fsync. Durable on return.
    /// A process that is killed in between leaves a file whose name ends in [`UNFINISHED_SUFFIX`].
    async fn replace_file(&self, path: &Path, content: &[u8]) -> io::Result<()>;
    /// Free space of the file system at `path`.
    async fn space(&self, path: &Path) -> io::Result<Space>;
}

/// A range of a segment that a response sends by reference; the descriptor stays open while it lives.
#[derive(Clone, Debug)]
pub struct FileRegion<F> {
    /// The buffered (not O_DIRECT) descriptor.
    pub file: F,
    /// First byte in the file.
    pub pos: u64,
    /// Length in bytes.
    pub len: usize,
}
