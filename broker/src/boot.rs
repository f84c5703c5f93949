//! The life of the broker process: checks, locks, start lines, READY, the wait for a signal, the drain, STOPPED.
//!
//! Owner: the first thread. Invariants: at most eight start lines, then READY as the last line of the start; the
//! locks of the data directories are held until every core has ended; a second signal ends the process at once.

use crate::admin::{self, Board, Phase};
use crate::check;
use crate::cli::LogFormat;
use crate::config::{HostPort, Runtime, Settings, parse};
use crate::cores::{self, Cores};
use crate::dirs::{self, DataDir};
use crate::error::{Exit, Failure};
use crate::log::Log;
use crate::machine::{Machine, file_system};
use crate::plan::{Plan, plan};
use crate::rt::{signals, sys};
use crate::supervisor;
use ringlog_shard::env::Level;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// How long the sockets of a killed process are waited for, and how often they are tried.
const PORT_WAIT_MAX: Duration = Duration::from_secs(3);
const PORT_RETRY: Duration = Duration::from_millis(5);

/// How the process was started.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// `ringlog dev`.
    pub dev: bool,
    /// Wipe the data first.
    pub fresh: bool,
}

/// What the first thread waits for.
#[derive(Debug)]
pub enum Event {
    /// The cores serve.
    Ready {
        /// The cluster's id.
        cluster: String,
    },
    /// The boot or a core failed: stop.
    Failed(Failure),
    /// SIGTERM or SIGINT.
    Signal(&'static str),
    /// Every core has ended.
    Ended,
}

/// Runs the broker until it is stopped.
pub fn run(settings: &Settings, start: Start) -> Result<ExitCode, Failure> {
    let began = Instant::now();
    sys::keep_private();
    let (events, inbox) = channel();
    watch_signals(events.clone())?;
    let (log, log_thread) = Log::start(settings.log_format, settings.log_debug).map_err(thread_failed)?;
    // A failure here is reported when CPUs or descriptors run out, with the number for that.
    let nofile = sys::raise_nofile().unwrap_or(0);
    let machine = Machine::read();
    let plan = plan(settings, &machine, start.dev)?;
    if let Some(set) = &settings.cpuset {
        // Helper threads inherit it: a flusher outside the chosen CPUs would take time from whoever owns those.
        // If it is refused, pinning the cores reports it, with the number for that.
        let used: Vec<u16> = set.iter().copied().chain(plan.cpus()).collect();
        let _ = sys::confine(&used);
    }
    let items = check::items(settings, &machine);
    if let Some(failure) = items.iter().find_map(check::Item::failure) {
        return Err(failure);
    }
    let dirs = open_dirs(settings, start.fresh, &log)?;
    let addresses = listen_addresses(settings)?;
    wait_for_ports(settings, &addresses, &log)?;
    let board = Board::default();
    let admin = settings.admin.as_ref().map(|at| serve_admin(at, &board)).transpose()?;
    let out = Out { format: settings.log_format };
    let about = About {
        settings,
        start,
        machine: &machine,
        plan: &plan,
        dirs: &dirs,
        admin,
        nofile,
        warnings: &items,
    };
    out.start_lines(&about);
    let spec = cores::Spec {
        settings,
        plan: &plan,
        dirs: dirs.iter().map(|d| d.path.clone()).collect(),
        addresses,
        log: log.clone(),
        board: board.clone(),
        events,
    };
    let cores = cores::start(spec)?;
    let ready = |cluster: &str| {
        out.ready(began.elapsed(), cluster, settings.node_id, &cores.addresses, admin);
    };
    let result = serve(&cores, &inbox, &board, &log, ready);
    let result = finish(result, cores, &out);
    drop(dirs);
    drop(log_thread);
    result
}

/// Waits for READY, then for the end. Returns when the cores are stopping or have ended.
fn serve(
    cores: &Cores,
    inbox: &Receiver<Event>,
    board: &Board,
    log: &Log,
    ready: impl Fn(&str),
) -> Result<Instant, Failure> {
    let begin_stop = || {
        board.enter(Phase::Stopping);
        supervisor::stopping(log);
        cores.stop();
    };
    let mut stopping: Option<Instant> = None;
    let mut failure = None;
    for event in inbox {
        match event {
            Event::Ready { cluster } if stopping.is_none() => {
                // Whoever reads the line may ask at once.
                board.enter(Phase::Ready { cluster: cluster.clone(), node: cores.node_id });
                ready(&cluster);
                supervisor::ready(log, &cluster);
            }
            Event::Ready { .. } => {}
            Event::Failed(f) => {
                failure.get_or_insert(f);
                begin_stop();
                stopping.get_or_insert_with(Instant::now);
            }
            Event::Signal(name) => {
                log.line(Level::Info, "boot", &format!("{name}: stopping"));
                begin_stop();
                stopping.get_or_insert_with(Instant::now);
            }
            Event::Ended => break,
        }
    }
    match (failure, stopping) {
        (Some(failure), _) => Err(failure),
        (None, Some(since)) => Ok(since),
        (None, None) => Err(Failure::new("P051", "all cores ended without being asked to")),
    }
}

fn finish(result: Result<Instant, Failure>, cores: Cores, out: &Out) -> Result<ExitCode, Failure> {
    let report = cores.join();
    let since = result?;
    let report = report?;
    out.stopped(since.elapsed(), &report);
    // A supervisor sees statuses, not lines.
    Ok(if report.unclean == 0 { ExitCode::SUCCESS } else { ExitCode::from(Exit::Unavailable.status()) })
}

/// The first signal stops, the second one ends the process.
fn watch_signals(events: Sender<Event>) -> Result<(), Failure> {
    let mut seen = false;
    let on_signal = move |name: &'static str| {
        if seen {
            let _ = writeln!(io::stderr(), "second {name}: ended at once, without a clean stop");
            std::process::exit(i32::from(Exit::Unavailable.status()));
        }
        seen = true;
        // Without a receiver the process is ending anyway, and the next signal ends it at once.
        let _ = events.send(Event::Signal(name));
        true
    };
    signals::watch(on_signal).map_err(thread_failed)
}

