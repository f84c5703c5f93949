//! Every answer of the metadata handlers encodes in every version that is advertised, and reads back.

use super::{api_versions, describe_topic_partitions, metadata};
use crate::config::broker_table::broker_configs;
use crate::control::change_topics::{plan_create_partitions, plan_delete_topics};
use crate::control::create_topics::plan_create_topics;
use crate::handler::view::View;
use crate::image::{MetadataImage, empty_for_tests};
use ringlog_wire::ApiKey;
use ringlog_wire::generated::create_partitions_request::CreatePartitionsTopic;
use ringlog_wire::generated::create_topics_request::CreatableTopic;
use ringlog_wire::generated::delete_topics_request::DeleteTopicState;
use ringlog_wire::generated::metadata_request::MetadataRequestTopic;
use ringlog_wire::generated::{
    CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest, DescribeTopicPartitionsRequest,
    MetadataRequest,
};
use ringlog_wire::header::encode_response;
use ringlog_wire::ids::TopicId;
use ringlog_wire::message::Response;
use ringlog_wire::reader::Reader;

pub(super) fn check<R: Response>(version: i16, response: &R) {
    let frame =
        encode_response(1, version, response).unwrap_or_else(|e| panic!("{} v{version}: {e:?}", R::NAME));
    let frame = frame.freeze();
    let mut r = Reader::new(&frame, 1 << 20);
    r.take(8).unwrap();
    if R::API.response_header_version(version) == 1 {
        r.skip_tags().unwrap();
    }
    R::decode(&mut r, version).unwrap_or_else(|e| panic!("{} v{version}: {e:?}", R::NAME));
    assert_eq!(r.remaining(), 0, "{} v{version}", R::NAME);
}

fn view(image: &MetadataImage, version: i16) -> View<'_> {
    View { image, listener: 0, local: "127.0.0.1:9092".parse().unwrap(), version }
}

pub(super) fn image() -> MetadataImage {
    use ringlog_wire::generated::RegisterBrokerRecord;
    use ringlog_wire::generated::records::MetadataRecord;
    let mut image = empty_for_tests();
    let broker = RegisterBrokerRecord { broker_id: 1, fenced: false, ..Default::default() };
    let mut records = vec![MetadataRecord::RegisterBroker(broker)];
    let topic =
        CreatableTopic { name: "t".into(), num_partitions: 2, replication_factor: 1, ..Default::default() };
    let request = CreateTopicsRequest { topics: vec![topic], ..Default::default() };
    records.extend(plan_create_topics(&image, &request, &mut || TopicId([5; 16])).0);
    let identity = image.identity().clone();
    let (end, epoch) = (image.end().plus(9), image.epoch());
    let delta = crate::image::MetadataDelta { identity, end, epoch, records: records.into() };
    image.apply(&delta).unwrap();
    image
}

#[test]
fn metadata_in_every_version() {
    let image = image();
    let topic = |name: Option<&str>, id| MetadataRequestTopic { name: name.map(Into::into), topic_id: id };
    for version in ApiKey::Metadata.advertised() {
        let mut topics = vec![topic(Some("t"), TopicId::ZERO), topic(Some("no"), TopicId::ZERO)];
        if version >= 10 {
            topics.extend([
                topic(None, TopicId([5; 16])),
                topic(None, TopicId([6; 16])),
                topic(None, TopicId::ZERO),
            ]);
        }
        let request = MetadataRequest {
            topics: Some(topics),
            include_topic_authorized_operations: version >= 8,
            include_cluster_authorized_operations: (8..=10).contains(&version),
            ..Default::default()
        };
        check(version, &metadata::answer(view(&image, version), &request));
    }
    let request = DescribeTopicPartitionsRequest::default();
    check(0, &describe_topic_partitions::answer(view(&image, 0), &request, 10));
}

#[test]
fn api_versions_in_every_version() {
    let image = image();
    for version in ApiKey::ApiVersions.advertised() {
        check(version, &api_versions::answer(&image, &Default::default(), version, &Default::default()));
    }
    check(0, &api_versions::unsupported());
}

#[test]
fn topic_changes_in_every_version() {
    let image = image();
    let topic = |name: &str| CreatableTopic {
        name: name.into(),
        num_partitions: 1,
        replication_factor: 1,
        ..Default::default()
    };
    let request = CreateTopicsRequest { topics: vec![topic("new"), topic("t")], ..Default::default() };
    let (_, response) = plan_create_topics(&image, &request, &mut || TopicId([7; 16]));
    ApiKey::CreateTopics.advertised().for_each(|version| check(version, &response));

    let names = DeleteTopicsRequest { topic_names: vec!["t".into(), "no".into()], ..Default::default() };
    let (_, response) = plan_delete_topics(&image, &names);
    (1..=6).for_each(|version| check(version, &response));
    let topics = vec![DeleteTopicState { name: None, topic_id: TopicId([9; 16]) }];
    let (_, response) = plan_delete_topics(&image, &DeleteTopicsRequest { topics, ..Default::default() });
    check(6, &response);

    let topic = |name: &str| CreatePartitionsTopic { name: name.into(), count: 4, assignments: None };
    let request = CreatePartitionsRequest { topics: vec![topic("t"), topic("no")], ..Default::default() };
    let (_, response) = plan_create_partitions(&image, &request);
    ApiKey::CreatePartitions.advertised().for_each(|version| check(version, &response));
}

