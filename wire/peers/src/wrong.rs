//! Requests that are well-formed and wrong, and some that are right: what two brokers must answer alike.
//!
//! Owner: one comparison of answers. Topic `t` exists with one partition; nothing here changes it.

use crate::wrong_groups;
use bytes::Bytes;
use ringlog_wire::ApiKey;
use ringlog_wire::generated::*;
use ringlog_wire::ids::TopicId;
use ringlog_wire::message::Message;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::time::SystemTime;

/// A request body and what is asked with it.
pub type Case = (&'static str, Vec<u8>);

/// The cases of one API and version, as they are made.
pub struct Cases {
    version: i16,
    all: Vec<Case>,
}

impl Cases {
    /// The version asked with.
    pub fn version(&self) -> i16 {
        self.version
    }

    /// Adds a request if its version can carry it.
    pub fn add<M: Message>(&mut self, label: &'static str, m: &M) {
        let mut out = Vec::new();
        if m.encode(&mut out, self.version).is_ok() {
            self.all.push((label, out));
        }
    }
}

/// The cases of one API and version; none where it has no particular ones. `id`: of topic `t` on that broker.
pub fn cases(api: ApiKey, version: i16, id: TopicId) -> Vec<Case> {
    let mut c = Cases { version, all: Vec::new() };
    match api {
        ApiKey::Produce => produce(&mut c, id),
        ApiKey::Fetch => fetch(&mut c, id),
        ApiKey::ListOffsets => list_offsets(&mut c),
        ApiKey::Metadata => metadata(&mut c),
        ApiKey::FindCoordinator => find_coordinator(&mut c),
        ApiKey::ApiVersions => api_versions(&mut c),
        ApiKey::CreateTopics => create_topics(&mut c),
        ApiKey::DeleteTopics => delete_topics(&mut c),
        ApiKey::InitProducerId => init_producer_id(&mut c),
        ApiKey::OffsetForLeaderEpoch => leader_epoch(&mut c),
        ApiKey::DescribeConfigs => describe_configs(&mut c),
        ApiKey::CreatePartitions => create_partitions(&mut c),
        ApiKey::DescribeCluster => describe_cluster(&mut c),
        ApiKey::DescribeTopicPartitions => describe_topic_partitions(&mut c),
        _ => wrong_groups::add(&mut c, api, id),
    }
    c.all
}

/// Records of today: older ones fall to retention while the comparison runs.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |d| d.as_millis() as i64)
}

fn batch(change: impl FnOnce(&mut Vec<u8>)) -> Option<Bytes> {
    let mut b = BatchBuilder::new(BatchOptions::default());
    b.append(now_ms(), Some(b"k"), Some(b"v"), &[]);
    let mut bytes = b.build().expect("a small batch").to_vec();
    change(&mut bytes);
    Some(bytes.into())
}

/// The CRC again, after a change of what it covers.
fn seal(batch: &mut [u8]) {
    let crc = crc32c::crc32c(batch.get(21..).unwrap_or_default());
    if let Some(field) = batch.get_mut(17..21) {
        field.copy_from_slice(&crc.to_be_bytes());
    }
}

fn set(batch: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(field) = batch.get_mut(at..at + bytes.len()) {
        field.copy_from_slice(bytes);
    }
    seal(batch);
}

