//! `agree`: the generator's figures beside those of a client that shares nothing with it.
//!
//! Owner: one run of the program. Invariants: both load the same broker in the same way at the same rate, in turns, who
//! begins changes with every round; medians of the rounds are compared, and bounds say what still agrees.

mod raw;

use crate::frames;
use crate::interrupt;
use crate::load::cluster;
use crate::load::measured;
use crate::load::omb::options_of;
use crate::quick;
use crate::versions::Versions;
use ringlog_wire::api::ApiKey;
use std::fmt::Write;
use std::io;
use std::path::PathBuf;

/// How far the median of the generator's p50 may be from the raw client's, and of its p99; shares.
const BOUNDS: [(&str, f64, f64); 2] = [("p50", 0.5, 0.10), ("p99", 0.99, 0.25)];
const TOPIC: &str = "ringlog-agree";

/// `ringlog-loadgen agree`.
#[derive(clap::Args, Clone, Debug)]
pub struct Options {
    /// The broker; if none answers there, one is started
    #[arg(long, default_value = "localhost:9092", value_name = "HOST:PORT")]
    bootstrap: String,
    /// The broker's binary to start; left out: the file ringlog beside this program
    #[arg(long, value_name = "FILE")]
    ringlog: Option<PathBuf>,
    /// Records a second
    #[arg(long, default_value_t = 5000.0, value_parser = positive)]
    rate: f64,
    /// Connections
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1000))]
    clients: u32,
    /// Bytes of a record's value
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    value_bytes: u32,
    /// Runs of each
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// Counted time of each run
    #[arg(long, default_value = "5s", value_parser = crate::load::seconds, value_name = "TIME")]
    duration: f64,
    /// Time before it
    #[arg(long, default_value = "2s", value_parser = crate::load::seconds, value_name = "TIME")]
    warmup: f64,
}

fn positive(text: &str) -> Result<f64, String> {
    let found = text.parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0);
    found.ok_or_else(|| format!("found {text:?}; need a number above 0"))
}

/// The quantiles of `BOUNDS`, µs.
type Quantiles = [f64; 2];

/// One round: the raw client's, and the generator's.
#[derive(Clone, Copy, Debug)]
struct Round {
    raw: Quantiles,
    generator: Quantiles,
}

/// Runs it. Errors: no broker, a run that failed, or figures that do not agree.
pub fn run(options: &Options) -> io::Result<()> {
    let _heed = interrupt::heed();
    let own = quick::own_or_none(&options.bootstrap, options.ringlog.as_ref())?;
    let bootstrap = own.as_ref().map_or(options.bootstrap.as_str(), |o| o.addr());
    let done = rounds(options, bootstrap);
    own.map_or(Ok(()), quick::Own::end)?;
    let rounds = done?;
    let (table, agree) = table(&rounds);
    println!("{table}");
    if agree { Ok(()) } else { Err(io::Error::other("the generator does not agree with the raw client")) }
}

fn rounds(options: &Options, bootstrap: &str) -> io::Result<Vec<Round>> {
    let wanted = cluster::Wanted { partitions: 1, replicas: 1, configs: Vec::new() };
    let mut topics = cluster::prepare(bootstrap, vec![TOPIC.to_owned()], &wanted)?;
    let done: io::Result<Vec<Round>> =
        (1..=options.rounds).map(|n| round(options, bootstrap, &topics, n)).collect();
    // Why a run failed says more than that its topic could not be removed either.
    let removed = topics.remove();
    done.and_then(|rounds| removed.map(|()| rounds))
}

fn round(options: &Options, bootstrap: &str, topics: &cluster::Cluster, n: u32) -> io::Result<Round> {
    if interrupt::is_asked() {
        return Err(interrupt::error());
    }
    let leader = topics.brokers.first().ok_or_else(|| io::Error::other("nobody leads the topic"))?;
    frames::wait_for_leaders(*leader, TOPIC, 1)?;
    let raw_has = raw::PRODUCE..=raw::PRODUCE;
    Versions::ask(*leader)?.newest_of(ApiKey::Produce, raw_has)?;
    let plan = raw::Plan {
        addr: *leader,
        topic: TOPIC,
        rate: options.rate,
        connections: options.clients as usize,
        value_bytes: options.value_bytes as usize,
        warmup: options.warmup,
        seconds: options.duration,
    };
    let raw = || -> io::Result<Quantiles> {
        let all = raw::run(&plan)?;
        Ok(BOUNDS.map(|(_, q, _)| raw::quantile(&all, q)))
    };
    let generator = || -> io::Result<Quantiles> {
        let words = [
            format!("--bootstrap={bootstrap}"),
            format!("--topic={TOPIC}"),
            format!("--rate={}", options.rate),
            format!("--clients={}", options.clients),
            format!("--value-bytes={}", options.value_bytes),
            format!("--duration={}s", options.duration),
            format!("--warmup={}s", options.warmup),
            "--in-flight=1000".to_owned(),
            "--batch-records=1".to_owned(),
        ];
        let run = measured(&options_of(&words)?)?.summary;
        if let Some(why) = run.bottleneck() {
            eprintln!("the generator was the bottleneck: {why}");
        }
        Ok(BOUNDS.map(|(_, q, _)| run.counts.response.value_at_quantile(q) as f64 / 1e3))
    };
    // Whoever runs second finds the broker as the first has left it.
    let (raw, generator) = if n % 2 == 1 {
        let first = raw()?;
        (first, generator()?)
    } else {
        let first = generator()?;
        (raw()?, first)
    };
    let [raw_p50, raw_p99] = raw;
    let [p50, p99] = generator;
    eprintln!(
        "round {n} of {}: raw p50 {raw_p50:.1}, p99 {raw_p99:.1} µs; generator p50 {p50:.1}, p99 {p99:.1} µs",
        options.rounds
    );
    Ok(Round { raw, generator })
}

fn median(rounds: &[Round], of: impl Fn(&Round) -> f64) -> f64 {
    let mut all: Vec<f64> = rounds.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

/// For people, and whether everything agrees.
fn table(rounds: &[Round]) -> (String, bool) {
    let mut out =
        format!("{:<28}{:>12}{:>14}{:>8}{:>10}", "medians, µs", "raw client", "generator", "ratio", "bound");
    let mut agree = true;
    for (at, (name, _, bound)) in BOUNDS.iter().enumerate() {
        let of = |all: &Quantiles| all.get(at).copied().unwrap_or(f64::NAN);
        let (raw, generator) = (median(rounds, |r| of(&r.raw)), median(rounds, |r| of(&r.generator)));
        let ratio = generator / raw;
        let good = (ratio - 1.0).abs() <= *bound;
        agree &= good;
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "\n{:<28}{raw:>12.1}{generator:>14.1}{ratio:>8.2}{:>9.0}%  {}",
            format!("{name} of {} rounds", rounds.len()),
            bound * 100.0,
            if good { "agrees" } else { "DOES NOT AGREE" }
        );
    }
    (out, agree)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_compared_with_their_bounds() {
        let round = |raw_p99: f64, p50: f64, p99: f64| Round { raw: [100.0, raw_p99], generator: [p50, p99] };
        let (text, agree) =
            table(&[round(200.0, 109.0, 100.0), round(900.0, 50.0, 249.0), round(200.0, 300.0, 900.0)]);
        assert!(agree && text.matches("agrees").count() == 2, "{text}");
        let (text, agree) = table(&[round(200.0, 111.0, 251.0)]);
        assert!(!agree && text.matches("DOES NOT AGREE").count() == 2, "{text}");
        assert!(!table(&[]).1, "nothing was measured");
    }
}
