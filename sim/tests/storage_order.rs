//! Orders of events that dice hardly bring: each step comes when the test lets it come, and right behind the last one
//! the process is killed or the power goes.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::disk::{Alone, FileKind, Place, Target};
use ringlog_sim::rng::Rng;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::store::Shed;
use ringlog_wire::ids::Offset;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;
use support::check::{holds, holds_acked, tags};
use support::ends::{checkpoints, commit_logs, spoil_checkpoints};
use support::{NOW_MS, Options, Running, append, batch, id, open, read_all, simulate};

const MINUTE: u64 = 60_000_000_000;

/// Everything on files of this kind hangs for `ms` from now on; 0 heals.
fn hang(s: &Sim, disk: &MemDisk, kind: FileKind, ms: u64) {
    let alone = Alone { place: Place::Kind(kind), slower: 0, hung_until: s.exec().now() + ms * 1_000_000 };
    disk.set_faults(|f| f.alone = (ms > 0).then_some(alone));
}

/// The first step of `work`: as far as it comes without waiting.
async fn begin<T>(work: &mut Pin<&mut impl Future<Output = T>>) {
    std::future::poll_fn(|cx| {
        assert!(work.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// Works until the aim strikes.
async fn until_struck(disk: &MemDisk, work: impl Future<Output = ()>) {
    let (mut work, mut struck) = (pin!(work), pin!(disk.struck()));
    std::future::poll_fn(|cx| {
        let _ = work.as_mut().poll(cx);
        struck.as_mut().poll(cx)
    })
    .await;
}

/// The files of the commit log: path and content.
fn logs(disk: &MemDisk) -> Vec<(PathBuf, Vec<u8>)> {
    commit_logs(disk).into_iter().map(|p| (p.clone(), disk.content(&p).unwrap())).collect()
}

/// The last frame of one life is in the page cache only, and the start that read it could not sync it. The next start
/// serves it, since the kernel shows it and has no error any more: then it must reach the device, or what is appended
/// behind it stands behind a gap.
#[test]
fn a_last_frame_that_only_the_page_cache_has_is_written_again_before_it_counts() {
    for seed in 0..4 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options::default();
            let (run, p) = Running::first(s, disk, &o).await;
            run.produce_each(&p, 0..5, 500).await;
            s.sleep_ms(500).await;
            // Its bytes have landed, and nobody was told.
            disk.aim(Some(Target::Step { kind: FileKind::Commit, nth: 1 }));
            run.append(&p, &batch(5, 1, 500)).await.unwrap();
            disk.struck().await;
            drop(p);
            run.kill();
            disk.fail_next_sync(Path::new("/data/cores/00/commit-0.log"));
            assert!(open(s, disk, &o).await.is_err(), "seed {seed}: its log cannot be synced");

            let (run, p) = Running::again(s, disk, &o, 101).await;
            assert_eq!(p.offsets().durable, Offset(6), "seed {seed}: what was found is served");
            run.produce(&p, &batch(6, 1, 500)).await;
            drop(p);
            run.kill();
            disk.lose_power(&Rng::new(seed));
            holds(s, disk, &o, &[(1, 7)], &format!("seed {seed}")).await;
        });
    }
}

/// The first checkpoint of a life is torn by a power cut: the one before it still holds, since it lies in the other
/// slot. The one before that would not do: the files that it needs were used again.
#[test]
fn a_torn_checkpoint_leaves_the_one_before_it() {
    for seed in 0..12 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options::default();
            let run = Running::start(s, disk, &o, 100).await.unwrap();
            // More than one sector of a checkpoint.
            for other in 2..8 {
                let other = run.create(id(other, 0)).await;
                run.produce(&other, &batch(0, 1, 100)).await;
            }
            let p = run.create(id(1, 0)).await;
            let n = run.until_recycled(4, &p, 0).await;
            drop(p);
            run.kill();
            s.sleep_ms(4000).await;

            let (run, p) = Running::again(s, disk, &o, 101).await;
            disk.aim(Some(Target::Step { kind: FileKind::Checkpoint, nth: 1 }));
            until_struck(disk, async {
                loop {
                    run.produce(&p, &batch(p.offsets().end.0, 1, 2000)).await;
                }
            })
            .await;
            let acked = p.offsets().durable.0;
            assert!(acked > n, "seed {seed}");
            drop(p);
            run.kill();
            disk.lose_power(&Rng::new(seed));
            holds_acked(s, disk, &o, acked, &format!("seed {seed}")).await;
        });
    }
}

