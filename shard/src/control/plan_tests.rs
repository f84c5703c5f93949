//! Tests of the decisions on topics: Kafka's codes and messages, completeness and order of responses.

use super::alter_configs::plan_alter_configs;
use super::change_topics::{plan_create_partitions, plan_delete_topics};
use super::create_topics::{auto_create_request, plan_create_topics};
use super::start::start_records;
use crate::config::{BrokerConfig, Listener, SecurityProtocol};
use crate::image::{Identity, MetadataDelta, MetadataImage};
use ringlog_wire::generated::create_partitions_request::{CreatePartitionsAssignment, CreatePartitionsTopic};
use ringlog_wire::generated::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use ringlog_wire::generated::create_topics_response::CreatableTopicResult;
use ringlog_wire::generated::delete_topics_request::DeleteTopicState;
use ringlog_wire::generated::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::{
    CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest, IncrementalAlterConfigsRequest,
    RegisterBrokerRecord,
};
use ringlog_wire::ids::{LeaderEpoch, NodeId, TopicId};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

const A: TopicId = TopicId([0xa; 16]);
const B: TopicId = TopicId([0xb; 16]);

struct World {
    image: MetadataImage,
    ids: u8,
}

impl World {
    fn new(statics: &[(&str, &str)], directories: &[TopicId]) -> Self {
        let listener = Listener {
            name: "PLAINTEXT".into(),
            protocol: SecurityProtocol::Plaintext,
            advertised_host: None,
            advertised_port: None,
            bound: ("0.0.0.0".into(), 9092),
        };
        let statics: BTreeMap<_, _> = statics.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        let config = BrokerConfig::new(NodeId(1), vec![listener], vec!["/d".into()], &statics).unwrap();
        let identity = Identity { cluster_id: "c".into(), directories: Arc::from(directories) };
        let mut world = Self { image: MetadataImage::new(identity, Rc::new(config)), ids: 0 };
        let broker = RegisterBrokerRecord { broker_id: 1, fenced: false, ..Default::default() };
        world.apply(vec![MetadataRecord::RegisterBroker(broker)]);
        world
    }

    fn apply(&mut self, records: Vec<MetadataRecord>) {
        let identity = self.image.identity().clone();
        let end = self.image.end().plus(records.len() as u64);
        let delta = MetadataDelta { identity, end, epoch: LeaderEpoch(1), records: records.into() };
        self.image.apply(&delta).unwrap();
    }

    fn plan(&mut self, request: &CreateTopicsRequest) -> (Vec<MetadataRecord>, Vec<CreatableTopicResult>) {
        let mut new_id = || {
            self.ids += 1;
            TopicId([self.ids; 16])
        };
        let (records, response) = plan_create_topics(&self.image, request, &mut new_id);
        (records, response.topics)
    }

    fn create(&mut self, topics: Vec<CreatableTopic>) -> Vec<CreatableTopicResult> {
        let (records, results) = self.plan(&CreateTopicsRequest { topics, ..Default::default() });
        self.apply(records);
        results
    }

    /// Code and message of one topic's creation.
    fn one(&mut self, topic: CreatableTopic) -> (i16, String) {
        let result = self.create(vec![topic]).remove(0);
        (result.error_code, result.error_message.unwrap_or_default())
    }
}

fn world() -> World {
    World::new(&[], &[A])
}

fn topic(name: &str, partitions: i32, replication: i16) -> CreatableTopic {
    CreatableTopic {
        name: name.into(),
        num_partitions: partitions,
        replication_factor: replication,
        ..Default::default()
    }
}

fn assigned(lists: &[(i32, &[i32])]) -> CreatableTopic {
    let one = |(index, ids): &(i32, &[i32])| CreatableReplicaAssignment {
        partition_index: *index,
        broker_ids: ids.to_vec(),
    };
    CreatableTopic { assignments: lists.iter().map(one).collect(), ..topic("as", -1, -1) }
}

