//! `kafka-get-offsets`: offsets of partitions, one a line.
//!
//! Owner: one process. Invariant: lines are sorted by topic and partition as text, as the Java tool sorts them.

use super::topics::include_list;
use super::{Json, Tool, login, shape};
use crate::client::offsets::{Partition, list_offsets};
use crate::client::{Client, Failure};
use crate::opts::{Options, Spec, Stop, flag, parse, value};
use crate::out::Out;
use crate::regex::Regex;
use serde_json::json;
use std::collections::BTreeMap;

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    value(&["topic-partitions"], "Patterns: topic1:1,topic2:0-3,topic3,topic4:5-,topic5:-3"),
    value(&["topic"], "Pattern of topics"),
    value(&["partitions"], "Numbers, with commas between"),
    value(
        &["time"],
        "ms, or -1/latest, -2/earliest, -3/max-timestamp, -4/earliest-local, -5/latest-tiered, -6/earliest-pending-upload",
    ),
    value(&["command-config"], "Properties file for the client"),
    flag(&["exclude-internal-topics"], "Leave internal topics out"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "get-offsets",
    about: "An interactive shell for getting topic-partition offsets.",
    specs: SPECS,
    json: Json::All,
    run,
    on_failure: |out, failure, _| out.complain(format!("Error occurred: {}", failure.message)),
};

/// Which partitions a rule takes.
enum Which {
    All,
    These(Vec<i32>),
    /// From, and below.
    Range(i32, i32),
}

struct Rule {
    topic: Regex,
    partitions: Which,
}

impl Rule {
    fn takes(&self, topic: &str, partition: i32) -> bool {
        self.topic.matches(topic)
            && match &self.partitions {
                Which::All => true,
                Which::These(list) => list.contains(&partition),
                Which::Range(from, below) => (*from..*below).contains(&partition),
            }
    }
}

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    let o = parse(&[SPECS, super::COMMON], args)?;
    o.help_or_version()?;
    o.require(&["bootstrap-server"])?;
    super::check_bootstrap(&o)?;
    if o.has("topic-partitions") && (o.has("topic") || o.has("partitions")) {
        return Err(Failure::illegal("--topic-partitions cannot be used with --topic or --partitions").into());
    }
    let time = time(o.one("time")?.unwrap_or("latest"))?;
    let rules = rules(&o)?;
    let mut access = login(&o, "command-config", "bootstrap-server")?;
    access.client_id = "GetOffsetShell".to_owned();
    let mut client = Client::connect(access)?;
    let metadata = client.metadata(None)?;
    let mut wanted: Vec<Partition> = Vec::new();
    for topic in &metadata.topics {
        let name = topic.name.clone().unwrap_or_default();
        if topic.is_internal && o.has("exclude-internal-topics") {
            continue;
        }
        for p in &topic.partitions {
            if rules.iter().any(|r| r.takes(&name, p.partition_index)) {
                wanted.push((name.clone(), p.partition_index));
            }
        }
    }
    if wanted.is_empty() {
        return Err(
            Failure::illegal("Could not match any topic-partitions with the specified filters").into()
        );
    }
    let mut lines = BTreeMap::new();
    for ((topic, partition), at) in list_offsets(&mut client, &metadata, &wanted, (time, 0)) {
        match at {
            Ok(at) if at.offset >= 0 && out.is_json() => {
                let time = shape::positive(at.timestamp);
                out.object(&json!({
                    "topic": topic, "partition": partition, "offset": at.offset, "timestamp": time,
                }));
            }
            Ok(at) if at.offset >= 0 => {
                lines.insert(format!("{topic}-{partition}"), format!("{topic}:{partition}:{}", at.offset));
            }
            Ok(_) => {}
            Err(e) => out.complain(format!(
                "Skip getting offsets for topic-partition {topic}-{partition} due to error: {e}"
            )),
        }
    }
    lines.values().for_each(|line| out.line(line));
    Ok(())
}

fn time(text: &str) -> Result<i64, Failure> {
    match text {
        "latest" => Ok(-1),
        "earliest" => Ok(-2),
        "max-timestamp" => Ok(-3),
        "earliest-local" => Ok(-4),
        "latest-tiered" => Ok(-5),
        "earliest-pending-upload" => Ok(-6),
        other => other.parse().map_err(|_| {
            Failure::illegal(format!("Malformed time argument {other}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp"))
        }),
    }
}

fn rules(o: &Options) -> Result<Vec<Rule>, Stop> {
    if let Some(text) = o.one("topic-partitions")? {
        return text.split(',').map(rule).collect();
    }
    let partitions = match o.one("partitions")?.filter(|p| !p.is_empty()) {
        None => Which::All,
        Some(text) => Which::These(text.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| {
            Failure::illegal(format!("--partitions expects a comma separated list of numeric partition ids, but received: {text}"))
        })?),
    };
    Ok(vec![Rule { topic: include_list(o.one("topic")?.unwrap_or(".*"))?, partitions }])
}

fn rule(text: &str) -> Result<Rule, Stop> {
    let bad = || Stop::Failed(Failure::illegal(format!("Invalid rule specification: {text}")));
    let (topic, partitions) = text.split_once(':').unwrap_or((text, ""));
    let number =
        |s: &str, default: i32| if s.is_empty() { Ok(default) } else { s.parse::<i32>().map_err(|_| bad()) };
    let partitions = match partitions.split_once('-') {
        Some((from, below)) => Which::Range(number(from, 0)?, number(below, i32::MAX)?),
        None if partitions.is_empty() => Which::All,
        None => Which::These(vec![number(partitions, 0)?]),
    };
    Ok(Rule { topic: include_list(if topic.is_empty() { ".*" } else { topic })?, partitions })
}
