//! The answers to operators that need only the image: codes and texts of Kafka 4.3.1, and every version encodes.

use super::version_tests::{check, image};
use super::{elect_leaders, quorum, reassignments, transactions, unregister_broker};
use crate::control::features::{FeatureUpdate, UpgradeType, plan_features};
use crate::control::msg::QuorumStand;
use crate::image::{MetadataDelta, MetadataImage};
use ringlog_wire::ApiKey;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::alter_partition_reassignments_request::{
    ReassignablePartition, ReassignableTopic,
};
use ringlog_wire::generated::elect_leaders_request::TopicPartitions;
use ringlog_wire::generated::list_partition_reassignments_request::ListPartitionReassignmentsTopics;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::{
    AlterPartitionReassignmentsRequest, ElectLeadersRequest, ListPartitionReassignmentsRequest,
    ListTransactionsRequest, PartitionChangeRecord,
};
use ringlog_wire::ids::{LeaderEpoch, NodeId, Offset, TopicId};

fn apply(image: &mut MetadataImage, record: MetadataRecord) {
    let (identity, end, epoch) = (image.identity().clone(), image.end().plus(1), image.epoch());
    image.apply(&MetadataDelta { identity, end, epoch, records: [record].into() }).unwrap();
}

fn lost_leader(partition_id: i32) -> MetadataRecord {
    let change =
        PartitionChangeRecord { topic_id: TopicId([5; 16]), partition_id, leader: -1, ..Default::default() };
    MetadataRecord::PartitionChange(change)
}

#[test]
fn an_election_is_not_needed_unknown_or_impossible() {
    let mut image = image();
    apply(&mut image, lost_leader(1));
    let topics = [("t", vec![0, 1, 2, -1]), ("no", vec![0])];
    let topics = topics.map(|(topic, partitions)| TopicPartitions { topic: topic.into(), partitions });
    let ask = |election_type, all: bool| {
        let topic_partitions = (!all).then(|| topics.to_vec());
        let request = ElectLeadersRequest { election_type, topic_partitions, timeout_ms: 1 };
        let response = elect_leaders::answer(&image, request);
        // Version 0 has neither types nor an error of its own.
        let first = i16::from(response.error_code != 0);
        (first..=2).for_each(|version| check(version, &response));
        let of = |r: &ringlog_wire::generated::elect_leaders_response::ReplicaElectionResult| {
            r.partition_result.iter().map(|p| (p.partition_id, p.error_code)).collect::<Vec<_>>()
        };
        (response.error_code, response.replica_election_results.iter().map(of).collect::<Vec<_>>())
    };
    let (good, unknown) = (E::ElectionNotNeeded.code(), E::UnknownTopicOrPartition.code());
    for (kind, lost) in [(0, E::PreferredLeaderNotAvailable), (1, E::EligibleLeadersNotAvailable)] {
        let lost = lost.code();
        let t = vec![(0, good), (1, lost), (2, unknown), (-1, unknown)];
        assert_eq!(ask(kind, false), (0, vec![t, vec![(0, unknown)]]));
        assert_eq!(ask(kind, true), (0, vec![vec![(1, lost)]]), "of all only what is not right");
    }
    let invalid = E::InvalidRequest.code();
    assert_eq!(ask(2, true), (invalid, Vec::new()));
    assert_eq!(ask(2, false).1[1], [(0, invalid)]);
}

#[test]
fn replicas_stay_where_they_are_and_everything_else_is_refused() {
    let image = image();
    let ask = |topic: &str, partition_index, replicas: Option<&[i32]>, allow| {
        let replicas = replicas.map(<[i32]>::to_vec);
        let partitions = vec![ReassignablePartition { partition_index, replicas }];
        let request = AlterPartitionReassignmentsRequest {
            timeout_ms: 1,
            allow_replication_factor_change: allow,
            topics: vec![ReassignableTopic { name: topic.into(), partitions }],
        };
        let response = reassignments::altered(&image, request);
        check(1, &response);
        let p = &response.responses[0].partitions[0];
        (p.error_code, p.error_message.clone().unwrap_or_default())
    };
    assert_eq!(ask("t", 0, Some(&[1]), false), (0, String::new()));
    let no = |error: E, message: &str| (error.code(), message.to_owned());
    assert_eq!(ask("t", 0, None, true), no(E::NoReassignmentInProgress, ""));
    let unknown = E::UnknownTopicOrPartition;
    assert_eq!(ask("no", 0, None, true), no(unknown, "Unable to find a topic named no."));
    assert_eq!(ask("t", 9, Some(&[1]), true), no(unknown, "Unable to find partition t:9."));
    let bad = E::InvalidReplicaAssignment.code();
    for replicas in [&[][..], &[7], &[1, 1], &[-1], &[1, 7]] {
        assert_eq!(ask("t", 0, Some(replicas), true).0, bad, "{replicas:?}");
    }
}

