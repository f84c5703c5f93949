//! Receiving on one connection: a multishot receive into provided buffers, and what happens when the reader
//! does not read.
//!
//! Owner: the core that accepted it. Invariants: at most one receive is armed; bytes are handed out in the
//! order of arrival (`queue`, then `spill`, then what is still in the socket); a reader that stays away holds at
//! most a few provided buffers: what comes in after that is moved to `spill` and the receive is cancelled, so the
//! rest waits in the socket. A stream of long requests is read from the socket into the reader's memory, without a
//! provided buffer in between: a receive for one buffer tells that something came.

use super::fixed::Slot;
use super::op::{Payload, SendMsg};
use super::reactor::Core;
use super::ring::Ring;
use super::sys;
use bytes::{Buf, BytesMut};
use io_uring::{cqueue, squeue, types::Fd};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::{AsRawFd, RawFd};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Provided buffers that one connection may hold while its reader makes progress.
const HELD_MAX: usize = 64;
/// Turns without reading after which a reader counts as away.
const AWAY_TURNS: u64 = 4;
/// Bytes in `spill` of all connections of a core above which receives are armed for one buffer only.
const SPILL_MAX: usize = 16 << 20;
/// Bytes that a reader takes out of its socket in a row before others have their turn.
const READ_MAX: usize = 64 << 10;
/// Receives in a row that were not full after which a stream does not count as long requests any more.
const SHORT_MAX: u32 = 64;

#[derive(Clone, Copy)]
struct Held {
    id: u16,
    start: usize,
    end: usize,
}

#[derive(Default)]
struct RecvState {
    queue: VecDeque<Held>,
    spill: BytesMut,
    /// The end of the stream: 0, or the errno that ended it.
    ended: Option<i32>,
    armed: Option<u64>,
    cancelling: bool,
    starving: bool,
    closed: bool,
    waker: Option<Waker>,
    progress: u64,
    /// When the newest bytes came, ns.
    arrived: u64,
    /// Receives until the stream does not count as long requests any more.
    long: u32,
    /// Bytes read from the socket since others had their turn.
    in_a_row: usize,
}

impl RecvState {
    fn has_data(&self) -> bool {
        !self.queue.is_empty() || !self.spill.is_empty()
    }
}

pub(super) struct ConnInner {
    /// Its place among the ring's registered sockets.
    slot: Option<Slot>,
    stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) local: SocketAddr,
    recv: RefCell<RecvState>,
    /// The send structure between two sends.
    pub(super) message: Cell<Option<Box<SendMsg>>>,
    /// Sends that the kernel has.
    pub(super) sending: Cell<usize>,
}

impl ConnInner {
    /// Takes over an accepted socket. Errors: the client has gone already.
    pub(super) fn new(stream: TcpStream, ring: &Ring) -> io::Result<Rc<Self>> {
        let (peer, local) = (stream.peer_addr()?, stream.local_addr()?);
        Ok(Rc::new(Self {
            slot: ring.register_socket(stream.as_raw_fd()),
            stream,
            peer,
            local,
            recv: RefCell::default(),
            message: Cell::new(None),
            sending: Cell::new(0),
        }))
    }

    pub(super) fn fd(&self) -> RawFd {
        self.stream.as_raw_fd()
    }

