//! A client that does nothing wrong, beside those that do: it writes and reads, and looks at the broker's memory.
//!
//! Owner: one comparison. Invariant: each of its records is acknowledged with the next offset and read back.

use crate::dial::head;
use bytes::Bytes;
use ringlog_wire::ApiKey;
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use ringlog_wire::generated::produce_request::{PartitionProduceData, TopicProduceData};
use ringlog_wire::generated::{FetchRequest, FetchResponse, ProduceRequest, ProduceResponse};
use ringlog_wire::header::response_head_len;
use ringlog_wire::message::Message;
use ringlog_wire::reader::Reader;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What hostile peers may add to the broker's resident memory.
const GROWTH_MAX_KIB: u64 = 128 << 10;

#[derive(Default)]
struct Seen {
    rounds: u64,
    slowest: Duration,
    memory_first_kib: u64,
    memory_most_kib: u64,
}

/// A running client.
pub struct Honest {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Seen, String>>,
}

impl Honest {
    /// Starts writing to and reading from topic `honest` at `address`, which process `pid` serves.
    pub fn start(address: &str, pid: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (address, flag) = (address.to_owned(), stop.clone());
        Self { stop, thread: std::thread::spawn(move || work(&address, pid, &flag)) }
    }

    /// Ends it and judges what it saw.
    pub fn finish(self, failures: &mut Vec<String>) {
        self.stop.store(true, Relaxed);
        match self.thread.join() {
            Ok(Ok(seen)) => {
                let grown = seen.memory_most_kib.saturating_sub(seen.memory_first_kib);
                println!(
                    "honest client: {} records written and read, slowest {:?}; the broker's memory {} MiB at first, {} at most",
                    seen.rounds,
                    seen.slowest,
                    seen.memory_first_kib >> 10,
                    seen.memory_most_kib >> 10
                );
                if grown > GROWTH_MAX_KIB || seen.rounds == 0 {
                    failures
                        .push(format!("honest client: memory grew by {grown} KiB, {} rounds", seen.rounds));
                }
            }
            Ok(Err(e)) => failures.push(format!("honest client: {e}")),
            Err(_) => failures.push("honest client: it panicked".into()),
        }
    }
}

fn work(address: &str, pid: u32, stop: &AtomicBool) -> Result<Seen, String> {
    let mut dial = crate::dial::Dial::new(address, Duration::from_secs(30));
    let mut seen = Seen::default();
    let mut next = None;
    while !stop.load(Relaxed) {
        let began = Instant::now();
        let offset = produce(&mut dial, seen.rounds)?;
        if next.is_some_and(|n| n != offset) {
            return Err(format!("offset {offset} instead of {next:?}"));
        }
        fetch(&mut dial, offset)?;
        next = Some(offset + 1);
        seen.slowest = seen.slowest.max(began.elapsed());
        let memory = memory_kib(pid)?;
        seen.memory_first_kib = if seen.rounds == 0 { memory } else { seen.memory_first_kib };
        seen.memory_most_kib = seen.memory_most_kib.max(memory);
        seen.rounds += 1;
    }
    Ok(seen)
}

fn memory_kib(pid: u32) -> Result<u64, String> {
    let status =
        std::fs::read_to_string(format!("/proc/{pid}/status")).map_err(|e| format!("process {pid}: {e}"))?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().map_err(|_| format!("process {pid} has no VmRSS"))
}

fn exchange<M: Message>(
    dial: &mut crate::dial::Dial,
    (api, version): (ApiKey, i16),
    request: &impl Message,
) -> Result<M, String> {
    let mut frame = head(api.key(), version, api.request_header_version(version));
    request.encode(&mut frame, version).map_err(|e| e.to_string())?;
    let answer = dial.raw(&frame)?.map_err(|o| format!("{}: {o:?}", api.name()))?;
    let body = Bytes::from(answer).split_off(response_head_len(api, version));
    M::decode(&mut Reader::new(&body, 64 << 20), version).map_err(|e| e.to_string())
}

fn produce(dial: &mut crate::dial::Dial, n: u64) -> Result<i64, String> {
    let mut b = BatchBuilder::new(BatchOptions::default());
    b.append(crate::wrong::now_ms(), None, Some(n.to_string().as_bytes()), &[]);
    let records = Some(b.build().map_err(|e| e.to_string())?);
    let partition_data = vec![PartitionProduceData { index: 0, records }];
    let topic = TopicProduceData { name: "honest".into(), partition_data, ..Default::default() };
    let request =
        ProduceRequest { acks: -1, timeout_ms: 30_000, topic_data: vec![topic], ..Default::default() };
    let m: ProduceResponse = exchange(dial, (ApiKey::Produce, 9), &request)?;
    match m.responses.iter().flat_map(|t| &t.partition_responses).next() {
        Some(p) if p.error_code == 0 => Ok(p.base_offset),
        other => Err(format!("produce: {other:?}")),
    }
}

fn fetch(dial: &mut crate::dial::Dial, offset: i64) -> Result<(), String> {
    let partition =
        FetchPartition { fetch_offset: offset, partition_max_bytes: 1 << 20, ..Default::default() };
    let topic = FetchTopic { topic: "honest".into(), partitions: vec![partition], ..Default::default() };
    let request = FetchRequest {
        max_wait_ms: 10_000,
        min_bytes: 1,
        topics: vec![topic],
        session_epoch: -1,
        ..Default::default()
    };
    let m: FetchResponse = exchange(dial, (ApiKey::Fetch, 11), &request)?;
    match m.responses.iter().flat_map(|t| &t.partitions).next() {
        Some(p) if p.error_code == 0 && p.records.as_ref().is_some_and(|r| !r.is_empty()) => Ok(()),
        other => Err(format!("fetch at {offset}: {other:?}")),
    }
}
