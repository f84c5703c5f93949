//! `InitializeShareGroupStateResponse`: response, key 83, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `InitializeShareGroupStateResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct InitializeShareGroupStateResponse {
    /// `Results` array of InitializeStateResult.
    pub results: Vec<InitializeStateResult>,
}

impl InitializeShareGroupStateResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            results: r.array(true, version, 18, InitializeStateResult::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "InitializeShareGroupStateResponse", version });
        }
        writer::array(s, true, &self.results, version, InitializeStateResult::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `InitializeStateResult` in `InitializeShareGroupStateResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct InitializeStateResult {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionResult.
    pub partitions: Vec<PartitionResult>,
}

impl InitializeStateResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 8, PartitionResult::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, PartitionResult::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionResult` in `InitializeShareGroupStateResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionResult {
    /// `Partition` int32.
    pub partition: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
}

impl PartitionResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for InitializeShareGroupStateResponse {
    const NAME: &'static str = "InitializeShareGroupStateResponse";
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

impl crate::message::Response for InitializeShareGroupStateResponse {
    const API: ApiKey = ApiKey::InitializeShareGroupState;
}
