//! Entries of the commit log: what one frame says about partitions.
//!
//! Owner: nobody, pure. Invariants: an entry is a fixed head and its bytes, little-endian; replay is positional:
//! an `append` says which bytes lie where in which segment, so that a carried block is an ordinary append.
//!
//! Byte table: docs/storage-format.md.

use crate::partition::LogPosition as Place;
use ringlog_wire::ids::{LeaderEpoch, Offset, PartitionId, TopicId};
use std::fmt;

/// Bytes of an entry's head.
pub const HEAD_LEN: usize = 56;

const APPEND: u8 = 1;
const TRUNCATE: u8 = 2;
const LOG_START: u8 = 3;
const EXTENT: u8 = 4;
const CLOSED: u8 = 5;
const EXTENT_BESIDE: u8 = 6;

/// Bytes at a place of a partition's log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Append<'a> {
    /// Whose log.
    pub partition: PartitionId,
    /// Leader epoch of the (last) batch.
    pub epoch: LeaderEpoch,
    /// Base offset of the first batch that starts in `bytes`; for a carried block, the segment's base.
    pub base_offset: Offset,
    /// Where the bytes belong.
    pub place: Place,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// Bytes that went past the commit log, to their segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extent {
    /// Whose log.
    pub partition: PartitionId,
    /// Leader epoch of the last batch.
    pub epoch: LeaderEpoch,
    /// Where the bytes lie.
    pub place: Place,
    /// How many.
    pub len: u32,
    /// Their CRC32C.
    pub crc: u32,
    /// They were written while the frame was: stable only if the frame counted, as every later frame proves.
    /// Otherwise they were stable before the frame was written.
    pub beside: bool,
}

/// One entry, as replay sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry<'a> {
    /// Bytes of a partition's log.
    Append(Append<'a>),
    /// Everything at and above `offset` is gone; the log now ends at `place`.
    Truncate {
        /// Whose log.
        partition: PartitionId,
        /// The new log end offset.
        offset: Offset,
        /// Where it ends.
        place: Place,
    },
    /// The log start offset moved up.
    LogStart {
        /// Whose log.
        partition: PartitionId,
        /// The new log start offset.
        offset: Offset,
    },
    /// Bytes that are in the segment.
    Extent(Extent),
    /// The core stopped cleanly: everything before is in the segments.
    Closed,
}

/// An entry that this version cannot read, inside a frame whose CRC is right: a newer version wrote it, or we
/// have a bug. The log directory is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadEntry {
    /// Shorter than its head or its announced length.
    Short,
    /// An unknown kind.
    Kind(u8),
}

impl fmt::Display for BadEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => f.write_str("a commit log entry is cut short"),
            Self::Kind(k) => {
                write!(f, "unknown kind {k} of commit log entry; a newer version wrote this log")
            }
        }
    }
}

/// One field after the other out of a head.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (front, rest) = self.0.split_first_chunk::<N>().expect("a head is cut to HEAD_LEN first");
        self.0 = rest;
        *front
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }
}

/// What a head holds beside kind, length and partition.
struct Values {
    epoch: LeaderEpoch,
    /// Base offset, new end or new start; for an extent its length and, above it, its CRC.
    value: u64,
    place: Place,
}

/// The place of an entry that has none.
const NOWHERE: Place = Place { segment: Offset::ZERO, pos: 0 };

impl Values {
    fn of(value: u64, place: Place) -> Self {
        Self { epoch: LeaderEpoch(0), value, place }
    }
}

fn head(kind: u8, len: usize, partition: PartitionId, v: &Values) -> [u8; HEAD_LEN] {
    let len = u32::try_from(len).expect("an entry fits a frame");
    let mut out = [0u8; HEAD_LEN];
    let mut rest = out.as_mut_slice();
    let mut put = |bytes: &[u8]| {
        let (front, tail) = std::mem::take(&mut rest).split_at_mut(bytes.len());
        front.copy_from_slice(bytes);
        rest = tail;
    };
    put(&[kind, 0, 0, 0]);
    put(&len.to_le_bytes());
    put(&partition.topic.0);
    put(&partition.index.to_le_bytes());
    put(&v.epoch.0.to_le_bytes());
    put(&v.value.to_le_bytes());
    put(&v.place.segment.0.to_le_bytes());
    put(&v.place.pos.to_le_bytes());
    out
}

/// The head of an append of `len` bytes; the bytes follow it in the frame.
#[must_use]
pub fn append_head(
    partition: PartitionId,
    epoch: LeaderEpoch,
    base_offset: Offset,
    place: Place,
    len: usize,
) -> [u8; HEAD_LEN] {
    head(APPEND, len, partition, &Values { epoch, value: base_offset.0, place })
}

