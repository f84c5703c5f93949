//! Replicas that move between two data directories (KIP-113), as clients and tools see it.

use crate::harness::*;
use ringlog_shard::env::Lane;
use ringlog_shard::limits::Limits;
use ringlog_sim::config::broker_config_in;
use ringlog_sim::disk::{Alone, FileKind, Place};
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::disk::Disk;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::alter_replica_log_dirs_request::{AlterReplicaLogDir, AlterReplicaLogDirTopic};
use ringlog_wire::generated::describe_log_dirs_response::DescribeLogDirsPartition;
use ringlog_wire::generated::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use ringlog_wire::generated::{
    AlterReplicaLogDirsRequest, DescribeLogDirsRequest, IncrementalAlterConfigsRequest,
};
use std::collections::BTreeMap;
use std::path::Path;

const RATE: &str = "replica.alter.log.dirs.io.max.bytes.per.second";

async fn start(sim: &Sim, disk: &MemDisk) -> Broker {
    let limits = Limits { commit_log_bytes_max: 8 << 20, ..Limits::default() };
    let statics = BTreeMap::from([("offsets.topic.num.partitions".to_owned(), "1".to_owned())]);
    Broker::start_as(sim, disk, 2, (limits, broker_config_in(&["/a", "/b"], &statics))).await
}

/// The replicas of a partition, by directory.
async fn replicas(c: &mut Client, topic: &str, index: i32) -> Vec<Vec<DescribeLogDirsPartition>> {
    let dirs = c.call(5, &DescribeLogDirsRequest { topics: None }).await.results;
    let of = dirs.into_iter().map(|dir| {
        let all = dir.topics.into_iter().filter(|t| t.name == topic).flat_map(|t| t.partitions);
        all.filter(|p| p.partition_index == index).collect()
    });
    of.collect()
}

/// The directory that has the replica, and that of the future one.
async fn places(c: &mut Client, topic: &str, index: i32) -> (Option<usize>, Option<usize>) {
    let all = replicas(c, topic, index).await;
    let at = |future| all.iter().position(|dir| dir.iter().any(|p| p.is_future_key == future));
    (at(false), at(true))
}

async fn alter(c: &mut Client, path: &str, topic: &str, index: i32) -> i16 {
    let topics = vec![AlterReplicaLogDirTopic { name: topic.into(), partitions: vec![index] }];
    let request = AlterReplicaLogDirsRequest { dirs: vec![AlterReplicaLogDir { path: path.into(), topics }] };
    c.call(2, &request).await.results[0].partitions[0].error_code
}

async fn rate(c: &mut Client, bytes: u64) {
    let config = AlterableConfig { name: RATE.into(), config_operation: 0, value: Some(bytes.to_string()) };
    let resource =
        AlterConfigsResource { resource_type: 4, resource_name: "1".into(), configs: vec![config] };
    let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
    assert_eq!(c.call(1, &request).await.responses[0].error_code, 0);
}

/// Produces `n` records of 3000 bytes, the first of which shows `from`.
async fn fill(c: &mut Client, index: i32, from: u64, n: u64) {
    for i in from..from + n {
        let mut value = format!("{i}/").into_bytes();
        value.resize(3000, b'x');
        let answer = c.produce("t", index, idempotent(7, 0, i as i32, &[&value])).await;
        assert_eq!((answer.error_code, answer.base_offset), (0, i as i64), "partition {index}");
    }
}

/// Reads the whole partition.
async fn check(c: &mut Client, index: i32, n: u64) {
    let mut offset = 0;
    while offset < n {
        let got = c.fetch("t", index, offset as i64).await;
        assert_eq!(got.error_code, 0, "partition {index} at {offset}");
        for (at, value) in records(&got.records.unwrap()) {
            assert_eq!(at as u64, offset);
            assert!(value.starts_with(format!("{offset}/").as_bytes()), "partition {index} at {offset}");
            offset += 1;
        }
    }
}

