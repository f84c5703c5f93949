//! The `Env` seam: all that a core may ask of the world.
//!
//! Owner: one value per core, cheap to clone. Implementations: `broker/src/rt/uring` and `broker/src/rt/glommio`
//! (real), and `sim` (memory, virtual time). Invariants: a buffer handed in comes back only when the kernel is done
//! with it; no other clock, randomness, thread or socket exists in this crate.
#![allow(async_fn_in_trait)]

use crate::msg::ShardMsg;
use crate::report::Report;
use bytes::{Bytes, BytesMut};
use ringlog_storage::disk::{Disk, FileRegion};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// A core's number: data cores are `0..n`, the control core is `n`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct CoreId(pub u16);

/// Order in which ready tasks of a core run; earlier lanes first (architecture.md section 2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lane {
    /// Consensus and the metadata log.
    Consensus,
    /// Commit log and its completions.
    Commit,
    /// Connections, produce.
    Produce,
    /// Fetch.
    Fetch,
    /// Flushing, checkpoints, catch-up.
    Flush,
    /// Retention, compaction, deletion.
    Background,
}

/// A point on the monotonic clock, nanoseconds since some start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Instant(pub u64);

impl Instant {
    /// `self + d`, saturating.
    #[must_use]
    pub fn after(self, d: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(d.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// Time from `earlier` to `self`; zero if it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// One core's world.
pub trait Env: Clone + 'static {
    /// Files.
    type Disk: Disk;
    /// Connections.
    type Net: Net<File = FileOf<Self>>;
    /// The other cores.
    type Mesh: Mesh<File = FileOf<Self>>;
    /// Time.
    type Clock: Clock;

    /// This core's disk.
    fn disk(&self) -> &Self::Disk;
    /// This core's network.
    fn net(&self) -> &Self::Net;
    /// This core's end of the mesh.
    fn mesh(&self) -> &Self::Mesh;
    /// This core's clock.
    fn clock(&self) -> &Self::Clock;
    /// Runs `task` on this core, ordered by `lane`. A task lives as long as a connection or a core.
    fn spawn(&self, lane: Lane, task: impl Future<Output = ()> + 'static);
    /// Runs `work` where it holds up no core: for what takes a millisecond and cannot be cut into turns.
    /// Errors: the process is ending.
    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> io::Result<T>;
    /// Eight random bytes from the seeded generator; there is no other randomness.
    fn random(&self) -> u64;
    /// One line for the operator (standard error in the broker). Rate limits are the caller's.
    fn log(&self, level: Level, line: &str);
    /// Shows the operator what this core has to say, instead of what it said of the same before.
    fn publish(&self, report: Report);
}

/// The file type of an `Env`.
pub type FileOf<E> = <<E as Env>::Disk as Disk>::File;

/// Severity of a log line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// For an operator who asks.
    Debug,
    /// A fact worth keeping.
    Info,
    /// Something a person should look at.
    Warn,
    /// Something failed.
    Error,
}

/// Time, as one core sees it.
pub trait Clock: Clone + 'static {
    /// Monotonic. Cheap; may be the time of the current reactor turn.
    fn now(&self) -> Instant;
    /// Reads the clock anew; `now` says the same from here on. For the ends of long work that waits for nothing:
    /// it costs what the system's clock costs. The default is for a clock whose `now` is exact.
    fn stamp(&self) -> Instant {
        self.now()
    }
    /// Milliseconds since 1970 by the wall clock.
    fn wall_ms(&self) -> i64;
    /// Suspends until `at`. Dropping the future cancels the timer.
    async fn sleep_until(&self, at: Instant);
}

/// A piece of a response: the whole zero-copy story is this enum.
#[derive(Clone, Debug)]
pub enum SendPart<F> {
    /// Bytes in memory.
    Bytes(Bytes),
    /// Bytes of a segment, sent without copying where they are resident (architecture.md D4).
    File(FileRegion<F>),
}

impl<F> SendPart<F> {
    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(b) => b.len(),
            Self::File(r) => r.len,
        }
    }

    /// True if there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Sockets, as one core sees them.
pub trait Net: Clone + 'static {
    /// The file type of `SendPart::File`.
    type File;
    /// One accepted connection; clones share it (one task reads, one writes).
    type Conn: Conn<File = Self::File>;
    /// Waits for the next connection on the core's listener number `listener` (index into the configured list).
    /// Errors are final for the listener; running out of descriptors is handled inside by waiting.
    async fn accept(&self, listener: usize) -> io::Result<Self::Conn>;
}

/// One connection.
pub trait Conn: Clone + 'static {
    /// The file type of `SendPart::File`.
    type File;
    /// The client's address.
    fn peer(&self) -> SocketAddr;
    /// The address that the client connected to.
    fn local(&self) -> SocketAddr;
    /// Waits for bytes and appends at most `max` of them to `into`; 0 means the client has closed.
    /// Not called again = not read: that is the back-pressure.
    async fn recv(&self, into: &mut BytesMut, max: usize) -> io::Result<usize>;
    /// When the newest of the bytes that the last `recv` gave came to this core; `None` if that is not known: when
    /// `recv` ended, then.
    fn arrived(&self) -> Option<Instant> {
        None
    }
    /// Sends all parts in order and leaves the list empty. Waits for the socket, never blocks the core;
    /// parts of files are sent by the cheapest way that does not block. One call at a time.
    /// Errors: the connection is dead, or a segment could not be read (`ErrorKind::Other`): close it.
    async fn send(&self, parts: &mut Vec<SendPart<Self::File>>) -> io::Result<()>;
    /// Closes both directions; pending calls end with an error or 0.
    fn shutdown(&self);
}

/// A message that did not fit: it comes back.
#[derive(Debug)]
pub struct Full<T>(pub T);

/// One SPSC ring per ordered pair of cores.
pub trait Mesh: Clone + 'static {
    /// The file type inside messages.
    type File;
    /// This core.
    fn core(&self) -> CoreId;
    /// Number of data cores; the control core's id is this number.
    fn data_cores(&self) -> u16;
    /// Hands `msg` to `to`'s ring; `Full` when it has no room. Never waits.
    fn try_send(&self, to: CoreId, msg: ShardMsg<Self::File>) -> Result<(), Full<ShardMsg<Self::File>>>;
    /// Messages to `to` that it has not taken yet; 0 if that cannot be seen from here.
    fn waiting(&self, to: CoreId) -> usize;
    /// Waits until `to`'s ring may have room again.
    async fn room(&self, to: CoreId);
    /// Waits for the next message to this core.
    async fn recv(&self) -> (CoreId, ShardMsg<Self::File>);
}
