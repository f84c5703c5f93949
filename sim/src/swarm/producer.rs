//! A producing client: batches in order, several requests in flight, resent after errors as a real client does.
//!
//! An idempotent producer keeps what is not acknowledged and sends it again, in order, on the next connection or
//! when all answers of a failed flight are in; it never gives a batch up. Any other producer sends a batch once
//! and forgets it when the answer does not come: what became of it is open, where it stands is not.
//!
//! Owner: one task of the world. Invariant: at most five batches of a partition are unacknowledged, so that the
//! broker's memory of each producer (KIP-98) covers them.

use super::plan::ProducerPlan;
use super::world::{Phase, Topic, World};
use crate::check::Tp;
use crate::check::offered::{BatchNo, Fate, Sequence, Wish};
use crate::client::{Client, Gone};
use crate::disk::Told;
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::produce_request::{PartitionProduceData, TopicProduceData};
use ringlog_wire::generated::{InitProducerIdRequest, InitProducerIdResponse};
use ringlog_wire::generated::{ProduceRequest, ProduceResponse};
use std::collections::VecDeque;
use std::rc::Rc;

/// One partition, as a producer sees it.
struct Part {
    tp: Tp,
    topic: Topic,
    next_sequence: i32,
    /// Sent and not acknowledged, in order.
    unacked: Vec<BatchNo>,
    /// The newest that were sent, as many as a log remembers: none behind them before the oldest is acknowledged, or
    /// its repetition would be one that the log has forgotten.
    newest: VecDeque<BatchNo>,
    /// Of those that wait, still to be sent on this connection.
    resend: VecDeque<BatchNo>,
    in_flight: usize,
    /// The log has taken a batch of this producer.
    known: bool,
    /// An answer of this flight was an error: nothing is sent before the flight is over.
    blocked: bool,
    /// The stream of this connection, and the place of the next batch in it.
    stream: (u64, u64),
}

impl Part {
    /// True if the log would forget a batch that waits, were one more sent.
    fn forgets_unacked(&self) -> bool {
        let full = self.newest.len() >= UNACKED_MAX;
        full && self.newest.front().is_some_and(|oldest| self.unacked.contains(oldest))
    }
}

struct Sent {
    id: i32,
    at: u64,
    /// Partition (index into the list) and batch.
    batches: Vec<(usize, BatchNo)>,
}

struct Producer {
    world: Rc<World>,
    who: usize,
    plan: ProducerPlan,
    /// Producer id and epoch.
    identity: Option<(i64, i16)>,
    parts: Vec<Part>,
    /// Acknowledged since the liveness phase began.
    live: u64,
    reported: bool,
    /// Batches that may still be offered on this connection.
    left: u64,
}

/// Batches of a partition that may wait for their acknowledgement.
const UNACKED_MAX: usize = 5;
/// How long after a batch is readable its acknowledgement may come if nothing is wrong, ns.
const PROMPT: u64 = 100_000_000;
/// Acknowledgements that the liveness phase asks for.
const LIVE: u64 = 3;

/// Runs one producer until the run is over.
pub async fn run(world: Rc<World>, plan: ProducerPlan, who: usize) {
    let topics = world.topics.borrow().clone();
    let parts = topics.iter().flat_map(|t| (0..t.partitions).map(move |p| (t.clone(), p)));
    let part = |(topic, index): (Topic, i32)| Part {
        tp: (topic.id, index),
        topic,
        next_sequence: 0,
        unacked: Vec::new(),
        newest: VecDeque::new(),
        resend: VecDeque::new(),
        in_flight: 0,
        known: false,
        blocked: false,
        stream: (0, 0),
    };
    let parts = parts.map(part).collect();
    let mut producer =
        Producer { world, who, plan, identity: None, parts, live: 0, reported: false, left: 0 };
    while let Some((mut client, life)) = producer.world.connect().await {
        let _ = producer.session(&mut client, life).await;
        client.conn().cut();
        let world = Rc::clone(&producer.world);
        producer.doubt(life);
        if producer.is_done() {
            world.wants(producer.who, None);
            return;
        }
        world.sim.sleep_ms(5 + world.sim.rng().below(100)).await;
    }
}

