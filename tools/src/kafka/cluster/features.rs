//! `kafka-features`: the features of the cluster and their levels (KIP-584).
//!
//! Owner: one process.

use super::Words;
use crate::client::{Client, Failure, check};
use crate::java::{DEFAULT, hash_order, left, string_hash};
use crate::kafka::shape::positive;
use crate::kafka::{Json, Tool};
use crate::opts::Stop;
use crate::out::Out;
use ringlog_wire::generated::update_features_request::{FeatureUpdateKey, UpdateFeaturesRequest};
use serde_json::json;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "features",
    about: "This tool manages feature flags in Kafka.",
    specs: &[],
    json: Json::With(&["describe", "version-mapping"]),
    run,
    on_failure: |out, failure, _| out.complain(&failure.message),
};

const USAGE: &str = "[-h] [--command-config COMMAND_CONFIG] --bootstrap-server BOOTSTRAP_SERVER {describe,upgrade,downgrade,disable,version-mapping} [--release-version RELEASE] [--feature NAME=LEVEL]... [--metadata RELEASE] [--unsafe] [--dry-run]";
const VALUES: &[&str] =
    &["bootstrap-server", "command-config", "bootstrap-controller", "feature", "metadata", "release-version"];

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let words = Words::read(args, VALUES, &["h", "help", "unsafe", "dry-run"]).and_then(|w| {
        if w.has("h") || w.has("help") || w.command.is_some() {
            Ok(w)
        } else {
            Err("too few arguments".to_owned())
        }
    });
    let words = match words {
        Ok(words) => words,
        Err(message) => {
            out.mutter(format!("Command line error: {message}. Type --help for help."));
            return Err(Stop::Exit(1));
        }
    };
    if words.has("h") || words.has("help") {
        out.line(format!("usage: kafka-features {USAGE}\n\n{}", TOOL.about));
        return Ok(());
    }
    if words.value("bootstrap-controller").is_some() {
        return Err(Stop::Refused(
            "ringctl does not support --bootstrap-controller: give a broker by --bootstrap-server".to_owned(),
        ));
    }
    match words.command.as_deref() {
        Some("describe") => describe(&words, out),
        Some(op @ ("upgrade" | "downgrade" | "disable")) => change(op, &words, out),
        Some("version-mapping") => mapping(words.value("release-version"), out),
        Some(known @ "feature-dependencies") => Err(Stop::Refused(format!(
            "ringctl does not support '{known}' of kafka-features: use the Java tool"
        ))),
        other => Err(Failure::illegal(format!("Unknown command {}", other.unwrap_or_default())).into()),
    }
}

fn describe(words: &Words, out: &mut Out) -> Result<(), Stop> {
    if words.value("bootstrap-server").is_none() {
        return Err(Failure::illegal(
            "You must specify either --bootstrap-controller or --bootstrap-server.",
        )
        .into());
    }
    let mut client = Client::connect(super::access(words)?)?;
    let answer = client.first()?.versions().clone();
    let mut supported = answer.supported_features;
    supported.sort_by(|a, b| a.name.cmp(&b.name));
    let epoch = if answer.finalized_features_epoch >= 0 {
        answer.finalized_features_epoch.to_string()
    } else {
        "-".to_owned()
    };
    for feature in supported {
        let finalized = answer
            .finalized_features
            .iter()
            .find(|f| f.name == feature.name)
            .map_or(0, |f| f.max_version_level);
        if out.is_json() {
            out.object(&json!({
                "feature": feature.name,
                "supported_min": feature.min_version,
                "supported_max": feature.max_version,
                "finalized": finalized,
                "epoch": positive(answer.finalized_features_epoch),
            }));
            continue;
        }
        out.line(format!(
            "Feature: {}SupportedMinVersion: {}SupportedMaxVersion: {}FinalizedVersionLevel: {}Epoch: {epoch}",
            left(&feature.name, 42),
            left(level(&feature.name, feature.min_version), 17),
            left(level(&feature.name, feature.max_version), 17),
            left(level(&feature.name, finalized), 17)
        ));
    }
    Ok(())
}

/// What `--feature` and `--metadata` ask for, in their order.
fn wanted(op: &str, words: &Words, out: &mut Out) -> Result<Vec<(String, i16)>, Stop> {
    let mut all: Vec<(String, i16)> = Vec::new();
    if words.value("release-version").is_some() {
        return Err(Stop::Refused(
            "ringctl does not support --release-version: name features by --feature".to_owned(),
        ));
    }
    if let Some(release) = words.value("metadata") {
        out.line(" `metadata` flag is deprecated and may be removed in a future release.");
        all.push(("metadata.version".to_owned(), release_level(release)?));
    }
    for (_, text) in words.values.iter().filter(|(name, _)| name == "feature") {
        let (name, level) = match (op, text.split_once('=')) {
            ("disable", _) => (text.as_str(), 0),
            (_, None) => {
                return Err(Failure::client(format!(
                    "Can't parse feature=level string {text}: equals sign not found."
                ))
                .into());
            }
            (_, Some((name, level))) => {
                let level = level.trim().parse().map_err(|_| {
                    Failure::client(format!(
                        "Can't parse feature=level string {text}: unable to parse {level} as a short."
                    ))
                })?;
                (name.trim(), level)
            }
        };
        if op == "upgrade" && level < 1 {
            return Err(Failure::client(format!(
                "The upgradeType flag should be set to SAFE_DOWNGRADE or UNSAFE_DOWNGRADE when the provided maxVersionLevel:{level} is < 1."
            ))
            .into());
        }
        // The last one counts.
        all.retain(|(known, _)| known != name);
        all.push((name.to_owned(), level));
    }
    if all.is_empty() {
        return Err(Failure::client(format!("You must specify at least one feature to {op}")).into());
    }
    Ok(all)
}

