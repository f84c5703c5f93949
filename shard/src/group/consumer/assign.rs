//! The server-side assignors: uniform and range (KIP-848).
//!
//! Owner: one computation. Pure. Invariants: every partition of a subscribed topic goes to exactly one member that
//! subscribes to it; `uniform` leaves members that all read the same topics with at most one partition between
//! them, and moves no partition that balance does not ask for; the result depends on the arguments alone.

use super::even;
use super::member::Partitions;
use crate::image::{MetadataImage, Topic};
use ringlog_wire::ids::TopicId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Balance over everything, with as few moves as possible.
pub const UNIFORM: &str = "uniform";
/// Per topic, neighbouring partitions to neighbouring members: topics of equal size are split alike, and members
/// keep their order.
pub const RANGE: &str = "range";
/// The assignors, the default first.
pub const NAMES: [&str; 2] = [UNIFORM, RANGE];

/// What an assignor knows of a member.
#[derive(Clone, Debug)]
pub struct Subscriber<'a> {
    /// The topics that it reads and that exist.
    pub topics: BTreeSet<TopicId>,
    /// Where it runs.
    pub rack: Option<&'a str>,
    /// Its static name.
    pub instance: Option<&'a str>,
    /// Its target until now.
    pub before: Option<&'a Partitions>,
}

impl Subscriber<'_> {
    /// Where it was among the others: those with a part first, by the first partition of their first topic.
    fn place(&self) -> (bool, i32) {
        let before = self.before.into_iter().flat_map(|b| &b.0);
        let first = before.filter(|(t, _)| self.topics.contains(t)).find_map(|(_, ps)| ps.first());
        (first.is_none(), first.copied().unwrap_or_default())
    }
}

/// Members by id.
pub type Subscribers<'a> = BTreeMap<Rc<str>, Subscriber<'a>>;

/// The topics that anybody reads.
pub type Topics<'a> = BTreeMap<TopicId, &'a Rc<Topic>>;

/// The target of every member. O(partitions * log) where all read the same, O(partitions * members) at worst.
#[must_use]
pub fn assign(
    name: &str,
    members: &Subscribers<'_>,
    topics: &Topics<'_>,
    image: &MetadataImage,
) -> BTreeMap<Rc<str>, Partitions> {
    let alike = || members.values().all(|m| m.topics.len() == topics.len());
    let targets = match name {
        RANGE => range(members, topics),
        _ if alike() => even::uniform(members, topics, image),
        _ => uniform(members, topics, image),
    };
    targets.into_iter().map(|(id, set)| (id, Partitions::collect(set))).collect()
}

pub(super) type Targets = BTreeMap<Rc<str>, BTreeSet<(TopicId, i32)>>;

fn empty(members: &Subscribers<'_>) -> Targets {
    members.keys().map(|id| (Rc::clone(id), BTreeSet::new())).collect()
}

fn range(members: &Subscribers<'_>, topics: &Topics<'_>) -> Targets {
    let mut targets = empty(members);
    for (topic, described) in topics {
        let mut readers: Vec<_> = members.iter().filter(|(_, m)| m.topics.contains(topic)).collect();
        // Who had a part keeps its place among the others, whoever comes or goes; the same for all topics, so that
        // equal topics are split alike.
        readers.sort_by_key(|(id, m)| (m.place(), m.instance.is_none(), m.instance, Rc::clone(id)));
        let (partitions, count) = (described.partitions.len(), readers.len());
        let mut next = 0i32;
        for (i, (id, _)) in readers.into_iter().enumerate() {
            let share = partitions / count + usize::from(i < partitions % count);
            let share = i32::try_from(share).unwrap_or(i32::MAX);
            let own = targets.entry(Rc::clone(id)).or_default();
            own.extend((next..next + share).map(|p| (*topic, p)));
            next += share;
        }
    }
    targets
}

fn uniform(members: &Subscribers<'_>, topics: &Topics<'_>, image: &MetadataImage) -> Targets {
    let mut targets = empty(members);
    let mut free: BTreeSet<(TopicId, i32)> = BTreeSet::new();
    for (topic, described) in topics {
        free.extend((0i32..).take(described.partitions.len()).map(|p| (*topic, p)));
    }
    // First everyone keeps what it may keep.
    for (id, member) in members {
        let own = targets.entry(Rc::clone(id)).or_default();
        let before = member.before.into_iter().flat_map(Partitions::iter);
        own.extend(before.filter(|p| member.topics.contains(&p.0) && free.remove(p)));
    }
    // What is left goes to whoever has least, near it if there is a choice.
    for p in free {
        let racks = racks(topics, image, p);
        let readers = members.iter().filter(|(_, m)| m.topics.contains(&p.0));
        let least = readers.min_by_key(|(id, m)| {
            let far = !m.rack.is_some_and(|r| racks.contains(r));
            (targets.get(*id).map_or(0, BTreeSet::len), far, Rc::clone(id))
        });
        if let Some((id, _)) = least {
            targets.entry(Rc::clone(id)).or_default().insert(p);
        }
    }
    balance(members, &mut targets);
    targets
}

