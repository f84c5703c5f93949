//! A partition while it is being recovered.
//!
//! Owner: the opening of one store. Invariants: what the checkpoint calls flushed is not asked for again; bytes that are
//! passed over must come later, carried.

use super::holds::Holds;
use super::open::Opening;
use super::partition::folder;
use super::{Known, StoreError};
use crate::partition::files::SegmentFile;
use crate::partition::{LogPosition, PartitionLog};
use crate::planted::{Bug, planted};
use crate::scan::Damage;
use ringlog_wire::ids::{Offset, PartitionId};
use std::path::PathBuf;

/// A recovered partition, before it becomes a `Partition`.
pub(super) struct Parts<F> {
    pub id: PartitionId,
    pub known: Known,
    pub log: PartitionLog,
    pub high_watermark: Offset,
    pub holds: Holds,
    pub files: Vec<(Offset, F)>,
    /// End of the bytes that extents say are in the segments.
    pub extents: Vec<LogPosition>,
    /// Ends of bytes that were passed over because those before them come later, carried.
    pub skipped: Vec<LogPosition>,
    /// The commit log speaks of the partition: it holds, or names, everything acknowledged since its first entry.
    pub logged: bool,
    pub log_start: Option<Offset>,
    /// Segments went that the checkpoint knows: their files stay until one is written that does not.
    pub dropped: bool,
    /// Where the file ended at the last clean stop, if inside a block: no truncation goes below, because the
    /// checkpoint in force says that the bytes are there.
    pub clean_end: Option<LogPosition>,
    /// Length of the active segment's file, where it was asked.
    pub file_len: Option<u64>,
    /// The log still ends there: its last block is only in the file.
    pub must_carry: bool,
    /// Rebuilt from the segments: the log must reach this offset, and may end with a torn batch.
    pub scanned: Option<Rescan>,
}

/// What a full scan asks of the replay behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rescan {
    /// Good batches below were seen: the log must reach it.
    pub min_end: Offset,
    /// Where the scan stopped.
    pub damage: Option<Damage>,
}

impl<F> Parts<F> {
    /// A partition with nothing in its log.
    pub fn new(id: PartitionId, known: Known, log: PartitionLog, high_watermark: Offset) -> Self {
        Self {
            id,
            known,
            log,
            high_watermark,
            holds: Holds::default(),
            files: Vec::new(),
            extents: Vec::new(),
            skipped: Vec::new(),
            logged: false,
            log_start: None,
            dropped: false,
            clean_end: None,
            file_len: None,
            must_carry: false,
            scanned: None,
        }
    }

    pub fn corrupt(&self, why: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt(format!("partition {}: {why}", folder(&self.known.topic, self.id.index)))
    }

    /// True if `place..place + len` is in its segment already, or the segment is gone.
    pub fn is_flushed(&self, place: LogPosition, len: u64) -> bool {
        let older = place.segment < self.log.segments().active().base;
        match self.log.segments().find(place.segment) {
            // Complete when the checkpoint was made; compaction may have made it shorter since.
            Some(_) if older && self.log.replayed_to(place.segment).is_none() => true,
            Some(s) => place.pos + if planted(Bug::FlushedByItsStart) { 1 } else { len } <= s.flushed,
            None => older,
        }
    }

    /// Passes over bytes that do not follow those before: the log goes back further than this partition needs,
    /// and the block that they lie in was carried since. `finish_one` checks that it came.
    pub fn skips(&mut self, place: LogPosition, len: u64, now_ms: i64) -> Result<bool, StoreError> {
        if let Some(upto) = self.log.fill_from_file(place, now_ms).map_err(|e| self.corrupt(e))? {
            self.extents.push(upto);
        }
        let skips = self.log.replayed_to(place.segment).is_some_and(|end| place.pos > end);
        if skips {
            self.skipped.push(LogPosition { pos: place.pos + len, ..place });
        }
        Ok(skips)
    }

    pub fn path<D>(&self, opening: &Opening<'_, D>, base: Offset) -> PathBuf {
        self.folder(opening).join(SegmentFile::Log.name(base))
    }

    pub fn folder<D>(&self, opening: &Opening<'_, D>) -> PathBuf {
        opening.config.dir.join(folder(&self.known.topic, self.id.index))
    }
}
