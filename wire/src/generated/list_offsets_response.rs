//! `ListOffsetsResponse`: response, key 2, versions 1-11, flexible 6+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ListOffsetsResponse`, versions 1-11.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListOffsetsResponse {
    /// `ThrottleTimeMs` int32, versions 2-11.
    pub throttle_time_ms: i32,
    /// `Topics` array of ListOffsetsTopicResponse.
    pub topics: Vec<ListOffsetsTopicResponse>,
}

impl ListOffsetsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 11)?;
        let flexible = version >= 6;
        let out = Self {
            throttle_time_ms: if version >= 2 { r.int32()? } else { 0 },
            topics: r.array(flexible, version, if version <= 5 { 6 } else { 3 }, ListOffsetsTopicResponse::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=11).contains(&version) {
            return Err(EncodeError::Version { message: "ListOffsetsResponse", version });
        }
        let flexible = version >= 6;
        if version >= 2 {
            s.int32(self.throttle_time_ms);
        }
        writer::array(s, flexible, &self.topics, version, ListOffsetsTopicResponse::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ListOffsetsTopicResponse` in `ListOffsetsResponse`, versions 1-11.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListOffsetsTopicResponse {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of ListOffsetsPartitionResponse.
    pub partitions: Vec<ListOffsetsPartitionResponse>,
}

impl ListOffsetsTopicResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            name: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 3 { 22 } else if version <= 5 { 26 } else { 27 }, ListOffsetsPartitionResponse::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 6;
        s.string(flexible, &self.name)?;
        writer::array(s, flexible, &self.partitions, version, ListOffsetsPartitionResponse::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ListOffsetsPartitionResponse` in `ListOffsetsResponse`, versions 1-11.
#[derive(Clone, PartialEq, Debug)]
pub struct ListOffsetsPartitionResponse {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Timestamp` int64, default -1.
    pub timestamp: i64,
    /// `Offset` int64, default -1.
    pub offset: i64,
    /// `LeaderEpoch` int32, versions 4-11, default -1.
    pub leader_epoch: i32,
}

impl Default for ListOffsetsPartitionResponse {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            timestamp: -1,
            offset: -1,
            leader_epoch: -1,
        }
    }
}

impl ListOffsetsPartitionResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
            timestamp: r.int64()?,
            offset: r.int64()?,
            leader_epoch: if version >= 4 { r.int32()? } else { -1 },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 6;
        s.int32(self.partition_index);
        s.int16(self.error_code);
        s.int64(self.timestamp);
        s.int64(self.offset);
        if version >= 4 {
            s.int32(self.leader_epoch);
        } else {
            writer::absent(self.leader_epoch != -1, "ListOffsetsPartitionResponse.LeaderEpoch", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for ListOffsetsResponse {
    const NAME: &'static str = "ListOffsetsResponse";
    const MIN: i16 = 1;
    const MAX: i16 = 11;
    const FLEXIBLE_FROM: i16 = 6;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for ListOffsetsResponse {
    const API: ApiKey = ApiKey::ListOffsets;
}
