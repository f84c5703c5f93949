//! A disk in memory that forgets, at a power cut, whatever was not synced.
//!
//! The fault model. A write is visible at once and stable only after `sync` of its file (or by
//! `append_durable`, for its own range and the length it needs). At a power cut every 512-byte sector of every
//! write since the last sync is kept or lost on its own; a length grown since then is kept or lost with them.
//! A name created, renamed or removed is stable only after `sync_dir` of its directory; at a cut, the
//! un-synced changes of a directory survive up to a random point, in order. A kill (no power cut) keeps all
//! that was written; operations in flight land or not. Writes can be made to fail, and space to run out.
//!
//! Owner: one per `Node`, surviving its restarts. Invariant: what a sync acknowledged survives every cut.

use crate::exec::Exec;
use crate::rng::Rng;
use crate::world;
use bytes::Bytes;
use ringlog_storage::buf::{AlignedBuf, BLOCK};
use ringlog_storage::disk::{DirEntry, Disk, DiskFile, OpenMode, Space};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// Unit in which un-synced bytes are lost (reliability.md section 2.1).
const SECTOR: u64 = 512;

#[derive(Default)]
struct Inode {
    live: Vec<u8>,
    stable: Vec<u8>,
    /// Byte ranges written since the last sync.
    dirty: Vec<(u64, u64)>,
    locked: bool,
    /// Space reserved past the length, bytes.
    reserved: u64,
}

impl Inode {
    fn write(&mut self, pos: u64, data: &[u8]) {
        let end = to_usize(pos) + data.len();
        if self.live.len() < end {
            self.live.resize(end, 0);
        }
        if let Some(range) = self.live.get_mut(to_usize(pos)..end) {
            range.copy_from_slice(data);
        }
        self.dirty.push((pos, end as u64));
    }

    fn sync(&mut self) {
        self.stable.clone_from(&self.live);
        self.dirty.clear();
    }

    /// Makes `pos..pos + len` stable, and the length if it must be longer.
    fn sync_range(&mut self, pos: u64, len: u64) {
        let (from, to) = (to_usize(pos), to_usize(pos + len));
        if self.stable.len() < to {
            self.stable.resize(to, 0);
        }
        if let (Some(stable), Some(live)) = (self.stable.get_mut(from..to), self.live.get(from..to)) {
            stable.copy_from_slice(live);
        }
        self.dirty.retain(|(a, b)| *a < pos || *b > pos + len);
    }

    fn lose_power(&mut self, rng: &Rng) {
        let mut after = self.stable.clone();
        // A truncation that was not synced is kept or lost as a whole.
        if self.live.len() < after.len() && rng.one_in(2) {
            after.truncate(self.live.len());
        }
        for (from, to) in std::mem::take(&mut self.dirty) {
            let mut sector = from / SECTOR * SECTOR;
            while sector < to {
                let (a, b) = (to_usize(sector.max(from)), to_usize((sector + SECTOR).min(to)));
                if rng.one_in(2)
                    && let Some(kept) = self.live.get(a..b)
                {
                    if after.len() < b {
                        after.resize(b, 0);
                    }
                    if let Some(place) = after.get_mut(a..b) {
                        place.copy_from_slice(kept);
                    }
                }
                sector += SECTOR;
            }
        }
        self.stable.clone_from(&after);
        self.live = after;
        self.locked = false;
        self.reserved = 0;
    }
}

/// A change of a directory that is not yet stable.
enum NameOp {
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

#[derive(Default)]
struct State {
    next: u64,
    inodes: BTreeMap<u64, Inode>,
    names: BTreeMap<PathBuf, u64>,
    stable_names: BTreeMap<PathBuf, u64>,
    dirs: BTreeSet<PathBuf>,
    pending: Vec<NameOp>,
    /// Bytes that files may take in all; `None` is no limit.
    capacity: Option<u64>,
    /// Mutating operations left before every further one fails with EIO; `None` is never.
    fail_after: Option<u64>,
    slow_ns: u64,
    /// Mutating operations done so far.
    operations: u64,
}

impl State {
    fn used(&self) -> u64 {
        self.inodes.values().map(|i| (i.live.len() as u64).max(i.reserved)).sum()
    }

