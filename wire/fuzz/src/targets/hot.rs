//! The hand-written readers of Produce and Fetch beside the generated ones.
//!
//! Owner: `targets`. Promise: both accept the same bytes and see the same request.

use bytes::Bytes;
use ringlog_wire::generated::{FetchRequest, ProduceRequest};
use ringlog_wire::hot::fetch_request::FetchRequestBuf;
use ringlog_wire::hot::produce_request::ProduceView;
use ringlog_wire::view::check;

/// Version, then the body of a Produce request.
pub fn produce(input: &[u8]) {
    let Some((&version, body)) = input.split_first() else { return };
    let (version, body) = (i16::from(version), Bytes::copy_from_slice(body));
    let _ = ProduceView::parse(&body, version, 2);
    let by_hand = ProduceView::parse(&body, version, usize::MAX);
    let generated = check::<ProduceRequest>(&body, version, usize::MAX);
    let (by_hand, generated) = match (by_hand, generated) {
        (Ok(by_hand), Ok(generated)) => (by_hand, generated),
        (Err(a), Err(b)) => return assert_eq!(a, b),
        (a, b) => panic!("by hand {:?}, generated {:?}", a.err(), b.err()),
    };
    let view = generated.view();
    assert_eq!((by_hand.acks(), by_hand.timeout_ms()), (view.acks, view.timeout_ms));
    assert_eq!(by_hand.transactional_id(), view.transactional_id);
    assert_eq!(by_hand.is_odd(), generated.walked().odd);
    assert_eq!(by_hand.topics_len(), view.topic_data.len());
    let (mut walk, mut by_topics) = (by_hand.walk(), by_hand.walk());
    for b in view.topic_data.iter() {
        let a = walk.next_topic().expect("as many as announced");
        assert_eq!(by_topics.next_topic(), Some(a), "partitions that nobody asks for are skipped");
        assert_eq!((a.name, a.id, a.partitions as usize), (b.name, b.topic_id, b.partition_data.len()));
        for b in b.partition_data {
            let a = walk.next_partition().expect("as many as announced");
            assert_eq!((a.index, a.records), (b.index, b.records));
        }
        assert_eq!(walk.next_partition(), None);
    }
    assert_eq!((walk.next_topic(), by_topics.next_topic()), (None, None));
}

/// Version, then the body of a Fetch request.
pub fn fetch(input: &[u8]) {
    let Some((&version, body)) = input.split_first() else { return };
    let (version, body) = (i16::from(version), Bytes::copy_from_slice(body));
    let mut by_hand = FetchRequestBuf::default();
    let _ = by_hand.decode(body.clone(), version, 2);
    let result = by_hand.decode(body.clone(), version, usize::MAX);
    let generated = match (result, check::<FetchRequest>(&body, version, usize::MAX)) {
        (Ok(()), Ok(generated)) => generated,
        (Err(a), Err(b)) => return assert_eq!(a, b),
        (a, b) => panic!("by hand {:?}, generated {:?}", a.err(), b.err()),
    };
    let view = generated.view();
    assert_eq!((by_hand.session_id, by_hand.session_epoch), (view.session_id, view.session_epoch));
    assert_eq!((by_hand.rack_id(), by_hand.cluster_id()), (view.rack_id, view.cluster_id));
    assert_eq!(by_hand.odd, generated.walked().odd);
    assert_eq!(by_hand.topics().count(), view.topics.len());
    for ((name, id, partitions), b) in by_hand.topics().zip(view.topics.iter()) {
        assert_eq!((name, id, partitions.len()), (b.topic, b.topic_id, b.partitions.len()));
        for (a, b) in partitions.iter().zip(b.partitions) {
            assert_eq!(
                (a.index, a.fetch_offset, a.max_bytes),
                (b.partition, b.fetch_offset, b.partition_max_bytes)
            );
            assert_eq!((a.directory_id, a.high_watermark), (b.replica_directory_id, b.high_watermark));
        }
    }
    for ((name, id, partitions), b) in by_hand.forgotten().zip(view.forgotten_topics_data.iter()) {
        assert_eq!((name, id), (b.topic, b.topic_id));
        assert!(partitions.iter().copied().eq(b.partitions));
    }
}
