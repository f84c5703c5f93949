//! The consumer protocol (KIP-848; sharp edge 25, G3, G4).

use super::*;
use crate::control::create_topics::plan_create_topics;
use crate::image::MetadataDelta;
use ErrorCode as E;
use ringlog_wire::generated::consumer_group_heartbeat_request::TopicPartitions;
use ringlog_wire::generated::create_topics_request::CreatableTopic;
use ringlog_wire::generated::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, CreateTopicsRequest,
};
use ringlog_wire::ids::TopicId;
use std::collections::BTreeSet;

/// A client that follows the protocol.
#[derive(Clone, Default)]
pub struct Member {
    pub id: String,
    pub instance: Option<String>,
    pub epoch: i32,
    pub names: Vec<String>,
    pub pattern: Option<String>,
    pub owned: BTreeSet<(TopicId, i32)>,
}

impl Member {
    pub fn new(id: &str, names: &[&str]) -> Self {
        let names = names.iter().map(|n| (*n).to_owned()).collect();
        Self { id: id.into(), names, ..Self::default() }
    }

    pub fn request(&self) -> ConsumerGroupHeartbeatRequest {
        let mut topics: Vec<TopicPartitions> = Vec::new();
        for (topic_id, p) in &self.owned {
            match topics.iter_mut().find(|t| t.topic_id == *topic_id) {
                Some(t) => t.partitions.push(*p),
                None => topics.push(TopicPartitions { topic_id: *topic_id, partitions: vec![*p] }),
            }
        }
        let joins = self.epoch == 0;
        ConsumerGroupHeartbeatRequest {
            group_id: "g".into(),
            member_id: self.id.clone(),
            member_epoch: self.epoch,
            instance_id: self.instance.clone(),
            rebalance_timeout_ms: if joins { 3000 } else { -1 },
            subscribed_topic_names: joins.then(|| self.names.clone()),
            subscribed_topic_regex: self.pattern.clone().filter(|_| joins),
            topic_partitions: Some(if joins { Vec::new() } else { topics }),
            ..Default::default()
        }
    }

    fn take(&mut self, response: &ConsumerGroupHeartbeatResponse) {
        self.epoch = response.member_epoch;
        if let Some(a) = &response.assignment {
            let all = a.topic_partitions.iter().flat_map(|t| t.partitions.iter().map(|p| (t.topic_id, *p)));
            self.owned = all.collect();
        }
    }

    /// One heartbeat; the error, if there is one.
    pub fn beat(&mut self, rig: &mut Rig) -> E {
        let response = rig.consumer(self.request());
        let error = E::from_code(response.error_code).unwrap();
        match error {
            E::None => self.take(&response),
            E::FencedMemberEpoch | E::UnknownMemberId => {
                self.owned.clear();
                self.epoch = 0;
            }
            _ => {}
        }
        error
    }
}

impl Rig {
    pub fn consumer(&mut self, request: ConsumerGroupHeartbeatRequest) -> ConsumerGroupHeartbeatResponse {
        match self.ask(Ask::ConsumerHeartbeat { request, version: 1, client: client() }) {
            Answer::ConsumerHeartbeat(response) => response,
            other => panic!("no heartbeat: {other:?}"),
        }
    }

    pub fn topic(&mut self, name: &str, partitions: i32) -> TopicId {
        let id = TopicId([self.image.topic_count() as u8 + 1; 16]);
        let topic = CreatableTopic {
            name: name.into(),
            num_partitions: partitions,
            replication_factor: 1,
            ..Default::default()
        };
        let request = CreateTopicsRequest { topics: vec![topic], ..Default::default() };
        let records = plan_create_topics(&self.image, &request, &mut || id).0;
        let (end, epoch) = (self.image.end().plus(1), self.image.epoch());
        let identity = self.image.identity().clone();
        self.image.apply(&MetadataDelta { identity, end, epoch, records: records.into() }).unwrap();
        id
    }
}

#[test]
fn a_member_alone_gets_everything_and_keeps_it_over_a_restart() {
    let mut rig = Rig::new();
    let t = rig.topic("t", 3);
    let mut a = Member::new("a", &["t"]);
    assert_eq!(a.beat(&mut rig), E::None);
    assert_eq!((a.epoch, a.owned.clone()), (2, (0..3).map(|p| (t, p)).collect()));
    let records = rig.log.len();
    let quiet = rig.consumer(a.request());
    assert_eq!((quiet.member_epoch, quiet.assignment.is_none(), quiet.heartbeat_interval_ms), (2, true, 200));
    assert_eq!(rig.log.len(), records, "nothing new, nothing written");
    assert_eq!(rig.state(), "Stable");
    rig.reload();
    assert_eq!((rig.state(), a.beat(&mut rig), a.epoch), ("Stable", E::None, 2));
    assert_eq!(rig.log.len(), records);
    rig.topic("u", 1);
    rig.topic("t2", 1);
    assert_eq!((a.beat(&mut rig), a.epoch), (E::None, 2), "other topics do not matter");
}