/// A broker with a topic of two partitions, and which of them has its replica in /a: it gets 400 records.
async fn start_filled(sim: &Sim, disk: &MemDisk) -> (Broker, Client, i32) {
    let b = start(sim, disk).await;
    let mut c = b.client(0);
    c.create("t", 2, &[("segment.bytes", "1048576")]).await;
    let mut index = 0;
    while places(&mut c, "t", index).await.0 != Some(0) {
        index += 1;
    }
    fill(&mut c, index, 0, 400).await;
    (b, c, index)
}

/// A folder of the partition in a directory.
async fn has_folder(disk: &MemDisk, dir: &str, start: &str) -> bool {
    disk.list(Path::new(dir)).await.unwrap().iter().any(|e| e.is_dir && e.name.starts_with(start))
}

/// Waits until a move has made its folder.
async fn until_begun(sim: &Sim, disk: &MemDisk, dir: &str, index: i32) {
    while !has_folder(disk, dir, &format!("t-{index}.")).await {
        sim.sleep_ms(10).await;
    }
}

#[test]
fn replicas_move_while_they_are_written_and_read_and_stay_over_restarts() {
    for seed in 0..2 {
        simulate(seed, async |sim: &Sim, disk: &MemDisk| {
            let b = start(sim, disk).await;
            let mut c = b.client(0);
            c.create("t", 4, &[("segment.bytes", "1048576")]).await;
            let mut at = Vec::new();
            for index in 0..4 {
                fill(&mut c, index, 0, 400).await;
                at.push(places(&mut c, "t", index).await.0.unwrap());
            }
            rate(&mut c, 16 << 20).await;
            for index in 0..4 {
                let to = ["/b", "/a"][at[index as usize]];
                assert_eq!(alter(&mut c, to, "t", index).await, 0);
                assert_eq!(alter(&mut c, to, "t", index).await, 0, "asked for twice is asked for once");
            }
            let mut seen = 0;
            let mut n = 400;
            while n < 2000 {
                let mut done = 0;
                for index in 0..4 {
                    fill(&mut c, index, n, 4).await;
                    check(&mut c, index, n + 4).await;
                    let all = replicas(&mut c, "t", index).await;
                    let dirs = at[index as usize];
                    let future = all[1 - dirs].iter().find(|p| p.is_future_key);
                    if let Some(future) = future {
                        assert!(future.offset_lag > 0 && future.offset_lag <= (n + 4) as i64, "{future:?}");
                        assert!(!all[dirs].is_empty() && !all[dirs][0].is_future_key);
                        seen += usize::from(future.partition_size > 0);
                    } else {
                        assert_eq!((all[dirs].len(), all[1 - dirs].len()), (0, 1), "seed {seed}");
                        done += 1;
                    }
                }
                n += 4;
                sim.sleep_ms(5).await;
                if done == 4 {
                    break;
                }
            }
            assert!(n < 2000 && seen > 0, "seed {seed}: {n}, seen {seen} times");
            assert_eq!(b.logged("has moved to"), 4);
            for round in 0..2 {
                for index in 0..4 {
                    let (old, new) = (["/a", "/b"][at[index as usize]], ["/b", "/a"][at[index as usize]]);
                    assert!(has_folder(disk, new, &format!("t-{index}")).await);
                    assert!(round == 0 || !has_folder(disk, old, &format!("t-{index}")).await);
                    fill(&mut c, index, n, 3).await;
                    check(&mut c, index, n + 3).await;
                }
                n += 3;
            }
            // Once after a clean stop, once after a kill.
            b.stop().await;
            b.node.kill();
            for life in 0..2 {
                let b = start(sim, disk).await;
                let mut c = b.client(0);
                for index in 0..4 {
                    assert_eq!(places(&mut c, "t", index).await, (Some(1 - at[index as usize]), None));
                    check(&mut c, index, n).await;
                    fill(&mut c, index, n, 2).await;
                    // And back, the second time.
                    let old = ["/a", "/b"][at[index as usize]];
                    if life == 1 {
                        assert_eq!(alter(&mut c, old, "t", index).await, 0);
                        while places(&mut c, "t", index).await.0 != Some(at[index as usize]) {
                            fill(&mut c, index, n + 2, 0).await;
                            sim.sleep_ms(10).await;
                        }
                        check(&mut c, index, n + 2).await;
                    }
                }
                n += 2;
                b.node.kill();
            }
        });
    }
}

