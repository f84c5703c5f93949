//! One data core: what its parts share, its messages, its once-a-second work, and its end.
//!
//! Owner: the core's thread. Invariants: no borrow of a cell is held over an await; connections are accepted
//! only between `Serve` and `Stop`; the image changes only by committed records, in their order.

use crate::calls::{Allowance, Calls, Inbox, Signal};
use crate::config::BrokerConfig;
use crate::conn::budget::RequestBudget;
use crate::conn::{Connection, accept_loop, end_idle};
use crate::control::msg::{ControlReply, ControlRequest};
use crate::env::{Clock, CoreId, Env, FileOf, Instant, Lane, Level, Mesh};
use crate::group::Ticket;
use crate::group::host::Groups;
use crate::handler::init_producer_id::ProducerIds;
use crate::handler::produce::in_flight;
use crate::handler::produce::room::Parcel;
use crate::handler::{delete_records, fetch, leader_epoch, list_offsets, log_dirs, produce, producers};
use crate::image::{Identity, MetadataDelta, MetadataImage};
use crate::limits::{
    BAD_CLIENT_LINES_MAX, CROWDED_FETCH_BYTES, Limits, REMOTE_READERS, SESSION_PARTITIONS_MAX, SESSIONS_MAX,
    STOP_MAX, UNPACK_MAX,
};
use crate::msg::{Acks, Reply, Request, ShardMsg, Token};
use crate::partition::clean::clean_loop;
use crate::partition::moves::Moves;
use crate::partition::relocate::move_loop;
use crate::partition::retain::retain_loop;
use crate::partition::scrub::scrub_loop;
use crate::partition::watch::{Watch, store_tick_loop};
use crate::partition::{Leader, Purgatory};
use crate::report::{Counters, Report, add, topics_loop};
use crate::router::Router;
use crate::session::Sessions;
use crate::slots::Slots;
use crate::stages::{Stage, Stages};
use crate::telemetry::Telemetry;
use hashbrown::HashMap;
use ringlog_storage::planted::{Bug, planted};
use ringlog_storage::store::Store;
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::PartitionId;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// What a data core is given at its start.
#[derive(Debug)]
pub struct CoreBoot {
    /// The broker's configuration.
    pub config: BrokerConfig,
    /// The bounds that an operator may set.
    pub limits: Limits,
}

/// Work that another core sent.
type Sent<T> = (CoreId, Token, T);

/// What `Request::Append` carries.
type Appends = ((Acks, Instant), Parcel, Instant);

/// One store per data directory; `None` for one that could not be opened.
pub type Stores<E> = RefCell<Vec<Option<Rc<Store<<E as Env>::Disk>>>>>;

/// The core.
pub struct Core<E: Env> {
    /// Its world.
    pub env: E,
    /// The broker's configuration.
    pub config: Rc<BrokerConfig>,
    /// The bounds that an operator may set.
    pub limits: Limits,
    /// The cluster as of the last delta.
    pub image: RefCell<MetadataImage>,
    /// The way to other cores.
    pub router: Router<E>,
    /// Parked fetches.
    pub purgatory: Purgatory,
    /// Fetch sessions.
    pub sessions: RefCell<Sessions>,
    /// Open connections.
    pub connections: RefCell<Slots<Rc<Connection<E>>>>,
    /// Producer ids to hand out.
    pub producer_ids: ProducerIds,
    /// Coordinators of consumer groups.
    pub groups: Groups<E>,
    /// Bytes of requests.
    pub request_budget: Rc<RequestBudget>,
    /// Bytes of answers in memory that clients have not taken yet; those of tails stay pinned meanwhile.
    pub unsent_memory: Rc<Cell<usize>>,
    /// Partitions that this core serves.
    pub leaders: RefCell<HashMap<PartitionId, Rc<Leader<E>>>>,
    /// Partitions that should be served here and could not be opened.
    pub(crate) unserved: RefCell<BTreeSet<PartitionId>>,
    /// Where partitions are kept.
    pub stores: Stores<E>,
    /// What of the stores the control core was told.
    pub(crate) watch: Watch,
    /// Produce requests in flight.
    pub produce: in_flight::Table<E>,
    /// Memory for fetches.
    pub fetches: fetch::Rooms<FileOf<E>>,
    /// What clients tell about themselves.
    pub telemetry: RefCell<Telemetry>,
    /// What is counted for the operator.
    pub counters: Counters,
    /// Where the time of requests goes.
    pub stages: Stages,
    /// Memory of decompression.
    pub unpacking: Allowance,
    /// Appends of other cores, one queue per core: a busy store holds back only those behind it.
    appends: Vec<Inbox<Sent<Appends>>>,
    /// Everything else that other cores ask; taken by a fixed number of tasks.
    reads: Inbox<Sent<Request>>,
    /// Partitions whose log start DeleteRecords moved: segments may go.
    pub(crate) fronts: Inbox<PartitionId>,
    /// Replicas on their way to another data directory.
    pub(crate) moves: Moves<E>,
    serving: Cell<bool>,
    /// Other data cores that have answered all their clients.
    drained: Cell<u16>,
    /// Data directories that did not close cleanly.
    unclean: Cell<usize>,
    /// Raised by `Stop`.
    pub stopping: Signal,
    stopped: Signal,
    control_calls: Calls<ControlReply>,
    deltas: Inbox<Arc<MetadataDelta>>,
    /// Lines about bad clients that may still be logged in this second, and those that were not.
    lines_left: Cell<u32>,
    lines_dropped: Cell<u64>,
}