/// The head of an entry that is nothing but a head.
///
/// # Panics
/// For an append: its bytes are framed apart (`append_head`).
#[must_use]
pub fn bare_head(entry: &Entry<'_>) -> [u8; HEAD_LEN] {
    match *entry {
        Entry::Append(_) => panic!("an append carries bytes"),
        Entry::Truncate { partition, offset, place } => {
            head(TRUNCATE, 0, partition, &Values::of(offset.0, place))
        }
        Entry::LogStart { partition, offset } => {
            head(LOG_START, 0, partition, &Values::of(offset.0, NOWHERE))
        }
        Entry::Extent(e) => {
            let value = u64::from(e.crc) << 32 | u64::from(e.len);
            let kind = if e.beside { EXTENT_BESIDE } else { EXTENT };
            head(kind, 0, e.partition, &Values { epoch: e.epoch, value, place: e.place })
        }
        Entry::Closed => {
            head(CLOSED, 0, PartitionId { topic: TopicId::ZERO, index: 0 }, &Values::of(0, NOWHERE))
        }
    }
}

/// Takes the first entry off `payload` and returns it with the rest.
pub fn decode(payload: &[u8]) -> Result<(Entry<'_>, &[u8]), BadEntry> {
    let (head, rest) = payload.split_at_checked(HEAD_LEN).ok_or(BadEntry::Short)?;
    let mut fields = Fields(head);
    let [kind, ..] = fields.take::<4>();
    let len = fields.u32() as usize;
    let partition = PartitionId { topic: TopicId(fields.take()), index: fields.u32() };
    let epoch = LeaderEpoch(fields.u32());
    let value = fields.u64();
    let place = Place { segment: Offset(fields.u64()), pos: fields.u64() };
    let (bytes, rest) = rest.split_at_checked(len).ok_or(BadEntry::Short)?;
    let entry = match kind {
        APPEND => Entry::Append(Append { partition, epoch, base_offset: Offset(value), place, bytes }),
        TRUNCATE => Entry::Truncate { partition, offset: Offset(value), place },
        LOG_START => Entry::LogStart { partition, offset: Offset(value) },
        EXTENT | EXTENT_BESIDE => {
            let (len, crc, beside) = (value as u32, (value >> 32) as u32, kind == EXTENT_BESIDE);
            Entry::Extent(Extent { partition, epoch, place, len, crc, beside })
        }
        CLOSED => Entry::Closed,
        other => return Err(BadEntry::Kind(other)),
    };
    Ok((entry, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: PartitionId = PartitionId { topic: TopicId([7; 16]), index: 3 };
    const PLACE: Place = Place { segment: Offset(100), pos: 8192 };

    #[test]
    fn every_kind_comes_back_as_it_went() {
        let bytes = b"batch bytes";
        let mut payload = append_head(P, LeaderEpoch(5), Offset(123), PLACE, bytes.len()).to_vec();
        payload.extend_from_slice(bytes);
        let extent = |beside| {
            let (len, crc) = (u32::MAX, 0xdead_beef);
            Entry::Extent(Extent { partition: P, epoch: LeaderEpoch(1), place: PLACE, len, crc, beside })
        };
        let bare = [
            Entry::Truncate { partition: P, offset: Offset(9), place: PLACE },
            Entry::LogStart { partition: P, offset: Offset(8) },
            extent(false),
            extent(true),
            Entry::Closed,
        ];
        for entry in &bare {
            payload.extend_from_slice(&bare_head(entry));
        }
        let (first, mut rest) = decode(&payload).unwrap();
        let want =
            Append { partition: P, epoch: LeaderEpoch(5), base_offset: Offset(123), place: PLACE, bytes };
        assert_eq!(first, Entry::Append(want));
        for want in &bare {
            let (entry, after) = decode(rest).unwrap();
            assert_eq!(entry, *want);
            rest = after;
        }
        assert!(rest.is_empty());
    }

    #[test]
    fn cut_and_unknown_entries_are_errors() {
        let mut payload = append_head(P, LeaderEpoch(0), Offset(0), PLACE, 4).to_vec();
        assert_eq!(decode(&payload).unwrap_err(), BadEntry::Short);
        payload.truncate(10);
        assert_eq!(decode(&payload).unwrap_err(), BadEntry::Short);
        let mut unknown = bare_head(&Entry::Closed);
        unknown[0] = 99;
        assert_eq!(decode(&unknown).unwrap_err(), BadEntry::Kind(99));
    }
}
