//! The catalogue of planted bugs: each must be found, and the table says after how many seeds.
//!
//! Owner: a build with the feature `planted`. Invariants: every hunt runs in a child process of this very program with
//! one bug, from a first seed of its own; as many bugs are hunted side by side as the command line says; a hunt ends by
//! itself behind `SEEDS_MAX` seeds or when its time is over; a bug that most hunts do not find is a failure.

use crate::args::Args;
use ringlog_storage::planted::Bug;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Seeds within which the median of a bug must be found.
const SEEDS_MAX: u64 = 2000;
/// Crash states among which a bug is looked for that the swarm does not find: of many histories a part each.
const STATES_MAX: u64 = 20_000;
const STATES_OF: [&str; 4] = ["--every", "16", "--per-point", "32"];
/// First seeds of hunts lie so far apart.
const APART: u64 = 100_000;
/// How often a child is looked at that may take too long.
const LOOK: Duration = Duration::from_millis(100);

/// What came of one hunt.
enum Hunt {
    /// Found after so many seeds, and what was said.
    After(u64, String),
    /// Not found in so many.
    NotIn(u64),
}

/// What came of all hunts of one bug.
struct Row {
    hunts: Vec<Hunt>,
    /// What a recovery said among the crash states, if the swarm found nothing.
    states: Option<String>,
}

/// A child of this program with `bug` planted. Errors: there is none.
fn child(bug: Bug, words: &[&str]) -> std::io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--plant", &format!("{bug:?}")]).args(words).env("RUST_BACKTRACE", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// Hunts `bug` from seed `from` on, for so many seconds at most; 0 is no limit. Errors: no child process.
fn hunt(bug: Bug, from: u64, within_s: u64) -> std::io::Result<Hunt> {
    let (from, within) = (from.to_string(), within_s.to_string());
    let mut child = child(bug, &["--from", &from, "--work-step", "1", "--within", &within])?;
    let out = child.stdout.take().map(BufReader::new);
    let lines = out.into_iter().flat_map(BufRead::lines);
    let passed =
        lines.take(usize::try_from(SEEDS_MAX).unwrap_or(usize::MAX)).map_while(Result::ok).count() as u64;
    if passed >= SEEDS_MAX {
        child.kill()?;
        child.wait()?;
        return Ok(Hunt::NotIn(passed));
    }
    let mut said = String::new();
    if let Some(mut err) = child.stderr.take() {
        err.read_to_string(&mut said)?;
    }
    let ended = child.wait()?;
    Ok(if ended.success() { Hunt::NotIn(passed) } else { Hunt::After(passed + 1, first_words(&said)) })
}

/// Looks for `bug` among the states that power cuts may leave, for so many seconds at most: what a recovery said.
/// `None`: not found. Errors: no child process.
///
/// For what shows only where both checkpoints are lost, which no run of the swarm has, or at very few moments.
fn in_crash_states(bug: Bug, from: u64, within_s: u64) -> std::io::Result<Option<String>> {
    let (states, from) = (STATES_MAX.to_string(), from.to_string());
    let words = ["--crash", "--jobs", "1", "--states", &states, "--from", &from];
    let mut child = child(bug, &[&words[..], &STATES_OF].concat())?;
    let until = (within_s > 0).then(|| Instant::now() + Duration::from_secs(within_s));
    while child.try_wait()?.is_none() {
        if until.is_some_and(|until| Instant::now() > until) {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
    let out = child.wait_with_output()?;
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

/// All hunts of one bug; no more of them than settle whether most find it.
fn row(bug: Bug, args: &Args) -> std::io::Result<Row> {
    let (count, within_s) = (args.hunts.max(1), args.within_s.div_ceil(args.hunts.max(1)));
    let mut hunts: Vec<Hunt> = Vec::new();
    for n in 0..count {
        let missed = hunts.iter().filter(|h| matches!(h, Hunt::NotIn(_))).count() as u64;
        if missed * 2 > count {
            break;
        }
        hunts.push(hunt(bug, args.from + n * APART, within_s)?);
    }
    let found = hunts.iter().any(|h| matches!(h, Hunt::After(..)));
    let states = if found { None } else { in_crash_states(bug, args.from, within_s)? };
    Ok(Row { hunts, states })
}

/// The line of the table, and the median; `None`: not found.
fn line(bug: Bug, row: &Row) -> (String, Option<u64>) {
    let show = |h: &Hunt| match h {
        Hunt::After(n, _) => n.to_string(),
        Hunt::NotIn(n) => format!("none in {n}"),
    };
    let mut seeds: Vec<u64> =
        row.hunts.iter().map(|h| if let Hunt::After(n, _) = h { *n } else { u64::MAX }).collect();
    seeds.sort_unstable();
    let median = seeds.get(seeds.len() / 2).copied().filter(|n| *n != u64::MAX);
    let said =
        row.hunts.iter().find_map(|h| if let Hunt::After(_, said) = h { Some(said.as_str()) } else { None });
    let said = said.or(row.states.as_deref()).unwrap_or_default();
    let shown = match (median, &row.states) {
        (Some(median), _) => median.to_string(),
        (None, Some(_)) => "crash states".to_owned(),
        (None, None) => "not found".to_owned(),
    };
    let all: Vec<String> = row.hunts.iter().map(show).collect();
    (format!("| `{bug:?}` | {} | {} | {shown} | {said} |", bug.what(), all.join(", ")), median)
}

/// Prints the table. Ends with 1 if a bug was found neither by most hunts nor among the crash states.
pub fn table(args: &Args) -> ExitCode {
    let wanted = |b: &&Bug| args.plant.as_ref().is_none_or(|p| p.split(',').any(|p| *p == format!("{b:?}")));
    let bugs: Vec<Bug> = Bug::ALL.iter().filter(wanted).copied().collect();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = if args.jobs == 0 { processors } else { args.jobs };
    let (next, rows) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let n = next.fetch_add(1, Ordering::SeqCst);
            let Some(bug) = bugs.get(n).copied() else { return };
            let row = row(bug, args);
            if let Ok(row) = &row {
                eprintln!("{} of {}: {}", n + 1, bugs.len(), line(bug, row).0);
            }
            rows.lock().expect("no hunt panics").push((n, bug, row));
        }
    };
    std::thread::scope(|scope| (0..jobs).for_each(|_| drop(scope.spawn(work))));
    let mut rows = rows.into_inner().expect("no hunt panics");
    rows.sort_by_key(|(n, ..)| *n);
    println!("| planted | what is wrong | seeds, each hunt | median | said by |");
    println!("|---|---|---|---|---|");
    let (mut missed, mut medians) = (0, Vec::new());
    for (_, bug, row) in &rows {
        let row = match row {
            Ok(row) => row,
            Err(e) => {
                eprintln!("error: no child process: {e}");
                return ExitCode::from(71);
            }
        };
        let (text, median) = line(*bug, row);
        println!("{text}");
        missed += u32::from(median.is_none() && row.states.is_none());
        medians.extend(median);
    }
    medians.sort_unstable();
    let middle = medians.get(medians.len() / 2).copied().unwrap_or(0);
    println!("\n{} bugs, {missed} not found; the median of the medians is {middle} seeds", rows.len());
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
