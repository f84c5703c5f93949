//! Members of the consumer protocol (KIP-848): a heartbeat joins, says what is owned, and hears what may be read.
//!
//! Owner: the thread of the members, with blocking calls over one connection to each group's coordinator.

use super::super::cluster::{Cluster, resolve};
use super::super::readers::Mailbox;
use super::places::Places;
use super::{COMMIT_EVERY, Flags, Groups, IMPATIENT, NAP, Settling};
use crate::groups::ask::{Member, find_coordinator, send_commit};
use crate::versions::Caller;
use ringlog_wire::generated::OffsetCommitRequest;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// No change for so long is no rebalance under way: longer than brokers pause between two assignments.
const CALM: Duration = Duration::from_secs(3);

struct Life {
    group: usize,
    member: Member,
    due: Instant,
}

/// The members of all groups.
pub struct Lives {
    cluster: Arc<Cluster>,
    flags: Arc<Flags>,
    callers: Vec<Caller>,
    lives: Vec<Life>,
    places: Places,
    /// When a member last had other partitions than before.
    changed: Instant,
    commits: u64,
}

impl Lives {
    /// Finds the coordinators; nobody has joined yet. Errors: a group has none after five seconds.
    pub fn new(
        cluster: Arc<Cluster>,
        groups: &Groups,
        flags: Arc<Flags>,
        boxes: Vec<Arc<Mailbox>>,
    ) -> io::Result<Self> {
        let bootstrap = cluster.bootstrap.ok_or_else(|| io::Error::other("no broker was asked"))?;
        let mut callers = Vec::new();
        for name in &groups.names {
            let (host, port) = find_coordinator(bootstrap, name)?;
            callers.push(Caller::connect(resolve(&host, port)?)?);
        }
        let life = |n: usize| {
            let group = n / groups.members;
            let name = groups.names.get(group).map(String::as_str).unwrap_or_default();
            let member = Member::new(name, format!("{name}-{:05}", n % groups.members));
            Life { group, member, due: Instant::now() }
        };
        let lives = (0..boxes.len()).map(life).collect();
        let places = Places::new(Arc::clone(&cluster), groups, Arc::clone(&flags), boxes);
        Ok(Self { cluster, flags, callers, lives, places, changed: Instant::now(), commits: 0 })
    }

    /// Joins, and lives until it is told to stop; all who joined leave, also after an error.
    /// Returns how many partitions were committed. Errors: the broker refuses, they do not settle in time.
    pub fn run(&mut self, settling: &mut Settling) -> io::Result<u64> {
        let done = self.live(settling);
        let left = self.leave();
        done.and(left).map(|()| self.commits)
    }

    fn live(&mut self, settling: &mut Settling) -> io::Result<()> {
        let mut commit = Instant::now() + COMMIT_EVERY;
        while !self.flags.stop.load(Ordering::Acquire) {
            let now = Instant::now();
            for at in 0..self.lives.len() {
                if self.lives.get(at).is_some_and(|l| l.due <= now) {
                    self.beat(at, settling.done())?;
                }
            }
            settling.look(|| self.is_settled())?;
            if now >= commit {
                self.commit_all()?;
                commit = now + COMMIT_EVERY;
            }
            let next = self.lives.iter().map(|l| l.due).min().unwrap_or(now);
            std::thread::sleep(next.saturating_duration_since(Instant::now()).min(NAP));
        }
        self.commit_all()
    }

    fn leave(&mut self) -> io::Result<()> {
        for life in self.lives.iter().filter(|l| l.member.epoch > 0) {
            let Some(caller) = self.callers.get_mut(life.group) else { continue };
            life.member.leave(caller)?;
        }
        Ok(())
    }

    /// Every partition has its member, and no member waits for more: a member alone has everything until the broker
    /// has seen the others.
    fn is_settled(&self) -> bool {
        let slots = self.cluster.slots.len();
        (0..self.callers.len()).all(|group| {
            let mine = || self.places.counts(group);
            let even = slots / mine().count().max(1)..=slots.div_ceil(mine().count().max(1));
            let calm = self.changed.elapsed() > CALM;
            mine().sum::<usize>() == slots && (calm || mine().all(|n| even.contains(&n)))
        })
    }

    /// One heartbeat, and what follows from its answer.
    fn beat(&mut self, at: usize, settled: bool) -> io::Result<()> {
        let cluster = Arc::clone(&self.cluster);
        let Some(life) = self.lives.get_mut(at) else { return Ok(()) };
        let Some(caller) = self.callers.get_mut(life.group) else { return Ok(()) };
        let told = match life.member.try_beat(caller, &cluster.topics)? {
            Some(told) => told,
            None if settled => {
                return Err(io::Error::other(format!("the coordinator of {} is gone", life.member.group)));
            }
            None => {
                life.due = Instant::now() + IMPATIENT;
                return Ok(());
            }
        };
        if !told.changed {
            let pause = if settled { told.pause } else { told.pause.min(IMPATIENT) };
            life.due = Instant::now() + pause;
            return Ok(());
        }
        // The next one says that it has been done.
        life.due = Instant::now();
        self.changed = life.due;
        let owned: Vec<usize> =
            life.member.owned.iter().filter_map(|(id, p)| cluster.slot_of_id(id.0, *p)).collect();
        let lost = self.places.assign(at, &owned)?;
        self.commit(at, &lost)
    }

    fn commit_all(&mut self) -> io::Result<()> {
        (0..self.lives.len()).try_for_each(|at| self.commit(at, &self.places.read(at)))
    }

    /// Commits how far a member has read.
    fn commit(&mut self, at: usize, read: &BTreeMap<usize, i64>) -> io::Result<()> {
        let Some(life) = self.lives.get(at).filter(|_| !read.is_empty()) else { return Ok(()) };
        let Some(caller) = self.callers.get_mut(life.group) else { return Ok(()) };
        self.commits += read.len() as u64;
        let body = OffsetCommitRequest {
            group_id: life.member.group.clone(),
            generation_id_or_member_epoch: life.member.epoch,
            member_id: life.member.id.clone(),
            topics: self.places.topics(read),
            ..Default::default()
        };
        send_commit(caller, &body)
    }
}
