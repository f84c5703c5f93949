//! The frames that wait for their write: entries go into the last one, the first one is written next.
//!
//! Owner: the store. Invariants: frames are written in the order in which they were begun, one at a time; an
//! entry is encoded once, into the memory that is written; a partition stands once in a frame's list, with the
//! end of its log as far as the frame holds it.

use super::Partition;
use crate::buf::{AlignedBuf, Gauge};
use crate::commit::FrameBuf;
use crate::commit::entry::HEAD_LEN;
use crate::disk::Disk;
use crate::limits::FRAMES_WAITING_MAX;
use crate::partition::LogPosition;
use crate::planted::{Bug, planted};
use ringlog_wire::ids::Offset;
use std::collections::VecDeque;
use std::rc::Rc;

/// What a frame means to one partition.
pub(super) struct Touch<D: Disk> {
    pub partition: Rc<Partition<D>>,
    /// The log end once the frame is durable.
    pub end: Offset,
    /// The first byte that the frame holds; `None` if it only speaks of bytes in segments.
    pub first: Option<LogPosition>,
    /// True if the frame holds everything of the partition that is not flushed, or names it: what is written beside it may
    /// not be flushed yet. No checkpoint lets an older log file go meanwhile: each waits until the frame counts.
    pub carries: bool,
}

/// A frame and whose it is.
pub(super) struct Building<D: Disk> {
    pub frame: FrameBuf,
    pub touched: Vec<Touch<D>>,
    /// Its number in this queue, from 1.
    pub number: u64,
}

/// One entry for a frame.
pub(super) struct EntryFor<'a> {
    pub head: [u8; HEAD_LEN],
    pub parts: &'a [&'a [u8]],
    pub first: Option<LogPosition>,
    pub end: Offset,
    pub carries: bool,
}

pub(super) struct FrameQueue<D: Disk> {
    waiting: VecDeque<Building<D>>,
    idle: Vec<AlignedBuf>,
    /// Touch lists of frames that are done, kept for their memory.
    lists: Vec<Vec<Touch<D>>>,
    next_number: u64,
    /// For each write to a segment beside a frame: the frame's number. At most one for each partition that is written.
    beside: Vec<u64>,
    /// Bytes on disk of the frames that wait.
    waiting_bytes: usize,
    /// Number of the newest durable frame.
    durable: u64,
    frame_max: usize,
    gauge: Gauge,
}

impl<D: Disk> FrameQueue<D> {
    pub fn new(frame_max: usize, gauge: Gauge) -> Self {
        Self {
            waiting: VecDeque::new(),
            idle: Vec::new(),
            lists: Vec::new(),
            next_number: 1,
            beside: Vec::new(),
            waiting_bytes: 0,
            durable: 0,
            frame_max,
            gauge,
        }
    }

    /// Most bytes that one entry may carry.
    pub fn entry_max(&self) -> usize {
        self.frame_max - crate::commit::frame::HEADER_LEN - HEAD_LEN
    }

    /// True if an entry of `bytes` can be taken now.
    pub fn has_room(&self, bytes: usize) -> bool {
        self.waiting.len() < FRAMES_WAITING_MAX || self.waiting.back().is_some_and(|b| b.frame.fits(bytes))
    }

