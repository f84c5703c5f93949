//! Everything that clients did and were told in a run.
//!
//! Owner: the swarm's world. Invariants: a batch is noted before its first byte is sent; an answer is noted when
//! its last byte has arrived.

use super::offered::{BatchNo, Fate, Offered, Wish, build, number_of, same};
use super::placed::{PartitionFacts, Placed};
use super::{Tp, Verdict, rule};
use bytes::Bytes;
use ringlog_wire::record::batch::{BatchView, Batches};
use std::collections::{BTreeMap, BTreeSet};

/// See the module's text.
#[derive(Debug, Default)]
pub struct History {
    batches: Vec<Offered>,
    of: Vec<Tp>,
    /// By a hash of the records: to know a stored batch again without reading it.
    known: BTreeMap<u64, BatchNo>,
    facts: BTreeMap<Tp, PartitionFacts>,
    producer_ids: BTreeSet<i64>,
    /// Batches read and checked.
    pub read: u64,
    /// Batches read before their producer had an answer.
    pub unanswered: u64,
    /// Batches acknowledged.
    pub acked: u64,
}

/// What one fetch of one partition asked for and got.
#[derive(Clone, Debug)]
pub struct Fetched<'a> {
    /// From where.
    pub from: i64,
    /// `floor` when it was asked.
    pub floor: i64,
    /// The answer's high watermark.
    pub high_watermark: i64,
    /// The answer's log start.
    pub log_start: i64,
    /// The bytes.
    pub records: &'a [u8],
    /// Virtual time, ns.
    pub now: u64,
}

impl History {
    /// A new batch for `tp`, number and bytes. `stream`: see `Offered`.
    pub fn offer(&mut self, tp: Tp, wish: &Wish, stream: (u64, u64), now: (u64, i64)) -> (BatchNo, Bytes) {
        let no = self.batches.len();
        let bytes = build(no, wish);
        if let Ok(view) = BatchView::first(&bytes) {
            self.known.insert(hash(view.payload()), no);
        }
        self.batches.push(Offered {
            bytes: bytes.clone(),
            records: wish.records,
            sequence: wish.sequence,
            stream,
            sent: 0,
            fate: Fate::Open,
            doubtful: false,
            sent_at: now.0,
            sent_wall: now.1,
        });
        self.of.push(tp);
        (no, bytes)
    }

    /// The batch is about to be sent (again).
    pub fn sending(&mut self, no: BatchNo) {
        let Some((b, tp)) = self.batches.get_mut(no).zip(self.of.get(no)) else { return };
        b.sent += 1;
        self.facts.entry(*tp).or_default().sent_records += i64::from(b.records);
    }

    /// A batch.
    ///
    /// # Panics
    /// If it was never offered.
    #[must_use]
    pub fn batch(&self, no: BatchNo) -> &Offered {
        self.batches.get(no).expect("a number that `offer` gave")
    }

    /// Notes something about a batch.
    pub fn note(&mut self, no: BatchNo, change: impl FnOnce(&mut Offered)) {
        change(self.batches.get_mut(no).expect("a number that `offer` gave"));
    }

    /// What is known of `tp`.
    pub fn facts(&mut self, tp: Tp) -> &mut PartitionFacts {
        self.facts.entry(tp).or_default()
    }

    /// All partitions that anything is known of.
    #[must_use]
    pub fn partitions(&self) -> Vec<Tp> {
        self.facts.keys().copied().collect()
    }

    /// Batch `no` was acknowledged at `base`.
    pub fn acked(&mut self, no: BatchNo, base: i64, append_time: i64, now: u64) -> Verdict {
        let (records, fate) = (self.batch(no).records, self.batch(no).fate);
        match fate {
            Fate::Acked(before, time) => rule(before == base && time == append_time, || {
                format!(
                    "batch {no} was acknowledged at {before} ({time}) and again at {base} ({append_time})"
                )
            })?,
            Fate::Refused => return Err(format!("batch {no} was refused, and then acknowledged")),
            Fate::Open => self.note(no, |b| b.fate = Fate::Acked(base, append_time)),
        }
        self.acked += 1;
        rule(base >= 0, || format!("batch {no} was acknowledged at offset {base}"))?;
        let tp = *self.of.get(no).ok_or("an unknown batch")?;
        let facts = self.facts(tp);
        facts.place(base, Placed { no, records, epoch: None, max_timestamp: -1 })?;
        facts.raise(base + i64::from(records), now)
    }

