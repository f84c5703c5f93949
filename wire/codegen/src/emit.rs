//! Writes the Rust of `wire/src/generated` from the facts.
//!
//! Owner: a developer's shell. Invariant: pure and deterministic; the same facts give the same bytes.
//! One file per message, one table of APIs, one enum of records per log, one file of test samples.

mod api;
mod code;
mod layout;
mod list;
mod read;
mod records;
mod samples;

use std::fmt::Write as _;

use crate::facts::Set;

/// The files (name, text) of `wire/src/generated`. `release`: the release of Kafka that the facts are of.
#[must_use]
pub fn emit(sets: &[Set], release: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut modules = String::new();
    let mut types = String::new();
    for set in sets {
        for m in &set.messages {
            let file = layout::snake(&m.name);
            let text = code::message(m);
            let _ = writeln!(modules, "pub mod {file};");
            let _ = writeln!(types, "pub use {file}::{};", m.name);
            files.push((format!("{file}.rs"), text));
        }
    }
    files.push(("api.rs".into(), api::emit(sets, release)));
    files.push(("list.rs".into(), list::emit(sets)));
    files.push(("records.rs".into(), records::emit(sets)));
    files.push(("samples.rs".into(), samples::emit(sets)));
    files.push(("mod.rs".into(), module(&modules, &types, release)));
    files
}

fn module(modules: &str, types: &str, release: &str) -> String {
    let mut lines: Vec<&str> = modules.lines().chain(["pub mod api;", "pub mod records;"]).collect();
    lines.sort_unstable();
    let mut uses: Vec<&str> = types.lines().collect();
    uses.sort_unstable();
    format!(
        "//! Every message of Kafka {release}, generated from `wire/facts` by `ringlog-wire-codegen generate`.\n\
         //!\n\
         //! Owner: nobody. Not to be edited. A message is re-exported here; its inner structs live in its module.\n\
         #![allow(clippy::large_enum_variant, clippy::redundant_closure, clippy::match_single_binding)]\n\n\
         {}\n#[cfg(any(test, feature = \"samples\"))]\npub(crate) mod samples;\n\n{}\n",
        lines.join("\n"),
        uses.join("\n")
    )
}
