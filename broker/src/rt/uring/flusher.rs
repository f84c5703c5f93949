//! A thread that waits for the device: blocking `pwritev2(RWF_DSYNC)` for one core.
//!
//! Owner: two threads per core, one for its commit logs and one for what goes past them, each fed and answered
//! through SPSC rings. Invariants: writes of one thread run one at a time and in order; a buffer is with the thread
//! from `start` until its completion; a write that ends short goes on behind what was written, any error is final.
//! Why threads: architecture.md D2 (a ring DSYNC on a device with a volatile cache, and every write that makes a file
//! longer, finishes in a kernel worker, which a busy core starves: docs/decisions/0021).

use super::file::UringFile;
use super::op::{FileIo, PARTS_MAX, Payload, WriteV};
use super::ring::Ring;
use super::sleeping::Sleeping;
use super::spsc::{self, Consumer, Producer};
use super::sys;
use super::wake::Shared;
use bytes::Bytes;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;
use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// Writes that are with the thread, done or not; a core has one or two commit logs.
const QUEUE: usize = 64;

/// What to write.
pub(super) enum Write {
    /// The frame of a commit log.
    Frame(FileIo),
    /// Parts, one behind the other, from this position on.
    Parts(UringFile, Vec<Bytes>, u64),
}

impl Write {
    fn payload(self) -> Payload {
        match self {
            Self::Frame(io) => Payload::WriteDurable(io),
            Self::Parts(file, data, pos) => Payload::WriteV(WriteV::new(file, data, pos)),
        }
    }
}

struct Order {
    key: u64,
    write: Write,
}

struct Done {
    key: u64,
    result: i32,
    write: Write,
}

#[derive(Default)]
struct Gate {
    sleeping: Sleeping,
    stop: AtomicBool,
}

/// The core's end.
pub(super) struct FlusherLink {
    orders: RefCell<Producer<Order>>,
    done: RefCell<Consumer<Done>>,
    /// Handed over and not collected.
    flying: Cell<usize>,
    gate: Arc<Gate>,
    thread: Option<JoinHandle<()>>,
}

impl FlusherLink {
    /// Starts the thread for the core `shared`, on the CPUs `cpus`.
    pub(super) fn start(name: &str, shared: Arc<Shared>, cpus: Option<CpuSet>) -> io::Result<Self> {
        let (orders, mut inbox) = spsc::ring::<Order>(QUEUE);
        let (mut outbox, done) = spsc::ring::<Done>(QUEUE);
        let gate = Arc::new(Gate::default());
        let its_gate = Arc::clone(&gate);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            if let Some(cpus) = cpus {
                // Staying on any allowed CPU is only slower.
                let _ = sched_setaffinity(Pid::from_raw(0), &cpus);
            }
            // Without the permission it is an ordinary thread (architecture.md D2).
            let _ = sys::real_time();
            while let Some(order) = next(&mut inbox, &its_gate) {
                let result = perform(&order.write);
                let done = Done { key: order.key, result, write: order.write };
                let pushed = outbox.push(done).is_ok();
                assert!(pushed, "as many completions as orders fit");
                shared.signal();
            }
        })?;
        let (orders, done, flying) = (RefCell::new(orders), RefCell::new(done), Cell::new(0));
        Ok(Self { orders, done, flying, gate, thread: Some(thread) })
    }

    /// Hands a write over; gives it back if too many are on their way.
    pub(super) fn start_write(&self, ring: &Ring, write: Write) -> Result<u64, Write> {
        if self.flying.get() == QUEUE {
            return Err(write);
        }
        self.flying.set(self.flying.get() + 1);
        let key = ring.start_away();
        let pushed = self.orders.borrow_mut().push(Order { key, write }).is_ok();
        assert!(pushed, "fewer are on their way than the queue holds");
        self.wake();
        Ok(key)
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread
            && self.gate.sleeping.claim()
        {
            thread.thread().unpark();
        }
    }

    /// True if a write has ended.
    pub(super) fn has_done(&self) -> bool {
        !self.done.borrow_mut().is_empty()
    }

    /// Completes the operations of the writes that ended.
    pub(super) fn collect(&self, ring: &Ring) {
        let mut done = self.done.borrow_mut();
        while let Some(Done { key, result, write }) = done.pop() {
            self.flying.set(self.flying.get() - 1);
            ring.finish(key, result, write.payload());
        }
    }
}

impl Drop for FlusherLink {
    fn drop(&mut self) {
        self.gate.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic there aborts in release builds; in tests it has been reported by the thread itself.
            let _ = thread.join();
        }
    }
}

/// The next order, or none when the core is gone.
fn next(inbox: &mut Consumer<Order>, gate: &Gate) -> Option<Order> {
    loop {
        if let Some(order) = inbox.pop() {
            return Some(order);
        }
        if gate.stop.load(Ordering::Acquire) {
            return None;
        }
        gate.sleeping.announce();
        if inbox.is_empty() && !gate.stop.load(Ordering::Acquire) {
            std::thread::park();
        }
        gate.sleeping.end();
    }
}

/// Writes everything; the number of bytes, or a negative errno.
fn perform(write: &Write) -> i32 {
    match write {
        Write::Frame(io) => match io.buf.as_slice().get(..io.len) {
            Some(frame) => write_all(&io.file, &mut [IoSlice::new(frame)], io.pos),
            None => -libc::EINVAL,
        },
        Write::Parts(file, data, pos) => {
            let mut parts: Vec<IoSlice<'_>> = data.iter().map(|b| IoSlice::new(b)).collect();
            write_all(file, &mut parts, *pos)
        }
    }
}

fn write_all(file: &UringFile, mut parts: &mut [IoSlice<'_>], pos: u64) -> i32 {
    let mut written = 0;
    loop {
        // Empty parts go away, too.
        IoSlice::advance_slices(&mut parts, 0);
        let Some(some) = parts.get(..parts.len().min(PARTS_MAX)).filter(|some| !some.is_empty()) else {
            return i32::try_from(written).unwrap_or(i32::MAX);
        };
        match sys::write_durable(file.std(), some, pos + written as u64) {
            Ok(0) => return -libc::EIO,
            Ok(n) => {
                written += n;
                IoSlice::advance_slices(&mut parts, n);
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return -e.raw_os_error().unwrap_or(libc::EIO),
        }
    }
}
