//! What a power cut may leave: for every moment of a trace the stable changes, and any choice of the others.
//!
//! The model. Every write and every new length that is not stable is there or not, on its own; a write may also be
//! there in part, by sectors of 512 bytes. The changes of one folder that are not stable are there up to some
//! point, in their order (file systems keep a journal); different folders are independent of each other.
//! Moments that differ in nothing are one: each point stands right before the next change of what may be lost, so
//! that everything acknowledged until then is asked for.
//! Owner: nobody, pure. Invariant: a point's choices are numbered, and the number alone gives the state again.

use super::trace::{Change, Image, Op, Trace};
use crate::rng::Rng;
use std::collections::BTreeMap;

/// Unit in which the bytes of a write are lost.
const SECTOR: usize = 512;

/// One thing that a crash decides.
enum Unit {
    /// A write or a length: lost or kept.
    Data(usize),
    /// The changes of one folder: so many of them are kept.
    Names(Vec<usize>),
}

/// What becomes of one unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// How many of its changes are kept: 0 or 1 for data.
    Kept(usize),
    /// Some sectors of the write, chosen by this number.
    Torn(u64),
}

/// A moment at which the power may go.
pub(super) struct Point {
    pub time: u64,
    image: Image,
    /// Changes that are not in `image`, in order, with their index in the trace; stable ones behind others of the
    /// same inode are among them.
    rest: Vec<(usize, Op)>,
    units: Vec<Unit>,
    /// Of the set of changes that are in `image`.
    print: u64,
}

/// Calls `each` for every point of `trace`, in order. False from it ends the walk.
pub(super) fn points(trace: &Trace, mut each: impl FnMut(&Point) -> bool) {
    let mut times: Vec<u64> = trace.ops.iter().flat_map(|op| [op.issued, op.stable]).collect();
    times.retain(|t| *t != u64::MAX);
    times.sort_unstable();
    times.dedup();
    times.iter_mut().for_each(|t| *t -= 1);
    times.push(trace.now);
    let mut image = trace.base.clone();
    let mut print = 0;
    let mut open: Vec<usize> = (0..trace.ops.len()).collect();
    for time in times {
        let mut rest: Vec<(usize, Op)> = Vec::new();
        open.retain(|i| {
            let Some(op) = trace.ops.get(*i).filter(|op| op.issued <= time) else { return true };
            let first = !rest.iter().any(|(_, before)| before.inode == op.inode);
            if first && op.stable <= time {
                image.apply(op.inode, &op.change);
                print = mix(print, *i as u64);
                return false;
            }
            rest.push((*i, op.clone()));
            true
        });
        let units = units(&rest, time);
        if !each(&Point { time, image: image.clone(), rest, units, print }) {
            return;
        }
    }
}

fn units(rest: &[(usize, Op)], time: u64) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut names: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (at, (_, op)) in rest.iter().enumerate().filter(|(_, (_, op))| op.stable > time) {
        match op.change {
            Change::Write(..) | Change::Truncate(_) => units.push(Unit::Data(at)),
            _ => names.entry(op.inode).or_default().push(at),
        }
    }
    units.extend(names.into_values().map(Unit::Names));
    units
}

/// A number that hardly two sets of changes share; the order does not count.
fn mix(print: u64, part: u64) -> u64 {
    print.wrapping_add(Rng::new(part.wrapping_mul(0x9e37_79b9) ^ 0x51ed).next())
}

impl Unit {
    fn options(&self) -> u64 {
        match self {
            Self::Data(_) => 2,
            Self::Names(ops) => ops.len() as u64 + 1,
        }
    }
}

impl Point {
    /// How many things a crash decides here.
    pub fn undecided(&self) -> usize {
        self.units.len()
    }

    /// The choices to try: all of them up to `most`, else so many drawn with `rng`; then torn writes.
    pub fn choices(&self, most: usize, rng: &Rng) -> Vec<Vec<Fate>> {
        let all = self.units.iter().try_fold(1u64, |n, u| n.checked_mul(u.options()));
        let mut out: Vec<Vec<Fate>> = Vec::new();
        match all.filter(|n| *n <= most as u64) {
            Some(all) => out.extend((0..all).map(|n| self.numbered(n))),
            None => {
                out.push(self.units.iter().map(|_| Fate::Kept(0)).collect());
                out.push(self.units.iter().map(|u| Fate::Kept(kept(u.options() - 1))).collect());
                while out.len() < most {
                    out.push(self.units.iter().map(|u| Fate::Kept(kept(rng.below(u.options())))).collect());
                }
            }
        }
        let tearable = self.units.iter().filter(|u| self.is_tearable(u)).count();
        for _ in 0..(tearable * 4).min(most.div_ceil(2)) {
            let fate = |u: &Unit| match u {
                u if self.is_tearable(u) && rng.one_in(2) => Fate::Torn(rng.next()),
                u => Fate::Kept(kept(rng.below(u.options()))),
            };
            out.push(self.units.iter().map(fate).collect());
        }
        out
    }

    fn numbered(&self, mut n: u64) -> Vec<Fate> {
        let next = |u: &Unit| {
            let fate = Fate::Kept(kept(n % u.options()));
            n /= u.options();
            fate
        };
        self.units.iter().map(next).collect()
    }

