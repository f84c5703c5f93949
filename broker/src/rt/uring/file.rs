//! A file on a data directory: one descriptor, shared by every clone on every core.
//!
//! Owner: whoever holds a clone; ring operations hold one too, so a descriptor never closes under them.
//! Invariants: the close happens on the directory's ordinary thread (the last close of an unlinked file frees
//! its blocks and can take long); `reading` lists the buffered reads that are not finished.

use super::files::Dir;
use super::fills::Fills;
use super::syncer::Syncer;
use super::worker::Worker;
use ringlog_storage::disk::DiskFile;
use std::fs::File;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, Mutex, PoisonError};

pub(super) struct FileInner {
    file: Option<File>,
    pub(super) direct: bool,
    /// Durable writes go through the ring, not the flusher.
    pub(super) durable_by_ring: bool,
    /// The data directory's ordinary threads.
    pub(super) meta: Worker,
    pub(super) sync: Syncer,
    pub(super) read: Worker,
    /// /dev/null.
    pub(super) sink: Arc<File>,
    /// What was read into the page cache for cold fetches.
    pub(super) fills: Fills,
    reading: Mutex<Vec<(u64, u64)>>,
}

/// An open file; clones share the descriptor.
#[derive(Clone)]
pub struct UringFile(pub(super) Arc<FileInner>);

impl DiskFile for UringFile {}

impl std::fmt::Debug for UringFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UringFile").field("fd", &self.fd()).field("direct", &self.0.direct).finish()
    }
}

impl UringFile {
    /// A file of the data directory `dir`.
    pub(in crate::rt) fn new(file: File, direct: bool, dir: &Dir) -> Self {
        Self(Arc::new(FileInner {
            file: Some(file),
            direct,
            durable_by_ring: dir.durable_by_ring,
            meta: dir.meta.clone(),
            sync: dir.sync.clone(),
            read: dir.read.clone(),
            sink: Arc::clone(&dir.sink),
            fills: Fills::default(),
            reading: Mutex::default(),
        }))
    }

    pub(in crate::rt) fn std(&self) -> &File {
        self.0.file.as_ref().expect("the file is taken only on drop")
    }

    pub(in crate::rt) fn fd(&self) -> RawFd {
        self.std().as_raw_fd()
    }

    /// A buffered read of `start..end` begins: until the guard drops, the pages may be there but not filled.
    pub(super) fn mark_reading(&self, start: u64, end: u64) -> Reading {
        self.0.reading.lock().unwrap_or_else(PoisonError::into_inner).push((start, end));
        Reading { file: self.clone(), range: (start, end) }
    }

    /// True if a buffered read that overlaps `start..end` is unfinished.
    pub(super) fn is_reading(&self, start: u64, end: u64) -> bool {
        let reading = self.0.reading.lock().unwrap_or_else(PoisonError::into_inner);
        reading.iter().any(|(s, e)| *s < end && start < *e)
    }
}

/// An unfinished buffered read.
pub(super) struct Reading {
    file: UringFile,
    range: (u64, u64),
}

impl Drop for Reading {
    fn drop(&mut self) {
        let mut reading = self.file.0.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = reading.iter().position(|r| *r == self.range) {
            reading.swap_remove(at);
        }
    }
}

impl Drop for FileInner {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            // If the worker has stopped, the file comes back in the job and closes here.
            self.meta.submit(Box::new(move || drop(file)));
        }
    }
}
