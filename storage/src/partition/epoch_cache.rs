//! Which leader epoch wrote which offsets (KIP-101, KIP-279), and Kafka's `leader-epoch-checkpoint`.
//!
//! Owner: one partition. Invariants: epochs and start offsets both rise strictly along the list; it only
//! grows at its end and shrinks at either end. Bounded: an epoch without records is replaced by the next.

use super::files::{BadFile, parse_counted};
use ringlog_wire::ids::{LeaderEpoch, Offset};
use std::fmt::Write;

/// One leader epoch and the offset of its first record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EpochStart {
    /// The epoch.
    pub epoch: LeaderEpoch,
    /// First offset that this epoch wrote.
    pub start: Offset,
}

/// The epochs of one partition's log, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EpochCache(Vec<EpochStart>);

impl EpochCache {
    /// From entries of a checkpoint. Errors: not rising.
    pub fn from_entries(entries: Vec<EpochStart>) -> Result<Self, BadFile> {
        let rising = entries.windows(2).all(|w| match w {
            [a, b] => a.epoch < b.epoch && a.start < b.start,
            _ => false,
        });
        if rising { Ok(Self(entries)) } else { Err(BadFile("leader epochs do not rise")) }
    }

    /// All entries, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[EpochStart] {
        &self.0
    }

    /// The newest epoch that wrote a record.
    #[must_use]
    pub fn latest(&self) -> Option<LeaderEpoch> {
        self.0.last().map(|e| e.epoch)
    }

    /// Notes that `epoch` appends at `start`. Returns true if that is news.
    ///
    /// An epoch below the newest is left out: the newest entry rules all offsets from its start on.
    pub fn assign(&mut self, epoch: LeaderEpoch, start: Offset) -> bool {
        if self.latest().is_some_and(|latest| epoch <= latest) {
            return false;
        }
        while self.0.last().is_some_and(|e| e.start >= start) {
            self.0.pop();
        }
        self.0.push(EpochStart { epoch, start });
        true
    }

    /// The largest epoch at or below `requested` that this log knows, and where it ends (exclusive).
    ///
    /// `log_end`: the end of the newest epoch. `None` if `requested` is newer than all or nothing is known.
    /// Source: KIP-279 (the answer of OffsetForLeaderEpoch). O(log n).
    #[must_use]
    pub fn end_of(&self, requested: LeaderEpoch, log_end: Offset) -> Option<(LeaderEpoch, Offset)> {
        let latest = self.latest()?;
        if requested == latest {
            return Some((latest, log_end));
        }
        let next = self.0.partition_point(|e| e.epoch <= requested);
        let end = self.0.get(next)?.start;
        let floor = next.checked_sub(1).and_then(|i| self.0.get(i));
        Some((floor.map_or(requested, |e| e.epoch), end))
    }

    /// The epoch that wrote `offset`; `None` below the first entry. O(log n).
    #[must_use]
    pub fn epoch_of(&self, offset: Offset) -> Option<LeaderEpoch> {
        let next = self.0.partition_point(|e| e.start <= offset);
        self.0.get(next.checked_sub(1)?).map(|e| e.epoch)
    }

    /// Drops what lies wholly below `log_start`; the epoch that covers it then starts there.
    pub fn truncate_front(&mut self, log_start: Offset) {
        let covering = self.0.partition_point(|e| e.start <= log_start).saturating_sub(1);
        self.0.drain(..covering);
        if let Some(first) = self.0.first_mut() {
            first.start = first.start.max(log_start);
        }
    }

    /// Drops the epochs that start at or beyond `end`.
    pub fn truncate_end(&mut self, end: Offset) {
        let keep = self.0.partition_point(|e| e.start < end);
        self.0.truncate(keep);
    }

    /// The text of Kafka's `leader-epoch-checkpoint`: version 0, count, then `epoch offset` lines.
    #[must_use]
    pub fn to_file(&self) -> String {
        let mut text = format!("0\n{}\n", self.0.len());
        for e in &self.0 {
            let _ = writeln!(text, "{} {}", e.epoch.0, e.start);
        }
        text
    }

    /// Reads a `leader-epoch-checkpoint`. Errors: another version, a wrong count, odd lines, no order.
    pub fn parse(text: &str) -> Result<Self, BadFile> {
        let entries = parse_counted(text, |line| {
            let (epoch, start) = line.split_once(' ')?;
            let epoch = epoch.parse().ok().and_then(LeaderEpoch::from_wire)?;
            let start = start.parse().ok().and_then(Offset::from_wire)?;
            Some(EpochStart { epoch, start })
        })?;
        Self::from_entries(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(entries: &[(u32, u64)]) -> EpochCache {
        let mut c = EpochCache::default();
        for (e, o) in entries {
            c.assign(LeaderEpoch(*e), Offset(*o));
        }
        c
    }

    #[test]
    fn end_of_an_epoch_as_kip_279() {
        let c = cache(&[(2, 0), (4, 10), (7, 30)]);
        let check = |requested, expect: Option<(u32, u64)>| {
            let got = c.end_of(LeaderEpoch(requested), Offset(50)).map(|(e, o)| (e.0, o.0));
            assert_eq!(got, expect, "end of epoch {requested}");
        };
        check(7, Some((7, 50)));
        check(8, None);
        check(6, Some((4, 30)));
        check(4, Some((4, 30)));
        check(3, Some((2, 10)));
        check(1, Some((1, 0)));
        assert_eq!(EpochCache::default().end_of(LeaderEpoch(0), Offset(9)), None);
    }

    #[test]
    fn epoch_of_an_offset() {
        let c = cache(&[(2, 5), (4, 10)]);
        let check = |offset, expect: Option<u32>| {
            assert_eq!(c.epoch_of(Offset(offset)).map(|e| e.0), expect, "epoch of {offset}");
        };
        check(4, None);
        check(5, Some(2));
        check(9, Some(2));
        check(10, Some(4));
        check(99, Some(4));
    }

    #[test]
    fn assigning_and_cutting() {
        let check = |c: &EpochCache, expect: &[(u32, u64)]| assert_eq!(c, &cache(expect));
        let mut c = cache(&[(1, 0), (2, 10), (3, 20)]);
        assert!(!c.assign(LeaderEpoch(3), Offset(25)));
        assert!(!c.assign(LeaderEpoch(1), Offset(25)));
        assert!(c.assign(LeaderEpoch(5), Offset(20)), "epoch 3 wrote nothing");
        check(&c, &[(1, 0), (2, 10), (5, 20)]);
        c.truncate_front(Offset(12));
        check(&c, &[(2, 12), (5, 20)]);
        c.truncate_end(Offset(20));
        check(&c, &[(2, 12)]);
        c.truncate_front(Offset(100));
        check(&c, &[(2, 100)]);
    }

    #[test]
    fn the_checkpoint_file_goes_round_and_refuses_nonsense() {
        let c = cache(&[(0, 0), (3, 12)]);
        assert_eq!(c.to_file(), "0\n2\n0 0\n3 12\n");
        assert_eq!(EpochCache::parse(&c.to_file()), Ok(c));
        for bad in
            ["", "1\n0\n", "0\n2\n0 0\n", "0\n1\n0 0\n1 1\n", "0\n1\n0\n", "0\n2\n3 1\n2 5\n", "0\n1\n-1 0\n"]
        {
            assert!(EpochCache::parse(bad).is_err(), "{bad:?}");
        }
    }
}
