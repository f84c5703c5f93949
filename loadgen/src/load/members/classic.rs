//! Members of the classic protocol: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, with eager rebalances.
//!
//! Owner: the thread of the members. Each has a connection of its own, since an answer to JoinGroup waits for the other
//! members; commits and farewells go over one more for each group. Invariants: one request in flight for each member;
//! a member gives back all it has, and commits it, before it joins again.

mod member;
mod range;

use super::super::cluster::Cluster;
use super::super::connection::Connection;
use super::super::readers::Mailbox;
use super::coordinator::{Coordinator, Place, trouble};
use super::places::Places;
use super::{COMMIT_EVERY, Flags, Groups, IMPATIENT, NAP, Settling};
use crate::frames;
use crate::versions::{Versions, good};
use bytes::Bytes;
use member::{Answer, Ask, Member, Next, Terms};
use mio::event::Event;
use mio::{Events, Poll, Registry, Token};
use range::Topics;
use ringlog_wire::api::ApiKey;
use ringlog_wire::error_code::ErrorCode;
use ringlog_wire::generated::{
    LeaveGroupRequest, OffsetCommitRequest, OffsetCommitResponse, leave_group_request::MemberIdentity,
};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long a group waits for its members to join again; as members of the consumer protocol have it.
const REBALANCE: Duration = Duration::from_secs(60);
/// How long a member may be without an answer that brings it on: a rebalance, and some.
const ANSWERED_WITHIN: Duration = Duration::from_secs(75);
/// One read takes at most so much, bytes.
const SCRATCH: usize = 64 << 10;

/// What members ask.
const ASKED: [ApiKey; 6] = [
    ApiKey::FindCoordinator,
    ApiKey::JoinGroup,
    ApiKey::SyncGroup,
    ApiKey::Heartbeat,
    ApiKey::LeaveGroup,
    ApiKey::OffsetCommit,
];

/// A request in flight, and its version.
type Asked = (ApiKey, i16);

struct Life {
    group: usize,
    member: Member,
    line: Option<(SocketAddr, Connection<Asked>)>,
    due: Instant,
    /// Since when it waits for an answer that brings it on, and what came instead.
    waits: Option<(Instant, String)>,
}

impl Life {
    /// Sends a request to the coordinator, over the connection that is there if it leads to it.
    fn send(
        &mut self,
        to: SocketAddr,
        (frame, asked): (&[u8], Asked),
        (token, registry): (Token, &Registry),
    ) -> io::Result<()> {
        let line = match self.line.take().filter(|(addr, _)| *addr == to) {
            Some(line) => line,
            None => (to, Connection::open(to, token, registry)?),
        };
        self.line.insert(line).1.send(frame, Some(asked), registry)
    }
}

/// The members of all groups.
pub struct Lives {
    cluster: Arc<Cluster>,
    flags: Arc<Flags>,
    topics: Topics,
    heartbeat: Duration,
    coordinators: Vec<Coordinator>,
    lives: Vec<Life>,
    places: Places,
    poll: Poll,
    scratch: Vec<u8>,
    settled: bool,
    commits: u64,
}

impl Lives {
    /// Nobody has joined yet. Errors: the broker does not have what is needed.
    pub fn new(
        cluster: Arc<Cluster>,
        groups: &Groups,
        flags: Arc<Flags>,
        boxes: Vec<Arc<Mailbox>>,
    ) -> io::Result<Self> {
        let bootstrap = cluster.bootstrap.ok_or_else(|| io::Error::other("no broker was asked"))?;
        let versions = Versions::ask(bootstrap)?;
        ASKED.into_iter().try_for_each(|api| versions.newest(api).map(drop))?;
        let coordinator = |name: &String| Coordinator::new(name, &cluster);
        let coordinators = groups.names.iter().map(coordinator).collect();
        let mut topics = Topics::new();
        for (at, slot) in cluster.slots.iter().enumerate() {
            topics.entry(cluster.name(at).to_owned()).or_default().push(slot.partition);
        }
        let subscription = range::subscription(cluster.topics.clone())?;
        let ms = |time: Duration| i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
        let (session_ms, rebalance_ms) = (ms(groups.session), ms(REBALANCE));
        let mut lives = Vec::new();
        for (group, name) in groups.names.iter().enumerate() {
            let (group_of, subscription) = (name.clone(), subscription.clone());
            let terms = Arc::new(Terms { group: group_of, session_ms, rebalance_ms, subscription });
            lives.extend((0..groups.members).map(|_| Life {
                group,
                member: Member::new(Arc::clone(&terms)),
                line: None,
                due: Instant::now(),
                waits: None,
            }));
        }
        let places = Places::new(Arc::clone(&cluster), groups, Arc::clone(&flags), boxes);
        Ok(Self {
            cluster,
            flags,
            topics,
            heartbeat: groups.session / 3,
            coordinators,
            lives,
            places,
            poll: Poll::new()?,
            scratch: vec![0; SCRATCH],
            settled: false,
            commits: 0,
        })
    }

