//! A client that waits for one batch after the other: nothing else wakes its fetch.
//!
//! Where many write, a fetch that slept through its data is woken by the next batch, and nobody notices. So this topic
//! has one writer. In each round a fetch of all partitions goes out and parks, one batch is sent to one of them (at
//! once, or up to 67 ms later, at any order of magnitude: it may become readable between the read and the parking),
//! and the fetch must bring it soon after it was acknowledged.
//!
//! Owner: one task of the world. Invariants: nobody else uses the topic before the healing; a round is judged only if
//! nothing was wrong from its beginning to its end.

use super::plan::{Trouble, pick};
use super::single;
use super::world::{Phase, Topic, World};
use crate::check::Tp;
use crate::check::history::{Fetched, unreadable};
use crate::check::offered::Wish;
use crate::client::{Client, Gone};
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use ringlog_wire::compress::Codec;
use ringlog_wire::generated::create_topics_request::CreatableTopic;
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use ringlog_wire::generated::metadata_request::MetadataRequestTopic;
use ringlog_wire::generated::{
    CreateTopicsRequest, CreateTopicsResponse, FetchRequest, FetchResponse, MetadataRequest,
    MetadataResponse, ProduceResponse,
};
use std::pin::pin;
use std::rc::Rc;

/// The topic.
pub const NAME: &str = "beat";
/// Its place among the clients that the liveness phase waits for.
pub const WHO: usize = usize::MAX - 1000;
/// A fetch waits so long, ms: longer than any lateness that is allowed.
const WAIT_MS: i32 = 4000;
/// How much later than the acknowledgement its data may be, ns; and where queues or files are slow.
const LATE_MAX: u64 = 400_000_000;
const LATE_MAX_SLOW: u64 = 1_500_000_000;
/// Where all requests together may take less memory than this, one may wait for the others, bytes.
const SCARCE: usize = 16 << 20;
/// A small batch is acknowledged within this time when nothing is wrong, ns.
const ANSWER_MAX: u64 = 3_000_000_000;
/// Turns of a lane that it may wait for besides, in a full log: of a flush that finishes some dozen segments, each with
/// its indexes, and of the checkpoint after it.
const TURNS: u64 = 400;
/// The timeouts of its Produce, ms.
const TIMEOUTS: [i32; 2] = [1000, 30_000];
/// How long after the time that a request may wait its answer comes, ns, whatever the disk does.
const IN_TIME: u64 = 2_000_000_000;

struct Beat {
    world: Rc<World>,
    topic: Option<Topic>,
    /// Where each partition is read on.
    positions: Vec<i64>,
}

/// Runs until the safety phase ends; then the topic is left to the checks of the end.
pub async fn run(world: Rc<World>) {
    let mut beat = Beat { world: Rc::clone(&world), topic: None, positions: Vec::new() };
    while world.phase.get() == Phase::Safety {
        let Some((mut writer, life)) = world.connect().await else { return };
        let Some((mut reader, again)) = world.connect().await else { return };
        if life == again {
            let _ = beat.work((&mut writer, &mut reader), life).await;
        }
        writer.conn().cut();
        reader.conn().cut();
        world.sim.sleep_ms(20 + world.sim.rng().below(100)).await;
    }
    world.topics.borrow_mut().extend(beat.topic);
    world.wants(WHO, None);
}

impl Beat {
    async fn work(&mut self, (writer, reader): (&mut Client, &mut Client), life: u64) -> Result<(), Gone> {
        while self.world.phase.get() == Phase::Safety {
            if self.world.lives.get() != life || self.world.up.borrow().is_none() {
                return Err(Gone);
            }
            match self.topic.clone() {
                None => self.create(writer, life).await?,
                Some(topic) => self.round((writer, reader), life, &topic).await?,
            }
            let think = self.world.sim.rng().below(300);
            self.world.sim.sleep_ms(think).await;
        }
        Ok(())
    }

