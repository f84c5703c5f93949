//! Builds v2 batches: control records, the metadata log, coordinators, tests, the load generator.
//!
//! Owner: the caller. Invariants: offset deltas are 0 to n-1, timestamps are relative to the first record's,
//! the CRC is right, and the batch is at most 2^31-1 bytes.

use crate::compress::{Codec, CompressError, compress};
use crate::record::batch::{Attributes, BatchHeader, HEADER_LEN, LENGTH_PREFIX, NO_TIMESTAMP};
use crate::record::cursor::{put_varint, varint_len};
use crate::record::stamp::crc_of;
use bytes::Bytes;

/// The header fields that the records do not decide.
#[derive(Clone, Copy, Debug)]
pub struct BatchOptions {
    /// Offset of the first record; 0 from clients.
    pub base_offset: i64,
    /// -1 from clients.
    pub leader_epoch: i32,
    /// How the records are compressed.
    pub codec: Codec,
    /// Level for gzip and zstd; `None` is the codec's default.
    pub level: Option<i32>,
    /// -1 for none.
    pub producer_id: i64,
    /// -1 for none.
    pub producer_epoch: i16,
    /// -1 for none.
    pub base_sequence: i32,
    /// Sets bit 4.
    pub transactional: bool,
    /// Sets bit 5.
    pub control: bool,
    /// `Some(ms)`: sets bit 3, and the max timestamp is this.
    pub log_append_time: Option<i64>,
    /// `Some(ms)`: sets bit 6, and the base timestamp, to which all deltas relate, is this (KIP-534).
    pub delete_horizon: Option<i64>,
}

impl Default for BatchOptions {
    /// What a plain client sends: offset 0, no epoch, no producer, no compression, CreateTime.
    fn default() -> Self {
        Self {
            base_offset: 0,
            leader_epoch: -1,
            codec: Codec::None,
            level: None,
            producer_id: -1,
            producer_epoch: -1,
            base_sequence: -1,
            transactional: false,
            control: false,
            log_append_time: None,
            delete_horizon: None,
        }
    }
}

/// A record header to write: key and nullable value.
pub type HeaderPair<'a> = (&'a str, Option<&'a [u8]>);

/// Collects records and encodes the batch.
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    options: BatchOptions,
    records: Vec<u8>,
    count: i32,
    base_timestamp: i64,
    max_timestamp: i64,
}

impl BatchBuilder {
    /// An empty batch.
    #[must_use]
    pub fn new(options: BatchOptions) -> Self {
        Self {
            options,
            records: Vec::new(),
            count: 0,
            base_timestamp: NO_TIMESTAMP,
            max_timestamp: NO_TIMESTAMP,
        }
    }

    /// Appends a record and returns its offset. `timestamp_ms`: -1 for none.
    pub fn append(
        &mut self,
        timestamp_ms: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[HeaderPair<'_>],
    ) -> i64 {
        if self.count == 0 {
            self.base_timestamp = self.options.delete_horizon.unwrap_or(timestamp_ms);
        }
        self.max_timestamp = self.max_timestamp.max(timestamp_ms);
        let delta = timestamp_ms.wrapping_sub(self.base_timestamp);
        let index = self.count;
        put_record(&mut self.records, index, delta, (key, value), headers);
        self.count += 1;
        self.options.base_offset + i64::from(index)
    }

    /// Records so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count as usize
    }

    /// Bytes of the batch so far, before compression.
    #[must_use]
    pub fn size(&self) -> usize {
        HEADER_LEN + self.records.len()
    }

    /// Encodes the batch. O(size).
    ///
    /// Errors: the codec failed, or the batch is empty or above 2^31-1 bytes.
    pub fn build(self) -> Result<Bytes, CompressError> {
        let o = &self.options;
        if self.count == 0 {
            return Err(CompressError::Empty);
        }
        let mut out = vec![0u8; HEADER_LEN];
        match o.codec {
            Codec::None => out.extend_from_slice(&self.records),
            codec => compress(codec, o.level, &self.records, &mut out)?,
        }
        let flag = |on: bool, bit: u16| if on { bit } else { 0 };
        let bits = flag(o.transactional, Attributes::TRANSACTIONAL)
            | flag(o.control, Attributes::CONTROL)
            | flag(o.log_append_time.is_some(), Attributes::LOG_APPEND_TIME)
            | flag(o.delete_horizon.is_some(), Attributes::DELETE_HORIZON);
        let header = BatchHeader {
            base_offset: o.base_offset,
            batch_length: i32::try_from(out.len() - LENGTH_PREFIX).map_err(|_| CompressError::TooLarge)?,
            partition_leader_epoch: o.leader_epoch,
            crc: 0,
            attributes: Attributes(bits).with_codec(o.codec),
            last_offset_delta: self.count - 1,
            base_timestamp: self.base_timestamp,
            max_timestamp: o.log_append_time.unwrap_or(self.max_timestamp),
            producer_id: o.producer_id,
            producer_epoch: o.producer_epoch,
            base_sequence: o.base_sequence,
            records_count: self.count,
        };
        seal(header, &mut out);
        Ok(Bytes::from(out))
    }
}

