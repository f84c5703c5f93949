//! The partitions that this core leads, and who waits for them.
//!
//! Owner: one core. `host` keeps them as committed metadata says, `leader` is one of them, `purgatory` holds the
//! fetches that wait for any, `clean` runs compaction, `retain` deletes what is too old, `scrub` reads back what is cold, `moves` has which
//! logs are to go to other data directories and `relocate` copies them, `watch` looks at the stores once a second, `pace` holds those that read much back.

pub mod clean;
pub mod host;
pub mod leader;
pub mod moves;
mod pace;
pub mod purgatory;
pub mod relocate;
pub mod retain;
pub mod scrub;
pub mod watch;

pub use leader::{Leader, Taken};
pub use purgatory::Purgatory;
