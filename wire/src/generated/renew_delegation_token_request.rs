//! `RenewDelegationTokenRequest`: request, key 39, versions 1-2, flexible 2+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `RenewDelegationTokenRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RenewDelegationTokenRequest {
    /// `Hmac` bytes.
    pub hmac: Bytes,
    /// `RenewPeriodMs` int64.
    pub renew_period_ms: i64,
}

impl RenewDelegationTokenRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let flexible = version == 2;
        let out = Self {
            hmac: r.bytes(flexible)?,
            renew_period_ms: r.int64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "RenewDelegationTokenRequest", version });
        }
        let flexible = version == 2;
        s.bytes(flexible, &self.hmac)?;
        s.int64(self.renew_period_ms);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `RenewDelegationTokenRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct RenewDelegationTokenRequestView<'a> {
    pub hmac: &'a [u8],
    pub renew_period_ms: i64,
}

impl<'a> View<'a> for RenewDelegationTokenRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let flexible = version == 2;
        let out = Self {
            hmac: r.slice(flexible)?,
            renew_period_ms: r.int64()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for RenewDelegationTokenRequest {
    const NAME: &'static str = "RenewDelegationTokenRequest";
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

impl crate::message::Request for RenewDelegationTokenRequest {
    const API: ApiKey = ApiKey::RenewDelegationToken;
    type Response = super::RenewDelegationTokenResponse;
    type View<'a> = RenewDelegationTokenRequestView<'a>;
}
