//! The last steps of a move to another data directory: the copy takes the replica's name, the target's store knows it,
//! and, once the metadata log says so, the former replica goes. And what a start finds of moves that were cut off.
//!
//! Owner: the task of the move; see `store/future.rs` for the order of all steps. Invariants: appends wait from before
//! the last byte is copied until one of the two replicas is gone; the target's checkpoint knows the replica before the
//! metadata log does; a folder is removed at a start only where the directory that the metadata log names has one too.

use super::delete::{DELETE_SUFFIX, remove_folder};
use super::future::{FutureReplica, MoveError};
use super::open::io_error;
use super::partition::{Hold, folder};
use super::recycle::record_of;
use super::segment::unlink_if_there;
use super::{Known, Partition, Store, StoreError};
use crate::checkpoint::Record;
use crate::disk::{Disk, OpenMode};
use crate::limits::SMALL_FILE_MAX;
use crate::partition::PartitionLog;
use crate::partition::files::{
    LEADER_EPOCH_CHECKPOINT, PARTITION_METADATA, SegmentFile, parse_partition_metadata,
};
use crate::planted::{Bug, planted};
use ringlog_wire::ids::{Offset, TopicId};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

impl<D: Disk> FutureReplica<D> {
    /// Copies the rest while appends wait, and lets the target's store know the replica. On return it is durable
    /// there, and appends still wait: `settle`, `discard` or `strand` follows.
    ///
    /// Errors: the replica stays where it is; `discard` follows.
    pub async fn hand_over(&self, known: &Known, wall_ms: i64) -> Result<Rc<Partition<D>>, MoveError> {
        // Between the new name of its folder and the metadata log nothing else would show that it was asked for.
        if !planted(Bug::RequestNotKept) {
            let made = self.to.make_future(&self.kept).await;
            made.map_err(|e| MoveError::Failed(e.to_string()))?;
        }
        self.hold();
        self.close_active(wall_ms).await?;
        let missing = self.copy(&|_| Box::pin(async {})).await?;
        if missing > 0 && !planted(Bug::TailNotMoved) {
            return Err(MoveError::Failed(format!(
                "{missing} bytes of {:?} are in no closed segment",
                self.partition
            )));
        }
        let record = record_of(&self.partition, &self.partition.log.borrow());
        self.complete_folder(&record).await?;
        self.goes_on()?;
        self.take_place().await?;
        self.goes_on()?;
        let adopted = self.to.adopt(&self.partition, known, record).await;
        if planted(Bug::FormerGoesEarly) {
            let _ = self
                .from
                .doom_folder(&folder(self.partition.topic(), self.id().index), self.id().topic)
                .await;
        }
        adopted.map_err(|e| MoveError::Failed(e.to_string()))
    }

    /// What belongs to no segment of `record` goes; the active segment gets its empty file, so that a start without a
    /// checkpoint takes no closed one for it. Everything in the folder is durable on return.
    async fn complete_folder(&self, record: &Record) -> Result<(), MoveError> {
        let (disk, dir) = (&self.to.disk, &self.folder);
        let fail = |e| self.target_failed(&format!("writing {}", dir.display()), e);
        for entry in disk.list(dir).await.map_err(fail)? {
            let Some((_, base)) = SegmentFile::parse(&entry.name) else { continue };
            if record.segments.iter().all(|s| s.base != base.0) {
                unlink_if_there(disk, &dir.join(&entry.name)).await.map_err(fail)?;
            }
        }
        if let Some(active) = record.segments.last() {
            let path = dir.join(SegmentFile::Log.name(Offset(active.base)));
            disk.open(&path, OpenMode::DIRECT).await.map_err(fail)?;
            self.copy_small(SegmentFile::Snapshot, Offset(active.base)).await?;
        }
        let text = self.partition.log.borrow().epochs().to_file();
        disk.replace_file(&dir.join(LEADER_EPOCH_CHECKPOINT), text.as_bytes()).await.map_err(fail)?;
        disk.sync_dir(dir).await.map_err(fail)
    }

    /// The folder gets the replica's name, durably. Whatever has that name was left behind by an earlier move.
    async fn take_place(&self) -> Result<(), MoveError> {
        let (store, name) = (&self.to, folder(self.partition.topic(), self.id().index));
        let dir = store.config.dir.join(&name);
        let fail = |e| self.target_failed(&format!("renaming {}", self.folder.display()), e);
        match store.topic_of(&dir).await {
            Ok(Some(topic)) if topic == self.id().topic => {
                store.doom_folder(&name, topic).await.map_err(fail)?;
            }
            Ok(None) if store.disk.list(&dir).await.is_err() => {}
            Ok(_) => store.put_aside(&name).await.map_err(|e| MoveError::Failed(e.to_string()))?,
            Err(e) => return Err(MoveError::Failed(e.to_string())),
        }
        store.disk.rename(&self.folder, &dir).await.map_err(fail)?;
        self.named.set(true);
        store.disk.sync_dir(&store.config.dir).await.map_err(fail)
    }

