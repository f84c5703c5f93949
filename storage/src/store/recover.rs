//! Recovery: the state of every partition from the checkpoint and the commit log behind it.
//!
//! Owner: the opening of one store; every lock is held by now. Invariants: the recovered log is an exact prefix P
//! with durable <= P <= appended; entries of topics that the metadata log does not know are dropped; what does
//! not fit together refuses the directory, and nothing was changed on disk by then.

use super::holds::Holds;
use super::locks::{await_indexes, lock_segments};
use super::open::{CoreFiles, OpenContext, Opening, io_error, live_files, shown};
use super::partition::folder;
use super::wait::side_by_side;
use super::{Known, StoreError};
use crate::buf::{AlignedBuf, BLOCK, blocks_up};
use crate::checkpoint::{Checkpoint, Head, Slots};
use crate::clean::replacement::Replacement;
use crate::commit::entry::{self, Entry, Extent};
use crate::commit::frame::{FrameHeader, Link};
use crate::commit::log::LogFile;
use crate::commit::scan::{Found, ScanEnd, ScanError, Scanner};
use crate::disk::{Disk, OpenMode};
use crate::limits::{BACKGROUND_BYTES, FLUSH_WRITES_MAX};
use crate::partition::files::SegmentFile;
use crate::partition::tail::block_floor;
use crate::partition::{AppendBytes, FlushWant, LogPosition, PartitionLog};
use crate::planted::{Bug, planted};
use crate::scan::Damage;
use ringlog_wire::crc::crc32c;
use ringlog_wire::ids::{Offset, PartitionId};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::PathBuf;

/// A recovered partition, before it becomes a `Partition`.
pub(super) struct Parts<F> {
    pub id: PartitionId,
    pub known: Known,
    pub log: PartitionLog,
    pub high_watermark: Offset,
    pub holds: Holds,
    pub files: Vec<(Offset, F)>,
    /// End of the bytes that extents say are in the segments.
    pub extents: Vec<LogPosition>,
    /// Ends of bytes that were passed over because those before them come later, carried.
    skipped: Vec<LogPosition>,
    /// The commit log speaks of the partition: it holds, or names, everything acknowledged since its first entry.
    logged: bool,
    pub log_start: Option<Offset>,
    /// Segments went that the checkpoint knows: their files stay until one is written that does not.
    pub dropped: bool,
    /// Where the file ended at the last clean stop, if inside a block: no truncation goes below, because the
    /// checkpoint in force says that the bytes are there.
    pub clean_end: Option<LogPosition>,
    /// Length of the active segment's file, where it was asked.
    pub file_len: Option<u64>,
    /// The log still ends there: its last block is only in the file.
    pub must_carry: bool,
    /// Rebuilt from the segments: the log must reach this offset, and may end with a torn batch.
    pub scanned: Option<Rescan>,
}

/// What a full scan asks of the replay behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rescan {
    /// Good batches below were seen: the log must reach it.
    pub min_end: Offset,
    /// Where the scan stopped.
    pub damage: Option<Damage>,
}

/// All that opening needs to go on.
pub(super) struct Recovered<D: Disk> {
    pub partitions: Vec<Parts<D::File>>,
    pub slots: Slots<D::File>,
    pub live: VecDeque<LogFile<D::File>>,
    pub rest: Vec<Found<D::File>>,
    pub position: u64,
    pub next: Link,
    pub layout_generation: u64,
    pub needs_checkpoint: bool,
}

type Map<F> = BTreeMap<PartitionId, Parts<F>>;

