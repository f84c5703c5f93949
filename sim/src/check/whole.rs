//! Rules of a whole log, read from its start to its end.
//!
//! Owner: the history. Invariant: called with the batches in their order, contiguous from offset 0.

use super::history::History;
use super::offered::{BatchNo, Fate, Offered};
use super::{Tp, Verdict, rule};
use std::collections::{BTreeMap, BTreeSet};

/// Checks the log of `tp` below `end`; every batch of it must have been read before.
pub fn check(history: &mut History, tp: Tp, end: i64) -> Verdict {
    let places: Vec<(i64, BatchNo, u32)> =
        history.facts(tp).places().filter(|(b, _)| *b < end).map(|(b, p)| (b, p.no, p.records)).collect();
    let mut next = 0;
    for (base, no, records) in &places {
        rule(*base == next, || format!("a hole before batch {no}: {next}..{base}"))?;
        next = base + i64::from(*records);
    }
    rule(next == end, || format!("the log ends at {next}, the high watermark is {end}"))?;
    let log: Vec<BatchNo> = places.iter().map(|(_, no, _)| *no).collect();
    once(history, &log)?;
    in_order(history, tp, &log)?;
    sequences(history, &log)
}

/// Nothing twice that was sent once, or under idempotence.
fn once(history: &History, log: &[BatchNo]) -> Verdict {
    let mut copies: BTreeMap<BatchNo, u32> = BTreeMap::new();
    for no in log {
        *copies.entry(*no).or_default() += 1;
    }
    for (no, n) in copies {
        let b = history.batch(no);
        let most = if b.sequence.is_some() { 1 } else { b.sent };
        rule(n <= most, || format!("batch {no} stands {n} times in the log; {:?}", b.sequence))?;
        rule(b.fate != Fate::Refused, || format!("batch {no} was refused and is in the log"))?;
    }
    Ok(())
}

/// What one connection sent in order stands in that order, and nothing is left out before what is there.
///
/// A batch that is missing although later ones of its stream are there must have been refused; where a refusal
/// may have stayed unseen (the answer was lost, and a fault could have caused one), it is `doubtful`.
fn in_order(history: &History, tp: Tp, log: &[BatchNo]) -> Verdict {
    let mut last: BTreeMap<u64, (u64, BatchNo)> = BTreeMap::new();
    let there: BTreeSet<BatchNo> = log.iter().copied().collect();
    let mut counted: BTreeSet<BatchNo> = BTreeSet::new();
    for no in log.iter().copied().filter(|no| counted.insert(*no)) {
        let b = history.batch(no);
        // The order of an idempotent producer is told by its sequences.
        if b.sequence.is_some() || b.sent > 1 {
            continue;
        }
        let (stream, place) = b.stream;
        if let Some((before, other)) = last.insert(stream, (place, no)) {
            rule(before < place, || {
                format!("batch {no} was sent before batch {other} and stands behind it")
            })?;
        }
    }
    let mut ends: BTreeMap<u64, u64> = BTreeMap::new();
    for no in there.iter().filter(|no| history.batch(**no).sequence.is_none()) {
        let (stream, place) = history.batch(*no).stream;
        let end = ends.entry(stream).or_default();
        *end = place.max(*end);
    }
    let tp = Some(tp);
    for (no, b) in history.batches_of(tp) {
        let missing = b.fate == Fate::Open && !b.doubtful && !there.contains(&no);
        let later = ends.get(&b.stream.0).is_some_and(|end| *end > b.stream.1);
        rule(!(missing && later), || {
            format!("batch {no} is missing, and later ones of its stream are there")
        })?;
    }
    acked_is_there(history, tp, &there)
}

fn acked_is_there(history: &History, tp: Option<Tp>, there: &BTreeSet<BatchNo>) -> Verdict {
    for (no, b) in history.batches_of(tp) {
        rule(!matches!(b.fate, Fate::Acked(..)) || there.contains(&no), || {
            format!("batch {no} was acknowledged as {:?} and is lost", b.fate)
        })?;
    }
    Ok(())
}

/// The sequences of an idempotent producer run on without a gap.
fn sequences(history: &History, log: &[BatchNo]) -> Verdict {
    let mut next: BTreeMap<(i64, i16), i64> = BTreeMap::new();
    for no in log {
        let Offered { sequence: Some(s), records, .. } = history.batch(*no) else { continue };
        let expected = next.entry((s.id, s.epoch)).or_default();
        rule(*expected == i64::from(s.first), || {
            format!(
                "batch {no} of producer {} epoch {} has sequence {}, {expected} was next",
                s.id, s.epoch, s.first
            )
        })?;
        *expected += i64::from(*records);
    }
    Ok(())
}
