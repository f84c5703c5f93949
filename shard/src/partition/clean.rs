//! Compaction of this core's partitions: which one is next, and when.
//!
//! Owner: one core, one pass at a time, in the lowest lane. Invariants: a partition is cleaned when its topic is
//! compacted and the share of what no pass has seen reaches `min.cleanable.dirty.ratio`, or some of it has waited for
//! `max.compaction.lag.ms`; the one with the largest share first, as Kafka's cleaner chooses; one that cannot be cleaned is named once and left alone.

use crate::core::Core;
use crate::env::{Clock, Env, Instant, Level};
use crate::limits::CLEAN_KEYS_MAX;
use crate::partition::Leader;
use crate::partition::pace::Pacer;
use ringlog_storage::clean::{CleanWant, Cleaned};
use ringlog_storage::store::StoreError;
use ringlog_wire::ids::PartitionId;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// Runs passes until the core stops; `log.cleaner.backoff.ms` after it found nothing to do it looks again.
pub async fn clean_loop<E: Env>(core: Rc<Core<E>>) {
    let mut given_up = BTreeSet::new();
    loop {
        let backoff = u64::try_from(core.image.borrow().int("log.cleaner.backoff.ms")).unwrap_or(0).max(1);
        let next = core.env.clock().now().after(Duration::from_millis(backoff));
        if core.stopping.or(core.env.clock().sleep_until(next)).await.is_none() {
            return;
        }
        if !core.config.flag("log.cleaner.enable") {
            continue;
        }
        // One pass over each: what a pass could not take in waits for the next round.
        let mut done = given_up.clone();
        while let Some((leader, want)) = next_to_clean(&core, &done) {
            done.insert(leader.id);
            let (log, store) = leader.place();
            let pacer = Pacer::default();
            let pace = |bytes| -> Pin<Box<dyn Future<Output = ()> + '_>> {
                let rate = core.image.borrow().number("log.cleaner.io.max.bytes.per.second");
                Box::pin(pacer.pay(&core, &store, (bytes, rate)))
            };
            let began = core.env.clock().now();
            match store.clean_paced(&log, want, &pace).await {
                Ok(cleaned) => report(&core, &leader, &cleaned, began),
                // Tried again when there is room.
                Err(StoreError::Io(_, e)) if e.kind() == ErrorKind::StorageFull => {}
                // Its files went because it has moved to another directory.
                Err(_) if !Rc::ptr_eq(&log, &leader.log()) => {}
                Err(e) => {
                    given_up.insert(leader.id);
                    if !core.stopping.is_raised() && store.check_online().is_ok() {
                        core.env.log(Level::Error, &format!("error[R055]: {e}"));
                    }
                }
            }
            if core.stopping.is_raised() {
                return;
            }
        }
    }
}

/// The partition with the largest share of un-compacted bytes, if that is large enough and it is not `done`.
fn next_to_clean<E: Env>(core: &Core<E>, done: &BTreeSet<PartitionId>) -> Option<(Rc<Leader<E>>, CleanWant)> {
    let image = core.image.borrow();
    let now_ms = core.env.clock().wall_ms();
    let leaders = core.leaders.borrow();
    let ripe = leaders.values().filter_map(|leader| {
        let id = leader.id;
        let (log, store) = leader.place();
        let config = &image.topic(id.topic)?.config;
        if !config.compact || done.contains(&id) || store.check_online().is_err() {
            return None;
        }
        let want = CleanWant {
            now_ms,
            delete_retention_ms: config.delete_retention_ms,
            min_lag_ms: config.min_compaction_lag_ms,
            keys_max: CLEAN_KEYS_MAX,
        };
        let cleanable = store.cleanable(&log, &want);
        let ripe = cleanable.is_due(config.min_cleanable_dirty_ratio, config.max_compaction_lag_ms, now_ms);
        ripe.then(|| (cleanable.ratio(), leader, want))
    });
    // Among equals the lowest id, so that a run of the simulator is the same again.
    let (_, leader, want) = ripe.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.id.cmp(&a.1.id)))?;
    Some((Rc::clone(leader), want))
}

fn report<E: Env>(core: &Core<E>, leader: &Leader<E>, cleaned: &Cleaned, began: Instant) {
    let Cleaned { records, kept, before, after, segments, written } = cleaned;
    if *segments == 0 {
        return;
    }
    let seconds = core.env.clock().now().since(began).as_secs_f64();
    let line = format!(
        "{:?}: compacted {segments} segments to {written}, {records} records to {kept}, {before} bytes to {after} in {seconds:.1} s",
        leader.log()
    );
    core.env.log(Level::Info, &line);
}
