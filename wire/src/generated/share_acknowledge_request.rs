//! `ShareAcknowledgeRequest`: request, key 79, versions 1-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ShareAcknowledgeRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug)]
pub struct ShareAcknowledgeRequest {
    /// `GroupId` string, a groupId.
    pub group_id: Option<String>,
    /// `MemberId` string, default Some(String::new()).
    pub member_id: Option<String>,
    /// `ShareSessionEpoch` int32.
    pub share_session_epoch: i32,
    /// `IsRenewAck` bool, versions 2.
    pub is_renew_ack: bool,
    /// `Topics` array of AcknowledgeTopic.
    pub topics: Vec<AcknowledgeTopic>,
}

impl Default for ShareAcknowledgeRequest {
    fn default() -> Self {
        Self {
            group_id: None,
            member_id: Some(String::new()),
            share_session_epoch: 0,
            is_renew_ack: false,
            topics: Vec::new(),
        }
    }
}

impl ShareAcknowledgeRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let out = Self {
            group_id: r.nullable_string(true)?,
            member_id: r.nullable_string(true)?,
            share_session_epoch: r.int32()?,
            is_renew_ack: if version == 2 { r.boolean()? } else { false },
            topics: r.array(true, version, 18, AcknowledgeTopic::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "ShareAcknowledgeRequest", version });
        }
        s.nullable_string(true, self.group_id.as_deref())?;
        s.nullable_string(true, self.member_id.as_deref())?;
        s.int32(self.share_session_epoch);
        if version == 2 {
            s.boolean(self.is_renew_ack);
        } else {
            writer::absent(self.is_renew_ack, "ShareAcknowledgeRequest.IsRenewAck", version)?;
        }
        writer::array(s, true, &self.topics, version, AcknowledgeTopic::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `AcknowledgeTopic` in `ShareAcknowledgeRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AcknowledgeTopic {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of AcknowledgePartition.
    pub partitions: Vec<AcknowledgePartition>,
}

impl AcknowledgeTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 6, AcknowledgePartition::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, AcknowledgePartition::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `AcknowledgePartition` in `ShareAcknowledgeRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AcknowledgePartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `AcknowledgementBatches` array of AcknowledgementBatch.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
}

impl AcknowledgePartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            acknowledgement_batches: r.array(true, version, 18, AcknowledgementBatch::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        writer::array(s, true, &self.acknowledgement_batches, version, AcknowledgementBatch::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `AcknowledgementBatch` in `ShareAcknowledgeRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AcknowledgementBatch {
    /// `FirstOffset` int64.
    pub first_offset: i64,
    /// `LastOffset` int64.
    pub last_offset: i64,
    /// `AcknowledgeTypes` array of int8.
    pub acknowledge_types: Vec<i8>,
}

impl AcknowledgementBatch {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            first_offset: r.int64()?,
            last_offset: r.int64()?,
            acknowledge_types: r.array(true, version, 1, |r, _| r.int8())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int64(self.first_offset);
        s.int64(self.last_offset);
        writer::array(s, true, &self.acknowledge_types, version, |e, s, _| { s.int8(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ShareAcknowledgeRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ShareAcknowledgeRequestView<'a> {
    pub group_id: Option<&'a str>,
    pub member_id: Option<&'a str>,
    pub share_session_epoch: i32,
    pub is_renew_ack: bool,
    pub topics: ArrayView<'a, AcknowledgeTopicView<'a>>,
}

impl<'a> View<'a> for ShareAcknowledgeRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let out = Self {
            group_id: r.nullable_text(true)?,
            member_id: r.nullable_text(true)?,
            share_session_epoch: r.int32()?,
            is_renew_ack: if version == 2 { r.boolean()? } else { false },
            topics: r.array_view(true, version, (18, size_of::<AcknowledgeTopic>()), AcknowledgeTopicView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `AcknowledgeTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AcknowledgeTopicView<'a> {
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, AcknowledgePartitionView<'a>>,
}

impl<'a> View<'a> for AcknowledgeTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array_view(true, version, (6, size_of::<AcknowledgePartition>()), AcknowledgePartitionView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `AcknowledgePartition`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AcknowledgePartitionView<'a> {
    pub partition_index: i32,
    pub acknowledgement_batches: ArrayView<'a, AcknowledgementBatchView<'a>>,
}

impl<'a> View<'a> for AcknowledgePartitionView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            acknowledgement_batches: r.array_view(true, version, (18, size_of::<AcknowledgementBatch>()), AcknowledgementBatchView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `AcknowledgementBatch`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AcknowledgementBatchView<'a> {
    pub first_offset: i64,
    pub last_offset: i64,
    pub acknowledge_types: ArrayView<'a, i8>,
}

impl<'a> View<'a> for AcknowledgementBatchView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            first_offset: r.int64()?,
            last_offset: r.int64()?,
            acknowledge_types: r.array_view(true, version, (1, size_of::<i8>()), |r, _| r.int8())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for ShareAcknowledgeRequest {
    const NAME: &'static str = "ShareAcknowledgeRequest";
    const MIN: i16 = 1;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for ShareAcknowledgeRequest {
    const API: ApiKey = ApiKey::ShareAcknowledge;
    type Response = super::ShareAcknowledgeResponse;
    type View<'a> = ShareAcknowledgeRequestView<'a>;
}
