//! Produce and Fetch, and the validation of batches, beside the crate `kafka-protocol` in the same run.
//!
//! Owner: a developer's shell. The two sides take short turns, and what counts is the fastest turn of each: whatever
//! else the machine does only adds to the others. Allocations are counted after a first, uncounted pass.

use crate::cases;
use crate::heap::allocations;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Turns of each side.
const TURNS: usize = 301;
/// What one turn is to last, about.
const TURN_NS: u128 = 200_000;
/// A case ends when its turns took this long, at the earliest after five.
const CASE: Duration = Duration::from_secs(2);

/// One side of a case: does the work once and returns something that depends on it.
pub type Work<'a> = Box<dyn FnMut() -> usize + 'a>;

/// One line of the table.
pub struct Case<'a> {
    /// What is done.
    pub name: String,
    /// Bytes of records looked at, for GB/s; 0 where that says nothing.
    pub bytes: usize,
    /// Our way.
    pub ours: Work<'a>,
    /// The crate's; `None` where it has none.
    pub theirs: Option<Work<'a>>,
}

/// What a case gave.
struct Measured {
    ours_ns: f64,
    allocations: u64,
    theirs: Option<(f64, f64, u64)>,
}

/// Prints the table, of the cases whose names hold `word`. Errors: an uncompressed Produce of 1 to 100 partitions allocates, which it must not.
pub fn run(word: &str) -> Result<(), String> {
    let mut table = String::new();
    let mut offences = Vec::new();
    let _ = writeln!(
        table,
        "| work | ours ns | allocations | kafka-protocol ns | allocations | ratio | ours GB/s |"
    );
    let _ = writeln!(table, "|---|---|---|---|---|---|---|");
    cases::each(&mut |mut case, allocates| {
        if !case.name.contains(word) {
            return;
        }
        let m = measure(&mut case);
        if !allocates && m.allocations > 0 {
            offences.push(format!("{}: {} allocations, none allowed", case.name, m.allocations));
        }
        let theirs =
            m.theirs.map_or("- | - | -".into(), |(ns, ratio, n)| format!("{ns:.0} | {n} | {ratio:.1}"));
        let speed = match case.bytes {
            0 => "-".into(),
            n => format!("{:.1}", n as f64 / m.ours_ns),
        };
        let _ =
            writeln!(table, "| {} | {:.0} | {} | {theirs} | {speed} |", case.name, m.ours_ns, m.allocations);
    });
    print!("{table}");
    if offences.is_empty() { Ok(()) } else { Err(offences.join("\n")) }
}

fn measure(case: &mut Case<'_>) -> Measured {
    let (ours_times, allocations) = warm(&mut case.ours);
    let mut theirs = case.theirs.as_mut().map(|work| (warm(work), work));
    let (mut ours, mut other) = (f64::INFINITY, f64::INFINITY);
    let began = Instant::now();
    for n in 0..TURNS {
        ours = ours.min(turn(&mut case.ours, ours_times));
        if let Some(((times, _), work)) = &mut theirs {
            other = other.min(turn(work, *times));
        }
        if n >= 5 && began.elapsed() > CASE {
            break;
        }
    }
    let theirs = theirs.map(|((_, allocations), _)| (other, other / ours, allocations));
    Measured { ours_ns: ours, allocations, theirs }
}

/// Runs once or more, then counts the allocations of one run. Returns runs that fill a turn, and the count.
fn warm(work: &mut Work<'_>) -> (u32, u64) {
    let mut times = 1u32;
    loop {
        let began = Instant::now();
        for _ in 0..times {
            black_box(work());
        }
        if began.elapsed().as_nanos() >= TURN_NS || times >= 1 << 20 {
            break;
        }
        times *= 2;
    }
    let before = allocations();
    black_box(work());
    (times, allocations() - before)
}

/// Nanoseconds of one run, over `times` runs.
fn turn(work: &mut Work<'_>, times: u32) -> f64 {
    let began = Instant::now();
    for _ in 0..times {
        black_box(work());
    }
    began.elapsed().as_nanos() as f64 / f64::from(times)
}
