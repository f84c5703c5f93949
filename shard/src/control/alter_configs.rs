//! Decides IncrementalAlterConfigs (KIP-339) and AlterConfigs: configs of topics, brokers and groups.
//!
//! Owner: the control core. Pure: an image and a request in, records and a response out. Invariants: a resource is
//! changed as a whole or not at all; what is set has been checked together with what stays, by the same rules as at
//! creation.

use super::plan::{Refusal, bounded, refuse};
use crate::config::broker_table::broker_config;
use crate::config::group::group_config;
use crate::config::topic::{check_overrides, topic_config};
use crate::config::{BrokerConfig, ConfigDef, Kind, Overrides};
use crate::image::{MetadataImage, RESOURCE_BROKER, RESOURCE_GROUP, RESOURCE_TOPIC, dump};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::incremental_alter_configs_request::AlterableConfig;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::{
    AlterConfigsRequest, AlterConfigsResponse, ConfigRecord, IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse, alter_configs_request, alter_configs_response,
    incremental_alter_configs_response,
};
use std::collections::{BTreeMap, BTreeSet};

/// Groups that may have configs of their own.
const GROUPS_MAX: usize = 10_000;

const SET: i8 = 0;
const DELETE: i8 = 1;
const APPEND: i8 = 2;
const SUBTRACT: i8 = 3;

/// What is asked of one resource.
struct Asked<'a> {
    kind: i8,
    name: &'a str,
    change: Change<'a>,
}

