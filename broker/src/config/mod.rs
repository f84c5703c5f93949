//! The configuration: typed settings, and where each value came from.
//!
//! Owner: the process; read once before the cores start. Invariants: layers apply in the order built-in < file
//! < cores.d < environment < flags; every key is known or refused (P021); a value is checked when it is set.

mod file;
mod keys;
mod layers;
pub mod parse;
mod suggest;

pub use layers::{Mode, load};
pub use parse::HostPort;

use crate::cli::LogFormat;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Who waits for the device (architecture.md D2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Completion {
    /// The probe at start decides.
    #[default]
    Auto,
    /// The ring itself.
    Ring,
    /// A flusher thread per core.
    Flusher,
}

/// Where a value that is not built in came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A line of a file.
    File {
        /// The file, as named.
        path: String,
        /// From 1.
        line: usize,
    },
    /// An environment variable.
    Env(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{path}:{line}"),
            Self::Env(name) => write!(f, "environment {name}"),
            Self::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

/// One Kafka listener.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listener {
    /// Its name, upper case as Kafka writes it.
    pub name: String,
    /// Where it listens.
    pub bind: Option<HostPort>,
    /// What clients are told; `None`: the address that they connected to.
    pub advertise: Option<HostPort>,
}

/// What can be set for one core; `None` = the global value.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CoreSettings {
    /// The CPU that the core is pinned to.
    pub cpu: Option<u16>,
    /// Memory budget, bytes.
    pub memory: Option<u64>,
    /// Spin before sleeping, microseconds.
    pub spin_us: Option<u32>,
    /// How long a frame may wait for more entries, microseconds.
    pub commit_window_us: Option<u32>,
    /// Who waits for the device.
    pub completion: Option<Completion>,
}

/// Which cores a `[core.X]` table speaks of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CoreSpec {
    /// `[core.default]`.
    Default,
    /// `[core."2-7"]`: inclusive ranges.
    Cores(Vec<u16>),
}

/// All settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `node.id`.
    pub node_id: u32,
    /// `node.cluster_id`: used when the directory is new, checked otherwise.
    pub cluster_id: Option<String>,
    /// `node.rack`.
    pub rack: Option<String>,
    /// `data.dirs`.
    pub data_dirs: Vec<PathBuf>,
    /// `data.lock_wait_ms`.
    pub lock_wait_ms: u32,
    /// `listener.NAME.*`, ordered by name.
    pub listeners: Vec<Listener>,
    /// `admin.bind`; `None` = off.
    pub admin: Option<HostPort>,
    /// `cpu.smp`: data cores.
    pub smp: Option<u16>,
    /// `cpu.set`.
    pub cpuset: Option<Vec<u16>>,
    /// `memory.total`, bytes.
    pub memory: Option<u64>,
    /// `log.format`.
    pub log_format: LogFormat,
    /// `log.debug`.
    pub log_debug: bool,
    /// `commit_log.completion`.
    pub completion: Completion,
    /// `commit_log.window_us`.
    pub commit_window_us: u32,
    /// `commit_log.size`, bytes per core; `None` = by the number of partitions. Never below 32 KiB for each of them.
    pub commit_log_size: Option<u64>,
    /// `runtime.spin_us`.
    pub spin_us: u32,
    /// `[core.*]` in the order of application.
    pub cores: Vec<(CoreSpec, CoreSettings)>,
    /// `[kafka]`: broker configs by Kafka's own names; the shard checks them.
    pub kafka: BTreeMap<String, String>,
    /// Where each value that is not built in came from.
    pub origins: BTreeMap<String, Origin>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            node_id: 1,
            cluster_id: None,
            rack: None,
            data_dirs: Vec::new(),
            lock_wait_ms: 10_000,
            listeners: Vec::new(),
            admin: Some(HostPort::new("127.0.0.1", 9644)),
            smp: None,
            cpuset: None,
            memory: None,
            log_format: LogFormat::Text,
            log_debug: false,
            completion: Completion::Auto,
            commit_window_us: 0,
            commit_log_size: None,
            spin_us: 50,
            cores: Vec::new(),
            kafka: BTreeMap::new(),
            origins: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// The settings of one core: `core.default`, then the tables that name it, in order.
    #[must_use]
    pub fn core(&self, core: u16) -> CoreSettings {
        let mut out = CoreSettings::default();
        let named = |spec: &CoreSpec| matches!(spec, CoreSpec::Cores(list) if list.contains(&core));
        let defaults = self.cores.iter().filter(|(spec, _)| *spec == CoreSpec::Default);
        for (_, patch) in defaults.chain(self.cores.iter().filter(|(spec, _)| named(spec))) {
            out.cpu = patch.cpu.or(out.cpu);
            out.memory = patch.memory.or(out.memory);
            out.spin_us = patch.spin_us.or(out.spin_us);
            out.commit_window_us = patch.commit_window_us.or(out.commit_window_us);
            out.completion = patch.completion.or(out.completion);
        }
        out
    }
}

#[cfg(test)]
mod tests;