#[test]
fn the_longest_names_and_values_are_refused_in_every_version() {
    use ringlog_wire::generated::DescribeConfigsRequest;
    use ringlog_wire::generated::create_topics_request::CreatableTopicConfig;
    use ringlog_wire::generated::describe_configs_request::DescribeConfigsResource;
    let image = image();
    let long = "\u{e4}".repeat(16_383);
    let config =
        |name: &str, value: &str| CreatableTopicConfig { name: name.into(), value: Some(value.into()) };
    let topic = |name: &str, config| CreatableTopic {
        name: name.into(),
        num_partitions: 1,
        replication_factor: 1,
        configs: vec![config],
        ..Default::default()
    };
    let topics = vec![
        topic(&long, config("retention.ms", "1")),
        topic("a", config(&long, "1")),
        topic("b", config("retention.ms", &long)),
    ];
    let request = CreateTopicsRequest { topics, ..Default::default() };
    let (_, response) = plan_create_topics(&image, &request, &mut || TopicId([7; 16]));
    assert_eq!(response.topics.iter().map(|t| t.error_code).collect::<Vec<_>>(), [17, 40, 40]);
    ApiKey::CreateTopics.advertised().for_each(|version| check(version, &response));
    let (_, response) = plan_delete_topics(
        &image,
        &DeleteTopicsRequest { topic_names: vec![long.clone()], ..Default::default() },
    );
    (1..=5).for_each(|version| check(version, &response));
    let resource = |resource_type| DescribeConfigsResource {
        resource_type,
        resource_name: long.clone(),
        configuration_keys: None,
    };
    let request = DescribeConfigsRequest { resources: vec![resource(2), resource(4)], ..Default::default() };
    let results = super::describe_configs::answer(&image, &request, &request.resources, &mut 1000);
    let response = ringlog_wire::generated::DescribeConfigsResponse { throttle_time_ms: 0, results };
    ApiKey::DescribeConfigs.advertised().for_each(|version| check(version, &response));
}

#[test]
fn descriptions_in_every_version() {
    use super::{describe_cluster, describe_configs, find_coordinator, init_producer_id};
    use ringlog_wire::generated::describe_configs_request::DescribeConfigsResource;
    use ringlog_wire::generated::{
        DescribeClusterRequest, DescribeConfigsRequest, DescribeConfigsResponse, FindCoordinatorRequest,
    };
    let image = image();
    for version in ApiKey::DescribeCluster.advertised() {
        for endpoint_type in [1, 2, 3] {
            let request = DescribeClusterRequest { endpoint_type, ..Default::default() };
            let response = describe_cluster::answer(view(&image, version), &request);
            // Before version 1 there is no type to be wrong about.
            if version > 0 || endpoint_type == 1 {
                check(version, &response);
            }
        }
    }
    let resource = |resource_type, name: &str| DescribeConfigsResource {
        resource_type,
        resource_name: name.into(),
        configuration_keys: None,
    };
    let resources =
        vec![resource(2, "t"), resource(2, "no"), resource(4, "1"), resource(4, ""), resource(8, "1")];
    let request = DescribeConfigsRequest { resources, include_synonyms: true, include_documentation: true };
    let results = describe_configs::answer(&image, &request, &request.resources, &mut 1000);
    let response = DescribeConfigsResponse { throttle_time_ms: 0, results };
    let codes: Vec<_> = response.results.iter().map(|r| (r.error_code, r.configs.len())).collect();
    let table = broker_configs().count();
    assert_eq!(codes, [(0, 33), (3, 0), (0, table), (0, 0), (42, 0)]);
    let results = describe_configs::answer(&image, &request, &request.resources, &mut 33);
    let codes: Vec<_> = results.iter().map(|r| (r.error_code, r.configs.len())).collect();
    assert_eq!(codes, [(0, 33), (44, 0), (44, 0), (44, 0), (44, 0)], "bounded");
    ApiKey::DescribeConfigs.advertised().for_each(|version| check(version, &response));
    for version in ApiKey::FindCoordinator.advertised() {
        let keys = if version >= 4 { vec!["k".to_owned()] } else { Vec::new() };
        let request = FindCoordinatorRequest { coordinator_keys: keys, ..Default::default() };
        let refused = |_: &str| Err((ringlog_wire::ErrorCode::CoordinatorNotAvailable, "why".to_owned()));
        check(version, &find_coordinator::answer(version, &request, refused));
        check(version, &find_coordinator::answer(version, &request, |_| Ok((1, "host".to_owned(), 9092))));
    }
    let refused = init_producer_id::refused(ringlog_wire::ErrorCode::KafkaStorageError);
    ApiKey::InitProducerId.advertised().for_each(|version| check(version, &refused));
}
