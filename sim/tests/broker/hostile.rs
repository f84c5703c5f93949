//! Clients that are broken, hostile or unlucky: they cost themselves their connection and others nothing.

use crate::harness::*;
use bytes::Bytes;
use ringlog_shard::env::Conn;
use ringlog_shard::limits::Limits;
use ringlog_wire::ApiKey;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::compress::Codec;
use ringlog_wire::generated::{
    ApiVersionsRequest, ApiVersionsResponse, FetchRequest, FetchResponse, MetadataRequest,
};
use ringlog_wire::reader::Reader;
use ringlog_wire::record::batch::BatchHeader;
use ringlog_wire::record::build::{BatchOptions, seal};
use std::time::Duration;

#[test]
fn edge_01_and_02_an_unknown_api_versions_gets_a_v0_body_with_error_35() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.send_raw(18, 99, 7, &[0, 0, 0]).await;
        let frame = c.frame().await.unwrap();
        let mut r = Reader::new(&frame, 1 << 20);
        assert_eq!(r.int32(), Ok(7), "a header without tags");
        let response = ApiVersionsResponse::decode(&mut r, 0).unwrap();
        assert_eq!(response.error_code, E::UnsupportedVersion.code());
        assert!(response.api_keys.iter().any(|k| k.api_key == 18 && k.max_version >= 4));
        assert_eq!(r.remaining(), 0);
        // The connection lives on, and every version that exists is answered under header v0.
        for version in 0..=4 {
            let request = ApiVersionsRequest {
                client_software_name: "test".into(),
                client_software_version: "1".into(),
            };
            let response: ApiVersionsResponse = c.call(version, &request).await;
            assert_eq!(response.error_code, 0);
            let produce = response.api_keys.iter().find(|k| k.api_key == 0).unwrap();
            assert_eq!((produce.min_version, produce.max_version), (0, 13), "edge 3");
        }
    });
}

#[test]
fn edge_04_and_05_what_is_advertised_is_answered() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        let response: ApiVersionsResponse = c.call(0, &ApiVersionsRequest::default()).await;
        for k in &response.api_keys {
            let api = ApiKey::try_from(k.api_key).unwrap();
            assert!(api.decodes(k.max_version), "{api:?}");
            assert!(api.decodes(k.min_version) || api == ApiKey::Produce, "{api:?}");
        }
        for version in 0..=13 {
            c.call(version, &MetadataRequest { topics: Some(Vec::new()), ..MetadataRequest::default() })
                .await;
        }
    });
}

#[test]
fn edge_06_unknown_apis_and_versions_close_the_connection_with_one_line() {
    with_broker(1, |b| async move {
        let cases =
            [(4, 0), (5, 1), (93, 0), (-1, 0), (0, 2), (0, 14), (1, 3), (1, 19), (3, 14), (52, 0), (8, 1)];
        for (i, (api, version)) in cases.into_iter().enumerate() {
            let mut c = b.client(0);
            c.send_raw(api, version, 1, &[0; 64]).await;
            assert!(c.is_closed().await, "api {api} version {version}");
            // Log lines are bounded per second; wait for the next one.
            if i % 4 == 3 {
                b.sim.sleep_ms(1100).await;
            }
        }
        assert_eq!(b.logged("R035"), cases.len(), "{:?}", b.node.log());
    });
}

#[test]
fn edge_07_an_idempotent_producer_gets_an_id() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        let request = ringlog_wire::generated::InitProducerIdRequest {
            transactional_id: None,
            transaction_timeout_ms: i32::MAX,
            ..Default::default()
        };
        let first = c.call(4, &request).await;
        let second = c.call(4, &request).await;
        assert_eq!((first.error_code, first.producer_epoch), (0, 0));
        assert_ne!(first.producer_id, second.producer_id);
    });
}

#[test]
fn edge_36_other_protocols_are_named_and_closed() {
    with_broker(1, |b| async move {
        let cases: [(&[u8], &str); 4] = [
            (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "R032"),
            (&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3], "R031"),
            (&[0xff, 0xff, 0xff, 0xff, 0], "R033"),
            (&[0x7f, 0xff, 0xff, 0xff, 0], "R034"),
        ];
        for (bytes, line) in cases {
            let mut c = b.client(0);
            c.conn.write_all(bytes).await.unwrap();
            assert!(c.is_closed().await);
            assert_eq!(b.logged(line), 1, "{:?}", b.node.log());
        }
    });
}

