//! Consumer groups in the swarm: members that come, pause, crash and go, and what they are told (G1 to G7).
//!
//! - `plan`: the groups of a seed.
//! - `member`: one place in a group, and the troubles of the client that fills it.
//! - `classic`, `consumer`: the two protocols.
//! - `work`: what a member does with what it owns: fetch records, fetch and commit offsets.
//! - `late`: when a member must have its answer, and a group its owners.
//! - `conduct`: what happens to a group as a whole: deletions, a change of the protocol while it is empty.
//!
//! Owner: the run. Invariants: answers are judged by `check::group` where they arrive; after the healing nobody
//! crashes any more, and every group must come to rest with everything assigned, processed and committed.

mod classic;
mod conduct;
mod consumer;
mod late;
mod member;
pub mod plan;
mod work;

use super::world::{Phase, Topic, World};
use crate::check::group::GroupFacts;
use crate::check::{Tp, Verdict};
use crate::client::{Client, Gone};
use crate::exec::WORLD;
use plan::{GroupPlan, Speaks};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::{FindCoordinatorRequest, FindCoordinatorResponse};
use ringlog_wire::message::Request;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// One group of a run.
pub struct GroupRun {
    world: Rc<World>,
    plan: GroupPlan,
    /// Its topics: those that live through the whole run.
    topics: Vec<Topic>,
    facts: RefCell<GroupFacts>,
    /// The number under which it says what it wants.
    who: usize,
    /// Which protocol of the plan is spoken now, if not all at once.
    turn: Cell<usize>,
    /// Members leave, and wait.
    halted: Cell<bool>,
    /// Members that wait.
    out: Cell<usize>,
    /// Its coordinator has been heard of.
    served: Cell<bool>,
    /// Where each partition must get to.
    goal: RefCell<Option<BTreeMap<Tp, i64>>>,
    late: late::Late,
}

/// A connection, and the life of the broker that it belongs to.
struct Link {
    client: Client,
    life: u64,
}

/// Starts the groups of the plan.
pub fn start(world: &Rc<World>) -> Vec<Rc<GroupRun>> {
    let first = world.plan.producers.len() + world.plan.consumers.len();
    let mut groups = Vec::new();
    for (n, plan) in world.plan.groups.groups.iter().enumerate() {
        let group = Rc::new(GroupRun {
            world: Rc::clone(world),
            plan: plan.clone(),
            topics: world.topics.borrow().clone(),
            facts: RefCell::default(),
            who: first + n,
            turn: Cell::new(0),
            halted: Cell::new(false),
            out: Cell::new(0),
            served: Cell::new(false),
            goal: RefCell::default(),
            late: late::Late::default(),
        });
        // A group that expires begins anew.
        group.facts.borrow_mut().owners.lax = plan.speaks.len() > 1 || world.plan.groups.expires;
        for place in 0..plan.members.len() {
            world.sim.exec().spawn(WORLD, member::run(Rc::clone(&group), place));
        }
        world.sim.exec().spawn(WORLD, conduct::run(Rc::clone(&group)));
        if plan.watched {
            world.sim.exec().spawn(WORLD, conduct::watch(Rc::clone(&group)));
        }
        groups.push(group);
    }
    groups
}

/// From now on nothing goes wrong: no member waits for long.
pub fn hurry(groups: &[Rc<GroupRun>]) {
    for group in groups {
        group.world.sim.exec().spawn(WORLD, late::watch(Rc::clone(group)));
    }
}

/// Sets every group its goal: everything that can be read now.
pub fn settle(groups: &[Rc<GroupRun>]) {
    for group in groups {
        let mut history = group.world.history.borrow_mut();
        let goal = group.partitions().into_iter().map(|tp| (tp, history.facts(tp).floor)).collect();
        *group.goal.borrow_mut() = Some(goal);
        group.world.wants(group.who, Some(format!("group {}: to begin", group.plan.name)));
    }
}

/// Reads what every group has committed, from a broker that nobody else works with.
pub async fn verify(world: &Rc<World>, groups: &[Rc<GroupRun>]) {
    for group in groups {
        let mut tries = 0;
        loop {
            let Some((client, life)) = world.connect().await else { return };
            let mut link = Link { client, life };
            let read = group.read_offsets(&mut link, (8, None), None).await;
            link.client.conn().cut();
            if matches!(read, Ok(Ok(_))) {
                break;
            }
            tries += 1;
            if tries > 300 {
                world.fail(&format!("the offsets of group {} cannot be read: {read:?}", group.plan.name));
            }
            world.sim.sleep_ms(50).await;
        }
    }
}

