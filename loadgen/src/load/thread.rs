//! One generator thread: its schedule, its clients, one loop.
//!
//! Owner: the thread. Invariants: a record's due time comes from the schedule alone; a client has one connection to
//! each broker, so a partition's batches keep their order; requests beyond the places in flight wait here and age; the
//! loop sleeps only while nothing is due within `SPIN_NS`, since a wake-up from the kernel would be late.

use super::cluster::Leaders;
use super::connection::Connection;
use super::consume::Reading;
use super::measure::{Book, Counts};
use super::produce::{Producer, Ready, Sent, answered};
use super::schedule::{Rate, Schedule};
use mio::{Events, Poll, Token};
use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Due within this, the thread does not sleep, ns: the kernel takes whole milliseconds, rounded up, and a sleeper's CPU
/// wakes slowly.
const SPIN_NS: u64 = 2_000_000;
/// Longest sleep, ns.
const SLEEP_NS: u64 = 10_000_000;
/// Requests that wait for a place in flight, at most: beyond, the broker is far too slow for the rate.
const WAITING_MAX: usize = 1 << 20;
/// Records taken in one turn of the loop, at most, so that answers are looked at too.
const TAKE_MAX: usize = 256;
/// How long answers are waited for after the last record, ns.
const DRAIN_NS: u64 = 30_000_000_000;
/// One read takes at most so much, bytes.
const SCRATCH: usize = 256 << 10;

/// What a thread does.
pub struct Task {
    /// When its records are due.
    pub schedule: Schedule,
    /// How many that are; a closed loop takes one only while a place in flight is free.
    pub rate: Rate,
    /// Its clients' producers.
    pub producers: Vec<Producer>,
    /// Requests in flight on a connection.
    pub window: usize,
    /// Whether acknowledgements come.
    pub acks: bool,
    /// What it reads, and from which broker.
    pub readings: Vec<(usize, Reading)>,
    /// Leaders of the topic.
    pub leaders: Leaders,
    /// End of the warm-up: what is due before is not counted, ns.
    pub from: u64,
    /// No record is due from here on, ns.
    pub end: u64,
    /// Length of an interval, ns.
    pub interval: u64,
}

enum Asked {
    Produce(Sent),
    Fetch(usize),
}

/// A connection that produces, and the requests that wait for a place in flight.
struct Lane {
    connection: Connection<Asked>,
    waiting: VecDeque<Ready>,
}

struct Loop {
    task: Task,
    /// The run's beginning: time 0.
    began: Instant,
    poll: Poll,
    /// Client by client, broker by broker.
    lanes: Vec<Lane>,
    /// One for each reading; their tokens follow those of the lanes.
    readers: Vec<Connection<Asked>>,
    /// Requests that wait in all lanes, and those in flight.
    queued: usize,
    in_flight: usize,
    /// Whose turn it is.
    client: usize,
    book: Book,
    scratch: Vec<u8>,
}

/// Runs it from `began` on; sends the counts of each interval, and returns those of the result. Errors: a connection failed.
pub fn run(task: Task, began: Instant, intervals: &Sender<Counts>) -> io::Result<Counts> {
    let poll = Poll::new()?;
    let mut lanes = Vec::new();
    for _ in &task.producers {
        for broker in &task.leaders.brokers {
            let connection = Connection::open(*broker, Token(lanes.len()), poll.registry())?;
            lanes.push(Lane { connection, waiting: VecDeque::new() });
        }
    }
    let mut readers = Vec::new();
    for (broker, _) in &task.readings {
        let broker = task.leaders.brokers.get(*broker).ok_or_else(|| io::Error::other("no such broker"))?;
        readers.push(Connection::open(*broker, Token(lanes.len() + readers.len()), poll.registry())?);
    }
    let scratch = vec![0; SCRATCH];
    let book = Book::new(task.from);
    let mut all =
        Loop { task, began, poll, lanes, readers, queued: 0, in_flight: 0, client: 0, book, scratch };
    (0..all.readers.len()).try_for_each(|i| all.fetch(i))?;
    all.run(intervals)?;
    Ok(all.book.measured)
}

fn since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

