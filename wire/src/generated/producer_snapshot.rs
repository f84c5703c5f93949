//! `ProducerSnapshot`: data, versions 1, never flexible. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ProducerSnapshot`, versions 1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ProducerSnapshot {
    /// `Crc` uint32.
    pub crc: u32,
    /// `ProducerEntries` array of ProducerEntry.
    pub producer_entries: Vec<ProducerEntry>,
}

impl ProducerSnapshot {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 1)?;
        Ok(Self {
            crc: r.uint32()?,
            producer_entries: r.array(false, version, 46, ProducerEntry::decode)?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=1).contains(&version) {
            return Err(EncodeError::Version { message: "ProducerSnapshot", version });
        }
        s.uint32(self.crc);
        writer::array(s, false, &self.producer_entries, version, ProducerEntry::encode)?;
        Ok(())
    }
}

/// `ProducerEntry` in `ProducerSnapshot`, versions 1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ProducerEntry {
    /// `ProducerId` int64.
    pub producer_id: i64,
    /// `Epoch` int16.
    pub epoch: i16,
    /// `LastSequence` int32.
    pub last_sequence: i32,
    /// `LastOffset` int64.
    pub last_offset: i64,
    /// `OffsetDelta` int32.
    pub offset_delta: i32,
    /// `Timestamp` int64.
    pub timestamp: i64,
    /// `CoordinatorEpoch` int32.
    pub coordinator_epoch: i32,
    /// `CurrentTxnFirstOffset` int64.
    pub current_txn_first_offset: i64,
}

impl ProducerEntry {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            producer_id: r.int64()?,
            epoch: r.int16()?,
            last_sequence: r.int32()?,
            last_offset: r.int64()?,
            offset_delta: r.int32()?,
            timestamp: r.int64()?,
            coordinator_epoch: r.int32()?,
            current_txn_first_offset: r.int64()?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int64(self.producer_id);
        s.int16(self.epoch);
        s.int32(self.last_sequence);
        s.int64(self.last_offset);
        s.int32(self.offset_delta);
        s.int64(self.timestamp);
        s.int32(self.coordinator_epoch);
        s.int64(self.current_txn_first_offset);
        Ok(())
    }
}

impl Message for ProducerSnapshot {
    const NAME: &'static str = "ProducerSnapshot";
    const MIN: i16 = 1;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = i16::MAX;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
