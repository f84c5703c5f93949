//! JoinGroup 0-9, SyncGroup 0-5, Heartbeat 0-4, LeaveGroup 0-5.
//!
//! Owner: one request. Invariant: a join or a sync holds its connection until the coordinator answers, as in
//! Kafka: the client sends heartbeats over another one, or not at all meanwhile.

use super::super::RequestContext;
use super::{ask, client};
use crate::conn::Close;
use crate::core::Core;
use crate::env::Env;
use crate::group::call::{Answer, Ask};
use crate::group::limits::NAMES_MAX;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::leave_group_request::MemberIdentity;
use ringlog_wire::generated::leave_group_response::MemberResponse;
use ringlog_wire::generated::{
    HeartbeatRequest, HeartbeatResponse, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest,
    LeaveGroupResponse, SyncGroupRequest, SyncGroupResponse,
};
use std::rc::Rc;

/// Answers JoinGroup.
pub async fn join<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: JoinGroupRequest,
) -> Result<JoinGroupResponse, Close> {
    let (group, member_id) = (request.group_id.clone(), request.member_id.clone());
    let join = Ask::Join { request, version: ctx.version, client: client(ctx) };
    let response = match ask(core, &group, join).await {
        Answer::Join(response) => response,
        other => JoinGroupResponse { error_code: other.error().code(), member_id, ..Default::default() },
    };
    Ok(joined(ctx.version, response))
}

/// Leaves out what `version` does not have.
fn joined(version: i16, mut response: JoinGroupResponse) -> JoinGroupResponse {
    if version < 7 {
        response.protocol_type = None;
    } else if response.error_code != 0 {
        response.protocol_name = None;
    }
    if version < 5 {
        response.members.iter_mut().for_each(|m| m.group_instance_id = None);
    }
    response
}

/// Answers SyncGroup.
pub async fn sync<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: SyncGroupRequest,
) -> Result<SyncGroupResponse, Close> {
    let refused = |error: ErrorCode| SyncGroupResponse { error_code: error.code(), ..Default::default() };
    if request.group_id.is_empty() {
        return Ok(refused(ErrorCode::InvalidGroupId));
    }
    if ctx.version >= 5 && (request.protocol_type.is_none() || request.protocol_name.is_none()) {
        return Ok(refused(ErrorCode::InconsistentGroupProtocol));
    }
    let group = request.group_id.clone();
    let mut response = match ask(core, &group, Ask::Sync(request)).await {
        Answer::Sync(response) => response,
        other => refused(other.error()),
    };
    if ctx.version < 5 {
        (response.protocol_type, response.protocol_name) = (None, None);
    }
    Ok(response)
}

/// Answers Heartbeat.
pub async fn heartbeat<E: Env>(
    core: &Rc<Core<E>>,
    _ctx: &RequestContext<E>,
    request: HeartbeatRequest,
) -> Result<HeartbeatResponse, Close> {
    let error = match request.group_id.clone() {
        group if group.is_empty() => ErrorCode::InvalidGroupId,
        group => ask(core, &group, Ask::Heartbeat(request)).await.error(),
    };
    Ok(HeartbeatResponse { throttle_time_ms: 0, error_code: error.code() })
}

/// Answers LeaveGroup.
pub async fn leave<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    mut request: LeaveGroupRequest,
) -> Result<LeaveGroupResponse, Close> {
    let refused = |error: ErrorCode| LeaveGroupResponse { error_code: error.code(), ..Default::default() };
    if request.group_id.is_empty() {
        return Ok(refused(ErrorCode::InvalidGroupId));
    }
    if request.members.len() > NAMES_MAX {
        return Err(ctx.malformed(&format_args!("more than {NAMES_MAX} members")));
    }
    if ctx.version < 3 {
        let member_id = std::mem::take(&mut request.member_id);
        request.members = vec![MemberIdentity { member_id, ..Default::default() }];
    }
    let (group, members) = (request.group_id.clone(), request.members.clone());
    let mut response = match ask(core, &group, Ask::Leave(request)).await {
        Answer::Leave(response) => response,
        // No such group: nothing is wrong with the request, but with each of its members, as in Kafka.
        other if other.error() == ErrorCode::UnknownMemberId => {
            let unknown = |m: MemberIdentity| MemberResponse {
                member_id: m.member_id,
                group_instance_id: m.group_instance_id,
                error_code: ErrorCode::UnknownMemberId.code(),
            };
            LeaveGroupResponse { members: members.into_iter().map(unknown).collect(), ..Default::default() }
        }
        other => refused(other.error()),
    };
    if ctx.version < 3 {
        let member = response.members.pop().map_or(0, |m| m.error_code);
        response.error_code = if response.error_code == 0 { member } else { response.error_code };
        response.members.clear();
    }
    Ok(response)
}
