//! Reading partitions at their owner.
//!
//! Owner: the core that owns the partitions, for its own connections and for other cores. Invariants: epochs are
//! checked first; an offset outside the log is answered at once, with where the log begins and ends; the first
//! batch of the first non-empty partition is whole whatever the bounds, everything else keeps within them.

use crate::calls::yield_now;
use crate::core::Core;
use crate::env::{CoreId, Env, FileOf, SendPart};
use crate::limits::TURN_PARTITIONS;
use crate::msg::{ReadItem, ReadRequest, ReadResult, Reply, Token};
use crate::partition::Leader;
use ringlog_storage::read::{ReadError, ReadPart};
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::{LeaderEpoch, Offset};
use std::rc::Rc;

/// Reads `items` in their order, at most `max_bytes` but for the first batch.
pub async fn read_here<E: Env>(
    core: &Core<E>,
    items: &[ReadItem],
    max_bytes: usize,
) -> Vec<ReadResult<FileOf<E>>> {
    let mut results = Vec::with_capacity(items.len());
    let mut used = 0;
    for (n, item) in items.iter().enumerate() {
        if n % TURN_PARTITIONS == TURN_PARTITIONS - 1 {
            yield_now().await;
        }
        let result = match core.leader(item.partition) {
            None => ReadResult::empty(item.slot, core.why_not_led(item.partition), -1, -1),
            Some(leader) => read_one(&leader, item, used == 0, max_bytes.saturating_sub(used)).await,
        };
        used += result.bytes;
        results.push(result);
    }
    results
}

/// Reads one partition. `first`: nothing was read before, so one whole batch is due.
async fn read_one<E: Env>(
    leader: &Rc<Leader<E>>,
    item: &ReadItem,
    first: bool,
    room: usize,
) -> ReadResult<FileOf<E>> {
    let offsets = leader.log.offsets();
    let high_watermark = leader.high_watermark();
    let result =
        |error| ReadResult::empty(item.slot, error, high_watermark.to_wire(), offsets.log_start.to_wire());
    if let Err(error) = leader.check_epoch(item.current_leader_epoch) {
        return ReadResult::empty(item.slot, error, -1, -1);
    }
    if let Some(epoch) = LeaderEpoch::from_wire(item.last_fetched_epoch) {
        match leader.log.epoch_end(epoch) {
            None => return result(ErrorCode::OffsetOutOfRange),
            Some((known, end)) if known < epoch || end.to_wire() < item.fetch_offset => {
                let diverging = Some((known.to_wire(), end.to_wire()));
                return ReadResult { diverging, ..result(ErrorCode::None) };
            }
            Some(_) => {}
        }
    }
    let in_log = |from: &Offset| *from >= offsets.log_start && *from <= offsets.end;
    let Some(from) = Offset::from_wire(item.fetch_offset).filter(in_log) else {
        return result(ErrorCode::OffsetOutOfRange);
    };
    let limit = item.max_bytes.min(room);
    if from >= high_watermark || (limit == 0 && !first) {
        return result(ErrorCode::None);
    }
    match leader.read(from, limit).await {
        Ok(read) if read.len > limit && !first => result(ErrorCode::None),
        Ok(read) => {
            let parts = read.parts.into_iter().map(send_part).collect();
            ReadResult { parts, bytes: read.len, over: read.len > limit, ..result(ErrorCode::None) }
        }
        Err(ReadError::OutOfRange(_)) => result(ErrorCode::OffsetOutOfRange),
        Err(_) => result(ErrorCode::KafkaStorageError),
    }
}

fn send_part<F>(part: ReadPart<F>) -> SendPart<F> {
    match part {
        ReadPart::Bytes(bytes) => SendPart::Bytes(bytes),
        ReadPart::File(region) => SendPart::File(region),
    }
}

/// Another core's fetch: reads, and leaves a watch behind if that was too little.
pub async fn read_for<E: Env>(core: &Core<E>, from: CoreId, token: Token, request: ReadRequest) {
    let results = read_here(core, &request.items, request.max_bytes).await;
    let bytes: usize = results.iter().map(|r| r.bytes).sum();
    let failed = results.iter().any(|r| r.error != ErrorCode::None || r.diverging.is_some());
    let wanted = request.watch.filter(|(_, below)| bytes < *below && !failed);
    let watch = wanted.and_then(|(theirs, _)| core.purgatory.watch_for(from, theirs));
    if let Some(watch) = watch {
        for (item, result) in request.items.iter().zip(&results) {
            let seen = Offset::from_wire(result.high_watermark).unwrap_or(Offset::ZERO);
            match core.leader(item.partition) {
                Some(leader) => leader.watch(watch, seen, &core.purgatory, &core.router),
                None => core.purgatory.fire(watch, &core.router),
            }
        }
    }
    core.router.reply(from, token, Reply::Read { results, watch });
}
