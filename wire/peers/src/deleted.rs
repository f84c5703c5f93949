//! What ListOffsets answers after records were deleted, step by step, beside Apache Kafka.
//!
//! Owner: the comparison of answers. Both brokers go through the same deletions and are asked the same after each; every
//! special timestamp and some of records is asked, and offset, timestamp and error must be equal.

use crate::answers::{create_with, exchange};
use crate::dial::Dial;
use bytes::Bytes;
use ringlog_wire::ApiKey;
use ringlog_wire::generated::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use ringlog_wire::generated::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use ringlog_wire::generated::produce_request::{PartitionProduceData, TopicProduceData};
use ringlog_wire::generated::{
    DeleteRecordsRequest, DeleteRecordsResponse, ListOffsetsRequest, ListOffsetsResponse, ProduceRequest,
    ProduceResponse,
};
use ringlog_wire::message::Message;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds of the records behind a moment now, in batches: the largest stands in the middle.
const BATCHES: [&[i64]; 4] = [&[10, 20], &[90, 50], &[30], &[40, 60, 90]];
/// Fillers that close a segment of a megabyte.
const FILLERS: usize = 3;
const FILLER: usize = 400_000;

struct Step<'a> {
    topic: &'a str,
    dial: &'a mut Dial,
    now: i64,
}

/// Runs the script against both and compares.
///
/// Errors: a broker that does not answer.
pub fn compare(ours: &mut Dial, kafka: &mut Dial, failures: &mut Vec<String>) -> Result<(), String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|e| e.to_string())?.as_millis() as i64;
    let mut compared = 0;
    // One segment, and records that lie in several.
    for (topic, fillers) in [("gone", 0), ("gone-in-segments", FILLERS)] {
        let mut seen = Vec::new();
        for dial in [&mut *ours, &mut *kafka] {
            create_with(dial, topic, &[("segment.bytes", "1048576")])?;
            seen.push(script(&mut Step { topic, dial, now }, fillers)?);
        }
        let [a, b] = seen.as_slice() else { return Err("two brokers".into()) };
        compared += a.len();
        for (mine, theirs) in a.iter().zip(b).filter(|(a, b)| a != b) {
            failures.push(format!("ListOffsets of {topic}: ours {mine}, Kafka {theirs}"));
        }
    }
    println!("ListOffsets after deletions: {compared} answers compared");
    Ok(())
}

/// Every answer of the script, as text.
fn script(step: &mut Step<'_>, fillers: usize) -> Result<Vec<String>, String> {
    let mut said = Vec::new();
    step.wait()?;
    step.ask("when empty", &mut said)?;
    let mut end = 0;
    for times in BATCHES {
        let records: Vec<(i64, usize)> = times.iter().map(|t| (*t, 10)).collect();
        step.produce(&records)?;
        end += times.len() as i64;
    }
    step.ask("of all", &mut said)?;
    for to in [1, 3, 4, end] {
        step.delete(to)?;
        step.ask(&format!("from {to} on"), &mut said)?;
    }
    for n in 0..fillers {
        step.produce(&[(n as i64, FILLER)])?;
    }
    step.ask("of more", &mut said)?;
    step.delete(-1)?;
    step.ask("of nothing", &mut said)?;
    // With segments that are about to be deleted, Apache Kafka looks for a time in the first of them only, and finds
    // nothing: what it answers depends on when they go.
    if fillers == 0 {
        step.produce(&[(5, 10)])?;
        step.ask("of one", &mut said)?;
    }
    Ok(said)
}

impl Step<'_> {
    fn call<M: Message, R: Message>(&mut self, api: ApiKey, version: i16, request: &M) -> Result<R, String> {
        let mut body = Vec::new();
        request.encode(&mut body, version).map_err(|e| e.to_string())?;
        exchange(self.dial, api, version, &body)
    }

    /// One batch of records with these times and sizes.
    fn produce(&mut self, records: &[(i64, usize)]) -> Result<(), String> {
        let mut batch = BatchBuilder::new(BatchOptions::default());
        for (time, size) in records {
            batch.append(self.now + time, None, Some(&vec![b'x'; *size]), &[]);
        }
        let records = batch.build().map_err(|e| format!("{e:?}"))?;
        let partition_data = vec![PartitionProduceData { index: 0, records: Some(Bytes::from(records)) }];
        let topic = TopicProduceData { name: self.topic.into(), partition_data, ..Default::default() };
        let request =
            ProduceRequest { acks: -1, timeout_ms: 10_000, topic_data: vec![topic], ..Default::default() };
        for _ in 0..50 {
            let answer: ProduceResponse = self.call(ApiKey::Produce, 9, &request)?;
            let code =
                answer.responses.first().and_then(|t| t.partition_responses.first()).map(|p| p.error_code);
            match code {
                Some(0) => return Ok(()),
                // The topic was made a moment ago.
                Some(3 | 5 | 6) => std::thread::sleep(Duration::from_millis(100)),
                code => return Err(format!("Produce to {}: {code:?}", self.topic)),
            }
        }
        Err(format!("{} is never led", self.topic))
    }

    fn delete(&mut self, offset: i64) -> Result<(), String> {
        let partitions = vec![DeleteRecordsPartition { partition_index: 0, offset }];
        let topics = vec![DeleteRecordsTopic { name: self.topic.into(), partitions }];
        let request = DeleteRecordsRequest { topics, timeout_ms: 10_000 };
        let answer: DeleteRecordsResponse = self.call(ApiKey::DeleteRecords, 2, &request)?;
        let code = answer.topics.first().and_then(|t| t.partitions.first()).map(|p| p.error_code);
        if code == Some(0) { Ok(()) } else { Err(format!("DeleteRecords to {offset}: {code:?}")) }
    }

    /// Until the topic, which was made a moment ago, is led.
    fn wait(&mut self) -> Result<(), String> {
        for _ in 0..50 {
            if self.list(-1)?.0 == 0 {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("{} is never led", self.topic))
    }

    /// Error, offset and time that ListOffsets answers.
    fn list(&mut self, timestamp: i64) -> Result<(i16, i64, i64), String> {
        let one = ListOffsetsPartition { partition_index: 0, current_leader_epoch: -1, timestamp };
        let topic = ListOffsetsTopic { name: self.topic.into(), partitions: vec![one] };
        let request = ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..Default::default() };
        let answer: ListOffsetsResponse = self.call(ApiKey::ListOffsets, 11, &request)?;
        let p = answer.topics.first().and_then(|t| t.partitions.first());
        Ok(p.map_or((-1, -1, -1), |p| (p.error_code, p.offset, p.timestamp)))
    }

    fn ask(&mut self, when: &str, said: &mut Vec<String>) -> Result<(), String> {
        let times = [0, 25, 60, 90, 91].map(|t| self.now + t);
        for timestamp in [-1, -2, -3, -4, -5, -6].into_iter().chain(times) {
            let (error, offset, at) = self.list(timestamp)?;
            let at = if at < 0 { at } else { at - self.now };
            let asked = if timestamp < 0 { timestamp } else { timestamp - self.now };
            said.push(format!("{when}, {asked}: error {error} offset {offset} time {at}"));
        }
        Ok(())
    }
}
