//! Tests of `PartitionLog`: append, roll, flush, evict, read plans, replay.

use super::*;
use crate::buf::{BLOCK, Gauge};
use crate::limits::BACKGROUND_BYTES;
use bytes::Bytes;
use ringlog_wire::crc::crc32c;
use ringlog_wire::ids::{LeaderEpoch, Offset, PartitionId, TopicId};

/// A batch of `records` records with `payload` bytes behind the header; `seed` fills them.
pub(crate) fn batch(records: u32, payload: usize, seed: u8) -> Bytes {
    batch_of(records, payload, seed, -1, -1, -1)
}

/// The same from an idempotent producer.
pub(crate) fn batch_of(records: u32, payload: usize, seed: u8, pid: i64, epoch: i16, sequence: i32) -> Bytes {
    let mut b = Vec::with_capacity(61 + payload);
    b.extend_from_slice(&0i64.to_be_bytes());
    b.extend_from_slice(&(49 + payload as i32).to_be_bytes());
    b.extend_from_slice(&(-1i32).to_be_bytes());
    b.push(2);
    b.extend_from_slice(&[0; 4]);
    b.extend_from_slice(&0u16.to_be_bytes());
    b.extend_from_slice(&(records as i32 - 1).to_be_bytes());
    b.extend_from_slice(&1000i64.to_be_bytes());
    b.extend_from_slice(&(1000 + i64::from(seed)).to_be_bytes());
    b.extend_from_slice(&pid.to_be_bytes());
    b.extend_from_slice(&epoch.to_be_bytes());
    b.extend_from_slice(&sequence.to_be_bytes());
    b.extend_from_slice(&(records as i32).to_be_bytes());
    b.extend((0..payload).map(|i| seed.wrapping_add(i as u8)));
    let crc = crc32c(&b[21..]);
    b[17..21].copy_from_slice(&crc.to_be_bytes());
    Bytes::from(b)
}

pub(crate) fn id() -> PartitionId {
    PartitionId { topic: TopicId([7; 16]), index: 3 }
}

pub(crate) fn new_log(segment_bytes: u32) -> (PartitionLog, Gauge) {
    let gauge = Gauge::default();
    let config = LogConfig { segment_bytes, ..LogConfig::default() };
    (PartitionLog::new(id(), config, gauge.clone(), Offset::ZERO, 0), gauge)
}

/// Appends and makes durable; returns the entry that the commit log would hold.
pub(crate) fn put(log: &mut PartitionLog, batch: &Bytes) -> (Placement, Vec<u8>) {
    let max = Head::parse(batch.first_chunk().unwrap()).unwrap().max_timestamp;
    let stamp = AppendStamp { leader_epoch: LeaderEpoch(4), log_append_time: None, max_timestamp: max };
    let done = log.append(batch, &stamp, 0).unwrap();
    log.raise_durable(log.end());
    (done.placement, [&done.header, &batch[61..]].concat())
}

fn flush(log: &mut PartitionLog, want: FlushWant) -> Option<FlushJob> {
    let job = log.flush_plan(want, BACKGROUND_BYTES)?;
    let len: usize = job.data.iter().map(Bytes::len).sum();
    assert!(
        len.is_multiple_of(BLOCK) && job.data.iter().all(|d| (d.as_ptr() as usize).is_multiple_of(BLOCK))
    );
    log.on_flushed(&job);
    Some(job)
}

fn memory(log: &PartitionLog, from: u64, max: usize, upto: u64) -> Option<(u64, u64)> {
    match log.plan_read(Offset(from), max, Offset(upto)).unwrap() {
        ReadPlan::Memory(m) => {
            assert_eq!(m.parts.iter().map(Bytes::len).sum::<usize>(), m.len);
            Some((m.base.0, m.next.0))
        }
        ReadPlan::Empty => None,
        ReadPlan::Cold(c) => panic!("not in memory: {c:?}"),
    }
}

