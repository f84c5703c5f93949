//! The tables of facts: one line a message, one line a field, nesting by indentation.
//!
//! Owner: `wire/facts/*.facts`, one file per part of Kafka. Invariant: `parse(print(x)) == x`.
//! A message line: `Name kind [key=N] valid=A-B [flexible=A+] [listeners=a,b] [unstable]`.
//! A field line: `Name type A+|A-B|none [null=..] [tag=N[@A+]] [default=..] [entity=..] [ignorable] [noflex]`.
//! `struct Name A+` opens a struct that several fields of the message share.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

/// An inclusive range of versions; `hi == i16::MAX` is open, `lo > hi` is empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Versions {
    /// The first version.
    pub lo: i16,
    /// The last version.
    pub hi: i16,
}

impl Versions {
    /// No version at all.
    pub const NONE: Self = Self { lo: 1, hi: 0 };

    /// Parses `3`, `3-5`, `3+` or `none`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self::NONE);
        }
        if let Some(lo) = text.strip_suffix('+') {
            return Some(Self { lo: lo.parse().ok()?, hi: i16::MAX });
        }
        if let Some((lo, hi)) = text.split_once('-') {
            return Some(Self { lo: lo.parse().ok()?, hi: hi.parse().ok()? });
        }
        let one = text.parse().ok()?;
        Some(Self { lo: one, hi: one })
    }

    /// The inverse of `parse`.
    #[must_use]
    pub fn print(self) -> String {
        match self {
            v if v.is_empty() => "none".into(),
            Self { lo, hi: i16::MAX } => format!("{lo}+"),
            Self { lo, hi } if lo == hi => lo.to_string(),
            Self { lo, hi } => format!("{lo}-{hi}"),
        }
    }

    /// True if no version is inside.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.lo > self.hi
    }

    /// True if `v` is inside.
    #[must_use]
    pub fn contains(self, v: i16) -> bool {
        self.lo <= v && v <= self.hi
    }

    /// The versions in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) }
    }

    /// True if every version of `other` is inside.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        other.is_empty() || (self.lo <= other.lo && other.hi <= self.hi)
    }
}

/// One field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Kafka's name, as spelled there.
    pub name: String,
    /// The wire type: a primitive, a struct's name, or either behind `[]`.
    pub ty: String,
    /// Versions that carry it.
    pub versions: Versions,
    /// Versions in which it may be null.
    pub nullable: Versions,
    /// Its tag and the versions in which it is tagged.
    pub tag: Option<(u32, Versions)>,
    /// The default, where it is not the type's own.
    pub default: Option<String>,
    /// What an id or name identifies.
    pub entity: Option<String>,
    /// True if a version without the field may drop its value.
    pub ignorable: bool,
    /// True for the one string that is never compact (KIP-482).
    pub inflexible: bool,
    /// The struct's fields, where the struct is defined here.
    pub fields: Vec<Field>,
}

/// A struct that several fields share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Struct {
    /// Its name.
    pub name: String,
    /// Versions that use it.
    pub versions: Versions,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// One message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Kafka's name.
    pub name: String,
    /// request, response, header, metadata, coordinator-key, coordinator-value or data.
    pub kind: String,
    /// The API key or record type.
    pub key: Option<i16>,
    /// The versions that exist.
    pub valid: Versions,
    /// The flexible versions.
    pub flexible: Versions,
    /// broker, controller.
    pub listeners: Vec<String>,
    /// True if the highest version is not released.
    pub unstable: bool,
    /// The fields in wire order.
    pub fields: Vec<Field>,
    /// Shared structs.
    pub structs: Vec<Struct>,
}

/// The messages of one part of Kafka.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Set {
    /// `api`, `metadata`, `group`, ...
    pub name: String,
    /// In the order of the file.
    pub messages: Vec<Message>,
}

/// Reads all `*.facts` files of a directory, by name. Errors: I/O, or a line that does not parse.
pub fn read_dir(dir: &Path) -> io::Result<Vec<Set>> {
    let mut paths: Vec<_> = fs::read_dir(dir)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.retain(|p| p.extension().is_some_and(|e| e == "facts"));
    paths.sort();
    let mut sets = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let messages = parse(&fs::read_to_string(&path)?)
            .map_err(|e| io::Error::other(format!("{}: {e}", path.display())))?;
        sets.push(Set { name, messages });
    }
    Ok(sets)
}

/// Prints messages in the form that `parse` reads.
#[must_use]
pub fn print(messages: &[Message]) -> String {
    let mut out = String::new();
    for m in messages {
        let _ = write!(out, "{} {}", m.name, m.kind);
        if let Some(key) = m.key {
            let _ = write!(out, " key={key}");
        }
        let _ = write!(out, " valid={}", m.valid.print());
        if !m.flexible.is_empty() {
            let _ = write!(out, " flexible={}", m.flexible.print());
        }
        if !m.listeners.is_empty() {
            let _ = write!(out, " listeners={}", m.listeners.join(","));
        }
        out.push_str(if m.unstable { " unstable\n" } else { "\n" });
        print_fields(&mut out, &m.fields, 1);
        for s in &m.structs {
            let _ = writeln!(out, "  struct {} {}", s.name, s.versions.print());
            print_fields(&mut out, &s.fields, 2);
        }
    }
    out
}

