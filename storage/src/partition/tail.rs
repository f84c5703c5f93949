//! The tail: the bytes of a partition's log that are not yet in a segment, plus flushed ones kept as a cache.
//!
//! Owner: one partition. Addressed by (segment base, file position). Invariants: pieces follow each other
//! without a hole; each starts on a block boundary of the file, so whole blocks go to disk from here without a
//! copy; `marks` names the first batch that starts in the tail, and then one batch at most every `MARK_EVERY`
//! bytes. Cost: an append copies once; finding a batch is a binary search and at most `MARK_EVERY` of headers.

use super::batch::Head;
use crate::buf::{BLOCK, Chunk, Gauge, HUGE_PAGE, blocks_down, blocks_up};
use crate::few::Few;
use bytes::Bytes;
use ringlog_wire::ids::Offset;
use std::collections::VecDeque;

/// The smallest chunk: what an idle partition pins.
pub const CHUNK_MIN: usize = BLOCK;
/// The largest chunk of a usual tail; sizes double up to it. No more than is worth a flush: what is flushed can go,
/// and a thousand busy partitions stay within the tail's budget.
pub const CHUNK_MAX: usize = 64 * 1024;
/// The largest chunk of all, of tails that hold `LONG_SHARE` times as much: a huge page, which the device takes as
/// one piece (docs/decisions/0023-memory-of-long-tails.md).
pub const CHUNK_LONG: usize = HUGE_PAGE;
/// Only appends of so many bytes at once take a chunk above `CHUNK_MAX`: they make long writes, and fill it soon. All of
/// a fresh huge page is cleared at its first byte, milliseconds in a virtual machine.
const LONG_APPEND: usize = 16 * 1024;
/// No chunk above `CHUNK_MAX` is a larger part of its tail than one in so many.
const LONG_SHARE: usize = 8;
/// A batch is noted in the tail's index when it starts this far behind the noted one before, bytes.
const MARK_EVERY: u64 = 4096;

/// A byte of the log: in which segment, where in its file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LogPosition {
    /// Base offset of the segment.
    pub segment: Offset,
    /// Byte in its file.
    pub pos: u64,
}

/// A batch boundary in the tail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Base offset of the batch that starts here.
    pub base: Offset,
    /// Where it starts.
    pub at: LogPosition,
}

#[derive(Debug)]
struct Piece {
    at: LogPosition,
    /// Log bytes in the chunk; the chunk's own length also counts the padding of a sealed block.
    len: usize,
    chunk: Chunk,
}

impl Piece {
    fn end(&self) -> u64 {
        self.at.pos + self.len as u64
    }
}

/// See the module's text.
#[derive(Debug)]
pub struct Tail {
    gauge: Gauge,
    pieces: VecDeque<Piece>,
    marks: VecDeque<Mark>,
    next_cap: usize,
}

impl Tail {
    /// An empty tail; its chunks are charged to `gauge`.
    #[must_use]
    pub fn new(gauge: Gauge) -> Self {
        Self { gauge, pieces: VecDeque::new(), marks: VecDeque::new(), next_cap: CHUNK_MIN }
    }

    /// Where the bytes in memory start; `None` if there are none.
    #[must_use]
    pub fn start(&self) -> Option<LogPosition> {
        self.pieces.front().map(|p| p.at)
    }

    /// Bytes of memory pinned by chunks (slices in flight not counted).
    #[must_use]
    pub fn memory(&self) -> usize {
        self.pieces.iter().map(|p| p.chunk.capacity()).sum()
    }

    /// The first batch that starts in the tail.
    #[must_use]
    pub fn first_batch(&self) -> Option<Mark> {
        self.marks.front().copied()
    }

    /// Copies `bytes` to `at`, which must be where the tail ends: the next byte of the same segment, or the
    /// start of the next segment, or (into an empty tail) any block boundary.
    pub fn append(&mut self, mut at: LogPosition, mut bytes: &[u8]) {
        let long = bytes.len() >= LONG_APPEND;
        while !bytes.is_empty() {
            let room = self.room_at(at, bytes.len(), long);
            let n = room.chunk.append(bytes);
            room.len += n;
            at.pos += n as u64;
            bytes = bytes.get(n..).unwrap_or_default();
        }
    }

