//! Produce validation of one partition's records: everything that the bytes alone decide.
//!
//! Owner: one request's check, on the core that took the connection. Order of checks as in protocol.md 3.2,
//! steps 2 to 5. Invariants: what passes, every strict consumer can read back; memory does not depend on counts
//! or lengths in the bytes; work is cut into steps, so that the caller can yield.

use crate::compress::{Codec, CompressError, DecodeLimits, Decoder, PIECE};
use crate::crc::{crc32c, crc32c_append};
use crate::record::batch::{
    Attributes, BatchError, BatchHeader, CRC_START, HEADER_LEN, LENGTH_PREFIX, MAGIC_V2, NO_TIMESTAMP,
};
use crate::record::cursor::Cursor;
use crate::record::scan::{RecordFacts, RecordScan};
use crate::record::stamp::Stamp;
use crate::record::walk::{RECORD_MIN, Record, RecordFault};
use bytes::Bytes;
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

/// What a step led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Call again.
    More,
    /// The batch is good.
    Done(Validated),
}

/// A running validation of one batch. `!Sync` work, no locks: drop it to give up.
#[derive(Debug)]
pub struct Check {
    batch: Bytes,
    header: BatchHeader,
    rules: ProduceRules,
    stage: Stage,
    tally: Tally,
}

#[derive(Debug)]
enum Stage {
    Crc { at: usize, crc: u32 },
    Records { scan: RecordScan, at: usize },
    Packed { scan: RecordScan, decoder: Decoder },
    Done,
}

/// Runs a whole check at once.
///
/// Errors: as [`Check::begin`] and [`Check::step`]. O(uncompressed size).
pub fn validate(records: &Bytes, rules: ProduceRules) -> Result<Validated, ProduceReject> {
    if let Some(outcome) = validate_plain(records, &rules) {
        return outcome;
    }
    let mut check = Check::begin(records, rules)?;
    loop {
        if let Progress::Done(v) = check.step(usize::MAX)? {
            return Ok(v);
        }
    }
}

/// Runs the whole check of records that are not compressed, at once and without a share of the frame.
/// `None`: they are, so a [`Check`] is to do it.
///
/// What it calls is inlined, so that the header is written once, into the result: copies of it took a third of the
/// time of a small batch.
///
/// Errors: as [`Check::begin`] and [`Check::step`]. O(size), no allocation unless something is wrong.
pub fn validate_plain(records: &[u8], rules: &ProduceRules) -> Option<Result<Validated, ProduceReject>> {
    let header = match open(records, rules) {
        Ok(header) if header.attributes.codec() != Some(Codec::None) => return None,
        Ok(header) => header,
        Err(reject) => return Some(Err(reject)),
    };
    Some(check_plain(records, &header, rules))
}

#[inline(always)]
fn check_plain(
    records: &[u8],
    header: &BatchHeader,
    rules: &ProduceRules,
) -> Result<Validated, ProduceReject> {
    check_sound(header, crc32c(records.get(CRC_START..).unwrap_or_default()), &rules.limits)?;
    let mut tally = Tally::new(header, rules);
    let walked = walk_plain(records.get(HEADER_LEN..).unwrap_or_default(), header.records_count, &mut tally);
    walked.map_err(|f| tally.fault(f))?;
    tally.end(header, rules)
}

#[inline(always)]
fn walk_plain(payload: &[u8], count: i32, tally: &mut Tally) -> Result<(), RecordFault> {
    let mut c = Cursor::new(payload);
    for _ in 0..count {
        if c.remaining() == 0 {
            return Err(RecordFault::Missing);
        }
        let r = Record::read(&mut c)?;
        let (timestamp_delta, offset_delta, key_is_null) =
            (r.timestamp_delta, r.offset_delta, r.key.is_none());
        tally.on_record(RecordFacts { timestamp_delta, offset_delta, key_is_null })?;
    }
    match c.remaining() {
        0 => Ok(()),
        n => Err(RecordFault::Trailing(n)),
    }
}

impl Check {
    /// Looks at sizes and magic; neither CRC nor records yet. O(1).
    ///
    /// `records`: the partition's records field; shared, not copied.
    /// Errors: no batch, more than one, foreign magic, zstd before Produce 7, base offset, size.
    pub fn begin(records: &Bytes, rules: ProduceRules) -> Result<Self, ProduceReject> {
        let header = open(records, &rules)?;
        let tally = Tally::new(&header, &rules);
        let batch = records.clone();
        Ok(Self { batch, header, rules, stage: Stage::Crc { at: CRC_START, crc: 0 }, tally })
    }

