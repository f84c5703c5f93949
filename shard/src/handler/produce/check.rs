//! What a produce request must satisfy before any of it is appended (protocol.md 3.2, steps 1 to 6).
//!
//! Owner: the core of the connection. Invariants: records are decompressed only to be looked at, in slices of
//! `CHECK_SLICE` with a turn for other tasks between; what passes is stored as it was sent, unless the topic
//! asks for another codec.

use crate::calls::yield_now;
use crate::config::{CompressionType, TimestampType, TopicConfig};
use crate::control::names::is_internal;
use crate::core::Core;
use crate::env::{Clock, Env};
use crate::image::Topic;
use crate::limits::{CHECK_SLICE, RECOMPRESS_HERE_MAX};
use crate::msg::{Acks, AppendItem, Outcome, Refusal};
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use ringlog_wire::compress::{Codec, DecodeLimits};
use ringlog_wire::ids::PartitionId;
use ringlog_wire::record::recompress::recompress;
use ringlog_wire::record::validate::{
    self, Check, ProduceReject, ProduceRules, Progress, Validated, validate_plain,
};
use std::rc::Rc;
use std::sync::Arc;

/// Of one partition's records.
pub struct Wanted<'a> {
    /// Names the partition in its request.
    pub slot: u32,
    /// Partition index as on the wire.
    pub index: i32,
    /// The records field, a slice of the request.
    pub records: &'a [u8],
    /// The request's acks.
    pub acks: Acks,
    /// The request's version.
    pub version: i16,
    /// The bytes of the request, of which the records are a slice.
    pub request: &'a Bytes,
}

/// Checks one partition of a request. Error: what to answer instead of appending.
pub async fn check<E: Env>(
    core: &Core<E>,
    topic: Option<&Rc<Topic>>,
    wanted: Wanted<'_>,
) -> Result<AppendItem, Outcome> {
    let slot = wanted.slot;
    let Some(topic) = topic else {
        let by_id = wanted.version >= 13;
        let error = if by_id { ErrorCode::UnknownTopicId } else { ErrorCode::UnknownTopicOrPartition };
        return Err(Outcome::refused(slot, error));
    };
    let partition = check_place(core, topic, &wanted).map_err(|e| Outcome::refused(slot, e))?;
    let rules = rules(core, &topic.config, wanted.version);
    let refuse = |r| refused(slot, r);
    let at_once = (wanted.records.len() <= CHECK_SLICE).then(|| validate_plain(wanted.records, &rules));
    let mut batch = wanted.request.slice_ref(wanted.records);
    let mut facts = match at_once.flatten() {
        Some(outcome) => outcome.map_err(refuse)?,
        None => look(core, &batch, rules).await.map_err(refuse)?,
    };
    if facts.header.attributes.is_transactional() {
        let why = "transactions are not available in this version";
        return Err(Outcome::refused_because(slot, ErrorCode::TransactionalIdAuthorizationFailed, why));
    }
    if let Some((codec, level)) = stored_codec(&topic.config)
        && facts.header.attributes.codec() != Some(codec)
    {
        let wanted = Stored { codec, level, limits: rules.limits };
        batch = store_as(core, batch, facts.header.attributes.codec(), wanted)
            .await
            .map_err(|(error, why)| Outcome::refused_because(slot, error, &why))?;
        // The copy may be longer than what a client may send: only its own bytes are counted.
        let own = ProduceRules { max_message_bytes: usize::MAX, produce_version: i16::MAX, ..rules };
        facts = look(core, &batch, own).await.map_err(refuse)?;
    }
    Ok(AppendItem { partition, slot, batch, facts })
}

/// The partition exists, is the clients' to write, is led here, and has enough replicas in sync.
fn check_place<E: Env>(core: &Core<E>, topic: &Topic, wanted: &Wanted<'_>) -> Result<PartitionId, ErrorCode> {
    let index = u32::try_from(wanted.index).map_err(|_| ErrorCode::UnknownTopicOrPartition)?;
    let partition = topic.partitions.get(index as usize).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    if is_internal(&topic.name) {
        // Only coordinators write there: a stranger's record would keep them from loading.
        return Err(ErrorCode::InvalidTopicException);
    }
    if partition.leader != Some(core.config.node_id) {
        return Err(ErrorCode::NotLeaderOrFollower);
    }
    if wanted.acks == Acks::All && partition.isr.len() < topic.config.min_insync_replicas as usize {
        return Err(ErrorCode::NotEnoughReplicas);
    }
    Ok(PartitionId { topic: topic.id, index })
}

