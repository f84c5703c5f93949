//! What produced records are held to, and what the check of them says.
//!
//! Owner: the caller, for one batch.

use crate::compress::{CompressError, DecodeLimits};
use crate::record::batch::BatchHeader;
use crate::record::stamp::Stamp;
use std::borrow::Cow;

/// A topic's timestamp type (`message.timestamp.type`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimestampType {
    /// The producer's timestamps are kept.
    CreateTime,
    /// The broker's time at append replaces them.
    LogAppendTime,
}

/// What the topic and the request ask of the records.
#[derive(Clone, Copy, Debug)]
pub struct ProduceRules {
    /// Version of the Produce request: zstd needs 7 (KIP-110).
    pub produce_version: i16,
    /// `max.message.bytes`, header included.
    pub max_message_bytes: usize,
    /// `cleanup.policy` holds `compact`: every record needs a key.
    pub compacted: bool,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `message.timestamp.before.max.ms` (KIP-937).
    pub before_max_ms: i64,
    /// `message.timestamp.after.max.ms` (KIP-937).
    pub after_max_ms: i64,
    /// The wall clock, milliseconds since 1970.
    pub now_ms: i64,
    /// Bounds of decompression.
    pub limits: DecodeLimits,
}

/// The error code that a reject answers with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RejectKind {
    /// CORRUPT_MESSAGE.
    CorruptMessage,
    /// MESSAGE_TOO_LARGE.
    MessageTooLarge,
    /// INVALID_TIMESTAMP.
    InvalidTimestamp,
    /// UNSUPPORTED_COMPRESSION_TYPE.
    UnsupportedCompressionType,
    /// INVALID_RECORD.
    InvalidRecord,
}

impl RejectKind {
    /// The code on the wire.
    #[must_use]
    pub fn code(self) -> i16 {
        match self {
            Self::CorruptMessage => 2,
            Self::MessageTooLarge => 10,
            Self::InvalidTimestamp => 32,
            Self::UnsupportedCompressionType => 76,
            Self::InvalidRecord => 87,
        }
    }
}

/// One record's own error (KIP-467, Produce 8 on).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordError {
    /// Index of the record in its batch.
    pub batch_index: i32,
    /// What is wrong with it.
    pub message: Cow<'static, str>,
}

/// Why a partition's records are refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProduceReject {
    /// The error code.
    pub kind: RejectKind,
    /// For the response's error message.
    pub message: Cow<'static, str>,
    /// At most [`RECORD_ERRORS_MAX`].
    pub record_errors: Vec<RecordError>,
}

/// Record errors kept for one batch. Kafka sends all of them; a million null keys need not become a response of
/// 100 MB.
pub const RECORD_ERRORS_MAX: usize = 100;

/// What passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Validated {
    /// The header as received. Its `attributes` tell whether the batch is transactional: the caller decides.
    pub header: BatchHeader,
    /// The greatest record timestamp, or the append time.
    pub max_timestamp: i64,
    /// Offset delta of the first record with `max_timestamp` (KIP-734).
    pub max_timestamp_delta: u32,
    /// `Some(now)` on a LogAppendTime topic.
    pub log_append_time: Option<i64>,
}

impl Validated {
    /// What to stamp when the batch gets its offset.
    #[must_use]
    pub fn stamp(&self, base_offset: i64, leader_epoch: i32) -> Stamp {
        let (log_append_time, max_timestamp) = (self.log_append_time, self.max_timestamp);
        Stamp { base_offset, leader_epoch, log_append_time, max_timestamp }
    }
}

#[cold]
pub(super) fn reject(kind: RejectKind, message: impl Into<Cow<'static, str>>) -> ProduceReject {
    ProduceReject { kind, message: message.into(), record_errors: Vec::new() }
}

#[cold]
pub(super) fn invalid(message: impl Into<Cow<'static, str>>) -> ProduceReject {
    reject(RejectKind::InvalidRecord, message)
}

/// Corrupt data under a right CRC will not get better: INVALID_RECORD, which clients do not retry. Above the
/// cap: MESSAGE_TOO_LARGE, on which a Java producer splits the batch.
pub(super) fn packed_reject(e: CompressError) -> ProduceReject {
    match e {
        CompressError::OverCap => reject(
            RejectKind::MessageTooLarge,
            "The record batch decompresses to more than the broker allows",
        ),
        e => invalid(format!("Record batch with {e}")),
    }
}
