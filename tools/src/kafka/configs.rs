//! `kafka-configs`: describe and alter configs of topics, brokers, groups, client metrics and loggers.
//!
//! Owner: one process. Invariant: quotas and credentials (users, clients, ips) are refused; ringlog has none.

use super::describe::{BROKER, TOPIC, alter_configs, configured, describe_configs, source_name};
use super::{Json, Tool, login, properties, shape};
use crate::client::{Client, Failure, check};
use crate::java::{DEFAULT, hash_order, string_hash};
use crate::opts::{Options, Spec, Stop, flag, parse, unbuilt, value};
use crate::out::Out;

const NO_QUOTAS: &str = "quotas and credentials are not built; use the Java tool";

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    unbuilt(&["bootstrap-controller"], "give a broker by --bootstrap-server"),
    value(&["command-config"], "Properties file for the client"),
    flag(&["alter"], "Change configs"),
    flag(&["describe"], "Show configs"),
    flag(&["all"], "With defaults and what files say"),
    value(&["entity-type"], "topics, brokers, broker-loggers, client-metrics or groups"),
    value(&["entity-name"], "Its name"),
    flag(&["entity-default"], "The default of all brokers"),
    value(&["add-config"], "k1=v1,k2=[v2,v3]"),
    value(&["add-config-file"], "Properties file of configs to set"),
    value(&["delete-config"], "Names of configs to unset"),
    value(&["topic"], "A topic: --entity-type topics --entity-name"),
    value(&["broker"], "A broker's id"),
    flag(&["broker-defaults"], "The default of all brokers"),
    value(&["broker-logger"], "A broker's id, for its loggers"),
    value(&["group"], "A group"),
    value(&["client-metrics"], "A subscription of client metrics"),
    unbuilt(&["client"], NO_QUOTAS),
    unbuilt(&["client-defaults"], NO_QUOTAS),
    unbuilt(&["user"], NO_QUOTAS),
    unbuilt(&["user-defaults"], NO_QUOTAS),
    unbuilt(&["ip"], NO_QUOTAS),
    unbuilt(&["ip-defaults"], NO_QUOTAS),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "configs",
    about: "This tool helps to manipulate and describe entity config for a topic, client, user, broker, ip, client-metrics or group",
    specs: SPECS,
    json: Json::With(&["--describe"]),
    run,
    on_failure,
};

fn on_failure(out: &mut Out, failure: &Failure, args: &[String]) {
    let own = ["java.lang.IllegalArgumentException", "joptsimple."];
    if own.iter().any(|c| failure.class.starts_with(c)) {
        out.complain(&failure.message);
        return;
    }
    out.complain(format!("Error while executing config command with args '{}'", args.join(" ")));
    out.complain(failure.of_future());
}

/// A kind of thing that has configs.
struct Kind {
    plural: &'static str,
    wire: i8,
    /// Where a config that was set on it comes from.
    source: Option<i8>,
}

const KINDS: [Kind; 5] = [
    Kind { plural: "topics", wire: TOPIC, source: Some(1) },
    Kind { plural: "brokers", wire: BROKER, source: Some(2) },
    Kind { plural: "broker-loggers", wire: 8, source: None },
    Kind { plural: "client-metrics", wire: 16, source: Some(7) },
    Kind { plural: "groups", wire: 32, source: Some(8) },
];
const DYNAMIC_DEFAULT_BROKER: i8 = 3;
const ALLOWED: &str = "topics, clients, users, brokers, ips, client-metrics, groups, broker-loggers";

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, super::COMMON], args)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    let (kind, name) = check_args(&o)?;
    let access = login(&o, "command-config", "bootstrap-server")?;
    let added = added(&o)?;
    let mut client = Client::connect(access)?;
    if o.has("alter") {
        alter(&mut client, &o, out, (kind, name.as_deref().unwrap_or_default(), added))
    } else {
        describe(&mut client, out, (kind, name), o.has("all"))
    }
}

fn illegal(text: impl Into<String>) -> Stop {
    Failure::illegal(text).into()
}