    /// The piece that takes the byte at `at`, of an append that is `long` and has `want` bytes left.
    fn room_at(&mut self, at: LogPosition, want: usize, long: bool) -> &mut Piece {
        let fits = match self.pieces.back() {
            Some(last) if last.at.segment == at.segment => {
                assert_eq!(last.end(), at.pos, "a hole in the tail of segment {}", at.segment);
                assert_eq!(last.len, last.chunk.len(), "an append behind a sealed block");
                last.chunk.len() < last.chunk.capacity()
            }
            _ => false,
        };
        if !fits {
            assert_eq!(at.pos % BLOCK as u64, 0, "a piece of the tail starts inside a block");
            if at.pos == 0 {
                self.next_cap = CHUNK_MIN; // small segments get small chunks
            }
            let most = match self.memory() / LONG_SHARE {
                share if long && share > CHUNK_MAX => share.min(CHUNK_LONG),
                _ => CHUNK_MAX,
            };
            let cap = blocks_down(self.next_cap.max(blocks_up(want)).min(most));
            self.next_cap = cap * 2;
            self.pieces.push_back(Piece { at, len: 0, chunk: Chunk::new(cap, &self.gauge) });
        }
        self.pieces.back_mut().expect("a piece was found or pushed")
    }

    /// Notes that a batch starts at `at`; batches come in order.
    pub fn note_batch(&mut self, base: Offset, at: LogPosition) {
        let due = self
            .marks
            .back()
            .is_none_or(|last| last.at.segment != at.segment || at.pos - last.at.pos >= MARK_EVERY);
        if due {
            self.marks.push_back(Mark { base, at });
        }
    }

    /// The bytes `from..to` of `segment`, sharing memory; `None` if not all of them are here.
    #[must_use]
    pub fn slices(&self, segment: Offset, from: u64, to: u64) -> Option<Vec<Bytes>> {
        let mut parts = Vec::new();
        self.each_slice(segment, from, to, |part| parts.push(part)).then_some(parts)
    }

    /// The same without memory of its own for one slice: for reads, which rarely cross a chunk.
    #[must_use]
    pub fn few_slices(&self, segment: Offset, from: u64, to: u64) -> Option<Few<Bytes>> {
        let mut parts = Few::default();
        self.each_slice(segment, from, to, |part| parts.push(part)).then_some(parts)
    }

    /// Hands the slices to `take`; false if not all bytes are here.
    fn each_slice(&self, segment: Offset, from: u64, to: u64, mut take: impl FnMut(Bytes)) -> bool {
        let Some(first) = self.piece_of(LogPosition { segment, pos: from }) else { return false };
        let mut next = from;
        for piece in self.pieces.range(first..) {
            if next >= to {
                break;
            }
            if piece.at.segment != segment || piece.at.pos > next {
                return false;
            }
            let end = piece.end().min(to);
            take(piece.chunk.slice((next - piece.at.pos) as usize, (end - piece.at.pos) as usize));
            next = end;
        }
        next == to
    }

    /// Fills `buf` from the byte at `at` on; false if not all of it is here.
    #[must_use]
    pub fn peek(&self, at: LogPosition, buf: &mut [u8]) -> bool {
        let Some(first) = self.piece_of(at) else { return false };
        let mut filled = 0;
        for piece in self.pieces.range(first..).take_while(|p| p.at.segment == at.segment) {
            let Some(rest) = buf.get_mut(filled..) else { break };
            let from = (at.pos + filled as u64 - piece.at.pos) as usize;
            let Some(src) = piece.chunk.written().get(from..piece.len) else { break };
            let n = src.len().min(rest.len());
            rest.iter_mut().zip(src).for_each(|(d, s)| *d = *s);
            filled += n;
            if filled == buf.len() {
                return true;
            }
        }
        buf.is_empty()
    }

