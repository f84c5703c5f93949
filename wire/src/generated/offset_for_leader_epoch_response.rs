//! `OffsetForLeaderEpochResponse`: response, key 23, versions 2-4, flexible 4+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `OffsetForLeaderEpochResponse`, versions 2-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetForLeaderEpochResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Topics` array of OffsetForLeaderTopicResult.
    pub topics: Vec<OffsetForLeaderTopicResult>,
}

impl OffsetForLeaderEpochResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 4)?;
        let flexible = version == 4;
        let out = Self {
            throttle_time_ms: r.int32()?,
            topics: r.array(flexible, version, if version <= 3 { 6 } else { 3 }, OffsetForLeaderTopicResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(2..=4).contains(&version) {
            return Err(EncodeError::Version { message: "OffsetForLeaderEpochResponse", version });
        }
        let flexible = version == 4;
        s.int32(self.throttle_time_ms);
        writer::array(s, flexible, &self.topics, version, OffsetForLeaderTopicResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetForLeaderTopicResult` in `OffsetForLeaderEpochResponse`, versions 2-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetForLeaderTopicResult {
    /// `Topic` string, a topicName.
    pub topic: String,
    /// `Partitions` array of EpochEndOffset.
    pub partitions: Vec<EpochEndOffset>,
}

impl OffsetForLeaderTopicResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            topic: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 3 { 18 } else { 19 }, EpochEndOffset::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 4;
        s.string(flexible, &self.topic)?;
        writer::array(s, flexible, &self.partitions, version, EpochEndOffset::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `EpochEndOffset` in `OffsetForLeaderEpochResponse`, versions 2-4.
#[derive(Clone, PartialEq, Debug)]
pub struct EpochEndOffset {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Partition` int32.
    pub partition: i32,
    /// `LeaderEpoch` int32, default -1.
    pub leader_epoch: i32,
    /// `EndOffset` int64, default -1.
    pub end_offset: i64,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        Self {
            error_code: 0,
            partition: 0,
            leader_epoch: -1,
            end_offset: -1,
        }
    }
}

impl EpochEndOffset {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 4;
        let out = Self {
            error_code: r.int16()?,
            partition: r.int32()?,
            leader_epoch: r.int32()?,
            end_offset: r.int64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 4;
        s.int16(self.error_code);
        s.int32(self.partition);
        s.int32(self.leader_epoch);
        s.int64(self.end_offset);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for OffsetForLeaderEpochResponse {
    const NAME: &'static str = "OffsetForLeaderEpochResponse";
    const MIN: i16 = 2;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for OffsetForLeaderEpochResponse {
    const API: ApiKey = ApiKey::OffsetForLeaderEpoch;
}
