//! The header of a stored record batch (v2, 61 bytes), as far as the log needs it.
//!
//! Owner: nobody, pure. Invariant: `parse` takes any 61 bytes without a panic and accepts only headers whose
//! length, counts and offsets are possible; the records are checked elsewhere.

use super::producer_state::ProducerBatch;
use ringlog_wire::ids::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};

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
    pub const LEN: usize = 61;
    /// Bytes before those that the length field counts.
    const BEFORE_LENGTH: u32 = 12;
    /// Where the bytes under the CRC start.
    pub const CRC_FROM: usize = 21;
    /// Attribute bit: every record has the append time as its timestamp.
    pub const LOG_APPEND_TIME: u16 = 1 << 3;
    /// Attribute bit: written by the broker itself.
    pub const CONTROL: u16 = 1 << 5;

    /// Reads a header. Errors: another magic, a length or count or offset that cannot be.
    pub fn parse(raw: &[u8; Self::LEN]) -> Result<Self, BadBatch> {
        let mut r: &[u8] = raw;
        let r = &mut r;
        let base = Offset::from_wire(i64::from_be_bytes(take(r))).ok_or(BadBatch("negative base offset"))?;
        let length = i32::from_be_bytes(take(r));
        let epoch = i32::from_be_bytes(take(r));
        let [magic] = take(r);
        let crc = u32::from_be_bytes(take(r));
        let attributes = u16::from_be_bytes(take(r));
        let last_delta = i32::from_be_bytes(take(r));
        let base_timestamp = i64::from_be_bytes(take(r));
        let max_timestamp = i64::from_be_bytes(take(r));
        let producer_id = i64::from_be_bytes(take(r));
        let producer_epoch = i16::from_be_bytes(take(r));
        let base_sequence = i32::from_be_bytes(take(r));
        let count = i32::from_be_bytes(take(r));

        if magic != 2 {
            return Err(BadBatch("not a batch of magic 2"));
        }
        let length = u32::try_from(length).map_err(|_| BadBatch("negative batch length"))?;
        if length < Self::LEN as u32 - Self::BEFORE_LENGTH {
            return Err(BadBatch("batch shorter than its header"));
        }
        let last_delta = u32::try_from(last_delta).map_err(|_| BadBatch("negative last offset delta"))?;
        let last = base.0.checked_add(u64::from(last_delta) + 1);
        if last.is_none_or(|n| i64::try_from(n).is_err()) {
            return Err(BadBatch("offsets beyond 2^63"));
        }
        let count = u32::try_from(count).map_err(|_| BadBatch("negative record count"))?;
        let producer = match (u64::try_from(producer_id), u16::try_from(producer_epoch)) {
            (Ok(id), Ok(epoch)) => Some(ProducerBatch {
                id: ProducerId(id),
                epoch: ProducerEpoch(epoch),
                first_sequence: u32::try_from(base_sequence).ok(),
                last_delta,
            }),
            _ => None,
        };
        Ok(Self {
            base,
            size: length + Self::BEFORE_LENGTH,
            epoch: LeaderEpoch::from_wire(epoch).unwrap_or_default(),
            crc,
            attributes,
            last_delta,
            base_timestamp,
            max_timestamp,
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

fn take<const N: usize>(r: &mut &[u8]) -> [u8; N] {
    let Some((head, rest)) = r.split_first_chunk::<N>() else { return [0; N] };
    *r = rest;
    *head
}
