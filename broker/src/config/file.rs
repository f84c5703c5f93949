//! A TOML file to a flat list of keys with their lines.
//!
//! Pure, except reading the file. Invariants: a file is at most `FILE_MAX` bytes; every key keeps the line that
//! it stands on, so that an error can name it.

use crate::error::Failure;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A configuration file is not longer than this.
const FILE_MAX: u64 = 1 << 20;
/// Tables are not nested deeper than this (Kafka's dotted names are the deepest).
const DEPTH_MAX: usize = 12;

/// One key of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// Dotted.
    pub key: String,
    /// As text; a list is joined with commas.
    pub value: String,
    /// From 1.
    pub line: usize,
}

/// Reads and flattens `path`. Errors: P020, P022, P023.
pub fn read(path: &Path) -> Result<Vec<Item>, Failure> {
    let shown = path.display();
    let fail = |why: String| Failure::new("P020", format!("cannot read {shown}: {why}"));
    let len = std::fs::metadata(path).map_err(|e| fail(e.to_string()))?.len();
    if len > FILE_MAX {
        return Err(fail(format!("longer than {FILE_MAX} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|e| fail(e.to_string()))?;
    flatten(&text, &shown.to_string())
}

/// Flattens the text of a file that is called `name` in errors.
pub fn flatten(text: &str, name: &str) -> Result<Vec<Item>, Failure> {
    let table = DeTable::parse(text).map_err(|e| {
        let line = e.span().map_or(1, |span| line_of(text, span.start));
        Failure::new("P023", format!("{name}:{line}: {}", e.message().lines().next().unwrap_or("not TOML")))
    })?;
    let mut out = Vec::new();
    walk(&Source { text, name }, table.get_ref(), "", 0, &mut out)?;
    Ok(out)
}

struct Source<'a> {
    text: &'a str,
    name: &'a str,
}

fn walk(
    src: &Source<'_>,
    table: &DeTable<'_>,
    prefix: &str,
    depth: usize,
    out: &mut Vec<Item>,
) -> Result<(), Failure> {
    for (key, value) in table {
        let line = line_of(src.text, key.span().start);
        let bad = |what: &str| Failure::new("P022", format!("{}:{line}: {what}", src.name));
        let dotted =
            if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
        match value.get_ref() {
            DeValue::Table(inner) if depth < DEPTH_MAX => walk(src, inner, &dotted, depth + 1, out)?,
            DeValue::Table(_) => return Err(bad("tables are nested too deeply")),
            DeValue::Array(list) => {
                let texts: Option<Vec<String>> = list.iter().map(scalar).collect();
                let texts = texts
                    .ok_or_else(|| bad(&format!("`{dotted}` is a list of something else than values")))?;
                if texts.iter().any(|t| t.contains(',')) {
                    return Err(bad(&format!("an element of `{dotted}` holds a comma")));
                }
                out.push(Item { key: dotted, value: texts.join(","), line });
            }
            _ => {
                let value = scalar(value).ok_or_else(|| bad(&format!("`{dotted}` has no usable value")))?;
                out.push(Item { key: dotted, value, line });
            }
        }
    }
    Ok(())
}

fn scalar(value: &Spanned<DeValue<'_>>) -> Option<String> {
    match value.get_ref() {
        DeValue::String(s) => Some(s.to_string()),
        DeValue::Integer(n) if n.radix() == 10 => Some(n.as_str().replace('_', "")),
        DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok().map(|n| n.to_string()),
        DeValue::Float(x) => Some(x.to_string()),
        DeValue::Boolean(b) => Some(b.to_string()),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}
