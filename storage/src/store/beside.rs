//! A large batch and the frame that names it on their way at once: one wait for the device instead of two.
//!
//! Owner: the store. Invariants: the frame counts, and the next one is written, only when the bytes are durable, too
//! (`commit`). So only what the last frame of a log names may be missing after a crash; then nobody was told of
//! anything in that frame, and recovery takes it back as it does a torn one. All below the bytes is durable before: who
//! finds them named asks for nothing else. A checkpoint that does not know the bytes
//! yet starts with that frame or before it, because no later one is under way.

use super::bypass::{PAST_THE_LOG, extent_of, sum_of};
use super::locks::lock;
use super::open::{OpenContext, Opening, io_error};
use super::parts::Parts;
use super::wait::both;
use super::{Partition, Store, StoreError};
use crate::buf::{AlignedBuf, BLOCK};
use crate::commit::entry::{self, Entry, Extent};
use crate::commit::scan::read_blocks;
use crate::disk::{Disk, OpenMode};
use crate::partition::tail::block_floor;
use crate::partition::{FlushJob, LogPosition};
use crate::planted::{Bug, planted};
use ringlog_wire::crc::crc32c;
use ringlog_wire::ids::Offset;
use std::io;
use std::rc::Rc;

/// True if `job` is the last write of a round up to `target`, in a segment that goes on and has its space. In the gate.
pub(super) fn goes_beside<D: Disk>(partition: &Partition<D>, job: &FlushJob, target: LogPosition) -> bool {
    let last = job.segment == target.segment && job.end_position == block_floor(target.pos);
    let log = partition.log.borrow();
    let reserved = log.segments().find(job.segment).is_some_and(|s| s.reserved >= job.end_position);
    last && reserved && !job.completes
}

impl<D: Disk> Store<D> {
    /// Ends a round of one partition: its last write and its frame, side by side. All that the segments got before is
    /// durable.
    ///
    /// Errors: the directory is offline by then. Other rounds may wait for the frame, and nothing else ends that.
    pub(super) async fn write_beside(
        &self,
        partition: &Rc<Partition<D>>,
        job: &FlushJob,
        (target, end): (LogPosition, Offset),
    ) -> io::Result<()> {
        let frame = async {
            // While the device has the bytes there is time for their sum.
            let extent = Extent { beside: true, ..extent_of(partition, job, sum_of(job)) };
            let mut extents = partition.extents.take();
            extents.push(extent);
            let from = LogPosition { segment: job.segment, pos: job.end_position };
            self.acknowledge(partition, &extents, (from, target, end));
            self.frames.borrow_mut().begin_beside()
        };
        let write = self.write_job(partition, job, !planted(Bug::BypassNotSynced));
        let (written, number) = both(write, frame).await;
        if let Err(e) = written {
            self.go_offline(PAST_THE_LOG, &e);
            return Err(io::Error::other(e));
        }
        self.frames.borrow_mut().end_beside(number);
        Ok(())
    }
}

/// True if a frame with this payload names bytes that were written beside it.
pub(super) fn names_any(mut payload: &[u8]) -> bool {
    while let Ok((entry, rest)) = entry::decode(payload) {
        if matches!(entry, Entry::Extent(Extent { beside: true, .. })) {
            return true;
        }
        payload = rest;
    }
    false
}

/// True if `extent`, which the last frame names, is whole in its segment. Then it is durable on return: a killed
/// process may have left it in the device's cache, and one whose write or sync failed counts as written for the kernel.
///
/// Errors: also a file that is not there. Its name was durable before the frame was written.
pub(super) async fn is_there<D: Disk, P: AsyncFn(u64)>(
    opening: &Opening<'_, D>,
    context: &OpenContext<'_, P>,
    parts: &Parts<D::File>,
    extent: &Extent,
) -> Result<bool, StoreError> {
    let (base, pos) = (extent.place.segment, extent.place.pos);
    let path = parts.path(opening, base);
    // First the lock: what a killed process still has on its way is there, or never will be. It is not kept: the log may
    // end before this segment.
    let mode = OpenMode { create: false, ..OpenMode::DIRECT };
    let file = lock(opening.disk, &path, mode, context).await?;
    let len = extent.len as usize;
    if !len.is_multiple_of(BLOCK) {
        return Err(
            parts.corrupt(format!("the commit log names {len} bytes at once, which are no whole blocks"))
        );
    }
    let unread = || io_error(format!("reading {}", path.display()));
    if opening.disk.len(&file).await.map_err(unread())? < pos + len as u64 {
        return Ok(false);
    }
    let buf = AlignedBuf::zeroed(len, opening.buffers);
    let (read, buf) = read_blocks(opening.disk, &file, buf, pos, (len, len)).await;
    read.map_err(unread())?;
    if buf.as_slice().get(..len).map(crc32c) != Some(extent.crc) {
        return Ok(false);
    }
    if planted(Bug::BesideNotWrittenAgain) {
        return Ok(true);
    }
    let (written, _) = opening.disk.append_durable(&file, buf, pos, len).await;
    written.map_err(io_error(format!("writing {}", path.display())))?;
    let folder = parts.folder(opening);
    opening.disk.sync_dir(&folder).await.map_err(io_error(format!("syncing {}", folder.display())))?;
    Ok(true)
}