fn check_args(o: &Options) -> Result<(&'static Kind, Option<String>), Stop> {
    if [o.has("alter"), o.has("describe")].iter().filter(|a| **a).count() != 1 {
        return Err(Stop::Usage("Command must include exactly one action: --describe, --alter".to_owned()));
    }
    o.exclude("describe", &["add-config", "delete-config"])?;
    let flags = [
        ("topic", "topics"),
        ("broker", "brokers"),
        ("broker-logger", "broker-loggers"),
        ("client-metrics", "client-metrics"),
        ("group", "groups"),
    ];
    let mut types: Vec<String> = o.all("entity-type").into_iter().map(ToOwned::to_owned).collect();
    types.extend(flags.iter().filter(|(f, _)| o.has(f)).map(|(_, t)| (*t).to_owned()));
    if o.has("broker-defaults") {
        types.push("brokers".to_owned());
    }
    let connect = if o.has("bootstrap-server") { "--bootstrap-server or --bootstrap-controller" } else { "" };
    if connect.is_empty() {
        return Err(illegal("Either --bootstrap-server or --bootstrap-controller must be specified."));
    }
    if let Some(bad) = types.iter().find(|t| !ALLOWED.split(", ").any(|a| a == t.as_str())) {
        return Err(illegal(format!(
            "Invalid entity type {bad}, the entity type must be one of {ALLOWED} with a {connect} argument"
        )));
    }
    if let Some(quota) = types.iter().find(|t| matches!(t.as_str(), "users" | "clients" | "ips")) {
        return Err(Stop::Refused(format!("ringctl does not support --entity-type {quota}: {NO_QUOTAS}")));
    }
    if let Some(twice) =
        types.iter().enumerate().find(|(i, t)| types.iter().take(*i).any(|other| other == *t))
    {
        return Err(illegal(format!("Duplicate entity type(s) specified: {}", twice.1)));
    }
    let kind = match types.as_slice() {
        [] => return Err(illegal("At least one entity type must be specified")),
        [one] => KINDS
            .iter()
            .find(|k| k.plural == one)
            .ok_or_else(|| illegal(format!("Invalid entity type: {one}")))?,
        _ => return Err(illegal("Only 'users' and 'clients' entity types may be specified together")),
    };
    let general = o.has("entity-name") || o.has("entity-type") || o.has("entity-default");
    if general && (flags.iter().any(|(f, _)| o.has(f)) || o.has("broker-defaults")) {
        return Err(illegal(
            "--entity-{type,name,default} should not be used in conjunction with specific entity flags",
        ));
    }
    let mut name = o.one("entity-name")?.map(ToOwned::to_owned);
    for (flag, _) in flags {
        name = name.or(o.one(flag)?.map(ToOwned::to_owned));
    }
    if o.has("entity-default") || o.has("broker-defaults") {
        name = Some(String::new());
    }
    check_name(o, kind, name.as_deref())?;
    Ok((kind, name))
}

fn check_name(o: &Options, kind: &Kind, name: Option<&str>) -> Result<(), Stop> {
    let named = name.is_some_and(|n| !n.is_empty());
    let broker = matches!(kind.wire, BROKER | 8);
    if let Some(id) = name.filter(|n| broker && !n.is_empty() && n.parse::<i32>().is_err()) {
        return Err(illegal(format!(
            "The entity name for {} must be a valid integer broker id, but it is: {id}",
            kind.plural
        )));
    }
    if o.has("describe") {
        if o.has("entity-default") && kind.wire != BROKER {
            return Err(illegal(format!(
                "--entity-default must not be specified with --describe of {}",
                kind.plural
            )));
        }
        if kind.wire == 8 && !named {
            return Err(illegal(format!(
                "An entity name must be specified with --describe of {}",
                kind.plural
            )));
        }
        return Ok(());
    }
    if kind.wire == BROKER {
        if name.is_none() {
            return Err(illegal(
                "An entity-name or default entity must be specified with --alter of users, clients, brokers or ips",
            ));
        }
    } else if !named {
        return Err(illegal(format!("An entity name must be specified with --alter of {}", kind.plural)));
    }
    if o.has("add-config") && o.has("add-config-file") {
        return Err(illegal("Only one of --add-config or --add-config-file must be specified"));
    }
    if !["add-config", "add-config-file", "delete-config"].iter().any(|f| o.has(f)) {
        return Err(illegal(
            "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter",
        ));
    }
    Ok(())
}

/// Cuts at commas outside of square brackets.
fn cut(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0usize);
    for c in text.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

fn added(o: &Options) -> Result<Vec<(String, String)>, Stop> {
    let mut all: Vec<(String, String)> = Vec::new();
    if let Some(path) = o.one("add-config-file")? {
        all.extend(properties(path)?);
    }
    if let Some(text) = o.one("add-config")? {
        for pair in cut(text) {
            let (key, value) = pair.split_once('=').ok_or_else(|| {
                illegal("requirement failed: Invalid entity config: all configs to be added must be in the format \"key=val\" or  \"key=[val1,val2]\" to group values which contain commas.")
            })?;
            all.push((key.trim().to_owned(), value.replace(['[', ']'], "").trim().to_owned()));
        }
    }
    Ok(all)
}

