//! Why the kernel refuses a ring, from the error and from what the process can read about itself.
//!
//! Owner: none, stateless. Invariants: the true cause is named, not the first possible one: what cannot have
//! refused this process (a sysctl that does not apply to it, a filter that is not there) is never blamed.

use super::bufring::BufRing;
use super::ring::Ring;
use nix::sys::resource::{Resource, getrlimit};
use std::fmt;
use std::io;

/// CAP_SYS_ADMIN in the masks of /proc/self/status: with it `io_uring_disabled` = 1 does not apply.
const SYS_ADMIN: u64 = 1 << 21;
/// The first kernel with everything that the rings need.
const KERNEL_MIN: (u32, u32) = (6, 1);

/// Why io_uring is not available (reliability.md section 5, hazard 18).
#[derive(Debug)]
pub enum RingCause {
    /// `kernel.io_uring_disabled` has this value (1 or 2) and applies to this process.
    Sysctl(u8),
    /// A seccomp filter of this process answers with this error (container default profiles have one).
    Seccomp(&'static str),
    /// EPERM or EACCES without sysctl and filter: SELinux, AppArmor or another security module.
    SecurityModule,
    /// ENOSYS from a kernel that is new enough: it was built without io_uring. The text is `uname -r`.
    NotBuilt(String),
    /// The kernel is older than 6.1. The text is `uname -r`.
    KernelTooOld(String),
    /// ENOMEM: RLIMIT_MEMLOCK (bytes) is too low.
    Memlock(u64),
    /// EMFILE: RLIMIT_NOFILE is too low.
    Nofile(u64),
    /// Anything else.
    Other(io::Error),
}

/// What a process can read about why it is refused.
#[derive(Clone, Debug, Default)]
struct Evidence {
    /// kernel.io_uring_disabled; 0 where the kernel has no such sysctl (before 6.6).
    disabled: u8,
    /// The group of kernel.io_uring_group is one of ours.
    in_group: bool,
    /// CAP_SYS_ADMIN is effective.
    sys_admin: bool,
    /// A seccomp filter is installed.
    filtered: bool,
    /// `uname -r`.
    release: String,
    memlock: u64,
    nofile: u64,
}

impl Evidence {
    /// Reads /proc and the limits of this process.
    fn read() -> Self {
        let limit = |r| getrlimit(r).map_or(0, |(soft, _)| soft);
        Self {
            memlock: limit(Resource::RLIMIT_MEMLOCK),
            nofile: limit(Resource::RLIMIT_NOFILE),
            ..Self::parse(|path| std::fs::read_to_string(path).unwrap_or_default())
        }
    }

    /// What `file` (path → text, empty if it is not there) says.
    fn parse(file: impl Fn(&str) -> String) -> Self {
        let status = file("/proc/self/status");
        let line = |name: &str| status.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default().trim();
        let allowed = file("/proc/sys/kernel/io_uring_group");
        let mut groups = ["Gid:", "Groups:"].into_iter().flat_map(|name| line(name).split_whitespace());
        Self {
            disabled: file("/proc/sys/kernel/io_uring_disabled").trim().parse().unwrap_or(0),
            in_group: groups.any(|g| g == allowed.trim()),
            sys_admin: u64::from_str_radix(line("CapEff:"), 16).is_ok_and(|caps| caps & SYS_ADMIN != 0),
            filtered: line("Seccomp:") == "2",
            release: file("/proc/sys/kernel/osrelease").trim().to_owned(),
            ..Self::default()
        }
    }

    /// True if the sysctl refuses this process.
    fn sysctl_applies(&self) -> bool {
        match self.disabled {
            0 => false,
            1 => !self.sys_admin && !self.in_group,
            _ => true,
        }
    }

    fn is_old(&self) -> bool {
        let mut parts = self.release.split(['.', '-']).map_while(|n| n.parse::<u32>().ok());
        parts.next().zip(parts.next()).is_some_and(|version| version < KERNEL_MIN)
    }