impl Producer {
    /// True when the run drains and nothing is left to be sent or answered.
    fn is_done(&self) -> bool {
        self.world.phase.get() == Phase::Draining && self.parts.iter().all(|p| p.unacked.is_empty())
    }

    /// Works on one connection until it ends, or nothing is left to do.
    async fn session(&mut self, client: &mut Client, life: u64) -> Result<(), Gone> {
        self.begin();
        self.left = self.world.plan.batches_max;
        if self.plan.idempotent && self.identity.is_none() {
            self.identity = Some(self.identify(client, life).await?);
        }
        let mut in_flight: VecDeque<Sent> = VecDeque::new();
        loop {
            self.report();
            if self.world.phase.get() == Phase::Over || (in_flight.is_empty() && self.is_done()) {
                return Ok(());
            }
            if self.world.lives.get() != life || self.world.up.borrow().is_none() {
                return Err(Gone);
            }
            let batches = if in_flight.len() < self.plan.pipeline { self.choose() } else { Vec::new() };
            if batches.is_empty() {
                match in_flight.pop_front() {
                    Some(sent) => {
                        self.receive(client, life, sent).await?;
                        if self.parts.iter().any(|p| p.blocked) {
                            // As clients do after an error (retry.backoff.ms).
                            let pause = 1 + self.world.sim.rng().below(100);
                            self.world.sim.sleep_ms(pause).await;
                        }
                    }
                    None => self.world.sim.sleep_ms(50).await,
                }
                continue;
            }
            let again = self.plan.idempotent && self.world.sim.rng().one_in(16);
            for _ in 0..=usize::from(again) {
                let sent = self.send(client, batches.clone()).await?;
                if self.plan.acks != 0 {
                    in_flight.push_back(sent);
                }
            }
            let rests = self.plan.rest_ms > 0 && self.world.sim.rng().one_in(6);
            let most = if rests { self.plan.rest_ms } else { self.plan.think_ms };
            let think = self.world.sim.rng().below(most + 1);
            self.world.sim.sleep_ms(think).await;
        }
    }

    /// On a new connection: what is open is sent again, or given up.
    fn begin(&mut self) {
        let stream = self.world.stream();
        for (n, part) in (0u64..).zip(&mut self.parts) {
            if self.plan.idempotent {
                part.resend = part.unacked.iter().copied().collect();
            } else {
                part.unacked.clear();
                part.stream = (stream << 16 | n, 0);
            }
            part.in_flight = 0;
            part.blocked = false;
        }
    }

    /// The connection is gone: an answer that never came may have been a refusal, where a disk was full, or the time
    /// was over in which there was room.
    fn doubt(&self, life: u64) {
        let refusing = self.world.refusing.borrow().contains(&life);
        let now = self.world.now();
        let wait = u64::try_from(self.plan.timeout_ms).unwrap_or(0) * 1_000_000;
        for no in self.parts.iter().flat_map(|p| &p.unacked) {
            self.world.history.borrow_mut().note(*no, |b| b.doubtful |= refusing || now >= b.sent_at + wait);
        }
    }

    async fn identify(&self, client: &mut Client, life: u64) -> Result<(i64, i16), Gone> {
        loop {
            let sent = self.world.now();
            let request = InitProducerIdRequest {
                transactional_id: None,
                producer_id: -1,
                producer_epoch: -1,
                ..Default::default()
            };
            client.send(4, &request).await?;
            let frame = self.world.answer(client, life, (sent, 0), "InitProducerId").await?;
            let (_, response): (i32, InitProducerIdResponse) = client.decode(&frame, 4);
            if response.error_code == 0 {
                self.world.judge(None, self.world.history.borrow_mut().producer_id(response.producer_id));
                return Ok((response.producer_id, response.producer_epoch));
            }
            self.world.unprovoked(response.error_code, "InitProducerId");
            self.world.sim.sleep_ms(200).await;
        }
    }

