//! The configuration of one subscription to clients' metrics (KIP-714): which metrics, how often, from whom.
//!
//! Owner: the table is constant; overrides belong to the metadata image, a `Subscription` to the core that reads it.
//! Pure. Invariants: the table is sorted by name; what is accepted when it is set is read again without an error;
//! a pattern is bounded in length and in what it compiles to, and matches whole values, as Kafka's do.

use super::broker::{Described, Overrides, Source, Synonym};
use super::def::{ConfigDef, Kind, Value};
use super::topic::VALUE_MAX;
use regex_lite::{Regex, RegexBuilder};
use ringlog_wire::ErrorCode;
use std::ops::RangeInclusive;

const INTERVAL: &str = "interval.ms";
const MATCH: &str = "match";
const METRICS: &str = "metrics";

/// How often clients push when no subscription says it, milliseconds.
pub const INTERVAL_DEFAULT_MS: i32 = 300_000;
/// What `interval.ms` may be.
const INTERVALS_MS: RangeInclusive<i64> = 100..=3_600_000;
/// Stands for all metrics.
pub const ALL: &str = "*";
/// Longest pattern, bytes.
const PATTERN_MAX: usize = 1024;
/// Most bytes that a compiled pattern may use.
const COMPILED_MAX: usize = 64 << 10;

/// The configs of a subscription, sorted by name.
pub const CLIENT_METRICS_CONFIGS: &[ConfigDef] = &[
    ConfigDef::new(INTERVAL, Kind::Int, "300000", "Milliseconds between two pushes of a client.").dynamic(),
    ConfigDef::new(
        MATCH,
        Kind::List,
        "",
        "The clients that are asked: NAME=PATTERN, each of which must match; none means all clients.",
    )
    .dynamic(),
    ConfigDef::new(
        METRICS,
        Kind::List,
        "",
        "Beginnings of the names of the metrics that are asked for; * means all.",
    )
    .dynamic(),
];

/// The row of `name`.
#[must_use]
pub fn client_metrics_config(name: &str) -> Option<&'static ConfigDef> {
    CLIENT_METRICS_CONFIGS.iter().find(|d| d.name == name)
}

/// What a client is known by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Trait {
    /// The id that the broker gave it.
    InstanceId,
    /// `client.id`.
    ClientId,
    /// The name of its library.
    SoftwareName,
    /// The version of its library.
    SoftwareVersion,
    /// Its IP address.
    SourceAddress,
    /// Its port.
    SourcePort,
}

impl Trait {
    /// Kafka's names.
    const NAMES: [(&'static str, Self); 6] = [
        ("client_instance_id", Self::InstanceId),
        ("client_id", Self::ClientId),
        ("client_software_name", Self::SoftwareName),
        ("client_software_version", Self::SoftwareVersion),
        ("client_source_address", Self::SourceAddress),
        ("client_source_port", Self::SourcePort),
    ];
}

/// A subscription, ready to be matched.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Beginnings of names, in the order in which they were given, without repeats.
    pub metrics: Vec<String>,
    /// Between two pushes.
    pub interval_ms: i32,
    /// All of them must match.
    pub patterns: Vec<(Trait, Regex)>,
}

type Refusal = (ErrorCode, String);

impl Subscription {
    /// Reads what a subscription sets. Errors: Kafka's code and message for the first bad config.
    pub fn read(set: &Overrides) -> Result<Self, Refusal> {
        let text = |name| set.get(name).map(String::as_str).unwrap_or_default();
        if let Some(name) = set.keys().find(|name| client_metrics_config(name).is_none()) {
            let message = format!("Unknown client metrics configuration: {name}");
            return Err((ErrorCode::InvalidRequest, message));
        }
        if set.values().any(|value| value.len() > VALUE_MAX) {
            let message = format!(
                "The configuration value cannot be added because it exceeds the maximum value size of {VALUE_MAX} bytes."
            );
            return Err((ErrorCode::InvalidConfig, message));
        }
        let list = |name| {
            let items = items(text(name));
            let empty =
                || (ErrorCode::InvalidConfig, format!("Configuration '{name}' values must not be empty."));
            if items.iter().any(String::is_empty) { Err(empty()) } else { Ok(items) }
        };
        let (metrics, matches) = (list(METRICS)?, list(MATCH)?);
        let interval_ms = set.get(INTERVAL).map_or(Ok(INTERVAL_DEFAULT_MS), |raw| interval(raw))?;
        let mut patterns: Vec<(Trait, Regex)> = Vec::new();
        for item in matches {
            let illegal = || (ErrorCode::InvalidConfig, format!("Illegal client matching pattern: {item}"));
            let (of, pattern) = pattern(&item).ok_or_else(illegal)?;
            // The last one of a name counts.
            patterns.retain(|(other, _)| *other != of);
            patterns.push((of, pattern));
        }
        Ok(Self { metrics, interval_ms, patterns })
    }

    /// True if this subscription is for a client of which `of` tells each trait.
    pub fn matches<'a>(&self, of: &impl Fn(Trait) -> Option<&'a str>) -> bool {
        self.patterns.iter().all(|(what, pattern)| of(*what).is_some_and(|value| pattern.is_match(value)))
    }
}

/// The elements of a list as Kafka cuts it: empty ones stay, repeats do not.
fn items(raw: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for item in raw.trim().split(',').map(str::trim).filter(|_| !raw.trim().is_empty()) {
        if !items.iter().any(|known| known == item) {
            items.push(item.to_owned());
        }
    }
    items
}

