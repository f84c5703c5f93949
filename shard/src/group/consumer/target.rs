//! When a target is computed, and from what.
//!
//! Owner: the group. Pure. Invariants: two targets are `consumer.assignment.interval.ms` apart, whatever happens
//! meanwhile: members that come or go together cost one target; a member that would have to wait for the next one
//! is told to ask again when it is due.

use super::assign::{self, Subscriber};
use super::{Consumer, Member};
use crate::group::state::Turn;
use std::collections::BTreeMap;
use std::rc::Rc;

impl Consumer {
    /// Computes a new target if one is due.
    pub(super) fn look_at_target(&mut self, turn: &mut Turn<'_>) {
        if self.is_target_due(turn) {
            self.compute_target(turn);
        }
    }

    /// True if the target is behind the group, and the pause after the last one is over.
    pub(super) fn is_target_due(&self, turn: &Turn<'_>) -> bool {
        self.target_epoch < self.epoch && self.pause_ms(turn) == 0
    }

    /// True if the member has to catch up with a target that is there, or that it would bring about.
    pub(super) fn is_behind(&self, turn: &Turn<'_>, member: &Member) -> bool {
        member.epoch < self.target_epoch || self.is_target_due(turn)
    }

    /// What is left of the pause, milliseconds. A clock that went back ends it.
    fn pause_ms(&self, turn: &Turn<'_>) -> u64 {
        let interval = turn.times().assignment_ms;
        match u64::try_from(turn.now.wall_ms.saturating_sub(self.target_at_ms)) {
            Ok(since) => interval.saturating_sub(since),
            Err(_) => 0,
        }
    }

    /// When a member should send its next heartbeat, in milliseconds.
    pub(super) fn next_beat_ms(&self, turn: &Turn<'_>) -> i32 {
        let usual = turn.times().heartbeat_ms;
        let waits = self.target_epoch < self.epoch;
        let due = i32::try_from(self.pause_ms(turn)).unwrap_or(i32::MAX).max(1);
        if waits { usual.min(due) } else { usual }
    }

    /// Computes the target for the group's epoch, and writes what differs.
    fn compute_target(&mut self, turn: &mut Turn<'_>) {
        let image = turn.now.image;
        let subscribed = self.subscribed(image);
        let subscribers: BTreeMap<Rc<str>, Subscriber<'_>> = self
            .members
            .iter()
            .map(|(id, m)| {
                let topics = m.topics.iter().filter_map(|n| image.topic_named(n)).map(|t| t.id).collect();
                let before = self.target.get(id);
                (
                    Rc::clone(id),
                    Subscriber { topics, rack: m.rack.as_deref(), instance: m.instance.as_deref(), before },
                )
            })
            .collect();
        let target = assign::assign(self.assignor(), &subscribers, &subscribed, image);
        for (id, partitions) in target {
            if self.target.get(&id) != Some(&partitions) {
                self.target.insert(Rc::clone(&id), partitions);
                turn.fx.records.push(self.target_record(turn.id, &id));
            }
        }
        (self.target_epoch, self.target_at_ms) = (self.epoch, turn.now.wall_ms);
        turn.fx.records.push(self.target_epoch_record(turn.id));
    }

    /// The assignor that most members want; the first of the list for those who do not say.
    pub(super) fn assignor(&self) -> &'static str {
        let votes =
            |name: &&str| self.members.values().filter(|m| m.assignor.as_deref() == Some(name)).count();
        let best = assign::NAMES.iter().rev().max_by_key(|n| votes(n));
        best.copied().unwrap_or(assign::UNIFORM)
    }
}
