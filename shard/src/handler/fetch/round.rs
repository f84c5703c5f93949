//! Reading all partitions of a fetch, wherever they are, and waiting until there is enough.
//!
//! Owner: the fetch. Invariants: a round asks every owner once, all at the same time; a parked fetch holds no
//! records; whatever wakes it, it reads anew; it ends when its client closes.

use super::{Bounds, Room, item, read};
use crate::conn::Connection;
use crate::core::Core;
use crate::env::{Clock, CoreId, Env, FileOf};
use crate::msg::{ReadItem, ReadRequest, ReadResult, Reply, Request, ShardMsg, Token};
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use std::rc::Rc;

/// Reads the targets of `room`, one result each; waits as `bounds` say, and not for a client that has closed.
pub async fn wait_and_read<E: Env>(
    core: &Rc<Core<E>>,
    client: &Connection<E>,
    room: &mut Room<FileOf<E>>,
    bounds: Bounds,
) {
    let part = if planted(Bug::ParkEndsEarly) { 2 } else { 1 };
    let until = core.env.clock().now().after(bounds.max_wait / part);
    plan(core, room);
    let nothing = room.here.is_empty() && room.others.is_empty();
    let may_wait = !bounds.max_wait.is_zero() && bounds.min_bytes > 0 && !nothing;
    let Some(watch) = may_wait.then(|| core.purgatory.watch()).flatten() else {
        round(core, room, bounds, None).await;
        return;
    };
    client.set_parked(Some(watch));
    loop {
        let over = core.env.clock().now() >= until || core.stopping.is_raised() || client.has_left();
        let min_bytes = round(core, room, bounds, (!over).then_some(watch)).await;
        if over || is_enough(room, min_bytes) {
            unwatch(core, room);
            break;
        }
        watch_here(core, room, watch);
        if planted(Bug::WokenUnread) {
            core.purgatory.wait(watch, core.env.clock(), until).await;
            unwatch(core, room);
            break;
        }
        // It holds no records while it waits.
        room.results.clear();
        core.purgatory.wait(watch, core.env.clock(), until).await;
        unwatch(core, room);
    }
    client.set_parked(None);
    core.purgatory.end(watch);
}

/// Sorts what is to be read by its owners.
fn plan<E: Env>(core: &Core<E>, room: &mut Room<FileOf<E>>) {
    let here = core.router.here();
    for item in room.targets.iter().zip(0..).filter_map(|(t, slot)| item(t, slot)) {
        let owner = core.router.owner(item.partition);
        if owner == here {
            room.here.push(item);
        } else if let Some((_, items)) = room.others.iter_mut().find(|(to, _)| *to == owner) {
            items.push(item);
        } else {
            room.others.push((owner, vec![item]));
        }
    }
}

/// What was read of the partitions that could be read.
fn read_results<F>(room: &Room<F>) -> impl Iterator<Item = &ReadResult<F>> {
    room.targets.iter().zip(&room.results).filter(|(t, _)| t.place.is_ok()).map(|(_, r)| r)
}

fn is_enough<F>(room: &Room<F>, min_bytes: usize) -> bool {
    let bytes: usize = room.results.iter().map(|r| r.bytes).sum();
    let at_once = |r: &ReadResult<F>| r.error != ErrorCode::None || r.diverging.is_some();
    bytes >= min_bytes || read_results(room).any(at_once)
}

/// Leaves watches on the partitions of this core, at the high watermarks that were read.
fn watch_here<E: Env>(core: &Core<E>, room: &Room<FileOf<E>>, watch: Token) {
    for item in &room.here {
        let result = room.results.get(item.slot as usize);
        read::leave_watch(core, item.partition, watch, result.map_or(-1, |r| r.high_watermark));
    }
}

fn unwatch<E: Env>(core: &Core<E>, room: &mut Room<FileOf<E>>) {
    for (to, watch) in room.watches.drain(..) {
        core.router.owe(to, ShardMsg::Unwatch { watch });
    }
}