    /// The header, CRC not yet checked.
    #[must_use]
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// Goes on for about `budget` bytes of CRC or of decompressed records (up to one 4 MiB lz4 block more).
    ///
    /// Errors: the reject to answer; the check is over then. Must not be called after `Done`.
    pub fn step(&mut self, budget: usize) -> Result<Progress, ProduceReject> {
        let budget = budget.max(1);
        match &mut self.stage {
            Stage::Crc { at, crc } => {
                let rest = self.batch.get(*at..).unwrap_or_default();
                let piece = rest.get(..budget.min(rest.len())).unwrap_or_default();
                *crc = crc32c_append(*crc, piece);
                *at += piece.len();
                if *at < self.batch.len() {
                    return Ok(Progress::More);
                }
                let (computed, left) = (*crc, budget - piece.len().min(budget));
                self.after_crc(computed)?;
                if left == 0 { Ok(Progress::More) } else { self.step(left) }
            }
            Stage::Records { scan, at } => {
                let rest = self.batch.get(*at..).unwrap_or_default();
                let piece = rest.get(..budget.min(rest.len())).unwrap_or_default();
                *at += piece.len();
                scan.push(piece, &mut |r| self.tally.on_record(r)).map_err(|f| self.tally.fault(f))?;
                if *at < self.batch.len() {
                    return Ok(Progress::More);
                }
                scan.finish().map_err(|f| self.tally.fault(f))?;
                self.finish()
            }
            Stage::Packed { scan, decoder } => {
                let mut piece = [0u8; PIECE];
                let mut left = budget;
                while left > 0 {
                    let n = decoder.read(&mut piece).map_err(packed_reject)?;
                    if n == 0 {
                        scan.finish().map_err(|f| self.tally.fault(f))?;
                        return self.finish();
                    }
                    let got = piece.get(..n).unwrap_or_default();
                    scan.push(got, &mut |r| self.tally.on_record(r)).map_err(|f| self.tally.fault(f))?;
                    left = left.saturating_sub(n);
                }
                Ok(Progress::More)
            }
            Stage::Done => unreachable!("a finished check must not be stepped"),
        }
    }

    fn after_crc(&mut self, computed: u32) -> Result<(), ProduceReject> {
        let codec = check_sound(&self.header, computed, &self.rules.limits)?;
        let scan = RecordScan::new(self.header.records_count);
        self.stage = if codec == Codec::None {
            Stage::Records { scan, at: HEADER_LEN }
        } else {
            let input = self.batch.slice(HEADER_LEN..);
            let decoder = Decoder::new(codec, input, &self.rules.limits).map_err(packed_reject)?;
            Stage::Packed { scan, decoder }
        };
        Ok(())
    }

    fn finish(&mut self) -> Result<Progress, ProduceReject> {
        self.stage = Stage::Done;
        self.tally.end(&self.header, &self.rules).map(Progress::Done)
    }
}

/// Steps 2 and 3: what stands before the CRC.
#[inline(always)]
fn open(records: &[u8], rules: &ProduceRules) -> Result<BatchHeader, ProduceReject> {
    let header = frame(records, rules)?;
    if header.base_offset != 0 {
        let offset = header.base_offset;
        return Err(invalid(format!("The base offset of the batch should be 0, but it is {offset}")));
    }
    if header.size() > rules.max_message_bytes {
        let (size, max) = (header.size(), rules.max_message_bytes);
        let text = format!("The record batch has {size} bytes, above the configured maximum of {max}");
        return Err(reject(RejectKind::MessageTooLarge, text));
    }
    Ok(header)
}

/// The CRC that was `computed`, then step 4 and the count of records. Returns the codec.
#[inline(always)]
fn check_sound(h: &BatchHeader, computed: u32, limits: &DecodeLimits) -> Result<Codec, ProduceReject> {
    if computed != h.crc {
        let text = format!("Record is corrupt (stored crc = {}, computed crc = {computed})", h.crc);
        return Err(reject(RejectKind::CorruptMessage, text));
    }
    let codec = check_header(h)?;
    let payload = h.size() - HEADER_LEN;
    let room = if codec == Codec::None { payload } else { limits.cap(payload) };
    if h.records_count as usize > room / RECORD_MIN {
        let count = h.records_count;
        return Err(invalid(format!(
            "{payload} bytes cannot hold the {count} records that the batch counts"
        )));
    }
    Ok(codec)
}

