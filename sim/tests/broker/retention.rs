//! What a running broker deletes: by time, by size, on request, with its topic; and what clients see of it.

use crate::harness::*;
use ringlog_shard::limits::Limits;
use ringlog_sim::{MemDisk, Sim};
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use ringlog_wire::generated::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use ringlog_wire::generated::{DeleteRecordsRequest, IncrementalAlterConfigsRequest};

const VALUE: usize = 60_000;

/// Error and low watermark of one deletion.
async fn delete(c: &mut Client, topic: &str, offset: i64) -> (i16, i64) {
    let partitions = vec![DeleteRecordsPartition { partition_index: 0, offset }];
    let topics = vec![DeleteRecordsTopic { name: topic.to_owned(), partitions }];
    let response = c.call(2, &DeleteRecordsRequest { topics, timeout_ms: 5000 }).await;
    let p = &response.topics[0].partitions[0];
    (p.error_code, p.low_watermark)
}

async fn set(c: &mut Client, topic: &str, name: &str, value: &str) {
    let config = AlterableConfig { name: name.into(), config_operation: 0, value: Some(value.into()) };
    let resource =
        AlterConfigsResource { resource_type: 2, resource_name: topic.into(), configs: vec![config] };
    let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
    let response = c.call(1, &request).await;
    assert_eq!(response.responses[0].error_code, 0, "{:?}", response.responses[0].error_message);
}

/// The log start that a fetch at `offset` tells, with its error.
async fn start_at(c: &mut Client, topic: &str, offset: i64) -> (i16, i64) {
    let got = c.fetch(topic, 0, offset).await;
    (got.error_code, got.log_start_offset)
}

/// Waits in virtual time until the log of `topic` starts at `offset`.
async fn until_start(b: &Broker, c: &mut Client, topic: &str, offset: i64) {
    for _ in 0..60 {
        if start_at(c, topic, 40).await == (0, offset) {
            return;
        }
        b.sim.sleep_ms(500).await;
    }
    panic!("{topic} starts at {:?}", start_at(c, topic, 40).await);
}

async fn fill(c: &mut Client, topic: &str, records: u8) {
    for n in 0..records {
        assert_eq!(c.produce(topic, 0, batch(&[&[n; VALUE]])).await.error_code, 0);
    }
}

const OUT_OF_RANGE: i16 = 1;

#[test]
fn deleted_records_are_out_of_range_at_once_and_after_a_kill() {
    simulate(11, async |sim: &Sim, disk: &MemDisk| {
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        let configs = [("segment.bytes", "1048576"), ("file.delete.delay.ms", "1000")];
        for topic in ["a", "b", "c"] {
            c.create(topic, 1, &configs).await;
            fill(&mut c, topic, 40).await;
            assert_eq!(delete(&mut c, topic, 25).await, (0, 25));
            assert_eq!(start_at(&mut c, topic, 24).await, (OUT_OF_RANGE, 25));
            assert_eq!(start_at(&mut c, topic, 25).await, (0, 25));
            assert_eq!(delete(&mut c, topic, 3).await, (0, 25), "it never goes back");
            assert_eq!(delete(&mut c, topic, 41).await, (E::OffsetOutOfRange.code(), -1));
            assert_eq!(delete(&mut c, topic, -2).await, (E::OffsetOutOfRange.code(), -1));
            // The segments of the first are gone when the process is killed, those of the last are not.
            b.until(|| topic != "a" || b.logged("segments are deleted") > 0).await;
        }
        assert_eq!(delete(&mut c, "nobody", 0).await, (E::UnknownTopicOrPartition.code(), -1));
        c.create("compacted", 1, &[("cleanup.policy", "compact")]).await;
        assert_eq!(delete(&mut c, "compacted", 0).await, (E::PolicyViolation.code(), -1));
        assert_eq!(delete(&mut c, "b", -1).await, (0, 40), "all that consumers see");
        b.node.kill();
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        for (topic, start) in [("a", 25), ("b", 40), ("c", 25)] {
            assert_eq!(start_at(&mut c, topic, start - 1).await, (OUT_OF_RANGE, start));
            assert_eq!(start_at(&mut c, topic, start).await, (0, start));
            assert_eq!(c.produce(topic, 0, batch(&[b"next"])).await.base_offset, 40);
        }
        b.node.kill();
    });
}

