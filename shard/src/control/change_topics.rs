//! Decides DeleteTopics and CreatePartitions (KIP-4, KIP-195, KIP-516).
//!
//! Owner: the control core. Pure. Invariants: the response has one entry per topic asked for, in the order of
//! the request; a topic named twice is refused once and not changed.

use super::plan::{Plan, Refusal, bounded, refuse};
use crate::image::{MetadataImage, Topic};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::create_partitions_request::CreatePartitionsTopic;
use ringlog_wire::generated::create_partitions_response::CreatePartitionsTopicResult;
use ringlog_wire::generated::delete_topics_response::DeletableTopicResult;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::{
    CreatePartitionsRequest, CreatePartitionsResponse, DeleteTopicsRequest, DeleteTopicsResponse,
    RemoveTopicRecord,
};
use ringlog_wire::ids::{NodeId, TopicId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

const UNKNOWN_TOPIC: &str = "This server does not host this topic-partition.";

/// Plans the deletions of `request`: names of versions 1-5, names or ids of version 6.
#[must_use]
pub fn plan_delete_topics(
    image: &MetadataImage,
    request: &DeleteTopicsRequest,
) -> (Vec<MetadataRecord>, DeleteTopicsResponse) {
    let names = request.topic_names.iter().map(|n| (Some(n.as_str()), TopicId::ZERO));
    let states = request.topics.iter().map(|t| (t.name.as_deref(), t.topic_id));
    let mut records = Vec::new();
    let mut gone = BTreeSet::new();
    let mut responses = Vec::new();
    let asked: Vec<_> = names.chain(states).collect();
    let mut times = BTreeMap::new();
    // One without name and id names nothing: each is refused for itself.
    for key in asked.iter().filter(|(name, id)| name.is_some() || !id.is_zero()) {
        *times.entry(*key).or_insert(0usize) += 1;
    }
    for (name, id) in asked {
        let found = match times.get_mut(&(name, id)) {
            Some(0) => continue,
            Some(times) if *times > 1 => {
                *times = 0;
                refuse(ErrorCode::InvalidRequest, "Duplicate topic in the request.")
            }
            // By its name and by its id is twice too, which shows only here.
            _ => find(image, name, id).and_then(|topic| match gone.insert(topic.id) {
                true => Ok(topic),
                false => refuse(ErrorCode::InvalidRequest, "Duplicate topic in the request."),
            }),
        };
        responses.push(match found {
            Ok(topic) => {
                records.push(MetadataRecord::RemoveTopic(RemoveTopicRecord { topic_id: topic.id }));
                let name = Some(topic.name.to_string());
                DeletableTopicResult { name, topic_id: topic.id, error_code: 0, error_message: None }
            }
            Err((code, message)) => DeletableTopicResult {
                name: name.map(str::to_owned),
                topic_id: id,
                error_code: code.code(),
                error_message: Some(bounded(message)),
            },
        });
    }
    (records, DeleteTopicsResponse { throttle_time_ms: 0, responses })
}

fn find<'a>(image: &'a MetadataImage, name: Option<&str>, id: TopicId) -> Result<&'a Rc<Topic>, Refusal> {
    if !image.broker_config().flag("delete.topic.enable") {
        return refuse(ErrorCode::TopicDeletionDisabled, "Topic deletion is disabled (delete.topic.enable).");
    }
    match (name, id.is_zero()) {
        (Some(_), false) => {
            refuse(ErrorCode::InvalidRequest, "You may not specify both topic name and topic id.")
        }
        (None, true) => refuse(ErrorCode::InvalidRequest, "Neither topic name nor id were specified."),
        (Some(name), true) => {
            let found = image.topic_named(name);
            found.ok_or_else(|| (ErrorCode::UnknownTopicOrPartition, UNKNOWN_TOPIC.to_owned()))
        }
        (None, false) => {
            let missing =
                || (ErrorCode::UnknownTopicId, "This server does not host this topic ID.".to_owned());
            image.topic(id).ok_or_else(missing)
        }
    }
}

/// Plans the new partitions of `request`.
#[must_use]
pub fn plan_create_partitions(
    image: &MetadataImage,
    request: &CreatePartitionsRequest,
) -> (Vec<MetadataRecord>, CreatePartitionsResponse) {
    let mut plan = Plan::new(image);
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for topic in &request.topics {
        *count.entry(&topic.name).or_default() += 1;
    }
    let mut results: Vec<CreatePartitionsTopicResult> = Vec::with_capacity(count.len());
    for asked in &request.topics {
        // Taken out at its first place, so that a repeated name is answered once.
        let Some(times) = count.remove(asked.name.as_str()) else { continue };
        let planned = if times > 1 {
            refuse(ErrorCode::InvalidRequest, "Duplicate topic name.")
        } else {
            plan_increase(&mut plan, asked)
        };
        let (error_code, error_message) = match planned {
            Ok(()) => (0, None),
            Err((code, message)) => (code.code(), Some(bounded(message))),
        };
        results.push(CreatePartitionsTopicResult { name: asked.name.clone(), error_code, error_message });
    }
    let records = if request.validate_only { Vec::new() } else { plan.records };
    (records, CreatePartitionsResponse { throttle_time_ms: 0, results })
}

fn plan_increase(plan: &mut Plan<'_>, asked: &CreatePartitionsTopic) -> Result<(), Refusal> {
    let Some(topic) = plan.image.topic_named(&asked.name) else {
        return refuse(ErrorCode::UnknownTopicOrPartition, UNKNOWN_TOPIC);
    };
    let current = topic.partitions.len();
    let wanted = usize::try_from(asked.count).unwrap_or(0);
    if wanted == current {
        return refuse(ErrorCode::InvalidPartitions, format!("Topic already has {current} partition(s)."));
    }
    let Some(more) = wanted.checked_sub(current) else {
        let message = format!(
            "The topic {} currently has {current} partition(s); {} would not be an increase.",
            asked.name, asked.count
        );
        return refuse(ErrorCode::InvalidPartitions, message);
    };
    plan.check_room(more)?;
    let lists = match &asked.assignments {
        None => {
            plan.replication_factor(1)?;
            vec![vec![plan.image.node()]; more]
        }
        Some(lists) => {
            if lists.len() != more {
                let message = format!(
                    "Attempted to add {more} additional partition(s), but only {} assignment(s) were specified.",
                    lists.len()
                );
                return refuse(ErrorCode::InvalidReplicaAssignment, message);
            }
            let factor = topic.partitions.first().map_or(1, |p| p.replicas.len());
            let check = |brokers: &[i32]| check_list(plan, brokers, factor);
            lists.iter().map(|l| check(&l.broker_ids)).collect::<Result<Vec<_>, _>>()?
        }
    };
    let first = u32::try_from(current).unwrap_or(u32::MAX);
    for (replicas, index) in lists.into_iter().zip(first..) {
        plan.add_partition(topic, index, replicas);
    }
    Ok(())
}

fn check_list(plan: &Plan<'_>, brokers: &[i32], factor: usize) -> Result<Vec<NodeId>, Refusal> {
    let replicas = plan.check_assignment(brokers)?;
    if replicas.len() != factor {
        let message = format!(
            "The manual partition assignment includes a partition with {} replica(s), but this is not consistent \
             with previous partitions, which have {factor} replica(s).",
            replicas.len()
        );
        return refuse(ErrorCode::InvalidReplicaAssignment, message);
    }
    Ok(replicas)
}
