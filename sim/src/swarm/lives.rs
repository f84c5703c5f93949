//! The lives of the broker: how one begins, and how it ends.
//!
//! Owner: the run. Invariants: at most one broker runs on the disk, except for the writes that a killed one left
//! behind; a start that fails without a cause fails the run; after a cause it is healed and tried again.

use super::plan::{End, Trouble};
use super::strike;
use super::world::World;
use crate::broker::{Broker, Shape};
use crate::disk::Faults;
use ringlog_shard::env::Level;
use std::rc::Rc;

/// Longest start when nothing is wrong, ms: it may wait ten seconds for late writes.
const START_MAX_MS: u64 = 30_000;
/// Longest stop when nothing is wrong, ms.
const STOP_MAX_MS: u64 = 30_000;
/// How often it is looked whether a stop has ended, ns.
const STEP: u64 = 2_000_000;

/// Some end of the plan.
pub fn random_end(world: &World) -> End {
    let n = world.plan.ends.len() as u64;
    let i = usize::try_from(world.sim.rng().below(n)).unwrap_or(0);
    world.plan.ends.get(i).copied().unwrap_or(End::Kill)
}

fn shape(world: &World) -> Shape {
    let rng = world.sim.rng();
    let max = world.plan.cores_max;
    let cores = if world.plan.cores_fixed { max } else { 1 + rng.below(max) };
    Shape {
        cores: u16::try_from(cores).unwrap_or(1),
        limits: world.plan.limits.clone(),
        dirs: world.plan.dirs,
        statics: world
            .plan
            .groups
            .statics
            .clone()
            .into_iter()
            .chain(world.plan.keep.statics.clone())
            .chain(world.plan.store.clone())
            .collect(),
    }
}

/// Starts a broker and waits until it serves. `crash`: some starts are cut off first.
pub async fn begin(world: &Rc<World>, crash: bool) {
    let rng = world.sim.rng().clone();
    while crash && rng.one_in(2) {
        let broker = Broker::start(&world.sim, &world.disk, &shape(world));
        broker.node().set_mesh(world.plan.mesh);
        strike::start(world).await;
        world.say(|| "the start is cut off".into());
        finish(world, broker, random_end(world));
    }
    if crash && rng.one_in(2) {
        strike::spoil(world);
    }
    loop {
        // The room may come while it starts; a broker that found none asks again a second later.
        let tight = world.disk.is_tight();
        if let Some(broker) = try_begin(world).await {
            let calm = !world.disk.is_faulty();
            if crash {
                no_errors(world, u64::MAX);
            }
            world.excused.set(!calm);
            world.calm_since.set(calm.then(|| world.now() + 500_000_000));
            world.lives.set(world.lives.get() + 1);
            world.life_began.set(world.now());
            world.ending.set(false);
            if tight || world.disk.is_tight() {
                world.refusing.borrow_mut().insert(world.lives.get());
            }
            world.say(|| format!("life {} with {} cores", world.lives.get(), broker.cores()));
            *world.up.borrow_mut() = Some(Rc::new(broker));
            return;
        }
        let latency = world.plan.disk_latency;
        world.disk.set_faults(|f| *f = Faults { latency_max: latency, ..Faults::none() });
    }
}

/// Ends what `strike::spoil` began. More than `eio` errors so far: what the device lost by them must show.
fn no_errors(world: &World, eio: u64) {
    if world.disk.happened().eio > eio && world.plan.aims {
        strike::brief(world, End::Cut);
    }
    world.disk.set_faults(|f| {
        (f.eio_sync, f.eio_write, f.eio_names, f.only) = (0, 0, 0, None);
    });
}