/// A broker that checks its logs every three seconds.
async fn start(sim: &Sim, disk: &MemDisk) -> Broker {
    let often = [("log.retention.check.interval.ms", "3000")];
    Broker::start_with(sim, disk, 2, (Limits::default(), &often)).await
}

#[test]
fn what_is_too_old_or_too_much_goes_and_the_rest_stays() {
    simulate(13, async |sim: &Sim, disk: &MemDisk| {
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        let small = ("segment.bytes", "1048576");
        c.create("old", 1, &[small, ("retention.ms", "600000")]).await;
        c.create("large", 1, &[small, ("retention.bytes", "1300000")]).await;
        c.create("kept", 1, &[small]).await;
        c.create("later", 1, &[small]).await;
        for topic in ["old", "large", "kept", "later"] {
            fill(&mut c, topic, 40).await;
        }
        // Whole segments go, and the last 1.3 MB stay.
        until_start(&b, &mut c, "large", 17).await;
        assert_eq!(start_at(&mut c, "old", 39).await, (0, 0), "ten minutes are not over");
        // The rule that holds when a topic is looked at counts.
        set(&mut c, "later", "retention.ms", "1").await;
        // Also the active segment.
        until_start(&b, &mut c, "later", 40).await;
        assert_eq!(c.produce("later", 0, batch(&[b"next"])).await.base_offset, 40);
        assert_eq!(start_at(&mut c, "old", 40).await, (0, 0));
        assert_eq!(start_at(&mut c, "kept", 0).await, (0, 0));
        b.node.kill();
    });
}

/// A topic that is made again under its old name starts empty, at once, after a kill and whatever is on disk.
#[test]
fn a_topic_made_again_has_nothing_of_the_old_one() {
    simulate(12, async |sim: &Sim, disk: &MemDisk| {
        let b = Broker::start(sim, disk, 1, Limits::default()).await;
        let mut c = b.client(0);
        for round in 0..4u8 {
            c.create("t", 1, &[("segment.bytes", "1048576")]).await;
            assert_eq!(start_at(&mut c, "t", 0).await, (0, 0), "round {round}");
            let got = c.fetch("t", 0, 0).await;
            assert!(got.records.unwrap_or_default().is_empty(), "round {round}: something of the old topic");
            for n in 0..30 {
                let answer = c.produce("t", 0, batch(&[&[round; VALUE]])).await;
                assert_eq!((answer.error_code, answer.base_offset), (0, n), "round {round}");
            }
            assert_eq!(delete(&mut c, "t", 20).await, (0, 20));
            if round < 3 {
                c.delete("t").await;
            }
        }
        b.node.kill();
        let b = Broker::start(sim, disk, 1, Limits::default()).await;
        let mut c = b.client(0);
        let got = c.fetch("t", 0, 20).await;
        assert_eq!((got.error_code, got.log_start_offset, got.high_watermark), (0, 20, 30));
        let bytes = got.records.unwrap_or_default();
        assert!(records(&bytes).iter().all(|(_, v)| v[0] == 3), "only what the last one was given");
        b.node.kill();
    });
}

/// Whatever the wall clock is set to while the broker runs, records stay for as long as their topic says.
#[test]
fn a_wall_clock_that_jumps_deletes_nothing_early() {
    const DAYS: i64 = 30 * 24 * 3600 * 1000;
    simulate(14, async |sim: &Sim, disk: &MemDisk| {
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        c.create("t", 1, &[("segment.bytes", "1048576"), ("retention.ms", "300000")]).await;
        fill(&mut c, "t", 40).await;
        for jump in [DAYS, -DAYS, DAYS] {
            sim.skew_wall(jump);
            // Some twenty checks.
            sim.sleep_ms(60_000).await;
            assert_eq!(start_at(&mut c, "t", 0).await, (0, 0), "a jump of {jump} ms");
        }
        // Five minutes after the last record it is old enough, whatever day it is said to be.
        sim.sleep_ms(120_000).await;
        until_start(&b, &mut c, "t", 40).await;
        b.node.kill();
    });
}

