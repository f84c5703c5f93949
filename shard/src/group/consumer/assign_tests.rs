//! The assignors: balance, stickiness, subscriptions that differ.

use super::*;
use crate::control::create_topics::plan_create_topics;
use crate::image::{MetadataDelta, empty_for_tests};
use ringlog_wire::generated::CreateTopicsRequest;
use ringlog_wire::generated::create_topics_request::CreatableTopic;

/// Topics "0", "1", … with these numbers of partitions; their ids are their numbers.
fn image(sizes: &[i32]) -> MetadataImage {
    let mut image = empty_for_tests();
    let topic = |(i, n): (usize, &i32)| CreatableTopic {
        name: i.to_string(),
        num_partitions: *n,
        replication_factor: 1,
        ..Default::default()
    };
    let topics = sizes.iter().enumerate().map(topic).collect();
    let mut next = 0;
    let mut id = || {
        next += 1;
        TopicId([next; 16])
    };
    let request = CreateTopicsRequest { topics, ..Default::default() };
    let records = plan_create_topics(&image, &request, &mut id).0;
    let (end, epoch) = (image.end().plus(1), image.epoch());
    let identity = image.identity().clone();
    image.apply(&MetadataDelta { identity, end, epoch, records: records.into() }).unwrap();
    image
}

fn topic(i: u8) -> TopicId {
    TopicId([i + 1; 16])
}

/// Runs an assignor; `reads` says which topics each member reads.
fn run(
    name: &str,
    image: &MetadataImage,
    reads: &[(&str, &[u8])],
    before: &BTreeMap<Rc<str>, Partitions>,
) -> BTreeMap<Rc<str>, Partitions> {
    let members: Subscribers<'_> = reads
        .iter()
        .map(|(id, topics)| {
            let topics = topics.iter().map(|t| topic(*t)).collect();
            let subscriber = Subscriber { topics, rack: None, instance: None, before: before.get(*id) };
            (Rc::from(*id), subscriber)
        })
        .collect();
    let all: BTreeSet<_> = reads.iter().flat_map(|(_, t)| t.iter().copied()).collect();
    let topics: Topics<'_> = all.iter().filter_map(|t| Some((topic(*t), image.topic(topic(*t))?))).collect();
    let target = assign(name, &members, &topics, image);
    let mut seen = BTreeSet::new();
    for (id, own) in &target {
        assert!(own.iter().all(|p| seen.insert(p)), "given twice");
        assert!(own.iter().all(|p| members[id].topics.contains(&p.0)), "not subscribed");
    }
    let partitions: usize = topics.values().map(|t| t.partitions.len()).sum();
    assert_eq!(seen.len(), partitions, "none is left over");
    target
}

fn loads(target: &BTreeMap<Rc<str>, Partitions>) -> Vec<usize> {
    target.values().map(Partitions::len).collect()
}

#[test]
fn uniform_is_balanced_and_moves_only_what_it_must() {
    let image = image(&[10, 7]);
    let none = BTreeMap::new();
    let one = run(UNIFORM, &image, &[("a", &[0, 1])], &none);
    let two = run(UNIFORM, &image, &[("a", &[0, 1]), ("b", &[0, 1])], &one);
    assert_eq!(loads(&two), [9, 8]);
    assert!(two["a"].iter().all(|p| one["a"].contains(p)), "a keeps half of what it had");
    let three = run(UNIFORM, &image, &[("a", &[0, 1]), ("b", &[0, 1]), ("c", &[0, 1])], &two);
    assert_eq!(loads(&three), [6, 6, 5]);
    for id in ["a", "b"] {
        assert!(three[id].iter().all(|p| two[id].contains(p)));
    }
    let back = run(UNIFORM, &image, &[("a", &[0, 1]), ("c", &[0, 1])], &three);
    assert_eq!(loads(&back), [9, 8]);
    assert!(
        three["a"].iter().all(|p| back["a"].contains(p)) && three["c"].iter().all(|p| back["c"].contains(p))
    );
    assert_eq!(run(UNIFORM, &image, &[("a", &[0, 1]), ("c", &[0, 1])], &back), back, "nothing to do");
}

