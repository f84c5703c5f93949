//! `SaslHandshakeRequest`: request, key 17, versions 0-1, never flexible. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `SaslHandshakeRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SaslHandshakeRequest {
    /// `Mechanism` string.
    pub mechanism: String,
}

impl SaslHandshakeRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        Ok(Self {
            mechanism: r.string(false)?,
        })
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "SaslHandshakeRequest", version });
        }
        s.string(false, &self.mechanism)?;
        Ok(())
    }
}

/// `SaslHandshakeRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct SaslHandshakeRequestView<'a> {
    pub mechanism: &'a str,
}

impl<'a> View<'a> for SaslHandshakeRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        Ok(Self {
            mechanism: r.text(false)?,
        })
    }
}

impl Message for SaslHandshakeRequest {
    const NAME: &'static str = "SaslHandshakeRequest";
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

impl crate::message::Request for SaslHandshakeRequest {
    const API: ApiKey = ApiKey::SaslHandshake;
    type Response = super::SaslHandshakeResponse;
    type View<'a> = SaslHandshakeRequestView<'a>;
}
