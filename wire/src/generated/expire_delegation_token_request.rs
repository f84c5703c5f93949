//! `ExpireDelegationTokenRequest`: request, key 40, versions 1-2, flexible 2+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `ExpireDelegationTokenRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ExpireDelegationTokenRequest {
    /// `Hmac` bytes.
    pub hmac: Bytes,
    /// `ExpiryTimePeriodMs` int64.
    pub expiry_time_period_ms: i64,
}

impl ExpireDelegationTokenRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let flexible = version == 2;
        let out = Self {
            hmac: r.bytes(flexible)?,
            expiry_time_period_ms: r.int64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "ExpireDelegationTokenRequest", version });
        }
        let flexible = version == 2;
        s.bytes(flexible, &self.hmac)?;
        s.int64(self.expiry_time_period_ms);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ExpireDelegationTokenRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ExpireDelegationTokenRequestView<'a> {
    pub hmac: &'a [u8],
    pub expiry_time_period_ms: i64,
}

impl<'a> View<'a> for ExpireDelegationTokenRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let flexible = version == 2;
        let out = Self {
            hmac: r.slice(flexible)?,
            expiry_time_period_ms: r.int64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for ExpireDelegationTokenRequest {
    const NAME: &'static str = "ExpireDelegationTokenRequest";
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

impl crate::message::Request for ExpireDelegationTokenRequest {
    const API: ApiKey = ApiKey::ExpireDelegationToken;
    type Response = super::ExpireDelegationTokenResponse;
    type View<'a> = ExpireDelegationTokenRequestView<'a>;
}
