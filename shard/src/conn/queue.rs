//! The answers of one connection, sent strictly in the order of its requests.
//!
//! Owner: one per connection, shared by its reader, its writer and whatever completes an answer.
//! Invariants: bytes leave in the order in which places were taken; an answer that is the next to leave is
//! encoded straight into the output, others wait in their place; a dead queue drops what it is given.
//!
//! ```text
//!   out (ready, next to be sent) | head place | place | place ... | tail
//!                                  first waits for its answer       taken last
//! ```

use crate::env::{Instant, SendPart};
use crate::stages::{Answers, Leaving};
use bytes::{Bytes, BytesMut};
use ringlog_storage::planted::{Bug, planted};
use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Memory that a connection's output is built in, bytes.
const OUTPUT_CHUNK: usize = 4096;
/// Longest piece that is copied to its neighbours, bytes.
const COPY_MAX: usize = 512;
/// Room for a usual answer.
const ANSWER_ROOM: usize = 256;

/// What stands in one place.
#[derive(Debug)]
enum Place<F> {
    /// Not answered yet.
    Waiting,
    /// Answered in front of an earlier request's answer.
    Done(Vec<SendPart<F>>, Answers),
}

/// The place of one request in the order of answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlaceId(u64);

/// The queue.
#[derive(Debug)]
pub struct ResponseQueue<F> {
    places: VecDeque<Place<F>>,
    /// Number of the place at the front of `places`.
    first: u64,
    /// Ready parts, then `tail`: bytes ready behind them.
    ready: Vec<SendPart<F>>,
    tail: BytesMut,
    /// Bytes in `ready` and `tail`, and those that the writer is sending now.
    unsent: usize,
    sending: usize,
    /// The answers in `ready` and `tail`.
    leaving: Leaving,
    /// Of those, the bytes in memory, and the sum of them over all connections of the core.
    memory: usize,
    sending_memory: usize,
    core_memory: Rc<Cell<usize>>,
    /// No more requests will come.
    finished: bool,
    /// The connection is gone.
    dead: bool,
    writer: Option<Waker>,
    reader: Option<Waker>,
}

impl<F> Default for ResponseQueue<F> {
    fn default() -> Self {
        Self {
            places: VecDeque::new(),
            first: 0,
            ready: Vec::new(),
            tail: BytesMut::new(),
            unsent: 0,
            sending: 0,
            leaving: Leaving::default(),
            memory: 0,
            sending_memory: 0,
            core_memory: Rc::default(),
            finished: false,
            dead: false,
            writer: None,
            reader: None,
        }
    }
}

impl<F> ResponseQueue<F> {
    /// An empty queue that adds the memory of its unsent answers to `core_memory`.
    #[must_use]
    pub fn new(core_memory: Rc<Cell<usize>>) -> Self {
        let mut queue = Self::default();
        queue.core_memory = core_memory;
        queue
    }

    fn charge(&mut self, bytes: usize) {
        self.memory += bytes;
        self.core_memory.set(self.core_memory.get() + bytes);
    }

    /// What was being sent is sent, or never will be.
    fn release_sending(&mut self) {
        self.sending = 0;
        let sent = std::mem::take(&mut self.sending_memory);
        self.core_memory.set(self.core_memory.get() - sent);
    }

    /// Takes the next place.
    pub fn take_place(&mut self) -> PlaceId {
        self.places.push_back(Place::Waiting);
        PlaceId(self.first + self.places.len() as u64 - 1)
    }

