//! The swarm: one run is one broker, its clients, and what the seed lets go wrong.
//!
//! A run has a *safety* phase of one or more lives of the broker: clients work, troubles come and go, and each
//! life ends by a stop, a kill or a power cut, sometimes in the middle of the next start, and goes on with
//! another number of cores. Then everything is healed, and in the *liveness* phase every client must get ahead.
//! At last the producers drain, every partition is read whole, the broker stops cleanly, its files are read as
//! stock tools would, and after one more start with another number of cores everything is read again.
//!
//! Owner: the binary and the tests. Invariant: a run depends on its seed only; a failure is a panic that names it.

mod alter;
mod beat;
mod churn;
mod consumer;
mod group;
mod hoard;
mod keep;
mod lives;
mod moves;
mod nemesis;
pub mod plan;
mod probe;
mod producer;
mod single;
mod strike;
mod verify;
mod world;

use crate::check::{Verdict, directory, left};
use crate::client::Client;
use crate::exec::{START, WORLD};
use plan::End;
use ringlog_wire::generated::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use ringlog_wire::generated::{CreateTopicsRequest, CreateTopicsResponse};
use std::rc::Rc;
use world::{Phase, Topic, World};

/// What a run was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// A hash of everything that happened, in its order.
    pub trace: u64,
    /// Virtual nanoseconds.
    pub simulated_ns: u64,
    /// Polls of tasks.
    pub polls: u64,
    /// Lives of the broker.
    pub lives: u64,
    /// Batches offered.
    pub offered: u64,
    /// Batches acknowledged, repetitions included.
    pub acked: u64,
    /// Batches read and checked.
    pub read: u64,
}

/// Longest liveness phase, and longest wait for the producers to drain, ms.
const LIVENESS_MAX_MS: u64 = 60_000;

/// Longest time until files that belong to nothing are gone, ms.
const TIDY_MAX_MS: u64 = 10_000;

/// Behind the last request, ms: nothing is appended any more.
const SETTLE_MS: u64 = 5_000;

/// Runs one seed.
///
/// # Panics
/// If anything that must hold does not; the message names the seed.
#[must_use]
pub fn run(seed: u64, verbose: bool) -> Report {
    let world = Rc::new(World::new(seed, verbose));
    let exec = world.sim.exec().clone();
    world.say(|| format!("{:#?}", world.plan));
    exec.block_on(play(Rc::clone(&world)));
    world.up.take();
    exec.end();
    let history = world.history.borrow();
    Report {
        seed,
        trace: exec.trace(),
        simulated_ns: exec.now() - START,
        polls: exec.polls(),
        lives: world.lives.get(),
        offered: history.offered() as u64,
        acked: history.acked,
        read: history.read,
    }
}

async fn play(world: Rc<World>) {
    let latency = world.plan.disk_latency;
    world.disk.set_faults(|f| f.latency_max = latency);
    world.disk.set_pace(world.plan.pace);
    world.sim.exec().hold_back(world.plan.held_back.0, world.plan.held_back.1);
    let (lane, one_in, most) = world.plan.starved;
    world.sim.exec().starve(lane, one_in, most);
    lives::begin(&world, false).await;
    create_topics(&world).await;
    start_clients(&world);
    let groups = group::start(&world);
    let keeps = keep::start(&world);
    for n in 0..world.plan.lives {
        let exec = world.sim.exec();
        exec.spawn(WORLD, nemesis::run(Rc::clone(&world), world.lives.get()));
        let how = (n + 1 < world.plan.lives).then(|| strike::end(&world));
        if let Some(how) = strike::live(&world, how).await {
            lives::end(&world, how).await;
            lives::begin(&world, world.plan.crash_in_start).await;
        }
    }
    nemesis::heal(&world);
    if world.excused.get() || world.sim.rng().one_in(2) {
        lives::end(&world, lives::random_end(&world)).await;
        lives::begin(&world, false).await;
    }
    world.healed_life();
    keep::wake(&keeps);
    group::hurry(&groups);
    liveness(&world).await;
    // What was sent with acks=0 may still be on its way.
    world.sim.sleep_ms(SETTLE_MS).await;
    group::settle(&groups);
    until_idle(&world).await;
    keep::settle(&world, &keeps).await;
    verify::all(&world).await;
    until_left(&world, || left::closed(&world.disk)).await;
    world.phase.set(Phase::Over);
    lives::end(&world, End::Stop).await;
    inspect(&world);
    world.phase.set(Phase::Draining);
    lives::begin(&world, false).await;
    verify::all(&world).await;
    group::verify(&world, &groups).await;
    keep::verify(&keeps).await;
    // What was deleted and what was moved away.
    let topics = verify::topics(&world).await;
    until_left(&world, || left::tidy(&world.disk, world.plan.dirs, &topics)).await;
    world.phase.set(Phase::Over);
}

