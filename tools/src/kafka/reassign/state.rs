//! How far a reassignment is: what goes on (`--list`), and what a plan has come to (`--verify`).
//!
//! Owner: one process. Invariant: throttles are taken away only when nothing goes on any more.

use super::file::{Plan, Replica, name, partition_name};
use super::place::{self, Place, ids};
use super::throttle;
use crate::client::offsets::Partition;
use crate::client::{Client, Failure, check};
use crate::opts::Stop;
use crate::out::Out;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::list_partition_reassignments_request::{
    ListPartitionReassignmentsRequest, ListPartitionReassignmentsTopics,
};
use ringlog_wire::generated::list_partition_reassignments_response::OngoingPartitionReassignment;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The reassignments that go on: all, or those of `only`.
pub fn ongoing(
    client: &mut Client,
    only: Option<&BTreeSet<Partition>>,
) -> Result<BTreeMap<Partition, OngoingPartitionReassignment>, Failure> {
    let topics = only.map(|only| {
        let mut topics: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
        for (topic, index) in only {
            topics.entry(topic).or_default().push(*index);
        }
        let of = |(name, partition_indexes): (&str, Vec<i32>)| ListPartitionReassignmentsTopics {
            name: name.to_owned(),
            partition_indexes,
        };
        topics.into_iter().map(of).collect()
    });
    let answer = client.any(&ListPartitionReassignmentsRequest { timeout_ms: 60_000, topics })?;
    check(answer.error_code, answer.error_message.as_deref())?;
    let mut all = BTreeMap::new();
    for topic in answer.topics {
        all.extend(topic.partitions.into_iter().map(|p| ((topic.name.clone(), p.partition_index), p)));
    }
    Ok(all)
}

/// Prints what goes on.
pub fn list(client: &mut Client, out: &mut Out) -> Result<(), Stop> {
    let all = ongoing(client, None)?;
    if out.is_json() {
        for ((topic, partition), r) in &all {
            out.object(&json!({
                "topic": topic,
                "partition": partition,
                "replicas": r.replicas,
                "adding": r.adding_replicas,
                "removing": r.removing_replicas,
            }));
        }
        return Ok(());
    }
    out.line(if all.is_empty() {
        "No partition reassignments found."
    } else {
        "Current partition reassignments:"
    });
    all.iter().for_each(|(partition, r)| out.line(going(partition, r)));
    Ok(())
}

fn going(partition: &Partition, r: &OngoingPartitionReassignment) -> String {
    let part = |word: &str, of: &[i32]| {
        if of.is_empty() { String::new() } else { format!(" {word}: {}.", ids(of)) }
    };
    let (adding, removing) = (part("adding", &r.adding_replicas), part("removing", &r.removing_replicas));
    format!("{}: replicas: {}.{adding}{removing}", partition_name(partition), ids(&r.replicas))
}

/// What a partition of a plan has come to.
#[derive(Clone, PartialEq, Eq, Debug)]
struct State {
    current: Vec<i32>,
    target: Vec<i32>,
    done: bool,
}

impl State {
    fn text(&self, partition: &Partition) -> String {
        let shown = partition_name(partition);
        match (self.done, self.current == self.target) {
            (false, _) => format!("Reassignment of partition {shown} is still in progress."),
            (true, true) => format!("Reassignment of partition {shown} is completed."),
            (true, false) => format!(
                "There is no active reassignment of partition {shown}, but replica set is {} rather than {}.",
                ids(&self.current),
                ids(&self.target)
            ),
        }
    }
}

/// Says how far `plan` is, and takes the throttles away if nothing goes on (and `preserve` does not forbid it).
pub fn verify(client: &mut Client, plan: &Plan, preserve: bool, out: &mut Out) -> Result<(), Stop> {
    let going_on = ongoing(client, None)?;
    let mut states: BTreeMap<Partition, State> = BTreeMap::new();
    for (partition, target) in &plan.partitions {
        let (current, done) = match going_on.get(partition) {
            Some(r) => (r.replicas.clone(), false),
            None => (replicas(client, partition)?, true),
        };
        states.insert(partition.clone(), State { current, target: target.clone(), done });
    }
    if !out.is_json() {
        out.line("Status of partition reassignment:");
    }
    for (partition, state) in &states {
        if out.is_json() {
            out.object(&json!({
                "topic": partition.0, "partition": partition.1,
                "done": state.done, "replicas": state.current, "target": state.target,
            }));
        } else {
            out.line(state.text(partition));
        }
    }
    let places = place::directories(client, plan.directories.keys().cloned())?;
    // As Java's comparator has it: by broker first.
    let mut moves: Vec<(&Replica, &Place)> = places.iter().collect();
    moves.sort_by(|(a, _), (b, _)| (a.1, &a.0).cmp(&(b.1, &b.0)));
    if moves.is_empty() && !out.is_json() {
        out.line("");
    }
    let mut moving = false;
    for (replica, place) in moves {
        let target = plan.directories.get(replica).map_or("", String::as_str);
        moving |= place.current.is_some() && place.future.is_some();
        if out.is_json() {
            out.object(&moved(replica, place, target));
        } else {
            out.line(move_text(replica, place, target));
        }
    }
    if going_on.is_empty() && !moving && !preserve {
        throttle::clear(client, plan, out)?;
    }
    Ok(())
}