    /// The batches of the next request; empty if nothing can be sent now.
    fn choose(&mut self) -> Vec<(usize, BatchNo)> {
        let rng = self.world.sim.rng().clone();
        let draining = self.world.phase.get() == Phase::Draining;
        let (n, first) = (self.parts.len() as u64, rng.next());
        if self.reported && !draining {
            self.left = 0;
        } else if self.world.phase.get() == Phase::Liveness {
            self.left = self.left.max(1);
        }
        let mut chosen = Vec::new();
        let wanted = 1 + rng.below(self.plan.partitions_max);
        for k in 0..n {
            let i = usize::try_from((first.wrapping_add(k)) % n).unwrap_or(0);
            let Some(part) = self.parts.get_mut(i) else { continue };
            if part.blocked && part.in_flight == 0 {
                part.blocked = false;
                part.resend = part.unacked.iter().copied().collect();
            }
            // To a log that does not know the producer any sequence is the first.
            let unknown = self.plan.idempotent && !part.known && part.in_flight > 0;
            if part.blocked || unknown || part.unacked.len() > UNACKED_MAX {
                continue;
            }
            // The log takes an unknown producer at any sequence (KIP-360): were the first batch refused and the
            // second not, the first would never be taken.
            let first = part.unacked.first().and_then(|no| self.world.history.borrow().batch(*no).sequence);
            if first.is_some_and(|s| s.first == 0) && (part.in_flight > 0 || part.resend.is_empty()) {
                continue;
            }
            let no = match part.resend.pop_front() {
                Some(no) => no,
                None if draining || self.left == 0 || part.unacked.len() >= UNACKED_MAX => continue,
                None if part.forgets_unacked() => continue,
                None => self.offer(i),
            };
            chosen.push((i, no));
            if chosen.len() as u64 >= wanted {
                break;
            }
        }
        chosen
    }

    /// A new batch for partition `i`.
    fn offer(&mut self, i: usize) -> BatchNo {
        let world = Rc::clone(&self.world);
        let rng = world.sim.rng();
        let plan = &self.plan;
        let part = self.parts.get_mut(i).expect("one of the list");
        let records = u32::try_from(1 + rng.below(plan.records_max)).unwrap_or(1);
        let sequence = self.identity.map(|(id, epoch)| Sequence { id, epoch, first: part.next_sequence });
        let wall = world.sim.wall_ms();
        let wish =
            Wish { records, value_max: plan.value_max, codec: plan.codec, timestamp: wall - 100, sequence };
        part.stream.1 += 1;
        if plan.idempotent {
            part.next_sequence += i32::try_from(records).unwrap_or(0);
            part.stream.0 = 0;
        }
        // The order of an idempotent producer is told by its sequences.
        let stream = if plan.idempotent { (u64::MAX, 0) } else { part.stream };
        let (no, _) = world.history.borrow_mut().offer(part.tp, &wish, stream, (world.now(), wall));
        part.unacked.push(no);
        if plan.idempotent {
            part.newest.push_back(no);
            if part.newest.len() > UNACKED_MAX {
                part.newest.pop_front();
            }
        }
        self.left -= 1;
        no
    }

