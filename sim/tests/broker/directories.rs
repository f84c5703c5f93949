//! Several data directories: where partitions go, what a failed one takes with it, and what cordoning keeps out.

use crate::harness::*;
use ringlog_shard::env::{Clock, Env};
use ringlog_shard::limits::Limits;
use ringlog_sim::config::broker_config_in;
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::disk::Disk;
use ringlog_storage::store::StoreStats;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::alter_replica_log_dirs_request::{AlterReplicaLogDir, AlterReplicaLogDirTopic};
use ringlog_wire::generated::describe_log_dirs_response::DescribeLogDirsResult;
use ringlog_wire::generated::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use ringlog_wire::generated::{
    AlterReplicaLogDirsRequest, DescribeLogDirsRequest, IncrementalAlterConfigsRequest,
};
use std::collections::BTreeMap;
use std::path::Path;

async fn start(sim: &Sim, disk: &MemDisk) -> Broker {
    let limits = Limits { commit_log_bytes_max: 8 << 20, ..Limits::default() };
    let statics = [("offsets.topic.num.partitions", "1"), ("ringlog.scrub.interval.ms", "1000")];
    let statics: BTreeMap<_, _> = statics.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Broker::start_as(sim, disk, 2, (limits, broker_config_in(&["/a", "/b"], &statics))).await
}

async fn described(c: &mut Client) -> Vec<DescribeLogDirsResult> {
    c.call(5, &DescribeLogDirsRequest { topics: None }).await.results
}

/// The partitions of `topic` in a directory.
fn of(dir: &DescribeLogDirsResult, topic: &str) -> Vec<i32> {
    let all = dir.topics.iter().filter(|t| t.name == topic).flat_map(|t| &t.partitions);
    all.map(|p| p.partition_index).collect()
}

async fn cordon(c: &mut Client, dirs: Option<&str>) -> (i16, String) {
    let config = AlterableConfig {
        name: "cordoned.log.dirs".into(),
        config_operation: i8::from(dirs.is_none()),
        value: dirs.map(str::to_owned),
    };
    let resource =
        AlterConfigsResource { resource_type: 4, resource_name: "1".into(), configs: vec![config] };
    let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
    let answer = c.call(1, &request).await.responses.remove(0);
    (answer.error_code, answer.error_message.unwrap_or_default())
}

#[test]
fn a_directory_that_fails_is_offline_and_the_other_goes_on() {
    for seed in 0..6 {
        simulate(seed, async |sim: &Sim, disk: &MemDisk| {
            let b = start(sim, disk).await;
            let mut c = b.client(0);
            c.create("t", 4, &[("segment.bytes", "1048576")]).await;
            let before = described(&mut c).await;
            assert_eq!((of(&before[0], "t").len(), of(&before[1], "t").len()), (2, 2));
            for index in 0..4 {
                assert_eq!(c.produce("t", index, batch(&[b"first"])).await.error_code, 0);
            }
            // The next sync of a segment in /b fails.
            let ill = of(&before[1], "t")[0];
            disk.fail_next_sync(Path::new(&format!("/b/t-{ill}/00000000000000000000.log")));
            let mut refused = None;
            for _ in 0..80 {
                let answer = c.produce("t", ill, batch(&[&[1; 60_000]])).await;
                if answer.error_code != 0 {
                    refused = Some(answer.error_code);
                    break;
                }
            }
            assert_eq!(refused, Some(E::KafkaStorageError.code()), "seed {seed}");
            let now = described(&mut c).await;
            assert_eq!((now[0].error_code, now[1].error_code), (0, E::KafkaStorageError.code()));
            assert_eq!((of(&now[0], "t").len(), now[1].topics.len()), (2, 0));
            // What is durable is still read; nothing more is taken, and a core that has not failed itself takes it.
            let got = c.fetch("t", ill, 0).await;
            assert_eq!((got.error_code, got.high_watermark > 0), (0, true));
            for index in of(&now[0], "t") {
                assert_eq!(c.produce("t", index, batch(&[b"more"])).await.error_code, 0, "seed {seed}");
            }
            sim.sleep_ms(1500).await;
            c.create("after", 4, &[]).await;
            let now = described(&mut c).await;
            assert_eq!(of(&now[0], "after").len(), 4, "nothing new goes where nothing can be written");
            for index in 0..4 {
                assert_eq!(c.produce("after", index, batch(&[b"x"])).await.error_code, 0);
            }
            b.node.kill();
        });
    }
}