    fn mutate(&mut self) -> io::Result<()> {
        self.operations += 1;
        match &mut self.fail_after {
            Some(0) => Err(io::Error::from_raw_os_error(5)),
            Some(n) => {
                *n -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn room(&self, more: u64) -> io::Result<()> {
        match self.capacity {
            Some(max) if self.used() + more > max => Err(io::Error::from_raw_os_error(28)),
            _ => Ok(()),
        }
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

    fn change(&mut self, op: NameOp) {
        Self::apply(&mut self.names, &op);
        self.pending.push(op);
    }
}

fn to_usize(n: u64) -> usize {
    usize::try_from(n).expect("a simulated file fits in memory")
}

/// The disk; clones share it.
#[derive(Clone, Default)]
pub struct MemDisk {
    state: Arc<Mutex<State>>,
    exec: Option<Exec>,
}

impl std::fmt::Debug for MemDisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemDisk({} names)", self.lock().names.len())
    }
}

/// An open file; the lock goes with the last clone.
#[derive(Clone, Debug)]
pub struct MemFile(Arc<OpenFile>);

struct OpenFile {
    inode: u64,
    mode: OpenMode,
    state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for OpenFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemFile({}, {:?})", self.inode, self.mode)
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        if self.mode.lock
            && let Ok(mut state) = self.state.lock()
            && let Some(inode) = state.inodes.get_mut(&self.inode)
        {
            inode.locked = false;
        }
    }
}

impl DiskFile for MemFile {}

impl MemFile {
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
        let ops = std::mem::take(&mut state.pending);
        let keep = to_usize(rng.below(ops.len() as u64 + 1));
        let mut names = state.stable_names.clone();
        for op in ops.iter().take(keep) {
            State::apply(&mut names, op);
        }
        state.stable_names.clone_from(&names);
        state.names = names;
        let alive: BTreeSet<u64> = state.names.values().copied().collect();
        state.inodes.retain(|id, _| alive.contains(id));
        for inode in state.inodes.values_mut() {
            inode.lose_power(rng);
        }
        state.fail_after = None;
    }

    /// Limits the bytes that files may take in all; `None` lifts it.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.lock().capacity = bytes;
    }

    /// Lets `n` more changes succeed, then fails each with EIO; `None` heals.
    pub fn fail_after(&self, n: Option<u64>) {
        self.lock().fail_after = n;
    }

    /// Lets every operation take at least `ns` virtual nanoseconds; 0 heals.
    pub fn slow_down(&self, ns: u64) {
        self.lock().slow_ns = ns;
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
        let id = state.names.get(path)?;
        state.inodes.get(id).map(|i| i.live.clone())
    }

    /// Overwrites a file's live and stable content, as bit rot or a meddling hand would.
    pub fn corrupt(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.lock();
        let Some(id) = state.names.get(path).copied() else { return };
        if let Some(inode) = state.inodes.get_mut(&id) {
            change(&mut inode.live);
            inode.sync();
        }
    }

    /// Every file's path, sorted.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        self.lock().names.keys().cloned().collect()
    }

    async fn delay(&self) {
        if let Some(exec) = &self.exec {
            exec.jitter(50_000).await;
            let slow_ns = self.lock().slow_ns;
            if slow_ns > 0 {
                exec.sleep_until(exec.now() + slow_ns).await;
            }
        }
    }

    fn with_inode<T>(&self, file: &MemFile, f: impl FnOnce(&mut Inode) -> T) -> io::Result<T> {
        let mut state = self.lock();
        state.inodes.get_mut(&file.0.inode).map(f).ok_or_else(|| io::Error::from_raw_os_error(2))
    }
}

fn aligned(file: &MemFile, n: u64) -> io::Result<()> {
    if file.0.mode.direct && !n.is_multiple_of(BLOCK as u64) {
        return Err(io::Error::from_raw_os_error(22));
    }
    Ok(())
}

impl Disk for MemDisk {
    type File = MemFile;

