//! Prints records by a format of rpk.
//!
//! Owner: nobody, pure. Invariant: a printer that was made prints every record; null is printed as nothing.

use super::language::{Word, fenced, words};
use super::number::Number;
use super::time;
use super::unpack::Unpack;
use crate::client::fetch::Read;
use crate::text;

/// A number of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Count {
    TopicLen,
    KeyLen,
    ValueLen,
    Headers,
    Partition,
    Offset,
    Epoch,
    Time,
    Producer,
    ProducerEpoch,
    LogStart,
    LastStable,
    HighWatermark,
    Iteration,
    Codec,
    TimestampType,
    Transactional,
    Control,
}

/// Bytes of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Field {
    Topic,
    Key,
    Value,
}

/// How bytes stand.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Form {
    Raw,
    Hex,
    Base64 { padded: bool },
    Unpack(Unpack),
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Text(Vec<u8>),
    Count(Count, Number),
    Bytes(Field, Form),
    Strftime(String),
    Go(String),
    Codec,
    Headers(Vec<Piece>),
}

/// A format, ready to print.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Printer(Vec<Piece>);

struct At<'a> {
    record: &'a Read,
    iteration: u64,
    header: Option<&'a (String, Option<Vec<u8>>)>,
}

fn form(modifier: Option<&str>) -> Result<Form, String> {
    match modifier {
        None => Ok(Form::Raw),
        Some("hex") => Ok(Form::Hex),
        Some("base64") => Ok(Form::Base64 { padded: true }),
        Some("base64raw") => Ok(Form::Base64 { padded: false }),
        Some(other) => match fenced(other, "unpack") {
            Some(pattern) => Unpack::parse(pattern).map(Form::Unpack),
            None => {
                Err(format!("'{other}' is no form of bytes; there are hex, base64, base64raw, unpack[...]"))
            }
        },
    }
}

fn time_of(modifier: Option<&str>) -> Result<Piece, String> {
    if let Some(format) = modifier.and_then(|m| fenced(m, "strftime")) {
        time::strftime(format, 0)?;
        return Ok(Piece::Strftime(format.to_owned()));
    }
    if let Some(layout) = modifier.and_then(|m| fenced(m, "go")) {
        return Ok(Piece::Go(layout.to_owned()));
    }
    Number::parse(modifier)
        .map(|n| Piece::Count(Count::Time, n))
        .map_err(|e| format!("{e}; a time may also be strftime[...] or go[...]"))
}

fn attribute(modifier: Option<&str>) -> Result<Piece, String> {
    let all = "compression, timestamp-type, transactional-bit, control-bit";
    let text = modifier.ok_or_else(|| format!("%a needs in braces which attribute: {all}"))?;
    let (name, number) = text.split_once(';').map_or((text, None), |(n, f)| (n, Some(f)));
    let count = match name {
        "compression" if number.is_none() => return Ok(Piece::Codec),
        "compression" => Count::Codec,
        "timestamp-type" => Count::TimestampType,
        "transactional-bit" => Count::Transactional,
        "control-bit" => Count::Control,
        _ => return Err(format!("'{name}' is no attribute; there are {all}")),
    };
    Number::parse(number).map(|n| Piece::Count(count, n))
}

fn count(verb: char) -> Option<Count> {
    Some(match verb {
        'T' => Count::TopicLen,
        'K' => Count::KeyLen,
        'V' => Count::ValueLen,
        'H' => Count::Headers,
        'p' => Count::Partition,
        'o' => Count::Offset,
        'e' => Count::Epoch,
        'x' => Count::Producer,
        'y' => Count::ProducerEpoch,
        '[' => Count::LogStart,
        '|' => Count::LastStable,
        ']' => Count::HighWatermark,
        'i' => Count::Iteration,
        _ => return None,
    })
}

fn pieces(format: &str, in_header: bool) -> Result<Vec<Piece>, String> {
    let piece = |word: Word| match word {
        Word::Text(text) => Ok(Piece::Text(text)),
        Word::Verb(verb, modifier) => {
            let modifier = modifier.as_deref();
            if in_header && !matches!(verb, 'k' | 'K' | 'v' | 'V') {
                return Err(format!("%{verb} has no place in %h{{...}}; there are %k %K %v %V"));
            }
            match verb {
                't' => form(modifier).map(|f| Piece::Bytes(Field::Topic, f)),
                'k' => form(modifier).map(|f| Piece::Bytes(Field::Key, f)),
                'v' => form(modifier).map(|f| Piece::Bytes(Field::Value, f)),
                'd' => time_of(modifier),
                'a' => attribute(modifier),
                'h' => {
                    let inner = modifier.ok_or("%h needs in braces how a header stands: %h{%k=%v }")?;
                    pieces(inner, true).map(Piece::Headers)
                }
                other => {
                    let count = count(other).ok_or_else(|| {
                        format!("%{other} is no verb; there are %t %T %k %K %v %V %h %H %p %o %e %d %a %x %y %[ %| %] %i %% %{{ %}}")
                    })?;
                    Number::parse(modifier).map(|n| Piece::Count(count, n))
                }
            }
        }
    };
    words(format)?.into_iter().map(piece).collect()
}

impl Printer {
    /// Reads `format`. Errors: what is wrong with it.
    pub fn new(format: &str) -> Result<Self, String> {
        pieces(format, false).map(Self)
    }

    /// The bytes that `record` is printed as; `iteration` counts records from 1.
    pub fn print(&self, record: &Read, iteration: u64) -> Vec<u8> {
        let mut out = Vec::new();
        write(&self.0, &At { record, iteration, header: None }, &mut out);
        out
    }
}

