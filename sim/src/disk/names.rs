//! Directories: which name leads to which file, and which names a power cut takes back.
//!
//! The model. Creating, renaming and removing a name is visible at once and stable only after `sync_dir` of its
//! directory. At a power cut the un-synced changes survive up to a random point, in their order (a journal
//! commits in order); a rename is kept or lost as a whole. Directories themselves are created durably: the code
//! under test never relies on anything else, and tests that care use a real file system.
//!
//! Owner: the disk's state. Invariant: names that a `sync_dir` acknowledged survive every cut.

use crate::rng::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A change of a directory that is not yet stable.
pub enum NameOp {
    Link(PathBuf, u64),
    Unlink(PathBuf),
    /// Old name, new name: both or neither.
    Rename(PathBuf, PathBuf, u64),
}

impl NameOp {
    /// The directory whose sync makes it stable (a rename stays within one).
    fn dir(&self) -> Option<&Path> {
        match self {
            Self::Link(path, _) | Self::Unlink(path) | Self::Rename(_, path, _) => path.parent(),
        }
    }
}

/// See the module's text.
#[derive(Default)]
pub struct Names {
    pub live: BTreeMap<PathBuf, u64>,
    stable: BTreeMap<PathBuf, u64>,
    pub dirs: BTreeSet<PathBuf>,
    pending: Vec<NameOp>,
}

fn apply(names: &mut BTreeMap<PathBuf, u64>, op: &NameOp) {
    match op {
        NameOp::Link(path, inode) => {
            names.insert(path.clone(), *inode);
        }
        NameOp::Unlink(path) => {
            names.remove(path);
        }
        NameOp::Rename(from, to, inode) => {
            names.remove(from);
            names.insert(to.clone(), *inode);
        }
    }
}

impl Names {
    pub fn change(&mut self, op: NameOp) {
        apply(&mut self.live, &op);
        self.pending.push(op);
    }

    pub fn sync_dir(&mut self, path: &Path) {
        let (mine, other): (Vec<NameOp>, Vec<NameOp>) =
            std::mem::take(&mut self.pending).into_iter().partition(|op| op.dir() == Some(path));
        for op in &mine {
            apply(&mut self.stable, op);
        }
        self.pending = other;
    }

    /// True if a power cut may give `id` a name again.
    pub fn may_return(&self, id: u64) -> bool {
        let named = |op: &NameOp| matches!(op, NameOp::Link(_, i) | NameOp::Rename(_, _, i) if *i == id);
        self.stable.values().any(|i| *i == id) || self.pending.iter().any(named)
    }

    /// The power goes. Returns the files that still have a name.
    pub fn lose_power(&mut self, rng: &Rng) -> BTreeSet<u64> {
        let pending = std::mem::take(&mut self.pending);
        let keep = super::inode::to_usize(rng.below(pending.len() as u64 + 1));
        for op in pending.iter().take(keep) {
            apply(&mut self.stable, op);
        }
        self.live.clone_from(&self.stable);
        self.live.values().copied().collect()
    }

    /// Renames a directory; returns the changes of the files that lie in it.
    pub fn rename_dir(&mut self, from: &Path, to: &Path) -> Vec<NameOp> {
        let moved = |p: &Path| p.strip_prefix(from).ok().map(|rest| to.join(rest));
        let dirs: Vec<PathBuf> = self.dirs.iter().filter(|d| d.starts_with(from)).cloned().collect();
        for dir in dirs {
            self.dirs.remove(&dir);
            self.dirs.extend(moved(&dir));
        }
        let files: Vec<(PathBuf, u64)> =
            self.live.iter().filter(|(p, _)| p.starts_with(from)).map(|(p, id)| (p.clone(), *id)).collect();
        let both = |(path, id): (PathBuf, u64)| {
            moved(&path).map(|new| [NameOp::Link(new, id), NameOp::Unlink(path)]).into_iter().flatten()
        };
        files.into_iter().flat_map(both).collect()
    }
}