    fn is_tearable(&self, unit: &Unit) -> bool {
        let Unit::Data(at) = unit else { return false };
        matches!(self.rest.get(*at), Some((_, Op { change: Change::Write(_, data), .. })) if data.len() > SECTOR)
    }

    /// The disk after a power cut here with these fates, and the print of its content.
    pub fn state(&self, fates: &[Fate]) -> (Image, u64) {
        let mut fate_of: BTreeMap<usize, Fate> = BTreeMap::new();
        for (unit, fate) in self.units.iter().zip(fates) {
            match unit {
                Unit::Data(at) => drop(fate_of.insert(*at, *fate)),
                Unit::Names(ops) => {
                    let Fate::Kept(count) = fate else { continue };
                    fate_of.extend(
                        ops.iter().enumerate().map(|(n, at)| (*at, Fate::Kept(usize::from(n < *count)))),
                    );
                }
            }
        }
        let (mut image, mut print) = (self.image.clone(), self.print);
        for (at, (index, op)) in self.rest.iter().enumerate() {
            match fate_of.get(&at).copied().unwrap_or(Fate::Kept(1)) {
                Fate::Kept(0) => {}
                Fate::Kept(_) => {
                    image.apply(op.inode, &op.change);
                    print = mix(print, *index as u64);
                }
                Fate::Torn(how) => {
                    tear(&mut image, op, how);
                    print = mix(print, how);
                }
            }
        }
        (image, print)
    }
}

fn kept(n: u64) -> usize {
    usize::try_from(n).expect("few changes wait for a sync")
}

/// Writes some sectors: up to one, from one on, or each by chance.
fn tear(image: &mut Image, op: &Op, how: u64) {
    let Change::Write(pos, data) = &op.change else { return };
    let rng = Rng::new(how);
    let sectors = data.len().div_ceil(SECTOR);
    let cut = kept(rng.below(sectors as u64));
    let way = rng.below(3);
    for (n, bytes) in data.chunks(SECTOR).enumerate() {
        let keep = match way {
            0 => n <= cut,
            1 => n > cut,
            _ => rng.one_in(2),
        };
        if keep {
            image.write(op.inode, pos + (n * SECTOR) as u64, bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::disk::CrashDisk;
    use super::*;
    use crate::exec::block_on;
    use bytes::Bytes;
    use ringlog_storage::disk::{Disk, OpenMode};
    use std::path::Path;

    /// Two writes without a sync between, a name that is never synced: what may be left, by content.
    fn left(sync_first: bool, sync_name: bool) -> Vec<Option<Vec<u8>>> {
        let disk = CrashDisk::new(Image::default(), None);
        block_on(async {
            disk.create_dir(Path::new("/d")).await.unwrap();
            disk.sync_dir(Path::new("/")).await.unwrap();
            let file = disk.open(Path::new("/d/f"), OpenMode::WRITE).await.unwrap();
            if sync_name {
                disk.sync_dir(Path::new("/d")).await.unwrap();
            }
            disk.write_at(&file, vec![Bytes::from_static(b"a")], 0).await.unwrap();
            if sync_first {
                disk.sync(&file).await.unwrap();
            }
            disk.write_at(&file, vec![Bytes::from_static(b"b")], 1).await.unwrap();
        });
        let trace = disk.trace();
        let mut found = Vec::new();
        points(&trace, |point| {
            if point.time == trace.now {
                for fates in point.choices(64, &Rng::new(1)) {
                    let again = CrashDisk::new(point.state(&fates).0, None);
                    found.push(block_on(again.read_file(Path::new("/d/f"), 100)).ok());
                }
            }
            true
        });
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn what_was_not_synced_is_there_in_every_combination() {
        let some = |s: &[&[u8]]| s.iter().map(|b| Some(b.to_vec())).collect::<Vec<_>>();
        assert_eq!(left(false, true), some(&[b"", b"\0b", b"a", b"ab"]));
        assert_eq!(left(true, true), some(&[b"a", b"ab"]));
        let mut with_name = some(&[b"a", b"ab"]);
        with_name.insert(0, None);
        assert_eq!(left(true, false), with_name, "a name that was not synced may be missing");
    }

    #[test]
    fn a_torn_write_leaves_some_sectors() {
        let disk = CrashDisk::new(Image::default(), None);
        block_on(async {
            let file = disk.open(Path::new("/f"), OpenMode::WRITE).await.unwrap();
            disk.write_at(&file, vec![Bytes::from(vec![7; 4096])], 0).await.unwrap();
        });
        let mut partly = 0;
        points(&disk.trace(), |point| {
            for fates in point.choices(64, &Rng::new(3)) {
                let again = CrashDisk::new(point.state(&fates).0, None);
                let content = block_on(again.read_file(Path::new("/f"), 9999)).unwrap_or_default();
                let sectors = content.chunks(SECTOR).filter(|s| s.iter().all(|b| *b == 7)).count();
                partly += usize::from((1..8).contains(&sectors));
            }
            true
        });
        assert!(partly > 0);
    }
}
