//! ListOffsets and OffsetForLeaderEpoch (sharp edges 21 and 23).

use crate::harness::*;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use ringlog_wire::generated::offset_for_leader_epoch_request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use ringlog_wire::generated::{ListOffsetsRequest, OffsetForLeaderEpochRequest};
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};

/// Error, timestamp, offset, epoch of one lookup.
type Found = (i16, i64, i64, i32);

async fn list(c: &mut Client, version: i16, topic: &str, index: i32, timestamp: i64) -> Found {
    let p = ListOffsetsPartition { partition_index: index, timestamp, current_leader_epoch: -1 };
    let topic = ListOffsetsTopic { name: topic.to_owned(), partitions: vec![p] };
    let request = ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..ListOffsetsRequest::default() };
    let response = c.call(version, &request).await;
    let p = &response.topics[0].partitions[0];
    (p.error_code, p.timestamp, p.offset, p.leader_epoch)
}

const NOTHING: Found = (0, -1, -1, -1);

#[test]
fn edge_21_special_timestamps_answer_as_kafka_does_without_tiering() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        for index in 0..2 {
            assert_eq!(list(&mut c, 11, "t", index, -1).await, (0, -1, 0, -1), "latest of an empty log");
            assert_eq!(list(&mut c, 11, "t", index, -2).await, (0, -1, 0, -1), "earliest of an empty log");
            assert_eq!(list(&mut c, 11, "t", index, -3).await, NOTHING);
            c.produce("t", index, batch(&[b"a", b"b"])).await;
            assert_eq!(list(&mut c, 11, "t", index, -1).await, (0, -1, 2, 0));
            assert_eq!(list(&mut c, 11, "t", index, -2).await, (0, -1, 0, 0));
            assert_eq!(list(&mut c, 11, "t", index, -4).await, (0, -1, 0, 0));
            assert_eq!(list(&mut c, 11, "t", index, -5).await, NOTHING);
            assert_eq!(list(&mut c, 11, "t", index, -6).await, NOTHING);
        }
        let cases = [(6, -3), (7, -4), (8, -5), (10, -6), (11, -7), (11, i64::MIN)];
        for (version, timestamp) in cases {
            let found = list(&mut c, version, "t", 0, timestamp).await;
            assert_eq!(found.0, E::UnsupportedVersion.code(), "{timestamp} in version {version}");
        }
        for version in 1..=11 {
            let epoch = if version >= 4 { 0 } else { -1 };
            assert_eq!(list(&mut c, version, "t", 1, -1).await, (0, -1, 2, epoch));
        }
    });
}

#[test]
fn timestamps_are_found_exact_to_the_record_even_out_of_order() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        for index in 0..2 {
            for times in [[100, 300, 200], [250, 50, 400]] {
                let mut builder = BatchBuilder::new(BatchOptions::default());
                times.iter().for_each(|t| {
                    builder.append(*t, None, Some(b"v"), &[]);
                });
                assert_eq!(c.produce("t", index, builder.build().unwrap()).await.error_code, 0);
            }
            let cases = [(0, (100, 0)), (100, (100, 0)), (101, (300, 1)), (300, (300, 1)), (301, (400, 5))];
            for (asked, (timestamp, offset)) in cases {
                assert_eq!(list(&mut c, 5, "t", index, asked).await, (0, timestamp, offset, 0), "{asked}");
            }
            assert_eq!(list(&mut c, 5, "t", index, 401).await, NOTHING);
            assert_eq!(list(&mut c, 7, "t", index, -3).await, (0, 400, 5, 0));
        }
    });
}

#[test]
fn a_partition_named_twice_and_unknown_ones_are_refused_one_by_one() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        let p = |partition_index, current_leader_epoch| ListOffsetsPartition {
            partition_index,
            timestamp: -1,
            current_leader_epoch,
        };
        let partitions = vec![p(0, -1), p(1, 0), p(7, -1), p(0, -1), p(-3, -1)];
        let topic = ListOffsetsTopic { name: "t".into(), partitions };
        let request = ListOffsetsRequest { topics: vec![topic], ..ListOffsetsRequest::default() };
        let response = c.call(6, &request).await;
        let codes: Vec<_> = response.topics[0].partitions.iter().map(|p| p.error_code).collect();
        let (twice, unknown) = (E::InvalidRequest.code(), E::UnknownTopicOrPartition.code());
        assert_eq!(codes, [twice, 0, unknown, twice, unknown]);
        let topic = ListOffsetsTopic { name: "t".into(), partitions: vec![p(0, 5)] };
        let request = ListOffsetsRequest { topics: vec![topic], ..ListOffsetsRequest::default() };
        let response = c.call(6, &request).await;
        assert_eq!(response.topics[0].partitions[0].error_code, E::UnknownLeaderEpoch.code());
    });
}

#[test]
fn edge_23_an_epoch_ends_no_earlier_than_what_its_readers_saw() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        for index in 0..2 {
            for _ in 0..3 {
                c.produce("t", index, batch(&[b"a", b"b"])).await;
            }
            let served = c.fetch("t", index, 0).await.high_watermark;
            for version in 2..=4 {
                for (asked, epoch, end) in [(0, 0, 6), (5, -1, -1)] {
                    let p = OffsetForLeaderPartition {
                        partition: index,
                        current_leader_epoch: -1,
                        leader_epoch: asked,
                    };
                    let topic = OffsetForLeaderTopic { topic: "t".into(), partitions: vec![p] };
                    let request = OffsetForLeaderEpochRequest { replica_id: -1, topics: vec![topic] };
                    let response = c.call(version, &request).await;
                    let p = &response.topics[0].partitions[0];
                    assert_eq!((p.error_code, p.leader_epoch, p.end_offset), (0, epoch, end));
                    assert!(asked != 0 || p.end_offset >= served);
                }
            }
        }
    });
}
