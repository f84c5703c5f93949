//! Produce: acks, idempotence, validation, codecs, timestamps.

use crate::harness::*;
use bytes::Bytes;
use ringlog_shard::limits::Limits;
use ringlog_sim::{MemDisk, Sim};
use ringlog_wire::ErrorCode as E;
use ringlog_wire::compress::Codec;
use ringlog_wire::generated::{MetadataRequest, MetadataResponse, ProduceRequest, ProduceResponse};
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};

#[test]
fn what_is_produced_is_fetched_equal_and_in_order_on_every_core() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 4, &[]).await;
        for index in 0..4 {
            let p = c.produce("t", index, batch(&[b"a", b"b"])).await;
            assert_eq!((p.error_code, p.base_offset, p.log_append_time_ms), (0, 0, -1));
            let p = c.produce("t", index, batch(&[b"c"])).await;
            assert_eq!((p.error_code, p.base_offset, p.log_start_offset), (0, 2, 0));
        }
        let mut other = b.client(1);
        for index in 0..4 {
            let p = other.fetch("t", index, 0).await;
            assert_eq!((p.error_code, p.high_watermark, p.last_stable_offset), (0, 3, 3));
            let expect = [(0, b"a".to_vec()), (1, b"b".to_vec()), (2, b"c".to_vec())];
            assert_eq!(records(&p.records.unwrap()), expect);
        }
    });
}

#[test]
fn every_version_is_answered_in_its_own_form() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 2, &[]).await;
        for version in 3..=13 {
            for acks in [1, -1] {
                let mut request =
                    produce_request(acks, "t", vec![(0, Some(batch(&[b"x"]))), (1, Some(batch(&[b"y"])))]);
                request.topic_data[0].topic_id = id;
                let response: ProduceResponse = c.call(version, &request).await;
                let topic = &response.responses[0];
                assert_eq!((topic.name == "t", topic.topic_id == id), (version < 13, version == 13));
                let got: Vec<_> = topic.partition_responses.iter().map(|p| (p.index, p.error_code)).collect();
                assert_eq!(got, [(0, 0), (1, 0)], "version {version}");
            }
        }
        assert_eq!(c.fetch("t", 1, 0).await.high_watermark, 22);
    });
}

#[test]
fn edge_08_a_duplicate_of_the_last_five_batches_gets_its_original_offset() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        for index in 0..2 {
            for n in 0..6 {
                let p = c.produce("t", index, idempotent(7, 0, n * 2, &[b"a", b"b"])).await;
                assert_eq!((p.error_code, p.base_offset), (0, i64::from(n) * 2));
            }
            for n in 1..6 {
                let p = c.produce("t", index, idempotent(7, 0, n * 2, &[b"a", b"b"])).await;
                assert_eq!((p.error_code, p.base_offset), (0, i64::from(n) * 2), "batch {n} again");
            }
            let p = c.produce("t", index, idempotent(7, 0, 0, &[b"a", b"b"])).await;
            assert_eq!(p.error_code, E::OutOfOrderSequenceNumber.code(), "out of the window");
            assert_eq!(c.fetch("t", index, 0).await.high_watermark, 12, "nothing was stored twice");
        }
    });
}

#[test]
fn edge_09_sequences_wrap_from_the_largest_number_to_zero() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        let first = c.produce("t", 0, idempotent(7, 0, i32::MAX - 1, &[b"a", b"b", b"c"])).await;
        assert_eq!((first.error_code, first.base_offset), (0, 0));
        let next = c.produce("t", 0, idempotent(7, 0, 1, &[b"d"])).await;
        assert_eq!((next.error_code, next.base_offset), (0, 3));
        let again = c.produce("t", 0, idempotent(7, 0, i32::MAX - 1, &[b"a", b"b", b"c"])).await;
        assert_eq!((again.error_code, again.base_offset), (0, 0));
    });
}

