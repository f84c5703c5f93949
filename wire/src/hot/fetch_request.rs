//! A Fetch request, versions 4 to 18, decoded into vectors that are kept for the next one.
//!
//! Owner: one connection or one core. Invariants: memory grows as elements arrive, never by an announced count;
//! names stay in the frame. After an error the contents are unspecified.
//! Source: KIP-227 (sessions), KIP-392 (rack), KIP-516 (ids), KIP-595, KIP-903 (replica state), KIP-1166.

use super::{bounded, name};
use crate::ids::TopicId;
use crate::reader::{DecodeError, Reader, check_version};
use bytes::Bytes;

/// First and last version read here.
pub const VERSIONS: (i16, i16) = (4, 18);

/// One partition wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FetchPartition {
    /// The partition's index.
    pub index: i32,
    /// From version 9 on; -1 for none.
    pub current_leader_epoch: i32,
    /// First offset wanted.
    pub fetch_offset: i64,
    /// From version 12 on; -1 for none.
    pub last_fetched_epoch: i32,
    /// The follower's log start, from version 5 on; -1 from consumers.
    pub log_start_offset: i64,
    /// Most bytes of this partition.
    pub max_bytes: i32,
    /// The follower's directory, from version 17 on; zero from consumers.
    pub directory_id: TopicId,
    /// The high watermark that the follower knows, version 18; 2^63-1 for none.
    pub high_watermark: i64,
}

#[derive(Clone, Copy, Debug)]
struct TopicEntry {
    name: (usize, usize),
    id: TopicId,
    /// Partitions of all topics up to and with this one.
    end: usize,
}

/// The request, and the room for the next.
#[derive(Clone, Debug, Default)]
pub struct FetchRequestBuf {
    body: Bytes,
    /// Follower's id; -1 from consumers.
    pub replica_id: i32,
    /// Follower's broker epoch, from version 15 on; -1 for none.
    pub replica_epoch: i64,
    /// Longest wait.
    pub max_wait_ms: i32,
    /// Bytes to wait for.
    pub min_bytes: i32,
    /// Most bytes of the response.
    pub max_bytes: i32,
    /// 0 read_uncommitted, 1 read_committed.
    pub isolation_level: i8,
    /// Fetch session, from version 7 on; 0 for none.
    pub session_id: i32,
    /// Its epoch; -1 ends or forgoes a session, 0 opens one.
    pub session_epoch: i32,
    rack: (usize, usize),
    cluster: Option<(usize, usize)>,
    topics: Vec<TopicEntry>,
    partitions: Vec<FetchPartition>,
    forgotten: Vec<TopicEntry>,
    forgotten_partitions: Vec<i32>,
    /// Trailing bytes or unordered tags were tolerated; for a metric.
    pub odd: bool,
}

/// Entries kept for the next request; what a rare huge request took beyond that is given back.
const KEEP_MAX: usize = 4096;

/// Heap bytes of a decoded request per byte of its frame, at most: a topic without partitions is 6 bytes and 48,
/// and a vector that grows holds its old half beside the new.
const MEMORY_RATIO: usize = 24;

impl FetchRequestBuf {
    /// Bytes that decoding a body of `len` bytes may take at most: to be charged before.
    #[must_use]
    pub fn memory_max(len: usize, partitions_max: usize) -> usize {
        let entries = size_of::<FetchPartition>() + size_of::<TopicEntry>();
        len.saturating_mul(MEMORY_RATIO).min(partitions_max.saturating_mul(3 * entries))
    }

    /// Decodes `body` in place of what was there. `body`: the frame behind the request header; kept until
    /// `clear` or the next decode. `partitions_max`: most topics, and most partitions of all topics, forgotten ones
    /// included.
    ///
    /// Errors: any `DecodeError`; too many topics or partitions are `CountTooLarge`. O(partitions).
    pub fn decode(&mut self, body: Bytes, version: i16, partitions_max: usize) -> Result<(), DecodeError> {
        check_version(version, VERSIONS.0, VERSIONS.1)?;
        self.clear();
        let mut r = Reader::new(&body, 0);
        let flexible = version >= 12;
        self.replica_id = if version <= 14 { r.int32()? } else { -1 };
        self.replica_epoch = -1;
        self.max_wait_ms = r.int32()?;
        self.min_bytes = r.int32()?;
        self.max_bytes = r.int32()?;
        self.isolation_level = r.int8()?;
        self.session_id = if version >= 7 { r.int32()? } else { 0 };
        self.session_epoch = if version >= 7 { r.int32()? } else { -1 };
        let mut left = partitions_max;
        self.read_topics(&mut r, &body, version, &mut left)?;
        if version >= 7 {
            self.read_forgotten(&mut r, &body, version, &mut left)?;
        }
        if version >= 11 {
            self.rack = range(&body, name(&mut r, flexible)?);
        }
        if flexible {
            let known = if version >= 15 { 0b11 } else { 0b1 };
            let mut tags = r.tags(known)?;
            while let Some(tag) = tags.next(&mut r)? {
                if tag == 0 {
                    self.cluster = r.nullable_str(true)?.map(|c| range(&body, c));
                } else {
                    self.replica_id = r.int32()?;
                    self.replica_epoch = r.int64()?;
                    r.skip_tags()?;
                }
            }
        }
        self.odd = r.finish_lenient();
        self.body = body;
        Ok(())
    }

