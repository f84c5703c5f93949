//! The bare limit of one durable write: 4 KiB after 4 KiB, O_DIRECT and O_DSYNC, into a zero-filled file.
//!
//! Owner: the benchmark. What a broker with one client cannot be quicker than.

use crate::bare::{LOG_BYTES, open_log};
use hdrhistogram::Histogram;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

const BLOCK: usize = 4096;

/// Latencies of so many seconds of writes, ns. Errors: the file's.
pub fn measure(dir: &Path, duration: Duration) -> io::Result<Histogram<u64>> {
    let log = open_log(dir)?;
    let memory = vec![7u8; 2 * BLOCK];
    let skip = memory.as_ptr().align_offset(BLOCK);
    let block = memory.get(skip..skip + BLOCK).unwrap_or_default();
    let mut latency = Histogram::new_with_bounds(1_000, 120_000_000_000, 3).map_err(io::Error::other)?;
    let (began, mut at) = (Instant::now(), 0);
    while began.elapsed() < duration {
        let sent = Instant::now();
        log.write_all_at(block, at)?;
        latency.saturating_record(u64::try_from(sent.elapsed().as_nanos()).unwrap_or(u64::MAX));
        at = (at + BLOCK as u64) % LOG_BYTES;
    }
    Ok(latency)
}
