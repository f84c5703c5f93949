//! `ShareSnapshotValue`: coordinator-value, key 0, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ShareSnapshotValue`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct ShareSnapshotValue {
    /// `SnapshotEpoch` int32.
    pub snapshot_epoch: i32,
    /// `StateEpoch` int32.
    pub state_epoch: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
    /// `StartOffset` int64.
    pub start_offset: i64,
    /// `DeliveryCompleteCount` int32, tag 0, default -1.
    pub delivery_complete_count: i32,
    /// `CreateTimestamp` int64.
    pub create_timestamp: i64,
    /// `WriteTimestamp` int64.
    pub write_timestamp: i64,
    /// `StateBatches` array of StateBatch.
    pub state_batches: Vec<StateBatch>,
}

impl Default for ShareSnapshotValue {
    fn default() -> Self {
        Self {
            snapshot_epoch: 0,
            state_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            create_timestamp: 0,
            write_timestamp: 0,
            state_batches: Vec::new(),
        }
    }
}

impl ShareSnapshotValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let mut out = Self {
            snapshot_epoch: r.int32()?,
            state_epoch: r.int32()?,
            leader_epoch: r.int32()?,
            start_offset: r.int64()?,
            delivery_complete_count: -1,
            create_timestamp: r.int64()?,
            write_timestamp: r.int64()?,
            state_batches: r.array(true, version, 20, StateBatch::decode)?,
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.delivery_complete_count = r.int32()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ShareSnapshotValue", version });
        }
        s.int32(self.snapshot_epoch);
        s.int32(self.state_epoch);
        s.int32(self.leader_epoch);
        s.int64(self.start_offset);
        s.int64(self.create_timestamp);
        s.int64(self.write_timestamp);
        writer::array(s, true, &self.state_batches, version, StateBatch::encode)?;
        let tag0 = self.delivery_complete_count != -1;
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                s.int32(self.delivery_complete_count);
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `StateBatch` in `ShareSnapshotValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StateBatch {
    /// `FirstOffset` int64.
    pub first_offset: i64,
    /// `LastOffset` int64.
    pub last_offset: i64,
    /// `DeliveryState` int8.
    pub delivery_state: i8,
    /// `DeliveryCount` int16.
    pub delivery_count: i16,
}

impl StateBatch {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            first_offset: r.int64()?,
            last_offset: r.int64()?,
            delivery_state: r.int8()?,
            delivery_count: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int64(self.first_offset);
        s.int64(self.last_offset);
        s.int8(self.delivery_state);
        s.int16(self.delivery_count);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ShareSnapshotValue {
    const NAME: &'static str = "ShareSnapshotValue";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
