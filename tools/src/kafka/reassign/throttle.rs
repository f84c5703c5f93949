//! The throttles that a reassignment sets, and takes away when it is done: configs of topics and brokers.
//!
//! Owner: one process. Invariant: what is set here is what `clear` takes away.

use super::file::{Plan, Replica, join};
use crate::client::offsets::Partition;
use crate::client::{Client, Failure};
use crate::java::{DEFAULT, hash_order, string_hash};
use crate::kafka::describe::alter_configs;
use crate::kafka::{BROKER, TOPIC};
use crate::out::Out;
use ringlog_wire::generated::list_partition_reassignments_response::OngoingPartitionReassignment;
use std::collections::{BTreeMap, BTreeSet};

const LEADER_RATE: &str = "leader.replication.throttled.rate";
const FOLLOWER_RATE: &str = "follower.replication.throttled.rate";
const DIRECTORY_RATE: &str = "replica.alter.log.dirs.io.max.bytes.per.second";
const LEADER_REPLICAS: &str = "leader.replication.throttled.replicas";
const FOLLOWER_REPLICAS: &str = "follower.replication.throttled.replicas";

/// Brokers that a partition is copied from, and to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Move {
    from: BTreeSet<i32>,
    to: BTreeSet<i32>,
}

fn alter_broker(
    client: &mut Client,
    broker: i32,
    configs: impl IntoIterator<Item = (&'static str, Option<String>)>,
) -> Result<(), Failure> {
    let configs = configs.into_iter().map(|(name, value)| (name.to_owned(), value));
    alter_configs(client, (BROKER, &broker.to_string()), configs, Some(broker))
}

/// `values`: of the throttled leaders and followers.
fn alter_topic(client: &mut Client, topic: &str, values: [Option<String>; 2]) -> Result<(), Failure> {
    let names = [LEADER_REPLICAS, FOLLOWER_REPLICAS].map(ToOwned::to_owned);
    alter_configs(client, (TOPIC, topic), names.into_iter().zip(values), None)
}

/// Takes all throttles away: of the live brokers and those of the plan, and of the plan's topics.
pub fn clear(client: &mut Client, plan: &Plan, out: &mut Out) -> Result<(), Failure> {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    client.metadata(Some(&[]))?;
    let mut brokers: BTreeSet<i32> = client.brokers().keys().copied().collect();
    brokers.extend(plan.partitions.iter().flat_map(|(_, replicas)| replicas));
    let brokers = hash_order(brokers.into_iter().collect(), DEFAULT, |id| *id);
    out.line(format!(
        "Clearing broker-level throttles on broker{} {}",
        plural(brokers.len()),
        join(&brokers, ",")
    ));
    for broker in brokers {
        alter_broker(client, broker, [LEADER_RATE, FOLLOWER_RATE, DIRECTORY_RATE].map(|name| (name, None)))?;
    }
    let topics: BTreeSet<&str> = plan.partitions.iter().map(|((topic, _), _)| topic.as_str()).collect();
    let topics = hash_order(topics.into_iter().collect(), DEFAULT, |name| string_hash(name));
    out.line(format!("Clearing topic-level throttles on topic{} {}", plural(topics.len()), topics.join(",")));
    for topic in topics {
        alter_topic(client, topic, [None, None])?;
    }
    Ok(())
}

/// Throttles the brokers that `plan` and what goes on already move partitions between, to `rate` bytes a second.
pub fn between_brokers(
    client: &mut Client,
    ongoing: &BTreeMap<Partition, OngoingPartitionReassignment>,
    current: &BTreeMap<Partition, Vec<i32>>,
    (plan, rate): (&Plan, i64),
    out: &mut Out,
) -> Result<(), Failure> {
    let moves = moves(ongoing, current, plan);
    let mut topics: BTreeMap<&str, [BTreeSet<String>; 2]> = BTreeMap::new();
    for ((topic, index), Move { from, to }) in &moves {
        let [leaders, followers] = topics.entry(topic.as_str()).or_default();
        leaders.extend(from.iter().map(|id| format!("{index}:{id}")));
        followers.extend(to.difference(from).map(|id| format!("{index}:{id}")));
    }
    for (topic, sides) in topics {
        alter_topic(client, topic, sides.map(|of| Some(of.into_iter().collect::<Vec<_>>().join(","))))?;
    }
    let brokers: BTreeSet<i32> = moves.values().flat_map(|m| m.from.union(&m.to).copied()).collect();
    for broker in brokers {
        let rates = [LEADER_RATE, FOLLOWER_RATE].map(|name| (name, Some(rate.to_string())));
        alter_broker(client, broker, rates)?;
    }
    out.line(format!("The inter-broker throttle limit was set to {rate} B/s"));
    Ok(())
}

/// Throttles what brokers copy between their own directories, to `rate` bytes a second.
pub fn between_directories<'a>(
    client: &mut Client,
    replicas: impl Iterator<Item = &'a Replica>,
    rate: i64,
    out: &mut Out,
) -> Result<(), Failure> {
    let brokers: BTreeSet<i32> = replicas.map(|(_, broker)| *broker).collect();
    for broker in brokers {
        alter_broker(client, broker, [(DIRECTORY_RATE, Some(rate.to_string()))])?;
    }
    out.line(format!("The replica-alter-dir throttle limit was set to {rate} B/s"));
    Ok(())
}

/// What moves: all that does already, and what the plan adds or changes.
fn moves(
    ongoing: &BTreeMap<Partition, OngoingPartitionReassignment>,
    current: &BTreeMap<Partition, Vec<i32>>,
    plan: &Plan,
) -> BTreeMap<Partition, Move> {
    let going = |p: &OngoingPartitionReassignment| {
        let to: BTreeSet<i32> = p.adding_replicas.iter().copied().collect();
        Move { from: p.replicas.iter().copied().filter(|id| !to.contains(id)).collect(), to }
    };
    let mut all: BTreeMap<Partition, Move> = ongoing.iter().map(|(p, r)| (p.clone(), going(r))).collect();
    for (partition, replicas) in &plan.partitions {
        let from = match all.get(partition) {
            Some(going) => going.from.clone(),
            None => current.get(partition).into_iter().flatten().copied().collect(),
        };
        let to = replicas.iter().copied().filter(|id| !from.contains(id)).collect();
        all.insert(partition.clone(), Move { from, to });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_moves_from_where_a_partition_was_before_anything_moved() {
        let at = |index| ("t".to_owned(), index);
        let ongoing = BTreeMap::from([(
            at(0),
            OngoingPartitionReassignment {
                partition_index: 0,
                replicas: vec![1, 2, 3],
                adding_replicas: vec![3],
                removing_replicas: vec![1],
            },
        )]);
        let current = BTreeMap::from([(at(0), vec![1, 2, 3]), (at(1), vec![1])]);
        let plan = Plan { partitions: vec![(at(0), vec![2, 4]), (at(1), vec![1])], ..Plan::default() };
        let found = moves(&ongoing, &current, &plan);
        assert_eq!(found[&at(0)], Move { from: [1, 2].into(), to: [4].into() });
        assert_eq!(found[&at(1)], Move { from: [1].into(), to: [].into() });
        let alone = moves(&ongoing, &current, &Plan::default());
        assert_eq!(alone[&at(0)], Move { from: [1, 2].into(), to: [3].into() });
    }
}
