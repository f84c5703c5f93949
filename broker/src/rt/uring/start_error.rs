//! Why the runtime could not start, precisely enough for a numbered error with a fix.
//!
//! Owner: returned once by `run`. Invariants: every variant names the thing that failed (address, CPU, path).

use super::ring_cause::RingCause;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

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
