//! The watchdog: counts turns of the loop that used too much CPU time, and what they were busy with; and for how long
//! the core was busy at all.
//!
//! Owner: one per core. Invariants: CPU time counts, not time, so that preemption makes no turn slow; what is
//! charged is never more than was used, so a short turn is never counted. The CPU clock is a system call: it is
//! read only when enough time has passed for it to matter. Busy is a turn's time without sleep and without vain spins:
//! it takes no reading more than the phases do.

use super::exec::LANES;
use super::sys;
use super::wake::Counters;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// A turn with more thread CPU time than this is slow.
const SLOW_TURN_NS: u64 = 1_000_000;
/// The CPU clock is read again when the last reading is older, and for every phase that took longer.
const CPU_SAMPLE_NS: u64 = 250_000;

/// What one turn does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::rt) enum Phase {
    /// Timers, wake-ups of other threads, the flusher's completions.
    Collect,
    /// Tasks of one lane.
    Lane(usize),
    /// System calls: submissions run in them, and the kernel's deferred work.
    Kernel,
    /// Completions.
    Reap,
}

/// Number of phases.
pub const PHASES: usize = LANES + 3;

impl Phase {
    /// The names, in the order of `index`.
    pub(super) const NAMES: [&str; PHASES] = [
        "consensus",
        "commit",
        "produce",
        "fetch",
        "flush",
        "background",
        "collect",
        "kernel",
        "completions",
    ];

    fn index(self) -> usize {
        match self {
            Self::Lane(lane) => lane.min(LANES - 1),
            Self::Collect => LANES,
            Self::Kernel => LANES + 1,
            Self::Reap => LANES + 2,
        }
    }
}

/// Slow turns by what took most of them.
#[derive(Debug, Default)]
pub(in crate::rt) struct PhaseCounters {
    /// Slow turns of which this phase took most.
    pub(super) turns: AtomicU64,
    /// Its longest share of one turn, nanoseconds.
    pub(super) slowest_ns: AtomicU64,
}

/// The clocks of one core.
#[derive(Default)]
pub(in crate::rt) struct Watch {
    /// The last reading of the CPU clock, and the time then.
    cpu: Cell<u64>,
    cpu_at: Cell<u64>,
    /// The same at the start of the turn.
    turn_cpu: Cell<u64>,
    turn_at: Cell<u64>,
    /// The end of the last phase.
    mark: Cell<u64>,
    /// Time of this turn without work.
    spun: Cell<u64>,
    /// Time of this turn asleep.
    slept: Cell<u64>,
    /// CPU time of each phase of this turn; short ones count by the clock.
    spent: [Cell<u64>; PHASES],
}

impl Watch {
    /// A turn begins at `now` (nanoseconds of the monotonic clock).
    pub(in crate::rt) fn begin(&self, now: u64) {
        if now - self.cpu_at.get() > CPU_SAMPLE_NS {
            self.sample(now);
        }
        self.turn_cpu.set(self.cpu.get());
        self.turn_at.set(self.cpu_at.get());
        self.mark.set(now);
        self.spun.set(0);
        self.slept.set(0);
        self.spent.iter().for_each(|s| s.set(0));
    }

    fn sample(&self, now: u64) {
        self.cpu.set(sys::thread_cpu_ns());
        self.cpu_at.set(now);
    }

    /// What was done since the last mark was `phase`. Returns the time, nanoseconds of the monotonic clock.
    pub(in crate::rt) fn mark(&self, phase: Phase) -> u64 {
        self.mark_until(phase).0
    }

    /// What was done since the last mark was the system call that the core slept in. What the kernel did in it counts
    /// as busy only if the CPU clock was read, after a quarter of a millisecond. Returns the time.
    pub(super) fn mark_slept(&self) -> u64 {
        let start = self.mark.get();
        let (now, used) = self.mark_until(Phase::Kernel);
        let time = now - start;
        let busy = if time > CPU_SAMPLE_NS { used.min(time) } else { 0 };
        self.slept.set(self.slept.get() + (time - busy));
        now
    }

    /// The time, and what the phase was charged.
    fn mark_until(&self, phase: Phase) -> (u64, u64) {
        let now = sys::monotonic_ns();
        let start = self.mark.replace(now);
        let mut spent = now - start;
        if spent > CPU_SAMPLE_NS {
            let (cpu, before) = (self.cpu.get(), start - self.cpu_at.get());
            self.sample(now);
            spent = (self.cpu.get() - cpu).saturating_sub(before);
        }
        if let Some(sum) = self.spent.get(phase.index()) {
            sum.set(sum.get() + spent);
        }
        (now, spent)
    }

