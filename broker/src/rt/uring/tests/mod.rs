//! Each runtime on real sockets and files in a temporary directory: its module says in `subject` which.
//!
//! Owner: each test starts its own cores. Invariants: no test measures time; a program that fails its
//! assertions makes `join` panic.

use super::subject::{OWN_RING, TestConn, TestEnv, run};
use crate::rt::Stoppable;
use crate::rt::uring::boot::{Running, Spec};
use crate::rt::uring::wake::Counters;
use crate::rt::uring::{Completion, CoreReport, StartError, sys};
use bytes::{Bytes, BytesMut};
use ringlog_shard::calls::yield_now;
use ringlog_shard::env::{Clock, Conn, CoreId, Env, Full, Lane, Mesh, Net, SendPart};
use ringlog_storage::buf::{AlignedBuf, BLOCK, Gauge};
use ringlog_storage::disk::{Disk, FileRegion, OpenMode};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

mod disk;
mod net;

/// A directory that goes away with the test. On the build's disk: tmpfs knows no O_DIRECT.
struct TempDir(PathBuf);

impl TempDir {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let base = std::env::current_exe().unwrap().parent().unwrap().to_owned();
        let path = base.join(format!("{}-{}-{n}", module_path!().replace("::", "-"), std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn any_port() -> Vec<SocketAddr> {
    vec!["127.0.0.1:0".parse().unwrap()]
}

fn spec(dir: &TempDir) -> Spec {
    let mut spec = Spec::new(1, any_port(), vec![dir.0.clone()]);
    // The probe takes a while; one test has it.
    spec.cores.iter_mut().for_each(|c| c.completion = Completion::Flusher);
    spec
}

/// Runs `program` on data core 0; the other cores wait for it to stop them.
fn on_core_0<F, P>(spec: Spec, program: P) -> Vec<CoreReport>
where
    F: Future<Output = ()> + 'static,
    P: Fn(TestEnv) -> F + Send + Sync + Clone + 'static,
{
    let running = run(spec, move |env| {
        let program = program.clone();
        async move {
            if env.mesh().core().0 == 0 {
                program(env).await;
            }
        }
    });
    running.unwrap().join().unwrap()
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| u8::try_from((i * 31 + i / 4096) % 251).unwrap()).collect()
}

#[test]
fn timers_fire_in_order_and_dropped_ones_do_not_keep_the_core() {
    let dir = TempDir::new();
    on_core_0(spec(&dir), |env| async move {
        let clock = env.clock().clone();
        let start = clock.now();
        let order = Rc::new(std::cell::RefCell::new(Vec::new()));
        for ms in [3u64, 1, 2] {
            let (clock, order) = (clock.clone(), Rc::clone(&order));
            env.spawn(Lane::Fetch, async move {
                clock.sleep_until(start.after(Duration::from_millis(ms))).await;
                order.borrow_mut().push(ms);
            });
        }
        // Polled once, then dropped: an hour that nobody waits for.
        let mut hour = Box::pin(clock.sleep_until(start.after(Duration::from_secs(3600))));
        poll_fn(|cx| {
            assert!(hour.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        drop(hour);
        clock.sleep_until(start.after(Duration::from_millis(5))).await;
        while order.borrow().len() < 3 {
            yield_now().await;
        }
        assert_eq!(*order.borrow(), [1, 2, 3]);
        assert!(clock.now() >= start.after(Duration::from_millis(5)));
    });
}

#[test]
fn earlier_lanes_run_first() {
    if !OWN_RING {
        // glommio gives lanes shares, not an order.
        return;
    }
    let dir = TempDir::new();
    on_core_0(spec(&dir), |env| async move {
        let order = Rc::new(std::cell::RefCell::new(Vec::new()));
        yield_now().await;
        for lane in [Lane::Background, Lane::Flush, Lane::Fetch, Lane::Produce, Lane::Consensus] {
            let order = Rc::clone(&order);
            env.spawn(lane, async move { order.borrow_mut().push(lane) });
        }
        while order.borrow().len() < 5 {
            yield_now().await;
        }
        let order = order.borrow();
        let at = |lane| order.iter().position(|l| *l == lane).unwrap();
        assert!(at(Lane::Produce) < at(Lane::Fetch));
        assert!(at(Lane::Fetch) < at(Lane::Flush));
        assert!(at(Lane::Flush) < at(Lane::Background));
    });
}

#[test]
fn a_late_lane_gets_its_turn_beside_a_busy_early_one() {
    let dir = TempDir::new();
    on_core_0(spec(&dir), |env| async move {
        let (polls, late) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(None)));
        // Each poll uses up a turn, and the next one is ready at once.
        for _ in 0..2 {
            let (polls, late) = (Rc::clone(&polls), Rc::clone(&late));
            env.spawn(Lane::Produce, async move {
                while late.get().is_none() && polls.get() < 200 {
                    polls.set(polls.get() + 1);
                    let end = sys::thread_cpu_ns() + 400_000;
                    while sys::thread_cpu_ns() < end {}
                    yield_now().await;
                }
            });
        }
        let (seen, told) = (Rc::clone(&polls), Rc::clone(&late));
        env.spawn(Lane::Background, async move { told.set(Some(seen.get())) });
        while late.get().is_none() {
            yield_now().await;
        }
        let waited = late.get().unwrap();
        assert!(waited < 50, "{waited} polls of an earlier lane before it");
    });
}

#[test]
fn a_stop_reaches_sleeping_cores() {
    let dir = TempDir::new();
    let running = run(spec(&dir), |env| async move { env.stopped().await }).unwrap();
    // glommio does not tell how often it sleeps.
    while OWN_RING && running.counters().any(|c| c.sleeps.load(Ordering::Relaxed) == 0) {
        std::thread::yield_now();
    }
    running.stop_handle().stop();
    let reports = running.join().unwrap();
    // An idle core sleeps and stays asleep: nothing but the start and the stop woke it.
    for report in reports {
        assert!(report.sleeps <= 8, "{report:?}");
        assert!(report.turns <= 16, "{report:?}");
    }
}

#[test]
fn every_message_crosses_in_order_through_small_rings() {
    const N: u64 = 20_000;
    let dir = TempDir::new();
    let mut spec = spec(&dir);
    spec.mesh_capacity = 4;
    let done = std::sync::Arc::new(AtomicU64::new(0));
    let count = std::sync::Arc::clone(&done);
    let running = run(spec, move |env| {
        let count = std::sync::Arc::clone(&count);
        async move {
            let me = env.mesh().core();
            let peer = CoreId(1 - me.0);
            let sender = env.clone();
            env.spawn(Lane::Commit, async move {
                for _ in 0..N {
                    let mut msg = ringlog_shard::msg::ShardMsg::Stop;
                    while let Err(Full(back)) = sender.mesh().try_send(peer, msg) {
                        msg = back;
                        sender.mesh().room(peer).await;
                    }
                }
            });
            for _ in 0..N {
                let (from, _) = env.mesh().recv().await;
                assert_eq!(from, peer);
            }
            count.fetch_add(1, Ordering::Release);
            // The peer may still take from our ring and give room: both leave when both are told to.
            env.stopped().await;
        }
    })
    .unwrap();
    while done.load(Ordering::Acquire) < 2 {
        std::thread::yield_now();
    }
    running.stop_handle().stop();
    running.join().unwrap();
}

#[test]
fn starting_reports_what_is_wrong() {
    let dir = TempDir::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut one = spec(&dir);
    one.listeners = vec![taken.local_addr().unwrap()];
    let error = run(one, |_| async {}).err().unwrap();
    assert!(matches!(error, StartError::Bind { addr, .. } if addr == taken.local_addr().unwrap()), "{error}");
    let mut two = spec(&dir);
    two.cores.first_mut().unwrap().cpu = Some(1000);
    let error = run(two, |_| async {}).err().unwrap();
    assert!(matches!(error, StartError::Pin { cpu: 1000, .. }), "{error}");
    let mut three = spec(&dir);
    three.data_dirs = vec![dir.0.join("missing")];
    let error = run(three, |_| async {}).err().unwrap();
    assert!(matches!(error, StartError::DataDir { .. }), "{error}");
}