#[test]
fn a_move_is_cancelled_replaced_ended_by_deletion_and_begun_anew_by_a_start() {
    simulate(5, async |sim: &Sim, disk: &MemDisk| {
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        c.create("t", 1, &[("segment.bytes", "1048576")]).await;
        fill(&mut c, 0, 0, 400).await;
        let at = places(&mut c, "t", 0).await.0.unwrap();
        let (here, there) = (["/a", "/b"][at], ["/b", "/a"][at]);
        assert_eq!(alter(&mut c, "/c", "t", 0).await, E::LogDirNotFound.code());
        assert_eq!(alter(&mut c, there, "t", 1).await, E::ReplicaNotAvailable.code());
        assert_eq!(alter(&mut c, here, "t", 0).await, 0, "it is there");
        assert_eq!(places(&mut c, "t", 0).await, (Some(at), None));
        rate(&mut c, 1).await;
        for _ in 0..2 {
            assert_eq!(alter(&mut c, there, "t", 0).await, 0);
            assert_eq!(places(&mut c, "t", 0).await, (Some(at), Some(1 - at)));
            // Until something is copied.
            while replicas(&mut c, "t", 0).await[1 - at][0].partition_size == 0 {
                sim.sleep_ms(10).await;
            }
            assert_eq!(alter(&mut c, here, "t", 0).await, 0);
            sim.sleep_ms(200).await;
            rate(&mut c, 1 << 30).await;
            while has_folder(disk, there, "t-0").await {
                sim.sleep_ms(1000).await;
            }
            assert_eq!(places(&mut c, "t", 0).await, (Some(at), None));
            rate(&mut c, 1).await;
        }
        fill(&mut c, 0, 400, 3).await;
        check(&mut c, 0, 403).await;
        assert_eq!(b.logged("is not wanted any more"), 2);
        // The next start begins anew what was being copied, and comes to its end.
        assert_eq!(alter(&mut c, there, "t", 0).await, 0);
        until_begun(sim, disk, there, 0).await;
        b.stop().await;
        b.node.kill();
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        assert_eq!(places(&mut c, "t", 0).await, (Some(at), Some(1 - at)));
        rate(&mut c, 1 << 30).await;
        while places(&mut c, "t", 0).await != (Some(1 - at), None) {
            sim.sleep_ms(100).await;
        }
        check(&mut c, 0, 403).await;
        // A topic that goes takes its move with it, and one of the same name finds nothing of it.
        fill(&mut c, 0, 403, 400).await;
        rate(&mut c, 1).await;
        assert_eq!(alter(&mut c, here, "t", 0).await, 0);
        until_begun(sim, disk, here, 0).await;
        c.delete("t").await;
        rate(&mut c, 1 << 30).await;
        c.create("t", 1, &[]).await;
        fill(&mut c, 0, 0, 5).await;
        check(&mut c, 0, 5).await;
        sim.sleep_ms(3000).await;
        assert!(!has_folder(disk, here, "t-0.").await && !has_folder(disk, there, "t-0.").await);
        b.node.kill();
    });
}