fn produce(c: &mut Cases, id: TopicId) {
    use produce_request::{PartitionProduceData, TopicProduceData};
    let by_id = c.version >= 13;
    let request = |name: &str, id: TopicId, index: i32, acks: i16, records: Option<Bytes>| {
        let (name, topic_id) = if by_id { (String::new(), id) } else { (name.into(), TopicId::ZERO) };
        let partition_data = vec![PartitionProduceData { index, records }];
        let topic_data = vec![TopicProduceData { name, topic_id, partition_data }];
        ProduceRequest { acks, timeout_ms: 5000, topic_data, ..Default::default() }
    };
    let t = |records| request("t", id, 0, -1, records);
    c.add("produce", &t(batch(|_| {})));
    c.add("produce to no topic", &ProduceRequest { acks: -1, timeout_ms: 5000, ..Default::default() });
    c.add("unknown topic", &request("nobody", TopicId([7; 16]), 0, -1, batch(|_| {})));
    c.add("unknown partition", &request("t", id, 99, -1, batch(|_| {})));
    c.add("negative partition", &request("t", id, -1, -1, batch(|_| {})));
    c.add("acks 7", &request("t", id, 0, 7, batch(|_| {})));
    c.add("acks -2", &request("t", id, 0, -2, batch(|_| {})));
    c.add("acks 1", &request("t", id, 0, 1, batch(|_| {})));
    c.add("empty records", &t(Some(Bytes::new())));
    c.add("null records", &t(None));
    c.add("wrong CRC", &t(batch(|b| b.iter_mut().last().into_iter().for_each(|x| *x ^= 1))));
    c.add("magic 1", &t(batch(|b| set(b, 16, &[1]))));
    c.add("magic 9", &t(batch(|b| set(b, 16, &[9]))));
    c.add("count 2 of 1", &t(batch(|b| set(b, 57, &2i32.to_be_bytes()))));
    c.add("count -1", &t(batch(|b| set(b, 57, &(-1i32).to_be_bytes()))));
    c.add("last offset delta 5", &t(batch(|b| set(b, 23, &5i32.to_be_bytes()))));
    c.add("control batch", &t(batch(|b| set(b, 21, &0x20i16.to_be_bytes()))));
    c.add("transactional without producer", &t(batch(|b| set(b, 21, &0x10i16.to_be_bytes()))));
    c.add("codec 7", &t(batch(|b| set(b, 21, &7i16.to_be_bytes()))));
    c.add("producer id without sequence", &t(batch(|b| set(b, 43, &5i64.to_be_bytes()))));
    c.add("base offset 5", &t(batch(|b| set(b, 0, &5i64.to_be_bytes()))));
    c.add("cut off", &t(batch(|b| b.truncate(40))));
    c.add("two batches", &t(batch(|b| b.extend_from_within(..))));
    c.add(
        "a year ahead",
        &t(batch(|b| {
            set(b, 27, &4_000_000_000_000i64.to_be_bytes());
            set(b, 35, &4_000_000_000_000i64.to_be_bytes());
        })),
    );
    c.add("batch length 10", &t(batch(|b| set(b, 8, &10i32.to_be_bytes()))));
    c.add("above max.message.bytes", &t(big()));
}

fn big() -> Option<Bytes> {
    let mut b = BatchBuilder::new(BatchOptions::default());
    b.append(now_ms(), None, Some(&[0; 1_100_000]), &[]);
    b.build().ok()
}

fn fetch(c: &mut Cases, id: TopicId) {
    use fetch_request::{FetchPartition, FetchTopic};
    let by_id = c.version >= 13;
    let request = |name: &str, id: TopicId, p: FetchPartition| {
        let (topic, topic_id) = if by_id { (String::new(), id) } else { (name.into(), TopicId::ZERO) };
        let topics = vec![FetchTopic { topic, topic_id, partitions: vec![p] }];
        FetchRequest { max_wait_ms: 0, min_bytes: 0, topics, session_epoch: -1, ..Default::default() }
    };
    let p = FetchPartition { partition_max_bytes: 1 << 20, ..Default::default() };
    let with = |change: &dyn Fn(&mut FetchPartition)| {
        let mut p = p.clone();
        change(&mut p);
        p
    };
    c.add("fetch", &request("t", id, p.clone()));
    c.add("unknown topic", &request("nobody", TopicId([7; 16]), p.clone()));
    c.add("unknown partition", &request("t", id, with(&|p| p.partition = 99)));
    c.add("offset past the end", &request("t", id, with(&|p| p.fetch_offset = 1 << 40)));
    c.add("negative offset", &request("t", id, with(&|p| p.fetch_offset = -7)));
    c.add("epoch ahead", &request("t", id, with(&|p| p.current_leader_epoch = 1 << 20)));
    c.add("no bytes wanted", &request("t", id, with(&|p| p.partition_max_bytes = 0)));
    c.add("negative bytes wanted", &request("t", id, with(&|p| p.partition_max_bytes = -1)));
    let session =
        |session_id, session_epoch| FetchRequest { session_id, session_epoch, ..request("t", id, p.clone()) };
    c.add("unknown session", &session(123_456, 5));
    c.add("session epoch without session", &session(0, 5));
    c.add("close an unknown session", &session(123_456, -1));
    c.add("isolation level 9", &FetchRequest { isolation_level: 9, ..request("t", id, p.clone()) });
    c.add("nothing", &FetchRequest { topics: Vec::new(), ..request("t", id, p.clone()) });
}

