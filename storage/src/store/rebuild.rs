//! Rebuilding without a checkpoint: the segments themselves are read.
//!
//! Owner: recovery and partition creation. Invariants: every batch is verified; a bad batch at the very end of the
//! last segment is a torn tail and is cut off, a bad batch followed by a good one refuses the directory.

use super::StoreError;
use super::open::{OpenContext, Opening};
use super::recover::Parts;
use crate::disk::Disk;
use ringlog_wire::ids::PartitionId;
use std::collections::BTreeMap;

/// Puts every partition of this core that has segments into `map`.
pub(super) async fn rebuild<D: Disk, P: AsyncFn(u64)>(
    opening: &Opening<'_, D>,
    _context: &OpenContext<'_, P>,
    _map: &mut BTreeMap<PartitionId, Parts<D::File>>,
) -> Result<(), StoreError> {
    Err(StoreError::Corrupt(format!("{}: both checkpoints are lost", opening.config.dir.display())))
}
