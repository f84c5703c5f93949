//! `kafka-metadata-quorum`: the state of the metadata quorum (KIP-595).
//!
//! Owner: one process.

use super::Words;
use crate::client::{Client, Failure, check};
use crate::java::{left, table};
use crate::kafka::shape::positive;
use crate::kafka::{Json, Tool};
use crate::opts::Stop;
use crate::out::Out;
use ringlog_wire::generated::describe_quorum_request::{DescribeQuorumRequest, PartitionData, TopicData};
use ringlog_wire::generated::describe_quorum_response::{
    self as answer, DescribeQuorumResponse, ReplicaState,
};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "metadata-quorum",
    about: "This tool describes kraft metadata quorum status.",
    specs: &[],
    json: Json::With(&["describe"]),
    run,
    on_failure: |out, failure, _| out.complain(&failure.message),
};

const USAGE: &str = "[-h] [--command-config COMMAND_CONFIG] (--bootstrap-server BOOTSTRAP_SERVER | --bootstrap-controller BOOTSTRAP_CONTROLLER) {describe,add-controller,remove-controller} ...";
const VALUES: &[&str] = &["bootstrap-server", "command-config", "bootstrap-controller"];

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    const PROGRAM: &str = "kafka-metadata-quorum";
    let words = match Words::read(
        args,
        VALUES,
        &["h", "help", "status", "replication", "re", "human-readable", "hr"],
    ) {
        Ok(words) => words,
        Err(message) => return Err(super::mistake(out, PROGRAM, USAGE, &message)),
    };
    if words.has("h") || words.has("help") {
        out.line(format!("usage: {PROGRAM} {USAGE}\n\n{}", TOOL.about));
        return Ok(());
    }
    if words.value("bootstrap-controller").is_some() {
        return Err(Stop::Refused(
            "ringctl does not support --bootstrap-controller: give a broker by --bootstrap-server".to_owned(),
        ));
    }
    match words.command.as_deref() {
        None => return Err(super::mistake(out, PROGRAM, USAGE, "too few arguments")),
        Some("describe") => {}
        Some(known @ ("add-controller" | "remove-controller")) => {
            return Err(Stop::Refused(format!(
                "ringctl does not support '{known}' of {PROGRAM}: use the Java tool"
            )));
        }
        Some(other) => {
            let message = format!(
                "argument command: invalid choice: '{other}' (choose from 'describe', 'add-controller', 'remove-controller')"
            );
            return Err(super::mistake(out, PROGRAM, USAGE, &message));
        }
    }
    let (replication, human) =
        (words.has("replication") || words.has("re"), words.has("human-readable") || words.has("hr"));
    match (words.has("status"), replication) {
        (true, true) => {
            return Err(Failure::illegal(
                "Only one of --status or --replication should be specified with describe sub-command",
            )
            .into());
        }
        (true, false) if human => {
            return Err(Failure::illegal(
                "The option --human-readable is only supported along with --replication",
            )
            .into());
        }
        (false, false) => {
            return Err(Failure::illegal(
                "One of --status or --replication must be specified with describe sub-command",
            )
            .into());
        }
        _ => {}
    }
    let mut client = Client::connect(super::access(&words)?)?;
    let quorum = quorum(&mut client)?;
    if out.is_json() {
        let cluster = client.metadata(Some(&[]))?.cluster_id;
        out.object(&shape(cluster, &quorum)?);
        return Ok(());
    }
    if replication { print_replication(&quorum, human, out) } else { print_status(&mut client, &quorum, out) }
}

fn quorum(client: &mut Client) -> Result<DescribeQuorumResponse, Failure> {
    let request = DescribeQuorumRequest {
        topics: vec![TopicData {
            topic_name: "__cluster_metadata".to_owned(),
            partitions: vec![PartitionData { partition_index: 0 }],
        }],
    };
    let quorum = client.any(&request)?;
    check(quorum.error_code, quorum.error_message.as_deref())?;
    Ok(quorum)
}

fn partition(quorum: &DescribeQuorumResponse) -> Result<(&answer::PartitionData, &ReplicaState), Failure> {
    let found = quorum.topics.first().and_then(|t| t.partitions.first());
    let p = found.ok_or_else(|| Failure::client("The answer has no partition of the metadata".to_owned()))?;
    check(p.error_code, p.error_message.as_deref())?;
    let leader = p.current_voters.iter().find(|v| v.replica_id == p.leader_id);
    Ok((p, leader.ok_or_else(|| Failure::client("The quorum has no leader".to_owned()))?))
}