    async fn open(&self, path: &Path, mode: OpenMode) -> io::Result<MemFile> {
        self.delay().await;
        let mut state = self.lock();
        let existing = state.names.get(path).copied();
        let inode = match existing {
            Some(id) => id,
            None if mode.create => {
                state.mutate()?;
                let parent = path.parent().unwrap_or(Path::new(""));
                if !state.dirs.contains(parent) {
                    return Err(io::Error::from_raw_os_error(2));
                }
                state.next += 1;
                let id = state.next;
                state.inodes.insert(id, Inode::default());
                state.change(NameOp::Link(path.to_owned(), id));
                id
            }
            None => return Err(io::Error::from_raw_os_error(2)),
        };
        if mode.lock
            && let Some(i) = state.inodes.get_mut(&inode)
        {
            if i.locked {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            i.locked = true;
        }
        Ok(MemFile(Arc::new(OpenFile { inode, mode, state: Arc::clone(&self.state) })))
    }

    async fn len(&self, file: &MemFile) -> io::Result<u64> {
        self.with_inode(file, |i| i.live.len() as u64)
    }

    async fn read_at(
        &self,
        file: &MemFile,
        mut buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<usize>, AlignedBuf) {
        self.delay().await;
        if let Err(e) = aligned(file, pos).and_then(|()| aligned(file, len as u64)) {
            return (Err(e), buf);
        }
        let data = file.read(pos, len);
        match buf.as_mut_slice().get_mut(..data.len()) {
            Some(place) => place.copy_from_slice(&data),
            None => return (Err(io::Error::from_raw_os_error(14)), buf),
        }
        (Ok(data.len()), buf)
    }

    async fn write_at(&self, file: &MemFile, data: Vec<Bytes>, pos: u64) -> io::Result<()> {
        self.delay().await;
        aligned(file, pos)?;
        let mut at = pos;
        for part in data {
            aligned(file, part.len() as u64)?;
            assert!(
                !file.0.mode.direct || (part.as_ptr() as usize).is_multiple_of(BLOCK),
                "O_DIRECT needs aligned memory"
            );
            let mut state = self.lock();
            state.mutate()?;
            let (len, reserved) =
                state.inodes.get(&file.0.inode).map_or((0, 0), |i| (i.live.len() as u64, i.reserved));
            state.room((at + part.len() as u64).saturating_sub(len.max(reserved)))?;
            if let Some(inode) = state.inodes.get_mut(&file.0.inode) {
                inode.write(at, &part);
            }
            at += part.len() as u64;
        }
        self.delay().await;
        Ok(())
    }

    async fn append_durable(
        &self,
        file: &MemFile,
        buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<()>, AlignedBuf) {
        self.delay().await;
        let done = (|| {
            let _world = world::enter();
            aligned(file, pos)?;
            aligned(file, len as u64)?;
            self.lock().mutate()?;
            let data = buf.as_slice().get(..len).ok_or_else(|| io::Error::from_raw_os_error(14))?;
            self.with_inode(file, |i| i.write(pos, data))
        })();
        if let Err(e) = done {
            return (Err(e), buf);
        }
        // The bytes are on their way and not yet stable: a cut here may tear them.
        self.delay().await;
        let synced = {
            let _world = world::enter();
            self.with_inode(file, |i| i.sync_range(pos, len as u64))
        };
        self.delay().await;
        (synced, buf)
    }

    async fn sync(&self, file: &MemFile) -> io::Result<()> {
        self.delay().await;
        self.lock().mutate()?;
        self.with_inode(file, Inode::sync)?;
        self.delay().await;
        Ok(())
    }

    async fn truncate(&self, file: &MemFile, len: u64) -> io::Result<()> {
        self.delay().await;
        self.lock().mutate()?;
        self.with_inode(file, |i| {
            i.live.resize(to_usize(len), 0);
            i.dirty.retain(|(from, _)| *from < len);
            for range in &mut i.dirty {
                range.1 = range.1.min(len);
            }
        })
    }

    async fn reserve(&self, file: &MemFile, pos: u64, len: u64) -> io::Result<()> {
        self.delay().await;
        let mut state = self.lock();
        let held = state.inodes.get(&file.0.inode).map_or(0, |i| i.reserved.max(i.live.len() as u64));
        state.room((pos + len).saturating_sub(held))?;
        if let Some(inode) = state.inodes.get_mut(&file.0.inode) {
            inode.reserved = inode.reserved.max(pos + len);
        }
        Ok(())
    }

    async fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.delay().await;
        let mut state = self.lock();
        state.mutate()?;
        if state.dirs.contains(from) {
            return rename_dir(&mut state, from, to);
        }
        let id = state.names.get(from).copied().ok_or_else(|| io::Error::from_raw_os_error(2))?;
        state.change(NameOp::Rename(from.to_owned(), to.to_owned(), id));
        Ok(())
    }

