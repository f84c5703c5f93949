//! Compaction, the pure part: which records a later one of the same key makes superfluous (KIP-534, KIP-58).
//!
//! Owner: one pass over one partition (`store::clean` does its I/O). Invariants: the last record of every key
//! stays, with its offset; no record moves; a delete marker stays for `delete.retention.ms` after the first pass
//! that saw it; what a producer's next sequence is judged by stays.

pub mod filter;
pub mod keys;
pub mod replacement;

use std::pin::Pin;

/// What a pass over one partition is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CleanWant {
    /// The wall clock, ms.
    pub now_ms: i64,
    /// `delete.retention.ms`.
    pub delete_retention_ms: u64,
    /// `min.compaction.lag.ms`: segments with a younger record stay as they are.
    pub min_lag_ms: u64,
    /// Bytes that the keys of one pass may take; a pass that meets more ends before them.
    pub keys_max: usize,
}

/// Called with the bytes that a pass has read and written since the last call; the pass goes on when it ends.
pub type Pace<'a> = dyn Fn(usize) -> Pin<Box<dyn Future<Output = ()> + 'a>> + 'a;

/// What a pass did.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Cleaned {
    /// Records looked at, and of them kept.
    pub records: u64,
    /// Records that are still there.
    pub kept: u64,
    /// Bytes of the segments that were written anew, before
    pub before: u64,
    /// and after.
    pub after: u64,
    /// Segments that went into
    pub segments: u64,
    /// as many new ones.
    pub written: u64,
}

/// How much of a partition a pass could look at, bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Cleanable {
    /// Of segments that earlier passes have seen.
    pub clean: u64,
    /// Of closed segments that none has.
    pub dirty: u64,
    /// When the oldest of the latter began, by the time of its first batch, else by the broker's clock, ms.
    pub dirty_since_ms: Option<i64>,
}

impl Cleanable {
    /// True if a pass is due: enough of it is dirty, or some has been so for longer than `max_lag_ms`.
    #[must_use]
    pub fn is_due(&self, min_ratio: f64, max_lag_ms: u64, now_ms: i64) -> bool {
        let waited = self.dirty_since_ms.map_or(0, |since| now_ms.saturating_sub(since).max(0) as u64);
        self.dirty > 0 && (self.ratio() >= min_ratio || waited > max_lag_ms)
    }

    /// The share that is compared with `min.cleanable.dirty.ratio`; 0 for nothing at all.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        let all = self.clean + self.dirty;
        if all == 0 { 0.0 } else { self.dirty as f64 / all as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_is_due_by_share_or_by_age() {
        let some = Cleanable { clean: 60, dirty: 40, dirty_since_ms: Some(1000) };
        assert!(some.is_due(0.4, u64::MAX, 0) && !some.is_due(0.41, u64::MAX, 0));
        assert!(some.is_due(1.0, 500, 1501) && !some.is_due(1.0, 500, 1500));
        assert!(!some.is_due(1.0, 500, 0), "a clock that was set back");
        let none = Cleanable { clean: 60, ..Cleanable::default() };
        assert!(!none.is_due(0.0, 0, i64::MAX), "nothing to do");
    }
}
