//! Logs from which something goes, in the swarm: by time, by size, on request, by compaction.
//!
//! Each topic has one client that writes it, reads it whole, and deletes from it, one request after the other, while
//! everything else happens. `check::kept` holds what it finds against all that it ever sent. After the healing, what
//! has to go must go, and after one more start the rest must still be there.
//!
//! Owner: the run. Invariant: nobody else writes these topics; they are left out where reads lie, since a gap that
//! a lie makes looks like one that compaction makes.

pub mod plan;

use super::world::{Phase, World};
use crate::check::Verdict;
use crate::check::kept::{Kept, NUMBER, Sent, Whole, value_of};
use crate::client::{Client, Gone};
use crate::exec::WORLD;
use bytes::Bytes;
use plan::KeepTopic;
use ringlog_shard::env::Level;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use ringlog_wire::generated::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use ringlog_wire::generated::metadata_request::MetadataRequestTopic;
use ringlog_wire::generated::produce_request::{PartitionProduceData, TopicProduceData};
use ringlog_wire::generated::*;
use ringlog_wire::ids::TopicId;
use ringlog_wire::message::Request;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Reads that begin anew because the log start moved meanwhile.
const RESTARTS_MAX: u32 = 20;
/// Reads after which a key that came back counts.
const GHOST_READS: u32 = 3;
/// What the active segment and the one before may hold: bytes of batches, and offsets.
const SLACK: (u64, i64) = (80_000, 40);

/// One topic and its client.
pub struct Keep {
    world: Rc<World>,
    plan: KeepTopic,
    who: usize,
    id: Cell<Option<TopicId>>,
    /// Its creation was asked for.
    creating: Cell<bool>,
    offered: Cell<u64>,
    /// The last answer was of a broker that has died since.
    late: Cell<bool>,
    kept: RefCell<Kept>,
}

/// One answer to a fetch.
struct Fetched {
    code: i16,
    high_watermark: i64,
    log_start: i64,
    records: Bytes,
}

/// Starts the clients of the plan.
pub fn start(world: &Rc<World>) -> Vec<Rc<Keep>> {
    let mut keeps = Vec::new();
    for (n, plan) in world.plan.keep.topics.iter().enumerate() {
        let keep = Rc::new(Keep {
            world: Rc::clone(world),
            plan: plan.clone(),
            who: super::churn::WHO - 1 - n,
            id: Cell::default(),
            creating: Cell::default(),
            offered: Cell::default(),
            late: Cell::default(),
            kept: RefCell::new(Kept::new(plan.rules)),
        });
        world.sim.exec().spawn(WORLD, run(Rc::clone(&keep)));
        keeps.push(keep);
    }
    keeps
}

/// Everything is healed: every client must get ahead.
pub fn wake(keeps: &[Rc<Keep>]) {
    keeps.iter().for_each(|k| k.world.wants(k.who, Some(format!("{}: to be written and read", k.plan.name))));
}

/// What has to go goes, while nothing else happens.
pub async fn settle(world: &Rc<World>, keeps: &[Rc<Keep>]) {
    for keep in keeps {
        keep.until_done(async |client, life| {
            for _ in 0..3 {
                keep.produce(client, life).await?;
            }
            Ok(true)
        })
        .await;
    }
    if keeps.is_empty() {
        return;
    }
    world.sim.sleep_ms(world.plan.keep.settle_ms).await;
    for keep in keeps {
        keep.until_done(async |client, life| {
            let Some(whole) = keep.read(client, life).await? else { return Ok(false) };
            if !world.provoked() {
                keep.judge(keep.kept.borrow().settled(&whole, SLACK));
            }
            Ok(true)
        })
        .await;
    }
    let up = world.up.borrow().clone();
    for code in ["R055", "R056"] {
        let said = up.as_ref().map(|b| b.logged(Level::Error, code)).unwrap_or_default();
        if !said.is_empty() && !world.excused.get() {
            world.fail(&format!("nothing was wrong: {said:?}"));
        }
    }
}

