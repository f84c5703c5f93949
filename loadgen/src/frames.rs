//! The requests that a benchmark sends: topics are created first, Produce frames are made once.
//!
//! Owner: the benchmark. Invariant: versions that Apache Kafka 4.x and ringlog both take.

use bytes::{Bytes, BytesMut};
use ringlog_wire::api::ApiKey;
use ringlog_wire::error_code::ErrorCode;
use ringlog_wire::generated::{
    CreateTopicsRequest, CreateTopicsResponse, ListOffsetsRequest, ListOffsetsResponse, MetadataRequest,
    MetadataResponse, ProduceRequest, create_topics_request::CreatableTopic,
    list_offsets_request::ListOffsetsPartition, list_offsets_request::ListOffsetsTopic,
    list_offsets_response::ListOffsetsTopicResponse, metadata_request::MetadataRequestTopic,
    metadata_response::MetadataResponseTopic, produce_request::PartitionProduceData,
    produce_request::TopicProduceData,
};
use ringlog_wire::message::{Request, Response};
use ringlog_wire::reader::Reader;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use ringlog_wire::writer::Sink;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Produce version of the benchmark: the newest that names topics.
const PRODUCE: i16 = 12;
const CREATE_TOPICS: i16 = 7;
const METADATA: i16 = 12;
const LIST_OFFSETS: i16 = 7;
/// The timestamp of ListOffsets that asks for the log's end.
const LATEST: i64 = -1;
/// Memory a response may take once decoded, bytes.
pub const DECODE_MAX: usize = 64 << 20;
/// A frame above this is no answer, bytes.
pub const FRAME_MAX: usize = 256 << 20;
/// How long a broker may take to lead all partitions of a new topic.
const LEADERS_WITHIN: Duration = Duration::from_secs(60);

/// A whole request frame with correlation id 0.
pub fn request<R: Request>(version: i16, body: &R) -> io::Result<Vec<u8>> {
    let mut out = BytesMut::new();
    out.int32(0);
    out.int16(R::API as i16);
    out.int16(version);
    out.int32(0);
    out.nullable_string(false, Some("loadgen")).map_err(io::Error::other)?;
    if R::API.request_header_version(version) == 2 {
        out.uvarint(0);
    }
    body.encode(&mut out, version).map_err(io::Error::other)?;
    let size = u32::try_from(out.len() - 4).map_err(io::Error::other)?;
    let mut frame = out.to_vec();
    frame.splice(..4, size.to_be_bytes());
    Ok(frame)
}

/// Sends one request and waits for its answer. Errors: the socket's, and an answer that is none.
pub fn call<Q: Request, A: Response>(socket: &mut TcpStream, version: i16, body: &Q) -> io::Result<A> {
    socket.write_all(&request(version, body)?)?;
    let mut size = [0u8; 4];
    socket.read_exact(&mut size)?;
    let size = u32::from_be_bytes(size);
    if !(4..=FRAME_MAX).contains(&(size as usize)) {
        return Err(io::Error::other(format!("an answer of {size} bytes")));
    }
    // Not zeroed first: a fetched MiB would cost the client as much again.
    let mut frame = Vec::with_capacity(size as usize);
    if socket.take(u64::from(size)).read_to_end(&mut frame)? < size as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    answer(version, &Bytes::from(frame).slice(4..))
}

/// Decodes an answer behind its correlation id. Errors: it is none, or takes more than 64 MiB.
pub fn answer<A: Response>(version: i16, frame: &Bytes) -> io::Result<A> {
    let mut reader = Reader::new(frame, DECODE_MAX);
    if A::API.response_header_version(version) == 1 {
        reader.skip_tags().map_err(io::Error::other)?;
    }
    A::decode(&mut reader, version).map_err(io::Error::other)
}

/// Creates `topic` with `partitions` partitions and waits until every one has a leader.
/// Errors: the broker refuses, or does not lead all of them within a minute.
pub fn create_topic(addr: SocketAddr, topic: &str, partitions: u32) -> io::Result<()> {
    let mut socket = TcpStream::connect(addr)?;
    socket.set_nodelay(true)?;
    let num_partitions = i32::try_from(partitions).map_err(io::Error::other)?;
    let creatable = CreatableTopic {
        name: topic.to_owned(),
        num_partitions,
        replication_factor: 1,
        ..Default::default()
    };
    let body = CreateTopicsRequest { topics: vec![creatable], timeout_ms: 60_000, validate_only: false };
    let answer: CreateTopicsResponse = call(&mut socket, CREATE_TOPICS, &body)?;
    if let Some(bad) = answer.topics.iter().find(|t| t.error_code != 0) {
        return Err(io::Error::other(format!(
            "CreateTopics answered {}: {:?}",
            bad.error_code, bad.error_message
        )));
    }
    wait_for_leaders(addr, topic, partitions)
}

