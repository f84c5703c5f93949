//! Records into batches, batches into requests, as a client's producer does it.
//!
//! Owner: one generator thread, for each of its clients. Invariants: a record keeps its due time until its
//! acknowledgement; sequences of an idempotent producer have no gaps; once buffers have grown to their sizes, a record
//! costs no allocation (codecs have their own).

use super::cluster::{Cluster, Slot};
use super::measure::Book;
use super::payload::{KeyChoice, Values};
use super::pool::Pool;
use crate::frames;
use crate::versions::name_of;
use bytes::Bytes;
use ringlog_wire::api::ApiKey;
use ringlog_wire::compress::{Codec, compress};
use ringlog_wire::generated::{
    ProduceRequest, ProduceResponse, produce_request::PartitionProduceData, produce_request::TopicProduceData,
};
use ringlog_wire::record::batch::{Attributes, BatchHeader, HEADER_LEN, LENGTH_PREFIX, sequence_after};
use ringlog_wire::record::build::{BatchOptions, put_record, seal};
use ringlog_wire::writer::Sink;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// Ends a flexible request behind its batch: no tags of the partition, of the topic, of the request.
const TAIL: [u8; 3] = [0; 3];

/// How records become requests.
#[derive(Clone, Debug)]
pub struct Shape {
    /// How its requests begin.
    pub heads: Heads,
    /// A batch is sent when it has so many records,
    pub batch_records: usize,
    /// or so many bytes,
    pub batch_bytes: usize,
    /// or when its first record has waited so long, ns.
    pub linger: u64,
    /// Options of its batches; the producer's id and epoch among them.
    pub options: BatchOptions,
}

/// How requests of one version of Produce begin.
#[derive(Clone, Debug)]
pub struct Heads {
    version: i16,
    /// By topic: a request up to the number of its partition.
    frames: Arc<[Vec<u8>]>,
}

/// Versions with tags and lengths of varying sizes (KIP-482).
fn is_flexible(version: i16) -> bool {
    ApiKey::Produce.request_header_version(version) == 2
}

/// The beginnings of the requests for each topic. Errors: a name that is too long.
pub fn heads(cluster: &Cluster, version: i16, acks: i16) -> io::Result<Heads> {
    // The number of the partition, the length of no records, and the tags.
    let rest = if is_flexible(version) { 4 + 1 + TAIL.len() } else { 4 + 4 };
    let head = |name: &String| {
        let partition_data = vec![PartitionProduceData { index: 0, records: Some(Bytes::new()) }];
        let topic_data = vec![TopicProduceData { name: name.clone(), partition_data, ..Default::default() }];
        let body = ProduceRequest { acks, timeout_ms: 30_000, topic_data, ..Default::default() };
        let mut frame = frames::request(version, &body)?;
        frame.truncate(frame.len() - rest);
        Ok(frame)
    };
    let frames = cluster.topics.iter().map(head).collect::<io::Result<_>>()?;
    Ok(Heads { version, frames })
}

/// A batch that is being filled.
struct Open {
    records: Vec<u8>,
    due: Vec<u64>,
    base_ms: i64,
    max_ms: i64,
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
    /// Who leads its partition.
    pub broker: usize,
    /// The frame.
    pub frame: Vec<u8>,
    /// What comes back with its answer.
    pub sent: Sent,
}

struct Place {
    slot: Slot,
    open: Option<Open>,
    /// Counts its batches: what waits under an older number has gone.
    batch: u64,
    sequence: i32,
}

/// One client's producer.
pub struct Producer {
    shape: Shape,
    keys: KeyChoice,
    values: Values,
    /// The partitions that it writes to.
    places: Vec<Place>,
    /// Which comes next without a key.
    turn: usize,
    /// Open batches, the oldest first; the first is never one that has gone.
    lingering: VecDeque<(usize, u64)>,
    value: Vec<u8>,
    payload: Vec<u8>,
}

impl Producer {
    /// A producer for `slots`; without keys it begins behind the `first` of them. All times are nanoseconds since the
    /// run began.
    #[must_use]
    pub fn new(shape: Shape, keys: KeyChoice, values: Values, (slots, first): (Vec<Slot>, usize)) -> Self {
        let place = |slot| Place { slot, open: None, batch: 0, sequence: 0 };
        let places = slots.into_iter().map(place).collect();
        let lingering = VecDeque::new();
        Self { shape, keys, values, places, turn: first, lingering, value: Vec::new(), payload: Vec::new() }
    }

