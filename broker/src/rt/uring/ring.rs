//! One core's io_uring and the slab of its operations.
//!
//! Owner: the core's thread (SINGLE_ISSUER). Invariants: an operation's payload stays in the slab until its
//! last completion, even if its future was dropped (reliability.md section 5, hazard 1); user data carries the
//! slot's generation, so a late completion never meets a newer operation; entries that find the submission
//! queue full wait in `backlog`, in order.
#![allow(unsafe_code)]

use super::fixed::{FixedFiles, Slot};
use super::op::Payload;
use io_uring::{IoUring, cqueue, opcode, squeue, types};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Submission and completion entries. A full submission queue is submitted early; completions that do not fit
/// wait in the kernel (NODROP) and are counted. Their memory counts against RLIMIT_MEMLOCK, for all rings of
/// a user together: where the large size is refused, the next one is tried.
const SIZES: [(u32, u32); 3] = [(1024, 16 * 1024), (512, 4096), (128, 1024)];
/// Completions taken in one go.
const REAP_MAX: usize = 4096;

/// User data of messages from other cores.
pub(super) const WAKE: u64 = u64::MAX;
/// User data of operations whose completion says nothing (cancel).
const IGNORED: u64 = u64::MAX - 1;

enum State {
    Free,
    /// With the kernel (or the flusher); `true` if the future is gone.
    Flying(bool),
    Done(i32),
}

struct Op {
    generation: u32,
    state: State,
    payload: Option<Payload>,
    waker: Option<Waker>,
}

#[derive(Default)]
struct Ops {
    slots: Vec<Op>,
    free: Vec<u32>,
    flying: usize,
}

impl Ops {
    fn add(&mut self, payload: Payload) -> u64 {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Op { generation: 0, state: State::Free, payload: None, waker: None });
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 operations")
        });
        let op = self.slots.get_mut(index as usize).expect("a free index names a slot");
        op.state = State::Flying(false);
        op.payload = Some(payload);
        self.flying += 1;
        (u64::from(op.generation) << 32) | u64::from(index)
    }

    fn at(&mut self, key: u64) -> Option<&mut Op> {
        let index = usize::try_from(key & u64::from(u32::MAX)).expect("32 bits fit");
        self.slots.get_mut(index).filter(|op| u64::from(op.generation) == key >> 32)
    }

    fn release(&mut self, key: u64) -> Option<Payload> {
        let op = self.at(key).expect("the caller holds a live key");
        op.state = State::Free;
        // 31 bits, so that a key never looks like one of the reserved numbers.
        op.generation = op.generation.wrapping_add(1) & (u32::MAX >> 1);
        op.waker = None;
        let payload = op.payload.take();
        self.free.push(u32::try_from(key & u64::from(u32::MAX)).expect("masked"));
        payload
    }
}

/// A completion that belongs to more than one future; `more` is false for the operation's last one.
pub(super) struct Event {
    pub(super) result: i32,
    pub(super) flags: u32,
    pub(super) more: bool,
    pub(super) payload: Payload,
}

/// The ring of one core.
pub(super) struct Ring {
    uring: RefCell<IoUring>,
    ops: RefCell<Ops>,
    backlog: RefCell<VecDeque<squeue::Entry>>,
    /// Bytes of the sends and writes that were started since the kernel was last entered.
    waiting_bytes: Cell<usize>,
    reaped: Cell<Vec<(u64, i32, u32)>>,
    fixed: Rc<FixedFiles>,
}

impl Ring {
    /// Sets the ring up on the calling thread, which alone may use it from then on.
    /// Errors: those of io_uring_setup (`StartError` explains them).
    pub(super) fn new() -> io::Result<Self> {
        Self::with_sizes(&SIZES)
    }

