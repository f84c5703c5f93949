//! The catalogue of numbered errors: P for what ends the program, R for what a running broker logs.
//!
//! Owner: constants. Invariants: a code, once published, keeps its meaning; every code has a cause and a fix;
//! `docs/errors.md` lists the same set (a test compares them).

use super::Exit;

/// One entry of the catalogue: what `ringlog explain CODE` prints.
#[derive(Debug)]
pub struct Entry {
    /// `P012`.
    pub code: &'static str,
    /// How the process ends; `None` for what is only logged.
    pub exit: Option<Exit>,
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
        exit: Some(Exit::Usage),
        title: "the command line is wrong",
        cause: "An unknown command or flag, or a flag without its value.",
        fix: "ringlog --help\nringlog dev --help",
    },
    Entry {
        code: "P002",
        exit: Some(Exit::Usage),
        title: "a flag has a bad value",
        cause: "The value does not have the form that the flag wants: HOST:PORT, a size such as 4GiB, a list of CPUs such as 0-3,8, KEY=VALUE.",
        fix: "ringlog dev --help",
    },
    Entry {
        code: "P010",
        exit: Some(Exit::Config),
        title: "io_uring is not allowed here",
        cause: "The kernel forbids io_uring to this process: the sysctl kernel.io_uring_disabled, a seccomp filter (Docker and containerd block it by default), a security module, or a kernel built without it. The line `found` names which, and the error shows the fix for that one.",
        fix: "sysctl -w kernel.io_uring_disabled=0\ndocker run --security-opt seccomp=unconfined    # or a profile that allows io_uring_setup, io_uring_enter, io_uring_register",
    },
    Entry {
        code: "P011",
        exit: Some(Exit::Config),
        title: "the kernel is too old",
        cause: "The reactor needs io_uring with SINGLE_ISSUER and DEFER_TASKRUN, that is Linux 6.1 or later.",
        fix: "Boot Linux 6.1 or later.",
    },
    Entry {
        code: "P012",
        exit: Some(Exit::Config),
        title: "locked-memory limit too low",
        cause: "io_uring keeps registered buffers in locked memory, and RLIMIT_MEMLOCK of this process does not allow enough of it.",
        fix: "ulimit -l 8192                        # this shell\nLimitMEMLOCK=8M                       # systemd unit\ndocker run --ulimit memlock=8388608   # container",
    },
    Entry {
        code: "P013",
        exit: Some(Exit::Config),
        title: "limit of open files too low",
        cause: "Every connection, segment and commit log needs a descriptor. The soft limit is raised to the hard one at start; the hard one is too low.",
        fix: "ulimit -Hn 65536                          # this shell, as root\nLimitNOFILE=65536                         # systemd unit\ndocker run --ulimit nofile=65536:65536    # container",
    },
    Entry {
        code: "P014",
        exit: Some(Exit::Config),
        title: "not enough memory",
        cause: "The memory given is below what the cores need for their commit logs, tail caches and connections.",
        fix: "Give more with --memory SIZE, or use fewer cores with --smp N.",
    },
    Entry {
        code: "P015",
        exit: Some(Exit::Config),
        title: "a CPU is not available to this process",
        cause: "--cpuset or cores.d names a CPU outside the process's allowed set (taskset, cgroup cpuset, systemd AllowedCPUs), or --smp asks for more data cores than there are CPUs.",
        fix: "grep Cpus_allowed_list /proc/self/status    # what is allowed here",
    },
    Entry {
        code: "P016",
        exit: Some(Exit::Config),
        title: "this program was built without the glommio runtime",
        cause: "runtime.kind or --runtime asks for glommio. It is a feature of the build, because its crates take as long to build as the broker itself.",
        fix: "cargo build --release -p ringlog --features glommio\nringlog dev --runtime uring    # the default needs nothing",
    },
    Entry {
        code: "P020",
        exit: Some(Exit::Config),
        title: "the configuration file cannot be read",
        cause: "The file given with --config, or one in cores.d beside it, does not exist, is not readable or is not text.",
        fix: "Check the path and its permissions.",
    },
    Entry {
        code: "P021",
        exit: Some(Exit::Config),
        title: "unknown key",
        cause: "Keys are strict: a key that nothing reads is refused, so that a typing error cannot silently leave a default in force.",
        fix: "Use the key that is suggested, or remove the line.",
    },
    Entry {
        code: "P022",
        exit: Some(Exit::Config),
        title: "bad value",
        cause: "The key exists, its value does not have the right form or range.",
        fix: "Correct the value; the message says what is accepted.",
    },
    Entry {
        code: "P023",
        exit: Some(Exit::Config),
        title: "the configuration file is not valid TOML",
        cause: "The file cannot be parsed at the line named.",
        fix: "Correct the syntax at that line.",
    },
    Entry {
        code: "P024",
        exit: Some(Exit::Config),
        title: "a required setting is missing",
        cause: "`ringlog start` assumes nothing about where data lives.",
        fix: "[data]\ndirs = [\"/var/lib/ringlog\"]",
    },
    Entry {
        code: "P030",
        exit: Some(Exit::Unavailable),
        title: "the address is in use",
        cause: "Another process listens on the same address and port.",
        fix: "ss -ltnp 'sport = :9092'       # who it is\nringlog dev --kafka 127.0.0.1:19092",
    },
    Entry {
        code: "P032",
        exit: Some(Exit::Unavailable),
        title: "the address cannot be listened on",
        cause: "The host name does not resolve, or the address belongs to no interface of this machine.",
        fix: "ip -brief address    # addresses of this machine",
    },
    Entry {
        code: "P033",
        exit: Some(Exit::Permission),
        title: "no permission to listen on the port",
        cause: "Ports below 1024 need CAP_NET_BIND_SERVICE.",
        fix: "Use a port from 1024 on, or: setcap cap_net_bind_service=+ep ringlog",
    },
    Entry {
        code: "P034",
        exit: Some(Exit::Config),
        title: "the advertised address cannot be reached by any client",
        cause: "0.0.0.0 and [::] are addresses to listen on, not to connect to; port 0 is no port.",
        fix: "Leave --advertise away (each client is told the address that it connected to), or name a host that clients can reach.",
    },
    Entry {
        code: "P040",
        exit: Some(Exit::Permission),
        title: "the data directory cannot be used",
        cause: "It cannot be created, or this user may not write in it.",
        fix: "install -d -m 0700 -o \"$(id -un)\" DIR",
    },
    Entry {
        code: "P041",
        exit: Some(Exit::Unavailable),
        title: "the data directory is in use",
        cause: "Another process holds the lock of the directory. A killed process can hold locks for seconds, until its last writes have landed; that was waited for.",
        fix: "Stop the other process, or use another directory with --data DIR.",
    },
    Entry {
        code: "P042",
        exit: Some(Exit::Config),
        title: "the directory is not a ringlog data directory",
        cause: "It holds files, and none of them says that ringlog wrote it. Nothing was touched.",
        fix: "Name an empty or new directory.",
    },
    Entry {
        code: "P043",
        exit: Some(Exit::Config),
        title: "the data directory was written by another version",
        cause: "Its layout has a version that this program does not read.",
        fix: "Start the version that wrote it, or a later one.",
    },
    Entry {
        code: "P044",
        exit: Some(Exit::Config),
        title: "the file system has no O_DIRECT",
        cause: "Commit logs and segments are written with O_DIRECT; tmpfs and some network and FUSE file systems do not offer it.",
        fix: "Put the data on ext4 or xfs with --data DIR.",
    },
    Entry {
        code: "P045",
        exit: Some(Exit::Unavailable),
        title: "too little free space",
        cause: "The commit logs are written in advance, and need room before the first record.",
        fix: "Free space, or use another directory with --data DIR.",
    },
    Entry {
        code: "P046",
        exit: Some(Exit::Unavailable),
        title: "the data directory is damaged",
        cause: "Recovery found damage below the point up to which everything was durable. It was left untouched: truncating it would lose acknowledged records silently.",
        fix: "Copy the directory before anything else, then check the disk (dmesg, smartctl).",
    },
    Entry {
        code: "P047",
        exit: Some(Exit::Config),
        title: "the data directory belongs to another node or cluster",
        cause: "node.id or node.cluster_id of the configuration differ from meta.properties of the directory.",
        fix: "Correct node.id / node.cluster_id, or name the right directory.",
    },
    Entry {
        code: "P048",
        exit: Some(Exit::Unavailable),
        title: "a read, write or sync of the data directory failed",
        cause: "The device or the file system answered with an error. A failed sync is final: what was not acknowledged may be lost, what was acknowledged is not touched again.",
        fix: "dmesg | tail    # what the kernel says about the device",
    },
    Entry {
        code: "P050",
        exit: Some(Exit::Unavailable),
        title: "the broker could not start",
        cause: "A core reported an error before the broker was ready; the line above says which.",
        fix: "ringlog check",
    },
    Entry {
        code: "P051",
        exit: Some(Exit::Unavailable),
        title: "a core stopped",
        cause: "A core ended while the broker was running. The process stops, so that nothing is served half.",
        fix: "Restart; if it happens again, report the line above.",
    },
    Entry {
        code: "R031",
        exit: None,
        title: "a client speaks TLS on a plaintext listener",
        cause: "The first bytes of the connection are a TLS handshake. The connection is closed, nothing else is affected.",
        fix: "Set security.protocol=PLAINTEXT in the client, or connect to the right port.",
    },
    Entry {
        code: "R032",
        exit: None,
        title: "a client speaks HTTP on a Kafka listener",
        cause: "The first bytes of the connection are an HTTP request. The connection is closed, nothing else is affected.",
        fix: "Use the admin address for HTTP, and this port for Kafka clients only.",
    },
    Entry {
        code: "R033",
        exit: None,
        title: "a client sent a request shorter than its header",
        cause: "The length before the request is negative or below the smallest header, so no later byte of the connection can be understood. The connection is closed.",
        fix: "Look for what else connects to the port: port scanners and health checks do this.",
    },
    Entry {
        code: "R034",
        exit: None,
        title: "a client announced a request above socket.request.max.bytes",
        cause: "The length before the request is above the limit. Nothing was allocated for it; the connection is closed.",
        fix: "ringlog dev --set socket.request.max.bytes=SIZE    # if the client means it",
    },
    Entry {
        code: "R035",
        exit: None,
        title: "a client asked for an API or version that is not served",
        cause: "The client did not heed the answer to ApiVersions, or needs an API that this version does not have. The connection is closed, as Kafka does it.",
        fix: "Use a client from 2.1 on; docs/deviations.md says what is not available.",
    },
    Entry {
        code: "R036",
        exit: None,
        title: "a client sent a malformed request",
        cause: "The body does not decode as the version that its header names. The connection is closed.",
        fix: "Look at the client's version and at what stands between it and the broker.",
    },
    Entry {
        code: "R037",
        exit: None,
        title: "a produce request with acks=0 failed",
        cause: "There is no answer that could say so; closing the connection is the only way to tell (Kafka does the same).",
        fix: "Use acks=1 or acks=all to see the error in the client.",
    },
    Entry {
        code: "R038",
        exit: None,
        title: "a request could not be answered",
        cause: "A defect of the broker: the answer could not be built. The connection is closed.",
        fix: "Report the line.",
    },
    Entry {
        code: "R039",
        exit: None,
        title: "too many connections",
        cause: "max.connections of this core is reached; the newest connection was closed.",
        fix: "ringlog dev --set max.connections=N",
    },
    Entry {
        code: "R040",
        exit: None,
        title: "a connection held too many request bytes",
        cause: "The budget for requests was full and nothing moved; the connection that held the most without finishing a request was closed.",
        fix: "Give the broker more memory with --memory SIZE, or look for clients that send requests and never finish them.",
    },
    Entry {
        code: "R041",
        exit: None,
        title: "a request needs more memory than there is for requests",
        cause: "What a request is turned into is charged before it is allocated; this one would pass queued.max.request.bytes by itself, or was closed while it waited.",
        fix: "Give the broker more memory with --memory SIZE, or look for the client that names so much in one request.",
    },
    Entry {
        code: "R050",
        exit: None,
        title: "a data directory is not used",
        cause: "It could not be opened or recovered; its partitions answer KAFKA_STORAGE_ERROR, other directories go on. Nothing was changed in it.",
        fix: "Read the reason in the line; for damage copy the directory before anything else.",
    },
    Entry {
        code: "R051",
        exit: None,
        title: "a partition could not be created",
        cause: "Its folder or first segment could not be made.",
        fix: "Look at free space and at the state of the disk: df, dmesg.",
    },
    Entry {
        code: "R052",
        exit: None,
        title: "a partition could not be deleted",
        cause: "Its files could not be removed; they are not served any more.",
        fix: "Look at the state of the disk: dmesg.",
    },
    Entry {
        code: "R053",
        exit: None,
        title: "a data directory is offline until restart",
        cause: "A write or sync failed. That is final: nothing is retried, because what an earlier sync lost a later one does not bring back. Produce answers KAFKA_STORAGE_ERROR, what was acknowledged can still be read.",
        fix: "dmesg | tail    # what the kernel says about the device\nRestart when the device is well.",
    },
    Entry {
        code: "R054",
        exit: None,
        title: "a data directory was not closed cleanly",
        cause: "The last flush failed at the stop. The commit log holds what was acknowledged, and the next start recovers it.",
        fix: "Look at the state of the disk: dmesg.",
    },
    Entry {
        code: "R055",
        exit: None,
        title: "a partition cannot be compacted",
        cause: "A closed segment of it is damaged, or there is no space for its new segments. Everything stays as it was; what can be read is served, and compaction of this partition waits until the next start.",
        fix: "df -h    # free space in the data directory\ndmesg | tail    # what the kernel says about the device",
    },
    Entry {
        code: "R056",
        exit: None,
        title: "old segments cannot be deleted",
        cause: "The log start of a partition could not be moved, or its segments could not be let go. They are tried again at the next check (log.retention.check.interval.ms); what was not deleted is served.",
        fix: "df -h    # free space in the data directory\ndmesg | tail    # what the kernel says about the device",
    },
    Entry {
        code: "R057",
        exit: None,
        title: "a data directory is full, produce to it is refused",
        cause: "Its file system has less room than records must leave for checkpoints, indexes, metadata, deletions and compaction (ringlog.log.dir.reserve.bytes). Produce answers KAFKA_STORAGE_ERROR with these numbers; fetch, retention, DeleteRecords, DeleteTopics and compaction go on.",
        fix: "df -h    # who else takes the room?\nringctl topic delete NAME    # or shorten retention.ms, retention.bytes\nProduce goes on by itself when there is room; a line says so.",
    },
    Entry {
        code: "R058",
        exit: None,
        title: "stored records are damaged",
        cause: "Scrubbing read a closed segment from the device, twice, and a batch in it is not what was written. Fetches of that batch answer CORRUPT_MESSAGE, all others go on; nothing was changed. If it reads right again at a later pass it is served again.",
        fix: "dmesg | tail    # what the kernel says about the device\nringctl verify DIR    # with the broker stopped: all that is damaged\nConsumers pass it by seeking behind the offsets that the line names.",
    },
    Entry {
        code: "R059",
        exit: None,
        title: "a replica could not be moved to another data directory",
        cause: "The copy could not be made, or the metadata log did not take the change: the line says why. The replica stays in the directory where it is and is served; what was copied is removed.",
        fix: "df -h    # free space in the target directory\ndmesg | tail    # what the kernel says about the devices\nkafka-reassign-partitions    # ask for the move again",
    },
    Entry {
        code: "R060",
        exit: None,
        title: "the records of a group coordinator were refused",
        cause: "The partition of __consumer_offsets could not take them: the disk is full or offline. Its groups are told COORDINATOR_NOT_AVAILABLE, and the coordinator is loaded again from its partition a second later.",
        fix: "df -h    # free space in the data directory\nThe clients go on by themselves when there is space.",
    },
    Entry {
        code: "R061",
        exit: None,
        title: "a group coordinator could not be loaded",
        cause: "Its partition of __consumer_offsets could not be read, or holds a record that is none. Its groups are told COORDINATOR_LOAD_IN_PROGRESS rather than that they have no offsets; loading is tried again each second.",
        fix: "Look at the state of the disk: dmesg. The line says at which offset the record is.",
    },
];

/// The catalogue entry of `code` (any case), if there is one.
#[must_use]
pub fn entry(code: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|e| e.code.eq_ignore_ascii_case(code))
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
    if let Some(exit) = entry.exit {
        out.push_str(&format!("\nExit status: {}\n", exit.status()));
    }
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
    fn every_code_is_documented() {
        let page = include_str!("../../../docs/errors.md");
        for e in CATALOGUE {
            assert!(page.contains(&format!("## {} ", e.code)), "docs/errors.md lacks {}", e.code);
            assert!(page.contains(e.title), "docs/errors.md lacks the title of {}", e.code);
        }
        let headings = page.lines().filter(|l| l.starts_with("## ")).count();
        assert_eq!(headings, CATALOGUE.len(), "docs/errors.md lists codes that do not exist");
    }
}
