//! The closed set of messages between cores.
//!
//! Owner: a message belongs to the core that received it. Invariants: a request carries the token under which
//! its sender waits, and every request is answered exactly once; a full ring stops the reading of the socket
//! that feeds it (architecture.md D5). Everything here is `Send`.

use crate::control::msg::{ControlReply, ControlRequest};
use crate::env::Instant;
use crate::group::call::{Answer, Call};
use crate::image::MetadataDelta;
use bytes::Bytes;
use ringlog_storage::few::Few;
use ringlog_storage::read::ReadPart;
use ringlog_storage::store::Shortage;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::describe_producers_response::ProducerState;
use ringlog_wire::ids::{Offset, PartitionId};
use ringlog_wire::record::validate::Validated;
use std::sync::Arc;

/// Names a waiting request on the core that sent it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token(pub u64);

/// One message between two cores.
#[derive(Debug)]
pub enum ShardMsg<F> {
    /// Stop cleanly: no new connections, answer what is in flight, close the stores.
    Stop,
    /// Every core is ready: accept connections.
    Serve,
    /// A stopping data core has answered all its clients: it will ask for nothing any more.
    Drained,
    /// One data core asks another that owns partitions.
    Request {
        /// Comes back in the reply.
        token: Token,
        /// The work.
        request: Request,
    },
    /// The answer to a `Request`.
    Reply {
        /// Of the request.
        token: Token,
        /// The result.
        reply: Reply<F>,
    },
    /// A data core asks a coordinator on another. Needs no credit: a connection has one question at a time.
    Group {
        /// Comes back in the answer.
        token: Token,
        /// The question.
        call: Box<Call>,
    },
    /// The answer to a `Group`, maybe much later.
    GroupAnswer {
        /// Of the question.
        token: Token,
        /// The answer.
        answer: Box<Answer>,
    },
    /// A partition that a parked fetch watches has moved. Sent at most once per watch.
    Moved {
        /// The parked fetch, on the core that parked it.
        token: Token,
    },
    /// A parked fetch has ended: its watch may go.
    Unwatch {
        /// The watch, on the core that owns the partitions.
        watch: Token,
    },
    /// Committed, durable metadata records, to every data core.
    Delta(Arc<MetadataDelta>),
    /// A data core serves everything up to this offset of the metadata log.
    DeltaApplied {
        /// Exclusive end of the delta.
        offset: Offset,
        /// Partitions that could not be opened or created.
        failed: Vec<PartitionId>,
    },
    /// Another core found no room in data directory `at`: this one has none either.
    Full {
        /// Its place in the configured list.
        at: usize,
        /// What is lacking.
        shortage: Shortage,
    },
    /// What a data core has found out about a data directory.
    Directory {
        /// Its place in the configured list.
        at: usize,
        /// What holds from now on.
        state: DirState,
    },
    /// A data core asks the control core.
    Control {
        /// Comes back in the reply.
        token: Token,
        /// The question.
        request: ControlRequest,
    },
    /// The answer to a `Control`.
    ControlReply {
        /// Of the question.
        token: Token,
        /// The answer.
        reply: ControlReply,
    },
}

/// What one core can do with a data directory.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub enum DirState {
    /// Everything.
    #[default]
    Online,
    /// Everything but append: what is lacking; why, and what helps.
    Full(Shortage, String),
    /// Nothing but read what is durable, or nothing at all.
    Offline,
}

/// What one data core asks of another.
#[derive(Debug)]
pub enum Request {
    /// Append batches, and answer when they are durable (at once for acks=0).
    Append {
        /// As the client sent it.
        acks: Acks,
        /// When the client's time is up.
        deadline: Instant,
        /// At most one entry per partition of the client's request.
        items: Vec<AppendItem>,
        /// Empty: memory for the answer.
        outcomes: Vec<Outcome>,
        /// When it was.
        sent: Instant,
    },
    /// Read below the high watermark.
    Read(ReadRequest),
    /// Look up offsets by timestamp.
    ListOffsets(Vec<ListItem>),
    /// Look up where epochs end.
    EpochEnds(Vec<EpochItem>),
    /// Move log starts up, and answer when that is durable.
    DeleteRecords(Vec<DeleteItem>),
    /// Say what the stores hold.
    LogDirs,
    /// Begin to move replicas to other data directories.
    MoveReplicas(Vec<MoveItem>),
    /// List the producers that partitions remember.
    Producers {
        /// Where.
        items: Vec<ProducersItem>,
        /// Once so many are listed, the partitions behind are refused.
        max: usize,
    },
}

