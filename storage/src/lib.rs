//! Storage of one core: commit log, segments, indexes, producer state, recovery; over the `Disk` seam.
//!
//! Owner: one core and one data directory per store. No runtime, no clock of its own, no threads.
//! Invariants: acknowledged means durable; the recovered log is an exact prefix with durable <= prefix <= appended.

pub mod buf;
pub mod checkpoint;
pub mod clean;
pub mod commit;
pub mod disk;
pub mod few;
mod kept;
pub mod layout;
pub mod limits;
pub mod partition;
pub mod planted;
pub mod read;
pub mod scan;
pub mod scrub;
pub mod store;
