//! One place in a group, and the client that fills it: it joins, works, pauses, crashes, and another one comes.
//!
//! Owner: one task of the world. Invariants: what a client remembers over a pause is what it had; a crashed one
//! leaves nothing but its ids, with which its successor may speak as its former self.

use super::plan::{MemberPlan, Speaks};
use super::work::{Identity, Wanted};
use super::{GroupRun, Link};
use crate::check::Tp;
use crate::check::group::Claim;
use crate::client::Gone;
use crate::swarm::world::Phase;
use ringlog_wire::ErrorCode as E;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A partition that the member owns.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// Behind what it has processed; `None` until it knows where to start.
    pub position: Option<i64>,
    /// Epoch of the last record that it processed.
    pub epoch: i32,
    /// What it knows to be committed.
    pub committed: i64,
}

/// Where the client stands.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum State {
    /// It has to join.
    Out,
    /// Classic: it has joined, and must sync.
    Joined(super::classic::Joined),
    /// It is a member.
    In,
}

/// Who the client before this one was.
struct Former {
    identity: Identity,
    wanted: Wanted,
}

pub(super) struct Member {
    pub group: Rc<GroupRun>,
    place: usize,
    /// Which client this is.
    number: u64,
    pub speaks: Speaks,
    pub id: String,
    pub epoch: i32,
    pub state: State,
    pub owned: BTreeMap<Tp, Part>,
    /// What it is to give back (KIP-848).
    pub revoking: BTreeSet<Tp>,
    pub topics: BTreeSet<String>,
    /// The next heartbeat says everything (KIP-848).
    pub whole: bool,
    /// An answer to a heartbeat may have been lost (KIP-848).
    pub unsure: bool,
    /// It was away, and says first what it would have said.
    stale: bool,
    former: Option<Former>,
}

/// Fills the place at `place` until the run is over.
pub(super) async fn run(group: Rc<GroupRun>, place: usize) {
    let (world, speaks) = (Rc::clone(&group.world), group.speaks(place));
    let topics = group.topics.iter().map(|t| t.name.clone()).collect();
    let mut member = Member {
        group: Rc::clone(&group),
        place,
        number: 0,
        speaks,
        id: String::new(),
        epoch: 0,
        state: State::Out,
        owned: BTreeMap::new(),
        revoking: BTreeSet::new(),
        topics,
        whole: true,
        unsure: false,
        stale: false,
        former: None,
    };
    world.sim.sleep_ms(world.sim.rng().below(400)).await;
    while let Some((client, life)) = world.connect().await {
        group.facts.borrow_mut().reached(life, world.now());
        let mut link = Link { client, life };
        group.late.comes(place, link.client.conn(), world.now());
        let wild = member.plan().wild_ms;
        let limit = if wild > 0 && world.phase.get() == Phase::Safety {
            1 + world.sim.rng().below(wild * 1_000_000)
        } else {
            u64::MAX
        };
        let ended = world.sim.exec().within(limit, member.session(&mut link)).await;
        link.client.conn().cut();
        group.late.goes(place);
        if ended.is_none() && world.phase.get() == Phase::Safety {
            member.mishap().await;
        }
        member.stand_by().await;
        if group.over() {
            return;
        }
        world.sim.sleep_ms(5 + world.sim.rng().below(100)).await;
    }
}

impl Member {
    pub(super) fn plan(&self) -> &MemberPlan {
        self.group.plan.members.get(self.place).expect("a member fills a place of the plan")
    }

    pub(super) fn who(&self) -> (usize, u64) {
        (self.place, self.number)
    }

    pub(super) fn instance(&self) -> Option<String> {
        self.plan().instance.clone()
    }

    pub(super) fn is_native(&self) -> bool {
        self.speaks == Speaks::Consumer
    }

    /// A version in `low..=high`, the same way up as the member's own.
    pub(super) fn version(&self, low: i16, high: i16) -> i16 {
        (low + self.plan().version * (high - low) / 9).clamp(low, high)
    }

    pub(super) fn identity(&self) -> Identity {
        Identity { who: self.who(), id: self.id.clone(), instance: self.instance(), epoch: self.epoch }
    }

    /// One connection.
    async fn session(&mut self, link: &mut Link) -> Result<(), Gone> {
        let group = Rc::clone(&self.group);
        let (world, rng) = (&group.world, group.world.sim.rng());
        self.whole = true;
        if !group.find(link).await? {
            return Ok(());
        }
        if rng.one_in(3) {
            self.look(link).await?;
        }
        if std::mem::take(&mut self.stale) && self.state == State::In {
            self.commit_positions(link).await?;
        }
        loop {
            group.report();
            if group.over() || world.lives.get() != link.life || world.up.borrow().is_none() {
                return Err(Gone);
            }
            if group.halted.get() {
                return self.leave(link).await;
            }
            self.resubscribe();
            group.late.stands(self.place, self.state == State::In, world.now());
            if self.is_native() {
                self.beat_consumer(link).await?
            } else {
                self.step_classic(link).await?
            }
            group.late.stands(self.place, self.state == State::In, world.now());
            if self.state == State::In {
                self.haunt(link).await?;
                if rng.one_in(if world.plan.groups.expires { 3 } else { 10 }) {
                    self.look(link).await?;
                }
                self.work(link).await?;
                if world.phase.get() == Phase::Safety && self.plan().wild_ms > 0 && rng.one_in(40) {
                    return self.leave(link).await;
                }
            }
            world.sim.sleep_ms(self.think()).await;
        }
    }