/// The brokers of a partition; none if it does not exist.
fn replicas(client: &mut Client, partition: &Partition) -> Result<Vec<i32>, Failure> {
    match place::replicas_of(client, BTreeSet::from([partition.0.clone()])) {
        Ok(mut all) => {
            let count = all.len();
            match (all.remove(partition), usize::try_from(partition.1)) {
                (Some(found), _) => Ok(found),
                // The number behind the last is a slip of the Java tool; those above it are not there.
                (None, Ok(index)) if index == count => Err(Failure::of_class(
                    "java.lang.IndexOutOfBoundsException",
                    format!("Index {index} out of bounds for length {count}"),
                )),
                (None, _) => Ok(Vec::new()),
            }
        }
        Err(e) if e.is(ErrorCode::UnknownTopicOrPartition) => Ok(Vec::new()),
        Err(e) => Err(e),
    }
}

fn moved((partition, broker): &Replica, place: &Place, target: &str) -> Value {
    json!({
        "topic": partition.0, "partition": partition.1, "broker": broker,
        "directory": place.current, "future_directory": place.future, "target_directory": target,
    })
}

fn move_text(replica: &Replica, place: &Place, target: &str) -> String {
    let (partition, broker) = (partition_name(&replica.0), replica.1);
    match (&place.current, &place.future) {
        (None, _) => format!(
            "Partition {partition} is not found in any live log dir on broker {broker}. There is likely an offline log directory on the broker."
        ),
        (Some(current), None) if current == target => {
            format!("Reassignment of replica {} completed successfully.", name(replica))
        }
        (Some(current), None) => format!(
            "Partition {partition} on broker {broker} is not being moved from log dir {current} to {target}."
        ),
        (Some(_), Some(future)) if future == target => {
            format!("Reassignment of replica {} is still in progress.", name(replica))
        }
        (Some(_), Some(future)) => format!(
            "Partition {partition} on broker {broker} is being moved to log dir {future} instead of {target}."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_said_as_the_java_tool_says_them() {
        let at = ("t".to_owned(), 3);
        let state = |current: &[i32], done| State { current: current.to_vec(), target: vec![1, 2], done };
        assert_eq!(state(&[1, 2], true).text(&at), "Reassignment of partition t-3 is completed.");
        assert_eq!(state(&[1], false).text(&at), "Reassignment of partition t-3 is still in progress.");
        assert_eq!(
            state(&[2, 1], true).text(&at),
            "There is no active reassignment of partition t-3, but replica set is 2,1 rather than 1,2."
        );
        let going_on = OngoingPartitionReassignment {
            partition_index: 3,
            replicas: vec![1, 2],
            adding_replicas: vec![2],
            removing_replicas: vec![],
        };
        assert_eq!(going(&at, &going_on), "t-3: replicas: 1,2. adding: 2.");
    }

    #[test]
    fn moves_between_directories_are_told_by_where_the_replica_is() {
        let replica = (("t".to_owned(), 3), 7);
        let check = |current: Option<&str>, future: Option<&str>, text: &str| {
            let own = |s: Option<&str>| s.map(ToOwned::to_owned);
            let place = Place { current: own(current), future: own(future) };
            assert_eq!(move_text(&replica, &place, "/b"), text);
        };
        check(Some("/b"), None, "Reassignment of replica t-3-7 completed successfully.");
        check(Some("/a"), None, "Partition t-3 on broker 7 is not being moved from log dir /a to /b.");
        check(Some("/a"), Some("/b"), "Reassignment of replica t-3-7 is still in progress.");
        check(
            Some("/a"),
            Some("/c"),
            "Partition t-3 on broker 7 is being moved to log dir /c instead of /b.",
        );
        check(
            None,
            None,
            "Partition t-3 is not found in any live log dir on broker 7. There is likely an offline log directory on the broker.",
        );
    }
}
