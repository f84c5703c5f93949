//! Where batches lie in one partition, as told by acknowledgements and fetches.
//!
//! Owner: the history. Invariant: a place is learned once and holds for ever: across crashes, for every reader.

use super::offered::BatchNo;
use super::{Verdict, rule};
use std::collections::BTreeMap;

/// A batch in its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    /// Which.
    pub no: BatchNo,
    /// Records, which is offsets.
    pub records: u32,
    /// The leader epoch in its header; `None` until it was read.
    pub epoch: Option<i32>,
    /// Max timestamp in its header; -1 until it was read.
    pub max_timestamp: i64,
}

/// What is known of one partition's log.
#[derive(Debug, Default)]
pub struct PartitionFacts {
    places: BTreeMap<i64, Placed>,
    /// The highest high watermark that anybody was told, acknowledgements included.
    pub floor: i64,
    /// When the floor rose, and to what: latest last.
    pub rises: Vec<(u64, i64)>,
    /// Records that were sent to it, each as often as it was sent.
    pub sent_records: i64,
    /// What it held may be damaged by a fault that no single copy survives.
    pub damaged: bool,
}

impl PartitionFacts {
    /// `placed` lies at `base`.
    pub fn place(&mut self, base: i64, placed: Placed) -> Verdict {
        let end = base + i64::from(placed.records);
        if let Some(known) = self.places.get_mut(&base) {
            rule((known.no, known.records) == (placed.no, placed.records), || {
                format!("offset {base} held batch {} and now holds batch {}", known.no, placed.no)
            })?;
            if placed.epoch.is_some() {
                let same = known.epoch.is_none_or(|e| Some(e) == placed.epoch)
                    && (known.max_timestamp < 0 || known.max_timestamp == placed.max_timestamp);
                rule(same, || format!("the header at {base} changed: {known:?}, now {placed:?}"))?;
                known.epoch = placed.epoch;
                known.max_timestamp = placed.max_timestamp;
            }
        } else {
            let before = self.places.range(..base).next_back();
            let clear = before.is_none_or(|(b, p)| b + i64::from(p.records) <= base)
                && self.places.range(base..end).next().is_none();
            rule(clear, || {
                format!("batch {} at {base}..{end} lies where another was: {before:?}", placed.no)
            })?;
            self.places.insert(base, placed);
        }
        self.epochs_rise(base, placed)
    }

    /// Leader epochs never fall along the log.
    fn epochs_rise(&self, base: i64, placed: Placed) -> Verdict {
        let Some(epoch) = placed.epoch else { return Ok(()) };
        let before = self.places.range(..base).rev().find_map(|(_, p)| p.epoch);
        let after = self.places.range(base + 1..).find_map(|(_, p)| p.epoch);
        rule(before.is_none_or(|b| b <= epoch) && after.is_none_or(|a| epoch <= a), || {
            format!("epoch {epoch} at {base} between {before:?} and {after:?}")
        })
    }

    /// Somebody was told that everything below `end` is readable.
    pub fn raise(&mut self, end: i64, now: u64) -> Verdict {
        rule(end <= self.sent_records, || {
            format!("a high watermark of {end}, but only {} records were ever sent", self.sent_records)
        })?;
        if end > self.floor {
            self.floor = end;
            self.rises.push((now, end));
        }
        Ok(())
    }

    /// When it was first known that `offset` can be read.
    #[must_use]
    pub fn readable_since(&self, offset: i64) -> Option<u64> {
        let i = self.rises.partition_point(|(_, end)| *end <= offset);
        self.rises.get(i).map(|(at, _)| *at)
    }

    /// All that is known, in order of offsets.
    pub fn places(&self) -> impl Iterator<Item = (i64, Placed)> + '_ {
        self.places.iter().map(|(base, p)| (*base, *p))
    }

    /// The batch at exactly `base`.
    #[must_use]
    pub fn at(&self, base: i64) -> Option<Placed> {
        self.places.get(&base).copied()
    }
}