/// Step 2: exactly one whole batch of magic 2.
#[inline(always)]
fn frame(records: &[u8], rules: &ProduceRules) -> Result<BatchHeader, ProduceReject> {
    let version = rules.produce_version;
    let none = || invalid(format!("Produce requests with version {version} must have one record batch"));
    let header = BatchHeader::parse(records).map_err(|e| match e {
        BatchError::BadMagic(0 | 1) => invalid(format!(
            "Produce requests with version {version} may only hold record batches with magic {MAGIC_V2}"
        )),
        BatchError::BadMagic(m) => {
            reject(RejectKind::CorruptMessage, format!("Invalid magic {m} in the record batch"))
        }
        BatchError::BadLength(n) => reject(
            RejectKind::CorruptMessage,
            format!("Batch length {n} is below the size of a batch header"),
        ),
        BatchError::Truncated { .. } | BatchError::Crc { .. } => none(),
    })?;
    if records.len() < header.size() {
        return Err(none());
    }
    if version < 7 && header.attributes.codec() == Some(Codec::Zstd) {
        let text = format!("Produce requests with version {version} are not allowed to use zstd");
        return Err(reject(RejectKind::UnsupportedCompressionType, text));
    }
    match records.get(header.size()..).unwrap_or_default() {
        [] => Ok(header),
        rest if BatchHeader::parse(rest).is_ok_and(|h| h.size() <= rest.len()) => Err(invalid(format!(
            "Produce requests with version {version} must have one record batch, not more"
        ))),
        rest => Err(invalid(format!("{} bytes follow the record batch", rest.len()))),
    }
}

/// Step 4: what a client's header may say. Returns the codec.
#[inline]
fn check_header(h: &BatchHeader) -> Result<Codec, ProduceReject> {
    if h.last_offset_delta < 0 {
        return Err(invalid(format!("Batch has an invalid offset range: [0, {}]", h.last_offset_delta)));
    }
    if h.records_count <= 0 {
        return Err(invalid(format!("Invalid record count {} in the record batch", h.records_count)));
    }
    if i64::from(h.last_offset_delta) + 1 != i64::from(h.records_count) {
        let (last, count) = (h.last_offset_delta, h.records_count);
        return Err(invalid(format!("Inconsistent batch: offset range [0, {last}] but {count} records")));
    }
    if h.attributes.is_control() {
        return Err(invalid("Clients are not allowed to write control records"));
    }
    if h.producer_id >= 0 && h.base_sequence < 0 {
        let text = format!("Invalid sequence number {} in a batch with a producer id", h.base_sequence);
        return Err(invalid(text));
    }
    if h.producer_id < -1 || (h.producer_id >= 0 && h.producer_epoch < 0) {
        let (id, epoch) = (h.producer_id, h.producer_epoch);
        return Err(invalid(format!("Invalid producer id {id} or epoch {epoch}")));
    }
    if h.attributes.is_transactional() && h.producer_id < 0 {
        return Err(invalid("A transactional batch needs a producer id"));
    }
    // Kafka stores these bits; a reader would take them for a delete horizon or for a later format.
    if h.attributes.has_unused_bits() || h.attributes.has_delete_horizon() {
        return Err(invalid(format!("Unknown batch attributes {:#06x}", h.attributes.0)));
    }
    h.attributes.codec().ok_or_else(|| {
        let id = h.attributes.0 & 7;
        reject(RejectKind::UnsupportedCompressionType, format!("Unknown compression type id {id}"))
    })
}

/// Collects what the records say: order, keys, timestamps.
#[derive(Debug)]
struct Tally {
    next_index: i32,
    base_timestamp: i64,
    compacted: bool,
    /// Record timestamps within these bounds pass; `None` on a LogAppendTime topic.
    window: Option<(i64, i64)>,
    /// The batch claims LogAppendTime, which is the broker's to say.
    claims_append_time: bool,
    topic_append_time: bool,
    max_timestamp: i64,
    max_index: u32,
    errors: Vec<RecordError>,
    error_count: usize,
    timestamp_error: bool,
}

impl Tally {
    fn new(h: &BatchHeader, rules: &ProduceRules) -> Self {
        let topic_append_time = rules.timestamp_type == TimestampType::LogAppendTime;
        let oldest = rules.now_ms.saturating_sub(rules.before_max_ms);
        let newest = rules.now_ms.saturating_add(rules.after_max_ms);
        Self {
            next_index: 0,
            base_timestamp: h.base_timestamp,
            compacted: rules.compacted,
            window: (!topic_append_time).then_some((oldest, newest)),
            claims_append_time: h.attributes.0 & Attributes::LOG_APPEND_TIME != 0,
            topic_append_time,
            max_timestamp: NO_TIMESTAMP,
            max_index: 0,
            errors: Vec::new(),
            error_count: 0,
            timestamp_error: false,
        }
    }

