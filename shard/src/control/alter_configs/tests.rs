//! Changes of configs: what is taken, what is refused with which words, and that a dump of the image has it.

use super::*;
use crate::image::{MetadataDelta, empty_for_tests};
use ringlog_wire::generated::TopicRecord;
use ringlog_wire::generated::incremental_alter_configs_request::AlterConfigsResource;
use ringlog_wire::ids::TopicId;
use std::rc::Rc;

const SESSION: &str = "consumer.session.timeout.ms";

fn request(kind: i8, configs: &[(&str, i8, Option<&str>)]) -> IncrementalAlterConfigsRequest {
    let one = |(name, config_operation, value): &(&str, i8, Option<&str>)| AlterableConfig {
        name: (*name).to_owned(),
        config_operation: *config_operation,
        value: value.map(str::to_owned),
    };
    let configs = configs.iter().map(one).collect();
    named(kind, "g", configs)
}

fn named(kind: i8, name: &str, configs: Vec<AlterableConfig>) -> IncrementalAlterConfigsRequest {
    let resource = AlterConfigsResource { resource_type: kind, resource_name: name.into(), configs };
    IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false }
}

fn commit(image: &mut MetadataImage, records: Vec<MetadataRecord>) {
    let (end, epoch) = (image.end().plus(records.len() as u64), image.epoch());
    let identity = image.identity().clone();
    image.apply(&MetadataDelta { identity, end, epoch, records: records.into() }).unwrap();
}

/// An image with the topic `g`.
fn with_topic() -> MetadataImage {
    let mut image = empty_for_tests();
    let topic = TopicRecord { name: "g".into(), topic_id: TopicId([3; 16]) };
    commit(&mut image, vec![MetadataRecord::Topic(topic)]);
    image
}

/// Plans and applies; the error and its message.
fn alter(image: &mut MetadataImage, request: &IncrementalAlterConfigsRequest) -> (i16, String) {
    let (records, response) = plan_alter_configs(image, request);
    commit(image, records);
    let first = &response.responses[0];
    (first.error_code, first.error_message.clone().unwrap_or_default())
}

#[test]
fn groups_are_configured_within_the_brokers_bounds() {
    let mut image = empty_for_tests();
    let set = |value| request(RESOURCE_GROUP, &[(SESSION, SET, Some(value))]);
    assert_eq!(alter(&mut image, &set("50000")), (0, String::new()));
    assert_eq!(image.group_configs("g").get(SESSION).map(String::as_str), Some("50000"));
    assert_eq!(image.broker_config().group_times(image.group_configs("g")).session_ms, 50_000);
    let again = image.dump();
    assert!(
        again.iter().any(|r| matches!(r, MetadataRecord::Config(c) if c.resource_type == RESOURCE_GROUP))
    );
    let low =
        "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms";
    assert_eq!(alter(&mut image, &set("1000")), (ErrorCode::InvalidConfig.code(), low.into()));
    assert!(alter(&mut image, &set("70000")).1.contains("must be less than or equal to"));
    assert!(alter(&mut image, &set("x")).1.ends_with("Not a number of type INT"));
    let odd = request(RESOURCE_GROUP, &[("foo.bar", SET, Some("1"))]);
    assert_eq!(alter(&mut image, &odd).1, "Unknown group config name: foo.bar");
    assert_eq!(alter(&mut image, &request(99, &[])).0, ErrorCode::InvalidRequest.code());
    let only = IncrementalAlterConfigsRequest {
        validate_only: true,
        ..request(RESOURCE_GROUP, &[(SESSION, DELETE, None)])
    };
    assert_eq!((alter(&mut image, &only).0, image.configured_groups()), (0, 1));
    let delete = request(RESOURCE_GROUP, &[(SESSION, DELETE, None)]);
    assert_eq!((alter(&mut image, &delete).0, image.configured_groups()), (0, 0));
}

