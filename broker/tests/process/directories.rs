//! Several data directories, and one that takes no records: what a real file system makes of it.

use crate::broker::{Broker, Temp, free_port, ringlog};
use crate::client::Client;
use ringlog_wire::generated::describe_log_dirs_response::DescribeLogDirsResult;
use ringlog_wire::generated::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use ringlog_wire::generated::{DescribeLogDirsRequest, IncrementalAlterConfigsRequest};

const KAFKA_STORAGE_ERROR: i16 = 56;

fn set(c: &mut Client, kind: i8, resource: &str, name: &str, value: &str) {
    let config = AlterableConfig { name: name.into(), config_operation: 0, value: Some(value.into()) };
    let resource =
        AlterConfigsResource { resource_type: kind, resource_name: resource.into(), configs: vec![config] };
    let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
    let answer = c.call(1, &request);
    assert_eq!(answer.responses.first().map(|r| (r.error_code, &r.error_message)), Some((0, &None)));
}

fn described(c: &mut Client) -> Vec<DescribeLogDirsResult> {
    c.call(4, &DescribeLogDirsRequest { topics: None }).results
}

fn partitions(dir: &DescribeLogDirsResult) -> Vec<i32> {
    dir.topics.iter().flat_map(|t| &t.partitions).map(|p| p.partition_index).collect()
}

/// Both directories of `temp`, until READY.
fn start(temp: &Temp) -> Broker {
    let (kafka, admin) = (free_port(), free_port());
    let text = format!(
        "[data]\ndirs = [\"{0}/a\", \"{0}/b\"]\n[listener.one]\nbind = \"127.0.0.1:{kafka}\"\n\
         [admin]\nbind = \"127.0.0.1:{admin}\"\n[memory]\ntotal = \"256MiB\"\n[cpu]\nsmp = 1\n",
        temp.0.display()
    );
    let config = temp.0.join("ringlog.toml");
    std::fs::write(&config, text).expect("written");
    let address = |port| std::net::SocketAddr::from(([127, 0, 0, 1], port));
    Broker::spawn(
        ringlog(&["start", "--config", config.to_str().expect("text")]),
        address(kafka),
        address(admin),
    )
}

#[test]
fn a_removed_directory_is_offline_and_the_other_goes_on_also_after_a_restart() {
    let temp = Temp::new("directories");
    let broker = start(&temp);
    let mut c = Client::connect(broker.kafka);
    c.create_topic("t", 2);
    set(&mut c, 2, "t", "segment.bytes", "1048576");
    let dirs = described(&mut c);
    let of = |at: usize| *dirs.get(at).map(partitions).expect("two").first().expect("one in each");
    let (well, ill) = (of(0), of(1));
    for index in [well, ill] {
        assert_eq!(c.produce("t", index, &[b"first".to_vec()]), Ok(0));
    }
    std::fs::remove_dir_all(temp.0.join("b")).expect("removed");
    std::fs::write(temp.0.join("b"), "nothing can be made here").expect("written");
    let refused = (0..200).find_map(|_| c.produce("t", ill, &[vec![7; 100_000]]).err());
    assert_eq!(refused, Some(KAFKA_STORAGE_ERROR));
    let codes = |c: &mut Client| described(c).iter().map(|d| d.error_code).collect::<Vec<_>>();
    assert_eq!(codes(&mut c), [0, KAFKA_STORAGE_ERROR]);
    assert_eq!(c.produce("t", well, &[b"second".to_vec()]), Ok(1));
    assert_eq!(c.read_all("t", well).len(), 2);
    broker.kill();

    let broker = start(&temp);
    let mut c = Client::connect(broker.kafka);
    assert_eq!(codes(&mut c), [0, KAFKA_STORAGE_ERROR]);
    assert_eq!(c.produce("t", ill, &[b"lost".to_vec()]), Err(KAFKA_STORAGE_ERROR));
    assert_eq!(c.produce("t", well, &[b"third".to_vec()]), Ok(2));
    c.create_topic("after", 2);
    for index in 0..2 {
        assert_eq!(c.produce("after", index, &[b"x".to_vec()]), Ok(0));
    }
}

/// The reserve is more than the file system has: what statvfs says is asked for, and a smaller one heals.
#[test]
fn a_reserve_beyond_the_file_system_refuses_records_until_it_is_lowered() {
    let temp = Temp::new("reserve");
    let broker = Broker::dev(&temp.data(), &["--set", "ringlog.log.dir.reserve.bytes=4000000000000000000"]);
    let mut c = Client::connect(broker.kafka);
    c.create_topic("t", 1);
    assert_eq!(c.produce("t", 0, &[b"x".to_vec()]), Err(KAFKA_STORAGE_ERROR));
    assert!(c.read_all("t", 0).is_empty());
    set(&mut c, 4, "1", "ringlog.log.dir.reserve.bytes", "0");
    // It is looked at once a second; each answer comes at once.
    let taken = (0..2_000_000).find_map(|_| c.produce("t", 0, &[b"x".to_vec()]).ok());
    assert_eq!(taken, Some(0));
    let (last, status) = broker.stop();
    assert!(last.starts_with("STOPPED clean"), "{last}");
    assert!(status.success());
}
