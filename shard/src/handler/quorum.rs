//! DescribeQuorum 0-2 (KIP-595, KIP-836, KIP-853): the metadata quorum of this one voter.
//!
//! Owner: one request; the control core says where its log stands. Invariant: a question about anything but the one
//! partition of the metadata log is refused partition by partition.

use super::RequestContext;
use crate::conn::Close;
use crate::control::METADATA_TOPIC as TOPIC;
use crate::control::msg::{ControlReply, ControlRequest, QuorumStand};
use crate::core::Core;
use crate::env::{Clock, Env};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::describe_quorum_request;
use ringlog_wire::generated::describe_quorum_response::{Node, PartitionData, ReplicaState, TopicData};
use ringlog_wire::generated::{DescribeQuorumRequest, DescribeQuorumResponse};
use ringlog_wire::ids::Uuid;
use std::rc::Rc;

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: DescribeQuorumRequest,
) -> Result<DescribeQuorumResponse, Close> {
    ctx.partitions_named(request.topics.iter().map(|t| t.partitions.len()))?;
    if !is_of_metadata(&request) {
        return Ok(refused(request));
    }
    match core.control(ControlRequest::DescribeQuorum).await {
        ControlReply::Quorum(stand) => Ok(described(ctx.version, &stand, core.env.clock().wall_ms())),
        ControlReply::Failed(error, _) => {
            Ok(DescribeQuorumResponse { error_code: error.code(), ..Default::default() })
        }
        other => Err(Close::Internal(format!("the control core answered something else: {other:?}"))),
    }
}

fn is_of_metadata(request: &DescribeQuorumRequest) -> bool {
    let [topic] = request.topics.as_slice() else { return false };
    let [partition] = topic.partitions.as_slice() else { return false };
    topic.topic_name == TOPIC && partition.partition_index == 0
}

pub(super) fn refused(request: DescribeQuorumRequest) -> DescribeQuorumResponse {
    let one = |p: &describe_quorum_request::PartitionData| PartitionData {
        partition_index: p.partition_index,
        error_code: ErrorCode::UnknownTopicOrPartition.code(),
        ..Default::default()
    };
    let topic = |t: describe_quorum_request::TopicData| TopicData {
        partitions: t.partitions.iter().map(one).collect(),
        topic_name: t.topic_name,
    };
    DescribeQuorumResponse { topics: request.topics.into_iter().map(topic).collect(), ..Default::default() }
}

/// The only voter leads, and is as far as its log is, at this moment.
pub(super) fn described(version: i16, stand: &QuorumStand, now_ms: i64) -> DescribeQuorumResponse {
    let since_2 = version >= 2;
    let voter = ReplicaState {
        replica_id: stand.leader.0 as i32,
        replica_directory_id: if since_2 { stand.directory } else { Uuid::ZERO },
        log_end_offset: stand.log_end.to_wire(),
        last_fetch_timestamp: now_ms,
        last_caught_up_timestamp: now_ms,
    };
    let partition = PartitionData {
        partition_index: 0,
        error_code: 0,
        leader_id: stand.leader.0 as i32,
        leader_epoch: stand.epoch.to_wire(),
        high_watermark: stand.high_watermark.to_wire(),
        current_voters: vec![voter],
        ..Default::default()
    };
    // It has no listener for controllers: other nodes cannot join yet.
    let node = Node { node_id: stand.leader.0 as i32, listeners: Vec::new() };
    DescribeQuorumResponse {
        topics: vec![TopicData { topic_name: TOPIC.to_owned(), partitions: vec![partition] }],
        nodes: if since_2 { vec![node] } else { Vec::new() },
        ..Default::default()
    }
}
