//! Room on the file system: the reserve that records never take, and a directory that takes none until there is room.
//!
//! Owner: the store. Invariants: a record is accepted only where its space was reserved while the reserve stayed free,
//! so that checkpoints, indexes, the metadata log, deletions and compaction go on when the disk counts as full
//! (reliability.md 2.2, row 5); once a reservation was refused every append is, with the same reason, until a look at
//! the file system finds what was missing and a quarter of the reserve more, so that the state does not flutter.

use super::Store;
use crate::disk::{Disk, Space};
use std::fmt;

/// Bounds of the reserve that nobody configured: a 64th of the file system, bytes.
const RESERVE_MIN: u64 = 256 << 10;
const RESERVE_MAX: u64 = 1 << 30;

/// Why a directory takes no records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shortage {
    /// Bytes of the file system that are free.
    pub free: u64,
    /// Bytes that records never take (`ringlog.log.dir.reserve.bytes`).
    pub reserve: u64,
    /// Bytes beyond the reserve that could not be had.
    pub wanted: u64,
}

impl Shortage {
    /// Free bytes from which on records are taken again.
    #[must_use]
    pub fn heals_at(&self) -> u64 {
        self.reserve.saturating_add(self.wanted).saturating_add(self.reserve / 4)
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} bytes are free and {} are needed, of which {} stay reserved (ringlog.log.dir.reserve.bytes)",
            self.free,
            self.heals_at(),
            self.reserve
        )
    }
}

impl<D: Disk> Store<D> {
    /// Bytes that records leave free from now on; `None`: a 64th of the file system, 256 KiB to 1 GiB.
    pub fn set_reserve(&self, bytes: Option<u64>) {
        self.reserve.set(bytes);
    }

    /// Why no records are taken at present; `None`: they are.
    #[must_use]
    pub fn shortage(&self) -> Option<Shortage> {
        self.shortage.get()
    }

    /// Why nothing is appended, and what helps: for a client or an operator.
    #[must_use]
    pub fn why_full(&self) -> String {
        let dir = self.config.dir.display();
        match self.shortage() {
            Some(shortage) => format!(
                "data directory {dir} takes no records: {shortage}; delete topics or records, shorten retention or \
                 make room otherwise, then it goes on by itself"
            ),
            None => format!("data directory {dir} has no room at this moment; the write can be tried again"),
        }
    }

    fn reserve_of(&self, total: u64) -> u64 {
        self.reserve.get().unwrap_or((total / 64).clamp(RESERVE_MIN, RESERVE_MAX))
    }

    /// What `wanted` bytes more would lack of room for records, if anything.
    pub(super) fn lacks(&self, space: Space, wanted: u64) -> Option<Shortage> {
        let reserve = self.reserve_of(space.total);
        let lacks = space.free < wanted.saturating_add(reserve);
        lacks.then_some(Shortage { free: space.free, reserve, wanted })
    }

    /// The same for files that may take half of the reserve, since they make room or keep the broker going.
    pub(super) fn lacks_for_itself(&self, space: Space, wanted: u64) -> bool {
        space.free < wanted.saturating_add(self.reserve_of(space.total) / 2)
    }

    /// No records from now on, until there is room.
    pub fn note_shortage(&self, shortage: Shortage) {
        if self.shortage.get().is_none() {
            self.shortage.set(Some(shortage));
            self.progress.notify();
        }
    }

    /// The system call said that there is no room, whatever was free.
    pub(super) async fn note_refused(&self) {
        let Ok(space) = self.disk.space(&self.config.dir).await else { return };
        self.note_shortage(Shortage { free: space.free, reserve: self.reserve_of(space.total), wanted: 0 });
    }

    /// Looks at the file system, once a second. A look that fails changes nothing: writes will tell.
    pub(super) async fn look_at_space(&self) {
        let Ok(space) = self.disk.space(&self.config.dir).await else { return };
        let wanted = self.shortage.get().map_or(0, |s| s.wanted);
        let now = Shortage { free: space.free, reserve: self.reserve_of(space.total), wanted };
        match self.shortage.get() {
            None => {
                if let Some(shortage) = self.lacks(space, 0) {
                    self.note_shortage(shortage);
                }
            }
            Some(_) if now.free >= now.heals_at() => {
                self.shortage.set(None);
                self.progress.notify();
            }
            Some(_) => self.shortage.set(Some(now)),
        }
    }
}
