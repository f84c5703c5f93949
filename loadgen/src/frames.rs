//! The requests that a benchmark sends: topics are created first, Produce frames are made once.
//!
//! Owner: the benchmark, and the calls of a load. Invariant: a frame says its version, and its answer is read in that.

use crate::versions::{Caller, Versions, name_of};
use bytes::{Bytes, BytesMut};
use ringlog_wire::api::ApiKey;
use ringlog_wire::generated::{
    CreateTopicsRequest, ListOffsetsRequest, MetadataRequest, ProduceRequest,
    create_topics_request::CreatableTopic, list_offsets_request::ListOffsetsPartition,
    list_offsets_request::ListOffsetsTopic, list_offsets_response::ListOffsetsTopicResponse,
    metadata_request::MetadataRequestTopic, metadata_response::MetadataResponseTopic,
    produce_request::PartitionProduceData, produce_request::TopicProduceData,
};
use ringlog_wire::message::{Request, Response};
use ringlog_wire::reader::Reader;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use ringlog_wire::writer::Sink;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The Produce that the bare servers are sent, which look at no version.
pub const BARE_PRODUCE: i16 = 12;
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

/// Sends one request and waits for its answer, through `memory`. Errors: the socket's, and an answer that is none.
pub fn call<Q: Request>(
    socket: &mut TcpStream,
    memory: &mut Memory,
    version: i16,
    body: &Q,
) -> io::Result<Q::Response> {
    socket.write_all(&request(version, body)?)?;
    answer(version, &memory.frame(socket)?)
}

/// What a client receives into, again and again: the pages of a fresh MiB cost it as much as what it fetches.
#[derive(Debug, Default)]
pub struct Memory(Bytes);