    /// The header of the batch at `at`; `None` if its header is not wholly in memory.
    #[must_use]
    pub fn head_at(&self, at: LogPosition) -> Option<Head> {
        let mut raw = [0u8; Head::LEN];
        self.peek(at, &mut raw).then(|| Head::parse(&raw).expect("the tail holds checked batches"))
    }

    /// The noted batch at or before `offset`.
    #[must_use]
    pub fn mark_for(&self, offset: Offset) -> Option<Mark> {
        let next = self.marks.partition_point(|m| m.base <= offset);
        self.marks.get(next.checked_sub(1)?).copied()
    }

    /// The noted batch at or before byte `at`.
    #[must_use]
    pub fn mark_at(&self, at: LogPosition) -> Option<Mark> {
        let next = self.marks.partition_point(|m| m.at <= at);
        self.marks.get(next.checked_sub(1)?).copied()
    }

    /// The first noted batch at or behind byte `at`.
    #[must_use]
    pub fn mark_from(&self, at: LogPosition) -> Option<Mark> {
        self.marks.get(self.marks.partition_point(|m| m.at < at)).copied()
    }

    /// The padded last block of `segment`, from byte `from` (a block boundary) to its end.
    /// Seals the piece: nothing can be appended to this segment afterwards.
    #[must_use]
    pub fn sealed_slices(&mut self, segment: Offset, from: u64) -> Option<Vec<Bytes>> {
        let last = self.pieces.iter().rposition(|p| p.at.segment == segment)?;
        let end = self.pieces.get(last)?.at.pos;
        let mut parts = if end > from { self.slices(segment, from, end)? } else { Vec::new() };
        let piece = self.pieces.get_mut(last)?;
        parts.push(piece.chunk.seal_padded(from.saturating_sub(piece.at.pos) as usize));
        Some(parts)
    }

    /// Where the tail would start after `drop_first`; `None` if it must not go, since the log ends inside a
    /// block of it. `active`: base of the active segment.
    #[must_use]
    pub fn after_first(&self, active: Offset) -> Option<LogPosition> {
        if let Some(second) = self.pieces.get(1) {
            return Some(second.at);
        }
        let only = self.pieces.front()?;
        if only.at.segment != active {
            return Some(LogPosition { segment: active, pos: 0 });
        }
        only.end()
            .is_multiple_of(BLOCK as u64)
            .then(|| LogPosition { segment: only.at.segment, pos: only.end() })
    }

    /// Drops the first piece. The caller has made sure that every batch starting in it is wholly on disk;
    /// `first` is the first batch that starts behind it. Returns the bytes of memory let go.
    pub fn drop_first(&mut self, first: Option<Mark>) -> usize {
        let Some(gone) = self.pieces.pop_front() else { return 0 };
        match self.pieces.front().map(|p| p.at) {
            Some(cut) => self.restart_marks(cut, first),
            None => {
                self.marks.clear();
                self.next_cap = CHUNK_MIN;
            }
        }
        gone.chunk.capacity()
    }

    /// Drops the bytes of segments below `first`, which left the log. Returns the bytes of memory let go.
    pub fn drop_segments_below(&mut self, first: Offset) -> usize {
        let gone = self.pieces.partition_point(|p| p.at.segment < first);
        let freed = self.pieces.drain(..gone).map(|p| p.chunk.capacity()).sum();
        let gone = self.marks.partition_point(|m| m.at.segment < first);
        self.marks.drain(..gone);
        freed
    }

