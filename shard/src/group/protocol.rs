//! The bytes of the classic "consumer" protocol that members exchange through the broker: subscriptions and
//! assignments, each behind its version.
//!
//! Owner: one event. Pure. Invariants: a version above the newest known is read as the newest, as clients do;
//! what is read does not share memory with the request.

use super::consumer::Partitions;
use crate::image::MetadataImage;
use bytes::{BufMut, Bytes, BytesMut};
use ringlog_wire::generated::consumer_protocol_assignment::TopicPartition;
use ringlog_wire::generated::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use ringlog_wire::message::Message;
use ringlog_wire::reader::{DecodeError, Reader};

/// The protocol type of ordinary consumers, whose metadata the broker may look into.
pub const CONSUMER: &str = "consumer";

/// Decoded bytes that one subscription or assignment may use.
const HEAP_MAX: usize = 16 << 20;

fn read<M: Message>(bytes: &Bytes) -> Result<M, DecodeError> {
    let mut r = Reader::new(bytes, HEAP_MAX);
    let version = r.int16()?;
    if version < M::MIN {
        return Err(DecodeError::Version { found: version, min: M::MIN, max: M::MAX });
    }
    M::decode(&mut r, version.min(M::MAX))
}

/// Reads a member's metadata. Errors: it is none.
pub fn subscription(metadata: &Bytes) -> Result<ConsumerProtocolSubscription, DecodeError> {
    read(metadata)
}

/// Reads what a leader gave a member; no bytes are an empty assignment. Errors: it is none.
pub fn assignment(bytes: &Bytes) -> Result<ConsumerProtocolAssignment, DecodeError> {
    if bytes.is_empty() { Ok(ConsumerProtocolAssignment::default()) } else { read(bytes) }
}

/// Named partitions by id; those that do not exist are left out.
pub fn by_id<'a>(named: impl Iterator<Item = (&'a str, &'a [i32])>, image: &MetadataImage) -> Partitions {
    let known = named.filter_map(|(name, ps)| Some((image.topic_named(name)?, ps)));
    Partitions::collect(known.flat_map(|(topic, ps)| {
        let exists = |p: &&i32| usize::try_from(**p).is_ok_and(|p| p < topic.partitions.len());
        ps.iter().filter(exists).map(|p| (topic.id, *p))
    }))
}

/// The partitions that a subscription says its member owns.
pub fn owned(subscription: &ConsumerProtocolSubscription, image: &MetadataImage) -> Partitions {
    by_id(subscription.owned_partitions.iter().map(|t| (t.topic.as_str(), t.partitions.as_slice())), image)
}

/// An assignment as the member with this metadata reads it.
pub fn write(partitions: &Partitions, metadata: &Bytes, image: &MetadataImage) -> Bytes {
    let newest = ConsumerProtocolAssignment::MAX;
    let version = Reader::new(metadata, HEAP_MAX).int16().unwrap_or(0).clamp(0, newest);
    let named = partitions.0.iter().filter_map(|(id, ps)| {
        let topic = image.topic(*id)?;
        Some(TopicPartition { topic: topic.name.to_string(), partitions: ps.iter().copied().collect() })
    });
    let value = ConsumerProtocolAssignment { assigned_partitions: named.collect(), user_data: None };
    let mut bytes = BytesMut::with_capacity(64);
    bytes.put_i16(version);
    value.encode(&mut bytes, version).expect("topic names and partition indexes fit every version");
    bytes.freeze()
}
