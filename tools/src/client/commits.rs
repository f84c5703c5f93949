//! Offsets that groups committed: read, written.
//!
//! Owner: one command. Invariant: topics go by name, in the last version that names them, so that no id must be known.

use super::offsets::Partition;
use super::{Client, Failure, check};
use ringlog_wire::api::ApiKey;
use ringlog_wire::generated::offset_commit_request::{
    OffsetCommitRequest, OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use ringlog_wire::generated::offset_fetch_request::{
    OffsetFetchRequest, OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use std::collections::BTreeMap;

/// The last version of OffsetCommit and OffsetFetch that names topics (KIP-848 brought ids in 10).
const NAMES: i16 = 9;

/// What is committed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Committed {
    /// The next offset to read.
    pub offset: i64,
    /// The leader epoch of the record before it; -1 for none.
    pub epoch: i32,
}

/// Who commits.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    /// The group.
    pub group: &'a str,
    /// Its member; empty for an operator.
    pub member: &'a str,
    /// The member's generation or epoch; -1 for an operator.
    pub epoch: i32,
    /// The member's `group.instance.id`.
    pub instance: Option<&'a str>,
}

/// What `group` committed, for `wanted` or for everything. What was never committed is left out.
pub fn committed(
    client: &mut Client,
    group: &str,
    wanted: Option<&[Partition]>,
) -> Result<BTreeMap<Partition, Committed>, Failure> {
    let deadline = client.deadline();
    let answer = loop {
        let id = client.coordinator(group)?;
        let conn = client.node(id)?;
        let version = conn.version_of(ApiKey::OffsetFetch)?.min(NAMES);
        let topics = wanted.map(|wanted| {
            let mut topics: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
            for (topic, partition) in wanted {
                topics.entry(topic).or_default().push(*partition);
            }
            topics
                .into_iter()
                .map(|(name, partition_indexes)| OffsetFetchRequestTopics {
                    name: name.to_owned(),
                    partition_indexes,
                    ..Default::default()
                })
                .collect()
        });
        let request = OffsetFetchRequest {
            groups: vec![OffsetFetchRequestGroup {
                group_id: group.to_owned(),
                member_id: None,
                member_epoch: -1,
                topics,
            }],
            ..Default::default()
        };
        let answer = conn.call_at(&request, version)?;
        let found = answer.groups.into_iter().next().ok_or_else(|| Failure::kafka(69, None))?;
        if matches!(found.error_code, 14..=16) && std::time::Instant::now() < deadline {
            client.forget_coordinator(group);
            std::thread::sleep(std::time::Duration::from_millis(100));
            continue;
        }
        break found;
    };
    check(answer.error_code, None)?;
    let mut all = BTreeMap::new();
    for topic in answer.topics {
        for p in topic.partitions {
            check(p.error_code, None)?;
            if p.committed_offset >= 0 {
                let at = Committed { offset: p.committed_offset, epoch: p.committed_leader_epoch };
                all.insert((topic.name.clone(), p.partition_index), at);
            }
        }
    }
    Ok(all)
}

/// Commits `offsets`. Errors: the first refusal.
pub fn commit(client: &mut Client, who: Who<'_>, offsets: &BTreeMap<Partition, i64>) -> Result<(), Failure> {
    if offsets.is_empty() {
        return Ok(());
    }
    let id = client.coordinator(who.group)?;
    let conn = client.node(id)?;
    let version = conn.version_of(ApiKey::OffsetCommit)?.min(NAMES);
    let mut topics: BTreeMap<&str, Vec<OffsetCommitRequestPartition>> = BTreeMap::new();
    for ((topic, partition_index), &committed_offset) in offsets {
        topics.entry(topic).or_default().push(OffsetCommitRequestPartition {
            partition_index: *partition_index,
            committed_offset,
            committed_leader_epoch: -1,
            committed_metadata: Some(String::new()),
        });
    }
    let request = OffsetCommitRequest {
        group_id: who.group.to_owned(),
        generation_id_or_member_epoch: who.epoch,
        member_id: who.member.to_owned(),
        group_instance_id: who.instance.map(ToOwned::to_owned),
        topics: topics
            .into_iter()
            .map(|(name, partitions)| OffsetCommitRequestTopic {
                name: name.to_owned(),
                partitions,
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    };
    let answer = conn.call_at(&request, version)?;
    for topic in &answer.topics {
        topic.partitions.iter().try_for_each(|p| check(p.error_code, None))?;
    }
    Ok(())
}
