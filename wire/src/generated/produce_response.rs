//! `ProduceResponse`: response, key 0, versions 3-13, flexible 9+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ProduceResponse`, versions 3-13.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ProduceResponse {
    /// `Responses` array of TopicProduceResponse.
    pub responses: Vec<TopicProduceResponse>,
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `NodeEndpoints` array of NodeEndpoint, versions 10-13, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl ProduceResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 3, 13)?;
        let flexible = version >= 9;
        let mut out = Self {
            responses: r.array(flexible, version, if version <= 8 { 6 } else if version <= 12 { 3 } else { 18 }, TopicProduceResponse::decode)?,
            throttle_time_ms: r.int32()?,
            node_endpoints: Vec::new(),
        };
        if flexible {
            let mut tags = r.tags(if version >= 10 { 0b1 } else { 0 })?;
            while tags.next(r)?.is_some() {
                out.node_endpoints = r.array(flexible, version, 11, NodeEndpoint::decode)?;
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(3..=13).contains(&version) {
            return Err(EncodeError::Version { message: "ProduceResponse", version });
        }
        let flexible = version >= 9;
        writer::array(s, flexible, &self.responses, version, TopicProduceResponse::encode)?;
        s.int32(self.throttle_time_ms);
        if version < 10 {
            writer::absent(!self.node_endpoints.is_empty(), "ProduceResponse.NodeEndpoints", version)?;
        }
        if flexible {
            let tag0 = version >= 10 && !self.node_endpoints.is_empty();
            s.uvarint(u32::from(tag0));
            if tag0 {
                writer::tagged(s, 0, &|s| {
                    writer::array(s, flexible, &self.node_endpoints, version, NodeEndpoint::encode)?;
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// `TopicProduceResponse` in `ProduceResponse`, versions 3-13.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicProduceResponse {
    /// `Name` string, a topicName, versions 3-12.
    pub name: String,
    /// `TopicId` uuid, versions 13.
    pub topic_id: Uuid,
    /// `PartitionResponses` array of PartitionProduceResponse.
    pub partition_responses: Vec<PartitionProduceResponse>,
}

impl TopicProduceResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            name: if version <= 12 { r.string(flexible)? } else { String::new() },
            topic_id: if version == 13 { r.uuid()? } else { Uuid::ZERO },
            partition_responses: r.array(flexible, version, if version <= 4 { 22 } else if version <= 7 { 30 } else if version <= 8 { 36 } else { 33 }, PartitionProduceResponse::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 9;
        if version <= 12 {
            s.string(flexible, &self.name)?;
        }
        if version == 13 {
            s.uuid(self.topic_id);
        }
        writer::array(s, flexible, &self.partition_responses, version, PartitionProduceResponse::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `PartitionProduceResponse` in `ProduceResponse`, versions 3-13.
#[derive(Clone, PartialEq, Debug)]
pub struct PartitionProduceResponse {
    /// `Index` int32.
    pub index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `BaseOffset` int64.
    pub base_offset: i64,
    /// `LogAppendTimeMs` int64, default -1.
    pub log_append_time_ms: i64,
    /// `LogStartOffset` int64, versions 5-13, default -1.
    pub log_start_offset: i64,
    /// `RecordErrors` array of BatchIndexAndErrorMessage, versions 8-13.
    pub record_errors: Vec<BatchIndexAndErrorMessage>,
    /// `ErrorMessage` string, versions 8-13.
    pub error_message: Option<String>,
    /// `CurrentLeader` LeaderIdAndEpoch, versions 10-13, tag 0.
    pub current_leader: LeaderIdAndEpoch,
}

impl Default for PartitionProduceResponse {
    fn default() -> Self {
        Self {
            index: 0,
            error_code: 0,
            base_offset: 0,
            log_append_time_ms: -1,
            log_start_offset: -1,
            record_errors: Vec::new(),
            error_message: None,
            current_leader: LeaderIdAndEpoch::default(),
        }
    }
}

impl PartitionProduceResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut out = Self {
            index: r.int32()?,
            error_code: r.int16()?,
            base_offset: r.int64()?,
            log_append_time_ms: r.int64()?,
            log_start_offset: if version >= 5 { r.int64()? } else { -1 },
            record_errors: if version >= 8 { r.array(flexible, version, 6, BatchIndexAndErrorMessage::decode)? } else { Vec::new() },
            error_message: if version >= 8 { r.nullable_string(flexible)? } else { None },
            current_leader: LeaderIdAndEpoch::default(),
        };
        if flexible {
            let mut tags = r.tags(if version >= 10 { 0b1 } else { 0 })?;
            while tags.next(r)?.is_some() {
                out.current_leader = LeaderIdAndEpoch::decode(r, version)?;
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 9;
        s.int32(self.index);
        s.int16(self.error_code);
        s.int64(self.base_offset);
        s.int64(self.log_append_time_ms);
        if version >= 5 {
            s.int64(self.log_start_offset);
        }
        if version >= 8 {
            writer::array(s, flexible, &self.record_errors, version, BatchIndexAndErrorMessage::encode)?;
        }
        if version >= 8 {
            s.nullable_string(flexible, self.error_message.as_deref())?;
        }
        if version < 10 {
            writer::absent(self.current_leader != LeaderIdAndEpoch::default(), "PartitionProduceResponse.CurrentLeader", version)?;
        }
        if flexible {
            let tag0 = version >= 10 && self.current_leader != LeaderIdAndEpoch::default();
            s.uvarint(u32::from(tag0));
            if tag0 {
                writer::tagged(s, 0, &|s| {
                    self.current_leader.encode(s, version)?;
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// `BatchIndexAndErrorMessage` in `ProduceResponse`, versions 8-13.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BatchIndexAndErrorMessage {
    /// `BatchIndex` int32.
    pub batch_index: i32,
    /// `BatchIndexErrorMessage` string.
    pub batch_index_error_message: Option<String>,
}

impl BatchIndexAndErrorMessage {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            batch_index: r.int32()?,
            batch_index_error_message: r.nullable_string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 9;
        s.int32(self.batch_index);
        s.nullable_string(flexible, self.batch_index_error_message.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `LeaderIdAndEpoch` in `ProduceResponse`, versions 10-13.
#[derive(Clone, PartialEq, Debug)]
pub struct LeaderIdAndEpoch {
    /// `LeaderId` int32, a brokerId, default -1.
    pub leader_id: i32,
    /// `LeaderEpoch` int32, default -1.
    pub leader_epoch: i32,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        Self {
            leader_id: -1,
            leader_epoch: -1,
        }
    }
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

/// `NodeEndpoint` in `ProduceResponse`, versions 10-13.
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

impl Message for ProduceResponse {
    const NAME: &'static str = "ProduceResponse";
    const MIN: i16 = 3;
    const MAX: i16 = 13;
    const FLEXIBLE_FROM: i16 = 9;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for ProduceResponse {
    const API: ApiKey = ApiKey::Produce;
}
