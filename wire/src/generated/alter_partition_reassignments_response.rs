//! `AlterPartitionReassignmentsResponse`: response, key 45, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AlterPartitionReassignmentsResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct AlterPartitionReassignmentsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `AllowReplicationFactorChange` bool, versions 1, default true.
    pub allow_replication_factor_change: bool,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `Responses` array of ReassignableTopicResponse.
    pub responses: Vec<ReassignableTopicResponse>,
}

impl Default for AlterPartitionReassignmentsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            allow_replication_factor_change: true,
            error_code: 0,
            error_message: Some(String::new()),
            responses: Vec::new(),
        }
    }
}

impl AlterPartitionReassignmentsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            allow_replication_factor_change: if version == 1 { r.boolean()? } else { true },
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            responses: r.array(true, version, 3, ReassignableTopicResponse::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "AlterPartitionReassignmentsResponse", version });
        }
        s.int32(self.throttle_time_ms);
        if version == 1 {
            s.boolean(self.allow_replication_factor_change);
        }
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        writer::array(s, true, &self.responses, version, ReassignableTopicResponse::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ReassignableTopicResponse` in `AlterPartitionReassignmentsResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReassignableTopicResponse {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of ReassignablePartitionResponse.
    pub partitions: Vec<ReassignablePartitionResponse>,
}

impl ReassignableTopicResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partitions: r.array(true, version, 8, ReassignablePartitionResponse::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        writer::array(s, true, &self.partitions, version, ReassignablePartitionResponse::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ReassignablePartitionResponse` in `AlterPartitionReassignmentsResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct ReassignablePartitionResponse {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
}

impl Default for ReassignablePartitionResponse {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            error_message: Some(String::new()),
        }
    }
}

impl ReassignablePartitionResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for AlterPartitionReassignmentsResponse {
    const NAME: &'static str = "AlterPartitionReassignmentsResponse";
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

impl crate::message::Response for AlterPartitionReassignmentsResponse {
    const API: ApiKey = ApiKey::AlterPartitionReassignments;
}
