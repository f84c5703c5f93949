//! `ShareFetchRequest`: request, key 78, versions 1-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ShareFetchRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug)]
pub struct ShareFetchRequest {
    /// `GroupId` string, a groupId.
    pub group_id: Option<String>,
    /// `MemberId` string, default Some(String::new()).
    pub member_id: Option<String>,
    /// `ShareSessionEpoch` int32.
    pub share_session_epoch: i32,
    /// `MaxWaitMs` int32.
    pub max_wait_ms: i32,
    /// `MinBytes` int32.
    pub min_bytes: i32,
    /// `MaxBytes` int32, default i32::MAX.
    pub max_bytes: i32,
    /// `MaxRecords` int32.
    pub max_records: i32,
    /// `BatchSize` int32.
    pub batch_size: i32,
    /// `ShareAcquireMode` int8, versions 2.
    pub share_acquire_mode: i8,
    /// `IsRenewAck` bool, versions 2.
    pub is_renew_ack: bool,
    /// `Topics` array of FetchTopic.
    pub topics: Vec<FetchTopic>,
    /// `ForgottenTopicsData` array of ForgottenTopic.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
}

impl Default for ShareFetchRequest {
    fn default() -> Self {
        Self {
            group_id: None,
            member_id: Some(String::new()),
            share_session_epoch: 0,
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            max_records: 0,
            batch_size: 0,
            share_acquire_mode: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
        }
    }
}

impl ShareFetchRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let out = Self {
            group_id: r.nullable_string(true)?,
            member_id: r.nullable_string(true)?,
            share_session_epoch: r.int32()?,
            max_wait_ms: r.int32()?,
            min_bytes: r.int32()?,
            max_bytes: r.int32()?,
            max_records: r.int32()?,
            batch_size: r.int32()?,
            share_acquire_mode: if version == 2 { r.int8()? } else { 0 },
            is_renew_ack: if version == 2 { r.boolean()? } else { false },
            topics: r.array(true, version, 18, FetchTopic::decode)?,
            forgotten_topics_data: r.array(true, version, 18, ForgottenTopic::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "ShareFetchRequest", version });
        }
        s.nullable_string(true, self.group_id.as_deref())?;
        s.nullable_string(true, self.member_id.as_deref())?;
        s.int32(self.share_session_epoch);
        s.int32(self.max_wait_ms);
        s.int32(self.min_bytes);
        s.int32(self.max_bytes);
        s.int32(self.max_records);
        s.int32(self.batch_size);
        if version == 2 {
            s.int8(self.share_acquire_mode);
        }
        if version == 2 {
            s.boolean(self.is_renew_ack);
        } else {
            writer::absent(self.is_renew_ack, "ShareFetchRequest.IsRenewAck", version)?;
        }
        writer::array(s, true, &self.topics, version, FetchTopic::encode)?;
        writer::array(s, true, &self.forgotten_topics_data, version, ForgottenTopic::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `FetchTopic` in `ShareFetchRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FetchTopic {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of FetchPartition.
    pub partitions: Vec<FetchPartition>,
}

impl FetchTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 6, FetchPartition::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, FetchPartition::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `FetchPartition` in `ShareFetchRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FetchPartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `PartitionMaxBytes` int32, versions none.
    pub partition_max_bytes: i32,
    /// `AcknowledgementBatches` array of AcknowledgementBatch.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
}

impl FetchPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            partition_max_bytes: 0,
            acknowledgement_batches: r.array(true, version, 18, AcknowledgementBatch::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        writer::absent(self.partition_max_bytes != 0, "FetchPartition.PartitionMaxBytes", version)?;
        writer::array(s, true, &self.acknowledgement_batches, version, AcknowledgementBatch::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `AcknowledgementBatch` in `ShareFetchRequest`, versions 1-2.
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

/// `ForgottenTopic` in `ShareFetchRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ForgottenTopic {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl ForgottenTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ShareFetchRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ShareFetchRequestView<'a> {
    pub group_id: Option<&'a str>,
    pub member_id: Option<&'a str>,
    pub share_session_epoch: i32,
    pub max_wait_ms: i32,
    pub min_bytes: i32,
    pub max_bytes: i32,
    pub max_records: i32,
    pub batch_size: i32,
    pub share_acquire_mode: i8,
    pub is_renew_ack: bool,
    pub topics: ArrayView<'a, FetchTopicView<'a>>,
    pub forgotten_topics_data: ArrayView<'a, ForgottenTopicView<'a>>,
}

impl<'a> View<'a> for ShareFetchRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let out = Self {
            group_id: r.nullable_text(true)?,
            member_id: r.nullable_text(true)?,
            share_session_epoch: r.int32()?,
            max_wait_ms: r.int32()?,
            min_bytes: r.int32()?,
            max_bytes: r.int32()?,
            max_records: r.int32()?,
            batch_size: r.int32()?,
            share_acquire_mode: if version == 2 { r.int8()? } else { 0 },
            is_renew_ack: if version == 2 { r.boolean()? } else { false },
            topics: r.array_view(true, version, (18, size_of::<FetchTopic>()), FetchTopicView::read)?,
            forgotten_topics_data: r.array_view(true, version, (18, size_of::<ForgottenTopic>()), ForgottenTopicView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `FetchTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct FetchTopicView<'a> {
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, FetchPartitionView<'a>>,
}

impl<'a> View<'a> for FetchTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array_view(true, version, (6, size_of::<FetchPartition>()), FetchPartitionView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `FetchPartition`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct FetchPartitionView<'a> {
    pub partition_index: i32,
    pub partition_max_bytes: i32,
    pub acknowledgement_batches: ArrayView<'a, AcknowledgementBatchView<'a>>,
}

impl<'a> View<'a> for FetchPartitionView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            partition_max_bytes: 0,
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

/// `ForgottenTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ForgottenTopicView<'a> {
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, i32>,
}

impl<'a> View<'a> for ForgottenTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array_view(true, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for ShareFetchRequest {
    const NAME: &'static str = "ShareFetchRequest";
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

impl crate::message::Request for ShareFetchRequest {
    const API: ApiKey = ApiKey::ShareFetch;
    type Response = super::ShareFetchResponse;
    type View<'a> = ShareFetchRequestView<'a>;
}
