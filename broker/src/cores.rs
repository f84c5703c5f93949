//! The cores: the runtime started with the shard's code on each.
//!
//! Owner: the first thread. Invariants: a failure of any core becomes one numbered error and stops the others;
//! the control core ends last, because data cores may need its answers; when the last core has ended the first
//! thread hears `Ended`, however it ended.

use crate::admin::Board;
use crate::boot::{Event, bind_failed};
#[cfg(not(feature = "glommio"))]
use crate::check;
use crate::check::ring_refused;
use crate::config::{Completion, Runtime, Settings};
use crate::error::Failure;
use crate::log::Log;
use crate::plan::{CorePlan, Plan};
use crate::rt::uring::{self, PhaseReport, RingCause, Running, StartError, StopHandle};
use crate::rt::{Stoppable, sys};
use ringlog_shard::config::{BrokerConfig, Listener, SecurityProtocol};
use ringlog_shard::control::{BootError, Control, ControlBoot, Ready};
use ringlog_shard::env::{CoreId, Env, FileOf, Lane, Mesh};
use ringlog_shard::limits::Limits;
use ringlog_shard::msg::ShardMsg;
use ringlog_shard::{Core, CoreBoot};
use ringlog_wire::ids::NodeId;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

/// What the cores are started with.
pub struct Spec<'a> {
    /// All settings.
    pub settings: &'a Settings,
    /// CPUs and memory.
    pub plan: &'a Plan,
    /// Data directories, locked.
    pub dirs: Vec<PathBuf>,
    /// Where each listener listens.
    pub addresses: Vec<SocketAddr>,
    /// Where log lines go.
    pub log: Log,
    /// Where reports go.
    pub board: Board,
    /// Where the first thread hears of them.
    pub events: Sender<Event>,
}

/// Running cores.
pub struct Cores {
    /// Where each listener listens, port 0 resolved.
    pub addresses: Vec<SocketAddr>,
    /// `node.id`.
    pub node_id: u32,
    running: Running,
    stop: StopHandle,
    shared: Arc<Shared>,
}

/// What the cores did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Turns of all loops of data cores.
    pub turns: u64,
    /// Those above 1 ms of thread CPU time.
    pub slow_turns: u64,
    /// What those were mostly busy with.
    pub slow_phases: Vec<PhaseReport>,
    /// The longest, microseconds of thread CPU time.
    pub slowest_turn_us: u64,
    /// Turns above 1 ms of the control core, which no client's record waits for.
    pub control_slow_turns: u64,
    /// Data directories that a core could not close cleanly.
    pub unclean: usize,
}

/// What every core's program is made from.
struct Shared {
    config: BrokerConfig,
    cluster_id: Option<String>,
    plan: Plan,
    commit_log_size: Option<u64>,
    /// There is an endpoint that shows what clients push.
    telemetry: bool,
    /// Data cores that have not ended.
    data_left: AtomicUsize,
    /// Data directories that did not close cleanly, over all cores.
    unclean: AtomicUsize,
    /// All cores that have not ended.
    left: AtomicUsize,
    events: Sender<Event>,
}

/// Starts the cores. READY and failures come as events.
pub fn start(spec: Spec<'_>) -> Result<Cores, Failure> {
    let config = broker_config(&spec)?;
    let mut runtime = uring::Spec::new(spec.plan.data.len(), spec.addresses, spec.dirs);
    let mut specs: Vec<uring::CoreSpec> = spec.plan.data.iter().map(core_spec).collect();
    // The control core shares a CPU on small machines, and never spins.
    let control_cpu = Some(usize::from(spec.plan.control_cpu));
    // It has no commit log: who waits for durable writes is all the same, and needs no probe.
    let completion = uring::Completion::Flusher;
    specs.push(uring::CoreSpec { cpu: control_cpu, listens: false, spin: Duration::ZERO, completion });
    runtime.cores = specs;
    let log = spec.log;
    runtime.log = Arc::new(move |core: CoreId, level, line: &str| log.core_line(level, core.0, line));
    let board = spec.board.clone();
    runtime.publish = Arc::new(move |core: CoreId, report| board.take(core.0, report));
    let shared = Arc::new(Shared {
        config,
        cluster_id: spec.settings.cluster_id.clone(),
        data_left: AtomicUsize::new(spec.plan.data.len()),
        unclean: AtomicUsize::new(0),
        left: AtomicUsize::new(spec.plan.data.len() + 1),
        plan: spec.plan.clone(),
        commit_log_size: spec.settings.commit_log_size,
        telemetry: spec.settings.admin.is_some(),
        events: spec.events,
    });
    let theirs = Arc::clone(&shared);
    let running = match spec.settings.runtime {
        Runtime::Uring => uring::run(runtime, move |env| run_core(env, Arc::clone(&theirs))),
        #[cfg(feature = "glommio")]
        Runtime::Glommio => crate::rt::glommio::run(runtime, move |env| run_core(env, Arc::clone(&theirs))),
        #[cfg(not(feature = "glommio"))]
        Runtime::Glommio => return Err(check::not_built_in()),
    };
    let running = running.map_err(start_failed)?;
    spec.board.set_live(running.live());
    let stop = running.stop_handle();
    Ok(Cores { addresses: running.addrs.clone(), node_id: spec.settings.node_id, running, stop, shared })
}

