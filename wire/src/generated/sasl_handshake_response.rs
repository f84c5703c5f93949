//! `SaslHandshakeResponse`: response, key 17, versions 0-1, never flexible. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `SaslHandshakeResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SaslHandshakeResponse {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Mechanisms` array of string.
    pub mechanisms: Vec<String>,
}

impl SaslHandshakeResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        Ok(Self {
            error_code: r.int16()?,
            mechanisms: r.array(false, version, 2, |r, _| r.string(false))?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "SaslHandshakeResponse", version });
        }
        s.int16(self.error_code);
        writer::array(s, false, &self.mechanisms, version, |e, s, _| s.string(false, e))?;
        Ok(())
    }
}

impl Message for SaslHandshakeResponse {
    const NAME: &'static str = "SaslHandshakeResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = i16::MAX;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for SaslHandshakeResponse {
    const API: ApiKey = ApiKey::SaslHandshake;
}
