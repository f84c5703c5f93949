//! The configuration of one consumer group (KIP-848, KIP-1240): Kafka's names, with the bounds that the broker sets.
//!
//! Owner: the table is constant; overrides belong to the metadata image. Pure.
//! Invariants: the table is sorted by name; what a group sets lies between the broker's bounds when it is set.

use super::broker::{BrokerConfig, Described, Overrides, Source, Synonym};
use super::def::{ConfigDef, Kind, Value};

const SESSION: &str = "consumer.session.timeout.ms";
const HEARTBEAT: &str = "consumer.heartbeat.interval.ms";

/// The group configs of this version, sorted by name.
pub const GROUP_CONFIGS: &[ConfigDef] = &[
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

/// What holds for one group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GroupTimes {
    /// `consumer.session.timeout.ms`.
    pub session_ms: i64,
    /// `consumer.heartbeat.interval.ms`.
    pub heartbeat_ms: i64,
}

impl BrokerConfig {
    /// The effective times of a group with these overrides.
    #[must_use]
    pub fn group_times(&self, overrides: &Overrides) -> GroupTimes {
        let value = |def: &ConfigDef| {
            let own = overrides.get(def.name).and_then(|raw| def.parse(raw).ok());
            match (own, def.broker_name) {
                (Some(Value::Int(n)), _) => n,
                (_, name) => name.map_or(0, |n| self.int(n)),
            }
        };
        let of = |name| group_config(name).map_or(0, value);
        GroupTimes { session_ms: of(SESSION), heartbeat_ms: of(HEARTBEAT) }
    }

    /// Checks all that a group would set. Errors: Kafka's message.
    pub fn check_group(&self, overrides: &Overrides) -> Result<(), String> {
        for (name, raw) in overrides {
            let def = group_config(name).ok_or_else(|| format!("Unknown group config name: {name}"))?;
            def.parse(raw)?;
        }
        let GroupTimes { session_ms, heartbeat_ms } = self.group_times(overrides);
        self.check_between(HEARTBEAT, heartbeat_ms, "heartbeat.interval.ms")?;
        self.check_between(SESSION, session_ms, "session.timeout.ms")?;
        match session_ms > heartbeat_ms {
            true => Ok(()),
            false => Err(format!("{SESSION} must be greater than {HEARTBEAT}")),
        }
    }

    /// Checks the broker's own defaults and bounds against each other. Errors: Kafka's message.
    pub(super) fn check_group_bounds(&self) -> Result<(), String> {
        for what in ["heartbeat.interval.ms", "session.timeout.ms"] {
            let [min, max] = ["min", "max"].map(|end| format!("group.consumer.{end}.{what}"));
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
        let [min, max] = ["min", "max"].map(|end| format!("group.consumer.{end}.{what}"));
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
        dynamic: &Overrides,
    ) -> Described {
        let mut synonyms = def.broker_name.map(|n| self.synonyms(n, dynamic)).unwrap_or_default();
        if let Some(raw) = overrides.get(def.name) {
            synonyms.insert(0, Synonym { name: def.name, value: raw.clone(), source: Source::DynamicGroup });
        }
        let first = synonyms.first();
        let (value, source) = (first.map(|s| s.value.clone()), first.map_or(Source::Default, |s| s.source));
        Described { def, value, source, synonyms }
    }
}
