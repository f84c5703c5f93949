//! Reads records from bytes by a format of rpk, or by kcat's delimiters.
//!
//! Owner: one producing command. Invariants: sizes stand before what they size; a field without size ends at the text
//! behind it; input that does not fit the format ends the command with the record's number; a field has a bound.

use super::language::{Word, words};
use super::number::Number;
use crate::kafka::Record;
use crate::text;
use std::io::Read;

/// The largest field: more than any broker takes.
const FIELD_MAX: usize = 1 << 30;
/// What is read from the input at once.
const CHUNK: usize = 64 << 10;

/// How the bytes of a field stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Raw,
    Hex,
    Base64,
    Json,
}

/// Where a number comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Size {
    Read(Number),
    /// It stands in the format.
    Fixed(usize),
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Step {
    /// Must stand there.
    Literal(Vec<u8>),
    /// Sets the number of a verb.
    Number(char, Size),
    /// Of the size that was set.
    Sized(char, Form),
    /// Up to a delimiter, or to the end of the input if there is none.
    Delimited(char, Form, Option<Vec<u8>>),
    /// As often as there are headers.
    Headers(Vec<Step>),
}

fn form(verb: char, modifier: Option<&str>) -> Result<Form, String> {
    match modifier {
        None => Ok(Form::Raw),
        Some("hex") => Ok(Form::Hex),
        Some("base64" | "base64raw") => Ok(Form::Base64),
        Some("json") if verb != 't' => Ok(Form::Json),
        Some(other) => Err(format!(
            "'{other}' is no form in which %{verb} is read; there are hex, base64, base64raw, json"
        )),
    }
}

/// The steps of `format`. `inner`: of a header.
fn steps(format: &str, inner: bool) -> Result<Vec<Step>, String> {
    let mut out: Vec<Step> = Vec::new();
    let all = words(format)?;
    let mut rest = all.iter().peekable();
    while let Some(word) = rest.next() {
        let (verb, modifier) = match word {
            Word::Text(text) => {
                out.push(Step::Literal(text.clone()));
                continue;
            }
            Word::Verb(verb, modifier) => (*verb, modifier.as_deref()),
        };
        let sized = |of: char| out.iter().any(|s| matches!(s, Step::Number(v, _) if *v == of));
        let step = match verb {
            'k' | 'v' | 't' if !(inner && verb == 't') => {
                let form = form(verb, modifier)?;
                if sized(verb.to_ascii_uppercase()) {
                    Step::Sized(verb, form)
                } else {
                    let delimiter = match rest.peek() {
                        Some(Word::Text(text)) => Some(text.clone()),
                        Some(Word::Verb(next, _)) if form != Form::Json => {
                            return Err(format!(
                                "%{verb} stands before %{next} without a size (%{}) or text between",
                                verb.to_ascii_uppercase()
                            ));
                        }
                        _ => None,
                    };
                    // JSON ends by itself; what stands behind it must be there.
                    if form != Form::Json && delimiter.is_some() {
                        rest.next();
                    }
                    Step::Delimited(verb, form, delimiter.filter(|_| form != Form::Json))
                }
            }
            'K' | 'V' => Step::Number(verb, size(modifier)?),
            'T' | 'H' | 'p' | 'o' | 'e' | 'd' | 'x' | 'y' if !inner => Step::Number(verb, size(modifier)?),
            'h' if !inner => {
                if !sized('H') {
                    return Err("%h needs the number of headers before it: %H{ascii} or %H{3}".to_owned());
                }
                let body = modifier.ok_or("%h needs in braces how a header stands: %h{%k=%v }")?;
                Step::Headers(steps(body, true)?)
            }
            other => {
                return Err(format!(
                    "%{other} cannot be read; there are %t %T %k %K %v %V %h %H %p %d %o %e %x %y %%"
                ));
            }
        };
        out.push(step);
    }
    Ok(out)
}

