//! What a simulated disk does wrong, and how often.
//!
//! The model. Every kind of operation has a latency, drawn anew for each, so completions come in any order.
//! A *slow* disk multiplies it; a *hung* disk answers nothing before a moment in time. Errors are drawn per
//! operation: EIO, final for the code under test; a failed write may have written any of its sectors. Space ends
//! at `capacity`: growing and reserving fail with ENOSPC, overwriting does not. Reads can come back short (the
//! one kind of short completion that the `Disk` seam lets through: writes are resubmitted below it), fail, or
//! lie: *stale* brings what the last write to the file overwrote, *misdirected* what lies elsewhere in the file.
//! Rot and unreadable sectors stay until the place is written again (see `MemDisk::rot`).
//!
//! Owner: the disk's state; a swarm sets it while the disk is in use. Invariant: with `Faults::none` the disk
//! is perfect, and takes the latency of a good device.

use super::{Alone, FileKind};

/// One in how many operations; 0 is never.
pub type OneIn = u64;

/// See the module's text.
#[derive(Clone, Debug)]
pub struct Faults {
    /// Longest time before an operation takes effect, and again until it is answered, ns.
    pub latency_max: u64,
    /// Shortest such time, ns.
    pub latency_min: u64,
    /// EIO on opening, creating, renaming, removing, listing.
    pub eio_names: OneIn,
    /// EIO on writing; the range holds anything afterwards.
    pub eio_write: OneIn,
    /// EIO on syncing a file; part of it is lost for good.
    pub eio_sync: OneIn,
    /// EIO on reading.
    pub eio_read: OneIn,
    /// EIO strikes files of this kind only; `None`: any.
    pub only: Option<FileKind>,
    /// Reads that bring a part, in whole blocks.
    pub short_read: OneIn,
    /// Reads that bring overwritten bytes.
    pub stale_read: OneIn,
    /// Reads that bring bytes of another place.
    pub misdirected_read: OneIn,
    /// Bytes that files may take in all; `None` is no limit.
    pub capacity: Option<u64>,
    /// Nothing is answered before this virtual time, ns.
    pub hung_until: u64,
    /// A place that hangs or is slow alone.
    pub alone: Option<Alone>,
}

impl Default for Faults {
    fn default() -> Self {
        Self::none()
    }
}

impl Faults {
    /// A good device.
    #[must_use]
    pub fn none() -> Self {
        Self {
            latency_max: 50_000,
            latency_min: 0,
            eio_names: 0,
            eio_write: 0,
            eio_sync: 0,
            eio_read: 0,
            only: None,
            short_read: 0,
            stale_read: 0,
            misdirected_read: 0,
            capacity: None,
            hung_until: 0,
            alone: None,
        }
    }
}

impl Faults {
    /// True if an operation can fail, lie, or take very long.
    #[must_use]
    pub fn can_fail(&self) -> bool {
        let odds = [
            self.eio_names,
            self.eio_write,
            self.eio_sync,
            self.eio_read,
            self.short_read,
            self.stale_read,
            self.misdirected_read,
        ];
        odds.iter().any(|n| *n > 0)
            || self.capacity.is_some()
            || self.alone.is_some()
            || self.latency_max > SLOW
    }
}

/// A latency above this is a slow disk, ns.
const SLOW: u64 = 1_500_000;

/// What went wrong so far: a checker asks before it calls an error unprovoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    /// Operations failed with EIO.
    pub eio: u64,
    /// Operations failed with ENOSPC.
    pub enospc: u64,
    /// Reads lied or came short, or met rot.
    pub lies: u64,
    /// Writes of a dead process that landed after its end.
    pub late: u64,
}
