//! JoinGroup 0-9: who may join, and what that starts.
//!
//! Owner: the group. Pure. Invariants: a dynamic member of version 4 on gets its id before it counts (KIP-394);
//! a member that rejoins without news, after the rebalance, is told again what it was told; a join waits in
//! `Preparing` only.

use super::member::{Member, copied};
use super::{Classic, State};
use crate::group::Ticket;
use crate::group::call::{Answer, Client};
use crate::group::limits::{GROUP_BYTES_MAX, NEW_MEMBER_JOIN_MS, PENDING_MAX, PROTOCOLS_MAX};
use crate::group::state::{Turn, cut};
use crate::group::timers::TimerKind;
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::join_group_response::JoinGroupResponseMember;
use ringlog_wire::generated::{JoinGroupRequest, JoinGroupResponse};
use std::fmt::Write;
use std::rc::Rc;

/// One JoinGroup.
#[derive(Debug)]
pub struct Joiner {
    /// As sent.
    pub request: JoinGroupRequest,
    /// Its version.
    pub version: i16,
    /// Who joins.
    pub client: Client,
    /// Who waits.
    pub ticket: Ticket,
}

impl Joiner {
    pub(in crate::group) fn session_ms(&self) -> u64 {
        u64::try_from(self.request.session_timeout_ms).unwrap_or(0)
    }

    pub(in crate::group) fn rebalance_ms(&self) -> u64 {
        // Version 0 has one timeout for both.
        if self.version == 0 {
            return self.session_ms();
        }
        u64::try_from(self.request.rebalance_timeout_ms).unwrap_or(0)
    }

    /// The member's own words, if it says any (KIP-800).
    pub(in crate::group) fn because(&self, why: &str) -> String {
        match self.request.reason.as_deref().map(cut).filter(|r| !r.is_empty()) {
            Some(reason) => format!("{why}; client reason: {reason}"),
            None => why.to_owned(),
        }
    }

    pub(in crate::group) fn bytes(&self) -> usize {
        self.request.protocols.iter().map(|p| p.name.len() + p.metadata.len()).sum()
    }

    /// Its own copies of what it offers.
    pub(in crate::group) fn copied(&self) -> Rc<[(String, Bytes)]> {
        copied(&self.request.protocols).into()
    }

    fn member(&self) -> Member {
        Member {
            instance: self.request.group_instance_id.clone(),
            client: self.client.clone(),
            session_ms: self.session_ms(),
            rebalance_ms: self.rebalance_ms(),
            protocols: copied(&self.request.protocols),
            assignment: Default::default(),
            join: None,
            sync: None,
            is_new: true,
        }
    }
}

/// A fresh member id: the client's or the static name, and a UUID, as Kafka makes them.
pub fn member_id(prefix: &str, random: [u8; 16]) -> String {
    let bits = u128::from_be_bytes(random) & !(0xf << 76) & !(0b11 << 62) | 4 << 76 | 0b10 << 62;
    let mut id = format!("{prefix}-");
    for (shift, digits) in [(96, 8), (80, 4), (64, 4), (48, 4), (0, 12)] {
        let part = (bits >> shift) & ((1u128 << (4 * digits)) - 1);
        let dash = if shift == 0 { "" } else { "-" };
        // Writing to a string cannot fail.
        let _ = write!(id, "{part:0digits$x}{dash}");
    }
    id
}

impl Classic {
    /// Takes in one JoinGroup.
    pub(in crate::group) fn join(&mut self, turn: &mut Turn<'_>, join: Joiner) {
        if let Err(error) = self.check_join(turn, &join) {
            return turn.fx.refuse(join.ticket, error);
        }
        if !join.request.member_id.is_empty() {
            return self.rejoin(turn, join);
        }
        if let Some(instance) = join.request.group_instance_id.clone() {
            let id: Rc<str> = member_id(&instance, turn.now.random).into();
            return match self.statics.get(&instance).cloned() {
                Some(old) => self.replace_static(turn, join, &old, id),
                None => self.add(turn, join, id),
            };
        }
        let id: Rc<str> = member_id(&join.client.id, turn.now.random).into();
        if join.version < 4 {
            return self.add(turn, join, id);
        }
        turn.timers.arm(turn.id, TimerKind::Pending(Rc::clone(&id)), turn.now.ms + join.session_ms());
        let response = JoinGroupResponse {
            error_code: ErrorCode::MemberIdRequired.code(),
            member_id: id.to_string(),
            ..Default::default()
        };
        self.pending.insert(id);
        turn.fx.answer(join.ticket, Answer::Join(response));
    }

    fn check_join(&self, turn: &Turn<'_>, join: &Joiner) -> Result<(), ErrorCode> {
        let request = &join.request;
        let known = self.members.get(request.member_id.as_str());
        let replaced = request.group_instance_id.as_ref().is_some_and(|i| self.statics.contains_key(i));
        if known.is_none() && !replaced && self.members.len() >= turn.config.max_size {
            return Err(ErrorCode::GroupMaxSizeReached);
        }
        if request.member_id.is_empty() && self.pending.len() >= PENDING_MAX {
            return Err(ErrorCode::GroupMaxSizeReached);
        }
        let before: usize = self.members.values().map(Member::bytes).sum();
        let bytes = before - known.map_or(0, Member::bytes) + join.bytes();
        if request.protocols.len() > PROTOCOLS_MAX || bytes > GROUP_BYTES_MAX {
            return Err(ErrorCode::GroupMaxSizeReached);
        }
        if !self.supports(request) {
            return Err(ErrorCode::InconsistentGroupProtocol);
        }
        Ok(())
    }

