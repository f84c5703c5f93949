//! Produce validation of one partition's records: everything that the bytes alone decide.
//!
//! Owner: one request's check, on the core that took the connection. Order of checks as in protocol.md 3.2,
//! steps 2 to 5. Invariants: what passes, every strict consumer can read back; memory does not depend on counts
//! or lengths in the bytes; work is cut into steps, so that the caller can yield.

mod header;
mod outcome;
mod tally;

pub use outcome::{
    ProduceReject, ProduceRules, RECORD_ERRORS_MAX, RecordError, RejectKind, TimestampType, Validated,
};

use crate::compress::{Codec, Decoder, PIECE};
use crate::crc::{crc32c, crc32c_append};
use crate::record::batch::{BatchHeader, CRC_START, HEADER_LEN};
use crate::record::cursor::Cursor;
use crate::record::scan::{RecordFacts, RecordScan};
use crate::record::walk::{Record, RecordFault};
use bytes::Bytes;
use header::{check_sound, open};
use outcome::packed_reject;
use tally::Tally;

/// What a step led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Call again.
    More,
    /// The batch is good.
    Done(Validated),
}

/// A running validation of one batch. `!Sync` work, no locks: drop it to give up.
#[derive(Debug)]
pub struct Check {
    batch: Bytes,
    header: BatchHeader,
    rules: ProduceRules,
    stage: Stage,
    tally: Tally,
}

#[derive(Debug)]
enum Stage {
    Crc { at: usize, crc: u32 },
    Records { scan: RecordScan, at: usize },
    Packed { scan: RecordScan, decoder: Decoder },
    Done,
}

/// Runs a whole check at once.
///
/// Errors: as [`Check::begin`] and [`Check::step`]. O(uncompressed size).
pub fn validate(records: &Bytes, rules: ProduceRules) -> Result<Validated, ProduceReject> {
    if let Some(outcome) = validate_plain(records, &rules) {
        return outcome;
    }
    let mut check = Check::begin(records, rules)?;
    loop {
        if let Progress::Done(v) = check.step(usize::MAX)? {
            return Ok(v);
        }
    }
}

/// Runs the whole check of records that are not compressed, at once and without a share of the frame.
/// `None`: they are, so a [`Check`] is to do it.
///
/// What it calls is inlined, so that the header is written once, into the result: copies of it took a third of the
/// time of a small batch.
///
/// Errors: as [`Check::begin`] and [`Check::step`]. O(size), no allocation unless something is wrong.
pub fn validate_plain(records: &[u8], rules: &ProduceRules) -> Option<Result<Validated, ProduceReject>> {
    let header = match open(records, rules) {
        Ok(header) if header.attributes.codec() != Some(Codec::None) => return None,
        Ok(header) => header,
        Err(reject) => return Some(Err(reject)),
    };
    let mut tally = Tally::new(&header, rules);
    if let Err(reject) = check_plain(records, &header, rules, &mut tally) {
        return Some(Err(reject));
    }
    Some(Ok(tally.passed(&header, rules)))
}

#[inline(always)]
fn check_plain(
    records: &[u8],
    header: &BatchHeader,
    rules: &ProduceRules,
    tally: &mut Tally,
) -> Result<(), ProduceReject> {
    check_sound(header, crc32c(records.get(CRC_START..).unwrap_or_default()), &rules.limits)?;
    let walked = walk_plain(records.get(HEADER_LEN..).unwrap_or_default(), header.records_count, tally);
    walked.map_err(|f| tally.fault(f))?;
    tally.verdict()
}

#[inline(always)]
fn walk_plain(payload: &[u8], count: i32, tally: &mut Tally) -> Result<(), RecordFault> {
    let mut c = Cursor::new(payload);
    for _ in 0..count {
        if c.remaining() == 0 {
            return Err(RecordFault::Missing);
        }
        let r = Record::read(&mut c)?;
        let (timestamp_delta, offset_delta, key_is_null) =
            (r.timestamp_delta, r.offset_delta, r.key.is_none());
        tally.on_record(RecordFacts { timestamp_delta, offset_delta, key_is_null })?;
    }
    match c.remaining() {
        0 => Ok(()),
        n => Err(RecordFault::Trailing(n)),
    }
}

