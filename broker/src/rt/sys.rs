//! What the program asks of the kernel at start, outside any ring.
//!
//! Owner: the process; called before the cores run. Invariant: probes leave nothing behind.
#![allow(unsafe_code)]

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Soft and hard limit; `u64::MAX` = none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// In force.
    pub soft: u64,
    /// The soft one may be raised to this.
    pub hard: u64,
}

/// RLIMIT_MEMLOCK, bytes.
pub fn memlock() -> io::Result<Limit> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_MEMLOCK)?;
    Ok(Limit { soft, hard })
}

/// RLIMIT_NOFILE.
pub fn nofile() -> io::Result<Limit> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(Limit { soft, hard })
}

/// Raises the soft limit of open files to the hard one; returns the limit in force.
pub fn raise_nofile() -> io::Result<u64> {
    let limit = nofile()?;
    if limit.soft < limit.hard {
        setrlimit(Resource::RLIMIT_NOFILE, limit.hard, limit.hard)?;
    }
    Ok(limit.hard)
}

/// From here on new files are 0600 and new directories 0700, whoever creates them.
pub fn keep_private() {
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o077));
}

/// What `statx` says of O_DIRECT on an open file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DirectIo {
    /// Alignment of memory, bytes.
    pub memory: u32,
    /// Alignment of positions and lengths, bytes.
    pub offset: u32,
}

/// The O_DIRECT alignment at `dir`, asked of a file that is created there and removed again; `None` if the file
/// system has no O_DIRECT. A kernel that does not tell the alignment (before 6.1) counts as 4096.
pub fn direct_io(dir: &Path) -> io::Result<Option<DirectIo>> {
    let path = dir.join(format!(".ringlog-probe-{}", std::process::id()));
    let opened = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .custom_flags(libc::O_DIRECT)
        .open(&path);
    let answer = match &opened {
        Ok(_) => statx_direct(&path),
        // tmpfs and others refuse the flag itself.
        Err(e) if e.raw_os_error() == Some(libc::EINVAL) => Ok(None),
        Err(e) => Err(io::Error::from(e.kind())),
    };
    drop(opened);
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound && answer.is_ok() => Err(e),
        _ => answer,
    }
}

fn statx_direct(path: &Path) -> io::Result<Option<DirectIo>> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: an all-zero statx is a valid value of that plain C structure.
    let mut out: libc::statx = unsafe { std::mem::zeroed() };
    // SAFETY: `path` is NUL-terminated, `out` is writable for the whole structure, both outlive the call.
    let rc = unsafe { libc::statx(libc::AT_FDCWD, path.as_ptr(), 0, libc::STATX_DIOALIGN, &raw mut out) };
    if rc != 0 {
        return Err(io::Error::last_os_error());
    }
    if out.stx_mask & libc::STATX_DIOALIGN == 0 {
        return Ok(Some(DirectIo { memory: 4096, offset: 4096 }));
    }
    let found = DirectIo { memory: out.stx_dio_mem_align, offset: out.stx_dio_offset_align };
    Ok((found.offset != 0).then_some(found))
}

/// Free and total bytes at `dir`, as an ordinary process sees them.
pub fn space(dir: &Path) -> io::Result<(u64, u64)> {
    let path = CString::new(dir.as_os_str().as_bytes())?;
    // SAFETY: an all-zero statvfs is a valid value of that plain C structure.
    let mut out: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: `path` is NUL-terminated, `out` is writable for the whole structure, both outlive the call.
    let rc = unsafe { libc::statvfs(path.as_ptr(), &raw mut out) };
    if rc != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok((out.f_bavail * out.f_frsize, out.f_blocks * out.f_frsize))
}

/// Lets the calling thread, and every thread that it starts from now on, run on `cpus` only.
///
/// Errors: EINVAL if none of them is allowed to this process.
pub fn confine(cpus: &[u16]) -> io::Result<()> {
    let mut set = nix::sched::CpuSet::new();
    for &cpu in cpus {
        set.set(usize::from(cpu))?;
    }
    nix::sched::sched_setaffinity(nix::unistd::Pid::from_raw(0), &set)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probing_leaves_nothing_behind() {
        let dir = std::env::temp_dir().join(format!("ringlog-sys-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("create");
        let found = direct_io(&dir).expect("probe");
        assert!(found.is_none_or(|d| d.offset.is_power_of_two()));
        let (free, total) = space(&dir).expect("statvfs");
        assert!(free <= total);
        assert_eq!(std::fs::read_dir(&dir).expect("list").count(), 0);
        std::fs::remove_dir(&dir).expect("empty");
        assert!(direct_io(&dir).is_err());
    }

    #[test]
    fn nofile_is_raised_to_the_hard_limit() {
        let raised = raise_nofile().expect("raise");
        assert_eq!(nofile().expect("read"), Limit { soft: raised, hard: raised });
    }
}