/// The file that takes frames next gets one that a power cut tears: its first sector stays as it was.
fn tear_first_frame(disk: &MemDisk) {
    // Used before, and without a header now, or with that of the oldest.
    let generation = |f: &[u8]| u64::from_le_bytes(f[16..24].try_into().unwrap());
    let used = logs(disk).into_iter().filter(|(_, f)| f.iter().any(|b| *b != 0));
    let (free, _) = used.min_by_key(|(_, f)| generation(f)).unwrap();
    disk.corrupt(&free, |f| f[512..2048].fill(0xab));
}

/// The front of a file that is to take frames again was cleared, and the device never got that: the sync failed. The
/// next start sees it cleared all the same, and clears it again before its first frame, which may be torn.
#[test]
fn a_front_that_only_the_page_cache_has_cleared_is_cleared_again() {
    simulate(3, async |s: &Sim, disk: &MemDisk| {
        let o = Options::default();
        let (run, p) = Running::first(s, disk, &o).await;
        s.sleep_ms(500).await;
        disk.fail_next_sync(Path::new("/data/cores/00/commit-0.log"));
        let mut n = 0;
        while append(&run.store, &p, &batch(n, 1, 2000)).await.is_ok() {
            n += 1;
            assert!(n < 1000, "no front was cleared");
            run.settled(&p, n).await;
        }
        let acked = p.offsets().durable.0;
        assert!(acked + 1 >= n, "each waited for the one before");
        drop(p);
        run.kill();
        s.sleep_ms(4000).await;
        let run = Running::start(s, disk, &o, 101).await.unwrap();
        let there = run.store.partition(id(1, 0)).unwrap().offsets().durable.0;
        assert!(there >= acked);
        run.kill();
        disk.lose_power(&Rng::new(3));
        tear_first_frame(disk);
        spoil_checkpoints(disk);
        holds(s, disk, &o, &[(1, there)], "a torn frame").await;
    });
}

/// A log file takes frames again, and its first frame is torn so that its first sector is the old one. With both
/// checkpoints lost as well, the oldest log file counts: it must not be this one, whose old frames nobody needs and
/// of which the torn one spoils some.
#[test]
fn a_torn_first_frame_in_a_recycled_file_shows_no_older_one() {
    simulate(3, async |s: &Sim, disk: &MemDisk| {
        let o = Options::default();
        let (run, p) = Running::first(s, disk, &o).await;
        let n = run.until_recycled(1, &p, 0).await;
        drop(p);
        run.kill();
        s.sleep_ms(4000).await;
        tear_first_frame(disk);
        spoil_checkpoints(disk);
        holds(s, disk, &o, &[(1, n)], "a torn frame").await;
    });
}

/// A start cuts off what an earlier life wrote and nobody was told of; a power cut must not bring it back below what
/// was appended since: with both checkpoints lost nothing says which of the two is the log.
#[test]
fn what_a_start_cut_off_stays_away() {
    let mut cut = 0;
    for seed in 0..32 {
        cut += u32::from(simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options { bypass_min: 8 << 10, ..Options::with_segments(1 << 20) };
            let (run, p) = Running::first(s, disk, &o).await;
            run.produce_each(&p, 0..3, 500).await;
            s.sleep_ms(500).await;
            // Past the log; the frame that tells of it is on its way when its bytes have landed, and never gets there.
            hang(s, disk, FileKind::Commit, 30);
            disk.aim(Some(Target::Step { kind: FileKind::Commit, nth: 0 }));
            for _ in 0..3 {
                run.append(&p, &batch(77, 1, 9000)).await.unwrap();
            }
            disk.struck().await;
            hang(s, disk, FileKind::Commit, 0);
            let path = p.dir().join("00000000000000000000.log");
            assert!(disk.content(&path).unwrap().len() > 20_000, "a whole one, and more");
            drop(p);
            run.kill();
            s.sleep_ms(4000).await;

            let (run, p) = Running::again(s, disk, &o, 101).await;
            let mut there = tags(&p).await;
            let cut = there.len() == 3;
            run.produce(&p, &batch(99, 1, 500)).await;
            there.push(99);
            drop(p);
            run.kill();
            disk.lose_power(&Rng::new(seed));
            spoil_checkpoints(disk);
            let store = open(s, disk, &o).await.unwrap_or_else(|e| panic!("seed {seed}: {e}"));
            let found = tags(&store.partition(id(1, 0)).unwrap()).await;
            assert_eq!(found, there, "seed {seed}");
            cut
        }));
    }
    assert!(cut > 2, "{cut}: mostly the frame lands after the end of its process");
}

