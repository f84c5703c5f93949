//! A client that moves replicas between the data directories while they are written, read and deleted from.
//!
//! It asks for a move of any partition there is, to any directory, also to the one where it is, which ends a move; it
//! lets copies go on slowly for a while, so that much happens before they end; and it looks where everything is.
//! All rules of logs hold meanwhile, over every crash. After the healing every move ends, and each replica is in one
//! directory (`check::left`): unless the disk failed or was full, in the last one that was asked for.
//!
//! Owner: one task of the world. Invariants: nobody else moves replicas; there are no moves where reads lie, since what
//! is copied is then as wrong as what was read.

use super::plan::pick;
use super::world::{Phase, World};
use crate::check::rule;
use crate::client::{Client, Gone};
use ringlog_wire::generated::alter_replica_log_dirs_request::{AlterReplicaLogDir, AlterReplicaLogDirTopic};
use ringlog_wire::generated::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use ringlog_wire::generated::{
    AlterReplicaLogDirsRequest, DescribeLogDirsRequest, DescribeLogDirsResponse,
    IncrementalAlterConfigsRequest,
};
use ringlog_wire::message::Request;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Its place among the clients that the liveness phase waits for.
pub const WHO: usize = usize::MAX - 1001;
/// Longest pause between two requests, ms.
const THINK_MS: u64 = 400;
/// The config that limits the rate of copies, and Kafka's number for configs of a broker.
const RATE: &str = "replica.alter.log.dirs.io.max.bytes.per.second";
const BROKER: i8 = 4;
/// Bytes in a second: a copy that never ends, one that takes its time, and no limit.
const RATES: [&str; 3] = ["1000", "300000", UNLIMITED];
const UNLIMITED: &str = "9223372036854775807";

struct Moves {
    world: Rc<World>,
    /// The last answered move of each partition: the directory that it went to. A later one without an answer may
    /// have taken its place.
    asked: RefCell<BTreeMap<(String, i32), String>>,
}

/// Runs until the safety phase is over and no move is left.
pub async fn run(world: Rc<World>) {
    let moves = Moves { world: Rc::clone(&world), asked: RefCell::default() };
    while let Some((mut client, life)) = world.connect().await {
        let done = moves.work((&mut client, life)).await;
        client.conn().cut();
        if done.is_ok() {
            break;
        }
        world.sim.sleep_ms(20 + world.sim.rng().below(100)).await;
    }
    world.wants(WHO, None);
}

impl Moves {
    async fn work(&self, (client, life): (&mut Client, u64)) -> Result<(), Gone> {
        let rng = self.world.sim.rng().clone();
        loop {
            self.world.sim.sleep_ms(rng.below(THINK_MS)).await;
            if self.world.lives.get() != life || self.world.up.borrow().is_none() {
                return Err(Gone);
            }
            let safety = self.world.phase.get() == Phase::Safety;
            match rng.below(8) {
                _ if !safety => {
                    let quick = self.rate((client, life), UNLIMITED).await?;
                    if quick && !self.look((client, life)).await? {
                        return Ok(());
                    }
                }
                0 => drop(self.rate((client, life), pick(&rng, &RATES)).await?),
                1 => drop(self.look((client, life)).await?),
                _ => self.alter((client, life)).await?,
            }
        }
    }

    async fn ask<R: Request>(
        &self,
        (client, life): (&mut Client, u64),
        version: i16,
        request: &R,
    ) -> Result<R::Response, Gone> {
        let sent = self.world.now();
        self.world.send(client, version, request).await?;
        let frame = self.world.answer(client, life, (sent, 10_000_000_000), R::NAME).await?;
        Ok(client.decode(&frame, version).1)
    }

    /// True if copies are as quick as that from now on.
    async fn rate(&self, at: (&mut Client, u64), rate: &str) -> Result<bool, Gone> {
        let value = Some(rate.to_owned());
        let config = AlterableConfig { name: RATE.to_owned(), config_operation: 0, value };
        let resource = AlterConfigsResource {
            resource_type: BROKER,
            resource_name: "1".to_owned(),
            configs: vec![config],
        };
        let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
        let response = self.ask(at, 1, &request).await?;
        let code = response.responses.first().map_or(-1, |r| r.error_code);
        if code != 0 {
            self.world.unprovoked(code, "a change of the rate of moves");
        }
        Ok(code == 0)
    }

