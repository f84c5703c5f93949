//! Wakes a core's executor that parks although tasks are ready.
//!
//! Owner: a thread for each core, asleep while the core has nothing to do. glommio's `run_task_queues` ends before
//! the first task if something has completed in the latency ring by then: its preemption timer, where the thread was
//! kept from its CPU for so long, or its eventfd, which is written for wake-ups that were seen before. It says that
//! nothing ran; the loop then polls once, and neither of the two wakes a task; so it parks, and sleeps until
//! something else happens. A timer of its own does not help: its task is one of those that do not run.
//! Invariants: who gives the executor something to run says so here first, and only that it runs takes it back; the
//! thread wakes the core again and again until then; it looks for work after it said that it sleeps (`sleeping`); it
//! has ended before the executor does.

use super::sys;
use crate::rt::uring::sleeping::Sleeping;
use crate::rt::uring::wake::Shared;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

/// The longest that a core is parked with ready tasks, if one try is enough. A try costs a wake-up.
const BEAT: Duration = Duration::from_millis(5);
/// Beats get rarer while no task runs: then an operation takes long, or the core is held up, and does not take the
/// wake-ups from glommio's queue.
const BEAT_MAX: Duration = Duration::from_millis(160);

/// What the executor has to run, and the thread that cares.
#[derive(Default)]
pub(super) struct Pulse {
    /// Tasks that are ready, and operations that glommio itself wakes.
    due: AtomicUsize,
    /// The pump was woken and has not run.
    rung: AtomicBool,
    resting: Sleeping,
    stop: AtomicBool,
    thread: OnceLock<Thread>,
}

impl Pulse {
    /// Something is for the executor to run. From any thread.
    pub(super) fn add(&self) {
        if self.due.fetch_add(1, Ordering::AcqRel) == 0 {
            self.rouse();
        }
    }

    /// It runs.
    ///
    /// # Panics
    /// If nothing was counted in.
    pub(super) fn sub(&self) {
        let before = self.due.fetch_sub(1, Ordering::AcqRel);
        assert!(before > 0, "what runs was counted in");
    }

    /// The pump is to run; call this before it is woken. A flag, since threads ring while it answers.
    pub(super) fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            self.rouse();
        }
    }

    /// The pump runs, and looks at everything after this.
    pub(super) fn answer(&self) {
        // A swap, not a store: it takes over what whoever rang has published.
        self.rung.swap(false, Ordering::AcqRel);
    }

    fn is_due(&self) -> bool {
        self.due.load(Ordering::Acquire) > 0 || self.rung.load(Ordering::Acquire)
    }

    fn rouse(&self) {
        if self.resting.claim()
            && let Some(thread) = self.thread.get()
        {
            thread.unpark();
        }
    }

    /// `core` is the kernel's number of the core's thread.
    fn beat(&self, core: libc::pid_t, shared: &Shared) {
        self.thread.get_or_init(std::thread::current);
        let (mut pause, mut ran) = (BEAT, 0);
        while !self.stop.load(Ordering::Acquire) {
            self.resting.announce();
            if !self.is_due() && !self.stop.load(Ordering::Acquire) {
                std::thread::park();
            }
            self.resting.end();
            std::thread::park_timeout(pause);
            // What came later than a beat ago is woken too: to tell would cost the core more.
            if !self.is_due() {
                pause = BEAT;
                continue;
            }
            let before = std::mem::replace(&mut ran, shared.counters.polls.load(Ordering::Relaxed));
            pause = if ran == before { BEAT_MAX.min(pause * 2) } else { BEAT };
            match shared.wake_by.get() {
                Some(pump) => pump.wake_by_ref(),
                None => sys::interrupt(core),
            }
        }
    }
}

/// The thread; dropped, it ends.
pub(super) struct Heart {
    pulse: Arc<Pulse>,
    thread: Option<JoinHandle<()>>,
}

impl Heart {
    /// Starts it for the core `shared`, on the core's thread and before its executor runs: until the core's pump has
    /// run, only a signal ends a sleep of the executor. Errors: the process may not start more threads, or handle the
    /// signal.
    pub(super) fn start(index: u16, pulse: &Arc<Pulse>, shared: &Arc<Shared>) -> io::Result<Self> {
        sys::let_interrupt()?;
        let (its_pulse, shared, core) = (Arc::clone(pulse), Arc::clone(shared), sys::this_thread());
        let body = move || its_pulse.beat(core, &shared);
        let thread = std::thread::Builder::new().name(format!("heart-{index}")).spawn(body)?;
        Ok(Self { pulse: Arc::clone(pulse), thread: Some(thread) })
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.pulse.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic there aborts in release builds; in tests it has been reported by the thread itself.
            let _ = thread.join();
        }
    }
}