    /// What took the replica's name in the target did not become the replica: it goes.
    pub(super) async fn remove_named(&self) {
        let adopted = self.to.partitions.borrow_mut().remove(&self.id());
        if let Some(adopted) = adopted {
            adopted.deleted.set(true);
            self.to.reader.forget(self.id());
            // Whoever works on its files at this moment ends first.
            drop(adopted.gate.enter().await);
            self.to.progress.notify();
        }
        let name = folder(self.partition.topic(), self.id().index);
        // A topic that was made anew meanwhile may have taken the name; the next start removes what is left.
        if matches!(self.to.topic_of(&self.to.config.dir.join(&name)).await, Ok(Some(t)) if t == self.id().topic)
        {
            let _ = self.to.doom_folder(&name, self.id().topic).await;
        }
    }

    /// The metadata log says that the replica is in the target: the former one goes, and who waits finds the new one.
    ///
    /// Call it when the core's other tasks already see the new one. Errors: what of the former is left; it is no
    /// replica any more.
    pub async fn settle(&self) -> Result<(), StoreError> {
        let deleted = self.from.delete_partition(self.id()).await;
        self.from.progress.notify();
        // Left behind, it would take the replica here again when that has moved on.
        let forgotten = self.to.remove_future(&self.kept).await;
        deleted?;
        forgotten.map_err(io_error(format!("removing {}", self.kept)))
    }

    /// Whether the metadata log says so is not known before the next start: nothing is appended to either.
    pub fn strand(&self) {
        self.named.set(false);
        self.partition.hold.set(Hold::Lost);
        self.from.progress.notify();
    }
}

impl<D: Disk> Store<D> {
    /// Takes a replica whose files lie in its folder, as `record` says. Durable on return: a checkpoint knows it.
    async fn adopt(
        self: &Rc<Self>,
        source: &Partition<D>,
        known: &Known,
        record: Record,
    ) -> Result<Rc<Partition<D>>, StoreError> {
        let id = source.id();
        let high_watermark = Offset(record.high_watermark);
        let contradicts = |e: crate::partition::Corrupt| StoreError::Corrupt(e.to_string());
        let mut log = PartitionLog::restore(id, known.log, self.tails.clone(), record.into_image())
            .map_err(contradicts)?;
        log.finish_replay().map_err(contradicts)?;
        log.keep_clocks(&source.log.borrow());
        let partition = Rc::new(Partition::new(&Rc::downgrade(self), &self.config.dir, id, known, log));
        partition.set_high_watermark(high_watermark);
        partition.cleaned_to.set(source.cleaned_to.get());
        partition.starting.set(source.starting.get());
        self.reader.forget(id);
        self.reserve_first(&partition).await?;
        self.partitions.borrow_mut().insert(id, Rc::clone(&partition));
        self.starts_changed.set(true);
        self.reshape();
        if planted(Bug::MoveBeforeCheckpoint) {
            return Ok(partition);
        }
        match self.write_checkpoint(false).await {
            Ok(Some(_)) => Ok(partition),
            Ok(None) => Err(self.offline_error()),
            Err(e) => {
                if e.kind() != io::ErrorKind::StorageFull {
                    self.go_offline("a checkpoint cannot be written", &e);
                }
                Err(io_error(format!("writing a checkpoint in {}", self.config.dir.display()))(e))
            }
        }
    }
}

/// Of a topic's name and a partition's index: the topic's id, and the other directory that has the replica.
pub type Elsewhere<'a> = &'a dyn Fn(&str, u32) -> Option<(TopicId, PathBuf)>;

/// Removes the folders of replicas in `dir` that an interrupted move left: the metadata log says that they are in
/// another directory of this node, and that one has a folder of the same topic id.
///
/// Before any store of `dir` opens. Errors: I/O on `dir`.
pub async fn remove_moved<D: Disk>(
    disk: &D,
    dir: &Path,
    elsewhere: Elsewhere<'_>,
) -> io::Result<Vec<String>> {
    let mut removed = Vec::new();
    for entry in disk.list(dir).await?.into_iter().filter(|e| e.is_dir) {
        let Some((topic, index)) = entry.name.rsplit_once('-') else { continue };
        let Ok(index) = index.parse() else { continue };
        let Some((id, other)) = elsewhere(topic, index) else { continue };
        let here = dir.join(&entry.name);
        let both = [&here, &other.join(&entry.name)];
        if topic_in(disk, both[0]).await != Some(id) || topic_in(disk, both[1]).await != Some(id) {
            continue;
        }
        // In one step: half of a replica must not be taken for one, should the metadata log ever name it again.
        let gone = dir.join(format!("{}{DELETE_SUFFIX}", entry.name));
        remove_folder(disk, &gone).await?;
        disk.rename(&here, &gone).await?;
        disk.sync_dir(dir).await?;
        remove_folder(disk, &gone).await?;
        removed.push(entry.name);
    }
    Ok(removed)
}

/// The topic id in a partition folder, if it can be read.
pub(super) async fn topic_in<D: Disk>(disk: &D, dir: &Path) -> Option<TopicId> {
    let bytes = disk.read_file(&dir.join(PARTITION_METADATA), SMALL_FILE_MAX).await.ok()?;
    parse_partition_metadata(&String::from_utf8_lossy(&bytes)).ok()
}
