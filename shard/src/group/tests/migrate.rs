//! Groups that change their protocol while they have members (KIP-848, online migration).

use super::consumer::Member as New;
use super::old_member::{Old, Phase};
use super::*;
use crate::group::state::Kind;
use ErrorCode as E;
use ringlog_wire::ids::TopicId;
use std::collections::BTreeSet;

fn is_consumer(rig: &Rig) -> bool {
    matches!(rig.c.group("g").unwrap().kind, Kind::Consumer(_))
}

/// Lets everybody take steps until nobody has anything to do.
fn calm(rig: &mut Rig, old: &mut [Old], new: &mut [New]) {
    for _ in 0..30 {
        old.iter_mut().for_each(|m| {
            m.step(rig);
        });
        new.iter_mut().for_each(|m| {
            m.beat(rig);
        });
        rig.pass(50);
    }
}

/// A stable classic group of two.
fn two(cooperative: bool) -> (Rig, Vec<Old>) {
    let mut rig = Rig::new();
    rig.topic("t", 6);
    let mut old = vec![Old::new(cooperative, &["t"]), Old::new(cooperative, &["t"])];
    calm(&mut rig, &mut old, &mut []);
    assert_eq!((rig.state(), old[0].owned.len(), old[1].owned.len()), ("Stable", 3, 3));
    (rig, old)
}

fn loads(old: &[Old], new: &[New]) -> Vec<usize> {
    old.iter().map(|m| m.owned.len()).chain(new.iter().map(|m| m.owned.len())).collect()
}

#[test]
fn a_classic_group_becomes_a_consumer_group_and_nobody_moves_for_that_alone() {
    for cooperative in [false, true] {
        let (mut rig, mut old) = two(cooperative);
        assert_eq!(rig.commit(&old[0].id, old[0].generation, 5), E::None);
        let before: Vec<_> = old.iter().map(|m| (m.owned.clone(), m.generation)).collect();
        let mut new = [New::new("n", &["t"])];
        assert_eq!(new[0].beat(&mut rig), E::None);
        assert!(is_consumer(&rig) && new[0].owned.is_empty());
        rig.reload();
        assert!(is_consumer(&rig), "the records say the same");
        assert_eq!(rig.commit(&old[0].id, old[0].generation, 6), E::None, "a classic member commits on");
        assert_eq!(rig.commit(&old[0].id, old[0].generation - 1, 7), E::IllegalGeneration);
        assert_eq!(rig.offset(), 6);
        let told: Vec<_> = old.iter_mut().map(|m| m.step(&mut rig)).collect();
        assert_eq!(told, [E::RebalanceInProgress; 2], "a new member has come");
        assert_eq!(before, old.iter().map(|m| (m.owned.clone(), m.generation)).collect::<Vec<_>>());
        calm(&mut rig, &mut old, &mut new);
        assert_eq!((loads(&old, &new), rig.state()), (vec![2, 2, 2], "Stable"));
        for (m, (had, _)) in old.iter().zip(&before) {
            assert!(m.owned.is_subset(had), "nothing moves but what the new member gets");
        }
        let records = rig.log.len();
        calm(&mut rig, &mut old, &mut new);
        rig.reload();
        assert_eq!((loads(&old, &new), rig.state(), rig.log.len()), (vec![2, 2, 2], "Stable", records));
    }
}

#[test]
fn the_last_member_of_the_consumer_protocol_takes_it_with_it() {
    for cooperative in [false, true] {
        let (mut rig, mut old) = two(cooperative);
        let mut new = [New::new("n", &["t"])];
        calm(&mut rig, &mut old, &mut new);
        let leave = New { epoch: -1, ..new[0].clone() }.request();
        assert_eq!(rig.consumer(leave).error_code, 0);
        assert!(!is_consumer(&rig));
        assert_eq!(rig.state(), "PreparingRebalance");
        let mut again = Rig::new();
        again.log.clone_from(&rig.log);
        again.image = std::mem::replace(&mut rig.image, empty_for_tests());
        again.reload();
        assert!(!is_consumer(&again));
        again.run();
        assert_eq!(again.state(), "PreparingRebalance", "also after a restart");
        calm(&mut again, &mut old, &mut []);
        assert_eq!((again.state(), loads(&old, &[])), ("Stable", vec![3, 3]));
        let causes: Vec<_> = rig.c.group("g").unwrap().causes.iter().map(|c| c.why.clone()).collect();
        assert!(causes.iter().any(|c| c.contains("joined the classic group")), "{causes:?}");
        assert!(causes.iter().any(|c| c.contains("no member speaks")), "{causes:?}");
    }
}

