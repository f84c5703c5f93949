//! What the tasks of a run share: the broker that is up, what was seen, and how to fail.
//!
//! Owner: the run. Invariants: `calm_since` is set only while nothing that was done to the broker can still
//! delay an answer; a failure names the seed.

use super::keep::plan::KeepPlan;
use super::plan::{End, Plan, Trouble};
use crate::broker::Broker;
use crate::check::history::History;
use crate::check::{Tp, Verdict};
use crate::client::{Client, Gone};
use crate::rng::Rng;
use crate::{MemDisk, Sim};
use bytes::Bytes;
use ringlog_shard::limits::CREDITS_MAX;
use ringlog_wire::ids::TopicId;
use ringlog_wire::message::Request;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A topic that exists.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: TopicId,
    /// Partitions.
    pub partitions: i32,
}

/// Where a run is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Faults come and go.
    Safety,
    /// Everything works, and must be seen to.
    Liveness,
    /// Producers finish what they have in flight.
    Draining,
    /// Clients end.
    Over,
}

/// An answer must come within so long when nothing is wrong, ns, beyond what the request itself may wait.
pub const ANSWER_MAX: u64 = 8_000_000_000;

/// Longest that a client waits for a connection to take its request, ns.
const SEND_MAX: u64 = 20_000_000_000;

/// See the module's text.
pub struct World {
    /// Executor, clock and dice.
    pub sim: Sim,
    /// The disk.
    pub disk: MemDisk,
    /// What this seed does.
    pub plan: Plan,
    /// What clients did and saw.
    pub history: RefCell<History>,
    /// The topics.
    pub topics: RefCell<Vec<Topic>>,
    /// The broker that accepts connections.
    pub up: RefCell<Option<Rc<Broker>>>,
    /// Brokers that have been up so far: tells an old connection from a new one.
    pub lives: Cell<u64>,
    /// Since when nothing is wrong, ns; `None`: something is.
    pub calm_since: Cell<Option<u64>>,
    /// Where the run is.
    pub phase: Cell<Phase>,
    /// Clients whose work is not done, and what they still want.
    pub busy: RefCell<BTreeMap<usize, String>>,
    /// Narrate the run to standard error.
    pub verbose: bool,
    /// Something was done to the broker in this life that its answers may still show.
    pub excused: Cell<bool>,
    /// When the broker that lives now began.
    pub life_began: Cell<u64>,
    /// Lives in which the log may have refused batches, and gone on: for lack of space.
    pub refusing: RefCell<BTreeSet<u64>>,
    /// How long the broker was made to pause so far, ns.
    pub paused: Cell<u64>,
    /// The life that runs is being ended.
    pub ending: Cell<bool>,
    /// No trouble comes any more.
    pub healed: Cell<bool>,
    /// Reads may bring other bytes than were written.
    pub lying: Cell<bool>,
    /// The next life is a short one, and ends so.
    pub brief: Cell<Option<End>>,
    next_stream: Cell<u64>,
}

impl World {
    /// A world before its first broker.
    #[must_use]
    pub fn new(seed: u64, verbose: bool) -> Self {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        let mut plan = Plan::roll(sim.rng());
        plan.roll_store(&Rng::new(seed ^ 0x7374_6f72));
        plan.roll_moves(&Rng::new(seed ^ 0x6d6f_7665));
        plan.roll_alone(&Rng::new(seed ^ 0x616c_6f6e));
        if !plan.has(Trouble::LyingRead) {
            plan.keep = KeepPlan::roll(
                &Rng::new(seed ^ 0x6b65_6570),
                plan.has(Trouble::WallJump) || plan.groups.expires,
            );
        }
        Self {
            sim,
            disk,
            plan,
            history: RefCell::default(),
            topics: RefCell::default(),
            up: RefCell::default(),
            lives: Cell::new(0),
            calm_since: Cell::new(None),
            phase: Cell::new(Phase::Safety),
            busy: RefCell::default(),
            verbose,
            excused: Cell::new(false),
            life_began: Cell::new(0),
            refusing: RefCell::default(),
            paused: Cell::new(0),
            ending: Cell::new(false),
            healed: Cell::new(false),
            lying: Cell::new(false),
            brief: Cell::new(None),
            next_stream: Cell::new(0),
        }
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.sim.exec().seed()
    }