    /// Joins, and lives until it is told to stop; all who joined leave, also after an error.
    /// Returns how many partitions were committed. Errors: the broker refuses, they do not settle in time.
    pub fn run(&mut self, settling: &mut Settling) -> io::Result<u64> {
        let done = self.live(settling);
        let left = self.leave();
        done.and(left).map(|()| self.commits)
    }

    fn live(&mut self, settling: &mut Settling) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        let mut commit = Instant::now() + COMMIT_EVERY;
        while !self.flags.stop.load(Ordering::Acquire) {
            let now = Instant::now();
            (0..self.lives.len()).try_for_each(|at| self.turn(at, now))?;
            settling.look(|| self.is_settled())?;
            self.settled = settling.done();
            if now >= commit {
                (0..self.lives.len()).try_for_each(|at| self.commit(at, &self.places.read(at)))?;
                commit = now + COMMIT_EVERY;
            }
            self.poll.poll(&mut events, Some(NAP))?;
            for event in &events {
                self.serve(event)?;
            }
        }
        (0..self.lives.len()).try_for_each(|at| self.commit(at, &self.places.read(at)))
    }

    /// All members of a group have synchronised in one generation, and between them have every partition.
    fn is_settled(&self) -> bool {
        (0..self.coordinators.len()).all(|group| {
            let mine = || self.lives.iter().filter(|l| l.group == group);
            let generation = mine().next().map(|l| l.member.generation);
            mine().all(|l| l.member.is_stable() && Some(l.member.generation) == generation)
                && self.places.counts(group).sum::<usize>() == self.cluster.slots.len()
        })
    }

    /// Member `at` asks if it is due. Errors: it has waited too long.
    fn turn(&mut self, at: usize, now: Instant) -> io::Result<()> {
        let Some(life) = self.lives.get_mut(at) else { return Ok(()) };
        let Some(coordinator) = self.coordinators.get_mut(life.group) else { return Ok(()) };
        if let Some((since, instead)) = &life.waits
            && now.duration_since(*since) > ANSWERED_WITHIN
        {
            let what = api_of(&life.member.ask()).name();
            let why = if instead.is_empty() { "no answer" } else { instead };
            let after = ANSWERED_WITHIN.as_secs();
            return Err(io::Error::other(format!(
                "{what} in group {}: {why}, {after} s long",
                coordinator.group()
            )));
        }
        if life.due > now || life.line.as_ref().is_some_and(|(_, c)| c.in_flight() > 0) {
            return Ok(());
        }
        life.waits.get_or_insert((now, String::new()));
        let sent = match coordinator.find()? {
            Ok(Place { addr, versions }) => {
                let ask = life.member.ask();
                let api = api_of(&ask);
                let version = versions.newest(api)?;
                let frame = match &ask {
                    Ask::Join(q) => frames::request(version, q),
                    Ask::Sync(q) => frames::request(version, *q),
                    Ask::Heartbeat(q) => frames::request(version, q),
                }?;
                life.send(addr, (&frame, (api, version)), (Token(at), self.poll.registry()))
            }
            Err(why) => Err(io::Error::other(why)),
        };
        sent.or_else(|e| self.follow(at, Next::Find(e.to_string())))
    }

    /// What came for the member of this event.
    fn serve(&mut self, event: &Event) -> io::Result<()> {
        let at = event.token().0;
        let Some(life) = self.lives.get_mut(at) else { return Ok(()) };
        let Some((_, connection)) = &mut life.line else { return Ok(()) };
        let written = if event.is_writable() { connection.write(self.poll.registry()) } else { Ok(()) };
        let moved = written.and_then(|()| connection.read(&mut self.scratch, event.is_read_closed())).err();
        if let Some((asked, body)) = connection.next_answer()? {
            let answer = decode(asked, &Bytes::copy_from_slice(body))?;
            let next = life.member.on_answer(answer, &self.topics)?;
            self.follow(at, next)?;
        }
        match moved {
            Some(e) => self.follow(at, Next::Find(e.to_string())),
            None => Ok(()),
        }
    }

    /// What follows for member `at`.
    fn follow(&mut self, at: usize, next: Next) -> io::Result<()> {
        let lost = match &next {
            Next::Assigned(given) => {
                let owned =
                    given.iter().map(|(topic, p)| self.slot(topic, *p)).collect::<io::Result<Vec<_>>>()?;
                self.places.assign(at, &owned)?
            }
            Next::Rejoin { .. } => self.places.assign(at, &[])?,
            _ => BTreeMap::new(),
        };
        if next == (Next::Rejoin { member: true }) {
            self.commit(at, &lost)?;
        }
        let pause = if self.settled { self.heartbeat } else { self.heartbeat.min(IMPATIENT) };
        let Some(life) = self.lives.get_mut(at) else { return Ok(()) };
        let (after, brought_on) = match next {
            Next::Ask | Next::Rejoin { .. } => (Duration::ZERO, Ok(())),
            Next::Assigned(_) | Next::Beat => (pause, Ok(())),
            Next::Again(why) => (IMPATIENT, Err(why)),
            Next::Find(why) => {
                let (line, coordinator) = (life.line.take(), self.coordinators.get_mut(life.group));
                if let (Some((addr, _)), Some(coordinator)) = (line, coordinator) {
                    coordinator.is_gone_from(addr);
                }
                (IMPATIENT, Err(why))
            }
        };
        life.due = Instant::now() + after;
        life.waits = match (brought_on, life.waits.take()) {
            (Ok(()), _) => None,
            (Err(why), since) => Some((since.map_or(life.due, |(since, _)| since), why)),
        };
        Ok(())
    }

    fn slot(&self, topic: &str, partition: i32) -> io::Result<usize> {
        self.cluster.slot_of(topic, partition).ok_or_else(|| {
            io::Error::other(format!("an assignment of {topic} {partition}, which nobody reads"))
        })
    }

    /// Commits how far member `at` has read. One that the group has not now is told so by its next heartbeat.
    fn commit(&mut self, at: usize, read: &BTreeMap<usize, i64>) -> io::Result<()> {
        let topics = self.places.topics(read);
        let Some(life) = self.lives.get_mut(at).filter(|_| !read.is_empty()) else { return Ok(()) };
        let Some(coordinator) = self.coordinators.get_mut(life.group) else { return Ok(()) };
        let body = OffsetCommitRequest {
            group_id: coordinator.group().to_owned(),
            generation_id_or_member_epoch: life.member.generation,
            member_id: life.member.id.clone(),
            topics,
            ..Default::default()
        };
        let answer = coordinator.ask(&body, |a: &OffsetCommitResponse| {
            let codes = || a.topics.iter().flat_map(|t| &t.partitions).map(|p| p.error_code);
            codes().find(|c| trouble(*c).is_some()).unwrap_or(0)
        })?;
        for p in answer.topics.iter().flat_map(|t| &t.partitions) {
            match ErrorCode::from_code(p.error_code) {
                Some(ErrorCode::None) => self.commits += 1,
                Some(
                    ErrorCode::RebalanceInProgress
                    | ErrorCode::IllegalGeneration
                    | ErrorCode::UnknownMemberId,
                ) => life.due = Instant::now(),
                _ => good(&format!("OffsetCommit in group {}", coordinator.group()), p.error_code)?,
            }
        }
        Ok(())
    }

    /// All who have an id leave. Errors: one was refused, after all groups were told; a coordinator that is not there,
    /// at once: others would take as long.
    fn leave(&mut self) -> io::Result<()> {
        let mut told = Ok(());
        for (group, coordinator) in self.coordinators.iter_mut().enumerate() {
            let mine = self.lives.iter().filter(|l| l.group == group && !l.member.id.is_empty());
            let one = |l: &Life| MemberIdentity {
                member_id: l.member.id.clone(),
                group_instance_id: None,
                reason: Some("the load is over".to_owned()),
            };
            let members: Vec<MemberIdentity> = mine.map(one).collect();
            if members.is_empty() {
                continue;
            }
            let group_id = coordinator.group().to_owned();
            let what = format!("LeaveGroup of {group_id}");
            let body = LeaveGroupRequest { group_id, members, ..Default::default() };
            let answer = coordinator.ask(&body, |a| a.error_code)?;
            // Who is unknown has left already.
            let gone = ErrorCode::UnknownMemberId.code();
            let codes = answer.members.iter().map(|m| m.error_code).filter(|code| *code != gone);
            let mut codes = std::iter::once(answer.error_code).chain(codes);
            told = told.and(codes.try_for_each(|code| good(&what, code)));
        }
        told
    }
}

fn api_of(ask: &Ask<'_>) -> ApiKey {
    match ask {
        Ask::Join(_) => ApiKey::JoinGroup,
        Ask::Sync(_) => ApiKey::SyncGroup,
        Ask::Heartbeat(_) => ApiKey::Heartbeat,
    }
}

fn decode((api, version): Asked, body: &Bytes) -> io::Result<Answer> {
    match api {
        ApiKey::JoinGroup => frames::answer(version, body).map(Answer::Join),
        ApiKey::SyncGroup => frames::answer(version, body).map(Answer::Sync),
        _ => frames::answer(version, body).map(Answer::Heartbeat),
    }
}
