//! Tasks that are ready and must wait.
//!
//! The model. A task can be *held back*: it is ready and waits for up to some milliseconds while all others go on, so
//! that several changes happen between two of its steps: what holds only because two tasks take turns does not hold
//! then. A *lane can be starved*: tasks of it and of all behind it wait so at many of their turns, as on a core whose
//! other lanes always have something to do; what they asked of the disk is long there when they hear of it.
//!
//! Owner: the executor. Invariants: clients and the kernel (the node `WORLD`) never wait; nothing waits for ever.

use super::{Exec, WORLD};
use std::cell::{Cell, RefCell};

/// One in so many turns waits, for so long at most, ns; 0 is never.
type Odds = (u64, u64);

/// See the module's text.
#[derive(Default)]
pub(super) struct Held {
    /// Of all tasks.
    back: Cell<Odds>,
    /// Of those in this lane and behind it.
    starved: Cell<(u8, Odds)>,
    /// Tasks that wait: slot and life, and until when.
    waiting: RefCell<Vec<(usize, u64, u64)>>,
}

impl Exec {
    /// From now on one in `one_in` polls of a process' task waits for up to `most` ns; 0: none.
    pub fn hold_back(&self, one_in: u64, most: u64) {
        self.0.held.back.set((one_in, most));
    }

    /// From now on one in `one_in` polls of a task in `lane` or behind it waits for up to `most` ns; 0: none.
    pub fn starve(&self, lane: u8, one_in: u64, most: u64) {
        self.0.held.starved.set((lane, (one_in, most)));
    }

    /// Until when a task of a node's lane that is ready waits, if it is held back, or this turn of it is.
    pub(super) fn held_until(&self, (node, lane): (u64, u8), (slot, life): (usize, u64)) -> Option<u64> {
        let (first, starved) = self.0.held.starved.get();
        let hungry = starved.0 > 0 && lane >= first;
        let (one_in, most) = if hungry { starved } else { self.0.held.back.get() };
        if one_in == 0 || node == WORLD {
            return None;
        }
        let mut waiting = self.0.held.waiting.borrow_mut();
        waiting.retain(|(.., until)| *until > self.now());
        if let Some(h) = waiting.iter().find(|h| (h.0, h.1) == (slot, life)) {
            return Some(h.2);
        }
        let until = self.now() + 1 + self.0.rng.below(most);
        let now = self.0.rng.one_in(one_in);
        waiting.extend(now.then_some((slot, life, until)));
        now.then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use std::rc::Rc;

    /// How long tasks of these nodes and lanes take for 50 sleeps of a microsecond each, ns; 0: it had no end in 10 s.
    fn took(exec: &Exec, of: [(u64, u8); 2]) -> [u64; 2] {
        let took = Rc::new(RefCell::new([0; 2]));
        for (at, (node, lane)) in of.into_iter().enumerate() {
            let (inner, took) = (exec.clone(), Rc::clone(&took));
            exec.spawn_in(node, lane, async move {
                let began = inner.now();
                for _ in 0..50 {
                    inner.sleep_until(inner.now() + 1000).await;
                }
                if let Some(place) = took.borrow_mut().get_mut(at) {
                    *place = inner.now() - began;
                }
            });
        }
        let inner = exec.clone();
        exec.block_on(async move { inner.sleep_ms(10_000).await });
        exec.end();
        *took.borrow()
    }

    #[test]
    fn every_task_of_a_process_is_held_back_and_no_client() {
        let exec = Exec::new(3, Rng::new(3));
        exec.hold_back(2, 10_000_000);
        let [client, task] = took(&exec, [(WORLD, 0), (1, 0)]);
        assert_eq!(client, 50_000);
        assert!((20_000_000..2_000_000_000).contains(&task), "{task}");
    }

    /// Another waker in the middle does not end a task's turn to wait: else what is woken often would never be held.
    #[test]
    fn a_task_that_is_held_waits_for_all_of_its_time() {
        let exec = Exec::new(3, Rng::new(3));
        exec.hold_back(1, 10_000_000);
        let turn = || exec.held_until((1, 0), (7, 1));
        let first = turn().expect("every turn of a task is held");
        assert!(first > exec.now() && first <= exec.now() + 10_000_000);
        assert!((0..100).all(|_| turn() == Some(first)), "one end for all wake-ups of a turn");
        assert_ne!(exec.held_until((1, 0), (8, 1)), Some(first), "another task has its own");
    }

    #[test]
    fn tasks_of_a_starved_lane_wait_and_all_others_do_not() {
        let exec = Exec::new(3, Rng::new(3));
        exec.starve(4, 2, 10_000_000);
        let [quick, starved] = took(&exec, [(1, 3), (1, 5)]);
        assert_eq!(quick, 50_000);
        assert!(starved > 20_000_000, "{starved}");
    }
}
