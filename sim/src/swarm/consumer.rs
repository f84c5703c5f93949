//! A consuming client: reads every partition on and on, with or without a session, and judges every byte.
//!
//! Owner: one task of the world. Invariants: a position moves only behind batches that were checked; a session
//! (KIP-227) is told only what changed, as a real client would, so that a change the broker missed shows.

use super::plan::ConsumerPlan;
use super::world::{Phase, Topic, World};
use crate::check::history::Fetched;
use crate::check::{Tp, rule};
use crate::client::{Client, Gone};
use crate::disk::Told;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use ringlog_wire::generated::fetch_response::PartitionData;
use ringlog_wire::generated::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use ringlog_wire::generated::{FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse};
use std::rc::Rc;

struct Part {
    tp: Tp,
    topic: Topic,
    position: i64,
    /// What the broker's session believes; `None` before it was told.
    told: Option<i64>,
    /// Bytes failed their checksum here while reads could lie.
    bad: u32,
}

struct Consumer {
    world: Rc<World>,
    who: usize,
    plan: ConsumerPlan,
    parts: Vec<Part>,
    /// Session id and epoch.
    session: (i32, i32),
    /// Positions that the liveness phase asks for.
    goal: Option<Vec<i64>>,
    reported: bool,
}

/// Bad batches in a row behind which a client of a lying disk gives the place up.
const BAD_MAX: u32 = 50;
/// How late an answer may be after its data could be read and nothing was wrong, ns.
const LATE_MAX: u64 = 1_500_000_000;
/// The same if the answer is small and no file is slow.
const LATE_MAX_SMALL: u64 = 400_000_000;
/// Such an answer, bytes.
const SMALL: usize = 20_000;

/// Runs one consumer until the run is over.
pub async fn run(world: Rc<World>, plan: ConsumerPlan, who: usize) {
    let topics = world.topics.borrow().clone();
    let parts = topics.iter().flat_map(|t| (0..t.partitions).map(move |p| (t.clone(), p)));
    let part =
        |(topic, index): (Topic, i32)| Part { tp: (topic.id, index), topic, position: 0, told: None, bad: 0 };
    let parts = parts.map(part).collect();
    let mut consumer = Consumer { world, who, plan, parts, session: (0, -1), goal: None, reported: false };
    while let Some((mut client, life)) = consumer.world.connect().await {
        let _ = consumer.work(&mut client, life).await;
        client.conn().cut();
        let world = &consumer.world;
        world.sim.sleep_ms(5 + world.sim.rng().below(100)).await;
    }
}

/// Batches that `records` begin with.
fn batches_in(records: &[u8]) -> usize {
    let (mut rest, mut count) = (records, 0);
    // Base offset, then the length of what follows.
    while let Some(len) = rest.get(8..).and_then(|r| r.first_chunk::<4>()) {
        let len = usize::try_from(i32::from_be_bytes(*len)).unwrap_or(0);
        rest = rest.get(12 + len..).unwrap_or_default();
        count += 1;
    }
    count
}

impl Consumer {
    async fn work(&mut self, client: &mut Client, life: u64) -> Result<(), Gone> {
        self.forget_session();
        loop {
            self.report();
            if matches!(self.world.phase.get(), Phase::Over) {
                return Ok(());
            }
            if self.world.lives.get() != life || self.world.up.borrow().is_none() {
                return Err(Gone);
            }
            if self.goal.is_none() && self.world.sim.rng().one_in(10) {
                self.ask_end(client, life).await?;
            }
            self.seek();
            self.round(client, life).await?;
            let most = if self.goal.is_some() { 20 } else { self.plan.think_ms };
            let think = self.world.sim.rng().below(most + 1);
            self.world.sim.sleep_ms(think).await;
        }
    }

    fn forget_session(&mut self) {
        // Epoch 0 asks for a session, -1 for none.
        self.session = (0, if self.plan.session { 0 } else { -1 });
        self.parts.iter_mut().for_each(|p| p.told = None);
    }

