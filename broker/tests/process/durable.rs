//! What was acknowledged is there after any end of the process.

use crate::broker::{Broker, Temp, two_cores};
use crate::client::Client;

fn values(from: usize, count: usize) -> Vec<Vec<u8>> {
    (from..from + count).map(|n| format!("value {n:06} {}", "x".repeat(n % 300)).into_bytes()).collect()
}

/// Asserts that `topic`-`partition` holds exactly `expected`, from offset 0 on.
fn assert_holds(client: &mut Client, topic: &str, partition: i32, expected: &[Vec<u8>]) {
    let read = client.read_all(topic, partition);
    assert_eq!(read.len(), expected.len(), "{topic}-{partition}");
    for (n, ((offset, key, value), expected)) in read.iter().zip(expected).enumerate() {
        assert_eq!((*offset, key, value.as_ref()), (n as i64, &None, Some(expected)));
    }
}

#[test]
fn a_killed_broker_has_every_acknowledged_record() {
    let temp = Temp::new("kill");
    let mut expected: Vec<Vec<Vec<u8>>> = vec![Vec::new(); 4];
    for round in 0..4 {
        let broker = Broker::dev(&temp.data(), &[]);
        let mut client = Client::connect(broker.kafka);
        if round == 0 {
            client.create_topic("t", 4);
        }
        for (partition, expected) in (0..).zip(&mut expected) {
            assert_holds(&mut client, "t", partition, expected);
            for _ in 0..10 {
                let batch = values(expected.len(), 1 + expected.len() % 7);
                assert_eq!(client.produce("t", partition, &batch), Ok(expected.len() as i64));
                expected.extend(batch);
            }
        }
        broker.kill();
    }
    let broker = Broker::dev(&temp.data(), &[]);
    let mut client = Client::connect(broker.kafka);
    for (partition, expected) in (0..).zip(&expected) {
        assert_holds(&mut client, "t", partition, expected);
    }
}

#[test]
fn killed_with_requests_in_flight_it_keeps_a_prefix_of_what_was_sent() {
    let temp = Temp::new("in-flight");
    let mut known: Vec<Vec<u8>> = Vec::new();
    for round in 0..3 {
        let broker = Broker::dev(&temp.data(), &["--smp", "1"]);
        let mut client = Client::connect(broker.kafka);
        if round == 0 {
            client.create_topic("t", 1);
        }
        assert_holds(&mut client, "t", 0, &known);
        let mut sent = known.clone();
        for _ in 0..20 {
            let batch = values(sent.len(), 5);
            assert_eq!(client.produce("t", 0, &batch), Ok(sent.len() as i64));
            sent.extend(batch);
        }
        let acknowledged = sent.len();
        for _ in 0..20 {
            let batch = values(sent.len(), 5);
            client.send_produce("t", 0, &batch);
            sent.extend(batch);
        }
        broker.kill();
        // The restart decides how much of the un-acknowledged rest there is; it must be a prefix.
        let broker = Broker::dev(&temp.data(), &["--smp", "1"]);
        let mut client = Client::connect(broker.kafka);
        let read = client.read_all("t", 0).len();
        assert!((acknowledged..=sent.len()).contains(&read), "{read} of {acknowledged}..={}", sent.len());
        sent.truncate(read);
        assert_holds(&mut client, "t", 0, &sent);
        known = sent;
        broker.kill();
    }
}

#[test]
fn killed_while_it_starts_it_starts_the_next_time() {
    let temp = Temp::new("starting");
    let broker = Broker::dev(&temp.data(), &[]);
    let mut client = Client::connect(broker.kafka);
    client.create_topic("t", 3);
    let expected = values(0, 500);
    for partition in 0..3 {
        for (n, batch) in expected.chunks(50).enumerate() {
            assert_eq!(client.produce("t", partition, batch), Ok(n as i64 * 50));
        }
    }
    broker.kill();
    // Killed after more and more start lines: from before the locks to the middle of recovery.
    for lines in 0..6 {
        Broker::kill_in_start(&temp.data(), lines);
    }
    let broker = Broker::dev(&temp.data(), &[]);
    let mut client = Client::connect(broker.kafka);
    for partition in 0..3 {
        assert_holds(&mut client, "t", partition, &expected);
    }
}

#[test]
fn the_number_of_cores_may_change_between_ends() {
    let temp = Temp::new("cores");
    let mut expected: Vec<Vec<Vec<u8>>> = vec![Vec::new(); 6];
    let two = two_cores();
    for (round, (cores, clean)) in
        [("1", true), (&*two, false), ("1", false), (&*two, true), ("1", false)].into_iter().enumerate()
    {
        let broker = Broker::dev(&temp.data(), &["--smp", cores]);
        let mut client = Client::connect(broker.kafka);
        if round == 0 {
            client.create_topic("t", 6);
        }
        for (partition, expected) in (0..).zip(&mut expected) {
            assert_holds(&mut client, "t", partition, expected);
            let batch = values(expected.len(), 40);
            assert_eq!(client.produce("t", partition, &batch), Ok(expected.len() as i64));
            expected.extend(batch);
        }
        if clean {
            assert!(broker.stop().1.success());
        } else {
            broker.kill();
        }
    }
    let broker = Broker::dev(&temp.data(), &[]);
    let mut client = Client::connect(broker.kafka);
    for (partition, expected) in (0..).zip(&expected) {
        assert_holds(&mut client, "t", partition, expected);
    }
}

#[test]
fn every_connection_reaches_every_partition() {
    let temp = Temp::new("reach");
    let broker = Broker::dev(&temp.data(), &[]);
    let mut clients: Vec<Client> = (0..8).map(|_| Client::connect(broker.kafka)).collect();
    clients[0].create_topic("t", 8);
    for (c, client) in clients.iter_mut().enumerate() {
        for partition in 0..8 {
            assert_eq!(client.produce("t", partition, &values(c, 1)), Ok(c as i64));
        }
    }
    for client in &mut clients {
        for partition in 0..8 {
            assert_holds(client, "t", partition, &values(0, 8));
        }
    }
}
