//! DescribeGroups 0-6, ListGroups 0-5, DeleteGroups 0-2 (KIP-222, KIP-430, KIP-518, KIP-848).
//!
//! Owner: one request. Invariant: every group that a request names is answered, in the order of the request.

use super::super::RequestContext;
use super::ask;
use crate::conn::Close;
use crate::core::Core;
use crate::env::{CoreId, Env, Mesh};
use crate::group::call::{Answer, Ask, Call};
use crate::group::limits::NAMES_MAX;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::delete_groups_response::DeletableGroupResult;
use ringlog_wire::generated::describe_groups_response::DescribedGroup;
use ringlog_wire::generated::{
    DeleteGroupsRequest, DeleteGroupsResponse, DescribeGroupsRequest, DescribeGroupsResponse,
    ListGroupsRequest, ListGroupsResponse,
};
use std::collections::BTreeSet;
use std::rc::Rc;

/// What a client without limits may do to a group: READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS.
pub const GROUP_OPERATIONS: i32 = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11;

pub(super) fn check_names<E: Env>(ctx: &RequestContext<E>, names: usize) -> Result<(), Close> {
    if names > NAMES_MAX { Err(ctx.malformed(&format_args!("more than {NAMES_MAX} groups"))) } else { Ok(()) }
}

/// Answers DescribeGroups.
pub async fn describe<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: DescribeGroupsRequest,
) -> Result<DescribeGroupsResponse, Close> {
    check_names(ctx, request.groups.len())?;
    let mut groups = Vec::with_capacity(request.groups.len());
    for group in request.groups {
        let described = match ask(core, &group, Ask::Describe { group: group.clone() }).await {
            Answer::Described(described) => *described,
            other => {
                let error_code = other.error().code();
                DescribedGroup { error_code, group_id: group, ..Default::default() }
            }
        };
        groups.push(shaped(ctx.version, request.include_authorized_operations, described));
    }
    Ok(DescribeGroupsResponse { throttle_time_ms: 0, groups })
}

/// Leaves out what `version` does not have.
fn shaped(version: i16, operations: bool, mut group: DescribedGroup) -> DescribedGroup {
    let asked = version >= 3 && operations && group.error_code == 0;
    group.authorized_operations = if asked { GROUP_OPERATIONS } else { i32::MIN };
    if version < 6 {
        group.error_message = None;
        // A group that does not exist was no error then: its state says it.
        if group.error_code == ErrorCode::GroupIdNotFound.code() {
            group.error_code = 0;
        }
    }
    if version < 4 {
        group.members.iter_mut().for_each(|m| m.group_instance_id = None);
    }
    group
}

/// Answers ListGroups: every core is asked.
pub async fn list<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: ListGroupsRequest,
) -> Result<ListGroupsResponse, Close> {
    check_names(ctx, request.states_filter.len().max(request.types_filter.len()))?;
    let mut response = ListGroupsResponse::default();
    for owner in (0..core.env.mesh().data_cores()).map(CoreId) {
        let call = Call { partition: 0, ask: Ask::List(request.clone()) };
        match core.ask_groups_of(owner, call).await {
            Answer::Listed(groups) => response.groups.extend(groups),
            other => {
                let error_code = other.error().code();
                return Ok(ListGroupsResponse { error_code, ..Default::default() });
            }
        }
    }
    for group in &mut response.groups {
        if ctx.version < 5 {
            group.group_type = String::new();
        }
        if ctx.version < 4 {
            group.group_state = String::new();
        }
    }
    Ok(response)
}

/// Answers DeleteGroups.
pub async fn delete<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: DeleteGroupsRequest,
) -> Result<DeleteGroupsResponse, Close> {
    check_names(ctx, request.groups_names.len())?;
    let mut results = Vec::with_capacity(request.groups_names.len());
    let mut seen = BTreeSet::new();
    for group_id in request.groups_names {
        // Named twice, it is deleted and answered once, as in Kafka.
        if !seen.insert(group_id.clone()) {
            continue;
        }
        let error = ask(core, &group_id, Ask::Delete { group: group_id.clone() }).await.error();
        results.push(DeletableGroupResult { group_id, error_code: error.code() });
    }
    Ok(DeleteGroupsResponse { throttle_time_ms: 0, results })
}
