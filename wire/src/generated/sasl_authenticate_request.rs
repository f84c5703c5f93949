//! `SaslAuthenticateRequest`: request, key 36, versions 0-2, flexible 2+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `SaslAuthenticateRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SaslAuthenticateRequest {
    /// `AuthBytes` bytes.
    pub auth_bytes: Bytes,
}

impl SaslAuthenticateRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            auth_bytes: r.bytes(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "SaslAuthenticateRequest", version });
        }
        let flexible = version == 2;
        s.bytes(flexible, &self.auth_bytes)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `SaslAuthenticateRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct SaslAuthenticateRequestView<'a> {
    pub auth_bytes: &'a [u8],
}

impl<'a> View<'a> for SaslAuthenticateRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            auth_bytes: r.slice(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for SaslAuthenticateRequest {
    const NAME: &'static str = "SaslAuthenticateRequest";
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

impl crate::message::Request for SaslAuthenticateRequest {
    const API: ApiKey = ApiKey::SaslAuthenticate;
    type Response = super::SaslAuthenticateResponse;
    type View<'a> = SaslAuthenticateRequestView<'a>;
}
