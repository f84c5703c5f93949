//! The configuration of this broker, and what it makes of a topic's overrides.
//!
//! Owner: built once at start, shared by reference; one clone per core. Invariants: every static value is known
//! and valid; the order of precedence is Kafka's: topic, this broker's dynamic, dynamic default, static file, table.

use super::broker_table::{broker_config, broker_synonyms};
use super::def::{ConfigDef, Value};
use super::dynamic::Dynamic;
use super::topic::TopicConfig;
use crate::image::places::{CORDONED, check_cordoned};
use ringlog_wire::ids::NodeId;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How a listener is protected; the numbers are Kafka's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SecurityProtocol {
    /// No TLS, no authentication.
    Plaintext,
}

impl SecurityProtocol {
    /// Kafka's number.
    #[must_use]
    pub fn wire(self) -> i16 {
        match self {
            Self::Plaintext => 0,
        }
    }
}

/// One listener of this broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listener {
    /// Its name, for example `PLAINTEXT`.
    pub name: String,
    /// How it is protected.
    pub protocol: SecurityProtocol,
    /// Host that clients are told; `None`: the local address that the client connected to.
    pub advertised_host: Option<String>,
    /// Port that clients are told; `None`: the local port that the client connected to.
    pub advertised_port: Option<u16>,
    /// What registration records say when nothing is advertised: where it is bound.
    pub bound: (String, u16),
}

/// Where a config value comes from; the numbers are DescribeConfigs'.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// Set on the topic.
    DynamicTopic,
    /// Set on the group.
    DynamicGroup,
    /// Set on the subscription to clients' metrics.
    DynamicClientMetrics,
    /// Set for this broker, in the metadata log.
    DynamicBroker,
    /// Set for all brokers, in the metadata log.
    DynamicDefaultBroker,
    /// Set in the file or on the command line.
    StaticBroker,
    /// From the table.
    Default,
}

impl Source {
    /// DescribeConfigs' number (KIP-226).
    #[must_use]
    pub fn wire(self) -> i8 {
        match self {
            Self::DynamicTopic => 1,
            Self::DynamicGroup => 8,
            Self::DynamicClientMetrics => 7,
            Self::DynamicBroker => 2,
            Self::DynamicDefaultBroker => 3,
            Self::StaticBroker => 4,
            Self::Default => 5,
        }
    }
}

/// One value that a config has or would have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Synonym {
    /// The name under which it is set.
    pub name: &'static str,
    /// As it would be shown.
    pub value: String,
    /// Who set it.
    pub source: Source,
}

/// One effective config with everything that DescribeConfigs says of it.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its row.
    pub def: &'static ConfigDef,
    /// The effective value; `None` is null.
    pub value: Option<String>,
    /// Where it comes from.
    pub source: Source,
    /// All values, strongest first.
    pub synonyms: Vec<Synonym>,
}

/// A static value that cannot be taken: says which and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadConfig(pub String);

/// Overrides by name, in order.
pub type Overrides = BTreeMap<String, String>;

/// This broker's configuration.
#[derive(Clone, Debug)]
pub struct BrokerConfig {
    /// `node.id`.
    pub node_id: NodeId,
    /// `broker.rack`.
    pub rack: Option<String>,
    /// In the order of their listener numbers.
    pub listeners: Vec<Listener>,
    /// Data directories; the first holds the metadata log.
    pub data_dirs: Vec<PathBuf>,
    statics: BTreeMap<&'static str, String>,
}

impl BrokerConfig {
    /// Checks the static values (`num.partitions=4` and so on) and builds the configuration.
    ///
    /// Errors: an unknown name, a bad value, or bounds of groups that exclude their defaults.
    pub fn new(
        node_id: NodeId,
        listeners: Vec<Listener>,
        data_dirs: Vec<PathBuf>,
        statics: &BTreeMap<String, String>,
    ) -> Result<Self, BadConfig> {
        let mut known = BTreeMap::new();
        for (name, raw) in statics {
            let def =
                broker_config(name).ok_or_else(|| BadConfig(format!("Unknown broker config {name}")))?;
            def.parse(raw).map_err(BadConfig)?;
            known.insert(def.name, raw.trim().to_owned());
        }
        let mut config = Self { node_id, rack: None, listeners, data_dirs, statics: known };
        config.check_group_bounds().map_err(BadConfig)?;
        check_cordoned(config.statics.get(CORDONED).map_or("", String::as_str), &config.data_dirs)
            .map_err(BadConfig)?;
        config.rack = config.statics.get("broker.rack").cloned();
        config.state_own_facts();
        Ok(config)
    }

