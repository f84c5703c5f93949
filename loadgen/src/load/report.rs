//! What a run found, for people, for scripts, and in the formats of others.
//!
//! Owner: the run. Invariants: latencies are shown in microseconds, from histograms in nanoseconds; the line of
//! `kafka-producer-perf-test` has its words and its rounding.

use super::measure::Counts;
use hdrhistogram::Histogram;
use serde_json::Value;

/// Quantiles that are shown.
const QUANTILES: [(&str, f64); 6] =
    [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999), ("max", 1.0)];
/// Above this share of its time a thread is taken for the bottleneck.
const BUSY_MAX: f64 = 0.9;

/// One interval of a run, all threads.
pub struct Interval {
    /// When it began, seconds since the run began.
    pub from: f64,
    /// What was counted in it.
    pub counts: Counts,
    /// Records without an answer at its end.
    pub backlog: i64,
    /// Its true length, seconds.
    pub seconds: f64,
}

/// A run that ended.
pub struct Summary {
    /// Everything after the warm-up.
    pub counts: Counts,
    /// Its length, seconds.
    pub seconds: f64,
    /// Threads of the generator.
    pub threads: usize,
    /// How it was asked for, as the command line says it.
    pub asked: Vec<(String, String)>,
    /// Where it ran.
    pub environment: Vec<(String, String)>,
    /// Interval by interval from the beginning of the warm-up on, as `Interval::json` says it: histograms are large.
    pub intervals: Vec<Value>,
    /// Steps of a ramp, or tries of a search.
    pub steps: Vec<Value>,
    /// Records without an answer at the first counted second and at the last.
    pub backlog: Option<(i64, i64)>,
    /// What a search found: the highest rate that kept its criterion.
    pub found: Option<f64>,
    /// It was interrupted: what it has is of the time until then.
    pub interrupted: bool,
}

