//! The simulator's command line: replays a seed, or hunts.
//!
//! Owner: the process. Invariants: a run happens in one thread; a failure of a seed ends the process that ran it,
//! so a hunt runs seeds in child processes and goes on. The only part of `sim` that knows real time.

mod args;
#[cfg(feature = "planted")]
mod catalogue;
mod enumerate;
mod hunt;

use args::{Args, Job};
use ringlog_sim::{exec, swarm};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::from(64);
        }
    };
    #[cfg(feature = "planted")]
    if let Some(name) = &args.plant
        && args.job != Job::Catalogue
        && let Err(text) = ringlog_sim::plant::named(name)
    {
        eprintln!("{text}");
        return ExitCode::from(64);
    }
    #[cfg(not(feature = "planted"))]
    if args.plant.is_some() {
        return no_bugs();
    }
    match args.job {
        #[cfg(feature = "planted")]
        Job::Catalogue => catalogue::table(&args),
        #[cfg(not(feature = "planted"))]
        Job::Catalogue => no_bugs(),
        Job::Replay(seed) => replay(seed, &args),
        Job::Work { from, step } => work(from, step, args.within_s),
        Job::Crash(states) => enumerate::enumerate(&args, states, None),
        Job::CrashState(seed, number) => enumerate::enumerate(&args, 1, Some((seed, number))),
        Job::Hunt(span) => hunt::hunt(&args, span),
    }
}

#[cfg(not(feature = "planted"))]
fn no_bugs() -> ExitCode {
    eprintln!("this build has no planted bugs: add --features planted");
    ExitCode::from(64)
}

/// Processor time within which a task that does not give way fails its seed, ns.
const TURN_MAX: u64 = 20_000_000_000;

/// Ends the process if a task does not give way: the seed that `running` says would run for ever.
fn watch_turns(running: Arc<AtomicU64>) {
    std::thread::spawn(move || {
        let mut last = (0, 0);
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let Some(used) = cpu_ns() else { return };
            let now = (exec::turns(), used);
            if now.0 != last.0 {
                last = now;
            } else if now.1 - last.1 > TURN_MAX {
                let seed = running.load(Ordering::Relaxed);
                eprintln!("seed {seed}: a task does not give way for {} s", TURN_MAX / 1_000_000_000);
                std::process::exit(101);
            }
        }
    });
}

/// One seed, in this process: a failure shows where it happened.
fn replay(seed: u64, args: &Args) -> ExitCode {
    watch_turns(Arc::new(AtomicU64::new(seed)));
    let began = Instant::now();
    let r = swarm::run(seed, args.verbose);
    let (simulated, real) = (r.simulated_ns as f64 / 1e9, began.elapsed().as_secs_f64());
    if args.json {
        println!("{}", hunt::json_of(&r, real));
    } else {
        println!(
            "seed {seed} passed: {simulated:.1} s simulated in {real:.3} s, {} polls, {} lives, \
             {} batches offered, {} acknowledged, {} read; trace {:016x}",
            r.polls, r.lives, r.offered, r.acked, r.read, r.trace
        );
    }
    ExitCode::SUCCESS
}

/// A child of a hunt: one line for each seed that passed, until the parent goes or the time is over.
fn work(from: u64, step: u64, within_s: u64) -> ExitCode {
    let (started, mut seed) = (Instant::now(), from);
    let mut out = std::io::stdout();
    let running = Arc::new(AtomicU64::new(seed));
    watch_turns(Arc::clone(&running));
    loop {
        let (began, used) = (Instant::now(), cpu_ns());
        let r = swarm::run(seed, false);
        let used = cpu_ns().zip(used).map(|(now, before)| u128::from(now - before));
        let spent = used.unwrap_or_else(|| began.elapsed().as_nanos());
        if writeln!(out, "{} {} {spent}", r.seed, r.simulated_ns).is_err() {
            return ExitCode::SUCCESS;
        }
        if within_s > 0 && started.elapsed().as_secs() >= within_s {
            return ExitCode::SUCCESS;
        }
        seed = seed.wrapping_add(step);
        running.store(seed, Ordering::Relaxed);
    }
}

/// Nanoseconds that the first thread of this process, which runs the seeds, has spent on a processor.
fn cpu_ns() -> Option<u64> {
    std::fs::read_to_string("/proc/self/schedstat").ok()?.split(' ').next()?.parse().ok()
}
