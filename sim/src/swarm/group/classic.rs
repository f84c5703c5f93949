//! A member of the classic protocol: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, and the leader's assignors.
//!
//! Owner: the member. Invariants: an eager member gives everything up before it joins, a cooperative one only what
//! the leader took from it; a cooperative leader hands nothing over that another member may still have.

use super::Link;
use super::member::{Member, State};
use super::plan::Speaks;
use super::work::Identity;
use crate::check::Tp;
use crate::client::Gone;
use bytes::Bytes;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::join_group_request::JoinGroupRequestProtocol;
use ringlog_wire::generated::join_group_response::JoinGroupResponseMember;
use ringlog_wire::generated::leave_group_request::MemberIdentity;
use ringlog_wire::generated::sync_group_request::SyncGroupRequestAssignment;
use ringlog_wire::generated::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, HeartbeatRequest, HeartbeatResponse,
    JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse, SyncGroupRequest,
    SyncGroupResponse, consumer_protocol_assignment, consumer_protocol_subscription,
};
use ringlog_wire::message::Message;
use ringlog_wire::reader::Reader;
use std::collections::{BTreeMap, BTreeSet};

/// What a member knows between join and sync.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Joined {
    leads: bool,
    protocol: Option<String>,
    members: Vec<JoinGroupResponseMember>,
}

/// Versions of the members' own formats.
const SUBSCRIPTION: i16 = 3;
const ASSIGNMENT: i16 = 1;
const HEAP_MAX: usize = 1 << 20;

fn encode<M: Message>(message: &M, version: i16) -> Bytes {
    let mut bytes = version.to_be_bytes().to_vec();
    message.encode(&mut bytes, version).expect("names and numbers of a run fit");
    bytes.into()
}

fn decode<M: Message>(bytes: &Bytes) -> Option<M> {
    let mut r = Reader::new(bytes, HEAP_MAX);
    let version = r.int16().ok()?;
    M::decode(&mut r, version.min(M::MAX)).ok()
}

impl Member {
    /// The next thing that a classic client does.
    pub(super) async fn step_classic(&mut self, link: &mut Link) -> Result<(), Gone> {
        match self.state.clone() {
            State::Out => self.join(link).await,
            State::Joined(joined) => self.sync(link, joined).await,
            State::In => self.beat_classic(link).await,
        }
    }

    /// It has to join again; an eager one gives everything up.
    pub(super) fn rejoin(&mut self) {
        self.remember(|_| true);
        if self.speaks == Speaks::Eager {
            self.keep_only(&BTreeSet::new());
        }
        self.state = State::Out;
    }

    fn subscription(&self) -> Bytes {
        let mut owned: BTreeMap<String, Vec<i32>> = BTreeMap::new();
        if self.speaks == Speaks::Cooperative {
            for tp in self.owned.keys() {
                owned.entry(self.group.topic_name(*tp).to_owned()).or_default().push(tp.1);
            }
        }
        let one = |(topic, partitions)| consumer_protocol_subscription::TopicPartition { topic, partitions };
        let value = ConsumerProtocolSubscription {
            topics: self.topics.iter().cloned().collect(),
            owned_partitions: owned.into_iter().map(one).collect(),
            generation_id: if self.owned.is_empty() { -1 } else { self.epoch },
            ..Default::default()
        };
        encode(&value, SUBSCRIPTION)
    }

    async fn join(&mut self, link: &mut Link) -> Result<(), Gone> {
        let (plan, version) = (&self.group.plan, self.plan().version);
        let name = if self.speaks == Speaks::Cooperative { "cooperative-sticky" } else { "range" };
        let request = JoinGroupRequest {
            group_id: plan.name.clone(),
            session_timeout_ms: i32::try_from(plan.session_ms).unwrap_or(i32::MAX),
            rebalance_timeout_ms: i32::try_from(plan.rebalance_ms).unwrap_or(i32::MAX),
            member_id: self.id.clone(),
            group_instance_id: self.instance(),
            protocol_type: "consumer".to_owned(),
            protocols: vec![JoinGroupRequestProtocol {
                name: name.to_owned(),
                metadata: self.subscription(),
            }],
            ..Default::default()
        };
        let before = self.group.facts.borrow().owners.epoch();
        let wait_ms = plan.rebalance_ms + 1000;
        let group = std::rc::Rc::clone(&self.group);
        let (answer, _): (JoinGroupResponse, _) = group.ask(link, version, &request, wait_ms).await?;
        match answer.error_code {
            0 => {
                let floor = before.min(self.group.facts.borrow().owners.epoch());
                if answer.generation_id < floor && !self.group.facts.borrow().owners.lax {
                    let why = format!("generation {} after {floor}", answer.generation_id);
                    self.group.judge(Err(why));
                }
                let leads = answer.leader == answer.member_id && !answer.skip_assignment;
                self.id = answer.member_id;
                self.epoch = answer.generation_id;
                let protocol = answer.protocol_name;
                self.state = State::Joined(Joined { leads, protocol, members: answer.members });
            }
            code if code == E::MemberIdRequired.code() => self.id = answer.member_id,
            // The group still has members of another kind.
            code if code == E::InconsistentGroupProtocol.code() && self.group.is_mixed() => {}
            code => self.hears(code, "JoinGroup"),
        }
        Ok(())
    }

