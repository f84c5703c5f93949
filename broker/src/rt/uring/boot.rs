//! Starting and stopping the cores.
//!
//! Owner: the program's first thread. Invariants: all listening sockets are bound before any core runs; no
//! core runs the program before every core has its ring (start barrier), and a failure of one is the error of
//! `run`; `join` returns only when every core has given its buffers back.

use super::bufring::BufRing;
use super::disk::UringDisk;
use super::files::{Dir, Files};
use super::fixed::FIXED_MAX;
use super::flusher::FlusherLink;
use super::listen::{ListenerInner, fd_bound};
use super::live::{CoreReport, Live, report};
use super::mesh::{MeshCore, mesh};
use super::net::UringNet;
use super::probe::{Completion, DiskReport, probe};
use super::reactor::Core;
use super::ring::Ring;
use super::ring_cause::RingCause;
use super::start_error::StartError;
use super::syncer::Syncer;
#[cfg(test)]
use super::wake::Counters;
use super::wake::Shared;
use super::worker::Worker;
use super::{UringEnv, UringFile};
use crate::rt::token;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::socket::{self, AddressFamily, Backlog, SockFlag, SockType, SockaddrStorage, sockopt};
use nix::unistd::Pid;
use ringlog_shard::env::{CoreId, Level};
use ringlog_shard::msg::ShardMsg;
use ringlog_shard::report::Report;
use ringlog_storage::disk::DiskFile;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Threads per data directory that read for cold fetches: two keep the device busy while one hands over.
const READERS: usize = 2;
/// Threads for computations that a core hands over.
const COMPUTERS: usize = 2;
/// Threads that replace small files and sync directories, per data directory.
const NAMERS: usize = 8;

/// Where log lines go: core, level, line. Called on the core: it must not block for long.
pub type LogFn = Arc<dyn Fn(CoreId, Level, &str) + Send + Sync>;

/// Takes a core's newest report on its groups; called on the core, must not wait.
pub type PublishFn = Arc<dyn Fn(CoreId, Report) + Send + Sync>;

/// One core's settings.
#[derive(Clone, Debug, Default)]
pub struct CoreSpec {
    /// The CPU it is pinned to; none = wherever the kernel likes.
    pub cpu: Option<usize>,
    /// Data cores listen; the control core does not.
    pub listens: bool,
    /// How long it spins before it sleeps; zero = never.
    pub spin: Duration,
    /// Who waits for its durable writes.
    pub completion: Completion,
}

/// The whole runtime's settings. The last core is the control core.
#[derive(Clone)]
pub struct Spec {
    /// Data cores, then the control core.
    pub cores: Vec<CoreSpec>,
    /// Addresses that every listening core serves; `Net::accept(i)` is the i-th.
    pub listeners: Vec<SocketAddr>,
    /// Data directories; they exist.
    pub data_dirs: Vec<PathBuf>,
    /// Messages between one pair of cores, a power of two.
    pub mesh_capacity: usize,
    /// Provided buffers per core, a power of two.
    pub recv_buffers: u16,
    /// Bytes of one provided buffer.
    pub recv_buffer_size: usize,
    /// A connection whose peer acknowledges nothing for so long is ended.
    pub send_timeout: Duration,
    /// Where log lines go.
    pub log: LogFn,
    /// Where reports go.
    pub publish: PublishFn,
}

impl Spec {
    /// Settings for `data_cores` data cores and a control core, none pinned.
    #[must_use]
    pub fn new(data_cores: usize, listeners: Vec<SocketAddr>, data_dirs: Vec<PathBuf>) -> Self {
        let spin = Duration::from_micros(20);
        let data = CoreSpec { listens: true, spin, ..CoreSpec::default() };
        let mut cores = vec![data; data_cores];
        cores.push(CoreSpec::default());
        Self {
            cores,
            listeners,
            data_dirs,
            mesh_capacity: 1024,
            recv_buffers: 256,
            recv_buffer_size: 16 << 10,
            send_timeout: Duration::from_secs(60),
            log: super::log_to_stderr(),
            publish: Arc::new(|_, _| {}),
        }
    }
}

