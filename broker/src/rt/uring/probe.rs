//! Who waits for durable writes: the ring or the flusher thread (architecture.md D2).
//!
//! Owner: the process, at start. Invariants: a setting is obeyed; `Auto` never changes while the process runs.

use super::file::UringFile;
use super::files::Dir;
use super::flusher::{FlusherLink, Write};
use super::op::{FileIo, Payload};
use super::ring::Ring;
use super::sys;
use super::wake::Shared;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use ringlog_storage::buf::{AlignedBuf, BLOCK, Gauge};
use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::os::linux::fs::MetadataExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};

/// Bytes of the scratch file: written once before, so that its blocks are like a recycled commit log's.
const SCRATCH: usize = WRITES * BLOCK;
/// Writes of one measurement.
const WRITES: usize = 64;
/// Writes below which a measurement says nothing.
const ENOUGH: usize = 16;
/// Longest measurement of one way.
const ONE_WAY_NS: u64 = 30_000_000;

/// How `append_durable` waits for the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Completion {
    /// By what the device says and a short measurement.
    #[default]
    Auto,
    /// A ring write with `RWF_DSYNC`.
    Ring,
    /// A thread doing `pwritev2(RWF_DSYNC)`.
    Flusher,
}

/// What the block device under a directory says of its write cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cache {
    /// Writes are lost on power loss until a flush.
    pub volatile: bool,
    /// Single writes can go around it.
    pub fua: bool,
}

/// The write cache of the device that holds `path`; none if it has no block device or does not tell.
fn write_cache(path: &Path) -> io::Result<Option<Cache>> {
    let device = std::fs::metadata(path)?.st_dev();
    let (major, minor) = (nix::sys::stat::major(device), nix::sys::stat::minor(device));
    let block = PathBuf::from(format!("/sys/dev/block/{major}:{minor}"));
    // A partition has no queue of its own: its parent has.
    for queue in [block.join("queue"), block.join("../queue")] {
        if let Ok(mode) = std::fs::read_to_string(queue.join("write_cache")) {
            let fua = std::fs::read_to_string(queue.join("fua")).is_ok_and(|f| f.trim() == "1");
            return Ok(Some(Cache { volatile: mode.trim() == "write back", fua }));
        }
    }
    Ok(None)
}

/// What the probe found and chose for one data directory.
#[derive(Clone, Debug)]
pub struct DiskReport {
    /// The data directory.
    pub path: PathBuf,
    /// Durable writes of cores with `Completion::Auto` go through the ring.
    pub by_ring: bool,
    /// The device's write cache; none if it does not tell.
    pub cache: Option<Cache>,
    /// Median and slowest 4 KiB durable write through the ring, µs; none if not measured.
    pub ring_us: Option<(u64, u64)>,
    /// The same by a flusher thread.
    pub flusher_us: Option<(u64, u64)>,
}

impl DiskReport {
    /// Of a directory that cannot be looked at.
    pub(super) fn unknown(path: &Path) -> Self {
        Self { path: path.to_owned(), by_ring: false, cache: None, ring_us: None, flusher_us: None }
    }
}

impl fmt::Display for DiskReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = if self.by_ring { "ring" } else { "flusher thread" };
        let cache = match self.cache {
            None => "write cache unknown",
            Some(Cache { volatile: false, .. }) => "no volatile write cache",
            Some(Cache { fua: true, .. }) => "volatile write cache with FUA",
            Some(_) => "volatile write cache, no FUA",
        };
        write!(f, "{}: durable writes by {way} ({cache}", self.path.display())?;
        if let (Some(ring), Some(flusher)) = (self.ring_us, self.flusher_us) {
            write!(f, "; median and slowest: ring {} and {} µs", ring.0, ring.1)?;
            write!(f, ", flusher {} and {} µs", flusher.0, flusher.1)?;
        }
        f.write_str(")")
    }
}

/// Looks at the device under `dir` and, with `measure`, times both ways for less than 100 ms. `cpu` is where
/// the first core will run. Errors: the directory cannot be read; a failed measurement is none.
pub(super) fn probe(dir: &Dir, measure: bool, cpu: Option<usize>) -> io::Result<DiskReport> {
    let cache = write_cache(&dir.path)?;
    let (ring_us, flusher_us) = if measure { time_both(dir, cpu).unwrap_or_default() } else { (None, None) };
    let by_ring = choose(cache, ring_us, flusher_us);
    Ok(DiskReport { path: dir.path.clone(), by_ring, cache, ring_us, flusher_us })
}

/// The ring wins ties only where the device completes a durable write without a kernel worker (no volatile
/// cache, or FUA); elsewhere it must be clearly better, because a few idle writes do not show what a busy
/// neighbour does to it (architecture.md D2: 8k/s against 105k/s).
fn choose(cache: Option<Cache>, ring: Option<(u64, u64)>, flusher: Option<(u64, u64)>) -> bool {
    let inline = cache.is_some_and(|c| !c.volatile || c.fua);
    match (ring, flusher) {
        (Some((ring, slow)), Some((flusher, slow_too))) if inline => {
            ring <= flusher + flusher / 4 && slow <= 4 * slow_too.max(flusher)
        }
        (Some((ring, slow)), Some((flusher, _))) => 2 * ring <= flusher && slow <= 2 * flusher,
        // Too slow to measure (a worker that a spinning neighbour starves), or refused.
        (None, Some(_)) => false,
        _ => inline,
    }
}

