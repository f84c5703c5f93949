//! Producer snapshots and indexes of aborted transactions.
//!
//! Owner: one command. Invariant: a snapshot whose checksum does not fit is named, not printed.

use super::unreadable;
use crate::client::Failure;
use crate::kafka::shape::positive;
use crate::out::Out;
use bytes::Bytes;
use ringlog_wire::generated::producer_snapshot::ProducerSnapshot;
use ringlog_wire::message::Message;
use ringlog_wire::reader::Reader;
use serde_json::json;
use std::path::Path;

/// Bytes before the part that the checksum covers: version and checksum.
const HEAD: usize = 6;

/// Prints a producer snapshot.
pub fn producers(path: &Path, out: &mut Out) -> Result<(), Failure> {
    let bytes = Bytes::from(std::fs::read(path).map_err(|e| unreadable(path, &e))?);
    let shown = path.display();
    let version = bytes.get(..2).and_then(|b| b.try_into().ok()).map_or(-1, i16::from_be_bytes);
    let mut r = Reader::new(&bytes, 1 << 30);
    let read = r.int16().and_then(|_| <ProducerSnapshot as Message>::decode(&mut r, version));
    let snapshot = match read {
        Ok(snapshot) => snapshot,
        Err(e) => {
            out.complain(format!("Snapshot {shown} cannot be read: {e}"));
            return Ok(());
        }
    };
    let computed = ringlog_wire::crc::crc32c(bytes.get(HEAD..).unwrap_or_default());
    if computed != snapshot.crc {
        out.complain(format!(
            "Snapshot is corrupt (CRC is no longer valid). Stored crc: {}. Computed crc: {computed}",
            snapshot.crc
        ));
        return Ok(());
    }
    for e in &snapshot.producer_entries {
        if out.is_json() {
            let has = e.last_offset >= 0;
            out.object(&json!({
                "kind": "producer",
                "file": shown.to_string(),
                "producer": e.producer_id,
                "epoch": e.epoch,
                "coordinator_epoch": e.coordinator_epoch,
                "txn_first_offset": positive(e.current_txn_first_offset),
                "last_timestamp": e.timestamp,
                "first_sequence": has.then(|| before(e.last_sequence, e.offset_delta)),
                "last_sequence": has.then_some(e.last_sequence),
                "last_offset": positive(e.last_offset),
            }));
            continue;
        }
        let first = match e.current_txn_first_offset {
            n if n >= 0 => format!("OptionalLong[{n}]"),
            _ => "OptionalLong.empty".to_owned(),
        };
        let batch = if e.last_offset >= 0 {
            format!(
                "firstSequence: {} lastSequence: {} lastOffset: {} offsetDelta: {} timestamp: {}",
                before(e.last_sequence, e.offset_delta),
                e.last_sequence,
                e.last_offset,
                e.offset_delta,
                e.timestamp
            )
        } else {
            String::new()
        };
        out.line(format!(
            "producerId: {} producerEpoch: {} coordinatorEpoch: {} currentTxnFirstOffset: {first} lastTimestamp: {} {batch}",
            e.producer_id, e.epoch, e.coordinator_epoch, e.timestamp
        ));
    }
    Ok(())
}

/// The sequence that is `by` before `sequence`; sequences wrap to 0 after 2^31-1.
fn before(sequence: i32, by: i32) -> i32 {
    if sequence < by { i32::MAX - (by - sequence) + 1 } else { sequence - by }
}

/// Prints an index of aborted transactions.
pub fn aborted(path: &Path, out: &mut Out) -> Result<(), Failure> {
    let bytes = std::fs::read(path).map_err(|e| unreadable(path, &e))?;
    for entry in bytes.chunks_exact(34) {
        let long =
            |at: usize| entry.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, i64::from_be_bytes);
        let version = entry.get(..2).and_then(|b| b.try_into().ok()).map_or(0, i16::from_be_bytes);
        if out.is_json() {
            out.object(&json!({
                "kind": "aborted",
                "file": path.display().to_string(),
                "producer": long(2),
                "first_offset": long(10),
                "last_offset": long(18),
                "last_stable_offset": long(26),
            }));
            continue;
        }
        out.line(format!(
            "version: {version} producerId: {} firstOffset: {} lastOffset: {} lastStableOffset: {}",
            long(2),
            long(10),
            long(18),
            long(26)
        ));
    }
    Ok(())
}
