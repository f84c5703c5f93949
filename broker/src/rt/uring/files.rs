//! What the ordinary threads of the data directories do with files, for either runtime.
//!
//! Owner: the core; the threads belong to the process. Invariants: no call blocks the core and none is retried
//! after an error; calls on names of one data directory run in order.

#[cfg(feature = "glommio")]
use super::coldpool::Lease;
use super::erase;
use super::file::UringFile;
use super::syncer::{Syncer, What};
use super::worker::Worker;
use bytes::Bytes;
use nix::fcntl::{FallocateFlags, PosixFadviseAdvice, fallocate, posix_fadvise};
#[cfg(feature = "glommio")]
use ringlog_storage::buf::AlignedBuf;
use ringlog_storage::disk::{DirEntry, OpenMode, Space};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// One data directory: its ordinary threads and how its commit logs complete.
#[derive(Clone)]
pub(in crate::rt) struct Dir {
    pub(super) path: PathBuf,
    pub(super) meta: Worker,
    /// Makes files durable.
    pub(super) sync: Syncer,
    /// Replaces small files and syncs directories: several at a time share one commit of the file system's journal.
    pub(super) names: Syncer,
    /// Fills the page cache for cold fetches.
    pub(super) read: Worker,
    pub(super) sink: Arc<File>,
    pub(super) durable_by_ring: bool,
}

fn open_file(path: &Path, mode: OpenMode) -> io::Result<File> {
    let flags = if mode.direct { libc::O_DIRECT } else { 0 };
    let file = OpenOptions::new()
        .read(true)
        .write(mode.write)
        .create(mode.create)
        .truncate(false)
        .custom_flags(flags)
        .open(path)?;
    if mode.lock {
        lock(&file)?;
    }
    if !mode.direct && !mode.write {
        // Only we read ahead (architecture.md D4). A file system without the call just reads ahead more.
        let _ = posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_RANDOM);
    }
    Ok(file)
}

/// Takes the exclusive lock of a file without waiting.
pub(in crate::rt) fn lock(file: &File) -> io::Result<()> {
    file.try_lock().map_err(|e| match e {
        TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
        TryLockError::Error(e) => e,
    })
}

fn list_dir(path: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let meta = match entry.metadata() {
            Ok(meta) => meta,
            // Removed while we list.
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(e),
        };
        let is_dir = meta.is_dir();
        entries.push(DirEntry { name, is_dir, len: if is_dir { 0 } else { meta.len() } });
    }
    entries.sort();
    Ok(entries)
}

fn read_small(path: &Path, max: usize) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(max as u64 + 1).read_to_end(&mut content)?;
    if content.len() > max { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(content) }
}

fn space_of(path: &Path) -> io::Result<Space> {
    let stat = nix::sys::statvfs::statvfs(path)?;
    let unit = stat.fragment_size();
    Ok(Space { free: stat.blocks_available() * unit, total: stat.blocks() * unit })
}

#[cfg(feature = "glommio")]
fn read_once(file: &File, into: &mut [u8], pos: u64) -> io::Result<usize> {
    loop {
        match file.read_at(into, pos) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// The data directories of one core.
#[derive(Clone)]
pub(in crate::rt) struct Files(Rc<[Dir]>);

impl Files {
    pub(in crate::rt) fn new(dirs: Vec<Dir>) -> Self {
        Self(dirs.into())
    }

    /// The data directories' paths.
    #[cfg(feature = "glommio")]
    pub(in crate::rt) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|dir| dir.path.as_path())
    }

    /// The data directory that holds `path`.
    pub(in crate::rt) fn dir(&self, path: &Path) -> &Dir {
        let holder = self.0.iter().filter(|d| path.starts_with(&d.path));
        let longest = holder.max_by_key(|d| d.path.as_os_str().len());
        longest.or_else(|| self.0.first()).expect("a core has at least one data directory")
    }

    async fn meta<T: Send + 'static>(
        &self,
        path: &Path,
        call: impl FnOnce(PathBuf) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let owned = path.to_owned();
        self.dir(path).meta.run(move || call(owned)).await
    }

    /// Opens a file, and locks it if that is asked for.
    pub(in crate::rt) async fn open(&self, path: &Path, mode: OpenMode) -> io::Result<File> {
        self.meta(path, move |p| open_file(&p, mode)).await
    }

    pub(in crate::rt) async fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let to = to.to_owned();
        self.meta(from, move |from| fs::rename(from, to)).await
    }

    pub(in crate::rt) async fn unlink(&self, path: &Path) -> io::Result<()> {
        self.meta(path, fs::remove_file).await
    }

    pub(in crate::rt) async fn create_dir(&self, path: &Path) -> io::Result<()> {
        let create = |p: PathBuf| match fs::create_dir(&p) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && p.is_dir() => Ok(()),
            other => other,
        };
        self.meta(path, create).await
    }

    pub(in crate::rt) async fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.meta(path, fs::remove_dir).await
    }

    pub(in crate::rt) async fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.dir(path).names.run(What::Directory(path.to_owned())).await
    }

    pub(in crate::rt) async fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.meta(path, |p| list_dir(&p)).await
    }

    pub(in crate::rt) async fn read_file(&self, path: &Path, max: usize) -> io::Result<Vec<u8>> {
        self.meta(path, move |p| read_small(&p, max)).await
    }

    pub(in crate::rt) async fn replace_file(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.dir(path).names.run(What::Replaced(path.to_owned(), content.to_vec())).await
    }

    pub(in crate::rt) async fn space(&self, path: &Path) -> io::Result<Space> {
        self.meta(path, |p| space_of(&p)).await
    }
}

