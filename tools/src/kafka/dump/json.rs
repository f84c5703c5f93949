//! Records of coordinators and of the metadata log as JSON, in the shape of Kafka's converters.
//!
//! Owner: nobody, pure. A message's fields are named by its schema: the JSON is made from what `Debug` of a generated
//! message says, whose order and names are the schema's. Tagged fields at their default are left out, as Kafka does.

use super::Decoder;
use bytes::Bytes;
use ringlog_wire::frames::decode_prefixed;
use ringlog_wire::generated::records::{
    GroupRecordKey, GroupRecordValue, MetadataRecord, TransactionRecordKey, TransactionRecordValue,
};
use ringlog_wire::generated::{ConsumerProtocolAssignment, ConsumerProtocolSubscription, GroupMetadataValue};
use ringlog_wire::generated::{
    LeaderChangeMessage, SnapshotFooterRecord, SnapshotHeaderRecord, VotersRecord,
};
use ringlog_wire::message::Message;
use ringlog_wire::reader::Reader;
use ringlog_wire::record::walk::Record;

const DECODE_MAX: usize = 256 << 20;

/// Tagged fields of stored messages (KIP-482): left out where they say nothing.
const TAGGED: &[&str] = &[
    "directories",
    "eligibleLeaderReplicas",
    "lastKnownElr",
    "logDirs",
    "classicMemberMetadata",
    "metadataHash",
    "subscribedTopicRegex",
    "subscriptionMetadata",
];

/// A field that the record's version lacks, or a tagged one, at the default that it then has.
fn absent(name: &str, value: &Value) -> bool {
    let number = |n: &str| matches!(value, Value::Number(found) if found == n);
    match (name, value) {
        (_, Value::String(s)) if s == "AAAAAAAAAAAAAAAAAAAAAA" => true,
        ("isr" | "replicas" | "removingReplicas" | "addingReplicas" | "cordonedLogDirs", Value::Null) => true,
        ("expireTimestamp", _) => number("-1"),
        ("leader", _) => number("-2"),
        ("leaderRecoveryState", _) => number("0") || number("-1"),
        ("fenced" | "inControlledShutdown", _) => number("0"),
        _ => false,
    }
}

/// Key and payload of a record as JSON; a payload that is missing deletes the key. Errors: why it cannot be read.
pub fn decoded(record: &Record<'_>, decoder: Decoder) -> Result<(Option<String>, Option<String>), String> {
    let key = record.key.map(Bytes::copy_from_slice);
    let value = record.value.map(Bytes::copy_from_slice);
    if decoder == Decoder::Metadata {
        let value = value.ok_or("The value is null")?;
        let (message, version) =
            MetadataRecord::decode_value(&value, DECODE_MAX).map_err(|e| e.to_string())?;
        return Ok((None, Some(metadata(&message, version))));
    }
    let key = key.ok_or("The key is null")?;
    let read = if decoder == Decoder::Offsets {
        group(&key, value.as_ref())
    } else {
        transaction(&key, value.as_ref())
    };
    let (key, payload) = read.map_err(|e| e.to_string())?;
    Ok((Some(key), payload))
}

/// The text behind the sizes of a record.
pub fn contents(record: &Record<'_>, decoder: Decoder, offset: i64) -> String {
    match decoded(record, decoder) {
        Ok((None, payload)) => format!(" payload: {}", payload.unwrap_or_default()),
        Ok((Some(key), payload)) => {
            format!(" key: {key} payload: {}", payload.unwrap_or_else(|| "<DELETE>".to_owned()))
        }
        Err(e) if decoder == Decoder::Metadata => format!(" payload: Error at {offset}, skipping. {e}"),
        Err(e) => format!(" key: Error at offset {offset}, skipping. {e}"),
    }
}

type Pair = Result<(String, Option<String>), ringlog_wire::reader::DecodeError>;

fn group(key: &Bytes, value: Option<&Bytes>) -> Pair {
    let kind = key.get(..2).and_then(|b| b.try_into().ok()).map_or(-1, i16::from_be_bytes);
    let decoded = GroupRecordKey::decode_key(key, DECODE_MAX)?;
    let value = match value {
        None => None,
        Some(v) => {
            let (message, version) = GroupRecordValue::decode_value(kind, v, DECODE_MAX)?;
            let data = match &message {
                GroupRecordValue::GroupMetadata(value) => with_members(value),
                other => tree(&format!("{other:?}")),
            };
            Some(wrap("version", &version.to_string(), data))
        }
    };
    Ok((wrap("type", &kind.to_string(), tree(&format!("{decoded:?}"))), value))
}

