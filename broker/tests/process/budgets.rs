//! Memory under load and work without load, of the real program. Bytes and counts, no times.

use crate::broker::{Broker, Temp};
use crate::client::Client;
use ringlog_wire::generated::FetchRequest;
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;

/// What `Broker::dev` gives the broker.
const MEMORY: u64 = 256 << 20;
const PARTITIONS: i32 = 64;

/// A number from a file like /proc/PID/status; 0 if the thread has ended.
fn field(path: &str, name: &str) -> u64 {
    let status = std::fs::read_to_string(path).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix(name));
    line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Times that each thread of the broker went to sleep and was woken. Threads of the kernel's own come and go.
fn wake_ups(broker: &Broker) -> BTreeMap<PathBuf, u64> {
    let threads = std::fs::read_dir(format!("/proc/{}/task", broker.id())).expect("threads");
    let of = |t: std::fs::DirEntry| {
        (t.path(), field(&format!("{}/status", t.path().display()), "voluntary_ctxt_switches:"))
    };
    threads.map(|t| of(t.expect("a thread"))).collect()
}

fn fetch(offset: i64, max_wait_ms: i32) -> FetchRequest {
    let partitions = (0..PARTITIONS).map(|partition| FetchPartition {
        partition,
        fetch_offset: offset,
        partition_max_bytes: 1 << 20,
        ..FetchPartition::default()
    });
    let topic =
        FetchTopic { topic: "t".to_owned(), partitions: partitions.collect(), ..FetchTopic::default() };
    FetchRequest {
        max_wait_ms,
        min_bytes: 1,
        max_bytes: 50 << 20,
        topics: vec![topic],
        ..FetchRequest::default()
    }
}

#[test]
fn memory_stays_under_its_budget_with_writers_and_stuck_readers() {
    const WRITERS: i32 = 16;
    const EACH: i64 = 24;
    let temp = Temp::new("budget");
    let broker = Broker::dev(&temp.data(), &["--smp", "1"]);
    let mut client = Client::connect(broker.kafka);
    client.create_topic("t", PARTITIONS);
    let value = vec![7u8; 300_000];
    let values = [value.clone(), value.clone(), value];
    for partition in 0..PARTITIONS {
        assert_eq!(client.produce("t", partition, &values), Ok(0));
    }
    // Readers that ask for everything again and again and take nothing.
    let stuck: Vec<Client> = (0..16)
        .map(|_| {
            let mut reader = Client::connect(broker.kafka);
            (0..32).for_each(|_| reader.send(12, &fetch(0, 0)));
            reader
        })
        .collect();
    // Requests of which the larger part came.
    let half = |_| {
        let mut stream = TcpStream::connect(broker.kafka).expect("connected");
        stream.write_all(&(2i32 << 20).to_be_bytes()).expect("sent");
        // The broker may stop reading at its budget: then the socket takes what it can.
        stream.set_nonblocking(true).expect("nonblocking");
        let _ = stream.write(&vec![0; 1 << 20]);
        stream
    };
    let half: Vec<TcpStream> = (0..8).map(half).collect();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (at, values) = (broker.kafka, &values);
            scope.spawn(move || {
                let mut client = Client::connect(at);
                for n in 0..EACH {
                    let partition = (writer + n as i32 * WRITERS) % PARTITIONS;
                    client.produce("t", partition, values).expect("written");
                }
            });
        }
    });
    let peak = field(&format!("/proc/{}/status", broker.id()), "VmHWM:") << 10;
    assert!(peak > 0 && peak < MEMORY, "{} MiB at most", peak >> 20);
    drop((stuck, half));
    let (last, status) = broker.stop();
    assert!(last.starts_with("STOPPED clean") && status.success(), "{last}");
}

#[test]
fn without_work_the_cores_sleep() {
    let temp = Temp::new("idle");
    let broker = Broker::dev(&temp.data(), &["--smp", "1", "--log-format", "json"]);
    let mut client = Client::connect(broker.kafka);
    client.create_topic("t", PARTITIONS);
    let _idle: Vec<Client> = (0..50).map(|_| Client::connect(broker.kafka)).collect();
    // The broker's own timer ends the wait for records that do not come. Meanwhile its commit log is made, which is work.
    let written = || field(&format!("/proc/{}/io", broker.id()), "write_bytes:");
    let settled = (0..20).any(|_| {
        let before = written();
        client.call(12, &fetch(0, 1000));
        written() == before
    });
    assert!(settled, "it writes although there is nothing to write");
    let before = wake_ups(&broker);
    client.call(12, &fetch(0, 4000));
    let since = |(thread, n): (PathBuf, u64)| n.saturating_sub(before.get(&thread).copied().unwrap_or(0));
    let woken: u64 = wake_ups(&broker).into_iter().map(since).sum();
    assert!(woken < 200, "{woken} wake-ups in four seconds without work");
    let (last, _) = broker.stop();
    let stopped: serde_json::Value = serde_json::from_str(&last).expect("JSON");
    // A core that does not sleep makes hundreds of thousands a second.
    let turns = stopped["turns"].as_u64().expect("turns");
    assert!(turns < 50_000, "{turns} turns of the loop");
}
