//! The locks of an opening: a killed process may have writes on its way, and each holds its file until it landed.
//!
//! Owner: the opening of one store. Invariants: nothing is cut or written before the lock of its file is held; every
//! wait is bounded and tells the operator what it waits for.

use super::StoreError;
use super::open::{OpenContext, Opening, io_error};
use super::parts::Parts;
use crate::buf::BLOCK;
use crate::disk::{Disk, OpenMode};
use crate::limits::{LOCK_RETRY_MS, LOCK_WAIT_MAX_MS};
use crate::partition::files::SegmentFile;
use crate::partition::segments::Segment;
use crate::planted::{Bug, planted};
use ringlog_wire::ids::Offset;
use std::io;
use std::path::Path;

/// Opens `path` with its lock, waiting for the process that still holds it.
pub(super) async fn lock<D: Disk, P: AsyncFn(u64)>(
    disk: &D,
    path: &Path,
    mode: OpenMode,
    context: &OpenContext<'_, P>,
) -> Result<D::File, StoreError> {
    let mut waited = 0;
    loop {
        let mode = OpenMode { lock: mode.lock && !planted(Bug::LateWriteAfterRecovery), ..mode };
        match disk.open(path, mode).await {
            Ok(file) => return Ok(file),
            Err(e) if e.kind() != io::ErrorKind::WouldBlock => {
                return Err(io_error(format!("opening {}", path.display()))(e));
            }
            Err(_) if waited >= LOCK_WAIT_MAX_MS => return Err(StoreError::Locked(path.to_owned())),
            Err(_) => {}
        }
        if waited.is_multiple_of(1000) {
            (context.progress)(&format!(
                "waiting for another process to let go of {} ({} of {} s)",
                path.display(),
                waited / 1000,
                LOCK_WAIT_MAX_MS / 1000
            ));
        }
        (context.pause)(LOCK_RETRY_MS).await;
        waited += LOCK_RETRY_MS;
    }
}

/// Waits until no killed process has a write on its way to an index that this one will write to: those of the active
/// segment, and of each with bytes that are not flushed. The locks are not kept: with the last descriptor of the old
/// process the last write has gone. A write to an index has no timer to wait with, so the wait is here.
pub(super) async fn await_indexes<D: Disk, P: AsyncFn(u64)>(
    opening: &Opening<'_, D>,
    context: &OpenContext<'_, P>,
    parts: &Parts<D::File>,
) -> Result<(), StoreError> {
    let active = parts.log.segments().active().base;
    for segment in parts.log.segments().iter().filter(|s| s.flushed < s.size || s.base == active) {
        for kind in [SegmentFile::Index, SegmentFile::TimeIndex] {
            let path = parts.folder(opening).join(kind.name(segment.base));
            let mode = OpenMode { create: false, ..OpenMode::WRITE };
            match lock(opening.disk, &path, mode, context).await {
                Ok(_) => {}
                Err(StoreError::Io(_, e)) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(e),
            }
        }
    }
    Ok(())
}

/// Locks the segments that hold or will hold un-flushed bytes, and cuts off what was written behind the log: after an
/// `unclean` end also where the log has nothing in its last segment yet.
pub(super) async fn lock_segments<D: Disk, P: AsyncFn(u64)>(
    opening: &Opening<'_, D>,
    context: &OpenContext<'_, P>,
    (parts, unclean): (&mut Parts<D::File>, bool),
) -> Result<(), StoreError> {
    let segments = parts.log.segments();
    let active = segments.active();
    let (active_base, begun) = (active.base, active.size == 0 && unclean);
    // Complete in its file: what may lie behind are bytes that were never acknowledged.
    let complete = parts.must_carry || (active.size > 0 && active.flushed == active.size);
    if parts.must_carry && parts.file_len == Some(active.size) {
        let (size, path) = (active.size, parts.path(opening, active.base));
        // Nothing to cut off, unless a killed process still has a write on its way: its lock goes with that.
        let file = lock(opening.disk, &path, OpenMode { create: false, ..OpenMode::DIRECT }, context).await?;
        let len = opening.disk.len(&file).await.map_err(io_error(format!("opening {}", path.display())))?;
        if len == size {
            return Ok(());
        }
    }
    let wanted = |s: &&Segment| s.flushed < s.size || (s.base == active.base && (complete || begun));
    let wanted = segments.iter().filter(wanted);
    let unfinished: Vec<(Offset, u64)> = wanted.map(|s| (s.base, s.flushed)).collect();
    for (base, flushed) in unfinished {
        let path = parts.path(opening, base);
        let fail = || format!("opening {}", path.display());
        let mode = OpenMode { create: false, ..OpenMode::DIRECT };
        let file = match lock(opening.disk, &path, mode, context).await {
            Ok(file) => file,
            // Not made before the end came: the flush makes it.
            Err(StoreError::Io(_, e)) if e.kind() == io::ErrorKind::NotFound && flushed == 0 => continue,
            Err(e) => return Err(e),
        };
        let len = opening.disk.len(&file).await.map_err(io_error(fail()))?;
        let keep =
            parts.clean_end.filter(|end| end.segment == base).map_or(flushed, |end| end.pos.max(flushed));
        if len < keep {
            return Err(parts.corrupt(format!("segment {base} has {len} bytes, {keep} were flushed")));
        }
        let keep = if planted(Bug::TailCutBelowDurable) { keep.saturating_sub(BLOCK as u64) } else { keep };
        if len > keep {
            opening.disk.truncate(&file, keep).await.map_err(io_error(fail()))?;
            if !planted(Bug::CutNotSynced) {
                opening.disk.sync(&file).await.map_err(io_error(fail()))?;
            }
        }
        // An empty one is opened again when it is written.
        if !(begun && base == active_base) {
            parts.files.push((base, file));
        }
    }
    Ok(())
}
