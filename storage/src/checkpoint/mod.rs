//! Checkpoints: the state of every partition of a core in one of two slots, so that recovery reads little.
//!
//! Owner: the core's `Store`. Invariants: the older slot is overwritten, never the newer; a slot counts only with
//! its CRC right, and the higher generation wins; a slot is written only after the frames and segment bytes
//! that it speaks of are durable, and is durable itself before a log file that it does not need is reused.
//!
//! Byte table: docs/storage-format.md.

pub mod encode;
pub mod image;

pub use encode::{BadCheckpoint, Checkpoint, Encoder};
pub use image::{Head, Record};

use crate::buf::{AlignedBuf, BLOCK, Gauge};
use crate::disk::Disk;
use crate::limits::CHECKPOINT_MAX;
use crate::planted::{Bug, planted};
use bytes::Bytes;
use std::io;

/// File names of the two slots.
pub const SLOTS: [&str; 2] = ["checkpoint-a", "checkpoint-b"];
/// File name of a checkpoint made for the next layout generation (see `layout`).
pub const NEXT: &str = "checkpoint-next";

/// The two slots of one core, open and locked.
#[derive(Debug)]
pub struct Slots<F> {
    files: [F; 2],
    /// Index of the slot to write next.
    next: usize,
    generation: u64,
}

impl<F: Clone> Slots<F> {
    /// Slots of which the newest is `newest` (index) with `generation`; nothing written yet: `None`.
    #[must_use]
    pub fn new(files: [F; 2], newest: Option<(usize, u64)>) -> Self {
        let other = |slot| if planted(Bug::NewestCheckpointOverwritten) { slot } else { 1 - slot };
        let (next, generation) = newest.map_or((0, 0), |(slot, generation)| (other(slot), generation));
        Self { files, next, generation }
    }

    /// The generation of the next checkpoint.
    #[must_use]
    pub fn next_generation(&self) -> u64 {
        self.generation + 1
    }

    /// The file of the next checkpoint.
    #[must_use]
    pub fn next_file(&self) -> F {
        let [a, b] = &self.files;
        if self.next == 0 { a.clone() } else { b.clone() }
    }

    /// The checkpoint in `next_file` is durable.
    pub fn on_written(&mut self) {
        self.generation += 1;
        self.next = 1 - self.next;
    }
}

/// Reads a slot: the checkpoint, and its bytes for `write_slot`. `Ok(None)`: never written.
/// Errors: I/O, or a slot that is damaged or torn.
pub async fn read_slot<D: Disk>(
    disk: &D,
    file: &D::File,
    gauge: &Gauge,
) -> Result<Option<(Checkpoint, Bytes)>, SlotError> {
    let len = disk.len(file).await?;
    let len = usize::try_from(len)
        .ok()
        .filter(|n| *n <= CHECKPOINT_MAX)
        .ok_or(SlotError::Bad(BadCheckpoint::Length))?;
    if len == 0 {
        return Ok(None);
    }
    // Read in one piece; a short read is tried again from the block where it stopped.
    let mut whole = Vec::with_capacity(len);
    let mut buf = AlignedBuf::zeroed(len.min(1 << 20), gauge);
    while whole.len() < len {
        let want = (len - whole.len()).min(buf.capacity());
        let (read, back) = disk.read_at(file, buf, whole.len() as u64, want).await;
        buf = back;
        let n = read?;
        if n == 0 {
            break;
        }
        whole.extend_from_slice(buf.as_slice().get(..n).unwrap_or_default());
    }
    let checkpoint = encode::decode(&whole).map_err(SlotError::Bad)?;
    Ok(Some((checkpoint, Bytes::from(whole))))
}

/// Writes a finished checkpoint into `file` and makes it durable.
pub async fn write_slot<D: Disk>(disk: &D, file: &D::File, body: Bytes) -> io::Result<()> {
    let len = body.len() as u64;
    disk.write_at(file, vec![body], 0).await?;
    // A longer, older checkpoint must not leave its end behind: the length is part of what is checked.
    disk.truncate(file, len).await?;
    if planted(Bug::CheckpointNotSynced) {
        return Ok(());
    }
    // Never tried again, not even after ENOSPC.
    disk.sync(file).await.map_err(|e| io::Error::other(format!("sync: {e}")))
}

/// Why a slot cannot be used.
#[derive(Debug)]
pub enum SlotError {
    /// It could not be read.
    Io(io::Error),
    /// It was read and is not a whole checkpoint.
    Bad(BadCheckpoint),
}

impl From<io::Error> for SlotError {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

const _: () = assert!(encode::HEADER_LEN < BLOCK);
