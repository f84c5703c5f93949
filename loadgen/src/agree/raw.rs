//! A second generator, to hold the first to: it shares no line with it, so that a mistake of one is not in both.
//!
//! Owner: one run, on the thread that called it. Invariants: the standard library only, frames written by hand, every
//! latency kept and sorted; records are due at fixed times that no answer moves, and a latency is from the due time;
//! it never sleeps. One record a request, acks of all, records in turn over the connections.
//!
//! Source: the protocol guide of Apache Kafka (Produce 3, record batch of magic 2), CRC-32C of RFC 3720.

use crate::interrupt;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Latencies that a run keeps, at most: 80 MB.
pub const RECORDS_MAX: u64 = 10_000_000;
/// How long the last answers are waited for.
const DRAIN: Duration = Duration::from_secs(10);
/// Where the correlation id stands in a request frame.
const CORRELATION: usize = 8;

/// What to do.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// Leader of the topic's only partition.
    pub addr: SocketAddr,
    /// The topic; it is there, with one partition.
    pub topic: &'a str,
    /// Records a second, all connections together.
    pub rate: f64,
    /// Connections.
    pub connections: usize,
    /// Bytes of a record's value.
    pub value_bytes: usize,
    /// Not counted, s.
    pub warmup: f64,
    /// Counted, s.
    pub seconds: f64,
}

/// CRC-32C, bit by bit: it is computed once a run.
fn crc32c(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0x82f6_3b78 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

/// A zigzag varint of a length.
fn varint(out: &mut Vec<u8>, n: usize) {
    let mut left = n << 1;
    while left >= 128 {
        out.push((left % 128) as u8 | 128);
        left /= 128;
    }
    out.push(left as u8);
}

/// A batch of one record without a key.
fn batch(value: &[u8], now_ms: i64) -> Vec<u8> {
    let mut record = vec![0, 0, 0]; // attributes, timestamp delta, offset delta
    record.push(1); // no key: -1
    varint(&mut record, value.len());
    record.extend_from_slice(value);
    record.push(0); // no headers
    let mut rest = Vec::new(); // what the CRC covers
    rest.extend_from_slice(&0i16.to_be_bytes()); // attributes
    rest.extend_from_slice(&0i32.to_be_bytes()); // last offset delta
    rest.extend_from_slice(&now_ms.to_be_bytes());
    rest.extend_from_slice(&now_ms.to_be_bytes());
    rest.extend_from_slice(&(-1i64).to_be_bytes()); // producer id
    rest.extend_from_slice(&(-1i16).to_be_bytes()); // its epoch
    rest.extend_from_slice(&(-1i32).to_be_bytes()); // sequence
    rest.extend_from_slice(&1i32.to_be_bytes()); // records
    varint(&mut rest, record.len());
    rest.extend_from_slice(&record);
    let mut out = Vec::new();
    out.extend_from_slice(&0i64.to_be_bytes()); // base offset
    out.extend_from_slice(&(rest.len() as i32 + 9).to_be_bytes());
    out.extend_from_slice(&(-1i32).to_be_bytes()); // leader epoch
    out.push(2); // magic
    out.extend_from_slice(&crc32c(&rest).to_be_bytes());
    out.extend_from_slice(&rest);
    out
}

/// The version of its requests.
pub const PRODUCE: i16 = 3;

/// A Produce request for partition 0.
fn request(topic: &str, batch: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend_from_slice(&0i16.to_be_bytes()); // Produce
    body.extend_from_slice(&PRODUCE.to_be_bytes());
    body.extend_from_slice(&0i32.to_be_bytes()); // correlation id, replaced
    body.extend_from_slice(&[0, 3]);
    body.extend_from_slice(b"raw"); // client id
    body.extend_from_slice(&(-1i16).to_be_bytes()); // no transactional id
    body.extend_from_slice(&(-1i16).to_be_bytes()); // acks: all
    body.extend_from_slice(&30_000i32.to_be_bytes());
    body.extend_from_slice(&1i32.to_be_bytes()); // topics
    body.extend_from_slice(&(topic.len() as i16).to_be_bytes());
    body.extend_from_slice(topic.as_bytes());
    body.extend_from_slice(&1i32.to_be_bytes()); // partitions
    body.extend_from_slice(&0i32.to_be_bytes());
    body.extend_from_slice(&(batch.len() as i32).to_be_bytes());
    body.extend_from_slice(batch);
    let mut out = (body.len() as i32).to_be_bytes().to_vec();
    out.extend_from_slice(&body);
    out
}

fn int(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..at + 4)?.try_into().ok().map(i32::from_be_bytes)
}

