//! Static members (KIP-345, KIP-814; sharp edge 28).

use super::*;
use ErrorCode as E;
use ringlog_wire::generated::LeaveGroupRequest;
use ringlog_wire::generated::leave_group_request::MemberIdentity;

/// A stable group of the static members "one" and "two"; returns their ids.
fn stable(rig: &mut Rig) -> [String; 2] {
    let tickets = ["one", "two"].map(|name| rig.join_as(9, "", Some(name), &[("range", "m")]));
    let first = rig.joined(tickets[0]);
    assert!(rig.got(tickets[1]).is_none());
    let again = rig.join_as(9, &first.member_id, Some("one"), &[("range", "m")]);
    let (one, two) = (rig.joined(again), rig.joined(tickets[1]));
    let (a, b) = (one.member_id.clone(), two.member_id);
    assert!(a.starts_with("one-"));
    for id in [&a, &b] {
        let given = [(a.as_str(), "A"), (b.as_str(), "B")];
        let given = if *id == one.leader { &given[..] } else { &[] };
        let ticket = rig.sync(id, one.generation_id, given);
        rig.synced(ticket);
    }
    assert_eq!(one.leader, a);
    [a, b]
}

fn beat(rig: &mut Rig, member: &str, name: &str) -> ErrorCode {
    let request = HeartbeatRequest {
        group_id: "g".into(),
        generation_id: 2,
        member_id: member.into(),
        group_instance_id: Some(name.into()),
    };
    rig.ask(Ask::Heartbeat(request)).error()
}

#[test]
fn edge_28_a_restarted_static_member_takes_its_place_without_a_rebalance() {
    let mut rig = Rig::new();
    let [a, b] = stable(&mut rig);
    let records = rig.log.len();
    let ticket = rig.join_as(8, "", Some("two"), &[("range", "m")]);
    let joined = rig.joined(ticket);
    assert_eq!((joined.generation_id, joined.leader, joined.skip_assignment), (2, a.clone(), false));
    assert_eq!(rig.log.len(), records + 1, "the new id is written");
    assert_eq!(beat(&mut rig, &b, "two"), E::FencedInstanceId);
    assert_eq!(beat(&mut rig, &joined.member_id, "two"), E::None);
    assert_eq!(beat(&mut rig, &joined.member_id, "three"), E::UnknownMemberId);
    let ticket = rig.sync(&joined.member_id, 2, &[]);
    assert_eq!(&*rig.synced(ticket).assignment, b"B");
    // The leader: an old client must not assign again, a new one is told to skip it.
    let ticket = rig.join_as(8, "", Some("one"), &[("range", "m")]);
    let joined = rig.joined(ticket);
    assert_eq!((joined.leader == a, joined.members.len()), (true, 0));
    let ticket = rig.join_as(9, "", Some("one"), &[("range", "m")]);
    let joined = rig.joined(ticket);
    assert_eq!((joined.leader == joined.member_id, joined.skip_assignment), (true, true));
    assert_eq!(joined.members.len(), 2);
    rig.reload();
    assert_eq!(beat(&mut rig, &a, "one"), E::FencedInstanceId, "also after a restart");
    assert_eq!(beat(&mut rig, &joined.member_id, "one"), E::None);
}

#[test]
fn edge_28_whoever_waits_in_the_old_id_is_fenced() {
    let mut rig = Rig::new();
    let [a, b] = stable(&mut rig);
    let old = rig.join_as(9, &a, Some("one"), &[("range", "new")]);
    let new = rig.join_as(9, "", Some("one"), &[("range", "new")]);
    assert_eq!(rig.got(old).unwrap().error(), E::FencedInstanceId);
    let other = rig.join_as(9, &b, Some("two"), &[("range", "m")]);
    let (new, other) = (rig.joined(new), rig.joined(other));
    assert_eq!((new.generation_id, other.generation_id), (3, 3));
    // Between join and sync the leader may have the old id in its hands: everyone again.
    let waiting = rig.sync(&other.member_id, 3, &[]);
    let back = rig.join_as(9, "", Some("one"), &[("range", "new")]);
    assert_eq!(rig.got(waiting).unwrap().error(), E::RebalanceInProgress);
    assert!(rig.got(back).is_none());
}

#[test]
fn a_static_member_that_was_told_its_new_id_keeps_it_through_a_restart() {
    let mut rig = Rig::new();
    let [a, b] = stable(&mut rig);
    rig.join_as(9, &a, Some("one"), &[("range", "new")]);
    let new = rig.join_as(9, "", Some("one"), &[("range", "new")]);
    let other = rig.join_as(9, &b, Some("two"), &[("range", "m")]);
    let (new, other) = (rig.joined(new), rig.joined(other));
    assert_eq!(new.generation_id, 3, "the leader has not assigned anything yet");
    rig.reload();
    let beat = |rig: &mut Rig, member: &str, name: &str| {
        rig.ask(Ask::Heartbeat(HeartbeatRequest {
            group_id: "g".into(),
            generation_id: 3,
            member_id: member.into(),
            group_instance_id: Some(name.into()),
        }))
    };
    let early = rig.sync(&other.member_id, 3, &[]);
    assert!(rig.synced(early).assignment.is_empty(), "nothing of the generation before");
    assert_eq!(beat(&mut rig, &a, "one").error(), E::FencedInstanceId);
    assert_eq!(beat(&mut rig, &new.member_id, "one").error(), E::RebalanceInProgress);
    let tickets = [(&new.member_id, "one", "new"), (&b, "two", "m")]
        .map(|(id, name, metadata)| rig.join_as(9, id, Some(name), &[("range", metadata)]));
    assert_eq!(tickets.map(|t| rig.joined(t).generation_id), [4, 4]);
}

#[test]
fn a_static_member_stays_through_a_rebalance_that_it_misses() {
    let mut rig = Rig::new();
    let [a, b] = stable(&mut rig);
    let ticket = rig.join_as(9, &a, Some("one"), &[("range", "new")]);
    for _ in 0..6 {
        rig.pass(490);
        assert_eq!(beat(&mut rig, &b, "two"), E::RebalanceInProgress);
    }
    rig.pass(60);
    let joined = rig.joined(ticket);
    assert_eq!((joined.generation_id, joined.members.len()), (3, 2), "its session goes on");
}

#[test]
fn a_tool_removes_static_members_by_name() {
    let mut rig = Rig::new();
    stable(&mut rig);
    let named = |name: &str| MemberIdentity { group_instance_id: Some(name.into()), ..Default::default() };
    let members = vec![named("one"), named("none"), named("two")];
    let request = LeaveGroupRequest { group_id: "g".into(), members, ..Default::default() };
    let Answer::Leave(response) = rig.ask(Ask::Leave(request)) else { panic!() };
    let codes: Vec<_> = response.members.iter().map(|m| m.error_code).collect();
    assert_eq!(codes, [0, E::UnknownMemberId.code(), 0]);
    assert_eq!(rig.state(), "Empty");
}
