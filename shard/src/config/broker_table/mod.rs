//! The broker configs that this broker knows: Kafka's names, types and defaults, and our own with `ringlog.`.
//!
//! Owner: constant data. Invariants: each part is sorted by name, no name stands in two; every default parses.
//! Configs of parts that are not built (TLS, SASL, tiered storage, share groups, transactions) are absent, so
//! nothing promises what does not work.

mod groups;
mod log;
mod node;

use super::def::{ConfigDef, Kind};

const PARTS: [&[ConfigDef]; 3] = [groups::GROUPS, log::LOG, node::NODE];

/// All of them, by part.
pub fn broker_configs() -> impl Iterator<Item = &'static ConfigDef> {
    PARTS.into_iter().flatten()
}

/// The row of `name`. O(log n).
#[must_use]
pub fn broker_config(name: &str) -> Option<&'static ConfigDef> {
    PARTS.iter().find_map(|part| part.get(part.binary_search_by(|d| d.name.cmp(name)).ok()?))
}

const fn row(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> ConfigDef {
    ConfigDef::new(name, kind, default, doc)
}

/// The names that set the same thing as `name`, strongest first (KIP-226).
#[must_use]
pub fn broker_synonyms(name: &str) -> &'static [&'static str] {
    match name {
        "log.retention.ms" | "log.retention.minutes" | "log.retention.hours" => {
            &["log.retention.ms", "log.retention.minutes", "log.retention.hours"]
        }
        "log.roll.ms" | "log.roll.hours" => &["log.roll.ms", "log.roll.hours"],
        "log.roll.jitter.ms" | "log.roll.jitter.hours" => &["log.roll.jitter.ms", "log.roll.jitter.hours"],
        "log.flush.interval.ms" => &["log.flush.interval.ms", "log.flush.scheduler.interval.ms"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_sorted_and_a_name_stands_once() {
        for part in PARTS {
            assert!(part.is_sorted_by_key(|d| d.name));
        }
        let names: std::collections::BTreeSet<_> = broker_configs().map(|d| d.name).collect();
        assert_eq!(names.len(), broker_configs().count());
    }
}
