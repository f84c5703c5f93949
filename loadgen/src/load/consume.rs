//! One consumer's reading from one broker: the next Fetch, and what its answer brings.
//!
//! Owner: one generator thread. Invariants: a partition's next offset only moves behind whole batches; what is read
//! of a partition that is no longer the consumer's is not counted.

use super::cluster::Cluster;
use super::fetched::{self, Fetched};
use super::measure::Book;
use super::payload::stamp_of;
use crate::frames;
use bytes::Bytes;
use ringlog_wire::compress::{Codec, decompress};
use ringlog_wire::error_code::ErrorCode;
use ringlog_wire::generated::{
    FetchRequest,
    fetch_request::{FetchPartition, FetchTopic},
};
use ringlog_wire::record::batch::{BatchHeader, Batches};
use ringlog_wire::record::walk::Records;
use std::collections::BTreeMap;
use std::io;

/// From where on a partition is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The next offset.
    pub next: i64,
    /// Where reading ends; `None`: never.
    pub until: Option<i64>,
}

/// How a consumer asks.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    /// Version of Fetch.
    pub version: i16,
    /// Bytes of each partition in one answer.
    pub partition_bytes: i32,
    /// Longest wait of the broker for a record, ms.
    pub wait_ms: i32,
    /// Records carry the due times of this run, so that their age can be told.
    pub stamped: bool,
}

/// What one connection reads.
#[derive(Debug)]
pub struct Reading {
    asking: Asking,
    /// By slot.
    positions: BTreeMap<usize, Position>,
}

impl Reading {
    /// Nothing yet.
    #[must_use]
    pub fn new(asking: Asking) -> Self {
        Self { asking, positions: BTreeMap::new() }
    }

    /// Reads these partitions from now on and no others. Where it was reading one already it goes on.
    pub fn assign(&mut self, slots: &BTreeMap<usize, Position>) {
        let before = std::mem::take(&mut self.positions);
        let kept = slots.iter().map(|(at, p)| (*at, before.get(at).copied().unwrap_or(*p)));
        self.positions = kept.collect();
    }

    /// Where it is, by slot.
    pub fn positions(&self) -> impl Iterator<Item = (usize, i64)> {
        self.positions.iter().map(|(at, p)| (*at, p.next))
    }

    /// Nothing is left to read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.positions.values().all(|p| p.until.is_some_and(|until| p.next >= until))
    }

    /// The next Fetch; `None` if nothing is left.
    pub fn request(&self, cluster: &Cluster) -> io::Result<Option<Vec<u8>>> {
        let mut topics: Vec<FetchTopic> = Vec::new();
        for (at, position) in &self.positions {
            if position.until.is_some_and(|until| position.next >= until) {
                continue;
            }
            let partition = FetchPartition {
                partition: cluster.slots.get(*at).map_or(0, |s| s.partition),
                fetch_offset: position.next,
                partition_max_bytes: self.asking.partition_bytes,
                ..FetchPartition::default()
            };
            let name = cluster.name(*at);
            match topics.last_mut().filter(|t| t.topic == name) {
                Some(last) => last.partitions.push(partition),
                None => topics.push(FetchTopic {
                    topic: name.to_owned(),
                    partitions: vec![partition],
                    ..FetchTopic::default()
                }),
            }
        }
        if topics.is_empty() {
            return Ok(None);
        }
        let body = FetchRequest {
            max_wait_ms: self.asking.wait_ms,
            min_bytes: 1,
            max_bytes: 50 << 20,
            topics,
            ..FetchRequest::default()
        };
        frames::request(self.asking.version, &body).map(Some)
    }

    /// Books an answer (behind its correlation id); true if it brought records.
    /// Errors: the broker refused, or the records are none.
    pub fn answered(
        &mut self,
        cluster: &Cluster,
        book: &mut Book,
        body: &[u8],
        now: u64,
    ) -> io::Result<bool> {
        let mut brought = false;
        let code = fetched::read(self.asking.version, body, |f| {
            good(f.error_code)?;
            brought |= !f.records.is_empty();
            let slot = cluster.slot_of(f.topic, f.partition);
            let position = slot.and_then(|at| self.positions.get_mut(&at));
            position.map_or(Ok(()), |p| take(p, &f, self.asking.stamped, (book, now)))
        })?;
        good(code).map(|()| brought)
    }
}

fn good(code: i16) -> io::Result<()> {
    let name = || ErrorCode::from_code(code).map_or_else(|| code.to_string(), |e| e.name().to_owned());
    if code == 0 { Ok(()) } else { Err(io::Error::other(format!("Fetch answered {}", name()))) }
}

