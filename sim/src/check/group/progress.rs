//! What the members of a group have processed of one partition.
//!
//! Owner: the facts of one group. Invariant: ranges do not touch or overlap.

use super::super::{Verdict, rule};
use std::collections::BTreeMap;

/// See the module's text.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// End by start.
    done: BTreeMap<i64, i64>,
}

impl Progress {
    /// A member has processed the records from `from` to just below `to`.
    pub fn add(&mut self, from: i64, to: i64) {
        if from >= to {
            return;
        }
        let (mut from, mut to) = (from, to);
        while let Some((start, end)) = self.done.range(..=to).next_back().map(|(s, e)| (*s, *e)) {
            if end < from {
                break;
            }
            self.done.remove(&start);
            (from, to) = (from.min(start), to.max(end));
        }
        self.done.insert(from, to);
    }

    /// Everything below `end` was processed.
    pub fn covers(&self, end: i64) -> Verdict {
        let first = self.done.get(&0).copied().unwrap_or(0);
        rule(first >= end, || format!("the record at offset {first} was never processed, there are {end}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_grow_together() {
        let mut p = Progress::default();
        for (from, to) in [(0, 3), (7, 9), (5, 7), (3, 3)] {
            p.add(from, to);
        }
        assert!(p.covers(3).is_ok() && p.covers(4).is_err());
        p.add(2, 6);
        assert!(p.covers(9).is_ok());
        assert_eq!(p.done.len(), 1);
    }
}
