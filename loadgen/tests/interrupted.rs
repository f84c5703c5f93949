//! A run that is interrupted: what it has, what it removes, what it stops, and its exit status.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

#[allow(dead_code, reason = "other tests of the generator look at more of it")]
#[path = "../src/load/fake_broker.rs"]
mod fake_broker;

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

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

/// What it says on standard error from here on, line by line.
fn lines(child: &mut Child) -> Receiver<String> {
    let (said, lines) = channel();
    let err = child.stderr.take().expect("it is piped");
    // It ends with the process, or with the test.
    std::thread::spawn(move || {
        BufReader::new(err).lines().map_while(Result::ok).try_for_each(|line| said.send(line))
    });
    lines
}

/// Waits for a line with these words; the lines up to it.
fn wait_for(words: &str, lines: &Receiver<String>) -> Vec<String> {
    let mut before = Vec::new();
    loop {
        let next = lines.recv_timeout(PATIENCE);
        before.push(next.unwrap_or_else(|e| panic!("{words:?} was not said: {e}, after {before:?}")));
        if before.last().is_some_and(|line| line.contains(words)) {
            return before;
        }
    }
}

/// Waits until who accepted this connection is gone.
fn wait_for_end(mut connection: TcpStream) {
    connection.set_read_timeout(Some(PATIENCE)).expect("not zero");
    match connection.read(&mut [0]) {
        Ok(0) => {}
        Err(e) if e.kind() == ErrorKind::ConnectionReset => {}
        other => panic!("it is still there: {other:?}"),
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
        broker.wait_until(|s| s.records > 100);
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
    for protocol in ["consumer", "classic"] {
        let broker = fake_broker::begin();
        let words = "load --rate=500 --warmup=0 --duration=1h --groups=1 --consumers=2 --partitions=2";
        let child = start(&format!("{words} --group-protocol={protocol}"), Some(&broker));
        broker.wait_until(|s| s.records > 100);
        signal(&child, "INT");
        let (status, out, err) = ended(child);
        assert_eq!(status, Some(130), "{out}{err}");
        let state = broker.state();
        let stay = state.members.len() + state.classic.values().map(|g| g.members.len()).sum::<usize>();
        assert_eq!((state.left, stay, state.removed), (2, 0, 1), "{protocol}");
    }
}

#[test]
fn what_cannot_end_early_ends_at_once_with_what_it_started() {
    let dir = std::env::temp_dir().join(format!("ringlog-interrupted-{}", std::process::id()));
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let at = free.local_addr().expect("it has one");
    drop(free);
    let words = format!(
        "spine --dir={} --workloads=1x1 --seconds=600 --warmup=1 --port={} --server-cpus=0 --rounds=1",
        dir.display(),
        at.port()
    );
    let mut child = start(&words, None);
    let said = lines(&mut child);
    let begun = wait_for(" is ready on ", &said);
    let bare = TcpStream::connect(at).expect("the bare server answers");
    signal(&child, "INT");
    let (status, out, _) = ended(child);
    // Without waiting: a server that is still there could say more.
    let rest: Vec<String> = said.try_iter().collect();
    assert_eq!(status, Some(130), "{out}{begun:?}{rest:?}");
    wait_for_end(bare);
    std::fs::remove_dir_all(&dir).expect("it has made its directory");
}
