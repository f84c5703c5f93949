//! One batch without the records that nobody needs any more.
//!
//! Owner: nobody, pure. Invariants: offsets, epoch, producer and sequences of a batch never change; a batch of
//! which nothing was taken stays byte for byte; control batches stay as they are. A batch that must stay for its
//! header alone is left empty, as Kafka leaves it. Source: KIP-534, KIP-98.

use super::keys::Keys;
use crate::planted::{Bug, planted};
use bytes::Bytes;
use ringlog_wire::compress::{Codec, CompressError, compress, decompress};
use ringlog_wire::ids::Offset;
use ringlog_wire::record::batch::{
    Attributes, BatchError, BatchHeader, BatchView, HEADER_LEN, LENGTH_PREFIX, NO_TIMESTAMP,
};
use ringlog_wire::record::build::{put_record, seal};
use ringlog_wire::record::walk::{Record, RecordFault, Records};
use std::fmt;

/// What a batch is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The keys of the pass.
    pub keys: &'a Keys,
    /// The wall clock, ms.
    pub now_ms: i64,
    /// `delete.retention.ms`.
    pub delete_retention_ms: u64,
}

/// What is left of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Left {
    /// All of it.
    Same,
    /// This.
    Changed(Bytes),
    /// Nothing, and nobody needs its header.
    Nothing,
}

/// What became of a batch's records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filtered {
    /// The batch.
    pub left: Left,
    /// Records before
    pub records: u64,
    /// and after.
    pub kept: u64,
}

/// A stored batch that cannot be read: the partition stays as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BadStored {
    /// Its header or CRC.
    Batch(BatchError),
    /// A record.
    Record(RecordFault),
    /// Its compression.
    Codec(CompressError),
}

impl fmt::Display for BadStored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Batch(e) => write!(f, "a stored batch is damaged: {e:?}"),
            Self::Record(e) => write!(f, "a stored record is damaged: {e}"),
            Self::Codec(e) => write!(f, "a stored batch cannot be decompressed: {e:?}"),
        }
    }
}

impl std::error::Error for BadStored {}

/// A stored batch, checked and decompressed.
#[derive(Debug)]
pub struct Opened {
    header: BatchHeader,
    codec: Codec,
    payload: Bytes,
}

impl Opened {
    /// Checks and decompresses one whole batch. O(uncompressed size).
    pub fn new(batch: &Bytes) -> Result<Self, BadStored> {
        let view = BatchView::first(batch).map_err(BadStored::Batch)?;
        view.check_crc().map_err(BadStored::Batch)?;
        let unknown = BadStored::Codec(CompressError::Corrupt("unknown codec"));
        let header = *view.header();
        let codec = header.attributes.codec().ok_or(unknown)?;
        let payload = batch.slice_ref(view.payload());
        let payload = match codec {
            _ if header.records_count == 0 => Bytes::new(),
            Codec::None => payload,
            codec => decompress(codec, &payload, &Default::default()).map_err(BadStored::Codec)?.into(),
        };
        Ok(Self { header, codec, payload })
    }

    fn offset_of(&self, record: &Record<'_>) -> Offset {
        Offset(self.header.base_offset.saturating_add(i64::from(record.offset_delta)).max(0) as u64)
    }

    /// Offset behind the batch.
    #[must_use]
    pub fn next_offset(&self) -> Offset {
        Offset(self.header.next_offset().max(0) as u64)
    }

