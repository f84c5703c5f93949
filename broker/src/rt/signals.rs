//! SIGTERM and SIGINT as messages.
//!
//! Owner: the process. Invariants: the signals are blocked before any other thread starts, so that every thread
//! inherits the mask and only the waiting thread ever sees them; nothing runs in a signal handler.

use nix::sys::signal::{SigSet, SigmaskHow, Signal, pthread_sigmask};
use std::io;

/// Blocks the signals that stop the broker, and calls `on_signal` with the name of each, from a thread of its
/// own, until it returns false. Call it before any other thread exists.
pub fn watch(mut on_signal: impl FnMut(&'static str) -> bool + Send + 'static) -> io::Result<()> {
    let mut set = SigSet::empty();
    set.add(Signal::SIGTERM);
    set.add(Signal::SIGINT);
    pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&set), None)?;
    // Who opens a file on which we have a lease at this moment (`rt/uring/erase.rs`) makes the kernel send it.
    pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&Signal::SIGIO.into()), None)?;
    let wait = move || {
        while let Ok(signal) = set.wait() {
            if !on_signal(signal.as_str()) {
                break;
            }
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(wait)?;
    Ok(())
}
