//! Accepting on one listening socket of one core.
//!
//! Owner: the core; each has its own SO_REUSEPORT socket per address. Invariants: at most one multishot accept
//! is armed; at most `WAITING_MAX` accepted sockets wait for the program, the rest stays in the kernel's
//! backlog; running out of descriptors waits, it never spins, and some descriptors are left for files.

use super::op::Payload;
use super::ring::Ring;
use super::sys;
use nix::sys::resource::{Resource, getrlimit};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd, RawFd};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Accepted sockets that nobody has asked for yet.
const WAITING_MAX: usize = 128;

/// Sockets above the descriptor bound that wait until there is room; more are closed.
const OVER_MAX: usize = 16;
/// Descriptors that connections never take, for segments and commit logs: at most this many.
const RESERVE_MAX: u64 = 256;

/// The first descriptor number that a connection may not have. The kernel hands out the lowest free number,
/// so a number tells how many are in use.
pub(in crate::rt) fn fd_bound() -> RawFd {
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(soft, _)| soft);
    let bound = limit - RESERVE_MAX.min(limit / 4);
    RawFd::try_from(bound).unwrap_or(RawFd::MAX)
}

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
    fd_bound: RawFd,
    state: RefCell<State>,
}

/// What `poll_next` found.
pub(super) enum Accepted {
    Socket(TcpStream),
    /// No descriptor or memory was left: ask again later.
    Exhausted,
}

impl ListenerInner {
    /// `fd_bound` as the function of that name says.
    pub(super) fn new(socket: TcpListener, fd_bound: RawFd) -> Rc<Self> {
        Rc::new(Self { socket, fd_bound, state: RefCell::default() })
    }

    /// True if a descriptor below the bound is free.
    fn has_room(&self) -> bool {
        self.socket.try_clone().is_ok_and(|probe| probe.as_raw_fd() < self.fd_bound)
    }

    pub(super) fn fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// The next accepted socket. Errors are final.
    pub(super) fn poll_next(self: &Rc<Self>, ring: &Ring, cx: &Context<'_>) -> Poll<io::Result<Accepted>> {
        let mut state = self.state.borrow_mut();
        let over = state.waiting.front().is_some_and(|s| s.as_raw_fd() >= self.fd_bound);
        if over && !self.has_room() {
            return Poll::Ready(Ok(Accepted::Exhausted));
        }
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
            fd if fd >= 0 => {
                let stream = sys::adopt_stream(fd);
                // The accept delivers the whole backlog before it can be stopped: what is too much is closed.
                if fd < self.fd_bound || state.waiting.len() < OVER_MAX {
                    state.waiting.push_back(stream);
                }
            }
            e if [-libc::EMFILE, -libc::ENFILE, -libc::ENOBUFS, -libc::ENOMEM].contains(&e) => {
                state.exhausted = true;
            }
            // Errors of the one connection, not of the listener: accept(2) names them.
            e if [-libc::EBADF, -libc::EINVAL, -libc::EOPNOTSUPP, -libc::ENOTSOCK].contains(&e) => {
                state.failed = Some(-e);
            }
            _ => {}
        }
        let full = state.waiting.len() >= WAITING_MAX || result >= self.fd_bound;
        if full && state.armed && !state.cancelling {
            state.cancelling = true;
            ring.cancel(key);
        }
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}
