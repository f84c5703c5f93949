//! `-o json`: the shapes of what the tools list and describe.
//!
//! Owner: nobody, pure. Invariants: names of fields are stable and stand in docs/tools.md; a number is a number, and
//! what is not there is null; bytes that are no UTF-8 are in base64, under a name that says so.

use super::describe::{Part, is_default, source_name};
use super::groups::look::Group;
use crate::client::commits::Committed;
use crate::client::fetch::Read;
use crate::client::offsets::Partition;
use crate::text;
use ringlog_wire::generated::describe_configs_response::DescribeConfigsResourceResult;
use ringlog_wire::generated::list_groups_response::ListedGroup;
use ringlog_wire::generated::list_partition_reassignments_response::OngoingPartitionReassignment;
use ringlog_wire::generated::metadata_response::MetadataResponseTopic;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is at least 0, else null.
pub fn positive<T: Into<i64>>(n: T) -> Value {
    let n: i64 = n.into();
    if n >= 0 { Value::from(n) } else { Value::Null }
}

/// A line of `--list` of topics.
pub fn topic(t: &MetadataResponseTopic) -> Value {
    json!({
        "topic": t.name,
        "id": t.topic_id.to_string(),
        "partitions": t.partitions.len(),
        "internal": t.is_internal,
    })
}

/// A partition of a described topic.
pub fn partition(part: &Part, change: Option<&OngoingPartitionReassignment>) -> Value {
    json!({
        "partition": part.index,
        "leader": positive(part.leader),
        "replicas": part.replicas,
        "isr": part.isr,
        "elr": part.elr,
        "last_known_elr": part.last_known_elr,
        "adding": change.map(|c| &c.adding_replicas),
        "removing": change.map(|c| &c.removing_replicas),
    })
}

/// A described topic.
pub fn described(
    t: &MetadataResponseTopic,
    entries: &[DescribeConfigsResourceResult],
    parts: Vec<Value>,
) -> Value {
    let own = entries.iter().filter(|c| !is_default(c));
    let configs: Map<String, Value> = own.map(|c| (c.name.clone(), Value::from(c.value.clone()))).collect();
    json!({
        "topic": t.name,
        "id": t.topic_id.to_string(),
        "internal": t.is_internal,
        "partitions": parts,
        "configs": configs,
    })
}

/// A line of a list of groups.
pub fn listed(g: &ListedGroup) -> Value {
    json!({"group": g.group_id, "type": g.group_type, "protocol": g.protocol_type, "state": g.group_state})
}

/// A described group: `known` is what it committed, `ends` where its partitions end.
pub fn group(g: &Group, known: &BTreeMap<Partition, Committed>, ends: &BTreeMap<Partition, i64>) -> Value {
    let offsets: Vec<Value> = known
        .iter()
        .map(|(p, at)| {
            let end = ends.get(p);
            json!({
                "topic": p.0,
                "partition": p.1,
                "offset": at.offset,
                "epoch": positive(at.epoch),
                "end": end,
                "lag": end.map(|e| e - at.offset),
            })
        })
        .collect();
    let named = |p: &Partition| json!({"topic": p.0, "partition": p.1});
    let members: Vec<Value> = g
        .members
        .iter()
        .map(|m| {
            json!({
                "member": m.id,
                "instance": m.instance,
                "client": m.client,
                "host": m.host,
                "epoch": m.epoch,
                "partitions": m.has.iter().map(named).collect::<Vec<_>>(),
                "target": m.target.as_ref().map(|t| t.iter().map(named).collect::<Vec<_>>()),
            })
        })
        .collect();
    json!({
        "group": g.id,
        "state": g.state,
        "assignor": g.assignor,
        "epoch": g.epoch,
        "target_epoch": g.target_epoch,
        "coordinator": g.coordinator,
        "members": members,
        "offsets": offsets,
    })
}

/// The configs of a resource; `name` is empty for the default of all.
pub fn configs(kind: &str, name: &str, entries: &[DescribeConfigsResourceResult]) -> Value {
    let one = |c: &DescribeConfigsResourceResult| {
        let synonyms: Vec<Value> = c
            .synonyms
            .iter()
            .map(|s| json!({"name": s.name, "value": s.value, "source": source_name(s.source)}))
            .collect();
        json!({
            "name": c.name,
            "value": c.value,
            "source": source_name(c.config_source),
            "sensitive": c.is_sensitive,
            "read_only": c.read_only,
            "synonyms": synonyms,
        })
    };
    json!({
        "kind": kind,
        "name": if name.is_empty() { Value::Null } else { Value::from(name) },
        "configs": entries.iter().map(one).collect::<Vec<_>>(),
    })
}

/// Puts `bytes` under `name`, or in base64 under `name_base64` where they are no text.
pub fn put(fields: &mut Map<String, Value>, name: &str, bytes: Option<&[u8]>) {
    match bytes.map(|b| std::str::from_utf8(b).map_err(|_| b)) {
        None => fields.insert(name.to_owned(), Value::Null),
        Some(Ok(text)) => fields.insert(name.to_owned(), Value::from(text)),
        Some(Err(raw)) => fields.insert(format!("{name}_base64"), Value::from(text::base64(raw, true))),
    };
}

/// A record; the fields that rpk's JSON has have its names.
pub fn record(r: &Read) -> Value {
    let mut fields = Map::new();
    fields.insert("topic".to_owned(), Value::from(r.from.0.clone()));
    fields.insert("partition".to_owned(), Value::from(r.from.1));
    fields.insert("offset".to_owned(), Value::from(r.offset));
    fields.insert("timestamp".to_owned(), Value::from(r.timestamp));
    let kind = if r.log_append_time { "LogAppendTime" } else { "CreateTime" };
    fields.insert("timestamp_type".to_owned(), Value::from(kind));
    put(&mut fields, "key", r.key.as_deref());
    put(&mut fields, "value", r.value.as_deref());
    let headers: Vec<Value> = r
        .headers
        .iter()
        .map(|(key, value)| {
            let mut header = Map::new();
            header.insert("key".to_owned(), Value::from(key.clone()));
            put(&mut header, "value", value.as_deref());
            Value::from(header)
        })
        .collect();
    fields.insert("headers".to_owned(), Value::from(headers));
    Value::from(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_records_bytes_are_text_or_named_as_base64() {
        let r = Read {
            from: ("t".to_owned(), 1),
            offset: 7,
            timestamp: 5,
            value: Some(vec![0xff, 0]),
            headers: vec![("h".to_owned(), None), ("g".to_owned(), Some(b"1".to_vec()))],
            ..Read::default()
        };
        assert_eq!(
            record(&r),
            json!({
                "topic": "t", "partition": 1, "offset": 7, "timestamp": 5, "timestamp_type": "CreateTime",
                "key": null, "value_base64": "/wA=",
                "headers": [{"key": "h", "value": null}, {"key": "g", "value": "1"}],
            })
        );
    }

    #[test]
    fn what_is_not_there_is_null() {
        let part =
            Part { index: 3, leader: -1, replicas: vec![1], isr: vec![], elr: None, last_known_elr: None };
        let shown = partition(&part, None);
        assert_eq!(shown["leader"], Value::Null);
        assert_eq!(shown["elr"], Value::Null);
        assert_eq!(shown["partition"], 3);
    }
}
