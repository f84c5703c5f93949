//! A block device that forgets what was not flushed when the power is cut: a file served through FUSE, under a loop
//! device, under a real ext4.
//!
//! The fault model. The device has a volatile write cache, as disks have: a write is acknowledged when it is in the
//! cache, and on the medium only after a flush that began later. A cut keeps of the cache what chance says: nothing,
//! everything, single writes out of order, or single sectors of 512 bytes of torn writes. From the cut on everything
//! fails, flushes too, until the device is powered again: what the kernel and the broker still had is lost with them.
//! What was flushed stays, always.
//!
//! Owner: a loop that cuts. Invariants: one thread serves the kernel, one request at a time; nothing leaves the cache
//! for the medium but by a flush, by a cut, or because the cache is full (then the oldest goes, as in a disk).

use crate::chance::Chance;
use crate::fuse::{self, Request};
use crate::locked;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const SECTOR: usize = 512;
/// What the cache holds at most, sectors (64 MiB).
const CACHE_MAX: usize = 131_072;
/// How long an unmount may be refused because the kernel still takes a killed process down.
const BUSY_MAX: Duration = Duration::from_secs(20);

/// What a cut met and left.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cut {
    /// Sectors that were in the cache.
    pub cached: usize,
    /// Those of them that reached the medium.
    pub survived: usize,
}

/// Medium and cache.
struct Disk {
    medium: File,
    len: u64,
    powered: bool,
    /// Sectors in the order of their writing; a number of `latest` points into it.
    cache: Vec<(u64, [u8; SECTOR])>,
    /// Where a sector that is in the cache was written last.
    latest: HashMap<u64, usize>,
    flushes: u64,
    sectors: u64,
    /// Writes and flushes until the power is cut in the middle of one, and what decides which sectors survive.
    armed: Option<(u64, Chance)>,
    last_cut: Cut,
}

