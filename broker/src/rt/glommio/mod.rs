//! The second runtime: `Env` on the executor of the crate glommio, with its files, sockets and timers.
//!
//! Owner: `boot::run` makes one `GlommioEnv` per core, on the core's thread, and it never leaves it. Invariants:
//! nothing here blocks a core; a buffer that the kernel sees belongs to glommio's operation until that is done; no
//! foreign thread ever holds a waker of a task (`tasks`). What is not bound to a ring is `rt/uring`'s: the rings
//! between cores, the ordinary threads of the data directories, start and stop (docs/decisions/0016).

mod boot;
mod core;
mod disk;
mod dma;
mod error;
mod file;
mod heart;
mod mesh;
mod net;
mod send;
mod sys;
mod tasks;

#[cfg(test)]
mod subject {
    //! What the tests of runtimes look at here.
    pub(super) use super::net::GlommioConn as TestConn;
    pub(super) use super::{GlommioEnv as TestEnv, run};
    /// The loop is not ours: it counts nothing, gives lanes shares, and sends no file by sendfile.
    pub(super) const OWN_RING: bool = false;
}
#[cfg(test)]
#[allow(clippy::duplicate_mod, reason = "the same tests for each runtime")]
#[path = "../uring/tests/mod.rs"]
mod tests;

pub use boot::run;
pub use disk::GlommioDisk;
pub use mesh::GlommioMesh;
pub use net::GlommioNet;

use self::core::Core;
use super::uring::boot::{LogFn, PublishFn};
use super::uring::worker::Worker;
use super::{Stoppable, next_random, uring, wall_ms};
use glommio::timer::sleep;
use ringlog_shard::env::{Clock, Env, Instant, Lane, Level, Mesh};
use ringlog_shard::report::Report;
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::rc::Rc;
use std::time::Duration;

/// One core's world on glommio. Clones share it; it stays on its thread.
#[derive(Clone)]
pub struct GlommioEnv(Rc<Inner>);

struct Inner {
    core: Rc<Core>,
    disk: GlommioDisk,
    net: GlommioNet,
    mesh: GlommioMesh,
    compute: Worker,
    random: Cell<u64>,
    log: LogFn,
    publish: PublishFn,
}

impl GlommioEnv {
    fn new(disk: GlommioDisk, net: GlommioNet, compute: Worker, (log, publish): (LogFn, PublishFn)) -> Self {
        let core = Rc::clone(&disk.core);
        let mesh = GlommioMesh { core: Rc::clone(&core) };
        let random = Cell::new(uring::sys::seed());
        Self(Rc::new(Inner { core, disk, net, mesh, compute, random, log, publish }))
    }
}

impl Stoppable for GlommioEnv {
    async fn stopped(&self) {
        poll_fn(|cx| self.0.core.poll_stop(cx)).await;
    }
}

impl Env for GlommioEnv {
    type Disk = GlommioDisk;
    type Net = GlommioNet;
    type Mesh = GlommioMesh;
    type Clock = GlommioClock;

    fn disk(&self) -> &GlommioDisk {
        &self.0.disk
    }

    fn net(&self) -> &GlommioNet {
        &self.0.net
    }

    fn mesh(&self) -> &GlommioMesh {
        &self.0.mesh
    }

    fn clock(&self) -> &GlommioClock {
        &GlommioClock
    }

    fn spawn(&self, lane: Lane, task: impl Future<Output = ()> + 'static) {
        self.0.core.tasks.spawn(lane, Box::pin(task));
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
        self.0.compute.run(move || Ok(work())).await
    }

    fn random(&self) -> u64 {
        next_random(&self.0.random)
    }

    fn log(&self, level: Level, line: &str) {
        (self.0.log)(self.0.mesh.core(), level, line);
    }

    fn publish(&self, report: Report) {
        (self.0.publish)(self.0.mesh.core(), report);
    }
}

/// The clocks, with glommio's timers.
#[derive(Clone)]
pub struct GlommioClock;

/// No timer is longer, so that the end of none is beyond what the clock can tell.
const TIMER_MAX: Duration = Duration::from_secs(3600);

impl Clock for GlommioClock {
    fn now(&self) -> Instant {
        Instant(uring::sys::monotonic_ns())
    }

    fn wall_ms(&self) -> i64 {
        wall_ms()
    }

    async fn sleep_until(&self, at: Instant) {
        loop {
            let left = at.since(self.now());
            if left.is_zero() {
                return;
            }
            sleep(left.min(TIMER_MAX)).await;
        }
    }
}
