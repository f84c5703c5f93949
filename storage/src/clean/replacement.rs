//! The file that says which segments of a partition a new one replaces: the moment at which a pass takes effect.
//!
//! Owner: the core's store; at most one, in the core's folder. Invariants: it is durable before a name changes,
//! and goes only after a durable checkpoint knows the new segment; whoever finds it does its steps again, which
//! changes nothing that is done already; it counts only under the layout that it was written in.
//!
//! Byte table: docs/storage-format.md.

use crate::checkpoint::image::Segment;
use crate::partition::{PartitionImage, SegmentImage};
use ringlog_wire::crc::crc32c;
use ringlog_wire::ids::{Offset, PartitionId, TopicId};
use rkyv::rancor;
use rkyv::util::AlignedVec;
use rkyv::{Archive, Deserialize, Serialize};

/// The file's name.
pub const NAME: &str = "replacement";
/// End of the names of a new segment's files until they take their place: Kafka's.
pub const CLEANED_SUFFIX: &str = ".cleaned";
/// Longest file that is read, bytes.
pub const LEN_MAX: usize = 4 << 20;
/// Most segments that one replaces, so that the file stays below `LEN_MAX`.
pub const REPLACED_MAX: usize = 1 << 16;
const MAGIC: [u8; 4] = *b"RLR\x01";
const HEADER: usize = 16;

/// See the module's text.
#[derive(Clone, PartialEq, Eq, Debug, Archive, Serialize, Deserialize)]
pub struct Replacement {
    /// The generation of `layout` that it belongs to.
    pub layout_generation: u64,
    /// Topic id.
    pub topic: [u8; 16],
    /// Partition index.
    pub index: u32,
    /// Base offsets of the segments that go, oldest first; the first is that of the new one.
    pub replaced: Vec<u64>,
    /// The new segment, wholly in its files.
    pub segment: Segment,
}

impl Replacement {
    /// In partition `id`, `segment` takes the place of `replaced`.
    #[must_use]
    pub fn new(layout_generation: u64, id: PartitionId, replaced: &[Offset], segment: &SegmentImage) -> Self {
        Self {
            layout_generation,
            topic: id.topic.0,
            index: id.index,
            replaced: replaced.iter().map(|o| o.0).collect(),
            segment: Segment::new(segment),
        }
    }

    /// Which partition.
    #[must_use]
    pub fn id(&self) -> PartitionId {
        PartitionId { topic: TopicId(self.topic), index: self.index }
    }

    /// Base offset of the new segment.
    #[must_use]
    pub fn base(&self) -> Offset {
        Offset(self.segment.base)
    }

    /// Base offsets of the segments whose files go.
    pub fn gone(&self) -> impl Iterator<Item = Offset> {
        self.replaced.iter().copied().filter(|o| *o != self.segment.base).map(Offset)
    }

    /// The file's bytes: magic, CRC-32C of the rest, padding, an rkyv archive.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let body = rkyv::to_bytes::<rancor::Error>(self).expect("plain data serialises into memory");
        let mut out = Vec::with_capacity(HEADER + body.len());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&crc32c(&body).to_le_bytes());
        out.resize(HEADER, 0);
        out.extend_from_slice(&body);
        out
    }

    /// Reads it back; `None` for anything else.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (header, body) = bytes.split_at_checked(HEADER)?;
        let (magic, rest) = header.split_first_chunk::<4>()?;
        let (crc, padding) = rest.split_first_chunk::<4>()?;
        if *magic != MAGIC || u32::from_le_bytes(*crc) != crc32c(body) || padding.iter().any(|b| *b != 0) {
            return None;
        }
        let mut aligned = AlignedVec::<16>::with_capacity(body.len());
        aligned.extend_from_slice(body);
        let this: Self = rkyv::from_bytes::<Self, rancor::Error>(&aligned).ok()?;
        let rising = this.replaced.is_sorted_by(|a, b| a < b);
        (rising && this.replaced.first() == Some(&this.segment.base)).then_some(this)
    }

    /// Puts the new segment into an image that may have been taken before. Any number of times.
    pub fn apply(&self, image: &mut PartitionImage) {
        let is_replaced = |s: &SegmentImage| self.replaced.binary_search(&s.base.0).is_ok();
        let Some(at) = image.segments.iter().position(is_replaced) else { return };
        // Retention may have taken the first ones since; the new one then went with them.
        let there = image.segments.iter().any(|s| s.base == self.base());
        image.segments.retain(|s| !is_replaced(s));
        if there {
            image.segments.insert(at, self.segment.clone().into_image());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::image::tests::record;

    fn segment(base: u64, size: u64) -> SegmentImage {
        let mut s = record(0).into_image().segments.remove(0);
        (s.base, s.size, s.flushed) = (Offset(base), size, size);
        s
    }

    fn replacement() -> Replacement {
        let id = record(3).id();
        Replacement::new(2, id, &[Offset(10), Offset(20)], &segment(10, 99))
    }

    #[test]
    fn the_file_goes_round_and_damage_is_seen() {
        let r = replacement();
        let bytes = r.encode();
        assert_eq!(Replacement::decode(&bytes), Some(r.clone()));
        assert_eq!(r.gone().collect::<Vec<_>>(), [Offset(20)]);
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            assert_eq!(Replacement::decode(&bad), None, "byte {at}");
        }
        assert_eq!(Replacement::decode(&bytes[..bytes.len() - 1]), None);
        let backwards = Replacement { replaced: vec![20, 10], ..r };
        assert_eq!(Replacement::decode(&backwards.encode()), None);
    }

    #[test]
    fn an_image_is_brought_up_to_date_once() {
        let mut image = record(3).into_image();
        let list =
            |image: &PartitionImage| image.segments.iter().map(|s| (s.base.0, s.size)).collect::<Vec<_>>();
        image.segments = vec![segment(0, 5), segment(10, 500), segment(20, 600), segment(30, 7)];
        replacement().apply(&mut image);
        assert_eq!(list(&image), [(0, 5), (10, 99), (30, 7)]);
        replacement().apply(&mut image);
        assert_eq!(list(&image), [(0, 5), (10, 99), (30, 7)]);
        image.segments = vec![segment(20, 600), segment(30, 7)];
        replacement().apply(&mut image);
        assert_eq!(list(&image), [(30, 7)], "its base left the log with retention");
        image.segments = vec![segment(30, 7)];
        replacement().apply(&mut image);
        assert_eq!(list(&image), [(30, 7)]);
    }
}