#[test]
fn sequences_and_epochs_of_producers_are_checked() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        let code = |p: ringlog_wire::generated::produce_response::PartitionProduceResponse| p.error_code;
        assert_eq!(code(c.produce("t", 0, idempotent(7, 1, 41, &[b"a"])).await), 0, "any first sequence");
        let gap = c.produce("t", 0, idempotent(7, 1, 43, &[b"a"])).await;
        assert_eq!(gap.error_code, E::OutOfOrderSequenceNumber.code());
        assert!(gap.error_message.unwrap().contains("42"));
        assert_eq!(
            code(c.produce("t", 0, idempotent(7, 0, 42, &[b"a"])).await),
            E::InvalidProducerEpoch.code()
        );
        assert_eq!(
            code(c.produce("t", 0, idempotent(7, 2, 42, &[b"a"])).await),
            E::OutOfOrderSequenceNumber.code()
        );
        assert_eq!(code(c.produce("t", 0, idempotent(7, 2, 0, &[b"a"])).await), 0);
    });
}

#[test]
fn edge_10_an_idle_idempotent_producer_survives() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        assert_eq!(c.produce("t", 0, idempotent(7, 0, 0, &[b"a"])).await.error_code, 0);
        // Idle for nine minutes: below connections.max.idle.ms, far below producer.id.expiration.ms.
        b.sim.sleep_ms(9 * 60_000).await;
        assert_eq!(c.produce("t", 0, idempotent(7, 0, 1, &[b"b"])).await.error_code, 0);
        let again = c.produce("t", 0, idempotent(7, 0, 0, &[b"a"])).await;
        assert_eq!((again.error_code, again.base_offset), (0, 0));
    });
}

#[test]
fn validation_answers_per_partition_with_the_code_and_a_reason() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 8, &[("max.message.bytes", "1000")]).await;
        let good = batch(&[b"x"]);
        let mut corrupt = good.to_vec();
        *corrupt.last_mut().unwrap() ^= 1;
        let two = Bytes::from([&good[..], &good[..]].concat());
        let control = BatchOptions { control: true, ..BatchOptions::default() };
        let txn = BatchOptions {
            transactional: true,
            producer_id: 1,
            producer_epoch: 0,
            base_sequence: 0,
            ..BatchOptions::default()
        };
        let cases = vec![
            (Some(good.clone()), E::None),
            (Some(Bytes::from(corrupt)), E::CorruptMessage),
            (Some(two), E::InvalidRecord),
            (Some(batch(&[&[0; 2000]])), E::MessageTooLarge),
            (Some(batch_with(control, &[b"x"])), E::InvalidRecord),
            (Some(batch_with(txn, &[b"x"])), E::TransactionalIdAuthorizationFailed),
            (None, E::InvalidRecord),
            (Some(good), E::None),
            (Some(batch(&[b"x"])), E::UnknownTopicOrPartition),
        ];
        let expect: Vec<_> = (0..).zip(&cases).map(|(i, (_, e))| (i, e.code())).collect();
        let records = (0..).zip(cases).map(|(i, (records, _))| (i, records)).collect();
        let response: ProduceResponse = c.call(9, &produce_request(-1, "t", records)).await;
        let partitions = &response.responses[0].partition_responses;
        let got: Vec<_> = partitions.iter().map(|p| (p.index, p.error_code)).collect();
        assert_eq!(got, expect);
        assert!(partitions[1].error_message.as_ref().unwrap().contains("crc"));
        assert_eq!((partitions[1].base_offset, partitions[7].base_offset), (-1, 0));
    });
}

