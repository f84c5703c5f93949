//! `Disk` on the ring, the flusher and the ordinary threads of the data directories.
//!
//! Owner: the core; the threads belong to the process. Invariants: reads and O_DIRECT writes go through the
//! ring, commit logs as the probe chose, everything else to a thread; no call blocks the core and none is
//! retried after an error. A short O_DIRECT write goes on only on a block boundary (hazard 4).

use super::erase;
use super::file::UringFile;
use super::op::{FileIo, PARTS_MAX, Payload, WriteV};
use super::reactor::{Core, OpFuture, Sleep};
use super::syncer::{Syncer, What};
use super::worker::Worker;
use bytes::Bytes;
use nix::fcntl::{FallocateFlags, PosixFadviseAdvice, fallocate, posix_fadvise};
use ringlog_shard::calls::yield_now;
use ringlog_storage::buf::{AlignedBuf, BLOCK};
use ringlog_storage::disk::{DirEntry, Disk, OpenMode, Space};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// One data directory: its ordinary threads and how its commit logs complete.
#[derive(Clone)]
pub(super) struct Dir {
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

/// The file systems as one core sees them.
#[derive(Clone)]
pub struct UringDisk {
    pub(super) core: Rc<Core>,
    pub(super) dirs: Rc<[Dir]>,
}

fn errno(result: i32) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::from_raw_os_error(-result))
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
        file.try_lock().map_err(|e| match e {
            TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
            TryLockError::Error(e) => e,
        })?;
    }
    if !mode.direct && !mode.write {
        // Only we read ahead (architecture.md D4). A file system without the call just reads ahead more.
        let _ = posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_RANDOM);
    }
    Ok(file)
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

impl UringDisk {
    fn dir(&self, path: &Path) -> &Dir {
        let holder = self.dirs.iter().filter(|d| path.starts_with(&d.path));
        let longest = holder.max_by_key(|d| d.path.as_os_str().len());
        longest.or_else(|| self.dirs.first()).expect("a core has at least one data directory")
    }

    async fn meta<T: Send + 'static>(
        &self,
        path: &Path,
        call: impl FnOnce(PathBuf) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let owned = path.to_owned();
        self.dir(path).meta.run(move || call(owned)).await
    }

    /// Writes through the ring until all is written.
    async fn write_ring(&self, file: &UringFile, data: Vec<Bytes>, mut pos: u64) -> io::Result<()> {
        let mut rest = data.into_iter().filter(|b| !b.is_empty());
        loop {
            let mut group: Vec<Bytes> = rest.by_ref().take(PARTS_MAX).collect();
            while !group.is_empty() {
                let payload = Payload::WriteV(WriteV::new(file.clone(), group, pos));
                let (result, payload) = OpFuture::start(&self.core, payload).await;
                let Payload::WriteV(back) = payload else { unreachable!("a write gives its data back") };
                group = back.data;
                let n = match errno(result) {
                    Ok(n) if n > 0 && n.is_multiple_of(BLOCK) => n,
                    Ok(n) if n == group.iter().map(Bytes::len).sum::<usize>() => n,
                    Ok(_) => return Err(io::ErrorKind::WriteZero.into()),
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                    Err(e) => return Err(e),
                };
                pos += n as u64;
                advance(&mut group, n);
            }
            if rest.size_hint().1 == Some(0) {
                return Ok(());
            }
        }
    }
}

/// Drops the first `n` bytes of the parts.
fn advance(parts: &mut Vec<Bytes>, mut n: usize) {
    let mut whole = 0;
    for part in parts.iter_mut() {
        if part.len() > n {
            *part = part.slice(n..);
            break;
        }
        n -= part.len();
        whole += 1;
    }
    parts.drain(..whole);
}

impl Disk for UringDisk {
    type File = UringFile;

    async fn open(&self, path: &Path, mode: OpenMode) -> io::Result<UringFile> {
        let file = self.meta(path, move |p| open_file(&p, mode)).await?;
        let dir = self.dir(path);
        Ok(UringFile::new(file, mode.direct, dir))
    }

    async fn len(&self, file: &UringFile) -> io::Result<u64> {
        // fstat of an open file reads memory only.
        Ok(file.std().metadata()?.len())
    }

