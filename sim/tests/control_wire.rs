//! The metadata APIs of the whole broker, in bytes: negotiation, topics, producer ids, refusals.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "broker/harness.rs"]
#[allow(dead_code)]
mod harness;

use harness::with_broker;
use ringlog_wire::ApiKey;
use ringlog_wire::generated::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use ringlog_wire::generated::delete_topics_request::DeleteTopicState;
use ringlog_wire::generated::describe_configs_request::DescribeConfigsResource;
use ringlog_wire::generated::metadata_request::MetadataRequestTopic;
use ringlog_wire::generated::{
    ApiVersionsRequest, ApiVersionsResponse, CreatePartitionsRequest, CreatePartitionsResponse,
    CreateTopicsRequest, CreateTopicsResponse, DeleteTopicsRequest, DeleteTopicsResponse,
    DescribeClusterRequest, DescribeClusterResponse, DescribeConfigsRequest, DescribeConfigsResponse,
    DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse, FindCoordinatorRequest,
    FindCoordinatorResponse, InitProducerIdRequest, InitProducerIdResponse, MetadataRequest,
    MetadataResponse,
};
use ringlog_wire::ids::TopicId;
use std::collections::BTreeSet;

fn client_name() -> ApiVersionsRequest {
    ApiVersionsRequest { client_software_name: "t".into(), client_software_version: "1".into() }
}

/// Sharp edges 1 to 4.
#[test]
fn negotiation_in_every_version_and_in_one_that_does_not_exist() {
    with_broker(1, |broker| async move {
        let mut client = broker.client(0);
        for version in 0..=4 {
            client.send(version, &client_name()).await;
            let (_, response) = client.receive::<ApiVersionsResponse>(version).await;
            assert_eq!(response.error_code, 0);
            let of = |api: ApiKey| {
                let found = response.api_keys.iter().find(|k| k.api_key == api.key()).unwrap();
                (found.min_version, found.max_version)
            };
            assert_eq!(of(ApiKey::Produce), (0, 13), "or old librdkafka stops compressing");
            assert_eq!(of(ApiKey::Fetch), (4, 18));
            assert_eq!(of(ApiKey::ListOffsets), (1, 11));
            assert_eq!(of(ApiKey::Metadata), (0, 13));
            assert_eq!(of(ApiKey::InitProducerId), (0, 5));
            assert_eq!(of(ApiKey::OffsetForLeaderEpoch), (2, 4));
        }
        for version in [5, 99, i16::MAX] {
            client.send_raw(18, version, 7, &[1, 2, 3]).await;
            let (id, response) = client.receive::<ApiVersionsResponse>(0).await;
            assert_eq!((id, response.error_code, response.api_keys.len()), (7, 35, 1));
            assert_eq!((response.api_keys[0].api_key, response.api_keys[0].max_version), (18, 4));
        }
        // The connection lives on.
        client.send(4, &client_name()).await;
        assert_eq!(client.receive::<ApiVersionsResponse>(4).await.1.error_code, 0);
    });
}

fn metadata_of(names: &[&str], create: bool) -> MetadataRequest {
    let topic = |n: &&str| MetadataRequestTopic { name: Some((*n).into()), topic_id: TopicId::ZERO };
    MetadataRequest {
        topics: Some(names.iter().map(topic).collect()),
        allow_auto_topic_creation: create,
        ..Default::default()
    }
}

/// Sharp edge 33.
#[test]
fn a_topic_is_created_on_demand_unknown_first_and_then_there() {
    with_broker(2, |broker| async move {
        let mut client = broker.client(1);
        let mut ask = async |names: &[&str], create: bool, version: i16| {
            client.send(version, &metadata_of(names, create)).await;
            let (_, response) = client.receive::<MetadataResponse>(version).await;
            response.topics.iter().map(|t| (t.error_code, t.partitions.len())).collect::<Vec<_>>()
        };
        assert_eq!(ask(&["a"], false, 12).await, [(3, 0)]);
        assert_eq!(ask(&["a"], false, 12).await, [(3, 0)], "not allowed, not created");
        assert_eq!(ask(&["a", "b ad"], true, 12).await, [(3, 0), (17, 0)]);
        assert_eq!(ask(&["a"], false, 12).await, [(0, 1)]);
        // Before version 4 there is no flag: creation is implied.
        assert_eq!(ask(&["b"], true, 1).await, [(3, 0)]);
        assert_eq!(ask(&["b"], true, 1).await, [(0, 1)]);
        assert_eq!(ask(&["__consumer_offsets"], true, 12).await, [(3, 0)]);
        assert_eq!(ask(&["__consumer_offsets"], true, 12).await, [(3, 0)], "not before groups exist");
    });
}

