//! Whole runs against a broker of this process: what is produced comes back, groups share it, topics go away.
//!
//! Owner: each test its own broker.

use super::fake_broker::versions::{KAFKA_0_11, KAFKA_2_4, KAFKA_2_8, Release};
use super::fake_broker::{Broker, Group, State, begin};
use super::omb::options_of;
use super::{Measured, measured};
use ringlog_wire::api::ApiKey;
use std::io;

fn load(broker: &Broker, words: &str) -> io::Result<Measured> {
    let bootstrap = format!("--bootstrap=127.0.0.1:{}", broker.state().port);
    let words: Vec<String> = words.split(' ').map(str::to_owned).chain([bootstrap]).collect();
    measured(&options_of(&words)?)
}

#[test]
fn what_is_produced_is_read_and_its_topics_are_removed() {
    let broker = begin();
    broker.state().loading = 1;
    let done = load(
        &broker,
        "--rate=2000 --warmup=0 --duration=400ms --read=tail --topics=3 --partitions=2 --clients=4 --threads=2 \
         --consumers=2 --idempotent --batch-records=4 --linger-ms=2 --codec=lz4 --keys=zipf --value-bytes=8-300",
    );
    let c = done.unwrap().summary.counts;
    let state = broker.state();
    assert_eq!((c.taken, c.acked as usize, c.failed()), (800, state.records, 0));
    assert_eq!(c.acked, 800, "every record that was due is acknowledged");
    assert_eq!((c.read, c.end_to_end.len()), (800, 800), "and read, also what came last");
    assert_eq!((state.topics.len(), state.removed), (3, 3));
}

#[test]
fn groups_read_everything_each_and_commit_what_they_read() {
    let broker = begin();
    broker.state().loading = 2;
    let done = load(
        &broker,
        "--rate=1000 --warmup=0 --duration=400ms --groups=2 --consumers=3 --topics=2 --partitions=2 --threads=2 --clients=2",
    );
    let measured = done.unwrap();
    let c = &measured.summary.counts;
    let state = broker.state();
    assert_eq!((c.acked, c.read), (400, 800), "each group reads everything");
    assert_eq!((state.left, state.members.len()), (6, 0));
    let committed: i64 = state.committed.values().sum();
    assert_eq!(committed as u64, c.read, "what was read is what was committed, in all groups");
    assert!(measured.summary.asked.iter().any(|(what, _)| what == "offsets committed"));
}

#[test]
fn a_catch_up_ends_when_all_is_read() {
    let broker = begin();
    let done =
        load(&broker, "--no-produce --fill=3MB --read=beginning --partitions=3 --consumers=2 --duration=1h");
    let c = done.unwrap().summary.counts;
    assert_eq!((c.read as usize, c.acked, c.end_to_end.len()), (broker.state().records, 0, 0));
    assert!(c.read_bytes >= 3 << 20 && !c.fetch.is_empty());
    // A topic that was there stays.
    assert_eq!(broker.state().removed, 1);
    load(&broker, "--rate=500 --warmup=0 --duration=20ms").unwrap();
    assert_eq!(broker.state().removed, 1);
}

#[test]
fn a_search_finds_a_rate_that_was_tried_and_a_ramp_has_its_steps() {
    let broker = begin();
    // Nothing is answered within a nanosecond or two.
    let none = load(&broker, "--rate=100 --find-max=p99<0.001us --step=20ms");
    assert!(none.is_err_and(|e| e.to_string().contains("no rate")));
    let wrong = load(&broker, "--rate=max --find-max");
    assert!(wrong.is_err_and(|e| e.to_string().contains("need a number")));
    let nothing = load(&broker, "--no-produce");
    assert!(nothing.is_err_and(|e| e.to_string().contains("--read")));
    let ramp = load(&broker, "--ramp=500..1000/500 --step=50ms").unwrap();
    assert_eq!(ramp.summary.counts.acked, 25 + 50, "50 ms of each rate");
}

#[test]
fn a_classic_group_reads_everything_once_and_commits_what_it_read() {
    let broker = begin();
    // A coordinator that loads, one that has moved, and a member that was forgotten.
    broker.state().refused = vec![14, 25, 16];
    let done = load(
        &broker,
        "--rate=1000 --warmup=0 --duration=400ms --groups=1 --consumers=3 --group-protocol=classic --partitions=4",
    );
    let measured = done.unwrap();
    let c = &measured.summary.counts;
    let state = broker.state();
    assert_eq!((c.acked, c.read), (400, 400), "no record is missed, none read twice");
    assert_eq!(state.committed.values().sum::<i64>(), 400, "what was read is what was committed");
    assert!(state.members.is_empty() && state.classic.values().all(|g| g.members.is_empty()), "{state:?}");
    let asked =
        |what: (&str, &str)| measured.summary.asked.iter().any(|(k, v)| (k.as_str(), v.as_str()) == what);
    assert!(asked(("group protocol", "classic")));
}

