//! `DeleteTopicsResponse`: response, key 20, versions 1-6, flexible 4+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DeleteTopicsResponse`, versions 1-6.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteTopicsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Responses` array of DeletableTopicResult.
    pub responses: Vec<DeletableTopicResult>,
}

impl DeleteTopicsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 6)?;
        let flexible = version >= 4;
        let out = Self {
            throttle_time_ms: r.int32()?,
            responses: r.array(flexible, version, if version <= 4 { 4 } else if version <= 5 { 5 } else { 21 }, DeletableTopicResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=6).contains(&version) {
            return Err(EncodeError::Version { message: "DeleteTopicsResponse", version });
        }
        let flexible = version >= 4;
        s.int32(self.throttle_time_ms);
        writer::array(s, flexible, &self.responses, version, DeletableTopicResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DeletableTopicResult` in `DeleteTopicsResponse`, versions 1-6.
#[derive(Clone, PartialEq, Debug)]
pub struct DeletableTopicResult {
    /// `Name` string, a topicName, nullable 6, default Some(String::new()).
    pub name: Option<String>,
    /// `TopicId` uuid, versions 6.
    pub topic_id: Uuid,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, versions 5-6.
    pub error_message: Option<String>,
}

impl Default for DeletableTopicResult {
    fn default() -> Self {
        Self {
            name: Some(String::new()),
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: None,
        }
    }
}

impl DeletableTopicResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let out = Self {
            name: if version == 6 { r.nullable_string(flexible)? } else { Some(r.string(flexible)?) },
            topic_id: if version == 6 { r.uuid()? } else { Uuid::ZERO },
            error_code: r.int16()?,
            error_message: if version >= 5 { r.nullable_string(flexible)? } else { None },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 4;
        if version == 6 {
            s.nullable_string(flexible, self.name.as_deref())?;
        } else {
            s.string(flexible, writer::required(&self.name, "DeletableTopicResult.Name", version)?)?;
        }
        if version == 6 {
            s.uuid(self.topic_id);
        }
        s.int16(self.error_code);
        if version >= 5 {
            s.nullable_string(flexible, self.error_message.as_deref())?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for DeleteTopicsResponse {
    const NAME: &'static str = "DeleteTopicsResponse";
    const MIN: i16 = 1;
    const MAX: i16 = 6;
    const FLEXIBLE_FROM: i16 = 4;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for DeleteTopicsResponse {
    const API: ApiKey = ApiKey::DeleteTopics;
}
