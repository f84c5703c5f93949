//! `Disk` on the ring, the flusher and the ordinary threads of the data directories.
//!
//! Owner: the core; the threads belong to the process. Invariants: reads and O_DIRECT writes go through the
//! ring, commit logs as the probe chose, everything else to a thread; no call blocks the core and none is
//! retried after an error. A short O_DIRECT write goes on only on a block boundary (hazard 4).

use super::erase::pause_after;
use super::file::UringFile;
use super::files::Files;
use super::flusher::Write;
use super::op::{FileIo, PARTS_MAX, Payload, WriteV};
use super::reactor::{Core, OpFuture, Sleep};
use super::sys::LONG_MEMORY;
use bytes::Bytes;
use ringlog_shard::calls::yield_now;
use ringlog_storage::buf::{AlignedBuf, BLOCK, LongMemory};
use ringlog_storage::disk::{DirEntry, Disk, OpenMode, Space};
use std::io;
use std::path::Path;
use std::rc::Rc;

/// The file systems as one core sees them.
#[derive(Clone)]
pub struct UringDisk {
    pub(super) core: Rc<Core>,
    pub(super) files: Files,
}

fn errno(result: i32) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::from_raw_os_error(-result))
}

impl UringDisk {
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
    const LONG_MEMORY: Option<&'static LongMemory> = Some(&LONG_MEMORY);

    async fn open(&self, path: &Path, mode: OpenMode) -> io::Result<UringFile> {
        let file = self.files.open(path, mode).await?;
        Ok(UringFile::new(file, mode.direct, self.files.dir(path)))
    }

    async fn len(&self, file: &UringFile) -> io::Result<u64> {
        file.len()
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
        file.write_buffered(data, pos).await
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
                match flusher.start_write(&self.core.ring, Write::Frame(io)) {
                    Ok(key) => break OpFuture::away(&self.core, key),
                    Err(Write::Frame(back)) => io = back,
                    Err(Write::Parts(..)) => unreachable!("what was given comes back"),
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

    async fn write_durable(&self, file: &UringFile, data: Vec<Bytes>, pos: u64) -> io::Result<()> {
        let Some(writer) = &self.core.past_log else {
            self.write_at(file, data, pos).await?;
            return self.sync(file).await;
        };
        let len: usize = data.iter().map(Bytes::len).sum();
        let mut write = Write::Parts(file.clone(), data, pos);
        let key = loop {
            match writer.start_write(&self.core.ring, write) {
                Ok(key) => break key,
                Err(back) => write = back,
            }
            yield_now().await;
        };
        let (result, _) = OpFuture::away(&self.core, key).await;
        match errno(result) {
            Ok(n) if n == len => Ok(()),
            Ok(_) => Err(io::ErrorKind::WriteZero.into()),
            Err(e) => Err(e),
        }
    }

    async fn sync(&self, file: &UringFile) -> io::Result<()> {
        file.sync().await
    }

    async fn truncate(&self, file: &UringFile, len: u64) -> io::Result<()> {
        file.truncate(len).await
    }

    async fn reserve(&self, file: &UringFile, pos: u64, len: u64) -> io::Result<()> {
        file.reserve(pos, len).await
    }

    async fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.files.rename(from, to).await
    }

    async fn unlink(&self, path: &Path) -> io::Result<()> {
        self.files.unlink(path).await
    }

    async fn shorten(&self, file: &UringFile, piece: u64) -> io::Result<bool> {
        let Some(took) = file.cut_end(piece).await? else { return Ok(false) };
        Sleep::until(&self.core, self.core.now().saturating_add(pause_after(took))).await;
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
