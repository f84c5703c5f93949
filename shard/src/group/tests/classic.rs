//! Joining, syncing, leaving, and what time does to a group.

use super::*;
use ErrorCode as E;
use ringlog_wire::generated::LeaveGroupRequest;
use ringlog_wire::generated::leave_group_request::MemberIdentity;

fn leave(rig: &mut Rig, member: &str) -> i16 {
    let members = vec![MemberIdentity { member_id: member.into(), ..Default::default() }];
    let request = LeaveGroupRequest { group_id: "g".into(), members, ..Default::default() };
    match rig.ask(Ask::Leave(request)) {
        Answer::Leave(response) => response.members[0].error_code,
        other => other.error().code(),
    }
}

#[test]
fn two_members_go_through_a_rebalance() {
    let mut rig = Rig::patient();
    let (a, b) = (rig.id(), rig.id());
    let (ta, tb) = (rig.join(&a, "ma"), rig.join(&b, "mb"));
    rig.pass(30);
    let (ja, jb) = (rig.joined(ta), rig.joined(tb));
    assert_eq!((ja.generation_id, ja.protocol_name.as_deref()), (1, Some("range")));
    assert_eq!((&ja.leader, &jb.leader), (&a, &a));
    let seen: Vec<_> = ja.members.iter().map(|m| (&m.member_id, &*m.metadata)).collect();
    assert_eq!(seen, [(&a, &b"ma"[..]), (&b, &b"mb"[..])], "the leader sees everyone");
    assert!(jb.members.is_empty());
    let tb = rig.sync(&b, 1, &[]);
    assert!(rig.got(tb).is_none(), "waits for the leader");
    assert_eq!(rig.state(), "CompletingRebalance");
    assert!(rig.log.is_empty());
    // Empty assignments and ones for strangers do no harm (sharp edge 27).
    let ta = rig.sync(&a, 1, &[(&a, "for a"), ("stranger", "x")]);
    assert_eq!(&*rig.synced(ta).assignment, b"for a");
    assert_eq!(&*rig.synced(tb).assignment, b"");
    assert_eq!((rig.state(), rig.log.len()), ("Stable", 1));
    assert_eq!(rig.beat(&a, 1), E::None);
    assert_eq!(rig.beat(&a, 0), E::IllegalGeneration);
    assert_eq!(rig.beat("x", 1), E::UnknownMemberId);
    let again = rig.sync(&b, 1, &[]);
    assert_eq!(&*rig.synced(again).assignment, b"");
}

#[test]
fn edge_26_a_second_member_waits_while_the_first_learns_of_the_rebalance() {
    let mut rig = Rig::new();
    let a = rig.stable(1).remove(0);
    let b = rig.id();
    let tb = rig.join(&b, "m");
    assert!(rig.got(tb).is_none());
    assert_eq!(rig.beat(&a, 1), E::RebalanceInProgress);
    assert_eq!(rig.commit(&a, 1, 5), E::None, "the old generation still commits before it rejoins");
    let ta = rig.join(&a, "m");
    assert_eq!((rig.joined(ta).generation_id, rig.joined(tb).generation_id), (2, 2));
    assert_eq!(rig.commit(&a, 1, 9), E::IllegalGeneration, "G4");
    assert_eq!(rig.commit(&a, 2, 9), E::RebalanceInProgress, "before it has its assignment");
    assert_eq!(rig.offset(), 5);
}

