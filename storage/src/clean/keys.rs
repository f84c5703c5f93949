//! The newest offset of every key that a pass has met.
//!
//! Owner: one pass. Invariants: keys are compared whole, so no two are ever mixed up; their memory is bounded;
//! `end` never lies inside a batch of which a key is missing.

use crate::planted::{Bug, planted};
use hashbrown::{DefaultHashBuilder, HashTable};
use ringlog_wire::ids::Offset;
use std::hash::BuildHasher;

/// Memory that an entry takes beside its key's bytes, about: 25 in a table that is between seven sixteenths and
/// seven eighths full.
const ENTRY_BYTES: usize = 48;
/// Tables. One grows at a time, and only its part of the entries moves: all of a million at once took 30 ms.
const PARTS: usize = 256;
/// Bytes of keys allocated at once: a million keys of their own took 60 ms to free.
const CHUNK: usize = 1 << 20;

/// See the module's text.
#[derive(Debug)]
pub struct Keys {
    hasher: DefaultHashBuilder,
    /// By the top bits of the hash. Never iterated, so their order decides nothing.
    parts: Vec<HashTable<Noted>>,
    text: Vec<Vec<u8>>,
    bytes: usize,
    max: usize,
    end: Offset,
}

/// A key, as where its bytes are, and its newest offset.
#[derive(Clone, Copy, Debug)]
struct Noted {
    latest: Offset,
    /// The low bits of the hash.
    hash: u32,
    chunk: u32,
    from: u32,
    len: u32,
}

impl Keys {
    /// No keys yet; at most `max` bytes. `start`: where the pass begins to look.
    #[must_use]
    pub fn new(max: usize, start: Offset) -> Self {
        let parts = (0..PARTS).map(|_| HashTable::new()).collect();
        Self { hasher: DefaultHashBuilder::default(), parts, text: Vec::new(), bytes: 0, max, end: start }
    }

    /// Notes that the record at `offset` has `key`. False: no room for it, and it is not noted. O(1).
    pub fn note(&mut self, key: &[u8], offset: Offset) -> bool {
        let (part, hash) = self.place(key);
        let text = &self.text;
        let Some(table) = self.parts.get_mut(part) else { return false };
        if let Some(noted) = table.find_mut(spread(hash), |n| n.hash == hash && n.key(text) == key) {
            noted.latest = noted.latest.max(offset);
            return true;
        }
        let bytes = key.len() + ENTRY_BYTES;
        if self.bytes + bytes > self.max {
            return false;
        }
        self.bytes += bytes;
        let noted = keep(&mut self.text, key, hash, offset);
        table.insert_unique(spread(hash), noted, |n| spread(n.hash));
        true
    }

    /// The table of `key`, and its hash there.
    fn place(&self, key: &[u8]) -> (usize, u32) {
        let hash = self.hasher.hash_one(key);
        ((hash >> 56) as usize % PARTS, hash as u32)
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
        let (part, hash) = self.place(key);
        let found = self
            .parts
            .get(part)
            .and_then(|table| table.find(spread(hash), |n| n.hash == hash && n.key(&self.text) == key));
        found.is_some_and(|noted| noted.latest > offset || itself)
    }
}

impl Noted {
    fn key<'a>(&self, text: &'a [Vec<u8>]) -> &'a [u8] {
        let from = self.from as usize;
        let chunk = text.get(self.chunk as usize);
        chunk.and_then(|c| c.get(from..from + self.len as usize)).expect("noted keys are kept")
    }
}

/// Puts the bytes of `key` behind the others; a chunk never grows.
fn keep(text: &mut Vec<Vec<u8>>, key: &[u8], hash: u32, latest: Offset) -> Noted {
    if text.last().is_none_or(|c| c.capacity() - c.len() < key.len()) {
        text.push(Vec::with_capacity(CHUNK.max(key.len())));
    }
    let chunk = text.len() as u32 - 1;
    let last = text.last_mut().expect("one was just put there if there was none");
    let from = last.len() as u32;
    last.extend_from_slice(key);
    Noted { latest, hash, chunk, from, len: key.len() as u32 }
}

/// A table takes a hash's place from its low bits and a tag from its top ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
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

    #[test]
    fn many_keys_of_all_sizes_are_told_apart() {
        let key = |i: usize| {
            let mut key = i.to_le_bytes().to_vec();
            key.resize(if i.is_multiple_of(5000) { CHUNK + 8 } else { 8 + i % 90 }, 7);
            key
        };
        let mut keys = Keys::new(usize::MAX, Offset(0));
        for i in 0..20_000 {
            assert!(keys.note(&key(i), Offset(i as u64)));
        }
        for i in (0..20_000).step_by(2) {
            assert!(keys.note(&key(i), Offset(50_000)));
        }
        for i in 0..20_000 {
            assert_eq!(keys.supersedes(&key(i), Offset(i as u64)), i.is_multiple_of(2), "key {i}");
            assert!(!keys.supersedes(&key(i), Offset(50_000)));
        }
        assert!(keys.note(b"", Offset(1)) && keys.supersedes(b"", Offset(0)), "an empty key is a key");
        assert!(!keys.supersedes(&key(20_000), Offset(0)));
    }
}
