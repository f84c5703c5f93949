//! A result with the fields of OpenMessaging Benchmark's, so that its charts and spreadsheets take it.
//!
//! Owner: the run. Invariants: latencies are in milliseconds, but the delay in microseconds, as there; what it calls the
//! latency of publishing counts from the due time here, so that it holds the delay too: it never flatters.

use crate::load::measure::Counts;
use crate::load::report::{Interval, Summary};
use hdrhistogram::Histogram;
use serde_json::{Map, Value, json};

/// Quantiles and how the fields end that have them.
const QUANTILES: [(&str, f64); 8] = [
    ("50pct", 0.5),
    ("75pct", 0.75),
    ("95pct", 0.95),
    ("99pct", 0.99),
    ("999pct", 0.999),
    ("9999pct", 0.9999),
    ("99999pct", 0.99999),
    ("Max", 1.0),
];
/// Nanoseconds of a millisecond and of a microsecond.
const MS: f64 = 1e6;
const US: f64 = 1e3;

/// The histograms that it has, by the beginning of their fields and their unit.
fn kinds(c: &Counts) -> [(&'static str, &Histogram<u64>, f64); 3] {
    [
        ("publishLatency", &c.response, MS),
        ("publishDelayLatency", &c.late, US),
        ("endToEndLatency", &c.end_to_end, MS),
    ]
}

/// A delay is a whole number there.
fn number(ns: f64, unit: f64) -> Value {
    if unit == US { json!((ns / unit).round() as u64) } else { json!(ns / unit) }
}

/// One list of values for each field, a value for each counted interval.
#[derive(Clone, Debug, Default)]
pub struct Series {
    lists: Map<String, Value>,
}

impl Series {
    /// An interval more.
    pub fn add(&mut self, interval: &Interval) {
        let (c, seconds) = (&interval.counts, interval.seconds);
        self.push("publishRate", json!(c.acked as f64 / seconds));
        self.push("publishErrorRate", json!(c.failed() as f64 / seconds));
        self.push("consumeRate", json!(c.read as f64 / seconds));
        self.push("backlog", json!(interval.backlog));
        for (name, histogram, unit) in kinds(c) {
            self.push(&format!("{name}Avg"), json!(histogram.mean() / unit));
            for (ending, q) in QUANTILES {
                let ns = histogram.value_at_quantile(q) as f64;
                self.push(&format!("{name}{ending}"), number(ns, unit));
            }
        }
    }

    fn push(&mut self, name: &str, value: Value) {
        let list = self.lists.entry(name.to_owned()).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(value);
        }
    }
}

/// What it was about.
#[derive(Clone, Debug)]
pub struct About {
    /// Name of the workload.
    pub workload: String,
    /// Name of the driver.
    pub driver: String,
    /// Bytes of a message; the mean of a distribution.
    pub message_size: u64,
    /// Topics.
    pub topics: u32,
    /// Partitions of each.
    pub partitions: u32,
    /// Producers of each.
    pub producers: u32,
    /// Consumers of each.
    pub consumers: u32,
}

/// The result.
#[must_use]
pub fn result(about: &About, series: &Series, run: &Summary) -> Value {
    let mut out = json!({
        "workload": about.workload, "driver": about.driver, "messageSize": about.message_size,
        "topics": about.topics, "partitions": about.partitions, "producersPerTopic": about.producers,
        "consumersPerTopic": about.consumers,
    });
    let Some(object) = out.as_object_mut() else { return out };
    object.extend(series.lists.clone());
    for (name, histogram, unit) in kinds(&run.counts) {
        let mut letters = name.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        let name: String = first.into_iter().chain(letters).collect();
        object.insert(format!("aggregated{name}Avg"), json!(histogram.mean() / unit));
        for (ending, q) in QUANTILES {
            let ns = histogram.value_at_quantile(q) as f64;
            object.insert(format!("aggregated{name}{ending}"), number(ns, unit));
        }
        let steps = histogram.iter_quantiles(10).filter(|_| !histogram.is_empty());
        let points = steps.map(|s| {
            let percent = s.quantile_iterated_to() * 100.0;
            (format!("{percent:?}"), number(s.value_iterated_to() as f64, unit))
        });
        object.insert(format!("aggregated{name}Quantiles"), points.collect::<Map<_, _>>().into());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields of its class TestResult.
    const FIELDS: [&str; 11] = [
        "workload",
        "driver",
        "messageSize",
        "topics",
        "partitions",
        "producersPerTopic",
        "consumersPerTopic",
        "publishRate",
        "publishErrorRate",
        "consumeRate",
        "backlog",
    ];

    #[test]
    fn it_has_every_field_of_theirs_and_no_other() {
        let mut expected: Vec<String> = FIELDS.map(str::to_owned).to_vec();
        for kind in ["publishLatency", "publishDelayLatency", "endToEndLatency"] {
            let upper = format!("aggregated{}{}", kind[..1].to_uppercase(), &kind[1..]);
            for ending in ["Avg", "50pct", "75pct", "95pct", "99pct", "999pct", "9999pct", "99999pct", "Max"]
            {
                expected.push(format!("{kind}{ending}"));
                expected.push(format!("{upper}{ending}"));
            }
            expected.push(format!("{upper}Quantiles"));
        }
        let mut counts = Counts { acked: 10, read: 6, ..Default::default() };
        counts.response.record(2_000_000).unwrap();
        counts.late.record(3_000).unwrap();
        let mut series = Series::default();
        for from in [0.0, 2.0] {
            series.add(&Interval { from, counts: counts.clone(), backlog: 4, seconds: 2.0 });
        }
        let run = Summary::of(counts, 4.0);
        let about = About {
            workload: "w".into(),
            driver: "d".into(),
            message_size: 100,
            topics: 1,
            partitions: 2,
            producers: 3,
            consumers: 4,
        };
        let out = result(&about, &series, &run);
        let mut found: Vec<String> = out.as_object().unwrap().keys().cloned().collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        assert_eq!((&out["publishRate"], &out["consumeRate"]), (&json!([5.0, 5.0]), &json!([3.0, 3.0])));
        assert!((out["publishLatency50pct"][1].as_f64().unwrap() - 2.0).abs() < 0.01, "milliseconds");
        assert_eq!(out["aggregatedPublishDelayLatencyMax"], json!(3), "whole microseconds");
        let quantiles = out["aggregatedPublishLatencyQuantiles"].as_object().unwrap();
        assert!(quantiles.contains_key("100.0"), "{quantiles:?}");
    }
}
