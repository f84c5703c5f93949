//! Replicas of this core on their way to another data directory of this node (KIP-113, KIP-858).
//!
//! Owner: one core, one copy at a time, in the lowest lane. Invariants: a partition has one target, the last that was
//! asked for; until the metadata log names the target the replica is where it was; a partition that is deleted is no
//! longer worked on before its files go, so that a topic of the same name finds nobody in its folder.
//! `ringlog_storage::store::FutureReplica` has the order of the steps.

use crate::calls::yield_now;
use crate::config::Value;
use crate::control::msg::{ControlReply, ControlRequest};
use crate::core::Core;
use crate::env::{Clock, Env, Level, Mesh};
use crate::msg::LogSize;
use crate::partition::Leader;
use crate::partition::host::known;
use crate::partition::pace::Pacer;
use ringlog_storage::store::wait::Event;
use ringlog_storage::store::{FutureReplica, MoveError, parse_future, remove_futures};
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::{Offset, PartitionId};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// The config that limits how fast replicas are copied.
const RATE: &str = "replica.alter.log.dirs.io.max.bytes.per.second";

/// How often a move that waits asks whether it may go on, at least
const LOOK: Duration = Duration::from_secs(1);
/// and at most.
const PAUSE: Duration = Duration::from_millis(1);

/// A replica that is being copied.
struct Copying<E: Env> {
    id: PartitionId,
    /// `None` until its folder is made.
    future: Option<Rc<FutureReplica<E::Disk>>>,
}

/// What was asked for and is not done yet.
pub struct Moves<E: Env> {
    /// The target of each partition: its place in the configured list.
    targets: RefCell<BTreeMap<PartitionId, usize>>,
    /// Something was asked for.
    asked: Event,
    copying: RefCell<Option<Copying<E>>>,
    /// A copy has ended.
    ended: Event,
}

impl<E: Env> Default for Moves<E> {
    fn default() -> Self {
        Self {
            targets: RefCell::default(),
            asked: Event::default(),
            copying: RefCell::default(),
            ended: Event::default(),
        }
    }
}

impl<E: Env> Moves<E> {
    fn is_copying(&self, id: PartitionId) -> bool {
        self.copying.borrow().as_ref().is_some_and(|c| c.id == id)
    }

    /// Whoever copies `id` is told to end.
    fn cancel(&self, id: PartitionId) {
        if let Some(Copying { future: Some(future), .. }) =
            self.copying.borrow().as_ref().filter(|c| c.id == id)
        {
            future.cancel();
        }
    }

    /// Bytes that are copied of `id`, and their end.
    fn progress(&self, id: PartitionId) -> (u64, Offset) {
        let copying = self.copying.borrow();
        let future = copying.as_ref().filter(|c| c.id == id).and_then(|c| c.future.as_ref());
        future.map_or((0, Offset::ZERO), |f| f.progress())
    }
}

impl<E: Env> Core<E> {
    /// Moves the replica of `id` to data directory `to`: at once or when those asked for before are done. To where it
    /// is: a move that is on its way ends.
    ///
    /// Errors: Kafka's; nothing is moved.
    pub(crate) fn move_replica(&self, id: PartitionId, to: usize) -> Result<(), ErrorCode> {
        let Some(leader) = self.leader(id) else {
            return Err(match self.why_not_led(id) {
                ErrorCode::KafkaStorageError => ErrorCode::KafkaStorageError,
                _ => ErrorCode::ReplicaNotAvailable,
            });
        };
        let target = self.stores.borrow().get(to).cloned().flatten();
        if target.is_none_or(|s| s.check_online().is_err()) || leader.store().check_online().is_err() {
            return Err(ErrorCode::KafkaStorageError);
        }
        let mut targets = self.moves.targets.borrow_mut();
        let before = targets.get(&id).copied();
        if before == Some(to) {
            return Ok(());
        }
        self.moves.cancel(id);
        if self.moves.is_copying(id) {
            // Its task sees, when it has ended, where the replica is and where it is to be.
            targets.insert(id, to);
        } else if self.directory_of(&leader) == Some(to) {
            targets.remove(&id);
        } else {
            targets.insert(id, to);
            self.moves.asked.notify();
        }
        Ok(())
    }

    /// The place of the directory that holds the partition, in the configured list.
    fn directory_of(&self, leader: &Leader<E>) -> Option<usize> {
        let store = leader.store();
        self.stores.borrow().iter().position(|s| s.as_ref().is_some_and(|s| Rc::ptr_eq(s, &store)))
    }

    /// Nobody moves `id` any more, when this returns.
    pub(super) async fn end_move(&self, id: PartitionId) {
        self.moves.targets.borrow_mut().remove(&id);
        self.moves.cancel(id);
        self.moves.ended.until(|| !self.moves.is_copying(id)).await;
    }

    /// The future replicas of data directory `at`.
    pub(crate) fn future_replicas(&self, at: usize) -> Vec<LogSize> {
        let targets = self.moves.targets.borrow();
        let here = targets.iter().filter(|(_, to)| **to == at);
        let sized = here.filter_map(|(id, _)| {
            let leader = self.leader(*id)?;
            if self.directory_of(&leader) == Some(at) {
                return None;
            }
            let (size, end) = self.moves.progress(*id);
            let offsets = leader.log().offsets();
            let lag = offsets.end.0.saturating_sub(end.max(offsets.log_start).0);
            Some(LogSize { partition: *id, size, lag, is_future: true })
        });
        sized.collect()
    }

