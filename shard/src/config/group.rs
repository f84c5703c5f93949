//! The configuration of one consumer group (KIP-848, KIP-1240): Kafka's names, with the bounds that the broker sets.
//!
//! Owner: the table is constant; overrides belong to the metadata image. Pure.
//! Invariants: the table is sorted by name; what a group sets lies between the broker's bounds when it is set, and
//! what holds for it does so whenever the broker's bounds change.

use super::broker::{BrokerConfig, Described, Overrides, Source, Synonym};
use super::def::{ConfigDef, Kind, Value};
use super::dynamic::Dynamic;

const SESSION: &str = "consumer.session.timeout.ms";
const HEARTBEAT: &str = "consumer.heartbeat.interval.ms";
const ASSIGNMENT: &str = "consumer.assignment.interval.ms";

/// The group configs of this version, sorted by name.
pub const GROUP_CONFIGS: &[ConfigDef] = &[
    ConfigDef::new(
        ASSIGNMENT,
        Kind::Int,
        "1000",
        "The least time between two assignments of a group of the consumer protocol.",
    )
    .min(0)
    .dynamic()
    .from_broker("group.consumer.assignment.interval.ms"),
    ConfigDef::new(
        HEARTBEAT,
        Kind::Int,
        "5000",
        "How often members of the consumer protocol send heartbeats.",
    )
    .min(1)
    .dynamic()
    .from_broker("group.consumer.heartbeat.interval.ms"),
    ConfigDef::new(SESSION, Kind::Int, "45000", "How long a member of the consumer protocol may be silent.")
        .min(1)
        .dynamic()
        .from_broker("group.consumer.session.timeout.ms"),
];

/// The row of `name`.
#[must_use]
pub fn group_config(name: &str) -> Option<&'static ConfigDef> {
    GROUP_CONFIGS.iter().find(|d| d.name == name)
}

/// What a broker bounds for its groups, with `group.consumer.min.*` and `group.consumer.max.*`.
const BOUNDED: [(&str, &str); 3] = [
    (HEARTBEAT, "heartbeat.interval.ms"),
    (SESSION, "session.timeout.ms"),
    (ASSIGNMENT, "assignment.interval.ms"),
];

/// What holds for one group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GroupTimes {
    /// `consumer.session.timeout.ms`.
    pub session_ms: i64,
    /// `consumer.heartbeat.interval.ms`.
    pub heartbeat_ms: i64,
    /// `consumer.assignment.interval.ms`.
    pub assignment_ms: i64,
}

impl BrokerConfig {
    /// The effective times of a group with these overrides. What was set before the broker's bounds changed is
    /// moved to the nearer bound.
    #[must_use]
    pub fn group_times(&self, overrides: &Overrides) -> GroupTimes {
        let of = |(name, what)| {
            let [min, max] = self.bounds(what).map(|bound| self.int(&bound));
            self.group_int(name, overrides).min(max).max(min)
        };
        let [heartbeat_ms, session_ms, assignment_ms] = BOUNDED.map(of);
        GroupTimes { session_ms, heartbeat_ms, assignment_ms }
    }

    /// One config of a group: its own value, else the broker's.
    fn group_int(&self, name: &str, overrides: &Overrides) -> i64 {
        let Some(def) = group_config(name) else { return 0 };
        let own = overrides.get(name).and_then(|raw| def.parse(raw).ok());
        match (own, def.broker_name) {
            (Some(Value::Int(n)), _) => n,
            (_, name) => name.map_or(0, |n| self.int(n)),
        }
    }

    /// The names of the least and the most that the broker allows.
    fn bounds(&self, what: &str) -> [String; 2] {
        ["min", "max"].map(|end| format!("group.consumer.{end}.{what}"))
    }

    /// Checks all that a group would set. Errors: Kafka's message.
    pub fn check_group(&self, overrides: &Overrides) -> Result<(), String> {
        for (name, raw) in overrides {
            let def = group_config(name).ok_or_else(|| format!("Unknown group config name: {name}"))?;
            def.parse(raw)?;
        }
        for (name, what) in BOUNDED {
            self.check_between(name, self.group_int(name, overrides), what)?;
        }
        match self.group_int(SESSION, overrides) > self.group_int(HEARTBEAT, overrides) {
            true => Ok(()),
            false => Err(format!("{SESSION} must be greater than {HEARTBEAT}")),
        }
    }

