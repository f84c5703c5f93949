//! `ReadShareGroupStateSummaryResponse`: response, key 87, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ReadShareGroupStateSummaryResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReadShareGroupStateSummaryResponse {
    /// `Results` array of ReadStateSummaryResult.
    pub results: Vec<ReadStateSummaryResult>,
}

impl ReadShareGroupStateSummaryResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            results: r.array(true, version, 18, ReadStateSummaryResult::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "ReadShareGroupStateSummaryResponse", version });
        }
        writer::array(s, true, &self.results, version, ReadStateSummaryResult::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ReadStateSummaryResult` in `ReadShareGroupStateSummaryResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReadStateSummaryResult {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionResult.
    pub partitions: Vec<PartitionResult>,
}

impl ReadStateSummaryResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, if version <= 0 { 24 } else { 28 }, PartitionResult::decode)?,
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

/// `PartitionResult` in `ReadShareGroupStateSummaryResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct PartitionResult {
    /// `Partition` int32.
    pub partition: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `StateEpoch` int32.
    pub state_epoch: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
    /// `StartOffset` int64.
    pub start_offset: i64,
    /// `DeliveryCompleteCount` int32, versions 1, default -1.
    pub delivery_complete_count: i32,
}

impl Default for PartitionResult {
    fn default() -> Self {
        Self {
            partition: 0,
            error_code: 0,
            error_message: None,
            state_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
        }
    }
}

impl PartitionResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            state_epoch: r.int32()?,
            leader_epoch: r.int32()?,
            start_offset: r.int64()?,
            delivery_complete_count: if version == 1 { r.int32()? } else { -1 },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.int32(self.state_epoch);
        s.int32(self.leader_epoch);
        s.int64(self.start_offset);
        if version == 1 {
            s.int32(self.delivery_complete_count);
        }
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ReadShareGroupStateSummaryResponse {
    const NAME: &'static str = "ReadShareGroupStateSummaryResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for ReadShareGroupStateSummaryResponse {
    const API: ApiKey = ApiKey::ReadShareGroupStateSummary;
}