    async fn send(&mut self, client: &mut Client, batches: Vec<(usize, BatchNo)>) -> Result<Sent, Gone> {
        let mut request = ProduceRequest {
            acks: self.plan.acks,
            timeout_ms: self.plan.timeout_ms,
            ..ProduceRequest::default()
        };
        for (i, no) in &batches {
            let Some(part) = self.parts.get_mut(*i) else { continue };
            part.in_flight += 1;
            let mut history = self.world.history.borrow_mut();
            history.sending(*no);
            let sequence = history.batch(*no).sequence.map(|s| s.first);
            self.world
                .say(|| format!("producer {}: batch {no} ({sequence:?}) goes to {}", self.who, part.tp.1));
            let records: Option<Bytes> = Some(history.batch(*no).bytes.clone());
            let data = PartitionProduceData { index: part.tp.1, records };
            match request.topic_data.iter_mut().find(|t| t.name == part.topic.name) {
                Some(topic) => topic.partition_data.push(data),
                None => request.topic_data.push(TopicProduceData {
                    name: part.topic.name.clone(),
                    topic_id: part.topic.id,
                    partition_data: vec![data],
                }),
            }
        }
        if self.plan.acks == 0 {
            for (i, no) in &batches {
                // No answer will say whether the log refused it.
                self.world.history.borrow_mut().note(*no, |b| b.doubtful = true);
                if let Some(part) = self.parts.get_mut(*i) {
                    part.unacked.retain(|u| u != no);
                    part.in_flight -= 1;
                }
            }
            self.live += 1;
        }
        let at = self.world.now();
        let id = self.world.send(client, self.plan.version, &request).await?;
        Ok(Sent { id, at, batches })
    }

    async fn receive(&mut self, client: &mut Client, life: u64, sent: Sent) -> Result<(), Gone> {
        let wait = u64::try_from(self.plan.timeout_ms).unwrap_or(0) * 1_000_000;
        let asked = self.world.now();
        let frame = self.world.answer(client, life, (sent.at, wait), "Produce").await?;
        let (id, response): (i32, ProduceResponse) = client.decode(&frame, self.plan.version);
        if id != sent.id {
            self.world.fail(&format!("Produce {} was answered as {id}", sent.id));
        }
        let mut answered = 0;
        // What was sent before may be readable while this request is still on its way.
        let first = sent.batches.iter().all(|(_, no)| self.world.history.borrow().batch(*no).sent == 1);
        let seen = if first { self.seen_since(&response) } else { None };
        for topic in &response.responses {
            for p in &topic.partition_responses {
                let found = sent.batches.iter().find(|(i, _)| {
                    self.parts.get(*i).is_some_and(|part| {
                        let named = if self.plan.version >= 13 {
                            part.topic.id == topic.topic_id
                        } else {
                            part.topic.name == topic.name
                        };
                        named && part.tp.1 == p.index
                    })
                });
                let Some((i, no)) = found.copied() else {
                    self.world.fail(&format!("an answer for {topic:?}, which was not in the request"))
                };
                answered += 1;
                if p.error_code != 0 {
                    let what = format!("{} v{} {:?}", p.error_code, self.plan.version, p.error_message);
                    self.world.say(|| format!("batch {no} was answered with error {what}"));
                }
                // An idempotent producer sends it again.
                let refused = p.error_message.as_deref().is_some_and(|m| m.contains("it was not appended"));
                if refused && !self.plan.idempotent {
                    self.world.history.borrow_mut().note(no, |b| b.fate = Fate::Refused);
                }
                self.answered(i, no, (p.error_code, p.base_offset, p.log_append_time_ms), sent.at);
                if p.error_code == 0 && p.log_start_offset > 0 {
                    self.world.fail(&format!("the log start is {}", p.log_start_offset));
                }
            }
        }
        self.is_prompt(seen, asked);
        if answered != sent.batches.len() {
            self.world.fail(&format!("{answered} of {} partitions were answered", sent.batches.len()));
        }
        Ok(())
    }

