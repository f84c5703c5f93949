//! A disk that writes down every change with the moment at which it was issued and the one from which it is stable.
//!
//! What counts as stable: a write or a new length after a sync of its file that was *begun* when the write had
//! returned, the range of an `append_durable` or `write_durable` when it returns, a name after a sync of its directory begun when
//! the change had returned. Directories are inodes of their own: a folder that lost its new name keeps what
//! happened inside.
//! Owner: one history. Invariants: the trace alone decides what a crash may leave (`state`); the live content is
//! only what the running process sees. Times are the numbers of events, so that they are the same in every run.

use super::trace::{Change, Image, ROOT, Trace, size};
use crate::exec::Exec;
use bytes::Bytes;
use ringlog_storage::buf::{AlignedBuf, BLOCK};
use ringlog_storage::disk::{DirEntry, Disk, DiskFile, OpenMode, Space};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path};
use std::sync::{Arc, Mutex, MutexGuard};

#[derive(Default)]
struct State {
    live: Image,
    locked: BTreeSet<u64>,
    /// Descriptors of each inode.
    open: BTreeMap<u64, u32>,
    next: u64,
    trace: Trace,
}

impl State {
    /// The inode at `path`.
    fn find(&self, path: &Path) -> io::Result<u64> {
        let mut at = ROOT;
        for part in path.components() {
            if let Component::Normal(name) = part {
                let dir = self.live.dirs.get(&at).ok_or_else(|| io::Error::from_raw_os_error(20))?;
                let name = name.to_str().unwrap_or_default();
                at = *dir.get(name).ok_or_else(|| io::Error::from_raw_os_error(2))?;
            }
        }
        Ok(at)
    }

    /// The folder that `path` lies in, and its last name.
    fn place(&self, path: &Path) -> io::Result<(u64, String)> {
        let dir = self.find(path.parent().unwrap_or(Path::new("/")))?;
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        Ok((dir, name.to_owned()))
    }

    fn change(&mut self, inode: u64, change: Change) -> usize {
        self.live.apply(inode, &change);
        self.trace.issue(inode, change)
    }

    fn new_inode(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

/// The disk; clones share it.
#[derive(Clone)]
pub(super) struct CrashDisk {
    state: Arc<Mutex<State>>,
    exec: Option<Exec>,
}

impl CrashDisk {
    /// A disk that holds `image`. With `exec` its operations take a random virtual time, else none.
    pub fn new(image: Image, exec: Option<Exec>) -> Self {
        let mut live = image.clone();
        live.dirs.entry(ROOT).or_default();
        let next = live.files.keys().chain(live.dirs.keys()).copied().max().unwrap_or(ROOT);
        let trace = Trace::new(live.clone());
        let state = State { live, next, trace, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)), exec }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("one thread never poisons a lock")
    }

    /// The number of the next event: the time of what happens now.
    pub fn now(&self) -> u64 {
        let mut state = self.lock();
        state.trace.now += 1;
        state.trace.now
    }

    /// The process is dead: what it issued has ended, its descriptors are closed.
    pub fn on_kill(&self) {
        let mut state = self.lock();
        state.trace.ops.iter_mut().for_each(|op| op.returned = true);
        state.locked.clear();
    }

    /// Everything written down so far.
    pub fn trace(&self) -> Trace {
        self.lock().trace.clone()
    }

    /// Overwrites the front of a file behind everybody's back.
    pub fn spoil(&self, path: &Path) {
        let mut state = self.lock();
        if let Ok(id) = state.find(path) {
            state.live.write(id, 0, &[0x5a; 64]);
        }
    }

    async fn delay(&self) {
        if let Some(exec) = &self.exec {
            exec.jitter(50_000).await;
        }
    }

    /// A change of a name: issued, and some time later returned.
    async fn name(&self, make: impl FnOnce(&mut State) -> io::Result<(u64, Change)>) -> io::Result<()> {
        self.delay().await;
        let op = {
            let mut state = self.lock();
            let (dir, change) = make(&mut state)?;
            state.change(dir, change)
        };
        self.delay().await;
        self.lock().trace.returned(op);
        Ok(())
    }

