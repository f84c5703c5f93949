//! Turns lines into records as Kafka's LineMessageReader does: key, headers, null marker.
//!
//! Owner: one console producer. Invariant: separators are told apart, or the reader is refused.

use crate::client::Failure;

/// One record to send.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Record {
    /// `None` is null.
    pub key: Option<Vec<u8>>,
    /// `None` is null.
    pub value: Option<Vec<u8>>,
    /// In order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// Where to; `None`: by the key.
    pub partition: Option<i32>,
    /// Its time in ms; `None`: now.
    pub timestamp: Option<i64>,
}

/// How lines are cut.
#[derive(Clone, Debug)]
pub struct LineReader {
    parse_key: bool,
    key_separator: String,
    parse_headers: bool,
    headers_delimiter: String,
    headers_separator: String,
    headers_key_separator: String,
    ignore_error: bool,
    null_marker: Option<String>,
    line: u64,
}

fn error(message: String) -> Failure {
    Failure::of_class("org.apache.kafka.common.KafkaException", message)
}

impl LineReader {
    /// From the properties of `--reader-property`. Errors: two separators are the same.
    pub fn new(properties: &[(String, String)]) -> Result<Self, Failure> {
        let last = |key: &str| properties.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v.clone());
        let on = |key: &str| last(key).is_some_and(|v| v.trim().eq_ignore_ascii_case("true"));
        let or = |key: &str, default: &str| last(key).unwrap_or_else(|| default.to_owned());
        let reader = Self {
            parse_key: on("parse.key"),
            key_separator: or("key.separator", "\t"),
            parse_headers: on("parse.headers"),
            headers_delimiter: or("headers.delimiter", "\t"),
            headers_separator: or("headers.separator", ","),
            headers_key_separator: or("headers.key.separator", ":"),
            ignore_error: on("ignore.error"),
            null_marker: last("null.marker"),
            line: 0,
        };
        let r = &reader;
        let marker = r.null_marker.as_ref();
        let same = [
            (r.headers_delimiter == r.headers_separator, "headers.delimiter and headers.separator"),
            (r.headers_delimiter == r.headers_key_separator, "headers.delimiter and headers.key.separator"),
            (r.headers_separator == r.headers_key_separator, "headers.separator and headers.key.separator"),
            (marker == Some(&r.key_separator), "null.marker and key.separator"),
            (marker == Some(&r.headers_separator), "null.marker and headers.separator"),
            (marker == Some(&r.headers_delimiter), "null.marker and headers.delimiter"),
            (marker == Some(&r.headers_key_separator), "null.marker and headers.key.separator"),
        ];
        match same.iter().find(|(same, _)| *same) {
            Some((_, which)) => Err(error(format!("{which} may not be equal"))),
            None => Ok(reader),
        }
    }

    /// The record of `line`. Errors: a separator is missing, with the line's number.
    pub fn read(&mut self, line: &str) -> Result<Record, Failure> {
        self.line += 1;
        let mut rest = line;
        let headers =
            self.cut(self.parse_headers, line, &mut rest, &self.headers_delimiter, "headers delimiter")?;
        let key = self.cut(self.parse_key, line, &mut rest, &self.key_separator, "key separator")?;
        let is_null = |text: &str| self.null_marker.as_deref() == Some(text);
        let bytes = |text: &str| (!is_null(text)).then(|| text.as_bytes().to_vec());
        let mut record = Record { key: key.and_then(bytes), value: bytes(rest), ..Record::default() };
        if let Some(headers) = headers.filter(|h| !is_null(h)) {
            let mut pairs: Vec<&str> = headers.split(self.headers_separator.as_str()).collect();
            // Java's split drops empty strings at the end.
            while pairs.len() > 1 && pairs.last().is_some_and(|p| p.is_empty()) {
                pairs.pop();
            }
            for pair in pairs {
                record.headers.push(self.header(pair)?);
            }
        }
        Ok(record)
    }

    fn cut<'a>(
        &self,
        enabled: bool,
        line: &str,
        rest: &mut &'a str,
        separator: &str,
        name: &str,
    ) -> Result<Option<&'a str>, Failure> {
        if !enabled {
            return Ok(None);
        }
        match rest.split_once(separator) {
            Some((head, tail)) => {
                *rest = tail;
                Ok(Some(head))
            }
            None if self.ignore_error => Ok(None),
            None => Err(error(format!("No {name} found on line number {}: '{line}'", self.line))),
        }
    }

    fn header(&self, pair: &str) -> Result<(String, Option<Vec<u8>>), Failure> {
        let is_null = |text: &str| self.null_marker.as_deref() == Some(text);
        match pair.split_once(self.headers_key_separator.as_str()) {
            None if self.ignore_error => Ok((pair.to_owned(), None)),
            None => Err(error(format!(
                "No header key separator found in pair '{pair}' on line number {}",
                self.line
            ))),
            Some((key, _)) if is_null(key) => Err(error(format!(
                "Header keys should not be equal to the null marker '{key}' as they can't be null"
            ))),
            Some((key, value)) => Ok((key.to_owned(), (!is_null(value)).then(|| value.as_bytes().to_vec()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(properties: &[(&str, &str)]) -> Result<LineReader, Failure> {
        let owned: Vec<_> = properties.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        LineReader::new(&owned)
    }

    #[test]
    fn keys_headers_and_nulls() {
        let mut r =
            reader(&[("parse.key", "true"), ("parse.headers", "true"), ("null.marker", "N")]).unwrap();
        let record = r.read("h:1,g:N\tkey\tN").unwrap();
        assert_eq!(record.key.as_deref(), Some(b"key".as_slice()));
        assert_eq!(record.value, None);
        assert_eq!(record.headers, [("h".to_owned(), Some(b"1".to_vec())), ("g".to_owned(), None)]);
        let missing = r.read("h:1\tkey").unwrap_err().message;
        assert_eq!(missing, "No key separator found on line number 2: 'h:1\tkey'");
        assert_eq!(
            r.read("h\tk\tv").unwrap_err().message,
            "No header key separator found in pair 'h' on line number 3"
        );
    }

    #[test]
    fn separators_must_differ() {
        let e = reader(&[("null.marker", "\t")]).unwrap_err();
        assert_eq!(e.message, "null.marker and key.separator may not be equal");
    }
}
