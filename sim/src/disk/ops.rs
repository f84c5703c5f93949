//! The `Disk` seam on memory: each operation waits, may fail, takes effect, waits, and answers.
//!
//! Owner: the disk. Invariants: an operation takes effect at one moment between its call and its answer; a sync
//! promises what had landed when it began, nothing else; with O_DIRECT only whole blocks are taken.

use super::aim::FileKind;
use super::flight::Flight;
use super::inode::{Inode, SECTOR, to_usize};
use super::{EIO, ENOENT, Faults, MemDisk, MemFile, NameOp, OneIn, OpenFile, State, error};
use crate::world;
use bytes::Bytes;
use ringlog_storage::buf::{AlignedBuf, BLOCK};
use ringlog_storage::disk::{DirEntry, Disk, OpenMode, Space};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Opening a file that is there takes such a part of the time of other operations.
const OPEN_PART: u64 = 16;

fn aligned(file: &MemFile, n: u64) -> io::Result<()> {
    if file.0.mode.direct && !n.is_multiple_of(BLOCK as u64) {
        return Err(error(22));
    }
    Ok(())
}

/// A write in flight: two must not overlap.
struct Range {
    state: Arc<Mutex<State>>,
    range: (u64, u64, u64),
    power: u64,
}

impl Drop for Range {
    fn drop(&mut self) {
        let Ok(mut state) = self.state.lock() else { return };
        if state.power == self.power
            && let Some(i) = state.in_flight.iter().position(|r| *r == self.range)
        {
            state.in_flight.swap_remove(i);
        }
    }
}

impl MemDisk {
    /// True if a fault that comes up in one of `n` operations comes up now.
    fn strikes(&self, of: impl FnOnce(&Faults) -> OneIn) -> bool {
        let n = of(&self.lock().faults);
        n > 0 && self.exec.as_ref().is_some_and(|e| e.rng().one_in(n))
    }

    fn eio(&self, kind: FileKind, of: impl FnOnce(&Faults) -> OneIn) -> io::Result<()> {
        let spared = self.lock().faults.only.is_some_and(|only| only != kind);
        if !spared && self.strikes(of) {
            let mut state = self.lock();
            state.happened.eio += 1;
            state.aim.on_error();
            return Err(error(EIO));
        }
        Ok(())
    }

    /// True once for the file of `fail_next_sync`.
    fn is_doomed(&self, file: &MemFile) -> bool {
        let mut state = self.lock();
        let id = state.doomed_sync.as_ref().and_then(|path| state.names.live.get(path));
        let doomed = id == Some(&file.0.inode);
        if doomed {
            state.doomed_sync = None;
            state.happened.eio += 1;
        }
        doomed
    }

    fn with_inode<T>(&self, file: &MemFile, f: impl FnOnce(&mut Inode) -> T) -> io::Result<T> {
        let mut state = self.lock();
        state.inodes.get_mut(&file.0.inode).map(f).ok_or_else(|| error(ENOENT))
    }

    /// Takes the range, which must be free.
    fn take_range(&self, file: &MemFile, pos: u64, len: u64) -> Range {
        let mut state = self.lock();
        let (inode, end) = (file.0.inode, pos + len);
        let meets = state.in_flight.iter().find(|(i, a, b)| *i == inode && *a < end && pos < *b);
        assert!(
            meets.is_none(),
            "seed {}: a write of bytes {pos}..{end} while another is in flight: {meets:?}",
            self.seed()
        );
        state.in_flight.push((inode, pos, end));
        Range { state: Arc::clone(&self.state), range: (inode, pos, end), power: state.power }
    }

    /// Bytes that growing to `end` takes beyond what the file has.
    fn growth(state: &State, file: &MemFile, end: u64) -> u64 {
        let held = state.inodes.get(&file.0.inode).map_or(0, |i| (i.live.len() as u64).max(i.reserved));
        end.saturating_sub(held)
    }

