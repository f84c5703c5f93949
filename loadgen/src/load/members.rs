//! The members of consumer groups: they join, send heartbeats, commit, leave, while generator threads read for them.
//!
//! Owner: one thread with blocking calls, so that a slow coordinator delays no record. Invariants: a member says that
//! it has given a partition back only when the thread that reads for it has stopped; whoever has the partition next
//! goes on where it was left.

use super::cluster::{Cluster, resolve};
use super::consume::Position;
use super::readers::Mailbox;
use crate::groups::ask::{Member, connect, find_coordinator, send_commit};
use crate::interrupt;
use ringlog_wire::generated::{
    OffsetCommitRequest,
    offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
};
use std::collections::BTreeMap;
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Between two commits, as clients do it by default.
const COMMIT_EVERY: Duration = Duration::from_secs(5);
/// How long groups may need until every partition has its member.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);
/// Between two heartbeats of a member while its group is not settled yet.
const IMPATIENT: Duration = Duration::from_millis(200);
/// No change for so long is no rebalance under way: longer than brokers pause between two assignments.
const CALM: Duration = Duration::from_secs(3);
/// How long a reader may take to stop reading what its member has lost.
const TAKEN_WITHIN: Duration = Duration::from_secs(1);
/// Longest sleep, so that the end is noticed.
const NAP: Duration = Duration::from_millis(20);

/// What the threads of a run and that of the members share.
#[derive(Debug, Default)]
struct Flags {
    /// Readers look into their mailboxes.
    live: AtomicBool,
    stop: AtomicBool,
}

/// All members of all groups.
pub struct Members {
    flags: Arc<Flags>,
    /// Group by group.
    mailboxes: Vec<Arc<Mailbox>>,
    settled: Receiver<io::Result<()>>,
    thread: JoinHandle<io::Result<u64>>,
}

/// The groups of a run.
#[derive(Clone, Debug)]
pub struct Groups {
    /// Their names.
    pub names: Vec<String>,
    /// Members of each.
    pub members: usize,
    /// Where a partition is begun: its first or its next offset, as ListOffsets takes it.
    pub from: i64,
}

impl Members {
    /// Joins, and returns when every partition has its member in every group.
    /// Errors: the broker refuses, or they do not settle within a minute.
    pub fn join(cluster: Arc<Cluster>, groups: Groups) -> io::Result<Self> {
        let flags = Arc::new(Flags::default());
        let count = groups.names.len() * groups.members;
        let mailboxes: Vec<Arc<Mailbox>> = (0..count).map(|_| Arc::default()).collect();
        let (sender, settled) = channel();
        let (theirs, boxes) = (Arc::clone(&flags), mailboxes.clone());
        let thread = std::thread::spawn(move || {
            let lives = Lives::new(cluster, &groups, theirs, boxes).and_then(|mut l| l.run(&sender));
            if let Err(e) = &lives {
                // Nobody waits for it once the groups have settled.
                let _ = sender.send(Err(io::Error::other(e.to_string())));
            }
            lives
        });
        let members = Self { flags, mailboxes, settled, thread };
        match members.settled.recv() {
            Ok(Ok(())) => Ok(members),
            Ok(Err(e)) => Err(e),
            Err(_) => Err(io::Error::other("the thread of the groups ended early")),
        }
    }

    /// The mailboxes, group by group.
    #[must_use]
    pub fn mailboxes(&self) -> &[Arc<Mailbox>] {
        &self.mailboxes
    }

    /// From now on readers look into them.
    pub fn go_live(&self) {
        self.flags.live.store(true, Ordering::Release);
    }

    /// All leave; how many partitions were committed. Errors: what the thread met.
    pub fn leave(self) -> io::Result<u64> {
        self.flags.stop.store(true, Ordering::Release);
        self.thread.join().map_err(|_| io::Error::other("the thread of the groups ended early"))?
    }
}

struct Life {
    group: usize,
    member: Member,
    mailbox: Arc<Mailbox>,
    slots: BTreeMap<usize, Position>,
    due: Instant,
}