fn topic(name: &str, partitions: i32) -> CreatableTopic {
    CreatableTopic {
        name: name.into(),
        num_partitions: partitions,
        replication_factor: 1,
        ..Default::default()
    }
}

#[test]
fn a_topics_life_in_every_version() {
    with_broker(2, |broker| async move {
        let (mut one, mut other) = (broker.client(0), broker.client(1));
        for version in 2..=7 {
            let name = format!("t{version}");
            let mut asked = topic(&name, 3);
            asked.configs =
                vec![CreatableTopicConfig { name: "retention.ms".into(), value: Some("7".into()) }];
            let topics = vec![asked, topic("b ad", 1), topic("none", 0)];
            one.send(version, &CreateTopicsRequest { topics, ..Default::default() }).await;
            let (_, response) = one.receive::<CreateTopicsResponse>(version).await;
            let codes: Vec<_> = response.topics.iter().map(|t| (t.name.as_str(), t.error_code)).collect();
            assert_eq!(codes, [(name.as_str(), 0), ("b ad", 17), ("none", 37)]);
            assert!(response.topics[2].error_message.is_some());
            if version >= 5 {
                assert_eq!(response.topics[0].configs.as_ref().unwrap().len(), 33);
            }
            // Created means served, on every core.
            other.send(12, &metadata_of(&[&name], false)).await;
            let (_, response) = other.receive::<MetadataResponse>(12).await;
            assert_eq!((response.topics[0].error_code, response.topics[0].partitions.len()), (0, 3));
            assert_ne!(response.topics[0].topic_id, TopicId::ZERO);
            assert!(response.topics[0].partitions.iter().all(|p| p.leader_id == 1 && p.error_code == 0));
            if version >= 7 {
                continue;
            }
            let id = response.topics[0].topic_id;
            let request = match version {
                6 => DeleteTopicsRequest {
                    topics: vec![DeleteTopicState { name: None, topic_id: id }],
                    ..Default::default()
                },
                _ => DeleteTopicsRequest { topic_names: vec![name.clone()], ..Default::default() },
            };
            let delete_version = version.min(6);
            other.send(delete_version, &request).await;
            let (_, response) = other.receive::<DeleteTopicsResponse>(delete_version).await;
            assert_eq!(response.responses[0].error_code, 0);
            one.send(12, &metadata_of(&[&name], false)).await;
            assert_eq!(one.receive::<MetadataResponse>(12).await.1.topics[0].error_code, 3);
        }
        let grown = ringlog_wire::generated::create_partitions_request::CreatePartitionsTopic {
            name: "t7".into(),
            count: 5,
            assignments: None,
        };
        one.send(3, &CreatePartitionsRequest { topics: vec![grown], ..Default::default() }).await;
        let (_, response) = one.receive::<CreatePartitionsResponse>(3).await;
        assert_eq!(response.results[0].error_code, 0);
        other
            .send(0, &DescribeTopicPartitionsRequest { response_partition_limit: 100, ..Default::default() })
            .await;
        let (_, response) = other.receive::<DescribeTopicPartitionsResponse>(0).await;
        assert_eq!((response.topics.len(), response.topics[0].partitions.len()), (1, 5));
        assert!(response.next_cursor.is_none());
    });
}

