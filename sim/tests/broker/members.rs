//! Members of groups over the wire: both protocols, sessions, a stop, what is reported about them.

use crate::groups::{commit, commit_request, committed, find, limits};
use crate::harness::*;
use ringlog_sim::Sim;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::join_group_request::JoinGroupRequestProtocol;
use ringlog_wire::generated::leave_group_request::MemberIdentity;
use ringlog_wire::generated::sync_group_request::SyncGroupRequestAssignment;
use ringlog_wire::generated::*;

fn join_request(version: i16, member: &str) -> JoinGroupRequest {
    let protocol =
        JoinGroupRequestProtocol { name: "range".into(), metadata: bytes::Bytes::from_static(b"\0\0") };
    JoinGroupRequest {
        group_id: "g".into(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: if version >= 1 { 20_000 } else { -1 },
        member_id: member.into(),
        protocol_type: "consumer".into(),
        protocols: vec![protocol],
        ..Default::default()
    }
}

async fn join(c: &mut Client, version: i16, member: &str) -> JoinGroupResponse {
    let response = c.call(version, &join_request(version, member)).await;
    if response.error_code == E::MemberIdRequired.code() {
        return c.call(version, &join_request(version, &response.member_id)).await;
    }
    response
}

async fn sync(c: &mut Client, version: i16, joined: &JoinGroupResponse) -> SyncGroupResponse {
    let assignments = joined.members.iter().map(|m| SyncGroupRequestAssignment {
        member_id: m.member_id.clone(),
        assignment: bytes::Bytes::from(m.member_id.clone()),
    });
    let name = |s: &str| (version >= 5).then(|| s.to_owned());
    let request = SyncGroupRequest {
        group_id: "g".into(),
        generation_id: joined.generation_id,
        member_id: joined.member_id.clone(),
        protocol_type: name("consumer"),
        protocol_name: name("range"),
        assignments: assignments.collect(),
        ..Default::default()
    };
    c.call(version, &request).await
}

async fn beat(c: &mut Client, version: i16, joined: &JoinGroupResponse) -> i16 {
    let request = HeartbeatRequest {
        group_id: "g".into(),
        generation_id: joined.generation_id,
        member_id: joined.member_id.clone(),
        group_instance_id: None,
    };
    c.call(version, &request).await.error_code
}

#[test]
fn members_of_every_version_form_a_group() {
    for version in 0..=9i16 {
        let sim = Sim::new(version as u64);
        let disk = sim.disk();
        sim.run(async {
            let b = Broker::start(&sim, &disk, 2, limits()).await;
            let (mut a, mut c) = (b.client(0), b.client(1));
            find(&mut a, 3, "g").await;
            committed(&mut a, "g").await;
            let first = join(&mut a, version, "").await;
            assert_eq!((first.error_code, first.generation_id, first.members.len()), (0, 1, 1));
            let sync_version = version.min(5);
            assert_eq!(&*sync(&mut a, sync_version, &first).await.assignment, first.member_id.as_bytes());
            let beat_version = version.min(4);
            assert_eq!(beat(&mut a, beat_version, &first).await, 0);
            // The second parks until the first has rejoined.
            let member = if version >= 4 {
                let response = c.call(version, &join_request(version, "")).await;
                assert_eq!(response.error_code, E::MemberIdRequired.code());
                response.member_id
            } else {
                String::new()
            };
            c.send(version, &join_request(version, &member)).await;
            while beat(&mut a, beat_version, &first).await == 0 {
                sim.sleep_ms(1).await;
            }
            assert_eq!(beat(&mut a, beat_version, &first).await, E::RebalanceInProgress.code());
            let again = join(&mut a, version, &first.member_id).await;
            let (_, second) = c.receive::<JoinGroupResponse>(version).await;
            assert_eq!((again.generation_id, second.generation_id, again.members.len()), (2, 2, 2));
            assert_eq!(&*sync(&mut a, sync_version, &again).await.assignment, again.member_id.as_bytes());
            assert_eq!(&*sync(&mut c, sync_version, &second).await.assignment, second.member_id.as_bytes());
            for read in 0..=6 {
                let request =
                    DescribeGroupsRequest { groups: vec!["g".into(), "no".into()], ..Default::default() };
                let response = a.call(read, &request).await;
                assert_eq!(response.groups[0].members.len(), 2);
                assert_eq!(response.groups[0].members[0].client_host, "/127.0.0.1");
                assert_eq!(
                    (response.groups[0].group_state.as_str(), response.groups[1].group_state.as_str()),
                    ("Stable", "Dead")
                );
                assert_eq!(response.groups[1].error_code, if read >= 6 { 69 } else { 0 });
            }
            for read in 0..=5 {
                let response = a.call(read, &ListGroupsRequest::default()).await;
                assert_eq!((response.error_code, response.groups.len()), (0, 1));
                assert_eq!(response.groups[0].group_state, if read >= 4 { "Stable" } else { "" });
            }
            let leave_version = version.min(5);
            for joined in [&again, &second] {
                let mut request = LeaveGroupRequest { group_id: "g".into(), ..Default::default() };
                let member_id = joined.member_id.clone();
                if leave_version >= 3 {
                    request.members = vec![MemberIdentity { member_id, ..Default::default() }];
                } else {
                    request.member_id = member_id;
                }
                let response = a.call(leave_version, &request).await;
                assert_eq!(response.error_code, 0);
                assert!(response.members.iter().all(|m| m.error_code == 0));
            }
            let request = DeleteGroupsRequest { groups_names: vec!["g".into(), "no".into()] };
            let response = a.call(2, &request).await;
            let codes: Vec<_> = response.results.iter().map(|r| r.error_code).collect();
            assert_eq!(codes, [0, E::GroupIdNotFound.code()]);
            b.node.kill();
        });
    }
}

#[test]
fn a_stop_answers_those_who_wait_for_a_rebalance() {
    with_broker(2, |b| async move {
        let (mut a, mut c) = (b.client(0), b.client(1));
        find(&mut a, 3, "g").await;
        committed(&mut a, "g").await;
        join(&mut a, 3, "").await;
        c.send(3, &join_request(3, "")).await;
        b.sim.sleep_ms(50).await;
        b.stop().await;
        let (_, response) = c.receive::<JoinGroupResponse>(3).await;
        assert_eq!(response.error_code, E::NotCoordinator.code());
    });
}

#[test]
fn a_silent_member_is_removed_by_the_clock() {
    with_broker(2, |b| async move {
        let mut a = b.client(0);
        find(&mut a, 3, "g").await;
        committed(&mut a, "g").await;
        let joined = join(&mut a, 3, "").await;
        sync(&mut a, 3, &joined).await;
        b.sim.sleep_ms(9_900).await;
        assert_eq!(beat(&mut a, 3, &joined).await, 0);
        b.sim.sleep_ms(10_100).await;
        assert_eq!(beat(&mut a, 3, &joined).await, E::UnknownMemberId.code());
    });
}

#[test]
fn members_of_the_consumer_protocol_are_assigned_by_the_broker() {
    with_broker(2, |b| async move {
        let (mut a, mut c) = (b.client(0), b.client(1));
        let id = a.create("t", 4, &[]).await;
        find(&mut a, 3, "g").await;
        committed(&mut a, "g").await;
        let join = |member: &str| ConsumerGroupHeartbeatRequest {
            group_id: "g".into(),
            member_id: member.into(),
            rebalance_timeout_ms: 3000,
            subscribed_topic_names: Some(vec!["t".into()]),
            topic_partitions: Some(Vec::new()),
            ..Default::default()
        };
        let first = a.call(0, &join("")).await;
        assert_eq!((first.error_code, first.member_epoch), (0, 2), "the first epoch in Kafka 4.3");
        let member = first.member_id.clone().unwrap();
        let given = &first.assignment.unwrap().topic_partitions[0];
        assert_eq!((given.topic_id, given.partitions.len()), (id, 4));
        // group.consumer.assignment.interval.ms: no other target before.
        b.sim.sleep_ms(1100).await;
        let second = c.call(1, &join("second")).await;
        assert_eq!((second.member_epoch, second.assignment.map(|a| a.topic_partitions.len())), (3, Some(0)));
        for version in 0..=1 {
            let request = ConsumerGroupDescribeRequest {
                group_ids: vec!["g".into(), "no".into()],
                ..Default::default()
            };
            let response = a.call(version, &request).await;
            let group = &response.groups[0];
            assert_eq!((group.group_state.as_str(), group.group_epoch), ("Reconciling", 3));
            assert_eq!((group.members.len(), group.assignor_name.as_str()), (2, "uniform"));
            assert_eq!(response.groups[1].error_code, E::GroupIdNotFound.code());
        }
        let response = a.call(5, &ListGroupsRequest::default()).await;
        assert_eq!(response.groups[0].group_type, "consumer");
        let mut request = commit_request(9, "g", ("t", id), 7);
        request.member_id = member;
        request.generation_id_or_member_epoch = 9;
        let response = a.call(9, &request).await;
        assert_eq!(response.topics[0].partitions[0].error_code, E::StaleMemberEpoch.code());
        request.generation_id_or_member_epoch = 2;
        let response = a.call(9, &request).await;
        assert_eq!(response.topics[0].partitions[0].error_code, 0);
    });
}

#[test]
fn lag_and_the_causes_of_rebalances_are_reported() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        find(&mut c, 3, "g").await;
        committed(&mut c, "g").await;
        assert_eq!(c.produce("t", 0, batch(&[b"v".as_slice(); 10])).await.error_code, 0);
        assert_eq!(commit(&mut c, "g", 4).await, 0);
        let report = || b.node.envs().iter().flat_map(|e| e.shown().groups.groups).find(|g| g.id == "g");
        b.sim.sleep_ms(11_000).await;
        let first = report().unwrap();
        let lag = &first.lags[0];
        assert_eq!((&*lag.topic, lag.committed, lag.end, lag.records()), ("t", 4, Some(10), 6));
        b.sim.sleep_ms(30_000).await;
        let lag = report().unwrap().lags.remove(0);
        assert!((20_000..45_000).contains(&lag.behind_ms), "{}", lag.behind_ms);
        assert_eq!(commit(&mut c, "g", 10).await, 0);
        b.sim.sleep_ms(11_000).await;
        let lag = report().unwrap().lags.remove(0);
        assert_eq!((lag.records(), lag.behind_ms), (0, 0));
        assert_eq!(join(&mut c, 4, "").await.error_code, 0);
        b.sim.sleep_ms(11_000).await;
        let causes = report().unwrap().causes;
        assert!(causes.iter().any(|c| c.why.contains("new member")), "{causes:?}");
    });
}
