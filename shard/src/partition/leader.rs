//! One partition that this core leads: its log, its epoch, its high watermark, and who waits for it.
//!
//! Owner: the partition's core. Invariants: log start <= high watermark <= durable <= log end; the high
//! watermark never goes back; whoever waits for an offset is told in the order of the offsets, once.
//! With one replica the high watermark is the durable offset (architecture.md D7: the minimum over the ISR).

use crate::env::{Env, FileOf};
use crate::msg::{AppendItem, Outcome, Token};
use crate::partition::Purgatory;
use crate::report::{Traffic, add};
use crate::router::Router;
use ringlog_storage::partition::retention::Moment;
use ringlog_storage::partition::{AppendStamp, ProducerReject};
use ringlog_storage::planted::{Bug, planted};
use ringlog_storage::read::timestamp::FoundRecord;
use ringlog_storage::read::{ReadBatches, ReadError, ReadWant};
use ringlog_storage::store::{AppendReject, Partition, Store};
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::{LeaderEpoch, Offset, PartitionId};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// A produce request that waits for an offset.
#[derive(Clone, Copy, Debug)]
struct ProduceWait {
    /// Answered once the high watermark is above it.
    last: Offset,
    /// The request in flight, and the place of this partition in it.
    token: Token,
    at: usize,
}

/// What happened to a batch.
#[derive(Debug)]
pub enum Taken {
    /// It is in the log, or was already: the outcome holds once the high watermark is above `last`.
    Wait {
        /// Last offset of the batch.
        last: Offset,
        /// What to answer then.
        outcome: Outcome,
    },
    /// Nothing to wait for.
    Done(Outcome),
    /// Un-flushed bytes are at their bound: try again when the store has made room.
    Busy,
}

/// The partition.
pub struct Leader<E: Env> {
    /// Its id.
    pub id: PartitionId,
    /// What went through it.
    pub traffic: Traffic,
    place: RefCell<Place<E>>,
    epoch: Cell<LeaderEpoch>,
    high_watermark: Cell<Offset>,
    produce: RefCell<VecDeque<ProduceWait>>,
    watches: RefCell<Vec<Token>>,
    /// Length of `watches` at which dead tokens are swept out.
    sweep_at: Cell<usize>,
}

/// A log and the store that holds it.
pub type Place<E> = (Rc<Partition<<E as Env>::Disk>>, Rc<Store<<E as Env>::Disk>>);

/// Fewest watches that are worth a sweep.
const SWEEP_MIN: usize = 16;

impl<E: Env> Leader<E> {
    /// A partition that has just been opened or created.
    #[must_use]
    pub fn new(
        id: PartitionId,
        store: Rc<Store<E::Disk>>,
        log: Rc<Partition<E::Disk>>,
        epoch: LeaderEpoch,
    ) -> Self {
        let high_watermark = log.offsets().durable;
        Self {
            id,
            place: RefCell::new((log, store)),
            traffic: Traffic::default(),
            epoch: Cell::new(epoch),
            high_watermark: Cell::new(high_watermark),
            produce: RefCell::default(),
            watches: RefCell::default(),
            sweep_at: Cell::new(SWEEP_MIN),
        }
    }

    /// Its log. Another one after a move to another data directory: whoever finds this one deleted asks again.
    #[must_use]
    pub fn log(&self) -> Rc<Partition<E::Disk>> {
        Rc::clone(&self.place.borrow().0)
    }

    /// The store that holds the log.
    #[must_use]
    pub fn store(&self) -> Rc<Store<E::Disk>> {
        Rc::clone(&self.place.borrow().1)
    }

    /// Both at the same moment.
    #[must_use]
    pub fn place(&self) -> Place<E> {
        self.place.borrow().clone()
    }

    /// The log is in another data directory from now on.
    ///
    /// # Panics
    /// If it does not hold all that consumers have seen.
    pub fn move_to(&self, log: Rc<Partition<E::Disk>>, store: Rc<Store<E::Disk>>) {
        assert!(log.offsets().durable >= self.high_watermark.get(), "{log:?} lacks what consumers have seen");
        *self.place.borrow_mut() = (log, store);
    }

    /// What `read` gives, of the log that the partition has when it ends: the files of a former one may go.
    async fn of_log<T>(
        &self,
        read: impl AsyncFn(Rc<Partition<E::Disk>>) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        loop {
            let log = self.log();
            let done = read(Rc::clone(&log)).await;
            if done.is_ok() || Rc::ptr_eq(&log, &self.log()) {
                return done;
            }
        }
    }