/// The answer to a `Request`, one entry per item, in any order.
#[derive(Debug)]
pub enum Reply<F> {
    /// To `Append`.
    Appended {
        /// One per item.
        outcomes: Vec<Outcome>,
        /// Empty: the memory of the items goes home to be used again.
        items: Vec<AppendItem>,
        /// When it was answered.
        sent: Instant,
    },
    /// To `Read`.
    Read {
        /// One per item.
        results: Vec<ReadResult<F>>,
        /// Names the watch that was left behind, if one was asked for.
        watch: Option<Token>,
        /// When it was answered.
        sent: Instant,
    },
    /// To `ListOffsets`.
    Offsets(Vec<ListResult>),
    /// To `EpochEnds`.
    EpochEnds(Vec<EpochResult>),
    /// To `DeleteRecords`.
    Deleted(Vec<DeleteResult>),
    /// To `LogDirs`: one per data directory, in the configured order.
    LogDirs(Vec<DirLogs>),
    /// To `MoveReplicas`: slots, and whether the move has begun.
    MovesBegun(Vec<(u32, ErrorCode)>),
    /// To `Producers`.
    Producers(Vec<ProducersResult>),
}

/// When a produce request is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Acks {
    /// Never.
    None,
    /// When the leader has it on stable storage.
    Leader,
    /// When it is below the high watermark.
    All,
}

/// One batch for one partition, already checked.
#[derive(Debug)]
pub struct AppendItem {
    /// Where to.
    pub partition: PartitionId,
    /// Names the item in its request.
    pub slot: u32,
    /// The batch as it is to be stored, offsets not yet stamped.
    pub batch: Bytes,
    /// What the check found.
    pub facts: Validated,
}

/// What became of one batch.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Of the item.
    pub slot: u32,
    /// `None` for success.
    pub error: ErrorCode,
    /// First offset, -1 with an error.
    pub base_offset: i64,
    /// Milliseconds, -1 with CreateTime.
    pub append_time: i64,
    /// Log start offset, -1 if unknown.
    pub log_start: i64,
    /// Said to the client besides the code (Produce v8).
    pub why: Option<Arc<Refusal>>,
}

/// Why a batch was refused, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Of the batch.
    pub message: Box<str>,
    /// Records at fault: index in the batch, and what is wrong.
    pub record_errors: Vec<(i32, Box<str>)>,
}

impl Refusal {
    /// A refusal that no single record is at fault for.
    #[must_use]
    pub fn new(message: &str) -> Arc<Self> {
        Arc::new(Self { message: message.into(), record_errors: Vec::new() })
    }
}

impl Outcome {
    /// A refusal.
    #[must_use]
    pub fn refused(slot: u32, error: ErrorCode) -> Self {
        Self { slot, error, base_offset: -1, append_time: -1, log_start: -1, why: None }
    }

    /// A refusal that says why.
    #[must_use]
    pub fn refused_because(slot: u32, error: ErrorCode, message: &str) -> Self {
        Self { why: Some(Refusal::new(message)), ..Self::refused(slot, error) }
    }
}

/// Reads for one fetch.
#[derive(Debug)]
pub struct ReadRequest {
    /// In the order in which they are to be read.
    pub items: Vec<ReadItem>,
    /// Most bytes of all, except that the first batch always fits.
    pub max_bytes: usize,
    /// Leave a watch behind for this parked fetch, if fewer bytes than this are there.
    pub watch: Option<(Token, usize)>,
    /// When it was sent.
    pub sent: Instant,
}

/// What a fetch wants of one partition.
#[derive(Clone, Copy, Debug)]
pub struct ReadItem {
    /// Where from.
    pub partition: PartitionId,
    /// Names the item in its request.
    pub slot: u32,
    /// As on the wire.
    pub fetch_offset: i64,
    /// Most bytes of this partition.
    pub max_bytes: usize,
    /// As on the wire, -1 for none (KIP-320).
    pub current_leader_epoch: i32,
    /// As on the wire, -1 for none (KIP-595).
    pub last_fetched_epoch: i32,
}

