//! A group of the consumer protocol (KIP-848): the broker assigns, members follow at their own pace.
//!
//! Owner: its group. Pure. Three epochs: the group's rises with every change of members, subscriptions or topics;
//! the target's says for which group epoch the target was computed; a member's says which target it has reached.
//! Between two targets there is a pause, so that many changes at once cost one target (`target.rs`).
//! Invariants: member epoch <= target epoch <= group epoch; a partition is in at most one member's hands (assigned
//! or still to be revoked), and `held` says whose; whatever changes here is in the records of the same event.

pub mod assign;
mod bridge;
mod describe;
mod downgrade;
mod even;
pub mod heartbeat;
mod leave;
mod member;
pub(crate) mod pattern;
mod reconcile;
mod record;
mod target;
mod upgrade;

pub use member::{ClassicSide, Member, MemberState, Partitions};
pub use record::group_tombstones;

use super::call::CommitAsk;
use super::state::{Cause, Turn};
use super::timers::{TimerKind, Timers};
use super::{GroupId, Moment};
use crate::image::MetadataImage;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::TopicId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The epoch of a group that nobody has joined yet, as in Kafka 4.3.
const FIRST_EPOCH: i32 = 1;

/// The group.
#[derive(Debug)]
pub struct Consumer {
    epoch: i32,
    /// Stands for the subscribed topics as the group epoch knows them.
    topics_hash: i64,
    /// End of the metadata log when the topics were last looked at.
    seen: Option<u64>,
    target_epoch: i32,
    /// When the target was computed, milliseconds since 1970; 0 before the first.
    target_at_ms: i64,
    target: BTreeMap<Rc<str>, Partitions>,
    members: BTreeMap<Rc<str>, Member>,
    /// Member by static name.
    statics: BTreeMap<String, Rc<str>>,
    /// Whose hands a partition is in.
    held: BTreeMap<(TopicId, i32), Held>,
    /// Members that speak the consumer protocol; the others are classic ones (KIP-848, online migration).
    natives: usize,
}

/// In whose hands a partition is.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Held {
    by: Rc<str>,
    /// The member epoch with which it was given (KIP-1251).
    since: i32,
}

impl Default for Consumer {
    fn default() -> Self {
        Self {
            epoch: FIRST_EPOCH,
            topics_hash: 0,
            seen: None,
            target_epoch: 0,
            target_at_ms: 0,
            target: BTreeMap::new(),
            members: BTreeMap::new(),
            statics: BTreeMap::new(),
            held: BTreeMap::new(),
            natives: 0,
        }
    }
}

impl Consumer {
    /// True without members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The group's epoch.
    #[must_use]
    pub fn epoch(&self) -> i32 {
        self.epoch
    }

    /// True if there are records of the group.
    #[must_use]
    pub fn has_record(&self) -> bool {
        self.epoch > FIRST_EPOCH || self.target_epoch > 0
    }

