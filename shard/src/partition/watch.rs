//! Once a second: what the stores of this core do by the clock, and what of it the control core has to know.
//!
//! Owner: one core. Invariants: the control core is told of a directory when what it can do changes, and only then;
//! a partition that could not be created for lack of room is created when there is room.

use crate::core::Core;
use crate::env::{Clock, Env, Level};
use crate::msg::{DirState, ShardMsg};
use ringlog_storage::store::{Shortage, StoreError};
use ringlog_wire::ids::PartitionId;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::mem::discriminant;
use std::rc::Rc;
use std::time::Duration;

/// What the control core was told, and what waits for room.
#[derive(Debug, Default)]
pub struct Watch {
    /// By place in the configured list; those behind the end are online.
    told: RefCell<Vec<DirState>>,
    /// Partitions that could not be created for lack of room.
    starved: RefCell<BTreeSet<PartitionId>>,
}

impl Watch {
    /// Partition `id` could not be created.
    pub(super) fn note_refused(&self, id: PartitionId, e: &StoreError) {
        if let StoreError::Io(_, e) = e
            && e.kind() == ErrorKind::StorageFull
        {
            self.starved.borrow_mut().insert(id);
        }
    }

    /// Partition `id` is gone.
    pub(super) fn forget(&self, id: PartitionId) {
        self.starved.borrow_mut().remove(&id);
    }

    /// True if that is news.
    fn tells(&self, at: usize, state: &DirState) -> bool {
        let mut told = self.told.borrow_mut();
        while told.len() <= at {
            told.push(DirState::Online);
        }
        let Some(place) = told.get_mut(at) else { return false };
        let news = discriminant(place) != discriminant(state);
        *place = state.clone();
        news
    }
}

/// Runs until the core stops.
pub async fn store_tick_loop<E: Env>(core: Rc<Core<E>>) {
    loop {
        let next = core.env.clock().now().after(Duration::from_secs(1));
        if core.stopping.or(core.env.clock().sleep_until(next)).await.is_none() {
            return;
        }
        let stores: Vec<_> = core.stores.borrow().iter().flatten().cloned().collect();
        for store in stores {
            store.set_reserve(core.reserve());
            store.tick(core.env.clock().wall_ms()).await;
        }
        core.tell_directories().await;
        core.create_starved().await;
    }
}

impl<E: Env> Core<E> {
    /// `ringlog.log.dir.reserve.bytes`, as of now.
    pub(super) fn reserve(&self) -> Option<u64> {
        u64::try_from(self.image.borrow().int("ringlog.log.dir.reserve.bytes")).ok()
    }

    /// Tells the control core what has changed.
    pub(super) async fn tell_directories(&self) {
        let stores = self.stores.borrow().clone();
        for (at, store) in stores.into_iter().enumerate() {
            let state = match store.filter(|s| s.check_online().is_ok()) {
                None => DirState::Offline,
                Some(store) => match store.shortage() {
                    Some(shortage) => DirState::Full(shortage, store.why_full()),
                    None => DirState::Online,
                },
            };
            if self.watch.tells(at, &state) && !self.stopping.is_raised() {
                self.router.push(self.control_core(), ShardMsg::Directory { at, state }).await;
            }
        }
    }

    /// Another core found no room in directory `at`: the file system is the same. Each core finds out by itself when
    /// there is room again.
    pub(crate) fn on_full(&self, at: usize, shortage: Shortage) {
        if let Some(store) = self.stores.borrow().get(at).and_then(Option::as_ref) {
            store.note_shortage(shortage);
        }
    }

    /// Tries again to create what found no room.
    async fn create_starved(self: &Rc<Self>) {
        let starved = self.watch.starved.take();
        for id in starved {
            let waits = self.unserved.borrow().contains(&id);
            if waits && self.serve_partition(id).await {
                self.unserved.borrow_mut().remove(&id);
                self.env.log(Level::Info, &format!("partition {id:?} could be created and is served now"));
            }
        }
    }
}