/// One start. `None`: it failed, and something was wrong.
async fn try_begin(world: &Rc<World>) -> Option<Broker> {
    let before = world.disk.happened();
    let broker = Broker::start(&world.sim, &world.disk, &shape(world));
    broker.node().network().set_model(|m| *m = world.plan.net.clone());
    broker.node().set_mesh(world.plan.mesh);
    let began = world.now();
    let faulty = world.disk.is_faulty();
    while !broker.is_ready() && broker.failure().is_none() {
        let waited = (world.now() - began) / 1_000_000;
        if waited > START_MAX_MS && !faulty {
            world.fail(&format!("no start in {waited} ms; log: {:#?}", broker.node().log()));
        }
        if waited > 5 * START_MAX_MS {
            break;
        }
        world.sim.sleep_ms(2).await;
    }
    let unused = broker.logged(Level::Error, "R05");
    if broker.is_ready() && unused.is_empty() {
        return Some(broker);
    }
    let why = broker.failure().unwrap_or_else(|| unused.join("; "));
    if !faulty && world.disk.happened() == before {
        world.fail(&format!("the start failed: {why}; log: {:#?}", broker.node().log()));
    }
    world.say(|| format!("the start failed, with a cause: {why}"));
    if world.plan.aims && world.sim.rng().one_in(2) {
        strike::brief(world, End::Cut);
    }
    broker.kill();
    None
}

/// Ends the life that runs.
pub async fn end(world: &Rc<World>, how: End) {
    let Some(broker) = world.up.borrow().clone() else { return };
    world.say(|| format!("{how:?}"));
    world.ending.set(true);
    no_false_alarm(world, &broker);
    let was_calm = world.calm_since.take().is_some() && !world.excused.get();
    world.excused.set(true);
    let before = world.disk.happened();
    let mut how = how;
    if how == End::Stop {
        let cut_off = strike::stop(world);
        broker.ask_to_stop(&world.sim).await;
        // A pause that begins in the stop is no fault of the broker, nor is a disk that hangs then.
        let awake = || world.now().saturating_sub(world.paused.get());
        let (began, mut hung) = (awake(), 0);
        while !broker.has_stopped() {
            let waited = awake().saturating_sub(began + hung) / 1_000_000;
            if waited > STOP_MAX_MS {
                if was_calm {
                    world.fail(&format!("no stop in {waited} ms; log: {:#?}", broker.node().log()));
                }
                break;
            }
            hung += if world.disk.hangs() { STEP } else { 0 };
            if world.sim.exec().within(STEP, world.disk.struck()).await.is_some() {
                world.say(|| format!("struck in the stop: {cut_off:?}"));
                how = cut_off.unwrap_or(how);
                break;
            }
        }
        world.disk.aim(None);
        no_errors(world, before.eio);
        let unclean = broker.logged(Level::Error, "R054");
        // A trouble may begin in the middle of the stop.
        let spared = how == End::Stop && world.disk.happened() == before && !world.disk.is_faulty();
        if was_calm && spared && !unclean.is_empty() {
            world.fail(&format!("a stop was not clean: {unclean:?}"));
        }
    }
    *world.up.borrow_mut() = None;
    let mut broker = broker;
    let broker = loop {
        match Rc::try_unwrap(broker) {
            Ok(broker) => break broker,
            // A client is just looking at it.
            Err(shared) => broker = shared,
        }
        world.sim.sleep_ms(1).await;
    };
    finish(world, broker, how);
    // A start cannot tell a lie about its last frame from a torn one: a single copy has nothing to compare with.
    if world.plan.has(Trouble::LyingRead) {
        world.disk.set_faults(|f| (f.stale_read, f.misdirected_read) = (0, 0));
    }
}

/// A directory goes offline only behind an error: without space, appends are refused and nothing else ends. Good
/// segments are not blamed.
fn no_false_alarm(world: &World, broker: &Broker) {
    let happened = world.disk.happened();
    let offline = broker.logged(Level::Error, "R053");
    if (happened.eio, happened.lies) == (0, 0) && !offline.is_empty() {
        world.fail(&format!("a directory went offline and no operation of the disk had failed: {offline:?}"));
    }
    let unmoved = broker.logged(Level::Error, "R059");
    let full = world.refusing.borrow().contains(&world.lives.get());
    if world.disk_was_good() && !full && !unmoved.is_empty() {
        world.fail(&format!("a replica was not moved and no operation of the disk had failed: {unmoved:?}"));
    }
    // Scrubbing is on only where no read fails or lies.
    let blamed = broker.logged(Level::Error, "R058");
    if !blamed.is_empty() {
        world.fail(&format!("scrubbing finds damage where none was done: {blamed:?}"));
    }
}

fn finish(world: &World, broker: Broker, how: End) {
    match how {
        End::Cut => broker.cut_power(world.sim.rng()),
        End::Stop | End::Kill => broker.kill(),
    }
}
