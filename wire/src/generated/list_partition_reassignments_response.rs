//! `ListPartitionReassignmentsResponse`: response, key 46, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ListPartitionReassignmentsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct ListPartitionReassignmentsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `Topics` array of OngoingTopicReassignment.
    pub topics: Vec<OngoingTopicReassignment>,
}

impl Default for ListPartitionReassignmentsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(String::new()),
            topics: Vec::new(),
        }
    }
}

impl ListPartitionReassignmentsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            topics: r.array(true, version, 3, OngoingTopicReassignment::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ListPartitionReassignmentsResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        writer::array(s, true, &self.topics, version, OngoingTopicReassignment::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `OngoingTopicReassignment` in `ListPartitionReassignmentsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OngoingTopicReassignment {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of OngoingPartitionReassignment.
    pub partitions: Vec<OngoingPartitionReassignment>,
}

impl OngoingTopicReassignment {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partitions: r.array(true, version, 8, OngoingPartitionReassignment::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        writer::array(s, true, &self.partitions, version, OngoingPartitionReassignment::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `OngoingPartitionReassignment` in `ListPartitionReassignmentsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OngoingPartitionReassignment {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `Replicas` array of int32, a brokerId.
    pub replicas: Vec<i32>,
    /// `AddingReplicas` array of int32, a brokerId.
    pub adding_replicas: Vec<i32>,
    /// `RemovingReplicas` array of int32, a brokerId.
    pub removing_replicas: Vec<i32>,
}

impl OngoingPartitionReassignment {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            replicas: r.array(true, version, 4, |r, _| r.int32())?,
            adding_replicas: r.array(true, version, 4, |r, _| r.int32())?,
            removing_replicas: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        writer::array(s, true, &self.replicas, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        writer::array(s, true, &self.adding_replicas, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        writer::array(s, true, &self.removing_replicas, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ListPartitionReassignmentsResponse {
    const NAME: &'static str = "ListPartitionReassignmentsResponse";
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

impl crate::message::Response for ListPartitionReassignmentsResponse {
    const API: ApiKey = ApiKey::ListPartitionReassignments;
}
