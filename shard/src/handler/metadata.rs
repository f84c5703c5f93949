//! Metadata 0-13 (KIP-4, KIP-430, KIP-516).
//!
//! Owner: one request. Invariants: topics come back in the order asked for, each once; a topic is never shown
//! with another's id; a topic that is created on demand is first answered as unknown, as Kafka 4.3.1 does, and
//! is there before that answer leaves.

use super::RequestContext;
use super::view::{CLUSTER_OPERATIONS, NO_OPERATIONS, TOPIC_OPERATIONS, View};
use crate::conn::Close;
use crate::control::msg::{ControlReply, ControlRequest};
use crate::control::names::{check_topic_name, is_internal};
use crate::core::Core;
use crate::env::Env;
use crate::image::{Partition, Topic};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::metadata_request::MetadataRequestTopic;
use ringlog_wire::generated::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use ringlog_wire::generated::{MetadataRequest, MetadataResponse};
use ringlog_wire::ids::{NodeId, TopicId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Topics that one request may have created on demand.
const AUTO_CREATE_MAX: usize = 1000;

/// Answers one request; creates missing topics first if the client and the broker allow it.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: MetadataRequest,
) -> Result<MetadataResponse, Close> {
    let (mut response, missing) = {
        let image = core.image.borrow();
        let view = ctx.view(&image);
        let response = answer(view, &request);
        let create = request.allow_auto_topic_creation || ctx.version < 4;
        let create = create && core.config.flag("auto.create.topics.enable");
        let missing = if create { missing(&response) } else { Vec::new() };
        (response, missing)
    };
    if !missing.is_empty() {
        let refused = auto_create(core, missing).await;
        for topic in &mut response.topics {
            if let Some(code) = topic.name.as_ref().and_then(|name| refused.get(name)) {
                topic.error_code = *code;
            }
        }
    }
    Ok(response)
}

/// The topics of an answer that could be created.
fn missing(response: &MetadataResponse) -> Vec<String> {
    let unknown = ErrorCode::UnknownTopicOrPartition.code();
    let names = response.topics.iter().filter(|t| t.error_code == unknown).filter_map(|t| t.name.clone());
    let names: BTreeSet<_> = names.filter(|n| !is_internal(n)).collect();
    names.into_iter().take(AUTO_CREATE_MAX).collect()
}

/// Asks for the topics and returns the errors that the client must see instead of "unknown".
async fn auto_create<E: Env>(core: &Rc<Core<E>>, names: Vec<String>) -> BTreeMap<String, i16> {
    let ControlReply::CreateTopics(response) = core.control(ControlRequest::AutoCreate(names)).await else {
        return BTreeMap::new();
    };
    let tell =
        [ErrorCode::InvalidTopicException, ErrorCode::InvalidReplicationFactor, ErrorCode::InvalidPartitions];
    let tell = |code: i16| tell.iter().any(|c| c.code() == code);
    let failed = response.topics.into_iter().filter(|t| tell(t.error_code));
    failed.map(|t| (t.name, t.error_code)).collect()
}

/// The answer from the image alone.
#[must_use]
pub fn answer(view: View<'_>, request: &MetadataRequest) -> MetadataResponse {
    let all = match &request.topics {
        None => true,
        // Version 0 has no null: empty means all (sharp edge 33).
        Some(topics) => view.version == 0 && topics.is_empty(),
    };
    let operations =
        if request.include_topic_authorized_operations { TOPIC_OPERATIONS } else { NO_OPERATIONS };
    let topics = if all {
        view.image.topics().map(|t| described(view, t, operations)).collect()
    } else {
        let asked = request.topics.as_deref().unwrap_or_default();
        let mut seen = BTreeSet::new();
        let by_name = |t: &MetadataRequestTopic| t.name.is_some() && t.topic_id.is_zero();
        // Ids are asked for from version 12 on (KIP-516); before, one id fails the request, as in Kafka.
        let refused = view.version < 12 && !asked.iter().all(by_name);
        let one = |view, t: &MetadataRequestTopic, operations| match refused {
            true => failed(Some(t.name.as_deref().unwrap_or("")), t.topic_id, ErrorCode::InvalidRequest),
            false => one(view, t, operations),
        };
        let asked = asked.iter().filter(|t| seen.insert((t.name.as_deref(), t.topic_id)));
        asked.map(|t| one(view, t, operations)).collect()
    };
    let brokers = view.alive().map(|(b, host, port)| MetadataResponseBroker {
        node_id: b.id.0 as i32,
        host,
        port: i32::from(port),
        rack: b.rack.clone(),
    });
    let cluster = request.include_cluster_authorized_operations && (8..=10).contains(&view.version);
    MetadataResponse {
        throttle_time_ms: 0,
        brokers: brokers.collect(),
        cluster_id: Some(view.image.identity().cluster_id.to_string()),
        controller_id: view.controller(),
        topics,
        cluster_authorized_operations: if cluster { CLUSTER_OPERATIONS } else { NO_OPERATIONS },
        error_code: 0,
    }
}

