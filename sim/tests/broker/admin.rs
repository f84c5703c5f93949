//! What an operator asks: directories, producers, the quorum, features, leaders, reassignments.

use crate::harness::*;
use ringlog_shard::limits::Limits;
use ringlog_sim::Sim;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::alter_replica_log_dirs_request::{AlterReplicaLogDir, AlterReplicaLogDirTopic};
use ringlog_wire::generated::describe_log_dirs_request::DescribableLogDirTopic;
use ringlog_wire::generated::describe_log_dirs_response::DescribeLogDirsResult;
use ringlog_wire::generated::describe_producers_request::TopicRequest;
use ringlog_wire::generated::describe_quorum_request::{PartitionData, TopicData};
use ringlog_wire::generated::update_features_request::FeatureUpdateKey;
use ringlog_wire::generated::{
    AlterReplicaLogDirsRequest, ApiVersionsRequest, ConsumerGroupHeartbeatRequest, DescribeLogDirsRequest,
    DescribeProducersRequest, DescribeQuorumRequest, UpdateFeaturesRequest, UpdateFeaturesResponse,
};

/// Topic, partition and bytes of each log in a directory, in the order of the answer.
fn logs(dir: &DescribeLogDirsResult) -> Vec<(&str, i32, i64)> {
    let of = |t: &ringlog_wire::generated::describe_log_dirs_response::DescribeLogDirsTopic| {
        t.partitions.iter().map(|p| (p.partition_index, p.partition_size)).collect::<Vec<_>>()
    };
    dir.topics.iter().flat_map(|t| of(t).into_iter().map(|(i, n)| (t.name.as_str(), i, n))).collect()
}

#[test]
fn log_dirs_shows_the_logs_of_all_cores_with_their_bytes() {
    with_broker(3, |b| async move {
        let mut c = b.client(1);
        c.create("two", 4, &[]).await;
        c.create("one", 1, &[]).await;
        let one = batch(&[b"x"]);
        let bytes = one.len() as i64;
        for (index, batches) in [(0, 1), (1, 2), (3, 3)] {
            for _ in 0..batches {
                assert_eq!(c.produce("two", index, one.clone()).await.error_code, 0);
            }
        }
        for version in 1..=5 {
            let response = c.call(version, &DescribeLogDirsRequest { topics: None }).await;
            assert_eq!(response.results.len(), 1);
            let dir = &response.results[0];
            assert_eq!((dir.error_code, dir.log_dir.as_str()), (0, "/d"));
            let all = [
                ("one", 0, 0),
                ("two", 0, bytes),
                ("two", 1, 2 * bytes),
                ("two", 2, 0),
                ("two", 3, 3 * bytes),
            ];
            assert_eq!(logs(dir), all);
            assert_eq!(dir.total_bytes > 0 && dir.usable_bytes > 0, version >= 4, "version {version}");
        }
        let of = |topic: &str, partitions: &[i32]| DescribableLogDirTopic {
            topic: topic.into(),
            partitions: partitions.to_vec(),
        };
        let some = Some(vec![of("two", &[3, 9, -1]), of("no", &[0]), of("one", &[]), of("two", &[1, 3])]);
        let response = c.call(4, &DescribeLogDirsRequest { topics: some }).await;
        assert_eq!(logs(&response.results[0]), [("two", 1, 2 * bytes), ("two", 3, 3 * bytes)]);
        let response = c.call(4, &DescribeLogDirsRequest { topics: Some(Vec::new()) }).await;
        assert!(logs(&response.results[0]).is_empty());
    });
}

