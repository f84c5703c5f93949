//! One generator thread: its schedule, its clients, its consumers, one loop.
//!
//! Owner: the thread. Invariants: a record's due time comes from the schedule alone; a client has one connection to
//! each broker, so a partition's batches keep their order; requests beyond the places in flight wait here and age, in
//! bounded memory; the loop sleeps only while nothing is due within `SPIN_NS`, since a wake-up from the kernel would
//! be late.

use super::cluster::Cluster;
use super::connection::Connection;
use super::consume::Asking;
use super::measure::{Book, Counts};
use super::pace::Pace;
use super::pool::Pool;
use super::produce::{Producer, Ready, Sent, answered};
use super::readers::{Consumer, Readers};
use super::schedule::Schedule;
use crate::interrupt;
use mio::event::Event;
use mio::{Events, Poll, Token};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Due within this, the thread does not sleep, ns: the kernel takes whole milliseconds, rounded up, and a sleeper's CPU
/// wakes slowly.
const SPIN_NS: u64 = 2_000_000;
/// Longest sleep, ns.
const SLEEP_NS: u64 = 10_000_000;
/// Requests that wait for a place in flight, at most, and their bytes: beyond, the broker is far too slow for the rate.
const WAITING_MAX: usize = 1 << 20;
const WAITING_BYTES: usize = 512 << 20;
/// Records taken in one turn of the loop, at most, so that answers are looked at too.
const TAKE_MAX: usize = 256;
/// How long answers are waited for when the run was interrupted, ns.
const DRAIN_OF_INTERRUPTED: u64 = 3_000_000_000;
/// One read takes at most so much, bytes.
const SCRATCH: usize = 256 << 10;

/// What a thread does.
pub struct Task {
    /// When its records are due.
    pub schedule: Schedule,
    /// How many that are; a closed loop takes one only while a place in flight is free.
    pub pace: Pace,
    /// Version of Produce.
    pub produce: i16,
    /// Its clients' producers; none: nothing is due.
    pub producers: Vec<Producer>,
    /// Requests in flight on a connection.
    pub window: usize,
    /// Whether acknowledgements come.
    pub acks: bool,
    /// Who reads, and how.
    pub consumers: Vec<Consumer>,
    /// How they ask.
    pub asking: Asking,
    /// Without producers it ends when all is read.
    pub catch_up: bool,
    /// Topics and leaders.
    pub cluster: Arc<Cluster>,
    /// End of the warm-up: what is due before is not counted, ns.
    pub from: u64,
    /// No record is due from here on, ns.
    pub end: u64,
    /// How long answers are waited for after the last record, ns.
    pub drain: u64,
    /// Length of an interval, ns.
    pub interval: u64,
    /// Threads of the run that still produce: readers of new records read until there are none.
    pub producing: Arc<AtomicUsize>,
}

/// A connection that produces, and the requests that wait for a place in flight.
struct Lane {
    connection: Connection<Sent>,
    waiting: VecDeque<Ready>,
}

struct Loop {
    task: Task,
    /// The run's beginning: time 0.
    began: Instant,
    poll: Poll,
    /// Client by client, broker by broker.
    lanes: Vec<Lane>,
    /// Their tokens follow those of the lanes.
    readers: Readers,
    /// Requests that wait in all lanes, their bytes, and those in flight.
    queued: usize,
    queued_bytes: usize,
    in_flight: usize,
    /// Whose turn it is.
    client: usize,
    /// It has produced all, and when all threads had, ns.
    produced: bool,
    all_produced: Option<u64>,
    book: Book,
    pool: Pool,
    scratch: Vec<u8>,
}

/// Runs it from `began` on; sends the counts of each interval, and returns those of the result and when the last record
/// was read or due, ns. Errors: a connection failed.
pub fn run(mut task: Task, began: Instant, intervals: &Sender<Counts>) -> io::Result<(Counts, u64)> {
    let poll = Poll::new()?;
    let mut lanes = Vec::new();
    for _ in &task.producers {
        for broker in &task.cluster.brokers {
            let connection = Connection::open(*broker, Token(lanes.len()), poll.registry())?;
            lanes.push(Lane { connection, waiting: VecDeque::new() });
        }
    }
    let consumers = std::mem::take(&mut task.consumers);
    let cluster = Arc::clone(&task.cluster);
    let readers = Readers::open(cluster, consumers, task.asking, (lanes.len(), poll.registry()))?;
    let book = Book::new(task.from);
    let mut all = Loop {
        task,
        began,
        poll,
        lanes,
        readers,
        queued: 0,
        queued_bytes: 0,
        in_flight: 0,
        client: 0,
        produced: false,
        all_produced: None,
        book,
        pool: Pool::default(),
        scratch: vec![0; SCRATCH],
    };
    all.readers.start(since(began), all.poll.registry())?;
    let ended = all.run(intervals)?;
    Ok((all.book.measured, ended))
}

