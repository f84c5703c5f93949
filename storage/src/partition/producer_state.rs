//! Idempotence (KIP-98, KIP-360): what each producer last appended to one partition, and the decision on the next batch.
//!
//! Owner: one partition. Pure; time is an argument. Invariants: at most `WINDOW` batches are remembered per
//! producer, in sequence; at most `PRODUCERS_MAX` producers, the longest silent ones go first; sequences run
//! from 0 to 2^31-1 and wrap to 0.

use crate::planted::{Bug, planted};
use ringlog_wire::ids::{Offset, ProducerEpoch, ProducerId};
use std::collections::BTreeMap;

/// Batches remembered per producer: clients have at most five in flight (KIP-98, `max.in.flight`).
pub const WINDOW: usize = 5;
/// Producers remembered per partition. At the maximum an eighth of them, the longest silent, is forgotten;
/// a forgotten producer is accepted again with any sequence, like an expired one.
pub const PRODUCERS_MAX: usize = 10_000;

const _: () = assert!(PRODUCERS_MAX >= 64, "an eighth must be some");

/// Sequences are 31 bit and wrap to 0.
const SEQUENCES: u64 = 1 << 31;

/// The sequence `n` after `sequence`.
#[must_use]
pub fn sequence_plus(sequence: u32, n: u32) -> u32 {
    ((u64::from(sequence) + u64::from(n)) % SEQUENCES) as u32
}

fn sequence_minus(sequence: u32, n: u32) -> u32 {
    ((u64::from(sequence) + SEQUENCES - u64::from(n) % SEQUENCES) % SEQUENCES) as u32
}

/// The producer's part of a batch header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProducerBatch {
    /// Who.
    pub id: ProducerId,
    /// Its epoch.
    pub epoch: ProducerEpoch,
    /// Sequence of the first record; `None` in a control batch.
    pub first_sequence: Option<u32>,
    /// Sequence and offset of the last record minus those of the first.
    pub last_delta: u32,
}

/// One remembered batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchMeta {
    /// Sequence of its last record.
    pub last_sequence: u32,
    /// Offset of its last record.
    pub last_offset: Offset,
    /// Offset of the last record minus that of the first.
    pub offset_delta: u32,
    /// The batch's max timestamp as stored (the append time where the topic says so), ms.
    pub timestamp: i64,
}

impl BatchMeta {
    /// Sequence of its first record.
    #[must_use]
    pub fn first_sequence(&self) -> u32 {
        sequence_minus(self.last_sequence, self.offset_delta)
    }

    /// Offset of its first record.
    #[must_use]
    pub fn base_offset(&self) -> Offset {
        Offset(self.last_offset.0.saturating_sub(u64::from(self.offset_delta)))
    }
}

/// What is known of one producer on one partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProducerEntry {
    /// Its newest epoch here.
    pub epoch: ProducerEpoch,
    /// Epoch of the transaction coordinator that wrote its last marker.
    pub coordinator_epoch: Option<u32>,
    /// First offset of its open transaction.
    pub txn_first_offset: Option<Offset>,
    /// When it last appended, by this broker's clock, ms: the clock of its expiry.
    pub seen_ms: i64,
    window: [Option<BatchMeta>; WINDOW],
}

impl ProducerEntry {
    /// A producer of which only the epoch is known.
    #[must_use]
    pub fn new(epoch: ProducerEpoch, seen_ms: i64) -> Self {
        Self { epoch, coordinator_epoch: None, txn_first_offset: None, seen_ms, window: [None; WINDOW] }
    }

    /// The remembered batches, oldest first.
    pub fn batches(&self) -> impl DoubleEndedIterator<Item = &BatchMeta> {
        self.window.iter().flatten()
    }

    /// The newest batch.
    #[must_use]
    pub fn last(&self) -> Option<&BatchMeta> {
        self.batches().next_back()
    }

    /// Remembers one more batch; the oldest of more than `WINDOW` is forgotten.
    pub fn push(&mut self, batch: BatchMeta) {
        let size = if planted(Bug::DedupWindowOfFour) { WINDOW - 1 } else { WINDOW };
        let window = self.window.get_mut(..size).unwrap_or_default();
        if let Some(free) = window.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(batch);
            return;
        }
        window.rotate_left(1);
        if let Some(last) = window.last_mut() {
            *last = Some(batch);
        }
    }

    fn clear(&mut self) {
        self.window = [None; WINDOW];
    }
}

/// The decision on a batch that may be appended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admit {
    /// Append it.
    Append,
    /// It is in the log already: answer with the original, once that is durable.
    Duplicate {
        /// Offset of its first record.
        base_offset: Offset,
        /// Offset of its last record.
        last_offset: Offset,
        /// The original batch's max timestamp (the append time where the topic says so), ms.
        timestamp: i64,
    },
}

/// Why the producer may not append this batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProducerReject {
    /// INVALID_PRODUCER_EPOCH: a newer instance of the producer has appended.
    StaleEpoch {
        /// The newest epoch here.
        current: ProducerEpoch,
    },
    /// OUT_OF_ORDER_SEQUENCE_NUMBER.
    OutOfOrder {
        /// The sequence that would have been right.
        expected: u32,
    },
}

