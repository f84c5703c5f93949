//! What retention, DeleteRecords and compaction may take from a log, judged against its full history.
//!
//! One client writes the log, a request at a time; every record has a key, and names its number in a header, so that
//! a delete marker is known again too. The rules:
//!
//! - the log start never goes back; it passes nothing that was neither asked for, nor too old, nor too much;
//! - above it, every record is there, in its place; compaction takes one only if a later one has its key and it is
//!   old enough, or if it is a delete marker whose time is over, and then nothing older of its key is there either;
//! - what is there has the value that was sent with it, whatever was compacted beside it;
//! - once nothing is wrong, what has to go goes.
//!
//! Owner: the client. Invariants: nothing here asks the code under test; a record whose fate is not known may be
//! there or not, but in one place only.

use super::{Verdict, rule};
use ringlog_wire::record::batch::Batches;
use ringlog_wire::record::walk::Records;
use std::collections::BTreeMap;

/// Name of the header that holds a record's number.
pub const NUMBER: &str = "n";

/// What the configs of the topic allow.
#[derive(Clone, Copy, Default, Debug)]
pub struct Rules {
    /// `cleanup.policy` has `compact`.
    pub compact: bool,
    /// `retention.ms`, where it is the only limit.
    pub retention_ms: Option<u64>,
    /// `retention.bytes`, where it is the only limit.
    pub retention_bytes: Option<u64>,
    /// ms.
    pub delete_retention_ms: u64,
    /// ms.
    pub min_lag_ms: u64,
    /// The wall clock may jump in this run.
    pub jumps: bool,
}

/// A record that was sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Its key.
    pub key: u64,
    /// It has no value.
    pub marker: bool,
    /// Bytes of its value: those of `value_of`.
    pub size: usize,
    /// When, ns of a clock that never jumps.
    pub at: u64,
    /// In which life of the broker.
    pub life: u64,
}

/// The value of record `number`.
#[must_use]
pub fn value_of(number: u64, size: usize) -> Vec<u8> {
    vec![number.to_le_bytes()[0]; size]
}

/// A record as it was read.
#[derive(Clone, Copy, Debug)]
struct Seen {
    number: u64,
    key: u64,
    marker: bool,
    /// Bytes of its value.
    size: usize,
}

/// A whole log as one read, of one or more fetches, found it.
#[derive(Clone, Default, Debug)]
pub struct Whole {
    /// Of the last answer.
    pub log_start: i64,
    /// Of the first answer: everything below was asked for.
    pub end: i64,
    /// Bytes of batches.
    pub bytes: u64,
    records: BTreeMap<i64, Seen>,
}

impl Whole {
    /// Offsets of its records.
    #[must_use]
    pub fn offsets(&self) -> Vec<i64> {
        self.records.keys().copied().collect()
    }

    /// Adds what a fetch from `from` brought; returns where the next one starts.
    pub fn add(&mut self, from: i64, records: &[u8]) -> Result<i64, String> {
        let mut next = from;
        for (n, batch) in Batches::new(records).enumerate() {
            let batch = batch.map_err(|e| format!("behind {next}: {e:?}"))?;
            batch.check_crc().map_err(|e| format!("the batch at {next}: {e:?}"))?;
            let header = *batch.header();
            rule(header.last_offset() >= next && (n == 0 || header.base_offset >= next), || {
                format!("offset {next} wanted, {}..={} came", header.base_offset, header.last_offset())
            })?;
            next = header.next_offset();
            self.bytes += header.size() as u64;
            for record in Records::new(batch.payload(), header.records_count) {
                let record = record.map_err(|e| format!("a record at {}: {e:?}", header.base_offset))?;
                let number = |bytes: &[u8]| std::str::from_utf8(bytes).ok()?.parse::<u64>().ok();
                let named = record.headers.clone().find(|h| h.key == NUMBER).and_then(|h| number(h.value?));
                let (key, named) = record
                    .key
                    .and_then(number)
                    .zip(named)
                    .ok_or_else(|| format!("nobody sent the record at {}", header.base_offset))?;
                let at = header.base_offset + i64::from(record.offset_delta);
                let (value, marker) = (record.value.unwrap_or_default(), record.value.is_none());
                rule(value == value_of(named, value.len()), || {
                    format!("record {named} at {at} has a value that nobody sent")
                })?;
                self.records.insert(at, Seen { number: named, key, marker, size: value.len() });
            }
        }
        Ok(next)
    }
}

