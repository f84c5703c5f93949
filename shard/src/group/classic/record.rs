//! The group as its record: GroupMetadata, there and back.
//!
//! Owner: the group. Pure. Invariant: what a record says is a group at rest, empty or stable; or one without leader
//! and assignments, which rebalances when it is loaded.

use super::member::Member;
use super::{Classic, State};
use crate::group::GroupId;
use crate::group::call::Client;
use crate::group::records::Record;
use bytes::Bytes;
use ringlog_wire::generated::GroupMetadataValue;
use ringlog_wire::generated::group_metadata_value::MemberMetadata;
use std::rc::Rc;

impl Classic {
    /// The record of the group as it is now.
    pub(super) fn record(&self, id: &GroupId) -> Record {
        Record::group(id, self.value())
    }

    fn value(&self) -> GroupMetadataValue {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let members = self.members.iter().map(|(id, m)| MemberMetadata {
            member_id: id.to_string(),
            group_instance_id: m.instance.clone(),
            client_id: m.client.id.clone(),
            client_host: m.client.host.clone(),
            rebalance_timeout: i32::try_from(m.rebalance_ms).unwrap_or(i32::MAX),
            session_timeout: i32::try_from(m.session_ms).unwrap_or(i32::MAX),
            subscription: m.metadata(protocol).unwrap_or_default(),
            assignment: m.assignment.clone(),
        });
        GroupMetadataValue {
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            generation: self.generation,
            protocol: self.protocol.clone(),
            leader: self.leader.as_deref().map(str::to_owned),
            current_state_timestamp: self.state_since.unwrap_or(-1),
            members: members.collect(),
        }
    }

    /// The record of a generation that has no assignments yet. Kafka writes none here: a static member that has
    /// just been told its new id is fenced for good if the coordinator fails before the leader has assigned.
    pub(super) fn unsettled_record(&self, id: &GroupId) -> Record {
        let value = self.value();
        let members = value.members.into_iter().map(|m| MemberMetadata { assignment: Bytes::new(), ..m });
        Record::group(id, GroupMetadataValue { leader: None, members: members.collect(), ..value })
    }

    /// The group that a record describes.
    pub(in crate::group) fn from_record(value: GroupMetadataValue) -> Self {
        let protocol = value.protocol.filter(|p| !p.is_empty());
        let mut classic = Self {
            state: if value.members.is_empty() { State::Empty } else { State::Stable },
            state_since: (value.current_state_timestamp >= 0).then_some(value.current_state_timestamp),
            generation: value.generation,
            protocol_type: Some(value.protocol_type).filter(|t| !t.is_empty()),
            leader: value.leader.filter(|l| !l.is_empty()).map(Into::into),
            recorded: true,
            ..Self::default()
        };
        for m in value.members {
            let id: Rc<str> = m.member_id.as_str().into();
            if let Some(instance) = &m.group_instance_id {
                classic.statics.insert(instance.clone(), Rc::clone(&id));
            }
            // Copies: a slice would pin the whole piece of the log that it was read from.
            let metadata = Bytes::copy_from_slice(&m.subscription);
            let rebalance = if m.rebalance_timeout < 0 { m.session_timeout } else { m.rebalance_timeout };
            let member = Member {
                instance: m.group_instance_id,
                client: Client { id: m.client_id, host: m.client_host },
                session_ms: u64::try_from(m.session_timeout).unwrap_or(0),
                rebalance_ms: u64::try_from(rebalance).unwrap_or(0),
                protocols: vec![(protocol.clone().unwrap_or_default(), metadata)],
                assignment: Bytes::copy_from_slice(&m.assignment),
                join: None,
                sync: None,
                is_new: false,
            };
            classic.members.insert(id, member);
        }
        classic.protocol = protocol;
        classic
    }
}
