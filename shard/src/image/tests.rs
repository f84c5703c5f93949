//! Tests of the image: what records add up to, and that a dump rebuilds it.

use super::*;
use crate::config::{Listener, SecurityProtocol};
use ringlog_wire::generated::records::MetadataRecord as R;
use ringlog_wire::generated::{
    ConfigRecord, FeatureLevelRecord, PartitionChangeRecord, PartitionRecord, ProducerIdsRecord,
    RemoveTopicRecord, TopicRecord,
};
use std::sync::Arc;

const DIR: Uuid = TopicId([9; 16]);

pub(crate) fn empty() -> MetadataImage {
    let listener = Listener {
        name: "PLAINTEXT".into(),
        protocol: SecurityProtocol::Plaintext,
        advertised_host: None,
        advertised_port: None,
        bound: ("0.0.0.0".into(), 9092),
    };
    let config = BrokerConfig::new(NodeId(1), vec![listener], vec!["/d".into()], &BTreeMap::new()).unwrap();
    let identity = Identity { cluster_id: "c".into(), directories: Arc::new([DIR]) };
    MetadataImage::new(identity, Rc::new(config))
}

fn id(n: u8) -> TopicId {
    TopicId([n; 16])
}

fn topic(n: u8, name: &str) -> R {
    R::Topic(TopicRecord { name: name.into(), topic_id: id(n) })
}

fn partition(n: u8, index: i32) -> R {
    R::Partition(PartitionRecord {
        partition_id: index,
        topic_id: id(n),
        replicas: vec![1],
        isr: vec![1],
        leader: 1,
        leader_epoch: 0,
        partition_epoch: 0,
        directories: vec![DIR],
        ..Default::default()
    })
}

fn apply(image: &mut MetadataImage, records: Vec<R>) -> Result<Changes, ApplyError> {
    let end = image.end().plus(records.len() as u64);
    let identity = image.identity().clone();
    image.apply(&MetadataDelta { identity, end, epoch: LeaderEpoch(1), records: records.into() })
}

fn elect(n: u8, leader: i32) -> R {
    R::PartitionChange(PartitionChangeRecord {
        topic_id: id(n),
        partition_id: 0,
        leader,
        ..Default::default()
    })
}

