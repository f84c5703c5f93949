//! `UpdateFeaturesResponse`: response, key 57, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `UpdateFeaturesResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct UpdateFeaturesResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `Results` array of UpdatableFeatureResult, versions 0-1.
    pub results: Vec<UpdatableFeatureResult>,
}

impl Default for UpdateFeaturesResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(String::new()),
            results: Vec::new(),
        }
    }
}

impl UpdateFeaturesResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            results: if version <= 1 { r.array(true, version, 5, UpdatableFeatureResult::decode)? } else { Vec::new() },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "UpdateFeaturesResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        if version <= 1 {
            writer::array(s, true, &self.results, version, UpdatableFeatureResult::encode)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `UpdatableFeatureResult` in `UpdateFeaturesResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct UpdatableFeatureResult {
    /// `Feature` string.
    pub feature: String,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
}

impl Default for UpdatableFeatureResult {
    fn default() -> Self {
        Self {
            feature: String::new(),
            error_code: 0,
            error_message: Some(String::new()),
        }
    }
}

impl UpdatableFeatureResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            feature: r.string(true)?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.feature)?;
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for UpdateFeaturesResponse {
    const NAME: &'static str = "UpdateFeaturesResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for UpdateFeaturesResponse {
    const API: ApiKey = ApiKey::UpdateFeatures;
}
