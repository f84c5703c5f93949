//! A member of the classic protocol: what it asks next, and what follows from each answer.
//!
//! Unjoined --JoinGroup--> Joined --SyncGroup--> Stable --Heartbeat--> Stable, and from each back to Unjoined when the
//! group rebalances or has forgotten the member.
//!
//! Owner: the thread of the members. Invariants: it does no I/O and knows no time; an eager member has nothing while it
//! is not stable.

use super::super::coordinator::{Trouble, trouble};
use super::range::{self, NAME, Topics};
use crate::versions::{good, name_of};
use bytes::Bytes;
use ringlog_wire::error_code::ErrorCode;
use ringlog_wire::generated::{
    HeartbeatRequest, HeartbeatResponse, JoinGroupRequest, JoinGroupResponse, SyncGroupRequest,
    SyncGroupResponse, join_group_request::JoinGroupRequestProtocol,
    sync_group_request::SyncGroupRequestAssignment,
};
use std::io;
use std::sync::Arc;

/// Of members that all subscribe to the same.
const PROTOCOL_TYPE: &str = "consumer";

/// What all members of a group say of themselves.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The group.
    pub group: String,
    /// Not heard for so long, a member is out, ms.
    pub session_ms: i32,
    /// How long the group waits for its members to join again, ms.
    pub rebalance_ms: i32,
    /// What they read, as `range::subscription` has it.
    pub subscription: Bytes,
}

/// Where it is.
#[derive(Debug)]
enum State {
    Unjoined,
    /// Of this generation, with what the leader has divided.
    Joined(SyncGroupRequest),
    Stable,
}

/// What it asks.
#[derive(Debug)]
pub enum Ask<'a> {
    Join(JoinGroupRequest),
    Sync(&'a SyncGroupRequest),
    Heartbeat(HeartbeatRequest),
}

/// What it is answered.
#[derive(Debug)]
pub enum Answer {
    Join(JoinGroupResponse),
    Sync(SyncGroupResponse),
    Heartbeat(HeartbeatResponse),
}

/// What follows.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// It asks at once.
    Ask,
    /// It has these partitions; a heartbeat in time.
    Assigned(Vec<(String, i32)>),
    /// Nothing new; a heartbeat in time.
    Beat,
    /// It gives back all it has, commits if it is still a member, and asks at once.
    Rejoin { member: bool },
    /// It asks again soon: the coordinator, or what it said, is not there yet.
    Again(String),
    /// It asks the coordinator, wherever it is now.
    Find(String),
}

/// The member.
pub struct Member {
    terms: Arc<Terms>,
    /// Given by the coordinator; empty before.
    pub id: String,
    /// Of the group, as it last joined.
    pub generation: i32,
    state: State,
}

impl Member {
    /// One that has not joined yet.
    pub fn new(terms: Arc<Terms>) -> Self {
        Self { terms, id: String::new(), generation: -1, state: State::Unjoined }
    }

    /// It has what the group gave it.
    pub fn is_stable(&self) -> bool {
        matches!(self.state, State::Stable)
    }

