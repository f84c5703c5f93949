//! `DescribeTopicPartitionsRequest`: request, key 75, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeTopicPartitionsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeTopicPartitionsRequest {
    /// `Topics` array of TopicRequest.
    pub topics: Vec<TopicRequest>,
    /// `ResponsePartitionLimit` int32, default 2000.
    pub response_partition_limit: i32,
    /// `Cursor` Cursor.
    pub cursor: Option<Cursor>,
}

impl Default for DescribeTopicPartitionsRequest {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            response_partition_limit: 2000,
            cursor: None,
        }
    }
}

impl DescribeTopicPartitionsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            topics: r.array(true, version, 2, TopicRequest::decode)?,
            response_partition_limit: r.int32()?,
            cursor: r.nullable_struct(version, Cursor::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeTopicPartitionsRequest", version });
        }
        writer::array(s, true, &self.topics, version, TopicRequest::encode)?;
        s.int32(self.response_partition_limit);
        writer::nullable_struct(s, self.cursor.as_ref(), version, Cursor::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicRequest` in `DescribeTopicPartitionsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicRequest {
    /// `Name` string, a topicName.
    pub name: String,
}

impl TopicRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Cursor` in `DescribeTopicPartitionsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Cursor {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `PartitionIndex` int32.
    pub partition_index: i32,
}

impl Cursor {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.string(true)?,
            partition_index: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.topic_name)?;
        s.int32(self.partition_index);
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeTopicPartitionsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeTopicPartitionsRequestView<'a> {
    pub topics: ArrayView<'a, TopicRequestView<'a>>,
    pub response_partition_limit: i32,
    pub cursor: Option<CursorView<'a>>,
}

impl<'a> View<'a> for DescribeTopicPartitionsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            topics: r.array_view(true, version, (2, size_of::<TopicRequest>()), TopicRequestView::read)?,
            response_partition_limit: r.int32()?,
            cursor: r.nullable_struct(version, CursorView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `TopicRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopicRequestView<'a> {
    pub name: &'a str,
}

impl<'a> View<'a> for TopicRequestView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `Cursor`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CursorView<'a> {
    pub topic_name: &'a str,
    pub partition_index: i32,
}

impl<'a> View<'a> for CursorView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.text(true)?,
            partition_index: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for DescribeTopicPartitionsRequest {
    const NAME: &'static str = "DescribeTopicPartitionsRequest";
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

impl crate::message::Request for DescribeTopicPartitionsRequest {
    const API: ApiKey = ApiKey::DescribeTopicPartitions;
    type Response = super::DescribeTopicPartitionsResponse;
    type View<'a> = DescribeTopicPartitionsRequestView<'a>;
}
