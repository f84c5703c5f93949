//! Lookups by timestamp (ListOffsets): exact to the record, also inside compressed batches.
//!
//! Owner: one request. Invariants: a compressed batch is decompressed in slices with a yield between, and only
//! its smallest needed part; nothing at or beyond `upto` is answered. Source: KIP-79, KIP-734, KIP-1075.

use super::locate::walk_to;
use super::source::Source;
use super::{LogAt, ReadError, Reader};
use crate::disk::Disk;
use crate::partition::Head;
use bytes::Bytes;
use ringlog_wire::compress::{DecodeLimits, Decoder, PIECE};
use ringlog_wire::ids::{LeaderEpoch, Offset};
use ringlog_wire::record::batch::{BatchHeader, BatchView, HEADER_LEN};
use ringlog_wire::record::scan::RecordScan;
use ringlog_wire::record::walk::RecordFault;
use std::future::poll_fn;
use std::task::Poll;

/// Bytes decompressed between two yields.
const SLICE: usize = 256 << 10;
/// The longest batch that is searched, bytes; a stored batch is bounded by `max.message.bytes`.
const BATCH_MAX: usize = 128 << 20;

/// A record found by its timestamp.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FoundRecord {
    /// Its offset.
    pub offset: Offset,
    /// Its timestamp, ms.
    pub timestamp: i64,
    /// The epoch of the leader that appended it.
    pub leader_epoch: LeaderEpoch,
}

impl<D: Disk> Reader<D> {
    /// The first record, by offset, with a timestamp of at least `timestamp`, from the log start up to `upto`.
    ///
    /// Errors: I/O, a corrupt segment.
    pub async fn find_timestamp(
        &self,
        at: LogAt<'_>,
        timestamp: i64,
        upto: Offset,
    ) -> Result<Option<FoundRecord>, ReadError> {
        let find = async || {
            let from = at.log.borrow().log_start();
            self.find_once(at, timestamp, from, upto).await
        };
        self.undisturbed(at, find).await
    }

    async fn find_once(
        &self,
        at: LogAt<'_>,
        timestamp: i64,
        mut from: Offset,
        upto: Offset,
    ) -> Result<Option<FoundRecord>, ReadError> {
        loop {
            let next = {
                let log = at.log.borrow();
                let segment = log.segment_with_timestamp(timestamp, from);
                segment.filter(|s| *s < upto).and_then(|s| log.segment_bytes(s))
            };
            let Some(bytes) = next else { return Ok(None) };
            let segment_end = bytes.segment_end;
            let mut source = self.source(at, bytes).await?;
            let start = self.time_start(at, &source, timestamp).await?.max(from);
            let found = self.search_from(at, &mut source, start, Wanted { timestamp, from, upto }).await?;
            match found {
                Search::Found(record) => return Ok((record.offset < upto).then_some(record)),
                Search::Beyond => return Ok(None),
                Search::NotHere => from = segment_end,
            }
        }
    }

    /// The first record that has the largest timestamp below `upto`; `None` if no record has one. As Kafka's, it does
    /// not ask where the log starts: it may be a deleted record whose segment is still there.
    ///
    /// Errors: I/O, a corrupt segment.
    pub async fn max_timestamp(&self, at: LogAt<'_>, upto: Offset) -> Result<Option<FoundRecord>, ReadError> {
        let find = async || match self.max_below(at, upto).await? {
            Some(max) => {
                let first = at.log.borrow().segments().iter().next().map_or(Offset::ZERO, |s| s.base);
                self.find_once(at, max, first, upto).await
            }
            None => Ok(None),
        };
        self.undisturbed(at, find).await
    }

    /// The largest timestamp of any batch that ends below `upto`.
    async fn max_below(&self, at: LogAt<'_>, upto: Offset) -> Result<Option<i64>, ReadError> {
        let (mut max, cut) = {
            let log = at.log.borrow();
            let all = log.segments().iter().filter(|s| s.base < upto);
            let (whole, cut): (Vec<_>, Vec<_>) =
                all.partition(|s| s.max_timestamp.is_none_or(|m| m.offset < upto));
            let max = whole.iter().filter_map(|s| s.max_timestamp).map(|m| m.timestamp).max();
            (max, cut.first().and_then(|s| log.segment_bytes(s.base)))
        };
        let Some(bytes) = cut else { return Ok(max) };
        // The largest of this segment lies beyond `upto`: its time index knows an earlier one, walk from there.
        let segment = bytes.segment;
        let mut source = self.source(at, bytes).await?;
        let known = at.log.borrow().index_time_below(segment, upto);
        let known = match known {
            Some(entry) => Some(entry),
            None => {
                let index = self.index_of(at, &source).await?;
                let below = index.times.partition_point(|e| segment.plus(u64::from(e.relative)) < upto);
                below.checked_sub(1).and_then(|i| index.times.get(i)).copied()
            }
        };
        max = max.max(known.map(|e| e.timestamp));
        let start = known.map_or(segment, |e| segment.plus(u64::from(e.relative)));
        let Some((mut pos, mut head)) = self.find_offset(at, &mut source, start).await? else {
            return Ok(max);
        };
        while head.next_offset() <= upto {
            max = max.max(Some(head.max_timestamp).filter(|t| *t >= 0));
            pos += u64::from(head.size);
            if pos >= source.end {
                break;
            }
            head = source.head_at(pos).await?;
        }
        Ok(max)
    }

