//! Files: what is written is read back, whatever the way, and a dropped future loses nothing but its answer.

use super::*;

fn filled(bytes: &[u8]) -> AlignedBuf {
    let mut buf = AlignedBuf::zeroed(bytes.len(), &Gauge::default());
    buf.as_mut_slice()[..bytes.len()].copy_from_slice(bytes);
    buf
}

#[test]
fn commit_log_appends_are_read_back_by_ring_and_by_flusher() {
    for completion in [Completion::Ring, Completion::Flusher, Completion::Auto] {
        let dir = TempDir::new();
        let mut spec = spec(&dir);
        spec.cores[0].completion = completion;
        let path = dir.0.join("commit.log");
        on_core_0(spec, move |env| {
            let path = path.clone();
            async move {
                let disk = env.disk();
                let file = disk.open(&path, OpenMode::DIRECT).await.unwrap();
                disk.reserve(&file, 0, 1 << 20).await.unwrap();
                for i in 0..20u8 {
                    let (result, buf) = disk
                        .append_durable(&file, filled(&[i; 2 * BLOCK]), u64::from(i) * BLOCK as u64, BLOCK)
                        .await;
                    result.unwrap();
                    assert_eq!(buf.as_slice()[0], i);
                }
                assert_eq!(disk.len(&file).await.unwrap(), 20 * BLOCK as u64);
                let buf = AlignedBuf::zeroed(32 * BLOCK, &Gauge::default());
                let (n, buf) = disk.read_at(&file, buf, 0, 32 * BLOCK).await;
                assert_eq!(n.unwrap(), 20 * BLOCK);
                for i in 0..20u8 {
                    assert_eq!(buf.as_slice()[usize::from(i) * BLOCK], i);
                }
            }
        });
    }
}

/// More parts than one system call takes, more writes than the thread's queue holds, and one that must fail.
#[test]
fn durable_segment_writes_are_read_back_and_fail_as_they_should() {
    let dir = TempDir::new();
    let root = dir.0.clone();
    on_core_0(spec(&dir), move |env| {
        let root = root.clone();
        async move {
            let disk = env.disk().clone();
            let path = root.join("segment");
            let file = disk.open(&path, OpenMode::DIRECT).await.unwrap();
            let whole = pattern(1300 * BLOCK);
            let mut parts: Vec<Bytes> = whole.chunks(BLOCK).map(|block| filled(block).freeze()).collect();
            parts.insert(7, Bytes::new());
            disk.write_durable(&file, parts, 0).await.unwrap();
            assert!(std::fs::read(&path).unwrap() == whole);
            let left = Rc::new(Cell::new(100));
            for i in 0..100u64 {
                let (disk, file, left) = (disk.clone(), file.clone(), Rc::clone(&left));
                env.spawn(Lane::Commit, async move {
                    let block = filled(&[i as u8; BLOCK]).freeze();
                    disk.write_durable(&file, vec![block], i * BLOCK as u64).await.unwrap();
                    left.set(left.get() - 1);
                });
            }
            while left.get() > 0 {
                yield_now().await;
            }
            let found = std::fs::read(&path).unwrap();
            assert!((0..100).all(|i| found[i * BLOCK..(i + 1) * BLOCK] == [i as u8; BLOCK]));
            let odd = vec![Bytes::from_static(b"no block")];
            let refused = disk.write_durable(&file, odd, 0).await.unwrap_err();
            assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput, "O_DIRECT takes whole blocks");
        }
    });
}

