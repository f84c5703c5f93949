//! `-o json`: what `topic` and `group` show, as one JSON object a line.
//!
//! Owner: one process. Invariant: field names are stable; a number is a number, what is not there is null.

use crate::client::commits::committed;
use crate::client::offsets::{Partition, list_offsets};
use crate::client::{Access, Client, Failure, check};
use crate::kafka::{describe_configs, group, groups, is_default};
use crate::out::Out;
use crate::regex::Regex;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

fn matching(patterns: &[String]) -> Result<Vec<Regex>, Failure> {
    patterns.iter().map(|p| Regex::new(p).map_err(Failure::illegal)).collect()
}

/// Topics by `patterns` (all if there is none); `whole`: with partitions and configs.
pub fn topics(access: Access, patterns: &[String], whole: bool, out: &mut Out) -> Result<(), Failure> {
    let patterns = matching(patterns)?;
    let mut client = Client::connect(access)?;
    let mut all = client.metadata(None)?.topics;
    all.sort_by(|a, b| a.name.cmp(&b.name));
    for topic in all {
        let name = topic.name.clone().unwrap_or_default();
        if !patterns.is_empty() && !patterns.iter().any(|p| p.matches(&name)) {
            continue;
        }
        let mut line = json!({
            "topic": name,
            "id": topic.topic_id.to_string(),
            "partitions": topic.partitions.len(),
            "internal": topic.is_internal,
        });
        if whole {
            let parts: Vec<Value> = topic
                .partitions
                .iter()
                .map(|p| {
                    json!({
                        "partition": p.partition_index,
                        "leader": (p.leader_id >= 0).then_some(p.leader_id),
                        "replicas": p.replica_nodes,
                        "isr": p.isr_nodes,
                    })
                })
                .collect();
            let mut configs = Map::new();
            for result in describe_configs(&mut client, 2, std::slice::from_ref(&name), None)? {
                check(result.error_code, result.error_message.as_deref())?;
                let own = result.configs.into_iter().filter(|c| !is_default(c));
                configs.extend(own.map(|c| (c.name, c.value.map_or(Value::Null, Value::from))));
            }
            if let Some(fields) = line.as_object_mut() {
                fields.insert("partitions".to_owned(), Value::from(parts));
                fields.insert("configs".to_owned(), Value::from(configs));
            }
        }
        out.line(line);
    }
    Ok(())
}

/// The groups.
pub fn list_groups(access: Access, out: &mut Out) -> Result<(), Failure> {
    let mut client = Client::connect(access)?;
    let mut all = groups(&mut client)?;
    all.sort_by(|a, b| a.group_id.cmp(&b.group_id));
    for g in all {
        out.line(json!({"group": g.group_id, "type": g.group_type, "protocol": g.protocol_type, "state": g.group_state}));
    }
    Ok(())
}

/// Groups by name (all if there is none), with members and offsets.
pub fn show_groups(access: Access, names: &[String], out: &mut Out) -> Result<(), Failure> {
    let mut client = Client::connect(access)?;
    let mut names = names.to_vec();
    if names.is_empty() {
        names = groups(&mut client)?.into_iter().map(|g| g.group_id).collect();
    }
    names.sort();
    for name in names {
        let found = group(&mut client, &name)?;
        let known = committed(&mut client, &name, None)?;
        let topics: BTreeSet<String> = known.keys().map(|p| p.0.clone()).collect();
        let metadata = client.metadata(Some(&topics.into_iter().collect::<Vec<_>>()))?;
        let wanted: Vec<Partition> = known.keys().cloned().collect();
        let ends = list_offsets(&mut client, &metadata, &wanted, (-1, 0));
        let offsets: Vec<Value> = known
            .iter()
            .map(|(p, at)| {
                let end = ends.get(p).and_then(|e| e.as_ref().ok()).map(|e| e.offset);
                json!({"topic": p.0, "partition": p.1, "offset": at.offset, "end": end, "lag": end.map(|e| e - at.offset)})
            })
            .collect();
        let members: Vec<Value> = found
            .members
            .iter()
            .map(|m| {
                let has: Vec<Value> = m.has.iter().map(|p| json!({"topic": p.0, "partition": p.1})).collect();
                json!({"member": m.id, "instance": m.instance, "client": m.client, "host": m.host, "epoch": m.epoch, "partitions": has})
            })
            .collect();
        out.line(json!({
            "group": found.id,
            "state": found.state,
            "assignor": found.assignor,
            "epoch": found.epoch,
            "coordinator": found.coordinator,
            "members": members,
            "offsets": offsets,
        }));
    }
    Ok(())
}
