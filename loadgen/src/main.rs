//! Load generator: an open loop of records at a fixed rate, consumers and their groups; the benchmark of durable produce and cold fetch, the loop
//! of kills, the figures of consumer groups, and the bare servers they compare with.
//!
//! Owner: one process of its own, never part of a broker. Invariant: it speaks Kafka through `ringlog-wire` only,
//! so that it loads Apache Kafka or any other broker unchanged.

mod agree;
mod bare;
mod bare_disk;
mod bare_send;
mod client;
mod cold;
mod frames;
mod groups;
mod html;
mod interrupt;
mod kafka_home;
mod load;
mod peer;
mod quick;
mod restart;
mod spine;
mod suite;
mod versions;

use clap::{Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Load generator for Kafka brokers.
#[derive(Parser)]
#[command(name = "ringlog-loadgen", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Produce and fetch at a fixed rate, whatever the broker does, and say how long each record took
    Load(Box<load::options::Options>),
    /// Half a minute against localhost:9092, or a ringlog that is started for it: a table and a page
    Quick(quick::Options),
    /// Run workloads of OpenMessaging Benchmark with its drivers of Kafka, from its files
    Omb(load::omb::Options),
    /// The targets P1 to P8: the bare limit, ringlog and Apache Kafka in turns, their ratios, a page
    Suite(Box<suite::Options>),
    /// Durable produce: the bare limit, ringlog and Apache Kafka in turns
    Spine(Box<spine::Options>),
    /// Hold the generator to a client that shares nothing with it: both in turns at one rate, medians compared
    Agree(agree::Options),
    /// Write one self-contained page from the results of one run or several
    Report(html::Options),
    /// Print the results of two runs side by side
    Compare(html::Compare),
    /// How long ringlog takes to serve again after SIGKILL under load
    Restart(restart::Options),
    /// Consumer groups: a rebalance of a large one, commits beside produce, and many groups over a restart
    Groups(groups::Options),
    /// The bare server: appends every request to one log, syncs, answers
    Bare {
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:27000")]
        addr: SocketAddr,
        /// Where the log file lies
        #[arg(long, default_value = "target/bench/bare")]
        dir: PathBuf,
        /// Answer without writing: the limit of the network alone
        #[arg(long)]
        no_sync: bool,
    },
    /// The bare server of one file: sends the MiB at each position that it is sent, as cold as the cache is
    BareSend {
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:27000")]
        addr: SocketAddr,
        /// Where the file lies
        #[arg(long, default_value = "target/bench/bare")]
        dir: PathBuf,
        /// Its length, bytes
        #[arg(long, default_value_t = 1 << 30)]
        bytes: u64,
    },
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    if let Err(e) = interrupt::watch() {
        eprintln!("ringlog-loadgen: {e}");
        return ExitCode::FAILURE;
    }
    let done = match command {
        Command::Suite(options) => suite::run(&options),
        Command::Spine(options) => {
            spine::run(&options);
            Ok(())
        }
        Command::Load(options) => load::run(&options),
        Command::Quick(options) => quick::run(&options),
        Command::Omb(options) => load::omb::run(&options),
        Command::Agree(options) => agree::run(&options),
        Command::Report(options) => html::report(&options),
        Command::Compare(options) => html::compare(&options),
        Command::Restart(options) => restart::run(&options),
        Command::Groups(options) => groups::run(&options),
        Command::Bare { addr, dir, no_sync } => bare::serve(addr, &dir, !no_sync),
        Command::BareSend { addr, dir, bytes } => bare_send::serve(addr, &dir, bytes),
    };
    if let Err(e) = &done {
        eprintln!("ringlog-loadgen: {e}");
    }
    match done {
        _ if interrupt::is_asked() => ExitCode::from(interrupt::STATUS),
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