    /// Forgets the request and lets go of its frame; keeps the room.
    pub fn clear(&mut self) {
        self.body = Bytes::new();
        self.rack = (0, 0);
        self.cluster = None;
        self.topics.clear();
        self.partitions.clear();
        self.forgotten.clear();
        self.forgotten_partitions.clear();
        self.topics.shrink_to(KEEP_MAX);
        self.partitions.shrink_to(KEEP_MAX);
        self.forgotten.shrink_to(KEEP_MAX);
        self.forgotten_partitions.shrink_to(KEEP_MAX);
    }

    fn read_topics(
        &mut self,
        r: &mut Reader<'_>,
        body: &Bytes,
        version: i16,
        left: &mut usize,
    ) -> Result<(), DecodeError> {
        let flexible = version >= 12;
        let smallest = match version {
            ..=4 => 16,
            5..=8 => 24,
            9..=11 => 28,
            _ => 33,
        };
        let mut topics_left = *left;
        for _ in 0..bounded(topics_len(r, version)?, &mut topics_left)? {
            let (name, id) = topic_key(r, body, version)?;
            for _ in 0..bounded(r.array_len(flexible, smallest)?, left)? {
                let partition = read_partition(r, version)?;
                self.partitions.push(partition);
            }
            if flexible {
                r.skip_tags()?;
            }
            self.topics.push(TopicEntry { name, id, end: self.partitions.len() });
        }
        Ok(())
    }

    fn read_forgotten(
        &mut self,
        r: &mut Reader<'_>,
        body: &Bytes,
        version: i16,
        left: &mut usize,
    ) -> Result<(), DecodeError> {
        let flexible = version >= 12;
        let mut topics_left = *left;
        for _ in 0..bounded(topics_len(r, version)?, &mut topics_left)? {
            let (name, id) = topic_key(r, body, version)?;
            for _ in 0..bounded(r.array_len(flexible, 4)?, left)? {
                self.forgotten_partitions.push(r.int32()?);
            }
            if flexible {
                r.skip_tags()?;
            }
            self.forgotten.push(TopicEntry { name, id, end: self.forgotten_partitions.len() });
        }
        Ok(())
    }

    /// The client's rack, from version 11 on; empty for none.
    #[must_use]
    pub fn rack_id(&self) -> &str {
        self.text(self.rack)
    }

    /// The cluster that a Raft fetch means, if it says so.
    #[must_use]
    pub fn cluster_id(&self) -> Option<&str> {
        self.cluster.map(|c| self.text(c))
    }

    /// Topics in the request's order: name (empty from version 13 on), id (zero before), partitions.
    pub fn topics(&self) -> impl Iterator<Item = (&str, TopicId, &[FetchPartition])> {
        runs(&self.topics, &self.partitions).map(|(t, p)| (self.text(t.name), t.id, p))
    }

    /// Bytes that the decoded request takes beside its frame.
    #[must_use]
    pub fn memory(&self) -> usize {
        let topics = (self.topics.len() + self.forgotten.len()) * size_of::<TopicEntry>();
        topics + size_of_val(self.partitions.as_slice()) + size_of_val(self.forgotten_partitions.as_slice())
    }

    /// All partitions of all topics.
    #[must_use]
    pub fn partitions_len(&self) -> usize {
        self.partitions.len()
    }

    /// Topics and partitions that the session is to forget.
    pub fn forgotten(&self) -> impl Iterator<Item = (&str, TopicId, &[i32])> {
        runs(&self.forgotten, &self.forgotten_partitions).map(|(t, p)| (self.text(t.name), t.id, p))
    }

    /// Ranges were made from checked text of this frame.
    fn text(&self, (from, len): (usize, usize)) -> &str {
        self.body.get(from..from + len).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
    }
}

fn runs<'a, T>(topics: &'a [TopicEntry], all: &'a [T]) -> impl Iterator<Item = (&'a TopicEntry, &'a [T])> {
    topics.iter().scan(0, move |from, t| {
        let run = all.get(*from..t.end).unwrap_or_default();
        *from = t.end;
        Some((t, run))
    })
}

/// Where `text`, a slice of `body`, lies in it.
fn range(body: &Bytes, text: &str) -> (usize, usize) {
    if text.is_empty() {
        return (0, 0);
    }
    (text.as_ptr().addr().saturating_sub(body.as_ptr().addr()), text.len())
}

fn topics_len(r: &mut Reader<'_>, version: i16) -> Result<Option<u32>, DecodeError> {
    let smallest = match version {
        ..=11 => 6,
        12 => 3,
        _ => 18,
    };
    r.array_len(version >= 12, smallest)
}

fn topic_key(
    r: &mut Reader<'_>,
    body: &Bytes,
    version: i16,
) -> Result<((usize, usize), TopicId), DecodeError> {
    if version >= 13 {
        return Ok(((0, 0), r.uuid()?));
    }
    Ok((range(body, name(r, version >= 12)?), TopicId::ZERO))
}

fn read_partition(r: &mut Reader<'_>, version: i16) -> Result<FetchPartition, DecodeError> {
    let mut p = FetchPartition {
        index: r.int32()?,
        current_leader_epoch: if version >= 9 { r.int32()? } else { -1 },
        fetch_offset: r.int64()?,
        last_fetched_epoch: if version >= 12 { r.int32()? } else { -1 },
        log_start_offset: if version >= 5 { r.int64()? } else { -1 },
        max_bytes: r.int32()?,
        directory_id: TopicId::ZERO,
        high_watermark: i64::MAX,
    };
    if version >= 12 {
        let known = match version {
            ..=16 => 0,
            17 => 0b1,
            _ => 0b11,
        };
        let mut tags = r.tags(known)?;
        while let Some(tag) = tags.next(r)? {
            if tag == 0 {
                p.directory_id = r.uuid()?;
            } else {
                p.high_watermark = r.int64()?;
            }
        }
    }
    Ok(p)
}
