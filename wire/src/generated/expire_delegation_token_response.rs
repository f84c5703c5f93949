//! `ExpireDelegationTokenResponse`: response, key 40, versions 1-2, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `ExpireDelegationTokenResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ExpireDelegationTokenResponse {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ExpiryTimestampMs` int64.
    pub expiry_timestamp_ms: i64,
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
}

impl ExpireDelegationTokenResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let flexible = version == 2;
        let out = Self {
            error_code: r.int16()?,
            expiry_timestamp_ms: r.int64()?,
            throttle_time_ms: r.int32()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "ExpireDelegationTokenResponse", version });
        }
        let flexible = version == 2;
        s.int16(self.error_code);
        s.int64(self.expiry_timestamp_ms);
        s.int32(self.throttle_time_ms);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for ExpireDelegationTokenResponse {
    const NAME: &'static str = "ExpireDelegationTokenResponse";
    const MIN: i16 = 1;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for ExpireDelegationTokenResponse {
    const API: ApiKey = ApiKey::ExpireDelegationToken;
}
