//! `--delete` and `--delete-offsets`.
//!
//! Owner: one command. Invariant: every group and every partition that was named gets a line of its own.

use super::reset::topic_partitions;
use crate::client::offsets::Partition;
use crate::client::{Client, Failure, check};
use crate::java::{DEFAULT, hash_order, left, string_hash};
use crate::opts::{Options, Stop};
use crate::out::Out;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::delete_groups_request::DeleteGroupsRequest;
use ringlog_wire::generated::offset_delete_request::{
    OffsetDeleteRequest, OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use std::collections::BTreeMap;

/// Deletes groups.
pub fn groups(client: &mut Client, out: &mut Out, groups: Vec<String>) -> Result<(), Stop> {
    let (mut gone, mut failed) = (Vec::new(), Vec::new());
    for group in groups {
        let request = DeleteGroupsRequest { groups_names: vec![group.clone()] };
        let code =
            |a: &ringlog_wire::generated::DeleteGroupsResponse| a.results.first().map_or(0, |r| r.error_code);
        let done = client
            .coordinated(&group, &request, code)
            .and_then(|a| a.results.iter().try_for_each(|r| check(r.error_code, None)));
        match done {
            Ok(()) => gone.push(group),
            Err(e) => failed.push((group, e)),
        }
    }
    let gone = hash_order(gone, DEFAULT, |g| string_hash(g));
    let list = gone.iter().map(|g| format!("'{g}'")).collect::<Vec<_>>().join(", ");
    if failed.is_empty() {
        out.line(format!("Deletion of requested consumer groups ({list}) was successful."));
        return Ok(());
    }
    if out.is_verb() {
        failed.iter().for_each(|(group, e)| out.complain(format!("ringctl: group '{group}': {}", e.message)));
        if !gone.is_empty() {
            out.line(format!("Deleted: {list}"));
        }
        return Err(Stop::Exit(1));
    }
    out.line("\nError: Deletion of some consumer groups failed:");
    for (group, e) in hash_order(failed, DEFAULT, |(g, _)| string_hash(g)) {
        out.line(format!("* Group '{group}' could not be deleted due to: {e}"));
    }
    if !gone.is_empty() {
        out.line(format!("\nThese consumer groups were deleted successfully: {list}"));
    }
    Ok(())
}

/// Deletes offsets of a group for topics.
pub fn offsets(client: &mut Client, o: &Options, out: &mut Out) -> Result<(), Stop> {
    let group = o.one("group").map_err(crate::kafka::as_usage)?.unwrap_or_default();
    let mut rows: BTreeMap<Partition, Option<Failure>> = BTreeMap::new();
    let mut topics: BTreeMap<String, Vec<OffsetDeleteRequestPartition>> = BTreeMap::new();
    for text in o.all("topic") {
        let (topic, named) = topic_partitions(text)?;
        let named = match named {
            Some(named) => named,
            None => {
                let found = client.metadata(Some(std::slice::from_ref(&topic)))?.topics.into_iter().next();
                let found = found
                    .ok_or_else(|| Failure::kafka(3, None))
                    .and_then(|t| check(t.error_code, None).map(|()| t));
                match found {
                    Ok(t) => t.partitions.iter().map(|p| p.partition_index).collect(),
                    Err(e) => {
                        rows.insert((topic, -1), Some(e));
                        continue;
                    }
                }
            }
        };
        for partition_index in named {
            rows.insert((topic.clone(), partition_index), None);
            topics.entry(topic.clone()).or_default().push(OffsetDeleteRequestPartition { partition_index });
        }
    }
    let request = OffsetDeleteRequest {
        group_id: group.to_owned(),
        topics: topics
            .into_iter()
            .map(|(name, partitions)| OffsetDeleteRequestTopic { name, partitions })
            .collect(),
    };
    let answer = client.coordinated(group, &request, |a| a.error_code)?;
    let mut top = check(answer.error_code, None).err();
    if let Some(e) = &top {
        rows.values_mut().for_each(|row| *row = Some(e.clone()));
    }
    for topic in &answer.topics {
        for p in &topic.partitions {
            if let Err(e) = check(p.error_code, None) {
                top = top.or_else(|| Some(e.clone()));
                rows.insert((topic.name.clone(), p.partition_index), Some(e));
            }
        }
    }
    let partial = [
        ErrorCode::GroupSubscribedToTopic,
        ErrorCode::TopicAuthorizationFailed,
        ErrorCode::UnknownTopicOrPartition,
    ];
    match top {
        None => out.line(format!("Request succeeded for deleting offsets from group {group}.")),
        Some(e) if partial.iter().any(|c| e.is(*c)) => {
            out.line("\nError: Encountered some partition-level error, see the follow-up details.");
        }
        Some(e) => out.line(format!("\nError: {}", e.message)),
    }
    let width = rows.keys().map(|p| p.0.len()).max().unwrap_or(0).max(15);
    let line = |topic: &str, partition: &str, status: &str| {
        format!("\n{} {} {}", left(topic, width), left(partition, 10), left(status, 15))
    };
    let mut text = line("TOPIC", "PARTITION", "STATUS");
    let mut sorted: Vec<_> = rows.into_iter().collect();
    sorted.sort_by_key(|(p, _)| format!("{}{}", p.0, p.1));
    for ((topic, partition), e) in sorted {
        let partition = if partition >= 0 { partition.to_string() } else { "-".to_owned() };
        let status = e.map_or_else(|| "Successful".to_owned(), |e| format!("Error: {e}"));
        text += &line(&topic, &partition, &status);
    }
    out.line(text);
    Ok(())
}
