//! What a core tells the operator: figures of itself once a second, its groups, and what its clients pushed.
//!
//! Owner: each core; whoever shows the reports has copies. Invariants: a report is made of cells that only the core
//! writes, so counting costs it an addition and showing costs it nothing; a report is bounded whatever the core holds;
//! counters only grow, from the core's start.

use crate::calls::yield_now;
use crate::core::Core;
use crate::env::{Clock, CoreId, Env, Mesh};
use crate::group::report::GroupsReport;
use crate::limits::TURN_PARTITIONS;
use crate::stages::StagesReport;
use crate::telemetry::{ClientReport, Counts};
use ringlog_storage::store::StoreStats;
use ringlog_wire::ids::TopicId;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// API keys are below this.
pub const APIS: usize = 96;
/// Topics whose traffic is shown, the first by name: the same on every core.
pub const TOPICS_MAX: usize = 1000;
/// Time between two reports on topics.
const TOPICS_EVERY: Duration = Duration::from_secs(5);

/// Something that a core has to say.
#[derive(Clone, Debug)]
pub enum Report {
    /// Figures of the core.
    Core(Box<CoreReport>),
    /// The traffic of its partitions, by topic.
    Topics(TopicsReport),
    /// Its groups.
    Groups(GroupsReport),
    /// What a client pushed (KIP-714).
    Client(ClientReport),
}

/// What a core counts while it works.
#[derive(Debug)]
pub struct Counters {
    requests: [Cell<u64>; APIS],
    /// Bytes of requests, as they came.
    pub received: Cell<u64>,
    /// Bytes of answers.
    pub sent: Cell<u64>,
    /// Connections accepted, whatever became of them.
    pub accepted: Cell<u64>,
    /// Connections that were closed because of what the client sent, or was.
    pub bad_clients: Cell<u64>,
    /// Full passes of scrubbing.
    pub scrub_passes: Cell<u64>,
    /// When the last of them ended, by the wall clock, ms; 0: none has.
    pub scrubbed_at_ms: Cell<i64>,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            requests: std::array::from_fn(|_| Cell::new(0)),
            received: Cell::new(0),
            sent: Cell::new(0),
            accepted: Cell::new(0),
            bad_clients: Cell::new(0),
            scrub_passes: Cell::new(0),
            scrubbed_at_ms: Cell::new(0),
        }
    }
}

/// Adds to a counter.
pub fn add(counter: &Cell<u64>, n: u64) {
    counter.set(counter.get().wrapping_add(n));
}

impl Counters {
    /// A request of this API came.
    pub fn request(&self, key: i16) {
        if let Some(counter) = usize::try_from(key).ok().and_then(|key| self.requests.get(key)) {
            add(counter, 1);
        }
    }
}

/// What went through one partition, or one topic.
#[derive(Debug, Default)]
pub struct Traffic {
    /// Batches appended.
    pub batches_in: Cell<u64>,
    /// Bytes appended.
    pub bytes_in: Cell<u64>,
    /// Bytes given to consumers.
    pub bytes_out: Cell<u64>,
}

/// One store: a data directory as this core uses it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoreReport {
    /// Index of the directory in the configuration.
    pub directory: usize,
    /// False once a write or sync has failed.
    pub online: bool,
    /// What it counted.
    pub stats: StoreStats,
    /// Bytes of tails in memory.
    pub tail_bytes: usize,
}

/// Figures of one core.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CoreReport {
    /// Open connections.
    pub connections: usize,
    /// Connections accepted.
    pub accepted: u64,
    /// Connections closed for what the client sent, or was.
    pub bad_clients: u64,
    /// Requests by API key; those that are 0 are left out.
    pub requests: Vec<(i16, u64)>,
    /// Bytes of requests.
    pub received: u64,
    /// Bytes of answers.
    pub sent: u64,
    /// Partitions that this core serves.
    pub partitions: usize,
    /// Partitions that it should serve, and cannot.
    pub unserved: usize,
    /// Produce requests that wait for the disk, or for other cores.
    pub produce_in_flight: usize,
    /// Fetch sessions.
    pub fetch_sessions: usize,
    /// Bytes of requests held, and their bound.
    pub request_bytes: (usize, usize),
    /// Bytes of answers in memory that clients have not taken yet.
    pub unsent_bytes: usize,
    /// Bound of the tails of one store.
    pub tail_bytes_max: usize,
    /// Its stores.
    pub stores: Vec<StoreReport>,
    /// Messages that each other core has not taken yet; the last is the control core.
    pub waiting: Vec<usize>,
    /// Topics of the cluster.
    pub topics: usize,
    /// Partitions of the cluster.
    pub all_partitions: usize,
    /// Clients that are known by their ids (KIP-714), and what came of their requests.
    pub telemetry: (usize, Counts),
    /// Full passes of scrubbing in this life, and when the last one ended by the wall clock, s (0: none has).
    pub scrubbed: (u64, u64),
    /// Where the time of its requests went.
    pub stages: StagesReport,
}

