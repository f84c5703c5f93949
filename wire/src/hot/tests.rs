//! The hand-written codecs against the generated ones: every version, random messages, every cut.

use super::fetch_request::{self, FetchRequestBuf};
use super::fetch_response::{FetchFrame, PartitionHead, ResponseHead};
use super::produce_request::{self, ProduceView};
use super::produce_response::{Body, PartitionAnswer, ProduceResponseWriter, append_frame};
use super::*;
use crate::generated::fetch_request::FetchTopic;
use crate::generated::fetch_response::{EpochEndOffset, LeaderIdAndEpoch, SnapshotId};
use crate::generated::produce_request::{PartitionProduceData, TopicProduceData};
use crate::generated::produce_response::LeaderIdAndEpoch as ProduceLeader;
use crate::generated::{FetchRequest, FetchResponse, ProduceRequest, ProduceResponse};
use crate::header::encode_response;
use crate::ids::TopicId;
use crate::sample::{Rng, Sample};
use bytes::{Bytes, BytesMut};

const ROUNDS: u64 = 60;

fn encoded<M: crate::message::Message>(m: &M, version: i16) -> Bytes {
    let mut out = Vec::new();
    m.encode(&mut out, version).unwrap();
    Bytes::from(out)
}

fn each<M: crate::message::Message + Sample>(versions: (i16, i16), mut check: impl FnMut(i16, M)) {
    for version in versions.0..=versions.1 {
        for seed in 0..ROUNDS {
            check(version, M::sample(&mut Rng(seed), version));
        }
    }
}

type Partitions = Vec<(i32, Option<Bytes>)>;

/// Everything that a walk gives.
fn walked(view: &ProduceView<'_>) -> Vec<(String, TopicId, Partitions)> {
    let (mut walk, mut all) = (view.walk(), Vec::new());
    while let Some(topic) = walk.next_topic() {
        let mut partitions = Vec::new();
        while let Some(p) = walk.next_partition() {
            partitions.push((p.index, p.records.map(Bytes::copy_from_slice)));
        }
        assert_eq!(partitions.len(), topic.partitions as usize);
        all.push((topic.name.to_owned(), topic.id, partitions));
    }
    // Topics alone: the partitions that nobody asked for are passed over, those of the last one too.
    let mut walk = view.walk();
    for (name, id, _) in &all {
        assert_eq!(walk.next_topic().map(|t| (t.name, t.id)), Some((&**name, *id)));
    }
    assert_eq!((walk.next_topic(), walk.next_partition()), (None, None));
    all
}

fn owned(m: &ProduceRequest) -> Vec<(String, TopicId, Partitions)> {
    let partitions = |t: &TopicProduceData| {
        t.partition_data.iter().map(|p| (p.index, p.records.clone())).collect::<Partitions>()
    };
    m.topic_data.iter().map(|t| (t.name.clone(), t.topic_id, partitions(t))).collect()
}

#[test]
fn produce_requests_read_alike() {
    each::<ProduceRequest>(produce_request::VERSIONS, |version, m| {
        let body = encoded(&m, version);
        let view = ProduceView::parse(&body, version, 1000).unwrap();
        assert_eq!(view.transactional_id(), m.transactional_id.as_deref());
        assert_eq!((view.acks(), view.timeout_ms()), (m.acks, m.timeout_ms));
        assert_eq!(view.topics_len(), m.topic_data.len());
        assert_eq!(view.partitions_len(), m.topic_data.iter().map(|t| t.partition_data.len()).sum());
        assert!(!view.is_odd());
        assert_eq!(walked(&view), owned(&m));
        let (mut names_only, mut topics) = (view.walk(), 0);
        while names_only.next_topic().is_some() {
            topics += 1;
        }
        assert_eq!(topics, m.topic_data.len(), "partitions that nobody asks for are skipped");
    });
}

#[test]
fn what_a_produce_request_names_is_bounded() {
    let partition = |index| PartitionProduceData { index, records: None };
    let topic = |n: i32| TopicProduceData {
        name: "t".into(),
        partition_data: (0..n).map(partition).collect(),
        ..Default::default()
    };
    for (topics, max, fault) in [
        (vec![topic(2), topic(1)], 3, None),
        (vec![topic(2), topic(2)], 3, Some(DecodeError::CountTooLarge { count: 2, most: 1 })),
        (vec![topic(4)], 3, Some(DecodeError::CountTooLarge { count: 4, most: 3 })),
        (
            vec![topic(0), topic(0), topic(0), topic(0)],
            3,
            Some(DecodeError::CountTooLarge { count: 4, most: 3 }),
        ),
        (vec![topic(0), topic(0), topic(0)], 3, None),
    ] {
        let m = ProduceRequest { topic_data: topics, ..Default::default() };
        for version in [3, 9, 12] {
            assert_eq!(ProduceView::parse(&encoded(&m, version), version, max).err(), fault);
        }
    }
    let names = (0..4).map(|_| FetchTopic { topic: "t".into(), ..Default::default() }).collect();
    let m = FetchRequest { topics: names, ..Default::default() };
    let fault = FetchRequestBuf::default().decode(encoded(&m, 12), 12, 3).unwrap_err();
    assert_eq!(fault, DecodeError::CountTooLarge { count: 4, most: 3 });
}

