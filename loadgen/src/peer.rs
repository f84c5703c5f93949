//! The processes that a benchmark starts: ringlog, Apache Kafka, the bare server; their CPU time and their end.
//!
//! Owner: the benchmark. Invariant: a process started here is ended here, by its process id, also on error.

use crate::{interrupt, kafka_home};
use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What to measure against.
#[derive(Clone, Debug)]
pub enum Peer {
    /// This program's own bare server.
    Bare,
    /// This program's own server of one file of so many bytes.
    BareSend(u64),
    /// The broker's binary.
    Ringlog(PathBuf),
    /// The same with its other runtime.
    Glommio(PathBuf),
    /// Apache Kafka, on these processors, with further `key=value` settings: through the script that starts it, or from
    /// the directory of a distribution.
    Kafka(PathBuf, String, Vec<String>),
}

/// A running peer; dropped, it is killed.
pub struct Running {
    child: Option<Child>,
    pid: u32,
    kafka: Option<(PathBuf, PathBuf)>,
    /// Reads what it prints; ends with the last line.
    rest: Option<std::thread::JoinHandle<String>>,
    /// The status with which it ends when it is asked to: a Java machine says by which signal.
    well: i32,
}

impl Peer {
    /// True if the peer has a place in the workload of cold fetches, or else in those of durable produce.
    #[must_use]
    pub fn does(&self, cold: bool) -> bool {
        match self {
            Self::Bare => !cold,
            Self::BareSend(_) => cold,
            Self::Ringlog(_) | Self::Glommio(_) => true,
            // It reads the same whether it syncs or not.
            Self::Kafka(_, _, more) => !cold || more.is_empty(),
        }
    }

    /// The name in tables.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Bare => "bare append+sync".to_owned(),
            Self::BareSend(_) => "bare sendfile".to_owned(),
            Self::Ringlog(_) => "ringlog".to_owned(),
            Self::Glommio(_) => "ringlog by glommio".to_owned(),
            Self::Kafka(_, _, more) if more.is_empty() => "Apache Kafka, un-synced".to_owned(),
            Self::Kafka(_, _, more) => format!("Apache Kafka, {}", more.join(" ")),
        }
    }

    /// Starts the peer on 127.0.0.1:`port` with its data below `dir`, on the processors `cpus` (a taskset
    /// list), and waits until it says that it is ready. Errors: it cannot be started or ends before.
    pub fn start(&self, dir: &Path, port: u16, cpus: &str) -> io::Result<Running> {
        match self {
            Self::Bare => Running::bare(&std::env::current_exe()?, dir, (port, cpus), false),
            Self::BareSend(bytes) => {
                let me = std::env::current_exe()?;
                let mut command = pinned(cpus, &me);
                command.args(["bare-send", "--addr", &format!("127.0.0.1:{port}"), "--dir"]).arg(dir);
                command.args(["--bytes", &bytes.to_string()]);
                wait_ready(command)
            }
            Self::Ringlog(binary) => Running::ringlog(binary, dir, (port, cpus), &[]),
            Self::Glommio(binary) => {
                Running::ringlog(binary, dir, (port, cpus), &["runtime.kind=glommio".to_owned()])
            }
            Self::Kafka(home, kafka_cpus, more) if home.is_dir() => {
                kafka_home::start(home, dir, (port, kafka_cpus), more)
            }
            Self::Kafka(script, kafka_cpus, more) => {
                let status = Command::new(script)
                    .arg("start")
                    .arg(dir)
                    .arg(port.to_string())
                    .args(more)
                    .env("KAFKA_CPUS", kafka_cpus)
                    .stdout(Stdio::null())
                    .status()?;
                if !status.success() {
                    return Err(io::Error::other("Apache Kafka did not start"));
                }
                let pid = std::fs::read_to_string(dir.join("pid"))?;
                let pid =
                    pid.trim().parse().map_err(|_| io::Error::other("no process id of Apache Kafka"))?;
                let kafka = Some((script.clone(), dir.to_owned()));
                interrupt::note_started(pid);
                Ok(Running { child: None, pid, kafka, rest: None, well: 0 })
            }
        }
    }
}

/// True if this broker was built with the runtime glommio: it says so itself.
#[must_use]
pub fn has_glommio(binary: &Path) -> bool {
    let asked = Command::new(binary).args(["check", "--runtime", "glommio", "-o", "json"]).output();
    asked.is_ok_and(|answer| says_glommio(&answer.stdout))
}

fn says_glommio(answer: &[u8]) -> bool {
    let answer: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
    let checks = answer.get("checks").and_then(serde_json::Value::as_array);
    let is = |item: &serde_json::Value, key, value| item.get(key).is_some_and(|v| v == value);
    checks.is_some_and(|all| all.iter().any(|item| is(item, "name", "runtime") && is(item, "state", "ok")))
}

