//! SIGINT and SIGTERM: a run that looks ends early and says what it has; everything else ends at once.
//!
//! Owner: the process. Invariants: the signals are blocked before any other thread starts, so only the thread that waits
//! for them sees them and nothing runs in a handler (std unblocks them in processes that are started); what was started
//! here is ended here; the exit status is 130.

use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill, pthread_sigmask};
use nix::unistd::Pid;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The exit status of a program that was interrupted, as shells have it.
pub const STATUS: u8 = 130;

/// A signal came.
static ASKED: AtomicBool = AtomicBool::new(false);
/// How many look at `ASKED`, and will end soon.
static HEEDED: AtomicUsize = AtomicUsize::new(0);
/// Processes that were started and have not ended; as many as a benchmark has at once.
static STARTED: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Waits for the signals from here on. Call it before any other thread exists. Errors: no thread.
pub fn watch() -> io::Result<()> {
    let mut set = SigSet::empty();
    set.add(Signal::SIGINT);
    set.add(Signal::SIGTERM);
    pthread_sigmask(SigmaskHow::SIG_BLOCK, Some(&set), None)?;
    let wait = move || {
        while set.wait().is_ok() {
            if ASKED.swap(true, Ordering::AcqRel) || HEEDED.load(Ordering::Acquire) == 0 {
                end_started();
                std::process::exit(i32::from(STATUS));
            }
            eprintln!("interrupted: the run ends here and is cleaned up; once more ends it at once");
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(wait)?;
    Ok(())
}

/// True once the process was asked to end.
#[must_use]
pub fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// The error of what did not begin, or did not end, for that.
#[must_use]
pub fn error() -> io::Error {
    io::Error::other("interrupted")
}

/// While it lives, the first signal only asks: who holds it looks at `is_asked`.
pub struct Heed(());

/// From here on the caller looks.
pub fn heed() -> Heed {
    HEEDED.fetch_add(1, Ordering::AcqRel);
    Heed(())
}

impl Drop for Heed {
    fn drop(&mut self) {
        HEEDED.fetch_sub(1, Ordering::AcqRel);
    }
}

fn started() -> std::sync::MutexGuard<'static, Vec<u32>> {
    STARTED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The process was started here.
pub fn note_started(pid: u32) {
    started().push(pid);
}

/// It has ended.
pub fn note_ended(pid: u32) {
    started().retain(|p| *p != pid);
}

fn end_started() {
    for pid in started().drain(..) {
        if let Ok(pid) = i32::try_from(pid) {
            // It may have ended by itself.
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
    }
}
