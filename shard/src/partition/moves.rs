//! Which replicas of this core are to move to another data directory of this node (KIP-113, KIP-858).
//!
//! Owner: one core; `partition/relocate.rs` copies them, one at a time. Invariants: a partition has one target, the
//! last that was asked for; its folder is in the target before the request is answered, so that a process that ends
//! takes no move with it; until the metadata log names the target the replica is where it was; a partition that is
//! deleted is no longer worked on before its files go, so that a topic of the same name finds nobody in its folder.

use crate::core::Core;
use crate::env::{Env, Level};
use crate::msg::LogSize;
use crate::partition::Leader;
use ringlog_storage::store::wait::Event;
use ringlog_storage::store::{FutureReplica, Left, Unique, future_name, parse_future, take_up_futures};
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::{Offset, PartitionId};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Where a replica is to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Target {
    /// The directory's place in the configured list.
    pub to: usize,
    /// In the name of the folder there.
    pub unique: Unique,
}

/// A replica that is being copied.
struct Copying<E: Env> {
    id: PartitionId,
    target: Target,
    /// `None` until its folder is taken over.
    future: Option<Rc<FutureReplica<E::Disk>>>,
}

/// The folder of a move that has not begun: made, or about to be.
struct Folder {
    target: Target,
    name: String,
}

/// What was asked for and is not done yet.
pub struct Moves<E: Env> {
    targets: RefCell<BTreeMap<PartitionId, Target>>,
    folders: RefCell<BTreeMap<PartitionId, Folder>>,
    /// Something was asked for.
    pub(super) asked: Event,
    copying: RefCell<Option<Copying<E>>>,
    /// Partitions whose folders somebody makes or removes.
    changing: RefCell<BTreeSet<PartitionId>>,
    /// A copy has its folder, or has ended; or somebody is done with folders.
    changed: Event,
}

/// Nobody else makes or removes folders of this partition until it is dropped.
struct Changing<'a, E: Env> {
    moves: &'a Moves<E>,
    id: PartitionId,
}

impl<E: Env> Drop for Changing<'_, E> {
    fn drop(&mut self) {
        self.moves.changing.borrow_mut().remove(&self.id);
        self.moves.changed.notify();
    }
}

impl<E: Env> Default for Moves<E> {
    fn default() -> Self {
        Self {
            targets: RefCell::default(),
            folders: RefCell::default(),
            asked: Event::default(),
            copying: RefCell::default(),
            changing: RefCell::default(),
            changed: Event::default(),
        }
    }
}

impl<E: Env> Moves<E> {
    /// The next one to copy.
    pub(super) fn next(&self) -> Option<(PartitionId, Target)> {
        self.targets.borrow().first_key_value().map(|(id, target)| (*id, *target))
    }

    pub(super) fn is_wanted(&self, id: PartitionId, target: Target) -> bool {
        self.targets.borrow().get(&id) == Some(&target)
    }

    /// Somebody copies it from here on, and has its folder.
    pub(super) fn begins(&self, id: PartitionId, target: Target) {
        self.folders.borrow_mut().retain(|other, folder| *other != id || folder.target != target);
        *self.copying.borrow_mut() = Some(Copying { id, target, future: None });
    }

    pub(super) fn copies_into(&self, future: Rc<FutureReplica<E::Disk>>) {
        if let Some(copying) = self.copying.borrow_mut().as_mut() {
            copying.future = Some(future);
        }
        self.changed.notify();
    }

    pub(super) fn has_ended(&self) {
        self.copying.borrow_mut().take();
        self.changed.notify();
    }

    /// It is not tried again.
    pub(super) fn is_over(&self, id: PartitionId, target: Target) {
        self.targets.borrow_mut().retain(|other, t| *other != id || *t != target);
    }

    fn is_copying(&self, id: PartitionId) -> bool {
        self.copying.borrow().as_ref().is_some_and(|c| c.id == id)
    }

    /// It is copied to where it is not to be any more.
    fn is_copying_in_vain(&self, id: PartitionId) -> bool {
        self.copying.borrow().as_ref().is_some_and(|c| c.id == id && !self.is_wanted(id, c.target))
    }

