//! The commit log of one core: entries in frames in recycled files (architecture.md D2, section 5).
//!
//! Owner: the core's `Store`. Invariants: one frame is in flight at a time, and frame n + 1 is written only
//! after frame n is durable; so a bad frame with a valid later one is corruption, a bad last one a torn tail.

pub mod entry;
pub mod frame;
pub mod log;
pub mod scan;

pub use entry::{Append, Entry, Extent};
pub use frame::{FrameBuf, Link};
