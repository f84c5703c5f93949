//! A client that sends batches which no broker may take, beside good ones: each is refused with the right code,
//! none is ever stored, and the good batch beside it is taken as if it were alone.
//!
//! Owner: one task of the world. Invariant: a broken batch is `Refused` in the history before its first byte is
//! sent, so that the checkers know it wherever it shows. So is a whole batch of an earlier producer epoch.

use super::world::{Phase, Topic, World};
use crate::check::Tp;
use crate::check::offered::{BatchNo, Fate, Sequence, Wish};
use crate::client::{Client, Gone};
use crate::rng::Rng;
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use ringlog_wire::compress::Codec;
use ringlog_wire::generated::produce_request::{PartitionProduceData, TopicProduceData};
use ringlog_wire::generated::{ProduceRequest, ProduceResponse};
use std::rc::Rc;

/// Longest pause between two, ms.
const THINK_MS: u64 = 1500;
/// The version that it speaks: by name, with messages.
const VERSION: i16 = 9;

/// Where things are in a batch (docs/storage-format.md).
mod at {
    pub const LENGTH: usize = 8;
    pub const MAGIC: usize = 16;
    pub const CRC: usize = 17;
    pub const ATTRIBUTES: usize = 21;
    pub const LAST_DELTA: usize = 23;
    pub const COUNT: usize = 57;
}

/// How a batch is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Break {
    /// A bit of it is wrong.
    Bit,
    /// It says another length.
    Length,
    /// Its end is missing.
    Cut,
    /// Another format.
    Magic,
    /// It says another number of records.
    Count,
    /// Its last offset does not fit its records.
    LastDelta,
    /// It says to be a control batch.
    Control,
    /// A codec that does not exist.
    Codec,
    /// Bytes follow its records.
    Tail,
    /// Two batches instead of one.
    Two,
}

const BREAKS: [Break; 10] = [
    Break::Bit,
    Break::Length,
    Break::Cut,
    Break::Magic,
    Break::Count,
    Break::LastDelta,
    Break::Control,
    Break::Codec,
    Break::Tail,
    Break::Two,
];

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + value.len()) {
        place.copy_from_slice(value);
    }
}

/// The batch with a right checksum over whatever it says now.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let crc = crc32c::crc32c(bytes.get(at::ATTRIBUTES..).unwrap_or_default());
    put(&mut bytes, at::CRC, &crc.to_be_bytes());
    bytes
}

fn int_at(bytes: &[u8], at: usize) -> i32 {
    let four = bytes.get(at..).and_then(|b| b.first_chunk::<4>());
    four.map_or(0, |b| i32::from_be_bytes(*b))
}

/// `good`, broken; and the codes that may refuse it.
fn broken(good: &[u8], how: Break, rng: &Rng) -> (Vec<u8>, &'static [ErrorCode]) {
    const CORRUPT: &[ErrorCode] = &[ErrorCode::CorruptMessage];
    const INVALID: &[ErrorCode] = &[ErrorCode::InvalidRecord];
    const EITHER: &[ErrorCode] = &[ErrorCode::CorruptMessage, ErrorCode::InvalidRecord];
    const NO_CODEC: &[ErrorCode] =
        &[ErrorCode::UnsupportedCompressionType, ErrorCode::InvalidRecord, ErrorCode::CorruptMessage];
    let mut bytes = good.to_vec();
    let off = 1 + i32::try_from(rng.below(5)).unwrap_or(0);
    let less_or_more = if rng.one_in(2) { off } else { -off };
    let other = |at: usize| (int_at(good, at) + less_or_more).to_be_bytes();
    match how {
        Break::Bit => {
            let span = (bytes.len() - at::CRC) as u64;
            let i = at::CRC + usize::try_from(rng.below(span)).unwrap_or(0);
            let bit = 1 << rng.below(8);
            if let Some(byte) = bytes.get_mut(i) {
                *byte ^= bit;
            }
            (bytes, CORRUPT)
        }
        Break::Length => {
            put(&mut bytes, at::LENGTH, &other(at::LENGTH));
            (bytes, EITHER)
        }
        Break::Cut => {
            let keep = usize::try_from(rng.below(good.len() as u64)).unwrap_or(0).max(1);
            bytes.truncate(keep);
            (bytes, EITHER)
        }
        Break::Magic => {
            put(&mut bytes, at::MAGIC, &[if rng.one_in(2) { 1 } else { 3 }]);
            (sealed(bytes), EITHER)
        }
        Break::Count => {
            put(&mut bytes, at::COUNT, &other(at::COUNT));
            (sealed(bytes), EITHER)
        }
        Break::LastDelta => {
            put(&mut bytes, at::LAST_DELTA, &other(at::LAST_DELTA));
            (sealed(bytes), EITHER)
        }
        Break::Control => {
            put(&mut bytes, at::ATTRIBUTES, &0x20_i16.to_be_bytes());
            (sealed(bytes), INVALID)
        }
        Break::Codec => {
            put(&mut bytes, at::ATTRIBUTES, &7_i16.to_be_bytes());
            (sealed(bytes), NO_CODEC)
        }
        Break::Tail => {
            bytes.extend([0; 7]);
            let len = i32::try_from(bytes.len() - at::LENGTH - 4).unwrap_or(0);
            put(&mut bytes, at::LENGTH, &len.to_be_bytes());
            (sealed(bytes), EITHER)
        }
        Break::Two => {
            bytes.extend_from_slice(good);
            (bytes, EITHER)
        }
    }
}

