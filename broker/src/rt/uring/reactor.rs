//! The loop of one core: run ready tasks, submit, collect completions, spin a little, sleep.
//!
//! Owner: the core's thread. Invariants: one system call submits everything that a turn produced; a core
//! sleeps only after it announced it and then found no work (see `wake`); the kernel is entered at least
//! every `ENTER_EVERY_NS` while tasks are ready, because completions appear only then (DEFER_TASKRUN).

use super::bufring::BufRing;
use super::coldpool::ColdPool;
use super::conn::ConnInner;
use super::exec::{self, Tasks};
use super::file::UringFile;
use super::flusher::FlusherLink;
use super::mesh::MeshCore;
use super::op::Payload;
use super::ring::{Event, Ring};
use super::spinning::Spinning;
use super::sys;
use super::timer::{TimerKey, Timers};
use super::wake::{Counters, Shared, add_waiter};
use super::watch::{Phase, Watch};
use ringlog_shard::env::Lane;
use ringlog_shard::msg::ShardMsg;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

/// Tasks run at most this long before the kernel is entered.
const ENTER_EVERY_NS: u64 = 300_000;
/// Entries after which the kernel is entered too: a send runs when it is submitted and takes some 8 µs, so that
/// the answers of hundreds of connections at once would make a turn of milliseconds.
const SUBMIT_AT: usize = 64;
/// Bytes of sends and writes after which it is entered too, for the same reason.
const SUBMIT_BYTES: usize = 1 << 20;
/// Passes over the lanes in one turn: enough for produce to reach the commit log and come back.
const PASSES_MAX: usize = 4;
/// How long a stopping core waits for its operations.
const DRAIN_NS: u64 = 5_000_000_000;

/// Messages of this runtime.
pub(super) type Msg = ShardMsg<UringFile>;

/// Everything that one core owns.
pub(super) struct Core {
    pub(super) shared: Arc<Shared>,
    pub(super) ring: Ring,
    pub(super) tasks: Tasks,
    pub(super) timers: RefCell<Timers>,
    pub(super) bufs: BufRing,
    pub(super) mesh: MeshCore<Msg>,
    /// The thread that writes commit logs.
    pub(super) flusher: Option<FlusherLink>,
    /// The thread that writes what goes past them.
    pub(super) past_log: Option<FlusherLink>,
    /// Bytes that readers left lying and that were moved out of the provided buffers.
    pub(super) spilled: Cell<usize>,
    /// Buffers of cold reads.
    pub(super) cold: ColdPool,
    starved: RefCell<Vec<Rc<ConnInner>>>,
    stop_wakers: RefCell<Vec<Waker>>,
    now: Cell<u64>,
    /// `now` was read for a stamp in this poll.
    stamped: Cell<bool>,
    turn: Cell<u64>,
    spin_ns: u64,
    spinning: Spinning,
    /// The core's program has ended.
    done: Rc<Cell<bool>>,
    closing: Cell<bool>,
    watch: Watch,
}

impl Core {
    pub(super) fn new(
        shared: Arc<Shared>,
        ring: Ring,
        bufs: BufRing,
        mesh: MeshCore<Msg>,
        (flusher, past_log): (Option<FlusherLink>, Option<FlusherLink>),
        spin_ns: u64,
    ) -> Rc<Self> {
        Rc::new(Self {
            tasks: Tasks::new(Arc::clone(&shared)),
            shared,
            ring,
            timers: RefCell::default(),
            bufs,
            mesh,
            flusher,
            past_log,
            spilled: Cell::new(0),
            cold: ColdPool::default(),
            starved: RefCell::default(),
            stop_wakers: RefCell::default(),
            now: Cell::new(sys::monotonic_ns()),
            stamped: Cell::new(false),
            turn: Cell::new(0),
            spin_ns,
            spinning: Spinning::default(),
            done: Rc::default(),
            closing: Cell::new(false),
            watch: Watch::default(),
        })
    }

    /// The clock at the start of the current pass, nanoseconds.
    pub(super) fn now(&self) -> u64 {
        self.now.get()
    }

    /// Number of the current turn.
    pub(super) fn turn(&self) -> u64 {
        self.turn.get()
    }

    /// Reads the clock for a stamp: it is the time of the pass from here on, nanoseconds.
    pub(super) fn stamp(&self) -> u64 {
        let now = self.tick();
        self.stamped.set(true);
        now
    }

    /// The time behind a poll: the one of its last stamp is new enough, and a reading costs some 25 ns.
    fn tick_after_poll(&self) -> u64 {
        if self.stamped.take() { self.now() } else { self.tick() }
    }

    fn tick(&self) -> u64 {
        let now = sys::monotonic_ns();
        self.now.set(now);
        self.stamped.set(false);
        now
    }

