//! Where partitions are, and where `--generate` proposes to have them.
//!
//! Owner: one process. Invariants: a topic that does not exist ends the command; a proposal names each broker at most
//! once for a partition.

use super::file::{Replica, join};
use crate::client::offsets::Partition;
use crate::client::{Client, Failure, check};
use crate::java::{DEFAULT, hash_order, partition_hash, string_hash};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::describe_log_dirs_request::{DescribableLogDirTopic, DescribeLogDirsRequest};
use std::collections::{BTreeMap, BTreeSet};

/// The directories of a replica.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// Where it is; `None` if no live directory has it.
    pub current: Option<String>,
    /// Where it is being moved to.
    pub future: Option<String>,
}

/// The replicas of all partitions of `topics`.
///
/// Errors: a topic does not exist.
pub fn replicas_of(
    client: &mut Client,
    topics: BTreeSet<String>,
) -> Result<BTreeMap<Partition, Vec<i32>>, Failure> {
    let names: Vec<String> = hash_order(topics.into_iter().collect(), DEFAULT, |name| string_hash(name));
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let metadata = client.metadata(Some(&names))?;
    let mut all = BTreeMap::new();
    for name in names {
        let topic = metadata.topics.iter().find(|t| t.name.as_ref() == Some(&name));
        let failed = topic.map_or_else(|| check(3, None), |t| check(t.error_code, None)).err();
        match (failed, topic) {
            (Some(e), _) if e.is(ErrorCode::UnknownTopicOrPartition) => {
                return Err(Failure::kafka(3, Some(&format!("Topic {name} not found."))));
            }
            (Some(e), _) => return Err(e),
            (None, Some(t)) => all.extend(
                t.partitions.iter().map(|p| ((name.clone(), p.partition_index), p.replica_nodes.clone())),
            ),
            (None, None) => {}
        }
    }
    Ok(all)
}

/// The replicas of `wanted`. Errors: a partition does not exist.
pub fn replicas_of_partitions(
    client: &mut Client,
    wanted: &BTreeSet<Partition>,
) -> Result<BTreeMap<Partition, Vec<i32>>, Failure> {
    let mut all = replicas_of(client, wanted.iter().map(|(topic, _)| topic.clone()).collect())?;
    all.retain(|partition, _| wanted.contains(partition));
    let missing: Vec<Partition> = wanted.iter().filter(|p| !all.contains_key(p)).cloned().collect();
    if missing.is_empty() {
        return Ok(all);
    }
    let missing = hash_order(missing, DEFAULT, |p| partition_hash(&p.0, p.1));
    let names: Vec<String> = missing.iter().map(super::file::partition_name).collect();
    Err(Failure::kafka(3, Some(&format!("Unable to find partition: {}", names.join(", ")))))
}

/// Where replicas lie; every one of `wanted` is in the answer. One request for each broker.
pub fn directories(
    client: &mut Client,
    wanted: impl Iterator<Item = Replica>,
) -> Result<BTreeMap<Replica, Place>, Failure> {
    let mut all: BTreeMap<Replica, Place> = wanted.map(|replica| (replica, Place::default())).collect();
    let brokers: BTreeSet<i32> = all.keys().map(|(_, broker)| *broker).collect();
    for broker in brokers {
        let mut topics: BTreeMap<String, Vec<i32>> = BTreeMap::new();
        for ((topic, index), _) in all.keys().filter(|(_, on)| *on == broker) {
            topics.entry(topic.clone()).or_default().push(*index);
        }
        let of = |(topic, partitions)| DescribableLogDirTopic { topic, partitions };
        let request = DescribeLogDirsRequest { topics: Some(topics.into_iter().map(of).collect()) };
        let answer = client.on(broker, &request)?;
        check(answer.error_code, None)?;
        for directory in answer.results.iter().filter(|d| d.error_code == 0) {
            for topic in &directory.topics {
                for p in &topic.partitions {
                    let replica = ((topic.name.clone(), p.partition_index), broker);
                    let Some(place) = all.get_mut(&replica) else { continue };
                    let side = if p.is_future_key { &mut place.future } else { &mut place.current };
                    *side = Some(directory.log_dir.clone());
                }
            }
        }
    }
    Ok(all)
}

/// The directories of all replicas of `assignment` whose brokers live, as far as they are known.
pub fn current_directories(
    client: &mut Client,
    assignment: &BTreeMap<Partition, Vec<i32>>,
) -> Result<BTreeMap<Replica, String>, Failure> {
    let live: BTreeSet<i32> = client.brokers().keys().copied().collect();
    let replicas = assignment.iter().flat_map(|(p, on)| on.iter().map(|broker| (p.clone(), *broker)));
    let found = directories(client, replicas.filter(|(_, broker)| live.contains(broker)))?;
    Ok(found.into_iter().filter_map(|(replica, place)| Some((replica, place.current?))).collect())
}

