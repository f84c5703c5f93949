//! What the benchmark measures: requests, responses and batches of several shapes.
//!
//! Owner: one run of the benchmark. Both sides get the same bytes, and each is asked for what a broker needs:
//! to know that every record is sound, and where it lies. Ours borrows from the frame; the crate's decoder makes
//! structs and shares of it, which begins with a share of the frame (about 10 ns), since it takes its input.

use crate::bench::{Case, Work};
use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::fetch_response::{FetchableTopicResponse, PartitionData};
use kafka_protocol::messages::produce_response::{PartitionProduceResponse, TopicProduceResponse};
use kafka_protocol::messages::{FetchRequest, FetchResponse, ProduceRequest, ProduceResponse, TopicName};
use kafka_protocol::protocol::{Decodable, Encodable, StrBytes};
use kafka_protocol::records::RecordBatchDecoder;
use ringlog_wire::compress::{Codec, DecodeLimits};
use ringlog_wire::generated as wire;
use ringlog_wire::hot::fetch_request::FetchRequestBuf;
use ringlog_wire::hot::fetch_response::{FetchFrame, PartitionHead, ResponseHead};
use ringlog_wire::hot::produce_request::ProduceView;
use ringlog_wire::hot::produce_response::{Body, PartitionAnswer, ProduceResponseWriter, append_frame};
use ringlog_wire::ids::TopicId;
use ringlog_wire::record::batch::CRC_START;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use ringlog_wire::record::validate::{ProduceRules, TimestampType, validate, validate_plain};
use ringlog_wire::writer::{Encoded, Sink};

const NOW: i64 = 1_800_000_000_000;
/// Both sides know topics by name up to here, as a benchmark of the same work needs.
const PRODUCE: i16 = 12;
const FETCH: i16 = 12;

/// Calls `f` with every case, and whether ours may allocate in it.
pub fn each(f: &mut impl FnMut(Case<'_>, bool)) {
    for partitions in [1, 10, 100] {
        for (records, size) in [(1, 1024), (10, 100), (10, 1024)] {
            produce(f, partitions, &batch(records, size, Codec::None), &format!("{records} x {size} B"));
        }
    }
    for partitions in [1, 100] {
        produce_answer(f, partitions);
        fetch_request(f, partitions);
        fetch_response(f, partitions);
    }
    for (records, size) in [(10_000, 100), (1000, 1024), (64, 16 << 10)] {
        validation(f, records, size, Codec::None);
    }
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        validation(f, 1000, 1024, codec);
        validation(f, 1, 100, codec);
    }
}

/// Values of half random, half repeated bytes.
fn batch(records: usize, size: usize, codec: Codec) -> Bytes {
    let mut b = BatchBuilder::new(BatchOptions { codec, ..BatchOptions::default() });
    let mut seed = 1u64;
    for n in 0..records {
        let value: Vec<u8> = (0..size)
            .map(|i| {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                if i % 2 == 0 { (seed >> 56) as u8 } else { b'a' }
            })
            .collect();
        b.append(NOW + n as i64, Some(b"key-0123"), Some(&value), &[]);
    }
    b.build().expect("a batch of bounded size")
}

fn rules() -> ProduceRules {
    ProduceRules {
        produce_version: PRODUCE,
        max_message_bytes: 64 << 20,
        compacted: false,
        timestamp_type: TimestampType::CreateTime,
        before_max_ms: i64::MAX,
        after_max_ms: 3_600_000,
        now_ms: NOW,
        limits: DecodeLimits::default(),
    }
}

fn encoded<M: ringlog_wire::message::Message>(m: &M, version: i16) -> Bytes {
    let mut out = Vec::new();
    m.encode(&mut out, version).expect("fits its version");
    Bytes::from(out)
}