    /// The offset from which records of at least `timestamp` may be in the segment, by its time index.
    async fn time_start(
        &self,
        at: LogAt<'_>,
        source: &Source<D>,
        timestamp: i64,
    ) -> Result<Offset, ReadError> {
        let known = at.log.borrow().index_time(source.segment, timestamp);
        let entry = match known {
            Some(entry) => Some(entry),
            None if at.log.borrow().persisted_index(source.segment).1 == 0 => None,
            None => self.index_of(at, source).await?.time_for(timestamp),
        };
        Ok(entry.map_or(source.segment, |e| source.segment.plus(u64::from(e.relative))))
    }

    /// Searches the batches of one segment from the one with offset `start` on, for a wanted record.
    async fn search_from(
        &self,
        at: LogAt<'_>,
        source: &mut Source<D>,
        start: Offset,
        wanted: Wanted,
    ) -> Result<Search, ReadError> {
        let Some((mut pos, mut head)) = self.find_offset(at, source, start).await? else {
            return Ok(Search::NotHere);
        };
        loop {
            if head.base >= wanted.upto {
                return Ok(Search::Beyond);
            }
            if head.max_timestamp >= wanted.timestamp
                && let Some(found) = search_batch(source, pos, &head, wanted).await?
            {
                return Ok(Search::Found(found));
            }
            pos += u64::from(head.size);
            match walk_to(source, pos, head.next_offset()).await? {
                Some(next) => (pos, head) = next,
                None => return Ok(Search::NotHere),
            }
        }
    }
}

enum Search {
    Found(FoundRecord),
    /// Not below `upto`.
    Beyond,
    NotHere,
}

#[derive(Clone, Copy)]
struct Wanted {
    timestamp: i64,
    from: Offset,
    upto: Offset,
}

/// The first wanted record of the batch at `pos`.
async fn search_batch<D: Disk>(
    source: &mut Source<D>,
    pos: u64,
    head: &Head,
    wanted: Wanted,
) -> Result<Option<FoundRecord>, ReadError> {
    if head.size as usize > BATCH_MAX {
        return Err(source.corrupt(pos, "a batch is longer than any that is accepted"));
    }
    let batch = source.bytes_at(pos, head.size as usize).await?;
    let view = BatchView::first(&batch).map_err(|_| source.corrupt(pos, "not a batch"))?;
    view.check_crc().map_err(|_| source.corrupt(pos, "a batch's CRC is wrong"))?;
    let header = *view.header();
    if head.attributes & Head::LOG_APPEND_TIME != 0 {
        let offset = head.base.max(wanted.from);
        let found = FoundRecord { offset, timestamp: head.max_timestamp, leader_epoch: head.epoch };
        return Ok((offset <= head.last_offset()).then_some(found));
    }
    let mut search =
        RecordSearch::new(&batch, &header, head, wanted).map_err(|why| source.corrupt(pos, why))?;
    loop {
        match search.step(SLICE).map_err(|why| source.corrupt(pos, why))? {
            Step::More => yield_now().await,
            Step::Done(found) => return Ok(found),
        }
    }
}

enum Step {
    More,
    Done(Option<FoundRecord>),
}

/// A walk over the records of one batch, in slices.
struct RecordSearch {
    decoder: Decoder,
    scan: RecordScan,
    header: BatchHeader,
    base: Offset,
    epoch: LeaderEpoch,
    wanted: Wanted,
}

impl RecordSearch {
    fn new(batch: &Bytes, header: &BatchHeader, head: &Head, wanted: Wanted) -> Result<Self, &'static str> {
        let codec = header.attributes.codec().ok_or("an unknown codec")?;
        let limits = DecodeLimits { output_max: usize::MAX, ..DecodeLimits::default() };
        let decoder = Decoder::new(codec, batch.slice(HEADER_LEN.min(batch.len())..), &limits)
            .map_err(|_| "compressed records that cannot be read")?;
        let scan = RecordScan::new(header.records_count);
        Ok(Self { decoder, scan, header: *header, base: head.base, epoch: head.epoch, wanted })
    }

    /// Decodes about `budget` bytes more.
    fn step(&mut self, budget: usize) -> Result<Step, &'static str> {
        let mut piece = [0u8; PIECE];
        let mut done = 0;
        while done < budget {
            let n = self.decoder.read(&mut piece).map_err(|_| "compressed records that cannot be read")?;
            if n == 0 {
                return Ok(Step::Done(None));
            }
            done += n;
            if let Some(found) = self.look(piece.get(..n).unwrap_or_default())? {
                return Ok(Step::Done(Some(found)));
            }
        }
        Ok(Step::More)
    }

    fn look(&mut self, piece: &[u8]) -> Result<Option<FoundRecord>, &'static str> {
        let mut found = None;
        let (header, base, epoch, wanted) = (self.header, self.base, self.epoch, self.wanted);
        let scanned = self.scan.push(piece, &mut |record| {
            let timestamp = header.timestamp_of(record.timestamp_delta);
            let offset = base.plus(record.offset_delta.max(0) as u64);
            if timestamp >= wanted.timestamp && offset >= wanted.from {
                found = Some(FoundRecord { offset, timestamp, leader_epoch: epoch });
                return Err(RecordFault::Missing); // any fault ends the walk
            }
            Ok(())
        });
        match (found, scanned) {
            (Some(found), _) => Ok(Some(found)),
            (None, Ok(())) => Ok(None),
            (None, Err(_)) => Err("records that cannot be read"),
        }
    }
}

/// Lets the other tasks of the core run once.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
