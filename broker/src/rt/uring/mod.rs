//! The io_uring runtime: `Env` on real files, sockets and clocks (architecture.md D1, D2, D4, D5).
//!
//! Owner: `boot::start` makes one `UringEnv` per core, on the core's thread, and it never leaves it.
//! Invariants: nothing here blocks a core; a buffer belongs to its operation until the kernel is done.
//! Unsafe code lives in `ring`, `bufring`, `spsc` and `sys` only.

pub(in crate::rt) mod boot;
mod bufring;
pub(in crate::rt) mod coldpool;
mod conn;
mod disk;
pub(in crate::rt) mod erase;
pub(in crate::rt) mod exec;
pub(in crate::rt) mod file;
pub(in crate::rt) mod files;
mod fills;
mod fixed;
mod flusher;
pub(in crate::rt) mod listen;
mod live;
pub(in crate::rt) mod mesh;
mod net;
pub(in crate::rt) mod op;
mod probe;
mod reactor;
mod ring;
mod ring_cause;
mod sendfile;
pub(in crate::rt) mod sleeping;
mod spinning;
mod spsc;
mod start_error;
mod syncer;
pub(in crate::rt) mod sys;
mod timer;
pub(in crate::rt) mod wake;
pub(in crate::rt) mod watch;
pub(in crate::rt) mod worker;

#[cfg(test)]
mod subject {
    //! What the tests of runtimes look at here.
    pub(super) use super::net::UringConn as TestConn;
    pub(super) use super::{UringEnv as TestEnv, run};
    /// The loop counts its sleeps and submissions, runs lanes in order, and sends by sendfile.
    pub(super) const OWN_RING: bool = true;
}
#[cfg(test)]
mod tests;

pub use boot::{CoreSpec, LogFn, PublishFn, Running, Spec, StopHandle, run};
pub use disk::UringDisk;
pub use file::UringFile;
pub use live::{CoreReport, Live, PhaseReport};
pub use mesh::UringMesh;
pub use net::UringNet;
pub use probe::Completion;
pub use ring_cause::{RingCause, try_ring};
pub use start_error::StartError;

use super::{Stoppable, next_random, wall_ms};
use reactor::{Core, Sleep};
use ringlog_shard::env::{Clock, CoreId, Env, Instant, Lane, Level, Mesh};
use ringlog_shard::report::Report;
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::rc::Rc;
use worker::Worker;

/// One core's world on io_uring. Clones share it; it stays on its thread.
#[derive(Clone)]
pub struct UringEnv(Rc<Inner>);

struct Inner {
    disk: UringDisk,
    net: UringNet,
    mesh: UringMesh,
    clock: UringClock,
    compute: Worker,
    random: Cell<u64>,
    log: LogFn,
    publish: PublishFn,
}

impl UringEnv {
    fn new(disk: UringDisk, net: UringNet, compute: Worker, (log, publish): (LogFn, PublishFn)) -> Self {
        let core = Rc::clone(&disk.core);
        let mesh = UringMesh { core: Rc::clone(&core) };
        let random = Cell::new(sys::seed());
        Self(Rc::new(Inner { disk, net, mesh, clock: UringClock { core }, compute, random, log, publish }))
    }
}

impl Stoppable for UringEnv {
    async fn stopped(&self) {
        poll_fn(|cx| self.0.clock.core.poll_stop(cx)).await;
    }
}

impl Env for UringEnv {
    type Disk = UringDisk;
    type Net = UringNet;
    type Mesh = UringMesh;
    type Clock = UringClock;

    fn disk(&self) -> &UringDisk {
        &self.0.disk
    }

    fn net(&self) -> &UringNet {
        &self.0.net
    }

    fn mesh(&self) -> &UringMesh {
        &self.0.mesh
    }

    fn clock(&self) -> &UringClock {
        &self.0.clock
    }

    fn spawn(&self, lane: Lane, task: impl Future<Output = ()> + 'static) {
        self.0.clock.core.tasks.spawn(lane, Box::pin(task));
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

/// The core's clocks.
#[derive(Clone)]
pub struct UringClock {
    core: Rc<Core>,
}

impl Clock for UringClock {
    fn now(&self) -> Instant {
        Instant(self.core.now())
    }

    fn stamp(&self) -> Instant {
        Instant(self.core.stamp())
    }

    fn wall_ms(&self) -> i64 {
        wall_ms()
    }

    async fn sleep_until(&self, at: Instant) {
        Sleep::until(&self.core, at.0).await;
    }
}

/// The log of a program that has none: standard error.
#[must_use]
pub fn log_to_stderr() -> LogFn {
    std::sync::Arc::new(|core: CoreId, level: Level, line: &str| {
        eprintln!("{level:?} core {}: {line}", core.0)
    })
}