fn rules<E: Env>(core: &Core<E>, config: &TopicConfig, produce_version: i16) -> ProduceRules {
    let ms = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    ProduceRules {
        produce_version,
        max_message_bytes: config.max_message_bytes as usize,
        compacted: config.compact,
        timestamp_type: match config.timestamp_type {
            TimestampType::CreateTime => validate::TimestampType::CreateTime,
            TimestampType::LogAppendTime => validate::TimestampType::LogAppendTime,
        },
        before_max_ms: ms(config.timestamp_before_max_ms),
        after_max_ms: ms(config.timestamp_after_max_ms),
        now_ms: core.env.clock().wall_ms(),
        limits: DecodeLimits { output_max: core.limits.decompressed_max, ..DecodeLimits::default() },
    }
}

/// Runs the check of the bytes, yielding between slices. What decompression may take is charged first.
async fn look<E: Env>(
    core: &Core<E>,
    batch: &Bytes,
    rules: ProduceRules,
) -> Result<Validated, ProduceReject> {
    let mut check = Check::begin(batch, rules)?;
    let codec = check.header().attributes.codec().unwrap_or_default();
    let memory = rules.limits.memory(codec, batch.len());
    let _share = if memory > 0 { Some(core.unpacking.take(memory).await) } else { None };
    loop {
        match check.step(CHECK_SLICE)? {
            Progress::Done(facts) => return Ok(facts),
            Progress::More => yield_now().await,
        }
    }
}

/// How a topic wants its records.
#[derive(Clone, Copy)]
struct Stored {
    codec: Codec,
    level: Option<i32>,
    limits: DecodeLimits,
}

/// The batch, which is under `from`, as its topic wants it. What that may take is charged first; a batch that may
/// take long leaves the core meanwhile.
async fn store_as<E: Env>(
    core: &Core<E>,
    batch: Bytes,
    from: Option<Codec>,
    wanted: Stored,
) -> Result<Bytes, (ErrorCode, String)> {
    let Stored { codec, level, limits } = wanted;
    let plain = if from == Some(Codec::None) { batch.len() } else { limits.cap(batch.len()) };
    let _share = core.unpacking.take(plain.saturating_add(batch.len())).await;
    let work = move || recompress(&batch, codec, level, &limits);
    let result = if plain <= RECOMPRESS_HERE_MAX {
        work()
    } else {
        core.env.compute(work).await.map_err(|e| (ErrorCode::KafkaStorageError, e.to_string()))?
    };
    result.map_err(|e| (ErrorCode::InvalidRecord, e.to_string()))
}

fn stored_codec(config: &TopicConfig) -> Option<(Codec, Option<i32>)> {
    match config.compression_type {
        CompressionType::Producer => None,
        CompressionType::Uncompressed => Some((Codec::None, None)),
        CompressionType::Gzip => Some((Codec::Gzip, Some(config.gzip_level).filter(|l| *l > 0))),
        CompressionType::Snappy => Some((Codec::Snappy, None)),
        CompressionType::Lz4 => Some((Codec::Lz4, Some(config.lz4_level))),
        CompressionType::Zstd => Some((Codec::Zstd, Some(config.zstd_level))),
    }
}

fn refused(slot: u32, reject: ProduceReject) -> Outcome {
    let error = ErrorCode::from_code(reject.kind.code()).unwrap_or(ErrorCode::InvalidRecord);
    let record_errors = reject.record_errors.iter().map(|e| (e.batch_index, Box::from(&*e.message)));
    let why = Refusal { message: reject.message.as_ref().into(), record_errors: record_errors.collect() };
    Outcome { why: Some(Arc::new(why)), ..Outcome::refused(slot, error) }
}
