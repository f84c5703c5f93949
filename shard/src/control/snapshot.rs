//! Metadata snapshots: `<end offset, 20 digits>-<epoch, 10 digits>.checkpoint` (KIP-630).
//!
//! Owner: the control core. Invariants: a snapshot becomes visible complete and durable or not at all; it is
//! taken only if its header, every batch and its footer are good; the newest good one is used.

use super::batch::{self, Content, ControlKind, Stamp};
use super::log::LogError;
use crate::image::dump::record_version;
use bytes::Bytes;
use ringlog_storage::disk::{DirEntry, Disk, OpenMode};
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::ids::{LeaderEpoch, Offset};
use ringlog_wire::writer::{EncodeError, Sink};
use std::io;
use std::path::Path;

const SUFFIX: &str = ".checkpoint";
const PART: &str = ".checkpoint.part";
const FILE_MAX: usize = 1 << 30;
/// Records per batch of a snapshot.
const BATCH_RECORDS: usize = 4096;
/// Bytes of records per batch of a snapshot. The largest record, a config, has 32 KiB.
const BATCH_BYTES: usize = 1 << 20;
const _: () = assert!(BATCH_BYTES * 2 < batch::BATCH_MAX, "a batch of a snapshot is a valid batch");

/// A snapshot that was read.
#[derive(Debug)]
pub struct Snapshot {
    /// Exclusive end of what it covers.
    pub end: Offset,
    /// Epoch of the last record it covers.
    pub epoch: LeaderEpoch,
    /// What it says.
    pub records: Vec<MetadataRecord>,
}

fn name(end: Offset, epoch: LeaderEpoch) -> String {
    format!("{:020}-{:010}{SUFFIX}", end.0, epoch.0)
}

/// End offset and epoch in a snapshot's name.
#[must_use]
pub fn parse_name(name: &str) -> Option<(Offset, LeaderEpoch)> {
    let (end, epoch) = name.strip_suffix(SUFFIX)?.split_once('-')?;
    if end.len() != 20 || epoch.len() != 10 {
        return None;
    }
    Some((Offset(end.parse().ok()?), LeaderEpoch(epoch.parse().ok()?)))
}

/// True for a snapshot that was being written when the process ended.
#[must_use]
pub fn is_leftover(name: &str) -> bool {
    name.ends_with(PART)
}

/// Reads the newest snapshot of `dir` that is good; a damaged newer one is passed over only if the log still
/// reaches below it, which the caller's replay checks.
pub async fn newest<D: Disk>(
    disk: &D,
    dir: &Path,
    entries: &[DirEntry],
) -> Result<Option<Snapshot>, LogError> {
    let mut found: Vec<_> = entries.iter().filter_map(|e| parse_name(&e.name)).collect();
    found.sort_unstable();
    for (end, epoch) in found.into_iter().rev() {
        let path = dir.join(name(end, epoch));
        let bytes = disk.read_file(&path, FILE_MAX).await.map_err(|e| LogError::Io(path.clone(), e))?;
        if let Some(records) = parse(&Bytes::from(bytes)) {
            return Ok(Some(Snapshot { end, epoch, records }));
        }
    }
    Ok(None)
}

/// The records of a complete snapshot; `None` if anything is wrong with it.
fn parse(bytes: &Bytes) -> Option<Vec<MetadataRecord>> {
    let (mut at, mut records, mut footer) = (0, Vec::new(), false);
    let mut header = false;
    while at < bytes.len() {
        let batch = batch::decode(&bytes.slice(at..)).ok()?;
        if footer {
            return None;
        }
        match batch.content {
            Content::Data(data) if header => records.extend(data),
            Content::Data(_) => return None,
            Content::Control(controls) => {
                header |= controls.iter().any(|(kind, _)| *kind == ControlKind::SnapshotHeader);
                footer |= controls.iter().any(|(kind, _)| *kind == ControlKind::SnapshotFooter);
            }
        }
        at += batch.len;
    }
    (header && footer).then_some(records)
}

