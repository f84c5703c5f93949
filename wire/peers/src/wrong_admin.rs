//! Wrong requests about directories, the quorum, features, leaders, producers, as `wrong` has them for other APIs.
//!
//! Owner: one comparison of answers. Nothing here changes anything: what could is only validated, or is what it was.

use crate::wrong::Cases;
use ringlog_wire::ApiKey;
use ringlog_wire::generated::*;

/// Adds the cases of `api`.
pub fn add(c: &mut Cases, api: ApiKey) {
    match api {
        ApiKey::AlterReplicaLogDirs => alter_log_dirs(c),
        ApiKey::DescribeLogDirs => describe_log_dirs(c),
        ApiKey::ElectLeaders => elect_leaders(c),
        ApiKey::AlterPartitionReassignments => alter_reassignments(c),
        ApiKey::ListPartitionReassignments => list_reassignments(c),
        ApiKey::DescribeQuorum => describe_quorum(c),
        ApiKey::UpdateFeatures => update_features(c),
        ApiKey::DescribeProducers => describe_producers(c),
        ApiKey::UnregisterBroker => unregister_broker(c),
        ApiKey::ListTransactions => list_transactions(c),
        _ => {}
    }
}

fn alter_log_dirs(c: &mut Cases) {
    use alter_replica_log_dirs_request::{AlterReplicaLogDir, AlterReplicaLogDirTopic};
    let dir = |path: &str, name: &str, partitions: Vec<i32>| AlterReplicaLogDir {
        path: path.into(),
        topics: vec![AlterReplicaLogDirTopic { name: name.into(), partitions }],
    };
    let one = |path: &str, name: &str, index| AlterReplicaLogDirsRequest {
        dirs: vec![dir(path, name, vec![index])],
    };
    c.add("unknown directory", &one("/nowhere", "t", 0));
    c.add("no directory", &one("", "t", 0));
    c.add("unknown directory and topic", &one("/nowhere", "nobody", 0));
    c.add("long name", &one("/nowhere", &"x".repeat(249), 0));
    c.add("name that just fits", &one("/nowhere", &"x".repeat(213), 0));
    c.add("name that just does not fit", &one("/nowhere", &"x".repeat(214), 0));
    c.add("negative partition", &one("/nowhere", "t", -1));
    c.add(
        "partitions of one topic",
        &AlterReplicaLogDirsRequest { dirs: vec![dir("/nowhere", "t", vec![0, 7, 0])] },
    );
    let twice = vec![dir("/nowhere", "t", vec![0]), dir("/elsewhere", "t", vec![0])];
    c.add("below two directories", &AlterReplicaLogDirsRequest { dirs: twice });
    c.add("nothing", &AlterReplicaLogDirsRequest { dirs: Vec::new() });
}

fn describe_log_dirs(c: &mut Cases) {
    use describe_log_dirs_request::DescribableLogDirTopic;
    let one = |topic: &str, partitions: Vec<i32>| DescribeLogDirsRequest {
        topics: Some(vec![DescribableLogDirTopic { topic: topic.into(), partitions }]),
    };
    c.add("all", &DescribeLogDirsRequest { topics: None });
    c.add("none", &DescribeLogDirsRequest { topics: Some(Vec::new()) });
    c.add("one partition", &one("t", vec![0]));
    c.add("unknown topic", &one("nobody", vec![0]));
    c.add("unknown partition", &one("t", vec![9, -1]));
    c.add("no partitions", &one("t", Vec::new()));
}

fn elect_leaders(c: &mut Cases) {
    use elect_leaders_request::TopicPartitions;
    let request = |election_type, topics: &[(&str, &[i32])]| {
        let one = |(topic, partitions): &(&str, &[i32])| TopicPartitions {
            topic: (*topic).into(),
            partitions: partitions.to_vec(),
        };
        let topic_partitions = Some(topics.iter().map(one).collect());
        ElectLeadersRequest { election_type, topic_partitions, timeout_ms: 5000 }
    };
    for (label, kind) in [("preferred", 0), ("unclean", 1), ("type 2", 2), ("type -1", -1)] {
        c.add(label, &request(kind, &[("t", &[0, 9, -1, 0]), ("nobody", &[0]), ("t", &[0])]));
    }
    c.add("no partitions", &request(0, &[("t", &[])]));
    c.add("nothing", &request(0, &[]));
}

