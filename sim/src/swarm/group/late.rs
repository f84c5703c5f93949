//! When a member must have its answer, and a partition its owner, once nothing is wrong any more (G7).
//!
//! JoinGroup and SyncGroup are answered within the rebalance timeout, heartbeats at once. A member that joins is in, and
//! a partition without an owner has one, within the rebalance and the session timeout of the last thing that begins a
//! rebalance: a member comes, is out or goes, wants other topics, or gave up what is to go to others. All with a margin
//! for what is slow in this run by its plan.
//!
//! Owner: one task of the world per group, from the healing on. Invariant: only what lies behind the healing is judged,
//! in a life of the broker to which nothing was done, and of members that the network reaches.

use super::GroupRun;
use crate::check::Tp;
use crate::net::SimConn;
use crate::swarm::world::{Phase, World};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Between two looks, ms.
const LOOK_MS: u64 = 20;
/// What an answer may take where nothing is slow: other clients' requests lie before it, ns.
const ALWAYS: u64 = 1_000_000_000;
/// So many of the plan's slowest steps may come one after the other.
const STEPS: u64 = 16;
/// What is judged.
const NAMES: [&str; 4] = ["JoinGroup", "SyncGroup", "Heartbeat", "ConsumerGroupHeartbeat"];

/// A member on a connection.
struct Stand {
    conn: SimConn,
    /// Since when it is not in, ns.
    outside: Option<u64>,
}

/// A request without an answer.
struct Asked {
    name: &'static str,
    conn: SimConn,
    sent: u64,
    wait: u64,
}

/// What the members of a group wait for.
#[derive(Default)]
pub(super) struct Late {
    asked: RefCell<BTreeMap<u64, Asked>>,
    next: Cell<u64>,
    members: RefCell<BTreeMap<usize, Stand>>,
    /// When something last began a rebalance, ns.
    stirred: Cell<u64>,
}

/// Notes a request until it is dropped.
pub(super) struct Waits<'a>(&'a Late, u64);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.asked.borrow_mut().remove(&self.1);
    }
}

impl Late {
    /// A request that was sent at `sent` and may wait for `wait` ns has no answer until the result is dropped.
    pub fn asks(&self, name: &'static str, conn: &SimConn, (sent, wait): (u64, u64)) -> Waits<'_> {
        let no = self.next.replace(self.next.get() + 1);
        if NAMES.contains(&name) {
            self.asked.borrow_mut().insert(no, Asked { name, conn: conn.clone(), sent, wait });
        }
        Waits(self, no)
    }

    /// Something begins a rebalance now.
    pub fn stir(&self, now: u64) {
        self.stirred.set(now);
    }

    /// The member at `place` has a connection.
    pub fn comes(&self, place: usize, conn: &SimConn, now: u64) {
        self.members.borrow_mut().insert(place, Stand { conn: conn.clone(), outside: None });
        self.stir(now);
    }

    /// It has none any more.
    pub fn goes(&self, place: usize) {
        self.members.borrow_mut().remove(&place);
    }

    /// It is in, or is not.
    pub fn stands(&self, place: usize, is_in: bool, now: u64) {
        if let Some(stand) = self.members.borrow_mut().get_mut(&place) {
            stand.outside = if is_in { None } else { stand.outside.or(Some(now)) };
        }
    }

    /// True if the network reaches each of `count` members.
    fn reaches(&self, count: usize) -> bool {
        let members = self.members.borrow();
        members.len() == count && members.values().all(|m| !m.conn.hears_nothing())
    }
}

/// How much later anything may be in this run, ns.
fn margin(world: &World) -> u64 {
    let plan = &world.plan;
    let message = plan.mesh.delay_max.max(plan.mesh.lag.map_or(0, |(.., most)| most)) + plan.mesh.wake_max;
    let file = plan.disk_latency + plan.pace.map_or(0, |(_, most)| most);
    ALWAYS + STEPS * (message + file + plan.held_back.1 + plan.net.delay_max)
}

/// Judges `group` until the run is over.
pub(super) async fn watch(group: Rc<GroupRun>) {
    let mut unowned: BTreeMap<Tp, u64> = BTreeMap::new();
    while !group.over() {
        group.world.sim.sleep_ms(LOOK_MS).await;
        match group.quiet_since() {
            Some(since) => {
                group.judge_answers(since);
                group.judge_rebalance(since, &mut unowned);
            }
            None => unowned.clear(),
        }
    }
}

impl GroupRun {
    /// Since when members of the group wait only for each other and for the broker.
    fn quiet_since(&self) -> Option<u64> {
        let world = &self.world;
        let there = world.up.borrow().is_some() && !world.ending.get() && !self.halted.get();
        let quiet = world.healed.get() && world.phase.get() != Phase::Safety && !world.excused.get();
        // Where cores may ask each other little, answers queue up.
        world.calm_since.get().filter(|since| there && quiet && !world.is_narrow() && *since <= world.now())
    }

    fn judge_answers(&self, since: u64) {
        let now = self.world.now();
        for a in self.late.asked.borrow().values().filter(|a| !a.conn.hears_nothing()) {
            let waited = now - a.sent.max(since);
            if waited > a.wait + margin(&self.world) {
                self.late_by(&format!("{} has no answer", a.name), now - a.sent);
            }
        }
    }

    fn judge_rebalance(&self, since: u64, unowned: &mut BTreeMap<Tp, u64>) {
        let now = self.world.now();
        let plan = &self.plan;
        let most = (plan.rebalance_ms + plan.session_ms) * 1_000_000 + margin(&self.world);
        let began = since.max(self.late.stirred.get());
        for (place, stand) in &*self.late.members.borrow() {
            // Members of different protocols may keep each other out.
            let Some(outside) = stand.outside.filter(|_| !self.is_mixed()) else { continue };
            if !stand.conn.hears_nothing() && now - outside.max(began) > most {
                self.late_by(&format!("the member at {place} does not get in"), now - outside);
            }
        }
        let reached = self.late.reaches(plan.members.len());
        for tp in self.partitions() {
            if !reached || self.facts.borrow().owners.owner(tp, now).is_some() {
                unowned.remove(&tp);
                continue;
            }
            let from = *unowned.entry(tp).or_insert(now);
            if now - from.max(began) > most {
                self.late_by(&format!("nobody owns {}-{}", self.topic_name(tp), tp.1), now - from);
            }
        }
    }

    fn late_by(&self, what: &str, ns: u64) {
        let (plan, margin) = (&self.plan, margin(&self.world) / 1_000_000);
        self.judge(Err(format!(
            "{what} after {:.3} s, and nothing is wrong: the rebalance timeout is {} ms, the session's {} ms, {margin} ms \
             may be lost otherwise",
            ns as f64 / 1e9,
            plan.rebalance_ms,
            plan.session_ms
        )));
    }
}
