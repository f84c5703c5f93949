//! `ShareFetchResponse`: response, key 78, versions 1-2, flexible 0+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ShareFetchResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ShareFetchResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `AcquisitionLockTimeoutMs` int32.
    pub acquisition_lock_timeout_ms: i32,
    /// `Responses` array of ShareFetchableTopicResponse.
    pub responses: Vec<ShareFetchableTopicResponse>,
    /// `NodeEndpoints` array of NodeEndpoint.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl ShareFetchResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            acquisition_lock_timeout_ms: r.int32()?,
            responses: r.array(true, version, 18, ShareFetchableTopicResponse::decode)?,
            node_endpoints: r.array(true, version, 11, NodeEndpoint::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "ShareFetchResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.int32(self.acquisition_lock_timeout_ms);
        writer::array(s, true, &self.responses, version, ShareFetchableTopicResponse::encode)?;
        writer::array(s, true, &self.node_endpoints, version, NodeEndpoint::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ShareFetchableTopicResponse` in `ShareFetchResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ShareFetchableTopicResponse {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl ShareFetchableTopicResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 22, PartitionData::decode)?,
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

/// `PartitionData` in `ShareFetchResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `AcknowledgeErrorCode` int16.
    pub acknowledge_error_code: i16,
    /// `AcknowledgeErrorMessage` string.
    pub acknowledge_error_message: Option<String>,
    /// `CurrentLeader` LeaderIdAndEpoch.
    pub current_leader: LeaderIdAndEpoch,
    /// `Records` records, nullable none.
    pub records: Option<Bytes>,
    /// `AcquiredRecords` array of AcquiredRecords.
    pub acquired_records: Vec<AcquiredRecords>,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            acknowledge_error_code: r.int16()?,
            acknowledge_error_message: r.nullable_string(true)?,
            current_leader: LeaderIdAndEpoch::decode(r, version)?,
            records: Some(r.bytes(true)?),
            acquired_records: r.array(true, version, 19, AcquiredRecords::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.int16(self.acknowledge_error_code);
        s.nullable_string(true, self.acknowledge_error_message.as_deref())?;
        self.current_leader.encode(s, version)?;
        s.bytes(true, writer::required(&self.records, "PartitionData.Records", version)?)?;
        writer::array(s, true, &self.acquired_records, version, AcquiredRecords::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `LeaderIdAndEpoch` in `ShareFetchResponse`, versions 1-2.
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

/// `AcquiredRecords` in `ShareFetchResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AcquiredRecords {
    /// `FirstOffset` int64.
    pub first_offset: i64,
    /// `LastOffset` int64.
    pub last_offset: i64,
    /// `DeliveryCount` int16.
    pub delivery_count: i16,
}

impl AcquiredRecords {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            first_offset: r.int64()?,
            last_offset: r.int64()?,
            delivery_count: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int64(self.first_offset);
        s.int64(self.last_offset);
        s.int16(self.delivery_count);
        s.uvarint(0);
        Ok(())
    }
}

/// `NodeEndpoint` in `ShareFetchResponse`, versions 1-2.
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

impl Message for ShareFetchResponse {
    const NAME: &'static str = "ShareFetchResponse";
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

impl crate::message::Response for ShareFetchResponse {
    const API: ApiKey = ApiKey::ShareFetch;
}