/// Rebuilds the core's state.
pub(super) async fn recover<D: Disk, P: AsyncFn(u64)>(
    opening: &Opening<'_, D>,
    files: CoreFiles<D::File>,
    replacement: Option<Replacement>,
    context: &OpenContext<'_, P>,
) -> Result<Recovered<D>, StoreError> {
    let newest = files.newest().map(|(slot, c)| (slot, c.generation));
    let lost = files.damaged || files.logs.iter().any(|f| f.first.is_some());
    let CoreFiles { slots, checkpoints, logs, .. } = files;
    let slots = Slots::new(slots, newest);
    let rules = |c: &Checkpoint| newest.is_some_and(|(_, generation)| c.generation == generation);
    let checkpoint = checkpoints.into_iter().flatten().find(rules);
    let mut map = Map::new();
    let (from, must_exist, clean) = match checkpoint {
        Some(checkpoint) => {
            check_head(&checkpoint.head, opening)?;
            let from = first_link(&checkpoint.head);
            let Head { log_used, clean, .. } = checkpoint.head;
            restore(opening, (checkpoint, replacement), context, &mut map).await?;
            (from, log_used, clean)
        }
        None => {
            if lost {
                (context.progress)("both checkpoints are lost: scanning all segments");
            }
            // Also where the folder of the core itself is new: segments may be there all the same.
            super::rebuild::rebuild(opening, context, &mut map).await?;
            (oldest_link(&logs, opening.config.salt), false, false)
        }
    };
    let mut scanner = Scanner::new(opening.disk.clone(), logs, from, opening.buffers);
    let mut replay = Replay { opening, context, map };
    let mut unclean = !clean;
    while let Some((header, payload)) = scanner.next().await.map_err(|e| scan_error(opening, e))? {
        replay.frame(&header, payload).await?;
        unclean = true;
    }
    let ScanEnd { live, rest, position, next } =
        scanner.end(must_exist).await.map_err(|e| scan_error(opening, e))?;
    let partitions = finish(opening, context, (replay.map, unclean)).await?;
    let dropped = partitions.iter().any(|p| p.dropped);
    Ok(Recovered {
        partitions,
        slots,
        live: live_files(live),
        rest,
        position,
        next,
        layout_generation: opening.layout.generation,
        needs_checkpoint: newest.is_none() || dropped,
    })
}

fn first_link(head: &Head) -> Link {
    Link {
        salt: head.salt,
        generation: head.first_generation,
        sequence: head.first_sequence,
        prev_crc: head.first_prev_crc,
    }
}

/// Without a checkpoint the chain starts in the oldest file: files are used in turn, so all that are there follow
/// each other. What of it is in the segments already changes nothing.
fn oldest_link<F>(logs: &[Found<F>], salt: u64) -> Link {
    let links = || logs.iter().filter_map(|f| f.first.map(|h| h.link));
    let mut oldest = links().max_by_key(|l| l.generation);
    let chain = links().filter(|l| oldest.is_some_and(|newest| newest.salt == l.salt));
    let firsts: BTreeMap<u64, Link> = chain.map(|l| (l.generation, l)).collect();
    // A file that was never used again may be older still: the chain does not lead through it.
    for (generation, link) in firsts.iter().rev() {
        if oldest.is_some_and(|o| o.generation == generation + 1) {
            oldest = Some(*link);
        }
    }
    oldest.unwrap_or(Link { salt, generation: 1, sequence: 1, prev_crc: 0 })
}

fn check_head<D>(head: &Head, opening: &Opening<'_, D>) -> Result<(), StoreError> {
    let Opening { config, layout, .. } = opening;
    if (head.layout_generation, head.core, head.cores) == (layout.generation, config.core, config.cores) {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!(
        "the checkpoint in {} is of layout {}, core {} of {}; in force is layout {} with {} cores",
        shown(config).display(),
        head.layout_generation,
        head.core,
        head.cores,
        layout.generation,
        layout.cores
    )))
}

fn scan_error<D>(opening: &Opening<'_, D>, e: ScanError) -> StoreError {
    let dir = shown(opening.config);
    let dir = dir.display();
    match e {
        ScanError::Io(e) => StoreError::Io(format!("reading the commit log in {dir}"), e),
        ScanError::Corrupt { number, position, sequence } => StoreError::Corrupt(format!(
            "{dir}: frame {sequence} in or after commit-{number}.log at byte {position} is damaged, and later \
             frames are whole: acknowledged records are unreadable"
        )),
        ScanError::Missing { generation } => StoreError::Corrupt(format!(
            "{dir}: the commit log file of generation {generation} is missing or damaged; the checkpoint needs it"
        )),
    }
}

impl<F> Parts<F> {
    /// A partition with nothing in its log.
    pub(super) fn new(id: PartitionId, known: Known, log: PartitionLog, high_watermark: Offset) -> Self {
        Self {
            id,
            known,
            log,
            high_watermark,
            holds: Holds::default(),
            files: Vec::new(),
            extents: Vec::new(),
            skipped: Vec::new(),
            logged: false,
            log_start: None,
            dropped: false,
            clean_end: None,
            file_len: None,
            must_carry: false,
            scanned: None,
        }
    }

