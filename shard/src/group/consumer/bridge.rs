//! Members of the classic protocol inside a consumer group (KIP-848, online migration): JoinGroup, SyncGroup,
//! Heartbeat and LeaveGroup answered from the group's epochs and targets.
//!
//! Owner: the group. Pure. Invariants: nobody waits here: a join is answered at once with the member's own epoch as
//! the generation, and nobody leads; a member that has to move is told REBALANCE_IN_PROGRESS by its heartbeat and
//! has its rebalance timeout to rejoin; classic members share a protocol, so that the group can go back.

use super::member::{ClassicSide, Member, MemberState};
use super::{Consumer, Partitions};
use crate::group::call::Answer;
use crate::group::classic::Joiner;
use crate::group::limits::{GROUP_BYTES_MAX, PROTOCOLS_MAX};
use crate::group::protocol::{self, CONSUMER};
use crate::group::state::{Turn, cut};
use crate::group::timers::TimerKind;
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::leave_group_request::MemberIdentity;
use ringlog_wire::generated::leave_group_response::MemberResponse;
use ringlog_wire::generated::{
    HeartbeatRequest, JoinGroupResponse, LeaveGroupResponse, SyncGroupRequest, SyncGroupResponse,
};
use ringlog_wire::ids::TopicId;
use std::rc::Rc;

impl Consumer {
    /// Takes in one JoinGroup.
    pub(in crate::group) fn join_classic(&mut self, turn: &mut Turn<'_>, join: &Joiner) {
        match self.try_join(turn, join) {
            Ok(response) => turn.fx.answer(join.ticket, Answer::Join(response)),
            Err(error) => turn.fx.refuse(join.ticket, error),
        }
    }

    fn try_join(&mut self, turn: &mut Turn<'_>, join: &Joiner) -> Result<JoinGroupResponse, ErrorCode> {
        self.check_join(turn, join)?;
        let request = &join.request;
        let subscription = request.protocols.first().map(|p| protocol::subscription(&p.metadata));
        let Some(Ok(subscription)) = subscription else { return Err(ErrorCode::InconsistentGroupProtocol) };
        let is_new = request.member_id.is_empty();
        let id: Rc<str> = match is_new {
            true => TopicId(turn.now.random).to_string().into(),
            false => request.member_id.as_str().into(),
        };
        if is_new && request.group_instance_id.is_none() && join.version >= 4 {
            let error_code = ErrorCode::MemberIdRequired.code();
            return Ok(JoinGroupResponse { error_code, member_id: id.to_string(), ..Default::default() });
        }
        if let Some(instance) = &request.group_instance_id {
            self.admit_static(turn, instance, &id, is_new)?;
        }
        let known = self.members.get(&id);
        let next = known.cloned().unwrap_or_else(|| Member::new(join.client.clone()));
        let next = Member {
            instance: request.group_instance_id.clone().or(next.instance),
            rack: subscription.rack_id.clone().filter(|r| !r.is_empty()).or(next.rack),
            client: join.client.clone(),
            names: subscription.topics.iter().cloned().collect(),
            pattern: String::new(),
            topics: subscription.topics.iter().cloned().collect(),
            rebalance_timeout_ms: i32::try_from(join.rebalance_ms()).unwrap_or(i32::MAX),
            classic: Some(ClassicSide { session_ms: join.session_ms(), protocols: join.copied() }),
            ..next
        };
        self.put_subscription(turn, &id, next, |why| join.because(&why));
        self.look_at_topics(turn);
        self.look_at_target(turn);
        let owned = protocol::owned(&subscription, turn.now.image);
        self.reconcile(turn, &id, Some(&owned));
        Ok(self.joined(turn, &id))
    }

