//! YAML files of OpenMessaging Benchmark: a mapping whose values are scalars, blocks of text, or mappings of scalars.
//!
//! Owner: the command `omb`. Invariants: `${NAME:-default}` is replaced from the environment, as that benchmark does;
//! what is no such mapping is refused with its line; nesting is bounded.

use saphyr_parser::{Event, Parser, ScanError, Span};
use std::collections::BTreeMap;
use std::io;

/// Depth of mappings.
const DEPTH_MAX: usize = 8;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Yaml {
    /// A scalar, as text.
    Text(String),
    /// A mapping.
    Map(BTreeMap<String, Yaml>),
    /// A list.
    List(Vec<Yaml>),
}

impl Yaml {
    /// The scalar at `key` of a mapping.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Self::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// What is at `key` of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(key),
            _ => None,
        }
    }

    /// The keys of a mapping.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let map = if let Self::Map(map) = self { Some(map) } else { None };
        map.into_iter().flatten().map(|(key, _)| key.as_str())
    }
}

/// Reads the one document of `text`. Errors: no YAML, no mapping, a key that is there twice.
pub fn read(text: &str) -> io::Result<Yaml> {
    let text = replace(text, |name| std::env::var(name).ok());
    let mut events = Parser::new_from_str(&text);
    let mut next = || next_event(&mut events);
    loop {
        match next()? {
            (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
            (Event::MappingStart(..), _) => return mapping(&mut next, 0),
            (_, line) => return Err(wrong(line, "found no mapping; need lines of KEY: VALUE")),
        }
    }
}

fn wrong(line: usize, why: &str) -> io::Error {
    io::Error::other(format!("line {line}: {why}"))
}

fn next_event<'a>(
    events: &mut impl Iterator<Item = Result<(Event<'a>, Span), ScanError>>,
) -> io::Result<(Event<'a>, usize)> {
    match events.next() {
        Some(Ok((event, span))) => Ok((event, span.start.line())),
        Some(Err(e)) => Err(io::Error::other(e.to_string())),
        None => Err(io::Error::other("the file ends early")),
    }
}

type Next<'n, 'a> = dyn FnMut() -> io::Result<(Event<'a>, usize)> + 'n;

fn mapping(next: &mut Next<'_, '_>, depth: usize) -> io::Result<Yaml> {
    let mut map = BTreeMap::new();
    loop {
        match next()? {
            (Event::MappingEnd, _) => return Ok(Yaml::Map(map)),
            (Event::Scalar(key, ..), line) => {
                let first = next()?;
                let value = value(first, next, depth)?;
                if map.insert(key.to_string(), value).is_some() {
                    return Err(wrong(line, &format!("{key} is there twice")));
                }
            }
            (_, line) => return Err(wrong(line, "found a key that is no scalar")),
        }
    }
}

fn value((event, line): (Event<'_>, usize), next: &mut Next<'_, '_>, depth: usize) -> io::Result<Yaml> {
    if depth >= DEPTH_MAX {
        return Err(wrong(line, "nested too deeply"));
    }
    match event {
        Event::Scalar(text, ..) => Ok(Yaml::Text(text.into_owned())),
        Event::MappingStart(..) => mapping(next, depth + 1),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            loop {
                match next()? {
                    (Event::SequenceEnd, _) => return Ok(Yaml::List(list)),
                    first => list.push(value(first, next, depth + 1)?),
                }
            }
        }
        _ => Err(wrong(line, "found what such files do not have, as an alias")),
    }
}

/// Replaces `${NAME}` and `${NAME:-default}`.
fn replace(text: &str, of: impl Fn(&str) -> Option<String>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inner, behind)) = after.split_once('}') else { break };
        let (name, default) = inner.split_once(":-").unwrap_or((inner, ""));
        out.push_str(before);
        out.push_str(&of(name).unwrap_or_else(|| default.to_owned()));
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_and_a_workload_are_read() {
        let text = "# a comment\n\nname: Kafka\nreplicationFactor: 3\nreset: true\n\ncommonConfig: |\n  \
                    bootstrap.servers=a:1,b:2\n  x=y\n\nmessageSizeDistribution:\n  \"0-256\": 234\n  256-1KB: 5\n\
                    list: [1, two]\nminutes: ${RINGLOG_SURELY_UNSET:-15}\n";
        let yaml = read(text).unwrap();
        assert_eq!(yaml.text("name"), Some("Kafka"));
        assert_eq!(yaml.text("commonConfig"), Some("bootstrap.servers=a:1,b:2\nx=y\n"));
        assert_eq!(yaml.text("minutes"), Some("15"));
        let sizes = yaml.get("messageSizeDistribution").unwrap();
        assert_eq!((sizes.text("0-256"), sizes.text("256-1KB")), (Some("234"), Some("5")));
        assert_eq!(
            yaml.get("list"),
            Some(&Yaml::List(vec![Yaml::Text("1".into()), Yaml::Text("two".into())]))
        );
        assert_eq!(yaml.keys().count(), 7);
    }

    #[test]
    fn what_is_no_such_file_is_refused_with_its_line() {
        for (text, what) in [
            ("a: 1\na: 2\n", "line 2: a is there twice"),
            ("- 1\n- 2\n", "found no mapping"),
            ("", "found no mapping"),
            ("a: [1\n", "line"),
            ("a: &x 1\nb: *x\n", "alias"),
        ] {
            let found = read(text).unwrap_err().to_string();
            assert!(found.contains(what), "{text:?}: {found}");
        }
        let deep = (0..50).fold(String::new(), |s, i| s + &format!("{}a:\n", " ".repeat(i)))
            + &" ".repeat(50)
            + "b: 1";
        assert!(read(&deep).unwrap_err().to_string().contains("nested"), "{deep}");
        assert_eq!(replace("${A} ${B:-x} ${", |n| (n == "A").then(|| "1".into())), "1 x ${");
    }
}
