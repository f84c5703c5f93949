//! Fetch: sizes, waiting, errors, versions.

use crate::harness::*;
use bytes::Bytes;
use ringlog_shard::env::Conn;
use ringlog_shard::limits::Limits;
use ringlog_sim::Sim;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::fetch_request::ReplicaState;
use ringlog_wire::generated::{FetchRequest, FetchResponse, ProduceResponse};

/// The long poll that consumers use.
fn waiting(request: FetchRequest, ms: i32) -> FetchRequest {
    FetchRequest { max_wait_ms: ms, ..request }
}

#[test]
fn edge_14_an_empty_partition_answers_empty_records_not_null() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 2, &[]).await;
        for version in 4..=18 {
            let mut request = fetch_request("t", &[(0, 0), (1, 0)]);
            request.topics[0].topic_id = id;
            let response = c.call(version, &request).await;
            assert_eq!(summary(&response), [(0, 0, 0), (1, 0, 0)], "version {version}");
        }
    });
}

#[test]
fn every_version_brings_the_records() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 2, &[]).await;
        for index in 0..2 {
            c.produce("t", index, batch(&[b"abc"])).await;
        }
        for version in 4..=18 {
            let mut request = fetch_request("t", &[(0, 0), (1, 0)]);
            request.topics[0].topic_id = id;
            let response: FetchResponse = c.call(version, &request).await;
            let topic = &response.responses[0];
            assert_eq!((topic.topic == "t", topic.topic_id == id), (version < 13, version >= 13));
            for p in &topic.partitions {
                assert_eq!(records(p.records.as_ref().unwrap()), [(0, b"abc".to_vec())]);
            }
        }
    });
}

#[test]
fn edge_15_the_first_non_empty_partition_gives_a_whole_batch_and_only_it_passes_the_bound() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 6, &[]).await;
        let big = batch(&[&[7; 5000]]);
        for index in 1..6 {
            c.produce("t", index, big.clone()).await;
        }
        let all: Vec<_> = (0..6).map(|i| (i, 0)).collect();
        for max_bytes in [0, 1, 100, 4999, big.len() as i32, big.len() as i32 + 1] {
            let request = FetchRequest { max_bytes, ..fetch_request("t", &all) };
            let sizes: Vec<_> = summary(&c.call(11, &request).await).iter().map(|p| p.2).collect();
            assert_eq!(sizes, [0, big.len(), 0, 0, 0, 0], "max_bytes {max_bytes}");
        }
        let request = FetchRequest { max_bytes: 3 * big.len() as i32, ..fetch_request("t", &all) };
        let total: usize = summary(&c.call(11, &request).await).iter().map(|p| p.2).sum();
        assert_eq!(total, 3 * big.len());
        // The bound of one partition holds for every partition but the first.
        let mut request = fetch_request("t", &all);
        request.topics[0].partitions.iter_mut().for_each(|p| p.partition_max_bytes = 10);
        let sizes: Vec<_> = summary(&c.call(11, &request).await).iter().map(|p| p.2).collect();
        assert_eq!(sizes.iter().filter(|n| **n > 0).count(), 1);
        assert_eq!(sizes[1], big.len());
    });
}

#[test]
fn batches_are_whole_and_may_start_below_the_offset() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        let one = batch(&[b"a", b"b", b"c"]);
        for _ in 0..10 {
            c.produce("t", 0, one.clone()).await;
        }
        let mut request = fetch_request("t", &[(0, 4)]);
        request.topics[0].partitions[0].partition_max_bytes = one.len() as i32 * 3 - 1;
        let response: FetchResponse = c.call(11, &request).await;
        let got = records(response.responses[0].partitions[0].records.as_ref().unwrap());
        assert_eq!((got.first().unwrap().0, got.last().unwrap().0), (3, 8), "two whole batches");
    });
}

#[test]
fn edge_18_an_offset_outside_the_log_is_answered_at_once_with_its_bounds() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        c.produce("t", 0, batch(&[b"a"])).await;
        c.produce("t", 1, batch(&[b"a"])).await;
        for offset in [-1, 2, 100, i64::MAX, i64::MIN] {
            for index in 0..2 {
                let request = waiting(fetch_request("t", &[(index, offset)]), 30_000);
                let before = b.sim.exec().now();
                let response: FetchResponse = c.call(11, &request).await;
                let p = &response.responses[0].partitions[0];
                assert_eq!(p.error_code, E::OffsetOutOfRange.code(), "offset {offset}");
                assert_eq!((p.log_start_offset, p.high_watermark), (0, 1));
                assert!(b.sim.exec().now() - before < 1_000_000_000, "not after the long poll");
            }
        }
    });
}

