//! Consumer groups over the wire: finding the coordinator, committing, restarts, the classic protocol.

use crate::harness::*;
use ringlog_shard::limits::Limits;
use ringlog_sim::Sim;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use ringlog_wire::generated::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use ringlog_wire::generated::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use ringlog_wire::generated::*;
use ringlog_wire::ids::TopicId;

pub fn limits() -> Limits {
    Limits { commit_log_bytes_max: 8 << 20, ..Limits::default() }
}

pub async fn find(c: &mut Client, version: i16, group: &str) -> (i16, i32) {
    let mut request = FindCoordinatorRequest { key_type: 0, ..Default::default() };
    if version >= 4 {
        request.coordinator_keys = vec![group.to_owned()];
        let response = c.call(version, &request).await;
        let one = &response.coordinators[0];
        assert_eq!(one.key, group);
        return (one.error_code, one.node_id);
    }
    request.key = group.to_owned();
    let response = c.call(version, &request).await;
    (response.error_code, response.node_id)
}

pub fn commit_request(version: i16, group: &str, topic: (&str, TopicId), offset: i64) -> OffsetCommitRequest {
    let partition = OffsetCommitRequestPartition {
        partition_index: 0,
        committed_offset: offset,
        committed_leader_epoch: if version >= 6 { 4 } else { -1 },
        committed_metadata: Some("m".into()),
    };
    let topic = OffsetCommitRequestTopic {
        name: if version >= 10 { String::new() } else { topic.0.to_owned() },
        topic_id: if version >= 10 { topic.1 } else { TopicId::ZERO },
        partitions: vec![partition],
    };
    OffsetCommitRequest {
        group_id: group.into(),
        generation_id_or_member_epoch: -1,
        topics: vec![topic],
        ..Default::default()
    }
}

pub async fn commit(c: &mut Client, group: &str, offset: i64) -> i16 {
    loop {
        let response = c.call(8, &commit_request(8, group, ("t", TopicId::ZERO), offset)).await;
        let code = response.topics[0].partitions[0].error_code;
        if code != E::CoordinatorLoadInProgress.code() {
            return code;
        }
    }
}

/// Offset, epoch and error of partition 0 of "t".
async fn fetch(c: &mut Client, version: i16, group: &str, id: TopicId) -> (i64, i32, i16) {
    if version >= 8 {
        let topic = OffsetFetchRequestTopics {
            name: if version >= 10 { String::new() } else { "t".into() },
            topic_id: if version >= 10 { id } else { TopicId::ZERO },
            partition_indexes: vec![0],
        };
        let group = OffsetFetchRequestGroup {
            group_id: group.into(),
            topics: Some(vec![topic]),
            member_epoch: -1,
            ..Default::default()
        };
        let request = OffsetFetchRequest { groups: vec![group], ..Default::default() };
        let response = c.call(version, &request).await;
        let p = &response.groups[0].topics[0].partitions[0];
        return (p.committed_offset, p.committed_leader_epoch, response.groups[0].error_code);
    }
    let topic = OffsetFetchRequestTopic { name: "t".into(), partition_indexes: vec![0] };
    let request =
        OffsetFetchRequest { group_id: group.into(), topics: Some(vec![topic]), ..Default::default() };
    let response = c.call(version, &request).await;
    let p = &response.topics[0].partitions[0];
    let error = if version >= 2 { response.error_code } else { p.error_code };
    (p.committed_offset, p.committed_leader_epoch, error)
}

/// The offset of "t" that `group` has, once its coordinator is loaded.
pub async fn committed(c: &mut Client, group: &str) -> i64 {
    loop {
        let (offset, _, error) = fetch(c, 7, group, TopicId::ZERO).await;
        match error {
            0 => return offset,
            14 => assert_eq!(offset, -1),
            other => panic!("error {other}"),
        }
    }
}

#[test]
fn the_first_lookup_creates_the_topic_and_the_coordinator_serves_at_once() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 1, &[]).await;
        assert_eq!(fetch(&mut c, 7, "g0", id).await.2, E::NotCoordinator.code());
        for version in 0..=6 {
            assert_eq!(find(&mut c, version, "g0").await, (0, 1));
        }
        let offsets = c.topic_id("__consumer_offsets").await;
        assert_ne!(offsets, TopicId::ZERO);
        // Groups of both cores, from both cores.
        for (core, group) in [(0, "g0"), (1, "g0"), (0, "g1"), (1, "g2"), (0, "g3")] {
            let mut c = b.client(core);
            let before = committed(&mut c, group).await;
            assert_eq!(commit(&mut c, group, before + 5).await, 0);
            assert_eq!(committed(&mut c, group).await, before + 5);
        }
    });
}