fn size(modifier: Option<&str>) -> Result<Size, String> {
    match modifier.and_then(|m| m.parse::<usize>().ok()) {
        Some(n) => Ok(Size::Fixed(n)),
        None => Number::parse(modifier).map(Size::Read),
    }
}

enum Mode {
    Rpk(Vec<Step>),
    Kcat { record: Vec<u8>, key: Option<Vec<u8>> },
}

/// Reads records from an input.
pub struct Reader<R> {
    input: R,
    buffer: Vec<u8>,
    at: usize,
    over: bool,
    mode: Mode,
    count: u64,
}

/// Sizes and fields of the record that is being read.
#[derive(Default)]
struct Fields {
    numbers: Vec<(char, i64)>,
    bytes: Vec<(char, Vec<u8>)>,
}

impl Fields {
    fn number(&self, verb: char) -> Option<i64> {
        self.numbers.iter().rev().find(|(v, _)| *v == verb).map(|(_, n)| *n)
    }
    fn take(&mut self, verb: char) -> Option<Vec<u8>> {
        let at = self.bytes.iter().position(|(v, _)| *v == verb)?;
        Some(self.bytes.swap_remove(at).1)
    }
}

impl<R: Read> Reader<R> {
    /// By a format of rpk. Errors: what is wrong with it.
    pub fn rpk(input: R, format: &str) -> Result<Self, String> {
        let steps = steps(format, false)?;
        if !steps.iter().any(|s| !matches!(s, Step::Literal(_) | Step::Number(_, Size::Fixed(_)))) {
            return Err(format!("'{format}' reads nothing: it needs at least %v or %k"));
        }
        Ok(Self::new(input, Mode::Rpk(steps)))
    }

    /// By kcat's delimiters, as its `-D` and `-K` have them.
    pub fn kcat(input: R, record: &str, key: Option<&str>) -> Result<Self, String> {
        let record = text::unescape(record)?;
        let key = key.map(text::unescape).transpose()?;
        if record.is_empty() || key.as_ref().is_some_and(Vec::is_empty) {
            return Err("a delimiter is empty".to_owned());
        }
        Ok(Self::new(input, Mode::Kcat { record, key }))
    }

    fn new(input: R, mode: Mode) -> Self {
        Self { input, buffer: Vec::new(), at: 0, over: false, mode, count: 0 }
    }

    /// The next record and the topic that it names; `None` at the end.
    ///
    /// Errors: the number of the record, and why it cannot be read.
    pub fn next(&mut self) -> Result<Option<(Option<String>, Record)>, String> {
        self.count += 1;
        let number = self.count;
        let said = |e: String| format!("record {number} of the input: {e}");
        if !self.more(1).map_err(said)? {
            return Ok(None);
        }
        let mode = std::mem::replace(&mut self.mode, Mode::Rpk(Vec::new()));
        let read = match &mode {
            Mode::Kcat { record, key } => {
                self.delimited(record, true).map(|line| (None, cut(line, key.as_deref())))
            }
            Mode::Rpk(steps) => self.record(steps),
        };
        self.mode = mode;
        read.map(Some).map_err(said)
    }

    fn record(&mut self, steps: &[Step]) -> Result<(Option<String>, Record), String> {
        let mut fields = Fields::default();
        let mut record = Record::default();
        self.walk(steps, &mut fields, &mut record)?;
        let topic = match fields.take('t') {
            None => None,
            Some(bytes) => Some(String::from_utf8(bytes).map_err(|_| "the topic is no UTF-8".to_owned())?),
        };
        record.key = fields.take('k');
        record.value = fields.take('v');
        record.partition = match fields.number('p') {
            None => None,
            Some(n) => Some(i32::try_from(n).map_err(|_| format!("{n} is no partition"))?),
        };
        record.timestamp = fields.number('d');
        Ok((topic, record))
    }