type Timed = (Option<(u64, u64)>, Option<(u64, u64)>);

/// Times both ways on a thread of its own, beside a spinning neighbour.
fn time_both(dir: &Dir, cpu: Option<usize>) -> io::Result<Timed> {
    let path = dir.path.join(format!(".probe-{}", std::process::id()));
    std::fs::write(&path, vec![0; SCRATCH])?;
    let opened = OpenOptions::new().read(true).write(true).custom_flags(libc::O_DIRECT).open(&path);
    let removed = std::fs::remove_file(&path);
    let file = UringFile::new(opened?, true, dir);
    removed?;
    file.std().sync_all()?;
    let (stop, file) = (&AtomicBool::new(false), &file);
    std::thread::scope(|scope| {
        let allowed = sched_getaffinity(Pid::from_raw(0))?;
        let mut cpus = (0..CpuSet::count()).filter(|c| allowed.is_set(*c).unwrap_or(false));
        let mine = cpu.or_else(|| cpus.next());
        let other = cpus.find(|c| Some(*c) != mine);
        if let Some(other) = other {
            scope.spawn(move || {
                pin_to(Some(other));
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let timing = scope.spawn(move || {
            pin_to(mine);
            (time_ring(file).ok().flatten(), time_flusher(file, other).ok().flatten())
        });
        let timed = timing.join().unwrap_or_default();
        stop.store(true, Ordering::Relaxed);
        Ok(timed)
    })
}

fn pin_to(cpu: Option<usize>) {
    let mut set = CpuSet::new();
    if let Some(cpu) = cpu
        && set.set(cpu).is_ok()
    {
        // Measuring elsewhere is less exact, no more.
        let _ = sched_setaffinity(Pid::from_raw(0), &set);
    }
}

fn time_ring(file: &UringFile) -> io::Result<Option<(u64, u64)>> {
    let ring = Ring::new()?;
    time(file, &ring, |io| Ok(ring.start(Payload::WriteDurable(io))), || Ok(()))
}

fn time_flusher(file: &UringFile, cpu: Option<usize>) -> io::Result<Option<(u64, u64)>> {
    let ring = Ring::new()?;
    let mut cpus = CpuSet::new();
    let cpus = cpu.and_then(|cpu| cpus.set(cpu).ok().map(|()| cpus));
    let flusher = FlusherLink::start("probe", Arc::new(Shared::new()?), cpus)?;
    let start = |io| {
        flusher.start_write(&ring, Write::Frame(io)).map_err(|_| io::Error::other("the flusher is busy"))
    };
    time(file, &ring, start, || {
        flusher.collect(&ring);
        Ok(())
    })
}

/// Median and slowest of up to `WRITES` durable 4 KiB writes, spinning for each as a busy core would.
fn time(
    file: &UringFile,
    ring: &Ring,
    start: impl Fn(FileIo) -> io::Result<u64>,
    collect: impl Fn() -> io::Result<()>,
) -> io::Result<Option<(u64, u64)>> {
    let mut times = Vec::new();
    let begin = sys::monotonic_ns();
    let mut buf = AlignedBuf::zeroed(BLOCK, &Gauge::default());
    for i in 0..WRITES {
        let before = sys::monotonic_ns();
        let io = FileIo { file: file.clone(), buf, pos: (i * BLOCK) as u64, len: BLOCK, reading: None };
        let key = start(io)?;
        ring.enter(None)?;
        let (result, payload) = loop {
            if ring.has_completions() {
                ring.enter(None)?;
                ring.reap(|_, _| {});
            }
            collect()?;
            if let Poll::Ready(done) = ring.poll(key, Waker::noop()) {
                break done;
            }
            std::hint::spin_loop();
        };
        let Payload::WriteDurable(io) = payload else { unreachable!("a write gives its buffer back") };
        if result != BLOCK as i32 {
            return Err(io::Error::from_raw_os_error(-result.min(-1)));
        }
        buf = io.buf;
        times.push((sys::monotonic_ns() - before) / 1000);
        if sys::monotonic_ns() - begin > ONE_WAY_NS {
            break;
        }
    }
    if times.len() < ENOUGH {
        // A device this busy tells nothing.
        return Ok(None);
    }
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied().zip(times.last().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_is_chosen_where_the_device_needs_no_flush() {
        let volatile = Some(Cache { volatile: true, fua: false });
        let safe = Some(Cache { volatile: false, fua: false });
        assert!(!choose(volatile, Some((100, 200)), Some((110, 200))), "a tie goes to the thread");
        assert!(choose(volatile, Some((40, 60)), Some((110, 200))));
        assert!(
            !choose(volatile, Some((40, 8000)), Some((110, 200))),
            "a starved worker shows in the slowest"
        );
        assert!(choose(safe, Some((110, 200)), Some((100, 200))));
        assert!(!choose(safe, Some((400, 500)), Some((100, 200))));
        assert!(!choose(safe, None, Some((100, 200))));
        assert!(choose(safe, None, None));
        assert!(!choose(None, None, None));
    }
}
