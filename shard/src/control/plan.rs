//! What the topic-changing requests have in common: refusals, placement, the cluster's limits.
//!
//! Owner: the control core. Pure: an image and a request in, records and a response out; nothing is applied.
//! Invariant: a refusal names the cause in Kafka's words, and ours names limit, current value and knob.

use super::names::collision_key;
use crate::image::{MetadataImage, Partition, Topic, dump};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::PartitionChangeRecord;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::ids::{LeaderEpoch, NodeId, PartitionId, Uuid};
use std::collections::{BTreeMap, BTreeSet};

/// Most partitions that one request may create, as in Kafka.
pub const PARTITIONS_PER_REQUEST_MAX: usize = 10_000;

/// An error code and the message that goes with it.
pub type Refusal = (ErrorCode, String);

/// Longest error message, bytes. Older versions cannot carry more than 32,767, and a name or value that a client
/// sent may itself be that long.
const MESSAGE_MAX: usize = 2048;

/// `message`, cut to what every version can carry.
#[must_use]
pub fn bounded(mut message: String) -> String {
    if message.len() > MESSAGE_MAX {
        let end = (0..=MESSAGE_MAX).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
        message.truncate(end);
        message.push_str("...");
    }
    message
}

pub(super) fn refuse<T>(code: ErrorCode, message: impl Into<String>) -> Result<T, Refusal> {
    Err((code, message.into()))
}

/// The record that puts this node's replica of `id` into its data directory `directory` (KIP-858).
///
/// Errors: there is no such replica.
pub fn plan_move(
    image: &MetadataImage,
    id: PartitionId,
    directory: Uuid,
) -> Result<Vec<MetadataRecord>, Refusal> {
    let gone = || (ErrorCode::ReplicaNotAvailable, format!("partition {id:?} has no replica here any more"));
    let partition = image.partition(id).ok_or_else(gone)?;
    let at = partition.replicas.iter().position(|r| *r == image.node()).ok_or_else(gone)?;
    let mut directories = partition.directories.clone();
    *directories.get_mut(at).ok_or_else(gone)? = directory;
    Ok(vec![MetadataRecord::PartitionChange(PartitionChangeRecord {
        partition_id: i32::try_from(id.index).map_err(|_| gone())?,
        topic_id: id.topic,
        directories: Some(directories),
        ..Default::default()
    })])
}

/// What a plan has decided so far, on top of an image that does not yet know of it.
pub struct Plan<'a> {
    /// The state before.
    pub image: &'a MetadataImage,
    /// What will be appended.
    pub records: Vec<MetadataRecord>,
    added: usize,
    collisions: Option<BTreeMap<String, String>>,
    directories: Vec<usize>,
}

impl<'a> Plan<'a> {
    /// An empty plan.
    #[must_use]
    pub fn new(image: &'a MetadataImage) -> Self {
        Self { image, records: Vec::new(), added: 0, collisions: None, directories: Vec::new() }
    }

    /// Refuses `more` new partitions that pass the limit of one request or of the cluster.
    pub fn check_room(&self, more: usize) -> Result<(), Refusal> {
        if self.added + more > PARTITIONS_PER_REQUEST_MAX {
            return refuse(
                ErrorCode::PolicyViolation,
                format!(
                    "Excessively large number of partitions per request: {} asked for, {PARTITIONS_PER_REQUEST_MAX} \
                     is the limit.",
                    self.added + more
                ),
            );
        }
        let limit = usize::try_from(self.image.broker_config().int("ringlog.max.partitions")).unwrap_or(0);
        let current = self.image.partition_count() + self.added;
        if current + more > limit {
            return refuse(
                ErrorCode::PolicyViolation,
                format!(
                    "The cluster holds {current} partitions; {more} more would pass its limit of {limit} \
                     (ringlog.max.partitions)."
                ),
            );
        }
        Ok(())
    }

    /// The existing or planned topic whose name collides with `name`, if any. O(topics) once per plan.
    pub fn colliding(&mut self, name: &str) -> Option<String> {
        let image = self.image;
        let known = self.collisions.get_or_insert_with(|| {
            let only = image.topics().filter(|t| t.name.contains(['.', '_']));
            only.map(|t| (collision_key(&t.name), t.name.to_string())).collect()
        });
        known.get(&collision_key(name)).cloned()
    }

