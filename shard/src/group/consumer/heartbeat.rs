//! ConsumerGroupHeartbeat 0-1: joining, staying, hearing of a new assignment.
//!
//! Owner: the group. Pure. Invariants: epoch 0 is a join, also from a member that is known (sharp edge 25: it has
//! lost its state and owns nothing); any other epoch but the member's own, or the one before with nothing more than
//! its own partitions, is fenced.

use super::Consumer;
use super::assign;
use super::member::{LEFT_FOR_A_WHILE, Member, Partitions};
use crate::group::call::Client;
use crate::group::limits::NAMES_MAX;
use crate::group::state::Turn;
use crate::group::timers::TimerKind;
use crate::image::MetadataImage;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::consumer_group_heartbeat_response::{Assignment, TopicPartitions};
use ringlog_wire::generated::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A refusal: the code, and why.
pub type Refusal = (ErrorCode, String);

/// The epoch with which a member joins.
pub const JOIN: i32 = 0;
/// The epoch with which a member leaves for good.
pub const LEAVE: i32 = -1;

/// Checks what needs no group. Errors: what is wrong with the request.
pub fn check(request: &ConsumerGroupHeartbeatRequest, version: i16) -> Result<(), Refusal> {
    let wrong = |why: &str| Err((ErrorCode::InvalidRequest, why.to_owned()));
    if request.group_id.is_empty() {
        return wrong("GroupId can't be empty.");
    }
    if request.member_id.is_empty() && (version >= 1 || request.member_epoch != JOIN) {
        return wrong("MemberId can't be empty.");
    }
    if request.instance_id.as_deref() == Some("") || request.rack_id.as_deref() == Some("") {
        return wrong("InstanceId and RackId can't be empty.");
    }
    match request.member_epoch {
        JOIN => {
            if request.rebalance_timeout_ms < 0 {
                return wrong("RebalanceTimeoutMs must be provided in first request.");
            }
            if request.topic_partitions.as_ref().is_none_or(|t| !t.is_empty()) {
                return wrong("TopicPartitions must be empty when (re-)joining.");
            }
            let pattern = request.subscribed_topic_regex.as_ref().filter(|p| !p.is_empty());
            if request.subscribed_topic_names.is_none() && pattern.is_none() {
                return wrong(
                    "Either SubscribedTopicNames or SubscribedTopicRegex must be set in first request.",
                );
            }
        }
        LEFT_FOR_A_WHILE if request.instance_id.is_none() => {
            return wrong("InstanceId can't be null.");
        }
        epoch if epoch < LEFT_FOR_A_WHILE => return wrong("MemberEpoch is invalid."),
        _ => {}
    }
    if request.subscribed_topic_names.as_ref().is_some_and(|n| n.len() > NAMES_MAX) {
        return wrong("SubscribedTopicNames has too many names.");
    }
    if let Some(pattern) = request.subscribed_topic_regex.as_ref().filter(|p| !p.is_empty()) {
        super::pattern::compile(pattern)?;
    }
    match request.server_assignor.as_deref() {
        Some(name) if !assign::NAMES.contains(&name) => {
            let why = format!(
                "ServerAssignor {name} is not supported. Supported assignors: {}.",
                assign::NAMES.join(", ")
            );
            Err((ErrorCode::UnsupportedAssignor, why))
        }
        _ => Ok(()),
    }
}

/// What a heartbeat says the member owns.
fn owned(request: &ConsumerGroupHeartbeatRequest) -> Option<Partitions> {
    let topics = request.topic_partitions.as_ref()?;
    Some(Partitions::collect(topics.iter().flat_map(|t| t.partitions.iter().map(|p| (t.topic_id, *p)))))
}

impl Consumer {
    /// Takes in one heartbeat of a member that stays.
    pub(in crate::group) fn heartbeat(
        &mut self,
        turn: &mut Turn<'_>,
        client: Client,
        request: &ConsumerGroupHeartbeatRequest,
    ) -> Result<ConsumerGroupHeartbeatResponse, Refusal> {
        let id: Rc<str> = request.member_id.as_str().into();
        let owned = owned(request);
        let joins = request.member_epoch == JOIN;
        self.admit(turn, &id, request, owned.as_ref())?;
        self.subscribe(turn, &id, client, request)?;
        self.look_at_topics(turn);
        self.look_at_target(turn);
        let changed = self.reconcile(turn, &id, owned.as_ref());
        turn.timers.arm(turn.id, TimerKind::Session(Rc::clone(&id)), turn.now.ms + turn.session_ms());
        let member = self.members.get(&id).expect("it was admitted above");
        // A request that says everything asks for everything.
        let whole = request.rebalance_timeout_ms >= 0
            && request.topic_partitions.is_some()
            && (request.subscribed_topic_names.is_some() || request.subscribed_topic_regex.is_some());
        Ok(ConsumerGroupHeartbeatResponse {
            member_id: Some(id.to_string()),
            member_epoch: member.epoch,
            heartbeat_interval_ms: self.next_beat_ms(turn),
            assignment: (joins || changed || whole).then(|| assignment(&member.assigned)),
            ..Default::default()
        })
    }