#[test]
fn an_append_assigns_offsets_and_stamps_outside_the_crc() {
    let (mut log, _) = new_log(1 << 20);
    put(&mut log, &batch(3, 10, 1));
    let b = batch(2, 10, 2);
    let stamp = AppendStamp { leader_epoch: LeaderEpoch(4), log_append_time: None, max_timestamp: 1002 };
    let done = log.append(&b, &stamp, 0).unwrap();
    assert_eq!((done.base_offset, done.last_offset), (Offset(3), Offset(4)));
    assert_eq!(done.placement, Placement { segment: Offset(0), position: 71, len: 71 });
    assert_eq!(done.header[12..16], 4i32.to_be_bytes());
    assert_eq!(done.header[16..], b[16..61]);
    assert_eq!((log.durable(), log.end()), (Offset(3), Offset(5)));
    assert_eq!(log.epoch_end(LeaderEpoch(4)), Some((LeaderEpoch(4), Offset(5))));
}

#[test]
fn log_append_time_makes_a_new_crc() {
    let (mut log, _) = new_log(1 << 20);
    let b = batch(1, 10, 1);
    let stamp = AppendStamp { leader_epoch: LeaderEpoch(0), log_append_time: Some(777), max_timestamp: 1001 };
    let done = log.append(&b, &stamp, 777).unwrap();
    let head = Head::parse(&done.header).unwrap();
    assert_eq!((head.max_timestamp, head.attributes), (777, Head::LOG_APPEND_TIME));
    let whole = [&done.header, &b[61..]].concat();
    assert_eq!(head.crc, crc32c(&whole[21..]));
}

#[test]
fn what_is_not_one_batch_is_refused() {
    let (mut log, _) = new_log(1 << 20);
    let stamp = AppendStamp { leader_epoch: LeaderEpoch(0), log_append_time: None, max_timestamp: 0 };
    let good = batch(1, 10, 0);
    let two = Bytes::from([&good[..], &good[..]].concat());
    for bad in [good.slice(..60), good.slice(..70), two] {
        assert!(log.append(&bad, &stamp, 0).is_err());
    }
    assert_eq!(log.end(), Offset(0));
}

#[test]
fn reads_from_memory_are_whole_batches_within_their_bounds() {
    let (mut log, _) = new_log(1 << 20);
    for i in 0..300 {
        put(&mut log, &batch(2, 139, i as u8)); // 200 bytes each
    }
    let check =
        |from, max, upto, expect| assert_eq!(memory(&log, from, max, upto), expect, "{from} {max} {upto}");
    check(0, 1000, 600, Some((0, 10)));
    check(1, 1000, 600, Some((0, 10)));
    check(2, 1199, 600, Some((2, 12)));
    check(0, 1, 600, Some((0, 2)));
    check(0, 1, 1, None);
    check(0, 1 << 20, 600, Some((0, 600)));
    check(0, 1 << 20, 301, Some((0, 300)));
    check(599, 1, 600, Some((598, 600)));
    check(600, 1, 600, None);
    check(10, 1 << 20, 10, None);
    check(333, 20_000, 601, Some((332, 532)));
    let out = log.plan_read(Offset(601), 1, Offset(601)).unwrap_err();
    assert_eq!(out, OutOfRange { log_start: Offset(0), end: Offset(600) });
}

#[test]
fn whole_blocks_are_flushed_once_and_the_rest_is_carried() {
    let (mut log, _) = new_log(1 << 20);
    for i in 0..50 {
        put(&mut log, &batch(1, 139, i)); // 10,000 bytes
    }
    assert!(log.flush_plan(FlushWant::WholeBlocks { min: 3 * BLOCK }, BACKGROUND_BYTES).is_none());
    let job = flush(&mut log, FlushWant::WholeBlocks { min: BLOCK }).unwrap();
    assert_eq!((job.position, job.end_position, job.truncate_to), (0, 8192, None));
    assert!(log.flush_plan(FlushWant::WholeBlocks { min: 1 }, BACKGROUND_BYTES).is_none());
    assert_eq!(log.flushed(), Offset(40), "batch 40 straddles the end of the file");
    let carry = log.carry().unwrap();
    assert_eq!((carry.placement.position, carry.placement.len, carry.bytes.len()), (8192, 1808, 1808));
    assert_eq!(log.unflushed_bytes(), 1808);
    let job = flush(&mut log, FlushWant::Everything).unwrap();
    assert_eq!((job.position, job.end_position, job.truncate_to), (8192, 10_000, Some(10_000)));
    assert_eq!((log.flushed(), log.unflushed_bytes()), (Offset(50), 0));
}

