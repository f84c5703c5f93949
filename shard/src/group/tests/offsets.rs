//! Committed offsets: who may commit, what is read back, what ends (G1, G4, G6).

use super::*;
use ErrorCode as E;

fn commit_t(rig: &mut Rig, group: &str, offset: i64) {
    assert_eq!(rig.ask(Ask::Commit(commit(group, "", -1, offset))).error(), E::None);
}

#[test]
fn offsets_come_back_as_committed_also_after_a_restart() {
    let mut rig = Rig::new();
    assert_eq!(rig.offset(), -1);
    commit_t(&mut rig, "g", 7);
    commit_t(&mut rig, "g", 8);
    rig.reload();
    let all = rig.ask(Ask::Fetch(FetchAsk { group: "g".into(), member: None, topics: None }));
    let Answer::Offsets(all) = all else { panic!("{all:?}") };
    let p = &all[0].1[0];
    assert_eq!((all.len(), all[0].0.as_str(), p.partition_index), (1, "t", 0));
    assert_eq!((p.committed_offset, p.committed_leader_epoch, p.metadata.as_deref()), (8, 3, Some("note")));
    let none = rig.ask(Ask::Fetch(FetchAsk { group: "h".into(), member: None, topics: None }));
    assert!(matches!(none, Answer::Offsets(v) if v.is_empty()));
}

#[test]
fn only_current_members_commit_while_there_are_members() {
    let mut rig = Rig::new();
    assert_eq!(rig.commit("m", 4, 1), E::GroupIdNotFound, "no such group");
    commit_t(&mut rig, "g", 10);
    let ids = rig.stable(1);
    assert_eq!(rig.commit("", -1, 11), E::UnknownMemberId, "a stranger");
    assert_eq!(rig.commit("x", 1, 11), E::UnknownMemberId);
    assert_eq!(rig.commit(&ids[0], 0, 11), E::IllegalGeneration);
    assert_eq!(rig.offset(), 10, "G1: nothing of that counts");
    assert_eq!(rig.commit(&ids[0], 1, 11), E::None);
    let mut ask = commit("g", &ids[0], 1, 12);
    ask.instance = Some("no".into());
    assert_eq!(rig.ask(Ask::Commit(ask)).error(), E::UnknownMemberId);
    assert_eq!(rig.offset(), 11);
}

#[test]
fn a_commit_is_a_sign_of_life() {
    let mut rig = Rig::new();
    let ids = rig.stable(1);
    for n in 0..5 {
        rig.pass(900);
        assert_eq!(rig.commit(&ids[0], 1, n), E::None);
    }
}

#[test]
fn deleting_needs_an_empty_group_and_leaves_nothing() {
    let mut rig = Rig::new();
    let delete = || Ask::Delete { group: "g".into() };
    assert_eq!(rig.ask(delete()).error(), E::GroupIdNotFound);
    let ids = rig.stable(1);
    rig.commit(&ids[0], 1, 5);
    assert_eq!(rig.ask(delete()).error(), E::NonEmptyGroup);
    rig.pass(1000);
    assert_eq!(rig.ask(delete()).error(), E::None);
    assert_eq!((rig.state(), rig.offset()), ("Dead", -1));
    rig.reload();
    assert_eq!((rig.state(), rig.offset()), ("Dead", -1), "the tombstones say so too");
}

#[test]
fn offsets_of_topics_that_members_read_cannot_be_deleted() {
    let mut rig = Rig::new();
    let delete = || Ask::DeleteOffsets { group: "g".into(), topics: vec![("t".into(), vec![0, 3])] };
    assert_eq!(rig.ask(delete()).error(), E::GroupIdNotFound);
    let ids = rig.stable(1);
    rig.commit(&ids[0], 1, 5);
    // The members' metadata cannot be read: it could name the topic.
    let Answer::Deleted(d) = rig.ask(delete()) else { panic!() };
    assert_eq!(d[0].1, [(0, E::GroupSubscribedToTopic), (3, E::GroupSubscribedToTopic)]);
    rig.pass(1000);
    let Answer::Deleted(d) = rig.ask(delete()) else { panic!() };
    assert_eq!(d[0].1, [(0, E::None), (3, E::None)]);
    rig.reload();
    assert_eq!(rig.offset(), -1);
}

#[test]
fn consumers_that_read_other_topics_do_not_hold_offsets() {
    let mut rig = Rig::new();
    // Version 0: one topic "u", no user data.
    let ticket = rig.join_as(0, "", None, &[("range", "\0\0\0\0\0\x01\0\x01u\0\0\0\0")]);
    let joined = rig.joined(ticket);
    let ticket = rig.sync(&joined.member_id, 1, &[]);
    rig.synced(ticket);
    rig.commit(&joined.member_id, 1, 5);
    let topics = vec![("t".to_owned(), vec![0]), ("u".to_owned(), vec![0])];
    let Answer::Deleted(d) = rig.ask(Ask::DeleteOffsets { group: "g".into(), topics }) else { panic!() };
    assert_eq!((d[0].1[0].1, d[1].1[0].1), (E::None, E::GroupSubscribedToTopic));
}

#[test]
fn g6_offsets_expire_only_when_nobody_reads_them() {
    let mut rig = Rig::new();
    let ids = rig.stable(1);
    rig.commit(&ids[0], 1, 5);
    for _ in 0..2500 {
        rig.pass(900);
        assert_eq!(rig.beat(&ids[0], 1), E::None);
    }
    assert_eq!(rig.offset(), 5, "older than the retention, but used");
    rig.pass(1000);
    rig.pass(900_000);
    assert_eq!((rig.state(), rig.offset()), ("Empty", 5), "counts from when the group became empty");
    rig.reload();
    rig.pass(200_000);
    assert_eq!((rig.state(), rig.offset()), ("Dead", -1));
    rig.reload();
    assert_eq!((rig.state(), rig.offset()), ("Dead", -1));
}

#[test]
fn a_simple_consumers_offsets_count_from_their_commit() {
    let mut rig = Rig::new();
    commit_t(&mut rig, "g", 5);
    rig.pass(900_000);
    let mut ask = commit("g", "", -1, 6);
    ask.retention_ms = Some(50_000);
    ask.topics[0].partitions[0].partition_index = 1;
    assert_eq!(rig.ask(Ask::Commit(ask)).error(), E::None);
    rig.reload();
    rig.pass(90_000);
    let fetch = Ask::Fetch(FetchAsk { group: "g".into(), member: None, topics: None });
    let Answer::Offsets(all) = rig.ask(fetch) else { panic!() };
    let left: Vec<_> = all[0].1.iter().map(|p| p.partition_index).collect();
    assert_eq!(left, [0], "the client itself asked for less");
    rig.pass(20_000);
    assert_eq!(rig.state(), "Dead");
}

#[test]
fn offsets_go_with_their_topic() {
    let mut rig = Rig::new();
    commit_t(&mut rig, "g", 5);
    let fx = rig.c.on_topics_deleted(&["other".into(), "t".into()]);
    rig.take(fx);
    assert_eq!(rig.state(), "Dead");
    rig.reload();
    assert_eq!(rig.offset(), -1);
}

#[test]
fn records_of_other_protocols_and_unknown_ones_are_passed_over() {
    let mut rig = Rig::new();
    let key = Bytes::from_static(b"\x00\x63whatever");
    assert_eq!(rig.c.replay(&key, None), Ok(()));
    let cut = Bytes::from_static(b"\x00\x01\x00\x05ab");
    assert!(rig.c.replay(&cut, None).is_err(), "but not damaged ones");
}
