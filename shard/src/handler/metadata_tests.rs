//! Tests of the metadata answers: who is asked for, in which order, under which address, with which errors.

use super::describe_topic_partitions;
use super::metadata::answer;
use super::view::{NO_OPERATIONS, TOPIC_OPERATIONS, View};
use crate::config::{BrokerConfig, Listener, SecurityProtocol};
use crate::image::{Identity, MetadataDelta, MetadataImage};
use ringlog_wire::generated::describe_topic_partitions_request::{Cursor, TopicRequest};
use ringlog_wire::generated::metadata_request::MetadataRequestTopic;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::register_broker_record::BrokerEndpoint;
use ringlog_wire::generated::{
    DescribeTopicPartitionsRequest, MetadataRequest, PartitionRecord, RegisterBrokerRecord, TopicRecord,
};
use ringlog_wire::ids::{LeaderEpoch, NodeId, Offset, TopicId};
use std::collections::BTreeMap;
use std::rc::Rc;

fn image(topics: &[(&str, i32)]) -> MetadataImage {
    let listener = |name: &str, host: Option<&str>, port: Option<u16>| Listener {
        name: name.into(),
        protocol: SecurityProtocol::Plaintext,
        advertised_host: host.map(Into::into),
        advertised_port: port,
        bound: ("0.0.0.0".into(), 9092),
    };
    let listeners = vec![listener("IN", None, None), listener("OUT", Some("kafka.example"), Some(443))];
    let config = BrokerConfig::new(NodeId(1), listeners, vec!["/d".into()], &BTreeMap::new()).unwrap();
    let identity = Identity { cluster_id: "cluster".into(), directories: [TopicId([1; 16])].into() };
    let mut image = MetadataImage::new(identity.clone(), Rc::new(config));
    let endpoint =
        |name: &str| BrokerEndpoint { name: name.into(), host: "two".into(), port: 92, security_protocol: 0 };
    let broker = |broker_id, end_points, fenced| {
        MetadataRecord::RegisterBroker(RegisterBrokerRecord {
            broker_id,
            end_points,
            fenced,
            ..Default::default()
        })
    };
    let mut records = vec![
        broker(1, Vec::new(), false),
        broker(2, vec![endpoint("IN")], false),
        broker(3, vec![endpoint("IN"), endpoint("OUT")], true),
    ];
    for ((name, partitions), n) in topics.iter().zip(1u8..) {
        let topic_id = TopicId([n; 16]);
        records.push(MetadataRecord::Topic(TopicRecord { name: (*name).into(), topic_id }));
        records.extend((0..*partitions).map(|partition_id| {
            MetadataRecord::Partition(PartitionRecord {
                partition_id,
                topic_id,
                replicas: vec![1, 3],
                isr: vec![1],
                leader: if partition_id == 9 { -1 } else { 1 },
                leader_epoch: 5,
                partition_epoch: 0,
                ..Default::default()
            })
        }));
    }
    let delta = MetadataDelta { identity, end: Offset(9), epoch: LeaderEpoch(1), records: records.into() };
    image.apply(&delta).unwrap();
    image
}

fn view(image: &MetadataImage, version: i16) -> View<'_> {
    View { image, listener: 0, local: "[::ffff:10.0.0.7]:9092".parse().unwrap(), version }
}

fn by_name(names: &[&str]) -> MetadataRequest {
    let one = |n: &&str| MetadataRequestTopic { name: Some((*n).into()), topic_id: TopicId::ZERO };
    MetadataRequest { topics: Some(names.iter().map(one).collect()), ..Default::default() }
}

