//! The workload `cold`: one reader catches up from the first byte of data that is in no memory.
//!
//! Owner: one run of one peer. The data is produced, the peer is stopped cleanly and started again, and the page
//! cache lets go of every file of its directory; then 1 MiB after the other is fetched until the end. The bare
//! server does the same with one `sendfile` loop over one file.

use crate::frames;
use crate::peer::{Peer, Running};
use crate::versions::{Caller, connect};
use hdrhistogram::Histogram;
use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use ringlog_wire::generated::{
    FetchRequest,
    fetch_request::{FetchPartition, FetchTopic},
};
use ringlog_wire::record::batch::Batches;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Instant;

/// Bytes of one fetch.
pub const STEP: usize = 1 << 20;
/// Record bytes of one produced batch: several fit one fetch.
const BATCH: usize = 128 << 10;
const TOPIC: &str = "cold";

/// What one reader saw.
pub struct Fetched {
    /// Bytes of record batches.
    pub bytes: u64,
    /// From the first request to the last answer, seconds.
    pub seconds: f64,
    /// Latency of each fetch, nanoseconds.
    pub latency: Histogram<u64>,
    /// CPU seconds of the server meanwhile.
    pub cpu: f64,
    /// Its resident memory at the end, MiB.
    pub rss_mib: f64,
}

/// What is read: how much, and whether it was read just before.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Bytes of records.
    pub bytes: u64,
    /// True: a first pass, which is not measured, brings all of it into memory.
    pub warm: bool,
}

/// Fills `peer`, makes its data cold, reads it. Errors: the peer's, and a wrong answer.
pub fn run(peer: &Peer, dir: &Path, addr: SocketAddr, (cpus, work): (&str, Work)) -> io::Result<Fetched> {
    let bytes = work.bytes;
    if !matches!(peer, Peer::BareSend(_)) {
        let running = peer.start(dir, addr.port(), cpus)?;
        fill(addr, bytes)?;
        running.stop()?;
    }
    let running = peer.start(dir, addr.port(), cpus)?;
    if !matches!(peer, Peer::BareSend(_)) {
        frames::wait_for_leaders(addr, TOPIC, 1)?;
    }
    drop_cache(dir)?;
    if work.warm {
        pass(peer, addr, bytes, &running)?;
    }
    pass(peer, addr, bytes, &running)
}

/// One reader from the first byte to the last.
fn pass(peer: &Peer, addr: SocketAddr, bytes: u64, running: &Running) -> io::Result<Fetched> {
    let mut next: Box<dyn FnMut(u64) -> io::Result<u64>> = match peer {
        Peer::BareSend(_) => {
            // As many bytes as a broker answers: whole batches. A range of whole pages is another piece of work for TCP.
            let batch = frames::large_batch(BATCH)?.len();
            let (mut socket, mut memory) = (connect(addr)?, vec![0; STEP / batch * batch]);
            Box::new(move |at| fetch_bare(&mut socket, at, &mut memory))
        }
        _ => {
            let (mut caller, mut offset) = (Caller::connect(addr)?, 0);
            Box::new(move |_| fetch(&mut caller, &mut offset))
        }
    };
    let latency = Histogram::new_with_bounds(1_000, 120_000_000_000, 3).map_err(io::Error::other)?;
    let mut fetched = Fetched { bytes: 0, seconds: 0.0, latency, cpu: running.cpu_seconds(), rss_mib: 0.0 };
    let (start, mut at) = (Instant::now(), Instant::now());
    while fetched.bytes < bytes {
        let got = next(fetched.bytes)?;
        if got == 0 {
            return Err(io::Error::other(format!("the data ends after {} bytes", fetched.bytes)));
        }
        let now = Instant::now();
        fetched.bytes += got;
        fetched.latency.saturating_record(u64::try_from((now - at).as_nanos()).unwrap_or(u64::MAX));
        at = now;
    }
    fetched.seconds = start.elapsed().as_secs_f64();
    fetched.cpu = running.cpu_seconds() - fetched.cpu;
    fetched.rss_mib = running.resident_mib();
    Ok(fetched)
}

/// Produces at least `bytes` of record batches to one partition.
fn fill(addr: SocketAddr, bytes: u64) -> io::Result<()> {
    frames::create_topic(addr, TOPIC, 1)?;
    let records = frames::large_batch(BATCH)?;
    let frame = frames::produce_request(frames::produce_version(addr)?, (TOPIC, 0), &records)?;
    let size = records.len() as u64;
    let (mut socket, mut memory) = (TcpStream::connect(addr)?, frames::Memory::default());
    for _ in 0..bytes.div_ceil(size) {
        if let Some(why) = frames::produce(&mut socket, &frame, &mut memory)? {
            return Err(io::Error::other(why));
        }
    }
    Ok(())
}

/// The page cache lets go of every file below `dir`.
fn drop_cache(dir: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            drop_cache(&entry.path())?;
        } else if let Ok(file) = File::open(entry.path()) {
            // Pages that are not on disk yet would stay.
            file.sync_all()?;
            posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?;
        }
    }
    Ok(())
}

/// One fetch from the bare server; the number of bytes.
fn fetch_bare(socket: &mut TcpStream, position: u64, memory: &mut [u8]) -> io::Result<u64> {
    let length = memory.len() as u64;
    socket.write_all(&[position.to_be_bytes(), length.to_be_bytes()].concat())?;
    socket.read_exact(memory)?;
    Ok(length)
}

/// One fetch from `offset`, which moves behind the last whole batch; the bytes of whole batches.
fn fetch(caller: &mut Caller, offset: &mut i64) -> io::Result<u64> {
    let partition = FetchPartition {
        fetch_offset: *offset,
        partition_max_bytes: STEP as i32,
        ..FetchPartition::default()
    };
    let topic = FetchTopic { topic: TOPIC.to_owned(), partitions: vec![partition], ..FetchTopic::default() };
    let body = FetchRequest {
        max_wait_ms: 1000,
        min_bytes: 1,
        max_bytes: STEP as i32,
        topics: vec![topic],
        ..FetchRequest::default()
    };
    let data = caller.call(&body)?.responses.into_iter().next().and_then(|t| t.partitions.into_iter().next());
    let data = data.ok_or_else(|| io::Error::other("a Fetch answer without the partition"))?;
    if data.error_code != 0 {
        return Err(io::Error::other(format!("Fetch answered {}", data.error_code)));
    }
    let records = data.records.unwrap_or_default();
    let mut batches = Batches::new(&records);
    for batch in batches.by_ref() {
        let batch = batch.map_err(|e| io::Error::other(format!("a bad batch: {e:?}")))?;
        *offset = batch.header().next_offset();
    }
    // What was cut off by the limit comes again with the next fetch.
    Ok((records.len() - batches.rest().len()) as u64)
}
