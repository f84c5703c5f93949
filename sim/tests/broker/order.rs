//! The order of answers, acks=0, and what one connection sees of its own writes.

use crate::harness::*;
use ringlog_wire::generated::{ListOffsetsRequest, MetadataRequest, ProduceResponse};

#[test]
fn edge_11_pipelined_answers_keep_the_order_and_acks_0_gets_none() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 4, &[]).await;
        let mut expect = Vec::new();
        for n in 0..50i32 {
            let index = n % 4;
            let acks = [0, 1, -1][(n % 3) as usize];
            let id = c.send(9, &produce_request(acks, "t", vec![(index, Some(batch(&[b"x"])))])).await;
            if acks != 0 {
                expect.push((id, index, i64::from(n / 4)));
            }
        }
        for (id, index, offset) in expect {
            let (answered, response) = c.receive::<ProduceResponse>(9).await;
            let p = &response.responses[0].partition_responses[0];
            assert_eq!((answered, p.index, p.error_code, p.base_offset), (id, index, 0, offset));
        }
        // Nothing else is in the way: the next answer is that of the next request.
        c.call(9, &MetadataRequest::default()).await;
    });
}

#[test]
fn a_failed_acks_0_request_closes_the_connection() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        for bad in ["nope", "t"] {
            let mut corrupt = batch(&[b"x"]).to_vec();
            *corrupt.last_mut().unwrap() ^= 1;
            let mut c = b.client(0);
            c.send(9, &produce_request(0, bad, vec![(0, Some(corrupt.into()))])).await;
            assert!(c.is_closed().await);
        }
        assert_eq!(b.logged("R037"), 2);
    });
}

#[test]
fn a_connection_sees_its_own_writes() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 4, &[]).await;
        for n in 1..20 {
            for index in 0..4 {
                c.send(9, &produce_request(-1, "t", vec![(index, Some(batch(&[b"x"])))])).await;
            }
            let request = list_latest("t", 4);
            c.send(6, &request).await;
            for _ in 0..4 {
                c.receive::<ProduceResponse>(9).await;
            }
            let (_, response) = c.receive::<ringlog_wire::generated::ListOffsetsResponse>(6).await;
            let ends: Vec<_> = response.topics[0].partitions.iter().map(|p| p.offset).collect();
            assert_eq!(ends, [n; 4]);
        }
    });
}

fn list_latest(topic: &str, partitions: i32) -> ListOffsetsRequest {
    use ringlog_wire::generated::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
    let partitions = (0..partitions).map(|partition_index| ListOffsetsPartition {
        partition_index,
        timestamp: -1,
        ..ListOffsetsPartition::default()
    });
    let topic = ListOffsetsTopic { name: topic.to_owned(), partitions: partitions.collect() };
    ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..ListOffsetsRequest::default() }
}

#[test]
fn a_clean_stop_answers_what_is_in_flight() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 4, &[]).await;
        let mut parked = b.client(1);
        let mut request = fetch_request("t", &[(0, 0), (1, 0), (2, 0), (3, 0)]);
        request.max_wait_ms = 50_000;
        request.min_bytes = 1 << 20;
        parked.send(11, &request).await;
        for index in 0..4 {
            c.send(9, &produce_request(-1, "t", vec![(index, Some(batch(&[b"x"])))])).await;
        }
        b.sim.sleep_ms(5).await;
        b.stop().await;
        for index in 0..4 {
            let (_, response) = c.receive::<ProduceResponse>(9).await;
            let p = &response.responses[0].partition_responses[0];
            assert_eq!((p.index, p.error_code), (index, 0));
        }
        assert!(c.is_closed().await);
        let (_, response) = parked.receive::<ringlog_wire::generated::FetchResponse>(11).await;
        assert_eq!(summary(&response).len(), 4);
        assert!(parked.is_closed().await);
    });
}