/// The calls on an open file.
impl UringFile {
    /// The file's length. fstat of an open file reads memory only.
    pub(in crate::rt) fn len(&self) -> io::Result<u64> {
        Ok(self.std().metadata()?.len())
    }

    /// Reads up to `len` bytes at `pos` on a thread. Errors: the thread has stopped, and has taken the buffer along.
    #[cfg(feature = "glommio")]
    pub(in crate::rt) async fn read_buffered(
        &self,
        buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> io::Result<(io::Result<usize>, AlignedBuf)> {
        let (owned, mut buf) = (self.clone(), buf);
        let read = move || {
            let into = buf.as_mut_slice().get_mut(..len).expect("a read fits its buffer");
            Ok((read_once(owned.std(), into, pos), buf))
        };
        self.0.read.run(read).await
    }

    /// Reads up to `len` bytes at `pos` on a thread, into a buffer of the pool.
    #[cfg(feature = "glommio")]
    pub(in crate::rt) async fn read_leased(
        &self,
        lease: Lease,
        pos: u64,
        len: usize,
    ) -> io::Result<(usize, Lease)> {
        let (owned, mut lease) = (self.clone(), lease);
        let read = move || {
            let into = lease.buf_mut().as_mut_slice().get_mut(..len).expect("a piece fits its buffer");
            read_once(owned.std(), into, pos).map(|n| (n, lease))
        };
        self.0.read.run(read).await
    }

    pub(in crate::rt) async fn write_buffered(&self, data: Vec<Bytes>, pos: u64) -> io::Result<()> {
        let owned = self.clone();
        let write = move || {
            let mut pos = pos;
            for part in data {
                owned.std().write_all_at(&part, pos)?;
                pos += part.len() as u64;
            }
            Ok(())
        };
        self.0.meta.run(write).await
    }

    pub(in crate::rt) async fn sync(&self) -> io::Result<()> {
        self.0.sync.run(What::File(self.clone())).await
    }

    pub(in crate::rt) async fn truncate(&self, len: u64) -> io::Result<()> {
        let owned = self.clone();
        self.0.meta.run(move || owned.std().set_len(len)).await
    }

    /// Cuts up to `piece` bytes off the end, and returns how long that took; `None` if the rest may go at once.
    pub(in crate::rt) async fn cut_end(&self, piece: u64) -> io::Result<Option<Duration>> {
        let owned = self.clone();
        self.0.meta.run(move || erase::cut_end(owned.std(), piece)).await
    }

    pub(in crate::rt) async fn reserve(&self, pos: u64, len: u64) -> io::Result<()> {
        let pos = i64::try_from(pos).map_err(|_| io::Error::from_raw_os_error(libc::EFBIG))?;
        let len = i64::try_from(len).map_err(|_| io::Error::from_raw_os_error(libc::EFBIG))?;
        let owned = self.clone();
        let mode = FallocateFlags::FALLOC_FL_KEEP_SIZE;
        self.0.meta.run(move || Ok(fallocate(owned.std(), mode, pos, len)?)).await
    }
}
