//! `Disk` on glommio's O_DIRECT files and on the ordinary threads of the data directories.
//!
//! Owner: the core; the threads belong to the process. Invariants: O_DIRECT reads and writes are glommio's, everything
//! else is a thread's; bytes are copied into and out of glommio's memory, the only one that the kernel sees; no call
//! is retried after an error; an append is durable when its fdatasync, which begins after the write, has ended.

use super::core::Core;
use super::error::of_call;
use super::file::GlommioFile;
use super::sys;
use crate::rt::uring::UringFile;
use crate::rt::uring::erase::pause_after;
use crate::rt::uring::files::{Files, lock};
use crate::rt::uring::sys::LONG_MEMORY;
use bytes::Bytes;
use glommio::io::{DmaFile, OpenOptions};
use glommio::timer::sleep;
use ringlog_storage::buf::{AlignedBuf, BLOCK, Gauge, LongMemory};
use ringlog_storage::disk::{DirEntry, Disk, OpenMode, Space};
use std::future::poll_fn;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// Bytes of one operation: what is longer takes several, so that the copies of all operations stay small.
const OPERATION_MAX: usize = 1 << 20;
const _: () = assert!(OPERATION_MAX.is_multiple_of(BLOCK), "operations end on blocks");

/// The file systems as one core sees them.
#[derive(Clone)]
pub struct GlommioDisk {
    pub(super) core: Rc<Core>,
    pub(super) files: Files,
}

