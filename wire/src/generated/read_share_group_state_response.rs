//! `ReadShareGroupStateResponse`: response, key 84, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ReadShareGroupStateResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReadShareGroupStateResponse {
    /// `Results` array of ReadStateResult.
    pub results: Vec<ReadStateResult>,
}

impl ReadShareGroupStateResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            results: r.array(true, version, 18, ReadStateResult::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ReadShareGroupStateResponse", version });
        }
        writer::array(s, true, &self.results, version, ReadStateResult::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ReadStateResult` in `ReadShareGroupStateResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReadStateResult {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionResult.
    pub partitions: Vec<PartitionResult>,
}

impl ReadStateResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 21, PartitionResult::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, PartitionResult::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionResult` in `ReadShareGroupStateResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionResult {
    /// `Partition` int32.
    pub partition: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `StateEpoch` int32.
    pub state_epoch: i32,
    /// `StartOffset` int64.
    pub start_offset: i64,
    /// `StateBatches` array of StateBatch.
    pub state_batches: Vec<StateBatch>,
}

impl PartitionResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            state_epoch: r.int32()?,
            start_offset: r.int64()?,
            state_batches: r.array(true, version, 20, StateBatch::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.int32(self.state_epoch);
        s.int64(self.start_offset);
        writer::array(s, true, &self.state_batches, version, StateBatch::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `StateBatch` in `ReadShareGroupStateResponse`, versions 0.
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

impl Message for ReadShareGroupStateResponse {
    const NAME: &'static str = "ReadShareGroupStateResponse";
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

impl crate::message::Response for ReadShareGroupStateResponse {
    const API: ApiKey = ApiKey::ReadShareGroupState;
}