    async fn sync(&mut self, link: &mut Link, joined: Joined) -> Result<(), Gone> {
        let assignments = if joined.leads { self.assign(&joined.members) } else { Vec::new() };
        let version = self.version(0, 5).max(if self.instance().is_some() { 3 } else { 0 });
        let request = SyncGroupRequest {
            group_id: self.group.plan.name.clone(),
            generation_id: self.epoch,
            member_id: self.id.clone(),
            group_instance_id: self.instance(),
            protocol_type: (version >= 5).then(|| "consumer".to_owned()),
            protocol_name: joined.protocol.filter(|_| version >= 5),
            assignments,
        };
        let wait_ms = self.group.plan.rebalance_ms + 1000;
        let group = std::rc::Rc::clone(&self.group);
        let (answer, sent): (SyncGroupResponse, _) = group.ask(link, version, &request, wait_ms).await?;
        match answer.error_code {
            0 => self.takes(sent, &answer.assignment),
            code if code == E::RebalanceInProgress.code() => self.rejoin(),
            code => self.hears(code, "SyncGroup"),
        }
        Ok(())
    }

    /// Takes what the leader gave it.
    fn takes(&mut self, sent: u64, assignment: &Bytes) {
        let mut assigned = BTreeSet::new();
        if !assignment.is_empty() {
            let Some(read) = decode::<ConsumerProtocolAssignment>(assignment) else {
                return self.group.judge(Err(format!("an assignment that nobody wrote: {assignment:?}")));
            };
            for t in read.assigned_partitions {
                let topic = self.group.topics.iter().find(|k| k.name == t.topic);
                let Some(topic) = topic else { continue };
                assigned.extend(t.partitions.into_iter().map(|p| (topic.id, p)));
            }
        }
        let gives_up = self.owned.keys().any(|tp| !assigned.contains(tp));
        self.keep_only(&assigned);
        for tp in &assigned {
            self.owned.entry(*tp).or_default();
        }
        self.state = State::In;
        self.group.say(|| format!("{:?} has {} of generation {}", self.who(), assigned.len(), self.epoch));
        self.told(sent, &assigned);
        if gives_up && self.speaks == Speaks::Cooperative {
            // What it gave up goes to others with the next rebalance.
            self.group.late.stir(self.group.world.now());
            self.rejoin();
        }
    }

    /// A heartbeat of `by`: the error, and when it was sent.
    pub(super) async fn heartbeat(&self, link: &mut Link, by: &Identity) -> Result<(i16, u64), Gone> {
        let version = self.version(0, 4).max(if by.instance.is_some() { 3 } else { 0 });
        let request = HeartbeatRequest {
            group_id: self.group.plan.name.clone(),
            generation_id: by.epoch,
            member_id: by.id.clone(),
            group_instance_id: by.instance.clone(),
        };
        let (answer, sent): (HeartbeatResponse, _) = self.group.ask(link, version, &request, 0).await?;
        Ok((answer.error_code, sent))
    }

    async fn beat_classic(&mut self, link: &mut Link) -> Result<(), Gone> {
        let (code, sent) = self.heartbeat(link, &self.identity()).await?;
        match code {
            0 => {
                let all: BTreeSet<Tp> = self.owned.keys().copied().collect();
                self.told(sent, &all);
            }
            code => {
                if code == E::RebalanceInProgress.code() && self.group.world.sim.rng().one_in(2) {
                    // As a client's listener does before it gives partitions up.
                    self.commit_positions(link).await?;
                }
                if self.state == State::In {
                    self.hears(code, "Heartbeat");
                }
            }
        }
        Ok(())
    }