#[test]
fn a_long_poll_ends_with_the_first_record_and_a_timeout_is_no_error() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 4, &[]).await;
        let all = [(0, 0), (1, 0), (2, 0), (3, 0)];
        let before = b.sim.exec().now();
        let response: FetchResponse = c.call(11, &waiting(fetch_request("t", &all), 700)).await;
        assert_eq!(summary(&response), [(0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0)]);
        assert!(b.sim.exec().now() - before >= 700_000_000);
        for index in 0..4 {
            let mut parked = b.client((index % 2) as u16);
            let mut at = all;
            (0..index).for_each(|i| at[i as usize].1 = 1);
            parked.send(11, &waiting(fetch_request("t", &at), 60_000)).await;
            b.sim.sleep_ms(100).await;
            let before = b.sim.exec().now();
            c.produce("t", index, batch(&[b"x"])).await;
            let (_, response) = parked.receive::<FetchResponse>(11).await;
            assert_eq!(summary(&response)[index as usize].2, batch(&[b"x"]).len());
            assert!(b.sim.exec().now() - before < 1_000_000_000, "woken, not timed out");
        }
    });
}

#[test]
fn min_bytes_counts_all_partitions_of_all_cores() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 4, &[]).await;
        let one = batch(&[&[1; 500]]);
        let mut parked = b.client(1);
        let at = [(0, 0), (1, 0), (2, 0), (3, 0)];
        let request = FetchRequest { min_bytes: 4 * one.len() as i32, ..fetch_request("t", &at) };
        parked.send(11, &waiting(request, 60_000)).await;
        for index in 0..4 {
            b.sim.sleep_ms(20).await;
            c.produce("t", index, one.clone()).await;
        }
        let (_, response) = parked.receive::<FetchResponse>(11).await;
        assert!(summary(&response).iter().all(|p| p.2 == one.len()));
    });
}

#[test]
fn a_waiting_fetch_that_never_gets_enough_answers_with_what_there_is() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        let mut parked = b.client(0);
        let request = FetchRequest { min_bytes: 1 << 20, ..fetch_request("t", &[(0, 0), (1, 0)]) };
        parked.send(11, &waiting(request, 500)).await;
        b.sim.sleep_ms(50).await;
        c.produce("t", 0, batch(&[b"x"])).await;
        c.produce("t", 1, batch(&[b"x"])).await;
        let (_, response) = parked.receive::<FetchResponse>(11).await;
        assert!(summary(&response).iter().all(|p| p.2 > 0));
    });
}

#[test]
fn epochs_fence_readers_with_an_old_or_future_view() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        for index in 0..2 {
            c.produce("t", index, batch(&[b"x"])).await;
            let mut request = fetch_request("t", &[(index, 0)]);
            let mut error = async |epoch: i32| {
                request.topics[0].partitions[0].current_leader_epoch = epoch;
                let response: FetchResponse = c.call(12, &request).await;
                response.responses[0].partitions[0].error_code
            };
            assert_eq!(error(-1).await, 0);
            assert_eq!(error(0).await, 0);
            assert_eq!(error(1).await, E::UnknownLeaderEpoch.code());
        }
    });
}

#[test]
fn a_client_cannot_pass_for_a_follower() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 1, &[]).await;
        c.produce("t", 0, batch(&[b"x"])).await;
        let old = FetchRequest { replica_id: 2, ..fetch_request("t", &[(0, 0)]) };
        assert_eq!(summary(&c.call(11, &old).await), [(0, E::ClusterAuthorizationFailed.code(), 0)]);
        let mut new = fetch_request("t", &[(0, 0)]);
        new.topics[0].topic_id = id;
        new.replica_state = ReplicaState { replica_id: 2, replica_epoch: 1 };
        assert_eq!(summary(&c.call(17, &new).await), [(0, E::ClusterAuthorizationFailed.code(), 0)]);
    });
}

#[test]
fn edge_17_metadata_carries_the_id_that_fetch_13_takes() {
    with_broker(2, |b| async move {
        let mut c = b.client(1);
        let created = c.create("t", 1, &[]).await;
        c.produce("t", 0, batch(&[b"x"])).await;
        let id = c.topic_id("t").await;
        assert_eq!(id, created);
        let mut request = fetch_request("", &[(0, 0)]);
        request.topics[0].topic_id = id;
        assert_eq!(summary(&c.call(13, &request).await), [(0, 0, batch(&[b"x"]).len())]);
        request.topics[0].topic_id.0[3] ^= 1;
        assert_eq!(summary(&c.call(13, &request).await), [(0, E::UnknownTopicId.code(), 0)]);
    });
}

#[test]
fn edge_19_offsets_are_dense_and_edge_24_answers_are_complete_and_in_order() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 3, &[]).await;
        for n in 0..30u8 {
            c.produce("t", i32::from(n) % 3, batch(&[&[n]])).await;
        }
        let request = fetch_request("t", &[(2, 0), (9, 0), (0, 0), (1, 0)]);
        let response: FetchResponse = c.call(11, &request).await;
        let order: Vec<_> = summary(&response).iter().map(|p| (p.0, p.1)).collect();
        assert_eq!(order, [(2, 0), (9, E::UnknownTopicOrPartition.code()), (0, 0), (1, 0)]);
        for p in response.responses[0].partitions.iter().filter(|p| p.error_code == 0) {
            let got = records(p.records.as_ref().unwrap_or(&Bytes::new()));
            let expect: Vec<_> =
                (0..10).map(|i| (i, vec![(i as u8) * 3 + p.partition_index as u8])).collect();
            assert_eq!(got, expect);
        }
    });
}