/// Encodes a snapshot: header with the quorum's control records, `records`, footer.
///
/// `controls`: KRaftVersion and KRaftVoters. Errors: a field that its record's version cannot hold.
pub fn encode(
    epoch: LeaderEpoch,
    timestamp: i64,
    controls: &[(ControlKind, Vec<u8>)],
    records: &[MetadataRecord],
) -> Result<Vec<Bytes>, EncodeError> {
    let mut base = Offset::ZERO;
    let mut stamp = |n: usize| {
        let stamp = Stamp { base, epoch, timestamp };
        base = base.plus(n as u64);
        stamp
    };
    // SnapshotHeaderRecord and SnapshotFooterRecord, version 0: version, (timestamp), no tags.
    let mut header = Vec::new();
    header.int16(0);
    header.int64(timestamp);
    header.uvarint(0);
    let mut first = vec![(ControlKind::SnapshotHeader, header)];
    first.extend_from_slice(controls);
    let mut out = vec![Bytes::from(batch::encode_control(stamp(first.len()), &first))];
    let mut rest = records;
    while !rest.is_empty() {
        let mut bytes = 0;
        let take = rest.iter().take_while(|record| {
            bytes += batch::record_len(record, record_version(record)).unwrap_or(0);
            bytes <= BATCH_BYTES
        });
        let take = take.count().clamp(1, BATCH_RECORDS.min(rest.len()));
        let (chunk, later) = rest.split_at(take);
        out.push(Bytes::from(batch::encode(stamp(take), chunk, record_version)?));
        rest = later;
    }
    let footer = [(ControlKind::SnapshotFooter, vec![0, 0, 0])];
    out.push(Bytes::from(batch::encode_control(stamp(1), &footer)));
    Ok(out)
}

/// Writes a snapshot under its name: part file, sync, rename, directory sync.
pub async fn write<D: Disk>(
    disk: &D,
    dir: &Path,
    at: (Offset, LeaderEpoch),
    content: Vec<Bytes>,
) -> io::Result<()> {
    let target = dir.join(name(at.0, at.1));
    let part = dir.join(format!("{:020}-{:010}{PART}", at.0.0, at.1.0));
    let file = disk.open(&part, OpenMode::WRITE).await?;
    disk.truncate(&file, 0).await?;
    let written = match disk.write_at(&file, content, 0).await {
        Ok(()) => disk.sync(&file).await,
        Err(e) => Err(e),
    };
    if let Err(e) = written {
        // On a full disk the part would keep what space there is.
        let _ = disk.unlink(&part).await;
        return Err(e);
    }
    disk.rename(&part, &target).await?;
    disk.sync_dir(dir).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::generated::NoOpRecord;

    fn joined(parts: Vec<Bytes>) -> Vec<u8> {
        parts.iter().flat_map(|p| p.to_vec()).collect()
    }

    #[test]
    fn names_are_kafkas() {
        let at = (Offset(42), LeaderEpoch(3));
        assert_eq!(name(at.0, at.1), "00000000000000000042-0000000003.checkpoint");
        assert_eq!(parse_name(&name(at.0, at.1)), Some(at));
        assert_eq!(parse_name("bootstrap.checkpoint"), None);
        assert!(is_leftover("00000000000000000042-0000000003.checkpoint.part"));
    }

    #[test]
    fn a_snapshot_without_its_end_is_not_taken() {
        let records = vec![MetadataRecord::NoOp(NoOpRecord::default()); 5000];
        let whole = encode(LeaderEpoch(2), 5, &[], &records).unwrap();
        assert_eq!(whole.len(), 4, "header, two batches, footer");
        assert_eq!(parse(&Bytes::from(joined(whole.clone()))), Some(records));
        assert_eq!(parse(&Bytes::from(joined(whole[..3].to_vec()))), None, "no footer");
        assert_eq!(parse(&Bytes::from(joined(whole[1..].to_vec()))), None, "no header");
        let mut cut = joined(whole);
        cut.pop();
        assert_eq!(parse(&Bytes::from(cut)), None);
        assert_eq!(parse(&Bytes::new()), None);
    }
}
