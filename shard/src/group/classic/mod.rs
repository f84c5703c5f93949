//! A group of the classic protocol: members, generation, and the state that a rebalance goes through.
//!
//! Owner: its group. Pure. Legal transitions:
//! Empty → Preparing · Preparing → Completing, Empty · Completing → Stable, Preparing · Stable → Preparing.
//! Invariants: the state changes in `enter` only; a static name belongs to one member; every member is of the
//! group's protocol type, and all members share a protocol; metadata and assignments are opaque bytes, passed
//! through untouched. Source: KIP-62, 345, 394, 800, 814.

mod join;
mod leave;
mod member;
mod migrate;
mod rebalance;
mod record;
mod replace;
mod sync;

pub use join::Joiner;
pub use member::Member;

use super::call::CommitAsk;
use super::protocol::{self, CONSUMER};
use super::state::Turn;
use super::timers::{TimerKind, Timers};
use super::{GroupId, Ticket};
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::describe_groups_response::{DescribedGroup, DescribedGroupMember};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Where a rebalance stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum State {
    /// No members.
    #[default]
    Empty,
    /// Waits for the members to join.
    Preparing,
    /// Waits for the leader's assignments.
    Completing,
    /// Everyone has an assignment.
    Stable,
}

/// The group.
#[derive(Debug, Default)]
pub struct Classic {
    state: State,
    /// When the state was entered, milliseconds since 1970.
    state_since: Option<i64>,
    generation: i32,
    protocol_type: Option<String>,
    protocol: Option<String>,
    leader: Option<Rc<str>>,
    members: BTreeMap<Rc<str>, Member>,
    /// Member by static name.
    statics: BTreeMap<String, Rc<str>>,
    /// Member ids that were given out and not used yet.
    pending: BTreeSet<Rc<str>>,
    /// Members that have not asked for their assignment in this generation.
    unsynced: BTreeSet<Rc<str>>,
    /// The first rebalance of a group: how long it may still be put off, milliseconds.
    initial: Option<u64>,
    /// Somebody joined since the first rebalance was last put off.
    joined_meanwhile: bool,
    /// The partition holds a record of this group.
    recorded: bool,
    /// A static member has an id that no record holds.
    renamed: bool,
}