#[test]
fn edge_22_every_version_commits_and_fetches() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 1, &[]).await;
        find(&mut c, 3, "g").await;
        committed(&mut c, "g").await;
        for version in 2..=10 {
            let request = commit_request(version, "g", ("t", id), i64::from(version));
            let response = c.call(version, &request).await;
            assert_eq!(response.topics[0].partitions[0].error_code, 0);
            let epoch = if version >= 6 { 4 } else { -1 };
            for read in 1..=10 {
                let epoch = if read >= 5 { epoch } else { -1 };
                assert_eq!(
                    fetch(&mut c, read, "g", id).await,
                    (i64::from(version), epoch, 0),
                    "{version} {read}"
                );
                assert_eq!(fetch(&mut c, read, "other", id).await, (-1, -1, 0));
            }
        }
        let all = OffsetFetchRequest { group_id: "g".into(), topics: None, ..Default::default() };
        let response = c.call(7, &all).await;
        assert_eq!((response.topics.len(), response.topics[0].name.as_str()), (1, "t"));
    });
}

#[test]
fn edge_22_errors_of_the_group_are_where_the_version_has_them() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 1, &[]).await;
        // Nobody has looked for a coordinator yet: there is none.
        for version in 1..=10 {
            assert_eq!(
                fetch(&mut c, version, "g", id).await,
                (-1, -1, E::NotCoordinator.code()),
                "{version}"
            );
        }
        let topic = || OffsetFetchRequestTopic { name: "t".into(), partition_indexes: vec![0] };
        let request = |topics| OffsetFetchRequest { group_id: "g".into(), topics, ..Default::default() };
        let old = c.call(1, &request(Some(vec![topic()]))).await;
        assert_eq!((old.error_code, old.topics[0].partitions[0].error_code), (0, E::NotCoordinator.code()));
        let all = c.call(2, &request(None)).await;
        assert_eq!((all.error_code, all.topics.len()), (E::NotCoordinator.code(), 0));
    });
}

#[test]
fn what_cannot_be_committed_is_refused_one_by_one() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        find(&mut c, 3, "g").await;
        committed(&mut c, "g").await;
        let mut request = commit_request(8, "g", ("t", TopicId::ZERO), 5);
        let good = request.topics[0].partitions[0].clone();
        let long = Some("x".repeat(4097));
        request.topics[0].partitions.extend([
            OffsetCommitRequestPartition { partition_index: 1, ..good.clone() },
            OffsetCommitRequestPartition { partition_index: -1, ..good.clone() },
            OffsetCommitRequestPartition { committed_metadata: long, ..good.clone() },
        ]);
        let none = OffsetCommitRequestTopic {
            name: "no".into(),
            partitions: vec![good.clone()],
            ..Default::default()
        };
        request.topics.push(none);
        let response = c.call(8, &request).await;
        let codes: Vec<_> =
            response.topics.iter().flat_map(|t| &t.partitions).map(|p| p.error_code).collect();
        assert_eq!(codes, [0, 3, 3, E::OffsetMetadataTooLarge.code(), 3]);
        assert_eq!(committed(&mut c, "g").await, 5);
        // What kafkajs commits where it wants to begin at the earliest record, and reads back.
        let earliest = OffsetCommitRequestPartition { committed_offset: -2, ..good };
        request.topics = vec![OffsetCommitRequestTopic {
            name: "t".into(),
            partitions: vec![earliest],
            ..Default::default()
        }];
        assert_eq!(c.call(8, &request).await.topics[0].partitions[0].error_code, 0);
        assert_eq!(committed(&mut c, "g").await, -2);
    });
}

