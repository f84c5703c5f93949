//! `ListTransactionsResponse`: response, key 66, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ListTransactionsResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ListTransactionsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `UnknownStateFilters` array of string.
    pub unknown_state_filters: Vec<String>,
    /// `TransactionStates` array of TransactionState.
    pub transaction_states: Vec<TransactionState>,
}

impl ListTransactionsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            unknown_state_filters: r.array(true, version, 1, |r, _| r.string(true))?,
            transaction_states: r.array(true, version, 11, TransactionState::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "ListTransactionsResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        writer::array(s, true, &self.unknown_state_filters, version, |e, s, _| s.string(true, e))?;
        writer::array(s, true, &self.transaction_states, version, TransactionState::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TransactionState` in `ListTransactionsResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TransactionState {
    /// `TransactionalId` string, a transactionalId.
    pub transactional_id: String,
    /// `ProducerId` int64, a producerId.
    pub producer_id: i64,
    /// `TransactionState` string.
    pub transaction_state: String,
}

impl TransactionState {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            transactional_id: r.string(true)?,
            producer_id: r.int64()?,
            transaction_state: r.string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.transactional_id)?;
        s.int64(self.producer_id);
        s.string(true, &self.transaction_state)?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ListTransactionsResponse {
    const NAME: &'static str = "ListTransactionsResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for ListTransactionsResponse {
    const API: ApiKey = ApiKey::ListTransactions;
}
