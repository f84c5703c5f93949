//! Sending a range of a segment without blocking the core (architecture.md D4).
//!
//! Owner: the core of the connection. Invariants: `sendfile` runs only on pages that `cachestat` reports and
//! that no read-ahead of ours is still filling; everything else is read through the ring first. Whatever the
//! way, at most `PIECE` bytes leave in one system call.

use super::file::UringFile;
use super::net::UringConn;
use super::op::{FileIo, Payload};
use super::reactor::OpFuture;
use super::sys;
use super::wake::Counters;
use ringlog_storage::buf::{AlignedBuf, Gauge};
use ringlog_storage::disk::FileRegion;
use std::io;

/// Most bytes of one piece.
const PIECE: usize = 256 << 10;
/// Size of a page of the page cache.
const PAGE: u64 = 4096;

/// True if sendfile of this range cannot wait for the disk.
fn is_resident(file: &UringFile, pos: u64, len: usize) -> bool {
    let end = pos + len as u64;
    if file.0.direct || file.is_reading(pos, end) {
        return false;
    }
    let (first, last) = (pos / PAGE, end.div_ceil(PAGE));
    let span = usize::try_from((last - first) * PAGE).expect("a piece is small");
    // Without cachestat (before Linux 6.5) nothing is known to be resident.
    sys::cached_pages(file.std(), first * PAGE, span).is_ok_and(|cached| cached >= last - first)
}

fn truncated(pos: u64) -> io::Error {
    io::Error::other(format!("a segment ended at {pos} inside a range that a response refers to"))
}

impl UringConn {
    /// Sends the region. Errors: the socket's, or `Other` if the file could not be read.
    pub(super) async fn send_file(&self, region: &FileRegion<UringFile>, more: bool) -> io::Result<()> {
        let (mut pos, mut left) = (region.pos, region.len);
        while left > 0 {
            let piece = left.min(PIECE);
            let n = if is_resident(&region.file, pos, piece) {
                self.send_warm(&region.file, pos, piece).await?
            } else {
                self.send_cold(&region.file, pos, piece, more || piece < left).await?
            };
            pos += n as u64;
            left -= n;
        }
        Ok(())
    }

    /// One `sendfile`; 0 if the socket was full, and then it has room again.
    async fn send_warm(&self, file: &UringFile, pos: u64, len: usize) -> io::Result<usize> {
        Counters::add(&self.0.core.counters().sendfile_pieces, 1);
        let mut offset = i64::try_from(pos).map_err(io::Error::other)?;
        match nix::sys::sendfile::sendfile64(self.0.inner.stream(), file.std(), Some(&mut offset), len) {
            Ok(0) => Err(truncated(pos)),
            Ok(n) => Ok(n),
            Err(nix::errno::Errno::EAGAIN) => self.writable().await.map(|()| 0),
            Err(nix::errno::Errno::EINTR) => Ok(0),
            Err(e) => Err(e.into()),
        }
    }

    /// Reads a piece through the ring and sends it from memory.
    async fn send_cold(&self, file: &UringFile, pos: u64, len: usize, more: bool) -> io::Result<usize> {
        Counters::add(&self.0.core.counters().cold_pieces, 1);
        let start = pos / PAGE * PAGE;
        let skip = usize::try_from(pos - start).expect("below a page");
        let len_up = (skip + len).next_multiple_of(4096);
        let reading = (!file.0.direct).then(|| file.mark_reading(start, start + len_up as u64));
        let buf = AlignedBuf::zeroed(len_up, &Gauge::default());
        let io = FileIo { file: file.clone(), buf, pos: start, len: len_up, reading };
        let (result, payload) = OpFuture::start(&self.0.core, Payload::Read(io)).await;
        let Payload::Read(io) = payload else { unreachable!("a read gives its buffer back") };
        let read =
            usize::try_from(result).map_err(|_| io::Error::other(io::Error::from_raw_os_error(-result)))?;
        if read <= skip {
            return Err(truncated(start + read as u64));
        }
        drop(io.reading);
        let n = (read - skip).min(len);
        let mut message = self.message();
        message.bytes.clear();
        message.bytes.push(io.buf.freeze().slice(skip..skip + n));
        message.more = more;
        self.send_bytes(message).await?;
        Ok(n)
    }
}