#[test]
fn a_bad_acks_value_and_a_transactional_id_refuse_every_partition() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        let p = c.produce_as(9, 2, "t", 0, Some(batch(&[b"x"]))).await;
        assert_eq!(p.error_code, E::InvalidRequiredAcks.code());
        let request = ProduceRequest {
            transactional_id: Some("tx".into()),
            ..produce_request(-1, "t", vec![(0, Some(batch(&[b"x"])))])
        };
        let response: ProduceResponse = c.call(9, &request).await;
        let p = &response.responses[0].partition_responses[0];
        assert_eq!(p.error_code, E::TransactionalIdAuthorizationFailed.code());
        assert_eq!(p.error_message.as_deref(), Some("transactions are not available in this version"));
        assert_eq!(c.fetch("t", 0, 0).await.high_watermark, 0);
    });
}

#[test]
fn unknown_topics_are_refused_by_name_and_by_id() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        let p = c.produce_as(9, -1, "nope", 0, Some(batch(&[b"x"]))).await;
        assert_eq!(p.error_code, E::UnknownTopicOrPartition.code());
        let p = c.produce_as(13, -1, "", 0, Some(batch(&[b"x"]))).await;
        assert_eq!(p.error_code, E::UnknownTopicId.code());
    });
}

#[test]
fn all_codecs_are_kept_as_sent_and_zstd_needs_version_7() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 5, &[]).await;
        let value = vec![b'v'; 3000];
        for id in 0..5u8 {
            let codec = Codec::from_id(u16::from(id) as _).unwrap();
            let sent = batch_with(BatchOptions { codec, ..BatchOptions::default() }, &[&value, b"", &value]);
            let index = i32::from(id);
            assert_eq!(c.produce("t", index, sent.clone()).await.error_code, 0, "{codec:?}");
            let got = c.fetch("t", index, 0).await.records.unwrap();
            assert_eq!(got[61..], sent[61..], "{codec:?}: the records are untouched");
            assert_eq!(records(&got).len(), 3);
        }
        let zstd = batch_with(BatchOptions { codec: Codec::Zstd, ..BatchOptions::default() }, &[&value]);
        let p = c.produce_as(6, -1, "t", 0, Some(zstd)).await;
        assert_eq!(p.error_code, E::UnsupportedCompressionType.code());
    });
}

#[test]
fn a_topic_with_a_codec_of_its_own_recompresses() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[("compression.type", "lz4")]).await;
        let sent = batch(&[&[b'v'; 3000], b"w"]);
        assert_eq!(c.produce("t", 0, sent.clone()).await.error_code, 0);
        let got = c.fetch("t", 0, 0).await.records.unwrap();
        assert!(got.len() < sent.len() / 2, "compressed");
        let values: Vec<_> = records(&got).into_iter().map(|(_, v)| v).collect();
        assert_eq!(values, [vec![b'v'; 3000], b"w".to_vec()]);
    });
}

#[test]
fn what_takes_long_to_recompress_keeps_its_place_before_what_follows() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[("compression.type", "lz4")]).await;
        let long = [b'v'; 100_000];
        let packed = batch_with(BatchOptions { codec: Codec::Zstd, ..BatchOptions::default() }, &[&long]);
        for index in 0..2 {
            // All on their way before the first is answered: the long ones leave the core, the short one does not.
            for bytes in [batch(&[&long]), packed.clone(), batch(&[b"short"])] {
                c.send(9, &produce_request(-1, "t", vec![(index, Some(bytes))])).await;
            }
            for offset in 0..3 {
                let (_, answer): (i32, ProduceResponse) = c.receive(9).await;
                let p = &answer.responses[0].partition_responses[0];
                assert_eq!((p.error_code, p.base_offset), (0, offset));
            }
            let got = c.fetch("t", index, 0).await.records.unwrap();
            assert!(got.len() < long.len() / 2, "compressed: {}", got.len());
            let sizes: Vec<_> = records(&got).into_iter().map(|(_, v)| v.len()).collect();
            assert_eq!(sizes, [long.len(), long.len(), 5]);
        }
    });
}