    /// Lets one task after the other change the folders of `id`, and none while a copy takes its folder over.
    async fn change_folders(&self, id: PartitionId) -> Changing<'_, E> {
        let begins = || self.copying.borrow().as_ref().is_some_and(|c| c.id == id && c.future.is_none());
        self.changed.until(|| !begins() && !self.changing.borrow().contains(&id)).await;
        self.changing.borrow_mut().insert(id);
        Changing { moves: self, id }
    }

    /// The folder that a move of `id` has, begun or not, is this one.
    fn has_folder(&self, id: PartitionId, target: Target) -> bool {
        let copied = self.copying.borrow().as_ref().is_some_and(|c| c.id == id && c.target == target);
        copied || self.folders.borrow().get(&id).is_some_and(|folder| folder.target == target)
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
    /// is: a move that is on its way ends. On return a start would begin with it anew.
    ///
    /// Errors: Kafka's; nothing is moved.
    pub(crate) async fn move_replica(&self, id: PartitionId, to: usize) -> Result<(), ErrorCode> {
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
        let is_new = self.moves.targets.borrow().get(&id).is_none_or(|target| target.to != to);
        if is_new {
            self.moves.cancel(id);
            let unique = (Unique::from(self.env.random()) << 64) | Unique::from(self.env.random());
            // Who copies it sees, when that has ended, where the replica is and where it is to be.
            if self.moves.is_copying(id) || self.directory_of(&leader) != Some(to) {
                self.moves.targets.borrow_mut().insert(id, Target { to, unique });
                self.moves.asked.notify();
            } else {
                self.moves.targets.borrow_mut().remove(&id);
            }
        }
        // A start would take up the folder of a copy that nobody wants any more.
        self.moves.changed.until(|| !self.moves.is_copying_in_vain(id)).await;
        self.keep_folder(id).await;
        Ok(())
    }

    /// The place of the directory that holds the partition, in the configured list.
    pub(super) fn directory_of(&self, leader: &Leader<E>) -> Option<usize> {
        let store = leader.store();
        self.stores.borrow().iter().position(|s| s.as_ref().is_some_and(|s| Rc::ptr_eq(s, &store)))
    }

    /// Makes the folder of the move of `id` that is wanted and has not begun, and removes that of one that is not
    /// wanted any more: durably, also where somebody else does. Whatever changes what is wanted calls it, in any order.
    pub(super) async fn keep_folder(&self, id: PartitionId) {
        let _changing = self.moves.change_folders(id).await;
        let leader = self.leader(id);
        let wanted = self.moves.targets.borrow().get(&id).copied().zip(leader);
        let wanted = wanted.filter(|(target, leader)| self.directory_of(leader) != Some(target.to));
        if wanted.as_ref().is_some_and(|(target, _)| self.moves.has_folder(id, *target)) {
            return;
        }
        let former = self.moves.folders.borrow_mut().remove(&id);
        if let Some(Folder { target, name }) = former {
            self.remove_future(target.to, &name).await;
        }
        let Some((target, leader)) = wanted else { return };
        let Some(store) = self.stores.borrow().get(target.to).cloned().flatten() else { return };
        let name = future_name(&leader.log(), target.unique);
        self.moves.folders.borrow_mut().insert(id, Folder { target, name: name.clone() });
        // The move meets the same error when it begins, and tells it.
        let _ = store.make_future(&name).await;
        // What was wanted may have changed meanwhile.
        if !self.moves.has_folder(id, target) {
            self.remove_future(target.to, &name).await;
        }
    }

    async fn remove_future(&self, at: usize, name: &str) {
        let Some(store) = self.stores.borrow().get(at).cloned().flatten() else { return };
        if let Err(e) = store.remove_future(name).await {
            let line = format!("{name} cannot be removed: the next start begins with this move again: {e}");
            self.env.log(Level::Warn, &line);
        }
    }

    /// Nobody moves `id` any more, when this returns.
    pub(super) async fn end_move(&self, id: PartitionId) {
        self.moves.targets.borrow_mut().remove(&id);
        self.moves.cancel(id);
        self.moves.changed.until(|| !self.moves.is_copying(id)).await;
        self.keep_folder(id).await;
    }

    /// The future replicas of data directory `at`.
    pub(crate) fn future_replicas(&self, at: usize) -> Vec<LogSize> {
        let targets = self.moves.targets.borrow();
        let here = targets.iter().filter(|(_, target)| target.to == at);
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

    /// At the start: what was asked for and was not done when the last process ended begins anew.
    pub(super) async fn resume_moves(&self) {
        let dirs = &self.config.data_dirs;
        for (at, dir) in dirs.iter().enumerate().filter(|_| dirs.len() > 1) {
            if self.stores.borrow().get(at).is_none_or(Option::is_none) {
                continue;
            }
            let mut what = |name: &str| self.take_up(at, name);
            if let Err(e) = take_up_futures(self.env.disk(), dir, &mut what).await {
                let line = format!("what moves of replicas left in {} cannot be removed: {e}", dir.display());
                self.env.log(Level::Warn, &line);
            }
        }
    }

    /// What becomes of the folder of a future replica in directory `at`. The loop looks at what was taken up when the
    /// broker serves.
    fn take_up(&self, at: usize, name: &str) -> Left {
        let image = self.image.borrow();
        let found = || {
            let (folder, unique) = parse_future(name)?;
            let (topic, index) = folder.rsplit_once('-')?;
            let id = PartitionId { topic: image.topic_named(topic)?.id, index: index.parse().ok()? };
            image.partition(id).map(|_| (id, Target { to: at, unique }))
        };
        let Some((id, target)) = found() else {
            return if self.router.here().0 == 0 { Left::Removed } else { Left::Alone };
        };
        if self.router.owner(id) != self.router.here() {
            return Left::Alone;
        }
        let mut targets = self.moves.targets.borrow_mut();
        if image.directory_of(id) == Some(at) || targets.contains_key(&id) {
            return Left::Removed;
        }
        targets.insert(id, target);
        self.moves.folders.borrow_mut().insert(id, Folder { target, name: name.to_owned() });
        Left::Emptied
    }
}
