//! `kafka-cluster`: the cluster's id and its endpoints.
//!
//! Owner: one process.

use super::Words;
use crate::client::{Client, Failure, check};
use crate::java::left;
use crate::kafka::shape::positive;
use crate::kafka::{Json, Tool};
use crate::opts::Stop;
use crate::out::Out;
use ringlog_wire::generated::describe_cluster_request::DescribeClusterRequest;
use ringlog_wire::generated::unregister_broker_request::UnregisterBrokerRequest;
use serde_json::json;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "cluster",
    about: "The Kafka cluster tool.",
    specs: &[],
    json: Json::With(&["cluster-id", "list-endpoints"]),
    run,
    on_failure: super::complain,
};

const USAGE: &str = "[-h] {cluster-id,unregister,list-endpoints} ...";
const VALUES: &[&str] =
    &["bootstrap-server", "b", "config", "c", "command-config", "bootstrap-controller", "C", "id", "i"];

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let words = match Words::read(args, VALUES, &["h", "help", "include-fenced-brokers"]) {
        Ok(words) => words,
        Err(message) => return Err(super::mistake(out, "kafka-cluster", USAGE, &message)),
    };
    if words.has("h") || words.has("help") {
        out.line(format!("usage: kafka-cluster {USAGE}\n\n{}", TOOL.about));
        return Err(Stop::Exit(1));
    }
    let fenced = words.has("include-fenced-brokers");
    match words.command.as_deref() {
        None => Err(super::mistake(out, "kafka-cluster", USAGE, "too few arguments")),
        Some("cluster-id") => {
            let answer = describe(&words, false)?;
            if out.is_json() {
                out.object(
                    &json!({"cluster": answer.cluster_id, "controller": positive(answer.controller_id)}),
                );
                return Ok(());
            }
            out.line(format!("Cluster ID: {}", answer.cluster_id));
            Ok(())
        }
        Some("list-endpoints") => endpoints(&words, out, fenced),
        Some("unregister") => unregister(&words, out),
        Some(other) => {
            let message = format!(
                "argument command: invalid choice: '{other}' (choose from 'cluster-id', 'unregister', 'list-endpoints')"
            );
            Err(super::mistake(out, "kafka-cluster", USAGE, &message))
        }
    }
}

fn connect(words: &Words) -> Result<Client, Stop> {
    if words.value("bootstrap-controller").or(words.value("C")).is_some() {
        return Err(Stop::Refused(
            "ringctl does not support --bootstrap-controller: give a broker by --bootstrap-server".to_owned(),
        ));
    }
    let Some(server) = words.value("bootstrap-server").or(words.value("b")) else {
        return Err(Failure::illegal(
            "You must specify either --bootstrap-controller or --bootstrap-server.",
        )
        .into());
    };
    let mut access = super::access(words)?;
    access.bootstrap = crate::client::Access::new(server, "").bootstrap;
    Ok(Client::connect(access)?)
}

/// Removes the registration of a broker that is gone for good.
fn unregister(words: &Words, out: &mut Out) -> Result<(), Stop> {
    let Some(id) = words.value("id").or(words.value("i")) else {
        return Err(super::mistake(out, "kafka-cluster", USAGE, "argument --id/-i is required"));
    };
    let broker_id: i32 = id.parse().map_err(|_| {
        let message = format!("argument --id/-i: could not convert '{id}' to Integer");
        super::mistake(out, "kafka-cluster", USAGE, &message)
    })?;
    let answer = connect(words)?.any(&UnregisterBrokerRequest { broker_id })?;
    check(answer.error_code, answer.error_message.as_deref()).map_err(|e| Failure {
        class: "java.util.concurrent.ExecutionException".to_owned(),
        message: format!("{e}\nCaused by: {e}"),
        ..e
    })?;
    out.line(format!("Broker {id} is no longer registered."));
    Ok(())
}

fn describe(words: &Words, fenced: bool) -> Result<ringlog_wire::generated::DescribeClusterResponse, Stop> {
    let mut client = connect(words)?;
    let request = DescribeClusterRequest {
        include_cluster_authorized_operations: false,
        endpoint_type: 1,
        include_fenced_brokers: fenced,
    };
    let answer = client.any(&request)?;
    check(answer.error_code, answer.error_message.as_deref())?;
    Ok(answer)
}

fn endpoints(words: &Words, out: &mut Out, fenced: bool) -> Result<(), Stop> {
    let answer = describe(words, fenced)?;
    let mut brokers = answer.brokers;
    brokers.sort_by_key(|b| b.broker_id);
    if out.is_json() {
        for b in &brokers {
            out.object(&json!({
                "broker": b.broker_id, "host": b.host, "port": b.port, "rack": b.rack, "fenced": b.is_fenced,
            }));
        }
        return Ok(());
    }
    let rack = |r: &Option<String>| r.clone().unwrap_or_else(|| "null".to_owned());
    let hosts = brokers.iter().map(|b| b.host.len()).max().unwrap_or(0);
    let racks = brokers.iter().map(|b| rack(&b.rack).len()).max().unwrap_or(0).max(10);
    let line = |cells: [&str; 6]| {
        let [id, host, port, rack, state, kind] = cells;
        format!(
            "{} {} {} {} {} {}",
            left(id, 10),
            left(host, hosts),
            left(port, 10),
            left(rack, racks),
            left(state, 10),
            left(kind, 15)
        )
    };
    out.line(line(["ID", "HOST", "PORT", "RACK", "STATE", "ENDPOINT_TYPE"]));
    for b in &brokers {
        let state = if b.is_fenced { "fenced" } else { "unfenced" };
        out.line(line([
            &b.broker_id.to_string(),
            &b.host,
            &b.port.to_string(),
            &rack(&b.rack),
            state,
            "broker",
        ]));
    }
    Ok(())
}
