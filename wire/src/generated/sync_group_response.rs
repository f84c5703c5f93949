//! `SyncGroupResponse`: response, key 14, versions 0-5, flexible 4+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `SyncGroupResponse`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SyncGroupResponse {
    /// `ThrottleTimeMs` int32, versions 1-5.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ProtocolType` string, versions 5.
    pub protocol_type: Option<String>,
    /// `ProtocolName` string, versions 5.
    pub protocol_name: Option<String>,
    /// `Assignment` bytes.
    pub assignment: Bytes,
}

impl SyncGroupResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 4;
        let out = Self {
            throttle_time_ms: if version >= 1 { r.int32()? } else { 0 },
            error_code: r.int16()?,
            protocol_type: if version == 5 { r.nullable_string(flexible)? } else { None },
            protocol_name: if version == 5 { r.nullable_string(flexible)? } else { None },
            assignment: r.bytes(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "SyncGroupResponse", version });
        }
        let flexible = version >= 4;
        if version >= 1 {
            s.int32(self.throttle_time_ms);
        }
        s.int16(self.error_code);
        if version == 5 {
            s.nullable_string(flexible, self.protocol_type.as_deref())?;
        }
        if version == 5 {
            s.nullable_string(flexible, self.protocol_name.as_deref())?;
        }
        s.bytes(flexible, &self.assignment)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for SyncGroupResponse {
    const NAME: &'static str = "SyncGroupResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 5;
    const FLEXIBLE_FROM: i16 = 4;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for SyncGroupResponse {
    const API: ApiKey = ApiKey::SyncGroup;
}
