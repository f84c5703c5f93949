//! The O_DIRECT files of one core: glommio's may not leave its thread, ours may.
//!
//! Owner: the core; a `DmaKey` is held by the file, on any thread. Invariants: a file is in the table from its opening
//! until the last clone is gone; no file is opened while another one closes, since that may hold its lock.

use super::heart::Pulse;
use crate::rt::token::on_core;
use crate::rt::uring::wake::{Shared, add_waiter};
use glommio::io::DmaFile;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// What was dropped and is not closed yet.
type Dropped = Arc<Mutex<Vec<u64>>>;

/// See the module's text.
pub(super) struct Open {
    pulse: Arc<Pulse>,
    files: RefCell<BTreeMap<u64, Rc<DmaFile>>>,
    next: Cell<u64>,
    dropped: Dropped,
    closing: Rc<Closing>,
}

#[derive(Default)]
struct Closing {
    count: Cell<usize>,
    waiting: RefCell<Vec<Waker>>,
}

/// Names a file in the table of its core; dropped with the file.
pub(super) struct DmaKey {
    id: u64,
    dropped: Dropped,
    shared: Arc<Shared>,
}

impl Drop for DmaKey {
    fn drop(&mut self) {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner).push(self.id);
        self.shared.signal();
    }
}

impl Open {
    /// No file is open.
    pub(super) fn new(pulse: Arc<Pulse>) -> Self {
        Self {
            pulse,
            files: RefCell::default(),
            next: Cell::new(0),
            dropped: Dropped::default(),
            closing: Rc::default(),
        }
    }

    /// Takes a file into the table.
    pub(super) fn add(&self, file: DmaFile, shared: &Arc<Shared>) -> DmaKey {
        let id = self.next.replace(self.next.get() + 1);
        self.files.borrow_mut().insert(id, Rc::new(file));
        DmaKey { id, dropped: Arc::clone(&self.dropped), shared: Arc::clone(shared) }
    }

    /// The file of `key`. O(log n).
    ///
    /// # Panics
    /// On another core than the one that opened it: storage keeps its files on their core.
    pub(super) fn of(&self, key: &DmaKey) -> Rc<DmaFile> {
        assert!(on_core(key.shared.token), "an O_DIRECT file is used on the core that opened it");
        let files = self.files.borrow();
        Rc::clone(files.get(&key.id).expect("a file is in the table while a clone of it lives"))
    }

    /// True if a file was dropped that is not closed.
    pub(super) fn has_dropped(&self) -> bool {
        !self.dropped.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Begins to close the files that were dropped.
    pub(super) fn close_dropped(&self) {
        let dropped = std::mem::take(&mut *self.dropped.lock().unwrap_or_else(PoisonError::into_inner));
        for id in dropped {
            // At the end of the core all were closed, whoever still has clones.
            let file = self.files.borrow_mut().remove(&id);
            if let Some(file) = file {
                self.close(file);
            }
        }
    }

    /// Begins to close all files, for the end of the core: a clone on another core keeps the other descriptor.
    pub(super) fn close_all(&self) {
        let files = self.files.take();
        files.into_values().for_each(|file| self.close(file));
    }

    /// Waits until no file closes.
    pub(super) fn poll_closed(&self, cx: &Context<'_>) -> Poll<()> {
        if self.closing.count.get() == 0 {
            return Poll::Ready(());
        }
        add_waiter(&mut self.closing.waiting.borrow_mut(), cx.waker());
        Poll::Pending
    }

    fn close(&self, file: Rc<DmaFile>) {
        self.closing.count.set(self.closing.count.get() + 1);
        // As for `whole`: glommio wakes it.
        self.pulse.add();
        let (closing, pulse) = (Rc::clone(&self.closing), Arc::clone(&self.pulse));
        let close = async move {
            // What was written is durable or was never promised: the error of a close says nothing that counts.
            let _ = file.close_rc().await;
            closing.count.set(closing.count.get() - 1);
            pulse.sub();
            if closing.count.get() == 0 {
                closing.waiting.take().into_iter().for_each(Waker::wake);
            }
        };
        drop(glommio::spawn_local(close).detach());
    }
}
