//! The JSON schema of the configuration file, for editors (`ringlog config schema`).
//!
//! Pure. Invariant: it knows every key that `load` accepts in a file, and no other. Source: JSON Schema 2020-12.

use super::docs::{self, Form, KeyDoc};
use super::keys::OWN;
use ringlog_shard::config::broker_table::broker_configs;
use ringlog_shard::config::{ConfigDef, Kind, Valid};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A table, a value, or (of Kafka's dotted names) both.
#[derive(Default)]
struct Node {
    value: Option<Value>,
    named: BTreeMap<String, Node>,
    /// Under whatever other name: cores, listeners.
    any: Option<Box<Node>>,
}

impl Node {
    fn put(&mut self, path: &[&str], value: Value) {
        match path.split_first() {
            None => self.value = Some(value),
            Some((&("N" | "NAME"), rest)) => self.any.get_or_insert_default().put(rest, value),
            Some((name, rest)) => self.named.entry((*name).to_owned()).or_default().put(rest, value),
        }
    }

    fn is_table(&self) -> bool {
        !self.named.is_empty() || self.any.is_some()
    }

    fn schema(&self) -> Value {
        match (&self.value, self.is_table()) {
            (Some(value), true) => json!({ "anyOf": [value, self.table()] }),
            (Some(value), false) => value.clone(),
            (None, _) => Value::Object(self.table()),
        }
    }

    fn table(&self) -> Map<String, Value> {
        let properties = self.named.iter().map(|(name, node)| (name.clone(), node.schema()));
        let others = self.any.as_ref().map_or(json!(false), |node| node.schema());
        Map::from_iter([
            ("type".to_owned(), json!("object")),
            ("properties".to_owned(), Value::Object(properties.collect())),
            ("additionalProperties".to_owned(), others),
        ])
    }
}

/// The schema, as pretty JSON.
#[must_use]
pub fn schema() -> String {
    let mut root = Node::default();
    for doc in docs::KEYS {
        root.put(&doc.key.split('.').collect::<Vec<_>>(), own(doc));
    }
    for def in broker_configs().filter(|def| !is_own(def)) {
        // A dotted name is a chain of tables, or one quoted key.
        let nested: Vec<&str> = std::iter::once("kafka").chain(def.name.split('.')).collect();
        root.put(&nested, kafka(def));
        root.put(&["kafka", def.name], kafka(def));
    }
    let mut table = root.table();
    table.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    table.insert("title".into(), json!("ringlog configuration"));
    format!("{:#}\n", Value::Object(table))
}

/// Kafka's name for what has a key of its own, which a start refuses.
fn is_own(def: &ConfigDef) -> bool {
    OWN.iter().any(|(name, _)| *name == def.name)
}

fn own(doc: &KeyDoc) -> Value {
    let mut form = match doc.form {
        Form::Number(from, to) => json!({ "type": "integer", "minimum": from, "maximum": to }),
        Form::Size => {
            json!({ "type": ["string", "integer"], "pattern": "^[0-9]+ *([KkMmGgTt]([Ii]?[Bb])?|[Bb])?$" })
        }
        Form::Switch => json!({ "type": "boolean" }),
        Form::Choice(words) => json!({ "enum": words }),
        Form::Directories => json!({ "type": ["array", "string"], "items": { "type": "string" } }),
        Form::CpuList | Form::Address | Form::AddressOrOff | Form::Text => json!({ "type": "string" }),
    };
    if let Some(form) = form.as_object_mut() {
        form.insert("description".into(), json!(doc.about));
    }
    form
}

fn kafka(def: &ConfigDef) -> Value {
    let mut form = match def.kind {
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Int | Kind::Short | Kind::Long => json!({ "type": "integer" }),
        Kind::Double => json!({ "type": "number" }),
        Kind::List => json!({ "type": ["array", "string"], "items": { "type": "string" } }),
        Kind::Text | Kind::Class | Kind::Password => json!({ "type": "string" }),
    };
    let bounds = match def.valid {
        Valid::Min(least) => json!({ "minimum": least }),
        Valid::Between(least, most) => json!({ "minimum": least, "maximum": most }),
        Valid::BetweenOr(least, most, other) => {
            json!({ "anyOf": [{ "minimum": least, "maximum": most }, { "const": other }] })
        }
        Valid::Ratio => json!({ "minimum": 0, "maximum": 1 }),
        Valid::OneOf(words) => json!({ "enum": words }),
        // A pattern for each word in any case would say less than the broker's own error.
        Valid::Any | Valid::OneOfAnyCase(_) | Valid::EachOf(_) | Valid::Throttled => json!({}),
    };
    if let (Some(form), Value::Object(bounds)) = (form.as_object_mut(), bounds) {
        form.extend(bounds);
        form.insert("description".into(), json!(def.doc));
        form.extend(default_of(def).map(|default| ("default".to_owned(), default)));
    }
    form
}

/// The default as the file would have it: editors offer it as it stands.
fn default_of(def: &ConfigDef) -> Option<Value> {
    let text = def.default?;
    match def.kind {
        Kind::Boolean => text.parse::<bool>().ok().map(Value::from),
        Kind::Int | Kind::Short | Kind::Long => text.parse::<i64>().ok().map(Value::from),
        Kind::Double => text.parse::<f64>().ok().map(Value::from),
        Kind::List | Kind::Text | Kind::Class | Kind::Password => Some(json!(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::super::keys::apply;
    use super::*;

    fn properties() -> Map<String, Value> {
        let all: Value = serde_json::from_str(&schema()).expect("JSON");
        all["properties"]["kafka"]["properties"].as_object().expect("a table").clone()
    }

    #[test]
    fn a_default_is_a_value_of_its_type_and_within_its_bounds() {
        let all = properties();
        for def in broker_configs().filter(|def| !is_own(def)) {
            let form = &all[def.name];
            assert_eq!(form.get("default").is_some(), def.default.is_some(), "{}", def.name);
            let Some(default) = form.get("default") else { continue };
            let fits = match form["type"].as_str() {
                Some("boolean") => default.is_boolean(),
                Some("integer") => default.is_i64(),
                Some("number") => default.is_f64(),
                _ => default.is_string(),
            };
            assert!(fits, "{}: {form}", def.name);
            if let (Some(least), Some(n)) = (form["minimum"].as_f64(), default.as_f64()) {
                assert!(n >= least, "{}: {form}", def.name);
            }
            let words = form.get("enum").and_then(Value::as_array);
            assert!(words.is_none_or(|w| w.contains(default)), "{}: {form}", def.name);
            let (key, text) = (format!("kafka.{}", def.name), def.default.unwrap_or_default());
            assert!(apply(&mut Settings::default(), &key, text).is_ok(), "{key}");
        }
    }

    #[test]
    fn what_has_a_key_of_its_own_is_no_key_of_kafka_here_either() {
        let all = properties();
        for (name, instead) in OWN {
            assert!(!all.contains_key(name), "{name} is refused: {instead}");
            assert!(apply(&mut Settings::default(), &format!("kafka.{name}"), "x").is_err(), "{name}");
        }
    }
}