    /// Since when every batch that this answer acknowledges is known to be readable; `None`: this is the first that
    /// is heard of one of them.
    fn seen_since(&self, response: &ProduceResponse) -> Option<u64> {
        let mut latest = 0;
        // An answer waits for all of its partitions, for one that fails until its time is over.
        if response.responses.iter().flat_map(|t| &t.partition_responses).any(|p| p.error_code != 0) {
            return None;
        }
        for topic in &response.responses {
            for p in &topic.partition_responses {
                let by_id = self.plan.version >= 13;
                let part = self.parts.iter().find(|part| {
                    let named =
                        if by_id { part.topic.id == topic.topic_id } else { part.topic.name == topic.name };
                    named && part.tp.1 == p.index
                })?;
                latest =
                    latest.max(self.world.history.borrow_mut().facts(part.tp).readable_since(p.base_offset)?);
            }
        }
        Some(latest)
    }

    /// What readers see is acknowledged at once: whoever waited for the answer since `asked` got it promptly.
    fn is_prompt(&self, seen: Option<u64>, asked: u64) {
        let Some((seen, calm)) = seen.zip(self.world.calm_since.get()) else { return };
        let due = seen.max(asked).max(calm) + PROMPT;
        let quick = !self.world.plan.mesh.is_slow() && !self.world.is_narrow();
        if self.world.now() > due && quick {
            let late = (self.world.now() - due) as f64 / 1e9;
            self.world.fail(&format!("an acknowledgement came {late:.3} s too late: readers had the batch"));
        }
    }

    /// One partition's answer: error code, base offset, append time.
    fn answered(&mut self, i: usize, no: BatchNo, (code, base, time): (i16, i64, i64), sent: u64) {
        let world = Rc::clone(&self.world);
        let Some(part) = self.parts.get_mut(i) else { return };
        part.in_flight = part.in_flight.saturating_sub(1);
        if code == 0 {
            part.known = true;
            part.unacked.retain(|u| *u != no);
            part.resend.retain(|u| *u != no);
            self.live += u64::from(world.phase.get() != Phase::Safety);
            world.say(|| format!("producer {}: batch {no} is at {base}", self.who));
            let verdict = world.history.borrow_mut().acked(no, base, time, world.now());
            world.disk.strike(Told::Fact);
            return world.judge(Some(part.tp), verdict);
        }
        world.say(|| {
            format!("producer {}: batch {no} of {}-{} hears {code}", self.who, part.topic.name, part.tp.1)
        });
        let known = matches!(world.history.borrow().batch(no).fate, Fate::Acked(..));
        if !known {
            world.history.borrow_mut().note(no, |b| b.doubtful = true);
        }
        match ErrorCode::from_code(code) {
            Some(ErrorCode::RequestTimedOut) => {
                let waited = (world.now() - sent) / 1_000_000;
                if waited < u64::try_from(self.plan.timeout_ms).unwrap_or(0) {
                    world.fail(&format!("REQUEST_TIMED_OUT after {waited} ms of {}", self.plan.timeout_ms));
                }
            }
            // A flight goes on behind a failed batch.
            Some(ErrorCode::OutOfOrderSequenceNumber) if part.blocked => {}
            // The answer of a broker that has died since may still be on its way.
            _ if sent < world.life_began.get() => {}
            _ => {
                let history = world.history.borrow();
                let sequence = history.batch(no).sequence;
                let name = world.name(part.tp);
                drop(history);
                world.unprovoked(code, &format!("Produce of batch {no} ({sequence:?}) to {name}"));
            }
        }
        if self.plan.idempotent {
            part.blocked = true;
        } else {
            part.unacked.retain(|u| *u != no);
        }
    }

    /// Says once that the liveness phase has seen enough.
    fn report(&mut self) {
        if self.world.phase.get() == Phase::Safety {
            self.live = 0;
        }
        let phase = self.world.phase.get();
        if phase == Phase::Liveness && !self.reported {
            self.reported = self.live >= LIVE;
            let more = format!("a producer: {} of {LIVE} acknowledgements", self.live);
            self.world.wants(self.who, Some(more).filter(|_| !self.reported));
        } else if phase == Phase::Draining {
            let open: usize = self.parts.iter().map(|p| p.unacked.len()).sum();
            self.world.wants(self.who, Some(format!("a producer: {open} batches are open")));
        }
    }
}
