//! Incremental fetch sessions (KIP-227): what a client has told us once, so that it need not repeat it.
//!
//! Owner: one cache per core; a session lives on the core of the connection that made it (a client that comes
//! back on another core is told FETCH_SESSION_ID_NOT_FOUND and starts over with a full fetch, as the KIP says).
//! Invariants: at most `slots_max` sessions with together at most `partitions_max` partitions; the epoch moves by
//! one with every accepted request; a partition that was answered with data moves to the end of the order.

use crate::env::Instant;
use hashbrown::HashMap;
use ringlog_wire::ids::TopicId;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// "No session" on the wire.
pub const NO_SESSION: i32 = 0;
/// Asks for a full fetch that opens a session.
pub const INITIAL_EPOCH: i32 = 0;
/// Asks for a fetch without a session, and ends the named one.
pub const FINAL_EPOCH: i32 = -1;
/// A session idle for this long may give its place to another (Kafka's value).
const EVICT_AFTER: Duration = Duration::from_millis(120_000);

/// How a client names a topic: by name up to Fetch v12, by id from v13 on.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum TopicKey {
    /// By name.
    Name(Rc<str>),
    /// By id.
    Id(TopicId),
}

/// What a client wants of one partition; the values as they stand on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// First offset wanted; may be out of range.
    pub fetch_offset: i64,
    /// Most bytes of this partition.
    pub max_bytes: i32,
    /// The leader epoch that the client knows, -1 for none (KIP-320).
    pub current_leader_epoch: i32,
    /// The epoch of the last record that the client has, -1 for none (KIP-595).
    pub last_fetched_epoch: i32,
}

/// One partition of a session.
#[derive(Clone, Debug)]
pub struct SessionPartition {
    /// How the client named the topic.
    pub topic: TopicKey,
    /// The topic's name once an id was resolved: a topic made anew under it is INCONSISTENT_TOPIC_ID.
    pub name: Option<Rc<str>>,
    /// The partition's index, as on the wire.
    pub index: i32,
    /// What is wanted.
    pub wanted: Wanted,
    /// High watermark and log start last told to the client; `None` forces an answer.
    told: Option<(i64, i64)>,
}

impl SessionPartition {
    /// A partition of which nothing was told yet.
    #[must_use]
    pub fn new(topic: TopicKey, index: i32, wanted: Wanted) -> Self {
        Self { topic, name: None, index, wanted, told: None }
    }

    /// The same, with the name that its topic has now.
    #[must_use]
    pub fn named(self, name: Option<Rc<str>>) -> Self {
        Self { name, ..self }
    }

    fn key(&self) -> (TopicKey, i32) {
        (self.topic.clone(), self.index)
    }
}

/// What is about to be answered for one partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// High watermark.
    pub high_watermark: i64,
    /// Log start offset.
    pub log_start: i64,
    /// Bytes of records.
    pub bytes: usize,
    /// Kafka's error code, 0 for none.
    pub error: i16,
    /// A diverging epoch is told.
    pub diverging: bool,
}

/// Why a session cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionError {
    /// FETCH_SESSION_ID_NOT_FOUND.
    NotFound,
    /// INVALID_FETCH_SESSION_EPOCH.
    Epoch,
    /// FETCH_SESSION_TOPIC_ID_ERROR: the client changed between names and ids.
    TopicIds,
}

/// One session.
#[derive(Debug)]
pub struct Session {
    id: i32,
    epoch: i32,
    by_id: bool,
    created: Instant,
    used: Instant,
    order: Order,
    place: HashMap<(TopicKey, i32), u32>,
}

impl Session {
    /// The session's id, never 0.
    #[must_use]
    pub fn id(&self) -> i32 {
        self.id
    }

    /// Partitions in the session.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// True without partitions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.len() == 0
    }

    /// Hands the partitions to `f`, in the order in which they are to be read.
    pub fn each_mut(&mut self, f: impl FnMut(&mut SessionPartition)) {
        self.order.each_mut(f);
    }

    /// Adds a partition, or changes what is wanted of one that is there.
    pub fn put(&mut self, partition: SessionPartition) {
        let key = partition.key();
        if let Some(known) = self.place.get(&key).and_then(|at| self.order.get_mut(*at)) {
            known.wanted = partition.wanted;
            return;
        }
        let at = self.order.push(partition);
        self.place.insert(key, at);
    }

    /// Drops a partition; one that is not there is ignored.
    pub fn forget(&mut self, topic: &TopicKey, index: i32) {
        if let Some(at) = self.place.remove(&(topic.clone(), index)) {
            self.order.remove(at);
        }
    }

    /// Whether the answer for a partition must be in an incremental response, and remembers what was told.
    ///
    /// `false` for a partition that is not in the session any more. A partition with data moves to the end.
    pub fn must_tell(&mut self, topic: &TopicKey, index: i32, told: Told) -> bool {
        let key = (topic.clone(), index);
        let Some(&at) = self.place.get(&key) else { return false };
        let Some(p) = self.order.get_mut(at) else { return false };
        let now = (told.high_watermark, told.log_start);
        let must = told.bytes > 0 || told.error != 0 || told.diverging || p.told != Some(now);
        // An error is told again and again, and its end is told too.
        p.told = (told.error == 0).then_some(now);
        if told.bytes > 0 {
            self.order.move_to_end(at);
        }
        must
    }
}

