//! Reads the tail of partitions, and says how old each record was when it came.
//!
//! Owner: one generator thread. Invariants: one Fetch is in flight on each connection; a partition's next offset only
//! moves behind whole batches.

use super::measure::Book;
use super::payload::stamp_of;
use crate::frames;
use bytes::Bytes;
use ringlog_wire::compress::{Codec, decompress};
use ringlog_wire::generated::{
    FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse,
    fetch_request::{FetchPartition, FetchTopic},
    list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic},
};
use ringlog_wire::reader::Reader;
use ringlog_wire::record::batch::{BatchHeader, Batches};
use ringlog_wire::record::walk::Records;
use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpStream};

/// The newest Fetch that names topics.
const FETCH: i16 = 12;
const LIST_OFFSETS: i16 = 7;
/// The timestamp of ListOffsets that asks for the log's end.
const LATEST: i64 = -1;
/// Memory an answer may take once decoded, bytes.
const DECODE_MAX: usize = 64 << 20;

/// What one connection reads.
pub struct Reading {
    topic: String,
    /// Next offset by partition.
    next: BTreeMap<i32, i64>,
}

impl Reading {
    /// From the ends of these partitions of the broker at `addr`.
    pub fn from_end(addr: SocketAddr, topic: &str, partitions: &[usize]) -> io::Result<Self> {
        let asked = partitions.iter().map(|p| {
            let partition_index = i32::try_from(*p).map_err(io::Error::other)?;
            Ok(ListOffsetsPartition { partition_index, timestamp: LATEST, current_leader_epoch: -1 })
        });
        let partitions = asked.collect::<io::Result<Vec<_>>>()?;
        let topics = vec![ListOffsetsTopic { name: topic.to_owned(), partitions }];
        let body = ListOffsetsRequest { replica_id: -1, isolation_level: 0, topics, ..Default::default() };
        let answer: ListOffsetsResponse = frames::call(&mut TcpStream::connect(addr)?, LIST_OFFSETS, &body)?;
        let ends = answer.topics.iter().flat_map(|t| &t.partitions);
        let next = ends.map(|p| match p.error_code {
            0 => Ok((p.partition_index, p.offset)),
            code => Err(io::Error::other(format!("ListOffsets answered {code}"))),
        });
        Ok(Self { topic: topic.to_owned(), next: next.collect::<io::Result<_>>()? })
    }

    /// The next Fetch.
    pub fn request(&self) -> io::Result<Vec<u8>> {
        let partition = |(index, offset): (&i32, &i64)| FetchPartition {
            partition: *index,
            fetch_offset: *offset,
            partition_max_bytes: 1 << 20,
            ..FetchPartition::default()
        };
        let partitions = self.next.iter().map(partition).collect();
        let topics = vec![FetchTopic { topic: self.topic.clone(), partitions, ..FetchTopic::default() }];
        let body = FetchRequest {
            max_wait_ms: 500,
            min_bytes: 1,
            max_bytes: 50 << 20,
            topics,
            ..FetchRequest::default()
        };
        frames::request(FETCH, &body)
    }

    /// Books an answer (its header tags and body).
    pub fn answered(&mut self, book: &mut Book, body: &[u8], now: u64) -> io::Result<()> {
        let body = Bytes::copy_from_slice(body);
        let mut reader = Reader::new(&body, DECODE_MAX);
        reader.skip_tags().map_err(io::Error::other)?;
        let answer = FetchResponse::decode(&mut reader, FETCH).map_err(io::Error::other)?;
        for partition in answer.responses.iter().flat_map(|t| &t.partitions) {
            if partition.error_code != 0 {
                return Err(io::Error::other(format!("Fetch answered {}", partition.error_code)));
            }
            let Some(next) = self.next.get_mut(&partition.partition_index) else { continue };
            let records = partition.records.clone().unwrap_or_default();
            for batch in Batches::new(&records) {
                let batch = batch.map_err(|e| io::Error::other(format!("a bad batch: {e:?}")))?;
                let header = *batch.header();
                let payload = records.slice_ref(batch.payload());
                let skipped = *next - header.base_offset;
                for due in stamps(&payload, &header, skipped)? {
                    book.read(due, now);
                }
                *next = header.next_offset();
            }
        }
        Ok(())
    }
}

/// The due times of a batch's records, without the first `skipped` offsets.
fn stamps(payload: &Bytes, header: &BatchHeader, skipped: i64) -> io::Result<Vec<u64>> {
    let bad = |what: &dyn std::fmt::Debug| io::Error::other(format!("a bad batch: {what:?}"));
    let payload = match header.attributes.codec().ok_or_else(|| bad(&"its codec"))? {
        Codec::None => payload.clone(),
        codec => decompress(codec, payload, &Default::default()).map_err(|e| bad(&e))?.into(),
    };
    let mut due = Vec::new();
    for record in Records::new(&payload, header.records_count) {
        let record = record.map_err(|e| bad(&e))?;
        if i64::from(record.offset_delta) >= skipped {
            due.extend(record.value.and_then(stamp_of));
        }
    }
    Ok(due)
}
