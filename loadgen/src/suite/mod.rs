//! The suite: P1 to P8 with every peer in turns, the table of their ratios, a page; and the traps.
//!
//! Owner: one run of the program. Invariants: within a round every peer does a work before the next work begins; a
//! peer that is missing or fails costs its own figures only; figures of one run compare with each other alone.

mod page;
mod targets;
mod works;

use crate::interrupt;
use crate::peer::has_glommio;
use crate::quick::{beside, cpus, pin_to, server_cpus};
use std::fmt::Write;
use std::io;
use std::path::PathBuf;
use targets::{GLOMMIO, HALF, KAFKA, OURS, Row, SYNCED, Side, median, spread, verdicts};
use works::{Kind, Work, measure, traps, works};

/// Between two measurements peers start and stop: about so long, seconds.
const BETWEEN: f64 = 5.0;

/// `ringlog-loadgen suite`.
#[derive(clap::Args, Clone, Debug)]
pub struct Options {
    /// The broker's binary; left out: the file ringlog beside this program
    #[arg(long, value_name = "FILE")]
    ringlog: Option<PathBuf>,
    /// Apache Kafka: the directory of a distribution, or a script that takes `start DIR PORT [key=value]...` and
    /// `stop DIR`; left out: not measured
    #[arg(long, value_name = "DIR|SCRIPT")]
    kafka: Option<PathBuf>,
    /// These targets alone
    #[arg(long, value_delimiter = ',', value_name = "P1[,...]")]
    only: Vec<String>,
    /// Instead of the targets: keyed-50, keyed-400, retention, half-full or hour
    #[arg(long, value_delimiter = ',', value_name = "NAME[,...]")]
    trap: Vec<String>,
    /// Rounds; medians are compared
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// About how long it may take; left out: --seconds for each measurement
    #[arg(long)]
    minutes: Option<f64>,
    /// Length of each measurement
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// Before each; Java machines want more. Left out: half of its length
    #[arg(long)]
    warmup: Option<f64>,
    /// Processors of the bare programs and of ringlog, as taskset takes them; left out: all but the last
    #[arg(long, value_name = "CPUS")]
    server_cpus: Option<String>,
    /// Processors of Apache Kafka; left out: all
    #[arg(long, value_name = "CPUS")]
    kafka_cpus: Option<String>,
    /// Processors of this program; left out: the last
    #[arg(long, value_name = "CPUS")]
    generator_cpus: Option<String>,
    /// MiB that P5 reads and that are there when P7 kills
    #[arg(long, default_value_t = 1024)]
    fetch_mib: u64,
    /// Where the peers keep their data
    #[arg(long, default_value = "target/bench/suite", value_name = "DIR")]
    dir: PathBuf,
    /// First of the ports used
    #[arg(long, default_value_t = 27_000)]
    port: u16,
    /// Where suite.json and report.html go
    #[arg(long, default_value = "ringlog-suite", value_name = "DIR")]
    report: PathBuf,
}

/// What every measurement needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    ringlog: Option<PathBuf>,
    /// The broker was built with that runtime too.
    glommio: bool,
    kafka: Option<PathBuf>,
    server_cpus: String,
    kafka_cpus: String,
    generator_cpus: String,
    dir: PathBuf,
    port: u16,
    seconds: f64,
    warmup: f64,
    fetch_mib: u64,
}

/// Runs it. Errors: what is asked for is unknown, or nothing can be measured.
pub fn run(options: &Options) -> io::Result<()> {
    // What was measured is shown when the rest is called off.
    let _heed = interrupt::heed();
    let chosen = chosen(options)?;
    let mut settings = settings(options)?;
    if let Some(minutes) = options.minutes {
        let count: usize = chosen.iter().map(|w| present(&settings, w).len()).sum();
        let each = minutes * 60.0 / (count.max(1) as f64 * f64::from(options.rounds)) - BETWEEN;
        settings.seconds = (each / 1.5).max(2.0);
        settings.warmup = options.warmup.unwrap_or(settings.seconds / 2.0);
    }
    pin_to(&settings.generator_cpus);
    let mut rows = Vec::new();
    let mut loads = Vec::new();
    for round in 1..=options.rounds {
        for work in &chosen {
            for peer in present(&settings, work) {
                let work = match settled(&settings, work, &rows) {
                    Ok(work) => work,
                    Err(why) => {
                        eprintln!("{}: {why}", work.name);
                        continue;
                    }
                };
                eprintln!("round {round} of {}: {}, {peer}", options.rounds, work.name);
                // What was measured until then is shown.
                if interrupt::is_asked() {
                    continue;
                }
                match measure(&settings, &work, peer) {
                    Ok((figures, load)) => {
                        rows.push(Row { work: work.name, peer, figures });
                        // A page has room for a few runs: those of the last round.
                        let kept = load.filter(|_| round == options.rounds);
                        loads.extend(kept.map(|l| (format!("{peer}, {}", work.name), l.json())));
                    }
                    // One peer's refusal must not cost the figures of the others: its place stays empty.
                    Err(e) => eprintln!("{}, {peer}: not measured: {e}", work.name),
                }
            }
        }
    }
    if rows.is_empty() {
        return Err(io::Error::other("nothing was measured"));
    }
    print!("{}{}", figures(&chosen, &rows), ratios(&rows));
    std::fs::create_dir_all(&options.report)?;
    let asked = asked(options, &settings);
    let path = options.report.join("suite.json");
    std::fs::write(path, serde_json::to_string_pretty(&page::json(&asked, &rows))?)?;
    let path = options.report.join("report.html");
    std::fs::write(&path, page::page(&asked, &chosen, &rows, loads))?;
    println!("{}", path.display());
    Ok(())
}