/// Asks every owner once. `watch`: leave watches on other cores that fire this one. Returns what is enough.
async fn round<E: Env>(
    core: &Rc<Core<E>>,
    room: &mut Room<FileOf<E>>,
    bounds: Bounds,
    watch: Option<Token>,
) -> usize {
    let max_bytes = core.fetch_bytes(bounds.max_bytes);
    let min_bytes = bounds.min_bytes.min(max_bytes);
    let Room { targets, here, others, results, watches } = room;
    results.clear();
    results.extend(
        targets
            .iter()
            .zip(0..)
            .map(|(t, slot)| ReadResult::empty(slot, t.place.err().unwrap_or(ErrorCode::None), -1, -1)),
    );
    let asked = ask(core, others, max_bytes, watch.map(|token| (token, min_bytes))).await;
    let mut put = |result: ReadResult<FileOf<E>>| {
        if let Some(place) = results.get_mut(result.slot as usize) {
            *place = result;
        }
    };
    read::read_here(core, here, max_bytes, &mut put).await;
    for (from, token) in asked {
        if let Reply::Read { results: theirs, watch, .. } = core.router.answer(token).await {
            theirs.into_iter().for_each(&mut put);
            watches.extend(watch.map(|w| (from, w)));
        }
    }
    if !others.is_empty() && !planted(Bug::FetchTooLarge) {
        keep_within(results, max_bytes);
    }
    min_bytes
}

/// Sends the questions to the other owners. Allocates per owner: what crosses to another core stays there.
async fn ask<E: Env>(
    core: &Core<E>,
    others: &[(CoreId, Vec<ReadItem>)],
    max_bytes: usize,
    watch: Option<(Token, usize)>,
) -> Vec<(CoreId, Token)> {
    let mut asked = Vec::with_capacity(others.len());
    for (to, items) in others {
        let sent = core.env.clock().now();
        let request = ReadRequest { items: items.clone(), max_bytes, watch, sent };
        asked.push((*to, core.router.ask(*to, Request::Read(request)).await));
    }
    asked
}

/// Several owners answered, each as if it were alone: takes out what is too much for one response. The first
/// non-empty partition stays whatever its size.
fn keep_within<F>(results: &mut [ReadResult<F>], max_bytes: usize) {
    let mut used = 0;
    for r in results {
        if used > 0 && (r.over || used + r.bytes > max_bytes) {
            r.parts.clear();
            r.bytes = 0;
        }
        used += r.bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::fetch::Target;
    use crate::session::{TopicKey, Wanted};
    use ringlog_wire::ids::{PartitionId, TopicId};

    fn result(slot: u32, bytes: usize) -> ReadResult<()> {
        ReadResult { bytes, ..ReadResult::empty(slot, ErrorCode::None, 0, 0) }
    }

    fn kept(sizes: &[usize], max_bytes: usize) -> Vec<usize> {
        let mut results: Vec<_> = sizes.iter().map(|n| result(0, *n)).collect();
        keep_within(&mut results, max_bytes);
        results.iter().map(|r| r.bytes).collect()
    }

    #[test]
    fn only_the_first_non_empty_partition_may_pass_the_bound() {
        assert_eq!(kept(&[0, 50, 10, 10], 20), [0, 50, 0, 0]);
        assert_eq!(kept(&[10, 50, 10], 20), [10, 0, 10]);
        assert_eq!(kept(&[10, 10, 10], 30), [10, 10, 10]);
        assert_eq!(kept(&[1, 1], 0), [1, 0]);
    }

    #[test]
    fn a_partition_past_its_own_bound_stays_only_as_the_first() {
        let over = |slot| ReadResult { over: true, ..result(slot, 5) };
        let mut results = vec![result(0, 0), over(1), over(2), result(3, 1)];
        keep_within(&mut results, 100);
        assert_eq!(results.iter().map(|r| r.bytes).collect::<Vec<_>>(), [0, 5, 0, 1]);
    }

    #[test]
    fn errors_of_reads_are_answered_without_waiting() {
        let target = |place| Target {
            topic: TopicKey::Id(TopicId::ZERO),
            name: None,
            index: 0,
            told: true,
            wanted: Wanted {
                fetch_offset: 0,
                max_bytes: 1,
                current_leader_epoch: -1,
                last_fetched_epoch: -1,
            },
            place,
        };
        let there = || target(Ok(PartitionId { topic: TopicId::ZERO, index: 0 }));
        let enough = |targets, results| is_enough(&Room { targets, results, ..Room::default() }, 10);
        assert!(!enough(vec![there()], vec![result(0, 9)]));
        assert!(enough(vec![there(), there()], vec![result(0, 4), result(1, 6)]));
        let refused = || ReadResult::<()>::empty(0, ErrorCode::OffsetOutOfRange, 5, 1);
        assert!(enough(vec![there()], vec![refused()]));
        let unknown = target(Err(ErrorCode::UnknownTopicId));
        assert!(!enough(vec![unknown, there()], vec![refused(), result(1, 0)]), "the others are waited for");
    }
}
