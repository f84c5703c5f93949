//! `AlterReplicaLogDirsResponse`: response, key 34, versions 1-2, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AlterReplicaLogDirsResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterReplicaLogDirsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Results` array of AlterReplicaLogDirTopicResult.
    pub results: Vec<AlterReplicaLogDirTopicResult>,
}

impl AlterReplicaLogDirsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let flexible = version == 2;
        let out = Self {
            throttle_time_ms: r.int32()?,
            results: r.array(flexible, version, if version <= 1 { 6 } else { 3 }, AlterReplicaLogDirTopicResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "AlterReplicaLogDirsResponse", version });
        }
        let flexible = version == 2;
        s.int32(self.throttle_time_ms);
        writer::array(s, flexible, &self.results, version, AlterReplicaLogDirTopicResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterReplicaLogDirTopicResult` in `AlterReplicaLogDirsResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterReplicaLogDirTopicResult {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `Partitions` array of AlterReplicaLogDirPartitionResult.
    pub partitions: Vec<AlterReplicaLogDirPartitionResult>,
}

impl AlterReplicaLogDirTopicResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            topic_name: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 1 { 6 } else { 7 }, AlterReplicaLogDirPartitionResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 2;
        s.string(flexible, &self.topic_name)?;
        writer::array(s, flexible, &self.partitions, version, AlterReplicaLogDirPartitionResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterReplicaLogDirPartitionResult` in `AlterReplicaLogDirsResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterReplicaLogDirPartitionResult {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl AlterReplicaLogDirPartitionResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
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
        let flexible = version == 2;
        s.int32(self.partition_index);
        s.int16(self.error_code);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for AlterReplicaLogDirsResponse {
    const NAME: &'static str = "AlterReplicaLogDirsResponse";
    const MIN: i16 = 1;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for AlterReplicaLogDirsResponse {
    const API: ApiKey = ApiKey::AlterReplicaLogDirs;
}
