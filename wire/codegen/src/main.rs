//! `ringlog-wire-codegen update RELEASE`, `extract JARS_DIR`, `generate`: a developer's tool.
//!
//! Run from the repository root. `extract` writes `wire/facts`, `generate` writes `wire/src/generated`, `update`
//! fetches the jars of a release of Kafka, does both, and prints what changed and what is left to do.
//! A build needs none of it: the outputs are committed and a test proves them up to date.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use ringlog_wire_codegen::{emit, extract, facts, update};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["extract", jars] => run_extract(Path::new(jars)),
        ["generate"] => run_generate(),
        ["update", version] => run_update(version),
        _ => {
            Err(io::Error::other("usage: ringlog-wire-codegen update RELEASE | extract JARS_DIR | generate"))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}

/// What the tool cannot do: the proofs are run and the numbers in the tests set by whoever reviews the change.
const LEFT_TO_DO: &str = "Review `git diff wire/facts` and the lines above, then:
  cargo test -p ringlog-wire api            the ranges and the number of APIs that the tests name
  wire/peers/run java                       the same bytes as the new jars; prints the digest for sample/java.rs
  RINGLOG_WRITE_CORPUS=1 cargo test -p ringlog-wire --lib corpus
  cargo test -p ringlog-wire -p ringlog-wire-codegen";

fn run_update(version: &str) -> io::Result<()> {
    let dir = Path::new("wire/facts");
    let old = facts::read_dir(dir)?;
    run_extract(&update::jars(version)?)?;
    fs::write(dir.join("release.txt"), format!("{version}\n"))?;
    run_generate()?;
    let changes = update::changes(&old, &facts::read_dir(dir)?);
    changes.iter().for_each(|line| println!("{line}"));
    println!("{} changes in the facts. {LEFT_TO_DO}", changes.len());
    Ok(())
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
    for (file, text) in emit::emit(&sets, &update::release(Path::new("wire/facts"))?) {
        fs::write(dir.join(file), text)?;
    }
    Ok(())
}