fn transaction(key: &Bytes, value: Option<&Bytes>) -> Pair {
    let kind = key.get(..2).and_then(|b| b.try_into().ok()).map_or(-1, i16::from_be_bytes);
    let decoded = TransactionRecordKey::decode_key(key, DECODE_MAX)?;
    let value = match value {
        None => None,
        Some(v) => {
            let (message, version) = TransactionRecordValue::decode_value(kind, v, DECODE_MAX)?;
            Some(wrap("version", &version.to_string(), tree(&format!("{message:?}"))))
        }
    };
    Ok((wrap("type", &kind.to_string(), tree(&format!("{decoded:?}"))), value))
}

fn wrap(name: &str, number: &str, data: Value) -> String {
    let data = print(&data);
    format!("{{\"{name}\":\"{number}\",\"data\":{data}}}")
}

fn metadata(record: &MetadataRecord, version: i16) -> String {
    let text = format!("{record:?}");
    let name = text.split(['(', ' ']).next().unwrap_or_default();
    let data = print(&tree(&text));
    format!("{{\"type\":\"{}\",\"version\":{version},\"data\":{data}}}", type_name(name))
}

/// Kafka's constant for a record: `Topic` is `TOPIC_RECORD`.
fn type_name(variant: &str) -> String {
    let name = crate::client::shout(variant);
    if name.ends_with("_RECORD") { name } else { format!("{name}_RECORD") }
}

/// A control record of the quorum: its name and its value.
pub fn control(id: i16, value: &[u8]) -> String {
    fn read<M: Message + std::fmt::Debug>(value: &[u8]) -> Option<String> {
        let version = value.get(..2).and_then(|b| b.try_into().ok()).map(i16::from_be_bytes)?;
        let mut r = Reader::from_slice(value, DECODE_MAX);
        // The version is a field of these messages: it is read as one.
        let message = M::decode(&mut r, version.clamp(M::MIN, M::MAX)).ok()?;
        Some(print(&tree(&format!("{message:?}"))))
    }
    let (name, text) = match id {
        2 => ("LeaderChange:", read::<LeaderChangeMessage>(value)),
        3 => ("SnapshotHeader", read::<SnapshotHeaderRecord>(value)),
        4 => ("SnapshotFooter", read::<SnapshotFooterRecord>(value)),
        5 => ("KRaftVersion", kraft_version(value)),
        6 => ("KRaftVoters", read::<VotersRecord>(value)),
        _ => ("", None),
    };
    match text {
        Some(text) => format!(" {name} {text}"),
        None => format!(" controlType: UNKNOWN({id})"),
    }
}

/// JSON whose fields keep their order.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Value {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// The value of the control record that names the version of the quorum's protocol (KIP-853).
fn kraft_version(value: &[u8]) -> Option<String> {
    let number = |at: usize| value.get(at..at + 2).and_then(|b| b.try_into().ok()).map(i16::from_be_bytes);
    Some(format!("{{\"version\":{},\"kRaftVersion\":{}}}", number(0)?, number(2)?))
}

/// What a consumer put into its group's record, at the version it has (KIP-429, KIP-792, KIP-881).
fn embedded<M: Message + std::fmt::Debug>(bytes: &Bytes) -> Option<Value> {
    let (message, version) = decode_prefixed::<M>(bytes, DECODE_MAX).ok()?;
    let mut value = tree(&format!("{message:?}"));
    if let Value::Object(fields) = &mut value {
        let since = |name: &str| match name {
            "ownedPartitions" => 1,
            "generationId" => 2,
            "rackId" => 3,
            _ => 0,
        };
        fields.retain(|(name, _)| since(name) <= version);
    }
    Some(value)
}

/// A classic group's record with what its consumers say made readable.
fn with_members(value: &GroupMetadataValue) -> Value {
    let mut data = tree(&format!("{value:?}"));
    let Value::Object(fields) = &mut data else { return data };
    let members = fields.iter_mut().find(|(name, _)| name == "members");
    let Some((_, Value::Array(all))) = members.filter(|_| value.protocol_type == "consumer") else {
        return data;
    };
    for (member, shown) in value.members.iter().zip(all) {
        let Value::Object(fields) = shown else { continue };
        for (name, field) in fields {
            let readable = match name.as_str() {
                "subscription" => embedded::<ConsumerProtocolSubscription>(&member.subscription),
                "assignment" => embedded::<ConsumerProtocolAssignment>(&member.assignment),
                _ => None,
            };
            if let Some(readable) = readable {
                *field = readable;
            }
        }
    }
    data
}

/// Compact JSON.
fn print(value: &Value) -> String {
    let quoted = |s: &str| serde_json::Value::from(s).to_string();
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.clone(),
        Value::String(s) => quoted(s),
        Value::Array(all) => format!("[{}]", all.iter().map(print).collect::<Vec<_>>().join(",")),
        Value::Object(all) => {
            let fields: Vec<String> =
                all.iter().map(|(k, v)| format!("{}:{}", quoted(k), print(v))).collect();
            format!("{{{}}}", fields.join(","))
        }
    }
}

