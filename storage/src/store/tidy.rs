//! What an earlier life left in the folder of a partition, and the files that must be there before others go.
//!
//! Owner: one partition, inside its gate. Invariants: nothing that is part of the log is removed; what is removed cannot
//! come back behind a log that has grown over it.

use super::Partition;
use super::front::DELETED_SUFFIX;
use super::segment::{final_error, unlink_if_there};
use crate::clean::replacement::CLEANED_SUFFIX;
use crate::disk::{Disk, UNFINISHED_SUFFIX};
use crate::partition::files::SegmentFile;
use ringlog_wire::ids::Offset;
use std::io;

impl<D: Disk> Partition<D> {
    /// Once per life, before the first write: removes segments that an earlier life began behind what it had
    /// acknowledged. Inside the gate.
    ///
    /// Durable on return: the log grows over their first offsets now, and one that a power cut brought back would
    /// begin inside of it. With both checkpoints lost nothing else says which of the two is the log.
    pub(super) async fn tidy(&self, disk: &D) -> io::Result<()> {
        if self.tidied.get() {
            return Ok(());
        }
        let mut removed = false;
        for entry in disk.list(self.dir()).await? {
            if entry.name.ends_with(CLEANED_SUFFIX) || entry.name.ends_with(DELETED_SUFFIX) {
                // Of a pass that was cut off before it took effect; of a deletion whose delay was.
                unlink_if_there(disk, &self.dir().join(&entry.name)).await?;
                continue;
            }
            // A small file of a segment that an earlier life was killed over; in the gate nobody else writes one.
            let unfinished = entry.name.strip_suffix(UNFINISHED_SUFFIX).and_then(SegmentFile::parse);
            if unfinished.is_some() {
                unlink_if_there(disk, &self.dir().join(&entry.name)).await?;
                continue;
            }
            let Some((kind, base)) = SegmentFile::parse(&entry.name) else { continue };
            let stale = {
                let log = self.log.borrow();
                let first = log.segments().iter().next().map_or(Offset::ZERO, |s| s.base);
                match kind {
                    // Deleted at the front before the end came: below the log start nothing is needed.
                    _ if base < first && first <= log.log_start() => true,
                    // Named after the offset at which it was taken.
                    SegmentFile::Snapshot => base > log.end(),
                    _ => base > first && log.segments().find(base).is_none(),
                }
            };
            if stale {
                if !removed && self.make_newest_file(disk).await? {
                    disk.sync_dir(self.dir()).await.map_err(final_error)?;
                }
                unlink_if_there(disk, &self.dir().join(&entry.name)).await?;
                removed = true;
            }
        }
        if removed {
            disk.sync_dir(self.dir()).await.map_err(final_error)?;
        }
        self.tidied.set(true);
        Ok(())
    }

    /// Makes the file of the newest segment if nothing was written to it: a power cut may have taken its name. True if
    /// its name is to be made durable before another segment goes or is compacted: without a checkpoint the newest file
    /// found is the active segment, and a folder without any says nothing of its log. In the gate.
    pub(super) async fn make_newest_file(&self, disk: &D) -> io::Result<bool> {
        let newest = {
            let log = self.log.borrow();
            let active = log.segments().active();
            (active.flushed == 0 && active.base > Offset::ZERO).then_some(active.base)
        };
        if let Some(base) = newest {
            self.segment_file(disk, base).await?;
        }
        Ok(newest.is_some())
    }

    /// Removes what earlier stops wrote: of the snapshots, those at the front of a segment stay, and the newest,
    /// which is durable at `newest`. In the gate.
    pub(super) async fn remove_superseded_snapshots(&self, disk: &D, newest: Offset) -> io::Result<()> {
        for entry in disk.list(self.dir()).await? {
            let Some((SegmentFile::Snapshot, at)) = SegmentFile::parse(&entry.name) else { continue };
            if at != newest && self.log.borrow().segments().find(at).is_none() {
                unlink_if_there(disk, &self.dir().join(&entry.name)).await?;
            }
        }
        Ok(())
    }

    /// Removes the snapshots that stops took inside segments which left the log since.
    pub(super) async fn remove_snapshots_below_front(&self, disk: &D) -> io::Result<()> {
        let _inside = self.gate.enter().await;
        let first = self.log.borrow().segments().iter().next().map_or(Offset::ZERO, |s| s.base);
        for entry in disk.list(self.dir()).await? {
            let Some((SegmentFile::Snapshot, at)) = SegmentFile::parse(&entry.name) else { continue };
            if at < first {
                unlink_if_there(disk, &self.dir().join(&entry.name)).await?;
            }
        }
        Ok(())
    }
}