#[test]
fn while_a_member_comes_and_goes_a_classic_group_reads_everything_once() {
    let broker = begin();
    let theirs = broker.clone();
    let settled = |s: &State| s.classic.values().all(Group::is_settled);
    let ghost = std::thread::spawn(move || {
        theirs.wait_until(|s| s.records > 100);
        theirs.state().classic.values_mut().for_each(Group::join_ghost);
        theirs.wait_until(settled);
        let committed = theirs.state().committed.len();
        assert_eq!(committed, 10, "what was given back is committed");
        let all = theirs.state().records;
        // What only the ghost may read meanwhile.
        theirs.wait_until(|s| s.records > all + 100);
        theirs.state().classic.values_mut().for_each(Group::leave_ghost);
        theirs.wait_until(settled);
        theirs.state().records
    });
    let done = load(
        &broker,
        "--rate=500 --warmup=0 --duration=4s --groups=2 --consumers=3 --group-protocol=classic --partitions=5 \
         --session-timeout-ms=150 --threads=2",
    );
    let c = done.unwrap().summary.counts;
    let then = ghost.join().unwrap();
    assert!(then < 2000, "the ghost left before the end: {then}");
    let state = broker.state();
    assert!(state.classic.values().all(|g| g.generation >= 3), "{:?}", state.classic);
    assert_eq!((c.acked, c.read), (2000, 4000), "no record is missed, none read twice");
    assert_eq!(state.committed.values().sum::<i64>(), 4000, "what was read is what was committed");
}

#[test]
fn a_broker_without_the_consumer_protocol_has_classic_groups_or_is_named() {
    let broker = begin();
    broker.state().release = Some(KAFKA_2_4);
    let words = "--rate=500 --warmup=0 --duration=200ms --groups=1 --consumers=2 --partitions=2";
    let wanted = load(&broker, &format!("{words} --group-protocol=consumer")).err().unwrap().to_string();
    assert!(wanted.contains("with no ConsumerGroupHeartbeat; need "), "{wanted}");
    assert_eq!(broker.state().removed, 1, "the topic that was made for it is removed");
    let c = load(&broker, words).unwrap().summary.counts;
    assert_eq!((c.acked, c.read), (100, 100));
    // Refused for good: the error names what, and nobody stays.
    broker.state().refused = vec![81];
    let full = load(&broker, words).err().unwrap().to_string();
    assert!(full.contains("JoinGroup") && full.contains("GROUP_MAX_SIZE_REACHED"), "{full}");
    assert!(broker.state().classic.values().all(|g| g.members.is_empty()));
}

/// Panics in the fake broker if a request comes in a version that it does not list.
#[test]
fn a_broker_of_any_release_is_asked_in_the_newest_versions_that_it_has() {
    let old = [(KAFKA_0_11, 3, 5, 4), (KAFKA_2_4, 8, 11, 9), (KAFKA_2_8, 9, 12, 11)];
    for (release, produce, fetch, metadata) in
        old.map(|(r, p, f, m)| (Some(r), p, f, m)).into_iter().chain([(None, 12, 12, 12)])
    {
        let broker = begin();
        broker.state().release = release;
        let words = "--rate=1000 --warmup=0 --duration=200ms --read=tail --topics=2 --partitions=2 --clients=2 --idempotent";
        let c = load(&broker, words).unwrap().summary.counts;
        assert_eq!((c.acked, c.read, c.failed()), (200, 200, 0), "{release:?}");
        {
            let state = broker.state();
            let used =
                |api| state.asked.iter().filter(|(key, _)| *key == api).map(|(_, v)| *v).collect::<Vec<_>>();
            assert_eq!((used(0), used(1), used(3)), (vec![produce], vec![fetch], vec![metadata]));
            assert_eq!((state.topics.len(), state.removed), (2, 2));
        }
        let c =
            load(&broker, "--no-produce --fill=1MB --read=beginning --partitions=2 --duration=1h").unwrap();
        let c = c.summary.counts;
        assert_eq!(c.read as usize + 200, broker.state().records, "what was there is filled and read");
    }
}

#[test]
fn a_broker_that_is_too_old_is_named_with_what_is_missing() {
    const NO_BATCHES: Release = &[
        (ApiKey::ApiVersions, 0, 0),
        (ApiKey::CreateTopics, 0, 2),
        (ApiKey::Metadata, 0, 2),
        (ApiKey::ListOffsets, 0, 1),
        (ApiKey::DeleteTopics, 0, 1),
        (ApiKey::Produce, 0, 2),
        (ApiKey::Fetch, 0, 3),
    ];
    let broker = begin();
    broker.state().release = Some(NO_BATCHES);
    let words = "--rate=500 --warmup=0 --duration=20ms";
    let at = format!("found a broker (127.0.0.1:{}) with ", broker.state().port);
    let refused = |words: &str| load(&broker, words).err().unwrap().to_string();
    assert_eq!(refused(words), format!("{at}Produce 0 to 2; need Produce 3 to 12"));
    let read = refused("--no-produce --read=tail --duration=20ms");
    assert_eq!(read, format!("{at}Fetch 0 to 3; need Fetch 4 to 12"));
    let idempotent = refused(&format!("{words} --idempotent"));
    assert!(idempotent.starts_with(&at), "{idempotent}");
    assert_eq!(broker.state().removed, 1, "the topic that was made for it is removed");
    // No groups of its own before 2.4.
    broker.state().release = Some(KAFKA_0_11);
    let groups = refused(&format!("{words} --groups=1"));
    assert_eq!(groups, format!("{at}no JoinGroup; need JoinGroup 5 to 9"));
}
