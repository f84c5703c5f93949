//! The coordinators of one core: the way to them, their loading, their appends, their clock.
//!
//! Owner: the core that owns the partitions of `__consumer_offsets`. Invariants: events of all coordinators are
//! taken in by one task, in the order in which they came; an answer leaves when the high watermark has passed
//! everything that was appended before it was decided; a coordinator that is not loaded answers
//! COORDINATOR_LOAD_IN_PROGRESS; one whose records were refused is thrown away and loaded again.

use super::call::{Answer, Ask, Call};
use super::coordinator::Coordinator;
use super::limits::{GroupConfig, RELOAD_PAUSE};
use super::records::encode;
use super::{Effects, Moment, OFFSETS_TOPIC, Ticket, load};
use crate::calls::{Calls, First, Inbox, first};
use crate::config::BrokerConfig;
use crate::core::Core;
use crate::env::{Clock, Env, Instant, Lane, Level};
use crate::msg::{ShardMsg, Token};
use crate::partition::Leader;
use crate::partition::retain::moment;
use ringlog_storage::partition::AppendStamp;
use ringlog_storage::planted::{Bug, planted};
use ringlog_storage::store::AppendReject;
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::{Offset, PartitionId, TopicId};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// Something for the coordinators' task.
#[derive(Debug)]
enum Work {
    Call(Ticket, Box<Call>),
    /// Deadlines of this partition have passed.
    Time(u32),
    TopicsDeleted(Rc<[Rc<str>]>),
}

/// Answers that may leave once the high watermark is above the offset.
type Held = (Offset, Vec<(Ticket, Answer)>);

/// The coordinator of one partition, or the place of one.
struct Seat<E: Env> {
    leader: Rc<Leader<E>>,
    state: RefCell<SeatState>,
    held: RefCell<VecDeque<Held>>,
    /// A `Work::Time` is on its way.
    ticking: Cell<bool>,
    /// The partition is not led here any more, or its disk has failed.
    over: Cell<bool>,
}

#[derive(Debug)]
enum SeatState {
    Loading,
    Active(Box<Coordinator>),
}

/// All of this core, and what its connections ask of any.
pub struct Groups<E: Env> {
    config: Rc<GroupConfig>,
    calls: Calls<Answer>,
    inbox: Inbox<Work>,
    seats: RefCell<BTreeMap<u32, Rc<Seat<E>>>>,
    /// What the clock's task sleeps until, and its waker.
    alarm: Cell<Instant>,
    sleeper: RefCell<Option<Waker>>,
}

const NEVER: Instant = Instant(u64::MAX);

impl<E: Env> Groups<E> {
    /// No coordinators yet.
    #[must_use]
    pub fn new(config: &BrokerConfig) -> Self {
        Self {
            config: Rc::new(GroupConfig::new(config)),
            calls: Calls::default(),
            inbox: Inbox::default(),
            seats: RefCell::default(),
            alarm: Cell::new(NEVER),
            sleeper: RefCell::default(),
        }
    }

    /// What the operator set.
    #[must_use]
    pub fn config(&self) -> &GroupConfig {
        &self.config
    }

    /// Another core's connection asks.
    pub fn on_call(&self, ticket: Ticket, call: Box<Call>) {
        self.inbox.put(Work::Call(ticket, call));
    }

    /// The answer to a question of this core has come.
    pub fn on_answer(&self, token: Token, answer: Answer) {
        self.calls.complete(token, answer);
    }

    fn seat(&self, index: u32) -> Option<Rc<Seat<E>>> {
        self.seats.borrow().get(&index).cloned()
    }

    /// The partitions whose coordinators are here.
    pub(super) fn served(&self) -> Vec<u32> {
        self.seats.borrow().keys().copied().collect()
    }

    /// Looks at the coordinator of a partition. `None` if it is not loaded.
    pub(super) fn with_active<R>(&self, index: u32, look: impl FnOnce(&Coordinator) -> R) -> Option<R> {
        match &*self.seat(index)?.state.borrow() {
            SeatState::Loading => None,
            SeatState::Active(coordinator) => Some(look(coordinator)),
        }
    }

    /// The first deadline of a coordinator that is not being looked at.
    fn next_deadline(&self) -> Instant {
        let seats = self.seats.borrow();
        let idle = seats.values().filter(|s| !s.ticking.get());
        let due = idle.filter_map(|s| match &*s.state.borrow() {
            SeatState::Active(c) => c.next_deadline(),
            SeatState::Loading => None,
        });
        due.min().map_or(NEVER, instant)
    }

    /// Lets the clock's task look again if a deadline has come nearer.
    fn set_alarm(&self) {
        if self.next_deadline() < self.alarm.get()
            && let Some(sleeper) = self.sleeper.borrow_mut().take()
        {
            sleeper.wake();
        }
    }

