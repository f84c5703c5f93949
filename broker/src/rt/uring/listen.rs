//! Accepting on one listening socket of one core.
//!
//! Owner: the core; each has its own SO_REUSEPORT socket per address. Invariants: at most one multishot accept
//! is armed; at most `WAITING_MAX` accepted sockets wait for the program, the rest stays in the kernel's
//! backlog; running out of descriptors waits, it never spins.

use super::op::Payload;
use super::ring::Ring;
use super::sys;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd, RawFd};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Accepted sockets that nobody has asked for yet.
const WAITING_MAX: usize = 128;

#[derive(Default)]
struct State {
    waiting: VecDeque<TcpStream>,
    armed: bool,
    cancelling: bool,
    exhausted: bool,
    failed: Option<i32>,
    waker: Option<Waker>,
}

pub(super) struct ListenerInner {
    socket: TcpListener,
    state: RefCell<State>,
}

/// What `poll_next` found.
pub(super) enum Accepted {
    Socket(TcpStream),
    /// No descriptor or memory was left: ask again later.
    Exhausted,
}

impl ListenerInner {
    pub(super) fn new(socket: TcpListener) -> Rc<Self> {
        Rc::new(Self { socket, state: RefCell::default() })
    }

    pub(super) fn fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// The next accepted socket. Errors are final.
    pub(super) fn poll_next(self: &Rc<Self>, ring: &Ring, cx: &Context<'_>) -> Poll<io::Result<Accepted>> {
        let mut state = self.state.borrow_mut();
        if let Some(stream) = state.waiting.pop_front() {
            return Poll::Ready(Ok(Accepted::Socket(stream)));
        }
        if std::mem::take(&mut state.exhausted) {
            return Poll::Ready(Ok(Accepted::Exhausted));
        }
        if let Some(errno) = state.failed {
            return Poll::Ready(Err(io::Error::from_raw_os_error(errno)));
        }
        state.waker = Some(cx.waker().clone());
        if !state.armed {
            state.armed = true;
            ring.start(Payload::Accept(Rc::clone(self)));
        }
        Poll::Pending
    }

    /// A completion of the accept.
    pub(super) fn on_accept(&self, ring: &Ring, key: u64, result: i32, more: bool) {
        let mut state = self.state.borrow_mut();
        if !more {
            state.armed = false;
            state.cancelling = false;
        }
        match result {
            fd if fd >= 0 => state.waiting.push_back(sys::adopt_stream(fd)),
            e if [-libc::EMFILE, -libc::ENFILE, -libc::ENOBUFS, -libc::ENOMEM].contains(&e) => {
                state.exhausted = true;
            }
            // Errors of the one connection, not of the listener: accept(2) names them.
            e if [-libc::EBADF, -libc::EINVAL, -libc::EOPNOTSUPP, -libc::ENOTSOCK].contains(&e) => {
                state.failed = Some(-e);
            }
            _ => {}
        }
        if state.waiting.len() >= WAITING_MAX && state.armed && !state.cancelling {
            state.cancelling = true;
            ring.cancel(key);
        }
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}
