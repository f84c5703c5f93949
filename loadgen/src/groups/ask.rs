//! The requests of group members and of those who look at groups.
//!
//! Owner: the benchmark of groups, and the members of a load.

use crate::versions::{Caller, good};
use ringlog_wire::error_code::ErrorCode;
use ringlog_wire::generated::{
    ConsumerGroupHeartbeatRequest, FindCoordinatorRequest, OffsetCommitRequest,
    consumer_group_heartbeat_request::TopicPartitions,
    offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
};
use ringlog_wire::ids::TopicId;
use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Looks the coordinator of a group up, which makes the topic of the offsets, until it is there; where it is.
pub fn find_coordinator(addr: SocketAddr, group: &str) -> io::Result<(String, i32)> {
    let body = FindCoordinatorRequest { coordinator_keys: vec![group.to_owned()], ..Default::default() };
    let mut caller = Caller::connect(addr)?;
    for _ in 0..100 {
        let answer = caller.call(&body)?;
        if let Some(found) = answer.coordinators.first().filter(|c| c.error_code == 0) {
            return Ok((found.host.clone(), found.port));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(io::Error::other("no coordinator after five seconds"))
}

/// A commit of `offset` in partitions 0 to `partitions` of `topic`.
pub fn commit(
    group: &str,
    (member, epoch): (&str, i32),
    topic: &str,
    (partitions, offset): (i32, i64),
) -> OffsetCommitRequest {
    let one = |partition_index| OffsetCommitRequestPartition {
        partition_index,
        committed_offset: offset,
        committed_leader_epoch: -1,
        committed_metadata: Some(String::new()),
    };
    let partitions = (0..partitions).map(one).collect();
    OffsetCommitRequest {
        group_id: group.to_owned(),
        generation_id_or_member_epoch: epoch,
        member_id: member.to_owned(),
        topics: vec![OffsetCommitRequestTopic { name: topic.to_owned(), partitions, ..Default::default() }],
        ..Default::default()
    }
}

/// Commits, and checks every partition's answer.
pub fn send_commit(caller: &mut Caller, body: &OffsetCommitRequest) -> io::Result<()> {
    let answer = caller.call(body)?;
    answer.topics.iter().flat_map(|t| &t.partitions).try_for_each(|p| good("OffsetCommit", p.error_code))
}

/// A member of the consumer protocol, on a connection of its own or of others.
pub struct Member {
    /// Its group.
    pub group: String,
    /// Its id.
    pub id: String,
    /// What it has reached.
    pub epoch: i32,
    /// What it may read.
    pub owned: BTreeSet<(TopicId, i32)>,
}

impl Member {
    /// One that has not joined yet.
    pub fn new(group: &str, id: String) -> Self {
        Self { group: group.to_owned(), id, epoch: 0, owned: BTreeSet::new() }
    }

    /// It leaves its group, and what it owns goes to the others at once. Errors: it was refused.
    pub fn leave(&self, caller: &mut Caller) -> io::Result<()> {
        let body = ConsumerGroupHeartbeatRequest {
            group_id: self.group.clone(),
            member_id: self.id.clone(),
            member_epoch: -1,
            rebalance_timeout_ms: -1,
            ..Default::default()
        };
        let answer = caller.call(&body)?;
        good("ConsumerGroupHeartbeat", answer.error_code)
    }

    /// One heartbeat, the first of which joins; what it was told. Errors: it was refused.
    pub fn beat(&mut self, caller: &mut Caller, topics: &[String]) -> io::Result<Told> {
        self.try_beat(caller, topics)?.ok_or_else(|| io::Error::other("the coordinator is not there yet"))
    }

    /// As `beat`; `None` while the coordinator is not there yet: FindCoordinator names it before it has loaded.
    pub fn try_beat(&mut self, caller: &mut Caller, topics: &[String]) -> io::Result<Option<Told>> {
        let joins = self.epoch == 0;
        let mut topic_partitions: Vec<TopicPartitions> = Vec::new();
        for (topic_id, p) in &self.owned {
            match topic_partitions.last_mut() {
                Some(last) if last.topic_id == *topic_id => last.partitions.push(*p),
                _ => topic_partitions.push(TopicPartitions { topic_id: *topic_id, partitions: vec![*p] }),
            }
        }
        let body = ConsumerGroupHeartbeatRequest {
            group_id: self.group.clone(),
            member_id: self.id.clone(),
            member_epoch: self.epoch,
            rebalance_timeout_ms: if joins { 60_000 } else { -1 },
            subscribed_topic_names: joins.then(|| topics.to_vec()),
            topic_partitions: Some(topic_partitions),
            ..Default::default()
        };
        let answer = caller.call(&body)?;
        let not_yet = [
            ErrorCode::CoordinatorLoadInProgress,
            ErrorCode::CoordinatorNotAvailable,
            ErrorCode::NotCoordinator,
        ];
        if not_yet.iter().any(|e| e.code() == answer.error_code) {
            return Ok(None);
        }
        if answer.error_code == ErrorCode::UnsupportedVersion.code() {
            return Err(io::Error::other(
                "ConsumerGroupHeartbeat answered UNSUPPORTED_VERSION: the broker has the consumer protocol switched \
                 off; `load` has --group-protocol classic",
            ));
        }
        good("ConsumerGroupHeartbeat", answer.error_code)?;
        self.epoch = answer.member_epoch;
        let before = self.owned.clone();
        if let Some(given) = &answer.assignment {
            let all = given.topic_partitions.iter();
            self.owned = all.flat_map(|t| t.partitions.iter().map(|p| (t.topic_id, *p))).collect();
        }
        let pause = Duration::from_millis(u64::try_from(answer.heartbeat_interval_ms).unwrap_or(0));
        let lost = before.difference(&self.owned).count();
        Ok(Some(Told { changed: before != self.owned, lost, pause }))
    }
}

/// What a heartbeat's answer said.
pub struct Told {
    /// What it may read is something else now.
    pub changed: bool,
    /// How many partitions it has to give back.
    pub lost: usize,
    /// When the next heartbeat is due.
    pub pause: Duration,
}
