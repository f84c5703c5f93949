//! What the machine offers: CPUs, memory, kernel, file systems.
//!
//! Owner: the process, read once. Invariants: only what this process may use counts (its CPU mask, its cgroup);
//! a file that cannot be read means "unknown", never an error.

use crate::config::parse;
use std::path::{Path, PathBuf};

/// The machine as this process sees it.
#[derive(Clone, Debug)]
pub struct Machine {
    /// CPUs that the process may run on, ascending; never empty.
    pub cpus: Vec<u16>,
    /// Usable memory, bytes: the machine's or the cgroup's, whichever is less.
    pub memory: u64,
    /// `6.18.5-foo`.
    pub kernel: String,
}

impl Machine {
    /// Reads /proc and the cgroup.
    #[must_use]
    pub fn read() -> Self {
        let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let cpus =
            field(&text("/proc/self/status"), "Cpus_allowed_list:").and_then(|l| parse::cpu_list(l).ok());
        let total = field(&text("/proc/meminfo"), "MemTotal:").and_then(kib).unwrap_or(1 << 30);
        Self {
            cpus: cpus.filter(|c| !c.is_empty()).unwrap_or_else(|| vec![0]),
            memory: cgroup_memory(&text("/proc/self/cgroup")).map_or(total, |limit| limit.min(total)),
            kernel: text("/proc/sys/kernel/osrelease").trim().to_owned(),
        }
    }

    /// Major and minor version of the kernel, if it can be read.
    #[must_use]
    pub fn kernel_version(&self) -> Option<(u32, u32)> {
        let mut parts = self.kernel.split(['.', '-']);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    }
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|l| l.strip_prefix(name)).map(str::trim)
}

fn kib(value: &str) -> Option<u64> {
    value.strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The least memory limit on the way from the process's cgroup (version 2) to the root.
fn cgroup_memory(self_cgroup: &str) -> Option<u64> {
    let own = self_cgroup.lines().find_map(|l| l.strip_prefix("0::"))?;
    let mut dir = PathBuf::from("/sys/fs/cgroup").join(own.trim_start_matches('/'));
    let mut least: Option<u64> = None;
    while dir.starts_with("/sys/fs/cgroup") {
        let limit = std::fs::read_to_string(dir.join("memory.max")).ok();
        if let Some(limit) = limit.and_then(|t| t.trim().parse::<u64>().ok()) {
            least = Some(least.map_or(limit, |l| l.min(limit)));
        }
        if !dir.pop() {
            break;
        }
    }
    least
}

/// Type and device of the file system that holds `path` (which exists), from the text of /proc/mounts.
#[must_use]
pub fn file_system(path: &Path, mounts: &str) -> Option<(String, String)> {
    let mut best: Option<(usize, String, String)> = None;
    for line in mounts.lines() {
        let mut words = line.split(' ');
        let (Some(device), Some(point), Some(kind)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let point = point.replace("\\040", " ");
        let depth = Path::new(&point).components().count();
        // The last of several mounts on one point is the one in force.
        if path.starts_with(&point) && best.as_ref().is_none_or(|(d, ..)| depth >= *d) {
            best = Some((depth, kind.to_owned(), device.to_owned()));
        }
    }
    best.map(|(_, kind, device)| (kind, device))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_this_machine() {
        let m = Machine::read();
        assert!(m.memory > 1 << 20);
        assert!(m.kernel_version().is_some_and(|v| v > (3, 0)), "{}", m.kernel);
    }

    #[test]
    fn the_deepest_and_last_mount_counts() {
        let mounts = "/dev/a / ext4 rw 0 0\n/dev/b /data xfs rw 0 0\ntmpfs /data/x\\040y tmpfs rw 0 0\n/dev/c /data ext4 rw 0 0\n";
        let at = |p: &str| file_system(Path::new(p), mounts).expect("found");
        assert_eq!(at("/data/y"), ("ext4".into(), "/dev/c".into()));
        assert_eq!(at("/data/x y/z"), ("tmpfs".into(), "tmpfs".into()));
        assert_eq!(at("/database"), ("ext4".into(), "/dev/a".into()));
    }
}