#[test]
fn a_segment_closes_by_time_with_the_next_record() {
    with_disk(1, |b, disk| async move {
        let mut c = b.client(0);
        let configs = [("segment.ms", "60000"), ("message.timestamp.type", "LogAppendTime")];
        c.create("t", 1, &configs).await;
        c.produce("t", 0, batch(&[b"first"])).await;
        b.sim.sleep_ms(59_000).await;
        c.produce("t", 0, batch(&[b"in time"])).await;
        // Time alone closes nothing, the next record does.
        b.sim.sleep_ms(2_000).await;
        assert_eq!(c.produce("t", 0, batch(&[b"late"])).await.base_offset, 2);
        // A shorter time holds at once.
        set(&mut c, "t", "segment.ms", "1000").await;
        b.sim.sleep_ms(1_100).await;
        c.produce("t", 0, batch(&[b"later"])).await;
        b.stop().await;
        assert_eq!(segments(&disk, 0), [0, 2, 3]);
    });
}

/// Base offsets of the segments of a partition of `t`.
fn segments(disk: &MemDisk, partition: i32) -> Vec<u64> {
    let folder = format!("/d/t-{partition}");
    let all = disk.paths().into_iter().filter(|p| p.starts_with(&folder));
    let names = all.filter_map(|p| Some(p.file_name()?.to_str()?.strip_suffix(".log")?.to_owned()));
    names.filter_map(|n| n.parse().ok()).collect()
}

#[test]
fn segments_that_begin_together_close_apart_by_their_jitter() {
    const PARTITIONS: i32 = 6;
    with_disk(2, |b, disk| async move {
        let mut c = b.client(0);
        let configs = [
            ("segment.ms", "60000"),
            ("segment.jitter.ms", "50000"),
            ("message.timestamp.type", "LogAppendTime"),
        ];
        c.create("t", PARTITIONS, &configs).await;
        // Every two seconds a record, so that a segment's base tells when it began.
        for _ in 0..32 {
            for partition in 0..PARTITIONS {
                assert_eq!(c.produce("t", partition, batch(&[b"record"])).await.error_code, 0);
            }
            b.sim.sleep_ms(2_000).await;
        }
        b.stop().await;
        let ends: Vec<u64> = (0..PARTITIONS).map(|p| segments(&disk, p)[1]).collect();
        assert!(ends.iter().all(|base| (5..=31).contains(base)), "from 10 to 60 s: {ends:?}");
        let apart: std::collections::BTreeSet<&u64> = ends.iter().collect();
        assert!(apart.len() >= 3, "{ends:?}");
    });
}

/// As Apache Kafka does (`wire/peers/src/deleted.rs` compares): -3 asks the segments, not where the log starts.
#[test]
fn the_largest_timestamp_is_told_while_its_segment_is_there() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        c.produce("t", 0, batch(&[b"a", b"b", b"c"])).await;
        c.produce("t", 0, batch(&[b"d", b"e"])).await;
        let largest = || {
            use ringlog_wire::generated::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
            let one = ListOffsetsPartition { partition_index: 0, current_leader_epoch: -1, timestamp: -3 };
            let topic = ListOffsetsTopic { name: "t".to_owned(), partitions: vec![one] };
            ringlog_wire::generated::ListOffsetsRequest {
                replica_id: -1,
                topics: vec![topic],
                ..Default::default()
            }
        };
        for to in [0, 2, 3, 5] {
            assert_eq!(delete(&mut c, "t", to).await, (0, to));
            let answer = c.call(7, &largest()).await;
            let p = &answer.topics[0].partitions[0];
            assert_eq!((p.error_code, p.offset), (0, 2), "the log starts at {to}");
        }
    });
}