    /// What the program decides outside the table is shown as static config, as Kafka does.
    fn state_own_facts(&mut self) {
        let join = |parts: Vec<String>| parts.join(",");
        let id = self.node_id.0.to_string();
        let dirs = join(self.data_dirs.iter().map(|d| d.display().to_string()).collect());
        let bound = self.listeners.iter().map(|l| format!("{}://{}:{}", l.name, l.bound.0, l.bound.1));
        let bound = join(bound.collect());
        let told = self.listeners.iter().filter_map(|l| {
            let host = l.advertised_host.as_ref()?;
            Some(format!("{}://{host}:{}", l.name, l.advertised_port.unwrap_or(l.bound.1)))
        });
        let told = join(told.collect());
        let map = join(self.listeners.iter().map(|l| format!("{}:PLAINTEXT", l.name)).collect());
        let facts = [("node.id", id.clone()), ("broker.id", id), ("log.dirs", dirs), ("listeners", bound)];
        self.statics.extend(facts);
        self.statics.entry("process.roles").or_insert_with(|| "broker,controller".to_owned());
        self.statics.insert("listener.security.protocol.map", map);
        if !told.is_empty() {
            self.statics.insert("advertised.listeners", told);
        }
    }

    /// The effective integer of a broker config. 0 if the config is null or no integer.
    #[must_use]
    pub fn int(&self, name: &str) -> i64 {
        match broker_config(name).and_then(|def| self.value(def)) {
            Some(Value::Int(n)) => n,
            _ => 0,
        }
    }