impl Disk {
    /// Any range: whoever writes the file itself, as mkfs does, need not know of sectors.
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let (first, lead) = split(at);
        let mut whole = self.sectors(first, lead + bytes.len())?;
        whole.get_mut(lead..lead + bytes.len()).ok_or(io::ErrorKind::Other)?.copy_from_slice(bytes);
        for (sector, bytes) in (first..).zip(whole.chunks_exact(SECTOR)) {
            let place = self.cache.len();
            self.cache.push((sector, bytes.try_into().expect("chunks_exact gives SECTOR bytes")));
            self.latest.insert(sector, place);
            self.sectors += 1;
        }
        if self.cache.len() > CACHE_MAX {
            self.keep(|_| true)?;
        }
        self.tick()
    }

    fn read(&self, at: u64, len: usize) -> io::Result<Vec<u8>> {
        let (first, lead) = split(at);
        let whole = self.sectors(first, lead + len)?;
        Ok(whole.get(lead..lead + len).ok_or(io::ErrorKind::Other)?.to_vec())
    }

    /// Whole sectors from `first` on, `len` bytes of them at least.
    fn sectors(&self, first: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len.next_multiple_of(SECTOR)];
        let at = first * SECTOR as u64;
        if !self.powered || at + bytes.len() as u64 > self.len {
            return Err(io::ErrorKind::Other.into());
        }
        self.medium.read_exact_at(&mut bytes, at)?;
        for (sector, bytes) in (first..).zip(bytes.chunks_exact_mut(SECTOR)) {
            if let Some((_, newer)) = self.latest.get(&sector).and_then(|place| self.cache.get(*place)) {
                bytes.copy_from_slice(newer);
            }
        }
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.powered {
            return Err(io::ErrorKind::Other.into());
        }
        self.tick()?;
        self.flushes += 1;
        self.keep(|_| true).map(drop)
    }

    /// Empties the cache; what `survives` (by its place) reaches the medium, in order. Result: how many sectors.
    fn keep(&mut self, mut survives: impl FnMut(usize) -> bool) -> io::Result<usize> {
        let mut kept = 0;
        for (place, (sector, bytes)) in self.cache.drain(..).enumerate() {
            if survives(place) {
                self.medium.write_all_at(&bytes, sector * SECTOR as u64)?;
                kept += 1;
            }
        }
        self.latest.clear();
        Ok(kept)
    }

    /// One write or flush nearer to the cut. What is cut in the middle fails.
    fn tick(&mut self) -> io::Result<()> {
        match self.armed.take() {
            Some((0, chance)) => {
                self.cut(chance)?;
                Err(io::ErrorKind::Other.into())
            }
            Some((left, chance)) => {
                self.armed = Some((left - 1, chance));
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn cut(&mut self, mut chance: Chance) -> io::Result<()> {
        self.powered = false;
        let cached = self.cache.len();
        let percent = [0, 10, 50, 90, 100][chance.below(5) as usize];
        // In whole pages of the kernel, or torn within them.
        let run = if chance.percent(50) { 8 } else { 1 };
        let runs: Vec<bool> = (0..cached.div_ceil(run)).map(|_| chance.percent(percent)).collect();
        let survived = self.keep(|place| runs.get(place / run).copied().unwrap_or(false))?;
        self.last_cut = Cut { cached, survived };
        Ok(())
    }
}

/// The sector of an offset, and what of the offset lies within it.
fn split(at: u64) -> (u64, usize) {
    (at / SECTOR as u64, (at % SECTOR as u64) as usize)
}

/// The device and the ext4 on it.
pub struct Device {
    dir: PathBuf,
    disk: Arc<Mutex<Disk>>,
    server: Option<JoinHandle<()>>,
}

impl Device {
    /// A new device of `len` bytes with an empty ext4, mounted. Its files lie under `dir`.
    ///
    /// Errors: a line that says what is missing here.
    pub fn new(dir: &Path, len: u64) -> Result<Self, String> {
        for path in ["/dev/fuse", "/dev/loop-control"] {
            OpenOptions::new()
                .read(true)
                .write(true)
                .open(path)
                .map_err(|e| format!("{path}: {e} (root is needed)"))?;
        }
        for folder in ["fuse", "mnt"] {
            let folder = dir.join(folder);
            std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        }
        let medium =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).open(dir.join("medium"));
        let medium =
            medium.and_then(|f| f.set_len(len).map(|()| f)).map_err(|e| format!("the medium: {e}"))?;
        let disk = Disk {
            medium,
            len,
            powered: true,
            cache: Vec::new(),
            latest: HashMap::new(),
            flushes: 0,
            sectors: 0,
            armed: None,
            last_cut: Cut::default(),
        };
        let mut device = Self { dir: dir.to_owned(), disk: Arc::new(Mutex::new(disk)), server: None };
        device.serve()?;
        run(
            "mkfs.ext4",
            &["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", &device.path("fuse/disk")],
        )?;
        device.mount()?;
        Ok(device)
    }

    /// Where the file system is.
    #[must_use]
    pub fn mounted(&self) -> PathBuf {
        self.dir.join("mnt")
    }

    /// Flushes of the device and sectors written to it, so far.
    #[must_use]
    pub fn work(&self) -> (u64, u64) {
        let disk = locked(&self.disk);
        (disk.flushes, disk.sectors)
    }

    /// Cuts the power in the middle of the write or flush that comes after `requests` others.
    pub fn arm(&self, requests: u64, chance: &mut Chance) {
        let chance = Chance::new(chance.bits());
        locked(&self.disk).armed = Some((requests, chance));
    }

    /// Waits for the cut that was armed up to `patience`, then cuts. From then on everything fails.
    ///
    /// Errors: what survives cannot be written to the medium.
    pub fn wait_for_cut(&self, patience: Duration) -> Result<Cut, String> {
        let until = Instant::now() + patience;
        loop {
            let mut disk = locked(&self.disk);
            if disk.powered && Instant::now() >= until {
                let armed = disk.armed.take();
                let (_, chance) =
                    armed.expect("arm() came before, and only a cut disarms, after which no power is");
                disk.cut(chance).map_err(|e| format!("cannot write {}: {e}", self.path("medium")))?;
            }
            if !disk.powered {
                return Ok(disk.last_cut);
            }
            drop(disk);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Powers the device again, with nothing left in the kernel of before. The broker must have ended.
    ///
    /// Errors: a line that says which command failed.
    pub fn power(&mut self) -> Result<(), String> {
        self.take_down()?;
        {
            let mut disk = locked(&self.disk);
            disk.powered = true;
            disk.armed = None;
        }
        self.serve()?;
        self.mount()
    }

    fn path(&self, name: &str) -> String {
        self.dir.join(name).display().to_string()
    }

    fn serve(&mut self) -> Result<(), String> {
        let channel = fuse::mount(&self.dir.join("fuse"))?;
        let disk = Arc::clone(&self.disk);
        let serve = move || {
            let len = locked(&disk).len;
            fuse::serve(&channel, len, |request| {
                let mut disk = locked(&disk);
                match request {
                    Request::Read { at, len } => disk.read(at, len),
                    Request::Write { at, bytes } => disk.write(at, bytes).map(|()| Vec::new()),
                    Request::Flush => disk.flush().map(|()| Vec::new()),
                }
            });
        };
        let server = std::thread::Builder::new().name("device".into()).spawn(serve);
        self.server = Some(server.map_err(|e| format!("no thread for the device: {e}"))?);
        Ok(())
    }

    fn mount(&self) -> Result<(), String> {
        run("mount", &["-t", "ext4", "-o", "loop", &self.path("fuse/disk"), &self.path("mnt")])
    }

    fn take_down(&mut self) -> Result<(), String> {
        for folder in ["mnt", "fuse"] {
            let until = Instant::now() + BUSY_MAX;
            while let Err(e) = run("umount", &[&self.path(folder)]) {
                if e.contains("not mounted") {
                    break;
                }
                if Instant::now() > until {
                    return Err(e);
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        if let Some(server) = self.server.take() {
            server.join().map_err(|_| "the server of the device failed".to_owned())?;
        }
        Ok(())
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        if let Err(e) = self.take_down() {
            eprintln!("the device stays: {e}");
        }
    }
}

/// Runs a command; its words are the error.
fn run(program: &str, args: &[&str]) -> Result<(), String> {
    let done = Command::new(program).args(args).output().map_err(|e| format!("{program}: {e}"))?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("{program} {}: {}", args.join(" "), String::from_utf8_lossy(&done.stderr).trim()))
}
