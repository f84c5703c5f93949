//! Files that hang or are slow alone, while everything else is quick.
//!
//! The model. A device does not stop as a whole only: one file lies on a bad stretch, one directory waits for a lock
//! of the file system, one data directory is a disk of its own. Whatever is asked of such a *place* takes long or is
//! not answered before a moment in time; all other operations are as quick as ever. What relies on two files being
//! equally quick, or lets everybody wait for one file, shows here.
//!
//! Owner: the disk's state; a swarm sets it. Invariant: an operation that began while its place hung stays so until
//! the moment that was set then.

use super::aim::FileKind;
use super::{MemDisk, State};
use crate::rng::Rng;
use std::path::{Path, PathBuf};

/// What hangs or is slow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// The file that was opened under this name.
    File(PathBuf),
    /// Everything in this directory and below it, and its own names.
    Folder(PathBuf),
    /// All files of a kind.
    Kind(FileKind),
}

/// See the module's text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alone {
    /// Where.
    pub place: Place,
    /// An operation takes up to so much longer, ns.
    pub slower: u64,
    /// Nothing is answered before this virtual time, ns.
    pub hung_until: u64,
}

impl Alone {
    /// True if an operation on `path` of a file of this kind is concerned.
    pub(super) fn takes(&self, kind: FileKind, path: &Path) -> bool {
        match &self.place {
            Place::File(file) => file == path,
            Place::Folder(folder) => path.starts_with(folder),
            Place::Kind(of) => *of == kind,
        }
    }
}

impl State {
    /// How much longer an operation takes at most, ns, and until when it hangs.
    pub(super) fn alone(&self, kind: FileKind, path: &Path) -> (u64, u64) {
        let alone = self.faults.alone.as_ref().filter(|a| a.takes(kind, path));
        alone.map_or((0, 0), |a| (a.slower, a.hung_until))
    }
}

impl MemDisk {
    /// Some place: a file of this kind, its directory, the one above that, or all of the kind; `None`: there is none.
    #[must_use]
    pub fn some_place(&self, kind: FileKind, rng: &Rng) -> Option<Place> {
        let paths = self.paths();
        let of: Vec<&PathBuf> = paths.iter().filter(|p| FileKind::of(p) == kind).collect();
        if of.is_empty() || rng.one_in(8) {
            return Some(Place::Kind(kind));
        }
        let path = of.get(usize::try_from(rng.below(of.len() as u64)).unwrap_or(0))?;
        let folder = path.parent()?;
        Some(match rng.below(4) {
            0 | 1 => Place::File((*path).clone()),
            2 => Place::Folder(folder.to_owned()),
            _ => Place::Folder(folder.parent().filter(|p| p.parent().is_some()).unwrap_or(folder).to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::Exec;
    use bytes::Bytes;
    use ringlog_storage::disk::{Disk, OpenMode};

    /// A write to `path` while `place` hangs for a second, or is up to so much slower, ns: what it took, ns.
    fn took(path: &'static str, place: Place) -> u64 {
        took_with(path, (place, 0, 1_000_000_000))
    }

    fn took_with(path: &'static str, (place, slower, hung): (Place, u64, u64)) -> u64 {
        let exec = Exec::new(1, Rng::new(1));
        let (disk, clock) = (MemDisk::on(exec.clone()), exec.clone());
        exec.block_on(async move {
            for dir in ["/a", "/a/t-0", "/a/t-1"] {
                disk.create_dir(Path::new(dir)).await.unwrap();
            }
            let file = disk.open(Path::new(path), OpenMode::WRITE).await.unwrap();
            let began = clock.now();
            let alone = Alone { place, slower, hung_until: began + hung };
            disk.set_faults(|f| f.alone = Some(alone));
            for _ in 0..8 {
                disk.write_at(&file, vec![Bytes::from_static(&[1; 512])], 0).await.unwrap();
            }
            clock.now() - began
        })
    }

    #[test]
    fn one_place_hangs_and_all_others_are_quick() {
        let file = |p: &str| Place::File(PathBuf::from(p));
        let folder = |p: &str| Place::Folder(PathBuf::from(p));
        let hangs = [
            ("/a/t-0/0.log", file("/a/t-0/0.log")),
            ("/a/t-0/0.log", folder("/a/t-0")),
            ("/a/t-0/0.log", folder("/a")),
            ("/a/t-0/0.log", Place::Kind(FileKind::Segment)),
        ];
        for (path, place) in hangs {
            assert!(took(path, place.clone()) >= 1_000_000_000, "{place:?}");
        }
        let quick = [
            ("/a/t-0/0.index", file("/a/t-0/0.log")),
            ("/a/t-1/0.log", folder("/a/t-0")),
            ("/a/t-0/0.index", Place::Kind(FileKind::Segment)),
        ];
        for (path, place) in quick {
            assert!(took(path, place.clone()) < 1_000_000, "{path}, {place:?}");
        }
    }

    #[test]
    fn one_place_is_slow_and_all_others_are_quick() {
        let slow = |path, kind| took_with(path, (Place::Kind(kind), 100_000_000, 0));
        let segment = slow("/a/t-0/0.log", FileKind::Segment);
        assert!((50_000_000..=800_000_000).contains(&segment), "{segment} ns for 8 writes");
        assert!(slow("/a/t-0/0.log", FileKind::Index) < 1_000_000);
    }

    /// Whatever place is drawn, a file of the kind lies in it; and each sort of place is drawn.
    #[test]
    fn some_place_has_a_file_of_the_kind() {
        let exec = Exec::new(1, Rng::new(1));
        let disk = MemDisk::on(exec.clone());
        let files = ["/a/t-0/0.log", "/a/t-1/0.log", "/a/t-1/0.index"];
        let inner = disk.clone();
        exec.block_on(async move {
            for dir in ["/a", "/a/t-0", "/a/t-1"] {
                inner.create_dir(Path::new(dir)).await.unwrap();
            }
            for path in files {
                inner.open(Path::new(path), OpenMode::WRITE).await.unwrap();
            }
        });
        assert_eq!(
            disk.some_place(FileKind::Checkpoint, &Rng::new(1)),
            Some(Place::Kind(FileKind::Checkpoint))
        );
        let mut drawn = std::collections::BTreeSet::new();
        for seed in 0..100 {
            let place = disk.some_place(FileKind::Segment, &Rng::new(seed)).unwrap();
            let alone = Alone { place: place.clone(), slower: 0, hung_until: 0 };
            let of = |path: &Path| FileKind::of(path) == FileKind::Segment;
            let there = files.iter().map(Path::new).any(|p| of(p) && alone.takes(FileKind::Segment, p));
            assert!(there, "{place:?}");
            drawn.insert(format!("{place:?}"));
        }
        assert_eq!(drawn.len(), 6, "two files, their folders, the one above, all of the kind: {drawn:?}");
    }
}
