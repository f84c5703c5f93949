//! `kafka-log-dirs`: what lies in the log directories of brokers, as JSON.
//!
//! Owner: one process. Invariant: the order of fields and of partitions is that of Java's hash maps.

use crate::client::{Client, Failure};
use crate::java::{DEFAULT, hash_order, partition_hash, string_hash};
use crate::kafka::shape::positive;
use crate::kafka::{COMMON, Json, Tool, login};
use crate::opts::{Spec, Stop, flag, parse, value};
use crate::out::Out;
use ringlog_wire::generated::describe_log_dirs_request::DescribeLogDirsRequest;
use ringlog_wire::generated::describe_log_dirs_response::DescribeLogDirsResult;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    value(&["command-config"], "Properties file for the client"),
    flag(&["describe"], "Print the directories"),
    value(&["topic-list"], "Only these topics"),
    value(&["broker-list"], "Only these brokers"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "log-dirs",
    about: "This tool helps to query log directory usage on the specified brokers.",
    specs: SPECS,
    json: Json::All,
    run,
    on_failure: |out, failure, _| {
        // Brokers that do not exist are said in one line.
        if failure.message.starts_with("ERROR: ") {
            out.complain(&failure.message);
        } else {
            super::complain(out, failure, &[]);
        }
    },
};

fn list(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(',').filter(|s| !s.is_empty())
}

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, COMMON], args)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    o.require(&["bootstrap-server", "describe"])?;
    let topics: BTreeSet<&str> = list(o.one("topic-list")?).collect();
    let wanted = list(o.one("broker-list")?).map(|b| {
        b.parse::<i32>().map_err(|_| {
            Failure::of_class("java.lang.NumberFormatException", format!("For input string: \"{b}\""))
        })
    });
    let wanted = wanted.collect::<Result<BTreeSet<i32>, _>>()?;
    let mut client = Client::connect(login(&o, "command-config", "bootstrap-server")?)?;
    client.metadata(Some(&[]))?;
    let there: BTreeSet<i32> = client.brokers().keys().copied().collect();
    let text = |set: &BTreeSet<i32>| set.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let missing: BTreeSet<i32> = wanted.difference(&there).copied().collect();
    if !missing.is_empty() {
        return Err(Failure::illegal(format!(
            "ERROR: The given brokers do not exist from --broker-list: {}. Current existent brokers: {}",
            text(&missing),
            text(&there)
        ))
        .into());
    }
    let brokers = if wanted.is_empty() { there } else { wanted };
    if !out.is_json() {
        out.line("Querying brokers for log directories information");
    }
    let mut all = Vec::new();
    for broker in &brokers {
        let answer = client.on(*broker, &DescribeLogDirsRequest { topics: None })?;
        crate::client::check(answer.error_code, None)?;
        if out.is_json() {
            answer.results.iter().for_each(|d| out.object(&shape(*broker, d, &topics)));
            continue;
        }
        let dirs = hash_order(answer.results, DEFAULT, |d| string_hash(&d.log_dir));
        let dirs: Vec<String> = dirs.iter().map(|d| directory(d, &topics)).collect();
        all.push(object(&[("broker", broker.to_string()), ("logDirs", format!("[{}]", dirs.join(",")))]));
    }
    if out.is_json() {
        return Ok(());
    }
    out.line(format!("Received log directory information from brokers {}", text(&brokers)));
    out.line(object(&[("version", "1".to_owned()), ("brokers", format!("[{}]", all.join(",")))]));
    Ok(())
}

/// A directory, in the shape of `-o json`.
fn shape(broker: i32, dir: &DescribeLogDirsResult, topics: &BTreeSet<&str>) -> Value {
    let mut partitions = Vec::new();
    for topic in dir.topics.iter().filter(|t| topics.is_empty() || topics.contains(t.name.as_str())) {
        partitions.extend(topic.partitions.iter().map(|p| {
            json!({
                "topic": topic.name,
                "partition": p.partition_index,
                "size": p.partition_size,
                "lag": p.offset_lag,
                "future": p.is_future_key,
            })
        }));
    }
    let error = (dir.error_code != 0).then(|| Failure::kafka(dir.error_code, None).message);
    json!({
        "broker": broker,
        "dir": dir.log_dir,
        "error": error,
        "total": positive(dir.total_bytes),
        "usable": positive(dir.usable_bytes),
        "partitions": partitions,
    })
}

/// A JSON object whose fields stand as a Java hash map has them; values are JSON already.
fn object(fields: &[(&str, String)]) -> String {
    let ordered = hash_order(fields.to_vec(), DEFAULT, |(name, _)| string_hash(name));
    let text: Vec<String> = ordered.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", text.join(","))
}

fn directory(dir: &DescribeLogDirsResult, topics: &BTreeSet<&str>) -> String {
    let quoted = |s: &str| serde_json::Value::from(s).to_string();
    let mut partitions = Vec::new();
    for topic in &dir.topics {
        if topics.is_empty() || topics.contains(topic.name.as_str()) {
            partitions.extend(topic.partitions.iter().map(|p| (topic.name.as_str(), p)));
        }
    }
    let partitions = hash_order(partitions, DEFAULT, |(topic, p)| partition_hash(topic, p.partition_index));
    let partitions: Vec<String> = partitions
        .iter()
        .map(|(topic, p)| {
            object(&[
                ("partition", quoted(&format!("{topic}-{}", p.partition_index))),
                ("size", p.partition_size.to_string()),
                ("offsetLag", p.offset_lag.to_string()),
                ("isFuture", p.is_future_key.to_string()),
            ])
        })
        .collect();
    let error = match dir.error_code {
        0 => "null".to_owned(),
        code => quoted(&Failure::kafka(code, None).class),
    };
    object(&[
        ("logDir", quoted(&dir.log_dir)),
        ("error", error),
        ("partitions", format!("[{}]", partitions.join(","))),
    ])
}
