//! The records of the partition, put back together.
//!
//! Owner: the coordinator that loads. Pure. Invariants: replaying what a coordinator has written gives what it
//! knew; records of protocols that are not built here are passed over, as Kafka passes over types it does not know.

use super::consumer::Consumer;
use super::coordinator::Coordinator;
use super::offsets::Committed;
use super::state::{Group, Kind};
use bytes::Bytes;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::generated::OffsetCommitValue;
use ringlog_wire::generated::records::{GroupRecordKey, GroupRecordValue};
use ringlog_wire::reader::DecodeError;
use std::rc::Rc;

/// Decoded bytes that one record may use.
const RECORD_HEAP_MAX: usize = 256 << 20;

impl Coordinator {
    /// Applies one record. Errors: it cannot be read.
    pub fn replay(&mut self, key: &Bytes, value: Option<&Bytes>) -> Result<(), DecodeError> {
        let key = match GroupRecordKey::decode_key(key, RECORD_HEAP_MAX) {
            Err(DecodeError::UnknownType(_)) => return Ok(()),
            other => other?,
        };
        let value = match value {
            None => None,
            Some(v) => Some(GroupRecordValue::decode_value(key.kind(), v, RECORD_HEAP_MAX)?.0),
        };
        match (key, value) {
            (GroupRecordKey::OffsetCommit(k), Some(GroupRecordValue::OffsetCommit(v))) => {
                let offsets = &mut self.entry(&k.group).offsets;
                if planted(Bug::OlderOffsetReplayed) && offsets.find(&k.topic, k.partition).is_some() {
                    return Ok(());
                }
                offsets.put(&k.topic, k.partition, committed(&v));
            }
            (GroupRecordKey::OffsetCommit(_), None) if planted(Bug::OffsetTombstoneIgnored) => {}
            (GroupRecordKey::OffsetCommit(k), None) => {
                if let Some(group) = self.groups.get_mut(k.group.as_str()) {
                    group.offsets.remove(&k.topic, k.partition);
                    if group.is_blank() {
                        self.groups.remove(k.group.as_str());
                    }
                }
            }
            (GroupRecordKey::GroupMetadata(k), Some(GroupRecordValue::GroupMetadata(v))) => {
                let classic = super::classic::Classic::from_record(v);
                self.entry(&k.group).kind = Kind::Classic(Box::new(classic));
            }
            (GroupRecordKey::GroupMetadata(k), None) => {
                if let Some(group) = self.groups.get_mut(k.group.as_str()) {
                    group.kind = Kind::Classic(Box::default());
                    if group.is_blank() {
                        self.groups.remove(k.group.as_str());
                    }
                }
            }
            (key, value) => self.replay_consumer(key, value),
        }
        Ok(())
    }

    fn replay_consumer(&mut self, key: GroupRecordKey, value: Option<GroupRecordValue>) {
        let Some(id) = Consumer::group_of(&key).map(str::to_owned) else { return };
        if value.is_none()
            && !self.groups.get(id.as_str()).is_some_and(|g| matches!(g.kind, Kind::Consumer(_)))
        {
            return;
        }
        let group = self.entry(&id);
        if value.is_none() && matches!(key, GroupRecordKey::ConsumerGroupMetadata(_)) {
            group.kind = Kind::Classic(Box::default());
        } else {
            if matches!(group.kind, Kind::Classic(_)) {
                group.kind = Kind::Consumer(Box::default());
            }
            if let Kind::Consumer(consumer) = &mut group.kind {
                consumer.replay(key, value);
            }
        }
        if group.is_blank() {
            self.groups.remove(id.as_str());
        }
    }

    fn entry(&mut self, id: &str) -> &mut Group {
        if !self.groups.contains_key(id) {
            let id: Rc<str> = id.into();
            self.groups.insert(Rc::clone(&id), Group::new(id));
        }
        self.groups.get_mut(id).expect("inserted above")
    }
}

fn committed(v: &OffsetCommitValue) -> Committed {
    Committed {
        offset: v.offset,
        leader_epoch: v.leader_epoch,
        metadata: v.metadata.as_str().into(),
        commit_ms: v.commit_timestamp,
        expire_ms: (v.expire_timestamp >= 0).then_some(v.expire_timestamp),
        topic_id: v.topic_id,
    }
}
