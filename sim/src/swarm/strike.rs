//! The moment at which a life of the broker ends: some time, or aimed at what the broker is doing.
//!
//! Most of what can be lost can be lost for a fraction of a millisecond only: between a write and its sync,
//! between an answer and what it promised. A random moment seldom meets it. So half of the ends of a seed with
//! aims are struck at the n-th step of an operation on one kind of file, right behind an answer that told a
//! client something, or right behind the first error of the disk (a process that restarts after a failed sync
//! reads from the page cache what the device has lost).
//!
//! Owner: the run. Invariants: a step is aimed at only if the process is killed there, since it is never answered;
//! no aim is left when this returns.

use super::plan::{End, Trouble};
use super::world::World;
use crate::disk::{Faults, FileKind, Target};
use crate::rng::Rng;

/// Some number, of any order of magnitude below `2^bits`.
fn any_size(rng: &Rng, bits: u64) -> u64 {
    let most = 1 << (1 + rng.below(bits));
    rng.below(most)
}

/// Some kind of file.
pub fn any_kind(rng: &Rng) -> FileKind {
    let n = FileKind::ALL.len() as u64;
    let i = usize::try_from(rng.below(n)).unwrap_or(0);
    FileKind::ALL.get(i).copied().unwrap_or(FileKind::Other)
}

fn target(world: &World, how: Option<End>) -> Option<Target> {
    let rng = world.sim.rng();
    if !world.plan.aims || how.is_none() || rng.one_in(3) {
        return None;
    }
    match rng.below(5) {
        0 => Some(Target::Error),
        1 => Some(Target::Told { nth: any_size(rng, 7) }),
        _ if how == Some(End::Stop) => None,
        _ => Some(Target::Step { kind: any_kind(rng), nth: any_size(rng, 10) }),
    }
}

/// The end of the next life. Behind one that was killed after an error: a power cut shows what the device lost.
pub fn end(world: &World) -> End {
    if world.brief.get() && world.plan.ends.contains(&End::Cut) {
        return End::Cut;
    }
    super::lives::random_end(world)
}

/// Lets a life go on that ends by `how`; `None`: it goes on behind this.
pub async fn live(world: &World, how: Option<End>) {
    let rng = world.sim.rng();
    let brief = world.brief.take() && how.is_some();
    let life_ms = if brief { 20 } else { 20 + rng.below(world.plan.life_ms) };
    let most = 1_000_000 * life_ms;
    let target = target(world, how);
    let errors = world.disk.happened().eio;
    world.disk.aim(target);
    if world.sim.exec().within(most, world.disk.struck()).await.is_some() {
        world.say(|| format!("struck: {target:?}"));
        if target == Some(Target::Error) {
            world.sim.exec().jitter(any_size(rng, 25)).await;
        }
    }
    world.disk.aim(None);
    let failed = world.disk.happened().eio > errors;
    world.brief.set(failed && how == Some(End::Kill) && rng.one_in(2));
}

/// Lets a start go on until it is cut off.
pub async fn start(world: &World) {
    let rng = world.sim.rng();
    let most = rng.below(world.plan.disk_latency * 400);
    let step = Target::Step { kind: any_kind(rng), nth: any_size(rng, 6) };
    world.disk.aim((world.plan.aims && rng.one_in(2)).then_some(step));
    if world.sim.exec().within(most, world.disk.struck()).await.is_some() {
        world.say(|| format!("struck: {step:?}"));
    }
    world.disk.aim(None);
}

/// Lets a start meet errors of the disk, if the seed's disk has such; they end with it.
pub fn spoil_start(world: &World) {
    let rng = world.sim.rng();
    let odds = 1 + any_size(rng, 5);
    let only = rng.one_in(2).then(|| any_kind(rng));
    let set = |trouble, change: &dyn Fn(&mut Faults)| {
        if world.plan.has(trouble) && rng.one_in(2) {
            world.disk.set_faults(|f| change(f));
        }
    };
    set(Trouble::SyncError, &|f| (f.eio_sync, f.only) = (odds, only));
    set(Trouble::WriteError, &|f| (f.eio_write, f.only) = (odds, only));
    set(Trouble::NameError, &|f| f.eio_names = 10 * odds);
}
