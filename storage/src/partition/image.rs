//! The plain data of a partition that a checkpoint keeps, and how a log is restored from it.
//!
//! Owner: `checkpoint` stores it. Invariants: an image is taken between two frames, so it never holds half an
//! append; everything in it is checked again on the way back, since it comes from a disk.

use super::LogConfig;
use super::epoch_cache::{EpochCache, EpochStart};
use super::index::{OffsetEntry, SegmentIndex, TimeEntry, TimestampAt};
use super::log::PartitionLog;
use super::log_state::LogState;
use super::producer_state::{BatchMeta, ProducerEntry, ProducerState};
use super::replay::{Corrupt, Replay};
use super::segments::{Segment, Segments};
use super::tail::{LogPosition, Mark, Tail, block_floor};
use crate::buf::Gauge;
use crate::planted::{Bug, planted};
use ringlog_wire::ids::{Offset, PartitionId, ProducerEpoch, ProducerId};
use std::collections::VecDeque;

/// One segment in an image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SegmentImage {
    /// Base offset.
    pub base: Offset,
    /// Bytes of batches.
    pub size: u64,
    /// Bytes in the file.
    pub flushed: u64,
    /// Max timestamp of the first batch, ms.
    pub first_timestamp: Option<i64>,
    /// When it became active, ms.
    pub created_ms: i64,
    /// Largest timestamp and its batch's last offset.
    pub max_timestamp: Option<TimestampAt>,
    /// Entries in `.index` (may be lower than what the file holds: they are written again, equal).
    pub persisted_offsets: u32,
    /// Entries in `.timeindex`.
    pub persisted_times: u32,
    /// Offset index entries that are not in the file.
    pub offsets: Vec<OffsetEntry>,
    /// Time index entries that are not in the file.
    pub times: Vec<TimeEntry>,
    /// The newest time entry.
    pub last_time: Option<TimeEntry>,
    /// Bytes since the newest offset entry.
    pub bytes_since: u64,
}

/// One producer in an image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProducerImage {
    /// Its id.
    pub id: ProducerId,
    /// Its epoch.
    pub epoch: ProducerEpoch,
    /// Epoch of the coordinator of its last marker.
    pub coordinator_epoch: Option<u32>,
    /// First offset of its open transaction.
    pub txn_first_offset: Option<Offset>,
    /// When it last appended, ms.
    pub seen_ms: i64,
    /// Its last batches, oldest first.
    pub batches: Vec<BatchMeta>,
}

/// Everything a checkpoint says of one partition's log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartitionImage {
    /// First readable offset.
    pub log_start: Offset,
    /// Log end offset as of the frame that the checkpoint names.
    pub end: Offset,
    /// Epoch cache.
    pub epochs: Vec<EpochStart>,
    /// Producers, by id.
    pub producers: Vec<ProducerImage>,
    /// Segments, oldest first; at least one.
    pub segments: Vec<SegmentImage>,
    /// The last batch boundary whose bytes before are all in files.
    pub written: Mark,
    /// The first batch that starts at or behind the flushed position.
    pub first_unwritten: Mark,
}

impl SegmentImage {
    /// As of now.
    #[must_use]
    pub fn new(s: &Segment) -> Self {
        Self {
            base: s.base,
            size: s.size,
            flushed: s.flushed,
            first_timestamp: s.first_timestamp,
            created_ms: s.created_ms,
            max_timestamp: s.max_timestamp,
            persisted_offsets: s.index.persisted_offsets,
            persisted_times: s.index.persisted_times,
            offsets: s.index.offsets.clone(),
            times: s.index.times.clone(),
            last_time: s.index.last_time,
            bytes_since: s.index.bytes_since,
        }
    }
}

impl ProducerImage {
    /// As of now.
    #[must_use]
    pub fn new(id: ProducerId, e: &ProducerEntry) -> Self {
        Self {
            id,
            epoch: e.epoch,
            coordinator_epoch: e.coordinator_epoch,
            txn_first_offset: e.txn_first_offset,
            seen_ms: e.seen_ms,
            batches: e.batches().copied().collect(),
        }
    }
}

