//! `DescribeLogDirsRequest`: request, key 35, versions 1-5, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeLogDirsRequest`, versions 1-5.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeLogDirsRequest {
    /// `Topics` array of DescribableLogDirTopic, default Some(Vec::new()).
    pub topics: Option<Vec<DescribableLogDirTopic>>,
}

impl Default for DescribeLogDirsRequest {
    fn default() -> Self {
        Self {
            topics: Some(Vec::new()),
        }
    }
}

impl DescribeLogDirsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 5)?;
        let flexible = version >= 2;
        let out = Self {
            topics: r.nullable_array(flexible, version, if version <= 1 { 6 } else { 3 }, DescribableLogDirTopic::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=5).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeLogDirsRequest", version });
        }
        let flexible = version >= 2;
        writer::nullable_array(s, flexible, self.topics.as_deref(), version, DescribableLogDirTopic::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribableLogDirTopic` in `DescribeLogDirsRequest`, versions 1-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribableLogDirTopic {
    /// `Topic` string, a topicName.
    pub topic: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl DescribableLogDirTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            topic: r.string(flexible)?,
            partitions: r.array(flexible, version, 4, |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        s.string(flexible, &self.topic)?;
        writer::array(s, flexible, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeLogDirsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeLogDirsRequestView<'a> {
    pub topics: Option<ArrayView<'a, DescribableLogDirTopicView<'a>>>,
}

impl<'a> View<'a> for DescribeLogDirsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 5)?;
        let flexible = version >= 2;
        let out = Self {
            topics: r.nullable_array_view(flexible, version, (if version <= 1 { 6 } else { 3 }, size_of::<DescribableLogDirTopic>()), DescribableLogDirTopicView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `DescribableLogDirTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribableLogDirTopicView<'a> {
    pub topic: &'a str,
    pub partitions: ArrayView<'a, i32>,
}

impl<'a> View<'a> for DescribableLogDirTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            topic: r.text(flexible)?,
            partitions: r.array_view(flexible, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for DescribeLogDirsRequest {
    const NAME: &'static str = "DescribeLogDirsRequest";
    const MIN: i16 = 1;
    const MAX: i16 = 5;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for DescribeLogDirsRequest {
    const API: ApiKey = ApiKey::DescribeLogDirs;
    type Response = super::DescribeLogDirsResponse;
    type View<'a> = DescribeLogDirsRequestView<'a>;
}