    /// What it asks now.
    pub fn ask(&self) -> Ask<'_> {
        match &self.state {
            State::Unjoined => Ask::Join(JoinGroupRequest {
                group_id: self.terms.group.clone(),
                session_timeout_ms: self.terms.session_ms,
                rebalance_timeout_ms: self.terms.rebalance_ms,
                member_id: self.id.clone(),
                protocol_type: PROTOCOL_TYPE.to_owned(),
                protocols: vec![JoinGroupRequestProtocol {
                    name: NAME.to_owned(),
                    metadata: self.terms.subscription.clone(),
                }],
                ..Default::default()
            }),
            State::Joined(sync) => Ask::Sync(sync),
            State::Stable => Ask::Heartbeat(HeartbeatRequest {
                group_id: self.terms.group.clone(),
                generation_id: self.generation,
                member_id: self.id.clone(),
                group_instance_id: None,
            }),
        }
    }

    /// What follows from an answer to what it asked; a leader divides `topics`.
    /// Errors: it was refused for good, or the answer is none.
    pub fn on_answer(&mut self, answer: Answer, topics: &Topics) -> io::Result<Next> {
        match answer {
            Answer::Join(a) => self.on_join(a, topics),
            Answer::Sync(a) => match a.error_code {
                0 => {
                    self.state = State::Stable;
                    range::assigned(&a.assignment).map(Next::Assigned)
                }
                code => self.on_refusal("SyncGroup", code),
            },
            Answer::Heartbeat(a) => match a.error_code {
                0 => Ok(Next::Beat),
                code => self.on_refusal("Heartbeat", code),
            },
        }
    }

    fn on_join(&mut self, answer: JoinGroupResponse, topics: &Topics) -> io::Result<Next> {
        match ErrorCode::from_code(answer.error_code) {
            Some(ErrorCode::None) => {}
            // KIP-394: the id comes first, so that a join whose answer is lost leaves no member behind.
            Some(ErrorCode::MemberIdRequired) if self.id.is_empty() && !answer.member_id.is_empty() => {
                self.id = answer.member_id;
                return Ok(Next::Ask);
            }
            _ => return self.on_refusal("JoinGroup", answer.error_code),
        }
        if answer.protocol_name.as_deref() != Some(NAME) {
            let (group, found) = (&self.terms.group, answer.protocol_name.unwrap_or_default());
            return Err(io::Error::other(format!(
                "found the assignor {found} in group {group}; need {NAME}"
            )));
        }
        let leads = answer.leader == answer.member_id && !answer.skip_assignment;
        let mut assignments = Vec::new();
        if leads {
            let members = answer.members.iter().map(|m| (m.member_id.as_str(), &m.metadata));
            let one = |(member_id, assignment)| SyncGroupRequestAssignment { member_id, assignment };
            assignments = range::assign(topics, members)?.into_iter().map(one).collect();
        }
        (self.id, self.generation) = (answer.member_id, answer.generation_id);
        self.state = State::Joined(SyncGroupRequest {
            group_id: self.terms.group.clone(),
            generation_id: self.generation,
            member_id: self.id.clone(),
            group_instance_id: None,
            protocol_type: Some(PROTOCOL_TYPE.to_owned()),
            protocol_name: Some(NAME.to_owned()),
            assignments,
        });
        Ok(Next::Ask)
    }

    fn on_refusal(&mut self, what: &str, code: i16) -> io::Result<Next> {
        match trouble(code) {
            Some(Trouble::Loading) => return Ok(Next::Again(name_of(code))),
            Some(Trouble::Moved) => return Ok(Next::Find(name_of(code))),
            None => {}
        }
        let joins = matches!(self.state, State::Unjoined);
        let member = match ErrorCode::from_code(code) {
            Some(ErrorCode::RebalanceInProgress) => true,
            Some(ErrorCode::IllegalGeneration) => false,
            Some(ErrorCode::UnknownMemberId) => {
                self.id.clear();
                false
            }
            _ => {
                let what = format!("{what} in group {}", self.terms.group);
                return good(&what, code).map(|()| Next::Beat);
            }
        };
        self.state = State::Unjoined;
        // One that was about to join has nothing to give back, and must not ask without end.
        Ok(if joins { Next::Again(name_of(code)) } else { Next::Rejoin { member } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn member() -> Member {
        let subscription = range::subscription(vec!["t".to_owned()]).unwrap();
        let terms = Terms { group: "g".to_owned(), session_ms: 45_000, rebalance_ms: 60_000, subscription };
        Member::new(Arc::new(terms))
    }

    fn joined(code: i16, id: &str, generation_id: i32) -> Answer {
        let metadata = range::subscription(vec!["t".to_owned()]).unwrap();
        let of = |id: &str| ringlog_wire::generated::join_group_response::JoinGroupResponseMember {
            member_id: id.to_owned(),
            metadata: metadata.clone(),
            ..Default::default()
        };
        Answer::Join(JoinGroupResponse {
            error_code: code,
            generation_id,
            protocol_name: Some(NAME.to_owned()),
            leader: "m".to_owned(),
            member_id: id.to_owned(),
            members: vec![of("other"), of("m")],
            ..Default::default()
        })
    }

    fn beaten(error_code: i16) -> Answer {
        Answer::Heartbeat(HeartbeatResponse { error_code, ..Default::default() })
    }

    /// A member that leads generation 7 and has partitions 0 and 1 of three.
    fn stable(topics: &Topics) -> Member {
        let mut member = member();
        assert_eq!(member.on_answer(joined(79, "m", -1), topics).unwrap(), Next::Ask);
        assert_eq!(member.on_answer(joined(0, "m", 7), topics).unwrap(), Next::Ask);
        let Ask::Sync(sync) = member.ask() else { panic!("a member that has joined synchronises") };
        assert_eq!((sync.generation_id, sync.assignments.len()), (7, 2), "it leads");
        let assignment = sync.assignments.iter().find(|a| a.member_id == "m").unwrap().assignment.clone();
        let answer = Answer::Sync(SyncGroupResponse { assignment, ..Default::default() });
        let both = vec![("t".to_owned(), 0), ("t".to_owned(), 1)];
        assert_eq!(member.on_answer(answer, topics).unwrap(), Next::Assigned(both));
        assert!(member.is_stable());
        member
    }

    #[test]
    fn what_a_heartbeat_hears_decides_whether_it_stays_rejoins_or_is_forgotten() {
        let topics: Topics = BTreeMap::from([("t".to_owned(), vec![0, 1, 2])]);
        let hear = |code| {
            let mut member = stable(&topics);
            let next = member.on_answer(beaten(code), &topics).map_err(|e| e.to_string());
            (next, member.is_stable(), member.id)
        };
        let m = || "m".to_owned();
        assert_eq!(hear(0), (Ok(Next::Beat), true, m()));
        assert_eq!(hear(27), (Ok(Next::Rejoin { member: true }), false, m()));
        assert_eq!(hear(22), (Ok(Next::Rejoin { member: false }), false, m()));
        assert_eq!(hear(25), (Ok(Next::Rejoin { member: false }), false, String::new()));
        assert_eq!(hear(14), (Ok(Next::Again("COORDINATOR_LOAD_IN_PROGRESS".to_owned())), true, m()));
        assert_eq!(hear(16), (Ok(Next::Find("NOT_COORDINATOR".to_owned())), true, m()));
        let refused = Err("Heartbeat in group g answered GROUP_AUTHORIZATION_FAILED".to_owned());
        assert_eq!(hear(30), (refused, true, m()));
    }

    #[test]
    fn a_join_takes_an_id_once_and_no_other_assignor() {
        let topics = Topics::new();
        let mut member = member();
        assert_eq!(member.on_answer(joined(79, "m", -1), &topics).unwrap(), Next::Ask);
        let again = member.on_answer(joined(79, "n", -1), &topics).unwrap_err();
        assert_eq!(again.to_string(), "JoinGroup in group g answered MEMBER_ID_REQUIRED");
        // Forgotten while it joins: it begins anew, after a while.
        let next = member.on_answer(joined(25, "", -1), &topics).unwrap();
        assert_eq!((next, member.id.as_str()), (Next::Again("UNKNOWN_MEMBER_ID".to_owned()), ""));
        let Answer::Join(mut sticky) = joined(0, "m", 7) else { return };
        sticky.protocol_name = Some("sticky".to_owned());
        let found = member.on_answer(Answer::Join(sticky), &topics).unwrap_err();
        assert_eq!(found.to_string(), "found the assignor sticky in group g; need range");
    }
}