#[test]
fn a_target_that_fails_keeps_the_replica_where_it_is() {
    simulate(6, async |sim: &Sim, disk: &MemDisk| {
        let (b, mut c, index) = start_filled(sim, disk).await;
        rate(&mut c, 1).await;
        assert_eq!(alter(&mut c, "/b", "t", index).await, 0);
        until_begun(sim, disk, "/b", index).await;
        sim.sleep_ms(50).await;
        let folder = disk.list(Path::new("/b")).await.unwrap();
        let folder = folder.iter().find(|e| e.name.ends_with("-future")).unwrap().name.clone();
        disk.fail_next_sync(&Path::new("/b").join(folder).join("00000000000000000000.log"));
        rate(&mut c, 1 << 30).await;
        while b.logged("error[R059]") == 0 {
            sim.sleep_ms(1000).await;
        }
        let all = replicas(&mut c, "t", index).await;
        assert_eq!((all[0].len(), all[1].len()), (1, 0));
        check(&mut c, index, 400).await;
        fill(&mut c, index, 400, 3).await;
        assert_eq!(alter(&mut c, "/b", "t", index).await, E::KafkaStorageError.code());
        b.node.kill();
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        check(&mut c, index, 403).await;
        b.node.kill();
    });
}

/// The sync of the record that names the target failed, and a start may find the record all the same: until then the
/// partition takes nothing, and its copy stays, also when it is asked to move again.
#[test]
fn a_replica_of_which_nobody_knows_where_it_is_does_not_move_again() {
    simulate(8, async |sim: &Sim, disk: &MemDisk| {
        let (b, mut c, index) = start_filled(sim, disk).await;
        disk.fail_next_sync(Path::new("/a/__cluster_metadata-0/00000000000000000000.log"));
        for failed in 1..4 {
            assert_eq!(alter(&mut c, "/b", "t", index).await, 0);
            while b.logged("error[R059]") < failed {
                sim.sleep_ms(100).await;
            }
            assert!(
                has_folder(disk, "/b", &format!("t-{index}")).await,
                "after {failed} moves the copy is gone"
            );
            let answer = c.produce("t", index, idempotent(7, 0, 400, &[b"400/"])).await;
            assert_eq!(answer.error_code, E::KafkaStorageError.code(), "after {failed} moves");
            check(&mut c, index, 400).await;
        }
        b.node.kill();
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        assert_eq!(places(&mut c, "t", index).await, (Some(1), None));
        check(&mut c, index, 400).await;
        fill(&mut c, index, 400, 3).await;
        b.node.kill();
    });
}

/// What appends wait for is not done behind flushes and compaction.
#[test]
fn a_busy_core_keeps_no_append_waiting_for_a_move() {
    let mut longest = 0;
    for seed in 0..4 {
        simulate(seed, async |sim: &Sim, disk: &MemDisk| {
            let b = start(sim, disk).await;
            let mut c = b.client(0);
            c.create("t", 1, &[("segment.bytes", "1048576")]).await;
            fill(&mut c, 0, 0, 50).await;
            let (here, _) = places(&mut c, "t", 0).await;
            let there = 1 - here.unwrap();
            sim.exec().starve(Lane::Flush as u8, 2, 50_000_000);
            assert_eq!(alter(&mut c, ["/a", "/b"][there], "t", 0).await, 0);
            let mut next = 50;
            while places(&mut c, "t", 0).await != (Some(there), None) {
                let before = sim.exec().now();
                fill(&mut c, 0, next, 1).await;
                longest = longest.max((sim.exec().now() - before) / 1_000_000);
                next += 1;
                sim.sleep_ms(50).await;
            }
            sim.exec().starve(0, 0, 0);
            check(&mut c, 0, next).await;
            b.node.kill();
        });
    }
    assert!(longest < 300, "{longest} ms");
}

