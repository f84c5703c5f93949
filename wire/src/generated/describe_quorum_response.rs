//! `DescribeQuorumResponse`: response, key 55, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeQuorumResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeQuorumResponse {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, versions 2, default Some(String::new()).
    pub error_message: Option<String>,
    /// `Topics` array of TopicData.
    pub topics: Vec<TopicData>,
    /// `Nodes` array of Node, versions 2.
    pub nodes: Vec<Node>,
}

impl Default for DescribeQuorumResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(String::new()),
            topics: Vec::new(),
            nodes: Vec::new(),
        }
    }
}

impl DescribeQuorumResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            error_code: r.int16()?,
            error_message: if version == 2 { r.nullable_string(true)? } else { Some(String::new()) },
            topics: r.array(true, version, 3, TopicData::decode)?,
            nodes: if version == 2 { r.array(true, version, 6, Node::decode)? } else { Vec::new() },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeQuorumResponse", version });
        }
        s.int16(self.error_code);
        if version == 2 {
            s.nullable_string(true, self.error_message.as_deref())?;
        }
        writer::array(s, true, &self.topics, version, TopicData::encode)?;
        if version == 2 {
            writer::array(s, true, &self.nodes, version, Node::encode)?;
        } else {
            writer::absent(!self.nodes.is_empty(), "DescribeQuorumResponse.Nodes", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicData` in `DescribeQuorumResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicData {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl TopicData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.string(true)?,
            partitions: r.array(true, version, if version <= 1 { 25 } else { 26 }, PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.topic_name)?;
        writer::array(s, true, &self.partitions, version, PartitionData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionData` in `DescribeQuorumResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, versions 2, default Some(String::new()).
    pub error_message: Option<String>,
    /// `LeaderId` int32, a brokerId.
    pub leader_id: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
    /// `HighWatermark` int64.
    pub high_watermark: i64,
    /// `CurrentVoters` array of ReplicaState.
    pub current_voters: Vec<ReplicaState>,
    /// `Observers` array of ReplicaState.
    pub observers: Vec<ReplicaState>,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            error_message: Some(String::new()),
            leader_id: 0,
            leader_epoch: 0,
            high_watermark: 0,
            current_voters: Vec::new(),
            observers: Vec::new(),
        }
    }
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
            error_message: if version == 2 { r.nullable_string(true)? } else { Some(String::new()) },
            leader_id: r.int32()?,
            leader_epoch: r.int32()?,
            high_watermark: r.int64()?,
            current_voters: r.array(true, version, if version <= 0 { 13 } else if version <= 1 { 29 } else { 45 }, ReplicaState::decode)?,
            observers: r.array(true, version, if version <= 0 { 13 } else if version <= 1 { 29 } else { 45 }, ReplicaState::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int16(self.error_code);
        if version == 2 {
            s.nullable_string(true, self.error_message.as_deref())?;
        }
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        s.int64(self.high_watermark);
        writer::array(s, true, &self.current_voters, version, ReplicaState::encode)?;
        writer::array(s, true, &self.observers, version, ReplicaState::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Node` in `DescribeQuorumResponse`, versions 2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Node {
    /// `NodeId` int32, a brokerId.
    pub node_id: i32,
    /// `Listeners` array of Listener.
    pub listeners: Vec<Listener>,
}

impl Node {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            node_id: r.int32()?,
            listeners: r.array(true, version, 5, Listener::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.node_id);
        writer::array(s, true, &self.listeners, version, Listener::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Listener` in `DescribeQuorumResponse`, versions 2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Listener {
    /// `Name` string.
    pub name: String,
    /// `Host` string.
    pub host: String,
    /// `Port` uint16.
    pub port: u16,
}

impl Listener {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            host: r.string(true)?,
            port: r.uint16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.string(true, &self.host)?;
        s.uint16(self.port);
        s.uvarint(0);
        Ok(())
    }
}

/// `ReplicaState` in `DescribeQuorumResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct ReplicaState {
    /// `ReplicaId` int32, a brokerId.
    pub replica_id: i32,
    /// `ReplicaDirectoryId` uuid, versions 2.
    pub replica_directory_id: Uuid,
    /// `LogEndOffset` int64.
    pub log_end_offset: i64,
    /// `LastFetchTimestamp` int64, versions 1-2, default -1.
    pub last_fetch_timestamp: i64,
    /// `LastCaughtUpTimestamp` int64, versions 1-2, default -1.
    pub last_caught_up_timestamp: i64,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            replica_id: 0,
            replica_directory_id: Uuid::ZERO,
            log_end_offset: 0,
            last_fetch_timestamp: -1,
            last_caught_up_timestamp: -1,
        }
    }
}

impl ReplicaState {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            replica_id: r.int32()?,
            replica_directory_id: if version == 2 { r.uuid()? } else { Uuid::ZERO },
            log_end_offset: r.int64()?,
            last_fetch_timestamp: if version >= 1 { r.int64()? } else { -1 },
            last_caught_up_timestamp: if version >= 1 { r.int64()? } else { -1 },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.replica_id);
        if version == 2 {
            s.uuid(self.replica_directory_id);
        } else {
            writer::absent(!self.replica_directory_id.is_zero(), "ReplicaState.ReplicaDirectoryId", version)?;
        }
        s.int64(self.log_end_offset);
        if version >= 1 {
            s.int64(self.last_fetch_timestamp);
        }
        if version >= 1 {
            s.int64(self.last_caught_up_timestamp);
        }
        s.uvarint(0);
        Ok(())
    }
}

impl Message for DescribeQuorumResponse {
    const NAME: &'static str = "DescribeQuorumResponse";
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

impl crate::message::Response for DescribeQuorumResponse {
    const API: ApiKey = ApiKey::DescribeQuorum;
}