    fn check_join(&self, turn: &Turn<'_>, join: &Joiner) -> Result<(), ErrorCode> {
        let request = &join.request;
        let known = self.members.contains_key(request.member_id.as_str());
        let replaced = request.group_instance_id.as_ref().is_some_and(|i| self.statics.contains_key(i));
        if !known && !replaced && self.members.len() >= turn.config.consumer_max_size {
            return Err(ErrorCode::GroupMaxSizeReached);
        }
        let others = || self.members.iter().filter(|(id, _)| ***id != *request.member_id);
        let sides = || others().filter_map(|(_, m)| m.classic.as_ref());
        let bytes: usize = sides().flat_map(|c| c.protocols.iter()).map(|(n, b)| n.len() + b.len()).sum();
        if request.protocols.len() > PROTOCOLS_MAX || bytes + join.bytes() > GROUP_BYTES_MAX {
            return Err(ErrorCode::GroupMaxSizeReached);
        }
        let shared = |name: &str| sides().all(|c| c.protocols.iter().any(|(n, _)| n == name));
        if request.protocol_type != CONSUMER || !request.protocols.iter().any(|p| shared(&p.name)) {
            return Err(ErrorCode::InconsistentGroupProtocol);
        }
        Ok(())
    }

    fn admit_static(
        &mut self,
        turn: &mut Turn<'_>,
        instance: &str,
        id: &Rc<str>,
        is_new: bool,
    ) -> Result<(), ErrorCode> {
        match self.statics.get(instance).cloned() {
            // It starts again, and does not know who it was.
            Some(old) if is_new => self.start_over(turn, &old, id),
            None if is_new => {}
            Some(holder) if holder == *id => {}
            Some(_) => return Err(ErrorCode::FencedInstanceId),
            None => return Err(ErrorCode::UnknownMemberId),
        }
        Ok(())
    }

    /// What a member is told that has joined; it must sync in time.
    fn joined(&self, turn: &mut Turn<'_>, id: &Rc<str>) -> JoinGroupResponse {
        let member = self.members.get(id).expect("it has just joined");
        turn.timers.cancel(turn.id, TimerKind::Rejoin(Rc::clone(id)));
        let due = turn.now.ms + member.rebalance_ms();
        turn.timers.arm(turn.id, TimerKind::MemberSync(Rc::clone(id)), due);
        arm_session(turn, id, member);
        JoinGroupResponse {
            generation_id: member.epoch,
            protocol_type: Some(CONSUMER.to_owned()),
            protocol_name: member.protocol().map(|(name, _)| name.clone()),
            member_id: id.to_string(),
            ..Default::default()
        }
    }

    /// The classic member that a request names.
    fn classic_member(&self, member: &str, instance: Option<&str>) -> Result<(&Rc<str>, &Member), ErrorCode> {
        let known = self.members.get_key_value(member);
        if let Some(instance) = instance {
            match self.statics.get(instance) {
                None => return Err(ErrorCode::UnknownMemberId),
                Some(holder) if **holder != *member => return Err(ErrorCode::FencedInstanceId),
                Some(_) => {}
            }
        }
        known.filter(|(_, m)| m.classic.is_some()).ok_or(ErrorCode::UnknownMemberId)
    }

    /// Takes in one SyncGroup.
    pub(in crate::group) fn sync_classic(
        &self,
        turn: &mut Turn<'_>,
        request: &SyncGroupRequest,
    ) -> Result<SyncGroupResponse, ErrorCode> {
        let (id, member) = self.classic_member(&request.member_id, request.group_instance_id.as_deref())?;
        if member.epoch != request.generation_id {
            return Err(ErrorCode::IllegalGeneration);
        }
        let Some((name, metadata)) = member.protocol() else { return Err(ErrorCode::UnknownMemberId) };
        let differs = |said: &Option<String>, known: &str| said.as_deref().is_some_and(|s| s != known);
        if differs(&request.protocol_type, CONSUMER) || differs(&request.protocol_name, name) {
            return Err(ErrorCode::InconsistentGroupProtocol);
        }
        // One that has to give partitions back first learns here which it keeps.
        if self.is_behind(turn, member) && member.state != MemberState::Unrevoked {
            arm_rejoin(turn, id, member);
            return Err(ErrorCode::RebalanceInProgress);
        }
        turn.timers.cancel(turn.id, TimerKind::MemberSync(Rc::clone(id)));
        arm_session(turn, id, member);
        Ok(SyncGroupResponse {
            protocol_type: Some(CONSUMER.to_owned()),
            protocol_name: Some(name.clone()),
            assignment: protocol::write(&member.assigned, metadata, turn.now.image),
            ..Default::default()
        })
    }