fn alter_reassignments(c: &mut Cases) {
    use alter_partition_reassignments_request::{ReassignablePartition, ReassignableTopic};
    let request = |name: &str, partition_index, replicas: Option<&[i32]>| {
        let replicas = replicas.map(<[i32]>::to_vec);
        let partitions = vec![ReassignablePartition { partition_index, replicas }];
        let topics = vec![ReassignableTopic { name: name.into(), partitions }];
        AlterPartitionReassignmentsRequest { timeout_ms: 5000, allow_replication_factor_change: true, topics }
    };
    c.add("to where it is", &request("t", 0, Some(&[1])));
    c.add("to nobody", &request("t", 0, Some(&[])));
    c.add("to an unknown broker", &request("t", 0, Some(&[7])));
    c.add("to an unknown broker too", &request("t", 0, Some(&[1, 7])));
    c.add("to the same broker twice", &request("t", 0, Some(&[1, 1])));
    c.add("to a negative broker", &request("t", 0, Some(&[-1])));
    c.add("cancel", &request("t", 0, None));
    c.add("unknown topic", &request("nobody", 0, Some(&[1])));
    c.add("cancel of an unknown topic", &request("nobody", 0, None));
    c.add("unknown partition", &request("t", 9, Some(&[1])));
    c.add("negative partition", &request("t", -1, None));
    let fixed = |replicas: &[i32]| AlterPartitionReassignmentsRequest {
        allow_replication_factor_change: false,
        ..request("t", 0, Some(replicas))
    };
    c.add("the same, factor fixed", &fixed(&[1]));
    c.add("empty, factor fixed", &fixed(&[]));
    let mut twice = request("t", 0, Some(&[1]));
    twice.topics.extend_from_within(..);
    c.add("topic twice", &twice);
    c.add("nothing", &AlterPartitionReassignmentsRequest { topics: Vec::new(), ..request("t", 0, None) });
}

fn list_reassignments(c: &mut Cases) {
    use list_partition_reassignments_request::ListPartitionReassignmentsTopics;
    let request = |name: &str, partition_indexes: Vec<i32>| ListPartitionReassignmentsRequest {
        timeout_ms: 5000,
        topics: Some(vec![ListPartitionReassignmentsTopics { name: name.into(), partition_indexes }]),
    };
    c.add("all", &ListPartitionReassignmentsRequest { timeout_ms: 5000, topics: None });
    c.add("none", &ListPartitionReassignmentsRequest { timeout_ms: 5000, topics: Some(Vec::new()) });
    c.add("one", &request("t", vec![0]));
    c.add("unknown topic", &request("nobody", vec![0]));
    c.add("unknown partition", &request("t", vec![9, -1]));
}

fn describe_quorum(c: &mut Cases) {
    use describe_quorum_request::{PartitionData, TopicData};
    let topic = |name: &str, indexes: &[i32]| TopicData {
        topic_name: name.into(),
        partitions: indexes.iter().map(|i| PartitionData { partition_index: *i }).collect(),
    };
    const METADATA: &str = "__cluster_metadata";
    c.add("quorum", &DescribeQuorumRequest { topics: vec![topic(METADATA, &[0])] });
    c.add("unknown partition", &DescribeQuorumRequest { topics: vec![topic(METADATA, &[1])] });
    c.add("two partitions", &DescribeQuorumRequest { topics: vec![topic(METADATA, &[0, 1])] });
    c.add("partition twice", &DescribeQuorumRequest { topics: vec![topic(METADATA, &[0, 0])] });
    c.add("no partition", &DescribeQuorumRequest { topics: vec![topic(METADATA, &[])] });
    c.add("another topic", &DescribeQuorumRequest { topics: vec![topic("t", &[0])] });
    c.add("two topics", &DescribeQuorumRequest { topics: vec![topic(METADATA, &[0]), topic("t", &[0])] });
    c.add("nothing", &DescribeQuorumRequest { topics: Vec::new() });
}

