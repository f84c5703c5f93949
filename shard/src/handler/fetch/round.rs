//! Reading all partitions of a fetch, wherever they are, and waiting until there is enough.
//!
//! Owner: the fetch. Invariants: a round asks every owner once, all at the same time; a parked fetch holds no
//! records; whatever wakes it, it reads anew.

use super::{Bounds, read};
use crate::core::Core;
use crate::env::{Clock, CoreId, Env, FileOf};
use crate::msg::{ReadItem, ReadRequest, ReadResult, Reply, Request, ShardMsg, Token};
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::Offset;
use std::rc::Rc;

/// The items of one fetch by owner.
struct Plan {
    here: Vec<ReadItem>,
    others: Vec<(CoreId, Vec<ReadItem>)>,
}

/// Reads `items`; waits as `bounds` say. One result per item, in the order of the items' slots.
pub async fn wait_and_read<E: Env>(
    core: &Rc<Core<E>>,
    items: Vec<ReadItem>,
    bounds: Bounds,
) -> Vec<ReadResult<FileOf<E>>> {
    let until = core.env.clock().now().after(bounds.max_wait);
    let plan = plan(core, items);
    let may_wait = !bounds.max_wait.is_zero() && bounds.min_bytes > 0 && !plan.is_empty();
    let Some(watch) = may_wait.then(|| core.purgatory.watch()).flatten() else {
        return round(core, &plan, bounds, None).await.results;
    };
    let results = loop {
        let waiting = core.env.clock().now() < until && !core.stopping.is_raised();
        let read = round(core, &plan, bounds, waiting.then_some(watch)).await;
        if !waiting || read.is_enough() {
            read.unwatch(core);
            break read.results;
        }
        read.watch_here(core, &plan, watch);
        let remote = read.remote_watches();
        drop(read);
        core.purgatory.wait(watch, core.env.clock(), until).await;
        unwatch(core, &remote);
    };
    core.purgatory.end(watch);
    results
}

fn plan<E: Env>(core: &Core<E>, items: Vec<ReadItem>) -> Plan {
    let here = core.router.here();
    let mut plan = Plan { here: Vec::new(), others: Vec::new() };
    for item in items {
        let owner = core.router.owner(item.partition);
        if owner == here {
            plan.here.push(item);
        } else {
            match plan.others.iter_mut().find(|(to, _)| *to == owner) {
                Some((_, items)) => items.push(item),
                None => plan.others.push((owner, vec![item])),
            }
        }
    }
    plan
}

impl Plan {
    fn is_empty(&self) -> bool {
        self.here.is_empty() && self.others.is_empty()
    }
}

/// What one round gave.
struct Round<F> {
    results: Vec<ReadResult<F>>,
    /// What was enough for this round.
    min_bytes: usize,
    /// Watches left on other cores.
    watches: Vec<(CoreId, Token)>,
}

impl<F> Round<F> {
    fn is_enough(&self) -> bool {
        let bytes: usize = self.results.iter().map(|r| r.bytes).sum();
        let at_once = |r: &ReadResult<F>| r.error != ErrorCode::None || r.diverging.is_some();
        bytes >= self.min_bytes || self.results.iter().any(at_once)
    }

    /// Leaves watches on the partitions of this core, at the high watermarks that were read.
    fn watch_here<E: Env>(&self, core: &Core<E>, plan: &Plan, watch: Token) {
        for item in &plan.here {
            let at = self.results.binary_search_by_key(&item.slot, |r| r.slot);
            let Some(result) = at.ok().and_then(|i| self.results.get(i)) else { continue };
            let seen = Offset::from_wire(result.high_watermark).unwrap_or(Offset::ZERO);
            match core.leader(item.partition) {
                Some(leader) => leader.watch(watch, seen, &core.purgatory, &core.router),
                None => core.purgatory.fire(watch, &core.router),
            }
        }
    }

    fn remote_watches(&self) -> Vec<(CoreId, Token)> {
        self.watches.clone()
    }

    fn unwatch<E: Env>(&self, core: &Core<E>) {
        unwatch(core, &self.watches);
    }
}

fn unwatch<E: Env>(core: &Core<E>, watches: &[(CoreId, Token)]) {
    for (to, watch) in watches {
        core.router.owe(*to, ShardMsg::Unwatch { watch: *watch });
    }
}

/// Asks every owner once. `watch`: leave watches on other cores that fire this one.
async fn round<E: Env>(
    core: &Rc<Core<E>>,
    plan: &Plan,
    bounds: Bounds,
    watch: Option<Token>,
) -> Round<FileOf<E>> {
    let max_bytes = core.fetch_bytes(bounds.max_bytes);
    let min_bytes = bounds.min_bytes.min(max_bytes);
    let mut asked = Vec::with_capacity(plan.others.len());
    for (to, items) in &plan.others {
        let watch = watch.map(|token| (token, min_bytes));
        let request = ReadRequest { items: items.clone(), max_bytes, watch };
        asked.push((*to, core.router.ask(*to, Request::Read(request)).await));
    }
    let mut results = read::read_here(core, &plan.here, max_bytes).await;
    let mut watches = Vec::new();
    for (from, token) in asked {
        if let Reply::Read { results: theirs, watch } = core.router.answer(token).await {
            results.extend(theirs);
            watches.extend(watch.map(|w| (from, w)));
        }
    }
    if !plan.others.is_empty() {
        results.sort_unstable_by_key(|r| r.slot);
        keep_within(&mut results, max_bytes);
    }
    Round { results, min_bytes, watches }
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
    fn errors_are_answered_without_waiting() {
        let round = |results| Round { results, min_bytes: 10, watches: Vec::new() };
        assert!(!round(vec![result(0, 9)]).is_enough());
        assert!(round(vec![result(0, 4), result(1, 6)]).is_enough());
        assert!(round(vec![ReadResult::<()>::empty(0, ErrorCode::OffsetOutOfRange, 5, 1)]).is_enough());
    }
}