/// What a fetch gets of one partition.
#[derive(Debug)]
pub struct ReadResult<F> {
    /// Of the item.
    pub slot: u32,
    /// `None` for success.
    pub error: ErrorCode,
    /// High watermark, -1 if unknown. Without transactions the last stable offset is the same.
    pub high_watermark: i64,
    /// Log start offset, -1 if unknown.
    pub log_start: i64,
    /// The records.
    pub parts: Few<ReadPart<F>>,
    /// Bytes in `parts`.
    pub bytes: usize,
    /// It passes the item's bounds, which only the first non-empty partition of a response may.
    pub over: bool,
    /// Epoch and end offset at which the reader's log leaves ours (KIP-595).
    pub diverging: Option<(i32, i64)>,
}

impl<F> ReadResult<F> {
    /// Without records.
    #[must_use]
    pub fn empty(slot: u32, error: ErrorCode, high_watermark: i64, log_start: i64) -> Self {
        Self {
            slot,
            error,
            high_watermark,
            log_start,
            parts: Few::default(),
            bytes: 0,
            over: false,
            diverging: None,
        }
    }
}

/// One lookup by timestamp.
#[derive(Clone, Copy, Debug)]
pub struct ListItem {
    /// Where.
    pub partition: PartitionId,
    /// Names the item in its request.
    pub slot: u32,
    /// Milliseconds, or one of Kafka's special values.
    pub timestamp: i64,
    /// As on the wire, -1 for none (KIP-320).
    pub current_leader_epoch: i32,
}

/// What a lookup by timestamp found; -1 where nothing.
#[derive(Clone, Copy, Debug)]
pub struct ListResult {
    /// Of the item.
    pub slot: u32,
    /// `None` for success.
    pub error: ErrorCode,
    /// Of the record found.
    pub timestamp: i64,
    /// The offset.
    pub offset: i64,
    /// The epoch of that offset.
    pub leader_epoch: i32,
}

/// One log start to move.
#[derive(Clone, Copy, Debug)]
pub struct DeleteItem {
    /// Where.
    pub partition: PartitionId,
    /// Names the item in its request.
    pub slot: u32,
    /// As on the wire; -1 is the high watermark.
    pub offset: i64,
}

/// Where a log starts now.
#[derive(Clone, Copy, Debug)]
pub struct DeleteResult {
    /// Of the item.
    pub slot: u32,
    /// `None` for success.
    pub error: ErrorCode,
    /// Log start offset, -1 with an error.
    pub low_watermark: i64,
}

/// One lookup of an epoch's end.
#[derive(Clone, Copy, Debug)]
pub struct EpochItem {
    /// Where.
    pub partition: PartitionId,
    /// Names the item in its request.
    pub slot: u32,
    /// As on the wire, -1 for none (KIP-320).
    pub current_leader_epoch: i32,
    /// The epoch asked for.
    pub leader_epoch: i32,
}

/// Where an epoch ends; -1 where unknown.
#[derive(Clone, Copy, Debug)]
pub struct EpochResult {
    /// Of the item.
    pub slot: u32,
    /// `None` for success.
    pub error: ErrorCode,
    /// The largest epoch up to the one asked for.
    pub leader_epoch: i32,
    /// Exclusive end of that epoch.
    pub end_offset: i64,
}

/// What a core holds in one data directory.
#[derive(Debug)]
pub struct DirLogs {
    /// False if the directory could not be opened or has failed; then no logs are named.
    pub online: bool,
    /// What is there.
    pub logs: Vec<LogSize>,
}

/// One log in a data directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogSize {
    /// Of which partition.
    pub partition: PartitionId,
    /// Bytes of it.
    pub size: u64,
    /// Offsets that it lacks.
    pub lag: u64,
    /// It is on its way here, and not the replica yet (KIP-113).
    pub is_future: bool,
}

/// One replica to move to another data directory.
#[derive(Clone, Copy, Debug)]
pub struct MoveItem {
    /// Which.
    pub partition: PartitionId,
    /// Names the item in its request.
    pub slot: u32,
    /// The place of the directory in the configured list.
    pub to: usize,
}

/// One partition whose producers are asked for.
#[derive(Clone, Copy, Debug)]
pub struct ProducersItem {
    /// Where.
    pub partition: PartitionId,
    /// Names the item in its request.
    pub slot: u32,
}

/// The producers that one partition remembers.
#[derive(Debug)]
pub struct ProducersResult {
    /// Of the item.
    pub slot: u32,
    /// `None` for success.
    pub error: ErrorCode,
    /// In the order of their ids.
    pub producers: Vec<ProducerState>,
}
