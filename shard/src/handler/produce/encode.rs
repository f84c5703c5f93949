//! Writing a ProduceResponse straight into the connection's output.
//!
//! Owner: the answering call. Invariants: topics and partitions in the request's order, each exactly once; no
//! allocation but the output's growth, unless there is an error to explain.

use super::room::Room;
use crate::conn::Connection;
use crate::core::Core;
use crate::env::Env;
use crate::handler::leader_hint::{self, Endpoints};
use crate::msg::Outcome;
use bytes::BytesMut;
use ringlog_wire::ErrorCode;
use ringlog_wire::hot::produce_response::{Body, PartitionAnswer, ProduceResponseWriter, append_frame};
use ringlog_wire::ids::TopicId;
use ringlog_wire::writer::{Encoded, Sink};

/// Of the request that is answered.
pub struct Head<'a, E: Env> {
    /// Version.
    pub version: i16,
    /// Echoed.
    pub correlation_id: i32,
    /// Where it came from.
    pub connection: &'a Connection<E>,
}

/// Appends a whole response frame to `out`: one answer per place of `room`, in their order.
///
/// # Panics
/// If a name came back longer than it was read: our defect.
pub fn response<E: Env>(core: &Core<E>, out: &mut BytesMut, head: &Head<'_, E>, room: &Room) {
    let moved =
        head.version >= 10 && room.places.iter().any(|p| p.outcome().error == ErrorCode::NotLeaderOrFollower);
    let endpoints = moved.then(|| Endpoints::of(core, head.connection));
    let answer = Answer { core, version: head.version, room, endpoints };
    append_frame(out, head.version, head.correlation_id, &answer).expect("what was read can be written");
}

struct Answer<'a, E: Env> {
    core: &'a Core<E>,
    version: i16,
    room: &'a Room,
    endpoints: Option<Endpoints>,
}

impl<E: Env> Body for Answer<'_, E> {
    fn write<S: Sink>(&self, sink: &mut S) -> Encoded {
        let mut w = ProduceResponseWriter::begin(sink, self.version, self.room.topics_len())?;
        for (name, id, places) in self.room.topics() {
            w.topic(name, id, places.len())?;
            for place in places {
                self.partition(&mut w, (name, id, place.index), place.outcome())?;
            }
            w.end_topic();
        }
        match &self.endpoints {
            None => w.finish(0, &[]),
            Some(endpoints) => w.finish(0, &endpoints.list()),
        }
    }
}

impl<E: Env> Answer<'_, E> {
    fn partition<S: Sink>(
        &self,
        w: &mut ProduceResponseWriter<'_, S>,
        (name, id, index): (&str, TopicId, i32),
        o: &Outcome,
    ) -> Encoded {
        let records = o.why.iter().flat_map(|w| &w.record_errors);
        let record_errors: Vec<_> = records.map(|(i, why)| (*i, Some(&**why))).collect();
        // KIP-951: who leads, so that the client need not ask.
        let current_leader = (self.version >= 10 && o.error == ErrorCode::NotLeaderOrFollower)
            .then(|| leader_hint::current(self.core, name, id, index))
            .flatten();
        w.partition(&PartitionAnswer {
            index,
            error_code: o.error.code(),
            base_offset: o.base_offset,
            log_append_time_ms: o.append_time,
            log_start_offset: o.log_start,
            record_errors: &record_errors,
            error_message: o.why.as_ref().map(|w| &*w.message),
            current_leader,
        })
    }
}
