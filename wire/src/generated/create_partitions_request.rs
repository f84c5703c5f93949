//! `CreatePartitionsRequest`: request, key 37, versions 0-3, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `CreatePartitionsRequest`, versions 0-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreatePartitionsRequest {
    /// `Topics` array of CreatePartitionsTopic.
    pub topics: Vec<CreatePartitionsTopic>,
    /// `TimeoutMs` int32.
    pub timeout_ms: i32,
    /// `ValidateOnly` bool.
    pub validate_only: bool,
}

impl CreatePartitionsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 3)?;
        let flexible = version >= 2;
        let out = Self {
            topics: r.array(flexible, version, if version <= 1 { 10 } else { 7 }, CreatePartitionsTopic::decode)?,
            timeout_ms: r.int32()?,
            validate_only: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=3).contains(&version) {
            return Err(EncodeError::Version { message: "CreatePartitionsRequest", version });
        }
        let flexible = version >= 2;
        writer::array(s, flexible, &self.topics, version, CreatePartitionsTopic::encode)?;
        s.int32(self.timeout_ms);
        s.boolean(self.validate_only);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreatePartitionsTopic` in `CreatePartitionsRequest`, versions 0-3.
#[derive(Clone, PartialEq, Debug)]
pub struct CreatePartitionsTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Count` int32.
    pub count: i32,
    /// `Assignments` array of CreatePartitionsAssignment, default Some(Vec::new()).
    pub assignments: Option<Vec<CreatePartitionsAssignment>>,
}

impl Default for CreatePartitionsTopic {
    fn default() -> Self {
        Self {
            name: String::new(),
            count: 0,
            assignments: Some(Vec::new()),
        }
    }
}

impl CreatePartitionsTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            name: r.string(flexible)?,
            count: r.int32()?,
            assignments: r.nullable_array(flexible, version, if version <= 1 { 4 } else { 2 }, CreatePartitionsAssignment::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        s.string(flexible, &self.name)?;
        s.int32(self.count);
        writer::nullable_array(s, flexible, self.assignments.as_deref(), version, CreatePartitionsAssignment::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreatePartitionsAssignment` in `CreatePartitionsRequest`, versions 0-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreatePartitionsAssignment {
    /// `BrokerIds` array of int32, a brokerId.
    pub broker_ids: Vec<i32>,
}

impl CreatePartitionsAssignment {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            broker_ids: r.array(flexible, version, 4, |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        writer::array(s, flexible, &self.broker_ids, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreatePartitionsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CreatePartitionsRequestView<'a> {
    pub topics: ArrayView<'a, CreatePartitionsTopicView<'a>>,
    pub timeout_ms: i32,
    pub validate_only: bool,
}

impl<'a> View<'a> for CreatePartitionsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 3)?;
        let flexible = version >= 2;
        let out = Self {
            topics: r.array_view(flexible, version, (if version <= 1 { 10 } else { 7 }, size_of::<CreatePartitionsTopic>()), CreatePartitionsTopicView::read)?,
            timeout_ms: r.int32()?,
            validate_only: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `CreatePartitionsTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CreatePartitionsTopicView<'a> {
    pub name: &'a str,
    pub count: i32,
    pub assignments: Option<ArrayView<'a, CreatePartitionsAssignmentView<'a>>>,
}

impl<'a> View<'a> for CreatePartitionsTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            name: r.text(flexible)?,
            count: r.int32()?,
            assignments: r.nullable_array_view(flexible, version, (if version <= 1 { 4 } else { 2 }, size_of::<CreatePartitionsAssignment>()), CreatePartitionsAssignmentView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `CreatePartitionsAssignment`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CreatePartitionsAssignmentView<'a> {
    pub broker_ids: ArrayView<'a, i32>,
}

impl<'a> View<'a> for CreatePartitionsAssignmentView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            broker_ids: r.array_view(flexible, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for CreatePartitionsRequest {
    const NAME: &'static str = "CreatePartitionsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 3;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for CreatePartitionsRequest {
    const API: ApiKey = ApiKey::CreatePartitions;
    type Response = super::CreatePartitionsResponse;
    type View<'a> = CreatePartitionsRequestView<'a>;
}