#[test]
fn edge_25_partitions_are_given_only_after_their_owner_gave_them_back() {
    let mut rig = Rig::new();
    rig.topic("t", 4);
    let (mut a, mut b) = (Member::new("a", &["t"]), Member::new("b", &["t"]));
    a.beat(&mut rig);
    b.beat(&mut rig);
    assert_eq!((b.epoch, b.owned.len(), rig.state()), (3, 0, "Reconciling"));
    let told = rig.consumer(a.request());
    assert_eq!(told.member_epoch, 2, "its epoch waits for the revocation");
    assert_eq!(told.assignment.as_ref().unwrap().topic_partitions[0].partitions.len(), 2);
    for _ in 0..3 {
        b.beat(&mut rig);
        assert_eq!(b.owned.len(), 0);
        // It still says that it has all four.
        assert_eq!(rig.consumer(a.request()).member_epoch, 2);
    }
    rig.reload();
    b.beat(&mut rig);
    assert_eq!(b.owned.len(), 0, "also after a restart");
    a.take(&told);
    a.beat(&mut rig);
    assert_eq!((a.epoch, a.owned.len()), (3, 2));
    b.beat(&mut rig);
    assert_eq!((b.owned.len(), a.owned.is_disjoint(&b.owned), rig.state()), (2, true, "Stable"));
}

#[test]
fn edge_25_epoch_0_is_a_join_also_of_a_known_member() {
    let mut rig = Rig::new();
    rig.topic("t", 2);
    let mut a = Member::new("a", &["t"]);
    a.beat(&mut rig);
    let mut again = Member::new("a", &["t"]);
    assert_eq!(again.beat(&mut rig), E::None);
    assert_eq!((again.epoch, again.owned.len()), (2, 2), "the same epoch: nothing has changed for others");
    rig.reload();
    assert_eq!((again.beat(&mut rig), again.owned.len()), (E::None, 2));
    let mut nameless = Member::new("", &["t"]).request();
    nameless.member_epoch = 0;
    assert_eq!(rig.consumer(nameless).error_code, E::InvalidRequest.code(), "version 1 wants an id");
}

#[test]
fn g4_old_and_future_epochs_are_fenced() {
    let mut rig = Rig::new();
    rig.topic("t", 2);
    let (mut a, mut b) = (Member::new("a", &["t"]), Member::new("b", &["t"]));
    a.beat(&mut rig);
    let old = a.clone();
    b.beat(&mut rig);
    a.beat(&mut rig);
    a.beat(&mut rig);
    assert_eq!(a.epoch, 3);
    let mut request = old.request();
    assert_eq!(
        rig.consumer(request.clone()).error_code,
        E::FencedMemberEpoch.code(),
        "owns more than its part"
    );
    request.topic_partitions = a.request().topic_partitions;
    assert_eq!(rig.consumer(request).error_code, 0, "the last answer was lost");
    for epoch in [4, 100] {
        let request = ConsumerGroupHeartbeatRequest { member_epoch: epoch, ..a.request() };
        assert_eq!(rig.consumer(request).error_code, E::FencedMemberEpoch.code());
    }
    let request = ConsumerGroupHeartbeatRequest { member_id: "x".into(), ..a.request() };
    assert_eq!(rig.consumer(request).error_code, E::UnknownMemberId.code());
    assert_eq!(rig.commit("a", 3, 5), E::None);
    assert_eq!(rig.commit("a", 2, 6), E::StaleMemberEpoch);
    assert_eq!(rig.commit("x", 3, 6), E::UnknownMemberId);
    let t = rig.image.topic_named("t").unwrap().id;
    let of = |member: &Member, partition_index: i32, generation: i32| {
        let mut ask = commit("g", &member.id, generation, 7);
        ask.topics[0].id = t;
        ask.topics[0].partitions[0].partition_index = partition_index;
        Ask::Commit(ask)
    };
    let kept = a.owned.first().unwrap().1;
    b.beat(&mut rig);
    let given = b.owned.first().unwrap().1;
    for _ in 0..2 {
        assert_eq!(rig.ask(of(&a, kept, 2)).error(), E::None, "its own since then (KIP-1251)");
        assert_eq!(rig.ask(of(&a, kept, 1)).error(), E::StaleMemberEpoch, "not since then");
        assert_eq!(rig.ask(of(&a, given, 2)).error(), E::StaleMemberEpoch, "not its own any more");
        assert_eq!(rig.ask(of(&b, given, 2)).error(), E::StaleMemberEpoch, "given later");
        assert_eq!(rig.ask(of(&a, kept, 4)).error(), E::StaleMemberEpoch, "of the future");
        rig.reload();
    }
    assert_eq!(rig.commit("a", 3, 5), E::None);
    assert_eq!(rig.commit("", -1, 6), E::UnknownMemberId);
    assert_eq!(rig.offset(), 5);
    let fetch = FetchAsk { group: "g".into(), member: Some(("a".into(), 2)), topics: None };
    assert_eq!(rig.ask(Ask::Fetch(fetch)).error(), E::StaleMemberEpoch);
}

