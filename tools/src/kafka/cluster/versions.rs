//! `kafka-broker-api-versions`: which versions of which APIs each broker speaks.
//!
//! Owner: one process.

use crate::client::{Client, Conn};
use crate::kafka::{COMMON, Json, Tool, login};
use crate::opts::{Spec, Stop, parse, unbuilt, value};
use crate::out::Out;
use ringlog_wire::api::{ALL, ApiKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    unbuilt(&["bootstrap-controller"], "give a broker by --bootstrap-server"),
    value(&["command-config"], "Properties file for the client"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "broker-api-versions",
    about: "This tool helps to retrieve broker version information.",
    specs: SPECS,
    json: Json::All,
    run,
    on_failure: super::complain,
};

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, COMMON], args)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    o.require(&["bootstrap-server"])?;
    let mut client = Client::connect(login(&o, "command-config", "bootstrap-server")?)?;
    client.metadata(Some(&[]))?;
    let brokers: Vec<_> = client.brokers().values().cloned().collect();
    for b in brokers {
        let rack = b.rack.as_deref().unwrap_or("null");
        let name = format!("{}:{} (id: {} rack: {rack} isFenced: false)", b.host, b.port, b.node_id);
        if out.is_json() {
            let (apis, error) = match client.node(b.node_id) {
                Ok(conn) => (apis(conn), None),
                Err(e) => (Vec::new(), Some(e.message)),
            };
            out.object(&json!({
                "broker": b.node_id, "host": b.host, "port": b.port, "rack": b.rack, "error": error, "apis": apis,
            }));
            continue;
        }
        match client.node(b.node_id) {
            Ok(conn) => out.line(format!("{name} -> {}", list(conn))),
            Err(e) => out.line(format!("{name} -> ERROR: {e}")),
        }
    }
    Ok(())
}

/// The APIs that the broker named, by number.
fn apis(conn: &Conn) -> Vec<Value> {
    let mut keys = conn.versions().api_keys.clone();
    keys.sort_by_key(|k| k.api_key);
    keys.iter()
        .map(|k| {
            let facts = ALL.iter().find(|a| a.key() == k.api_key).map(|a| a.facts());
            let usable = facts.map(|f| k.max_version.min(f.stable_max)).filter(|v| *v >= k.min_version);
            json!({
                "api": facts.map(|f| f.name),
                "key": k.api_key,
                "min": k.min_version,
                "max": k.max_version,
                "usable": usable,
            })
        })
        .collect()
}

fn list(conn: &Conn) -> String {
    let keys = conn.versions().api_keys.iter().map(|k| (k.api_key, (k.min_version, k.max_version)));
    let theirs: BTreeMap<i16, (i16, i16)> = keys.collect();
    let mut lines: BTreeMap<i16, String> = BTreeMap::new();
    for api in ALL {
        let facts = api.facts();
        if let Some(&(min, max)) = theirs.get(&api.key()) {
            let range = if min == max { min.to_string() } else { format!("{min} to {max}") };
            let usable = if max < facts.min {
                "[unusable: node too old]".to_owned()
            } else if facts.stable_max < min {
                "[unusable: node too new]".to_owned()
            } else {
                format!("[usable: {}]", max.min(facts.stable_max))
            };
            lines.insert(api.key(), format!("\t{}({}): {range} {usable}", facts.name, api.key()));
        } else if facts.broker && !internal(api) {
            lines.insert(api.key(), format!("\t{}({}): UNSUPPORTED", facts.name, api.key()));
        }
    }
    for (key, (min, max)) in &theirs {
        let range = if min == max { min.to_string() } else { format!("{min} to {max}") };
        lines.entry(*key).or_insert_with(|| format!("\tUNKNOWN({key}): {range}"));
    }
    format!("(\n{}\n)", lines.into_values().collect::<Vec<_>>().join(",\n"))
}

/// APIs between brokers and controllers, which clients do not list.
fn internal(api: ApiKey) -> bool {
    matches!(api.key(), 52..=54 | 56 | 58 | 59 | 62 | 63 | 67 | 70 | 73 | 82)
}
