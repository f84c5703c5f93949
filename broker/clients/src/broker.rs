//! A real broker process on a fixed port and directory, which can be killed and started again.
//!
//! Owner: a test or a loop. Invariants: one process at a time; what it says on standard error goes to a file beside
//! its data, and both stay when the owner fails.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A directory that goes away with the value, unless its owner panics.
pub struct Temp(PathBuf);

impl Temp {
    /// A new one under the target directory, which has O_DIRECT where /tmp may have none.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/data")
            .join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("kept for a look: {}", self.0.display());
        } else {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// How long a start took.
#[derive(Clone, Copy, Debug)]
pub struct Started {
    /// From the launch of the process to the line READY.
    pub to_ready: Duration,
}

/// A broker that is running, or was.
pub struct Broker {
    data: PathBuf,
    log: PathBuf,
    port: u16,
    extra: Vec<String>,
    child: Option<Child>,
}

impl Broker {
    /// Not yet started. `slot`: different for every broker of one program, below 10.
    #[must_use]
    pub fn new(data: &Path, log: &Path, slot: u16) -> Self {
        let base = 23_000 + (std::process::id() % 90) as u16 * 10 + slot;
        let free = |p: &u16| TcpListener::bind(("127.0.0.1", *p)).is_ok();
        let port = (base..32_000).find(free).expect("a free port");
        Self { data: data.to_owned(), log: log.to_owned(), port, extra: Vec::new(), child: None }
    }

    /// With more arguments at every start.
    #[must_use]
    pub fn with(mut self, extra: &[&str]) -> Self {
        self.extra.extend(extra.iter().map(|a| (*a).to_owned()));
        self
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
        command.arg(&self.data).args(&self.extra);
        if cores > 0 {
            command.args(["--smp", &cores.to_string()]);
        }
        let log: File = OpenOptions::new().create(true).append(true).open(&self.log).expect("the log opens");
        let spawned = command.stdout(Stdio::piped()).stderr(log).spawn();
        let mut child = spawned.unwrap_or_else(|e| panic!("{program} does not start: {e}; set RINGLOG"));
        let out = child.stdout.take().expect("piped");
        self.child = Some(child);
        BufReader::new(out)
    }

    /// Starts it and waits for READY.
    pub fn start(&mut self, cores: usize) -> Started {
        let began = Instant::now();
        let out = self.launch(cores);
        let ready = out.lines().map_while(Result::ok).any(|line| line.starts_with("READY in "));
        assert!(ready, "the broker ended before READY; {} says why", self.log.display());
        Started { to_ready: began.elapsed() }
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
