//! The control core with real data cores, in memory: start, restart, power loss, damage, grouping, snapshots.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

mod damage;
mod disk;
mod rig;
mod snapshots;
mod start;
