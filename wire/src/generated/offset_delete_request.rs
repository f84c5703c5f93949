//! `OffsetDeleteRequest`: request, key 47, versions 0, never flexible. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `OffsetDeleteRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetDeleteRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `Topics` array of OffsetDeleteRequestTopic.
    pub topics: Vec<OffsetDeleteRequestTopic>,
}

impl OffsetDeleteRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        Ok(Self {
            group_id: r.string(false)?,
            topics: r.array(false, version, 6, OffsetDeleteRequestTopic::decode)?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "OffsetDeleteRequest", version });
        }
        s.string(false, &self.group_id)?;
        writer::array(s, false, &self.topics, version, OffsetDeleteRequestTopic::encode)?;
        Ok(())
    }
}

/// `OffsetDeleteRequestTopic` in `OffsetDeleteRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetDeleteRequestTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of OffsetDeleteRequestPartition.
    pub partitions: Vec<OffsetDeleteRequestPartition>,
}

impl OffsetDeleteRequestTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: r.string(false)?,
            partitions: r.array(false, version, 4, OffsetDeleteRequestPartition::decode)?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(false, &self.name)?;
        writer::array(s, false, &self.partitions, version, OffsetDeleteRequestPartition::encode)?;
        Ok(())
    }
}

/// `OffsetDeleteRequestPartition` in `OffsetDeleteRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OffsetDeleteRequestPartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
}

impl OffsetDeleteRequestPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: r.int32()?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition_index);
        Ok(())
    }
}

/// `OffsetDeleteRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetDeleteRequestView<'a> {
    pub group_id: &'a str,
    pub topics: ArrayView<'a, OffsetDeleteRequestTopicView<'a>>,
}

impl<'a> View<'a> for OffsetDeleteRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        Ok(Self {
            group_id: r.text(false)?,
            topics: r.array_view(false, version, (6, size_of::<OffsetDeleteRequestTopic>()), OffsetDeleteRequestTopicView::read)?,
        })
    }
}

/// `OffsetDeleteRequestTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OffsetDeleteRequestTopicView<'a> {
    pub name: &'a str,
    pub partitions: ArrayView<'a, OffsetDeleteRequestPartition>,
}

impl<'a> View<'a> for OffsetDeleteRequestTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: r.text(false)?,
            partitions: r.array_view(false, version, (4, size_of::<OffsetDeleteRequestPartition>()), OffsetDeleteRequestPartition::decode)?,
        })
    }
}

impl Message for OffsetDeleteRequest {
    const NAME: &'static str = "OffsetDeleteRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for OffsetDeleteRequest {
    const API: ApiKey = ApiKey::OffsetDelete;
    type Response = super::OffsetDeleteResponse;
    type View<'a> = OffsetDeleteRequestView<'a>;
}
