//! `DescribeShareGroupOffsetsResponse`: response, key 90, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeShareGroupOffsetsResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeShareGroupOffsetsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Groups` array of DescribeShareGroupOffsetsResponseGroup.
    pub groups: Vec<DescribeShareGroupOffsetsResponseGroup>,
}

impl DescribeShareGroupOffsetsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            groups: r.array(true, version, 6, DescribeShareGroupOffsetsResponseGroup::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeShareGroupOffsetsResponse", version });
        }
        s.int32(self.throttle_time_ms);
        writer::array(s, true, &self.groups, version, DescribeShareGroupOffsetsResponseGroup::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeShareGroupOffsetsResponseGroup` in `DescribeShareGroupOffsetsResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeShareGroupOffsetsResponseGroup {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `Topics` array of DescribeShareGroupOffsetsResponseTopic.
    pub topics: Vec<DescribeShareGroupOffsetsResponseTopic>,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
}

impl DescribeShareGroupOffsetsResponseGroup {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            group_id: r.string(true)?,
            topics: r.array(true, version, 19, DescribeShareGroupOffsetsResponseTopic::decode)?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.group_id)?;
        writer::array(s, true, &self.topics, version, DescribeShareGroupOffsetsResponseTopic::encode)?;
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeShareGroupOffsetsResponseTopic` in `DescribeShareGroupOffsetsResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeShareGroupOffsetsResponseTopic {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of DescribeShareGroupOffsetsResponsePartition.
    pub partitions: Vec<DescribeShareGroupOffsetsResponsePartition>,
}

impl DescribeShareGroupOffsetsResponseTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.string(true)?,
            topic_id: r.uuid()?,
            partitions: r.array(true, version, if version <= 0 { 20 } else { 28 }, DescribeShareGroupOffsetsResponsePartition::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.topic_name)?;
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, DescribeShareGroupOffsetsResponsePartition::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeShareGroupOffsetsResponsePartition` in `DescribeShareGroupOffsetsResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeShareGroupOffsetsResponsePartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `StartOffset` int64.
    pub start_offset: i64,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
    /// `Lag` int64, versions 1, default -1.
    pub lag: i64,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
}

impl Default for DescribeShareGroupOffsetsResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            start_offset: 0,
            leader_epoch: 0,
            lag: -1,
            error_code: 0,
            error_message: None,
        }
    }
}

impl DescribeShareGroupOffsetsResponsePartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            start_offset: r.int64()?,
            leader_epoch: r.int32()?,
            lag: if version == 1 { r.int64()? } else { -1 },
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int64(self.start_offset);
        s.int32(self.leader_epoch);
        if version == 1 {
            s.int64(self.lag);
        }
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for DescribeShareGroupOffsetsResponse {
    const NAME: &'static str = "DescribeShareGroupOffsetsResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for DescribeShareGroupOffsetsResponse {
    const API: ApiKey = ApiKey::DescribeShareGroupOffsets;
}
