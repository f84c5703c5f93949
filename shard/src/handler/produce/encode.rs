//! Writing a ProduceResponse straight into the connection's output.
//!
//! Owner: the answering call. Invariants: topics and partitions in the request's order, each exactly once; no
//! allocation but the output's growth.

use crate::conn::Connection;
use crate::core::Core;
use crate::env::Env;
use crate::handler::leader_hint;
use crate::msg::Outcome;
use bytes::BytesMut;
use ringlog_wire::generated::produce_request::TopicProduceData;
use ringlog_wire::header::encode_response_head;
use ringlog_wire::writer::{self, Encoded, Sink};
use ringlog_wire::{ApiKey, ErrorCode};

/// Of the request that is answered.
pub struct Head<'a, E: Env> {
    /// Version.
    pub version: i16,
    /// Echoed.
    pub correlation_id: i32,
    /// Where it came from.
    pub connection: &'a Connection<E>,
}

/// Appends a whole response frame to `out`. `answer`: the request's topics, and one outcome per partition in
/// their order.
///
/// # Panics
/// If a name came back longer than it was read: our defect.
pub fn response<E: Env>(
    core: &Core<E>,
    out: &mut BytesMut,
    head: &Head<'_, E>,
    answer: (&[TopicProduceData], &[Outcome]),
) {
    let start = out.len();
    out.int32(0);
    encode_response_head(out, ApiKey::Produce, head.version, head.correlation_id);
    body(core, out, head, answer).expect("what was decoded can be encoded");
    let len = i32::try_from(out.len() - start - 4).expect("a response without records is small");
    if let Some(size) = out.get_mut(start..start + 4) {
        size.copy_from_slice(&len.to_be_bytes());
    }
}

fn body<E: Env>(
    core: &Core<E>,
    out: &mut BytesMut,
    head: &Head<'_, E>,
    (topics, outcomes): (&[TopicProduceData], &[Outcome]),
) -> Encoded {
    let version = head.version;
    let flexible = version >= 9;
    let mut outcomes = outcomes.iter();
    let mut moved = false;
    out.count(flexible, topics.len())?;
    for topic in topics {
        if version <= 12 {
            out.string(flexible, &topic.name)?;
        } else {
            out.uuid(topic.topic_id);
        }
        out.count(flexible, topic.partition_data.len())?;
        for p in &topic.partition_data {
            let outcome = outcomes.next().expect("one outcome per partition");
            moved |= outcome.error == ErrorCode::NotLeaderOrFollower;
            partition(core, out, version, (topic, p.index), outcome)?;
        }
        if flexible {
            out.uvarint(0);
        }
    }
    out.int32(0); // throttle time
    if version >= 10 && moved {
        out.uvarint(1);
        writer::tagged(out, 0, &|s| leader_hint::node_endpoints(core, head.connection, s))?;
    } else if flexible {
        out.uvarint(0);
    }
    Ok(())
}

fn partition<E: Env>(
    core: &Core<E>,
    out: &mut BytesMut,
    version: i16,
    (topic, index): (&TopicProduceData, i32),
    o: &Outcome,
) -> Encoded {
    let flexible = version >= 9;
    out.int32(index);
    out.int16(o.error.code());
    out.int64(o.base_offset);
    out.int64(o.append_time);
    if version >= 5 {
        out.int64(o.log_start);
    }
    if version >= 8 {
        out.count(flexible, o.record_errors.len())?;
        for (record, message) in &o.record_errors {
            out.int32(*record);
            out.nullable_string(flexible, message.as_deref())?;
            if flexible {
                out.uvarint(0);
            }
        }
        out.nullable_string(flexible, o.message.as_deref())?;
    }
    if flexible {
        // KIP-951: who leads, so that the client need not ask.
        let leader = (version >= 10 && o.error == ErrorCode::NotLeaderOrFollower)
            .then(|| leader_hint::current(core, &topic.name, topic.topic_id, index))
            .flatten();
        match leader {
            None => out.uvarint(0),
            Some((id, epoch)) => {
                out.uvarint(1);
                writer::tagged(out, 0, &|s| leader_hint::encode(s, id, epoch))?;
            }
        }
    }
    Ok(())
}
