//! What consumer groups cost: a large group that rebalances, commits beside produce, many groups over a restart.
//!
//! Owner: one run of the program, over connections of its own. A wrong answer ends the run; what it prints are
//! figures of this machine and its load.

pub mod ask;
mod commits;
mod many;
mod rebalance;

use crate::peer::Running;
use clap::ValueEnum;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// What to measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Part {
    /// A member more in a large group (KIP-848)
    Rebalance,
    /// OffsetCommit beside a durable produce of the same size
    Commits,
    /// Many groups: members, memory, compaction, and how soon all of them answer after a restart
    Many,
}

/// What the run is asked for.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The broker's binary
    #[arg(long)]
    pub ringlog: PathBuf,
    /// Where it keeps its data
    #[arg(long, default_value = "target/bench/groups")]
    pub dir: PathBuf,
    /// Its processors, as taskset takes them
    #[arg(long, default_value = "0,1")]
    pub server_cpus: String,
    /// First of the ports used
    #[arg(long, default_value_t = 27_000)]
    pub port: u16,
    /// What to measure
    #[arg(long, value_delimiter = ',', default_values = ["rebalance", "commits", "many"])]
    pub parts: Vec<Part>,
    /// Members of the large group
    #[arg(long, default_value_t = 100)]
    pub members: usize,
    /// Partitions that they share
    #[arg(long, default_value_t = 1000)]
    pub partitions: u32,
    /// How often they send heartbeats, milliseconds
    #[arg(long, default_value_t = 200)]
    pub heartbeat_ms: u32,
    /// Seconds of each measurement of commits
    #[arg(long, default_value_t = 5)]
    pub seconds: u64,
    /// How many groups are many
    #[arg(long, default_value_t = 10_000)]
    pub groups: usize,
    /// Commits of ten partitions in each of them: what compaction takes away
    #[arg(long, default_value_t = 20)]
    pub commits: usize,
}

impl Options {
    fn addr(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Starts the broker on the data that is there, or on none.
    fn start(&self, fresh: bool, set: &[String]) -> io::Result<Running> {
        if fresh {
            match std::fs::remove_dir_all(&self.dir) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => std::fs::create_dir_all(&self.dir)?,
            }
        }
        Running::ringlog(&self.ringlog, &self.dir, (self.port, &self.server_cpus), set)
    }
}

/// Measures what is asked for, each part with a broker of its own. Errors: the broker's, and a wrong answer.
pub fn run(options: &Options) -> io::Result<()> {
    for part in &options.parts {
        match part {
            Part::Rebalance => rebalance::run(options)?,
            Part::Commits => commits::run(options)?,
            Part::Many => many::run(options)?,
        }
    }
    match std::fs::remove_dir_all(&options.dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
