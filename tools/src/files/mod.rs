//! Prints ringlog's own files, commit logs and checkpoints, and verifies whole data directories.
//!
//! Owner: one process, read only; it works on the files of a stopped broker and of a running one. Kafka's formats
//! (segments, indexes, the metadata log) are read by `kafka-dump-log`.

mod checkpoint;
mod commit_log;
mod verify;

pub use verify::run as verify;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit status of sysexits.h for input that is not what it should be.
const EX_DATAERR: u8 = 65;

/// Turns a file's bytes into lines, as JSON or as text.
type Show = fn(&[u8], bool) -> Result<Vec<String>, String>;

/// Prints commit logs.
pub fn commit_logs(files: &[PathBuf], json: bool) -> ExitCode {
    print(files, (json, "DATA/cores/NN/commit-K.log"), commit_log::show)
}

/// Prints checkpoints.
pub fn checkpoints(files: &[PathBuf], json: bool) -> ExitCode {
    print(files, (json, "DATA/cores/NN/checkpoint-a and -b"), checkpoint::show)
}

/// `place`: where such files are.
fn print(files: &[PathBuf], (json, place): (bool, &str), show: Show) -> ExitCode {
    let mut failed = false;
    let mut out = std::io::stdout().lock();
    for path in files {
        let title = if json { Vec::new() } else { vec![path.display().to_string()] };
        let lines = match read(path).and_then(|bytes| show(&bytes, json)) {
            Ok(lines) => lines,
            Err(why) => {
                eprintln!("ringctl: {}: {why} (such files are {place})", path.display());
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