/// Writes `header`, with the right CRC, over the first 61 bytes of `batch`. O(size).
///
/// Asserts that `batch` has them: the caller made the room.
pub fn seal(mut header: BatchHeader, batch: &mut [u8]) {
    let (head, body) =
        batch.split_first_chunk_mut::<HEADER_LEN>().expect("the caller left room for the header");
    header.crc = crc_of(&header.encode(), body);
    *head = header.encode();
}

/// Appends one record in format v2.
pub fn put_record(
    out: &mut Vec<u8>,
    offset_delta: i32,
    timestamp_delta: i64,
    (key, value): (Option<&[u8]>, Option<&[u8]>),
    headers: &[HeaderPair<'_>],
) {
    let bytes_len = |b: Option<&[u8]>| b.map_or(1, |b| varint_len(b.len() as i64) + b.len());
    let headers_len: usize = headers.iter().map(|(k, v)| bytes_len(Some(k.as_bytes())) + bytes_len(*v)).sum();
    let body = 1
        + varint_len(timestamp_delta)
        + varint_len(i64::from(offset_delta))
        + bytes_len(key)
        + bytes_len(value)
        + varint_len(headers.len() as i64)
        + headers_len;
    out.reserve(body + 5);
    put_varint(out, body as i64);
    out.push(0);
    put_varint(out, timestamp_delta);
    put_varint(out, i64::from(offset_delta));
    put_bytes(out, key);
    put_bytes(out, value);
    put_varint(out, headers.len() as i64);
    for (k, v) in headers {
        put_bytes(out, Some(k.as_bytes()));
        put_bytes(out, *v);
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        None => put_varint(out, -1),
        Some(b) => {
            put_varint(out, b.len() as i64);
            out.extend_from_slice(b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::batch::BatchView;

    #[test]
    fn a_plain_batch_is_these_bytes() {
        let mut b = BatchBuilder::new(BatchOptions {
            producer_id: 5,
            producer_epoch: 1,
            base_sequence: 2,
            ..Default::default()
        });
        b.append(1000, Some(b"k"), Some(b"v"), &[("h", None)]);
        let bytes = b.build().expect("fits");
        let mut expect = vec![0; 8];
        expect.extend([0, 0, 0, 61, 0xff, 0xff, 0xff, 0xff, 2]);
        expect.extend(crate::crc::crc32c(&bytes[21..]).to_be_bytes());
        expect.extend([0, 0, 0, 0, 0, 0]);
        expect.extend(1000i64.to_be_bytes());
        expect.extend(1000i64.to_be_bytes());
        expect.extend([0, 0, 0, 0, 0, 0, 0, 5, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1]);
        expect.extend([22, 0, 0, 0, 2, b'k', 2, b'v', 2, 2, b'h', 1]);
        assert_eq!(bytes, expect);
    }

    #[test]
    fn flags_and_timestamps_reach_the_header() {
        let o = BatchOptions {
            transactional: true,
            control: true,
            log_append_time: Some(9),
            ..Default::default()
        };
        let mut b = BatchBuilder::new(o);
        b.append(5, None, None, &[]);
        assert_eq!(b.append(3, None, None, &[]), 1);
        let bytes = b.build().expect("fits");
        let view = BatchView::first(&bytes).unwrap();
        let h = view.header();
        assert_eq!(h.attributes.0, 0b11_1000);
        assert_eq!((h.base_timestamp, h.max_timestamp, h.last_offset_delta, h.records_count), (5, 9, 1, 2));
        let deltas: Vec<_> = view.records().map(|r| r.unwrap().timestamp_delta).collect();
        assert_eq!(deltas, [0, -2]);
        assert_eq!(BatchBuilder::new(BatchOptions::default()).build(), Err(CompressError::Empty));
    }

    #[test]
    fn a_delete_horizon_takes_the_base_timestamp_and_leaves_the_records_theirs() {
        let o = BatchOptions { delete_horizon: Some(100), ..Default::default() };
        let mut b = BatchBuilder::new(o);
        b.append(7, None, None, &[]);
        b.append(250, None, None, &[]);
        let bytes = b.build().expect("fits");
        let view = BatchView::first(&bytes).unwrap();
        let h = view.header();
        assert_eq!((h.delete_horizon_ms(), h.base_timestamp, h.max_timestamp), (Some(100), 100, 250));
        let stamps: Vec<_> = view.records().map(|r| h.timestamp_of(r.unwrap().timestamp_delta)).collect();
        assert_eq!(stamps, [7, 250]);
    }
}
