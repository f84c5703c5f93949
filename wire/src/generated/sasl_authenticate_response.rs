//! `SaslAuthenticateResponse`: response, key 36, versions 0-2, flexible 2+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `SaslAuthenticateResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct SaslAuthenticateResponse {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `AuthBytes` bytes.
    pub auth_bytes: Bytes,
    /// `SessionLifetimeMs` int64, versions 1-2.
    pub session_lifetime_ms: i64,
}

impl Default for SaslAuthenticateResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(String::new()),
            auth_bytes: Bytes::new(),
            session_lifetime_ms: 0,
        }
    }
}

impl SaslAuthenticateResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            error_code: r.int16()?,
            error_message: r.nullable_string(flexible)?,
            auth_bytes: r.bytes(flexible)?,
            session_lifetime_ms: if version >= 1 { r.int64()? } else { 0 },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "SaslAuthenticateResponse", version });
        }
        let flexible = version == 2;
        s.int16(self.error_code);
        s.nullable_string(flexible, self.error_message.as_deref())?;
        s.bytes(flexible, &self.auth_bytes)?;
        if version >= 1 {
            s.int64(self.session_lifetime_ms);
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for SaslAuthenticateResponse {
    const NAME: &'static str = "SaslAuthenticateResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for SaslAuthenticateResponse {
    const API: ApiKey = ApiKey::SaslAuthenticate;
}
