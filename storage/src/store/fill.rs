//! Making commit log files ready: created, zero-filled in large writes, synced, their names durable.
//!
//! Owner: the store. Invariant: a file takes frames only when it was written from end to end and synced, so that
//! a frame's durable write changes neither the file's size nor its extents (architecture.md D2: 110 against
//! 187-191 microseconds). The first file of a new log is short, so that filling it never delays the start.

use super::segment::final_error;
use super::{Phase, Shortage, Store, StoreError};
use crate::buf::{AlignedBuf, BLOCK};
use crate::commit::frame::{HEADER_LEN, Link};
use crate::commit::log::LogFile;
use crate::disk::{Disk, OpenMode, Space};
use crate::layout;
use crate::limits::{BACKGROUND_BYTES, LOG_FILES_MIN};
use crate::planted::{Bug, planted};
use bytes::Bytes;
use std::io;

/// Length of the very first log file: 16 MiB take 7 ms on the measuring machine and 0.2 s on a slow disk.
pub(super) const FIRST_FILE_BYTES: u64 = 16 << 20;

/// Writes zeros from `from` to `to` (whole blocks), then syncs.
async fn zero_fill<D: Disk>(disk: &D, file: &D::File, from: u64, to: u64, zeros: &Bytes) -> io::Result<()> {
    let mut at = from / BLOCK as u64 * BLOCK as u64;
    while at < to {
        let n = (to - at).min(zeros.len() as u64);
        let part = zeros.slice(..usize::try_from(n).unwrap_or(zeros.len()));
        disk.write_at(file, vec![part], at).await?;
        at += n;
    }
    disk.sync(file).await
}

impl<D: Disk> Store<D> {
    pub(super) fn zeros(&self) -> Bytes {
        AlignedBuf::zeroed(BACKGROUND_BYTES, &self.buffers).freeze()
    }

    /// Clears the header at the front of a file that is to take frames again. Durable before its first one: should
    /// that be torn, no older frame is left in its place, and a damaged front always means a damaged frame that
    /// counts. The rest of the block is written as it was, so that this write cannot be torn itself.
    pub(super) async fn clear_front(&self, file: &D::File) -> io::Result<()> {
        if planted(Bug::FrontNotCleared) {
            return Ok(());
        }
        let buf = AlignedBuf::zeroed(BLOCK, &self.buffers);
        let (read, mut buf) = self.disk.read_at(file, buf, 0, BLOCK).await;
        read?;
        buf.as_mut_slice().iter_mut().take(HEADER_LEN).for_each(|b| *b = 0);
        self.disk.write_at(file, vec![buf.freeze()], 0).await.map_err(final_error)?;
        self.disk.sync(file).await.map_err(final_error)
    }

    /// A new log file of `bytes`, filled and durable, not yet in the queue.
    pub(super) async fn make_log_file(&self, bytes: u64) -> Result<LogFile<D::File>, StoreError> {
        let number = self.next_file_number.get();
        self.next_file_number.set(number + 1);
        let dir = layout::core_dir(&self.config.dir, self.config.core);
        let path = dir.join(layout::log_name(number));
        let io = |e| StoreError::Io(format!("preparing {}", path.display()), e);
        let file = self.disk.open(&path, OpenMode::DIRECT).await.map_err(io)?;
        let filled = zero_fill(&self.disk, &file, 0, bytes, &self.zeros()).await;
        if let Err(e) = filled {
            // Space may come back: leave nothing half made behind.
            let _ = self.disk.unlink(&path).await;
            return Err(io(e));
        }
        if !planted(Bug::LogFileNameNotSynced) {
            self.disk.sync_dir(&dir).await.map_err(io)?;
        }
        let first = Link { salt: self.salt, generation: 0, sequence: 0, prev_crc: 0 };
        Ok(LogFile { number, file, capacity: bytes, generation: 0, first })
    }

    /// Adds files until the log has its planned number; runs until the store closes.
    pub(super) async fn fill_loop(&self) {
        loop {
            self.flush_wake.until(|| self.stopped() || self.wants_file()).await;
            if self.stopped() {
                return;
            }
            self.log.borrow_mut().expect_file();
            let bytes = self.log.borrow().shape().file_bytes;
            if let Some(shortage) = self.lacks_for_log(bytes).await {
                self.log.borrow_mut().forget();
                self.fill_refused.set(Some(shortage));
                continue;
            }
            match self.make_log_file(bytes).await {
                Ok(file) => self.log.borrow_mut().add_free(file),
                Err(e) => {
                    self.log.borrow_mut().forget();
                    self.on_fill_refused(&e).await;
                }
            }
            self.commit_wake.notify();
            self.progress.notify();
        }
    }

    /// What one more log file would lack. The fewest that a log works with may take the reserve: it is kept for them.
    async fn lacks_for_log(&self, bytes: u64) -> Option<Shortage> {
        if self.log.borrow().files() <= LOG_FILES_MIN {
            return None;
        }
        let space = self.disk.space(&self.config.dir).await.ok()?;
        self.lacks(space, bytes)
    }

    /// ENOSPC here is no failure of the directory: the log stays smaller until `tick` tries again.
    async fn on_fill_refused(&self, e: &StoreError) {
        match e {
            StoreError::Io(_, e) if e.kind() == io::ErrorKind::StorageFull => {
                let space = self.disk.space(&self.config.dir).await;
                let space = space.unwrap_or(Space { free: 0, total: 0 });
                let wanted = self.log.borrow().shape().file_bytes;
                let none = Shortage { free: space.free, reserve: 0, wanted };
                self.fill_refused.set(Some(self.lacks(space, wanted).unwrap_or(none)));
            }
            StoreError::Io(what, e) => self.go_offline(what, e),
            other => self.go_offline("preparing the commit log", &io::Error::other(other.to_string())),
        }
    }

    fn wants_file(&self) -> bool {
        let log = self.log.borrow();
        self.fill_refused.get().is_none()
            && self.phase.get() == Phase::Open
            && log.files() < log.shape().files
    }

    /// True once the loops should end.
    pub(super) fn stopped(&self) -> bool {
        self.is_offline() || self.phase.get() == Phase::Closed
    }
}