    async fn read_at(
        &self,
        file: &UringFile,
        buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<usize>, AlignedBuf) {
        assert!(len <= buf.capacity(), "a read of {len} into {} bytes", buf.capacity());
        let end = pos.saturating_add(len as u64);
        let mut reading = (!file.0.direct).then(|| file.mark_reading(pos, end));
        let mut buf = buf;
        loop {
            let io = FileIo { file: file.clone(), buf, pos, len, reading: reading.take() };
            let (result, payload) = OpFuture::start(&self.core, Payload::Read(io)).await;
            let Payload::Read(io) = payload else { unreachable!("a read gives its buffer back") };
            if result != -libc::EINTR && result != -libc::EAGAIN {
                return (errno(result), io.buf);
            }
            reading = io.reading;
            buf = io.buf;
            yield_now().await;
        }
    }

    async fn write_at(&self, file: &UringFile, data: Vec<Bytes>, pos: u64) -> io::Result<()> {
        if file.0.direct {
            return self.write_ring(file, data, pos).await;
        }
        let owned = file.clone();
        let write = move || {
            let mut pos = pos;
            for part in data {
                owned.std().write_all_at(&part, pos)?;
                pos += part.len() as u64;
            }
            Ok(())
        };
        file.0.meta.run(write).await
    }

    async fn append_durable(
        &self,
        file: &UringFile,
        buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<()>, AlignedBuf) {
        assert!(len <= buf.capacity(), "a write of {len} from {} bytes", buf.capacity());
        let mut io = FileIo { file: file.clone(), buf, pos, len, reading: None };
        let op = match &self.core.flusher {
            Some(flusher) if !file.0.durable_by_ring => loop {
                match flusher.start_write(&self.core.ring, io) {
                    Ok(key) => break OpFuture::away(&self.core, key),
                    Err(back) => io = back,
                }
                yield_now().await;
            },
            _ => OpFuture::start(&self.core, Payload::WriteDurable(io)),
        };
        let (result, payload) = op.await;
        let Payload::WriteDurable(io) = payload else { unreachable!("a write gives its buffer back") };
        let result = match errno(result) {
            Ok(n) if n == len => Ok(()),
            Ok(_) => Err(io::ErrorKind::WriteZero.into()),
            Err(e) => Err(e),
        };
        (result, io.buf)
    }

    async fn sync(&self, file: &UringFile) -> io::Result<()> {
        file.0.sync.run(What::File(file.clone())).await
    }

    async fn truncate(&self, file: &UringFile, len: u64) -> io::Result<()> {
        let owned = file.clone();
        file.0.meta.run(move || owned.std().set_len(len)).await
    }

    async fn reserve(&self, file: &UringFile, pos: u64, len: u64) -> io::Result<()> {
        let pos = i64::try_from(pos).map_err(|_| io::Error::from_raw_os_error(libc::EFBIG))?;
        let len = i64::try_from(len).map_err(|_| io::Error::from_raw_os_error(libc::EFBIG))?;
        let owned = file.clone();
        let mode = FallocateFlags::FALLOC_FL_KEEP_SIZE;
        file.0.meta.run(move || Ok(fallocate(owned.std(), mode, pos, len)?)).await
    }

    async fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let to = to.to_owned();
        self.meta(from, move |from| fs::rename(from, to)).await
    }

    async fn unlink(&self, path: &Path) -> io::Result<()> {
        self.meta(path, fs::remove_file).await
    }

    async fn shorten(&self, file: &UringFile, piece: u64) -> io::Result<bool> {
        let owned = file.clone();
        let cut = file.0.meta.run(move || erase::cut_end(owned.std(), piece)).await?;
        let Some(took) = cut else { return Ok(false) };
        Sleep::until(&self.core, self.core.now().saturating_add(erase::pause_after(took))).await;
        Ok(true)
    }

    async fn create_dir(&self, path: &Path) -> io::Result<()> {
        let create = |p: PathBuf| match fs::create_dir(&p) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && p.is_dir() => Ok(()),
            other => other,
        };
        self.meta(path, create).await
    }

    async fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.meta(path, fs::remove_dir).await
    }

    async fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.dir(path).names.run(What::Directory(path.to_owned())).await
    }

    async fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.meta(path, |p| list_dir(&p)).await
    }

    async fn read_file(&self, path: &Path, max: usize) -> io::Result<Vec<u8>> {
        self.meta(path, move |p| read_small(&p, max)).await
    }

    async fn replace_file(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.dir(path).names.run(What::Replaced(path.to_owned(), content.to_vec())).await
    }

    async fn space(&self, path: &Path) -> io::Result<Space> {
        self.meta(path, |p| space_of(&p)).await
    }
}