    pub(super) fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// A receive found no buffer; it starts again when some are back.
    pub(super) fn starve(&self, conn: Rc<ConnInner>) {
        Counters::add(&self.counters().buffer_shortages, 1);
        self.starved.borrow_mut().push(conn);
    }

    /// Waits until the core was asked to stop.
    pub(super) fn poll_stop(&self, cx: &Context<'_>) -> Poll<()> {
        if self.shared.stop.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        add_waiter(&mut self.stop_wakers.borrow_mut(), cx.waker());
        Poll::Pending
    }

    /// Runs `main` and everything it spawns until `main` is done; then drops the tasks and waits for the
    /// kernel to give back every buffer.
    pub(super) fn run(self: &Rc<Self>, main: impl Future<Output = ()> + 'static) -> io::Result<()> {
        let done = Rc::clone(&self.done);
        self.arm_event();
        self.tasks.spawn(
            Lane::Commit,
            Box::pin(async move {
                main.await;
                done.set(true);
            }),
        );
        while !self.done.get() {
            self.turn_once()?;
        }
        self.close()
    }

    fn arm_event(&self) {
        let fd = self.shared.event.as_fd().as_raw_fd();
        self.ring.start(Payload::Event(fd, Box::new([0; 8])));
    }

    fn turn_once(&self) -> io::Result<()> {
        let start = self.tick();
        self.turn.set(self.turn.get() + 1);
        self.watch.begin(start);
        self.collect(start);
        self.watch.mark(Phase::Collect);
        let polls = self.run_tasks(start);
        self.mesh.flush_wakes(|peer| self.ring.message(peer.ring_fd.load(Ordering::Relaxed)));
        let counters = self.counters();
        Counters::add(&counters.turns, 1);
        Counters::add(&counters.polls, polls as u64);
        let slept = if exec::nothing_ready() && self.starved.borrow().is_empty() && !self.done.get() {
            self.wait()?
        } else {
            self.enter(None)?;
            false
        };
        // What the kernel has finished arrives now, not when this core went to sleep.
        self.now.set(if slept { self.watch.mark_slept() } else { self.watch.mark(Phase::Kernel) });
        self.reap();
        self.watch.mark(Phase::Reap);
        self.watch.end(start, counters);
        Ok(())
    }

    fn flushers(&self) -> impl Iterator<Item = &FlusherLink> {
        self.flusher.iter().chain(&self.past_log)
    }

    /// Wakes the tasks of due timers, other threads, the flusher and the mesh.
    fn collect(&self, now: u64) {
        self.timers.borrow_mut().fire(now);
        self.tasks.take_remote();
        for flusher in self.flushers() {
            flusher.collect(&self.ring);
        }
        self.mesh.wake_ready();
        if !self.starved.borrow().is_empty() && self.bufs.free() > 0 {
            let starved = self.starved.take();
            for conn in starved {
                conn.rearm(self);
            }
        }
        if self.shared.stop.load(Ordering::Relaxed) {
            for waker in self.stop_wakers.take() {
                waker.wake();
            }
        }
    }

    fn run_tasks(&self, start: u64) -> usize {
        let full = || self.ring.waiting_entries() >= SUBMIT_AT || self.ring.waiting_bytes() >= SUBMIT_BYTES;
        // A request of a megabyte takes its time, and whoever waits for this thread has waited long.
        let written = || self.past_log.as_ref().is_some_and(FlusherLink::has_done);
        let late = || full() || written() || self.tick_after_poll() > start + ENTER_EVERY_NS;
        let ran = |lane| {
            self.watch.mark(Phase::Lane(lane));
        };
        let mut polls = 0;
        for pass in 0..PASSES_MAX {
            if pass > 0 && late() {
                break;
            }
            let n = self.tasks.run_pass(&late, &ran);
            polls += n;
            if n == 0 {
                break;
            }
            self.mesh.wake_ready();
        }
        polls
    }

    fn enter(&self, wait: Option<u64>) -> io::Result<()> {
        let largest = &self.counters().largest_submission;
        let entries = self.ring.waiting_entries() as u64;
        largest.store(largest.load(Ordering::Relaxed).max(entries), Ordering::Relaxed);
        if self.ring.enter(wait)? {
            Counters::add(&self.counters().cq_overflows, 1);
        }
        Ok(())
    }

    /// True if another thread or a clock has given this core something to do.
    fn has_outside_work(&self) -> bool {
        self.shared.has_remote()
            || self.mesh.has_work()
            || self.flushers().any(FlusherLink::has_done)
            || (self.shared.stop.load(Ordering::Relaxed) && !self.stop_wakers.borrow().is_empty())
    }