#[test]
fn topics_are_configured_by_the_rules_of_their_creation() {
    let mut image = with_topic();
    let mut ask = |op, name: &str, value| {
        let done = alter(&mut image, &request(RESOURCE_TOPIC, &[(name, op, value)]));
        let topic = image.topic_named("g").unwrap();
        (done, topic.overrides.get(name).cloned(), Rc::clone(&topic.config))
    };
    let ok = || (0, String::new());
    let (done, _, config) = ask(SET, "retention.ms", Some("5000"));
    assert_eq!((done, config.retention_ms), (ok(), Some(5000)));
    let (done, set, config) = ask(APPEND, "cleanup.policy", Some("compact"));
    assert_eq!((done, set.as_deref()), (ok(), Some("delete,compact")));
    assert!(config.compact && config.delete);
    let (done, set, config) = ask(SUBTRACT, "cleanup.policy", Some("delete,none"));
    assert_eq!((done, set.as_deref(), config.delete), (ok(), Some("compact"), false));
    let (done, ..) = ask(APPEND, "retention.ms", Some("1"));
    assert_eq!(done.1, "Can't APPEND to key retention.ms because its type is not LIST.");
    for (name, value, why) in [
        ("retention.ms", "abc", "Not a number of type LONG"),
        ("retention.ms", "-2", "Value must be at least -1"),
        ("no.such", "1", "Unknown topic config name: no.such"),
        ("cleanup.policy", "zap", "String must be one of: compact, delete"),
    ] {
        let ((code, message), ..) = ask(SET, name, Some(value));
        assert_eq!(code, ErrorCode::InvalidConfig.code());
        assert!(message.ends_with(why), "{message}");
    }
    let (done, ..) = ask(SET, "retention.ms", None);
    assert_eq!(
        done,
        (ErrorCode::InvalidRequest.code(), "Null value not supported for : retention.ms".into())
    );
    let (done, set, config) = ask(DELETE, "retention.ms", None);
    assert_eq!((done, set, config.retention_ms), (ok(), None, Some(604_800_000)));
    let nowhere = named(RESOURCE_TOPIC, "nowhere", Vec::new());
    let unknown = (ErrorCode::UnknownTopicOrPartition.code(), "The topic 'nowhere' does not exist.".into());
    assert_eq!(alter(&mut image, &nowhere), unknown);
}

#[test]
fn brokers_are_configured_alone_and_together_and_their_topics_follow() {
    let mut image = with_topic();
    let retention = |image: &MetadataImage| image.topic_named("g").unwrap().config.retention_ms;
    let set = |name: &str, key: &str, value: &str| {
        let config = AlterableConfig { name: key.into(), config_operation: SET, value: Some(value.into()) };
        named(RESOURCE_BROKER, name, vec![config])
    };
    assert_eq!(alter(&mut image, &set("", "log.retention.ms", "700000")).0, 0);
    assert_eq!(retention(&image), Some(700_000));
    assert_eq!(alter(&mut image, &set("1", "log.retention.ms", "800000")).0, 0);
    assert_eq!(retention(&image), Some(800_000), "this broker's own is stronger");
    assert_eq!(alter(&mut image, &set("1", "log.cleaner.backoff.ms", "7")).0, 0);
    assert_eq!(image.int("log.cleaner.backoff.ms"), 7);
    let wrong = |image: &mut MetadataImage, name: &str, key: &str, value: &str| {
        let (code, message) = alter(image, &set(name, key, value));
        assert_eq!(code, ErrorCode::InvalidRequest.code());
        message
    };
    let fixed = "Cannot update these configs dynamically: [num.partitions]";
    assert_eq!(wrong(&mut image, "1", "num.partitions", "3"), fixed);
    assert_eq!(wrong(&mut image, "", "num.partitions", "3"), fixed);
    let other = "Unexpected broker id, expected 1, but received 7";
    assert_eq!(wrong(&mut image, "7", "log.cleaner.backoff.ms", "3"), other);
    assert!(wrong(&mut image, "x", "log.cleaner.backoff.ms", "3").starts_with("Node id must be an integer"));
    let rebuilt = {
        let mut rebuilt = empty_for_tests();
        commit(&mut rebuilt, image.dump());
        rebuilt
    };
    assert_eq!((retention(&rebuilt), rebuilt.int("log.cleaner.backoff.ms")), (Some(800_000), 7));
    let configs =
        vec![AlterableConfig { name: "log.retention.ms".into(), config_operation: DELETE, value: None }];
    assert_eq!(alter(&mut image, &named(RESOURCE_BROKER, "1", configs)).0, 0);
    assert_eq!(retention(&image), Some(700_000));
}

