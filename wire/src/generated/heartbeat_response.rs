//! `HeartbeatResponse`: response, key 12, versions 0-4, flexible 4+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `HeartbeatResponse`, versions 0-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HeartbeatResponse {
    /// `ThrottleTimeMs` int32, versions 1-4.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl HeartbeatResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version == 4;
        let out = Self {
            throttle_time_ms: if version >= 1 { r.int32()? } else { 0 },
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
            return Err(EncodeError::Version { message: "HeartbeatResponse", version });
        }
        let flexible = version == 4;
        if version >= 1 {
            s.int32(self.throttle_time_ms);
        }
        s.int16(self.error_code);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for HeartbeatResponse {
    const NAME: &'static str = "HeartbeatResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for HeartbeatResponse {
    const API: ApiKey = ApiKey::Heartbeat;
}