#[test]
fn damaged_produce_requests_are_judged_alike() {
    each::<ProduceRequest>(produce_request::VERSIONS, |version, m| {
        let good = encoded(&m, version);
        let mut bad: Vec<Bytes> = (0..good.len()).map(|cut| good.slice(..cut)).collect();
        for at in 0..good.len() {
            for flip in [1, 0x80, 0xff] {
                let mut b = good.to_vec();
                b[at] ^= flip;
                bad.push(Bytes::from(b));
            }
        }
        for b in bad {
            let generated = ProduceRequest::decode(&mut Reader::new(&b, usize::MAX), version);
            let hot = ProduceView::parse(&b, version, usize::MAX);
            assert_eq!(hot.as_ref().err(), generated.as_ref().err(), "v{version} {b:?}");
            if let (Ok(hot), Ok(generated)) = (hot, generated) {
                assert_eq!(walked(&hot), owned(&generated));
            }
        }
    });
}

struct Answer<'a>(&'a ProduceResponse, i16);

impl Body for Answer<'_> {
    fn write<S: Sink>(&self, sink: &mut S) -> Encoded {
        let Self(m, version) = self;
        let mut w = ProduceResponseWriter::begin(sink, *version, m.responses.len())?;
        for t in &m.responses {
            w.topic(&t.name, t.topic_id, t.partition_responses.len())?;
            for p in &t.partition_responses {
                let errors: Vec<_> = p
                    .record_errors
                    .iter()
                    .map(|e| (e.batch_index, e.batch_index_error_message.as_deref()))
                    .collect();
                let ProduceLeader { leader_id, leader_epoch } = p.current_leader;
                let leader = (p.current_leader != ProduceLeader::default())
                    .then_some(CurrentLeader { leader_id, leader_epoch });
                w.partition(&PartitionAnswer {
                    index: p.index,
                    error_code: p.error_code,
                    base_offset: p.base_offset,
                    log_append_time_ms: p.log_append_time_ms,
                    log_start_offset: p.log_start_offset,
                    record_errors: &errors,
                    error_message: p.error_message.as_deref(),
                    current_leader: leader,
                })?;
            }
            w.end_topic();
        }
        let endpoints: Vec<_> = m
            .node_endpoints
            .iter()
            .map(|e| Endpoint { node_id: e.node_id, host: &e.host, port: e.port, rack: e.rack.as_deref() })
            .collect();
        w.finish(m.throttle_time_ms, &endpoints)
    }
}

#[test]
fn produce_responses_are_the_same_bytes() {
    each::<ProduceResponse>((3, 13), |version, m| {
        let mut out = BytesMut::from(&b"before"[..]);
        append_frame(&mut out, version, 77, &Answer(&m, version)).unwrap();
        assert_eq!(out.split_off(6), encode_response(77, version, &m).unwrap(), "v{version} {m:?}");
    });
}

#[test]
fn fetch_requests_read_alike_from_a_reused_buffer() {
    let mut buf = FetchRequestBuf::default();
    each::<FetchRequest>(fetch_request::VERSIONS, |version, m| {
        buf.decode(encoded(&m, version), version, usize::MAX).unwrap();
        let replica = if version <= 14 { m.replica_id } else { m.replica_state.replica_id };
        assert_eq!((buf.replica_id, buf.replica_epoch), (replica, m.replica_state.replica_epoch));
        assert_eq!(
            (buf.max_wait_ms, buf.min_bytes, buf.max_bytes),
            (m.max_wait_ms, m.min_bytes, m.max_bytes)
        );
        assert_eq!(buf.isolation_level, m.isolation_level);
        assert_eq!((buf.session_id, buf.session_epoch), (m.session_id, m.session_epoch));
        assert_eq!((buf.rack_id(), buf.cluster_id()), (&*m.rack_id, m.cluster_id.as_deref()));
        assert_eq!(buf.topics().count(), m.topics.len());
        for ((name, id, got), want) in buf.topics().zip(&m.topics) {
            assert_eq!((name, id, got.len()), (&*want.topic, want.topic_id, want.partitions.len()));
            for (got, want) in got.iter().zip(&want.partitions) {
                assert_eq!((got.index, got.fetch_offset), (want.partition, want.fetch_offset));
                assert_eq!(got.current_leader_epoch, want.current_leader_epoch);
                assert_eq!(got.last_fetched_epoch, want.last_fetched_epoch);
                assert_eq!(
                    (got.log_start_offset, got.max_bytes),
                    (want.log_start_offset, want.partition_max_bytes)
                );
                assert_eq!(
                    (got.directory_id, got.high_watermark),
                    (want.replica_directory_id, want.high_watermark)
                );
            }
        }
        assert_eq!(buf.forgotten().count(), m.forgotten_topics_data.len());
        for ((name, id, got), want) in buf.forgotten().zip(&m.forgotten_topics_data) {
            assert_eq!((name, id, got), (&*want.topic, want.topic_id, &*want.partitions));
        }
    });
}