    /// Finishes an entry for this socket, which `build` makes for a descriptor: a registered one if it is.
    pub(super) fn entry(&self, build: impl FnOnce(Fd) -> squeue::Entry) -> squeue::Entry {
        match &self.slot {
            Some(slot) => {
                let index = RawFd::try_from(slot.index()).expect("the table is small");
                build(Fd(index)).flags(squeue::Flags::FIXED_FILE)
            }
            None => build(Fd(self.fd())),
        }
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub(super) fn shutdown(&self) {
        // The only failure is a connection that is closed already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    fn arm(self: &Rc<Self>, core: &Core, state: &mut RecvState) {
        let multi = core.spilled.get() < SPILL_MAX && state.long == 0;
        state.armed = Some(core.ring.start(Payload::Recv(Rc::clone(self), multi)));
    }

    /// Starts a receive again after a shortage of buffers, if a reader waits for it.
    pub(super) fn rearm(self: &Rc<Self>, core: &Core) {
        let mut state = self.recv.borrow_mut();
        state.starving = false;
        if state.waker.is_some() && state.armed.is_none() && state.ended.is_none() {
            self.arm(core, &mut state);
        }
    }

    /// Copies up to `max` waiting bytes to `into`, or waits.
    pub(super) fn poll_recv(
        self: &Rc<Self>,
        core: &Core,
        cx: &Context<'_>,
        into: &mut BytesMut,
        max: usize,
    ) -> Poll<io::Result<usize>> {
        let mut state = self.recv.borrow_mut();
        if state.has_data() {
            state.progress = core.turn();
            let got = Self::drain(core, &mut state, into, max);
            Self::judge(core, &mut state, got == max);
            return Poll::Ready(Ok(got));
        }
        if state.long > 0 && state.armed.is_none() && state.ended.is_none() {
            if state.in_a_row >= READ_MAX {
                state.in_a_row = 0;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if let Some(got) = self.read_socket(core, &mut state, into, max) {
                state.in_a_row += got;
                return Poll::Ready(Ok(got));
            }
            state.in_a_row = 0;
        }
        match state.ended {
            Some(0) => return Poll::Ready(Ok(0)),
            Some(errno) => return Poll::Ready(Err(io::Error::from_raw_os_error(errno))),
            None => {}
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        if state.armed.is_none() && !state.starving {
            self.arm(core, &mut state);
        }
        Poll::Pending
    }

    /// Reads what is in the socket to `into`. `None`: nothing is, or the stream is over (`ended` says how).
    fn read_socket(
        &self,
        core: &Core,
        state: &mut RecvState,
        into: &mut BytesMut,
        max: usize,
    ) -> Option<usize> {
        match sys::receive(&self.stream, into, max) {
            Ok(0) => state.ended = Some(0),
            Ok(got) => {
                (state.progress, state.arrived) = (core.turn(), core.now());
                Self::judge(core, state, got == max);
                return Some(got);
            }
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            Err(e) => state.ended = Some(e.raw_os_error().unwrap_or(libc::EIO)),
        }
        None
    }

    /// Long requests fill what the reader asks for again and again. From then on it reads the socket itself.
    fn judge(core: &Core, state: &mut RecvState, full: bool) {
        if !full {
            state.long = state.long.saturating_sub(1);
            return;
        }
        state.long = SHORT_MAX;
        if let Some(key) = state.armed
            && !state.cancelling
        {
            state.cancelling = true;
            core.ring.cancel(key);
        }
    }

    fn drain(core: &Core, state: &mut RecvState, into: &mut BytesMut, max: usize) -> usize {
        let mut got = 0;
        while got < max {
            let Some(held) = state.queue.front_mut() else { break };
            let n = (held.end - held.start).min(max - got);
            core.bufs.copy(held.id, held.start, n, into);
            held.start += n;
            got += n;
            if held.start == held.end {
                core.bufs.give_back(held.id);
                state.queue.pop_front();
            }
        }
        if state.queue.is_empty() && !state.spill.is_empty() {
            let n = state.spill.len().min(max - got);
            into.extend_from_slice(state.spill.get(..n).expect("bounded by its length"));
            state.spill.advance(n);
            core.spilled.set(core.spilled.get() - n);
            got += n;
            if state.spill.is_empty() {
                state.spill = BytesMut::new();
            }
        }
        got
    }

    /// When the newest bytes came, nanoseconds of the core's clock.
    pub(super) fn arrived(&self) -> u64 {
        self.recv.borrow().arrived
    }

    /// A completion of the receive.
    pub(super) fn on_recv(self: &Rc<Self>, core: &Core, key: u64, result: i32, flags: u32, more: bool) {
        let mut state = self.recv.borrow_mut();
        state.arrived = core.now();
        if !more {
            state.armed = None;
            state.cancelling = false;
        }
        let buffer = cqueue::buffer_select(flags);
        if let Some(id) = buffer {
            core.bufs.take(id);
            match usize::try_from(result) {
                Ok(n) if n > 0 && !state.closed => {
                    self.keep(core, &mut state, key, Held { id, start: 0, end: n })
                }
                _ => core.bufs.give_back(id),
            }
        }
        if result == 0 {
            state.ended = Some(0);
        }
        let transient = [libc::ECANCELED, libc::EINTR, libc::EAGAIN, libc::ENOBUFS];
        if result < 0 && !transient.contains(&-result) {
            state.ended = Some(-result);
        }
        if state.has_data() || state.ended.is_some() {
            if let Some(waker) = state.waker.take() {
                state.progress = core.turn();
                waker.wake();
            }
        } else if result == -libc::ENOBUFS && state.waker.is_some() {
            state.starving = true;
            core.starve(Rc::clone(self));
        } else if state.waker.is_some() && state.armed.is_none() && !state.closed {
            self.arm(core, &mut state);
        }
    }

    fn keep(&self, core: &Core, state: &mut RecvState, key: u64, held: Held) {
        let waits = state.waker.is_some();
        let away = !waits && (state.queue.len() >= HELD_MAX || core.turn() - state.progress > AWAY_TURNS);
        let scarce = core.bufs.free() < core.bufs.total() / 4;
        if !away && !scarce && state.spill.is_empty() {
            state.queue.push_back(held);
        } else {
            core.bufs.copy(held.id, held.start, held.end, &mut state.spill);
            core.spilled.set(core.spilled.get() + held.end);
            core.bufs.give_back(held.id);
        }
        if away && state.armed.is_some() && !state.cancelling {
            state.cancelling = true;
            core.ring.cancel(key);
        }
    }

    /// The last user handle is gone: gives the buffers back and ends what the kernel still does.
    pub(super) fn release(&self, core: &Core) {
        let mut state = self.recv.borrow_mut();
        state.closed = true;
        state.waker = None;
        for held in std::mem::take(&mut state.queue) {
            core.bufs.give_back(held.id);
        }
        core.spilled.set(core.spilled.get() - state.spill.len());
        state.spill = BytesMut::new();
        let armed = state.armed;
        drop(state);
        if armed.is_some() || self.sending.get() > 0 {
            self.shutdown();
        }
        if let Some(key) = armed {
            core.ring.cancel(key);
        }
    }
}