    fn walk(&mut self, steps: &[Step], fields: &mut Fields, record: &mut Record) -> Result<(), String> {
        for (i, step) in steps.iter().enumerate() {
            let last = i + 1 == steps.len();
            match step {
                Step::Literal(text) => self.literal(text, last)?,
                Step::Number(verb, Size::Fixed(n)) => fields.numbers.push((*verb, *n as i64)),
                Step::Number(verb, Size::Read(form)) => {
                    let n = self.number(*form)?;
                    fields.numbers.push((*verb, n));
                }
                Step::Sized(verb, form) => {
                    let n = fields.number(verb.to_ascii_uppercase()).unwrap_or(0);
                    let n = usize::try_from(n).ok().filter(|n| *n <= FIELD_MAX);
                    let n = n.ok_or_else(|| format!("the size of %{verb} is negative or above 1 GiB"))?;
                    let bytes = self.exactly(n)?;
                    fields.bytes.push((*verb, decode(*form, bytes)?));
                }
                Step::Delimited(verb, Form::Json, _) => {
                    let bytes = self.json()?;
                    fields.bytes.push((*verb, bytes));
                }
                Step::Delimited(verb, form, delimiter) => {
                    let bytes = match delimiter {
                        Some(delimiter) => self.delimited(delimiter, last && delimiter == b"\n")?,
                        None => self.rest()?,
                    };
                    fields.bytes.push((*verb, decode(*form, bytes)?));
                }
                Step::Headers(inner) => {
                    for _ in 0..fields.number('H').unwrap_or(0) {
                        let mut one = Fields::default();
                        self.walk(inner, &mut one, record)?;
                        let key = one.take('k').unwrap_or_default();
                        let key =
                            String::from_utf8(key).map_err(|_| "a header's key is no UTF-8".to_owned())?;
                        record.headers.push((key, one.take('v')));
                    }
                }
            }
        }
        Ok(())
    }

    /// True if at least `n` bytes are there that were not taken.
    fn more(&mut self, n: usize) -> Result<bool, String> {
        while self.buffer.len() - self.at < n && !self.over {
            if self.at > CHUNK {
                self.buffer.drain(..self.at);
                self.at = 0;
            }
            let had = self.buffer.len();
            self.buffer.resize(had + CHUNK, 0);
            let got = self.input.read(self.buffer.get_mut(had..).unwrap_or_default());
            self.buffer.truncate(had + *got.as_ref().unwrap_or(&0));
            match got {
                Ok(0) => self.over = true,
                Ok(_) => {}
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(format!("the input cannot be read: {e}")),
            }
        }
        Ok(self.buffer.len() - self.at >= n)
    }