#[test]
fn length_bombs_in_every_api_and_version_only_close_the_connection() {
    with_broker(1, |b| async move {
        let mut honest = b.client(0);
        honest.create("t", 1, &[]).await;
        for api in ringlog_shard::handler::SERVED {
            let facts = api.facts();
            for version in facts.min..=facts.stable_max {
                for body in [&[0xff; 40][..], &[0x7f; 40], &[0; 3], &[]] {
                    let mut c = b.client(0);
                    c.send_raw(api.key(), version, 1, body).await;
                    c.conn.close_write();
                    // An answer or a closed connection, and no panic.
                    while c.frame().await.is_some() {}
                }
            }
        }
        assert_eq!(honest.produce("t", 0, batch(&[b"x"])).await.error_code, 0);
    });
}

#[test]
fn a_half_sent_request_costs_what_was_sent_and_a_stuck_budget_ends_the_largest() {
    let limits = Limits { request_bytes_max: 200_000, ..Limits::default() };
    with_limits(1, limits, |b| async move {
        let mut honest = b.client(0);
        honest.create("t", 1, &[]).await;
        let mut greedy = b.client(0);
        let mut stuck = vec![0, 0x60, 0, 0];
        stuck.resize(150_000, 0);
        greedy.conn.write_all(&stuck).await.unwrap();
        let second = b.client(0);
        second.conn.write_all(&stuck[..60_000]).await.unwrap();
        b.sim.sleep_ms(100).await;
        assert_eq!(honest.produce("t", 0, batch(&[b"small"])).await.error_code, 0, "small requests go on");
        b.sim.sleep_ms(3000).await;
        assert!(greedy.is_closed().await);
        assert_eq!(b.logged("R040"), 1);
        let big = batch(&[&[5; 100_000]]);
        assert_eq!(honest.produce("t", 0, big).await.error_code, 0, "there is room again");
        second.conn.shutdown();
    });
}

#[test]
fn decompression_bombs_are_refused_without_their_memory() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        for id in [1, 4] {
            let codec = Codec::from_id(id).unwrap();
            let zeros = vec![0u8; 64 << 20];
            let bomb = batch_with(BatchOptions { codec, ..BatchOptions::default() }, &[&zeros]);
            // The count lies as well.
            let mut bytes = bomb.to_vec();
            let mut header = BatchHeader::parse(&bytes).unwrap();
            header.records_count = i32::MAX;
            header.last_offset_delta = i32::MAX - 1;
            seal(header, &mut bytes);
            let p = c.produce("t", 0, Bytes::from(bytes)).await;
            assert!([E::InvalidRecord.code(), E::MessageTooLarge.code()].contains(&p.error_code));
        }
        assert_eq!(c.fetch("t", 0, 0).await.high_watermark, 0);
    });
}

#[test]
fn requests_in_pieces_of_one_byte_are_requests() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        let frame = [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 9, 0xff, 0xff, 0, 0, 0, 0];
        for byte in frame {
            c.conn.write_all(&[byte]).await.unwrap();
            b.sim.sleep_ms(1).await;
        }
        let response = c.receive::<ringlog_wire::generated::MetadataResponse>(1).await;
        assert_eq!(response.0, 9);
    });
}

#[test]
fn idle_connections_end_and_busy_ones_do_not() {
    let limits = Limits { connections_max_idle: Some(Duration::from_secs(30)), ..Limits::default() };
    with_limits(1, limits, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        let mut idle = b.client(0);
        let mut parked = b.client(0);
        let request = FetchRequest { max_wait_ms: 50_000, ..fetch_request("t", &[(0, 0)]) };
        parked.send(11, &request).await;
        b.sim.sleep_ms(40_000).await;
        assert!(idle.is_closed().await);
        let (_, response) = parked.receive::<FetchResponse>(11).await;
        assert_eq!(summary(&response), [(0, 0, 0)]);
    });
}

