//! Which log files a partition still needs: where its un-flushed bytes were logged, by file generation.
//!
//! Owner: one partition. Invariants: places and generations rise along the list; the first entry's generation is
//! that of the oldest log file with bytes of this partition that are not in synced segments; an empty list
//! means that no log file is held up.

use crate::partition::LogPosition;
use crate::planted::{Bug, planted};
use std::collections::VecDeque;

/// See the module's text. At most one entry per log file.
#[derive(Debug, Default)]
pub struct Holds(VecDeque<(LogPosition, u64)>);

impl Holds {
    /// A frame in the file of `generation` holds bytes of the partition from `first` to the end of its log.
    pub fn on_framed(&mut self, first: LogPosition, generation: u64) {
        // A carried block comes again: older places behind its start are no longer needed.
        while self.0.back().is_some_and(|(place, _)| *place >= first) {
            self.0.pop_back();
        }
        match self.0.back() {
            Some((_, last)) if *last == generation => {}
            last => {
                assert!(last.is_none_or(|(_, last)| *last < generation), "generations rise");
                self.0.push_back((first, generation));
            }
        }
    }

    /// A frame in the file of `generation` holds all bytes that are not flushed, from `first` on.
    pub fn on_carried(&mut self, first: LogPosition, generation: u64) {
        self.0.clear();
        self.0.push_back((first, generation));
    }

    /// Everything below `flushed` is in synced segments; `all`: there is nothing else.
    pub fn on_flushed(&mut self, flushed: LogPosition, all: bool) {
        if all {
            self.0.clear();
            return;
        }
        let next = usize::from(!planted(Bug::HoldsOneTooFew));
        while self.0.get(next).is_some_and(|(first, _)| *first <= flushed) {
            self.0.pop_front();
        }
    }

    /// Generation of the oldest file needed.
    #[must_use]
    pub fn oldest(&self) -> Option<u64> {
        self.0.front().map(|(_, generation)| *generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::ids::Offset;

    fn at(pos: u64) -> LogPosition {
        LogPosition { segment: Offset(0), pos }
    }

    #[test]
    fn the_oldest_file_is_let_go_once_all_its_bytes_are_flushed() {
        let mut holds = Holds::default();
        assert_eq!(holds.oldest(), None);
        holds.on_framed(at(0), 1);
        holds.on_framed(at(50), 1);
        holds.on_framed(at(100), 2);
        holds.on_framed(at(200), 4);
        holds.on_flushed(at(99), false);
        assert_eq!(holds.oldest(), Some(1), "byte 99 is in file 1");
        holds.on_flushed(at(100), false);
        assert_eq!(holds.oldest(), Some(2));
        holds.on_flushed(at(150), false);
        holds.on_carried(at(150), 5);
        assert_eq!(holds.oldest(), Some(5));
        holds.on_framed(at(300), 6);
        holds.on_flushed(at(400), true);
        assert_eq!(holds.oldest(), None);
    }
}
