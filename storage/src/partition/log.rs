//! `PartitionLog`: appends to one partition's log, and its cursors.
//!
//! Owner: the partition's core. Pure. Invariants: an append assigns exactly the offsets `end..end + records`,
//! is copied into the tail once, and goes to a new segment when Kafka's roll rules say so; batch boundaries
//! are the only places where offsets are handed out.

use super::LogConfig;
use super::batch::{BadBatch, Head};
use super::epoch_cache::EpochCache;
use super::log_state::LogState;
use super::producer_state::{Admit, ProducerReject, ProducerState};
use super::replay::Replay;
use super::segments::{Segment, Segments};
use super::snapshot;
use super::tail::{LogPosition, Mark, Tail};
use crate::buf::Gauge;
use bytes::Bytes;
use ringlog_wire::ids::{LeaderEpoch, Offset, PartitionId};
use ringlog_wire::record::stamp::{Stamp, stamp};
use std::collections::VecDeque;

/// What the leader writes into a batch's header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AppendStamp {
    /// The leader's epoch.
    pub leader_epoch: LeaderEpoch,
    /// The append time, for topics with `message.timestamp.type=LogAppendTime`.
    pub log_append_time: Option<i64>,
    /// The largest timestamp of the batch's records, from validation; -1 for none.
    pub max_timestamp: i64,
}

/// Where bytes lie: in which segment, from which byte of its file, how many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placement {
    /// Base offset of the segment.
    pub segment: Offset,
    /// First byte in its file.
    pub position: u64,
    /// Bytes.
    pub len: u32,
}

/// An appended batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Appended {
    /// Offset of its first record.
    pub base_offset: Offset,
    /// Offset of its last record.
    pub last_offset: Offset,
    /// Where it lies.
    pub placement: Placement,
    /// Its header as stored; the bytes behind it are those that came.
    pub header: [u8; Head::LEN],
    /// True if it started a new segment (see `take_roll`).
    pub rolled: bool,
    /// The append time that was stamped.
    pub log_append_time: Option<i64>,
}

/// A segment was closed and the next one started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Roll {
    /// Base of the closed segment.
    pub closed: Offset,
    /// Base of the new one.
    pub opened: Offset,
    /// The bytes of `<opened>.snapshot`: the producers as of that offset.
    pub snapshot: Vec<u8>,
}

/// The in-memory state of one partition's log. See the module's text.
#[derive(Debug)]
pub struct PartitionLog {
    pub(super) id: PartitionId,
    pub(super) config: LogConfig,
    pub(super) segments: Segments,
    pub(super) tail: Tail,
    pub(super) epochs: EpochCache,
    pub(super) producers: ProducerState,
    pub(super) state: LogState,
    /// The last batch boundary whose bytes before are all in files.
    pub(super) written: Mark,
    pub(super) rolls: VecDeque<Roll>,
    pub(super) replay: Option<Replay>,
    /// Bytes reserved for the segment after the active one.
    pub(super) spare_reserved: u64,
    /// After the padded last block of the active segment was planned: no more appends.
    pub(super) sealed: bool,
    /// How often segments were replaced by compaction or dropped.
    pub(super) replacements: u64,
    /// How often segments were dropped at the front.
    pub(super) drops: u64,
}

impl PartitionLog {
    /// An empty log that starts at `first`; its tail is charged to `gauge`.
    #[must_use]
    pub fn new(id: PartitionId, config: LogConfig, gauge: Gauge, first: Offset, now_ms: i64) -> Self {
        Self {
            id,
            config,
            segments: Segments::new(first, now_ms),
            tail: Tail::new(gauge),
            epochs: EpochCache::default(),
            producers: ProducerState::default(),
            state: LogState::empty(first),
            written: Mark { base: first, at: LogPosition { segment: first, pos: 0 } },
            rolls: VecDeque::new(),
            replay: None,
            spare_reserved: 0,
            sealed: false,
            replacements: 0,
            drops: 0,
        }
    }

    /// Which partition this is.
    #[must_use]
    pub fn id(&self) -> PartitionId {
        self.id
    }

    /// The topic's configuration.
    #[must_use]
    pub fn config(&self) -> &LogConfig {
        &self.config
    }

    /// After the topic's configuration changed.
    pub fn set_config(&mut self, config: LogConfig) {
        self.config = config;
    }

    /// First readable offset.
    #[must_use]
    pub fn log_start(&self) -> Offset {
        self.state.log_start()
    }

    /// Log end offset: the next to assign.
    #[must_use]
    pub fn end(&self) -> Offset {
        self.state.end()
    }

    /// Everything below is on stable storage.
    #[must_use]
    pub fn durable(&self) -> Offset {
        self.state.durable()
    }

