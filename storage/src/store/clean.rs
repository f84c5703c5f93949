//! One pass of compaction over one partition: the keys of what is new, then every segment without what they
//! supersede, written beside the old ones.
//!
//! Owner: the store; the shard runs passes one after the other in its lowest lane. Invariants: only closed,
//! flushed, durable segments are touched; what a disk gives back is verified before it is used, and damage ends
//! the pass with everything as it was; a cleaned segment ends at the offset at which those that it replaces
//! ended, if need be in an empty batch, so that the segments of a log still follow each other without a gap.

use super::clean_output::Output;
use super::open::io_error;
use super::segment::unlink_if_there;
use super::wait::give_way;
use super::{Partition, Phase, Store, StoreError};
use crate::clean::filter::{BadStored, Left, Opened, Rules};
use crate::clean::keys::Keys;
use crate::clean::replacement::REPLACED_MAX;
use crate::clean::{CleanWant, Cleanable, Cleaned, Pace};
use crate::disk::{Disk, OpenMode};
use crate::limits::BACKGROUND_BYTES;
use crate::partition::files::SegmentFile;
use crate::partition::segments::Segment;
use crate::partition::{FlushWant, Head, SegmentBytes};
use crate::planted::{Bug, planted};
use crate::read::source::Source;
use bytes::Bytes;
use ringlog_wire::ids::Offset;
use std::io;
use std::rc::Rc;

/// Bytes of batches worked on before the core's other tasks have their turn.
const TURN_BYTES: usize = 32 << 10;

/// A segment that a pass may touch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Settled {
    pub(super) base: Offset,
    /// Base of the next.
    pub(super) end: Offset,
    pub(super) size: u64,
    created_ms: i64,
    first_ms: Option<i64>,
}

/// A pass that goes on.
struct Pass<'a, 'p, D: Disk> {
    partition: &'a Rc<Partition<D>>,
    want: CleanWant,
    keys: Keys,
    cleaned: Cleaned,
    since_turn: usize,
    /// The newest checkpoint knows all segments of the pass as closed and flushed.
    known: bool,
    /// Bytes written since the last turn.
    written: usize,
    pace: &'a Pace<'p>,
}

impl<D: Disk> Partition<D> {
    /// From the oldest on: closed, durable, old enough; `in_files`: and wholly there.
    pub(super) fn settled(&self, want: &CleanWant, in_files: bool) -> Vec<Settled> {
        let (log, files) = (self.log.borrow(), self.files.borrow());
        let segments: Vec<&Segment> = log.segments().iter().collect();
        let youngest = want.now_ms.saturating_sub(i64::try_from(want.min_lag_ms).unwrap_or(i64::MAX));
        let settles = |s: &Segment, end: Offset| {
            let young = want.min_lag_ms > 0
                && !planted(Bug::MinLagIgnored)
                && s.max_timestamp.is_some_and(|m| m.timestamp > youngest);
            let there = s.flushed == s.size && !files.is_busy(s.base);
            end <= log.durable() && !young && (there || !in_files)
        };
        let pairs = segments.windows(2).filter_map(|pair| match pair {
            [s, next] => Some((*s, next.base)),
            _ => None,
        });
        pairs
            .take_while(|(s, end)| settles(s, *end))
            .map(|(s, end)| Settled {
                base: s.base,
                end,
                size: s.size,
                created_ms: s.created_ms,
                first_ms: s.first_timestamp,
            })
            .collect()
    }

    /// True if the batch is the last of a producer whose next sequence is judged by it.
    fn is_last_of_its_producer(&self, head: &Head) -> bool {
        let log = self.log.borrow();
        let entry = head.producer.as_ref().and_then(|p| log.producers().entry(p.id));
        entry.and_then(|e| e.last()).is_some_and(|last| last.last_offset == head.last_offset())
    }
}

impl<D: Disk> Store<D> {
    /// How much of `partition` a pass could look at. O(segments).
    #[must_use]
    pub fn cleanable(&self, partition: &Partition<D>, want: &CleanWant) -> Cleanable {
        let mut cleanable = Cleanable::default();
        if partition.moving.get() {
            return cleanable;
        }
        for s in partition.settled(want, false) {
            if s.end <= partition.cleaned_to.get() {
                cleanable.clean += s.size;
            } else {
                cleanable.dirty += s.size;
                cleanable.dirty_since_ms.get_or_insert(s.first_ms.unwrap_or(s.created_ms));
            }
        }
        cleanable
    }