#[test]
fn more_connections_than_allowed_are_refused() {
    let limits = Limits { max_connections: 2, ..Limits::default() };
    with_limits(1, limits, |b| async move {
        let (mut first, mut second) = (b.client(0), b.client(0));
        for c in [&mut first, &mut second] {
            c.call(1, &MetadataRequest { topics: Some(Vec::new()), ..MetadataRequest::default() }).await;
        }
        assert!(b.client(0).is_closed().await);
        assert_eq!(b.logged("R039"), 1);
        first.conn.shutdown();
        b.sim.sleep_ms(10).await;
        let mut third = b.client(0);
        third.call(1, &MetadataRequest { topics: Some(Vec::new()), ..MetadataRequest::default() }).await;
    });
}

#[test]
fn a_client_that_does_not_read_holds_only_its_own_requests() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        for _ in 0..20 {
            c.produce("t", 0, batch(&[&[3; 100_000]])).await;
        }
        let mut deaf = b.client(0);
        // 50 answers of 1 MiB; the client's pipe holds 256 KiB of them.
        for _ in 0..50 {
            deaf.send(11, &fetch_request("t", &[(0, 0)])).await;
        }
        b.sim.sleep_ms(100).await;
        assert_eq!(c.produce("t", 0, batch(&[b"x"])).await.error_code, 0, "others go on");
        for n in 0..50 {
            let answer = b.sim.exec().within(60_000_000_000, deaf.receive::<FetchResponse>(11)).await;
            let (_, response) = answer.unwrap_or_else(|| panic!("{n} of 50 answers came, and no more"));
            assert_eq!(summary(&response)[0].1, 0);
        }
    });
}

#[test]
fn clients_that_do_not_read_cannot_pin_all_memory() {
    let limits = Limits { tail_bytes_max: 8 << 20, ..Limits::default() };
    with_limits(1, limits, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        let one = batch(&[&[3; 100_000]]);
        for _ in 0..30 {
            c.produce("t", 0, one.clone()).await;
        }
        let size = async |c: &mut Client| c.fetch("t", 0, 0).await.records.unwrap().len();
        let usual = size(&mut c).await;
        assert!(usual > 9 * one.len());
        let deaf: Vec<_> = (0..6).map(|_| b.client(0)).collect();
        let mut open = Vec::new();
        for mut d in deaf {
            d.send(11, &fetch_request("t", &[(0, 0)])).await;
            open.push(d);
        }
        b.sim.sleep_ms(50).await;
        assert_eq!(size(&mut c).await, one.len(), "one batch at a time while memory is short");
        open.iter().for_each(|d| d.conn.shutdown());
        b.sim.sleep_ms(50).await;
        assert_eq!(size(&mut c).await, usual);
    });
}

#[test]
fn edge_13_a_producer_that_names_its_id_and_epoch_gets_a_new_identity() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        let request = |producer_id, producer_epoch| ringlog_wire::generated::InitProducerIdRequest {
            transactional_id: None,
            transaction_timeout_ms: i32::MAX,
            producer_id,
            producer_epoch,
            ..Default::default()
        };
        let first = c.call(3, &request(-1, -1)).await;
        let second = c.call(3, &request(first.producer_id, first.producer_epoch)).await;
        assert_eq!((first.error_code, second.error_code), (0, 0));
        assert_ne!((first.producer_id, first.producer_epoch), (second.producer_id, second.producer_epoch));
    });
}

/// A produce request of many partitions without records.
fn many_partitions(n: i32) -> ringlog_wire::generated::ProduceRequest {
    produce_request(-1, "t", (0..n).map(|i| (i, None)).collect())
}

