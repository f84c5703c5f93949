//! `StreamsGroupHeartbeatResponse`: response, key 88, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `StreamsGroupHeartbeatResponse`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct StreamsGroupHeartbeatResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `MemberId` string.
    pub member_id: String,
    /// `MemberEpoch` int32.
    pub member_epoch: i32,
    /// `HeartbeatIntervalMs` int32.
    pub heartbeat_interval_ms: i32,
    /// `AcceptableRecoveryLag` int32.
    pub acceptable_recovery_lag: i32,
    /// `TaskOffsetIntervalMs` int32.
    pub task_offset_interval_ms: i32,
    /// `Status` array of Status, default Some(Vec::new()).
    pub status: Option<Vec<Status>>,
    /// `ActiveTasks` array of TaskIds.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// `StandbyTasks` array of TaskIds.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// `WarmupTasks` array of TaskIds.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// `EndpointInformationEpoch` int32.
    pub endpoint_information_epoch: i32,
    /// `PartitionsByUserEndpoint` array of EndpointToPartitions.
    pub partitions_by_user_endpoint: Option<Vec<EndpointToPartitions>>,
}

impl Default for StreamsGroupHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            member_id: String::new(),
            member_epoch: 0,
            heartbeat_interval_ms: 0,
            acceptable_recovery_lag: 0,
            task_offset_interval_ms: 0,
            status: Some(Vec::new()),
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            endpoint_information_epoch: 0,
            partitions_by_user_endpoint: None,
        }
    }
}

impl StreamsGroupHeartbeatResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            member_id: r.string(true)?,
            member_epoch: r.int32()?,
            heartbeat_interval_ms: r.int32()?,
            acceptable_recovery_lag: r.int32()?,
            task_offset_interval_ms: r.int32()?,
            status: r.nullable_array(true, version, 3, Status::decode)?,
            active_tasks: r.nullable_array(true, version, 3, TaskIds::decode)?,
            standby_tasks: r.nullable_array(true, version, 3, TaskIds::decode)?,
            warmup_tasks: r.nullable_array(true, version, 3, TaskIds::decode)?,
            endpoint_information_epoch: r.int32()?,
            partitions_by_user_endpoint: r.nullable_array(true, version, 7, EndpointToPartitions::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "StreamsGroupHeartbeatResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.string(true, &self.member_id)?;
        s.int32(self.member_epoch);
        s.int32(self.heartbeat_interval_ms);
        s.int32(self.acceptable_recovery_lag);
        s.int32(self.task_offset_interval_ms);
        writer::nullable_array(s, true, self.status.as_deref(), version, Status::encode)?;
        writer::nullable_array(s, true, self.active_tasks.as_deref(), version, TaskIds::encode)?;
        writer::nullable_array(s, true, self.standby_tasks.as_deref(), version, TaskIds::encode)?;
        writer::nullable_array(s, true, self.warmup_tasks.as_deref(), version, TaskIds::encode)?;
        s.int32(self.endpoint_information_epoch);
        writer::nullable_array(s, true, self.partitions_by_user_endpoint.as_deref(), version, EndpointToPartitions::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `EndpointToPartitions` in `StreamsGroupHeartbeatResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EndpointToPartitions {
    /// `UserEndpoint` Endpoint.
    pub user_endpoint: Endpoint,
    /// `ActivePartitions` array of TopicPartition.
    pub active_partitions: Vec<TopicPartition>,
    /// `StandbyPartitions` array of TopicPartition.
    pub standby_partitions: Vec<TopicPartition>,
}

impl EndpointToPartitions {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            user_endpoint: Endpoint::decode(r, version)?,
            active_partitions: r.array(true, version, 3, TopicPartition::decode)?,
            standby_partitions: r.array(true, version, 3, TopicPartition::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.user_endpoint.encode(s, version)?;
        writer::array(s, true, &self.active_partitions, version, TopicPartition::encode)?;
        writer::array(s, true, &self.standby_partitions, version, TopicPartition::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Status` in `StreamsGroupHeartbeatResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Status {
    /// `StatusCode` int8.
    pub status_code: i8,
    /// `StatusDetail` string.
    pub status_detail: String,
}

impl Status {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            status_code: r.int8()?,
            status_detail: r.string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int8(self.status_code);
        s.string(true, &self.status_detail)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicPartition` in `StreamsGroupHeartbeatResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicPartition {
    /// `Topic` string, a topicName.
    pub topic: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl TopicPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic: r.string(true)?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.topic)?;
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TaskIds` in `StreamsGroupHeartbeatResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TaskIds {
    /// `SubtopologyId` string.
    pub subtopology_id: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl TaskIds {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            subtopology_id: r.string(true)?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.subtopology_id)?;
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Endpoint` in `StreamsGroupHeartbeatResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Endpoint {
    /// `Host` string.
    pub host: String,
    /// `Port` uint16.
    pub port: u16,
}

impl Endpoint {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            host: r.string(true)?,
            port: r.uint16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.host)?;
        s.uint16(self.port);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for StreamsGroupHeartbeatResponse {
    const NAME: &'static str = "StreamsGroupHeartbeatResponse";
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

impl crate::message::Response for StreamsGroupHeartbeatResponse {
    const API: ApiKey = ApiKey::StreamsGroupHeartbeat;
}