impl Memory {
    /// The next answer, behind its correlation id. The memory is as large as the largest one, and a new one while
    /// someone still holds what was read before. Errors: the socket's, and a length that no answer has.
    fn frame(&mut self, socket: &mut TcpStream) -> io::Result<Bytes> {
        let mut size = [0; 4];
        socket.read_exact(&mut size)?;
        let size = u32::from_be_bytes(size) as usize;
        if !(4..=FRAME_MAX).contains(&size) {
            return Err(io::Error::other(format!("an answer of {size} bytes")));
        }
        let mut memory = std::mem::take(&mut self.0).try_into_mut().unwrap_or_default();
        if memory.len() < size {
            memory.resize(size, 0);
        }
        let read = memory.get_mut(..size).map(|room| socket.read_exact(room));
        self.0 = memory.freeze();
        read.transpose()?;
        Ok(self.0.slice(4..size))
    }
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
    let mut caller = Caller::connect(addr)?;
    let num_partitions = i32::try_from(partitions).map_err(io::Error::other)?;
    let creatable = CreatableTopic {
        name: topic.to_owned(),
        num_partitions,
        replication_factor: 1,
        ..Default::default()
    };
    let body = CreateTopicsRequest { topics: vec![creatable], timeout_ms: 60_000, validate_only: false };
    let answer = caller.call(&body)?;
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
    let mut caller = Caller::connect(addr)?;
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
        let answer = caller.call(&metadata)?;
        let led = |t: &MetadataResponseTopic| {
            t.partitions.len() == partitions as usize && t.partitions.iter().all(|p| p.error_code == 0)
        };
        if answer.topics.first().is_some_and(led) {
            let answer = caller.call(&offsets)?;
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

/// The newest Produce in common with a broker. Errors: the socket's, and there is none.
pub fn produce_version(addr: SocketAddr) -> io::Result<i16> {
    Versions::ask(addr)?.newest(ApiKey::Produce)
}

/// One Produce frame (acks=all, one record of `value_bytes`) for each partition of `topic`.
pub fn produce_requests(
    version: i16,
    (topic, partitions): (&str, u32),
    value_bytes: usize,
) -> io::Result<Vec<Vec<u8>>> {
    // Not all the same byte, so that nothing on the way can be quick about it.
    let value: Vec<u8> = (0..value_bytes).map(|i| (i * 31 % 251) as u8).collect();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_err(io::Error::other)?;
    let now_ms = i64::try_from(now.as_millis()).map_err(io::Error::other)?;
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(now_ms, None, Some(&value), &[]);
    let records = builder.build().map_err(io::Error::other)?;
    (0..partitions).map(|index| produce_request(version, (topic, index), &records)).collect()
}

/// One Produce frame (acks=all) with `records` for one partition.
pub fn produce_request(
    version: i16,
    (topic, partition): (&str, u32),
    records: &Bytes,
) -> io::Result<Vec<u8>> {
    let index = i32::try_from(partition).map_err(io::Error::other)?;
    let partition = PartitionProduceData { index, records: Some(records.clone()) };
    let topic_data = vec![TopicProduceData {
        name: topic.to_owned(),
        partition_data: vec![partition],
        ..Default::default()
    }];
    request(version, &ProduceRequest { acks: -1, timeout_ms: 30_000, topic_data, ..Default::default() })
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
/// Errors: the socket's, and a length that no answer has.
pub fn produce(socket: &mut TcpStream, frame: &[u8], memory: &mut Memory) -> io::Result<Option<String>> {
    socket.write_all(frame)?;
    let version = frame.get(6..8).and_then(|v| v.try_into().ok()).map_or(0, i16::from_be_bytes);
    Ok(check_produce(version)(&memory.frame(socket)?))
}

/// What is wrong with an answer (behind its correlation id), if anything.
pub type Check = fn(&[u8]) -> Option<String>;

/// The check of a Produce answer of `version` for one partition. It reads the error code where it lies: decoding all
/// of it would cost the client more than the broker may take, and errors are rare.
#[must_use]
pub fn check_produce(version: i16) -> Check {
    if ApiKey::Produce.response_header_version(version) == 1 { check_flexible } else { check_plain }
}

/// Versions from 9 on: header tags, two array lengths around the name, index, then the error code.
fn check_flexible(body: &[u8]) -> Option<String> {
    let (_tags, rest) = body.split_first()?;
    let (first, second) = (usize::from(rest.get(1).copied()?), usize::from(rest.get(2).copied()?));
    // A name of 127 bytes or more has a length of two bytes.
    let (name, more) = if first < 128 { (first, 0) } else { (first - 128 + second * 128, 1) };
    refused(body, 1 + 1 + more + name + 1 + 4)
}

/// Versions before: lengths are of fixed sizes, and there are no tags.
fn check_plain(body: &[u8]) -> Option<String> {
    let name = body.get(4..6).and_then(|n| n.try_into().ok()).map(u16::from_be_bytes)?;
    refused(body, 4 + 2 + usize::from(name) + 4 + 4)
}

fn refused(body: &[u8], at: usize) -> Option<String> {
    let code = body.get(at..at + 2).and_then(|c| c.try_into().ok()).map(i16::from_be_bytes)?;
    if code == 0 {
        return None;
    }
    Some(format!("{:?} answered {}", ApiKey::Produce, name_of(code)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::generated::ProduceResponse;
    use ringlog_wire::generated::produce_response::{PartitionProduceResponse, TopicProduceResponse};
    use std::net::{Ipv4Addr, TcpListener};

    #[test]
    fn the_quick_check_reads_the_error_code_where_the_codec_writes_it() {
        let answers = [(0, 5), (56, 5), (0, 249), (3, 249), (3, 126), (0, 127)];
        for (version, (code, name)) in (3..=12).flat_map(|v| answers.map(|a| (v, a))) {
            let partition = PartitionProduceResponse { index: 3, error_code: code, ..Default::default() };
            let topic = TopicProduceResponse {
                name: "b".repeat(name),
                partition_responses: vec![partition],
                ..Default::default()
            };
            let answer = ProduceResponse { responses: vec![topic], ..Default::default() };
            let mut body = BytesMut::new();
            if ApiKey::Produce.response_header_version(version) == 1 {
                body.uvarint(0);
            }
            answer.encode(&mut body, version).unwrap();
            let found = check_produce(version)(&body);
            assert_eq!(found.is_some(), code != 0, "version {version}, error code {code}: {found:?}");
        }
    }

    #[test]
    fn memory_is_used_again_but_never_under_what_someone_still_holds() {
        let (mut socket, mut peer) = connected();
        for answer in [&b"ididfirst"[..], b"ididsecond!!", b"idid3rd"] {
            peer.write_all(&(answer.len() as u32).to_be_bytes()).unwrap();
            peer.write_all(answer).unwrap();
        }
        let mut memory = Memory::default();
        let first = memory.frame(&mut socket).unwrap();
        let second = memory.frame(&mut socket).unwrap();
        assert_eq!((&first[..], &second[..]), (&b"first"[..], &b"second!!"[..]));
        let place = second.as_ptr();
        drop((first, second));
        let third = memory.frame(&mut socket).unwrap();
        assert_eq!((&third[..], third.as_ptr()), (&b"3rd"[..], place));
    }

    #[test]
    fn a_length_that_no_answer_has_takes_no_memory() {
        for size in [0, 3, FRAME_MAX as u32 + 1, u32::MAX] {
            let (mut socket, mut peer) = connected();
            peer.write_all(&size.to_be_bytes()).unwrap();
            drop(peer);
            let mut memory = Memory::default();
            let why = produce(&mut socket, b"", &mut memory).unwrap_err().to_string();
            assert_eq!((why, memory.0.len()), (format!("an answer of {size} bytes"), 0));
        }
    }

    fn connected() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (socket, listener.accept().unwrap().0)
    }
}