impl Cores {
    /// Asks all cores to stop. Once is enough, more does no harm.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// Waits for their end.
    pub fn join(self) -> Result<Report, Failure> {
        let cores =
            self.running.join().map_err(|e| Failure::new("P051", format!("a core's ring failed: {e}")))?;
        let mut report = Report { unclean: self.shared.unclean.load(Ordering::Acquire), ..Report::default() };
        let Some((control, data)) = cores.split_last() else { return Ok(report) };
        report.control_slow_turns = control.slow_turns;
        for core in data {
            report.turns += core.turns;
            report.slow_turns += core.slow_turns;
            report.slowest_turn_us = report.slowest_turn_us.max(core.slowest_turn_us);
            for phase in core.phases.iter().filter(|p| p.turns > 0) {
                match report.slow_phases.iter_mut().find(|p| p.name == phase.name) {
                    Some(sum) => {
                        sum.turns += phase.turns;
                        sum.slowest_us = sum.slowest_us.max(phase.slowest_us);
                    }
                    None => report.slow_phases.push(*phase),
                }
            }
        }
        Ok(report)
    }
}

fn core_spec(core: &CorePlan) -> uring::CoreSpec {
    let spin = Duration::from_micros(u64::from(core.spin_us));
    let completion = match core.completion {
        Completion::Auto => uring::Completion::Auto,
        Completion::Ring => uring::Completion::Ring,
        Completion::Flusher => uring::Completion::Flusher,
    };
    uring::CoreSpec { cpu: Some(usize::from(core.cpu)), listens: true, spin, completion }
}

fn broker_config(spec: &Spec<'_>) -> Result<BrokerConfig, Failure> {
    let settings = spec.settings;
    let listeners = settings.listeners.iter().zip(&spec.addresses).map(|(l, at)| Listener {
        name: l.name.clone(),
        protocol: SecurityProtocol::Plaintext,
        advertised_host: l.advertise.as_ref().map(|a| a.host.clone()),
        advertised_port: l.advertise.as_ref().map(|a| a.port),
        bound: (at.ip().to_string(), at.port()),
    });
    let mut statics = settings.kafka.clone();
    if let Some(rack) = &settings.rack {
        statics.insert("broker.rack".into(), rack.clone());
    }
    BrokerConfig::new(NodeId(settings.node_id), listeners.collect(), spec.dirs.clone(), &statics)
        .map_err(|e| Failure::new("P022", e.0))
}

/// Tells the first thread when the core's program is gone, finished or not.
struct Life {
    shared: Arc<Shared>,
    finished: bool,
}

impl Drop for Life {
    fn drop(&mut self) {
        // Nobody listens any more: the process is ending.
        let tell = |event| drop(self.shared.events.send(event));
        if !self.finished {
            tell(Event::Failed(Failure::new("P051", "a core stopped before it was asked to")));
        }
        if self.shared.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            tell(Event::Ended);
        }
    }
}

async fn run_core<E: Stoppable>(env: E, shared: Arc<Shared>) {
    let mut life = Life { shared: Arc::clone(&shared), finished: false };
    let core = env.mesh().core();
    if core.0 == env.mesh().data_cores() {
        run_control(env, &shared).await;
    } else {
        run_data(env, &shared).await;
    }
    life.finished = true;
}

async fn run_data<E: Stoppable>(env: E, shared: &Shared) {
    let boot = CoreBoot { config: shared.config.clone(), limits: limits(shared, env.mesh().core()) };
    let unclean = Core::run(env.clone(), boot).await;
    shared.unclean.fetch_add(unclean, Ordering::AcqRel);
    if shared.data_left.fetch_sub(1, Ordering::AcqRel) == 1 {
        let control = CoreId(env.mesh().data_cores());
        send(&env, control, ShardMsg::Stop).await;
    }
}

async fn run_control<E: Stoppable>(env: E, shared: &Arc<Shared>) {
    env.spawn(Lane::Consensus, stop_data_cores(env.clone()));
    let events = shared.events.clone();
    let boot = ControlBoot {
        config: shared.config.clone(),
        cluster_id: shared.cluster_id.clone(),
        on_ready: Box::new(move |ready| {
            // Nobody listens any more: the process is ending.
            let _ = events.send(readiness(ready));
        }),
    };
    if let Err(e) = Control::run(env.clone(), boot).await {
        let _ = shared.events.send(Event::Failed(boot_failed(&e)));
        // The data cores wait for their first records: they must hear of the end from here.
        tell_data_cores(&env).await;
    }
}