    /// Nothing is ready: submit, spin for a while, then sleep until something happens; true if it slept.
    fn wait(&self) -> io::Result<bool> {
        if self.spin_ns > 0 && self.spinning.is_worth_it() {
            if self.ring.has_entries() || self.ring.has_completions() {
                self.enter(None)?;
            }
            self.watch.mark(Phase::Kernel);
            let found = self.spin();
            self.spinning.on_spun(found);
            self.watch.mark_spin();
            if found {
                if self.ring.has_completions() {
                    self.enter(None)?;
                }
                return Ok(false);
            }
        }
        self.mesh.announce_waits();
        self.shared.set_sleeping();
        let next = self.timers.borrow().next();
        let left = next.map_or(u64::MAX, |at| at.saturating_sub(sys::monotonic_ns()));
        if self.has_outside_work() || left == 0 {
            self.shared.set_awake();
            return self.enter(None).map(|()| false);
        }
        Counters::add(&self.counters().sleeps, 1);
        let result = self.enter(Some(left));
        self.shared.set_awake();
        result.map(|()| true)
    }

    /// True as soon as there is work; false after the spin time.
    fn spin(&self) -> bool {
        let start = sys::monotonic_ns();
        let next = self.timers.borrow().next().unwrap_or(u64::MAX);
        loop {
            for _ in 0..16 {
                if self.ring.has_completions() || self.has_outside_work() {
                    return true;
                }
                std::hint::spin_loop();
            }
            let now = sys::monotonic_ns();
            if now >= next || now - start >= self.spin_ns {
                return now >= next;
            }
        }
    }

    fn reap(&self) {
        self.ring.reap(|key, event| self.on_event(key, event));
    }

    fn on_event(&self, key: u64, event: Event) {
        let Event { result, flags, more, payload } = event;
        match payload {
            Payload::Recv(conn, _) => conn.on_recv(self, key, result, flags, more),
            Payload::Accept(listener) => listener.on_accept(&self.ring, key, result, more),
            Payload::Event(..) if !self.closing.get() => self.arm_event(),
            _ => {}
        }
    }

    /// Ends the core: no task runs any more; the ring is emptied, so that no buffer is freed under the kernel.
    fn close(&self) -> io::Result<()> {
        self.closing.set(true);
        self.tasks.clear();
        self.starved.take();
        self.stop_wakers.take();
        let end = sys::monotonic_ns() + DRAIN_NS;
        let mut next_cancel = 0;
        while self.ring.flying() > 0 {
            let now = sys::monotonic_ns();
            if now > end {
                return Err(io::Error::other("operations of a stopping core did not end"));
            }
            if now >= next_cancel {
                self.ring.cancel_all();
                next_cancel = now + 100_000_000;
            }
            self.enter(Some(1_000_000))?;
            self.reap();
            for flusher in self.flushers() {
                flusher.collect(&self.ring);
            }
        }
        // Tasks may have been woken by the last completions; their futures are gone already.
        self.tasks.clear();
        Ok(())
    }
}

/// An operation of the ring as a future. Dropped early, the operation goes on and its payload is parked.
pub(super) struct OpFuture {
    core: Rc<Core>,
    key: Option<u64>,
    cancel: bool,
}

impl OpFuture {
    /// Starts the operation now.
    pub(super) fn start(core: &Rc<Core>, payload: Payload) -> Self {
        Self { core: Rc::clone(core), key: Some(core.ring.start(payload)), cancel: false }
    }

    /// Waits for an operation that the flusher performs.
    pub(super) fn away(core: &Rc<Core>, key: u64) -> Self {
        Self { core: Rc::clone(core), key: Some(key), cancel: false }
    }

    /// Asks the kernel to cancel the operation if the future is dropped.
    pub(super) fn cancel_on_drop(mut self) -> Self {
        self.cancel = true;
        self
    }
}

impl Future for OpFuture {
    type Output = (i32, Payload);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let key = self.key.expect("a finished operation is not polled again");
        let polled = self.core.ring.poll(key, cx.waker());
        if polled.is_ready() {
            self.key = None;
        }
        polled
    }
}

impl Drop for OpFuture {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.core.ring.abandon(key, self.cancel);
        }
    }
}

/// A timer as a future.
pub(super) struct Sleep {
    core: Rc<Core>,
    at: u64,
    key: Option<TimerKey>,
}

impl Sleep {
    pub(super) fn until(core: &Rc<Core>, at: u64) -> Self {
        Self { core: Rc::clone(core), at, key: None }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.at <= self.core.now() {
            return Poll::Ready(());
        }
        let this = &mut *self;
        let mut timers = this.core.timers.borrow_mut();
        if !this.key.is_some_and(|key| timers.update(key, cx.waker())) {
            this.key = Some(timers.add(this.at, cx.waker().clone()));
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.core.timers.borrow_mut().cancel(key);
        }
    }
}
