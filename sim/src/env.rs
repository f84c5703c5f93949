//! `SimEnv`, and the nodes that run on one `Sim`.
//!
//! The model of time: one monotonic clock for all cores, and a wall clock that may be off and may jump (`skew_wall`).
//!
//! Owner: a test. Invariants: a node's disk outlives its restarts; every start of a node is a new process with
//! a new mesh and network; `kill` drops its tasks as SIGKILL would, `cut_power` also forgets un-synced bytes.

use crate::disk::{MemDisk, MemFile};
use crate::exec::Exec;
use crate::mesh::{Fabric, MeshModel, SimMesh};
use crate::net::{Network, SimNet};
use crate::rng::Rng;
use ringlog_shard::calls::yield_now;
use ringlog_shard::env::{Clock, CoreId, Env, Instant, Lane, Level};
use ringlog_shard::group::report::GroupsReport;
use ringlog_shard::report::{CoreReport, Report, TopicsReport};
use ringlog_shard::telemetry::ClientReport;
use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::rc::Rc;

/// The wall clock's reading at virtual time zero: 2026-01-01T00:00:00Z, milliseconds.
const WALL_START_MS: i64 = 1_767_225_600_000;

/// One simulated world.
#[derive(Clone)]
pub struct Sim {
    exec: Exec,
    rng: Rng,
    next_node: Rc<std::cell::Cell<u64>>,
    /// What the wall clock shows beyond the truth, ms.
    wall_skew: Rc<std::cell::Cell<i64>>,
}

impl Sim {
    /// A world that depends on `seed` only.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let rng = Rng::new(seed);
        Self {
            exec: Exec::new(seed, rng.clone()),
            rng,
            next_node: Rc::new(std::cell::Cell::new(1)),
            wall_skew: Rc::default(),
        }
    }

    /// The world's randomness.
    #[must_use]
    pub fn rng(&self) -> &Rng {
        &self.rng
    }

    /// The executor.
    #[must_use]
    pub fn exec(&self) -> &Exec {
        &self.exec
    }

    /// Runs `main` and everything spawned until `main` is done.
    pub fn run<T>(&self, main: impl Future<Output = T>) -> T {
        self.exec.block_on(main)
    }

    /// Suspends for `ms` virtual milliseconds.
    pub async fn sleep_ms(&self, ms: u64) {
        self.exec.sleep_until(self.exec.now() + ms * 1_000_000).await;
    }

    /// Lets the wall clock jump to `ms` beyond the truth.
    pub fn skew_wall(&self, ms: i64) {
        self.wall_skew.set(ms);
    }

    /// What the wall clock shows, ms since 1970.
    #[must_use]
    pub fn wall_ms(&self) -> i64 {
        SimClock::of(self).wall_ms()
    }

    /// A new empty disk.
    #[must_use]
    pub fn disk(&self) -> MemDisk {
        MemDisk::on(self.exec.clone())
    }

    /// A broker process with `data_cores` data cores and one control core on `disk`. Nothing runs yet.
    #[must_use]
    pub fn node(&self, disk: &MemDisk, data_cores: u16, listeners: usize) -> Node {
        let id = self.next_node.get();
        self.next_node.set(id + 1);
        let fabric = Fabric::new(self.exec.clone(), usize::from(data_cores) + 1);
        let network = Network::new(self.exec.clone(), Some(disk.clone()), usize::from(data_cores), listeners);
        let log = Rc::default();
        let envs = (0..=data_cores)
            .map(|core| SimEnv {
                exec: self.exec.clone(),
                node: id,
                disk: disk.clone(),
                net: network.of(usize::from(core)),
                mesh: SimMesh::new(fabric.clone(), CoreId(core), data_cores),
                clock: SimClock::of(self),
                log: Rc::clone(&log),
                shown: Rc::default(),
            })
            .collect();
        Node { exec: self.exec.clone(), id, disk: disk.clone(), network, fabric, envs, log }
    }
}

/// One process.
pub struct Node {
    exec: Exec,
    id: u64,
    disk: MemDisk,
    network: Network,
    fabric: Fabric,
    envs: Vec<SimEnv>,
    log: Rc<RefCell<Vec<(Level, String)>>>,
}

impl Node {
    /// The `Env` of each core; the last is the control core's.
    #[must_use]
    pub fn envs(&self) -> &[SimEnv] {
        &self.envs
    }

