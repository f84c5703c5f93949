//! The numbered errors: what a person reads when the program cannot start or has to stop.
//!
//! Owner: the process. Invariants: a code, once published, keeps its meaning; every code stands in `CATALOGUE`
//! with a cause and a fix, and `docs/errors.md` lists the same set (a test compares them).

use std::fmt;

/// Why the process ends, as an exit status (the numbers of sysexits(3)).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// 64: the command line is wrong.
    Usage,
    /// 69: something that is needed is not available now (port, directory, disk).
    Unavailable,
    /// 77: permission denied.
    Permission,
    /// 78: configuration or machine set-up is wrong.
    Config,
}

impl Exit {
    /// The exit status.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Self::Usage => 64,
            Self::Unavailable => 69,
            Self::Permission => 77,
            Self::Config => 78,
        }
    }
}

/// One entry of the catalogue: what `ringlog explain CODE` prints.
#[derive(Debug)]
pub struct Entry {
    /// `P012`.
    pub code: &'static str,
    /// Exit status of the process, where the error ends it.
    pub exit: Exit,
    /// One line.
    pub title: &'static str,
    /// Why it happens.
    pub cause: &'static str,
    /// What to do, one command or sentence a line.
    pub fix: &'static str,
}

/// All codes, ascending.
pub static CATALOGUE: &[Entry] = &[
    Entry {
        code: "P001",
        exit: Exit::Usage,
        title: "the command line is wrong",
        cause: "An unknown command or flag, or a flag without its value.",
        fix: "ringlog --help\nringlog dev --help",
    },
    Entry {
        code: "P002",
        exit: Exit::Usage,
        title: "a flag has a bad value",
        cause: "The value does not have the form that the flag wants: HOST:PORT, a size such as 4GiB, a list of CPUs such as 0-3,8, KEY=VALUE.",
        fix: "ringlog dev --help",
    },
    Entry {
        code: "P010",
        exit: Exit::Config,
        title: "io_uring is not allowed here",
        cause: "The kernel forbids io_uring to this process: the sysctl kernel.io_uring_disabled, a seccomp filter (Docker and containerd block it by default), or a kernel built without it.",
        fix: "sysctl -w kernel.io_uring_disabled=0\ndocker run --security-opt seccomp=unconfined    # or a profile that allows io_uring_setup, io_uring_enter, io_uring_register",
    },
    Entry {
        code: "P011",
        exit: Exit::Config,
        title: "the kernel is too old",
        cause: "The reactor needs io_uring with SINGLE_ISSUER and DEFER_TASKRUN, that is Linux 6.1 or later.",
        fix: "Boot Linux 6.1 or later.",
    },
    Entry {
        code: "P012",
        exit: Exit::Config,
        title: "locked-memory limit too low",
        cause: "io_uring keeps registered buffers in locked memory, and RLIMIT_MEMLOCK of this process does not allow enough of it.",
        fix: "ulimit -l 8192                        # this shell\nLimitMEMLOCK=8M                       # systemd unit\ndocker run --ulimit memlock=8388608   # container",
    },
    Entry {
        code: "P013",
        exit: Exit::Config,
        title: "limit of open files too low",
        cause: "Every connection, segment and commit log needs a descriptor. The soft limit is raised to the hard one at start; the hard one is too low.",
        fix: "ulimit -Hn 65536                          # this shell, as root\nLimitNOFILE=65536                         # systemd unit\ndocker run --ulimit nofile=65536:65536    # container",
    },
    Entry {
        code: "P014",
        exit: Exit::Config,
        title: "not enough memory",
        cause: "The memory given is below what the cores need for their commit logs, tail caches and connections.",
        fix: "Give more with --memory SIZE, or use fewer cores with --smp N.",
    },
    Entry {
        code: "P015",
        exit: Exit::Config,
        title: "a CPU is not available to this process",
        cause: "--cpuset or cores.d names a CPU outside the process's allowed set (taskset, cgroup cpuset, systemd AllowedCPUs), or --smp asks for more data cores than there are CPUs.",
        fix: "grep Cpus_allowed_list /proc/self/status    # what is allowed here",
    },
    Entry {
        code: "P020",
        exit: Exit::Config,
        title: "the configuration file cannot be read",
        cause: "The file given with --config, or one in cores.d beside it, does not exist, is not readable or is not text.",
        fix: "Check the path and its permissions.",
    },
    Entry {
        code: "P021",
        exit: Exit::Config,
        title: "unknown key",
        cause: "Keys are strict: a key that nothing reads is refused, so that a typing error cannot silently leave a default in force.",
        fix: "Use the key that is suggested, or remove the line.",
    },
    Entry {
        code: "P022",
        exit: Exit::Config,
        title: "bad value",
        cause: "The key exists, its value does not have the right form or range.",
        fix: "Correct the value; the message says what is accepted.",
    },
    Entry {
        code: "P023",
        exit: Exit::Config,
        title: "the configuration file is not valid TOML",
        cause: "The file cannot be parsed at the line named.",
        fix: "Correct the syntax at that line.",
    },
    Entry {
        code: "P024",
        exit: Exit::Config,
        title: "a required setting is missing",
        cause: "`ringlog start` assumes nothing about where data lives.",
        fix: "[data]\ndirs = [\"/var/lib/ringlog\"]",
    },
    Entry {
        code: "P030",
        exit: Exit::Unavailable,
        title: "the address is in use",
        cause: "Another process listens on the same address and port.",
        fix: "ss -ltnp 'sport = :9092'       # who it is\nringlog dev --kafka 127.0.0.1:19092",
    },
    Entry {
        code: "P031",
        exit: Exit::Unavailable,
        title: "a client speaks TLS or HTTP on a plaintext Kafka listener",
        cause: "The first bytes of the connection are no Kafka request. The connection is closed, nothing else is affected.",
        fix: "Set security.protocol=PLAINTEXT in the client, or connect to the right port.",
    },
    Entry {
        code: "P032",
        exit: Exit::Unavailable,
        title: "the address cannot be listened on",
        cause: "The host name does not resolve, or the address belongs to no interface of this machine.",
        fix: "ip -brief address    # addresses of this machine",
    },
    Entry {
        code: "P033",
        exit: Exit::Permission,
        title: "no permission to listen on the port",
        cause: "Ports below 1024 need CAP_NET_BIND_SERVICE.",
        fix: "Use a port from 1024 on, or: setcap cap_net_bind_service=+ep ringlog",
    },
    Entry {
        code: "P034",
        exit: Exit::Config,
        title: "the advertised address cannot be reached by any client",
        cause: "0.0.0.0 and [::] are addresses to listen on, not to connect to; port 0 is no port.",
        fix: "Leave --advertise away (each client is told the address that it connected to), or name a host that clients can reach.",
    },
    Entry {
        code: "P040",
        exit: Exit::Permission,
        title: "the data directory cannot be used",
        cause: "It cannot be created, or this user may not write in it.",
        fix: "install -d -m 0700 -o \"$(id -un)\" DIR",
    },
    Entry {
        code: "P041",
        exit: Exit::Unavailable,
        title: "the data directory is in use",
        cause: "Another process holds the lock of the directory. A killed process can hold locks for seconds, until its last writes have landed; that was waited for.",
        fix: "Stop the other process, or use another directory with --data DIR.",
    },
    Entry {
        code: "P042",
        exit: Exit::Config,
        title: "the directory is not a ringlog data directory",
        cause: "It holds files, and none of them says that ringlog wrote it. Nothing was touched.",
        fix: "Name an empty or new directory.",
    },
    Entry {
        code: "P043",
        exit: Exit::Config,
        title: "the data directory was written by another version",
        cause: "Its layout has a version that this program does not read.",
        fix: "Start the version that wrote it, or a later one.",
    },
    Entry {
        code: "P044",
        exit: Exit::Config,
        title: "the file system has no O_DIRECT",
        cause: "Commit logs and segments are written with O_DIRECT; tmpfs and some network and FUSE file systems do not offer it.",
        fix: "Put the data on ext4 or xfs with --data DIR.",
    },
    Entry {
        code: "P045",
        exit: Exit::Unavailable,
        title: "too little free space",
        cause: "The commit logs are written in advance, and need room before the first record.",
        fix: "Free space, or use another directory with --data DIR.",
    },
    Entry {
        code: "P046",
        exit: Exit::Unavailable,
        title: "the data directory is damaged",
        cause: "Recovery found damage below the point up to which everything was durable. It was left untouched: truncating it would lose acknowledged records silently.",
        fix: "Copy the directory before anything else, then check the disk (dmesg, smartctl).",
    },
    Entry {
        code: "P047",
        exit: Exit::Config,
        title: "the data directory belongs to another node or cluster",
        cause: "node.id or node.cluster_id of the configuration differ from meta.properties of the directory.",
        fix: "Correct node.id / node.cluster_id, or name the right directory.",
    },
    Entry {
        code: "P048",
        exit: Exit::Unavailable,
        title: "a read, write or sync of the data directory failed",
        cause: "The device or the file system answered with an error. A failed sync is final: what was not acknowledged may be lost, what was acknowledged is not touched again.",
        fix: "dmesg | tail    # what the kernel says about the device",
    },
    Entry {
        code: "P050",
        exit: Exit::Unavailable,
        title: "the broker could not start",
        cause: "A core reported an error before the broker was ready; the line above says which.",
        fix: "ringlog check",
    },
    Entry {
        code: "P051",
        exit: Exit::Unavailable,
        title: "a core stopped",
        cause: "A core ended while the broker was running. The process stops, so that nothing is served half.",
        fix: "Restart; if it happens again, report the line above.",
    },
];

