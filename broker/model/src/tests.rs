//! Loom models: every interleaving of two threads over the ring and over the sleeping flag.
//!
//! Each was seen to fail with a planted error, named at the test.

use crate::sleeping::Sleeping;
use crate::spsc::{Consumer, Producer, ring};
use loom::sync::atomic::{Ordering, fence};
use loom::sync::{Arc, Notify};
use loom::thread;

fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    // All orders of memory are tried whatever this is; it bounds how often a running thread is interrupted.
    builder.preemption_bound = Some(3);
    builder.check(model);
}

fn push(tx: &mut Producer<Box<usize>>, value: usize) {
    let mut value = Box::new(value);
    while let Err(back) = tx.push(value) {
        value = back;
        thread::yield_now();
    }
}

fn pop(rx: &mut Consumer<Box<usize>>) -> usize {
    loop {
        match rx.pop() {
            Some(value) => return *value,
            None => thread::yield_now(),
        }
    }
}

/// Planted and found: Relaxed instead of Release in `push` and, separately, in `pop` (both: "Causality violation:
/// Concurrent write accesses"), and Relaxed instead of Acquire in `is_empty` and `has_room`.
#[test]
fn values_cross_in_order_while_the_ring_is_full_and_empty() {
    check(|| {
        let (mut tx, mut rx) = ring(2);
        let sender = thread::spawn(move || (0..4).for_each(|i| push(&mut tx, i)));
        for i in 0..4 {
            assert_eq!(pop(&mut rx), i);
        }
        assert!(rx.pop().is_none());
        sender.join().unwrap();
    });
}

/// Planted and found: dropping `head..=tail` in `Drop`, and not dropping at all (loom reports the leak).
#[test]
fn either_half_may_be_the_last_and_drops_what_is_left() {
    check(|| {
        let token = Arc::new(());
        let (mut tx, mut rx) = ring(2);
        let sent = Arc::clone(&token);
        let sender = thread::spawn(move || {
            for _ in 0..2 {
                // There is room for both.
                assert!(tx.push(Arc::clone(&sent)).is_ok());
            }
        });
        drop(rx.pop());
        drop(rx);
        sender.join().unwrap();
        drop(token);
    });
}

/// Planted and found: no fence in `Sleeping::announce`, and none in `claim` ("deadlock").
#[test]
fn a_sleeper_never_misses_a_value() {
    check(|| {
        let (mut tx, mut rx) = ring(2);
        let (flag, event) = (Arc::new(Sleeping::default()), Arc::new(Notify::new()));
        let (theirs, wake) = (Arc::clone(&flag), Arc::clone(&event));
        let waker = thread::spawn(move || {
            push(&mut tx, 7);
            if theirs.claim() {
                wake.notify();
            }
        });
        loop {
            flag.announce();
            if !rx.is_empty() {
                break;
            }
            event.wait();
        }
        flag.end();
        assert_eq!(rx.pop().as_deref(), Some(&7));
        waker.join().unwrap();
    });
}

/// The way of a core that waits for room (`mesh::announce_waits`, then the sleeping flag) and of
/// `mesh::flush_wakes`. Planted and found ("deadlock", or too many branches where the consumer looks on): no fence in `Sleeping::announce`, none before
/// `producer_waits`, and a wait that the consumer's answer uses up (the room may be gone before the wake-up).
#[test]
fn a_producer_that_waits_for_room_is_told() {
    check(|| {
        let (mut tx, mut rx) = ring(1);
        let (flag, event) = (Arc::new(Sleeping::default()), Arc::new(Notify::new()));
        let (theirs, wake) = (Arc::clone(&flag), Arc::clone(&event));
        push(&mut tx, 0);
        let consumer = thread::spawn(move || {
            for i in 0..2 {
                assert_eq!(pop(&mut rx), i);
                fence(Ordering::SeqCst);
                if rx.producer_waits() && theirs.claim() {
                    wake.notify();
                }
            }
            rx
        });
        // Room for the second value, then for a third one.
        for i in 1..3 {
            while !tx.has_room() {
                tx.set_waiting(true);
                flag.announce();
                if !tx.has_room() {
                    event.wait();
                }
                flag.end();
            }
            assert!(i == 2 || tx.push(Box::new(i)).is_ok());
        }
        drop(consumer.join().unwrap());
    });
}
