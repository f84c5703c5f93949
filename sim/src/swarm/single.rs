//! One batch to one partition, by a client that has its topic for itself.
//!
//! Owner: the task of the client. Invariant: what is sent was offered to the history first, and what is acknowledged
//! is judged by it.

use super::world::{Topic, World};
use crate::check::Tp;
use crate::check::offered::{BatchNo, Wish};
use ringlog_wire::generated::ProduceRequest;
use ringlog_wire::generated::produce_request::{PartitionProduceData, TopicProduceData};
use ringlog_wire::generated::produce_response::PartitionProduceResponse;

/// Produce by topic id, where a name could mean another incarnation.
pub const VERSION: i16 = 13;

/// A random partition of `topic`.
pub fn partition(world: &World, topic: &Topic) -> Tp {
    let index = world.sim.rng().below(u64::try_from(topic.partitions).unwrap_or(1));
    (topic.id, i32::try_from(index).unwrap_or(0))
}

/// Offers a batch for `tp`: its number in the history, and the request that sends it.
pub fn offer(world: &World, topic: &Topic, tp: Tp, wish: &Wish) -> (BatchNo, ProduceRequest) {
    let mut history = world.history.borrow_mut();
    let stream = (world.stream() << 16, 1);
    let (no, bytes) = history.offer(tp, wish, stream, (world.now(), world.sim.wall_ms()));
    history.sending(no);
    history.note(no, |b| b.doubtful = true);
    let data = PartitionProduceData { index: tp.1, records: Some(bytes) };
    let named = TopicProduceData { name: topic.name.clone(), topic_id: tp.0, partition_data: vec![data] };
    let topic_data = vec![named];
    (no, ProduceRequest { acks: -1, timeout_ms: 30_000, topic_data, ..ProduceRequest::default() })
}

/// Batch `no` was acknowledged.
pub fn acked(world: &World, tp: Tp, no: BatchNo, answer: &PartitionProduceResponse) {
    let (now, time) = (world.now(), answer.log_append_time_ms);
    let verdict = world.history.borrow_mut().acked(no, answer.base_offset, time, now);
    world.judge(Some(tp), verdict);
}
