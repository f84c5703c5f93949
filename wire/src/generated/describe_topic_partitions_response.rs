//! `DescribeTopicPartitionsResponse`: response, key 75, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeTopicPartitionsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeTopicPartitionsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Topics` array of DescribeTopicPartitionsResponseTopic.
    pub topics: Vec<DescribeTopicPartitionsResponseTopic>,
    /// `NextCursor` Cursor.
    pub next_cursor: Option<Cursor>,
}

impl DescribeTopicPartitionsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            topics: r.array(true, version, 26, DescribeTopicPartitionsResponseTopic::decode)?,
            next_cursor: r.nullable_struct(version, Cursor::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeTopicPartitionsResponse", version });
        }
        s.int32(self.throttle_time_ms);
        writer::array(s, true, &self.topics, version, DescribeTopicPartitionsResponseTopic::encode)?;
        writer::nullable_struct(s, self.next_cursor.as_ref(), version, Cursor::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeTopicPartitionsResponseTopic` in `DescribeTopicPartitionsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeTopicPartitionsResponseTopic {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Name` string, a topicName, default Some(String::new()).
    pub name: Option<String>,
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `IsInternal` bool.
    pub is_internal: bool,
    /// `Partitions` array of DescribeTopicPartitionsResponsePartition.
    pub partitions: Vec<DescribeTopicPartitionsResponsePartition>,
    /// `TopicAuthorizedOperations` int32, default i32::MIN.
    pub topic_authorized_operations: i32,
}

impl Default for DescribeTopicPartitionsResponseTopic {
    fn default() -> Self {
        Self {
            error_code: 0,
            name: Some(String::new()),
            topic_id: Uuid::ZERO,
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: i32::MIN,
        }
    }
}

impl DescribeTopicPartitionsResponseTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            error_code: r.int16()?,
            name: r.nullable_string(true)?,
            topic_id: r.uuid()?,
            is_internal: r.boolean()?,
            partitions: r.array(true, version, 20, DescribeTopicPartitionsResponsePartition::decode)?,
            topic_authorized_operations: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int16(self.error_code);
        s.nullable_string(true, self.name.as_deref())?;
        s.uuid(self.topic_id);
        s.boolean(self.is_internal);
        writer::array(s, true, &self.partitions, version, DescribeTopicPartitionsResponsePartition::encode)?;
        s.int32(self.topic_authorized_operations);
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeTopicPartitionsResponsePartition` in `DescribeTopicPartitionsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeTopicPartitionsResponsePartition {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `LeaderId` int32, a brokerId.
    pub leader_id: i32,
    /// `LeaderEpoch` int32, default -1.
    pub leader_epoch: i32,
    /// `ReplicaNodes` array of int32, a brokerId.
    pub replica_nodes: Vec<i32>,
    /// `IsrNodes` array of int32, a brokerId.
    pub isr_nodes: Vec<i32>,
    /// `EligibleLeaderReplicas` array of int32, a brokerId.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// `LastKnownElr` array of int32, a brokerId.
    pub last_known_elr: Option<Vec<i32>>,
    /// `OfflineReplicas` array of int32, a brokerId.
    pub offline_replicas: Vec<i32>,
}

impl Default for DescribeTopicPartitionsResponsePartition {
    fn default() -> Self {
        Self {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
            offline_replicas: Vec::new(),
        }
    }
}

impl DescribeTopicPartitionsResponsePartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            error_code: r.int16()?,
            partition_index: r.int32()?,
            leader_id: r.int32()?,
            leader_epoch: r.int32()?,
            replica_nodes: r.array(true, version, 4, |r, _| r.int32())?,
            isr_nodes: r.array(true, version, 4, |r, _| r.int32())?,
            eligible_leader_replicas: r.nullable_array(true, version, 4, |r, _| r.int32())?,
            last_known_elr: r.nullable_array(true, version, 4, |r, _| r.int32())?,
            offline_replicas: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int16(self.error_code);
        s.int32(self.partition_index);
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        writer::array(s, true, &self.replica_nodes, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        writer::array(s, true, &self.isr_nodes, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        writer::nullable_array(s, true, self.eligible_leader_replicas.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
        writer::nullable_array(s, true, self.last_known_elr.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
        writer::array(s, true, &self.offline_replicas, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Cursor` in `DescribeTopicPartitionsResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Cursor {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `PartitionIndex` int32.
    pub partition_index: i32,
}

impl Cursor {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.string(true)?,
            partition_index: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.topic_name)?;
        s.int32(self.partition_index);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for DescribeTopicPartitionsResponse {
    const NAME: &'static str = "DescribeTopicPartitionsResponse";
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

impl crate::message::Response for DescribeTopicPartitionsResponse {
    const API: ApiKey = ApiKey::DescribeTopicPartitions;
}