    /// At the start: moves that were being copied when the last process ended begin anew.
    pub(super) async fn resume_moves(&self) {
        let dirs = &self.config.data_dirs;
        let first = self.router.here().0 == 0;
        for (at, dir) in dirs.iter().enumerate().filter(|_| dirs.len() > 1) {
            if self.stores.borrow().get(at).is_none_or(Option::is_none) {
                continue;
            }
            let partition = |folder: &str| {
                let (topic, index) = parse_future(folder)?.rsplit_once('-')?;
                let id = PartitionId {
                    topic: self.image.borrow().topic_named(topic)?.id,
                    index: index.parse().ok()?,
                };
                self.image.borrow().partition(id).map(|_| id)
            };
            let mine = |folder: &str| match partition(folder) {
                Some(id) => self.router.owner(id) == self.router.here(),
                None => first,
            };
            match remove_futures(self.env.disk(), dir, &mine).await {
                Ok(names) => {
                    for id in names.iter().filter_map(|name| partition(name)) {
                        // The loop looks at them when the broker serves.
                        self.moves.targets.borrow_mut().insert(id, at);
                    }
                }
                Err(e) => {
                    let line =
                        format!("what moves of replicas left in {} cannot be removed: {e}", dir.display());
                    self.env.log(Level::Warn, &line);
                }
            }
        }
    }
}

/// Copies one replica after the other until the core stops.
pub async fn move_loop<E: Env>(core: Rc<Core<E>>) {
    // Before, neither the partitions nor the metadata log are ready for a move that an earlier life began.
    while !core.is_served() {
        let clock = core.env.clock();
        if core.stopping.or(clock.sleep_until(clock.now().after(LOOK))).await.is_none() {
            return;
        }
    }
    let next = || core.moves.targets.borrow().first_key_value().map(|(id, to)| (*id, *to));
    loop {
        if core.stopping.or(core.moves.asked.until(|| next().is_some())).await.is_none() {
            return;
        }
        let Some((id, to)) = next() else { continue };
        let leader = core.leader(id).filter(|l| core.directory_of(l) != Some(to));
        // A target that did not work out is not tried again; another one that was asked for meanwhile is.
        let mut over = true;
        if let Some(leader) = leader {
            *core.moves.copying.borrow_mut() = Some(Copying { id, future: None });
            over = run(&core, &leader, to).await;
            core.moves.copying.borrow_mut().take();
            core.moves.ended.notify();
        }
        if core.stopping.is_raised() {
            return;
        }
        if over && core.moves.targets.borrow().get(&id) == Some(&to) {
            core.moves.targets.borrow_mut().remove(&id);
        }
        // A core whose moves all fail at once has other work, too.
        yield_now().await;
    }
}

/// One move, from its folder to its end. False if it should be looked at again.
async fn run<E: Env>(core: &Rc<Core<E>>, leader: &Rc<Leader<E>>, to: usize) -> bool {
    let (log, store) = leader.place();
    let Some(target) = core.stores.borrow().get(to).cloned().flatten() else { return true };
    let dir = core.config.data_dirs.get(to).map(|d| d.display().to_string()).unwrap_or_default();
    let began = core.env.clock().now();
    let unique = (u128::from(core.env.random()) << 64) | u128::from(core.env.random());
    let done = match FutureReplica::begin(&store, &target, &log, unique).await {
        Err(e) => Err(e),
        Ok(future) => {
            let future = Rc::new(future);
            if let Some(copying) = core.moves.copying.borrow_mut().as_mut() {
                copying.future = Some(Rc::clone(&future));
            }
            // Asked before there was somebody to tell.
            if core.moves.targets.borrow().get(&leader.id) != Some(&to) {
                future.cancel();
            }
            copy(core, leader, &future, to).await
        }
    };
    let line = match done {
        Ok(()) => {
            let seconds = core.env.clock().now().since(began).as_secs_f64();
            let line = format!("{log:?} has moved to {dir} in {seconds:.1} s");
            core.env.log(Level::Info, &line);
            return true;
        }
        Err(MoveError::Ended) if core.stopping.is_raised() => return true,
        Err(MoveError::Ended) => {
            core.env
                .log(Level::Info, &format!("{log:?} does not move to {dir}: that is not wanted any more"));
            return true;
        }
        Err(MoveError::Failed(why)) => why,
    };
    core.env.log(
        Level::Error,
        &format!("error[R059]: {log:?} stays where it is and is not moved to {dir}: {line}"),
    );
    true
}

/// Copies, commits the directory to the metadata log, and goes on there. Errors: the replica is where it was.
async fn copy<E: Env>(
    core: &Rc<Core<E>>,
    leader: &Rc<Leader<E>>,
    future: &FutureReplica<E::Disk>,
    to: usize,
) -> Result<(), MoveError> {
    let owed = Cell::new(0.0);
    let wanted = || core.moves.targets.borrow().get(&leader.id) == Some(&to);
    let (pacer, store) = (Pacer::default(), leader.store());
    let (pacer, store, owed, wanted) = (&pacer, &store, &owed, &wanted);
    let pace = |bytes| -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async move {
            pace(core, wanted, owed, bytes).await;
            pacer.pay(core, store, (bytes, f64::MAX)).await;
        })
    };
    let wall_ms = || core.env.clock().wall_ms();
    let result = async {
        future.catch_up(&pace, wall_ms()).await?;
        let (known, directory) = {
            let image = core.image.borrow();
            let directory = image.identity().directories.get(to).copied();
            known(&image, leader.id).zip(directory).ok_or(MoveError::Ended)?
        };
        let log = future.hand_over(&known, wall_ms()).await?;
        match core.control(ControlRequest::MoveReplica { partition: leader.id, directory }).await {
            ControlReply::ReplicaMoved => Ok(log),
            ControlReply::Failed(ErrorCode::KafkaStorageError, why) => {
                future.strand();
                Err(MoveError::Failed(format!("where it is will be known at the next start: {why}")))
            }
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
            if core.stopping.is_raised() {
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
