//! `DescribeProducersResponse`: response, key 61, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeProducersResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeProducersResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Topics` array of TopicResponse.
    pub topics: Vec<TopicResponse>,
}

impl DescribeProducersResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            topics: r.array(true, version, 3, TopicResponse::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeProducersResponse", version });
        }
        s.int32(self.throttle_time_ms);
        writer::array(s, true, &self.topics, version, TopicResponse::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicResponse` in `DescribeProducersResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicResponse {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of PartitionResponse.
    pub partitions: Vec<PartitionResponse>,
}

impl TopicResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partitions: r.array(true, version, 9, PartitionResponse::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        writer::array(s, true, &self.partitions, version, PartitionResponse::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionResponse` in `DescribeProducersResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionResponse {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `ActiveProducers` array of ProducerState.
    pub active_producers: Vec<ProducerState>,
}

impl PartitionResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            active_producers: r.array(true, version, 37, ProducerState::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        writer::array(s, true, &self.active_producers, version, ProducerState::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ProducerState` in `DescribeProducersResponse`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct ProducerState {
    /// `ProducerId` int64, a producerId.
    pub producer_id: i64,
    /// `ProducerEpoch` int32.
    pub producer_epoch: i32,
    /// `LastSequence` int32, default -1.
    pub last_sequence: i32,
    /// `LastTimestamp` int64, default -1.
    pub last_timestamp: i64,
    /// `CoordinatorEpoch` int32.
    pub coordinator_epoch: i32,
    /// `CurrentTxnStartOffset` int64, default -1.
    pub current_txn_start_offset: i64,
}

impl Default for ProducerState {
    fn default() -> Self {
        Self {
            producer_id: 0,
            producer_epoch: 0,
            last_sequence: -1,
            last_timestamp: -1,
            coordinator_epoch: 0,
            current_txn_start_offset: -1,
        }
    }
}

impl ProducerState {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            producer_id: r.int64()?,
            producer_epoch: r.int32()?,
            last_sequence: r.int32()?,
            last_timestamp: r.int64()?,
            coordinator_epoch: r.int32()?,
            current_txn_start_offset: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int64(self.producer_id);
        s.int32(self.producer_epoch);
        s.int32(self.last_sequence);
        s.int64(self.last_timestamp);
        s.int32(self.coordinator_epoch);
        s.int64(self.current_txn_start_offset);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for DescribeProducersResponse {
    const NAME: &'static str = "DescribeProducersResponse";
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

impl crate::message::Response for DescribeProducersResponse {
    const API: ApiKey = ApiKey::DescribeProducers;
}