/// Serving some partitions is worth a start; serving none of those that exist is not (Kafka ends here, too).
fn readiness(ready: Ready) -> Event {
    if ready.partitions > 0 && ready.failed >= ready.partitions {
        let what = format!("none of the {} partitions could be opened", ready.partitions);
        return Event::Failed(
            Failure::new("P046", what).found("the reason of each directory in the log lines above"),
        );
    }
    Event::Ready { cluster: ready.cluster_id }
}

async fn stop_data_cores<E: Stoppable>(env: E) {
    env.stopped().await;
    tell_data_cores(&env).await;
}

async fn tell_data_cores<E: Env>(env: &E) {
    for core in 0..env.mesh().data_cores() {
        send(env, CoreId(core), ShardMsg::Stop).await;
    }
}

async fn send<E: Env>(env: &E, to: CoreId, msg: ShardMsg<FileOf<E>>) {
    let mut msg = msg;
    while let Err(full) = env.mesh().try_send(to, msg) {
        msg = full.0;
        env.mesh().room(to).await;
    }
}

/// The bounds of one data core within its memory.
fn limits(shared: &Shared, core: CoreId) -> Limits {
    let default = Limits::default();
    let plan = shared.plan.data.get(usize::from(core.0)).expect("a data core has its place in the plan");
    let memory = plan.memory;
    let half = usize::try_from(memory / 2).unwrap_or(usize::MAX);
    let quarter = half / 2;
    Limits {
        socket_request_max_bytes: positive(&shared.config, "socket.request.max.bytes")
            .unwrap_or(default.socket_request_max_bytes),
        connections_max_idle: positive(&shared.config, "connections.max.idle.ms")
            .map(|ms| Duration::from_millis(ms as u64)),
        max_connections: positive(&shared.config, "max.connections")
            .unwrap_or(default.max_connections)
            .min(default.max_connections),
        request_bytes_max: quarter.min(default.request_bytes_max),
        fetch_max_bytes: positive(&shared.config, "fetch.max.bytes").unwrap_or(default.fetch_max_bytes),
        decompressed_max: default.decompressed_max,
        // Every data directory has a store of its own on this core.
        tail_bytes_max: (half / shared.config.data_dirs.len().max(1)).min(default.tail_bytes_max),
        write_files_max: write_files_max(shared, default.write_files_max),
        erase_bytes: default.erase_bytes,
        commit_log_bytes_max: shared.commit_log_size.unwrap_or(default.commit_log_bytes_max),
        commit_window: Duration::from_micros(u64::from(plan.commit_window_us)),
        credits: default.credits,
        telemetry: shared.telemetry,
    }
}

/// Segment files that one store may keep open for writing, `most` at most: together half of the descriptors that the
/// process may have. Connections and readers have the other half.
fn write_files_max(shared: &Shared, most: usize) -> usize {
    let descriptors = sys::nofile().map_or(1024, |limit| limit.soft);
    let stores = shared.plan.data.len() * shared.config.data_dirs.len();
    (usize::try_from(descriptors).unwrap_or(usize::MAX) / 2 / stores.max(1)).clamp(1, most)
}

fn positive(config: &BrokerConfig, name: &str) -> Option<usize> {
    usize::try_from(config.int(name)).ok().filter(|n| *n > 0)
}

fn start_failed(e: StartError) -> Failure {
    match e {
        StartError::Bind { addr, source } => bind_failed(&addr, &source),
        StartError::Ring { core, cause } => ring_failed(core, &cause),
        StartError::Pin { cpu, source } => {
            Failure::new("P015", format!("no core can run on CPU {cpu}: {source}"))
        }
        StartError::DataDir { path, source } => {
            let code = if source.kind() == std::io::ErrorKind::PermissionDenied { "P040" } else { "P048" };
            Failure::new(code, format!("{}: {source}", path.display()))
        }
        StartError::Thread(e) => Failure::new("P050", format!("a thread could not be started: {e}")),
        StartError::Spec(why) => Failure::new("P050", why),
    }
}

fn ring_failed(core: u16, cause: &RingCause) -> Failure {
    let failure = ring_refused(cause);
    let what = format!("{}, for core {core}", failure.what);
    Failure { what, ..failure }
}

fn boot_failed(e: &BootError) -> Failure {
    let code = match e {
        BootError::Identity(..) => "P047",
        BootError::Locked(_) => "P041",
        BootError::Io(_, io) if io.kind() == std::io::ErrorKind::PermissionDenied => "P040",
        BootError::Io(..) => "P048",
        BootError::Log(_) | BootError::Quorum(_) | BootError::Record(_) => "P046",
        BootError::NoDirectory => "P050",
    };
    Failure::new(code, e.to_string())
}
