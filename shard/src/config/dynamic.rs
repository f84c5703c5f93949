//! Broker configs that the metadata log sets, for one node and for all (KIP-226), and what they make of the static ones.
//!
//! Owner: the image; a `Dynamic` borrows from it. Pure. Invariants: the order of precedence is Kafka's (this broker,
//! all brokers, file, table); a name that cannot change while the broker runs is never taken.

use super::broker::{BrokerConfig, Described, Overrides, Source, Synonym};
use super::broker_table::{broker_config, broker_synonyms};
use super::def::{ConfigDef, Value};
use super::topic::{TOPIC_CONFIGS, VALUE_MAX};

/// What the metadata log sets for this node.
#[derive(Clone, Copy, Debug)]
pub struct Dynamic<'a> {
    /// For this broker alone.
    pub own: &'a Overrides,
    /// For all brokers.
    pub default: &'a Overrides,
}

static NOTHING: Overrides = Overrides::new();

impl Dynamic<'_> {
    /// Nothing is set.
    pub const NONE: Dynamic<'static> = Dynamic { own: &NOTHING, default: &NOTHING };

    /// What is set for `name`; that for this broker is stronger.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&String> {
        self.own.get(name).or_else(|| self.default.get(name))
    }
}

/// True if topics, or the logs of topics, take something from the broker config `name`.
#[must_use]
pub fn shapes_topics(name: &str) -> bool {
    name == "producer.id.expiration.ms" || TOPIC_CONFIGS.iter().any(|def| def.broker_name == Some(name))
}

impl BrokerConfig {
    /// The effective value of a broker config; `None` is null. A value that no longer parses is passed over.
    #[must_use]
    pub fn effective(&self, name: &str, dynamic: Dynamic<'_>) -> Option<Value> {
        let def = broker_config(name)?;
        let set = [dynamic.own.get(name), dynamic.default.get(name)].into_iter().flatten();
        set.filter_map(|raw| def.parse(raw).ok()).next().or_else(|| self.value(def))
    }

    /// Checks what one broker (`own`) or all of them would set. Errors: Kafka's message.
    pub fn check_dynamic(set: &Overrides, own: bool) -> Result<(), String> {
        let fixed: Vec<&str> =
            set.keys().map(String::as_str).filter(|n| broker_config(n).is_some_and(|d| !d.dynamic)).collect();
        if !fixed.is_empty() {
            return Err(format!("Cannot update these configs dynamically: [{}]", fixed.join(", ")));
        }
        for (name, raw) in set {
            let def = broker_config(name).ok_or_else(|| format!("Unknown broker config name: {name}"))?;
            if raw.len() > VALUE_MAX {
                return Err(format!(
                    "The value of {name} has {} bytes, the limit is {VALUE_MAX}.",
                    raw.len()
                ));
            }
            def.parse(raw)?;
            if !own && def.sensitive() {
                return Err(format!(
                    "Cannot update these configs at default cluster level, broker id must be specified: [{name}]"
                ));
            }
        }
        Ok(())
    }

    /// Describes one config of a topic or group, of which `own` is what it sets itself.
    pub(super) fn describe_own(
        &self,
        def: &'static ConfigDef,
        own: Option<Synonym>,
        dynamic: Dynamic<'_>,
    ) -> Described {
        let mut synonyms = def.broker_name.map(|n| self.synonyms(n, dynamic)).unwrap_or_default();
        if let Some(own) = own {
            synonyms.insert(0, own);
        }
        let first = synonyms.first();
        let (value, source) = (first.map(|s| s.value.clone()), first.map_or(Source::Default, |s| s.source));
        Described { def, value, source, synonyms }
    }

    /// Describes one broker config as it holds for this broker.
    #[must_use]
    pub fn describe_broker(&self, def: &'static ConfigDef, dynamic: Dynamic<'_>) -> Described {
        let synonyms = self.synonyms(def.name, dynamic);
        let value = self.effective(def.name, dynamic).map(|v| v.to_string()).filter(|_| !def.sensitive());
        Described { def, value, source: synonyms.first().map_or(Source::Default, |s| s.source), synonyms }
    }

    /// Describes one broker config as it is set for all brokers; `None` if it is not.
    #[must_use]
    pub fn describe_default(&self, def: &'static ConfigDef, dynamic: Dynamic<'_>) -> Option<Described> {
        let raw = dynamic.default.get(def.name)?;
        let source = Source::DynamicDefaultBroker;
        let synonyms = vec![Synonym { name: def.name, value: raw.clone(), source }];
        Some(Described { def, value: Some(raw.clone()), source, synonyms })
    }

    /// All values of a broker config, strongest first. As in Kafka, those in front of the first that is set under
    /// `name` itself do not count: where only `log.retention.hours` is set, `log.retention.ms` has none.
    pub(super) fn synonyms(&self, name: &str, dynamic: Dynamic<'_>) -> Vec<Synonym> {
        let own = [name];
        let names = broker_synonyms(name);
        let names = if names.is_empty() { own.as_slice() } else { names };
        let defs = || names.iter().filter_map(|n| broker_config(n));
        let found = |value: Option<&str>, def: &'static ConfigDef, source| {
            value.map(|value| Synonym { name: def.name, value: value.to_owned(), source })
        };
        let text = |set: Option<&'_ String>, def, source| found(set.map(String::as_str), def, source);
        let own = defs().filter_map(|d| text(dynamic.own.get(d.name), d, Source::DynamicBroker));
        let default =
            defs().filter_map(|d| text(dynamic.default.get(d.name), d, Source::DynamicDefaultBroker));
        let fixed = defs().filter_map(|d| text(self.statics().get(d.name), d, Source::StaticBroker));
        let table = defs().filter_map(|d| found(d.default, d, Source::Default));
        own.chain(default).chain(fixed).chain(table).skip_while(|s| s.name != name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(list: &[(&str, &str)]) -> Overrides {
        list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn what_cannot_change_and_what_is_wrong_is_named() {
        let check = |list: &[(&str, &str)]| BrokerConfig::check_dynamic(&set(list), true);
        assert_eq!(check(&[("log.cleaner.backoff.ms", "20000")]), Ok(()));
        assert_eq!(
            check(&[("num.partitions", "3"), ("node.id", "3"), ("log.cleaner.backoff.ms", "x")]).unwrap_err(),
            "Cannot update these configs dynamically: [node.id, num.partitions]"
        );
        assert_eq!(check(&[("no.such", "3")]).unwrap_err(), "Unknown broker config name: no.such");
        assert_eq!(
            check(&[("log.cleaner.threads", "abc")]).unwrap_err(),
            "Invalid value abc for configuration log.cleaner.threads: Not a number of type INT"
        );
    }

    #[test]
    fn every_topic_default_is_known_to_shape_topics() {
        assert!(shapes_topics("log.retention.ms") && shapes_topics("producer.id.expiration.ms"));
        assert!(!shapes_topics("log.cleaner.backoff.ms"));
    }
}
