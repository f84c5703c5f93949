//! One partition's folder: segments batch by batch, indexes against the batches, snapshots, epochs.
//!
//! Owner: one verification. Invariants: what the newest checkpoint knows to be flushed must be there and whole; what
//! lies behind it was not acknowledged by these files alone (the commit log has it), so it may be cut or torn. Without
//! a checkpoint everything but the last segment's end must be whole.

use super::{Grade, Refused, Report, list, pieces, small};
use ringlog_storage::checkpoint::Record;
use ringlog_storage::partition::epoch_cache::EpochCache;
use ringlog_storage::partition::files::{
    LEADER_EPOCH_CHECKPOINT, PARTITION_METADATA, SegmentFile, parse_partition_metadata,
};
use ringlog_storage::partition::index::{OFFSET_ENTRY, TIME_ENTRY, decode_offsets, decode_times};
use ringlog_storage::partition::snapshot;
use ringlog_storage::scrub::{Walk, Walked};
use ringlog_wire::ids::Offset;
use std::path::Path;

/// Behind the last offset that there can be.
const END: Offset = Offset(i64::MAX as u64);

/// A batch as the indexes see it.
#[derive(Clone, Copy)]
struct Batch {
    position: u64,
    last: Offset,
    /// Largest timestamp of all batches up to here.
    max: i64,
}

/// How much of a segment must be whole.
#[derive(Clone, Copy)]
struct Expected {
    base: Offset,
    end: Offset,
    /// Bytes that must be there; behind them nothing is judged. `None`: all, whatever there is.
    flushed: Option<u64>,
    /// It must end with a batch.
    closed: bool,
    /// Index entries that count.
    entries: Option<(usize, usize)>,
}

/// Verifies the folder `dir`, of which the newest checkpoint says `record`.
pub(super) fn verify(dir: &Path, record: Option<&Record>, report: &mut Report) -> Result<(), Refused> {
    report.partitions += 1;
    let metadata = dir.join(PARTITION_METADATA);
    if let Some(text) = small(&metadata)? {
        match parse_partition_metadata(&String::from_utf8_lossy(&text)) {
            Err(e) => report.add(Grade::Damaged, &metadata, e.0),
            // The topic was deleted and made again since.
            Ok(id) if record.is_some_and(|r| r.id().topic != id) => return segments(dir, None, report),
            Ok(_) => {}
        }
    }
    segments(dir, record, report)?;
    let epochs = dir.join(LEADER_EPOCH_CHECKPOINT);
    if let Some(text) = small(&epochs)?
        && let Err(e) = EpochCache::parse(&String::from_utf8_lossy(&text))
    {
        report.add(Grade::Mends, &epochs, e.0);
    }
    Ok(())
}

/// The metadata log: Kafka's batches in segments and snapshots.
pub(super) fn metadata_log(dir: &Path, report: &mut Report) -> Result<(), Refused> {
    report.partitions += 1;
    for name in list(dir)? {
        let log =
            SegmentFile::parse(&name).filter(|(kind, _)| *kind == SegmentFile::Log).map(|(_, base)| base);
        if log.is_none() && !name.ends_with(".checkpoint") {
            continue;
        }
        let path = dir.join(&name);
        let mut walk = Walk::new(log.unwrap_or_default(), END);
        report.bytes += pieces(&path, u64::MAX, &mut |bytes| walk.push(bytes, &mut |_, _, _| {}))?;
        report.segments += 1;
        // The log may end in a batch that was never acknowledged; a snapshot is written whole before it has its name.
        add_walked(&path, &walk.finish(log.is_none()), report);
    }
    Ok(())
}

fn segments(dir: &Path, record: Option<&Record>, report: &mut Report) -> Result<(), Refused> {
    let names = list(dir)?;
    let of = |wanted: SegmentFile| {
        let parsed = names.iter().filter_map(|n| SegmentFile::parse(n));
        parsed.filter(move |(kind, _)| *kind == wanted).map(|(_, base)| base)
    };
    let bases: Vec<Offset> = of(SegmentFile::Log).collect();
    for base in of(SegmentFile::Snapshot) {
        let path = dir.join(SegmentFile::Snapshot.name(base));
        if let Some(bytes) = small(&path)?
            && let Err(e) = snapshot::decode(&bytes, 0)
        {
            report.add(Grade::Mends, &path, e.0);
        }
    }
    let known = record.map(|r| r.segments.as_slice()).unwrap_or_default();
    for s in known.iter().filter(|s| s.flushed > 0 && !bases.contains(&Offset(s.base))) {
        let path = dir.join(SegmentFile::Log.name(Offset(s.base)));
        report.at(
            Grade::Damaged,
            &path,
            None,
            Some(s.base),
            format!("missing; {} bytes were flushed", s.flushed),
        );
    }
    let first = known.first().map_or(Offset::ZERO, |s| Offset(s.base));
    // Below the first are files that a deletion was about to remove.
    let there: Vec<Offset> = bases.into_iter().filter(|base| *base >= first).collect();
    for (i, base) in there.iter().enumerate() {
        let next = there.get(i + 1).copied();
        let known = known.iter().find(|s| s.base == base.0);
        let expected = match known {
            Some(s) => Expected {
                base: *base,
                end: next.unwrap_or(END),
                flushed: Some(s.flushed),
                closed: s.flushed == s.size,
                entries: Some((s.persisted_offsets as usize, s.persisted_times as usize)),
            },
            None => Expected {
                base: *base,
                end: next.unwrap_or(END),
                flushed: None,
                closed: record.is_none() && next.is_some(),
                entries: None,
            },
        };
        segment(dir, &expected, record.is_some() || next.is_none(), report)?;
    }
    Ok(())
}

