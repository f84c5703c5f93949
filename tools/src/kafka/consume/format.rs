//! How the console consumer prints a record: Kafka's DefaultMessageFormatter, and the one that prints nothing.
//!
//! Owner: one console consumer. Invariant: bytes of keys and values go out as they came, unless a deserializer is named.

use crate::client::fetch::Read;
use crate::opts::Stop;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Deserializer {
    Bytes,
    Text,
    Short,
    Int,
    Long,
}

/// Which formatter, and its settings.
#[derive(Clone, Debug)]
pub struct Formatter {
    silent: bool,
    timestamp: bool,
    key: bool,
    value: bool,
    partition: bool,
    offset: bool,
    delivery: bool,
    epoch: bool,
    headers: bool,
    key_separator: String,
    line_separator: String,
    headers_separator: String,
    null: String,
    key_as: Deserializer,
    value_as: Deserializer,
    headers_as: Deserializer,
}

fn deserializer(name: Option<String>) -> Result<Deserializer, Stop> {
    let Some(name) = name else { return Ok(Deserializer::Bytes) };
    match name.strip_prefix("org.apache.kafka.common.serialization.") {
        Some("StringDeserializer") => Ok(Deserializer::Text),
        Some("ShortDeserializer") => Ok(Deserializer::Short),
        Some("IntegerDeserializer") => Ok(Deserializer::Int),
        Some("LongDeserializer") => Ok(Deserializer::Long),
        _ => Err(Stop::Refused(format!(
            "ringctl does not support the deserializer {name}: String-, Short-, Integer- and LongDeserializer of org.apache.kafka.common.serialization are built in"
        ))),
    }
}

impl Formatter {
    /// The formatter of `class`, with `properties` of `key=value`. Errors: the class is none of ours.
    pub fn new(class: Option<&str>, properties: &[(String, String)]) -> Result<Self, Stop> {
        let last = |key: &str| properties.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v.clone());
        let on =
            |key: &str, default: bool| last(key).map_or(default, |v| v.trim().eq_ignore_ascii_case("true"));
        let or = |key: &str, default: &str| last(key).unwrap_or_else(|| default.to_owned());
        let bare = class.unwrap_or("DefaultMessageFormatter");
        let silent = match bare.rsplit('.').next() {
            Some("DefaultMessageFormatter") => false,
            Some("NoOpMessageFormatter") => true,
            _ => {
                return Err(Stop::Refused(format!(
                    "ringctl does not support --formatter {bare}: DefaultMessageFormatter and NoOpMessageFormatter of org.apache.kafka.tools.consumer are built in"
                )));
            }
        };
        Ok(Self {
            silent,
            timestamp: on("print.timestamp", false),
            key: on("print.key", false),
            value: on("print.value", true),
            partition: on("print.partition", false),
            offset: on("print.offset", false),
            delivery: on("print.delivery", false),
            epoch: on("print.epoch", false),
            headers: on("print.headers", false),
            key_separator: or("key.separator", "\t"),
            line_separator: or("line.separator", "\n"),
            headers_separator: or("headers.separator", ","),
            null: or("null.literal", "null"),
            key_as: deserializer(last("key.deserializer"))?,
            value_as: deserializer(last("value.deserializer"))?,
            headers_as: deserializer(last("headers.deserializer"))?,
        })
    }

    fn field(&self, bytes: Option<&[u8]>, how: Deserializer) -> Vec<u8> {
        let Some(bytes) = bytes else { return self.null.as_bytes().to_vec() };
        let number = |n: Option<i64>| n.map(|n| n.to_string().into_bytes());
        let read = match how {
            Deserializer::Bytes => Some(bytes.to_vec()),
            Deserializer::Text => Some(String::from_utf8_lossy(bytes).into_owned().into_bytes()),
            Deserializer::Short => number(bytes.try_into().ok().map(|b| i64::from(i16::from_be_bytes(b)))),
            Deserializer::Int => number(bytes.try_into().ok().map(|b| i64::from(i32::from_be_bytes(b)))),
            Deserializer::Long => number(bytes.try_into().ok().map(i64::from_be_bytes)),
        };
        read.unwrap_or_else(|| bytes.to_vec())
    }

    /// The text of one record.
    pub fn write(&self, record: &Read) -> Vec<u8> {
        if self.silent {
            return Vec::new();
        }
        let mut fields: Vec<Vec<u8>> = Vec::new();
        if self.timestamp {
            let kind = if record.log_append_time { "LogAppendTime" } else { "CreateTime" };
            fields.push(format!("{kind}:{}", record.timestamp).into_bytes());
        }
        if self.partition {
            fields.push(format!("Partition:{}", record.from.1).into_bytes());
        }
        if self.offset {
            fields.push(format!("Offset:{}", record.offset).into_bytes());
        }
        if self.delivery {
            fields.push(b"Delivery:NOT_PRESENT".to_vec());
        }
        if self.epoch {
            fields.push(b"Epoch:NOT_PRESENT".to_vec());
        }
        if self.headers {
            let mut text = Vec::new();
            for (i, (key, value)) in record.headers.iter().enumerate() {
                if i > 0 {
                    text.extend_from_slice(self.headers_separator.as_bytes());
                }
                text.extend_from_slice(key.as_bytes());
                text.push(b':');
                text.extend(self.field(value.as_deref(), self.headers_as));
            }
            fields.push(if record.headers.is_empty() { b"NO_HEADERS".to_vec() } else { text });
        }
        if self.key {
            fields.push(self.field(record.key.as_deref(), self.key_as));
        }
        if self.value {
            fields.push(self.field(record.value.as_deref(), self.value_as));
        }
        if fields.is_empty() {
            return Vec::new();
        }
        let mut line = fields.join(self.key_separator.as_bytes());
        line.extend_from_slice(self.line_separator.as_bytes());
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_in_kafkas_order() {
        let check = |properties: &[(&str, &str)], expect: &str| {
            let owned: Vec<_> = properties.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            let record = Read {
                from: ("t".to_owned(), 3),
                offset: 9,
                timestamp: 77,
                log_append_time: true,
                key: Some(258i32.to_be_bytes().to_vec()),
                value: None,
                headers: vec![("h".to_owned(), None), ("g".to_owned(), Some(b"1".to_vec()))],
                ..Read::default()
            };
            let text = Formatter::new(None, &owned).unwrap().write(&record);
            assert_eq!(String::from_utf8_lossy(&text), expect);
        };
        check(&[], "null\n");
        check(&[("print.value", "false")], "");
        let all = [
            ("print.timestamp", "true"),
            ("print.key", " TRUE"),
            ("print.partition", "true"),
            ("print.offset", "true"),
            ("print.headers", "true"),
            ("print.epoch", "true"),
            ("key.separator", "|"),
            ("headers.separator", ";"),
            ("null.literal", "-"),
            ("key.deserializer", "org.apache.kafka.common.serialization.IntegerDeserializer"),
        ];
        check(&all, "LogAppendTime:77|Partition:3|Offset:9|Epoch:NOT_PRESENT|h:-;g:1|258|-\n");
    }
}
