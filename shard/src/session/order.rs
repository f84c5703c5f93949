//! The partitions of a session in the order in which they are read: a list threaded through a table.
//!
//! Owner: one session. Invariants: a place is good until it is removed; `first` to `last` by `after` is every used
//! entry once, and the same backwards by `before`; freed entries are used again, so turning the order round for
//! ever allocates nothing.

use super::SessionPartition;

/// No entry.
const NONE: u32 = u32::MAX;

#[derive(Debug)]
struct Entry {
    /// `None` in a free entry.
    partition: Option<SessionPartition>,
    before: u32,
    after: u32,
}

/// The list.
#[derive(Debug)]
pub struct Order {
    entries: Vec<Entry>,
    free: Vec<u32>,
    first: u32,
    last: u32,
}

impl Default for Order {
    fn default() -> Self {
        Self { entries: Vec::new(), free: Vec::new(), first: NONE, last: NONE }
    }
}

impl Order {
    /// Partitions in it.
    pub fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    /// The partition at `at`.
    pub fn get_mut(&mut self, at: u32) -> Option<&mut SessionPartition> {
        self.entries.get_mut(at as usize)?.partition.as_mut()
    }

    /// Puts `partition` behind the others; returns its place.
    ///
    /// # Panics
    /// At 2^32 - 1 partitions: a core's sessions are bounded far below.
    pub fn push(&mut self, partition: SessionPartition) -> u32 {
        let at = self.free.pop().unwrap_or_else(|| {
            let at = u32::try_from(self.entries.len()).expect("sessions are bounded");
            assert!(at != NONE, "sessions are bounded");
            self.entries.push(Entry { partition: None, before: NONE, after: NONE });
            at
        });
        if let Some(entry) = self.entries.get_mut(at as usize) {
            entry.partition = Some(partition);
        }
        self.link_last(at);
        at
    }

    /// Takes out what is at `at`.
    pub fn remove(&mut self, at: u32) {
        let taken = self.entries.get_mut(at as usize).and_then(|e| e.partition.take());
        if taken.is_some() {
            self.unlink(at);
            self.free.push(at);
        }
    }

    /// Moves what is at `at` behind the others; its place stays.
    pub fn move_to_end(&mut self, at: u32) {
        self.unlink(at);
        self.link_last(at);
    }

    /// Hands every partition to `f`, in order.
    pub fn each_mut(&mut self, mut f: impl FnMut(&mut SessionPartition)) {
        let mut at = self.first;
        while let Some(entry) = self.entries.get_mut(at as usize) {
            f(entry.partition.as_mut().expect("only used entries are linked"));
            at = entry.after;
        }
    }

    fn link_last(&mut self, at: u32) {
        let last = std::mem::replace(&mut self.last, at);
        if let Some(entry) = self.entries.get_mut(at as usize) {
            (entry.before, entry.after) = (last, NONE);
        }
        match self.entries.get_mut(last as usize) {
            Some(entry) => entry.after = at,
            None => self.first = at,
        }
    }

    fn unlink(&mut self, at: u32) {
        let Some((before, after)) = self.entries.get(at as usize).map(|e| (e.before, e.after)) else {
            return;
        };
        match self.entries.get_mut(before as usize) {
            Some(entry) => entry.after = after,
            None => self.first = after,
        }
        match self.entries.get_mut(after as usize) {
            Some(entry) => entry.before = before,
            None => self.last = before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{TopicKey, Wanted};
    use ringlog_wire::ids::TopicId;

    fn partition(index: i32) -> SessionPartition {
        let wanted =
            Wanted { fetch_offset: 0, max_bytes: 1, current_leader_epoch: -1, last_fetched_epoch: -1 };
        SessionPartition::new(TopicKey::Id(TopicId::ZERO), index, wanted)
    }

    fn indexes(order: &mut Order) -> Vec<i32> {
        let mut seen = Vec::new();
        order.each_mut(|p| seen.push(p.index));
        assert_eq!(seen.len(), order.len());
        seen
    }

    #[test]
    fn partitions_stand_in_the_order_in_which_they_came_or_were_moved() {
        let mut order = Order::default();
        let at: Vec<u32> = (0..4).map(|i| order.push(partition(i))).collect();
        order.move_to_end(at[0]);
        order.move_to_end(at[2]);
        assert_eq!(indexes(&mut order), [1, 3, 0, 2]);
        order.move_to_end(at[2]);
        assert_eq!(indexes(&mut order), [1, 3, 0, 2], "the last stays the last");
        order.remove(at[3]);
        order.remove(at[3]);
        assert_eq!(indexes(&mut order), [1, 0, 2]);
        assert_eq!(order.push(partition(9)), at[3], "freed entries are used again");
        assert_eq!(indexes(&mut order), [1, 0, 2, 9]);
        for place in at {
            order.remove(place);
        }
        assert_eq!(indexes(&mut order), [] as [i32; 0]);
        order.push(partition(5));
        assert_eq!(indexes(&mut order), [5]);
    }
}