#[test]
fn a_session_that_ends_takes_the_group_back_too_and_classic_members_are_fenced_alike() {
    let (mut rig, mut old) = two(true);
    let mut new = [New::new("n", &["t"])];
    calm(&mut rig, &mut old, &mut new);
    let gone = old.pop().unwrap();
    for _ in 0..3 {
        rig.pass(400);
        old[0].step(&mut rig);
        new[0].beat(&mut rig);
    }
    assert_eq!(rig.beat(&gone.id, gone.generation), E::UnknownMemberId, "its own session timeout holds");
    calm(&mut rig, &mut old, &mut new);
    assert_eq!(loads(&old, &new), [3, 3]);
    for _ in 0..3 {
        rig.pass(400);
        old[0].step(&mut rig);
    }
    assert!(!is_consumer(&rig));
    calm(&mut rig, &mut old, &mut []);
    assert_eq!(loads(&old, &[]), [6]);
}

#[test]
fn who_is_told_to_rejoin_or_to_sync_has_its_rebalance_timeout() {
    let (mut rig, old) = two(true);
    New::new("n", &["t"]).beat(&mut rig);
    let stubborn = &old[0];
    for _ in 0..7 {
        let told = rig.beat(&stubborn.id, stubborn.generation);
        assert_eq!(told, E::RebalanceInProgress);
        rig.pass(400);
        New::new("n", &["t"]).beat(&mut rig);
    }
    rig.pass(400);
    assert_eq!(rig.beat(&stubborn.id, stubborn.generation), E::UnknownMemberId, "it never rejoined");
    let mut silent = Old::new(true, &["t"]);
    silent.step(&mut rig);
    assert_eq!(silent.step(&mut rig), E::None);
    assert!(matches!(silent.phase, Phase::MustSync(_)));
    for _ in 0..8 {
        rig.pass(400);
        New::new("n", &["t"]).beat(&mut rig);
        rig.beat(&silent.id, silent.generation);
    }
    assert_eq!(rig.beat(&silent.id, silent.generation), E::UnknownMemberId, "it never synced");
}

#[test]
fn the_policy_the_members_and_the_bounds_decide() {
    let with = |migration| {
        let (rig, old) = two(true);
        let config = GroupConfig { migration, ..config() };
        let mut rig = Rig { config: Rc::new(config), ..rig };
        rig.reload();
        (rig, old)
    };
    for policy in [MigrationPolicy::Disabled, MigrationPolicy::Downgrade] {
        let (mut rig, mut old) = with(policy);
        let records = rig.log.len();
        assert_eq!(New::new("n", &["t"]).beat(&mut rig), E::GroupIdNotFound);
        assert_eq!((rig.log.len(), old[0].step(&mut rig)), (records, E::None), "nothing has happened");
    }
    let (mut rig, mut old) = with(MigrationPolicy::Upgrade);
    let mut new = New::new("n", &["t"]);
    assert_eq!(new.beat(&mut rig), E::None);
    new.epoch = -1;
    rig.consumer(new.request());
    assert!(is_consumer(&rig), "there is no way back");
    calm(&mut rig, &mut old, &mut []);
    assert_eq!((loads(&old, &[]), rig.state()), (vec![3, 3], "Stable"));

    // What is wrong with the request must not change the group.
    let (mut rig, _) = two(true);
    let bad = New { pattern: Some("(".into()), ..New::new("n", &[]) };
    assert_eq!(bad.clone().beat(&mut rig), E::InvalidRegularExpression);
    assert!(!is_consumer(&rig));

    // An assignor's own data would be lost.
    let mut rig = Rig::new();
    rig.topic("t", 6);
    let mut old = [Old { user_data: Some(b"mine"), ..Old::new(true, &["t"]) }];
    calm(&mut rig, &mut old, &mut []);
    assert_eq!(New::new("n", &["t"]).beat(&mut rig), E::GroupIdNotFound);
    assert!(!is_consumer(&rig));
}

