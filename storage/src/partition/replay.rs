//! Replay: rebuilding the tail from the commit log after a restart.
//!
//! Owner: recovery. Purely positional: an entry says which bytes lie where, and the same bytes may come again
//! (carried blocks). Invariants: what came before must come again byte for byte; nothing leaves a hole; a batch
//! that was cut off by the crash is dropped, and only if no checkpoint counted it.

use super::batch::Head;
use super::log::PartitionLog;
use super::segments::{Segment, Segments};
use super::tail::{LogPosition, Mark};
use crate::buf::BLOCK;
use crate::planted::{Bug, planted};
use ringlog_wire::crc::crc32c_append;
use ringlog_wire::ids::Offset;

/// Bytes of the log as one `append` entry carries them.
#[derive(Clone, Copy, Debug)]
pub struct AppendBytes<'a> {
    /// Base offset of the segment.
    pub segment: Offset,
    /// First byte in its file.
    pub position: u64,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// What was recovered contradicts itself: quarantine, never repair silently.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Corrupt(pub &'static str);

impl std::fmt::Display for Corrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Corrupt {}

/// State that exists only between `restore` and `finish_replay`.
#[derive(Debug)]
pub struct Replay {
    /// Per segment with bytes in memory: base and the end of the contiguous bytes. Oldest first.
    have: Vec<LogPosition>,
    /// The next batch to look at.
    next: Mark,
    /// The log end of the image: batches below are known to producers, epochs and indexes.
    known_end: Offset,
    /// Segment sizes that the image promises.
    promised: Vec<LogPosition>,
    /// The active segment's flushed position in the image, before it was lowered to a block boundary.
    pub(super) was_flushed: u64,
    /// Bytes that a file has behind the last whole batch, by place: true only where the log needs them.
    in_file: Option<(LogPosition, Vec<u8>)>,
    /// Where the bytes end that came from there: a batch that starts below must have the right CRC.
    filled: Option<LogPosition>,
}

impl Replay {
    pub(super) fn new(segments: &Segments, first: Mark, known_end: Offset) -> Result<Self, Corrupt> {
        let unflushed = |s: &&Segment| s.flushed < s.size || s.base == segments.active().base;
        let have = segments.iter().filter(unflushed).map(|s| LogPosition { segment: s.base, pos: s.flushed });
        let promised =
            segments.iter().filter(unflushed).map(|s| LogPosition { segment: s.base, pos: s.size });
        let inside = segments
            .find(first.at.segment)
            .is_some_and(|s| first.at.pos >= s.flushed && first.at.pos <= s.size);
        if !inside || first.base > known_end {
            return Err(Corrupt("the first batch of an image lies outside its segments"));
        }
        Ok(Self {
            have: have.collect(),
            next: first,
            known_end,
            promised: promised.collect(),
            was_flushed: 0,
            in_file: None,
            filled: None,
        })
    }
}

impl PartitionLog {
    /// Takes one append entry. In log order; entries that are wholly flushed change nothing.
    ///
    /// Errors: bytes that differ from those already there, a hole, an impossible batch.
    pub fn replay(&mut self, entry: AppendBytes<'_>, now_ms: i64) -> Result<(), Corrupt> {
        let Some(mut replay) = self.replay.take() else {
            return Err(Corrupt("the log is not being replayed"));
        };
        let result = self.replay_into(&mut replay, entry, now_ms);
        self.replay = Some(replay);
        result
    }

    fn replay_into(
        &mut self,
        replay: &mut Replay,
        entry: AppendBytes<'_>,
        now_ms: i64,
    ) -> Result<(), Corrupt> {
        let start = LogPosition { segment: entry.segment, pos: entry.position };
        let Some(have) = replay.have.iter_mut().find(|h| h.segment == entry.segment) else {
            return self.replay_elsewhere(replay, entry, now_ms);
        };
        if start.pos > have.pos {
            return Err(Corrupt("a hole in the commit log's bytes of a partition"));
        }
        let Some((old, new)) = entry.bytes.split_at_checked((have.pos - start.pos) as usize) else {
            return self.compare(start, entry.bytes);
        };
        self.compare(start, old)?;
        let at = *have;
        have.pos += new.len() as u64;
        self.tail.append(at, new);
        self.parse_replayed(replay, now_ms)
    }