fn chosen(options: &Options) -> io::Result<Vec<Work>> {
    let unknown = |what: &str, names: &[&str]| {
        Err(io::Error::other(format!("found {what}; need one of {}", names.join(", "))))
    };
    if !options.trap.is_empty() {
        let all = traps();
        let names: Vec<&str> = all.iter().map(|w| w.name).collect();
        return match options.trap.iter().find(|t| !names.contains(&t.as_str())) {
            Some(bad) => unknown(&format!("--trap {bad}"), &names),
            None => Ok(all.into_iter().filter(|w| options.trap.iter().any(|t| t == w.name)).collect()),
        };
    }
    let all = works();
    let mut names: Vec<&str> = all.iter().map(|w| w.number).collect();
    names.dedup();
    if let Some(bad) = options.only.iter().find(|p| !names.contains(&p.as_str())) {
        return unknown(&format!("--only {bad}"), &names);
    }
    // P3 compares with the one partition of P1.
    let wanted = |w: &Work| {
        options.only.iter().any(|p| p == w.number || (p == "P3" && w.kind == Kind::Produce(64, 1, false)))
    };
    Ok(all.into_iter().filter(|w| options.only.is_empty() || wanted(w)).collect())
}

fn settings(options: &Options) -> io::Result<Settings> {
    let all = cpus();
    let ringlog = options.ringlog.clone().or_else(|| beside("ringlog"));
    let path = |what: &str, path: &PathBuf| match path.exists() {
        true => path.canonicalize(),
        false => Err(io::Error::other(format!("found no {} for --{what}", path.display()))),
    };
    if ringlog.is_none() {
        eprintln!("ringlog is not measured: there is none beside this program; need --ringlog FILE");
    }
    if options.kafka.is_none() {
        eprintln!(
            "Apache Kafka is not measured, and no ratio to it: need --kafka with the directory of a distribution, or \
             with a script that takes start DIR PORT and stop DIR"
        );
    }
    std::fs::create_dir_all(&options.dir)?;
    let list = |cpus: &[u32]| cpus.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    Ok(Settings {
        glommio: ringlog.as_ref().is_some_and(|binary| has_glommio(binary)),
        ringlog: ringlog.as_ref().map(|p| path("ringlog", p)).transpose()?,
        kafka: options.kafka.as_ref().map(|p| path("kafka", p)).transpose()?,
        server_cpus: options.server_cpus.clone().unwrap_or_else(|| server_cpus(&all)),
        kafka_cpus: options.kafka_cpus.clone().unwrap_or_else(|| list(&all)),
        generator_cpus: (options.generator_cpus.clone())
            .unwrap_or_else(|| all.last().map(u32::to_string).unwrap_or_default()),
        dir: options.dir.canonicalize()?,
        port: options.port,
        seconds: options.seconds.max(0.1),
        warmup: options.warmup.unwrap_or(options.seconds / 2.0).max(0.0),
        fetch_mib: options.fetch_mib,
    })
}

/// The peers that are there for a work.
fn present(s: &Settings, work: &Work) -> Vec<&'static str> {
    let there = |peer: &&&str| match **peer {
        OURS => s.ringlog.is_some(),
        GLOMMIO => s.glommio,
        KAFKA | SYNCED => s.kafka.is_some(),
        _ => true,
    };
    work.kind.peers().iter().filter(there).copied().collect()
}

/// A work whose rate is known: half of what Apache Kafka took is found in this run.
fn settled(s: &Settings, work: &Work, rows: &[Row]) -> io::Result<Work> {
    if work.name != HALF {
        return Ok(work.clone());
    }
    let side: Side = ("produce 64x1", KAFKA, "rate");
    let most = match median(rows, side) {
        Some(rate) => rate,
        None => {
            let alone = Work { number: "P1", name: "produce 64x1", kind: Kind::Produce(64, 1, false) };
            measure(s, &alone, KAFKA)?.0.get("rate").copied().unwrap_or(0.0)
        }
    };
    Ok(Work { kind: Kind::EndToEnd((most / 2.0).round().max(1.0)), ..work.clone() })
}

