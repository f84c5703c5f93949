//! A Produce request read in place: one pass to check it all, then a walk that cannot fail.
//!
//! Owner: the call that serves it. Invariants: `parse` has walked every topic and partition before any record is
//! looked at, so a malformed request appends nothing; everything borrows from the frame, so that not even its shares
//! are counted: that took a quarter of the time of a small request; no allocation.

use super::{bounded, name};
use crate::ids::TopicId;
use crate::reader::{DecodeError, Reader, check_version};
use crate::record::cursor::Cursor;

/// First and last version read here.
pub const VERSIONS: (i16, i16) = (3, 13);

/// A checked request, borrowed from its frame.
#[derive(Clone, Copy, Debug)]
pub struct ProduceView<'a> {
    version: i16,
    acks: i16,
    timeout_ms: i32,
    transactional_id: Option<&'a str>,
    /// The first topic, and the bytes from its partitions on: nearly every request has no other, and reading its
    /// name once more took a tenth of the time of a small one.
    first: Option<(TopicView<'a>, &'a [u8])>,
    topics: u32,
    partitions: usize,
    odd: bool,
}

/// One topic of a request; its partitions come from the walk that gave it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TopicView<'a> {
    /// Its name; empty from version 13 on.
    pub name: &'a str,
    /// Its id; zero before version 13.
    pub id: TopicId,
    /// Its partitions.
    pub partitions: u32,
}

/// One partition of a topic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartitionView<'a> {
    /// The partition's index, as on the wire.
    pub index: i32,
    /// Its records; `None` for null, which is to be answered with an error, never to be dropped.
    pub records: Option<&'a [u8]>,
}

impl<'a> ProduceView<'a> {
    /// Checks the body of a request. `body`: the frame behind the request header.
    /// `partitions_max`: most topics, and most partitions of all topics.
    ///
    /// Errors: any `DecodeError`; too many topics or partitions are `CountTooLarge`. The connection is to be closed.
    /// O(partitions), records are skipped.
    pub fn parse(body: &'a [u8], version: i16, partitions_max: usize) -> Result<Self, DecodeError> {
        check_version(version, VERSIONS.0, VERSIONS.1)?;
        let mut walk = Walk::new(body, version);
        let transactional_id = walk.reader.nullable_str(version >= 9)?;
        let (acks, timeout_ms) = (walk.reader.int16()?, walk.reader.int32()?);
        let (mut topics_left, mut left) = (partitions_max, partitions_max);
        let topics = bounded(topics_len(&mut walk.reader, version)?, &mut topics_left)?;
        walk.topics_left = topics;
        let mut first = None;
        if let Some(topic) = walk.read_topic()? {
            bounded(Some(topic.partitions), &mut left)?;
            first = Some((topic, walk.reader.rest()));
            while let Some(topic) = walk.read_topic()? {
                bounded(Some(topic.partitions), &mut left)?;
            }
        }
        if version >= 9 {
            walk.reader.skip_tags()?;
        }
        let odd = walk.reader.finish_lenient();
        let partitions = partitions_max - left;
        Ok(Self { version, acks, timeout_ms, transactional_id, first, topics, partitions, odd })
    }

    /// The transactional id, if any.
    #[must_use]
    pub fn transactional_id(&self) -> Option<&'a str> {
        self.transactional_id
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

    /// Walks the topics and partitions in the request's order.
    #[must_use]
    pub fn walk(&self) -> Walk<'_, 'a> {
        let partitions = self.first.as_ref().map_or(&[][..], |(_, rest)| rest);
        let mut walk = Walk::new(partitions, self.version);
        walk.topics_left = self.topics;
        walk.first = self.first.as_ref().map(|(topic, _)| topic);
        walk
    }
}

/// Where a walk over a request is: topics, and between them the partitions of the last one.
#[derive(Clone, Debug)]
pub struct Walk<'v, 'a> {
    reader: Reader<'a>,
    flexible: bool,
    by_id: bool,
    topics_left: u32,
    partitions_left: u32,
    in_topic: bool,
    /// The first topic if it was read before; the reader is then at its partitions.
    first: Option<&'v TopicView<'a>>,
}

