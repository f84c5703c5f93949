//! The full scan of a partition's segments, for when no checkpoint tells what is in them.
//!
//! Owner: recovery. Invariants: every batch's CRC is verified; index files, producers and epochs are rebuilt
//! from the batches; the log ends before the first bad batch, and nothing is erased. Good batches behind it mean
//! either a write that the power cut tore before its sync, and then the commit log has what was acknowledged of it,
//! or corruption: the caller replays the commit log, and refuses the partition if that leaves a hole, or says
//! nothing of the partition and the log does not reach `min_end`.

use crate::buf::{BLOCK, Gauge, blocks_down};
use crate::disk::{Disk, OpenMode};
use crate::partition::epoch_cache::EpochCache;
use crate::partition::files::SegmentFile;
use crate::partition::image::{PartitionImage, ProducerImage, SegmentImage};
use crate::partition::index::{encode_offsets, encode_times};
use crate::partition::producer_state::ProducerState;
use crate::partition::segments::Segment;
use crate::partition::tail::block_floor;
use crate::partition::{Head, LogConfig, LogPosition, Mark, SegmentBytes};
use crate::read::ReadError;
use crate::read::source::{SCAN_WINDOW, Source};
use ringlog_wire::ids::Offset;
use std::path::Path;

/// The longest batch that is believed, bytes.
const BATCH_MAX: u32 = 128 << 20;

/// What to scan.
#[derive(Clone, Copy, Debug)]
pub struct ScanInput<'a> {
    /// The partition's folder.
    pub dir: &'a Path,
    /// The topic's configuration.
    pub config: &'a LogConfig,
    /// From `log-start-offset-checkpoint`, if it names the partition.
    pub log_start: Option<Offset>,
    /// Now, ms: every producer counts as seen now.
    pub now_ms: i64,
}

/// What the segments hold.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// To `restore` the log from.
    pub image: PartitionImage,
    /// The partly filled last block of good batches, to be replayed after `restore`, before the commit log.
    pub trailing: Option<(LogPosition, Vec<u8>)>,
    /// What the file has of the batch behind, which is cut off or torn: for `offer_from_file`.
    pub cut: Option<(LogPosition, Vec<u8>)>,
    /// Good batches below this offset were seen, some perhaps behind bad ones. The log must reach it after the
    /// commit log is replayed, unless that tells how much was acknowledged.
    pub min_end: Offset,
    /// The first batch that is not good, if one was found: what is behind it was left out.
    pub damage: Option<Damage>,
}

/// Where a segment has something else than a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Damage {
    /// Base offset of the segment.
    pub segment: Offset,
    /// Where in its file.
    pub position: u64,
    /// What is wrong.
    pub why: &'static str,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at byte {}: {}", SegmentFile::Log.name(self.segment), self.position, self.why)
    }
}

/// Scans the segments in `input.dir`; `None` if there are none. Reads every byte.
///
/// Errors: I/O; corruption, with segment and position. Rewrites index files that are wrong.
pub async fn scan_partition<D: Disk>(
    disk: &D,
    gauge: &Gauge,
    input: ScanInput<'_>,
) -> Result<Option<Scanned>, ReadError> {
    let mut files: Vec<(Offset, u64)> = Vec::new();
    for entry in disk.list(input.dir).await.map_err(ReadError::Io)? {
        if let (false, Some((SegmentFile::Log, base))) = (entry.is_dir, SegmentFile::parse(&entry.name)) {
            files.push((base, entry.len));
        }
    }
    files.sort_unstable();
    // Wholly below the log start: of a deletion that was cut off, with holes where some files are gone already.
    let start = input.log_start.unwrap_or_default();
    let gone = files.iter().skip(1).take_while(|(base, _)| *base <= start).count();
    files.drain(..gone);
    let Some((first, _)) = files.first().copied() else { return Ok(None) };
    let mut scan = Scan {
        disk,
        gauge,
        input,
        segments: Vec::new(),
        epochs: EpochCache::default(),
        producers: ProducerState::default(),
        end: first,
        min_end: first,
        damage: None,
        trailing: None,
        cut: None,
    };
    let mut complete = true;
    for (i, (base, len)) in files.iter().copied().enumerate() {
        if base < scan.end {
            return Err(corrupt(base, 0, "the segment starts below the end of the one before"));
        }
        if complete && base == scan.end {
            let next = files.get(i + 1).map(|(next, _)| *next);
            complete = scan.segment(base, len, next).await?;
        } else {
            // The segment before is not whole: this one's bytes must still be in the commit log.
            complete = false;
            scan.look_ahead(base, len).await?;
        }
    }
    Ok(Some(scan.finish()?))
}

struct Scan<'a, D: Disk> {
    disk: &'a D,
    gauge: &'a Gauge,
    input: ScanInput<'a>,
    segments: Vec<Segment>,
    epochs: EpochCache,
    producers: ProducerState,
    end: Offset,
    min_end: Offset,
    damage: Option<Damage>,
    trailing: Option<(LogPosition, Vec<u8>)>,
    cut: Option<(LogPosition, Vec<u8>)>,
}

