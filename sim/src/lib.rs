//! The second implementation of `Env`: memory, virtual time, one thread, everything from one seed.
//!
//! Owner: a test, or the swarm of the binary `ringlog-sim`. A `Sim` holds the executor and the virtual clock; a
//! `Node` is one broker process on it, with its cores, its mesh, its network and a disk that forgets what was not
//! synced when the power goes. `swarm` runs a broker under everything that can go wrong, `check` judges what its
//! clients saw. How to read a failure and how to add a fault or a rule: docs/simulation.md.
//! Invariants: no real clock, thread, file or socket; the same seed gives the same run; production code does
//! not know that this crate exists.

pub mod broker;
pub mod check;
pub mod client;
pub mod config;
pub mod crash;
pub mod disk;
pub mod env;
pub mod exec;
pub mod mesh;
pub mod net;
pub mod plant;
pub mod rng;
pub mod swarm;
pub mod world;

pub use disk::MemDisk;
pub use env::{Node, Sim, SimEnv};
pub use exec::block_on;
