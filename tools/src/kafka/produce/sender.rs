//! Collects records into batches and has them acknowledged: partitioner, sequences, retries.
//!
//! Owner: one producing command. Invariants: one request a broker is in flight; with idempotence the sequences of a
//! partition are dense, and a batch that is sent again keeps its own; a batch is answered once, as done or as failed.

use crate::client::{Client, Failure};
use crate::kafka::produce::reader::Record;
use bytes::Bytes;
use ringlog_wire::api::ApiKey;
use ringlog_wire::compress::Codec;
use ringlog_wire::generated::init_producer_id_request::InitProducerIdRequest;
use ringlog_wire::generated::metadata_response::MetadataResponseTopic;
use ringlog_wire::generated::produce_request::{PartitionProduceData, ProduceRequest, TopicProduceData};
use ringlog_wire::record::batch::sequence_after;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How records are sent.
#[derive(Clone, Debug)]
pub struct Settings {
    /// -1, 0 or 1.
    pub acks: i16,
    /// How batches are compressed.
    pub codec: Codec,
    /// Bytes of a batch before it is sent.
    pub batch_size: usize,
    /// The largest record, as Kafka estimates its size.
    pub request_max: usize,
    /// How long the broker may take to replicate.
    pub timeout: Duration,
    /// How often a batch is sent again.
    pub retries: u32,
    /// Pause before that.
    pub backoff: Duration,
    /// With a producer id and sequences.
    pub idempotent: bool,
}

struct Pending {
    builder: BatchBuilder,
    records: usize,
}

/// Where a batch went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ack {
    /// The partition.
    pub partition: i32,
    /// Offset of its first record; -1 with acks=0.
    pub base_offset: i64,
    /// How many records.
    pub records: usize,
}

/// Where a record was put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Added {
    /// Its batch is full now.
    pub full: bool,
    /// The partition.
    pub partition: i32,
    /// Its time, in ms.
    pub timestamp: i64,
}

/// A producer for one topic.
pub struct Sender {
    topic: String,
    settings: Settings,
    metadata: MetadataResponseTopic,
    pending: BTreeMap<i32, Pending>,
    sticky: usize,
    producer: (i64, i16),
    sequences: BTreeMap<i32, i32>,
}

/// Kafka's murmur2, which places keys (seed 0x9747b28c).
pub fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let mut h = 0x9747_b28c ^ data.len() as u32;
    let mut chunks = data.chunks_exact(4);
    for chunk in &mut chunks {
        let mut k = u32::from_le_bytes(chunk.try_into().expect("chunks are of four bytes"));
        k = k.wrapping_mul(M);
        k ^= k >> 24;
        h = h.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        for (i, byte) in rest.iter().enumerate() {
            h ^= u32::from(*byte) << (8 * i);
        }
        h = h.wrapping_mul(M);
    }
    h ^= h >> 13;
    h = h.wrapping_mul(M);
    h ^ (h >> 15)
}

/// Kafka's upper bound for the size of a record in a batch of its own.
fn estimated(record: &Record) -> usize {
    let varint = |n: usize| ringlog_wire::record::cursor::varint_len(n as i64);
    let bytes = |b: Option<&Vec<u8>>| b.map_or(1, |b| varint(b.len()) + b.len());
    let headers: usize =
        record.headers.iter().map(|(k, v)| varint(k.len()) + k.len() + bytes(v.as_ref())).sum();
    61 + 21
        + bytes(record.key.as_ref())
        + bytes(record.value.as_ref())
        + varint(record.headers.len())
        + headers
}