#[test]
fn alter_configs_replaces_all_that_a_topic_sets() {
    use alter_configs_request::{AlterConfigsResource, AlterableConfig};
    let mut image = with_topic();
    let mut replace = |list: &[(&str, Option<&str>)]| {
        let one = |(name, value): &(&str, Option<&str>)| AlterableConfig {
            name: (*name).to_owned(),
            value: value.map(str::to_owned),
        };
        let resource = AlterConfigsResource {
            resource_type: RESOURCE_TOPIC,
            resource_name: "g".into(),
            configs: list.iter().map(one).collect(),
        };
        let request = AlterConfigsRequest { resources: vec![resource], validate_only: false };
        let (records, response) = plan_replace_configs(&image, &request);
        commit(&mut image, records);
        let set = image.topic_named("g").unwrap().overrides.clone();
        (response.responses[0].error_code, set.into_iter().collect::<Vec<_>>())
    };
    let of = |k: &str, v: &str| (k.to_owned(), v.to_owned());
    assert_eq!(replace(&[("retention.ms", Some("5"))]), (0, vec![of("retention.ms", "5")]));
    assert_eq!(replace(&[("segment.ms", Some("6"))]), (0, vec![of("segment.ms", "6")]));
    assert_eq!(replace(&[("segment.ms", None)]).0, ErrorCode::InvalidRequest.code());
    let twice = [("segment.ms", Some("6")), ("segment.ms", Some("7"))];
    assert_eq!(replace(&twice).0, ErrorCode::InvalidRequest.code());
    assert_eq!(replace(&[]), (0, vec![]));
}

#[test]
fn subscriptions_to_clients_metrics_are_set_checked_and_taken_back() {
    let mut image = with_topic();
    let of = |name: &str, configs: &[(&str, i8, Option<&str>)]| {
        named(RESOURCE_CLIENT_METRICS, name, request(0, configs).resources.remove(0).configs)
    };
    let set = of("s", &[("metrics", SET, Some("a,b")), ("interval.ms", SET, Some("500"))]);
    assert_eq!(alter(&mut image, &set).0, 0);
    let version = image.client_metrics_version();
    let mut rebuilt = empty_for_tests();
    commit(&mut rebuilt, image.dump());
    assert_eq!(rebuilt.client_metrics("s").len(), 2, "{:?}", rebuilt.client_metrics("s"));
    let wrong = |image: &mut MetadataImage, name: &str, key: &str, op, value: &str| {
        alter(image, &of(name, &[(key, op, Some(value))]))
    };
    let invalid = ErrorCode::InvalidRequest.code();
    let no_name = (invalid, "Subscription name can't be empty".to_owned());
    assert_eq!(wrong(&mut image, "", "metrics", SET, "a"), no_name);
    assert_eq!(wrong(&mut image, "s", "what", SET, "a").0, invalid);
    assert_eq!(wrong(&mut image, "s", "interval.ms", SET, "99").0, invalid);
    assert_eq!(wrong(&mut image, "s", "match", SET, "what=x").0, ErrorCode::InvalidConfig.code());
    let list = "Can't APPEND to key metrics because its type is not LIST.";
    assert_eq!(wrong(&mut image, "s", "metrics", APPEND, "c").1, list, "as the controller of Kafka 4.3.1");
    assert_eq!(image.client_metrics_version(), version, "what is refused changes nothing");
    let unset = of("s", &[("metrics", DELETE, None), ("interval.ms", DELETE, None)]);
    assert_eq!(alter(&mut image, &unset).0, 0);
    assert_eq!(image.client_metrics_subscriptions().len(), 0);
    assert!(image.client_metrics_version() > version);
    for n in 0..SUBSCRIPTIONS_MAX {
        assert_eq!(wrong(&mut image, &n.to_string(), "metrics", SET, "a").0, 0);
    }
    assert_eq!(wrong(&mut image, "one more", "metrics", SET, "a").0, ErrorCode::PolicyViolation.code());
    assert_eq!(wrong(&mut image, "7", "metrics", SET, "b").0, 0, "those that are there may change");
}
