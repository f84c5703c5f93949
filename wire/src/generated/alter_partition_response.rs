//! `AlterPartitionResponse`: response, key 56, versions 2-3, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AlterPartitionResponse`, versions 2-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlterPartitionResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Topics` array of TopicData.
    pub topics: Vec<TopicData>,
}

impl AlterPartitionResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 3)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            topics: r.array(true, version, 18, TopicData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(2..=3).contains(&version) {
            return Err(EncodeError::Version { message: "AlterPartitionResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        writer::array(s, true, &self.topics, version, TopicData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicData` in `AlterPartitionResponse`, versions 2-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicData {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl TopicData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 21, PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, PartitionData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionData` in `AlterPartitionResponse`, versions 2-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `LeaderId` int32, a brokerId.
    pub leader_id: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
    /// `Isr` array of int32, a brokerId.
    pub isr: Vec<i32>,
    /// `LeaderRecoveryState` int8.
    pub leader_recovery_state: i8,
    /// `PartitionEpoch` int32.
    pub partition_epoch: i32,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
            leader_id: r.int32()?,
            leader_epoch: r.int32()?,
            isr: r.array(true, version, 4, |r, _| r.int32())?,
            leader_recovery_state: r.int8()?,
            partition_epoch: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int16(self.error_code);
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        writer::array(s, true, &self.isr, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.int8(self.leader_recovery_state);
        s.int32(self.partition_epoch);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for AlterPartitionResponse {
    const NAME: &'static str = "AlterPartitionResponse";
    const MIN: i16 = 2;
    const MAX: i16 = 3;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for AlterPartitionResponse {
    const API: ApiKey = ApiKey::AlterPartition;
}