fn thread_failed(e: io::Error) -> Failure {
    Failure::new("P050", format!("a thread could not be started: {e}"))
}

fn open_dirs(settings: &Settings, fresh: bool, log: &Log) -> Result<Vec<DataDir>, Failure> {
    let wait = Duration::from_millis(u64::from(settings.lock_wait_ms));
    let open = |path: &Path| dirs::open(path, fresh, wait, |line| log.line(Level::Info, "boot", line));
    let failed = |failure: &Failure| {
        let line = format!("error[R050]: a data directory is offline, the others go on: {}", failure.what);
        log.line(Level::Error, "boot", &line);
    };
    dirs::open_all(&settings.data_dirs, open, failed)
}

/// The addresses of all listeners, in their order.
fn listen_addresses(settings: &Settings) -> Result<Vec<SocketAddr>, Failure> {
    settings.listeners.iter().filter_map(|l| l.bind.as_ref()).map(resolve).collect()
}

/// Waits until every address can be listened on: the sockets of a killed process close a moment after it is gone,
/// because the kernel takes its rings down in the background.
fn wait_for_ports(settings: &Settings, addresses: &[SocketAddr], log: &Log) -> Result<(), Failure> {
    let until = Instant::now() + PORT_WAIT_MAX.min(Duration::from_millis(u64::from(settings.lock_wait_ms)));
    for address in addresses {
        let mut told = false;
        while let Err(e) = TcpListener::bind(address) {
            if e.kind() != io::ErrorKind::AddrInUse || Instant::now() >= until {
                return Err(bind_failed(address, &e));
            }
            if !told {
                log.line(Level::Info, "boot", &format!("waiting for {address}, which is in use"));
                told = true;
            }
            std::thread::sleep(PORT_RETRY);
        }
    }
    Ok(())
}