/// Nothing is flushed until the log is full. What recycling must write once more, blocks of many partitions, still has
/// its room.
#[test]
fn a_full_log_has_room_for_what_recycling_writes() {
    simulate(4, async |s: &Sim, disk: &MemDisk| {
        let (run, busy) = Running::first(s, disk, &Options::default()).await;
        run.produce(&busy, &batch(0, 1, 100)).await;
        for n in 2..8 {
            let idle = run.create(id(n, 0)).await;
            run.produce(&idle, &batch(0, 1, 3500)).await;
        }
        s.sleep_ms(500).await;
        hang(s, disk, FileKind::Segment, 5_000);
        let mut n = 1;
        let fill = async {
            loop {
                run.append(&busy, &batch(n, 1, 400)).await.unwrap();
                n += 1;
                s.sleep_ms(2).await;
            }
        };
        assert!(
            s.exec().within(3_000_000_000, fill).await.is_none(),
            "nothing is flushed, and there is room"
        );
        assert!(n > 30, "{n}");
        hang(s, disk, FileKind::Segment, 0);
        let more = run.produce_each(&busy, n..n + 200, 400);
        assert!(s.exec().within(MINUTE, more).await.is_some(), "the log is full for ever");
        drop(busy);
        run.kill();
    });
}

/// A log start is in the commit log, and the task that asked for it does not hear of that while the log comes round:
/// the entry's file is used again. The checkpoints of that time know the log start, or nothing does.
#[test]
fn a_log_start_on_its_way_is_in_every_checkpoint() {
    simulate(5, async |s: &Sim, disk: &MemDisk| {
        let o = Options::default();
        let (run, p) = Running::first(s, disk, &o).await;
        let other = run.create(id(2, 0)).await;
        run.produce_each(&p, 0..20, 500).await;
        {
            let raises = [(Rc::clone(&p), Offset(15))];
            let mut raise = pin!(run.store.raise_log_starts(&raises));
            begin(&mut raise).await;
            run.until_recycled(8, &other, 0).await;
            raise.await.unwrap();
        }
        assert_eq!(p.offsets().log_start, Offset(15));
        drop((p, other));
        run.kill();
        let store = open(s, disk, &o).await.unwrap();
        let offsets = store.partition(id(1, 0)).unwrap().offsets();
        assert_eq!((offsets.log_start, offsets.end), (Offset(15), Offset(20)), "it was answered");
    });
}

/// Readers let go of segments that left their log: a file that has no name any more would keep its space.
#[test]
fn no_reader_keeps_a_deleted_segment_open() {
    simulate(6, async |s: &Sim, disk: &MemDisk| {
        let mut o = Options::with_segments(6 << 10);
        o.log.index_interval_bytes = 512;
        let (run, p) = Running::first(s, disk, &o).await;
        run.produce_each(&p, 0..40, 500).await;
        run.store.close().await.unwrap();
        drop(p);
        run.kill();
        let (run, p) = Running::again(s, disk, &o, 101).await;
        assert_eq!(read_all(&p).await.len(), 40);
        run.store.raise_log_starts(&[(Rc::clone(&p), Offset(30))]).await.unwrap();
        let shed = Shed { partition: Rc::clone(&p), active: false, delay_ms: 0 };
        assert!(run.store.shed(&[shed], NOW_MS, 0).await.unwrap() > 1);
        assert_eq!(run.store.remove_doomed(0).await, None);
        assert_eq!(disk.nameless(), 0, "files without a name are open");
        drop(p);
        run.kill();
    });
}

