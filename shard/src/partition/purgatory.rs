//! Parked fetches: those of this core's connections, and those that other cores left here.
//!
//! Owner: one core. Invariants: a watch fires at most once; partitions hold only the tokens of watches, so a
//! fetch that ends otherwise leaves nothing behind but dead tokens, which are swept; bounded by `PARKED_MAX`.

use crate::calls::{First, first};
use crate::env::{Clock, CoreId, Env, Instant};
use crate::limits::PARKED_MAX;
use crate::msg::{ShardMsg, Token};
use crate::router::Router;
use crate::slots::Slots;
use ringlog_storage::planted::{Bug, planted};
use std::cell::RefCell;
use std::task::{Poll, Waker};

/// Who waits.
#[derive(Debug)]
enum Watch {
    /// A task of this core.
    Here { fired: bool, waker: Option<Waker> },
    /// A fetch parked on `core` under `token`.
    There { core: CoreId, token: Token },
}

/// The parked fetches of one core.
#[derive(Debug)]
pub struct Purgatory(RefCell<Slots<Watch>>);

impl Default for Purgatory {
    fn default() -> Self {
        Self(RefCell::new(Slots::new(PARKED_MAX)))
    }
}

impl Purgatory {
    /// A watch for a task of this core. `None` at the bound.
    pub fn watch(&self) -> Option<Token> {
        self.0.borrow_mut().insert(Watch::Here { fired: false, waker: None }).ok()
    }

    /// A watch for a fetch that `core` parked under `token`. `None` at the bound.
    pub fn watch_for(&self, core: CoreId, token: Token) -> Option<Token> {
        self.0.borrow_mut().insert(Watch::There { core, token }).ok()
    }

    /// True until the watch ends; a watch for another core ends by firing.
    #[must_use]
    pub fn is_live(&self, watch: Token) -> bool {
        self.0.borrow().peek(watch).is_some()
    }

    /// What was watched has moved. A dead token is ignored.
    pub fn fire<E: Env>(&self, watch: Token, router: &Router<E>) {
        let mut watches = self.0.borrow_mut();
        match watches.peek_mut(watch) {
            Some(Watch::Here { fired, waker }) => {
                *fired = !planted(Bug::FireForgotten) || waker.is_some();
                if let Some(waker) = waker.take() {
                    waker.wake();
                }
            }
            Some(Watch::There { core, token }) => {
                let (core, token) = (*core, *token);
                watches.remove(watch);
                // Bounded without a credit: at most PARKED_MAX watches can be fired.
                router.owe(core, ShardMsg::Moved { token });
            }
            None => {}
        }
    }

    /// The core stops: every parked fetch answers with what there is.
    pub fn fire_all<E: Env>(&self, router: &Router<E>) {
        let all = self.0.borrow().tokens(|_| true);
        all.into_iter().for_each(|watch| self.fire(watch, router));
    }

    /// The fetch is over.
    pub fn end(&self, watch: Token) {
        self.0.borrow_mut().remove(watch);
    }

    /// Waits until the watch has fired (then it can fire again) or `until`. True if it fired.
    pub async fn wait<C: Clock>(&self, watch: Token, clock: &C, until: Instant) -> bool {
        let fired = std::future::poll_fn(|cx| {
            let mut watches = self.0.borrow_mut();
            let Some(Watch::Here { fired, waker }) = watches.peek_mut(watch) else { return Poll::Ready(()) };
            if std::mem::take(fired) {
                return Poll::Ready(());
            }
            *waker = Some(cx.waker().clone());
            Poll::Pending
        });
        matches!(first(fired, clock.sleep_until(until)).await, First::Left(()))
    }
}
