//! The coordinator as a pure machine: events in, records and answers out.
//!
//! `Rig` keeps the log of what was written, so that every test can put a second coordinator together from it.

mod classic;
mod consumer;
mod figures;
mod migrate;
mod offsets;
mod old_member;
mod statics;
mod target;

use super::call::{Answer, Ask, Client, CommitAsk, CommitTopic, FetchAsk};
use super::coordinator::Coordinator;
use super::limits::{GroupConfig, MigrationPolicy};
use super::records::Record;
use super::{Moment, Ticket};
use crate::env::CoreId;
use crate::image::{MetadataImage, empty_for_tests};
use crate::msg::Token;
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::join_group_request::JoinGroupRequestProtocol;
use ringlog_wire::generated::offset_commit_request::OffsetCommitRequestPartition;
use ringlog_wire::generated::sync_group_request::SyncGroupRequestAssignment;
use ringlog_wire::generated::{
    HeartbeatRequest, JoinGroupRequest, JoinGroupResponse, SyncGroupRequest, SyncGroupResponse,
};
use std::collections::BTreeMap;
use std::rc::Rc;

pub const WALL: i64 = 1_700_000_000_000;

pub fn config() -> GroupConfig {
    GroupConfig {
        min_session_ms: 100,
        max_session_ms: 60_000,
        initial_delay_ms: 0,
        max_size: 5,
        consumer_session_ms: 1000,
        consumer_heartbeat_ms: 200,
        consumer_assignment_ms: 0,
        consumer_max_size: 5,
        migration: MigrationPolicy::Bidirectional,
        metadata_max: 100,
        retention_ms: 1_000_000,
        retention_check_ms: 10_000,
    }
}

/// Numbers below the argument, the same ones for the same seed.
pub fn chance(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |n| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % n
    }
}

/// One coordinator with its log.
pub struct Rig {
    pub c: Coordinator,
    image: MetadataImage,
    config: Rc<GroupConfig>,
    pub ms: u64,
    pub log: Vec<Record>,
    next: u64,
    answers: BTreeMap<u64, Answer>,
}

impl Rig {
    pub fn new() -> Self {
        Self::with(config())
    }

    /// One whose groups wait a moment for others before their first rebalance.
    pub fn patient() -> Self {
        Self::with(GroupConfig { initial_delay_ms: 10, ..config() })
    }

    pub fn with(config: GroupConfig) -> Self {
        let config = Rc::new(config);
        let c = Coordinator::new(Rc::clone(&config));
        let mut rig = Self {
            c,
            image: empty_for_tests(),
            config,
            ms: 0,
            log: Vec::new(),
            next: 0,
            answers: BTreeMap::new(),
        };
        let now = moment(&rig.image, 0, 0);
        rig.c.on_loaded(now);
        rig
    }

    fn take(&mut self, fx: super::Effects) {
        self.log.extend(fx.records);
        for (ticket, answer) in fx.answers {
            assert!(self.answers.insert(ticket.token.0, answer).is_none(), "answered twice");
        }
    }

    /// Puts a question; the answer may come later.
    pub fn put(&mut self, ask: Ask) -> u64 {
        self.next += 1;
        let ticket = Ticket { core: CoreId(0), token: Token(self.next) };
        let fx = self.c.on_call(moment(&self.image, self.ms, self.next), ticket, ask);
        self.take(fx);
        self.run();
        self.next
    }

    /// What came as answer, if it did.
    pub fn got(&mut self, ticket: u64) -> Option<Answer> {
        self.answers.remove(&ticket)
    }

    pub fn ask(&mut self, ask: Ask) -> Answer {
        let ticket = self.put(ask);
        self.got(ticket).expect("is answered at once")
    }

    fn run(&mut self) {
        while self.c.next_deadline().is_some_and(|at| at <= self.ms) {
            let fx = self.c.on_time(moment(&self.image, self.ms, 0));
            self.take(fx);
        }
    }

    /// Lets time pass.
    pub fn pass(&mut self, ms: u64) {
        let end = self.ms + ms;
        while let Some(at) = self.c.next_deadline().filter(|at| *at <= end) {
            self.ms = at.max(self.ms);
            self.run();
        }
        self.ms = end;
    }

    /// A coordinator that knows only what was written, as after a restart.
    pub fn reload(&mut self) {
        self.c = Coordinator::new(Rc::clone(&self.config));
        for record in &self.log {
            let batch = super::records::encode(std::slice::from_ref(record), 0).unwrap();
            let view = ringlog_wire::record::batch::BatchView::first(&batch).unwrap();
            for r in view.records() {
                let r = r.unwrap();
                let value = r.value.map(Bytes::copy_from_slice);
                self.c.replay(&Bytes::copy_from_slice(r.key.unwrap()), value.as_ref()).unwrap();
            }
        }
        let now = moment(&self.image, self.ms, 0);
        self.c.on_loaded(now);
        self.answers.clear();
    }

    /// Joins with session timeout 1000 and rebalance timeout 3000, "range" and this metadata.
    pub fn join(&mut self, member: &str, metadata: &'static str) -> u64 {
        self.join_as(9, member, None, &[("range", metadata)])
    }

