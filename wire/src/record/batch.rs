//! Record batches of format v2 (KIP-98): the 61-byte header, a borrowed view, the walk over consecutive batches.
//!
//! Owner: whoever holds the bytes. Invariants: a `BatchView` spans exactly one complete batch with magic 2;
//! its CRC is checked only by `check_crc`. Offsets 0 to 20 of a batch lie outside the CRC.

use crate::compress::Codec;
use crate::ids::{ProducerEpoch, ProducerId};
use crate::record::cursor::{Cursor, CursorError};
use crate::record::walk::Records;

/// Bytes of a v2 header, up to and with recordsCount.
pub const HEADER_LEN: usize = 61;
/// Bytes that batchLength does not count: baseOffset and batchLength itself.
pub const LENGTH_PREFIX: usize = 12;
/// Where the bytes under the CRC begin (the attributes).
pub const CRC_START: usize = 21;
/// The only magic that Kafka 4 writes.
pub const MAGIC_V2: i8 = 2;
/// "No timestamp" on the wire.
pub const NO_TIMESTAMP: i64 = -1;

/// Why bytes are no batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchError {
    /// The bytes end before the batch does.
    Truncated {
        /// Bytes that the batch needs, as far as known.
        needed: usize,
        /// Bytes there.
        have: usize,
    },
    /// batchLength is too small for a header, or negative.
    BadLength(i32),
    /// Magic other than 2.
    BadMagic(i8),
    /// The stored CRC differs from the computed one.
    Crc {
        /// As stored in the header.
        stored: u32,
        /// CRC-32C of the bytes.
        computed: u32,
    },
}

/// The attribute bits of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attributes(pub u16);

impl Attributes {
    /// Bit 3: timestamps are the broker's append time.
    pub const LOG_APPEND_TIME: u16 = 1 << 3;
    /// Bit 4: part of a transaction.
    pub const TRANSACTIONAL: u16 = 1 << 4;
    /// Bit 5: holds control records.
    pub const CONTROL: u16 = 1 << 5;
    /// Bit 6: baseTimestamp holds the delete horizon (KIP-534).
    pub const DELETE_HORIZON: u16 = 1 << 6;
    /// Bits 7 to 15 have no meaning.
    pub const UNUSED: u16 = 0xff80;

    /// The codec; `None` for the unassigned numbers 5 to 7.
    #[must_use]
    pub fn codec(self) -> Option<Codec> {
        Codec::from_id((self.0 & 7) as u8)
    }

    /// Bit 3.
    #[must_use]
    pub fn is_log_append_time(self) -> bool {
        self.0 & Self::LOG_APPEND_TIME != 0
    }

    /// Bit 4.
    #[must_use]
    pub fn is_transactional(self) -> bool {
        self.0 & Self::TRANSACTIONAL != 0
    }

    /// Bit 5.
    #[must_use]
    pub fn is_control(self) -> bool {
        self.0 & Self::CONTROL != 0
    }

    /// Bit 6.
    #[must_use]
    pub fn has_delete_horizon(self) -> bool {
        self.0 & Self::DELETE_HORIZON != 0
    }

    /// True if a bit without meaning is set.
    #[must_use]
    pub fn has_unused_bits(self) -> bool {
        self.0 & Self::UNUSED != 0
    }

    /// The same bits with `codec` in place of the old one.
    #[must_use]
    pub fn with_codec(self, codec: Codec) -> Self {
        Self(self.0 & !7 | u16::from(codec.id()))
    }
}

/// The idempotent producer's part of a header, when there is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchProducer {
    /// The producer id.
    pub id: ProducerId,
    /// Its epoch.
    pub epoch: ProducerEpoch,
    /// Sequence of the first record; -1 in control batches.
    pub first_sequence: i32,
    /// Sequence of the last record, wrapped (sequences go from 2^31-1 to 0); -1 in control batches.
    pub last_sequence: i32,
}

/// `sequence` moved on by `by` records; after 2^31-1 comes 0.
#[must_use]
pub fn sequence_after(sequence: i32, by: u32) -> i32 {
    ((i64::from(sequence) + i64::from(by)) % (1 << 31)) as i32
}

/// Every field of a header, parsed once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BatchHeader {
    /// Offset of the first record.
    pub base_offset: i64,
    /// Bytes after this field.
    pub batch_length: i32,
    /// Leader epoch at append; -1 from clients.
    pub partition_leader_epoch: i32,
    /// CRC-32C of everything from the attributes on.
    pub crc: u32,
    /// Codec and flags.
    pub attributes: Attributes,
    /// Offset of the last record relative to the base offset.
    pub last_offset_delta: i32,
    /// Timestamp that record deltas add to; the delete horizon if that bit is set.
    pub base_timestamp: i64,
    /// Greatest timestamp in the batch, or the append time.
    pub max_timestamp: i64,
    /// -1 for none.
    pub producer_id: i64,
    /// -1 for none.
    pub producer_epoch: i16,
    /// -1 for none.
    pub base_sequence: i32,
    /// Records in the batch; compaction may leave fewer than the offsets span.
    pub records_count: i32,
}