struct Lives {
    cluster: Arc<Cluster>,
    flags: Arc<Flags>,
    from: i64,
    sockets: Vec<TcpStream>,
    /// By group: where each partition was left.
    left: Vec<BTreeMap<usize, i64>>,
    lives: Vec<Life>,
    settled: bool,
    /// When a member last had other partitions than before.
    changed: Instant,
    commits: u64,
}

impl Lives {
    fn new(
        cluster: Arc<Cluster>,
        groups: &Groups,
        flags: Arc<Flags>,
        boxes: Vec<Arc<Mailbox>>,
    ) -> io::Result<Self> {
        let bootstrap = cluster.bootstrap.ok_or_else(|| io::Error::other("no broker was asked"))?;
        let mut sockets = Vec::new();
        for name in &groups.names {
            let (host, port) = find_coordinator(bootstrap, name)?;
            sockets.push(connect(resolve(&host, port)?)?);
        }
        let life = |(n, mailbox): (usize, Arc<Mailbox>)| {
            let group = n / groups.members;
            let name = groups.names.get(group).map(String::as_str).unwrap_or_default();
            let member = Member::new(name, format!("{name}-{:05}", n % groups.members));
            Life { group, member, mailbox, slots: BTreeMap::new(), due: Instant::now() }
        };
        let lives = boxes.into_iter().enumerate().map(life).collect();
        let left = vec![BTreeMap::new(); groups.names.len()];
        Ok(Self {
            cluster,
            flags,
            from: groups.from,
            sockets,
            left,
            lives,
            settled: false,
            changed: Instant::now(),
            commits: 0,
        })
    }

    fn run(&mut self, settled: &Sender<io::Result<()>>) -> io::Result<u64> {
        let (began, mut commit) = (Instant::now(), Instant::now() + COMMIT_EVERY);
        while !self.flags.stop.load(Ordering::Acquire) {
            let now = Instant::now();
            for at in 0..self.lives.len() {
                if self.lives.get(at).is_some_and(|l| l.due <= now) {
                    self.beat(at)?;
                }
            }
            if !self.settled && self.is_settled() {
                self.settled = true;
                // Who joined gave up only if its process ends.
                let _ = settled.send(Ok(()));
            }
            if !self.settled && interrupt::is_asked() {
                return Err(interrupt::error());
            }
            if !self.settled && began.elapsed() > SETTLED_WITHIN {
                return Err(io::Error::other("not every partition has its member after a minute"));
            }
            if now >= commit {
                self.commit_all()?;
                commit = now + COMMIT_EVERY;
            }
            let next = self.lives.iter().map(|l| l.due).min().unwrap_or(now);
            std::thread::sleep(next.saturating_duration_since(Instant::now()).min(NAP));
        }
        self.commit_all()?;
        for life in &self.lives {
            let Some(socket) = self.sockets.get_mut(life.group) else { continue };
            life.member.leave(socket)?;
        }
        Ok(self.commits)
    }

    /// Every partition has its member, and no member waits for more: a member alone has everything until the broker
    /// has seen the others.
    fn is_settled(&self) -> bool {
        let slots = self.cluster.slots.len();
        (0..self.sockets.len()).all(|g| {
            let mine = || self.lives.iter().filter(|l| l.group == g).map(|l| l.slots.len());
            let even = slots / mine().count().max(1)..=slots.div_ceil(mine().count().max(1));
            let calm = self.changed.elapsed() > CALM;
            mine().sum::<usize>() == slots && (calm || mine().all(|n| even.contains(&n)))
        })
    }

