//! The newest offset of every key that a pass has met.
//!
//! Owner: one pass. Invariants: keys are compared whole, so no two are ever mixed up; their memory is bounded;
//! `end` never lies inside a batch of which a key is missing.

use crate::planted::{Bug, planted};
use ringlog_wire::ids::Offset;
use std::collections::BTreeMap;

/// Memory that an entry takes beside its key's bytes, about.
const ENTRY_BYTES: usize = 48;

/// See the module's text.
#[derive(Debug)]
pub struct Keys {
    latest: BTreeMap<Box<[u8]>, Offset>,
    bytes: usize,
    max: usize,
    end: Offset,
}

impl Keys {
    /// No keys yet; at most `max` bytes. `start`: where the pass begins to look.
    #[must_use]
    pub fn new(max: usize, start: Offset) -> Self {
        Self { latest: BTreeMap::new(), bytes: 0, max, end: start }
    }

    /// Notes that the record at `offset` has `key`. False: no room for it, and it is not noted. O(log n).
    pub fn note(&mut self, key: &[u8], offset: Offset) -> bool {
        if let Some(latest) = self.latest.get_mut(key) {
            *latest = (*latest).max(offset);
            return true;
        }
        let bytes = key.len() + ENTRY_BYTES;
        if self.bytes + bytes > self.max {
            return false;
        }
        self.bytes += bytes;
        self.latest.insert(key.into(), offset);
        true
    }

    /// Every batch below `end` was noted whole.
    pub fn extend_to(&mut self, end: Offset) {
        self.end = self.end.max(end);
    }

    /// Behind the last batch whose keys are all here.
    #[must_use]
    pub fn end(&self) -> Offset {
        self.end
    }

    /// True if a later record has the same key.
    #[must_use]
    pub fn supersedes(&self, key: &[u8], offset: Offset) -> bool {
        let itself = planted(Bug::NewestSuperseded);
        self.latest.get(key).is_some_and(|latest| *latest > offset || itself)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_offset_of_a_key_counts_and_memory_is_bounded() {
        let mut keys = Keys::new(2 * (ENTRY_BYTES + 1), Offset(10));
        assert!(keys.note(b"a", Offset(10)) && keys.note(b"b", Offset(11)) && keys.note(b"a", Offset(12)));
        assert!(!keys.note(b"c", Offset(13)), "a third key has no room");
        assert!(keys.note(b"a", Offset(14)), "one that is there needs none");
        assert!(keys.supersedes(b"a", Offset(12)) && !keys.supersedes(b"a", Offset(14)));
        assert!(!keys.supersedes(b"c", Offset(0)), "what was not noted keeps its records");
        keys.extend_to(Offset(13));
        assert_eq!(keys.end(), Offset(13));
    }
}
