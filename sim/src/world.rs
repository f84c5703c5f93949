//! What of a run is the broker and what stands for the kernel, the disk and the wire: for tests that count what
//! the broker itself does, such as its allocations.
//!
//! Owner: the thread of a run. Invariant: `is_broker` holds only while a node's task runs and nothing of the
//! simulator does.

use std::cell::Cell;

thread_local! {
    static TASKS: Cell<u32> = const { Cell::new(0) };
    static WORLD: Cell<u32> = const { Cell::new(0) };
}

/// True while code of a node runs that is not the simulator's. Never allocates.
#[must_use]
pub fn is_broker() -> bool {
    TASKS.get() > 0 && WORLD.get() == 0
}

/// A stretch of a node's task, or of the simulator's work; ends when it is dropped.
#[derive(Debug)]
pub struct Stretch(&'static std::thread::LocalKey<Cell<u32>>);

fn begin(counter: &'static std::thread::LocalKey<Cell<u32>>) -> Stretch {
    counter.set(counter.get() + 1);
    Stretch(counter)
}

/// A node's task runs from here on.
#[must_use]
pub fn task() -> Stretch {
    begin(&TASKS)
}

/// The simulator works from here on.
#[must_use]
pub fn enter() -> Stretch {
    begin(&WORLD)
}

impl Drop for Stretch {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
