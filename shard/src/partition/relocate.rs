//! Copies replicas of this core to other data directories of this node, as `partition/moves.rs` has them asked for.
//!
//! Owner: one task of the core, one copy at a time, in the lowest lane; what appends wait for runs in that of fetches.
//! `ringlog_storage::store::FutureReplica` has the order of the steps.

use super::moves::Target;
use crate::calls::yield_now;
use crate::config::Value;
use crate::control::msg::{ControlReply, ControlRequest};
use crate::core::Core;
use crate::env::{Clock, Env, Lane, Level, Mesh};
use crate::partition::Leader;
use crate::partition::host::known;
use crate::partition::pace::Pacer;
use ringlog_storage::store::wait::Event;
use ringlog_storage::store::{FutureReplica, MoveError};
use ringlog_wire::ErrorCode;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// The config that limits how fast replicas are copied.
const RATE: &str = "replica.alter.log.dirs.io.max.bytes.per.second";

/// How often a move that waits asks whether it may go on, at least: who cancels it waits for its end
const LOOK: Duration = Duration::from_millis(100);
/// and at most.
const PAUSE: Duration = Duration::from_millis(1);

/// Copies one replica after the other until the core stops.
pub async fn move_loop<E: Env>(core: Rc<Core<E>>) {
    // Before, neither the partitions nor the metadata log are ready for a move that an earlier life began.
    while !core.is_served() {
        let clock = core.env.clock();
        if core.stopping.or(clock.sleep_until(clock.now().after(LOOK))).await.is_none() {
            return;
        }
    }
    let next = || core.moves.next();
    loop {
        if core.stopping.or(core.moves.asked.until(|| next().is_some())).await.is_none() {
            return;
        }
        let Some((id, target)) = next() else { continue };
        if let Some(leader) = core.leader(id).filter(|l| core.directory_of(l) != Some(target.to)) {
            core.moves.begins(id, target);
            run(&core, &leader, target).await;
            core.moves.has_ended();
        }
        if core.stopping.is_raised() {
            return;
        }
        // A target that did not work out is not tried again; another one that was asked for meanwhile is.
        core.moves.is_over(id, target);
        core.keep_folder(id).await;
        // A core whose moves all fail at once has other work, too.
        yield_now().await;
    }
}

/// One move, from its folder to its end.
async fn run<E: Env>(core: &Rc<Core<E>>, leader: &Rc<Leader<E>>, target: Target) {
    let (log, store) = leader.place();
    let Some(into) = core.stores.borrow().get(target.to).cloned().flatten() else { return };
    let dir = core.config.data_dirs.get(target.to).map(|d| d.display().to_string()).unwrap_or_default();
    let began = core.env.clock().now();
    let done = match FutureReplica::begin(&store, &into, &log, target.unique).await {
        Err(e) => Err(e),
        Ok(future) => {
            let future = Rc::new(future);
            core.moves.copies_into(Rc::clone(&future));
            // Asked before there was somebody to tell.
            if !core.moves.is_wanted(leader.id, target) {
                future.cancel();
            }
            copy(core, leader, &future, target).await
        }
    };
    let line = match done {
        Ok(()) => {
            let seconds = core.env.clock().now().since(began).as_secs_f64();
            let line = format!("{log:?} has moved to {dir} in {seconds:.1} s");
            return core.env.log(Level::Info, &line);
        }
        Err(MoveError::Ended) if core.stopping.is_raised() => return,
        Err(MoveError::Ended) => {
            let line = format!("{log:?} does not move to {dir}: that is not wanted any more");
            return core.env.log(Level::Info, &line);
        }
        Err(MoveError::Failed(why)) => why,
    };
    let line = format!("error[R059]: {log:?} stays where it is and is not moved to {dir}: {line}");
    core.env.log(Level::Error, &line);
}