/// A program on these processors, as taskset takes them.
pub fn pinned(cpus: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    // A group of its own: the terminal's Ctrl-C is for the run, which ends it in its turn.
    command.args(["-c", cpus]).arg(program).process_group(0);
    command
}

fn wait_ready(mut command: Command) -> io::Result<Running> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let pid = child.id();
    interrupt::note_started(pid);
    let out = child.stdout.take().ok_or_else(|| io::Error::other("no standard output"))?;
    let mut lines = BufReader::new(out).lines();
    for line in lines.by_ref() {
        if line?.starts_with("READY") {
            // Whatever it prints later must not block it.
            let rest = std::thread::spawn(move || lines.map_while(Result::ok).last().unwrap_or_default());
            return Ok(Running { child: Some(child), pid, kafka: None, rest: Some(rest), well: 0 });
        }
    }
    let status = child.wait()?;
    interrupt::note_ended(pid);
    Err(io::Error::other(format!("{command:?} ended before it was ready: {status:?}")))
}

impl Running {
    /// A process that was started elsewhere; asked to end, its status is 0 or `well`.
    pub fn of(child: Child, well: i32) -> Self {
        interrupt::note_started(child.id());
        Self { pid: child.id(), child: Some(child), kafka: None, rest: None, well }
    }

    /// Starts this program's bare server; `idle`: one that writes nothing.
    pub fn bare(me: &Path, dir: &Path, (port, cpus): (u16, &str), idle: bool) -> io::Result<Self> {
        let mut command = pinned(cpus, me);
        command.args(["bare", "--addr", &format!("127.0.0.1:{port}"), "--dir"]).arg(dir);
        command.args(idle.then_some("--no-sync"));
        wait_ready(command)
    }

    /// Starts ringlog as `Peer::start` does, with further `key=value` settings.
    pub fn ringlog(binary: &Path, dir: &Path, (port, cpus): (u16, &str), set: &[String]) -> io::Result<Self> {
        // Its processors may be others than this program's.
        let mut command = pinned(cpus, binary);
        command.args(["dev", "--cpuset", cpus, "--kafka", &format!("127.0.0.1:{port}")]);
        command.args(["--admin", &format!("127.0.0.1:{}", port + 1), "--data"]).arg(dir);
        for setting in set {
            command.args(["--set", setting]);
        }
        wait_ready(command)
    }

    /// Ends the peer cleanly and waits for its end; the last line that it printed.
    /// Errors: it did not end well.
    pub fn stop(mut self) -> io::Result<String> {
        interrupt::note_ended(self.pid);
        if let Some((script, dir)) = self.kafka.take() {
            let status = Command::new(script).arg("stop").arg(dir).status()?;
            let failed = || io::Error::other("Apache Kafka did not stop");
            return if status.success() { Ok(String::new()) } else { Err(failed()) };
        }
        let Some(mut child) = self.child.take() else { return Ok(String::new()) };
        let asked = Command::new("kill").args(["-s", "TERM", &self.pid.to_string()]).status()?;
        let status = child.wait()?;
        if !asked.success() || !(status.success() || status.code() == Some(self.well)) {
            return Err(io::Error::other(format!("the server's end was {status}")));
        }
        Ok(self.rest.take().and_then(|rest| rest.join().ok()).unwrap_or_default())
    }

    /// CPU seconds the process has used, all threads, user and system.
    #[must_use]
    pub fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let field = |i| after_name.split_whitespace().nth(i).and_then(|v: &str| v.parse::<f64>().ok());
        // Fields 14 and 15 of proc(5), in ticks of 1/100 s.
        (field(11).unwrap_or(0.0) + field(12).unwrap_or(0.0)) / 100.0
    }

    /// Resident memory now, MiB.
    #[must_use]
    pub fn resident_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = status.lines().find(|l| l.starts_with("VmRSS:"));
        line.and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        interrupt::note_ended(self.pid);
        if let Some((script, dir)) = &self.kafka {
            let _ = Command::new(script).arg("stop").arg(dir).status();
        }
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_broker_that_says_so_has_glommio() {
        let item = |state| format!(r#"{{"ok":true,"checks":[{{"name":"runtime","state":"{state}"}}]}}"#);
        assert!(says_glommio(item("ok").as_bytes()));
        for answer in [&item("fail"), r#"{"ok":true,"checks":[]}"#, "error[P001]: no such flag", ""] {
            assert!(!says_glommio(answer.as_bytes()), "{answer}");
        }
        assert!(!has_glommio(Path::new("/bin/true")) && !has_glommio(Path::new("/nowhere/ringlog")));
    }
}
