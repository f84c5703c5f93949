//! The command line: one contract that scripts rely on.
//!
//! Owner: the process. Invariants: flags only fill the topmost configuration layer (`config`); nothing here
//! touches the machine. A wrong command line ends with status 64.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A Kafka-compatible broker: every acknowledged record is on stable storage.
#[derive(Debug, Parser)]
#[command(name = "ringlog", version, infer_long_args = true, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run one node with no file and no root; data stays under the user's data directory.
    Dev(Dev),
    /// Run a node from a configuration file.
    Start(Start),
    /// Say whether this machine can run the broker, and what to change.
    Check(Check),
    /// Show the settings and where they are from, or what a key means.
    #[command(subcommand, arg_required_else_help = true)]
    Config(Config),
    /// Explain a numbered error, or a key of the configuration.
    Explain {
        /// The code or key, for example P012 or runtime.spin_us.
        what: String,
    },
}

/// `ringlog config`.
#[derive(Debug, Subcommand)]
pub enum Config {
    /// What a start would run with.
    Show(Box<Show>),
    /// What a key means, what it does and how it is set; all keys without one.
    Explain {
        /// The key, for example core.N.spin_us or num.partitions.
        key: Option<String>,
        /// Form of the answer.
        #[arg(short = 'o', long, value_enum, default_value_t = Output::Text)]
        output: Output,
    },
    /// The JSON schema of the configuration file, for editors.
    Schema,
}

/// `ringlog config show`.
#[derive(Debug, Args)]
pub struct Show {
    /// Where each value is from too.
    #[arg(long)]
    pub origin: bool,
    /// What the settings are for.
    #[command(flatten)]
    pub of: Check,
}

/// `ringlog dev`.
#[derive(Debug, Args)]
pub struct Dev {
    /// Data directory [default: $XDG_DATA_HOME/ringlog/dev or ~/.local/share/ringlog/dev].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Wipe the data directory first (only a ringlog directory).
    #[arg(long)]
    pub fresh: bool,
    /// The flags that `start` has too.
    #[command(flatten)]
    pub common: Common,
}

/// `ringlog start`.
#[derive(Debug, Args)]
pub struct Start {
    /// The configuration file; `cores.d/*.toml` beside it is read too.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Data directory, instead of the file's.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The flags that `dev` has too.
    #[command(flatten)]
    pub common: Common,
}

/// `ringlog check`, and what `config show` has of it.
#[derive(Debug, Args)]
pub struct Check {
    /// The configuration file [default: the settings of `dev`].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Data directory.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Form of the answer.
    #[arg(short = 'o', long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// The flags of `dev` and `start`.
    #[command(flatten)]
    pub common: Common,
}

/// Flags of `dev`, `start` and `check`.
#[derive(Debug, Default, Args)]
pub struct Common {
    /// Listen for Kafka clients here [default: 127.0.0.1:9092].
    #[arg(long, value_name = "HOST:PORT")]
    pub kafka: Option<String>,
    /// Tell clients to connect here [default: the address that they connected to].
    #[arg(long, value_name = "HOST:PORT")]
    pub advertise: Option<String>,
    /// Listen for admin HTTP here [default: 127.0.0.1:9644].
    #[arg(long, value_name = "HOST:PORT")]
    pub admin: Option<String>,
    /// Number of data cores.
    #[arg(long, value_name = "N")]
    pub smp: Option<String>,
    /// What runs the cores: uring, or glommio where it is built in [default: uring].
    #[arg(long, value_name = "KIND")]
    pub runtime: Option<String>,
    /// CPUs to run on, for example 0-3,8.
    #[arg(long, value_name = "LIST")]
    pub cpuset: Option<String>,
    /// Memory of the whole broker, for example 2GiB.
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Set any key, for example commit_log.completion=ring or num.partitions=4.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Form of the start lines and of the log.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

/// Form of log lines and start lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Form of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Output {
    /// For people.
    Text,
    /// For scripts.
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn dev_takes_every_flag_of_the_contract() {
        let line = "ringlog dev --data d --fresh --kafka h:1 --advertise h:2 --admin h:3 --smp 2 --cpuset 0-1 \
                    --memory 1GiB --set a=b --set c=d --log-format json";
        let cli = Cli::try_parse_from(line.split_whitespace()).expect("the contract's line parses");
        let Command::Dev(dev) = cli.command else { panic!("dev") };
        assert!(dev.fresh);
        assert_eq!(dev.common.set, ["a=b", "c=d"]);
        assert_eq!(dev.common.log_format, Some(LogFormat::Json));
    }
}
