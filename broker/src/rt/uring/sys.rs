//! System calls that no safe wrapper covers.
//!
//! Owner: none, stateless. Invariants: arguments are plain values or memory that outlives the call.
#![allow(unsafe_code)]

use bytes::BytesMut;
use ringlog_storage::buf::{HUGE_PAGE, LongMemory};
use std::fs::File;
use std::io::{self, IoSlice};
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;

fn check(result: i64) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// `pwritev2(RWF_DSYNC)`; may be short. Errors: also for more parts than the kernel takes (1,024).
pub(super) fn write_durable(file: &File, data: &[IoSlice<'_>], pos: u64) -> io::Result<usize> {
    let parts = i32::try_from(data.len()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    let pos = i64::try_from(pos).map_err(|_| io::Error::from_raw_os_error(libc::EFBIG))?;
    // SAFETY: an `IoSlice` has the layout of an iovec; the parts outlive the call and are only read.
    let n = unsafe { libc::pwritev2(file.as_raw_fd(), data.as_ptr().cast(), parts, pos, libc::RWF_DSYNC) };
    check(n as i64)
}

/// Receives up to `max` bytes that are there to the end of `into`; 0 at the end of the stream.
/// Errors: `WouldBlock` if there are none; the connection's.
pub(super) fn receive(stream: &TcpStream, into: &mut BytesMut, max: usize) -> io::Result<usize> {
    into.reserve(max);
    let room = into.spare_capacity_mut();
    let len = room.len().min(max);
    // SAFETY: the kernel writes at most `len` bytes to `room`, which outlives the call.
    let got = unsafe { libc::recv(stream.as_raw_fd(), room.as_mut_ptr().cast(), len, libc::MSG_DONTWAIT) };
    let got = check(got as i64)?;
    // SAFETY: the kernel has written the first `got` bytes behind the end, and no more than there was room for.
    unsafe { into.set_len(into.len() + got) };
    Ok(got)
}

/// Memory in huge pages, where the system gives them to who asks (madvise(2)), else in usual ones.
pub(in crate::rt) static LONG_MEMORY: LongMemory = LongMemory { take: map_long, give_back: unmap };

fn map_long(len: usize) -> Option<NonNull<u8>> {
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new mapping touches nobody's memory.
    let all = unsafe { libc::mmap(std::ptr::null_mut(), len + HUGE_PAGE, access, kind, -1, 0) };
    if all == libc::MAP_FAILED {
        return None;
    }
    let all = NonNull::new(all.cast::<u8>())?;
    let front = all.as_ptr().align_offset(HUGE_PAGE);
    // SAFETY: `front`, at most a huge page, `len` and the rest make up the mapping, which is ours alone.
    unsafe {
        let memory = all.add(front);
        if front > 0 {
            unmap(all, front);
        }
        if front < HUGE_PAGE {
            unmap(memory.add(len), HUGE_PAGE - front);
        }
        libc::madvise(memory.as_ptr().cast(), len, libc::MADV_HUGEPAGE);
        Some(memory)
    }
}

/// Gives back what was mapped.
///
/// # Safety
/// `len` bytes from there on are of a mapping that no one uses any more.
unsafe fn unmap(from: NonNull<u8>, len: usize) {
    // SAFETY: the caller's. The only failure would be an address that is none.
    unsafe { libc::munmap(from.as_ptr().cast(), len) };
}

/// Turns the calling thread into a real-time one (SCHED_FIFO, lowest priority).
/// Errors: EPERM without CAP_SYS_NICE or an RLIMIT_RTPRIO.
pub(super) fn real_time() -> io::Result<()> {
    let param = libc::sched_param { sched_priority: 1 };
    // SAFETY: the parameter outlives the call; 0 is the calling thread.
    check(unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO, &raw const param) }.into()).map(|_| ())
}

/// True if no other descriptor in the system leads to this file: only then the kernel gives a write lease (fcntl(2)).
/// False also where the file system has none.
pub(super) fn is_open_alone(file: &File) -> bool {
    let lease = |kind: i32| {
        // SAFETY: plain values.
        unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, kind) == 0 }
    };
    lease(libc::F_WRLCK) && lease(libc::F_UNLCK)
}