impl BatchHeader {
    /// Parses the header at the front of `bytes`; the records need not be there. No CRC check.
    ///
    /// Errors: `Truncated` below 61 bytes, `BadMagic`, `BadLength` for a batchLength below 49.
    #[inline]
    pub fn parse(bytes: &[u8]) -> Result<Self, BatchError> {
        let truncated = BatchError::Truncated { needed: HEADER_LEN, have: bytes.len() };
        // The magic stands at byte 16 in every format: name it before asking for more bytes.
        if let Some(&magic) = bytes.get(16)
            && magic != MAGIC_V2 as u8
        {
            return Err(BatchError::BadMagic(magic as i8));
        }
        let head = bytes.first_chunk::<HEADER_LEN>().ok_or(truncated)?;
        let header = Self::read(&mut Cursor::new(head)).map_err(|_| truncated)?;
        if header.batch_length < (HEADER_LEN - LENGTH_PREFIX) as i32 {
            return Err(BatchError::BadLength(header.batch_length));
        }
        Ok(header)
    }

    #[inline(always)]
    fn read(c: &mut Cursor<'_>) -> Result<Self, CursorError> {
        let (base_offset, batch_length, partition_leader_epoch) = (c.i64()?, c.i32()?, c.i32()?);
        let _magic = c.i8()?;
        Ok(Self {
            base_offset,
            batch_length,
            partition_leader_epoch,
            crc: c.u32()?,
            attributes: Attributes(c.i16()? as u16),
            last_offset_delta: c.i32()?,
            base_timestamp: c.i64()?,
            max_timestamp: c.i64()?,
            producer_id: c.i64()?,
            producer_epoch: c.i16()?,
            base_sequence: c.i32()?,
            records_count: c.i32()?,
        })
    }

    /// The header's bytes, CRC as it stands in `self.crc`.
    #[must_use]
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut out = [0u8; HEADER_LEN];
        let mut at = 0usize;
        let mut put = |field: &[u8]| {
            for (slot, b) in out.iter_mut().skip(at).zip(field) {
                *slot = *b;
            }
            at += field.len();
        };
        put(&self.base_offset.to_be_bytes());
        put(&self.batch_length.to_be_bytes());
        put(&self.partition_leader_epoch.to_be_bytes());
        put(&MAGIC_V2.to_be_bytes());
        put(&self.crc.to_be_bytes());
        put(&self.attributes.0.to_be_bytes());
        put(&self.last_offset_delta.to_be_bytes());
        put(&self.base_timestamp.to_be_bytes());
        put(&self.max_timestamp.to_be_bytes());
        put(&self.producer_id.to_be_bytes());
        put(&self.producer_epoch.to_be_bytes());
        put(&self.base_sequence.to_be_bytes());
        put(&self.records_count.to_be_bytes());
        out
    }

    /// Bytes of the whole batch, header included.
    #[must_use]
    pub fn size(&self) -> usize {
        LENGTH_PREFIX + self.batch_length.max(0) as usize
    }

    /// Offset of the last record.
    #[must_use]
    pub fn last_offset(&self) -> i64 {
        self.base_offset.saturating_add(i64::from(self.last_offset_delta))
    }

    /// The offset after the last record.
    #[must_use]
    pub fn next_offset(&self) -> i64 {
        self.last_offset().saturating_add(1)
    }

    /// Producer id, epoch and sequences; `None` without a producer id or with a negative epoch.
    #[must_use]
    pub fn producer(&self) -> Option<BatchProducer> {
        let id = ProducerId(u64::try_from(self.producer_id).ok()?);
        let epoch = ProducerEpoch(u16::try_from(self.producer_epoch).ok()?);
        let first = self.base_sequence;
        let last = if first < 0 { -1 } else { sequence_after(first, self.last_offset_delta.max(0) as u32) };
        Some(BatchProducer { id, epoch, first_sequence: first, last_sequence: last })
    }

    /// The delete horizon in milliseconds, if bit 6 is set (KIP-534).
    #[must_use]
    pub fn delete_horizon_ms(&self) -> Option<i64> {
        self.attributes.has_delete_horizon().then_some(self.base_timestamp)
    }

    /// The timestamp that a reader sees for a record with `delta`: the append time rules over the record's own.
    #[must_use]
    pub fn timestamp_of(&self, delta: i64) -> i64 {
        if self.attributes.is_log_append_time() {
            self.max_timestamp
        } else {
            self.base_timestamp.wrapping_add(delta)
        }
    }
}

/// One complete batch, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct BatchView<'a> {
    header: BatchHeader,
    bytes: &'a [u8],
}

