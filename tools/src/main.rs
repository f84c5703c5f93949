//! The operator's command line: Kafka's stock tools by their names, and the decoders of ringlog's own files.
//!
//! Owner: one process. Called as `kafka-topics` (a link to it) or as `ringctl as kafka-topics` it is that tool, with
//! its options, text and exit status; otherwise it has verbs of its own.

mod client;
mod files;
mod java;
mod kafka;
mod opts;
mod out;
mod regex;

use clap::{Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Speaks to Kafka clusters and reads ringlog's files.
#[derive(Parser)]
#[command(name = "ringctl", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How to print
    #[arg(short = 'o', long, global = true, value_enum, default_value = "text")]
    output: Output,
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
        Command::CommitLog { files } => files::commit_logs(&files, json),
        Command::Checkpoint { files } => files::checkpoints(&files, json),
    }
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