impl Summary {
    /// Of a run with these counts alone.
    #[cfg(test)]
    pub fn of(counts: Counts, seconds: f64) -> Self {
        let (asked, environment, intervals, steps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self {
            counts,
            seconds,
            threads: 1,
            asked,
            environment,
            intervals,
            steps,
            backlog: None,
            found: None,
            interrupted: false,
        }
    }

    /// By how many records the backlog grew while records were counted.
    #[must_use]
    pub fn backlog_growth(&self) -> i64 {
        self.backlog.map_or(0, |(first, last)| last - first)
    }

    /// Share of the threads' time that they were busy.
    #[must_use]
    pub fn busy(&self) -> f64 {
        self.counts.busy as f64 / (self.seconds * 1e9 * self.threads as f64)
    }

    /// Why the figures say more about the generator than about the broker, if so.
    #[must_use]
    pub fn bottleneck(&self) -> Option<String> {
        let (late, response) = (&self.counts.late, &self.counts.response);
        let of = |h: &Histogram<u64>, q| h.value_at_quantile(q) as f64;
        if self.busy() > BUSY_MAX {
            return Some(format!(
                "its threads were busy {:.0} % of the time; need a lower --rate, or more --threads on CPUs of their own",
                self.busy() * 100.0
            ));
        }
        let share = of(late, 0.99) / of(response, 0.99).max(1.0);
        (!response.is_empty() && share > 0.2).then(|| {
            format!(
                "it took records late, by {:.0} µs at p99, {:.0} % of the response time; need a CPU of its own",
                of(late, 0.99) / 1e3,
                share * 100.0
            )
        })
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let c = &self.counts;
        let mut out = String::new();
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        if self.interrupted {
            line(format!("INTERRUPTED  after {:.1} counted seconds", self.seconds));
        }
        if let Some(found) = self.found {
            line(format!("highest rate {found:.0} records/s kept the criterion; its figures:"));
        }
        if c.taken > 0 {
            line(format!(
                "{:.0} records/s acknowledged ({:.2} MiB/s) of {:.0}/s due, {} refused, {} without an answer, {} requests",
                c.acked as f64 / self.seconds,
                c.acked_bytes as f64 / self.seconds / 1048576.0,
                c.taken as f64 / self.seconds,
                c.failed(),
                c.backlog(),
                c.requests,
            ));
        }
        if c.read > 0 {
            line(format!(
                "{:.0} records/s read ({:.2} MiB/s) with {} fetches in {:.2} s",
                c.read as f64 / self.seconds,
                c.read_bytes as f64 / self.seconds / 1048576.0,
                c.fetch.len(),
                self.seconds,
            ));
        }
        let rows = [
            ("response", &c.response),
            ("service", &c.service),
            ("end to end", &c.end_to_end),
            ("fetch", &c.fetch),
            ("late", &c.late),
        ];
        line(format!("{:<12}{}", "µs", QUANTILES.map(|(name, _)| format!("{name:>11}")).concat()));
        for (name, histogram) in rows.into_iter().filter(|(_, h)| !h.is_empty()) {
            let values =
                QUANTILES.map(|(_, q)| format!("{:>11.1}", histogram.value_at_quantile(q) as f64 / 1e3));
            line(format!("{name:<12}{}", values.concat()));
        }
        for (what, n) in &c.errors {
            line(format!("refused      {n} x {what}"));
        }
        line(format!("generator    busy {:.0} % of {} thread(s)", self.busy() * 100.0, self.threads));
        if let Some(why) = self.bottleneck() {
            line(format!("BOTTLENECK   the generator, not the broker: {why}"));
        }
        for step in &self.steps {
            line(step_line(step));
        }
        if c.gave_up {
            line(
                "GAVE UP      too much waited for a place in flight; need a lower --rate, or more --clients"
                    .to_owned(),
            );
        }
        if c.acked > 0 {
            line(self.perf_test_line());
        }
        out
    }

    /// The last line of `kafka-producer-perf-test`.
    #[must_use]
    pub fn perf_test_line(&self) -> String {
        let c = &self.counts;
        let rate = c.acked as f64 / self.seconds;
        let ms = |q| c.response.value_at_quantile(q) / 1_000_000;
        format!(
            "{} records sent, {:.1} records/sec ({:.2} MB/sec), {:.2} ms avg latency, {:.2} ms max latency, \
             {} ms 50th, {} ms 95th, {} ms 99th, {} ms 99.9th.",
            c.acked,
            rate,
            c.acked_bytes as f64 / self.seconds / 1048576.0,
            c.response.mean() / 1e6,
            c.response.max() as f64 / 1e6,
            ms(0.5),
            ms(0.95),
            ms(0.99),
            ms(0.999),
        )
    }

    /// For scripts: one object; latencies in microseconds.
    #[must_use]
    pub fn json(&self) -> Value {
        let c = &self.counts;
        serde_json::json!({
            "asked": object(&self.asked), "environment": object(&self.environment),
            "percentiles": {
                "response": percentiles(&c.response), "service": percentiles(&c.service),
                "end_to_end": percentiles(&c.end_to_end), "fetch": percentiles(&c.fetch),
            },
            "steps": self.steps, "found_rate": self.found, "gave_up": c.gave_up, "interrupted": self.interrupted,
            "backlog_growth": self.backlog_growth(),
            "intervals": self.intervals,
            "seconds": self.seconds,
            "due": c.taken, "acknowledged": c.acked, "acknowledged_bytes": c.acked_bytes, "requests": c.requests,
            "read": c.read, "read_bytes": c.read_bytes, "fetches": c.fetch.len(),
            "read_per_second": c.read as f64 / self.seconds,
            "read_mib_per_second": c.read_bytes as f64 / self.seconds / 1048576.0,
            "unanswered": c.backlog(), "refused": c.errors,
            "records_per_second": c.acked as f64 / self.seconds,
            "response_us": quantiles(&c.response), "service_us": quantiles(&c.service),
            "end_to_end_us": quantiles(&c.end_to_end), "late_us": quantiles(&c.late),
            "fetch_us": quantiles(&c.fetch),
            "generator": { "threads": self.threads, "busy": self.busy(), "bottleneck": self.bottleneck() },
        })
    }
}

fn object(pairs: &[(String, String)]) -> std::collections::BTreeMap<String, String> {
    pairs.iter().cloned().collect()
}

fn quantiles(h: &Histogram<u64>) -> Value {
    let values = QUANTILES.map(|(name, q)| (name.to_owned(), (h.value_at_quantile(q) as f64 / 1e3).into()));
    let mut all: serde_json::Map<String, Value> = values.into_iter().collect();
    all.insert("mean".to_owned(), (h.mean() / 1e3).into());
    all.insert("count".to_owned(), h.len().into());
    all.into()
}

/// Pairs of quantile and microseconds, closer together towards the end.
fn percentiles(h: &Histogram<u64>) -> Vec<(f64, f64)> {
    let steps = h.iter_quantiles(10).filter(|_| !h.is_empty());
    steps.map(|s| (s.quantile_iterated_to(), s.value_iterated_to() as f64 / 1e3)).collect()
}

impl Interval {
    /// For scripts and the page.
    #[must_use]
    pub fn json(&self) -> Value {
        let c = &self.counts;
        serde_json::json!({
            "second": ((self.from + self.seconds) * 1000.0).round() / 1000.0, "backlog": self.backlog, "refused": c.failed(), "read": c.read,
            "due_per_second": c.taken as f64 / self.seconds, "records_per_second": c.acked as f64 / self.seconds,
            "response_us": quantiles(&c.response), "service_us": quantiles(&c.service),
            "read_mib_per_second": c.read_bytes as f64 / self.seconds / 1048576.0,
            "end_to_end_us": quantiles(&c.end_to_end), "fetch_us": quantiles(&c.fetch),
        })
    }
}

/// A step of a ramp, or a try of a search.
#[must_use]
pub fn step_json(rate: f64, c: &Counts, seconds: f64) -> Value {
    serde_json::json!({
        "rate": rate, "seconds": seconds, "acknowledged": c.acked, "refused": c.failed(),
        "records_per_second": c.acked as f64 / seconds,
        "response_us": quantiles(&c.response), "service_us": quantiles(&c.service),
    })
}

fn step_line(step: &Value) -> String {
    let number = |path: &[&str]| {
        path.iter().try_fold(step, |v, key| v.get(key)).and_then(Value::as_f64).unwrap_or(0.0)
    };
    let missed = step.get("missed").and_then(Value::as_str);
    format!(
        "at {:>9.0}/s {:>9.0}/s acknowledged  p50 {:>9.1}  p99 {:>9.1}  p99.9 {:>9.1} µs{}",
        number(&["rate"]),
        number(&["records_per_second"]),
        number(&["response_us", "p50"]),
        number(&["response_us", "p99"]),
        number(&["response_us", "p99.9"]),
        missed.map_or(String::new(), |why| format!("  not kept: {why}")),
    )
}

/// A line of progress.
#[must_use]
pub fn progress(interval: &Interval) -> String {
    let Interval { from, counts, backlog, seconds } = interval;
    let us = |h: &Histogram<u64>, q| h.value_at_quantile(q) as f64 / 1e3;
    let read = match counts.read {
        0 => String::new(),
        _ if counts.end_to_end.is_empty() => format!(
            "  read {:.0}/s {:.1} MiB/s",
            counts.read as f64 / seconds,
            counts.read_bytes as f64 / seconds / 1048576.0
        ),
        n => format!("  read {:.0}/s p99 {:.0}", n as f64 / seconds, us(&counts.end_to_end, 0.99)),
    };
    let at = from + seconds;
    if counts.taken == 0 && counts.acked == 0 {
        return format!("{at:>6.0} s{read}");
    }
    format!(
        "{at:>6.0} s  {:>9.0}/s  p50 {:>8.0}  p99 {:>8.0}  p99.9 {:>8.0} µs  refused {}  backlog {backlog}{read}",
        counts.acked as f64 / seconds,
        us(&counts.response, 0.5),
        us(&counts.response, 0.99),
        us(&counts.response, 0.999),
        counts.failed(),
    )
}

/// A histogram in the text form that plotters of percentiles read, in microseconds.
#[must_use]
pub fn hgrm(histogram: &Histogram<u64>) -> String {
    let mut out = String::from("       Value     Percentile TotalCount 1/(1-Percentile)\n\n");
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    for step in histogram.iter_quantiles(5) {
        let (value, q) = (step.value_iterated_to() as f64 / 1e3, step.quantile_iterated_to());
        let count = histogram.count_between(0, step.value_iterated_to());
        if q < 1.0 {
            line(format!("{value:12.3} {q:14.12} {count:10} {:14.2}", 1.0 / (1.0 - q)));
        } else {
            line(format!("{value:12.3} {q:14.12} {count:10}"));
        }
    }
    let (mean, deviation) = (histogram.mean() / 1e3, histogram.stdev() / 1e3);
    line(format!("#[Mean    = {mean:12.3}, StdDeviation   = {deviation:12.3}]"));
    line(format!(
        "#[Max     = {:12.3}, Total count    = {:12}]",
        histogram.max() as f64 / 1e3,
        histogram.len()
    ));
    line(format!("#[Buckets = {:12}, SubBuckets     = {:12}]", histogram.buckets(), 2048));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(busy: u64) -> Summary {
        let mut counts = Counts {
            taken: 1001,
            acked: 1000,
            acked_bytes: 1000 << 10,
            requests: 500,
            busy,
            ..Default::default()
        };
        for n in 1..=1000u64 {
            counts.response.record(n * 10_000).unwrap();
            counts.service.record(n * 1_000).unwrap();
            counts.late.record(1_000).unwrap();
        }
        Summary { backlog: Some((3, 8)), ..Summary::of(counts, 2.0) }
    }

    #[test]
    fn the_text_says_rate_latency_and_who_was_the_bottleneck() {
        let text = summary(1_000_000_000).text();
        let first = "500 records/s acknowledged (0.49 MiB/s) of 500/s due, 0 refused, 1 without an answer, 500 requests\n";
        assert!(text.starts_with(first), "{text}");
        assert!(
            text.contains("response") && !text.contains("end to end") && !text.contains("BOTTLENECK"),
            "{text}"
        );
        assert!(summary(1_900_000_000).text().contains("BOTTLENECK   the generator"), "busy 95 %");
        let mut late = summary(0);
        (0..100).for_each(|_| late.counts.late.record(5_000_000).unwrap());
        assert!(late.bottleneck().unwrap().contains("late"));
        late.steps = vec![step_json(500.0, &late.counts, 2.0)];
        late.found = Some(500.0);
        late.counts.read = 10;
        let text = late.text();
        assert!(
            text.starts_with("highest rate 500 records/s") && text.contains("5 records/s read"),
            "{text}"
        );
        assert!(text.contains("at       500/s       500/s acknowledged"), "{text}");
        assert_eq!(late.backlog_growth(), 5);
    }

    #[test]
    fn the_last_line_is_the_one_of_kafkas_tool() {
        let line = "1000 records sent, 500.0 records/sec (0.49 MB/sec), 5.00 ms avg latency, 10.00 ms max latency, \
                    5 ms 50th, 9 ms 95th, 9 ms 99th, 9 ms 99.9th.";
        assert_eq!(summary(0).perf_test_line().replace("5.01", "5.00"), line);
    }

    #[test]
    fn the_percentile_table_ends_with_all() {
        let table = hgrm(&summary(0).counts.response);
        let rows: Vec<_> = table.lines().skip(2).take_while(|l| !l.starts_with('#')).collect();
        assert!(rows.last().unwrap().contains(" 1.000000000000       1000"), "{table}");
        assert!(rows[0].contains("0.000000000000"), "{table}");
        assert!(table.contains("Total count    =         1000]"), "{table}");
    }
}
