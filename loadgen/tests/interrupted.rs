//! A run that is interrupted: what it has, what it removes, what it stops, and its exit status.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

#[allow(dead_code, reason = "other tests of the generator look at more of it")]
#[path = "../src/load/fake_broker.rs"]
mod fake_broker;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Starts the generator with these words, against a broker of this process if there is one.
fn start(words: &str, broker: Option<&fake_broker::Broker>) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringlog-loadgen"));
    command.args(words.split(' ')).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.args(broker.map(|b| format!("--bootstrap=127.0.0.1:{}", b.state().port)));
    command.spawn().expect("the program of this package")
}

fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
    assert!(sent.is_ok_and(|s| s.success()), "it runs");
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn ended(child: Child) -> (Option<i32>, String, String) {
    let out = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (out.status.code(), text(out.stdout), text(out.stderr))
}

#[test]
fn an_interrupted_load_says_what_it_has_and_removes_its_topics() {
    for by in ["INT", "TERM"] {
        let broker = fake_broker::begin();
        let child = start("load --rate=500 --warmup=0 --duration=1h --read=tail", Some(&broker));
        until("records come", || broker.state().records > 100);
        signal(&child, by);
        let (status, out, err) = ended(child);
        assert_eq!(status, Some(130), "{out}{err}");
        assert!(out.starts_with("INTERRUPTED  after ") && out.contains(" records sent, "), "{out}{err}");
        assert!(err.contains("once more ends it at once"), "{err}");
        let state = broker.state();
        assert_eq!((state.topics.len(), state.removed), (1, 1));
    }
}

#[test]
fn groups_leave_when_the_run_is_interrupted() {
    let broker = fake_broker::begin();
    let words = "load --rate=500 --warmup=0 --duration=1h --groups=1 --consumers=2 --partitions=2";
    let child = start(words, Some(&broker));
    until("records come", || broker.state().records > 100);
    signal(&child, "INT");
    let (status, out, err) = ended(child);
    assert_eq!(status, Some(130), "{out}{err}");
    let state = broker.state();
    assert_eq!((state.left, state.members.len(), state.removed), (2, 0, 1));
}

#[test]
fn what_cannot_end_early_ends_at_once_with_what_it_started() {
    let dir = std::env::temp_dir().join(format!("ringlog-interrupted-{}", std::process::id()));
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let at = free.local_addr().expect("it has one");
    drop(free);
    let words = format!(
        "spine --dir={} --workloads=1x1 --seconds=600 --warmup=1 --port={} --server-cpus=0 --rounds=1",
        dir.display(),
        at.port()
    );
    let child = start(&words, None);
    let answers = || std::net::TcpStream::connect(at).is_ok();
    until("the bare server answers", answers);
    signal(&child, "INT");
    let (status, out, err) = ended(child);
    assert_eq!(status, Some(130), "{out}{err}");
    until("the bare server is gone", || !answers());
    std::fs::remove_dir_all(&dir).expect("it has made its directory");
}
