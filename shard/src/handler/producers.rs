//! DescribeProducers 0 (KIP-664): which idempotent producers a partition remembers.
//!
//! Owner: the core of the connection; each list comes from the partition's owner. Invariants: every partition that a
//! request names is answered, in its order; one answer lists at most `PRODUCERS_LISTED_MAX` producers.

use super::RequestContext;
use crate::conn::Close;
use crate::control::names::{check_topic_name, shown};
use crate::core::Core;
use crate::env::{CoreId, Env};
use crate::image::MetadataImage;
use crate::msg::{ProducersItem, ProducersResult, Reply, Request, Token};
use crate::partition::Leader;
use ringlog_storage::partition::producer_state::{PRODUCERS_MAX, ProducerEntry};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::describe_producers_request::TopicRequest;
use ringlog_wire::generated::describe_producers_response::{PartitionResponse, ProducerState, TopicResponse};
use ringlog_wire::generated::{DescribeProducersRequest, DescribeProducersResponse};
use ringlog_wire::ids::{PartitionId, ProducerId, TopicId};
use std::rc::Rc;

/// Producers in one answer: some 8 MB. A partition remembers 10,000 at most.
const PRODUCERS_LISTED_MAX: usize = 200_000;
const _: () = assert!(PRODUCERS_MAX <= PRODUCERS_LISTED_MAX, "one partition can always be listed");

const TOO_LONG: &str = "Topic name is invalid: it is longer than the max allowed length 249";
const UNKNOWN_TOPIC: &str = "This server does not host this topic-partition.";

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: DescribeProducersRequest,
) -> Result<DescribeProducersResponse, Close> {
    ctx.partitions_named(request.topics.iter().map(|t| t.partition_indexes.len()))?;
    let (mut topics, items) = places(&core.image.borrow(), request.topics);
    let mut results = listed(core, items).await;
    results.sort_by_key(|r| r.slot);
    let mut results = results.into_iter().peekable();
    for (place, slot) in topics.iter_mut().flat_map(|t| &mut t.partitions).zip(0u32..) {
        let Some(result) = results.next_if(|r| r.slot == slot) else { continue };
        place.error_code = result.error.code();
        place.active_producers = result.producers;
        if result.error == ErrorCode::PolicyViolation {
            place.error_message = Some(format!(
                "More than {PRODUCERS_LISTED_MAX} producers in one answer; ask for fewer partitions at a time."
            ));
        }
    }
    Ok(DescribeProducersResponse { throttle_time_ms: 0, topics })
}

/// The answer without producers, and what is to be asked of the owners.
fn places(image: &MetadataImage, asked: Vec<TopicRequest>) -> (Vec<TopicResponse>, Vec<ProducersItem>) {
    let mut items = Vec::new();
    let mut slot = 0u32;
    let mut topics = Vec::with_capacity(asked.len());
    for topic in asked {
        let known = image.topic_named(&topic.name);
        let refusal = match (known, check_topic_name(shown(&topic.name))) {
            (Some(_), _) => None,
            (None, Err(why)) => Some((ErrorCode::InvalidTopicException, why)),
            (None, Ok(())) if shown(&topic.name) == topic.name => {
                Some((ErrorCode::UnknownTopicOrPartition, UNKNOWN_TOPIC.to_owned()))
            }
            (None, Ok(())) => Some((ErrorCode::InvalidTopicException, TOO_LONG.to_owned())),
        };
        let mut partitions = Vec::with_capacity(topic.partition_indexes.len());
        for partition_index in topic.partition_indexes {
            let mut place = PartitionResponse { partition_index, ..Default::default() };
            if let Some((error, why)) = &refusal {
                place.error_code = error.code();
                place.error_message = Some(why.clone());
            }
            match known.map(|t| led(image, t.id, partition_index)) {
                Some(Ok(partition)) => items.push(ProducersItem { partition, slot }),
                Some(Err(error)) => place.error_code = error.code(),
                None => {}
            }
            slot += 1;
            partitions.push(place);
        }
        topics.push(TopicResponse { name: topic.name, partitions });
    }
    (topics, items)
}

/// The partition with this index, if this node leads it.
fn led(image: &MetadataImage, topic: TopicId, index: i32) -> Result<PartitionId, ErrorCode> {
    let id = u32::try_from(index).ok().map(|index| PartitionId { topic, index });
    let found = id.and_then(|id| Some((id, image.partition(id)?)));
    let (id, partition) = found.ok_or(ErrorCode::UnknownTopicOrPartition)?;
    if partition.leader == Some(image.node()) { Ok(id) } else { Err(ErrorCode::NotLeaderOrFollower) }
}

/// Asks the owners one after the other, each for what the answer can still hold.
async fn listed<E: Env>(core: &Rc<Core<E>>, items: Vec<ProducersItem>) -> Vec<ProducersResult> {
    let (here, others) = core.by_owner(items, |i| i.partition);
    let mut results = list_here(core, &here, PRODUCERS_LISTED_MAX);
    for (to, items) in others {
        let held: usize = results.iter().map(|r| r.producers.len()).sum();
        let max = PRODUCERS_LISTED_MAX.saturating_sub(held);
        let token = core.router.ask(to, Request::Producers { items, max }).await;
        if let Reply::Producers(theirs) = core.router.answer(token).await {
            results.extend(theirs);
        }
    }
    results
}

/// The producers of partitions that this core owns: those of the last partition may pass `max`, and the partitions
/// behind it are refused.
fn list_here<E: Env>(core: &Core<E>, items: &[ProducersItem], max: usize) -> Vec<ProducersResult> {
    let mut left = max;
    let one = |item: &ProducersItem| {
        let Some(leader) = core.leader(item.partition) else {
            let error = core.why_not_led(item.partition);
            return ProducersResult { slot: item.slot, error, producers: Vec::new() };
        };
        if left == 0 {
            let error = ErrorCode::PolicyViolation;
            return ProducersResult { slot: item.slot, error, producers: Vec::new() };
        }
        let producers = producers(&leader);
        left = left.saturating_sub(producers.len());
        ProducersResult { slot: item.slot, error: ErrorCode::None, producers }
    };
    items.iter().map(one).collect()
}

fn producers<E: Env>(leader: &Leader<E>) -> Vec<ProducerState> {
    let log = leader.log();
    let log = log.log().borrow();
    let state = |(id, entry): (ProducerId, &ProducerEntry)| {
        let last = entry.last();
        let wire = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        ProducerState {
            producer_id: i64::try_from(id.0).unwrap_or(i64::MAX),
            producer_epoch: i32::from(entry.epoch.0),
            last_sequence: last.map_or(-1, |b| wire(b.last_sequence)),
            last_timestamp: last.map_or(-1, |b| b.timestamp),
            coordinator_epoch: entry.coordinator_epoch.map_or(-1, wire),
            current_txn_start_offset: entry.txn_first_offset.map_or(-1, |o| o.to_wire()),
        }
    };
    log.producers().iter().map(state).collect()
}

/// Another core asks.
pub fn list_for<E: Env>(core: &Core<E>, from: CoreId, token: Token, items: &[ProducersItem], max: usize) {
    core.router.reply(from, token, Reply::Producers(list_here(core, items, max)));
}
