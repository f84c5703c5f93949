//! Fuzzing of every decoder of `wire`: targets, mutations, corpus. See `docs/wire.md`.
//!
//! Owner: developers; outside the workspace. The tests of `wire` include the same modules on stable.

pub mod mutate;
pub mod otlp;
pub mod targets;

use targets::Target;

/// The targets that the tests of `wire` have, and those of others.
pub fn all() -> impl Iterator<Item = &'static Target> {
    targets::TARGETS.iter().chain(&[otlp::TARGET])
}
