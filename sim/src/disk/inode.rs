//! One file's bytes: what a reader sees, what a power cut leaves, and the changes between the two.
//!
//! The model. A change is visible at once and *volatile*: it sits in the page cache or in the device's write
//! cache, in the order in which it was made. `sync` makes all of a file's volatile changes stable;
//! `append_durable` and `write_durable` those of their own range, and the length that it needs. At a power cut the device has kept
//! some of the volatile changes, in units of 512-byte sectors, and how it chose is drawn once per file:
//!
//! - nothing, or everything;
//! - every sector of every write by the toss of a coin (lost, reordered and torn writes at once);
//! - whole writes by the toss of a coin (reordered, not torn);
//! - the writes in their order up to a point, the next one torn in the middle.
//!
//! A truncation is kept or lost as a whole. A length that grew is kept as far as kept bytes need it; what was
//! never written in between reads as zeros.
//!
//! A *failed* sync makes a random part of the volatile changes vanish from the way to the device while readers
//! go on seeing them, and a later sync that succeeds does not bring them back: this is what Linux does.
//!
//! Owner: the disk's state. Invariant: what a sync acknowledged is in `stable`.

use crate::rng::Rng;

/// Unit in which un-synced bytes are lost (reliability.md section 2.1).
pub const SECTOR: u64 = 512;

/// A change that is not stable yet.
enum Change {
    Write { pos: u64, data: Vec<u8> },
    Truncate(u64),
}

/// See the module's text.
#[derive(Default)]
pub struct Inode {
    /// What reads see.
    pub live: Vec<u8>,
    stable: Vec<u8>,
    /// In the order in which they were made, numbered from 1.
    volatile: Vec<(u64, Change)>,
    changes: u64,
    /// Some descriptor or some write of a dead process holds the lock.
    pub locks: u32,
    /// Open descriptors.
    pub handles: u32,
    /// Names.
    pub links: u32,
    /// Space reserved past the length, bytes.
    pub reserved: u64,
    /// Sectors that cannot be read until they are written again.
    pub unreadable: Vec<u64>,
    /// Bytes written over by the last write: what a stale read brings.
    pub before: Option<(u64, Vec<u8>)>,
    /// A write or a sync of this file failed: nothing of it may be trusted before a restart.
    pub failed: bool,
}

pub fn to_usize(n: u64) -> usize {
    usize::try_from(n).expect("a simulated file fits in memory")
}

fn put(into: &mut Vec<u8>, pos: u64, data: &[u8]) {
    let end = to_usize(pos) + data.len();
    if into.len() < end {
        into.resize(end, 0);
    }
    if let Some(range) = into.get_mut(to_usize(pos)..end) {
        range.copy_from_slice(data);
    }
}

impl Inode {
    /// A file whose content is stable already.
    pub fn stable(content: &[u8]) -> Self {
        Self { live: content.to_vec(), stable: content.to_vec(), ..Self::default() }
    }

    /// What is live is all there is.
    pub fn replace(&mut self) {
        self.stable.clone_from(&self.live);
        self.volatile.clear();
    }

    pub fn write(&mut self, pos: u64, data: &[u8]) {
        let old = self.live.get(to_usize(pos)..).unwrap_or_default();
        self.before = Some((pos, old.get(..data.len()).unwrap_or(old).to_vec()));
        self.unreadable.retain(|s| s * SECTOR < pos || (s + 1) * SECTOR > pos + data.len() as u64);
        put(&mut self.live, pos, data);
        self.change(Change::Write { pos, data: data.to_vec() });
    }

    fn change(&mut self, change: Change) {
        self.changes += 1;
        self.volatile.push((self.changes, change));
    }

    pub fn truncate(&mut self, len: u64) {
        if len < self.live.len() as u64 {
            // What was reserved behind goes, too.
            self.reserved = self.reserved.min(len);
        }
        self.live.resize(to_usize(len), 0);
        self.change(Change::Truncate(len));
    }

    /// The newest change: a sync that begins now promises nothing of later ones.
    pub fn newest(&self) -> u64 {
        self.changes
    }

    /// Makes all changes up to number `upto` stable.
    pub fn sync(&mut self, upto: u64) {
        let (due, later) = std::mem::take(&mut self.volatile).into_iter().partition(|(n, _)| *n <= upto);
        self.volatile = later;
        let due: Vec<(u64, Change)> = due;
        for (_, change) in due {
            match change {
                Change::Write { pos, data } => put(&mut self.stable, pos, &data),
                Change::Truncate(len) => self.stable.resize(to_usize(len), 0),
            }
        }
    }

    /// Makes `pos..pos + len` stable, and the length if it must be longer.
    pub fn sync_range(&mut self, pos: u64, len: u64) {
        // Lengths become durable in their order: one from before cannot come up behind this one.
        let cut = self.volatile.iter().rev().find(|(_, change)| matches!(change, Change::Truncate(_)));
        if let Some(upto) = cut.map(|(n, _)| *n) {
            self.sync(upto);
        }
        let end = pos + len;
        let data = self.live.get(to_usize(pos)..to_usize(end)).unwrap_or_default();
        put(&mut self.stable, pos, data);
        // What older writes left in the range can no longer come up.
        let mut kept = Vec::new();
        for (n, change) in std::mem::take(&mut self.volatile) {
            let Change::Write { pos: at, data } = change else {
                kept.push((n, change));
                continue;
            };
            let upto = at + data.len() as u64;
            if at < pos {
                let front = data.get(..to_usize(upto.min(pos) - at)).unwrap_or_default().to_vec();
                kept.push((n, Change::Write { pos: at, data: front }));
            }
            if upto > end {
                let from = at.max(end);
                let back = data.get(to_usize(from - at)..).unwrap_or_default().to_vec();
                kept.push((n, Change::Write { pos: from, data: back }));
            }
        }
        self.volatile = kept;
    }

