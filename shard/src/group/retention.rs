//! The end of old offsets and of empty groups (KIP-211).
//!
//! Owner: the coordinator. Pure. Invariants: an offset that a member may still read never expires (G6); a look
//! writes a bounded number of records and goes on at the next event if there is more.

use super::Effects;
use super::coordinator::Coordinator;
use super::offsets::Committed;
use super::records::Record;
use super::state::{Group, Kind};
use super::{GroupId, Moment};
use crate::group::timers::TimerKind;
use ringlog_storage::planted::{Bug, planted};
use std::rc::Rc;

/// Records that one look writes.
const RECORDS_MAX: usize = 5000;

impl Group {
    /// Since when `committed` counts as unused; `None` while it is used.
    fn unused_since(&self, topic: &str, committed: &Committed) -> Option<i64> {
        if planted(Bug::RetentionOfLiveGroup) {
            return Some(committed.commit_ms);
        }
        let classic = match &self.kind {
            Kind::Classic(classic) => classic,
            Kind::Consumer(c) => return (!c.subscribes_to(topic)).then_some(committed.commit_ms),
        };
        match classic.protocol_type() {
            // Nobody ever joined: the application assigns partitions by hand.
            None => Some(committed.commit_ms),
            Some(_) if classic.is_empty() => {
                Some(classic.state_since().map_or(committed.commit_ms, |s| s.max(committed.commit_ms)))
            }
            Some(_) => {
                let unread = classic.is_stable() && classic.is_consumer() && !classic.subscribes_to(topic);
                unread.then_some(committed.commit_ms)
            }
        }
    }

    fn expired(&self, wall_ms: i64, retention_ms: i64) -> Vec<(Rc<str>, i32)> {
        let is_expired = |topic: &str, c: &Committed| {
            let Some(since) = self.unused_since(topic, c) else { return false };
            wall_ms >= c.expire_ms.unwrap_or(since.saturating_add(retention_ms))
        };
        let all = self.offsets.0.iter().flat_map(|(t, ps)| ps.iter().map(move |(p, c)| (t, *p, c)));
        all.filter(|(t, _, c)| is_expired(t, c)).map(|(t, p, _)| (Rc::clone(t), p)).collect()
    }
}

impl Coordinator {
    /// Forgets what is too old.
    pub(super) fn expire_offsets(&mut self, now: Moment<'_>, fx: &mut Effects) {
        let mut more = false;
        let mut gone: Vec<GroupId> = Vec::new();
        for group in self.groups.values_mut() {
            if fx.records.len() >= RECORDS_MAX {
                more = true;
                break;
            }
            for (topic, partition) in group.expired(now.wall_ms, self.config.retention_ms) {
                group.offsets.remove(&topic, partition);
                fx.records.push(Record::offset_tombstone(&group.id, &topic, partition));
            }
            if group.offsets.is_empty() && group.may_vanish() {
                fx.records.extend(group.tombstones());
                gone.push(Rc::clone(&group.id));
            }
        }
        for id in gone {
            self.groups.remove(&id);
        }
        if more {
            self.timers.arm(&"".into(), TimerKind::Retention, now.ms);
        } else {
            self.arm_retention(now.ms);
        }
    }
}
