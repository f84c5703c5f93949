//! What one core does: connections, request handlers, partitions, the mesh, the control plane driver.
//!
//! Owner: everything here belongs to one core and is `!Send`, except the messages of `msg`.
//! Invariants: generic over `Env`; no runtime, clock, thread, file or socket is named here.

pub mod calls;
pub mod config;
pub mod conn;
pub mod control;
pub mod core;
pub mod env;
pub mod group;
pub mod handler;
pub mod image;
pub mod limits;
pub mod msg;
pub mod partition;
pub mod report;
pub mod router;
pub mod session;
pub mod slots;
pub mod stages;
pub mod telemetry;

pub use core::{Core, CoreBoot};