    /// One answer to a fetch. Returns where the next one starts.
    pub fn fetched(&mut self, tp: Tp, f: &Fetched<'_>) -> Result<i64, String> {
        rule(f.high_watermark >= f.floor, || {
            format!("the high watermark is {} after {} was told", f.high_watermark, f.floor)
        })?;
        rule(f.log_start == 0, || format!("the log starts at {}", f.log_start))?;
        self.facts(tp).raise(f.high_watermark, f.now)?;
        let mut next = f.from;
        for (n, batch) in Batches::new(f.records).enumerate() {
            let batch = batch.map_err(|e| format!("behind {next}: {e:?}"))?;
            batch.check_crc().map_err(|e| format!("the batch at {next}: {e:?}"))?;
            let header = batch.header();
            let fits = if n == 0 {
                header.base_offset <= next && next <= header.last_offset()
            } else {
                header.base_offset == next
            };
            rule(fits, || {
                format!("offset {next} wanted, {}..={} came", header.base_offset, header.last_offset())
            })?;
            rule(header.last_offset() < f.high_watermark, || {
                format!("offset {} came, the high watermark is {}", header.last_offset(), f.high_watermark)
            })?;
            next = header.next_offset();
            self.stored(tp, &batch)?;
        }
        Ok(next)
    }

    /// A batch as a reader got it: it is one that was sent here, unchanged, in the one place it has.
    pub fn stored(&mut self, tp: Tp, batch: &BatchView<'_>) -> Verdict {
        let header = *batch.header();
        let no = match self.known.get(&hash(batch.payload())) {
            Some(no) => *no,
            None => number_of(batch)?,
        };
        let base = header.base_offset;
        let offered = self.batches.get(no).ok_or_else(|| format!("offset {base} holds what nobody sent"))?;
        rule(self.of.get(no) == Some(&tp), || {
            format!("offset {base} holds batch {no} of another partition")
        })?;
        same(offered, batch).map_err(|e| format!("batch {no} at {base}: {e}"))?;
        rule(offered.fate != Fate::Refused, || format!("batch {no} at {base} had been refused"))?;
        if let Fate::Acked(at, time) = offered.fate {
            let again = offered.sequence.is_none() && offered.sent > 1;
            rule(at == base || again, || format!("batch {no} was acknowledged at {at} and is at {base}"))?;
            let stamp = header.attributes.is_log_append_time().then_some(header.max_timestamp);
            rule(at != base || stamp.is_none_or(|s| s == time), || {
                format!("batch {no} at {base} has append time {stamp:?}, {time} was answered")
            })?;
        }
        if header.attributes.is_log_append_time() {
            rule(header.max_timestamp >= offered.sent_wall - WALL_SLACK_MS, || {
                format!("batch {no} was appended at {}, before it was sent", header.max_timestamp)
            })?;
        }
        let placed = Placed {
            no,
            records: offered.records,
            epoch: Some(header.partition_leader_epoch),
            max_timestamp: header.max_timestamp,
        };
        self.read += 1;
        self.unanswered += u64::from(offered.fate == Fate::Open);
        self.facts(tp).place(base, placed)
    }

    /// A producer id was handed out.
    pub fn producer_id(&mut self, id: i64) -> Verdict {
        rule(id >= 0 && self.producer_ids.insert(id), || format!("producer id {id} was handed out twice"))
    }

    /// The batches sent to `tp`, in the order of their offering.
    pub(super) fn batches_of(&self, tp: Option<Tp>) -> impl Iterator<Item = (BatchNo, &Offered)> {
        let all = self.batches.iter().enumerate().zip(&self.of);
        all.filter(move |(_, of)| Some(**of) == tp).map(|(b, _)| b)
    }

    /// Batches offered.
    #[must_use]
    pub fn offered(&self) -> usize {
        self.batches.len()
    }
}

/// Why a client would not take `records` for what it asked for at `from`: the one thing that a disk whose reads lie
/// excuses. Bytes that pass this and are not what was sent break a rule, whatever the disk does.
#[must_use]
pub fn unreadable(from: i64, records: &[u8]) -> Option<String> {
    let mut next = from;
    for (n, batch) in Batches::new(records).enumerate() {
        let batch = match batch {
            Ok(batch) => batch,
            Err(e) => return Some(format!("{e:?}")),
        };
        if let Err(e) = batch.check_crc() {
            return Some(format!("{e:?}"));
        }
        let (base, last) = (batch.header().base_offset, batch.header().last_offset());
        if (n == 0 && !(base..=last).contains(&next)) || (n > 0 && base != next) {
            return Some(format!("offset {next} wanted, {base}..={last} came"));
        }
        next = batch.header().next_offset();
    }
    None
}

fn hash(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0x9e37_79b9_7f4a_7c15 ^ bytes.len() as u64, |h, chunk| {
        let word = chunk.iter().fold(0, |w, b| w << 8 | u64::from(*b));
        let h = (h ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd);
        h ^ (h >> 32)
    })
}

/// How far the wall clock may have jumped back between a sending and its append, ms.
const WALL_SLACK_MS: i64 = 8_000_000;