    /// The effective flag of a broker config; false if it is none.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(broker_config(name).and_then(|def| self.value(def)), Some(Value::Bool(true)))
    }

    /// The effective text of a broker config; empty if the config is null or no text.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        match broker_config(name).and_then(|def| self.value(def)) {
            Some(Value::Text(text)) => text,
            _ => String::new(),
        }
    }

    /// What the file and the command line set.
    pub(super) fn statics(&self) -> &BTreeMap<&'static str, String> {
        &self.statics
    }

    pub(super) fn value(&self, def: &'static ConfigDef) -> Option<Value> {
        let raw = self.statics.get(def.name).map(String::as_str).or(def.default)?;
        Some(def.parse(raw).expect("static values and defaults were checked"))
    }

    /// The typed configuration of a topic. `dynamic`: the broker configs of the metadata log.
    #[must_use]
    pub fn effective_topic(&self, overrides: &Overrides, dynamic: Dynamic<'_>) -> TopicConfig {
        TopicConfig::from_values(&|def| self.topic_value(def, overrides, dynamic).0)
    }

    /// The effective value of one topic config and whether the topic itself sets it.
    fn topic_value(
        &self,
        def: &'static ConfigDef,
        overrides: &Overrides,
        dynamic: Dynamic<'_>,
    ) -> (Value, bool) {
        // An override that no longer parses (written by another version) falls back to the default.
        if let Some(value) = overrides.get(def.name).and_then(|raw| def.parse(raw).ok()) {
            return (value, true);
        }
        let default = def.default.expect("topic configs have defaults");
        let default = def.parse(default).expect("defaults parse");
        (def.broker_name.and_then(|name| self.broker_default(def, name, dynamic)).unwrap_or(default), false)
    }

    /// What the broker's configs say about the topic config `def`, whose broker-wide name is `name`.
    fn broker_default(&self, def: &ConfigDef, name: &str, dynamic: Dynamic<'_>) -> Option<Value> {
        if let Some(value) = dynamic.get(name).and_then(|raw| def.parse(raw).ok()) {
            return Some(value);
        }
        let own = [name];
        let names = broker_synonyms(name);
        for name in if names.is_empty() { own.as_slice() } else { names } {
            let Some(raw) = self.statics.get(*name) else { continue };
            let unit = match name.rsplit('.').next() {
                Some("hours") => 3_600_000,
                Some("minutes") => 60_000,
                _ => return def.parse(raw).ok(),
            };
            // Any negative time means "no limit".
            let n = raw.parse::<i64>().ok()?;
            return Some(Value::Int(if n < 0 { -1 } else { n.saturating_mul(unit) }));
        }
        None
    }

    /// Describes one topic config.
    #[must_use]
    pub fn describe_topic(
        &self,
        def: &'static ConfigDef,
        overrides: &Overrides,
        dynamic: Dynamic<'_>,
    ) -> Described {
        let (value, set) = self.topic_value(def, overrides, dynamic);
        let value = value.to_string();
        let own = set.then(|| Synonym { name: def.name, value: value.clone(), source: Source::DynamicTopic });
        Described { value: Some(value), ..self.describe_own(def, own, dynamic) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::broker_table::broker_configs;
    use super::super::topic::topic_config;
    use super::*;

    fn config(statics: &[(&str, &str)]) -> BrokerConfig {
        let statics = statics.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let listener = Listener {
            name: "PLAINTEXT".into(),
            protocol: SecurityProtocol::Plaintext,
            advertised_host: None,
            advertised_port: None,
            bound: ("0.0.0.0".into(), 9092),
        };
        BrokerConfig::new(NodeId(3), vec![listener], vec!["/data".into()], &statics).unwrap()
    }

    fn overrides(list: &[(&str, &str)]) -> Overrides {
        list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn every_default_parses_and_is_that_of_the_topic_config() {
        for def in broker_configs() {
            if let Some(default) = def.default {
                assert_eq!(def.parse(default).unwrap().to_string(), default, "{}", def.name);
            }
        }
        for def in super::super::topic::TOPIC_CONFIGS {
            if let Some(name) = def.broker_name {
                let row = broker_config(name).expect(name);
                assert_eq!(row.kind, def.kind, "{name}");
                if let Some(default) = row.default {
                    assert_eq!(Some(default), def.default, "{name}");
                }
            }
        }
    }

    #[test]
    fn precedence_is_topic_then_dynamic_default_then_static_then_table() {
        let def = topic_config("min.insync.replicas").unwrap();
        let c = config(&[("min.insync.replicas", "2")]);
        let none = Overrides::new();
        let at = |o: &Overrides, default: &Overrides| {
            let own = Overrides::new();
            c.describe_topic(def, o, Dynamic { own: &own, default })
        };
        assert_eq!(at(&none, &none).value.as_deref(), Some("2"));
        assert_eq!(at(&none, &none).source, Source::StaticBroker);
        let dynamic = overrides(&[("min.insync.replicas", "3")]);
        assert_eq!(at(&none, &dynamic).value.as_deref(), Some("3"));
        let own = overrides(&[("min.insync.replicas", "4")]);
        let all = at(&own, &dynamic);
        let mine = overrides(&[("min.insync.replicas", "5")]);
        let by_broker = c.describe_topic(def, &none, Dynamic { own: &mine, default: &dynamic });
        assert_eq!((by_broker.value.as_deref(), by_broker.source), (Some("5"), Source::DynamicBroker));
        assert_eq!((all.value.as_deref(), all.source), (Some("4"), Source::DynamicTopic));
        let chain: Vec<_> = all.synonyms.iter().map(|s| (s.source, s.value.as_str())).collect();
        assert_eq!(
            chain,
            [
                (Source::DynamicTopic, "4"),
                (Source::DynamicDefaultBroker, "3"),
                (Source::StaticBroker, "2"),
                (Source::Default, "1")
            ]
        );
    }

    #[test]
    fn hours_and_minutes_become_ms() {
        let def = topic_config("retention.ms").unwrap();
        let none = Overrides::new();
        let c = config(&[("log.retention.hours", "2"), ("log.retention.minutes", "30")]);
        assert_eq!(c.effective_topic(&none, Dynamic::NONE).retention_ms, Some(1_800_000));
        assert!(c.describe_topic(def, &none, Dynamic::NONE).synonyms.is_empty(), "as 4.3.1");
        let default = overrides(&[("log.retention.ms", "700000")]);
        let described = c.describe_topic(def, &none, Dynamic { default: &default, ..Dynamic::NONE });
        let names: Vec<_> = described.synonyms.iter().map(|s| (s.name, s.source)).collect();
        assert_eq!(
            names,
            [
                ("log.retention.ms", Source::DynamicDefaultBroker),
                ("log.retention.minutes", Source::StaticBroker),
                ("log.retention.hours", Source::StaticBroker),
                ("log.retention.hours", Source::Default)
            ]
        );
        let c = config(&[("log.retention.hours", "-1")]);
        assert_eq!(c.effective_topic(&none, Dynamic::NONE).retention_ms, None);
        let c = config(&[]);
        assert_eq!(c.effective_topic(&none, Dynamic::NONE).retention_ms, Some(604_800_000));
        assert!(
            c.describe_topic(def, &none, Dynamic::NONE).synonyms.is_empty(),
            "as 4.3.1: no synonym is set"
        );
    }

    #[test]
    fn bad_static_values_are_named() {
        let bad = |k: &str, v: &str| {
            let statics = overrides(&[(k, v)]);
            BrokerConfig::new(NodeId(1), Vec::new(), Vec::new(), &statics).unwrap_err().0
        };
        assert_eq!(bad("num.partition", "1"), "Unknown broker config num.partition");
        assert_eq!(
            bad("num.partitions", "0"),
            "Invalid value 0 for configuration num.partitions: Value must be at least 1"
        );
    }

    #[test]
    fn the_broker_shows_its_own_facts_as_static() {
        let c = config(&[("num.partitions", "4")]);
        let show = |name: &str| c.describe_broker(broker_config(name).unwrap(), Dynamic::NONE);
        assert_eq!(show("node.id").value.as_deref(), Some("3"));
        assert_eq!(show("node.id").synonyms.len(), 1, "it has no default");
        assert_eq!(show("process.roles").source, Source::StaticBroker);
        assert_eq!(show("listeners").value.as_deref(), Some("PLAINTEXT://0.0.0.0:9092"));
        assert_eq!(show("num.partitions").source, Source::StaticBroker);
        assert_eq!(show("num.partitions").synonyms.len(), 2);
        assert_eq!(c.int("num.partitions"), 4);
        assert!(c.flag("auto.create.topics.enable"));
    }
}