fn list_offsets(c: &mut Cases) {
    use list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
    let request = |name: &str, partition_index, timestamp, current_leader_epoch| ListOffsetsRequest {
        replica_id: -1,
        topics: vec![ListOffsetsTopic {
            name: name.into(),
            partitions: vec![ListOffsetsPartition { partition_index, current_leader_epoch, timestamp }],
        }],
        ..Default::default()
    };
    for (label, timestamp) in [
        ("latest", -1),
        ("earliest", -2),
        ("max timestamp", -3),
        ("earliest local", -4),
        ("latest tiered", -5),
        ("timestamp -6", -6),
        ("timestamp -99", -99),
        ("by time", 1_600_000_000_000),
        ("by time past the end", 1 << 50),
    ] {
        c.add(label, &request("t", 0, timestamp, -1));
    }
    c.add("unknown topic", &request("nobody", 0, -1, -1));
    c.add("unknown partition", &request("t", 99, -1, -1));
    c.add("invalid name", &request("a b", 0, -1, -1));
    c.add("epoch ahead", &request("t", 0, -1, 1 << 20));
    c.add("replica 5", &ListOffsetsRequest { replica_id: 5, ..request("t", 0, -1, -1) });
    c.add("isolation level 9", &ListOffsetsRequest { isolation_level: 9, ..request("t", 0, -1, -1) });
    let mut twice = request("t", 0, -1, -1);
    twice.topics.iter_mut().for_each(|t| t.partitions.extend_from_within(..));
    c.add("partition twice", &twice);
}

fn metadata(c: &mut Cases) {
    use metadata_request::MetadataRequestTopic;
    let named = |name: &str| MetadataRequestTopic { name: Some(name.into()), ..Default::default() };
    let with_id = |topic_id| MetadataRequestTopic { name: None, topic_id };
    let request = |topics| MetadataRequest { topics, allow_auto_topic_creation: false, ..Default::default() };
    if c.version < 4 {
        c.add("t", &MetadataRequest { topics: Some(vec![named("t")]), ..Default::default() });
        c.add("all", &MetadataRequest { topics: None, ..Default::default() });
        return;
    }
    c.add("t", &request(Some(vec![named("t")])));
    c.add("no topics", &request(Some(Vec::new())));
    c.add("unknown topic", &request(Some(vec![named("nobody")])));
    c.add("invalid name", &request(Some(vec![named("a b")])));
    c.add("empty name", &request(Some(vec![named("")])));
    c.add("dot", &request(Some(vec![named(".")])));
    c.add("long name", &request(Some(vec![named(&"x".repeat(250))])));
    c.add("unknown id", &request(Some(vec![with_id(TopicId([7; 16]))])));
    c.add("zero id and no name", &request(Some(vec![with_id(TopicId::ZERO)])));
    c.add("twice", &request(Some(vec![named("t"), named("t")])));
}

