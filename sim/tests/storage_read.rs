//! Reads of partition logs against a plain model: append, flush, evict, read, crash, restore.
//! Each failure names its seed.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod rig;

use rig::{Rig, cold, spoil};
use ringlog_sim::rng::Rng;
use ringlog_storage::partition::FlushWant;
use ringlog_storage::partition::files::SegmentFile;
use ringlog_storage::read::ReadError;
use ringlog_wire::ids::Offset;

fn step(rig: &mut Rig, rng: &Rng, n: u64) -> Result<(), String> {
    match rng.below(20) {
        0..=7 => {
            let payload = if rng.one_in(20) { 40_000 } else { 1 + rng.below(2_500) };
            rig.append(1 + rng.below(4) as u32, payload as usize, n);
        }
        8..=10 => {
            rig.flush(FlushWant::WholeBlocks { min: 1 + rng.below(30_000) as usize });
        }
        11 => {
            rig.log.borrow_mut().evict(1 + rng.below(100_000) as usize);
        }
        12 => {
            let base = rig.log.borrow().segments().active().base;
            rig.persist_index(base);
        }
        13 => rig.checkpoint(),
        14 if rng.one_in(4) => rig.crash(),
        15 if rng.one_in(10) => rig.log.borrow_mut().roll(0),
        16 if rng.one_in(10) => {
            while rig.flush(FlushWant::Everything) {}
            rig.checkpoint();
            rig.crash();
        }
        _ => {
            let end = rig.log.borrow().end().0;
            let from = rng.below(end + 1);
            let upto = from + rng.below(end + 1 - from);
            rig.check_read(from, 1 + rng.below(100_000) as usize, if rng.one_in(3) { upto } else { end })?;
        }
    }
    Ok(())
}

#[test]
fn a_log_behaves_like_a_list_of_batches() {
    for seed in 0..40 {
        let rng = Rng::new(seed);
        let mut rig = Rig::new([70_000, 200_000][seed as usize % 2]);
        for n in 0..800 {
            step(&mut rig, &rng, n).unwrap_or_else(|e| panic!("seed {seed}, step {n}: {e}"));
        }
        let end = rig.log.borrow().end().0;
        let mut from = 0;
        while from < end {
            let n = rig.check_read(from, 50_000, end).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
            from = rig.model[rig.model.partition_point(|b| b.next <= from) + n - 1].next;
        }
    }
}

#[test]
fn a_broken_or_missing_index_costs_time_and_never_an_answer() {
    let check = |change: &dyn Fn(&mut Vec<u8>)| {
        let rig = cold(100_000, 1_000);
        spoil(&rig, SegmentFile::Index, |f| change(f));
        for from in [0, 1, 77, 150, 276] {
            assert!(rig.check_read(from, 30_000, 2_000).unwrap() > 1);
        }
    };
    check(&|f| f.clear());
    check(&|f| f.truncate(9));
    check(&|f| f.iter_mut().for_each(|b| *b = 0));
    check(&|f| f.iter_mut().skip(7).step_by(8).for_each(|b| *b ^= 3));
    check(&|f| f.iter_mut().skip(3).step_by(8).for_each(|b| *b = b.wrapping_add(2)));
}

#[test]
fn a_corrupt_header_is_an_error_and_names_its_place() {
    let rig = cold(100_000, 1_000);
    spoil(&rig, SegmentFile::Log, |f| f[361 * 5 + 16] = 1);
    match rig.read(10, 1, 2_000) {
        Err(ReadError::Corrupt { segment, position, .. }) => {
            assert_eq!((segment, position), (Offset(0), 361 * 5))
        }
        other => panic!("{other:?}"),
    }
    rig.check_read(0, 361 * 4, 2_000).unwrap();
    spoil(&rig, SegmentFile::Log, |f| f.truncate(100));
    assert!(matches!(rig.read(40, 1, 2_000), Err(ReadError::Corrupt { .. })));
}

#[test]
fn offsets_outside_the_log_are_told_its_bounds() {
    let rig = cold(100_000, 10);
    match rig.read(21, 1, 20) {
        Err(ReadError::OutOfRange(r)) => assert_eq!((r.log_start, r.end), (Offset(0), Offset(20))),
        other => panic!("{other:?}"),
    }
    assert_eq!(rig.read(20, 1, 20).unwrap().len(), 0);
}

#[test]
fn open_files_are_bounded() {
    let rig = cold(10_000, 500);
    for from in (0..1_000).step_by(20) {
        rig.check_read(from, 5_000, 1_000).unwrap();
    }
    assert_eq!(rig.reader.open_files(), 2);
}
