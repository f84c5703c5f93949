//! `DeleteShareGroupOffsetsResponse`: response, key 92, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DeleteShareGroupOffsetsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteShareGroupOffsetsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `Responses` array of DeleteShareGroupOffsetsResponseTopic.
    pub responses: Vec<DeleteShareGroupOffsetsResponseTopic>,
}

impl DeleteShareGroupOffsetsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            responses: r.array(true, version, 21, DeleteShareGroupOffsetsResponseTopic::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DeleteShareGroupOffsetsResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        writer::array(s, true, &self.responses, version, DeleteShareGroupOffsetsResponseTopic::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DeleteShareGroupOffsetsResponseTopic` in `DeleteShareGroupOffsetsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteShareGroupOffsetsResponseTopic {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
}

impl DeleteShareGroupOffsetsResponseTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.string(true)?,
            topic_id: r.uuid()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.topic_name)?;
        s.uuid(self.topic_id);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for DeleteShareGroupOffsetsResponse {
    const NAME: &'static str = "DeleteShareGroupOffsetsResponse";
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

impl crate::message::Response for DeleteShareGroupOffsetsResponse {
    const API: ApiKey = ApiKey::DeleteShareGroupOffsets;
}