    /// Replaces a large, mostly flushed last piece by a small one that holds only what follows `keep`, a
    /// block boundary. Same duty of the caller as `drop_front`. Returns the bytes of memory let go.
    pub fn shrink_last(&mut self, keep: LogPosition, first: Option<Mark>) -> usize {
        let [piece] = self.pieces.make_contiguous() else { return 0 };
        let before = piece.chunk.capacity();
        if piece.at.segment != keep.segment || keep.pos < piece.at.pos || piece.len != piece.chunk.len() {
            return 0;
        }
        let rest = piece.chunk.written().get((keep.pos - piece.at.pos) as usize..).unwrap_or_default();
        if blocks_up(rest.len().max(1)) >= before || before <= CHUNK_MIN {
            return 0;
        }
        let mut chunk = Chunk::new(blocks_up(rest.len().max(1)), &self.gauge);
        chunk.append(rest);
        let after = chunk.capacity();
        self.next_cap = after * 2;
        *piece = Piece { at: keep, len: chunk.len(), chunk };
        self.restart_marks(keep, first);
        before - after
    }

    /// Cuts the tail at `end`: later bytes and marks are gone. Copies what is left of the last piece, since
    /// readers may still hold slices of the old one.
    pub fn truncate_end(&mut self, end: LogPosition) {
        while self.pieces.back().is_some_and(|p| p.at >= end) {
            self.pieces.pop_back();
        }
        if let Some(last) = self.pieces.back_mut()
            && last.at.segment == end.segment
            && last.end() > end.pos
        {
            let keep = last.chunk.written().get(..(end.pos - last.at.pos) as usize).unwrap_or_default();
            let mut chunk = Chunk::new(last.chunk.capacity(), &self.gauge);
            chunk.append(keep);
            *last = Piece { at: last.at, len: chunk.len(), chunk };
        }
        while self.marks.back().is_some_and(|m| m.at >= end) {
            self.marks.pop_back();
        }
    }

    fn restart_marks(&mut self, cut: LogPosition, first: Option<Mark>) {
        let gone = self.marks.partition_point(|m| m.at < cut);
        self.marks.drain(..gone);
        if let Some(first) = first
            && self.marks.front().is_none_or(|m| m.at > first.at)
        {
            self.marks.push_front(first);
        }
    }

    fn piece_of(&self, at: LogPosition) -> Option<usize> {
        let next = self.pieces.partition_point(|p| p.at <= at);
        let i = next.checked_sub(1)?;
        (self.pieces.get(i)?.at.segment == at.segment).then_some(i)
    }
}

/// The largest block boundary at or below `pos`.
#[must_use]
pub fn block_floor(pos: u64) -> u64 {
    pos - pos % BLOCK as u64
}

const _: () =
    assert!(blocks_down(CHUNK_MAX) == CHUNK_MAX && CHUNK_MIN <= CHUNK_MAX && CHUNK_MAX < CHUNK_LONG);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_appends_to_a_tail_that_holds_much_have_long_chunks() {
        let gauge = Gauge::default();
        let mut tail = Tail::new(gauge.clone());
        let bytes = vec![7; 256 << 10];
        let mut at = LogPosition { segment: Offset(0), pos: 0 };
        let mut longest = 0;
        while at.pos < 40 << 20 {
            let before = tail.memory();
            tail.append(at, &bytes);
            at.pos += bytes.len() as u64;
            for piece in tail.pieces.iter().filter(|p| p.at.pos + bytes.len() as u64 >= at.pos) {
                let cap = piece.chunk.capacity();
                assert!(cap <= CHUNK_MAX.max(tail.memory() / LONG_SHARE), "{cap} of {before}");
                longest = longest.max(cap);
            }
        }
        assert_eq!(longest, CHUNK_LONG);
        assert_eq!(tail.pieces.back().map(|p| p.chunk.capacity()), Some(CHUNK_LONG));
        let long = tail.pieces.len();
        let (short, end) = (&bytes[..1024], at.pos + (4 << 20));
        while at.pos < end {
            tail.append(at, short);
            at.pos += 1024;
        }
        let longest = tail.pieces.iter().skip(long).map(|p| p.chunk.capacity()).max();
        assert_eq!(longest, Some(CHUNK_MAX), "short appends would wait for the clearing of a huge page");
        assert_eq!(gauge.used(), tail.memory());
    }
}
