//! Walking the bytes of a segment in any pieces: is every batch what was written? Pure; used by scrubbing and `verify`.
//!
//! Owner: one segment. Invariants: no input panics; memory is one header; what is bad is told with its place, and the
//! batches behind it are looked at as long as their fronts can be found. Base offset, length and leader epoch are not
//! under a batch's CRC: they are only checked to be possible and in order.

use crate::partition::Head;
use ringlog_wire::crc::{crc32c, crc32c_append};
use ringlog_wire::ids::Offset;

/// Bytes that are not what was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Damage {
    /// Base offset of the segment.
    pub segment: Offset,
    /// Where in its file the batch starts.
    pub position: u64,
    /// The offsets that cannot be trusted: from here
    pub from: Offset,
    /// to here, exclusive.
    pub to: Offset,
    /// What is wrong.
    pub why: &'static str,
}

/// A walk over one segment, from its first byte on.
#[derive(Debug)]
pub struct Walk {
    segment: Offset,
    /// Base offset of the next segment.
    end: Offset,
    /// Where the present batch starts.
    position: u64,
    /// First offset that a batch may have.
    next: Offset,
    raw: [u8; Head::LEN],
    /// Bytes of `raw` that are there.
    got: usize,
    /// The present batch behind its header: what is to come of it, and the CRC of what came.
    body: Option<(Head, u64, u32)>,
    /// The batch before was bad: the next one tells where its offsets end.
    open: bool,
    /// No batch can be found any more.
    lost: bool,
    batches: u64,
    damage: Vec<Damage>,
}

/// What a walk came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Walked {
    /// Everything bad, in order.
    pub damage: Vec<Damage>,
    /// Bytes of whole batches from the front on, good and bad.
    pub whole: u64,
    /// First offset behind them.
    pub next: Offset,
    /// Whole batches.
    pub batches: u64,
    /// True if the bytes end inside a batch.
    pub cut: bool,
}

impl Walk {
    /// Over the segment `segment`, whose successor begins at `end`.
    #[must_use]
    pub fn new(segment: Offset, end: Offset) -> Self {
        Self {
            segment,
            end,
            position: 0,
            next: segment,
            raw: [0; Head::LEN],
            got: 0,
            body: None,
            open: false,
            lost: false,
            batches: 0,
            damage: Vec::new(),
        }
    }

    /// Takes the next bytes. `each` sees every whole batch with its position and whether its CRC is right.
    pub fn push(&mut self, mut bytes: &[u8], each: &mut dyn FnMut(&Head, u64, bool)) {
        while !bytes.is_empty() && !self.lost {
            bytes = match self.body.take() {
                None => self.header(bytes),
                Some((head, left, crc)) => {
                    let now = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    let (mine, rest) = bytes.split_at(now);
                    self.body = Some((head, left - now as u64, crc32c_append(crc, mine)));
                    rest
                }
            };
            if let Some((head, 0, crc)) = self.body {
                self.ended(&head, crc == head.crc, each);
            }
        }
    }