#[test]
fn log_dirs_says_which_directory_has_failed_and_nothing_moves_there() {
    with_disk(2, |b, disk| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        let to = |path: &str, name: &str, partitions: &[i32]| AlterReplicaLogDir {
            path: path.into(),
            topics: vec![AlterReplicaLogDirTopic { name: name.into(), partitions: partitions.to_vec() }],
        };
        let dirs = vec![to("/d", "t", &[0, 1, 9, -1]), to("/other", "t", &[1]), to("/d", "no", &[0])];
        let request = AlterReplicaLogDirsRequest { dirs };
        let response = c.call(2, &request).await;
        let of =
            |at: usize| response.results[at].partitions.iter().map(|p| (p.partition_index, p.error_code));
        let absent = E::ReplicaNotAvailable.code();
        assert_eq!(of(0).collect::<Vec<_>>(), [(0, absent)], "no");
        let t = [(-1, absent), (0, 0), (1, E::LogDirNotFound.code()), (9, absent)];
        assert_eq!(of(1).collect::<Vec<_>>(), t, "the last directory counts");

        disk.fail_after(Some(0));
        for index in 0..2 {
            c.produce("t", index, batch(&[b"x"])).await;
        }
        let response = c.call(4, &DescribeLogDirsRequest { topics: None }).await;
        let dir = &response.results[0];
        assert_eq!((dir.error_code, dir.topics.len()), (E::KafkaStorageError.code(), 0));
        assert_eq!((dir.total_bytes, dir.usable_bytes), (-1, -1));
        let request = AlterReplicaLogDirsRequest { dirs: vec![to("/d", "t", &[0])] };
        let response = c.call(2, &request).await;
        assert_eq!(response.results[0].partitions[0].error_code, E::KafkaStorageError.code());
    });
}

#[test]
fn producers_of_partitions_on_all_cores_are_listed_in_the_order_of_the_request() {
    with_broker(3, |b| async move {
        let mut c = b.client(0);
        c.create("t", 3, &[]).await;
        for index in 0..3 {
            for (id, sequence) in [(7, 0), (7, 2), (70 + i64::from(index), 0)] {
                assert_eq!(
                    c.produce("t", index, idempotent(id, 3, sequence, &[b"a", b"b"])).await.error_code,
                    0
                );
            }
            c.produce("t", index, batch(&[b"plain"])).await;
        }
        let of = |name: &str, indexes: &[i32]| TopicRequest {
            name: name.into(),
            partition_indexes: indexes.to_vec(),
        };
        let topics = vec![of("t", &[2, 0, 9, 0]), of("no", &[0, 1]), of("a b", &[0]), of("t", &[1])];
        let response = c.call(0, &DescribeProducersRequest { topics }).await;
        let seen = |topic: usize, at: usize| {
            let p = &response.topics[topic].partitions[at];
            let all = p.active_producers.iter();
            let all = all.map(|s| (s.producer_id, s.producer_epoch, s.last_sequence, s.coordinator_epoch));
            (p.partition_index, p.error_code, all.collect::<Vec<_>>())
        };
        let both = |other| vec![(7, 3, 3, -1), (other, 3, 1, -1)];
        assert_eq!(seen(0, 0), (2, 0, both(72)));
        assert_eq!(seen(0, 1), (0, 0, both(70)));
        assert_eq!(seen(0, 2), (9, E::UnknownTopicOrPartition.code(), Vec::new()));
        assert_eq!(seen(0, 3), (0, 0, both(70)));
        assert_eq!(seen(1, 1), (1, E::UnknownTopicOrPartition.code(), Vec::new()));
        assert_eq!(seen(2, 0), (0, E::InvalidTopicException.code(), Vec::new()));
        assert_eq!(seen(3, 0), (1, 0, both(71)));
        let first = &response.topics[0].partitions[0].active_producers[0];
        assert!(first.last_timestamp >= 0 && first.current_txn_start_offset == -1);
    });
}

fn quorum_of(topic: &str, index: i32) -> DescribeQuorumRequest {
    let partitions = vec![PartitionData { partition_index: index }];
    DescribeQuorumRequest { topics: vec![TopicData { topic_name: topic.into(), partitions }] }
}