/// Several batches of a partition are in one frame, over more than a block; then a checkpoint is due for what went past
/// the log, while the log is far from full, so that nothing of the partition was flushed. Its last block goes to a
/// newer log file, and the older one is needed on.
#[test]
fn a_carried_block_lets_go_of_no_bytes_before_it() {
    simulate(7, async |s: &Sim, disk: &MemDisk| {
        let o = Options { bypass_min: 64 << 10, unflushed_max: 1 << 30, ..Options::with_segments(1 << 30) };
        let (run, p) = Running::first(s, disk, &o).await;
        let large = run.create(id(2, 0)).await;
        // One turn: one frame. The last of them begins in the block that is carried.
        for (n, size) in [5000, 300, 300].into_iter().enumerate() {
            run.append(&p, &batch(n as u64, 1, size)).await.unwrap();
        }
        run.produce(&large, &batch(0, 100, 16 << 10)).await;
        // Entries that hold no log file fill the first one.
        for to in 1..16 {
            run.store.raise_log_starts(&[(Rc::clone(&large), Offset(to))]).await.unwrap();
        }
        assert_eq!(logs(disk).iter().filter(|(_, f)| f[..4] == *b"RLF\x01").count(), 2);
        let written = || checkpoints().map(|path| disk.content(&path));
        let before = written();
        for n in 0..5 {
            run.produce(&large, &batch(n, 1, 14 << 20)).await;
        }
        s.sleep_ms(100).await;
        assert!(written() != before, "a checkpoint was due");
        assert_eq!(p.log().borrow().unflushed_bytes() as u64, p.log().borrow().segments().active().size);
        drop((p, large));
        run.kill();
        holds(s, disk, &o, &[(1, 3)], "a file too many was used again").await;
    });
}

/// A recycling writes the block of an idle partition once more, and its frame is not durable yet when another task
/// writes a checkpoint: the log file that has the block so far is named in it.
#[test]
fn a_checkpoint_beside_a_recycling_waits_for_carried_blocks() {
    // Of the numbers of records some make a recycling due right then; the frame of the block may still be there.
    for count in 10..32 {
        for seed in 0..4 {
            simulate(100 * count + seed, async |s: &Sim, disk: &MemDisk| {
                beside_a_recycling(s, disk, count).await
            });
        }
    }
}

async fn beside_a_recycling(s: &Sim, disk: &MemDisk, count: u64) {
    let o = Options::with_segments(12 << 10);
    let run = Running::start(s, disk, &o, 100).await.unwrap();
    // A partition that is not carried, since nobody writes to it after a clean stop: its segments will go.
    let shed = run.create(id(3, 0)).await;
    run.produce_each(&shed, 0..10, 3000).await;
    run.store.close().await.unwrap();
    drop(shed);
    run.kill();
    let run = Running::start(s, disk, &o, 101).await.unwrap();
    let shed = run.store.partition(id(3, 0)).unwrap();
    let (idle, busy) = (run.create(id(1, 0)).await, run.create(id(2, 0)).await);
    run.produce(&idle, &batch(0, 1, 3000)).await;
    run.store.raise_log_starts(&[(Rc::clone(&shed), Offset(9))]).await.unwrap();
    s.sleep_ms(500).await;
    run.produce_each(&busy, 0..count, 2000).await;
    // From here on no frame comes to its end: that of the carried block is on its way, if it is due now.
    hang(s, disk, FileKind::Commit, 10_000);
    s.sleep_ms(50).await;
    let want = [Shed { partition: Rc::clone(&shed), active: false, delay_ms: 0 }];
    let _ = s.exec().within(100_000_000, run.store.shed(&want, NOW_MS, 0)).await;
    drop((idle, busy, shed, want));
    run.kill();
    hang(s, disk, FileKind::Commit, 0);
    disk.lose_power(&Rng::new(count));
    holds(s, disk, &o, &[(1, 1), (2, count)], &format!("{count} records")).await;
}

/// A stop that comes when a large batch was just accepted waits until that is in its segment. In a thread of its own:
/// a stop that looks again and again without giving way would have no end.
#[test]
fn a_stop_waits_for_what_goes_past_the_log() {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        simulate(8, async |s: &Sim, disk: &MemDisk| {
            let o = Options { bypass_min: 8 << 10, ..Options::default() };
            let (run, p) = Running::first(s, disk, &o).await;
            run.produce(&p, &batch(0, 1, 100)).await;
            append(&run.store, &p, &batch(1, 1, 20_000)).await.unwrap();
            run.store.close().await.unwrap();
            drop(p);
            run.kill();
            holds(s, disk, &o, &[(1, 2)], "behind the stop").await;
        });
        tell.send(()).unwrap();
    });
    told.recv_timeout(Duration::from_secs(20)).expect("the stop ends, and all is there");
}
