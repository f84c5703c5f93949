//! `DeleteRecordsRequest`: request, key 21, versions 0-2, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DeleteRecordsRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteRecordsRequest {
    /// `Topics` array of DeleteRecordsTopic.
    pub topics: Vec<DeleteRecordsTopic>,
    /// `TimeoutMs` int32.
    pub timeout_ms: i32,
}

impl DeleteRecordsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            topics: r.array(flexible, version, if version <= 1 { 6 } else { 3 }, DeleteRecordsTopic::decode)?,
            timeout_ms: r.int32()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "DeleteRecordsRequest", version });
        }
        let flexible = version == 2;
        writer::array(s, flexible, &self.topics, version, DeleteRecordsTopic::encode)?;
        s.int32(self.timeout_ms);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DeleteRecordsTopic` in `DeleteRecordsRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteRecordsTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of DeleteRecordsPartition.
    pub partitions: Vec<DeleteRecordsPartition>,
}

impl DeleteRecordsTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            name: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 1 { 12 } else { 13 }, DeleteRecordsPartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 2;
        s.string(flexible, &self.name)?;
        writer::array(s, flexible, &self.partitions, version, DeleteRecordsPartition::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DeleteRecordsPartition` in `DeleteRecordsRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteRecordsPartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `Offset` int64.
    pub offset: i64,
}

impl DeleteRecordsPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            partition_index: r.int32()?,
            offset: r.int64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 2;
        s.int32(self.partition_index);
        s.int64(self.offset);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DeleteRecordsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DeleteRecordsRequestView<'a> {
    pub topics: ArrayView<'a, DeleteRecordsTopicView<'a>>,
    pub timeout_ms: i32,
}

impl<'a> View<'a> for DeleteRecordsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            topics: r.array_view(flexible, version, (if version <= 1 { 6 } else { 3 }, size_of::<DeleteRecordsTopic>()), DeleteRecordsTopicView::read)?,
            timeout_ms: r.int32()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `DeleteRecordsTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DeleteRecordsTopicView<'a> {
    pub name: &'a str,
    pub partitions: ArrayView<'a, DeleteRecordsPartition>,
}

impl<'a> View<'a> for DeleteRecordsTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            name: r.text(flexible)?,
            partitions: r.array_view(flexible, version, (if version <= 1 { 12 } else { 13 }, size_of::<DeleteRecordsPartition>()), DeleteRecordsPartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for DeleteRecordsRequest {
    const NAME: &'static str = "DeleteRecordsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for DeleteRecordsRequest {
    const API: ApiKey = ApiKey::DeleteRecords;
    type Response = super::DeleteRecordsResponse;
    type View<'a> = DeleteRecordsRequestView<'a>;
}