    /// Takes the record that was due at `due`; returns a request if its batch is full.
    pub fn take(
        &mut self,
        due: u64,
        (now, wall_ms): (u64, i64),
        pool: &mut Pool,
    ) -> io::Result<Option<Ready>> {
        let key = self.keys.next();
        let at = match key {
            Some(key) => (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % self.places.len(),
            None => {
                self.turn = (self.turn + 1) % self.places.len();
                self.turn
            }
        };
        self.values.fill(due, &mut self.value);
        let Some(place) = self.places.get_mut(at) else { return Ok(None) };
        let fresh = place.open.is_none();
        let open = place.open.get_or_insert_with(|| Open {
            records: pool.bytes(),
            due: pool.times(),
            base_ms: wall_ms,
            max_ms: wall_ms,
            since: now,
            bytes: 0,
        });
        let key = key.map(u64::to_be_bytes);
        let delta = i32::try_from(open.due.len()).map_err(io::Error::other)?;
        let record = (key.as_ref().map(<[u8; 8]>::as_slice), Some(self.value.as_slice()));
        put_record(&mut open.records, delta, wall_ms - open.base_ms, record, &[]);
        open.max_ms = open.max_ms.max(wall_ms);
        open.bytes += (self.value.len() + key.map_or(0, |k| k.len())) as u64;
        open.due.push(due);
        let full = open.due.len() >= self.shape.batch_records
            || HEADER_LEN + open.records.len() >= self.shape.batch_bytes;
        if full {
            return self.close(at, pool).map(Some);
        }
        if fresh {
            self.lingering.push_back((at, place.batch));
        }
        Ok(None)
    }

    /// The oldest open batch, if it has waited until `now`.
    pub fn lingered(&mut self, now: u64, pool: &mut Pool) -> io::Result<Option<Ready>> {
        match (self.next_linger(), self.lingering.front()) {
            (Some((_, until)), Some((at, _))) if until <= now => self.close(*at, pool).map(Some),
            _ => Ok(None),
        }
    }

    /// The broker of the oldest open batch, and when it has waited long enough, ns.
    #[must_use]
    pub fn next_linger(&self) -> Option<(usize, u64)> {
        let place = self.places.get(self.lingering.front()?.0)?;
        place.open.as_ref().map(|o| (place.slot.broker, o.since.saturating_add(self.shape.linger)))
    }

    fn close(&mut self, at: usize, pool: &mut Pool) -> io::Result<Ready> {
        let nothing = || io::Error::other("a batch that is not open");
        let place = self.places.get_mut(at).ok_or_else(nothing)?;
        let open = place.open.take().ok_or_else(nothing)?;
        let base_sequence = if self.shape.options.producer_id < 0 { -1 } else { place.sequence };
        place.sequence =
            sequence_after(place.sequence, u32::try_from(open.due.len()).map_err(io::Error::other)?);
        place.batch += 1;
        let slot = place.slot;
        self.forget_gone();
        let payload = match self.shape.options.codec {
            Codec::None => &open.records,
            codec => {
                self.payload.clear();
                compress(codec, self.shape.options.level, &open.records, &mut self.payload)
                    .map_err(io::Error::other)?;
                &self.payload
            }
        };
        let mut frame = pool.bytes();
        write_frame(&mut frame, &self.shape, slot, (&open, payload, base_sequence))?;
        pool.put_bytes(open.records);
        Ok(Ready { broker: slot.broker, frame, sent: Sent { due: open.due, bytes: open.bytes, at: 0 } })
    }

    /// Forgets batches that have gone: always those in front, the others when they are most of what is kept.
    fn forget_gone(&mut self) {
        let places = &self.places;
        let waits = |(at, batch): &(usize, u64)| {
            places.get(*at).is_some_and(|p| p.open.is_some() && p.batch == *batch)
        };
        while self.lingering.front().is_some_and(|l| !waits(l)) {
            self.lingering.pop_front();
        }
        if self.lingering.len() > 2 * self.places.len() + 64 {
            self.lingering.retain(waits);
        }
    }
}

fn write_frame(
    frame: &mut Vec<u8>,
    shape: &Shape,
    slot: Slot,
    (open, payload, base_sequence): (&Open, &[u8], i32),
) -> io::Result<()> {
    let o = &shape.options;
    let count = i32::try_from(open.due.len()).map_err(io::Error::other)?;
    let size = HEADER_LEN + payload.len();
    let Heads { version, frames } = &shape.heads;
    frame.extend_from_slice(frames.get(slot.topic).map(Vec::as_slice).unwrap_or_default());
    frame.int32(slot.partition);
    if is_flexible(*version) {
        frame.uvarint(u32::try_from(size + 1).map_err(io::Error::other)?);
    } else {
        frame.int32(i32::try_from(size).map_err(io::Error::other)?);
    }
    let at = frame.len();
    frame.resize(at + HEADER_LEN, 0);
    frame.extend_from_slice(payload);
    let header = BatchHeader {
        base_offset: 0,
        batch_length: i32::try_from(size - LENGTH_PREFIX).map_err(io::Error::other)?,
        partition_leader_epoch: -1,
        crc: 0,
        attributes: Attributes(0).with_codec(o.codec),
        last_offset_delta: count - 1,
        base_timestamp: open.base_ms,
        max_timestamp: open.max_ms,
        producer_id: o.producer_id,
        producer_epoch: o.producer_epoch,
        base_sequence,
        records_count: count,
    };
    seal(header, frame.get_mut(at..).unwrap_or_default());
    if is_flexible(*version) {
        frame.extend_from_slice(&TAIL);
    }
    let length = u32::try_from(frame.len() - 4).map_err(io::Error::other)?;
    if let Some(place) = frame.first_chunk_mut::<4>() {
        *place = length.to_be_bytes();
    }
    Ok(())
}

/// Books the answer of `version` to `sent` (behind its correlation id).
pub fn answered(book: &mut Book, sent: &Sent, (version, body): (i16, &[u8]), now: u64) -> io::Result<()> {
    match refusal(version, body)? {
        Some(why) => book.refused(&sent.due, &why),
        None => book.acked(&sent.due, sent.bytes, (sent.at, now)),
    }
    Ok(())
}

/// What the broker refused, if it did. The quick look goes first: a refusal is rare, decoding costs a microsecond.
fn refusal(version: i16, body: &[u8]) -> io::Result<Option<String>> {
    if frames::check_produce(version)(body).is_none() {
        return Ok(None);
    }
    let answer: ProduceResponse = frames::answer(version, &Bytes::copy_from_slice(body))?;
    let bad = answer.responses.iter().flat_map(|t| &t.partition_responses).find(|p| p.error_code != 0);
    Ok(bad.map(|p| {
        let name = name_of(p.error_code);
        p.error_message.as_ref().map_or(name.clone(), |m| format!("{name}: {m}"))
    }))
}

#[cfg(test)]
mod tests {
    use super::super::payload::Keys;
    use super::*;
    use crate::versions::ours;
    use ringlog_wire::reader::Reader;
    use ringlog_wire::record::batch::BatchView;

