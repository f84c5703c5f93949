//! The runtimes behind the seams of `shard::env` and `storage::disk`.
//!
//! Owner: the process. Invariants: io-uring, nix and libc are named only below this folder.

pub mod signals;
pub mod sys;
pub mod uring;