#[test]
fn producer_ids_are_unique_over_cores_and_restarts() {
    with_broker(2, |broker| async move {
        let mut seen = BTreeSet::new();
        for core in [0, 1] {
            let mut client = broker.client(core);
            for version in 0..=5 {
                let request = InitProducerIdRequest { transactional_id: None, ..Default::default() };
                client.send(version, &request).await;
                let (_, response) = client.receive::<InitProducerIdResponse>(version).await;
                assert_eq!((response.error_code, response.producer_epoch), (0, 0));
                assert!(seen.insert(response.producer_id), "{} twice", response.producer_id);
            }
        }
        // KIP-360: a producer that lost its sequence comes with what it had, and gets a new identity.
        let mut client = broker.client(0);
        let request = InitProducerIdRequest {
            transactional_id: None,
            producer_id: 0,
            producer_epoch: 3,
            ..Default::default()
        };
        client.send(3, &request).await;
        let (_, response) = client.receive::<InitProducerIdResponse>(3).await;
        assert_eq!((response.error_code, response.producer_epoch), (0, 0));
        assert!(seen.insert(response.producer_id));
    });
}

#[test]
fn transactions_are_refused_for_good_and_groups_at_once() {
    with_broker(1, |broker| async move {
        let mut client = broker.client(0);
        for version in 0..=5 {
            let request = InitProducerIdRequest { transactional_id: Some("x".into()), ..Default::default() };
            client.send(version, &request).await;
            let (_, response) = client.receive::<InitProducerIdResponse>(version).await;
            assert_eq!((response.error_code, response.producer_id), (53, -1));
        }
        for version in 0..=6 {
            for (key_type, code) in [(0, 0), (1, 53)] {
                if version == 0 && key_type == 1 {
                    continue;
                }
                let mut request = FindCoordinatorRequest { key_type, ..Default::default() };
                if version >= 4 {
                    request.coordinator_keys = vec!["x".into()];
                } else {
                    request.key = "x".into();
                }
                client.send(version, &request).await;
                let (_, response) = client.receive::<FindCoordinatorResponse>(version).await;
                let got = response.coordinators.first().map_or(response.error_code, |c| c.error_code);
                assert_eq!(got, code, "version {version}");
            }
        }
    });
}

#[test]
fn configs_and_cluster_are_described() {
    with_broker(1, |broker| async move {
        let mut client = broker.client(0);
        let mut asked = topic("t", 1);
        asked.configs =
            vec![CreatableTopicConfig { name: "cleanup.policy".into(), value: Some("compact".into()) }];
        client.send(7, &CreateTopicsRequest { topics: vec![asked], ..Default::default() }).await;
        client.receive::<CreateTopicsResponse>(7).await;
        let resource = |kind, name: &str, keys: Option<&[&str]>| DescribeConfigsResource {
            resource_type: kind,
            resource_name: name.into(),
            configuration_keys: keys.map(|k| k.iter().map(|k| (*k).into()).collect()),
        };
        let resources = vec![
            resource(2, "t", Some(&["cleanup.policy", "no.such"])),
            resource(2, "t", None),
            resource(4, "1", Some(&["node.id"])),
            resource(4, "2", None),
        ];
        for version in 1..=4 {
            let request = DescribeConfigsRequest {
                resources: resources.clone(),
                include_synonyms: true,
                include_documentation: version >= 3,
            };
            client.send(version, &request).await;
            let (_, response) = client.receive::<DescribeConfigsResponse>(version).await;
            let counts: Vec<_> = response.results.iter().map(|r| (r.error_code, r.configs.len())).collect();
            assert_eq!(counts, [(0, 1), (0, 33), (0, 1), (42, 0)]);
            let policy = &response.results[0].configs[0];
            assert_eq!((policy.value.as_deref(), policy.config_source), (Some("compact"), 1));
            let chain: Vec<_> = policy.synonyms.iter().map(|s| (s.name.as_str(), s.source)).collect();
            assert_eq!(chain, [("cleanup.policy", 1), ("log.cleanup.policy", 5)]);
            let documented = policy.documentation.as_ref().is_some_and(|d| !d.is_empty());
            assert_eq!(documented, version >= 3);
        }
        for version in 0..=2 {
            client.send(version, &DescribeClusterRequest { endpoint_type: 1, ..Default::default() }).await;
            let (_, response) = client.receive::<DescribeClusterResponse>(version).await;
            assert_eq!((response.error_code, response.controller_id, response.brokers.len()), (0, 1, 1));
            assert_eq!((response.brokers[0].host.as_str(), response.brokers[0].port), ("127.0.0.1", 9092));
        }
    });
}
