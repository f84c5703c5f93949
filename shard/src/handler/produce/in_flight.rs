//! Produce requests that are appended but not yet answered.
//!
//! Owner: one core. Invariants: every place of a request gets exactly one outcome (its own, a failure, or a
//! timeout), then the request is answered and gone; a late outcome finds a dead token and is dropped.

use crate::calls::yield_now;
use crate::conn::Connection;
use crate::conn::budget::Charge;
use crate::conn::queue::PlaceId;
use crate::core::Core;
use crate::env::{Clock, CoreId, Env, Instant};
use crate::handler::produce::encode;
use crate::handler::produce::room::{Parcel, Pool, Room};
use crate::limits::PRODUCE_IN_FLIGHT_MAX;
use crate::msg::{Acks, AppendItem, Outcome, Reply, Token};
use crate::slots::Slots;
use crate::stages::{Answers, Stage};
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Waker;

/// Slots that are looked at in one turn for requests that are overdue.
const OVERDUE_SLICE: usize = 1024;
/// Later than any deadline.
const NEVER: Instant = Instant(u64::MAX);

/// Who is to be answered.
pub enum Asker<E: Env> {
    /// A client of this core.
    Client {
        /// Its connection.
        connection: Rc<Connection<E>>,
        /// Its place in the order of answers; `None` with acks=0.
        place: Option<PlaceId>,
        /// Version of the request.
        version: i16,
        /// Echoed.
        correlation_id: i32,
        /// The bytes of the request, until no core holds any of them.
        frame: Option<Charge>,
        /// What was made of it.
        memory: Option<Charge>,
    },
    /// Another core, for its client.
    Core {
        /// That core.
        core: CoreId,
        /// Its request in flight.
        token: Token,
        /// What it sent, emptied, and memory for the answer.
        parcel: Parcel,
    },
}

/// One request.
pub struct InFlight<E: Env> {
    /// Who is to be answered.
    pub asker: Asker<E>,
    /// When.
    pub acks: Acks,
    /// Its partitions.
    pub room: Room,
    /// Places still to be done, and 1 while the request is being taken in.
    pub missing: usize,
    /// When REQUEST_TIMED_OUT is answered instead.
    pub deadline: Instant,
    /// Since when it waits for the disk of this core alone.
    pub in_log: Option<Instant>,
}

/// All of them.
pub struct Table<E: Env> {
    slots: RefCell<Slots<InFlight<E>>>,
    waiting: RefCell<Vec<Waker>>,
    /// No request is due before.
    earliest: Cell<Instant>,
    /// Memory for the next ones.
    pub pool: Pool,
}

impl<E: Env> Default for Table<E> {
    fn default() -> Self {
        Self {
            slots: RefCell::new(Slots::new(PRODUCE_IN_FLIGHT_MAX)),
            waiting: RefCell::default(),
            earliest: Cell::new(NEVER),
            pool: Pool::default(),
        }
    }
}

impl<E: Env> Table<E> {
    /// Waits until there is room for another request: its connection is not read meanwhile.
    pub async fn room(&self) {
        std::future::poll_fn(|cx| {
            if self.slots.borrow().is_full() {
                self.waiting.borrow_mut().push(cx.waker().clone());
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(())
        })
        .await;
    }

    /// Adds a request. Error: no room; the request comes back.
    // The request is large because it is stored in place: a box would be an allocation per request.
    #[allow(clippy::result_large_err)]
    pub fn insert(&self, request: InFlight<E>) -> Result<Token, InFlight<E>> {
        self.due_at(request.deadline);
        self.slots.borrow_mut().insert(request)
    }

    fn due_at(&self, deadline: Instant) {
        let earliest = self.earliest.get().min(deadline);
        self.earliest.set(if planted(Bug::TimeoutForgotten) { deadline } else { earliest });
    }

    /// Requests in flight.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.borrow().len()
    }

    /// True with nothing in flight.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The outcome that place `at` of `token` will have once it is done.
    pub fn expect(&self, token: Token, at: usize, outcome: Outcome) {
        if let Some(place) = self.slots.borrow_mut().peek_mut(token).and_then(|r| r.room.places.get_mut(at)) {
            place.expect(outcome);
        }
    }

    /// Place `at` of `token` is done; with `outcome` instead of the expected one, if given.
    /// Returns the request when it was the last.
    #[must_use]
    pub fn done(&self, token: Token, at: usize, outcome: Option<Outcome>) -> Option<InFlight<E>> {
        self.slots.borrow_mut().peek_mut(token)?.room.places.get_mut(at)?.end(outcome);
        self.count(token)
    }