    /// Places not answered or not yet in the output.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.places.len()
    }

    /// Bytes ready or being sent.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.unsent + self.sending
    }

    /// The connection is gone: nothing that is still to come matters.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.dead
    }

    /// Answers `place` with bytes that `encode` appends to its argument (nothing, for acks=0). `of`: whose answer it
    /// is, and the time.
    pub fn answer_bytes(
        &mut self,
        place: PlaceId,
        of: (Answers, Instant),
        encode: impl FnOnce(&mut BytesMut),
    ) {
        if self.dead {
            return;
        }
        if place.0 == self.first {
            self.make_room(ANSWER_ROOM);
            let before = self.tail.len();
            encode(&mut self.tail);
            let added = self.tail.len() - before;
            self.unsent += added;
            self.charge(added);
            self.head_answered(of);
        } else {
            let mut bytes = BytesMut::new();
            encode(&mut bytes);
            self.put(place, vec![SendPart::Bytes(bytes.freeze())], of.0);
        }
    }

    /// Answers `place` with `parts`; returns the list if its memory is free again. `of`: as of `answer_bytes`.
    pub fn answer_parts(
        &mut self,
        place: PlaceId,
        of: (Answers, Instant),
        mut parts: Vec<SendPart<F>>,
    ) -> Option<Vec<SendPart<F>>> {
        if self.dead {
            return None;
        }
        if place.0 == self.first {
            self.push_ready(&mut parts);
            self.head_answered(of);
            Some(parts)
        } else {
            self.put(place, parts, of.0);
            None
        }
    }

    fn put(&mut self, place: PlaceId, parts: Vec<SendPart<F>>, answers: Answers) {
        let at = place.0.checked_sub(self.first).and_then(|i| usize::try_from(i).ok());
        let slot = at.and_then(|i| self.places.get_mut(i)).expect("a place is answered once");
        assert!(matches!(slot, Place::Waiting), "a place is answered once");
        *slot = Place::Done(parts, answers);
    }

    /// The front place is in the output: moves every answered place behind it there too.
    fn head_answered(&mut self, (answers, now): (Answers, Instant)) {
        self.leaving.note(answers, now);
        let head = self.places.pop_front();
        assert!(matches!(head, Some(Place::Waiting)), "the head of the queue waits for its answer");
        self.first += 1;
        while matches!(self.places.front(), Some(Place::Done(..))) {
            if let Some(Place::Done(mut parts, answers)) = self.places.pop_front() {
                self.first += 1;
                self.leaving.note(answers, now);
                self.push_ready(&mut parts);
            }
        }
        if let Some(w) = self.writer.take_if(|_| !planted(Bug::WriterNotWoken) || !self.ready.is_empty()) {
            w.wake();
        }
        if let Some(w) = self.reader.take() {
            w.wake();
        }
    }

    fn push_ready(&mut self, parts: &mut Vec<SendPart<F>>) {
        for part in parts.drain(..) {
            self.unsent += part.len();
            if let SendPart::Bytes(b) = &part {
                self.charge(b.len());
            }
            match part {
                // Small pieces are copied together: one part costs more than these bytes.
                SendPart::Bytes(b) if b.len() <= COPY_MAX => {
                    self.make_room(b.len());
                    self.tail.extend_from_slice(&b);
                }
                SendPart::Bytes(b) if b.is_empty() => {}
                part => {
                    self.flush_tail();
                    self.ready.push(part);
                }
            }
        }
    }

    /// Room for `bytes` in the tail, taken in chunks; the same memory again once what was sent from it is gone.
    fn make_room(&mut self, bytes: usize) {
        if self.tail.capacity() - self.tail.len() < bytes {
            self.tail.reserve(OUTPUT_CHUNK.max(bytes));
        }
    }

    fn flush_tail(&mut self) {
        if !self.tail.is_empty() {
            let bytes: Bytes = self.tail.split().freeze();
            self.ready.push(SendPart::Bytes(bytes));
        }
    }

    /// Writer: what `poll_output` has just moved; once.
    pub fn take_leaving(&mut self) -> Leaving {
        std::mem::take(&mut self.leaving)
    }

    /// Writer: moves what is ready into `parts` (which is empty). `Ready(false)`: nothing will ever come again.
    pub fn poll_output(&mut self, cx: &mut Context<'_>, parts: &mut Vec<SendPart<F>>) -> Poll<bool> {
        self.release_sending();
        if self.dead {
            return Poll::Ready(false);
        }
        self.flush_tail();
        if !self.ready.is_empty() {
            std::mem::swap(&mut self.ready, parts);
            self.sending = std::mem::take(&mut self.unsent);
            self.sending_memory = std::mem::take(&mut self.memory);
            return Poll::Ready(true);
        }
        if let Some(w) = self.reader.take_if(|_| !planted(Bug::ReaderNotWoken)) {
            w.wake();
        }
        if self.finished && self.places.is_empty() {
            return Poll::Ready(false);
        }
        self.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Reader: ready when fewer than `places` requests are in flight and at most `bytes` wait to be sent,
    /// or the connection is dead.
    pub fn poll_room(&mut self, cx: &mut Context<'_>, places: usize, bytes: usize) -> Poll<()> {
        if self.dead || (self.places.len() < places && self.unsent() <= bytes) {
            return Poll::Ready(());
        }
        self.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// No more places will be taken; the writer ends after the last answer.
    pub fn finish(&mut self) {
        self.finished = true;
        if let Some(w) = self.writer.take() {
            w.wake();
        }
    }

    /// The connection is gone: drops everything, wakes both tasks.
    pub fn kill(&mut self) {
        self.dead = true;
        self.places.clear();
        self.ready.clear();
        self.tail = BytesMut::new();
        self.unsent = 0;
        self.sending_memory += std::mem::take(&mut self.memory);
        self.release_sending();
        for w in [self.writer.take(), self.reader.take()].into_iter().flatten() {
            w.wake();
        }
    }
}

impl<F> Drop for ResponseQueue<F> {
    fn drop(&mut self) {
        let held = self.memory + self.sending_memory;
        self.core_memory.set(self.core_memory.get() - held);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: (Answers, Instant) = (Answers::Produce, Instant(7));

    fn output(q: &mut ResponseQueue<()>) -> Vec<u8> {
        let mut parts = Vec::new();
        let _ = q.poll_output(&mut Context::from_waker(Waker::noop()), &mut parts);
        parts
            .iter()
            .flat_map(|p| match p {
                SendPart::Bytes(b) => b.to_vec(),
                SendPart::File(r) => vec![b'#'; r.len],
            })
            .collect()
    }

    fn answer(q: &mut ResponseQueue<()>, place: PlaceId, text: &[u8]) {
        q.answer_bytes(place, OF, |out| out.extend_from_slice(text));
    }

    #[test]
    fn answers_leave_in_the_order_of_the_requests() {
        let mut q = ResponseQueue::default();
        let places: Vec<_> = (0..4).map(|_| q.take_place()).collect();
        answer(&mut q, places[2], b"c");
        answer(&mut q, places[1], b"b");
        assert_eq!(output(&mut q), b"");
        answer(&mut q, places[0], b"a");
        assert_eq!(output(&mut q), b"abc");
        assert_eq!(q.in_flight(), 1);
        q.answer_parts(places[3], OF, vec![SendPart::Bytes(Bytes::from_static(&[b'd'; 600]))]);
        assert_eq!(output(&mut q), [b'd'; 600]);
    }

    #[test]
    fn an_empty_answer_takes_its_turn_without_a_byte() {
        let mut q = ResponseQueue::default();
        let (a, b) = (q.take_place(), q.take_place());
        answer(&mut q, b, b"b");
        answer(&mut q, a, b"");
        assert_eq!(output(&mut q), b"b");
        assert_eq!(q.in_flight(), 0);
    }

    #[test]
    fn a_writer_that_is_behind_stops_the_reader() {
        let mut q: ResponseQueue<()> = ResponseQueue::default();
        let mut cx = Context::from_waker(Waker::noop());
        let place = q.take_place();
        assert!(q.poll_room(&mut cx, 1, 100).is_pending(), "one request in flight is the bound");
        answer(&mut q, place, &[0; 101]);
        assert!(q.poll_room(&mut cx, 1, 100).is_pending(), "101 bytes are unsent");
        let mut parts = Vec::new();
        assert!(q.poll_output(&mut cx, &mut parts).is_ready());
        assert!(q.poll_room(&mut cx, 1, 100).is_pending(), "they are being sent");
        parts.clear();
        assert!(q.poll_output(&mut cx, &mut parts).is_pending(), "sent");
        assert!(q.poll_room(&mut cx, 1, 100).is_ready());
    }

    #[test]
    fn unsent_memory_is_charged_until_it_is_sent_or_given_up() {
        let core = Rc::new(Cell::new(0));
        let mut q: ResponseQueue<()> = ResponseQueue::new(Rc::clone(&core));
        let mut cx = Context::from_waker(Waker::noop());
        let place = q.take_place();
        let file = SendPart::File(ringlog_storage::disk::FileRegion { file: (), pos: 0, len: 5000 });
        q.answer_parts(place, OF, vec![SendPart::Bytes(Bytes::from_static(&[1; 600])), file]);
        assert_eq!((core.get(), q.unsent()), (600, 5600), "a file's bytes are not in memory");
        let mut parts = Vec::new();
        assert!(q.poll_output(&mut cx, &mut parts).is_ready());
        assert_eq!(core.get(), 600, "being sent");
        parts.clear();
        assert!(q.poll_output(&mut cx, &mut parts).is_pending());
        assert_eq!(core.get(), 0);
        let place = q.take_place();
        answer(&mut q, place, b"abc");
        assert_eq!(core.get(), 3);
        q.kill();
        assert_eq!(core.get(), 0);
    }

    #[test]
    fn the_writer_ends_after_the_last_answer() {
        let mut q: ResponseQueue<()> = ResponseQueue::default();
        let mut cx = Context::from_waker(Waker::noop());
        let place = q.take_place();
        q.finish();
        let mut parts = Vec::new();
        assert!(q.poll_output(&mut cx, &mut parts).is_pending());
        answer(&mut q, place, b"a");
        assert_eq!(q.poll_output(&mut cx, &mut parts), Poll::Ready(true));
        parts.clear();
        assert_eq!(q.poll_output(&mut cx, &mut parts), Poll::Ready(false));
    }

    #[test]
    fn a_dead_queue_takes_no_answers() {
        let mut q: ResponseQueue<()> = ResponseQueue::default();
        let place = q.take_place();
        q.kill();
        answer(&mut q, place, b"a");
        assert_eq!(output(&mut q), b"");
    }
}