    fn explain(self, error: io::Error) -> RingCause {
        match error.raw_os_error() {
            // What refuses everybody, or everybody like us, has to go whatever else there is.
            Some(libc::EPERM) if self.sysctl_applies() => RingCause::Sysctl(self.disabled),
            Some(libc::ENOSYS | libc::EINVAL) if self.is_old() => RingCause::KernelTooOld(self.release),
            Some(libc::EPERM) if self.filtered => RingCause::Seccomp("EPERM"),
            Some(libc::EACCES) if self.filtered => RingCause::Seccomp("EACCES"),
            Some(libc::ENOSYS) if self.filtered => RingCause::Seccomp("ENOSYS"),
            Some(libc::EPERM | libc::EACCES) => RingCause::SecurityModule,
            Some(libc::ENOSYS) => RingCause::NotBuilt(self.release),
            Some(libc::ENOMEM) => RingCause::Memlock(self.memlock),
            Some(libc::EMFILE) => RingCause::Nofile(self.nofile),
            _ => RingCause::Other(error),
        }
    }
}

impl RingCause {
    /// Explains an error of setting up, registering with or entering a ring.
    pub(in crate::rt) fn explain(error: io::Error) -> Self {
        Evidence::read().explain(error)
    }
}

/// Makes a ring as the cores do, registers with it, runs one operation through it, and takes it down again: all
/// three system calls may be forbidden one by one. Errors: why not.
pub fn try_ring() -> Result<(), RingCause> {
    let attempt = || {
        // Small: its memory may count against the limit for a moment after it is gone.
        let ring = Ring::with_sizes(&[(8, 16)])?;
        let bufs = BufRing::new(8, 512);
        bufs.register(&ring)?;
        ring.prove()
    };
    attempt().map_err(RingCause::explain)
}

impl fmt::Display for RingCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sysctl(value) => write!(f, "kernel.io_uring_disabled = {value}"),
            Self::Seccomp(errno) => write!(f, "{errno} from a seccomp filter"),
            Self::SecurityModule => {
                write!(f, "refused by a security module (no sysctl and no seccomp filter forbids it)")
            }
            Self::NotBuilt(release) => write!(f, "Linux {release}, built without io_uring"),
            Self::KernelTooOld(release) => write!(f, "Linux {release}"),
            Self::Memlock(bytes) => write!(f, "a locked-memory limit of {bytes} bytes"),
            Self::Nofile(count) => write!(f, "a limit of {count} open files"),
            Self::Other(e) => write!(f, "{e}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process of nobody on 6.18 with the given sysctl, line of seccomp and capabilities.
    fn evidence(disabled: &str, seccomp: u8, caps: &str, release: &str) -> Evidence {
        Evidence::parse(|path| match path {
            "/proc/sys/kernel/io_uring_disabled" => format!("{disabled}\n"),
            "/proc/sys/kernel/io_uring_group" => "900\n".to_owned(),
            "/proc/sys/kernel/osrelease" => format!("{release}\n"),
            "/proc/self/status" => format!(
                "Name:\tringlog\nGid:\t7\t7\t7\t7\nGroups:\t10 90 \nCapEff:\t{caps}\nSeccomp:\t{seccomp}\nSeccomp_filters:\t{seccomp}\n"
            ),
            other => panic!("{other} is not read"),
        })
    }

    fn check(evidence: Evidence, errno: i32, expected: &str) {
        let cause = evidence.explain(io::Error::from_raw_os_error(errno));
        assert_eq!(cause.to_string(), expected);
    }

    const NONE: &str = "0000000000000000";
    const ROOT: &str = "000001fffeffffff";
    const NEW: &str = "6.18.44-fc";

    #[test]
    fn the_sysctl_is_blamed_only_where_it_applies() {
        check(evidence("1", 0, NONE, NEW), libc::EPERM, "kernel.io_uring_disabled = 1");
        check(evidence("2", 0, ROOT, NEW), libc::EPERM, "kernel.io_uring_disabled = 2");
        check(evidence("2", 2, NONE, NEW), libc::EPERM, "kernel.io_uring_disabled = 2");
        check(evidence("1", 2, ROOT, NEW), libc::EPERM, "EPERM from a seccomp filter");
        let member = Evidence { in_group: true, ..evidence("1", 2, NONE, NEW) };
        check(member, libc::EPERM, "EPERM from a seccomp filter");
        // Before 6.6 there is no such file.
        check(evidence("", 2, NONE, "6.1.0"), libc::EPERM, "EPERM from a seccomp filter");
    }

    #[test]
    fn the_group_of_the_sysctl_is_looked_up_in_all_groups() {
        let with = |groups: &str| {
            let text = format!("Gid:\t7\t7\t7\t7\nGroups:\t{groups}\n");
            let file = |path: &str| match path {
                "/proc/self/status" => text.clone(),
                "/proc/sys/kernel/io_uring_group" => "900\n".to_owned(),
                _ => String::new(),
            };
            Evidence::parse(file).in_group
        };
        assert!(with("10 900 "));
        assert!(!with("10 90 9000"));
    }

    #[test]
    fn a_missing_system_call_has_three_causes() {
        check(evidence("0", 2, NONE, NEW), libc::ENOSYS, "ENOSYS from a seccomp filter");
        check(evidence("0", 0, NONE, NEW), libc::ENOSYS, "Linux 6.18.44-fc, built without io_uring");
        check(evidence("", 2, NONE, "5.4.0-9"), libc::ENOSYS, "Linux 5.4.0-9");
        check(evidence("", 0, NONE, "5.15.0"), libc::EINVAL, "Linux 5.15.0");
    }

    #[test]
    fn what_is_left_is_a_security_module_or_a_limit() {
        check(
            evidence("0", 0, NONE, NEW),
            libc::EACCES,
            "refused by a security module (no sysctl and no seccomp filter forbids it)",
        );
        let limited = Evidence { memlock: 65536, nofile: 7, ..evidence("0", 2, NONE, NEW) };
        check(limited.clone(), libc::ENOMEM, "a locked-memory limit of 65536 bytes");
        check(limited, libc::EMFILE, "a limit of 7 open files");
    }

    #[test]
    fn here_a_ring_is_possible() {
        assert!(try_ring().is_ok());
    }
}
