//! A client whose topic comes and goes under one name, while everything else happens.
//!
//! Each incarnation has an id that was never seen before; it begins empty; what was acknowledged in it is there
//! until its deletion is asked for, and never again behind that: not under the name, not under the old id, not
//! after any crash. A creation or deletion whose answer was lost is asked for again until it is known.
//!
//! Owner: one task of the world. Invariant: nobody else uses the name.

use super::single;
use super::world::{Phase, Topic, World};
use crate::check::Tp;
use crate::check::history::{Fetched, unreadable};
use crate::check::offered::Wish;
use crate::client::{Client, Gone};
use ringlog_wire::ErrorCode;
use ringlog_wire::compress::Codec;
use ringlog_wire::generated::create_topics_request::CreatableTopic;
use ringlog_wire::generated::delete_topics_request::DeleteTopicState;
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use ringlog_wire::generated::metadata_request::MetadataRequestTopic;
use ringlog_wire::generated::{
    CreateTopicsRequest, CreateTopicsResponse, DeleteTopicsRequest, DeleteTopicsResponse, FetchRequest,
    FetchResponse, MetadataRequest, MetadataResponse, ProduceResponse,
};
use ringlog_wire::ids::TopicId;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The name that comes and goes.
pub const NAME: &str = "come-and-go";
/// Its partitions, at most.
pub const PARTITIONS_MAX: u64 = 3;
/// How long data cores may take to hear of a change when nothing is wrong, ns.
const HEARD_MAX: u64 = 2_000_000_000;

/// What is known of the topic.
#[derive(Clone, Debug)]
enum Is {
    /// Not there.
    Gone,
    /// There, under this id.
    There(Topic),
    /// A creation was not answered.
    Creating,
    /// A deletion was not answered.
    Deleting(Topic),
}

struct Churn {
    world: Rc<World>,
    is: Is,
    /// Ids that ended.
    ended: BTreeSet<TopicId>,
    /// When the last change was known, ns.
    known: u64,
}

/// Runs until the run's safety phase ends; a topic that is there then is left to the checks of the end.
pub async fn run(world: Rc<World>) {
    let mut churn = Churn { world: Rc::clone(&world), is: Is::Gone, ended: BTreeSet::new(), known: 0 };
    while !churn.is_over() {
        let Some((mut client, life)) = world.connect().await else { return };
        let _ = churn.work(&mut client, life).await;
        client.conn().cut();
        world.sim.sleep_ms(20 + world.sim.rng().below(100)).await;
    }
    let there = if let Is::There(topic) = churn.is { Some(topic) } else { None };
    world.topics.borrow_mut().extend(there);
    world.wants(WHO, None);
}

/// Its place among the clients that the liveness phase waits for.
pub const WHO: usize = usize::MAX;

impl Churn {
    /// Nothing is in doubt, and the safety phase is over.
    fn is_over(&self) -> bool {
        let known = matches!(self.is, Is::Gone | Is::There(_));
        self.world.phase.get() == Phase::Over || (self.world.phase.get() != Phase::Safety && known)
    }

    async fn work(&mut self, client: &mut Client, life: u64) -> Result<(), Gone> {
        while !self.is_over() {
            if self.world.lives.get() != life || self.world.up.borrow().is_none() {
                return Err(Gone);
            }
            let think = self.world.sim.rng().below(200);
            self.world.sim.sleep_ms(think).await;
            let dice = self.world.sim.rng().below(12);
            match self.is.clone() {
                Is::Gone if dice == 0 => self.look(client, life).await?,
                Is::Gone => self.create(client, life).await?,
                Is::Creating => self.create(client, life).await?,
                Is::Deleting(topic) => self.delete(client, life, topic).await?,
                Is::There(topic) => match dice {
                    0 => self.delete(client, life, topic).await?,
                    1 => self.look(client, life).await?,
                    2 => self.read(client, life, &topic).await?,
                    3 => self.read_ended(client, life).await?,
                    _ => self.produce(client, life, &topic).await?,
                },
            }
        }
        Ok(())
    }

