//! Deletion and compaction among the workloads, and what they may take.
//!
//! Every second history moves log starts, lets segments go and compacts between its appends. Its records have keys;
//! then a recovered log is no longer all that was appended: it starts somewhere between what was answered and what was
//! asked for, and a record of it may be missing if a later one has its key. Some are tombstones: they may go with what
//! they deleted, and that never comes back. `__consumer_offsets` is such a log.
//!
//! Owner: `history`. Invariant: judged by what was appended, with nothing of storage but the batches that it hands out.

use super::disk::CrashDisk;
use super::history::Process;
use super::model::{Batch, Event, Log, NOW_MS, read_at};
use crate::rng::Rng;
use ringlog_storage::clean::CleanWant;
use ringlog_storage::store::{Partition, Shed};
use ringlog_wire::ids::{Offset, PartitionId};
use ringlog_wire::record::batch::Batches;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Different keys.
const KEYS: u64 = 5;
/// One record in so many with a key deletes it. No multiple of `KEYS`: each key has both.
const TOMBSTONE_EVERY: u64 = 7;

impl Batch {
    /// The key of record `n`.
    pub fn key_of(&self, n: u64) -> Option<String> {
        self.key.map(|key| ((key + n) % KEYS).to_string())
    }

    /// The value of record `n`; `None`: it is a tombstone.
    pub fn kept_value(&self, n: u64) -> Option<Vec<u8>> {
        let tombstone = self.key.is_some() && (self.tag + n).is_multiple_of(TOMBSTONE_EVERY);
        (!tombstone).then(|| self.value(n))
    }
}

impl Process {
    /// Where the log of `id` may be told to start: somewhere in what is durable.
    pub fn some_start(&self, id: PartitionId, rng: &Rng) -> Option<u64> {
        let offsets = self.partition(id)?.offsets();
        Some(offsets.log_start.0 + rng.below(offsets.durable.0 - offsets.log_start.0 + 1))
    }

    /// Moves the log start of `id`. Durable on return.
    pub async fn raise(&self, id: PartitionId, to: u64) -> Result<(), String> {
        let Some((store, p)) = self.store(id).zip(self.partition(id)) else { return Ok(()) };
        let raised = store.raise_log_starts(&[(p, Offset(to))]).await;
        raised.map_err(|e| format!("moving the log start of {id:?}: {e}"))
    }

    /// Lets segments go; the files of some at once.
    pub async fn shed(&self, id: PartitionId, rng: &Rng) -> Result<(), String> {
        let Some((store, partition)) = self.store(id).zip(self.partition(id)) else { return Ok(()) };
        let shed = Shed { partition, active: rng.one_in(2), delay_ms: rng.below(3) };
        store.shed(&[shed], NOW_MS, 0).await.map_err(|e| format!("deleting of {id:?}: {e}"))?;
        store.remove_doomed(rng.below(3)).await;
        Ok(())
    }

    /// Moves the log start of some partition, lets its segments go, or compacts it. One that is deleted meanwhile
    /// may refuse that.
    pub async fn some_front(&self, rng: &Rng, note: &impl Fn(Event)) -> Result<(), String> {
        let all: Vec<PartitionId> = self.stores.iter().flat_map(|s| s.partitions()).map(|p| p.id()).collect();
        let at = usize::try_from(rng.below(all.len() as u64)).unwrap_or(0);
        let Some(id) = all.get(at).copied() else { return Ok(()) };
        let done = match (rng.below(3), self.some_start(id, rng)) {
            (0, Some(to)) => {
                note(Event::Asked(id, to));
                let done = self.raise(id, to).await;
                if done.is_ok() {
                    note(Event::Started(id, to));
                }
                done
            }
            (1, _) => self.clean(id).await,
            _ => self.shed(id, rng).await,
        };
        if self.partition(id).is_none() { Ok(()) } else { done }
    }

    /// One pass of compaction.
    pub async fn clean(&self, id: PartitionId) -> Result<(), String> {
        let Some((store, p)) = self.store(id).zip(self.partition(id)) else { return Ok(()) };
        let want = CleanWant { now_ms: NOW_MS, delete_retention_ms: 0, min_lag_ms: 0, keys_max: 1 << 20 };
        store.clean(&p, want).await.map(drop).map_err(|e| format!("compacting {id:?}: {e}"))
    }
}

/// Compares a recovered partition with its model; returns where it ends.
pub(super) async fn verify(p: &Rc<Partition<CrashDisk>>, log: &Log) -> Result<u64, String> {
    let (start, end) = (p.offsets().log_start.0, p.offsets().end.0);
    if end < log.acked {
        return Err(format!("{p:?}: {} acknowledged, {end} recovered", log.acked));
    }
    if !(log.started..=log.asked).contains(&start) {
        return Err(format!(
            "{p:?} starts at {start}; {} was answered, {} asked for",
            log.started, log.asked
        ));
    }
    let there = read(p, (start, end), log).await?;
    let (mut later, mut gone) = (BTreeSet::new(), BTreeSet::new());
    for (at, (batch, n)) in records(log).range(start..end).rev() {
        let (key, is_there) = (batch.key_of(*n), there.contains(at));
        if is_there && gone.contains(&key) {
            return Err(format!("{p:?}: offset {at} is there, and the tombstone of its key is gone"));
        }
        if !later.insert(key.clone()) || is_there {
            continue;
        }
        if batch.kept_value(*n).is_some() {
            return Err(format!("{p:?}: offset {at}, the last of its key, is lost; {start}..{end}"));
        }
        gone.insert(key);
    }
    Ok(end)
}

/// Everything that was appended, by offset.
fn records(log: &Log) -> BTreeMap<u64, (Batch, u64)> {
    log.batches
        .iter()
        .flat_map(|b| (0..b.count).map(move |n| (*b, n)))
        .zip(0..)
        .map(|(r, at)| (at, r))
        .collect()
}

/// The offsets that can be read, each with what was appended there.
async fn read(
    p: &Rc<Partition<CrashDisk>>,
    (start, end): (u64, u64),
    log: &Log,
) -> Result<BTreeSet<u64>, String> {
    let (appended, mut there, mut next) = (records(log), BTreeSet::new(), start);
    while next < end {
        let bytes = read_at(p, next, end).await?;
        let from = next;
        for batch in Batches::new(&bytes) {
            let wrong = |e: String| format!("{p:?}: reading at {from}: {e}");
            let view = batch.map_err(|e| wrong(format!("no batch: {e:?}")))?;
            view.check_crc().map_err(|e| wrong(format!("{e:?}")))?;
            let header = *view.header();
            for record in view.records() {
                let record = record.map_err(|e| wrong(format!("{e:?}")))?;
                let at = header.base_offset as u64 + record.offset_delta as u64;
                let sent = appended.get(&at).map(|(b, n)| (b.kept_value(*n), b.key_of(*n)));
                let same = sent.is_some_and(|(value, key)| {
                    record.value == value.as_deref() && record.key == key.as_deref().map(str::as_bytes)
                });
                if !same {
                    return Err(wrong(format!("offset {at} holds what was not appended there")));
                }
                there.insert(at);
            }
            next = next.max(header.next_offset() as u64);
        }
        if next == from {
            return Err(format!("{p:?}: nothing at {from} below {end}"));
        }
    }
    Ok(there)
}
