//! One broker process and its data directory.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// After this long without a word a process is taken for hung.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A directory that goes away with the value.
pub struct Temp(pub PathBuf);

impl Temp {
    pub fn new(name: &str) -> Self {
        // The target directory, because /tmp may be without O_DIRECT.
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a temporary directory");
        Self(path)
    }

    pub fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A port of 127.0.0.1 that is free now, below the ephemeral range.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    for _ in 0..5000 {
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let start = (std::process::id() % 8000) as u16;
        let port = 21_000 + (start + n) % 8000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port");
}

/// Names the runtime that the tests are to run with, where it is not the default.
const RUNTIME: &str = "RINGLOG_TEST_RUNTIME";

/// Has `command` start the broker with the runtime of these tests.
pub fn keep_runtime(command: &mut Command) {
    if let Ok(runtime) = std::env::var(RUNTIME) {
        command.env("RINGLOG__RUNTIME__KIND", runtime);
    }
}

/// `ringlog` with these arguments, the runtime of these tests, and nothing of our environment that could set keys.
pub fn ringlog(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringlog"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RINGLOG__")) {
        command.env_remove(name);
    }
    keep_runtime(&mut command);
    command.args(args);
    command
}

/// Two data cores, or one where there is one CPU.
pub fn two_cores() -> String {
    std::thread::available_parallelism().map_or(1, |n| n.get().min(2)).to_string()
}

/// A running broker.
pub struct Broker {
    child: Child,
    lines: Receiver<String>,
    pub started: Vec<String>,
    pub kafka: SocketAddr,
    pub admin: SocketAddr,
}

impl Broker {
    /// `ringlog dev` on `data`, until READY.
    pub fn dev(data: &Path, extra: &[&str]) -> Self {
        let kafka = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let admin = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let (k, a) = (kafka.to_string(), admin.to_string());
        let data = data.to_str().expect("text");
        let mut args = vec!["dev", "--data", data, "--kafka", &k, "--admin", &a, "--memory", "256MiB"];
        args.extend(extra);
        Self::spawn(ringlog(&args), kafka, admin)
    }

    /// Starts `command` and waits for READY.
    pub fn spawn(mut command: Command, kafka: SocketAddr, admin: SocketAddr) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("ringlog starts");
        let stdout = child.stdout.take().expect("piped");
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let mut broker = Self { child, lines, started: Vec::new(), kafka, admin };
        loop {
            let line = broker.next_line().expect("READY before the end");
            let ready = line.starts_with("READY in ") || line.contains("\"event\":\"ready\"");
            broker.started.push(line);
            if ready {
                return broker;
            }
        }
    }

    /// Starts `ringlog dev` on `data` and kills it after `lines` lines of its start.
    pub fn kill_in_start(data: &Path, lines: usize) {
        let (kafka, admin) = (format!("127.0.0.1:{}", free_port()), format!("127.0.0.1:{}", free_port()));
        let data = data.to_str().expect("text");
        let cores = if lines.is_multiple_of(2) { "1".into() } else { two_cores() };
        let args = ["dev", "--data", data, "--kafka", &kafka, "--admin", &admin, "--smp", &cores];
        let mut child = ringlog(&args).stdout(Stdio::piped()).spawn().expect("ringlog starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        assert_eq!(out.lines().take(lines).count(), lines);
        child.kill().expect("killed");
        child.wait().expect("waited");
    }

    /// The next line of standard output; `None` at its end.
    pub fn next_line(&mut self) -> Option<String> {
        use std::sync::mpsc::RecvTimeoutError::{Disconnected, Timeout};
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(Disconnected) => None,
            Err(Timeout) => panic!("the broker says nothing; it said {:?}", self.started),
        }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, and the end of the process.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("waited");
    }

    /// Sends `signal` ("TERM", "INT").
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args(["-s", signal, &self.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    /// SIGTERM; result: the last line and the exit status.
    pub fn stop(mut self) -> (String, ExitStatus) {
        self.signal("TERM");
        let mut last = String::new();
        while let Some(line) = self.next_line() {
            last = line;
        }
        (last, self.child.wait().expect("waited"))
    }

    /// How the process ended, when it has.
    pub fn ended(mut self) -> ExitStatus {
        self.child.wait().expect("waited")
    }

    /// GET of the admin endpoint; result: the whole answer.
    pub fn ask_admin(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.admin).expect("admin");
        stream.set_read_timeout(Some(PATIENCE)).expect("timeout");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answer");
        answer
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
