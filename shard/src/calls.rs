//! Questions put to another core, and the small ways of waiting that all tasks share.
//!
//! Owner: one core. Invariants: an answer reaches the one task that waits for it or nobody; a signal that was
//! raised stays raised.

use crate::limits::{TURN_BYTES, TURN_PARTITIONS};
use crate::msg::Token;
use crate::slots::Slots;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::task::{Poll, Waker};

#[derive(Debug)]
enum Call<R> {
    Waiting(Option<Waker>),
    Done(R),
}

/// Open questions whose answers are of type `R`. Bounded by the tasks that ask, one question each.
#[derive(Debug)]
pub struct Calls<R>(RefCell<Slots<Call<R>>>);

impl<R> Default for Calls<R> {
    fn default() -> Self {
        Self(RefCell::new(Slots::new(usize::MAX)))
    }
}

impl<R> Calls<R> {
    /// Names an answer that is to come.
    ///
    /// # Panics
    /// At 2^32 open questions.
    pub fn open(&self) -> Token {
        let opened = self.0.borrow_mut().insert(Call::Waiting(None));
        opened.unwrap_or_else(|_| panic!("a core has fewer tasks than tokens"))
    }

    /// Waits for the answer; once per token.
    ///
    /// # Panics
    /// If `token` was waited for before.
    pub async fn wait(&self, token: Token) -> R {
        std::future::poll_fn(|cx| {
            let mut calls = self.0.borrow_mut();
            match calls.peek_mut(token) {
                Some(Call::Waiting(waker)) => {
                    *waker = Some(cx.waker().clone());
                    Poll::Pending
                }
                _ => match calls.remove(token) {
                    Some(Call::Done(answer)) => Poll::Ready(answer),
                    _ => panic!("an answer is waited for once"),
                },
            }
        })
        .await
    }

    /// Hands an answer to the task that waits for it; one that nobody waits for is dropped.
    pub fn complete(&self, token: Token, answer: R) {
        let mut calls = self.0.borrow_mut();
        if let Some(call) = calls.peek_mut(token)
            && let Call::Waiting(Some(waker)) = std::mem::replace(call, Call::Done(answer))
        {
            waker.wake();
        }
    }
}

/// A flag that is raised once and that tasks can wait for.
#[derive(Debug, Default)]
pub struct Signal {
    raised: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Signal {
    /// True after `raise`.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.raised.get()
    }

    /// Raises the flag and wakes whoever waits.
    pub fn raise(&self) {
        self.raised.set(true);
        self.waiting.borrow_mut().drain(..).for_each(Waker::wake);
    }

    /// Waits for the flag.
    pub async fn wait(&self) {
        std::future::poll_fn(|cx| {
            if self.raised.get() {
                return Poll::Ready(());
            }
            let mut waiting = self.waiting.borrow_mut();
            if !waiting.iter().any(|w| w.will_wake(cx.waker())) {
                waiting.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    /// Runs `work` until it is done or the flag is raised; `None` if the flag came first.
    pub async fn or<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        match first(self.wait(), work).await {
            First::Left(()) => None,
            First::Right(value) => Some(value),
        }
    }
}

/// Which of two futures was done first.
#[derive(Debug)]
pub enum First<A, B> {
    /// The first one.
    Left(A),
    /// The second one.
    Right(B),
}

/// Runs both until one is done; the other is dropped. The left one is looked at first.
pub async fn first<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> First<A, B> {
    let (mut a, mut b) = (pin!(a), pin!(b));
    std::future::poll_fn(|cx| {
        if let Poll::Ready(v) = a.as_mut().poll(cx) {
            return Poll::Ready(First::Left(v));
        }
        b.as_mut().poll(cx).map(First::Right)
    })
    .await
}

/// Lets the other ready tasks of the core run once.
pub async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Memory that the tasks of a core share by turns. Whoever takes some waits for nothing else before it gives it
/// back, so nobody waits for ever; one task alone may take more than there is.
#[derive(Debug)]
pub struct Allowance {
    max: usize,
    used: Cell<usize>,
    waiting: RefCell<VecDeque<Waker>>,
}

impl Allowance {
    /// `max` bytes.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { max, used: Cell::new(0), waiting: RefCell::default() }
    }

    /// Takes `bytes`, waiting until they are there. They come back when the share is dropped.
    pub async fn take(&self, bytes: usize) -> Share<'_> {
        std::future::poll_fn(|cx| {
            let used = self.used.get();
            if used > 0 && used.saturating_add(bytes) > self.max {
                self.waiting.borrow_mut().push_back(cx.waker().clone());
                return Poll::Pending;
            }
            self.used.set(used.saturating_add(bytes));
            Poll::Ready(())
        })
        .await;
        Share { of: self, bytes }
    }
}

/// A part of an `Allowance`.
#[derive(Debug)]
pub struct Share<'a> {
    of: &'a Allowance,
    bytes: usize,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.of.used.set(self.of.used.get().saturating_sub(self.bytes));
        self.of.waiting.borrow_mut().drain(..).for_each(Waker::wake);
    }
}

