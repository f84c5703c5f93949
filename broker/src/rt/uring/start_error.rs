//! Why the runtime could not start, precisely enough for a numbered error with a fix.
//!
//! Owner: returned once by `run`. Invariants: every variant names the thing that failed (address, CPU, path).

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why io_uring is not available (reliability.md section 5, hazard 18).
#[derive(Debug)]
pub enum RingCause {
    /// `kernel.io_uring_disabled` has this value (1 or 2).
    Sysctl(u8),
    /// EPERM although the sysctl allows it: a seccomp filter (container default profiles have one).
    Seccomp,
    /// ENOSYS or EINVAL: the kernel is older than 6.1 or built without io_uring. The text is `uname -r`.
    KernelTooOld(String),
    /// ENOMEM: RLIMIT_MEMLOCK (bytes) is too low.
    Memlock(u64),
    /// Anything else.
    Other(io::Error),
}

/// Why the runtime did not start.
#[derive(Debug)]
pub enum StartError {
    /// No ring for this core.
    Ring {
        /// The core's number.
        core: u16,
        /// Why.
        cause: RingCause,
    },
    /// A listener's address cannot be bound.
    Bind {
        /// The address from the configuration.
        addr: SocketAddr,
        /// EADDRINUSE, EADDRNOTAVAIL, EACCES …
        source: io::Error,
    },
    /// The thread of a core cannot run on its CPU.
    Pin {
        /// The CPU's number.
        cpu: usize,
        /// EINVAL: outside the allowed set.
        source: io::Error,
    },
    /// A data directory cannot be used.
    DataDir {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A thread or descriptor could not be made.
    Thread(io::Error),
    /// The specification is contradictory.
    Spec(&'static str),
}

impl RingCause {
    /// Explains an error of io_uring_setup or of registering buffers.
    pub(super) fn explain(error: io::Error) -> Self {
        let release = || match std::fs::read_to_string("/proc/sys/kernel/osrelease") {
            Ok(text) => text.trim().to_owned(),
            Err(_) => String::from("(unknown)"),
        };
        match error.raw_os_error() {
            Some(libc::EPERM | libc::EACCES) => match disabled() {
                0 => Self::Seccomp,
                value => Self::Sysctl(value),
            },
            Some(libc::ENOSYS | libc::EINVAL) => Self::KernelTooOld(release()),
            Some(libc::ENOMEM) => Self::Memlock(memlock()),
            _ => Self::Other(error),
        }
    }
}

fn disabled() -> u8 {
    let text = std::fs::read_to_string("/proc/sys/kernel/io_uring_disabled");
    text.ok().and_then(|t| t.trim().parse().ok()).unwrap_or(0)
}

fn memlock() -> u64 {
    use nix::sys::resource::{Resource, getrlimit};
    getrlimit(Resource::RLIMIT_MEMLOCK).map_or(0, |(soft, _)| soft)
}

impl fmt::Display for RingCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sysctl(value) => write!(f, "the sysctl kernel.io_uring_disabled is {value}"),
            Self::Seccomp => write!(f, "a seccomp filter forbids io_uring"),
            Self::KernelTooOld(release) => {
                write!(f, "the kernel {release} lacks what is needed (6.1 or newer)")
            }
            Self::Memlock(bytes) => write!(f, "the locked-memory limit of {bytes} bytes is too low"),
            Self::Other(e) => write!(f, "{e}"),
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ring { core, cause } => write!(f, "no io_uring for core {core}: {cause}"),
            Self::Bind { addr, source } => write!(f, "cannot listen on {addr}: {source}"),
            Self::Pin { cpu, source } => write!(f, "cannot run on CPU {cpu}: {source}"),
            Self::DataDir { path, source } => write!(f, "cannot use {}: {source}", path.display()),
            Self::Thread(e) => write!(f, "cannot start a thread: {e}"),
            Self::Spec(what) => write!(f, "{what}"),
        }
    }
}

impl std::error::Error for StartError {}
