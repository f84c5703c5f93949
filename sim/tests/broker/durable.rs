//! What is acknowledged survives: power cuts, kills, changed cores, full and failing disks.

use crate::harness::*;
use bytes::Bytes;
use ringlog_shard::limits::Limits;
use ringlog_sim::{MemDisk, Sim};
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::ProduceResponse;

/// A commit log that is small enough to be read back many times.
fn limits() -> Limits {
    Limits { commit_log_bytes_max: 8 << 20, ..Limits::default() }
}

/// Everything in one partition.
async fn read_all(c: &mut Client, index: i32) -> Vec<(i64, Vec<u8>)> {
    let mut all = Vec::new();
    loop {
        let p = c.fetch("t", index, all.len() as i64).await;
        assert_eq!(p.error_code, 0);
        match p.records {
            Some(bytes) if !bytes.is_empty() => all.extend(records(&bytes)),
            _ => return all,
        }
    }
}

/// Produces pipelined for a while from two connections, then ends the broker with answers still to come.
/// Returns what was acknowledged: partition, offset, value.
async fn load(b: &Broker, sim: &Sim, round: u8) -> Vec<(i32, i64, Vec<u8>)> {
    let mut acked = Vec::new();
    let mut clients = [b.client(0), b.client(b.node.envs().len() as u16 - 2)];
    for n in 0..40u8 {
        for (c, who) in clients.iter_mut().zip(0u8..) {
            let index = i32::from(n % 4);
            let value = [round, who, n];
            c.send(9, &produce_request(-1, "t", vec![(index, Some(batch(&[&value])))])).await;
        }
    }
    let wanted = sim.rng().below(40);
    for n in 0..wanted as u8 {
        for (c, who) in clients.iter_mut().zip(0u8..) {
            let (_, response) = c.receive::<ProduceResponse>(9).await;
            let p = &response.responses[0].partition_responses[0];
            assert_eq!(p.error_code, 0);
            acked.push((p.index, p.base_offset, vec![round, who, n]));
        }
    }
    acked
}

#[test]
fn acknowledged_records_survive_power_cuts_and_changed_cores() {
    for seed in 0..6 {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        sim.run(async {
            let mut acked: Vec<(i32, i64, Vec<u8>)> = Vec::new();
            for (round, cores) in [1u16, 2, 2, 1, 3, 2].into_iter().enumerate() {
                let b = Broker::start(&sim, &disk, cores, limits()).await;
                let mut c = b.client(0);
                if round == 0 {
                    c.create("t", 4, &[]).await;
                }
                let mut stored = Vec::new();
                for index in 0..4 {
                    stored.push(read_all(&mut c, index).await);
                }
                for (index, offset, value) in &acked {
                    let partition = &stored[*index as usize];
                    assert_eq!(
                        partition.get(*offset as usize),
                        Some(&(*offset, value.clone())),
                        "seed {seed}"
                    );
                }
                for partition in &stored {
                    let mut values: Vec<_> = partition.iter().map(|(_, v)| v).collect();
                    values.sort_unstable();
                    values.dedup();
                    assert_eq!(values.len(), partition.len(), "nothing twice");
                }
                acked.extend(load(&b, &sim, round as u8).await);
                if round % 3 == 2 {
                    b.node.kill();
                } else {
                    b.node.cut_power(sim.rng());
                }
            }
        });
    }
}

#[test]
fn a_duplicate_is_answered_only_when_its_original_is_durable() {
    for seed in 0..20 {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        sim.run(async {
            let b = Broker::start(&sim, &disk, 2, limits()).await;
            let mut first = b.client(0);
            first.create("t", 2, &[]).await;
            let index = (seed % 2) as i32;
            let request = produce_request(-1, "t", vec![(index, Some(idempotent(9, 0, 0, &[b"x"])))]);
            first.send(9, &request).await;
            let mut again = b.client(1);
            let response: ProduceResponse = again.call(9, &request).await;
            let p = &response.responses[0].partition_responses[0];
            assert_eq!((p.error_code, p.base_offset), (0, 0));
            b.node.cut_power(sim.rng());
            let b = Broker::start(&sim, &disk, 2, limits()).await;
            let mut c = b.client(0);
            assert_eq!(read_all(&mut c, index).await, [(0, b"x".to_vec())], "seed {seed}");
            // All of the window survives: the retry of a client that never got its answer is a duplicate.
            let p = c.produce("t", index, idempotent(9, 0, 0, &[b"x"])).await;
            assert_eq!((p.error_code, p.base_offset), (0, 0));
            b.node.kill();
        });
    }
}

#[test]
fn readers_never_see_what_is_not_durable() {
    for seed in 0..10 {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        sim.run(async {
            let b = Broker::start(&sim, &disk, 1, limits()).await;
            let mut c = b.client(0);
            c.create("t", 1, &[]).await;
            for n in 0..20u8 {
                c.send(9, &produce_request(1, "t", vec![(0, Some(batch(&[&[n]])))])).await;
            }
            let mut reader = b.client(0);
            let seen = loop {
                let p = reader.fetch("t", 0, 0).await;
                let seen = records(&p.records.unwrap_or_default());
                if seen.len() > usize::try_from(sim.rng().below(5)).unwrap() {
                    break seen;
                }
            };
            b.node.cut_power(sim.rng());
            let b = Broker::start(&sim, &disk, 1, limits()).await;
            let after = read_all(&mut b.client(0), 0).await;
            assert_eq!(after.get(..seen.len()), Some(&seen[..]), "seed {seed}");
            b.node.kill();
        });
    }
}

