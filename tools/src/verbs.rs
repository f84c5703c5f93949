//! ringctl's own commands: thin covers of the stock tools, with one way to name the cluster.
//!
//! Owner: one process. Invariant: a verb does what its tool does, with the same text, or the same JSON; what fails is
//! said in one line, with a status that is not 0.

use crate::kafka;
use clap::{Args, Subcommand};

/// Where the cluster is.
#[derive(Args, Clone, Debug)]
pub struct Cluster {
    /// Brokers to start from, HOST:PORT[,HOST:PORT]
    /// (default: the variable RINGCTL_BOOTSTRAP, else 127.0.0.1:9092)
    #[arg(short = 'b', long = "bootstrap", global = true)]
    pub bootstrap: Option<String>,
}

impl Cluster {
    /// The address that was given, in whatever way.
    pub fn address(&self) -> String {
        let given = self.bootstrap.clone().or_else(|| std::env::var("RINGCTL_BOOTSTRAP").ok());
        given.unwrap_or_else(|| "127.0.0.1:9092".to_owned())
    }
}

/// Topics.
#[derive(Subcommand, Clone, Debug)]
pub enum Topic {
    /// Lists the topics
    List,
    /// Shows topics and their partitions
    Describe {
        /// Names or patterns; all if none is given
        topics: Vec<String>,
    },
    /// Creates a topic
    Create {
        /// Its name
        topic: String,
        /// Number of partitions; the broker's default if not given
        #[arg(short, long, value_parser = count)]
        partitions: Option<i32>,
        /// Replicas of each partition; the broker's default if not given
        #[arg(short, long, value_parser = count)]
        replicas: Option<i32>,
        /// A config, name=value; may be repeated
        #[arg(short, long = "config", value_parser = pair)]
        configs: Vec<String>,
        /// Do nothing if it exists
        #[arg(long)]
        if_not_exists: bool,
    },
    /// Raises the number of partitions
    Grow {
        /// Its name
        topic: String,
        /// The new number
        #[arg(value_parser = count)]
        partitions: i32,
    },
    /// Deletes topics
    Delete {
        /// Names or patterns
        #[arg(required = true)]
        topics: Vec<String>,
        /// Do nothing where there is none
        #[arg(long)]
        if_exists: bool,
    },
}

/// Consumer groups.
#[derive(Subcommand, Clone, Debug)]
pub enum Group {
    /// Lists the groups
    List,
    /// Shows the offsets of groups, or their members or state
    Describe {
        /// Names; all if none is given
        groups: Vec<String>,
        /// Members instead of offsets
        #[arg(long, conflicts_with = "state")]
        members: bool,
        /// State instead of offsets
        #[arg(long)]
        state: bool,
    },
    /// Moves offsets of a group; says where to, and does it with --execute
    Reset {
        /// The group
        group: String,
        /// A topic, or topic:0,1; may be repeated; all that the group has if none is given
        #[arg(short, long = "topic")]
        topics: Vec<String>,
        /// earliest, latest, current, an offset, +N, -N, a time (2026-01-31T12:00:00.000) or a duration (PT1H)
        #[arg(long, allow_hyphen_values = true, value_parser = whither)]
        to: String,
        /// Do it
        #[arg(long)]
        execute: bool,
    },
    /// Deletes groups
    Delete {
        /// Names
        #[arg(required = true)]
        groups: Vec<String>,
    },
}

/// Configs.
#[derive(Subcommand, Clone, Debug)]
pub enum Config {
    /// Shows the configs that were set, or all
    Describe {
        /// topic, broker, group or client-metrics
        #[arg(value_parser = kind)]
        kind: String,
        /// Its name; all if none is given
        name: Option<String>,
        /// With defaults
        #[arg(long)]
        all: bool,
    },
    /// Sets and unsets configs
    Alter {
        /// topic, broker, group or client-metrics
        #[arg(value_parser = kind)]
        kind: String,
        /// Its name; "default" for all brokers
        name: String,
        /// name=value; may be repeated
        #[arg(long = "set", value_parser = pair, required_unless_present = "unset")]
        set: Vec<String>,
        /// A name; may be repeated
        #[arg(long = "unset")]
        unset: Vec<String>,
    },
}

/// A number of partitions or replicas.
fn count(text: &str) -> Result<i32, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "a whole number above 0 is needed".to_owned())
}

/// A config and its value.
fn pair(text: &str) -> Result<String, String> {
    match text.split_once('=') {
        Some((name, _)) if !name.is_empty() => Ok(text.to_owned()),
        _ => Err("NAME=VALUE is needed, such as retention.ms=60000".to_owned()),
    }
}

/// A kind of thing that has configs; its plural will do.
fn kind(text: &str) -> Result<String, String> {
    let known = ["topic", "topics", "broker", "brokers", "group", "groups", "client-metrics"];
    if known.contains(&text) {
        return Ok(text.to_owned());
    }
    Err("there are topic, broker, group and client-metrics".to_owned())
}

