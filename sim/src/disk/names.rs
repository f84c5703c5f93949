//! Directories: which name leads to which file, and which names a power cut takes back.
//!
//! The model. Creating, renaming and removing a name is visible at once and stable only after `sync_dir` of its
//! directory. At a power cut the un-synced changes survive up to a random point, in their order (a journal
//! commits in order); a rename is kept or lost as a whole, that of a directory with all that lies in it. Directories
//! themselves are created and removed durably, but one whose files come back is there with them, until its parent is
//! synced: the code under test never relies on anything else, and tests that care use a real file system.
//!
//! Owner: the disk's state. Invariant: names that a `sync_dir` acknowledged survive every cut.

use crate::rng::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};

/// A change of a directory that is not yet stable.
pub enum NameOp {
    Link(PathBuf, u64),
    Unlink(PathBuf),
    /// Old name, new name: both or neither.
    Rename(PathBuf, PathBuf, u64),
    /// The same of a directory.
    RenameDir(PathBuf, PathBuf),
}

/// The path behind the renaming of `from` to `to`.
fn moved(path: &Path, from: &Path, to: &Path) -> Option<PathBuf> {
    let rest = path.strip_prefix(from).ok()?;
    Some(if rest.as_os_str().is_empty() { to.to_owned() } else { to.join(rest) })
}

impl NameOp {
    /// The directory whose sync makes it stable (a rename stays within one).
    fn dir(&self) -> Option<&Path> {
        match self {
            Self::Link(path, _) | Self::Unlink(path) => path.parent(),
            Self::Rename(_, path, _) | Self::RenameDir(_, path) => path.parent(),
        }
    }

    /// The same change where its directory is now.
    fn follow(&mut self, from: &Path, to: &Path) {
        let follow = |path: &mut PathBuf| {
            if let Some(new) = moved(path, from, to) {
                *path = new;
            }
        };
        match self {
            Self::Link(path, _) | Self::Unlink(path) => follow(path),
            Self::Rename(a, b, _) => {
                follow(a);
                follow(b);
            }
            Self::RenameDir(..) => {}
        }
    }
}

/// See the module's text.
#[derive(Default)]
pub struct Names {
    pub live: BTreeMap<PathBuf, u64>,
    stable: BTreeMap<PathBuf, u64>,
    pub dirs: BTreeSet<PathBuf>,
    /// Those that a power cut leaves.
    stable_dirs: BTreeSet<PathBuf>,
    pending: Vec<NameOp>,
}

fn apply(names: &mut BTreeMap<PathBuf, u64>, dirs: &mut BTreeSet<PathBuf>, op: &NameOp) {
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
        NameOp::RenameDir(from, to) => {
            let inside: Vec<PathBuf> = names.keys().filter(|p| p.starts_with(from)).cloned().collect();
            for path in inside {
                if let Some((new, inode)) = moved(&path, from, to).zip(names.remove(&path)) {
                    names.insert(new, inode);
                }
            }
            let inside: Vec<PathBuf> = dirs.iter().filter(|d| d.starts_with(from)).cloned().collect();
            for dir in inside {
                dirs.remove(&dir);
                dirs.extend(moved(&dir, from, to));
            }
        }
    }
}

impl Names {
    pub fn change(&mut self, op: NameOp) {
        apply(&mut self.live, &mut self.dirs, &op);
        self.pending.push(op);
    }

    pub fn make_dir(&mut self, path: &Path) {
        self.dirs.insert(path.to_owned());
        self.stable_dirs.insert(path.to_owned());
    }

    pub fn remove_dir(&mut self, path: &Path) {
        self.dirs.remove(path);
        self.stable_dirs.remove(path);
    }

    /// The files in directory `dir`, in their order.
    pub fn files_in(&self, dir: &Path) -> impl Iterator<Item = (&PathBuf, &u64)> {
        let below = self.live.range::<Path, _>((Bound::Excluded(dir), Bound::Unbounded));
        below.take_while(move |(p, _)| p.starts_with(dir)).filter(move |(p, _)| p.parent() == Some(dir))
    }

