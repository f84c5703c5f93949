//! Creating and deleting partitions.
//!
//! Owner: the store. Invariants: a partition's folder, its `partition.metadata` and their names are durable
//! before `create_partition` returns; a deleted partition leaves by one rename, so that after a crash its folder
//! is either whole or under a name that only waits to be removed; open readers keep their files.

use super::open::{io_error, make_dir};
use super::partition::folder;
use super::{Known, Partition, Store, StoreError};
use crate::disk::Disk;
use crate::limits::SMALL_FILE_MAX;
use crate::partition::PartitionLog;
use crate::partition::files::{
    PARTITION_METADATA, SegmentFile, parse_partition_metadata, partition_metadata,
};
use ringlog_wire::ids::{Offset, PartitionId, TopicId};
use std::io;
use std::path::Path;
use std::rc::Rc;

/// End of the name of a folder that is being removed: Kafka's.
pub(super) const DELETE_SUFFIX: &str = "-delete";

impl<D: Disk> Store<D> {
    /// Makes a partition, or opens the folder that is there if it is of the same topic id.
    ///
    /// A folder of another topic id, or with records that nothing speaks of, is put aside under `-stray`. Errors: it exists already, I/O, offline.
    pub async fn create_partition(
        self: &Rc<Self>,
        id: PartitionId,
        known: &Known,
        now_ms: i64,
    ) -> Result<Rc<Partition<D>>, StoreError> {
        self.check_online().map_err(|e| StoreError::Offline(e.0))?;
        if self.partition(id).is_some() {
            return Err(StoreError::Misuse(format!("partition {id:?} exists")));
        }
        let name = folder(&known.topic, id.index);
        let dir = self.config.dir.join(&name);
        let there = self.topic_of(&dir).await?;
        let fail = || format!("creating {}", dir.display());
        let same = there == Some(id.topic) && !self.has_bytes(&dir).await?;
        if same {
            // A process that was killed made it: what is seen of its names need not be durable.
            self.disk.sync_dir(&dir).await.map_err(io_error(fail()))?;
        } else {
            if there.is_some() {
                self.put_aside(&name).await?;
            }
            make_dir(&self.disk, &dir).await?;
            let text = partition_metadata(id.topic);
            self.disk
                .replace_file(&dir.join(PARTITION_METADATA), text.as_bytes())
                .await
                .map_err(io_error(fail()))?;
        }
        let log = PartitionLog::new(id, known.log, self.tails.clone(), Offset::ZERO, now_ms);
        let partition = Rc::new(Partition::new(&Rc::downgrade(self), &self.config.dir, id, known, log));
        self.reserve_first(&partition).await?;
        // Another task may have made the same partition meanwhile: the first one stays.
        let partition = Rc::clone(self.partitions.borrow_mut().entry(id).or_insert(partition));
        self.reshape();
        Ok(partition)
    }

    /// The topic id in a partition folder; `None` if there is no such folder.
    pub(super) async fn topic_of(&self, dir: &Path) -> Result<Option<TopicId>, StoreError> {
        let path = dir.join(PARTITION_METADATA);
        let bytes = match self.disk.read_file(&path, SMALL_FILE_MAX).await {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(StoreError::Io(format!("reading {}", path.display()), e)),
        };
        let text = String::from_utf8(bytes).unwrap_or_default();
        let topic = parse_partition_metadata(&text)
            .map_err(|e| StoreError::Corrupt(format!("{}: {e}", path.display())))?;
        Ok(Some(topic))
    }

    /// True if the folder holds bytes of records that neither checkpoint nor commit log spoke of: a creation or
    /// a first append that a crash cut off, hence never acknowledged.
    async fn has_bytes(&self, dir: &Path) -> Result<bool, StoreError> {
        let entries = self.disk.list(dir).await.map_err(io_error(format!("reading {}", dir.display())))?;
        let mut logs = entries.iter().filter(|e| e.len > 0).filter_map(|e| SegmentFile::parse(&e.name));
        Ok(logs.any(|(kind, _)| kind == SegmentFile::Log))
    }

    /// Deletes a partition and its files. Unknown partitions are no error: deletion may be repeated.
    ///
    /// Appends fail at once; reads that run keep their descriptors. The folder has its new name on return;
    /// `remove_loop` makes that durable, for many at once, and removes the files, or the next start does.
    /// Errors: I/O; the partition is gone from memory all the same.
    pub async fn delete_partition(&self, id: PartitionId) -> Result<(), StoreError> {
        let Some(partition) = self.partitions.borrow_mut().remove(&id) else { return Ok(()) };
        partition.deleted.set(true);
        self.reader.forget(id);
        // Whoever writes its files at this moment ends first.
        let _inside = partition.gate.enter().await;
        let unflushed = partition.log.borrow().unflushed_bytes();
        self.unflushed.set(self.unflushed.get().saturating_sub(unflushed));
        *partition.holds.borrow_mut() = super::holds::Holds::default();
        self.flush_wake.notify();
        self.progress.notify();
        let name = folder(partition.topic(), id.index);
        let doomed = self.doom_folder(&name, id.topic).await;
        doomed.map_err(io_error(format!("deleting {}", self.config.dir.join(&name).display())))
    }

    /// Gives the partition folder `name` a name that only waits to be removed. One that is not there is no error.
    pub(super) async fn doom_folder(&self, name: &str, topic: TopicId) -> io::Result<()> {
        let hex: String = topic.0.iter().map(|b| format!("{b:02x}")).collect();
        let from = self.config.dir.join(name);
        let mut to = self.config.dir.join(format!("{name}.{hex}{DELETE_SUFFIX}"));
        let mut n = 1;
        loop {
            match self.disk.rename(&from, &to).await {
                Ok(()) => break,
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
                // What an earlier move left under that name is still being removed.
                Err(e)
                    if matches!(
                        e.kind(),
                        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists
                    ) =>
                {
                    to = self.config.dir.join(format!("{name}.{hex}.{n}{DELETE_SUFFIX}"));
                    n += 1;
                }
                Err(e) => return Err(e),
            }
        }
        self.removing.borrow_mut().push(to);
        self.flush_wake.notify();
        Ok(())
    }
}

/// Removes a folder of plain files.
pub(super) async fn remove_folder<D: Disk>(disk: &D, dir: &Path) -> io::Result<()> {
    let gone = |done: io::Result<()>| match done {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    };
    let entries = match disk.list(dir).await {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries.iter().filter(|e| !e.is_dir) {
        gone(disk.unlink(&dir.join(&entry.name)).await)?;
    }
    gone(disk.remove_dir(dir).await)
}
