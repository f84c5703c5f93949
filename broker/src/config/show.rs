//! `ringlog config show` and `explain`: what holds and why, and what a key means.
//!
//! Pure. Invariants: every key with a value of its own is shown once, cores one by one as they were planned; text
//! is for people, JSON is stable.

use super::docs::{self, KeyDoc};
use super::suggest::nearest;
use super::{Given, Settings};
use crate::cli::Output;
use crate::error::Failure;
use crate::plan::{CorePlan, Plan};
use ringlog_shard::config::ConfigDef;
use ringlog_shard::config::broker_table::{broker_config, broker_configs};
use serde_json::json;

/// One line of `show`.
struct Row {
    key: String,
    value: String,
    origin: String,
}

const BUILT_IN: &str = "built in";

/// What a start with these settings would run with. `origin`: and where each value is from.
#[must_use]
pub fn show(settings: &Settings, plan: &Plan, origin: bool, output: Output) -> String {
    let rows = rows(settings, plan);
    if output == Output::Json {
        let row = |r: &Row| json!({ "key": r.key, "value": r.value, "origin": r.origin });
        return format!("{}\n", json!({ "settings": rows.iter().map(row).collect::<Vec<_>>() }));
    }
    let width = rows.iter().map(|r| r.key.len() + r.value.len() + 3).max().unwrap_or(0);
    let line = |r: &Row| {
        let set = format!("{} = {}", r.key, r.value);
        if origin { format!("{set:<width$}   # {}\n", r.origin) } else { format!("{set}\n") }
    };
    rows.iter().map(line).collect()
}

fn rows(settings: &Settings, plan: &Plan) -> Vec<Row> {
    let row = |key: String, value: String, given: Option<&Given>| {
        let origin = given.map_or(BUILT_IN.to_owned(), |g| g.origin.to_string());
        Row { key, value, origin }
    };
    let mut out = Vec::new();
    let plain = docs::KEYS.iter().filter(|doc| !doc.key.contains(".N"));
    for doc in plain {
        let given = settings.given(doc.key);
        let value = given.map_or_else(|| of_itself(settings, plan, doc), |given| given.value.clone());
        out.push(row(doc.key.to_owned(), value, given));
    }
    for listener in &settings.listeners {
        let name = listener.name.to_ascii_lowercase();
        for (key, value) in [("advertise", &listener.advertise), ("bind", &listener.bind)] {
            let key = format!("listener.{name}.{key}");
            // A name may have been written in any case.
            let given = settings.given.iter().find(|g| g.key.eq_ignore_ascii_case(&key));
            if let Some(value) = value {
                out.push(row(key, value.to_string(), given));
            }
        }
    }
    for (core, planned) in (0u16..).zip(&plan.data) {
        for (key, global, value) in core_values(planned) {
            let own = settings.given_for_core(core, key);
            let given = own.or_else(|| settings.given(global));
            let origin = given.map_or(BUILT_IN.to_owned(), |g| format!("{} ({})", g.origin, g.key));
            out.push(Row { key: format!("core.{core}.{key}"), value, origin });
        }
    }
    for (name, value) in &settings.kafka {
        let key = format!("kafka.{name}");
        let given = settings.given(&key).or_else(|| settings.given(name));
        out.push(row(key, value.clone(), given));
    }
    out
}

/// The values of a core, each with the key that it falls back to.
fn core_values(core: &CorePlan) -> [(&'static str, &'static str, String); 5] {
    [
        ("commit_window_us", "commit_log.window_us", core.commit_window_us.to_string()),
        ("completion", "commit_log.completion", format!("{:?}", core.completion).to_ascii_lowercase()),
        ("cpu", "cpu.set", core.cpu.to_string()),
        ("memory", "memory.total", core.memory.to_string()),
        ("spin_us", "runtime.spin_us", core.spin_us.to_string()),
    ]
}

/// What holds for a key that was not set: what the machine made of it, where it did.
fn of_itself(settings: &Settings, plan: &Plan, doc: &KeyDoc) -> String {
    match doc.key {
        "cpu.smp" => plan.data.len().to_string(),
        "memory.total" => plan.memory.to_string(),
        "data.dirs" => {
            let dirs: Vec<String> = settings.data_dirs.iter().map(|d| d.display().to_string()).collect();
            dirs.join(",")
        }
        _ => doc.default.to_owned(),
    }
}

