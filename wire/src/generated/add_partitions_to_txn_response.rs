//! `AddPartitionsToTxnResponse`: response, key 24, versions 0-5, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AddPartitionsToTxnResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AddPartitionsToTxnResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16, versions 4-5.
    pub error_code: i16,
    /// `ResultsByTransaction` array of AddPartitionsToTxnResult, versions 4-5.
    pub results_by_transaction: Vec<AddPartitionsToTxnResult>,
    /// `ResultsByTopicV3AndBelow` array of AddPartitionsToTxnTopicResult, versions 0-3.
    pub results_by_topic_v3_and_below: Vec<AddPartitionsToTxnTopicResult>,
}

impl AddPartitionsToTxnResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: if version >= 4 { r.int16()? } else { 0 },
            results_by_transaction: if version >= 4 { r.array(flexible, version, 3, AddPartitionsToTxnResult::decode)? } else { Vec::new() },
            results_by_topic_v3_and_below: if version <= 3 { r.array(flexible, version, if version <= 2 { 6 } else { 3 }, AddPartitionsToTxnTopicResult::decode)? } else { Vec::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "AddPartitionsToTxnResponse", version });
        }
        let flexible = version >= 3;
        s.int32(self.throttle_time_ms);
        if version >= 4 {
            s.int16(self.error_code);
        }
        if version >= 4 {
            writer::array(s, flexible, &self.results_by_transaction, version, AddPartitionsToTxnResult::encode)?;
        } else {
            writer::absent(!self.results_by_transaction.is_empty(), "AddPartitionsToTxnResponse.ResultsByTransaction", version)?;
        }
        if version <= 3 {
            writer::array(s, flexible, &self.results_by_topic_v3_and_below, version, AddPartitionsToTxnTopicResult::encode)?;
        } else {
            writer::absent(!self.results_by_topic_v3_and_below.is_empty(), "AddPartitionsToTxnResponse.ResultsByTopicV3AndBelow", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AddPartitionsToTxnResult` in `AddPartitionsToTxnResponse`, versions 4-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AddPartitionsToTxnResult {
    /// `TransactionalId` string, a transactionalId.
    pub transactional_id: String,
    /// `TopicResults` array of AddPartitionsToTxnTopicResult.
    pub topic_results: Vec<AddPartitionsToTxnTopicResult>,
}

impl AddPartitionsToTxnResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            transactional_id: r.string(true)?,
            topic_results: r.array(true, version, 3, AddPartitionsToTxnTopicResult::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.transactional_id)?;
        writer::array(s, true, &self.topic_results, version, AddPartitionsToTxnTopicResult::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `AddPartitionsToTxnTopicResult` in `AddPartitionsToTxnResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AddPartitionsToTxnTopicResult {
    /// `Name` string, a topicName.
    pub name: String,
    /// `ResultsByPartition` array of AddPartitionsToTxnPartitionResult.
    pub results_by_partition: Vec<AddPartitionsToTxnPartitionResult>,
}

impl AddPartitionsToTxnTopicResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            name: r.string(flexible)?,
            results_by_partition: r.array(flexible, version, if version <= 2 { 6 } else { 7 }, AddPartitionsToTxnPartitionResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 3;
        s.string(flexible, &self.name)?;
        writer::array(s, flexible, &self.results_by_partition, version, AddPartitionsToTxnPartitionResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AddPartitionsToTxnPartitionResult` in `AddPartitionsToTxnResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AddPartitionsToTxnPartitionResult {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `PartitionErrorCode` int16.
    pub partition_error_code: i16,
}

impl AddPartitionsToTxnPartitionResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            partition_index: r.int32()?,
            partition_error_code: r.int16()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 3;
        s.int32(self.partition_index);
        s.int16(self.partition_error_code);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for AddPartitionsToTxnResponse {
    const NAME: &'static str = "AddPartitionsToTxnResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for AddPartitionsToTxnResponse {
    const API: ApiKey = ApiKey::AddPartitionsToTxn;
}
