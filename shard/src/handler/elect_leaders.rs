//! ElectLeaders 0-2 (KIP-183, KIP-460): a partition with one replica has its leader already, or can have none.
//!
//! Owner: one request. Pure but for the image; nothing changes. Invariants: partitions that are named are answered in
//! the order of the request; of all partitions only those are answered that have not the leader that was wanted.

use super::RequestContext;
use crate::conn::Close;
use crate::control::names::shown;
use crate::core::Core;
use crate::env::Env;
use crate::image::{MetadataImage, Partition, Topic};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
use ringlog_wire::generated::{ElectLeadersRequest, ElectLeadersResponse};
use std::rc::Rc;

/// The first of the replicas is to lead.
const PREFERRED: i8 = 0;
/// Any replica may lead if there is no leader.
const UNCLEAN: i8 = 1;

type Refusal = (ErrorCode, String);

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: ElectLeadersRequest,
) -> Result<ElectLeadersResponse, Close> {
    ctx.partitions_named(request.topic_partitions.iter().flatten().map(|t| t.partitions.len()))?;
    Ok(answer(&core.image.borrow(), request))
}

pub(super) fn answer(image: &MetadataImage, request: ElectLeadersRequest) -> ElectLeadersResponse {
    let kind = request.election_type;
    let is_known = matches!(kind, PREFERRED | UNCLEAN);
    let unknown = || (ErrorCode::InvalidRequest, format!("Unknown election type {kind}"));
    let error_code = if is_known { ErrorCode::None } else { ErrorCode::InvalidRequest }.code();
    let replica_election_results = match request.topic_partitions {
        None if is_known => image.topics().map(|topic| of_all(topic, kind)).collect(),
        None => Vec::new(),
        Some(topics) => {
            let one = |t: ringlog_wire::generated::elect_leaders_request::TopicPartitions| {
                let elected = |id| if is_known { elected(image, &t.topic, id, kind) } else { unknown() };
                let partition_result = t.partitions.iter().map(|id| result(*id, elected(*id)));
                ReplicaElectionResult { partition_result: partition_result.collect(), topic: t.topic }
            };
            topics.into_iter().map(one).collect()
        }
    };
    ElectLeadersResponse { throttle_time_ms: 0, error_code, replica_election_results }
}

fn result(partition_id: i32, (error, message): Refusal) -> PartitionResult {
    PartitionResult { partition_id, error_code: error.code(), error_message: Some(message) }
}

/// What is not as it should be among the partitions of `topic`.
fn of_all(topic: &Topic, kind: i8) -> ReplicaElectionResult {
    let all = topic.partitions.iter().zip(0i32..);
    let wrong = all.filter(|(p, _)| !is_right(p, kind)).map(|(_, id)| result(id, impossible(kind)));
    ReplicaElectionResult { topic: topic.name.to_string(), partition_result: wrong.collect() }
}

/// Why nothing was elected for one partition.
fn elected(image: &MetadataImage, topic: &str, id: i32, kind: i8) -> Refusal {
    let unknown = |what: String| (ErrorCode::UnknownTopicOrPartition, what);
    let Some(found) = image.topic_named(topic) else {
        return unknown(format!("No such topic as {}", shown(topic)));
    };
    let partition = usize::try_from(id).ok().and_then(|at| found.partitions.get(at));
    match partition {
        None => unknown(format!("No such partition as {topic}-{id}")),
        Some(p) if is_right(p, kind) => {
            let message = "Leader election not needed for topic partition.";
            (ErrorCode::ElectionNotNeeded, message.to_owned())
        }
        Some(_) => impossible(kind),
    }
}

fn is_right(p: &Partition, kind: i8) -> bool {
    match kind {
        PREFERRED => p.leader.is_some() && p.leader.as_ref() == p.replicas.first(),
        _ => p.leader.is_some(),
    }
}

/// This node leads every replica that it has from its start on; a partition without a leader is on another one.
fn impossible(kind: i8) -> Refusal {
    match kind {
        PREFERRED => {
            (ErrorCode::PreferredLeaderNotAvailable, "The preferred leader was not available.".to_owned())
        }
        _ => (
            ErrorCode::EligibleLeadersNotAvailable,
            "Eligible topic partition leaders are not available.".to_owned(),
        ),
    }
}