#[test]
fn refusals_of_create_topics_are_kafkas() {
    let mut w = world();
    assert_eq!(w.one(topic("a.b", 1, 1)), (0, String::new()));
    let check = |w: &mut World, topic: CreatableTopic, code: i16, message: &str| {
        assert_eq!(w.one(topic), (code, message.to_owned()));
    };
    check(&mut w, topic("a.b", 1, 1), 36, "Topic 'a.b' already exists.");
    check(&mut w, topic("a_b", 1, 1), 17, "Topic 'a_b' collides with existing topic: a.b");
    check(&mut w, topic("..", 1, 1), 17, "Topic name is invalid: '..' is not allowed");
    let message = "Creation of internal topic __cluster_metadata is prohibited.";
    check(&mut w, topic("__cluster_metadata", 1, 1), 42, message);
    let message = "Number of partitions was set to an invalid non-positive value.";
    check(&mut w, topic("x", 0, 1), 37, message);
    check(&mut w, topic("x", -2, 1), 37, message);
    let message = "Replication factor must be larger than 0, or -1 to use the default value.";
    check(&mut w, topic("x", 1, 0), 38, message);
    let message = "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached \
                   because only 1 broker(s) are registered or some brokers have all their log \
                   directories cordoned.";
    check(&mut w, topic("x", 1, 3), 38, message);
    let message = "The manual partition assignment includes broker 7, but no such broker is registered.";
    check(&mut w, assigned(&[(0, &[7])]), 39, message);
    let message = "partitions should be a consecutive 0-based integer sequence";
    check(&mut w, assigned(&[(0, &[1]), (2, &[1])]), 39, message);
    let message = "The manual partition assignment includes the broker 1 more than once.";
    check(&mut w, assigned(&[(0, &[1, 1])]), 39, message);
    let message = "The manual partition assignment includes an empty replica list.";
    check(&mut w, assigned(&[(0, &[])]), 39, message);
    let mut bad = topic("x", 1, 1);
    bad.configs = vec![CreatableTopicConfig { name: "nope".into(), value: Some("1".into()) }];
    check(&mut w, bad, 40, "Unknown topic config name: nope");
    assert_eq!(w.image.topic_count(), 1, "a refused topic leaves nothing behind");
    assert_eq!(w.one(assigned(&[(1, &[1]), (0, &[1])])), (0, String::new()));
    assert_eq!(w.image.topic_named("as").unwrap().partitions.len(), 2);
}

#[test]
fn every_name_is_answered_once_in_the_order_of_the_request() {
    let mut w = world();
    let list = vec![topic("c", 1, 1), topic("a", 1, 1), topic("c", 2, 1), topic("b", 0, 1)];
    let results = w.create(list);
    let got: Vec<_> = results.iter().map(|r| (r.name.as_str(), r.error_code)).collect();
    assert_eq!(got, [("c", 42), ("a", 0), ("b", 37)]);
    assert!(w.image.topic_named("c").is_none());
    let mut w = world();
    let results = w.create(vec![topic("x.y", 1, 1), topic("x_y", 1, 1)]);
    assert_eq!(
        results.iter().map(|r| r.error_code).collect::<Vec<_>>(),
        [0, 17],
        "collides within one request"
    );
}

#[test]
fn a_created_topic_is_described_and_only_validating_changes_nothing() {
    let mut w = World::new(&[("num.partitions", "4")], &[A]);
    let mut asked = topic("t", -1, -1);
    asked.configs = vec![CreatableTopicConfig { name: "retention.ms".into(), value: Some("5".into()) }];
    let request = CreateTopicsRequest { topics: vec![asked], validate_only: true, ..Default::default() };
    let (records, results) = w.plan(&request);
    assert!(records.is_empty());
    assert_eq!((results[0].num_partitions, results[0].replication_factor), (4, 1));
    let configs = results[0].configs.as_ref().unwrap();
    assert_eq!(configs.len(), 33);
    let of = |name: &str| configs.iter().find(|c| c.name == name).unwrap();
    assert_eq!((of("retention.ms").value.as_deref(), of("retention.ms").config_source), (Some("5"), 1));
    assert_eq!(
        (of("segment.bytes").value.as_deref(), of("segment.bytes").config_source),
        (Some("1073741824"), 5)
    );
    let request = CreateTopicsRequest { validate_only: false, ..request };
    let (records, _) = w.plan(&request);
    w.apply(records);
    assert_eq!(w.image.topic_named("t").unwrap().config.retention_ms, Some(5));
}

#[test]
fn limits_name_themselves() {
    let mut w = World::new(&[("ringlog.max.partitions", "10")], &[A]);
    assert_eq!(w.create(vec![topic("a", 8, 1)])[0].error_code, 0);
    let results = w.create(vec![topic("b", 2, 1), topic("c", 1, 1)]);
    assert_eq!(results.iter().map(|r| r.error_code).collect::<Vec<_>>(), [0, 44]);
    let message = results[1].error_message.as_deref().unwrap();
    for part in ["10 partitions", "1 more", "limit of 10", "ringlog.max.partitions"] {
        assert!(message.contains(part), "{message}");
    }
    let mut w = world();
    assert_eq!(w.one(topic("x", 10_001, 1)).0, 44);
    assert_eq!(w.one(topic("x", i32::MAX, 1)).0, 44);
}