/// Copies, commits the directory to the metadata log, and goes on there. Errors: the replica is where it was.
async fn copy<E: Env>(
    core: &Rc<Core<E>>,
    leader: &Rc<Leader<E>>,
    future: &Rc<FutureReplica<E::Disk>>,
    target: Target,
) -> Result<(), MoveError> {
    let owed = Cell::new(0.0);
    let wanted = || core.moves.is_wanted(leader.id, target);
    let (pacer, store) = (Pacer::default(), leader.store());
    let (pacer, store, owed, wanted) = (&pacer, &store, &owed, &wanted);
    let pace = |bytes| -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async move {
            pace(core, wanted, owed, bytes).await;
            pacer.pay(core, store, (bytes, f64::MAX)).await;
        })
    };
    let caught_up = future.catch_up(&pace, core.env.clock().wall_ms()).await;
    // Appends wait for the rest: it does not run behind flushes and compaction.
    let (work, told) = (Rc::new(Cell::new(None)), Rc::new(Event::default()));
    let (done, tell) = (Rc::clone(&work), Rc::clone(&told));
    let (core, leader, future) = (Rc::clone(core), Rc::clone(leader), Rc::clone(future));
    core.env.clone().spawn(Lane::Fetch, async move {
        done.set(Some(take_over(&core, &leader, &future, (target, caught_up)).await));
        tell.notify();
    });
    loop {
        match work.take() {
            Some(done) => return done,
            None => told.next().await,
        }
    }
}

/// The last step of a move that has caught up, or its end.
async fn take_over<E: Env>(
    core: &Rc<Core<E>>,
    leader: &Rc<Leader<E>>,
    future: &FutureReplica<E::Disk>,
    (target, caught_up): (Target, Result<(), MoveError>),
) -> Result<(), MoveError> {
    let result = async {
        caught_up?;
        let (known, directory) = {
            let image = core.image.borrow();
            let directory = image.identity().directories.get(target.to).copied();
            known(&image, leader.id).zip(directory).ok_or(MoveError::Ended)?
        };
        let log = future.hand_over(&known, core.env.clock().wall_ms()).await?;
        match core.control(ControlRequest::MoveReplica { partition: leader.id, directory }).await {
            ControlReply::ReplicaMoved => Ok(log),
            ControlReply::Failed(ErrorCode::KafkaStorageError, why) => {
                future.strand();
                Err(MoveError::Failed(format!("where it is will be known at the next start: {why}")))
            }
            // Its topic was deleted meanwhile.
            ControlReply::Failed(ErrorCode::ReplicaNotAvailable, _) => Err(MoveError::Ended),
            ControlReply::Failed(_, why) => Err(MoveError::Failed(why)),
            _ => unreachable!("the control core answers what it was asked"),
        }
    }
    .await;
    match result {
        Ok(log) => {
            let Some(target) = log.store() else { return Err(MoveError::Ended) };
            // The topic's configuration may have changed since it was asked for.
            if let Some(known) = known(&core.image.borrow(), leader.id) {
                log.set_config(known.log);
            }
            leader.move_to(log, target);
            if let Err(e) = future.settle().await {
                let line = format!("the former replica is removed at the next start: {e}");
                core.env.log(Level::Warn, &line);
            }
            Ok(())
        }
        Err(e) => {
            if core.stopping.is_raised() && core.moves.is_wanted(leader.id, target) {
                future.leave();
            } else {
                future.discard().await;
            }
            Err(e)
        }
    }
}

/// Waits until `bytes` more may be copied, as the config says for all cores together, or nobody wants it any more.
/// `owed`: bytes that were copied before their time.
async fn pace<E: Env>(core: &Core<E>, wanted: &dyn Fn() -> bool, owed: &Cell<f64>, bytes: usize) {
    let clock = core.env.clock();
    owed.set(owed.get() + bytes as f64);
    while owed.get() > 0.0 && wanted() {
        let Some(rate) = rate(core) else { return owed.set(0.0) };
        let rate = rate as f64 / f64::from(core.env.mesh().data_cores());
        let due = Duration::try_from_secs_f64(owed.get() / rate).unwrap_or(LOOK);
        // In steps, so that another rate holds at once.
        let began = clock.now();
        let until = began.after(due.clamp(PAUSE, LOOK));
        if core.stopping.or(clock.sleep_until(until)).await.is_none() {
            return;
        }
        owed.set(owed.get() - rate * clock.now().since(began).as_secs_f64());
    }
}

/// Bytes in a second; `None` is no limit.
fn rate<E: Env>(core: &Core<E>) -> Option<u64> {
    let image = core.image.borrow();
    match image.broker_config().effective(RATE, image.dynamic()) {
        Some(Value::Int(n)) => u64::try_from(n).ok(),
        _ => None,
    }
}
