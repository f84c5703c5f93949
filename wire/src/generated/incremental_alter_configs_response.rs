//! `IncrementalAlterConfigsResponse`: response, key 44, versions 0-1, flexible 1+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `IncrementalAlterConfigsResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct IncrementalAlterConfigsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Responses` array of AlterConfigsResourceResponse.
    pub responses: Vec<AlterConfigsResourceResponse>,
}

impl IncrementalAlterConfigsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let out = Self {
            throttle_time_ms: r.int32()?,
            responses: r.array(flexible, version, if version <= 0 { 7 } else { 6 }, AlterConfigsResourceResponse::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "IncrementalAlterConfigsResponse", version });
        }
        let flexible = version == 1;
        s.int32(self.throttle_time_ms);
        writer::array(s, flexible, &self.responses, version, AlterConfigsResourceResponse::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AlterConfigsResourceResponse` in `IncrementalAlterConfigsResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct AlterConfigsResourceResponse {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `ResourceType` int8.
    pub resource_type: i8,
    /// `ResourceName` string.
    pub resource_name: String,
}

impl Default for AlterConfigsResourceResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(String::new()),
            resource_type: 0,
            resource_name: String::new(),
        }
    }
}

impl AlterConfigsResourceResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            error_code: r.int16()?,
            error_message: r.nullable_string(flexible)?,
            resource_type: r.int8()?,
            resource_name: r.string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        s.int16(self.error_code);
        s.nullable_string(flexible, self.error_message.as_deref())?;
        s.int8(self.resource_type);
        s.string(flexible, &self.resource_name)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for IncrementalAlterConfigsResponse {
    const NAME: &'static str = "IncrementalAlterConfigsResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for IncrementalAlterConfigsResponse {
    const API: ApiKey = ApiKey::IncrementalAlterConfigs;
}
