//! `ListPartitionReassignmentsRequest`: request, key 46, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ListPartitionReassignmentsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct ListPartitionReassignmentsRequest {
    /// `TimeoutMs` int32, default 60000.
    pub timeout_ms: i32,
    /// `Topics` array of ListPartitionReassignmentsTopics.
    pub topics: Option<Vec<ListPartitionReassignmentsTopics>>,
}

impl Default for ListPartitionReassignmentsRequest {
    fn default() -> Self {
        Self {
            timeout_ms: 60000,
            topics: None,
        }
    }
}

impl ListPartitionReassignmentsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            timeout_ms: r.int32()?,
            topics: r.nullable_array(true, version, 3, ListPartitionReassignmentsTopics::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ListPartitionReassignmentsRequest", version });
        }
        s.int32(self.timeout_ms);
        writer::nullable_array(s, true, self.topics.as_deref(), version, ListPartitionReassignmentsTopics::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ListPartitionReassignmentsTopics` in `ListPartitionReassignmentsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListPartitionReassignmentsTopics {
    /// `Name` string, a topicName.
    pub name: String,
    /// `PartitionIndexes` array of int32.
    pub partition_indexes: Vec<i32>,
}

impl ListPartitionReassignmentsTopics {
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

/// `ListPartitionReassignmentsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ListPartitionReassignmentsRequestView<'a> {
    pub timeout_ms: i32,
    pub topics: Option<ArrayView<'a, ListPartitionReassignmentsTopicsView<'a>>>,
}

impl<'a> View<'a> for ListPartitionReassignmentsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            timeout_ms: r.int32()?,
            topics: r.nullable_array_view(true, version, (3, size_of::<ListPartitionReassignmentsTopics>()), ListPartitionReassignmentsTopicsView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `ListPartitionReassignmentsTopics`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ListPartitionReassignmentsTopicsView<'a> {
    pub name: &'a str,
    pub partition_indexes: ArrayView<'a, i32>,
}

impl<'a> View<'a> for ListPartitionReassignmentsTopicsView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            partition_indexes: r.array_view(true, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for ListPartitionReassignmentsRequest {
    const NAME: &'static str = "ListPartitionReassignmentsRequest";
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

impl crate::message::Request for ListPartitionReassignmentsRequest {
    const API: ApiKey = ApiKey::ListPartitionReassignments;
    type Response = super::ListPartitionReassignmentsResponse;
    type View<'a> = ListPartitionReassignmentsRequestView<'a>;
}
