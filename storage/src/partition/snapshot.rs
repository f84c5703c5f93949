//! Kafka's producer `.snapshot` file, version 1 (KIP-98), readable by the stock `dump-log`.
//!
//! Owner: nobody, pure. Layout, big-endian: version i16, CRC-32C u32 of everything behind it, count i32, then
//! per producer id i64, epoch i16, last sequence i32, last offset i64, offset delta i32, timestamp i64,
//! coordinator epoch i32, first offset of the open transaction i64. Absent values are -1.
//! Only the last batch of a producer fits; the other four survive through checkpoint and commit log.

use super::files::BadFile;
use super::producer_state::{BatchMeta, ProducerEntry, ProducerState};
use bytes::{Buf, BufMut};
use ringlog_wire::crc::crc32c;
use ringlog_wire::ids::{Offset, ProducerEpoch, ProducerId};

const VERSION: i16 = 1;
const HEAD: usize = 6;
const ENTRY: usize = 8 + 2 + 4 + 8 + 4 + 8 + 4 + 8;

/// The longest snapshot this broker writes, bytes.
pub const SNAPSHOT_MAX: usize = HEAD + 4 + ENTRY * super::producer_state::PRODUCERS_MAX;

/// The file's bytes for all producers of `state`. O(producers).
#[must_use]
pub fn encode(state: &ProducerState) -> Vec<u8> {
    let mut body = Vec::with_capacity(HEAD + 4 + ENTRY * state.len());
    body.put_i32(i32::try_from(state.len()).expect("PRODUCERS_MAX fits an i32"));
    for (id, e) in state.iter() {
        let last = e.last();
        body.put_i64(id.0 as i64);
        body.put_i16(e.epoch.0 as i16);
        body.put_i32(last.map_or(-1, |b| b.last_sequence as i32));
        body.put_i64(last.map_or(-1, |b| b.last_offset.to_wire()));
        body.put_i32(last.map_or(0, |b| b.offset_delta as i32));
        body.put_i64(last.map_or(-1, |b| b.timestamp));
        body.put_i32(e.coordinator_epoch.map_or(-1, |c| c as i32));
        body.put_i64(e.txn_first_offset.map_or(-1, Offset::to_wire));
    }
    let mut file = Vec::with_capacity(HEAD + body.len());
    file.put_i16(VERSION);
    file.put_u32(crc32c(&body));
    file.extend_from_slice(&body);
    file
}

/// Reads a snapshot; every producer counts as seen at `now_ms`.
///
/// Errors: another version, a wrong CRC or length, an impossible value.
pub fn decode(mut file: &[u8], now_ms: i64) -> Result<ProducerState, BadFile> {
    if file.len() < HEAD + 4 {
        return Err(BadFile("the snapshot is too short"));
    }
    if file.get_i16() != VERSION {
        return Err(BadFile("the snapshot is not of version 1"));
    }
    let crc = file.get_u32();
    if crc != crc32c(file) {
        return Err(BadFile("the snapshot's CRC is wrong"));
    }
    let count = usize::try_from(file.get_i32()).map_err(|_| BadFile("a negative count of producers"))?;
    if file.len() != count.saturating_mul(ENTRY) {
        return Err(BadFile("the snapshot's length does not fit its count"));
    }
    let mut state = ProducerState::default();
    for mut raw in file.chunks_exact(ENTRY) {
        let (id, entry) = decode_entry(&mut raw, now_ms).ok_or(BadFile("an impossible producer entry"))?;
        state.insert(id, entry);
    }
    Ok(state)
}

fn decode_entry(raw: &mut &[u8], now_ms: i64) -> Option<(ProducerId, ProducerEntry)> {
    let id = u64::try_from(raw.get_i64()).ok()?;
    let epoch = u16::try_from(raw.get_i16()).ok()?;
    let last_sequence = raw.get_i32();
    let last_offset = raw.get_i64();
    let offset_delta = u32::try_from(raw.get_i32()).ok()?;
    let timestamp = raw.get_i64();
    let mut entry = ProducerEntry::new(ProducerEpoch(epoch), now_ms);
    entry.coordinator_epoch = u32::try_from(raw.get_i32()).ok();
    entry.txn_first_offset = Offset::from_wire(raw.get_i64());
    if let (Ok(last_sequence), Some(last_offset)) =
        (u32::try_from(last_sequence), Offset::from_wire(last_offset))
    {
        entry.push(BatchMeta { last_sequence, last_offset, offset_delta, timestamp });
    }
    Some((ProducerId(id), entry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::producer_state::ProducerBatch;

    fn state() -> ProducerState {
        let mut state = ProducerState::default();
        for (id, first) in [(4, 0), (9, 5)] {
            let batch = ProducerBatch {
                id: ProducerId(id),
                epoch: ProducerEpoch(2),
                first_sequence: Some(first),
                last_delta: 3,
            };
            state.on_append(&batch, Offset(100 + id), 12_345, 1);
        }
        state
    }

    #[test]
    fn a_snapshot_goes_round() {
        let file = encode(&state());
        assert_eq!(file.len(), 10 + 2 * 46);
        assert_eq!(decode(&file, 1), Ok(state()));
        assert_eq!(decode(&encode(&ProducerState::default()), 1), Ok(ProducerState::default()));
    }

    #[test]
    fn every_flipped_or_missing_byte_is_noticed() {
        let file = encode(&state());
        for i in 0..file.len() {
            let mut bad = file.clone();
            bad[i] ^= 1;
            assert!(decode(&bad, 0).is_err(), "byte {i} flipped");
            assert!(decode(&file[..i], 0).is_err(), "cut at {i}");
        }
    }
}