impl PartitionLog {
    /// The live state, for a checkpoint. O(producers + segments + index entries not in files).
    #[must_use]
    pub fn image(&self) -> PartitionImage {
        let flushed = self.flushed_position();
        PartitionImage {
            log_start: self.state.log_start(),
            end: self.state.end(),
            epochs: self.epochs.entries().to_vec(),
            producers: self.producers.iter().map(|(id, e)| ProducerImage::new(id, e)).collect(),
            segments: self.segments.iter().map(SegmentImage::new).collect(),
            written: self.written,
            first_unwritten: self.boundary_from(flushed),
        }
    }

    /// The log as of an image, its tail still empty: `replay` fills it, `finish_replay` ends it.
    ///
    /// If the image's log ends inside a block that is in the file (after a clean stop), `missing_block` names
    /// the bytes that must come back into memory first. Errors: an image that contradicts itself.
    pub fn restore(
        id: PartitionId,
        config: LogConfig,
        gauge: Gauge,
        image: PartitionImage,
    ) -> Result<Self, Corrupt> {
        let list = image.segments.into_iter().map(segment).collect();
        let mut segments = Segments::from_list(list).ok_or(Corrupt("segments of an image contradict"))?;
        let known = if planted(Bug::EpochsLostWithCheckpoint) { Vec::new() } else { image.epochs };
        let epochs = EpochCache::from_entries(known).map_err(|_| Corrupt("epochs of an image"))?;
        let mut producers = ProducerState::default();
        for p in image.producers.into_iter().filter(|_| !planted(Bug::ProducersLostWithCheckpoint)) {
            let mut entry = ProducerEntry::new(p.epoch, p.seen_ms);
            entry.coordinator_epoch = p.coordinator_epoch;
            entry.txn_first_offset = p.txn_first_offset;
            p.batches.into_iter().for_each(|b| entry.push(b));
            producers.insert(p.id, entry);
        }
        if image.log_start > image.end || segments.active().base > image.end {
            return Err(Corrupt("offsets of an image contradict"));
        }
        let closed = segments.iter().len() - 1;
        if segments
            .iter()
            .take(closed)
            .any(|s| s.flushed % crate::buf::BLOCK as u64 != 0 && s.flushed != s.size)
        {
            return Err(Corrupt("a closed segment is flushed to the middle of a block"));
        }
        let active = segments.active_mut();
        let was_flushed = active.flushed;
        active.flushed = block_floor(active.flushed);
        let mut log = Self {
            id,
            config,
            segments,
            tail: Tail::new(gauge),
            epochs,
            producers,
            state: LogState::recovered(image.log_start, image.end),
            written: image.written,
            rolls: VecDeque::new(),
            replay: None,
            spare_reserved: 0,
            sealed: false,
            replacements: 0,
            drops: 0,
        };
        let mut replay = Replay::new(&log.segments, image.first_unwritten, image.end)?;
        replay.was_flushed = was_flushed;
        log.replay = Some(replay);
        Ok(log)
    }

    /// After `restore`: the bytes of a partly filled block at the end of the active segment's file, which must
    /// be read from it and given to `replay` before any entry of the commit log; `None` if there are none.
    /// `commit` also enters them into the log again (`carry`) before the block is written again.
    #[must_use]
    pub fn missing_block(&self) -> Option<(LogPosition, usize)> {
        let replay = self.replay.as_ref()?;
        let active = self.segments.active();
        let from = LogPosition { segment: active.base, pos: active.flushed };
        let in_file = replay.was_flushed.checked_sub(active.flushed).filter(|n| *n > 0)?;
        Some((from, in_file as usize))
    }
}

fn segment(s: SegmentImage) -> Segment {
    Segment {
        base: s.base,
        size: s.size,
        flushed: s.flushed,
        first_timestamp: s.first_timestamp,
        created_ms: s.created_ms,
        max_timestamp: s.max_timestamp,
        index: SegmentIndex {
            persisted_offsets: s.persisted_offsets,
            persisted_times: s.persisted_times,
            offsets: s.offsets,
            times: s.times,
            last_time: s.last_time,
            bytes_since: s.bytes_since,
        },
        reserved: 0,
        appended: None,
    }
}
