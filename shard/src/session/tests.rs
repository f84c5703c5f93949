//! Tests of the fetch sessions: epochs, what an incremental response must hold, the bounds of the cache.

use super::*;

fn wanted(fetch_offset: i64) -> Wanted {
    Wanted { fetch_offset, max_bytes: 1 << 20, current_leader_epoch: -1, last_fetched_epoch: -1 }
}

fn partition(index: i32) -> SessionPartition {
    SessionPartition::new(TopicKey::Name(Rc::from("t")), index, wanted(0))
}

fn topic() -> TopicKey {
    TopicKey::Name(Rc::from("t"))
}

fn told(high_watermark: i64, bytes: usize) -> Told {
    Told { high_watermark, log_start: 0, bytes, error: 0, diverging: false }
}

fn at(seconds: u64) -> Instant {
    Instant(seconds * 1_000_000_000)
}

fn indexes(s: &SharedSession) -> Vec<i32> {
    let mut seen = Vec::new();
    s.borrow_mut().each_mut(|p| seen.push(p.index));
    seen
}

#[test]
fn an_accepted_request_moves_the_epoch_by_one_and_a_repeated_one_is_refused() {
    let mut cache = Sessions::new(2, 10);
    let id = cache.create(vec![partition(0)], false, 7, at(0)).unwrap().borrow().id();
    assert!(matches!(cache.open(id, 1, false, at(1)), Ok(Opened::Incremental(_))));
    assert_eq!(cache.open(id, 1, false, at(1)).unwrap_err(), SessionError::Epoch);
    assert!(cache.open(id, 2, false, at(1)).is_ok());
    assert_eq!(cache.open(id, 3, true, at(1)).unwrap_err(), SessionError::TopicIds);
    assert_eq!(cache.open(id + 1, 3, false, at(1)).unwrap_err(), SessionError::NotFound);
}

#[test]
fn epochs_zero_and_minus_one_end_the_named_session() {
    let mut cache = Sessions::new(2, 10);
    for (epoch, full) in [(INITIAL_EPOCH, true), (FINAL_EPOCH, false)] {
        let id = cache.create(vec![partition(0)], false, 7, at(0)).unwrap().borrow().id();
        let opened = cache.open(id, epoch, false, at(0)).unwrap();
        assert_eq!(matches!(opened, Opened::Full), full);
        assert!(cache.is_empty());
    }
}

#[test]
fn the_epoch_wraps_to_one() {
    assert_eq!(next_epoch(i32::MAX), 1);
    assert_eq!(next_epoch(0), 1);
}

#[test]
fn only_what_changed_is_told() {
    let mut cache = Sessions::new(1, 10);
    let s = cache.create(vec![partition(0), partition(1)], false, 1, at(0)).unwrap();
    let mut s = s.borrow_mut();
    assert!(s.must_tell(&topic(), 0, told(5, 0)), "the first answer is always told");
    assert!(!s.must_tell(&topic(), 0, told(5, 0)));
    assert!(s.must_tell(&topic(), 0, told(6, 0)), "the high watermark moved");
    assert!(s.must_tell(&topic(), 0, told(6, 100)), "there is data");
    assert!(s.must_tell(&topic(), 0, Told { log_start: 3, ..told(6, 0) }), "the log start moved");
    assert!(!s.must_tell(&topic(), 9, told(6, 100)), "not in the session");
}

#[test]
fn an_error_is_told_every_time_and_its_end_once() {
    let mut cache = Sessions::new(1, 10);
    let s = cache.create(vec![partition(0)], false, 1, at(0)).unwrap();
    let mut s = s.borrow_mut();
    let error = Told { error: 100, ..told(-1, 0) };
    assert!(s.must_tell(&topic(), 0, error));
    assert!(s.must_tell(&topic(), 0, error));
    assert!(s.must_tell(&topic(), 0, told(-1, 0)), "the end of an error is news");
    assert!(!s.must_tell(&topic(), 0, told(-1, 0)));
}

#[test]
fn a_partition_with_data_goes_to_the_end_so_that_none_starves() {
    let mut cache = Sessions::new(1, 10);
    let s = cache.create(vec![partition(0), partition(1), partition(2)], false, 1, at(0)).unwrap();
    s.borrow_mut().must_tell(&topic(), 0, told(5, 10));
    assert_eq!(indexes(&s), [1, 2, 0]);
    s.borrow_mut().put(SessionPartition::new(topic(), 1, wanted(9)));
    assert_eq!(indexes(&s), [1, 2, 0], "a change of the position keeps the place");
    let mut offsets = Vec::new();
    s.borrow_mut().each_mut(|p| offsets.push(p.wanted.fetch_offset));
    assert_eq!(offsets.first(), Some(&9));
}

#[test]
fn a_forgotten_partition_is_gone() {
    let mut cache = Sessions::new(1, 10);
    let s = cache.create(vec![partition(0), partition(1)], false, 1, at(0)).unwrap();
    s.borrow_mut().forget(&topic(), 0);
    s.borrow_mut().forget(&topic(), 77);
    assert_eq!(indexes(&s), [1]);
}

#[test]
fn a_full_cache_yields_only_idle_or_old_and_smaller_sessions() {
    let mut cache = Sessions::new(1, 10);
    let first = cache.create(vec![partition(0)], false, 1, at(0)).unwrap().borrow().id();
    assert!(cache.create(vec![partition(0), partition(1)], false, 2, at(60)).is_none());
    assert!(cache.open(first, 1, false, at(100)).is_ok());
    assert!(cache.create(vec![partition(0)], false, 2, at(130)).is_none(), "used 30 s ago, not smaller");
    assert!(cache.create(vec![partition(0), partition(1)], false, 2, at(130)).is_some(), "old and smaller");
    assert!(cache.create(vec![partition(0)], false, 3, at(251)).is_some(), "idle for 121 s");
    assert_eq!(cache.len(), 1);
}

#[test]
fn partitions_are_bounded_too() {
    let mut cache = Sessions::new(10, 3);
    assert!(cache.create((0..4).map(partition).collect(), false, 1, at(0)).is_none());
    assert!(cache.create((0..3).map(partition).collect(), false, 1, at(0)).is_some());
    assert!(cache.create(vec![partition(0)], false, 1, at(0)).is_none());
}