    pub(super) async fn leave_classic(&mut self, link: &mut Link, by: &Identity) -> Result<(), Gone> {
        let version = self.version(0, 5).max(if by.instance.is_some() { 3 } else { 0 });
        let mut request = LeaveGroupRequest { group_id: self.group.plan.name.clone(), ..Default::default() };
        if version >= 3 {
            let (member_id, group_instance_id) = (by.id.clone(), by.instance.clone());
            request.members = vec![MemberIdentity { member_id, group_instance_id, ..Default::default() }];
        } else {
            request.member_id.clone_from(&by.id);
        }
        self.id.clear();
        let group = std::rc::Rc::clone(&self.group);
        let (answer, _): (LeaveGroupResponse, _) = group.ask(link, version, &request, 0).await?;
        let left = answer.error_code == 0 && answer.members.iter().all(|m| m.error_code == 0);
        self.group.say(|| format!("{:?} has left: {left}", by.who));
        Ok(())
    }

    /// What the leader gives everyone: as even as can be, what a member has first.
    fn assign(&self, members: &[JoinGroupResponseMember]) -> Vec<SyncGroupRequestAssignment> {
        let read = |m: &JoinGroupResponseMember| {
            (m.member_id.clone(), decode::<ConsumerProtocolSubscription>(&m.metadata).unwrap_or_default())
        };
        let read: BTreeMap<String, ConsumerProtocolSubscription> = members.iter().map(read).collect();
        // Of two that say they have a partition the later generation has it (KAFKA-14639). One that names an earlier
        // generation than others do may have missed theirs only: what nobody else names is still its own.
        let mut named: BTreeMap<Tp, (i32, &String)> = BTreeMap::new();
        for (id, s) in &read {
            for t in &s.owned_partitions {
                let Some(topic) = self.group.topics.iter().find(|k| k.name == t.topic) else { continue };
                for p in &t.partitions {
                    let has = named.entry((topic.id, *p)).or_insert((s.generation_id, id));
                    *has = (*has).max((s.generation_id, id));
                }
            }
        }
        let had: BTreeMap<Tp, &String> = named.into_iter().map(|(tp, (_, id))| (tp, id)).collect();
        let all = self.group.partitions();
        let most = all.len().div_ceil(read.len().max(1));
        let mut given: BTreeMap<&String, Vec<Tp>> = read.keys().map(|id| (id, Vec::new())).collect();
        let wants = |id: &String, tp: Tp| {
            read.get(id).is_some_and(|s| s.topics.iter().any(|t| t == self.group.topic_name(tp)))
        };
        let mut rest = Vec::new();
        for tp in all {
            let holder = had.get(&tp).filter(|id| wants(id, tp));
            match holder.and_then(|id| given.get_mut(*id)).filter(|g| g.len() < most) {
                Some(kept) => kept.push(tp),
                None => rest.push(tp),
            }
        }
        for tp in rest {
            let fewest = given.iter().filter(|(id, _)| wants(id, tp)).min_by_key(|(_, g)| g.len());
            let Some(id) = fewest.map(|(id, _)| *id) else { continue };
            // Another member still has it: it goes over with the next rebalance.
            if had.get(&tp).is_none_or(|holder| *holder == id)
                && let Some(g) = given.get_mut(id)
            {
                g.push(tp);
            }
        }
        given.into_iter().map(|(id, all)| self.assignment(id, &all)).collect()
    }

    fn assignment(&self, member: &str, all: &[Tp]) -> SyncGroupRequestAssignment {
        let mut topics: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
        all.iter().for_each(|tp| topics.entry(self.group.topic_name(*tp)).or_default().push(tp.1));
        let one = |(topic, partitions): (&str, Vec<i32>)| consumer_protocol_assignment::TopicPartition {
            topic: topic.to_owned(),
            partitions,
        };
        let assigned_partitions = topics.into_iter().map(one).collect();
        let value = ConsumerProtocolAssignment { assigned_partitions, user_data: None };
        SyncGroupRequestAssignment { member_id: member.to_owned(), assignment: encode(&value, ASSIGNMENT) }
    }
}
