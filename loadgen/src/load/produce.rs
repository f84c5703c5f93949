//! Records into batches, batches into requests, as a client's producer does it.
//!
//! Owner: one generator thread, for each of its clients. Invariants: a record keeps its due time until its
//! acknowledgement; sequences of an idempotent producer have no gaps.

use super::measure::Book;
use super::payload::{KeyChoice, Values};
use crate::frames;
use bytes::Bytes;
use ringlog_wire::error_code::ErrorCode;
use ringlog_wire::generated::{
    ProduceRequest, ProduceResponse, produce_request::PartitionProduceData, produce_request::TopicProduceData,
};
use ringlog_wire::reader::Reader;
use ringlog_wire::record::batch::sequence_after;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::collections::VecDeque;
use std::io;

/// Produce version: the newest that names topics.
pub const PRODUCE: i16 = 12;
/// Memory an answer may take once decoded, bytes.
const DECODE_MAX: usize = 16 << 20;

/// How records become requests.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The topic.
    pub topic: String,
    /// 0, 1 or -1.
    pub acks: i16,
    /// A batch is sent when it has so many records,
    pub batch_records: usize,
    /// or so many bytes,
    pub batch_bytes: usize,
    /// or when its first record has waited so long, ns.
    pub linger: u64,
    /// Options of its batches; the producer's id and epoch among them.
    pub options: BatchOptions,
}

/// A batch that is being filled.
struct Open {
    builder: BatchBuilder,
    due: Vec<u64>,
    since: u64,
    bytes: u64,
}

/// A request that waits for its answer.
pub struct Sent {
    /// The due times of its records.
    pub due: Vec<u64>,
    /// Bytes of keys and values.
    pub bytes: u64,
    /// When it was sent, ns.
    pub at: u64,
}

/// A request that waits for a place in flight.
pub struct Ready {
    /// Whose it is.
    pub partition: usize,
    /// The frame.
    pub frame: Vec<u8>,
    /// What comes back with its answer.
    pub sent: Sent,
}

struct Slot {
    open: Option<Open>,
    sequence: i32,
}

/// One client's producer.
pub struct Producer {
    shape: Shape,
    keys: KeyChoice,
    values: Values,
    /// By partition.
    slots: Vec<Slot>,
    /// Which comes next without a key.
    turn: usize,
    /// Slots with an open batch, the oldest first.
    lingering: VecDeque<usize>,
    value: Vec<u8>,
}

impl Producer {
    /// A producer for so many partitions; without keys it begins behind partition `first`. All times are
    /// nanoseconds since the run began.
    #[must_use]
    pub fn new(shape: Shape, keys: KeyChoice, values: Values, (partitions, first): (usize, usize)) -> Self {
        let slots = (0..partitions).map(|_| Slot { open: None, sequence: 0 }).collect();
        Self { shape, keys, values, slots, turn: first, lingering: VecDeque::new(), value: Vec::new() }
    }