    /// True if a frame waits to be written.
    pub fn has_work(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Adds an entry of `partition`; it may open a new frame. Entries of the store itself (carried blocks) may
    /// exceed `FRAMES_WAITING_MAX`: they are bounded by the number of partitions.
    pub fn push(&mut self, partition: &Rc<Partition<D>>, entry: &EntryFor<'_>) {
        let bytes = entry.parts.iter().map(|p| p.len()).sum();
        assert!(bytes <= self.entry_max(), "an entry of {bytes} bytes does not fit a frame");
        self.waiting_bytes += HEAD_LEN + bytes;
        let building = self.back_for(bytes);
        building.frame.push(&entry.head, entry.parts);
        let number = building.number;
        let (frame, slot) = partition.in_frame.get();
        if frame == number
            && let Some(touch) = building.touched.get_mut(slot as usize)
        {
            if !planted(Bug::FrameKeepsFirstEnd) {
                touch.end = touch.end.max(entry.end);
            }
            touch.first = touch.first.into_iter().chain(entry.first).min();
            if planted(Bug::FrameKeepsLastPlace) {
                touch.first = entry.first.or(touch.first);
            }
            touch.carries |= entry.carries;
            return;
        }
        partition.in_frame.set((number, building.touched.len() as u32));
        building.touched.push(Touch {
            partition: Rc::clone(partition),
            end: entry.end,
            first: entry.first,
            carries: entry.carries,
        });
    }

    /// Makes sure that `entries` entries with `bytes` in all go to one frame: all of them count, or none.
    pub fn begin_group(&mut self, entries: usize, bytes: usize) {
        let bytes = bytes + entries * HEAD_LEN;
        assert!(bytes <= self.entry_max(), "a group of entries fits a frame");
        self.back_for(bytes);
    }

    /// The newest frame names a write to a segment that is not durable yet. Returns its number; it does not count before.
    pub fn begin_beside(&mut self) -> u64 {
        let number = self.waiting.back().expect("the entry's frame waits").number;
        self.beside.push(number);
        number
    }

    /// A write that frame `number` names is durable.
    pub fn end_beside(&mut self, number: u64) {
        let at = self.beside.iter().position(|n| *n == number).expect("it was begun");
        self.beside.swap_remove(at);
    }

    /// True while frame `number` names a write that is not durable.
    pub fn waits_beside(&self, number: u64) -> bool {
        self.beside.contains(&number)
    }

    /// Adds an entry that belongs to no partition.
    pub fn push_bare(&mut self, head: &[u8; HEAD_LEN]) {
        self.waiting_bytes += HEAD_LEN;
        self.back_for(0).frame.push(head, &[]);
    }

    fn back_for(&mut self, bytes: usize) -> &mut Building<D> {
        if self.waiting.back().is_none_or(|b| !b.frame.fits(bytes)) {
            let buf = self.idle.pop().unwrap_or_else(|| AlignedBuf::zeroed(self.frame_max, &self.gauge));
            let touched = self.lists.pop().unwrap_or_default();
            let building = Building { frame: FrameBuf::reuse(buf), touched, number: self.next_number };
            self.next_number += 1;
            self.waiting.push_back(building);
        }
        self.waiting.back_mut().expect("just pushed")
    }

    /// The next frame to write.
    pub fn pop(&mut self) -> Option<Building<D>> {
        let building = self.waiting.pop_front();
        if self.waiting.is_empty() {
            self.waiting_bytes = 0;
        }
        building
    }

    /// About the bytes of log that the waiting frames will take; never too few.
    pub fn waiting_bytes(&self) -> usize {
        self.waiting_bytes + (self.waiting.len() + 1) * (crate::buf::BLOCK + crate::commit::frame::HEADER_LEN)
    }

    /// Bytes on disk of the next frame.
    pub fn front_len(&self) -> Option<usize> {
        self.waiting.front().map(|b| b.frame.disk_len())
    }

    /// A frame is durable: its memory is used again.
    pub fn on_durable(&mut self, number: u64, buf: AlignedBuf, mut touched: Vec<Touch<D>>) {
        assert_eq!(number, self.durable + 1, "frames become durable in order");
        let whole = !self.waits_beside(number) || planted(Bug::BesideNotAwaited);
        assert!(whole, "a frame counts with what it names");
        self.durable = number;
        touched.clear();
        if self.idle.len() < 2 {
            self.idle.push(buf);
            self.lists.push(touched);
        }
    }

    /// Number of the newest frame that was begun; everything pushed so far is in it or before.
    pub fn newest(&self) -> u64 {
        self.next_number - 1
    }

    /// Number of the newest durable frame.
    pub fn durable(&self) -> u64 {
        self.durable
    }
}
