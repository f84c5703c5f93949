//! `kafka-features`: the features of the cluster and their levels (KIP-584).
//!
//! Owner: one process.

use super::Words;
use crate::client::{Client, Failure};
use crate::java::left;
use crate::kafka::Tool;
use crate::opts::Stop;
use crate::out::Out;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "features",
    about: "This tool manages feature flags in Kafka.",
    specs: &[],
    run,
    on_failure: |out, failure, _| out.complain(&failure.message),
};

const USAGE: &str = "[-h] [--command-config COMMAND_CONFIG] --bootstrap-server BOOTSTRAP_SERVER {describe}";

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let words =
        Words::read(args, &["bootstrap-server", "command-config", "bootstrap-controller"], &["h", "help"])
            .and_then(|w| {
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
        Some(known @ ("upgrade" | "downgrade" | "disable" | "version-mapping" | "feature-dependencies")) => {
            Err(Stop::Refused(format!(
                "ringctl does not support '{known}' of kafka-features: use the Java tool"
            )))
        }
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

/// A level; those of `metadata.version` have the names of releases.
fn level(feature: &str, level: i16) -> String {
    const NAMES: [&str; 30] = [
        "3.0-IV1", "3.1-IV0", "3.2-IV0", "3.3-IV0", "3.3-IV1", "3.3-IV2", "3.3-IV3", "3.4-IV0", "3.5-IV0",
        "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2", "3.7-IV0", "3.7-IV1", "3.7-IV2", "3.7-IV3",
        "3.7-IV4", "3.8-IV0", "3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0", "4.1-IV1",
        "4.2-IV0", "4.2-IV1", "4.3-IV0",
    ];
    if feature != "metadata.version" {
        return level.to_string();
    }
    let place = usize::try_from(level).ok().and_then(|l| l.checked_sub(1));
    place.and_then(|p| NAMES.get(p)).map_or_else(|| format!("UNKNOWN {level}"), |n| (*n).to_owned())
}