fn produce(f: &mut impl FnMut(Case<'_>, bool), partitions: usize, records: &Bytes, shape: &str) {
    use wire::produce_request::{PartitionProduceData, TopicProduceData};
    let partition_data = (0..partitions as i32)
        .map(|index| PartitionProduceData { index, records: Some(records.clone()) })
        .collect();
    let topic = TopicProduceData { name: "a-topic".into(), partition_data, ..Default::default() };
    let m =
        wire::ProduceRequest { acks: -1, timeout_ms: 30_000, topic_data: vec![topic], ..Default::default() };
    let body = encoded(&m, PRODUCE);
    let ours: Work<'_> = Box::new(|| {
        let parsed = ProduceView::parse(&body, PRODUCE, 1000);
        let view = parsed.as_ref().expect("well-formed");
        let (rules, mut walk, mut records) = (rules(), view.walk(), 0);
        while walk.next_topic().is_some() {
            while let Some(bytes) = walk.next_partition().and_then(|p| p.records) {
                let facts = validate_plain(bytes, &rules).expect("not compressed").expect("sound");
                records += facts.header.records_count as usize;
            }
        }
        records
    });
    let theirs: Work<'_> = Box::new(|| {
        let m = ProduceRequest::decode(&mut body.clone(), PRODUCE).expect("well-formed");
        let all = m.topic_data.into_iter().flat_map(|t| t.partition_data).filter_map(|p| p.records);
        all.map(|mut r| RecordBatchDecoder::decode(&mut r).expect("sound").records.len()).sum()
    });
    let name = format!("Produce decode + validation, {partitions} partitions, {shape}");
    f(Case { name, bytes: partitions * records.len(), ours, theirs: Some(theirs) }, false);
    crc(f, partitions, records, shape);
    let ours: Work<'_> = Box::new(|| {
        let parsed = ProduceView::parse(&body, PRODUCE, 1000);
        let view = parsed.as_ref().expect("well-formed");
        let (mut walk, mut bytes) = (view.walk(), 0);
        while walk.next_topic().is_some() {
            while let Some(records) = walk.next_partition().and_then(|p| p.records) {
                bytes += records.len();
            }
        }
        bytes
    });
    let theirs: Work<'_> = Box::new(|| {
        let m = ProduceRequest::decode(&mut body.clone(), PRODUCE).expect("well-formed");
        m.topic_data
            .iter()
            .flat_map(|t| &t.partition_data)
            .filter_map(|p| p.records.as_ref())
            .map(Bytes::len)
            .sum()
    });
    if shape.starts_with("1 ") {
        let name = format!("Produce decode alone, {partitions} partitions");
        f(Case { name, bytes: 0, ours, theirs: Some(theirs) }, false);
    }
}

/// The part of the validation above that is the checksum: ours, and the crate's, which others use too.
fn crc(f: &mut impl FnMut(Case<'_>, bool), partitions: usize, records: &Bytes, shape: &str) {
    let all: Vec<Vec<u8>> = (0..partitions).map(|_| records[CRC_START..].to_vec()).collect();
    let ours: Work<'_> = Box::new(|| all.iter().map(|b| ringlog_wire::crc::crc32c(b) as usize).sum());
    let theirs: Work<'_> = Box::new(|| all.iter().map(|b| crc32c::crc32c(b) as usize).sum());
    let name = format!("of that CRC-32C, {partitions} partitions, {shape}");
    f(Case { name, bytes: partitions * records.len(), ours, theirs: Some(theirs) }, false);
}

struct Answer(usize);

impl Body for Answer {
    fn write<S: Sink>(&self, sink: &mut S) -> Encoded {
        let mut w = ProduceResponseWriter::begin(sink, PRODUCE, 1)?;
        w.topic("a-topic", TopicId::ZERO, self.0)?;
        for index in 0..self.0 as i32 {
            w.partition(&PartitionAnswer {
                index,
                error_code: 0,
                base_offset: 77,
                log_append_time_ms: -1,
                log_start_offset: 0,
                record_errors: &[],
                error_message: None,
                current_leader: None,
            })?;
        }
        w.end_topic();
        w.finish(0, &[])
    }
}

fn produce_answer(f: &mut impl FnMut(Case<'_>, bool), partitions: usize) {
    let mut out = BytesMut::with_capacity(1 << 16);
    let ours: Work<'_> = Box::new(move || {
        out.clear();
        append_frame(&mut out, PRODUCE, 7, &Answer(partitions)).expect("short");
        out.len()
    });
    let mut frame = BytesMut::with_capacity(1 << 16);
    let theirs: Work<'_> = Box::new(move || {
        frame.clear();
        let responses = (0..partitions as i32)
            .map(|i| {
                PartitionProduceResponse::default()
                    .with_index(i)
                    .with_base_offset(77)
                    .with_log_start_offset(0)
            })
            .collect();
        let topic = TopicProduceResponse::default().with_name(name()).with_partition_responses(responses);
        ProduceResponse::default().with_responses(vec![topic]).encode(&mut frame, PRODUCE).expect("fits");
        frame.len()
    });
    f(
        Case {
            name: format!("Produce response encode, {partitions} partitions"),
            bytes: 0,
            ours,
            theirs: Some(theirs),
        },
        false,
    );
}

