//! Offsets of partitions: by time and position from their leaders, and of groups from their coordinators.
//!
//! Owner: one command. Invariant: every partition that was asked for is answered, by an offset or by a failure.

use super::{Client, Failure, check};
use ringlog_wire::generated::list_offsets_request::{
    ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic,
};
use ringlog_wire::generated::metadata_response::MetadataResponse;
use std::collections::BTreeMap;

/// Topic and number.
pub type Partition = (String, i32);

/// An offset and its time; -1 for none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct At {
    /// The offset.
    pub offset: i64,
    /// The record's time.
    pub timestamp: i64,
}

/// Asks for `timestamp` (or -1 latest, -2 earliest, …) of partitions whose leaders `metadata` names.
pub fn list_offsets(
    client: &mut Client,
    metadata: &MetadataResponse,
    wanted: &[Partition],
    (timestamp, isolation_level): (i64, i8),
) -> BTreeMap<Partition, Result<At, Failure>> {
    let mut found = BTreeMap::new();
    let mut by_leader: BTreeMap<i32, BTreeMap<&str, Vec<ListOffsetsPartition>>> = BTreeMap::new();
    for partition in wanted {
        let (topic, index) = (partition.0.as_str(), partition.1);
        let known = metadata.topics.iter().find(|t| t.name.as_deref() == Some(topic));
        let leader =
            known.and_then(|t| t.partitions.iter().find(|p| p.partition_index == index)).map(|p| p.leader_id);
        match leader {
            Some(leader) if leader >= 0 => {
                by_leader.entry(leader).or_default().entry(topic).or_default().push(ListOffsetsPartition {
                    partition_index: index,
                    current_leader_epoch: -1,
                    timestamp,
                });
            }
            Some(_) => {
                found.insert(partition.clone(), Err(Failure::kafka(5, None)));
            }
            None => {
                found.insert(partition.clone(), Err(Failure::kafka(3, None)));
            }
        }
    }
    for (leader, topics) in by_leader {
        let request = ListOffsetsRequest {
            replica_id: -1,
            isolation_level,
            topics: topics
                .into_iter()
                .map(|(name, partitions)| ListOffsetsTopic { name: name.to_owned(), partitions })
                .collect(),
            timeout_ms: 30_000,
        };
        match client.on(leader, &request) {
            Ok(answer) => {
                for topic in answer.topics {
                    for p in topic.partitions {
                        let at = check(p.error_code, None)
                            .map(|()| At { offset: p.offset, timestamp: p.timestamp });
                        found.insert((topic.name.clone(), p.partition_index), at);
                    }
                }
            }
            Err(e) => {
                for topic in &request.topics {
                    for p in &topic.partitions {
                        found.insert((topic.name.clone(), p.partition_index), Err(e.clone()));
                    }
                }
            }
        }
    }
    found
}
