//! Fuzzing of every decoder of `wire`: targets, mutations, corpus. See `docs/wire.md`.
//!
//! Owner: developers; outside the workspace. The tests of `wire` include the same modules on stable.

pub mod mutate;
pub mod targets;
