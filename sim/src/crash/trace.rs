//! What a disk held and every change of it since, with its times: the history from which crash states are made.
//!
//! Owner: one history. Invariants: applying all changes to `base` gives the live content; a change that is stable
//! stays so.

use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The root folder's inode.
pub(super) const ROOT: u64 = 0;

/// Content of a file, shared between the states that have it in common.
pub(super) type Content = Arc<Vec<u8>>;

/// What a disk holds: files and folders by inode.
#[derive(Clone, Default, Debug)]
pub(super) struct Image {
    pub files: BTreeMap<u64, Content>,
    pub dirs: BTreeMap<u64, BTreeMap<String, u64>>,
}

/// One change of one inode.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// These bytes at this position of the file.
    Write(u64, Bytes),
    /// The file's length.
    Truncate(u64),
    /// A name in the folder, for this inode; whether that is a folder itself.
    Link(String, u64, bool),
    /// A name leaves the folder.
    Unlink(String),
    /// A name becomes another one in the same folder: both or neither.
    Rename(String, String),
}

/// A change and its times.
#[derive(Clone, Debug)]
pub(super) struct Op {
    /// The file or folder that it changes.
    pub inode: u64,
    pub change: Change,
    pub issued: u64,
    /// It returned to its caller (or the process is dead and the kernel has ended it).
    pub(super) returned: bool,
    /// From then on no crash undoes it; `u64::MAX`: not yet.
    pub stable: u64,
}

/// All changes since `base`, in the order in which they were issued.
#[derive(Clone, Default, Debug)]
pub(super) struct Trace {
    pub base: Image,
    pub ops: Vec<Op>,
    pub now: u64,
    /// Indexes into `ops` of those that are not stable.
    pending: Vec<usize>,
}

impl Trace {
    pub(super) fn new(base: Image) -> Self {
        Self { base, ..Self::default() }
    }

    pub(super) fn issue(&mut self, inode: u64, change: Change) -> usize {
        self.now += 1;
        self.pending.push(self.ops.len());
        self.ops.push(Op { inode, change, issued: self.now, returned: false, stable: u64::MAX });
        self.ops.len() - 1
    }

    pub(super) fn returned(&mut self, op: usize) {
        if let Some(op) = self.ops.get_mut(op) {
            op.returned = true;
        }
    }

    /// The pending changes of `inode` that a sync begun now makes stable.
    pub(super) fn covered(&self, inode: u64) -> Vec<usize> {
        let covers = |i: &usize| self.ops.get(*i).is_some_and(|op| op.inode == inode && op.returned);
        self.pending.iter().copied().filter(covers).collect()
    }

    pub(super) fn settle(&mut self, which: &[usize]) {
        self.now += 1;
        for i in which {
            if let Some(op) = self.ops.get_mut(*i) {
                op.stable = op.stable.min(self.now);
            }
        }
        self.pending.retain(|i| !which.contains(i));
    }
}

impl Image {
    /// Carries out one change. A change of an inode that is not there changes nothing.
    pub fn apply(&mut self, inode: u64, change: &Change) {
        match change {
            Change::Write(pos, data) => self.write(inode, *pos, data),
            Change::Truncate(len) => {
                if let Some(file) = self.files.get_mut(&inode) {
                    Arc::make_mut(file).resize(size(*len), 0);
                }
            }
            Change::Link(name, to, is_dir) => {
                if *is_dir {
                    self.dirs.entry(*to).or_default();
                } else {
                    self.files.entry(*to).or_default();
                }
                self.dirs.entry(inode).or_default().insert(name.clone(), *to);
            }
            Change::Unlink(name) => {
                self.dirs.entry(inode).or_default().remove(name);
            }
            Change::Rename(from, to) => {
                let dir = self.dirs.entry(inode).or_default();
                if let Some(id) = dir.remove(from) {
                    dir.insert(to.clone(), id);
                }
            }
        }
    }

    /// Writes `data`; the file grows with zeros if it must.
    pub fn write(&mut self, inode: u64, pos: u64, data: &[u8]) {
        let file = Arc::make_mut(self.files.entry(inode).or_default());
        let (from, to) = (size(pos), size(pos) + data.len());
        if file.len() < to {
            file.resize(to, 0);
        }
        if let Some(place) = file.get_mut(from..to) {
            place.copy_from_slice(data);
        }
    }
}

pub(super) fn size(n: u64) -> usize {
    usize::try_from(n).expect("a simulated file fits in memory")
}