#[test]
fn damaged_fetch_requests_are_judged_alike() {
    let mut buf = FetchRequestBuf::default();
    each::<FetchRequest>(fetch_request::VERSIONS, |version, m| {
        let good = encoded(&m, version);
        for at in 0..good.len() {
            let mut flipped = good.to_vec();
            flipped[at] ^= 0x81;
            for b in [good.slice(..at), Bytes::from(flipped)] {
                let generated = FetchRequest::decode(&mut Reader::new(&b, usize::MAX), version);
                let hot = buf.decode(b, version, usize::MAX);
                assert_eq!(hot.err(), generated.err(), "v{version} byte {at}");
            }
        }
    });
}

#[test]
fn too_many_partitions_are_refused_before_they_are_kept() {
    let mut m = FetchRequest::default();
    let partitions = vec![Default::default(); 100];
    m.topics.push(crate::generated::fetch_request::FetchTopic { partitions, ..Default::default() });
    let body = encoded(&m, 18);
    let mut buf = FetchRequestBuf::default();
    assert_eq!(buf.decode(body.clone(), 18, 99), Err(DecodeError::CountTooLarge { count: 100, most: 99 }));
    buf.decode(body, 18, 100).unwrap();
    assert_eq!(buf.partitions_len(), 100);
    buf.clear();
    assert_eq!((buf.partitions_len(), buf.topics().count()), (0, 0));
}

fn fetch_frame(frame: &mut FetchFrame, m: &FetchResponse, version: i16) -> Vec<u8> {
    let head = ResponseHead {
        correlation_id: 77,
        throttle_time_ms: m.throttle_time_ms,
        error_code: m.error_code,
        session_id: m.session_id,
        topics: m.responses.len(),
    };
    let mut w = frame.begin(version, head, 0).unwrap();
    let mut payloads = Vec::new();
    for t in &m.responses {
        w.topic(&t.topic, t.topic_id, t.partitions.len()).unwrap();
        for p in &t.partitions {
            let aborted: Option<Vec<_>> = p
                .aborted_transactions
                .as_ref()
                .map(|a| a.iter().map(|a| (a.producer_id, a.first_offset)).collect());
            let (leader, diverging, snapshot) = (&p.current_leader, &p.diverging_epoch, &p.snapshot_id);
            let records = p.records.clone().unwrap_or_default();
            let head = PartitionHead {
                index: p.partition_index,
                error_code: p.error_code,
                high_watermark: p.high_watermark,
                last_stable_offset: p.last_stable_offset,
                log_start_offset: p.log_start_offset,
                aborted: aborted.as_deref(),
                preferred_read_replica: p.preferred_read_replica,
                diverging_epoch: (*diverging != EpochEndOffset::default())
                    .then_some((diverging.epoch, diverging.end_offset)),
                current_leader: (*leader != LeaderIdAndEpoch::default()).then_some(CurrentLeader {
                    leader_id: leader.leader_id,
                    leader_epoch: leader.leader_epoch,
                }),
                snapshot_id: (*snapshot != SnapshotId::default())
                    .then_some((snapshot.end_offset, snapshot.epoch)),
            };
            w.partition(&head, records.len()).unwrap();
            if !records.is_empty() {
                payloads.push(records);
            }
        }
        w.end_topic();
    }
    let endpoints: Vec<_> = m
        .node_endpoints
        .iter()
        .map(|e| Endpoint { node_id: e.node_id, host: &e.host, port: e.port, rack: e.rack.as_deref() })
        .collect();
    let len = w.finish(&endpoints).unwrap();
    assert_eq!(len, frame.len());
    let mut out = Vec::new();
    let mut payloads = payloads.into_iter();
    for (head, records) in frame.take_heads() {
        out.extend_from_slice(&head);
        let payload = if records > 0 { payloads.next().unwrap() } else { Bytes::new() };
        assert_eq!(payload.len(), records);
        out.extend_from_slice(&payload);
    }
    assert_eq!((out.len(), payloads.next(), frame.len()), (len, None, 0));
    out
}

#[test]
fn fetch_responses_are_the_same_bytes() {
    let mut frame = FetchFrame::default();
    each::<FetchResponse>((4, 18), |version, mut m| {
        for t in &mut m.responses {
            for p in &mut t.partitions {
                // Never null here.
                p.records.get_or_insert_default();
            }
        }
        assert_eq!(
            fetch_frame(&mut frame, &m, version),
            encode_response(77, version, &m).unwrap(),
            "v{version} {m:?}"
        );
    });
}