    /// Is it who it says it is, and where it says it is? A new member gets its place.
    fn admit(
        &mut self,
        turn: &mut Turn<'_>,
        id: &Rc<str>,
        request: &ConsumerGroupHeartbeatRequest,
        owned: Option<&Partitions>,
    ) -> Result<(), Refusal> {
        let epoch = request.member_epoch;
        let holder = request.instance_id.as_ref().and_then(|i| self.statics.get(i)).cloned();
        if epoch == JOIN {
            if let Some(old) = holder.filter(|old| old != id) {
                return self.take_place(turn, &old, id);
            }
            if let Some(member) = self.members.get(id) {
                // It has lost its state: nothing is left to be given back.
                let next = Member {
                    revoking: Partitions::default(),
                    assigned: Partitions::default(),
                    ..member.clone()
                };
                let next = Member { state: super::MemberState::Unreleased, ..next };
                self.put_current(turn, id, next);
            } else if self.members.len() >= turn.config.consumer_max_size {
                let why = format!(
                    "The consumer group has reached its maximum capacity of {} members.",
                    self.members.len()
                );
                return Err((ErrorCode::GroupMaxSizeReached, why));
            }
            return Ok(());
        }
        if let Some(instance) = &request.instance_id {
            match holder {
                None => {
                    return Err((ErrorCode::UnknownMemberId, format!("Instance id {instance} is unknown.")));
                }
                Some(holder) if holder != *id => {
                    let why = format!(
                        "Static member {id} with instance id {instance} was fenced by member {holder}."
                    );
                    return Err((ErrorCode::FencedInstanceId, why));
                }
                Some(_) => {}
            }
        }
        let member = self.members.get(id);
        let member = member.ok_or_else(|| {
            (ErrorCode::UnknownMemberId, format!("Member {id} is not a member of the group."))
        })?;
        let subset = || owned.is_some_and(|o| o.iter().all(|p| member.assigned.contains(p)));
        // The answer with the newer epoch was lost.
        let behind = epoch == member.previous_epoch && subset();
        if epoch == member.epoch || behind {
            return Ok(());
        }
        let why = format!(
            "The consumer group member has epoch {}; {epoch} was received. It must rejoin.",
            member.epoch
        );
        Err((ErrorCode::FencedMemberEpoch, why))
    }

    /// A static member comes back under a new id: allowed once the old one has left for a while.
    fn take_place(&mut self, turn: &mut Turn<'_>, old: &Rc<str>, id: &Rc<str>) -> Result<(), Refusal> {
        let member = self.members.get(old).expect("a static name belongs to a member");
        // A classic one does not say that it leaves for a while.
        if member.epoch != LEFT_FOR_A_WHILE && member.classic.is_none() {
            let why = format!(
                "Static member {id} cannot join the group because its instance id is still in use by member {old}."
            );
            return Err((ErrorCode::UnreleasedInstanceId, why));
        }
        self.start_over(turn, old, id);
        Ok(())
    }

    /// The static member `old` goes on as `id`, with the same target: nobody else has to move.
    pub(super) fn start_over(&mut self, turn: &mut Turn<'_>, old: &Rc<str>, id: &Rc<str>) {
        let mut member = self.members.get(old).expect("a static name belongs to a member").clone();
        let target = self.target.remove(old);
        self.forget(turn, old);
        (member.epoch, member.previous_epoch) = (0, -1);
        member.state = super::MemberState::Unreleased;
        (member.assigned, member.revoking) = Default::default();
        self.put_member(id, member);
        turn.fx.records.push(self.member_record(turn.id, id));
        if let Some(target) = target {
            self.target.insert(Rc::clone(id), target);
            turn.fx.records.push(self.target_record(turn.id, id));
        }
        turn.fx.records.push(self.current_record(turn.id, id));
    }