/// How the walk over a segment ended.
enum Walked {
    /// With the file.
    Whole,
    /// Inside a batch whose header is good.
    Cut,
    /// With bytes that are no batch.
    Bad(&'static str),
}

impl<D: Disk> Scan<'_, D> {
    /// Takes one segment; true if nothing is missing at its end. `next`: base of the next segment.
    async fn segment(&mut self, base: Offset, len: u64, next: Option<Offset>) -> Result<bool, ReadError> {
        let mut source = self.source(base, len).await?;
        let mut segment = Segment::new(base, self.input.now_ms);
        let mut walked = loop {
            let pos = segment.size;
            if pos == len {
                break Walked::Whole;
            }
            match self.check_batch(&mut source, pos).await? {
                Checked::Good(head) => {
                    self.take(&mut segment, &head).map_err(|why| corrupt(base, pos, why))?
                }
                Checked::Cut => break Walked::Cut,
                Checked::Bad(why) => break Walked::Bad(why),
            }
        };
        let size = segment.size;
        if next.is_some_and(|next| next < self.end) {
            return Err(corrupt(base, size, "the segment goes on beyond the start of the next"));
        }
        self.min_end = self.min_end.max(self.end);
        if !matches!(walked, Walked::Whole) {
            let behind = self.good_behind(&mut source, size).await?;
            if behind.is_some() && matches!(walked, Walked::Cut) {
                walked = Walked::Bad("a batch's length leads beyond good batches");
            }
            self.min_end = self.min_end.max(behind.unwrap_or_default());
        }
        if let Walked::Bad(why) = walked {
            self.damage = self.damage.or(Some(Damage { segment: base, position: size, why }));
        }
        let whole = matches!(walked, Walked::Whole) && next.is_none_or(|next| next == self.end);
        if whole && next.is_some() {
            let max = segment.max_entry();
            segment.index.add_time(max);
        }
        self.write_index(&mut segment).await?;
        segment.flushed = size;
        self.segments.push(segment);
        if next.is_none() || !whole {
            let upto =
                if matches!(walked, Walked::Whole) { size } else { front_end(&mut source, size).await? };
            for (from, to, place) in
                [(block_floor(size), size, &mut self.trailing), (size, upto, &mut self.cut)]
            {
                let bytes = source.bytes_at(from, (to - from) as usize).await?;
                *place =
                    (!bytes.is_empty()).then(|| (LogPosition { segment: base, pos: from }, bytes.to_vec()));
            }
        }
        Ok(whole)
    }

    /// A segment behind one that is not whole: only to know how far the log must reach.
    async fn look_ahead(&mut self, base: Offset, len: u64) -> Result<(), ReadError> {
        let mut source = self.source(base, len).await?;
        let mut pos = 0;
        while let Checked::Good(head) = self.check_batch(&mut source, pos).await? {
            self.min_end = self.min_end.max(head.next_offset());
            pos += u64::from(head.size);
        }
        if pos < len {
            let behind = self.good_behind(&mut source, pos).await?;
            self.min_end = self.min_end.max(behind.unwrap_or_default());
        }
        Ok(())
    }

