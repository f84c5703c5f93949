//! What of a partition's files was written and not synced, and the syncs that make it durable.
//!
//! Owner: one partition. Invariants: syncs of one partition follow each other, so that whoever returns from
//! `sync_writes` knows that everything noted before its call is durable, also what another task was syncing at
//! that moment; after a sync that failed no later one succeeds (architecture.md D2), whoever asks.

use super::segment::final_error;
use super::wait::Gate;
use super::{Partition, Store};
use crate::disk::Disk;
use crate::partition::FlushJob;
use crate::planted::{Bug, planted};
use ringlog_wire::ids::Offset;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Unsynced<F> {
    /// Segment files, by base offset.
    files: RefCell<BTreeMap<Offset, F>>,
    /// A name was made or removed that the directory may not hold durably.
    names: Cell<bool>,
    /// Held by whoever syncs.
    gate: Gate,
    /// A sync failed.
    failed: Cell<bool>,
}

impl<F> Default for Unsynced<F> {
    fn default() -> Self {
        Self {
            files: RefCell::default(),
            names: Cell::new(false),
            gate: Gate::default(),
            failed: Cell::new(false),
        }
    }
}

impl<F: Clone> Unsynced<F> {
    /// Notes a write to the file of segment `base`.
    pub fn note_write(&self, base: Offset, file: &F) {
        self.files.borrow_mut().entry(base).or_insert_with(|| file.clone());
    }

    /// Notes a change of the partition's folder.
    pub fn note_name(&self) {
        self.names.set(true);
    }

    /// True if something was noted that no finished sync covers.
    pub fn any(&self) -> bool {
        self.names.get() || self.failed.get() || self.gate.is_taken() || !self.files.borrow().is_empty()
    }
}

impl<D: Disk> Partition<D> {
    /// Makes all that was noted so far durable: bytes, then names. Returns how many files were synced.
    ///
    /// Errors: a sync failed, now or earlier: the directory must go offline.
    pub(super) async fn sync_writes(&self, disk: &D) -> io::Result<u64> {
        let unsynced = &self.unsynced;
        let _inside = unsynced.gate.enter().await;
        if unsynced.failed.get() {
            return Err(io::Error::other("sync: an earlier one failed"));
        }
        let done = self.sync_noted(disk).await;
        // Meanwhile another task's sync may have failed, and this one after it lost nothing that it knew of.
        unsynced.failed.set(done.is_err() || unsynced.failed.get());
        if unsynced.failed.get() && done.is_ok() {
            return Err(io::Error::other("sync: another one failed meanwhile"));
        }
        done
    }

    /// Syncs one of the partition's segments at once. Errors: final at once for every later sync, which would succeed
    /// without the bytes that this one lost; the directory goes offline only when the error has come up to its task.
    pub(super) async fn sync_segment(&self, disk: &D, file: &D::File) -> io::Result<()> {
        let done = disk.sync(file).await.map_err(final_error);
        if done.is_err() && !planted(Bug::FailedSyncForgotten) {
            self.unsynced.failed.set(true);
        }
        done
    }

    /// Writes `job` to its segment, durable on return. Errors: as of `sync_segment`.
    pub(super) async fn write_segment(&self, disk: &D, file: &D::File, job: &FlushJob) -> io::Result<()> {
        let done = disk.write_durable(file, job.data.clone(), job.position).await;
        if done.is_err() && !planted(Bug::FailedSyncForgotten) {
            self.unsynced.failed.set(true);
        }
        done
    }

    async fn sync_noted(&self, disk: &D) -> io::Result<u64> {
        let files = std::mem::take(&mut *self.unsynced.files.borrow_mut());
        for file in files.values() {
            if planted(Bug::FailedSyncRetried) && disk.sync(file).await.is_ok() {
                continue;
            }
            disk.sync(file).await.map_err(final_error)?;
        }
        if self.unsynced.names.take() && !planted(Bug::DirectorySyncSkipped) {
            disk.sync_dir(self.dir()).await.map_err(final_error)?;
        }
        Ok(files.len() as u64)
    }
}

impl<D: Disk> Store<D> {
    /// Makes durable whatever these partitions wrote so far, bytes and names.
    pub(super) async fn sync_all(&self, partitions: &[Rc<Partition<D>>]) -> io::Result<()> {
        let sync = |p: &Rc<Partition<D>>| {
            let p = Rc::clone(p);
            async move {
                match p.sync_writes(&self.disk).await {
                    // The folder is being deleted: nothing in it is needed any more.
                    Err(_) if p.deleted.get() => Ok(0),
                    done => done,
                }
            }
        };
        let done = super::wait::side_by_side(partitions, crate::limits::SYNCS_MAX, sync).await;
        for syncs in done {
            let syncs = syncs?;
            self.count(|s| s.segment_syncs += syncs);
        }
        Ok(())
    }
}