#[test]
fn cold_partitions_are_looked_for_side_by_side_and_bounded_in_order() {
    for seed in 0..3 {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        sim.run(async {
            let limits = Limits { commit_log_bytes_max: 8 << 20, ..Limits::default() };
            let b = Broker::start(&sim, &disk, 1, limits.clone()).await;
            let mut c = b.client(0);
            c.create("t", 20, &[]).await;
            let one = batch(&[&[7; 3000]]);
            for index in 0..20 {
                for _ in 0..3 {
                    c.produce("t", index, one.clone()).await;
                }
            }
            b.stop().await;
            b.node.kill();
            let b = Broker::start(&sim, &disk, 1, limits).await;
            let mut c = b.client(0);
            disk.slow_down(10_000_000);
            let mut took = async |indexes: std::ops::Range<i32>| {
                let before = sim.exec().now();
                let at: Vec<_> = indexes.map(|i| (i, 0)).collect();
                let response = c.call(11, &fetch_request("t", &at)).await;
                let brought: Vec<_> = summary(&response).iter().map(|p| (p.1, p.2 / one.len())).collect();
                assert!(brought.iter().all(|b| *b == (0, 3)), "seed {seed}: {brought:?}");
                sim.exec().now() - before
            };
            let alone = took(0..1).await;
            let together = took(1..9).await;
            assert!(alone >= 10_000_000, "it was cold");
            assert!(together < 3 * alone, "{together} ns for eight, {alone} ns for one");
            // What was begun early is cut to what is left when its turn comes.
            let at: Vec<_> = (10..20).map(|i| (i, 0)).collect();
            let request = FetchRequest { max_bytes: 5 * one.len() as i32, ..fetch_request("t", &at) };
            let sizes: Vec<_> =
                summary(&c.call(11, &request).await).iter().map(|p| p.2 / one.len()).collect();
            assert_eq!(sizes, [3, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
            b.node.kill();
        });
    }
}

#[test]
fn a_client_that_leaves_frees_its_parked_fetch_at_once() {
    let limits = Limits { max_connections: 1, ..Limits::default() };
    with_limits(2, limits, |b| async move {
        let mut c = b.client(0);
        c.create("t", 4, &[]).await;
        for _ in 0..3 {
            c.send(11, &waiting(fetch_request("t", &[(0, 0), (1, 0), (2, 0), (3, 0)]), 50_000)).await;
            b.sim.sleep_ms(5).await;
            c.conn.shutdown();
            b.sim.sleep_ms(5).await;
            // There is place for one connection: it is free again.
            c = b.client(0);
            assert_eq!(c.fetch("t", 0, 0).await.error_code, 0);
        }
        assert_eq!(b.logged("R039"), 0, "{:?}", b.node.log());
    });
}

#[test]
fn a_client_that_closes_only_its_sending_side_gets_its_waiting_answer_at_once() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        let before = b.sim.exec().now();
        c.send(11, &waiting(fetch_request("t", &[(0, 0)]), 50_000)).await;
        b.sim.sleep_ms(5).await;
        c.conn.close_write();
        let (_, response) = c.receive::<FetchResponse>(11).await;
        assert_eq!(summary(&response), [(0, 0, 0)]);
        assert!(b.sim.exec().now() - before < 1_000_000_000);
        assert!(c.is_closed().await);
    });
}

#[test]
fn requests_behind_a_waiting_fetch_are_received_and_answered_in_their_turn() {
    with_broker(2, |b| async move {
        let (mut c, mut other) = (b.client(0), b.client(1));
        c.create("t", 1, &[]).await;
        let parked = c.send(11, &waiting(fetch_request("t", &[(0, 0)]), 50_000)).await;
        b.sim.sleep_ms(5).await;
        // Far more than is received ahead.
        let mut later = Vec::new();
        for n in 0..40u8 {
            let batch = batch(&[&[n; 5000]]);
            later.push(c.send(9, &produce_request(-1, "t", vec![(0, Some(batch))])).await);
        }
        b.sim.sleep_ms(50).await;
        assert_eq!(other.produce("t", 0, batch(&[b"wakes"])).await.base_offset, 0, "not overtaken");
        assert_eq!(c.receive::<FetchResponse>(11).await.0, parked);
        for (id, offset) in later.into_iter().zip(1..) {
            let (answered, response) = c.receive::<ProduceResponse>(9).await;
            assert_eq!((answered, response.responses[0].partition_responses[0].base_offset), (id, offset));
        }
    });
}
