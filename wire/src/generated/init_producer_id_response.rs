//! `InitProducerIdResponse`: response, key 22, versions 0-6, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `InitProducerIdResponse`, versions 0-6.
#[derive(Clone, PartialEq, Debug)]
pub struct InitProducerIdResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ProducerId` int64, a producerId, default -1.
    pub producer_id: i64,
    /// `ProducerEpoch` int16.
    pub producer_epoch: i16,
    /// `OngoingTxnProducerId` int64, a producerId, versions 6, default -1.
    pub ongoing_txn_producer_id: i64,
    /// `OngoingTxnProducerEpoch` int16, versions 6, default -1.
    pub ongoing_txn_producer_epoch: i16,
}

impl Default for InitProducerIdResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            producer_id: -1,
            producer_epoch: 0,
            ongoing_txn_producer_id: -1,
            ongoing_txn_producer_epoch: -1,
        }
    }
}

impl InitProducerIdResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 6)?;
        let flexible = version >= 2;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            ongoing_txn_producer_id: if version == 6 { r.int64()? } else { -1 },
            ongoing_txn_producer_epoch: if version == 6 { r.int16()? } else { -1 },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=6).contains(&version) {
            return Err(EncodeError::Version { message: "InitProducerIdResponse", version });
        }
        let flexible = version >= 2;
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.int64(self.producer_id);
        s.int16(self.producer_epoch);
        if version == 6 {
            s.int64(self.ongoing_txn_producer_id);
        } else {
            writer::absent(self.ongoing_txn_producer_id != -1, "InitProducerIdResponse.OngoingTxnProducerId", version)?;
        }
        if version == 6 {
            s.int16(self.ongoing_txn_producer_epoch);
        } else {
            writer::absent(self.ongoing_txn_producer_epoch != -1, "InitProducerIdResponse.OngoingTxnProducerEpoch", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for InitProducerIdResponse {
    const NAME: &'static str = "InitProducerIdResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 6;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for InitProducerIdResponse {
    const API: ApiKey = ApiKey::InitProducerId;
}