    /// Compacts `partition`: of every key that closed segments hold, only the last record stays. Offsets stay.
    ///
    /// Reads go on meanwhile. Ends early, with what is done, when the store closes or the partition is deleted.
    /// Cost: two reads and one write of its closed segments; the keys' memory is bounded by `want`.
    /// Errors: damage (nothing was changed), no space, offline.
    pub async fn clean(&self, partition: &Rc<Partition<D>>, want: CleanWant) -> Result<Cleaned, StoreError> {
        self.clean_paced(partition, want, &|_| Box::pin(async {})).await
    }

    /// The same, no faster than `pace` lets it be.
    pub async fn clean_paced(
        &self,
        partition: &Rc<Partition<D>>,
        want: CleanWant,
        pace: &Pace<'_>,
    ) -> Result<Cleaned, StoreError> {
        self.check_online().map_err(|e| StoreError::Offline(e.0))?;
        // Closed segments whose last bytes are only in the commit log are finished first, and what an earlier life
        // left under the names that this pass writes to goes.
        let flushed =
            self.flush_partition(Rc::clone(partition), FlushWant::WholeBlocks { min: 1 }, usize::MAX);
        self.written(partition, flushed.await)?;
        // Durable with the checkpoint that comes before any segment is replaced.
        let newest = {
            let _inside = partition.gate.enter().await;
            match partition.deleted.get() {
                true => Ok(false),
                false => partition.make_newest_file(&self.disk).await,
            }
        };
        self.written(partition, newest)?;
        let settled = partition.settled(&want, true);
        let start = partition.cleaned_to.get();
        let keys = Keys::new(want.keys_max, start);
        let mut pass = Pass {
            partition,
            want,
            keys,
            cleaned: Cleaned::default(),
            since_turn: 0,
            known: false,
            written: 0,
            pace,
        };
        let drops = partition.log.borrow().drops();
        match self.run_pass(&mut pass, &settled).await {
            // Retention took a segment from under the pass: the next one begins without it.
            Err(StoreError::Io(_, e))
                if e.kind() == io::ErrorKind::NotFound
                    && partition.log.borrow().drops() != drops
                    && !planted(Bug::MissingFileEndsPass) =>
            {
                Ok(pass.cleaned)
            }
            done => done.map(|()| pass.cleaned),
        }
    }

    async fn run_pass(&self, pass: &mut Pass<'_, '_, D>, settled: &[Settled]) -> Result<(), StoreError> {
        let partition = pass.partition;
        let start = partition.cleaned_to.get();
        for segment in settled.iter().filter(|s| s.end > start) {
            if !self.note_keys(pass, segment).await? {
                break;
            }
        }
        let limit = u64::from(partition.log.borrow().config().segment_bytes);
        for group in groups(settled, limit, pass.keys.end()) {
            if !self.goes_on(partition) {
                return Ok(());
            }
            // Keys are noted once. What stays as it was must be looked at again with all of them: else a delete marker
            // behind it goes later, and what it deleted is back.
            if !self.clean_group(pass, group).await? {
                return Ok(());
            }
        }
        // A replica that began to move under the last group kept its segments.
        if self.goes_on(partition) {
            partition.cleaned_to.set(pass.keys.end());
        }
        Ok(())
    }

    fn goes_on(&self, partition: &Partition<D>) -> bool {
        let open = self.phase.get() == Phase::Open && !self.is_offline();
        open && !partition.deleted.get() && !partition.moving.get()
    }

    /// Notes the keys of one segment from where earlier passes ended. False: there was no room for all.
    async fn note_keys(&self, pass: &mut Pass<'_, '_, D>, segment: &Settled) -> Result<bool, StoreError> {
        let mut source = self.settled_source(pass.partition, segment).await?;
        let mut pos = 0;
        while pos < segment.size && self.goes_on(pass.partition) {
            let (head, batch) = batch_at(&mut source, pos).await.map_err(|e| damaged(pass.partition, e))?;
            pos += u64::from(head.size);
            if head.next_offset() <= pass.keys.end() {
                continue;
            }
            let first = pass.keys.end() == pass.partition.cleaned_to.get();
            let noted = open(pass.partition, &batch)?.note(&mut pass.keys);
            let noted = noted.map_err(|e| bad_stored(pass.partition, &e))?;
            // A batch with more keys than there is room for must not stop the log's passes for ever: those of
            // its keys that were not noted keep all their records.
            if !noted && !first {
                return Ok(false);
            }
            pass.keys.extend_to(head.next_offset());
            pass.turn(batch.len()).await;
        }
        Ok(true)
    }

