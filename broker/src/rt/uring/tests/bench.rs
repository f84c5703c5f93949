//! Measuring programs, run by hand: `cargo test --release -p ringlog -- --ignored --nocapture bench`.
//!
//! Owner: whoever changes the reactor. Invariants: nothing is asserted about time. The figures that they are
//! held against stand in the performance page (bare ring with flusher: 105-161k/s, 2-6 µs CPU each).

use super::*;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::cell::RefCell;
use std::os::fd::AsFd;
use std::time::Instant as Std;

const CONNECTIONS: usize = 64;
const REQUEST: usize = 1024;
const ANSWER: usize = 32;

/// Group commit of whole blocks, as simple as it can be.
#[derive(Default)]
struct Log {
    pending: RefCell<Vec<u8>>,
    appended: Cell<u64>,
    durable: Cell<u64>,
    wakers: RefCell<Vec<std::task::Waker>>,
    committer: RefCell<Option<std::task::Waker>>,
}

impl Log {
    async fn commit(self: Rc<Self>, env: UringEnv, file: UringFile) {
        let gauge = Gauge::default();
        let mut spare = Some(AlignedBuf::zeroed(1 << 20, &gauge));
        let mut pos = 0;
        loop {
            poll_fn(|cx| {
                if self.appended.get() > self.durable.get() {
                    return std::task::Poll::Ready(());
                }
                *self.committer.borrow_mut() = Some(cx.waker().clone());
                std::task::Poll::Pending
            })
            .await;
            let upto = self.appended.get();
            let mut buf = spare.take().unwrap();
            let pending = self.pending.take();
            let len = pending.len().next_multiple_of(BLOCK);
            buf.as_mut_slice()[..pending.len()].copy_from_slice(&pending);
            if pos + len as u64 > 64 << 20 {
                pos = 0;
            }
            let (result, back) = env.disk().append_durable(&file, buf, pos, len).await;
            result.unwrap();
            spare = Some(back);
            pos += len as u64;
            self.durable.set(upto);
            self.wakers.take().into_iter().for_each(std::task::Waker::wake);
        }
    }

    async fn append(&self, bytes: &[u8]) {
        self.pending.borrow_mut().extend_from_slice(bytes);
        let mine = self.appended.get() + 1;
        self.appended.set(mine);
        if let Some(w) = self.committer.take() {
            w.wake();
        }
        poll_fn(|cx| {
            if self.durable.get() >= mine {
                return std::task::Poll::Ready(());
            }
            self.wakers.borrow_mut().push(cx.waker().clone());
            std::task::Poll::Pending
        })
        .await;
    }
}

async fn serve(conn: UringConn, log: Option<Rc<Log>>) {
    let mut buf = BytesMut::with_capacity(64 << 10);
    let mut parts = Vec::new();
    loop {
        while buf.len() < REQUEST {
            match conn.recv(&mut buf, 64 << 10).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        if let Some(log) = &log {
            log.append(&buf[..REQUEST]).await;
        }
        bytes::Buf::advance(&mut buf, REQUEST);
        buf.reserve(1);
        parts.push(SendPart::Bytes(Bytes::from_static(&[0; ANSWER])));
        if conn.send(&mut parts).await.is_err() {
            return;
        }
    }
}

/// A closed loop over all connections on this thread; requests per second, and latencies in ns.
fn drive(addr: SocketAddr, connections: usize, seconds: u64) -> (f64, Vec<u64>) {
    let streams: Vec<_> = (0..connections)
        .map(|_| {
            let s = TcpStream::connect(addr).unwrap();
            s.set_nodelay(true).unwrap();
            s
        })
        .collect();
    let request = [1u8; REQUEST];
    let begin = Std::now();
    let mut sent = vec![begin; connections];
    for s in &streams {
        (&*s).write_all(&request).unwrap();
    }
    let mut latencies = Vec::new();
    let mut fds: Vec<_> = streams.iter().map(|s| PollFd::new(s.as_fd(), PollFlags::POLLIN)).collect();
    while begin.elapsed().as_secs() < seconds {
        poll(&mut fds, PollTimeout::MAX).unwrap();
        for (i, fd) in fds.iter().enumerate() {
            if fd.any() == Some(true) {
                let mut answer = [0; ANSWER];
                (&streams[i]).read_exact(&mut answer).unwrap();
                let now = Std::now();
                latencies.push(u64::try_from((now - sent[i]).as_nanos()).unwrap());
                sent[i] = now;
                (&streams[i]).write_all(&request).unwrap();
            }
        }
    }
    let rate = latencies.len() as f64 / begin.elapsed().as_secs_f64();
    latencies.sort_unstable();
    (rate, latencies)
}

fn thread_cpu_ms(name: &str) -> u64 {
    let mut sum = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let path = task.unwrap().path();
        let comm = std::fs::read_to_string(path.join("comm")).unwrap_or_default();
        if comm.trim() == name {
            let stat = std::fs::read_to_string(path.join("schedstat")).unwrap();
            sum += stat.split(' ').next().unwrap().parse::<u64>().unwrap() / 1_000_000;
        }
    }
    sum
}

