//! `kafka-transactions`: transactions of the cluster, and producers of partitions (KIP-664).
//!
//! Owner: one process. Invariant: nothing is changed; aborting is left to the Java tool.

use super::cluster::{Words, access, mistake};
use super::shape::positive;
use super::{Json, Tool};
use crate::client::{Client, Failure, check};
use crate::java::table;
use crate::opts::Stop;
use crate::out::Out;
use ringlog_wire::generated::describe_producers_request::{DescribeProducersRequest, TopicRequest};
use ringlog_wire::generated::describe_producers_response::ProducerState;
use ringlog_wire::generated::describe_transactions_request::DescribeTransactionsRequest;
use ringlog_wire::generated::find_coordinator_request::FindCoordinatorRequest;
use ringlog_wire::generated::list_transactions_request::ListTransactionsRequest;
use ringlog_wire::generated::list_transactions_response::TransactionState;
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "transactions",
    about: "This tool is used to analyze the transactional state of producers in the cluster. It can be used to detect and recover from hanging transactions.",
    specs: &[],
    json: Json::All,
    run,
    on_failure: |out, failure, _| out.complain(&failure.message),
};

const PROGRAM: &str = "kafka-transactions.sh";
const USAGE: &str = "[-h] [-v] [--command-config FILE] --bootstrap-server host:port COMMAND ...";
const VALUES: &[&str] = &[
    "bootstrap-server",
    "command-config",
    "topic",
    "partition",
    "broker-id",
    "duration-filter",
    "transactional-id",
    "transactional-id-pattern",
    "max-transaction-timeout",
];
/// Kafka's `transaction.max.timeout.ms`, in minutes: what is older than that hangs.
const MAX_TIMEOUT_MIN: i64 = 15;

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let words = Words::read(args, VALUES, &["h", "help", "v", "version"])
        .map_err(|message| mistake(out, PROGRAM, USAGE, &message))?;
    if words.has("h") || words.has("help") {
        out.line(format!("usage: {PROGRAM} {USAGE}\n\n{}", TOOL.about));
        return Ok(());
    }
    if words.has("v") || words.has("version") {
        return Err(Stop::Version);
    }
    let command = words.command.as_deref();
    if let Some(known @ ("abort" | "forceTerminateTransaction")) = command {
        return Err(Stop::Refused(format!(
            "ringctl does not support '{known}' of kafka-transactions: use the Java tool"
        )));
    }
    if command.is_some() && words.value("bootstrap-server").is_none() {
        return Err(mistake(out, PROGRAM, USAGE, "argument --bootstrap-server is required"));
    }
    match command {
        None => Err(mistake(out, PROGRAM, USAGE, "too few arguments")),
        Some("list") => list(&words, out),
        Some("describe") => describe(&words, out),
        Some("describe-producers") => producers(&words, out),
        Some("find-hanging") => hanging(&words, out),
        Some(other) => {
            let message = format!(
                "invalid choice: '{other}' (choose from 'list', 'describe', 'describe-producers', 'abort', 'find-hanging', 'forceTerminateTransaction')"
            );
            Err(mistake(out, PROGRAM, USAGE, &message))
        }
    }
}

fn number(words: &Words, name: &str, out: &mut Out) -> Result<Option<i64>, Stop> {
    let Some(text) = words.value(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let message = format!("argument --{name}: could not convert '{text}' to Integer");
        mistake(out, PROGRAM, USAGE, &message)
    })
}

fn needed<'a>(words: &'a Words, name: &str, out: &mut Out) -> Result<&'a str, Stop> {
    words.value(name).ok_or_else(|| mistake(out, PROGRAM, USAGE, &format!("argument --{name} is required")))
}

fn print(out: &mut Out, head: &[&str], rows: Vec<Vec<String>>) {
    let head = head.iter().map(|h| (*h).to_owned()).collect();
    table([vec![head], rows].concat()).iter().for_each(|line| out.line(line));
}

/// Transactions of every broker, with the broker.
fn all(
    client: &mut Client,
    request: &ListTransactionsRequest,
) -> Result<Vec<(i32, TransactionState)>, Failure> {
    client.metadata(Some(&[]))?;
    let brokers: Vec<i32> = client.brokers().keys().copied().collect();
    let mut found = Vec::new();
    for broker in brokers {
        let answer = client.on(broker, request)?;
        check(answer.error_code, None)?;
        found.extend(answer.transaction_states.into_iter().map(|t| (broker, t)));
    }
    Ok(found)
}

