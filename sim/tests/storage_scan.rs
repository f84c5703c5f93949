//! The full scan without a checkpoint: what it rebuilds, what it leaves out, what it refuses.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod rig;

use rig::{DIR, Rig, id};
use ringlog_sim::block_on;
use ringlog_sim::rng::Rng;
use ringlog_storage::disk::Disk;
use ringlog_storage::partition::files::SegmentFile;
use ringlog_storage::partition::{AppendBytes, FlushWant, LogPosition, PartitionLog};
use ringlog_storage::read::ReadError;
use ringlog_storage::scan::{ScanInput, Scanned, scan_partition};
use ringlog_wire::ids::Offset;
use std::path::{Path, PathBuf};

fn scan(rig: &Rig) -> Result<Option<Scanned>, ReadError> {
    let input = ScanInput { dir: Path::new(DIR), config: &rig.config, log_start: None, now_ms: 0 };
    block_on(scan_partition(&rig.disk, &rig.gauge, input))
}

/// Restores from a scan, replays the entries from number `from` on, and puts the log into the rig.
fn recover(rig: &mut Rig, scanned: Scanned, from: usize) -> Offset {
    let mut log = PartitionLog::restore(id(), rig.config, rig.gauge.clone(), scanned.image).unwrap();
    if let Some((at, bytes)) = &scanned.trailing {
        log.replay(AppendBytes { segment: at.segment, position: at.pos, bytes }, 0).unwrap();
    }
    if let Some((at, bytes)) = scanned.cut {
        log.offer_from_file(at, bytes);
    }
    for (p, bytes) in rig.entries.iter().skip(from) {
        log.fill_from_file(LogPosition { segment: p.segment, pos: p.position }, 0).unwrap();
        log.replay(AppendBytes { segment: p.segment, position: p.position, bytes }, 0).unwrap();
    }
    log.finish_replay().unwrap();
    let end = log.end();
    rig.log = log.into();
    end
}

fn check_all(rig: &Rig, what: &str) {
    let end = rig.log.borrow().end().0;
    for b in rig.model.iter().filter(|b| b.next <= end) {
        rig.check_read(b.base, 10_000, end).unwrap_or_else(|e| panic!("{what}: {e}"));
    }
}

/// 60 batches of 361 bytes in segments of 10,000 (27 batches each), flushed in whole blocks.
fn flushed() -> Rig {
    let mut rig = Rig::new(10_000);
    for n in 0..60 {
        rig.append(2, 300, n);
    }
    while rig.flush(FlushWant::WholeBlocks { min: 1 }) {}
    rig
}

fn file(kind: SegmentFile, base: u64) -> PathBuf {
    Path::new(DIR).join(kind.name(Offset(base)))
}

#[test]
fn scan_and_commit_log_give_the_whole_log_back() {
    for seed in 0..20 {
        let rng = Rng::new(seed);
        let mut rig = Rig::new(60_000);
        for n in 0..150 {
            rig.append(1 + rng.below(3) as u32, 1 + rng.below(3_000) as usize, n);
            if rng.one_in(6) {
                rig.flush(FlushWant::WholeBlocks { min: 1 });
            }
        }
        let before = rig.log.borrow().image();
        let scanned = scan(&rig).unwrap().unwrap();
        let min_end = scanned.min_end;
        let end = recover(&mut rig, scanned, 0);
        assert_eq!(end, before.end, "seed {seed}");
        assert!(min_end <= end && min_end >= Offset(1));
        assert_eq!(rig.log.borrow().image().epochs, before.epochs);
        let shape = |i: &ringlog_storage::partition::PartitionImage| {
            i.segments.iter().map(|s| (s.base, s.size, s.max_timestamp, s.bytes_since)).collect::<Vec<_>>()
        };
        assert_eq!(shape(&rig.log.borrow().image()), shape(&before), "seed {seed}");
        check_all(&rig, &format!("seed {seed}"));
    }
}

#[test]
fn a_cut_file_is_a_torn_tail_and_the_commit_log_fills_it_up() {
    for cut in (0..2_000).chain([8_191, 8_192, 20_480]) {
        let mut rig = Rig::new(1 << 20);
        for n in 0..60 {
            rig.append(2, 300, n);
        }
        while rig.flush(FlushWant::WholeBlocks { min: 1 }) {}
        rig.disk.corrupt(&file(SegmentFile::Log, 0), |f| f.truncate(f.len() - cut));
        let scanned = scan(&rig).unwrap().unwrap();
        assert_eq!(scanned.image.end.0, (20_480 - cut as u64) / 361 * 2);
        assert_eq!(scanned.damage, None, "a cut batch is not a bad one");
        assert_eq!(recover(&mut rig, scanned, 0), Offset(120), "cut by {cut}");
    }
}

