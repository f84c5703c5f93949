//! One self-contained page for one run or several: what was asked, what came of it, and how it went second by second.
//!
//! Owner: the command `report`. Invariants: the page loads nothing from anywhere; every number in a picture is in the
//! results that it was made from; runs keep their order and their colour.

mod heat;
mod page;
mod plot;

pub use plot::escape;

use clap::Args;
use serde_json::Value;
use std::io;
use std::path::{Path, PathBuf};

/// Runs on one page, at most: more colours nobody tells apart.
pub const RUNS_MAX: usize = 6;

/// `ringlog-loadgen report`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Results, as `load -o json` prints them
    #[arg(required = true, num_args = 1..=RUNS_MAX, value_name = "FILE")]
    results: Vec<PathBuf>,
    /// The page
    #[arg(long, default_value = "report.html", value_name = "FILE")]
    out: PathBuf,
}

/// `ringlog-loadgen compare`.
#[derive(Args, Clone, Debug)]
pub struct Compare {
    /// A result, as `load -o json` prints it
    a: PathBuf,
    /// Another
    b: PathBuf,
}

/// One result and its name.
pub struct Run {
    /// The file's name without its ending.
    pub name: String,
    /// What `load -o json` printed.
    pub result: Value,
}

impl Run {
    /// Errors: no file, or none of ours.
    fn read(path: &Path) -> io::Result<Self> {
        let wrong = |why: String| io::Error::other(format!("{}: {why}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
        let result: Value = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        if result.get("response_us").is_none() {
            return Err(wrong(
                "found no response_us; need a file that `ringlog-loadgen load -o json` printed".into(),
            ));
        }
        let name = path.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        Ok(Self { name, result })
    }

    /// The number at `path`; 0 where there is none.
    pub fn number(&self, path: &[&str]) -> f64 {
        let at = path.iter().try_fold(&self.result, |value, key| value.get(key));
        at.and_then(Value::as_f64).unwrap_or(0.0)
    }
}

/// Writes the page.
pub fn report(options: &Options) -> io::Result<()> {
    let runs = options.results.iter().map(|p| Run::read(p)).collect::<io::Result<Vec<_>>>()?;
    std::fs::write(&options.out, page::page(&runs))?;
    println!("{}", options.out.display());
    Ok(())
}

/// Writes the page of runs, each with its name.
pub fn write(path: &Path, runs: Vec<(String, Value)>) -> io::Result<()> {
    let runs: Vec<Run> = runs.into_iter().map(|(name, result)| Run { name, result }).collect();
    std::fs::write(path, page::page(&runs))
}

/// A page with this title and body, and behind them the loads, as many as have a colour.
#[must_use]
pub fn page_of(title: &str, body: &str, loads: Vec<(String, Value)>) -> String {
    let runs: Vec<Run> =
        loads.into_iter().take(RUNS_MAX).map(|(name, result)| Run { name, result }).collect();
    page::around(title, &format!("<h1>{}</h1>{body}{}", escape(title), page::sections(&runs)))
}

/// Rows of the comparison: name, where the number is, whether less is better.
const ROWS: [(&str, &[&str], bool); 10] = [
    ("records/s", &["records_per_second"], false),
    ("response p50 µs", &["response_us", "p50"], true),
    ("response p99 µs", &["response_us", "p99"], true),
    ("response p99.9 µs", &["response_us", "p99.9"], true),
    ("response p99.99 µs", &["response_us", "p99.99"], true),
    ("service p50 µs", &["service_us", "p50"], true),
    ("service p99 µs", &["service_us", "p99"], true),
    ("end to end p50 µs", &["end_to_end_us", "p50"], true),
    ("end to end p99 µs", &["end_to_end_us", "p99"], true),
    ("end to end p99.9 µs", &["end_to_end_us", "p99.9"], true),
];

/// Prints two results side by side.
pub fn compare(options: &Compare) -> io::Result<()> {
    print!("{}", comparison(&Run::read(&options.a)?, &Run::read(&options.b)?));
    Ok(())
}

fn comparison(a: &Run, b: &Run) -> String {
    let mut out = format!("{:<20}{:>16}{:>16}{:>10}\n", "", cut(&a.name), cut(&b.name), "B / A");
    for (name, path, less) in ROWS {
        let (x, y) = (a.number(path), b.number(path));
        if x == 0.0 && y == 0.0 {
            continue;
        }
        let better = match y / x {
            r if !r.is_finite() || (r - 1.0).abs() < 0.05 => "",
            r if (r < 1.0) == less => "  B is better",
            _ => "  A is better",
        };
        out.push_str(&format!("{name:<20}{x:>16.1}{y:>16.1}{:>10.2}{better}\n", y / x));
    }
    for run in [a, b] {
        if let Some(why) =
            run.result.get("generator").and_then(|g| g.get("bottleneck")).and_then(Value::as_str)
        {
            out.push_str(&format!("{}: the generator was the bottleneck: {why}\n", run.name));
        }
    }
    out
}

/// The first characters of a name, for a column.
fn cut(name: &str) -> String {
    name.chars().take(15).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_says_who_is_better_and_who_was_the_bottleneck() {
        let run = |name: &str, p99: f64, rate: f64, why: Value| Run {
            name: name.into(),
            result: serde_json::json!({
                "records_per_second": rate, "response_us": { "p50": 100.0, "p99": p99 },
                "generator": { "bottleneck": why },
            }),
        };
        let text = comparison(&run("one", 500.0, 10.0, Value::Null), &run("two", 250.0, 9.0, "busy".into()));
        assert!(
            text.contains("response p99 µs                500.0           250.0      0.50  B is better"),
            "{text}"
        );
        assert!(text.contains("0.90  A is better") && text.contains("1.00\n"), "{text}");
        assert!(text.contains("two: the generator was the bottleneck: busy"), "{text}");
        assert!(!text.contains("end to end"), "{text}");
    }
}
