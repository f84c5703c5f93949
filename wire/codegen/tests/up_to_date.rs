//! The committed facts and codecs are what the tool makes.
//!
//! Owner: CI. The jars themselves are read only where `RINGLOG_KAFKA_JARS` names their folder.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use ringlog_wire_codegen::facts::Versions;
use ringlog_wire_codegen::{emit, extract, facts, update};

fn wire() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// File name to text, of one folder; without the samples (`.txt`) that stand beside the facts.
fn folder(dir: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(dir).unwrap().map(|e| e.unwrap());
    let entries = entries.filter(|e| e.path().extension().is_none_or(|x| x != "txt"));
    entries.map(|e| (e.file_name().into_string().unwrap(), fs::read_to_string(e.path()).unwrap())).collect()
}

fn assert_same(made: BTreeMap<String, String>, dir: &Path, command: &str) {
    let committed = folder(dir);
    let made_names: Vec<_> = made.keys().collect();
    let committed_names: Vec<_> = committed.keys().collect();
    assert_eq!(made_names, committed_names, "files differ: run `ringlog-wire-codegen {command}`");
    for (name, text) in &made {
        assert!(committed.get(name) == Some(text), "{name} is old: run `ringlog-wire-codegen {command}`");
    }
}

#[test]
fn codecs_are_made_from_the_facts() {
    let sets = facts::read_dir(&wire().join("facts")).unwrap();
    let release = update::release(&wire().join("facts")).unwrap();
    let made = emit::emit(&sets, &release).into_iter().collect();
    assert_same(made, &wire().join("src/generated"), "generate");
}

#[test]
fn facts_print_as_they_were_read() {
    for (name, text) in folder(&wire().join("facts")) {
        let messages = facts::parse(&text).unwrap();
        assert_eq!(facts::print(&messages), text, "{name}");
    }
}

#[test]
fn facts_are_those_of_the_jars() {
    let Some(jars) = env::var_os("RINGLOG_KAFKA_JARS") else {
        eprintln!("skipped: RINGLOG_KAFKA_JARS does not name a folder with the jars of Kafka 4.3.1");
        return;
    };
    let made = extract::extract(Path::new(&jars)).unwrap().into_iter().collect();
    assert_same(made, &wire().join("facts"), "extract JARS_DIR");
}

#[test]
fn changes_between_releases_are_told_by_message_and_field() {
    let set = |text: &str| vec![facts::Set { name: "api".into(), messages: facts::parse(text).unwrap() }];
    let old = set("A request key=1 valid=0-1\n  X []S 0+\n    Y int8 0+\nGone data valid=0\n");
    let new = set(
        "A request key=1 valid=0-2\n  X []S 0+\n    Y int8 0+\n    Z int8 2+ default=5\nB data valid=0\n",
    );
    let expect = [
        "~ A: versions 0-1 -> 0-2",
        "  + A.X.Z int8 2+ default=5",
        "+ B: data, versions 0, 0 fields",
        "- Gone",
    ];
    assert_eq!(update::changes(&old, &new), expect);
    assert_eq!(update::changes(&old, &old), [""; 0]);
}

#[test]
fn the_jars_are_fetched_for_the_release_of_the_facts() {
    let release = update::release(&wire().join("facts")).unwrap();
    let pom = fs::read_to_string(wire().join("peers/java/pom.xml")).unwrap();
    assert!(pom.contains(&format!("<kafka.version>{release}</kafka.version>")));
}

#[test]
fn bad_facts_are_told_by_line() {
    let check = |text: &str, expect: &str| assert_eq!(facts::parse(text).unwrap_err(), expect);
    check("A request valid=0\n  X", "line 2: too few words");
    check("A request valid=0\n  X int8 0~3", "line 2: bad versions 0~3");
    check("A request", "line 1: no valid=");
    check("  X int8 0+", "line 1: a message expected");
}

#[test]
fn version_ranges_read_and_print() {
    for text in ["none", "0", "3+", "2-7"] {
        assert_eq!(Versions::parse(text).unwrap().print(), text);
    }
    assert_eq!(Versions::parse("x"), None);
    assert!(Versions { lo: 0, hi: 9 }.covers(Versions::NONE));
}
