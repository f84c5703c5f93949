//! Removing what nobody needs any more: folders of deleted partitions, and the space of removed files.
//!
//! Owner: the store; `remove_loop` works it off, one file after the other. A file loses its name first; its space is
//! given back from the end, in pieces, through a descriptor (docs/decisions/0018), so a crash finds it whole or gone.
//! Bounded: of more than [`ERASED_AT_ONCE`] files the space goes with the name. So it does without room on the disk,
//! and at a stop.

use super::delete::remove_folder;
use super::{Phase, Store};
use crate::disk::{Disk, OpenMode};
use std::io;
use std::path::Path;

/// Files that wait for their space to be given back, each with a descriptor.
const ERASED_AT_ONCE: usize = 8;

impl<D: Disk> Store<D> {
    /// Removes the folders of deleted partitions, and gives the space of removed files back; runs until the store closes.
    pub(super) async fn remove_loop(&self) {
        let is_due = || !self.removing.borrow().is_empty() || !self.erasing.borrow().is_empty();
        loop {
            self.flush_wake.until(|| self.stopped() || is_due()).await;
            self.erase_removed().await;
            if self.stopped() {
                return;
            }
            let folders = std::mem::take(&mut *self.removing.borrow_mut());
            if !folders.is_empty()
                && let Err(e) = self.disk.sync_dir(&self.config.dir).await
            {
                self.go_offline("making the names of deleted partitions durable", &e);
                return;
            }
            for folder in folders {
                // What cannot be removed is tried again at the next start.
                let _ = self.erase_folder(&folder).await;
            }
        }
    }

    /// Removes a file now; its space is given back later if it is much.
    pub(super) async fn remove_file(&self, path: &Path) -> io::Result<()> {
        let file = self.open_to_erase(path).await;
        self.disk.unlink(path).await?;
        file.into_iter().for_each(|file| self.erase_later(file));
        Ok(())
    }

    /// Holds a file that is about to lose its name. `None` where its space may go with the name.
    pub(super) async fn open_to_erase(&self, path: &Path) -> Option<D::File> {
        if self.erasing.borrow().len() >= ERASED_AT_ONCE || !self.may_take_time() {
            return None;
        }
        // Without a descriptor it is removed all the same.
        let file = self.disk.open(path, OpenMode::REMOVE).await.ok()?;
        let len = self.disk.len(&file).await.ok()?;
        (len > self.config.erase_bytes).then_some(file)
    }

    /// The file has no name any more.
    pub(super) fn erase_later(&self, file: D::File) {
        let mut erasing = self.erasing.borrow_mut();
        if erasing.len() < ERASED_AT_ONCE && self.may_take_time() {
            erasing.push_back(file);
            self.flush_wake.notify();
        }
    }

    /// Removes a folder of plain files, the long ones in pieces.
    async fn erase_folder(&self, dir: &Path) -> io::Result<()> {
        for entry in self.disk.list(dir).await?.iter().filter(|e| e.len > self.config.erase_bytes) {
            self.remove_file(&dir.join(&entry.name)).await?;
            self.erase_removed().await;
        }
        remove_folder(&self.disk, dir).await
    }

    /// Works off the files that wait; at a stop it only closes them.
    async fn erase_removed(&self) {
        loop {
            let Some(file) = self.erasing.borrow_mut().pop_front() else { return };
            // After an error the rest goes with the descriptor.
            while self.may_take_time()
                && self.disk.shorten(&file, self.config.erase_bytes).await.is_ok_and(|more| more)
            {
            }
        }
    }

    /// False if space is needed at once.
    fn may_take_time(&self) -> bool {
        self.phase.get() == Phase::Open && !self.is_full()
    }
}