#[test]
fn g1_offsets_that_were_acknowledged_or_seen_never_go_back() {
    for seed in 0..4 {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        sim.run(async {
            let mut seen = [-1i64; 4];
            let mut sent = [-1i64; 4];
            for (round, cores) in [1u16, 2, 2, 1, 3, 2].into_iter().enumerate() {
                let b = Broker::start(&sim, &disk, cores, limits()).await;
                let mut c = b.client(0);
                if round == 0 {
                    c.create("t", 1, &[]).await;
                    find(&mut c, 3, "g0").await;
                }
                for g in 0..4 {
                    let offset = committed(&mut c, &format!("g{g}")).await;
                    assert!((seen[g]..=sent[g]).contains(&offset), "seed {seed}: {offset}, seen {}", seen[g]);
                    seen[g] = offset;
                }
                let (mut writer, mut reader) = (b.client(0), b.client(cores - 1));
                for n in 0..sim.rng().below(30) {
                    let g = n as usize % 4;
                    sent[g] += 1;
                    let group = format!("g{g}");
                    let request = commit_request(8, &group, ("t", TopicId::ZERO), sent[g]);
                    writer.send(8, &request).await;
                    // Asked while the commit may be on its way to the disk: what it shows must last.
                    seen[g] = seen[g].max(committed(&mut reader, &group).await);
                    if n % 3 > 0 {
                        let (_, response) = writer.receive::<OffsetCommitResponse>(8).await;
                        assert_eq!(response.topics[0].partitions[0].error_code, 0);
                        seen[g] = sent[g];
                    } else {
                        writer = b.client(0);
                    }
                }
                if round % 2 == 0 {
                    b.node.cut_power(sim.rng());
                } else {
                    b.node.kill();
                }
            }
        });
    }
}

#[test]
fn g2_a_coordinator_that_loads_says_so() {
    for seed in 0..4 {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        sim.run(async {
            let b = Broker::start(&sim, &disk, 1, limits()).await;
            let mut c = b.client(0);
            c.create("t", 1, &[]).await;
            find(&mut c, 3, "g").await;
            committed(&mut c, "g").await;
            for n in 0..50 {
                assert_eq!(commit(&mut c, "g", n).await, 0);
            }
            b.stop().await;
            b.node.kill();
            let b = Broker::start(&sim, &disk, 1, limits()).await;
            let mut c = b.client(0);
            loop {
                let (offset, _, error) = fetch(&mut c, 7, "g", TopicId::ZERO).await;
                assert!((offset, error) == (49, 0) || error == 14, "seed {seed}: {offset} {error}");
                if error == 0 {
                    break;
                }
            }
            b.node.kill();
        });
    }
}

#[test]
fn deleted_topics_take_their_offsets_along() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        find(&mut c, 3, "g").await;
        committed(&mut c, "g").await;
        commit(&mut c, "g", 5).await;
        c.delete("t").await;
        c.create("t", 1, &[]).await;
        assert_eq!(committed(&mut c, "g").await, -1, "another topic of the same name");
    });
}

#[test]
fn offsets_are_deleted_one_by_one_and_what_does_not_exist_is_said_to() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        find(&mut c, 3, "g").await;
        committed(&mut c, "g").await;
        commit(&mut c, "g", 5).await;
        let partition = |partition_index| OffsetDeleteRequestPartition { partition_index };
        let topic = |name: &str, indexes: &[i32]| OffsetDeleteRequestTopic {
            name: name.into(),
            partitions: indexes.iter().copied().map(partition).collect(),
        };
        let topics = vec![topic("no", &[0]), topic("t", &[1, 0, -1])];
        let response = c.call(0, &OffsetDeleteRequest { group_id: "g".into(), topics }).await;
        let all = response.topics.iter().flat_map(|t| t.partitions.iter().map(|p| (&*t.name, p)));
        let all: Vec<_> = all.map(|(t, p)| (t, p.partition_index, p.error_code)).collect();
        assert_eq!(
            all,
            [("no", 0, 3), ("t", 1, 3), ("t", 0, 0), ("t", -1, 3)],
            "in the order of the request"
        );
        assert_eq!(committed(&mut c, "g").await, -1);
    });
}

#[test]
fn groups_wait_while_the_disk_is_full_and_go_on_after() {
    with_disk(1, |b, disk| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        find(&mut c, 3, "g").await;
        committed(&mut c, "g").await;
        assert_eq!(commit(&mut c, "g", 1).await, 0);
        disk.set_capacity(Some(0));
        let mut offset = 1;
        let refused = loop {
            match commit(&mut c, "g", offset + 1).await {
                0 => offset += 1,
                code => break code,
            }
            if offset > 3000 {
                // The space that was reserved ahead lasts longer than this test.
                break E::CoordinatorNotAvailable.code();
            }
        };
        assert_eq!(refused, E::CoordinatorNotAvailable.code());
        disk.set_capacity(None);
        b.sim.sleep_ms(5_000).await;
        assert!(committed(&mut c, "g").await >= offset);
        assert_eq!(commit(&mut c, "g", offset + 9).await, 0);
        assert_eq!(committed(&mut c, "g").await, offset + 9);
    });
}

#[test]
fn clients_cannot_write_what_coordinators_load() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        find(&mut c, 3, "g").await;
        let answer = c.produce("__consumer_offsets", 0, batch(&[b"x"])).await;
        assert_eq!(answer.error_code, E::InvalidTopicException.code());
    });
}
