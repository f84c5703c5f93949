//! The clean stop, and what happens once a second.
//!
//! Owner: the store. Invariant: after `close` every byte is in its segment at the segment's exact length, indexes
//! and snapshots are written as Kafka writes them, and the last checkpoint says so.

use super::wait::side_by_side;
use super::{Offline, Partition, Phase, Store, StoreError};
use crate::commit::entry::{Entry, bare_head};
use crate::disk::Disk;
use crate::limits::{LOG_BYTES_CARRIED, LOG_BYTES_PER_PARTITION, SYNCS_MAX};
use crate::partition::files::SegmentFile;
use crate::partition::{FlushWant, snapshot};
use crate::planted::{Bug, planted};
use ringlog_wire::ids::Offset;
use std::io;
use std::rc::Rc;

impl<D: Disk> Store<D> {
    /// Once a second: silent producers are forgotten, descriptors and memory are brought back under their budgets,
    /// the commit log grows with the number of partitions, and the free space is looked at.
    /// (Segments roll by time at the next append, as Kafka's do.)
    pub async fn tick(&self, now_ms: i64) {
        if self.phase.get() != Phase::Open || self.is_offline() {
            return;
        }
        for (n, partition) in self.partitions().into_iter().enumerate() {
            partition.log.borrow_mut().expire_producers(now_ms);
            if n % crate::limits::CHECKPOINT_CHUNK == 0 {
                super::wait::give_way().await;
            }
        }
        if self.fill_refused.take().is_some() | self.full.replace(false) {
            self.flush_wake.notify();
        }
        self.give_back_memory().await;
        self.release_descriptors();
        self.reshape();
        self.look_at_space().await;
    }

    /// Lets the commit log grow with the number of partitions.
    pub(super) fn reshape(&self) {
        let shape = self.log.borrow().shape();
        let partitions = self.config.partitions.max(self.partitions.borrow().len());
        let of_all = |bytes: u64| bytes.saturating_mul(partitions as u64);
        let wanted = of_all(LOG_BYTES_PER_PARTITION).min(self.config.log_bytes_max) / shape.file_bytes;
        let files = wanted.max(of_all(LOG_BYTES_CARRIED).div_ceil(shape.file_bytes));
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        let files = files.min(crate::limits::LOG_FILES_MAX);
        if files > shape.files {
            self.log.borrow_mut().reshape(crate::commit::log::LogShape { files, ..shape });
            self.flush_wake.notify();
        }
    }

    /// Stops cleanly: no more appends, everything durable, everything in its segment, a last checkpoint.
    ///
    /// The tasks of `commit_next` and `flush_loop` must still run; they end when this returns.
    /// Errors: the directory went offline, or a write failed; then the next start recovers as after a kill.
    pub async fn close(&self) -> Result<(), StoreError> {
        if self.phase.get() != Phase::Open {
            return Err(StoreError::Misuse("the store is closed already".into()));
        }
        self.phase.set(Phase::Closing);
        self.flush_wake.notify();
        let done = self.write_everything().await;
        self.phase.set(Phase::Closed);
        self.flush_wake.notify();
        self.commit_wake.notify();
        self.progress.notify();
        if self.is_offline() {
            return Err(self.offline_error());
        }
        done.map_err(|e| StoreError::Io("writing everything out".into(), e))
    }

    async fn write_everything(&self) -> io::Result<()> {
        // Bypasses end with a carried block, and frames follow frames: wait until nothing is under way.
        let waits = !planted(Bug::StopBeforeBypass);
        let under_way = || waits && self.partitions.borrow().values().any(|p| p.bypass.get());
        self.full.set(false);
        self.flush_wake.notify();
        self.progress.until(|| self.is_offline() || self.full.get() || !under_way()).await;
        if self.full.get() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if !self.frames_durable().await {
            return Ok(());
        }
        let work = |p: Rc<Partition<D>>| async move { self.finish_partition(&p).await };
        let done = side_by_side(self.partitions(), SYNCS_MAX, work).await;
        done.into_iter().collect::<io::Result<()>>()?;
        self.frames.borrow_mut().push_bare(&bare_head(&Entry::Closed));
        self.commit_wake.notify();
        if !self.frames_durable().await {
            return Ok(());
        }
        self.write_checkpoint(true).await.map(|_| ())
    }

    /// Writes out one partition: bytes, indexes, epochs, producers.
    async fn finish_partition(&self, partition: &Rc<Partition<D>>) -> io::Result<()> {
        // Untouched since it was opened: its files are complete.
        if partition.must_carry.get() {
            return partition.close_files(&self.disk).await;
        }
        loop {
            self.flush_partition(Rc::clone(partition), FlushWant::Everything, usize::MAX).await?;
            if partition.log.borrow().unflushed_bytes() == 0 || partition.deleted.get() || self.is_offline() {
                break;
            }
        }
        let _inside = partition.gate.enter().await;
        if partition.deleted.get() || self.is_offline() {
            return Ok(());
        }
        partition.sync_writes(&self.disk).await?;
        let (base, size, end, snapshot) = {
            let mut log = partition.log.borrow_mut();
            log.close_time_index();
            let active = log.segments().active();
            (active.base, active.size, log.end(), snapshot::encode(log.producers()))
        };
        if size > 0 {
            // Gives back what was reserved behind the end.
            let file = partition.segment_file(&self.disk, base).await?;
            self.disk.truncate(&file, size).await?;
            partition.sync_segment(&self.disk, &file).await?;
            partition.write_index(&self.disk, base, 0).await?;
            partition.write_epochs(&self.disk).await?;
            self.disk.replace_file(&partition.segment_path(SegmentFile::Snapshot, end), &snapshot).await?;
        }
        // Also behind a deletion that left an empty segment only.
        if size > 0 || base > Offset::ZERO {
            partition.remove_superseded_snapshots(&self.disk, end).await?;
        }
        partition.close_files(&self.disk).await?;
        partition.sync_writes(&self.disk).await.map(|_| ())
    }

    /// Takes the directory offline from outside (a failed metadata write, an operator).
    pub fn fail(&self, why: &str) -> Offline {
        self.go_offline(why, &io::Error::other("the directory was given up"));
        Offline(why.to_owned())
    }
}
