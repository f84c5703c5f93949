//! The catalogue of planted bugs: each must be found, and the table says after how many seeds.
//!
//! Owner: a build with the feature `planted`. Invariant: every hunt runs in child processes of this very program,
//! each with one bug, from several first seeds; what is not found within `SEEDS_MAX` seeds is a failure.

use crate::args::Args;
use ringlog_storage::planted::{self, Bug};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitCode, Stdio};

/// Seeds within which the median of a bug must be found.
const SEEDS_MAX: u64 = 2000;
/// Crash states among which a bug is looked for that the swarm does not find.
const STATES_MAX: u64 = 20_000;
/// Hunts of each bug; their first seeds lie so far apart.
const HUNTS: u64 = 3;
const APART: u64 = 100_000;

/// Plants the bug called `name`.
///
/// Errors: no such bug; the text lists them.
pub fn plant(name: &str) -> Result<(), String> {
    let bug = Bug::ALL.iter().find(|b| format!("{b:?}") == name);
    match bug {
        Some(bug) => {
            planted::plant(*bug);
            Ok(())
        }
        None => Err(format!("no bug `{name}`; there are {:?}", Bug::ALL)),
    }
}

/// Hunts `bug` from seed `from` on: how many seeds it took, and what was said. `None`: not found.
fn hunt(bug: Bug, from: u64) -> std::io::Result<Option<(u64, String)>> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--plant", &format!("{bug:?}"), "--from", &from.to_string(), "--work-step", "1"])
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let out = child.stdout.take().map(BufReader::new);
    let passed =
        out.into_iter().flat_map(BufRead::lines).take(SEEDS_MAX as usize).map_while(Result::ok).count();
    if passed as u64 >= SEEDS_MAX {
        child.kill()?;
        child.wait()?;
        return Ok(None);
    }
    let mut said = String::new();
    if let Some(mut err) = child.stderr.take() {
        err.read_to_string(&mut said)?;
    }
    child.wait()?;
    Ok(Some((passed as u64 + 1, first_words(&said))))
}

/// Looks for `bug` among the states that power cuts may leave: what a recovery said. `None`: not found.
///
/// For what shows only where both checkpoints are lost, which no run of the swarm has, or at very few moments.
fn in_crash_states(bug: Bug, from: u64) -> std::io::Result<Option<String>> {
    let (name, states) = (format!("{bug:?}"), STATES_MAX.to_string());
    let out = Command::new(std::env::current_exe()?)
        .args(["--plant", &name, "--crash", "--states", &states, "--from", &from.to_string()])
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .output()?;
    if out.status.success() {
        return Ok(None);
    }
    let (said, err) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    let failed = said.lines().find_map(|l| l.strip_prefix("FAILED "));
    Ok(Some(failed.map_or_else(|| first_words(&err), |l| l.chars().filter(|c| *c != '|').take(90).collect())))
}

/// What a failure says, without the seed and the time.
fn first_words(said: &str) -> String {
    let line = said.lines().find(|l| !l.is_empty() && !l.starts_with("thread ")).unwrap_or_default();
    let text = line.split_once(" s: ").map_or(line, |(_, text)| text);
    text.chars().filter(|c| *c != '|').take(90).collect()
}

/// Prints the table. Ends with 1 if a bug was not found by most hunts.
pub fn table(args: &Args) -> ExitCode {
    println!("| planted | what is wrong | seeds, each hunt | median | said by |");
    println!("|---|---|---|---|---|");
    let mut missed = 0;
    let mut medians = Vec::new();
    for (number, bug) in
        Bug::ALL.iter().enumerate().filter(|b| args.plant.as_ref().is_none_or(|p| *p == format!("{:?}", b.1)))
    {
        let mut seeds = Vec::new();
        let mut said = String::new();
        for n in 0..HUNTS {
            // Two of three that found nothing settle it.
            if seeds.iter().filter(|n| **n == u64::MAX).count() as u64 * 2 > HUNTS {
                break;
            }
            eprintln!("{} of {}: {bug:?}, hunt {} of {HUNTS}", number + 1, Bug::ALL.len(), n + 1);
            match hunt(*bug, args.from + n * APART) {
                Ok(Some((n, text))) => {
                    seeds.push(n);
                    said = text;
                }
                Ok(None) => seeds.push(u64::MAX),
                Err(e) => {
                    eprintln!("error: no child process: {e}");
                    return ExitCode::from(71);
                }
            }
        }
        seeds.sort_unstable();
        let median = seeds.get(seeds.len() / 2).copied().unwrap_or(u64::MAX);
        if median == u64::MAX
            && let Ok(Some(text)) = in_crash_states(*bug, args.from)
        {
            println!("| `{bug:?}` | {} | – | crash states | {text} |", bug.what());
            continue;
        }
        missed += u32::from(median == u64::MAX);
        medians.push(median);
        let show = |n: &u64| if *n == u64::MAX { format!("> {SEEDS_MAX}") } else { n.to_string() };
        let all: Vec<String> = seeds.iter().map(show).collect();
        println!("| `{bug:?}` | {} | {} | {} | {said} |", bug.what(), all.join(", "), show(&median));
    }
    medians.sort_unstable();
    let middle = medians.get(medians.len() / 2).copied().unwrap_or(0);
    println!("\n{} bugs, {missed} not found; the median of the medians is {middle} seeds", medians.len());
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
