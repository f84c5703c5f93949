//! What a member does with the partitions that it owns: it fetches records, and fetches and commits offsets.
//!
//! Owner: the member. Invariants: every commit has a number, which its metadata carries; an answer that may come of
//! an effect, or of none, leaves the commit open.

use super::member::{Member, Part};
use super::{GroupRun, Link};
use crate::check::Tp;
use crate::check::group::Shown;
use crate::client::Gone;
use crate::disk::Told;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use ringlog_wire::generated::fetch_response::PartitionData;
use ringlog_wire::generated::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use ringlog_wire::generated::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use ringlog_wire::generated::{
    FetchRequest, FetchResponse, OffsetCommitRequest, OffsetCommitResponse, OffsetFetchRequest,
    OffsetFetchResponse,
};
use ringlog_wire::ids::TopicId;
use ringlog_wire::record::batch::Batches;
use std::collections::BTreeMap;

/// Bytes of one fetch.
const FETCH_BYTES: i32 = 200_000;

/// Who commits.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    /// For the facts.
    pub who: (usize, u64),
    /// The member id.
    pub id: String,
    /// The static name.
    pub instance: Option<String>,
    /// Generation, or member epoch.
    pub epoch: i32,
}

/// What is committed: the offset, and the epoch of the record before it.
pub(super) type Wanted = BTreeMap<Tp, (i64, i32)>;

/// Errors that say that nothing was committed.
fn surely_refused(code: i16) -> bool {
    [
        E::UnknownMemberId,
        E::IllegalGeneration,
        E::StaleMemberEpoch,
        E::FencedInstanceId,
        E::FencedMemberEpoch,
        E::RebalanceInProgress,
        E::GroupIdNotFound,
        E::CoordinatorLoadInProgress,
    ]
    .iter()
    .any(|e| e.code() == code)
}

impl GroupRun {
    /// Fetches committed offsets, of `only` or of all partitions, and judges them. `by`: version, and member and
    /// epoch from version 9 on. The inner error is the group's.
    pub(super) async fn read_offsets(
        &self,
        link: &mut Link,
        (version, by): (i16, Option<(&str, i32)>),
        only: Option<&[Tp]>,
    ) -> Result<Result<BTreeMap<Tp, Shown>, i16>, Gone> {
        let request = self.offsets_request((version, by), only);
        let (answer, asked): (OffsetFetchResponse, _) = self.ask(link, version, &request, 0).await?;
        let now = self.world.now();
        let mut shown = BTreeMap::new();
        let mut code = answer.error_code;
        let id_of = |name: &str| self.topics.iter().find(|t| t.name == name).map(|t| t.id);
        let mut take = |topic: Option<TopicId>, p: i32, s: Shown, error: i16| {
            if error != 0 {
                code = error;
            }
            if let Some(topic) = topic.filter(|_| s.offset != -1) {
                shown.insert((topic, p), s);
            }
        };
        for t in &answer.topics {
            for p in &t.partitions {
                let s = seen(p.committed_offset, p.committed_leader_epoch, p.metadata.as_ref());
                take(id_of(&t.name), p.partition_index, s, p.error_code);
            }
        }
        for g in &answer.groups {
            for t in &g.topics {
                let id = if version >= 10 { Some(t.topic_id) } else { id_of(&t.name) };
                for p in &t.partitions {
                    let s = seen(p.committed_offset, p.committed_leader_epoch, p.metadata.as_ref());
                    take(id, p.partition_index, s, p.error_code);
                }
            }
        }
        if let Some(g) = answer.groups.first().filter(|g| g.error_code != 0) {
            code = g.error_code;
        }
        if code != 0 {
            return Ok(Err(code));
        }
        self.served.set(true);
        let every: Vec<Tp> = only.map_or_else(|| self.partitions().into_iter().collect(), <[Tp]>::to_vec);
        for tp in every {
            if shown.get(&tp).is_some_and(|s| self.facts.borrow_mut().register(tp).is_news(s, link.life)) {
                self.world.disk.strike(Told::UnansweredOffset);
            }
            let expires = self.world.plan.groups.expires;
            let verdict = self.facts.borrow_mut().fetched(tp, shown.get(&tp), (asked, now), expires);
            let name = self.topic_name(tp);
            self.judge(verdict.map_err(|why| format!("offset of {name}-{}: {why}", tp.1)));
        }
        Ok(Ok(shown))
    }