    /// Anybody may look at the offsets at any time.
    async fn look(&self, link: &mut Link) -> Result<(), Gone> {
        let all: Vec<Tp> = self.group.partitions().into_iter().collect();
        if let Err(code) = self.group.read_offsets(link, (self.version(1, 10), None), Some(&all)).await? {
            self.group.refused(code, "OffsetFetch");
        }
        Ok(())
    }

    fn think(&self) -> u64 {
        let rng = self.group.world.sim.rng();
        match self.state {
            State::In if self.revoking.is_empty() => {
                let beat = self.plan().beat_ms;
                let beat = if self.group.goal.borrow().is_some() { beat.min(150) } else { beat };
                1 + beat / 2 + rng.below(beat / 2)
            }
            State::Joined(_) => rng.below(5),
            _ => 1 + rng.below(60),
        }
    }

    fn resubscribe(&mut self) {
        let world = &self.group.world;
        let every = || self.group.topics.iter().map(|t| t.name.clone());
        let next: BTreeSet<String> = if world.phase.get() != Phase::Safety {
            every().collect()
        } else if self.group.plan.resubscribes && world.sim.rng().one_in(20) {
            every().filter(|_| world.sim.rng().one_in(2)).collect()
        } else {
            return;
        };
        if next != self.topics && !next.is_empty() {
            self.group.say(|| format!("{:?} subscribes to {next:?}", self.who()));
            self.topics = next;
            self.group.late.stir(world.now());
            if self.is_native() { self.whole = true } else { self.rejoin() }
        }
    }

    /// Its claim, if an answer to what was sent at `sent` says that it is a member.
    pub(super) fn claim(&self, sent: u64) -> Claim {
        let plan = &self.group.plan;
        // Version 0 of JoinGroup has one timeout for both; the rebalance timeout is always the longer one. The
        // coordinator counts whole milliseconds.
        let until = sent + (plan.session_ms - 2) * 1_000_000;
        let identity = self.instance().unwrap_or_else(|| self.id.clone());
        Claim { who: self.who(), identity, epoch: self.epoch, until }
    }

    /// It was told what it owns, which may be less than before.
    pub(super) fn told(&mut self, sent: u64, assigned: &BTreeSet<Tp>) {
        let claim = self.claim(sent);
        self.group.served.set(true);
        let now = self.group.world.now();
        let verdict = {
            let mut facts = self.group.facts.borrow_mut();
            facts.owners.reached(claim.epoch, sent);
            facts.owners.told(&claim, assigned, &self.revoking, now)
        };
        self.group.judge(verdict);
    }

    /// Gives partitions up, all that are not in `keep`.
    pub(super) fn keep_only(&mut self, keep: &BTreeSet<Tp>) {
        let gone: Vec<Tp> = self.owned.keys().filter(|tp| !keep.contains(tp)).copied().collect();
        let mut facts = self.group.facts.borrow_mut();
        for tp in gone {
            self.owned.remove(&tp);
            facts.owners.give_up(self.who(), tp);
        }
    }

    /// It is no member any more, and knows it.
    pub(super) fn lose_everything(&mut self) {
        self.keep_only(&BTreeSet::new());
        self.revoking.clear();
        let now = self.group.world.now();
        self.group.facts.borrow_mut().owners.leaves(self.who(), now);
        self.group.late.stir(now);
        self.state = State::Out;
        self.epoch = 0;
        self.whole = true;
        self.unsure = false;
    }

    /// An error to something that only members may do: what it means for this one.
    pub(super) fn hears(&mut self, code: i16, what: &str) {
        let is = |e: E| code == e.code();
        self.group.say(|| format!("{:?} hears {code} to {what}", self.who()));
        if is(E::RebalanceInProgress) {
            if !self.is_native() && self.state == State::In {
                self.rejoin();
            }
            return;
        }
        let generation = is(E::IllegalGeneration) || is(E::FencedMemberEpoch) || is(E::StaleMemberEpoch);
        let unknown = is(E::UnknownMemberId) || is(E::FencedInstanceId) || is(E::GroupIdNotFound);
        if !generation && !unknown {
            return self.group.refused(code, what);
        }
        let now = self.group.world.now();
        let sure = self.state == State::In && self.group.facts.borrow().owners.is_member(self.who(), now);
        let excused = self.group.is_mixed() || (generation && self.is_native() && self.unsure);
        if sure && !excused {
            let name = E::from_code(code).map_or("unknown", |e| e.name());
            self.group.judge(Err(format!(
                "{:?} ({}, epoch {}) hears {name} to {what}, and surely is a member",
                self.who(),
                self.id,
                self.epoch
            )));
        }
        if is(E::StaleMemberEpoch) {
            // The next heartbeat brings the new one.
            self.whole = true;
            return;
        }
        self.lose_everything();
        if unknown && !self.is_native() {
            self.id.clear();
        }
    }

