//! Tasks of one core: a slab of futures and one run queue per lane.
//!
//! Owner: one `Tasks` per core thread. Invariants: a task is in a run queue at most once (`queued`); a wake-up
//! from a foreign thread goes through `Shared`, so a waker may be cloned, woken and dropped anywhere; a stale
//! waker never touches a newer task in the same place (`slab`).

use super::wake::Shared;
use crate::rt::slab::Slab;
use crate::rt::token::on_core;
use ringlog_shard::env::Lane;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Number of lanes.
pub(in crate::rt) const LANES: usize = 6;
const _: () = assert!(Lane::Background as usize + 1 == LANES, "one run queue per lane");

/// Polls of each lane in one pass: early lanes may drain, late lanes only trickle while others are ready.
const PASS_BUDGET: [usize; LANES] = [256, 256, 256, 64, 16, 4];

/// So many passes may end before they reach a lane that has ready tasks; then one of them runs first.
const PASSED_OVER_MAX: u32 = 8;

type BoxFuture = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    static READY: RefCell<[VecDeque<u64>; LANES]> = const { RefCell::new([const { VecDeque::new() }; LANES]) };
}

fn queue(lane: usize, id: u64) {
    // A waker may fire while the thread's locals are being torn down; then nothing will run any more.
    let _ = READY.try_with(|ready| {
        if let Some(q) = ready.borrow_mut().get_mut(lane) {
            q.push_back(id);
        }
    });
}

/// True if no task of this core is ready.
pub(super) fn nothing_ready() -> bool {
    READY.with_borrow(|ready| ready.iter().all(VecDeque::is_empty))
}

/// Ready tasks of a lane.
fn ready_in(lane: usize) -> usize {
    READY.with_borrow(|r| r.get(lane).map_or(0, VecDeque::len))
}

struct TaskWaker {
    id: u64,
    lane: u8,
    queued: AtomicBool,
    shared: Arc<Shared>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        if on_core(self.shared.token) {
            queue(self.lane.into(), self.id);
        } else {
            self.shared.wake_task(self.lane, self.id);
        }
    }
}

struct Task {
    future: Option<BoxFuture>,
    header: Arc<TaskWaker>,
    waker: Waker,
}

/// The tasks of one core.
pub(super) struct Tasks {
    slab: RefCell<Slab<Task>>,
    shared: Arc<Shared>,
    inbox: RefCell<Vec<(u8, u64)>>,
    /// Passes that ended before each lane although it had ready tasks.
    passed_over: [Cell<u32>; LANES],
}

impl Tasks {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { slab: RefCell::default(), shared, inbox: RefCell::default(), passed_over: Default::default() }
    }

    /// Adds a task and makes it ready.
    pub(super) fn spawn(&self, lane: Lane, future: BoxFuture) {
        let id = self.slab.borrow_mut().insert(|id| {
            let (queued, shared) = (AtomicBool::new(true), Arc::clone(&self.shared));
            let header = Arc::new(TaskWaker { id, lane: lane as u8, queued, shared });
            let waker = Waker::from(Arc::clone(&header));
            Task { future: Some(future), header, waker }
        });
        queue(lane as usize, id);
    }

    /// Moves wake-ups of other threads into the run queues.
    pub(super) fn take_remote(&self) {
        if self.shared.has_remote() {
            let mut inbox = self.inbox.borrow_mut();
            self.shared.take_remote(&mut inbox);
            for (lane, id) in inbox.drain(..) {
                queue(lane.into(), id);
            }
        }
    }

    /// One pass over the lanes in order, each within its budget. `late` is asked after each poll, since one may
    /// take in a request of megabytes; when it says true the pass ends early. `ran` is told each lane in which a task ran. Returns the number of polls.
    pub(super) fn run_pass(&self, late: &dyn Fn() -> bool, ran: &dyn Fn(usize)) -> usize {
        let mut polls = self.run_passed_over(ran);
        for (lane, budget) in PASS_BUDGET.iter().enumerate() {
            let ready = ready_in(lane);
            for _ in 0..ready.min(*budget) {
                if !self.poll_next(lane) {
                    break;
                }
                polls += 1;
                if late() {
                    ran(lane);
                    self.note_passed_over(lane);
                    return polls;
                }
            }
            if ready > 0 {
                ran(lane);
            }
        }
        polls
    }

    /// Runs one task of each lane that was passed over too often.
    fn run_passed_over(&self, ran: &dyn Fn(usize)) -> usize {
        let mut polls = 0;
        for (lane, passes) in self.passed_over.iter().enumerate() {
            if passes.get() >= PASSED_OVER_MAX {
                passes.set(0);
                if self.poll_next(lane) {
                    polls += 1;
                    ran(lane);
                }
            }
        }
        polls
    }

    /// A pass ended in `lane`.
    fn note_passed_over(&self, lane: usize) {
        for (later, passes) in self.passed_over.iter().enumerate() {
            let waits = later > lane && ready_in(later) > 0;
            passes.set(if waits { passes.get() + 1 } else { 0 });
        }
    }

    /// Runs the next task of the lane; false if none is ready.
    fn poll_next(&self, lane: usize) -> bool {
        let next = READY.with_borrow_mut(|r| r.get_mut(lane).and_then(VecDeque::pop_front));
        next.inspect(|id| self.poll(*id)).is_some()
    }

    fn poll(&self, id: u64) {
        // The future leaves the slab while it runs, because it may spawn.
        let (mut future, waker) = {
            let mut slab = self.slab.borrow_mut();
            let Some(task) = slab.get_mut(id) else { return };
            task.header.queued.store(false, Ordering::Release);
            let Some(future) = task.future.take() else { return };
            (future, task.waker.clone())
        };
        let done = future.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Ready(());
        let mut slab = self.slab.borrow_mut();
        if !done {
            if let Some(task) = slab.get_mut(id) {
                task.future = Some(future);
            }
            return;
        }
        let task = slab.remove(id);
        drop(slab);
        // Destructors may wake or spawn: nothing is borrowed here.
        drop((future, task));
    }

    /// Drops every task, for the end of the core.
    pub(super) fn clear(&self) {
        loop {
            // Destructors may wake or spawn: nothing is borrowed while they run.
            let tasks = self.slab.borrow_mut().remove_all();
            if tasks.is_empty() {
                break;
            }
        }
        READY.with_borrow_mut(|r| r.iter_mut().for_each(VecDeque::clear));
    }
}