#[derive(Clone, Copy)]
enum Change<'a> {
    /// Each config by itself; the others stay.
    Some(&'a [AlterableConfig]),
    /// All configs; those that are not named go.
    All(&'a [alter_configs_request::AlterableConfig]),
}

/// What came of one resource: its kind and name, the error and its message.
type Answered = (i8, String, i16, Option<String>);

/// Plans the changes of `request`.
#[must_use]
pub fn plan_alter_configs(
    image: &MetadataImage,
    request: &IncrementalAlterConfigsRequest,
) -> (Vec<MetadataRecord>, IncrementalAlterConfigsResponse) {
    let asked = request.resources.iter().map(|r| Asked {
        kind: r.resource_type,
        name: &r.resource_name,
        change: Change::Some(&r.configs),
    });
    let (records, answered) = plan_resources(image, &asked.collect::<Vec<_>>(), request.validate_only);
    let one = |(resource_type, resource_name, error_code, error_message): Answered| {
        incremental_alter_configs_response::AlterConfigsResourceResponse {
            error_code,
            error_message,
            resource_type,
            resource_name,
        }
    };
    let responses = answered.into_iter().map(one).collect();
    (records, IncrementalAlterConfigsResponse { throttle_time_ms: 0, responses })
}

/// Plans the changes of `request`, which replaces all configs of each resource.
#[must_use]
pub fn plan_replace_configs(
    image: &MetadataImage,
    request: &AlterConfigsRequest,
) -> (Vec<MetadataRecord>, AlterConfigsResponse) {
    let asked = request.resources.iter().map(|r| Asked {
        kind: r.resource_type,
        name: &r.resource_name,
        change: Change::All(&r.configs),
    });
    let (records, answered) = plan_resources(image, &asked.collect::<Vec<_>>(), request.validate_only);
    let one = |(resource_type, resource_name, error_code, error_message): Answered| {
        alter_configs_response::AlterConfigsResourceResponse {
            error_code,
            error_message,
            resource_type,
            resource_name,
        }
    };
    let responses = answered.into_iter().map(one).collect();
    (records, AlterConfigsResponse { throttle_time_ms: 0, responses })
}

fn plan_resources(
    image: &MetadataImage,
    resources: &[Asked<'_>],
    validate_only: bool,
) -> (Vec<MetadataRecord>, Vec<Answered>) {
    let mut times: BTreeMap<(i8, &str), usize> = BTreeMap::new();
    for r in resources {
        *times.entry((r.kind, r.name)).or_default() += 1;
    }
    let (mut records, mut answered, mut added) = (Vec::new(), Vec::new(), 0);
    for asked in resources {
        // Taken out at its first place, so that a repeated one is answered once.
        let Some(times) = times.remove(&(asked.kind, asked.name)) else { continue };
        let planned = match times {
            1 => plan_resource(image, asked, &mut added),
            _ => refuse(ErrorCode::InvalidRequest, "Each resource must appear at most once."),
        };
        let (error_code, error_message) = match planned {
            Ok(changes) => {
                records.extend(changes);
                (0, None)
            }
            Err((code, message)) => (code.code(), Some(bounded(message))),
        };
        answered.push((asked.kind, asked.name.to_owned(), error_code, error_message));
    }
    if validate_only {
        records.clear();
    }
    (records, answered)
}

fn plan_resource(
    image: &MetadataImage,
    asked: &Asked<'_>,
    added: &mut usize,
) -> Result<Vec<MetadataRecord>, Refusal> {
    check_names(&asked.change)?;
    let name = asked.name;
    let before = match asked.kind {
        RESOURCE_TOPIC => match image.topic_named(name) {
            Some(topic) => &topic.overrides,
            None => {
                let message = format!("The topic '{name}' does not exist.");
                return refuse(ErrorCode::UnknownTopicOrPartition, message);
            }
        },
        RESOURCE_BROKER => {
            check_broker_name(image, name)?;
            image.broker_configs(name)
        }
        RESOURCE_GROUP if name.is_empty() => {
            return refuse(ErrorCode::InvalidRequest, "Default group resources are not allowed.");
        }
        RESOURCE_GROUP => image.group_configs(name),
        other => {
            let message = format!("Configs of resource type {other} are not available in this version.");
            return refuse(ErrorCode::InvalidRequest, message);
        }
    };
    let after = after(asked, before)?;
    match asked.kind {
        RESOURCE_TOPIC => {
            let all = after.iter().map(|(k, v)| (k.as_str(), Some(v.as_str())));
            check_overrides(all).map_err(|why| (ErrorCode::InvalidConfig, why))?;
        }
        RESOURCE_BROKER => {
            let checked = BrokerConfig::check_dynamic(&after, !name.is_empty());
            checked.map_err(|why| (ErrorCode::InvalidRequest, why))?;
        }
        _ => {
            if before.is_empty() && image.configured_groups() + *added >= GROUPS_MAX {
                let message = format!("{GROUPS_MAX} groups have configs of their own, more may not.");
                return refuse(ErrorCode::PolicyViolation, message);
            }
            let checked = image.broker_config().check_group(&after);
            checked.map_err(|why| (ErrorCode::InvalidConfig, why))?;
            *added += usize::from(before.is_empty() && !after.is_empty());
        }
    }
    Ok(records(asked, before, &after))
}

/// What every kind of resource refuses: a config named twice, a value that is null.
fn check_names(change: &Change<'_>) -> Result<(), Refusal> {
    let named: Vec<(&str, bool)> = match change {
        Change::Some(configs) => {
            let null = |c: &AlterableConfig| c.value.is_none() && c.config_operation != DELETE;
            configs.iter().map(|c| (c.name.as_str(), null(c))).collect()
        }
        Change::All(configs) => configs.iter().map(|c| (c.name.as_str(), c.value.is_none())).collect(),
    };
    let names: BTreeSet<&str> = named.iter().map(|(name, _)| *name).collect();
    if names.len() < named.len() {
        return refuse(ErrorCode::InvalidRequest, "Error due to duplicate config keys");
    }
    let null: Vec<&str> = named.iter().filter(|(_, null)| *null).map(|(name, _)| *name).collect();
    match null.is_empty() {
        true => Ok(()),
        false => {
            refuse(ErrorCode::InvalidRequest, format!("Null value not supported for : {}", null.join(",")))
        }
    }
}

/// The empty name stands for all brokers; else only this broker's configs are changed here.
fn check_broker_name(image: &MetadataImage, name: &str) -> Result<(), Refusal> {
    let node = image.node().0;
    match name.parse::<u32>() {
        _ if name.is_empty() => Ok(()),
        Err(_) => refuse(ErrorCode::InvalidRequest, format!("Node id must be an integer, but it is: {name}")),
        Ok(id) if id != node => refuse(
            ErrorCode::InvalidRequest,
            format!("Unexpected broker id, expected {node}, but received {name}"),
        ),
        Ok(_) => Ok(()),
    }
}

/// The configs of a resource after the change, not yet checked.
fn after(asked: &Asked<'_>, before: &Overrides) -> Result<Overrides, Refusal> {
    let configs = match asked.change {
        Change::Some(configs) => configs,
        Change::All(configs) => {
            let value = |c: &alter_configs_request::AlterableConfig| c.value.clone().unwrap_or_default();
            return Ok(configs.iter().map(|c| (c.name.clone(), value(c))).collect());
        }
    };
    let mut after = before.clone();
    for config in configs {
        let value = config.value.as_deref().unwrap_or_default();
        match config.config_operation {
            SET => {
                after.insert(config.name.clone(), value.to_owned());
            }
            DELETE => {
                after.remove(&config.name);
            }
            APPEND | SUBTRACT => {
                let items = altered_list(asked.kind, after.get(&config.name), config, value)?;
                after.insert(config.name.clone(), items.join(","));
            }
            other => {
                let message = format!("Config operation {other} is unknown; {} stays as it is.", config.name);
                return refuse(ErrorCode::InvalidConfig, message);
            }
        }
    }
    Ok(after)
}

/// A list with elements added or taken away. What a resource does not set itself starts from the table's default.
fn altered_list(
    kind: i8,
    set: Option<&String>,
    config: &AlterableConfig,
    value: &str,
) -> Result<Vec<String>, Refusal> {
    let row: Option<&'static ConfigDef> = match kind {
        RESOURCE_TOPIC => topic_config(&config.name),
        RESOURCE_BROKER => broker_config(&config.name),
        _ => group_config(&config.name),
    };
    let Some(def) = row.filter(|def| def.kind == Kind::List) else {
        let operation = if config.config_operation == APPEND { "APPEND" } else { "SUBTRACT" };
        let message = format!("Can't {operation} to key {} because its type is not LIST.", config.name);
        return refuse(ErrorCode::InvalidConfig, message);
    };
    let parts = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect()
    };
    let mut items = parts(set.map(String::as_str).or(def.default).unwrap_or_default());
    for part in parts(value) {
        let there = items.iter().position(|i| *i == part);
        match (config.config_operation, there) {
            (APPEND, None) => items.push(part),
            (SUBTRACT, Some(at)) => {
                items.remove(at);
            }
            _ => {}
        }
    }
    Ok(items)
}