#[test]
fn partitions_spread_over_the_data_directories() {
    let mut w = World::new(&[], &[A, B]);
    w.create(vec![topic("a", 3, 1)]);
    w.create(vec![topic("b", 3, 1)]);
    let of = |name: &str| {
        let topic = w.image.topic_named(name).unwrap();
        topic.partitions.iter().map(|p| p.directories[0]).collect::<Vec<_>>()
    };
    assert_eq!((of("a"), of("b")), (vec![A, B, A], vec![B, A, B]));
}

#[test]
fn deletions_by_name_and_id() {
    let mut w = world();
    w.create(vec![topic("a", 1, 1), topic("b", 1, 1)]);
    let id = w.image.topic_named("b").unwrap().id;
    let state = |name: Option<&str>, topic_id| DeleteTopicState { name: name.map(Into::into), topic_id };
    let topics = vec![
        state(None, id),
        state(Some("zz"), TopicId::ZERO),
        state(None, TopicId([0xee; 16])),
        state(Some("a"), id),
        state(None, TopicId::ZERO),
        state(Some("a"), TopicId::ZERO),
        state(Some("b"), TopicId::ZERO),
    ];
    // Named twice: refused once, and not deleted; two that name nothing are two.
    let twice = [state(Some("a"), TopicId::ZERO), state(None, TopicId::ZERO)];
    let twice = DeleteTopicsRequest { topics: [&twice[..], &twice].concat(), ..Default::default() };
    let (records, response) = plan_delete_topics(&w.image, &twice);
    assert_eq!(response.responses.iter().map(|r| r.error_code).collect::<Vec<_>>(), [42, 42, 42]);
    assert!(records.is_empty());
    let request = DeleteTopicsRequest { topics, ..Default::default() };
    let (records, response) = plan_delete_topics(&w.image, &request);
    let codes: Vec<_> = response.responses.iter().map(|r| r.error_code).collect();
    assert_eq!(codes, [0, 3, 100, 42, 42, 0, 42]);
    assert_eq!(response.responses[0].name.as_deref(), Some("b"));
    assert_eq!(records.len(), 2);
    w.apply(records);
    assert_eq!(w.image.topic_count(), 0);
    let off = World::new(&[("delete.topic.enable", "false")], &[A]);
    let request = DeleteTopicsRequest { topic_names: vec!["a".into()], ..Default::default() };
    assert_eq!(plan_delete_topics(&off.image, &request).1.responses[0].error_code, 73);
}

#[test]
fn partitions_only_grow() {
    let mut w = world();
    w.create(vec![topic("a", 2, 1)]);
    let mut grow = |name: &str, count: i32, lists: Option<&[&[i32]]>| {
        let assignments = lists.map(|lists| {
            lists.iter().map(|ids| CreatePartitionsAssignment { broker_ids: ids.to_vec() }).collect()
        });
        let topic = CreatePartitionsTopic { name: name.into(), count, assignments };
        let request = CreatePartitionsRequest { topics: vec![topic], ..Default::default() };
        let (records, mut response) = plan_create_partitions(&w.image, &request);
        w.apply(records);
        let result = response.results.remove(0);
        (result.error_code, result.error_message.unwrap_or_default())
    };
    assert_eq!(grow("a", 2, None), (37, "Topic already has 2 partition(s).".into()));
    let message = "The topic a currently has 2 partition(s); 1 would not be an increase.";
    assert_eq!(grow("a", 1, None), (37, message.into()));
    let message = "The topic a currently has 2 partition(s); -1 would not be an increase.";
    assert_eq!(grow("a", -1, None), (37, message.into()));
    assert_eq!(grow("zz", 3, None).0, 3);
    let message = "Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.";
    assert_eq!(grow("a", 4, Some(&[&[1]])), (39, message.into()));
    let message = "The manual partition assignment includes broker 9, but no such broker is registered.";
    assert_eq!(grow("a", 3, Some(&[&[9]])), (39, message.into()));
    assert_eq!(grow("a", 100_000, None).0, 44);
    assert_eq!(grow("a", 3, Some(&[&[1]])).0, 0);
    assert_eq!(grow("a", 5, None).0, 0);
    assert_eq!(w.image.topic_named("a").unwrap().partitions.len(), 5);
}

#[test]
fn topics_on_demand_take_the_defaults() {
    let mut w = World::new(&[("num.partitions", "3")], &[A]);
    let (records, results) = w.plan(&auto_create_request(vec!["x".into(), "b ad".into()]));
    assert_eq!(results.iter().map(|r| r.error_code).collect::<Vec<_>>(), [0, 17]);
    w.apply(records);
    assert_eq!(w.image.topic_named("x").unwrap().partitions.len(), 3);
}