    /// An entry of a segment that has no bytes in memory yet: a finished one, or the next one.
    fn replay_elsewhere(
        &mut self,
        replay: &mut Replay,
        entry: AppendBytes<'_>,
        now_ms: i64,
    ) -> Result<(), Corrupt> {
        let active = self.segments.active();
        if entry.segment < active.base {
            return Ok(()); // flushed and complete, or deleted since
        }
        let complete = replay.next.base == self.end() && replay.next.at == self.segments.end_position();
        if entry.position != 0 || entry.segment != self.end() || !complete {
            return Err(Corrupt("a segment starts where the one before has not ended"));
        }
        let active = self.segments.active_mut();
        let max = active.max_entry();
        active.index.add_time(max);
        self.segments.push(Segment::new(entry.segment, now_ms));
        let at = LogPosition { segment: entry.segment, pos: 0 };
        replay.have.push(at);
        replay.next = Mark { base: entry.segment, at };
        self.replay_into(replay, entry, now_ms)
    }

    /// Tells the replay what a file has at `at` behind its last whole batch: the front of a batch whose rest may
    /// be in the commit log, or what a power cut left of a write. `fill_from_file` takes of it what is missing.
    pub fn offer_from_file(&mut self, at: LogPosition, bytes: Vec<u8>) {
        if let Some(replay) = &mut self.replay {
            replay.in_file = Some((at, bytes));
        }
    }

    /// Before an entry at `place`: if it is a block that was carried, and what lies before it is only in the
    /// file, takes that from there. Returns up to where whole blocks in the file count as flushed.
    ///
    /// Errors: as `replay`.
    pub fn fill_from_file(
        &mut self,
        place: LogPosition,
        now_ms: i64,
    ) -> Result<Option<LogPosition>, Corrupt> {
        let Some(have) = self.replayed_to(place.segment) else { return Ok(None) };
        if place.pos <= have || !place.pos.is_multiple_of(BLOCK as u64) {
            return Ok(None);
        }
        let Some((at, bytes)) = self.replay.as_mut().and_then(|r| r.in_file.take()) else { return Ok(None) };
        let from = have.checked_sub(at.pos).map_or(usize::MAX, |n| n as usize);
        let missing = bytes.get(from..from.saturating_add((place.pos - have) as usize));
        let Some(missing) = missing.filter(|_| at.segment == place.segment) else {
            self.offer_from_file(at, bytes);
            return Ok(None);
        };
        if let Some(replay) = &mut self.replay {
            replay.filled = Some(place);
        }
        self.replay(AppendBytes { segment: place.segment, position: have, bytes: missing }, now_ms)?;
        Ok(Some(place))
    }

    /// Where the contiguous bytes of `segment` end so far; `None` for a segment without bytes in memory.
    #[must_use]
    pub fn replayed_to(&self, segment: Offset) -> Option<u64> {
        self.replay.as_ref()?.have.iter().find(|h| h.segment == segment).map(|h| h.pos)
    }

    /// Bytes that are in memory already must be equal; those below the tail are in a file.
    fn compare(&self, start: LogPosition, bytes: &[u8]) -> Result<(), Corrupt> {
        let tail_start = self.tail.start().filter(|s| s.segment == start.segment).map(|s| s.pos);
        let Some(from) = tail_start.or_else(|| self.segments.find(start.segment).map(|s| s.flushed)) else {
            return Ok(());
        };
        let skip = from.max(start.pos) - start.pos;
        let Some(bytes) = bytes.get(skip as usize..).filter(|b| !b.is_empty()) else { return Ok(()) };
        let mut there = vec![0; bytes.len()];
        let at = LogPosition { pos: start.pos + skip, ..start };
        if self.tail.peek(at, &mut there) && there == bytes {
            Ok(())
        } else {
            Err(Corrupt("the commit log holds two versions of the same bytes"))
        }
    }

