//! What each member of a group reads, whichever protocol gave it: its mailbox, its partitions, where they were left.
//!
//! Owner: the thread of the members. Invariants: a partition counts as given back only when the thread that reads for
//! the member has stopped; whoever has it next goes on where it was left.

use super::super::cluster::Cluster;
use super::super::consume::Position;
use super::super::readers::Mailbox;
use super::{Flags, Groups};
use ringlog_wire::generated::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long a reader may take to stop reading what its member has lost.
const TAKEN_WITHIN: Duration = Duration::from_secs(1);

struct Place {
    group: usize,
    mailbox: Arc<Mailbox>,
    slots: BTreeMap<usize, Position>,
}

/// The places of all members, group by group.
pub struct Places {
    cluster: Arc<Cluster>,
    flags: Arc<Flags>,
    from: i64,
    /// By group: where each partition was left.
    left: Vec<BTreeMap<usize, i64>>,
    places: Vec<Place>,
}

impl Places {
    /// Nobody has anything yet.
    pub fn new(cluster: Arc<Cluster>, groups: &Groups, flags: Arc<Flags>, boxes: Vec<Arc<Mailbox>>) -> Self {
        let place = |(n, mailbox)| Place { group: n / groups.members, mailbox, slots: BTreeMap::new() };
        let places = boxes.into_iter().enumerate().map(place).collect();
        Self { cluster, flags, from: groups.from, left: vec![BTreeMap::new(); groups.names.len()], places }
    }

    /// How many partitions each member of `group` has.
    pub fn counts(&self, group: usize) -> impl Iterator<Item = usize> {
        self.places.iter().filter(move |p| p.group == group).map(|p| p.slots.len())
    }

    /// Member `at` has the slots `owned` and no others. Waits until its reader has stopped reading the rest.
    /// Returns what it lost, and the next offset of each; nothing before the readers are there.
    /// Errors: those of ListOffsets.
    pub fn assign(&mut self, at: usize, owned: &[usize]) -> io::Result<BTreeMap<usize, i64>> {
        let Some(place) = self.places.get_mut(at) else { return Ok(BTreeMap::new()) };
        let Some(left) = self.left.get_mut(place.group) else { return Ok(BTreeMap::new()) };
        let known = |s: &usize| place.slots.contains_key(s) || left.contains_key(s);
        let fresh: Vec<usize> = owned.iter().copied().filter(|s| !known(s)).collect();
        let begins = match fresh.is_empty() {
            true => BTreeMap::new(),
            false => self
                .cluster
                .offsets(&fresh, self.from)?
                .map_err(|code| io::Error::other(format!("ListOffsets answered {code}")))?,
        };
        let position = |s: usize| {
            let next = left.get(&s).or_else(|| begins.get(&s)).copied().unwrap_or(0);
            (s, place.slots.get(&s).copied().unwrap_or(Position { next, until: None }))
        };
        let slots: BTreeMap<usize, Position> = owned.iter().copied().map(position).collect();
        let before = std::mem::replace(&mut place.slots, slots.clone());
        let lost: Vec<(usize, Position)> =
            before.into_iter().filter(|(s, _)| !slots.contains_key(s)).collect();
        let number = place.mailbox.assign(slots);
        if lost.is_empty() {
            return Ok(BTreeMap::new());
        }
        let live = self.flags.live.load(Ordering::Acquire);
        let began = Instant::now();
        while live && !place.mailbox.has_taken(number) && began.elapsed() < TAKEN_WITHIN {
            std::thread::sleep(Duration::from_millis(1));
        }
        let read = place.mailbox.positions();
        // What was read of it when the member had it before may be all that is known.
        let end = |(s, p): (usize, Position)| (s, read.get(&s).copied().unwrap_or(p.next).max(p.next));
        let lost: BTreeMap<usize, i64> = lost.into_iter().map(end).collect();
        left.extend(&lost);
        Ok(if live { lost } else { BTreeMap::new() })
    }

    /// How far member `at` has read what it has.
    pub fn read(&self, at: usize) -> BTreeMap<usize, i64> {
        let Some(place) = self.places.get(at) else { return BTreeMap::new() };
        let mine = |(s, next): (usize, i64)| place.slots.get(&s).map(|p| (s, next.max(p.next)));
        place.mailbox.positions().into_iter().filter_map(mine).collect()
    }

    /// The same as OffsetCommit has it.
    pub fn topics(&self, read: &BTreeMap<usize, i64>) -> Vec<OffsetCommitRequestTopic> {
        let mut topics: Vec<OffsetCommitRequestTopic> = Vec::new();
        for (slot, offset) in read {
            let partition = OffsetCommitRequestPartition {
                partition_index: self.cluster.slots.get(*slot).map_or(0, |s| s.partition),
                committed_offset: *offset,
                committed_leader_epoch: -1,
                committed_metadata: Some(String::new()),
            };
            let name = self.cluster.name(*slot).to_owned();
            match topics.last_mut().filter(|t| t.name == name) {
                Some(last) => last.partitions.push(partition),
                None => topics.push(OffsetCommitRequestTopic {
                    name,
                    partitions: vec![partition],
                    ..Default::default()
                }),
            }
        }
        topics
    }
}
