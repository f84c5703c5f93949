//! `kafka-consumer-groups`: list, describe, delete, reset offsets, delete offsets.
//!
//! Owner: one process. Invariant: failures of the cluster are printed and end with 0, as Kafka's tool does.

mod forget;
pub mod look;
mod reset;
mod tables;
pub mod time;

use super::{Json, Tool, login, shape};
use crate::client::{Client, Failure};
use crate::java::{DEFAULT, hash_order, left, string_hash};
use crate::opts::{Options, Spec, Stop, flag, maybe, parse, value};
use crate::out::Out;
use crate::regex::Regex;
use ringlog_wire::generated::list_groups_response::ListedGroup;
use std::time::Duration;

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    value(&["command-config"], "Properties file for the client"),
    value(&["group"], "A group; may be repeated"),
    value(&["topic"], "A topic, or topic:0,1; may be repeated"),
    flag(&["all-topics"], "All topics for which the group has offsets"),
    flag(&["list"], "List the groups"),
    flag(&["describe"], "Show offsets, members or state"),
    flag(&["all-groups"], "All groups"),
    flag(&["delete"], "Delete groups"),
    value(&["timeout"], "How long an answer may take, in ms (30000)"),
    flag(&["reset-offsets"], "Move offsets; with --execute, else it only says where to"),
    flag(&["delete-offsets"], "Delete offsets of topics"),
    value(&["to-offset"], "To an offset"),
    value(&["to-datetime"], "To a time: 2026-01-31T12:00:00.000"),
    value(&["by-duration"], "To a time so long ago: PT1H"),
    flag(&["to-earliest"], "To the beginning"),
    flag(&["to-latest"], "To the end"),
    flag(&["to-current"], "To where it is"),
    value(&["shift-by"], "By so many records, forth or back"),
    value(&["from-file"], "To what a CSV file says"),
    flag(&["dry-run"], "Only say where to"),
    flag(&["execute"], "Do it"),
    flag(&["export"], "Print as CSV"),
    flag(&["members"], "Members instead of offsets"),
    flag(&["offsets"], "Offsets (the default)"),
    flag(&["verbose"], "With epochs and assignments"),
    maybe(&["state"], "State instead of offsets; with --list, of these states"),
    maybe(&["type"], "With --list: of these types"),
    value(&["validate-regex"], "Is this a pattern for a subscription?"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "consumer-groups",
    about: "This tool helps to list all consumer groups, describe a consumer group, delete consumer group info, or reset consumer group offsets.",
    specs: SPECS,
    json: Json::With(&["--list", "--describe", "--reset-offsets"]),
    run,
    on_failure: |out, failure, _| out.complain(format!("Exception in thread \"main\" {failure}")),
};

const ACTIONS: [&str; 6] =
    ["list", "describe", "delete", "reset-offsets", "delete-offsets", "validate-regex"];
const RESETS: [&str; 8] = [
    "to-offset",
    "shift-by",
    "to-datetime",
    "by-duration",
    "to-earliest",
    "to-latest",
    "to-current",
    "from-file",
];

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, super::COMMON], args)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    check_available(&o)?;
    check_args(&o, out)?;
    if ACTIONS.iter().filter(|a| o.has(a)).count() != 1 {
        let list = ACTIONS.iter().map(|a| format!("--{a}")).collect::<Vec<_>>().join(", ");
        return Err(Stop::Usage(format!("Command must include exactly one action: {list}")));
    }
    if let Some(pattern) = o.one("validate-regex")? {
        return validate(pattern, out);
    }
    let mut access = login(&o, "command-config", "bootstrap-server")?;
    if let Some(ms) = o.number::<u64>("timeout").map_err(super::as_usage)? {
        access.request_timeout = Duration::from_millis(ms);
    }
    let done = Client::connect(access).map_err(Stop::from).and_then(|mut client| act(&mut client, &o, out));
    match done {
        Err(Stop::Failed(e)) if e.class == "java.lang.IllegalArgumentException" => {
            Err(Stop::Usage(e.message))
        }
        Err(Stop::Failed(e)) if !out.is_verb() => {
            let first = e.message.split("\nCaused by: ").next().unwrap_or_default();
            out.line(format!("\nError: Executing consumer group command failed due to {first}"));
            out.complain(e);
            Err(Stop::Exit(0))
        }
        other => other,
    }
}

