//! `DescribeQuorumRequest`: request, key 55, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeQuorumRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeQuorumRequest {
    /// `Topics` array of TopicData.
    pub topics: Vec<TopicData>,
}

impl DescribeQuorumRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            topics: r.array(true, version, 3, TopicData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeQuorumRequest", version });
        }
        writer::array(s, true, &self.topics, version, TopicData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicData` in `DescribeQuorumRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicData {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl TopicData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.string(true)?,
            partitions: r.array(true, version, 5, PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.topic_name)?;
        writer::array(s, true, &self.partitions, version, PartitionData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionData` in `DescribeQuorumRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeQuorumRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeQuorumRequestView<'a> {
    pub topics: ArrayView<'a, TopicDataView<'a>>,
}

impl<'a> View<'a> for DescribeQuorumRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            topics: r.array_view(true, version, (3, size_of::<TopicData>()), TopicDataView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `TopicData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopicDataView<'a> {
    pub topic_name: &'a str,
    pub partitions: ArrayView<'a, PartitionData>,
}

impl<'a> View<'a> for TopicDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.text(true)?,
            partitions: r.array_view(true, version, (5, size_of::<PartitionData>()), PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for DescribeQuorumRequest {
    const NAME: &'static str = "DescribeQuorumRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for DescribeQuorumRequest {
    const API: ApiKey = ApiKey::DescribeQuorum;
    type Response = super::DescribeQuorumResponse;
    type View<'a> = DescribeQuorumRequestView<'a>;
}
