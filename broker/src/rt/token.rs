//! Which core runs on this thread.
//!
//! Owner: each thread its own. Invariants: a core's token is not 0, and no two cores of the process have the same.

use std::cell::Cell;

thread_local! {
    /// 0 for none.
    static CURRENT: Cell<u64> = const { Cell::new(0) };
}

/// Declares that this thread runs the core `token`.
pub(super) fn enter_core(token: u64) {
    CURRENT.set(token);
}

/// True on the thread of the core `token`. False while the thread ends: nothing will run there any more.
pub(super) fn on_core(token: u64) -> bool {
    CURRENT.try_with(Cell::get) == Ok(token)
}
