//! The tasks of one core, each a task of glommio in the queue of its lane.
//!
//! Owner: one `Tasks` per core thread. Invariants: what a future is polled with is a waker of ours, so that only
//! such a one reaches another thread: glommio 0.9 reads a task's header after it gave its reference back, when that
//! happens on a foreign thread, and the task may be gone by then; a stale waker never touches a newer task in the
//! same place (`slab`); the futures belong to this slab, so that `clear` ends them while the executor runs.

use super::heart::Pulse;
use crate::rt::slab::Slab;
use crate::rt::token::on_core;
use crate::rt::uring::exec::LANES;
use crate::rt::uring::sys::monotonic_ns;
use crate::rt::uring::wake::{Counters, Shared};
use crate::rt::uring::watch::{Phase, Watch};
use glommio::{Latency, Shares, TaskQueueHandle, executor, spawn_local_into};
use ringlog_shard::env::Lane;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// A lane's share of the core while others are ready too: early lanes drain, late ones trickle.
const SHARES: [(&str, usize); LANES] = [
    ("consensus", 1000),
    ("commit", 1000),
    ("produce", 1000),
    ("fetch", 250),
    ("flush", 60),
    ("background", 15),
];

type BoxFuture = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    /// The tasks of the core that runs on this thread.
    static CURRENT: RefCell<Option<Rc<Tasks>>> = const { RefCell::new(None) };
}

struct TaskWaker {
    id: u64,
    /// In the list of what other threads woke.
    queued: AtomicBool,
    /// Counted in the pulse: glommio has to run it. Of the core's thread alone.
    ready: AtomicBool,
    shared: Arc<Shared>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if on_core(self.shared.token) {
            let tasks = CURRENT.try_with(|current| current.borrow().clone());
            // Without: the core has ended, or the thread has.
            if let Ok(Some(tasks)) = tasks {
                tasks.wake(self.id);
            }
        } else if !self.queued.swap(true, Ordering::AcqRel) {
            self.shared.wake_task(0, self.id);
        }
    }
}

struct Task {
    future: Option<BoxFuture>,
    header: Arc<TaskWaker>,
    waker: Waker,
    /// Of glommio's task, once it ran.
    native: Option<Waker>,
}

/// The tasks of one core.
pub(super) struct Tasks {
    slab: RefCell<Slab<Task>>,
    queues: [TaskQueueHandle; LANES],
    shared: Arc<Shared>,
    pulse: Arc<Pulse>,
    inbox: RefCell<Vec<(u8, u64)>>,
    watch: Watch,
}

impl Tasks {
    /// On a running executor of the core's thread.
    pub(super) fn new(shared: Arc<Shared>, pulse: Arc<Pulse>) -> Rc<Self> {
        let queue = |(name, shares)| {
            executor().create_task_queue(Shares::Static(shares), Latency::NotImportant, name)
        };
        let tasks = Rc::new(Self {
            slab: RefCell::default(),
            queues: SHARES.map(queue),
            shared,
            pulse,
            inbox: RefCell::default(),
            watch: Watch::default(),
        });
        CURRENT.set(Some(Rc::clone(&tasks)));
        tasks
    }

    /// Adds a task and makes it ready.
    pub(super) fn spawn(self: &Rc<Self>, lane: Lane, future: BoxFuture) {
        let id = self.slab.borrow_mut().insert(|id| {
            let (queued, ready) = (AtomicBool::new(false), AtomicBool::new(false));
            let header = Arc::new(TaskWaker { id, queued, ready, shared: Arc::clone(&self.shared) });
            self.set_ready(&header);
            let waker = Waker::from(Arc::clone(&header));
            Task { future: Some(future), header, waker, native: None }
        });
        let tasks = Rc::clone(self);
        let queue = *self.queues.get(lane as usize).expect("one queue per lane");
        let run = poll_fn(move |cx| tasks.poll(id, lane, cx));
        // Its handle is not needed: the slab knows when it has ended.
        drop(spawn_local_into(run, queue).expect("the queue of a lane stays").detach());
    }

    /// The task is for glommio to run.
    fn set_ready(&self, header: &TaskWaker) {
        if !header.ready.swap(true, Ordering::Relaxed) {
            self.pulse.add();
        }
    }

    /// The task runs, or never will.
    fn end_ready(&self, header: &TaskWaker) {
        if header.ready.swap(false, Ordering::Relaxed) {
            self.pulse.sub();
        }
    }

    fn wake(&self, id: u64) {
        // Before its first poll a task is ready anyway.
        if let Some(task) = self.slab.borrow().get(id)
            && let Some(native) = task.native.as_ref()
        {
            self.set_ready(&task.header);
            native.wake_by_ref();
        }
    }

    /// Wakes what other threads woke.
    pub(super) fn take_remote(&self) {
        let mut inbox = self.inbox.borrow_mut();
        self.shared.take_remote(&mut inbox);
        for (_, id) in inbox.drain(..) {
            self.wake(id);
        }
    }

    fn poll(&self, id: u64, lane: Lane, cx: &Context<'_>) -> Poll<()> {
        // The future leaves the slab while it runs, because it may spawn.
        let (mut future, waker) = {
            let mut slab = self.slab.borrow_mut();
            let Some(task) = slab.get_mut(id) else { return Poll::Ready(()) };
            // A swap, not a store: whoever found it queued has published before, and this poll sees that.
            task.header.queued.swap(false, Ordering::AcqRel);
            self.end_ready(&task.header);
            match &mut task.native {
                Some(native) => native.clone_from(cx.waker()),
                native => *native = Some(cx.waker().clone()),
            }
            let Some(future) = task.future.take() else { return Poll::Pending };
            (future, task.waker.clone())
        };
        let start = monotonic_ns();
        self.watch.begin(start);
        let done = future.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Ready(());
        self.watch.mark(Phase::Lane(lane as usize));
        let counters = &self.shared.counters;
        self.watch.end(start, counters);
        // A turn of this loop is one poll: glommio does not say where its own begin.
        Counters::add(&counters.turns, 1);
        Counters::add(&counters.polls, 1);
        let mut slab = self.slab.borrow_mut();
        if !done {
            if let Some(task) = slab.get_mut(id) {
                task.future = Some(future);
            }
            return Poll::Pending;
        }
        let task = slab.remove(id);
        drop(slab);
        if let Some(task) = &task {
            self.end_ready(&task.header);
        }
        // Destructors may wake or spawn: nothing is borrowed here.
        drop((future, task));
        Poll::Ready(())
    }

    /// Drops every future, for the end of the core; while the executor runs, because sockets need it to close.
    pub(super) fn clear(&self) {
        loop {
            let tasks = self.slab.borrow_mut().remove_all();
            if tasks.is_empty() {
                break;
            }
            tasks.iter().for_each(|task| self.end_ready(&task.header));
        }
    }

    /// Wakes on this thread are for nobody from here on.
    pub(super) fn leave(&self) {
        CURRENT.set(None);
    }
}
