//! Records of `__consumer_offsets` as a coordinator writes them, and the batches they travel in.
//!
//! Owner: one event. Pure. Invariants: keys and values are Kafka's; a tombstone has no value; what cannot be
//! encoded is never handed to the log.

use super::offsets::Committed;
use super::{GroupId, limits};
use bytes::Bytes;
use ringlog_wire::generated::records::{GroupRecordKey, GroupRecordValue};
use ringlog_wire::generated::{GroupMetadataKey, GroupMetadataValue, OffsetCommitKey, OffsetCommitValue};
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::fmt;

/// Version of group metadata, as 4.3.1 writes it.
const GROUP_METADATA_VERSION: i16 = 3;

/// One record. The value carries its version; `None` is a tombstone.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// What it is about.
    pub key: GroupRecordKey,
    /// What is so from now on.
    pub value: Option<(GroupRecordValue, i16)>,
}

impl Record {
    /// A committed offset.
    #[must_use]
    pub fn offset(group: &GroupId, topic: &str, partition: i32, committed: &Committed) -> Self {
        let value = OffsetCommitValue {
            offset: committed.offset,
            leader_epoch: committed.leader_epoch,
            metadata: committed.metadata.to_string(),
            commit_timestamp: committed.commit_ms,
            expire_timestamp: committed.expire_ms.unwrap_or(-1),
            topic_id: committed.topic_id,
        };
        // Version 1 alone has an expiry, and no epoch; version 4 alone has the topic's id.
        let (value, version) = match committed.expire_ms {
            Some(_) => (OffsetCommitValue { leader_epoch: -1, topic_id: Default::default(), ..value }, 1),
            None if committed.topic_id.is_zero() => (value, 3),
            None => (value, 4),
        };
        let key = offset_key(group, topic, partition);
        Self { key, value: Some((GroupRecordValue::OffsetCommit(value), version)) }
    }

    /// An offset is gone.
    #[must_use]
    pub fn offset_tombstone(group: &GroupId, topic: &str, partition: i32) -> Self {
        Self { key: offset_key(group, topic, partition), value: None }
    }

    /// A classic group.
    #[must_use]
    pub fn group(group: &GroupId, value: GroupMetadataValue) -> Self {
        let key = GroupRecordKey::GroupMetadata(GroupMetadataKey { group: group.to_string() });
        Self { key, value: Some((GroupRecordValue::GroupMetadata(value), GROUP_METADATA_VERSION)) }
    }

    /// A classic group is gone.
    #[must_use]
    pub fn group_tombstone(group: &GroupId) -> Self {
        let key = GroupRecordKey::GroupMetadata(GroupMetadataKey { group: group.to_string() });
        Self { key, value: None }
    }
}

fn offset_key(group: &GroupId, topic: &str, partition: i32) -> GroupRecordKey {
    let (group, topic) = (group.to_string(), topic.to_owned());
    GroupRecordKey::OffsetCommit(OffsetCommitKey { group, topic, partition })
}

/// Why records cannot be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unwritable(String);

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One batch of `records`, stamped with `wall_ms`. Returns the batch.
///
/// Errors: a field that the version cannot carry, or more bytes than one batch may have.
pub fn encode(records: &[Record], wall_ms: i64) -> Result<Bytes, Unwritable> {
    let mut batch = BatchBuilder::new(BatchOptions::default());
    for record in records {
        let mut key = Vec::with_capacity(64);
        record.key.encode_key(&mut key).map_err(|e| Unwritable(e.to_string()))?;
        let value = match &record.value {
            None => None,
            Some((value, version)) => {
                let mut bytes = Vec::with_capacity(64);
                value.encode_value(&mut bytes, *version).map_err(|e| Unwritable(e.to_string()))?;
                Some(bytes)
            }
        };
        batch.append(wall_ms, Some(&key), value.as_deref(), &[]);
        if batch.size() > limits::BATCH_BYTES_MAX {
            let bytes = batch.size();
            return Err(Unwritable(format!(
                "{bytes} bytes of records, the most is {}",
                limits::BATCH_BYTES_MAX
            )));
        }
    }
    batch.build().map_err(|e| Unwritable(e.to_string()))
}
