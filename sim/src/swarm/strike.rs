//! The moment at which a life of the broker ends: some time, or aimed at what the broker is doing.
//!
//! Most of what can be lost can be lost for a fraction of a millisecond only: between a write and its sync,
//! between an answer and what it promised. A random moment seldom meets it. So half of the ends of a seed with
//! aims are struck at the n-th step of an operation on one kind of file (a stop begins there, and the operation goes
//! on), right behind an answer that told a client something, or right behind the first error of the disk (a process
//! that restarts after a failed sync reads from the page cache what the device has lost).
//!
//! Owner: the run. Invariants: a step is aimed at only if the process is killed there, since it is never answered;
//! no aim is left when this returns.

use super::plan::{End, Trouble, pick};
use super::world::World;
use crate::disk::{Faults, FileKind, Target, Told};
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

/// Some kind of file, mostly the one that the seed is about.
pub fn some_kind(world: &World) -> FileKind {
    let rng = world.sim.rng();
    match world.plan.focus {
        Some(kind) if !rng.one_in(4) => kind,
        _ => any_kind(rng),
    }
}

/// Some step of some file: of files that change seldom, one of the first.
fn any_step(world: &World) -> Target {
    let (rng, kind) = (world.sim.rng(), some_kind(world));
    let seldom = matches!(kind, FileKind::Checkpoint | FileKind::Index | FileKind::Metadata);
    Target::Step { kind, nth: any_size(rng, if seldom { 4 } else { 10 }) }
}

fn target(world: &World, how: Option<End>) -> Option<Target> {
    let rng = world.sim.rng();
    if !world.plan.aims || how.is_none() || rng.one_in(3) {
        return None;
    }
    match rng.below(6) {
        0 => Some(Target::Error),
        1 => Some(Target::Told { what: Told::Fact, nth: any_size(rng, 7) }),
        2 => {
            let watched = world.plan.groups.groups.iter().any(|g| g.watched);
            let what = if watched { Told::UnansweredOffset } else { Told::UnansweredRecords };
            Some(Target::Told { what, nth: any_size(rng, 4) })
        }
        // What a stop must wait for goes on.
        _ if how == Some(End::Stop) => match any_step(world) {
            Target::Step { kind, nth } => Some(Target::Near { kind, nth }),
            other => Some(other),
        },
        _ => Some(any_step(world)),
    }
}

/// The end of the next life. A brief one ends as the one before wants it: see `live`.
pub fn end(world: &World) -> End {
    world.brief.get().unwrap_or_else(|| super::lives::random_end(world))
}

/// Makes the next life a brief one that ends by `end`, if the plan has such ends.
pub fn brief(world: &World, end: End) {
    world.brief.set(Some(end).filter(|end| world.plan.ends.contains(end)));
}

/// Lets a life go on that ends by `how`; `None`: it goes on behind this. Returns how it ends.
///
/// Behind an error it may be a kill, and the next life brief: a power cut shows what the device never had. Behind a
/// kill in the middle of a write the next one may stop at once, while that write is still on its way.
pub async fn live(world: &World, how: Option<End>) -> Option<End> {
    let rng = world.sim.rng();
    let brief = world.brief.take().is_some() && how.is_some();
    let life_ms = if brief { 20 } else { 20 + rng.below(world.plan.life_ms) };
    let most = 1_000_000 * life_ms;
    let target = target(world, how);
    let errors = world.disk.happened().eio;
    world.disk.aim(target);
    let struck = world.sim.exec().within(most, world.disk.struck()).await.is_some();
    world.disk.aim(None);
    let failed = world.disk.happened().eio > errors;
    if struck {
        world.say(|| format!("struck: {target:?}, or the first error"));
        if failed {
            world.sim.exec().jitter(any_size(rng, 25)).await;
        }
    }
    if failed && how.is_some() && rng.one_in(2) && world.plan.ends.contains(&End::Kill) {
        self::brief(world, End::Cut);
        return Some(End::Kill);
    }
    let told_early = matches!(target, Some(Target::Told { what: Told::UnansweredOffset, .. }));
    if struck && told_early && world.plan.ends.contains(&End::Cut) {
        return Some(End::Cut);
    }
    if struck && how == Some(End::Kill) && rng.one_in(4) {
        self::brief(world, End::Stop);
    }
    how
}

/// Lets a start go on until it is cut off.
pub async fn start(world: &World) {
    let rng = world.sim.rng();
    let most = rng.below(world.plan.disk_latency * 400);
    let step = Target::Step { kind: some_kind(world), nth: any_size(rng, 6) };
    world.disk.aim((world.plan.aims && rng.one_in(2)).then_some(step));
    if world.sim.exec().within(most, world.disk.struck()).await.is_some() {
        world.say(|| format!("struck: {step:?}"));
    }
    world.disk.aim(None);
}

/// Before the healing: lets some stops be cut off in the middle, or meet errors of the disk. Returns how such a one
/// ends.
pub fn stop(world: &World) -> Option<End> {
    let rng = world.sim.rng();
    if !world.plan.aims || world.healed.get() || rng.one_in(2) {
        return None;
    }
    if rng.one_in(if world.plan.focus.is_some() { 2 } else { 3 }) {
        spoil(world);
    }
    let end = pick(rng, &[End::Kill, End::Cut, End::Cut]);
    let end = Some(end).filter(|end| world.plan.ends.contains(end))?;
    let kinds =
        [FileKind::Checkpoint, FileKind::Checkpoint, FileKind::Index, FileKind::Segment, FileKind::Names];
    let kind = world.plan.focus.unwrap_or_else(|| pick(rng, &kinds));
    let bits = if kind == FileKind::Checkpoint { 3 } else { 5 };
    world.disk.aim(Some(Target::Step { kind, nth: any_size(rng, bits) }));
    if end == End::Kill && rng.one_in(2) {
        brief(world, End::Stop);
    }
    Some(end)
}

/// Lets a start or a stop meet errors of the disk, if the seed's disk has such; they end with it.
pub fn spoil(world: &World) {
    let rng = world.sim.rng();
    let odds = if rng.one_in(2) { 1 } else { 1 + any_size(rng, 5) };
    let only = match rng.below(3) {
        0 => None,
        1 => Some(some_kind(world)),
        _ => Some(world.plan.focus.unwrap_or_else(|| pick(rng, &[FileKind::Checkpoint, FileKind::Metadata]))),
    };
    let set = |trouble, change: &dyn Fn(&mut Faults)| {
        if world.plan.has(trouble) && rng.one_in(2) {
            world.disk.set_faults(|f| change(f));
        }
    };
    set(Trouble::SyncError, &|f| (f.eio_sync, f.only) = (odds, only));
    set(Trouble::WriteError, &|f| (f.eio_write, f.only) = (odds, only));
    set(Trouble::NameError, &|f| f.eio_names = 10 * odds);
}