/// The error code of a Produce answer, version 3, behind its correlation id: one topic of that name, one partition.
fn error_code(body: &[u8], topic: &str) -> Option<i16> {
    let at = 4 + 2 + topic.len() + 4 + 4;
    body.get(at..at + 2)?.try_into().ok().map(i16::from_be_bytes)
}

struct Connection {
    socket: TcpStream,
    /// What the socket has not taken yet.
    output: Vec<u8>,
    input: Vec<u8>,
    correlation: i32,
    /// Correlation ids and due times of what is not answered.
    asked: VecDeque<(i32, Instant)>,
}

impl Connection {
    fn open(addr: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect(addr)?;
        socket.set_nodelay(true)?;
        socket.set_nonblocking(true)?;
        let (output, input) = (Vec::new(), Vec::new());
        Ok(Self { socket, output, input, correlation: 0, asked: VecDeque::new() })
    }

    fn send(&mut self, frame: &[u8], due: Instant) -> io::Result<()> {
        self.correlation = self.correlation.wrapping_add(1);
        let at = self.output.len() + CORRELATION;
        self.output.extend_from_slice(frame);
        if let Some(place) = self.output.get_mut(at..at + 4) {
            place.copy_from_slice(&self.correlation.to_be_bytes());
        }
        self.asked.push_back((self.correlation, due));
        self.write()
    }