fn bench(name: &str, durable: bool, completion: Completion, connections: usize) {
    let dir = TempDir::new();
    let path = dir.0.join("commit.log");
    std::fs::write(&path, vec![0; 65 << 20]).unwrap();
    std::fs::File::open(&path).unwrap().sync_all().unwrap();
    let mut spec = spec(&dir);
    spec.cores[0].completion = completion;
    spec.cores[0].cpu = Some(0);
    let running = run(spec, move |env| {
        let path = path.clone();
        async move {
            if env.mesh().core().0 == 0 {
                let file = env.disk().open(&path, OpenMode::DIRECT).await.unwrap();
                let log = Rc::new(Log::default());
                env.spawn(Lane::Commit, Rc::clone(&log).commit(env.clone(), file));
                let acceptor = env.clone();
                env.spawn(Lane::Produce, async move {
                    while let Ok(conn) = acceptor.net().accept(0).await {
                        acceptor.spawn(Lane::Produce, serve(conn, durable.then(|| Rc::clone(&log))));
                    }
                });
            }
            env.stopped().await;
        }
    })
    .unwrap();
    let (rate, l) = drive(running.addrs[0], connections, 3);
    // The threads are new: all their time belongs to this run.
    let (core, flusher) = (thread_cpu_ms("core-0"), thread_cpu_ms("flush-0"));
    let each = |ms: u64| ms as f64 * 1000.0 / l.len() as f64;
    running.stop_handle().stop();
    let report = running.join().unwrap()[0];
    let at = |p: f64| l[((l.len() - 1) as f64 * p) as usize] / 1000;
    println!(
        "{name}: {rate:.0}/s, p50 {} p99 {} p999 {} µs, CPU each {:.2} + {:.2} µs, {:.1} requests a turn, {report:?}",
        at(0.5),
        at(0.99),
        at(0.999),
        each(core),
        each(flusher),
        l.len() as f64 / report.turns as f64,
    );
}

#[test]
#[ignore = "a measurement"]
fn bench_echo() {
    bench("echo 64", false, Completion::Flusher, CONNECTIONS);
    bench("echo 1", false, Completion::Flusher, 1);
}

#[test]
#[ignore = "a measurement"]
fn bench_durable_by_flusher() {
    bench("flusher 64", true, Completion::Flusher, CONNECTIONS);
    bench("flusher 1", true, Completion::Flusher, 1);
}

#[test]
#[ignore = "a measurement"]
fn bench_durable_by_ring() {
    bench("ring 64", true, Completion::Ring, CONNECTIONS);
    bench("ring 1", true, Completion::Ring, 1);
}

/// Fetches 1 MiB at a time, front to back; GB/s and CPU seconds of the core per GB.
fn fetch(name: &str, cold: bool, memory: bool) {
    const LEN: usize = 512 << 20;
    const STEP: usize = 1 << 20;
    let dir = TempDir::new();
    let path = dir.0.join("segment.log");
    std::fs::write(&path, vec![1; LEN]).unwrap();
    let file = std::fs::File::open(&path).unwrap();
    file.sync_all().unwrap();
    if cold {
        nix::fcntl::posix_fadvise(&file, 0, 0, nix::fcntl::PosixFadviseAdvice::POSIX_FADV_DONTNEED).unwrap();
    }
    let mut spec = spec(&dir);
    spec.cores[0].cpu = Some(0);
    let running = run(spec, move |env| {
        let path = path.clone();
        async move {
            if env.mesh().core().0 == 0 {
                let acceptor = env.clone();
                env.spawn(Lane::Fetch, async move {
                    let file = acceptor.disk().open(&path, OpenMode::READ).await.unwrap();
                    let conn = acceptor.net().accept(0).await.unwrap();
                    let bytes = Bytes::from(vec![1; STEP]);
                    let mut ask = BytesMut::new();
                    let mut pos = 0;
                    while conn.recv(&mut ask, 1).await.unwrap_or(0) > 0 {
                        let region = FileRegion { file: file.clone(), pos, len: STEP };
                        let part =
                            if memory { SendPart::Bytes(bytes.clone()) } else { SendPart::File(region) };
                        conn.send(&mut vec![part]).await.unwrap();
                        pos += STEP as u64;
                    }
                });
            }
            env.stopped().await;
        }
    })
    .unwrap();
    let mut stream = TcpStream::connect(running.addrs[0]).unwrap();
    let mut buf = vec![0; STEP];
    let begin = Std::now();
    for _ in 0..LEN / STEP {
        stream.write_all(b"x").unwrap();
        stream.read_exact(&mut buf).unwrap();
    }
    let seconds = begin.elapsed().as_secs_f64();
    let cpu = thread_cpu_ms("core-0") as f64 / 1000.0;
    running.stop_handle().stop();
    let c = running.counters().next().unwrap();
    let pieces = (c.sendfile_pieces.load(Ordering::Relaxed), c.cold_pieces.load(Ordering::Relaxed));
    let gb = LEN as f64 / 1e9;
    println!(
        "{name}: {:.2} GB/s, {:.3} CPU s/GB, sendfile and cold pieces {pieces:?}",
        gb / seconds,
        cpu / gb
    );
    running.join().unwrap();
}

#[test]
#[ignore = "a measurement"]
fn bench_fetch() {
    fetch("memory", false, true);
    fetch("warm", false, false);
    fetch("cold", true, false);
}
