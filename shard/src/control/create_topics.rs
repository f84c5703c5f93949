//! Decides CreateTopics and automatic creation (KIP-4, KIP-464, KIP-525).
//!
//! Owner: the control core. Pure. Invariants: a topic is planned whole or refused; the response has one entry
//! per topic asked for, in the order of the request; a name given twice is refused once.

use super::names::check_topic_name;
use super::plan::{Plan, Refusal, bounded, refuse};
use crate::config::topic::{TOPIC_CONFIGS, check_overrides};
use crate::config::{Overrides, TopicConfig};
use crate::image::{MetadataImage, RESOURCE_TOPIC, Topic, dump};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::create_topics_request::CreatableTopic;
use ringlog_wire::generated::create_topics_response::{CreatableTopicConfigs, CreatableTopicResult};
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::{CreateTopicsRequest, CreateTopicsResponse, TopicRecord};
use ringlog_wire::ids::{NodeId, TopicId};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The name of the metadata topic, which clients may not touch.
pub(crate) const METADATA_TOPIC: &str = "__cluster_metadata";

/// Plans the topics of `request`. `new_id` gives fresh topic ids.
///
/// Returns the records to append (none if only validating) and the response that is due when they are applied.
pub fn plan_create_topics(
    image: &MetadataImage,
    request: &CreateTopicsRequest,
    new_id: &mut dyn FnMut() -> TopicId,
) -> (Vec<MetadataRecord>, CreateTopicsResponse) {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for topic in &request.topics {
        *count.entry(&topic.name).or_default() += 1;
    }
    let mut plan = Plan::new(image);
    let mut topics: Vec<CreatableTopicResult> = Vec::with_capacity(count.len());
    for asked in &request.topics {
        // Taken out at its first place, so that a repeated name is answered once.
        let Some(times) = count.remove(asked.name.as_str()) else { continue };
        let twice = times > 1;
        let before = plan.records.len();
        let planned = if twice {
            refuse(ErrorCode::InvalidRequest, "Duplicate topic name.")
        } else {
            plan_topic(&mut plan, asked, new_id())
        };
        topics.push(match planned {
            Ok(result) => result,
            Err(refusal) => {
                plan.records.truncate(before);
                refused(asked, refusal)
            }
        });
    }
    let records = if request.validate_only { Vec::new() } else { plan.records };
    (records, CreateTopicsResponse { throttle_time_ms: 0, topics })
}

/// The request that creates `names` with default settings.
#[must_use]
pub fn auto_create_request(names: Vec<String>) -> CreateTopicsRequest {
    let topic =
        |name| CreatableTopic { name, num_partitions: -1, replication_factor: -1, ..Default::default() };
    CreateTopicsRequest { topics: names.into_iter().map(topic).collect(), ..Default::default() }
}

fn refused(asked: &CreatableTopic, (code, message): Refusal) -> CreatableTopicResult {
    CreatableTopicResult {
        name: asked.name.clone(),
        error_code: code.code(),
        error_message: Some(bounded(message)),
        num_partitions: -1,
        replication_factor: -1,
        configs: Some(Vec::new()),
        ..Default::default()
    }
}

fn plan_topic(
    plan: &mut Plan<'_>,
    asked: &CreatableTopic,
    id: TopicId,
) -> Result<CreatableTopicResult, Refusal> {
    check_name(plan, &asked.name)?;
    let overrides = asked.configs.iter().map(|c| (c.name.as_str(), c.value.as_deref()));
    let overrides = check_overrides(overrides).map_err(|why| (ErrorCode::InvalidConfig, why))?;
    let assignment = plan_assignment(plan, asked)?;
    let partitions = assignment.len();
    let replication = assignment.first().map_or(1, Vec::len);

    let record = TopicRecord { name: asked.name.clone(), topic_id: id };
    plan.records.push(MetadataRecord::Topic(record));
    for (name, value) in &overrides {
        plan.records.push(dump::config_record(RESOURCE_TOPIC, &asked.name, name, value));
    }
    let overrides: Overrides = overrides.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    let config: TopicConfig = plan.image.broker_config().effective_topic(&overrides, plan.image.dynamic());
    let name: Rc<str> = asked.name.as_str().into();
    let topic = Topic { id, name, partitions: Vec::new(), overrides, config: Rc::new(config) };
    for (replicas, index) in assignment.into_iter().zip(0u32..) {
        plan.add_partition(&topic, index, replicas);
    }
    plan.add_name(&asked.name);
    Ok(CreatableTopicResult {
        name: asked.name.clone(),
        topic_id: id,
        error_code: 0,
        error_message: None,
        topic_config_error_code: 0,
        num_partitions: i32::try_from(partitions).unwrap_or(i32::MAX),
        replication_factor: i16::try_from(replication).unwrap_or(i16::MAX),
        configs: Some(describe(plan.image, &topic.overrides)),
    })
}

