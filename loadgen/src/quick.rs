//! `quick`: half a minute, no arguments, a table and a page.
//!
//! Owner: one run of the program. Invariants: a broker that answers is used as it is and keeps nothing of the run; one
//! that is started here has its data in a directory of its own, and both are gone at the end.

use crate::html;
use crate::interrupt;
use crate::load::omb::options_of;
use crate::load::{Summary, measured};
use crate::peer::Running;
use std::fmt::Write;
use std::io;
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a broker may take to accept.
const ANSWERS_WITHIN: Duration = Duration::from_millis(500);

/// `ringlog-loadgen quick`.
#[derive(clap::Args, Clone, Debug)]
pub struct Options {
    /// The broker; if none answers there, one is started
    #[arg(long, default_value = "localhost:9092", value_name = "HOST:PORT")]
    bootstrap: String,
    /// The broker's binary to start; left out: the file ringlog beside this program
    #[arg(long, value_name = "FILE")]
    ringlog: Option<PathBuf>,
    /// About how long it takes
    #[arg(long, default_value = "30s", value_parser = crate::load::seconds, value_name = "TIME")]
    r#for: f64,
    /// Where report.html and the results go
    #[arg(long, default_value = "ringlog-quick", value_name = "DIR")]
    report: PathBuf,
}

/// One of its parts: name, options of `load`, its share of the time, and how much of that is warm-up.
const PARTS: [(&str, &str, f64, f64); 3] = [
    ("2,000 records/s, produced and read", "--rate=2000 --read=tail", 0.45, 0.15),
    ("as many as are acknowledged", "--rate=max --clients=16", 0.3, 0.25),
    ("64 KiB batches read from the first on", "--no-produce --read=beginning --fill=256MB", 0.15, 0.0),
];

/// A broker that was started here, and its directory.
pub struct Own {
    running: Running,
    dir: PathBuf,
    addr: String,
    admin: String,
}

impl Own {
    /// Where it is, HOST:PORT.
    pub fn addr(&self) -> &str {
        &self.addr
    }

    /// Stops it and removes its data. Errors: it did not stop well.
    pub fn end(self) -> io::Result<()> {
        let stopped = self.running.stop();
        std::fs::remove_dir_all(&self.dir)?;
        stopped.map(|_| ())
    }
}

/// Runs it. Errors: no broker and none to start, and those of the load.
pub fn run(options: &Options) -> io::Result<()> {
    // Also between its parts: what it started is stopped, and what it has is shown.
    let _heed = interrupt::heed();
    let own = own_or_none(&options.bootstrap, options.ringlog.as_ref())?;
    let bootstrap = own.as_ref().map_or(options.bootstrap.as_str(), Own::addr);
    let done = parts(options, bootstrap, own.as_ref().map(|o| o.admin.as_str()));
    own.map_or(Ok(()), Own::end)?;
    let runs = done?;
    println!("{}", table(&runs));
    std::fs::create_dir_all(&options.report)?;
    for (n, (_, run)) in runs.iter().enumerate() {
        let path = options.report.join(format!("result-{}.json", n + 1));
        std::fs::write(path, serde_json::to_string(&run.json())?)?;
    }
    let page = options.report.join("report.html");
    html::write(&page, runs.into_iter().map(|(name, run)| (name.to_owned(), run.json())).collect())?;
    println!("{}", page.display());
    Ok(())
}

fn parts(
    options: &Options,
    bootstrap: &str,
    admin: Option<&str>,
) -> io::Result<Vec<(&'static str, Summary)>> {
    let mut runs = Vec::new();
    for (name, words, share, warmup) in PARTS {
        eprintln!("{name}");
        let counted = options.r#for * share;
        let mut words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        words.push(format!("--bootstrap={bootstrap}"));
        words.extend(admin.map(|admin| format!("--admin={admin}")));
        words.push(format!("--topic=ringlog-quick-{}", runs.len()));
        words.push(format!("--duration={}s", counted * (1.0 - warmup)));
        words.push(format!("--warmup={}s", counted * warmup));
        let run = measured(&options_of(&words)?)?.summary;
        let interrupted = run.interrupted;
        runs.push((name, run));
        if interrupted {
            break;
        }
    }
    Ok(runs)
}

fn answers(name: &str) -> bool {
    let found = name.to_socket_addrs().into_iter().flatten();
    found.into_iter().any(|addr| TcpStream::connect_timeout(&addr, ANSWERS_WITHIN).is_ok())
}

/// A broker that is started because nothing answers on `bootstrap`: `ringlog`, or the one beside this program.
/// Errors: there is none, or it does not start.
pub fn own_or_none(bootstrap: &str, ringlog: Option<&PathBuf>) -> io::Result<Option<Own>> {
    if answers(bootstrap) {
        return Ok(None);
    }
    let binary = ringlog.cloned().or_else(|| beside("ringlog")).filter(|b| b.is_file());
    let binary = binary.ok_or_else(|| {
        io::Error::other(format!(
            "nothing answers on {bootstrap}, and there is no ringlog to start; need --bootstrap HOST:PORT or --ringlog FILE",
        ))
    })?;
    start(bootstrap, &binary).map(Some)
}

