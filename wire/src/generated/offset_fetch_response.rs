//! `OffsetFetchResponse`: response, key 9, versions 1-10, flexible 6+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `OffsetFetchResponse`, versions 1-10.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetFetchResponse {
    /// `ThrottleTimeMs` int32, versions 3-10.
    pub throttle_time_ms: i32,
    /// `Topics` array of OffsetFetchResponseTopic, versions 1-7.
    pub topics: Vec<OffsetFetchResponseTopic>,
    /// `ErrorCode` int16, versions 2-7.
    pub error_code: i16,
    /// `Groups` array of OffsetFetchResponseGroup, versions 8-10.
    pub groups: Vec<OffsetFetchResponseGroup>,
}

impl OffsetFetchResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 10)?;
        let flexible = version >= 6;
        let out = Self {
            throttle_time_ms: if version >= 3 { r.int32()? } else { 0 },
            topics: if version <= 7 { r.array(flexible, version, if version <= 5 { 6 } else { 3 }, OffsetFetchResponseTopic::decode)? } else { Vec::new() },
            error_code: if (2..=7).contains(&version) { r.int16()? } else { 0 },
            groups: if version >= 8 { r.array(flexible, version, 5, OffsetFetchResponseGroup::decode)? } else { Vec::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=10).contains(&version) {
            return Err(EncodeError::Version { message: "OffsetFetchResponse", version });
        }
        let flexible = version >= 6;
        if version >= 3 {
            s.int32(self.throttle_time_ms);
        }
        if version <= 7 {
            writer::array(s, flexible, &self.topics, version, OffsetFetchResponseTopic::encode)?;
        } else {
            writer::absent(!self.topics.is_empty(), "OffsetFetchResponse.Topics", version)?;
        }
        if (2..=7).contains(&version) {
            s.int16(self.error_code);
        }
        if version >= 8 {
            writer::array(s, flexible, &self.groups, version, OffsetFetchResponseGroup::encode)?;
        } else {
            writer::absent(!self.groups.is_empty(), "OffsetFetchResponse.Groups", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetFetchResponseTopic` in `OffsetFetchResponse`, versions 1-7.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetFetchResponseTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of OffsetFetchResponsePartition.
    pub partitions: Vec<OffsetFetchResponsePartition>,
}

impl OffsetFetchResponseTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            name: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 4 { 16 } else { 20 }, OffsetFetchResponsePartition::decode)?,
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
        writer::array(s, flexible, &self.partitions, version, OffsetFetchResponsePartition::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetFetchResponsePartition` in `OffsetFetchResponse`, versions 1-7.
#[derive(Clone, PartialEq, Debug)]
pub struct OffsetFetchResponsePartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `CommittedOffset` int64.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch` int32, versions 5-7, default -1.
    pub committed_leader_epoch: i32,
    /// `Metadata` string, default Some(String::new()).
    pub metadata: Option<String>,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl Default for OffsetFetchResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(String::new()),
            error_code: 0,
        }
    }
}

impl OffsetFetchResponsePartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let out = Self {
            partition_index: r.int32()?,
            committed_offset: r.int64()?,
            committed_leader_epoch: if version >= 5 { r.int32()? } else { -1 },
            metadata: r.nullable_string(flexible)?,
            error_code: r.int16()?,
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
        s.int64(self.committed_offset);
        if version >= 5 {
            s.int32(self.committed_leader_epoch);
        }
        s.nullable_string(flexible, self.metadata.as_deref())?;
        s.int16(self.error_code);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetFetchResponseGroup` in `OffsetFetchResponse`, versions 8-10.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetFetchResponseGroup {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `Topics` array of OffsetFetchResponseTopics.
    pub topics: Vec<OffsetFetchResponseTopics>,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl OffsetFetchResponseGroup {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            group_id: r.string(true)?,
            topics: r.array(true, version, if version <= 9 { 3 } else { 18 }, OffsetFetchResponseTopics::decode)?,
            error_code: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.group_id)?;
        writer::array(s, true, &self.topics, version, OffsetFetchResponseTopics::encode)?;
        s.int16(self.error_code);
        s.uvarint(0);
        Ok(())
    }
}

/// `OffsetFetchResponseTopics` in `OffsetFetchResponse`, versions 8-10.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetFetchResponseTopics {
    /// `Name` string, a topicName, versions 8-9.
    pub name: String,
    /// `TopicId` uuid, versions 10.
    pub topic_id: Uuid,
    /// `Partitions` array of OffsetFetchResponsePartitions.
    pub partitions: Vec<OffsetFetchResponsePartitions>,
}

impl OffsetFetchResponseTopics {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: if version <= 9 { r.string(true)? } else { String::new() },
            topic_id: if version == 10 { r.uuid()? } else { Uuid::ZERO },
            partitions: r.array(true, version, 20, OffsetFetchResponsePartitions::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if version <= 9 {
            s.string(true, &self.name)?;
        }
        if version == 10 {
            s.uuid(self.topic_id);
        }
        writer::array(s, true, &self.partitions, version, OffsetFetchResponsePartitions::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `OffsetFetchResponsePartitions` in `OffsetFetchResponse`, versions 8-10.
#[derive(Clone, PartialEq, Debug)]
pub struct OffsetFetchResponsePartitions {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `CommittedOffset` int64.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch` int32, default -1.
    pub committed_leader_epoch: i32,
    /// `Metadata` string, default Some(String::new()).
    pub metadata: Option<String>,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl Default for OffsetFetchResponsePartitions {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(String::new()),
            error_code: 0,
        }
    }
}

impl OffsetFetchResponsePartitions {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            committed_offset: r.int64()?,
            committed_leader_epoch: r.int32()?,
            metadata: r.nullable_string(true)?,
            error_code: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int64(self.committed_offset);
        s.int32(self.committed_leader_epoch);
        s.nullable_string(true, self.metadata.as_deref())?;
        s.int16(self.error_code);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for OffsetFetchResponse {
    const NAME: &'static str = "OffsetFetchResponse";
    const MIN: i16 = 1;
    const MAX: i16 = 10;
    const FLEXIBLE_FROM: i16 = 6;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for OffsetFetchResponse {
    const API: ApiKey = ApiKey::OffsetFetch;
}