impl Sender {
    /// Looks `topic` up, which the broker may create.
    pub fn new(client: &mut Client, topic: &str, settings: Settings) -> Result<Self, Failure> {
        let mut producer = (-1, -1);
        let metadata = lookup(client, topic)?;
        if settings.idempotent {
            let request = InitProducerIdRequest {
                transactional_id: None,
                transaction_timeout_ms: i32::MAX,
                producer_id: -1,
                producer_epoch: -1,
                ..Default::default()
            };
            producer = client.retry(|c| {
                let answer = c.any(&request)?;
                crate::client::check(answer.error_code, None)?;
                Ok((answer.producer_id, answer.producer_epoch))
            })?;
        }
        // Without a key any partition does; commands that start together should not choose the same.
        let sticky = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.subsec_nanos() as usize);
        Ok(Self {
            topic: topic.to_owned(),
            settings,
            metadata,
            pending: BTreeMap::new(),
            sticky,
            producer,
            sequences: BTreeMap::new(),
        })
    }

    /// True if nothing waits to be sent.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Adds `record`.
    ///
    /// Errors: the record is above `request_max`, or names a partition that there is not.
    pub fn add(&mut self, record: &Record) -> Result<Added, Failure> {
        let size = estimated(record);
        if size > self.settings.request_max {
            return Err(Failure::of_class(
                "org.apache.kafka.common.errors.RecordTooLargeException",
                format!(
                    "The message is {size} bytes when serialized which is larger than {}, which is the value of the max.request.size configuration.",
                    self.settings.request_max
                ),
            ));
        }
        let count = self.metadata.partitions.len().max(1);
        if let Some(p) = record.partition
            && usize::try_from(p).map_or(true, |p| p >= count)
        {
            return Err(Failure::client(format!(
                "Topic {} has no partition {p}: it has {count}, from 0 on",
                self.topic
            )));
        }
        let partition = match &record.key {
            _ if record.partition.is_some() => record.partition.map_or(0, |p| p.unsigned_abs() as usize),
            Some(key) => (murmur2(key) & 0x7fff_ffff) as usize % count,
            None => self.sticky % count,
        };
        let partition = i32::try_from(partition).unwrap_or(0);
        let pending = self.pending.entry(partition).or_insert_with(|| Pending {
            builder: BatchBuilder::new(BatchOptions {
                codec: self.settings.codec,
                producer_id: self.producer.0,
                producer_epoch: self.producer.1,
                base_sequence: if self.settings.idempotent {
                    self.sequences.get(&partition).copied().unwrap_or(0)
                } else {
                    -1
                },
                ..Default::default()
            }),
            records: 0,
        });
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64);
        let timestamp = record.timestamp.unwrap_or(now);
        let headers: Vec<_> = record.headers.iter().map(|(k, v)| (k.as_str(), v.as_deref())).collect();
        pending.builder.append(timestamp, record.key.as_deref(), record.value.as_deref(), &headers);
        pending.records += 1;
        Ok(Added { full: pending.builder.size() >= self.settings.batch_size, partition, timestamp })
    }

    /// Sends everything that waits; returns where it went, and what failed.
    pub fn flush(&mut self, client: &mut Client) -> Result<Vec<Ack>, Failure> {
        let mut left: BTreeMap<i32, (Bytes, usize)> = BTreeMap::new();
        for (partition, pending) in std::mem::take(&mut self.pending) {
            let sequence = self.sequences.entry(partition).or_insert(0);
            *sequence = sequence_after(*sequence, pending.records as u32);
            let batch = pending.builder.build().map_err(|e| Failure::client(e.to_string()))?;
            left.insert(partition, (batch, pending.records));
        }
        self.sticky = self.sticky.wrapping_add(1);
        let mut acks = Vec::new();
        let mut attempt = 0;
        loop {
            let failed = self.round(client, &mut left, &mut acks);
            let Some(why) = failed else { return Ok(acks) };
            if !why.is_retriable() || attempt >= self.settings.retries {
                return Err(why);
            }
            attempt += 1;
            std::thread::sleep(self.settings.backoff);
            self.metadata = lookup(client, &self.topic)?;
        }
    }

    /// One request to each leader; what is acknowledged leaves `left`. Returns the last failure.
    fn round(
        &self,
        client: &mut Client,
        left: &mut BTreeMap<i32, (Bytes, usize)>,
        acks: &mut Vec<Ack>,
    ) -> Option<Failure> {
        let mut by_leader: BTreeMap<i32, Vec<PartitionProduceData>> = BTreeMap::new();
        for (&index, (batch, _)) in &*left {
            let leader = self
                .metadata
                .partitions
                .iter()
                .find(|p| p.partition_index == index)
                .map_or(-1, |p| p.leader_id);
            by_leader
                .entry(leader)
                .or_default()
                .push(PartitionProduceData { index, records: Some(batch.clone()) });
        }
        let mut failed = None;
        for (leader, partition_data) in by_leader {
            if let Err(e) = self.to_leader(client, leader, partition_data, left, acks) {
                if e.lost {
                    client.forget(leader);
                }
                failed = Some(e);
            }
        }
        failed
    }

    fn to_leader(
        &self,
        client: &mut Client,
        leader: i32,
        partition_data: Vec<PartitionProduceData>,
        left: &mut BTreeMap<i32, (Bytes, usize)>,
        acks: &mut Vec<Ack>,
    ) -> Result<(), Failure> {
        if leader < 0 {
            return Err(Failure::kafka(5, None));
        }
        let conn = client.node(leader)?;
        let version = conn.version_of(ApiKey::Produce)?;
        let indexes: Vec<i32> = partition_data.iter().map(|p| p.index).collect();
        let by_id = version >= 13;
        let request = ProduceRequest {
            acks: self.settings.acks,
            timeout_ms: i32::try_from(self.settings.timeout.as_millis()).unwrap_or(i32::MAX),
            topic_data: vec![TopicProduceData {
                name: if by_id { String::new() } else { self.topic.clone() },
                topic_id: if by_id { self.metadata.topic_id } else { Default::default() },
                partition_data,
            }],
            ..Default::default()
        };
        if self.settings.acks == 0 {
            conn.send(&request, version)?;
            for partition in indexes {
                let records = left.remove(&partition).map_or(0, |(_, n)| n);
                acks.push(Ack { partition, base_offset: -1, records });
            }
            return Ok(());
        }
        let answer = conn.call_at(&request, version)?;
        let mut failed = Ok(());
        for p in answer.responses.iter().flat_map(|t| &t.partition_responses) {
            match crate::client::check(p.error_code, p.error_message.as_deref()) {
                // The broker has it from an attempt whose answer was lost.
                Err(e) if e.is(ringlog_wire::ErrorCode::DuplicateSequenceNumber) => {}
                Err(e) => {
                    failed = Err(e);
                    continue;
                }
                Ok(()) => {}
            }
            let records = left.remove(&p.index).map_or(0, |(_, n)| n);
            acks.push(Ack { partition: p.index, base_offset: p.base_offset, records });
        }
        failed
    }
}

