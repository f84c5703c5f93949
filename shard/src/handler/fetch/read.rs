//! Reading partitions at their owner.
//!
//! Owner: the core that owns the partitions, for its own connections and for other cores. Invariants: epochs are
//! checked first; an offset outside the log is answered at once, with where the log begins and ends; the first
//! batch of the first non-empty partition is whole whatever the bounds, everything else keeps within them.

use super::cold::Ahead;
use crate::calls::yield_now;
use crate::core::Core;
use crate::env::{Clock, CoreId, Env, FileOf};
use crate::limits::TURN_PARTITIONS;
use crate::msg::{ReadItem, ReadRequest, ReadResult, Reply, Token};
use crate::partition::Leader;
use crate::report::add;
use crate::stages::Stage;
use ringlog_storage::planted::{Bug, planted};
use ringlog_storage::read::{ReadBatches, ReadError};
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::{LeaderEpoch, Offset, PartitionId};
use std::rc::Rc;

/// Reads `items` in their order, at most `max_bytes` but for the first batch; hands each result to `put`.
pub async fn read_here<E: Env>(
    core: &Core<E>,
    items: &[ReadItem],
    max_bytes: usize,
    put: &mut impl FnMut(ReadResult<FileOf<E>>),
) {
    if items.is_empty() {
        return;
    }
    let began = core.env.clock().now();
    let mut used = 0;
    let mut ahead = Ahead::default();
    for (n, item) in items.iter().enumerate() {
        if n % TURN_PARTITIONS == TURN_PARTITIONS - 1 {
            yield_now().await;
        }
        let (first, room) = (used == 0, max_bytes.saturating_sub(used));
        let result = match begin(core, item, first, room) {
            Step::Done(result) => result,
            Step::Cold(cold) => {
                let (leader, from, limit) = (Rc::clone(&cold.leader), cold.from, cold.limit);
                let mut read = ahead.read(core, (items, n), room, cold).await;
                // Begun when more was left: what is too much now is read again, this time for what is left.
                if !first && read.as_ref().is_ok_and(|r| r.len > limit) {
                    read = leader.read(from, limit).await;
                }
                taken(item, &leader, (first, limit), read)
            }
        };
        used += result.bytes;
        put(result);
    }
    core.stages.add(Stage::FetchRead, began, core.env.clock().stamp());
}

/// How a partition's read begins.
pub enum Step<E: Env> {
    /// It is over: refused, nothing there, or from memory.
    Done(ReadResult<FileOf<E>>),
    /// It has to look into files.
    Cold(Cold<E>),
}

/// A read that has to look into files.
pub struct Cold<E: Env> {
    /// Of which partition.
    pub leader: Rc<Leader<E>>,
    /// First offset.
    pub from: Offset,
    /// Bytes; the first batch may pass it.
    pub limit: usize,
}

/// Reads one partition as far as memory goes. `first`: nothing was read before, so one whole batch is due.
pub fn begin<E: Env>(core: &Core<E>, item: &ReadItem, first: bool, room: usize) -> Step<E> {
    let Some(leader) = core.leader(item.partition) else {
        return Step::Done(ReadResult::empty(item.slot, core.why_not_led(item.partition), -1, -1));
    };
    if let Err(error) = leader.check_epoch(item.current_leader_epoch) {
        return Step::Done(ReadResult::empty(item.slot, error, -1, -1));
    }
    let log = leader.log();
    let offsets = log.offsets();
    let high_watermark = leader.high_watermark();
    let result = |error| {
        let (high, start) = (high_watermark.to_wire(), offsets.log_start.to_wire());
        ReadResult::empty(item.slot, error, high, start)
    };
    if let Some(epoch) = LeaderEpoch::from_wire(item.last_fetched_epoch) {
        match log.epoch_end(epoch) {
            None => return Step::Done(result(ErrorCode::OffsetOutOfRange)),
            Some((known, end)) if known < epoch || end.to_wire() < item.fetch_offset => {
                let diverging = Some((known.to_wire(), end.to_wire()));
                return Step::Done(ReadResult { diverging, ..result(ErrorCode::None) });
            }
            Some(_) => {}
        }
    }
    let in_log = |from: &Offset| *from >= offsets.log_start && *from <= offsets.end;
    let Some(from) = Offset::from_wire(item.fetch_offset).filter(in_log) else {
        return Step::Done(result(ErrorCode::OffsetOutOfRange));
    };
    let limit = item.max_bytes.min(room);
    if from >= high_watermark || (limit == 0 && !first) {
        return Step::Done(result(ErrorCode::None));
    }
    match leader.read_memory(from, limit) {
        Some(read) => Step::Done(taken(item, &leader, (first, limit), read)),
        None => Step::Cold(Cold { leader, from, limit }),
    }
}

/// The result of a read that was allowed `limit` bytes.
fn taken<E: Env>(
    item: &ReadItem,
    leader: &Leader<E>,
    (first, limit): (bool, usize),
    read: Result<ReadBatches<FileOf<E>>, ReadError>,
) -> ReadResult<FileOf<E>> {
    let result = |error| {
        let (high, start) = (leader.high_watermark().to_wire(), leader.log_start().to_wire());
        ReadResult::empty(item.slot, error, high, start)
    };
    match read {
        Ok(read) if read.len > limit && !first => result(ErrorCode::None),
        Ok(ReadBatches { parts, len }) => {
            add(&leader.traffic.bytes_out, len as u64);
            ReadResult { parts, bytes: len, over: len > limit, ..result(ErrorCode::None) }
        }
        Err(ReadError::OutOfRange(_)) => result(ErrorCode::OffsetOutOfRange),
        Err(ReadError::Corrupt { .. }) => result(ErrorCode::CorruptMessage),
        Err(ReadError::Io(_)) => result(ErrorCode::KafkaStorageError),
    }
}

/// Another core's fetch: reads, and leaves a watch behind if that was too little.
pub async fn read_for<E: Env>(core: &Core<E>, from: CoreId, token: Token, request: ReadRequest) {
    core.stages.add(Stage::FetchHop, request.sent, core.env.clock().now());
    let mut results = Vec::with_capacity(request.items.len());
    read_here(core, &request.items, request.max_bytes, &mut |r| results.push(r)).await;
    let bytes: usize = results.iter().map(|r| r.bytes).sum();
    let failed = results.iter().any(|r| r.error != ErrorCode::None || r.diverging.is_some());
    let wanted = request.watch.filter(|(_, below)| bytes < *below && !failed);
    let watch = wanted.and_then(|(theirs, _)| core.purgatory.watch_for(from, theirs));
    if let Some(watch) = watch {
        let some = if planted(Bug::WatchFirstOnly) { 1 } else { usize::MAX };
        for (item, result) in request.items.iter().zip(&results).take(some) {
            leave_watch(core, item.partition, watch, result.high_watermark);
        }
    }
    let sent = core.env.clock().now();
    core.router.reply(from, token, Reply::Read { results, watch, sent });
}

/// Leaves a watch at the high watermark that was read; -1 for none.
pub fn leave_watch<E: Env>(core: &Core<E>, partition: PartitionId, watch: Token, seen: i64) {
    let seen = Offset::from_wire(seen).unwrap_or(Offset::ZERO);
    match core.leader(partition) {
        Some(leader) => leader.watch(watch, seen, &core.purgatory, &core.router),
        None => core.purgatory.fire(watch, &core.router),
    }
}