    /// Virtual time, ns.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.sim.exec().now()
    }

    /// Ends the run as failed.
    ///
    /// # Panics
    /// Always; the message names the seed.
    pub fn fail(&self, what: &str) -> ! {
        let at = self.now() as f64 / 1e9;
        let log = self.up.borrow().as_ref().map(|b| b.node().log()).unwrap_or_default();
        let tail: Vec<_> = log.iter().rev().take(5).map(|(_, line)| line).collect();
        panic!("seed {}: at {at:.6} s: {what}\n  broker's last lines: {tail:#?}", self.seed())
    }

    /// Fails unless the rule held.
    pub fn judge(&self, of: Option<Tp>, verdict: Verdict) {
        if let Err(why) = verdict {
            match of {
                Some(tp) => self.fail(&format!("{}: {why}", self.name(tp))),
                None => self.fail(&why),
            }
        }
    }

    /// A partition's name.
    #[must_use]
    pub fn name(&self, tp: Tp) -> String {
        let topics = self.topics.borrow();
        let topic = topics.iter().find(|t| t.id == tp.0).map_or("deleted", |t| &t.name);
        format!("{topic}-{}", tp.1)
    }

    /// Client `who` still wants something, or nothing any more.
    pub fn wants(&self, who: usize, what: Option<String>) {
        let mut busy = self.busy.borrow_mut();
        match what {
            Some(what) => busy.insert(who, what),
            None => busy.remove(&who),
        };
    }

    /// One line of narration.
    pub fn say(&self, line: impl FnOnce() -> String) {
        if self.verbose {
            eprintln!("{:>12.6} {}", self.now() as f64 / 1e9, line());
        }
    }

    /// A number for a stream of requests whose order counts.
    pub fn stream(&self) -> u64 {
        self.next_stream.set(self.next_stream.get() + 1);
        self.next_stream.get()
    }

    /// Connects to a random core of the broker that is up, waiting for one. The life that it belongs to.
    pub async fn connect(&self) -> Option<(Client, u64)> {
        loop {
            if self.phase.get() == Phase::Over {
                return None;
            }
            let up = self.up.borrow().clone();
            if let Some(broker) = up {
                let core = self.sim.rng().below(u64::from(broker.cores()));
                let core = usize::try_from(core).unwrap_or(0);
                let conn = broker.node().network().connect(core, 0);
                return Some((Client::new(conn, self.seed()), self.lives.get()));
            }
            self.sim.sleep_ms(20).await;
        }
    }

    /// Sends; gives up on a connection that takes nothing, as one that is half open when its pipe is full.
    pub async fn send<R: Request>(
        &self,
        client: &mut Client,
        version: i16,
        request: &R,
    ) -> Result<i32, Gone> {
        let exec = self.sim.exec().clone();
        exec.within(SEND_MAX, client.send(version, request)).await.unwrap_or(Err(Gone))
    }

    /// The next answer on `client`, of life `life`, asked for at `sent`, that may wait for `wait_ns`.
    ///
    /// Gives up on a connection whose broker is gone, and on a broker in trouble after a while. Fails the run if
    /// nothing is wrong and the answer does not come.
    pub async fn answer(
        &self,
        client: &mut Client,
        life: u64,
        (sent, wait_ns): (u64, u64),
        what: &str,
    ) -> Result<Bytes, Gone> {
        let exec = self.sim.exec().clone();
        loop {
            if let Some(frame) = exec.within(1_000_000_000, client.frame()).await {
                return frame;
            }
            if self.lives.get() != life || self.up.borrow().is_none() {
                // Half-open: the client's own timeout.
                client.conn().cut();
                return Err(Gone);
            }
            let now = self.now();
            if let Some(calm) = self.calm_since.get().filter(|_| !client.conn().hears_nothing())
                && now.saturating_sub(calm.max(sent)) > wait_ns + ANSWER_MAX
            {
                self.fail(&format!(
                    "stuck: {what}, sent {:.3} s ago, has no answer although nothing is wrong",
                    (now - sent) as f64 / 1e9
                ));
            }
            if (self.calm_since.get().is_none() || client.conn().hears_nothing())
                && now - sent > wait_ns + 20_000_000_000
            {
                client.conn().cut();
                return Err(Gone);
            }
        }
    }
}

/// How long after its start a broker may say that there is no room though room came meanwhile, ns: it asks each
/// second.
const ROOM_ASKED_AGAIN: u64 = 1_500_000_000;

impl World {
    /// True if an error may have its cause in something that was done to the broker in this life.
    #[must_use]
    pub fn provoked(&self) -> bool {
        self.calm_since.get().is_none() || self.excused.get()
    }

    /// True if no operation of the disk failed so far, in any life, and none brought wrong bytes.
    #[must_use]
    pub fn disk_was_good(&self) -> bool {
        let happened = self.disk.happened();
        (happened.eio, happened.lies, happened.enospc) == (0, 0, 0)
    }

    /// True while a broker that found no room when it started has not asked again.
    fn refuses_from_its_start(&self) -> bool {
        let full = self.refusing.borrow().contains(&self.lives.get());
        full && self.now() < self.life_began.get() + ROOM_ASKED_AGAIN
    }

    /// An error answer: fails the run unless something was done to the broker.
    pub fn unprovoked(&self, code: i16, what: &str) {
        let error = ringlog_wire::ErrorCode::from_code(code);
        let no_room =
            error == Some(ringlog_wire::ErrorCode::KafkaStorageError) && self.refuses_from_its_start();
        if !self.provoked() && !no_room {
            let name = error.map_or("unknown", |e| e.name());
            self.fail(&format!("{what} was answered with error {code} ({name}) although nothing was wrong"));
        }
    }
}

impl World {
    /// Nothing was done to the broker that lives now, and nothing will be.
    pub fn healed_life(&self) {
        self.lying.set(false);
        let restarted = self.calm_since.get().is_some_and(|_| !self.excused.get());
        if !restarted {
            self.excused.set(false);
            self.calm_since.set(Some(self.now() + 1_000_000_000));
        }
    }

    /// True if cores may ask each other so little at a time that answers queue up: none is late then, only stuck.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        self.plan.limits.credits < CREDITS_MAX
    }

    /// True while reads may bring other bytes than were written.
    #[must_use]
    pub fn reads_lie(&self) -> bool {
        self.lying.get()
    }
}