    /// Creates the topic, or finds it if an answer was lost.
    async fn create(&mut self, client: &mut Client, life: u64) -> Result<(), Gone> {
        let partitions = 1 + i32::try_from(self.world.sim.rng().below(3)).unwrap_or(0);
        let topic = CreatableTopic {
            name: NAME.to_owned(),
            num_partitions: partitions,
            replication_factor: 1,
            ..CreatableTopic::default()
        };
        let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 10_000, ..Default::default() };
        let sent = self.world.now();
        client.send(7, &request).await?;
        let frame = self.world.answer(client, life, (sent, 10_000_000_000), "CreateTopics").await?;
        let (_, response): (i32, CreateTopicsResponse) = client.decode(&frame, 7);
        let code = response.topics.first().map_or(0, |t| t.error_code);
        if code != 0 && code != ErrorCode::TopicAlreadyExists.code() {
            self.world.unprovoked(code, "the creation of a topic");
            return Ok(());
        }
        let topic = MetadataRequestTopic { name: Some(NAME.to_owned()), ..Default::default() };
        let request = MetadataRequest { topics: Some(vec![topic]), ..Default::default() };
        let sent = self.world.now();
        client.send(12, &request).await?;
        let frame = self.world.answer(client, life, (sent, 0), "Metadata").await?;
        let (_, response): (i32, MetadataResponse) = client.decode(&frame, 12);
        // Data cores hear of it a little later.
        let Some(found) = response.topics.first().filter(|t| t.error_code == 0) else { return Ok(()) };
        self.positions = vec![0; found.partitions.len()];
        let partitions = i32::try_from(found.partitions.len()).unwrap_or(0);
        self.topic = Some(Topic { name: NAME.to_owned(), id: found.topic_id, partitions });
        Ok(())
    }

    /// One fetch, one batch, and what must come of it.
    async fn round(
        &mut self,
        (writer, reader): (&mut Client, &mut Client),
        life: u64,
        topic: &Topic,
    ) -> Result<(), Gone> {
        let rng = self.world.sim.rng().clone();
        let began = self.world.now();
        let floors: Vec<i64> = self.tps(topic).map(|tp| self.floor(tp)).collect();
        // What is there already answers at once.
        let waits = self.positions == floors;
        reader.send(13, &self.fetch(topic)).await?;
        if waits {
            self.world.sim.exec().jitter(1 << rng.below(27)).await;
        }
        // Now and then nothing is sent, and it has to wait for all of its time.
        let silent = waits && rng.one_in(10);
        let acked = !silent && self.produce(writer, life, topic).await?;
        let told = self.world.now();
        let wait = 1_000_000 * u64::try_from(WAIT_MS).unwrap_or(0);
        let due = (began + wait).max(told) + IN_TIME;
        let frame = self.in_time(reader, life, (began, wait), (due, "Fetch")).await?;
        let now = self.world.now();
        let calm = self.calm_since(began);
        let plan = &self.world.plan;
        // The fetch may have ended before the batch was readable.
        let prompt = told - began < wait / 2;
        let slow = plan.pace.is_some() || plan.mesh.is_slow();
        let late = now - told > if slow { LATE_MAX_SLOW } else { LATE_MAX };
        let (_, response): (i32, FetchResponse) = reader.decode(&frame, 13);
        let came = self.take(topic, &response, &floors);
        let refused = response.responses.iter().flat_map(|t| &t.partitions).any(|p| p.error_code != 0);
        if waits && calm && !came && !refused && now - began < wait / 10 * 9 {
            let after = (now - began) as f64 / 1e9;
            self.world.fail(&format!(
                "{NAME}: a fetch that may wait for {WAIT_MS} ms brought nothing after {after:.3} s"
            ));
        }
        if acked && waits && calm && prompt && (late || !came) {
            let after = (now - told) as f64 / 1e9;
            self.world.fail(&format!(
                "{NAME}: a fetch was waiting, and {after:.3} s after the acknowledgement of the only batch it {}",
                if came { "was answered" } else { "brought nothing" }
            ));
        }
        Ok(())
    }

    /// True if nothing was wrong since `began`.
    fn calm_since(&self, began: u64) -> bool {
        let calm = self.world.calm_since.get().is_some_and(|calm| calm <= began);
        calm && !self.world.excused.get() && !self.world.is_narrow()
    }

    fn tps(&self, topic: &Topic) -> impl Iterator<Item = Tp> + use<> {
        let id = topic.id;
        (0..topic.partitions).map(move |p| (id, p))
    }

    fn floor(&self, tp: Tp) -> i64 {
        self.world.history.borrow_mut().facts(tp).floor
    }

    fn fetch(&self, topic: &Topic) -> FetchRequest {
        let one = |(tp, at): (Tp, &i64)| FetchPartition {
            partition: tp.1,
            fetch_offset: *at,
            partition_max_bytes: 1 << 20,
            ..FetchPartition::default()
        };
        let partitions = self.tps(topic).zip(&self.positions).map(one).collect();
        FetchRequest {
            max_wait_ms: WAIT_MS,
            min_bytes: 1,
            max_bytes: 1 << 24,
            topics: vec![FetchTopic { topic_id: topic.id, partitions, ..FetchTopic::default() }],
            ..FetchRequest::default()
        }
    }

    /// Sends one batch to one partition. True if it was acknowledged.
    async fn produce(&mut self, client: &mut Client, life: u64, topic: &Topic) -> Result<bool, Gone> {
        let tp = single::partition(&self.world, topic);
        let timestamp = self.world.sim.wall_ms() - 100;
        let wish = Wish { records: 1, value_max: 100, codec: Codec::None, timestamp, sequence: None };
        let (no, mut request) = single::offer(&self.world, topic, tp, &wish);
        let plan = &self.world.plan;
        // Where a commit may be slow, or wait in a full log for flushes that are starved, a short time is over although
        // nothing is wrong.
        let starved = plan.starved.1 > 0;
        let slow = starved || plan.pace.is_some() || plan.mesh.is_slow() || self.world.is_narrow();
        request.timeout_ms = if slow { 30_000 } else { pick(self.world.sim.rng(), &TIMEOUTS) };
        let wait = 1_000_000 * u64::try_from(request.timeout_ms).unwrap_or(0);
        let sent = self.world.now();
        client.send(single::VERSION, &request).await?;
        let frame = self.prompt_answer(client, life, (sent, wait)).await?;
        let (_, response): (i32, ProduceResponse) = client.decode(&frame, single::VERSION);
        let answer = response.responses.first().and_then(|t| t.partition_responses.first());
        let Some(p) = answer else { self.world.fail("a Produce of one partition has no answer") };
        if p.error_code != 0 {
            let unknown = [ErrorCode::UnknownTopicId.code(), ErrorCode::UnknownTopicOrPartition.code()];
            // Some core may not have heard of the topic yet.
            let full = self.world.refusing.borrow().contains(&life);
            if !full && (!unknown.contains(&p.error_code) || self.positions.iter().any(|at| *at > 0)) {
                self.world.unprovoked(p.error_code, "a Produce to a topic that is there");
            }
            return Ok(false);
        }
        single::acked(&self.world, tp, no, p);
        Ok(true)
    }

    /// An answer to what was sent at `sent` and may wait `wait` ns: by `due`, whatever the disk does meanwhile.
    ///
    /// What else may keep it back: the network, a process that stands still, and memory that others hold.
    async fn in_time(
        &self,
        client: &mut Client,
        life: u64,
        (sent, wait): (u64, u64),
        (due, what): (u64, &str),
    ) -> Result<Bytes, Gone> {
        let (world, conn) = (&self.world, client.conn().clone());
        let exec = world.sim.exec().clone();
        let mut answer = pin!(world.answer(client, life, (sent, wait), what));
        if let Some(frame) = exec.within(due.saturating_sub(world.now()), answer.as_mut()).await {
            return frame;
        }
        let there = world.lives.get() == life && world.up.borrow().is_some() && !world.ending.get();
        let other = [Trouble::Partition, Trouble::Pause].iter().any(|t| world.plan.has(*t));
        let scarce = world.plan.limits.request_bytes_max < SCARCE || world.is_narrow();
        if there && !other && !scarce && !conn.hears_nothing() {
            let (after, wait) = ((world.now() - sent) as f64 / 1e9, wait / 1_000_000);
            world.fail(&format!("{NAME}: a {what} that may wait {wait} ms has no answer after {after:.3} s"));
        }
        answer.await
    }

    /// The answer of a small Produce.
    async fn prompt_answer(
        &self,
        client: &mut Client,
        life: u64,
        (sent, wait): (u64, u64),
    ) -> Result<Bytes, Gone> {
        let exec = self.world.sim.exec().clone();
        let mut answer = pin!(self.in_time(client, life, (sent, wait), (sent + wait + IN_TIME, "Produce")));
        let (_, one_in, most) = self.world.plan.starved;
        let max = ANSWER_MAX + TURNS * (most / 2).checked_div(one_in).unwrap_or(0);
        match exec.within(max, answer.as_mut()).await {
            Some(frame) => frame,
            None if self.calm_since(sent) => {
                let after = max as f64 / 1e9;
                self.world.fail(&format!(
                    "{NAME}: a small Produce has no answer after {after} s, and nothing is wrong"
                ))
            }
            None => answer.await,
        }
    }

    /// Checks what came and goes on behind it. True if anything came.
    fn take(&mut self, topic: &Topic, response: &FetchResponse, floors: &[i64]) -> bool {
        let mut came = false;
        for data in response.responses.iter().flat_map(|t| &t.partitions) {
            let Ok(i) = usize::try_from(data.partition_index) else { continue };
            let (Some(from), Some(floor)) = (self.positions.get(i).copied(), floors.get(i).copied()) else {
                self.world.fail("an answer for a partition that was not asked for")
            };
            if data.error_code != 0 {
                if from > 0 {
                    self.world.unprovoked(data.error_code, "a Fetch of a topic that is there");
                }
                continue;
            }
            let records = data.records.as_deref().unwrap_or_default();
            came |= !records.is_empty();
            let high_watermark = data.high_watermark;
            let now = self.world.now();
            let fetched = Fetched { from, floor, high_watermark, log_start: 0, records, now };
            let verdict = self.world.history.borrow_mut().fetched((topic.id, data.partition_index), &fetched);
            match verdict {
                Ok(next) => self.positions.iter_mut().skip(i).take(1).for_each(|at| *at = next),
                Err(_) if self.world.reads_lie() && unreadable(from, records).is_some() => {}
                Err(why) => self.world.fail(&format!("{NAME}-{i}: {why}")),
            }
        }
        came
    }
}
