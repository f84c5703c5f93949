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