/// The first level of `metadata.version` that has a feature on, and the feature's level then. Source: KIP-1022.
const SINCE: [(&str, i16, i16); 6] = [
    ("kraft.version", 21, 1),
    ("transaction.version", 24, 2),
    ("group.version", 22, 1),
    ("eligible.leader.replicas.version", 26, 1),
    ("share.version", 28, 1),
    ("streams.version", 29, 1),
];

/// Prints the levels of all features that a new cluster of a release has; of the newest if none is named.
fn mapping(release: Option<&str>, out: &mut Out) -> Result<(), Stop> {
    let newest = level("metadata.version", NAMES.len() as i16);
    let release = release.unwrap_or(&newest);
    let metadata = release_level(release)?;
    let of = |(feature, from, level): (&str, i16, i16)| {
        (feature.to_owned(), if metadata >= from { level } else { 0 })
    };
    let levels: Vec<(String, i16)> = SINCE.into_iter().map(of).collect();
    if out.is_json() {
        out.object(&json!({"feature": "metadata.version", "level": metadata, "release": release}));
        levels.iter().for_each(|(feature, level)| out.object(&json!({"feature": feature, "level": level})));
        return Ok(());
    }
    out.line(format!("metadata.version={metadata} ({release})"));
    levels.iter().for_each(|(feature, level)| out.line(format!("{feature}={level}")));
    Ok(())
}

/// The level of `metadata.version` that a release is called by: of `4.2` the last of `4.2-IV…`.
fn release_level(release: &str) -> Result<i16, Failure> {
    let fits = |name: &str| name == release || name.split_once("-IV").is_some_and(|(r, _)| r == release);
    let place = NAMES.iter().rposition(|name| fits(name));
    place.and_then(|p| i16::try_from(p + 1).ok()).ok_or_else(|| {
        Failure::client(format!(
            "Unknown metadata.version '{release}'. Supported metadata.version are: {}, 4.4-IV0",
            NAMES.get(6..).unwrap_or_default().join(", ")
        ))
    })
}

fn change(op: &str, words: &Words, out: &mut Out) -> Result<(), Stop> {
    let wanted = wanted(op, words, out)?;
    let dry = words.has("dry-run");
    let upgrade_type = match (op, words.has("unsafe")) {
        ("upgrade", _) => 1,
        (_, false) => 2,
        (_, true) => 3,
    };
    let request = UpdateFeaturesRequest {
        timeout_ms: 60_000,
        feature_updates: wanted
            .iter()
            .map(|(feature, level)| FeatureUpdateKey {
                feature: feature.clone(),
                max_version_level: *level,
                upgrade_type,
                ..Default::default()
            })
            .collect(),
        validate_only: dry,
    };
    let mut client = Client::connect(super::access(words)?)?;
    let answer = client.any(&request)?;
    let whole = check(answer.error_code, answer.error_message.as_deref());
    let mut failed = 0;
    let count = wanted.len();
    for (feature, level) in hash_order(wanted, DEFAULT, |(name, _)| string_hash(name)) {
        let own = answer.results.iter().find(|r| r.feature == feature);
        let own = own.map_or(Ok(()), |r| check(r.error_code, r.error_message.as_deref()));
        let to = if op == "disable" { String::new() } else { format!(" to {level}") };
        let done = if op == "disable" { "disabled".to_owned() } else { format!("{op}d") };
        match whole.clone().and(own) {
            Ok(()) if dry => out.line(format!("{feature} can be {done}{to}.")),
            Ok(()) => out.line(format!("{feature} was {done}{to}.")),
            Err(e) => {
                failed += 1;
                let could = if dry { "Can not" } else { "Could not" };
                out.line(format!("{could} {op} {feature}{to}. {}", e.message));
            }
        }
    }
    if failed > 0 {
        return Err(Failure::client(format!("{failed} out of {count} operation(s) failed.")).into());
    }
    Ok(())
}

/// The levels of `metadata.version`, from 1 on.
const NAMES: [&str; 30] = [
    "3.0-IV1", "3.1-IV0", "3.2-IV0", "3.3-IV0", "3.3-IV1", "3.3-IV2", "3.3-IV3", "3.4-IV0", "3.5-IV0",
    "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2", "3.7-IV0", "3.7-IV1", "3.7-IV2", "3.7-IV3",
    "3.7-IV4", "3.8-IV0", "3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0", "4.1-IV1",
    "4.2-IV0", "4.2-IV1", "4.3-IV0",
];

/// A level; those of `metadata.version` have the names of releases.
fn level(feature: &str, level: i16) -> String {
    if feature != "metadata.version" {
        return level.to_string();
    }
    let place = usize::try_from(level).ok().and_then(|l| l.checked_sub(1));
    place.and_then(|p| NAMES.get(p)).map_or_else(|| format!("UNKNOWN {level}"), |n| (*n).to_owned())
}