impl At<'_> {
    fn bytes(&self, field: Field) -> &[u8] {
        let record = self.record;
        match (field, self.header) {
            (Field::Key, Some((key, _))) => key.as_bytes(),
            (Field::Value, Some((_, value))) => value.as_deref().unwrap_or_default(),
            (Field::Key, None) => record.key.as_deref().unwrap_or_default(),
            (Field::Value, None) => record.value.as_deref().unwrap_or_default(),
            (Field::Topic, _) => record.from.0.as_bytes(),
        }
    }

    fn count(&self, count: Count) -> i64 {
        let r = self.record;
        match count {
            Count::TopicLen => r.from.0.len() as i64,
            Count::KeyLen => self.bytes(Field::Key).len() as i64,
            Count::ValueLen => self.bytes(Field::Value).len() as i64,
            Count::Headers => r.headers.len() as i64,
            Count::Partition => i64::from(r.from.1),
            Count::Offset => r.offset,
            Count::Epoch => i64::from(r.batch.leader_epoch),
            Count::Time => r.timestamp,
            Count::Producer => r.batch.producer_id,
            Count::ProducerEpoch => i64::from(r.batch.producer_epoch),
            Count::LogStart => r.batch.log_start,
            Count::LastStable => r.batch.last_stable,
            Count::HighWatermark => r.batch.high_watermark,
            Count::Iteration => i64::try_from(self.iteration).unwrap_or(i64::MAX),
            Count::Codec => r.batch.codec.map_or(-1, |c| i64::from(c as i8)),
            Count::TimestampType => i64::from(r.log_append_time),
            Count::Transactional => i64::from(r.batch.transactional),
            Count::Control => i64::from(r.batch.control),
        }
    }
}

fn write(pieces: &[Piece], at: &At<'_>, out: &mut Vec<u8>) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text),
            Piece::Count(count, form) => form.write(at.count(*count), out),
            Piece::Bytes(field, form) => {
                let bytes = at.bytes(*field);
                match form {
                    Form::Raw => out.extend_from_slice(bytes),
                    Form::Hex => out.extend_from_slice(text::hex(bytes).as_bytes()),
                    Form::Base64 { padded } => {
                        out.extend_from_slice(text::base64(bytes, *padded).as_bytes());
                    }
                    Form::Unpack(unpack) => unpack.write(bytes, out),
                }
            }
            Piece::Strftime(format) => {
                let text = time::strftime(format, at.record.timestamp);
                out.extend_from_slice(text.unwrap_or_default().as_bytes());
            }
            Piece::Go(layout) => out.extend_from_slice(time::go(layout, at.record.timestamp).as_bytes()),
            Piece::Codec => {
                let name = at.record.batch.codec.map_or("unknown", |c| c.name());
                out.extend_from_slice(name.as_bytes());
            }
            Piece::Headers(inner) => {
                for header in &at.record.headers {
                    let at = At { record: at.record, iteration: at.iteration, header: Some(header) };
                    write(inner, &at, out);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fetch::Batch;
    use ringlog_wire::compress::Codec;

    fn record() -> Read {
        Read {
            from: ("topic".to_owned(), 3),
            offset: 9,
            timestamp: 1_709_209_815_250,
            key: Some(b"key".to_vec()),
            value: Some(b"\x01\x02".to_vec()),
            headers: vec![("a".to_owned(), Some(b"x".to_vec())), ("b".to_owned(), None)],
            batch: Batch {
                leader_epoch: 4,
                producer_id: 1000,
                producer_epoch: 2,
                codec: Some(Codec::Zstd),
                log_start: 1,
                last_stable: 10,
                high_watermark: 11,
                ..Batch::default()
            },
            ..Read::default()
        }
    }

    #[test]
    fn every_verb() {
        let check = |format: &str, expect: &str| {
            let printer = Printer::new(format).unwrap();
            assert_eq!(String::from_utf8_lossy(&printer.print(&record(), 5)), expect, "{format}");
        };
        check(r"%k\t%v{hex}\n", "key\t0102\n");
        check("%t[%T] %p:%o %e %d %x/%y %[-%|-%] #%i", "topic[5] 3:9 4 1709209815250 1000/2 1-10-11 #5");
        check("%K{big16}%V{hex4}", "\0\u{3}2");
        check("%H%h{ %k{base64}(%K)=%v(%V)}", "2 YQ==(1)=x(1) Yg==(1)=(0)");
        check("%v{unpack[>H$]} %v{base64} %v{base64raw}", "258 AQI= AQI");
        check("%d{strftime[%F]} %d{go[15:04]}", "2024-02-29 12:30");
        check(
            "%a{compression} %a{compression;number} %a{timestamp-type} %a{control-bit;bool}",
            "zstd 4 0 false",
        );
        check("%%%{%}", "%{}");
    }

    #[test]
    fn null_is_nothing() {
        let printer = Printer::new("[%k|%K|%v|%V|%H|%h{x}]").unwrap();
        assert_eq!(printer.print(&Read::default(), 1), b"[|0||0|0|]");
    }

    #[test]
    fn what_is_wrong_is_said_before_a_record_is_read() {
        for bad in
            ["%q", "%v{hexx}", "%p{hex3}", "%a", "%a{x}", "%h", "%h{%t}", "%d{strftime[%Q]}", "%v{unpack[k]}"]
        {
            assert!(Printer::new(bad).is_err(), "{bad}");
        }
    }
}
