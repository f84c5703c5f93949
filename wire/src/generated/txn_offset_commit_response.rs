//! `TxnOffsetCommitResponse`: response, key 28, versions 0-5, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `TxnOffsetCommitResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TxnOffsetCommitResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Topics` array of TxnOffsetCommitResponseTopic.
    pub topics: Vec<TxnOffsetCommitResponseTopic>,
}

impl TxnOffsetCommitResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            throttle_time_ms: r.int32()?,
            topics: r.array(flexible, version, if version <= 2 { 6 } else { 3 }, TxnOffsetCommitResponseTopic::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "TxnOffsetCommitResponse", version });
        }
        let flexible = version >= 3;
        s.int32(self.throttle_time_ms);
        writer::array(s, flexible, &self.topics, version, TxnOffsetCommitResponseTopic::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `TxnOffsetCommitResponseTopic` in `TxnOffsetCommitResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TxnOffsetCommitResponseTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of TxnOffsetCommitResponsePartition.
    pub partitions: Vec<TxnOffsetCommitResponsePartition>,
}

impl TxnOffsetCommitResponseTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            name: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 2 { 6 } else { 7 }, TxnOffsetCommitResponsePartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 3;
        s.string(flexible, &self.name)?;
        writer::array(s, flexible, &self.partitions, version, TxnOffsetCommitResponsePartition::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `TxnOffsetCommitResponsePartition` in `TxnOffsetCommitResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TxnOffsetCommitResponsePartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl TxnOffsetCommitResponsePartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
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
        let flexible = version >= 3;
        s.int32(self.partition_index);
        s.int16(self.error_code);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for TxnOffsetCommitResponse {
    const NAME: &'static str = "TxnOffsetCommitResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for TxnOffsetCommitResponse {
    const API: ApiKey = ApiKey::TxnOffsetCommit;
}