#[test]
fn gathered_segment_writes_and_small_files() {
    let dir = TempDir::new();
    let root = dir.0.clone();
    on_core_0(spec(&dir), move |env| {
        let root = root.clone();
        async move {
            let disk = env.disk();
            let topic = root.join("topic-0");
            disk.create_dir(&topic).await.unwrap();
            disk.create_dir(&topic).await.unwrap();
            let log = topic.join("00000000000000000000.log");
            let file = disk.open(&log, OpenMode::DIRECT).await.unwrap();
            let whole = pattern(1000 * BLOCK);
            let parts: Vec<Bytes> = whole.chunks(BLOCK).map(|block| filled(block).freeze()).collect();
            disk.write_at(&file, parts, 0).await.unwrap();
            disk.sync(&file).await.unwrap();
            disk.truncate(&file, 999 * BLOCK as u64 + 7).await.unwrap();
            disk.sync_dir(&topic).await.unwrap();
            let back = disk.read_file(&log, 1 << 24).await.unwrap();
            assert_eq!(back, whole[..999 * BLOCK + 7]);
            assert_eq!(disk.read_file(&log, 100).await.unwrap_err().kind(), std::io::ErrorKind::FileTooLarge);
            let unaligned = vec![Bytes::from_static(b"xyz")];
            assert!(disk.write_at(&file, unaligned, 0).await.is_err());

            let meta = root.join("meta.properties");
            disk.replace_file(&meta, b"one").await.unwrap();
            disk.replace_file(&meta, b"two").await.unwrap();
            assert_eq!(disk.read_file(&meta, 10).await.unwrap(), b"two");
            let small = disk.open(&root.join("small"), OpenMode::WRITE).await.unwrap();
            disk.write_at(&small, vec![Bytes::from_static(b"ab"), Bytes::from_static(b"c")], 5)
                .await
                .unwrap();
            assert_eq!(disk.len(&small).await.unwrap(), 8);
            disk.rename(&root.join("small"), &root.join("renamed")).await.unwrap();
            let names: Vec<_> =
                disk.list(&root).await.unwrap().into_iter().map(|e| (e.name, e.len)).collect();
            let expected = [("meta.properties", 3), ("renamed", 8), ("topic-0", 0)];
            assert_eq!(names, expected.map(|(n, l)| (n.to_owned(), l)));
            disk.unlink(&log).await.unwrap();
            disk.remove_dir(&topic).await.unwrap();
            assert!(disk.open(&log, OpenMode::READ).await.is_err());
            let space = disk.space(&root).await.unwrap();
            assert!(space.free > 0 && space.free <= space.total);
        }
    });
}

#[test]
fn a_file_that_is_to_go_gets_shorter_unless_somebody_reads_it() {
    const PIECE: u64 = 4 * BLOCK as u64;
    let dir = TempDir::new();
    let path = dir.0.join("00000000000000000000.log.deleted");
    std::fs::write(&path, pattern(10 * BLOCK + 3)).unwrap();
    on_core_0(spec(&dir), move |env| {
        let path = path.clone();
        async move {
            let disk = env.disk();
            let file = disk.open(&path, OpenMode::REMOVE).await.unwrap();
            let len = async || disk.len(&file).await.unwrap();
            let reader = disk.open(&path, OpenMode::READ).await.unwrap();
            disk.unlink(&path).await.unwrap();
            assert!(!disk.shorten(&file, PIECE).await.unwrap(), "a reader has it open");
            assert_eq!(len().await, 10 * BLOCK as u64 + 3);
            drop(reader);
            // The descriptor closes on another thread.
            while !disk.shorten(&file, PIECE).await.unwrap() {
                env.clock().sleep_until(env.clock().now().after(Duration::from_millis(1))).await;
            }
            assert_eq!(len().await, 2 * PIECE);
            assert!(disk.shorten(&file, PIECE).await.unwrap());
            assert_eq!(len().await, PIECE);
            assert!(!disk.shorten(&file, PIECE).await.unwrap(), "the rest goes with the descriptor");
        }
    });
}

#[test]
fn a_locked_file_is_refused_until_its_last_clone_is_gone() {
    let dir = TempDir::new();
    let path = dir.0.join("locked");
    on_core_0(spec(&dir), move |env| {
        let path = path.clone();
        async move {
            let first = env.disk().open(&path, OpenMode::DIRECT).await.unwrap();
            let clone = first.clone();
            drop(first);
            let refused = env.disk().open(&path, OpenMode::WRITE).await.unwrap_err();
            assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
            drop(clone);
            // The close runs on the same ordinary thread, before the next open.
            env.disk().open(&path, OpenMode::WRITE).await.unwrap();
        }
    });
}

