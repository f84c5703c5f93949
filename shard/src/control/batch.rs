//! Record batches of the metadata log: format version 2, uncompressed, written and read whole.
//!
//! Owner: the control core. Pure. Invariants: what `encode` writes `decode` reads back; no byte sequence makes
//! `decode` panic; a batch is either wholly valid (length, magic, CRC-32C, offsets, records) or refused.
//! Source: Kafka's record format 2; KIP-595 and KIP-630 for control records.

use bytes::Bytes;
use ringlog_wire::crc::crc32c;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::ids::{LeaderEpoch, Offset};
use ringlog_wire::reader::Reader;
use ringlog_wire::writer::{Count, EncodeError, Sink};

/// Bytes before the first record.
pub const HEADER_LEN: usize = 61;
/// Bytes before the ones that `batchLength` counts.
const LENGTH_END: usize = 12;
const CRC_START: usize = 17;
const CRC_END: usize = 21;
const CONTROL: i16 = 0b10_0000;
/// Largest batch of the metadata log, bytes, as in Kafka.
pub const BATCH_MAX: usize = 8 << 20;
/// Heap that one record may use when it is decoded.
const RECORD_HEAP_MAX: usize = 64 << 20;

/// Kafka's type of a control record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i16)]
pub enum ControlKind {
    /// A new leader.
    LeaderChange = 2,
    /// The first record of a snapshot.
    SnapshotHeader = 3,
    /// The last record of a snapshot.
    SnapshotFooter = 4,
    /// The finalized kraft.version.
    KRaftVersion = 5,
    /// The voters.
    KRaftVoters = 6,
}

/// Where a batch goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// Offset of its first record.
    pub base: Offset,
    /// Epoch of the leader that appends it.
    pub epoch: LeaderEpoch,
    /// Wall clock, ms.
    pub timestamp: i64,
}

/// A batch read from a file.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    /// Where it stands.
    pub stamp: Stamp,
    /// Exclusive end of its offsets.
    pub end: Offset,
    /// Its length in the file, bytes.
    pub len: usize,
    /// What it holds.
    pub content: Content,
}

/// What a batch holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Content {
    /// Metadata records.
    Data(Vec<MetadataRecord>),
    /// Control records: type and value. Unknown types are kept out.
    Control(Vec<(ControlKind, Bytes)>),
}

/// Why bytes are no valid batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadBatch(pub &'static str);

/// Encodes a batch of metadata records. Errors: a field that the record's version cannot hold.
pub fn encode(
    stamp: Stamp,
    records: &[MetadataRecord],
    version: fn(&MetadataRecord) -> i16,
) -> Result<Vec<u8>, EncodeError> {
    let mut batch = start(stamp, 0);
    let mut value = Vec::new();
    for (record, delta) in records.iter().zip(0i32..) {
        value.clear();
        record.encode_value(&mut value, version(record))?;
        push(&mut batch, delta, None, &value);
    }
    Ok(finish(batch, records.len()))
}

/// Bytes that `record` adds to a batch, at most. Errors: a field that the record's version cannot hold.
pub fn record_len(record: &MetadataRecord, version: i16) -> Result<usize, EncodeError> {
    let mut count = Count(0);
    record.encode_value(&mut count, version)?;
    // Length, attributes, timestamp, offset, key length, value length, headers.
    Ok(count.0 + 32)
}

/// Encodes a batch of control records; each value already holds its message.
#[must_use]
pub fn encode_control(stamp: Stamp, records: &[(ControlKind, Vec<u8>)]) -> Vec<u8> {
    let mut batch = start(stamp, CONTROL);
    for ((kind, value), delta) in records.iter().zip(0i32..) {
        let mut key = Vec::with_capacity(4);
        key.int16(0);
        key.int16(*kind as i16);
        push(&mut batch, delta, Some(&key), value);
    }
    finish(batch, records.len())
}

fn start(stamp: Stamp, attributes: i16) -> Vec<u8> {
    let mut b = Vec::with_capacity(256);
    b.int64(stamp.base.to_wire());
    b.int32(0); // length, set in `finish`
    b.int32(stamp.epoch.to_wire());
    b.int8(2);
    b.int32(0); // crc, set in `finish`
    b.int16(attributes);
    b.int32(0); // last offset delta, set in `finish`
    b.int64(stamp.timestamp);
    b.int64(stamp.timestamp);
    b.int64(-1);
    b.int16(-1);
    b.int32(-1);
    b.int32(0); // count, set in `finish`
    debug_assert_eq!(b.len(), HEADER_LEN);
    b
}

fn push(batch: &mut Vec<u8>, delta: i32, key: Option<&[u8]>, value: &[u8]) {
    let mut body = Vec::with_capacity(value.len() + 16);
    body.int8(0);
    body.varlong(0);
    body.varint(delta);
    match key {
        Some(key) => {
            body.varint(len(key));
            body.extend_from_slice(key);
        }
        None => body.varint(-1),
    }
    body.varint(len(value));
    body.extend_from_slice(value);
    body.varint(0);
    batch.varint(len(&body));
    batch.extend_from_slice(&body);
}

