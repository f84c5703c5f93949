//! How a sleeping core is woken, and what a core shows to other threads.
//!
//! Owner: one `Shared` per core, referenced by every thread. Invariant: a core sleeps as `sleeping` says, so no
//! wake-up is lost.

use super::sleeping::Sleeping;
use super::watch::{PHASES, PhaseCounters};
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::io;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::task::Waker;

/// Counters of one core; one writer, read from anywhere.
#[derive(Debug, Default)]
pub(in crate::rt) struct Counters {
    /// Turns of the reactor loop.
    pub turns: AtomicU64,
    /// Turns that took more than 1 ms of thread CPU time.
    pub slow_turns: AtomicU64,
    /// Longest turn in thread CPU time, nanoseconds.
    pub slowest_turn_ns: AtomicU64,
    /// What slow turns were busy with, by phase.
    pub phases: [PhaseCounters; PHASES],
    /// Waits in the kernel.
    pub sleeps: AtomicU64,
    /// Time in which it neither slept nor looked for work in vain, nanoseconds; of whole turns.
    pub busy_ns: AtomicU64,
    /// Most entries submitted at once.
    pub largest_submission: AtomicU64,
    /// Task polls.
    pub polls: AtomicU64,
    /// Times the completion queue overflowed into the kernel's list.
    pub cq_overflows: AtomicU64,
    /// Times a receive found no provided buffer.
    pub buffer_shortages: AtomicU64,
    /// File pieces sent with sendfile.
    pub sendfile_pieces: AtomicU64,
    /// File pieces read into memory first.
    pub cold_pieces: AtomicU64,
}

impl Counters {
    /// Adds to a counter that only this thread writes.
    pub(in crate::rt) fn add(counter: &AtomicU64, n: u64) {
        counter.store(counter.load(Ordering::Relaxed).wrapping_add(n), Ordering::Relaxed);
    }
}

/// Adds a waker to a list of waiters, once.
pub(in crate::rt) fn add_waiter(list: &mut Vec<Waker>, waker: &Waker) {
    if !list.iter().any(|w| w.will_wake(waker)) {
        list.push(waker.clone());
    }
}

/// What other threads may touch of a core.
pub struct Shared {
    /// Unique in the process; names the core's thread.
    pub(in crate::rt) token: u64,
    sleeping: Sleeping,
    pub(super) ring_fd: AtomicI32,
    pub(super) event: EventFd,
    remote: Mutex<Vec<(u8, u64)>>,
    remote_pending: AtomicBool,
    /// How a loop that is not ours is woken, instead of the eventfd. Never dropped: who set it says why.
    pub(in crate::rt) wake_by: OnceLock<ManuallyDrop<Waker>>,
    pub(in crate::rt) stop: AtomicBool,
    pub(in crate::rt) counters: Counters,
}

static NEXT_TOKEN: AtomicU64 = AtomicU64::new(1);

impl Shared {
    /// A core that does not sleep yet. Errors: no descriptor left.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            token: NEXT_TOKEN.fetch_add(1, Ordering::Relaxed),
            sleeping: Sleeping::default(),
            ring_fd: AtomicI32::new(-1),
            event: EventFd::from_value_and_flags(0, EfdFlags::EFD_CLOEXEC)?,
            remote: Mutex::new(Vec::new()),
            remote_pending: AtomicBool::new(false),
            wake_by: OnceLock::new(),
            stop: AtomicBool::new(false),
            counters: Counters::default(),
        })
    }

    /// Queues a task from another thread and wakes the core.
    pub(in crate::rt) fn wake_task(&self, lane: u8, task: u64) {
        let mut remote = self.remote.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        remote.push((lane, task));
        drop(remote);
        self.remote_pending.store(true, Ordering::Release);
        self.signal();
    }

    /// Wakes the core if it sleeps. Call after the work is published.
    pub(in crate::rt) fn signal(&self) {
        if self.claim_wake() {
            self.wake();
        }
    }

    /// Wakes the core, for whoever has claimed that.
    pub(in crate::rt) fn wake(&self) {
        match self.wake_by.get() {
            Some(waker) => waker.wake_by_ref(),
            // The only failure of an eventfd write is a full counter, which is a pending wake-up already.
            None => drop(self.event.write(1)),
        }
    }

    /// True if the caller must wake the core (it sleeps and nobody else has claimed the wake-up).
    pub(super) fn claim_wake(&self) -> bool {
        self.sleeping.claim()
    }

    /// The core is about to sleep; look for work after this.
    pub(in crate::rt) fn set_sleeping(&self) {
        self.sleeping.announce();
    }

    /// The core is awake.
    pub(in crate::rt) fn set_awake(&self) {
        self.sleeping.end();
    }

    /// True if another thread queued a task.
    pub(in crate::rt) fn has_remote(&self) -> bool {
        self.remote_pending.load(Ordering::Acquire)
    }

    /// Moves the tasks queued by other threads to `into`.
    pub(in crate::rt) fn take_remote(&self, into: &mut Vec<(u8, u64)>) {
        if self.has_remote() {
            self.remote_pending.store(false, Ordering::Relaxed);
            let mut remote = self.remote.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            into.append(&mut remote);
        }
    }
}