/// A session that a fetch works on.
pub type SharedSession = Rc<RefCell<Session>>;

/// What kind of fetch a request is.
#[derive(Debug)]
pub enum Opened {
    /// All partitions are in the request, and no session is wanted.
    Sessionless,
    /// All partitions are in the request; a session is wanted.
    Full,
    /// The request only changes the session.
    Incremental(SharedSession),
}

/// The sessions of one core.
#[derive(Debug)]
pub struct Sessions {
    slots_max: usize,
    partitions_max: usize,
    by_id: BTreeMap<i32, SharedSession>,
}

impl Sessions {
    /// An empty cache.
    #[must_use]
    pub fn new(slots_max: usize, partitions_max: usize) -> Self {
        Self { slots_max, partitions_max, by_id: BTreeMap::new() }
    }

    /// Sessions now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// True without sessions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Decides what a request with this session id and epoch is; an accepted incremental one moves the epoch.
    ///
    /// Errors: see `SessionError`. Source: KIP-227, KIP-516 for `by_id`.
    pub fn open(&mut self, id: i32, epoch: i32, by_id: bool, now: Instant) -> Result<Opened, SessionError> {
        if epoch == FINAL_EPOCH || epoch == INITIAL_EPOCH {
            self.by_id.remove(&id);
            return Ok(if epoch == FINAL_EPOCH { Opened::Sessionless } else { Opened::Full });
        }
        let session = self.by_id.get(&id).ok_or(SessionError::NotFound)?;
        {
            let mut s = session.borrow_mut();
            if s.epoch != epoch {
                return Err(SessionError::Epoch);
            }
            if s.by_id != by_id {
                return Err(SessionError::TopicIds);
            }
            s.epoch = next_epoch(epoch);
            s.used = now;
        }
        Ok(Opened::Incremental(Rc::clone(session)))
    }

    /// Opens a session for `partitions`; `random` seeds its id. `None` if there is no room for it.
    pub fn create(
        &mut self,
        partitions: Vec<SessionPartition>,
        by_id: bool,
        random: u64,
        now: Instant,
    ) -> Option<SharedSession> {
        if partitions.is_empty() || !self.make_room(partitions.len(), now) {
            return None;
        }
        let mut id = (random & 0x7fff_ffff) as i32;
        while id == NO_SESSION || self.by_id.contains_key(&id) {
            id = id.wrapping_add(1) & 0x7fff_ffff;
        }
        let mut session = Session {
            id,
            epoch: next_epoch(INITIAL_EPOCH),
            by_id,
            created: now,
            used: now,
            order: Order::default(),
            place: HashMap::new(),
        };
        partitions.into_iter().for_each(|p| session.put(p));
        let session = Rc::new(RefCell::new(session));
        self.by_id.insert(id, Rc::clone(&session));
        Some(session)
    }

    /// Frees a place for a session of `wanted` partitions. False if nobody has to yield.
    fn make_room(&mut self, wanted: usize, now: Instant) -> bool {
        let held: usize = self.by_id.values().map(|s| s.borrow().len()).sum();
        if self.by_id.len() < self.slots_max && held + wanted <= self.partitions_max {
            return true;
        }
        if wanted > self.partitions_max {
            return false;
        }
        let idle = self
            .by_id
            .iter()
            .map(|(id, s)| (s.borrow().used, *id))
            .min()
            .filter(|(used, _)| now.since(*used) > EVICT_AFTER);
        let smaller = || {
            self.by_id
                .iter()
                .filter(|(_, s)| now.since(s.borrow().created) > EVICT_AFTER)
                .map(|(id, s)| (s.borrow().len(), *id))
                .min()
                .filter(|(len, _)| *len < wanted)
                .map(|(_, id)| id)
        };
        let Some(victim) = idle.map(|(_, id)| id).or_else(smaller) else { return false };
        self.by_id.remove(&victim);
        let held: usize = self.by_id.values().map(|s| s.borrow().len()).sum();
        held + wanted <= self.partitions_max
    }
}

/// The epoch after `epoch`: positive, wraps to 1.
fn next_epoch(epoch: i32) -> i32 {
    if epoch < 0 { FINAL_EPOCH } else { epoch.checked_add(1).unwrap_or(1) }
}

mod order;
#[cfg(test)]
mod tests;

use order::Order;