    /// The request is taken in as a whole. Returns it if nothing is left to wait for. `in_log`: what is left waits for
    /// the disk of this core alone, since then.
    #[must_use]
    pub fn taken_in(&self, token: Token, in_log: Option<Instant>) -> Option<InFlight<E>> {
        let done = self.count(token);
        if done.is_none()
            && let Some(request) = self.slots.borrow_mut().peek_mut(token)
        {
            request.in_log = in_log;
        }
        done
    }

    /// The bytes of the request are needed no more.
    pub fn release_frame(&self, token: Token) {
        if let Some(InFlight { asker: Asker::Client { frame, .. }, .. }) =
            self.slots.borrow_mut().peek_mut(token)
        {
            frame.take();
        }
    }

    /// The memory of the items that another core sent goes back with the answer.
    pub fn send_back(&self, token: Token, emptied: Vec<AppendItem>) {
        if let Some(InFlight { asker: Asker::Core { parcel, .. }, .. }) =
            self.slots.borrow_mut().peek_mut(token)
        {
            parcel.0 = emptied;
        }
    }

    fn count(&self, token: Token) -> Option<InFlight<E>> {
        let mut slots = self.slots.borrow_mut();
        let request = slots.peek_mut(token)?;
        request.missing = request.missing.checked_sub(1).expect("a place is done once");
        if request.missing > 0 {
            return None;
        }
        self.waiting.borrow_mut().drain(..).for_each(Waker::wake);
        slots.remove(token)
    }

    /// Takes out what is overdue among the `OVERDUE_SLICE` slots from `start` on; `None` beyond the last.
    fn overdue(&self, now: Instant, start: usize) -> Option<Vec<InFlight<E>>> {
        let mut slots = self.slots.borrow_mut();
        if start >= slots.slots() {
            return None;
        }
        let tokens = slots.tokens_among(start, OVERDUE_SLICE, |r| {
            let due = r.acks != Acks::None && r.deadline < now;
            if r.acks != Acks::None && !due {
                self.due_at(r.deadline);
            }
            due
        });
        if !tokens.is_empty() {
            self.waiting.borrow_mut().drain(..).for_each(Waker::wake);
        }
        Some(tokens.into_iter().filter_map(|t| slots.remove(t)).collect())
    }
}

/// Answers the requests whose time is up. Looks at the table only when one of it may be due, in slices.
pub async fn end_overdue<E: Env>(core: &Core<E>, now: Instant) {
    let table = &core.produce;
    if table.earliest.get() >= now {
        return;
    }
    table.earliest.set(NEVER);
    let mut start = 0;
    while let Some(overdue) = table.overdue(now, start) {
        overdue.into_iter().for_each(|request| finish(core, request));
        start += OVERDUE_SLICE;
        yield_now().await;
    }
}

/// Answers a request whose outcomes are all known; missing ones have timed out.
pub fn finish<E: Env>(core: &Core<E>, request: InFlight<E>) {
    let now = core.env.clock().now();
    if let Some(since) = request.in_log {
        core.stages.add(Stage::ProduceCommit, since, now);
    }
    let mut room = request.room;
    room.settle();
    match request.asker {
        Asker::Core { core: to, token, parcel: (items, mut outcomes) } => {
            outcomes.extend(room.places.drain(..).map(|p| p.outcome().clone()));
            core.router.reply(to, token, Reply::Appended { outcomes, items, sent: now });
        }
        Asker::Client { connection, place: Some(place), version, correlation_id, frame, memory } => {
            drop((frame, memory));
            let head = encode::Head { version, correlation_id, connection: &connection };
            let mut queue = connection.queue.borrow_mut();
            let of = (Answers::Produce, now);
            queue.answer_bytes(place, of, |out| encode::response(core, out, &head, &room));
        }
        Asker::Client { connection, place: None, .. } => {
            // acks=0: the client learns of a failure by losing the connection, as with Kafka.
            let failed = room.places.iter().map(|p| p.outcome().error).find(|e| *e != ErrorCode::None);
            if let Some(error) = failed
                && !connection.queue.borrow().is_dead()
            {
                let close = crate::conn::Close::UnansweredFailure(error);
                core.bad_client(&connection.peer, close.code(), &close);
                connection.kill();
            }
        }
    }
    core.produce.pool.keep_room(room);
}
