//! Giving the space of files back a piece at a time.
//!
//! Owner: the ordinary threads. Why: a file system that is mounted with `discard`, and many a device by itself, stops for
//! all others while it takes a large range back: 16 MB held up the commit log for 4 ms (docs/decisions/0018).
//! Invariants: nobody reads what is cut off; a piece takes a ninth of the time at most.

use super::sys;
use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

/// For so many times as long as it took the next piece is waited for.
const PAUSES: u32 = 8;
const PAUSE_MIN: Duration = Duration::from_millis(1);
const PAUSE_MAX: Duration = Duration::from_millis(50);

/// Cuts up to `piece` bytes off the end of a file, and returns how long that took; `None` if it is no longer than that,
/// or somebody else has it open. Blocks.
pub(super) fn cut_end(file: &File, piece: u64) -> io::Result<Option<Duration>> {
    let began = Instant::now();
    let len = file.metadata()?.len();
    if len <= piece || !sys::is_open_alone(file) {
        return Ok(None);
    }
    file.set_len((len - 1) / piece * piece)?;
    Ok(Some(began.elapsed()))
}

/// How long to wait after a piece that took so long, nanoseconds.
pub(in crate::rt) fn pause_after(took: Duration) -> u64 {
    let pause = took.saturating_mul(PAUSES).clamp(PAUSE_MIN, PAUSE_MAX);
    u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX)
}