    /// Notes the batch's keys. False: `keys` had no room for all of them.
    pub fn note(&self, keys: &mut Keys) -> Result<bool, BadStored> {
        if self.header.attributes.is_control() {
            return Ok(true);
        }
        for record in Records::new(&self.payload, self.header.records_count) {
            let record = record.map_err(BadStored::Record)?;
            if let Some(key) = record.key
                && !keys.note(key, self.offset_of(&record))
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What `rules` leave of the batch. `header_needed`: if nothing else stays, its header does.
    pub fn filter(&self, rules: Rules<'_>, header_needed: bool) -> Result<Filtered, BadStored> {
        let records = self.header.records_count.max(0) as u64;
        if self.header.attributes.is_control() {
            return Ok(Filtered { left: Left::Same, records, kept: records });
        }
        let horizon = self.header.delete_horizon_ms();
        let marker_stays =
            horizon.is_none_or(|horizon| rules.now_ms < horizon) && !planted(Bug::MarkerGoesAtOnce);
        let mut kept = Vec::new();
        let mut marker = false;
        for record in Records::new(&self.payload, self.header.records_count) {
            let record = record.map_err(BadStored::Record)?;
            // A compacted topic takes no record without a key; one from before it was compacted goes.
            let Some(key) = record.key else { continue };
            let offset = self.offset_of(&record);
            let beyond = offset >= rules.keys.end();
            if beyond || (!rules.keys.supersedes(key, offset) && (record.value.is_some() || marker_stays)) {
                marker |= record.value.is_none();
                kept.push(record);
            }
        }
        let count = kept.len() as u64;
        let new_horizon = (marker && horizon.is_none()).then(|| {
            rules.now_ms.saturating_add(i64::try_from(rules.delete_retention_ms).unwrap_or(i64::MAX))
        });
        let left = match (kept.is_empty(), header_needed) {
            (true, true) if records == 0 => Left::Same,
            (true, true) => Left::Changed(self.empty()),
            (true, false) => Left::Nothing,
            _ if count == records && new_horizon.is_none() => Left::Same,
            _ => Left::Changed(self.rebuilt(&kept, new_horizon)?),
        };
        Ok(Filtered { left, records, kept: count })
    }

    /// The header alone: it keeps a producer's sequence, or the log's offsets without a hole at its end.
    fn empty(&self) -> Bytes {
        let mut out = vec![0; HEADER_LEN];
        let bits = self.header.attributes.0 & !Attributes::DELETE_HORIZON;
        let header = BatchHeader {
            batch_length: (HEADER_LEN - LENGTH_PREFIX) as i32,
            attributes: Attributes(bits).with_codec(Codec::None),
            base_timestamp: NO_TIMESTAMP,
            max_timestamp: NO_TIMESTAMP,
            records_count: 0,
            ..self.header
        };
        seal(header, &mut out);
        out.into()
    }

    /// The batch with `kept` alone; `horizon`: from when on its delete markers may go.
    fn rebuilt(&self, kept: &[Record<'_>], horizon: Option<i64>) -> Result<Bytes, BadStored> {
        let old = &self.header;
        let base = horizon.unwrap_or(old.base_timestamp);
        let mut records = Vec::with_capacity(self.payload.len());
        let mut max = NO_TIMESTAMP;
        for record in kept {
            let timestamp = old.base_timestamp.wrapping_add(record.timestamp_delta);
            max = max.max(timestamp);
            let headers: Vec<_> = record.headers.map(|h| (h.key, h.value)).collect();
            let delta = timestamp.wrapping_sub(base);
            put_record(&mut records, record.offset_delta, delta, (record.key, record.value), &headers);
        }
        let mut out = vec![0; HEADER_LEN];
        compress(self.codec, None, &records, &mut out).map_err(BadStored::Codec)?;
        let flag = if horizon.is_some() { Attributes::DELETE_HORIZON } else { 0 };
        let too_large = BadStored::Codec(CompressError::TooLarge);
        let header = BatchHeader {
            batch_length: i32::try_from(out.len() - LENGTH_PREFIX).map_err(|_| too_large)?,
            attributes: Attributes(old.attributes.0 | flag),
            base_timestamp: base,
            max_timestamp: if old.attributes.is_log_append_time() { old.max_timestamp } else { max },
            records_count: kept.len() as i32,
            ..*old
        };
        seal(header, &mut out);
        Ok(out.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::record::build::{BatchBuilder, BatchOptions};

    const RETENTION: u64 = 1000;

    /// A batch at offset 100 of `(key, value)`s, a second apart from ms 5000 on.
    fn batch(codec: Codec, records: &[(&str, Option<&str>)]) -> Bytes {
        let options = BatchOptions {
            base_offset: 100,
            producer_id: 7,
            producer_epoch: 1,
            base_sequence: 3,
            codec,
            ..Default::default()
        };
        let mut b = BatchBuilder::new(options);
        for (i, (key, value)) in records.iter().enumerate() {
            b.append(
                5000 + 1000 * i as i64,
                Some(key.as_bytes()),
                value.map(str::as_bytes),
                &[("h", Some(b"1")), ("h", None)],
            );
        }
        b.build().unwrap()
    }

    fn keys(of: &[&Bytes], end: u64) -> Keys {
        let mut keys = Keys::new(1 << 20, Offset(0));
        for batch in of {
            assert!(Opened::new(batch).unwrap().note(&mut keys).unwrap());
        }
        keys.extend_to(Offset(end));
        keys
    }

    fn read(batch: &Bytes) -> Vec<(i64, i64, String, Option<String>, usize)> {
        let opened = Opened::new(batch).unwrap();
        let text = |b: &[u8]| String::from_utf8(b.to_vec()).unwrap();
        let one = |r: Record<'_>| {
            let at = opened.header.timestamp_of(r.timestamp_delta);
            (i64::from(r.offset_delta) + 100, at, text(r.key.unwrap()), r.value.map(text), r.headers.len())
        };
        Records::new(&opened.payload, opened.header.records_count).map(|r| one(r.unwrap())).collect()
    }

    fn filter(batch: &Bytes, keys: &Keys, now_ms: i64, header_needed: bool) -> Filtered {
        let rules = Rules { keys, now_ms, delete_retention_ms: RETENTION };
        Opened::new(batch).unwrap().filter(rules, header_needed).unwrap()
    }

    fn changed(f: Filtered) -> Bytes {
        let Left::Changed(b) = f.left else { panic!("{f:?}") };
        b
    }

    #[test]
    fn the_last_record_of_each_key_stays_where_it_was() {
        for codec in (0..5).filter_map(Codec::from_id) {
            let old = batch(codec, &[("a", Some("1")), ("b", Some("2")), ("a", Some("3"))]);
            let f = filter(&old, &keys(&[&old], 103), 0, false);
            assert_eq!((f.records, f.kept), (3, 2));
            let new = changed(f);
            let want = [(101, 6000, "b", "2"), (102, 7000, "a", "3")]
                .map(|(o, t, k, v)| (o, t, k.to_owned(), Some(v.to_owned()), 2));
            assert_eq!(read(&new), want, "{codec:?}");
            let (a, b) = (Opened::new(&old).unwrap().header, Opened::new(&new).unwrap().header);
            let same = |h: BatchHeader| (h.base_offset, h.last_offset_delta, h.producer(), h.attributes);
            assert_eq!(same(a), same(b));
            assert_eq!(b.max_timestamp, 7000);
            assert_eq!(
                filter(&new, &keys(&[&old], 103), 0, false).left,
                Left::Same,
                "a second pass finds nothing"
            );
        }
    }

    #[test]
    fn what_the_keys_do_not_reach_stays() {
        let old = batch(Codec::None, &[("a", Some("1")), ("a", Some("2"))]);
        assert_eq!(filter(&old, &keys(&[&old], 100), 0, false).left, Left::Same);
    }

    #[test]
    fn a_delete_marker_stays_for_its_time_and_then_goes() {
        let old = batch(Codec::None, &[("a", Some("1")), ("a", None), ("b", Some("2"))]);
        let seen = keys(&[&old], 103);
        let marked = changed(filter(&old, &seen, 50_000, false));
        let header = Opened::new(&marked).unwrap().header;
        assert_eq!(header.delete_horizon_ms(), Some(51_000));
        let want =
            [(101, 6000, "a".to_owned(), None, 2), (102, 7000, "b".to_owned(), Some("2".to_owned()), 2)];
        assert_eq!(read(&marked), want, "timestamps count from the horizon and come out as before");
        assert_eq!(filter(&marked, &seen, 50_999, false).left, Left::Same, "its time has not passed");
        let gone = changed(filter(&marked, &seen, 51_000, false));
        assert_eq!(read(&gone), want.get(1..).unwrap());
    }

    #[test]
    fn a_batch_without_records_goes_or_leaves_its_header() {
        let old = batch(Codec::Zstd, &[("a", Some("1")), ("b", Some("2"))]);
        let mut newer = Keys::new(1 << 20, Offset(0));
        assert!(newer.note(b"a", Offset(200)) && newer.note(b"b", Offset(201)));
        newer.extend_to(Offset(202));
        assert_eq!(filter(&old, &newer, 0, false).left, Left::Nothing);
        let empty = changed(filter(&old, &newer, 0, true));
        assert_eq!(empty.len(), HEADER_LEN);
        let (a, b) = (Opened::new(&old).unwrap().header, Opened::new(&empty).unwrap().header);
        assert_eq!(
            (a.base_offset, a.next_offset(), a.producer()),
            (b.base_offset, b.next_offset(), b.producer())
        );
        assert_eq!((b.records_count, b.base_timestamp), (0, NO_TIMESTAMP));
        assert_eq!(filter(&empty, &newer, 0, true).left, Left::Same);
        assert_eq!(filter(&empty, &newer, 0, false).left, Left::Nothing);
    }

    #[test]
    fn a_damaged_batch_is_refused() {
        let mut bad = batch(Codec::Lz4, &[("a", Some("1"))]).to_vec();
        *bad.last_mut().unwrap() ^= 1;
        assert!(matches!(Opened::new(&bad.into()), Err(BadStored::Batch(_))));
    }
}
