//! The bytes of requests that one core holds: charged as they arrive, released when the request is done with.
//!
//! Owner: one budget per core, one `Held` per connection. Invariants: an announced length charges nothing; over
//! the budget a connection may hold at most `SMALL` bytes; what a request is turned into is charged before it is
//! allocated; if nothing is released for a whole tick while connections wait, the one that holds the most is to be
//! closed, so half-sent and greedy requests cannot block others.

use crate::limits::KEPT_BUFFERS_MAX;
use ringlog_storage::planted::{Bug, planted};
use std::cell::{Cell, RefCell};
#[cfg(test)]
use std::future::Future;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// What a connection may hold whatever the budget says: enough for the small requests that make things move.
const SMALL: usize = 16 * 1024;

/// One core's budget.
#[derive(Debug)]
pub struct RequestBudget {
    max: usize,
    used: Cell<usize>,
    released: Cell<u64>,
    kept: Cell<usize>,
    waiting: RefCell<Vec<Waker>>,
}

impl RequestBudget {
    /// A budget of `max` bytes.
    #[must_use]
    pub fn new(max: usize) -> Rc<Self> {
        Rc::new(Self {
            max,
            used: Cell::new(0),
            released: Cell::new(0),
            kept: Cell::new(0),
            waiting: RefCell::default(),
        })
    }

    /// Bytes held now.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used.get()
    }

    /// Bytes released since the start; a stuck budget is one that is over and whose number stands still.
    #[must_use]
    pub fn released(&self) -> u64 {
        self.released.get()
    }

    /// True while somebody waits for bytes to be released.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        !self.waiting.borrow().is_empty()
    }

    /// True when connections with more than a small request have to wait.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.used.get() >= self.max
    }

    fn give(&self, n: usize) {
        let used = self.used.get();
        assert!(used >= n, "a budget released more than was charged");
        self.used.set(used - n);
        self.released.set(self.released.get() + n as u64);
        if n > 0 && !self.is_over() {
            self.waiting.borrow_mut().drain(..).for_each(Waker::wake);
        }
    }
}

/// What one connection holds in its receive buffer.
#[derive(Debug)]
pub struct Held {
    budget: Rc<RequestBudget>,
    bytes: Cell<usize>,
    /// Bytes of the request that waits for memory.
    in_hand: Cell<usize>,
    kept: Cell<usize>,
    waker: RefCell<Option<Waker>>,
}

impl Held {
    /// Nothing yet.
    #[must_use]
    pub fn new(budget: &Rc<RequestBudget>) -> Rc<Self> {
        Rc::new(Self {
            budget: Rc::clone(budget),
            bytes: Cell::new(0),
            in_hand: Cell::new(0),
            kept: Cell::new(0),
            waker: RefCell::new(None),
        })
    }