    /// A sync failed: part of what was volatile will never reach the device, and nobody is told again.
    pub fn fail_sync(&mut self, rng: &Rng) {
        self.failed = true;
        self.volatile.retain(|_| rng.one_in(2));
    }

    /// A sync failed: nothing of what was volatile will reach the device.
    pub fn lose_all(&mut self) {
        self.failed = true;
        self.volatile.clear();
    }

    /// The power goes: the device kept some of the volatile changes.
    pub fn lose_power(&mut self, rng: &Rng) {
        let volatile = std::mem::take(&mut self.volatile);
        let mut after = std::mem::take(&mut self.stable);
        let way = rng.below(6);
        let upto = rng.below(volatile.len() as u64 + 1);
        for (n, (_, change)) in (0u64..).zip(volatile) {
            match change {
                Change::Truncate(len) => {
                    if way == 1 || (way > 1 && rng.one_in(2)) {
                        after.resize(to_usize(len), 0);
                    }
                }
                Change::Write { pos, data } => match way {
                    0 => {}
                    1 => put(&mut after, pos, &data),
                    2 => {
                        if rng.one_in(2) {
                            put(&mut after, pos, &data);
                        }
                    }
                    3 if n < upto => put(&mut after, pos, &data),
                    3 if n == upto => tear(&mut after, pos, &data, rng.below(data.len() as u64 + 1)),
                    3 => {}
                    _ => toss(&mut after, pos, &data, rng),
                },
            }
        }
        self.stable.clone_from(&after);
        self.live = after;
        self.locks = 0;
        self.handles = 0;
        self.reserved = 0;
        self.before = None;
        self.failed = false;
    }

    /// A write failed: the device took any of its sectors.
    pub fn fail_write(&mut self, pos: u64, data: &[u8], rng: &Rng) {
        self.failed = true;
        match rng.below(3) {
            0 => {}
            1 => self.write(pos, data),
            _ => {
                let mut torn = std::mem::take(&mut self.live);
                toss(&mut torn, pos, data, rng);
                self.live = torn;
                let end = (to_usize(pos) + data.len()).min(self.live.len());
                if let Some(now) = self.live.get(to_usize(pos)..end) {
                    let data = now.to_vec();
                    self.change(Change::Write { pos, data });
                }
            }
        }
    }

    /// Flips a bit of the byte at `pos`, wherever it is kept.
    pub fn rot(&mut self, pos: u64, bit: u32) {
        for bytes in [&mut self.live, &mut self.stable] {
            if let Some(byte) = bytes.get_mut(to_usize(pos)) {
                *byte ^= 1 << (bit % 8);
            }
        }
    }
}

/// Keeps the sectors of a write before byte `upto`.
fn tear(after: &mut Vec<u8>, pos: u64, data: &[u8], upto: u64) {
    let end = (pos + upto) / SECTOR * SECTOR;
    if let Some(front) = end.checked_sub(pos).and_then(|n| data.get(..to_usize(n))) {
        put(after, pos, front);
    }
}

/// Keeps each sector of a write by the toss of a coin.
fn toss(after: &mut Vec<u8>, pos: u64, data: &[u8], rng: &Rng) {
    let end = pos + data.len() as u64;
    let mut coins = (0, 0);
    let mut sector = pos / SECTOR * SECTOR;
    while sector < end {
        if coins.0 == 0 {
            coins = (64, rng.next());
        }
        let (a, b) = (sector.max(pos), (sector + SECTOR).min(end));
        if coins.1 & 1 == 1 {
            put(after, a, data.get(to_usize(a - pos)..to_usize(b - pos)).unwrap_or_default());
        }
        coins = (coins.0 - 1, coins.1 >> 1);
        sector += SECTOR;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seed: u64, change: impl Fn(&mut Inode)) -> Vec<u8> {
        let mut inode = Inode::stable(&[0; 2048]);
        change(&mut inode);
        inode.lose_power(&Rng::new(seed));
        inode.live
    }

    #[test]
    fn a_cut_leaves_old_or_new_sectors_and_every_way_of_losing_comes_up() {
        let ends: std::collections::BTreeSet<Vec<u8>> = (0..300)
            .map(|seed| {
                let end = after(seed, |i| {
                    i.write(0, &[1; 1024]);
                    i.write(512, &[2; 1024]);
                });
                assert!(end.chunks(512).all(|s| s.iter().all(|b| *b == s[0])), "a sector is whole");
                end
            })
            .collect();
        for wanted in [[0, 0, 0, 0], [1, 2, 2, 0], [1, 1, 0, 0], [0, 2, 2, 0], [1, 1, 2, 0], [0, 0, 2, 0]] {
            let file: Vec<u8> = wanted.iter().flat_map(|b| [*b; 512]).collect();
            assert!(ends.contains(&file), "{wanted:?}");
        }
    }

    #[test]
    fn a_durable_range_survives_and_older_writes_in_it_stay_gone() {
        for seed in 0..100 {
            let end = after(seed, |i| {
                i.write(0, &[1; 2048]);
                i.write(512, &[2; 512]);
                i.sync_range(512, 512);
            });
            assert_eq!(end[512..1024], [2; 512]);
        }
    }

    #[test]
    fn what_a_failed_sync_dropped_does_not_come_back_with_the_next_one() {
        let lost = (0..40).any(|seed| {
            let end = after(seed, |i| {
                i.write(0, &[1; 512]);
                i.fail_sync(&Rng::new(seed));
                i.sync(i.newest());
            });
            end[0] == 0
        });
        assert!(lost);
    }
}