#[test]
fn a_directory_that_cannot_be_read_at_the_start_is_offline_and_comes_back() {
    simulate(9, async |sim: &Sim, disk: &MemDisk| {
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        let there = described(&mut c).await;
        let (well, ill) = (of(&there[0], "t")[0], of(&there[1], "t")[0]);
        for index in [well, ill] {
            assert_eq!(c.produce("t", index, batch(&[b"first"])).await.error_code, 0);
        }
        b.stop().await;
        b.node.kill();
        // Nothing says any more whose it is.
        let meta = Path::new("/b/meta.properties");
        let content = disk.content(meta).unwrap();
        disk.make_unreadable(meta, 0);
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        let now = described(&mut c).await;
        assert_eq!((now[0].error_code, now[1].error_code), (0, E::KafkaStorageError.code()));
        assert!(b.logged("error[R050]") > 0);
        assert_eq!(c.produce("t", well, batch(&[b"second"])).await.error_code, 0);
        assert_eq!(c.produce("t", ill, batch(&[b"lost"])).await.error_code, E::KafkaStorageError.code());
        c.create("after", 3, &[]).await;
        assert_eq!(of(&described(&mut c).await[0], "after").len(), 3);
        b.stop().await;
        b.node.kill();
        assert_eq!(disk.content(meta).unwrap(), content, "it was not made anew");
        disk.replace_file(meta, &content).await.unwrap();
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        assert_eq!(described(&mut c).await[1].error_code, 0);
        assert_eq!(c.produce("t", ill, batch(&[b"second"])).await.base_offset, 1, "nothing of it is lost");
        b.node.kill();
    });
}

#[test]
fn a_cordoned_directory_gets_nothing_new_and_keeps_what_it_has() {
    simulate(2, async |sim: &Sim, disk: &MemDisk| {
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        c.create("before", 2, &[]).await;
        assert_eq!(cordon(&mut c, Some("/b")).await, (0, String::new()));
        c.create("after", 4, &[]).await;
        let now = described(&mut c).await;
        assert_eq!((now[0].is_cordoned, now[1].is_cordoned), (false, true));
        assert_eq!((of(&now[0], "after").len(), of(&now[1], "after").len()), (4, 0));
        let kept = of(&now[1], "before")[0];
        assert_eq!(c.produce("before", kept, batch(&[b"x"])).await.error_code, 0, "what is there is served");
        let topics = vec![AlterReplicaLogDirTopic { name: "before".into(), partitions: vec![0, 1] }];
        let dirs = vec![AlterReplicaLogDir { path: "/b".into(), topics }];
        let moved = c.call(2, &AlterReplicaLogDirsRequest { dirs }).await;
        let codes: Vec<i16> = moved.results[0].partitions.iter().map(|p| p.error_code).collect();
        assert_eq!(codes, [E::InvalidReplicaAssignment.code(); 2], "nor by being moved there");
        let (code, why) = cordon(&mut c, Some("/c")).await;
        assert_ne!(code, 0);
        assert!(why.contains("All entries in cordoned.log.dirs must be present in log.dirs"), "{why}");
        assert_eq!(cordon(&mut c, Some("*")).await.0, 0);
        let topic = ringlog_wire::generated::create_topics_request::CreatableTopic {
            name: "none".into(),
            num_partitions: 1,
            replication_factor: 1,
            ..Default::default()
        };
        let request = ringlog_wire::generated::CreateTopicsRequest {
            topics: vec![topic],
            timeout_ms: 1000,
            ..Default::default()
        };
        let refused = c.call(7, &request).await;
        assert_eq!(refused.topics[0].error_code, E::InvalidReplicationFactor.code());
        assert_eq!(cordon(&mut c, None).await.0, 0);
        assert_eq!(c.call(7, &request).await.topics[0].error_code, 0);
        b.node.kill();
    });
}

