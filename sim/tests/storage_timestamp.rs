//! Lookups by timestamp against a plain list of records: every codec, timestamps out of order, hot and cold.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod rig;

use bytes::Bytes;
use rig::{Rig, spoil};
use ringlog_sim::block_on;
use ringlog_sim::rng::Rng;
use ringlog_storage::partition::FlushWant;
use ringlog_storage::partition::files::SegmentFile;
use ringlog_storage::read::ReadError;
use ringlog_wire::compress::Codec;
use ringlog_wire::ids::Offset;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};

fn batch(codec: Codec, timestamps: &[i64]) -> Bytes {
    let mut b = BatchBuilder::new(BatchOptions { codec, ..BatchOptions::default() });
    for t in timestamps {
        b.append(*t, Some(b"key"), Some(format!("value at {t} {:0900}", t).as_bytes()), &[]);
    }
    b.build().unwrap()
}

/// Random batches; returns the timestamp of every record by offset.
fn fill(rig: &mut Rig, rng: &Rng, batches: u64) -> Vec<i64> {
    let codecs = [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];
    let mut all = Vec::new();
    for n in 0..batches {
        let count = 1 + rng.below(6);
        let timestamps: Vec<i64> = (0..count).map(|_| (n * 10 + rng.below(60)) as i64).collect();
        rig.append_batch(&batch(codecs[rng.below(5) as usize], &timestamps));
        all.extend(timestamps);
    }
    all
}

fn find(rig: &Rig, timestamp: i64, upto: u64) -> Option<(u64, i64)> {
    let found = block_on(rig.reader.find_timestamp(rig.at(), timestamp, Offset(upto))).unwrap();
    found.map(|f| (f.offset.0, f.timestamp))
}

fn max(rig: &Rig, upto: u64) -> Option<(u64, i64)> {
    let found = block_on(rig.reader.max_timestamp(rig.at(), Offset(upto))).unwrap();
    found.map(|f| (f.offset.0, f.timestamp))
}

fn check(rig: &Rig, all: &[i64], seed: u64) {
    let log_start = rig.log.borrow().log_start().0 as usize;
    let ends: Vec<u64> = rig.model.iter().map(|b| b.next).collect();
    for upto in [all.len() as u64, ends[ends.len() / 2], ends[ends.len() / 3]] {
        let readable = &all[..upto as usize];
        let last = all.iter().max().unwrap() + 2;
        for timestamp in (0..last).step_by(7).chain([last - 2]) {
            let at = readable.iter().skip(log_start).position(|t| *t >= timestamp).map(|i| i + log_start);
            let expect = at.map(|i| (i as u64, all[i]));
            assert_eq!(find(rig, timestamp, upto), expect, "seed {seed}: {timestamp} below {upto}");
        }
        let best = readable.iter().skip(log_start).max().unwrap();
        let first = readable.iter().skip(log_start).position(|t| t == best).unwrap() + log_start;
        if log_start == 0 {
            assert_eq!(max(rig, upto), Some((first as u64, *best)), "seed {seed}: max below {upto}");
        }
    }
}

#[test]
fn the_first_record_at_or_after_a_timestamp_is_found_exactly() {
    for seed in 0..6 {
        let rng = Rng::new(seed);
        let mut rig = Rig::new(40_000);
        let all = fill(&mut rig, &rng, 120);
        check(&rig, &all, seed);
        while rig.flush(FlushWant::WholeBlocks { min: 1 }) {}
        check(&rig, &all, seed);
        rig.log.borrow_mut().evict(usize::MAX);
        check(&rig, &all, seed);
        let active = rig.log.borrow().segments().active().base;
        rig.persist_index(active);
        rig.log.borrow_mut().truncate_front(Offset(all.len() as u64 / 4)).unwrap();
        check(&rig, &all, seed);
    }
}

#[test]
fn a_missing_or_broken_time_index_changes_no_answer() {
    let rng = Rng::new(3);
    let mut rig = Rig::new(40_000);
    let all = fill(&mut rig, &rng, 100);
    while rig.flush(FlushWant::WholeBlocks { min: 1 }) {}
    rig.log.borrow_mut().evict(usize::MAX);
    spoil(&rig, SegmentFile::TimeIndex, |f| f.clear());
    check(&rig, &all, 3);
}

#[test]
fn a_corrupt_batch_is_an_error_and_an_empty_log_has_no_timestamps() {
    let mut rig = Rig::new(1 << 20);
    assert_eq!((find(&rig, 0, 0), max(&rig, 0)), (None, None));
    for n in 0..10 {
        rig.append_batch(&batch(Codec::Zstd, &[n * 100, n * 100 + 50]));
    }
    rig.log.borrow_mut().roll(0);
    while rig.flush(FlushWant::WholeBlocks { min: 1 }) {}
    rig.log.borrow_mut().evict(usize::MAX);
    spoil(&rig, SegmentFile::Log, |f| f[80] ^= 1);
    let got = block_on(rig.reader.find_timestamp(rig.at(), 0, Offset(20)));
    assert!(matches!(got, Err(ReadError::Corrupt { position: 0, .. })), "{got:?}");
}