fn find_coordinator(c: &mut Cases) {
    let old =
        |key: &str, key_type| FindCoordinatorRequest { key: key.into(), key_type, ..Default::default() };
    c.add("key type 9", &old("g", 9));
    c.add("key type -1", &old("g", -1));
    let new = |keys: &[&str], key_type| FindCoordinatorRequest {
        coordinator_keys: keys.iter().map(|k| (*k).into()).collect(),
        key_type,
        ..Default::default()
    };
    if c.version >= 4 {
        c.add("no keys", &new(&[], 0));
        c.add("keys of type 9", &new(&["g", "h"], 9));
        c.add("share key without form", &new(&["g"], 2));
    }
}

fn api_versions(c: &mut Cases) {
    let request = |name: &str, version: &str| ApiVersionsRequest {
        client_software_name: name.into(),
        client_software_version: version.into(),
    };
    c.add("ask", &request("a", "1"));
    c.add("empty names", &request("", ""));
    c.add("name with a space", &request("a b", "1"));
    c.add("version with a slash", &request("a", "1/2"));
    c.add("name that ends with a dash", &request("a-", "1"));
}

fn create_topics(c: &mut Cases) {
    use create_topics_request::{CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig};
    let topic = |name: &str, num_partitions, replication_factor| CreatableTopic {
        name: name.into(),
        num_partitions,
        replication_factor,
        ..Default::default()
    };
    let request = |topics| CreateTopicsRequest { topics, timeout_ms: 5000, validate_only: true };
    let one = |t| request(vec![t]);
    let config = |name: &str, value: Option<&str>| CreatableTopic {
        configs: vec![CreatableTopicConfig { name: name.into(), value: value.map(Into::into) }],
        ..topic("new", 1, 1)
    };
    let placed = |index, brokers: &[i32], partitions, factor| CreatableTopic {
        assignments: vec![CreatableReplicaAssignment {
            partition_index: index,
            broker_ids: brokers.to_vec(),
        }],
        ..topic("new", partitions, factor)
    };
    c.add("validate", &one(topic("new", 1, 1)));
    c.add("defaults", &one(topic("new", -1, -1)));
    c.add("exists", &one(topic("t", 1, 1)));
    c.add("no topics", &request(Vec::new()));
    c.add("twice", &request(vec![topic("new", 1, 1), topic("new", 2, 1)]));
    for (label, name) in
        [("empty name", ""), ("space", "a b"), ("dot", "."), ("two dots", ".."), ("slash", "a/b")]
    {
        c.add(label, &one(topic(name, 1, 1)));
    }
    c.add("long name", &one(topic(&"x".repeat(250), 1, 1)));
    c.add("249 characters", &one(topic(&"x".repeat(249), 1, 1)));
    c.add("no partitions", &one(topic("new", 0, 1)));
    c.add("-5 partitions", &one(topic("new", -5, 1)));
    c.add("two billion partitions", &one(topic("new", i32::MAX, 1)));
    c.add("no replicas", &one(topic("new", 1, 0)));
    c.add("five replicas", &one(topic("new", 1, 5)));
    c.add("-3 replicas", &one(topic("new", 1, -3)));
    c.add("unknown config", &one(config("what.is.this", Some("1"))));
    c.add("config of a wrong type", &one(config("retention.ms", Some("soon"))));
    c.add("config out of range", &one(config("max.message.bytes", Some("-5"))));
    c.add("null config", &one(config("retention.ms", None)));
    c.add("unknown policy", &one(config("cleanup.policy", Some("burn"))));
    c.add("good config", &one(config("retention.ms", Some("1000"))));
    c.add("placed", &one(placed(0, &[1], -1, -1)));
    c.add("placed and counted", &one(placed(0, &[1], 1, 1)));
    c.add("placed on an unknown broker", &one(placed(0, &[77], -1, -1)));
    c.add("placed twice on a broker", &one(placed(0, &[1, 1], -1, -1)));
    c.add("placed nowhere", &one(placed(0, &[], -1, -1)));
    c.add("partition 1 placed, 0 not", &one(placed(1, &[1], -1, -1)));
}