#[test]
fn empty_means_all_in_version_0_and_none_later() {
    let image = image(&[("b", 1), ("a", 1)]);
    let names = |version, request: &MetadataRequest| {
        let topics = answer(view(&image, version), request).topics;
        topics.into_iter().map(|t| t.name.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(names(0, &by_name(&[])), ["a", "b"]);
    assert!(names(1, &by_name(&[])).is_empty());
    assert_eq!(names(1, &MetadataRequest { topics: None, ..Default::default() }), ["a", "b"]);
}

#[test]
fn topics_come_in_the_order_asked_for_with_their_errors() {
    let image = image(&[("b", 1), ("a", 1)]);
    let response = answer(view(&image, 12), &by_name(&["b", "no", "a", "b", "b ad"]));
    let got: Vec<_> = response.topics.iter().map(|t| (t.name.as_deref().unwrap(), t.error_code)).collect();
    assert_eq!(got, [("b", 0), ("no", 3), ("a", 0), ("b ad", 17)]);
    let ids = [TopicId([1; 16]), TopicId([9; 16])];
    let topics = ids.map(|topic_id| MetadataRequestTopic { name: None, topic_id });
    let request = MetadataRequest { topics: Some(topics.to_vec()), ..Default::default() };
    let response = answer(view(&image, 12), &request);
    let got: Vec<_> = response.topics.iter().map(|t| (t.name.as_deref(), t.topic_id, t.error_code)).collect();
    assert_eq!(got, [(Some("b"), ids[0], 0), (None, ids[1], 100)]);
    let response = answer(view(&image, 11), &request);
    let got: Vec<_> = response.topics.iter().map(|t| (t.name.as_deref(), t.topic_id, t.error_code)).collect();
    assert_eq!(got, [(Some(""), ids[0], 42), (Some(""), ids[1], 42)], "no ids yet, and no null names");
}

#[test]
fn a_client_is_told_addresses_of_its_own_listener() {
    let image = image(&[]);
    let told = |listener: usize| {
        let v = View { listener, ..view(&image, 12) };
        let brokers = answer(v, &by_name(&[])).brokers;
        brokers.into_iter().map(|b| (b.node_id, b.host, b.port)).collect::<Vec<_>>()
    };
    assert_eq!(told(0), [(1, "10.0.0.7".to_owned(), 9092), (2, "two".to_owned(), 92)], "3 is fenced");
    assert_eq!(told(1), [(1, "kafka.example".to_owned(), 443)], "2 lacks the listener");
}

#[test]
fn partitions_tell_leader_epoch_and_what_is_offline() {
    let image = image(&[("t", 10)]);
    let response = answer(view(&image, 12), &by_name(&["t"]));
    let p = &response.topics[0].partitions;
    assert_eq!((p[0].leader_id, p[0].leader_epoch, p[0].error_code), (1, 5, 0));
    assert_eq!((&p[0].replica_nodes[..], &p[0].offline_replicas[..]), (&[1, 3][..], &[3][..]));
    assert_eq!((p[9].leader_id, p[9].error_code), (-1, 5));
    assert_eq!(response.topics[0].topic_authorized_operations, NO_OPERATIONS);
    let request = MetadataRequest { include_topic_authorized_operations: true, ..by_name(&["t"]) };
    let operations = answer(view(&image, 12), &request).topics[0].topic_authorized_operations;
    assert_eq!(operations, TOPIC_OPERATIONS);
    assert_eq!((response.controller_id, response.cluster_id.as_deref()), (1, Some("cluster")));
}

#[test]
fn following_cursors_gives_every_partition_once() {
    let image = image(&[("c", 3), ("a", 5), ("b", 1), ("d", 4)]);
    for limit in 1..15 {
        let (mut cursor, mut got) = (None, Vec::new());
        for _ in 0..20 {
            let request = DescribeTopicPartitionsRequest {
                topics: Vec::new(),
                response_partition_limit: limit,
                cursor,
            };
            let response = describe_topic_partitions::answer(view(&image, 0), &request, 2000);
            let page: Vec<_> = response
                .topics
                .iter()
                .flat_map(|t| t.partitions.iter().map(|p| (t.name.clone().unwrap(), p.partition_index)))
                .collect();
            assert!(page.len() <= limit as usize);
            got.extend(page);
            cursor = response
                .next_cursor
                .map(|c| Cursor { topic_name: c.topic_name, partition_index: c.partition_index });
            if cursor.is_none() {
                break;
            }
        }
        let expect: Vec<_> = [("a", 5), ("b", 1), ("c", 3), ("d", 4)]
            .iter()
            .flat_map(|(name, n)| (0..*n).map(|i| ((*name).to_owned(), i)))
            .collect();
        assert_eq!(got, expect, "limit {limit}");
    }
}

#[test]
fn named_topics_are_sorted_and_unknown_ones_told() {
    let image = image(&[("c", 1), ("a", 1)]);
    let topics = ["c", "x", "a", "b ad"].map(|n| TopicRequest { name: n.into() }).to_vec();
    let request = DescribeTopicPartitionsRequest { topics, response_partition_limit: 2000, cursor: None };
    let response = describe_topic_partitions::answer(view(&image, 0), &request, 2000);
    let got: Vec<_> = response.topics.iter().map(|t| (t.name.as_deref().unwrap(), t.error_code)).collect();
    assert_eq!(got, [("a", 0), ("b ad", 17), ("c", 0), ("x", 3)]);
    for (topic, partition_index, code) in [("a", -1, 42), ("nobody", 0, 42), ("a", 1, 0)] {
        let cursor = Some(Cursor { topic_name: topic.into(), partition_index });
        let topics = vec![TopicRequest { name: "a".into() }];
        let request = DescribeTopicPartitionsRequest { topics, response_partition_limit: 9, cursor };
        let response = describe_topic_partitions::answer(view(&image, 0), &request, 2000);
        assert_eq!(response.topics.iter().map(|t| t.error_code).collect::<Vec<_>>(), [code], "{topic}");
    }
}