/// The catalogue entry of `code` (any case), if there is one.
#[must_use]
pub fn entry(code: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|e| e.code.eq_ignore_ascii_case(code))
}

/// An error that ends the program, in the form of `experience.md` section 3.
#[derive(Debug)]
pub struct Failure {
    /// `P012`; always in the catalogue.
    pub code: &'static str,
    /// What happened, one line.
    pub what: String,
    /// What was found, if that helps.
    pub found: Option<String>,
    /// What is needed instead.
    pub need: Option<String>,
    /// Lines to paste; the catalogue's if empty.
    pub fix: Vec<String>,
}

impl Failure {
    /// A failure with the catalogue's fix.
    #[must_use]
    pub fn new(code: &'static str, what: impl Into<String>) -> Self {
        assert!(entry(code).is_some(), "error code {code} is in the catalogue");
        Self { code, what: what.into(), found: None, need: None, fix: Vec::new() }
    }

    /// Says what was found.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Says what is needed.
    #[must_use]
    pub fn need(mut self, need: impl Into<String>) -> Self {
        self.need = Some(need.into());
        self
    }

    /// Adds a line to paste, instead of the catalogue's.
    #[must_use]
    pub fn fix(mut self, line: impl Into<String>) -> Self {
        self.fix.push(line.into());
        self
    }