#[test]
fn edge_27_bytes_of_members_and_leaders_pass_untouched_whatever_their_protocol() {
    for protocol_type in ["consumer", "connect", "sr", "odd"] {
        let mut rig = Rig::patient();
        // Not UTF-8, not a subscription, and empty.
        let metadata: [&'static [u8]; 3] = [b"\xff\x00\xfe", b"", b"\x00\x07rest"];
        let joins = |rig: &mut Rig, member: &str, bytes: &'static [u8]| {
            let protocol = JoinGroupRequestProtocol { name: "p".into(), metadata: Bytes::from_static(bytes) };
            let request = JoinGroupRequest {
                group_id: "g".into(),
                session_timeout_ms: 1000,
                rebalance_timeout_ms: 3000,
                member_id: member.into(),
                protocol_type: protocol_type.into(),
                protocols: vec![protocol],
                ..Default::default()
            };
            rig.put(Ask::Join { request, version: 9, client: client() })
        };
        let ids = metadata.map(|bytes| {
            let ticket = joins(&mut rig, "", bytes);
            rig.joined(ticket).member_id
        });
        let tickets: Vec<_> =
            ids.iter().zip(metadata).map(|(id, bytes)| joins(&mut rig, id, bytes)).collect();
        rig.pass(30);
        let joined: Vec<_> = tickets.into_iter().map(|t| rig.joined(t)).collect();
        let leader = joined.iter().find(|j| j.leader == j.member_id).unwrap();
        for (id, bytes) in ids.iter().zip(metadata) {
            let told = leader.members.iter().find(|m| m.member_id == *id).unwrap();
            assert_eq!(&*told.metadata, bytes, "{protocol_type}");
        }
        let given = metadata.map(Bytes::from_static);
        let assignments = ids.iter().zip(&given).map(|(id, bytes)| SyncGroupRequestAssignment {
            member_id: id.clone(),
            assignment: bytes.clone(),
        });
        let assignments: Vec<_> = assignments.collect();
        let sync = |member: &str, assignments| SyncGroupRequest {
            group_id: "g".into(),
            generation_id: 1,
            member_id: member.into(),
            protocol_type: Some(protocol_type.into()),
            protocol_name: Some("p".into()),
            assignments,
            ..Default::default()
        };
        rig.ask(Ask::Sync(sync(&leader.member_id, assignments)));
        rig.reload();
        for (id, bytes) in ids.iter().zip(given) {
            match rig.ask(Ask::Sync(sync(id, Vec::new()))) {
                Answer::Sync(r) => {
                    assert_eq!((r.assignment, r.protocol_type.as_deref()), (bytes, Some(protocol_type)))
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn a_member_that_does_not_rejoin_in_time_is_out() {
    let mut rig = Rig::patient();
    let ids = rig.stable(2);
    let ticket = rig.join(&ids[0], "new");
    for _ in 0..5 {
        rig.pass(590);
        assert_eq!(rig.beat(&ids[1], 1), E::RebalanceInProgress, "heartbeats alone do not save it");
        assert!(rig.got(ticket).is_none());
    }
    rig.pass(50);
    assert_eq!(rig.joined(ticket).generation_id, 2);
    assert_eq!(rig.beat(&ids[1], 2), E::UnknownMemberId);
}

#[test]
fn a_silent_member_is_out_after_its_session() {
    let mut rig = Rig::patient();
    let ids = rig.stable(2);
    rig.pass(999);
    assert_eq!(rig.beat(&ids[0], 1), E::None);
    rig.pass(1);
    assert_eq!(rig.beat(&ids[0], 1), E::RebalanceInProgress);
    let ticket = rig.join(&ids[0], "m");
    assert_eq!(rig.joined(ticket).members.len(), 1);
    let causes: Vec<_> = rig.c.group("g").unwrap().causes.iter().map(|c| c.why.clone()).collect();
    assert_eq!(causes[1], format!("session of member {} timed out", ids[1]));
    // The leader never syncs: it goes, and the group is empty.
    rig.pass(10_000);
    assert_eq!(rig.state(), "Dead", "empty without offsets, the next check removes it");
}

#[test]
fn members_that_never_sync_are_out() {
    let mut rig = Rig::patient();
    let (a, b) = (rig.id(), rig.id());
    let (ta, tb) = (rig.join(&a, "m"), rig.join(&b, "m"));
    rig.pass(30);
    rig.joined(ta);
    rig.joined(tb);
    let ticket = rig.sync(&a, 1, &[]);
    assert_eq!(rig.synced(ticket).error_code, 0);
    for _ in 0..4 {
        rig.pass(700);
        rig.beat(&a, 1);
        rig.beat(&b, 1);
    }
    rig.pass(300);
    assert_eq!(rig.beat(&b, 1), E::UnknownMemberId, "a heartbeat is no sync");
    assert_eq!(rig.beat(&a, 1), E::RebalanceInProgress);
}

#[test]
fn an_unused_member_id_expires_and_so_does_its_group() {
    let mut rig = Rig::new();
    let id = rig.id();
    rig.pass(999);
    assert_eq!(rig.state(), "Empty");
    rig.pass(1);
    assert_eq!(rig.state(), "Dead");
    let ticket = rig.join(&id, "m");
    assert_eq!(rig.got(ticket).unwrap().error(), E::UnknownMemberId);
    assert!(rig.log.is_empty());
}

#[test]
fn the_first_rebalance_waits_for_others() {
    let mut rig = Rig::with(GroupConfig { initial_delay_ms: 500, ..config() });
    let (a, b) = (rig.id(), rig.id());
    let ta = rig.join(&a, "m");
    rig.pass(400);
    let tb = rig.join(&b, "m");
    rig.pass(100);
    assert!(rig.got(ta).is_none(), "put off once more, since somebody came");
    rig.pass(500);
    assert_eq!((rig.joined(ta).generation_id, rig.joined(tb).generation_id), (1, 1));
}

#[test]
fn old_versions_join_without_an_id_and_lost_answers_are_repeated() {
    let mut rig = Rig::new();
    let ticket = rig.join_as(0, "", None, &[("range", "m")]);
    let first = rig.joined(ticket);
    let id = first.member_id.clone();
    let again = rig.join(&id, "m");
    assert_eq!(rig.joined(again), first, "before the sync: the same answer");
    let ticket = rig.sync(&id, 1, &[(&id, "a")]);
    rig.synced(ticket);
    let other = rig.id();
    let waiting = rig.join(&other, "m");
    let ticket = rig.join(&id, "m");
    assert_eq!(rig.joined(ticket).generation_id, 2);
    rig.joined(waiting);
    let ticket = rig.sync(&id, 2, &[]);
    rig.synced(ticket);
    let follower = rig.join(&other, "m");
    assert_eq!(rig.joined(follower).generation_id, 2, "a follower without news changes nothing");
    let leader = rig.join(&id, "m");
    assert!(rig.got(leader).is_none(), "the leader may have news that are not in its metadata");
    assert_eq!(rig.beat(&other, 2), E::RebalanceInProgress);
}

#[test]
fn a_group_keeps_to_its_protocol() {
    let mut rig = Rig::new();
    rig.stable(1);
    let ticket = rig.join_as(9, "", None, &[("roundrobin", "m")]);
    assert_eq!(rig.got(ticket).unwrap().error(), E::InconsistentGroupProtocol);
    let ticket = rig.join_as(9, "", None, &[]);
    assert_eq!(rig.got(ticket).unwrap().error(), E::InconsistentGroupProtocol);
    let mut rig = Rig::patient();
    let wants = [&[("a", ""), ("b", "")][..], &[("b", ""), ("a", "")], &[("b", ""), ("a", ""), ("c", "")]];
    let ids: Vec<_> = wants.iter().map(|_| rig.id()).collect();
    let tickets: Vec<_> = ids.iter().zip(wants).map(|(id, w)| rig.join_as(9, id, None, w)).collect();
    rig.pass(30);
    assert_eq!(rig.joined(tickets[0]).protocol_name.as_deref(), Some("b"), "most votes");
}

#[test]
fn bounds_and_timeouts_are_kept() {
    let mut rig = Rig::patient();
    rig.stable(5);
    let ticket = rig.join("", "m");
    assert_eq!(rig.got(ticket).unwrap().error(), E::GroupMaxSizeReached);
    for (group, session, error) in [
        ("", 1000, E::InvalidGroupId),
        ("h", 99, E::InvalidSessionTimeout),
        ("h", 60_001, E::InvalidSessionTimeout),
    ] {
        let request =
            JoinGroupRequest { group_id: group.into(), session_timeout_ms: session, ..Default::default() };
        let answer = rig.ask(Ask::Join { request, version: 9, client: client() });
        assert_eq!(answer.error(), error);
    }
    assert!(rig.c.group("h").is_none());
}

#[test]
fn leaving_starts_a_rebalance_and_the_last_one_empties_the_group() {
    let mut rig = Rig::patient();
    let ids = rig.stable(2);
    assert_eq!(leave(&mut rig, "nobody"), E::UnknownMemberId.code());
    assert_eq!(rig.state(), "Stable");
    assert_eq!(leave(&mut rig, &ids[0]), 0);
    assert_eq!(rig.beat(&ids[1], 1), E::RebalanceInProgress);
    let ticket = rig.join(&ids[1], "m");
    let joined = rig.joined(ticket);
    assert_eq!((joined.generation_id, joined.leader), (2, ids[1].clone()));
    assert_eq!(leave(&mut rig, &ids[1]), 0);
    assert_eq!(rig.state(), "Empty");
    assert!(
        matches!(rig.c.group("g").map(|g| &g.kind), Some(crate::group::state::Kind::Classic(c)) if c.generation() == 3)
    );
    let pending = rig.id();
    assert_eq!(leave(&mut rig, &pending), 0);
    rig.reload();
    assert_eq!(rig.state(), "Empty");
}

#[test]
fn a_restart_keeps_members_generation_and_assignments() {
    let mut rig = Rig::patient();
    let ids = rig.stable(2);
    assert_eq!(rig.commit(&ids[0], 1, 42), E::None);
    rig.reload();
    assert_eq!((rig.state(), rig.offset()), ("Stable", 42));
    let ticket = rig.sync(&ids[1], 1, &[]);
    assert_eq!(&*rig.synced(ticket).assignment, b"a");
    rig.pass(999);
    assert_eq!(rig.beat(&ids[0], 1), E::None, "a whole session after the restart");
    let ticket = rig.join(&ids[1], "m");
    assert_eq!(rig.joined(ticket).generation_id, 1, "same metadata, same generation");
    assert_eq!(rig.commit(&ids[0], 0, 43), E::IllegalGeneration);
    rig.pass(1001);
    assert_eq!(rig.state(), "Empty", "nobody came");
}

#[test]
fn an_end_names_everyone_who_waits() {
    let mut rig = Rig::patient();
    let ids = rig.stable(2);
    let ticket = rig.join(&ids[0], "new");
    let waiting = std::mem::replace(&mut rig.c, Coordinator::new(Rc::new(config()))).end();
    assert_eq!(waiting.iter().map(|t| t.token.0).collect::<Vec<_>>(), [ticket]);
}

/// Members that do anything at any time: nobody is forgotten, and the log says what the coordinator knows.
#[test]
fn whatever_members_do_the_group_ends_where_its_log_says() {
    for seed in 1..200u64 {
        let mut rig = Rig::new();
        let mut next = chance(seed);
        let mut ids: Vec<String> = Vec::new();
        let mut highest = 0;
        for _ in 0..150 {
            let id = ids.get(next(ids.len().max(1) as u64) as usize).cloned().unwrap_or_default();
            let generation = next(8) as i32;
            match next(8) {
                0 | 1 => drop(rig.join(&id, if next(2) == 0 { "x" } else { "y" })),
                2 => drop(rig.join_as(next(10) as i16, "", Some("static"), &[("range", "s")])),
                3 => drop(rig.sync(&id, generation, &[(&id, "a")])),
                4 => drop(rig.beat(&id, generation)),
                5 => drop(leave(&mut rig, &id)),
                6 => rig.pass(next(900)),
                _ => ids.extend(Some(rig.join("", "z")).and_then(|t| rig.answers.get(&t)).and_then(
                    |a| match a {
                        Answer::Join(r) => Some(r.member_id.clone()),
                        _ => None,
                    },
                )),
            }
            let now = match rig.c.group("g").map(|g| &g.kind) {
                Some(crate::group::state::Kind::Classic(c)) => c.generation(),
                _ => 0,
            };
            assert!(now >= highest || now == 0, "seed {seed}: a generation goes back");
            highest = now;
        }
        rig.pass(400_000);
        let parked = std::mem::replace(&mut rig.c, Coordinator::new(Rc::new(config()))).end();
        assert!(parked.is_empty(), "seed {seed}: {} wait for ever", parked.len());
    }
}
