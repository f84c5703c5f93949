//! Which of this node's data directories may take new partitions.
//!
//! Owner: the image; what is known of directories is set on the control core's copy alone, which places partitions.
//! Invariants: a cordoned directory never gets one (KIP-1066); one that is offline or full only if there is no better.

use super::MetadataImage;
use crate::config::{Dynamic, Value};
use ringlog_wire::ids::Uuid;
use std::collections::BTreeSet;

/// The config that names directories which get no new partitions.
pub const CORDONED: &str = "cordoned.log.dirs";
/// In it: all of them.
const ALL: &str = "*";

/// What speaks against a directory, by its place in the configured list.
#[derive(Clone, Default, Debug)]
pub(super) struct Places {
    offline: BTreeSet<usize>,
    full: BTreeSet<usize>,
}

impl MetadataImage {
    /// What the cores can do with directory `at` of this node.
    pub fn set_directory(&mut self, at: usize, offline: bool, full: bool) {
        for (set, holds) in [(&mut self.places.offline, offline), (&mut self.places.full, full)] {
            if holds {
                set.insert(at);
            } else {
                set.remove(&at);
            }
        }
    }

    /// True if directory `at` of this node gets no new partitions.
    #[must_use]
    pub fn is_cordoned(&self, at: usize) -> bool {
        self.cordons(self.dynamic(), at)
    }

    fn cordons(&self, set: Dynamic<'_>, at: usize) -> bool {
        let Some(Value::List(named)) = self.config.effective(CORDONED, set) else { return false };
        let path = self.config.data_dirs.get(at).map(|p| p.display().to_string());
        named.iter().any(|entry| entry == ALL || Some(entry) == path.as_ref())
    }

    /// Which of `directories`, ids of this node's, get no new partitions where `set` is what is set: what its
    /// registration tells other nodes.
    #[must_use]
    pub fn cordoned(&self, set: Dynamic<'_>, directories: &[Uuid]) -> Vec<Uuid> {
        let all = self.identity.directories.iter().enumerate();
        let there = all.filter(|(at, id)| directories.contains(id) && self.cordons(set, *at));
        there.map(|(_, id)| *id).collect()
    }

    /// How much speaks against a new partition in directory `at` of this node; `None`: it is cordoned.
    #[must_use]
    pub fn place(&self, at: usize) -> Option<u8> {
        let Places { offline, full } = &self.places;
        (!self.is_cordoned(at)).then(|| 2 * u8::from(offline.contains(&at)) + u8::from(full.contains(&at)))
    }
}

/// Checks what `cordoned.log.dirs` would be set to, on a node with these directories.
///
/// Errors: Kafka's message. Source: KIP-1066.
pub fn check_cordoned(text: &str, dirs: &[std::path::PathBuf]) -> Result<(), String> {
    let all: Vec<&str> = text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    if all.contains(&ALL) {
        return match all.len() {
            1 => Ok(()),
            _ => Err(format!("When {CORDONED} is set to {ALL}, it must not contain other values")),
        };
    }
    let known: BTreeSet<String> = dirs.iter().map(|d| d.display().to_string()).collect();
    let missing: Vec<&str> = all.into_iter().filter(|entry| !known.contains(*entry)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!(
        "All entries in {CORDONED} must be present in log.dirs or log.dir. Missing entries : {}",
        missing.join(", ")
    ))
}