fn since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

impl Loop {
    fn run(&mut self, intervals: &Sender<Counts>) -> io::Result<u64> {
        let mut events = Events::with_capacity(1024);
        let mut next_report = self.task.interval;
        let mut now = since(self.began);
        loop {
            let turn = now;
            if interrupt::is_asked() {
                self.end_at(now);
            }
            self.take_due(now)?;
            self.readers.look(now, self.poll.registry())?;
            let sleep = self.sleep(now);
            let before = since(self.began);
            self.poll.poll(&mut events, Some(Duration::from_nanos(sleep)))?;
            now = since(self.began);
            // Waiting without events is idleness, also while it spins.
            let waited = if sleep > 0 || events.is_empty() { now - before } else { 0 };
            for event in &events {
                self.serve(event)?;
            }
            now = since(self.began);
            self.book.busy(now, (now - turn).saturating_sub(waited));
            let (end, over) = (self.task.end, self.is_over(now));
            if now >= next_report || over {
                next_report += self.task.interval;
                self.readers.publish();
                if intervals.send(std::mem::take(&mut self.book.interval)).is_err() || over {
                    return Ok(now.min(end));
                }
            }
        }
    }

    /// Nothing is due from `now` on, and what is under way is waited for a little.
    fn end_at(&mut self, now: u64) {
        if now < self.task.end {
            self.task.end = now;
            self.task.drain = self.task.drain.min(DRAIN_OF_INTERRUPTED);
        }
    }

    /// All is acknowledged, and all of it was read, or it takes too long.
    fn is_over(&mut self, now: u64) -> bool {
        let end = self.task.end;
        if self.task.catch_up && self.task.producers.is_empty() && self.readers.are_done() {
            return true;
        }
        if now >= end.saturating_add(self.task.drain) {
            return true;
        }
        if !self.produced && now >= end && self.has_nothing_left(now) {
            self.produced = true;
            self.task.producing.fetch_sub(1, Ordering::AcqRel);
        }
        if !self.task.asking.stamped {
            return self.produced;
        }
        if self.all_produced.is_none() && self.produced && self.task.producing.load(Ordering::Acquire) == 0 {
            // Not `now`: another thread may have ended since.
            self.all_produced = Some(since(self.began));
        }
        self.all_produced.is_some_and(|since| self.readers.have_caught_up(since))
    }

    fn has_nothing_left(&self, now: u64) -> bool {
        let lingers = self.task.producers.iter().any(|p| p.next_linger().is_some());
        // A thread that was late still owes what was due before the end.
        let due = !self.task.producers.is_empty() && self.task.schedule.due(now) < self.task.end;
        !due && self.in_flight == 0 && self.queued == 0 && !lingers
    }

    /// How long the loop may sleep, ns.
    fn sleep(&self, now: u64) -> u64 {
        let produces = now < self.task.end && !self.task.producers.is_empty();
        let next = match self.task.pace {
            Pace::Max if produces && self.has_room() => return 0,
            Pace::Max => u64::MAX,
            _ if produces => self.task.schedule.due(now),
            _ => u64::MAX,
        };
        // Nothing lingers less than the spin lasts: the look at every producer is for those who sleep.
        if next.saturating_sub(now) <= SPIN_NS {
            return 0;
        }
        let lingering = self.task.producers.iter().enumerate().filter_map(|(client, p)| {
            let (broker, until) = p.next_linger()?;
            self.is_free(self.lane_of(client, broker)).then_some(until)
        });
        let left = lingering.min().unwrap_or(u64::MAX).min(next).saturating_sub(now);
        if left <= SPIN_NS { 0 } else { (left - SPIN_NS).min(SLEEP_NS) }
    }