    /// What a read brings, faults included.
    pub(crate) fn read_now(&self, file: &MemFile, pos: u64, len: usize) -> io::Result<Vec<u8>> {
        self.eio(file.0.kind, |f| f.eio_read)?;
        let end = pos + len as u64;
        let unreadable = self
            .with_inode(file, |i| i.unreadable.iter().any(|s| s * SECTOR < end && (s + 1) * SECTOR > pos))?;
        if unreadable {
            self.lock().happened.eio += 1;
            return Err(error(EIO));
        }
        let mut data = file.read(pos, len);
        let Some(rng) = self.exec.as_ref().map(|e| e.rng().clone()) else { return Ok(data) };
        if self.strikes(|f| f.misdirected_read) {
            self.lock().happened.lies += 1;
            let blocks = self.with_inode(file, |i| i.live.len() as u64)? / BLOCK as u64;
            data = file.read(rng.below(blocks + 1) * BLOCK as u64, data.len());
        }
        if self.strikes(|f| f.stale_read) {
            let before = self.with_inode(file, |i| i.before.clone())?;
            if let Some((at, old)) = before {
                for (n, byte) in (0u64..).zip(old) {
                    if let Some(place) = (at + n).checked_sub(pos).and_then(|i| data.get_mut(to_usize(i))) {
                        *place = byte;
                    }
                }
                self.lock().happened.lies += 1;
            }
        }
        if data.len() > BLOCK && self.strikes(|f| f.short_read) {
            let blocks = 1 + rng.below((data.len() / BLOCK) as u64);
            data.truncate(to_usize(blocks) * BLOCK);
            self.lock().happened.lies += 1;
        }
        Ok(data)
    }

    /// A write up to `end` may begin: the process is not cut off (`fail_after`; the device then keeps what it was
    /// given before), and there is space.
    fn admit_write(&self, file: &MemFile, end: u64) -> io::Result<()> {
        let mut state = self.lock();
        state.mutate()?;
        let more = Self::growth(&state, file, end);
        state.room(more)
    }

    async fn write(&self, file: &MemFile, data: Vec<Bytes>, pos: u64, durable: bool) -> io::Result<()> {
        aligned(file, pos)?;
        let mut end = pos;
        for part in &data {
            aligned(file, part.len() as u64)?;
            assert!(
                !file.0.mode.direct || (part.as_ptr() as usize).is_multiple_of(BLOCK),
                "O_DIRECT needs aligned memory"
            );
            end += part.len() as u64;
        }
        let _range = self.take_range(file, pos, end - pos);
        let mut flight = Flight::new(self.exec.as_ref(), &self.state, file, pos, data.clone());
        self.step(file.0.kind, &file.0.path).await;
        if let Err(e) = self.eio(file.0.kind, |f| f.eio_write) {
            flight.end();
            if let Some(exec) = &self.exec {
                let all: Vec<u8> = data.iter().flat_map(|p| p.iter().copied()).collect();
                self.with_inode(file, |i| i.fail_write(pos, &all, exec.rng()))?;
            }
            return Err(e);
        }
        if let Err(e) = self.admit_write(file, end) {
            flight.end();
            return Err(e);
        }
        flight.land();
        self.step(file.0.kind, &file.0.path).await;
        let synced = if durable { self.sync_written(file, pos, end - pos).await } else { Ok(()) };
        flight.end();
        synced
    }

    /// What a sync of `file` fails with, if it does; what it was to make durable is then lost in part or whole.
    fn sync_fault(&self, file: &MemFile) -> io::Result<()> {
        if let Err(e) = self.eio(file.0.kind, |f| f.eio_sync) {
            if let Some(exec) = &self.exec {
                self.with_inode(file, |i| i.fail_sync(exec.rng()))?;
            }
            return Err(e);
        }
        if self.is_doomed(file) {
            self.with_inode(file, Inode::lose_all)?;
            return Err(error(EIO));
        }
        Ok(())
    }

    /// The second half of a durable write: its bytes have landed.
    async fn sync_written(&self, file: &MemFile, pos: u64, len: u64) -> io::Result<()> {
        self.sync_fault(file)?;
        self.with_inode(file, |i| i.sync_range(pos, len))?;
        self.step(file.0.kind, &file.0.path).await;
        Ok(())
    }

    async fn names<T>(&self, path: &Path, change: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        self.names_in(path, 1, change).await
    }

    async fn names_in<T>(
        &self,
        path: &Path,
        part: u64,
        change: impl FnOnce(&mut State) -> io::Result<T>,
    ) -> io::Result<T> {
        self.step_of(FileKind::Names, path, part).await;
        self.eio(FileKind::Names, |f| f.eio_names)?;
        let done = change(&mut self.lock())?;
        if let Some(exec) = &self.exec {
            exec.note(3);
        }
        Ok(done)
    }
}

impl Disk for MemDisk {
    type File = MemFile;