#[test]
fn dropped_futures_leave_their_buffers_to_the_kernel() {
    let dir = TempDir::new();
    let path = dir.0.join("data");
    std::fs::write(&path, pattern(256 * BLOCK)).unwrap();
    let gauge = Gauge::default();
    let watched = gauge.clone();
    on_core_0(spec(&dir), move |env| {
        let (path, gauge) = (path.clone(), gauge.clone());
        async move {
            let mode = OpenMode { write: true, create: false, direct: true, lock: false };
            let file = env.disk().open(&path, mode).await.unwrap();
            for i in 0..64u64 {
                let disk = env.disk().clone();
                let read =
                    disk.read_at(&file, AlignedBuf::zeroed(4 * BLOCK, &gauge), i * 4 * 4096, 4 * BLOCK);
                let buf = AlignedBuf::zeroed(BLOCK, &gauge);
                let write = disk.append_durable(&file, buf, i * 4096, BLOCK);
                let (mut read, mut write) = (Box::pin(read), Box::pin(write));
                poll_fn(|cx| {
                    let _ = read.as_mut().poll(cx);
                    let _ = write.as_mut().poll(cx);
                    std::task::Poll::Ready(())
                })
                .await;
            }
            assert!(gauge.used() > 0, "operations in flight keep their buffers");
            drop(file);
            while gauge.used() > 0 {
                yield_now().await;
            }
        }
    });
    assert_eq!(watched.used(), 0);
}

/// Submissions run in the system call: what hundreds of tasks start in one turn goes to the kernel in portions.
/// Without the bound it is 256, the budget of the lane.
#[test]
fn one_system_call_never_takes_all_that_is_ready() {
    let dir = TempDir::new();
    let path = dir.0.join("data");
    std::fs::write(&path, pattern(BLOCK)).unwrap();
    let running = run(spec(&dir), move |env| {
        let path = path.clone();
        async move {
            if env.mesh().core().0 != 0 {
                return;
            }
            let file = env.disk().open(&path, OpenMode::READ).await.unwrap();
            let left = Rc::new(Cell::new(300));
            for _ in 0..300 {
                let (disk, file, left) = (env.disk().clone(), file.clone(), Rc::clone(&left));
                let buf = AlignedBuf::zeroed(BLOCK, &Gauge::default());
                env.spawn(Lane::Produce, async move {
                    let (n, _) = disk.read_at(&file, buf, 0, BLOCK).await;
                    assert_eq!(n.unwrap(), BLOCK);
                    left.set(left.get() - 1);
                });
            }
            while left.get() > 0 {
                yield_now().await;
            }
        }
    })
    .unwrap();
    let report = running.join().unwrap();
    if !OWN_RING {
        return;
    }
    let most = report[0].largest_submission;
    // On a slow machine time ends the turn before the bound does.
    assert!((1..=65).contains(&most), "{most} entries in one system call");
}

#[test]
fn many_syncs_at_once_are_each_answered_for_what_became_of_them() {
    let dir = TempDir::new();
    let base = dir.0.clone();
    on_core_0(spec(&dir), move |env| {
        let base = base.clone();
        async move {
            let (disk, answers) = (env.disk().clone(), Rc::new(std::cell::RefCell::new(Vec::new())));
            for i in 0..300 {
                let (disk, base, answers) = (disk.clone(), base.clone(), Rc::clone(&answers));
                env.spawn(Lane::Flush, async move {
                    // Each tenth names a folder that is not there.
                    let folder = if i % 10 == 9 { base.join("missing") } else { base.clone() };
                    let done = match i % 3 {
                        0 => disk.replace_file(&folder.join(format!("small-{i}")), &pattern(i)).await,
                        1 => disk.sync_dir(&folder).await,
                        _ => match disk.open(&folder.join(format!("file-{i}")), OpenMode::WRITE).await {
                            Ok(file) => disk.sync(&file).await,
                            Err(e) => Err(e),
                        },
                    };
                    answers.borrow_mut().push((i, done.map_err(|e| e.kind())));
                });
            }
            while answers.borrow().len() < 300 {
                yield_now().await;
            }
            for (i, done) in answers.take() {
                let expected = if i % 10 == 9 { Err(std::io::ErrorKind::NotFound) } else { Ok(()) };
                assert_eq!(done, expected, "{i}");
                if i % 3 == 0 && expected.is_ok() {
                    assert_eq!(std::fs::read(base.join(format!("small-{i}"))).unwrap(), pattern(i));
                }
            }
            let unfinished = |e: &std::fs::DirEntry| e.file_name().to_string_lossy().ends_with(".tmp");
            assert_eq!(std::fs::read_dir(&base).unwrap().flatten().filter(unfinished).count(), 0);
        }
    });
}