impl Classic {
    /// True if the group says nothing: it never had a generation and nobody is about to join.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.generation == 0 && self.members.is_empty() && self.pending.is_empty() && !self.recorded
    }

    /// True without members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state == State::Empty
    }

    /// True if everyone has an assignment.
    #[must_use]
    pub fn is_stable(&self) -> bool {
        self.state == State::Stable
    }

    /// True if the group may be deleted: no members, and nobody is about to join.
    #[must_use]
    pub fn may_vanish(&self) -> bool {
        self.is_empty() && self.pending.is_empty()
    }

    /// True if the members are ordinary consumers.
    #[must_use]
    pub fn is_consumer(&self) -> bool {
        self.protocol_type.as_deref() == Some(CONSUMER)
    }

    /// True if the partition holds a record of this group.
    #[must_use]
    pub fn has_record(&self) -> bool {
        self.recorded
    }

    /// The protocol type; `None` if nobody ever joined.
    #[must_use]
    pub fn protocol_type(&self) -> Option<&str> {
        self.protocol_type.as_deref()
    }

    /// When the state was entered.
    #[must_use]
    pub fn state_since(&self) -> Option<i64> {
        self.state_since
    }

    /// The generation.
    #[must_use]
    pub fn generation(&self) -> i32 {
        self.generation
    }

    /// The state, in Kafka's words.
    #[must_use]
    pub fn state_name(&self) -> &'static str {
        match self.state {
            State::Empty => "Empty",
            State::Preparing => "PreparingRebalance",
            State::Completing => "CompletingRebalance",
            State::Stable => "Stable",
        }
    }

    /// The members by id.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Member)> {
        self.members.iter().map(|(id, m)| (&**id, m))
    }

    /// True if a member reads `topic`, or may: metadata that cannot be read could name any topic.
    #[must_use]
    pub fn subscribes_to(&self, topic: &str) -> bool {
        if !self.is_consumer() || self.members.is_empty() {
            return false;
        }
        let Some(protocol) = self.protocol.as_deref() else { return true };
        self.members.values().any(|m| m.metadata(protocol).is_none_or(|bytes| names_topic(&bytes, topic)))
    }

    /// Everyone who waits for an answer.
    #[must_use]
    pub fn waiting(&self) -> Vec<Ticket> {
        self.members.values().flat_map(|m| [m.join, m.sync]).flatten().collect()
    }

    /// The group was put together from its records.
    pub(super) fn on_loaded(&mut self, id: &GroupId, now_ms: u64, timers: &mut Timers) {
        for (member, m) in self.members.iter().filter(|_| !planted(Bug::DeadlinesLostOnLoad)) {
            timers.arm(id, TimerKind::Session(Rc::clone(member)), now_ms + m.session_ms);
        }
        if self.needs_leader() {
            timers.arm(id, TimerKind::Join, now_ms);
        }
    }

    /// True if the group has to rebalance at once: it came back from the consumer protocol, or a restart cut the
    /// last rebalance short.
    fn needs_leader(&self) -> bool {
        self.state == State::Stable && self.leader.is_none()
    }

    /// A deadline of this group has passed.
    pub(super) fn on_timer(&mut self, turn: &mut Turn<'_>, kind: &TimerKind) {
        match kind {
            TimerKind::Join => self.on_join_time(turn),
            TimerKind::Sync => self.on_sync_time(turn),
            TimerKind::Session(member) => self.on_session_time(turn, member),
            TimerKind::Pending(member) => {
                if self.pending.remove(member) {
                    self.complete_if_all_joined(turn);
                }
            }
            TimerKind::Revocation(_)
            | TimerKind::Rejoin(_)
            | TimerKind::MemberSync(_)
            | TimerKind::Retention => {}
        }
    }

    /// May this commit its offsets? Source: KIP-62, KIP-345, KIP-447.
    pub(super) fn check_commit(&self, ask: &CommitAsk) -> Result<(), ErrorCode> {
        if ask.generation < 0 && self.is_empty() {
            return Ok(());
        }
        let is_member = ask.generation >= 0 || !ask.member.is_empty() || ask.instance.is_some();
        if !is_member {
            // Only members commit while there are any.
            return Err(ErrorCode::UnknownMemberId);
        }
        self.check_member(&ask.member, ask.instance.as_deref())?;
        if ask.generation != self.generation && !planted(Bug::StaleGenerationCommits) {
            return Err(ErrorCode::IllegalGeneration);
        }
        if self.state == State::Completing {
            return Err(ErrorCode::RebalanceInProgress);
        }
        Ok(())
    }

    /// Is this the member that it says it is? Source: KIP-345.
    fn check_member(&self, member: &str, instance: Option<&str>) -> Result<(), ErrorCode> {
        if let Some(instance) = instance {
            return match self.statics.get(instance) {
                None => Err(ErrorCode::UnknownMemberId),
                Some(known) if **known != *member && !planted(Bug::StaticNotFenced) => {
                    Err(ErrorCode::FencedInstanceId)
                }
                Some(_) => Ok(()),
            };
        }
        if self.members.contains_key(member) { Ok(()) } else { Err(ErrorCode::UnknownMemberId) }
    }

    /// The member is alive.
    pub(super) fn touch(&self, turn: &mut Turn<'_>, member: &str) {
        if let Some((id, m)) = self.members.get_key_value(member) {
            turn.timers.arm(turn.id, TimerKind::Session(Rc::clone(id)), turn.now.ms + m.session_ms);
        }
    }

    fn enter(&mut self, turn: &Turn<'_>, state: State) {
        let legal = matches!(
            (self.state, state),
            (State::Empty | State::Completing | State::Stable, State::Preparing)
                | (State::Preparing, State::Completing | State::Empty)
                | (State::Completing, State::Stable)
        );
        assert!(legal, "a group goes from {:?} to {state:?}", self.state);
        self.state = state;
        self.state_since = Some(turn.now.wall_ms);
    }

    /// What DescribeGroups says of it.
    pub(super) fn describe(&self) -> DescribedGroup {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let members = self.members.iter().map(|(id, m)| {
            let stable = self.is_stable();
            DescribedGroupMember {
                member_id: id.to_string(),
                group_instance_id: m.instance.clone(),
                client_id: m.client.id.clone(),
                client_host: m.client.host.clone(),
                member_metadata: if stable {
                    m.metadata(protocol).unwrap_or_default()
                } else {
                    Default::default()
                },
                member_assignment: if stable { m.assignment.clone() } else { Default::default() },
            }
        });
        DescribedGroup {
            group_state: self.state_name().to_owned(),
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            protocol_data: if self.is_stable() { protocol.to_owned() } else { String::new() },
            members: members.collect(),
            authorized_operations: i32::MIN,
            ..Default::default()
        }
    }
}

/// True if a consumer's metadata names `topic`, or cannot be read.
fn names_topic(metadata: &bytes::Bytes, topic: &str) -> bool {
    protocol::subscription(metadata).map_or(true, |s| s.topics.iter().any(|t| t == topic))
}