/// What `Debug` printed, as JSON. What it cannot read becomes a string.
fn tree(debug: &str) -> Value {
    let mut p = Debug { rest: debug };
    p.value()
}

struct Debug<'a> {
    rest: &'a str,
}

impl<'a> Debug<'a> {
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'a str {
        let text = self.rest.trim_start();
        let end = text
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+')))
            .unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        word
    }

    fn value(&mut self) -> Value {
        if self.eat("[") {
            let mut all = Vec::new();
            while !self.eat("]") && !self.rest.is_empty() {
                all.push(self.value());
                self.eat(",");
            }
            return Value::Array(all);
        }
        if self.eat("b\"") {
            return Value::String(base64(&self.quoted()));
        }
        if self.eat("\"") {
            return Value::String(String::from_utf8_lossy(&self.quoted()).into_owned());
        }
        let word = self.word();
        if self.eat("(") {
            // Some(x), and the variant of an enum around its message.
            let inner = self.value();
            self.eat(")");
            return inner;
        }
        if self.rest.starts_with(" {") {
            self.eat("{");
            return self.object();
        }
        match word {
            "None" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "" => {
                // Never stand still.
                self.rest = self.rest.get(1..).unwrap_or_default();
                Value::Null
            }
            // An id may look like a number; it always has 22 characters.
            other if other.len() < 22 && other.parse::<f64>().is_ok() => Value::Number(other.to_owned()),
            // A message without fields; an id has 22 characters.
            other if other.len() != 22 && other.starts_with(|c: char| c.is_ascii_uppercase()) => {
                Value::Object(Vec::new())
            }
            other => Value::String(other.to_owned()),
        }
    }

    fn object(&mut self) -> Value {
        let mut map = Vec::new();
        while !self.eat("}") && !self.rest.is_empty() {
            let name = camel(self.word());
            self.eat(":");
            let value = self.value();
            if absent(&name, &value) {
                self.eat(",");
                continue;
            }
            let says_nothing =
                matches!(value, Value::Null | Value::Bool(false)) || value == Value::Array(Vec::new());
            if !(says_nothing && TAGGED.contains(&name.as_str())) {
                map.push((name, value));
            }
            self.eat(",");
        }
        Value::Object(map)
    }

    fn quoted(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return bytes;
                }
                '\\' => match chars.next().map(|(_, c)| c) {
                    Some('n') => bytes.push(b'\n'),
                    Some('r') => bytes.push(b'\r'),
                    Some('t') => bytes.push(b'\t'),
                    Some('0') => bytes.push(0),
                    Some('x') => {
                        let hex: String = chars.by_ref().take(2).map(|(_, c)| c).collect();
                        bytes.push(u8::from_str_radix(&hex, 16).unwrap_or(b'?'));
                    }
                    Some('u') => {
                        let hex: String =
                            chars.by_ref().map(|(_, c)| c).skip(1).take_while(|c| *c != '}').collect();
                        let c = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32).unwrap_or('?');
                        bytes.extend(c.to_string().into_bytes());
                    }
                    Some(other) => bytes.extend(other.to_string().into_bytes()),
                    None => {}
                },
                c => bytes.extend(c.to_string().into_bytes()),
            }
        }
        self.rest = "";
        bytes
    }
}

fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut up = false;
    for c in name.trim_start_matches("r#").chars() {
        match c {
            '_' => up = true,
            c if up => {
                out.push(c.to_ascii_uppercase());
                up = false;
            }
            c => out.push(c),
        }
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const SET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let six = (bits >> (18 - 6 * i)) as usize & 63;
            let c = if i > chunk.len() { '=' } else { SET.get(six).map_or('?', |b| *b as char) };
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::generated::TopicRecord;
    use ringlog_wire::ids::TopicId;

    #[test]
    fn a_message_becomes_json_of_its_schema() {
        let record = TopicRecord { name: "a\"b\\é\u{1}".to_owned(), topic_id: TopicId([7; 16]) };
        let expect = r#"{"name":"a\"b\\é\u0001","topicId":"BwcHBwcHBwcHBwcHBwcHBw"}"#;
        assert_eq!(print(&tree(&format!("{record:?}"))), expect);
        assert_eq!(
            print(&tree("Some(X { a_b: [1, -2], c: None, d: b\"\\x00\\xff!\" })")),
            r#"{"aB":[1,-2],"c":null,"d":"AP8h"}"#
        );
    }

    #[test]
    fn base64_is_padded() {
        assert_eq!(["", "f", "fo", "foo"].map(|s| base64(s.as_bytes())), ["", "Zg==", "Zm8=", "Zm9v"]);
    }
}