    async fn unlink(&self, path: &Path) -> io::Result<()> {
        self.delay().await;
        let mut state = self.lock();
        state.mutate()?;
        if !state.names.contains_key(path) {
            return Err(io::Error::from_raw_os_error(2));
        }
        state.change(NameOp::Unlink(path.to_owned()));
        Ok(())
    }

    async fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.lock().dirs.insert(path.to_owned());
        Ok(())
    }

    async fn remove_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        if state.names.keys().any(|p| p.parent() == Some(path)) {
            return Err(io::Error::from_raw_os_error(39));
        }
        state.dirs.remove(path);
        Ok(())
    }

    async fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.delay().await;
        let mut state = self.lock();
        state.mutate()?;
        let (mine, other): (Vec<NameOp>, Vec<NameOp>) =
            std::mem::take(&mut state.pending).into_iter().partition(|op| op.dir() == Some(path));
        let mut names = std::mem::take(&mut state.stable_names);
        for op in &mine {
            State::apply(&mut names, op);
        }
        state.stable_names = names;
        state.pending = other;
        Ok(())
    }

    async fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.delay().await;
        let state = self.lock();
        if !state.dirs.contains(path) {
            return Err(io::Error::from_raw_os_error(2));
        }
        let name = |p: &Path| p.file_name().and_then(|n| n.to_str()).map(str::to_owned);
        let mut entries = Vec::new();
        for (p, id) in state.names.iter().filter(|(p, _)| p.parent() == Some(path)) {
            let len = state.inodes.get(id).map_or(0, |i| i.live.len() as u64);
            entries.extend(name(p).map(|name| DirEntry { name, is_dir: false, len }));
        }
        for p in state.dirs.iter().filter(|p| p.parent() == Some(path)) {
            entries.extend(name(p).map(|name| DirEntry { name, is_dir: true, len: 0 }));
        }
        entries.sort();
        Ok(entries)
    }

    async fn read_file(&self, path: &Path, max: usize) -> io::Result<Vec<u8>> {
        self.delay().await;
        let data = self.content(path).ok_or_else(|| io::Error::from_raw_os_error(2))?;
        if data.len() > max { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(data) }
    }

    async fn replace_file(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.delay().await;
        let parent = path.parent().unwrap_or(Path::new(""));
        {
            let mut state = self.lock();
            state.mutate()?;
            state.room(content.len() as u64)?;
            if !state.dirs.contains(parent) {
                return Err(io::Error::from_raw_os_error(2));
            }
            state.next += 1;
            let id = state.next;
            let inode = Inode { live: content.to_vec(), stable: content.to_vec(), ..Inode::default() };
            state.inodes.insert(id, inode);
            state.change(NameOp::Link(path.to_owned(), id));
        }
        self.sync_dir(parent).await
    }

    async fn space(&self, _path: &Path) -> io::Result<Space> {
        let state = self.lock();
        let total = state.capacity.unwrap_or(1 << 40);
        Ok(Space { free: total.saturating_sub(state.used()), total })
    }
}

/// Renames a directory and all that lies in it.
fn rename_dir(state: &mut State, from: &Path, to: &Path) -> io::Result<()> {
    let moved = |p: &Path| p.strip_prefix(from).ok().map(|rest| to.join(rest));
    let dirs: Vec<PathBuf> = state.dirs.iter().filter(|d| d.starts_with(from)).cloned().collect();
    for dir in dirs {
        state.dirs.remove(&dir);
        state.dirs.extend(moved(&dir));
    }
    let files: Vec<(PathBuf, u64)> =
        state.names.iter().filter(|(p, _)| p.starts_with(from)).map(|(p, id)| (p.clone(), *id)).collect();
    for (path, id) in files {
        if let Some(new) = moved(&path) {
            state.change(NameOp::Link(new, id));
            state.change(NameOp::Unlink(path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::block_on;

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
}