/// Asks all cores to stop; usable from any thread.
#[derive(Clone)]
pub struct StopHandle(Arc<[Arc<Shared>]>);

impl StopHandle {
    /// Makes `UringEnv::stopped` return on every core.
    pub fn stop(&self) {
        for core in self.0.iter() {
            core.stop.store(true, Ordering::Release);
            core.signal();
        }
    }
}

/// Running cores.
pub struct Running {
    /// The bound addresses, in the order of `Spec::listeners` (port 0 is resolved).
    pub addrs: Vec<SocketAddr>,
    /// What was found of each data directory's device.
    pub disks: Vec<DiskReport>,
    shared: Arc<[Arc<Shared>]>,
    threads: Vec<JoinHandle<io::Result<()>>>,
    workers: Workers,
}

impl Running {
    /// A handle that stops the cores.
    #[must_use]
    pub fn stop_handle(&self) -> StopHandle {
        StopHandle(Arc::clone(&self.shared))
    }

    /// The counters of every core, live, for another thread.
    #[must_use]
    pub fn live(&self) -> Live {
        Live::of(&self.shared)
    }

    /// The counters of every core, live.
    #[cfg(test)]
    pub(in crate::rt) fn counters(&self) -> impl Iterator<Item = &Counters> {
        self.shared.iter().map(|s| &s.counters)
    }

    /// Waits until the program has ended on every core. Errors: a core's ring failed.
    ///
    /// # Panics
    /// If a core panicked (in release builds the process has aborted before).
    pub fn join(self) -> io::Result<Vec<CoreReport>> {
        let mut result = Ok(());
        for thread in self.threads {
            let end = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            result = result.and(end);
        }
        for (stop, threads) in self.workers {
            threads.iter().for_each(|_| stop());
            for thread in threads {
                // A panic in a job was reported by its thread; the job's caller got an error.
                let _ = thread.join();
            }
        }
        result?;
        Ok(self.shared.iter().map(|s| report(&s.counters)).collect())
    }
}

/// What runs the loop of one core.
pub(in crate::rt) trait Engine: 'static {
    /// Its files, which messages between cores carry.
    type File: DiskFile;
    /// One core's world.
    type Env: 'static;
    /// Durable writes complete as `CoreSpec::completion` says; otherwise in the one way that the engine has.
    const COMPLETIONS: bool;

    /// Builds the core on this thread, tells `ready`, waits for `gate` and runs the program to its end.
    fn run_core<F: Future<Output = ()> + 'static>(
        seed: Seed<Self::File>,
        ready: &Sender<Result<(), StartError>>,
        gate: &Receiver<()>,
        program: &dyn Fn(Self::Env) -> F,
    ) -> io::Result<()>;
}

/// The runtime of this folder.
struct OwnRing;

impl Engine for OwnRing {
    type File = UringFile;
    type Env = UringEnv;
    const COMPLETIONS: bool = true;

    fn run_core<F: Future<Output = ()> + 'static>(
        seed: Seed<UringFile>,
        ready: &Sender<Result<(), StartError>>,
        gate: &Receiver<()>,
        program: &dyn Fn(UringEnv) -> F,
    ) -> io::Result<()> {
        seed.run(ready, gate, program)
    }
}

/// Starts one thread per core and runs `program` on each.
///
/// The future of `program` is the core's life: when it is done, the core's other tasks are dropped.
/// Errors: see `StartError`; nothing runs then.
pub fn run<F, P>(spec: Spec, program: P) -> Result<Running, StartError>
where
    F: Future<Output = ()> + 'static,
    P: Fn(UringEnv) -> F + Send + Sync + 'static,
{
    run_on::<OwnRing, F, P>(spec, program)
}