fn len(bytes: &[u8]) -> i32 {
    i32::try_from(bytes.len()).expect("a record of the metadata log is far below 2 GiB")
}

fn put(batch: &mut [u8], at: usize, bytes: [u8; 4]) {
    let field = batch.get_mut(at..at + 4).expect("the header is there");
    field.copy_from_slice(&bytes);
}

fn finish(mut batch: Vec<u8>, count: usize) -> Vec<u8> {
    let count = i32::try_from(count).expect("batches are far below 2^31 records");
    assert!(count > 0 && batch.len() <= BATCH_MAX, "a batch of {count} records and {} bytes", batch.len());
    let length = len(batch.get(LENGTH_END..).unwrap_or_default());
    put(&mut batch, 8, length.to_be_bytes());
    put(&mut batch, 23, (count - 1).to_be_bytes());
    put(&mut batch, 57, count.to_be_bytes());
    let crc = crc32c(batch.get(CRC_END..).unwrap_or_default());
    put(&mut batch, CRC_START, crc.to_be_bytes());
    batch
}

/// Reads the batch at the front of `bytes`.
pub fn decode(bytes: &Bytes) -> Result<Batch, BadBatch> {
    let (stamp, len) = check(bytes)?;
    decode_checked(&bytes.slice(..len), stamp).map_err(|()| BadBatch("its records are malformed"))
}

/// Checks length, magic and CRC of the batch at the front of `bytes`; returns where it stands and its length.
pub fn check(bytes: &[u8]) -> Result<(Stamp, usize), BadBatch> {
    let short = BadBatch("it is cut short");
    let mut r = Reader::from_slice(bytes, 0);
    let mut head = || {
        let base = r.int64().ok()?;
        let length = r.int32().ok()?;
        let epoch = r.int32().ok()?;
        let magic = r.int8().ok()?;
        let crc = r.uint32().ok()?;
        let _attributes = r.int16().ok()?;
        let _last = r.int32().ok()?;
        let timestamp = r.int64().ok()?;
        Some((base, length, epoch, magic, crc, timestamp))
    };
    let (base, length, epoch, magic, crc, timestamp) = head().ok_or(short)?;
    if magic != 2 {
        return Err(BadBatch("its magic is not 2"));
    }
    let len =
        usize::try_from(length).ok().map(|n| n + LENGTH_END).filter(|n| (HEADER_LEN..=BATCH_MAX).contains(n));
    let len = len.ok_or(BadBatch("its length is out of bounds"))?;
    let covered = bytes.get(CRC_END..len).ok_or(short)?;
    if crc32c(covered) != crc {
        return Err(BadBatch("its checksum is wrong"));
    }
    let base = Offset::from_wire(base).ok_or(BadBatch("its offset is negative"))?;
    let epoch = LeaderEpoch::from_wire(epoch).ok_or(BadBatch("its epoch is negative"))?;
    Ok((Stamp { base, epoch, timestamp }, len))
}

fn decode_checked(bytes: &Bytes, stamp: Stamp) -> Result<Batch, ()> {
    let mut r = Reader::new(bytes, RECORD_HEAP_MAX);
    let ok = |_| ();
    r.take(CRC_END).map_err(ok)?;
    let attributes = r.int16().map_err(ok)?;
    let last = r.int32().map_err(ok)?;
    r.take(30).map_err(ok)?;
    let count = r.int32().map_err(ok)?;
    // Compressed or transactional batches are never written to the metadata log.
    if attributes & !CONTROL != 0 || count < 1 || last != count - 1 {
        return Err(());
    }
    let (mut data, mut controls) = (Vec::new(), Vec::new());
    for expect in 0..count {
        let len = usize::try_from(r.varint().map_err(ok)?).map_err(|_| ())?;
        let record = r.take_bytes(len).map_err(ok)?;
        let (key, value) = decode_record(&record, expect)?;
        if attributes & CONTROL == 0 {
            if key.is_some() {
                return Err(());
            }
            data.push(MetadataRecord::decode_value(&value, RECORD_HEAP_MAX).map_err(ok)?.0);
        } else {
            let mut key = Reader::from_slice(key.as_deref().ok_or(())?, 0);
            let _version = key.int16().map_err(ok)?;
            controls.extend(control_kind(key.int16().map_err(ok)?).map(|kind| (kind, value)));
        }
    }
    r.finish_strict().map_err(ok)?;
    let content = if attributes & CONTROL == 0 { Content::Data(data) } else { Content::Control(controls) };
    let records = u64::try_from(count).map_err(|_| ())?;
    Ok(Batch { stamp, end: stamp.base.plus(records), len: bytes.len(), content })
}

