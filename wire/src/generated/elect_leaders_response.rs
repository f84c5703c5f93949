//! `ElectLeadersResponse`: response, key 43, versions 0-2, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ElectLeadersResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ElectLeadersResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16, versions 1-2.
    pub error_code: i16,
    /// `ReplicaElectionResults` array of ReplicaElectionResult.
    pub replica_election_results: Vec<ReplicaElectionResult>,
}

impl ElectLeadersResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: if version >= 1 { r.int16()? } else { 0 },
            replica_election_results: r.array(flexible, version, if version <= 1 { 6 } else { 3 }, ReplicaElectionResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "ElectLeadersResponse", version });
        }
        let flexible = version == 2;
        s.int32(self.throttle_time_ms);
        if version >= 1 {
            s.int16(self.error_code);
        } else {
            writer::absent(self.error_code != 0, "ElectLeadersResponse.ErrorCode", version)?;
        }
        writer::array(s, flexible, &self.replica_election_results, version, ReplicaElectionResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ReplicaElectionResult` in `ElectLeadersResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReplicaElectionResult {
    /// `Topic` string, a topicName.
    pub topic: String,
    /// `PartitionResult` array of PartitionResult.
    pub partition_result: Vec<PartitionResult>,
}

impl ReplicaElectionResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            topic: r.string(flexible)?,
            partition_result: r.array(flexible, version, 8, PartitionResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 2;
        s.string(flexible, &self.topic)?;
        writer::array(s, flexible, &self.partition_result, version, PartitionResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `PartitionResult` in `ElectLeadersResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct PartitionResult {
    /// `PartitionId` int32.
    pub partition_id: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
}

impl Default for PartitionResult {
    fn default() -> Self {
        Self {
            partition_id: 0,
            error_code: 0,
            error_message: Some(String::new()),
        }
    }
}

impl PartitionResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            partition_id: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 2;
        s.int32(self.partition_id);
        s.int16(self.error_code);
        s.nullable_string(flexible, self.error_message.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for ElectLeadersResponse {
    const NAME: &'static str = "ElectLeadersResponse";
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

impl crate::message::Response for ElectLeadersResponse {
    const API: ApiKey = ApiKey::ElectLeaders;
}
