//! Every bound of a core, in one place, checked against each other at compile time (architecture.md D10).
//!
//! Owner: constants; what an operator may set is in `Limits`, one value per core.
//! Invariant: at a bound the core slows its readers or refuses; it never aborts.

use std::time::Duration;

/// Bytes asked of a socket at once.
pub const RECV_MAX: usize = 64 * 1024;
/// A receive buffer larger than this is given back when its connection turns idle.
pub const IDLE_BUFFER_MAX: usize = 4 * 1024;
/// Memory of empty receive buffers that the busy connections of one core keep for their next requests.
pub const KEPT_BUFFERS_MAX: usize = 32 * 1024 * 1024;
/// Requests of one connection that are answered out of the sight of its reader (pipelined produce).
pub const IN_FLIGHT_MAX: usize = 64;
/// Response bytes of one connection that wait for a slow reader before its requests are no longer read.
pub const UNSENT_MAX: usize = 1024 * 1024;
/// Bytes of a fetch while slow clients hold much of the core's memory.
pub const CROWDED_FETCH_BYTES: usize = 64 * 1024;
/// Requests that one core may have waiting at one other core at most: the credits of D5.
pub const CREDITS_MAX: usize = 1024;
/// Produce requests in flight on one core, all connections together.
pub const PRODUCE_IN_FLIGHT_MAX: usize = 64 * 1024;
/// Partitions for which one core keeps the memory of answered produce requests: about 3 MB.
pub const KEPT_PLACES_MAX: usize = 64 * 1024;
/// Fetches parked on one core, its own and those of other cores.
pub const PARKED_MAX: usize = 64 * 1024;
/// Reads for other cores that may wait for the disk at once.
pub const REMOTE_READERS: usize = 16;
/// Partitions that one core creates or deletes at the same time: they wait for the disk side by side.
pub const PARTITIONS_AT_ONCE: usize = 32;
/// Partitions of one request that are handled before other tasks of the core get a turn: about 0.2 ms.
pub const TURN_PARTITIONS: usize = 256;
/// Bytes of one request that are checked and copied before other tasks of the core get a turn: about 0.2 ms.
pub const TURN_BYTES: usize = 256 * 1024;
/// Partitions that one request may name.
pub const REQUEST_PARTITIONS_MAX: usize = 100_000;
/// Fetch sessions of one core, and partitions in all of them (Kafka: max.incremental.fetch.session.cache.slots).
pub const SESSIONS_MAX: usize = 1000;
/// Partitions in all fetch sessions of one core.
pub const SESSION_PARTITIONS_MAX: usize = 200_000;
/// Bytes of a compressed batch that are checked before other tasks of the core get a turn.
pub const CHECK_SLICE: usize = 256 * 1024;
/// Plain records up to this size are compressed on the core itself: some 0.1 ms; more goes to another thread.
pub const RECOMPRESS_HERE_MAX: usize = 16 * 1024;
/// Decoded heap bytes that one request may use besides its frame.
pub const DECODE_MAX: usize = 16 * 1024 * 1024;
/// Memory that all batches together may take on one core while they are decompressed to be checked; one batch
/// alone may take more.
pub const UNPACK_MAX: usize = 128 * 1024 * 1024;
/// Cold partitions that one fetch looks for on disk at the same time.
pub const COLD_READS: usize = 8;
/// Partitions for which one core keeps the memory of answered fetches: about 5 MB.
pub const KEPT_TARGETS_MAX: usize = 16 * 1024;
/// Request bytes that a connection receives ahead while an earlier request of it waits.
pub const AHEAD_MAX: usize = 64 * 1024;
/// Memory for the keys of one pass of compaction; a core runs one at a time.
pub const CLEAN_KEYS_MAX: usize = 32 * 1024 * 1024;
/// Longest time that a fetch stays parked, whatever it asks: a vanished client frees its slot.
pub const PARK_MAX: Duration = Duration::from_secs(60);
/// How long a stop waits for the answers in flight.
pub const STOP_MAX: Duration = Duration::from_secs(5);
/// Log lines of one core about bad clients, per second.
pub const BAD_CLIENT_LINES_MAX: u32 = 5;

const _: () = assert!(IDLE_BUFFER_MAX <= RECV_MAX, "an idle connection keeps less than one read");
const _: () = assert!(IN_FLIGHT_MAX <= PRODUCE_IN_FLIGHT_MAX, "one connection fits into the core's table");
const _: () = assert!(REMOTE_READERS < CREDITS_MAX, "readers wait for requests, not the other way round");
const _: () = assert!(CHECK_SLICE >= RECV_MAX, "a slice is no smaller than a read");

/// What an operator may set. Names are Kafka's.
#[derive(Clone, Debug)]
pub struct Limits {
    /// `socket.request.max.bytes`: a longer frame closes the connection.
    pub socket_request_max_bytes: usize,
    /// `connections.max.idle.ms`; `None` never closes.
    pub connections_max_idle: Option<Duration>,
    /// `max.connections` of this core.
    pub max_connections: usize,
    /// Bytes of requests that this core holds before it stops reading sockets (`queued.max.request.bytes`).
    pub request_bytes_max: usize,
    /// `fetch.max.bytes`: upper bound of one fetch response.
    pub fetch_max_bytes: usize,
    /// Most bytes that one batch may give when it is decompressed to be checked.
    pub decompressed_max: usize,
    /// Memory of all tails of this core in one data directory; three quarters of it may wait to be flushed.
    pub tail_bytes_max: usize,
    /// Segment files of this core that may stay open for writing in one data directory.
    pub write_files_max: usize,
    /// What is given back to the file system at once of a segment that is removed, bytes.
    pub erase_bytes: u64,
    /// Largest commit log of this core in one data directory.
    pub commit_log_bytes_max: u64,
    /// After a commit frame the next one waits so long, to gather more; zero writes whatever is there.
    pub commit_window: Duration,
    /// Requests that this core may have waiting at one other core: 1 to `CREDITS_MAX`.
    pub credits: usize,
    /// Clients may push their metrics (KIP-714): there is somebody to show them.
    pub telemetry: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            socket_request_max_bytes: 100 * 1024 * 1024,
            connections_max_idle: Some(Duration::from_millis(600_000)),
            max_connections: 20_000,
            request_bytes_max: 256 * 1024 * 1024,
            fetch_max_bytes: 55 * 1024 * 1024,
            decompressed_max: 100 * 1024 * 1024,
            tail_bytes_max: ringlog_storage::limits::TAIL_MAX,
            write_files_max: ringlog_storage::limits::WRITE_FILES_MAX,
            erase_bytes: ringlog_storage::limits::ERASE_BYTES,
            commit_log_bytes_max: u64::MAX,
            commit_window: Duration::ZERO,
            credits: CREDITS_MAX,
            telemetry: true,
        }
    }
}
