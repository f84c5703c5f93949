//! `DescribeUserScramCredentialsResponse`: response, key 50, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeUserScramCredentialsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeUserScramCredentialsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `Results` array of DescribeUserScramCredentialsResult.
    pub results: Vec<DescribeUserScramCredentialsResult>,
}

impl Default for DescribeUserScramCredentialsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(String::new()),
            results: Vec::new(),
        }
    }
}

impl DescribeUserScramCredentialsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            results: r.array(true, version, 6, DescribeUserScramCredentialsResult::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeUserScramCredentialsResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        writer::array(s, true, &self.results, version, DescribeUserScramCredentialsResult::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeUserScramCredentialsResult` in `DescribeUserScramCredentialsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeUserScramCredentialsResult {
    /// `User` string.
    pub user: String,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `CredentialInfos` array of CredentialInfo.
    pub credential_infos: Vec<CredentialInfo>,
}

impl Default for DescribeUserScramCredentialsResult {
    fn default() -> Self {
        Self {
            user: String::new(),
            error_code: 0,
            error_message: Some(String::new()),
            credential_infos: Vec::new(),
        }
    }
}

impl DescribeUserScramCredentialsResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            user: r.string(true)?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            credential_infos: r.array(true, version, 6, CredentialInfo::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.user)?;
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        writer::array(s, true, &self.credential_infos, version, CredentialInfo::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `CredentialInfo` in `DescribeUserScramCredentialsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CredentialInfo {
    /// `Mechanism` int8.
    pub mechanism: i8,
    /// `Iterations` int32.
    pub iterations: i32,
}

impl CredentialInfo {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            mechanism: r.int8()?,
            iterations: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int8(self.mechanism);
        s.int32(self.iterations);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for DescribeUserScramCredentialsResponse {
    const NAME: &'static str = "DescribeUserScramCredentialsResponse";
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

impl crate::message::Response for DescribeUserScramCredentialsResponse {
    const API: ApiKey = ApiKey::DescribeUserScramCredentials;
}
