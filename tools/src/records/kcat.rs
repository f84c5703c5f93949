//! kcat's formats: its `-f`, and the JSON of its `-J`.
//!
//! Owner: nobody, pure. Invariant: the length of null is -1, and its text is nothing.

use crate::client::fetch::Read;
use crate::text;
use serde_json::{Map, Value};

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Text(Vec<u8>),
    Verb(char),
}

/// A format, ready to print.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Printer(Vec<Piece>);

impl Printer {
    /// Reads `format`. Errors: a letter that kcat does not have.
    pub fn new(format: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            let (head, tail) = rest.split_at(at);
            pieces.push(Piece::Text(text::unescape(head)?));
            let verb = tail.chars().nth(1).ok_or("a percent sign at the end; write %% for one")?;
            match verb {
                '%' => pieces.push(Piece::Text(b"%".to_vec())),
                's' | 'S' | 'R' | 'k' | 'K' | 'T' | 'h' | 't' | 'p' | 'o' => pieces.push(Piece::Verb(verb)),
                other => {
                    return Err(format!(
                        "%{other} is none of kcat's; there are %s %S %R %k %K %T %h %t %p %o %%"
                    ));
                }
            }
            rest = tail.get(1 + verb.len_utf8()..).unwrap_or_default();
        }
        pieces.push(Piece::Text(text::unescape(rest)?));
        Ok(Self(pieces))
    }

    /// The bytes that `record` is printed as.
    pub fn print(&self, record: &Read) -> Vec<u8> {
        let mut out = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text),
                Piece::Verb(verb) => write(*verb, record, &mut out),
            }
        }
        out
    }
}

fn write(verb: char, r: &Read, out: &mut Vec<u8>) {
    let len = |b: &Option<Vec<u8>>| b.as_ref().map_or(-1, |b| b.len() as i64);
    let number = match verb {
        's' => return out.extend_from_slice(r.value.as_deref().unwrap_or_default()),
        'k' => return out.extend_from_slice(r.key.as_deref().unwrap_or_default()),
        't' => return out.extend_from_slice(r.from.0.as_bytes()),
        'R' => {
            let size = i32::try_from(len(&r.value)).unwrap_or(i32::MAX);
            return out.extend_from_slice(&size.to_be_bytes());
        }
        'h' => {
            for (i, (key, value)) in r.headers.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(key.as_bytes());
                out.push(b'=');
                out.extend_from_slice(value.as_deref().unwrap_or(b"NULL"));
            }
            return;
        }
        'S' => len(&r.value),
        'K' => len(&r.key),
        'T' => r.timestamp,
        'p' => i64::from(r.from.1),
        _ => r.offset,
    };
    out.extend_from_slice(number.to_string().as_bytes());
}

/// The object of `-J`; `broker` is the partition's leader. Bytes that are no UTF-8 lose what is none.
pub fn envelope(r: &Read, broker: i32) -> Value {
    let lossy = |b: &Option<Vec<u8>>| b.as_ref().map(|b| String::from_utf8_lossy(b).into_owned());
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    set("topic", Value::from(r.from.0.clone()));
    set("partition", Value::from(r.from.1));
    set("offset", Value::from(r.offset));
    set("tstype", Value::from(if r.log_append_time { "logappend" } else { "create" }));
    set("ts", Value::from(r.timestamp));
    set("broker", Value::from(broker));
    if !r.headers.is_empty() {
        let pairs = r.headers.iter().flat_map(|(k, v)| [Value::from(k.clone()), Value::from(lossy(v))]);
        set("headers", Value::from(pairs.collect::<Vec<_>>()));
    }
    set("key", Value::from(lossy(&r.key)));
    set("payload", Value::from(lossy(&r.value)));
    Value::from(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Read {
        Read {
            from: ("t".to_owned(), 3),
            offset: 9,
            timestamp: 77,
            value: Some(b"abc".to_vec()),
            headers: vec![("h".to_owned(), Some(b"1".to_vec())), ("g".to_owned(), None)],
            ..Read::default()
        }
    }

    #[test]
    fn every_letter() {
        let check = |format: &str, expect: &[u8]| {
            assert_eq!(Printer::new(format).unwrap().print(&record()), expect, "{format}");
        };
        check(r"%t [%p] at offset %o: %K %S %s|%k|\n", b"t [3] at offset 9: -1 3 abc||\n");
        check("%T %h %R%%", b"77 h=1,g=NULL \0\0\0\x03%");
        assert!(Printer::new("%v").is_err() && Printer::new("%").is_err() && Printer::new(r"\q").is_err());
    }

    #[test]
    fn the_envelope_has_kcats_names() {
        let text = envelope(&record(), 1).to_string();
        let expect = serde_json::json!({
            "topic": "t", "partition": 3, "offset": 9, "tstype": "create", "ts": 77, "broker": 1,
            "headers": ["h", "1", "g", null], "key": null, "payload": "abc",
        });
        assert_eq!(text, expect.to_string());
    }
}
