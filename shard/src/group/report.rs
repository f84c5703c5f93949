//! What an operator sees of the groups: members, the causes of rebalances, lag in records and in time.
//!
//! Owner: each core, for the coordinators that it has. Invariants: a report has at most `ROWS_MAX` rows, and says how
//! many groups are left out; a turn looks at a bounded number of groups; lag in time comes from what this core saw of
//! the ends of the logs, so it is exact to the time between two reports, and less than the truth only for what was
//! behind already when the core first looked.

use super::coordinator::Coordinator;
use super::state::{Cause, Kind};
use crate::calls::yield_now;
use crate::core::Core;
use crate::env::{Clock, Env};
use crate::handler::list_offsets;
use crate::msg::ListItem;
use crate::report::Report;
use ringlog_wire::ids::PartitionId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

/// Time between two reports.
const EVERY: Duration = Duration::from_secs(10);
/// Groups looked at in one turn.
const GROUPS_PER_TURN: usize = 64;
/// Partitions whose ends are asked for in one message.
const ENDS_PER_ASK: usize = 1024;
/// Partitions of groups in one report.
const ROWS_MAX: usize = 50_000;
/// Ends of a log that are remembered.
const SEEN_MAX: usize = 32;
/// A timestamp of ListOffsets: the end.
const LATEST: i64 = -1;

/// Everything that one core has to say.
#[derive(Clone, Debug, Default)]
pub struct GroupsReport {
    /// By name, for each coordinator.
    pub groups: Vec<GroupReport>,
    /// Groups that had no room.
    pub left_out: usize,
}

/// One group.
#[derive(Clone, Debug)]
pub struct GroupReport {
    /// Its name.
    pub id: String,
    /// `classic` or `consumer`.
    pub kind: &'static str,
    /// In Kafka's words.
    pub state: &'static str,
    /// How many there are.
    pub members: usize,
    /// Generation, or group epoch.
    pub generation: i32,
    /// Why it rebalanced, the oldest first.
    pub causes: Vec<Cause>,
    /// How far it is.
    pub lags: Vec<Lag>,
}

/// How far a group is in one partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lag {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: u32,
    /// The committed offset.
    pub committed: i64,
    /// The end of the log; `None` if it could not be asked.
    pub end: Option<i64>,
    /// For how long there has been something to read, milliseconds; 0 if there is nothing.
    pub behind_ms: u64,
}

impl Lag {
    /// Records that were not committed yet.
    #[must_use]
    pub fn records(&self) -> i64 {
        self.end.map_or(0, |end| (end - self.committed).max(0))
    }
}

/// The ends of one log over time.
#[derive(Debug)]
struct Seen {
    since_ms: u64,
    /// End, and when it was last seen.
    ends: VecDeque<(i64, u64)>,
}

/// The ends of the logs that groups read.
#[derive(Debug, Default)]
pub(super) struct History(BTreeMap<PartitionId, Seen>);

impl History {
    /// The end of a log, seen now.
    pub(super) fn note(&mut self, id: PartitionId, end: i64, now_ms: u64) {
        let seen = self.0.entry(id).or_insert_with(|| Seen { since_ms: now_ms, ends: VecDeque::new() });
        match seen.ends.back_mut() {
            Some((last, at)) if *last == end => *at = now_ms,
            _ => seen.ends.push_back((end, now_ms)),
        }
        if seen.ends.len() > SEEN_MAX {
            // Every second one goes: what is long ago needs to be known less well. The newest stays.
            let mut index = 0;
            seen.ends.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
    }

    /// For how long the log has gone beyond `committed`.
    pub(super) fn behind_ms(&self, id: PartitionId, committed: i64, now_ms: u64) -> u64 {
        let Some(seen) = self.0.get(&id) else { return 0 };
        if seen.ends.back().is_none_or(|(end, _)| *end <= committed) {
            return 0;
        }
        let before = seen.ends.iter().rev().find(|(end, _)| *end <= committed);
        now_ms.saturating_sub(before.map_or(seen.since_ms, |(_, at)| *at))
    }
}

impl Coordinator {
    /// Some groups from `from` on, and the name of the next one.
    fn report(&self, from: &str, rows: &mut usize) -> (GroupsReport, Option<Rc<str>>) {
        let mut report = GroupsReport::default();
        let bounds = (std::ops::Bound::Included(from), std::ops::Bound::Unbounded);
        let mut groups = self.groups.range::<str, _>(bounds);
        for (id, group) in groups.by_ref().take(GROUPS_PER_TURN) {
            let (kind, state, members, generation) = match &group.kind {
                Kind::Classic(c) => ("classic", c.state_name(), c.members().count(), c.generation()),
                Kind::Consumer(c) => ("consumer", c.state_name(), c.members().count(), c.epoch()),
            };
            // Less than none is no offset, whatever a client means by it.
            let offsets = group.offsets.iter().filter(|(_, _, committed)| committed.offset >= 0);
            let lags: Vec<_> = offsets
                .map(|(topic, partition, committed)| Lag {
                    topic: topic.to_owned(),
                    partition: u32::try_from(partition).unwrap_or(0),
                    committed: committed.offset,
                    end: None,
                    behind_ms: 0,
                })
                .collect();
            if *rows < lags.len() + 1 {
                report.left_out += 1;
                continue;
            }
            *rows -= lags.len() + 1;
            let causes = group.causes.iter().cloned().collect();
            let id = id.to_string();
            report.groups.push(GroupReport { id, kind, state, members, generation, causes, lags });
        }
        (report, groups.next().map(|(id, _)| Rc::clone(id)))
    }
}

impl<E: Env> Core<E> {
    /// Looks at every group of this core.
    async fn report_groups(self: &Rc<Self>, history: &mut History) -> GroupsReport {
        let mut all = GroupsReport::default();
        let mut rows = ROWS_MAX;
        for seat in self.groups.served() {
            let mut from: Option<Rc<str>> = Some("".into());
            while let Some(at) = from.take() {
                let some = self.groups.with_active(seat, |c| c.report(&at, &mut rows));
                if let Some((report, next)) = some {
                    all.groups.extend(report.groups);
                    all.left_out += report.left_out;
                    from = next;
                }
                yield_now().await;
            }
        }
        let ends = self.ends_of(&all).await;
        let now_ms = self.env.clock().now().0 / 1_000_000;
        history.0.retain(|id, _| ends.contains_key(id));
        ends.iter().for_each(|(id, end)| history.note(*id, *end, now_ms));
        for (n, group) in all.groups.iter_mut().enumerate() {
            if n % GROUPS_PER_TURN == 0 {
                yield_now().await;
            }
            for lag in &mut group.lags {
                let Some(id) = self.partition_named(lag) else { continue };
                lag.end = ends.get(&id).copied();
                lag.behind_ms = history.behind_ms(id, lag.committed, now_ms);
            }
        }
        all
    }

