//! `OffsetCommitRequest`: request, key 8, versions 2-10, flexible 8+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `OffsetCommitRequest`, versions 2-10.
#[derive(Clone, PartialEq, Debug)]
pub struct OffsetCommitRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `GenerationIdOrMemberEpoch` int32, default -1.
    pub generation_id_or_member_epoch: i32,
    /// `MemberId` string.
    pub member_id: String,
    /// `GroupInstanceId` string, versions 7-10.
    pub group_instance_id: Option<String>,
    /// `RetentionTimeMs` int64, versions 2-4, default -1.
    pub retention_time_ms: i64,
    /// `Topics` array of OffsetCommitRequestTopic.
    pub topics: Vec<OffsetCommitRequestTopic>,
}

impl Default for OffsetCommitRequest {
    fn default() -> Self {
        Self {
            group_id: String::new(),
            generation_id_or_member_epoch: -1,
            member_id: String::new(),
            group_instance_id: None,
            retention_time_ms: -1,
            topics: Vec::new(),
        }
    }
}

impl OffsetCommitRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 10)?;
        let flexible = version >= 8;
        let out = Self {
            group_id: r.string(flexible)?,
            generation_id_or_member_epoch: r.int32()?,
            member_id: r.string(flexible)?,
            group_instance_id: if version >= 7 { r.nullable_string(flexible)? } else { None },
            retention_time_ms: if version <= 4 { r.int64()? } else { -1 },
            topics: r.array(flexible, version, if version <= 7 { 6 } else if version <= 9 { 3 } else { 18 }, OffsetCommitRequestTopic::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(2..=10).contains(&version) {
            return Err(EncodeError::Version { message: "OffsetCommitRequest", version });
        }
        let flexible = version >= 8;
        s.string(flexible, &self.group_id)?;
        s.int32(self.generation_id_or_member_epoch);
        s.string(flexible, &self.member_id)?;
        if version >= 7 {
            s.nullable_string(flexible, self.group_instance_id.as_deref())?;
        } else {
            writer::absent(self.group_instance_id.is_some(), "OffsetCommitRequest.GroupInstanceId", version)?;
        }
        if version <= 4 {
            s.int64(self.retention_time_ms);
        }
        writer::array(s, flexible, &self.topics, version, OffsetCommitRequestTopic::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetCommitRequestTopic` in `OffsetCommitRequest`, versions 2-10.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetCommitRequestTopic {
    /// `Name` string, a topicName, versions 2-9.
    pub name: String,
    /// `TopicId` uuid, versions 10.
    pub topic_id: Uuid,
    /// `Partitions` array of OffsetCommitRequestPartition.
    pub partitions: Vec<OffsetCommitRequestPartition>,
}

impl OffsetCommitRequestTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let out = Self {
            name: if version <= 9 { r.string(flexible)? } else { String::new() },
            topic_id: if version == 10 { r.uuid()? } else { Uuid::ZERO },
            partitions: r.array(flexible, version, if version <= 5 { 14 } else { 18 }, OffsetCommitRequestPartition::decode)?,
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
        writer::array(s, flexible, &self.partitions, version, OffsetCommitRequestPartition::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetCommitRequestPartition` in `OffsetCommitRequest`, versions 2-10.
#[derive(Clone, PartialEq, Debug)]
pub struct OffsetCommitRequestPartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `CommittedOffset` int64.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch` int32, versions 6-10, default -1.
    pub committed_leader_epoch: i32,
    /// `CommittedMetadata` string, default Some(String::new()).
    pub committed_metadata: Option<String>,
}

impl Default for OffsetCommitRequestPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(String::new()),
        }
    }
}

impl OffsetCommitRequestPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let out = Self {
            partition_index: r.int32()?,
            committed_offset: r.int64()?,
            committed_leader_epoch: if version >= 6 { r.int32()? } else { -1 },
            committed_metadata: r.nullable_string(flexible)?,
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
        s.int64(self.committed_offset);
        if version >= 6 {
            s.int32(self.committed_leader_epoch);
        }
        s.nullable_string(flexible, self.committed_metadata.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `OffsetCommitRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetCommitRequestView<'a> {
    pub group_id: &'a str,
    pub generation_id_or_member_epoch: i32,
    pub member_id: &'a str,
    pub group_instance_id: Option<&'a str>,
    pub retention_time_ms: i64,
    pub topics: ArrayView<'a, OffsetCommitRequestTopicView<'a>>,
}

impl<'a> View<'a> for OffsetCommitRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 10)?;
        let flexible = version >= 8;
        let out = Self {
            group_id: r.text(flexible)?,
            generation_id_or_member_epoch: r.int32()?,
            member_id: r.text(flexible)?,
            group_instance_id: if version >= 7 { r.nullable_text(flexible)? } else { None },
            retention_time_ms: if version <= 4 { r.int64()? } else { -1 },
            topics: r.array_view(flexible, version, (if version <= 7 { 6 } else if version <= 9 { 3 } else { 18 }, size_of::<OffsetCommitRequestTopic>()), OffsetCommitRequestTopicView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `OffsetCommitRequestTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetCommitRequestTopicView<'a> {
    pub name: &'a str,
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, OffsetCommitRequestPartitionView<'a>>,
}

impl<'a> View<'a> for OffsetCommitRequestTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let out = Self {
            name: if version <= 9 { r.text(flexible)? } else { "" },
            topic_id: if version == 10 { r.uuid()? } else { Uuid::ZERO },
            partitions: r.array_view(flexible, version, (if version <= 5 { 14 } else { 18 }, size_of::<OffsetCommitRequestPartition>()), OffsetCommitRequestPartitionView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `OffsetCommitRequestPartition`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetCommitRequestPartitionView<'a> {
    pub partition_index: i32,
    pub committed_offset: i64,
    pub committed_leader_epoch: i32,
    pub committed_metadata: Option<&'a str>,
}

impl<'a> View<'a> for OffsetCommitRequestPartitionView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let out = Self {
            partition_index: r.int32()?,
            committed_offset: r.int64()?,
            committed_leader_epoch: if version >= 6 { r.int32()? } else { -1 },
            committed_metadata: r.nullable_text(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for OffsetCommitRequest {
    const NAME: &'static str = "OffsetCommitRequest";
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

impl crate::message::Request for OffsetCommitRequest {
    const API: ApiKey = ApiKey::OffsetCommit;
    type Response = super::OffsetCommitResponse;
    type View<'a> = OffsetCommitRequestView<'a>;
}
