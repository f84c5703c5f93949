//! The partitions that this core leads, and who waits for them.
//!
//! Owner: one core.

pub mod purgatory;

pub use purgatory::Purgatory;