fn one(view: View<'_>, asked: &MetadataRequestTopic, operations: i32) -> MetadataResponseTopic {
    // Before version 12 a name may not be null in the response.
    let nameless = if view.version < 12 { Some("") } else { None };
    if !asked.topic_id.is_zero() {
        return match view.image.topic(asked.topic_id) {
            Some(topic) => described(view, topic, operations),
            None => failed(nameless, asked.topic_id, ErrorCode::UnknownTopicId),
        };
    }
    let Some(name) = &asked.name else {
        return failed(nameless, TopicId::ZERO, ErrorCode::InvalidRequest);
    };
    match view.image.topic_named(name) {
        Some(topic) => described(view, topic, operations),
        None if check_topic_name(name).is_err() => {
            failed(Some(name), TopicId::ZERO, ErrorCode::InvalidTopicException)
        }
        None => failed(Some(name), TopicId::ZERO, ErrorCode::UnknownTopicOrPartition),
    }
}

fn failed(name: Option<&str>, topic_id: TopicId, error: ErrorCode) -> MetadataResponseTopic {
    MetadataResponseTopic {
        error_code: error.code(),
        name: name.map(str::to_owned),
        topic_id,
        is_internal: name.is_some_and(is_internal),
        partitions: Vec::new(),
        topic_authorized_operations: NO_OPERATIONS,
    }
}

fn described(view: View<'_>, topic: &Topic, operations: i32) -> MetadataResponseTopic {
    let partitions = topic.partitions.iter().zip(0i32..).map(|(p, i)| partition(view, p, i));
    MetadataResponseTopic {
        error_code: 0,
        name: Some(topic.name.to_string()),
        topic_id: topic.id,
        is_internal: is_internal(&topic.name),
        partitions: partitions.collect(),
        topic_authorized_operations: operations,
    }
}

/// Broker ids as the wire has them.
#[must_use]
pub fn wire_nodes(nodes: &[NodeId]) -> Vec<i32> {
    nodes.iter().map(|n| n.0 as i32).collect()
}

/// The replicas that are not on an unfenced broker.
#[must_use]
pub fn offline(view: View<'_>, p: &Partition) -> Vec<i32> {
    let down = |n: &&NodeId| view.image.broker(**n).is_none_or(|b| b.fenced);
    p.replicas.iter().filter(down).map(|n| n.0 as i32).collect()
}

/// The leader if clients can reach it, and the error of the partition.
#[must_use]
pub fn leader(view: View<'_>, p: &Partition) -> (i32, i16) {
    let reachable =
        |n: &NodeId| view.image.broker(*n).is_some_and(|b| !b.fenced && view.address(b).is_some());
    match p.leader {
        Some(leader) if reachable(&leader) => (leader.0 as i32, 0),
        Some(_) => (-1, ErrorCode::ListenerNotFound.code()),
        None => (-1, ErrorCode::LeaderNotAvailable.code()),
    }
}

fn partition(view: View<'_>, p: &Partition, index: i32) -> MetadataResponsePartition {
    let (leader_id, error_code) = leader(view, p);
    MetadataResponsePartition {
        error_code,
        partition_index: index,
        leader_id,
        leader_epoch: p.leader_epoch.to_wire(),
        replica_nodes: wire_nodes(&p.replicas),
        isr_nodes: wire_nodes(&p.isr),
        offline_replicas: offline(view, p),
    }
}
