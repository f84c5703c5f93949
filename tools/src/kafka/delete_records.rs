//! `kafka-delete-records`: raises the first offset of partitions (KIP-107).
//!
//! Owner: one process. Invariant: a partition is named once in the file, or nothing is deleted.

use super::{COMMON, Json, Tool, login, read_file};
use crate::client::offsets::Partition;
use crate::client::{Client, Failure, check};
use crate::java::{DEFAULT, hash_order, partition_hash};
use crate::opts::{Spec, Stop, parse, value};
use crate::out::Out;
use ringlog_wire::generated::delete_records_request::{
    DeleteRecordsPartition, DeleteRecordsRequest, DeleteRecordsTopic,
};
use serde_json::{Value, json};

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    value(
        &["offset-json-file"],
        "{\"partitions\":[{\"topic\":\"t\",\"partition\":0,\"offset\":5}],\"version\":1}; -1: to the end",
    ),
    value(&["command-config"], "Properties file for the client"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "delete-records",
    about: "This tool helps to delete records of the given partitions down to the specified offset.",
    specs: SPECS,
    json: Json::All,
    run,
    on_failure: super::complain,
};

const OPERATION: &str = "org.apache.kafka.server.common.AdminOperationException";

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, COMMON], args)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    o.require(&["bootstrap-server", "offset-json-file"])?;
    let mut client = Client::connect(login(&o, "command-config", "bootstrap-server")?)?;
    let wanted = wanted(&read_file(o.one("offset-json-file")?.unwrap_or_default())?)?;
    if !out.is_json() {
        out.line("Executing records delete operation");
    }
    let topics: Vec<String> = wanted.iter().map(|(p, _)| p.0.clone()).collect();
    let metadata = client.metadata(Some(&topics))?;
    let mut done: Vec<(Partition, Result<i64, Failure>)> = Vec::new();
    for ((topic, index), offset) in wanted {
        let found = metadata.topics.iter().find(|t| t.name.as_deref() == Some(topic.as_str()));
        let leader = found
            .and_then(|t| t.partitions.iter().find(|p| p.partition_index == index))
            .map(|p| p.leader_id)
            .filter(|l| *l >= 0)
            .ok_or_else(|| Failure::kafka(3, None));
        let low = leader.and_then(|leader| delete(&mut client, leader, (&topic, index), offset));
        done.push(((topic, index), low));
    }
    if !out.is_json() {
        out.line("Records delete operation completed:");
    }
    for ((topic, index), low) in hash_order(done, DEFAULT, |((t, p), _)| partition_hash(t, *p)) {
        match low {
            low if out.is_json() => out.object(&json!({
                "topic": topic,
                "partition": index,
                "low_watermark": low.as_ref().ok(),
                "error": low.as_ref().err().map(|e| e.message.clone()),
            })),
            Ok(low) => out.line(format!("partition: {topic}-{index}\tlow_watermark: {low}")),
            Err(e) => out.line(format!("partition: {topic}-{index}\terror: {e}")),
        }
    }
    Ok(())
}

fn delete(
    client: &mut Client,
    leader: i32,
    (topic, partition_index): (&str, i32),
    offset: i64,
) -> Result<i64, Failure> {
    let request = DeleteRecordsRequest {
        topics: vec![DeleteRecordsTopic {
            name: topic.to_owned(),
            partitions: vec![DeleteRecordsPartition { partition_index, offset }],
        }],
        timeout_ms: 60_000,
    };
    let answer = client.on(leader, &request)?;
    let found = answer.topics.first().and_then(|t| t.partitions.first());
    let found = found.ok_or_else(|| Failure::client("The broker does not say what it did".to_owned()))?;
    check(found.error_code, None)?;
    Ok(found.low_watermark)
}

/// What the file asks for. Errors: it is no such file, or names a partition twice.
fn wanted(text: &str) -> Result<Vec<(Partition, i64)>, Failure> {
    let operation = |text: &str| Failure::of_class(OPERATION, text);
    let json: Value =
        serde_json::from_str(text).map_err(|_| operation("The input string is not a valid JSON"))?;
    match json.get("version").map_or(Some(1), Value::as_i64) {
        Some(1) => {}
        other => {
            return Err(operation(&format!("Not supported version field value {}", other.unwrap_or(-1))));
        }
    }
    let partitions = json.get("partitions").ok_or_else(|| operation("Missing partitions field"))?;
    let mut all: Vec<(Partition, i64)> = Vec::new();
    let mut twice: Vec<String> = Vec::new();
    for p in partitions.as_array().map(Vec::as_slice).unwrap_or_default() {
        let missing = |name: &str| {
            Failure::of_class(
                "com.fasterxml.jackson.databind.JsonMappingException",
                format!("No such field exists: `{name}`"),
            )
        };
        let topic = p.get("topic").and_then(Value::as_str).ok_or_else(|| missing("topic"))?;
        let number = |name: &str| p.get(name).and_then(Value::as_i64).ok_or_else(|| missing(name));
        let index = i32::try_from(number("partition")?).map_err(|_| missing("partition"))?;
        let offset = number("offset")?;
        let key = (topic.to_owned(), index);
        let name = format!("{topic}-{index}");
        if all.iter().any(|(k, _)| *k == key) && !twice.contains(&name) {
            twice.push(name);
        } else {
            all.push((key, offset));
        }
    }
    if twice.is_empty() {
        return Ok(all);
    }
    Err(Failure::of_class(
        "org.apache.kafka.tools.AdminCommandFailedException",
        format!("Offset json file contains duplicate topic partitions: {}", twice.join(",")),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_named_twice_is_refused() {
        let check = |text: &str, message: &str| assert_eq!(wanted(text).unwrap_err().message, message);
        check(
            r#"{"partitions":[{"topic":"a","partition":0,"offset":1},{"topic":"a","partition":0,"offset":2}]}"#,
            "Offset json file contains duplicate topic partitions: a-0",
        );
        check("{}", "Missing partitions field");
        check(r#"{"version":2}"#, "Not supported version field value 2");
        check("nonsense", "The input string is not a valid JSON");
        let one = wanted(r#"{"partitions":[{"topic":"a","partition":0,"offset":-1}],"version":1}"#);
        assert_eq!(one, Ok(vec![(("a".to_owned(), 0), -1)]));
    }
}