fn resolve(at: &HostPort) -> Result<SocketAddr, Failure> {
    let cannot = |why: &str| Failure::new("P032", format!("cannot listen on {at}: {why}"));
    let mut found = (at.host.as_str(), at.port).to_socket_addrs().map_err(|e| cannot(&e.to_string()))?;
    found.next().ok_or_else(|| cannot("the name has no address"))
}

/// The numbered error for a failed bind.
pub fn bind_failed(at: &SocketAddr, e: &io::Error) -> Failure {
    let port = at.port();
    match e.kind() {
        io::ErrorKind::AddrInUse => Failure::new("P030", format!("{at} is in use by another process"))
            .fix(format!("ss -ltnp 'sport = :{port}'       # who it is"))
            .fix("ringlog dev --kafka HOST:PORT --admin HOST:PORT"),
        io::ErrorKind::PermissionDenied => Failure::new("P033", format!("no permission to listen on {at}")),
        _ => Failure::new("P032", format!("cannot listen on {at}: {e}")),
    }
}

fn serve_admin(at: &HostPort, board: &Board) -> Result<SocketAddr, Failure> {
    let address = resolve(at)?;
    let listener = TcpListener::bind(address).map_err(|e| bind_failed(&address, &e))?;
    let bound = listener.local_addr().map_err(|e| bind_failed(&address, &e))?;
    admin::serve(&listener, board.clone()).map_err(thread_failed)?;
    Ok(bound)
}

/// What the start lines speak of.
struct About<'a> {
    settings: &'a Settings,
    start: Start,
    machine: &'a Machine,
    plan: &'a Plan,
    dirs: &'a [DataDir],
    admin: Option<SocketAddr>,
    nofile: u64,
    warnings: &'a [check::Item],
}

/// Standard output. A reader that went away is no reason to stop.
struct Out {
    format: LogFormat,
}

impl Out {
    fn line(&self, text: &str) {
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }

    fn start_lines(&self, about: &About<'_>) {
        if self.format == LogFormat::Json {
            self.line(&start_json(about).to_string());
            return;
        }
        for line in start_text(about) {
            self.line(&line);
        }
    }

    fn ready(
        &self,
        took: Duration,
        cluster: &str,
        node: u32,
        kafka: &[SocketAddr],
        admin: Option<SocketAddr>,
    ) {
        let seconds = took.as_secs_f64();
        if self.format == LogFormat::Json {
            let kafka: Vec<String> = kafka.iter().map(ToString::to_string).collect();
            let line = serde_json::json!({
                "event": "ready", "seconds": seconds, "cluster": cluster, "node": node, "kafka": kafka,
                "admin": admin.map(|a| a.to_string()),
            });
            self.line(&line.to_string());
        } else {
            self.line(&format!("READY in {seconds:.2}s  cluster {cluster}  node {node}"));
        }
    }

    fn stopped(&self, took: Duration, report: &cores::Report) {
        let seconds = took.as_secs_f64();
        if self.format == LogFormat::Json {
            let line = serde_json::json!({
                "event": "stopped", "clean": report.unclean == 0, "seconds": seconds, "slow_turns": report.slow_turns,
                "turns": report.turns, "slowest_turn_us": report.slowest_turn_us,
                "control_slow_turns": report.control_slow_turns,
                "slow_phases": report.slow_phases.iter().map(|p| serde_json::json!({
                    "name": p.name, "turns": p.turns, "slowest_us": p.slowest_us,
                })).collect::<Vec<_>>(),
            });
            self.line(&line.to_string());
        } else {
            let (slow, turns, worst) = (report.slow_turns, report.turns, report.slowest_turn_us);
            let phases = report.slow_phases.iter();
            let phases: String =
                phases.map(|p| format!("; {} in {}, up to {} µs", p.turns, p.name, p.slowest_us)).collect();
            let how = if report.unclean == 0 {
                "STOPPED clean, 0 records lost"
            } else {
                "STOPPED, not clean (see R054): the next start recovers from the commit log"
            };
            let control = match report.control_slow_turns {
                0 => String::new(),
                n => format!("; {n} of the control core"),
            };
            self.line(&format!(
                "{how}, {seconds:.1}s   turns above 1 ms: {slow} of {turns} (slowest {worst} µs{phases}){control}"
            ));
        }
    }
}