/// Takes the whole batches of a partition.
fn take(
    position: &mut Position,
    f: &Fetched<'_>,
    stamped: bool,
    (book, now): (&mut Book, u64),
) -> io::Result<()> {
    let bad = |what: &dyn std::fmt::Debug| io::Error::other(format!("a bad batch: {what:?}"));
    for batch in Batches::new(f.records) {
        let batch = batch.map_err(|e| bad(&e))?;
        let header = *batch.header();
        let skipped = (position.next - header.base_offset).max(0);
        position.next = position.next.max(header.next_offset());
        if !stamped {
            let records = u64::try_from(i64::from(header.records_count) - skipped).unwrap_or(0);
            book.caught_up(records, batch.bytes().len() as u64, now);
            continue;
        }
        let packed;
        let payload = match header.attributes.codec().ok_or_else(|| bad(&"its codec"))? {
            Codec::None => batch.payload(),
            codec => {
                let input = Bytes::copy_from_slice(batch.payload());
                packed = decompress(codec, &input, &Default::default()).map_err(|e| bad(&e))?;
                &packed
            }
        };
        book_ages(payload, &header, skipped, (book, now))?;
        book.read_bytes(batch.bytes().len() as u64, now);
    }
    Ok(())
}

/// Books the age of a batch's records, without the first `skipped` offsets.
fn book_ages(
    payload: &[u8],
    header: &BatchHeader,
    skipped: i64,
    (book, now): (&mut Book, u64),
) -> io::Result<()> {
    for record in Records::new(payload, header.records_count) {
        let record = record.map_err(|e| io::Error::other(format!("a bad record: {e}")))?;
        if i64::from(record.offset_delta) >= skipped
            && let Some(due) = record.value.and_then(stamp_of)
        {
            book.read(due, now);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::cluster::Slot;
    use super::*;
    use ringlog_wire::record::build::{BatchBuilder, BatchOptions};

    fn batch(base_offset: i64, due: &[u64]) -> Vec<u8> {
        let mut builder = BatchBuilder::new(BatchOptions { base_offset, ..Default::default() });
        for due in due {
            builder.append(5, None, Some(&due.to_be_bytes()), &[]);
        }
        builder.build().unwrap().to_vec()
    }

    fn fetched(records: &[u8]) -> Fetched<'_> {
        Fetched { topic: "t", partition: 0, error_code: 0, high_watermark: 9, records }
    }

    #[test]
    fn records_before_the_position_and_cut_off_batches_are_not_counted() {
        let mut records = batch(10, &[100_000, 200_000, 300_000]);
        records.extend_from_slice(&batch(13, &[400_000]));
        let whole = records.len();
        records.extend_from_slice(&batch(14, &[500_000])[..40]);
        let mut book = Book::new(0);
        let mut position = Position { next: 11, until: Some(14) };
        take(&mut position, &fetched(&records), true, (&mut book, 1_000_000)).unwrap();
        assert_eq!((position.next, book.measured.read, book.measured.read_bytes), (14, 3, whole as u64));
        assert_eq!(book.measured.end_to_end.max() / 1000, 800, "the second record is the oldest");
        let mut position = Position { next: 11, until: None };
        let mut book = Book::new(0);
        take(&mut position, &fetched(&records), false, (&mut book, 1_000_000)).unwrap();
        assert_eq!((position.next, book.measured.read, book.measured.end_to_end.len()), (14, 3, 0));
    }

    #[test]
    fn an_assignment_keeps_what_is_being_read_and_the_end_is_known() {
        let cluster = Cluster {
            topics: vec!["t".into()],
            ids: vec![[1; 16]],
            slots: (0..3).map(|p| Slot { topic: 0, partition: p, broker: 0 }).collect(),
            ..Cluster::default()
        };
        let asking = Asking { version: 12, partition_bytes: 1, wait_ms: 1, stamped: true };
        let mut reading = Reading::new(asking);
        assert!(reading.is_done() && reading.request(&cluster).unwrap().is_none());
        let at = |next| Position { next, until: Some(7) };
        reading.assign(&BTreeMap::from([(0, at(5)), (1, at(0))]));
        reading.positions.get_mut(&0).unwrap().next = 7;
        reading.assign(&BTreeMap::from([(0, at(1)), (2, at(7))]));
        assert_eq!(reading.positions().collect::<Vec<_>>(), [(0, 7), (2, 7)]);
        assert!(reading.is_done() && reading.request(&cluster).unwrap().is_none());
        assert_eq!((cluster.slot_of_id([1; 16], 2), cluster.slot_of("t", 2)), (Some(2), Some(2)));
        assert_eq!((cluster.slot_of_id([1; 16], 3), cluster.slot_of_id([2; 16], 0)), (None, None));
        assert_eq!((cluster.slot_of("t", 3), cluster.slot_of("u", 0)), (None, None));
    }
}
