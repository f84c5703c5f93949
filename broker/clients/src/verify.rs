//! The checker: what was acknowledged is what the log holds, record by record, in order, once.
//!
//! Owner: a test or a loop. It knows nothing of the broker but the Kafka protocol. Invariants: it reads every offset
//! from its start to the high watermark; an offset has exactly one record; one client's records in a partition are
//! in the order in which it sent them.

use crate::record::Record;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use std::time::Duration;

/// How long the checker waits for a record that must be there.
const PATIENCE: Duration = Duration::from_secs(60);

/// All records that were sent, and acknowledged: for each client its places, in the order of sending.
pub struct Sent {
    /// Partition and offset of each record; record k of client c has the number k * clients + c.
    pub clients: Vec<Vec<(i32, i64)>>,
    /// Makes a record from its number.
    pub record: fn(usize) -> Record,
}

impl Sent {
    /// For each partition the numbers of its records by offset. Panics where an offset was given out twice or
    /// never, or a client's records changed their order.
    fn by_offset(&self, topic: &str, partitions: i32) -> Vec<Vec<usize>> {
        let mut logs: Vec<Vec<Option<usize>>> = vec![Vec::new(); partitions as usize];
        for (c, places) in self.clients.iter().enumerate() {
            let mut last = vec![-1; partitions as usize];
            for (k, &(partition, offset)) in places.iter().enumerate() {
                let number = k * self.clients.len() + c;
                let before = std::mem::replace(&mut last[partition as usize], offset);
                assert!(
                    before < offset,
                    "{topic}-{partition}: client {c} had offset {before}, then {offset}"
                );
                let (log, offset) = (&mut logs[partition as usize], offset as usize);
                if log.len() <= offset {
                    log.resize(offset + 1, None);
                }
                let twice = log[offset].replace(number);
                assert_eq!(twice, None, "{topic}-{partition} offset {offset} was given out twice");
            }
        }
        let whole = |(partition, log): (usize, Vec<Option<usize>>)| {
            let known = |(offset, number): (usize, Option<usize>)| {
                number.unwrap_or_else(|| panic!("{topic}-{partition} offset {offset} was never acknowledged"))
            };
            log.into_iter().enumerate().map(known).collect()
        };
        logs.into_iter().enumerate().map(whole).collect()
    }
}

/// Reads `topic` from the offsets `from` (one a partition) to its end, and compares with what was sent.
///
/// Result: the ends. Panics where a record is missing, wrong, out of order, or there without being acknowledged.
/// Errors: it cannot be read.
pub fn verify(bootstrap: &str, topic: &str, sent: &Sent, from: &[i64]) -> Result<Vec<i64>, String> {
    let unread = |e: KafkaError| format!("{topic} cannot be read from {bootstrap}: {e}");
    let partitions = from.len() as i32;
    let expected = sent.by_offset(topic, partitions);
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("group.id", "unused")
        .set("enable.auto.commit", "false")
        .set("check.crcs", "true")
        .create()
        .map_err(unread)?;
    let mut all = TopicPartitionList::new();
    for (partition, from) in (0..).zip(from) {
        all.add_partition_offset(topic, partition, Offset::Offset(*from)).map_err(unread)?;
    }
    consumer.assign(&all).map_err(unread)?;
    let mut next = from.to_vec();
    let ends: Vec<i64> = expected.iter().map(|log| log.len() as i64).collect();
    while next != ends {
        let message =
            consumer.poll(PATIENCE).unwrap_or_else(|| panic!("{topic}: no more after {next:?} of {ends:?}"));
        let message = message.map_err(unread)?;
        let (partition, offset) = (message.partition(), message.offset());
        let place = &mut next[partition as usize];
        assert_eq!(offset, *place, "{topic}-{partition} is dense and in order");
        *place += 1;
        let number = expected[partition as usize].get(offset as usize).copied();
        let number =
            number.unwrap_or_else(|| panic!("{topic}-{partition} offset {offset} was never acknowledged"));
        compare(&message, &(sent.record)(number), number);
    }
    for (partition, end) in (0..).zip(&ends) {
        let (low, high) = consumer.fetch_watermarks(topic, partition, PATIENCE).map_err(unread)?;
        assert_eq!((low, high), (0, *end), "{topic}-{partition}: the log's start and end");
    }
    Ok(ends)
}

fn compare(message: &impl Message, record: &Record, number: usize) {
    let at =
        format!("{}-{} offset {}: record {number}", message.topic(), message.partition(), message.offset());
    assert_eq!(message.key(), record.key.as_deref(), "{at}: key");
    assert!(message.payload() == record.value.as_deref(), "{at}: value");
    let headers = message.headers().map_or_else(Vec::new, |h| {
        h.iter().map(|h| (h.key.to_owned(), h.value.map(<[u8]>::to_vec))).collect::<Vec<_>>()
    });
    let sent: Vec<(String, Option<Vec<u8>>)> =
        record.headers.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
    assert_eq!(headers, sent, "{at}: headers");
}