/// Everything known of one partition.
#[derive(Debug)]
pub struct Kept {
    rules: Rules,
    sent: Vec<Sent>,
    /// Places that are known, by acknowledgement or from reading.
    places: BTreeMap<i64, u64>,
    placed: BTreeMap<u64, i64>,
    /// Furthest log start that was told.
    started: i64,
    /// Furthest that a deletion was asked for.
    asked: i64,
    /// Everything below was acknowledged or read.
    floor: i64,
}

impl Kept {
    /// A log that is empty.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let (sent, places, placed) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self { rules, sent, places, placed, started: 0, asked: 0, floor: 0 }
    }

    /// What the configs of the topic allow.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Furthest log start that was told.
    #[must_use]
    pub fn started(&self) -> i64 {
        self.started
    }

    /// Everything below was acknowledged or read.
    #[must_use]
    pub fn floor(&self) -> i64 {
        self.floor
    }

    /// A record is about to be sent, once. Its number.
    pub fn send(&mut self, sent: Sent) -> u64 {
        self.sent.push(sent);
        self.sent.len() as u64 - 1
    }

    /// Records `first..` were acknowledged from offset `base` on.
    pub fn acked(&mut self, (first, records): (u64, u64), base: i64) -> Verdict {
        for (n, at) in (first..first + records).zip(base..) {
            self.place(at, n)?;
            self.floor = self.floor.max(at + 1);
        }
        self.bounded(self.floor)
    }

    fn place(&mut self, at: i64, number: u64) -> Verdict {
        let here = *self.places.entry(at).or_insert(number);
        rule(here == number, || format!("offset {at} held record {here} and now holds record {number}"))?;
        let there = *self.placed.entry(number).or_insert(at);
        rule(there == at, || format!("record {number} was at {there} and is at {at}"))
    }

    fn bounded(&self, end: i64) -> Verdict {
        let most = self.sent.len() as i64;
        rule(end <= most, || format!("the log ends at {end}, {most} records were ever sent"))
    }

    /// A deletion up to `offset` is about to be asked for; -1: of everything.
    pub fn ask(&mut self, offset: i64) {
        let upto = if offset < 0 { self.sent.len() as i64 } else { offset };
        self.asked = self.asked.max(upto);
    }

    /// A log start was told `now`, in life `life`, with `bytes` of batches behind it if that is known.
    pub fn starts_at(&mut self, start: i64, (now, life): (u64, u64), bytes: Option<u64>) -> Verdict {
        rule(start >= self.started, || format!("the log started at {}, now at {start}", self.started))?;
        let much = bytes.zip(self.rules.retention_bytes).is_none_or(|(left, keep)| left >= keep);
        for (at, number) in self.places.range(self.started.max(self.asked)..start.max(self.asked)) {
            let Some(sent) = self.sent.get(*number as usize) else { continue };
            // A wall clock that jumped between two lives is believed.
            let judged = !self.rules.jumps || sent.life == life;
            let age = (now - sent.at) / 1_000_000;
            let old = self.rules.retention_ms.is_some_and(|keep| !judged || age >= keep);
            rule(old || (self.rules.retention_bytes.is_some() && much), || {
                format!(
                    "the log starts at {start}: record {number} at {at} is {age} ms old, {bytes:?} bytes stay, asked for \
                     was {}; {:?}",
                    self.asked, self.rules
                )
            })?;
        }
        self.bounded(start)?;
        // By size it is judged once more when the rest was read.
        if bytes.is_some() || self.rules.retention_bytes.is_none() {
            self.started = start;
        }
        Ok(())
    }

    /// Judges a whole log, read `now` in life `life`.
    pub fn read(&mut self, whole: &Whole, (now, life): (u64, u64)) -> Verdict {
        rule(whole.end >= self.floor, || format!("the log ends at {}, {} was told", whole.end, self.floor))?;
        self.bounded(whole.end)?;
        for (at, seen) in &whole.records {
            let of = |s: &&Sent| (s.key, s.marker, s.size) == (seen.key, seen.marker, seen.size);
            let sent = self.sent.get(seen.number as usize).filter(of);
            rule(sent.is_some(), || format!("offset {at} holds what nobody sent: {seen:?}"))?;
            self.place(*at, seen.number)?;
        }
        self.starts_at(whole.log_start, (now, life), Some(whole.bytes))?;
        self.floor = self.floor.max(whole.end);
        for (at, number) in self.places.range(whole.log_start..whole.end) {
            if !whole.records.contains_key(at) {
                self.may_be_missing((*at, *number), now)
                    .map_err(|why| format!("record {number} at {at} {why}"))?;
            }
        }
        Ok(())
    }

    /// Compaction took it.
    fn may_be_missing(&self, (at, number): (i64, u64), now: u64) -> Verdict {
        let Some(sent) = self.sent.get(number as usize) else { return Ok(()) };
        let age = (now - sent.at) / 1_000_000;
        rule(self.rules.compact, || "is lost".into())?;
        rule(self.rules.jumps || age >= self.rules.min_lag_ms, || format!("was compacted after {age} ms"))?;
        let same_key = |n: &u64| self.sent.get(*n as usize).is_some_and(|s| s.key == sent.key);
        let later = self.places.range(at + 1..).any(|(_, n)| same_key(n));
        // One that was not answered may be there, or was and went as a delete marker goes.
        let doubtful =
            || (number + 1..self.sent.len() as u64).any(|n| !self.placed.contains_key(&n) && same_key(&n));
        if later || doubtful() {
            return Ok(());
        }
        let over = sent.marker && (self.rules.jumps || age >= self.rules.delete_retention_ms);
        rule(over, || {
            format!("is the last of key {}, {age} ms old, and lost; marker: {}", sent.key, sent.marker)
        })
    }

    /// Nothing of a key is there that a delete marker took, which is gone itself. A read of several fetches may see
    /// that for a moment: what is wrong stays.
    pub fn no_ghosts(&self, whole: &Whole) -> Verdict {
        let mut oldest: BTreeMap<u64, i64> = BTreeMap::new();
        for (at, seen) in &whole.records {
            oldest.entry(seen.key).or_insert(*at);
        }
        for (at, number) in self.places.range(whole.log_start..whole.end) {
            let Some(sent) = self.sent.get(*number as usize).filter(|s| s.marker) else { continue };
            let before = oldest.get(&sent.key).filter(|old| *old < at);
            rule(whole.records.contains_key(at) || before.is_none(), || {
                format!("key {} is back at {before:?}: its delete marker at {at} is gone", sent.key)
            })?;
        }
        Ok(())
    }

    /// Nothing was wrong for long, and nothing was written: what has to go is gone. `slack`: bytes and offsets that
    /// the active segment may hold.
    pub fn settled(&self, whole: &Whole, slack: (u64, i64)) -> Verdict {
        let all_old = self.rules.retention_ms.is_some() && !self.rules.jumps;
        rule(!all_old || whole.log_start == whole.end, || {
            format!("everything is too old, and the log goes from {} to {}", whole.log_start, whole.end)
        })?;
        rule(self.rules.retention_bytes.is_none_or(|keep| whole.bytes <= keep + slack.0), || {
            format!("{} bytes stay; {:?}", whole.bytes, self.rules)
        })?;
        if !self.rules.compact || self.rules.jumps {
            return Ok(());
        }
        let closed = whole.end - slack.1;
        let mut later: BTreeMap<u64, i64> = BTreeMap::new();
        for (at, seen) in whole.records.iter().rev() {
            let by = later.insert(seen.key, *at);
            rule(by.is_none_or(|by| by >= closed), || {
                format!(
                    "record {} of key {} at {at} is superseded, and stays; {:?}",
                    seen.number, seen.key, self.rules
                )
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;
