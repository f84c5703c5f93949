//! `DescribeTransactionsResponse`: response, key 65, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeTransactionsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeTransactionsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `TransactionStates` array of TransactionState.
    pub transaction_states: Vec<TransactionState>,
}

impl DescribeTransactionsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            transaction_states: r.array(true, version, 28, TransactionState::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeTransactionsResponse", version });
        }
        s.int32(self.throttle_time_ms);
        writer::array(s, true, &self.transaction_states, version, TransactionState::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TransactionState` in `DescribeTransactionsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TransactionState {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `TransactionalId` string, a transactionalId.
    pub transactional_id: String,
    /// `TransactionState` string.
    pub transaction_state: String,
    /// `TransactionTimeoutMs` int32.
    pub transaction_timeout_ms: i32,
    /// `TransactionStartTimeMs` int64.
    pub transaction_start_time_ms: i64,
    /// `ProducerId` int64, a producerId.
    pub producer_id: i64,
    /// `ProducerEpoch` int16.
    pub producer_epoch: i16,
    /// `Topics` array of TopicData.
    pub topics: Vec<TopicData>,
}

impl TransactionState {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            error_code: r.int16()?,
            transactional_id: r.string(true)?,
            transaction_state: r.string(true)?,
            transaction_timeout_ms: r.int32()?,
            transaction_start_time_ms: r.int64()?,
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            topics: r.array(true, version, 3, TopicData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int16(self.error_code);
        s.string(true, &self.transactional_id)?;
        s.string(true, &self.transaction_state)?;
        s.int32(self.transaction_timeout_ms);
        s.int64(self.transaction_start_time_ms);
        s.int64(self.producer_id);
        s.int16(self.producer_epoch);
        writer::array(s, true, &self.topics, version, TopicData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicData` in `DescribeTransactionsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicData {
    /// `Topic` string, a topicName.
    pub topic: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl TopicData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic: r.string(true)?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.topic)?;
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for DescribeTransactionsResponse {
    const NAME: &'static str = "DescribeTransactionsResponse";
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

impl crate::message::Response for DescribeTransactionsResponse {
    const API: ApiKey = ApiKey::DescribeTransactions;
}
