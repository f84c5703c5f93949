//! AlterPartitionReassignments 0-1 and ListPartitionReassignments 0 (KIP-455, KIP-860).
//!
//! Owner: one request. Pure but for the image; nothing changes, since a replica can be on one broker only. Invariants:
//! every partition that a request names is answered, in its order; an assignment that is no other is a success, one
//! that cannot be is refused as Kafka refuses it.

use super::RequestContext;
use crate::conn::Close;
use crate::control::names::shown;
use crate::control::plan::Plan;
use crate::core::Core;
use crate::env::Env;
use crate::image::MetadataImage;
use crate::limits::REQUEST_PARTITIONS_MAX;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::alter_partition_reassignments_request::{
    ReassignablePartition, ReassignableTopic,
};
use ringlog_wire::generated::alter_partition_reassignments_response::{
    ReassignablePartitionResponse, ReassignableTopicResponse,
};
use ringlog_wire::generated::list_partition_reassignments_response::{
    OngoingPartitionReassignment, OngoingTopicReassignment,
};
use ringlog_wire::generated::{
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse,
    ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse,
};
use ringlog_wire::ids::NodeId;
use std::rc::Rc;

/// Answers AlterPartitionReassignments.
pub async fn alter<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: AlterPartitionReassignmentsRequest,
) -> Result<AlterPartitionReassignmentsResponse, Close> {
    if request.topics.iter().map(|t| t.partitions.len()).sum::<usize>() > REQUEST_PARTITIONS_MAX {
        return Err(ctx.malformed(&"too many partitions"));
    }
    Ok(altered(&core.image.borrow(), request))
}

/// Answers ListPartitionReassignments.
pub async fn list<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: ListPartitionReassignmentsRequest,
) -> Result<ListPartitionReassignmentsResponse, Close> {
    ctx.partitions_named(request.topics.iter().flatten().map(|t| t.partition_indexes.len()))?;
    Ok(listed(&core.image.borrow(), &request))
}

pub(super) fn altered(
    image: &MetadataImage,
    request: AlterPartitionReassignmentsRequest,
) -> AlterPartitionReassignmentsResponse {
    let allow_factor = request.allow_replication_factor_change;
    let topic = |t: ReassignableTopic| {
        let one = |p: &ReassignablePartition| {
            let (error_code, error_message) = match checked(image, &t.name, p, allow_factor) {
                Ok(()) => (0, None),
                Err((error, message)) => (error.code(), message),
            };
            ReassignablePartitionResponse { partition_index: p.partition_index, error_code, error_message }
        };
        let partitions = t.partitions.iter().map(one).collect();
        ReassignableTopicResponse { name: t.name, partitions }
    };
    AlterPartitionReassignmentsResponse {
        throttle_time_ms: 0,
        allow_replication_factor_change: allow_factor,
        error_code: 0,
        // Null unless nothing was asked: Kafka's default is the empty text.
        error_message: request.topics.is_empty().then(String::new),
        responses: request.topics.into_iter().map(topic).collect(),
    }
}

/// One partition, in Kafka's order of checks.
fn checked(
    image: &MetadataImage,
    topic: &str,
    asked: &ReassignablePartition,
    allow_factor: bool,
) -> Result<(), (ErrorCode, Option<String>)> {
    let unknown = |what: String| (ErrorCode::UnknownTopicOrPartition, Some(what));
    let index = asked.partition_index;
    let found = image.topic_named(topic);
    let found = found.ok_or_else(|| unknown(format!("Unable to find a topic named {}.", shown(topic))))?;
    let partition = usize::try_from(index).ok().and_then(|at| found.partitions.get(at));
    let partition = partition.ok_or_else(|| unknown(format!("Unable to find partition {topic}:{index}.")))?;
    let Some(replicas) = &asked.replicas else {
        return Err((ErrorCode::NoReassignmentInProgress, None));
    };
    let wanted = Plan::new(image).check_assignment(replicas).map_err(|(e, why)| (e, Some(why)))?;
    if !allow_factor && wanted.len() != partition.replicas.len() {
        let message = format!(
            "The replication factor is changed from {} to {}",
            partition.replicas.len(),
            wanted.len()
        );
        return Err((ErrorCode::InvalidReplicationFactor, Some(message)));
    }
    if wanted == partition.replicas {
        return Ok(());
    }
    // Only a metadata log of several brokers leads here; replicas do not move yet.
    let message = "Replicas cannot move between brokers in this version.";
    Err((ErrorCode::InvalidReplicaAssignment, Some(message.to_owned())))
}

pub(super) fn listed(
    image: &MetadataImage,
    request: &ListPartitionReassignmentsRequest,
) -> ListPartitionReassignmentsResponse {
    let ids = |nodes: &[NodeId]| nodes.iter().map(|n| n.0 as i32).collect::<Vec<_>>();
    let one = |topic: &crate::image::Topic, wanted: &dyn Fn(i32) -> bool| {
        let all = topic.partitions.iter().zip(0i32..);
        let moving = all.filter(|(p, _)| !p.adding.is_empty() || !p.removing.is_empty());
        let moving = moving.filter(|(_, index)| wanted(*index));
        let partitions = moving.map(|(p, partition_index)| OngoingPartitionReassignment {
            partition_index,
            replicas: ids(&p.replicas),
            adding_replicas: ids(&p.adding),
            removing_replicas: ids(&p.removing),
        });
        let partitions: Vec<_> = partitions.collect();
        (!partitions.is_empty())
            .then(|| OngoingTopicReassignment { name: topic.name.to_string(), partitions })
    };
    let topics = match &request.topics {
        None => image.topics().filter_map(|t| one(t, &|_| true)).collect(),
        Some(asked) => {
            let named = asked.iter().filter_map(|a| Some((image.topic_named(&a.name)?, a)));
            named.filter_map(|(t, a)| one(t, &|index| a.partition_indexes.contains(&index))).collect()
        }
    };
    ListPartitionReassignmentsResponse { error_message: None, topics, ..Default::default() }
}
