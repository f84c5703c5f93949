//! What goes wrong while clients work: one trouble after the other, each for a while.
//!
//! Owner: one task of the world per life of a broker. Invariants: only troubles of the plan come; each is taken
//! back by itself, or by `heal`; while one lasts, and as long as its traces can delay answers, nothing is calm.

use super::plan::Trouble;
use super::world::World;
use crate::disk::{Alone, Faults, Target};
use std::rc::Rc;

/// How long the traces of a trouble may delay answers after its end, ns.
const AFTER: u64 = 1_000_000_000;

/// Brings trouble until the life ends.
pub async fn run(world: Rc<World>, life: u64) {
    let rng = world.sim.rng().clone();
    loop {
        world.sim.sleep_ms(rng.below(world.plan.life_ms / 2 + 1)).await;
        let n = world.plan.troubles.len() as u64;
        let pick = world.plan.troubles.get(usize::try_from(rng.below(n.max(1))).unwrap_or(0)).copied();
        let Some(trouble) = pick else { return };
        if world.lives.get() != life || world.up.borrow().is_none() || world.healed.get() {
            return;
        }
        world.say(|| format!("trouble: {trouble:?}"));
        begin(&world, trouble);
        world.sim.sleep_ms(1 + rng.below(world.plan.life_ms / 2 + 1)).await;
        if world.lives.get() == life && !world.healed.get() {
            end(&world, trouble);
        }
    }
}

fn begin(world: &World, trouble: Trouble) {
    let (rng, now) = (world.sim.rng(), world.now());
    let until = now + 1_000_000 * rng.below(world.plan.life_ms + 1);
    let only = rng.one_in(2).then(|| super::strike::some_kind(world));
    let one_in = 1 + rng.below(if only.is_some() { 8 } else { 100 });
    let errors = matches!(trouble, Trouble::WriteError | Trouble::SyncError);
    if errors && only.is_some() && world.plan.aims && rng.one_in(2) {
        // The moment behind it is the one that counts.
        world.disk.aim(Some(Target::Error));
    }
    let network = world.up.borrow().as_ref().map(|b| b.node().network().clone());
    world.calm_since.set(None);
    match trouble {
        Trouble::WriteError => world.disk.set_faults(|f| (f.eio_write, f.only) = (one_in, only)),
        Trouble::SyncError => world.disk.set_faults(|f| (f.eio_sync, f.only) = (one_in, only)),
        Trouble::ReadError => world.disk.set_faults(|f| (f.eio_read, f.only) = (one_in, only)),
        Trouble::NameError => world.disk.set_faults(|f| f.eio_names = one_in),
        Trouble::Full => {
            world.refusing.borrow_mut().insert(world.lives.get());
            let more = rng.below(400_000);
            world.disk.set_capacity(Some(world.disk.used() + more));
        }
        Trouble::SlowDisk => world.disk.set_faults(|f| f.latency_max *= 100),
        Trouble::HungFile => alone(world, 0, until),
        Trouble::SlowFile => alone(world, 1_000_000 * (1 + rng.below(300)), 0),
        Trouble::HungDisk => world.disk.set_faults(|f| f.hung_until = until),
        Trouble::ShortRead => world.disk.set_faults(|f| f.short_read = 2),
        Trouble::LyingRead => {
            world.lying.set(true);
            world.disk.set_faults(|f| (f.stale_read, f.misdirected_read) = (one_in, one_in));
        }
        Trouble::LostConnections => {
            if let Some(network) = network {
                network.lose_some();
            }
        }
        Trouble::HalfOpen => {
            if let Some(network) = network {
                network.vanish_some();
            }
        }
        Trouble::Partition => {
            if let Some(network) = network {
                network.set_model(|m| m.partitioned_until = until);
            }
        }
        Trouble::Pause => {
            if let Some(broker) = &*world.up.borrow() {
                broker.node().pause(until);
                world.paused.set(world.paused.get() + until.saturating_sub(world.now()));
            }
        }
        Trouble::WallJump => {
            let ms = i64::try_from(rng.below(1_500_000)).unwrap_or(0);
            world.sim.skew_wall(if rng.one_in(2) { ms } else { -ms });
        }
    }
    let quiet = [Trouble::ShortRead, Trouble::WallJump, Trouble::LostConnections, Trouble::HalfOpen];
    if !quiet.contains(&trouble) {
        world.excused.set(true);
    }
}

/// Some place is up to `slower` ns slower from now on, or hangs until then.
fn alone(world: &World, slower: u64, hung_until: u64) {
    let place = world.disk.some_place(super::strike::some_kind(world), world.sim.rng());
    world.say(|| format!("alone: {place:?}"));
    world.disk.set_faults(|f| f.alone = place.map(|place| Alone { place, slower, hung_until }));
}

fn end(world: &World, trouble: Trouble) {
    let latency = world.plan.disk_latency;
    world.disk.set_faults(|f| match trouble {
        Trouble::WriteError => f.eio_write = 0,
        Trouble::SyncError => f.eio_sync = 0,
        Trouble::ReadError => f.eio_read = 0,
        Trouble::NameError => f.eio_names = 0,
        Trouble::Full => f.capacity = None,
        Trouble::SlowDisk => f.latency_max = latency,
        Trouble::ShortRead => f.short_read = 0,
        Trouble::LyingRead => (f.stale_read, f.misdirected_read) = (0, 0),
        Trouble::HungFile | Trouble::SlowFile => f.alone = None,
        _ => {}
    });
}

/// Takes every trouble back.
pub fn heal(world: &World) {
    world.healed.set(true);
    // Background work that is starved for ever need not end in any time.
    world.sim.exec().starve(0, 0, 0);
    world.disk.set_faults(|f| *f = Faults { latency_max: world.plan.disk_latency, ..Faults::none() });
    if let Some(broker) = &*world.up.borrow() {
        broker.node().network().set_model(|m| m.partitioned_until = 0);
    }
    world.calm_since.set(Some(world.now() + AFTER));
}
