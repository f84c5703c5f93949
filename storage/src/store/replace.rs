//! A new segment takes the place of old ones, so that a crash at any moment leaves either all or nothing of it.
//!
//! Owner: the store. Order, each step durable before the next: the new segment's files under names that nobody
//! looks for -> the `replacement` file (from here on it is done: a start goes on with it) -> names and removals ->
//! a checkpoint that knows the new segment -> `replacement` goes. Readers see the old segments or the new one:
//! those that meet the change read again (`Reader::undisturbed`).

use super::front::LEFT;
use super::open::{OpenContext, io_error};
use super::partition::folder;
use super::segment::unlink_if_there;
use super::{Partition, Phase, Store, StoreError};
use crate::clean::replacement::{CLEANED_SUFFIX, LEN_MAX, NAME, Replacement};
use crate::disk::Disk;
use crate::layout::{self, Layout};
use crate::partition::SegmentImage;
use crate::partition::files::SegmentFile;
use crate::partition::index::LoadedIndex;
use crate::partition::segments::Segment;
use crate::planted::{Bug, planted};
use crate::read::CachedIndex;
use ringlog_wire::ids::Offset;
use std::io;
use std::path::Path;
use std::rc::Rc;

/// Files of a segment that compaction writes.
const WRITTEN: [SegmentFile; 3] = [SegmentFile::Log, SegmentFile::Index, SegmentFile::TimeIndex];

/// A segment that is durable under names that nobody looks for yet.
pub(super) struct NewSegment<F> {
    pub segment: Segment,
    /// Open for reading.
    pub file: F,
    pub index: LoadedIndex,
}

impl<D: Disk> Store<D> {
    /// Lets `new` take the place of the segments `replaced`. False if those are not what they were: then
    /// nothing happened. Errors: offline from now on.
    pub(super) async fn replace_segments(
        &self,
        partition: &Rc<Partition<D>>,
        replaced: &[Offset],
        new: NewSegment<D::File>,
    ) -> Result<bool, StoreError> {
        match self.try_replace(partition, replaced, new).await {
            Ok(done) => Ok(done),
            Err(_) if partition.deleted.get() => Ok(false),
            Err(e) => {
                self.go_offline(&format!("compacted segments of {partition:?} cannot take their place"), &e);
                Err(self.offline_error())
            }
        }
    }

    async fn try_replace(
        &self,
        partition: &Rc<Partition<D>>,
        replaced: &[Offset],
        new: NewSegment<D::File>,
    ) -> io::Result<bool> {
        let inside = partition.gate.enter().await;
        let stays = !partition.deleted.get() && !partition.moving.get();
        let open = self.phase.get() == Phase::Open && !self.is_offline() && stays;
        let image = SegmentImage::new(&new.segment);
        let note = Replacement::new(self.layout_generation, partition.id(), replaced, &image);
        if !open || !partition.log.borrow().segments().clone().replace(replaced, new.segment.clone()) {
            self.remove_cleaned(partition, &note).await?;
            return Ok(false);
        }
        let core = layout::core_dir(&self.config.dir, self.config.core);
        match self.disk.replace_file(&core.join(NAME), &note.encode()).await {
            Err(e) if e.kind() == io::ErrorKind::StorageFull => {
                unlink_if_there(&self.disk, &core.join(NAME)).await?;
                self.disk.sync_dir(&core).await?;
                self.remove_cleaned(partition, &note).await?;
                return Ok(false);
            }
            done => done?,
        }
        let counts = (image.persisted_offsets, image.persisted_times);
        let index = CachedIndex { index: Rc::new(new.index), counts };
        // No await between the two: a reader sees both or none.
        assert!(
            partition.log.borrow_mut().replace_segments(replaced, new.segment),
            "asked above, in the gate"
        );
        if !planted(Bug::ReplacementNotTold) {
            self.reader.replace(partition.id(), replaced, (note.base(), new.file, index));
        }
        let mut old = Vec::new();
        for base in replaced {
            old.extend(self.open_to_erase(&partition.dir().join(SegmentFile::Log.name(*base))).await);
        }
        let named = take_place(&self.disk, partition.dir(), &note).await;
        // After a failure names may lead to the old segments until the next start: readers never follow them.
        if named.is_ok() || partition.deleted.get() {
            self.reader.renamed(partition.id(), note.base());
        }
        named?;
        drop(inside);
        old.into_iter().for_each(|file| self.erase_later(file));
        if self.phase.get() != Phase::Open {
            // The last checkpoint is being written; the next start finds that there is nothing left to do.
            return Ok(true);
        }
        if planted(Bug::ReplacementForgottenEarly) || self.write_checkpoint(false).await?.is_some() {
            self.disk.unlink(&core.join(NAME)).await?;
            self.disk.sync_dir(&core).await?;
        }
        Ok(true)
    }
}

impl<D: Disk> Store<D> {
    async fn remove_cleaned(&self, partition: &Partition<D>, note: &Replacement) -> io::Result<()> {
        for kind in WRITTEN {
            unlink_if_there(&self.disk, &partition.cleaned_path(kind, note.base())).await?;
        }
        Ok(())
    }
}

/// Names and removals in the partition's folder. Any number of times. Durable on return.
async fn take_place<D: Disk>(disk: &D, dir: &Path, note: &Replacement) -> io::Result<()> {
    let unless_gone = |done: io::Result<()>| match done {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    };
    for kind in WRITTEN {
        let name = kind.name(note.base());
        unless_gone(disk.rename(&dir.join(format!("{name}{CLEANED_SUFFIX}")), &dir.join(name)).await)?;
    }
    for base in note.gone() {
        for kind in LEFT {
            unless_gone(disk.unlink(&dir.join(kind.name(base))).await)?;
        }
    }
    disk.sync_dir(dir).await
}

/// At the start: goes on with a replacement that a crash cut off. The images of checkpoints made before it must
/// be brought up to date with what this returns. Errors: I/O, a damaged file.
pub(super) async fn resume<D: Disk, P>(
    disk: &D,
    (dir, core): (&Path, &Path),
    layout: Layout,
    context: &OpenContext<'_, P>,
) -> Result<Option<Replacement>, StoreError> {
    let path = core.join(NAME);
    let fail = |e| StoreError::Io(format!("going on with {}", path.display()), e);
    let bytes = match disk.read_file(&path, LEN_MAX).await {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(fail(e)),
    };
    let Some(note) = Replacement::decode(&bytes) else {
        return Err(StoreError::Corrupt(format!("{} is damaged", path.display())));
    };
    if note.layout_generation != layout.generation {
        // The change of layout began from a checkpoint that knew it.
        disk.unlink(&path).await.map_err(fail)?;
        disk.sync_dir(core).await.map_err(fail)?;
        return Ok(None);
    }
    if let Some(known) = (context.known)(note.id()) {
        // The process that wrote it may have been killed before the name was durable.
        disk.sync_dir(core).await.map_err(fail)?;
        let folder = dir.join(folder(&known.topic, note.index));
        take_place(disk, &folder, &note).await.map_err(fail)?;
    }
    Ok(Some(note))
}

impl<D: Disk> Store<D> {
    /// A durable checkpoint knows what `resume` did.
    pub(super) async fn forget_replacement(&self) -> Result<(), StoreError> {
        let core = layout::core_dir(&self.config.dir, self.config.core);
        let fail = || format!("removing {}", core.join(NAME).display());
        unlink_if_there(&self.disk, &core.join(NAME)).await.map_err(io_error(fail()))?;
        self.disk.sync_dir(&core).await.map_err(io_error(fail()))
    }
}