#[test]
fn a_write_is_no_longer_than_it_may_be() {
    let (mut log, _) = new_log(1 << 20);
    for i in 0..50 {
        put(&mut log, &batch(1, 939, i)); // 50,000 bytes
    }
    let want = FlushWant::WholeBlocks { min: 1 };
    let len = |log: &mut PartitionLog, longest| {
        log.flush_plan(want, longest).map(|job| job.data.iter().map(Bytes::len).sum::<usize>())
    };
    assert_eq!(len(&mut log, 2 * BLOCK), Some(2 * BLOCK));
    assert_eq!(
        len(&mut log, 2 << 20),
        Some(12 * BLOCK),
        "all that fills blocks, and the same again if asked again"
    );
}

#[test]
fn a_full_segment_is_closed_and_finished_first() {
    let (mut log, _) = new_log(1000);
    for i in 0..7 {
        put(&mut log, &batch(1, 139, i));
    }
    assert_eq!(log.segments().iter().map(|s| (s.base.0, s.size)).collect::<Vec<_>>(), [(0, 1000), (5, 400)]);
    let roll = log.take_roll().unwrap();
    assert_eq!((roll.closed, roll.opened), (Offset(0), Offset(5)));
    let job = flush(&mut log, FlushWant::WholeBlocks { min: 1 << 20 }).unwrap();
    assert_eq!((job.segment, job.truncate_to, job.completes), (Offset(0), Some(1000), true));
    assert!(log.flush_plan(FlushWant::WholeBlocks { min: 1 }, BACKGROUND_BYTES).is_none());
    assert_eq!(log.flushed(), Offset(5));
    assert_eq!(memory(&log, 3, 1 << 20, 7), Some((3, 5)), "a read ends with its segment");
    assert!(log.evict(1) > 0);
    assert!(matches!(log.plan_read(Offset(3), 1, Offset(7)), Ok(ReadPlan::Cold(_))));
    assert_eq!(memory(&log, 5, 1 << 20, 7), Some((5, 7)));
}

