//! A disk in memory that forgets, fails, lies and stalls; and what it may not be asked to do.
//!
//! The model in one paragraph; each part says its own above its code. Changes of a file are volatile until they
//! are synced, and a power cut keeps any of them (`inode`); names are volatile until their directory is synced
//! (`names`); a killed process leaves writes behind that land late (`flight`); operations take any time, complete
//! in any order, and fail or lie as `faults` says (`ops` applies that); an end of the process can be aimed at one of
//! them (`aim`). A kill without a power cut keeps all that
//! had landed.
//!
//! The disk is a checker, too: a buffer must not change while the disk has it, two writes in flight must not
//! overlap, and `append_durable` runs once at a time per file. A broken promise fails the run.
//!
//! Owner: one per node, surviving its restarts. Invariant: what a sync acknowledged survives every cut.

mod aim;
mod alone;
mod faults;
mod flight;
mod inode;
mod names;
mod ops;

pub use aim::{FileKind, Target, Told};
pub use alone::{Alone, Place};
pub use faults::{Faults, Happened, OneIn};

use crate::exec::Exec;
use crate::rng::Rng;
use inode::{Inode, SECTOR, to_usize};
use names::{NameOp, Names};
use ringlog_storage::disk::{DiskFile, OpenMode};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

const EIO: i32 = 5;
const ENOENT: i32 = 2;
const ENOSPC: i32 = 28;

fn error(code: i32) -> io::Error {
    io::Error::from_raw_os_error(code)
}

#[derive(Default)]
struct State {
    next: u64,
    inodes: BTreeMap<u64, Inode>,
    names: Names,
    /// Files that lost their name, and may be needed still.
    unnamed: Vec<u64>,
    /// So many of them were needed when that was looked at last.
    unnamed_kept: usize,
    faults: Faults,
    aim: aim::Aim,
    happened: Happened,
    /// Writes in flight: inode, from, to.
    in_flight: Vec<(u64, u64, u64)>,
    /// Mutating operations left before every further one fails with EIO; `None` is never.
    fail_after: Option<u64>,
    /// The file whose next sync fails.
    doomed_sync: Option<PathBuf>,
    /// Mutating operations done so far.
    operations: u64,
    /// Power cuts so far: what began before one has no effect after it.
    power: u64,
    /// Descriptors that are open now, and the most there were.
    open: (u64, u64),
}

impl State {
    /// Bytes of the files that have a name or are open.
    fn used(&self) -> u64 {
        let there = self.inodes.values().filter(|i| i.links > 0 || i.handles > 0);
        there.map(|i| (i.live.len() as u64).max(i.reserved)).sum()
    }

    /// Changes a directory.
    fn change(&mut self, op: NameOp) {
        let (old, new) = match &op {
            NameOp::Link(path, id) => (self.names.live.get(path).copied(), Some(*id)),
            NameOp::Unlink(path) => (self.names.live.get(path).copied(), None),
            NameOp::Rename(_, to, _) => (self.names.live.get(to).copied(), None),
            NameOp::RenameDir(..) => (None, None),
        };
        self.names.change(op);
        if let Some(inode) = new.and_then(|id| self.inodes.get_mut(&id)) {
            inode.links += 1;
        }
        if let Some(id) = old
            && let Some(inode) = self.inodes.get_mut(&id)
        {
            inode.links -= 1;
            self.unnamed.push(id);
        }
    }

    /// Lets go of files that nothing can bring back: no name, now or after a cut, and no descriptor.
    fn forget_unnamed(&mut self) {
        // A look costs as much as there are names: it is due when there are twice as many as it left last time.
        if self.unnamed.len() < 2 * self.unnamed_kept + 16 {
            return;
        }
        let State { unnamed, inodes, names, unnamed_kept, .. } = self;
        let may_return = names.may_return();
        unnamed.retain(|id| {
            let Some(inode) = inodes.get(id) else { return false };
            let kept = inode.links > 0 || inode.handles > 0 || may_return.contains(id);
            if !kept {
                inodes.remove(id);
            }
            kept
        });
        *unnamed_kept = unnamed.len();
    }