    /// Some partition, and whether it surely is there.
    fn some_partition(&self) -> (String, i32, bool) {
        let rng = self.world.sim.rng();
        let topics = self.world.topics.borrow();
        let others = ["__consumer_offsets", super::churn::NAME, super::beat::NAME];
        let kept = self.world.plan.keep.topics.iter().map(|t| t.name.as_str());
        let others: Vec<&str> = others.into_iter().chain(kept).collect();
        let n = rng.below((2 * topics.len() + others.len()) as u64);
        let n = usize::try_from(n).unwrap_or(0);
        match topics.get(n / 2) {
            Some(topic) => {
                let index = rng.below(u64::try_from(topic.partitions).unwrap_or(1));
                (topic.name.clone(), i32::try_from(index).unwrap_or(0), true)
            }
            None => (others.get(n - 2 * topics.len()).copied().unwrap_or_default().to_owned(), 0, false),
        }
    }

    /// Asks for a move.
    async fn alter(&self, at: (&mut Client, u64)) -> Result<(), Gone> {
        let (name, index, there) = self.some_partition();
        let path = pick(self.world.sim.rng(), self.world.plan.dirs).to_owned();
        self.world.say(|| format!("{name}-{index} goes to {path}"));
        let topics = vec![AlterReplicaLogDirTopic { name: name.clone(), partitions: vec![index] }];
        let dirs = vec![AlterReplicaLogDir { path: path.clone(), topics }];
        self.asked.borrow_mut().remove(&(name.clone(), index));
        let response = self.ask(at, 2, &AlterReplicaLogDirsRequest { dirs }).await?;
        let answer = response.results.first().and_then(|t| t.partitions.first());
        let Some(p) = answer else { self.world.fail("AlterReplicaLogDirs has no answer") };
        if p.error_code != 0 && there {
            self.world.unprovoked(p.error_code, &format!("the move of {name}-{index} to {path}"));
        }
        if p.error_code == 0 && there {
            self.asked.borrow_mut().insert((name, index), path);
        }
        Ok(())
    }

    /// Looks where everything is. True if something moves, or may.
    async fn look(&self, at: (&mut Client, u64)) -> Result<bool, Gone> {
        let response: DescribeLogDirsResponse =
            self.ask(at, 4, &DescribeLogDirsRequest { topics: None }).await?;
        // Of each partition the directories that hold it, and those where its future is.
        let mut places: BTreeMap<(String, i32), [Vec<String>; 2]> = BTreeMap::new();
        for dir in response.results {
            if dir.error_code != 0 {
                self.world.unprovoked(dir.error_code, "a directory");
                return Ok(true);
            }
            for (topic, p) in dir.topics.iter().flat_map(|t| t.partitions.iter().map(|p| (&t.name, p))) {
                let [is, will] = places.entry((topic.clone(), p.partition_index)).or_default();
                if p.is_future_key { will } else { is }.push(dir.log_dir.clone());
            }
        }
        for (of, [is, will]) in &places {
            let one = is.len() <= 1 && will.len() <= 1 && will.iter().all(|w| !is.contains(w));
            self.world.judge(None, rule(one, || format!("{of:?} is in {is:?} and moves to {will:?}")));
        }
        let topics = self.world.topics.borrow();
        let all = topics.iter().flat_map(|t| (0..t.partitions).map(move |p| (t.name.clone(), p)));
        for of in all.filter(|_| !self.world.provoked()) {
            let there = places.get(&of).is_some_and(|[is, _]| is.len() == 1);
            self.world.judge(None, rule(there, || format!("{of:?} is in no directory")));
        }
        let moving = places.values().any(|[_, will]| !will.is_empty());
        if !moving && self.world.disk_was_good() && self.world.refusing.borrow().is_empty() {
            for (of, to) in self.asked.borrow().iter() {
                let [is, _] = places.get(of).cloned().unwrap_or_default();
                let arrived = self.world.provoked() || is.iter().eq([to]);
                self.world
                    .judge(None, rule(arrived, || format!("{of:?} was to move to {to} and is in {is:?}")));
            }
        }
        Ok(moving)
    }
}
