//! Retention of this core's partitions, and the segments that DeleteRecords left behind.
//!
//! Owner: one core, in the lowest lane. Invariants: a log start moves durably before a segment goes; a check never
//! holds the core longer than a turn; every topic's rule is the one that holds when it is looked at. What is too old
//! is decided by two clocks (`ringlog_storage::partition::retention`): a wall clock that jumps deletes nothing early.

use crate::calls::{First, first, yield_now};
use crate::core::Core;
use crate::env::{Clock, Env, Instant, Level};
use crate::partition::leader::Place;
use ringlog_storage::partition::retention::{Moment, RetentionWant};
use ringlog_storage::store::{Shed, Store, StoreError};
use ringlog_wire::ids::{Offset, PartitionId};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

/// Partitions looked at in one turn of the core.
const PARTITIONS_PER_TURN: usize = 64;
/// After a start the first check comes so soon, as Kafka's does.
const FIRST_CHECK: Duration = Duration::from_secs(30);
/// What DeleteRecords left behind waits so long for more of the kind: one checkpoint serves all of it.
const GATHER: Duration = Duration::from_secs(1);

/// Now, on both clocks.
pub fn moment<E: Env>(core: &Core<E>) -> Moment {
    let clock = core.env.clock();
    Moment { wall_ms: clock.wall_ms(), steady_ms: clock.now().0 / 1_000_000 }
}

/// What is due for one partition.
struct Due<E: Env> {
    place: Place<E>,
    /// Where its log is to start.
    raise: Option<Offset>,
    delay_ms: u64,
}

/// Checks every `log.retention.check.interval.ms`, and removes files when their delay is over, until the core stops.
pub async fn retain_loop<E: Env>(core: Rc<Core<E>>) {
    let began = moment(&core);
    let clock = core.env.clock();
    let interval = Duration::from_millis(
        u64::try_from(core.config.int("log.retention.check.interval.ms")).unwrap_or(0).max(1),
    );
    let mut check_at = clock.now().after(FIRST_CHECK.min(interval));
    loop {
        let removed = remove_files(&core).await;
        let wake_at = removed.map_or(check_at, |at| at.min(check_at));
        let woken = core.stopping.or(first(core.fronts.take(), clock.sleep_until(wake_at))).await;
        let asked = match woken {
            None => return,
            Some(First::Left(id)) => gather(&core, id).await,
            Some(First::Right(())) if clock.now() < check_at => continue,
            Some(First::Right(())) => {
                check_at = clock.now().after(interval);
                core.leaders.borrow().keys().copied().collect()
            }
        };
        if core.stopping.is_raised() {
            return;
        }
        let due = look(&core, &asked, began).await;
        delete(&core, due).await;
    }
}

/// Those that DeleteRecords named within a moment.
async fn gather<E: Env>(core: &Core<E>, id: PartitionId) -> BTreeSet<PartitionId> {
    let clock = core.env.clock();
    let mut asked = BTreeSet::from([id]);
    let _ = core.stopping.or(clock.sleep_until(clock.now().after(GATHER))).await;
    while !core.fronts.is_empty() {
        asked.insert(core.fronts.take().await);
    }
    asked
}

/// Removes files whose delay is over; returns when the next ones are due.
async fn remove_files<E: Env>(core: &Core<E>) -> Option<Instant> {
    let stores: Vec<_> = core.stores.borrow().iter().flatten().cloned().collect();
    let mut next: Option<u64> = None;
    for store in stores {
        let due = store.remove_doomed(moment(core).steady_ms).await;
        next = next.into_iter().chain(due).min();
    }
    // Half a millisecond later, so that the moment's milliseconds have reached it.
    next.map(|ms| Instant(ms.saturating_mul(1_000_000).saturating_add(500_000)))
}

/// What is due for these partitions, by the rules of their topics.
async fn look<E: Env>(core: &Core<E>, ids: &BTreeSet<PartitionId>, began: Moment) -> Vec<Due<E>> {
    let mut due = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        if n % PARTITIONS_PER_TURN == PARTITIONS_PER_TURN - 1 {
            yield_now().await;
        }
        let Some(leader) = core.leader(*id).filter(|l| l.store().check_online().is_ok()) else { continue };
        let (keep, delay_ms) = {
            let image = core.image.borrow();
            let Some(topic) = image.topic(id.topic) else { continue };
            let config = &topic.config;
            let keep = config.delete.then_some((config.retention_ms, config.retention_bytes));
            (keep, config.file_delete_delay_ms)
        };
        let place = leader.place();
        let log = place.0.log().borrow();
        let raise = keep.and_then(|(retention_ms, retention_bytes)| {
            let high_watermark = leader.high_watermark();
            let now = moment(core);
            log.retention_start(&RetentionWant { retention_ms, retention_bytes, high_watermark, now, began })
        });
        let left = log.has_expired_front();
        drop(log);
        if raise.is_some() || left || place.0.may_have_left_files() {
            due.push(Due { place, raise, delay_ms });
        }
    }
    due
}

/// Moves log starts, then lets segments go; store by store.
async fn delete<E: Env>(core: &Core<E>, due: Vec<Due<E>>) {
    let stores: Vec<_> = core.stores.borrow().iter().flatten().cloned().collect();
    for store in stores {
        let of_store: Vec<_> = due.iter().filter(|d| Rc::ptr_eq(&d.place.1, &store)).collect();
        if of_store.is_empty() {
            continue;
        }
        match delete_in(core, &store, &of_store).await {
            Ok(0) => {}
            Ok(segments) => {
                let line = format!("{store:?}: {segments} segments are deleted");
                core.env.log(Level::Info, &line);
            }
            Err(e) => {
                if !core.stopping.is_raised() && store.check_online().is_ok() {
                    core.env.log(Level::Error, &format!("error[R056]: {e}"));
                }
            }
        }
    }
}

async fn delete_in<E: Env>(
    core: &Core<E>,
    store: &Store<E::Disk>,
    due: &[&Due<E>],
) -> Result<u64, StoreError> {
    for some in due.chunks(PARTITIONS_PER_TURN) {
        let raises: Vec<_> = some.iter().filter_map(|d| Some((Rc::clone(&d.place.0), d.raise?))).collect();
        store.raise_log_starts(&raises).await?;
    }
    let shed = |d: &&Due<E>| Shed {
        partition: Rc::clone(&d.place.0),
        active: d.raise.is_some(),
        delay_ms: d.delay_ms,
    };
    let shed: Vec<_> = due.iter().map(shed).collect();
    let now = moment(core);
    store.shed(&shed, now.wall_ms, now.steady_ms).await
}