    fn write(&mut self) -> io::Result<()> {
        while !self.output.is_empty() {
            match self.socket.write(&self.output) {
                Ok(n) => drop(self.output.drain(..n)),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Takes in what has come; `answered` gets the due time of each record that was acknowledged.
    fn read(&mut self, topic: &str, mut answered: impl FnMut(Instant)) -> io::Result<()> {
        let mut piece = [0; 4096];
        match self.socket.read(&mut piece) {
            Ok(0) => return Err(io::Error::other("the broker closed a connection of the raw client")),
            Ok(n) => self.input.extend_from_slice(piece.get(..n).unwrap_or_default()),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(e) => return Err(e),
        }
        while let Some(size) = int(&self.input, 0).and_then(|n| usize::try_from(n).ok()) {
            let Some(frame) = self.input.get(4..4 + size) else { break };
            let (correlation, due) =
                self.asked.pop_front().ok_or_else(|| io::Error::other("an answer that nobody asked for"))?;
            if int(frame, 0) != Some(correlation) {
                return Err(io::Error::other("an answer out of order"));
            }
            match error_code(frame.get(4..).unwrap_or_default(), topic) {
                Some(0) => answered(due),
                other => return Err(io::Error::other(format!("Produce answered {other:?}"))),
            }
            self.input.drain(..4 + size);
        }
        Ok(())
    }
}

/// The latencies of the counted part, ns, sorted. Errors: a connection failed, a record was refused, an answer did not
/// come, or the run would keep more than `RECORDS_MAX`.
pub fn run(plan: &Plan<'_>) -> io::Result<Vec<u64>> {
    let records = ((plan.warmup + plan.seconds) * plan.rate) as u64;
    if records > RECORDS_MAX {
        return Err(io::Error::other(format!("found {records} records; the raw client keeps {RECORDS_MAX}")));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
    let value: Vec<u8> = (0..plan.value_bytes).map(|i| (i * 31 % 251) as u8).collect();
    let now_ms = i64::try_from(now.as_millis()).map_err(io::Error::other)?;
    let frame = request(plan.topic, &batch(&value, now_ms));
    let mut all: Vec<Connection> =
        (0..plan.connections).map(|_| Connection::open(plan.addr)).collect::<io::Result<_>>()?;
    let mut latencies = Vec::with_capacity(records as usize);
    let began = Instant::now();
    let at = |seconds: f64| began + Duration::from_secs_f64(seconds);
    let (counted, end) = (at(plan.warmup), at(plan.warmup + plan.seconds));
    let (mut next, mut due) = (0u64, began);
    loop {
        if due < end && Instant::now() >= due {
            let turn = (next % plan.connections as u64) as usize;
            if let Some(connection) = all.get_mut(turn) {
                connection.send(&frame, due)?;
            }
            next += 1;
            due = at(next as f64 / plan.rate);
        }
        let mut waiting = false;
        for connection in all.iter_mut().filter(|c| !c.asked.is_empty()) {
            waiting = true;
            connection.write()?;
            connection.read(plan.topic, |due| {
                if due >= counted {
                    latencies.push(u64::try_from(due.elapsed().as_nanos()).unwrap_or(u64::MAX));
                }
            })?;
        }
        if due >= end && !waiting {
            break;
        }
        if interrupt::is_asked() {
            return Err(interrupt::error());
        }
        if Instant::now() > end + DRAIN {
            return Err(io::Error::other("answers to the raw client did not come within ten seconds"));
        }
    }
    latencies.sort_unstable();
    Ok(latencies)
}

/// The quantile of sorted latencies, µs; 0 of none.
#[must_use]
pub fn quantile(sorted: &[u64], q: f64) -> f64 {
    let at = (sorted.len() as f64 * q).ceil().max(1.0) as usize - 1;
    sorted.get(at).copied().unwrap_or(0) as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use ringlog_wire::generated::{ProduceRequest, ProduceResponse, produce_response};
    use ringlog_wire::reader::Reader;
    use ringlog_wire::record::batch::BatchView;

    #[test]
    fn the_codec_reads_what_was_written_by_hand() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        for bytes in [0, 1, 63, 64, 1024, 100_000] {
            let value = vec![7; bytes];
            let frame = request("some-topic", &batch(&value, 5));
            assert_eq!(int(&frame, 0), Some(frame.len() as i32 - 4));
            let body = Bytes::copy_from_slice(&frame[CORRELATION + 4 + 2 + 3..]);
            let mut reader = Reader::new(&body, 1 << 20);
            let read = ProduceRequest::decode(&mut reader, 3).unwrap();
            reader.finish_strict().unwrap();
            assert_eq!((read.acks, read.topic_data[0].name.as_str()), (-1, "some-topic"));
            let records = read.topic_data[0].partition_data[0].records.clone().unwrap();
            let view = BatchView::first(&records).unwrap();
            view.check_crc().unwrap();
            assert_eq!((view.bytes().len(), view.header().records_count), (records.len(), 1));
            let read: Vec<_> = view.records().map(|r| r.unwrap().value.map(<[u8]>::to_vec)).collect();
            assert_eq!(read, [Some(value)]);
        }
    }

    #[test]
    fn an_error_code_is_where_the_codec_writes_it() {
        let partition = produce_response::PartitionProduceResponse { error_code: 6, ..Default::default() };
        let topic = produce_response::TopicProduceResponse {
            name: "t7".into(),
            partition_responses: vec![partition],
            ..Default::default()
        };
        let mut body = Vec::new();
        ProduceResponse { responses: vec![topic], ..Default::default() }.encode(&mut body, 3).unwrap();
        assert_eq!(error_code(&body, "t7"), Some(6));
        assert_eq!(error_code(&body[..10], "t7"), None);
    }

    #[test]
    fn quantiles_are_of_the_sorted() {
        let all: Vec<u64> = (1..=100).map(|us| us * 1000).collect();
        assert_eq!((quantile(&all, 0.5), quantile(&all, 0.99), quantile(&[], 0.5)), (50.0, 99.0, 0.0));
    }
}
