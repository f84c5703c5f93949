//! `DescribeDelegationTokenResponse`: response, key 41, versions 1-3, flexible 2+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeDelegationTokenResponse`, versions 1-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeDelegationTokenResponse {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Tokens` array of DescribedDelegationToken.
    pub tokens: Vec<DescribedDelegationToken>,
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
}

impl DescribeDelegationTokenResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            error_code: r.int16()?,
            tokens: r.array(flexible, version, if version <= 1 { 38 } else if version <= 2 { 30 } else { 32 }, DescribedDelegationToken::decode)?,
            throttle_time_ms: r.int32()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=3).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeDelegationTokenResponse", version });
        }
        let flexible = version >= 2;
        s.int16(self.error_code);
        writer::array(s, flexible, &self.tokens, version, DescribedDelegationToken::encode)?;
        s.int32(self.throttle_time_ms);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribedDelegationToken` in `DescribeDelegationTokenResponse`, versions 1-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribedDelegationToken {
    /// `PrincipalType` string.
    pub principal_type: String,
    /// `PrincipalName` string.
    pub principal_name: String,
    /// `TokenRequesterPrincipalType` string, versions 3.
    pub token_requester_principal_type: String,
    /// `TokenRequesterPrincipalName` string, versions 3.
    pub token_requester_principal_name: String,
    /// `IssueTimestamp` int64.
    pub issue_timestamp: i64,
    /// `ExpiryTimestamp` int64.
    pub expiry_timestamp: i64,
    /// `MaxTimestamp` int64.
    pub max_timestamp: i64,
    /// `TokenId` string.
    pub token_id: String,
    /// `Hmac` bytes.
    pub hmac: Bytes,
    /// `Renewers` array of DescribedDelegationTokenRenewer.
    pub renewers: Vec<DescribedDelegationTokenRenewer>,
}

impl DescribedDelegationToken {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            principal_type: r.string(flexible)?,
            principal_name: r.string(flexible)?,
            token_requester_principal_type: if version == 3 { r.string(flexible)? } else { String::new() },
            token_requester_principal_name: if version == 3 { r.string(flexible)? } else { String::new() },
            issue_timestamp: r.int64()?,
            expiry_timestamp: r.int64()?,
            max_timestamp: r.int64()?,
            token_id: r.string(flexible)?,
            hmac: r.bytes(flexible)?,
            renewers: r.array(flexible, version, if version <= 1 { 4 } else { 3 }, DescribedDelegationTokenRenewer::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        s.string(flexible, &self.principal_type)?;
        s.string(flexible, &self.principal_name)?;
        if version == 3 {
            s.string(flexible, &self.token_requester_principal_type)?;
        } else {
            writer::absent(!self.token_requester_principal_type.is_empty(), "DescribedDelegationToken.TokenRequesterPrincipalType", version)?;
        }
        if version == 3 {
            s.string(flexible, &self.token_requester_principal_name)?;
        } else {
            writer::absent(!self.token_requester_principal_name.is_empty(), "DescribedDelegationToken.TokenRequesterPrincipalName", version)?;
        }
        s.int64(self.issue_timestamp);
        s.int64(self.expiry_timestamp);
        s.int64(self.max_timestamp);
        s.string(flexible, &self.token_id)?;
        s.bytes(flexible, &self.hmac)?;
        writer::array(s, flexible, &self.renewers, version, DescribedDelegationTokenRenewer::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribedDelegationTokenRenewer` in `DescribeDelegationTokenResponse`, versions 1-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribedDelegationTokenRenewer {
    /// `PrincipalType` string.
    pub principal_type: String,
    /// `PrincipalName` string.
    pub principal_name: String,
}

impl DescribedDelegationTokenRenewer {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            principal_type: r.string(flexible)?,
            principal_name: r.string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        s.string(flexible, &self.principal_type)?;
        s.string(flexible, &self.principal_name)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for DescribeDelegationTokenResponse {
    const NAME: &'static str = "DescribeDelegationTokenResponse";
    const MIN: i16 = 1;
    const MAX: i16 = 3;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for DescribeDelegationTokenResponse {
    const API: ApiKey = ApiKey::DescribeDelegationToken;
}
