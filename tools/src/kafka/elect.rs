//! `kafka-leader-election`: elects preferred or unclean leaders (KIP-460).
//!
//! Owner: one process. Invariant: a partition is named as elected, as led already, or as failed, never twice.

use super::{COMMON, Json, Tool, login};
use crate::client::offsets::Partition;
use crate::client::{Client, Failure, check};
use crate::java::{DEFAULT, hash_order, partition_hash};
use crate::opts::{Options, Spec, Stop, flag, parse, value};
use crate::out::Out;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::elect_leaders_request::{ElectLeadersRequest, TopicPartitions};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    value(&["admin.config"], "Deprecated: --command-config"),
    value(&["command-config"], "Properties file for the client"),
    value(&["path-to-json-file"], "{\"partitions\":[{\"topic\":\"t\",\"partition\":0}]}"),
    value(&["topic"], "The topic of --partition"),
    value(&["partition"], "The partition"),
    flag(&["all-topic-partitions"], "Of all partitions that need it"),
    value(&["election-type"], "preferred or unclean"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "leader-election",
    about: "This tool attempts to elect a new leader for a set of topic partitions. The type of elections supported are preferred replicas and unclean replicas.",
    specs: SPECS,
    json: Json::All,
    run,
    on_failure: super::complain,
};

const FAILED: &str = "org.apache.kafka.tools.AdminCommandFailedException";

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, COMMON], args).map_err(super::as_usage)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    let (kind, name) = check_args(&o)?;
    let wanted = wanted(&o)?;
    let config = if o.has("command-config") { "command-config" } else { "admin.config" };
    let mut client = Client::connect(login(&o, config, "bootstrap-server")?)?;
    let request = ElectLeadersRequest {
        election_type: kind,
        topic_partitions: wanted.map(|all| {
            all.into_iter().map(|(topic, partitions)| TopicPartitions { topic, partitions }).collect()
        }),
        timeout_ms: 30_000,
    };
    let answer = client.any(&request)?;
    check(answer.error_code, None)?;
    let mut results: Vec<(Partition, Result<(), Failure>)> = Vec::new();
    for topic in answer.replica_election_results {
        for p in topic.partition_result {
            let done = check(p.error_code, p.error_message.as_deref());
            results.push(((topic.topic.clone(), p.partition_id), done));
        }
    }
    print(hash_order(results, DEFAULT, |(p, _)| partition_hash(&p.0, p.1)), name, out)
}

fn refused(why: impl Into<String>) -> Stop {
    Failure::of_class(FAILED, why).into()
}

fn check_args(o: &Options) -> Result<(i8, &'static str), Stop> {
    let missing: Vec<&str> =
        ["bootstrap-server", "election-type"].into_iter().filter(|name| !o.has(name)).collect();
    if !missing.is_empty() {
        return Err(refused(format!("Missing required option(s): {}", missing.join(", "))));
    }
    let ways = ["topic", "all-topic-partitions", "path-to-json-file"];
    if ways.iter().filter(|way| o.has(way)).count() != 1 {
        return Err(refused(
            "One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file",
        ));
    }
    if o.has("topic") && !o.has("partition") {
        return Err(refused("Missing required option(s): partition"));
    }
    if o.has("partition") && !o.has("topic") {
        return Err(refused("Option partition is only allowed if topic is used"));
    }
    match o.one("election-type")?.unwrap_or_default().to_ascii_lowercase().as_str() {
        "preferred" => Ok((0, "PREFERRED")),
        "unclean" => Ok((1, "UNCLEAN")),
        _ => {
            let given = o.one("election-type")?.unwrap_or_default();
            let message = format!("Cannot parse argument '{given}' of option election-type");
            let cause = format!(
                "\nCaused by: joptsimple.ValueConversionException: Value [{given}] is not one of [[PREFERRED,UNCLEAN]]"
            );
            Err(Failure::of_class("joptsimple.OptionArgumentConversionException", message + &cause).into())
        }
    }
}

/// The partitions by topic; `None` for all.
fn wanted(o: &Options) -> Result<Option<BTreeMap<String, Vec<i32>>>, Stop> {
    let mut all: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    if let Some(topic) = o.one("topic")? {
        let partition = o.number("partition")?.unwrap_or_default();
        all.insert(topic.to_owned(), vec![partition]);
        return Ok(Some(all));
    }
    let Some(path) = o.one("path-to-json-file")? else { return Ok(None) };
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::of_class("java.nio.file.NoSuchFileException", format!("{path} ({e})")))?;
    let bad = |why: &str| Failure::of_class(FAILED, format!("{path}: {why}"));
    let json: Value = serde_json::from_str(&text).map_err(|e| bad(&e.to_string()))?;
    let partitions = json.get("partitions").and_then(Value::as_array);
    for p in partitions.ok_or_else(|| bad("there is no field `partitions`"))? {
        let topic = p.get("topic").and_then(Value::as_str);
        let index = p.get("partition").and_then(Value::as_i64).and_then(|n| i32::try_from(n).ok());
        let (Some(topic), Some(index)) = (topic, index) else {
            return Err(bad("a partition lacks `topic` or `partition`").into());
        };
        let known = all.entry(topic.to_owned()).or_default();
        if known.contains(&index) {
            return Err(bad(&format!("{topic}-{index} stands twice")).into());
        }
        known.push(index);
    }
    Ok(Some(all))
}

fn print(results: Vec<(Partition, Result<(), Failure>)>, kind: &str, out: &mut Out) -> Result<(), Stop> {
    let none_needed = |e: &Failure| e.is(ErrorCode::ElectionNotNeeded);
    let failed = results.iter().filter(|(_, r)| r.as_ref().is_err_and(|e| !none_needed(e))).count();
    if out.is_json() {
        for ((topic, partition), done) in &results {
            let (state, error) = match done {
                Ok(()) => ("elected", None),
                Err(e) if none_needed(e) => ("unchanged", None),
                Err(e) => ("failed", Some(&e.message)),
            };
            out.object(&json!({"topic": topic, "partition": partition, "result": state, "error": error}));
        }
        return if failed == 0 { Ok(()) } else { Err(Stop::Exit(1)) };
    }
    let names = |fits: &dyn Fn(&Result<(), Failure>) -> bool| {
        let all = results.iter().filter(|(_, r)| fits(r)).map(|((t, p), _)| format!("{t}-{p}"));
        all.collect::<Vec<_>>().join(", ")
    };
    let elected = names(&|r| r.is_ok());
    if !elected.is_empty() {
        out.line(format!("Successfully completed leader election ({kind}) for partitions {elected}"));
    }
    let unchanged = names(&|r| r.as_ref().is_err_and(none_needed));
    if !unchanged.is_empty() {
        out.line(format!("Valid replica already elected for partitions {unchanged}"));
    }
    let mut held = String::new();
    for ((topic, partition), done) in &results {
        if let Err(e) = done
            && !none_needed(e)
        {
            out.line(format!(
                "Error completing leader election ({kind}) for partition: {topic}-{partition}: {e}"
            ));
            held += &format!("\n\tSuppressed: {e}");
        }
    }
    if failed == 0 {
        return Ok(());
    }
    Err(Failure::of_class(FAILED, format!("{failed} replica(s) could not be elected{held}")).into())
}