/// A node with directories `/a` and `/b`, of which `cordoned` get nothing new.
fn two_directories(cordoned: &str) -> World {
    let mut world = World::new(&[], &[A, B]);
    let statics = BTreeMap::from([("cordoned.log.dirs".to_owned(), cordoned.to_owned())]);
    let dirs = vec!["/a".into(), "/b".into()];
    let config = BrokerConfig::new(NodeId(1), Vec::new(), dirs, &statics).unwrap();
    let identity = world.image.identity().clone();
    world.image = MetadataImage::new(identity, Rc::new(config));
    let broker = RegisterBrokerRecord { broker_id: 1, fenced: false, ..Default::default() };
    world.apply(vec![MetadataRecord::RegisterBroker(broker)]);
    world
}

/// The directories of `count` new partitions.
fn placed(world: &mut World, count: i32) -> Vec<TopicId> {
    let topic = CreatableTopic {
        name: "new".into(),
        num_partitions: count,
        replication_factor: 1,
        ..CreatableTopic::default()
    };
    let request = CreateTopicsRequest { topics: vec![topic], ..CreateTopicsRequest::default() };
    let (records, results) = world.plan(&request);
    assert_eq!(results[0].error_code, 0, "{:?}", results[0].error_message);
    let partitions = records.iter().filter_map(|r| match r {
        MetadataRecord::Partition(p) => Some(p.directories.clone()),
        _ => None,
    });
    partitions.flatten().collect()
}

#[test]
fn cordoned_directories_get_nothing_and_ill_ones_only_what_has_no_other_place() {
    assert_eq!(placed(&mut two_directories(""), 4), [A, B, A, B]);
    assert_eq!(placed(&mut two_directories("/a"), 2), [B, B]);
    let mut world = two_directories("");
    world.image.set_directory(0, false, true);
    assert_eq!(placed(&mut world, 2), [B, B], "the first is full");
    world.image.set_directory(1, true, false);
    assert_eq!(placed(&mut world, 2), [A, A], "better full than offline");
    world.image.set_directory(0, false, false);
    world.image.set_directory(1, false, false);
    assert_eq!(placed(&mut world, 2), [A, B]);
    // Everything is cordoned: as if the broker was not there.
    let mut world = two_directories("*");
    let topic = CreatableTopic {
        name: "new".into(),
        num_partitions: 1,
        replication_factor: -1,
        ..Default::default()
    };
    let request = CreateTopicsRequest { topics: vec![topic], ..CreateTopicsRequest::default() };
    let (records, results) = world.plan(&request);
    let message = "Unable to replicate the partition 1 time(s): The target replication factor of 1 cannot be \
                   reached because only 0 broker(s) are registered or some brokers have all their log \
                   directories cordoned.";
    assert_eq!((records.len(), results[0].error_code), (0, 38));
    assert_eq!(results[0].error_message.as_deref(), Some(message));
}

#[test]
fn only_configured_directories_can_be_cordoned() {
    let check = |text: &str| {
        crate::image::places::check_cordoned(text, &["/a".into(), "/b".into()]).err().unwrap_or_default()
    };
    assert_eq!((check(""), check("*"), check("/a, /b")), Default::default());
    assert_eq!(
        check("/c,/a,/d"),
        "All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : /c, /d"
    );
    assert_eq!(check("*,/a"), "When cordoned.log.dirs is set to *, it must not contain other values");
}

#[test]
fn the_registration_names_the_cordoned_directories_whoever_cordons_them() {
    let mut world = two_directories("/a");
    let records = start_records(&world.image, B, world.image.end());
    world.apply(records);
    let named = |image: &MetadataImage| {
        image.brokers().next().map(|b| (b.log_dirs.clone(), b.cordoned_log_dirs.clone())).unwrap()
    };
    assert_eq!(named(&world.image), (vec![A, B], vec![A]), "as the file says");
    let mut check = |broker: &str, dirs: Option<&str>, expect: &[TopicId]| {
        let config = AlterableConfig {
            name: "cordoned.log.dirs".into(),
            config_operation: i8::from(dirs.is_none()),
            value: dirs.map(Into::into),
        };
        let resource =
            AlterConfigsResource { resource_type: 4, resource_name: broker.into(), configs: vec![config] };
        let mut request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: true };
        assert_eq!(plan_alter_configs(&world.image, &request).0, [], "only asked");
        request.validate_only = false;
        let (records, _) = plan_alter_configs(&world.image, &request);
        world.apply(records);
        assert_eq!(named(&world.image).1, expect, "{broker} {dirs:?}");
    };
    check("1", Some("/b"), &[B]);
    check("", Some("*"), &[B]);
    check("1", None, &[A, B]);
    check("1", Some(""), &[]);
    let mut rebuilt = two_directories("");
    rebuilt.apply(world.image.dump());
    assert_eq!(named(&rebuilt.image), named(&world.image), "a snapshot has it");
}
