//! `AddOffsetsToTxnResponse`: response, key 25, versions 0-4, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `AddOffsetsToTxnResponse`, versions 0-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AddOffsetsToTxnResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl AddOffsetsToTxnResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version >= 3;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=4).contains(&version) {
            return Err(EncodeError::Version { message: "AddOffsetsToTxnResponse", version });
        }
        let flexible = version >= 3;
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for AddOffsetsToTxnResponse {
    const NAME: &'static str = "AddOffsetsToTxnResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for AddOffsetsToTxnResponse {
    const API: ApiKey = ApiKey::AddOffsetsToTxn;
}
