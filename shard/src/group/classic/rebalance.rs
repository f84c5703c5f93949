//! The rebalance: preparing, the end of the wait for members, the next generation.
//!
//! Owner: the group. Pure. Invariants: a generation begins only in `complete_join`; members that did not join in
//! time are gone by then, static ones apart; a group never completes without somebody who leads.

use super::{Classic, State};
use crate::group::call::Answer;
use crate::group::state::{Cause, Turn};
use crate::group::timers::TimerKind;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Why a group rebalances that was loaded without a leader.
const CUT_SHORT: &str = "a restart of the coordinator cut the last rebalance short";

impl Classic {
    /// Something changed: begins a rebalance, or sees whether the one that runs has everyone now.
    pub(super) fn rebalance(&mut self, turn: &mut Turn<'_>, why: String) {
        if self.state == State::Preparing {
            self.complete_if_all_joined(turn);
        } else {
            self.prepare(turn, why);
        }
    }

    /// Begins a rebalance.
    pub(super) fn prepare(&mut self, turn: &mut Turn<'_>, why: String) {
        if self.state == State::Completing {
            for member in self.members.values_mut() {
                member.assignment = Default::default();
                if let Some(ticket) = member.sync.take() {
                    turn.fx.refuse(ticket, ErrorCode::RebalanceInProgress);
                }
            }
            // Those that waited in sync had no deadline: they have one again.
            let alive: Vec<_> = self.members.keys().cloned().collect();
            alive.iter().filter(|id| !self.is_new(id)).for_each(|id| self.touch(turn, id));
        }
        turn.timers.cancel(turn.id, TimerKind::Sync);
        self.unsynced.clear();
        turn.causes.note(Cause { wall_ms: turn.now.wall_ms, generation: self.generation, why });
        let first = self.state == State::Empty;
        self.enter(turn, State::Preparing);
        if first {
            // Others are about to start too: one rebalance for all of them (KIP-134).
            let delay = turn.config.initial_delay_ms;
            self.initial = Some(self.rebalance_ms().saturating_sub(delay));
            self.joined_meanwhile = false;
            turn.timers.arm(turn.id, TimerKind::Join, turn.now.ms + delay);
        } else {
            turn.timers.arm(turn.id, TimerKind::Join, turn.now.ms + self.rebalance_ms());
            self.complete_if_all_joined(turn);
        }
    }

    fn is_new(&self, id: &str) -> bool {
        self.members.get(id).is_some_and(|m| m.is_new)
    }

    /// The longest time that a member may take.
    fn rebalance_ms(&self) -> u64 {
        self.members.values().map(|m| m.rebalance_ms).max().unwrap_or(0)
    }

    pub(super) fn complete_if_all_joined(&mut self, turn: &mut Turn<'_>) {
        let waits = self.state == State::Preparing && self.initial.is_none();
        if waits && self.pending.is_empty() && self.members.values().all(|m| m.join.is_some()) {
            self.complete_join(turn);
        }
    }

    /// The members had time enough to join.
    pub(super) fn on_join_time(&mut self, turn: &mut Turn<'_>) {
        if self.needs_leader() {
            return self.prepare(turn, CUT_SHORT.to_owned());
        }
        if self.state != State::Preparing {
            return;
        }
        if let Some(left) = self.initial {
            let delay = turn.config.initial_delay_ms.min(left);
            if std::mem::take(&mut self.joined_meanwhile) && delay > 0 {
                self.initial = Some(left - delay);
                return turn.timers.arm(turn.id, TimerKind::Join, turn.now.ms + delay);
            }
            self.initial = None;
        }
        self.complete_join(turn);
    }