#[test]
fn bytes_of_a_cut_batch_are_kept_for_a_carried_block() {
    // The commit log holds only the last block again, which starts inside the last batch.
    let mut rig = Rig::new(1 << 20);
    rig.append(1, 9_939, 0);
    rig.flush(FlushWant::WholeBlocks { min: 1 });
    let carry = rig.log.borrow().carry().unwrap();
    let scanned = scan(&rig).unwrap().unwrap();
    assert_eq!(scanned.image.end, Offset(0));
    rig.entries = vec![(carry.placement, carry.bytes.to_vec())];
    assert_eq!(recover(&mut rig, scanned, 0), Offset(1));
    check_all(&rig, "carried");
}

#[test]
fn a_bad_batch_at_the_very_end_is_left_out() {
    let mut rig = Rig::new(1 << 20);
    for n in 0..10 {
        rig.append(2, 300, n);
    }
    while rig.flush(FlushWant::Everything) {}
    rig.disk.corrupt(&file(SegmentFile::Log, 0), |f| f[3_600] ^= 1);
    let scanned = scan(&rig).unwrap().unwrap();
    assert_eq!((scanned.image.end, scanned.min_end), (Offset(18), Offset(18)));
    assert_eq!(scanned.damage.map(|d| d.position), Some(361 * 9));
    let log_len = rig.disk.content(&file(SegmentFile::Log, 0)).unwrap().len();
    assert_eq!(log_len, 3_610, "the scan erases nothing");
    assert_eq!(recover(&mut rig, scanned, 0), Offset(20), "the commit log still has it");
}

#[test]
fn a_bad_batch_before_a_good_one_is_named_and_needs_the_commit_log() {
    let check = |base: u64, byte: usize, at: u64| {
        let mut rig = flushed();
        rig.disk.corrupt(&file(SegmentFile::Log, base), |f| f[byte] ^= 0x41);
        let scanned = scan(&rig).unwrap().unwrap();
        let damage = scanned.damage.unwrap();
        assert_eq!((damage.segment, damage.position), (Offset(base), at), "byte {byte}");
        assert_eq!(scanned.image.end, Offset(base + at / 361 * 2));
        assert_eq!(scanned.min_end, Offset(108), "byte {byte}: what lies behind is seen");
        assert!(
            recover(&mut rig, scanned.clone(), usize::MAX) < scanned.min_end,
            "the caller must refuse this"
        );
        assert_eq!(recover(&mut rig, scanned, 0), Offset(120));
        check_all(&rig, "repaired");
    };
    for byte in [361 * 3 + 16, 361 * 3 + 18, 361 * 3 + 30, 361 * 3 + 100] {
        check(0, byte, 361 * 3);
    }
    check(0, 361 * 3 + 10, 361 * 3); // a length that points elsewhere
    check(54, 361 + 200, 361);
}

#[test]
fn a_closed_segment_that_lost_its_end_needs_the_commit_log() {
    let mut rig = flushed();
    lost_end(&mut rig, |f| f.truncate(8_192), 44);
    lost_end(&mut flushed(), |f| f.truncate(361 * 20), 40);
    lost_end(&mut flushed(), |f| f[361 * 26 + 200] ^= 1, 52);
}

fn lost_end(rig: &mut Rig, damage: impl FnOnce(&mut Vec<u8>), end: u64) {
    rig.disk.corrupt(&file(SegmentFile::Log, 0), damage);
    let scanned = scan(rig).unwrap().unwrap();
    assert_eq!(scanned.image.end, Offset(end));
    assert!(scanned.min_end > Offset(100), "good batches were seen behind the gap");
    let min_end = scanned.min_end;
    assert!(recover(rig, scanned.clone(), usize::MAX) < min_end, "the caller must refuse this");
    assert_eq!(recover(rig, scanned, 0), Offset(120));
    check_all(rig, "gap");
}

#[test]
fn wrong_index_files_are_written_again() {
    let rig = flushed();
    let good = |kind| rig.disk.content(&file(kind, 0)).unwrap();
    let (index, time) = (good(SegmentFile::Index), good(SegmentFile::TimeIndex));
    assert!(!index.is_empty() && !time.is_empty());
    rig.disk.corrupt(&file(SegmentFile::Index, 0), |f| f.extend([0; 800]));
    block_on(rig.disk.unlink(&file(SegmentFile::TimeIndex, 0))).unwrap();
    scan(&rig).unwrap();
    assert_eq!((good(SegmentFile::Index), good(SegmentFile::TimeIndex)), (index, time));
}

#[test]
fn no_segments_are_no_log() {
    assert!(scan(&Rig::new(1000)).unwrap().is_none());
}
