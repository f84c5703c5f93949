//! `MetadataResponse`: response, key 3, versions 0-13, flexible 9+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `MetadataResponse`, versions 0-13.
#[derive(Clone, PartialEq, Debug)]
pub struct MetadataResponse {
    /// `ThrottleTimeMs` int32, versions 3-13.
    pub throttle_time_ms: i32,
    /// `Brokers` array of MetadataResponseBroker.
    pub brokers: Vec<MetadataResponseBroker>,
    /// `ClusterId` string, versions 2-13.
    pub cluster_id: Option<String>,
    /// `ControllerId` int32, a brokerId, versions 1-13, default -1.
    pub controller_id: i32,
    /// `Topics` array of MetadataResponseTopic.
    pub topics: Vec<MetadataResponseTopic>,
    /// `ClusterAuthorizedOperations` int32, versions 8-10, default i32::MIN.
    pub cluster_authorized_operations: i32,
    /// `ErrorCode` int16, versions 13.
    pub error_code: i16,
}

impl Default for MetadataResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            brokers: Vec::new(),
            cluster_id: None,
            controller_id: -1,
            topics: Vec::new(),
            cluster_authorized_operations: i32::MIN,
            error_code: 0,
        }
    }
}

impl MetadataResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 13)?;
        let flexible = version >= 9;
        let out = Self {
            throttle_time_ms: if version >= 3 { r.int32()? } else { 0 },
            brokers: r.array(flexible, version, if version <= 0 { 10 } else if version <= 8 { 12 } else { 11 }, MetadataResponseBroker::decode)?,
            cluster_id: if version >= 2 { r.nullable_string(flexible)? } else { None },
            controller_id: if version >= 1 { r.int32()? } else { -1 },
            topics: r.array(flexible, version, if version <= 0 { 8 } else if version <= 7 { 9 } else if version <= 8 { 13 } else if version <= 9 { 10 } else { 26 }, MetadataResponseTopic::decode)?,
            cluster_authorized_operations: if (8..=10).contains(&version) { r.int32()? } else { i32::MIN },
            error_code: if version == 13 { r.int16()? } else { 0 },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=13).contains(&version) {
            return Err(EncodeError::Version { message: "MetadataResponse", version });
        }
        let flexible = version >= 9;
        if version >= 3 {
            s.int32(self.throttle_time_ms);
        }
        writer::array(s, flexible, &self.brokers, version, MetadataResponseBroker::encode)?;
        if version >= 2 {
            s.nullable_string(flexible, self.cluster_id.as_deref())?;
        }
        if version >= 1 {
            s.int32(self.controller_id);
        }
        writer::array(s, flexible, &self.topics, version, MetadataResponseTopic::encode)?;
        if (8..=10).contains(&version) {
            s.int32(self.cluster_authorized_operations);
        } else {
            writer::absent(self.cluster_authorized_operations != i32::MIN, "MetadataResponse.ClusterAuthorizedOperations", version)?;
        }
        if version == 13 {
            s.int16(self.error_code);
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `MetadataResponseBroker` in `MetadataResponse`, versions 0-13.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct MetadataResponseBroker {
    /// `NodeId` int32, a brokerId.
    pub node_id: i32,
    /// `Host` string.
    pub host: String,
    /// `Port` int32.
    pub port: i32,
    /// `Rack` string, versions 1-13.
    pub rack: Option<String>,
}

impl MetadataResponseBroker {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            node_id: r.int32()?,
            host: r.string(flexible)?,
            port: r.int32()?,
            rack: if version >= 1 { r.nullable_string(flexible)? } else { None },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 9;
        s.int32(self.node_id);
        s.string(flexible, &self.host)?;
        s.int32(self.port);
        if version >= 1 {
            s.nullable_string(flexible, self.rack.as_deref())?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `MetadataResponseTopic` in `MetadataResponse`, versions 0-13.
#[derive(Clone, PartialEq, Debug)]
pub struct MetadataResponseTopic {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `Name` string, a topicName, nullable 12-13, default Some(String::new()).
    pub name: Option<String>,
    /// `TopicId` uuid, versions 10-13.
    pub topic_id: Uuid,
    /// `IsInternal` bool, versions 1-13.
    pub is_internal: bool,
    /// `Partitions` array of MetadataResponsePartition.
    pub partitions: Vec<MetadataResponsePartition>,
    /// `TopicAuthorizedOperations` int32, versions 8-13, default i32::MIN.
    pub topic_authorized_operations: i32,
}

impl Default for MetadataResponseTopic {
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

impl MetadataResponseTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            error_code: r.int16()?,
            name: if version >= 12 { r.nullable_string(flexible)? } else { Some(r.string(flexible)?) },
            topic_id: if version >= 10 { r.uuid()? } else { Uuid::ZERO },
            is_internal: if version >= 1 { r.boolean()? } else { false },
            partitions: r.array(flexible, version, if version <= 4 { 18 } else if version <= 6 { 22 } else if version <= 8 { 26 } else { 18 }, MetadataResponsePartition::decode)?,
            topic_authorized_operations: if version >= 8 { r.int32()? } else { i32::MIN },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 9;
        s.int16(self.error_code);
        if version >= 12 {
            s.nullable_string(flexible, self.name.as_deref())?;
        } else {
            s.string(flexible, writer::required(&self.name, "MetadataResponseTopic.Name", version)?)?;
        }
        if version >= 10 {
            s.uuid(self.topic_id);
        }
        if version >= 1 {
            s.boolean(self.is_internal);
        }
        writer::array(s, flexible, &self.partitions, version, MetadataResponsePartition::encode)?;
        if version >= 8 {
            s.int32(self.topic_authorized_operations);
        } else {
            writer::absent(self.topic_authorized_operations != i32::MIN, "MetadataResponseTopic.TopicAuthorizedOperations", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `MetadataResponsePartition` in `MetadataResponse`, versions 0-13.
#[derive(Clone, PartialEq, Debug)]
pub struct MetadataResponsePartition {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `LeaderId` int32, a brokerId.
    pub leader_id: i32,
    /// `LeaderEpoch` int32, versions 7-13, default -1.
    pub leader_epoch: i32,
    /// `ReplicaNodes` array of int32, a brokerId.
    pub replica_nodes: Vec<i32>,
    /// `IsrNodes` array of int32, a brokerId.
    pub isr_nodes: Vec<i32>,
    /// `OfflineReplicas` array of int32, a brokerId, versions 5-13.
    pub offline_replicas: Vec<i32>,
}

impl Default for MetadataResponsePartition {
    fn default() -> Self {
        Self {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            offline_replicas: Vec::new(),
        }
    }
}

impl MetadataResponsePartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            error_code: r.int16()?,
            partition_index: r.int32()?,
            leader_id: r.int32()?,
            leader_epoch: if version >= 7 { r.int32()? } else { -1 },
            replica_nodes: r.array(flexible, version, 4, |r, _| r.int32())?,
            isr_nodes: r.array(flexible, version, 4, |r, _| r.int32())?,
            offline_replicas: if version >= 5 { r.array(flexible, version, 4, |r, _| r.int32())? } else { Vec::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 9;
        s.int16(self.error_code);
        s.int32(self.partition_index);
        s.int32(self.leader_id);
        if version >= 7 {
            s.int32(self.leader_epoch);
        }
        writer::array(s, flexible, &self.replica_nodes, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        writer::array(s, flexible, &self.isr_nodes, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        if version >= 5 {
            writer::array(s, flexible, &self.offline_replicas, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for MetadataResponse {
    const NAME: &'static str = "MetadataResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 13;
    const FLEXIBLE_FROM: i16 = 9;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for MetadataResponse {
    const API: ApiKey = ApiKey::Metadata;
}