    pub fn join_as(
        &mut self,
        version: i16,
        member: &str,
        instance: Option<&str>,
        protocols: &[(&str, &'static str)],
    ) -> u64 {
        let protocols = protocols.iter().map(|(name, metadata)| JoinGroupRequestProtocol {
            name: (*name).to_owned(),
            metadata: Bytes::from_static(metadata.as_bytes()),
        });
        let request = JoinGroupRequest {
            group_id: "g".into(),
            session_timeout_ms: 1000,
            rebalance_timeout_ms: 3000,
            member_id: member.into(),
            group_instance_id: instance.map(str::to_owned),
            protocol_type: "consumer".into(),
            protocols: protocols.collect(),
            reason: None,
        };
        self.put(Ask::Join { request, version, client: client() })
    }

    /// The answer to a join.
    pub fn joined(&mut self, ticket: u64) -> JoinGroupResponse {
        match self.got(ticket) {
            Some(Answer::Join(response)) => response,
            other => panic!("no join: {other:?}"),
        }
    }

    /// Gets a member id.
    pub fn id(&mut self) -> String {
        let ticket = self.join("", "");
        let response = self.joined(ticket);
        assert_eq!(response.error_code, ErrorCode::MemberIdRequired.code());
        response.member_id
    }

    pub fn sync(&mut self, member: &str, generation: i32, assignments: &[(&str, &'static str)]) -> u64 {
        let assignments = assignments.iter().map(|(id, bytes)| SyncGroupRequestAssignment {
            member_id: (*id).to_owned(),
            assignment: Bytes::from_static(bytes.as_bytes()),
        });
        self.put(Ask::Sync(SyncGroupRequest {
            group_id: "g".into(),
            generation_id: generation,
            member_id: member.into(),
            protocol_type: Some("consumer".into()),
            protocol_name: Some("range".into()),
            assignments: assignments.collect(),
            ..Default::default()
        }))
    }

    pub fn synced(&mut self, ticket: u64) -> SyncGroupResponse {
        match self.got(ticket) {
            Some(Answer::Sync(response)) => response,
            other => panic!("no sync: {other:?}"),
        }
    }

    pub fn beat(&mut self, member: &str, generation: i32) -> ErrorCode {
        let request = HeartbeatRequest {
            group_id: "g".into(),
            generation_id: generation,
            member_id: member.into(),
            group_instance_id: None,
        };
        self.ask(Ask::Heartbeat(request)).error()
    }

    /// A stable group of `n` members in generation 1; returns their ids, the leader first.
    pub fn stable(&mut self, n: usize) -> Vec<String> {
        let ids: Vec<_> = (0..n).map(|_| self.id()).collect();
        let tickets: Vec<_> = ids.iter().map(|id| self.join(id, "m")).collect();
        self.pass(30);
        let joined: Vec<_> = tickets.into_iter().map(|t| self.joined(t)).collect();
        let leader = joined[0].leader.clone();
        let generation = joined[0].generation_id;
        let mut ids = ids;
        ids.sort_by_key(|id| *id != leader);
        let assignments: Vec<_> = ids.iter().map(|id| (id.as_str(), "a")).collect();
        for id in &ids {
            let given = if *id == leader { assignments.clone() } else { Vec::new() };
            let ticket = self.sync(id, generation, &given);
            assert_eq!(&*self.synced(ticket).assignment, b"a");
        }
        ids
    }

    pub fn commit(&mut self, member: &str, generation: i32, offset: i64) -> ErrorCode {
        self.ask(Ask::Commit(commit("g", member, generation, offset))).error()
    }

    pub fn offset(&mut self) -> i64 {
        let topics = Some(vec![("t".to_owned(), vec![0])]);
        match self.ask(Ask::Fetch(FetchAsk { group: "g".into(), member: None, topics })) {
            Answer::Offsets(all) => all[0].1[0].committed_offset,
            other => panic!("no offsets: {other:?}"),
        }
    }

    pub fn state(&self) -> &'static str {
        match &self.c.group("g").map(|g| &g.kind) {
            Some(super::state::Kind::Classic(classic)) => classic.state_name(),
            Some(super::state::Kind::Consumer(consumer)) => consumer.state_name(),
            None => "Dead",
        }
    }
}

pub fn moment(image: &MetadataImage, ms: u64, random: u64) -> Moment<'_> {
    let random = (u128::from(random) << 64 | 1).to_be_bytes();
    Moment { ms, wall_ms: WALL + ms as i64, random, image }
}

pub fn client() -> Client {
    Client { id: "app".into(), host: "/10.0.0.1".into() }
}

pub fn commit(group: &str, member: &str, generation: i32, offset: i64) -> CommitAsk {
    let partition = OffsetCommitRequestPartition {
        partition_index: 0,
        committed_offset: offset,
        committed_leader_epoch: 3,
        committed_metadata: Some("note".into()),
    };
    let topic = CommitTopic { name: "t".into(), id: Default::default(), partitions: vec![partition] };
    CommitAsk {
        group: group.into(),
        member: member.into(),
        generation,
        topics: vec![topic],
        ..Default::default()
    }
}
