//! Which protocol a group speaks, and its change in place (KIP-848, online migration).
//!
//! Owner: the coordinator. Pure. Invariants: a group without members takes the protocol of whoever joins; one with
//! members becomes a consumer group only if the policy, the members' protocol and the bound allow it, and nothing of
//! the request that asks for it can be refused any more; it goes back when its last member of the consumer protocol
//! is gone; offsets and causes stay.

use super::consumer::Consumer;
use super::consumer::heartbeat::Refusal;
use super::coordinator::Coordinator;
use super::state::{Cause, Group, Kind, Turn};
use super::{Effects, Moment, Ticket};
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::leave_group_request::MemberIdentity;
use ringlog_wire::generated::{HeartbeatRequest, LeaveGroupResponse, SyncGroupRequest};
use std::rc::Rc;

impl Coordinator {
    /// Runs `work` on the consumer group `id`; a group that says nothing afterwards is gone, and one whose members
    /// are all classic becomes a classic group. `None` if there is no such group, or it is a classic one.
    pub(super) fn in_consumer<R>(
        &mut self,
        now: Moment<'_>,
        fx: &mut Effects,
        id: &str,
        work: impl FnOnce(&mut Consumer, &mut Turn<'_>) -> R,
    ) -> Option<R> {
        let group = self.groups.get_mut(id)?;
        let Group { id, kind, causes, .. } = group;
        let Kind::Consumer(consumer) = kind else { return None };
        let (config, timers) = (&self.config, &mut self.timers);
        let mut turn = Turn { id, now, config, timers, fx, causes };
        let result = work(consumer, &mut turn);
        if consumer.wants_classic(turn.config) {
            let classic = consumer.to_classic(&mut turn);
            *kind = Kind::Classic(Box::new(classic));
        }
        if group.is_blank() {
            let id = Rc::clone(&group.id);
            self.groups.remove(&id);
        }
        Some(result)
    }

    /// True if `id` is a consumer group.
    pub(super) fn is_consumer(&self, id: &str) -> bool {
        self.groups.get(id).is_some_and(|g| matches!(g.kind, Kind::Consumer(_)))
    }

    /// Makes sure that `id` speaks the consumer protocol; a classic group is taken over, with its members.
    pub(super) fn open_consumer(
        &mut self,
        now: Moment<'_>,
        fx: &mut Effects,
        id: &str,
    ) -> Result<(), Refusal> {
        self.ensure(id).map_err(|e| (e, "The coordinator has as many groups as it may.".to_owned()))?;
        let group = self.groups.get_mut(id).expect("made sure of above");
        let may_vanish = group.may_vanish();
        let tombstones = group.tombstones();
        let Group { id, kind, causes, offsets } = group;
        let Kind::Classic(classic) = kind else { return Ok(()) };
        if may_vanish {
            fx.records.extend(tombstones);
            if planted(Bug::OffsetsLostOnUpgrade) {
                *offsets = Default::default();
            }
            *kind = Kind::Consumer(Box::default());
            return Ok(());
        }
        let refuse = |why: String| Err((ErrorCode::GroupIdNotFound, why));
        let room = classic.len() < self.config.consumer_max_size;
        if !self.config.migration.allows_upgrade() || !classic.is_consumer() || !room {
            return refuse(format!("Group {id} is not a consumer group."));
        }
        let consumer = match Consumer::of_classic(classic, now.image) {
            Ok(consumer) => consumer,
            Err(why) => {
                return refuse(format!("Cannot upgrade classic group {id} to consumer group because {why}."));
            }
        };
        let (config, timers) = (&self.config, &mut self.timers);
        let mut turn = Turn { id, now, config, timers, fx, causes };
        classic.retire(&mut turn);
        turn.fx.records.extend(tombstones);
        turn.fx.records.extend(consumer.records(turn.id));
        consumer.arm(turn.id, now.ms, turn.session_ms(), turn.timers);
        let why = "a member of the consumer protocol joined the classic group".to_owned();
        turn.causes.note(Cause { wall_ms: now.wall_ms, generation: classic.generation(), why });
        *kind = Kind::Consumer(Box::new(consumer));
        Ok(())
    }

    /// Takes a consumer group without members over to the classic protocol.
    pub(super) fn open_classic(&mut self, fx: &mut Effects, id: &str) {
        if let Some(group) = self.groups.get_mut(id)
            && matches!(group.kind, Kind::Consumer(_))
            && group.may_vanish()
        {
            fx.records.extend(group.tombstones());
            group.kind = Kind::Classic(Box::default());
        }
    }

    /// SyncGroup, to a group of either kind.
    pub(super) fn sync(&mut self, now: Moment<'_>, fx: &mut Effects, ticket: Ticket, ask: SyncGroupRequest) {
        let id = ask.group_id.clone();
        if self.is_consumer(&id) {
            let synced = self.in_consumer(now, fx, &id, |consumer, turn| consumer.sync_classic(turn, &ask));
            let refused = |error| super::call::Answer::Refused(error);
            let synced = synced.unwrap_or(Err(ErrorCode::UnknownMemberId));
            fx.answer(ticket, synced.map_or_else(refused, super::call::Answer::Sync));
        } else if self.in_group(now, fx, &id, |classic, turn| classic.sync(turn, ticket, ask)).is_none() {
            fx.refuse(ticket, ErrorCode::UnknownMemberId);
        }
    }

    /// Heartbeat, to a group of either kind. `None` if there is none.
    pub(super) fn heartbeat(
        &mut self,
        now: Moment<'_>,
        fx: &mut Effects,
        ask: &HeartbeatRequest,
    ) -> Option<Result<(), ErrorCode>> {
        let id = ask.group_id.as_str();
        match self.is_consumer(id) {
            true => self.in_consumer(now, fx, id, |consumer, turn| consumer.heartbeat_classic(turn, ask)),
            false => self.in_group(now, fx, id, |classic, turn| classic.heartbeat(turn, ask)),
        }
    }

    /// LeaveGroup, to a group of either kind. `None` if there is none.
    pub(super) fn leave(
        &mut self,
        now: Moment<'_>,
        fx: &mut Effects,
        id: &str,
        leaving: &[MemberIdentity],
    ) -> Option<LeaveGroupResponse> {
        match self.is_consumer(id) {
            true => self.in_consumer(now, fx, id, |consumer, turn| consumer.leave_classic(turn, leaving)),
            false => self.in_group(now, fx, id, |classic, turn| classic.leave(turn, leaving)),
        }
    }
}