/// The records that lead from `before` to `after`.
fn records(asked: &Asked<'_>, before: &Overrides, after: &Overrides) -> Vec<MetadataRecord> {
    let set = after.iter().filter(|(name, value)| before.get(*name) != Some(*value));
    let mut records: Vec<_> =
        set.map(|(name, value)| dump::config_record(asked.kind, asked.name, name, value)).collect();
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    records.extend(gone.map(|name| {
        MetadataRecord::Config(ConfigRecord {
            resource_type: asked.kind,
            resource_name: asked.name.to_owned(),
            name: name.clone(),
            value: None,
        })
    }));
    records
}

#[cfg(test)]
mod tests {
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
        let low = "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms";
        assert_eq!(alter(&mut image, &set("1000")), (ErrorCode::InvalidConfig.code(), low.into()));
        assert!(alter(&mut image, &set("70000")).1.contains("must be less than or equal to"));
        assert!(alter(&mut image, &set("x")).1.ends_with("Not a number of type INT"));
        let odd = request(RESOURCE_GROUP, &[("foo.bar", SET, Some("1"))]);
        assert_eq!(alter(&mut image, &odd).1, "Unknown group config name: foo.bar");
        assert_eq!(alter(&mut image, &request(16, &[])).0, ErrorCode::InvalidRequest.code());
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
        let unknown =
            (ErrorCode::UnknownTopicOrPartition.code(), "The topic 'nowhere' does not exist.".into());
        assert_eq!(alter(&mut image, &nowhere), unknown);
    }

    #[test]
    fn brokers_are_configured_alone_and_together_and_their_topics_follow() {
        let mut image = with_topic();
        let retention = |image: &MetadataImage| image.topic_named("g").unwrap().config.retention_ms;
        let set = |name: &str, key: &str, value: &str| {
            let config =
                AlterableConfig { name: key.into(), config_operation: SET, value: Some(value.into()) };
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
        assert!(
            wrong(&mut image, "x", "log.cleaner.backoff.ms", "3").starts_with("Node id must be an integer")
        );
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
}