/// Reads everything once more.
pub async fn verify(keeps: &[Rc<Keep>]) {
    for keep in keeps {
        keep.until_done(async |client, life| Ok(keep.read(client, life).await?.is_some())).await;
    }
}

async fn run(keep: Rc<Keep>) {
    let world = Rc::clone(&keep.world);
    loop {
        let Some((mut client, life)) = world.connect().await else { return };
        let done = keep.work(&mut client, life).await;
        client.conn().cut();
        if done.is_ok() {
            world.wants(keep.who, None);
            return;
        }
        world.sim.sleep_ms(5 + world.sim.rng().below(100)).await;
    }
}

impl Keep {
    /// Does `what` on one connection after the other until it says that it is done.
    async fn until_done(&self, what: impl AsyncFn(&mut Client, u64) -> Result<bool, Gone>) {
        loop {
            let Some((mut client, life)) = self.world.connect().await else { return };
            let done = match self.id.get() {
                // Nobody ever heard that it was made.
                None => Ok(true),
                Some(_) => what(&mut client, life).await,
            };
            client.conn().cut();
            if done == Ok(true) {
                return;
            }
            self.world.sim.sleep_ms(50).await;
        }
    }

    /// Works in the safety phase; behind it, until it got ahead.
    async fn work(&self, client: &mut Client, life: u64) -> Result<(), Gone> {
        let rng = self.world.sim.rng().clone();
        loop {
            self.world.sim.sleep_ms(rng.below(self.plan.think_ms + 1)).await;
            let phase = self.world.phase.get();
            if phase == Phase::Over {
                return Ok(());
            }
            if self.world.lives.get() != life || self.world.up.borrow().is_none() {
                return Err(Gone);
            }
            if self.id.get().is_none() {
                self.create(client, life).await?;
            } else if phase != Phase::Safety {
                if self.produce(client, life).await? && self.read(client, life).await?.is_some() {
                    return Ok(());
                }
            } else {
                match rng.below(14) {
                    0 | 1 => drop(self.read(client, life).await?),
                    2 => self.below(client, life).await?,
                    3 if self.plan.deletes => self.delete(client, life).await?,
                    _ if self.offered.get() < self.plan.batches_max => {
                        self.produce(client, life).await?;
                    }
                    // Written enough: what time takes is still looked at.
                    _ => self.world.sim.sleep_ms(rng.below(1000)).await,
                }
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
        let asked = self.world.send(client, version, request).await?;
        let frame = self.world.answer(client, life, (sent, 30_000_000_000), R::NAME).await?;
        self.late.set(sent < self.world.life_began.get());
        let (id, response) = client.decode(&frame, version);
        if id != asked {
            self.world.fail(&format!("{} {asked} was answered as {id}", R::NAME));
        }
        Ok(response)
    }

    /// An error came for which the broker that lives now has no cause.
    fn unprovoked(&self, code: i16, what: &str) {
        if !self.late.get() {
            self.world.unprovoked(code, what);
        }
    }

    fn judge(&self, verdict: Verdict) {
        if let Err(why) = verdict {
            self.world.fail(&format!("{}: {why}", self.plan.name));
        }
    }

    fn now(&self) -> (u64, u64) {
        (self.world.now(), self.world.lives.get())
    }

    async fn create(&self, client: &mut Client, life: u64) -> Result<(), Gone> {
        let config =
            |(k, v): &(&str, String)| CreatableTopicConfig { name: (*k).to_owned(), value: Some(v.clone()) };
        let topic = CreatableTopic {
            name: self.plan.name.clone(),
            num_partitions: 1,
            replication_factor: 1,
            configs: self.plan.configs.iter().map(config).collect(),
            ..CreatableTopic::default()
        };
        let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 10_000, ..Default::default() };
        let doubted = self.creating.replace(true);
        let response: CreateTopicsResponse = self.ask((client, life), 7, &request).await?;
        let Some(answer) = response.topics.first() else { self.world.fail("CreateTopics has no answer") };
        match ErrorCode::from_code(answer.error_code) {
            Some(ErrorCode::None) => self.id.set(Some(answer.topic_id)),
            Some(ErrorCode::TopicAlreadyExists) if doubted => {
                let name = Some(self.plan.name.clone());
                let topics = Some(vec![MetadataRequestTopic { name, ..Default::default() }]);
                let request = MetadataRequest { topics, ..Default::default() };
                let response: MetadataResponse = self.ask((client, life), 12, &request).await?;
                let found = response.topics.first().filter(|t| t.error_code == 0);
                self.id.set(found.map(|t| t.topic_id));
            }
            _ => self.unprovoked(answer.error_code, &format!("the creation of {:?}", self.plan)),
        }
        Ok(())
    }

    /// One batch, sent once. True: acknowledged.
    async fn produce(&self, client: &mut Client, life: u64) -> Result<bool, Gone> {
        let rng = self.world.sim.rng();
        let (records, wall) = (1 + rng.below(3), self.world.sim.wall_ms());
        let mut b = BatchBuilder::new(BatchOptions::default());
        let mut first = None;
        for _ in 0..records {
            let (key, marker) = (rng.below(self.plan.keys), rng.one_in(5));
            let (at, life) = self.now();
            let most = if marker { 0 } else { self.plan.value_max };
            let size = rng.below(most + 1) as usize;
            let number = self.kept.borrow_mut().send(Sent { key, marker, size, at, life });
            first.get_or_insert(number);
            let value = value_of(number, size);
            let named = number.to_string();
            let headers = [(NUMBER, Some(named.as_bytes()))];
            b.append(wall, Some(key.to_string().as_bytes()), (!marker).then_some(&value), &headers);
        }
        self.offered.set(self.offered.get() + 1);
        let data = PartitionProduceData { index: 0, records: Some(b.build().expect("a small batch")) };
        let topic = TopicProduceData {
            name: self.plan.name.clone(),
            topic_id: self.id.get().unwrap_or(TopicId::ZERO),
            partition_data: vec![data],
        };
        let request =
            ProduceRequest { acks: -1, timeout_ms: 30_000, topic_data: vec![topic], ..Default::default() };
        let response: ProduceResponse = self.ask((client, life), 13, &request).await?;
        let answer = response.responses.first().and_then(|t| t.partition_responses.first());
        let Some(p) = answer else { self.world.fail("a Produce of one partition has no answer") };
        if p.error_code != 0 {
            self.unprovoked(p.error_code, &format!("a Produce to {}", self.plan.name));
            return Ok(false);
        }
        self.judge(self.kept.borrow_mut().acked((first.unwrap_or(0), records), p.base_offset));
        Ok(true)
    }

    async fn delete(&self, client: &mut Client, life: u64) -> Result<(), Gone> {
        let rng = self.world.sim.rng();
        let (started, floor) = (self.kept.borrow().started(), self.kept.borrow().floor());
        // Sometimes to where it cannot go back.
        let low = if rng.one_in(4) { 0 } else { started };
        // The log start may be above what is known to be there: -1 takes what was not acknowledged, too.
        let above = u64::try_from(floor - low).unwrap_or(0);
        let offset = if rng.one_in(6) { -1 } else { low + rng.below(above + 1) as i64 };
        self.kept.borrow_mut().ask(offset);
        let partitions = vec![DeleteRecordsPartition { partition_index: 0, offset }];
        let topics = vec![DeleteRecordsTopic { name: self.plan.name.clone(), partitions }];
        let request = DeleteRecordsRequest { topics, timeout_ms: 10_000 };
        let response: DeleteRecordsResponse = self.ask((client, life), 2, &request).await?;
        let answer = response.topics.first().and_then(|t| t.partitions.first());
        let Some(p) = answer else { self.world.fail("DeleteRecords has no answer") };
        if p.error_code != 0 {
            self.unprovoked(p.error_code, &format!("DeleteRecords of {} to {offset}", self.plan.name));
            return Ok(());
        }
        let (low, least) = (p.low_watermark, if offset < 0 { floor } else { offset });
        if low < least {
            self.world.fail(&format!("{}: deleted up to {offset}, it starts at {low}", self.plan.name));
        }
        let now = self.now();
        self.judge(self.kept.borrow_mut().starts_at(low, now, None));
        Ok(())
    }

    /// What is below the log start is out of range.
    async fn below(&self, client: &mut Client, life: u64) -> Result<(), Gone> {
        let started = self.kept.borrow().started();
        if started == 0 {
            return Ok(());
        }
        let from = self.world.sim.rng().below(started as u64) as i64;
        let got = self.fetch(client, life, from).await?;
        if got.code == 0 {
            self.world.fail(&format!("{}: a fetch from {from} below {started} is answered", self.plan.name));
        }
        if got.code != ErrorCode::OffsetOutOfRange.code() {
            self.unprovoked(got.code, &format!("a Fetch of {}", self.plan.name));
        }
        Ok(())
    }

    /// Reads everything and judges it. `None`: it could not be read to the end.
    async fn read(&self, client: &mut Client, life: u64) -> Result<Option<Whole>, Gone> {
        let mut reads = 0;
        loop {
            let Some(whole) = self.whole(client, life).await? else { return Ok(None) };
            let now = self.now();
            let verdict = self.kept.borrow_mut().read(&whole, now);
            if let Err(why) = verdict {
                let again = self.whole(client, life).await?.map(|again| again.offsets());
                self.judge(Err(format!("{why}; found were {:?}, now {again:?}", whole.offsets())));
            }
            reads += 1;
            match self.kept.borrow().no_ghosts(&whole) {
                Ok(()) => return Ok(Some(whole)),
                Err(why) if reads >= GHOST_READS => self.judge(Err(why)),
                Err(_) => {}
            }
        }
    }

    async fn whole(&self, client: &mut Client, life: u64) -> Result<Option<Whole>, Gone> {
        let mut next = self.kept.borrow().started();
        for _ in 0..RESTARTS_MAX {
            let (mut whole, mut first) = (Whole::default(), true);
            loop {
                let got = self.fetch(client, life, next).await?;
                if got.code == ErrorCode::OffsetOutOfRange.code() && got.log_start > next {
                    next = got.log_start;
                    break;
                }
                if got.code != 0 {
                    self.unprovoked(got.code, &format!("a Fetch of {} at {next}", self.plan.name));
                    return Ok(None);
                }
                whole.end = if std::mem::take(&mut first) { got.high_watermark } else { whole.end };
                whole.log_start = got.log_start;
                if next >= whole.end {
                    return Ok(Some(whole));
                }
                let after = whole
                    .add(next, &got.records)
                    .unwrap_or_else(|why| self.world.fail(&format!("{}: {why}", self.plan.name)));
                if after == next {
                    self.unprovoked(
                        ErrorCode::UnknownServerError.code(),
                        &format!(
                            "{}: a fetch from {next} below {} brought nothing; it",
                            self.plan.name, whole.end
                        ),
                    );
                    return Ok(None);
                }
                next = after;
            }
        }
        Ok(None)
    }

    async fn fetch(&self, client: &mut Client, life: u64, from: i64) -> Result<Fetched, Gone> {
        let one = FetchPartition {
            partition: 0,
            fetch_offset: from,
            partition_max_bytes: 1 << 24,
            ..FetchPartition::default()
        };
        let topic_id = self.id.get().unwrap_or(TopicId::ZERO);
        let topic = FetchTopic { topic_id, partitions: vec![one], ..FetchTopic::default() };
        let request =
            FetchRequest { min_bytes: 1, max_bytes: 1 << 24, topics: vec![topic], ..FetchRequest::default() };
        let response: FetchResponse = self.ask((client, life), 13, &request).await?;
        let data = response.responses.into_iter().next().and_then(|t| t.partitions.into_iter().next());
        let Some(data) = data else { self.world.fail("a Fetch of one partition has no answer") };
        Ok(Fetched {
            code: data.error_code,
            high_watermark: data.high_watermark,
            log_start: data.log_start_offset,
            records: data.records.unwrap_or_default(),
        })
    }
}
