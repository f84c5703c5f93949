//! The rules of what may go from a log, each broken once.

use super::*;
use bytes::Bytes;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};

const SECOND: u64 = 1_000_000_000;

/// The batch of one record at `at`, with a value of one byte.
fn batch(at: i64, number: u64, key: u64, marker: bool) -> Bytes {
    batch_with(at, number, key, (!marker).then_some(&value_of(number, 1)))
}

fn batch_with(at: i64, number: u64, key: u64, value: Option<&[u8]>) -> Bytes {
    let mut b = BatchBuilder::new(BatchOptions { base_offset: at, ..Default::default() });
    let (key, number) = (key.to_string(), number.to_string());
    b.append(1000, Some(key.as_bytes()), value, &[(NUMBER, Some(number.as_bytes()))]);
    b.build().unwrap()
}

/// A log whose records, one a second, have these keys; negative ones are delete markers.
fn kept(rules: Rules, keys: &[i64]) -> Kept {
    let mut kept = Kept::new(rules);
    for (n, key) in (0..).zip(keys) {
        let (key, marker) = (key.unsigned_abs(), *key < 0);
        let sent = Sent { key, marker, size: usize::from(!marker), at: n * SECOND, life: 1 };
        assert_eq!(kept.send(sent), n);
        kept.acked((n, 1), n as i64).unwrap();
    }
    kept
}

/// What a read finds of them.
fn whole(keys: &[i64], log_start: i64, there: &[i64]) -> Whole {
    let mut whole = Whole { log_start, end: keys.len() as i64, ..Whole::default() };
    for at in there {
        let key = keys[*at as usize];
        whole.add(*at, &batch(*at, *at as u64, key.unsigned_abs(), key < 0)).unwrap();
    }
    whole
}

fn judge(rules: Rules, keys: &[i64], (start, there): (i64, &[i64])) -> Verdict {
    kept(rules, keys).read(&whole(keys, start, there), (10 * SECOND, 1))
}

#[test]
fn the_log_start_passes_only_what_may_go() {
    let keys = [1, 2, 3, 4];
    let none = Rules::default();
    assert!(judge(none, &keys, (0, &[0, 1, 2, 3])).is_ok());
    assert!(judge(none, &keys, (1, &[1, 2, 3])).is_err(), "nobody asked");
    let time = |ms| Rules { retention_ms: Some(ms), ..none };
    assert!(judge(time(9000), &keys, (2, &[2, 3])).is_ok());
    assert!(judge(time(9001), &keys, (2, &[2, 3])).is_err(), "the second is nine seconds old");
    let bytes = |n| Rules { retention_bytes: Some(n), ..none };
    let two = whole(&keys, 2, &[2, 3]).bytes;
    assert!(judge(bytes(two), &keys, (2, &[2, 3])).is_ok());
    assert!(judge(bytes(two + 1), &keys, (2, &[2, 3])).is_err(), "a byte less than must stay");
    let mut asked = kept(none, &keys);
    asked.ask(2);
    asked.starts_at(2, (10 * SECOND, 1), None).unwrap();
    assert!(asked.starts_at(1, (10 * SECOND, 1), None).is_err(), "it went back");
    assert!(asked.starts_at(3, (10 * SECOND, 1), None).is_err(), "further than asked for");
    let jumps = Rules { jumps: true, ..time(60_000) };
    assert!(
        kept(jumps, &keys).starts_at(2, (10 * SECOND, 2), None).is_ok(),
        "in a later life a jump is believed"
    );
    assert!(kept(jumps, &keys).starts_at(2, (10 * SECOND, 1), None).is_err(), "in the same life it is not");
}

#[test]
fn what_is_above_the_log_start_is_there() {
    let keys = [1, 2, 1, 3];
    let compact = Rules { compact: true, ..Rules::default() };
    assert!(judge(Rules::default(), &keys, (0, &[1, 2, 3])).is_err(), "not compacted");
    assert!(judge(compact, &keys, (0, &[1, 2, 3])).is_ok());
    assert!(judge(compact, &keys, (0, &[0, 1, 3])).is_err(), "the last of key 1");
    assert!(judge(Rules { min_lag_ms: 10_001, ..compact }, &keys, (0, &[1, 2, 3])).is_err(), "too early");
    let mut doubtful = kept(compact, &keys);
    doubtful.send(Sent { key: 3, marker: true, size: 0, at: 5 * SECOND, life: 1 });
    let without = whole(&keys, 0, &[1, 2]);
    assert!(doubtful.read(&without, (10 * SECOND, 1)).is_ok(), "what was not answered may have taken it");
    let moved = Whole {
        end: 4,
        records: whole(&keys, 0, &[1]).records.into_values().map(|s| (0, s)).collect(),
        ..without
    };
    assert!(kept(compact, &keys).read(&moved, (10 * SECOND, 1)).is_err(), "another place");
}

#[test]
fn what_is_there_has_the_value_that_was_sent() {
    let mut other = Whole { end: 1, ..Whole::default() };
    assert!(other.add(0, &batch_with(0, 0, 1, Some(b"x"))).is_err(), "other bytes");
    other.add(0, &batch_with(0, 0, 1, Some(&value_of(0, 2)))).unwrap();
    let compact = Rules { compact: true, ..Rules::default() };
    assert!(kept(compact, &[1]).read(&other, (10 * SECOND, 1)).is_err(), "a longer one");
}

#[test]
fn a_delete_marker_goes_in_time_and_brings_nothing_back() {
    let keys = [1, -1, 2];
    let rules = |ms| Rules { compact: true, delete_retention_ms: ms, ..Rules::default() };
    assert!(judge(rules(9000), &keys, (0, &[2])).is_ok());
    assert!(judge(rules(9001), &keys, (0, &[2])).is_err());
    let ghost = whole(&keys, 0, &[0, 2]);
    assert!(kept(rules(0), &keys).no_ghosts(&ghost).is_err());
    assert!(kept(rules(0), &keys).no_ghosts(&whole(&keys, 0, &[0, 1, 2])).is_ok());
}

#[test]
fn what_has_to_go_is_gone_in_the_end() {
    let keys = [1, 2, 1, 3];
    let all = whole(&keys, 0, &[0, 1, 2, 3]);
    let settled = |rules| kept(rules, &keys).settled(&all, (0, 1));
    assert!(settled(Rules::default()).is_ok());
    assert!(settled(Rules { compact: true, ..Rules::default() }).is_err());
    assert!(settled(Rules { retention_ms: Some(1), ..Rules::default() }).is_err());
    assert!(settled(Rules { retention_bytes: Some(all.bytes - 1), ..Rules::default() }).is_err());
    assert!(settled(Rules { retention_bytes: Some(all.bytes), ..Rules::default() }).is_ok());
}