#[test]
fn a_request_that_needs_more_memory_than_there_is_closes_its_connection_with_one_line() {
    let limits = Limits { request_bytes_max: 2_000_000, ..Limits::default() };
    with_limits(2, limits, |b| async move {
        let mut honest = b.client(0);
        honest.create("t", 4, &[]).await;
        let mut c = b.client(0);
        c.send(9, &many_partitions(50_000)).await;
        assert!(c.is_closed().await);
        assert_eq!(b.logged("R041"), 1, "{:?}", b.node.log());
        let mut c = b.client(0);
        let at: Vec<_> = (0..50_000).map(|i| (i, 0)).collect();
        c.send(11, &fetch_request("t", &at)).await;
        assert!(c.is_closed().await);
        assert_eq!(b.logged("R041"), 2);
        let mut c = b.client(0);
        let topics = (0..50_000).map(|_| ringlog_wire::generated::metadata_request::MetadataRequestTopic {
            name: Some("t".into()),
            ..Default::default()
        });
        c.send(9, &MetadataRequest { topics: Some(topics.collect()), ..MetadataRequest::default() }).await;
        assert!(c.is_closed().await);
        assert_eq!(b.logged("R041"), 3);
        assert_eq!(honest.produce("t", 0, batch(&[b"x"])).await.error_code, 0);
    });
}

#[test]
fn requests_wait_for_memory_and_are_all_answered() {
    let limits = Limits { request_bytes_max: 2_000_000, ..Limits::default() };
    with_limits(2, limits, |b| async move {
        let mut honest = b.client(0);
        honest.create("t", 4, &[]).await;
        let mut clients: Vec<_> = (0..12).map(|_| b.client(0)).collect();
        for c in &mut clients {
            // 6,000 places are 1.5 MB: one at a time.
            c.send(9, &many_partitions(6000)).await;
        }
        assert_eq!(honest.produce("t", 0, batch(&[b"small"])).await.error_code, 0, "small requests go on");
        for c in &mut clients {
            let (_, response) = c.receive::<ringlog_wire::generated::ProduceResponse>(9).await;
            assert_eq!(response.responses[0].partition_responses.len(), 6000);
        }
        assert_eq!((b.logged("R040"), b.logged("R041")), (0, 0), "{:?}", b.node.log());
    });
}

#[test]
fn a_fetch_session_of_many_partitions_is_charged_with_every_fetch() {
    let limits = Limits { request_bytes_max: 2_000_000, ..Limits::default() };
    with_limits(1, limits, |b| async move {
        let mut honest = b.client(0);
        honest.create("t", 4, &[]).await;
        let mut c = b.client(0);
        let mut ended = 0;
        // Each request alone is small enough; the session that they build up is not.
        let mut session = (0, 0);
        for from in [0, 2000, 4000] {
            let at: Vec<_> = (from..from + 2000).map(|i| (i, 0)).collect();
            let request =
                FetchRequest { session_id: session.0, session_epoch: session.1, ..fetch_request("t", &at) };
            c.send(11, &request).await;
            match c.frame().await {
                None => ended += 1,
                Some(frame) => {
                    let mut r = Reader::new(&frame, 1 << 24);
                    r.int32().unwrap();
                    let response = FetchResponse::decode(&mut r, 11).unwrap();
                    session = (response.session_id, session.1 + 1);
                }
            }
            if ended > 0 {
                break;
            }
        }
        assert_eq!((ended, b.logged("R041")), (1, 1), "{:?}", b.node.log());
        assert_eq!(honest.fetch("t", 0, 0).await.error_code, 0);
    });
}

#[test]
fn many_compressed_batches_at_once_take_turns_with_their_memory() {
    with_broker(1, |b| async move {
        let mut honest = b.client(0);
        honest.create("t", 1, &[]).await;
        let zeros = vec![0u8; 3 << 20];
        for id in [1, 2, 3, 4] {
            let codec = Codec::from_id(id).unwrap();
            let packed = batch_with(BatchOptions { codec, ..BatchOptions::default() }, &[&zeros]);
            let mut clients: Vec<_> = (0..20).map(|_| b.client(0)).collect();
            for c in &mut clients {
                c.send(9, &produce_request(-1, "t", vec![(0, Some(packed.clone()))])).await;
            }
            for c in &mut clients {
                let (_, response) = c.receive::<ringlog_wire::generated::ProduceResponse>(9).await;
                assert_eq!(response.responses[0].partition_responses[0].error_code, 0, "{codec:?}");
            }
        }
    });
}