    fn left(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    fn exactly(&mut self, n: usize) -> Result<Vec<u8>, String> {
        if !self.more(n)? {
            return Err(format!("the input ends: {n} bytes are needed, {} are there", self.left().len()));
        }
        let bytes = self.left().get(..n).unwrap_or_default().to_vec();
        self.at += n;
        Ok(bytes)
    }

    fn literal(&mut self, text: &[u8], last: bool) -> Result<(), String> {
        let there = self.more(text.len())?;
        if self.left().starts_with(text) {
            self.at += text.len();
            return Ok(());
        }
        // The last line of a file may end without its newline.
        if last && !there && self.left().is_empty() && text == b"\n" {
            return Ok(());
        }
        let found = self.left().get(..text.len().min(self.left().len())).unwrap_or_default();
        Err(format!("'{}' is needed, '{}' is there", shown(text), shown(found)))
    }

    /// Up to `delimiter`, which is taken too. `or_end`: the end of the input does as well.
    fn delimited(&mut self, delimiter: &[u8], or_end: bool) -> Result<Vec<u8>, String> {
        let mut searched = 0usize;
        loop {
            let left = self.left();
            let from = left.get(searched..).unwrap_or_default();
            if let Some(at) = from.windows(delimiter.len()).position(|w| w == delimiter) {
                let bytes = left.get(..searched + at).unwrap_or_default().to_vec();
                self.at += bytes.len() + delimiter.len();
                return Ok(bytes);
            }
            let had = left.len();
            if had > FIELD_MAX {
                return Err(format!("1 GiB without the delimiter '{}'", shown(delimiter)));
            }
            searched = (had + 1).saturating_sub(delimiter.len());
            if !self.more(had + 1)? {
                if or_end {
                    return self.rest();
                }
                return Err(format!("the input ends before the delimiter '{}'", shown(delimiter)));
            }
        }
    }

    fn rest(&mut self) -> Result<Vec<u8>, String> {
        while self.more(self.left().len() + 1)? {
            if self.left().len() > FIELD_MAX {
                return Err("a field is above 1 GiB".to_owned());
            }
        }
        let bytes = self.left().to_vec();
        self.at = self.buffer.len();
        Ok(bytes)
    }

    fn number(&mut self, form: Number) -> Result<i64, String> {
        if let Some(width) = form.width() {
            let bytes = self.exactly(width)?;
            return form.read(&bytes);
        }
        let mut n = 0;
        let fits = |b: u8| match form {
            Number::Bool => b.is_ascii_lowercase(),
            _ => b.is_ascii_digit() || b == b'-',
        };
        while n < 20 && self.more(n + 1)? && self.left().get(n).is_some_and(|b| fits(*b)) {
            n += 1;
        }
        let bytes = self.exactly(n)?;
        form.read(&bytes)
    }

    /// One value of JSON, as it stands.
    fn json(&mut self) -> Result<Vec<u8>, String> {
        loop {
            let mut values =
                serde_json::Deserializer::from_slice(self.left()).into_iter::<serde_json::Value>();
            let read = values.next();
            let end = values.byte_offset();
            match read {
                // A number or a word at the end of what was read may go on.
                Some(Ok(_)) if end < self.left().len() || self.over => return self.exactly(end),
                Some(Err(e)) if !e.is_eof() => return Err(format!("no JSON: {e}")),
                _ if self.left().len() > FIELD_MAX => return Err("a JSON value is above 1 GiB".to_owned()),
                _ => {}
            }
            let had = self.left().len();
            if !self.more(had + 1)? && read.is_none_or(|r| r.is_err()) {
                return Err("the input ends in the middle of JSON".to_owned());
            }
        }
    }
}

fn decode(form: Form, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    match form {
        Form::Raw | Form::Json => Ok(bytes),
        Form::Hex => text::from_hex(&bytes),
        Form::Base64 => text::from_base64(&bytes),
    }
}

/// A line of kcat: without the key's delimiter it has no key.
fn cut(line: Vec<u8>, delimiter: Option<&[u8]>) -> Record {
    let at = delimiter.and_then(|d| line.windows(d.len()).position(|w| w == d).map(|at| (at, at + d.len())));
    match at {
        None => Record { value: Some(line), ..Record::default() },
        Some((end, begin)) => Record {
            key: Some(line.get(..end).unwrap_or_default().to_vec()),
            value: Some(line.get(begin..).unwrap_or_default().to_vec()),
            ..Record::default()
        },
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(format: &str, input: &[u8]) -> Result<Vec<Record>, String> {
        let mut reader = Reader::rpk(input, format)?;
        let mut out = Vec::new();
        while let Some((_, record)) = reader.next()? {
            out.push(record);
        }
        Ok(out)
    }
    fn record(key: Option<&[u8]>, value: &[u8]) -> Record {
        Record { key: key.map(<[u8]>::to_vec), value: Some(value.to_vec()), ..Record::default() }
    }

    #[test]
    fn delimiters_sizes_and_forms() {
        assert_eq!(
            all(r"%v\n", b"a\n\nb").unwrap(),
            [record(None, b"a"), record(None, b""), record(None, b"b")]
        );
        assert_eq!(
            all(r"%k\t%v\n", b"k\tv\nl\tw\n").unwrap(),
            [record(Some(b"k"), b"v"), record(Some(b"l"), b"w")]
        );
        assert_eq!(all("%K{big16}%k%V{ascii} %v", b"\0\x02kk3 vvv").unwrap(), [record(Some(b"kk"), b"vvv")]);
        assert_eq!(all("%V{2}%v", b"aabb").unwrap(), [record(None, b"aa"), record(None, b"bb")]);
        assert_eq!(all(r"%v{hex}\n", b"00ff\n").unwrap(), [record(None, b"\x00\xff")]);
        assert_eq!(all(r"%v{base64}\n", b"YQ==\n").unwrap(), [record(None, b"a")]);
        assert_eq!(
            all(r"%v{json}\n", b"{\"a\": 1}\n17\n").unwrap(),
            [record(None, b"{\"a\": 1}"), record(None, b"17")]
        );
        let r = &all(r"%H %h{%k=%v;}%p %d %v\n", b"2 a=1;b=2;3 77 x\n").unwrap()[0];
        assert_eq!(r.headers, [("a".to_owned(), Some(b"1".to_vec())), ("b".to_owned(), Some(b"2".to_vec()))]);
        assert_eq!((r.partition, r.timestamp, r.value.as_deref()), (Some(3), Some(77), Some(&b"x"[..])));
    }

    #[test]
    fn a_topic_may_stand_in_the_record() {
        let mut reader = Reader::rpk(&b"t1 a\n"[..], r"%t %v\n").unwrap();
        assert_eq!(reader.next().unwrap().unwrap().0.as_deref(), Some("t1"));
        assert_eq!(reader.next().unwrap(), None);
    }

    #[test]
    fn a_delimiter_over_the_edge_of_two_reads_is_found() {
        struct Slowly<'a>(&'a [u8]);
        impl Read for Slowly<'_> {
            fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
                let n = self.0.len().min(1);
                to[..n].copy_from_slice(&self.0[..n]);
                self.0 = &self.0[n..];
                Ok(n)
            }
        }
        let mut reader = Reader::rpk(Slowly(b"a--b-==c--d-=="), "%k--%v-==").unwrap();
        let first = reader.next().unwrap().unwrap().1;
        assert_eq!(first, record(Some(b"a"), b"b"));
        assert_eq!(reader.next().unwrap().unwrap().1, record(Some(b"c"), b"d"));
        assert_eq!(reader.next().unwrap(), None);
        let mut reader = Reader::rpk(Slowly(b"12 34 "), "%v{json} ").unwrap();
        assert_eq!(reader.next().unwrap().unwrap().1, record(None, b"12"));
        assert_eq!(reader.next().unwrap().unwrap().1, record(None, b"34"));
    }

    #[test]
    fn kcats_lines_may_be_without_a_key() {
        let mut reader = Reader::kcat(&b"k:v:w|x"[..], "|", Some(":")).unwrap();
        assert_eq!(reader.next().unwrap().unwrap().1, record(Some(b"k"), b"v:w"));
        assert_eq!(reader.next().unwrap().unwrap().1, record(None, b"x"));
        assert_eq!(reader.next().unwrap(), None);
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_record() {
        let check = |format: &str, input: &[u8], why: &str| assert_eq!(all(format, input).unwrap_err(), why);
        check(r"%k:%v\n", b"a:b\nc\n", "record 2 of the input: the input ends before the delimiter ':'");
        check(
            "%V{big8}%v",
            b"\x05abc",
            "record 1 of the input: the input ends: 5 bytes are needed, 3 are there",
        );
        check("%V%v", b"x", "record 1 of the input: '' is no number");
        check("%k%v", b"", "%k stands before %v without a size (%K) or text between");
        check("%h{%k}", b"", "%h needs the number of headers before it: %H{ascii} or %H{3}");
        check("abc", b"", "'abc' reads nothing: it needs at least %v or %k");
        check(r"%v{hex}\n", b"0\n", "record 1 of the input: an odd number of hexadecimal digits");
    }
}