/// `run` with the loop of `E`.
pub(in crate::rt) fn run_on<E: Engine, F, P>(mut spec: Spec, program: P) -> Result<Running, StartError>
where
    F: Future<Output = ()> + 'static,
    P: Fn(E::Env) -> F + Send + Sync + 'static,
{
    if spec.cores.len() < 2 || spec.data_dirs.is_empty() {
        return Err(StartError::Spec("a data core, the control core and a data directory are needed"));
    }
    if !E::COMPLETIONS {
        // Nothing is to be chosen by a probe.
        spec.cores.iter_mut().for_each(|core| core.completion = Completion::Flusher);
    }
    let (addrs, sockets) = bind_all(&spec)?;
    let (dirs, mut workers, disks) = start_workers(&spec)?;
    let (compute, threads) = Worker::start("compute", COMPUTERS).map_err(StartError::Thread)?;
    let computers = compute.clone();
    workers.push((Box::new(move || computers.stop()), threads));
    if E::COMPLETIONS {
        tell_completion(&spec, &disks);
    }
    let shared = spec.cores.iter().map(|_| Shared::new().map(Arc::new)).collect::<io::Result<Vec<_>>>();
    let shared: Arc<[Arc<Shared>]> = shared.map_err(StartError::Thread)?.into();
    let mut running = Running { addrs, disks, shared: Arc::clone(&shared), threads: Vec::new(), workers };
    let (ready, reports) = channel();
    let mut gates = Vec::new();
    let program = Arc::new(program);
    let meshes = mesh::<ShardMsg<E::File>>(&shared, spec.mesh_capacity);
    for (((index, core), links), listeners) in spec.cores.iter().enumerate().zip(meshes).zip(sockets) {
        let (gate, wait) = channel::<()>();
        let seed = Seed {
            index: u16::try_from(index).expect("fewer than 2^16 cores"),
            core: core.clone(),
            spec: spec.clone(),
            shared: shared.get(index).map(Arc::clone).expect("one per core"),
            stop: running.stop_handle(),
            links,
            listeners,
            dirs: dirs_of(core, &dirs, &running.disks),
            compute: compute.clone(),
        };
        let (ready, program) = (ready.clone(), Arc::clone(&program));
        let body = move || E::run_core(seed, &ready, &wait, &*program);
        let name = format!("core-{index}");
        let thread = std::thread::Builder::new().name(name).spawn(body).map_err(StartError::Thread)?;
        running.threads.push(thread);
        gates.push(gate);
    }
    drop(ready);
    for _ in 0..running.threads.len() {
        match reports.recv() {
            Ok(Ok(())) => {}
            // Dropping the gates ends the cores that wait for the start.
            Ok(Err(e)) => return Err(e),
            Err(_) => return Err(StartError::Spec("a core ended before it started")),
        }
    }
    for gate in gates {
        // A core that is gone is reported by `join`.
        let _ = gate.send(());
    }
    Ok(running)
}

/// Says who waits for durable writes: as the probe of each directory chose, or as a core was told to.
fn tell_completion(spec: &Spec, disks: &[DiskReport]) {
    let data = || (0u16..).zip(&spec.cores).filter(|(_, core)| core.listens);
    if data().any(|(_, core)| core.completion == Completion::Auto) {
        disks.iter().for_each(|disk| (spec.log)(CoreId(0), Level::Info, &disk.to_string()));
    }
    for (index, core) in data() {
        let way = match core.completion {
            Completion::Auto => continue,
            Completion::Ring => "ring",
            Completion::Flusher => "flusher thread",
        };
        (spec.log)(CoreId(index), Level::Info, &format!("durable writes by {way}, as configured"));
    }
}

/// How one thread of a kind is told to end, and the threads.
type Workers = Vec<(Box<dyn Fn() + Send>, Vec<JoinHandle<()>>)>;