impl<'v, 'a> Walk<'v, 'a> {
    #[inline(always)]
    fn new(at: &'a [u8], version: i16) -> Self {
        let reader = Reader::from_slice(at, 0);
        let (flexible, by_id) = (version >= 9, version >= 13);
        Self { reader, flexible, by_id, topics_left: 0, partitions_left: 0, in_topic: false, first: None }
    }

    /// The next topic; partitions of the last one that were not asked for are skipped.
    // Walked before, by `parse`: an error here cannot be, and would read as the end.
    #[inline]
    pub fn next_topic(&mut self) -> Option<TopicView<'a>> {
        if let Some(topic) = self.first.take() {
            self.topics_left -= 1;
            (self.in_topic, self.partitions_left) = (true, topic.partitions);
            return Some(*topic);
        }
        if self.topics_left == 0 {
            self.partitions_left = 0;
            return None;
        }
        self.later_topic()
    }

    #[inline(never)]
    fn later_topic(&mut self) -> Option<TopicView<'a>> {
        self.read_topic().ok().flatten()
    }

    /// The next partition of the last topic.
    #[inline]
    pub fn next_partition(&mut self) -> Option<PartitionView<'a>> {
        self.read_partition().ok().flatten()
    }

    // Inlined, like what it calls: what a call returns through memory is read back at other widths than it was
    // written, and each of these reads waits for the writes; that was a third of the time of a small request.
    #[inline(always)]
    fn read_topic(&mut self) -> Result<Option<TopicView<'a>>, DecodeError> {
        while self.read_partition()?.is_some() {}
        if self.in_topic && self.flexible {
            self.reader.skip_tags()?;
        }
        self.in_topic = self.topics_left > 0;
        if !self.in_topic {
            return Ok(None);
        }
        self.topics_left -= 1;
        let r = &mut self.reader;
        let (name, id) = if self.by_id { ("", r.uuid()?) } else { (name(r, self.flexible)?, TopicId::ZERO) };
        let partitions = r.array_len(self.flexible, if self.flexible { 6 } else { 8 })?;
        self.partitions_left = partitions.ok_or(DecodeError::Null)?;
        Ok(Some(TopicView { name, id, partitions: self.partitions_left }))
    }

    #[inline(always)]
    fn read_partition(&mut self) -> Result<Option<PartitionView<'a>>, DecodeError> {
        if self.partitions_left == 0 {
            return Ok(None);
        }
        self.partitions_left -= 1;
        if let Some((view, rest)) = plain_partition(self.reader.rest(), self.flexible) {
            self.reader.go_on_at(rest);
            return Ok(Some(view));
        }
        self.read_odd_partition().map(Some)
    }

    /// A partition of any shape, and the errors.
    #[inline(never)]
    fn read_odd_partition(&mut self) -> Result<PartitionView<'a>, DecodeError> {
        let r = &mut self.reader;
        let view = PartitionView { index: r.int32()?, records: r.nullable_slice(self.flexible)? };
        if self.flexible {
            r.skip_tags()?;
        }
        Ok(view)
    }
}

/// A small partition as every client sends it: records below 16 KiB, no tags. `None` leaves it to the reader, which
/// also names what is wrong.
#[inline]
fn plain_partition(at: &[u8], flexible: bool) -> Option<(PartitionView<'_>, &[u8])> {
    let mut c = Cursor::new(at);
    let index = c.i32().ok()?;
    let len = if flexible {
        c.short_uvarint()?.checked_sub(1)? as usize
    } else {
        usize::try_from(c.i32().ok()?).ok()?
    };
    let records = c.take(len).ok()?;
    if flexible && c.u8().ok()? != 0 {
        return None;
    }
    Some((PartitionView { index, records: Some(records) }, c.rest()))
}

fn topics_len(r: &mut Reader<'_>, version: i16) -> Result<Option<u32>, DecodeError> {
    let smallest = match version {
        ..=8 => 6,
        9..=12 => 3,
        _ => 18,
    };
    r.array_len(version >= 9, smallest)
}
