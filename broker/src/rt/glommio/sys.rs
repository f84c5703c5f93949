//! Descriptors that change hands between us and glommio, and the signal that ends a sleep.
//!
//! Owner: none, stateless. Invariants: each descriptor has one owner; the handler of the signal does nothing.
#![allow(unsafe_code)]

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::os::fd::{BorrowedFd, FromRawFd, IntoRawFd, RawFd};

/// Nobody else sends it, and a program that does not handle it never notices it.
const INTERRUPT: Signal = Signal::SIGURG;

/// Another descriptor of the same open file: locks and O_DIRECT are shared. `fd` is open while this runs.
pub(super) fn duplicate(fd: RawFd) -> io::Result<File> {
    // SAFETY: the caller holds the owner of `fd`, which outlives this call.
    let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
    borrowed.try_clone_to_owned().map(File::from)
}

/// Hands a listening socket to this thread's executor.
pub(super) fn adopt_listener(socket: TcpListener) -> glommio::net::TcpListener {
    // SAFETY: the descriptor is an open, listening socket, and nobody else owns it any more.
    unsafe { glommio::net::TcpListener::from_raw_fd(socket.into_raw_fd()) }
}

extern "C" fn do_nothing(_: libc::c_int) {}

/// From here on `interrupt` ends waits in a ring; other system calls go on.
pub(super) fn let_interrupt() -> io::Result<()> {
    let action = SigAction::new(SigHandler::Handler(do_nothing), SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler does nothing, which is allowed in a handler.
    unsafe { sigaction(INTERRUPT, &action) }?;
    Ok(())
}

/// The calling thread, for `interrupt`.
pub(super) fn this_thread() -> libc::pid_t {
    nix::unistd::gettid().as_raw()
}

/// Ends a wait of this thread in its ring, if there is one. Call after `let_interrupt`.
pub(super) fn interrupt(thread: libc::pid_t) {
    // SAFETY: plain values. A thread that has ended is an error, and nothing is to be ended then.
    unsafe { libc::tgkill(libc::getpid(), thread, INTERRUPT as libc::c_int) };
}
