//! A real broker process for the tests with librdkafka, and the records that they send.
//!
//! Owner: each test has a broker and a directory of its own. Invariants: a record is a pure function of its
//! number, so that what was read can be compared without being kept; ports lie below the ephemeral range.
#![forbid(unsafe_code)]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The number in environment variable `name`, or `default`.
#[must_use]
pub fn count(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// A directory that goes away with the value.
pub struct Temp(PathBuf);

impl Temp {
    /// A new one under the target directory, which has O_DIRECT where /tmp may have none.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/data").join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A broker on a fixed port and directory, which can be killed and started again.
pub struct Broker {
    dir: Temp,
    port: u16,
    child: Option<Child>,
}

impl Broker {
    /// Not yet started. `slot`: different for every broker of one test program.
    #[must_use]
    pub fn new(name: &str, slot: u16) -> Self {
        let base = 23_000 + (std::process::id() % 500) as u16 * 10 + slot;
        let free = |p: &u16| TcpListener::bind(("127.0.0.1", *p)).is_ok();
        let port = (base..32_000).find(free).expect("a free port");
        Self { dir: Temp::new(name), port, child: None }
    }

    /// What clients connect to.
    #[must_use]
    pub fn bootstrap(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Starts it on `cores` data cores (0: as it likes) without waiting for READY.
    pub fn launch(&mut self, cores: usize) -> BufReader<ChildStdout> {
        assert!(self.child.is_none(), "one process at a time");
        let program = std::env::var("RINGLOG").unwrap_or_else(|_| "../../target/release/ringlog".into());
        let mut command = Command::new(&program);
        command.args(["dev", "--admin", "off", "--kafka", &self.bootstrap(), "--memory", "512MiB", "--data"]);
        command.arg(&self.dir.0);
        if cores > 0 {
            command.args(["--smp", &cores.to_string()]);
        }
        let spawned = command.stdout(Stdio::piped()).spawn();
        let mut child = spawned.unwrap_or_else(|e| panic!("{program} does not start: {e}; set RINGLOG"));
        let out = child.stdout.take().expect("piped");
        self.child = Some(child);
        BufReader::new(out)
    }

    /// Starts it and waits for READY.
    pub fn start(&mut self, cores: usize) {
        let out = self.launch(cores);
        let ready = out.lines().map_while(Result::ok).any(|line| line.starts_with("READY in "));
        assert!(ready, "the broker ended before READY");
    }

    /// SIGKILL, and the end of the process.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("waited");
        }
    }

    /// SIGTERM; asserts a clean end.
    pub fn stop(&mut self) {
        let mut child = self.child.take().expect("running");
        let sent = Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
        assert!(child.wait().expect("waited").success(), "the stop was not clean");
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// One record, made from its number.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// Null for every 11th.
    pub key: Option<Vec<u8>>,
    /// Null for every 13th, empty for every 17th.
    pub value: Option<Vec<u8>>,
    /// Name and value; names repeat, values may be null.
    pub headers: Vec<(&'static str, Option<Vec<u8>>)>,
}

impl Record {
    /// The record with number `n`.
    #[must_use]
    pub fn number(n: usize) -> Self {
        let key = (n % 11 != 0).then(|| format!("key-{}", n % 1000).into_bytes());
        let value = match n {
            n if n % 13 == 0 => None,
            n if n % 17 == 0 => Some(Vec::new()),
            n => Some(format!("value {n} {}", "abcdefgh".repeat(n % 23)).into_bytes()),
        };
        let headers = match n % 5 {
            0 => vec![("h", Some(n.to_string().into_bytes())), ("h", None), ("g", Some(Vec::new()))],
            1 => vec![("trace", Some(b"1".to_vec()))],
            _ => Vec::new(),
        };
        Self { key, value, headers }
    }
}
