//! OffsetForLeaderEpoch 2-4: where an epoch ends, so that a client can see whether its log was cut.
//!
//! Owner: the core of the connection; each lookup runs at the partition's owner. Invariant: never below what a
//! consumer of that epoch was served, since consumers read below the high watermark. Source: KIP-101, 279, 320.

use crate::conn::Close;
use crate::core::Core;
use crate::env::{CoreId, Env};
use crate::handler::RequestContext;
use crate::msg::{EpochItem, EpochResult, Reply, Request, Token};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::offset_for_leader_epoch_response::{EpochEndOffset, OffsetForLeaderTopicResult};
use ringlog_wire::generated::{OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse};
use ringlog_wire::ids::LeaderEpoch;
use std::rc::Rc;

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: OffsetForLeaderEpochRequest,
) -> Result<OffsetForLeaderEpochResponse, Close> {
    let named = ctx.partitions_named(request.topics.iter().map(|t| t.partitions.len()))?;
    let mut results = Vec::with_capacity(named);
    let mut items = Vec::with_capacity(named);
    for t in &request.topics {
        for p in &t.partitions {
            let slot = u32::try_from(results.len()).expect("bounded above");
            let place = core.led_partition(&t.topic, p.partition);
            results.push(unknown(slot, place.err().unwrap_or(ErrorCode::None)));
            items.extend(place.ok().map(|partition| EpochItem {
                partition,
                slot,
                current_leader_epoch: p.current_leader_epoch,
                leader_epoch: p.leader_epoch,
            }));
        }
    }
    for result in everywhere(core, items).await {
        if let Some(place) = results.get_mut(result.slot as usize) {
            *place = result;
        }
    }
    let mut results = results.into_iter();
    let topics = request.topics.into_iter().map(|t| {
        let partitions = t.partitions.iter().zip(results.by_ref()).map(|(p, r)| EpochEndOffset {
            error_code: r.error.code(),
            partition: p.partition,
            leader_epoch: r.leader_epoch,
            end_offset: r.end_offset,
        });
        OffsetForLeaderTopicResult { partitions: partitions.collect(), topic: t.topic }
    });
    Ok(OffsetForLeaderEpochResponse { throttle_time_ms: 0, topics: topics.collect() })
}

async fn everywhere<E: Env>(core: &Rc<Core<E>>, items: Vec<EpochItem>) -> Vec<EpochResult> {
    let (here, others) = core.by_owner(items, |i| i.partition);
    let mut asked = Vec::with_capacity(others.len());
    for (to, items) in others {
        asked.push(core.router.ask(to, Request::EpochEnds(items)).await);
    }
    let mut results = ends_here(core, &here);
    for token in asked {
        if let Reply::EpochEnds(theirs) = core.router.answer(token).await {
            results.extend(theirs);
        }
    }
    results
}

fn unknown(slot: u32, error: ErrorCode) -> EpochResult {
    EpochResult { slot, error, leader_epoch: -1, end_offset: -1 }
}

fn ends_here<E: Env>(core: &Core<E>, items: &[EpochItem]) -> Vec<EpochResult> {
    let end = |item: &EpochItem| {
        let Some(leader) = core.leader(item.partition) else {
            return unknown(item.slot, core.why_not_led(item.partition));
        };
        if let Err(error) = leader.check_epoch(item.current_leader_epoch) {
            return unknown(item.slot, error);
        }
        let none = unknown(item.slot, ErrorCode::None);
        let asked = LeaderEpoch::from_wire(item.leader_epoch);
        match asked.and_then(|epoch| leader.log().epoch_end(epoch)) {
            Some((epoch, end)) => {
                EpochResult { leader_epoch: epoch.to_wire(), end_offset: end.to_wire(), ..none }
            }
            None => none,
        }
    };
    items.iter().map(end).collect()
}

/// Another core asks.
pub fn ends_for<E: Env>(core: &Core<E>, from: CoreId, token: Token, items: &[EpochItem]) {
    core.router.reply(from, token, Reply::EpochEnds(ends_here(core, items)));
}
