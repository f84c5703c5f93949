//! `ShareAcknowledgeResponse`: response, key 79, versions 1-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ShareAcknowledgeResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ShareAcknowledgeResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `AcquisitionLockTimeoutMs` int32, versions 2.
    pub acquisition_lock_timeout_ms: i32,
    /// `Responses` array of ShareAcknowledgeTopicResponse.
    pub responses: Vec<ShareAcknowledgeTopicResponse>,
    /// `NodeEndpoints` array of NodeEndpoint.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl ShareAcknowledgeResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            acquisition_lock_timeout_ms: if version == 2 { r.int32()? } else { 0 },
            responses: r.array(true, version, 18, ShareAcknowledgeTopicResponse::decode)?,
            node_endpoints: r.array(true, version, 11, NodeEndpoint::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "ShareAcknowledgeResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        if version == 2 {
            s.int32(self.acquisition_lock_timeout_ms);
        }
        writer::array(s, true, &self.responses, version, ShareAcknowledgeTopicResponse::encode)?;
        writer::array(s, true, &self.node_endpoints, version, NodeEndpoint::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ShareAcknowledgeTopicResponse` in `ShareAcknowledgeResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ShareAcknowledgeTopicResponse {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl ShareAcknowledgeTopicResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 17, PartitionData::decode)?,
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

/// `PartitionData` in `ShareAcknowledgeResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `CurrentLeader` LeaderIdAndEpoch.
    pub current_leader: LeaderIdAndEpoch,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            current_leader: LeaderIdAndEpoch::decode(r, version)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        self.current_leader.encode(s, version)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `LeaderIdAndEpoch` in `ShareAcknowledgeResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LeaderIdAndEpoch {
    /// `LeaderId` int32.
    pub leader_id: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
}

impl LeaderIdAndEpoch {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            leader_id: r.int32()?,
            leader_epoch: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        s.uvarint(0);
        Ok(())
    }
}

/// `NodeEndpoint` in `ShareAcknowledgeResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct NodeEndpoint {
    /// `NodeId` int32, a brokerId.
    pub node_id: i32,
    /// `Host` string.
    pub host: String,
    /// `Port` int32.
    pub port: i32,
    /// `Rack` string.
    pub rack: Option<String>,
}

impl NodeEndpoint {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            node_id: r.int32()?,
            host: r.string(true)?,
            port: r.int32()?,
            rack: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.node_id);
        s.string(true, &self.host)?;
        s.int32(self.port);
        s.nullable_string(true, self.rack.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ShareAcknowledgeResponse {
    const NAME: &'static str = "ShareAcknowledgeResponse";
    const MIN: i16 = 1;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for ShareAcknowledgeResponse {
    const API: ApiKey = ApiKey::ShareAcknowledge;
}