#[test]
fn log_append_time_is_the_brokers_and_is_told() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[("message.timestamp.type", "LogAppendTime")]).await;
        for index in 0..2 {
            let p = c.produce("t", index, idempotent(3, 0, 0, &[b"x"])).await;
            assert!(p.log_append_time_ms > 1_767_225_600_000, "{}", p.log_append_time_ms);
            let got = c.fetch("t", index, 0).await.records.unwrap();
            let header = ringlog_wire::record::batch::BatchHeader::parse(&got).unwrap();
            assert!(header.attributes.is_log_append_time());
            assert_eq!(header.max_timestamp, p.log_append_time_ms);
            b.sim.sleep_ms(50).await;
            let again = c.produce("t", index, idempotent(3, 0, 0, &[b"x"])).await;
            assert_eq!(again.log_append_time_ms, p.log_append_time_ms, "the original's");
        }
    });
}

#[test]
fn edge_12_timestamps_headers_nulls_and_deltas_survive() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[("message.timestamp.after.max.ms", "9223372036854775807")]).await;
        let mut builder = BatchBuilder::new(BatchOptions::default());
        // Deltas beyond 32 bits in both directions.
        builder.append(
            1_000_000_000_000,
            Some(b"k"),
            None,
            &[("h", Some(b"1")), ("h", None), ("h", Some(b""))],
        );
        builder.append(0, None, Some(b""), &[]);
        builder.append(7_000_000_000_000, Some(b""), Some(b"v"), &[]);
        let sent = builder.build().unwrap();
        assert_eq!(c.produce("t", 0, sent.clone()).await.error_code, 0);
        let got = c.fetch("t", 0, 0).await.records.unwrap();
        assert_eq!(got[61..], sent[61..]);
    });
}

#[test]
fn a_compacted_topic_refuses_records_without_a_key_one_by_one() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[("cleanup.policy", "compact")]).await;
        let mut builder = BatchBuilder::new(BatchOptions::default());
        builder.append(-1, Some(b"k"), Some(b"v"), &[]);
        builder.append(-1, None, Some(b"v"), &[]);
        let sent = builder.build().unwrap();
        let p = c.produce("t", 0, sent).await;
        assert_eq!(p.error_code, E::InvalidRecord.code());
        assert_eq!(p.record_errors.iter().map(|e| e.batch_index).collect::<Vec<_>>(), [1]);
        assert_eq!(c.fetch("t", 0, 0).await.high_watermark, 0, "all or nothing");
    });
}

#[test]
fn a_disk_that_is_too_slow_is_told_as_a_timeout_and_the_records_are_there_once() {
    for cores in [1, 2] {
        with_disk(cores, |b, disk| async move {
            let mut c = b.client(0);
            c.create("t", 4, &[]).await;
            disk.slow_down(3_000_000_000);
            let before = b.sim.exec().now();
            let all = (0..4).map(|index| (index, Some(idempotent(7, 0, 0, &[b"a"])))).collect();
            let request = ProduceRequest { timeout_ms: 1000, ..produce_request(-1, "t", all) };
            let response = c.call(9, &request).await;
            let waited = (b.sim.exec().now() - before) / 1_000_000;
            assert!((1000..2500).contains(&waited), "{waited} ms");
            let answers: Vec<_> = response.responses[0]
                .partition_responses
                .iter()
                .map(|p| (p.error_code, p.base_offset, p.log_start_offset))
                .collect();
            assert_eq!(answers, [(E::RequestTimedOut.code(), -1, -1); 4]);
            // The client tries again, as it must: one answer, when the first attempt is durable.
            let again = c.call(9, &ProduceRequest { timeout_ms: 60_000, ..request.clone() }).await;
            disk.slow_down(0);
            for (p, index) in again.responses[0].partition_responses.iter().zip(0..) {
                assert_eq!((p.error_code, p.base_offset), (0, 0));
                let fetched = c.fetch("t", index, 0).await;
                assert_eq!(records(&fetched.records.unwrap()), [(0, b"a".to_vec())]);
            }
        });
    }
}

