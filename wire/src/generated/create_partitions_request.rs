//! `CreatePartitionsRequest`: request, key 37, versions 0-3, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
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
}