impl<E: Env> Core<E> {
    /// Runs a data core until it has stopped: every answer in flight sent, every store closed.
    ///
    /// Returns how many data directories could not be closed cleanly; the log says which and why.
    pub async fn run(env: E, boot: CoreBoot) -> usize {
        let core = Self::new(env, boot);
        core.env.spawn(Lane::Background, tick_loop(Rc::clone(&core)));
        core.env.spawn(Lane::Consensus, delta_loop(Rc::clone(&core)));
        core.env.spawn(Lane::Background, store_tick_loop(Rc::clone(&core)));
        core.env.spawn(Lane::Background, clean_loop(Rc::clone(&core)));
        core.env.spawn(Lane::Background, retain_loop(Rc::clone(&core)));
        core.env.spawn(Lane::Background, move_loop(Rc::clone(&core)));
        core.env.spawn(Lane::Background, topics_loop(Rc::clone(&core)));
        core.env.spawn(Lane::Background, scrub_loop(Rc::clone(&core)));
        core.start_groups();
        for from in 0..core.appends.len() {
            core.env.spawn(Lane::Produce, append_loop(Rc::clone(&core), from));
        }
        for _ in 0..REMOTE_READERS {
            core.env.spawn(Lane::Fetch, read_loop(Rc::clone(&core)));
        }
        while let Some((from, msg)) = core.stopped.or(core.env.mesh().recv()).await {
            core.on_message(from, msg);
        }
        core.unclean.get()
    }

    fn new(env: E, boot: CoreBoot) -> Rc<Self> {
        let config = Rc::new(boot.config);
        let nobody = Identity { cluster_id: Arc::from(""), directories: Arc::from([]) };
        Rc::new(Self {
            router: Router::start(&env, boot.limits.credits),
            image: RefCell::new(MetadataImage::new(nobody, Rc::clone(&config))),
            purgatory: Purgatory::default(),
            sessions: RefCell::new(Sessions::new(SESSIONS_MAX, SESSION_PARTITIONS_MAX)),
            connections: RefCell::new(Slots::new(boot.limits.max_connections)),
            producer_ids: ProducerIds::default(),
            groups: Groups::new(&config),
            request_budget: RequestBudget::new(boot.limits.request_bytes_max),
            unsent_memory: Rc::default(),
            leaders: RefCell::default(),
            unserved: RefCell::default(),
            stores: RefCell::default(),
            watch: Watch::default(),
            produce: in_flight::Table::default(),
            fetches: fetch::Rooms::default(),
            telemetry: RefCell::default(),
            counters: Counters::default(),
            stages: Stages::default(),
            unpacking: Allowance::new(UNPACK_MAX),
            appends: (0..env.mesh().data_cores()).map(|_| Inbox::default()).collect(),
            reads: Inbox::default(),
            fronts: Inbox::default(),
            moves: Moves::default(),
            serving: Cell::new(false),
            drained: Cell::new(0),
            unclean: Cell::new(0),
            stopping: Signal::default(),
            stopped: Signal::default(),
            control_calls: Calls::default(),
            deltas: Inbox::default(),
            lines_left: Cell::new(BAD_CLIENT_LINES_MAX),
            lines_dropped: Cell::new(0),
            limits: boot.limits,
            config,
            env,
        })
    }

