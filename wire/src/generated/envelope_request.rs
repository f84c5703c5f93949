//! `EnvelopeRequest`: request, key 58, versions 0, flexible 0+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `EnvelopeRequest`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct EnvelopeRequest {
    /// `RequestData` bytes.
    pub request_data: Bytes,
    /// `RequestPrincipal` bytes, default Some(Bytes::new()).
    pub request_principal: Option<Bytes>,
    /// `ClientHostAddress` bytes.
    pub client_host_address: Bytes,
}

impl Default for EnvelopeRequest {
    fn default() -> Self {
        Self {
            request_data: Bytes::new(),
            request_principal: Some(Bytes::new()),
            client_host_address: Bytes::new(),
        }
    }
}

impl EnvelopeRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            request_data: r.bytes(true)?,
            request_principal: r.nullable_bytes(true)?,
            client_host_address: r.bytes(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "EnvelopeRequest", version });
        }
        s.bytes(true, &self.request_data)?;
        s.nullable_bytes(true, self.request_principal.as_ref())?;
        s.bytes(true, &self.client_host_address)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `EnvelopeRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct EnvelopeRequestView<'a> {
    pub request_data: &'a [u8],
    pub request_principal: Option<&'a [u8]>,
    pub client_host_address: &'a [u8],
}

impl<'a> View<'a> for EnvelopeRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            request_data: r.slice(true)?,
            request_principal: r.nullable_slice(true)?,
            client_host_address: r.slice(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for EnvelopeRequest {
    const NAME: &'static str = "EnvelopeRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for EnvelopeRequest {
    const API: ApiKey = ApiKey::Envelope;
    type Response = super::EnvelopeResponse;
    type View<'a> = EnvelopeRequestView<'a>;
}
