//! `EndTxnResponse`: response, key 26, versions 0-5, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `EndTxnResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug)]
pub struct EndTxnResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ProducerId` int64, a producerId, versions 5, default -1.
    pub producer_id: i64,
    /// `ProducerEpoch` int16, versions 5, default -1.
    pub producer_epoch: i16,
}

impl Default for EndTxnResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            producer_id: -1,
            producer_epoch: -1,
        }
    }
}

impl EndTxnResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            producer_id: if version == 5 { r.int64()? } else { -1 },
            producer_epoch: if version == 5 { r.int16()? } else { -1 },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "EndTxnResponse", version });
        }
        let flexible = version >= 3;
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        if version == 5 {
            s.int64(self.producer_id);
        }
        if version == 5 {
            s.int16(self.producer_epoch);
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for EndTxnResponse {
    const NAME: &'static str = "EndTxnResponse";
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

impl crate::message::Response for EndTxnResponse {
    const API: ApiKey = ApiKey::EndTxn;
}
