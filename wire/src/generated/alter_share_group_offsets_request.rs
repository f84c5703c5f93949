//! `AlterShareGroupOffsetsRequest`: request, key 91, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AlterShareGroupOffsetsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterShareGroupOffsetsRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `Topics` array of AlterShareGroupOffsetsRequestTopic.
    pub topics: Vec<AlterShareGroupOffsetsRequestTopic>,
}

impl AlterShareGroupOffsetsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            group_id: r.string(true)?,
            topics: r.array(true, version, 3, AlterShareGroupOffsetsRequestTopic::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "AlterShareGroupOffsetsRequest", version });
        }
        s.string(true, &self.group_id)?;
        writer::array(s, true, &self.topics, version, AlterShareGroupOffsetsRequestTopic::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `AlterShareGroupOffsetsRequestTopic` in `AlterShareGroupOffsetsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterShareGroupOffsetsRequestTopic {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `Partitions` array of AlterShareGroupOffsetsRequestPartition.
    pub partitions: Vec<AlterShareGroupOffsetsRequestPartition>,
}

impl AlterShareGroupOffsetsRequestTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.string(true)?,
            partitions: r.array(true, version, 13, AlterShareGroupOffsetsRequestPartition::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.topic_name)?;
        writer::array(s, true, &self.partitions, version, AlterShareGroupOffsetsRequestPartition::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `AlterShareGroupOffsetsRequestPartition` in `AlterShareGroupOffsetsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterShareGroupOffsetsRequestPartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `StartOffset` int64.
    pub start_offset: i64,
}

impl AlterShareGroupOffsetsRequestPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            start_offset: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int64(self.start_offset);
        s.uvarint(0);
        Ok(())
    }
}

/// `AlterShareGroupOffsetsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterShareGroupOffsetsRequestView<'a> {
    pub group_id: &'a str,
    pub topics: ArrayView<'a, AlterShareGroupOffsetsRequestTopicView<'a>>,
}

impl<'a> View<'a> for AlterShareGroupOffsetsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            group_id: r.text(true)?,
            topics: r.array_view(true, version, (3, size_of::<AlterShareGroupOffsetsRequestTopic>()), AlterShareGroupOffsetsRequestTopicView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `AlterShareGroupOffsetsRequestTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterShareGroupOffsetsRequestTopicView<'a> {
    pub topic_name: &'a str,
    pub partitions: ArrayView<'a, AlterShareGroupOffsetsRequestPartition>,
}

impl<'a> View<'a> for AlterShareGroupOffsetsRequestTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.text(true)?,
            partitions: r.array_view(true, version, (13, size_of::<AlterShareGroupOffsetsRequestPartition>()), AlterShareGroupOffsetsRequestPartition::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for AlterShareGroupOffsetsRequest {
    const NAME: &'static str = "AlterShareGroupOffsetsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for AlterShareGroupOffsetsRequest {
    const API: ApiKey = ApiKey::AlterShareGroupOffsets;
    type Response = super::AlterShareGroupOffsetsResponse;
    type View<'a> = AlterShareGroupOffsetsRequestView<'a>;
}
