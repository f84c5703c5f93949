//! Wrong requests about groups, as `wrong` has them for the other APIs.
//!
//! Owner: one comparison of answers. No group `nobody` exists when it is asked about, and nothing here makes a group
//! that lasts: what joins is refused, or told its member id and no more.

use crate::wrong::Cases;
use crate::wrong_configs;
use bytes::Bytes;
use ringlog_wire::ApiKey;
use ringlog_wire::generated::*;
use ringlog_wire::ids::TopicId;

/// Adds the cases of `api`. `id`: of topic `t` on that broker.
pub fn add(c: &mut Cases, api: ApiKey, id: TopicId) {
    match api {
        ApiKey::OffsetCommit => offset_commit(c, id),
        ApiKey::OffsetFetch => offset_fetch(c, id),
        ApiKey::JoinGroup => join_group(c),
        ApiKey::SyncGroup => sync_group(c),
        ApiKey::Heartbeat => heartbeat(c),
        ApiKey::LeaveGroup => leave_group(c),
        ApiKey::DescribeGroups => describe_groups(c),
        ApiKey::ListGroups => list_groups(c),
        ApiKey::DeleteGroups => delete_groups(c),
        ApiKey::OffsetDelete => offset_delete(c),
        ApiKey::ConsumerGroupHeartbeat => consumer_heartbeat(c),
        ApiKey::ConsumerGroupDescribe => consumer_describe(c),
        _ => wrong_configs::add(c, api),
    }
}

fn offset_commit(c: &mut Cases, id: TopicId) {
    use offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic};
    let by_id = c.version() >= 10;
    let request = |group: &str, name: &str, topic_id, metadata: &str, generation| {
        let (name, topic_id) = if by_id { (String::new(), topic_id) } else { (name.into(), TopicId::ZERO) };
        let partition = OffsetCommitRequestPartition {
            committed_offset: 1,
            committed_metadata: Some(metadata.into()),
            ..Default::default()
        };
        OffsetCommitRequest {
            group_id: group.into(),
            generation_id_or_member_epoch: generation,
            member_id: if generation < 0 { String::new() } else { "m".into() },
            retention_time_ms: -1,
            topics: vec![OffsetCommitRequestTopic { name, topic_id, partitions: vec![partition] }],
            ..Default::default()
        }
    };
    c.add("unknown topic", &request("g", "nobody", TopicId([7; 16]), "", -1));
    c.add("long metadata", &request("g", "t", id, &"x".repeat(5000), -1));
    c.add("generation of no group", &request("nobody", "t", id, "", 5));
    c.add("no group", &request("", "t", id, "", 5));
    c.add("nothing", &OffsetCommitRequest { topics: Vec::new(), ..request("g", "t", id, "", -1) });
}

fn offset_fetch(c: &mut Cases, id: TopicId) {
    use offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics};
    if c.version() < 8 {
        let request = |group: &str, name: &str, partition_indexes| OffsetFetchRequest {
            group_id: group.into(),
            topics: Some(vec![OffsetFetchRequestTopic { name: name.into(), partition_indexes }]),
            ..Default::default()
        };
        c.add("nothing committed", &request("nobody", "t", vec![0]));
        c.add("unknown topic", &request("nobody", "nobody", vec![0, 9]));
        c.add("negative partition", &request("nobody", "t", vec![-1]));
        c.add("no group", &request("", "t", vec![0]));
        c.add("all", &OffsetFetchRequest { topics: None, ..request("nobody", "t", vec![]) });
        return;
    }
    let by_id = c.version() >= 10;
    let group = |group: &str, name: &str, topic_id, partition_indexes| {
        let (name, topic_id) = if by_id { (String::new(), topic_id) } else { (name.into(), TopicId::ZERO) };
        OffsetFetchRequestGroup {
            group_id: group.into(),
            member_epoch: -1,
            topics: Some(vec![OffsetFetchRequestTopics { name, topic_id, partition_indexes }]),
            ..Default::default()
        }
    };
    let request = |groups| OffsetFetchRequest { groups, ..Default::default() };
    c.add("nothing committed", &request(vec![group("nobody", "t", id, vec![0])]));
    c.add("unknown topic", &request(vec![group("nobody", "nobody", TopicId([7; 16]), vec![0])]));
    c.add("no group", &request(vec![group("", "t", id, vec![0])]));
    c.add("no groups", &request(vec![]));
    let all = OffsetFetchRequestGroup { topics: None, ..group("nobody", "t", id, vec![]) };
    c.add("all", &request(vec![all.clone()]));
    if c.version() >= 9 {
        let member = Some("m".to_owned());
        c.add(
            "member of no group",
            &request(vec![OffsetFetchRequestGroup { member_id: member, member_epoch: 3, ..all }]),
        );
    }
}