/// All producers of one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProducerState {
    // A tree, not a hash map: its order is the same in every run and in every snapshot.
    producers: BTreeMap<ProducerId, ProducerEntry>,
}

impl ProducerState {
    /// Producers known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.producers.len()
    }

    /// True if no producer is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.producers.is_empty()
    }

    /// All producers, by id.
    pub fn iter(&self) -> impl Iterator<Item = (ProducerId, &ProducerEntry)> {
        self.producers.iter().map(|(id, e)| (*id, e))
    }

    /// What is known of `id`.
    #[must_use]
    pub fn entry(&self, id: ProducerId) -> Option<&ProducerEntry> {
        self.producers.get(&id)
    }

    /// Decides on `batch`; changes nothing. O(log producers).
    ///
    /// Errors: an older epoch than the newest; a sequence that is neither the next nor a remembered batch; a
    /// new epoch that does not start at 0. An unknown producer may start anywhere (KIP-360).
    pub fn admit(&self, batch: &ProducerBatch) -> Result<Admit, ProducerReject> {
        let (Some(entry), Some(first)) = (self.producers.get(&batch.id), batch.first_sequence) else {
            return Ok(Admit::Append);
        };
        if batch.epoch < entry.epoch && !planted(Bug::StaleEpochAccepted) {
            return Err(ProducerReject::StaleEpoch { current: entry.epoch });
        }
        if batch.epoch > entry.epoch {
            return if first == 0 {
                Ok(Admit::Append)
            } else {
                Err(ProducerReject::OutOfOrder { expected: 0 })
            };
        }
        let last_sequence = sequence_plus(first, batch.last_delta);
        let same = |b: &&BatchMeta| b.first_sequence() == first && b.last_sequence == last_sequence;
        if let Some(original) = entry.batches().find(same).filter(|_| !planted(Bug::DuplicateAppended)) {
            let newest = entry.last().filter(|_| planted(Bug::DuplicateOffsetOfNewest));
            let original = newest.unwrap_or(original);
            return Ok(Admit::Duplicate {
                base_offset: original.base_offset(),
                last_offset: original.last_offset,
                timestamp: original.timestamp,
            });
        }
        let expected = entry.last().map_or(0, |b| sequence_plus(b.last_sequence, 1));
        if first == expected || planted(Bug::DuplicateAppended) || planted(Bug::GapAccepted) {
            return Ok(Admit::Append);
        }
        Err(ProducerReject::OutOfOrder { expected })
    }

    /// Remembers an appended batch. `last_offset` of its last record; `timestamp` as stored.
    pub fn on_append(&mut self, batch: &ProducerBatch, last_offset: Offset, timestamp: i64, now_ms: i64) {
        if !self.producers.contains_key(&batch.id) {
            self.make_room();
        }
        let entry = self.producers.entry(batch.id).or_insert_with(|| ProducerEntry::new(batch.epoch, now_ms));
        if batch.epoch > entry.epoch {
            entry.epoch = batch.epoch;
            if !planted(Bug::WindowKeptOverEpoch) {
                entry.clear();
            }
        }
        entry.seen_ms = now_ms;
        if let Some(first) = batch.first_sequence {
            entry.push(BatchMeta {
                last_sequence: sequence_plus(first, batch.last_delta),
                last_offset,
                offset_delta: batch.last_delta,
                timestamp,
            });
        }
    }

    /// Puts back an entry of a checkpoint or snapshot.
    pub fn insert(&mut self, id: ProducerId, entry: ProducerEntry) {
        if !self.producers.contains_key(&id) {
            self.make_room();
        }
        self.producers.insert(id, entry);
    }

    /// Forgets producers silent since `expiration_ms` or longer (`producer.id.expiration.ms`), except those in
    /// a transaction. Returns how many. O(producers).
    pub fn expire(&mut self, now_ms: i64, expiration_ms: i64) -> usize {
        let before = self.producers.len();
        self.producers.retain(|_, e| {
            e.txn_first_offset.is_some() || now_ms.saturating_sub(e.seen_ms) < expiration_ms.max(1)
        });
        before - self.producers.len()
    }

    /// Forgets every batch at or beyond `end`, and producers of which nothing is left.
    pub fn truncate_end(&mut self, end: Offset) {
        self.producers.retain(|_, entry| {
            let kept: Vec<BatchMeta> = entry.batches().filter(|b| b.last_offset < end).copied().collect();
            entry.clear();
            kept.into_iter().for_each(|b| entry.push(b));
            entry.last().is_some()
        });
    }

    fn make_room(&mut self) {
        if self.producers.len() < PRODUCERS_MAX {
            return;
        }
        let mut seen: Vec<(i64, ProducerId)> = self
            .producers
            .iter()
            .filter(|(_, e)| e.txn_first_offset.is_none())
            .map(|(id, e)| (e.seen_ms, *id))
            .collect();
        seen.sort_unstable();
        for (_, id) in seen.into_iter().take(PRODUCERS_MAX / 8) {
            self.producers.remove(&id);
        }
        // Producers in a transaction are never chosen above; if all are, the lowest ids give way.
        while self.producers.len() >= PRODUCERS_MAX {
            self.producers.pop_first();
        }
    }
}

#[cfg(test)]
#[path = "producer_state_tests.rs"]
mod tests;