#[test]
fn nothing_is_being_reassigned() {
    let image = image();
    let one = ListPartitionReassignmentsTopics { name: "t".into(), partition_indexes: vec![0, 1, 9] };
    for topics in [None, Some(Vec::new()), Some(vec![one])] {
        let request = ListPartitionReassignmentsRequest { timeout_ms: 1, topics };
        let response = reassignments::listed(&image, &request);
        check(0, &response);
        assert!(response.topics.is_empty() && response.error_code == 0);
    }
}

#[test]
fn an_unknown_broker_is_not_registered_and_this_one_stays() {
    let image = image();
    let code = |id| {
        let response = unregister_broker::answer(&image, id);
        check(0, &response);
        response.error_code
    };
    assert_eq!((code(7), code(-1)), (E::BrokerIdNotRegistered.code(), E::BrokerIdNotRegistered.code()));
    assert_eq!(code(1), E::InvalidRequest.code());
}

#[test]
fn no_transaction_is_listed_and_filters_that_cannot_match_are_named() {
    let ask = |states: &[&str], pattern: Option<&str>| {
        let state_filters = states.iter().map(ToString::to_string).collect();
        let transactional_id_pattern = pattern.map(str::to_owned);
        let request =
            ListTransactionsRequest { state_filters, transactional_id_pattern, ..Default::default() };
        let response = transactions::answer(request);
        ApiKey::ListTransactions.advertised().for_each(|version| check(version, &response));
        (response.error_code, response.unknown_state_filters)
    };
    assert_eq!(ask(&["Ongoing", "ongoing", "PrepareEpochFence"], Some("")), (0, vec!["ongoing".to_owned()]));
    assert_eq!(ask(&[], Some("(")).0, E::InvalidRegularExpression.code());
}

#[test]
fn the_quorum_encodes_in_every_version() {
    let stand = QuorumStand {
        leader: NodeId(1),
        directory: TopicId([9; 16]),
        epoch: LeaderEpoch(3),
        high_watermark: Offset(17),
        log_end: Offset(17),
    };
    let described = |version| check(version, &quorum::described(version, &stand, 99));
    ApiKey::DescribeQuorum.advertised().for_each(described);
    ApiKey::DescribeQuorum
        .advertised()
        .for_each(|version| check(version, &quorum::refused(Default::default())));
}

#[test]
fn levels_of_features_change_together_or_not_at_all() {
    let mut image = image();
    let plan = |image: &MetadataImage, updates: &[(&str, i16, UpgradeType)]| {
        let one = |(feature, level, kind): &(&str, i16, UpgradeType)| FeatureUpdate {
            feature: (*feature).into(),
            level: *level,
            kind: *kind,
        };
        plan_features(image, &updates.iter().map(one).collect::<Vec<_>>())
    };
    use UpgradeType::{SafeDowngrade as Safe, UnsafeDowngrade as Unsafe, Upgrade as Up};
    let both = [("metadata.version", 30, Up), ("group.version", 1, Up)];
    let records = plan(&image, &both).unwrap();
    assert_eq!(records.len(), 2, "nothing was finalized");
    records.into_iter().for_each(|r| apply(&mut image, r));
    assert_eq!(plan(&image, &both).unwrap(), [], "what holds already needs no record");
    assert_eq!(plan(&image, &[("group.version", 0, Safe)]).unwrap().len(), 1);
    let all = "The update failed for all features since the following feature had an error: ";
    for (feature, level, kind, why) in [
        ("group.version", 0, Up, "Can't downgrade the version of this feature without setting"),
        ("group.version", 2, Up, "Local controller 1 only supports versions 0-1"),
        ("group.version", 1, UpgradeType::Unknown, "The controller does not support the given upgrade type."),
        ("group.version", -1, Unsafe, "A feature version cannot be less than 0."),
        ("metadata.version", 29, Safe, "Refusing to perform the requested downgrade"),
        ("metadata.version", 29, Unsafe, "Unsafe metadata downgrade is not supported in this version."),
        ("metadata.version", 31, Up, "Local controller 1 only supports versions 7-30"),
        ("metadata.version", 6, Unsafe, "Local controller 1 only supports versions 7-30"),
        ("kraft.version", 0, Unsafe, "Can't downgrade the version of this feature."),
        ("transaction.version", 2, Up, "Local controller 1 does not support this feature."),
        ("transaction.version", 0, Safe, "Feature transaction.version not found."),
    ] {
        let (error, message) =
            plan(&image, &[("group.version", 0, Safe), (feature, level, kind)]).unwrap_err();
        assert_eq!(error, E::InvalidUpdateVersion, "{feature} {level}");
        assert!(message.starts_with(all) && message.contains(why), "{message}");
    }
}
