//! `DescribeShareGroupOffsetsRequest`: request, key 90, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeShareGroupOffsetsRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeShareGroupOffsetsRequest {
    /// `Groups` array of DescribeShareGroupOffsetsRequestGroup.
    pub groups: Vec<DescribeShareGroupOffsetsRequestGroup>,
}

impl DescribeShareGroupOffsetsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            groups: r.array(true, version, 3, DescribeShareGroupOffsetsRequestGroup::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeShareGroupOffsetsRequest", version });
        }
        writer::array(s, true, &self.groups, version, DescribeShareGroupOffsetsRequestGroup::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeShareGroupOffsetsRequestGroup` in `DescribeShareGroupOffsetsRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeShareGroupOffsetsRequestGroup {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `Topics` array of DescribeShareGroupOffsetsRequestTopic, default Some(Vec::new()).
    pub topics: Option<Vec<DescribeShareGroupOffsetsRequestTopic>>,
}

impl Default for DescribeShareGroupOffsetsRequestGroup {
    fn default() -> Self {
        Self {
            group_id: String::new(),
            topics: Some(Vec::new()),
        }
    }
}

impl DescribeShareGroupOffsetsRequestGroup {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            group_id: r.string(true)?,
            topics: r.nullable_array(true, version, 3, DescribeShareGroupOffsetsRequestTopic::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.group_id)?;
        writer::nullable_array(s, true, self.topics.as_deref(), version, DescribeShareGroupOffsetsRequestTopic::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeShareGroupOffsetsRequestTopic` in `DescribeShareGroupOffsetsRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeShareGroupOffsetsRequestTopic {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl DescribeShareGroupOffsetsRequestTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.string(true)?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.topic_name)?;
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeShareGroupOffsetsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeShareGroupOffsetsRequestView<'a> {
    pub groups: ArrayView<'a, DescribeShareGroupOffsetsRequestGroupView<'a>>,
}

impl<'a> View<'a> for DescribeShareGroupOffsetsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            groups: r.array_view(true, version, (3, size_of::<DescribeShareGroupOffsetsRequestGroup>()), DescribeShareGroupOffsetsRequestGroupView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `DescribeShareGroupOffsetsRequestGroup`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeShareGroupOffsetsRequestGroupView<'a> {
    pub group_id: &'a str,
    pub topics: Option<ArrayView<'a, DescribeShareGroupOffsetsRequestTopicView<'a>>>,
}

impl<'a> View<'a> for DescribeShareGroupOffsetsRequestGroupView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            group_id: r.text(true)?,
            topics: r.nullable_array_view(true, version, (3, size_of::<DescribeShareGroupOffsetsRequestTopic>()), DescribeShareGroupOffsetsRequestTopicView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `DescribeShareGroupOffsetsRequestTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeShareGroupOffsetsRequestTopicView<'a> {
    pub topic_name: &'a str,
    pub partitions: ArrayView<'a, i32>,
}

impl<'a> View<'a> for DescribeShareGroupOffsetsRequestTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.text(true)?,
            partitions: r.array_view(true, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for DescribeShareGroupOffsetsRequest {
    const NAME: &'static str = "DescribeShareGroupOffsetsRequest";
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

impl crate::message::Request for DescribeShareGroupOffsetsRequest {
    const API: ApiKey = ApiKey::DescribeShareGroupOffsets;
    type Response = super::DescribeShareGroupOffsetsResponse;
    type View<'a> = DescribeShareGroupOffsetsRequestView<'a>;
}
