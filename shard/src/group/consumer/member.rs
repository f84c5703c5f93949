//! One member of a consumer group.
//!
//! Owner: its group. Pure. Invariants: assigned partitions and those to be revoked are disjoint; a member with a
//! `classic` side sends JoinGroup, SyncGroup and Heartbeat, any other sends ConsumerGroupHeartbeat.

use crate::group::call::Client;
use bytes::Bytes;
use ringlog_wire::ids::TopicId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Partitions by topic; no topic without partitions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Partitions(pub BTreeMap<TopicId, BTreeSet<i32>>);

impl Partitions {
    /// From pairs.
    pub fn collect(all: impl IntoIterator<Item = (TopicId, i32)>) -> Self {
        let mut map: BTreeMap<TopicId, BTreeSet<i32>> = BTreeMap::new();
        all.into_iter().for_each(|(t, p)| {
            map.entry(t).or_default().insert(p);
        });
        Self(map)
    }

    /// All pairs, in order.
    pub fn iter(&self) -> impl Iterator<Item = (TopicId, i32)> {
        self.0.iter().flat_map(|(t, ps)| ps.iter().map(|p| (*t, *p)))
    }

    /// True if it holds the partition.
    #[must_use]
    pub fn contains(&self, (topic, partition): (TopicId, i32)) -> bool {
        self.0.get(&topic).is_some_and(|ps| ps.contains(&partition))
    }

    /// True without partitions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many partitions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }
}

/// How far a member is on its way to its target. The numbers are those of the records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MemberState {
    /// It has what its epoch's target gives it.
    #[default]
    Stable = 0,
    /// It has to give partitions back first.
    Unrevoked = 1,
    /// It waits for partitions that others have to give back.
    Unreleased = 2,
}

impl MemberState {
    /// From a record's number; an unknown one waits for the next heartbeat to be worked out again.
    #[must_use]
    pub fn from_wire(v: i8) -> Self {
        match v {
            0 => Self::Stable,
            1 => Self::Unrevoked,
            _ => Self::Unreleased,
        }
    }
}

/// What a member of the classic protocol brings into a consumer group: what it would need to go back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClassicSide {
    /// How long it may be silent, milliseconds.
    pub session_ms: u64,
    /// What it can do, the preferred first: name and metadata, its own copies. Not empty.
    pub protocols: Rc<[(String, Bytes)]>,
}

/// The member.
#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    /// Its static name.
    pub instance: Option<String>,
    /// Where it runs.
    pub rack: Option<String>,
    /// Who it is.
    pub client: Client,
    /// What it subscribes to by name.
    pub names: BTreeSet<String>,
    /// What it subscribes to by pattern; empty for none.
    pub pattern: String,
    /// The topics that both come to.
    pub topics: BTreeSet<String>,
    /// How long it may take to give partitions back, milliseconds; -1 if it never said.
    pub rebalance_timeout_ms: i32,
    /// The assignor it wants.
    pub assignor: Option<String>,
    /// What it says in the classic protocol, if that is what it speaks.
    pub classic: Option<ClassicSide>,
    /// What it has reached.
    pub epoch: i32,
    /// What it had reached before.
    pub previous_epoch: i32,
    /// How far it is.
    pub state: MemberState,
    /// What it may read.
    pub assigned: Partitions,
    /// What it has to give back.
    pub revoking: Partitions,
}

/// The epoch of a static member that has left for a while.
pub const LEFT_FOR_A_WHILE: i32 = -2;

impl Member {
    /// A member that has just been named.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            instance: None,
            rack: None,
            client,
            names: BTreeSet::new(),
            pattern: String::new(),
            topics: BTreeSet::new(),
            rebalance_timeout_ms: -1,
            assignor: None,
            classic: None,
            epoch: 0,
            previous_epoch: -1,
            state: MemberState::Stable,
            assigned: Partitions::default(),
            revoking: Partitions::default(),
        }
    }

    /// How long it may be silent, milliseconds; `native_ms` for members of the consumer protocol.
    #[must_use]
    pub fn session_ms(&self, native_ms: u64) -> u64 {
        self.classic.as_ref().map_or(native_ms, |c| c.session_ms)
    }

    /// `rebalance_timeout_ms` as a time to wait.
    #[must_use]
    pub fn rebalance_ms(&self) -> u64 {
        u64::try_from(self.rebalance_timeout_ms).unwrap_or(300_000)
    }
}