    pub fn sync_dir(&mut self, path: &Path) {
        let mut other: Vec<NameOp> = Vec::new();
        for op in std::mem::take(&mut self.pending) {
            // A directory that has gone for good was empty.
            let gone = |dir: &Path| dir.parent() == Some(path) && !self.dirs.contains(dir);
            if op.dir() != Some(path) && !op.dir().is_some_and(gone) {
                other.push(op);
                continue;
            }
            apply(&mut self.stable, &mut self.stable_dirs, &op);
            if let NameOp::RenameDir(from, to) = &op {
                other.iter_mut().for_each(|earlier| earlier.follow(from, to));
            }
        }
        self.pending = other;
    }

    /// The files to which a power cut may give a name again.
    pub fn may_return(&self) -> BTreeSet<u64> {
        let named = |op: &NameOp| match op {
            NameOp::Link(_, id) | NameOp::Rename(_, _, id) => Some(*id),
            NameOp::Unlink(_) | NameOp::RenameDir(..) => None,
        };
        self.stable.values().copied().chain(self.pending.iter().filter_map(named)).collect()
    }

    /// The power goes. Returns the files that still have a name.
    pub fn lose_power(&mut self, rng: &Rng) -> BTreeSet<u64> {
        let pending = std::mem::take(&mut self.pending);
        let keep = super::inode::to_usize(rng.below(pending.len() as u64 + 1));
        for op in pending.iter().take(keep) {
            apply(&mut self.stable, &mut self.stable_dirs, op);
        }
        // A file whose removal is lost keeps its directory.
        let parents = self.stable.keys().filter_map(|p| p.parent()).map(Path::to_owned);
        self.stable_dirs.extend(parents);
        self.live.clone_from(&self.stable);
        self.dirs.clone_from(&self.stable_dirs);
        self.live.values().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_directory_is_there_under_one_of_its_names_with_all_its_files() {
        let (old, new) = (Path::new("d/a"), Path::new("d/b"));
        let (mut went, mut stayed) = (0, 0);
        for seed in 0..40 {
            let mut names = Names::default();
            names.make_dir(Path::new("d"));
            names.make_dir(old);
            names.change(NameOp::Link(old.join("x"), 1));
            names.sync_dir(old);
            names.change(NameOp::Link(old.join("y"), 2));
            names.change(NameOp::RenameDir(old.to_owned(), new.to_owned()));
            assert!(names.live.contains_key(&new.join("y")) && !names.dirs.contains(old));
            if seed % 2 == 0 {
                // Renamed for good; the file that was not synced follows, if it is kept.
                names.sync_dir(Path::new("d"));
            }
            names.lose_power(&Rng::new(seed));
            let at = if names.dirs.contains(new) { new } else { old };
            assert!(names.live.contains_key(&at.join("x")));
            assert!(names.live.keys().all(|path| path.parent() == Some(at)), "{:?}", names.live);
            assert!(seed % 2 == 1 || at == new);
            went += u32::from(at == new);
            stayed += u32::from(at == old);
        }
        assert!(went > 20 && stayed > 3, "{went} went, {stayed} stayed");
    }

    #[test]
    fn a_directory_that_was_removed_comes_back_with_its_files_unless_its_parent_was_synced() {
        let (parent, dir) = (Path::new("d"), Path::new("d/a"));
        let mut back = 0;
        for seed in 0..40 {
            let mut names = Names::default();
            names.make_dir(parent);
            names.make_dir(dir);
            names.change(NameOp::Link(dir.join("x"), 1));
            names.sync_dir(dir);
            names.change(NameOp::Unlink(dir.join("x")));
            names.remove_dir(dir);
            let synced = seed % 2 == 0;
            if synced {
                names.sync_dir(parent);
            }
            names.lose_power(&Rng::new(seed));
            assert_eq!(names.dirs.contains(dir), names.live.contains_key(&dir.join("x")));
            assert!(!(synced && names.dirs.contains(dir)), "seed {seed}");
            back += u32::from(names.dirs.contains(dir));
        }
        assert!(back > 3, "{back}");
    }
}
