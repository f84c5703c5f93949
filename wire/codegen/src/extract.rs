//! Reads the JSON message definitions out of Kafka's jars and reduces them to facts.
//!
//! Owner: a developer's shell; needs `unzip`. Invariant: names, types and numbers only;
//! comments and descriptions of the definitions stay out.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::facts::{self, Field, Message, Struct, Versions};

/// Facts file, jar, folder inside the jar.
const SOURCES: [(&str, &str, &str); 7] = [
    ("clients", "kafka-clients", "common/message/"),
    ("metadata", "kafka-metadata", "common/metadata/"),
    ("group", "kafka-group-coordinator", "common/message/"),
    ("transaction", "kafka-transaction-coordinator", "common/message/"),
    ("share", "kafka-share-coordinator", "common/message/"),
    ("raft", "kafka-raft", "common/message/"),
    ("storage", "kafka-storage", "message/"),
];

/// The facts files (name, text) made from the jars in `jars`.
///
/// Errors: a jar or `unzip` is missing; a definition has a form that is not known here.
pub fn extract(jars: &Path) -> io::Result<Vec<(String, String)>> {
    let mut out = Vec::new();
    for (set, jar, folder) in SOURCES {
        let jar = find_jar(jars, jar)?;
        let mut messages = Vec::new();
        for entry in unzip(&["-Z1"], &jar, None)?.lines() {
            if entry.strip_prefix(folder).is_some_and(|name| name.ends_with(".json") && !name.contains('/')) {
                let json = unzip(&["-p"], &jar, Some(entry))?;
                let message = message(&json).map_err(|e| io::Error::other(format!("{entry}: {e}")))?;
                messages.extend(message);
            }
        }
        messages.sort_by_key(order);
        if set == "clients" {
            let (api, data): (Vec<_>, Vec<_>) = messages.into_iter().partition(|m| m.key.is_some());
            out.push(("api.facts".into(), facts::print(&api)));
            out.push(("data.facts".into(), facts::print(&data)));
        } else {
            out.push((format!("{set}.facts"), facts::print(&messages)));
        }
    }
    Ok(out)
}

fn order(m: &Message) -> (i16, String) {
    (m.key.unwrap_or(-1), m.name.clone())
}

fn find_jar(dir: &Path, name: &str) -> io::Result<PathBuf> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let version = file.strip_prefix(name).and_then(|f| f.strip_prefix('-')?.strip_suffix(".jar"));
        if version.is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit())) {
            return Ok(path);
        }
    }
    Err(io::Error::other(format!("no {name}-VERSION.jar in {}", dir.display())))
}

fn unzip(args: &[&str], jar: &Path, entry: Option<&str>) -> io::Result<String> {
    let output = Command::new("unzip").args(args).arg(jar).args(entry).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("unzip {}: {}", jar.display(), output.status)));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}

/// Removes `//` comments that stand outside of strings.
fn strip_comments(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for line in json.lines() {
        let mut quoted = false;
        let mut last = ' ';
        let end = line.char_indices().find(|&(_, c)| {
            let comment = !quoted && last == '/' && c == '/';
            if c == '"' && last != '\\' {
                quoted = !quoted;
            }
            last = c;
            comment
        });
        out.push_str(end.map_or(line, |(i, _)| line.get(..i - 1).unwrap_or("")));
        out.push('\n');
    }
    out
}

/// One definition; `None` if the API was removed.
fn message(json: &str) -> Result<Option<Message>, String> {
    let v: Value = serde_json::from_str(&strip_comments(json)).map_err(|e| e.to_string())?;
    let valid = versions(&v, "validVersions")?;
    if valid.is_empty() {
        return Ok(None);
    }
    let structs = list(&v, "commonStructs").iter().map(|s| {
        let (name, versions) = (text(s, "name")?, versions(s, "versions")?);
        Ok(Struct { name, versions, fields: fields(s)? })
    });
    let mut listeners: Vec<String> =
        list(&v, "listeners").iter().filter_map(|l| l.as_str().map(Into::into)).collect();
    listeners.sort();
    Ok(Some(Message {
        name: text(&v, "name")?,
        kind: text(&v, "type")?,
        key: v.get("apiKey").and_then(Value::as_i64).and_then(|k| i16::try_from(k).ok()),
        valid,
        flexible: versions(&v, "flexibleVersions")?,
        listeners,
        unstable: flag(&v, "latestVersionUnstable"),
        fields: fields(&v)?,
        structs: structs.collect::<Result<_, String>>()?,
    }))
}

fn fields(v: &Value) -> Result<Vec<Field>, String> {
    list(v, "fields").iter().map(field).collect()
}

fn field(v: &Value) -> Result<Field, String> {
    let tagged = versions(v, "taggedVersions")?;
    // A tagged field may leave out `versions`: it then exists where it is tagged.
    let own = if v.get("versions").is_some() { versions(v, "versions")? } else { tagged };
    let tag = match v.get("tag").and_then(Value::as_u64) {
        Some(tag) => Some((u32::try_from(tag).map_err(|e| e.to_string())?, tagged)),
        None => None,
    };
    // A JSON null is no default at all; only the text "null" is.
    let default = match v.get("default") {
        None | Some(Value::Null) => None,
        Some(Value::String(s)) if s.is_empty() => None,
        Some(Value::String(s)) => Some(s.to_ascii_lowercase()),
        Some(other) => Some(other.to_string()),
    };
    let inflexible = match v.get("flexibleVersions").and_then(Value::as_str) {
        None => false,
        Some("none") => true,
        Some(other) => return Err(format!("flexibleVersions {other}")),
    };
    Ok(Field {
        name: text(v, "name")?,
        ty: text(v, "type")?,
        versions: own,
        nullable: versions(v, "nullableVersions")?,
        tag,
        default,
        entity: v.get("entityType").and_then(Value::as_str).map(Into::into),
        ignorable: flag(v, "ignorable"),
        inflexible,
        fields: fields(v)?,
    })
}

fn list<'a>(v: &'a Value, key: &str) -> &'a [Value] {
    v.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(v: &Value, key: &str) -> Result<String, String> {
    v.get(key).and_then(Value::as_str).map(Into::into).ok_or_else(|| format!("no {key}"))
}

fn flag(v: &Value, key: &str) -> bool {
    v.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn versions(v: &Value, key: &str) -> Result<Versions, String> {
    let text = v.get(key).and_then(Value::as_str).unwrap_or("none");
    Versions::parse(text).ok_or_else(|| format!("{key}: {text}"))
}
