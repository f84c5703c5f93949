//! The coordinator of one partition of `__consumer_offsets`: its groups, their deadlines, and the way of every call.
//!
//! Owner: the core that owns the partition, through `host`. Pure. Invariants: every record in the effects is
//! already applied here, so a coordinator whose effects were refused must be thrown away; a ticket is answered
//! once; after `end` nobody waits.

use super::call::{Answer, Ask, Client, CommitAsk};
use super::consumer::heartbeat::{self, Refusal};
use super::limits::{GROUPS_MAX, GroupConfig};
use super::state::{Group, Kind, Turn};
use super::timers::{TimerKey, TimerKind, Timers};
use super::{Effects, GroupId, Moment, Ticket};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use ringlog_wire::ids::TopicId;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Deadlines that one event looks at.
const DUE_MAX: usize = 64;

/// The coordinator.
#[derive(Debug)]
pub struct Coordinator {
    pub(super) config: Rc<GroupConfig>,
    pub(super) groups: BTreeMap<GroupId, Group>,
    pub(super) timers: Timers,
}

impl Coordinator {
    /// A coordinator that knows nothing yet: `replay` the partition, then `on_loaded`.
    #[must_use]
    pub fn new(config: Rc<GroupConfig>) -> Self {
        Self { config, groups: BTreeMap::new(), timers: Timers::default() }
    }

    /// The partition was replayed to its end: members have their whole session timeout from now on.
    pub fn on_loaded(&mut self, now: Moment<'_>) {
        self.groups.retain(|_, g| !g.is_blank());
        for group in self.groups.values_mut() {
            let session_ms = self.config.times(now.image, &group.id).session_ms;
            match &mut group.kind {
                Kind::Classic(c) => c.on_loaded(&group.id, now.ms, &mut self.timers),
                Kind::Consumer(c) => c.on_loaded(&group.id, now, session_ms, &mut self.timers),
            }
        }
        self.arm_retention(now.ms);
    }

