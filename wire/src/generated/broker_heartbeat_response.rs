//! `BrokerHeartbeatResponse`: response, key 63, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `BrokerHeartbeatResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct BrokerHeartbeatResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `IsCaughtUp` bool.
    pub is_caught_up: bool,
    /// `IsFenced` bool, default true.
    pub is_fenced: bool,
    /// `ShouldShutDown` bool.
    pub should_shut_down: bool,
}

impl Default for BrokerHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            is_caught_up: false,
            is_fenced: true,
            should_shut_down: false,
        }
    }
}

impl BrokerHeartbeatResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            is_caught_up: r.boolean()?,
            is_fenced: r.boolean()?,
            should_shut_down: r.boolean()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "BrokerHeartbeatResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.boolean(self.is_caught_up);
        s.boolean(self.is_fenced);
        s.boolean(self.should_shut_down);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for BrokerHeartbeatResponse {
    const NAME: &'static str = "BrokerHeartbeatResponse";
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

impl crate::message::Response for BrokerHeartbeatResponse {
    const API: ApiKey = ApiKey::BrokerHeartbeat;
}
