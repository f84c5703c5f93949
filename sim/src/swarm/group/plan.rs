//! The groups of a plan: who is in them, what they speak, and what the broker is told about groups.
//!
//! Owner: the run. Invariant: session timeouts are short, so that they pass within a life; the rebalance timeout is
//! more than twice the session's, so that a lease (`check::group`) ends before any other deadline.

use super::super::plan::pick;
use crate::rng::Rng;
use std::collections::BTreeMap;

/// What a member speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Speaks {
    /// The classic protocol: everything is given up before a rebalance.
    Eager,
    /// The classic protocol: only what goes elsewhere is given up.
    Cooperative,
    /// The consumer protocol (KIP-848).
    Consumer,
}

/// One member: a place in the group, which one client after the other fills.
#[derive(Clone, Debug)]
pub struct MemberPlan {
    /// Its static name (KIP-345).
    pub instance: Option<String>,
    /// Of JoinGroup; the other APIs follow.
    pub version: i16,
    /// Between heartbeats, ms.
    pub beat_ms: u64,
    /// A life of the client ends within this time, ms; 0 is never.
    pub wild_ms: u64,
}

/// One group.
#[derive(Clone, Debug)]
pub struct GroupPlan {
    /// Its name.
    pub name: String,
    /// What the members speak: one after the other for all, or mixed.
    pub speaks: Vec<Speaks>,
    /// Members of different protocols at the same time (online migration).
    pub mixed: bool,
    /// The members.
    pub members: Vec<MemberPlan>,
    /// ms.
    pub session_ms: u64,
    /// ms.
    pub rebalance_ms: u64,
    /// Offsets, and the group, are deleted now and then.
    pub deletes: bool,
    /// Members change what they subscribe to.
    pub resubscribes: bool,
    /// A client looks at the committed offsets all the time.
    pub watched: bool,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct GroupsPlan {
    /// The groups.
    pub groups: Vec<GroupPlan>,
    /// The broker's configuration.
    pub statics: BTreeMap<String, String>,
    /// Offsets of empty groups expire.
    pub expires: bool,
}

fn member(rng: &Rng, name: &str, n: u64, (session_ms, wild, fixed): (u64, bool, bool)) -> MemberPlan {
    let instance = (fixed && rng.one_in(3)).then(|| format!("{name}-i{n}"));
    let version = i16::try_from(rng.below(10)).unwrap_or(9);
    MemberPlan {
        version: if instance.is_some() { version.max(5) } else { version },
        instance,
        beat_ms: session_ms / (3 + rng.below(3)),
        wild_ms: if wild { session_ms * (2 + rng.below(8)) } else { 0 },
    }
}

fn group(rng: &Rng, n: u64, session_ms: u64, expires: bool) -> GroupPlan {
    let name = format!("g{n}{}", rng.below(1000));
    let one = [Speaks::Eager, Speaks::Cooperative, Speaks::Consumer, Speaks::Consumer];
    let mut speaks = vec![pick(rng, &one)];
    if rng.one_in(4) {
        speaks.push(pick(rng, &one));
    }
    let wild = !rng.one_in(4);
    // A static member that comes back between two rounds of a cooperative rebalance ends it before its second round,
    // as in Kafka: what it gave up has no owner until the next one.
    let fixed = !speaks.contains(&Speaks::Cooperative);
    let mixed = speaks.len() > 1 && rng.one_in(2);
    let members: Vec<_> =
        (0..=rng.below(4)).map(|n| member(rng, &name, n, (session_ms, wild, fixed))).collect();
    // Nor does a static member that comes back to a classic group with another subscription start a rebalance: it
    // gets its old assignment, as in Kafka.
    let stays = speaks.contains(&Speaks::Eager) && members.iter().any(|m| m.instance.is_some());
    GroupPlan {
        mixed,
        speaks,
        members,
        name,
        session_ms,
        rebalance_ms: 2 * session_ms + 1500,
        deletes: rng.one_in(3),
        watched: rng.one_in(2),
        // What no member subscribes to may expire.
        resubscribes: !expires && rng.one_in(3) && !stays,
    }
}

impl GroupsPlan {
    /// The groups of `rng`'s seed: none in most runs.
    #[must_use]
    pub fn roll(rng: &Rng) -> Self {
        if !rng.one_in(3) {
            return Self::default();
        }
        let expires = rng.one_in(4);
        let session_ms = pick(rng, &[400, 1000, 1000, 3000]);
        let beat = session_ms / 4;
        let mut statics: BTreeMap<String, String> = BTreeMap::new();
        let mut set = |name: &str, value: String| statics.insert(name.to_owned(), value);
        set("offsets.topic.num.partitions", pick(rng, &["1", "3", "7"]).to_owned());
        set("group.initial.rebalance.delay.ms", pick(rng, &["0", "100", "700"]).to_owned());
        set("group.min.session.timeout.ms", "100".to_owned());
        set("group.consumer.min.session.timeout.ms", "100".to_owned());
        set("group.consumer.session.timeout.ms", session_ms.to_string());
        set("group.consumer.min.heartbeat.interval.ms", "10".to_owned());
        set("group.consumer.heartbeat.interval.ms", beat.to_string());
        if expires {
            set("offsets.retention.minutes", "1".to_owned());
            set("offsets.retention.check.interval.ms", pick(rng, &["200", "2000"]).to_owned());
        }
        if rng.one_in(3) {
            // Compaction within the run, tombstones included.
            set("log.roll.ms", "300".to_owned());
            set("log.cleaner.backoff.ms", "150".to_owned());
            set("log.cleaner.min.cleanable.ratio", "0.1".to_owned());
            set("log.cleaner.delete.retention.ms", pick(rng, &["0", "500"]).to_owned());
        }
        let groups = (0..=rng.below(2)).map(|n| group(rng, n, session_ms, expires)).collect();
        Self { groups, statics, expires }
    }
}
