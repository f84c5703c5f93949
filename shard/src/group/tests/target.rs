//! The pause between two targets of a consumer group, and when patterns are looked at.

use super::consumer::Member;
use super::old_member::{Old, Phase};
use super::*;
use crate::image::MetadataDelta;
use ErrorCode as E;
use ringlog_wire::generated::ConsumerGroupHeartbeatRequest;

/// Targets are at least 300 ms apart; members send heartbeats every 200 ms.
fn pausing() -> Rig {
    let mut rig = Rig::with(GroupConfig { consumer_assignment_ms: 300, ..config() });
    rig.topic("t", 4);
    rig
}

/// Targets that were computed.
fn targets(rig: &Rig) -> usize {
    let is_target = |r: &&Record| {
        use ringlog_wire::generated::records::GroupRecordKey as Key;
        matches!(r.key, Key::ConsumerGroupTargetAssignmentMetadata(_)) && r.value.is_some()
    };
    rig.log.iter().filter(is_target).count()
}

fn told(rig: &mut Rig, member: &Member) -> i32 {
    rig.consumer(member.request()).heartbeat_interval_ms
}

#[test]
fn members_that_come_together_cost_one_target_and_ask_again_when_it_is_due() {
    let mut rig = pausing();
    let mut members: Vec<_> = ["a", "b", "c"].map(|id| Member::new(id, &["t"])).into();
    assert_eq!(members[0].beat(&mut rig), E::None);
    assert_eq!((targets(&rig), members[0].owned.len()), (1, 4), "the first target comes at once");
    rig.pass(100);
    for m in &mut members[1..] {
        assert_eq!(m.beat(&mut rig), E::None);
        assert_eq!((m.epoch, m.owned.len()), (2, 0));
    }
    assert_eq!((targets(&rig), rig.state()), (1, "Assigning"));
    let (before, late) = (members[1].clone(), members[1].clone());
    rig.pass(50);
    assert_eq!(told(&mut rig, &before), 150, "the rest of the pause");
    rig.pass(149);
    assert_eq!(told(&mut rig, &before), 1);
    assert_eq!(targets(&rig), 1);
    rig.pass(1);
    assert_eq!(told(&mut rig, &late), 200, "as usual");
    assert_eq!((targets(&rig), rig.state()), (2, "Reconciling"));
    for _ in 0..3 {
        members.iter_mut().for_each(|m| assert_eq!(m.beat(&mut rig), E::None));
    }
    let loads: Vec<_> = members.iter().map(|m| m.owned.len()).collect();
    assert_eq!((targets(&rig), rig.state(), loads), (2, "Stable", vec![2, 1, 1]));
}

#[test]
fn a_restart_keeps_the_pause_and_a_clock_that_went_back_ends_it() {
    let mut rig = pausing();
    let (mut a, mut b) = (Member::new("a", &["t"]), Member::new("b", &["t"]));
    rig.pass(1000);
    a.beat(&mut rig);
    rig.pass(100);
    rig.reload();
    b.beat(&mut rig);
    assert_eq!((targets(&rig), b.owned.len()), (1, 0), "the pause is in the record");
    // The same moment, an hour earlier on the wall.
    let now = Moment { wall_ms: WALL - 3_600_000, ..moment(&rig.image, rig.ms, 9) };
    let ask = Ask::ConsumerHeartbeat { request: b.request(), version: 1, client: client() };
    let fx = rig.c.on_call(now, Ticket { core: CoreId(0), token: Token(99) }, ask);
    rig.log.extend(fx.records);
    assert_eq!(targets(&rig), 2);
}

#[test]
fn a_group_has_its_own_pause() {
    let mut rig = pausing();
    let set = crate::image::dump::config_record(
        crate::image::RESOURCE_GROUP,
        "g",
        "consumer.assignment.interval.ms",
        "5000",
    );
    let (end, epoch, identity) = (rig.image.end().plus(1), rig.image.epoch(), rig.image.identity().clone());
    rig.image.apply(&MetadataDelta { identity, end, epoch, records: vec![set].into() }).unwrap();
    let (mut a, mut b) = (Member::new("a", &["t"]), Member::new("b", &["t"]));
    a.beat(&mut rig);
    rig.pass(10);
    b.beat(&mut rig);
    for _ in 0..9 {
        rig.pass(500);
        a.beat(&mut rig);
        b.beat(&mut rig);
        assert_eq!((targets(&rig), b.owned.len()), (1, 0), "at {}", rig.ms);
    }
    rig.pass(500);
    b.beat(&mut rig);
    assert_eq!(targets(&rig), 2);
}

#[test]
fn whoever_leaves_in_the_pause_leaves_nothing_behind() {
    let mut rig = pausing();
    let (mut a, mut b) = (Member::new("a", &["t"]), Member::new("b", &["t"]));
    a.beat(&mut rig);
    rig.pass(300);
    for _ in 0..3 {
        b.beat(&mut rig);
        a.beat(&mut rig);
    }
    assert_eq!((a.owned.len(), b.owned.len()), (2, 2));
    let leave = ConsumerGroupHeartbeatRequest { member_epoch: -1, ..b.request() };
    assert_eq!(rig.consumer(leave).error_code, 0);
    a.beat(&mut rig);
    assert_eq!(a.owned.len(), 2, "the pause is not over");
    rig.reload();
    a.beat(&mut rig);
    assert_eq!(a.owned.len(), 2);
    rig.pass(300);
    a.beat(&mut rig);
    assert_eq!((a.owned.len(), rig.state()), (4, "Stable"));
}

#[test]
fn patterns_match_topics_of_kafkas_own_and_new_ones_at_the_next_heartbeat() {
    let mut rig = pausing();
    rig.topic("__consumer_offsets", 2);
    let pattern = |id: &str| Member { pattern: Some(".*off.*|t".into()), ..Member::new(id, &[]) };
    let (mut a, mut b) = (pattern("a"), pattern("b"));
    a.beat(&mut rig);
    assert_eq!(a.owned.len(), 6);
    rig.pass(300);
    for _ in 0..3 {
        b.beat(&mut rig);
        a.beat(&mut rig);
    }
    rig.topic("offered", 4);
    rig.pass(300);
    for _ in 0..2 {
        a.beat(&mut rig);
        b.beat(&mut rig);
    }
    assert_eq!((a.owned.len(), b.owned.len(), rig.state()), (5, 5, "Stable"));
}

/// A classic member that was refused again and again would join again and again.
#[test]
fn a_classic_member_of_the_group_waits_in_peace() {
    let mut rig = pausing();
    let (mut new, mut old) = (Member::new("n", &["t"]), Old::new(true, &["t"]));
    new.beat(&mut rig);
    rig.pass(100);
    assert_eq!(old.step(&mut rig), E::MemberIdRequired);
    for _ in 0..4 {
        assert_eq!(old.step(&mut rig), E::None);
    }
    assert_eq!((old.phase.clone(), old.owned.len(), targets(&rig)), (Phase::Stable, 0, 1));
    rig.pass(199);
    assert_eq!(old.step(&mut rig), E::None, "still in the pause");
    rig.pass(1);
    assert_eq!(old.step(&mut rig), E::RebalanceInProgress, "nobody else has to come by");
    for _ in 0..6 {
        old.step(&mut rig);
        new.beat(&mut rig);
    }
    assert_eq!((targets(&rig), rig.state(), old.owned.len(), new.owned.len()), (2, "Stable", 2, 2));
}