#[test]
fn who_waits_in_the_classic_group_joins_again() {
    let (mut rig, mut old) = two(true);
    let mut third = Old::new(true, &["t"]);
    third.step(&mut rig);
    third.step(&mut rig);
    assert!(matches!(third.phase, Phase::Joining(_)), "waits for the others");
    let mut new = [New::new("n", &["t"])];
    assert_eq!(new[0].beat(&mut rig), E::None);
    assert_eq!(third.step(&mut rig), E::RebalanceInProgress);
    old.push(third);
    calm(&mut rig, &mut old, &mut new);
    let mut loads = loads(&old, &new);
    loads.sort_unstable();
    assert_eq!(loads, [1, 1, 2, 2]);
}

#[test]
fn a_static_member_changes_its_protocol_and_keeps_its_part() {
    let mut rig = Rig::new();
    rig.topic("t", 6);
    let named = |name: &str| Old { instance: Some(name.into()), ..Old::new(false, &["t"]) };
    let mut old = vec![named("one"), named("two")];
    calm(&mut rig, &mut old, &mut []);
    let part = old[1].owned.clone();
    let id = rig.image.topic_named("t").unwrap().id;
    let mut new = [New { instance: Some("two".into()), ..New::new("n", &["t"]) }];
    assert_eq!(new[0].beat(&mut rig), E::None);
    let gone = old.pop().unwrap();
    assert_eq!(rig.beat(&gone.id, gone.generation), E::UnknownMemberId);
    calm(&mut rig, &mut old, &mut new);
    let part: BTreeSet<(TopicId, i32)> = part.into_iter().map(|(_, p)| (id, p)).collect();
    assert_eq!((new[0].owned.clone(), is_consumer(&rig)), (part, true));
    // And back: the last one that spoke the consumer protocol is replaced.
    old.push(named("two"));
    calm(&mut rig, &mut old, &mut []);
    assert_eq!((is_consumer(&rig), loads(&old, &[])), (false, vec![3, 3]));
    assert_eq!(new[0].beat(&mut rig), E::GroupIdNotFound);
}

#[test]
fn classic_members_are_answered_as_such() {
    let (mut rig, mut old) = two(true);
    let mut new = [New::new("n", &["t"])];
    calm(&mut rig, &mut old, &mut new);
    let described = match rig.ask(Ask::ConsumerDescribe { group: "g".into() }) {
        Answer::ConsumerDescribed(d) => d,
        other => panic!("{other:?}"),
    };
    let mut types: Vec<_> = described.members.iter().map(|m| m.member_type).collect();
    types.sort_unstable();
    assert_eq!(types, [0, 0, 1]);
    let odd = JoinGroupRequest {
        group_id: "g".into(),
        session_timeout_ms: 1000,
        protocol_type: "connect".into(),
        protocols: vec![JoinGroupRequestProtocol { name: "range".into(), metadata: old[0].metadata() }],
        ..Default::default()
    };
    let mut range = odd.clone();
    range.protocol_type = "consumer".into();
    for request in [odd, range] {
        let refused = rig.ask(Ask::Join { request, version: 9, client: client() });
        assert_eq!(refused.error(), E::InconsistentGroupProtocol, "they share no protocol");
    }
    assert_eq!(rig.beat("n", new[0].epoch), E::UnknownMemberId, "it does not speak the classic protocol");
    match old[0].leave(&mut rig) {
        Answer::Leave(r) => assert_eq!(r.members[0].error_code, 0),
        other => panic!("{other:?}"),
    }
    match old[0].leave(&mut rig) {
        Answer::Leave(r) => assert_eq!(r.members[0].error_code, E::UnknownMemberId.code()),
        other => panic!("{other:?}"),
    }
    old.remove(0);
    calm(&mut rig, &mut old, &mut new);
    assert_eq!(loads(&old, &new), [3, 3]);
}

