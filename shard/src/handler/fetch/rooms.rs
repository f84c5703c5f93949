//! The memory of fetches: what a request named, what was read for it, how it is answered; kept for later fetches.
//!
//! Owner: a fetch while it runs, else its core's pool. Invariant: what the pool keeps is bounded by
//! `KEPT_TARGETS_MAX`, so a steady load allocates nothing and a rare huge fetch leaves nothing.

use super::Target;
use crate::env::{CoreId, SendPart};
use crate::limits::KEPT_TARGETS_MAX;
use crate::msg::{ReadItem, ReadResult, Token};
use ringlog_wire::hot::fetch_request::FetchRequestBuf;
use ringlog_wire::hot::fetch_response::FetchFrame;
use std::cell::{Cell, RefCell};

/// One fetch.
#[derive(Debug)]
pub struct Room<F> {
    /// What is answered for, in order; a target's place here is its slot.
    pub targets: Vec<Target>,
    /// What of that this core owns.
    pub here: Vec<ReadItem>,
    /// What other cores own.
    pub others: Vec<(CoreId, Vec<ReadItem>)>,
    /// One per target.
    pub results: Vec<ReadResult<F>>,
    /// Watches left on other cores.
    pub watches: Vec<(CoreId, Token)>,
}

impl<F> Default for Room<F> {
    fn default() -> Self {
        Self {
            targets: Vec::new(),
            here: Vec::new(),
            others: Vec::new(),
            results: Vec::new(),
            watches: Vec::new(),
        }
    }
}

impl<F> Room<F> {
    /// Bytes that one partition of a fetch takes here at most.
    pub const TARGET_COST: usize = 512;

    fn clear(&mut self) {
        self.targets.clear();
        self.here.clear();
        self.others.clear();
        self.results.clear();
        self.watches.clear();
    }

    fn kept(&self) -> usize {
        self.targets.capacity().max(self.here.capacity()).max(self.results.capacity())
    }
}

const _: () = assert!(
    size_of::<Target>() + 2 * size_of::<ReadItem>() + size_of::<ReadResult<u64>>()
        <= Room::<u64>::TARGET_COST,
    "what is charged for a partition is what it takes"
);

/// Memory that waits for its next use. One per core.
#[derive(Debug)]
pub struct Rooms<F> {
    rooms: RefCell<Vec<Room<F>>>,
    kept: Cell<usize>,
    /// Used between two awaits only, so one serves all.
    request: RefCell<FetchRequestBuf>,
    frame: RefCell<FetchFrame>,
    parts: RefCell<Vec<SendPart<F>>>,
}

impl<F> Default for Rooms<F> {
    fn default() -> Self {
        Self {
            rooms: RefCell::default(),
            kept: Cell::new(0),
            request: RefCell::default(),
            frame: RefCell::default(),
            parts: RefCell::default(),
        }
    }
}

impl<F> Rooms<F> {
    /// An empty room.
    pub fn room(&self) -> Room<F> {
        let Some(room) = self.rooms.borrow_mut().pop() else { return Room::default() };
        self.kept.set(self.kept.get() - room.kept());
        room
    }

    /// Keeps a room, if there is place for it.
    pub fn keep_room(&self, mut room: Room<F>) {
        room.clear();
        let kept = self.kept.get() + room.kept();
        if room.kept() > 0 && kept <= KEPT_TARGETS_MAX {
            self.kept.set(kept);
            self.rooms.borrow_mut().push(room);
        }
    }

    /// The buffer for a decoded request; a fresh one while it is in use.
    pub fn request(&self) -> FetchRequestBuf {
        self.request.take()
    }

    /// Takes the buffer back.
    pub fn keep_request(&self, mut request: FetchRequestBuf) {
        request.clear();
        self.request.replace(request);
    }

    /// Builds a frame with `build`. No await is possible in it.
    pub fn with_frame<T>(&self, build: impl FnOnce(&mut FetchFrame) -> T) -> T {
        build(&mut self.frame.borrow_mut())
    }

    /// An empty list of parts.
    pub fn parts(&self) -> Vec<SendPart<F>> {
        self.parts.take()
    }

    /// Keeps a list of parts that has become empty.
    pub fn keep_parts(&self, parts: Option<Vec<SendPart<F>>>) {
        if let Some(parts) = parts.filter(|p| p.is_empty() && p.capacity() <= KEPT_TARGETS_MAX) {
            self.parts.replace(parts);
        }
    }
}