/// Waits until the broker leads every partition of `topic` and answers for it.
///
/// Metadata alone is not enough: Apache Kafka shows the leaders of new partitions before it has made their logs,
/// and refuses records meanwhile. Errors: not all of them within a minute.
pub fn wait_for_leaders(addr: SocketAddr, topic: &str, partitions: u32) -> io::Result<()> {
    let mut socket = TcpStream::connect(addr)?;
    socket.set_nodelay(true)?;
    let named = MetadataRequestTopic { name: Some(topic.to_owned()), ..Default::default() };
    let metadata = MetadataRequest { topics: Some(vec![named]), ..Default::default() };
    let latest = |partition_index| ListOffsetsPartition {
        partition_index,
        timestamp: LATEST,
        current_leader_epoch: -1,
    };
    let all = i32::try_from(partitions).map_err(io::Error::other)?;
    let asked = ListOffsetsTopic { name: topic.to_owned(), partitions: (0..all).map(latest).collect() };
    let offsets =
        ListOffsetsRequest { replica_id: -1, isolation_level: 0, topics: vec![asked], ..Default::default() };
    let start = Instant::now();
    loop {
        let answer: MetadataResponse = call(&mut socket, METADATA, &metadata)?;
        let led = |t: &MetadataResponseTopic| {
            t.partitions.len() == partitions as usize && t.partitions.iter().all(|p| p.error_code == 0)
        };
        if answer.topics.first().is_some_and(led) {
            let answer: ListOffsetsResponse = call(&mut socket, LIST_OFFSETS, &offsets)?;
            let ready = |t: &ListOffsetsTopicResponse| {
                t.partitions.len() == partitions as usize && t.partitions.iter().all(|p| p.error_code == 0)
            };
            if answer.topics.first().is_some_and(ready) {
                return Ok(());
            }
        }
        if start.elapsed() > LEADERS_WITHIN {
            return Err(io::Error::other("not every partition is led after a minute"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// One Produce frame (acks=all, one record of `value_bytes`) for each partition of `topic`.
pub fn produce_requests(topic: &str, partitions: u32, value_bytes: usize) -> io::Result<Vec<Vec<u8>>> {
    // Not all the same byte, so that nothing on the way can be quick about it.
    let value: Vec<u8> = (0..value_bytes).map(|i| (i * 31 % 251) as u8).collect();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_err(io::Error::other)?;
    let now_ms = i64::try_from(now.as_millis()).map_err(io::Error::other)?;
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(now_ms, None, Some(&value), &[]);
    let records = builder.build().map_err(io::Error::other)?;
    (0..partitions).map(|index| produce_request(topic, index, &records)).collect()
}

/// One Produce frame (acks=all) with `records` for one partition.
pub fn produce_request(topic: &str, partition: u32, records: &Bytes) -> io::Result<Vec<u8>> {
    let index = i32::try_from(partition).map_err(io::Error::other)?;
    let partition = PartitionProduceData { index, records: Some(records.clone()) };
    let topic_data = vec![TopicProduceData {
        name: topic.to_owned(),
        partition_data: vec![partition],
        ..Default::default()
    }];
    request(PRODUCE, &ProduceRequest { acks: -1, timeout_ms: 30_000, topic_data, ..Default::default() })
}

/// One batch of `bytes` of records, 1 KiB each. Errors: none of 1 KiB or more.
pub fn large_batch(bytes: usize) -> io::Result<Bytes> {
    let mut builder = BatchBuilder::new(BatchOptions::default());
    let value: Vec<u8> = (0..1024).map(|i| (i * 31 % 251) as u8).collect();
    for _ in 0..bytes / value.len() {
        builder.append(1_700_000_000_000, None, Some(&value), &[]);
    }
    builder.build().map_err(io::Error::other)
}

/// Sends a Produce frame and waits for its answer, through `memory`; what is wrong with it, if anything.
/// Errors: the socket's.
pub fn produce(socket: &mut TcpStream, frame: &[u8], memory: &mut Vec<u8>) -> io::Result<Option<String>> {
    socket.write_all(frame)?;
    let mut length = [0; 4];
    socket.read_exact(&mut length)?;
    memory.resize(u32::from_be_bytes(length) as usize, 0);
    socket.read_exact(memory)?;
    Ok(check_produce(memory.get(4..).unwrap_or_default()))
}

/// What is wrong with a Produce answer (header tags and body), if anything.
pub fn check_produce(body: &[u8]) -> Option<String> {
    // One topic, one partition: header tags, two array lengths around the name, index, then the error code.
    // Decoding all of it would cost the client more than the broker may take; errors are rare.
    let (_tags, rest) = body.split_first()?;
    let (first, second) = (usize::from(rest.get(1).copied()?), usize::from(rest.get(2).copied()?));
    // A name of 127 bytes or more has a length of two bytes.
    let (name, more) = if first < 128 { (first, 0) } else { (first - 128 + second * 128, 1) };
    let at = 1 + more + name + 1 + 4;
    let code = rest.get(at..at + 2).and_then(|c| c.try_into().ok()).map(i16::from_be_bytes)?;
    if code == 0 {
        return None;
    }
    let known = ErrorCode::from_code(code).map_or_else(|| code.to_string(), |e| e.name().to_owned());
    Some(format!("{:?} answered {known}", ApiKey::Produce))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::generated::ProduceResponse;
    use ringlog_wire::generated::produce_response::{PartitionProduceResponse, TopicProduceResponse};

    #[test]
    fn the_quick_check_reads_the_error_code_where_the_codec_writes_it() {
        for (code, wrong, name) in
            [(0, false, 5), (56, true, 5), (0, false, 249), (3, true, 249), (3, true, 126)]
        {
            let partition = PartitionProduceResponse { index: 3, error_code: code, ..Default::default() };
            let topic = TopicProduceResponse {
                name: "b".repeat(name),
                partition_responses: vec![partition],
                ..Default::default()
            };
            let answer = ProduceResponse { responses: vec![topic], ..Default::default() };
            let mut body = BytesMut::new();
            body.uvarint(0);
            answer.encode(&mut body, PRODUCE).unwrap();
            assert_eq!(check_produce(&body).is_some(), wrong, "error code {code}");
        }
    }
}