    /// One heartbeat, and what follows from its answer.
    fn beat(&mut self, at: usize) -> io::Result<()> {
        let cluster = Arc::clone(&self.cluster);
        let Some(life) = self.lives.get_mut(at) else { return Ok(()) };
        let Some(socket) = self.sockets.get_mut(life.group) else { return Ok(()) };
        let told = match life.member.try_beat(socket, &cluster.topics)? {
            Some(told) => told,
            None if self.settled => {
                return Err(io::Error::other(format!("the coordinator of {} is gone", life.member.group)));
            }
            None => {
                life.due = Instant::now() + IMPATIENT;
                return Ok(());
            }
        };
        if !told.changed {
            let pause = if self.settled { told.pause } else { told.pause.min(IMPATIENT) };
            life.due = Instant::now() + pause;
            return Ok(());
        }
        // The next one says that it has been done.
        life.due = Instant::now();
        self.changed = life.due;
        let owned: Vec<usize> =
            life.member.owned.iter().filter_map(|(id, p)| cluster.slot_of(id.0, *p)).collect();
        let left = self.left.get(life.group).cloned().unwrap_or_default();
        let fresh: Vec<usize> =
            owned.iter().copied().filter(|s| !life.slots.contains_key(s) && !left.contains_key(s)).collect();
        let begins = match fresh.is_empty() {
            true => BTreeMap::new(),
            false => cluster
                .offsets(&fresh, self.from)?
                .map_err(|code| io::Error::other(format!("ListOffsets answered {code}")))?,
        };
        let place = |s: usize| {
            let next = left.get(&s).or_else(|| begins.get(&s)).copied().unwrap_or(0);
            (s, life.slots.get(&s).copied().unwrap_or(Position { next, until: None }))
        };
        let slots: BTreeMap<usize, Position> = owned.into_iter().map(place).collect();
        let lost: Vec<usize> = life.slots.keys().copied().filter(|s| !slots.contains_key(s)).collect();
        life.slots.clone_from(&slots);
        let before = life.mailbox.taken();
        life.mailbox.assign(slots);
        self.hand_over(at, &lost, before)
    }

    /// Waits until the reader has stopped, and remembers where.
    fn hand_over(&mut self, at: usize, lost: &[usize], before: u64) -> io::Result<()> {
        let Some(life) = self.lives.get(at) else { return Ok(()) };
        if lost.is_empty() || !self.flags.live.load(Ordering::Acquire) {
            return Ok(());
        }
        let began = Instant::now();
        while life.mailbox.taken() == before && began.elapsed() < TAKEN_WITHIN {
            std::thread::sleep(Duration::from_millis(1));
        }
        let positions = life.mailbox.positions();
        if let Some(left) = self.left.get_mut(life.group) {
            left.extend(lost.iter().filter_map(|s| Some((*s, *positions.get(s)?))));
        }
        self.commit(at)
    }

    fn commit_all(&mut self) -> io::Result<()> {
        (0..self.lives.len()).try_for_each(|at| self.commit(at))
    }

    /// Commits how far a member has read.
    fn commit(&mut self, at: usize) -> io::Result<()> {
        let Some(life) = self.lives.get(at) else { return Ok(()) };
        let mut topics: Vec<OffsetCommitRequestTopic> = Vec::new();
        let read = life.mailbox.positions();
        for (slot, offset) in read.iter().filter(|(slot, _)| life.slots.contains_key(slot)) {
            let partition = OffsetCommitRequestPartition {
                partition_index: self.cluster.slots.get(*slot).map_or(0, |s| s.partition),
                committed_offset: *offset,
                committed_leader_epoch: -1,
                committed_metadata: Some(String::new()),
            };
            let name = self.cluster.name(*slot).to_owned();
            match topics.last_mut().filter(|t| t.name == name) {
                Some(last) => last.partitions.push(partition),
                None => topics.push(OffsetCommitRequestTopic {
                    name,
                    partitions: vec![partition],
                    ..Default::default()
                }),
            }
        }
        if topics.is_empty() {
            return Ok(());
        }
        self.commits += topics.iter().map(|t| t.partitions.len() as u64).sum::<u64>();
        let body = OffsetCommitRequest {
            group_id: life.member.group.clone(),
            generation_id_or_member_epoch: life.member.epoch,
            member_id: life.member.id.clone(),
            topics,
            ..Default::default()
        };
        match self.sockets.get_mut(life.group) {
            Some(socket) => send_commit(socket, &body),
            None => Ok(()),
        }
    }
}