fn alter(
    client: &mut Client,
    o: &Options,
    out: &mut Out,
    (kind, name, added): (&Kind, &str, Vec<(String, String)>),
) -> Result<(), Stop> {
    let set = added.into_iter().map(|(name, value)| (name, Some(value)));
    let deleted = o.all("delete-config").into_iter().flat_map(|d| d.split(','));
    let unset = deleted.map(|name| (name.trim().to_owned(), None));
    alter_configs(client, (kind.wire, name), set.chain(unset), broker_of(kind, name))?;
    let plural = kind.plural;
    if name.is_empty() {
        out.line(format!("Completed updating default config for {plural} in the cluster."));
    } else {
        out.line(format!("Completed updating config for {} {name}.", singular(plural)));
    }
    Ok(())
}

/// The plural without its last letter, as the Java tool has it.
fn singular(plural: &str) -> &str {
    plural.get(..plural.len().saturating_sub(1)).unwrap_or(plural)
}

/// A broker's own configs are asked of it and changed by it.
fn broker_of(kind: &Kind, name: &str) -> Option<i32> {
    if matches!(kind.wire, BROKER | 8) { name.parse().ok() } else { None }
}

/// The resources of `kind` that exist.
fn existing(client: &mut Client, kind: &Kind) -> Result<Vec<String>, Failure> {
    match kind.plural {
        "topics" => {
            let names: Vec<String> =
                client.metadata(None)?.topics.into_iter().filter_map(|t| t.name).collect();
            Ok(hash_order(names, DEFAULT, |n| string_hash(n)))
        }
        "brokers" => {
            client.metadata(Some(&[]))?;
            Ok(client.brokers().keys().map(ToString::to_string).chain([String::new()]).collect())
        }
        "groups" => {
            let listed =
                super::groups::look::list(client, &[], &[])?.into_iter().map(|g| g.group_id).collect();
            let mut names = hash_order(listed, DEFAULT, |n: &String| string_hash(n));
            for name in configured(client, kind.wire)? {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            Ok(names)
        }
        _ => configured(client, kind.wire),
    }
}

fn describe(
    client: &mut Client,
    out: &mut Out,
    (kind, name): (&Kind, Option<String>),
    all: bool,
) -> Result<(), Stop> {
    let plural = kind.plural;
    let names = match name {
        Some(name) => {
            let listed = matches!(plural, "topics" | "groups" | "client-metrics");
            if listed && !existing(client, kind)?.contains(&name) {
                out.line(format!(
                    "The {} '{name}' doesn't exist and doesn't have dynamic config.",
                    singular(plural)
                ));
                return Ok(());
            }
            vec![name]
        }
        None => existing(client, kind)?,
    };
    for name in names {
        if out.is_json() {
            // The configs say it all.
        } else if name.is_empty() {
            out.line(format!("Default configs for {plural} in the cluster are:"));
        } else {
            let which = if all { "All" } else { "Dynamic" };
            out.line(format!("{which} configs for {} {name} are:", singular(plural)));
        }
        let source = if name.is_empty() { Some(DYNAMIC_DEFAULT_BROKER) } else { kind.source };
        let broker = broker_of(kind, &name);
        for result in describe_configs(client, kind.wire, std::slice::from_ref(&name), broker)? {
            check(result.error_code, result.error_message.as_deref())?;
            let mut configs = result.configs;
            configs.retain(|c| all || source.is_none_or(|s| c.config_source == s));
            configs.sort_by(|a, b| a.name.cmp(&b.name));
            if out.is_json() {
                out.object(&shape::configs(singular(plural), &name, &configs));
                continue;
            }
            for c in configs {
                let text = |v: &Option<String>| v.clone().unwrap_or_else(|| "null".to_owned());
                let synonyms: Vec<String> = c
                    .synonyms
                    .iter()
                    .map(|s| format!("{}:{}={}", source_name(s.source), s.name, text(&s.value)))
                    .collect();
                out.line(format!(
                    "  {}={} sensitive={} synonyms={{{}}}",
                    c.name,
                    text(&c.value),
                    c.is_sensitive,
                    synonyms.join(", ")
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_in_brackets_belong_to_a_value() {
        assert_eq!(cut("a=1,b=[2,3],c="), ["a=1", "b=[2,3]", "c="]);
    }
}