    /// Writes the segments of `group` anew as one and lets that take their place, if anything changes by it.
    /// False: they could not, and are as they were (one of them was deleted meanwhile, no space, the store closes).
    async fn clean_group(&self, pass: &mut Pass<'_, '_, D>, group: &[Settled]) -> Result<bool, StoreError> {
        let Some(first) = group.first() else { return Ok(true) };
        let partition = pass.partition;
        // Half of the reserve stays for what keeps the broker going; a compacted log may have no other way to shrink.
        let bytes = group.iter().map(|s| s.size).sum();
        let space = self.disk.space(partition.dir()).await;
        if space.is_ok_and(|space| self.lacks_for_itself(space, bytes)) {
            return self.written(partition, Err(io::ErrorKind::StorageFull.into()));
        }
        let mut out =
            self.written(partition, Output::create(self, partition, (first.base, first.created_ms)).await)?;
        let counted = match self.fill(pass, group, &mut out).await {
            Ok(Some((counted, true))) => counted,
            // Nothing to gain, no time left, or no way on: the old segments stay.
            done => {
                self.written(partition, out.discard(self).await)?;
                return done.map(|done| done.is_some());
            }
        };
        let new = match out.finish(self).await {
            Err(e) => {
                let path = partition.cleaned_path(SegmentFile::Log, first.base);
                self.written(partition, unlink_if_there(&self.disk, &path).await)?;
                return self.written(partition, Err(e));
            }
            Ok(new) => new,
        };
        // A start brings a checkpoint up to date only if that knows these segments as closed and flushed.
        if !std::mem::replace(&mut pass.known, true) && !planted(Bug::ReplacedBeforeCheckpoint) {
            self.written(partition, self.write_checkpoint(false).await)?;
        }
        let bases: Vec<Offset> = group.iter().map(|s| s.base).collect();
        let replaced = self.replace_segments(partition, &bases, new).await?;
        if replaced {
            pass.cleaned.add(&counted);
        }
        Ok(replaced)
    }

    /// Puts what stays of `group` into `out`, and tells whether that is anything else than what was there.
    /// `None`: the store closes or the partition is being deleted.
    async fn fill(
        &self,
        pass: &mut Pass<'_, '_, D>,
        group: &[Settled],
        out: &mut Output<'_, D>,
    ) -> Result<Option<(Cleaned, bool)>, StoreError> {
        let partition = pass.partition;
        let mut counted = Cleaned { segments: group.len() as u64, written: 1, ..Cleaned::default() };
        let mut changed = group.len() > 1;
        for segment in group {
            let mut source = self.settled_source(partition, segment).await?;
            let mut pos = 0;
            while pos < segment.size {
                if !self.goes_on(partition) {
                    return Ok(None);
                }
                let (head, batch) = batch_at(&mut source, pos).await.map_err(|e| damaged(partition, e))?;
                pos += u64::from(head.size);
                let ends_group = group.last() == Some(segment) && pos == segment.size;
                let header_needed = (ends_group || partition.is_last_of_its_producer(&head))
                    && !planted(Bug::LastHeaderDropped);
                let filtered = open(partition, &batch)?.filter(pass.rules(), header_needed);
                let filtered = filtered.map_err(|e| bad_stored(partition, &e))?;
                counted.records += filtered.records;
                counted.kept += filtered.kept;
                counted.before += batch.len() as u64;
                changed |= filtered.left != Left::Same;
                let left = match filtered.left {
                    Left::Same => batch,
                    Left::Changed(new) => new,
                    Left::Nothing => Bytes::new(),
                };
                pass.written += left.len();
                pass.turn(head.size as usize).await;
                counted.after += left.len() as u64;
                self.written(partition, out.push(self, &left).await)?;
            }
        }
        Ok(Some((counted, changed)))
    }

    /// What a write of the pass came to: one that failed for another reason than space takes the directory
    /// offline, as every failed write does.
    fn written<T>(&self, partition: &Partition<D>, done: io::Result<T>) -> Result<T, StoreError> {
        done.map_err(|e| {
            if e.kind() != io::ErrorKind::StorageFull && !partition.deleted.get() {
                self.go_offline(&format!("compacting {partition:?} failed"), &e);
            }
            StoreError::Io(format!("compacting {partition:?}"), e)
        })
    }