/// The quorum, in the shape of `-o json`.
fn shape(cluster: Option<String>, quorum: &DescribeQuorumResponse) -> Result<Value, Failure> {
    let (p, leader) = partition(quorum)?;
    let one = |r: &ReplicaState| {
        let node = quorum.nodes.iter().find(|n| n.node_id == r.replica_id);
        let listeners = node.map_or(&[][..], |n| n.listeners.as_slice());
        let endpoints = listeners.iter().map(|l| json!({"name": l.name, "host": l.host, "port": l.port}));
        json!({
            "node": r.replica_id,
            "directory": (!r.replica_directory_id.is_zero()).then(|| r.replica_directory_id.to_string()),
            "log_end": r.log_end_offset,
            "lag": leader.log_end_offset - r.log_end_offset,
            "last_fetch": positive(r.last_fetch_timestamp),
            "last_caught_up": positive(r.last_caught_up_timestamp),
            "endpoints": endpoints.collect::<Vec<_>>(),
        })
    };
    Ok(json!({
        "cluster": cluster,
        "leader": p.leader_id,
        "leader_epoch": p.leader_epoch,
        "high_watermark": p.high_watermark,
        "voters": p.current_voters.iter().map(one).collect::<Vec<_>>(),
        "observers": p.observers.iter().map(one).collect::<Vec<_>>(),
    }))
}

fn print_status(client: &mut Client, quorum: &DescribeQuorumResponse, out: &mut Out) -> Result<(), Stop> {
    let cluster = client.metadata(Some(&[]))?.cluster_id.unwrap_or_default();
    let (p, leader) = partition(quorum)?;
    let behind = p.current_voters.iter().min_by_key(|v| v.log_end_offset).unwrap_or(leader);
    let lag_ms = if behind.replica_id == leader.replica_id {
        0
    } else if leader.last_caught_up_timestamp >= 0 && behind.last_caught_up_timestamp >= 0 {
        leader.last_caught_up_timestamp - behind.last_caught_up_timestamp
    } else {
        -1
    };
    let lines = [
        ("ClusterId:", cluster),
        ("LeaderId:", p.leader_id.to_string()),
        ("LeaderEpoch:", p.leader_epoch.to_string()),
        ("HighWatermark:", p.high_watermark.to_string()),
        ("MaxFollowerLag:", (leader.log_end_offset - behind.log_end_offset).to_string()),
        ("MaxFollowerLagTimeMs:", lag_ms.to_string()),
        ("CurrentVoters:", replicas(quorum, &p.current_voters)),
        ("CurrentObservers:", replicas(quorum, &p.observers)),
    ];
    lines.iter().for_each(|(name, value)| out.line(format!("{}{value}", left(name, 24))));
    Ok(())
}

fn replicas(quorum: &DescribeQuorumResponse, replicas: &[ReplicaState]) -> String {
    let one = |r: &ReplicaState| {
        let node = quorum.nodes.iter().find(|n| n.node_id == r.replica_id);
        let listeners = node.map_or_else(Vec::new, |n| {
            n.listeners.iter().map(|l| format!("\"{}://{}:{}\"", l.name, l.host, l.port)).collect()
        });
        let endpoints = if listeners.is_empty() {
            String::new()
        } else {
            format!(", \"endpoints\": [{}]", listeners.join(", "))
        };
        // Voters that are named in every node's own configuration have none.
        let directory = if r.replica_directory_id.is_zero() {
            String::new()
        } else {
            format!(", \"directoryId\": \"{}\"", r.replica_directory_id)
        };
        format!("{{\"id\": {}{directory}{endpoints}}}", r.replica_id)
    };
    format!("[{}]", replicas.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn print_replication(quorum: &DescribeQuorumResponse, human: bool, out: &mut Out) -> Result<(), Stop> {
    let (p, leader) = partition(quorum)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64);
    let time = |ms: i64| match ms {
        -1 => "-1".to_owned(),
        ms if human => format!("{} ms ago", now - ms),
        ms => ms.to_string(),
    };
    let row = |r: &ReplicaState, status: &str| {
        vec![
            r.replica_id.to_string(),
            r.replica_directory_id.to_string(),
            r.log_end_offset.to_string(),
            (leader.log_end_offset - r.log_end_offset).to_string(),
            time(r.last_fetch_timestamp),
            time(r.last_caught_up_timestamp),
            status.to_owned(),
        ]
    };
    let mut rows = vec![row(leader, "Leader")];
    rows.extend(p.current_voters.iter().filter(|v| v.replica_id != p.leader_id).map(|r| row(r, "Follower")));
    rows.extend(p.observers.iter().map(|r| row(r, "Observer")));
    let head = [
        "NodeId",
        "DirectoryId",
        "LogEndOffset",
        "Lag",
        "LastFetchTimestamp",
        "LastCaughtUpTimestamp",
        "Status",
    ];
    rows.insert(0, head.iter().map(|h| (*h).to_owned()).collect());
    table(rows).iter().for_each(|line| out.line(line));
    Ok(())
}