/// Starts the threads of the data directories and looks at their devices.
fn start_workers(spec: &Spec) -> Result<(Vec<Dir>, Workers, Vec<DiskReport>), StartError> {
    let (mut dirs, mut reports) = (Vec::new(), Vec::new());
    let mut workers: Workers = Vec::new();
    for (i, path) in spec.data_dirs.iter().enumerate() {
        let fail = |source| StartError::DataDir { path: path.clone(), source };
        let name = |of: &str| format!("{of}-{i}");
        let mut worker = |of: &str, threads| {
            let (worker, threads) = Worker::start(&name(of), threads).map_err(StartError::Thread)?;
            let its = worker.clone();
            workers.push((Box::new(move || its.stop()), threads));
            Ok(worker)
        };
        let (meta, read) = (worker("meta", 1)?, worker("read", READERS)?);
        let mut syncer = |of: &str, threads| {
            let (syncer, threads) = Syncer::start(&name(of), threads).map_err(StartError::Thread)?;
            let its = syncer.clone();
            workers.push((Box::new(move || its.stop()), threads));
            Ok(syncer)
        };
        let (sync, names) = (syncer("sync", 1)?, syncer("names", NAMERS)?);
        let sink = Arc::new(std::fs::File::create("/dev/null").map_err(StartError::Thread)?);
        let dir = Dir { path: path.clone(), meta, sync, names, read, sink, durable_by_ring: false };
        let auto = spec.cores.iter().any(|c| c.completion == Completion::Auto);
        let cpu = spec.cores.first().and_then(|c| c.cpu);
        reports.push(match probe(&dir, auto, cpu) {
            // Offline from the start, if it is not the one that has the metadata log.
            Err(_) if i > 0 => DiskReport::unknown(path),
            report => report.map_err(fail)?,
        });
        dirs.push(dir);
    }
    Ok((dirs, workers, reports))
}

type Sockets = Vec<Vec<TcpListener>>;

/// The data directories as `core` writes to them.
fn dirs_of(core: &CoreSpec, dirs: &[Dir], disks: &[DiskReport]) -> Vec<Dir> {
    let by_ring = |report: &DiskReport| match core.completion {
        Completion::Auto => report.by_ring,
        Completion::Ring => true,
        Completion::Flusher => false,
    };
    dirs.iter().zip(disks).map(|(dir, r)| Dir { durable_by_ring: by_ring(r), ..dir.clone() }).collect()
}

/// Binds every address once per listening core; result: the addresses, and the sockets of each core.
fn bind_all(spec: &Spec) -> Result<(Vec<SocketAddr>, Sockets), StartError> {
    let mut addrs = Vec::new();
    let mut sockets: Sockets = spec.cores.iter().map(|_| Vec::new()).collect();
    for addr in &spec.listeners {
        let fail = |source| StartError::Bind { addr: *addr, source };
        // SO_REUSEPORT would let a second process of the same user share our port: ask without it first.
        drop(bind(*addr, false, spec.send_timeout).map_err(fail)?);
        let mut actual = *addr;
        for (core, list) in spec.cores.iter().zip(&mut sockets) {
            if core.listens {
                let socket = bind(actual, true, spec.send_timeout).map_err(fail)?;
                actual = socket.local_addr().map_err(fail)?;
                list.push(socket);
            }
        }
        addrs.push(actual);
    }
    Ok((addrs, sockets))
}

fn bind(addr: SocketAddr, share: bool, send_timeout: Duration) -> io::Result<TcpListener> {
    let family = if addr.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let fd = socket::socket(family, SockType::Stream, flags, None)?;
    socket::setsockopt(&fd, sockopt::ReuseAddr, &true)?;
    socket::setsockopt(&fd, sockopt::ReusePort, &share)?;
    // Accepted sockets inherit these.
    socket::setsockopt(&fd, sockopt::TcpNoDelay, &true)?;
    socket::setsockopt(&fd, sockopt::KeepAlive, &true)?;
    let timeout_ms = u32::try_from(send_timeout.as_millis()).unwrap_or(u32::MAX);
    socket::setsockopt(&fd, sockopt::TcpUserTimeout, &timeout_ms)?;
    socket::bind(fd.as_raw_fd(), &SockaddrStorage::from(addr))?;
    // The kernel cuts it to net.core.somaxconn.
    socket::listen(&fd, Backlog::MAXALLOWABLE)?;
    Ok(TcpListener::from(fd))
}

/// What a core's thread needs to build its core.
pub(in crate::rt) struct Seed<F> {
    pub(in crate::rt) index: u16,
    pub(in crate::rt) core: CoreSpec,
    pub(in crate::rt) spec: Spec,
    pub(in crate::rt) shared: Arc<Shared>,
    stop: StopHandle,
    pub(in crate::rt) links: MeshCore<ShardMsg<F>>,
    pub(in crate::rt) listeners: Vec<TcpListener>,
    pub(in crate::rt) dirs: Vec<Dir>,
    pub(in crate::rt) compute: Worker,
}