fn start(bootstrap: &str, binary: &Path) -> io::Result<Own> {
    let dir = std::env::temp_dir().join(format!("ringlog-quick-{}", std::process::id()));
    std::fs::create_dir(&dir)?;
    let port = free_ports()?;
    let cpus = cpus();
    eprintln!("nothing answers on {bootstrap}: starting {} on port {port}", binary.display());
    let running = Running::ringlog(binary, &dir, (port, &server_cpus(&cpus)), &[]).or_else(|e| {
        std::fs::remove_dir_all(&dir)?;
        Err(e)
    })?;
    if let (Some(last), true) = (cpus.last(), cpus.len() > 1) {
        pin_to(&last.to_string());
    }
    let at = |port: u16| format!("127.0.0.1:{port}");
    Ok(Own { running, dir, addr: at(port), admin: at(port + 1) })
}

/// The first of two ports that nobody listens on.
fn free_ports() -> io::Result<u16> {
    for _ in 0..100 {
        let one = TcpListener::bind("127.0.0.1:0")?;
        let port = one.local_addr()?.port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::other("found no two free ports beside one another"))
}

/// The processors that this process may use.
pub fn cpus() -> Vec<u32> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let list = status.lines().find_map(|l| l.strip_prefix("Cpus_allowed_list:")).unwrap_or_default();
    let range = |part: &str| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        Some(from.trim().parse::<u32>().ok()?..=to.trim().parse::<u32>().ok()?)
    };
    list.split(',').filter_map(range).flatten().collect()
}

/// All but the last of them, which the generator needs; the only one, if there is no other.
pub fn server_cpus(cpus: &[u32]) -> String {
    let some = if cpus.len() > 1 { cpus.split_last().map_or(cpus, |(_, rest)| rest) } else { cpus };
    some.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

/// A line for each part; the last has no end.
fn table(runs: &[(&str, Summary)]) -> String {
    let mut out = format!(
        "{:<40}{:>12}{:>10}{:>10}{:>10}{:>10}{:>12}",
        "", "records/s", "MiB/s", "p50 µs", "p99 µs", "p99.9 µs", "read p99 µs"
    );
    for (name, run) in runs {
        let c = &run.counts;
        let (records, bytes) = if c.acked > 0 { (c.acked, c.acked_bytes) } else { (c.read, c.read_bytes) };
        let latency = if c.acked > 0 { &c.response } else { &c.fetch };
        let us = |q| latency.value_at_quantile(q) as f64 / 1e3;
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "\n{name:<40}{:>12.0}{:>10.1}{:>10.0}{:>10.0}{:>10.0}",
            records as f64 / run.seconds,
            bytes as f64 / run.seconds / 1_048_576.0,
            us(0.5),
            us(0.99),
            us(0.999)
        );
        if !c.end_to_end.is_empty() {
            let _ = write!(out, "{:>12.0}", c.end_to_end.value_at_quantile(0.99) as f64 / 1e3);
        }
        if let Some(why) = run.bottleneck() {
            let _ = write!(out, "\n  the generator was the bottleneck: {why}");
        }
        if run.interrupted {
            let _ = write!(out, "\n  INTERRUPTED after {:.1} counted seconds", run.seconds);
        }
    }
    out
}

/// This program runs on these processors from now on, as taskset takes them.
pub fn pin_to(cpus: &str) {
    // Unpinned it only measures worse, which it says itself.
    let _ = std::process::Command::new("taskset")
        .args(["-apc", cpus, &std::process::id().to_string()])
        .stdout(std::process::Stdio::null())
        .status();
}

/// Where a broker's binary is beside this program, if it is.
pub fn beside(name: &str) -> Option<PathBuf> {
    let here = std::env::current_exe().ok()?;
    let found = here.parent().map(Path::to_owned)?.join(name);
    found.is_file().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_keeps_the_last_processor_for_itself() {
        assert_eq!(server_cpus(&[0, 1, 2, 3]), "0,1,2");
        assert_eq!(server_cpus(&[4]), "4");
        assert!(!cpus().is_empty(), "this process runs somewhere");
    }

    #[test]
    fn without_a_broker_and_a_binary_it_says_what_it_needs() {
        let nobody = format!("127.0.0.1:{}", free_ports().unwrap());
        assert!(!answers(&nobody));
        let options = Options {
            bootstrap: nobody.clone(),
            ringlog: Some("/nowhere/ringlog".into()),
            r#for: 1.0,
            report: PathBuf::new(),
        };
        let why = run(&options).unwrap_err().to_string();
        assert!(why.contains(&nobody) && why.contains("--ringlog"), "{why}");
    }
}
