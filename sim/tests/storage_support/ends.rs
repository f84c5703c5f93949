//! How the life of a store ends: a clean stop, a kill or a power cut at an operation of the disk; and the files that
//! it leaves.

use ringlog_sim::MemDisk;
use ringlog_sim::rng::Rng;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum End {
    /// Operation n fails and the power goes.
    Power(u64),
    /// Operation n fails; the process is killed, the device keeps what it was given.
    Kill(u64),
    /// A clean stop.
    Close,
}

impl End {
    /// `lives` ends: half of them power cuts, the others kills and stops.
    pub fn some(seed: u64, lives: usize) -> Vec<Self> {
        let rng = Rng::new(seed);
        let end = |_| match rng.below(5) {
            0 => Self::Close,
            1 | 2 => Self::Kill(rng.below(900)),
            _ => Self::Power(rng.below(900)),
        };
        (0..lives).map(end).collect()
    }

    /// From now on the disk counts to the operation that fails.
    pub fn arm(self, disk: &MemDisk) {
        if let Self::Power(n) | Self::Kill(n) = self {
            disk.fail_after(Some(n));
        }
    }

    /// The process is dead: what the device makes of it.
    pub fn strike(self, disk: &MemDisk, rng: &Rng) {
        match self {
            Self::Power(_) => disk.lose_power(rng),
            _ => disk.fail_after(None),
        }
    }
}

/// The two checkpoints of core 0.
pub fn checkpoints() -> [PathBuf; 2] {
    ["checkpoint-a", "checkpoint-b"].map(|slot| Path::new("/data/cores/00").join(slot))
}

/// Damages both checkpoints of core 0 in place.
pub fn spoil_checkpoints(disk: &MemDisk) {
    for path in checkpoints() {
        disk.corrupt(&path, |f| {
            f.resize(f.len().max(64), 0);
            f.iter_mut().take(64).for_each(|b| *b = 0x5a);
        });
    }
}

/// The files of the commit log of core 0.
pub fn commit_logs(disk: &MemDisk) -> Vec<PathBuf> {
    let log = |p: &PathBuf| p.starts_with("/data/cores/00") && p.to_string_lossy().contains("commit-");
    disk.paths().into_iter().filter(log).collect()
}

/// The segments of partition 0 of topic 1.
pub fn segments(disk: &MemDisk) -> Vec<PathBuf> {
    let log = |p: &PathBuf| p.starts_with("/data/t1-0") && p.extension().is_some_and(|e| e == "log");
    disk.paths().into_iter().filter(log).collect()
}
