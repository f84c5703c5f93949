//! The group as its records, there and back: epochs, members, targets, current assignments (types 3 and 5 to 8).
//!
//! Owner: the group. Pure. Invariant: replaying the records in their order gives the group that wrote them.

use super::member::{ClassicSide, Member, MemberState, Partitions};
use super::{Consumer, Held};
use crate::group::GroupId;
use crate::group::call::Client;
use crate::group::records::Record;
use bytes::Bytes;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::generated::records::{GroupRecordKey as Key, GroupRecordValue as Value};
use ringlog_wire::generated::{
    ConsumerGroupCurrentMemberAssignmentKey, ConsumerGroupCurrentMemberAssignmentValue,
    ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue, ConsumerGroupMetadataKey,
    ConsumerGroupMetadataValue, ConsumerGroupTargetAssignmentMemberKey,
    ConsumerGroupTargetAssignmentMemberValue, ConsumerGroupTargetAssignmentMetadataKey,
    ConsumerGroupTargetAssignmentMetadataValue, consumer_group_current_member_assignment_value as current,
    consumer_group_member_metadata_value::{ClassicMemberMetadata, ClassicProtocol},
    consumer_group_target_assignment_member_value as target,
};
use ringlog_wire::ids::TopicId;
use std::collections::BTreeSet;
use std::rc::Rc;

fn written(key: Key, value: Value) -> Record {
    Record { key, value: Some((value, 0)) }
}

fn member_key(group: &GroupId, member: &str) -> Key {
    let (group_id, member_id) = (group.to_string(), member.to_owned());
    Key::ConsumerGroupMemberMetadata(ConsumerGroupMemberMetadataKey { group_id, member_id })
}

fn target_key(group: &GroupId, member: &str) -> Key {
    let (group_id, member_id) = (group.to_string(), member.to_owned());
    Key::ConsumerGroupTargetAssignmentMember(ConsumerGroupTargetAssignmentMemberKey { group_id, member_id })
}

fn current_key(group: &GroupId, member: &str) -> Key {
    let (group_id, member_id) = (group.to_string(), member.to_owned());
    Key::ConsumerGroupCurrentMemberAssignment(ConsumerGroupCurrentMemberAssignmentKey { group_id, member_id })
}

fn group_key(group: &GroupId) -> Key {
    Key::ConsumerGroupMetadata(ConsumerGroupMetadataKey { group_id: group.to_string() })
}

fn target_epoch_key(group: &GroupId) -> Key {
    let group_id = group.to_string();
    Key::ConsumerGroupTargetAssignmentMetadata(ConsumerGroupTargetAssignmentMetadataKey { group_id })
}

/// The member is gone, in the order in which Kafka writes it.
pub fn member_tombstones(group: &GroupId, member: &str) -> [Record; 3] {
    [current_key(group, member), target_key(group, member), member_key(group, member)]
        .map(|key| Record { key, value: None })
}

/// The group is gone; its members are already.
pub fn group_tombstones(group: &GroupId) -> [Record; 2] {
    [target_epoch_key(group), group_key(group)].map(|key| Record { key, value: None })
}

impl Consumer {
    pub(super) fn group_record(&self, id: &GroupId) -> Record {
        let value = ConsumerGroupMetadataValue { epoch: self.epoch, metadata_hash: self.topics_hash };
        written(group_key(id), Value::ConsumerGroupMetadata(value))
    }

    pub(super) fn target_epoch_record(&self, id: &GroupId) -> Record {
        let value = ConsumerGroupTargetAssignmentMetadataValue {
            assignment_epoch: self.target_epoch,
            assignment_timestamp: self.target_at_ms,
        };
        written(target_epoch_key(id), Value::ConsumerGroupTargetAssignmentMetadata(value))
    }

    pub(super) fn member_record(&self, id: &GroupId, member: &str) -> Record {
        let m = self.members.get(member).expect("a record is written of a member that is there");
        let value = ConsumerGroupMemberMetadataValue {
            instance_id: m.instance.clone(),
            rack_id: m.rack.clone(),
            client_id: m.client.id.clone(),
            client_host: m.client.host.clone(),
            subscribed_topic_names: m.names.iter().cloned().collect(),
            subscribed_topic_regex: Some(m.pattern.clone()).filter(|p| !p.is_empty()),
            rebalance_timeout_ms: m.rebalance_timeout_ms,
            server_assignor: m.assignor.clone(),
            classic_member_metadata: m.classic.as_ref().map(classic_record),
        };
        written(member_key(id, member), Value::ConsumerGroupMemberMetadata(value))
    }