#[test]
fn silent_members_and_those_that_do_not_give_back_are_out() {
    let mut rig = Rig::new();
    rig.topic("t", 2);
    let (mut a, mut b) = (Member::new("a", &["t"]), Member::new("b", &["t"]));
    a.beat(&mut rig);
    b.beat(&mut rig);
    let stubborn = a.request();
    for _ in 0..4 {
        assert_eq!(rig.consumer(stubborn.clone()).error_code, 0);
        b.beat(&mut rig);
        assert_eq!(b.owned.len(), 0);
        rig.pass(700);
    }
    rig.pass(250);
    assert_eq!(rig.consumer(stubborn).error_code, E::UnknownMemberId.code());
    b.beat(&mut rig);
    assert_eq!(b.owned.len(), 2);
    rig.pass(1000);
    assert_eq!(rig.state(), "Empty");
    assert_eq!(b.beat(&mut rig), E::UnknownMemberId);
    rig.pass(20_000);
    assert_eq!(rig.state(), "Dead", "without offsets nothing keeps it");
    rig.reload();
    assert_eq!(rig.state(), "Dead");
}

#[test]
fn a_static_member_that_left_for_a_while_gets_its_partitions_back() {
    let mut rig = Rig::new();
    rig.topic("t", 4);
    let named = |id: &str, name: &str| Member { instance: Some(name.into()), ..Member::new(id, &["t"]) };
    let (mut a, mut b) = (named("a", "one"), named("b", "two"));
    for _ in 0..4 {
        a.beat(&mut rig);
        b.beat(&mut rig);
    }
    let (epoch, had) = (b.epoch, b.owned.clone());
    assert_eq!(named("c", "two").beat(&mut rig), E::UnreleasedInstanceId);
    let leave = ConsumerGroupHeartbeatRequest { member_epoch: -2, ..b.request() };
    assert_eq!(rig.consumer(leave).member_epoch, -2);
    rig.reload();
    a.beat(&mut rig);
    assert_eq!((a.epoch, a.owned.len()), (epoch, 2), "nobody takes its part");
    let mut back = named("c", "two");
    assert_eq!(back.beat(&mut rig), E::None);
    assert_eq!((back.epoch, back.owned == had), (epoch, true));
    assert_eq!(b.beat(&mut rig), E::FencedInstanceId);
    let leave = ConsumerGroupHeartbeatRequest { member_epoch: -1, ..back.request() };
    assert_eq!(rig.consumer(leave).error_code, 0);
    a.beat(&mut rig);
    assert_eq!(a.owned.len(), 4);
}

#[test]
fn patterns_and_growing_topics_are_followed() {
    let mut rig = Rig::new();
    rig.topic("orders-1", 1);
    rig.topic("other", 1);
    let mut a = Member { pattern: Some("orders-.*".into()), ..Member::new("a", &[]) };
    a.beat(&mut rig);
    assert_eq!(a.owned.len(), 1);
    rig.topic("orders-2", 2);
    a.beat(&mut rig);
    assert_eq!((a.owned.len(), a.epoch), (3, 3));
    let records = rig.log.len();
    rig.reload();
    a.beat(&mut rig);
    assert_eq!((a.owned.len(), rig.log.len()), (3, records));
    let mut bad = Member { pattern: Some("(".into()), ..Member::new("b", &[]) };
    assert_eq!(bad.beat(&mut rig), E::InvalidRegularExpression);
    assert_eq!(a.beat(&mut rig), E::None);
    let assignor = ConsumerGroupHeartbeatRequest { server_assignor: Some("x".into()), ..a.request() };
    assert_eq!(rig.consumer(assignor).error_code, E::UnsupportedAssignor.code());
}

