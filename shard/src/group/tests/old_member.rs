//! A member that speaks the classic protocol, step by step, for tests of groups that hold both kinds.

use super::*;
use crate::group::protocol;
use ErrorCode as E;
use ringlog_wire::generated::consumer_protocol_subscription::TopicPartition;
use ringlog_wire::generated::leave_group_request::MemberIdentity;
use ringlog_wire::generated::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, LeaveGroupRequest};
use ringlog_wire::message::Message;
use std::collections::BTreeSet;

/// Where a classic client stands.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Phase {
    MustJoin,
    Joining(u64),
    MustSync(JoinGroupResponse),
    Syncing(u64),
    Stable,
}

/// A classic client: eager, or cooperative.
#[derive(Clone)]
pub(super) struct Old {
    pub(super) id: String,
    pub(super) instance: Option<String>,
    pub(super) cooperative: bool,
    pub(super) topics: Vec<&'static str>,
    pub(super) generation: i32,
    pub(super) phase: Phase,
    pub(super) owned: BTreeSet<(String, i32)>,
    /// What the leader of these members adds of its own.
    pub(super) user_data: Option<&'static [u8]>,
}

impl Old {
    pub(super) fn new(cooperative: bool, topics: &[&'static str]) -> Self {
        Self {
            id: String::new(),
            instance: None,
            cooperative,
            topics: topics.to_vec(),
            generation: -1,
            phase: Phase::MustJoin,
            owned: BTreeSet::new(),
            user_data: None,
        }
    }

    pub(super) fn protocol(&self) -> &'static str {
        if self.cooperative { "cooperative-sticky" } else { "range" }
    }

    pub(super) fn metadata(&self) -> Bytes {
        let owned = self.owned.iter().map(|(t, p)| TopicPartition { topic: t.clone(), partitions: vec![*p] });
        let subscription = ConsumerProtocolSubscription {
            topics: self.topics.iter().map(|t| (*t).to_owned()).collect(),
            owned_partitions: if self.cooperative { owned.collect() } else { Vec::new() },
            generation_id: self.generation,
            ..Default::default()
        };
        let mut bytes = 3i16.to_be_bytes().to_vec();
        Message::encode(&subscription, &mut bytes, 3).unwrap();
        bytes.into()
    }

    pub(super) fn lose(&mut self) {
        self.owned.clear();
        self.phase = Phase::MustJoin;
    }

    /// Its next step; the error that it met.
    pub(super) fn step(&mut self, rig: &mut Rig) -> E {
        match self.phase.clone() {
            Phase::MustJoin => {
                if !self.cooperative {
                    self.owned.clear();
                }
                self.phase = Phase::Joining(self.join(rig));
                self.step(rig)
            }
            Phase::Joining(ticket) => match rig.got(ticket) {
                None => E::None,
                Some(Answer::Join(r)) if r.error_code == 0 => {
                    (self.id, self.generation) = (r.member_id.clone(), r.generation_id);
                    self.phase = Phase::MustSync(r);
                    E::None
                }
                Some(Answer::Join(r)) => {
                    self.id = r.member_id;
                    self.phase = Phase::MustJoin;
                    E::from_code(r.error_code).unwrap()
                }
                Some(other) => self.refused(other.error()),
            },
            Phase::MustSync(joined) => {
                self.phase = Phase::Syncing(self.sync(rig, &joined));
                self.step(rig)
            }
            Phase::Syncing(ticket) => match rig.got(ticket) {
                None => E::None,
                Some(Answer::Sync(r)) => {
                    let given = protocol::assignment(&r.assignment).unwrap().assigned_partitions;
                    let given = given.iter().flat_map(|t| t.partitions.iter().map(|p| (t.topic.clone(), *p)));
                    let given: BTreeSet<_> = given.collect();
                    let revoked = self.owned.difference(&given).count();
                    self.owned = given;
                    self.phase = if revoked > 0 { Phase::MustJoin } else { Phase::Stable };
                    E::None
                }
                Some(other) => self.refused(other.error()),
            },
            Phase::Stable => {
                let error = rig.beat(&self.id, self.generation);
                if error == E::None { E::None } else { self.refused(error) }
            }
        }
    }

    pub(super) fn refused(&mut self, error: E) -> E {
        match error {
            E::RebalanceInProgress => self.phase = Phase::MustJoin,
            E::IllegalGeneration => self.lose(),
            _ => {
                self.id.clear();
                self.lose();
            }
        }
        error
    }

    pub(super) fn join(&self, rig: &mut Rig) -> u64 {
        let protocols =
            vec![JoinGroupRequestProtocol { name: self.protocol().into(), metadata: self.metadata() }];
        let request = JoinGroupRequest {
            group_id: "g".into(),
            session_timeout_ms: 1000,
            rebalance_timeout_ms: 3000,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            protocol_type: "consumer".into(),
            protocols,
            reason: None,
        };
        rig.put(Ask::Join { request, version: 9, client: client() })
    }

    /// The leader gives partition n to member n modulo their number, later if another one still has it.
    pub(super) fn sync(&self, rig: &mut Rig, joined: &JoinGroupResponse) -> u64 {
        let mut given: BTreeMap<&str, BTreeSet<(String, i32)>> = BTreeMap::new();
        let mut owners: BTreeMap<(String, i32), &str> = BTreeMap::new();
        let mut all: BTreeSet<(String, i32)> = BTreeSet::new();
        for m in &joined.members {
            let s = protocol::subscription(&m.metadata).unwrap();
            let owned = s.owned_partitions.iter();
            owners.extend(
                owned.flat_map(|t| t.partitions.iter().map(|p| ((t.topic.clone(), *p), &*m.member_id))),
            );
            for topic in s.topics {
                let n = rig.image.topic_named(&topic).map_or(0, |t| t.partitions.len() as i32);
                all.extend((0..n).map(|p| (topic.clone(), p)));
            }
        }
        for (n, p) in all.into_iter().enumerate() {
            let to = joined.members[n % joined.members.len()].member_id.as_str();
            if owners.get(&p).is_none_or(|owner| *owner == to) {
                given.entry(to).or_default().insert(p);
            }
        }
        let assignments = joined.members.iter().map(|m| {
            let own = given.get(m.member_id.as_str()).into_iter().flatten();
            let assigned_partitions =
                own.map(|(t, p)| ringlog_wire::generated::consumer_protocol_assignment::TopicPartition {
                    topic: t.clone(),
                    partitions: vec![*p],
                });
            let value = ConsumerProtocolAssignment {
                assigned_partitions: assigned_partitions.collect(),
                user_data: self.user_data.map(Bytes::from_static),
            };
            let mut bytes = 1i16.to_be_bytes().to_vec();
            Message::encode(&value, &mut bytes, 1).unwrap();
            SyncGroupRequestAssignment { member_id: m.member_id.clone(), assignment: bytes.into() }
        });
        let assignments = assignments.collect();
        rig.put(Ask::Sync(SyncGroupRequest {
            group_id: "g".into(),
            generation_id: joined.generation_id,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            protocol_type: Some("consumer".into()),
            protocol_name: joined.protocol_name.clone(),
            assignments,
        }))
    }

    pub(super) fn leave(&self, rig: &mut Rig) -> Answer {
        let member = MemberIdentity { member_id: self.id.clone(), ..Default::default() };
        rig.ask(Ask::Leave(LeaveGroupRequest {
            group_id: "g".into(),
            members: vec![member],
            ..Default::default()
        }))
    }
}