    /// Checks the broker's own defaults and bounds against each other. Errors: Kafka's message.
    pub(super) fn check_group_bounds(&self) -> Result<(), String> {
        for (_, what) in BOUNDED {
            let [min, max] = self.bounds(what);
            if self.int(&max) < self.int(&min) {
                return Err(format!("{max} must be greater than or equal to {min}"));
            }
            let name = format!("group.consumer.{what}");
            self.check_between(&name, self.int(&name), what)?;
        }
        let [session, heartbeat] =
            ["group.consumer.session.timeout.ms", "group.consumer.heartbeat.interval.ms"];
        match self.int(heartbeat) < self.int(session) {
            true => Ok(()),
            false => Err(format!("{heartbeat} must be less than {session}")),
        }
    }

    fn check_between(&self, name: &str, value: i64, what: &str) -> Result<(), String> {
        let [min, max] = self.bounds(what);
        if value < self.int(&min) {
            return Err(format!("{name} must be greater than or equal to {min}"));
        }
        if value > self.int(&max) {
            return Err(format!("{name} must be less than or equal to {max}"));
        }
        Ok(())
    }

    /// Describes one group config.
    #[must_use]
    pub fn describe_group(
        &self,
        def: &'static ConfigDef,
        overrides: &Overrides,
        dynamic: Dynamic<'_>,
    ) -> Described {
        let own = overrides.get(def.name);
        let own = own.map(|raw| Synonym { name: def.name, value: raw.clone(), source: Source::DynamicGroup });
        self.describe_own(def, own, dynamic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::ids::NodeId;

    fn overrides(list: &[(&str, &str)]) -> Overrides {
        list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn broker(statics: &[(&str, &str)]) -> Result<BrokerConfig, String> {
        BrokerConfig::new(NodeId(1), Vec::new(), Vec::new(), &overrides(statics)).map_err(|bad| bad.0)
    }

    #[test]
    fn what_a_group_sets_lies_between_the_brokers_bounds() {
        let c = broker(&[("group.consumer.min.assignment.interval.ms", "10")]).unwrap();
        let set = |value| c.check_group(&overrides(&[(ASSIGNMENT, value)]));
        assert_eq!(set("10"), Ok(()));
        let low = "consumer.assignment.interval.ms must be greater than or equal to group.consumer.min.assignment.interval.ms";
        assert_eq!(set("9"), Err(low.into()));
        let high = "consumer.assignment.interval.ms must be less than or equal to group.consumer.max.assignment.interval.ms";
        assert_eq!(set("15001"), Err(high.into()));
        let none =
            "Invalid value -1 for configuration consumer.assignment.interval.ms: Value must be at least 0";
        assert_eq!(set("-1"), Err(none.into()));
        // In Kafka 4.3.1 it is a name without a config.
        let offload = c.check_group(&overrides(&[("consumer.assignor.offload.enable", "true")]));
        assert_eq!(offload, Err("Unknown group config name: consumer.assignor.offload.enable".into()));
    }

    #[test]
    fn what_was_set_before_the_bounds_changed_is_moved_to_the_nearer_one() {
        let own = overrides(&[(SESSION, "50000"), (HEARTBEAT, "14000"), (ASSIGNMENT, "0")]);
        let before = broker(&[]).unwrap().group_times(&own);
        assert_eq!((before.session_ms, before.heartbeat_ms, before.assignment_ms), (50_000, 14_000, 0));
        let statics = [
            ("group.consumer.max.session.timeout.ms", "48000"),
            ("group.consumer.max.heartbeat.interval.ms", "6000"),
            ("group.consumer.min.assignment.interval.ms", "200"),
        ];
        let after = broker(&statics).unwrap().group_times(&own);
        assert_eq!((after.session_ms, after.heartbeat_ms, after.assignment_ms), (48_000, 6000, 200));
        let none = broker(&statics).unwrap().group_times(&Overrides::new());
        assert_eq!((none.session_ms, none.heartbeat_ms, none.assignment_ms), (45_000, 5000, 1000));
    }

    #[test]
    fn bounds_that_exclude_the_default_are_refused_at_start() {
        let bad = broker(&[("group.consumer.min.assignment.interval.ms", "20000")]).unwrap_err();
        assert_eq!(
            bad,
            "group.consumer.max.assignment.interval.ms must be greater than or equal to group.consumer.min.assignment.interval.ms"
        );
        let bad = broker(&[("group.consumer.min.assignment.interval.ms", "2000")]).unwrap_err();
        assert!(bad.starts_with("group.consumer.assignment.interval.ms must be greater"), "{bad}");
        let bad = broker(&[("group.consumer.regex.refresh.interval.ms", "1000")]).unwrap_err();
        assert!(bad.ends_with("Value must be at least 10000"), "{bad}");
    }
}