/// O_DIRECT takes whole blocks; glommio does not check it.
fn check_blocks(pos: u64, len: usize) -> io::Result<()> {
    if pos.is_multiple_of(BLOCK as u64) && len.is_multiple_of(BLOCK) {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{len} bytes at {pos} are no whole blocks")))
}

/// Writes all of `data` at `pos`; at most `OPERATION_MAX` bytes.
async fn write_all(file: &DmaFile, mut data: &[u8], mut pos: u64) -> io::Result<()> {
    while !data.is_empty() {
        let mut buf = file.alloc_dma_buffer(data.len());
        buf.as_bytes_mut().copy_from_slice(data);
        let n = match file.write_at(buf, pos).await.map_err(of_call) {
            Ok(n) if n == data.len() || (n > 0 && n.is_multiple_of(BLOCK)) => n,
            Ok(_) => return Err(io::ErrorKind::WriteZero.into()),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        data = data.get(n..).unwrap_or_default();
        pos += n as u64;
    }
    Ok(())
}

/// Reads up to `into.len()` bytes at `pos`; how many there were.
async fn read_all(file: &DmaFile, into: &mut [u8], pos: u64) -> io::Result<usize> {
    let mut got = 0;
    while got < into.len() {
        let ask = (into.len() - got).min(OPERATION_MAX);
        let read = match file.read_at_aligned(pos + got as u64, ask).await.map_err(of_call) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        let place = into.get_mut(got..got + read.len()).expect("no more than was asked for");
        place.copy_from_slice(&read);
        got += read.len();
        if read.len() < ask {
            break;
        }
    }
    Ok(got)
}

/// Opens an O_DIRECT file by a descriptor that is open already: that it exists is certain then, on which glommio
/// insists with a panic.
async fn open_dma(first: &std::fs::File, write: bool) -> io::Result<DmaFile> {
    let again = format!("/proc/self/fd/{}", first.as_raw_fd());
    OpenOptions::new().read(true).write(write).dma_open(again).await.map_err(of_call)
}

impl GlommioDisk {
    /// Has glommio find out how the devices complete. It asks by a read of the first file that is opened, and takes a
    /// read of nothing for a success of polling; so the first file is one with something in it.
    pub(super) async fn probe(&self) {
        for dir in self.files.paths() {
            let path = dir.join(format!(".ringlog-probe-{}-{}", std::process::id(), self.core.mesh.core().0));
            // A directory that cannot be written is offline from the start, and its files are not opened.
            let _ = self.files.replace_file(&path, &[0; BLOCK]).await;
            if let Ok(file) = self.files.open(&path, OpenMode::READ_DIRECT).await
                && let Ok(dma) = open_dma(&file, false).await
            {
                let _ = dma.close().await;
            }
            let _ = self.files.unlink(&path).await;
        }
    }
}

impl Disk for GlommioDisk {
    type File = GlommioFile;
    const LONG_MEMORY: Option<&'static LongMemory> = Some(&LONG_MEMORY);

    async fn open(&self, path: &Path, mode: OpenMode) -> io::Result<GlommioFile> {
        let dir = self.files.dir(path);
        self.core.open.close_dropped();
        poll_fn(|cx| self.core.open.poll_closed(cx)).await;
        if !mode.direct {
            let file = self.files.open(path, mode).await?;
            return Ok(GlommioFile::new(UringFile::new(file, false, dir), None));
        }
        let first = self.files.open(path, OpenMode { lock: false, ..mode }).await?;
        let core = Rc::clone(&self.core);
        let (file, key) = self
            .core
            .whole(async move {
                let dma = open_dma(&first, mode.write).await?;
                // The same open file as glommio's: the lock holds as long as anything can be written through either.
                let file = sys::duplicate(dma.as_raw_fd())?;
                if mode.lock {
                    lock(&file)?;
                }
                Ok::<_, io::Error>((file, core.open.add(dma, &core.shared)))
            })
            .await?;
        Ok(GlommioFile::new(UringFile::new(file, true, dir), Some(key)))
    }

    async fn len(&self, file: &GlommioFile) -> io::Result<u64> {
        file.0.plain.len()
    }

    async fn read_at(
        &self,
        file: &GlommioFile,
        buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<usize>, AlignedBuf) {
        assert!(len <= buf.capacity(), "a read of {len} into {} bytes", buf.capacity());
        let (mut buf, file) = (buf, file.clone());
        let Some(key) = &file.0.dma else {
            return match file.0.plain.read_buffered(buf, pos, len).await {
                Ok(done) => done,
                // The thread has stopped, and its buffer with it: the process is ending.
                Err(e) => (Err(e), AlignedBuf::zeroed(BLOCK, &Gauge::default())),
            };
        };
        if let Err(e) = check_blocks(pos, len) {
            return (Err(e), buf);
        }
        let dma = self.core.open.of(key);
        let core = Rc::clone(&self.core);
        core.whole(async move {
            let into = buf.as_mut_slice().get_mut(..len).expect("it was asserted");
            let result = read_all(&dma, into, pos).await;
            drop((dma, file));
            (result, buf)
        })
        .await
    }

    async fn write_at(&self, file: &GlommioFile, data: Vec<Bytes>, pos: u64) -> io::Result<()> {
        let file = file.clone();
        let Some(key) = &file.0.dma else { return file.0.plain.write_buffered(data, pos).await };
        data.iter().try_for_each(|part| check_blocks(pos, part.len()))?;
        let dma = self.core.open.of(key);
        let core = Rc::clone(&self.core);
        core.whole(async move {
            let mut pos = pos;
            let mut gathered = Vec::new();
            for piece in data.iter().flat_map(|part| part.chunks(OPERATION_MAX)) {
                if gathered.len() + piece.len() > OPERATION_MAX {
                    write_all(&dma, &gathered, pos).await?;
                    pos += gathered.len() as u64;
                    gathered.clear();
                }
                gathered.extend_from_slice(piece);
            }
            let done = write_all(&dma, &gathered, pos).await;
            drop((dma, file));
            done
        })
        .await
    }

    async fn append_durable(
        &self,
        file: &GlommioFile,
        buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<()>, AlignedBuf) {
        assert!(len <= buf.capacity(), "a write of {len} from {} bytes", buf.capacity());
        let file = file.clone();
        let Some(key) = &file.0.dma else { return (Err(io::ErrorKind::InvalidInput.into()), buf) };
        if let Err(e) = check_blocks(pos, len) {
            return (Err(e), buf);
        }
        let dma = self.core.open.of(key);
        let core = Rc::clone(&self.core);
        core.whole(async move {
            let data = buf.as_slice().get(..len).expect("it was asserted");
            let mut result = Ok(());
            for (n, piece) in (0u64..).zip(data.chunks(OPERATION_MAX)) {
                result = write_all(&dma, piece, pos + n * OPERATION_MAX as u64).await;
                if result.is_err() {
                    break;
                }
            }
            if result.is_ok() {
                result = dma.fdatasync().await.map_err(of_call);
            }
            drop((dma, file));
            (result, buf)
        })
        .await
    }

    async fn write_durable(&self, file: &GlommioFile, data: Vec<Bytes>, pos: u64) -> io::Result<()> {
        self.write_at(file, data, pos).await?;
        self.sync(file).await
    }

    async fn sync(&self, file: &GlommioFile) -> io::Result<()> {
        file.0.plain.sync().await
    }

    async fn truncate(&self, file: &GlommioFile, len: u64) -> io::Result<()> {
        file.0.plain.truncate(len).await
    }

    async fn reserve(&self, file: &GlommioFile, pos: u64, len: u64) -> io::Result<()> {
        file.0.plain.reserve(pos, len).await
    }

    async fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.files.rename(from, to).await
    }

    async fn unlink(&self, path: &Path) -> io::Result<()> {
        self.files.unlink(path).await
    }

    async fn shorten(&self, file: &GlommioFile, piece: u64) -> io::Result<bool> {
        let Some(took) = file.0.plain.cut_end(piece).await? else { return Ok(false) };
        sleep(Duration::from_nanos(pause_after(took))).await;
        Ok(true)
    }

    async fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.files.create_dir(path).await
    }

    async fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.files.remove_dir(path).await
    }

    async fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.files.sync_dir(path).await
    }

    async fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.files.list(path).await
    }

    async fn read_file(&self, path: &Path, max: usize) -> io::Result<Vec<u8>> {
        self.files.read_file(path, max).await
    }

    async fn replace_file(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.files.replace_file(path, content).await
    }

    async fn space(&self, path: &Path) -> io::Result<Space> {
        self.files.space(path).await
    }
}
