//! A member of a consumer group, of either protocol: which partitions are ours, and the offsets that we commit.
//!
//! Owner: one console consumer, which calls `tick` between fetches. Invariants: what is committed was handed out;
//! before partitions leave, their positions are committed; a member that lost its place joins anew.

use crate::client::offsets::Partition;
use crate::client::{Client, Failure, check};
use bytes::{Bytes, BytesMut};
use ringlog_wire::ErrorCode;
use ringlog_wire::frames::{decode_prefixed, encode_prefixed};
use ringlog_wire::generated::consumer_group_heartbeat_request as new_request;
use ringlog_wire::generated::consumer_protocol_assignment::{self as assigned, ConsumerProtocolAssignment};
use ringlog_wire::generated::consumer_protocol_subscription::ConsumerProtocolSubscription;
use ringlog_wire::generated::heartbeat_request::HeartbeatRequest;
use ringlog_wire::generated::join_group_request::{JoinGroupRequest, JoinGroupRequestProtocol};
use ringlog_wire::generated::join_group_response::JoinGroupResponse;
use ringlog_wire::generated::leave_group_request::{LeaveGroupRequest, MemberIdentity};
use ringlog_wire::generated::sync_group_request::{SyncGroupRequest, SyncGroupRequestAssignment};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How to be a member.
#[derive(Clone, Debug)]
pub struct Config {
    /// The group.
    pub group: String,
    /// True for the protocol of KIP-848.
    pub new_protocol: bool,
    /// `group.instance.id`.
    pub instance: Option<String>,
    /// What it reads.
    pub topics: Vec<String>,
    /// `session.timeout.ms` of the classic protocol.
    pub session: Duration,
    /// `max.poll.interval.ms`.
    pub rebalance: Duration,
    /// `heartbeat.interval.ms` of the classic protocol.
    pub heartbeat: Duration,
}

/// A member.
pub struct Member {
    config: Config,
    id: String,
    epoch: i32,
    joined: bool,
    ours: BTreeSet<Partition>,
    due: Instant,
    every: Duration,
}

const RANGE: &str = "range";
const DECODE_MAX: usize = 64 << 20;

impl Member {
    /// One that has not joined yet. `id`: what the protocol of KIP-848 lets the client choose.
    pub fn new(config: Config, id: String) -> Self {
        let id = if config.new_protocol { id } else { String::new() };
        let every = config.heartbeat;
        Self { config, id, epoch: 0, joined: false, ours: BTreeSet::new(), due: Instant::now(), every }
    }

    /// The group and what a commit must say: its member and its epoch.
    pub fn identity(&self) -> (&str, &str, i32) {
        (&self.config.group, &self.id, self.epoch)
    }

    /// The instance, for commits.
    pub fn instance(&self) -> Option<&str> {
        self.config.instance.as_deref()
    }

    /// Joins, or sends a heartbeat that is due. Returns the partitions if they changed.
    ///
    /// `before`: called before partitions may leave, to commit. Errors: what joining again does not heal.
    pub fn tick(
        &mut self,
        client: &mut Client,
        before: &mut dyn FnMut(&Self, &mut Client),
    ) -> Result<Option<BTreeSet<Partition>>, Failure> {
        if self.config.new_protocol {
            self.tick_new(client, before)
        } else {
            self.tick_classic(client, before)
        }
    }

    fn lost_place(e: &Failure) -> bool {
        use ErrorCode::{
            CoordinatorLoadInProgress, CoordinatorNotAvailable, FencedMemberEpoch, IllegalGeneration,
            NotCoordinator, RebalanceInProgress, UnknownMemberId,
        };
        let codes = [
            CoordinatorLoadInProgress,
            CoordinatorNotAvailable,
            FencedMemberEpoch,
            IllegalGeneration,
            NotCoordinator,
            RebalanceInProgress,
            UnknownMemberId,
        ];
        e.lost || codes.iter().any(|c| e.is(*c))
    }

