//! `ringlog-wire-peers`: our codecs beside those of others. `run` calls it; it lists its commands itself.
//!
//! Owner: CI and a developer's shell. Invariant: ends with 1 if anything differs, and names it.

mod answers;
mod bench;
mod capture;
mod cases;
mod deleted;
mod dial;
mod driver;
mod heap;
mod honest;
mod hostile;
mod kafka_protocol_peer;
mod pairs;
mod sample_lines;
mod siege;
mod wrong;
mod wrong_admin;
mod wrong_configs;
mod wrong_groups;

use std::process::ExitCode;

const USAGE: &str = "usage:
  ringlog-wire-peers kafka-protocol SEEDS            compare with the crate kafka-protocol
  ringlog-wire-peers driver NAME SEEDS COMMAND...    compare with a driver program (see driver.rs)
  ringlog-wire-peers capture LISTEN BROKER FILE      keep the frames that pass (see capture.rs)
  ringlog-wire-peers bench [WORD]                    Produce and Fetch beside kafka-protocol (release builds),
                                                     of the cases whose names hold WORD
  ringlog-wire-peers answers RINGLOG PID KAFKA FRAMES  compare answers, FRAMES hostile ones for each API
  ringlog-wire-peers siege RINGLOG PID FRAMES        hostile frames of every API and version, an honest client beside";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["kafka-protocol", seeds] => parse(seeds).and_then(kafka_protocol_peer::compare),
        ["answers", ours, pid, kafka, frames] => {
            parse(pid).and_then(|pid| answers::run(ours, pid as u32, kafka, parse(frames)? as usize))
        }
        ["bench"] => bench::run(""),
        ["bench", word] => bench::run(word),
        ["siege", ours, pid, frames] => {
            parse(pid).and_then(|pid| siege::run(ours, pid as u32, parse(frames)? as usize))
        }
        ["capture", listen, broker, file] => capture::run(listen, broker, file),
        ["driver", name, seeds, command @ ..] if !command.is_empty() => {
            parse(seeds).and_then(|seeds| driver::compare(name, seeds, command))
        }
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}

fn parse(number: &str) -> Result<u64, String> {
    number.parse().map_err(|_| format!("{number} is no number; {USAGE}"))
}
