//! The plain data of a checkpoint, as rkyv archives it, and its translation from and to partition state.
//!
//! Owner: `checkpoint`. Invariants: these types are the format: a change raises `encode::VERSION`; values come
//! from a disk, so `Record::into_image` only translates and `PartitionLog::restore` checks.

use crate::partition::epoch_cache::EpochStart;
use crate::partition::image::ProducerImage;
use crate::partition::index::{OffsetEntry, TimeEntry, TimestampAt};
use crate::partition::producer_state::BatchMeta;
use crate::partition::{LogPosition, Mark, PartitionImage, SegmentImage};
use ringlog_wire::ids::{LeaderEpoch, Offset, PartitionId, ProducerEpoch, ProducerId, TopicId};
use rkyv::{Archive, Deserialize, Serialize};

/// What holds for a core as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Archive, Serialize, Deserialize)]
pub struct Head {
    /// The generation of `layout` that this checkpoint belongs to.
    pub layout_generation: u64,
    /// Whose checkpoint.
    pub core: u16,
    /// Data cores in that layout.
    pub cores: u16,
    /// The commit log's salt.
    pub salt: u64,
    /// The commit log file that holds the first frame needed: its generation,
    pub first_generation: u64,
    /// the sequence of the frame at its front,
    pub first_sequence: u64,
    /// and the CRC of the frame before that one.
    pub first_prev_crc: u32,
    /// True once a frame was written in `first_generation`: then it must be there.
    pub log_used: bool,
    /// True if the core stopped cleanly: everything is in the segments.
    pub clean: bool,
}

/// One partition.
#[derive(Clone, PartialEq, Eq, Debug, Archive, Serialize, Deserialize)]
pub struct Record {
    /// Topic id.
    pub topic: [u8; 16],
    /// Partition index.
    pub index: u32,
    /// The topic's name: the partition's folder is `<name>-<index>`.
    pub name: String,
    /// Log start offset.
    pub log_start: u64,
    /// High watermark.
    pub high_watermark: u64,
    /// Log end offset when the state was taken.
    pub end: u64,
    /// Leader epoch and its start offset.
    pub epochs: Vec<(u32, u64)>,
    /// Producers.
    pub producers: Vec<Producer>,
    /// Segments, oldest first.
    pub segments: Vec<Segment>,
    /// The last batch boundary whose bytes before are all in files: offset, segment, position.
    pub written: (u64, u64, u64),
    /// The first batch that starts at or behind the flushed position.
    pub first_unwritten: (u64, u64, u64),
}

/// One producer of a partition.
#[derive(Clone, PartialEq, Eq, Debug, Archive, Serialize, Deserialize)]
pub struct Producer {
    /// Producer id.
    pub id: u64,
    /// Its epoch.
    pub epoch: u16,
    /// Epoch of the coordinator of its last marker.
    pub coordinator_epoch: Option<u32>,
    /// First offset of its open transaction.
    pub txn_first_offset: Option<u64>,
    /// When it last appended, ms.
    pub seen_ms: i64,
    /// Last sequence, last offset, offset delta and timestamp of its last batches, oldest first.
    pub batches: Vec<(u32, u64, u32, i64)>,
}

/// One segment of a partition.
#[derive(Clone, PartialEq, Eq, Debug, Archive, Serialize, Deserialize)]
pub struct Segment {
    /// Base offset.
    pub base: u64,
    /// Bytes of batches.
    pub size: u64,
    /// Bytes in the file.
    pub flushed: u64,
    /// Max timestamp of the first batch, ms.
    pub first_timestamp: Option<i64>,
    /// When it became active, ms.
    pub created_ms: i64,
    /// Largest timestamp and its offset.
    pub max_timestamp: Option<(i64, u64)>,
    /// Entries in `.index`.
    pub persisted_offsets: u32,
    /// Entries in `.timeindex`.
    pub persisted_times: u32,
    /// Offset index entries that are not in the file: relative offset, position.
    pub offsets: Vec<(u32, u32)>,
    /// Time index entries that are not in the file: timestamp, relative offset.
    pub times: Vec<(i64, u32)>,
    /// The newest time entry.
    pub last_time: Option<(i64, u32)>,
    /// Bytes since the newest offset entry.
    pub bytes_since: u64,
}

fn mark(m: &Mark) -> (u64, u64, u64) {
    (m.base.0, m.at.segment.0, m.at.pos)
}

fn unmark((base, segment, pos): (u64, u64, u64)) -> Mark {
    Mark { base: Offset(base), at: LogPosition { segment: Offset(segment), pos } }
}

impl Record {
    /// The record of partition `id` of the topic `name`.
    #[must_use]
    pub fn new(id: PartitionId, name: &str, high_watermark: Offset, image: &PartitionImage) -> Self {
        Self {
            topic: id.topic.0,
            index: id.index,
            name: name.to_owned(),
            log_start: image.log_start.0,
            high_watermark: high_watermark.0,
            end: image.end.0,
            epochs: image.epochs.iter().map(|e| (e.epoch.0, e.start.0)).collect(),
            producers: image.producers.iter().map(Producer::new).collect(),
            segments: image.segments.iter().map(Segment::new).collect(),
            written: mark(&image.written),
            first_unwritten: mark(&image.first_unwritten),
        }
    }