    fn on_message(self: &Rc<Self>, from: CoreId, msg: ShardMsg<FileOf<E>>) {
        match msg {
            ShardMsg::Stop => {
                if !self.stopping.is_raised() {
                    self.stopping.raise();
                    self.env.spawn(Lane::Background, stop(Rc::clone(self)));
                }
            }
            ShardMsg::Serve => {
                self.serving.set(true);
                for listener in 0..self.config.listeners.len() {
                    self.env.spawn(Lane::Produce, accept_loop(Rc::clone(self), listener));
                }
            }
            ShardMsg::Request {
                token,
                request: Request::Append { acks, deadline, items, outcomes, sent },
            } => {
                let queue = self.appends.get(usize::from(from.0)).expect("data cores send appends");
                queue.put((from, token, ((acks, deadline), (items, outcomes), sent)));
            }
            ShardMsg::Request { token, request } => self.reads.put((from, token, request)),
            ShardMsg::Reply { token, reply } => {
                self.router.on_reply(from);
                match reply {
                    Reply::Appended { outcomes, items, sent } => {
                        produce::answered(self, token, (items, outcomes), sent);
                    }
                    reply => {
                        if let Reply::Read { sent, .. } = &reply {
                            self.stages.add(Stage::FetchHop, *sent, self.env.clock().now());
                        }
                        self.router.complete(token, reply);
                    }
                }
            }
            ShardMsg::Group { token, call } => self.groups.on_call(Ticket { core: from, token }, call),
            ShardMsg::GroupAnswer { token, answer } => self.groups.on_answer(token, *answer),
            ShardMsg::Drained => self.drained.set(self.drained.get() + 1),
            ShardMsg::Moved { token } => self.purgatory.fire(token, &self.router),
            ShardMsg::Unwatch { watch } => self.purgatory.end(watch),
            ShardMsg::Delta(delta) => self.deltas.put(delta),
            ShardMsg::Full { at, shortage } => self.on_full(at, shortage),
            ShardMsg::ControlReply { token, reply } => self.control_calls.complete(token, reply),
            ShardMsg::DeltaApplied { .. } | ShardMsg::Directory { .. } | ShardMsg::Control { .. } => {
                unreachable!("only the control core is told these")
            }
        }
    }

    /// The partition, if this core serves it.
    #[must_use]
    pub fn leader(&self, id: PartitionId) -> Option<Rc<Leader<E>>> {
        self.leaders.borrow().get(&id).cloned()
    }

    /// Most bytes of a fetch that asks for `wanted` now: little while slow clients hold much of the memory that
    /// tails share. One whole batch always fits (KIP-74).
    #[must_use]
    pub fn fetch_bytes(&self, wanted: usize) -> usize {
        let crowded = self.unsent_memory.get() > self.limits.tail_bytes_max / 2;
        if crowded { wanted.min(CROWDED_FETCH_BYTES) } else { wanted }
    }

    /// True once every core was ready.
    #[must_use]
    pub fn is_served(&self) -> bool {
        self.serving.get()
    }

    /// The partition that a client names, if this node leads it.
    pub fn led_partition(&self, name: &str, index: i32) -> Result<PartitionId, ErrorCode> {
        let image = self.image.borrow();
        let topic = image.topic_named(name).ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let index = u32::try_from(index).map_err(|_| ErrorCode::UnknownTopicOrPartition)?;
        let partition = topic.partitions.get(index as usize).ok_or(ErrorCode::UnknownTopicOrPartition)?;
        if partition.leader != Some(image.node()) {
            return Err(ErrorCode::NotLeaderOrFollower);
        }
        Ok(PartitionId { topic: topic.id, index })
    }

    /// Splits `items` into those that this core owns, and the others by owner, each in their order.
    pub fn by_owner<T>(
        &self,
        items: Vec<T>,
        partition: impl Fn(&T) -> PartitionId,
    ) -> (Vec<T>, Vec<(CoreId, Vec<T>)>) {
        let (mut here, mut others) = (Vec::new(), Vec::<(CoreId, Vec<T>)>::new());
        for item in items {
            let owner = self.router.owner(partition(&item));
            if owner == self.router.here() {
                here.push(item);
            } else if let Some((_, items)) = others.iter_mut().find(|(to, _)| *to == owner) {
                items.push(item);
            } else {
                others.push((owner, vec![item]));
            }
        }
        (here, others)
    }

    /// The control core's id.
    #[must_use]
    pub fn control_core(&self) -> CoreId {
        CoreId(self.env.mesh().data_cores())
    }

    /// Asks the control core and waits for its answer.
    pub async fn control(&self, request: ControlRequest) -> ControlReply {
        let token = self.control_calls.open();
        self.router.push(self.control_core(), ShardMsg::Control { token, request }).await;
        self.control_calls.wait(token).await
    }

    /// One numbered line about a client that misbehaves; rate-limited, the rest is counted.
    pub fn bad_client(&self, peer: &SocketAddr, code: &str, what: &dyn fmt::Display) {
        add(&self.counters.bad_clients, 1);
        match self.lines_left.get() {
            0 => self.lines_dropped.set(self.lines_dropped.get() + 1),
            n => {
                self.lines_left.set(n - 1);
                self.env.log(Level::Warn, &format!("warn[{code}]: client {peer} {what}; connection closed"));
            }
        }
    }
}

/// Applies committed metadata, one delta after the other, and tells the control core.
async fn delta_loop<E: Env>(core: Rc<Core<E>>) {
    loop {
        let delta = core.deltas.take().await;
        let failed = core.apply(&delta).await;
        core.router.push(core.control_core(), ShardMsg::DeltaApplied { offset: delta.end, failed }).await;
    }
}

