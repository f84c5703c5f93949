//! `OffsetDeleteResponse`: response, key 47, versions 0, never flexible. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `OffsetDeleteResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetDeleteResponse {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Topics` array of OffsetDeleteResponseTopic.
    pub topics: Vec<OffsetDeleteResponseTopic>,
}

impl OffsetDeleteResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        Ok(Self {
            error_code: r.int16()?,
            throttle_time_ms: r.int32()?,
            topics: r.array(false, version, 6, OffsetDeleteResponseTopic::decode)?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "OffsetDeleteResponse", version });
        }
        s.int16(self.error_code);
        s.int32(self.throttle_time_ms);
        writer::array(s, false, &self.topics, version, OffsetDeleteResponseTopic::encode)?;
        Ok(())
    }
}

/// `OffsetDeleteResponseTopic` in `OffsetDeleteResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetDeleteResponseTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of OffsetDeleteResponsePartition.
    pub partitions: Vec<OffsetDeleteResponsePartition>,
}

impl OffsetDeleteResponseTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: r.string(false)?,
            partitions: r.array(false, version, 6, OffsetDeleteResponsePartition::decode)?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(false, &self.name)?;
        writer::array(s, false, &self.partitions, version, OffsetDeleteResponsePartition::encode)?;
        Ok(())
    }
}

/// `OffsetDeleteResponsePartition` in `OffsetDeleteResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetDeleteResponsePartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl OffsetDeleteResponsePartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int16(self.error_code);
        Ok(())
    }
}

impl Message for OffsetDeleteResponse {
    const NAME: &'static str = "OffsetDeleteResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for OffsetDeleteResponse {
    const API: ApiKey = ApiKey::OffsetDelete;
}
