//! The fake broker's groups of the classic protocol: a generation begins when every member has joined again.
//!
//! Owner: the broker. Invariant: it makes no assignment of its own; the leader is the first member by id.

use super::{Broker, State};
use bytes::Bytes;
use ringlog_wire::generated::*;
use std::collections::{BTreeMap, BTreeSet};

const ILLEGAL_GENERATION: i16 = 22;
const UNKNOWN_MEMBER_ID: i16 = 25;
const REBALANCE_IN_PROGRESS: i16 = 27;
const MEMBER_ID_REQUIRED: i16 = 79;

/// A group.
#[derive(Debug, Default)]
pub struct Group {
    /// Members that have joined and not left.
    pub members: BTreeSet<String>,
    /// Ids that were given to whom has not joined yet; a generation waits for them, too.
    pending: BTreeSet<String>,
    /// How many generations there were.
    pub generation: i32,
    /// A new generation is to come: who has joined it, with a subscription.
    coming: Option<BTreeMap<String, Bytes>>,
    /// Who is in this generation.
    present: BTreeMap<String, Bytes>,
    /// What its leader has divided.
    divided: Option<BTreeMap<String, Bytes>>,
    ids: usize,
}

impl Group {
    /// What a member of this generation is told.
    pub fn check(&self, member: &str, generation: i32) -> i16 {
        match () {
            () if !self.present.contains_key(member) => UNKNOWN_MEMBER_ID,
            () if generation != self.generation => ILLEGAL_GENERATION,
            () => 0,
        }
    }

    /// A rebalance begins, unless one has.
    pub fn rebalance(&mut self) {
        self.coming.get_or_insert_default();
    }

    /// A member joins that no client has; it is the first of all.
    pub fn join_ghost(&mut self) {
        self.rebalance();
        let like = self.present.values().next().cloned().unwrap_or_default();
        self.members.insert(String::new());
        self.coming.get_or_insert_default().insert(String::new(), like);
    }

    /// It leaves again.
    pub fn leave_ghost(&mut self) {
        self.remove("");
    }

    /// All have joined, and the leader has divided.
    pub fn is_settled(&self) -> bool {
        self.coming.is_none() && self.divided.is_some()
    }

    fn remove(&mut self, member: &str) -> bool {
        self.present.remove(member);
        if let Some(coming) = &mut self.coming {
            coming.remove(member);
        }
        let was = self.members.remove(member) || self.pending.remove(member);
        if was && !self.members.is_empty() {
            self.rebalance();
            self.begin();
        }
        was
    }

    /// The next generation begins if all are there.
    fn begin(&mut self) {
        let all = |c: &BTreeMap<String, Bytes>| self.members.iter().all(|m| c.contains_key(m));
        if self.pending.is_empty() && self.coming.as_ref().is_some_and(all) {
            self.present = self.coming.take().unwrap();
            self.divided = None;
            self.generation += 1;
        }
    }
}

impl State {
    fn refusal(&mut self) -> i16 {
        self.refused.pop().unwrap_or(0)
    }

    /// Answers Heartbeat.
    pub fn beat(&mut self, q: &HeartbeatRequest) -> HeartbeatResponse {
        let group = self.classic.entry(q.group_id.clone()).or_default();
        let error_code = match group.check(&q.member_id, q.generation_id) {
            0 if group.coming.is_some() => REBALANCE_IN_PROGRESS,
            0 => self.refusal(),
            code => code,
        };
        HeartbeatResponse { error_code, ..Default::default() }
    }

    /// Answers LeaveGroup.
    pub fn leave(&mut self, q: &LeaveGroupRequest) -> LeaveGroupResponse {
        let mut members = Vec::new();
        for m in &q.members {
            let known = self.classic.get_mut(&q.group_id).is_some_and(|g| g.remove(&m.member_id));
            self.left += usize::from(known);
            let error_code = if known { 0 } else { UNKNOWN_MEMBER_ID };
            let member_id = m.member_id.clone();
            members.push(leave_group_response::MemberResponse {
                member_id,
                error_code,
                ..Default::default()
            });
        }
        LeaveGroupResponse { members, ..Default::default() }
    }
}

impl Broker {
    /// Answers JoinGroup when all members have joined.
    pub fn join(&self, q: &JoinGroupRequest) -> JoinGroupResponse {
        let mut state = self.state();
        let refused =
            |error_code, member_id: String| JoinGroupResponse { error_code, member_id, ..Default::default() };
        let code = state.refusal();
        let group = state.classic.entry(q.group_id.clone()).or_default();
        let id = q.member_id.clone();
        match id.as_str() {
            _ if code != 0 => return refused(code, id),
            "" => {
                group.ids += 1;
                let id = format!("member-{}", group.ids);
                group.pending.insert(id.clone());
                return refused(MEMBER_ID_REQUIRED, id);
            }
            id if !group.members.contains(id) && !group.pending.remove(id) => {
                return refused(UNKNOWN_MEMBER_ID, id.to_owned());
            }
            _ => {}
        }
        group.members.insert(id.clone());
        let before = group.generation;
        group.coming.get_or_insert_default().insert(id.clone(), q.protocols[0].metadata.clone());
        group.begin();
        self.0.1.notify_all();
        let waits = |s: &mut State| {
            s.classic[&q.group_id].generation == before && s.classic[&q.group_id].members.contains(&id)
        };
        let state = self.0.1.wait_while(state, waits).unwrap();
        let group = &state.classic[&q.group_id];
        if !group.present.contains_key(&id) {
            return refused(UNKNOWN_MEMBER_ID, id);
        }
        let leader = group.present.keys().find(|id| !id.is_empty()).unwrap().clone();
        let member = |(id, metadata): (&String, &Bytes)| join_group_response::JoinGroupResponseMember {
            member_id: id.clone(),
            metadata: metadata.clone(),
            ..Default::default()
        };
        let members = if leader == id { group.present.iter().map(member).collect() } else { Vec::new() };
        JoinGroupResponse {
            generation_id: group.generation,
            protocol_type: Some(q.protocol_type.clone()),
            protocol_name: Some(q.protocols[0].name.clone()),
            leader,
            member_id: id,
            members,
            ..Default::default()
        }
    }

    /// Answers SyncGroup when the leader has divided.
    pub fn sync(&self, q: &SyncGroupRequest) -> SyncGroupResponse {
        let mut state = self.state();
        let refused = |error_code| SyncGroupResponse { error_code, ..Default::default() };
        let group = state.classic.get_mut(&q.group_id).unwrap();
        match group.check(&q.member_id, q.generation_id) {
            0 => {}
            code => return refused(code),
        }
        if !q.assignments.is_empty() {
            let all = q.assignments.iter().map(|a| (a.member_id.clone(), a.assignment.clone()));
            group.divided = Some(all.collect());
            self.0.1.notify_all();
        }
        let waits = |s: &mut State| {
            let group = &s.classic[&q.group_id];
            group.generation == q.generation_id && group.divided.is_none() && group.coming.is_none()
        };
        let state = self.0.1.wait_while(state, waits).unwrap();
        let group = &state.classic[&q.group_id];
        match &group.divided {
            Some(divided) if group.generation == q.generation_id && group.coming.is_none() => {
                let assignment = divided.get(&q.member_id).cloned().unwrap_or_default();
                let (protocol_type, protocol_name) = (q.protocol_type.clone(), q.protocol_name.clone());
                SyncGroupResponse { assignment, protocol_type, protocol_name, ..Default::default() }
            }
            _ => refused(REBALANCE_IN_PROGRESS),
        }
    }
}
