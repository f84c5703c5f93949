//! Incremental fetch sessions over the wire (sharp edge 16).

use crate::harness::*;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::fetch_request::ForgottenTopic;
use ringlog_wire::generated::{FetchRequest, FetchResponse};
use ringlog_wire::ids::TopicId;

/// Opens a session over `partitions` of topic `id` with version 13.
async fn open(c: &mut Client, id: TopicId, partitions: i32) -> i32 {
    let at: Vec<_> = (0..partitions).map(|i| (i, 0)).collect();
    let mut request = FetchRequest { session_epoch: 0, ..fetch_request("", &at) };
    request.topics[0].topic_id = id;
    let response: FetchResponse = c.call(13, &request).await;
    assert_eq!((response.error_code, summary(&response).len()), (0, partitions as usize));
    assert_ne!(response.session_id, 0);
    response.session_id
}

fn next(session_id: i32, session_epoch: i32) -> FetchRequest {
    FetchRequest { session_id, session_epoch, topics: Vec::new(), ..fetch_request("", &[]) }
}

#[test]
fn an_empty_incremental_request_waits_and_brings_only_what_changed() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 4, &[]).await;
        let mut consumer = b.client(1);
        let session = open(&mut consumer, id, 4).await;
        let before = b.sim.exec().now();
        let request = FetchRequest { max_wait_ms: 300, ..next(session, 1) };
        let response: FetchResponse = consumer.call(13, &request).await;
        assert_eq!((response.error_code, response.session_id), (0, session));
        assert!(summary(&response).is_empty(), "nothing changed");
        assert!(b.sim.exec().now() - before >= 300_000_000, "it still waits");
        let request = FetchRequest { max_wait_ms: 60_000, ..next(session, 2) };
        consumer.send(13, &request).await;
        b.sim.sleep_ms(20).await;
        c.produce("t", 2, batch(&[b"x"])).await;
        let (_, response) = consumer.receive::<FetchResponse>(13).await;
        assert_eq!(summary(&response), [(2, 0, batch(&[b"x"]).len())]);
    });
}

#[test]
fn forgotten_partitions_are_served_no_more() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 3, &[]).await;
        let session = open(&mut c, id, 3).await;
        let mut request = next(session, 1);
        request.forgotten_topics_data =
            vec![ForgottenTopic { topic_id: id, partitions: vec![0, 2], ..ForgottenTopic::default() }];
        assert!(summary(&c.call(13, &request).await).is_empty());
        for index in 0..3 {
            c.produce("t", index, batch(&[b"x"])).await;
        }
        let response: FetchResponse = c.call(13, &next(session, 2)).await;
        assert_eq!(summary(&response).iter().map(|p| p.0).collect::<Vec<_>>(), [1]);
    });
}

#[test]
fn wrong_sessions_and_epochs_are_told() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 1, &[]).await;
        let session = open(&mut c, id, 1).await;
        let mut error = async |version, session, epoch| {
            let response: FetchResponse = c.call(version, &next(session, epoch)).await;
            (response.error_code, response.session_id)
        };
        assert_eq!(error(13, session, 1).await, (0, session));
        assert_eq!(error(13, session, 1).await, (E::InvalidFetchSessionEpoch.code(), 0));
        assert_eq!(error(12, session, 2).await, (E::FetchSessionTopicIdError.code(), 0));
        assert_eq!(error(13, session ^ 1, 2).await, (E::FetchSessionIdNotFound.code(), 0));
        assert_eq!(error(13, session, -1).await, (0, 0), "ends the session");
        assert_eq!(error(13, session, 2).await, (E::FetchSessionIdNotFound.code(), 0));
    });
}

#[test]
fn unknown_ids_are_told_every_time_and_a_topic_made_anew_is_inconsistent() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 1, &[]).await;
        let mut unknown = id;
        unknown.0[0] ^= 0xff;
        let mut request = FetchRequest { session_epoch: 0, ..fetch_request("", &[(0, 0)]) };
        request.topics[0].topic_id = id;
        let mut other = request.topics[0].clone();
        other.topic_id = unknown;
        request.topics.push(other);
        let response: FetchResponse = c.call(13, &request).await;
        let session = response.session_id;
        assert_eq!(summary(&response).iter().map(|p| p.1).collect::<Vec<_>>(), [0, E::UnknownTopicId.code()]);
        for epoch in 1..4 {
            let response: FetchResponse = c.call(13, &next(session, epoch)).await;
            assert_eq!(summary(&response), [(0, E::UnknownTopicId.code(), 0)], "again");
        }
        c.delete("t").await;
        c.create("t", 1, &[]).await;
        let response: FetchResponse = c.call(13, &next(session, 4)).await;
        let mut errors: Vec<_> = summary(&response).iter().map(|p| p.1).collect();
        errors.sort_unstable();
        assert_eq!(errors, [E::UnknownTopicId.code(), E::InconsistentTopicId.code()]);
        let mut forget = next(session, 5);
        forget.forgotten_topics_data = [id, unknown]
            .map(|topic_id| ForgottenTopic { topic_id, partitions: vec![0], ..ForgottenTopic::default() })
            .to_vec();
        assert!(summary(&c.call(13, &forget).await).is_empty());
    });
}

#[test]
fn a_session_turns_so_that_no_partition_starves() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        let id = c.create("t", 3, &[]).await;
        let session = open(&mut c, id, 3).await;
        let big = batch(&[&[1; 3000]]);
        for index in 0..3 {
            c.produce("t", index, big.clone()).await;
        }
        let mut served = Vec::new();
        for epoch in 1..4 {
            // Room for one batch only; the client does not move its offsets.
            let request = FetchRequest { max_bytes: 100, ..next(session, epoch) };
            let response: FetchResponse = c.call(13, &request).await;
            let with_data: Vec<_> = summary(&response).iter().filter(|p| p.2 > 0).map(|p| p.0).collect();
            assert_eq!(with_data.len(), 1);
            served.extend(with_data);
        }
        served.sort_unstable();
        assert_eq!(served, [0, 1, 2]);
    });
}