    fn complete_join(&mut self, turn: &mut Turn<'_>) {
        turn.timers.cancel(turn.id, TimerKind::Join);
        self.initial = None;
        let late = self.members.iter().filter(|(_, m)| m.join.is_none() && m.instance.is_none());
        let late: Vec<_> = late.map(|(id, _)| Rc::clone(id)).collect();
        for id in late {
            self.remove(turn, &id);
        }
        if self.members.is_empty() {
            return self.become_empty(turn);
        }
        if !self.has_joined_leader() {
            // Static members only, none of them here: they may come back until their sessions end.
            return turn.timers.arm(turn.id, TimerKind::Join, turn.now.ms + self.rebalance_ms());
        }
        if !planted(Bug::GenerationNotBumped) || self.generation == 0 {
            self.generation = self.next_generation();
        }
        self.protocol = self.choose_protocol();
        self.enter(turn, State::Completing);
        if std::mem::take(&mut self.renamed) {
            let record = self.unsettled_record(turn.id);
            turn.fx.records.push(record);
        }
        self.unsynced = self.members.keys().cloned().collect();
        turn.timers.arm(turn.id, TimerKind::Sync, turn.now.ms + self.rebalance_ms());
        let ids: Vec<_> = self.members.keys().cloned().collect();
        for id in ids {
            let response = self.joined(&id);
            self.touch(turn, &id);
            let member = self.members.get_mut(&id).expect("just listed");
            member.is_new = false;
            if let Some(ticket) = member.join.take() {
                turn.fx.answer(ticket, Answer::Join(response));
            }
        }
    }

    fn become_empty(&mut self, turn: &mut Turn<'_>) {
        self.generation = self.next_generation();
        self.protocol = None;
        self.leader = None;
        self.enter(turn, State::Empty);
        let record = self.record(turn.id);
        self.recorded = true;
        turn.fx.records.push(record);
    }

    /// Generations are positive; after the largest comes 1.
    fn next_generation(&self) -> i32 {
        self.generation.checked_add(1).unwrap_or(1)
    }

    /// Makes sure that a member who has joined leads. False: nobody has joined.
    fn has_joined_leader(&mut self) -> bool {
        let joined = |id: &Rc<str>| self.members.get(id).is_some_and(|m| m.join.is_some());
        if self.leader.as_ref().is_some_and(joined) {
            return true;
        }
        let other = self.members.iter().find(|(_, m)| m.join.is_some()).map(|(id, _)| Rc::clone(id));
        if other.is_some() {
            self.leader = other;
        }
        self.leader.as_ref().is_some_and(|id| self.members.get(id).is_some_and(|m| m.join.is_some()))
    }

    /// The protocol that most members prefer, of those that all can do; the first by name among equals.
    pub(super) fn choose_protocol(&self) -> Option<String> {
        let shared = |name: &str| self.members.values().all(|m| m.metadata(name).is_some());
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for member in self.members.values() {
            if let Some((name, _)) = member.protocols.iter().find(|(name, _)| shared(name)) {
                *votes.entry(name).or_default() += 1;
            }
        }
        let best = votes.iter().min_by_key(|(name, n)| (std::cmp::Reverse(**n), **name));
        best.map(|(name, _)| (*name).to_owned())
    }

    /// Takes a member out; whoever waits in its name learns that it is unknown.
    pub(super) fn remove(&mut self, turn: &mut Turn<'_>, id: &Rc<str>) {
        let Some(member) = self.members.remove(id) else { return };
        turn.timers.cancel(turn.id, TimerKind::Session(Rc::clone(id)));
        self.unsynced.remove(id);
        if let Some(instance) = &member.instance
            && self.statics.get(instance) == Some(id)
        {
            self.statics.remove(instance);
        }
        if self.leader.as_ref() == Some(id) {
            self.leader = self.members.keys().next().cloned();
        }
        for ticket in [member.join, member.sync].into_iter().flatten() {
            turn.fx.refuse(ticket, ErrorCode::UnknownMemberId);
        }
    }

    /// The member was silent for its session timeout.
    pub(super) fn on_session_time(&mut self, turn: &mut Turn<'_>, id: &Rc<str>) {
        let Some(member) = self.members.get(id).filter(|_| !planted(Bug::MemberNotExpired)) else { return };
        // Who waits for an answer cannot send heartbeats; a new member must not wait for ever.
        if !member.is_new && (member.join.is_some() || member.sync.is_some()) {
            return;
        }
        self.remove(turn, id);
        self.rebalance(turn, format!("session of member {id} timed out"));
    }

    /// The members had time enough to ask for their assignments.
    pub(super) fn on_sync_time(&mut self, turn: &mut Turn<'_>) {
        if !matches!(self.state, State::Completing | State::Stable) || self.unsynced.is_empty() {
            return;
        }
        let silent: Vec<_> = std::mem::take(&mut self.unsynced).into_iter().collect();
        let why = format!("{} member(s) did not sync in time", silent.len());
        for id in silent {
            self.remove(turn, &id);
        }
        self.prepare(turn, why);
    }
}
