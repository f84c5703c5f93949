//! `CreatePartitionsResponse`: response, key 37, versions 0-3, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `CreatePartitionsResponse`, versions 0-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreatePartitionsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Results` array of CreatePartitionsTopicResult.
    pub results: Vec<CreatePartitionsTopicResult>,
}

impl CreatePartitionsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 3)?;
        let flexible = version >= 2;
        let out = Self {
            throttle_time_ms: r.int32()?,
            results: r.array(flexible, version, if version <= 1 { 6 } else { 5 }, CreatePartitionsTopicResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=3).contains(&version) {
            return Err(EncodeError::Version { message: "CreatePartitionsResponse", version });
        }
        let flexible = version >= 2;
        s.int32(self.throttle_time_ms);
        writer::array(s, flexible, &self.results, version, CreatePartitionsTopicResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreatePartitionsTopicResult` in `CreatePartitionsResponse`, versions 0-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreatePartitionsTopicResult {
    /// `Name` string, a topicName.
    pub name: String,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
}

impl CreatePartitionsTopicResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            name: r.string(flexible)?,
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
        s.string(flexible, &self.name)?;
        s.int16(self.error_code);
        s.nullable_string(flexible, self.error_message.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for CreatePartitionsResponse {
    const NAME: &'static str = "CreatePartitionsResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 3;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for CreatePartitionsResponse {
    const API: ApiKey = ApiKey::CreatePartitions;
}