    async fn open(&self, path: &Path, mode: OpenMode) -> io::Result<MemFile> {
        let kind = FileKind::of(path);
        // The name of a file that is there is in memory mostly.
        let part = if self.lock().names.live.contains_key(path) { OPEN_PART } else { 1 };
        self.names_in(path, part, |state| {
            let inode = match state.names.live.get(path).copied() {
                Some(id) => id,
                None if mode.create => {
                    state.mutate()?;
                    if !state.names.dirs.contains(path.parent().unwrap_or(Path::new(""))) {
                        return Err(error(ENOENT));
                    }
                    state.next += 1;
                    let id = state.next;
                    state.inodes.insert(id, Inode::default());
                    state.change(NameOp::Link(path.to_owned(), id));
                    id
                }
                None => return Err(error(ENOENT)),
            };
            let power = state.power;
            if let Some(i) = state.inodes.get_mut(&inode) {
                if mode.lock && i.locks > 0 {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                i.handles += 1;
                i.locks += u32::from(mode.lock);
            }
            state.open.0 += 1;
            state.open.1 = state.open.1.max(state.open.0);
            let (path, state) = (path.to_owned(), Arc::clone(&self.state));
            Ok(MemFile(Arc::new(OpenFile { inode, kind, path, mode, power, state })))
        })
        .await
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
        self.delay(file.0.kind, &file.0.path).await;
        let data = aligned(file, pos)
            .and_then(|()| aligned(file, len as u64))
            .and_then(|()| self.read_now(file, pos, len));
        match data {
            Err(e) => (Err(e), buf),
            Ok(data) => match buf.as_mut_slice().get_mut(..data.len()) {
                Some(place) => {
                    place.copy_from_slice(&data);
                    (Ok(data.len()), buf)
                }
                None => (Err(error(14)), buf),
            },
        }
    }

    async fn write_at(&self, file: &MemFile, data: Vec<Bytes>, pos: u64) -> io::Result<()> {
        self.write(file, data, pos, false).await
    }

    async fn write_durable(&self, file: &MemFile, data: Vec<Bytes>, pos: u64) -> io::Result<()> {
        self.write(file, data, pos, true).await
    }

    async fn append_durable(
        &self,
        file: &MemFile,
        buf: AlignedBuf,
        pos: u64,
        len: usize,
    ) -> (io::Result<()>, AlignedBuf) {
        let Some(data) = buf.as_slice().get(..len) else { return (Err(error(14)), buf) };
        if let Err(e) = aligned(file, pos).and_then(|()| aligned(file, len as u64)) {
            return (Err(e), buf);
        }
        let (_range, data, mut flight) = {
            let _world = world::enter();
            let range = self.take_range(file, 0, u64::MAX);
            let data = Bytes::copy_from_slice(data);
            let flight = Flight::new(self.exec.as_ref(), &self.state, file, pos, vec![data.clone()]);
            (range, data, flight)
        };
        self.step(file.0.kind, &file.0.path).await;
        if let Err(e) = self.eio(file.0.kind, |f| f.eio_write) {
            flight.end();
            let Some(exec) = &self.exec else { return (Err(e), buf) };
            let torn = self.with_inode(file, |i| i.fail_write(pos, &data, exec.rng()));
            return (torn.and(Err(e)), buf);
        }
        if let Err(e) = self.admit_write(file, pos + len as u64) {
            flight.end();
            return (Err(e), buf);
        }
        // The bytes are on their way and not yet stable: a cut here may tear them.
        flight.land();
        self.step(file.0.kind, &file.0.path).await;
        let synced = {
            let _world = world::enter();
            self.with_inode(file, |i| i.sync_range(pos, len as u64))
        };
        self.step(file.0.kind, &file.0.path).await;
        flight.end();
        (synced, buf)
    }

    async fn sync(&self, file: &MemFile) -> io::Result<()> {
        let upto = self.with_inode(file, |i| i.newest())?;
        self.step(file.0.kind, &file.0.path).await;
        self.sync_fault(file)?;
        self.lock().mutate()?;
        self.with_inode(file, |i| i.sync(upto))?;
        self.step(file.0.kind, &file.0.path).await;
        Ok(())
    }

    async fn truncate(&self, file: &MemFile, len: u64) -> io::Result<()> {
        self.step(file.0.kind, &file.0.path).await;
        self.eio(file.0.kind, |f| f.eio_write)?;
        let mut state = self.lock();
        state.mutate()?;
        let more = Self::growth(&state, file, len);
        state.room(more)?;
        let inode = state.inodes.get_mut(&file.0.inode).ok_or_else(|| error(ENOENT))?;
        inode.truncate(len);
        Ok(())
    }

    async fn shorten(&self, file: &MemFile, piece: u64) -> io::Result<bool> {
        self.step(file.0.kind, &file.0.path).await;
        self.eio(file.0.kind, |f| f.eio_write)?;
        let mut state = self.lock();
        state.mutate()?;
        let seed = self.seed();
        let inode = state.inodes.get_mut(&file.0.inode).ok_or_else(|| error(ENOENT))?;
        assert!(inode.links == 0, "seed {seed}: {} gets shorter while it has a name", file.0.path.display());
        let len = inode.live.len() as u64;
        let may = len > piece && inode.handles == 1;
        if may {
            inode.truncate((len - 1) / piece * piece);
        }
        Ok(may)
    }

    async fn reserve(&self, file: &MemFile, pos: u64, len: u64) -> io::Result<()> {
        self.step(file.0.kind, &file.0.path).await;
        self.eio(file.0.kind, |f| f.eio_write)?;
        let mut state = self.lock();
        let more = Self::growth(&state, file, pos + len);
        state.room(more)?;
        if let Some(inode) = state.inodes.get_mut(&file.0.inode) {
            inode.reserved = inode.reserved.max(pos + len);
        }
        Ok(())
    }

    async fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.names(from, |state| {
            state.mutate()?;
            if state.names.dirs.contains(from) {
                if state.names.files_in(to).next().is_some() {
                    return Err(error(39));
                }
                state.change(NameOp::RenameDir(from.to_owned(), to.to_owned()));
                return Ok(());
            }
            let id = state.names.live.get(from).copied().ok_or_else(|| error(ENOENT))?;
            state.change(NameOp::Rename(from.to_owned(), to.to_owned(), id));
            Ok(())
        })
        .await
    }

