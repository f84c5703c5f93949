//! The stages of requests as they are shown: histograms in Prometheus' form, and buckets in JSON.
//!
//! Owner: the answer that is being written. Invariants: the parts of one histogram add up, since they come from one
//! report; 29 lines for each stage at most, whatever was counted.

use super::figures::STAGES;
use super::text::{Series, Text};
use ringlog_shard::stages::{Stage, StagesReport, bucket_end};
use serde_json::{Map, Value, json};

/// What both families say.
pub const HELP: &str =
    "How long produce requests and fetches were in each stage, by the core on which it ended.";

/// What all of `reports` have counted in the buckets of `stage`.
fn counts(stage: Stage, reports: &[&StagesReport]) -> Vec<u64> {
    let mut sum = Vec::new();
    for report in reports {
        let buckets = report.buckets(stage);
        sum.resize(buckets.len().max(sum.len()), 0);
        sum.iter_mut().zip(buckets).for_each(|(sum, n)| *sum += n);
    }
    sum
}

/// The histograms of all stages of `reports` together; `core`: the label, if the family has it.
pub fn text(out: &mut Text, series: &Series, core: Option<u16>, reports: &[&StagesReport]) {
    let core = core.map(|core| core.to_string());
    let name = |part: &str| format!("{}{part}", series.name);
    for figure in STAGES {
        let values = core.as_deref().into_iter().chain([figure.api, figure.name]);
        let labels: Vec<(&str, &str)> = series.labels.iter().copied().zip(values).collect();
        let mut bucket_line = |end: &str, below: u64| {
            out.line(&name("_bucket"), &[labels.as_slice(), &[("le", end)]].concat(), below);
        };
        let (mut below, buckets) = (0, counts(figure.stage, reports));
        for (bucket, count) in buckets.iter().enumerate() {
            below += count;
            // A line for each doubling is enough to draw; JSON has them all.
            if let Some(end) = bucket_end(bucket).filter(|end| end.is_power_of_two()) {
                bucket_line(&(end as f64 / 1e9).to_string(), below);
            }
        }
        bucket_line("+Inf", below);
        let total: u64 = reports.iter().map(|r| r.total_ns(figure.stage)).sum();
        out.line(&name("_sum"), &labels, total as f64 / 1e9);
        out.line(&name("_count"), &labels, below);
    }
}

/// By API and stage: how many requests, the sum of their times in microseconds, and the buckets that are not empty,
/// each with its end in microseconds (`null`: none) and its own count. All from the core's start.
pub fn json(report: &StagesReport) -> Value {
    let mut apis: Map<String, Value> = Map::new();
    for figure in STAGES {
        let buckets = report.buckets(figure.stage);
        let some = buckets.iter().enumerate().filter(|(_, n)| **n > 0);
        let shown = some.map(|(at, n)| json!([bucket_end(at).map(|end| end as f64 / 1e3), n]));
        let stage = json!({
            "count": buckets.iter().sum::<u64>(),
            "total_us": report.total_ns(figure.stage) as f64 / 1e3,
            "buckets": shown.collect::<Vec<_>>(),
        });
        let api = apis.entry(figure.api).or_insert_with(|| json!({}));
        if let Some(stages) = api.as_object_mut() {
            stages.insert(figure.name.to_owned(), stage);
        }
    }
    Value::Object(apis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_shard::env::Instant;
    use ringlog_shard::stages::Stages;

    fn report() -> StagesReport {
        let stages = Stages::default();
        let took = |us: u64| stages.add(Stage::ProduceCommit, Instant(0), Instant(us * 1000));
        [1, 100, 110, 3000, 1 << 30].into_iter().for_each(took);
        stages.report()
    }

    #[test]
    fn buckets_add_up_and_two_cores_are_twice_one() {
        let series = Series { name: "x_duration_seconds", labels: &["api", "stage"], help: "" };
        let mut out = Text::default();
        text(&mut out, &series, None, &[&report(), &report()]);
        for line in [
            "x_duration_seconds_bucket{api=\"produce\",stage=\"commit\",le=\"0.000001024\"} 2\n",
            "x_duration_seconds_bucket{api=\"produce\",stage=\"commit\",le=\"0.000131072\"} 6\n",
            "x_duration_seconds_bucket{api=\"produce\",stage=\"commit\",le=\"0.004194304\"} 8\n",
            "x_duration_seconds_bucket{api=\"produce\",stage=\"commit\",le=\"34.359738368\"} 8\n",
            "x_duration_seconds_bucket{api=\"produce\",stage=\"commit\",le=\"+Inf\"} 10\n",
            "x_duration_seconds_sum{api=\"produce\",stage=\"commit\"} 2147.49007\n",
            "x_duration_seconds_count{api=\"produce\",stage=\"commit\"} 10\n",
            "x_duration_seconds_count{api=\"fetch\",stage=\"read\"} 0\n",
        ] {
            assert!(out.0.contains(line), "{line}\n{}", out.0);
        }
        assert_eq!(out.0.lines().count(), STAGES.len() * 29);
    }

    #[test]
    fn json_has_every_stage_and_the_buckets_that_are_not_empty() {
        let shown = json(&report());
        let commit = &shown["produce"]["commit"];
        assert_eq!((&commit["count"], &commit["total_us"]), (&json!(5), &json!(1_073_745_035.0)));
        let buckets = json!([[1.024, 1], [114.688, 2], [3145.728, 1], [null, 1]]);
        assert_eq!(commit["buckets"], buckets);
        assert_eq!(shown["fetch"]["read"], json!({ "count": 0, "total_us": 0.0, "buckets": [] }));
        let stages = |api: &str| shown[api].as_object().map(serde_json::Map::len);
        assert_eq!((stages("produce"), stages("fetch")), (Some(6), Some(5)));
        assert_eq!(json(&StagesReport::default())["produce"]["queue"]["count"], json!(0));
    }
}