#[repr(C)]
struct CachestatRange {
    off: u64,
    len: u64,
}

#[repr(C)]
#[derive(Default)]
struct Cachestat {
    cached: u64,
    dirty: u64,
    writeback: u64,
    evicted: u64,
    recently_evicted: u64,
}

const SYS_CACHESTAT: i64 = 451;

/// Pages of `pos..pos + len` in the page cache. Pages that are still being read count too.
/// Errors: ENOSYS before Linux 6.5.
pub(super) fn cached_pages(file: &File, pos: u64, len: usize) -> io::Result<u64> {
    let range = CachestatRange { off: pos, len: len as u64 };
    let mut stat = Cachestat::default();
    // SAFETY: both structures have the kernel's layout (include/uapi/linux/mman.h) and outlive the call.
    let n = unsafe { libc::syscall(SYS_CACHESTAT, file.as_raw_fd(), &raw const range, &raw mut stat, 0) };
    check(n)?;
    Ok(stat.cached)
}

/// True if the kernel has `cachestat` (Linux 6.5); asked once.
pub(super) fn has_cachestat() -> bool {
    static ANSWER: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    *ANSWER.get_or_init(|| {
        let probe = File::open("/proc/self/exe").and_then(|f| cached_pages(&f, 0, 1));
        !probe.is_err_and(|e| e.raw_os_error() == Some(libc::ENOSYS))
    })
}

/// Reads the pages of `start..end` into the page cache and waits for them; copies nothing: they are spliced
/// into `sink`, which is /dev/null. Stops at the end of the file. Blocks: not for a core.
///
/// The kernel's own read-ahead makes large folios, `readahead` on a descriptor with FADV_RANDOM single pages at
/// ten times the CPU: so a second open file without the advice does the reading.
pub(super) fn fill_cache(file: &File, sink: &File, start: u64, end: u64) -> io::Result<()> {
    let mut at = i64::try_from(start).map_err(io::Error::other)?;
    let end = i64::try_from(end).map_err(io::Error::other)?;
    let again = File::open(format!("/proc/self/fd/{}", file.as_raw_fd()));
    let file = again.as_ref().unwrap_or_else(|_| {
        // Without /proc: one large request, else the splice would ask for 64 KiB at a time.
        // SAFETY: plain values.
        unsafe { libc::readahead(file.as_raw_fd(), at, usize::try_from(end - at).unwrap_or(0)) };
        file
    });
    while at < end {
        let left = usize::try_from(end - at).map_err(io::Error::other)?;
        // SAFETY: the offset outlives the call, which advances it.
        let n = unsafe { libc::sendfile64(sink.as_raw_fd(), file.as_raw_fd(), &raw mut at, left) };
        match check(n as i64) {
            Ok(0) => break,
            Err(e) if e.kind() != io::ErrorKind::Interrupted => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

/// CPU time of the calling thread, nanoseconds. A system call, about 0.1 µs.
pub(in crate::rt) fn thread_cpu_ns() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure outlives the call.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    nanos(time)
}

/// The monotonic clock, nanoseconds. No system call.
pub(in crate::rt) fn monotonic_ns() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure outlives the call.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    nanos(time)
}

/// Random bytes from the kernel, for seeding.
pub(in crate::rt) fn seed() -> u64 {
    let mut seed = [0u8; 8];
    // SAFETY: the buffer has the given length and outlives the call; 8 bytes are never short after boot.
    let n = unsafe { libc::getrandom(seed.as_mut_ptr().cast(), seed.len(), 0) };
    assert!(n == 8, "getrandom: {}", io::Error::last_os_error());
    u64::from_ne_bytes(seed)
}

fn nanos(time: libc::timespec) -> u64 {
    let sec = u64::try_from(time.tv_sec).unwrap_or(0);
    sec * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// Takes over a socket that the kernel accepted for this ring.
pub(super) fn adopt_stream(fd: std::os::fd::RawFd) -> std::net::TcpStream {
    use std::os::fd::FromRawFd;
    assert!(fd >= 0, "an accepted socket has a descriptor");
    // SAFETY: the completion of an accept hands a new descriptor to us, and each is adopted once.
    unsafe { std::net::TcpStream::from_raw_fd(fd) }
}