/// Where to reset offsets to.
fn whither(text: &str) -> Result<String, String> {
    let (option, _) = target(text);
    let number = text.trim_start_matches('+').parse::<i64>();
    if matches!(option, "to-offset" | "shift-by") && number.is_err() {
        return Err(
            "there are earliest, latest, current, an offset (17), +N, -N, a time (2026-01-31T12:00:00.000) and a duration (PT1H)"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}

struct Words(Vec<String>);

impl Words {
    fn new(cluster: &Cluster) -> Self {
        Self(vec!["--bootstrap-server".to_owned(), cluster.address()])
    }
    fn flag(mut self, name: &str, on: bool) -> Self {
        if on {
            self.0.push(format!("--{name}"));
        }
        self
    }
    fn value(mut self, name: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.0.push(format!("--{name}"));
            self.0.push(value.to_string());
        }
        self
    }
    fn values(self, name: &str, values: &[String]) -> Self {
        values.iter().fold(self, |words, value| words.value(name, Some(value)))
    }
    fn run(self, tool: &str, json: bool) -> u8 {
        kafka::find(tool).map_or(64, |tool| kafka::run_verb(tool, &self.0, json))
    }
}

/// Runs `topic`; returns the exit status.
pub fn topic(cluster: &Cluster, command: &Topic, json: bool) -> u8 {
    let words = Words::new(cluster);
    // One pattern, as the tool takes one.
    let any = |names: &[String]| (!names.is_empty()).then(|| names.join(","));
    let words = match command {
        Topic::List => words.flag("list", true),
        Topic::Describe { topics } => words.flag("describe", true).value("topic", any(topics)),
        Topic::Create { topic, partitions, replicas, configs, if_not_exists } => words
            .flag("create", true)
            .value("topic", Some(topic))
            .value("partitions", *partitions)
            .value("replication-factor", *replicas)
            .values("config", configs)
            .flag("if-not-exists", *if_not_exists),
        Topic::Grow { topic, partitions } => {
            words.flag("alter", true).value("topic", Some(topic)).value("partitions", Some(partitions))
        }
        Topic::Delete { topics, if_exists } => {
            words.flag("delete", true).value("topic", any(topics)).flag("if-exists", *if_exists)
        }
    };
    words.run("topics", json)
}

/// The option of the tool that says where to, and its value.
fn target(to: &str) -> (&'static str, Option<String>) {
    let own = Some(to.to_owned());
    match to {
        "earliest" => ("to-earliest", None),
        "latest" => ("to-latest", None),
        "current" => ("to-current", None),
        _ if to.starts_with('P') => ("by-duration", own),
        _ if to.contains('T') => ("to-datetime", own),
        _ if to.starts_with('+') => ("shift-by", Some(to.trim_start_matches('+').to_owned())),
        _ if to.starts_with('-') => ("shift-by", own),
        _ => ("to-offset", own),
    }
}

/// Runs `group`; returns the exit status.
pub fn group(cluster: &Cluster, command: &Group, json: bool) -> u8 {
    let words = Words::new(cluster);
    let words = match command {
        Group::List => words.flag("list", true).flag("state", true),
        Group::Describe { groups, members, state } => words
            .flag("describe", true)
            .values("group", groups)
            .flag("all-groups", groups.is_empty())
            .flag("members", *members)
            .flag("state", *state),
        Group::Reset { group, topics, to, execute } => {
            let (option, value) = target(to);
            words
                .flag("reset-offsets", true)
                .value("group", Some(group))
                .values("topic", topics)
                .flag("all-topics", topics.is_empty())
                .flag(option, value.is_none())
                .value(option, value)
                .flag("execute", *execute)
                .flag("dry-run", !*execute)
        }
        Group::Delete { groups } => words.flag("delete", true).values("group", groups),
    };
    words.run("consumer-groups", json)
}

/// Runs `config`; returns the exit status.
pub fn config(cluster: &Cluster, command: &Config, json: bool) -> u8 {
    let words = Words::new(cluster);
    let plural = |kind: &str| {
        if kind == "client-metrics" { kind.to_owned() } else { format!("{}s", kind.trim_end_matches('s')) }
    };
    let words = match command {
        Config::Describe { kind, name, all } => {
            let default = kind.starts_with("broker") && name.as_deref() == Some("default");
            words
                .flag("describe", true)
                .value("entity-type", Some(plural(kind)))
                .value("entity-name", name.as_ref().filter(|_| !default))
                .flag("entity-default", default)
                .flag("all", *all)
        }
        Config::Alter { kind, name, set, unset } => {
            let default = kind.starts_with("broker") && name == "default";
            let set: Vec<String> = set
                .iter()
                .map(|s| match s.split_once('=') {
                    Some((key, value)) => format!("{key}=[{value}]"),
                    None => s.clone(),
                })
                .collect();
            words
                .flag("alter", true)
                .value("entity-type", Some(plural(kind)))
                .value("entity-name", (!default).then_some(name))
                .flag("entity-default", default)
                .value("add-config", (!set.is_empty()).then(|| set.join(",")))
                .value("delete-config", (!unset.is_empty()).then(|| unset.join(",")))
        }
    };
    words.run("configs", json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_refused_before_a_broker_is_asked() {
        for bad in ["", "yesterday", "+x", "-", "1x"] {
            assert!(whither(bad).is_err(), "{bad}");
        }
        for good in ["earliest", "17", "+3", "-3", "PT1H", "2026-01-31T12:00:00"] {
            assert_eq!(whither(good).as_deref(), Ok(good));
        }
        assert!(count("0").is_err() && count("many").is_err() && count("3") == Ok(3));
        assert!(pair("novalue").is_err() && pair("=x").is_err() && pair("a=").is_ok());
        assert!(kind("nonsense").is_err() && kind("topics").is_ok());
    }

    #[test]
    fn targets_of_a_reset_are_told_by_their_form() {
        let check = |to: &str, option: &str, value: Option<&str>| {
            let (found, of) = target(to);
            assert_eq!((found, of.as_deref()), (option, value), "{to}");
        };
        check("earliest", "to-earliest", None);
        check("17", "to-offset", Some("17"));
        check("+3", "shift-by", Some("3"));
        check("-3", "shift-by", Some("-3"));
        check("PT1H", "by-duration", Some("PT1H"));
        check("2026-01-31T12:00:00", "to-datetime", Some("2026-01-31T12:00:00"));
    }
}