fn check_name(plan: &mut Plan<'_>, name: &str) -> Result<(), Refusal> {
    if name == METADATA_TOPIC {
        let message = format!("Creation of internal topic {METADATA_TOPIC} is prohibited.");
        return refuse(ErrorCode::InvalidRequest, message);
    }
    check_topic_name(name).map_err(|why| (ErrorCode::InvalidTopicException, why))?;
    if plan.image.topic_named(name).is_some() {
        return refuse(ErrorCode::TopicAlreadyExists, format!("Topic '{name}' already exists."));
    }
    if name.contains(['.', '_'])
        && let Some(other) = plan.colliding(name)
    {
        let message = format!("Topic '{name}' collides with existing topic: {other}");
        return refuse(ErrorCode::InvalidTopicException, message);
    }
    Ok(())
}

/// The replicas of every partition.
fn plan_assignment(plan: &Plan<'_>, asked: &CreatableTopic) -> Result<Vec<Vec<NodeId>>, Refusal> {
    if !asked.assignments.is_empty() {
        return manual_assignment(plan, asked);
    }
    let partitions = match asked.num_partitions {
        -1 => plan.image.broker_config().int("num.partitions"),
        n => i64::from(n),
    };
    if partitions < 1 {
        let message = "Number of partitions was set to an invalid non-positive value.";
        return refuse(ErrorCode::InvalidPartitions, message);
    }
    plan.replication_factor(asked.replication_factor)?;
    let partitions = usize::try_from(partitions).unwrap_or(usize::MAX);
    plan.check_room(partitions)?;
    Ok(vec![vec![plan.image.node()]; partitions])
}

fn manual_assignment(plan: &Plan<'_>, asked: &CreatableTopic) -> Result<Vec<Vec<NodeId>>, Refusal> {
    if asked.replication_factor != -1 {
        let message =
            "A manual partition assignment was specified, but replication factor was not set to -1.";
        return refuse(ErrorCode::InvalidRequest, message);
    }
    if asked.num_partitions != -1 {
        let message = "A manual partition assignment was specified, but numPartitions was not set to -1.";
        return refuse(ErrorCode::InvalidRequest, message);
    }
    let code = ErrorCode::InvalidReplicaAssignment;
    plan.check_room(asked.assignments.len())?;
    let mut by_index: BTreeMap<i32, Vec<NodeId>> = BTreeMap::new();
    for a in &asked.assignments {
        let replicas = plan.check_assignment(&a.broker_ids)?;
        if by_index.insert(a.partition_index, replicas).is_some() {
            return refuse(
                code,
                format!("Found multiple manual partition assignments for partition {}", a.partition_index),
            );
        }
    }
    if !by_index.keys().zip(0..).all(|(index, expect)| *index == expect) {
        return refuse(code, "partitions should be a consecutive 0-based integer sequence");
    }
    let lists: Vec<_> = by_index.into_values().collect();
    let first = lists.first().map_or(0, Vec::len);
    if let Some(other) = lists.iter().find(|l| l.len() != first) {
        let message = format!(
            "The manual partition assignment includes a partition with {} replica(s), but this is not consistent \
             with previous partitions, which have {first} replica(s).",
            other.len()
        );
        return refuse(code, message);
    }
    if first > 1 {
        plan.replication_factor(i16::try_from(first).unwrap_or(i16::MAX))?;
    }
    Ok(lists)
}

/// The effective configs of a new topic, as CreateTopics 5+ answers them (KIP-525).
fn describe(image: &MetadataImage, overrides: &Overrides) -> Vec<CreatableTopicConfigs> {
    let one = |def| {
        let described = image.broker_config().describe_topic(def, overrides, image.dynamic());
        CreatableTopicConfigs {
            name: described.def.name.to_owned(),
            value: described.value,
            read_only: false,
            config_source: described.source.wire(),
            is_sensitive: described.def.sensitive(),
        }
    };
    TOPIC_CONFIGS.iter().map(one).collect()
}
