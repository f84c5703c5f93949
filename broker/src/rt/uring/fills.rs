//! What of a file's page cache was filled for cold fetches, in units of `UNIT`.
//!
//! Owner: one table per open file, shared by all cores. Invariants: a unit counts as filled only after a filling
//! of exactly it has ended, because `cachestat` also counts pages that are still being read; the kernel reads
//! ahead of a filling, so that one which starts takes back all units behind it; two fillings of a unit never run
//! at the same time.

use super::wake::add_waiter;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Bytes that are filled by one job: large enough for its way to another thread to be cheap.
pub(super) const UNIT: u64 = 512 << 10;

/// The unit that byte `pos` is in.
pub(super) fn unit_of(pos: u64) -> u64 {
    pos / UNIT
}

#[derive(Default)]
struct State {
    /// A bit for each unit: 512 bytes for a file of 2 GiB.
    filled: Vec<u64>,
    running: BTreeSet<u64>,
    waiting: Vec<Waker>,
}

/// See the module's text.
#[derive(Default)]
pub(super) struct Fills(Mutex<State>);

impl Fills {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if the unit was filled. Its pages may have been evicted since.
    pub(super) fn is_filled(&self, unit: u64) -> bool {
        let (word, bit) = place(unit);
        self.state().filled.get(word).is_some_and(|w| w & bit != 0)
    }

    /// Claims the filling of a unit, until `end`; false if it runs already.
    pub(super) fn begin(&self, unit: u64) -> bool {
        let mut state = self.state();
        if !state.running.insert(unit) {
            return false;
        }
        let (word, bit) = place(unit);
        state.filled.truncate(word + 1);
        if let Some(last) = state.filled.get_mut(word) {
            *last &= bit - 1;
        }
        true
    }

    /// The filling of a unit is over: everything of it is in memory, if it was `done`.
    pub(super) fn end(&self, unit: u64, done: bool) {
        let mut state = self.state();
        state.running.remove(&unit);
        if done {
            let (word, bit) = place(unit);
            if state.filled.len() <= word {
                state.filled.resize(word + 1, 0);
            }
            if let Some(w) = state.filled.get_mut(word) {
                *w |= bit;
            }
        }
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Waits until no filling of the unit runs.
    pub(super) fn poll_idle(&self, unit: u64, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if !state.running.contains(&unit) {
            return Poll::Ready(());
        }
        add_waiter(&mut state.waiting, cx.waker());
        Poll::Pending
    }
}

fn place(unit: u64) -> (usize, u64) {
    (usize::try_from(unit / 64).unwrap_or(usize::MAX), 1 << (unit % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ended_filling_counts_and_a_new_one_takes_back_what_lies_behind() {
        let fills = Fills::default();
        for unit in [3, 64, 70, 200] {
            assert!(fills.begin(unit) && !fills.is_filled(unit));
            assert!(!fills.begin(unit), "it runs");
            fills.end(unit, true);
            assert!(fills.is_filled(unit));
        }
        assert!(fills.begin(66));
        let filled = |of: [u64; 5]| of.map(|u| fills.is_filled(u));
        assert_eq!(filled([3, 64, 66, 70, 200]), [true, true, false, false, false]);
        fills.end(66, false);
        assert!(!fills.is_filled(66), "it failed");
    }

    #[test]
    fn the_end_of_a_filling_wakes_who_waits_for_it() {
        let fills = Fills::default();
        let cx = Context::from_waker(Waker::noop());
        assert!(fills.poll_idle(7, &cx).is_ready());
        assert!(fills.begin(7));
        assert!(fills.poll_idle(7, &cx).is_pending() && fills.poll_idle(8, &cx).is_ready());
        fills.end(7, true);
        assert!(fills.poll_idle(7, &cx).is_ready() && fills.state().waiting.is_empty());
    }
}
