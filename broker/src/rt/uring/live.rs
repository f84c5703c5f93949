//! What the runtime counted, for whoever asks from another thread.
//!
//! Owner: whoever holds a `Live`. Invariant: reading costs the cores nothing but a cache line that is shared for a moment.

use super::wake::{Counters, Shared};
use super::watch::{PHASES, Phase, PhaseCounters};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a core did, for the line at stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoreReport {
    /// Turns of the loop.
    pub turns: u64,
    /// Turns above 1 ms of thread CPU time.
    pub slow_turns: u64,
    /// The longest turn in thread CPU time, microseconds.
    pub slowest_turn_us: u64,
    /// What slow turns were mostly busy with.
    pub phases: [PhaseReport; PHASES],
    /// Waits in the kernel.
    pub sleeps: u64,
    /// Time in which it neither slept nor looked for work in vain, microseconds.
    pub busy_us: u64,
    /// Most entries submitted with one system call.
    pub largest_submission: u64,
    /// Task polls.
    pub polls: u64,
    /// Times the completion queue overflowed into the kernel's list.
    pub cq_overflows: u64,
    /// Times a receive found no provided buffer.
    pub buffer_shortages: u64,
    /// File pieces sent with sendfile.
    pub sendfile_pieces: u64,
    /// File pieces read into memory first.
    pub cold_pieces: u64,
}

/// The counters of running cores, for any thread; reading them costs the cores nothing.
#[derive(Clone)]
pub struct Live(Arc<[Arc<Shared>]>);

impl Live {
    /// Of these cores.
    pub(super) fn of(cores: &Arc<[Arc<Shared>]>) -> Self {
        Self(Arc::clone(cores))
    }

    /// All cores; the last is the control core.
    #[must_use]
    pub fn read(&self) -> Vec<CoreReport> {
        self.0.iter().map(|core| report(&core.counters)).collect()
    }

    /// For how long each core was busy, microseconds.
    pub fn busy_us(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|core| core.counters.busy_ns.load(Ordering::Relaxed) / 1000)
    }

    /// `n` cores that have had one slow turn.
    #[cfg(test)]
    pub fn sample(n: usize) -> Self {
        let one = |_| {
            let shared = Shared::new().expect("a descriptor");
            Counters::add(&shared.counters.slow_turns, 1);
            Arc::new(shared)
        };
        Self((0..n).map(one).collect())
    }
}

/// Slow turns of which one phase took most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseReport {
    /// A lane of tasks, or `collect`, `kernel`, `completions`.
    pub name: &'static str,
    /// How many.
    pub turns: u64,
    /// The phase's longest share of one, microseconds of CPU time.
    pub slowest_us: u64,
}

/// The counters of one core now.
pub(super) fn report(c: &Counters) -> CoreReport {
    CoreReport {
        turns: c.turns.load(Ordering::Relaxed),
        slow_turns: c.slow_turns.load(Ordering::Relaxed),
        slowest_turn_us: c.slowest_turn_ns.load(Ordering::Relaxed) / 1000,
        phases: std::array::from_fn(|i| {
            let counters = c.phases.get(i);
            let read =
                |f: fn(&PhaseCounters) -> &AtomicU64| counters.map_or(0, |c| f(c).load(Ordering::Relaxed));
            PhaseReport {
                name: Phase::NAMES.get(i).copied().unwrap_or_default(),
                turns: read(|c| &c.turns),
                slowest_us: read(|c| &c.slowest_ns) / 1000,
            }
        }),
        sleeps: c.sleeps.load(Ordering::Relaxed),
        busy_us: c.busy_ns.load(Ordering::Relaxed) / 1000,
        largest_submission: c.largest_submission.load(Ordering::Relaxed),
        polls: c.polls.load(Ordering::Relaxed),
        cq_overflows: c.cq_overflows.load(Ordering::Relaxed),
        buffer_shortages: c.buffer_shortages.load(Ordering::Relaxed),
        sendfile_pieces: c.sendfile_pieces.load(Ordering::Relaxed),
        cold_pieces: c.cold_pieces.load(Ordering::Relaxed),
    }
}
