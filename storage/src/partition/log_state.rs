//! The cursors of one partition's log, and the only place that moves them.
//!
//! Owner: the partition's core. Invariant, asserted in the one setter:
//! `log_start <= flushed <= durable <= end`; none of them ever moves back, except by a recorded truncation.
//!
//! ```text
//!      log_start        flushed             durable            end (LEO)
//!         |                |                   |                  |
//!   ------+----------------+-------------------+------------------+----> offset
//!  deleted|  in segments   |  in the commit    |  appended, in    | next record
//!         |  (maybe also   |  log and in       |  memory only     |
//!         |  in memory)    |  memory           |  (no ack yet)    |
//! ```

use ringlog_wire::ids::Offset;

/// The four cursors, all exclusive ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogState {
    log_start: Offset,
    flushed: Offset,
    durable: Offset,
    end: Offset,
}

impl LogState {
    /// An empty log whose first record will have offset `at`.
    #[must_use]
    pub fn empty(at: Offset) -> Self {
        Self { log_start: at, flushed: at, durable: at, end: at }
    }

    /// A recovered log: everything up to `end` is durable.
    ///
    /// # Panics
    /// If `log_start > end`.
    #[must_use]
    pub fn recovered(log_start: Offset, end: Offset) -> Self {
        let mut state = Self::empty(log_start);
        state.set(log_start, log_start, end, end);
        state
    }

    /// First offset that may be read.
    #[must_use]
    pub fn log_start(&self) -> Offset {
        self.log_start
    }

    /// Everything below is in its segment and durable.
    #[must_use]
    pub fn flushed(&self) -> Offset {
        self.flushed
    }

    /// Everything below is on stable storage.
    #[must_use]
    pub fn durable(&self) -> Offset {
        self.durable
    }

    /// The log end offset: the next one to assign.
    #[must_use]
    pub fn end(&self) -> Offset {
        self.end
    }

    /// After an append of everything below `end`.
    pub fn raise_end(&mut self, end: Offset) {
        assert!(end >= self.end, "the log end went back from {} to {end}", self.end);
        self.set(self.log_start, self.flushed, self.durable, end);
    }

    /// After everything below `durable` is on stable storage. An older value changes nothing.
    /// `written`: everything below is in its segment; flushed follows, never beyond durable.
    pub fn raise_durable(&mut self, durable: Offset, written: Offset) {
        let durable = durable.max(self.durable);
        let flushed = written.min(durable).max(self.flushed);
        self.set(self.log_start, flushed, durable, self.end);
    }

    /// Deletes below `log_start` logically. An older value changes nothing; beyond `durable` is refused.
    pub fn raise_log_start(&mut self, log_start: Offset) -> bool {
        if log_start > self.durable {
            return false;
        }
        let log_start = log_start.max(self.log_start);
        self.set(log_start, self.flushed.max(log_start), self.durable, self.end);
        true
    }

    /// Cuts the log back to `end` (divergence after a change of leader, or a torn tail found by recovery).
    pub fn truncate_end(&mut self, end: Offset) {
        assert!(end >= self.log_start, "truncation to {end} below the log start {}", self.log_start);
        let end = end.min(self.end);
        self.set(self.log_start, self.flushed.min(end), self.durable.min(end), end);
    }

    fn set(&mut self, log_start: Offset, flushed: Offset, durable: Offset, end: Offset) {
        assert!(
            log_start <= flushed && flushed <= durable && durable <= end,
            "log_start {log_start} <= flushed {flushed} <= durable {durable} <= end {end}"
        );
        *self = Self { log_start, flushed, durable, end };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_move_in_order() {
        let mut s = LogState::empty(Offset(5));
        s.raise_end(Offset(20));
        s.raise_durable(Offset(10), Offset(15));
        assert_eq!((s.flushed(), s.durable(), s.end()), (Offset(10), Offset(10), Offset(20)));
        s.raise_durable(Offset(9), Offset(15));
        assert_eq!(s.durable(), Offset(10), "an older value changes nothing");
        s.raise_durable(Offset(20), Offset(15));
        assert_eq!(s.flushed(), Offset(15));
        assert!(s.raise_log_start(Offset(18)));
        assert_eq!(s.flushed(), Offset(18));
        assert!(!s.raise_log_start(Offset(21)));
    }

    #[test]
    #[should_panic(expected = "durable 11 <= end 10")]
    fn durable_never_passes_the_end() {
        let mut s = LogState::empty(Offset(10));
        s.raise_durable(Offset(11), Offset(10));
    }
}
