//! The header of a stored record batch, as far as the log needs it; its bytes are `wire`'s to read.
//!
//! Owner: nobody, pure. Invariant: `parse` takes any 61 bytes without a panic and accepts only headers whose
//! length, counts and offsets are possible; the records are checked elsewhere.

use super::producer_state::ProducerBatch;
use ringlog_wire::ids::{LeaderEpoch, Offset};
use ringlog_wire::record::batch::{Attributes, BatchError, BatchHeader, CRC_START, HEADER_LEN};

/// A batch header that cannot be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadBatch(pub &'static str);

impl std::fmt::Display for BadBatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for BadBatch {}

/// The parts of a stored batch's header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Offset of the first record.
    pub base: Offset,
    /// Bytes of the whole batch, header included.
    pub size: u32,
    /// Epoch of the leader that appended it.
    pub epoch: LeaderEpoch,
    /// CRC-32C of everything from the attributes on.
    pub crc: u32,
    /// Attribute bits: codec, timestamp type, transactional, control.
    pub attributes: u16,
    /// Offset of the last record minus `base`.
    pub last_delta: u32,
    /// Timestamp that the records count from, ms.
    pub base_timestamp: i64,
    /// Largest timestamp, ms; -1 for none.
    pub max_timestamp: i64,
    /// The idempotent producer, if one.
    pub producer: Option<ProducerBatch>,
    /// Records in the batch.
    pub count: u32,
}

impl Head {
    /// Bytes of a header.
    pub const LEN: usize = HEADER_LEN;
    /// Where the bytes under the CRC start.
    pub const CRC_FROM: usize = CRC_START;
    /// Attribute bit: every record has the append time as its timestamp.
    pub const LOG_APPEND_TIME: u16 = Attributes::LOG_APPEND_TIME;
    /// Attribute bit: written by the broker itself.
    pub const CONTROL: u16 = Attributes::CONTROL;

    /// Reads a header. Errors: another magic, a length or count or offset that cannot be.
    pub fn parse(raw: &[u8; Self::LEN]) -> Result<Self, BadBatch> {
        let h = BatchHeader::parse(raw).map_err(|e| match e {
            BatchError::BadMagic(_) => BadBatch("not a batch of magic 2"),
            _ => BadBatch("batch shorter than its header"),
        })?;
        let base = Offset::from_wire(h.base_offset).ok_or(BadBatch("negative base offset"))?;
        let size = u32::try_from(h.size()).map_err(|_| BadBatch("batch of 2 GiB"))?;
        let last_delta =
            u32::try_from(h.last_offset_delta).map_err(|_| BadBatch("negative last offset delta"))?;
        let last = base.0.checked_add(u64::from(last_delta) + 1);
        if last.is_none_or(|n| i64::try_from(n).is_err()) {
            return Err(BadBatch("offsets beyond 2^63"));
        }
        let count = u32::try_from(h.records_count).map_err(|_| BadBatch("negative record count"))?;
        let producer = h.producer().map(|p| ProducerBatch {
            id: p.id,
            epoch: p.epoch,
            first_sequence: u32::try_from(p.first_sequence).ok(),
            last_delta,
        });
        Ok(Self {
            base,
            size,
            epoch: LeaderEpoch::from_wire(h.partition_leader_epoch).unwrap_or_default(),
            crc: h.crc,
            attributes: h.attributes.0,
            last_delta,
            base_timestamp: h.base_timestamp,
            max_timestamp: h.max_timestamp,
            producer,
            count,
        })
    }

    /// Offset of the last record.
    #[must_use]
    pub fn last_offset(&self) -> Offset {
        self.base.plus(u64::from(self.last_delta))
    }

    /// Offset behind the last record.
    #[must_use]
    pub fn next_offset(&self) -> Offset {
        self.last_offset().plus(1)
    }
}
