//! `TxnOffsetCommitRequest`: request, key 28, versions 0-5, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `TxnOffsetCommitRequest`, versions 0-5.
#[derive(Clone, PartialEq, Debug)]
pub struct TxnOffsetCommitRequest {
    /// `TransactionalId` string, a transactionalId.
    pub transactional_id: String,
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `ProducerId` int64, a producerId.
    pub producer_id: i64,
    /// `ProducerEpoch` int16.
    pub producer_epoch: i16,
    /// `GenerationId` int32, versions 3-5, default -1.
    pub generation_id: i32,
    /// `MemberId` string, versions 3-5.
    pub member_id: String,
    /// `GroupInstanceId` string, versions 3-5.
    pub group_instance_id: Option<String>,
    /// `Topics` array of TxnOffsetCommitRequestTopic.
    pub topics: Vec<TxnOffsetCommitRequestTopic>,
}

impl Default for TxnOffsetCommitRequest {
    fn default() -> Self {
        Self {
            transactional_id: String::new(),
            group_id: String::new(),
            producer_id: 0,
            producer_epoch: 0,
            generation_id: -1,
            member_id: String::new(),
            group_instance_id: None,
            topics: Vec::new(),
        }
    }
}

impl TxnOffsetCommitRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            transactional_id: r.string(flexible)?,
            group_id: r.string(flexible)?,
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            generation_id: if version >= 3 { r.int32()? } else { -1 },
            member_id: if version >= 3 { r.string(flexible)? } else { String::new() },
            group_instance_id: if version >= 3 { r.nullable_string(flexible)? } else { None },
            topics: r.array(flexible, version, if version <= 2 { 6 } else { 3 }, TxnOffsetCommitRequestTopic::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "TxnOffsetCommitRequest", version });
        }
        let flexible = version >= 3;
        s.string(flexible, &self.transactional_id)?;
        s.string(flexible, &self.group_id)?;
        s.int64(self.producer_id);
        s.int16(self.producer_epoch);
        if version >= 3 {
            s.int32(self.generation_id);
        } else {
            writer::absent(self.generation_id != -1, "TxnOffsetCommitRequest.GenerationId", version)?;
        }
        if version >= 3 {
            s.string(flexible, &self.member_id)?;
        } else {
            writer::absent(!self.member_id.is_empty(), "TxnOffsetCommitRequest.MemberId", version)?;
        }
        if version >= 3 {
            s.nullable_string(flexible, self.group_instance_id.as_deref())?;
        } else {
            writer::absent(self.group_instance_id.is_some(), "TxnOffsetCommitRequest.GroupInstanceId", version)?;
        }
        writer::array(s, flexible, &self.topics, version, TxnOffsetCommitRequestTopic::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `TxnOffsetCommitRequestTopic` in `TxnOffsetCommitRequest`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TxnOffsetCommitRequestTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of TxnOffsetCommitRequestPartition.
    pub partitions: Vec<TxnOffsetCommitRequestPartition>,
}

impl TxnOffsetCommitRequestTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            name: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 1 { 14 } else { 18 }, TxnOffsetCommitRequestPartition::decode)?,
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
        writer::array(s, flexible, &self.partitions, version, TxnOffsetCommitRequestPartition::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `TxnOffsetCommitRequestPartition` in `TxnOffsetCommitRequest`, versions 0-5.
#[derive(Clone, PartialEq, Debug)]
pub struct TxnOffsetCommitRequestPartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `CommittedOffset` int64.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch` int32, versions 2-5, default -1.
    pub committed_leader_epoch: i32,
    /// `CommittedMetadata` string, default Some(String::new()).
    pub committed_metadata: Option<String>,
}

impl Default for TxnOffsetCommitRequestPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(String::new()),
        }
    }
}

impl TxnOffsetCommitRequestPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            partition_index: r.int32()?,
            committed_offset: r.int64()?,
            committed_leader_epoch: if version >= 2 { r.int32()? } else { -1 },
            committed_metadata: r.nullable_string(flexible)?,
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
        s.int64(self.committed_offset);
        if version >= 2 {
            s.int32(self.committed_leader_epoch);
        }
        s.nullable_string(flexible, self.committed_metadata.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `TxnOffsetCommitRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TxnOffsetCommitRequestView<'a> {
    pub transactional_id: &'a str,
    pub group_id: &'a str,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub generation_id: i32,
    pub member_id: &'a str,
    pub group_instance_id: Option<&'a str>,
    pub topics: ArrayView<'a, TxnOffsetCommitRequestTopicView<'a>>,
}

impl<'a> View<'a> for TxnOffsetCommitRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            transactional_id: r.text(flexible)?,
            group_id: r.text(flexible)?,
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            generation_id: if version >= 3 { r.int32()? } else { -1 },
            member_id: if version >= 3 { r.text(flexible)? } else { "" },
            group_instance_id: if version >= 3 { r.nullable_text(flexible)? } else { None },
            topics: r.array_view(flexible, version, (if version <= 2 { 6 } else { 3 }, size_of::<TxnOffsetCommitRequestTopic>()), TxnOffsetCommitRequestTopicView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `TxnOffsetCommitRequestTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TxnOffsetCommitRequestTopicView<'a> {
    pub name: &'a str,
    pub partitions: ArrayView<'a, TxnOffsetCommitRequestPartitionView<'a>>,
}

impl<'a> View<'a> for TxnOffsetCommitRequestTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            name: r.text(flexible)?,
            partitions: r.array_view(flexible, version, (if version <= 1 { 14 } else { 18 }, size_of::<TxnOffsetCommitRequestPartition>()), TxnOffsetCommitRequestPartitionView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `TxnOffsetCommitRequestPartition`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TxnOffsetCommitRequestPartitionView<'a> {
    pub partition_index: i32,
    pub committed_offset: i64,
    pub committed_leader_epoch: i32,
    pub committed_metadata: Option<&'a str>,
}

impl<'a> View<'a> for TxnOffsetCommitRequestPartitionView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            partition_index: r.int32()?,
            committed_offset: r.int64()?,
            committed_leader_epoch: if version >= 2 { r.int32()? } else { -1 },
            committed_metadata: r.nullable_text(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for TxnOffsetCommitRequest {
    const NAME: &'static str = "TxnOffsetCommitRequest";
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

impl crate::message::Request for TxnOffsetCommitRequest {
    const API: ApiKey = ApiKey::TxnOffsetCommit;
    type Response = super::TxnOffsetCommitResponse;
    type View<'a> = TxnOffsetCommitRequestView<'a>;
}
