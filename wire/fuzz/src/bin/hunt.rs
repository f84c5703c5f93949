//! `hunt [TARGET|all] [SECONDS] [SEED]`: mutates the corpus for a while, on stable, without coverage.
//! `hunt unpack`: writes the corpus as libFuzzer wants it, a file an input, below `corpus/`.
//!
//! Owner: a developer's shell. Prints each target's inputs, its slowest input and how long that took. A panic
//! names target and seed, and leaves the input as a line of hex for `corpus/found`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use ringlog_wire_fuzz::all;
use ringlog_wire_fuzz::mutate::{Rng, mutated};
use ringlog_wire_fuzz::targets::Target;

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let word = |i: usize| args.get(i).map(String::as_str);
    let wanted = word(0).unwrap_or("all");
    if wanted == "unpack" {
        all().for_each(unpack);
        return;
    }
    let seconds = word(1).and_then(|s| s.parse().ok()).unwrap_or(10);
    let seed = word(2).and_then(|s| s.parse().ok()).unwrap_or(1);
    for target in all().filter(|t| wanted == "all" || wanted == t.name) {
        hunt(target, Duration::from_secs(seconds), seed);
    }
}

fn unpack(target: &Target) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    fs::create_dir_all(&folder).expect("the corpus can be written");
    for (i, input) in target.inputs().iter().enumerate() {
        fs::write(folder.join(i.to_string()), input).expect("the corpus can be written");
    }
}

fn hunt(target: &Target, time: Duration, seed: u64) {
    let inputs = target.inputs();
    let began = Instant::now();
    let (mut runs, mut slowest) = (0u64, (Duration::ZERO, 0, 0));
    while began.elapsed() < time {
        let seed = seed.wrapping_mul(1 << 40).wrapping_add(runs);
        let input = mutated(&mut Rng(seed), &inputs);
        let start = Instant::now();
        if std::panic::catch_unwind(|| (target.run)(&input)).is_err() {
            println!("{} seed {seed}:\n{}", target.name, hex(&input));
            std::process::exit(1);
        }
        slowest = slowest.max((start.elapsed(), seed, input.len()));
        runs += 1;
    }
    let (took, seed, len) = slowest;
    println!("{}: {runs} inputs, slowest {took:?} (seed {seed}, {len} bytes)", target.name);
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}
