//! Waiting inside one core: events, a few futures side by side, and giving way.
//!
//! Owner: the store. Invariants: one thread, so a condition checked after its waiter was registered cannot be
//! missed; nothing here allocates once the lists have grown.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Poll, Waker};

/// Something may have changed: every waiter checks its condition again.
#[derive(Debug, Default)]
pub struct Event {
    waiting: RefCell<Vec<Waker>>,
    notified: Cell<u64>,
}

impl Event {
    /// Wakes all waiters.
    pub fn notify(&self) {
        // Taken out first: a waker may run code that waits again.
        self.notified.set(self.notified.get() + 1);
        let mut wakers = std::mem::take(&mut *self.waiting.borrow_mut());
        for waker in wakers.drain(..) {
            waker.wake();
        }
        let mut kept = self.waiting.borrow_mut();
        if kept.is_empty() {
            *kept = wakers;
        }
    }

    /// Suspends until the next `notify`.
    pub async fn next(&self) {
        let before = self.notified.get();
        self.until(|| self.notified.get() != before).await;
    }

    /// Suspends until `ready` says so; it is asked at once and after every `notify`.
    pub async fn until(&self, mut ready: impl FnMut() -> bool) {
        poll_fn(|cx| {
            if ready() {
                return Poll::Ready(());
            }
            let mut wakers = self.waiting.borrow_mut();
            if !wakers.iter().any(|w| w.will_wake(cx.waker())) {
                wakers.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }
}

/// Lets one task in at a time.
#[derive(Debug, Default)]
pub struct Gate {
    taken: Cell<bool>,
    freed: Event,
}

/// Inside a gate; dropping it lets the next one in.
#[derive(Debug)]
pub struct Inside<'a>(&'a Gate);

impl Gate {
    /// Waits until nobody is inside.
    pub async fn enter(&self) -> Inside<'_> {
        self.freed.until(|| !self.taken.replace(true)).await;
        Inside(self)
    }

    /// True if somebody waits to be let in.
    pub fn is_wanted(&self) -> bool {
        !self.freed.waiting.borrow().is_empty()
    }

    /// True while somebody is inside.
    pub fn is_taken(&self) -> bool {
        self.taken.get()
    }

    /// Enters if nobody is inside.
    pub fn try_enter(&self) -> Option<Inside<'_>> {
        // Not `then_some`: an `Inside` that is made and dropped opens the gate for everybody.
        (!self.taken.replace(true)).then(|| Inside(self))
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.taken.set(false);
        self.0.freed.notify();
    }
}