fn join_group(c: &mut Cases) {
    use join_group_request::JoinGroupRequestProtocol;
    let protocol =
        || JoinGroupRequestProtocol { name: "range".into(), metadata: Bytes::from_static(&[0; 10]) };
    let base = JoinGroupRequest {
        group_id: "joins".into(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: 1000,
        protocol_type: "consumer".into(),
        protocols: vec![protocol()],
        ..Default::default()
    };
    if c.version() >= 4 {
        // KIP-394: told a member id, and to come again with it.
        c.add("first", &base);
    }
    c.add("no group", &JoinGroupRequest { group_id: String::new(), ..base.clone() });
    c.add("short session", &JoinGroupRequest { session_timeout_ms: 1, ..base.clone() });
    c.add("long session", &JoinGroupRequest { session_timeout_ms: i32::MAX, ..base.clone() });
    c.add("unknown member", &JoinGroupRequest { member_id: "stranger".into(), ..base.clone() });
    c.add("no protocols", &JoinGroupRequest { protocols: Vec::new(), ..base.clone() });
    c.add("no protocol type", &JoinGroupRequest { protocol_type: String::new(), ..base });
}

fn sync_group(c: &mut Cases) {
    let base = SyncGroupRequest {
        group_id: "nobody".into(),
        generation_id: 1,
        member_id: "m".into(),
        protocol_type: Some("consumer".into()),
        protocol_name: Some("range".into()),
        ..Default::default()
    };
    c.add("unknown group", &base);
    c.add("no group", &SyncGroupRequest { group_id: String::new(), ..base.clone() });
    c.add("no protocol", &SyncGroupRequest { protocol_type: None, protocol_name: None, ..base });
}

fn heartbeat(c: &mut Cases) {
    let base = HeartbeatRequest {
        group_id: "nobody".into(),
        generation_id: 1,
        member_id: "m".into(),
        ..Default::default()
    };
    c.add("unknown group", &base);
    c.add("no member", &HeartbeatRequest { member_id: String::new(), ..base.clone() });
    c.add("no group", &HeartbeatRequest { group_id: String::new(), ..base.clone() });
    c.add("unknown instance", &HeartbeatRequest { group_instance_id: Some("i".into()), ..base });
}

fn leave_group(c: &mut Cases) {
    use leave_group_request::MemberIdentity;
    let request = |group: &str, member: &str, instance: Option<&str>| {
        let identity = MemberIdentity {
            member_id: member.into(),
            group_instance_id: instance.map(Into::into),
            ..Default::default()
        };
        let (member_id, members) =
            if c.version() <= 2 { (member.to_owned(), Vec::new()) } else { (String::new(), vec![identity]) };
        LeaveGroupRequest { group_id: group.into(), member_id, members }
    };
    let all = [
        ("unknown group", request("nobody", "m", None)),
        ("no group", request("", "m", None)),
        ("no member", request("nobody", "", None)),
        ("unknown instance", request("nobody", "", Some("i"))),
        ("nobody leaves", LeaveGroupRequest { group_id: "nobody".into(), ..Default::default() }),
    ];
    all.iter().for_each(|(label, m)| c.add(label, m));
}

fn describe_groups(c: &mut Cases) {
    let request = |groups: &[&str]| DescribeGroupsRequest {
        groups: groups.iter().map(|g| (*g).into()).collect(),
        ..Default::default()
    };
    c.add("unknown group", &request(&["nobody"]));
    c.add("no name", &request(&[""]));
    c.add("nothing", &request(&[]));
    c.add("twice", &request(&["nobody", "nobody"]));
}

fn list_groups(c: &mut Cases) {
    let request = |states: &[&str], types: &[&str]| ListGroupsRequest {
        states_filter: states.iter().map(|s| (*s).into()).collect(),
        types_filter: types.iter().map(|s| (*s).into()).collect(),
    };
    c.add("all", &request(&[], &[]));
    c.add("unknown state", &request(&["Happy"], &[]));
    c.add("unknown type", &request(&[], &["happy"]));
    c.add("states", &request(&["Stable", "Empty"], &[]));
    c.add("type share", &request(&[], &["share"]));
}

fn delete_groups(c: &mut Cases) {
    let request =
        |groups: &[&str]| DeleteGroupsRequest { groups_names: groups.iter().map(|g| (*g).into()).collect() };
    c.add("unknown group", &request(&["nobody"]));
    c.add("no name", &request(&[""]));
    c.add("nothing", &request(&[]));
    c.add("twice", &request(&["nobody", "nobody"]));
}

fn offset_delete(c: &mut Cases) {
    use offset_delete_request::{OffsetDeleteRequestPartition, OffsetDeleteRequestTopic};
    let request = |group: &str, name: &str, partition_index| OffsetDeleteRequest {
        group_id: group.into(),
        topics: vec![OffsetDeleteRequestTopic {
            name: name.into(),
            partitions: vec![OffsetDeleteRequestPartition { partition_index }],
        }],
    };
    c.add("unknown group", &request("nobody", "t", 0));
    c.add("unknown group and topic", &request("nobody", "nobody", 0));
    c.add("no group", &request("", "t", 0));
    c.add("nothing", &OffsetDeleteRequest { group_id: "nobody".into(), ..Default::default() });
}

fn consumer_heartbeat(c: &mut Cases) {
    let base = ConsumerGroupHeartbeatRequest {
        group_id: "nobody".into(),
        member_id: "AAAAAAAAAAAAAAAAAAAAAA".into(),
        member_epoch: 5,
        ..Default::default()
    };
    c.add("unknown group", &base);
    c.add("no group", &ConsumerGroupHeartbeatRequest { group_id: String::new(), ..base.clone() });
    c.add("no member", &ConsumerGroupHeartbeatRequest { member_id: String::new(), ..base.clone() });
    c.add("epoch -9", &ConsumerGroupHeartbeatRequest { member_epoch: -9, ..base.clone() });
    c.add("leaves no group", &ConsumerGroupHeartbeatRequest { member_epoch: -1, ..base.clone() });
    c.add(
        "static leaves without instance",
        &ConsumerGroupHeartbeatRequest { member_epoch: -2, ..base.clone() },
    );
    c.add(
        "empty instance",
        &ConsumerGroupHeartbeatRequest { instance_id: Some(String::new()), ..base.clone() },
    );
    let joins = ConsumerGroupHeartbeatRequest { member_epoch: 0, ..base };
    c.add("joins without topics", &joins);
    c.add(
        "joins without a timeout",
        &ConsumerGroupHeartbeatRequest {
            subscribed_topic_names: Some(vec!["t".into()]),
            rebalance_timeout_ms: -1,
            topic_partitions: Some(Vec::new()),
            ..joins.clone()
        },
    );
    c.add(
        "unknown assignor",
        &ConsumerGroupHeartbeatRequest {
            subscribed_topic_names: Some(vec!["t".into()]),
            rebalance_timeout_ms: 1000,
            topic_partitions: Some(Vec::new()),
            server_assignor: Some("nobody".into()),
            ..joins
        },
    );
}

fn consumer_describe(c: &mut Cases) {
    let request = |groups: &[&str]| ConsumerGroupDescribeRequest {
        group_ids: groups.iter().map(|g| (*g).into()).collect(),
        ..Default::default()
    };
    c.add("unknown group", &request(&["nobody"]));
    c.add("no name", &request(&[""]));
    c.add("nothing", &request(&[]));
}
