//! Scrubbing of this core's partitions: cold data is read back from the device before somebody needs it.
//!
//! Owner: one core, one pass at a time, in the lowest lane. Invariants: a pass begins every
//! `ringlog.scrub.interval.ms`, and reads no faster than `ringlog.scrub.bytes.per.second` lets all cores together; with
//! 0 it stands still; nothing is deleted or changed. Each damaged batch is named, with what helps.

use crate::core::Core;
use crate::env::{Clock, Env, Instant, Level};
use crate::partition::Leader;
use crate::partition::pace::Pacer;
use crate::report::add;
use ringlog_storage::scrub::Damage;
use ringlog_storage::store::{Scrubbed, Store};
use ringlog_wire::ids::{Offset, PartitionId};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// The first pass of a life begins so late: a start has other things to read.
const FIRST: Duration = Duration::from_secs(600);
/// How often it is asked whether a pass is due, and whether one that stands still may go on.
const LOOK: Duration = Duration::from_secs(60);
/// Lines about damage in one pass; what is more is counted.
const LINES_MAX: u64 = 20;

/// Runs passes until the core stops.
pub async fn scrub_loop<E: Env>(core: Rc<Core<E>>) {
    let started = core.env.clock().now();
    let mut began: Option<Instant> = None;
    loop {
        let interval = Duration::from_millis(setting(&core, "ringlog.scrub.interval.ms").max(1));
        let due = match began {
            None => started.after(FIRST.min(interval)),
            Some(began) => began.after(interval),
        };
        let now = core.env.clock().now();
        if now >= due && rate(&core) > 0 {
            began = Some(now);
            pass(&core).await;
        }
        let next = core.env.clock().now().after(LOOK.min(interval));
        if core.stopping.or(core.env.clock().sleep_until(next)).await.is_none() {
            return;
        }
    }
}

fn setting<E: Env>(core: &Core<E>, name: &str) -> u64 {
    u64::try_from(core.image.borrow().int(name)).unwrap_or(0)
}

fn rate<E: Env>(core: &Core<E>) -> u64 {
    setting(core, "ringlog.scrub.bytes.per.second")
}

async fn pass<E: Env>(core: &Rc<Core<E>>) {
    let mut ids: Vec<PartitionId> = core.leaders.borrow().keys().copied().collect();
    ids.sort_unstable();
    // A broker that never runs for a whole pass still comes to everything.
    let first = usize::try_from(core.env.random() % ids.len().max(1) as u64).unwrap_or(0);
    ids.rotate_left(first);
    let mut all = Scrubbed::default();
    let mut lines = 0;
    for id in ids {
        let Some(leader) = core.leader(id).filter(|l| l.store().check_online().is_ok()) else { continue };
        let (log, store) = leader.place();
        let pacer = Pacer::default();
        let pace = |bytes| -> Pin<Box<dyn Future<Output = ()> + '_>> {
            Box::pin(pace(core, &store, (&pacer, bytes)))
        };
        let Scrubbed { segments, bytes, damage } = store.scrub(&log, &pace).await;
        if core.stopping.is_raised() {
            return;
        }
        for d in damage {
            if lines < LINES_MAX {
                core.env.log(Level::Error, &format!("error[R058]: {}", named(&leader, &d)));
            }
            lines += 1;
        }
        all.segments += segments;
        all.bytes += bytes;
    }
    add(&core.counters.scrub_passes, 1);
    core.counters.scrubbed_at_ms.set(core.env.clock().wall_ms());
    if all.segments > 0 {
        let Scrubbed { segments, bytes, .. } = all;
        let level = if lines > 0 { Level::Error } else { Level::Info };
        let line = format!("scrubbed {segments} segments of {bytes} bytes: {lines} damaged batches");
        core.env.log(level, &line);
    }
}

fn named<E: Env>(leader: &Leader<E>, d: &Damage) -> String {
    let file = leader.log().dir().join(format!("{:020}.log", d.segment.0));
    format!(
        "{} is damaged at byte {}: {}; offsets {} to {} are not served from it, nothing was changed",
        file.display(),
        d.position,
        d.why,
        d.from,
        Offset(d.to.0.saturating_sub(1))
    )
}

/// Waits until `bytes` more may have been read, and as long as nothing may be.
async fn pace<E: Env>(core: &Core<E>, store: &Store<E::Disk>, (pacer, bytes): (&Pacer, usize)) {
    let clock = core.env.clock();
    while rate(core) == 0 {
        if core.stopping.or(clock.sleep_until(clock.now().after(LOOK))).await.is_none() {
            return;
        }
    }
    pacer.pay(core, store, (bytes, rate(core) as f64)).await;
}