/// Appends what the clients of core `from` sent, in its order.
async fn append_loop<E: Env>(core: Rc<Core<E>>, from: usize) {
    let Some(queue) = core.appends.get(from) else { return };
    loop {
        let (from, token, items) = queue.take().await;
        if planted(Bug::AppendsSideBySide) {
            let one = Rc::clone(&core);
            core.env.spawn(Lane::Commit, async move {
                produce::append_for(&one, from, token, items).await;
            });
            continue;
        }
        produce::append_for(&core, from, token, items).await;
    }
}

/// Answers the reads of other cores, one after the other.
async fn read_loop<E: Env>(core: Rc<Core<E>>) {
    loop {
        let (from, token, request) = core.reads.take().await;
        match request {
            Request::Read(read) => fetch::read::read_for(&core, from, token, read).await,
            Request::ListOffsets(items) => list_offsets::list_for(&core, from, token, items).await,
            Request::DeleteRecords(items) => delete_records::delete_for(&core, from, token, items).await,
            Request::EpochEnds(items) => leader_epoch::ends_for(&core, from, token, &items),
            Request::LogDirs => log_dirs::logs_for(&core, from, token).await,
            Request::MoveReplicas(items) => log_dirs::move_for(&core, from, token, items).await,
            Request::Producers { items, max } => producers::list_for(&core, from, token, &items, max),
            Request::Append { .. } => unreachable!("appends have queues of their own"),
        }
    }
}

/// Once a second: idle connections, a stuck budget, overdue answers, what the log lines left out, the figures.
async fn tick_loop<E: Env>(core: Rc<Core<E>>) {
    let mut released = 0;
    let mut next = core.env.clock().now().after(Duration::from_secs(1));
    while core.stopped.or(core.env.clock().sleep_until(next)).await.is_some() {
        let now = core.env.clock().now();
        next = next.max(now).after(Duration::from_secs(1));
        let budget = &core.request_budget;
        // Requests that wait for the disk are not the fault of those who wait behind them.
        let blocked = (budget.is_over() || budget.is_awaited()) && core.produce.is_empty();
        let stuck = blocked && budget.released() == released;
        released = core.request_budget.released();
        end_idle(&core, now, stuck);
        let dropped = core.lines_dropped.take();
        if dropped > 0 {
            core.env.log(Level::Warn, &format!("{dropped} more lines about bad clients were left out"));
        }
        core.lines_left.set(BAD_CLIENT_LINES_MAX);
        in_flight::end_overdue(&core, now).await;
        core.env.publish(Report::Core(Box::new(core.figures())));
    }
}

/// A clean end: parked fetches answer at once, answers in flight go out, then everything closes. Stores close
/// only when no core asks for anything any more.
async fn stop<E: Env>(core: Rc<Core<E>>) {
    let until = core.env.clock().now().after(STOP_MAX);
    let mut drained = false;
    loop {
        core.purgatory.fire_all(&core.router);
        core.groups_stop();
        if !drained && core.end_quiet_connections() == 0 {
            drained = true;
            core.tell_drained();
        }
        let others = core.env.mesh().data_cores() - 1;
        if (drained && core.drained.get() >= others) || core.env.clock().now() >= until {
            break;
        }
        let soon: Instant = core.env.clock().now().after(Duration::from_millis(2));
        core.env.clock().sleep_until(soon).await;
    }
    core.end_all_connections();
    let stores: Vec<_> = core.stores.borrow().iter().flatten().cloned().collect();
    for store in stores {
        if let Err(e) = store.close().await {
            core.unclean.set(core.unclean.get() + 1);
            core.env.log(Level::Error, &format!("error[R054]: {store:?} was not closed cleanly: {e}"));
        }
    }
    core.stopped.raise();
}

impl<E: Env> Core<E> {
    /// Closes the connections that wait for nothing. Returns how many still do.
    fn end_quiet_connections(&self) -> usize {
        let connections = self.connections.borrow();
        let all = connections.tokens(|_| true);
        let mut left = 0;
        for c in all.into_iter().filter_map(|t| connections.peek(t)) {
            let quiet = {
                let queue = c.queue.borrow();
                queue.in_flight() == 0 && queue.unsent() == 0 && !c.busy.get()
            };
            if quiet {
                c.kill();
            } else {
                left += 1;
            }
        }
        left
    }

    fn tell_drained(&self) {
        for core in (0..self.env.mesh().data_cores()).map(CoreId).filter(|c| *c != self.router.here()) {
            self.router.owe(core, ShardMsg::Drained);
        }
    }

    fn end_all_connections(&self) {
        let connections = self.connections.borrow();
        let all = connections.tokens(|_| true);
        all.into_iter().filter_map(|t| connections.peek(t)).for_each(|c| c.kill());
    }
}
