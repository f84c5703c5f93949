//! One group: its offsets, its members by protocol, and why it rebalanced.
//!
//! Owner: its coordinator. Pure. Invariants: a group that says nothing (no members, no offsets, never a
//! generation) does not outlive the next look for old offsets; offsets outlive members and the protocol that
//! committed them.

use super::classic::Classic;
use super::consumer::{self, Consumer};
use super::limits::{CAUSE_BYTES_MAX, CAUSES_MAX};
use super::offsets::Offsets;
use super::records::Record;
use super::timers::Timers;
use super::{Effects, GroupId, Moment};
use crate::group::limits::{GroupConfig, Times};
use std::collections::VecDeque;

/// What the members of a group speak.
#[derive(Debug)]
pub enum Kind {
    /// The classic protocol, and groups without members.
    Classic(Box<Classic>),
    /// The consumer protocol (KIP-848).
    Consumer(Box<Consumer>),
}

/// One group.
#[derive(Debug)]
pub struct Group {
    /// Its name.
    pub id: GroupId,
    /// Its members.
    pub kind: Kind,
    /// What was committed.
    pub offsets: Offsets,
    /// Its last rebalances.
    pub causes: Causes,
}

impl Group {
    /// A group without members and offsets.
    #[must_use]
    pub fn new(id: GroupId) -> Self {
        Self {
            id,
            kind: Kind::Classic(Box::default()),
            offsets: Offsets::default(),
            causes: Causes::default(),
        }
    }

    /// True if the group says nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let blank = match &self.kind {
            Kind::Classic(classic) => classic.is_blank(),
            Kind::Consumer(consumer) => consumer.is_empty() && !consumer.has_record(),
        };
        blank && self.offsets.is_empty()
    }

    /// True if the group may be deleted: no members, and nobody is about to join.
    #[must_use]
    pub fn may_vanish(&self) -> bool {
        match &self.kind {
            Kind::Classic(classic) => classic.may_vanish(),
            Kind::Consumer(consumer) => consumer.is_empty(),
        }
    }

    /// The tombstones of a group without members, its offsets apart.
    #[must_use]
    pub fn tombstones(&self) -> Vec<Record> {
        match &self.kind {
            Kind::Classic(classic) if classic.has_record() => vec![Record::group_tombstone(&self.id)],
            Kind::Consumer(consumer) if consumer.has_record() => consumer::group_tombstones(&self.id).into(),
            _ => Vec::new(),
        }
    }

    /// True if a member reads `topic`, or may.
    #[must_use]
    pub fn subscribes_to(&self, topic: &str) -> bool {
        match &self.kind {
            Kind::Classic(classic) => classic.subscribes_to(topic),
            Kind::Consumer(consumer) => consumer.subscribes_to(topic),
        }
    }
}

/// Why a group rebalanced, once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cause {
    /// When, milliseconds since 1970.
    pub wall_ms: i64,
    /// The generation, or group epoch, that ended.
    pub generation: i32,
    /// The reason, for a person.
    pub why: String,
}

/// The causes of the last rebalances, the newest last.
#[derive(Debug, Default)]
pub struct Causes(VecDeque<Cause>);

impl Causes {
    /// Adds one; the oldest goes at the bound.
    pub fn note(&mut self, cause: Cause) {
        if self.0.len() == CAUSES_MAX {
            self.0.pop_front();
        }
        self.0.push_back(cause);
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Cause> {
        self.0.iter()
    }
}

/// What a client said, cut to what is kept of it.
#[must_use]
pub fn cut(words: &str) -> &str {
    let end = (0..=CAUSE_BYTES_MAX.min(words.len())).rev().find(|at| words.is_char_boundary(*at));
    words.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// What an event in one group has at hand.
pub struct Turn<'a> {
    /// The group.
    pub id: &'a GroupId,
    /// Time, chance and the cluster.
    pub now: Moment<'a>,
    /// What the operator set.
    pub config: &'a GroupConfig,
    /// The coordinator's deadlines.
    pub timers: &'a mut Timers,
    /// What comes of it.
    pub fx: &'a mut Effects,
    /// The group's causes.
    pub causes: &'a mut Causes,
}

impl Turn<'_> {
    /// How long a member of this group may be silent that speaks the consumer protocol, milliseconds.
    pub fn session_ms(&self) -> u64 {
        self.times().session_ms
    }

    /// What holds for this group in the consumer protocol.
    pub fn times(&self) -> Times {
        self.config.times(self.now.image, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_causes_are_kept() {
        let mut causes = Causes::default();
        for generation in 0..25 {
            causes.note(Cause { wall_ms: 0, generation, why: String::new() });
        }
        let kept: Vec<_> = causes.iter().map(|c| c.generation).collect();
        assert_eq!(kept, (5..25).collect::<Vec<_>>());
    }

    #[test]
    fn words_are_cut_between_characters() {
        let long = "\u{e9}".repeat(CAUSE_BYTES_MAX);
        assert_eq!(cut(&long).len(), CAUSE_BYTES_MAX);
        assert_eq!(cut(&format!("a{long}")).len(), CAUSE_BYTES_MAX - 1);
        assert_eq!(cut("short"), "short");
    }
}
