//! The executor: runs a random ready task, and moves the virtual clock when none is ready.
//!
//! The model. A core of a real broker runs its tasks one after the other, in an order that depends on when the kernel
//! answers; the cores run beside each other. Here all tasks of all processes stand in one set, and the next to run is
//! drawn by the seed: every interleaving at await points can come up, also one that a lane or a fast device makes rare.
//! Time stands still while anything can run, then jumps to the next timer. A process can be paused (SIGSTOP). Some
//! tasks that are ready must wait (`held`).
//!
//! Owner: one per `Sim`, one thread. Invariants: the order depends on the seed only, and `trace` is equal for two runs of
//! it; a task of a killed node is dropped; when nothing is ready and no timer runs, the run is stuck and says so.

mod held;

use crate::rng::Rng;
use crate::world;
use std::cell::{Cell, RefCell};
use std::collections::BinaryHeap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// The node of tasks that belong to no process: the kernel, the operator, the clients.
pub const WORLD: u64 = 0;
/// The slot of the future given to `block_on`.
const MAIN: usize = usize::MAX;

/// The tasks that were woken. Wakers must be `Send`, hence the lock, which is never contended.
#[derive(Default)]
struct Ready(Mutex<Vec<Arc<TaskWaker>>>);

struct TaskWaker {
    slot: usize,
    life: u64,
    queued: AtomicBool,
    ready: Arc<Ready>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::Relaxed) {
            let _world = world::enter();
            self.ready.0.lock().expect("one thread never poisons a lock").push(Arc::clone(self));
        }
    }
}

/// A timer: fires at `at`; among equals in the order of `seq`.
struct Timer {
    at: u64,
    seq: u64,
    waker: Waker,
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.seq) == (other.at, other.seq)
    }
}
impl Eq for Timer {}
impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Timer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (other.at, other.seq).cmp(&(self.at, self.seq))
    }
}

/// A place for a task; used again under another life.
struct Slot {
    node: u64,
    lane: u8,
    life: u64,
    /// Empty while the task is polled.
    task: Option<Task>,
}

#[derive(Default)]
struct Slots {
    all: Vec<Option<Slot>>,
    free: Vec<usize>,
}

struct Inner {
    seed: u64,
    rng: Rng,
    now: Cell<u64>,
    next_life: Cell<u64>,
    polls: Cell<u64>,
    trace: Cell<u64>,
    ready: Arc<Ready>,
    slots: RefCell<Slots>,
    timers: RefCell<BinaryHeap<Timer>>,
    /// Paused nodes, and until when.
    paused: RefCell<Vec<(u64, u64)>>,
    held: held::Held,
    ending: Cell<bool>,
}

/// Turns of all executors of this process.
static TURNS: AtomicU64 = AtomicU64::new(0);

/// Turns of all executors of this process so far: a task that does not give way lets them stand.
#[must_use]
pub fn turns() -> u64 {
    TURNS.load(Ordering::Relaxed)
}

/// The seeded executor; clones share it.
#[derive(Clone)]
pub struct Exec(Rc<Inner>);

/// Polls after which a run is stuck: a livelock must end as a failed test.
const POLLS_MAX: u64 = 200_000_000;
/// Virtual time at the start, nanoseconds.
pub const START: u64 = 1_000_000_000;

impl Exec {
    /// An executor whose choices come from `rng`; `seed` is named in failures.
    #[must_use]
    pub fn new(seed: u64, rng: Rng) -> Self {
        Self(Rc::new(Inner {
            seed,
            rng,
            now: Cell::new(START),
            next_life: Cell::new(1),
            polls: Cell::new(0),
            trace: Cell::new(0xcbf2_9ce4_8422_2325),
            ready: Arc::default(),
            slots: RefCell::default(),
            timers: RefCell::default(),
            paused: RefCell::default(),
            held: held::Held::default(),
            ending: Cell::new(false),
        }))
    }