    /// What became of a client that went away without a word.
    async fn mishap(&mut self) {
        let (world, group) = (Rc::clone(&self.group.world), Rc::clone(&self.group));
        let rng = world.sim.rng();
        let session = group.plan.session_ms;
        match rng.below(5) {
            0..=2 => {
                group.say(|| format!("{:?} crashes", self.who()));
                self.crash();
                world.sim.sleep_ms(rng.below(2 * session)).await;
            }
            3 => {
                group.say(|| format!("{:?} pauses", self.who()));
                self.stale = true;
                world.sim.sleep_ms(session + rng.below(2 * session)).await;
            }
            _ => {}
        }
    }

    fn crash(&mut self) {
        let rng = self.group.world.sim.rng();
        let wanted: Wanted =
            self.owned.iter().filter_map(|(tp, p)| Some((*tp, (p.position?, p.epoch)))).collect();
        self.former =
            (self.state == State::In && rng.one_in(2)).then(|| Former { identity: self.identity(), wanted });
        let keeps_id = self.is_native() && self.instance().is_none() && rng.one_in(2);
        self.lose_everything();
        self.number += 1;
        if keeps_id {
            self.former = None;
        } else {
            self.id.clear();
        }
    }

    /// What it would say about `owned` now is kept, and said when it is too late.
    pub(super) fn remember(&mut self, owned: impl Fn(&Tp) -> bool) {
        let world = &self.group.world;
        if world.phase.get() != Phase::Safety || self.group.is_mixed() || !world.sim.rng().one_in(3) {
            return;
        }
        let known = self.owned.iter().filter(|(tp, _)| owned(tp));
        let wanted: Wanted = known.filter_map(|(tp, p)| Some((*tp, (p.position?, p.epoch)))).collect();
        self.former = Some(Former { identity: self.identity(), wanted });
    }

    /// A message comes late that the client before this one sent, or this one in an earlier generation.
    async fn haunt(&mut self, link: &mut Link) -> Result<(), Gone> {
        let earlier = |i: &Identity| i.id == self.id && i.epoch < self.epoch;
        let due = self.former.as_ref().is_some_and(|f| f.identity.who != self.who() || earlier(&f.identity));
        if !due {
            return Ok(());
        }
        let Some(Former { identity, mut wanted }) = self.former.take() else { return Ok(()) };
        let own = identity.who == self.who();
        if own && self.is_native() {
            // Of what it still has an older epoch may commit (KIP-1251).
            wanted.retain(|tp, _| !self.owned.contains_key(tp));
        }
        let fenced = own || identity.instance.is_some();
        if fenced && !self.is_native() {
            let code = self.heartbeat(link, &identity).await?.0;
            self.too_late(&identity, code, "Heartbeat");
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let lowest = if self.is_native() { 9 } else { 7 };
        let code = self.group.commit(link, self.version(lowest, 10), &identity, &wanted).await?;
        self.group.say(|| format!("{identity:?} commits too late: {code}"));
        if fenced {
            self.too_late(&identity, code, "OffsetCommit");
        }
        Ok(())
    }

    fn too_late(&self, by: &Identity, code: i16, what: &str) {
        if code == 0 {
            let why =
                format!("{what} of {by:?} was taken, although {:?} is in epoch {}", self.who(), self.epoch);
            self.group.judge(Err(why));
        }
    }

    /// Leaves the group for good.
    async fn leave(&mut self, link: &mut Link) -> Result<(), Gone> {
        if self.id.is_empty() {
            return Ok(());
        }
        self.group.say(|| format!("{:?} leaves", self.who()));
        if self.state == State::In && self.group.world.sim.rng().one_in(2) {
            self.commit_positions(link).await?;
        }
        let identity = self.identity();
        self.lose_everything();
        if self.is_native() {
            self.leave_consumer(link, &identity).await?
        } else {
            self.leave_classic(link, &identity).await?
        }
        self.number += 1;
        let rng = self.group.world.sim.rng();
        self.group.world.sim.sleep_ms(rng.below(self.group.plan.session_ms)).await;
        Ok(())
    }

    /// Waits while the group is halted; comes back speaking what is spoken then.
    async fn stand_by(&mut self) {
        let group = Rc::clone(&self.group);
        if !group.halted.get() {
            return;
        }
        group.out.set(group.out.get() + 1);
        while group.halted.get() && !group.over() {
            group.world.sim.sleep_ms(20).await;
        }
        group.out.set(group.out.get() - 1);
        let speaks = group.speaks(self.place);
        if speaks != self.speaks {
            self.lose_everything();
            self.number += 1;
            self.former = None;
            self.id.clear();
            self.speaks = speaks;
        }
    }
}