    /// Takes the record that was due at `due`; returns a request if its batch is full.
    pub fn take(&mut self, due: u64, now: u64, wall_ms: i64) -> io::Result<Option<Ready>> {
        let key = self.keys.next();
        let at = match key {
            Some(key) => (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % self.slots.len(),
            None => {
                self.turn = (self.turn + 1) % self.slots.len();
                self.turn
            }
        };
        self.values.fill(due, &mut self.value);
        let options = self.shape.options;
        let Some(slot) = self.slots.get_mut(at) else { return Ok(None) };
        let fresh = slot.open.is_none();
        let sequence = if options.producer_id < 0 { -1 } else { slot.sequence };
        let open = slot.open.get_or_insert_with(|| Open {
            builder: BatchBuilder::new(BatchOptions { base_sequence: sequence, ..options }),
            due: Vec::with_capacity(1),
            since: now,
            bytes: 0,
        });
        let key = key.map(u64::to_be_bytes);
        open.builder.append(wall_ms, key.as_ref().map(<[u8; 8]>::as_slice), Some(&self.value), &[]);
        open.bytes += (self.value.len() + key.map_or(0, |k| k.len())) as u64;
        open.due.push(due);
        if open.builder.count() >= self.shape.batch_records || open.builder.size() >= self.shape.batch_bytes {
            if !fresh {
                self.lingering.retain(|s| *s != at);
            }
            return self.close(at);
        }
        if fresh {
            self.lingering.push_back(at);
        }
        Ok(None)
    }

    /// The oldest open batch, if it has waited until `now`.
    pub fn lingered(&mut self, now: u64) -> io::Result<Option<Ready>> {
        match self.next_linger() {
            Some((_, until)) if until <= now => {
                let at = self.lingering.pop_front();
                at.map_or(Ok(None), |at| self.close(at))
            }
            _ => Ok(None),
        }
    }

    /// The partition of the oldest open batch, and when it has waited long enough, ns.
    #[must_use]
    pub fn next_linger(&self) -> Option<(usize, u64)> {
        let at = *self.lingering.front()?;
        self.slots.get(at)?.open.as_ref().map(|o| (at, o.since + self.shape.linger))
    }

    fn close(&mut self, at: usize) -> io::Result<Option<Ready>> {
        let Some(slot) = self.slots.get_mut(at) else { return Ok(None) };
        let Some(open) = slot.open.take() else { return Ok(None) };
        let records = u32::try_from(open.builder.count()).map_err(io::Error::other)?;
        slot.sequence = sequence_after(slot.sequence, records);
        let batch = open.builder.build().map_err(io::Error::other)?;
        let frame = request(&self.shape, at, batch)?;
        let sent = Sent { due: open.due, bytes: open.bytes, at: 0 };
        Ok(Some(Ready { partition: at, frame, sent }))
    }
}

fn request(shape: &Shape, partition: usize, records: Bytes) -> io::Result<Vec<u8>> {
    let index = i32::try_from(partition).map_err(io::Error::other)?;
    let partition_data = vec![PartitionProduceData { index, records: Some(records) }];
    let topic_data =
        vec![TopicProduceData { name: shape.topic.clone(), partition_data, ..Default::default() }];
    let body = ProduceRequest { acks: shape.acks, timeout_ms: 30_000, topic_data, ..Default::default() };
    frames::request(PRODUCE, &body)
}

/// Books the answer to `sent` (its header tags and body).
pub fn answered(book: &mut Book, sent: &Sent, body: &[u8], now: u64) -> io::Result<()> {
    match refusal(body)? {
        Some(why) => book.refused(&sent.due, &why),
        None => book.acked(&sent.due, sent.bytes, (sent.at, now)),
    }
    Ok(())
}

/// What the broker refused, if it did. The quick look goes first: a refusal is rare, decoding costs a microsecond.
fn refusal(body: &[u8]) -> io::Result<Option<String>> {
    if frames::check_produce(body).is_none() {
        return Ok(None);
    }
    let body = Bytes::copy_from_slice(body);
    let mut reader = Reader::new(&body, DECODE_MAX);
    reader.skip_tags().map_err(io::Error::other)?;
    let answer = ProduceResponse::decode(&mut reader, PRODUCE).map_err(io::Error::other)?;
    let bad = answer.responses.iter().flat_map(|t| &t.partition_responses).find(|p| p.error_code != 0);
    Ok(bad.map(|p| {
        let name = ErrorCode::from_code(p.error_code)
            .map_or_else(|| p.error_code.to_string(), |e| e.name().to_owned());
        p.error_message.as_ref().map_or(name.clone(), |m| format!("{name}: {m}"))
    }))
}

#[cfg(test)]
mod tests {
    use super::super::payload::Keys;
    use super::*;
    use ringlog_wire::record::batch::BatchView;

    fn shape(batch_records: usize, producer_id: i64) -> Shape {
        let options = BatchOptions { producer_id, producer_epoch: 0, ..Default::default() };
        Shape { topic: "t".into(), acks: -1, batch_records, batch_bytes: 1 << 20, linger: 1000, options }
    }

    /// The batch of a Produce frame: it is the last field but tags.
    fn batch(ready: &Ready) -> (i32, usize) {
        let at = ready.frame.windows(5).position(|w| w[4] == 2 && w[..4] == [0xff; 4]).unwrap() - 12;
        let view = BatchView::first(&ready.frame[at..]).unwrap();
        view.check_crc().unwrap();
        (view.header().base_sequence, view.records().count())
    }

    #[test]
    fn a_batch_goes_when_it_is_full_or_has_waited() {
        let keys = KeyChoice::new(Keys::None, 1, 0);
        let mut producer = Producer::new(shape(3, 9), keys, Values::new(100, 1.0, 0), (2, 0));
        let mut ready = Vec::new();
        for n in 0..9 {
            ready.extend(producer.take(n, n, 5).unwrap());
        }
        assert_eq!(producer.next_linger(), Some((1, 1006)));
        assert!(producer.lingered(1005).unwrap().is_none());
        ready.extend(producer.lingered(1006).unwrap());
        ready.extend(producer.lingered(1007).unwrap());
        assert!(producer.next_linger().is_none());
        let seen: Vec<_> = ready.iter().map(|r| (r.partition, r.sent.due.clone(), batch(r))).collect();
        let expected = [
            (1, vec![0, 2, 4], (0, 3)),
            (0, vec![1, 3, 5], (0, 3)),
            (1, vec![6, 8], (3, 2)),
            (0, vec![7], (3, 1)),
        ];
        assert_eq!(seen, expected);
        assert_eq!(ready[0].sent.bytes, 300);
    }

    #[test]
    fn a_key_stays_in_its_partition() {
        let keys = KeyChoice::new(Keys::RoundRobin, 5, 0);
        let mut producer = Producer::new(shape(1, -1), keys, Values::new(10, 1.0, 0), (3, 0));
        let went: Vec<_> = (0..10).map(|n| producer.take(n, n, 5).unwrap().unwrap()).collect();
        for (first, again) in went.iter().zip(&went[5..]) {
            assert_eq!(first.partition, again.partition);
        }
        assert_eq!(batch(&went[0]), (-1, 1));
    }
}