    /// Writes all parts; the changes that they were.
    async fn write(&self, file: &CrashFile, data: Vec<Bytes>, pos: u64) -> io::Result<Vec<usize>> {
        self.delay().await;
        file.aligned(pos)?;
        let mut at = pos;
        let mut ops = Vec::new();
        for part in data {
            file.aligned(part.len() as u64)?;
            let len = part.len() as u64;
            ops.push(self.lock().change(file.0.inode, Change::Write(at, part)));
            at += len;
        }
        self.delay().await;
        let mut state = self.lock();
        ops.iter().for_each(|op| state.trace.returned(*op));
        Ok(ops)
    }

    async fn sync_inode(&self, inode: u64) -> io::Result<()> {
        let covered = self.lock().trace.covered(inode);
        self.delay().await;
        self.delay().await;
        self.lock().trace.settle(&covered);
        self.delay().await;
        Ok(())
    }
}

/// An open file; the lock goes with the last clone.
#[derive(Clone)]
pub(super) struct CrashFile(Arc<Open>);

struct Open {
    inode: u64,
    mode: OpenMode,
    state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for CrashFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CrashFile({}, {:?})", self.0.inode, self.0.mode)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Ok(mut state) = self.state.lock() else { return };
        if self.mode.lock {
            state.locked.remove(&self.inode);
        }
        if let Some(open) = state.open.get_mut(&self.inode) {
            *open -= 1;
        }
    }
}

impl DiskFile for CrashFile {}

impl CrashFile {
    /// The bytes `pos..pos + len` as far as they exist.
    pub fn read(&self, pos: u64, len: usize) -> Vec<u8> {
        let state = self.0.state.lock().expect("one thread never poisons a lock");
        let Some(file) = state.live.files.get(&self.0.inode) else { return Vec::new() };
        let from = size(pos).min(file.len());
        file.get(from..(from + len).min(file.len())).unwrap_or_default().to_vec()
    }

    fn aligned(&self, n: u64) -> io::Result<()> {
        if self.0.mode.direct && !n.is_multiple_of(BLOCK as u64) {
            return Err(io::Error::from_raw_os_error(22));
        }
        Ok(())
    }
}

impl Disk for CrashDisk {
    type File = CrashFile;

    async fn open(&self, path: &Path, mode: OpenMode) -> io::Result<CrashFile> {
        self.delay().await;
        let mut state = self.lock();
        let (dir, name) = state.place(path)?;
        let known = state.live.dirs.get(&dir).and_then(|d| d.get(&name)).copied();
        let inode = match known {
            Some(id) if state.live.dirs.contains_key(&id) => return Err(io::Error::from_raw_os_error(21)),
            Some(id) => id,
            None if mode.create => {
                let id = state.new_inode();
                let op = state.change(dir, Change::Link(name, id, false));
                state.trace.returned(op);
                id
            }
            None => return Err(io::Error::from_raw_os_error(2)),
        };
        if mode.lock && !state.locked.insert(inode) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        *state.open.entry(inode).or_default() += 1;
        Ok(CrashFile(Arc::new(Open { inode, mode, state: Arc::clone(&self.state) })))
    }

    async fn len(&self, file: &CrashFile) -> io::Result<u64> {
        Ok(self.lock().live.files.get(&file.0.inode).map_or(0, |f| f.len() as u64))
    }

    async fn read_at(
        &self,
        file: &CrashFile,
        mut buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<usize>, AlignedBuf) {
        self.delay().await;
        if let Err(e) = file.aligned(pos).and_then(|()| file.aligned(len as u64)) {
            return (Err(e), buf);
        }
        let data = file.read(pos, len);
        match buf.as_mut_slice().get_mut(..data.len()) {
            Some(place) => place.copy_from_slice(&data),
            None => return (Err(io::Error::from_raw_os_error(14)), buf),
        }
        (Ok(data.len()), buf)
    }

    async fn write_at(&self, file: &CrashFile, data: Vec<Bytes>, pos: u64) -> io::Result<()> {
        self.write(file, data, pos).await.map(|_| ())
    }

    async fn write_durable(&self, file: &CrashFile, data: Vec<Bytes>, pos: u64) -> io::Result<()> {
        let written = self.write(file, data, pos).await?;
        self.lock().trace.settle(&written);
        self.delay().await;
        Ok(())
    }

