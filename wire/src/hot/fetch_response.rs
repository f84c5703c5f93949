//! Fetch responses, versions 4 to 18, as heads between which the caller puts the records.
//!
//! Owner: the answering call. Invariants: record bytes never pass through here, only their lengths; all heads
//! lie in one allocation; the frame's size counts heads and records; records are never null (clients print
//! errors for that), an empty partition has length 0.
//!
//! ```text
//! size, header, … partition 0 ┊records 0┊ tags, partition 1 ┊records 1┊ tags, … end
//! └────────── head 0 ─────────┘         └───── head 1 ──────┘         └─ last head ┘
//! ```

use super::{CurrentLeader, Endpoint, write_endpoints};
use crate::api::ApiKey;
use crate::header::encode_response_head;
use crate::ids::TopicId;
use crate::writer::{self, EncodeError, Encoded, Sink};
use bytes::{Bytes, BytesMut};

/// The head of a response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResponseHead {
    /// Echoed.
    pub correlation_id: i32,
    /// 0 for none.
    pub throttle_time_ms: i32,
    /// Of the session, from version 7 on.
    pub error_code: i16,
    /// From version 7 on; 0 for none.
    pub session_id: i32,
    /// Topics that will follow.
    pub topics: usize,
}

/// The answer for one partition, all but its records.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PartitionHead<'a> {
    /// The partition's index.
    pub index: i32,
    /// 0 for success.
    pub error_code: i16,
    /// -1 with an error that does not tell it.
    pub high_watermark: i64,
    /// -1 likewise.
    pub last_stable_offset: i64,
    /// From version 5 on; -1 likewise.
    pub log_start_offset: i64,
    /// Producer id and first offset, for read_committed; `None` is null.
    pub aborted: Option<&'a [(i64, i64)]>,
    /// From version 11 on; -1 for none (KIP-392).
    pub preferred_read_replica: i32,
    /// Epoch and end offset, from version 12 on (KIP-595).
    pub diverging_epoch: Option<(i32, i64)>,
    /// From version 12 on (KIP-595, KIP-951).
    pub current_leader: Option<CurrentLeader>,
    /// End offset and epoch, from version 12 on (KIP-630).
    pub snapshot_id: Option<(i64, i32)>,
}

impl PartitionHead<'_> {
    /// An answer without offsets: what an error says, or the base for struct update.
    #[must_use]
    pub fn empty(index: i32, error_code: i16) -> Self {
        Self {
            index,
            error_code,
            high_watermark: -1,
            last_stable_offset: -1,
            log_start_offset: -1,
            aborted: Some(&[]),
            preferred_read_replica: -1,
            diverging_epoch: None,
            current_leader: None,
            snapshot_id: None,
        }
    }
}

/// A cut: the records of one partition belong at this position of the heads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Cut {
    at: usize,
    records: usize,
}

/// One response frame: its heads, to be sent with the records between them, and the room for the next.
#[derive(Debug, Default)]
pub struct FetchFrame {
    heads: BytesMut,
    cuts: Vec<Cut>,
}

/// Cuts kept for the next frame.
const KEEP_MAX: usize = 4096;

impl FetchFrame {
    /// Begins a frame in place of what was there. `version`: 4 to 18, already checked with the request. `room`:
    /// expected bytes of heads; about 64 a partition is right.
    ///
    /// Errors: `TooLong` for more than 2^31-1 topics.
    pub fn begin(
        &mut self,
        version: i16,
        head: ResponseHead,
        room: usize,
    ) -> Result<FetchResponseWriter<'_>, EncodeError> {
        let flexible = version >= 12;
        let Self { heads: out, cuts } = self;
        out.clear();
        cuts.clear();
        cuts.shrink_to(KEEP_MAX);
        out.reserve(room.max(64));
        out.int32(0); // the size, written by `finish`
        encode_response_head(out, ApiKey::Fetch, version, head.correlation_id);
        out.int32(head.throttle_time_ms);
        if version >= 7 {
            out.int16(head.error_code);
            out.int32(head.session_id);
        }
        out.count(flexible, head.topics)?;
        Ok(FetchResponseWriter { out, cuts, version, flexible })
    }

    /// Bytes of the frame on the wire, its size field included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len() + self.cuts.iter().map(|c| c.records).sum::<usize>()
    }

    /// True before `begin` and after `take_heads`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Takes the heads out in order, each with the bytes of records that follow it: those of the next partition
    /// that has any. The last head is followed by none. Their memory serves the next frame once all are dropped.
    pub fn take_heads(&mut self) -> impl Iterator<Item = (Bytes, usize)> {
        let Self { heads, cuts } = self;
        let last = Cut { at: heads.len(), records: 0 };
        let mut from = 0;
        cuts.drain(..).chain(std::iter::once(last)).map(move |cut| {
            let head = heads.split_to(cut.at - from).freeze();
            from = cut.at;
            (head, cut.records)
        })
    }
}