fn print_fields(out: &mut String, fields: &[Field], depth: usize) {
    for f in fields {
        let _ = writeln!(out, "{:1$}{2}", "", depth * 2, print_field(f));
        print_fields(out, &f.fields, depth + 1);
    }
}

/// One field's line without its fields and indentation.
#[must_use]
pub fn print_field(f: &Field) -> String {
    let mut out = format!("{} {} {}", f.name, f.ty, f.versions.print());
    if !f.nullable.is_empty() {
        let _ = write!(out, " null={}", f.nullable.print());
    }
    if let Some((tag, versions)) = f.tag {
        let _ = write!(out, " tag={tag}");
        if versions != f.versions {
            let _ = write!(out, "@{}", versions.print());
        }
    }
    if let Some(default) = &f.default {
        let _ = write!(out, " default={default}");
    }
    if let Some(entity) = &f.entity {
        let _ = write!(out, " entity={entity}");
    }
    out.push_str(if f.ignorable { " ignorable" } else { "" });
    out.push_str(if f.inflexible { " noflex" } else { "" });
    out
}

struct Line<'a> {
    number: usize,
    depth: usize,
    words: Vec<&'a str>,
}

impl Line<'_> {
    fn word(&self, i: usize) -> Result<&str, String> {
        self.words.get(i).copied().ok_or_else(|| format!("line {}: too few words", self.number))
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.words.iter().find_map(|w| w.strip_prefix(key)?.strip_prefix('='))
    }

    fn flag(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    fn versions(&self, text: &str) -> Result<Versions, String> {
        Versions::parse(text).ok_or_else(|| format!("line {}: bad versions {text}", self.number))
    }

    fn number<T: std::str::FromStr>(&self, text: &str) -> Result<T, String> {
        text.parse().map_err(|_| format!("line {}: bad number {text}", self.number))
    }
}

/// Reads a facts file. Errors: the first line that does not parse, by number.
pub fn parse(text: &str) -> Result<Vec<Message>, String> {
    let mut lines = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if !words.is_empty() && !line.starts_with('#') {
            let depth = (line.len() - line.trim_start().len()) / 2;
            lines.push(Line { number: i + 1, depth, words });
        }
    }
    let mut rest = lines.as_slice();
    let mut messages = Vec::new();
    while let Some((line, after)) = rest.split_first() {
        rest = after;
        let mut m = parse_message(line)?;
        m.fields = parse_fields(&mut rest, 1)?;
        while let Some((line, after)) = rest.split_first().filter(|(l, _)| l.depth == 1) {
            rest = after;
            let versions = line.versions(line.word(2)?)?;
            let fields = parse_fields(&mut rest, 2)?;
            m.structs.push(Struct { name: line.word(1)?.into(), versions, fields });
        }
        messages.push(m);
    }
    Ok(messages)
}

fn parse_message(line: &Line<'_>) -> Result<Message, String> {
    if line.depth != 0 {
        return Err(format!("line {}: a message expected", line.number));
    }
    let valid = line.value("valid").ok_or_else(|| format!("line {}: no valid=", line.number))?;
    Ok(Message {
        name: line.word(0)?.into(),
        kind: line.word(1)?.into(),
        key: line.value("key").map(|k| line.number(k)).transpose()?,
        valid: line.versions(valid)?,
        flexible: line.versions(line.value("flexible").unwrap_or("none"))?,
        listeners: line
            .value("listeners")
            .map(|l| l.split(',').map(Into::into).collect())
            .unwrap_or_default(),
        unstable: line.flag("unstable"),
        fields: Vec::new(),
        structs: Vec::new(),
    })
}

fn parse_fields(rest: &mut &[Line<'_>], depth: usize) -> Result<Vec<Field>, String> {
    let mut fields = Vec::new();
    while let Some((line, after)) = rest.split_first() {
        if line.depth != depth || (depth == 1 && line.word(0)? == "struct") {
            break;
        }
        *rest = after;
        let versions = line.versions(line.word(2)?)?;
        let tag = match line.value("tag").map(|t| t.split_once('@').unwrap_or((t, ""))) {
            None => None,
            Some((tag, "")) => Some((line.number(tag)?, versions)),
            Some((tag, at)) => Some((line.number(tag)?, line.versions(at)?)),
        };
        fields.push(Field {
            name: line.word(0)?.into(),
            ty: line.word(1)?.into(),
            versions,
            nullable: line.versions(line.value("null").unwrap_or("none"))?,
            tag,
            default: line.value("default").map(Into::into),
            entity: line.value("entity").map(Into::into),
            ignorable: line.flag("ignorable"),
            inflexible: line.flag("noflex"),
            fields: parse_fields(rest, depth + 1)?,
        });
    }
    Ok(fields)
}