    pub(super) fn corrupt(&self, why: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt(format!("partition {}: {why}", folder(&self.known.topic, self.id.index)))
    }

    /// True if `place..place + len` is in its segment already, or the segment is gone.
    fn is_flushed(&self, place: LogPosition, len: u64) -> bool {
        let older = place.segment < self.log.segments().active().base;
        match self.log.segments().find(place.segment) {
            // Complete when the checkpoint was made; compaction may have made it shorter since.
            Some(_) if older && self.log.replayed_to(place.segment).is_none() => true,
            Some(s) => place.pos + if planted(Bug::FlushedByItsStart) { 1 } else { len } <= s.flushed,
            None => older,
        }
    }

    /// Passes over bytes that do not follow those before: the log goes back further than this partition needs,
    /// and the block that they lie in was carried since. `finish_one` checks that it came.
    fn skips(&mut self, place: LogPosition, len: u64, now_ms: i64) -> Result<bool, StoreError> {
        if let Some(upto) = self.log.fill_from_file(place, now_ms).map_err(|e| self.corrupt(e))? {
            self.extents.push(upto);
        }
        let skips = self.log.replayed_to(place.segment).is_some_and(|end| place.pos > end);
        if skips {
            self.skipped.push(LogPosition { pos: place.pos + len, ..place });
        }
        Ok(skips)
    }

    pub(super) fn path<D>(&self, opening: &Opening<'_, D>, base: Offset) -> PathBuf {
        self.folder(opening).join(SegmentFile::Log.name(base))
    }

    pub(super) fn folder<D>(&self, opening: &Opening<'_, D>) -> PathBuf {
        opening.config.dir.join(folder(&self.known.topic, self.id.index))
    }
}

/// Brings back the partitions of the checkpoint that still exist.
async fn restore<D: Disk, P: AsyncFn(u64)>(
    opening: &Opening<'_, D>,
    (checkpoint, replacement): (Checkpoint, Option<Replacement>),
    context: &OpenContext<'_, P>,
    map: &mut Map<D::File>,
) -> Result<(), StoreError> {
    let mut partial = Vec::new();
    for record in checkpoint.records {
        let id = record.id();
        let Some(known) = (context.known)(id) else { continue };
        let high_watermark = Offset(record.high_watermark);
        let corrupt = |e| StoreError::Corrupt(format!("partition {}: {e}", folder(&known.topic, id.index)));
        let mut image = record.into_image();
        if let Some(replacement) = replacement.as_ref().filter(|r| r.id() == id) {
            replacement.apply(&mut image);
        }
        let log = PartitionLog::restore(id, known.log, opening.tails.clone(), image).map_err(corrupt)?;
        let parts = Parts::new(id, known, log, high_watermark);
        if let Some((at, len)) = parts.log.missing_block() {
            partial.push((id, parts.path(opening, at.segment), at, len));
        }
        map.insert(id, parts);
    }
    let read = |(id, path, at, len): (PartitionId, PathBuf, LogPosition, usize)| async move {
        let block = read_range(opening, &path, at.pos, len).await;
        block
            .map(|(bytes, file)| (id, at, bytes, file))
            .map_err(io_error(format!("reading {}", path.display())))
    };
    for block in side_by_side(partial, FLUSH_WRITES_MAX, read).await {
        let (id, at, bytes, file_len) = block?;
        let Some(parts) = map.get_mut(&id) else { continue };
        let entry = AppendBytes { segment: at.segment, position: at.pos, bytes: &bytes };
        parts.log.replay(entry, context.now_ms).map_err(|e| parts.corrupt(e))?;
        parts.clean_end = Some(LogPosition { pos: at.pos + bytes.len() as u64, ..at });
        parts.file_len = Some(file_len);
    }
    Ok(())
}

