//! The deadlines of one coordinator.
//!
//! Owner: the coordinator. Pure. Invariants: a key has at most one deadline; the deadlines come out in their order,
//! each once.

use super::GroupId;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What is due.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TimerKind {
    /// The members had time enough to join.
    Join,
    /// The members had time enough to sync.
    Sync,
    /// The member was silent for its session timeout.
    Session(Rc<str>),
    /// The member id was given out and not used.
    Pending(Rc<str>),
    /// The member (KIP-848) had time enough to give partitions back.
    Revocation(Rc<str>),
    /// The classic member of a consumer group was told to rejoin, and had time enough.
    Rejoin(Rc<str>),
    /// The classic member of a consumer group had time enough to sync after its join.
    MemberSync(Rc<str>),
    /// Offsets and empty groups may be too old. Of the coordinator, not of a group.
    Retention,
}

/// Names a timer: a group, empty for the coordinator's own, and what is due there.
pub type TimerKey = (GroupId, TimerKind);

/// All of them.
#[derive(Debug, Default)]
pub struct Timers {
    at: BTreeMap<TimerKey, u64>,
    order: BTreeSet<(u64, TimerKey)>,
}

impl Timers {
    /// Sets the deadline of a key, milliseconds; an earlier one is forgotten. O(log n).
    pub fn arm(&mut self, group: &GroupId, kind: TimerKind, at: u64) {
        let key = (Rc::clone(group), kind);
        if let Some(old) = self.at.insert(key.clone(), at) {
            if old == at {
                return;
            }
            self.order.remove(&(old, key.clone()));
        }
        self.order.insert((at, key));
    }

    /// Forgets a deadline, if there is one.
    pub fn cancel(&mut self, group: &GroupId, kind: TimerKind) {
        let key = (Rc::clone(group), kind);
        if let Some(old) = self.at.remove(&key) {
            self.order.remove(&(old, key));
        }
    }

    /// True if the key has a deadline.
    #[must_use]
    pub fn is_armed(&self, group: &GroupId, kind: TimerKind) -> bool {
        self.at.contains_key(&(Rc::clone(group), kind))
    }

    /// The next deadline.
    #[must_use]
    pub fn next(&self) -> Option<u64> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes out the next deadline that is not after `now`.
    pub fn due(&mut self, now: u64) -> Option<TimerKey> {
        if self.next()? > now {
            return None;
        }
        let (_, key) = self.order.pop_first()?;
        self.at.remove(&key);
        Some(key)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_deadline_and_they_come_in_order() {
        let (a, b): (GroupId, GroupId) = ("a".into(), "b".into());
        let mut t = Timers::default();
        t.arm(&a, TimerKind::Join, 5);
        t.arm(&b, TimerKind::Join, 3);
        t.arm(&b, TimerKind::Session("m".into()), 4);
        t.arm(&b, TimerKind::Join, 9);
        t.arm(&b, TimerKind::Join, 9);
        assert_eq!((t.next(), t.len()), (Some(4), 3));
        assert_eq!(t.due(3), None);
        t.cancel(&b, TimerKind::Session("m".into()));
        assert!(!t.is_armed(&b, TimerKind::Session("m".into())));
        assert_eq!(t.due(9), Some((a.clone(), TimerKind::Join)));
        assert_eq!(t.due(9), Some((b, TimerKind::Join)));
        assert_eq!((t.due(9), t.is_empty(), t.order.len()), (None, true, 0));
    }
}
