//! ListOffsets 1-11: offsets by timestamp, and Kafka's special timestamps.
//!
//! Owner: the core of the connection; each lookup runs at the partition's owner. Invariants: every partition is
//! answered once, in the request's order; a timestamp is found exact to the record; nothing at or above the high
//! watermark is told; an offset comes with the epoch that wrote it. Source: KIP-79, 207, 320, 734, 405, 1005.

use crate::conn::Close;
use crate::core::Core;
use crate::env::{CoreId, Env};
use crate::handler::RequestContext;
use crate::msg::{ListItem, ListResult, Reply, Request, Token};
use crate::partition::Leader;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::list_offsets_request::ListOffsetsPartition;
use ringlog_wire::generated::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsTopicResponse,
};
use ringlog_wire::generated::{ListOffsetsRequest, ListOffsetsResponse};
use ringlog_wire::ids::{Offset, PartitionId};
use std::collections::BTreeSet;
use std::rc::Rc;

const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const MAX_TIMESTAMP: i64 = -3;
const EARLIEST_LOCAL: i64 = -4;
const LATEST_TIERED: i64 = -5;
const EARLIEST_PENDING_UPLOAD: i64 = -6;

/// The first version in which a negative timestamp means something; `None` for one that never does.
fn since(timestamp: i64) -> Option<i16> {
    match timestamp {
        LATEST | EARLIEST => Some(1),
        MAX_TIMESTAMP => Some(7),
        EARLIEST_LOCAL => Some(8),
        LATEST_TIERED => Some(9),
        EARLIEST_PENDING_UPLOAD => Some(11),
        _ => None,
    }
}

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: ListOffsetsRequest,
) -> Result<ListOffsetsResponse, Close> {
    let named = ctx.partitions_named(request.topics.iter().map(|t| t.partitions.len()))?;
    let mut results = Vec::with_capacity(named);
    let mut items = Vec::with_capacity(named);
    let twice = duplicates(&request);
    for t in &request.topics {
        for p in &t.partitions {
            let slot = u32::try_from(results.len()).expect("bounded above");
            let place = if twice.contains(&(t.name.as_str(), p.partition_index)) {
                Err(ErrorCode::InvalidRequest)
            } else {
                place(core, ctx.version, &t.name, p)
            };
            results.push(nothing(slot, place.err().unwrap_or(ErrorCode::None)));
            items.extend(place.ok().map(|partition| ListItem {
                partition,
                slot,
                timestamp: p.timestamp,
                current_leader_epoch: p.current_leader_epoch,
            }));
        }
    }
    for result in everywhere(core, items).await {
        if let Some(place) = results.get_mut(result.slot as usize) {
            *place = result;
        }
    }
    Ok(response(ctx.version, request, results))
}

/// Partitions that the request names more than once: all of their mentions are refused, as in Kafka.
fn duplicates(request: &ListOffsetsRequest) -> BTreeSet<(&str, i32)> {
    let mut seen = BTreeSet::new();
    let all =
        request.topics.iter().flat_map(|t| t.partitions.iter().map(|p| (t.name.as_str(), p.partition_index)));
    all.filter(|key| !seen.insert(*key)).collect()
}

fn place<E: Env>(
    core: &Core<E>,
    version: i16,
    name: &str,
    p: &ListOffsetsPartition,
) -> Result<PartitionId, ErrorCode> {
    if p.timestamp < 0 && since(p.timestamp).is_none_or(|first| version < first) {
        return Err(ErrorCode::UnsupportedVersion);
    }
    core.led_partition(name, p.partition_index)
}

/// Looks up all items, each at its owner, one message per owner.
pub(crate) async fn everywhere<E: Env>(core: &Rc<Core<E>>, items: Vec<ListItem>) -> Vec<ListResult> {
    let (here, others) = core.by_owner(items, |i| i.partition);
    let mut asked = Vec::with_capacity(others.len());
    for (to, items) in others {
        asked.push(core.router.ask(to, Request::ListOffsets(items)).await);
    }
    let mut results = list_here(core, &here).await;
    for token in asked {
        if let Reply::Offsets(theirs) = core.router.answer(token).await {
            results.extend(theirs);
        }
    }
    results
}

/// Looks up `items`, which this core owns.
async fn list_here<E: Env>(core: &Core<E>, items: &[ListItem]) -> Vec<ListResult> {
    let mut results = Vec::with_capacity(items.len());
    for item in items {
        results.push(match core.leader(item.partition) {
            None => nothing(item.slot, core.why_not_led(item.partition)),
            Some(leader) => list_one(&leader, item).await,
        });
    }
    results
}

/// Another core asks.
pub async fn list_for<E: Env>(core: &Core<E>, from: CoreId, token: Token, items: Vec<ListItem>) {
    let results = list_here(core, &items).await;
    core.router.reply(from, token, Reply::Offsets(results));
}

fn nothing(slot: u32, error: ErrorCode) -> ListResult {
    ListResult { slot, error, timestamp: -1, offset: -1, leader_epoch: -1 }
}

async fn list_one<E: Env>(leader: &Leader<E>, item: &ListItem) -> ListResult {
    let none = nothing(item.slot, ErrorCode::None);
    if let Err(error) = leader.check_epoch(item.current_leader_epoch) {
        return nothing(item.slot, error);
    }
    let epoch = |offset: Offset| leader.log().epoch_of(offset).map_or(-1, |e| e.to_wire());
    let end = leader.log().offsets().end;
    let high_watermark = if planted(Bug::LatestIsEnd) { end } else { leader.high_watermark() };
    match item.timestamp {
        LATEST => {
            let last = high_watermark.0.checked_sub(1).map(Offset);
            let known = last.filter(|last| *last >= leader.log_start());
            // The current epoch, as Kafka says it: that of the newest batch.
            ListResult { offset: high_watermark.to_wire(), leader_epoch: known.map_or(-1, epoch), ..none }
        }
        // Without tiered storage the local log is the whole log.
        EARLIEST | EARLIEST_LOCAL => {
            let start = leader.log_start();
            let known = (start < leader.log().offsets().end).then_some(start);
            ListResult { offset: start.to_wire(), leader_epoch: known.map_or(-1, epoch), ..none }
        }
        LATEST_TIERED | EARLIEST_PENDING_UPLOAD => none,
        timestamp => {
            let found = if timestamp == MAX_TIMESTAMP {
                leader.max_timestamp().await
            } else {
                leader.find_timestamp(timestamp).await
            };
            match found {
                Err(_) => nothing(item.slot, ErrorCode::KafkaStorageError),
                Ok(None) => none,
                Ok(Some(at)) => ListResult {
                    timestamp: at.timestamp,
                    offset: at.offset.to_wire(),
                    leader_epoch: at.leader_epoch.to_wire(),
                    ..none
                },
            }
        }
    }
}

fn response(version: i16, request: ListOffsetsRequest, results: Vec<ListResult>) -> ListOffsetsResponse {
    let mut results = results.into_iter();
    let topics = request.topics.into_iter().map(|t| {
        let partitions =
            t.partitions.iter().zip(results.by_ref()).map(|(p, r)| ListOffsetsPartitionResponse {
                partition_index: p.partition_index,
                error_code: r.error.code(),
                timestamp: r.timestamp,
                offset: r.offset,
                leader_epoch: if version >= 4 { r.leader_epoch } else { -1 },
            });
        ListOffsetsTopicResponse { partitions: partitions.collect(), name: t.name }
    });
    ListOffsetsResponse { throttle_time_ms: 0, topics: topics.collect() }
}