/// What a task has done since it last let others run.
#[derive(Debug, Default)]
pub struct Turn(usize);

impl Turn {
    /// Lets other tasks run if what was done so far, and one more partition with `bytes`, is enough for a turn.
    pub async fn spend(&mut self, bytes: usize) {
        let cost = bytes.saturating_add(TURN_BYTES / TURN_PARTITIONS);
        if self.0 > 0 && self.0.saturating_add(cost) > TURN_BYTES {
            self.0 = 0;
            yield_now().await;
        }
        self.0 = self.0.saturating_add(cost);
    }
}

/// Work for one task, in order. Bounded by whoever puts it in.
#[derive(Debug)]
pub struct Inbox<T> {
    items: RefCell<VecDeque<T>>,
    takers: RefCell<Vec<Waker>>,
}

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        Self { items: RefCell::default(), takers: RefCell::default() }
    }
}

impl<T> Inbox<T> {
    /// Puts `item` behind the others.
    pub fn put(&self, item: T) {
        self.items.borrow_mut().push_back(item);
        if let Some(taker) = self.takers.borrow_mut().pop() {
            taker.wake();
        }
    }

    /// Items that nobody has taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// True without items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.borrow().is_empty()
    }

    /// Waits for the next item. Several tasks may wait; each item goes to one of them.
    pub async fn take(&self) -> T {
        std::future::poll_fn(|cx| {
            let mut takers = self.takers.borrow_mut();
            takers.retain(|t| !t.will_wake(cx.waker()));
            if let Some(item) = self.items.borrow_mut().pop_front() {
                return Poll::Ready(item);
            }
            takers.push(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::Pin;
    use std::task::Context;

    fn poll<T>(f: &mut Pin<Box<dyn Future<Output = T> + '_>>) -> Poll<T> {
        f.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn an_allowance_is_taken_by_turns_and_one_alone_may_take_more() {
        let all = Allowance::new(100);
        let mut large: Pin<Box<dyn Future<Output = Share<'_>>>> = Box::pin(all.take(150));
        let Poll::Ready(first) = poll(&mut large) else { panic!("nobody has any") };
        let mut small: Pin<Box<dyn Future<Output = Share<'_>>>> = Box::pin(all.take(60));
        assert!(poll(&mut small).is_pending());
        drop(first);
        let Poll::Ready(second) = poll(&mut small) else { panic!("all of it is there") };
        let mut third: Pin<Box<dyn Future<Output = Share<'_>>>> = Box::pin(all.take(41));
        assert!(poll(&mut third).is_pending());
        drop(second);
        assert!(poll(&mut third).is_ready());
        assert_eq!(all.used.get(), 0);
    }

    #[test]
    fn a_turn_ends_with_its_bytes_or_its_partitions() {
        let ends = |bytes: usize| {
            let mut turn = Turn::default();
            let mut n = 0;
            while poll(&mut (Box::pin(turn.spend(bytes)) as Pin<Box<dyn Future<Output = ()> + '_>>))
                .is_ready()
            {
                n += 1;
            }
            n
        };
        assert_eq!(ends(0), TURN_PARTITIONS);
        assert_eq!(ends(TURN_BYTES), 1, "the first is always done");
        assert_eq!(ends(TURN_BYTES / 4), 3);
    }
}
