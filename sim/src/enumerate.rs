//! The enumeration of crash states on the command line: a night's run, or one state again.
//!
//! Owner: `main`. Invariant: a failure names its state in the words that bring it back.

use crate::args::Args;
use ringlog_sim::crash::{Options, Report, run};
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

/// Enumerates `states` states, or only the one called `only`. Ends with 1 if one was not recovered.
pub fn enumerate(args: &Args, states: u64, only: Option<(u64, u64)>) -> ExitCode {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if args.jobs == 0 { processors } else { args.jobs };
    let (every, per_point) = (args.every, args.per_point);
    let options = Options { seeds: args.from..u64::MAX, per_point, every, threads, only, states_max: states };
    let began = Instant::now();
    let shown = Mutex::new(Instant::now());
    let report = run(&options, &|sum| {
        let every = if std::io::stderr().is_terminal() { 1 } else { 15 };
        let mut shown = shown.lock().expect("a thread that panics ends the run");
        if only.is_none() && (shown.elapsed().as_secs() >= every || sum.states >= states) {
            *shown = Instant::now();
            progress(sum, states, began);
        }
    });
    for failure in &report.failures {
        let (seed, state) = (failure.seed, failure.state);
        println!("FAILED {failure}");
        println!("  again: ringlog-sim --crash-state {seed}:{state} --every {every} --per-point {per_point}");
    }
    let seconds = began.elapsed().as_secs_f64();
    if args.json {
        println!(
            "{{\"histories\":{},\"points\":{},\"states\":{},\"without_checkpoints\":{},\"other_cores\":{},\
             \"worked_on\":{},\"failed\":{},\"real_s\":{seconds:.1}}}",
            report.histories,
            report.points,
            report.states,
            report.spoiled,
            report.other_cores,
            report.worked_on,
            report.failures.len()
        );
    } else {
        println!(
            "{} states of {} histories recovered in {seconds:.0} s: {} without checkpoints ({} of them refused), \
             {} with another number of cores, {} with more work and one more recovery; {} failed",
            report.states,
            report.histories,
            report.spoiled,
            report.refused,
            report.other_cores,
            report.worked_on,
            report.failures.len()
        );
    }
    if report.failures.is_empty() && report.states > 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn progress(sum: &Report, states: u64, began: Instant) {
    let seconds = began.elapsed().as_secs_f64().max(0.001);
    let rate = sum.states as f64 / seconds;
    let left = states.saturating_sub(sum.states) as f64 / rate.max(0.001);
    eprintln!(
        "{seconds:>6.0} s: {} histories, {} of {states} states, {} failed, {rate:.0} a second, {:.0} min to go",
        sum.histories,
        sum.states,
        sum.failures.len(),
        left / 60.0
    );
}
