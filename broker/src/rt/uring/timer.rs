//! Timers of one core: a heap of deadlines over a slab of wakers.
//!
//! Owner: one per core. Invariants: a live slot has exactly one heap entry of its generation; entries of
//! cancelled timers are stale and never outnumber the live ones by more than `STALE_MAX`.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::task::Waker;

/// Stale entries that are tolerated before the heap is rebuilt.
const STALE_MAX: usize = 256;

/// Names a timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TimerKey {
    index: u32,
    generation: u32,
}

#[derive(Default)]
struct Slot {
    generation: u32,
    waker: Option<Waker>,
}

/// Deadlines in nanoseconds of the core's clock.
#[derive(Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(u64, u32, u32)>>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    live: usize,
}

impl Timers {
    /// Adds a timer. O(log n).
    pub(super) fn add(&mut self, at: u64, waker: Waker) -> TimerKey {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 timers")
        });
        let slot = self.slots.get_mut(index as usize).expect("a free index names a slot");
        slot.waker = Some(waker);
        self.live += 1;
        self.heap.push(Reverse((at, index, slot.generation)));
        TimerKey { index, generation: slot.generation }
    }

    /// Replaces the waker of a timer that has not fired; false if it has.
    pub(super) fn update(&mut self, key: TimerKey, waker: &Waker) -> bool {
        let slot = self.slots.get_mut(key.index as usize).filter(|s| s.generation == key.generation);
        match slot.and_then(|s| s.waker.as_mut()) {
            Some(old) => {
                old.clone_from(waker);
                true
            }
            None => false,
        }
    }

    /// Forgets a timer; one that has fired is no error. O(1) amortised.
    pub(super) fn cancel(&mut self, key: TimerKey) {
        if self.release(key.index, key.generation).is_some() && self.heap.len() > 2 * self.live + STALE_MAX {
            let slots = &self.slots;
            self.heap.retain(|Reverse((_, index, generation))| {
                slots.get(*index as usize).is_some_and(|s| s.generation == *generation && s.waker.is_some())
            });
        }
    }

    /// Wakes every timer with a deadline at or before `now`.
    pub(super) fn fire(&mut self, now: u64) {
        while let Some(Reverse((at, index, generation))) = self.heap.peek().copied() {
            if at > now && self.is_live(index, generation) {
                return;
            }
            self.heap.pop();
            if let Some(waker) = self.release(index, generation) {
                waker.wake();
            }
        }
    }

    /// The earliest deadline, possibly of a cancelled timer (then the core wakes once for nothing).
    pub(super) fn next(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    fn is_live(&self, index: u32, generation: u32) -> bool {
        self.slots.get(index as usize).is_some_and(|s| s.generation == generation && s.waker.is_some())
    }

    fn release(&mut self, index: u32, generation: u32) -> Option<Waker> {
        let slot = self.slots.get_mut(index as usize).filter(|s| s.generation == generation)?;
        let waker = slot.waker.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.live -= 1;
        self.free.push(index);
        Some(waker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    #[derive(Default)]
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn due_timers_fire_once_and_cancelled_ones_never() {
        let count = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&count));
        let mut timers = Timers::default();
        let early = timers.add(10, waker.clone());
        let cancelled = timers.add(20, waker.clone());
        let late = timers.add(30, waker.clone());
        timers.cancel(cancelled);
        timers.fire(25);
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        assert!(!timers.update(early, &waker));
        assert!(timers.update(late, &waker));
        assert_eq!(timers.next(), Some(30));
        timers.fire(30);
        timers.fire(99);
        assert_eq!(count.0.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn cancelled_timers_do_not_pile_up() {
        let waker = Waker::from(Arc::new(Count::default()));
        let mut timers = Timers::default();
        for i in 0..10_000 {
            let key = timers.add(1_000_000 + i, waker.clone());
            timers.cancel(key);
        }
        assert!(timers.heap.len() <= 2 * STALE_MAX, "{} stale entries", timers.heap.len());
        assert!(timers.slots.len() <= 2);
    }
}