    /// The bytes of a settled segment, read in large pieces and past the page cache: a pass would fill it with what
    /// nobody asked for, and copying out of it would take the core's time.
    async fn settled_source(
        &self,
        partition: &Partition<D>,
        segment: &Settled,
    ) -> Result<Source<D>, StoreError> {
        let path = partition.segment_path(SegmentFile::Log, segment.base);
        let file = self.disk.open(&path, OpenMode::READ_DIRECT).await;
        let file = file.map_err(io_error(format!("opening {}", path.display())))?;
        let bytes = SegmentBytes {
            segment: segment.base,
            segment_end: segment.end,
            in_file: segment.size,
            end: segment.size,
            memory: Vec::new(),
        };
        Ok(Source::new(self.disk.clone(), self.buffers.clone(), Some(file), bytes, BACKGROUND_BYTES).direct())
    }
}

impl<D: Disk> Pass<'_, '_, D> {
    fn rules(&self) -> Rules<'_> {
        let CleanWant { now_ms, delete_retention_ms, .. } = self.want;
        Rules { keys: &self.keys, now_ms, delete_retention_ms }
    }

    /// After `bytes` more were worked on: the core's other tasks may be due.
    async fn turn(&mut self, bytes: usize) {
        self.since_turn += bytes;
        if self.since_turn >= TURN_BYTES {
            let bytes = std::mem::take(&mut self.since_turn) + std::mem::take(&mut self.written);
            (self.pace)(bytes).await;
            give_way().await;
        }
    }
}

impl Cleaned {
    fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.kept += other.kept;
        self.before += other.before;
        self.after += other.after;
        self.segments += other.segments;
        self.written += other.written;
    }
}

fn open<D: Disk>(partition: &Partition<D>, batch: &Bytes) -> Result<Opened, StoreError> {
    Opened::new(batch).map_err(|e| bad_stored(partition, &e))
}

fn bad_stored<D: Disk>(partition: &Partition<D>, e: &BadStored) -> StoreError {
    StoreError::Corrupt(format!("{partition:?} is not compacted: {e}"))
}

fn damaged<D: Disk>(partition: &Partition<D>, e: crate::read::ReadError) -> StoreError {
    match e {
        crate::read::ReadError::Io(e) => StoreError::Io(format!("compacting {partition:?}"), e),
        e => StoreError::Corrupt(format!("{partition:?} is not compacted: {e}")),
    }
}

async fn batch_at<D: Disk>(
    source: &mut Source<D>,
    pos: u64,
) -> Result<(Head, Bytes), crate::read::ReadError> {
    let head = source.head_at(pos).await?;
    let batch = source.bytes_at(pos, head.size as usize).await?;
    Ok((head, batch))
}

/// Neighbours that fit one segment together; those that start at or behind `upto` stay out.
fn groups(settled: &[Settled], limit: u64, upto: Offset) -> Vec<&[Settled]> {
    let count = settled.iter().take_while(|s| s.base < upto).count();
    let mut rest = settled.get(..count).unwrap_or_default();
    let mut groups = Vec::new();
    while let Some(first) = rest.first() {
        let mut size = 0;
        let fits = |s: &&Settled| {
            size += s.size;
            size <= limit && s.end.since(first.base) < 1 << 31
        };
        let n = rest.iter().take(REPLACED_MAX).take_while(fits).count().max(1);
        let (group, behind) = rest.split_at(n);
        groups.push(group);
        rest = behind;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_fit_one_segment_are_cleaned_together() {
        let settled = |base, size| Settled {
            base: Offset(base),
            end: Offset(base + 10),
            size,
            created_ms: 0,
            first_ms: None,
        };
        let all = [settled(0, 60), settled(10, 30), settled(20, 30), settled(30, 200), settled(40, 1)];
        let bases = |upto| -> Vec<Vec<u64>> {
            let groups = groups(&all, 100, Offset(upto));
            groups.iter().map(|g| g.iter().map(|s| s.base.0).collect()).collect()
        };
        assert_eq!(bases(99), [vec![0, 10], vec![20], vec![30], vec![40]]);
        assert_eq!(bases(20), [vec![0, 10]]);
        assert_eq!(bases(21), [vec![0, 10], vec![20]]);
        assert!(bases(0).is_empty());
        let far = [settled(0, 1), settled(1 << 31, 1)];
        assert_eq!(groups(&far, 100, Offset(u64::MAX)).len(), 2, "offsets of one index are 31 bits");
    }
}