    fn put_due(&self, now: Instant) {
        for (index, seat) in &*self.seats.borrow() {
            let due = match &*seat.state.borrow() {
                SeatState::Active(c) => c.next_deadline().is_some_and(|at| instant(at) <= now),
                SeatState::Loading => false,
            };
            if due && !seat.ticking.replace(true) {
                self.inbox.put(Work::Time(*index));
            }
        }
    }
}

fn instant(ms: u64) -> Instant {
    Instant(ms.saturating_mul(1_000_000))
}

impl<E: Env> Core<E> {
    /// Starts the tasks of this core's coordinators.
    pub(crate) fn start_groups(self: &Rc<Self>) {
        self.env.spawn(Lane::Produce, work_loop(Rc::clone(self)));
        self.env.spawn(Lane::Produce, clock_loop(Rc::clone(self)));
        self.env.spawn(Lane::Fetch, super::report::report_loop(Rc::clone(self)));
    }

    /// Asks the coordinator that `call` names, wherever it is. The answer may take as long as a rebalance.
    pub async fn ask_group(self: &Rc<Self>, call: Call) -> Answer {
        let topic = self.image.borrow().topic_named(OFFSETS_TOPIC).map(|t| t.id);
        let Some(topic) = topic else { return Answer::Refused(ErrorCode::NotCoordinator) };
        let owner = self.router.owner(PartitionId { topic, index: call.partition });
        self.ask_groups_of(owner, call).await
    }

    /// Asks the coordinators of core `owner`.
    pub async fn ask_groups_of(self: &Rc<Self>, owner: crate::env::CoreId, call: Call) -> Answer {
        let (here, token) = (self.router.here(), self.groups.calls.open());
        let call = Box::new(call);
        if owner == here {
            self.groups.on_call(Ticket { core: here, token }, call);
        } else {
            self.router.push(owner, ShardMsg::Group { token, call }).await;
        }
        self.groups.calls.wait(token).await
    }

    fn answer_group(&self, ticket: Ticket, answer: Answer) {
        if ticket.core == self.router.here() {
            self.groups.on_answer(ticket.token, answer);
        } else {
            // Bounded without a credit: a connection has one question at a time.
            let answer = Box::new(answer);
            self.router.owe(ticket.core, ShardMsg::GroupAnswer { token: ticket.token, answer });
        }
    }

    fn refuse_group(&self, tickets: impl IntoIterator<Item = Ticket>, error: ErrorCode) {
        tickets.into_iter().for_each(|t| self.answer_group(t, Answer::Refused(error)));
    }

    fn is_offsets_topic(&self, topic: TopicId) -> bool {
        self.image.borrow().topic_named(OFFSETS_TOPIC).is_some_and(|t| t.id == topic)
    }

    /// This core begins to serve a partition: a coordinator, if it is one of `__consumer_offsets`.
    pub(crate) fn groups_served(self: &Rc<Self>, leader: &Rc<Leader<E>>) {
        if !self.is_offsets_topic(leader.id.topic) {
            return;
        }
        let seat = Rc::new(Seat {
            leader: Rc::clone(leader),
            state: RefCell::new(SeatState::Loading),
            held: RefCell::default(),
            ticking: Cell::new(false),
            over: Cell::new(false),
        });
        self.groups.seats.borrow_mut().insert(leader.id.index, Rc::clone(&seat));
        self.env.spawn(Lane::Fetch, load_seat(Rc::clone(self), seat, Duration::ZERO));
    }

    /// Nothing of the partition becomes durable here any more.
    pub(crate) fn groups_ended(&self, leader: &Rc<Leader<E>>) {
        let seat = self.groups.seat(leader.id.index).filter(|s| Rc::ptr_eq(&s.leader, leader));
        let Some(seat) = seat else { return };
        self.groups.seats.borrow_mut().remove(&leader.id.index);
        seat.over.set(true);
        self.throw_away(&seat, ErrorCode::NotCoordinator);
        let held = seat.held.take();
        let tickets = held.into_iter().flat_map(|(_, answers)| answers).map(|(t, _)| t);
        self.refuse_group(tickets, ErrorCode::CoordinatorNotAvailable);
    }

    /// The high watermark of a partition has moved.
    pub(crate) fn groups_durable(&self, id: PartitionId, high_watermark: Offset) {
        let Some(seat) = self.groups.seat(id.index).filter(|s| s.leader.id == id) else { return };
        loop {
            let due = {
                let mut held = seat.held.borrow_mut();
                let passed = held.front().is_some_and(|(end, _)| *end <= high_watermark);
                passed.then(|| held.pop_front()).flatten()
            };
            let Some((_, answers)) = due else { return };
            answers.into_iter().for_each(|(ticket, answer)| self.answer_group(ticket, answer));
        }
    }

