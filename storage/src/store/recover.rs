//! Recovery: the state of every partition from the checkpoint and the commit log behind it.
//!
//! Owner: the opening of one store; every lock is held by now. Invariants: the recovered log is an exact prefix P
//! with durable <= P <= appended; entries of topics that the metadata log does not know are dropped; what does
//! not fit together refuses the directory, and nothing was changed on disk by then.

use super::StoreError;
use super::beside;
use super::locks::{await_indexes, lock_segments};
use super::open::{CoreFiles, OpenContext, Opening, io_error, live_files, shown};
use super::partition::folder;
use super::parts::Parts;
use super::wait::side_by_side;
use crate::buf::{AlignedBuf, BLOCK, blocks_up};
use crate::checkpoint::{Checkpoint, Head, Slots};
use crate::clean::replacement::Replacement;
use crate::commit::entry::{self, Entry, Extent};
use crate::commit::frame::{FrameHeader, Link};
use crate::commit::log::LogFile;
use crate::commit::scan::{Found, ScanEnd, ScanError, Scanner, erase};
use crate::disk::{Disk, OpenMode};
use crate::limits::{BACKGROUND_BYTES, FLUSH_WRITES_MAX};
use crate::partition::tail::block_floor;
use crate::partition::{AppendBytes, FlushWant, LogPosition, PartitionLog};
use crate::planted::{Bug, planted};
use ringlog_wire::crc::crc32c;
use ringlog_wire::ids::{Offset, PartitionId};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::PathBuf;

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
    // If no other one follows, what it names may not be there.
    let mut held: Option<(FrameHeader, Vec<u8>)> = None;
    while let Some((header, payload)) = scanner.next().await.map_err(|e| scan_error(opening, e))? {
        unclean = true;
        if let Some((header, payload)) = held.take() {
            replay.frame(&header, &payload).await?;
        }
        if beside::names_any(payload) {
            held = Some((header, payload.to_vec()));
        } else {
            replay.frame(&header, payload).await?;
        }
    }
    if let Some((header, payload)) = held {
        if planted(Bug::BesideBelieved) || replay.has_named(&payload).await? {
            replay.frame(&header, &payload).await?;
        } else {
            scanner.take_back();
        }
    }
    let ScanEnd { live, rest, position, next, taken_back } =
        scanner.end(must_exist).await.map_err(|e| scan_error(opening, e))?;
    let partitions = finish(opening, context, (replay.map, unclean)).await?;
    // Only now: a directory that is refused keeps all that it has.
    if let Some((file, pos)) = taken_back {
        let done = erase(opening.disk, &file, pos, opening.buffers).await;
        done.map_err(|e| scan_error(opening, ScanError::Io(e)))?;
    }
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

    /// True if all is there that the last frame, which has this payload, says was written beside it.
    async fn has_named(&mut self, mut payload: &[u8]) -> Result<bool, StoreError> {
        let (opening, context) = (self.opening, self.context);
        while !payload.is_empty() {
            let (entry, rest) = entry::decode(payload).map_err(|e| StoreError::Corrupt(e.to_string()))?;
            payload = rest;
            let Entry::Extent(e @ Extent { beside: true, .. }) = entry else { continue };
            let Some(parts) = self.parts(e.partition)? else { continue };
            if parts.is_flushed(e.place, u64::from(e.len))
                || beside::is_there(opening, context, parts, &e).await?
            {
                continue;
            }
            let path = parts.path(opening, e.place.segment);
            (context.progress)(&format!(
                "{}: the {} bytes from {} on were cut off while they were written: the last frame of the commit log, which \
                 names them, was never acknowledged and is taken back",
                path.display(),
                e.len,
                e.place.pos,
            ));
            return Ok(false);
        }
        Ok(true)
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
        lock_segments(opening, context, (&mut parts, unclean)).await?;
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