/// What was answered is on disk: a move that waits for others outlives the process as one that is being copied does.
#[test]
fn moves_that_wait_for_their_turn_go_on_after_a_kill() {
    for seed in 0..4 {
        simulate(seed, async |sim: &Sim, disk: &MemDisk| {
            let b = start(sim, disk).await;
            let mut c = b.client(0);
            c.create("t", 12, &[("segment.bytes", "1048576")]).await;
            rate(&mut c, 1).await;
            let mut at = Vec::new();
            for index in 0..12 {
                // One closed segment at least: it is copied at the rate.
                fill(&mut c, index, 0, 400).await;
                at.push(places(&mut c, "t", index).await.0.unwrap());
            }
            let (here, there) =
                (|index: usize| ["/a", "/b"][at[index]], |index: usize| ["/b", "/a"][at[index]]);
            for index in 0..12 {
                assert_eq!(alter(&mut c, there(index), "t", index as i32).await, 0);
            }
            // One is not wanted after all, and one more is deleted with its topic.
            c.create("gone", 1, &[]).await;
            let gone = places(&mut c, "gone", 0).await.0.unwrap();
            assert_eq!(alter(&mut c, ["/b", "/a"][gone], "gone", 0).await, 0);
            assert_eq!(alter(&mut c, here(11), "t", 11).await, 0);
            c.delete("gone").await;
            // At once, or when nothing is under way.
            sim.sleep_ms(500 * (seed % 2)).await;
            b.node.kill();
            for life in 0..2 {
                let b = start(sim, disk).await;
                let mut c = b.client(0);
                for (index, at) in (0..).zip(&at) {
                    let future = (index < 11).then(|| 1 - at);
                    let now = places(&mut c, "t", index).await;
                    assert_eq!(now, (Some(*at), future), "seed {seed} life {life} partition {index}");
                }
                assert!(!has_folder(disk, "/a", "gone").await && !has_folder(disk, "/b", "gone").await);
                if life == 1 {
                    rate(&mut c, 1 << 30).await;
                    for (index, at) in (0..11).zip(&at) {
                        while places(&mut c, "t", index).await != (Some(1 - at), None) {
                            sim.sleep_ms(100).await;
                        }
                        check(&mut c, index, 400).await;
                    }
                    assert_eq!(places(&mut c, "t", 11).await, (Some(at[11]), None));
                }
                b.node.kill();
            }
        });
    }
}

/// Asked for the directory where it is, a replica stays there: no start goes on with the copy that was under way.
#[test]
fn a_move_that_was_cancelled_stays_so_over_a_kill_and_a_power_cut() {
    for seed in 0..8 {
        simulate(seed, async |sim: &Sim, disk: &MemDisk| {
            let (b, mut c, index) = start_filled(sim, disk).await;
            rate(&mut c, 1).await;
            assert_eq!(alter(&mut c, "/b", "t", index).await, 0);
            until_begun(sim, disk, "/b", index).await;
            sim.sleep_ms(20 * seed).await;
            assert_eq!(alter(&mut c, "/a", "t", index).await, 0);
            if seed % 2 == 0 {
                b.node.kill()
            } else {
                b.node.cut_power(sim.rng())
            }
            let b = start(sim, disk).await;
            let mut c = b.client(0);
            assert_eq!(places(&mut c, "t", index).await, (Some(0), None), "seed {seed}");
            check(&mut c, index, 400).await;
            b.node.kill();
        });
    }
}

/// Asked twice is asked for once: the second answer comes when the folder is there, not while somebody makes it.
#[test]
fn the_same_request_twice_is_answered_when_a_start_would_find_the_move() {
    for seed in 0..4 {
        simulate(seed, async |sim: &Sim, disk: &MemDisk| {
            let (b, mut c, index) = start_filled(sim, disk).await;
            rate(&mut c, 1).await;
            let mut other = b.client(0);
            let place = Place::Kind(FileKind::Names);
            disk.set_faults(|f| f.alone = Some(Alone { place, slower: 400_000_000, hung_until: 0 }));
            sim.exec().spawn(900, async move {
                alter(&mut other, "/b", "t", index).await;
            });
            sim.sleep_ms(5).await;
            assert_eq!(alter(&mut c, "/b", "t", index).await, 0);
            b.node.kill();
            disk.set_faults(|f| f.alone = None);
            sim.sleep_ms(4000).await;
            let b = start(sim, disk).await;
            let mut c = b.client(0);
            let found = places(&mut c, "t", index).await;
            assert!(matches!(found, (Some(0), Some(1)) | (Some(1), None)), "seed {seed}: {found:?}");
            b.node.kill();
        });
    }
}