    fn mutate(&mut self) -> io::Result<()> {
        self.operations += 1;
        match &mut self.fail_after {
            None => Ok(()),
            Some(0) => {
                self.happened.eio += 1;
                Err(error(EIO))
            }
            Some(n) => {
                *n -= 1;
                Ok(())
            }
        }
    }

    /// Fails with ENOSPC if `more` bytes do not fit.
    fn room(&mut self, more: u64) -> io::Result<()> {
        match self.faults.capacity {
            Some(max) if more > 0 && self.used() + more > max => {
                self.happened.enospc += 1;
                Err(error(ENOSPC))
            }
            _ => Ok(()),
        }
    }
}

/// The disk; clones share it.
#[derive(Clone, Default)]
pub struct MemDisk {
    state: Arc<Mutex<State>>,
    exec: Option<Exec>,
}

impl std::fmt::Debug for MemDisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemDisk({} names)", self.lock().names.live.len())
    }
}

/// An open file; the lock goes with the last clone.
#[derive(Clone, Debug)]
pub struct MemFile(Arc<OpenFile>);

struct OpenFile {
    inode: u64,
    kind: FileKind,
    /// The name that it was opened under.
    path: PathBuf,
    mode: OpenMode,
    /// When it was opened, in power cuts.
    power: u64,
    state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for OpenFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemFile({}, {:?})", self.inode, self.mode)
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        let Ok(mut state) = self.state.lock() else { return };
        state.open.0 -= 1;
        if state.power != self.power {
            return;
        }
        if let Some(inode) = state.inodes.get_mut(&self.inode) {
            inode.handles -= 1;
            if self.mode.lock {
                inode.locks -= 1;
            }
        }
    }
}

impl DiskFile for MemFile {}

impl MemFile {
    fn inode(&self) -> u64 {
        self.0.inode
    }

    /// The bytes `pos..pos + len` as far as they exist.
    #[must_use]
    pub fn read(&self, pos: u64, len: usize) -> Vec<u8> {
        let state = self.0.state.lock().expect("one thread");
        let Some(inode) = state.inodes.get(&self.0.inode) else { return Vec::new() };
        let from = to_usize(pos).min(inode.live.len());
        let to = (from + len).min(inode.live.len());
        inode.live.get(from..to).unwrap_or_default().to_vec()
    }
}

impl MemDisk {
    /// An empty disk whose operations take a random virtual time on `exec`. `MemDisk::default()` answers at once.
    #[must_use]
    pub fn on(exec: Exec) -> Self {
        Self { state: Arc::default(), exec: Some(exec) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("one thread never poisons a lock")
    }

    /// Cuts the power: un-synced bytes and names are lost at random. Every open file must be gone (kill first).
    pub fn lose_power(&self, rng: &Rng) {
        let mut state = self.lock();
        state.power += 1;
        state.in_flight.clear();
        let named = state.names.lose_power(rng);
        state.inodes.retain(|id, _| named.contains(id));
        for inode in state.inodes.values_mut() {
            inode.lose_power(rng);
            inode.links = 0;
        }
        let State { names, inodes, .. } = &mut *state;
        for id in names.live.values() {
            if let Some(inode) = inodes.get_mut(id) {
                inode.links += 1;
            }
        }
        state.fail_after = None;
    }

    /// Changes what goes wrong from now on.
    pub fn set_faults(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.lock().faults);
    }

    /// True while anything beyond latency can go wrong.
    #[must_use]
    pub fn is_faulty(&self) -> bool {
        let state = self.lock();
        let now = self.exec.as_ref().map_or(0, Exec::now);
        state.faults.can_fail() || state.faults.hung_until > now
    }

    /// True while operations, all or those on some files, do not end.
    #[must_use]
    pub fn hangs(&self) -> bool {
        let state = self.lock();
        let now = self.exec.as_ref().map_or(0, Exec::now);
        let alone = state.faults.alone.as_ref().map_or(0, |alone| alone.hung_until);
        state.faults.hung_until.max(alone) > now
    }

    /// True while space is limited.
    #[must_use]
    pub fn is_tight(&self) -> bool {
        self.lock().faults.capacity.is_some()
    }

    /// What went wrong so far.
    #[must_use]
    pub fn happened(&self) -> Happened {
        self.lock().happened
    }

