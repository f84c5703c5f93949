//! The second implementation of `Env`: memory, virtual time, one thread, everything from one seed.
//!
//! Owner: a test. A `Sim` holds the executor and the virtual clock; a `Node` is one broker process on it, with
//! its cores, its mesh, its network and a disk that forgets what was not synced when the power goes.
//! Invariants: no real clock, thread, file or socket; the same seed gives the same run; production code does
//! not know that this crate exists.

pub mod config;
pub mod crash;
pub mod disk;
pub mod env;
pub mod exec;
pub mod mesh;
pub mod net;
pub mod rng;
pub mod world;

pub use disk::MemDisk;
pub use env::{Node, Sim, SimEnv};
pub use exec::block_on;