    /// Takes note of every batch that is whole now.
    fn parse_replayed(&mut self, replay: &mut Replay, now_ms: i64) -> Result<(), Corrupt> {
        loop {
            let at = replay.next.at;
            let Some(have) = replay.have.iter().find(|h| h.segment == at.segment) else { return Ok(()) };
            let mut raw = [0u8; Head::LEN];
            if have.pos < at.pos + Head::LEN as u64 || !self.tail.peek(at, &mut raw) {
                if self.skip_to_next_segment(replay)? {
                    continue;
                }
                return Ok(());
            }
            let head = Head::parse(&raw).map_err(|e| Corrupt(e.0))?;
            if head.base != replay.next.base {
                return Err(Corrupt("a batch in the commit log has another offset than its place"));
            }
            if have.pos < at.pos + u64::from(head.size) {
                return Ok(());
            }
            if replay.filled.is_some_and(|upto| at.segment == upto.segment && at < upto) {
                self.check_crc(&head, at)?;
            }
            if self.segments.find(at.segment).is_some_and(|s| s.relative(head.last_offset()).is_none()) {
                return Err(Corrupt("a batch in the commit log lies too far from its segment's base"));
            }
            if head.base >= replay.known_end {
                if at != self.segments.end_position() || head.base != self.end() {
                    return Err(Corrupt("a batch in the commit log does not follow the one before"));
                }
                self.on_batch(&head, at, now_ms);
                if planted(Bug::DedupLostOnRecovery) {
                    self.producers = super::producer_state::ProducerState::default();
                }
            } else {
                self.tail.note_batch(head.base, at);
            }
            let at = LogPosition { pos: at.pos + u64::from(head.size), ..at };
            replay.next = Mark { base: head.next_offset(), at };
        }
    }

    /// Checks the CRC of the batch at `at`: its front came from a file that a power cut may have torn.
    fn check_crc(&self, head: &Head, at: LogPosition) -> Result<(), Corrupt> {
        let from = at.pos + Head::CRC_FROM as u64;
        let parts = self.tail.slices(at.segment, from, at.pos + u64::from(head.size)).unwrap_or_default();
        let crc = parts.iter().fold(0, |crc, part| crc32c_append(crc, part));
        if crc == head.crc {
            return Ok(());
        }
        Err(Corrupt("a batch whose front is in the segment and whose rest is in the commit log is damaged"))
    }

    /// At the end of a closed segment the batches go on in the next one; true if so.
    fn skip_to_next_segment(&self, replay: &mut Replay) -> Result<bool, Corrupt> {
        let at = replay.next.at;
        let Some(segment) = self.segments.find(at.segment) else { return Ok(false) };
        let Some(next) = self.segments.after(at.segment) else { return Ok(false) };
        if at.pos != segment.size {
            return Ok(false);
        }
        if next.base != replay.next.base {
            return Err(Corrupt("a closed segment ends at another offset than the next one starts"));
        }
        replay.next.at = LogPosition { segment: next.base, pos: 0 };
        Ok(true)
    }

    /// Ends the replay: a batch cut off by the crash is dropped, everything that is left is durable.
    ///
    /// Returns how many bytes were dropped. Errors: bytes that the checkpoint counted are missing.
    pub fn finish_replay(&mut self) -> Result<u64, Corrupt> {
        let Some(replay) = self.replay.take() else { return Err(Corrupt("the log is not being replayed")) };
        for promised in &replay.promised {
            let have = replay.have.iter().find(|h| h.segment == promised.segment);
            if have.is_none_or(|h| h.pos < promised.pos) {
                return Err(Corrupt("bytes that the checkpoint counts are missing from the commit log"));
            }
        }
        let end = self.segments.end_position();
        let dropped = replay.have.last().map_or(0, |h| h.pos.saturating_sub(end.pos));
        if dropped > 0 {
            self.tail.truncate_end(end);
        }
        self.raise_durable(self.end());
        Ok(dropped)
    }
}