impl GroupRun {
    fn partitions(&self) -> BTreeSet<Tp> {
        self.topics.iter().flat_map(|t| (0..t.partitions).map(|p| (t.id, p))).collect()
    }

    fn topic_name(&self, tp: Tp) -> &str {
        self.topics.iter().find(|t| t.id == tp.0).map_or("", |t| &t.name)
    }

    /// What the member at `place` speaks now.
    fn speaks(&self, place: usize) -> Speaks {
        let n = if self.plan.mixed { place } else { self.turn.get() };
        let all = &self.plan.speaks;
        all.get(n % all.len()).copied().unwrap_or(Speaks::Consumer)
    }

    /// True if members of both protocols, or of one after the other, are in the group.
    fn is_mixed(&self) -> bool {
        self.plan.speaks.len() > 1
    }

    fn over(&self) -> bool {
        self.world.phase.get() == Phase::Over
    }

    fn judge(&self, verdict: Verdict) {
        if let Err(why) = verdict {
            self.world.fail(&format!("group {}: {why}", self.plan.name));
        }
    }

    fn say(&self, line: impl FnOnce() -> String) {
        self.world.say(|| format!("{}: {}", self.plan.name, line()));
    }

    /// An error that says nothing about a member: fails the run unless the broker may give it now.
    fn refused(&self, code: i16, what: &str) {
        let loading = code == ErrorCode::CoordinatorLoadInProgress.code();
        // Another core may not have heard of a topic yet that was created a moment ago.
        let new = code == ErrorCode::NotCoordinator.code() && !self.served.get();
        // Nor of the partitions that it serves, right after a start.
        let early = code == ErrorCode::NotCoordinator.code()
            && self.world.calm_since.get().is_some_and(|since| self.world.now() < since + 1_500_000_000);
        if !loading && !new && !early {
            self.world.unprovoked(code, &format!("{what} of group {}", self.plan.name));
        }
    }

    /// One request and its answer, and when it was sent.
    async fn ask<R: Request>(
        &self,
        link: &mut Link,
        version: i16,
        request: &R,
        wait_ms: u64,
    ) -> Result<(R::Response, u64), Gone> {
        let sent = self.world.now();
        let id = self.world.send(&mut link.client, version, request).await?;
        let wait = (sent, wait_ms * 1_000_000);
        let conn = link.client.conn().clone();
        let _waits = self.late.asks(R::NAME, &conn, wait);
        let frame = self.world.answer(&mut link.client, link.life, wait, R::NAME).await?;
        let (answered, response) = link.client.decode(&frame, version);
        if answered != id {
            self.world.fail(&format!("{} {id} was answered as {answered}", R::NAME));
        }
        Ok((response, sent))
    }

    /// Looks for the coordinator, as every client does first. False: there is none at the moment.
    async fn find(&self, link: &mut Link) -> Result<bool, Gone> {
        let version = i16::try_from(self.world.sim.rng().below(7)).unwrap_or(0);
        let mut request = FindCoordinatorRequest::default();
        if version >= 4 {
            request.coordinator_keys = vec![self.plan.name.clone()];
        } else {
            request.key = self.plan.name.clone();
        }
        // The first one creates the topic.
        let (answer, _): (FindCoordinatorResponse, _) = self.ask(link, version, &request, 30_000).await?;
        let first = answer.coordinators.first();
        let (code, node) = first.map_or((answer.error_code, answer.node_id), |c| (c.error_code, c.node_id));
        if code != 0 {
            self.refused(code, "FindCoordinator");
        } else if node != 1 {
            self.world.fail(&format!("the coordinator of {} is node {node}", self.plan.name));
        }
        Ok(code == 0)
    }

    /// What is still missing of the goal.
    fn report(&self) {
        let goal = self.goal.borrow();
        let Some(goal) = &*goal else { return };
        let (now, mut facts) = (self.world.now(), self.facts.borrow_mut());
        let mut open = Vec::new();
        for (tp, end) in goal {
            let name = format!("{}-{}", self.topic_name(*tp), tp.1);
            if facts.owners.owner(*tp, now).is_none() {
                open.push(format!("{name}: nobody owns it"));
            }
            if !facts.register(*tp).is_committed(*end) && *end > 0 {
                open.push(format!("{name}: {end} is not committed"));
            }
            if let Err(why) = facts.progress.entry(*tp).or_default().covers(*end) {
                open.push(format!("{name}: {why}"));
            }
        }
        let wants = (!open.is_empty()).then(|| format!("group {}: {open:?}", self.plan.name));
        self.world.wants(self.who, wants);
    }
}