    fn lane_of(&self, client: usize, broker: usize) -> usize {
        client * self.task.cluster.brokers.len() + broker
    }

    fn is_free(&self, lane: usize) -> bool {
        self.lanes.get(lane).is_some_and(|l| l.connection.in_flight() < self.task.window)
    }

    /// A closed loop keeps every place in flight taken.
    fn has_room(&self) -> bool {
        self.in_flight + self.queued < self.lanes.len() * self.task.window
    }

    fn take_due(&mut self, now: u64) -> io::Result<()> {
        if self.task.producers.is_empty() {
            return Ok(());
        }
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
        let wall_ms = i64::try_from(wall.as_millis()).map_err(io::Error::other)?;
        for _ in 0..TAKE_MAX {
            let due = self.task.schedule.due(now);
            if due > now || due >= self.task.end || (self.task.pace == Pace::Max && !self.has_room()) {
                break;
            }
            self.task.schedule.advance();
            self.book.taken(due, now);
            self.client = (self.client + 1) % self.task.producers.len();
            let client = self.client;
            let Some(producer) = self.task.producers.get_mut(client) else { break };
            if let Some(ready) = producer.take(due, (now, wall_ms), &mut self.pool)? {
                self.queue(client, ready)?;
            }
        }
        (0..self.task.producers.len()).try_for_each(|client| self.flush(client, now))
    }

    /// Sends the batches that have waited long enough; while a connection has no place in flight they go on filling.
    fn flush(&mut self, client: usize, now: u64) -> io::Result<()> {
        // Nothing more is coming at the end.
        let until = if now >= self.task.end { u64::MAX } else { now };
        while let Some((broker, _)) = self.task.producers.get(client).and_then(Producer::next_linger) {
            if !self.is_free(self.lane_of(client, broker)) {
                break;
            }
            let Some(producer) = self.task.producers.get_mut(client) else { break };
            let Some(ready) = producer.lingered(until, &mut self.pool)? else { break };
            self.queue(client, ready)?;
        }
        Ok(())
    }

    /// Sends it if its connection has a place in flight, else lets it wait.
    fn queue(&mut self, client: usize, ready: Ready) -> io::Result<()> {
        let at = self.lane_of(client, ready.broker);
        let Some(lane) = self.lanes.get_mut(at) else { return Ok(()) };
        self.queued += 1;
        self.queued_bytes += ready.frame.len();
        lane.waiting.push_back(ready);
        if (self.queued > WAITING_MAX || self.queued_bytes > WAITING_BYTES) && !self.book.measured.gave_up {
            // What waits is still sent; no more is taken.
            self.book.measured.gave_up = true;
            self.book.interval.gave_up = true;
            self.task.end = self.task.end.min(since(self.began));
        }
        self.send_waiting(at)
    }

    fn send_waiting(&mut self, at: usize) -> io::Result<()> {
        let Some(Lane { connection, waiting }) = self.lanes.get_mut(at) else { return Ok(()) };
        while connection.in_flight() < self.task.window {
            let Some(mut ready) = waiting.pop_front() else { break };
            self.queued -= 1;
            self.queued_bytes -= ready.frame.len();
            ready.sent.at = since(self.began);
            if self.task.acks {
                self.in_flight += 1;
                connection.send(&ready.frame, Some(ready.sent), self.poll.registry())?;
            } else {
                connection.send(&ready.frame, None, self.poll.registry())?;
                self.book.sent(&ready.sent.due, ready.sent.bytes);
                self.pool.put_times(ready.sent.due);
            }
            self.pool.put_bytes(ready.frame);
        }
        Ok(())
    }

    fn serve(&mut self, event: &Event) -> io::Result<()> {
        let token = event.token().0;
        let Some(Lane { connection, .. }) = self.lanes.get_mut(token) else {
            let (now, registry) = (since(self.began), self.poll.registry());
            return self.readers.serve(event, (&mut self.book, now), (&mut self.scratch, registry));
        };
        if event.is_writable() {
            connection.write(self.poll.registry())?;
        }
        connection.read(&mut self.scratch, event.is_read_closed())?;
        let now = since(self.began);
        while let Some((sent, body)) = connection.next_answer()? {
            self.in_flight -= 1;
            answered(&mut self.book, &sent, (self.task.produce, body), now)?;
            self.pool.put_times(sent.due);
        }
        self.send_waiting(token)
    }
}
