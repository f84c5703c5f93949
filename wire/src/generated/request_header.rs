//! `RequestHeader`: header, versions 1-2, flexible 2+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};

/// `RequestHeader`, versions 1-2.
#[derive(Clone, PartialEq, Debug)]
pub struct RequestHeader {
    /// `RequestApiKey` int16.
    pub request_api_key: i16,
    /// `RequestApiVersion` int16.
    pub request_api_version: i16,
    /// `CorrelationId` int32.
    pub correlation_id: i32,
    /// `ClientId` string, default Some(String::new()).
    pub client_id: Option<String>,
}

impl Default for RequestHeader {
    fn default() -> Self {
        Self {
            request_api_key: 0,
            request_api_version: 0,
            correlation_id: 0,
            client_id: Some(String::new()),
        }
    }
}

impl RequestHeader {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let flexible = version == 2;
        let out = Self {
            request_api_key: r.int16()?,
            request_api_version: r.int16()?,
            correlation_id: r.int32()?,
            client_id: r.nullable_string(false)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "RequestHeader", version });
        }
        let flexible = version == 2;
        s.int16(self.request_api_key);
        s.int16(self.request_api_version);
        s.int32(self.correlation_id);
        s.nullable_string(false, self.client_id.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for RequestHeader {
    const NAME: &'static str = "RequestHeader";
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
