//! DeleteRecords 0-2: the front of partitions goes (KIP-107).
//!
//! Owner: the core of the connection; each log start moves at the partition's owner. Invariants: a log start that is
//! answered is durable; nothing above the high watermark goes; every partition is answered, in the request's order.

use crate::conn::Close;
use crate::control::names::is_internal;
use crate::core::Core;
use crate::env::{CoreId, Env};
use crate::handler::RequestContext;
use crate::msg::{DeleteItem, DeleteResult, Reply, Request, Token};
use crate::partition::Leader;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::delete_records_response::{
    DeleteRecordsPartitionResult, DeleteRecordsTopicResult,
};
use ringlog_wire::generated::{DeleteRecordsRequest, DeleteRecordsResponse};
use ringlog_wire::ids::{Offset, PartitionId};
use std::rc::Rc;

/// The offset that stands for the high watermark.
const HIGH_WATERMARK: i64 = -1;

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: DeleteRecordsRequest,
) -> Result<DeleteRecordsResponse, Close> {
    let named = ctx.partitions_named(request.topics.iter().map(|t| t.partitions.len()))?;
    let mut results = Vec::with_capacity(named);
    let mut items = Vec::with_capacity(named);
    for t in &request.topics {
        for p in &t.partitions {
            let slot = u32::try_from(results.len()).expect("bounded above");
            let place = place(core, &t.name, p.partition_index);
            results.push(refused(slot, place.err().unwrap_or(ErrorCode::None)));
            items.extend(place.ok().map(|partition| DeleteItem { partition, slot, offset: p.offset }));
        }
    }
    for result in everywhere(core, items).await {
        if let Some(place) = results.get_mut(result.slot as usize) {
            *place = result;
        }
    }
    let mut results = results.into_iter();
    let topics = request.topics.into_iter().map(|t| {
        let partitions =
            t.partitions.iter().zip(results.by_ref()).map(|(p, r)| DeleteRecordsPartitionResult {
                partition_index: p.partition_index,
                low_watermark: r.low_watermark,
                error_code: r.error.code(),
            });
        DeleteRecordsTopicResult { partitions: partitions.collect(), name: t.name }
    });
    Ok(DeleteRecordsResponse { throttle_time_ms: 0, topics: topics.collect() })
}

/// The partition, if clients may delete from it: coordinators own internal topics, and a topic that is compacted
/// only keeps what its keys say.
fn place<E: Env>(core: &Core<E>, name: &str, index: i32) -> Result<PartitionId, ErrorCode> {
    let image = core.image.borrow();
    let topic = image.topic_named(name).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let known = usize::try_from(index).is_ok_and(|index| index < topic.partitions.len());
    if !known {
        return Err(ErrorCode::UnknownTopicOrPartition);
    }
    if is_internal(name) {
        return Err(ErrorCode::InvalidTopicException);
    }
    if topic.config.compact && !topic.config.delete {
        return Err(ErrorCode::PolicyViolation);
    }
    drop(image);
    core.led_partition(name, index)
}

async fn everywhere<E: Env>(core: &Rc<Core<E>>, items: Vec<DeleteItem>) -> Vec<DeleteResult> {
    let (here, others) = core.by_owner(items, |i| i.partition);
    let mut asked = Vec::with_capacity(others.len());
    for (to, items) in others {
        asked.push(core.router.ask(to, Request::DeleteRecords(items)).await);
    }
    let mut results = delete_here(core, &here).await;
    for token in asked {
        if let Reply::Deleted(theirs) = core.router.answer(token).await {
            results.extend(theirs);
        }
    }
    results
}

fn refused(slot: u32, error: ErrorCode) -> DeleteResult {
    DeleteResult { slot, error, low_watermark: -1 }
}

/// Where the log of `leader` is to start.
fn target<E: Env>(leader: &Leader<E>, offset: i64) -> Result<Offset, ErrorCode> {
    let high_watermark = leader.high_watermark();
    let to = if offset == HIGH_WATERMARK { Some(high_watermark) } else { Offset::from_wire(offset) };
    to.filter(|to| *to <= high_watermark).ok_or(ErrorCode::OffsetOutOfRange)
}

/// Moves the log starts of partitions that this core owns: one wait for the device in each store.
async fn delete_here<E: Env>(core: &Core<E>, items: &[DeleteItem]) -> Vec<DeleteResult> {
    let mut results = Vec::with_capacity(items.len());
    let mut accepted = Vec::with_capacity(items.len());
    for item in items {
        let Some(leader) = core.leader(item.partition) else {
            results.push(refused(item.slot, core.why_not_led(item.partition)));
            continue;
        };
        match target(&leader, item.offset) {
            Err(error) => results.push(refused(item.slot, error)),
            Ok(to) => accepted.push((item.slot, leader, to)),
        }
    }
    while !accepted.is_empty() {
        accepted = raise(core, accepted, &mut results).await;
    }
    results
}

/// A log start to move: the item's slot, and where to.
type Accepted<E> = (u32, Rc<Leader<E>>, Offset);

/// Moves log starts. Returns those of partitions that moved to another data directory meanwhile: it may be that the log
/// start of the former replica moved only.
async fn raise<E: Env>(
    core: &Core<E>,
    accepted: Vec<Accepted<E>>,
    results: &mut Vec<DeleteResult>,
) -> Vec<Accepted<E>> {
    let mut again = Vec::new();
    let accepted: Vec<_> = accepted.into_iter().map(|a| (a.1.place(), a)).collect();
    let stores: Vec<_> = core.stores.borrow().iter().flatten().cloned().collect();
    for store in stores {
        let of_store: Vec<_> = accepted.iter().filter(|((_, of), _)| Rc::ptr_eq(of, &store)).collect();
        if of_store.is_empty() {
            continue;
        }
        let raises: Vec<_> = of_store.iter().map(|((log, _), a)| (Rc::clone(log), a.2)).collect();
        let done = store.raise_log_starts(&raises).await;
        for ((log, _), (slot, leader, to)) in of_store {
            let served = core.leader(leader.id).is_some_and(|l| Rc::ptr_eq(&l, leader));
            if served && !Rc::ptr_eq(log, &leader.log()) {
                again.push((*slot, Rc::clone(leader), *to));
                continue;
            }
            results.push(match &done {
                Ok(()) => {
                    core.fronts.put(leader.id);
                    let as_asked = planted(Bug::LowWatermarkAsAsked).then_some(*to);
                    let low_watermark = as_asked.unwrap_or_else(|| leader.log_start()).to_wire();
                    DeleteResult { slot: *slot, error: ErrorCode::None, low_watermark }
                }
                Err(_) => refused(*slot, ErrorCode::KafkaStorageError),
            });
        }
    }
    again
}

/// Another core asks.
pub async fn delete_for<E: Env>(core: &Core<E>, from: CoreId, token: Token, items: Vec<DeleteItem>) {
    let results = delete_here(core, &items).await;
    core.router.reply(from, token, Reply::Deleted(results));
}