    /// Takes bytes of a header; with the last of them the batch begins.
    fn header<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (mine, rest) = bytes.split_at(bytes.len().min(Head::LEN - self.got));
        let room = self.raw.iter_mut().skip(self.got);
        room.zip(mine).for_each(|(to, from)| *to = *from);
        self.got += mine.len();
        if self.got == Head::LEN {
            self.got = 0;
            match Head::parse(&self.raw) {
                Err(e) => self.lose(e.0),
                Ok(head) if head.base < self.next => {
                    self.lose("a batch's offset is below that of the one before")
                }
                Ok(head) if head.next_offset() > self.end => {
                    self.lose("a batch's offset lies behind its segment");
                }
                Ok(head) => {
                    if let Some(before) = self.damage.last_mut().filter(|_| std::mem::take(&mut self.open)) {
                        before.to = head.base;
                    }
                    let covered = self.raw.get(Head::CRC_FROM..).unwrap_or_default();
                    let left = u64::from(head.size).saturating_sub(Head::LEN as u64);
                    self.body = Some((head, left, crc32c(covered)));
                }
            }
        }
        rest
    }

    fn ended(&mut self, head: &Head, good: bool, each: &mut dyn FnMut(&Head, u64, bool)) {
        self.body = None;
        each(head, self.position, good);
        if good {
            self.next = head.next_offset();
        } else {
            // Where it ends may be what is wrong with it.
            self.note(self.end, "a batch's CRC is wrong");
            self.next = head.base.plus(1);
            self.open = true;
        }
        self.batches += 1;
        self.position += u64::from(head.size);
    }

    /// From here on no batch can be found.
    fn lose(&mut self, why: &'static str) {
        self.note(self.end, why);
        self.lost = true;
    }

    fn note(&mut self, to: Offset, why: &'static str) {
        let Self { segment, position, next, .. } = *self;
        self.damage.push(Damage { segment, position, from: next, to, why });
    }

    /// The bytes from `position` on cannot be read at all.
    pub fn unreadable(&mut self) {
        if !self.lost {
            self.lose("the device cannot read it");
        }
    }

    /// There are no more bytes. `whole`: the segment is closed and must end with a batch.
    #[must_use]
    pub fn finish(mut self, whole: bool) -> Walked {
        let cut = !self.lost && (self.got > 0 || self.body.is_some());
        if cut && whole {
            self.lose("the last batch is cut off");
        }
        Walked { damage: self.damage, whole: self.position, next: self.next, batches: self.batches, cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::record::build::{BatchBuilder, BatchOptions};

    /// Three batches of two records each, from offset 10 on.
    fn segment() -> Vec<u8> {
        let mut all = Vec::new();
        for n in 0..3i64 {
            let mut b =
                BatchBuilder::new(BatchOptions { base_offset: 10 + 2 * n, ..BatchOptions::default() });
            b.append(1000, None, Some(b"a value"), &[]);
            b.append(1001, Some(b"key"), Some(b"another"), &[]);
            all.extend_from_slice(&b.build().unwrap());
        }
        all
    }

    fn walk(bytes: &[u8], piece: usize, whole: bool) -> Walked {
        let mut walk = Walk::new(Offset(10), Offset(16));
        bytes.chunks(piece).for_each(|some| walk.push(some, &mut |_, _, _| {}));
        walk.finish(whole)
    }

    #[test]
    fn good_bytes_in_any_pieces_are_good() {
        let all = segment();
        for piece in [1, 7, 61, 100, 10_000] {
            let walked = walk(&all, piece, true);
            let want = Walked {
                damage: Vec::new(),
                whole: all.len() as u64,
                next: Offset(16),
                batches: 3,
                cut: false,
            };
            assert_eq!(walked, want, "pieces of {piece}");
        }
        assert!(walk(&all[..all.len() - 1], 9, false).cut);
        let cut = walk(&all[..all.len() - 1], 9, true);
        assert_eq!(cut.damage.len(), 1);
        assert_eq!((cut.damage[0].from, cut.damage[0].to), (Offset(14), Offset(16)));
    }

    #[test]
    fn every_changed_byte_is_seen_but_the_leader_epoch_and_offsets_that_stay_in_order() {
        let all = segment();
        let len = all.len() / 3;
        for at in 0..all.len() {
            for bit in [0, 3, 7] {
                let mut bad = all.clone();
                bad[at] ^= 1 << bit;
                let walked = walk(&bad, 50, true);
                let in_batch = at % len;
                let outside = in_batch < 8 || (12..16).contains(&in_batch);
                if outside {
                    continue;
                }
                assert!(!walked.damage.is_empty(), "byte {at} bit {bit}");
                assert_eq!(walked.damage[0].position, (at / len * len) as u64, "byte {at} bit {bit}");
                assert!(walked.damage[0].from == Offset(10 + 2 * (at / len) as u64));
                if in_batch >= Head::CRC_FROM + 6 {
                    assert_eq!(walked.damage.len(), 1, "the batches behind are good: byte {at} bit {bit}");
                }
            }
        }
    }
}
