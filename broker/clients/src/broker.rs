//! A real broker process on a fixed port and directory, which can be killed and started again.
//!
//! Owner: a test or a loop. Invariants: one process at a time; what it says on standard error goes to a file beside
//! its data, and both stay when the owner fails.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const SIGKILL: i32 = 9;

/// The broker's program, unless RINGLOG names another.
const PROGRAM: &str = "../../target/release/ringlog";
/// The ephemeral ports begin a little behind.
const PORTS_END: u16 = 32_000;

/// A directory that stays, for a look, unless its owner says that all went well.
pub struct Temp(PathBuf);

impl Temp {
    /// A new one under the target directory, which has O_DIRECT where /tmp may have none.
    ///
    /// Errors: it cannot be made.
    pub fn new(name: &str) -> Result<Self, String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/data")
            .join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path)
            .map_err(|e| format!("cannot make the directory {} for a broker's data: {e}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What the broker of this directory says on standard error.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.0.join("log")
    }

    /// All went well: it goes away.
    pub fn remove(self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        // Nothing is to be seen in an empty one.
        if self.0.exists() && std::fs::remove_dir(&self.0).is_err() {
            eprintln!("kept for a look: {} (its file `log` is the broker's)", self.0.display());
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
    /// Not yet started. `slot`: different for every broker of one program, below 10. Errors: no port is free.
    pub fn new(data: &Path, log: &Path, slot: u16) -> Result<Self, String> {
        let base = 23_000 + (std::process::id() % 90) as u16 * 10 + slot;
        let free = |p: &u16| TcpListener::bind(("127.0.0.1", *p)).is_ok();
        let port = (base..PORTS_END).find(free).ok_or_else(|| {
            format!("no port of 127.0.0.1 from {base} to {} is free; the broker needs one", PORTS_END - 1)
        })?;
        Ok(Self { data: data.to_owned(), log: log.to_owned(), port, extra: Vec::new(), child: None })
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

    /// Starts it on `cores` data cores (0: as it likes) without waiting for READY. Errors: it does not start.
    pub fn launch(&mut self, cores: usize) -> Result<BufReader<ChildStdout>, String> {
        assert!(self.child.is_none(), "one process at a time");
        let program = std::env::var_os("RINGLOG").map_or_else(|| PROGRAM.into(), PathBuf::from);
        let mut command = Command::new(&program);
        command.args(["dev", "--admin", "off", "--kafka", &self.bootstrap(), "--memory", "512MiB", "--data"]);
        command.arg(&self.data).args(&self.extra);
        if cores > 0 {
            command.args(["--smp", &cores.to_string()]);
        }
        let log: File = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .map_err(|e| format!("cannot open {} for what the broker says: {e}", self.log.display()))?;
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().map_err(|e| {
            let program = program.display();
            format!("{program} does not start: {e}; set RINGLOG, or cargo build --release -p ringlog")
        })?;
        let out = child.stdout.take().expect("its standard output is piped, and nobody has taken it");
        self.child = Some(child);
        Ok(BufReader::new(out))
    }

    /// Starts it and waits for READY. Errors: it does not start, or ends before.
    pub fn start(&mut self, cores: usize) -> Result<Started, String> {
        let began = Instant::now();
        let out = self.launch(cores)?;
        if out.lines().map_while(Result::ok).any(|line| line.starts_with("READY in ")) {
            return Ok(Started { to_ready: began.elapsed() });
        }
        // Who is on its way out keeps its status, whatever is sent to it.
        let end = self.end()?.map_or_else(String::new, |end| format!(" ({end})"));
        Err(format!("the broker ended before READY{end}; {} says why", self.log.display()))
    }

    /// SIGKILL, and the end of the process. Errors: the process may not be killed, or had ended by itself.
    pub fn kill(&mut self) -> Result<(), String> {
        match self.end()? {
            Some(end) if end.signal() != Some(SIGKILL) => {
                Err(format!("the broker ended by itself: {end}; {} says why", self.log.display()))
            }
            _ => Ok(()),
        }
    }

    /// SIGKILL for a process that may have ended by itself; its status, none if there was no process.
    /// Errors: the process may not be killed.
    pub fn end(&mut self) -> Result<Option<ExitStatus>, String> {
        let Some(mut child) = self.child.take() else { return Ok(None) };
        let end = child.kill().and_then(|()| child.wait());
        end.map(Some).map_err(|e| format!("the broker, process {}, is not killed: {e}", child.id()))
    }

    /// SIGTERM, and the end of the process. Errors: that end is not clean.
    pub fn stop(&mut self) -> Result<(), String> {
        let child = self.child.as_mut().expect("who stops a broker has started it");
        let sent = Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status();
        let sent = sent.map_err(|e| format!("no SIGTERM for the broker: kill: {e}"))?;
        if !sent.success() {
            return Err(format!("no SIGTERM for the broker, process {}: kill: {sent}", child.id()));
        }
        let end = child.wait().map_err(|e| format!("the broker's end is unknown: {e}"))?;
        self.child = None;
        if end.success() {
            return Ok(());
        }
        Err(format!("the stop was not clean: {end}; {} says why", self.log.display()))
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Err(e) = self.end() {
            eprintln!("it stays: {e}");
        }
    }
}
