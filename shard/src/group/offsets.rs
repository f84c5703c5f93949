//! Committed offsets: commit, fetch, delete (KIP-211, KIP-496, KIP-709).
//!
//! Owner: the group. Pure. Invariants: an offset changes only together with its record; what was never committed
//! reads as -1; entries are bounded by the partitions that exist, which the core of the connection has checked.

use super::Effects;
use super::call::{Answer, CommitAsk, FetchAsk, FetchedOffsets};
use super::coordinator::Coordinator;
use super::records::Record;
use super::state::{Group, Kind};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::offset_fetch_response::OffsetFetchResponsePartitions;
use ringlog_wire::ids::TopicId;
use std::collections::BTreeMap;
use std::rc::Rc;

/// One committed offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Committed {
    /// The next record to be read.
    pub offset: i64,
    /// Epoch of the record before it, -1 if unknown (KIP-320).
    pub leader_epoch: i32,
    /// What the client keeps with it.
    pub metadata: Rc<str>,
    /// When, milliseconds since 1970.
    pub commit_ms: i64,
    /// When it ends, if the client said so (OffsetCommit 2-4).
    pub expire_ms: Option<i64>,
    /// The topic's id, zero if unknown.
    pub topic_id: TopicId,
}

/// The offsets of one group, by topic and partition.
#[derive(Debug, Default)]
pub struct Offsets(pub(super) BTreeMap<Rc<str>, BTreeMap<i32, Committed>>);

impl Offsets {
    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One offset.
    #[must_use]
    pub fn find(&self, topic: &str, partition: i32) -> Option<&Committed> {
        self.0.get(topic)?.get(&partition)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, i32, &Committed)> {
        self.0.iter().flat_map(|(t, all)| all.iter().map(move |(p, c)| (&**t, *p, c)))
    }

    /// Sets one offset.
    pub(super) fn put(&mut self, topic: &str, partition: i32, committed: Committed) {
        match self.0.get_mut(topic) {
            Some(all) => {
                all.insert(partition, committed);
            }
            None => {
                self.0.insert(topic.into(), BTreeMap::from([(partition, committed)]));
            }
        }
    }

    /// Forgets one offset. True if there was one.
    pub(super) fn remove(&mut self, topic: &str, partition: i32) -> bool {
        let Some(all) = self.0.get_mut(topic) else { return false };
        let was = all.remove(&partition).is_some();
        if all.is_empty() {
            self.0.remove(topic);
        }
        was
    }
}

impl Group {
    /// Takes over the offsets of a commit that was checked.
    pub(super) fn commit(&mut self, wall_ms: i64, fx: &mut Effects, ask: CommitAsk) {
        for topic in ask.topics {
            for p in topic.partitions {
                let committed = Committed {
                    offset: p.committed_offset,
                    leader_epoch: p.committed_leader_epoch,
                    metadata: p.committed_metadata.as_deref().unwrap_or_default().into(),
                    commit_ms: wall_ms,
                    expire_ms: ask.retention_ms.map(|ms| wall_ms.saturating_add(ms)),
                    topic_id: topic.id,
                };
                fx.records.push(Record::offset(&self.id, &topic.name, p.partition_index, &committed));
                self.offsets.put(&topic.name, p.partition_index, committed);
            }
        }
    }
}

fn found(partition: i32, committed: Option<&Committed>) -> OffsetFetchResponsePartitions {
    OffsetFetchResponsePartitions {
        partition_index: partition,
        committed_offset: committed.map_or(-1, |c| c.offset),
        committed_leader_epoch: committed.map_or(-1, |c| c.leader_epoch),
        metadata: Some(committed.map_or_else(String::new, |c| c.metadata.to_string())),
        error_code: 0,
    }
}

impl Coordinator {
    /// What a group has committed. A group that does not exist has committed nothing.
    pub(super) fn fetch(&self, ask: &FetchAsk) -> Result<FetchedOffsets, ErrorCode> {
        let group = self.groups.get(ask.group.as_str());
        if let (Some((member, epoch)), Some(Kind::Consumer(consumer))) = (&ask.member, group.map(|g| &g.kind))
        {
            consumer.check_epoch(member, *epoch)?;
        }
        let offsets = group.map(|g| &g.offsets);
        Ok(match &ask.topics {
            Some(topics) => {
                let one = |t: &str, p: i32| found(p, offsets.and_then(|o| o.find(t, p)));
                let topics = topics.iter();
                topics.map(|(t, ps)| (t.clone(), ps.iter().map(|p| one(t, *p)).collect())).collect()
            }
            None => {
                let all = offsets.into_iter().flat_map(|o| &o.0);
                all.map(|(t, ps)| (t.to_string(), ps.iter().map(|(p, c)| found(*p, Some(c))).collect()))
                    .collect()
            }
        })
    }

    /// Forgets offsets of partitions that no member reads (KIP-496).
    pub(super) fn delete_offsets(
        &mut self,
        fx: &mut Effects,
        id: &str,
        topics: Vec<(String, Vec<i32>)>,
    ) -> Answer {
        let Some(group) = self.groups.get_mut(id) else {
            return Answer::Refused(ErrorCode::GroupIdNotFound);
        };
        if let Kind::Classic(classic) = &group.kind
            && !classic.is_empty()
            && !classic.is_consumer()
        {
            return Answer::Refused(ErrorCode::NonEmptyGroup);
        }
        let mut deleted = Vec::with_capacity(topics.len());
        for (topic, partitions) in topics {
            let read = group.subscribes_to(&topic);
            let mut codes = Vec::with_capacity(partitions.len());
            for partition in partitions {
                if !read && group.offsets.remove(&topic, partition) {
                    fx.records.push(Record::offset_tombstone(&group.id, &topic, partition));
                }
                let code = if read { ErrorCode::GroupSubscribedToTopic } else { ErrorCode::None };
                codes.push((partition, code));
            }
            deleted.push((topic, codes));
        }
        // A group that says nothing now is still listed until the next look for old offsets, as in Kafka.
        Answer::Deleted(deleted)
    }

    /// Topics are gone: so are the offsets in them.
    pub fn on_topics_deleted(&mut self, topics: &[Rc<str>]) -> Effects {
        let mut fx = Effects::default();
        for group in self.groups.values_mut() {
            for topic in topics {
                let Some(gone) = group.offsets.0.remove(topic) else { continue };
                let tombstones = gone.keys().map(|p| Record::offset_tombstone(&group.id, topic, *p));
                fx.records.extend(tombstones);
            }
        }
        self.groups.retain(|_, g| !g.is_blank());
        fx
    }
}