    /// Takes over what the request says of the member; a change of its subscription is a new group epoch.
    fn subscribe(
        &mut self,
        turn: &mut Turn<'_>,
        id: &Rc<str>,
        client: Client,
        request: &ConsumerGroupHeartbeatRequest,
    ) -> Result<(), Refusal> {
        let known = self.members.get(id);
        if known.is_some_and(|m| m.client == client && m.hears_nothing_new(request)) {
            return Ok(());
        }
        let mut next = known.cloned().unwrap_or_else(|| Member::new(client.clone()));
        next.client = client;
        // From now on it speaks the consumer protocol.
        next.classic = None;
        next.instance = request.instance_id.clone().or(next.instance);
        next.rack = request.rack_id.clone().or(next.rack);
        if request.rebalance_timeout_ms >= 0 {
            next.rebalance_timeout_ms = request.rebalance_timeout_ms;
        }
        next.assignor = request.server_assignor.clone().or(next.assignor);
        if let Some(names) = &request.subscribed_topic_names {
            next.names = names.iter().cloned().collect();
        }
        if let Some(pattern) = &request.subscribed_topic_regex {
            next.pattern.clone_from(pattern);
        }
        next.topics = topics(&next, turn.now.image)?;
        self.put_subscription(turn, id, next, |why| why);
        Ok(())
    }

    /// Replaces what member `id` subscribes to, if it differs; `because` may add to the cause.
    pub(super) fn put_subscription(
        &mut self,
        turn: &mut Turn<'_>,
        id: &Rc<str>,
        next: Member,
        because: impl FnOnce(String) -> String,
    ) {
        let known = self.members.get(id);
        if known == Some(&next) {
            return;
        }
        let resubscribed = known.is_none_or(|m| m.topics != next.topics || m.assignor != next.assignor);
        let why =
            if known.is_none() { format!("new member {id}") } else { format!("member {id} subscribes anew") };
        let is_new = known.is_none();
        self.put_member(id, next);
        turn.fx.records.push(self.member_record(turn.id, id));
        if is_new {
            turn.fx.records.push(self.current_record(turn.id, id));
        }
        if resubscribed {
            self.topics_hash = self.hash_topics(turn.now.image);
            self.bump(turn, because(why));
        }
    }

    /// Topics may have come, gone or grown since the last look.
    pub(super) fn look_at_topics(&mut self, turn: &mut Turn<'_>) {
        let end = turn.now.image.end().0;
        if self.seen.replace(end) == Some(end) {
            return;
        }
        let ids: Vec<_> = self.members.keys().cloned().collect();
        // Members mostly share one pattern.
        let mut matches = BTreeMap::new();
        for id in ids {
            let Some(member) = self.members.get(&id).filter(|m| !m.pattern.is_empty()) else { continue };
            let found = matches.entry(member.pattern.clone());
            let found = found.or_insert_with(|| matching(&member.pattern, turn.now.image));
            // The pattern was good when it came.
            let Ok(found) = found else { continue };
            let topics: BTreeSet<_> = member.names.union(found).cloned().collect();
            if topics != member.topics {
                let next = Member { topics, ..member.clone() };
                self.put_member(&id, next);
            }
        }
        let hash = self.hash_topics(turn.now.image);
        if hash != self.topics_hash {
            self.topics_hash = hash;
            self.bump(turn, "the subscribed topics have changed".to_owned());
        }
    }
}

impl Member {
    /// True if the request says nothing of the member that is not known: most heartbeats do not.
    fn hears_nothing_new(&self, request: &ConsumerGroupHeartbeatRequest) -> bool {
        let same = |said: &Option<String>, known: &Option<String>| said.is_none() || said == known;
        let timeout = request.rebalance_timeout_ms;
        self.classic.is_none()
            && request.subscribed_topic_names.is_none()
            && request.subscribed_topic_regex.is_none()
            && (timeout < 0 || timeout == self.rebalance_timeout_ms)
            && same(&request.instance_id, &self.instance)
            && same(&request.rack_id, &self.rack)
            && same(&request.server_assignor, &self.assignor)
    }
}

/// The topics that a member's names and pattern come to.
pub(super) fn topics(member: &Member, image: &MetadataImage) -> Result<BTreeSet<String>, Refusal> {
    let mut topics = member.names.clone();
    if !member.pattern.is_empty() {
        topics.append(&mut matching(&member.pattern, image)?);
    }
    Ok(topics)
}

/// The topics that a pattern matches. O(all topics).
fn matching(pattern: &str, image: &MetadataImage) -> Result<BTreeSet<String>, Refusal> {
    let pattern = super::pattern::compile(pattern)?;
    let all = image.topics().map(|t| &*t.name);
    // Kafka's own topics too: a client that does not want them says so in its pattern.
    Ok(all.filter(|n| pattern.is_match(n)).map(str::to_owned).collect())
}

fn assignment(partitions: &Partitions) -> Assignment {
    let one = |(topic_id, ps): (&_, &BTreeSet<i32>)| TopicPartitions {
        topic_id: *topic_id,
        partitions: ps.iter().copied().collect(),
    };
    Assignment { topic_partitions: partitions.0.iter().map(one).collect() }
}
