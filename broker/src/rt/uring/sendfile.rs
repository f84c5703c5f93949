//! Sending a range of a segment without blocking the core (architecture.md D4).
//!
//! Owner: the core of the connection. Invariants: `sendfile` runs only on pages that a filling of ours has waited
//! for (`fills`) and that `cachestat` reports. What is missing is read into the page cache by the directory's
//! reading threads, a few units ahead of the sending; where nothing is known about the cache the piece is read
//! through the ring and leaves from memory. Whatever the way, at most `PIECE` bytes leave in one system call.

use super::coldpool::Lease;
use super::file::{Reading, UringFile};
use super::fills::{UNIT, unit_of};
use super::net::UringConn;
use super::op::{PIECE_BUFFER, Payload};
use super::reactor::OpFuture;
use super::sys;
use super::wake::Counters;
use ringlog_storage::disk::FileRegion;
use std::future::poll_fn;
use std::io;

/// Most bytes of one piece. Pieces end on multiples of it, so that reads are aligned.
const PIECE: usize = 256 << 10;
/// Units that are filled at a time for one response.
const AHEAD: usize = 3;
/// Reads of a piece that may be in vain (evicted before it was sent) before it goes through memory.
const TRIES: usize = 2;
/// Size of a page of the page cache.
const PAGE: u64 = 4096;
const _: () = assert!(PIECE <= PIECE_BUFFER, "a piece fits its buffer");
const _: () = assert!(UNIT.is_multiple_of(PIECE as u64), "a piece lies in one unit");

/// A read for a response: the range and where it goes.
pub(super) struct ColdRead {
    pub(super) file: UringFile,
    pub(super) lease: Lease,
    /// First byte, a whole page.
    pub(super) start: u64,
    pub(super) len: usize,
    reading: Option<Reading>,
}

/// True if sendfile of this range cannot wait for the disk.
fn is_resident(file: &UringFile, pos: u64, len: usize) -> bool {
    let end = pos + len as u64;
    if file.0.direct || !file.0.fills.is_filled(unit_of(pos)) || file.is_reading(pos, end) {
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

/// Starts filling the units of `pos..end`, at most `AHEAD`; those that are there or on their way are left alone.
fn start_fills(file: &UringFile, pos: u64, end: u64) {
    for unit in (unit_of(pos)..end.div_ceil(UNIT)).take(AHEAD) {
        let start = unit * UNIT;
        let len = usize::try_from(UNIT.min(end - start)).expect("a unit is small");
        if is_resident(file, start, len) {
            continue;
        }
        if !file.0.fills.begin(unit) {
            continue;
        }
        let filling = Filling { file: file.clone(), unit, done: false };
        file.0.read.submit(Box::new(move || {
            let mut filling = filling;
            let file = &filling.file;
            filling.done = sys::fill_cache(file.std(), &file.0.sink, start, start + UNIT).is_ok();
        }));
    }
}

/// A unit that is being filled; also ends if its job is dropped unrun.
struct Filling {
    file: UringFile,
    unit: u64,
    done: bool,
}

impl Drop for Filling {
    fn drop(&mut self) {
        self.file.0.fills.end(self.unit, self.done);
    }
}

impl UringConn {
    /// Sends the region. Errors: the socket's, or `Other` if the file could not be read.
    pub(super) async fn send_file(&self, region: &FileRegion<UringFile>, more: bool) -> io::Result<()> {
        let file = &region.file;
        let end = region.pos + region.len as u64;
        let mut pos = region.pos;
        let (mut tries, mut cold) = (0, false);
        while pos < end {
            let len = piece(pos, usize::try_from(end - pos).expect("a region fits memory counts"));
            if is_resident(file, pos, len) {
                if cold {
                    start_fills(file, pos, end);
                }
                pos += self.send_warm(file, pos, len).await? as u64;
                tries = 0;
                continue;
            }
            Counters::add(&self.0.core.counters().cold_pieces, 1);
            if file.0.direct || tries == TRIES || !sys::has_cachestat() {
                pos += self.send_cold(file, pos, len, more || pos + (len as u64) < end).await? as u64;
                continue;
            }
            cold = true;
            start_fills(file, pos, end);
            poll_fn(|cx| file.0.fills.poll_idle(unit_of(pos), cx)).await;
            tries += 1;
        }
        if cold {
            // Whoever reads cold reads on: the next request finds its first units there or on their way.
            let len = file.std().metadata()?.len();
            start_fills(file, end, len.min(end + AHEAD as u64 * UNIT));
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
