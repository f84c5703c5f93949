//! Registered sockets: the ring's own table of descriptors, so that an operation needs no look-up in the process's
//! table and no count on the file (docs/decisions/0004-registered-sockets.md has what it brings).
//!
//! Owner: one table per ring. Invariants: a slot belongs to one socket until that socket has no operation any
//! more; it is emptied before the kernel is entered next, because a registered socket stays open; a socket that
//! finds no free slot is used by its descriptor.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Slots of one ring: the connections beyond go without. 64 KiB of the kernel's memory.
pub(super) const FIXED_MAX: u32 = 4096;

/// Which slots are taken.
#[derive(Default)]
pub(super) struct FixedFiles {
    len: Cell<u32>,
    /// Slots from here on were never used.
    fresh: Cell<u32>,
    free: RefCell<Vec<u32>>,
    /// Slots of sockets that are gone, still with the kernel.
    dead: RefCell<Vec<u32>>,
}

impl FixedFiles {
    /// The kernel has a table of `len` empty slots.
    pub(super) fn on_registered(&self, len: u32) {
        self.len.set(len);
    }

    /// An empty slot; none if all are taken.
    pub(super) fn take(self: &Rc<Self>) -> Option<Slot> {
        let index = self.free.borrow_mut().pop().or_else(|| {
            let next = self.fresh.get();
            (next < self.len.get()).then(|| {
                self.fresh.set(next + 1);
                next
            })
        })?;
        Some(Slot { index, files: Rc::clone(self) })
    }

    /// True if `next_dead` has something.
    pub(super) fn has_dead(&self) -> bool {
        !self.dead.borrow().is_empty()
    }

    /// A slot to empty; call `on_emptied` then.
    pub(super) fn next_dead(&self) -> Option<u32> {
        self.dead.borrow_mut().pop()
    }

    /// The kernel has let go of the slot's socket.
    pub(super) fn on_emptied(&self, index: u32) {
        self.free.borrow_mut().push(index);
    }
}

/// A slot with a socket in it, until dropped.
pub(super) struct Slot {
    index: u32,
    files: Rc<FixedFiles>,
}

impl Slot {
    /// Its number in the table.
    pub(super) fn index(&self) -> u32 {
        self.index
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.files.dead.borrow_mut().push(self.index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_free_again_only_when_the_kernel_has_let_go() {
        let files = Rc::new(FixedFiles::default());
        assert!(files.take().is_none(), "no table yet");
        files.on_registered(2);
        let (first, second) = (files.take().expect("a slot"), files.take().expect("a slot"));
        assert_eq!((first.index(), second.index()), (0, 1));
        drop(first);
        assert!(files.take().is_none(), "still with the kernel");
        let dead = files.next_dead().expect("the first");
        files.on_emptied(dead);
        assert!(!files.has_dead());
        assert_eq!(files.take().map(|s| s.index()), Some(0));
    }
}