    /// True if the group can go on with a member that offers this.
    fn supports(&self, request: &JoinGroupRequest) -> bool {
        if request.protocol_type.is_empty() || request.protocols.is_empty() {
            return false;
        }
        if self.is_empty() {
            return true;
        }
        let shared = |name: &str| self.members.values().all(|m| m.metadata(name).is_some());
        self.protocol_type() == Some(&request.protocol_type)
            && request.protocols.iter().any(|p| shared(&p.name))
    }

    fn rejoin(&mut self, turn: &mut Turn<'_>, join: Joiner) {
        let id: Rc<str> = join.request.member_id.as_str().into();
        if self.pending.contains(&id) {
            if join.request.group_instance_id.is_some() {
                // A static member never gets a pending id.
                return turn.fx.refuse(join.ticket, ErrorCode::UnknownMemberId);
            }
            return self.add(turn, join, id);
        }
        if let Err(error) = self.check_member(&id, join.request.group_instance_id.as_deref()) {
            return turn.fx.refuse(join.ticket, error);
        }
        let same = self.members.get(&id).is_some_and(|m| m.offers(&join.request.protocols));
        let is_leader = self.leader.as_ref() == Some(&id);
        match self.state {
            State::Preparing => {
                self.update(&id, &join);
                self.complete_if_all_joined(turn);
            }
            // The answer was lost: the same one again.
            State::Completing if same => self.tell_again(turn, &join, &id),
            // The leader has news that need not be in its metadata, say new partitions.
            State::Stable if same && !is_leader => self.tell_again(turn, &join, &id),
            State::Completing | State::Stable => {
                let why = if is_leader && same { "leader rejoined" } else { "member changed its metadata" };
                let why = join.because(&format!("{why}: {id}"));
                self.update(&id, &join);
                self.prepare(turn, why);
            }
            State::Empty => turn.fx.refuse(join.ticket, ErrorCode::UnknownMemberId),
        }
    }

    fn tell_again(&mut self, turn: &mut Turn<'_>, join: &Joiner, id: &Rc<str>) {
        let response = self.joined(id);
        self.touch(turn, id);
        turn.fx.answer(join.ticket, Answer::Join(response));
    }

    /// Takes over what a known member says now; it waits from here on.
    pub(super) fn update(&mut self, id: &Rc<str>, join: &Joiner) {
        let member = self.members.get_mut(id).expect("the caller has looked it up");
        member.protocols = copied(&join.request.protocols);
        member.session_ms = join.session_ms();
        member.rebalance_ms = join.rebalance_ms();
        member.client = join.client.clone();
        // An earlier request of the same member is of a connection that has gone: nobody reads its answer.
        member.join = Some(join.ticket);
    }

    fn add(&mut self, turn: &mut Turn<'_>, join: Joiner, id: Rc<str>) {
        self.pending.remove(&id);
        turn.timers.cancel(turn.id, TimerKind::Pending(Rc::clone(&id)));
        if self.members.is_empty() {
            self.protocol_type = Some(join.request.protocol_type.clone());
        }
        if let Some(instance) = &join.request.group_instance_id {
            self.statics.insert(instance.clone(), Rc::clone(&id));
        }
        let member = Member { join: Some(join.ticket), ..join.member() };
        self.members.insert(Rc::clone(&id), member);
        self.leader.get_or_insert_with(|| Rc::clone(&id));
        self.joined_meanwhile = self.initial.is_some();
        // It cannot send heartbeats before it knows its id; the request may have been given up meanwhile.
        let session = TimerKind::Session(Rc::clone(&id));
        turn.timers.arm(turn.id, session, turn.now.ms + NEW_MEMBER_JOIN_MS);
        let why = join.because(&format!("new member {id}"));
        self.rebalance(turn, why);
    }

    /// What a member is told at the end of a rebalance.
    pub(super) fn joined(&self, id: &Rc<str>) -> JoinGroupResponse {
        let protocol = self.protocol.clone().unwrap_or_default();
        let members = if self.leader.as_ref() == Some(id) { self.for_leader(&protocol) } else { Vec::new() };
        JoinGroupResponse {
            generation_id: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol_name: Some(protocol),
            leader: self.leader.as_deref().unwrap_or_default().to_owned(),
            member_id: id.to_string(),
            members,
            ..Default::default()
        }
    }

    pub(super) fn for_leader(&self, protocol: &str) -> Vec<JoinGroupResponseMember> {
        let one = |(id, m): (&Rc<str>, &Member)| JoinGroupResponseMember {
            member_id: id.to_string(),
            group_instance_id: m.instance.clone(),
            metadata: m.metadata(protocol).unwrap_or_default(),
        };
        self.members.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn member_ids_are_names_with_a_uuid() {
        let id = member_id("app", [0xff; 16]);
        assert_eq!(id, "app-ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(member_id("", [0; 16]), "-00000000-0000-4000-8000-000000000000");
    }
}
