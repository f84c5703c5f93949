//! Stock clients against the real program: the broker process, the records, a load through librdkafka, the checker.
//!
//! Owner: each test or loop has a broker and a directory of its own. Invariants: a record is a pure function of
//! its number, so that what was read can be compared without being kept; ports lie below the ephemeral range.
#![forbid(unsafe_code)]

pub mod broker;
pub mod chance;
pub mod client;
pub mod device;
pub mod fuse;
pub mod load;
pub mod program;
pub mod record;
pub mod verify;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes a lock, also after a thread panicked with it: that thread's end is told by itself.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