    /// Everything below is durable and in segments.
    #[must_use]
    pub fn flushed(&self) -> Offset {
        self.state.flushed()
    }

    /// All cursors.
    #[must_use]
    pub fn state(&self) -> &LogState {
        &self.state
    }

    /// After everything below `durable` is on stable storage; an older value changes nothing.
    pub fn raise_durable(&mut self, durable: Offset) {
        self.state.raise_durable(durable, self.written.base);
    }

    /// The segments, oldest first.
    #[must_use]
    pub fn segments(&self) -> &Segments {
        &self.segments
    }

    /// Leader epochs.
    #[must_use]
    pub fn epochs(&self) -> &EpochCache {
        &self.epochs
    }

    /// The largest epoch at or below `epoch`, and where it ends (OffsetForLeaderEpoch, KIP-279).
    #[must_use]
    pub fn epoch_end(&self, epoch: LeaderEpoch) -> Option<(LeaderEpoch, Offset)> {
        self.epochs.end_of(epoch, self.end())
    }

    /// The epoch that wrote `offset`.
    #[must_use]
    pub fn epoch_of(&self, offset: Offset) -> Option<LeaderEpoch> {
        self.epochs.epoch_of(offset)
    }

    /// Producers (DescribeProducers, snapshots).
    #[must_use]
    pub fn producers(&self) -> &ProducerState {
        &self.producers
    }

    /// Forgets silent producers; returns how many. O(producers).
    pub fn expire_producers(&mut self, now_ms: i64) -> usize {
        self.producers.expire(now_ms, self.config.producer_expiration_ms)
    }

    /// Decides whether the batch with `header` may be appended; changes nothing.
    ///
    /// Errors: the producer's epoch or sequence is wrong. Control batches and batches without a producer pass.
    pub fn admit(&self, header: &Head) -> Result<Admit, ProducerReject> {
        header.producer.map_or(Ok(Admit::Append), |p| self.producers.admit(&p))
    }

    /// True if a batch with `header` would start a new segment.
    #[must_use]
    pub fn roll_due(&self, header: &Head, stamp: &AppendStamp, now_ms: i64) -> bool {
        let last = self.end().plus(u64::from(header.last_delta));
        let timestamp = stamp.log_append_time.unwrap_or(stamp.max_timestamp);
        self.segments.roll_due((self.id, &self.config), header.size as usize, last, timestamp, now_ms)
    }

    /// Appends one validated batch (`Admit::Append`d before): assigns offsets, stamps the header, rolls if
    /// due, copies the bytes into the tail. Not durable: `raise_durable` follows when its frame is.
    ///
    /// Errors: `batch` is not exactly one batch. O(len); no allocation except chunks.
    ///
    /// # Panics
    /// If the log is being replayed or was sealed for a clean stop.
    pub fn append(&mut self, batch: &Bytes, by: &AppendStamp, now_ms: i64) -> Result<Appended, BadBatch> {
        assert!(self.replay.is_none() && !self.sealed, "append to a log that is not open");
        let (raw, body) =
            batch.split_first_chunk::<{ Head::LEN }>().ok_or(BadBatch("shorter than a header"))?;
        let unstamped = Head::parse(raw)?;
        if unstamped.size as usize != batch.len() {
            return Err(BadBatch("not exactly one batch"));
        }
        let base = self.end();
        let header = stamped(raw, body, base, by);
        let head = Head::parse(&header)?;

        let rolled = self.roll_due(&unstamped, by, now_ms);
        if rolled {
            self.roll(now_ms);
        }
        let at = self.segments.end_position();
        self.tail.append(at, &header);
        self.tail.append(LogPosition { pos: at.pos + Head::LEN as u64, ..at }, body);
        self.on_batch(&head, at, now_ms);
        Ok(Appended {
            base_offset: base,
            last_offset: head.last_offset(),
            placement: Placement { segment: at.segment, position: at.pos, len: head.size },
            header,
            rolled,
            log_append_time: by.log_append_time,
        })
    }

    /// The state changes of a batch whose bytes are in the tail from `at` on, at the log's end.
    pub(super) fn on_batch(&mut self, head: &Head, at: LogPosition, now_ms: i64) {
        debug_assert_eq!(head.base, self.end());
        self.tail.note_batch(head.base, at);
        self.segments.active_mut().on_append(head, self.config.index_interval_bytes);
        self.epochs.assign(head.epoch, head.base);
        if let Some(producer) = &head.producer {
            self.producers.on_append(producer, head.last_offset(), head.max_timestamp, now_ms);
        }
        self.state.raise_end(head.next_offset());
    }