/// `tail_open`: what the checkpoint does not know of this segment is in the commit log, or was never acknowledged.
fn segment(dir: &Path, e: &Expected, tail_open: bool, report: &mut Report) -> Result<(), Refused> {
    let path = dir.join(SegmentFile::Log.name(e.base));
    let mut walk = Walk::new(e.base, e.end);
    let mut batches: Vec<Batch> = Vec::new();
    let mut take = |bytes: &[u8]| {
        walk.push(bytes, &mut |head, position, good| {
            // The time of a bad one may be what is wrong with it.
            let time = if good { head.max_timestamp } else { i64::MIN };
            let before = batches.last().map_or(i64::MIN, |b: &Batch| b.max);
            batches.push(Batch { position, last: head.last_offset(), max: before.max(time) });
        });
    };
    let read = pieces(&path, e.flushed.unwrap_or(u64::MAX), &mut take)?;
    report.segments += 1;
    report.bytes += read;
    if e.flushed.is_some_and(|flushed| read < flushed) {
        let why = format!("{read} bytes, of which {} were flushed", e.flushed.unwrap_or_default());
        report.at(Grade::Damaged, &path, Some(read), None, why);
    }
    let mut walked = walk.finish(e.closed);
    if e.flushed.is_none() && tail_open {
        // Nothing says how much of it was ever acknowledged: the commit log has that.
        if let Some(first) = walked.damage.first() {
            let why = format!("{}: the commit log has what was acknowledged from here on", first.why);
            report.at(Grade::Mends, &path, Some(first.position), Some(first.from.0), why);
        }
        walked.damage.clear();
    }
    add_walked(&path, &walked, report);
    indexes(dir, e, &batches, report)
}

fn add_walked(path: &Path, walked: &Walked, report: &mut Report) {
    report.batches += walked.batches;
    for d in &walked.damage {
        report.at(Grade::Damaged, path, Some(d.position), Some(d.from.0), d.why);
    }
}

/// Indexes are hints, and made again where they lead astray.
fn indexes(dir: &Path, e: &Expected, batches: &[Batch], report: &mut Report) -> Result<(), Refused> {
    let relative = |b: &Batch| u64::from(u32::MAX).min(b.last.since(e.base)) as u32;
    let path = dir.join(SegmentFile::Index.name(e.base));
    if let Some(mut bytes) = small(&path)? {
        bytes.truncate(e.entries.map_or(usize::MAX, |(n, _)| n.saturating_mul(OFFSET_ENTRY)));
        let at = |position: u32| {
            let found = batches.binary_search_by_key(&u64::from(position), |b| b.position);
            found.ok().and_then(|i| batches.get(i))
        };
        match decode_offsets(&bytes, u64::MAX) {
            Err(e) => report.add(Grade::Mends, &path, e.0),
            Ok(all) => {
                let bad = all.iter().find(|i| at(i.position).is_none_or(|b| relative(b) != i.relative));
                if let Some(bad) = bad.filter(|_| !batches.is_empty()) {
                    let why = format!(
                        "its entry for offset {} leads to no batch of that",
                        e.base.0 + u64::from(bad.relative)
                    );
                    report.add(Grade::Mends, &path, why);
                }
            }
        }
    }
    let path = dir.join(SegmentFile::TimeIndex.name(e.base));
    if let Some(mut bytes) = small(&path)? {
        bytes.truncate(e.entries.map_or(usize::MAX, |(_, n)| n.saturating_mul(TIME_ENTRY)));
        match decode_times(&bytes) {
            Err(e) => report.add(Grade::Mends, &path, e.0),
            Ok(all) => {
                let late = all.iter().find(|t| {
                    let upto = batches.partition_point(|b| relative(b) <= t.relative);
                    upto.checked_sub(1).and_then(|i| batches.get(i)).is_some_and(|b| b.max > t.timestamp)
                });
                if let Some(late) = late {
                    let why = format!(
                        "its entry for offset {} says less than the largest timestamp up to there",
                        e.base.0 + u64::from(late.relative)
                    );
                    report.add(Grade::Mends, &path, why);
                }
            }
        }
    }
    Ok(())
}
