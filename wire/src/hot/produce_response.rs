//! Produce responses, versions 3 to 13, written topic by topic into any sink.
//!
//! Owner: the answering call. Invariant: the same calls on a `Count` give the exact size beforehand.
//! Source: KIP-467 (record errors, 8), KIP-951 (leader and endpoints, 10), KIP-516 (topic ids, 13).

use super::{CurrentLeader, Endpoint, write_endpoints};
use crate::api::ApiKey;
use crate::header::{encode_response_head, response_head_len};
use crate::ids::TopicId;
use crate::writer::{self, Count, EncodeError, Encoded, Sink};
use bytes::BytesMut;

/// The answer for one partition.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PartitionAnswer<'a> {
    /// The partition's index.
    pub index: i32,
    /// 0 for success.
    pub error_code: i16,
    /// Offset of the first record; -1 with an error.
    pub base_offset: i64,
    /// -1 unless the topic has LogAppendTime.
    pub log_append_time_ms: i64,
    /// From version 5 on; -1 with an error.
    pub log_start_offset: i64,
    /// Batch index and message, from version 8 on.
    pub record_errors: &'a [(i32, Option<&'a str>)],
    /// From version 8 on.
    pub error_message: Option<&'a str>,
    /// From version 10 on, with NOT_LEADER_OR_FOLLOWER.
    pub current_leader: Option<CurrentLeader>,
}

/// Writes one response body. The caller keeps to the counts that it announces.
#[derive(Debug)]
pub struct ProduceResponseWriter<'s, S: Sink> {
    sink: &'s mut S,
    version: i16,
    flexible: bool,
}

impl<'s, S: Sink> ProduceResponseWriter<'s, S> {
    /// Begins a body with `topics` topics. `version`: 3 to 13, already checked with the request.
    pub fn begin(sink: &'s mut S, version: i16, topics: usize) -> Result<Self, EncodeError> {
        let flexible = version >= 9;
        sink.count(flexible, topics)?;
        Ok(Self { sink, version, flexible })
    }

    /// Begins a topic with `partitions` partitions; its name counts before version 13, its id from there on.
    pub fn topic(&mut self, name: &str, id: TopicId, partitions: usize) -> Encoded {
        if self.version >= 13 {
            self.sink.uuid(id);
        } else {
            self.sink.string(self.flexible, name)?;
        }
        self.sink.count(self.flexible, partitions)
    }

    /// Writes one partition.
    pub fn partition(&mut self, p: &PartitionAnswer<'_>) -> Encoded {
        let s = &mut *self.sink;
        s.int32(p.index);
        s.int16(p.error_code);
        s.int64(p.base_offset);
        s.int64(p.log_append_time_ms);
        if self.version >= 5 {
            s.int64(p.log_start_offset);
        }
        if self.version >= 8 {
            s.count(self.flexible, p.record_errors.len())?;
            for (index, message) in p.record_errors {
                s.int32(*index);
                s.nullable_string(self.flexible, *message)?;
                if self.flexible {
                    s.uvarint(0);
                }
            }
            s.nullable_string(self.flexible, p.error_message)?;
        }
        if self.flexible {
            let leader = p.current_leader.filter(|_| self.version >= 10);
            s.uvarint(u32::from(leader.is_some()));
            if let Some(leader) = leader {
                writer::tagged(s, 0, &|s| leader.write(s))?;
            }
        }
        Ok(())
    }

    /// Ends a topic.
    pub fn end_topic(&mut self) {
        if self.flexible {
            self.sink.uvarint(0);
        }
    }

    /// Ends the body. `endpoints`: of the leaders named, from version 10 on.
    pub fn finish(self, throttle_time_ms: i32, endpoints: &[Endpoint<'_>]) -> Encoded {
        self.sink.int32(throttle_time_ms);
        if self.flexible {
            write_endpoints(self.sink, if self.version >= 10 { endpoints } else { &[] })?;
        }
        Ok(())
    }
}

/// What writes a body into a sink; runs twice, first to be counted.
pub trait Body {
    /// Writes the body.
    fn write<S: Sink>(&self, sink: &mut S) -> Encoded;
}

/// Appends a whole response frame to `out`: size, header, body. Grows `out` at most once.
///
/// Errors: as the body's, or `TooLong` above 2 GiB; nothing is appended then.
pub fn append_frame(out: &mut BytesMut, version: i16, correlation_id: i32, body: &impl Body) -> Encoded {
    let mut count = Count(0);
    body.write(&mut count)?;
    let size = response_head_len(ApiKey::Produce, version) + count.0;
    let announced = i32::try_from(size).map_err(|_| EncodeError::TooLong(size))?;
    out.reserve(4 + size);
    let start = out.len();
    out.int32(announced);
    encode_response_head(out, ApiKey::Produce, version, correlation_id);
    body.write(out)?;
    assert_eq!(out.len() - start, 4 + size, "counted and written length of a produce response differ");
    Ok(())
}