pub(super) fn racks<'a>(
    topics: &Topics<'_>,
    image: &'a MetadataImage,
    (topic, p): (TopicId, i32),
) -> BTreeSet<&'a str> {
    let partition = usize::try_from(p).ok().and_then(|p| topics.get(&topic)?.partitions.get(p));
    let replicas = partition.into_iter().flat_map(|p| &p.replicas);
    replicas.filter_map(|r| image.broker(*r)?.rack.as_deref()).collect()
}

/// Times that all members are looked at: differing subscriptions may need more than one.
const ROUNDS_MAX: usize = 4;

/// Moves partitions from those who have most to those who have at least two less, along chains of members where
/// subscriptions differ. Every move lowers the sum of the squares of the loads, so a round ends.
fn balance(members: &Subscribers<'_>, targets: &mut Targets) {
    let mut readers: BTreeMap<TopicId, Vec<Rc<str>>> = BTreeMap::new();
    for (id, member) in members {
        member.topics.iter().for_each(|t| readers.entry(*t).or_default().push(Rc::clone(id)));
    }
    for _ in 0..ROUNDS_MAX {
        let mut by_load: BTreeSet<(usize, Rc<str>)> =
            targets.iter().map(|(id, own)| (own.len(), Rc::clone(id))).collect();
        let mut moved = false;
        while let Some((load, giver)) = by_load.pop_last() {
            let Some(chain) = chain_from(&giver, &readers, targets) else { continue };
            let taker = chain.last().map_or_else(|| Rc::clone(&giver), |(_, to)| Rc::clone(to));
            let taken = targets.get(&taker).map_or(0, BTreeSet::len);
            pass_on(&giver, chain, targets);
            by_load.insert((load - 1, giver));
            // One that is settled stays so in this round.
            if by_load.remove(&(taken, Rc::clone(&taker))) {
                by_load.insert((taken + 1, taker));
            }
            moved = true;
        }
        if !moved {
            return;
        }
    }
}

/// Steps of a chain: a partition of this topic goes to this member, who gives one of the next step's topic away.
type Chain = Vec<(TopicId, Rc<str>)>;

/// The way from `giver` to the least loaded member that it can reach, if that one has two less or fewer.
/// O(readers of the topics reached).
fn chain_from(
    giver: &Rc<str>,
    readers: &BTreeMap<TopicId, Vec<Rc<str>>>,
    targets: &Targets,
) -> Option<Chain> {
    let load = |id: &Rc<str>| targets.get(id).map_or(0, BTreeSet::len);
    let mut came: BTreeMap<Rc<str>, (TopicId, Rc<str>)> = BTreeMap::new();
    let mut seen: BTreeSet<TopicId> = BTreeSet::new();
    let mut next = std::collections::VecDeque::from([Rc::clone(giver)]);
    let mut best: Option<(usize, Rc<str>)> = None;
    while let Some(from) = next.pop_front() {
        let topics: BTreeSet<TopicId> = targets.get(&from).into_iter().flatten().map(|p| p.0).collect();
        for topic in topics.into_iter().filter(|t| seen.insert(*t)) {
            for to in readers.get(&topic).into_iter().flatten() {
                if to == giver || came.contains_key(to) {
                    continue;
                }
                came.insert(Rc::clone(to), (topic, Rc::clone(&from)));
                next.push_back(Rc::clone(to));
                if best.as_ref().is_none_or(|(least, _)| load(to) < *least) {
                    best = Some((load(to), Rc::clone(to)));
                }
            }
        }
    }
    let (least, mut at) = best?;
    if least + 1 >= load(giver) {
        return None;
    }
    let mut chain = Vec::new();
    while at != *giver {
        let (topic, from) = came.get(&at)?.clone();
        chain.push((topic, at));
        at = from;
    }
    chain.reverse();
    Some(chain)
}

/// Hands one partition on along `chain`; the last ones, since what a member has had longest stays.
fn pass_on(giver: &Rc<str>, chain: Chain, targets: &mut Targets) {
    let mut from = Rc::clone(giver);
    for (topic, to) in chain {
        let own = targets.entry(from).or_default();
        let partition = own.range((topic, i32::MIN)..=(topic, i32::MAX)).next_back().copied();
        let partition = partition.expect("the chain goes over topics that its members have");
        own.remove(&partition);
        targets.entry(Rc::clone(&to)).or_default().insert(partition);
        from = to;
    }
}

#[cfg(test)]
#[path = "assign_tests.rs"]
mod tests;
