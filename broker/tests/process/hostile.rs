//! Peers that send nonsense, nothing, or too much: the connection closes, everybody else is served.

use crate::broker::{Broker, Temp};
use crate::client::Client;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

/// Resident memory of the broker, bytes.
fn resident(broker: &Broker) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", broker.id())).expect("running");
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).expect("a line");
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().expect("a number") * 1024
}

fn raw(broker: &Broker, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(broker.kafka).expect("connected");
    stream.set_read_timeout(Some(crate::broker::PATIENCE)).expect("timeout");
    stream.write_all(bytes).expect("sent");
    stream
}

/// Asserts that the broker closes the connection without a byte of answer.
fn assert_closed(mut stream: TcpStream, what: &str) {
    let mut answer = Vec::new();
    // A reset is a close, too: our bytes were not all read.
    let _ = stream.read_to_end(&mut answer);
    assert_eq!(answer, b"", "{what}");
}

#[test]
fn other_protocols_are_closed_and_named_while_clients_are_served() {
    let temp = Temp::new("protocols");
    let broker = Broker::dev(&temp.data(), &[]);
    let mut client = Client::connect(broker.kafka);
    client.create_topic("t", 1);
    let cases: [(&str, &[u8]); 6] = [
        ("HTTP", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        ("negative length", b"\xff\xff\xff\xff...."),
        ("huge length", b"\x7f\xff\xff\xff...."),
        ("short length", b"\x00\x00\x00\x01x..."),
        ("unknown API", b"\x00\x00\x00\x0a\x7f\xff\x00\x00\x00\x00\x00\x01\xff\xff"),
    ];
    for (what, bytes) in cases {
        assert_closed(raw(&broker, bytes), what);
    }
    assert_eq!(client.produce("t", 0, &[b"still here".to_vec()]), Ok(0));
    let (last, status) = broker.stop();
    assert!(last.starts_with("STOPPED clean"), "{last}");
    assert!(status.success());
}

#[test]
fn announced_lengths_and_half_open_connections_cost_nothing() {
    let temp = Temp::new("announced");
    let broker = Broker::dev(&temp.data(), &[]);
    let mut client = Client::connect(broker.kafka);
    client.create_topic("t", 1);
    let before = resident(&broker);
    // 100 MiB announced, ten bytes sent: what stops Kafka at its default heap.
    let mut announced: Vec<TcpStream> = Vec::new();
    for _ in 0..128 {
        announced.push(raw(&broker, b"\x06\x40\x00\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x01"));
    }
    for n in 0..64 {
        let half = raw(&broker, b"\x00\x00\x01\x00");
        half.shutdown(Shutdown::Write).expect("half closed");
        assert_eq!(client.produce("t", 0, &[vec![7; 1000]]), Ok(n));
    }
    let grown = resident(&broker).saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes for {} connections", announced.len());
    drop(announced);
    assert_eq!(client.read_all("t", 0).len(), 64);
}

#[test]
fn a_stop_does_not_wait_for_idle_and_stuck_clients() {
    let temp = Temp::new("stuck");
    let broker = Broker::dev(&temp.data(), &[]);
    let mut client = Client::connect(broker.kafka);
    client.create_topic("t", 1);
    assert_eq!(client.produce("t", 0, &[b"x".to_vec()]), Ok(0));
    let _idle: Vec<TcpStream> = (0..32).map(|_| raw(&broker, b"")).collect();
    let _stuck: Vec<TcpStream> = (0..32).map(|_| raw(&broker, b"\x00\x00\x10\x00\x00\x00")).collect();
    let (last, status) = broker.stop();
    assert!(last.starts_with("STOPPED clean"), "{last}");
    assert!(status.success());
}
