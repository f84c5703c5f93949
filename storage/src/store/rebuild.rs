//! Rebuilding without a checkpoint: the segments themselves are read, then the whole commit log.
//!
//! Owner: recovery. Invariants: every batch is verified (see `scan`); what is found is made durable before any
//! checkpoint says so; partitions of topics that the metadata log does not know stay untouched on disk.

use super::open::{OpenContext, Opening, io_error};
use super::parts::{Parts, Rescan};
use super::starts::read_starts;
use super::wait::side_by_side;
use super::{Known, Partition, Store, StoreError};
use crate::disk::{Disk, OpenMode};
use crate::layout::owner;
use crate::limits::{FLUSH_WRITES_MAX, SMALL_FILE_MAX};
use crate::partition::files::{PARTITION_METADATA, SegmentFile, parse_partition_metadata};
use crate::partition::{AppendBytes, FlushWant, LogPosition, PartitionLog};
use crate::scan::{ScanInput, Scanned, scan_partition};
use ringlog_wire::ids::PartitionId;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::rc::Rc;

/// Puts every partition of this core that has segments into `map`. Reads every byte of them.
pub(super) async fn rebuild<D: Disk, P: AsyncFn(u64)>(
    opening: &Opening<'_, D>,
    context: &OpenContext<'_, P>,
    map: &mut BTreeMap<PartitionId, Parts<D::File>>,
) -> Result<(), StoreError> {
    let dir = &opening.config.dir;
    let entries = opening.disk.list(dir).await.map_err(io_error(format!("reading {}", dir.display())))?;
    let starts = read_starts(opening.disk, dir, opening.layout.cores).await?;
    for entry in entries.iter().filter(|e| e.is_dir) {
        let Some((id, known)) = partition_of(opening, context, &entry.name).await? else { continue };
        let path = dir.join(&entry.name);
        let log_start = starts.get(&id).copied();
        let input = ScanInput { dir: &path, config: &known.log, log_start, now_ms: context.now_ms };
        let scanned = scan_partition(opening.disk, opening.buffers, input)
            .await
            .map_err(|e| StoreError::Corrupt(format!("{}: {e}", path.display())))?;
        let Some(scanned) = scanned else { continue };
        (context.progress)(&format!("{}: scanned up to offset {}", path.display(), scanned.image.end));
        if let Some(damage) = scanned.damage {
            (context.progress)(&format!("{}: {damage}: left to the commit log", path.display()));
        }
        sync_segments(opening, &path, &scanned).await?;
        let mut parts = parts(opening, id, known, (scanned, context.now_ms))?;
        // It may lie in what only the commit log holds.
        parts.log_start = log_start;
        map.insert(id, parts);
    }
    Ok(())
}

/// The partition whose folder is called `name`, if this core owns it and its topic exists.
async fn partition_of<D: Disk, P: AsyncFn(u64)>(
    opening: &Opening<'_, D>,
    context: &OpenContext<'_, P>,
    name: &str,
) -> Result<Option<(PartitionId, Known)>, StoreError> {
    let Some((topic, index)) = name.rsplit_once('-') else { return Ok(None) };
    let Ok(index) = index.parse() else { return Ok(None) };
    let path = opening.config.dir.join(name).join(PARTITION_METADATA);
    let bytes = match opening.disk.read_file(&path, SMALL_FILE_MAX).await {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(StoreError::Io(format!("reading {}", path.display()), e)),
    };
    let Ok(topic_id) = parse_partition_metadata(&String::from_utf8_lossy(&bytes)) else {
        return Err(StoreError::Corrupt(format!("{} is damaged", path.display())));
    };
    let id = PartitionId { topic: topic_id, index };
    let known = (context.known)(id).filter(|k| k.topic == topic);
    Ok(known.filter(|_| owner(id, opening.config.cores) == opening.config.core).map(|known| (id, known)))
}

/// A killed process may have left the bytes in the device's cache; the next checkpoint counts on them.
async fn sync_segments<D: Disk>(
    opening: &Opening<'_, D>,
    dir: &Path,
    scanned: &Scanned,
) -> Result<(), StoreError> {
    for segment in &scanned.image.segments {
        let path = dir.join(SegmentFile::Log.name(segment.base));
        let fail = || format!("syncing {}", path.display());
        let file = opening.disk.open(&path, OpenMode::READ).await.map_err(io_error(fail()))?;
        opening.disk.sync(&file).await.map_err(io_error(fail()))?;
    }
    opening.disk.sync_dir(dir).await.map_err(io_error(format!("syncing {}", dir.display())))
}

/// The scanned partition, ready for the replay of the commit log.
fn parts<D: Disk>(
    opening: &Opening<'_, D>,
    id: PartitionId,
    known: Known,
    (scanned, now_ms): (Scanned, i64),
) -> Result<Parts<D::File>, StoreError> {
    let end = scanned.image.end;
    let active = scanned.image.segments.last().map(|s| LogPosition { segment: s.base, pos: s.size });
    let log = PartitionLog::restore(id, known.log, opening.tails.clone(), scanned.image)
        .map_err(|e| StoreError::Corrupt(format!("{}-{}: {e}", known.topic, id.index)))?;
    let mut parts = Parts::new(id, known, log, end);
    if let Some((at, bytes)) = &scanned.trailing {
        let entry = AppendBytes { segment: at.segment, position: at.pos, bytes };
        parts.log.replay(entry, now_ms).map_err(|e| parts.corrupt(e))?;
    }
    if let Some((at, bytes)) = scanned.cut {
        parts.log.offer_from_file(at, bytes);
    }
    parts.clean_end = active.filter(|end| !end.pos.is_multiple_of(crate::buf::BLOCK as u64));
    parts.scanned = Some(Rescan { min_end: scanned.min_end, damage: scanned.damage });
    Ok(parts)
}

impl<D: Disk> Store<D> {
    /// Before the first checkpoint: bytes of a partly filled block that only the file has must not lie between
    /// what the checkpoint calls flushed and what the commit log holds. What follows them is flushed, and if it
    /// ends in the same block, that block enters the log.
    pub(super) async fn settle_rebuilt(&self, rebuilt: Vec<Rc<Partition<D>>>) -> Result<(), StoreError> {
        let flush = |p: Rc<Partition<D>>| async move {
            loop {
                let before = p.log.borrow().unflushed_bytes();
                self.flush_partition(Rc::clone(&p), FlushWant::WholeBlocks { min: 1 }, usize::MAX).await?;
                if p.log.borrow().unflushed_bytes() == before {
                    return p.sync_writes(&self.disk).await;
                }
            }
        };
        let waiting = rebuilt.iter().filter(|p| !p.must_carry.get()).cloned();
        for done in side_by_side(waiting, FLUSH_WRITES_MAX, flush).await {
            done.map_err(io_error("flushing what was rebuilt"))?;
        }
        for partition in rebuilt.iter().filter(|p| !p.must_carry.get()) {
            let log = partition.log.borrow();
            let active = log.segments().active();
            let only_in_file =
                partition.clean_end.get().is_some_and(|e| e.segment == active.base && e.pos > active.flushed);
            if only_in_file {
                partition.carry_into(self, &log);
            }
        }
        let mut durable = Vec::new();
        while self.has_frame() {
            self.commit_next(&mut durable).await.map_err(|e| StoreError::Offline(e.0))?;
        }
        Ok(())
    }
}
