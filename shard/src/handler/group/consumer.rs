//! ConsumerGroupHeartbeat 0-1 and ConsumerGroupDescribe 0-1 (KIP-848).
//!
//! Owner: one request. Invariant: every group that a request names is answered, in the order of the request.

use super::super::RequestContext;
use super::admin::{GROUP_OPERATIONS, check_names};
use super::{ask, client};
use crate::conn::Close;
use crate::control::features::finalized;
use crate::control::start::GROUP_VERSION;
use crate::core::Core;
use crate::env::Env;
use crate::group::call::{Answer, Ask};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::consumer_group_describe_response::DescribedGroup;
use ringlog_wire::generated::{
    ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse, ConsumerGroupHeartbeatRequest,
    ConsumerGroupHeartbeatResponse,
};
use std::rc::Rc;

/// True while the feature that stands for the protocol is finalized (KIP-848).
fn is_enabled<E: Env>(core: &Core<E>) -> bool {
    finalized(&core.image.borrow(), GROUP_VERSION.0) >= GROUP_VERSION.1
}

/// Answers ConsumerGroupHeartbeat.
pub async fn heartbeat<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: ConsumerGroupHeartbeatRequest,
) -> Result<ConsumerGroupHeartbeatResponse, Close> {
    if !is_enabled(core) {
        let error_code = ErrorCode::UnsupportedVersion.code();
        return Ok(ConsumerGroupHeartbeatResponse { error_code, ..Default::default() });
    }
    let group = request.group_id.clone();
    let beat = Ask::ConsumerHeartbeat { request, version: ctx.version, client: client(ctx) };
    Ok(match ask(core, &group, beat).await {
        Answer::ConsumerHeartbeat(response) => response,
        other => ConsumerGroupHeartbeatResponse { error_code: other.error().code(), ..Default::default() },
    })
}

/// Answers ConsumerGroupDescribe.
pub async fn describe<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: ConsumerGroupDescribeRequest,
) -> Result<ConsumerGroupDescribeResponse, Close> {
    check_names(ctx, request.group_ids.len())?;
    let mut groups = Vec::with_capacity(request.group_ids.len());
    let enabled = is_enabled(core);
    for group_id in request.group_ids {
        let answer = match group_id.is_empty() {
            _ if !enabled => Answer::Refused(ErrorCode::UnsupportedVersion),
            true => Answer::Refused(ErrorCode::InvalidGroupId),
            false => ask(core, &group_id, Ask::ConsumerDescribe { group: group_id.clone() }).await,
        };
        let mut group = match answer {
            Answer::ConsumerDescribed(group) => *group,
            other => DescribedGroup { error_code: other.error().code(), group_id, ..Default::default() },
        };
        if request.include_authorized_operations && group.error_code == 0 {
            group.authorized_operations = GROUP_OPERATIONS;
        }
        if ctx.version < 1 {
            group.members.iter_mut().for_each(|m| m.member_type = -1);
        }
        groups.push(group);
    }
    Ok(ConsumerGroupDescribeResponse { throttle_time_ms: 0, groups })
}
