//! `CreateDelegationTokenResponse`: response, key 38, versions 1-3, flexible 2+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `CreateDelegationTokenResponse`, versions 1-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreateDelegationTokenResponse {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `PrincipalType` string.
    pub principal_type: String,
    /// `PrincipalName` string.
    pub principal_name: String,
    /// `TokenRequesterPrincipalType` string, versions 3.
    pub token_requester_principal_type: String,
    /// `TokenRequesterPrincipalName` string, versions 3.
    pub token_requester_principal_name: String,
    /// `IssueTimestampMs` int64.
    pub issue_timestamp_ms: i64,
    /// `ExpiryTimestampMs` int64.
    pub expiry_timestamp_ms: i64,
    /// `MaxTimestampMs` int64.
    pub max_timestamp_ms: i64,
    /// `TokenId` string.
    pub token_id: String,
    /// `Hmac` bytes.
    pub hmac: Bytes,
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
}

impl CreateDelegationTokenResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            error_code: r.int16()?,
            principal_type: r.string(flexible)?,
            principal_name: r.string(flexible)?,
            token_requester_principal_type: if version == 3 { r.string(flexible)? } else { String::new() },
            token_requester_principal_name: if version == 3 { r.string(flexible)? } else { String::new() },
            issue_timestamp_ms: r.int64()?,
            expiry_timestamp_ms: r.int64()?,
            max_timestamp_ms: r.int64()?,
            token_id: r.string(flexible)?,
            hmac: r.bytes(flexible)?,
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
            return Err(EncodeError::Version { message: "CreateDelegationTokenResponse", version });
        }
        let flexible = version >= 2;
        s.int16(self.error_code);
        s.string(flexible, &self.principal_type)?;
        s.string(flexible, &self.principal_name)?;
        if version == 3 {
            s.string(flexible, &self.token_requester_principal_type)?;
        } else {
            writer::absent(!self.token_requester_principal_type.is_empty(), "CreateDelegationTokenResponse.TokenRequesterPrincipalType", version)?;
        }
        if version == 3 {
            s.string(flexible, &self.token_requester_principal_name)?;
        } else {
            writer::absent(!self.token_requester_principal_name.is_empty(), "CreateDelegationTokenResponse.TokenRequesterPrincipalName", version)?;
        }
        s.int64(self.issue_timestamp_ms);
        s.int64(self.expiry_timestamp_ms);
        s.int64(self.max_timestamp_ms);
        s.string(flexible, &self.token_id)?;
        s.bytes(flexible, &self.hmac)?;
        s.int32(self.throttle_time_ms);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for CreateDelegationTokenResponse {
    const NAME: &'static str = "CreateDelegationTokenResponse";
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

impl crate::message::Response for CreateDelegationTokenResponse {
    const API: ApiKey = ApiKey::CreateDelegationToken;
}
