//! Writes completions of shells and man pages, from the same description as the command line itself.
//!
//! Owner: one process, called by packaging.

use clap::{Args, Command, ValueEnum};
use clap_complete::Shell;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// What to write.
#[derive(Args, Clone, Debug)]
pub struct Generate {
    /// Completions of a shell, or man pages
    what: What,
    /// A folder; one file a page or shell
    folder: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum What {
    Bash,
    Zsh,
    Fish,
    Man,
}

/// Writes what was asked for; says where.
pub fn run(asked: &Generate, command: &mut Command) -> ExitCode {
    let shell = match asked.what {
        What::Bash => Some(Shell::Bash),
        What::Zsh => Some(Shell::Zsh),
        What::Fish => Some(Shell::Fish),
        What::Man => None,
    };
    let written = std::fs::create_dir_all(&asked.folder).and_then(|()| match shell {
        Some(shell) => clap_complete::generate_to(shell, command, "ringctl", &asked.folder).map(|_| ()),
        None => clap_mangen::generate_to(command.clone(), &asked.folder),
    });
    let mut err = std::io::stderr();
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            // Nobody is left to hear that standard error is closed.
            let _ = writeln!(err, "ringctl: {}: {e}", asked.folder.display());
            ExitCode::from(73)
        }
    }
}