    /// How the process ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        entry(self.code).map_or(Exit::Unavailable, |e| e.exit)
    }

    /// The same as one JSON object, for `--log-format json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!({
            "event": "error", "code": self.code, "what": self.what, "found": self.found,
            "need": self.need, "fix": self.fix_lines(), "exit": self.exit().status(),
        })
        .to_string()
    }

    fn fix_lines(&self) -> Vec<String> {
        if self.fix.is_empty() {
            entry(self.code).map_or_else(Vec::new, |e| e.fix.lines().map(str::to_owned).collect())
        } else {
            self.fix.clone()
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.code, self.what)?;
        match (&self.found, &self.need) {
            (Some(found), Some(need)) => write!(f, "\n  found   {found}      need  {need}")?,
            (Some(found), None) => write!(f, "\n  found   {found}")?,
            (None, Some(need)) => write!(f, "\n  need    {need}")?,
            (None, None) => {}
        }
        for (i, line) in self.fix_lines().iter().enumerate() {
            let label = if i == 0 { "fix     " } else { "        " };
            write!(f, "\n  {label}{line}")?;
        }
        write!(f, "\n  more    ringlog explain {}", self.code)
    }
}

/// What `ringlog explain CODE` prints.
#[must_use]
pub fn explain(entry: &Entry) -> String {
    let mut out = format!("{}: {}\n\n{}\n\nFix:\n", entry.code, entry.title, entry.cause);
    for line in entry.fix.lines() {
        out.push_str("  ");
        out.push_str(line);
        out.push('\n');
    }
    out.push_str(&format!("\nExit status: {}\n", entry.exit.status()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_ascending() {
        assert!(CATALOGUE.windows(2).all(|w| w[0].code < w[1].code));
    }

    #[test]
    fn the_form_is_the_documented_one() {
        let e = Failure::new("P012", "locked-memory limit too low for 8 cores")
            .found("64 KiB (RLIMIT_MEMLOCK soft)")
            .need("at least 512 KiB")
            .fix("ulimit -l unlimited")
            .fix("LimitMEMLOCK=infinity");
        assert_eq!(
            e.to_string(),
            "error[P012]: locked-memory limit too low for 8 cores\n  \
             found   64 KiB (RLIMIT_MEMLOCK soft)      need  at least 512 KiB\n  \
             fix     ulimit -l unlimited\n          LimitMEMLOCK=infinity\n  more    ringlog explain P012"
        );
        assert_eq!(e.exit().status(), 78);
    }

    #[test]
    fn every_code_is_documented() {
        let page = include_str!("../../docs/errors.md");
        for e in CATALOGUE {
            assert!(page.contains(&format!("## {} ", e.code)), "docs/errors.md lacks {}", e.code);
            assert!(page.contains(e.title), "docs/errors.md lacks the title of {}", e.code);
        }
        let headings = page.lines().filter(|l| l.starts_with("## P")).count();
        assert_eq!(headings, CATALOGUE.len(), "docs/errors.md lists codes that do not exist");
    }
}