fn interval(raw: &str) -> Result<i32, Refusal> {
    let def = client_metrics_config(INTERVAL).expect("it is in the table");
    let Value::Int(ms) = def.parse(raw).map_err(|why| (ErrorCode::InvalidConfig, why))? else { return Ok(0) };
    if !INTERVALS_MS.contains(&ms) {
        let message =
            format!("Invalid value {ms} for {INTERVAL}, interval must be between 100 and 3600000 (1 hour)");
        return Err((ErrorCode::InvalidRequest, message));
    }
    Ok(i32::try_from(ms).expect("an hour of milliseconds fits"))
}

/// One `NAME=PATTERN`; `None`: not one.
fn pattern(item: &str) -> Option<(Trait, Regex)> {
    // Java's split forgets empty parts at the end.
    let (name, pattern) = item.trim_end_matches('=').split_once('=').filter(|(_, p)| !p.contains('='))?;
    let (_, of) = Trait::NAMES.into_iter().find(|(known, _)| *known == name.trim())?;
    let pattern = pattern.trim();
    if pattern.len() > PATTERN_MAX {
        return None;
    }
    let whole = RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(COMPILED_MAX).build();
    Some((of, whole.ok()?))
}

/// Describes one config of a subscription that sets `set`.
#[must_use]
pub fn describe_client_metrics(def: &'static ConfigDef, set: &Overrides) -> Described {
    let shown = |raw: &str| match def.kind {
        Kind::List => items(raw).join(","),
        _ => raw.trim().to_owned(),
    };
    let source = Source::DynamicClientMetrics;
    let own = set.get(def.name).map(|raw| Synonym { name: def.name, value: shown(raw), source });
    let value = own.as_ref().map(|s| s.value.clone()).or_else(|| def.default.map(str::to_owned));
    Described {
        def,
        value,
        source: own.as_ref().map_or(Source::Default, |s| s.source),
        synonyms: own.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &[(&str, &str)]) -> Result<Subscription, Refusal> {
        Subscription::read(&list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn refusals_carry_kafkas_words() {
        for (name, value, code, message) in [
            ("what", "1", ErrorCode::InvalidRequest, "Unknown client metrics configuration: what"),
            (
                INTERVAL,
                "99",
                ErrorCode::InvalidRequest,
                "Invalid value 99 for interval.ms, interval must be between 100 and 3600000 (1 hour)",
            ),
            (
                INTERVAL,
                "soon",
                ErrorCode::InvalidConfig,
                "Invalid value soon for configuration interval.ms: Not a number of type INT",
            ),
            (MATCH, "client_id", ErrorCode::InvalidConfig, "Illegal client matching pattern: client_id"),
            (
                MATCH,
                "client_id=a,",
                ErrorCode::InvalidConfig,
                "Configuration 'match' values must not be empty.",
            ),
            (
                MATCH,
                "client_id=a=b",
                ErrorCode::InvalidConfig,
                "Illegal client matching pattern: client_id=a=b",
            ),
            (MATCH, "client_id=(", ErrorCode::InvalidConfig, "Illegal client matching pattern: client_id=("),
            (MATCH, "rack=a", ErrorCode::InvalidConfig, "Illegal client matching pattern: rack=a"),
        ] {
            assert_eq!(read(&[(name, value)]).unwrap_err(), (code, message.to_owned()), "{name}={value}");
        }
        let long = read(&[(MATCH, &format!("client_id={}", "a".repeat(PATTERN_MAX + 1)))]);
        assert!(long.is_err() && read(&[(MATCH, "client_id=a{500}{500}")]).is_err(), "bounded");
    }

    #[test]
    fn a_subscription_is_what_was_set() {
        let s = read(&[
            (METRICS, " a.b , c,a.b"),
            (INTERVAL, "100"),
            (MATCH, "client_id = x.* , client_id=y.*="),
        ]);
        let s = s.unwrap();
        assert_eq!((s.metrics, s.interval_ms), (vec!["a.b".to_owned(), "c".to_owned()], 100));
        assert_eq!(s.patterns.len(), 1, "the last one of a name counts");
        let none = read(&[]).unwrap();
        assert_eq!((none.interval_ms, none.metrics.len(), none.patterns.len()), (INTERVAL_DEFAULT_MS, 0, 0));
    }

    #[test]
    fn whole_values_match_and_what_is_not_known_does_not() {
        let s = read(&[(MATCH, "client_id=a|b,client_source_port=90.*")]).unwrap();
        let client = |id, port| {
            s.matches(&|what| match what {
                Trait::ClientId => id,
                Trait::SourcePort => port,
                _ => None,
            })
        };
        assert!(client(Some("b"), Some("9092")));
        assert!(
            !client(Some("ab"), Some("9092"))
                && !client(Some("a"), Some("8090"))
                && !client(None, Some("90"))
        );
        assert!(read(&[]).unwrap().matches(&|_| None), "no pattern is for everybody");
    }

    #[test]
    fn lists_are_shown_without_blanks_and_the_table_has_kafkas_defaults() {
        let def = |name| client_metrics_config(name).unwrap();
        let set = Overrides::from([(METRICS.to_owned(), "a , b".to_owned())]);
        let d = describe_client_metrics(def(METRICS), &set);
        assert_eq!(
            (d.value.as_deref(), d.source, d.synonyms.len()),
            (Some("a,b"), Source::DynamicClientMetrics, 1)
        );
        let d = describe_client_metrics(def(INTERVAL), &set);
        assert_eq!((d.value.as_deref(), d.source, d.synonyms.len()), (Some("300000"), Source::Default, 0));
        assert_eq!(def(INTERVAL).default, Some(INTERVAL_DEFAULT_MS.to_string().as_str()));
        assert!(CLIENT_METRICS_CONFIGS.is_sorted_by_key(|d| d.name));
    }
}