#[test]
fn epochs_rise_with_every_start_and_lookups_know_them() {
    let sim = Sim::new(1);
    let disk = sim.disk();
    sim.run(async {
        for epoch in 1..=3 {
            let b = Broker::start(&sim, &disk, 2, limits()).await;
            let mut c = b.client(0);
            if epoch == 1 {
                c.create("t", 2, &[]).await;
            }
            for index in 0..2 {
                assert_eq!(c.produce("t", index, batch(&[b"x"])).await.error_code, 0);
                let mut request = fetch_request("t", &[(index, 0)]);
                let mut error = async |epoch: i32| {
                    request.topics[0].partitions[0].current_leader_epoch = epoch;
                    c.call(12, &request).await.responses[0].partitions[0].error_code
                };
                // The topic is created in the first run; its epoch rises with the second and the third.
                assert_eq!(error(epoch - 1).await, 0);
                assert_eq!(error(epoch).await, E::UnknownLeaderEpoch.code());
                if epoch > 1 {
                    assert_eq!(error(epoch - 2).await, E::FencedLeaderEpoch.code());
                }
            }
            b.stop().await;
            b.node.kill();
        }
    });
}

async fn error_of(c: &mut Client, records: Bytes) -> i16 {
    c.produce("t", 0, records).await.error_code
}

#[test]
fn a_full_disk_refuses_writes_serves_reads_and_heals() {
    let sim = Sim::new(3);
    let disk: MemDisk = sim.disk();
    sim.run(async {
        let b = Broker::start(&sim, &disk, 1, limits()).await;
        let mut c = b.client(0);
        c.create("t", 1, &[("segment.bytes", "1048576")]).await;
        let big = batch(&[&[1; 200_000]]);
        assert_eq!(error_of(&mut c, big.clone()).await, 0);
        let used: usize = disk.paths().iter().filter_map(|p| disk.content(p)).map(|f| f.len()).sum();
        disk.set_capacity(Some(used as u64));
        let mut refused = None;
        for n in 1..100 {
            match error_of(&mut c, big.clone()).await {
                0 => {}
                error => {
                    refused = Some((n, error));
                    break;
                }
            }
        }
        let (written, error) = refused.expect("a full disk refuses in the end");
        assert_eq!(error, E::KafkaStorageError.code());
        let p = c.fetch("t", 0, 0).await;
        assert_eq!((p.error_code, p.high_watermark), (0, written));
        disk.set_capacity(None);
        sim.sleep_ms(3000).await;
        assert_eq!(error_of(&mut c, big).await, 0, "it heals; log: {:?}", b.node.log());
        b.node.kill();
    });
}

#[test]
fn a_failed_write_takes_the_directory_offline_and_says_so() {
    let sim = Sim::new(4);
    let disk = sim.disk();
    sim.run(async {
        let b = Broker::start(&sim, &disk, 1, limits()).await;
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        assert_eq!(error_of(&mut c, batch(&[b"safe"])).await, 0);
        disk.fail_after(Some(0));
        for _ in 0..3 {
            assert_eq!(error_of(&mut c, batch(&[b"lost"])).await, E::KafkaStorageError.code());
        }
        let p = c.fetch("t", 0, 0).await;
        assert_eq!((p.error_code, p.high_watermark), (0, 1), "what is durable stays readable");
        assert_eq!(b.logged("R053"), 1);
        b.node.kill();
    });
}

#[test]
fn more_data_than_memory_and_log_hold_is_taken_slowly_and_read_back_from_disk() {
    let tight = Limits { tail_bytes_max: 4 << 20, commit_log_bytes_max: 16 << 20, ..Limits::default() };
    for seed in 0..3 {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        sim.run(async {
            let b = Broker::start(&sim, &disk, 2, tight.clone()).await;
            let mut c = b.client(0);
            c.create("t", 4, &[("segment.bytes", "3000000")]).await;
            let value = |index: i32, n: usize| vec![(index as u8) << 6 | n as u8; 1000 + n * 3000];
            // About 6.5 MB in each of the four partitions, pipelined.
            for n in 0..64 {
                for index in 0..4 {
                    let batch = batch(&[&value(index, n)]);
                    c.send(9, &produce_request(-1, "t", vec![(index, Some(batch))])).await;
                }
                for index in 0..4 {
                    let (_, response) = c.receive::<ProduceResponse>(9).await;
                    let p = &response.responses[0].partition_responses[0];
                    assert_eq!((p.index, p.error_code, p.base_offset), (index, 0, n as i64), "seed {seed}");
                }
            }
            for core in 0..2 {
                let mut reader = b.client(core);
                for index in 0..4 {
                    let expect: Vec<_> = (0..64).map(|n| (n as i64, value(index, n))).collect();
                    assert!(read_all(&mut reader, index).await == expect, "seed {seed} partition {index}");
                }
            }
            b.stop().await;
            b.node.kill();
            let b = Broker::start(&sim, &disk, 1, tight.clone()).await;
            let mut reader = b.client(0);
            for index in 0..4 {
                let expect: Vec<_> = (0..64).map(|n| (n as i64, value(index, n))).collect();
                assert!(read_all(&mut reader, index).await == expect, "seed {seed} partition {index}, again");
            }
            b.node.kill();
        });
    }
}
