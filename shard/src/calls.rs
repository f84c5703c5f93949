//! Questions put to another core, and the small ways of waiting that all tasks share.
//!
//! Owner: one core. Invariants: an answer reaches the one task that waits for it or nobody; a signal that was
//! raised stays raised.

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