    /// Virtual nanoseconds.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.0.now.get()
    }

    /// The run's randomness.
    #[must_use]
    pub fn rng(&self) -> &Rng {
        &self.0.rng
    }

    /// The seed, for messages.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.0.seed
    }

    /// Polls so far.
    #[must_use]
    pub fn polls(&self) -> u64 {
        self.0.polls.get()
    }

    /// A hash of everything that happened so far, in its order.
    #[must_use]
    pub fn trace(&self) -> u64 {
        self.0.trace.get()
    }

    /// Adds an event to the trace.
    pub fn note(&self, event: u64) {
        let h = (self.0.trace.get() ^ event).wrapping_mul(0x0000_0100_0000_01b3);
        self.0.trace.set(h ^ (h >> 29));
    }

    /// Starts `task` for node `node`, in its first lane.
    pub fn spawn(&self, node: u64, task: impl Future<Output = ()> + 'static) {
        self.spawn_in(node, 0, task);
    }

    /// Starts `task` for node `node` in lane `lane`; those with higher numbers can be starved.
    pub fn spawn_in(&self, node: u64, lane: u8, task: impl Future<Output = ()> + 'static) {
        let life = self.0.next_life.get();
        self.0.next_life.set(life + 1);
        let mut slots = self.0.slots.borrow_mut();
        let slot = slots.free.pop().unwrap_or(slots.all.len());
        let ready = Arc::clone(&self.0.ready);
        let waker = Arc::new(TaskWaker { slot, life, queued: AtomicBool::new(false), ready });
        waker.wake_by_ref();
        let filled = Slot { node, lane, life, task: Some(Box::pin(task)) };
        match slots.all.get_mut(slot) {
            Some(place) => *place = Some(filled),
            None => slots.all.push(Some(filled)),
        }
    }

    /// Drops every task of `node`: what SIGKILL does.
    pub fn kill(&self, node: u64) {
        self.0.paused.borrow_mut().retain(|(n, _)| *n != node);
        self.drop_tasks(|n| n == node);
    }

    /// Ends the run: drops every task, so that nothing holds the executor alive.
    pub fn end(&self) {
        self.0.ending.set(true);
        self.drop_tasks(|_| true);
        self.0.timers.borrow_mut().clear();
    }

    /// True once `end` was called: nothing may be started any more.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.0.ending.get()
    }

    fn drop_tasks(&self, of: impl Fn(u64) -> bool) {
        let count = self.0.slots.borrow().all.len();
        for slot in 0..count {
            // The drop may touch the executor, so the borrow ends first.
            let task = {
                let mut slots = self.0.slots.borrow_mut();
                let place = slots.all.get_mut(slot).filter(|s| s.as_ref().is_some_and(|s| of(s.node)));
                let task = place.and_then(Option::take);
                if task.is_some() {
                    slots.free.push(slot);
                }
                task
            };
            drop(task);
        }
    }

    /// Stops `node` until virtual time `until`, as SIGSTOP and SIGCONT would.
    pub fn pause(&self, node: u64, until: u64) {
        self.0.paused.borrow_mut().push((node, until));
    }

    /// Wakes `waker` at virtual time `at`.
    pub fn timer(&self, at: u64, waker: Waker) {
        let _world = world::enter();
        let seq = self.0.next_life.get();
        self.0.next_life.set(seq + 1);
        self.0.timers.borrow_mut().push(Timer { at, seq, waker });
    }

    /// Suspends until virtual time `at`.
    pub async fn sleep_until(&self, at: u64) {
        let mut armed = false;
        std::future::poll_fn(|cx| {
            if self.now() >= at {
                return Poll::Ready(());
            }
            if !armed {
                armed = true;
                self.timer(at, cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    /// Suspends for `ms` virtual milliseconds.
    pub async fn sleep_ms(&self, ms: u64) {
        self.sleep_until(self.now() + ms * 1_000_000).await;
    }

    /// Lets other tasks run, for a random while of up to `max_ns` virtual nanoseconds.
    pub async fn jitter(&self, max_ns: u64) {
        let wait = self.0.rng.below(max_ns + 1);
        self.sleep_until(self.now() + wait).await;
    }

    /// Runs `work` for at most `ns` virtual nanoseconds; `None` if it was not done by then.
    pub async fn within<T>(&self, ns: u64, work: impl Future<Output = T>) -> Option<T> {
        let until = self.now().saturating_add(ns);
        let mut work = pin!(work);
        let mut late = pin!(self.sleep_until(until));
        std::future::poll_fn(|cx| {
            if let Poll::Ready(value) = work.as_mut().poll(cx) {
                return Poll::Ready(Some(value));
            }
            late.as_mut().poll(cx).map(|()| None)
        })
        .await
    }

    /// Runs everything until `main` is done and returns its result.
    ///
    /// # Panics
    /// When nothing can run any more, or after `POLLS_MAX` polls; the message names the seed.
    pub fn block_on<T>(&self, main: impl Future<Output = T>) -> T {
        let mut main = pin!(main);
        let ready = Arc::clone(&self.0.ready);
        let own = Arc::new(TaskWaker { slot: MAIN, life: 0, queued: AtomicBool::new(false), ready });
        own.wake_by_ref();
        let waker = Waker::from(Arc::clone(&own));
        loop {
            match self.pick() {
                Some(woken) if woken.slot == MAIN => {
                    if let Poll::Ready(value) = main.as_mut().poll(&mut Context::from_waker(&waker)) {
                        return value;
                    }
                }
                Some(woken) => self.poll_task(&woken),
                None => assert!(
                    self.advance(),
                    "seed {}: stuck at {} ns: no task is ready and no timer runs",
                    self.0.seed,
                    self.now()
                ),
            }
            self.0.polls.set(self.0.polls.get() + 1);
            TURNS.fetch_add(1, Ordering::Relaxed);
            assert!(self.0.polls.get() < POLLS_MAX, "seed {}: livelock", self.0.seed);
        }
    }

    /// Removes and returns a random ready task.
    fn pick(&self) -> Option<Arc<TaskWaker>> {
        let mut ready = self.0.ready.0.lock().expect("one thread");
        let n = ready.len();
        if n == 0 {
            return None;
        }
        let i = if n == 1 { 0 } else { usize::try_from(self.0.rng.below(n as u64)).unwrap_or(0) };
        let woken = ready.swap_remove(i);
        woken.queued.store(false, Ordering::Relaxed);
        Some(woken)
    }

    /// Until when the node of a task is paused.
    fn paused_until(&self, node: u64) -> Option<u64> {
        let mut paused = self.0.paused.borrow_mut();
        if paused.is_empty() {
            return None;
        }
        paused.retain(|(_, until)| *until > self.now());
        paused.iter().filter(|(n, _)| *n == node).map(|(_, until)| *until).max()
    }

    fn poll_task(&self, woken: &Arc<TaskWaker>) {
        let (slot, life) = (woken.slot, woken.life);
        let (mut task, of) = {
            let mut slots = self.0.slots.borrow_mut();
            let Some(Some(s)) = slots.all.get_mut(slot) else { return };
            if s.life != life {
                return;
            }
            let Some(task) = s.task.take() else { return };
            (task, (s.node, s.lane))
        };
        let until = self.paused_until(of.0).or_else(|| self.held_until(of, (slot, life)));
        if until.is_none() {
            self.note((slot as u64) << 40 ^ self.now());
            let waker = Waker::from(Arc::clone(woken));
            let ready = {
                let _task = world::task();
                task.as_mut().poll(&mut Context::from_waker(&waker)).is_ready()
            };
            if ready {
                let done = self.0.slots.borrow_mut().release(slot, life);
                drop(task);
                drop(done);
                return;
            }
        } else if let Some(until) = until {
            self.timer(until, Waker::from(Arc::clone(woken)));
        }
        let mut slots = self.0.slots.borrow_mut();
        match slots.all.get_mut(slot) {
            Some(Some(s)) if s.life == life => s.task = Some(task),
            // Killed itself while it ran.
            _ => {
                drop(slots);
                drop(task);
            }
        }
    }

    /// Moves the clock to the next timer and fires all that are due. False if there is none.
    fn advance(&self) -> bool {
        let mut due = Vec::new();
        {
            let mut timers = self.0.timers.borrow_mut();
            let Some(first) = timers.peek().map(|t| t.at) else { return false };
            self.0.now.set(first.max(self.0.now.get()));
            while timers.peek().is_some_and(|t| t.at <= first) {
                due.extend(timers.pop());
            }
        }
        for timer in due {
            timer.waker.wake();
        }
        true
    }
}

impl Slots {
    /// Empties the slot if it is still of `life`.
    fn release(&mut self, slot: usize, life: u64) -> Option<Slot> {
        let place = self.all.get_mut(slot)?;
        if place.as_ref().is_none_or(|s| s.life != life) {
            return None;
        }
        self.free.push(slot);
        place.take()
    }
}

/// Runs one future on a fresh executor with seed 0: for tests that need no more than that.
pub fn block_on<T>(main: impl Future<Output = T>) -> T {
    Exec::new(0, Rng::new(0)).block_on(main)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(seed: u64) -> (Vec<u64>, u64) {
        let exec = Exec::new(seed, Rng::new(seed));
        let log = Rc::new(RefCell::new(Vec::new()));
        for i in 0..20 {
            let (exec2, log) = (exec.clone(), Rc::clone(&log));
            exec.spawn(1, async move {
                exec2.jitter(1000).await;
                log.borrow_mut().push(i);
            });
        }
        let exec2 = exec.clone();
        exec.block_on(async move { exec2.sleep_until(exec2.now() + 2000).await });
        (log.borrow().clone(), exec.trace())
    }

    #[test]
    fn one_seed_gives_one_order_and_another_seed_another() {
        assert_eq!(run(7), run(7));
        assert_ne!(run(7).0, run(8).0);
        assert_ne!(run(7).1, run(8).1);
        assert_eq!(run(7).0.len(), 20);
    }

    #[test]
    fn a_paused_node_goes_on_where_it_was() {
        let exec = Exec::new(1, Rng::new(1));
        let seen = Rc::new(Cell::new(0));
        let (inner, told) = (exec.clone(), Rc::clone(&seen));
        exec.spawn(3, async move {
            loop {
                inner.sleep_ms(1).await;
                told.set(inner.now());
            }
        });
        let inner = exec.clone();
        exec.block_on(async move {
            inner.sleep_ms(10).await;
            let (before, until) = (seen.get(), inner.now() + 50_000_000);
            assert!(before > START);
            inner.pause(3, until);
            inner.sleep_ms(40).await;
            assert_eq!(seen.get(), before);
            inner.sleep_ms(20).await;
            assert!(seen.get() >= until);
        });
        exec.end();
    }

    #[test]
    fn work_that_takes_too_long_is_given_up() {
        let exec = Exec::new(1, Rng::new(1));
        let inner = exec.clone();
        exec.block_on(async move {
            assert_eq!(inner.within(1000, async { 7 }).await, Some(7));
            assert_eq!(inner.within(1000, std::future::pending::<()>()).await, None);
        });
    }

    #[test]
    #[should_panic(expected = "seed 0: stuck")]
    fn a_run_that_cannot_go_on_says_so() {
        block_on(std::future::pending::<()>());
    }
}
