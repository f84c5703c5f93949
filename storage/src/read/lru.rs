//! A map with a bound on the sum of its values' weights; the least recently used goes first.
//!
//! Owner: one reader on one core. Invariant: the weights sum to at most `max` after every call, except that
//! one value heavier than `max` may stand alone. O(log n).

use std::collections::BTreeMap;

/// See the module's text.
#[derive(Debug)]
pub struct Lru<K, V> {
    entries: BTreeMap<K, Entry<V>>,
    /// Keys by last use.
    order: BTreeMap<u64, K>,
    now: u64,
    weight: usize,
    max: usize,
}

#[derive(Debug)]
struct Entry<V> {
    used: u64,
    weight: usize,
    value: V,
}

impl<K: Ord + Copy, V: Clone> Lru<K, V> {
    /// Empty; `max`: the bound on the sum of weights.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { entries: BTreeMap::new(), order: BTreeMap::new(), now: 0, weight: 0, max }
    }

    /// The value of `key`, now the most recently used.
    pub fn find(&mut self, key: K) -> Option<V> {
        let entry = self.entries.get_mut(&key)?;
        self.order.remove(&entry.used);
        self.now += 1;
        entry.used = self.now;
        self.order.insert(self.now, key);
        Some(entry.value.clone())
    }

    /// Puts a value in the place of any older one; others give way.
    pub fn insert(&mut self, key: K, value: V, weight: usize) {
        self.remove(key);
        while self.weight + weight > self.max
            && let Some((_, oldest)) = self.order.first_key_value()
        {
            let oldest = *oldest;
            self.remove(oldest);
        }
        self.now += 1;
        self.order.insert(self.now, key);
        self.entries.insert(key, Entry { used: self.now, weight, value });
        self.weight += weight;
    }

    /// Forgets `key`.
    pub fn remove(&mut self, key: K) {
        if let Some(entry) = self.entries.remove(&key) {
            self.order.remove(&entry.used);
            self.weight -= entry.weight;
        }
    }

    /// Forgets every key that `gone` names. O(n).
    pub fn remove_where(&mut self, gone: impl Fn(&K) -> bool) {
        let keys: Vec<K> = self.entries.keys().filter(|k| gone(k)).copied().collect();
        keys.into_iter().for_each(|k| self.remove(k));
    }

    /// Values held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True if nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_gives_way() {
        let mut lru = Lru::new(3);
        for i in 0..3 {
            lru.insert(i, i * 10, 1);
        }
        assert_eq!(lru.find(0), Some(0));
        lru.insert(3, 30, 1);
        assert_eq!((lru.find(1), lru.find(0), lru.len()), (None, Some(0), 3));
        lru.insert(4, 40, 2);
        assert_eq!((lru.find(2), lru.find(3), lru.find(0)), (None, None, Some(0)));
        lru.insert(5, 50, 99);
        assert_eq!(lru.len(), 1, "a heavy value stands alone");
        lru.insert(5, 51, 1);
        lru.remove_where(|k| *k == 5);
        assert!(lru.is_empty());
    }
}
