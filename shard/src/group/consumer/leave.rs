//! Members that leave, and members that are put out.
//!
//! Owner: the group. Pure. Invariant: a member goes together with its tombstones and a new group epoch, except a
//! static one that leaves for a while: its place and its target stay.

use super::heartbeat::Refusal;
use super::member::{LEFT_FOR_A_WHILE, Member, MemberState};
use super::{Consumer, Partitions};
use crate::group::GroupId;
use crate::group::state::Turn;
use crate::group::timers::{TimerKind, Timers};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use std::rc::Rc;

/// Forgets every deadline of member `id`.
pub(super) fn cancel_timers(timers: &mut Timers, group: &GroupId, id: &Rc<str>) {
    for kind in [TimerKind::Session, TimerKind::Revocation, TimerKind::Rejoin, TimerKind::MemberSync] {
        timers.cancel(group, kind(Rc::clone(id)));
    }
}

impl Consumer {
    /// Takes in the heartbeat of a member that leaves.
    pub(in crate::group) fn leave(
        &mut self,
        turn: &mut Turn<'_>,
        request: &ConsumerGroupHeartbeatRequest,
    ) -> Result<ConsumerGroupHeartbeatResponse, Refusal> {
        let id: Rc<str> = match &request.instance_id {
            Some(instance) => {
                let unknown = || (ErrorCode::UnknownMemberId, format!("Instance id {instance} is unknown."));
                let holder = self.statics.get(instance).cloned().ok_or_else(unknown)?;
                if *holder != *request.member_id {
                    let why = format!("Instance id {instance} is held by member {holder}.");
                    return Err((ErrorCode::FencedInstanceId, why));
                }
                holder
            }
            None => request.member_id.as_str().into(),
        };
        let unknown = || (ErrorCode::UnknownMemberId, format!("Member {id} is not a member of the group."));
        let member = self.members.get(&id).ok_or_else(unknown)?;
        if request.member_epoch == LEFT_FOR_A_WHILE {
            let next = Member {
                epoch: LEFT_FOR_A_WHILE,
                state: MemberState::Stable,
                // It has given everything back; its session still runs, and its target waits for it.
                assigned: Partitions::default(),
                revoking: Partitions::default(),
                ..member.clone()
            };
            self.put_current(turn, &id, next);
        } else {
            self.fence(turn, &id, format!("member {id} left"));
        }
        Ok(ConsumerGroupHeartbeatResponse {
            member_id: Some(request.member_id.clone()),
            member_epoch: request.member_epoch,
            ..Default::default()
        })
    }

    /// Puts a member out; what it holds is free at once, since it must stop reading by itself.
    pub(super) fn fence(&mut self, turn: &mut Turn<'_>, id: &Rc<str>, why: String) {
        self.fence_all(turn, std::slice::from_ref(id), why);
    }

    /// Puts members out, all in one step.
    pub(super) fn fence_all(&mut self, turn: &mut Turn<'_>, ids: &[Rc<str>], why: String) {
        let mut any = false;
        for id in ids.iter().filter(|id| self.members.contains_key(*id)).collect::<Vec<_>>() {
            self.target.remove(id);
            self.forget(turn, id);
            any = true;
        }
        if any {
            self.topics_hash = self.hash_topics(turn.now.image);
            self.bump(turn, why);
        }
    }

    /// Takes a member out and writes its tombstones.
    pub(super) fn forget(&mut self, turn: &mut Turn<'_>, id: &Rc<str>) {
        if self.take_member(id).is_none() {
            return;
        }
        cancel_timers(turn.timers, turn.id, id);
        turn.fx.records.extend(super::record::member_tombstones(turn.id, id));
    }
}