/// What is left holds nothing that has to go, some time later at most.
async fn until_left(world: &World, judge: impl Fn() -> Verdict) {
    let until = world.now() + TIDY_MAX_MS * 1_000_000;
    while judge().is_err() && world.now() < until {
        world.sim.sleep_ms(10).await;
    }
    world.judge(None, judge());
}

async fn create_topics(world: &Rc<World>) {
    let topics = world.plan.topics.iter().map(|t| CreatableTopic {
        name: t.name.clone(),
        num_partitions: t.partitions,
        replication_factor: 1,
        configs: t
            .configs
            .iter()
            .map(|(k, v)| CreatableTopicConfig { name: (*k).to_owned(), value: Some(v.clone()) })
            .collect(),
        ..CreatableTopic::default()
    });
    let request = CreateTopicsRequest { topics: topics.collect(), timeout_ms: 10_000, ..Default::default() };
    let Some((mut client, life)) = world.connect().await else { return };
    let response = create(world, &mut client, life, &request).await;
    for topic in &response.topics {
        if topic.error_code != 0 {
            world.fail(&format!("topic {} was not created: {topic:?}", topic.name));
        }
        let (name, id) = (topic.name.clone(), topic.topic_id);
        world.topics.borrow_mut().push(Topic { name, id, partitions: topic.num_partitions });
    }
}

async fn create(
    world: &World,
    client: &mut Client,
    life: u64,
    request: &CreateTopicsRequest,
) -> CreateTopicsResponse {
    let sent = world.now();
    if client.send(7, request).await.is_ok()
        && let Ok(frame) = world.answer(client, life, (sent, 10_000_000_000), "CreateTopics").await
    {
        return client.decode(&frame, 7).1;
    }
    world.fail("the connection of CreateTopics was lost")
}

fn start_clients(world: &Rc<World>) {
    let exec = world.sim.exec();
    let producers = world.plan.producers.len();
    for (who, plan) in world.plan.producers.iter().enumerate() {
        exec.spawn(WORLD, producer::run(Rc::clone(world), plan.clone(), who));
    }
    for (n, plan) in world.plan.consumers.iter().enumerate() {
        exec.spawn(WORLD, consumer::run(Rc::clone(world), plan.clone(), producers + n));
    }
    if world.plan.churn {
        exec.spawn(WORLD, churn::run(Rc::clone(world)));
    }
    if world.plan.alters {
        exec.spawn(WORLD, alter::run(Rc::clone(world)));
    }
    if world.plan.hoards {
        exec.spawn(WORLD, hoard::run(Rc::clone(world)));
    }
    if world.plan.moves {
        exec.spawn(WORLD, moves::run(Rc::clone(world)));
    }
    if world.plan.beat {
        exec.spawn(WORLD, beat::run(Rc::clone(world)));
    }
    if world.plan.probes {
        exec.spawn(WORLD, probe::run(Rc::clone(world)));
    }
}

/// Every client gets ahead, then the producers finish what they have.
async fn liveness(world: &Rc<World>) {
    world.say(|| "liveness".into());
    let producers = world.plan.producers.len();
    for who in 0..producers + world.plan.consumers.len() {
        world.wants(who, Some("a client: to begin".into()));
    }
    if world.plan.churn {
        world.wants(churn::WHO, Some("a topic: to be known".into()));
    }
    if world.plan.moves {
        world.wants(moves::WHO, Some("replicas that move: to be there".into()));
    }
    if world.plan.beat {
        world.wants(beat::WHO, Some("a waiting client: to end".into()));
    }
    world.phase.set(Phase::Liveness);
    until_idle(world).await;
    (0..producers).for_each(|who| world.wants(who, Some("a producer: to drain".into())));
    world.phase.set(Phase::Draining);
    until_idle(world).await;
}

async fn until_idle(world: &World) {
    let until = world.now() + LIVENESS_MAX_MS * 1_000_000;
    while !world.busy.borrow().is_empty() {
        if world.now() > until {
            let busy = world.busy.borrow();
            world.fail(&format!("clients cannot get ahead although nothing is wrong: {busy:#?}"));
        }
        world.sim.sleep_ms(10).await;
    }
}

/// The data directory after a clean stop.
fn inspect(world: &World) {
    for topic in &*world.topics.borrow() {
        for index in 0..topic.partitions {
            let tp = (topic.id, index);
            let end = world.history.borrow_mut().facts(tp).floor;
            let named = (&*world.name(tp), tp.0);
            let verdict = directory::partition(&world.disk, world.plan.dirs, named, end);
            world.judge(Some(tp), verdict);
        }
    }
    // A topic that comes and goes, and its predecessor that is still being deleted.
    let gone = if world.plan.churn { 2 * churn::PARTITIONS_MAX } else { 0 };
    world.judge(None, directory::commit_log(&world.disk, world.plan.limits.commit_log_bytes_max, gone));
}