    fn seek(&mut self) {
        let rng = self.world.sim.rng();
        if self.plan.seek == 0 || !rng.one_in(self.plan.seek) || self.goal.is_some() {
            return;
        }
        let n = self.parts.len() as u64;
        let i = usize::try_from(rng.below(n)).unwrap_or(0);
        if let Some(part) = self.parts.get_mut(i) {
            let floor = self.world.history.borrow_mut().facts(part.tp).floor;
            part.position = i64::try_from(rng.below(u64::try_from(floor).unwrap_or(0) + 1)).unwrap_or(0);
        }
    }

    /// Asks where some partition ends now: no less than was told before, and no more than will be there for ever.
    async fn ask_end(&self, client: &mut Client, life: u64) -> Result<(), Gone> {
        let n = self.world.sim.rng().below(self.parts.len() as u64);
        let Some(part) = self.parts.get(usize::try_from(n).unwrap_or(0)) else { return Ok(()) };
        let one =
            ListOffsetsPartition { partition_index: part.tp.1, current_leader_epoch: -1, timestamp: -1 };
        let topic = ListOffsetsTopic { name: part.topic.name.clone(), partitions: vec![one] };
        let request = ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..Default::default() };
        let (sent, floor) = (self.world.now(), self.world.history.borrow_mut().facts(part.tp).floor);
        client.send(7, &request).await?;
        let frame = self.world.answer(client, life, (sent, 0), "ListOffsets").await?;
        let (_, response): (i32, ListOffsetsResponse) = client.decode(&frame, 7);
        let answer = response.topics.first().and_then(|t| t.partitions.first());
        let Some(p) = answer else { self.world.fail("ListOffsets has no answer") };
        if p.error_code != 0 {
            self.world.unprovoked(p.error_code, "ListOffsets of the newest offset");
            return Ok(());
        }
        let (now, end) = (self.world.now(), p.offset);
        let verdict = self.world.history.borrow_mut().facts(part.tp).raise(end, now);
        self.world.judge(Some(part.tp), verdict);
        self.world.disk.strike(Told::Fact);
        let kept = rule(end >= floor, || format!("the newest offset is {end} after {floor} was told"));
        self.world.judge(Some(part.tp), kept);
        Ok(())
    }

    /// One request and its answer.
    async fn round(&mut self, client: &mut Client, life: u64) -> Result<(), Gone> {
        let (request, asked) = self.request();
        let min_bytes = request.min_bytes;
        let floors: Vec<i64> =
            self.parts.iter().map(|p| self.world.history.borrow_mut().facts(p.tp).floor).collect();
        let sent = self.world.now();
        let id = client.send(self.plan.version, &request).await?;
        let wait = u64::try_from(self.plan.max_wait_ms).unwrap_or(0) * 1_000_000;
        let frame = self.world.answer(client, life, (sent, wait), "Fetch").await?;
        let (answered, response): (i32, FetchResponse) = client.decode(&frame, self.plan.version);
        if answered != id {
            self.world.fail(&format!("Fetch {id} was answered as {answered}"));
        }
        if response.error_code != 0 {
            let lost = [ErrorCode::FetchSessionIdNotFound.code(), ErrorCode::InvalidFetchSessionEpoch.code()];
            if !lost.contains(&response.error_code) {
                self.world.unprovoked(response.error_code, "Fetch");
            }
            self.forget_session();
            return Ok(());
        }
        if self.plan.session {
            let epoch = if response.session_id == 0 { 0 } else { self.session.1 + 1 };
            self.session = (response.session_id, epoch);
            for (part, asked) in self.parts.iter_mut().zip(&asked) {
                part.told = Some(*asked).filter(|_| response.session_id != 0);
            }
        }
        let total = frame.len();
        let (mut bytes, mut batches) = (0, 0);
        let mut refused = false;
        for topic in &response.responses {
            for data in &topic.partitions {
                let by_id = self.plan.version >= 13;
                let found = self.parts.iter().position(|p| {
                    let named =
                        if by_id { p.topic.id == topic.topic_id } else { p.topic.name == topic.topic };
                    named && p.tp.1 == data.partition_index
                });
                let Some(i) = found else {
                    self.world.fail("an answer for a partition that was not asked for")
                };
                let (from, floor) = (asked.get(i).copied().unwrap_or(0), floors.get(i).copied().unwrap_or(0));
                bytes += data.records.as_ref().map_or(0, bytes::Bytes::len);
                batches += data.records.as_deref().map_or(0, batches_in);
                refused |= data.error_code != 0;
                self.partition(i, data, (from, floor), (sent, total));
            }
        }
        if bytes == 0 && !refused {
            self.nothing_to_read(&asked, sent);
        }
        if !refused {
            self.waited((bytes, min_bytes), (sent, wait));
        }
        let most = usize::try_from(self.plan.max_bytes).unwrap_or(0);
        // The first batch comes whatever its size, and nothing else.
        if bytes > most && batches > 1 && !self.world.reads_lie() {
            self.world.fail(&format!("{bytes} bytes came in {batches} batches, {most} were allowed"));
        }
        Ok(())
    }

    /// A fetch that was sent at `sent` and may wait `wait` ns is answered with fewer bytes than it wants behind that only.
    fn waited(&self, (bytes, wanted): (usize, i32), (sent, wait): (u64, u64)) {
        let limits = &self.world.plan.limits;
        let wanted =
            usize::try_from(wanted.min(self.plan.max_bytes)).unwrap_or(0).min(limits.fetch_max_bytes);
        let calm = self.world.calm_since.get().is_some_and(|calm| calm <= sent);
        let waited = self.world.now() - sent;
        if calm && bytes < wanted && waited < wait {
            let after = waited as f64 / 1e9;
            self.world.fail(&format!(
                "a fetch of at least {wanted} bytes brought {bytes} after {after:.3} s, it may wait for {} ms",
                self.plan.max_wait_ms
            ));
        }
    }

    /// An answer brought nothing: there was nothing when it was asked for, and nothing came for long.
    ///
    /// Whatever `min_bytes` says: at the end of its wait a fetch brings what there is.
    fn nothing_to_read(&self, asked: &[i64], sent: u64) {
        let now = self.world.now();
        for (part, from) in self.parts.iter().zip(asked) {
            let Some(since) = self.world.history.borrow_mut().facts(part.tp).readable_since(*from) else {
                continue;
            };
            let narrow = self.world.is_narrow();
            let late =
                !narrow && self.world.calm_since.get().is_some_and(|calm| now > since.max(calm) + LATE_MAX);
            if since < sent || (late && self.plan.min_bytes <= 1) {
                let name = self.world.name(part.tp);
                let ago = (now - since) as f64 / 1e9;
                self.world.fail(&format!(
                    "{name}: a fetch from {from} brought nothing, there was something {ago:.3} s ago"
                ));
            }
        }
    }

    /// How late an answer of so many bytes may be, ns.
    fn late_max(&self, bytes: usize) -> u64 {
        let slow = self.world.plan.pace.is_some() || self.world.plan.mesh.is_slow();
        if bytes <= SMALL && !slow { LATE_MAX_SMALL } else { LATE_MAX }
    }

    /// The request, and the position of every partition in it.
    fn request(&self) -> (FetchRequest, Vec<i64>) {
        let incremental = self.plan.session && self.session.1 > 0;
        let mut request = FetchRequest {
            max_wait_ms: self.plan.max_wait_ms,
            // A wait for more than there is would hide whether data comes.
            min_bytes: if self.goal.is_some() { 1 } else { self.plan.min_bytes },
            max_bytes: self.plan.max_bytes,
            session_id: self.session.0,
            session_epoch: self.session.1,
            ..FetchRequest::default()
        };
        for part in &self.parts {
            if incremental && part.told == Some(part.position) {
                continue;
            }
            let one = FetchPartition {
                partition: part.tp.1,
                fetch_offset: part.position,
                partition_max_bytes: self.plan.max_bytes,
                ..FetchPartition::default()
            };
            match request.topics.iter_mut().find(|t| t.topic_id == part.topic.id) {
                Some(topic) => topic.partitions.push(one),
                None => request.topics.push(FetchTopic {
                    topic: part.topic.name.clone(),
                    topic_id: part.topic.id,
                    partitions: vec![one],
                }),
            }
        }
        (request, self.parts.iter().map(|p| p.position).collect())
    }

    fn partition(
        &mut self,
        i: usize,
        data: &PartitionData,
        (from, floor): (i64, i64),
        (sent, total): (u64, usize),
    ) {
        let late_max = self.late_max(total);
        let world = Rc::clone(&self.world);
        let Some(part) = self.parts.get_mut(i) else { return };
        if data.error_code != 0 {
            world.unprovoked(data.error_code, &format!("Fetch of {} at {from}", world.name(part.tp)));
            return;
        }
        let records = data.records.as_deref().unwrap_or_default();
        let now = world.now();
        let fetched = Fetched {
            from,
            floor,
            high_watermark: data.high_watermark,
            // Version 4 does not say.
            log_start: if self.plan.version >= 5 { data.log_start_offset } else { 0 },
            records,
            now,
        };
        let since = world.history.borrow_mut().facts(part.tp).readable_since(from);
        let unanswered = world.history.borrow().unanswered;
        let verdict = world.history.borrow_mut().fetched(part.tp, &fetched);
        if world.history.borrow().unanswered > unanswered {
            world.disk.strike(Told::UnansweredRecords);
        }
        if !records.is_empty() {
            world.disk.strike(Told::Fact);
        }
        match verdict {
            Ok(next) => {
                part.position = next;
                part.bad = 0;
            }
            // A client knows bytes of a lying disk by their checksum or their offset, and asks again.
            Err(why) if world.reads_lie() && crate::check::history::unreadable(from, records).is_some() => {
                world.say(|| format!("{}: {why}", world.name(part.tp)));
                part.bad += 1;
                if part.bad > BAD_MAX {
                    // Where such a lie stays is not traced (seed 10224 of an earlier swarm): read elsewhere.
                    (part.position, part.bad) = (floor, 0);
                }
                return;
            }
            Err(why) => world.judge(Some(part.tp), Err(why)),
        }
        // A parked fetch must wake when its data comes.
        let Some((since, calm)) = since.zip(world.calm_since.get()) else { return };
        let due = since.max(sent).max(calm) + late_max;
        if self.plan.min_bytes <= 1 && !records.is_empty() && now > due && !world.is_narrow() {
            let late = (now - due) as f64 / 1e9;
            world.fail(&format!("{}: data from {from} came {late:.3} s too late", world.name(part.tp)));
        }
    }

    /// In the liveness phase: reads everything up to what was readable when it began.
    fn report(&mut self) {
        if self.world.phase.get() == Phase::Safety || self.reported {
            return;
        }
        let goal = self.goal.get_or_insert_with(|| {
            let mut history = self.world.history.borrow_mut();
            self.parts.iter().map(|p| history.facts(p.tp).floor).collect()
        });
        for (part, goal) in self.parts.iter_mut().zip(goal.iter()) {
            part.position = part.position.max(goal - 4);
        }
        let open: Vec<String> = self
            .parts
            .iter()
            .zip(goal.iter())
            .filter(|(p, goal)| p.position < **goal)
            .map(|(p, goal)| format!("{} from {} to {goal}", self.world.name(p.tp), p.position))
            .collect();
        self.reported = open.is_empty();
        self.world.wants(self.who, Some(format!("a consumer: {open:?}")).filter(|_| !self.reported));
    }
}