    #[inline]
    fn on_record(&mut self, r: RecordFacts) -> Result<(), RecordFault> {
        let index = self.next_index;
        if r.offset_delta != index {
            return Err(RecordFault::OffsetDelta(r.offset_delta));
        }
        // Cannot overflow: the scan stops at recordsCount, an i32.
        self.next_index = index.wrapping_add(1);
        let timestamp = self.base_timestamp.checked_add(r.timestamp_delta).ok_or(RecordFault::Varint)?;
        if timestamp > self.max_timestamp {
            self.max_timestamp = timestamp;
            self.max_index = index as u32;
        }
        if self.compacted && r.key_is_null {
            self.error(index, Cow::Borrowed("Compacted topic cannot accept a message without a key"));
            return Ok(());
        }
        self.check_timestamp(index, timestamp);
        Ok(())
    }

    fn check_timestamp(&mut self, index: i32, timestamp: i64) {
        if timestamp != NO_TIMESTAMP
            && let Some((oldest, newest)) = self.window
        {
            if timestamp < oldest || timestamp > newest {
                self.out_of_range(index, timestamp, (oldest, newest));
            }
        } else if self.claims_append_time && (self.topic_append_time || timestamp == NO_TIMESTAMP) {
            self.timestamp_error = true;
            self.error(index, Cow::Borrowed("A producer must not set the timestamp type LogAppendTime"));
        }
    }

    #[cold]
    fn out_of_range(&mut self, index: i32, timestamp: i64, (oldest, newest): (i64, i64)) {
        self.timestamp_error = true;
        let text = format!("Timestamp {timestamp} is out of range; it should be within [{oldest}, {newest}]");
        self.error(index, Cow::Owned(text));
    }

    #[cold]
    fn error(&mut self, batch_index: i32, message: Cow<'static, str>) {
        self.error_count += 1;
        if self.errors.len() < RECORD_ERRORS_MAX {
            self.errors.push(RecordError { batch_index, message });
        }
    }

    /// All records were seen.
    fn end(&mut self, header: &BatchHeader, rules: &ProduceRules) -> Result<Validated, ProduceReject> {
        if self.error_count > 0 {
            return Err(self.reject());
        }
        let (max_timestamp, max_timestamp_delta, log_append_time) = match rules.timestamp_type {
            TimestampType::CreateTime => (self.max_timestamp, self.max_index, None),
            TimestampType::LogAppendTime => (rules.now_ms, 0, Some(rules.now_ms)),
        };
        Ok(Validated { header: *header, max_timestamp, max_timestamp_delta, log_append_time })
    }

    #[cold]
    fn reject(&mut self) -> ProduceReject {
        let record_errors = std::mem::take(&mut self.errors);
        let (kind, message) = if self.timestamp_error {
            let text = "One or more records have been rejected due to invalid timestamp";
            (RejectKind::InvalidTimestamp, Cow::Borrowed(text))
        } else {
            let (n, first) = (self.error_count, record_errors.first());
            let first = first.map_or("", |e| &*e.message);
            (
                RejectKind::InvalidRecord,
                Cow::Owned(format!("{n} records have been rejected; the first: {first}")),
            )
        };
        ProduceReject { kind, message, record_errors }
    }

    #[cold]
    fn fault(&self, fault: RecordFault) -> ProduceReject {
        let index = self.next_index;
        let message: Cow<'static, str> = Cow::Owned(format!("Invalid record {index} in the batch: {fault}"));
        let record_errors = vec![RecordError { batch_index: index, message: message.clone() }];
        ProduceReject { kind: RejectKind::InvalidRecord, message, record_errors }
    }
}

#[cold]
fn reject(kind: RejectKind, message: impl Into<Cow<'static, str>>) -> ProduceReject {
    ProduceReject { kind, message: message.into(), record_errors: Vec::new() }
}

#[cold]
fn invalid(message: impl Into<Cow<'static, str>>) -> ProduceReject {
    reject(RejectKind::InvalidRecord, message)
}

/// Corrupt data under a right CRC will not get better: INVALID_RECORD, which clients do not retry. Above the
/// cap: MESSAGE_TOO_LARGE, on which a Java producer splits the batch.
fn packed_reject(e: CompressError) -> ProduceReject {
    match e {
        CompressError::OverCap => reject(
            RejectKind::MessageTooLarge,
            "The record batch decompresses to more than the broker allows",
        ),
        e => invalid(format!("Record batch with {e}")),
    }
}

/// Offsets 0 to 11 precede what batchLength counts; a header always reaches beyond them.
const _: () = assert!(LENGTH_PREFIX < CRC_START && CRC_START < HEADER_LEN);

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
