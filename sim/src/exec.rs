//! The executor: runs a random ready task, and moves the virtual clock when none is ready.
//!
//! Owner: one per `Sim`, one thread. Invariants: the order depends on the seed only; a task of a killed node is
//! dropped and never polled again; when nothing is ready and no timer runs, the run is stuck and says so.

use crate::rng::Rng;
use crate::world;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BinaryHeap};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// The ids of tasks that were woken. Wakers must be `Send`, hence the lock, which is never contended.
#[derive(Default)]
struct Ready(Mutex<Vec<u64>>);

struct TaskWaker {
    id: u64,
    ready: Arc<Ready>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let _world = world::enter();
        let mut ready = self.ready.0.lock().expect("one thread never poisons a lock");
        if !ready.contains(&self.id) {
            ready.push(self.id);
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

struct Inner {
    seed: u64,
    rng: Rng,
    now: Cell<u64>,
    next_id: Cell<u64>,
    polls: Cell<u64>,
    ready: Arc<Ready>,
    /// Task and the node it belongs to; the slot is empty while the task is polled.
    tasks: RefCell<BTreeMap<u64, (u64, Option<Task>)>>,
    timers: RefCell<BinaryHeap<Timer>>,
}

/// The seeded executor; clones share it.
#[derive(Clone)]
pub struct Exec(Rc<Inner>);

/// Longest run, in polls, before `block_on` calls it stuck: a livelock must end as a failed test.
const POLLS_MAX: u64 = 200_000_000;

impl Exec {
    /// An executor whose choices come from `rng`; `seed` is named in failures.
    #[must_use]
    pub fn new(seed: u64, rng: Rng) -> Self {
        Self(Rc::new(Inner {
            seed,
            rng,
            now: Cell::new(1_000_000_000),
            next_id: Cell::new(1),
            polls: Cell::new(0),
            ready: Arc::default(),
            tasks: RefCell::default(),
            timers: RefCell::default(),
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

    /// Starts `task` for node `node`.
    pub fn spawn(&self, node: u64, task: impl Future<Output = ()> + 'static) {
        let id = self.0.next_id.get();
        self.0.next_id.set(id + 1);
        self.0.tasks.borrow_mut().insert(id, (node, Some(Box::pin(task))));
        self.0.ready.0.lock().expect("one thread").push(id);
    }

    /// Drops every task of `node`: what SIGKILL does.
    pub fn kill(&self, node: u64) {
        let dead: Vec<u64> =
            self.0.tasks.borrow().iter().filter(|(_, (n, _))| *n == node).map(|(id, _)| *id).collect();
        for id in dead {
            // The drop may touch the executor, so the borrow ends first.
            let task = self.0.tasks.borrow_mut().remove(&id);
            drop(task);
        }
    }

    /// Wakes `waker` at virtual time `at`.
    pub fn timer(&self, at: u64, waker: Waker) {
        let _world = world::enter();
        let seq = self.0.next_id.get();
        self.0.next_id.set(seq + 1);
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

    /// Lets other tasks run, for a random while of up to `max_ns` virtual nanoseconds.
    pub async fn jitter(&self, max_ns: u64) {
        let wait = self.0.rng.below(max_ns + 1);
        self.sleep_until(self.now() + wait).await;
    }

    /// Runs everything until `main` is done and returns its result.
    ///
    /// # Panics
    /// When nothing can run any more, or after `POLLS_MAX` polls; the message names the seed.
    pub fn block_on<T>(&self, main: impl Future<Output = T>) -> T {
        let mut main = pin!(main);
        let waker = Waker::from(Arc::new(TaskWaker { id: 0, ready: Arc::clone(&self.0.ready) }));
        self.0.ready.0.lock().expect("one thread").push(0);
        loop {
            match self.pick() {
                Some(0) => {
                    if let Poll::Ready(value) = main.as_mut().poll(&mut Context::from_waker(&waker)) {
                        return value;
                    }
                }
                Some(id) => self.poll_task(id),
                None => assert!(
                    self.advance(),
                    "seed {}: stuck at {} ns: no task is ready and no timer runs",
                    self.0.seed,
                    self.now()
                ),
            }
            self.0.polls.set(self.0.polls.get() + 1);
            assert!(self.0.polls.get() < POLLS_MAX, "seed {}: livelock", self.0.seed);
        }
    }

    /// Removes and returns a random ready task.
    fn pick(&self) -> Option<u64> {
        let mut ready = self.0.ready.0.lock().expect("one thread");
        let n = ready.len();
        if n == 0 {
            return None;
        }
        let i = usize::try_from(self.0.rng.below(n as u64)).expect("smaller than a length");
        Some(ready.swap_remove(i))
    }

    fn poll_task(&self, id: u64) {
        let Some(mut task) = self.0.tasks.borrow_mut().get_mut(&id).and_then(|(_, t)| t.take()) else {
            return;
        };
        let waker = Waker::from(Arc::new(TaskWaker { id, ready: Arc::clone(&self.0.ready) }));
        let done = {
            let _task = world::task();
            task.as_mut().poll(&mut Context::from_waker(&waker)).is_ready()
        };
        let mut tasks = self.0.tasks.borrow_mut();
        if done {
            tasks.remove(&id);
            drop(tasks);
            drop(task);
        } else if let Some((_, slot)) = tasks.get_mut(&id) {
            *slot = Some(task);
        } else {
            // Killed itself while it ran.
            drop(tasks);
            drop(task);
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

/// Runs one future on a fresh executor with seed 0: for tests that need no more than that.
pub fn block_on<T>(main: impl Future<Output = T>) -> T {
    Exec::new(0, Rng::new(0)).block_on(main)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(seed: u64) -> Vec<u64> {
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
        log.borrow().clone()
    }

    #[test]
    fn one_seed_gives_one_order_and_another_seed_another() {
        assert_eq!(trace(7), trace(7));
        assert_ne!(trace(7), trace(8));
        assert_eq!(trace(7).len(), 20);
    }

    #[test]
    #[should_panic(expected = "seed 0: stuck")]
    fn a_run_that_cannot_go_on_says_so() {
        block_on(std::future::pending::<()>());
    }
}