/// What was asked for and where it ran.
fn asked(options: &Options, s: &Settings) -> Vec<(String, String)> {
    let mut all = crate::load::environment();
    let mut add = |key: &str, value: String| all.push((key.to_owned(), value));
    add("rounds", options.rounds.to_string());
    add("seconds of each measurement, and before it", format!("{:.1}, {:.1}", s.seconds, s.warmup));
    add("processors of ringlog and of the bare programs", s.server_cpus.clone());
    add("processors of Apache Kafka", s.kafka_cpus.clone());
    add("processors of the generator", s.generator_cpus.clone());
    add(
        "durability",
        "ringlog and bare: every answer durable; Apache Kafka: its default, not synced".to_owned(),
    );
    let version =
        s.ringlog.as_ref().and_then(|b| std::process::Command::new(b).arg("--version").output().ok());
    add("ringlog", version.map_or(String::new(), |v| String::from_utf8_lossy(&v.stdout).trim().to_owned()));
    all
}

/// Medians, and the spread of the rounds.
fn figures(chosen: &[Work], rows: &[Row]) -> String {
    let mut out = String::new();
    for work in chosen {
        for peer in work.kind.peers() {
            let names: Vec<&str> = rows
                .iter()
                .find(|r| r.work == work.name && r.peer == *peer)
                .map_or(Vec::new(), |r| r.figures.keys().copied().collect());
            if names.is_empty() && *peer == GLOMMIO {
                // Most builds are without it.
                continue;
            }
            if names.is_empty() {
                let _ = writeln!(out, "{:<4}{:<28}{peer:<32} not measured", work.number, work.name);
                continue;
            }
            let _ = write!(out, "{:<4}{:<28}{peer:<32}", work.number, work.name);
            for name in names {
                let side = (work.name, *peer, name);
                let (Some(m), Some((low, high))) = (median(rows, side), spread(rows, side)) else { continue };
                let _ = write!(out, "  {name} {} ({}-{})", short(m), short(low), short(high));
            }
            out.push('\n');
        }
    }
    out
}

/// Every target whose sides were measured.
fn ratios(rows: &[Row]) -> String {
    let mut out = String::new();
    for v in verdicts(rows) {
        let t = v.target;
        let beside = match t.right {
            Some((work, peer, _)) if work == t.left.0 => format!(" / {peer}"),
            Some((work, peer, _)) => format!(" / {peer}, {work}"),
            None => String::new(),
        };
        let _ = writeln!(
            out,
            "{:<4}{:<28}{:<70}{:>10}  target {} {}{}",
            t.number,
            t.left.0,
            format!("{} of {}{beside}", t.left.2, t.left.1),
            short(v.ratio),
            if t.at_least { ">=" } else { "<=" },
            t.times,
            if v.met { "" } else { "  MISSED" }
        );
    }
    out
}

/// A number of four digits or so.
fn short(n: f64) -> String {
    match n.abs() {
        v if v >= 1000.0 => format!("{n:.0}"),
        v if v >= 10.0 => format!("{n:.1}"),
        _ => format!("{n:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Alone {
        #[command(flatten)]
        suite: Options,
    }

    fn of(words: &str) -> Options {
        Alone::parse_from(std::iter::once("suite").chain(words.split_whitespace())).suite
    }

    #[test]
    fn what_is_chosen_is_what_was_asked_for() {
        let names = |words: &str| chosen(&of(words)).unwrap().iter().map(|w| w.name).collect::<Vec<_>>();
        assert_eq!(names("").len(), works().len());
        assert_eq!(names("--only P6"), ["end to end 2,000/s", "end to end 10,000/s", HALF]);
        assert_eq!(names("--only P3").first(), Some(&"produce 64x1"), "with what it is compared");
        assert_eq!(names("--trap keyed-400,hour"), ["keyed-400", "hour"]);
        let bad = |words: &str| chosen(&of(words)).unwrap_err().to_string();
        assert!(bad("--only P99").contains("need one of P1, P2") && bad("--trap x").contains("half-full"));
    }

    #[test]
    fn who_is_missing_is_left_out_and_tables_say_who_won() {
        let here = std::env::temp_dir().join(format!("ringlog-suite-test-{}", std::process::id()));
        let mut options = of("--ringlog /bin/true");
        options.dir = here.clone();
        let s = settings(&options).unwrap();
        std::fs::remove_dir_all(&here).unwrap();
        let all = works();
        assert_eq!(present(&s, &all[0]), ["bare", "ringlog"]);
        let both = Settings { glommio: true, ..s };
        assert_eq!(present(&both, &all[0]), ["bare", "ringlog", "ringlog by glommio"]);
        let row = |peer, rate| Row { work: "produce 64x1", peer, figures: [("rate", rate)].into() };
        let rows = [row(OURS, 50.0), row(targets::BARE, 100.0)];
        let table = ratios(&rows);
        assert!(
            table.contains("rate of ringlog / bare") && table.contains("0.500  target >= 0.8  MISSED"),
            "{table}"
        );
        let shown = figures(&all[..1], &rows);
        assert!(
            shown.contains("rate 50.0 (50.0-50.0)")
                && shown.contains("Apache Kafka")
                && shown.contains("not measured")
        );
        options.kafka = Some("/nowhere".into());
        assert!(settings(&options).unwrap_err().to_string().contains("--kafka"));
    }
}
