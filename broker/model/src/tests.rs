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

/// The way of `mesh::poll_room` and `mesh::flush_wakes`: the flags are the ring's own.
/// Planted and found: no fence in `announce_wait`, and none before `take_producer_wait` ("deadlock").
#[test]
fn a_producer_that_waits_for_room_is_told() {
    check(|| {
        let (mut tx, mut rx) = ring(1);
        push(&mut tx, 1);
        let event = Arc::new(Notify::new());
        let wake = Arc::clone(&event);
        let consumer = thread::spawn(move || {
            assert_eq!(pop(&mut rx), 1);
            fence(Ordering::SeqCst);
            if rx.take_producer_wait() {
                wake.notify();
            }
            rx
        });
        while !tx.has_room() {
            tx.announce_wait();
            if !tx.has_room() {
                event.wait();
            }
        }
        drop(consumer.join().unwrap());
    });
}
