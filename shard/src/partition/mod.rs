//! The partitions that this core leads, and who waits for them.
//!
//! Owner: one core. `host` keeps them as committed metadata says, `leader` is one of them, `purgatory` holds the
//! fetches that wait for any, `clean` runs compaction, `retain` deletes what is too old.

pub mod clean;
pub mod host;
pub mod leader;
pub mod purgatory;
pub mod retain;

pub use leader::{Leader, Taken};
pub use purgatory::Purgatory;