    /// The state changes of one good batch at the segment's end.
    fn take(&mut self, segment: &mut Segment, head: &Head) -> Result<(), &'static str> {
        if head.base < self.end {
            return Err("a batch's offset is below that of the one before");
        }
        if segment.relative(head.last_offset()).is_none() {
            return Err("a batch lies too far from its segment's base");
        }
        segment.on_append(head, self.input.config.index_interval_bytes);
        self.epochs.assign(head.epoch, head.base);
        if let Some(producer) = &head.producer {
            self.producers.on_append(producer, head.last_offset(), head.max_timestamp, self.input.now_ms);
        }
        self.end = head.next_offset();
        Ok(())
    }

    async fn check_batch(&self, source: &mut Source<D>, pos: u64) -> Result<Checked, ReadError> {
        if pos + Head::LEN as u64 > source.end {
            return Ok(if pos == source.end { Checked::Bad("no batch") } else { Checked::Cut });
        }
        let raw = source.bytes_at(pos, Head::LEN).await?;
        let Some(raw) = raw.first_chunk() else { return Ok(Checked::Cut) };
        let head = match Head::parse(raw) {
            Ok(head) => head,
            Err(e) => return Ok(Checked::Bad(e.0)),
        };
        if head.base < source.segment || head.size > BATCH_MAX {
            return Ok(Checked::Bad("a batch header that cannot be here"));
        }
        if pos + u64::from(head.size) > source.end {
            return Ok(Checked::Cut);
        }
        let covered = pos + Head::CRC_FROM as u64..pos + u64::from(head.size);
        if source.crc32c(covered).await? != head.crc {
            return Ok(Checked::Bad("a batch's CRC is wrong"));
        }
        Ok(Checked::Good(head))
    }

    /// The end of the last whole good batch of a later offset anywhere behind byte `bad`.
    async fn good_behind(&self, source: &mut Source<D>, bad: u64) -> Result<Option<Offset>, ReadError> {
        let (mut pos, mut at) = (bad + 1, bad + 1);
        let mut window = Vec::new();
        let mut found = None;
        while pos + Head::LEN as u64 <= source.end {
            if window.get((pos - at) as usize..(pos - at) as usize + Head::LEN).is_none() {
                at = pos;
                let len = (source.end - pos).min(SCAN_WINDOW as u64) as usize;
                window = source.bytes_at(pos, len).await?.to_vec();
            }
            let raw = window.get((pos - at) as usize..).and_then(|w| w.first_chunk::<{ Head::LEN }>());
            let likely = raw.filter(|r| r.get(16) == Some(&2)).and_then(|r| Head::parse(r).ok());
            let near = |h: &Head| h.base >= self.end && h.base.since(self.end) < 1 << 31;
            if likely.as_ref().is_some_and(near)
                && let Checked::Good(head) = self.check_batch(source, pos).await?
            {
                found = found.max(Some(head.next_offset()));
                pos += u64::from(head.size);
            } else {
                pos += 1;
            }
        }
        Ok(found)
    }

    async fn source(&self, base: Offset, len: u64) -> Result<Source<D>, ReadError> {
        let path = self.input.dir.join(SegmentFile::Log.name(base));
        let file = self.disk.open(&path, OpenMode::READ).await.map_err(ReadError::Io)?;
        let bytes = SegmentBytes {
            segment: base,
            segment_end: Offset(i64::MAX as u64),
            in_file: len,
            end: len,
            memory: Vec::new(),
        };
        Ok(Source::new(self.disk.clone(), self.gauge.clone(), Some(file), bytes, SCAN_WINDOW))
    }

    /// Makes the two index files hold exactly what the batches say.
    async fn write_index(&self, segment: &mut Segment) -> Result<(), ReadError> {
        let index = &mut segment.index;
        let files = [
            (SegmentFile::Index, encode_offsets(&index.offsets)),
            (SegmentFile::TimeIndex, encode_times(&index.times)),
        ];
        for (kind, content) in files {
            let path = self.input.dir.join(kind.name(segment.base));
            let there = self.disk.read_file(&path, content.len()).await;
            if there.is_ok_and(|there| there == content) {
                continue;
            }
            self.disk.replace_file(&path, &content).await.map_err(ReadError::Io)?;
        }
        index.persisted_offsets = std::mem::take(&mut index.offsets).len() as u32;
        index.persisted_times = std::mem::take(&mut index.times).len() as u32;
        Ok(())
    }

    fn finish(self) -> Result<Scanned, ReadError> {
        let Some(active) = self.segments.last() else {
            return Err(corrupt(self.end, 0, "no segment could be read"));
        };
        let log_start = self
            .input
            .log_start
            .unwrap_or_default()
            .max(self.segments.first().map_or(Offset::ZERO, |s| s.base));
        let end = Mark { base: self.end, at: LogPosition { segment: active.base, pos: active.size } };
        let mut epochs = self.epochs;
        epochs.truncate_front(log_start);
        let image = PartitionImage {
            log_start: log_start.min(self.end),
            end: self.end,
            epochs: epochs.entries().to_vec(),
            producers: self.producers.iter().map(|(id, e)| ProducerImage::new(id, e)).collect(),
            segments: self.segments.iter().map(SegmentImage::new).collect(),
            written: end,
            first_unwritten: end,
        };
        Ok(Scanned {
            image,
            trailing: self.trailing,
            cut: self.cut,
            min_end: self.min_end,
            damage: self.damage,
        })
    }
}

/// Where the front of the bad batch at `pos` may end in its file, the rest being in the commit log: where its
/// header says that it ends; a torn header crosses into the next block, which is the one that was carried.
async fn front_end<D: Disk>(source: &mut Source<D>, pos: u64) -> Result<u64, ReadError> {
    let len = (source.end - pos).min(Head::LEN as u64) as usize;
    let raw = source.bytes_at(pos, len).await?;
    let head = raw.first_chunk().and_then(|raw| Head::parse(raw).ok()).filter(|h| h.size <= BATCH_MAX);
    let end = head.map_or(pos.next_multiple_of(BLOCK as u64), |head| pos + u64::from(head.size));
    Ok(end.min(source.end))
}

enum Checked {
    Good(Head),
    /// The file ends inside it.
    Cut,
    Bad(&'static str),
}

fn corrupt(segment: Offset, position: u64, why: &'static str) -> ReadError {
    ReadError::Corrupt { segment, position, why }
}

const _: () = assert!(blocks_down(SCAN_WINDOW) == SCAN_WINDOW && SCAN_WINDOW > Head::LEN);
