//! The thread that waits for the device: blocking `pwritev2(RWF_DSYNC)` for the commit logs of one core.
//!
//! Owner: one thread per core, fed and answered through SPSC rings. Invariants: writes run one at a time and
//! in order; a buffer is with the thread from `start` until its completion; a write that ends short goes on
//! behind what was written, any error is final. Why a thread: architecture.md D2 (a ring DSYNC on a device
//! with a volatile cache finishes in a kernel worker that a spinning core starves).

use super::file::UringFile;
use super::op::{FileIo, Payload};
use super::ring::Ring;
use super::sleeping::Sleeping;
use super::spsc::{self, Consumer, Producer};
use super::sys;
use super::wake::Shared;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;
use std::cell::RefCell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// Writes on their way to the thread; a core has one or two commit logs.
const QUEUE: usize = 64;

struct Order {
    key: u64,
    io: FileIo,
}

struct Done {
    key: u64,
    result: i32,
    io: FileIo,
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
                let result = write_all(&order.io);
                let done = Done { key: order.key, result, io: order.io };
                let pushed = outbox.push(done).is_ok();
                assert!(pushed, "as many completions as orders fit");
                shared.signal();
            }
        })?;
        Ok(Self { orders: RefCell::new(orders), done: RefCell::new(done), gate, thread: Some(thread) })
    }

    /// Hands a write over; gives it back if too many are on their way.
    pub(super) fn start_write(&self, ring: &Ring, io: FileIo) -> Result<u64, FileIo> {
        let mut orders = self.orders.borrow_mut();
        if !orders.has_room() {
            return Err(io);
        }
        let key = ring.start_away();
        let pushed = orders.push(Order { key, io }).is_ok();
        assert!(pushed, "there was room");
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
        while let Some(Done { key, result, io }) = done.pop() {
            ring.finish(key, result, Payload::WriteDurable(io));
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

/// Writes the whole range; the number of bytes, or a negative errno.
fn write_all(io: &FileIo) -> i32 {
    let file: &UringFile = &io.file;
    let Some(mut rest) = io.buf.as_slice().get(..io.len) else { return -libc::EINVAL };
    let mut pos = io.pos;
    while !rest.is_empty() {
        match sys::write_durable(file.std(), rest, pos) {
            Ok(0) => return -libc::EIO,
            Ok(n) => {
                rest = rest.get(n..).unwrap_or_default();
                pos += n as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return -e.raw_os_error().unwrap_or(libc::EIO),
        }
    }
    i32::try_from(io.len).unwrap_or(i32::MAX)
}
