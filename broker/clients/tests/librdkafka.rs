//! librdkafka: everything that was acknowledged is read back, equal, in order, at the acknowledged offsets.
//!
//! RECORDS sets how many in all codecs together.

use ringlog_clients::broker::{Broker, Temp};
use ringlog_clients::client::{Client, create_topic};
use ringlog_clients::program::count;
use ringlog_clients::record::Record;
use ringlog_clients::verify::{Sent, verify};
use std::collections::HashMap;
use std::time::Duration;

const CODECS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];

#[test]
fn every_codec_reads_back_equal_and_in_order() -> Result<(), String> {
    let records = count("RECORDS", 100_000)? / CODECS.len();
    let temp = Temp::new("codecs")?;
    let mut broker = Broker::new(&temp.path().join("data"), &temp.log(), 0)?;
    broker.start(0)?;
    for codec in CODECS {
        let topic = format!("codec-{codec}");
        create_topic(&broker.bootstrap(), &topic, 4, &[])?;
        let mut client = Client::new(&broker.bootstrap(), &topic, codec, 5)?;
        for number in 0..records {
            client.send(&Record::number(number))?;
            client.poll(Duration::ZERO)?;
        }
        client.flush(Duration::from_secs(600))?;
        let sent = Sent { clients: vec![client.acks().all()?], record: Record::number };
        keys_stay_in_one_partition(&sent);
        verify(&broker.bootstrap(), &topic, &sent, &[0; 4])?;
        println!("ok   librdkafka {codec}: {records} records read back equal and in order");
    }
    broker.stop()?;
    broker.start(0)?;
    broker.stop()?;
    drop(broker);
    temp.remove();
    Ok(())
}

/// With `verify`, which sees that a client's records keep their order in a partition: keys keep theirs.
fn keys_stay_in_one_partition(sent: &Sent) {
    let mut partition_of = HashMap::new();
    for (number, (partition, _)) in sent.clients[0].iter().enumerate() {
        if let Some(key) = (sent.record)(number).key {
            assert_eq!(*partition_of.entry(key).or_insert(*partition), *partition);
        }
    }
}
