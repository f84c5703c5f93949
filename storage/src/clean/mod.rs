//! Compaction, the pure part: which records a later one of the same key makes superfluous (KIP-534, KIP-58).
//!
//! Owner: one pass over one partition (`store::clean` does its I/O). Invariants: the last record of every key
//! stays, with its offset; no record moves; a delete marker stays for `delete.retention.ms` after the first pass
//! that saw it; what a producer's next sequence is judged by stays.

pub mod filter;
pub mod keys;
pub mod replacement;

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
}

impl Cleanable {
    /// The share that is compared with `min.cleanable.dirty.ratio`; 0 for nothing at all.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        let all = self.clean + self.dirty;
        if all == 0 { 0.0 } else { self.dirty as f64 / all as f64 }
    }
}