fn control_kind(kind: i16) -> Option<ControlKind> {
    Some(match kind {
        2 => ControlKind::LeaderChange,
        3 => ControlKind::SnapshotHeader,
        4 => ControlKind::SnapshotFooter,
        5 => ControlKind::KRaftVersion,
        6 => ControlKind::KRaftVoters,
        _ => return None,
    })
}

fn decode_record(record: &Bytes, expect: i32) -> Result<(Option<Bytes>, Bytes), ()> {
    let ok = |_| ();
    let mut r = Reader::new(record, RECORD_HEAP_MAX);
    let _attributes = r.int8().map_err(ok)?;
    let _time = r.varlong().map_err(ok)?;
    if r.varint().map_err(ok)? != expect {
        return Err(());
    }
    let key = match r.varint().map_err(ok)? {
        -1 => None,
        n => Some(r.take_bytes(usize::try_from(n).map_err(|_| ())?).map_err(ok)?),
    };
    let len = usize::try_from(r.varint().map_err(ok)?).map_err(|_| ())?;
    let value = r.take_bytes(len).map_err(ok)?;
    if r.varint().map_err(ok)? != 0 {
        return Err(());
    }
    r.finish_strict().map_err(ok)?;
    Ok((key, value))
}

/// True if a valid batch with an offset above `after` starts anywhere in `bytes`.
///
/// O(bytes); a CRC is computed only where magic, length and offset look right.
#[must_use]
pub fn any_valid_batch(bytes: &[u8], after: Offset) -> bool {
    (0..bytes.len().saturating_sub(HEADER_LEN - 1)).any(|at| {
        let Some(rest) = bytes.get(at..) else { return false };
        rest.get(16) == Some(&2) && check(rest).is_ok_and(|(stamp, _)| stamp.base > after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::dump::record_version;
    use ringlog_wire::generated::{FeatureLevelRecord, NoOpRecord};

    const STAMP: Stamp = Stamp { base: Offset(7), epoch: LeaderEpoch(3), timestamp: 1_795_236_539_526 };

    fn records() -> Vec<MetadataRecord> {
        let name = "metadata.version".to_owned();
        vec![
            MetadataRecord::FeatureLevel(FeatureLevelRecord { name, feature_level: 30 }),
            MetadataRecord::NoOp(NoOpRecord::default()),
        ]
    }

    #[test]
    fn batches_come_back() {
        let bytes = Bytes::from(encode(STAMP, &records(), record_version).unwrap());
        let batch = decode(&bytes).unwrap();
        assert_eq!((batch.stamp, batch.end, batch.len), (STAMP, Offset(9), bytes.len()));
        assert_eq!(batch.content, Content::Data(records()));
        let bytes = Bytes::from(encode_control(STAMP, &[(ControlKind::SnapshotFooter, vec![0, 0, 0])]));
        let value = Bytes::from_static(&[0, 0, 0]);
        assert_eq!(
            decode(&bytes).unwrap().content,
            Content::Control(vec![(ControlKind::SnapshotFooter, value)])
        );
        // Kafka 4.3.1 wrote 75 bytes for a footer.
        assert_eq!(bytes.len(), 75);
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_found() {
        let good = encode(STAMP, &records(), record_version).unwrap();
        for at in 0..good.len() {
            assert!(decode(&Bytes::copy_from_slice(&good[..at])).is_err(), "cut at {at}");
            // Offset and epoch are outside the checksum: the log's order checks them.
            if !(0..8).contains(&at) && !(12..16).contains(&at) {
                let mut bad = good.clone();
                bad[at] ^= 0x10;
                assert!(decode(&Bytes::from(bad)).is_err(), "flip at {at}");
            }
        }
    }

    #[test]
    fn no_content_behind_a_right_checksum_makes_the_reader_panic() {
        let good = encode(STAMP, &records(), record_version).unwrap();
        let control = encode_control(STAMP, &[(ControlKind::LeaderChange, vec![0; 19])]);
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random as usize
        };
        for round in 0..20_000 {
            let mut bad = if round % 2 == 0 { good.clone() } else { control.clone() };
            for _ in 0..=next() % 3 {
                let at = CRC_END + next() % (bad.len() - CRC_END);
                bad[at] = next() as u8;
            }
            let crc = crc32c(&bad[CRC_END..]);
            put(&mut bad, CRC_START, crc.to_be_bytes());
            if let Ok(batch) = decode(&Bytes::from(bad)) {
                assert!(batch.end > batch.stamp.base);
            }
        }
    }

    #[test]
    fn a_later_valid_batch_is_found_at_any_position() {
        let good = encode(STAMP, &records(), record_version).unwrap();
        let mut bytes = vec![2u8; 100];
        bytes.extend_from_slice(&good);
        assert!(any_valid_batch(&bytes, Offset(6)));
        assert!(!any_valid_batch(&bytes, Offset(7)), "not a later one");
        bytes.pop();
        assert!(!any_valid_batch(&bytes, Offset(6)), "cut");
        assert!(!any_valid_batch(&[], Offset(0)));
    }
}
