//! Groups as the cluster describes them, of both protocols.
//!
//! Owner: one command. Invariant: a group is asked for by the protocol of KIP-848 first, then by the classic one, as
//! the Java client asks.

use crate::client::offsets::Partition;
use crate::client::{Client, Failure, check};
use ringlog_wire::api::ApiKey;
use ringlog_wire::frames::decode_prefixed;
use ringlog_wire::generated::consumer_group_describe_request::ConsumerGroupDescribeRequest;
use ringlog_wire::generated::consumer_group_describe_response::Assignment;
use ringlog_wire::generated::consumer_protocol_assignment::ConsumerProtocolAssignment;
use ringlog_wire::generated::describe_groups_request::DescribeGroupsRequest;
use ringlog_wire::generated::list_groups_request::ListGroupsRequest;
use ringlog_wire::generated::list_groups_response::ListedGroup;
use std::collections::BTreeSet;

const DECODE_MAX: usize = 64 << 20;

/// A member.
pub struct Member {
    /// Its id.
    pub id: String,
    /// `group.instance.id`.
    pub instance: Option<String>,
    /// What it calls itself.
    pub client: String,
    /// Where it connects from.
    pub host: String,
    /// What it has.
    pub has: BTreeSet<Partition>,
    /// What it is to have; only of KIP-848.
    pub target: Option<BTreeSet<Partition>>,
    /// Its epoch; only of KIP-848.
    pub epoch: Option<i32>,
    /// Its protocol, as the wire numbers it: 0 classic, 1 consumer, -1 unknown.
    pub kind: i8,
}

/// A group.
pub struct Group {
    /// Its name.
    pub id: String,
    /// Its state, in Kafka's words.
    pub state: String,
    /// How partitions are given out.
    pub assignor: String,
    /// Its epoch; only of KIP-848.
    pub epoch: Option<i32>,
    /// The epoch of its assignment; only of KIP-848.
    pub target_epoch: Option<i32>,
    /// Its members.
    pub members: Vec<Member>,
    /// The broker that has it.
    pub coordinator: i32,
}

fn named(assignment: &Assignment) -> BTreeSet<Partition> {
    let topics = assignment.topic_partitions.iter();
    topics.flat_map(|t| t.partitions.iter().map(|p| (t.topic_name.clone(), *p))).collect()
}

/// Group `id`. Errors: the coordinator's.
pub fn describe(client: &mut Client, id: &str) -> Result<Group, Failure> {
    let coordinator = client.coordinator(id)?;
    if client.node(coordinator)?.version_of(ApiKey::ConsumerGroupDescribe).is_ok() {
        let request = ConsumerGroupDescribeRequest {
            group_ids: vec![id.to_owned()],
            include_authorized_operations: false,
        };
        let code = |a: &ringlog_wire::generated::ConsumerGroupDescribeResponse| {
            a.groups.first().map_or(0, |g| g.error_code)
        };
        let answer = client.coordinated(id, &request, code)?;
        let found = answer.groups.into_iter().next().ok_or_else(|| Failure::kafka(69, None))?;
        // The group is of the other protocol, or not there: the classic answer tells which.
        if !matches!(found.error_code, 69 | 35) {
            check(found.error_code, found.error_message.as_deref())?;
            let members = found.members.iter().map(|m| Member {
                id: m.member_id.clone(),
                instance: m.instance_id.clone(),
                client: m.client_id.clone(),
                host: m.client_host.clone(),
                has: named(&m.assignment),
                target: Some(named(&m.target_assignment)),
                epoch: Some(m.member_epoch),
                kind: m.member_type,
            });
            return Ok(Group {
                id: id.to_owned(),
                state: found.group_state,
                assignor: found.assignor_name,
                epoch: Some(found.group_epoch),
                target_epoch: Some(found.assignment_epoch),
                members: members.collect(),
                coordinator,
            });
        }
    }
    classic(client, id, coordinator)
}

fn classic(client: &mut Client, id: &str, coordinator: i32) -> Result<Group, Failure> {
    let request = DescribeGroupsRequest { groups: vec![id.to_owned()], include_authorized_operations: false };
    let code =
        |a: &ringlog_wire::generated::DescribeGroupsResponse| a.groups.first().map_or(0, |g| g.error_code);
    let answer = client.coordinated(id, &request, code)?;
    let found = answer.groups.into_iter().next().ok_or_else(|| Failure::kafka(69, None))?;
    check(found.error_code, found.error_message.as_deref())?;
    if !matches!(found.protocol_type.as_str(), "" | "consumer") {
        return Err(Failure::illegal(format!(
            "GroupId {id} is not a consumer group ({}).",
            found.protocol_type
        )));
    }
    let mut members = Vec::new();
    for m in found.members {
        let mut has = BTreeSet::new();
        if !m.member_assignment.is_empty() {
            let (given, _) = decode_prefixed::<ConsumerProtocolAssignment>(&m.member_assignment, DECODE_MAX)
                .map_err(|e| {
                    Failure::client(format!("The assignment of {} cannot be read: {e}", m.member_id))
                })?;
            for topic in given.assigned_partitions {
                has.extend(topic.partitions.iter().map(|p| (topic.topic.clone(), *p)));
            }
        }
        members.push(Member {
            id: m.member_id,
            instance: m.group_instance_id,
            client: m.client_id,
            host: m.client_host,
            has,
            target: None,
            epoch: None,
            kind: -1,
        });
    }
    Ok(Group {
        id: id.to_owned(),
        state: found.group_state,
        assignor: found.protocol_data,
        epoch: None,
        target_epoch: None,
        members,
        coordinator,
    })
}

/// The groups of every broker, in states and of types (empty: all), by any protocol type.
pub fn list(client: &mut Client, states: &[String], types: &[String]) -> Result<Vec<ListedGroup>, Failure> {
    client.metadata(Some(&[]))?;
    let brokers: Vec<i32> = client.brokers().keys().copied().collect();
    let request = ListGroupsRequest { states_filter: states.to_vec(), types_filter: types.to_vec() };
    let mut all: Vec<ListedGroup> = Vec::new();
    for broker in brokers {
        let listed = client.retry(|c| {
            let answer = c.on(broker, &request)?;
            check(answer.error_code, None)?;
            Ok(answer.groups)
        })?;
        for group in listed {
            if all.iter().all(|g| g.group_id != group.group_id) {
                all.push(group);
            }
        }
    }
    Ok(all)
}
