//! `DescribeProducersRequest`: request, key 61, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeProducersRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeProducersRequest {
    /// `Topics` array of TopicRequest.
    pub topics: Vec<TopicRequest>,
}

impl DescribeProducersRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            topics: r.array(true, version, 3, TopicRequest::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeProducersRequest", version });
        }
        writer::array(s, true, &self.topics, version, TopicRequest::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicRequest` in `DescribeProducersRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicRequest {
    /// `Name` string, a topicName.
    pub name: String,
    /// `PartitionIndexes` array of int32.
    pub partition_indexes: Vec<i32>,
}

impl TopicRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partition_indexes: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        writer::array(s, true, &self.partition_indexes, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeProducersRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeProducersRequestView<'a> {
    pub topics: ArrayView<'a, TopicRequestView<'a>>,
}

impl<'a> View<'a> for DescribeProducersRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            topics: r.array_view(true, version, (3, size_of::<TopicRequest>()), TopicRequestView::read)?,
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
    pub partition_indexes: ArrayView<'a, i32>,
}

impl<'a> View<'a> for TopicRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            partition_indexes: r.array_view(true, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for DescribeProducersRequest {
    const NAME: &'static str = "DescribeProducersRequest";
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

impl crate::message::Request for DescribeProducersRequest {
    const API: ApiKey = ApiKey::DescribeProducers;
    type Response = super::DescribeProducersResponse;
    type View<'a> = DescribeProducersRequestView<'a>;
}
