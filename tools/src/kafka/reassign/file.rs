//! The JSON files of `kafka-reassign-partitions`: what is to be moved, and what it prints to be used as one.
//!
//! Owner: one process, pure. Invariants: a partition keeps its place in the file; what is printed can be read back.

use crate::client::Failure;
use crate::client::offsets::Partition;
use crate::java::{DEFAULT, hash_order, partition_hash, string_hash};
use serde_json::Value;
use std::collections::BTreeMap;

/// A partition on a broker.
pub type Replica = (Partition, i32);

const ANY: &str = "any";
const OPERATION: &str = "org.apache.kafka.tools.AdminOperationException";
const FAILED: &str = "org.apache.kafka.tools.AdminCommandFailedException";
const MAPPING: &str = "com.fasterxml.jackson.databind.JsonMappingException";

/// What a file asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// The brokers of each partition, in the file's order; a partition may stand twice.
    pub partitions: Vec<(Partition, Vec<i32>)>,
    /// The directories of the replicas that are to have a certain one.
    pub directories: BTreeMap<Replica, String>,
}

/// The Java tool's way to say that it does not do what is asked for.
pub fn refused(why: impl Into<String>) -> Failure {
    Failure::of_class(FAILED, why)
}

/// Java's text of a replica.
pub fn name((partition, broker): &Replica) -> String {
    format!("{}-{broker}", partition_name(partition))
}

/// Java's text of a partition.
pub fn partition_name((topic, index): &Partition) -> String {
    format!("{topic}-{index}")
}

/// Numbers with `between` between them.
pub fn join<T: ToString>(items: &[T], between: &str) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

/// What occurs more than once, in the order of a Java hash set.
fn twice<T: Clone + PartialEq>(items: &[T], hash: impl Fn(&T) -> i32) -> Vec<T> {
    let mut found: Vec<T> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if items.iter().take(at).any(|earlier| earlier == item) && !found.contains(item) {
            found.push(item.clone());
        }
    }
    hash_order(found, DEFAULT, hash)
}

fn expected(what: &str, got: &Value) -> Failure {
    Failure::of_class(MAPPING, format!("Expected {what}, received {got}"))
}

fn field<'a>(object: &'a Value, name: &str) -> Result<&'a Value, Failure> {
    let fields = object.as_object().ok_or_else(|| expected("JSON object", object))?;
    fields.get(name).ok_or_else(|| Failure::of_class(MAPPING, format!("No such field exists: `{name}`")))
}

fn text(value: &Value) -> Result<String, Failure> {
    value.as_str().map(ToOwned::to_owned).ok_or_else(|| expected("`String` value", value))
}

fn int(value: &Value) -> Result<i32, Failure> {
    let number = value.as_i64().and_then(|n| i32::try_from(n).ok());
    number.ok_or_else(|| expected("`Integer` value", value))
}

fn list<T>(value: &Value, one: impl Fn(&Value) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    value.as_array().ok_or_else(|| expected("JSON array", value))?.iter().map(one).collect()
}

/// The items of `name` in a file of version 1; none if there is no such field.
fn items<'a>(json: &'a Value, name: &str) -> Result<&'a [Value], Failure> {
    let fields = json.as_object().ok_or_else(|| expected("JSON object", json))?;
    match fields.get("version").map_or(Ok(1), int)? {
        1 => {}
        other => {
            return Err(Failure::of_class(OPERATION, format!("Not supported version field value {other}")));
        }
    }
    match fields.get(name) {
        None => Ok(&[]),
        Some(value) => value.as_array().map(Vec::as_slice).ok_or_else(|| expected("JSON array", value)),
    }
}

/// Reads `--reassignment-json-file`. Errors: it is no such file.
pub fn plan(content: &str) -> Result<Plan, Failure> {
    let json: Value = serde_json::from_str(content).map_err(|e| {
        let cause = format!("com.fasterxml.jackson.core.JsonParseException: {e}");
        Failure::of_class(OPERATION, format!("{cause}\nCaused by: {cause}"))
    })?;
    let mut plan = Plan::default();
    for item in items(&json, "partitions")? {
        let topic = text(field(item, "topic")?)?;
        let index = int(field(item, "partition")?)?;
        let replicas = list(field(item, "replicas")?, int)?;
        let directories = match item.get("log_dirs") {
            Some(given) => list(given, text)?,
            None => vec![ANY.to_owned(); replicas.len()],
        };
        if replicas.len() != directories.len() {
            return Err(refused(format!(
                "Size of replicas list [{}] is different from size of log dirs list [{}] for partition {topic}-{index}",
                join(&replicas, ", "),
                directories.join(", ")
            )));
        }
        for (broker, directory) in replicas.iter().zip(directories) {
            if directory != ANY {
                plan.directories.insert(((topic.clone(), index), *broker), directory);
            }
        }
        plan.partitions.push(((topic, index), replicas));
    }
    Ok(plan)
}

/// What `--execute` demands of a plan: partitions and brokers, each once.
pub fn check_plan(plan: &Plan) -> Result<(), Failure> {
    if plan.partitions.is_empty() {
        return Err(refused("Partition reassignment list cannot be empty"));
    }
    if plan.partitions.iter().any(|(_, replicas)| replicas.is_empty()) {
        return Err(refused("Partition replica list cannot be empty"));
    }
    let all: Vec<Partition> = plan.partitions.iter().map(|(p, _)| p.clone()).collect();
    let repeated = twice(&all, |p| partition_hash(&p.0, p.1));
    if !repeated.is_empty() {
        let names: Vec<String> = repeated.iter().map(partition_name).collect();
        return Err(refused(format!(
            "Partition reassignment contains duplicate topic partitions: {}",
            names.join(",")
        )));
    }
    let repeated: Vec<String> = plan
        .partitions
        .iter()
        .map(|(partition, replicas)| (partition, twice(replicas, |id| *id)))
        .filter(|(_, brokers)| !brokers.is_empty())
        .map(|(p, brokers)| {
            format!("{} contains multiple entries for {}", partition_name(p), join(&brokers, ","))
        })
        .collect();
    if repeated.is_empty() {
        return Ok(());
    }
    Err(refused(format!(
        "Partition replica lists may not contain duplicate entries: {}",
        repeated.join(". ")
    )))
}

