//! What the admin endpoint shows of consumer groups: lag as metrics, and the causes of rebalances.
//!
//! Owner: the process; each core puts its newest report here, the admin thread reads. Invariants: a core never waits
//! for an answer that is being written: the lock covers the exchange of pointers only; an answer is as large as the
//! reports, and those have a bound.

use super::text::{Series, Text};
use ringlog_shard::group::report::{GroupReport, GroupsReport};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Groups whose sums are public.
const PUBLIC_MAX: usize = 1000;
/// Topics of a group whose sums are shown.
const TOPICS_MAX: usize = 100;

/// Of the groups.
pub const PUBLIC: [Series; 4] = [
    Series { name: "kafka_consumergroup_members", labels: &["consumergroup"], help: "Members of the group." },
    Series {
        name: "kafka_consumergroup_lag_sum",
        labels: &["consumergroup", "topic"],
        help: "Records behind, per topic; at most 100 topics of a group.",
    },
    Series {
        name: "ringlog_consumer_group_lag_max_seconds",
        labels: &["consumergroup"],
        help: "For how long there has been a record that is not committed yet, in the partition that is worst.",
    },
    Series {
        name: "ringlog_consumer_groups_left_out",
        labels: &[],
        help: "Groups that are not shown, since there are too many.",
    },
];
/// Of their partitions.
pub const INTERNAL: [Series; 3] = [
    Series {
        name: "kafka_consumergroup_current_offset",
        labels: &["consumergroup", "topic", "partition"],
        help: "Committed offset.",
    },
    Series {
        name: "kafka_consumergroup_lag",
        labels: &["consumergroup", "topic", "partition"],
        help: "Records behind the end of the log.",
    },
    Series {
        name: "ringlog_consumer_group_lag_seconds",
        labels: &["consumergroup", "topic", "partition"],
        help: "For how long there has been a record that is not committed yet.",
    },
];

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

    /// The metrics, whatever there is. The names are those of kafka_exporter where it has one.
    pub(super) fn internal(&self, out: &mut Text) {
        let all = self.all();
        let groups: Vec<&GroupReport> = all.iter().flat_map(|r| &r.groups).collect();
        let [offset, lag, seconds] = &INTERNAL;
        per_partition(out, offset, &groups, |l| Some(l.committed.to_string()));
        per_partition(out, lag, &groups, |l| l.end.map(|_| l.records().to_string()));
        per_partition(out, seconds, &groups, |l| {
            l.end.map(|_| format!("{}.{:03}", l.behind_ms / 1000, l.behind_ms % 1000))
        });
        sums(out, &all, usize::MAX);
    }

    /// The sums of at most `PUBLIC_MAX` groups.
    pub(super) fn public(&self, out: &mut Text) {
        sums(out, &self.all(), PUBLIC_MAX);
    }
}

fn sums(out: &mut Text, all: &[Arc<GroupsReport>], max: usize) {
    let [members, lag_sum, worst, left_out] = &PUBLIC;
    let groups: Vec<&GroupReport> = all.iter().flat_map(|r| &r.groups).collect();
    let shown = groups.get(..max).unwrap_or(&groups);
    out.family(members);
    shown.iter().for_each(|g| out.value(members, &[&g.id], g.members));
    out.family(lag_sum);
    for g in shown {
        let mut topics: BTreeMap<&str, i64> = BTreeMap::new();
        for l in &g.lags {
            *topics.entry(&l.topic).or_default() += l.records();
        }
        topics.into_iter().take(TOPICS_MAX).for_each(|(topic, sum)| out.value(lag_sum, &[&g.id, topic], sum));
    }
    out.family(worst);
    for g in shown {
        let ms = g.lags.iter().map(|l| l.behind_ms).max().unwrap_or(0);
        out.value(worst, &[&g.id], format_args!("{}.{:03}", ms / 1000, ms % 1000));
    }
    let without_room: usize = all.iter().map(|r| r.left_out).sum();
    out.single(left_out, without_room + groups.len() - shown.len());
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

fn per_partition(
    out: &mut Text,
    series: &Series,
    groups: &[&GroupReport],
    value: impl Fn(&ringlog_shard::group::report::Lag) -> Option<String>,
) {
    out.family(series);
    for g in groups {
        for l in &g.lags {
            let Some(value) = value(l) else { continue };
            out.value(series, &[&g.id, &l.topic, &l.partition.to_string()], value);
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
        let mut text = Text::default();
        groups.internal(&mut text);
        let text = text.0;
        for expected in [
            "kafka_consumergroup_members{consumergroup=\"a\\\"b\"} 2\n",
            "kafka_consumergroup_lag{consumergroup=\"a\\\"b\",topic=\"t\",partition=\"0\"} 10\n",
            "ringlog_consumer_group_lag_seconds{consumergroup=\"a\\\"b\",topic=\"t\",partition=\"0\"} 12.345\n",
            "kafka_consumergroup_lag_sum{consumergroup=\"a\\\"b\",topic=\"t\"} 11\n",
            "ringlog_consumer_group_lag_max_seconds{consumergroup=\"a\\\"b\"} 12.345\n",
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