    fn shape(batch_records: usize, producer_id: i64, codec: Codec) -> Shape {
        shape_of(12, batch_records, producer_id, codec)
    }

    fn shape_of(version: i16, batch_records: usize, producer_id: i64, codec: Codec) -> Shape {
        let cluster = Cluster { topics: vec!["t".into(), "other".into()], ..Cluster::default() };
        let options = BatchOptions { producer_id, producer_epoch: 0, codec, ..Default::default() };
        let heads = heads(&cluster, version, -1).unwrap();
        Shape { heads, batch_records, batch_bytes: 1 << 20, linger: 1000, options }
    }

    fn producer(shape: Shape, keys: Keys, partitions: i32) -> Producer {
        let slot = |p| Slot { topic: (p % 2) as usize, partition: p, broker: 0 };
        let values = Values::new("100".parse().unwrap(), 1.0, 0);
        Producer::new(shape, KeyChoice::new(keys, 5, 0), values, ((0..partitions).map(slot).collect(), 0))
    }

    /// What the codec of the protocol reads in a frame: topic, partition, sequence, records.
    fn read(ready: &Ready) -> (String, i32, i32, usize) {
        let size = u32::from_be_bytes(ready.frame[..4].try_into().unwrap()) as usize;
        assert_eq!(size + 4, ready.frame.len());
        let version = i16::from_be_bytes(ready.frame[6..8].try_into().unwrap());
        let header = 4 + 2 + 2 + 4 + 2 + "loadgen".len() + usize::from(is_flexible(version));
        let frame = Bytes::copy_from_slice(&ready.frame[header..]);
        let mut reader = Reader::new(&frame, 1 << 20);
        let body = ProduceRequest::decode(&mut reader, version).unwrap();
        reader.finish_strict().unwrap();
        let topic = &body.topic_data[0];
        let records = topic.partition_data[0].records.clone().unwrap();
        let view = BatchView::first(&records).unwrap();
        assert_eq!((view.bytes().len(), body.acks), (records.len(), -1));
        view.check_crc().unwrap();
        let header = *view.header();
        (
            topic.name.clone(),
            topic.partition_data[0].index,
            header.base_sequence,
            header.records_count as usize,
        )
    }