#[test]
fn scrubbing_tells_what_it_read_what_was_damaged_and_when_it_was_through() {
    simulate(3, async |sim: &Sim, disk: &MemDisk| {
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        c.create("t", 1, &[("segment.bytes", "1048576")]).await;
        for n in 0..40 {
            assert_eq!(c.produce("t", 0, batch(&[&[n; 60_000]])).await.error_code, 0);
        }
        // A stop has everything in its files.
        b.stop().await;
        b.node.kill();
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        // Batches checked, damaged ones, passes, and the end of the last one in s of the wall clock.
        let told = || {
            let cores = b.node.envs().iter().take(2).map(|env| env.shown().core);
            cores.fold((0, 0, u64::MAX, u64::MAX), |sum, core| {
                let of = |f: fn(&StoreStats) -> u64| core.stores.iter().map(|s| f(&s.stats)).sum::<u64>();
                let (passes, at) = core.scrubbed;
                let damaged = sum.1 + of(|s| s.damaged_batches);
                (sum.0 + of(|s| s.scrubbed_batches), damaged, sum.2.min(passes), sum.3.min(at))
            })
        };
        assert_eq!((told().2, told().3), (0, 0), "none has been through yet");
        b.until(|| told().2 >= 1).await;
        let (batches, damaged, passes, at) = told();
        let now = b.node.envs()[0].clock().wall_ms() as u64 / 1000;
        assert!(batches >= 34, "17 batches in each closed segment: {batches}");
        assert!(damaged == 0 && (now - 5..=now).contains(&at), "{at} of {now}");
        let dir =
            &described(&mut c).await[usize::from(of(&described(&mut c).await[0], "t").is_empty())].log_dir;
        assert!(disk.rot(&Path::new(dir).join("t-0/00000000000000000000.log"), 100_000, 3));
        b.until(|| told().1 > 0 && told().2 >= passes + 2).await;
        assert!(b.logged("error[R058]") > 0);
        b.node.kill();
    });
}

/// What a deletion left that was cut off before its folder had its new name durably, and a topic made again elsewhere.
#[test]
fn folders_of_topics_that_are_gone_are_put_aside_at_the_start() {
    simulate(4, async |sim: &Sim, disk: &MemDisk| {
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        let there = described(&mut c).await;
        let (in_a, in_b) = (of(&there[0], "t")[0], of(&there[1], "t")[0]);
        for index in [in_a, in_b] {
            assert_eq!(c.produce("t", index, batch(&[b"first"])).await.error_code, 0);
        }
        b.stop().await;
        b.node.kill();
        // A topic that is no more, twice, and one whose name another topic has by now, in the other directory.
        let former = "version: 0\ntopic_id: AAECAwQFBgcICQoLDA0ODw";
        let stays = ["/b/no-topic-0", "/a/notes-7"];
        let again = format!("/b/t-{in_a}");
        for folder in ["/a/gone-0", "/b/gone-3", &again] {
            disk.create_dir(Path::new(folder)).await.unwrap();
            disk.replace_file(&Path::new(folder).join("partition.metadata"), former.as_bytes())
                .await
                .unwrap();
        }
        disk.create_dir(Path::new("/a/gone-0-stray")).await.unwrap();
        for folder in stays {
            disk.create_dir(Path::new(folder)).await.unwrap();
        }
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        assert_eq!(b.logged("is of no topic that there is"), 3);
        let list = async |dir: &str| {
            let all = disk.list(Path::new(dir)).await.unwrap().into_iter().filter(|e| e.is_dir);
            all.map(|e| e.name).filter(|n| n != "cores").collect::<Vec<_>>()
        };
        let (mut a, mut b_has) = (list("/a").await, list("/b").await);
        a.sort();
        b_has.sort();
        assert_eq!(
            a,
            [
                "__cluster_metadata-0".into(),
                "gone-0-stray".into(),
                "gone-0.1-stray".into(),
                "notes-7".into(),
                format!("t-{in_a}")
            ]
        );
        assert_eq!(
            b_has,
            ["gone-3-stray".into(), "no-topic-0".into(), format!("t-{in_a}-stray"), format!("t-{in_b}")]
        );
        for index in [in_a, in_b] {
            assert_eq!(c.produce("t", index, batch(&[b"second"])).await.base_offset, 1);
        }
        b.node.kill();
    });
}