    /// When `on_time` is due, milliseconds on the monotonic clock.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u64> {
        self.timers.next()
    }

    /// A request. Its answer may come with a later event.
    pub fn on_call(&mut self, now: Moment<'_>, ticket: Ticket, ask: Ask) -> Effects {
        let mut fx = Effects::default();
        match ask {
            Ask::Join { request, version, client } => {
                let join = super::classic::Joiner { request, version, client, ticket };
                self.join(now, &mut fx, join);
            }
            Ask::Sync(request) => {
                self.sync(now, &mut fx, ticket, request);
            }
            Ask::Heartbeat(request) => {
                let beat = self.heartbeat(now, &mut fx, &request);
                fx.answer(ticket, done(beat.unwrap_or(Err(ErrorCode::UnknownMemberId))));
            }
            Ask::Leave(request) => {
                let id = request.group_id.as_str();
                let unknown = Answer::Refused(ErrorCode::UnknownMemberId);
                let left = self.leave(now, &mut fx, id, &request.members);
                fx.answer(ticket, left.map_or(unknown, Answer::Leave));
            }
            Ask::Commit(ask) => {
                let result = self.commit(now, &mut fx, ask);
                fx.answer(ticket, done(result));
            }
            Ask::Fetch(ask) => {
                let answer = self.fetch(&ask).map_or_else(Answer::Refused, Answer::Offsets);
                fx.answer(ticket, answer);
            }
            Ask::ConsumerHeartbeat { request, version, client } => {
                let beat = self.consumer_heartbeat(now, &mut fx, client, (request, version));
                let response = beat.unwrap_or_else(|(error, why)| ConsumerGroupHeartbeatResponse {
                    error_code: error.code(),
                    error_message: Some(why),
                    ..Default::default()
                });
                fx.answer(ticket, Answer::ConsumerHeartbeat(response));
            }
            Ask::ConsumerDescribe { group } => {
                let described = self.describe_consumer(&group, now.image);
                fx.answer(ticket, Answer::ConsumerDescribed(Box::new(described)));
            }
            Ask::DeleteOffsets { group, topics } => {
                let answer = self.delete_offsets(&mut fx, &group, topics);
                fx.answer(ticket, answer);
            }
            Ask::Delete { group } => {
                let result = self.delete_group(&mut fx, &group);
                fx.answer(ticket, done(result));
            }
            Ask::Describe { group } => {
                let described = self.describe(&group);
                fx.answer(ticket, Answer::Described(Box::new(described)));
            }
            Ask::List(filters) => fx.answer(ticket, Answer::Listed(self.list(&filters))),
        }
        fx
    }

    /// Looks at the deadlines that have passed, some of them: call it again while `next_deadline` has passed.
    pub fn on_time(&mut self, now: Moment<'_>) -> Effects {
        let mut fx = Effects::default();
        for _ in 0..DUE_MAX {
            let Some((id, kind)) = self.timers.due(now.ms) else { break };
            if kind == TimerKind::Retention {
                self.expire_offsets(now, &mut fx);
            } else {
                let classic = self.in_group(now, &mut fx, &id, |classic, turn| classic.on_timer(turn, &kind));
                if classic.is_none() {
                    self.in_consumer(now, &mut fx, &id, |consumer, turn| consumer.on_timer(turn, &kind));
                }
            }
        }
        fx
    }

    /// Everyone who waits here, when the coordinator ends.
    #[must_use]
    pub fn end(self) -> Vec<Ticket> {
        let all = self.groups.into_values().flat_map(|g| match g.kind {
            Kind::Classic(classic) => classic.waiting(),
            // Nobody waits in the consumer protocol.
            Kind::Consumer(_) => Vec::new(),
        });
        all.collect()
    }

    /// The group, if there is one.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.get(id)
    }

    /// All groups by name.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// Runs `work` on the classic group `id`; a group that says nothing afterwards is gone.
    /// `None` if there is no such group, or it is none of the classic protocol.
    pub(super) fn in_group<R>(
        &mut self,
        now: Moment<'_>,
        fx: &mut Effects,
        id: &str,
        work: impl FnOnce(&mut super::classic::Classic, &mut Turn<'_>) -> R,
    ) -> Option<R> {
        let group = self.groups.get_mut(id)?;
        let Group { id, kind: Kind::Classic(classic), causes, .. } = group else { return None };
        let (config, timers) = (&self.config, &mut self.timers);
        let result = work(classic, &mut Turn { id, now, config, timers, fx, causes });
        if group.is_blank() {
            let id = Rc::clone(&group.id);
            self.groups.remove(&id);
        }
        Some(result)
    }

    fn consumer_heartbeat(
        &mut self,
        now: Moment<'_>,
        fx: &mut Effects,
        client: Client,
        (mut request, version): (ConsumerGroupHeartbeatRequest, i16),
    ) -> Result<ConsumerGroupHeartbeatResponse, Refusal> {
        heartbeat::check(&request, version)?;
        let id = request.group_id.clone();
        if request.member_epoch == heartbeat::JOIN {
            self.open_consumer(now, fx, &id)?;
            if request.member_id.is_empty() {
                request.member_id = TopicId(now.random).to_string();
            }
        }
        let leaves = request.member_epoch < 0;
        let beat = self.in_consumer(now, fx, &id, |consumer, turn| match leaves {
            true => consumer.leave(turn, &request),
            false => consumer.heartbeat(turn, client, &request),
        });
        beat.unwrap_or_else(|| {
            Err((ErrorCode::GroupIdNotFound, format!("Group {id} is not a consumer group.")))
        })
    }

    /// Makes sure that there is a group `id`. Errors: the coordinator has as many as it may.
    pub(super) fn ensure(&mut self, id: &str) -> Result<(), ErrorCode> {
        if !self.groups.contains_key(id) {
            if self.groups.len() >= GROUPS_MAX {
                return Err(ErrorCode::GroupMaxSizeReached);
            }
            let id: GroupId = id.into();
            self.groups.insert(Rc::clone(&id), Group::new(id));
        }
        Ok(())
    }

    pub(super) fn arm_retention(&mut self, from_ms: u64) {
        let key: TimerKey = ("".into(), TimerKind::Retention);
        self.timers.arm(&key.0, key.1, from_ms + self.config.retention_check_ms);
    }

    fn join(&mut self, now: Moment<'_>, fx: &mut Effects, join: super::classic::Joiner) {
        let ticket = join.ticket;
        let id = join.request.group_id.clone();
        if let Err(error) = self.check_join(&join) {
            return fx.refuse(ticket, error);
        }
        self.open_classic(fx, &id);
        if self.is_consumer(&id) {
            self.in_consumer(now, fx, &id, |consumer, turn| consumer.join_classic(turn, &join));
        } else {
            self.in_group(now, fx, &id, |classic, turn| classic.join(turn, join));
        }
    }

    fn check_join(&mut self, join: &super::classic::Joiner) -> Result<(), ErrorCode> {
        let request = &join.request;
        if request.group_id.is_empty() {
            return Err(ErrorCode::InvalidGroupId);
        }
        let allowed = self.config.min_session_ms..=self.config.max_session_ms;
        if !allowed.contains(&request.session_timeout_ms) {
            return Err(ErrorCode::InvalidSessionTimeout);
        }
        if request.member_id.is_empty() {
            return self.ensure(&request.group_id);
        }
        // A member id comes from a group that exists.
        match self.groups.contains_key(request.group_id.as_str()) {
            true => Ok(()),
            false => Err(ErrorCode::UnknownMemberId),
        }
    }

    fn commit(&mut self, now: Moment<'_>, fx: &mut Effects, ask: CommitAsk) -> Result<(), ErrorCode> {
        if !self.groups.contains_key(ask.group.as_str()) {
            // Without a generation it is an application that assigns partitions by hand, or a tool.
            if ask.generation >= 0 {
                return Err(ErrorCode::GroupIdNotFound);
            }
            self.ensure(&ask.group)?;
        }
        let id = ask.group.clone();
        let checked = self.in_group(now, fx, &id, |classic, turn| {
            classic.check_commit(&ask)?;
            classic.touch(turn, &ask.member);
            Ok(())
        });
        if checked.is_none()
            && let Some(Kind::Consumer(consumer)) = self.groups.get(id.as_str()).map(|g| &g.kind)
        {
            consumer.check_commit(&ask)?;
        }
        // A new group is blank until its first offset: it went with the check.
        checked.unwrap_or(Ok(()))?;
        self.ensure(&id)?;
        let group = self.groups.get_mut(id.as_str()).expect("made sure of above");
        group.commit(now.wall_ms, fx, ask);
        if group.is_blank() {
            self.groups.remove(id.as_str());
        }
        Ok(())
    }
}

fn done(result: Result<(), ErrorCode>) -> Answer {
    match result {
        Ok(()) => Answer::Done,
        Err(error) => Answer::Refused(error),
    }
}