    /// Bytes that others wait for: in the receive buffer, and of a request that waits for memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.get() + self.in_hand.get()
    }

    /// `n` bytes arrived.
    pub fn arrived(&self, n: usize) {
        self.bytes.set(self.bytes.get() + n);
        self.budget.used.set(self.budget.used.get() + n);
    }

    /// `n` of them became a request: the charge goes where the request goes.
    #[must_use]
    pub fn take(&self, n: usize) -> Charge {
        let bytes = self.bytes.get();
        assert!(bytes >= n, "a request is made of bytes that arrived");
        self.bytes.set(bytes - n);
        Charge { budget: Rc::clone(&self.budget), bytes: n }
    }

    /// Ready when this connection may receive more, or when `dead` says that it never will.
    pub fn poll_room(&self, cx: &mut Context<'_>, dead: bool) -> Poll<()> {
        if dead || !self.budget.is_over() || self.bytes.get() < SMALL {
            return Poll::Ready(());
        }
        self.budget.waiting.borrow_mut().push(cx.waker().clone());
        *self.waker.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Charges `n` bytes that are about to be allocated for the request `frame`; waits while the budget is used
    /// up. A small request never waits.
    ///
    /// Error: there is more to charge than the whole budget, or the connection died (`dead`) while it waited.
    pub async fn charge(&self, frame: &Charge, n: usize, dead: impl Fn() -> bool) -> Result<Charge, Refused> {
        let all = frame.bytes.saturating_add(n);
        if all > self.budget.max && all > SMALL {
            return Err(Refused { needed: all, max: self.budget.max });
        }
        self.in_hand.set(frame.bytes);
        let granted = std::future::poll_fn(|cx| {
            if dead() {
                return Poll::Ready(false);
            }
            if all <= SMALL || self.budget.used.get().saturating_add(n) <= self.budget.max {
                return Poll::Ready(true);
            }
            self.budget.waiting.borrow_mut().push(cx.waker().clone());
            *self.waker.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
        self.in_hand.set(0);
        if !granted {
            return Err(Refused { needed: all, max: self.budget.max });
        }
        self.budget.used.set(self.budget.used.get() + n);
        Ok(Charge { budget: Rc::clone(&self.budget), bytes: n })
    }

    /// Whether the connection may keep its empty receive buffer of `n` bytes for the next request. All kept
    /// buffers of a core share a bound; whoever comes later gets a new buffer each time.
    pub fn may_keep(&self, n: usize) -> bool {
        let others = self.budget.kept.get() - self.kept.get();
        let n = if others + n <= KEPT_BUFFERS_MAX { n } else { 0 };
        self.budget.kept.set(others + n);
        self.kept.set(n);
        n > 0
    }

    /// Wakes the connection's reader: it is being closed.
    pub fn wake(&self) {
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.give(self.bytes.get());
        self.budget.kept.set(self.budget.kept.get() - self.kept.get());
    }
}

/// A request that cannot get its memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Bytes that it would hold.
    pub needed: usize,
    /// All that the core has for requests.
    pub max: usize,
}

/// The bytes of one request that is being handled, or what was made of them; released on drop.
#[derive(Debug)]
pub struct Charge {
    budget: Rc<RequestBudget>,
    bytes: usize,
}

impl Charge {
    /// Gives back all but `bytes`: what was charged for a peak that is over.
    pub fn shrink(&mut self, bytes: usize) {
        self.budget.give(self.bytes.saturating_sub(bytes));
        self.bytes = self.bytes.min(bytes);
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        if planted(Bug::ChargeKept) && self.bytes > SMALL {
            return;
        }
        self.budget.give(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_read(held: &Held) -> bool {
        held.poll_room(&mut Context::from_waker(Waker::noop()), false).is_ready()
    }

    #[test]
    fn over_the_budget_only_small_requests_go_on() {
        let budget = RequestBudget::new(100_000);
        let (big, small) = (Held::new(&budget), Held::new(&budget));
        big.arrived(99_999);
        assert!(may_read(&big));
        small.arrived(1);
        assert!(budget.is_over());
        assert!(!may_read(&big));
        assert!(may_read(&small));
        let charge = big.take(99_999);
        assert!(may_read(&big), "it holds nothing itself now");
        assert_eq!(budget.used(), 100_000, "the request in hand still counts");
        drop(charge);
        assert_eq!((budget.used(), budget.released()), (1, 99_999));
    }

    #[test]
    fn kept_buffers_share_a_bound() {
        let budget = RequestBudget::new(10);
        let (a, b) = (Held::new(&budget), Held::new(&budget));
        assert!(a.may_keep(KEPT_BUFFERS_MAX - 10));
        assert!(!b.may_keep(11));
        assert!(b.may_keep(10));
        drop(a);
        assert!(b.may_keep(KEPT_BUFFERS_MAX), "its own is not counted twice");
    }

    #[test]
    fn what_was_charged_for_a_peak_is_given_back_but_for_what_stays() {
        let budget = RequestBudget::new(100_000);
        let held = Held::new(&budget);
        held.arrived(50_000);
        let mut charge = held.take(50_000);
        charge.shrink(60_000);
        assert_eq!(budget.used(), 50_000, "it never grows");
        charge.shrink(20_000);
        assert_eq!((budget.used(), budget.released()), (20_000, 30_000));
        drop(charge);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn memory_for_a_request_is_charged_before_it_is_taken_or_waited_for() {
        let budget = RequestBudget::new(100_000);
        let (a, b) = (Held::new(&budget), Held::new(&budget));
        a.arrived(60_000);
        b.arrived(20_000);
        let (frame_a, frame_b) = (a.take(60_000), b.take(20_000));
        let poll = |f: &mut std::pin::Pin<Box<dyn Future<Output = Result<Charge, Refused>> + '_>>| {
            f.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        };
        {
            let mut never: std::pin::Pin<Box<dyn Future<Output = _>>> =
                Box::pin(a.charge(&frame_a, 40_001, || false));
            let refused = Refused { needed: 100_001, max: 100_000 };
            assert!(matches!(poll(&mut never), Poll::Ready(Err(r)) if r == refused));
        }
        let dead = Cell::new(false);
        let mut waits: std::pin::Pin<Box<dyn Future<Output = _>>> =
            Box::pin(b.charge(&frame_b, 20_001, || dead.get()));
        assert!(poll(&mut waits).is_pending());
        assert!(budget.is_awaited());
        assert_eq!(b.bytes(), 20_000, "what it holds while it waits");
        drop(frame_a);
        assert!(!budget.is_awaited());
        let Poll::Ready(Ok(memory)) = poll(&mut waits) else { panic!("there is room") };
        assert_eq!((budget.used(), b.bytes()), (40_001, 0));
        drop((memory, waits));
        drop(frame_b);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn a_closed_connection_gives_back_what_it_held() {
        let budget = RequestBudget::new(10);
        let held = Held::new(&budget);
        held.arrived(50);
        drop(held);
        assert_eq!(budget.used(), 0);
    }
}
