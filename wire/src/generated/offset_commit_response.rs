//! `OffsetCommitResponse`: response, key 8, versions 2-10, flexible 8+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `OffsetCommitResponse`, versions 2-10.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetCommitResponse {
    /// `ThrottleTimeMs` int32, versions 3-10.
    pub throttle_time_ms: i32,
    /// `Topics` array of OffsetCommitResponseTopic.
    pub topics: Vec<OffsetCommitResponseTopic>,
}

impl OffsetCommitResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 10)?;
        let flexible = version >= 8;
        let out = Self {
            throttle_time_ms: if version >= 3 { r.int32()? } else { 0 },
            topics: r.array(flexible, version, if version <= 7 { 6 } else if version <= 9 { 3 } else { 18 }, OffsetCommitResponseTopic::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(2..=10).contains(&version) {
            return Err(EncodeError::Version { message: "OffsetCommitResponse", version });
        }
        let flexible = version >= 8;
        if version >= 3 {
            s.int32(self.throttle_time_ms);
        }
        writer::array(s, flexible, &self.topics, version, OffsetCommitResponseTopic::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetCommitResponseTopic` in `OffsetCommitResponse`, versions 2-10.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetCommitResponseTopic {
    /// `Name` string, a topicName, versions 2-9.
    pub name: String,
    /// `TopicId` uuid, versions 10.
    pub topic_id: Uuid,
    /// `Partitions` array of OffsetCommitResponsePartition.
    pub partitions: Vec<OffsetCommitResponsePartition>,
}

impl OffsetCommitResponseTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let out = Self {
            name: if version <= 9 { r.string(flexible)? } else { String::new() },
            topic_id: if version == 10 { r.uuid()? } else { Uuid::ZERO },
            partitions: r.array(flexible, version, if version <= 7 { 6 } else { 7 }, OffsetCommitResponsePartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 8;
        if version <= 9 {
            s.string(flexible, &self.name)?;
        }
        if version == 10 {
            s.uuid(self.topic_id);
        }
        writer::array(s, flexible, &self.partitions, version, OffsetCommitResponsePartition::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetCommitResponsePartition` in `OffsetCommitResponse`, versions 2-10.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetCommitResponsePartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl OffsetCommitResponsePartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 8;
        s.int32(self.partition_index);
        s.int16(self.error_code);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for OffsetCommitResponse {
    const NAME: &'static str = "OffsetCommitResponse";
    const MIN: i16 = 2;
    const MAX: i16 = 10;
    const FLEXIBLE_FROM: i16 = 8;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for OffsetCommitResponse {
    const API: ApiKey = ApiKey::OffsetCommit;
}