impl Check {
    /// Looks at sizes and magic; neither CRC nor records yet. O(1).
    ///
    /// `records`: the partition's records field; shared, not copied.
    /// Errors: no batch, more than one, foreign magic, zstd before Produce 7, base offset, size.
    pub fn begin(records: &Bytes, rules: ProduceRules) -> Result<Self, ProduceReject> {
        let header = open(records, &rules)?;
        let tally = Tally::new(&header, &rules);
        let batch = records.clone();
        Ok(Self { batch, header, rules, stage: Stage::Crc { at: CRC_START, crc: 0 }, tally })
    }

    /// The header, CRC not yet checked.
    #[must_use]
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// Goes on for about `budget` bytes of CRC or of decompressed records (up to one 4 MiB lz4 block more).
    ///
    /// Errors: the reject to answer; the check is over then. Must not be called after `Done`.
    pub fn step(&mut self, budget: usize) -> Result<Progress, ProduceReject> {
        let budget = budget.max(1);
        match &mut self.stage {
            Stage::Crc { at, crc } => {
                let rest = self.batch.get(*at..).unwrap_or_default();
                let piece = rest.get(..budget.min(rest.len())).unwrap_or_default();
                *crc = crc32c_append(*crc, piece);
                *at += piece.len();
                if *at < self.batch.len() {
                    return Ok(Progress::More);
                }
                let (computed, left) = (*crc, budget - piece.len().min(budget));
                self.after_crc(computed)?;
                if left == 0 { Ok(Progress::More) } else { self.step(left) }
            }
            Stage::Records { scan, at } => {
                let rest = self.batch.get(*at..).unwrap_or_default();
                let piece = rest.get(..budget.min(rest.len())).unwrap_or_default();
                *at += piece.len();
                scan.push(piece, &mut |r| self.tally.on_record(r)).map_err(|f| self.tally.fault(f))?;
                if *at < self.batch.len() {
                    return Ok(Progress::More);
                }
                scan.finish().map_err(|f| self.tally.fault(f))?;
                self.finish()
            }
            Stage::Packed { scan, decoder } => {
                let mut piece = [0u8; PIECE];
                let mut left = budget;
                while left > 0 {
                    let n = decoder.read(&mut piece).map_err(packed_reject)?;
                    if n == 0 {
                        scan.finish().map_err(|f| self.tally.fault(f))?;
                        return self.finish();
                    }
                    let got = piece.get(..n).unwrap_or_default();
                    scan.push(got, &mut |r| self.tally.on_record(r)).map_err(|f| self.tally.fault(f))?;
                    left = left.saturating_sub(n);
                }
                Ok(Progress::More)
            }
            Stage::Done => unreachable!("a finished check must not be stepped"),
        }
    }

    fn after_crc(&mut self, computed: u32) -> Result<(), ProduceReject> {
        let codec = check_sound(&self.header, computed, &self.rules.limits)?;
        let scan = RecordScan::new(self.header.records_count);
        self.stage = if codec == Codec::None {
            Stage::Records { scan, at: HEADER_LEN }
        } else {
            let input = self.batch.slice(HEADER_LEN..);
            let decoder = Decoder::new(codec, input, &self.rules.limits).map_err(packed_reject)?;
            Stage::Packed { scan, decoder }
        };
        Ok(())
    }

    fn finish(&mut self) -> Result<Progress, ProduceReject> {
        self.stage = Stage::Done;
        self.tally.verdict()?;
        Ok(Progress::Done(self.tally.passed(&self.header, &self.rules)))
    }
}

#[cfg(test)]
mod tests;
