//! The cores: the runtime started with the shard's code on each.
//!
//! Owner: the first thread. Invariants: a failure of any core becomes one numbered error; cores are told to stop
//! once, and `join` returns when all have ended.

use crate::boot::Event;
use crate::config::Settings;
use crate::error::Failure;
use crate::log::Log;
use crate::plan::Plan;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc::Sender;

/// What the cores are started with.
pub struct Spec<'a> {
    /// All settings.
    pub settings: &'a Settings,
    /// CPUs and memory.
    pub plan: &'a Plan,
    /// Data directories, locked.
    pub dirs: Vec<PathBuf>,
    /// Where each listener listens.
    pub addresses: Vec<SocketAddr>,
    /// Where log lines go.
    pub log: Log,
    /// Where the first thread hears of them.
    pub events: Sender<Event>,
}

/// Running cores.
pub struct Cores {
    /// Where each listener listens, port 0 resolved.
    pub addresses: Vec<SocketAddr>,
    /// `node.id`.
    pub node_id: u32,
}

/// What the cores did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Turns of all loops.
    pub turns: u64,
    /// Turns above 1 ms of thread CPU time.
    pub slow_turns: u64,
    /// The longest turn, microseconds of thread CPU time.
    pub slowest_turn_us: u64,
}

/// Starts the cores.
pub fn start(spec: Spec<'_>) -> Result<Cores, Failure> {
    let _ = (spec.plan, spec.dirs, spec.addresses, spec.log, spec.events, spec.settings);
    Err(Failure::new("P050", "this build has no runtime"))
}

impl Cores {
    /// Asks all cores to stop.
    pub fn stop(&self) {}

    /// Waits for their end.
    pub fn join(self) -> Result<Report, Failure> {
        Ok(Report::default())
    }
}
