//! Tests of the producer window: duplicates, wrap, epochs, eviction, expiry.

use super::*;

fn batch(epoch: u16, first: u32, count: u32) -> ProducerBatch {
    ProducerBatch {
        id: ProducerId(7),
        epoch: ProducerEpoch(epoch),
        first_sequence: Some(first),
        last_delta: count - 1,
    }
}

/// Appends `done` (epoch, first sequence, count) one after the other from offset 0, then asks for `next`.
fn check(done: &[(u16, u32, u32)], next: (u16, u32, u32), expect: Result<Admit, ProducerReject>) {
    let mut state = ProducerState::default();
    let mut end = 0;
    for (epoch, first, count) in done {
        end += u64::from(*count);
        let b = batch(*epoch, *first, *count);
        assert_eq!(state.admit(&b), Ok(Admit::Append), "{b:?}");
        state.on_append(&b, Offset(end - 1), end as i64 * 1000, 0);
    }
    assert_eq!(state.admit(&batch(next.0, next.1, next.2)), expect, "{next:?} after {done:?}");
}

fn duplicate(base: u64, last: u64) -> Result<Admit, ProducerReject> {
    let timestamp = (last as i64 + 1) * 1000;
    Ok(Admit::Duplicate { base_offset: Offset(base), last_offset: Offset(last), timestamp })
}

fn out_of_order(expected: u32) -> Result<Admit, ProducerReject> {
    Err(ProducerReject::OutOfOrder { expected })
}

#[test]
fn the_next_sequence_is_admitted_and_others_are_not() {
    check(&[], (0, 0, 1), Ok(Admit::Append));
    check(&[], (0, 77, 1), Ok(Admit::Append));
    check(&[(0, 0, 3)], (0, 3, 1), Ok(Admit::Append));
    check(&[(0, 0, 3)], (0, 4, 1), out_of_order(3));
    check(&[(0, 0, 3)], (0, 1, 1), out_of_order(3));
    check(&[(0, 0, 3)], (0, 0, 2), out_of_order(3));
    check(&[(0, 50, 2)], (0, 52, 1), Ok(Admit::Append));
}

#[test]
fn a_duplicate_of_any_of_the_last_five_gets_its_original_answer() {
    let six = [(0, 0, 2), (0, 2, 1), (0, 3, 1), (0, 4, 3), (0, 7, 1), (0, 8, 2)];
    check(&six, (0, 2, 1), duplicate(2, 2));
    check(&six, (0, 3, 1), duplicate(3, 3));
    check(&six, (0, 4, 3), duplicate(4, 6));
    check(&six, (0, 7, 1), duplicate(7, 7));
    check(&six, (0, 8, 2), duplicate(8, 9));
    check(&six, (0, 0, 2), out_of_order(10));
    check(&six, (0, 4, 2), out_of_order(10));
}

#[test]
fn sequences_wrap_to_zero() {
    let max = (1u32 << 31) - 1;
    check(&[(0, max, 1)], (0, 0, 1), Ok(Admit::Append));
    check(&[(0, max - 1, 4)], (0, 2, 1), Ok(Admit::Append));
    check(&[(0, max - 1, 4)], (0, max - 1, 4), duplicate(0, 3));
    check(&[(0, max - 1, 1)], (0, 0, 1), out_of_order(max));
    assert_eq!(sequence_minus(1, 3), max - 1);
}

#[test]
fn a_new_epoch_starts_at_zero_and_fences_the_old() {
    check(&[(3, 0, 1)], (4, 0, 1), Ok(Admit::Append));
    check(&[(3, 0, 1)], (4, 1, 1), out_of_order(0));
    check(&[(3, 0, 1)], (2, 1, 1), Err(ProducerReject::StaleEpoch { current: ProducerEpoch(3) }));
    check(&[(3, 0, 1), (4, 0, 1)], (3, 0, 1), Err(ProducerReject::StaleEpoch { current: ProducerEpoch(4) }));
    check(&[(3, 0, 1), (4, 0, 1)], (4, 0, 1), duplicate(1, 1));
    check(&[(3, 0, 9), (4, 0, 1)], (4, 1, 1), Ok(Admit::Append));
}

#[test]
fn silent_producers_expire_by_our_clock_not_by_their_timestamps() {
    let mut state = ProducerState::default();
    let b = batch(0, 0, 1);
    state.on_append(&b, Offset(0), -5, 1_000);
    assert_eq!(state.expire(1_999, 1_000), 0);
    assert_eq!(state.expire(2_000, 1_000), 1);
    assert_eq!(state.admit(&batch(0, 99, 1)), Ok(Admit::Append));
}

#[test]
fn the_longest_silent_producers_give_way_at_the_maximum() {
    let mut state = ProducerState::default();
    for i in 0..=PRODUCERS_MAX as u64 {
        let b = ProducerBatch { id: ProducerId(i), ..batch(0, 0, 1) };
        state.on_append(&b, Offset(i), 0, i as i64);
    }
    assert_eq!(state.len(), PRODUCERS_MAX - PRODUCERS_MAX / 8 + 1);
    assert!(state.entry(ProducerId(0)).is_none());
    assert!(state.entry(ProducerId(PRODUCERS_MAX as u64)).is_some());
}

#[test]
fn truncation_forgets_the_batches_beyond() {
    let mut state = ProducerState::default();
    state.on_append(&batch(0, 0, 1), Offset(0), 0, 0);
    state.on_append(&batch(0, 1, 1), Offset(1), 0, 0);
    state.truncate_end(Offset(1));
    assert_eq!(state.admit(&batch(0, 1, 1)), Ok(Admit::Append));
    state.truncate_end(Offset(0));
    assert!(state.is_empty());
}