/// Reads exactly `len` bytes at block boundary `pos` of a segment; returns them and the file's length.
async fn read_range<D: Disk>(
    opening: &Opening<'_, D>,
    path: &std::path::Path,
    pos: u64,
    len: usize,
) -> io::Result<(Vec<u8>, u64)> {
    let file = opening.disk.open(path, OpenMode::READ).await?;
    let file_len = opening.disk.len(&file).await?;
    let mut out = Vec::with_capacity(len);
    let mut buf = AlignedBuf::zeroed(blocks_up(len.min(1 << 20)).max(BLOCK), opening.buffers);
    while out.len() < len {
        let want = (len - out.len()).min(buf.capacity());
        let (read, back) = opening.disk.read_at(&file, buf, pos + out.len() as u64, want).await;
        buf = back;
        let n = read?.min(want);
        if n == 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the segment lacks bytes that were flushed",
            ));
        }
        out.extend_from_slice(buf.as_slice().get(..n).unwrap_or_default());
    }
    Ok((out, file_len))
}

/// Applies frames to the partitions.
struct Replay<'a, D: Disk, P> {
    opening: &'a Opening<'a, D>,
    context: &'a OpenContext<'a, P>,
    map: Map<D::File>,
}

impl<D: Disk, P: AsyncFn(u64)> Replay<'_, D, P> {
    async fn frame(&mut self, header: &FrameHeader, mut payload: &[u8]) -> Result<(), StoreError> {
        while !payload.is_empty() {
            let (entry, rest) = entry::decode(payload).map_err(|e| StoreError::Corrupt(e.to_string()))?;
            payload = rest;
            match entry {
                Entry::Append(a) => {
                    self.bytes(a.partition, a.place, a.bytes, Some(header.link.generation))?;
                }
                Entry::Extent(e) => self.extent(&e).await?,
                Entry::LogStart { partition, offset } => {
                    if let Some(parts) = self.parts(partition)? {
                        parts.log_start = parts.log_start.max(Some(offset));
                    }
                }
                Entry::Truncate { partition, .. } => {
                    return Err(StoreError::Corrupt(format!(
                        "the log of {partition:?} was truncated by a newer version of this program"
                    )));
                }
                Entry::Closed => {}
            }
        }
        Ok(())
    }

    /// The partition of an entry; made anew if it was created after the checkpoint; `None` if its topic is gone.
    fn parts(&mut self, id: PartitionId) -> Result<Option<&mut Parts<D::File>>, StoreError> {
        if !self.map.contains_key(&id) {
            let Some(known) = (self.context.known)(id) else { return Ok(None) };
            let tails = self.opening.tails.clone();
            let empty = PartitionLog::new(id, known.log, tails.clone(), Offset::ZERO, self.context.now_ms);
            let log = PartitionLog::restore(id, known.log, tails, empty.image())
                .map_err(|e| StoreError::Corrupt(e.to_string()))?;
            self.map.insert(id, Parts::new(id, known, log, Offset::ZERO));
        }
        Ok(self.map.get_mut(&id))
    }

    fn bytes(
        &mut self,
        id: PartitionId,
        place: LogPosition,
        bytes: &[u8],
        generation: Option<u64>,
    ) -> Result<(), StoreError> {
        let now_ms = self.context.now_ms;
        let Some(parts) = self.parts(id)? else { return Ok(()) };
        parts.logged = true;
        if parts.skips(place, bytes.len() as u64, now_ms)? {
            return Ok(());
        }
        if let Some(generation) = generation
            && !parts.is_flushed(place, bytes.len() as u64)
        {
            parts.holds.on_framed(place, generation);
        }
        let entry = AppendBytes { segment: place.segment, position: place.pos, bytes };
        parts.log.replay(entry, now_ms).map_err(|e| parts.corrupt(e))
    }

    /// Bytes that are in the segment and were acknowledged by this entry: they must be there, as they were.
    async fn extent(&mut self, e: &Extent) -> Result<(), StoreError> {
        let (opening, now_ms) = (self.opening, self.context.now_ms);
        let Some(parts) = self.parts(e.partition)? else { return Ok(()) };
        parts.logged = true;
        let len = u64::from(e.len);
        if parts.is_flushed(e.place, len)
            || parts.skips(e.place, len, now_ms)?
            || planted(Bug::ExtentNotReplayed)
        {
            return Ok(());
        }
        let path = parts.path(opening, e.place.segment);
        let (bytes, _) = read_range(opening, &path, e.place.pos, e.len as usize)
            .await
            .map_err(io_error(format!("reading {}", path.display())))?;
        if crc32c(&bytes) != e.crc {
            return Err(StoreError::Corrupt(format!(
                "{} is damaged between bytes {} and {}",
                path.display(),
                e.place.pos,
                e.place.pos + u64::from(e.len)
            )));
        }
        parts.extents.push(LogPosition { pos: e.place.pos + u64::from(e.len), ..e.place });
        self.bytes(e.partition, e.place, &bytes, None)
    }
}