    /// A ring of the first of these sizes (submission and completion entries) that memory allows.
    pub(super) fn with_sizes(sizes: &[(u32, u32)]) -> io::Result<Self> {
        let mut sizes = sizes.iter().copied();
        let uring = loop {
            let (entries, completions) = sizes.next().expect("there is a size, and the last one returns");
            let built = IoUring::builder()
                .setup_single_issuer()
                .setup_defer_taskrun()
                .setup_taskrun_flag()
                .setup_coop_taskrun()
                .setup_submit_all()
                .setup_cqsize(completions)
                .build(entries);
            match built {
                Err(e) if e.raw_os_error() == Some(libc::ENOMEM) && sizes.len() > 0 => {}
                other => break other?,
            }
        };
        if !uring.params().is_feature_nodrop() || !uring.params().is_feature_ext_arg() {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        Ok(Self {
            uring: RefCell::new(uring),
            ops: RefCell::default(),
            backlog: RefCell::default(),
            waiting_bytes: Cell::new(0),
            reaped: Cell::new(Vec::with_capacity(256)),
            fixed: Rc::default(),
        })
    }

    /// Makes the table of registered sockets, `len` empty slots. Errors: more than RLIMIT_NOFILE.
    pub(super) fn register_table(&self, len: u32) -> io::Result<()> {
        self.uring.borrow().submitter().register_files_sparse(len)?;
        self.fixed.on_registered(len);
        Ok(())
    }

    /// Registers a socket; none if there is no slot for it.
    pub(super) fn register_socket(&self, fd: RawFd) -> Option<Slot> {
        // A slot that cannot be filled is emptied like one that was.
        let slot = self.fixed.take()?;
        let filled = self.uring.borrow().submitter().register_files_update(slot.index(), &[fd]);
        filled.is_ok_and(|n| n == 1).then_some(slot)
    }

    /// Lets go of the registered sockets that are gone here.
    fn empty_slots(&self) {
        while let Some(index) = self.fixed.next_dead() {
            let emptied = self.uring.borrow().submitter().register_files_update(index, &[-1]);
            // It fails only for want of memory: the slot is lost then, and its socket closes with the ring.
            if emptied.is_ok() {
                self.fixed.on_emptied(index);
            }
        }
    }

    /// Sends an empty operation through the kernel: `io_uring_enter` may be forbidden where the set-up is not.
    pub(super) fn prove(&self) -> io::Result<()> {
        self.push(opcode::Nop::new().build().user_data(IGNORED));
        self.uring.borrow().submitter().submit_and_wait(1)?;
        self.reap(|_, _| {});
        Ok(())
    }

    pub(super) fn fd(&self) -> RawFd {
        self.uring.borrow().as_raw_fd()
    }

    /// Registers provided buffers. The memory must stay valid until the ring has no operation in flight.
    pub(super) fn register_buffers(&self, address: *const u8, entries: u16, group: u16) -> io::Result<()> {
        let uring = self.uring.borrow();
        // SAFETY: `BufRing` owns the memory and outlives every receive (the core drains the ring first).
        unsafe { uring.submitter().register_buf_ring_with_flags(address as u64, entries, group, 0) }
    }

    fn push(&self, entry: squeue::Entry) {
        let mut backlog = self.backlog.borrow_mut();
        if !backlog.is_empty() {
            backlog.push_back(entry);
            return;
        }
        let mut uring = self.uring.borrow_mut();
        // SAFETY: entries come from `Payload::entry`, whose memory the slab keeps until the last completion,
        // or carry no address at all (cancel, message).
        if unsafe { uring.submission().push(&entry) }.is_err() {
            backlog.push_back(entry);
        }
    }

    /// Starts an operation. Its completion wakes whoever polls the key; see `poll`.
    pub(super) fn start(&self, mut payload: Payload) -> u64 {
        let entry = payload.entry();
        self.waiting_bytes.set(self.waiting_bytes.get() + payload.bytes());
        let key = self.ops.borrow_mut().add(payload);
        self.push(entry.user_data(key));
        key
    }

    /// A key for an operation that another thread performs; `finish` completes it.
    pub(super) fn start_away(&self) -> u64 {
        self.ops.borrow_mut().add(Payload::Away)
    }

    /// Completes an operation of `start_away`.
    pub(super) fn finish(&self, key: u64, result: i32, payload: Payload) {
        if let Some(op) = self.ops.borrow_mut().at(key) {
            op.payload = Some(payload);
        }
        let none = self.complete(key, result, 0);
        assert!(none.is_none(), "a flusher's completion is no event");
    }

    /// The result and payload of a finished operation, or registers the waker.
    pub(super) fn poll(&self, key: u64, waker: &Waker) -> Poll<(i32, Payload)> {
        let mut ops = self.ops.borrow_mut();
        let op = ops.at(key).expect("a pending future holds a live key");
        if let State::Done(result) = op.state {
            let payload = ops.release(key).expect("a finished operation has its payload");
            return Poll::Ready((result, payload));
        }
        match &mut op.waker {
            Some(old) => old.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        Poll::Pending
    }

    /// The future is gone: the payload stays until the completion. `cancel` asks the kernel to hurry.
    pub(super) fn abandon(&self, key: u64, cancel: bool) {
        let mut ops = self.ops.borrow_mut();
        let Some(op) = ops.at(key) else { return };
        match op.state {
            State::Done(_) => {
                let payload = ops.release(key);
                drop(ops);
                drop(payload);
            }
            State::Flying(_) => {
                op.state = State::Flying(true);
                op.waker = None;
                drop(ops);
                if cancel {
                    self.cancel(key);
                }
            }
            State::Free => {}
        }
    }

    /// Asks the kernel to cancel an operation; its completion still comes.
    pub(super) fn cancel(&self, key: u64) {
        let entry = opcode::AsyncCancel::new(key).build();
        self.push(entry.user_data(IGNORED).flags(squeue::Flags::SKIP_SUCCESS));
    }

    /// Asks the kernel to cancel everything.
    pub(super) fn cancel_all(&self) {
        let entry = opcode::AsyncCancel2::new(types::CancelBuilder::any()).build();
        self.push(entry.user_data(IGNORED));
    }

    /// Wakes the ring `fd` of another core.
    pub(super) fn message(&self, fd: RawFd) {
        let entry = opcode::MsgRingData::new(Fd(fd), 0, WAKE, None).build();
        self.push(entry.user_data(IGNORED).flags(squeue::Flags::SKIP_SUCCESS));
    }

    /// Operations with the kernel or the flusher.
    pub(super) fn flying(&self) -> usize {
        self.ops.borrow().flying
    }

    /// True if entries wait for submission.
    pub(super) fn has_entries(&self) -> bool {
        !self.uring.borrow_mut().submission().is_empty()
    }

    /// Entries that wait for submission.
    pub(super) fn waiting_entries(&self) -> usize {
        self.uring.borrow_mut().submission().len() + self.backlog.borrow().len()
    }

    /// Bytes that those will send or write: the kernel copies or pins them in the system call that submits.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.waiting_bytes.get()
    }

    /// True if completions wait, or would appear on entering the kernel. No system call.
    pub(super) fn has_completions(&self) -> bool {
        let mut uring = self.uring.borrow_mut();
        if !uring.completion().is_empty() {
            return true;
        }
        let sq = uring.submission();
        sq.taskrun() || sq.cq_overflow()
    }

    /// Submits what is queued and runs the kernel's deferred work. With `wait`, sleeps until a completion or
    /// for at most that many nanoseconds (`u64::MAX`: no limit). True if the completion queue has overflowed.
    pub(super) fn enter(&self, wait: Option<u64>) -> io::Result<bool> {
        self.waiting_bytes.set(0);
        // What waits in the backlog must be with the kernel before anybody sleeps.
        let mut wait = wait.filter(|_| self.backlog.borrow().is_empty());
        if self.fixed.has_dead() {
            self.empty_slots();
        }
        loop {
            let overflow = self.uring.borrow_mut().submission().cq_overflow();
            match self.enter_once(wait) {
                Ok(()) => {}
                Err(e) => match e.raw_os_error() {
                    // Interrupted or timed out; EBUSY and EAGAIN: reap first, the entries stay queued.
                    Some(libc::EINTR | libc::ETIME | libc::EBUSY | libc::EAGAIN) => return Ok(overflow),
                    _ => return Err(e),
                },
            }
            if !self.refill() {
                return Ok(overflow);
            }
            wait = None;
        }
    }

    fn enter_once(&self, wait: Option<u64>) -> io::Result<()> {
        let mut uring = self.uring.borrow_mut();
        let ready = !uring.completion().is_empty();
        let uring = &*uring;
        match wait {
            Some(u64::MAX) if !ready => uring.submitter().submit_and_wait(1)?,
            Some(ns) if !ready => {
                let nsec = u32::try_from(ns % 1_000_000_000).expect("below a second");
                let time = types::Timespec::new().sec(ns / 1_000_000_000).nsec(nsec);
                uring.submitter().submit_with_args(1, &types::SubmitArgs::new().timespec(&time))?
            }
            _ => uring.submitter().submit()?,
        };
        Ok(())
    }

    /// Moves the backlog into the queue; true if there was any.
    fn refill(&self) -> bool {
        let mut backlog = self.backlog.borrow_mut();
        if backlog.is_empty() {
            return false;
        }
        let mut uring = self.uring.borrow_mut();
        let mut sq = uring.submission();
        while let Some(entry) = backlog.front() {
            // SAFETY: as in `push`.
            if unsafe { sq.push(entry) }.is_err() {
                break;
            }
            backlog.pop_front();
        }
        true
    }

    /// Takes the waiting completions; single ones wake their futures, others go to `on_event`.
    pub(super) fn reap(&self, mut on_event: impl FnMut(u64, Event)) -> usize {
        let mut batch = self.reaped.take();
        {
            let mut uring = self.uring.borrow_mut();
            let cq = uring.completion();
            batch.extend(cq.take(REAP_MAX).map(|c| (c.user_data(), c.result(), c.flags())));
        }
        let n = batch.len();
        for (key, result, flags) in batch.drain(..) {
            if let Some(event) = self.complete(key, result, flags) {
                on_event(key, event);
            }
        }
        self.reaped.set(batch);
        n
    }

    fn complete(&self, key: u64, result: i32, flags: u32) -> Option<Event> {
        if key >= IGNORED {
            return None;
        }
        let more = cqueue::more(flags);
        let mut ops = self.ops.borrow_mut();
        if !more {
            ops.flying -= 1;
        }
        let op = ops.at(key).expect("a completion names a live operation");
        let payload = match op.payload.as_ref() {
            Some(Payload::Recv(conn, multi)) if more => Payload::Recv(conn.clone(), *multi),
            Some(Payload::Accept(listener)) if more => Payload::Accept(listener.clone()),
            Some(Payload::Recv(..) | Payload::Accept(_) | Payload::Event(..)) => {
                ops.release(key).expect("a live operation has its payload")
            }
            _ => {
                assert!(!more, "only receive and accept complete more than once");
                return Self::complete_single(ops, key, result);
            }
        };
        Some(Event { result, flags, more, payload })
    }

    fn complete_single(mut ops: std::cell::RefMut<'_, Ops>, key: u64, result: i32) -> Option<Event> {
        let op = ops.at(key)?;
        if let State::Flying(true) = op.state {
            let payload = ops.release(key);
            drop(ops);
            // A last reference to a socket or file may close it: nothing is borrowed here.
            drop(payload);
            return None;
        }
        op.state = State::Done(result);
        let waker = op.waker.take();
        drop(ops);
        if let Some(waker) = waker {
            waker.wake();
        }
        None
    }
}

use types::Fd;