#[test]
fn each_request_times_out_at_its_own_time() {
    with_disk(1, |b, disk| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        disk.slow_down(30_000_000_000);
        let before = b.sim.exec().now();
        let mut clients = [9000, 2000, 5000].map(|timeout_ms| (timeout_ms, b.client(0)));
        for (timeout_ms, client) in &mut clients {
            let wanted = produce_request(-1, "t", vec![(0, Some(batch(&[b"a"])))]);
            client.send(9, &ProduceRequest { timeout_ms: *timeout_ms, ..wanted }).await;
        }
        clients.sort_by_key(|(timeout_ms, _)| *timeout_ms);
        for (timeout_ms, client) in &mut clients {
            let (_, answer): (i32, ProduceResponse) = client.receive(9).await;
            assert_eq!(answer.responses[0].partition_responses[0].error_code, E::RequestTimedOut.code());
            let waited = i32::try_from((b.sim.exec().now() - before) / 1_000_000).unwrap();
            assert!((*timeout_ms..*timeout_ms + 1500).contains(&waited), "{waited} of {timeout_ms} ms");
        }
        disk.slow_down(0);
    });
}

#[test]
fn a_timeout_answers_what_is_durable_as_durable() {
    with_disk(1, |b, disk| async move {
        let mut c = b.client(0);
        c.create("t", 2, &[]).await;
        assert_eq!(c.produce("t", 0, idempotent(7, 0, 0, &[b"a"])).await.error_code, 0);
        disk.slow_down(3_000_000_000);
        // Partition 0 gets a duplicate of what is durable, partition 1 something new.
        let all = (0..2).map(|index| (index, Some(idempotent(7, 0, 0, &[b"a"])))).collect();
        let response = c.call(9, &ProduceRequest { timeout_ms: 1000, ..produce_request(-1, "t", all) }).await;
        let answers: Vec<_> =
            response.responses[0].partition_responses.iter().map(|p| p.error_code).collect();
        assert_eq!(answers, [0, E::RequestTimedOut.code()]);
        disk.slow_down(0);
    });
}

/// With a request whose answer is out already nobody waits behind it: what has no room ends in its time.
#[test]
fn what_finds_no_room_ends_in_its_time_and_is_not_appended() {
    let limits = Limits { tail_bytes_max: 64 << 10, commit_log_bytes_max: 8 << 20, ..Limits::default() };
    for (cores, core) in [(1, 0), (2, 0), (2, 1)] {
        simulate(u64::from(cores + core), async |sim: &Sim, disk: &MemDisk| {
            let b = Broker::start(sim, disk, cores, limits.clone()).await;
            let mut c = b.client(core);
            c.create("t", 1, &[]).await;
            let value = vec![b'x'; 30_000];
            disk.slow_down(30_000_000_000);
            let before = sim.exec().now();
            for sequence in 0..2 {
                let wanted = vec![(0, Some(idempotent(7, 0, sequence, &[&value])))];
                let request = ProduceRequest { timeout_ms: 1000, ..produce_request(-1, "t", wanted) };
                c.send(9, &request).await;
            }
            let behind = c.send(12, &MetadataRequest::default()).await;
            for why in [None, Some("no room")] {
                let (_, answer): (i32, ProduceResponse) = c.receive(9).await;
                let answer = &answer.responses[0].partition_responses[0];
                assert_eq!(answer.error_code, E::RequestTimedOut.code(), "{why:?}");
            }
            let (id, _) = c.receive::<MetadataResponse>(12).await;
            assert_eq!(id, behind);
            let waited = (sim.exec().now() - before) / 1_000_000;
            assert!((1000..3000).contains(&waited), "{waited} ms");
            disk.slow_down(0);
            for sequence in 0..2 {
                let answer = c.produce("t", 0, idempotent(7, 0, sequence, &[&value])).await;
                assert_eq!((answer.error_code, answer.base_offset), (0, i64::from(sequence)));
            }
            b.node.kill();
        });
    }
}