    #[test]
    fn a_batch_goes_when_it_is_full_or_has_waited() {
        let mut pool = Pool::default();
        let mut producer = producer(shape(3, 9, Codec::None), Keys::None, 2);
        let mut ready = Vec::new();
        for n in 0..9 {
            ready.extend(producer.take(n, (n, 5), &mut pool).unwrap());
        }
        assert_eq!(producer.next_linger(), Some((0, 1006)));
        assert!(producer.lingered(1005, &mut pool).unwrap().is_none());
        ready.extend(producer.lingered(1006, &mut pool).unwrap());
        ready.extend(producer.lingered(1007, &mut pool).unwrap());
        assert!(producer.next_linger().is_none());
        let seen: Vec<_> = ready.iter().map(|r| (r.sent.due.clone(), read(r))).collect();
        let expected = [
            (vec![0, 2, 4], ("other".to_owned(), 1, 0, 3)),
            (vec![1, 3, 5], ("t".to_owned(), 0, 0, 3)),
            (vec![6, 8], ("other".to_owned(), 1, 3, 2)),
            (vec![7], ("t".to_owned(), 0, 3, 1)),
        ];
        assert_eq!(seen, expected);
        assert_eq!(ready[0].sent.bytes, 300);
    }

    #[test]
    fn a_batch_reads_as_what_it_was_made_of_in_every_version_and_codec() {
        let codecs = [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];
        for (version, codec) in ours(ApiKey::Produce).flat_map(|v| codecs.map(|c| (v, c))) {
            let mut producer = producer(shape_of(version, 2, -1, codec), Keys::None, 1);
            let mut pool = Pool::default();
            assert!(producer.take(1, (1, 5), &mut pool).unwrap().is_none());
            let ready = producer.take(2, (2, 9), &mut pool).unwrap().unwrap();
            assert_eq!(ready.frame[6..8], version.to_be_bytes());
            assert_eq!(read(&ready), ("t".to_owned(), 0, -1, 2), "{version}, {codec:?}");
        }
    }

    #[test]
    fn a_key_stays_in_its_partition_and_batches_that_have_gone_are_forgotten() {
        let mut pool = Pool::default();
        let mut one = producer(shape(1, -1, Codec::None), Keys::RoundRobin, 3);
        let went: Vec<_> = (0..10).map(|n| read(&one.take(n, (n, 5), &mut pool).unwrap().unwrap())).collect();
        assert_eq!(went[..5], went[5..]);
        // One batch stays open for ever, the others go: what waits is bounded.
        let mut slow = producer(Shape { linger: u64::MAX, ..shape(1000, -1, Codec::None) }, Keys::None, 1);
        slow.take(0, (0, 5), &mut pool).unwrap();
        for gone in 1..1000 {
            slow.lingering.push_back((0, gone));
            slow.forget_gone();
            assert!(slow.lingering.len() <= 2 + 65, "{gone}");
        }
        assert_eq!(slow.next_linger(), Some((0, u64::MAX)));
    }

    /// One Produce answer.
    fn answer(version: i16, error_code: i16) -> Vec<u8> {
        let partition = ringlog_wire::generated::produce_response::PartitionProduceResponse {
            error_code,
            ..Default::default()
        };
        let topic = ringlog_wire::generated::produce_response::TopicProduceResponse {
            name: "t".into(),
            partition_responses: vec![partition],
            ..Default::default()
        };
        let mut body = if is_flexible(version) { vec![0] } else { Vec::new() };
        ProduceResponse { responses: vec![topic], ..Default::default() }.encode(&mut body, version).unwrap();
        body
    }

    #[test]
    fn a_refusal_is_booked_by_its_name_in_every_version() {
        for version in ours(ApiKey::Produce) {
            let mut book = Book::new(0);
            let sent = Sent { due: vec![1, 2], bytes: 5, at: 1 };
            answered(&mut book, &sent, (version, &answer(version, 0)), 9).unwrap();
            answered(&mut book, &sent, (version, &answer(version, 56)), 9).unwrap();
            let seen = &book.measured;
            assert_eq!(
                (seen.acked, seen.failed(), seen.errors["KAFKA_STORAGE_ERROR"]),
                (2, 2, 2),
                "{version}"
            );
        }
    }

    #[test]
    fn a_record_on_its_way_costs_no_allocation() {
        let (mut pool, mut book) = (Pool::default(), Book::new(0));
        for (version, batch_records) in [(12, 1), (12, 8), (8, 1), (3, 8)] {
            let body = answer(version, 0);
            let mut one = producer(shape_of(version, batch_records, 7, Codec::None), Keys::Zipf, 3);
            let mut turns = |range: std::ops::Range<u64>| {
                for n in range {
                    book.taken(n, n + 1);
                    let Some(ready) = one.take(n, (n, 5), &mut pool).unwrap() else { continue };
                    pool.put_bytes(ready.frame);
                    answered(&mut book, &ready.sent, (version, &body), n + 5).unwrap();
                    pool.put_times(ready.sent.due);
                }
            };
            turns(0..200);
            let seen = allocation_counter::measure(|| turns(200..1200));
            assert_eq!(seen.count_total, 0, "version {version}, {batch_records} records a batch");
        }
        assert_eq!(book.measured.errors.len(), 0);
    }
}