    /// Limits the bytes that files may take in all; `None` lifts it.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.lock().faults.capacity = bytes;
    }

    /// Bytes that files take now, reservations included.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.lock().used()
    }

    /// Descriptors that are open now, and the most there were.
    #[must_use]
    pub fn open_files(&self) -> (u64, u64) {
        self.lock().open
    }

    /// Files that have no name any more and are open: their space comes back when they are closed.
    #[must_use]
    pub fn nameless(&self) -> usize {
        self.lock().inodes.values().filter(|i| i.links == 0 && i.handles > 0).count()
    }

    /// Lets `n` more changes succeed, then refuses each with EIO and leaves the device as it is: the process is cut
    /// off. `None` heals. (`Faults::eio_sync` and its like are failures of the device itself, which lose bytes.)
    pub fn fail_after(&self, n: Option<u64>) {
        self.lock().fail_after = n;
    }

    /// The next sync of the file fails, and none of its un-synced bytes reaches the device.
    pub fn fail_next_sync(&self, path: &Path) {
        self.lock().doomed_sync = Some(path.to_owned());
    }

    /// Lets every operation take at least `ns` virtual nanoseconds; 0 heals.
    pub fn slow_down(&self, ns: u64) {
        self.lock().faults.latency_min = ns;
    }

    /// Changes done so far: crash points to enumerate.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    /// The live content of a file.
    #[must_use]
    pub fn content(&self, path: &Path) -> Option<Vec<u8>> {
        let state = self.lock();
        let id = state.names.live.get(path)?;
        state.inodes.get(id).map(|i| i.live.clone())
    }

    /// Overwrites a file's live and stable content, as a meddling hand would.
    pub fn corrupt(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.lock();
        let Some(id) = state.names.live.get(path).copied() else { return };
        if let Some(inode) = state.inodes.get_mut(&id) {
            change(&mut inode.live);
            inode.replace();
        }
    }

    /// True if a sector of the file cannot be read.
    pub(super) fn is_unreadable(&self, path: &Path) -> bool {
        let state = self.lock();
        let inode = state.names.live.get(path).and_then(|id| state.inodes.get(id));
        inode.is_some_and(|i| !i.unreadable.is_empty())
    }

    /// Bit rot: one bit of the byte at `pos` is wrong from now on. False if the file has no such byte.
    pub fn rot(&self, path: &Path, pos: u64, bit: u32) -> bool {
        let mut state = self.lock();
        let Some(id) = state.names.live.get(path).copied() else { return false };
        state.happened.lies += 1;
        state.inodes.get_mut(&id).is_some_and(|inode| {
            inode.rot(pos, bit);
            (inode.live.len() as u64) > pos
        })
    }

    /// A latent error: the sector at `pos` cannot be read until it is written again.
    pub fn make_unreadable(&self, path: &Path, pos: u64) {
        let mut state = self.lock();
        let Some(id) = state.names.live.get(path).copied() else { return };
        state.happened.lies += 1;
        if let Some(inode) = state.inodes.get_mut(&id) {
            inode.unreadable.push(pos / SECTOR);
        }
    }

    /// Every file's path, sorted.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        self.lock().names.live.keys().cloned().collect()
    }

    /// Every directory's path, sorted.
    #[must_use]
    pub fn folders(&self) -> Vec<PathBuf> {
        self.lock().names.dirs.iter().cloned().collect()
    }

    fn seed(&self) -> u64 {
        self.exec.as_ref().map_or(0, Exec::seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::block_on;
    use bytes::Bytes;
    use ringlog_storage::disk::Disk;
    use std::cell::Cell;

    #[test]
    fn a_power_cut_keeps_what_was_synced_and_may_lose_the_rest() {
        let (mut kept, mut lost) = (0, 0);
        for seed in 0..40 {
            let disk = MemDisk::default();
            let path = Path::new("d/f");
            block_on(async {
                disk.create_dir(Path::new("d")).await.unwrap();
                let file = disk.open(path, OpenMode::WRITE).await.unwrap();
                disk.write_at(&file, vec![Bytes::from_static(&[1; 600])], 0).await.unwrap();
                disk.sync(&file).await.unwrap();
                disk.sync_dir(Path::new("d")).await.unwrap();
                disk.write_at(&file, vec![Bytes::from_static(&[2; 512])], 1024).await.unwrap();
            });
            disk.lose_power(&Rng::new(seed));
            let content = disk.content(path).unwrap();
            assert_eq!(&content[..600], &[1; 600]);
            if content.len() > 600 { kept += 1 } else { lost += 1 }
        }
        assert!(kept > 0 && lost > 0, "both outcomes must occur: kept {kept}, lost {lost}");
    }

    #[test]
    fn a_name_without_a_directory_sync_can_vanish() {
        let vanished = (0..40).any(|seed| {
            let disk = MemDisk::default();
            block_on(async {
                disk.create_dir(Path::new("d")).await.unwrap();
                let file = disk.open(Path::new("d/f"), OpenMode::WRITE).await.unwrap();
                disk.sync(&file).await.unwrap();
            });
            disk.lose_power(&Rng::new(seed));
            disk.content(Path::new("d/f")).is_none()
        });
        assert!(vanished);
    }

    #[test]
    fn a_locked_file_is_locked_until_its_last_handle_goes() {
        let disk = MemDisk::default();
        block_on(async {
            disk.create_dir(Path::new("d")).await.unwrap();
            let one = disk.open(Path::new("d/f"), OpenMode::WRITE).await.unwrap();
            let busy = disk.open(Path::new("d/f"), OpenMode::WRITE).await.unwrap_err();
            assert_eq!(busy.kind(), io::ErrorKind::WouldBlock);
            drop(one);
            disk.open(Path::new("d/f"), OpenMode::WRITE).await.unwrap();
        });
    }

    #[test]
    fn a_write_of_a_killed_process_may_land_late_and_holds_the_lock_until_then() {
        let (late, never) = (&Cell::new(0), &Cell::new(0));
        for seed in 0..60 {
            let exec = Exec::new(seed, Rng::new(seed));
            let disk = MemDisk::on(exec.clone());
            let (inner, clock) = (disk.clone(), exec.clone());
            exec.block_on(async move {
                let path = Path::new("d/f");
                inner.create_dir(Path::new("d")).await.unwrap();
                let file = inner.open(path, OpenMode::WRITE).await.unwrap();
                let writing = inner.clone();
                clock.spawn(7, async move {
                    writing.write_at(&file, vec![Bytes::from_static(&[1; 512])], 0).await.unwrap();
                });
                clock.jitter(30_000).await;
                clock.kill(7);
                let busy = inner.open(path, OpenMode::WRITE).await.is_err();
                clock.sleep_ms(3_100).await;
                let landed = inner.content(path).unwrap().len() == 512;
                inner.open(path, OpenMode::WRITE).await.unwrap();
                late.set(late.get() + u32::from(busy && landed));
                never.set(never.get() + u32::from(!busy && !landed));
            });
            exec.end();
        }
        let (late, never) = (late.get(), never.get());
        assert!(late > 3 && never > 3, "late {late}, never {never}");
    }

    #[test]
    fn a_sync_that_failed_forgets_bytes_and_the_next_one_succeeds_without_them() {
        let gone = (0..40).filter(|seed| {
            let exec = Exec::new(*seed, Rng::new(*seed));
            let disk = MemDisk::on(exec.clone());
            let inner = disk.clone();
            exec.block_on(async move {
                inner.create_dir(Path::new("d")).await.unwrap();
                let file = inner.open(Path::new("d/f"), OpenMode::WRITE).await.unwrap();
                inner.sync_dir(Path::new("d")).await.unwrap();
                inner.write_at(&file, vec![Bytes::from_static(&[1; 512])], 0).await.unwrap();
                inner.set_faults(|f| f.eio_sync = 1);
                assert!(inner.sync(&file).await.is_err());
                inner.write_at(&file, vec![Bytes::from_static(&[2; 512])], 512).await.unwrap();
                inner.set_faults(|f| f.eio_sync = 0);
                inner.sync(&file).await.unwrap();
            });
            exec.end();
            disk.lose_power(&Rng::new(*seed));
            let content = disk.content(Path::new("d/f")).unwrap();
            assert_eq!(content[512..], [2; 512], "what was written behind the failure");
            content[..512] != [1; 512]
        });
        let gone = gone.count();
        assert!((1..40).contains(&gone), "lost {gone} of 40 times");
    }
}