    pub(super) fn target_record(&self, id: &GroupId, member: &str) -> Record {
        let one = |(topic_id, ps): (&_, &BTreeSet<i32>)| target::TopicPartition {
            topic_id: *topic_id,
            partitions: ps.iter().copied().collect(),
        };
        let topics = self.target.get(member).into_iter().flat_map(|t| &t.0);
        let value = ConsumerGroupTargetAssignmentMemberValue { topic_partitions: topics.map(one).collect() };
        written(target_key(id, member), Value::ConsumerGroupTargetAssignmentMember(value))
    }

    pub(super) fn current_record(&self, id: &GroupId, member: &str) -> Record {
        let m = self.members.get(member).expect("a record is written of a member that is there");
        let value = ConsumerGroupCurrentMemberAssignmentValue {
            member_epoch: m.epoch,
            previous_member_epoch: m.previous_epoch,
            state: m.state as i8,
            assigned_partitions: self.listed(&m.assigned),
            partitions_pending_revocation: self.listed(&m.revoking),
        };
        written(current_key(id, member), Value::ConsumerGroupCurrentMemberAssignment(value))
    }

    /// True if a record with this key is of a consumer group.
    pub(in crate::group) fn group_of(key: &Key) -> Option<&str> {
        match key {
            Key::ConsumerGroupMetadata(k) => Some(&k.group_id),
            Key::ConsumerGroupMemberMetadata(k) => Some(&k.group_id),
            Key::ConsumerGroupTargetAssignmentMetadata(k) => Some(&k.group_id),
            Key::ConsumerGroupTargetAssignmentMember(k) => Some(&k.group_id),
            Key::ConsumerGroupCurrentMemberAssignment(k) => Some(&k.group_id),
            _ => None,
        }
    }

    /// Applies one record of the group.
    pub(in crate::group) fn replay(&mut self, key: Key, value: Option<Value>) {
        match (key, value) {
            (Key::ConsumerGroupMetadata(_), Some(Value::ConsumerGroupMetadata(v))) => {
                (self.epoch, self.topics_hash) = (v.epoch, v.metadata_hash);
            }
            (
                Key::ConsumerGroupTargetAssignmentMetadata(_),
                Some(Value::ConsumerGroupTargetAssignmentMetadata(v)),
            ) => (self.target_epoch, self.target_at_ms) = (v.assignment_epoch, v.assignment_timestamp),
            (Key::ConsumerGroupMemberMetadata(k), Some(Value::ConsumerGroupMemberMetadata(v))) => {
                let id = k.member_id.as_str().into();
                let known = self.members.get(&id).cloned();
                let next = described(v, known);
                self.put_member(&id, next);
            }
            (Key::ConsumerGroupMemberMetadata(_), None) if planted(Bug::MemberTombstoneIgnored) => {}
            (Key::ConsumerGroupMemberMetadata(k), None) => self.drop_member(&k.member_id),
            (
                Key::ConsumerGroupTargetAssignmentMember(k),
                Some(Value::ConsumerGroupTargetAssignmentMember(v)),
            ) => {
                let all = v.topic_partitions.iter();
                let all = all.flat_map(|t| t.partitions.iter().map(|p| (t.topic_id, *p)));
                self.target.insert(k.member_id.as_str().into(), Partitions::collect(all));
            }
            (Key::ConsumerGroupTargetAssignmentMember(k), None) => {
                self.target.remove(k.member_id.as_str());
            }
            (
                Key::ConsumerGroupCurrentMemberAssignment(k),
                Some(Value::ConsumerGroupCurrentMemberAssignment(v)),
            ) => self.place(&k.member_id, &v),
            _ => {}
        }
    }

