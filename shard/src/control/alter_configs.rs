//! Decides IncrementalAlterConfigs (KIP-339) and AlterConfigs: configs of topics, brokers, groups and
//! subscriptions to clients' metrics.
//!
//! Owner: the control core. Pure: an image and a request in, records and a response out. Invariants: a resource is
//! changed as a whole or not at all; what is set has been checked together with what stays, by the same rules as at
//! creation.

use super::plan::{Refusal, bounded, refuse};
use crate::config::broker_table::broker_config;
use crate::config::client_metrics::Subscription;
use crate::config::group::group_config;
use crate::config::topic::{check_overrides, topic_config};
use crate::config::{BrokerConfig, ConfigDef, Dynamic, Kind, Overrides};
use crate::image::places::{CORDONED, check_cordoned};
use crate::image::{
    MetadataImage, RESOURCE_BROKER, RESOURCE_CLIENT_METRICS, RESOURCE_GROUP, RESOURCE_TOPIC, dump,
};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::incremental_alter_configs_request::AlterableConfig;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::{
    AlterConfigsRequest, AlterConfigsResponse, BrokerRegistrationChangeRecord, ConfigRecord,
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, alter_configs_request,
    alter_configs_response, incremental_alter_configs_response,
};
use std::collections::{BTreeMap, BTreeSet};

/// Groups that may have configs of their own.
const GROUPS_MAX: usize = 10_000;
/// Subscriptions to clients' metrics: each client is matched with all of them.
pub const SUBSCRIPTIONS_MAX: usize = 256;

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
    let (mut records, mut answered, mut added) = (Vec::new(), Vec::new(), Added::default());
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
    records.extend(cordoned(image, &records));
    if validate_only {
        records.clear();
    }
    (records, answered)
}

/// The change of this node's registration that goes with changed configs: it names the directories that get no new
/// partitions (KIP-1066), for whoever places some.
fn cordoned(image: &MetadataImage, records: &[MetadataRecord]) -> Option<MetadataRecord> {
    let node = image.node().0.to_string();
    let (mut own, mut default) = (image.broker_configs(&node).clone(), image.broker_configs("").clone());
    for record in records {
        let MetadataRecord::Config(r) = record else { continue };
        if r.resource_type != RESOURCE_BROKER || r.name != CORDONED {
            continue;
        }
        let set = if r.resource_name.is_empty() { &mut default } else { &mut own };
        match &r.value {
            Some(value) => set.insert(r.name.clone(), value.clone()),
            None => set.remove(&r.name),
        };
    }
    let broker = image.brokers().find(|b| b.id == image.node())?;
    let now = image.cordoned(Dynamic { own: &own, default: &default }, &broker.log_dirs);
    (now != broker.cordoned_log_dirs).then(|| {
        MetadataRecord::BrokerRegistrationChange(BrokerRegistrationChangeRecord {
            broker_id: image.node().0 as i32,
            broker_epoch: broker.epoch,
            cordoned_log_dirs: Some(now),
            ..Default::default()
        })
    })
}

fn plan_resource(
    image: &MetadataImage,
    asked: &Asked<'_>,
    added: &mut Added,
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
        RESOURCE_CLIENT_METRICS if name.is_empty() => {
            return refuse(ErrorCode::InvalidRequest, "Subscription name can't be empty");
        }
        RESOURCE_CLIENT_METRICS => image.client_metrics(name),
        other => {
            let message = format!("Unknown resource type {other}");
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
            if let Some(text) = after.get(CORDONED) {
                let checked = check_cordoned(text, &image.broker_config().data_dirs);
                checked.map_err(|why| (ErrorCode::InvalidRequest, why))?;
            }
        }
        RESOURCE_CLIENT_METRICS => {
            Subscription::read(&after)?;
            let bound = (image.client_metrics_subscriptions().len(), SUBSCRIPTIONS_MAX, "subscriptions");
            check_count(bound, &mut added.subscriptions, (before, &after))?;
        }
        _ => {
            let checked = image.broker_config().check_group(&after);
            checked.map_err(|why| (ErrorCode::InvalidConfig, why))?;
            let bound = (image.configured_groups(), GROUPS_MAX, "groups");
            check_count(bound, &mut added.groups, (before, &after))?;
        }
    }
    Ok(records(asked, before, &after))
}

/// Resources that a request makes.
#[derive(Default)]
struct Added {
    groups: usize,
    subscriptions: usize,
}

/// Counts a resource that comes into being. Errors: `max` of its kind exist.
fn check_count(
    (existing, max, kind): (usize, usize, &str),
    added: &mut usize,
    (before, after): (&Overrides, &Overrides),
) -> Result<(), Refusal> {
    if !before.is_empty() || after.is_empty() {
        return Ok(());
    }
    if existing + *added >= max {
        let message = format!("{max} {kind} have configs of their own, more may not.");
        return refuse(ErrorCode::PolicyViolation, message);
    }
    *added += 1;
    Ok(())
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
        // As in Kafka 4.3.1, whose controller does not know their types.
        RESOURCE_CLIENT_METRICS => None,
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
mod tests;