#[test]
fn the_quorum_is_this_voter_and_its_high_watermark_follows_the_changes() {
    with_broker(2, |b| async move {
        let mut c = b.client(1);
        let mut before = 0;
        for version in 0..=2 {
            c.create(&format!("t{version}"), 1, &[]).await;
            let response = c.call(version, &quorum_of("__cluster_metadata", 0)).await;
            let p = &response.topics[0].partitions[0];
            assert_eq!((response.error_code, p.error_code, p.leader_id, p.leader_epoch), (0, 0, 1, 1));
            let voter = &p.current_voters[0];
            assert_eq!((p.current_voters.len(), p.observers.len(), voter.replica_id), (1, 0, 1));
            assert_eq!(voter.replica_directory_id.is_zero(), version < 2, "version {version}");
            assert_eq!(voter.log_end_offset, p.high_watermark);
            assert!(p.high_watermark >= before + 2, "a topic and its partition: {}", p.high_watermark);
            before = p.high_watermark;
        }
        for (topic, index) in [("t0", 0), ("__cluster_metadata", 1)] {
            let response = c.call(2, &quorum_of(topic, index)).await;
            let p = &response.topics[0].partitions[0];
            assert_eq!((p.partition_index, p.error_code), (index, E::UnknownTopicOrPartition.code()));
        }
    });
}

async fn set_group_version(
    c: &mut Client,
    level: i16,
    kind: i8,
    validate_only: bool,
) -> UpdateFeaturesResponse {
    let update = FeatureUpdateKey {
        feature: "group.version".into(),
        max_version_level: level,
        upgrade_type: kind,
        ..Default::default()
    };
    c.call(1, &UpdateFeaturesRequest { timeout_ms: 1000, feature_updates: vec![update], validate_only }).await
}

/// The error of a heartbeat that joins `g`.
async fn joins(c: &mut Client) -> i16 {
    let request = ConsumerGroupHeartbeatRequest {
        group_id: "g".into(),
        member_id: "m".into(),
        rebalance_timeout_ms: 1000,
        subscribed_topic_names: Some(vec!["t".into()]),
        topic_partitions: Some(Vec::new()),
        ..Default::default()
    };
    c.call(1, &request).await.error_code
}

#[test]
fn without_group_version_there_is_no_consumer_protocol_also_after_a_restart() {
    let limits = || Limits { commit_log_bytes_max: 8 << 20, ..Limits::default() };
    let sim = Sim::new(3);
    let disk = sim.disk();
    sim.run(async {
        let b = Broker::start(&sim, &disk, 2, limits()).await;
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        let down = E::UnsupportedVersion.code();
        assert_eq!(set_group_version(&mut c, 0, 1, false).await.error_code, E::InvalidUpdateVersion.code());
        assert_eq!(set_group_version(&mut c, 0, 2, true).await.error_code, 0);
        assert_ne!(joins(&mut c).await, down, "that was only a question");
        let done = set_group_version(&mut c, 0, 2, false).await;
        assert_eq!((done.error_code, done.results.len(), done.results[0].error_code), (0, 1, 0));
        for core in 0..2 {
            assert_eq!(joins(&mut b.client(core)).await, down);
        }
        b.stop().await;
        b.node.kill();

        let b = Broker::start(&sim, &disk, 2, limits()).await;
        let mut c = b.client(1);
        assert_eq!(joins(&mut c).await, down, "a start does not bring it back");
        let client =
            ApiVersionsRequest { client_software_name: "t".into(), client_software_version: "1".into() };
        let versions = c.call(4, &client).await;
        assert!(versions.finalized_features.iter().all(|f| f.name != "group.version"));
        assert_eq!(set_group_version(&mut c, 1, 1, false).await.error_code, 0);
        assert_ne!(joins(&mut c).await, down);
        let versions = c.call(4, &client).await;
        assert!(versions.finalized_features.iter().any(|f| f.name == "group.version"));
        b.stop().await;
        b.node.kill();
    });
}