/// What `key` means and how it is set; of all keys, in one line each, without one. Errors: P021.
pub fn explain(key: Option<&str>, output: Output) -> Result<String, Failure> {
    let Some(key) = key else { return Ok(all(output)) };
    if let Some(doc) = docs::find(key) {
        return Ok(if output == Output::Json { format!("{}\n", own_json(doc)) } else { own_text(doc) });
    }
    let name = key.strip_prefix("kafka.").unwrap_or(key);
    if let Some(def) = broker_config(name) {
        return Ok(if output == Output::Json { format!("{}\n", kafka_json(def)) } else { kafka_text(def) });
    }
    let known = docs::KEYS.iter().map(|doc| doc.key).chain(broker_configs().map(|def| def.name));
    let mut what = format!("unknown key `{key}`");
    if let Some(near) = nearest(key, known) {
        what.push_str(&format!("   did you mean `{near}`?"));
    }
    Err(Failure::new("P021", what).fix("ringlog config explain     # lists all keys"))
}

fn all(output: Output) -> String {
    if output == Output::Json {
        let own = docs::KEYS.iter().map(own_json);
        let keys: Vec<_> = own.chain(broker_configs().map(kafka_json)).collect();
        return format!("{}\n", json!({ "keys": keys }));
    }
    let own = docs::KEYS.iter().map(|doc| (doc.key.to_owned(), doc.about));
    let kafka = broker_configs().map(|def| (format!("kafka.{}", def.name), def.doc));
    let lines: Vec<(String, &str)> = own.chain(kafka).collect();
    let width = lines.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    lines.iter().map(|(key, about)| format!("{key:<width$}  {about}\n")).collect()
}

fn own_json(doc: &KeyDoc) -> serde_json::Value {
    json!({
        "key": doc.key, "default": doc.default, "accepted": doc.form.accepted(), "about": doc.about,
        "effect": doc.effect, "dynamic": false,
    })
}

fn kafka_json(def: &ConfigDef) -> serde_json::Value {
    json!({
        "key": format!("kafka.{}", def.name), "default": def.default, "accepted": format!("{:?}", def.kind),
        "about": def.doc, "effect": "", "dynamic": def.dynamic,
    })
}

fn own_text(doc: &KeyDoc) -> String {
    let KeyDoc { key, form, default, about, effect, example } = doc;
    let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
    let table = table.replace(".NAME", ".plaintext").replace(".N", ".\"2-7\"");
    let mut out = format!("{key}\n  {about}\n  accepted  {}\n  default   {default}\n", form.accepted());
    if !effect.is_empty() {
        out.push_str(&format!("  effect    {effect}\n"));
    }
    out.push_str(&format!("\n  [{table}]\n  {name} = {example}\n"));
    let plain = example.trim_matches(['[', ']', '"']);
    let spec = key.replace(".NAME", ".plaintext").replace(".N", ".2-7");
    if !key.contains(".N.") {
        let variable = spec.to_ascii_uppercase().replace('.', "__");
        out.push_str(&format!("\n  RINGLOG__{variable}={plain}\n"));
    }
    out.push_str(&format!("  --set {spec}={plain}\n"));
    out
}

fn kafka_text(def: &ConfigDef) -> String {
    let default = def.default.unwrap_or("null");
    let name = def.name;
    let example = if default.is_empty() || default == "null" { "..." } else { default };
    let when = if def.dynamic {
        format!(
            "at any time: ringctl config alter broker --set {name}={example} (stored in the cluster, and before this file)"
        )
    } else {
        "at the next start".into()
    };
    let variable = name.to_ascii_uppercase().replace('.', "_");
    format!(
        "kafka.{name}\n  {}\n  type      {:?}\n  default   {default}\n  changes   {when}\n\n  [kafka]\n  {name} = \
         {example}\n\n  RINGLOG__KAFKA__{variable}={example}\n  --set {name}={example}\n",
        def.doc, def.kind
    )
}