    fn place(&mut self, member: &str, v: &ConsumerGroupCurrentMemberAssignmentValue) {
        let id: Rc<str> = member.into();
        let pairs = |all: &[current::TopicPartitions]| {
            Partitions::collect(all.iter().flat_map(|t| t.partitions.iter().map(|p| (t.topic_id, *p))))
        };
        let known = self.members.get(&id).cloned();
        let known = known.unwrap_or_else(|| Member::new(Client { id: String::new(), host: String::new() }));
        let next = Member {
            epoch: v.member_epoch,
            previous_epoch: v.previous_member_epoch,
            state: MemberState::from_wire(v.state),
            assigned: pairs(&v.assigned_partitions),
            revoking: pairs(&v.partitions_pending_revocation),
            ..known
        };
        let epochs = since(v);
        self.put_member(&id, next);
        if planted(Bug::OwnersLostOnLoad) {
            self.let_go(&id);
            return;
        }
        for (p, since) in epochs {
            self.held.insert(p, Held { by: Rc::clone(&id), since });
        }
    }

    /// Partitions with the epochs with which they were given (KIP-1251).
    fn listed(&self, partitions: &Partitions) -> Vec<current::TopicPartitions> {
        let since = |topic: TopicId, p: i32| self.held.get(&(topic, p)).map_or(0, |held| held.since);
        let one = |(topic_id, ps): (&TopicId, &BTreeSet<i32>)| current::TopicPartitions {
            topic_id: *topic_id,
            partitions: ps.iter().copied().collect(),
            assignment_epochs: Some(ps.iter().map(|p| since(*topic_id, *p)).collect()),
        };
        partitions.0.iter().map(one).collect()
    }

    fn drop_member(&mut self, member: &str) {
        self.take_member(&member.into());
    }
}

fn described(v: ConsumerGroupMemberMetadataValue, known: Option<Member>) -> Member {
    let known = known.unwrap_or_else(|| Member::new(Client { id: String::new(), host: String::new() }));
    let names: BTreeSet<String> = v.subscribed_topic_names.into_iter().collect();
    Member {
        instance: v.instance_id.filter(|i| !i.is_empty()),
        rack: v.rack_id.filter(|r| !r.is_empty()),
        client: Client { id: v.client_id, host: v.client_host },
        // What the pattern comes to is worked out again at the first heartbeat.
        topics: names.clone(),
        names,
        pattern: v.subscribed_topic_regex.unwrap_or_default(),
        rebalance_timeout_ms: v.rebalance_timeout_ms,
        assignor: v.server_assignor.filter(|a| !a.is_empty()),
        classic: v.classic_member_metadata.map(classic_side),
        ..known
    }
}

fn classic_record(classic: &ClassicSide) -> ClassicMemberMetadata {
    let one = |(name, metadata): &(String, Bytes)| ClassicProtocol {
        name: name.clone(),
        metadata: metadata.clone(),
    };
    ClassicMemberMetadata {
        session_timeout_ms: i32::try_from(classic.session_ms).unwrap_or(i32::MAX),
        supported_protocols: classic.protocols.iter().map(one).collect(),
    }
}

fn classic_side(v: ClassicMemberMetadata) -> ClassicSide {
    // Copies: a slice would pin the whole piece of the log that it was read from.
    let one = |p: ClassicProtocol| (p.name, Bytes::copy_from_slice(&p.metadata));
    ClassicSide {
        session_ms: u64::try_from(v.session_timeout_ms).unwrap_or(0),
        protocols: v.supported_protocols.into_iter().map(one).collect(),
    }
}

/// The epochs of a record; one of an older release has none, and then it is the member's.
fn since(v: &ConsumerGroupCurrentMemberAssignmentValue) -> Vec<((TopicId, i32), i32)> {
    let all = v.assigned_partitions.iter().chain(&v.partitions_pending_revocation);
    let one = |t: &current::TopicPartitions| {
        let epochs = t.assignment_epochs.clone().unwrap_or_default();
        let epochs = epochs.into_iter().chain(std::iter::repeat(v.member_epoch));
        let pairs = t.partitions.iter().zip(epochs).map(|(p, epoch)| ((t.topic_id, *p), epoch));
        pairs.collect::<Vec<_>>()
    };
    all.flat_map(one).collect()
}
