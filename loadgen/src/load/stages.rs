//! Where the time of requests went on one core of a ringlog broker, from what its admin endpoint counts.
//!
//! Owner: the thread that watches the run. Invariants: the broker counts from its start, so every figure here is the
//! difference of two answers; a quantile is the end of its bucket, a quarter too large at most, and means are exact.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The order of stages on a request's way; those of a newer broker stand behind them.
const ORDER: [&str; 8] = ["queue", "decode", "hop", "append", "read", "commit", "replicate", "respond"];

/// What was counted of one stage.
#[derive(Default)]
struct Counted {
    requests: f64,
    total_us: f64,
    /// Ends of buckets in nanoseconds, and what each counts; without an end, the largest.
    buckets: BTreeMap<u64, f64>,
}

fn counted(stage: Option<&Value>) -> Counted {
    let number = |name: &str| stage.and_then(|s| s.get(name)).and_then(Value::as_f64).unwrap_or(0.0);
    let buckets = stage.and_then(|s| s.get("buckets")).and_then(Value::as_array);
    let bucket = |b: &Value| {
        let end = b.get(0)?.as_f64().map_or(u64::MAX, |us| (us * 1e3) as u64);
        Some((end, b.get(1)?.as_f64()?))
    };
    Counted {
        requests: number("count"),
        total_us: number("total_us"),
        buckets: buckets.into_iter().flatten().filter_map(bucket).collect(),
    }
}

/// The quantile, µs; `None` if nothing was counted, or if it is beyond the last bucket's end.
fn quantile(buckets: &BTreeMap<u64, f64>, q: f64) -> Option<f64> {
    let all: f64 = buckets.values().sum();
    let mut below = 0.0;
    let end = buckets.iter().find_map(|(end, n)| {
        below += n;
        (below > 0.0 && below >= all * q).then_some(*end)
    });
    end.filter(|end| *end < u64::MAX).map(|end| end as f64 / 1e3)
}

/// What the stages of `core` have counted since `before`, API by API in the order of a request's way; those that
/// counted nothing are left out.
#[must_use]
pub fn since(before: &Value, core: &Value) -> Value {
    let mut all = Vec::new();
    for (api, stages) in core.get("stages").and_then(Value::as_object).into_iter().flatten() {
        for (stage, now) in stages.as_object().into_iter().flatten() {
            let then = counted(before.get("stages").and_then(|s| s.get(api)?.get(stage)));
            let mut now = counted(Some(now));
            for (end, n) in then.buckets {
                now.buckets.entry(end).and_modify(|now| *now -= n);
            }
            let requests = now.requests - then.requests;
            if requests <= 0.0 {
                continue;
            }
            let place = ORDER.iter().position(|known| known == stage).unwrap_or(ORDER.len());
            let shown = json!({
                "stage": format!("{api} {stage}"),
                "requests": requests,
                "mean_us": (now.total_us - then.total_us) / requests,
                "p50_us": quantile(&now.buckets, 0.5),
                "p99_us": quantile(&now.buckets, 0.99),
            });
            all.push((api.clone(), place, shown));
        }
    }
    all.sort_by(|a, b| (&b.0, a.1).cmp(&(&a.0, b.1)));
    all.into_iter().map(|(.., shown)| shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_of_what_was_counted_between_two_answers() {
        let stage = |count: u32, total: f64, buckets: Value| json!({ "count": count, "total_us": total, "buckets": buckets });
        let before =
            json!({ "stages": { "produce": { "commit": stage(100, 5000.0, json!([[64.0, 100]])) } } });
        let after = json!({ "stages": {
            "fetch": { "read": stage(1, 2e7, json!([[null, 1]])), "queue": stage(0, 0.0, json!([])) },
            "produce": {
                "commit": stage(200, 20_000.0, json!([[64.0, 198], [1048.576, 2]])),
                "decode": stage(3, 3.0, json!([[1.024, 3]])),
            },
        } });
        let shown = since(&before, &after);
        assert_eq!(
            shown,
            json!([
                { "stage": "produce decode", "requests": 3.0, "mean_us": 1.0, "p50_us": 1.024, "p99_us": 1.024 },
                { "stage": "produce commit", "requests": 100.0, "mean_us": 150.0, "p50_us": 64.0, "p99_us": 1048.576 },
                { "stage": "fetch read", "requests": 1.0, "mean_us": 2e7, "p50_us": null, "p99_us": null },
            ])
        );
        assert_eq!(since(&after, &after), json!([]));
        assert_eq!(since(&json!({}), &json!({ "stages": 7 })), json!([]), "another broker's");
    }
}
