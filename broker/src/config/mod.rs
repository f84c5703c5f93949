//! The configuration: typed settings, and where each value came from.
//!
//! Owner: the process; read once before the cores start. Invariants: layers apply in the order built-in < file
//! < cores.d < environment < flags; every key is known or refused (P021); a value is checked when it is set.

mod docs;
mod file;
mod keys;
mod layers;
pub mod parse;
mod schema;
mod show;
mod suggest;

pub use layers::{Mode, load};
pub use parse::HostPort;
pub use schema::schema;
pub use show::{explain, show};

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

/// Which runtime runs the cores.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Runtime {
    /// Our own loop on io_uring.
    #[default]
    Uring,
    /// The executor of the crate glommio, where it was built in.
    Glommio,
}

impl Runtime {
    /// As the configuration writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Uring => "uring",
            Self::Glommio => "glommio",
        }
    }
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

/// A value that is not built in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// The key as it was written.
    pub key: String,
    /// The value as it was written; a list is joined with commas.
    pub value: String,
    /// Where.
    pub origin: Origin,
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
    /// `runtime.kind`.
    pub runtime: Runtime,
    /// `runtime.spin_us`.
    pub spin_us: u32,
    /// `[core.*]` in the order of application.
    pub cores: Vec<(CoreSpec, CoreSettings)>,
    /// `[kafka]`: broker configs by Kafka's own names; the shard checks them.
    pub kafka: BTreeMap<String, String>,
    /// What was set, in the order of application, each key once.
    pub given: Vec<Given>,
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
            runtime: Runtime::Uring,
            spin_us: 50,
            cores: Vec::new(),
            kafka: BTreeMap::new(),
            given: Vec::new(),
        }
    }
}

impl Settings {
    /// Notes that `key` was set.
    fn note(&mut self, key: &str, value: &str, origin: Origin) {
        self.given.retain(|given| given.key != key);
        self.given.push(Given { key: key.to_owned(), value: value.to_owned(), origin });
    }

    /// What `key` was set to, and where; `None`: what is built in holds.
    #[must_use]
    pub fn given(&self, key: &str) -> Option<&Given> {
        self.given.iter().find(|given| given.key == key)
    }

    /// What `key` of one core was set to: the last table that names it, before `core.default`.
    #[must_use]
    pub fn given_for_core(&self, core: u16, key: &str) -> Option<&Given> {
        let of = |given: &&Given, cores: &dyn Fn(&str) -> bool| {
            let rest = given.key.strip_prefix("core.").and_then(|rest| rest.rsplit_once('.'));
            rest.is_some_and(|(spec, its)| its == key && cores(spec))
        };
        let named = |spec: &str| parse::cpu_list(spec).is_ok_and(|list| list.contains(&core));
        let own = self.given.iter().rev().find(|g| of(g, &named));
        own.or_else(|| self.given.iter().rev().find(|g| of(g, &|spec| spec == "default")))
    }

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