/// Proposes brokers for every partition of `current`: as many as the topic's first partition has, turn by turn.
///
/// `brokers`: id and rack. The Java tool begins at a broker of chance, so that for several the two differ.
/// Errors: there are fewer brokers than replicas.
pub fn propose(
    current: &BTreeMap<Partition, Vec<i32>>,
    brokers: &[(i32, Option<String>)],
) -> Result<BTreeMap<Partition, Vec<i32>>, Failure> {
    let turn = by_racks(brokers);
    let mut wanted: BTreeMap<&str, usize> = BTreeMap::new();
    let mut proposed = BTreeMap::new();
    for (partition, replicas) in current {
        let wanted = *wanted.entry(&partition.0).or_insert(replicas.len());
        if wanted > turn.len() {
            return Err(Failure::of_class(
                "org.apache.kafka.common.errors.InvalidReplicationFactorException",
                format!(
                    "The target replication factor of {wanted} cannot be reached because only {} broker(s) are registered.",
                    turn.len()
                ),
            ));
        }
        let start = usize::try_from(partition.1).unwrap_or(0) % turn.len().max(1);
        let rotated = turn.iter().cycle().skip(start).take(turn.len());
        proposed.insert(partition.clone(), pick(rotated, wanted));
    }
    Ok(proposed)
}

/// `wanted` of `brokers`: the first of each rack, then the rest.
fn pick<'a>(brokers: impl Iterator<Item = &'a (i32, Option<String>)>, wanted: usize) -> Vec<i32> {
    let mut racks = BTreeSet::new();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for (id, rack) in brokers {
        let new = rack.as_ref().is_none_or(|rack| racks.insert(rack));
        if new { first.push(*id) } else { rest.push(*id) }
    }
    first.extend(rest);
    first.truncate(wanted);
    first
}

/// Brokers by their ids, neighbours on different racks as far as that goes.
fn by_racks(brokers: &[(i32, Option<String>)]) -> Vec<(i32, Option<String>)> {
    let mut racks: BTreeMap<Option<String>, Vec<i32>> = BTreeMap::new();
    for (id, rack) in brokers {
        racks.entry(rack.clone()).or_default().push(*id);
    }
    let longest = racks.values().map(Vec::len).max().unwrap_or(0);
    racks.values_mut().for_each(|ids| ids.sort_unstable());
    let row = |at: usize| {
        let ids = racks.iter().filter_map(move |(rack, ids)| Some((*ids.get(at)?, rack.clone())));
        ids.collect::<Vec<_>>()
    };
    (0..longest).flat_map(row).collect()
}

/// Finds the brokers of `wanted` that live, with their racks if `racks`.
///
/// Errors: only some of them have a rack.
pub fn usable(
    client: &mut Client,
    wanted: &[i32],
    racks: bool,
) -> Result<Vec<(i32, Option<String>)>, Failure> {
    client.metadata(Some(&[]))?;
    let live = client.brokers().values().filter(|b| wanted.contains(&b.node_id));
    let found: Vec<_> = live.map(|b| (b.node_id, b.rack.clone().filter(|_| racks))).collect();
    let without = found.iter().filter(|(_, rack)| rack.is_none()).count();
    if racks && without != 0 && without != found.len() {
        return Err(Failure::of_class(
            "org.apache.kafka.tools.AdminOperationException",
            "Not all brokers have rack information. Add --disable-rack-aware in command line to make replica assignment without rack information.",
        ));
    }
    Ok(found)
}

/// Errors: one of `wanted` is no broker of the cluster.
pub fn check_brokers(client: &mut Client, wanted: BTreeSet<i32>) -> Result<(), Failure> {
    client.metadata(Some(&[]))?;
    let unknown = hash_order(wanted.into_iter().collect(), DEFAULT, |id| *id);
    match unknown.iter().find(|id| !client.brokers().contains_key(id)) {
        Some(id) => Err(super::file::refused(format!("Unknown broker id {id}"))),
        None => Ok(()),
    }
}

/// Text of the brokers of a partition.
pub fn ids(replicas: &[i32]) -> String {
    join(replicas, ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brokers(of: &[(i32, &str)]) -> Vec<(i32, Option<String>)> {
        of.iter().map(|(id, rack)| (*id, Some((*rack).to_owned()).filter(|r| !r.is_empty()))).collect()
    }
    fn three(replicas: &[i32]) -> BTreeMap<Partition, Vec<i32>> {
        (0..3).map(|index| (("t".to_owned(), index), replicas.to_vec())).collect()
    }

    #[test]
    fn replicas_go_round_the_brokers_and_over_the_racks() {
        let plain = propose(&three(&[1, 2]), &brokers(&[(3, ""), (1, ""), (2, "")])).unwrap();
        assert_eq!(plain.into_values().collect::<Vec<_>>(), [[1, 2], [2, 3], [3, 1]]);
        let racks = propose(&three(&[1, 2]), &brokers(&[(1, "a"), (2, "a"), (3, "b")])).unwrap();
        for replicas in racks.values() {
            assert!(replicas.contains(&3), "one of each rack: {racks:?}");
        }
    }

    #[test]
    fn too_few_brokers_are_said() {
        let why = propose(&three(&[1, 2]), &brokers(&[(1, "")])).unwrap_err().message;
        assert!(why.ends_with("of 2 cannot be reached because only 1 broker(s) are registered."), "{why}");
        let none = propose(&three(&[1]), &[]).unwrap_err().message;
        assert!(none.contains("only 0 broker(s)"), "{none}");
    }
}
