//! `kafka-groups`: lists groups of all types.
//!
//! Owner: one process.

use super::groups::look;
use super::{COMMON, Json, Tool, login, shape};
use crate::client::{Client, Failure};
use crate::java::{DEFAULT, hash_order, left, string_hash};
use crate::opts::{Spec, Stop, flag, parse, value};
use crate::out::Out;

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    value(&["command-config"], "Properties file for the client"),
    flag(&["list"], "List the groups"),
    value(&["group-type"], "classic, consumer, share or streams"),
    value(&["protocol"], "Only groups of this protocol"),
    flag(&["consumer"], "Only groups of consumers, of both protocols"),
    flag(&["share"], "Only share groups"),
    flag(&["streams"], "Only groups of Kafka Streams"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "groups",
    about: "This tool helps to list groups of all types.",
    specs: SPECS,
    json: Json::All,
    run,
    on_failure: |out, failure, _| {
        out.complain(format!("Error while executing groups command : {}", failure.message))
    },
};

const TYPES: [&str; 4] = ["Classic", "Consumer", "Share", "Streams"];

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, COMMON], args).map_err(super::as_usage)?;
    o.help_or_version()?;
    if !o.has("bootstrap-server") {
        return Err(Stop::Usage("Missing required option(s) [bootstrap-server]".to_owned()));
    }
    if !o.has("list") {
        return Err(Stop::Usage("Command must include exactly one action: --list.".to_owned()));
    }
    let kind = match o.one("group-type")? {
        None => None,
        Some(text) => {
            let found = TYPES.into_iter().find(|t| t.eq_ignore_ascii_case(text));
            if found.is_none() {
                let failure = Failure::illegal("--group-type must be a valid group type.");
                out.complain(format!("{}\n{failure}\n", failure.message));
                return Err(Stop::Exit(1));
            }
            found
        }
    };
    let protocol = o.one("protocol")?;
    let mut client = Client::connect(login(&o, "command-config", "bootstrap-server")?)?;
    let mut groups = look::list(&mut client, &[], &[])?;
    groups.retain(|g| {
        let is = |t: &str| g.group_type.eq_ignore_ascii_case(t);
        let consumer =
            is("consumer") || (is("classic") && matches!(g.protocol_type.as_str(), "" | "consumer"));
        kind.is_none_or(is)
            && protocol.is_none_or(|p| g.protocol_type == p)
            && (!o.has("consumer") || consumer)
            && (!o.has("share") || is("share"))
            && (!o.has("streams") || is("streams"))
    });
    if out.is_json() {
        groups.sort_by(|a, b| a.group_id.cmp(&b.group_id));
        groups.iter().for_each(|g| out.object(&shape::listed(g)));
        return Ok(());
    }
    let groups = hash_order(groups, DEFAULT, |g| string_hash(&g.group_id));
    let width = groups.iter().map(|g| g.group_id.len()).max().unwrap_or(0).max(20);
    out.line(format!("{} {} {}", left("GROUP", width), left("TYPE", 20), left("PROTOCOL", 20)));
    for g in groups {
        let kind = TYPES.into_iter().find(|t| t.eq_ignore_ascii_case(&g.group_type)).unwrap_or("Unknown");
        out.line(format!("{} {} {} ", left(&g.group_id, width), left(kind, 20), left(&g.protocol_type, 20)));
    }
    Ok(())
}
