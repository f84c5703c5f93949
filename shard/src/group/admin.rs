//! DescribeGroups, ListGroups and DeleteGroups as one coordinator answers them (KIP-222, KIP-518, KIP-848).
//!
//! Owner: one event. Pure. Invariant: filters compare without case, as Apache Kafka 4 does.

use super::Effects;
use super::coordinator::Coordinator;
use super::limits::BATCH_BYTES_MAX;
use super::records::Record;
use super::state::Kind;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::ListGroupsRequest;
use ringlog_wire::generated::describe_groups_response::DescribedGroup;
use ringlog_wire::generated::list_groups_response::ListedGroup;

/// The state of a group that does not exist.
pub const DEAD: &str = "Dead";

impl Coordinator {
    pub(super) fn describe(&self, id: &str) -> DescribedGroup {
        let Some(group) = self.groups.get(id) else {
            return DescribedGroup {
                error_code: ErrorCode::GroupIdNotFound.code(),
                error_message: Some(format!("Group {id} not found.")),
                group_id: id.to_owned(),
                group_state: DEAD.to_owned(),
                ..Default::default()
            };
        };
        let Kind::Classic(classic) = &group.kind;
        DescribedGroup { group_id: id.to_owned(), ..classic.describe() }
    }

    pub(super) fn list(&self, filters: &ListGroupsRequest) -> Vec<ListedGroup> {
        let passes = |filter: &[String], name: &str| {
            filter.is_empty() || filter.iter().any(|f| f.eq_ignore_ascii_case(name))
        };
        let mut listed = Vec::new();
        for (id, group) in &self.groups {
            let Kind::Classic(classic) = &group.kind;
            let (state, kind) = (classic.state_name(), "classic");
            if passes(&filters.states_filter, state) && passes(&filters.types_filter, kind) {
                listed.push(ListedGroup {
                    group_id: id.to_string(),
                    protocol_type: classic.protocol_type().unwrap_or_default().to_owned(),
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
        let Kind::Classic(classic) = &group.kind;
        if !classic.may_vanish() {
            return Err(ErrorCode::NonEmptyGroup);
        }
        let tombstones = group.offsets.iter().map(|(t, p, _)| Record::offset_tombstone(&group.id, t, p));
        fx.records.extend(tombstones);
        if classic.has_record() {
            fx.records.push(Record::group_tombstone(&group.id));
        }
        self.groups.remove(id);
        Ok(())
    }
}

const _: () = assert!(BATCH_BYTES_MAX >= 300 * 100_000, "tombstones of a request's partitions fit a batch");
