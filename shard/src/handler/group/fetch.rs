//! OffsetFetch 1-10 (KIP-447, KIP-709, KIP-848).
//!
//! Owner: one request. Invariants: topics and partitions come back in the order asked for; an error of the group
//! is where the version has its place (sharp edge 22): before version 2 at every partition, from 2 to 7 at the
//! top, from 8 on at the group; without an offset the answer is -1.

use super::super::RequestContext;
use super::{ask, topic};
use crate::conn::Close;
use crate::core::Core;
use crate::env::Env;
use crate::group::call::{Answer, Ask, FetchAsk, FetchedOffsets};
use crate::group::limits::NAMES_MAX;
use crate::limits::REQUEST_PARTITIONS_MAX;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopics};
use ringlog_wire::generated::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions,
    OffsetFetchResponseTopic, OffsetFetchResponseTopics,
};
use ringlog_wire::generated::{OffsetFetchRequest, OffsetFetchResponse};
use ringlog_wire::ids::TopicId;
use std::rc::Rc;

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: OffsetFetchRequest,
) -> Result<OffsetFetchResponse, Close> {
    if ctx.version >= 8 {
        return several(core, ctx, request.groups).await;
    }
    let topics = request.topics.map(|topics| {
        let one = |t: ringlog_wire::generated::offset_fetch_request::OffsetFetchRequestTopic| {
            OffsetFetchRequestTopics {
                name: t.name,
                topic_id: TopicId::ZERO,
                partition_indexes: t.partition_indexes,
            }
        };
        topics.into_iter().map(one).collect()
    });
    let group =
        OffsetFetchRequestGroup { group_id: request.group_id, member_id: None, member_epoch: -1, topics };
    check_size(ctx, std::slice::from_ref(&group))?;
    let answer = one(core, ctx.version, group).await;
    Ok(old(ctx.version, answer))
}

fn check_size<E: Env>(ctx: &RequestContext<E>, groups: &[OffsetFetchRequestGroup]) -> Result<(), Close> {
    let topics = groups.iter().flat_map(|g| g.topics.iter().flatten());
    let named: usize = topics.map(|t| t.partition_indexes.len()).sum();
    if groups.len() > NAMES_MAX || named > REQUEST_PARTITIONS_MAX {
        return Err(ctx.malformed(&"too many groups or partitions"));
    }
    Ok(())
}

async fn several<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    asked: Vec<OffsetFetchRequestGroup>,
) -> Result<OffsetFetchResponse, Close> {
    check_size(ctx, &asked)?;
    let mut groups = Vec::with_capacity(asked.len());
    for group in asked {
        groups.push(one(core, ctx.version, group).await);
    }
    Ok(OffsetFetchResponse { groups, ..Default::default() })
}

/// Fetches the offsets of one group.
async fn one<E: Env>(
    core: &Rc<Core<E>>,
    version: i16,
    asked: OffsetFetchRequestGroup,
) -> OffsetFetchResponseGroup {
    let OffsetFetchRequestGroup { group_id, member_id, member_epoch, topics } = asked;
    let by_id = version >= 10;
    let mut places = Vec::new();
    let names = topics.as_ref().map(|topics| {
        let mut names = Vec::with_capacity(topics.len());
        for t in topics {
            let found = if by_id { topic(core, "", t.topic_id, true).ok() } else { None };
            let name = if by_id { found.map(|f| f.name.to_string()) } else { Some(t.name.clone()) };
            places.push(name.is_some());
            names.extend(name.map(|n| (n, t.partition_indexes.clone())));
        }
        names
    });
    let fetch = FetchAsk {
        group: group_id.clone(),
        member: member_id.filter(|_| member_epoch >= 0).map(|id| (id, member_epoch)),
        topics: names,
    };
    let (fetched, error) = match ask(core, &group_id, Ask::Fetch(fetch)).await {
        Answer::Offsets(fetched) => (fetched, ErrorCode::None),
        other => (Vec::new(), other.error()),
    };
    let topics = match topics {
        None => all(core, by_id, fetched),
        Some(asked) => in_order(by_id, asked, &places, (fetched, error)),
    };
    OffsetFetchResponseGroup { group_id, topics, error_code: error.code() }
}

/// Every topic that the group has offsets in; by id only those that still exist.
fn all<E: Env>(core: &Core<E>, by_id: bool, fetched: FetchedOffsets) -> Vec<OffsetFetchResponseTopics> {
    if !by_id {
        let named =
            |(name, partitions)| OffsetFetchResponseTopics { name, topic_id: TopicId::ZERO, partitions };
        return fetched.into_iter().map(named).collect();
    }
    let image = core.image.borrow();
    let topics = fetched.into_iter().filter_map(|(name, partitions)| {
        let topic_id = image.topic_named(&name)?.id;
        Some(OffsetFetchResponseTopics { name: String::new(), topic_id, partitions })
    });
    topics.collect()
}

/// The topics as they were asked for; `known` says which of them exist.
fn in_order(
    by_id: bool,
    asked: Vec<OffsetFetchRequestTopics>,
    known: &[bool],
    (fetched, error): (FetchedOffsets, ErrorCode),
) -> Vec<OffsetFetchResponseTopics> {
    let nothing = |partition_index: i32, error: ErrorCode| OffsetFetchResponsePartitions {
        partition_index,
        committed_offset: -1,
        committed_leader_epoch: -1,
        metadata: Some(String::new()),
        error_code: error.code(),
    };
    let mut fetched = fetched.into_iter();
    let topics = asked.into_iter().zip(known).map(|(t, known)| {
        let there = if *known { fetched.next() } else { None };
        let error = if *known { error } else { ErrorCode::UnknownTopicId };
        let partitions = match there {
            Some((_, partitions)) => partitions,
            None => t.partition_indexes.iter().map(|p| nothing(*p, error)).collect(),
        };
        let name = if by_id { String::new() } else { t.name };
        OffsetFetchResponseTopics { name, topic_id: t.topic_id, partitions }
    });
    topics.collect()
}

/// The answer in the shape of versions 1 to 7.
fn old(version: i16, group: OffsetFetchResponseGroup) -> OffsetFetchResponse {
    let partition = |p: OffsetFetchResponsePartitions| OffsetFetchResponsePartition {
        partition_index: p.partition_index,
        committed_offset: p.committed_offset,
        committed_leader_epoch: if version >= 5 { p.committed_leader_epoch } else { -1 },
        metadata: p.metadata,
        error_code: p.error_code,
    };
    let topics = group.topics.into_iter().map(|t| OffsetFetchResponseTopic {
        name: t.name,
        partitions: t.partitions.into_iter().map(partition).collect(),
    });
    let error_code = if version >= 2 { group.error_code } else { 0 };
    OffsetFetchResponse { topics: topics.collect(), error_code, ..Default::default() }
}
