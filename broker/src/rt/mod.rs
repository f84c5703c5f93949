//! The runtimes behind the seams of `shard::env` and `storage::disk`.
//!
//! Owner: the process. Invariants: io-uring, glommio, nix and libc are named only below this folder.

#[cfg(feature = "glommio")]
pub mod glommio;
pub mod signals;
mod slab;
pub mod sys;
mod token;
pub mod uring;

use ringlog_shard::env::Env;
use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a core's program asks of its runtime beside the seam.
#[allow(async_fn_in_trait)]
pub trait Stoppable: Env {
    /// Waits until the process was asked to stop (`StopHandle::stop`).
    async fn stopped(&self);
}

/// Milliseconds since 1970 by the wall clock.
fn wall_ms() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    }
}

/// The next number of the generator whose state is `state`: SplitMix64, of which every seed gives the full period.
fn next_random(state: &Cell<u64>) -> u64 {
    let next = state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    state.set(next);
    let z = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