/// Ends the replay of every partition and takes the locks of the segments that will be written on; after an
/// `unclean` end also those of their indexes.
async fn finish<D: Disk, P: AsyncFn(u64)>(
    opening: &Opening<'_, D>,
    context: &OpenContext<'_, P>,
    (map, unclean): (Map<D::File>, bool),
) -> Result<Vec<Parts<D::File>>, StoreError> {
    let work = |mut parts: Parts<D::File>| async move {
        finish_one(&mut parts)?;
        if unclean && !planted(Bug::IndexLockNotAwaited) {
            await_indexes(opening, context, &parts).await?;
        }
        lock_segments(opening, context, &mut parts).await?;
        Ok(parts)
    };
    side_by_side(map.into_values(), FLUSH_WRITES_MAX, work).await.into_iter().collect()
}

fn finish_one<F>(parts: &mut Parts<F>) -> Result<(), StoreError> {
    let dropped = parts.log.finish_replay().map_err(|e| parts.corrupt(e))?;
    // Behind the last entry nothing was acknowledged: good batches there belong to a torn write past the log.
    if let Some(scan) = parts.scanned.filter(|scan| !parts.logged && parts.log.end() < scan.min_end) {
        let end = parts.log.end();
        let place = scan.damage.map(|d| format!(" ({d})")).unwrap_or_default();
        return Err(parts.corrupt(format!(
            "batches are missing at offset {end}{place}, and its segments hold others up to {}",
            scan.min_end
        )));
    }
    if dropped > 0 && parts.scanned.is_none() {
        // Every frame holds whole batches, and a torn frame is not replayed.
        return Err(parts.corrupt(format!("its log ends {dropped} bytes inside a batch")));
    }
    for upto in std::mem::take(&mut parts.skipped) {
        if parts.log.segments().find(upto.segment).is_none_or(|s| s.size < upto.pos) {
            return Err(parts
                .corrupt(format!("a hole in the commit log before byte {} of {}", upto.pos, upto.segment)));
        }
    }
    // What extents put into segments is flushed; jobs are cut where an extent ends.
    let active = parts.log.segments().active().base;
    for upto in std::mem::take(&mut parts.extents) {
        if upto.segment == active && !upto.pos.is_multiple_of(BLOCK as u64) {
            // It finished a segment whose successor never became durable: the file alone has the last block.
            parts.clean_end = parts.clean_end.max(Some(upto));
        }
        let goes_on = parts.log.segments().find(upto.segment).is_some_and(|s| s.size > upto.pos);
        // A segment that an extent finished may have gone on in a later life: its last block was carried then.
        let upto = if goes_on { LogPosition { pos: block_floor(upto.pos), ..upto } } else { upto };
        while let Some(mut job) = parts.log.flush_plan(FlushWant::WholeBlocks { min: 1 }, BACKGROUND_BYTES) {
            if job.segment > upto.segment || (job.segment == upto.segment && job.position >= upto.pos) {
                break;
            }
            if job.segment == upto.segment && job.end_position > upto.pos {
                job.end_position = upto.pos;
                job.completes = false;
            }
            parts.log.on_flushed(&job);
        }
    }
    if let Some(log_start) = parts.log_start {
        // The files of its segments are removed by the next retention round.
        match parts.log.truncate_front(log_start) {
            Some(dropped) => parts.dropped = !dropped.is_empty(),
            None => {
                let end = parts.log.end();
                return Err(parts.corrupt(format!("it starts at offset {log_start} and ends at {end}")));
            }
        }
    }
    let end = parts.log.segments().end_position();
    // What was appended since is in the log behind the carried block.
    parts.must_carry = parts.clean_end == Some(end);
    let nothing_left = parts.log.unflushed_bytes() == 0 || parts.must_carry;
    parts.holds.on_flushed(parts.log.flushed_position(), nothing_left);
    Ok(())
}