fn list(words: &Words, out: &mut Out) -> Result<(), Stop> {
    let request = ListTransactionsRequest {
        duration_filter: number(words, "duration-filter", out)?.unwrap_or(-1),
        transactional_id_pattern: words.value("transactional-id-pattern").map(ToOwned::to_owned),
        ..Default::default()
    };
    let mut client = Client::connect(access(words)?)?;
    let found = all(&mut client, &request)?;
    if out.is_json() {
        for (broker, t) in &found {
            out.object(&json!({
                "transaction": t.transactional_id,
                "coordinator": broker,
                "producer": t.producer_id,
                "state": t.transaction_state,
            }));
        }
        return Ok(());
    }
    let rows = found.into_iter().map(|(b, t)| {
        vec![t.transactional_id, b.to_string(), t.producer_id.to_string(), t.transaction_state]
    });
    print(out, &["TransactionalId", "Coordinator", "ProducerId", "TransactionState"], rows.collect());
    Ok(())
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64)
}

fn describe(words: &Words, out: &mut Out) -> Result<(), Stop> {
    let id = needed(words, "transactional-id", out)?.to_owned();
    let mut client = Client::connect(access(words)?)?;
    let lookup =
        FindCoordinatorRequest { key_type: 1, coordinator_keys: vec![id.clone()], ..Default::default() };
    let answer = client.any(&lookup)?;
    let found = answer.coordinators.first().ok_or_else(|| Failure::kafka(15, None))?;
    check(found.error_code, found.error_message.as_deref())?;
    let coordinator = found.node_id;
    let request = DescribeTransactionsRequest { transactional_ids: vec![id] };
    let answer = client.on(coordinator, &request)?;
    let t = answer.transaction_states.into_iter().next().ok_or_else(|| Failure::kafka(105, None))?;
    check(t.error_code, None)?;
    let partitions: Vec<String> =
        t.topics.iter().flat_map(|t| t.partitions.iter().map(|p| format!("{}-{p}", t.topic))).collect();
    let began = (t.transaction_start_time_ms >= 0).then_some(t.transaction_start_time_ms);
    if out.is_json() {
        out.object(&json!({
            "coordinator": coordinator,
            "transaction": t.transactional_id,
            "producer": t.producer_id,
            "epoch": t.producer_epoch,
            "state": t.transaction_state,
            "timeout": t.transaction_timeout_ms,
            "start": began,
            "partitions": partitions,
        }));
        return Ok(());
    }
    let none = || "None".to_owned();
    let row = vec![
        coordinator.to_string(),
        t.transactional_id,
        t.producer_id.to_string(),
        t.producer_epoch.to_string(),
        t.transaction_state,
        t.transaction_timeout_ms.to_string(),
        began.map_or_else(none, |ms| ms.to_string()),
        began.map_or_else(none, |ms| (now() - ms).to_string()),
        partitions.join(","),
    ];
    let head = [
        "CoordinatorId",
        "TransactionalId",
        "ProducerId",
        "ProducerEpoch",
        "TransactionState",
        "TransactionTimeoutMs",
        "CurrentTransactionStartTimeMs",
        "TransactionDurationMs",
        "TopicPartitions",
    ];
    print(out, &head, vec![row]);
    Ok(())
}

/// Producers of partitions of `topic`, asked of their leader or of `broker`.
fn states(
    client: &mut Client,
    broker: i32,
    topic: &str,
    partition: i32,
) -> Result<Vec<ProducerState>, Failure> {
    let request = DescribeProducersRequest {
        topics: vec![TopicRequest { name: topic.to_owned(), partition_indexes: vec![partition] }],
    };
    let answer = client.on(broker, &request)?;
    let found = answer.topics.into_iter().next().and_then(|t| t.partitions.into_iter().next());
    let found = found.ok_or_else(|| Failure::client("The broker does not name its producers".to_owned()))?;
    check(found.error_code, found.error_message.as_deref())?;
    Ok(found.active_producers)
}

