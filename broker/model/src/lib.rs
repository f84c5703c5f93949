//! The lock-free parts of the runtime, compiled alone so that tools that know nothing of io_uring can check them.
//!
//! Owner: `.ci/spsc`. With `--cfg loom` the tests below try every interleaving (within a bound of preemptions)
//! and every value that a relaxed load may return; under Miri the tests inside `spsc.rs` run. Nothing else.

#[path = "../../src/rt/uring/sleeping.rs"]
pub mod sleeping;
#[path = "../../src/rt/uring/spsc.rs"]
pub mod spsc;

#[cfg(all(test, loom))]
mod tests;