    /// The leader epoch, from committed metadata.
    #[must_use]
    pub fn epoch(&self) -> LeaderEpoch {
        self.epoch.get()
    }

    /// A committed record raised the epoch.
    ///
    /// # Panics
    /// If it goes back: the metadata log never does that.
    pub fn raise_epoch(&self, epoch: LeaderEpoch) {
        assert!(epoch >= self.epoch.get(), "the leader epoch of {:?} goes back", self.id);
        self.epoch.set(epoch);
    }

    /// Exclusive end of what consumers see.
    #[must_use]
    pub fn high_watermark(&self) -> Offset {
        self.high_watermark.get()
    }

    /// First offset there is.
    #[must_use]
    pub fn log_start(&self) -> Offset {
        self.log().offsets().log_start
    }

    /// Checks the epoch that a client believes in; a negative one is not checked. Source: KIP-320.
    pub fn check_epoch(&self, current: i32) -> Result<(), ErrorCode> {
        match LeaderEpoch::from_wire(current) {
            Some(epoch) if epoch < self.epoch.get() => Err(ErrorCode::FencedLeaderEpoch),
            Some(epoch) if epoch > self.epoch.get() => Err(ErrorCode::UnknownLeaderEpoch),
            _ => Ok(()),
        }
    }

    /// Reads whole batches from `from` on, below the high watermark; the first whatever its size.
    pub async fn read(&self, from: Offset, max_bytes: usize) -> Result<ReadBatches<FileOf<E>>, ReadError> {
        let end = self.log().offsets().end;
        let upto = if planted(Bug::ReadAboveHighWatermark) { end } else { self.high_watermark.get() };
        let want = ReadWant { from, max_bytes, upto };
        self.of_log(async |log| log.read(want).await).await
    }

    /// The same, if no file is needed; `None`: only `read` can tell.
    pub fn read_memory(
        &self,
        from: Offset,
        max_bytes: usize,
    ) -> Option<Result<ReadBatches<FileOf<E>>, ReadError>> {
        let want = ReadWant { from, max_bytes, upto: self.high_watermark.get() };
        self.place.borrow().0.read_memory(want)
    }

    /// The first record below the high watermark whose timestamp is at least `timestamp`, ms.
    pub async fn find_timestamp(&self, timestamp: i64) -> Result<Option<FoundRecord>, ReadError> {
        let upto = self.high_watermark.get();
        self.of_log(async |log| log.find_timestamp(timestamp, upto).await).await
    }

    /// The first record below the high watermark with the largest timestamp.
    pub async fn max_timestamp(&self) -> Result<Option<FoundRecord>, ReadError> {
        let upto = self.high_watermark.get();
        self.of_log(async |log| log.max_timestamp(upto).await).await
    }

    /// Appends a checked batch, or finds that it is there already. No waiting.
    pub fn append(&self, item: &AppendItem, now: Moment) -> Taken {
        let stamp = AppendStamp {
            leader_epoch: self.epoch.get(),
            log_append_time: item.facts.log_append_time,
            max_timestamp: item.facts.max_timestamp + 1000 * i64::from(planted(Bug::MaxTimestampTooLarge)),
        };
        let wait = |base: Offset, last: Offset, time: i64| {
            let outcome = Outcome {
                base_offset: base.to_wire(),
                append_time: stamp.log_append_time.map_or(-1, |_| time),
                log_start: self.log_start().to_wire(),
                ..Outcome::refused(item.slot, ErrorCode::None)
            };
            if last < self.high_watermark.get() || planted(Bug::AckBeforeDurable) {
                Taken::Done(outcome)
            } else {
                Taken::Wait { last, outcome }
            }
        };
        let log = self.log();
        match log.append(&item.batch, &stamp, now.wall_ms) {
            Ok(done) => {
                log.note_append(now.steady_ms);
                add(&self.traffic.batches_in, 1);
                add(&self.traffic.bytes_in, item.batch.len() as u64);
                wait(done.base_offset, done.last_offset, done.log_append_time.unwrap_or(-1))
            }
            Err(AppendReject::Duplicate { base_offset, .. }) if planted(Bug::DuplicateAnsweredEarly) => {
                wait(base_offset, Offset::ZERO, -1)
            }
            Err(AppendReject::Duplicate { base_offset, last_offset, .. })
                if planted(Bug::AppendTimeOfDuplicate) =>
            {
                wait(base_offset, last_offset, now.wall_ms)
            }
            Err(AppendReject::Duplicate { base_offset, last_offset, timestamp }) => {
                wait(base_offset, last_offset, timestamp)
            }
            Err(AppendReject::Busy) => Taken::Busy,
            Err(AppendReject::Producer(reject)) => Taken::Done(self.producer_refused(item.slot, reject)),
            Err(AppendReject::Malformed(why)) => {
                Taken::Done(Outcome::refused_because(item.slot, ErrorCode::CorruptMessage, why))
            }
            Err(AppendReject::NoSpace) => Taken::Done(Outcome::refused_because(
                item.slot,
                ErrorCode::KafkaStorageError,
                &self.store().why_full(),
            )),
            Err(AppendReject::Offline) => Taken::Done(Outcome::refused_because(
                item.slot,
                ErrorCode::KafkaStorageError,
                "the log directory is offline",
            )),
        }
    }