    /// Remembers the name of a planned topic.
    pub fn add_name(&mut self, name: &str) {
        if name.contains(['.', '_'])
            && let Some(known) = &mut self.collisions
        {
            known.insert(collision_key(name), name.to_owned());
        }
    }

    /// Plans one partition with these replicas, led by the first.
    pub fn add_partition(&mut self, topic: &Topic, index: u32, replicas: Vec<NodeId>) {
        let directories = replicas.iter().map(|r| self.directory(*r)).collect();
        let partition = Partition {
            isr: replicas.clone(),
            leader: replicas.first().copied(),
            replicas,
            elr: Vec::new(),
            last_known_elr: Vec::new(),
            removing: Vec::new(),
            adding: Vec::new(),
            leader_epoch: LeaderEpoch(0),
            partition_epoch: 0,
            recovery_state: 0,
            directories,
        };
        self.records.push(dump::partition_record(topic, index, &partition));
        self.added += 1;
    }

    /// The data directory of `broker` with the fewest partitions, counting the planned ones; none that is cordoned,
    /// and one that is offline or full only if there is no other.
    fn directory(&mut self, broker: NodeId) -> Uuid {
        let dirs = self.image.identity().directories.clone();
        if broker != self.image.node() || dirs.len() <= 1 {
            return dirs.first().copied().unwrap_or(Uuid::ZERO);
        }
        if self.directories.is_empty() {
            self.directories = vec![0; dirs.len()];
            for (id, _) in self.image.local_partitions() {
                if let Some(n) = self.image.directory_of(id).and_then(|at| self.directories.get_mut(at)) {
                    *n += 1;
                }
            }
        }
        let image = self.image;
        let all = self.directories.iter_mut().zip(dirs.iter()).enumerate();
        let open = all.filter_map(|(at, (n, id))| Some((image.place(at)?, n, id)));
        let least = open.min_by_key(|(against, n, _)| (*against, **n));
        least.map_or(Uuid::ZERO, |(_, n, id)| {
            *n += 1;
            *id
        })
    }

    /// True if all directories of this node are cordoned.
    fn is_cordoned(&self) -> bool {
        let dirs = 0..self.image.broker_config().data_dirs.len().max(1);
        dirs.into_iter().all(|at| self.image.is_cordoned(at))
    }

    /// The replication factor that `asked` (-1: the default) means. Errors: one that cannot be had.
    pub fn replication_factor(&self, asked: i16) -> Result<usize, Refusal> {
        let code = ErrorCode::InvalidReplicationFactor;
        let factor = match asked {
            -1 => self.image.broker_config().int("default.replication.factor"),
            n => i64::from(n),
        };
        if factor < 1 {
            return refuse(code, "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        let (here, cordoned) = (self.image.node(), self.is_cordoned());
        // Until replication is built a partition has one replica.
        if factor > 1 || cordoned {
            let brokers = self.image.brokers().filter(|b| b.id != here || !cordoned).count();
            return refuse(
                code,
                format!(
                    "Unable to replicate the partition {factor} time(s): The target replication factor of {factor} \
                     cannot be reached because only {brokers} broker(s) are registered or some brokers have all \
                     their log directories cordoned."
                ),
            );
        }
        Ok(1)
    }

    /// Checks one manually chosen list of replicas.
    pub fn check_assignment(&self, brokers: &[i32]) -> Result<Vec<NodeId>, Refusal> {
        let code = ErrorCode::InvalidReplicaAssignment;
        if brokers.is_empty() {
            return refuse(code, "The manual partition assignment includes an empty replica list.");
        }
        let mut seen = BTreeSet::new();
        let mut replicas = Vec::new();
        for broker in brokers {
            let known = u32::try_from(*broker).ok().map(NodeId).filter(|id| self.image.broker(*id).is_some());
            let Some(id) = known else {
                return refuse(
                    code,
                    format!(
                        "The manual partition assignment includes broker {broker}, but no such broker is registered."
                    ),
                );
            };
            if !seen.insert(id) {
                return refuse(
                    code,
                    format!("The manual partition assignment includes the broker {broker} more than once."),
                );
            }
            replicas.push(id);
        }
        Ok(replicas)
    }
}
