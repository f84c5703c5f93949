//! Timestamps and epochs of a whole log, by reading it, against what lookups answered.
//!
//! Owner: the verification of one partition. Source of the rules: KIP-79, KIP-734, KIP-279.

use super::offered::plain;
use super::{Verdict, rule};
use crate::rng::Rng;
use ringlog_wire::record::batch::Batches;
use ringlog_wire::record::walk::Records;
use std::collections::BTreeSet;

/// Every record's offset, timestamp and epoch.
#[derive(Debug, Default)]
pub struct Facts {
    records: Vec<(i64, i64, i32)>,
    end: i64,
}

const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const MAX_TIMESTAMP: i64 = -3;

impl Facts {
    /// Reads the bytes of a log that starts at offset 0.
    pub fn read(log: &[u8]) -> Result<Self, String> {
        let mut facts = Self::default();
        for batch in Batches::new(log) {
            let batch = batch.map_err(|e| format!("{e:?}"))?;
            let header = *batch.header();
            let plain = plain(&batch)?;
            for record in Records::new(&plain, header.records_count) {
                let record = record.map_err(|e| format!("a record at {}: {e:?}", header.base_offset))?;
                let offset = header.base_offset + i64::from(record.offset_delta);
                let timestamp = header.timestamp_of(record.timestamp_delta);
                facts.records.push((offset, timestamp, header.partition_leader_epoch));
            }
            facts.end = header.next_offset();
        }
        Ok(facts)
    }

    /// Timestamps to ask for: the special ones and a few near records.
    #[must_use]
    pub fn questions(&self, rng: &Rng) -> Vec<i64> {
        let mut all = vec![LATEST, EARLIEST, MAX_TIMESTAMP];
        for _ in 0..4 {
            let i = usize::try_from(rng.below(self.records.len() as u64)).unwrap_or(0);
            all.extend(self.records.get(i).map(|(_, t, _)| t + i64::try_from(rng.below(3)).unwrap_or(0) - 1));
        }
        all
    }

    /// The epochs to ask for: all that wrote, and one beyond.
    #[must_use]
    pub fn epochs(&self) -> Vec<i32> {
        let all: BTreeSet<i32> = self.records.iter().map(|(_, _, e)| *e).collect();
        all.into_iter().take(6).collect()
    }

    /// ListOffsets answered offset, timestamp, epoch to `asked`.
    pub fn offset_answer(&self, asked: i64, (offset, timestamp, epoch): (i64, i64, i32)) -> Verdict {
        let found = match asked {
            LATEST => return rule(offset == self.end, || format!("latest is {offset}, not {}", self.end)),
            EARLIEST => return rule(offset == 0, || format!("earliest is {offset}")),
            MAX_TIMESTAMP => {
                let max = self.records.iter().map(|(_, t, _)| *t).max();
                self.records.iter().find(|(_, t, _)| Some(*t) == max)
            }
            asked => self.records.iter().find(|(_, t, _)| *t >= asked),
        };
        let (o, t, e) = found.copied().unwrap_or((-1, -1, -1));
        rule((offset, timestamp) == (o, t) && (o < 0 || epoch == e), || {
            format!(
                "timestamp {asked}: answered {offset} ({timestamp}, epoch {epoch}), it is {o} ({t}, epoch {e})"
            )
        })
    }

    /// OffsetForLeaderEpoch answered error, epoch, end to `asked`, an epoch that wrote.
    pub fn epoch_answer(&self, asked: i32, answer: (i16, i32, i64)) -> Verdict {
        let after = self.records.iter().find(|(_, _, e)| *e > asked);
        let expected = (0, asked, after.map_or(self.end, |(o, _, _)| *o));
        rule(answer == expected, || format!("epoch {asked}: answered {answer:?}, it is {expected:?}"))
    }
}
