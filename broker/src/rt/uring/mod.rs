//! The io_uring runtime: `Env` on real files, sockets and clocks (architecture.md D1, D2, D4, D5).
//!
//! Owner: `boot::start` makes one `UringEnv` per core, on the core's thread, and it never leaves it.
//! Invariants: nothing here blocks a core; a buffer belongs to its operation until the kernel is done.
//! Unsafe code lives in `ring`, `bufring`, `spsc` and `sys` only.

mod boot;
mod bufring;
mod coldpool;
mod conn;
mod disk;
mod erase;
mod exec;
mod file;
mod fills;
mod fixed;
mod flusher;
mod listen;
mod live;
mod mesh;
mod net;
mod op;
mod probe;
mod reactor;
mod ring;
mod ring_cause;
mod sendfile;
mod sleeping;
mod spinning;
mod spsc;
mod start_error;
mod syncer;
mod sys;
mod timer;
mod wake;
mod watch;
mod worker;

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

use reactor::{Core, Sleep};
use ringlog_shard::env::{Clock, CoreId, Env, Instant, Lane, Level, Mesh};
use ringlog_shard::report::Report;
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};
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

    /// Waits until the process was asked to stop (`StopHandle::stop`).
    pub async fn stopped(&self) {
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
        // SplitMix64: every seed gives the full period.
        let state = self.0.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.random.set(state);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
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
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        }
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