/// Probes until the run drains.
pub async fn run(world: Rc<World>) {
    while world.phase.get() == Phase::Safety {
        let Some((mut client, life)) = world.connect().await else { return };
        let _ = work(&world, &mut client, life).await;
        client.conn().cut();
        world.sim.sleep_ms(50).await;
    }
}

async fn work(world: &Rc<World>, client: &mut Client, life: u64) -> Result<(), Gone> {
    loop {
        world.sim.sleep_ms(world.sim.rng().below(THINK_MS)).await;
        if world.phase.get() != Phase::Safety || world.lives.get() != life || world.up.borrow().is_none() {
            return Err(Gone);
        }
        if world.sim.rng().one_in(4) {
            fenced(world, client, life).await?;
        } else {
            probe(world, client, life).await?;
        }
    }
}

/// Some partition of the topics that live through the run.
fn some_partition(world: &World) -> Option<(Topic, i32)> {
    let (topics, rng) = (world.topics.borrow(), world.sim.rng());
    let topic = topics.get(usize::try_from(rng.below(topics.len() as u64)).unwrap_or(0))?.clone();
    let index = rng.below(u64::try_from(topic.partitions).unwrap_or(1));
    Some((topic, i32::try_from(index).unwrap_or(0)))
}

/// A new uncompressed batch for `tp`.
fn offer(world: &World, tp: Tp) -> (BatchNo, Bytes) {
    let (rng, wall) = (world.sim.rng(), world.sim.wall_ms());
    let records = 2 + u32::try_from(rng.below(3)).unwrap_or(0);
    let wish = Wish { records, value_max: 100, codec: Codec::None, timestamp: wall - 100, sequence: None };
    let offered = (world.now(), wall);
    world.history.borrow_mut().offer(tp, &wish, (world.stream() << 16, 1), offered)
}

/// One request: a broken batch, and mostly a good one for another partition.
async fn probe(world: &Rc<World>, client: &mut Client, life: u64) -> Result<(), Gone> {
    let rng = world.sim.rng();
    let (Some(bad), Some(good)) = (some_partition(world), some_partition(world)) else { return Ok(()) };
    let how = BREAKS.get(usize::try_from(rng.below(BREAKS.len() as u64)).unwrap_or(0)).copied();
    let how = how.unwrap_or(Break::Bit);
    let tp = |(topic, index): &(Topic, i32)| (topic.id, *index);
    let (no, whole) = offer(world, tp(&bad));
    world.history.borrow_mut().note(no, |b| b.fate = Fate::Refused);
    let (bytes, codes) = broken(&whole, how, rng);
    let mut wanted = vec![(bad.clone(), Bytes::from(bytes))];
    let beside = (tp(&bad) != tp(&good)).then(|| offer(world, tp(&good)));
    if let Some((beside, bytes)) = &beside {
        world.history.borrow_mut().sending(*beside);
        // Nothing else goes out in its stream.
        world.history.borrow_mut().note(*beside, |b| b.doubtful = true);
        wanted.push((good.clone(), bytes.clone()));
    }
    if rng.one_in(2) {
        wanted.reverse();
    }
    let topic_data = wanted.into_iter().map(|((topic, index), records)| TopicProduceData {
        name: topic.name,
        topic_id: topic.id,
        partition_data: vec![PartitionProduceData { index, records: Some(records) }],
    });
    let topic_data = topic_data.collect();
    let request = ProduceRequest { acks: -1, timeout_ms: 30_000, topic_data, ..ProduceRequest::default() };
    let sent = world.now();
    client.send(VERSION, &request).await?;
    let frame = world.answer(client, life, (sent, 30_000_000_000), "Produce of a broken batch").await?;
    let (_, response): (i32, ProduceResponse) = client.decode(&frame, VERSION);
    let answers: Vec<_> = response
        .responses
        .iter()
        .flat_map(|t| t.partition_responses.iter().map(move |p| (t.name.clone(), p)))
        .collect();
    let answer = |(topic, index): &(Topic, i32)| {
        let mut found = answers.iter().filter(|(name, p)| *name == topic.name && p.index == *index);
        let one = found.next().map(|(_, p)| *p);
        one.filter(|_| found.next().is_none())
            .unwrap_or_else(|| world.fail(&format!("no answer, or two, for {}-{index}", topic.name)))
    };
    let code = answer(&bad).error_code;
    if code == 0 {
        world.fail(&format!("a batch was taken that is broken: {how:?}"));
    }
    if !codes.iter().any(|c| c.code() == code) {
        world.unprovoked(code, &format!("a batch broken by {how:?}, to be refused with {codes:?},"));
    }
    let Some((beside, _)) = beside else { return Ok(()) };
    let p = answer(&good);
    if p.error_code != 0 {
        world.unprovoked(p.error_code, "a good batch beside a broken one");
        return Ok(());
    }
    let verdict = world.history.borrow_mut().acked(beside, p.base_offset, p.log_append_time_ms, world.now());
    world.judge(Some(tp(&good)), verdict);
    Ok(())
}