/// Writes the heads of one response. The caller keeps to the counts that it announces.
#[derive(Debug)]
pub struct FetchResponseWriter<'f> {
    out: &'f mut BytesMut,
    cuts: &'f mut Vec<Cut>,
    version: i16,
    flexible: bool,
}

impl FetchResponseWriter<'_> {
    /// Begins a topic; its name counts before version 13, its id from there on.
    pub fn topic(&mut self, name: &str, id: TopicId, partitions: usize) -> Encoded {
        if self.version >= 13 {
            self.out.uuid(id);
        } else {
            self.out.string(self.flexible, name)?;
        }
        self.out.count(self.flexible, partitions)
    }

    /// Writes one partition whose records are `records` bytes.
    pub fn partition(&mut self, p: &PartitionHead<'_>, records: usize) -> Encoded {
        let out = &mut *self.out;
        out.int32(p.index);
        out.int16(p.error_code);
        out.int64(p.high_watermark);
        out.int64(p.last_stable_offset);
        if self.version >= 5 {
            out.int64(p.log_start_offset);
        }
        match p.aborted {
            None => out.null(self.flexible),
            Some(aborted) => {
                out.count(self.flexible, aborted.len())?;
                for (producer_id, first_offset) in aborted {
                    out.int64(*producer_id);
                    out.int64(*first_offset);
                    if self.flexible {
                        out.uvarint(0);
                    }
                }
            }
        }
        if self.version >= 11 {
            out.int32(p.preferred_read_replica);
        }
        out.count(self.flexible, records)?;
        if records > 0 {
            self.cuts.push(Cut { at: self.out.len(), records });
        }
        if self.flexible { self.tags(p) } else { Ok(()) }
    }

    fn tags(&mut self, p: &PartitionHead<'_>) -> Encoded {
        let out = &mut *self.out;
        let set = [p.diverging_epoch.is_some(), p.current_leader.is_some(), p.snapshot_id.is_some()];
        out.uvarint(set.iter().map(|s| u32::from(*s)).sum());
        if let Some((epoch, end_offset)) = p.diverging_epoch {
            writer::tagged(out, 0, &|s| {
                s.int32(epoch);
                s.int64(end_offset);
                s.uvarint(0);
                Ok(())
            })?;
        }
        if let Some(leader) = p.current_leader {
            writer::tagged(out, 1, &|s| leader.write(s))?;
        }
        if let Some((end_offset, epoch)) = p.snapshot_id {
            writer::tagged(out, 2, &|s| {
                s.int64(end_offset);
                s.int32(epoch);
                s.uvarint(0);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Ends a topic.
    pub fn end_topic(&mut self) {
        if self.flexible {
            self.out.uvarint(0);
        }
    }

    /// Ends the frame. `endpoints`: of the leaders named, from version 16 on. Returns its bytes on the wire.
    ///
    /// Errors: `TooLong` if heads and records together pass 2 GiB.
    pub fn finish(self, endpoints: &[Endpoint<'_>]) -> Result<usize, EncodeError> {
        if self.flexible {
            write_endpoints(self.out, if self.version >= 16 { endpoints } else { &[] })?;
        }
        let records: usize = self.cuts.iter().map(|c| c.records).sum();
        let size = self.out.len() - 4 + records;
        let announced = i32::try_from(size).map_err(|_| EncodeError::TooLong(size))?;
        let (head, _) = self.out.split_first_chunk_mut::<4>().expect("begin wrote the size");
        *head = announced.to_be_bytes();
        Ok(4 + size)
    }
}
