//! The consumers of one generator thread: a connection to each broker, one Fetch in flight on each.
//!
//! Owner: the thread; what a member of a group may read comes through its mailbox. Invariant: a connection without
//! partitions asks for nothing.

use super::cluster::Cluster;
use super::connection::Connection;
use super::consume::{Asking, Position, Reading};
use super::measure::Book;
use mio::{Registry, Token};
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Between a member of a group, whose heartbeats another thread sends, and the thread that reads for it.
#[derive(Debug, Default)]
pub struct Mailbox {
    news: AtomicBool,
    /// Number of the assignment that the reader took last.
    taken: AtomicU64,
    inner: Mutex<Letters>,
}

#[derive(Debug, Default)]
struct Letters {
    /// Number of the assignment.
    number: u64,
    assigned: BTreeMap<usize, Position>,
    /// How far each partition was read that this consumer ever had.
    positions: BTreeMap<usize, i64>,
}

impl Mailbox {
    fn letters<R>(&self, at: impl FnOnce(&mut Letters) -> R) -> R {
        at(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The member may read these partitions and no others; the number of this assignment.
    pub fn assign(&self, slots: BTreeMap<usize, Position>) -> u64 {
        let number = self.letters(|l| {
            l.number += 1;
            l.assigned = slots;
            l.number
        });
        self.news.store(true, Ordering::Release);
        number
    }

    /// The reader reads as assignment `number` says, or a later one.
    #[must_use]
    pub fn has_taken(&self, number: u64) -> bool {
        self.taken.load(Ordering::Acquire) >= number
    }

    /// How far the partitions were read, as last published.
    #[must_use]
    pub fn positions(&self) -> BTreeMap<usize, i64> {
        self.letters(|l| l.positions.clone())
    }

    fn take(&self) -> Option<(u64, BTreeMap<usize, Position>)> {
        self.news.swap(false, Ordering::AcqRel).then(|| self.letters(|l| (l.number, l.assigned.clone())))
    }
}

/// A consumer: what it reads from the beginning on, or where that will be told.
#[derive(Clone, Debug)]
pub enum Consumer {
    /// These partitions.
    Fixed(BTreeMap<usize, Position>),
    /// Those that its group gives it.
    Member(Arc<Mailbox>),
}

struct Line {
    connection: Connection<u64>,
    reading: Reading,
    consumer: usize,
    broker: usize,
    /// When the last Fetch was sent that brought nothing, ns.
    empty: Option<u64>,
}

/// The consumers of a thread.
pub struct Readers {
    cluster: Arc<Cluster>,
    consumers: Vec<Consumer>,
    lines: Vec<Line>,
    /// Token of the first line.
    first: usize,
}

impl Readers {
    /// Connects; the tokens follow `first`. Nothing is asked yet.
    pub fn open(
        cluster: Arc<Cluster>,
        consumers: Vec<Consumer>,
        asking: Asking,
        (first, registry): (usize, &Registry),
    ) -> io::Result<Self> {
        let mut lines = Vec::new();
        for consumer in 0..consumers.len() {
            for (broker, addr) in cluster.brokers.iter().enumerate() {
                let connection = Connection::open(*addr, Token(first + lines.len()), registry)?;
                let reading = Reading::new(asking);
                lines.push(Line { connection, reading, consumer, broker, empty: None });
            }
        }
        Ok(Self { cluster, consumers, lines, first })
    }

    /// Begins to read.
    pub fn start(&mut self, now: u64, registry: &Registry) -> io::Result<()> {
        for at in 0..self.consumers.len() {
            if let Some(Consumer::Fixed(slots)) = self.consumers.get(at) {
                let slots = slots.clone();
                self.assign(at, &slots, (now, registry))?;
            }
        }
        self.look(now, registry)
    }

    /// Takes what the groups have given; a look costs an atomic load for each member.
    pub fn look(&mut self, now: u64, registry: &Registry) -> io::Result<()> {
        for at in 0..self.consumers.len() {
            let Some(Consumer::Member(mailbox)) = self.consumers.get(at) else { continue };
            let Some((number, slots)) = mailbox.take() else { continue };
            let mailbox = Arc::clone(mailbox);
            self.publish_one(at, &mailbox);
            self.assign(at, &slots, (now, registry))?;
            mailbox.taken.store(number, Ordering::Release);
        }
        Ok(())
    }

    /// Tells the groups how far their members have read.
    pub fn publish(&self) {
        for (at, consumer) in self.consumers.iter().enumerate() {
            if let Consumer::Member(mailbox) = consumer {
                self.publish_one(at, mailbox);
            }
        }
    }

    fn publish_one(&self, consumer: usize, mailbox: &Mailbox) {
        let mine = self.lines.iter().filter(|l| l.consumer == consumer);
        let positions = mine.flat_map(|l| l.reading.positions());
        mailbox.letters(|l| l.positions.extend(positions));
    }

    fn assign(
        &mut self,
        consumer: usize,
        slots: &BTreeMap<usize, Position>,
        (now, registry): (u64, &Registry),
    ) -> io::Result<()> {
        let cluster = Arc::clone(&self.cluster);
        for line in self.lines.iter_mut().filter(|l| l.consumer == consumer) {
            let led = |at: &usize| cluster.slots.get(*at).is_some_and(|s| s.broker == line.broker);
            let mine = slots.iter().filter(|(at, _)| led(at)).map(|(at, p)| (*at, *p)).collect();
            line.reading.assign(&mine);
            line.ask(&cluster, (now, registry))?;
        }
        Ok(())
    }

    /// What came on the connection of `token`.
    pub fn serve(
        &mut self,
        event: &mio::event::Event,
        (book, now): (&mut Book, u64),
        (scratch, registry): (&mut [u8], &Registry),
    ) -> io::Result<()> {
        let at = event.token().0.wrapping_sub(self.first);
        let Some(line) = self.lines.get_mut(at) else { return Ok(()) };
        if event.is_writable() {
            line.connection.write(registry)?;
        }
        line.connection.read(scratch, event.is_read_closed())?;
        while let Some((sent, body)) = line.connection.next_answer()? {
            book.fetched(sent, now);
            let brought = line.reading.answered(&self.cluster, book, body, now)?;
            line.empty = (!brought).then_some(sent);
        }
        line.ask(&self.cluster, (now, registry))
    }

    /// Every connection has asked after `since`, and nothing came.
    #[must_use]
    pub fn have_caught_up(&self, since: u64) -> bool {
        let waits = |l: &Line| l.connection.in_flight() > 0 || l.empty.is_some();
        self.lines.iter().filter(|l| waits(l)).all(|l| l.empty.is_some_and(|sent| sent >= since))
    }

    /// Every partition is read up to where it was to be read.
    #[must_use]
    pub fn are_done(&self) -> bool {
        self.lines.iter().all(|l| l.reading.is_done())
    }
}

impl Line {
    /// Asks if nothing is asked already.
    fn ask(&mut self, cluster: &Cluster, (now, registry): (u64, &Registry)) -> io::Result<()> {
        if self.connection.in_flight() > 0 {
            return Ok(());
        }
        match self.reading.request(cluster)? {
            Some(frame) => self.connection.send(&frame, Some(now), registry),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_gives_every_assignment_once() {
        let mailbox = Mailbox::default();
        assert!(mailbox.take().is_none());
        let number = mailbox.assign(BTreeMap::from([(1, Position { next: 5, until: None })]));
        assert_eq!(mailbox.take().map(|(number, slots)| (number, slots.len())), Some((number, 1)));
        assert!(
            mailbox.take().is_none() && !mailbox.has_taken(number),
            "the reader says when it is in force"
        );
    }
}