    /// Which partition.
    #[must_use]
    pub fn id(&self) -> PartitionId {
        PartitionId { topic: TopicId(self.topic), index: self.index }
    }

    /// The partition's state.
    #[must_use]
    pub fn into_image(self) -> PartitionImage {
        let epoch = |(epoch, start)| EpochStart { epoch: LeaderEpoch(epoch), start: Offset(start) };
        PartitionImage {
            log_start: Offset(self.log_start),
            end: Offset(self.end),
            epochs: self.epochs.into_iter().map(epoch).collect(),
            producers: self.producers.into_iter().map(Producer::into_image).collect(),
            segments: self.segments.into_iter().map(Segment::into_image).collect(),
            written: unmark(self.written),
            first_unwritten: unmark(self.first_unwritten),
        }
    }
}

impl Producer {
    fn new(p: &ProducerImage) -> Self {
        let batch = |b: &BatchMeta| (b.last_sequence, b.last_offset.0, b.offset_delta, b.timestamp);
        Self {
            id: p.id.0,
            epoch: p.epoch.0,
            coordinator_epoch: p.coordinator_epoch,
            txn_first_offset: p.txn_first_offset.map(|o| o.0),
            seen_ms: p.seen_ms,
            batches: p.batches.iter().map(batch).collect(),
        }
    }

    fn into_image(self) -> ProducerImage {
        let batch = |(last_sequence, last_offset, offset_delta, timestamp)| BatchMeta {
            last_sequence,
            last_offset: Offset(last_offset),
            offset_delta,
            timestamp,
        };
        ProducerImage {
            id: ProducerId(self.id),
            epoch: ProducerEpoch(self.epoch),
            coordinator_epoch: self.coordinator_epoch,
            txn_first_offset: self.txn_first_offset.map(Offset),
            seen_ms: self.seen_ms,
            batches: self.batches.into_iter().map(batch).collect(),
        }
    }
}

impl Segment {
    pub(crate) fn new(s: &SegmentImage) -> Self {
        Self {
            base: s.base.0,
            size: s.size,
            flushed: s.flushed,
            first_timestamp: s.first_timestamp,
            created_ms: s.created_ms,
            max_timestamp: s.max_timestamp.map(|m| (m.timestamp, m.offset.0)),
            persisted_offsets: s.persisted_offsets,
            persisted_times: s.persisted_times,
            offsets: s.offsets.iter().map(|e| (e.relative, e.position)).collect(),
            times: s.times.iter().map(|e| (e.timestamp, e.relative)).collect(),
            last_time: s.last_time.map(|e| (e.timestamp, e.relative)),
            bytes_since: s.bytes_since,
        }
    }

    pub(crate) fn into_image(self) -> SegmentImage {
        let time = |(timestamp, relative)| TimeEntry { timestamp, relative };
        let max = |(timestamp, offset)| TimestampAt { timestamp, offset: Offset(offset) };
        SegmentImage {
            base: Offset(self.base),
            size: self.size,
            flushed: self.flushed,
            first_timestamp: self.first_timestamp,
            created_ms: self.created_ms,
            max_timestamp: self.max_timestamp.map(max),
            persisted_offsets: self.persisted_offsets,
            persisted_times: self.persisted_times,
            offsets: self
                .offsets
                .into_iter()
                .map(|(relative, position)| OffsetEntry { relative, position })
                .collect(),
            times: self.times.into_iter().map(time).collect(),
            last_time: self.last_time.map(time),
            bytes_since: self.bytes_since,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn record(index: u32) -> Record {
        let segment = Segment {
            base: 10,
            size: 5000,
            flushed: 4096,
            first_timestamp: Some(1),
            created_ms: 2,
            max_timestamp: Some((3, 14)),
            persisted_offsets: 1,
            persisted_times: 2,
            offsets: vec![(1, 2), (3, 4)],
            times: vec![(5, 6)],
            last_time: Some((5, 6)),
            bytes_since: 77,
        };
        let producer = Producer {
            id: 8,
            epoch: 1,
            coordinator_epoch: None,
            txn_first_offset: Some(11),
            seen_ms: 12,
            batches: vec![(1, 2, 3, 4)],
        };
        Record {
            topic: [9; 16],
            index,
            name: "orders".into(),
            log_start: 10,
            high_watermark: 12,
            end: 20,
            epochs: vec![(0, 0), (2, 11)],
            producers: vec![producer],
            segments: vec![segment],
            written: (13, 10, 4000),
            first_unwritten: (14, 10, 4200),
        }
    }

    #[test]
    fn a_record_survives_the_way_through_partition_state() {
        let before = record(4);
        let image = before.clone().into_image();
        assert_eq!(Record::new(before.id(), "orders", Offset(12), &image), before);
    }
}
