//! The flag by which a thread that is about to sleep and the threads that give it work find each other.
//!
//! Owner: one per sleeping thread, referenced by every thread that may wake it. Invariants (Dekker): a waker
//! publishes its work, fences, then reads the flag; the sleeper sets the flag, fences, then looks for work. One
//! of the two sees the other, so no wake-up is lost. Whoever turns the flag to false sends the wake-up, once.
//! `.ci/spsc` compiles this file alone with loom.

#[cfg(loom)]
use loom::sync::atomic::{AtomicBool, Ordering, fence};
#[cfg(not(loom))]
use std::sync::atomic::{AtomicBool, Ordering, fence};

/// True while its thread sleeps or is about to.
#[derive(Default)]
pub struct Sleeping(AtomicBool);

impl Sleeping {
    /// The thread is about to sleep; it looks for work after this, and sleeps only if there is none.
    pub fn announce(&self) {
        self.0.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// The thread is awake.
    pub fn end(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// True if the caller must wake the thread. Call after the work is published.
    pub fn claim(&self) -> bool {
        fence(Ordering::SeqCst);
        self.0.load(Ordering::Relaxed)
            && self.0.compare_exchange(true, false, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }
}
