//! `kafka-client-metrics`: which metrics clients push to the brokers, and how often (KIP-714).
//!
//! Owner: one process.

use super::describe::{alter_configs, configured, describe_configs};
use super::{COMMON, Json, Tool, as_usage, login, shape};
use crate::client::{Client, Failure, check};
use crate::java::{DEFAULT, hash_order, string_hash};
use crate::opts::{Options, Spec, Stop, flag, parse, value};
use crate::out::Out;
use crate::text::base64;
use ringlog_wire::generated::describe_configs_response::DescribeConfigsResourceResult;
use std::io::Read;

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    value(&["command-config"], "Properties file for the client"),
    flag(&["alter"], "Change a subscription, or make it"),
    flag(&["delete"], "Delete a subscription"),
    flag(&["describe"], "Show subscriptions"),
    flag(&["list"], "List subscriptions"),
    value(&["name"], "The subscription"),
    flag(&["generate-name"], "Take a UUID for its name"),
    value(&["interval"], "Milliseconds between pushes; empty for the default"),
    value(
        &["match"],
        "k1=v1,k2=v2: the clients, by client_id, client_software_name and so on; empty for all",
    ),
    value(&["metrics"], "m1,m2: the metrics, by the beginnings of their names; empty for none"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "client-metrics",
    about: "This tool helps to manipulate and describe client metrics configurations.",
    specs: SPECS,
    json: Json::With(&["--describe", "--list"]),
    run,
    on_failure: |out, failure, _| {
        if failure.class == "java.lang.IllegalArgumentException" {
            super::complain(out, failure, &[]);
        } else {
            out.line(format!("Error while executing client metrics command : {}", failure.message));
        }
    },
};

/// A subscription, as the wire numbers the types of resources.
const KIND: i8 = 16;
const CONFIGS: [(&str, &str); 3] = [("interval", "interval.ms"), ("metrics", "metrics"), ("match", "match")];

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, COMMON], args).map_err(as_usage)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    check_args(&o)?;
    let mut client = Client::connect(login(&o, "command-config", "bootstrap-server")?)?;
    let client = &mut client;
    let name = o.one("name")?;
    if o.has("alter") {
        return alter(client, &o, out);
    }
    if let Some(name) = name.filter(|_| o.has("delete")) {
        let set = described(client, name)?.into_iter().map(|c| (c.name, None));
        alter_configs(client, (KIND, name), set, None)?;
        out.line(format!("Deleted client metrics config for {name}."));
        return Ok(());
    }
    let names = configured(client, KIND)?;
    match name {
        _ if o.has("list") && out.is_json() => {
            names.iter().for_each(|name| out.object(&serde_json::json!({"name": name})));
            Ok(())
        }
        _ if o.has("list") => {
            out.line(names.join("\n"));
            Ok(())
        }
        Some(name) if !names.iter().any(|n| n == name) => {
            out.line(format!(
                "The client metric resource {name} doesn't exist and doesn't have dynamic config."
            ));
            Ok(())
        }
        Some(name) => describe(client, &[name.to_owned()], out),
        None => describe(client, &names, out),
    }
}

fn check_args(o: &Options) -> Result<(), Stop> {
    let illegal = |why: &str| Err(Failure::illegal(why).into());
    let actions = ["alter", "delete", "describe", "list"];
    if actions.iter().filter(|action| o.has(action)).count() != 1 {
        return Err(Stop::Usage(
            "Command must include exactly one action: --alter, --delete, --describe or --list.".to_owned(),
        ));
    }
    if !o.has("bootstrap-server") {
        return illegal("--bootstrap-server must be specified.");
    }
    let changes = ["generate-name", "interval", "match", "metrics"];
    o.exclude("delete", &changes)?;
    o.exclude("describe", &changes)?;
    o.exclude("list", &["name", "generate-name", "interval", "match", "metrics"])?;
    if o.has("alter") {
        if o.has("name") == o.has("generate-name") {
            return illegal("One of --name or --generate-name must be specified with --alter.");
        }
        let interval = o.one("interval")?.unwrap_or_default();
        if !interval.is_empty() && interval.parse::<i32>().is_err() {
            return illegal("Invalid interval value. Enter an integer, or leave empty to reset.");
        }
    }
    if o.has("delete") && !o.has("name") {
        return illegal("A client metrics resource name must be specified with --delete.");
    }
    Ok(())
}

fn alter(client: &mut Client, o: &Options, out: &mut Out) -> Result<(), Stop> {
    let name = match o.one("name")? {
        Some(name) => name.to_owned(),
        None => uuid()?,
    };
    let given = CONFIGS.into_iter().filter(|(option, _)| o.has(option));
    let configs = given.map(|(option, config)| {
        let value = o.all(option).join(",");
        (config.to_owned(), Some(value).filter(|v| !v.is_empty()))
    });
    alter_configs(client, (KIND, &name), configs.collect::<Vec<_>>(), None)?;
    out.line(format!("Altered client metrics config for {name}."));
    Ok(())
}

/// A random UUID of version 4 in Kafka's text.
fn uuid() -> Result<String, Failure> {
    let mut bytes = [0u8; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut f| f.read_exact(&mut bytes))
        .map_err(|e| Failure::client(format!("/dev/urandom: {e}; give a name by --name")))?;
    let word = u128::from_be_bytes(bytes) & !(0xf << 76 | 0x3 << 62) | 4 << 76 | 2 << 62;
    Ok(base64(&word.to_be_bytes(), false).replace('+', "-").replace('/', "_"))
}

fn described(client: &mut Client, name: &str) -> Result<Vec<DescribeConfigsResourceResult>, Failure> {
    let mut all = Vec::new();
    for result in describe_configs(client, KIND, &[name.to_owned()], None)? {
        check(result.error_code, result.error_message.as_deref())?;
        all.extend(result.configs);
    }
    Ok(hash_order(all, DEFAULT, |c| string_hash(&c.name)))
}

fn describe(client: &mut Client, names: &[String], out: &mut Out) -> Result<(), Stop> {
    for name in names {
        let configs = described(client, name)?;
        if out.is_json() {
            out.object(&shape::configs("client-metrics", name, &configs));
            continue;
        }
        out.line(format!("Client metrics configs for {name} are:"));
        for c in configs {
            out.line(format!("  {}={}", c.name, c.value.as_deref().unwrap_or("null")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_name_is_a_uuid_in_kafkas_text() {
        let (a, b) = (uuid().unwrap(), uuid().unwrap());
        assert!(a != b && a.len() == 22 && b.len() == 22, "{a} {b}");
        let known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(a.chars().all(known), "{a}");
    }
}
