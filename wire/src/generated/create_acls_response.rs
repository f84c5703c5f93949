//! `CreateAclsResponse`: response, key 30, versions 1-3, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `CreateAclsResponse`, versions 1-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreateAclsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Results` array of AclCreationResult.
    pub results: Vec<AclCreationResult>,
}

impl CreateAclsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 3)?;
        let flexible = version >= 2;
        let out = Self {
            throttle_time_ms: r.int32()?,
            results: r.array(flexible, version, 4, AclCreationResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=3).contains(&version) {
            return Err(EncodeError::Version { message: "CreateAclsResponse", version });
        }
        let flexible = version >= 2;
        s.int32(self.throttle_time_ms);
        writer::array(s, flexible, &self.results, version, AclCreationResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AclCreationResult` in `CreateAclsResponse`, versions 1-3.
#[derive(Clone, PartialEq, Debug)]
pub struct AclCreationResult {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
}

impl Default for AclCreationResult {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(String::new()),
        }
    }
}

impl AclCreationResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            error_code: r.int16()?,
            error_message: r.nullable_string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        s.int16(self.error_code);
        s.nullable_string(flexible, self.error_message.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for CreateAclsResponse {
    const NAME: &'static str = "CreateAclsResponse";
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

impl crate::message::Response for CreateAclsResponse {
    const API: ApiKey = ApiKey::CreateAcls;
}
