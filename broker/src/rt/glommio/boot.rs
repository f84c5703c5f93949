//! Starting a core on glommio's executor; the rest of starting and stopping is `rt/uring`'s.
//!
//! Owner: the core's thread. Invariants: the program runs on no core before every core has its executor; the executor
//! outlives every future, socket and file of the core.

use super::GlommioEnv;
use super::core::Core;
use super::disk::GlommioDisk;
use super::error::of_call;
use super::file::GlommioFile;
use super::heart::{Heart, Pulse};
use super::net::GlommioNet;
use crate::rt::token;
use crate::rt::uring::boot::{CoreSpec, Engine, Running, Seed, Spec, pin, run_on};
use crate::rt::uring::files::Files;
use crate::rt::uring::{RingCause, StartError};
use glommio::{GlommioError, LocalExecutor, LocalExecutorBuilder, Placement, ReactorErrorKind};
use ringlog_shard::env::{CoreId, Level};
use std::future::Future;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

/// glommio looks at its rings at least so often while tasks are ready. Its default of 100 ms is for throughput; a
/// short time is often over before anything ran (`heart`).
const PREEMPT: Duration = Duration::from_millis(2);
/// Memory that glommio registers with its rings, for each core; what does not fit is allocated.
const IO_MEMORY: usize = 4 << 20;

struct Glommio;

/// Starts one thread per core and runs `program` on each, as `uring::run` does.
///
/// Errors: see `StartError`; nothing runs then.
pub fn run<F, P>(spec: Spec, program: P) -> Result<Running, StartError>
where
    F: Future<Output = ()> + 'static,
    P: Fn(GlommioEnv) -> F + Send + Sync + 'static,
{
    run_on::<Glommio, F, P>(spec, program)
}

impl Engine for Glommio {
    type File = GlommioFile;
    type Env = GlommioEnv;
    const COMPLETIONS: bool = false;

    fn run_core<F: Future<Output = ()> + 'static>(
        seed: Seed<GlommioFile>,
        ready: &Sender<Result<(), StartError>>,
        gate: &Receiver<()>,
        program: &dyn Fn(GlommioEnv) -> F,
    ) -> io::Result<()> {
        let pulse = Arc::<Pulse>::default();
        // `build`, and then the task of `Core::run` until it begins.
        pulse.add();
        let started = executor(seed.index, &seed.core).and_then(|executor| {
            let heart = Heart::start(seed.index, &pulse, &seed.shared).map_err(StartError::Thread)?;
            Ok((executor, heart))
        });
        // The executor is dropped last, and the heart when everything else of the core is gone.
        let (executor, _heart) = match started {
            Ok(started) => started,
            Err(e) => {
                // The receiver is `run_on`, which waits for every core.
                let _ = ready.send(Err(e));
                return Ok(());
            }
        };
        if seed.index == 0 {
            let line = "runtime glommio: durable writes are a write and an fdatasync";
            (seed.spec.log)(CoreId(0), Level::Info, line);
        }
        token::enter_core(seed.shared.token);
        let (env, disk) = executor.run(build(seed, pulse));
        let told = ready.send(Ok(()));
        if told.is_err() || gate.recv().is_err() {
            return Ok(());
        }
        let core = Rc::clone(&disk.core);
        let program = program(env);
        executor.run(core.run(async move {
            disk.probe().await;
            drop(disk);
            program.await;
        }));
        Ok(())
    }
}

/// `PREEMPT`; a test of the heart makes it so short that most passes end before their first task.
fn preempt() -> Duration {
    #[cfg(test)]
    if let Ok(us) = std::env::var("RINGLOG_TEST_PREEMPT_US") {
        return Duration::from_micros(us.parse().expect("a number"));
    }
    PREEMPT
}

fn executor(index: u16, core: &CoreSpec) -> Result<LocalExecutor, StartError> {
    pin(core.cpu)?;
    let placement = core.cpu.map_or(Placement::Unbound, Placement::Fixed);
    let builder = LocalExecutorBuilder::new(placement)
        .preempt_timer(preempt())
        .io_memory(IO_MEMORY)
        .spin_before_park(core.spin);
    builder.make().map_err(|e| {
        let cause = match e {
            GlommioError::ReactorError(ReactorErrorKind::MemLockLimit(soft, _)) => RingCause::Memlock(soft),
            other => RingCause::explain(of_call(other)),
        };
        StartError::Ring { core: index, cause }
    })
}

/// Runs on the executor, which sockets and task queues belong to.
async fn build(seed: Seed<GlommioFile>, pulse: Arc<Pulse>) -> (GlommioEnv, GlommioDisk) {
    let core = Core::new(seed.shared, seed.links, pulse);
    core.start().await;
    let disk = GlommioDisk { core: Rc::clone(&core), files: Files::new(seed.dirs) };
    let net = GlommioNet::new(&core, seed.listeners);
    let told = (seed.spec.log, seed.spec.publish);
    (GlommioEnv::new(disk.clone(), net, seed.compute, told), disk)
}
