//! Scrubbing: closed segments are read from the device, past the page cache, and every batch's CRC is checked.
//!
//! Owner: the store; the shard runs one pass at a time in its lowest lane. Invariants: nothing is changed on disk;
//! damage counts only when a second reading, while nothing changes the partition's files, finds it too;
//! what is damaged is not served from the file any more, nor
//! anything that would need it, and is served again when it reads right (reliability.md 2.2, row 3).

use super::clean::Settled;
use super::{Partition, Phase, Store};
use crate::buf::{AlignedBuf, BLOCK};
use crate::clean::{CleanWant, Pace};
use crate::disk::{Disk, OpenMode};
use crate::limits::BACKGROUND_BYTES;
use crate::partition::files::SegmentFile;
use crate::read::{ReadError, ReadWant};
use crate::scrub::{Damage, Walk};
use ringlog_wire::ids::Offset;
use std::io;
use std::rc::Rc;

/// Bytes checked before the core's other tasks have their turn: some 10 microseconds.
const TURN_BYTES: usize = 64 << 10;

/// What a pass over one partition came to.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Scrubbed {
    /// Segments read.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What is damaged in them.
    pub damage: Vec<Damage>,
}

impl<D: Disk> Store<D> {
    /// Reads all closed segments of `partition`, no faster than `pace` lets it be. Ends early when the store closes
    /// or the partition is deleted.
    pub async fn scrub(&self, partition: &Rc<Partition<D>>, pace: &Pace<'_>) -> Scrubbed {
        let want = CleanWant { now_ms: 0, delete_retention_ms: 0, min_lag_ms: 0, keys_max: 0 };
        let mut scrubbed = Scrubbed::default();
        for segment in partition.settled(&want, true) {
            let Some(mut damage) = self.scrub_segment(partition, &segment, pace).await else { continue };
            if !damage.is_empty() {
                // In the gate: compaction changes what memory says of a segment and then its file.
                let _inside = partition.gate.enter().await;
                if !partition.settled(&want, true).contains(&segment) {
                    continue;
                }
                let at_once: &Pace<'_> = &|_| Box::pin(async {});
                let Some(again) = self.scrub_segment(partition, &segment, at_once).await else { continue };
                damage.retain(|d| again.contains(d));
            }
            scrubbed.segments += 1;
            scrubbed.bytes += segment.size;
            self.count(|s| s.damaged_batches += damage.len() as u64);
            partition.set_damage(segment.base, &damage);
            scrubbed.damage.extend(damage);
        }
        scrubbed
    }

    /// `None`: the segment is not there any more, or nothing can be said of it.
    async fn scrub_segment(
        &self,
        partition: &Partition<D>,
        segment: &Settled,
        pace: &Pace<'_>,
    ) -> Option<Vec<Damage>> {
        let path = partition.segment_path(SegmentFile::Log, segment.base);
        let file = self.disk.open(&path, OpenMode::READ_DIRECT).await.ok()?;
        let mut walk = Walk::new(segment.base, segment.end);
        let mut buf = AlignedBuf::zeroed(BACKGROUND_BYTES, &self.buffers);
        let mut pos = 0;
        while pos < segment.size {
            if self.phase.get() != Phase::Open || self.is_offline() || partition.deleted.get() {
                return None;
            }
            let left = usize::try_from(segment.size - pos).unwrap_or(usize::MAX);
            let (read, back) =
                self.disk.read_at(&file, buf, pos, left.next_multiple_of(BLOCK).min(BACKGROUND_BYTES)).await;
            buf = back;
            let n = match read {
                Ok(n) => n.min(left),
                // The process has no room for it: nothing is known of the device.
                Err(e) if e.kind() == io::ErrorKind::OutOfMemory => return None,
                Err(_) => 0,
            };
            // A short read goes on from a block's front; one of nothing means that the file or the device ends here.
            let n = if n < left { n / BLOCK * BLOCK } else { n };
            if n == 0 {
                walk.unreadable();
                break;
            }
            let mut batches = 0;
            for some in buf.as_slice().get(..n).unwrap_or_default().chunks(TURN_BYTES) {
                walk.push(some, &mut |_, _, _| batches += 1);
                super::wait::give_way().await;
            }
            self.count(|s| {
                s.scrubbed_bytes += n as u64;
                s.scrubbed_batches += batches;
            });
            pos += n as u64;
            pace(n).await;
        }
        let same = partition.log.borrow().segments().find(segment.base).is_some_and(|s| {
            // Compaction may have put another in its place.
            s.size == segment.size && s.flushed == s.size
        });
        same.then(|| walk.finish(true).damage)
    }
}

impl<D: Disk> Partition<D> {
    /// Remembers what is damaged in segment `base`, instead of what was before.
    fn set_damage(&self, base: Offset, damage: &[Damage]) {
        let start = self.log.borrow().log_start();
        let mut all = self.damage.borrow_mut();
        all.retain(|d| d.segment != base && d.to > start);
        all.extend(damage);
        all.sort_by_key(|d| d.from);
    }

    /// What of a read can be had from files: nothing of damaged batches, nor what lies behind them.
    ///
    /// Errors: the first batch wanted is damaged.
    pub(super) fn undamaged(&self, want: ReadWant) -> Result<ReadWant, ReadError> {
        for d in &*self.damage.borrow() {
            if d.from <= want.from && want.from < d.to {
                return Err(ReadError::Corrupt { segment: d.segment, position: d.position, why: d.why });
            }
            if d.from > want.from {
                return Ok(ReadWant { upto: want.upto.min(d.from), ..want });
            }
        }
        Ok(want)
    }
}