fn delete_topics(c: &mut Cases) {
    use delete_topics_request::DeleteTopicState;
    let names = |names: &[&str]| DeleteTopicsRequest {
        topic_names: names.iter().map(|n| (*n).into()).collect(),
        timeout_ms: 5000,
        ..Default::default()
    };
    if c.version <= 5 {
        c.add("unknown topic", &names(&["nobody"]));
        c.add("no topics", &names(&[]));
        c.add("invalid name", &names(&["a b"]));
        c.add("unknown twice", &names(&["nobody", "nobody"]));
        return;
    }
    let states = |all: &[(Option<&str>, TopicId)]| DeleteTopicsRequest {
        topics: all
            .iter()
            .map(|(n, topic_id)| DeleteTopicState { name: n.map(Into::into), topic_id: *topic_id })
            .collect(),
        timeout_ms: 5000,
        ..Default::default()
    };
    c.add("unknown topic", &states(&[(Some("nobody"), TopicId::ZERO)]));
    c.add("unknown id", &states(&[(None, TopicId([7; 16]))]));
    c.add("neither name nor id", &states(&[(None, TopicId::ZERO)]));
    c.add("name and id", &states(&[(Some("nobody"), TopicId([7; 16]))]));
    c.add("unknown twice", &states(&[(Some("nobody"), TopicId::ZERO), (Some("nobody"), TopicId::ZERO)]));
    c.add("no topics", &states(&[]));
}

fn init_producer_id(c: &mut Cases) {
    let base = InitProducerIdRequest {
        transaction_timeout_ms: 60_000,
        producer_id: -1,
        producer_epoch: -1,
        ..Default::default()
    };
    c.add("idempotent", &base);
    c.add("negative timeout", &InitProducerIdRequest { transaction_timeout_ms: -1, ..base.clone() });
    c.add("zero timeout", &InitProducerIdRequest { transaction_timeout_ms: 0, ..base.clone() });
    c.add("id without epoch", &InitProducerIdRequest { producer_id: 5, ..base.clone() });
    c.add("epoch without id", &InitProducerIdRequest { producer_epoch: 5, ..base.clone() });
    c.add("id and epoch", &InitProducerIdRequest { producer_id: 5, producer_epoch: 5, ..base.clone() });
    c.add("empty transactional id", &InitProducerIdRequest { transactional_id: Some(String::new()), ..base });
}

fn leader_epoch(c: &mut Cases) {
    use offset_for_leader_epoch_request::{OffsetForLeaderPartition, OffsetForLeaderTopic};
    let request = |name: &str, partition, current_leader_epoch, leader_epoch| OffsetForLeaderEpochRequest {
        replica_id: -1,
        topics: vec![OffsetForLeaderTopic {
            topic: name.into(),
            partitions: vec![OffsetForLeaderPartition { partition, current_leader_epoch, leader_epoch }],
        }],
    };
    c.add("epoch 0", &request("t", 0, -1, 0));
    c.add("epoch ahead", &request("t", 0, -1, 1 << 20));
    c.add("negative epoch", &request("t", 0, -1, -1));
    c.add("unknown topic", &request("nobody", 0, -1, 0));
    c.add("unknown partition", &request("t", 99, -1, 0));
    c.add("current epoch ahead", &request("t", 0, 1 << 20, 0));
}

fn describe_configs(c: &mut Cases) {
    use describe_configs_request::DescribeConfigsResource;
    let request = |resource_type, name: &str, keys: Option<&[&str]>| DescribeConfigsRequest {
        resources: vec![DescribeConfigsResource {
            resource_type,
            resource_name: name.into(),
            configuration_keys: keys.map(|k| k.iter().map(|k| (*k).into()).collect()),
        }],
        ..Default::default()
    };
    c.add("one key", &request(2, "t", Some(&["retention.ms"])));
    c.add("all keys of a topic", &request(2, "t", None));
    c.add("no keys", &request(2, "t", Some(&[])));
    c.add("unknown key", &request(2, "t", Some(&["what"])));
    c.add("unknown topic", &request(2, "nobody", None));
    c.add("invalid topic name", &request(2, "a b", None));
    c.add("empty topic name", &request(2, "", None));
    c.add("type 99", &request(99, "t", None));
    c.add("type 0", &request(0, "t", None));
    c.add("type -1", &request(-1, "t", None));
    c.add("broker 1", &request(4, "1", Some(&["log.retention.ms"])));
    c.add("broker 77", &request(4, "77", None));
    c.add("broker x", &request(4, "x", None));
    c.add("all brokers", &request(4, "", Some(&["log.retention.ms"])));
    c.add("nothing", &DescribeConfigsRequest::default());
}