impl<'a> BatchView<'a> {
    /// The batch at the front of `bytes`; what follows it is ignored. No CRC check.
    ///
    /// Errors: as [`BatchHeader::parse`], and `Truncated` if the records are not all there.
    pub fn first(bytes: &'a [u8]) -> Result<Self, BatchError> {
        let header = BatchHeader::parse(bytes)?;
        let needed = header.size();
        let bytes = bytes.get(..needed).ok_or(BatchError::Truncated { needed, have: bytes.len() })?;
        Ok(Self { header, bytes })
    }

    /// The parsed header.
    #[must_use]
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// The batch's bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The bytes after the header: the records, compressed if the codec says so.
    #[must_use]
    pub fn payload(&self) -> &'a [u8] {
        self.bytes.get(HEADER_LEN..).unwrap_or_default()
    }

    /// The strict walk over the records as stored; meaningless while they are compressed.
    #[must_use]
    pub fn records(&self) -> Records<'a> {
        Records::new(self.payload(), self.header.records_count)
    }

    /// Compares the stored CRC with the bytes. O(size).
    pub fn check_crc(&self) -> Result<(), BatchError> {
        let computed = crate::crc::crc32c(self.bytes.get(CRC_START..).unwrap_or_default());
        if computed == self.header.crc {
            Ok(())
        } else {
            Err(BatchError::Crc { stored: self.header.crc, computed })
        }
    }
}

/// Walks consecutive batches of a slice, as a fetch response or a segment holds them.
///
/// A batch that the slice cuts off ends the walk without an error; its bytes are in `rest`.
/// Any other fault is yielded once and ends the walk.
#[derive(Clone, Debug)]
pub struct Batches<'a> {
    rest: &'a [u8],
    stopped: bool,
}

impl<'a> Batches<'a> {
    /// Starts at the front of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, stopped: false }
    }

    /// The bytes after the last yielded batch.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Batches<'a> {
    type Item = Result<BatchView<'a>, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.stopped || self.rest.is_empty() {
            return None;
        }
        match BatchView::first(self.rest) {
            Ok(batch) => {
                self.rest = self.rest.get(batch.bytes.len()..).unwrap_or_default();
                Some(Ok(batch))
            }
            Err(BatchError::Truncated { .. }) => {
                self.stopped = true;
                None
            }
            Err(e) => {
                self.stopped = true;
                Some(Err(e))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::build::{BatchBuilder, BatchOptions};

    fn batch(base_offset: i64, values: &[&[u8]]) -> Vec<u8> {
        let mut b = BatchBuilder::new(BatchOptions { base_offset, ..BatchOptions::default() });
        for v in values {
            b.append(1000, None, Some(v), &[]);
        }
        b.build().expect("fits").to_vec()
    }

    #[test]
    fn header_encodes_back_to_the_same_bytes() {
        let bytes = batch(7, &[b"a", b"b"]);
        let header = BatchHeader::parse(&bytes).unwrap();
        assert_eq!(header.encode().as_slice(), &bytes[..61]);
        assert_eq!((header.last_offset(), header.next_offset(), header.size()), (8, 9, bytes.len()));
        assert_eq!(header.producer(), None);
    }

    #[test]
    fn consecutive_batches_tolerate_a_cut_last_one() {
        let mut bytes = batch(0, &[b"a"]);
        let first = bytes.len();
        bytes.extend(batch(1, &[b"b", b"c"]));
        for cut in first..bytes.len() {
            let mut walk = Batches::new(&bytes[..cut]);
            assert_eq!(walk.next().unwrap().unwrap().header().base_offset, 0);
            assert!(walk.next().is_none());
            assert_eq!(walk.rest().len(), cut - first);
        }
        assert_eq!(Batches::new(&bytes).filter(|b| b.as_ref().unwrap().check_crc().is_ok()).count(), 2);
    }

    #[test]
    fn faults_are_named() {
        let good = batch(0, &[b"a"]);
        let mut bad = good.clone();
        bad[16] = 1;
        assert_eq!(BatchView::first(&bad).unwrap_err(), BatchError::BadMagic(1));
        let mut bad = good.clone();
        bad[8..12].copy_from_slice(&48i32.to_be_bytes());
        assert_eq!(BatchView::first(&bad).unwrap_err(), BatchError::BadLength(48));
        bad[8..12].copy_from_slice(&(-1i32).to_be_bytes());
        assert_eq!(BatchView::first(&bad).unwrap_err(), BatchError::BadLength(-1));
        for at in 21..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            let err = BatchView::first(&bad).unwrap().check_crc().unwrap_err();
            assert!(matches!(err, BatchError::Crc { .. }), "byte {at}");
        }
    }

    #[test]
    fn sequences_wrap_to_zero() {
        assert_eq!(sequence_after(i32::MAX, 1), 0);
        assert_eq!(sequence_after(i32::MAX - 1, 3), 1);
        assert_eq!(sequence_after(5, 0), 5);
    }
}
