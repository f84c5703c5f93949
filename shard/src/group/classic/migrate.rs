//! A classic group on its way to the consumer protocol or back (KIP-848, online migration).
//!
//! Owner: the group. Pure. Invariants: who waits here when the group changes over is told REBALANCE_IN_PROGRESS,
//! and joins again; no deadline of the old group outlives it.

use super::member::Member;
use super::{Classic, State};
use crate::group::state::Turn;
use crate::group::timers::TimerKind;
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Why a group rebalances that has just gone back.
const BACK: &str = "no member speaks the consumer protocol any more";

impl Classic {
    /// The protocol that all members can do: the generation's, or the one that the next would have.
    pub(in crate::group) fn protocol(&self) -> Option<String> {
        self.protocol.clone().or_else(|| self.choose_protocol())
    }

    /// Number of members.
    pub(in crate::group) fn len(&self) -> usize {
        self.members.len()
    }

    /// The group ends as a classic one.
    pub(in crate::group) fn retire(&self, turn: &mut Turn<'_>) {
        self.waiting().into_iter().for_each(|t| turn.fx.refuse(t, ErrorCode::RebalanceInProgress));
        turn.timers.cancel(turn.id, TimerKind::Join);
        turn.timers.cancel(turn.id, TimerKind::Sync);
        for id in &self.pending {
            turn.timers.cancel(turn.id, TimerKind::Pending(Rc::clone(id)));
        }
        for id in self.members.keys() {
            turn.timers.cancel(turn.id, TimerKind::Session(Rc::clone(id)));
        }
    }

    /// A stable group of ordinary consumers, without a leader.
    pub(in crate::group) fn of_members(
        members: BTreeMap<Rc<str>, Member>,
        generation: i32,
        wall_ms: i64,
    ) -> Self {
        let named = members.iter().filter_map(|(id, m)| Some((m.instance.clone()?, Rc::clone(id))));
        let mut group = Self {
            state: State::Stable,
            state_since: Some(wall_ms),
            generation,
            protocol_type: Some(super::CONSUMER.to_owned()),
            statics: named.collect(),
            members,
            ..Self::default()
        };
        group.protocol = group.choose_protocol();
        group
    }

    /// Sets the members' assignments: `assignment` gets a member's id and its metadata.
    pub(in crate::group) fn give(&mut self, assignment: impl Fn(&str, &Bytes) -> Bytes) {
        let protocol = self.protocol.clone().unwrap_or_default();
        for (id, member) in &mut self.members {
            let metadata = member.metadata(&protocol).unwrap_or_default();
            member.assignment = assignment(id, &metadata);
        }
    }

    /// Writes the group down as it is, gives its members their sessions, and lets them rebalance.
    pub(in crate::group) fn settle(&mut self, turn: &mut Turn<'_>) {
        let record = self.record(turn.id);
        self.recorded = true;
        turn.fx.records.push(record);
        let ids: Vec<_> = self.members.keys().cloned().collect();
        ids.iter().for_each(|id| self.touch(turn, id));
        self.prepare(turn, BACK.to_owned());
    }
}