    fn offsets_request(
        &self,
        (version, by): (i16, Option<(&str, i32)>),
        only: Option<&[Tp]>,
    ) -> OffsetFetchRequest {
        let of = |id: TopicId| -> Vec<i32> {
            only.into_iter().flatten().filter(|tp| tp.0 == id).map(|tp| tp.1).collect()
        };
        let asked = self.topics.iter().filter(|t| !of(t.id).is_empty());
        if version < 8 {
            let one = |t: &super::Topic| OffsetFetchRequestTopic {
                name: t.name.clone(),
                partition_indexes: of(t.id),
            };
            return OffsetFetchRequest {
                group_id: self.plan.name.clone(),
                topics: only.map(|_| asked.map(one).collect()),
                ..Default::default()
            };
        }
        let one = |t: &super::Topic| OffsetFetchRequestTopics {
            name: if version < 10 { t.name.clone() } else { String::new() },
            topic_id: if version < 10 { TopicId::ZERO } else { t.id },
            partition_indexes: of(t.id),
        };
        let group = OffsetFetchRequestGroup {
            group_id: self.plan.name.clone(),
            member_id: by.map(|(id, _)| id.to_owned()).filter(|_| version >= 9),
            member_epoch: by.map(|(_, epoch)| epoch).filter(|_| version >= 9).unwrap_or(-1),
            topics: only.map(|_| asked.map(one).collect()),
        };
        OffsetFetchRequest { groups: vec![group], ..Default::default() }
    }

    /// Commits for `by`. Returns the error of the answer, the same for all partitions.
    pub(super) async fn commit(
        &self,
        link: &mut Link,
        version: i16,
        by: &Identity,
        wanted: &Wanted,
    ) -> Result<i16, Gone> {
        let at = (self.world.now(), link.life);
        let mut numbers = BTreeMap::new();
        let mut topics: BTreeMap<TopicId, OffsetCommitRequestTopic> = BTreeMap::new();
        for (tp, (offset, epoch)) in wanted {
            let epoch = if version >= 6 { *epoch } else { -1 };
            let (no, metadata) = self.facts.borrow_mut().register(*tp).commit(*offset, epoch, at);
            numbers.insert(*tp, no);
            let topic = topics.entry(tp.0).or_insert_with(|| OffsetCommitRequestTopic {
                name: if version >= 10 { String::new() } else { self.topic_name(*tp).to_owned() },
                topic_id: if version >= 10 { tp.0 } else { TopicId::ZERO },
                partitions: Vec::new(),
            });
            topic.partitions.push(OffsetCommitRequestPartition {
                partition_index: tp.1,
                committed_offset: *offset,
                committed_leader_epoch: epoch,
                committed_metadata: Some(metadata),
            });
        }
        let request = OffsetCommitRequest {
            group_id: self.plan.name.clone(),
            generation_id_or_member_epoch: by.epoch,
            member_id: by.id.clone(),
            group_instance_id: by.instance.clone().filter(|_| version >= 7),
            topics: topics.into_values().collect(),
            ..Default::default()
        };
        let (answer, sent): (OffsetCommitResponse, _) = self.ask(link, version, &request, 0).await?;
        let now = self.world.now();
        let all: Vec<_> = answer.topics.iter().flat_map(|t| &t.partitions).map(|p| p.error_code).collect();
        let code = all.first().copied().unwrap_or(0);
        if all.len() != wanted.len() || all.iter().any(|c| *c != code) {
            self.world.fail(&format!("a commit of {wanted:?} was answered as {answer:?}"));
        }
        for (tp, no) in numbers {
            let mut facts = self.facts.borrow_mut();
            if code == 0 {
                facts.register(tp).done(no, now);
                let verdict = facts.owners.committed(by.who, tp, sent, now);
                drop(facts);
                self.judge(verdict);
            } else if surely_refused(code) {
                facts.register(tp).refused(no);
            }
        }
        Ok(code)
    }
}

fn seen(offset: i64, leader_epoch: i32, metadata: Option<&String>) -> Shown {
    Shown { offset, leader_epoch, metadata: metadata.cloned().unwrap_or_default() }
}

impl Member {
    /// Goes on with everything that it owns.
    pub(super) async fn work(&mut self, link: &mut Link) -> Result<(), Gone> {
        self.find_positions(link).await?;
        let mut more = self.fetch(link).await?;
        // Not for so long that its session passes.
        let until = self.group.world.now() + self.plan().beat_ms * 500_000;
        while more && self.group.goal.borrow().is_some() && self.group.world.now() < until {
            more = self.fetch(link).await?;
        }
        if self.group.goal.borrow().is_some() || self.group.world.sim.rng().one_in(2) {
            self.commit_positions(link).await?;
        }
        Ok(())
    }

