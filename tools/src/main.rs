//! Operator command line: today the decoders of ringlog's own files, the commit log and the checkpoints.
//!
//! Owner: one process, read only; it works on the files of a stopped broker and of a running one. Kafka's
//! formats (segments, indexes, the metadata log) are read by the stock `dump-log`.

mod checkpoint;
mod commit_log;

use clap::{Parser, Subcommand, ValueEnum};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit status of sysexits.h for input that is not what it should be.
const EX_DATAERR: u8 = 65;

/// Reads ringlog's files.
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

/// Turns a file's bytes into lines, as JSON or as text.
type Show = fn(&[u8], bool) -> Result<Vec<String>, String>;

#[derive(Subcommand)]
enum Command {
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
    let cli = Cli::parse();
    let json = cli.output == Output::Json;
    let (files, show): (_, Show) = match cli.command {
        Command::CommitLog { files } => (files, commit_log::show),
        Command::Checkpoint { files } => (files, checkpoint::show),
    };
    let mut failed = false;
    let mut out = std::io::stdout().lock();
    for path in &files {
        let title = if json { Vec::new() } else { vec![path.display().to_string()] };
        let lines = match read(path).and_then(|bytes| show(&bytes, json)) {
            Ok(lines) => lines,
            Err(why) => {
                eprintln!("ringctl: {}: {why}", path.display());
                failed = true;
                continue;
            }
        };
        for line in title.iter().chain(&lines) {
            // A reader such as `head` that has seen enough is no failure.
            if writeln!(out, "{line}").is_err() {
                return ExitCode::SUCCESS;
            }
        }
    }
    if failed { ExitCode::from(EX_DATAERR) } else { ExitCode::SUCCESS }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|e| e.to_string())
}