    /// What was done since the last mark was waiting for work in vain.
    pub(super) fn mark_spin(&self) {
        let now = sys::monotonic_ns();
        self.spun.set(self.spun.get() + (now - self.mark.replace(now)));
    }

    /// The turn that began at `start` is over: counts for how long it was busy, and that it was slow if it was.
    pub(in crate::rt) fn end(&self, start: u64, counters: &Counters) {
        let time = self.mark.get() - start;
        Counters::add(&counters.busy_ns, time.saturating_sub(self.slept.get() + self.spun.get()));
        if time <= SLOW_TURN_NS {
            return;
        }
        let before = start - self.turn_at.get();
        self.sample(self.mark.get());
        let used = self.cpu.get() - self.turn_cpu.get();
        let used = used.saturating_sub(before + self.spun.get());
        raise(&counters.slowest_turn_ns, used);
        if used <= SLOW_TURN_NS {
            return;
        }
        Counters::add(&counters.slow_turns, 1);
        let all = self.spent.iter().map(Cell::get).zip(&counters.phases);
        if let Some((spent, phase)) = all.max_by_key(|(spent, _)| *spent) {
            Counters::add(&phase.turns, 1);
            raise(&phase.slowest_ns, spent);
        }
    }
}

fn raise(counter: &AtomicU64, value: u64) {
    if value > counter.load(Ordering::Relaxed) {
        counter.store(value, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn burn(ns: u64) {
        let end = sys::thread_cpu_ns() + ns;
        while sys::thread_cpu_ns() < end {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn a_slow_turn_is_charged_to_what_it_was_busy_with() {
        let (watch, counters) = (Watch::default(), Counters::default());
        let start = sys::monotonic_ns();
        watch.begin(start);
        burn(400_000);
        watch.mark(Phase::Kernel);
        burn(3 * SLOW_TURN_NS);
        watch.mark(Phase::Lane(2));
        watch.end(start, &counters);
        let turns: Vec<u64> = counters.phases.iter().map(|p| p.turns.load(Ordering::Relaxed)).collect();
        assert_eq!(turns, [0, 0, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(counters.slow_turns.load(Ordering::Relaxed), 1);
        assert!(counters.slowest_turn_ns.load(Ordering::Relaxed) >= 3 * SLOW_TURN_NS);
    }

    #[test]
    fn busy_is_neither_sleep_nor_a_vain_spin() {
        let (watch, counters) = (Watch::default(), Counters::default());
        let busy = || counters.busy_ns.load(Ordering::Relaxed);
        let nap = || std::thread::sleep(std::time::Duration::from_millis(30));
        let start = sys::monotonic_ns();
        watch.begin(start);
        burn(2_000_000);
        watch.mark(Phase::Lane(1));
        burn(20_000_000);
        watch.mark_spin();
        nap();
        let end = watch.mark_slept();
        watch.end(start, &counters);
        assert!(busy() >= 2_000_000, "{} ns", busy());
        // Whatever else ran on this CPU meanwhile may count, but not the spin and the sleep.
        assert!(busy() + 45_000_000 <= end - start, "{} of {} ns", busy(), end - start);
        // What the kernel does in a call that takes long is read from the CPU clock.
        let (before, start) = (busy(), sys::monotonic_ns());
        watch.begin(start);
        burn(3_000_000);
        nap();
        watch.mark_slept();
        watch.end(start, &counters);
        assert!((1_000_000..20_000_000).contains(&(busy() - before)), "{} ns", busy() - before);
        // A short sleep is all sleep: nobody read that clock.
        let (before, start) = (busy(), sys::monotonic_ns());
        watch.begin(start);
        watch.mark(Phase::Collect);
        let slept = watch.mark_slept();
        watch.end(start, &counters);
        assert!(busy() - before <= slept - start);
    }

    #[test]
    fn waiting_is_not_work() {
        let (watch, counters) = (Watch::default(), Counters::default());
        let start = sys::monotonic_ns();
        watch.begin(start);
        burn(3 * SLOW_TURN_NS);
        watch.mark_spin();
        std::thread::park_timeout(std::time::Duration::from_nanos(2 * SLOW_TURN_NS));
        watch.mark(Phase::Kernel);
        watch.end(start, &counters);
        assert_eq!(counters.slow_turns.load(Ordering::Relaxed), 0);
    }
}