/// Lets the other tasks of the core run once.
pub async fn give_way() {
    let mut yielded = false;
    poll_fn(|cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Runs `work` on every item, at most `limit` at a time, and returns the results in the order of the items.
/// All of them end, even if some fail.
pub async fn side_by_side<T, F: Future>(
    items: impl IntoIterator<Item = T>,
    limit: usize,
    mut work: impl FnMut(T) -> F,
) -> Vec<F::Output> {
    let mut items = items.into_iter();
    let mut running: Vec<(usize, Pin<Box<F>>)> = Vec::new();
    let mut done: Vec<Option<F::Output>> = Vec::new();
    poll_fn(|cx| {
        loop {
            while running.len() < limit {
                let Some(item) = items.next() else { break };
                running.push((done.len(), Box::pin(work(item))));
                done.push(None);
            }
            let before = running.len();
            running.retain_mut(|(slot, future)| match future.as_mut().poll(cx) {
                Poll::Ready(value) => {
                    if let Some(place) = done.get_mut(*slot) {
                        *place = Some(value);
                    }
                    false
                }
                Poll::Pending => true,
            });
            if running.is_empty() && before < limit {
                return Poll::Ready(());
            }
            if running.len() == before {
                return Poll::Pending;
            }
        }
    })
    .await;
    done.into_iter().map(|value| value.expect("every item ran to its end")).collect()
}

/// Runs two futures side by side, `first` first, until both have ended.
pub async fn both<A: Future, B: Future>(first: A, second: B) -> (A::Output, B::Output) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut a, mut b) = (None, None);
    poll_fn(|cx| {
        if a.is_none()
            && let Poll::Ready(done) = first.as_mut().poll(cx)
        {
            a = Some(done);
        }
        if b.is_none()
            && let Poll::Ready(done) = second.as_mut().poll(cx)
        {
            b = Some(done);
        }
        match (a.take(), b.take()) {
            (Some(one), Some(other)) => Poll::Ready((one, other)),
            (one, other) => {
                (a, b) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}

/// Runs futures side by side until all have ended.
pub async fn all<'a>(tasks: Vec<Pin<Box<dyn Future<Output = ()> + 'a>>>) {
    let mut running = tasks;
    poll_fn(|cx| {
        running.retain_mut(|task| task.as_mut().poll(cx).is_pending());
        if running.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Context;

    #[test]
    fn who_finds_a_gate_taken_leaves_it_so() {
        let gate = Gate::default();
        let inside = gate.try_enter().unwrap();
        assert!(gate.try_enter().is_none() && gate.is_taken());
        assert!(gate.try_enter().is_none(), "the first look let nobody in");
        drop(inside);
        assert!(gate.try_enter().is_some() && !gate.is_taken());
    }

    #[test]
    fn a_gate_knows_whether_somebody_waits_at_it() {
        let gate = Gate::default();
        let inside = gate.try_enter().unwrap();
        assert!(!gate.is_wanted());
        let mut waits = Box::pin(gate.enter());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(waits.as_mut().poll(&mut cx).is_pending() && gate.is_wanted());
        drop(inside);
        assert!(waits.as_mut().poll(&mut cx).is_ready() && !gate.is_wanted());
    }

    #[test]
    fn an_event_lets_a_waiter_go_once_its_condition_holds() {
        let event = Event::default();
        let open = Cell::new(false);
        let mut wait = Box::pin(event.until(|| open.get()));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(wait.as_mut().poll(&mut cx).is_pending());
        event.notify();
        assert!(wait.as_mut().poll(&mut cx).is_pending(), "woken, and still shut");
        open.set(true);
        assert!(wait.as_mut().poll(&mut cx).is_ready());
    }

    #[test]
    fn both_ends_when_the_slower_one_has() {
        for (first, second) in [(0, 3), (3, 0), (2, 2)] {
            let work = |turns: usize| async move {
                for _ in 0..turns {
                    give_way().await;
                }
                turns
            };
            let mut two = pin!(both(work(first), work(second)));
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 0..first.max(second) {
                assert!(two.as_mut().poll(&mut cx).is_pending());
            }
            assert_eq!(two.as_mut().poll(&mut cx), Poll::Ready((first, second)));
        }
    }

    #[test]
    fn side_by_side_keeps_its_limit_and_its_order() {
        let (running, most) = (Cell::new(0), Cell::new(0));
        let work = |n: usize| {
            let (running, most) = (&running, &most);
            async move {
                running.set(running.get() + 1);
                most.set(most.get().max(running.get()));
                for _ in 0..=n % 3 {
                    give_way().await;
                }
                running.set(running.get() - 1);
                n * 10
            }
        };
        let mut all = Box::pin(side_by_side(0..10, 4, work));
        let mut cx = Context::from_waker(Waker::noop());
        let out = loop {
            if let Poll::Ready(out) = all.as_mut().poll(&mut cx) {
                break out;
            }
        };
        assert_eq!(out, (0..10).map(|n| n * 10).collect::<Vec<_>>());
        assert_eq!(most.get(), 4);
        let mut none = Box::pin(side_by_side(0..0, 4, work));
        assert!(none.as_mut().poll(&mut cx).is_ready());
    }
}