    /// Where clients connect.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What the process logged so far.
    #[must_use]
    pub fn log(&self) -> Vec<(Level, String)> {
        self.log.borrow().clone()
    }

    /// Sets how the queues between cores behave from now on.
    pub fn set_mesh(&self, model: MeshModel) {
        self.fabric.set_model(model);
    }

    /// SIGSTOP, and SIGCONT at virtual time `until`.
    pub fn pause(&self, until: u64) {
        self.exec.pause(self.id, until);
    }

    /// SIGKILL: all tasks end where they are; what was written stays, what was being written may land late.
    pub fn kill(self) {
        self.exec.kill(self.id);
        self.network.go_down(false);
    }

    /// SIGKILL and loss of power at the same moment.
    pub fn cut_power(self, rng: &Rng) {
        self.exec.kill(self.id);
        self.disk.lose_power(rng);
        self.network.go_down(true);
    }
}

/// One core's world in memory.
#[derive(Clone)]
pub struct SimEnv {
    exec: Exec,
    node: u64,
    disk: MemDisk,
    net: SimNet,
    mesh: SimMesh,
    clock: SimClock,
    log: Rc<RefCell<Vec<(Level, String)>>>,
    shown: Rc<RefCell<Shown>>,
}

/// What a core showed last. Of what clients pushed everything is kept: tests are short.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Its groups.
    pub groups: GroupsReport,
    /// Itself.
    pub core: CoreReport,
    /// Its topics.
    pub topics: TopicsReport,
    /// What its clients pushed, the oldest first.
    pub clients: Vec<ClientReport>,
}

impl SimEnv {
    /// How often this core has read the clock for a stamp: in the broker each costs a call of the system's clock.
    #[must_use]
    pub fn stamps(&self) -> u64 {
        self.clock.stamps.get()
    }

    /// What this core showed.
    #[must_use]
    pub fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }
}

impl Env for SimEnv {
    type Disk = MemDisk;
    type Net = SimNet;
    type Mesh = SimMesh;
    type Clock = SimClock;

    fn disk(&self) -> &MemDisk {
        &self.disk
    }

    fn net(&self) -> &SimNet {
        &self.net
    }

    fn mesh(&self) -> &SimMesh {
        &self.mesh
    }

    fn clock(&self) -> &SimClock {
        &self.clock
    }

    fn spawn(&self, lane: Lane, task: impl Future<Output = ()> + 'static) {
        // Any ready task may run next: a run that needs the lanes for correctness fails here.
        self.exec.spawn_in(self.node, lane as u8, task);
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
        // Others run before it and behind it, as beside a thread.
        yield_now().await;
        let result = work();
        yield_now().await;
        Ok(result)
    }

    fn random(&self) -> u64 {
        self.exec.rng().next()
    }

    fn log(&self, level: Level, line: &str) {
        self.log.borrow_mut().push((level, line.to_owned()));
    }

    fn publish(&self, report: Report) {
        let mut shown = self.shown.borrow_mut();
        match report {
            Report::Groups(report) => shown.groups = report,
            Report::Core(report) => shown.core = *report,
            Report::Topics(report) => shown.topics = report,
            Report::Client(report) => shown.clients.push(report),
        }
    }
}

/// The virtual clock.
#[derive(Clone)]
pub struct SimClock {
    exec: Exec,
    skew: Rc<std::cell::Cell<i64>>,
    stamps: Rc<std::cell::Cell<u64>>,
}

impl SimClock {
    fn of(sim: &Sim) -> Self {
        Self { exec: sim.exec.clone(), skew: Rc::clone(&sim.wall_skew), stamps: Rc::default() }
    }
}

impl Clock for SimClock {
    fn now(&self) -> Instant {
        Instant(self.exec.now())
    }

    fn stamp(&self) -> Instant {
        self.stamps.set(self.stamps.get() + 1);
        self.now()
    }

    fn wall_ms(&self) -> i64 {
        let passed = i64::try_from(self.exec.now() / 1_000_000).unwrap_or(i64::MAX / 2);
        WALL_START_MS.saturating_add(passed).saturating_add(self.skew.get())
    }

    async fn sleep_until(&self, at: Instant) {
        self.exec.sleep_until(at.0).await;
    }
}

/// The file type of the simulator, for messages.
pub type SimFile = MemFile;
