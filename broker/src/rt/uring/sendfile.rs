//! Sending a range of a segment without blocking the core (architecture.md D4).
//!
//! Owner: the core of the connection. Invariants: `sendfile` runs only on pages that `cachestat` reports and
//! that no read of ours is still filling. What is missing is read into the page cache by the directory's
//! reading threads, a few pieces ahead of the sending, and only the end of that read makes it sendable; where
//! nothing is known about the cache the piece is read through the ring and leaves from memory. Whatever the
//! way, at most `PIECE` bytes leave in one system call.

use super::coldpool::Lease;
use super::file::{Reading, UringFile};
use super::net::UringConn;
use super::op::{PIECE_BUFFER, Payload};
use super::reactor::OpFuture;
use super::sys;
use super::wake::Counters;
use super::worker::Waiting;
use ringlog_storage::disk::FileRegion;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;

/// Most bytes of one piece. Pieces end on multiples of it, so that reads are aligned.
const PIECE: usize = 256 << 10;
/// Pieces of one response that are read ahead.
const AHEAD: usize = 4;
/// Reads of a piece that may be in vain (evicted before it was sent) before it goes through memory.
const TRIES: usize = 2;
/// Size of a page of the page cache.
const PAGE: u64 = 4096;
const _: () = assert!(PIECE <= PIECE_BUFFER, "a piece fits its buffer");

/// A read for a response: the range and where it goes.
pub(super) struct ColdRead {
    pub(super) file: UringFile,
    pub(super) lease: Lease,
    /// First byte, a whole page.
    pub(super) start: u64,
    pub(super) len: usize,
    reading: Option<Reading>,
}

/// A piece that is on its way into the page cache.
struct Ahead {
    end: u64,
    done: Waiting<()>,
}

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

/// Length of the piece at `pos`, of `left` bytes.
fn piece(pos: u64, left: usize) -> usize {
    let within = usize::try_from(pos % PIECE as u64).expect("below a piece");
    left.min(PIECE - within)
}

fn truncated(pos: u64) -> io::Error {
    io::Error::other(format!("a segment ended at {pos} inside a range that a response refers to"))
}

/// Starts reading a piece into the page cache, without a copy.
fn start_read(file: &UringFile, pos: u64, len: usize) -> Waiting<()> {
    let start = pos / PAGE * PAGE;
    let end = (pos + len as u64).next_multiple_of(PAGE);
    let reading = file.mark_reading(start, end);
    let (owned, sink) = (file.clone(), file.0.sink.clone());
    file.0.read.begin(move || {
        let result = sys::fill_cache(owned.std(), &sink, start, end);
        drop(reading);
        result
    })
}

impl UringConn {
    /// Sends the region. Errors: the socket's, or `Other` if the file could not be read.
    pub(super) async fn send_file(&self, region: &FileRegion<UringFile>, more: bool) -> io::Result<()> {
        let file = &region.file;
        let end = region.pos + region.len as u64;
        let mut pos = region.pos;
        let mut ahead: VecDeque<Ahead> = VecDeque::new();
        let (mut tries, mut cold) = (0, false);
        while pos < end {
            while ahead.front().is_some_and(|a| a.end <= pos) {
                ahead.pop_front();
            }
            let len = piece(pos, usize::try_from(end - pos).expect("a region fits memory counts"));
            if is_resident(file, pos, len) {
                if !ahead.is_empty() {
                    read_ahead(file, pos + len as u64, end, &mut ahead);
                }
                pos += self.send_warm(file, pos, len).await? as u64;
                tries = 0;
                continue;
            }
            Counters::add(&self.0.core.counters().cold_pieces, 1);
            cold = true;
            if file.0.direct || tries == TRIES || !sys::has_cachestat() {
                pos += self.send_cold(file, pos, len, more || pos + (len as u64) < end).await? as u64;
                continue;
            }
            read_ahead(file, pos, end, &mut ahead);
            let front = ahead.pop_front().expect("at least this piece is read");
            front.done.await.map_err(io::Error::other)?;
            tries += 1;
        }
        if cold && sys::has_cachestat() && !file.0.direct {
            // Whoever reads cold reads on: the next request finds its first pieces there or on their way.
            let len = file.std().metadata()?.len();
            read_ahead(file, end, len.min(end + (AHEAD * PIECE) as u64), &mut ahead);
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

    /// Reads a piece through the ring and sends it from memory; the number of bytes sent.
    async fn send_cold(&self, file: &UringFile, pos: u64, len: usize, more: bool) -> io::Result<usize> {
        let core = &self.0.core;
        let buf = poll_fn(|cx| core.cold.poll_take(cx)).await;
        let start = pos / PAGE * PAGE;
        let skip = usize::try_from(pos - start).expect("below a page");
        let span = (skip + len).next_multiple_of(4096);
        let reading = (!file.0.direct).then(|| file.mark_reading(start, start + span as u64));
        let read = ColdRead { file: file.clone(), lease: core.cold.lease(buf), start, len: span, reading };
        let (result, payload) = OpFuture::start(core, Payload::ColdRead(Box::new(read))).await;
        let Payload::ColdRead(read) = payload else { unreachable!("a cold read gives its buffer back") };
        let ColdRead { lease, reading, .. } = *read;
        drop(reading);
        let got = match usize::try_from(result) {
            Ok(got) if got <= skip => return Err(truncated(start + got as u64)),
            Ok(got) => got,
            Err(_) if [-libc::EINTR, -libc::EAGAIN].contains(&result) => return Ok(0),
            Err(_) => return Err(io::Error::other(io::Error::from_raw_os_error(-result))),
        };
        let n = (got - skip).min(len);
        let mut message = self.message();
        message.bytes.clear();
        message.bytes.push(lease.freeze().slice(skip..skip + n));
        message.more = more;
        self.send_bytes(message).await?;
        Ok(n)
    }
}

/// Starts reads of the pieces after the last one in `ahead` (or from `pos` on), until `AHEAD` are under way or
/// one is there already.
fn read_ahead(file: &UringFile, pos: u64, end: u64, ahead: &mut VecDeque<Ahead>) {
    let mut pos = ahead.back().map_or(pos, |a| a.end);
    while pos < end && ahead.len() < AHEAD {
        let len = piece(pos, usize::try_from(end - pos).expect("a region fits memory counts"));
        if !ahead.is_empty() && is_resident(file, pos, len) {
            return;
        }
        let done = start_read(file, pos, len);
        pos += len as u64;
        ahead.push_back(Ahead { end: pos, done });
    }
}
