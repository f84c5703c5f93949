//! Ends that are not clean: a second signal, and a store that cannot be closed.

use crate::broker::{Broker, Temp, free_port, ringlog};
use crate::client::Client;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

#[test]
fn a_second_signal_ends_a_stop_that_hangs() {
    let temp = Temp::new("second");
    let (data, kafka) = (temp.data(), format!("127.0.0.1:{}", free_port()));
    let data = data.to_str().expect("text");
    let mut command =
        ringlog(&["dev", "--data", data, "--kafka", &kafka, "--admin", "off", "--memory", "256MiB"]);
    let (out, mut fill) = UnixStream::pair().expect("a pair of sockets");
    command.stdout(OwnedFd::from(fill.try_clone().expect("cloned"))).stderr(Stdio::piped());
    let mut child = command.spawn().expect("ringlog starts");
    // It holds the other end, which would keep the read below from ending.
    drop(command);
    let mut out = BufReader::new(out);
    let mut line = String::new();
    while !line.starts_with("READY in ") {
        line.clear();
        assert_ne!(out.read_line(&mut line).expect("read"), 0, "READY before the end");
    }
    // With its standard output full it cannot say STOPPED, and so cannot end by itself.
    fill.set_nonblocking(true).expect("set");
    for chunk in [&[b'.'; 4096][..], b"."] {
        while fill.write(chunk).is_ok() {}
    }
    fill.set_nonblocking(false).expect("set");
    // Two different ones: of two equal signals one could be lost.
    for signal in ["TERM", "INT"] {
        let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }
    assert_eq!(child.wait().expect("waited").code(), Some(69));
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert!(said.contains("ended at once, without a clean stop"), "{said}");
    // Nothing is lost by it.
    let broker = Broker::dev(&temp.data(), &[]);
    let (last, _) = broker.stop();
    assert!(last.starts_with("STOPPED clean"), "{last}");
}

#[test]
fn a_store_that_cannot_close_is_no_clean_stop_and_loses_nothing() {
    let temp = Temp::new("unclean");
    let mut broker = Broker::dev(&temp.data(), &[]);
    let mut client = Client::connect(broker.kafka);
    client.create_topic("t", 1);
    assert_eq!(client.produce("t", 0, &[b"kept".to_vec()]), Ok(0));
    // Where the folder was, nothing can be written any more.
    let (folder, elsewhere) = (temp.data().join("t-0"), temp.0.join("elsewhere"));
    std::fs::rename(&folder, &elsewhere).expect("moved");
    broker.signal("TERM");
    let mut last = String::new();
    while let Some(line) = broker.next_line() {
        last = line;
    }
    assert!(last.starts_with("STOPPED, not clean (see R054)"), "{last}");
    assert_eq!(broker.ended().code(), Some(69));
    std::fs::rename(&elsewhere, &folder).expect("moved back");
    let broker = Broker::dev(&temp.data(), &[]);
    let mut client = Client::connect(broker.kafka);
    let read = client.read_all("t", 0);
    assert_eq!(read, [(0, None, Some(b"kept".to_vec()))]);
}