/// At most eight lines.
fn start_text(about: &About<'_>) -> Vec<String> {
    let About { settings, start, machine, plan, dirs, .. } = about;
    let mode = if start.dev { "dev mode · " } else { "" };
    let keep = match (start.dev, start.fresh) {
        (true, false) => " (kept; --fresh to wipe)",
        (_, true) => " (wiped: --fresh)",
        _ => "",
    };
    let paths: Vec<String> = dirs.iter().map(|d| d.path.display().to_string()).collect();
    let cpus: Vec<u16> = plan.data.iter().map(|c| c.cpu).collect();
    let control = if plan.control_alone { "alone" } else { "shared" };
    let mut lines = vec![
        format!("ringlog {} · {mode}data {}{keep}", env!("CARGO_PKG_VERSION"), paths.join(", ")),
        format!(
            "  cores    {} data on CPU {}, control on CPU {} ({control})   kernel {}   io_uring ok{}   files {}",
            plan.data.len(),
            parse::show_cpu_list(&cpus),
            plan.control_cpu,
            machine.kernel,
            if settings.runtime == Runtime::Uring { "" } else { " (by glommio)" },
            about.nofile,
        ),
        format!("  memory   {} of {}", parse::show_size(plan.memory), parse::show_size(machine.memory)),
        disk_line(dirs),
    ];
    lines.extend(listener_lines(settings));
    if let Some(admin) = about.admin {
        lines.push(format!("  admin    http://{admin}/v1/status/ready"));
    }
    let warned: Vec<&str> =
        about.warnings.iter().filter(|i| i.state == check::State::Warn).map(|i| i.name.as_str()).collect();
    if !warned.is_empty() {
        lines.push(format!("  warn     {}   -> ringlog check", warned.join(", ")));
    }
    lines
}

fn disk_line(dirs: &[DataDir]) -> String {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let mut kinds: Vec<String> = dirs
        .iter()
        .filter_map(|d| file_system(&d.path, &mounts))
        .map(|(kind, device)| format!("{kind} on {}", device.trim_start_matches("/dev/")))
        .collect();
    kinds.dedup();
    format!("  disk     {}, O_DIRECT ok, fsync ON", kinds.join(", "))
}

/// Two lines at most, however many listeners there are.
fn listener_lines(settings: &Settings) -> Vec<String> {
    let one = |l: &crate::config::Listener| {
        let bind = l.bind.as_ref().map_or_else(String::new, ToString::to_string);
        format!("{bind}   clients will be told: {}", check::told(l))
    };
    match settings.listeners.as_slice() {
        [] => Vec::new(),
        [listener] => vec![format!("  kafka    {}", one(listener))],
        [a, b] => vec![format!("  kafka    {}", one(a)), format!("           {}", one(b))],
        [first, rest @ ..] => {
            let more = format!("           and {} more listeners   -> ringlog check", rest.len());
            vec![format!("  kafka    {}", one(first)), more]
        }
    }
}

fn start_json(about: &About<'_>) -> serde_json::Value {
    let listeners: Vec<_> = about
        .settings
        .listeners
        .iter()
        .map(|l| {
            serde_json::json!({
                "name": l.name, "bind": l.bind.as_ref().map(ToString::to_string), "told": check::told(l),
            })
        })
        .collect();
    serde_json::json!({
        "event": "start", "version": env!("CARGO_PKG_VERSION"), "commit": env!("RINGLOG_COMMIT"),
        "dev": about.start.dev, "fresh": about.start.fresh,
        "data": about.dirs.iter().map(|d| d.path.display().to_string()).collect::<Vec<_>>(),
        "cpus": about.plan.data.iter().map(|c| c.cpu).collect::<Vec<_>>(),
        "control_cpu": about.plan.control_cpu, "memory": about.plan.memory, "kernel": about.machine.kernel,
        "nofile": about.nofile, "runtime": about.settings.runtime.name(), "listeners": listeners, "admin": about.admin.map(|a| a.to_string()),
    })
}
