//! Taking in another release of Kafka: its jars, the facts, the codecs, and in words what changed.
//!
//! Owner: a developer's shell; needs Maven, Java and `unzip`. Invariant: the release is named in one place,
//! `wire/facts/release.txt`; the POM that fetches the jars, and all texts, follow it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::facts::{Field, Message, Set};

/// The POM that names the jars with messages; shared with the proof beside Kafka's own codec.
const POM: &str = "wire/peers/java/pom.xml";

/// The release that the facts are of, for example `4.3.1`. Errors: `release.txt` cannot be read.
pub fn release(facts: &Path) -> io::Result<String> {
    Ok(fs::read_to_string(facts.join("release.txt"))?.trim().to_owned())
}

/// Points the POM at `version` and copies its jars under `target`; returns their folder.
///
/// Errors: no POM, no Maven, or Maven's own.
pub fn jars(version: &str) -> io::Result<PathBuf> {
    let pom = fs::read_to_string(POM)?;
    let (head, rest) = pom.split_once("<kafka.version>").ok_or_else(no_version)?;
    let (_, tail) = rest.split_once("</kafka.version>").ok_or_else(no_version)?;
    fs::write(POM, format!("{head}<kafka.version>{version}</kafka.version>{tail}"))?;
    let folder = std::env::current_dir()?.join("target/kafka-jars").join(version);
    let status = Command::new("mvn")
        .args(["-q", "-B", "-f", POM, "dependency:copy-dependencies", "-DincludeScope=runtime"])
        .arg(format!("-DoutputDirectory={}", folder.display()))
        .status()
        .map_err(|e| io::Error::other(format!("mvn: {e}; Maven and a JDK are needed")))?;
    if !status.success() {
        return Err(io::Error::other(format!("mvn: {status}; is {version} a release of Kafka?")));
    }
    Ok(folder)
}

fn no_version() -> io::Error {
    io::Error::other(format!("{POM} has no <kafka.version>"))
}

/// What a reviewer has to look at, one line each: messages and fields that came, went or changed.
#[must_use]
pub fn changes(old: &[Set], new: &[Set]) -> Vec<String> {
    let (old, new) = (messages(old), messages(new));
    let mut out = Vec::new();
    for (name, m) in &new {
        let Some(before) = old.get(name) else {
            let versions = m.valid.print();
            out.push(format!("+ {name}: {}, versions {versions}, {} fields", m.kind, lines(m).len()));
            continue;
        };
        if before.valid != m.valid || before.unstable != m.unstable {
            let unstable = |m: &Message| if m.unstable { " (the highest unstable)" } else { "" };
            let (was, is) = (before.valid.print(), m.valid.print());
            out.push(format!("~ {name}: versions {was}{} -> {is}{}", unstable(before), unstable(m)));
        }
        if before.listeners != m.listeners {
            out.push(format!("~ {name}: listeners {:?} -> {:?}", before.listeners, m.listeners));
        }
        let (was, is) = (lines(before), lines(m));
        out.extend(is.iter().filter(|l| !was.contains(l)).map(|l| format!("  + {name}.{l}")));
        out.extend(was.iter().filter(|l| !is.contains(l)).map(|l| format!("  - {name}.{l}")));
    }
    out.extend(old.keys().filter(|name| !new.contains_key(*name)).map(|name| format!("- {name}")));
    out
}

fn messages(sets: &[Set]) -> BTreeMap<&str, &Message> {
    sets.iter().flat_map(|s| &s.messages).map(|m| (m.name.as_str(), m)).collect()
}

/// All fields of a message with their path, as the facts print them.
fn lines(m: &Message) -> Vec<String> {
    let mut out = Vec::new();
    fields(&mut out, "", &m.fields);
    m.structs.iter().for_each(|s| fields(&mut out, &format!("{}.", s.name), &s.fields));
    out
}

fn fields(out: &mut Vec<String>, path: &str, all: &[Field]) {
    for f in all {
        out.push(format!("{path}{}", crate::facts::print_field(f)));
        fields(out, &format!("{path}{}.", f.name), &f.fields);
    }
}
