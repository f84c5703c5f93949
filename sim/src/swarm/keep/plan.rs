//! Topics of a run that retention, DeleteRecords and compaction take something from.
//!
//! Owner: the run. Invariants: rolled with dice of its own, so that what a seed does besides stays what it was; one
//! limit a topic, so that the log tells which one took a record.

use super::super::plan::pick;
use crate::check::kept::Rules;
use crate::rng::Rng;
use std::collections::BTreeMap;

/// One topic of one partition, written and read by one client.
#[derive(Clone, Debug)]
pub struct KeepTopic {
    /// Its name.
    pub name: String,
    /// Its configs.
    pub configs: Vec<(&'static str, String)>,
    /// What they allow.
    pub rules: Rules,
    /// Records are deleted on request.
    pub deletes: bool,
    /// Different keys.
    pub keys: u64,
    /// Longest value, bytes.
    pub value_max: u64,
    /// Longest pause between requests, ms.
    pub think_ms: u64,
    /// Batches offered in all lives together.
    pub batches_max: u64,
}

/// See the module's text.
#[derive(Clone, Default, Debug)]
pub struct KeepPlan {
    /// The topics.
    pub topics: Vec<KeepTopic>,
    /// The broker's configuration.
    pub statics: BTreeMap<String, String>,
    /// How long what has to go may take to go when nothing is wrong, ms.
    pub settle_ms: u64,
}

/// What limits a topic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Time,
    Size,
    Asked,
    Compacted,
    /// Compacted, and deleted from on request, at the same time.
    Both,
}

fn rules(rng: &Rng, kind: Kind, jumps: bool) -> Rules {
    let compact = matches!(kind, Kind::Compacted | Kind::Both);
    Rules {
        compact,
        retention_ms: (kind == Kind::Time).then(|| pick(rng, &[400, 2000, 6000])),
        retention_bytes: (kind == Kind::Size).then(|| pick(rng, &[0, 5000, 60_000])),
        delete_retention_ms: if compact { pick(rng, &[0, 700, 4000]) } else { 0 },
        min_lag_ms: if compact { pick(rng, &[0, 0, 1500]) } else { 0 },
        jumps,
    }
}

fn topic(rng: &Rng, n: u64, jumps: bool) -> KeepTopic {
    let kind = pick(rng, &[Kind::Time, Kind::Size, Kind::Asked, Kind::Compacted, Kind::Both]);
    let rules = rules(rng, kind, jumps);
    let policy = match kind {
        Kind::Compacted => "compact",
        Kind::Both => "compact,delete",
        _ => "delete",
    };
    let limit = |limit: Option<u64>| limit.map_or("-1".to_owned(), |n| n.to_string());
    let mut configs = vec![
        ("cleanup.policy", policy.to_owned()),
        ("retention.ms", limit(rules.retention_ms)),
        ("retention.bytes", limit(rules.retention_bytes)),
        ("delete.retention.ms", rules.delete_retention_ms.to_string()),
        ("min.compaction.lag.ms", rules.min_lag_ms.to_string()),
        ("min.cleanable.dirty.ratio", "0.01".to_owned()),
        ("file.delete.delay.ms", pick(rng, &["0", "300", "5000"]).to_owned()),
        // Segments of few batches: as many as their index has entries.
        ("index.interval.bytes", "0".to_owned()),
        ("segment.index.bytes", pick(rng, &["16", "24", "48"]).to_owned()),
        ("segment.bytes", "1048576".to_owned()),
    ];
    if rng.one_in(3) {
        configs.push(("segment.ms", pick(rng, &["50", "1000"]).to_owned()));
    }
    KeepTopic {
        name: format!("kept{n}"),
        configs,
        rules,
        deletes: matches!(kind, Kind::Asked | Kind::Both),
        keys: pick(rng, &[2, 6, 30]),
        value_max: pick(rng, &[20, 600, 5000]),
        think_ms: pick(rng, &[10, 60, 400]),
        batches_max: pick(rng, &[60, 200]),
    }
}

impl KeepPlan {
    /// The plan of `rng`. `jumps`: the wall clock may.
    #[must_use]
    pub fn roll(rng: &Rng, jumps: bool) -> Self {
        if !rng.one_in(3) {
            return Self::default();
        }
        let topics: Vec<_> = (0..=rng.below(3)).map(|n| topic(rng, n, jumps)).collect();
        let (check, backoff) = (pick(rng, &[100, 1500]), pick(rng, &[20, 400]));
        let statics = [("log.retention.check.interval.ms", check), ("log.cleaner.backoff.ms", backoff)];
        let longest = topics.iter().map(|t| t.rules.retention_ms.unwrap_or(t.rules.min_lag_ms)).max();
        Self {
            topics,
            statics: statics.map(|(k, v): (&str, u64)| (k.to_owned(), v.to_string())).into(),
            settle_ms: longest.unwrap_or(0) + 3 * (check + backoff) + 4000,
        }
    }
}