/// The topic's metadata, created if the broker likes to; waits for leaders.
fn lookup(client: &mut Client, topic: &str) -> Result<MetadataResponseTopic, Failure> {
    let deadline = client.deadline();
    loop {
        let answer = client.metadata_with(Some(&[topic.to_owned()]), true)?;
        let found = answer.topics.into_iter().next().ok_or_else(|| Failure::kafka(3, None))?;
        let ready = found.error_code == 0 && found.partitions.iter().all(|p| p.leader_id >= 0);
        if ready && !found.partitions.is_empty() {
            return Ok(found);
        }
        let why = if found.error_code == 0 {
            Failure::kafka(5, None)
        } else {
            Failure::kafka(found.error_code, None)
        };
        if !why.is_retriable() || std::time::Instant::now() >= deadline {
            return Err(Failure { message: format!("{} (topic {topic})", why.message), ..why });
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_where_kafkas_clients_put_them() {
        // From the tests of Apache Kafka's clients.
        assert_eq!(murmur2(b"21") as i32, -973_932_308);
        assert_eq!(murmur2(b"foobar") as i32, -790_332_482);
        assert_eq!(murmur2(b"a-little-bit-long-string") as i32, -985_981_536);
        assert_eq!(murmur2(b"abc") as i32, 479_470_107);
    }

    #[test]
    fn the_size_of_a_record_is_estimated_as_kafka_does() {
        let record = Record { value: Some(vec![b'x'; 1_100_065]), ..Default::default() };
        assert_eq!(estimated(&record), 1_100_153);
    }
}