fn check_available(o: &Options) -> Result<(), Stop> {
    let needs: [(&str, &[&str]); 5] = [
        ("members", &["describe"]),
        ("offsets", &["describe"]),
        ("verbose", &["describe"]),
        ("state", &["describe", "list"]),
        ("type", &["list"]),
    ];
    match needs.iter().find(|(name, with)| o.has(name) && !with.iter().any(|w| o.has(w))) {
        Some((name, _)) => Err(Failure::of_class(
            "joptsimple.UnavailableOptionException",
            format!("Option(s) [{name}] are unavailable given other options on the command line"),
        )
        .into()),
        None => Ok(()),
    }
}

fn check_args(o: &Options, out: &mut Out) -> Result<(), Stop> {
    let usage = |text: &str| Err(Stop::Usage(text.to_owned()));
    if !o.has("validate-regex") {
        o.require(&["bootstrap-server"])?;
    }
    let scoped = o.has("group") || o.has("all-groups");
    if o.has("describe") {
        if !scoped {
            return usage("Option [describe] takes one of these options: [group], [all-groups]");
        }
        if ["members", "offsets", "state"].iter().filter(|a| o.has(a)).count() > 1 {
            return usage(
                "Option [describe] takes at most one of these options: [members], [offsets], [state]",
            );
        }
        if o.one("state")?.is_some() {
            return usage("Option [describe] does not take a value for [state]");
        }
    }
    if o.has("delete") {
        if !scoped {
            return usage("Option [delete] takes one of these options: [group], [all-groups]");
        }
        if o.has("topic") {
            return usage(
                "The consumer does not support topic-specific offset deletion from a consumer group.",
            );
        }
    }
    if o.has("delete-offsets") && !(o.has("group") && o.has("topic")) {
        return usage("Option [delete-offsets] takes the following options: [group], [topic]");
    }
    if o.has("reset-offsets") {
        if o.has("dry-run") && o.has("execute") {
            return usage("Option [reset-offsets] only accepts one of [execute] and [dry-run]");
        }
        if !o.has("dry-run") && !o.has("execute") {
            out.complain("WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if you are scripting this command and want to keep the current default behavior without prompting.");
        }
        if !scoped {
            return usage("Option [reset-offsets] takes one of these options: [group], [all-groups]");
        }
        for reset in RESETS {
            let others: Vec<&str> = RESETS.into_iter().filter(|r| *r != reset).collect();
            o.exclude(reset, &others)?;
        }
    }
    o.exclude("group", &["all-groups", "list"])?;
    o.exclude("topic", &["list", "describe"])
}

/// A pattern as the broker's RE2 has it. What cannot be told here is refused.
fn validate(pattern: &str, out: &mut Out) -> Result<(), Stop> {
    let known = match Regex::new(pattern) {
        Ok(_) => None,
        Err(_) if pattern.contains("(?<") => Some("invalid named capture"),
        Err(why) if why.starts_with("Unclosed group") => Some("missing closing )"),
        Err(why) if why.starts_with("Unclosed character class") => Some("missing closing ]"),
        Err(why) if why.starts_with("Unmatched ')'") => Some("unexpected )"),
        Err(why) => {
            return Err(Stop::Refused(format!("ringctl cannot tell whether `{pattern}` is valid: {why}")));
        }
    };
    match known {
        None => out.line(format!("The regular expression `{pattern}` is valid.")),
        Some(why) => out.line(format!("The regular expression `{pattern}` is invalid: {why}.")),
    }
    Ok(())
}

fn act(client: &mut Client, o: &Options, out: &mut Out) -> Result<(), Stop> {
    if o.has("list") {
        return list(client, o, out);
    }
    if o.has("delete-offsets") {
        return forget::offsets(client, o, out);
    }
    let groups = if o.has("all-groups") {
        consumer_groups(client, &[], &[])?.into_iter().map(|g| g.group_id).collect()
    } else {
        o.all("group").into_iter().map(ToOwned::to_owned).collect()
    };
    if o.has("describe") {
        describe(client, o, out, groups)
    } else if o.has("delete") {
        forget::groups(client, out, groups)
    } else {
        reset::reset(client, o, out, groups)
    }
}