#[test]
fn uniform_balances_subscriptions_that_differ() {
    let image = image(&[6, 6]);
    let none = BTreeMap::new();
    let first = run(UNIFORM, &image, &[("a", &[0, 1]), ("b", &[1])], &none);
    assert_eq!(loads(&first), [6, 6]);
    // c reads only what a has: b takes over some of a's others, in a chain.
    let next = run(UNIFORM, &image, &[("a", &[0, 1]), ("b", &[1]), ("c", &[0])], &first);
    assert_eq!(loads(&next), [4, 4, 4]);
}

#[test]
fn more_members_than_partitions_leaves_some_idle() {
    let image = image(&[2]);
    let none = BTreeMap::new();
    for name in NAMES {
        let mut loads = loads(&run(name, &image, &[("a", &[0]), ("b", &[0]), ("c", &[0])], &none));
        loads.sort_unstable();
        assert_eq!(loads, [0, 1, 1]);
    }
}

#[test]
fn range_splits_topics_of_equal_size_alike() {
    let image = image(&[5, 5]);
    let target = run(RANGE, &image, &[("a", &[0, 1]), ("b", &[0, 1])], &BTreeMap::new());
    for t in 0..2 {
        assert_eq!(target["a"].0[&topic(t)], BTreeSet::from([0, 1, 2]));
        assert_eq!(target["b"].0[&topic(t)], BTreeSet::from([3, 4]));
    }
}

#[test]
fn a_hundred_members_share_a_thousand_partitions() {
    let image = image(&[1000]);
    let ids: Vec<String> = (0..100).map(|i| format!("m{i:03}")).collect();
    let reads: Vec<(&str, &[u8])> = ids.iter().map(|id| (id.as_str(), &[0u8][..])).collect();
    let all = run(UNIFORM, &image, &reads, &BTreeMap::new());
    assert!(all.values().all(|own| own.len() == 10));
    let fewer = run(UNIFORM, &image, &reads[1..], &all);
    let moved: usize =
        fewer.iter().map(|(id, own)| own.iter().filter(|p| !all[id].contains(*p)).count()).sum();
    assert_eq!(moved, 10, "only what the one that left had");
}

#[test]
fn free_partitions_go_to_members_near_them() {
    use ringlog_wire::generated::records::MetadataRecord as R;
    use ringlog_wire::generated::{PartitionRecord, RegisterBrokerRecord, TopicRecord};
    let mut image = empty_for_tests();
    let broker = |n: i32| {
        R::RegisterBroker(RegisterBrokerRecord {
            broker_id: n,
            rack: Some(format!("rack{n}")),
            ..Default::default()
        })
    };
    let partition = |p: i32| {
        let on = p % 3 + 1;
        R::Partition(PartitionRecord {
            partition_id: p,
            topic_id: topic(0),
            replicas: vec![on],
            isr: vec![on],
            leader: on,
            leader_epoch: 0,
            partition_epoch: 0,
            directories: vec![TopicId([9; 16])],
            ..Default::default()
        })
    };
    let mut records: Vec<_> = (1..=3).map(broker).collect();
    records.push(R::Topic(TopicRecord { name: "0".into(), topic_id: topic(0) }));
    records.extend((0..9).map(partition));
    let (end, epoch) = (image.end().plus(records.len() as u64), image.epoch());
    let identity = image.identity().clone();
    image.apply(&MetadataDelta { identity, end, epoch, records: records.into() }).unwrap();
    // By name the order is the other way round than by rack.
    let members: Subscribers<'_> = [("a", "rack3"), ("b", "rack2"), ("c", "rack1")]
        .into_iter()
        .map(|(id, rack)| {
            let topics = BTreeSet::from([topic(0)]);
            (Rc::from(id), Subscriber { topics, rack: Some(rack), instance: None, before: None })
        })
        .collect();
    let topics: Topics<'_> = [(topic(0), image.topic(topic(0)).unwrap())].into();
    let target = assign(UNIFORM, &members, &topics, &image);
    for (id, first) in [("a", 2), ("b", 1), ("c", 0)] {
        assert_eq!(target[id].0[&topic(0)], BTreeSet::from([first, first + 3, first + 6]), "{id}");
    }
}

/// A random number below `n`.
fn below(state: &mut u64, n: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state % n
}