    async fn unlink(&self, path: &Path) -> io::Result<()> {
        self.names(path, |state| {
            state.mutate()?;
            if !state.names.live.contains_key(path) {
                return Err(error(ENOENT));
            }
            state.change(NameOp::Unlink(path.to_owned()));
            Ok(())
        })
        .await
    }

    async fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.lock().names.make_dir(path);
        Ok(())
    }

    async fn remove_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        if state.names.files_in(path).next().is_some() {
            return Err(error(39));
        }
        state.names.remove_dir(path);
        Ok(())
    }

    async fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.step(FileKind::Names, path).await;
        self.eio(FileKind::Names, |f| f.eio_sync)?;
        let mut state = self.lock();
        state.mutate()?;
        state.names.sync_dir(path);
        state.forget_unnamed();
        Ok(())
    }

    async fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.names(path, |state| {
            if !state.names.dirs.contains(path) {
                return Err(error(ENOENT));
            }
            let name = |p: &Path| p.file_name().and_then(|n| n.to_str()).map(str::to_owned);
            let mut entries = Vec::new();
            for (p, id) in state.names.files_in(path) {
                let len = state.inodes.get(id).map_or(0, |i| i.live.len() as u64);
                entries.extend(name(p).map(|name| DirEntry { name, is_dir: false, len }));
            }
            for p in state.names.dirs.iter().filter(|p| p.parent() == Some(path)) {
                entries.extend(name(p).map(|name| DirEntry { name, is_dir: true, len: 0 }));
            }
            entries.sort();
            Ok(entries)
        })
        .await
    }

    async fn read_file(&self, path: &Path, max: usize) -> io::Result<Vec<u8>> {
        self.delay(FileKind::Other, path).await;
        self.eio(FileKind::of(path), |f| f.eio_read)?;
        let data = self.content(path).ok_or_else(|| error(ENOENT))?;
        if self.is_unreadable(path) {
            self.lock().happened.eio += 1;
            return Err(error(EIO));
        }
        if data.len() > max { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(data) }
    }

    async fn replace_file(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let parent = path.parent().unwrap_or(Path::new("")).to_owned();
        let content = content.to_vec();
        self.names(path, |state| {
            state.mutate()?;
            state.room(content.len() as u64)?;
            if !state.names.dirs.contains(&parent) {
                return Err(error(ENOENT));
            }
            state.next += 1;
            let id = state.next;
            state.inodes.insert(id, Inode::stable(&content));
            state.change(NameOp::Link(path.to_owned(), id));
            Ok(())
        })
        .await?;
        self.sync_dir(&parent).await
    }

    async fn space(&self, _path: &Path) -> io::Result<Space> {
        let state = self.lock();
        let total = state.faults.capacity.unwrap_or(1 << 40);
        Ok(Space { free: total.saturating_sub(state.used()), total })
    }
}