impl Seed<UringFile> {
    fn run<F: Future<Output = ()> + 'static>(
        self,
        ready: &Sender<Result<(), StartError>>,
        gate: &Receiver<()>,
        program: &dyn Fn(UringEnv) -> F,
    ) -> io::Result<()> {
        let stop = self.stop.clone();
        let (env, core) = match self.build() {
            Ok(built) => built,
            Err(e) => {
                // The receiver is `run`, which waits for every core.
                let _ = ready.send(Err(e));
                return Ok(());
            }
        };
        let told = ready.send(Ok(()));
        if told.is_err() || gate.recv().is_err() {
            return Ok(());
        }
        let result = core.run(program(env));
        if result.is_err() {
            // The kernel may still write to the core's buffers: they are never freed. The others stop.
            std::mem::forget(core);
            stop.stop();
        }
        result
    }

    fn build(self) -> Result<(UringEnv, Rc<Core>), StartError> {
        let index = self.index;
        let flusher_cpus = pin(self.core.cpu)?;
        let no_ring = |e| StartError::Ring { core: index, cause: RingCause::explain(e) };
        token::enter_core(self.shared.token);
        let ring = Ring::new().map_err(no_ring)?;
        self.shared.ring_fd.store(ring.fd(), Ordering::Release);
        if self.core.listens {
            // Where even that is refused, sockets go by their descriptors.
            let _ = ring.register_table(fixed_files());
        }
        // The control core has no connections, but one code path for all is worth a few pages.
        let count = if self.core.listens { self.spec.recv_buffers } else { 8 };
        let bufs = BufRing::new(count, self.spec.recv_buffer_size);
        bufs.register(&ring).and_then(|()| ring.prove()).map_err(no_ring)?;
        // The control core has no commit log.
        let listens = self.core.listens;
        let by_thread = listens && !self.dirs.iter().all(|d| d.durable_by_ring);
        let thread = |what: &str| {
            FlusherLink::start(&format!("{what}-{index}"), Arc::clone(&self.shared), flusher_cpus)
                .map_err(StartError::Thread)
        };
        let flusher = by_thread.then(|| thread("flush")).transpose()?;
        let past_log = listens.then(|| thread("past")).transpose()?;
        let spin_ns = u64::try_from(self.core.spin.as_nanos()).unwrap_or(u64::MAX);
        let core = Core::new(self.shared, ring, bufs, self.links, (flusher, past_log), spin_ns);
        let bound = fd_bound();
        let listeners = self.listeners.into_iter().map(|l| ListenerInner::new(l, bound)).collect();
        let net = UringNet { core: Rc::clone(&core), listeners };
        let disk = UringDisk { core: Rc::clone(&core), files: Files::new(self.dirs) };
        let told = (self.spec.log, self.spec.publish);
        Ok((UringEnv::new(disk, net, self.compute, told), core))
    }
}

/// Slots for registered sockets: the kernel allows no more than files may be open.
fn fixed_files() -> u32 {
    let open = getrlimit(Resource::RLIMIT_NOFILE).map_or(u64::from(FIXED_MAX), |(soft, _)| soft);
    u32::try_from(open).map_or(FIXED_MAX, |open| open.min(FIXED_MAX))
}

/// Pins the calling thread; result: the other allowed CPUs, for the flusher.
pub(in crate::rt) fn pin(cpu: Option<usize>) -> Result<Option<CpuSet>, StartError> {
    let Some(cpu) = cpu else { return Ok(None) };
    let fail = |e: nix::errno::Errno| StartError::Pin { cpu, source: e.into() };
    let me = Pid::from_raw(0);
    let mut others = sched_getaffinity(me).map_err(fail)?;
    let mut only = CpuSet::new();
    only.set(cpu).map_err(fail)?;
    sched_setaffinity(me, &only).map_err(fail)?;
    others.unset(cpu).map_err(fail)?;
    let any = (0..CpuSet::count()).any(|c| others.is_set(c).unwrap_or(false));
    Ok(any.then_some(others))
}