    async fn append_durable(
        &self,
        file: &CrashFile,
        buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<()>, AlignedBuf) {
        self.delay().await;
        if let Err(e) = file.aligned(pos).and_then(|()| file.aligned(len as u64)) {
            return (Err(e), buf);
        }
        let data = Bytes::copy_from_slice(buf.as_slice().get(..len).unwrap_or_default());
        let op = self.lock().change(file.0.inode, Change::Write(pos, data));
        self.delay().await;
        {
            let mut state = self.lock();
            state.trace.returned(op);
            state.trace.settle(&[op]);
        }
        self.delay().await;
        (Ok(()), buf)
    }

    async fn sync(&self, file: &CrashFile) -> io::Result<()> {
        self.sync_inode(file.0.inode).await
    }

    async fn truncate(&self, file: &CrashFile, len: u64) -> io::Result<()> {
        self.delay().await;
        let op = {
            let mut state = self.lock();
            if state.live.files.get(&file.0.inode).is_some_and(|f| f.len() as u64 == len) {
                return Ok(());
            }
            state.change(file.0.inode, Change::Truncate(len))
        };
        self.delay().await;
        self.lock().trace.returned(op);
        Ok(())
    }

    async fn shorten(&self, file: &CrashFile, piece: u64) -> io::Result<bool> {
        let len = self.len(file).await?;
        if len <= piece || self.lock().open.get(&file.0.inode) != Some(&1) {
            return Ok(false);
        }
        self.truncate(file, (len - 1) / piece * piece).await?;
        Ok(true)
    }

    async fn reserve(&self, _file: &CrashFile, _pos: u64, _len: u64) -> io::Result<()> {
        self.delay().await;
        Ok(())
    }

    async fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.name(|state| {
            let (dir, old) = state.place(from)?;
            let (same, new) = state.place(to)?;
            assert_eq!(dir, same, "storage renames within one folder");
            state.find(from)?;
            Ok((dir, Change::Rename(old, new)))
        })
        .await
    }

    async fn unlink(&self, path: &Path) -> io::Result<()> {
        self.name(|state| {
            let (dir, name) = state.place(path)?;
            state.find(path)?;
            Ok((dir, Change::Unlink(name)))
        })
        .await
    }

    async fn create_dir(&self, path: &Path) -> io::Result<()> {
        if self.lock().find(path).is_ok() {
            return Ok(());
        }
        self.name(|state| {
            let (dir, name) = state.place(path)?;
            let id = state.new_inode();
            Ok((dir, Change::Link(name, id, true)))
        })
        .await
    }

    async fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.name(|state| {
            let id = state.find(path)?;
            if state.live.dirs.get(&id).is_some_and(|d| !d.is_empty()) {
                return Err(io::Error::from_raw_os_error(39));
            }
            let (dir, name) = state.place(path)?;
            Ok((dir, Change::Unlink(name)))
        })
        .await
    }

    async fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let inode = self.lock().find(path)?;
        self.sync_inode(inode).await
    }

    async fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.delay().await;
        let state = self.lock();
        let id = state.find(path)?;
        let dir = state.live.dirs.get(&id).ok_or_else(|| io::Error::from_raw_os_error(20))?;
        let entry = |(name, id): (&String, &u64)| {
            let len = state.live.files.get(id).map_or(0, |f| f.len() as u64);
            DirEntry { name: name.clone(), is_dir: state.live.dirs.contains_key(id), len }
        };
        Ok(dir.iter().map(entry).collect())
    }

    async fn read_file(&self, path: &Path, max: usize) -> io::Result<Vec<u8>> {
        self.delay().await;
        let state = self.lock();
        let id = state.find(path)?;
        let file = state.live.files.get(&id).ok_or_else(|| io::Error::from_raw_os_error(21))?;
        if file.len() > max { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(file.to_vec()) }
    }

    async fn replace_file(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.delay().await;
        let (dir, op) = {
            let mut state = self.lock();
            let (dir, name) = state.place(path)?;
            let id = state.new_inode();
            // Written under another name and synced before it takes this one.
            let written = state.change(id, Change::Write(0, Bytes::copy_from_slice(content)));
            state.trace.settle(&[written]);
            (dir, state.change(dir, Change::Link(name, id, false)))
        };
        self.delay().await;
        self.lock().trace.returned(op);
        self.sync_inode(dir).await
    }

    async fn space(&self, _path: &Path) -> io::Result<Space> {
        Ok(Space { free: 1 << 40, total: 1 << 40 })
    }
}
