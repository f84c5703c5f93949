//! Who waits for durable writes: the ring or the flusher thread (architecture.md D2).
//!
//! Owner: the process, at start. Invariants: a setting is obeyed; `Auto` never changes while the process runs.

use std::io;
use std::os::linux::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How `append_durable` waits for the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Completion {
    /// By what the device says and a short measurement.
    #[default]
    Auto,
    /// A ring write with `RWF_DSYNC`.
    Ring,
    /// A thread doing `pwritev2(RWF_DSYNC)`.
    Flusher,
}

/// What the block device under a directory says of its write cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cache {
    pub(super) volatile: bool,
    pub(super) fua: bool,
}

/// The write cache of the device that holds `path`; none if it has no block device or does not tell.
pub(super) fn write_cache(path: &Path) -> io::Result<Option<Cache>> {
    let device = std::fs::metadata(path)?.st_dev();
    let (major, minor) = (nix::sys::stat::major(device), nix::sys::stat::minor(device));
    let block = PathBuf::from(format!("/sys/dev/block/{major}:{minor}"));
    // A partition has no queue of its own: its parent has.
    for queue in [block.join("queue"), block.join("../queue")] {
        if let Ok(mode) = std::fs::read_to_string(queue.join("write_cache")) {
            let fua = std::fs::read_to_string(queue.join("fua")).is_ok_and(|f| f.trim() == "1");
            return Ok(Some(Cache { volatile: mode.trim() == "write back", fua }));
        }
    }
    Ok(None)
}

/// True if durable writes in `path` go through the ring.
pub(super) fn choose_ring(completion: Completion, path: &Path) -> io::Result<bool> {
    match completion {
        Completion::Ring => Ok(true),
        Completion::Flusher => Ok(false),
        Completion::Auto => Ok(write_cache(path)?.is_some_and(|c| !c.volatile || c.fua)),
    }
}
