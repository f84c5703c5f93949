//! A member of the consumer protocol (KIP-848): one heartbeat for everything.
//!
//! Owner: the member. Invariants: what is to be given back is given up before the heartbeat that says so is sent;
//! after a lost connection a heartbeat says everything, so that no answer can be missed.

use super::Link;
use super::member::{Member, State};
use super::work::Identity;
use crate::check::Tp;
use crate::client::Gone;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::consumer_group_heartbeat_request::TopicPartitions;
use ringlog_wire::generated::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use ringlog_wire::ids::TopicId;
use std::collections::{BTreeMap, BTreeSet};

impl Member {
    /// One heartbeat: joins, stays, gives back, takes.
    pub(super) async fn beat_consumer(&mut self, link: &mut Link) -> Result<(), Gone> {
        let group = std::rc::Rc::clone(&self.group);
        if !self.revoking.is_empty() {
            if group.world.sim.rng().one_in(2) {
                self.commit_positions(link).await?;
            }
            let revoking = self.revoking.clone();
            self.remember(|tp| revoking.contains(tp));
            let keep: BTreeSet<Tp> =
                self.owned.keys().filter(|tp| !self.revoking.contains(tp)).copied().collect();
            self.keep_only(&keep);
            self.revoking.clear();
            self.whole = true;
        }
        let version = i16::from(self.plan().version >= 5);
        if self.id.is_empty() && version >= 1 {
            let (high, low) = (group.world.sim.rng().next(), group.world.sim.rng().next());
            self.id = TopicId((u128::from(high) << 64 | u128::from(low)).to_be_bytes()).to_string();
        }
        let joins = self.state == State::Out;
        let request = self.whole_heartbeat(joins);
        let before = group.facts.borrow().owners.epoch();
        let was_unsure = std::mem::replace(&mut self.unsure, true);
        let (answer, sent): (ConsumerGroupHeartbeatResponse, _) =
            group.ask(link, version, &request, 0).await?;
        if answer.error_code == 0 {
            self.unsure = false;
            self.check_epoch(&answer, (joins, request.member_epoch), before);
            self.hears_target(sent, answer, &request);
            return Ok(());
        }
        self.unsure = was_unsure;
        let code = answer.error_code;
        // Its former self has not left yet, or the group still has members of another kind.
        let in_use = code == E::UnreleasedInstanceId.code();
        let other_kind = code == E::GroupIdNotFound.code() && joins && group.is_mixed();
        if !in_use && !other_kind {
            self.hears(code, "ConsumerGroupHeartbeat");
        }
        Ok(())
    }

    fn whole_heartbeat(&self, joins: bool) -> ConsumerGroupHeartbeatRequest {
        let plan = &self.group.plan;
        let mut request = ConsumerGroupHeartbeatRequest {
            group_id: plan.name.clone(),
            member_id: self.id.clone(),
            member_epoch: if joins { 0 } else { self.epoch },
            instance_id: self.instance(),
            rebalance_timeout_ms: -1,
            ..Default::default()
        };
        if joins || self.whole {
            request.rebalance_timeout_ms = i32::try_from(plan.rebalance_ms).unwrap_or(i32::MAX);
            request.subscribed_topic_names = Some(self.topics.iter().cloned().collect());
            let assignor = if self.plan().version % 2 == 0 { "uniform" } else { "range" };
            request.server_assignor = Some(assignor.to_owned());
            let mut owned: BTreeMap<TopicId, Vec<i32>> = BTreeMap::new();
            for tp in self.owned.keys().filter(|_| !joins) {
                owned.entry(tp.0).or_default().push(tp.1);
            }
            let one = |(topic_id, partitions)| TopicPartitions { topic_id, partitions };
            request.topic_partitions = Some(owned.into_iter().map(one).collect());
        }
        request
    }

    fn check_epoch(&self, answer: &ConsumerGroupHeartbeatResponse, (joins, sent): (bool, i32), before: i32) {
        let floor = before.min(self.group.facts.borrow().owners.epoch());
        let epoch = answer.member_epoch;
        if joins && epoch < floor && !self.group.facts.borrow().owners.lax {
            self.group.judge(Err(format!("{:?} joins with epoch {epoch} after {floor}", self.who())));
        }
        if !joins && epoch < sent {
            self.group.judge(Err(format!("the epoch of {:?} fell from {sent} to {epoch}", self.who())));
        }
    }

    fn hears_target(
        &mut self,
        sent: u64,
        answer: ConsumerGroupHeartbeatResponse,
        request: &ConsumerGroupHeartbeatRequest,
    ) {
        self.id = answer.member_id.unwrap_or_else(|| request.member_id.clone());
        self.epoch = answer.member_epoch;
        self.state = State::In;
        self.whole = false;
        let before: BTreeSet<Tp> = self.owned.keys().copied().collect();
        let Some(target) = answer.assignment else { return self.told(sent, &before) };
        let all = target.topic_partitions.iter();
        let target: BTreeSet<Tp> = all.flat_map(|t| t.partitions.iter().map(|p| (t.topic_id, *p))).collect();
        self.group.say(|| {
            format!("{:?} has {} of {} at epoch {}", self.who(), before.len(), target.len(), self.epoch)
        });
        self.revoking = before.difference(&target).copied().collect();
        for tp in &target {
            self.owned.entry(*tp).or_default();
        }
        self.told(sent, &target);
    }

    pub(super) async fn leave_consumer(&mut self, link: &mut Link, by: &Identity) -> Result<(), Gone> {
        let group = std::rc::Rc::clone(&self.group);
        let for_a_while = by.instance.is_some() && !group.halted.get() && group.world.sim.rng().one_in(2);
        let request = ConsumerGroupHeartbeatRequest {
            group_id: group.plan.name.clone(),
            member_id: by.id.clone(),
            member_epoch: if for_a_while { -2 } else { -1 },
            instance_id: by.instance.clone(),
            rebalance_timeout_ms: -1,
            ..Default::default()
        };
        self.id.clear();
        let version = i16::from(self.plan().version >= 5);
        let (answer, _): (ConsumerGroupHeartbeatResponse, _) = group.ask(link, version, &request, 0).await?;
        group.say(|| format!("{:?} has left: {}", by.who, answer.error_code));
        Ok(())
    }
}