/// Reads `--broker-list`. Errors: it has what is no number, or a broker twice.
pub fn brokers(list: &str) -> Result<Vec<i32>, Failure> {
    let number = |text: &str| {
        text.parse().map_err(|_| {
            Failure::of_class("java.lang.NumberFormatException", format!("For input string: \"{text}\""))
        })
    };
    let all = list.split(',').map(number).collect::<Result<Vec<i32>, _>>()?;
    let repeated = twice(&all, |id| *id);
    if repeated.is_empty() {
        return Ok(all);
    }
    Err(refused(format!("Broker list contains duplicate entries: [{}]", join(&repeated, ", "))))
}

/// Reads `--topics-to-move-json-file`. Errors: it is no such file, or has a topic twice.
pub fn topics(content: &str) -> Result<Vec<String>, Failure> {
    let json: Value = serde_json::from_str(content)
        .map_err(|_| Failure::of_class(OPERATION, "The input string is not a valid JSON"))?;
    let names = items(&json, "topics")?.iter().map(|item| text(field(item, "topic")?));
    let all = names.collect::<Result<Vec<String>, _>>()?;
    let repeated = twice(&all, |name| string_hash(name));
    if repeated.is_empty() {
        return Ok(all);
    }
    Err(refused(format!("List of topics to reassign contains duplicate entries: [{}]", repeated.join(", "))))
}

/// The JSON that `--execute` takes; a replica without a known directory may be in any.
pub fn json(assignment: &BTreeMap<Partition, Vec<i32>>, directories: &BTreeMap<Replica, String>) -> String {
    let quoted = |s: &str| Value::from(s).to_string();
    let partitions: Vec<String> = assignment
        .iter()
        .map(|(partition, replicas)| {
            let of = |broker: &i32| {
                directories.get(&(partition.clone(), *broker)).map_or_else(|| quoted(ANY), |d| quoted(d))
            };
            format!(
                r#"{{"topic":{},"partition":{},"replicas":[{}],"log_dirs":[{}]}}"#,
                quoted(&partition.0),
                partition.1,
                join(replicas, ","),
                replicas.iter().map(of).collect::<Vec<_>>().join(",")
            )
        })
        .collect();
    format!(r#"{{"version":1,"partitions":[{}]}}"#, partitions.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &str, message: &str) {
        let found = plan(content).and_then(|p| check_plan(&p));
        assert_eq!(found.unwrap_err().message.lines().next(), Some(message), "{content}");
    }
    fn one(rest: &str) -> String {
        format!(r#"{{"partitions":[{{"topic":"a","partition":0,{rest}}}],"version":1}}"#)
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_as_the_java_tool_says_it() {
        check("{}", "Partition reassignment list cannot be empty");
        check(r#"{"version":2}"#, "Not supported version field value 2");
        check("[1]", "Expected JSON object, received [1]");
        check(&one(r#""replicas":[]"#), "Partition replica list cannot be empty");
        check(&one(r#""replica":[1]"#), "No such field exists: `replicas`");
        check(&one(r#""replicas":["x"]"#), "Expected `Integer` value, received \"x\"");
        check(
            &one(r#""replicas":[1,2],"log_dirs":["any"]"#),
            "Size of replicas list [1, 2] is different from size of log dirs list [any] for partition a-0",
        );
        check(
            &one(r#""replicas":[2,1,2]"#),
            "Partition replica lists may not contain duplicate entries: a-0 contains multiple entries for 2",
        );
        check(
            r#"{"partitions":[{"topic":"a","partition":0,"replicas":[1]},{"topic":"a","partition":0,"replicas":[2]}]}"#,
            "Partition reassignment contains duplicate topic partitions: a-0",
        );
    }

    #[test]
    fn what_is_printed_can_be_read_back() {
        let replica = (("a\"b".to_owned(), 3), 1);
        let assignment = BTreeMap::from([(replica.0.clone(), vec![1, 2])]);
        let directories = BTreeMap::from([(replica, "/d".to_owned())]);
        let read = plan(&json(&assignment, &directories)).unwrap();
        assert_eq!(read.partitions, assignment.into_iter().collect::<Vec<_>>());
        assert_eq!(read.directories, directories);
    }

    #[test]
    fn brokers_and_topics_are_named_once() {
        assert_eq!(brokers("1,2").unwrap(), [1, 2]);
        assert_eq!(brokers("1,x").unwrap_err().message, "For input string: \"x\"");
        assert_eq!(brokers("2,1,2").unwrap_err().message, "Broker list contains duplicate entries: [2]");
        assert_eq!(topics(r#"{"topics":[{"topic":"a"}]}"#).unwrap(), ["a"]);
        assert_eq!(topics("{").unwrap_err().message, "The input string is not a valid JSON");
        assert_eq!(
            topics(r#"{"topics":[{"topic":"a"},{"topic":"a"}]}"#).unwrap_err().message,
            "List of topics to reassign contains duplicate entries: [a]"
        );
    }
}
