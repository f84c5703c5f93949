//! A whole broker in one test thread: real protocol bytes through the in-memory network.
//!
//! Owner: tests. `harness` starts brokers and speaks as a client; each sharp edge of the protocol is one test.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

mod admin;
mod allocations;
mod compaction;
mod directories;
mod durable;
mod edges;
mod fetch;
mod full;
mod groups;
mod harness;
mod hostile;
mod leader;
mod members;
mod moves;
mod offsets;
mod order;
mod produce;
mod retention;
mod session;
mod stages;
mod telemetry;