fn producers(words: &Words, out: &mut Out) -> Result<(), Stop> {
    let topic = needed(words, "topic", out)?.to_owned();
    needed(words, "partition", out)?;
    let partition = number(words, "partition", out)?.unwrap_or_default();
    let partition = i32::try_from(partition).map_err(|_| Failure::kafka(3, None))?;
    let broker = number(words, "broker-id", out)?.and_then(|b| i32::try_from(b).ok());
    let mut client = Client::connect(access(words)?)?;
    let metadata = client.metadata(Some(std::slice::from_ref(&topic)))?;
    let leader = metadata
        .topics
        .first()
        .and_then(|t| t.partitions.iter().find(|p| p.partition_index == partition).map(|p| p.leader_id));
    let describe = |e: Failure| Failure {
        message: format!(
            "Failed to describe producers for partition {topic}-{partition} on broker {}: {}",
            broker.unwrap_or(-1),
            e.message
        ),
        ..e
    };
    let asked = broker.or(leader).ok_or_else(|| describe(Failure::kafka(3, None)))?;
    let mut found = states(&mut client, asked, &topic, partition).map_err(describe)?;
    if out.is_json() {
        found.sort_by_key(|p| p.producer_id);
        for p in &found {
            out.object(&json!({
                "topic": topic,
                "partition": partition,
                "producer": p.producer_id,
                "epoch": p.producer_epoch,
                "coordinator_epoch": positive(p.coordinator_epoch),
                "last_sequence": positive(p.last_sequence),
                "last_timestamp": positive(p.last_timestamp),
                "txn_start_offset": positive(p.current_txn_start_offset),
            }));
        }
        return Ok(());
    }
    let rows = found.iter().map(|p| {
        let start = p.current_txn_start_offset;
        vec![
            p.producer_id.to_string(),
            p.producer_epoch.to_string(),
            p.coordinator_epoch.to_string(),
            p.last_sequence.to_string(),
            p.last_timestamp.to_string(),
            if start >= 0 { start.to_string() } else { "None".to_owned() },
        ]
    });
    let head = [
        "ProducerId",
        "ProducerEpoch",
        "LatestCoordinatorEpoch",
        "LastSequence",
        "LastTimestamp",
        "CurrentTransactionStartOffset",
    ];
    print(out, &head, rows.collect());
    Ok(())
}

/// Transactions that are open in a partition, older than any may become, and that no coordinator knows as open.
fn hanging(words: &Words, out: &mut Out) -> Result<(), Stop> {
    let topic = words.value("topic").map(ToOwned::to_owned);
    let broker = number(words, "broker-id", out)?.and_then(|b| i32::try_from(b).ok());
    let partition = number(words, "partition", out)?.and_then(|p| i32::try_from(p).ok());
    if topic.is_none() && broker.is_none() {
        return Err(mistake(
            out,
            PROGRAM,
            USAGE,
            "The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search",
        ));
    }
    let minutes = number(words, "max-transaction-timeout", out)?.unwrap_or(MAX_TIMEOUT_MIN);
    let mut client = Client::connect(access(words)?)?;
    let metadata = client.metadata(topic.as_ref().map(std::slice::from_ref))?;
    let mut open = Vec::new();
    for t in &metadata.topics {
        check(t.error_code, None)?;
        let name = t.name.clone().unwrap_or_default();
        for p in &t.partitions {
            let asked = broker.unwrap_or(p.leader_id);
            if partition.is_some_and(|only| only != p.partition_index) || !p.replica_nodes.contains(&asked) {
                continue;
            }
            for state in states(&mut client, asked, &name, p.partition_index)? {
                let age = (now() - state.last_timestamp) / 60_000;
                if state.current_txn_start_offset >= 0 && age >= minutes {
                    open.push((name.clone(), p.partition_index, age, state));
                }
            }
        }
    }
    if !open.is_empty() {
        let ids = open.iter().map(|(.., s)| s.producer_id).collect();
        let request =
            ListTransactionsRequest { producer_id_filters: ids, duration_filter: -1, ..Default::default() };
        let known = all(&mut client, &request)?;
        open.retain(|(.., s)| {
            !known.iter().any(|(_, t)| t.producer_id == s.producer_id && t.transaction_state == "Ongoing")
        });
    }
    if out.is_json() {
        for (topic, partition, age, s) in &open {
            out.object(&json!({
                "topic": topic,
                "partition": partition,
                "producer": s.producer_id,
                "epoch": s.producer_epoch,
                "coordinator_epoch": positive(s.coordinator_epoch),
                "start_offset": s.current_txn_start_offset,
                "last_timestamp": s.last_timestamp,
                "minutes": age,
            }));
        }
        return Ok(());
    }
    let rows = open.into_iter().map(|(topic, partition, age, s)| {
        vec![
            topic,
            partition.to_string(),
            s.producer_id.to_string(),
            s.producer_epoch.to_string(),
            s.coordinator_epoch.to_string(),
            s.current_txn_start_offset.to_string(),
            s.last_timestamp.to_string(),
            age.to_string(),
        ]
    });
    let head = [
        "Topic",
        "Partition",
        "ProducerId",
        "ProducerEpoch",
        "CoordinatorEpoch",
        "StartOffset",
        "LastTimestamp",
        "Duration(min)",
    ];
    print(out, &head, rows.collect());
    Ok(())
}
