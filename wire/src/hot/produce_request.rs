//! A Produce request read in place: one pass to check it all, then iterators that cannot fail.
//!
//! Owner: the call that serves it. Invariants: `parse` has walked every topic and partition before any record is
//! looked at, so a malformed request appends nothing; records are slices of the frame; no allocation.

use super::name;
use crate::ids::TopicId;
use crate::reader::{DecodeError, Reader, check_version};
use bytes::Bytes;

/// First and last version read here.
pub const VERSIONS: (i16, i16) = (3, 13);

/// A checked request. Cloning shares the frame.
#[derive(Clone, Debug)]
pub struct ProduceView {
    body: Bytes,
    version: i16,
    acks: i16,
    timeout_ms: i32,
    topics: u32,
    partitions: usize,
    odd: bool,
}

/// One topic of a request.
#[derive(Clone, Debug)]
pub struct TopicView<'a> {
    /// Its name; empty from version 13 on.
    pub name: &'a str,
    /// Its id; zero before version 13.
    pub id: TopicId,
    reader: Reader<'a>,
    left: u32,
    flexible: bool,
}

/// One partition of a topic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartitionView {
    /// The partition's index, as on the wire.
    pub index: i32,
    /// Its records; `None` for null, which is to be answered with an error, never to be dropped.
    pub records: Option<Bytes>,
}

impl ProduceView {
    /// Checks the body of a request. `body`: the frame behind the request header; shared, not copied.
    ///
    /// Errors: any `DecodeError`; the connection is to be closed. O(partitions), records are skipped.
    pub fn parse(body: Bytes, version: i16) -> Result<Self, DecodeError> {
        check_version(version, VERSIONS.0, VERSIONS.1)?;
        let flexible = version >= 9;
        let mut r = Reader::new(&body, 0);
        r.nullable_str(flexible)?;
        let (acks, timeout_ms) = (r.int16()?, r.int32()?);
        let topics = topics_len(&mut r, version)?;
        let mut partitions = 0usize;
        for _ in 0..topics {
            let (_, _, count) = topic_head(&mut r, version)?;
            partitions = partitions.saturating_add(count as usize);
            for _ in 0..count {
                partition(&mut r, flexible)?;
            }
            if flexible {
                r.skip_tags()?;
            }
        }
        if flexible {
            r.skip_tags()?;
        }
        let odd = r.finish_lenient();
        Ok(Self { version, acks, timeout_ms, topics, partitions, odd, body })
    }

    /// The transactional id, if any.
    #[must_use]
    pub fn transactional_id(&self) -> Option<&str> {
        Reader::new(&self.body, 0).nullable_str(self.version >= 9).ok().flatten()
    }

    /// As on the wire: -1, 0, 1 or nonsense.
    #[must_use]
    pub fn acks(&self) -> i16 {
        self.acks
    }

    /// As on the wire.
    #[must_use]
    pub fn timeout_ms(&self) -> i32 {
        self.timeout_ms
    }

    /// The version it was parsed as.
    #[must_use]
    pub fn version(&self) -> i16 {
        self.version
    }

    /// Topics in the request; one may stand there twice.
    #[must_use]
    pub fn topics_len(&self) -> usize {
        self.topics as usize
    }

    /// Partitions of all topics.
    #[must_use]
    pub fn partitions_len(&self) -> usize {
        self.partitions
    }

    /// Trailing bytes or unordered tags were tolerated; for a metric.
    #[must_use]
    pub fn is_odd(&self) -> bool {
        self.odd
    }

    /// The topics in the request's order.
    #[must_use]
    pub fn topics(&self) -> Topics<'_> {
        let mut reader = Reader::new(&self.body, 0);
        // Walked before, by `parse`: an error here cannot be, and would read as an empty request.
        let left = self.skip_head(&mut reader).unwrap_or(0);
        Topics { reader, left, version: self.version }
    }

    fn skip_head(&self, r: &mut Reader<'_>) -> Result<u32, DecodeError> {
        r.nullable_str(self.version >= 9)?;
        r.int16()?;
        r.int32()?;
        topics_len(r, self.version)
    }
}

fn topics_len(r: &mut Reader<'_>, version: i16) -> Result<u32, DecodeError> {
    let smallest = match version {
        ..=8 => 6,
        9..=12 => 3,
        _ => 18,
    };
    r.array_len(version >= 9, smallest)?.ok_or(DecodeError::Null)
}

fn topic_head<'a>(r: &mut Reader<'a>, version: i16) -> Result<(&'a str, TopicId, u32), DecodeError> {
    let flexible = version >= 9;
    let (topic, id) = if version >= 13 { ("", r.uuid()?) } else { (name(r, flexible)?, TopicId::ZERO) };
    let count = r.array_len(flexible, if flexible { 6 } else { 8 })?.ok_or(DecodeError::Null)?;
    Ok((topic, id, count))
}

fn partition(r: &mut Reader<'_>, flexible: bool) -> Result<PartitionView, DecodeError> {
    let view = PartitionView { index: r.int32()?, records: r.nullable_bytes(flexible)? };
    if flexible {
        r.skip_tags()?;
    }
    Ok(view)
}

/// The topics of a request.
#[derive(Clone, Debug)]
pub struct Topics<'a> {
    reader: Reader<'a>,
    left: u32,
    version: i16,
}

impl<'a> Topics<'a> {
    fn read(&mut self) -> Result<TopicView<'a>, DecodeError> {
        let flexible = self.version >= 9;
        let (name, id, count) = topic_head(&mut self.reader, self.version)?;
        let topic = TopicView { name, id, reader: self.reader.clone(), left: count, flexible };
        for _ in 0..count {
            partition(&mut self.reader, flexible)?;
        }
        if flexible {
            self.reader.skip_tags()?;
        }
        Ok(topic)
    }
}

impl<'a> Iterator for Topics<'a> {
    type Item = TopicView<'a>;

    fn next(&mut self) -> Option<TopicView<'a>> {
        self.left = self.left.checked_sub(1)?;
        self.read().ok()
    }
}

impl TopicView<'_> {
    /// Partitions not yet yielded.
    #[must_use]
    pub fn len(&self) -> usize {
        self.left as usize
    }

    /// True if none is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }
}

/// Yields the partitions in the request's order.
impl Iterator for TopicView<'_> {
    type Item = PartitionView;

    fn next(&mut self) -> Option<PartitionView> {
        self.left = self.left.checked_sub(1)?;
        partition(&mut self.reader, self.flexible).ok()
    }
}