#[test]
fn topics_are_found_by_name_and_id_and_listed_by_name() {
    let mut image = empty();
    let records = vec![topic(1, "b"), partition(1, 0), partition(1, 1), topic(2, "a"), partition(2, 0)];
    let changes = apply(&mut image, records).unwrap();
    assert_eq!(changes.created.len(), 3);
    assert!(changes.changed.is_empty() && changes.deleted.is_empty());
    assert_eq!(image.topic_named("b").unwrap().id, id(1));
    assert_eq!(&*image.topic(id(2)).unwrap().name, "a");
    let names: Vec<_> = image.topics().map(|t| t.name.to_string()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(image.topics_from("aa").count(), 1);
    assert_eq!((image.topic_count(), image.partition_count()), (2, 3));
    let p = PartitionId { topic: id(1), index: 1 };
    assert_eq!(image.directory_of(p), Some(0));
    assert_eq!(image.local_partitions().count(), 3);
    assert_eq!(image.partition(PartitionId { topic: id(1), index: 2 }), None);
}

#[test]
fn naming_the_same_leader_again_raises_the_epoch() {
    let mut image = empty();
    apply(&mut image, vec![topic(1, "a"), partition(1, 0)]).unwrap();
    let p = PartitionId { topic: id(1), index: 0 };
    let changes = apply(&mut image, vec![elect(1, 1)]).unwrap();
    assert_eq!(changes.changed.iter().copied().collect::<Vec<_>>(), [p]);
    let epochs = |image: &MetadataImage| {
        let p = image.partition(p).unwrap();
        (p.leader, p.leader_epoch.0, p.partition_epoch)
    };
    assert_eq!(epochs(&image), (Some(NodeId(1)), 1, 1));
    apply(&mut image, vec![elect(1, -2)]).unwrap();
    assert_eq!(epochs(&image), (Some(NodeId(1)), 1, 2), "-2 leaves the leader alone");
    apply(&mut image, vec![elect(1, -1)]).unwrap();
    assert_eq!(epochs(&image), (None, 2, 3));
}

#[test]
fn a_removed_topic_takes_its_configs_along() {
    let mut image = empty();
    let config = |v: Option<&str>| {
        R::Config(ConfigRecord {
            resource_type: RESOURCE_TOPIC,
            resource_name: "a".into(),
            name: "retention.ms".into(),
            value: v.map(Into::into),
        })
    };
    apply(&mut image, vec![topic(1, "a"), partition(1, 0), config(Some("5"))]).unwrap();
    assert_eq!(image.topic_named("a").unwrap().config.retention_ms, Some(5));
    let changes = apply(&mut image, vec![config(None)]).unwrap();
    assert!(changes.reconfigured.contains(&id(1)));
    assert_eq!(image.topic_named("a").unwrap().config.retention_ms, Some(604_800_000));
    apply(&mut image, vec![config(Some("7"))]).unwrap();
    let gone = apply(&mut image, vec![R::RemoveTopic(RemoveTopicRecord { topic_id: id(1) })]).unwrap();
    assert_eq!(gone.deleted.len(), 1);
    assert!(image.topic_named("a").is_none() && image.partition_count() == 0);
    apply(&mut image, vec![topic(2, "a"), partition(2, 0)]).unwrap();
    assert_eq!(image.topic_named("a").unwrap().config.retention_ms, Some(604_800_000));
}

#[test]
fn a_topic_that_came_and_went_in_one_delta_leaves_no_change() {
    let mut image = empty();
    let records = vec![topic(1, "a"), partition(1, 0), R::RemoveTopic(RemoveTopicRecord { topic_id: id(1) })];
    let changes = apply(&mut image, records).unwrap();
    assert!(changes.created.is_empty() && changes.deleted.is_empty());
}

#[test]
fn a_broker_wide_default_reaches_every_topic_that_does_not_override_it() {
    let mut image = empty();
    apply(&mut image, vec![topic(1, "a"), partition(1, 0)]).unwrap();
    let default = dump::config_record(RESOURCE_BROKER, "", "min.insync.replicas", "2");
    let changes = apply(&mut image, vec![default]).unwrap();
    assert!(changes.cluster && changes.reconfigured.contains(&id(1)));
    assert_eq!(image.topic_named("a").unwrap().config.min_insync_replicas, 2);
}

#[test]
fn records_that_contradict_the_image_are_refused() {
    let refused = |records: Vec<R>| apply(&mut empty(), records).unwrap_err().0;
    assert!(refused(vec![topic(1, "a"), topic(2, "a")]).contains("exists already"));
    assert!(refused(vec![topic(1, "a"), topic(1, "b")]).contains("exists already"));
    assert!(refused(vec![partition(1, 0)]).contains("no topic"));
    assert!(refused(vec![topic(1, "a"), partition(1, 1)]).contains("before its predecessors"));
    assert!(refused(vec![topic(1, "a"), elect(1, 1)]).contains("no partition 0"));
    let ids = |n| R::ProducerIds(ProducerIdsRecord { broker_id: 1, broker_epoch: 1, next_producer_id: n });
    assert!(refused(vec![ids(2000), ids(1000)]).contains("go back"));
}

#[test]
fn a_dump_rebuilds_the_image() {
    let mut image = empty();
    let records = vec![
        R::FeatureLevel(FeatureLevelRecord { name: "metadata.version".into(), feature_level: 30 }),
        topic(1, "a"),
        partition(1, 0),
        partition(1, 1),
        dump::config_record(RESOURCE_TOPIC, "a", "retention.ms", "5"),
        dump::config_record(RESOURCE_BROKER, "", "min.insync.replicas", "2"),
        elect(1, 1),
        R::ProducerIds(ProducerIdsRecord { broker_id: 1, broker_epoch: 1, next_producer_id: 3000 }),
    ];
    apply(&mut image, records).unwrap();
    let mut again = empty();
    apply(&mut again, image.dump()).unwrap();
    assert_eq!(again.dump(), image.dump());
    let p = PartitionId { topic: id(1), index: 0 };
    assert_eq!(again.partition(p), image.partition(p));
    assert_eq!(again.next_producer_id(), 3000);
    assert_eq!(again.topic_named("a").unwrap().config, image.topic_named("a").unwrap().config);
}