    fn tick_classic(
        &mut self,
        client: &mut Client,
        before: &mut dyn FnMut(&Self, &mut Client),
    ) -> Result<Option<BTreeSet<Partition>>, Failure> {
        if self.joined {
            if Instant::now() < self.due {
                return Ok(None);
            }
            self.due = Instant::now() + self.every;
            let request = HeartbeatRequest {
                group_id: self.config.group.clone(),
                generation_id: self.epoch,
                member_id: self.id.clone(),
                group_instance_id: self.config.instance.clone(),
            };
            let group = self.config.group.clone();
            let beat = client
                .coordinated(&group, &request, |a| a.error_code)
                .and_then(|a| check(a.error_code, None));
            match beat {
                Ok(()) => return Ok(None),
                Err(e) if Self::lost_place(&e) => {
                    before(self, client);
                    self.joined = false;
                    if e.is(ErrorCode::UnknownMemberId) {
                        self.id.clear();
                    }
                }
                Err(e) => return Err(e),
            }
        }
        let deadline = client.deadline();
        loop {
            match self.join(client) {
                Ok(ours) => {
                    self.joined = true;
                    self.due = Instant::now() + self.every;
                    self.ours = ours;
                    return Ok(Some(self.ours.clone()));
                }
                Err(e) if Self::lost_place(&e) && Instant::now() < deadline => {
                    if e.is(ErrorCode::UnknownMemberId) {
                        self.id.clear();
                    }
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(e) => return Err(e),
            }
        }
    }

    fn join(&mut self, client: &mut Client) -> Result<BTreeSet<Partition>, Failure> {
        let group = self.config.group.clone();
        let subscription =
            ConsumerProtocolSubscription { topics: self.config.topics.clone(), ..Default::default() };
        let mut metadata = BytesMut::new();
        encode_prefixed(&subscription, &mut metadata, 0).map_err(|e| Failure::client(e.to_string()))?;
        let millis = |d: Duration| i32::try_from(d.as_millis()).unwrap_or(i32::MAX);
        let joined = loop {
            let request = JoinGroupRequest {
                group_id: group.clone(),
                session_timeout_ms: millis(self.config.session),
                rebalance_timeout_ms: millis(self.config.rebalance),
                member_id: self.id.clone(),
                group_instance_id: self.config.instance.clone(),
                protocol_type: "consumer".to_owned(),
                protocols: vec![JoinGroupRequestProtocol {
                    name: RANGE.to_owned(),
                    metadata: metadata.clone().freeze(),
                }],
                reason: None,
            };
            let answer = client.coordinated(&group, &request, |a| a.error_code)?;
            self.id = answer.member_id.clone();
            match check(answer.error_code, None) {
                // The coordinator has given the id that a member must come back with (KIP-394).
                Err(e) if e.is(ErrorCode::MemberIdRequired) => {}
                Err(e) => return Err(e),
                Ok(()) => break answer,
            }
        };
        self.epoch = joined.generation_id;
        let assignments = if joined.leader == self.id { assign(client, &joined)? } else { Vec::new() };
        let request = SyncGroupRequest {
            group_id: group.clone(),
            generation_id: self.epoch,
            member_id: self.id.clone(),
            group_instance_id: self.config.instance.clone(),
            protocol_type: Some("consumer".to_owned()),
            protocol_name: joined.protocol_name.clone(),
            assignments,
        };
        let answer = client.coordinated(&group, &request, |a| a.error_code)?;
        check(answer.error_code, None)?;
        let mut ours = BTreeSet::new();
        if !answer.assignment.is_empty() {
            let (got, _) = decode_prefixed::<ConsumerProtocolAssignment>(&answer.assignment, DECODE_MAX)
                .map_err(|e| {
                    Failure::client(format!("The assignment of group {group} cannot be read: {e}"))
                })?;
            for topic in got.assigned_partitions {
                ours.extend(topic.partitions.iter().map(|p| (topic.topic.clone(), *p)));
            }
        }
        Ok(ours)
    }

    fn tick_new(
        &mut self,
        client: &mut Client,
        before: &mut dyn FnMut(&Self, &mut Client),
    ) -> Result<Option<BTreeSet<Partition>>, Failure> {
        if self.joined && Instant::now() < self.due {
            return Ok(None);
        }
        let known = if self.joined { self.owned(client)? } else { Some(Vec::new()) };
        match self.beat(client, known) {
            Ok(None) => Ok(None),
            Ok(Some(next)) => {
                if next != self.ours {
                    before(self, client);
                    self.ours = next;
                    // What was given up is acknowledged at once, so that another member gets it.
                    self.due = Instant::now();
                }
                Ok(Some(self.ours.clone()))
            }
            Err(e) if Self::lost_place(&e) => {
                self.joined = false;
                self.epoch = 0;
                self.ours.clear();
                std::thread::sleep(Duration::from_millis(50));
                Ok(Some(BTreeSet::new()))
            }
            Err(e) => Err(e),
        }
    }

    fn owned(&self, client: &mut Client) -> Result<Option<Vec<new_request::TopicPartitions>>, Failure> {
        let mut owned: Vec<new_request::TopicPartitions> = Vec::new();
        let topics: BTreeSet<String> = self.ours.iter().map(|p| p.0.clone()).collect();
        let metadata = client.metadata(Some(&topics.into_iter().collect::<Vec<_>>()))?;
        for topic in metadata.topics {
            let name = topic.name.unwrap_or_default();
            let partitions = self.ours.iter().filter(|p| p.0 == name).map(|p| p.1).collect();
            owned.push(new_request::TopicPartitions { topic_id: topic.topic_id, partitions });
        }
        Ok(Some(owned))
    }

    fn beat(
        &mut self,
        client: &mut Client,
        topic_partitions: Option<Vec<new_request::TopicPartitions>>,
    ) -> Result<Option<BTreeSet<Partition>>, Failure> {
        let first = !self.joined;
        let group = self.config.group.clone();
        let request = new_request::ConsumerGroupHeartbeatRequest {
            group_id: group.clone(),
            member_id: self.id.clone(),
            member_epoch: self.epoch,
            instance_id: self.config.instance.clone(),
            rebalance_timeout_ms: i32::try_from(self.config.rebalance.as_millis()).unwrap_or(i32::MAX),
            subscribed_topic_names: first.then(|| self.config.topics.clone()),
            topic_partitions,
            ..Default::default()
        };
        let answer = client.coordinated(&group, &request, |a| a.error_code)?;
        check(answer.error_code, answer.error_message.as_deref())?;
        if let Some(id) = answer.member_id {
            self.id = id;
        }
        self.epoch = answer.member_epoch;
        self.joined = true;
        self.every = Duration::from_millis(u64::try_from(answer.heartbeat_interval_ms).unwrap_or(3000));
        self.due = Instant::now() + self.every;
        let Some(assignment) = answer.assignment else { return Ok(None) };
        let metadata = client.metadata(Some(&self.config.topics))?;
        let mut next = BTreeSet::new();
        for given in assignment.topic_partitions {
            let name =
                metadata.topics.iter().find(|t| t.topic_id == given.topic_id).and_then(|t| t.name.clone());
            if let Some(name) = name {
                next.extend(given.partitions.iter().map(|p| (name.clone(), *p)));
            }
        }
        Ok(Some(next))
    }

    /// Leaves the group; a static member of the classic protocol keeps its place.
    pub fn leave(&mut self, client: &mut Client) {
        if !self.joined {
            return;
        }
        let group = self.config.group.clone();
        // Whoever cannot say goodbye is missed when its session is over.
        if self.config.new_protocol {
            self.epoch = if self.config.instance.is_some() { -2 } else { -1 };
            let request = new_request::ConsumerGroupHeartbeatRequest {
                group_id: group.clone(),
                member_id: self.id.clone(),
                member_epoch: self.epoch,
                instance_id: self.config.instance.clone(),
                rebalance_timeout_ms: -1,
                topic_partitions: None,
                ..Default::default()
            };
            let _ = client.coordinated(&group, &request, |a| a.error_code);
        } else if self.config.instance.is_none() {
            let request = LeaveGroupRequest {
                group_id: group.clone(),
                members: vec![MemberIdentity {
                    member_id: self.id.clone(),
                    group_instance_id: None,
                    reason: Some("the consumer is being closed".to_owned()),
                }],
                ..Default::default()
            };
            let _ = client.coordinated(&group, &request, |a| a.error_code);
        }
        self.joined = false;
    }
}

/// Kafka's range assignor: each topic's partitions in runs over its members, by member id.
fn assign(
    client: &mut Client,
    joined: &JoinGroupResponse,
) -> Result<Vec<SyncGroupRequestAssignment>, Failure> {
    let mut by_topic: BTreeMap<String, Vec<(Option<String>, String)>> = BTreeMap::new();
    for member in &joined.members {
        let (subscription, _) = decode_prefixed::<ConsumerProtocolSubscription>(&member.metadata, DECODE_MAX)
            .map_err(|e| {
                Failure::client(format!("The subscription of {} cannot be read: {e}", member.member_id))
            })?;
        for topic in subscription.topics {
            let entry = (member.group_instance_id.clone(), member.member_id.clone());
            by_topic.entry(topic).or_default().push(entry);
        }
    }
    let names: Vec<String> = by_topic.keys().cloned().collect();
    let metadata = client.metadata(Some(&names))?;
    let mut given: BTreeMap<String, Vec<assigned::TopicPartition>> = BTreeMap::new();
    for (topic, members) in &mut by_topic {
        let found = metadata.topics.iter().find(|t| t.name.as_deref() == Some(topic.as_str()));
        let mut partitions: Vec<i32> =
            found.map_or_else(Vec::new, |t| t.partitions.iter().map(|p| p.partition_index).collect());
        partitions.sort_unstable();
        // Static members come first, by their instance.
        members.sort_by(|a, b| (a.0.is_none(), &a.0, &a.1).cmp(&(b.0.is_none(), &b.0, &b.1)));
        let (share, more) = (partitions.len() / members.len(), partitions.len() % members.len());
        let mut rest = partitions.into_iter();
        for (i, (_, member)) in members.iter().enumerate() {
            let partitions: Vec<i32> = rest.by_ref().take(share + usize::from(i < more)).collect();
            if !partitions.is_empty() {
                given
                    .entry(member.clone())
                    .or_default()
                    .push(assigned::TopicPartition { topic: topic.clone(), partitions });
            }
        }
    }
    joined
        .members
        .iter()
        .map(|member| {
            let assigned_partitions = given.remove(&member.member_id).unwrap_or_default();
            let assignment = ConsumerProtocolAssignment { assigned_partitions, user_data: None };
            let mut bytes = BytesMut::new();
            encode_prefixed(&assignment, &mut bytes, 0).map_err(|e| Failure::client(e.to_string()))?;
            Ok(SyncGroupRequestAssignment {
                member_id: member.member_id.clone(),
                assignment: Bytes::from(bytes),
            })
        })
        .collect()
}
