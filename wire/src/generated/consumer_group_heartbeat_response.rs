//! `ConsumerGroupHeartbeatResponse`: response, key 68, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ConsumerGroupHeartbeatResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ConsumerGroupHeartbeatResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `MemberId` string.
    pub member_id: Option<String>,
    /// `MemberEpoch` int32.
    pub member_epoch: i32,
    /// `HeartbeatIntervalMs` int32.
    pub heartbeat_interval_ms: i32,
    /// `Assignment` Assignment.
    pub assignment: Option<Assignment>,
}

impl ConsumerGroupHeartbeatResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            member_id: r.nullable_string(true)?,
            member_epoch: r.int32()?,
            heartbeat_interval_ms: r.int32()?,
            assignment: r.nullable_struct(version, Assignment::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "ConsumerGroupHeartbeatResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.nullable_string(true, self.member_id.as_deref())?;
        s.int32(self.member_epoch);
        s.int32(self.heartbeat_interval_ms);
        writer::nullable_struct(s, self.assignment.as_ref(), version, Assignment::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Assignment` in `ConsumerGroupHeartbeatResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Assignment {
    /// `TopicPartitions` array of TopicPartitions.
    pub topic_partitions: Vec<TopicPartitions>,
}

impl Assignment {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_partitions: r.array(true, version, 18, TopicPartitions::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        writer::array(s, true, &self.topic_partitions, version, TopicPartitions::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicPartitions` in `ConsumerGroupHeartbeatResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicPartitions {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl TopicPartitions {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ConsumerGroupHeartbeatResponse {
    const NAME: &'static str = "ConsumerGroupHeartbeatResponse";
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

impl crate::message::Response for ConsumerGroupHeartbeatResponse {
    const API: ApiKey = ApiKey::ConsumerGroupHeartbeat;
}
