//! A hunt: seeds in child processes, on all processors, until the time or the seeds are used up.
//!
//! A failing seed panics, and in a release build a panic ends the process; so each child runs its seeds one after
//! the other, names those that passed, and its end tells the one that failed. The parent starts another child
//! behind that seed, if asked to go on.
//!
//! Owner: the parent process. Invariants: every seed below the last is run exactly once; children end with the
//! parent (their output breaks).

use crate::args::{Args, Span};
use ringlog_sim::swarm::Report;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// What a child's threads tell.
enum News {
    /// A seed passed: child, seed, simulated ns, real ns.
    Passed(usize, u64, u64, u64),
    /// The child ended: child, what it said last.
    Ended(usize, String),
}

struct Worker {
    child: Child,
    /// The seed that it runs.
    next: u64,
}

/// Most failures that are shown.
const SHOWN_MAX: usize = 20;

/// The JSON of one report.
pub fn json_of(r: &Report, real_s: f64) -> String {
    format!(
        "{{\"seed\":{},\"passed\":true,\"simulated_s\":{:.3},\"real_s\":{real_s:.3},\"polls\":{},\"lives\":{},\
         \"offered\":{},\"acked\":{},\"read\":{},\"trace\":\"{:016x}\"}}",
        r.seed,
        r.simulated_ns as f64 / 1e9,
        r.polls,
        r.lives,
        r.offered,
        r.acked,
        r.read,
        r.trace
    )
}

/// A child that runs every `step`-th seed from `seed` on, with the bug `plant` if there is one.
fn start(
    (seed, step): (u64, u64),
    plant: Option<&str>,
    number: usize,
    news: &Sender<News>,
) -> std::io::Result<Worker> {
    let words = ["--from", &seed.to_string(), "--work-step", &step.to_string()].map(str::to_owned);
    let mut child = Command::new(std::env::current_exe()?)
        .args(words)
        .args(plant.into_iter().flat_map(|bug| ["--plant", bug]))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let told = news.clone();
    std::thread::spawn(move || {
        for line in out.into_iter().flat_map(|out| BufReader::new(out).lines()).map_while(Result::ok) {
            let mut numbers = line.split(' ').filter_map(|n| n.parse().ok());
            if let (Some(seed), Some(simulated), Some(real)) =
                (numbers.next(), numbers.next(), numbers.next())
            {
                let _ = told.send(News::Passed(number, seed, simulated, real));
            }
        }
        let mut last = String::new();
        if let Some(mut err) = err {
            let _ = err.read_to_string(&mut last);
        }
        let _ = told.send(News::Ended(number, last));
    });
    Ok(Worker { child, next: seed })
}

#[derive(Default)]
struct Tally {
    seeds: u64,
    simulated_ns: u64,
    cpu_ns: u64,
    failed: Vec<(u64, String)>,
}

/// Hunts as `args` says. Ends with 1 if a seed failed.
pub fn hunt(args: &Args, span: Span) -> ExitCode {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = if args.jobs == 0 { processors } else { args.jobs };
    let (tell, news) = channel();
    let mut workers = Vec::new();
    let step = jobs as u64;
    for (number, offset) in (0..jobs).zip(0u64..) {
        match start((args.from + offset, step), args.plant.as_deref(), number, &tell) {
            Ok(worker) => workers.push(worker),
            Err(e) => {
                eprintln!("error: no child process: {e}");
                return ExitCode::from(71);
            }
        }
    }
    let began = Instant::now();
    let tally = watch(args, span, (&mut workers, &tell, &news), began);
    for worker in &mut workers {
        let _ = worker.child.kill();
        let _ = worker.child.wait();
    }
    report(args, &tally, began.elapsed());
    if tally.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn watch(
    args: &Args,
    span: Span,
    (workers, tell, news): (&mut [Worker], &Sender<News>, &Receiver<News>),
    began: Instant,
) -> Tally {
    let mut tally = Tally::default();
    let mut shown = Instant::now();
    let over = |tally: &Tally| match span {
        Span::Minutes(n) => began.elapsed() >= Duration::from_secs(60 * n),
        Span::Seeds(n) => tally.seeds + tally.failed.len() as u64 >= n,
    };
    while !over(&tally) {
        match news.recv_timeout(Duration::from_millis(500)) {
            Ok(News::Passed(number, seed, simulated, real)) => {
                tally.seeds += 1;
                tally.simulated_ns += simulated;
                tally.cpu_ns += real;
                if let Some(worker) = workers.get_mut(number) {
                    worker.next = seed + workers_step(args);
                }
            }
            Ok(News::Ended(number, last)) => {
                let Some(worker) = workers.get_mut(number) else { continue };
                let _ = worker.child.wait();
                let seed = worker.next;
                if !args.json && tally.failed.len() < SHOWN_MAX {
                    println!("\nFAILED seed {seed}:\n{}", last.trim_end());
                }
                tally.failed.push((seed, last));
                if !args.keep_going {
                    break;
                }
                let step = workers_step(args);
                match start((seed + step, step), args.plant.as_deref(), number, tell) {
                    Ok(next) => *worker = next,
                    Err(_) => break,
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let every = if std::io::stderr().is_terminal() { 1 } else { 15 };
        if shown.elapsed() >= Duration::from_secs(every) {
            shown = Instant::now();
            progress(&tally, began.elapsed());
        }
    }
    tally
}

fn workers_step(args: &Args) -> u64 {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    if args.jobs == 0 { processors as u64 } else { args.jobs as u64 }
}

fn speed(tally: &Tally) -> f64 {
    tally.simulated_ns as f64 / tally.cpu_ns.max(1) as f64
}

fn progress(tally: &Tally, elapsed: Duration) {
    eprintln!(
        "{:>5} s: {} seeds, {} failed, {:.0} s simulated, {:.0} simulated seconds per CPU second",
        elapsed.as_secs(),
        tally.seeds,
        tally.failed.len(),
        tally.simulated_ns as f64 / 1e9,
        speed(tally)
    );
}

fn report(args: &Args, tally: &Tally, elapsed: Duration) {
    let seeds: Vec<String> = tally.failed.iter().map(|(seed, _)| seed.to_string()).collect();
    if args.json {
        println!(
            "{{\"seeds\":{},\"failed\":[{}],\"real_s\":{:.1},\"simulated_s\":{:.1},\"simulated_per_cpu_s\":{:.1}}}",
            tally.seeds,
            seeds.join(","),
            elapsed.as_secs_f64(),
            tally.simulated_ns as f64 / 1e9,
            speed(tally)
        );
        return;
    }
    progress(tally, elapsed);
    if seeds.is_empty() {
        println!("{} seeds passed in {:.0} s", tally.seeds, elapsed.as_secs_f64());
    } else {
        println!("failed seeds: {}", seeds.join(" "));
        println!(
            "replay one: cargo run -p ringlog-sim --release -- --seed {} -v",
            seeds.first().map_or("", |s| s)
        );
    }
}