    /// Takes in one Heartbeat.
    pub(in crate::group) fn heartbeat_classic(
        &self,
        turn: &mut Turn<'_>,
        request: &HeartbeatRequest,
    ) -> Result<(), ErrorCode> {
        let (id, member) = self.classic_member(&request.member_id, request.group_instance_id.as_deref())?;
        if member.epoch != request.generation_id {
            return Err(ErrorCode::IllegalGeneration);
        }
        arm_session(turn, id, member);
        // It catches up, gives back, or gets what has become free, by joining again.
        let moves = self.is_behind(turn, member)
            || member.state == MemberState::Unrevoked
            || (member.state == MemberState::Unreleased && !self.waits_for_others(id, member));
        if moves {
            arm_rejoin(turn, id, member);
            return Err(ErrorCode::RebalanceInProgress);
        }
        Ok(())
    }

    /// True if a partition of the member's target is still in other hands.
    fn waits_for_others(&self, id: &Rc<str>, member: &Member) -> bool {
        let nothing = Partitions::default();
        let target = self.target.get(id).unwrap_or(&nothing);
        target.iter().any(|p| !member.assigned.contains(p) && self.held.contains_key(&p))
    }

    /// Takes in one LeaveGroup.
    pub(in crate::group) fn leave_classic(
        &mut self,
        turn: &mut Turn<'_>,
        leaving: &[MemberIdentity],
    ) -> LeaveGroupResponse {
        let mut members = Vec::with_capacity(leaving.len());
        let mut left = Vec::new();
        let mut why = String::new();
        for identity in leaving {
            let result = self.leaver(identity);
            if let Ok(id) = &result {
                let reason = identity.reason.as_deref().map(cut).filter(|r| !r.is_empty());
                let reason = reason.map_or_else(String::new, |r| format!("; client reason: {r}"));
                why = format!("member {id} left{reason}");
                left.push(Rc::clone(id));
            }
            members.push(MemberResponse {
                member_id: identity.member_id.clone(),
                group_instance_id: identity.group_instance_id.clone(),
                error_code: result.err().unwrap_or(ErrorCode::None).code(),
            });
        }
        self.fence_all(turn, &left, why);
        LeaveGroupResponse { members, ..Default::default() }
    }

    fn leaver(&self, identity: &MemberIdentity) -> Result<Rc<str>, ErrorCode> {
        let instance = identity.group_instance_id.as_deref();
        let id = match (identity.member_id.as_str(), instance) {
            // A tool names a static member without knowing its id.
            ("", Some(name)) => self.statics.get(name).ok_or(ErrorCode::UnknownMemberId)?,
            (id, _) => id,
        };
        self.classic_member(id, instance).map(|(id, _)| Rc::clone(id))
    }
}

impl Member {
    /// What a classic member prefers: name and metadata.
    fn protocol(&self) -> Option<&(String, Bytes)> {
        self.classic.as_ref()?.protocols.first()
    }
}

fn arm_session(turn: &mut Turn<'_>, id: &Rc<str>, member: &Member) {
    let due = turn.now.ms + member.session_ms(turn.session_ms());
    turn.timers.arm(turn.id, TimerKind::Session(Rc::clone(id)), due);
}

/// The time to rejoin runs from the first time that the member was told.
fn arm_rejoin(turn: &mut Turn<'_>, id: &Rc<str>, member: &Member) {
    let key = TimerKind::Rejoin(Rc::clone(id));
    if !turn.timers.is_armed(turn.id, key.clone()) {
        turn.timers.arm(turn.id, key, turn.now.ms + member.rebalance_ms());
    }
}