/// The traffic of one topic's partitions on one core.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TopicReport {
    /// Its name.
    pub name: String,
    /// Batches appended.
    pub batches_in: u64,
    /// Bytes appended.
    pub bytes_in: u64,
    /// Bytes given to consumers.
    pub bytes_out: u64,
}

/// The traffic of a core's partitions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TopicsReport {
    /// By name; those without a partition here are left out.
    pub topics: Vec<TopicReport>,
    /// Topics of the cluster that had no room.
    pub left_out: usize,
}

impl<E: Env> Core<E> {
    /// The core's figures now.
    #[must_use]
    pub fn figures(&self) -> CoreReport {
        let c = &self.counters;
        let counted = c.requests.iter().zip(0i16..).map(|(n, key)| (key, n.get()));
        let mesh = self.env.mesh();
        let telemetry = self.telemetry.borrow();
        let image = self.image.borrow();
        let store = |(directory, store): (usize, &Option<Rc<ringlog_storage::store::Store<E::Disk>>>)| {
            let store = store.as_ref()?;
            Some(StoreReport {
                directory,
                online: store.check_online().is_ok(),
                stats: store.stats(),
                tail_bytes: store.tail_memory(),
            })
        };
        CoreReport {
            connections: self.connections.borrow().len(),
            accepted: c.accepted.get(),
            bad_clients: c.bad_clients.get(),
            requests: counted.filter(|(_, n)| *n > 0).collect(),
            received: c.received.get(),
            sent: c.sent.get(),
            partitions: self.leaders.borrow().len(),
            unserved: self.unserved.borrow().len(),
            produce_in_flight: self.produce.len(),
            fetch_sessions: self.sessions.borrow().len(),
            request_bytes: (self.request_budget.used(), self.limits.request_bytes_max),
            unsent_bytes: self.unsent_memory.get(),
            tail_bytes_max: self.limits.tail_bytes_max,
            stores: self.stores.borrow().iter().enumerate().filter_map(store).collect(),
            waiting: (0..=mesh.data_cores()).map(|to| mesh.waiting(CoreId(to))).collect(),
            topics: image.topic_count(),
            all_partitions: image.partition_count(),
            telemetry: (telemetry.instances(), telemetry.counts()),
            scrubbed: (c.scrub_passes.get(), u64::try_from(c.scrubbed_at_ms.get() / 1000).unwrap_or(0)),
            stages: self.stages.report(),
        }
    }

    /// The traffic of its partitions by topic, counted without holding the core up.
    async fn traffic(&self) -> TopicsReport {
        let (shown, left_out): (Vec<(TopicId, Rc<str>)>, usize) = {
            let image = self.image.borrow();
            let shown = image.topics().take(TOPICS_MAX).map(|t| (t.id, Rc::clone(&t.name))).collect();
            (shown, image.topic_count().saturating_sub(TOPICS_MAX))
        };
        let mut sums: BTreeMap<TopicId, [u64; 3]> = BTreeMap::new();
        let leaders: Vec<_> = self.leaders.borrow().values().cloned().collect();
        for some in leaders.chunks(TURN_PARTITIONS) {
            for leader in some {
                let t = &leader.traffic;
                let sum = sums.entry(leader.id.topic).or_default();
                let own = [t.batches_in.get(), t.bytes_in.get(), t.bytes_out.get()];
                sum.iter_mut().zip(own).for_each(|(sum, n)| *sum += n);
            }
            yield_now().await;
        }
        let topic = |(id, name): (TopicId, Rc<str>)| {
            let [batches_in, bytes_in, bytes_out] = sums.get(&id).copied()?;
            Some(TopicReport { name: name.to_string(), batches_in, bytes_in, bytes_out })
        };
        TopicsReport { topics: shown.into_iter().filter_map(topic).collect(), left_out }
    }
}

/// Publishes the traffic of the core's topics, again and again.
pub(crate) async fn topics_loop<E: Env>(core: Rc<Core<E>>) {
    loop {
        let clock = core.env.clock();
        if core.stopping.or(clock.sleep_until(clock.now().after(TOPICS_EVERY))).await.is_none() {
            return;
        }
        let report = core.traffic().await;
        core.env.publish(Report::Topics(report));
    }
}