    /// The members by id.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Member)> {
        self.members.iter().map(|(id, m)| (&**id, m))
    }

    /// The state, in Kafka's words.
    #[must_use]
    pub fn state_name(&self) -> &'static str {
        if self.members.is_empty() {
            "Empty"
        } else if self.epoch > self.target_epoch {
            "Assigning"
        } else if self
            .members
            .values()
            .all(|m| m.state == MemberState::Stable && m.epoch == self.target_epoch)
        {
            "Stable"
        } else {
            "Reconciling"
        }
    }

    /// True if a member reads `topic`.
    #[must_use]
    pub fn subscribes_to(&self, topic: &str) -> bool {
        self.members.values().any(|m| m.topics.contains(topic))
    }

    /// The group was put together from its records.
    pub(super) fn on_loaded(&mut self, id: &GroupId, now: Moment<'_>, session_ms: u64, timers: &mut Timers) {
        for m in self.members.values_mut() {
            // A pattern that was good once is good; if not, the member hears of it with its next heartbeat.
            if let Ok(topics) = heartbeat::topics(m, now.image) {
                m.topics = topics;
            }
        }
        self.arm(id, now.ms, session_ms, timers);
    }

    /// Gives every member its whole session from now on.
    pub(super) fn arm(&self, id: &GroupId, now_ms: u64, session_ms: u64, timers: &mut Timers) {
        for (member, m) in self.members.iter().filter(|_| !planted(Bug::DeadlinesLostOnLoad)) {
            timers.arm(id, TimerKind::Session(Rc::clone(member)), now_ms + m.session_ms(session_ms));
            if m.state == MemberState::Unrevoked && m.classic.is_none() {
                timers.arm(id, TimerKind::Revocation(Rc::clone(member)), now_ms + m.rebalance_ms());
            }
        }
    }

    /// A deadline of this group has passed.
    pub(super) fn on_timer(&mut self, turn: &mut Turn<'_>, kind: &TimerKind) {
        match kind {
            TimerKind::Session(_) if planted(Bug::MemberNotExpired) => {}
            TimerKind::Session(member) => {
                self.fence(turn, member, format!("session of member {member} timed out"));
            }
            TimerKind::Revocation(member) => {
                let slow = self.members.get(member).is_some_and(|m| m.state == MemberState::Unrevoked);
                if slow {
                    self.fence(turn, member, format!("member {member} did not give partitions back in time"));
                }
            }
            TimerKind::Rejoin(member) => {
                self.fence(turn, member, format!("member {member} did not rejoin in time"));
            }
            TimerKind::MemberSync(member) => {
                self.fence(turn, member, format!("member {member} did not sync in time"));
            }
            _ => {}
        }
    }

    /// May this commit its offsets?
    pub(super) fn check_commit(&self, ask: &CommitAsk) -> Result<(), ErrorCode> {
        if ask.generation < 0 && self.is_empty() {
            return Ok(());
        }
        let (id, member) = self.members.get_key_value(&*ask.member).ok_or(ErrorCode::UnknownMemberId)?;
        // An older epoch will do for partitions that the member has had since then (KIP-1251).
        let had =
            |p: (TopicId, i32)| self.held.get(&p).is_some_and(|h| h.by == *id && h.since <= ask.generation);
        let all = || ask.topics.iter().flat_map(|t| t.partitions.iter().map(|p| (t.id, p.partition_index)));
        if ask.generation < member.epoch && all().all(had) {
            return Ok(());
        }
        self.check_epoch(&ask.member, ask.generation)
    }

    /// Is this a member, at this epoch? For commits, and for fetches that say who asks.
    pub(super) fn check_epoch(&self, member: &str, epoch: i32) -> Result<(), ErrorCode> {
        let member = self.members.get(member).ok_or(ErrorCode::UnknownMemberId)?;
        match &member.classic {
            _ if member.epoch == epoch || planted(Bug::StaleEpochCommits) => Ok(()),
            Some(_) => Err(ErrorCode::IllegalGeneration),
            None => Err(ErrorCode::StaleMemberEpoch),
        }
    }

    /// Something changed that the target depends on.
    fn bump(&mut self, turn: &mut Turn<'_>, why: String) {
        turn.causes.note(Cause { wall_ms: turn.now.wall_ms, generation: self.epoch, why });
        self.epoch += i32::from(!planted(Bug::GroupEpochNotBumped) || self.epoch == 0);
        turn.fx.records.push(self.group_record(turn.id));
    }

    /// All topics that any member reads and that exist.
    fn subscribed<'a>(&self, image: &'a MetadataImage) -> BTreeMap<TopicId, &'a Rc<crate::image::Topic>> {
        let names: BTreeSet<&str> =
            self.members.values().flat_map(|m| &m.topics).map(String::as_str).collect();
        names.into_iter().filter_map(|n| image.topic_named(n)).map(|t| (t.id, t)).collect()
    }

    /// Stands for the subscribed topics: ids, partition counts, racks of their replicas. O(their partitions).
    fn hash_topics(&self, image: &MetadataImage) -> i64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |bytes: &[u8]| {
            for b in bytes {
                hash = (hash ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for (id, topic) in self.subscribed(image) {
            add(&id.0);
            add(&(topic.partitions.len() as u64).to_be_bytes());
            for replica in topic.partitions.iter().flat_map(|p| &p.replicas) {
                let rack = image.broker(*replica).and_then(|b| b.rack.as_deref()).unwrap_or_default();
                add(rack.as_bytes());
            }
        }
        hash as i64
    }
}