#[test]
fn eviction_keeps_batches_that_are_not_wholly_in_the_file_and_shrinks_to_one_block() {
    let (mut log, gauge) = new_log(1 << 30);
    for i in 0..40 {
        put(&mut log, &batch(1, 9_939, i)); // 10,000 bytes each
    }
    assert_eq!(log.evict(usize::MAX), 0, "nothing is flushed");
    while flush(&mut log, FlushWant::WholeBlocks { min: 1 }).is_some() {}
    let before = gauge.used();
    let freed = log.evict(usize::MAX);
    assert_eq!(gauge.used(), before - freed);
    assert!(gauge.used() <= 3 * BLOCK, "{} left", gauge.used());
    match log.plan_read(Offset(38), 1, Offset(40)).unwrap() {
        ReadPlan::Cold(c) => assert!(c.bytes.end == c.bytes.in_file && c.bytes.memory.is_empty(), "{c:?}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(memory(&log, 39, 1, 40), Some((39, 40)), "the last batch is not wholly in the file");
    put(&mut log, &batch(1, 100, 1));
    assert_eq!(memory(&log, 39, 1 << 20, 41), Some((39, 41)));
}

#[test]
fn deleting_from_the_front_drops_whole_segments_and_their_memory() {
    let (mut log, gauge) = new_log(10_000);
    for i in 0..60 {
        put(&mut log, &batch(1, 939, i)); // ten in a segment
    }
    while flush(&mut log, FlushWant::WholeBlocks { min: 1 }).is_some() {}
    assert!(log.truncate_front(Offset(61)).is_none(), "beyond the end");
    let removed = log.truncate_front(Offset(35)).unwrap();
    assert_eq!(removed.iter().map(|s| s.base.0).collect::<Vec<_>>(), [0, 10, 20]);
    assert_eq!(log.log_start(), Offset(35));
    assert!(gauge.used() <= 3 * 16_384 + BLOCK, "{}", gauge.used());
    assert!(log.plan_read(Offset(34), 1, Offset(60)).is_err());
    assert_eq!(memory(&log, 35, 1, 60), Some((35, 36)));
    log.evict(usize::MAX);
    assert!(matches!(log.plan_read(Offset(35), 1, Offset(60)), Ok(ReadPlan::Cold(_))));
    let (at, _) = put(&mut log, &batch(1, 939, 1));
    assert_eq!(at.segment, Offset(60));
}

#[test]
fn duplicates_are_told_with_their_first_answer() {
    let (mut log, _) = new_log(1 << 20);
    let b = batch_of(3, 20, 1, 9, 0, 0);
    let head = Head::parse(b.first_chunk().unwrap()).unwrap();
    put(&mut log, &batch(5, 20, 1));
    assert_eq!(log.admit(&head), Ok(Admit::Append));
    put(&mut log, &b);
    let original = Admit::Duplicate { base_offset: Offset(5), last_offset: Offset(7), timestamp: 1001 };
    assert_eq!(log.admit(&head), Ok(original));
}

/// The image of a log at some point, then a crash: replay of all entries gives the same log back.
fn crash(flushes: &[usize], image_at: usize, evict: bool) {
    let (mut log, gauge) = new_log(30_000);
    let mut entries = Vec::new();
    let mut image = log.image();
    for i in 0..60usize {
        entries.push(put(&mut log, &batch_of(2, 400 + i * 37, i as u8, 5, 0, 2 * i as i32)));
        if flushes.contains(&i) {
            while flush(&mut log, FlushWant::WholeBlocks { min: 1 }).is_some() {}
            if evict {
                log.evict(usize::MAX);
            }
        }
        if i == image_at {
            image = log.image();
        }
    }
    let mut again = PartitionLog::restore(id(), *log.config(), gauge, image).unwrap();
    assert_eq!(again.missing_block(), None);
    for (p, bytes) in &entries {
        again.replay(AppendBytes { segment: p.segment, position: p.position, bytes }, 0).unwrap();
    }
    assert_eq!(again.finish_replay(), Ok(0));
    assert_eq!((again.end(), again.durable()), (log.end(), log.end()));
    assert_eq!(again.producers(), log.producers());
    assert_eq!(again.epochs(), log.epochs());
    let shape =
        |l: &PartitionLog| l.segments().iter().map(|s| (s.base, s.size, s.max_timestamp)).collect::<Vec<_>>();
    assert_eq!(shape(&again), shape(&log));
    assert_eq!(memory(&again, 119, 1, 120), memory(&log, 119, 1, 120));
}

#[test]
fn replay_rebuilds_the_log_from_any_image() {
    for image_at in [0, 1, 7, 20, 33, 59] {
        crash(&[], image_at, false);
        crash(&[5, 20, 33, 50], image_at, false);
        crash(&[5, 20, 33, 50], image_at, true);
        crash(&[58], image_at, true);
    }
}

#[test]
fn replay_refuses_holes_and_other_bytes_and_drops_a_cut_batch() {
    let (mut log, gauge) = new_log(1 << 20);
    let image = log.image();
    let a = put(&mut log, &batch(1, 500, 1));
    let b = put(&mut log, &batch(1, 500, 2));
    let c = put(&mut log, &batch(1, 500, 3));
    let restored = || PartitionLog::restore(id(), *log.config(), gauge.clone(), image.clone()).unwrap();
    let give = |l: &mut PartitionLog, (p, bytes): &(Placement, Vec<u8>), n: usize| {
        l.replay(AppendBytes { segment: p.segment, position: p.position, bytes: &bytes[..n] }, 0)
    };

    let mut hole = restored();
    give(&mut hole, &a, 561).unwrap();
    assert!(give(&mut hole, &c, 561).is_err());

    let mut twice = restored();
    give(&mut twice, &a, 561).unwrap();
    give(&mut twice, &a, 561).unwrap();
    give(&mut twice, &a, 100).unwrap();
    let mut other = a.clone();
    other.1[300] ^= 1;
    assert!(give(&mut twice, &other, 561).is_err());

    let mut cut = restored();
    give(&mut cut, &a, 561).unwrap();
    give(&mut cut, &b, 560).unwrap();
    assert_eq!(cut.finish_replay(), Ok(560));
    assert_eq!(cut.end(), Offset(1));
    let again = put(&mut cut, &batch(1, 500, 9));
    assert_eq!((again.0.position, cut.end()), (561, Offset(2)));
    assert_eq!(memory(&cut, 1, 1, 2), Some((1, 2)));
}

#[test]
fn after_a_clean_stop_the_last_block_comes_back_first() {
    let (mut log, gauge) = new_log(1 << 20);
    let (_, bytes) = put(&mut log, &batch(1, 9_000, 1));
    flush(&mut log, FlushWant::Everything).unwrap();
    let image = log.image();
    let mut again = PartitionLog::restore(id(), *log.config(), gauge, image).unwrap();
    let (at, len) = again.missing_block().unwrap();
    assert_eq!((at.pos, len), (8192, 9_061 - 8192));
    again.replay(AppendBytes { segment: at.segment, position: at.pos, bytes: &bytes[8192..] }, 0).unwrap();
    assert_eq!(again.finish_replay(), Ok(0));
    assert_eq!(again.carry().unwrap().bytes, bytes[8192..]);
    let (p, _) = put(&mut again, &batch(1, 10, 1));
    assert_eq!(p.position, 9_061);
    match again.plan_read(Offset(0), 1, Offset(2)).unwrap() {
        ReadPlan::Cold(c) => {
            assert_eq!((c.bytes.in_file, c.bytes.end), (8192, 9061));
            assert_eq!(c.bytes.memory.concat(), bytes[8192..]);
        }
        other => panic!("{other:?}"),
    }
}

/// A reservation takes as long as an append: they are few, and what they keep from others is a few times what is there.
#[test]
fn reservations_grow_with_the_segment() {
    let (mut log, _) = new_log(1 << 30);
    let mut reservations = 0;
    for n in 0..1700u32 {
        while let Some(job) = log.needs_reserve((10_000, false)) {
            log.on_reserved(&job);
            reservations += 1;
            let size = log.segments().active().size;
            assert!(
                job.position + job.len <= size + (size * 4).max(64 << 10) + 16_384,
                "{job:?} behind {size} bytes"
            );
        }
        assert!(log.has_reserved(10_000, false));
        put(&mut log, &batch(1, 9_939, (n % 251) as u8)); // 10,000 bytes each
    }
    assert!((5..=9).contains(&reservations), "{reservations} for 17 MB");
}

#[test]
fn space_is_reserved_ahead_and_for_the_next_segment() {
    let (mut log, _) = new_log(40_000);
    let job = log.needs_reserve((0, false)).unwrap();
    assert_eq!(job, ReserveJob { target: ReserveTarget::Active(Offset(0)), position: 0, len: 40_960 });
    assert!(!log.has_reserved(100, false));
    log.on_reserved(&job);
    assert!(log.has_reserved(40_000, false));
    assert_eq!(log.needs_reserve((0, false)), None);
    put(&mut log, &batch(1, 31_000, 1));
    let next = log.needs_reserve((0, false)).unwrap();
    assert_eq!(next.target, ReserveTarget::Next);
    log.on_reserved(&next);
    assert!(log.has_reserved(9_000, true));
    put(&mut log, &batch(1, 31_000, 1));
    assert!(log.has_reserved(9_000, false), "the new segment took the reservation");
}