impl Loop {
    fn run(&mut self, intervals: &Sender<Counts>) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        let mut next_report = self.task.interval;
        let mut now = since(self.began);
        loop {
            let turn = now;
            self.take_due(now)?;
            let sleep = self.sleep(now);
            let before = since(self.began);
            self.poll.poll(&mut events, Some(Duration::from_nanos(sleep)))?;
            now = since(self.began);
            // Waiting without events is idleness, also while it spins.
            let waited = if sleep > 0 || events.is_empty() { now - before } else { 0 };
            for event in &events {
                self.serve(event.token().0, event.is_writable())?;
            }
            now = since(self.began);
            self.book.busy(now, (now - turn).saturating_sub(waited));
            let end = self.task.end;
            let over = (now >= end && self.has_nothing_left()) || now >= end + DRAIN_NS;
            if now >= next_report || over {
                next_report += self.task.interval;
                if intervals.send(std::mem::take(&mut self.book.interval)).is_err() || over {
                    return Ok(());
                }
            }
        }
    }

    fn has_nothing_left(&self) -> bool {
        let lingers = self.task.producers.iter().any(|p| p.next_linger().is_some());
        self.in_flight == 0 && self.queued == 0 && !lingers
    }

    /// How long the loop may sleep, ns.
    fn sleep(&self, now: u64) -> u64 {
        let ended = now >= self.task.end;
        let next = match self.task.rate {
            Rate::Max if !ended && self.has_room() => return 0,
            Rate::Fixed(_) if !ended => self.task.schedule.due(now),
            _ => u64::MAX,
        };
        let lingering = self.task.producers.iter().enumerate().filter_map(|(client, p)| {
            let (partition, until) = p.next_linger()?;
            self.is_free(self.lane_of(client, partition)).then_some(until)
        });
        let left = lingering.min().unwrap_or(u64::MAX).min(next).saturating_sub(now);
        if left <= SPIN_NS { 0 } else { (left - SPIN_NS).min(SLEEP_NS) }
    }

    fn lane_of(&self, client: usize, partition: usize) -> usize {
        let broker = self.task.leaders.of.get(partition).copied().unwrap_or(0);
        client * self.task.leaders.brokers.len() + broker
    }

    fn is_free(&self, lane: usize) -> bool {
        self.lanes.get(lane).is_some_and(|l| l.connection.in_flight() < self.task.window)
    }

    /// A closed loop keeps every place in flight taken.
    fn has_room(&self) -> bool {
        self.in_flight + self.queued < self.lanes.len() * self.task.window
    }

    fn take_due(&mut self, now: u64) -> io::Result<()> {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
        let wall_ms = i64::try_from(wall.as_millis()).map_err(io::Error::other)?;
        for _ in 0..TAKE_MAX {
            let due = self.task.schedule.due(now);
            if due > now || due >= self.task.end || (self.task.rate == Rate::Max && !self.has_room()) {
                break;
            }
            self.task.schedule.advance();
            self.book.taken(due, now);
            self.client = (self.client + 1) % self.task.producers.len();
            let client = self.client;
            let Some(producer) = self.task.producers.get_mut(client) else { break };
            if let Some(ready) = producer.take(due, now, wall_ms)? {
                self.queue(client, ready)?;
            }
        }
        (0..self.task.producers.len()).try_for_each(|client| self.flush(client, now))
    }

    /// Sends the batches that have waited long enough; while a connection has no place in flight they go on filling.
    fn flush(&mut self, client: usize, now: u64) -> io::Result<()> {
        // Nothing more is coming at the end.
        let until = if now >= self.task.end { u64::MAX } else { now };
        while let Some((partition, _)) = self.task.producers.get(client).and_then(Producer::next_linger) {
            if !self.is_free(self.lane_of(client, partition)) {
                break;
            }
            let Some(producer) = self.task.producers.get_mut(client) else { break };
            let Some(ready) = producer.lingered(until)? else { break };
            self.queue(client, ready)?;
        }
        Ok(())
    }

    /// Sends it if its connection has a place in flight, else lets it wait.
    fn queue(&mut self, client: usize, ready: Ready) -> io::Result<()> {
        let at = self.lane_of(client, ready.partition);
        let Some(lane) = self.lanes.get_mut(at) else { return Ok(()) };
        lane.waiting.push_back(ready);
        self.queued += 1;
        if self.queued > WAITING_MAX {
            return Err(io::Error::other(format!(
                "{WAITING_MAX} requests wait for a place in flight: found a broker that is far slower than the rate; \
                 need a lower --rate, or more --clients"
            )));
        }
        self.send_waiting(at)
    }

    fn send_waiting(&mut self, at: usize) -> io::Result<()> {
        let Some(Lane { connection, waiting }) = self.lanes.get_mut(at) else { return Ok(()) };
        while connection.in_flight() < self.task.window {
            let Some(mut ready) = waiting.pop_front() else { break };
            self.queued -= 1;
            ready.sent.at = since(self.began);
            if self.task.acks {
                self.in_flight += 1;
                connection.send(&ready.frame, Some(Asked::Produce(ready.sent)), self.poll.registry())?;
            } else {
                connection.send(&ready.frame, None, self.poll.registry())?;
                self.book.sent(&ready.sent.due, ready.sent.bytes);
            }
        }
        Ok(())
    }

    fn fetch(&mut self, reading: usize) -> io::Result<()> {
        let Some((_, what)) = self.task.readings.get(reading) else { return Ok(()) };
        let frame = what.request()?;
        let Some(connection) = self.readers.get_mut(reading) else { return Ok(()) };
        connection.send(&frame, Some(Asked::Fetch(reading)), self.poll.registry())
    }

    fn serve(&mut self, token: usize, writable: bool) -> io::Result<()> {
        let lanes = self.lanes.len();
        let connection = match self.lanes.get_mut(token) {
            Some(lane) => &mut lane.connection,
            None => match self.readers.get_mut(token - lanes) {
                Some(connection) => connection,
                None => return Ok(()),
            },
        };
        if writable {
            connection.write(self.poll.registry())?;
        }
        connection.read(&mut self.scratch)?;
        let now = since(self.began);
        let mut again = None;
        while let Some((asked, body)) = connection.next_answer()? {
            match asked {
                Asked::Produce(sent) => {
                    self.in_flight -= 1;
                    answered(&mut self.book, &sent, body, now)?;
                }
                Asked::Fetch(reading) => {
                    if let Some((_, what)) = self.task.readings.get_mut(reading) {
                        what.answered(&mut self.book, body, now)?;
                    }
                    again = Some(reading);
                }
            }
        }
        again.map_or(Ok(()), |reading| self.fetch(reading))?;
        self.send_waiting(token)
    }
}