/// Groups of consumers, in the order of the Java client's hash map.
fn consumer_groups(
    client: &mut Client,
    states: &[String],
    types: &[String],
) -> Result<Vec<ListedGroup>, Failure> {
    let default = ["Consumer".to_owned(), "Classic".to_owned()];
    let types = if types.is_empty() { default.as_slice() } else { types };
    let mut all = look::list(client, states, types)?;
    all.retain(|g| matches!(g.protocol_type.as_str(), "" | "consumer"));
    Ok(hash_order(all, DEFAULT, |g| string_hash(&g.group_id)))
}

fn describe(client: &mut Client, o: &Options, out: &mut Out, mut groups: Vec<String>) -> Result<(), Stop> {
    groups.sort();
    groups.dedup();
    let verbose = o.has("verbose");
    let mut found = Vec::new();
    for group in groups {
        let group = look::describe(client, &group).map_err(|e| Failure {
            class: "java.util.concurrent.ExecutionException".to_owned(),
            message: format!("{e}\nCaused by: {e}"),
            ..e
        })?;
        found.push(group);
    }
    for group in &found {
        if out.is_json() {
            let (known, ends) = tables::positions(client, group)?;
            out.object(&shape::group(group, &known, &ends));
        } else if o.has("members") {
            tables::members(out, group, verbose)?;
        } else if o.has("state") {
            tables::state(client, out, group, verbose)?;
        } else {
            tables::offsets(client, out, group, verbose)?;
        }
    }
    Ok(())
}

const STATES: [&str; 7] =
    ["PreparingRebalance", "CompletingRebalance", "Stable", "Dead", "Empty", "Assigning", "Reconciling"];
const TYPES: [&str; 2] = ["Consumer", "Classic"];

fn names(text: Option<&str>, known: &[&str], wrong: impl Fn(&str) -> String) -> Result<Vec<String>, Failure> {
    let Some(text) = text.filter(|t| !t.is_empty()) else { return Ok(Vec::new()) };
    let find =
        |name: &str| known.iter().find(|k| k.eq_ignore_ascii_case(name.trim())).map(|k| (*k).to_owned());
    text.split(',').map(find).collect::<Option<Vec<_>>>().ok_or_else(|| Failure::illegal(wrong(text)))
}

fn list(client: &mut Client, o: &Options, out: &mut Out) -> Result<(), Stop> {
    let (with_type, with_state) = (o.has("type"), o.has("state"));
    let states = names(o.one("state")?, &STATES, |text| {
        format!(
            "Invalid state list '{text}'. Valid states are: Stable, Reconciling, PreparingRebalance, Empty, CompletingRebalance, Assigning, Dead"
        )
    })?;
    let types = names(o.one("type")?, &TYPES, |text| {
        format!("Invalid types list '{text}'. Valid types are: Consumer, Classic")
    })?;
    let mut groups = consumer_groups(client, &states, &types)?;
    if out.is_json() {
        groups.sort_by(|a, b| a.group_id.cmp(&b.group_id));
        groups.iter().for_each(|g| out.object(&shape::listed(g)));
        return Ok(());
    }
    if !with_type && !with_state {
        groups.iter().for_each(|g| out.line(&g.group_id));
        return Ok(());
    }
    let width = groups.iter().map(|g| g.group_id.len()).max().unwrap_or(0).max(15) + 10;
    let line = |group: &str, kind: &str, state: &str| {
        let kind = if with_type { format!(" {}", left(kind, 20)) } else { String::new() };
        let state = if with_state { format!(" {}", left(state, 20)) } else { String::new() };
        format!("{}{kind}{state}", left(group, width))
    };
    out.line(line("GROUP", "TYPE", "STATE"));
    for g in &groups {
        let kind = TYPES.iter().find(|k| k.eq_ignore_ascii_case(&g.group_type)).copied().unwrap_or("Unknown");
        out.line(line(&g.group_id, kind, &g.group_state));
    }
    Ok(())
}
