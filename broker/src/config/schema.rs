//! The JSON schema of the configuration file, for editors (`ringlog config schema`).
//!
//! Pure. Invariant: it knows every key that `load` accepts in a file, and no other. Source: JSON Schema 2020-12.

use super::docs::{self, Form, KeyDoc};
use ringlog_shard::config::broker_table::broker_configs;
use ringlog_shard::config::{ConfigDef, Kind};
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
    for def in broker_configs() {
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
    let form = match def.kind {
        Kind::Boolean => json!("boolean"),
        Kind::Int | Kind::Short | Kind::Long => json!("integer"),
        Kind::Double => json!("number"),
        Kind::List => json!(["array", "string"]),
        Kind::Text | Kind::Class | Kind::Password => json!("string"),
    };
    json!({ "type": form, "description": def.doc, "default": def.default })
}
