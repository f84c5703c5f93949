//! DescribeGroups, ListGroups and DeleteGroups as one coordinator answers them (KIP-222, KIP-518, KIP-848).
//!
//! Owner: one event. Pure. Invariant: filters compare without case, as Apache Kafka 4 does.

use super::Effects;
use super::coordinator::Coordinator;
use super::limits::BATCH_BYTES_MAX;
use super::records::Record;
use super::state::Kind;
use crate::image::MetadataImage;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::ListGroupsRequest;
use ringlog_wire::generated::consumer_group_describe_response::DescribedGroup as DescribedConsumerGroup;
use ringlog_wire::generated::describe_groups_response::DescribedGroup;
use ringlog_wire::generated::list_groups_response::ListedGroup;

/// The state of a group that does not exist.
pub const DEAD: &str = "Dead";

impl Coordinator {
    pub(super) fn describe(&self, id: &str) -> DescribedGroup {
        let Some(group) = self.groups.get(id) else {
            return not_of_this_kind(id, &format!("Group {id} not found."));
        };
        match &group.kind {
            Kind::Classic(classic) => DescribedGroup { group_id: id.to_owned(), ..classic.describe() },
            Kind::Consumer(_) => not_of_this_kind(id, &format!("Group {id} is not a classic group.")),
        }
    }

    /// What ConsumerGroupDescribe says of a group.
    pub(super) fn describe_consumer(&self, id: &str, image: &MetadataImage) -> DescribedConsumerGroup {
        let why = match self.groups.get(id).map(|g| &g.kind) {
            Some(Kind::Consumer(c)) => {
                return DescribedConsumerGroup { group_id: id.to_owned(), ..c.describe(image) };
            }
            Some(Kind::Classic(_)) => format!("Group {id} is not a consumer group."),
            None => format!("Group {id} not found."),
        };
        DescribedConsumerGroup {
            error_code: ErrorCode::GroupIdNotFound.code(),
            error_message: Some(why),
            group_id: id.to_owned(),
            ..Default::default()
        }
    }

    pub(super) fn list(&self, filters: &ListGroupsRequest) -> Vec<ListedGroup> {
        let passes = |filter: &[String], name: &str| {
            filter.is_empty() || filter.iter().any(|f| f.eq_ignore_ascii_case(name))
        };
        let mut listed = Vec::new();
        for (id, group) in &self.groups {
            let (state, kind, protocol_type) = match &group.kind {
                Kind::Classic(c) => (c.state_name(), "classic", c.protocol_type().unwrap_or_default()),
                Kind::Consumer(c) => (c.state_name(), "consumer", "consumer"),
            };
            if passes(&filters.states_filter, state) && passes(&filters.types_filter, kind) {
                listed.push(ListedGroup {
                    group_id: id.to_string(),
                    protocol_type: protocol_type.to_owned(),
                    group_state: state.to_owned(),
                    group_type: kind.to_owned(),
                });
            }
        }
        listed
    }

    /// Deletes a group without members, and its offsets.
    pub(super) fn delete_group(&mut self, fx: &mut Effects, id: &str) -> Result<(), ErrorCode> {
        let group = self.groups.get(id).ok_or(ErrorCode::GroupIdNotFound)?;
        if !group.may_vanish() {
            return Err(ErrorCode::NonEmptyGroup);
        }
        let offsets = group.offsets.iter().filter(|_| !planted(Bug::DeletedGroupNotRecorded));
        let tombstones = offsets.map(|(t, p, _)| Record::offset_tombstone(&group.id, t, p));
        fx.records.extend(tombstones);
        fx.records.extend(group.tombstones());
        self.groups.remove(id);
        Ok(())
    }
}

fn not_of_this_kind(id: &str, why: &str) -> DescribedGroup {
    DescribedGroup {
        error_code: ErrorCode::GroupIdNotFound.code(),
        error_message: Some(why.to_owned()),
        group_id: id.to_owned(),
        group_state: DEAD.to_owned(),
        ..Default::default()
    }
}

const _: () = assert!(BATCH_BYTES_MAX >= 300 * 100_000, "tombstones of a request's partitions fit a batch");
