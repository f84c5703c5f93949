//! `ringlog-wire-codegen extract JARS_DIR` and `ringlog-wire-codegen generate`: a developer's tool.
//!
//! Run from the repository root. `extract` writes `wire/facts`, `generate` writes `wire/src/generated`.
//! A build needs neither: both outputs are committed and a test proves them up to date.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use ringlog_wire_codegen::{emit, extract, facts};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["extract", jars] => run_extract(Path::new(jars)),
        ["generate"] => run_generate(),
        _ => Err(io::Error::other("usage: ringlog-wire-codegen extract JARS_DIR | generate")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}

fn run_extract(jars: &Path) -> io::Result<()> {
    let dir = Path::new("wire/facts");
    fs::create_dir_all(dir)?;
    for (file, text) in extract::extract(jars)? {
        fs::write(dir.join(file), text)?;
    }
    Ok(())
}

fn run_generate() -> io::Result<()> {
    let sets = facts::read_dir(Path::new("wire/facts"))?;
    let dir = Path::new("wire/src/generated");
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    fs::create_dir_all(dir)?;
    for (file, text) in emit::emit(&sets) {
        fs::write(dir.join(file), text)?;
    }
    Ok(())
}
