//! The operator's command line: Kafka's stock tools by their names, and the decoders of ringlog's own files.
//!
//! Owner: one process. Called as `kafka-topics` (a link to it) or as `ringctl as kafka-topics` it is that tool, with
//! its options, text and exit status; otherwise it has verbs of its own.

mod client;
mod doctor;
mod files;
mod generate;
mod java;
mod json;
mod kafka;
mod opts;
mod out;
mod regex;
mod verbs;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use client::Failure;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use verbs::{Cluster, Config, Group, Topic};

/// Exit status of sysexits.h for a cluster that is not as it should be.
const EX_UNAVAILABLE: u8 = 69;

/// Speaks to Kafka clusters and reads ringlog's files.
#[derive(Parser)]
#[command(name = "ringctl", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How to print
    #[arg(short = 'o', long, global = true, value_enum, default_value = "text")]
    output: Output,
    #[command(flatten)]
    cluster: Cluster,
}

/// How to print.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// One line for each item
    Text,
    /// One JSON object for each item
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a stock tool of Apache Kafka: `as kafka-topics --list ...`
    #[command(disable_help_flag = true)]
    As {
        /// The tool's name and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Topics: list, describe, create, grow, delete
    #[command(subcommand)]
    Topic(Topic),
    /// Consumer groups: list, describe, reset, delete
    #[command(subcommand)]
    Group(Group),
    /// Configs: describe, alter
    #[command(subcommand)]
    Config(Config),
    /// Sends lines of standard input; options behind the topic are those of kafka-console-producer
    Produce {
        /// Where to
        topic: String,
        /// Options of kafka-console-producer
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Prints records; options behind the topic are those of kafka-console-consumer
    Consume {
        /// What to read
        topic: String,
        /// Options of kafka-console-consumer
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Prints segments, indexes and snapshots; options are those of kafka-dump-log
    Log {
        /// The files, with commas between
        files: String,
        /// Options of kafka-dump-log
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Walks from the bootstrap address to every broker and partition, and says what is wrong
    Doctor,
    /// Writes completions or man pages
    #[command(hide = true)]
    Generate(generate::Generate),
    /// Prints the frames and entries of commit log files (DATA/cores/NN/commit-K.log)
    CommitLog {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Prints checkpoints (DATA/cores/NN/checkpoint-a, -b)
    Checkpoint {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    let mut words = std::env::args();
    let program = words.next().unwrap_or_default();
    let called = Path::new(&program).file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
    if let Some(tool) = called.strip_prefix("kafka-").and_then(kafka::find) {
        return ExitCode::from(kafka::run(tool, &words.collect::<Vec<_>>()));
    }
    let cli = Cli::parse();
    let json = cli.output == Output::Json;
    match cli.command {
        Command::As { words } => stock(&words),
        Command::Topic(command) if json => as_json(&cli.cluster, |access, out| match &command {
            Topic::List => json::topics(access, &[], false, out),
            Topic::Describe { topics } => json::topics(access, topics, true, out),
            _ => Err(no_json()),
        }),
        Command::Group(command) if json => as_json(&cli.cluster, |access, out| match &command {
            Group::List => json::list_groups(access, out),
            Group::Describe { groups, .. } => json::show_groups(access, groups, out),
            _ => Err(no_json()),
        }),
        Command::Config(_)
        | Command::Produce { .. }
        | Command::Consume { .. }
        | Command::Log { .. }
        | Command::Doctor
            if json =>
        {
            as_json(&cli.cluster, |_, _| Err(no_json()))
        }
        Command::Topic(command) => ExitCode::from(verbs::topic(&cli.cluster, &command)),
        Command::Group(command) => ExitCode::from(verbs::group(&cli.cluster, &command)),
        Command::Config(command) => ExitCode::from(verbs::config(&cli.cluster, &command)),
        Command::Produce { topic, options } => {
            let words = [vec!["--topic".to_owned(), topic], options].concat();
            ExitCode::from(verbs::tool(&cli.cluster, "console-producer", &words))
        }
        Command::Consume { topic, options } => {
            let words = [vec!["--topic".to_owned(), topic], options].concat();
            ExitCode::from(verbs::tool(&cli.cluster, "console-consumer", &words))
        }
        Command::Log { files, options } => {
            stock(&[vec!["dump-log".to_owned(), "--files".to_owned(), files], options].concat())
        }
        Command::Doctor => {
            let mut out = out::Out::new();
            let faults = doctor::look(&client::Access::new(&cli.cluster.address(), "ringctl"), &mut out);
            out.flush();
            ExitCode::from(if faults == 0 { 0 } else { EX_UNAVAILABLE })
        }
        Command::Generate(what) => generate::run(&what, &mut Cli::command()),
        Command::CommitLog { files } => files::commit_logs(&files, json),
        Command::Checkpoint { files } => files::checkpoints(&files, json),
    }
}

fn no_json() -> Failure {
    Failure::client(
        "-o json is for: topic list, topic describe, group list, group describe, commit-log, checkpoint"
            .to_owned(),
    )
}

fn as_json(
    cluster: &Cluster,
    show: impl FnOnce(client::Access, &mut out::Out) -> Result<(), Failure>,
) -> ExitCode {
    let mut out = out::Out::new();
    let done = show(client::Access::new(&cluster.address(), "ringctl"), &mut out);
    if let Err(e) = &done {
        out.complain(format!("ringctl: {}", e.message));
    }
    out.flush();
    ExitCode::from(u8::from(done.is_err()))
}

/// Runs the stock tool that the first of `words` names.
fn stock(words: &[String]) -> ExitCode {
    if words == ["--list"] {
        for tool in kafka::TOOLS {
            println!("{}", tool.name);
        }
        return ExitCode::SUCCESS;
    }
    let (name, args) = words.split_first().map_or(("", words), |(name, args)| (name.as_str(), args));
    match kafka::find(name) {
        Some(tool) => ExitCode::from(kafka::run(tool, args)),
        None => {
            let names: Vec<String> = kafka::TOOLS.iter().map(|t| format!("kafka-{}", t.name)).collect();
            eprintln!("ringctl: no tool named '{name}'; there are: {}", names.join(" "));
            ExitCode::from(64)
        }
    }
}