fn create_partitions(c: &mut Cases) {
    use create_partitions_request::{CreatePartitionsAssignment, CreatePartitionsTopic};
    let topic = |name: &str, count, assignments: Option<&[&[i32]]>| CreatePartitionsTopic {
        name: name.into(),
        count,
        assignments: assignments
            .map(|all| all.iter().map(|b| CreatePartitionsAssignment { broker_ids: b.to_vec() }).collect()),
    };
    let one = |t| CreatePartitionsRequest { topics: vec![t], timeout_ms: 5000, validate_only: true };
    c.add("validate", &one(topic("t", 3, None)));
    c.add("unknown topic", &one(topic("nobody", 3, None)));
    c.add("invalid name", &one(topic("a b", 3, None)));
    c.add("as many", &one(topic("t", 1, None)));
    c.add("none", &one(topic("t", 0, None)));
    c.add("negative", &one(topic("t", -3, None)));
    c.add("two billion", &one(topic("t", i32::MAX, None)));
    c.add("placed", &one(topic("t", 2, Some(&[&[1]]))));
    c.add("placed on an unknown broker", &one(topic("t", 2, Some(&[&[77]]))));
    c.add("placed too few", &one(topic("t", 3, Some(&[&[1]]))));
    c.add("placed too many", &one(topic("t", 2, Some(&[&[1], &[1]]))));
    c.add("placed nowhere", &one(topic("t", 2, Some(&[&[]]))));
    c.add("placed twice on a broker", &one(topic("t", 2, Some(&[&[1, 1]]))));
    let twice = CreatePartitionsRequest {
        topics: vec![topic("t", 3, None), topic("t", 4, None)],
        timeout_ms: 5000,
        validate_only: true,
    };
    c.add("twice", &twice);
    c.add(
        "nothing",
        &CreatePartitionsRequest { timeout_ms: 5000, validate_only: true, ..Default::default() },
    );
}

fn describe_cluster(c: &mut Cases) {
    for (label, endpoint_type) in [("brokers", 1), ("controllers", 2), ("type 0", 0), ("type 9", 9)] {
        c.add(label, &DescribeClusterRequest { endpoint_type, ..Default::default() });
    }
}

fn describe_topic_partitions(c: &mut Cases) {
    use describe_topic_partitions_request::{Cursor, TopicRequest};
    let request = |names: &[&str], response_partition_limit, cursor: Option<(&str, i32)>| {
        DescribeTopicPartitionsRequest {
            topics: names.iter().map(|n| TopicRequest { name: (*n).into() }).collect(),
            response_partition_limit,
            cursor: cursor.map(|(name, partition_index)| Cursor { topic_name: name.into(), partition_index }),
        }
    };
    c.add("t", &request(&["t"], 2000, None));
    c.add("unknown topic", &request(&["nobody"], 2000, None));
    c.add("invalid name", &request(&["a b"], 2000, None));
    c.add("limit 0", &request(&["t"], 0, None));
    c.add("limit -1", &request(&["t"], -1, None));
    c.add("cursor at the end", &request(&["t"], 2000, Some(("t", 1))));
    c.add("cursor past the end", &request(&["t"], 2000, Some(("t", 99))));
    c.add("negative cursor", &request(&["t"], 2000, Some(("t", -1))));
    c.add("cursor of an unknown topic", &request(&["t"], 2000, Some(("zzz", 0))));
}