    /// Topics are gone.
    pub(crate) fn groups_topics_deleted(&self, topics: Vec<Rc<str>>) {
        if !topics.is_empty() && !self.groups.seats.borrow().is_empty() {
            self.groups.inbox.put(Work::TopicsDeleted(topics.into()));
        }
    }

    /// The core stops: nobody waits for a rebalance any more. What waits for the disk still gets its answer.
    pub(crate) fn groups_stop(&self) {
        let seats: Vec<_> = self.groups.seats.borrow().values().cloned().collect();
        for seat in seats {
            seat.over.set(true);
            self.throw_away(&seat, ErrorCode::NotCoordinator);
        }
    }

    /// Forgets what the coordinator knows; who waits there is told `error`.
    fn throw_away(&self, seat: &Seat<E>, error: ErrorCode) {
        let state = std::mem::replace(&mut *seat.state.borrow_mut(), SeatState::Loading);
        if let SeatState::Active(coordinator) = state {
            self.refuse_group(coordinator.end(), error);
        }
    }

    fn random16(&self) -> [u8; 16] {
        let (high, low) = (u128::from(self.env.random()), u128::from(self.env.random()));
        (high << 64 | low).to_be_bytes()
    }

    /// Hands `event` the coordinator of `seat`. `None` if it is not loaded.
    fn with_coordinator<R>(
        &self,
        seat: &Seat<E>,
        event: impl FnOnce(&mut Coordinator, Moment<'_>) -> R,
    ) -> Option<R> {
        let image = self.image.borrow();
        let clock = self.env.clock();
        let (ms, wall_ms) = (clock.now().0 / 1_000_000, clock.wall_ms());
        let now = Moment { ms, wall_ms, random: self.random16(), image: &image };
        match &mut *seat.state.borrow_mut() {
            SeatState::Loading => None,
            SeatState::Active(coordinator) => Some(event(coordinator, now)),
        }
    }

    /// Appends the records of an event and holds its answers until they are durable.
    async fn settle(self: &Rc<Self>, seat: &Rc<Seat<E>>, fx: Effects) {
        let Effects { records, answers } = fx;
        let shown_early = planted(Bug::OffsetShownEarly) && records.is_empty();
        if !records.is_empty()
            && let Err(why) = self.append_records(seat, &records).await
        {
            let name = format!("{OFFSETS_TOPIC}-{}", seat.leader.id.index);
            self.env.log(Level::Error, &format!("error[R060]: records of {name} are refused: {why}"));
            let tickets = answers.into_iter().map(|(ticket, _)| ticket);
            self.refuse_group(tickets, ErrorCode::CoordinatorNotAvailable);
            if planted(Bug::RefusedStateKept) {
                return;
            }
            self.throw_away(seat, ErrorCode::NotCoordinator);
            if !seat.over.get() {
                let (core, seat) = (Rc::clone(self), Rc::clone(seat));
                self.env.spawn(Lane::Fetch, load_seat(core, seat, RELOAD_PAUSE));
            }
            return;
        }
        if answers.is_empty() {
            return;
        }
        let end = seat.leader.log().offsets().end;
        let early = shown_early || planted(Bug::CommitAckedEarly);
        if early || seat.leader.high_watermark() >= end {
            answers.into_iter().for_each(|(ticket, answer)| self.answer_group(ticket, answer));
        } else if seat.over.get() {
            let tickets = answers.into_iter().map(|(ticket, _)| ticket);
            self.refuse_group(tickets, ErrorCode::CoordinatorNotAvailable);
        } else {
            seat.held.borrow_mut().push_back((end, answers));
        }
    }

    async fn append_records(&self, seat: &Seat<E>, records: &[super::records::Record]) -> Result<(), String> {
        let wall_ms = self.env.clock().wall_ms();
        let batch = encode(records, wall_ms).map_err(|e| e.to_string())?;
        loop {
            if seat.over.get() {
                return Err("the partition is not led here any more".to_owned());
            }
            let stamp = AppendStamp {
                leader_epoch: seat.leader.epoch(),
                log_append_time: None,
                max_timestamp: wall_ms,
            };
            match seat.leader.log().append(&batch, &stamp, wall_ms) {
                Ok(_) => {
                    seat.leader.log().note_append(moment(self).steady_ms);
                    return Ok(());
                }
                Err(AppendReject::Busy) => seat.leader.store().room().await,
                Err(other) => return Err(format!("{other:?}")),
            }
        }
    }

    async fn on_group_call(self: &Rc<Self>, ticket: Ticket, call: Call) {
        if let Ask::List(filters) = &call.ask {
            let answer = self.list_groups(filters);
            return self.answer_group(ticket, answer);
        }
        let Some(seat) = self.groups.seat(call.partition).filter(|s| !s.over.get()) else {
            return self.answer_group(ticket, Answer::Refused(ErrorCode::NotCoordinator));
        };
        if planted(Bug::EmptyWhileLoading)
            && matches!(call.ask, Ask::Fetch(_))
            && matches!(&*seat.state.borrow(), SeatState::Loading)
        {
            return self.answer_group(ticket, Answer::Offsets(Vec::new()));
        }
        match self.with_coordinator(&seat, |c, now| c.on_call(now, ticket, call.ask)) {
            None => self.answer_group(ticket, Answer::Refused(ErrorCode::CoordinatorLoadInProgress)),
            Some(fx) => self.settle(&seat, fx).await,
        }
    }

    /// The groups of all coordinators of this core; those of one that is loading would be missing.
    fn list_groups(&self, filters: &ringlog_wire::generated::ListGroupsRequest) -> Answer {
        let mut all = Vec::new();
        for seat in self.groups.seats.borrow().values() {
            match &*seat.state.borrow() {
                SeatState::Loading => return Answer::Refused(ErrorCode::CoordinatorLoadInProgress),
                SeatState::Active(c) => all.extend(c.list(filters)),
            }
        }
        Answer::Listed(all)
    }
}

/// Takes in the events of all coordinators of a core, one after the other.
async fn work_loop<E: Env>(core: Rc<Core<E>>) {
    loop {
        match core.groups.inbox.take().await {
            Work::Call(ticket, call) => core.on_group_call(ticket, *call).await,
            Work::Time(index) => {
                if let Some(seat) = core.groups.seat(index) {
                    let fx = core.with_coordinator(&seat, Coordinator::on_time);
                    if let Some(fx) = fx {
                        core.settle(&seat, fx).await;
                    }
                    seat.ticking.set(false);
                }
            }
            Work::TopicsDeleted(topics) => {
                let seats: Vec<_> = core.groups.seats.borrow().values().cloned().collect();
                for seat in seats {
                    if let Some(fx) = core.with_coordinator(&seat, |c, _| c.on_topics_deleted(&topics)) {
                        core.settle(&seat, fx).await;
                    }
                }
            }
        }
        core.groups.put_due(core.env.clock().now());
        core.groups.set_alarm();
    }
}

/// Sends the coordinators the time when one of their deadlines has passed.
async fn clock_loop<E: Env>(core: Rc<Core<E>>) {
    let groups = &core.groups;
    loop {
        let next = groups.next_deadline();
        groups.alarm.set(next);
        let nearer = std::future::poll_fn(|cx| {
            if groups.next_deadline() < groups.alarm.get() {
                return Poll::Ready(());
            }
            *groups.sleeper.borrow_mut() = Some(cx.waker().clone());
            Poll::Pending
        });
        let slept = first(nearer, core.env.clock().sleep_until(next)).await;
        if core.stopping.is_raised() {
            return;
        }
        if matches!(slept, First::Right(())) {
            groups.put_due(core.env.clock().now());
        }
    }
}

/// Loads the coordinator of `seat` after `pause`; tries again while the partition cannot be read.
async fn load_seat<E: Env>(core: Rc<Core<E>>, seat: Rc<Seat<E>>, pause: Duration) {
    let mut pause = pause;
    loop {
        let clock = core.env.clock();
        if !pause.is_zero() && core.stopping.or(clock.sleep_until(clock.now().after(pause))).await.is_none() {
            return;
        }
        if seat.over.get() {
            return;
        }
        pause = RELOAD_PAUSE;
        // Records that are not durable yet belong to the state as well.
        if seat.leader.high_watermark() < seat.leader.log().offsets().end {
            continue;
        }
        let mut coordinator = Coordinator::new(Rc::clone(&core.groups.config));
        match load::load(&core.env, &seat.leader, &mut coordinator).await {
            Ok(_) => {
                *seat.state.borrow_mut() = SeatState::Active(Box::new(coordinator));
                core.with_coordinator(&seat, |c, now| c.on_loaded(now));
                if seat.over.get() {
                    core.throw_away(&seat, ErrorCode::NotCoordinator);
                }
                return core.groups.set_alarm();
            }
            Err(why) => {
                let name = format!("{OFFSETS_TOPIC}-{}", seat.leader.id.index);
                let line = format!("error[R061]: {name} cannot be loaded, its groups are not served: {why}");
                core.env.log(Level::Error, &line);
            }
        }
    }
}
