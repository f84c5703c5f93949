//! What the admin endpoint shows of consumer groups: lag as metrics, and the causes of rebalances.
//!
//! Owner: the process; each core puts its newest report here, the admin thread reads. Invariants: a core never waits
//! for an answer that is being written: the lock covers the exchange of pointers only; an answer is as large as the
//! reports, and those have a bound.

use ringlog_shard::group::report::{GroupReport, GroupsReport};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// The newest report of each core.
#[derive(Clone, Default)]
pub struct Groups(Arc<Mutex<BTreeMap<u16, Arc<GroupsReport>>>>);

impl Groups {
    /// Takes over what a core has to say.
    pub fn put(&self, core: u16, report: GroupsReport) {
        let report = Arc::new(report);
        let old = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(core, report);
        drop(old);
    }

    fn all(&self) -> Vec<Arc<GroupsReport>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// All groups, with the causes of their last rebalances.
    pub(super) fn json(&self) -> String {
        let all = self.all();
        let groups: Vec<_> = all.iter().flat_map(|r| &r.groups).map(described).collect();
        let left_out: usize = all.iter().map(|r| r.left_out).sum();
        json!({ "groups": groups, "left_out": left_out }).to_string()
    }

    /// The metrics, in the text format of Prometheus. The names are those of kafka_exporter where it has one.
    pub(super) fn metrics(&self) -> String {
        let all = self.all();
        let groups: Vec<&GroupReport> = all.iter().flat_map(|r| &r.groups).collect();
        let mut out = String::new();
        head(&mut out, "kafka_consumergroup_members", "Members of the group.");
        for g in &groups {
            line(&mut out, "kafka_consumergroup_members", &[("consumergroup", &g.id)], &g.members);
        }
        head(&mut out, "kafka_consumergroup_current_offset", "Committed offset.");
        per_partition(&mut out, "kafka_consumergroup_current_offset", &groups, |l| {
            Some(l.committed.to_string())
        });
        head(&mut out, "kafka_consumergroup_lag", "Records behind the end of the log.");
        per_partition(&mut out, "kafka_consumergroup_lag", &groups, |l| {
            l.end.map(|_| l.records().to_string())
        });
        let seconds = "ringlog_consumer_group_lag_seconds";
        head(&mut out, seconds, "For how long there has been a record that is not committed yet.");
        per_partition(&mut out, seconds, &groups, |l| {
            l.end.map(|_| format!("{}.{:03}", l.behind_ms / 1000, l.behind_ms % 1000))
        });
        head(&mut out, "kafka_consumergroup_lag_sum", "Records behind, per topic.");
        for g in &groups {
            let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
            for l in &g.lags {
                *sums.entry(&l.topic).or_default() += l.records();
            }
            for (topic, sum) in sums {
                let labels = [("consumergroup", g.id.as_str()), ("topic", topic)];
                line(&mut out, "kafka_consumergroup_lag_sum", &labels, &sum);
            }
        }
        let left_out: usize = all.iter().map(|r| r.left_out).sum();
        head(&mut out, "ringlog_consumer_groups_left_out", "Groups that had no room in the last report.");
        line(&mut out, "ringlog_consumer_groups_left_out", &[], &left_out);
        out
    }
}

fn described(g: &GroupReport) -> Value {
    let rebalances: Vec<_> = g
        .causes
        .iter()
        .map(|c| json!({ "at_ms": c.wall_ms, "generation": c.generation, "cause": c.why }))
        .collect();
    let lags: Vec<_> = g
        .lags
        .iter()
        .map(|l| {
            json!({
                "topic": l.topic, "partition": l.partition, "committed": l.committed, "end": l.end,
                "lag": l.end.map(|_| l.records()), "lag_ms": l.end.map(|_| l.behind_ms),
            })
        })
        .collect();
    json!({
        "group": g.id, "type": g.kind, "state": g.state, "members": g.members, "generation": g.generation,
        "rebalances": rebalances, "partitions": lags,
    })
}

fn head(out: &mut String, name: &str, help: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
}

fn line(out: &mut String, name: &str, labels: &[(&str, &str)], value: &dyn std::fmt::Display) {
    out.push_str(name);
    for (i, (label, text)) in labels.iter().enumerate() {
        let _ = write!(out, "{}{label}=\"", if i == 0 { '{' } else { ',' });
        for c in text.chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '"' => out.push_str("\\\""),
                '\n' => out.push_str("\\n"),
                c => out.push(c),
            }
        }
        out.push('"');
    }
    let close = if labels.is_empty() { "" } else { "}" };
    let _ = writeln!(out, "{close} {value}");
}

fn per_partition(
    out: &mut String,
    name: &str,
    groups: &[&GroupReport],
    value: impl Fn(&ringlog_shard::group::report::Lag) -> Option<String>,
) {
    for g in groups {
        for l in &g.lags {
            let Some(value) = value(l) else { continue };
            let partition = l.partition.to_string();
            let labels = [("consumergroup", &*g.id), ("topic", &*l.topic), ("partition", &*partition)];
            line(out, name, &labels, &value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_shard::group::report::Lag;
    use ringlog_shard::group::state::Cause;

    #[test]
    fn lag_and_causes_are_shown() {
        let lag =
            |partition, end, behind_ms| Lag { topic: "t".into(), partition, committed: 7, end, behind_ms };
        let group = GroupReport {
            id: "a\"b".into(),
            kind: "consumer",
            state: "Stable",
            members: 2,
            generation: 3,
            causes: vec![Cause { wall_ms: 5, generation: 2, why: "new member m".into() }],
            lags: vec![lag(0, Some(17), 12_345), lag(1, Some(8), 0), lag(2, None, 0)],
        };
        let groups = Groups::default();
        groups.put(0, GroupsReport::default());
        groups.put(1, GroupsReport { groups: vec![group], left_out: 4 });
        let text = groups.metrics();
        for expected in [
            "kafka_consumergroup_members{consumergroup=\"a\\\"b\"} 2\n",
            "kafka_consumergroup_lag{consumergroup=\"a\\\"b\",topic=\"t\",partition=\"0\"} 10\n",
            "ringlog_consumer_group_lag_seconds{consumergroup=\"a\\\"b\",topic=\"t\",partition=\"0\"} 12.345\n",
            "kafka_consumergroup_lag_sum{consumergroup=\"a\\\"b\",topic=\"t\"} 11\n",
            "ringlog_consumer_groups_left_out 4\n",
        ] {
            assert!(text.contains(expected), "{text}");
        }
        assert!(
            !text.contains("lag{consumergroup=\"a\\\"b\",topic=\"t\",partition=\"2\"}"),
            "its end is unknown"
        );
        let shown: Value = serde_json::from_str(&groups.json()).expect("JSON");
        assert_eq!(shown["groups"][0]["rebalances"][0]["cause"], "new member m");
        assert_eq!(
            (&shown["groups"][0]["partitions"][0]["lag"], &shown["left_out"]),
            (&json!(10), &json!(4))
        );
    }
}