/// Members come and go; everybody reads everything.
#[test]
fn equal_subscriptions_are_balanced_with_the_fewest_moves() {
    for seed in 1..300u64 {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let sizes: Vec<i32> =
            (0..=below(&mut random, 3)).map(|_| below(&mut random, 12) as i32 + 1).collect();
        let (image, total) = (image(&sizes), sizes.iter().sum::<i32>() as usize);
        let reads: Vec<u8> = (0..sizes.len() as u8).collect();
        let mut uniform = BTreeMap::new();
        let mut range = BTreeMap::new();
        let mut names: BTreeSet<String> = BTreeSet::new();
        for _ in 0..12 {
            names.insert(format!("m{}", below(&mut random, 30)));
            names.retain(|_| below(&mut random, 6) > 0);
            if names.is_empty() {
                names.insert("one".into());
            }
            let members: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), reads.as_slice())).collect();
            let next = run(UNIFORM, &image, &members, &uniform);
            let (most, least) = (loads(&next).into_iter().max(), loads(&next).into_iter().min());
            assert!(most.unwrap() - least.unwrap() <= 1, "seed {seed}");
            let had = |n: &String| uniform.get(n.as_str()).map_or(0, Partitions::len);
            let (share, more) = (total / names.len(), total % names.len());
            let kept_at_best = names.iter().map(|n| had(n).min(share)).sum::<usize>()
                + names.iter().filter(|n| had(n) > share).count().min(more);
            let kept = |id: &Rc<str>, own: &Partitions| {
                own.iter().filter(|p| uniform.get(id).is_some_and(|b: &Partitions| b.contains(*p))).count()
            };
            let kept: usize = next.iter().map(|(id, own)| kept(id, own)).sum();
            assert_eq!(kept, kept_at_best, "seed {seed}: {names:?}");
            uniform = next;

            let next = run(RANGE, &image, &members, &range);
            for (t, size) in sizes.iter().enumerate() {
                for own in next.values().filter_map(|own| own.0.get(&topic(t as u8))) {
                    let (first, last) = (own.first().unwrap(), own.last().unwrap());
                    assert_eq!((last - first + 1) as usize, own.len(), "seed {seed}: neighbours");
                    assert!((0..*size).contains(last));
                }
                let parts = next.values().map(|own| own.0.get(&topic(t as u8)).map_or(0, BTreeSet::len));
                let (most, least) = (parts.clone().max().unwrap(), parts.min().unwrap());
                assert!(most - least <= 1, "seed {seed}");
            }
            assert_eq!(
                run(RANGE, &image, &members, &next),
                next,
                "seed {seed}: nothing to do, nothing moves"
            );
            range = next;
        }
    }
}

/// Subscriptions differ: no partition could go to somebody who has at least two less.
#[test]
fn differing_subscriptions_leave_nothing_that_one_move_would_better() {
    for seed in 1..300u64 {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let sizes: Vec<i32> =
            (0..2 + below(&mut random, 3)).map(|_| below(&mut random, 9) as i32 + 1).collect();
        let image = image(&sizes);
        let mut before = BTreeMap::new();
        for _ in 0..6 {
            let some = |random: &mut u64| -> Vec<u8> {
                (0..sizes.len() as u8).filter(|_| below(random, 2) == 0).collect()
            };
            let members: Vec<(String, Vec<u8>)> =
                (0..=below(&mut random, 5)).map(|n| (format!("m{n}"), some(&mut random))).collect();
            let reads: Vec<(&str, &[u8])> =
                members.iter().map(|(n, topics)| (n.as_str(), topics.as_slice())).collect();
            let next = run(UNIFORM, &image, &reads, &before);
            for (from, own) in &next {
                for (to, topics) in &members {
                    let fewer = next[to.as_str()].len() + 2 <= own.len();
                    let could = own.iter().any(|(t, _)| topics.iter().any(|n| topic(*n) == t));
                    assert!(!(fewer && could), "seed {seed}: {from} could give {to} one: {next:?}");
                }
            }
            before = next;
        }
    }
}

#[test]
fn range_members_keep_their_order_whatever_their_names() {
    let image = image(&[6, 6]);
    let two = run(RANGE, &image, &[("m", &[0, 1]), ("n", &[0, 1])], &BTreeMap::new());
    let three = run(RANGE, &image, &[("a", &[0, 1]), ("m", &[0, 1]), ("n", &[0, 1])], &two);
    for t in 0..2 {
        assert_eq!(three["m"].0[&topic(t)], BTreeSet::from([0, 1]), "it was first and is first");
        assert_eq!(three["n"].0[&topic(t)], BTreeSet::from([2, 3]));
        assert_eq!(three["a"].0[&topic(t)], BTreeSet::from([4, 5]));
    }
}