/// How a batch of `fenced` must be answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Must {
    /// Taken.
    Count,
    /// Refused: a later epoch has written.
    Fail,
    /// As the one before: it is the same.
    Repeat,
}

/// A batch of a producer, one of its former self (an earlier epoch) with the sequence that would be next, one of its
/// next self, which counts from 0 again, and that one once more.
async fn fenced(world: &Rc<World>, client: &mut Client, life: u64) -> Result<(), Gone> {
    let Some((topic, index)) = some_partition(world) else { return Ok(()) };
    let tp = (topic.id, index);
    // Far from the ids that the broker hands out.
    let id = (1 << 50) + i64::try_from(world.stream()).unwrap_or(0);
    let mut last = None;
    let turns = [(3, 0, Must::Count), (2, 2, Must::Fail), (4, 0, Must::Count), (4, 0, Must::Repeat)];
    for (epoch, first, must) in turns {
        let (now, wall) = (world.now(), world.sim.wall_ms());
        let sequence = Some(Sequence { id, epoch, first });
        let wish = Wish { records: 2, value_max: 100, codec: Codec::None, timestamp: wall - 100, sequence };
        let again = last.take().filter(|_| must == Must::Repeat);
        let fresh = again.is_none();
        let (no, bytes) =
            again.unwrap_or_else(|| world.history.borrow_mut().offer(tp, &wish, (u64::MAX, 0), (now, wall)));
        if fresh {
            world.history.borrow_mut().note(no, |b| {
                b.doubtful = true;
                b.fate = if must == Must::Fail { Fate::Refused } else { Fate::Open };
            });
        }
        if must != Must::Fail {
            world.history.borrow_mut().sending(no);
        }
        last = Some((no, bytes.clone()));
        let topic_data = vec![TopicProduceData {
            name: topic.name.clone(),
            topic_id: topic.id,
            partition_data: vec![PartitionProduceData { index, records: Some(bytes) }],
        }];
        let request = ProduceRequest { acks: -1, timeout_ms: 30_000, topic_data, ..Default::default() };
        client.send(VERSION, &request).await?;
        let frame = world.answer(client, life, (now, 30_000_000_000), "Produce of a producer").await?;
        let (_, response): (i32, ProduceResponse) = client.decode(&frame, VERSION);
        let answer = response.responses.first().and_then(|t| t.partition_responses.first());
        let Some(p) = answer else { world.fail("a Produce of one partition has no answer") };
        match (must, p.error_code) {
            (Must::Count | Must::Repeat, 0) => {
                let at = (p.base_offset, p.log_append_time_ms);
                let verdict = world.history.borrow_mut().acked(no, at.0, at.1, world.now());
                world.judge(Some(tp), verdict);
            }
            (Must::Count | Must::Repeat, code) => {
                world.unprovoked(code, "a batch of a producer's newest epoch");
                return Ok(());
            }
            (Must::Fail, 0) => world.fail("a batch of an earlier producer epoch was taken"),
            (Must::Fail, code) if code == ErrorCode::InvalidProducerEpoch.code() => {}
            (Must::Fail, code) => world.unprovoked(code, "a batch of an earlier producer epoch"),
        }
    }
    Ok(())
}
