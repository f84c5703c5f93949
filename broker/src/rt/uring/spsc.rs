//! A bounded lock-free ring between one producer and one consumer thread.
//!
//! Owner: `Producer` belongs to one thread, `Consumer` to another. Invariants: `head <= tail <= head + capacity`
//! (wrapping counters); slots in `head..tail` are initialised and belong to the consumer, the others to the
//! producer; each side writes only its own counter, with Release, after it is done with the slot.
//! `.ci/spsc` compiles this file alone: with loom, which tries every interleaving, and under Miri.
#![allow(unsafe_code)]

#[cfg(loom)]
use loom::cell::UnsafeCell;
#[cfg(loom)]
use loom::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::mem::MaybeUninit;
#[cfg(not(loom))]
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// The standard cell, reached in the way of loom's.
#[cfg(not(loom))]
struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

#[cfg(not(loom))]
impl<T> UnsafeCell<T> {
    fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    fn with_mut<R>(&self, access: impl FnOnce(*mut T) -> R) -> R {
        access(self.0.get())
    }
}

/// Two cache lines, because the adjacent-line prefetcher pairs them.
#[repr(align(128))]
struct Padded<T>(T);

struct Shared<T> {
    head: Padded<AtomicUsize>,
    tail: Padded<AtomicUsize>,
    producer_waits: Padded<AtomicBool>,
    slots: Box<[UnsafeCell<MaybeUninit<T>>]>,
}

// SAFETY: the two halves hand each slot over through `head` and `tail` (Release / Acquire), so a slot is never
// touched by both threads at once; values only move between threads, hence `T: Send` is enough.
unsafe impl<T: Send> Sync for Shared<T> {}
// SAFETY: as above; nothing else in it is bound to a thread.
unsafe impl<T: Send> Send for Shared<T> {}

impl<T> Shared<T> {
    fn slot(&self, counter: usize) -> &UnsafeCell<MaybeUninit<T>> {
        let slot = self.slots.get(counter & (self.slots.len() - 1));
        slot.expect("a masked counter is below the capacity")
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        let mut at = self.head.0.load(Ordering::Relaxed);
        let tail = self.tail.0.load(Ordering::Relaxed);
        while at != tail {
            // SAFETY: both halves are gone; slots in head..tail are initialised and dropped once here.
            self.slot(at).with_mut(|slot| unsafe { (*slot).assume_init_drop() });
            at = at.wrapping_add(1);
        }
    }
}

/// The sending half.
pub struct Producer<T> {
    shared: Arc<Shared<T>>,
    tail: usize,
    head_seen: usize,
}

/// The receiving half.
pub struct Consumer<T> {
    shared: Arc<Shared<T>>,
    head: usize,
    tail_seen: usize,
}

/// A ring with room for `capacity` values (a power of two).
pub fn ring<T>(capacity: usize) -> (Producer<T>, Consumer<T>) {
    assert!(capacity.is_power_of_two(), "SPSC capacity {capacity} is no power of two");
    let slots = (0..capacity).map(|_| UnsafeCell::new(MaybeUninit::uninit())).collect();
    let shared = Arc::new(Shared {
        head: Padded(AtomicUsize::new(0)),
        tail: Padded(AtomicUsize::new(0)),
        producer_waits: Padded(AtomicBool::new(false)),
        slots,
    });
    let producer = Producer { shared: Arc::clone(&shared), tail: 0, head_seen: 0 };
    (producer, Consumer { shared, head: 0, tail_seen: 0 })
}

impl<T> Producer<T> {
    /// True if a push would succeed. Only this side fills the ring, so the answer stays true until it pushes.
    pub fn has_room(&mut self) -> bool {
        let capacity = self.shared.slots.len();
        if self.tail.wrapping_sub(self.head_seen) < capacity {
            return true;
        }
        self.head_seen = self.shared.head.0.load(Ordering::Acquire);
        self.tail.wrapping_sub(self.head_seen) < capacity
    }

    /// Values that the consumer has not taken yet, or a few more: it may be taking them now.
    pub fn waiting(&self) -> usize {
        self.tail.wrapping_sub(self.shared.head.0.load(Ordering::Relaxed))
    }

    /// Appends `value`, or gives it back if the ring is full.
    pub fn push(&mut self, value: T) -> Result<(), T> {
        if !self.has_room() {
            return Err(value);
        }
        // SAFETY: the slot at `tail` is outside head..tail, so it is ours and holds no value.
        self.shared.slot(self.tail).with_mut(|slot| unsafe { (*slot).write(value) });
        self.tail = self.tail.wrapping_add(1);
        self.shared.tail.0.store(self.tail, Ordering::Release);
        Ok(())
    }

    /// Tells the consumer whether this side waits for room; the consumer never changes it. Fence (SeqCst) and
    /// look at `has_room` once more before sleeping.
    pub fn set_waiting(&self, waits: bool) {
        self.shared.producer_waits.0.store(waits, Ordering::Relaxed);
    }
}

impl<T> Consumer<T> {
    /// Takes the oldest value.
    pub fn pop(&mut self) -> Option<T> {
        if self.is_empty() {
            return None;
        }
        // SAFETY: the slot at `head` is in head..tail: initialised, published with Release, and ours.
        let value = self.shared.slot(self.head).with_mut(|slot| unsafe { (*slot).assume_init_read() });
        self.head = self.head.wrapping_add(1);
        self.shared.head.0.store(self.head, Ordering::Release);
        Some(value)
    }

    /// True if there is nothing to pop now.
    pub fn is_empty(&mut self) -> bool {
        if self.head != self.tail_seen {
            return false;
        }
        self.tail_seen = self.shared.tail.0.load(Ordering::Acquire);
        self.head == self.tail_seen
    }

    /// True if the producer said that it waits for room. Call after a SeqCst fence that follows the pops.
    pub fn producer_waits(&self) -> bool {
        self.shared.producer_waits.0.load(Ordering::Relaxed)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn values_cross_threads_in_order_and_none_is_lost() {
        const N: u64 = if cfg!(miri) { 200 } else { 200_000 };
        let (mut tx, mut rx) = ring::<Box<u64>>(64);
        let sender = std::thread::spawn(move || {
            for i in 0..N {
                let mut value = Box::new(i);
                while let Err(back) = tx.push(value) {
                    value = back;
                    std::thread::yield_now();
                }
            }
        });
        for i in 0..N {
            let got = loop {
                match rx.pop() {
                    Some(v) => break *v,
                    None => std::thread::yield_now(),
                }
            };
            assert_eq!(got, i);
        }
        sender.join().expect("the sender ends");
        assert!(rx.pop().is_none());
    }

    #[test]
    fn a_full_ring_gives_the_value_back_and_drops_what_is_left() {
        let token = Arc::new(());
        let (mut tx, mut rx) = ring(2);
        assert!(tx.push(Arc::clone(&token)).is_ok());
        assert!(tx.push(Arc::clone(&token)).is_ok());
        assert!(!tx.has_room());
        assert!(tx.push(Arc::clone(&token)).is_err());
        assert!(rx.pop().is_some());
        assert!(tx.has_room());
        drop((tx, rx));
        assert_eq!(Arc::strong_count(&token), 1);
    }
}