fn update_features(c: &mut Cases) {
    use update_features_request::FeatureUpdateKey;
    let version = c.version();
    // Version 0 has a flag where the others have a type.
    let update = |feature: &str, max_version_level, upgrade_type| FeatureUpdateKey {
        feature: feature.into(),
        max_version_level,
        allow_downgrade: version == 0 && upgrade_type == 2,
        upgrade_type: if version == 0 { 1 } else { upgrade_type },
    };
    let request = |feature_updates| UpdateFeaturesRequest {
        timeout_ms: 5000,
        feature_updates,
        validate_only: version > 0,
    };
    for (label, feature, level, kind) in [
        ("as it is", "metadata.version", 30, 1),
        ("too high", "metadata.version", 99, 1),
        ("too low", "metadata.version", 6, 3),
        ("zero", "metadata.version", 0, 3),
        ("negative", "metadata.version", -1, 1),
        ("down without leave", "metadata.version", 29, 1),
        ("down", "metadata.version", 29, 2),
        ("down unsafely", "metadata.version", 20, 3),
        ("down to the same", "metadata.version", 30, 2),
        ("group.version as it is", "group.version", 1, 1),
        ("group.version too high", "group.version", 2, 1),
        ("group.version down without leave", "group.version", 0, 1),
        ("kraft.version as it is", "kraft.version", 1, 1),
        ("kraft.version too high", "kraft.version", 2, 1),
        ("kraft.version down", "kraft.version", 0, 2),
        ("kraft.version down unsafely", "kraft.version", 0, 3),
        ("kraft.version down without leave", "kraft.version", 0, 1),
        ("unknown feature", "no.such", 1, 1),
        ("unknown feature at zero", "no.such", 0, 1),
        ("no name", "", 1, 1),
    ] {
        c.add(label, &request(vec![update(feature, level, kind)]));
    }
    if version > 0 {
        c.add("group.version down", &request(vec![update("group.version", 0, 2)]));
        c.add("group.version down unsafely", &request(vec![update("group.version", 0, 3)]));
        c.add("type 0", &request(vec![update("group.version", 1, 0)]));
        c.add("type 9", &request(vec![update("group.version", 1, 9)]));
        c.add("down to a newer one", &request(vec![update("unknown", 1, 2)]));
    }
    c.add("one of two", &request(vec![update("group.version", 1, 1), update("no.such", 1, 1)]));
    c.add("feature twice", &request(vec![update("group.version", 1, 1), update("group.version", 1, 1)]));
    c.add("nothing", &request(Vec::new()));
}

fn describe_producers(c: &mut Cases) {
    use describe_producers_request::TopicRequest;
    let topic =
        |name: &str, indexes: &[i32]| TopicRequest { name: name.into(), partition_indexes: indexes.to_vec() };
    let request = |topics| DescribeProducersRequest { topics };
    c.add("one", &request(vec![topic("t", &[0])]));
    c.add("unknown partition", &request(vec![topic("t", &[9, -1, 0, 0])]));
    c.add("unknown topic", &request(vec![topic("nobody", &[0, 1])]));
    c.add("invalid topic", &request(vec![topic("a b", &[0])]));
    c.add("no topic", &request(vec![topic("", &[0])]));
    c.add("topic twice", &request(vec![topic("t", &[0]), topic("t", &[0])]));
    c.add("no partitions", &request(vec![topic("t", &[])]));
    c.add("nothing", &request(Vec::new()));
}

fn unregister_broker(c: &mut Cases) {
    c.add("unknown broker", &UnregisterBrokerRequest { broker_id: 7 });
    c.add("negative broker", &UnregisterBrokerRequest { broker_id: -1 });
}

fn list_transactions(c: &mut Cases) {
    let all = ListTransactionsRequest { duration_filter: -1, ..Default::default() };
    c.add("all", &all);
    for (label, states) in [
        ("states", ["Ongoing", "Dead"]),
        ("unknown states", ["Sleeping", "ongoing"]),
        ("every kind", ["PrepareEpochFence", ""]),
    ] {
        let state_filters = states.iter().map(ToString::to_string).collect();
        c.add(label, &ListTransactionsRequest { state_filters, ..all.clone() });
    }
    c.add("of a producer", &ListTransactionsRequest { producer_id_filters: vec![-1, 7], ..all.clone() });
    c.add("longer than", &ListTransactionsRequest { duration_filter: 5, ..all.clone() });
    for (label, pattern) in [("pattern", "a.*"), ("no pattern", ""), ("bad pattern", "(")] {
        let transactional_id_pattern = Some(pattern.to_owned());
        c.add(label, &ListTransactionsRequest { transactional_id_pattern, ..all.clone() });
    }
}
