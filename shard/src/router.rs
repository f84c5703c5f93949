//! Which core owns a partition, and the way there and back (architecture.md D5).
//!
//! Owner: one per core. Invariants: a request is sent only with a credit, and its answer returns the credit, so
//! no more answers than credits wait for room in a ring and answering never waits; requests of one task reach one
//! core in the order in which they were sent; every inbound message is taken at once.

use crate::calls::Calls;
use crate::env::{CoreId, Env, FileOf, Full, Lane, Mesh};
use crate::msg::{Reply, Request, ShardMsg, Token};
use ringlog_storage::layout;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ids::PartitionId;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// The data core that owns `id` among `data_cores`: storage's rule, since it decides which commit log holds it.
///
/// # Panics
/// If `data_cores` is 0: a node without data cores holds no partitions.
#[must_use]
pub fn owner(id: PartitionId, data_cores: u16) -> CoreId {
    CoreId(layout::owner(id, data_cores))
}

/// What goes to one other core.
struct Lines<F> {
    /// Requests that may still be sent.
    credits: Cell<usize>,
    for_credit: RefCell<Vec<Waker>>,
    /// Answers and notices that found the ring full.
    owed: RefCell<VecDeque<ShardMsg<F>>>,
    pump: RefCell<Option<Waker>>,
}

/// One core's sending side of the mesh.
pub struct Router<E: Env> {
    env: E,
    lines: Vec<Rc<Lines<FileOf<E>>>>,
    /// Of each line, while nothing is asked.
    credits: usize,
    calls: Calls<Reply<FileOf<E>>>,
}

impl<E: Env> Router<E> {
    /// The router of `env`'s core with so many credits for each other core; starts one sending task per other core.
    #[must_use]
    pub fn start(env: &E, credits: usize) -> Self {
        let cores = usize::from(env.mesh().data_cores()) + 1;
        let lines: Vec<_> = (0..cores)
            .map(|_| {
                Rc::new(Lines {
                    credits: Cell::new(credits),
                    for_credit: RefCell::default(),
                    owed: RefCell::default(),
                    pump: RefCell::default(),
                })
            })
            .collect();
        for (line, core) in lines.iter().zip(0u16..) {
            env.spawn(Lane::Commit, pump(env.clone(), CoreId(core), Rc::clone(line)));
        }
        Self { env: env.clone(), lines, credits, calls: Calls::default() }
    }

    /// This core.
    #[must_use]
    pub fn here(&self) -> CoreId {
        self.env.mesh().core()
    }

    /// The core that owns `id`.
    #[must_use]
    pub fn owner(&self, id: PartitionId) -> CoreId {
        owner(id, self.env.mesh().data_cores())
    }

    fn line(&self, to: CoreId) -> &Lines<FileOf<E>> {
        self.lines.get(usize::from(to.0)).expect("cores are numbered from 0 to the control core's")
    }

    /// Sends `request` to `to`, whose reply will carry `token`. Waits for a credit and for room in the ring:
    /// while it waits, the socket behind the request is not read.
    pub async fn send(&self, to: CoreId, token: Token, request: Request) {
        let line = self.line(to);
        std::future::poll_fn(|cx| match line.credits.get() {
            0 if planted(Bug::CreditNotAwaited) => Poll::Ready(()),
            0 => {
                line.for_credit.borrow_mut().push(cx.waker().clone());
                Poll::Pending
            }
            n => {
                line.credits.set(n - 1);
                Poll::Ready(())
            }
        })
        .await;
        self.push(to, ShardMsg::Request { token, request }).await;
    }

    /// Sends any message, waiting for room.
    pub async fn push(&self, to: CoreId, msg: ShardMsg<FileOf<E>>) {
        let mut msg = msg;
        loop {
            match self.env.mesh().try_send(to, msg) {
                Ok(()) => return,
                Err(Full(back)) => msg = back,
            }
            self.env.mesh().room(to).await;
        }
    }

    /// Sends `request` to `to`; `answer` waits for the reply under the token returned.
    pub async fn ask(&self, to: CoreId, request: Request) -> Token {
        let token = self.calls.open();
        self.send(to, token, request).await;
        token
    }

    /// Waits for the reply to a request that `ask` sent; once per token.
    pub async fn answer(&self, token: Token) -> Reply<FileOf<E>> {
        self.calls.wait(token).await
    }

    /// A reply came from `from`: returns its credit.
    pub fn on_reply(&self, from: CoreId) {
        let line = self.line(from);
        if planted(Bug::CreditLost) && !line.owed.borrow().is_empty() {
            return;
        }
        line.credits.set(line.credits.get() + 1);
        assert!(line.credits.get() <= self.credits, "every reply answers one request");
        line.for_credit.borrow_mut().drain(..).for_each(Waker::wake);
    }

    /// Hands a reply to the task that called. A reply that nobody waits for is dropped.
    pub fn complete(&self, token: Token, reply: Reply<FileOf<E>>) {
        self.calls.complete(token, reply);
    }

    /// Answers `to`'s request. Never waits: the request's credit bounds what can be owed.
    pub fn reply(&self, to: CoreId, token: Token, reply: Reply<FileOf<E>>) {
        self.owe(to, ShardMsg::Reply { token, reply });
    }

    /// Sends a message that a credit or a table of `to` bounds; never waits.
    pub fn owe(&self, to: CoreId, msg: ShardMsg<FileOf<E>>) {
        let line = self.line(to);
        let mut owed = line.owed.borrow_mut();
        if owed.is_empty() {
            match self.env.mesh().try_send(to, msg) {
                Ok(()) => return,
                Err(Full(_)) if planted(Bug::FullQueueDrops) => return,
                Err(Full(back)) => owed.push_back(back),
            }
        } else {
            owed.push_back(msg);
        }
        if let Some(waker) = line.pump.borrow_mut().take().filter(|_| !planted(Bug::PumpNotWoken)) {
            waker.wake();
        }
    }
}

/// Sends what is owed to `to` as room appears. Lives as long as the core.
async fn pump<E: Env>(env: E, to: CoreId, line: Rc<Lines<FileOf<E>>>) {
    loop {
        std::future::poll_fn(|cx| {
            if line.owed.borrow().is_empty() {
                *line.pump.borrow_mut() = Some(cx.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        env.mesh().room(to).await;
        let mut owed = line.owed.borrow_mut();
        while let Some(msg) = owed.pop_front() {
            if let Err(Full(back)) = env.mesh().try_send(to, msg) {
                if planted(Bug::PumpDropsRefused) {
                    break;
                }
                owed.push_front(back);
                break;
            }
        }
    }
}