    /// Closes the active segment and starts the next at the log's end, unless it is empty.
    /// `take_roll` then tells what to write.
    pub fn roll(&mut self, now_ms: i64) {
        let opened = self.end();
        let active = self.segments.active_mut();
        if active.base == opened {
            return;
        }
        let max = active.max_entry();
        active.index.add_time(max);
        let closed = active.base;
        let mut next = Segment::new(opened, now_ms);
        next.reserved = std::mem::take(&mut self.spare_reserved);
        self.segments.push(next);
        self.rolls.push_back(Roll { closed, opened, snapshot: snapshot::encode(&self.producers) });
    }

    /// Ends the active segment's time index with its largest timestamp, as Kafka does on close.
    pub fn close_time_index(&mut self) {
        let active = self.segments.active_mut();
        let max = active.max_entry();
        active.index.add_time(max);
    }

    /// The oldest roll whose files are still to be written.
    pub fn take_roll(&mut self) -> Option<Roll> {
        self.rolls.pop_front()
    }

    /// The segment that the oldest roll closed whose files are still to be written.
    #[must_use]
    pub fn next_roll(&self) -> Option<Offset> {
        self.rolls.front().map(|roll| roll.closed)
    }

    /// A compacted segment takes the place of those with the bases `replaced`; what of them is in memory goes.
    /// False, and no change, if they are not all there, closed and flushed.
    pub fn replace_segments(&mut self, replaced: &[Offset], segment: Segment) -> bool {
        let base = segment.base;
        if !self.segments.replace(replaced, segment) {
            return false;
        }
        if let Some(next) = self.segments.after(base) {
            self.tail.drop_segments_below(next.base);
        }
        self.replacements += 1;
        true
    }

    /// How often that happened: a read during which the number changes must be made again.
    #[must_use]
    pub fn replacements(&self) -> u64 {
        self.replacements
    }

    /// Moves the log start forward (DeleteRecords, retention). False if `log_start` is beyond the durable offset.
    pub fn raise_log_start(&mut self, log_start: Offset) -> bool {
        let raised = self.state.raise_log_start(log_start);
        if raised {
            self.epochs.truncate_front(self.state.log_start());
        }
        raised
    }

    /// Lets the segments go that lie wholly below the log start and below `cap`, and returns them.
    /// Those that still have bytes to flush stay until these are written; the active one stays.
    pub fn drop_front(&mut self, cap: Offset) -> Vec<Segment> {
        let removed = self.segments.remove_below(self.state.log_start().min(self.written.base).min(cap));
        if removed.is_empty() {
            return removed;
        }
        self.drops += 1;
        self.replacements += 1;
        if let Some(first) = self.segments.iter().next() {
            self.tail.drop_segments_below(first.base);
            // What is written ended with a segment that is gone: told as the start of the one behind it.
            let start = LogPosition { segment: first.base, pos: 0 };
            if self.written.at < start {
                self.written = Mark { base: first.base, at: start };
            }
        }
        removed
    }

    /// True if a segment lies wholly below the log start: `drop_front` has something to take, if not now, then
    /// once its bytes are written.
    #[must_use]
    pub fn has_expired_front(&self) -> bool {
        let mut segments = self.segments.iter();
        segments.nth(1).is_some_and(|second| second.base <= self.log_start())
    }

    /// Both at once. `None` if `log_start` is beyond the durable offset.
    pub fn truncate_front(&mut self, log_start: Offset) -> Option<Vec<Segment>> {
        self.raise_log_start(log_start).then(|| self.drop_front(Offset(u64::MAX)))
    }

    /// How often segments were dropped at the front.
    #[must_use]
    pub fn drops(&self) -> u64 {
        self.drops
    }

    /// Takes over from `former`, the same log in another directory, when batches came last.
    pub fn keep_clocks(&mut self, former: &Self) {
        for segment in former.segments.iter() {
            if let Some(mine) = self.segments.find_mut(segment.base) {
                mine.appended = segment.appended;
            }
        }
    }

    /// A batch came at `steady_ms` of a clock that never jumps.
    pub fn note_append(&mut self, steady_ms: u64) {
        self.segments.active_mut().appended = Some(steady_ms);
    }
}

/// The header with offset, epoch and, where they change, timestamp type, max timestamp and CRC.
fn stamped(raw: &[u8; Head::LEN], body: &[u8], base: Offset, by: &AppendStamp) -> [u8; Head::LEN] {
    let mut header = *raw;
    let fields = Stamp {
        base_offset: base.to_wire(),
        leader_epoch: by.leader_epoch.to_wire(),
        log_append_time: by.log_append_time,
        max_timestamp: by.max_timestamp,
    };
    stamp(&mut header, body, fields);
    header
}