    async fn create(&mut self, client: &mut Client, life: u64) -> Result<(), Gone> {
        let partitions = 1 + i32::try_from(self.world.sim.rng().below(PARTITIONS_MAX)).unwrap_or(0);
        let topic = CreatableTopic {
            name: NAME.to_owned(),
            num_partitions: partitions,
            replication_factor: 1,
            ..CreatableTopic::default()
        };
        let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 10_000, ..Default::default() };
        let (sent, doubted) = (self.world.now(), matches!(self.is, Is::Creating));
        self.is = Is::Creating;
        client.send(7, &request).await?;
        let frame = self.world.answer(client, life, (sent, 10_000_000_000), "CreateTopics").await?;
        let (_, response): (i32, CreateTopicsResponse) = client.decode(&frame, 7);
        let Some(answer) = response.topics.first() else { self.world.fail("CreateTopics has no answer") };
        match ErrorCode::from_code(answer.error_code) {
            Some(ErrorCode::None) => self.begins(answer.topic_id, partitions),
            Some(ErrorCode::TopicAlreadyExists) if doubted => return self.look(client, life).await,
            _ => self.world.unprovoked(answer.error_code, "the creation of a topic"),
        }
        Ok(())
    }

    /// A new incarnation is known.
    fn begins(&mut self, id: TopicId, partitions: i32) {
        if id == TopicId::ZERO || self.ended.contains(&id) {
            self.world.fail(&format!("{NAME} was made anew with the id {id:?}, which it had before"));
        }
        self.world.say(|| format!("{NAME} is there with {partitions} partitions"));
        self.known = self.world.now();
        self.is = Is::There(Topic { name: NAME.to_owned(), id, partitions });
    }

    async fn delete(&mut self, client: &mut Client, life: u64, topic: Topic) -> Result<(), Gone> {
        let doubted = matches!(self.is, Is::Deleting(_));
        let state = DeleteTopicState { name: Some(NAME.to_owned()), topic_id: TopicId::ZERO };
        let request = DeleteTopicsRequest { topics: vec![state], timeout_ms: 10_000, ..Default::default() };
        let (sent, id) = (self.world.now(), topic.id);
        self.is = Is::Deleting(topic);
        client.send(6, &request).await?;
        let frame = self.world.answer(client, life, (sent, 10_000_000_000), "DeleteTopics").await?;
        let (_, response): (i32, DeleteTopicsResponse) = client.decode(&frame, 6);
        let Some(answer) = response.responses.first() else { self.world.fail("DeleteTopics has no answer") };
        match ErrorCode::from_code(answer.error_code) {
            Some(ErrorCode::None) => self.ends(id),
            Some(ErrorCode::UnknownTopicOrPartition) if doubted => self.ends(id),
            _ => self.world.unprovoked(answer.error_code, "the deletion of a topic"),
        }
        Ok(())
    }

    fn ends(&mut self, id: TopicId) {
        self.world.say(|| format!("{NAME} is deleted"));
        self.ended.insert(id);
        self.known = self.world.now();
        self.is = Is::Gone;
    }

    /// What Metadata says is what was answered.
    async fn look(&mut self, client: &mut Client, life: u64) -> Result<(), Gone> {
        let topic = MetadataRequestTopic { name: Some(NAME.to_owned()), ..Default::default() };
        let request = MetadataRequest {
            topics: Some(vec![topic]),
            allow_auto_topic_creation: false,
            ..Default::default()
        };
        let sent = self.world.now();
        client.send(12, &request).await?;
        let frame = self.world.answer(client, life, (sent, 0), "Metadata").await?;
        let (_, response): (i32, MetadataResponse) = client.decode(&frame, 12);
        let Some(found) = response.topics.first() else { self.world.fail("Metadata has no answer") };
        let partitions = i32::try_from(found.partitions.len()).unwrap_or(0);
        let seen = (found.error_code == 0).then_some((found.topic_id, partitions));
        let fresh = self.world.now() < self.known + HEARD_MAX;
        match (self.is.clone(), seen) {
            (Is::Gone, None) => {}
            (Is::There(topic), Some(seen)) if seen == (topic.id, topic.partitions) => {}
            // Data cores hear of a change a little later.
            (Is::Gone | Is::There(_), _) if fresh || self.world.provoked() => {}
            (Is::Creating, Some((id, _))) if self.ended.contains(&id) => {}
            (Is::Creating, Some((id, partitions))) => self.begins(id, partitions),
            (Is::Creating | Is::Deleting(_), _) => {}
            (is, seen) => {
                let code = found.error_code;
                self.world.fail(&format!("{NAME}: Metadata says {seen:?} ({code}), known is {is:?}"));
            }
        }
        Ok(())
    }

    async fn produce(&mut self, client: &mut Client, life: u64, topic: &Topic) -> Result<(), Gone> {
        let rng = self.world.sim.rng().clone();
        let tp = single::partition(&self.world, topic);
        let timestamp = self.world.sim.wall_ms() - 100;
        let records = 1 + u32::try_from(rng.below(5)).unwrap_or(0);
        let value_max = if rng.one_in(8) { 60_000 } else { 500 };
        let wish = Wish { records, value_max, codec: Codec::None, timestamp, sequence: None };
        let (no, request) = single::offer(&self.world, topic, tp, &wish);
        let sent = self.world.now();
        client.send(single::VERSION, &request).await?;
        let frame = self.world.answer(client, life, (sent, 30_000_000_000), "Produce").await?;
        let (_, response): (i32, ProduceResponse) = client.decode(&frame, single::VERSION);
        let answer = response.responses.first().and_then(|t| t.partition_responses.first());
        let Some(p) = answer else { self.world.fail("a Produce of one partition has no answer") };
        if p.error_code == 0 {
            single::acked(&self.world, tp, no, p);
        } else if self.world.now() > self.known + HEARD_MAX {
            self.world.unprovoked(p.error_code, "a Produce to a topic that is there");
        }
        Ok(())
    }

    /// Everything of one partition: its own batches, from offset 0.
    async fn read(&mut self, client: &mut Client, life: u64, topic: &Topic) -> Result<(), Gone> {
        let index = self.world.sim.rng().below(u64::try_from(topic.partitions).unwrap_or(1));
        let tp = (topic.id, i32::try_from(index).unwrap_or(0));
        let mut next = 0;
        loop {
            let floor = self.world.history.borrow_mut().facts(tp).floor;
            let (code, high_watermark, records) = self.fetch(client, life, (tp, next)).await?;
            if code != 0 {
                if self.world.now() > self.known + HEARD_MAX {
                    self.world.unprovoked(code, "a Fetch of a topic that is there");
                }
                return Ok(());
            }
            let records = records.unwrap_or_default();
            let now = self.world.now();
            let fetched = Fetched { from: next, floor, high_watermark, log_start: 0, records: &records, now };
            let verdict = self.world.history.borrow_mut().fetched(tp, &fetched);
            match verdict {
                Ok(after) if after == next => return Ok(()),
                Ok(after) => next = after,
                Err(_) if self.world.reads_lie() && unreadable(next, &records).is_some() => return Ok(()),
                Err(why) => self.world.fail(&format!("{NAME}-{}: {why}", tp.1)),
            }
        }
    }

    /// An incarnation that ended is never read again.
    async fn read_ended(&mut self, client: &mut Client, life: u64) -> Result<(), Gone> {
        let n = self.world.sim.rng().below(self.ended.len() as u64);
        let Some(id) = self.ended.iter().nth(usize::try_from(n).unwrap_or(0)).copied() else { return Ok(()) };
        let (code, _, records) = self.fetch(client, life, ((id, 0), 0)).await?;
        let heard = self.world.now() > self.known + HEARD_MAX || records.is_some_and(|r| !r.is_empty());
        if code == 0 && heard {
            self.world.fail(&format!("{NAME}: an incarnation that was deleted answers a Fetch"));
        }
        Ok(())
    }

    async fn fetch(
        &self,
        client: &mut Client,
        life: u64,
        (tp, from): (Tp, i64),
    ) -> Result<(i16, i64, Option<bytes::Bytes>), Gone> {
        let one = FetchPartition {
            partition: tp.1,
            fetch_offset: from,
            partition_max_bytes: 1 << 20,
            ..FetchPartition::default()
        };
        let topic = FetchTopic { topic_id: tp.0, partitions: vec![one], ..FetchTopic::default() };
        let request =
            FetchRequest { min_bytes: 1, max_bytes: 1 << 24, topics: vec![topic], ..FetchRequest::default() };
        let sent = self.world.now();
        client.send(13, &request).await?;
        let frame = self.world.answer(client, life, (sent, 0), "Fetch").await?;
        let (_, response): (i32, FetchResponse) = client.decode(&frame, 13);
        let data = response.responses.first().and_then(|t| t.partitions.first());
        let Some(data) = data else {
            return Ok((ErrorCode::UnknownTopicId.code(), 0, None));
        };
        Ok((data.error_code, data.high_watermark, data.records.clone()))
    }
}