    async fn find_positions(&mut self, link: &mut Link) -> Result<(), Gone> {
        let unknown = self.owned.iter().filter(|(_, p)| p.position.is_none());
        let unknown: Vec<Tp> = unknown.map(|(tp, _)| *tp).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let version = self.version(1, 10);
        let by = (version >= 9 && self.is_native()).then(|| (self.id.clone(), self.epoch));
        let by = by.as_ref().map(|(id, epoch)| (id.as_str(), *epoch));
        match self.group.read_offsets(link, (version, by), Some(&unknown)).await? {
            Err(code) => self.hears(code, "OffsetFetch"),
            Ok(shown) => {
                for tp in unknown {
                    let Some(part) = self.owned.get_mut(&tp) else { continue };
                    part.committed = shown.get(&tp).map_or(0, |s| s.offset);
                    part.position = Some(part.committed);
                }
            }
        }
        Ok(())
    }

    /// Fetches once. True if it got ahead.
    async fn fetch(&mut self, link: &mut Link) -> Result<bool, Gone> {
        let mut topics: BTreeMap<TopicId, FetchTopic> = BTreeMap::new();
        for (tp, part) in &self.owned {
            let Some(position) = part.position else { continue };
            let topic = topics.entry(tp.0).or_insert_with(|| FetchTopic {
                topic: self.group.topic_name(*tp).to_owned(),
                ..FetchTopic::default()
            });
            topic.partitions.push(FetchPartition {
                partition: tp.1,
                fetch_offset: position,
                partition_max_bytes: FETCH_BYTES,
                ..FetchPartition::default()
            });
        }
        if topics.is_empty() {
            return Ok(false);
        }
        let at = |m: &Self| m.owned.values().filter_map(|p| p.position).sum::<i64>();
        let before = at(self);
        let ids: Vec<TopicId> = topics.keys().copied().collect();
        let request = FetchRequest {
            min_bytes: 1,
            max_bytes: FETCH_BYTES,
            session_epoch: -1,
            topics: topics.into_values().collect(),
            ..FetchRequest::default()
        };
        let (answer, _): (FetchResponse, _) = self.group.ask(link, 11, &request, 0).await?;
        if answer.error_code != 0 {
            self.group.world.unprovoked(answer.error_code, "Fetch");
        }
        for (topic, id) in answer.responses.iter().zip(ids) {
            topic.partitions.iter().for_each(|data| self.process((id, data.partition_index), data));
        }
        Ok(at(self) > before)
    }

    fn process(&mut self, tp: Tp, data: &PartitionData) {
        let world = &self.group.world;
        if data.error_code != 0 {
            return world.unprovoked(data.error_code, "Fetch of a member");
        }
        let Some(Part { position: Some(position), epoch, .. }) = self.owned.get_mut(&tp) else { return };
        for batch in Batches::new(data.records.as_deref().unwrap_or_default()) {
            let Ok(batch) = batch else { return };
            // A client knows bytes of a lying disk by their checksum; the consumers judge the bytes.
            if batch.check_crc().is_err() {
                return;
            }
            let header = batch.header();
            let next = header.next_offset();
            if header.base_offset > *position || next <= *position || next > data.high_watermark {
                return;
            }
            self.group.facts.borrow_mut().progress.entry(tp).or_default().add(*position, next);
            (*position, *epoch) = (next, header.partition_leader_epoch);
        }
    }

    /// Commits what it has got ahead since its last commit.
    pub(super) async fn commit_positions(&mut self, link: &mut Link) -> Result<(), Gone> {
        // A deletion whose answer was lost may have taken the offset along.
        let gone = |tp: &Tp, at: i64| {
            let mut facts = self.group.facts.borrow_mut();
            at > 0 && self.group.goal.borrow().is_some() && !facts.register(*tp).is_committed(at)
        };
        let ahead = |(tp, p): (&Tp, &Part)| {
            let at = p.position.filter(|at| *at > p.committed || gone(tp, *at))?;
            Some((*tp, (at, p.epoch)))
        };
        let wanted: Wanted = self.owned.iter().filter_map(ahead).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let lowest = if self.is_native() { 9 } else { 2 };
        let version = self.version(lowest, 10).max(if self.instance().is_some() { 7 } else { 0 });
        let code = self.group.commit(link, version, &self.identity(), &wanted).await?;
        if code != 0 {
            self.hears(code, "OffsetCommit");
            return Ok(());
        }
        for (tp, (offset, _)) in wanted {
            if let Some(part) = self.owned.get_mut(&tp) {
                part.committed = offset;
            }
        }
        Ok(())
    }
}