    fn partition_named(&self, lag: &Lag) -> Option<PartitionId> {
        let topic = self.image.borrow().topic_named(&lag.topic)?.id;
        Some(PartitionId { topic, index: lag.partition })
    }

    /// Where the logs end that any of these groups reads.
    async fn ends_of(self: &Rc<Self>, report: &GroupsReport) -> BTreeMap<PartitionId, i64> {
        let mut ids = BTreeSet::new();
        for groups in report.groups.chunks(GROUPS_PER_TURN) {
            ids.extend(groups.iter().flat_map(|g| &g.lags).filter_map(|lag| self.partition_named(lag)));
            yield_now().await;
        }
        let ids: Vec<_> = ids.into_iter().collect();
        let mut ends = BTreeMap::new();
        for some in ids.chunks(ENDS_PER_ASK) {
            let item = |(slot, partition): (u32, &PartitionId)| ListItem {
                partition: *partition,
                slot,
                timestamp: LATEST,
                current_leader_epoch: -1,
            };
            let items = (0u32..).zip(some).map(item).collect();
            for found in list_offsets::everywhere(self, items).await {
                if let Some(id) = some.get(found.slot as usize).filter(|_| found.offset >= 0) {
                    ends.insert(*id, found.offset);
                }
            }
        }
        ends
    }
}

/// Publishes what there is to say of this core's groups, again and again.
pub(super) async fn report_loop<E: Env>(core: Rc<Core<E>>) {
    let mut history = History::default();
    loop {
        let clock = core.env.clock();
        if core.stopping.or(clock.sleep_until(clock.now().after(EVERY))).await.is_none() {
            return;
        }
        let report = core.report_groups(&mut history).await;
        core.env.publish(Report::Groups(report));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::ids::TopicId;

    #[test]
    fn lag_in_time_runs_from_the_first_record_that_was_not_read() {
        let id = PartitionId { topic: TopicId::ZERO, index: 0 };
        let mut h = History::default();
        assert_eq!(h.behind_ms(id, 0, 5), 0, "nothing is known");
        h.note(id, 10, 1_000);
        assert_eq!(h.behind_ms(id, 10, 2_000), 0, "all is read");
        assert_eq!(h.behind_ms(id, 3, 2_000), 1_000, "at least since the first look");
        h.note(id, 10, 600_000);
        h.note(id, 15, 610_000);
        assert_eq!(h.behind_ms(id, 10, 611_000), 11_000, "the log was at 10 for long, that does not count");
        assert_eq!(h.behind_ms(id, 14, 611_000), 11_000);
        assert_eq!(h.behind_ms(id, 15, 611_000), 0);
        for n in 0..1000 {
            h.note(id, 20 + n, 620_000 + n as u64 * 1000);
        }
        assert!(h.0[&id].ends.len() <= SEEN_MAX);
        assert_eq!(h.behind_ms(id, 1019, 1_620_000), 0);
        let behind = h.behind_ms(id, 1000, 1_619_000);
        assert!((18_000..80_000).contains(&behind), "{behind}");
    }
}
