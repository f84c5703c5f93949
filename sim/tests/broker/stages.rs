//! Stages of requests: which core counts what, that a wait for records is none, and how often the clock is read.

use crate::harness::*;
use ringlog_shard::env::CoreId;
use ringlog_shard::router::owner;
use ringlog_shard::stages::{STAGES, Stage, StagesReport};
use ringlog_wire::generated::{FetchRequest, ProduceRequest, ProduceResponse};
use ringlog_wire::ids::{PartitionId, TopicId};

const ALL: [Stage; STAGES] = [
    Stage::ProduceQueue,
    Stage::ProduceDecode,
    Stage::ProduceHop,
    Stage::ProduceAppend,
    Stage::ProduceCommit,
    Stage::ProduceRespond,
    Stage::FetchQueue,
    Stage::FetchDecode,
    Stage::FetchHop,
    Stage::FetchRead,
    Stage::FetchRespond,
];

/// What core `core` reports next.
async fn reported(b: &Broker, core: usize) -> StagesReport {
    b.sim.sleep_ms(1100).await;
    b.node.envs()[core].shown().core.stages
}

/// How many requests were counted in each stage, in the order of `ALL`.
fn counts(report: &StagesReport) -> [u64; STAGES] {
    ALL.map(|stage| report.buckets(stage).iter().sum())
}

fn produce_to(topic: &str, acks: i16, partitions: &[i32]) -> ProduceRequest {
    produce_request(acks, topic, partitions.iter().map(|p| (*p, Some(batch(&[b"v"])))).collect())
}

/// The first partitions of a topic that cores 0 and 1 of two own.
fn of_both(topic: TopicId) -> (i32, i32) {
    let first = |core| {
        let owned = |index: &u32| owner(PartitionId { topic, index: *index }, 2) == CoreId(core);
        (0..100).find(owned).expect("one of a hundred") as i32
    };
    (first(0), first(1))
}

#[test]
fn one_core_counts_every_stage_and_no_wait_for_records() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        // Behind it everything is durable once the others are.
        c.send(9, &produce_to("t", 0, &[0])).await;
        let began = b.sim.exec().now();
        for _ in 0..10 {
            assert_eq!(c.produce("t", 0, batch(&[b"v"])).await.error_code, 0);
        }
        let produced = b.sim.exec().now() - began;
        for _ in 0..3 {
            c.fetch("t", 0, 0).await;
        }
        let waits = FetchRequest { max_wait_ms: 500, ..fetch_request("t", &[(0, 11)]) };
        let _: ringlog_wire::generated::FetchResponse = c.call(11, &waits).await;
        let report = reported(&b, 0).await;
        // A fetch that waits looks twice; what needs no answer waits for no disk.
        assert_eq!(counts(&report), [11, 11, 0, 11, 10, 10, 4, 4, 0, 5, 4]);
        let commit = report.total_ns(Stage::ProduceCommit);
        assert!(commit > 0 && commit <= produced, "{commit} of {produced} ns");
        let fetches = [Stage::FetchQueue, Stage::FetchDecode, Stage::FetchRead, Stage::FetchRespond];
        let all: u64 = fetches.iter().map(|s| report.total_ns(*s)).sum();
        assert!(all < 100_000_000, "{all} ns, though one waited half a second");
    });
}

#[test]
fn a_stage_is_counted_where_it_ends() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        let topic = c.create("t", 100, &[]).await;
        let (here, there) = of_both(topic);
        let before = [counts(&reported(&b, 0).await), counts(&reported(&b, 1).await)];
        for partitions in [&[here][..], &[there], &[here, there]] {
            let response: ProduceResponse = c.call(9, &produce_to("t", -1, partitions)).await;
            let answers = response.responses.iter().flat_map(|t| &t.partition_responses);
            assert_eq!(answers.map(|p| i32::from(p.error_code)).sum::<i32>(), 0);
        }
        c.fetch("t", there, 0).await;
        let after = [counts(&reported(&b, 0).await), counts(&reported(&b, 1).await)];
        let counted = |core: usize| -> Vec<u64> {
            after[core].iter().zip(before[core]).map(|(after, before)| after - before).collect()
        };
        // What is here and there ends when both are done: its commit counts there only.
        assert_eq!(counted(0), [3, 3, 2, 2, 1, 3, 1, 1, 1, 0, 1]);
        assert_eq!(counted(1), [0, 0, 2, 2, 2, 0, 0, 0, 1, 1, 0]);
    });
}

#[test]
fn the_clock_is_read_twice_for_a_request_however_many_partitions_it_names() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 100, &[]).await;
        let stamps = || b.node.envs()[0].stamps();
        for partitions in [1, 100] {
            let all: Vec<i32> = (0..partitions).collect();
            let before = stamps();
            let _: ProduceResponse = c.call(9, &produce_to("t", -1, &all)).await;
            assert_eq!(stamps() - before, 2, "produce, {partitions} partitions");
            let before = stamps();
            let at: Vec<_> = all.iter().map(|p| (*p, 0)).collect();
            let _: ringlog_wire::generated::FetchResponse = c.call(11, &fetch_request("t", &at)).await;
            assert_eq!(stamps() - before, 2, "fetch, {partitions} partitions");
        }
    });
}