#[test]
fn a_group_has_its_own_times() {
    let mut rig = Rig::new();
    rig.topic("t", 1);
    let mut a = Member::new("a", &["t"]);
    a.beat(&mut rig);
    let set = |name: &str, value: &str| {
        crate::image::dump::config_record(crate::image::RESOURCE_GROUP, "g", name, value)
    };
    let records =
        [set("consumer.session.timeout.ms", "50000"), set("consumer.heartbeat.interval.ms", "6000")];
    let (end, epoch) = (rig.image.end().plus(2), rig.image.epoch());
    let identity = rig.image.identity().clone();
    rig.image.apply(&MetadataDelta { identity, end, epoch, records: records.into() }).unwrap();
    assert_eq!(rig.consumer(a.request()).heartbeat_interval_ms, 6000);
    rig.pass(49_000);
    assert_eq!(a.beat(&mut rig), E::None, "the session is as long as the group wants it");
    rig.reload();
    rig.pass(49_000);
    assert_eq!(a.beat(&mut rig), E::None, "also after a restart");
    rig.pass(51_000);
    assert_eq!(rig.state(), "Dead", "and no longer");
}

#[test]
fn groups_without_members_change_their_protocol() {
    let mut rig = Rig::new();
    rig.topic("t", 1);
    let ids = rig.stable(1);
    rig.commit(&ids[0], 1, 5);
    let mut a = Member::new("a", &["t"]);
    assert_eq!(a.beat(&mut rig), E::GroupIdNotFound, "members of the classic protocol are there");
    rig.pass(1000);
    assert_eq!(a.beat(&mut rig), E::None);
    assert_eq!((rig.state(), rig.offset()), ("Stable", 5));
    rig.reload();
    assert_eq!((a.beat(&mut rig), rig.offset()), (E::None, 5));
    let ticket = rig.join("", "m");
    assert_eq!(rig.got(ticket).unwrap().error(), E::InconsistentGroupProtocol);
    assert_eq!(rig.beat("a", 1), E::UnknownMemberId);
    rig.pass(1000);
    let ids = rig.stable(1);
    rig.reload();
    assert_eq!((rig.beat(&ids[0], 1), rig.offset()), (E::None, 5));
}

/// Members that come, go, fall silent and repeat themselves, under restarts: never two owners, and in the end all
/// partitions are owned and the loads are even.
#[test]
fn g3_whatever_members_do_a_partition_has_one_owner() {
    for seed in 1..150u64 {
        let mut rig = Rig::new();
        rig.topic("t", 7);
        rig.topic("u", 4);
        let mut next = chance(seed);
        let mut members: Vec<(Member, u64)> = Vec::new();
        let mut born = 0;
        for _ in 0..200 {
            let which = next(members.len().max(1) as u64) as usize;
            match next(12) {
                0 | 1 if members.len() < 5 => {
                    born += 1;
                    members.push((Member::new(&format!("m{born}"), &["t", "u"]), rig.ms));
                }
                2 if !members.is_empty() => drop(members.remove(which)),
                3 => rig.reload(),
                4 => rig.pass(next(200)),
                5 if !members.is_empty() => {
                    // The answer is lost: it asks again as before.
                    drop(rig.consumer(members[which].0.request()));
                }
                6 if !members.is_empty() => {
                    members[which].0.owned.clear();
                    members[which].0.epoch = 0;
                }
                _ => {
                    if let Some((m, at)) = members.get_mut(which) {
                        m.beat(&mut rig);
                        *at = rig.ms;
                    }
                }
            }
            // A member that was silent for its session stops by itself.
            for (m, at) in &mut members {
                if rig.ms >= *at + 1000 {
                    m.owned.clear();
                    m.epoch = 0;
                }
            }
            let mut owners = BTreeSet::new();
            for (m, _) in &members {
                assert!(m.owned.iter().all(|p| owners.insert(*p)), "seed {seed}: two owners");
            }
        }
        for _ in 0..40 {
            members.iter_mut().for_each(|(m, _)| {
                m.beat(&mut rig);
            });
            rig.pass(100);
        }
        let loads: Vec<_> = members.iter().map(|(m, _)| m.owned.len()).collect();
        if let (Some(most), Some(least)) = (loads.iter().max(), loads.iter().min()) {
            assert_eq!(loads.iter().sum::<usize>(), 11, "seed {seed}: {loads:?} {}", rig.state());
            assert!(most - least <= 1, "seed {seed}: {loads:?}");
        }
    }
}