/// Both kinds of members come, go, fall silent and repeat themselves, under restarts: never two owners, and in the
/// end every partition is owned.
#[test]
fn g3_in_mixed_groups_a_partition_has_one_owner() {
    let (mut upgrades, mut downgrades) = (0, 0);
    for seed in 1..200u64 {
        let mut rig = Rig::new();
        let topics: BTreeMap<TopicId, &'static str> =
            [("t", 7), ("u", 4)].map(|(t, n)| (rig.topic(t, n), t)).into();
        let mut next = chance(seed);
        let cooperative = seed % 2 == 0;
        let mut old: Vec<(Old, u64)> = Vec::new();
        let mut new: Vec<(New, u64)> = Vec::new();
        let (mut born, mut was_consumer) = (0, false);
        for _ in 0..400 {
            let (i, j) = (next(old.len().max(1) as u64) as usize, next(new.len().max(1) as u64) as usize);
            match next(40) {
                0 | 1 if old.len() + new.len() < 5 => old.push((Old::new(cooperative, &["t", "u"]), rig.ms)),
                2 if old.len() + new.len() < 5 => {
                    born += 1;
                    new.push((New::new(&format!("n{born}"), &["t", "u"]), rig.ms));
                }
                3 if !old.is_empty() => drop(old.remove(i)),
                4 if !new.is_empty() => drop(new.remove(j)),
                5 if !new.is_empty() => {
                    let (m, _) = new.remove(j);
                    rig.consumer(New { epoch: -1, ..m }.request());
                }
                6 if !old.is_empty() => {
                    let (m, _) = old.remove(i);
                    m.leave(&mut rig);
                }
                7 => {
                    rig.reload();
                    // Their connections are gone: they ask again.
                    old.iter_mut()
                        .filter(|(m, _)| matches!(m.phase, Phase::Joining(_) | Phase::Syncing(_)))
                        .for_each(|(m, _)| m.phase = Phase::MustJoin);
                }
                8..13 => rig.pass(next(150)),
                n => {
                    if let Some((m, at)) = old.get_mut(i).filter(|_| n % 3 > 0) {
                        m.step(&mut rig);
                        *at = rig.ms;
                    } else if let Some((m, at)) = new.get_mut(j) {
                        m.beat(&mut rig);
                        *at = rig.ms;
                    }
                }
            }
            // Who was silent for its session stops by itself; who waits for a join does not count as silent.
            for (m, at) in &mut old {
                if rig.ms >= *at + 1000 && !matches!(m.phase, Phase::Joining(_) | Phase::Syncing(_)) {
                    m.lose();
                }
            }
            for (m, at) in &mut new {
                if rig.ms >= *at + 1000 {
                    m.owned.clear();
                    m.epoch = 0;
                }
            }
            let consumer = rig.c.group("g").is_some_and(|g| matches!(g.kind, Kind::Consumer(_)));
            upgrades += usize::from(consumer && !was_consumer && !old.is_empty());
            downgrades += usize::from(!consumer && was_consumer && !old.is_empty());
            was_consumer = consumer;
            let mut owners = BTreeSet::new();
            let owned = old.iter().flat_map(|(m, _)| m.owned.iter().cloned());
            let named = |(t, p): &(TopicId, i32)| (topics[t].to_owned(), *p);
            let owned = owned.chain(new.iter().flat_map(|(m, _)| m.owned.iter().map(named)));
            owned.for_each(|p| assert!(owners.insert(p.clone()), "seed {seed}: two owners of {p:?}"));
        }
        let (mut old, mut new): (Vec<_>, Vec<_>) =
            (old.into_iter().map(|m| m.0).collect(), new.into_iter().map(|m| m.0).collect());
        for _ in 0..4 {
            calm(&mut rig, &mut old, &mut new);
        }
        if !loads(&old, &new).is_empty() {
            let loads = loads(&old, &new);
            assert_eq!(loads.iter().sum::<usize>(), 11, "seed {seed}: {loads:?} {}", rig.state());
        }
    }
    assert!(upgrades > 50 && downgrades > 50, "{upgrades} {downgrades}: the test tests something");
}