    fn producer_refused(&self, slot: u32, reject: ProducerReject) -> Outcome {
        let (error, message) = match reject {
            ProducerReject::StaleEpoch { current } => (
                ErrorCode::InvalidProducerEpoch,
                format!("a producer with epoch {} has written to this partition", current.0),
            ),
            ProducerReject::OutOfOrder { expected } => {
                (ErrorCode::OutOfOrderSequenceNumber, format!("the next sequence number is {expected}"))
            }
        };
        let log_start = self.log_start().to_wire();
        Outcome { log_start, ..Outcome::refused_because(slot, error, &message) }
    }

    /// Remembers that place `at` of request `token` waits for `last` to be below the high watermark.
    pub fn wait_for(&self, last: Offset, token: Token, at: usize) {
        let mut produce = self.produce.borrow_mut();
        // Appends come in the order of their offsets; only a duplicate may wait for an earlier one.
        let behind = produce.iter().rposition(|w| w.last <= last).map_or(0, |i| i + 1);
        let place = if planted(Bug::WaitsOutOfOrder) { 0 } else { behind };
        produce.insert(place, ProduceWait { last, token, at });
    }

    /// Leaves a watch that fires when the high watermark is above `seen`; fires at once if it is already.
    pub fn watch(&self, watch: Token, seen: Offset, purgatory: &Purgatory, router: &Router<E>) {
        let seen = if planted(Bug::WatchAtHighWatermark) { self.high_watermark.get() } else { seen };
        if self.high_watermark.get() > seen && !planted(Bug::WakeUpLost) {
            return purgatory.fire(watch, router);
        }
        let mut watches = self.watches.borrow_mut();
        if watches.len() >= self.sweep_at.get() {
            watches.retain(|w| purgatory.is_live(*w));
            self.sweep_at.set((watches.len() * 2).max(SWEEP_MIN));
        }
        watches.push(watch);
    }

    /// The log is durable up to `durable`. Raises the high watermark, calls `done` with each place of a produce
    /// request whose wait is over, and fires the watches.
    pub fn on_durable(
        &self,
        durable: Offset,
        purgatory: &Purgatory,
        router: &Router<E>,
        mut done: impl FnMut(Token, usize),
    ) {
        if durable <= self.high_watermark.get() {
            return;
        }
        self.high_watermark.set(durable);
        loop {
            let wait = {
                let mut produce = self.produce.borrow_mut();
                let early = planted(Bug::WaitEndsOneEarly);
                let due = produce.front().is_some_and(|w| w.last < durable || (early && w.last == durable));
                due.then(|| produce.pop_front()).flatten()
            };
            let Some(wait) = wait else { break };
            done(wait.token, wait.at);
        }
        let mut watches = self.watches.take();
        if planted(Bug::FirstWatchOnly) {
            watches.truncate(1);
        }
        watches.drain(..).for_each(|watch| purgatory.fire(watch, router));
        // The list keeps its memory: a steady consumer costs no allocation.
        *self.watches.borrow_mut() = watches;
        self.sweep_at.set(SWEEP_MIN);
    }

    /// The partition will never be durable any further: hands every waiting place to `failed`.
    pub fn fail_waits(&self, mut failed: impl FnMut(Token, usize)) {
        let waits = self.produce.take();
        waits.into_iter().for_each(|w| failed(w.token, w.at));
    }

    /// Fires every watch: the partition goes away.
    pub fn fire_watches(&self, purgatory: &Purgatory, router: &Router<E>) {
        let watches = self.watches.take();
        watches.into_iter().for_each(|watch| purgatory.fire(watch, router));
    }
}