fn name() -> TopicName {
    TopicName(StrBytes::from_static_str("a-topic"))
}

fn fetch_request(f: &mut impl FnMut(Case<'_>, bool), partitions: usize) {
    use wire::fetch_request::{FetchPartition, FetchTopic};
    let all = (0..partitions as i32)
        .map(|partition| FetchPartition { partition, partition_max_bytes: 1 << 20, ..Default::default() })
        .collect();
    let topic = FetchTopic { topic: "a-topic".into(), partitions: all, ..Default::default() };
    let body = encoded(&wire::FetchRequest { topics: vec![topic], ..Default::default() }, FETCH);
    let mut buf = FetchRequestBuf::default();
    let ours: Work<'_> = Box::new(|| {
        buf.decode(body.clone(), FETCH, 1000).expect("well-formed");
        buf.partitions_len()
    });
    let theirs: Work<'_> = Box::new(|| {
        let m = FetchRequest::decode(&mut body.clone(), FETCH).expect("well-formed");
        m.topics.iter().map(|t| t.partitions.len()).sum()
    });
    let name = format!("Fetch request decode, {partitions} partitions");
    f(Case { name, bytes: 0, ours, theirs: Some(theirs) }, false);
}

fn fetch_response(f: &mut impl FnMut(Case<'_>, bool), partitions: usize) {
    let records = batch(10, 1024, Codec::None);
    let (mine, copied) = (records.clone(), records);
    let mut frame = FetchFrame::default();
    let ours: Work<'_> = Box::new(move || {
        let head =
            ResponseHead { correlation_id: 7, throttle_time_ms: 0, error_code: 0, session_id: 0, topics: 1 };
        let mut w = frame.begin(FETCH, head, 64 * (partitions + 1)).expect("few topics");
        w.topic("a-topic", TopicId::ZERO, partitions).expect("short");
        for index in 0..partitions as i32 {
            let head = PartitionHead { high_watermark: 77, ..PartitionHead::empty(index, 0) };
            w.partition(&head, mine.len()).expect("short");
        }
        w.end_topic();
        // What is sent: the heads, and the records where they lie.
        w.finish(&[]).expect("below 2 GiB");
        frame.take_heads().map(|(head, records)| head.len() + records).sum()
    });
    let mut out = BytesMut::with_capacity(2 << 20);
    let theirs: Work<'_> = Box::new(move || {
        out.clear();
        let all = (0..partitions as i32)
            .map(|i| {
                PartitionData::default()
                    .with_partition_index(i)
                    .with_high_watermark(77)
                    .with_records(Some(copied.clone()))
            })
            .collect();
        let topic = FetchableTopicResponse::default().with_topic(name()).with_partitions(all);
        FetchResponse::default().with_responses(vec![topic]).encode(&mut out, FETCH).expect("fits");
        out.len()
    });
    let name = format!("Fetch response encode, {partitions} partitions of 10 KiB");
    f(Case { name, bytes: 0, ours, theirs: Some(theirs) }, true);
}

/// GB/s are those of the batch as sent, compressed or not.
fn validation(f: &mut impl FnMut(Case<'_>, bool), records: usize, size: usize, codec: Codec) {
    let batch = batch(records, size, codec);
    let ours: Work<'_> = Box::new(|| validate(&batch, rules()).expect("sound").header.records_count as usize);
    let theirs: Work<'_> =
        Box::new(|| RecordBatchDecoder::decode(&mut batch.clone()).expect("sound").records.len());
    let plain = codec == Codec::None;
    let name = format!("Batch validation, {records} x {size} B, {}", codec.name());
    f(Case { name, bytes: batch.len(), ours, theirs: Some(theirs) }, !plain);
}
